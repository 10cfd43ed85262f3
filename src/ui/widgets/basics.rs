//! Small parts: badges, chips, progress, tabs, empty states, times.

use super::Button;
use crate::domain::label::Color;
use crate::domain::{Explanation, Timestamp};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{self, size, space, text_size};
use egui::{
    Align, Color32, FontFamily, FontId, Layout, Rect, Response, RichText, Role, Sense, Slider, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use std::time::Duration;

/// Secondary text.
pub fn weak(ui: &mut Ui, context: &Context<'_>, text: impl Into<String>) -> Response {
    ui.label(RichText::new(text).size(text_size::SMALL).color(context.tokens.text_weak))
}

/// The heading of a part of a page.
pub fn section(ui: &mut Ui, _context: &Context<'_>, text: impl Into<String>) -> Response {
    ui.label(RichText::new(text).font(FontId::new(text_size::BODY, theme::bold_family())))
}

/// A small word on a coloured ground, e.g. a state.
pub fn badge(ui: &mut Ui, context: &Context<'_>, text: &str, color: Color32) -> Response {
    let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, context.tokens.text);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 28.0, 20.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    let painter = ui.painter();
    painter.rect(rect, 10, color.gamma_multiply(0.12), Stroke::new(1.0, color.gamma_multiply(0.5)), StrokeKind::Inside);
    painter.circle_filled(pos2(rect.left() + 10.0, rect.center().y), 3.5, color);
    let at = pos2(rect.left() + 18.0, rect.center().y - galley.size().y / 2.0);
    painter.galley(at, galley, context.tokens.text);
    response
}

/// A label: its colour and name.
pub fn label_chip(ui: &mut Ui, context: &Context<'_>, name: &str, color: Color) -> Response {
    badge(ui, context, name, theme::label_color(color))
}

/// A bar filled to `fraction` (0 to 1), with a name for screen readers.
pub fn progress_bar(ui: &mut Ui, context: &Context<'_>, fraction: f32, width_points: f32, name: &str) -> Response {
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width_points, 6.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = Some(f64::from(fraction) * 100.0);
        info
    });
    let tokens = context.tokens;
    ui.painter().rect_filled(rect, 3, tokens.border);
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * fraction, rect.height()));
    if fraction > 0.0 {
        let color = if fraction >= 1.0 { tokens.success_text } else { tokens.accent };
        ui.painter().rect_filled(filled, 3, color);
    }
    response
}

/// Tabs with counts; returns the one that was clicked.
pub fn tabs<T: PartialEq + Copy>(
    ui: &mut Ui,
    context: &Context<'_>,
    tabs: &[(T, String, Option<u64>)],
    chosen: T,
) -> Option<T> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::L;
        for (tab, text, count) in tabs {
            let is_chosen = *tab == chosen;
            let tokens = context.tokens;
            let color = if is_chosen { tokens.text } else { tokens.text_weak };
            let family = if is_chosen { theme::bold_family() } else { FontFamily::Proportional };
            let text_galley =
                ui.painter().layout_no_wrap(text.clone(), FontId::new(text_size::BODY, family), Color32::PLACEHOLDER);
            let count_text = count.map(format::count).unwrap_or_default();
            let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
            let count_galley = ui.painter().layout_no_wrap(count_text.clone(), small, tokens.text_weak);
            let gap = if count.is_some() { space::S } else { 0.0 };
            let width = text_galley.size().x + gap + count_galley.size().x;
            let (rect, response) = ui.allocate_exact_size(vec2(width, 36.0), Sense::click());
            let name = if count.is_some() { format!("{text} {count_text}") } else { text.clone() };
            response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_chosen, &name));
            let color = if response.hovered() { tokens.text } else { color };
            let at = pos2(rect.left(), rect.center().y - text_galley.size().y / 2.0);
            let count_at =
                pos2(rect.left() + text_galley.size().x + gap, rect.center().y - count_galley.size().y / 2.0);
            ui.painter().galley(at, text_galley, color);
            ui.painter().galley(count_at, count_galley, tokens.text_weak);
            if is_chosen {
                let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 2.0), rect.max);
                ui.painter().rect_filled(line, 1, tokens.accent_text);
            }
            super::button::focus_ring(ui, &response, tokens);
            if response.clicked() {
                clicked = Some(*tab);
            }
        }
    });
    clicked
}

/// An empty page: one sentence, and the button that ends the emptiness; true if that was clicked.
pub fn empty_state(ui: &mut Ui, context: &Context<'_>, icon: Icon, sentence: &str, button: Option<Button>) -> bool {
    let mut clicked = false;
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.28).min(180.0));
        ui.label(icons::text(icon, 40.0).color(context.tokens.text_weak));
        ui.add_space(space::S);
        ui.label(RichText::new(sentence).color(context.tokens.text_weak));
        ui.add_space(space::S);
        if let Some(button) = button {
            clicked = button.show(ui, context).clicked();
        }
    });
    clicked
}

/// Shown while something is read for more than 300 ms.
pub fn loading(ui: &mut Ui, context: &Context<'_>, waiting_for: Option<Duration>) {
    let Some(waited) = waiting_for else { return };
    let patience = Duration::from_millis(300);
    if waited < patience {
        ui.request_repaint_after(patience.saturating_sub(waited));
        return;
    }
    ui.horizontal(|ui| {
        ui.add(egui::Spinner::new().size(16.0).color(context.tokens.accent_text));
        weak(ui, context, context.tr("loading"));
    });
}

/// What went wrong and what to do, in place.
pub fn failure(ui: &mut Ui, context: &Context<'_>, explanation: &Explanation) {
    let explained = context.explain_parts(explanation);
    ui.horizontal_top(|ui| {
        ui.label(icons::text(Icon::CircleAlert, 16.0).color(context.tokens.danger_text));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.add(egui::Label::new(RichText::new(explained.message).color(context.tokens.danger_text)).wrap());
            if let Some(next) = explained.next {
                let next = RichText::new(next).size(text_size::SMALL).color(context.tokens.text_weak);
                ui.add(egui::Label::new(next).wrap());
            }
        });
    });
}

/// A slider with a rail of this width, which is seen on a page in both themes: by itself it has the colour of fields.
pub fn slider(ui: &mut Ui, context: &Context<'_>, name: &str, width_points: f32, slider: Slider<'_>) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().slider_width = width_points;
        ui.visuals_mut().widgets.inactive.bg_fill = context.tokens.border_strong;
        ui.add(slider).accessible_name(name)
    })
    .inner
}

/// In place of an answer that is not there: why, or that it is waited for.
pub fn not_yet(ui: &mut Ui, context: &Context<'_>, why: Option<&Explanation>, waiting_for: Option<Duration>) {
    match why {
        Some(why) => failure(ui, context, why),
        None => loading(ui, context, waiting_for),
    }
}

/// How long ago, with the exact time on hover.
pub fn time_ago(ui: &mut Ui, context: &Context<'_>, then: Timestamp) -> Response {
    let text = format::relative(context.language, then, context.now);
    let text = RichText::new(text).size(text_size::SMALL).color(context.tokens.text_weak);
    ui.add(egui::Label::new(text).truncate().sense(Sense::hover())).on_hover_text(format::exact(then))
}

/// The head of a side panel: its title and a cross.
pub fn panel_header(ui: &mut Ui, context: &Context<'_>, title: &str, open: &mut bool) {
    ui.horizontal(|ui| {
        ui.set_height(size::CONTROL_HEIGHT);
        section(ui, context, title);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if super::icon_button(ui, context, Icon::X, &context.tr("close")).clicked() {
                *open = false;
            }
        });
    });
}
