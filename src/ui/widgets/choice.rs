//! Choosing: check boxes, segments of which one is chosen, and cards.

use super::button::focus_ring;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{self, size, space, text_size};
use egui::{
    Align, Color32, FontFamily, FontId, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

/// A check box with its text.
pub fn check_box(ui: &mut Ui, context: &Context<'_>, checked: &mut bool, text: &str) -> Response {
    let tokens = context.tokens;
    let font = FontId::new(text_size::BODY, FontFamily::Proportional);
    let wrap_width = (ui.available_width() - 24.0).max(40.0);
    let galley = ui.painter().layout(text.to_owned(), font, Color32::PLACEHOLDER, wrap_width);
    let enabled = ui.is_enabled();
    let size = vec2(16.0 + space::S + galley.size().x, galley.size().y.max(20.0));
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *checked = !*checked;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, *checked, text));
    let square = Rect::from_min_size(pos2(rect.left(), rect.top() + 2.0), vec2(16.0, 16.0));
    let (fill, border) = match (*checked, response.hovered()) {
        (true, false) => (tokens.accent, tokens.accent),
        (true, true) => (tokens.accent_hover, tokens.accent_hover),
        (false, true) => (tokens.hover, tokens.text_weak),
        (false, false) => (tokens.field, tokens.text_weak),
    };
    ui.painter().rect(square, 4, fill, Stroke::new(1.0, border), StrokeKind::Inside);
    if *checked {
        icons::paint(ui.painter(), square.center(), Icon::Check, 12.0, tokens.on_accent);
    }
    let color = if enabled { tokens.text } else { tokens.text_weak };
    ui.painter().galley(pos2(rect.left() + 16.0 + space::S, rect.center().y - galley.size().y / 2.0), galley, color);
    focus_ring(ui, &response, tokens);
    response
}

/// A box under its label that opens a list, of which one is chosen. Returns true if the choice changed.
pub fn dropdown<T: PartialEq + Clone>(
    ui: &mut Ui,
    context: &Context<'_>,
    label: &str,
    chosen: &mut T,
    choices: &[(T, String)],
) -> bool {
    let before = chosen.clone();
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        super::weak(ui, context, label);
        let shown = choices.iter().find(|(choice, _)| *choice == before).map_or("", |(_, text)| text.as_str());
        let combo = egui::ComboBox::from_id_salt(label).width(ui.available_width()).selected_text(shown).truncate();
        let list = combo.show_ui(ui, |ui| {
            for (choice, text) in choices {
                ui.selectable_value(chosen, choice.clone(), text);
            }
        });
        list.response.accessible_name(label);
    });
    *chosen != before
}

/// Segments side by side, of which one is chosen. Returns true if the choice changed.
pub fn segments<T: PartialEq + Copy>(
    ui: &mut Ui,
    context: &Context<'_>,
    chosen: &mut T,
    choices: &[(T, String, Option<Icon>)],
) -> bool {
    let mut changed = false;
    let tokens = context.tokens;
    let frame = egui::Frame::new().fill(tokens.hover).corner_radius(theme::CORNER).inner_margin(2);
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (choice, text, icon) in choices {
                let is_chosen = *choice == *chosen;
                let font = FontId::new(text_size::BODY, FontFamily::Proportional);
                let galley = ui.painter().layout_no_wrap(text.clone(), font, Color32::PLACEHOLDER);
                let icon_width = if icon.is_some() { 16.0 + space::S } else { 0.0 };
                let width = galley.size().x + icon_width + 2.0 * space::M;
                let (rect, response) = ui.allocate_exact_size(vec2(width, size::CONTROL_HEIGHT - 4.0), Sense::click());
                response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, text));
                let color = if is_chosen || response.hovered() { tokens.text } else { tokens.text_weak };
                if is_chosen {
                    ui.painter().rect(
                        rect,
                        4,
                        tokens.raised,
                        Stroke::new(1.0, tokens.border_strong),
                        StrokeKind::Inside,
                    );
                }
                let mut x = rect.left() + space::M;
                if let Some(icon) = icon {
                    icons::paint(ui.painter(), pos2(x + 8.0, rect.center().y), *icon, 16.0, color);
                    x += icon_width;
                }
                ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, color);
                focus_ring(ui, &response, tokens);
                if response.clicked() && !is_chosen {
                    *chosen = *choice;
                    changed = true;
                }
            }
        });
    });
    changed
}

/// What a card says.
pub struct Card<'a> {
    pub icon: Icon,
    pub title: &'a str,
    pub text: &'a str,
    pub selected: bool,
    pub enabled: bool,
    /// Its size in points.
    pub size: egui::Vec2,
}

/// A card to choose, e.g. a dataset type.
pub fn card(ui: &mut Ui, context: &Context<'_>, card: &Card<'_>) -> Response {
    let tokens = context.tokens;
    let sense = if card.enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(card.size, sense);
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, card.enabled, card.selected, card.title));
    let hot = card.enabled && response.hovered();
    let fill = match (card.selected, hot) {
        (true, _) => tokens.selected,
        (false, true) => tokens.hover,
        (false, false) => tokens.raised,
    };
    let stroke = if card.selected { Stroke::new(1.5, tokens.focus) } else { Stroke::new(1.0, tokens.border) };
    ui.painter().rect(rect, theme::CORNER, fill, stroke, StrokeKind::Inside);
    let color = if card.enabled { tokens.text } else { tokens.text_weak };
    let mut inside = ui.new_child(
        UiBuilder::new().max_rect(rect.shrink2(vec2(space::M, space::S))).layout(Layout::left_to_right(Align::Min)),
    );
    inside.spacing_mut().item_spacing = vec2(space::S, 2.0);
    inside.label(icons::text(card.icon, 18.0).color(if card.selected { tokens.accent_text } else { tokens.text_weak }));
    inside.vertical(|ui| {
        let font = FontId::new(text_size::BODY, theme::bold_family());
        ui.add(egui::Label::new(RichText::new(card.title).font(font).color(color)).wrap());
        let text = RichText::new(card.text).size(text_size::SMALL).color(tokens.text_weak);
        ui.add(egui::Label::new(text).wrap());
    });
    focus_ring(ui, &response, tokens);
    response
}

/// A choice of several with a text below: a round button that is also reachable by Tab.
pub fn radio(ui: &mut Ui, context: &Context<'_>, chosen: bool, title: &str, text: &str) -> Response {
    let tokens = context.tokens;
    let width = ui.available_width();
    let font = FontId::new(text_size::BODY, FontFamily::Proportional);
    let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let title_galley = ui.painter().layout(title.to_owned(), font, Color32::PLACEHOLDER, width - 28.0);
    let text_galley = ui.painter().layout(text.to_owned(), small, Color32::PLACEHOLDER, width - 28.0);
    let height = title_galley.size().y + if text.is_empty() { 0.0 } else { text_galley.size().y + 2.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, height + space::XS), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, title));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(text));
    let center = pos2(rect.left() + 8.0, rect.top() + title_galley.size().y / 2.0);
    let stroke = Stroke::new(1.0, if chosen { tokens.accent } else { tokens.text_weak });
    ui.painter().circle(center, 7.5, if chosen { tokens.accent } else { tokens.field }, stroke);
    if chosen {
        ui.painter().circle_filled(center, 3.0, tokens.on_accent);
    }
    let title_height = title_galley.size().y;
    ui.painter().galley(pos2(rect.left() + 24.0, rect.top()), title_galley, tokens.text);
    if !text.is_empty() {
        let at = pos2(rect.left() + 24.0, rect.top() + title_height + 2.0);
        ui.painter().galley(at, text_galley, tokens.text_weak);
    }
    focus_ring(ui, &response, tokens);
    response
}
