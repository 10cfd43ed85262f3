//! Buttons: main, secondary, plain and dangerous ones, with an icon and the keys that do the same.

use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{self, Tokens, size, space, text_size};
use egui::{Color32, FontFamily, FontId, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Primary,
    Secondary,
    Ghost,
    Danger,
}

/// A button, from a builder.
#[must_use = "call show"]
pub struct Button {
    kind: Kind,
    text: String,
    icon: Option<Icon>,
    keys: String,
    tip: Option<String>,
    enabled: bool,
    small: bool,
    selected: Option<bool>,
    full_width: bool,
    is_centered: bool,
}

impl Button {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            icon: None,
            keys: String::new(),
            tip: None,
            enabled: true,
            small: false,
            selected: None,
            full_width: false,
            is_centered: false,
        }
    }

    /// A page's or dialog's main action: one of them at a time.
    pub fn primary(text: impl Into<String>) -> Self {
        Self::new(Kind::Primary, text)
    }

    /// Any other action.
    pub fn secondary(text: impl Into<String>) -> Self {
        Self::new(Kind::Secondary, text)
    }

    /// An action without a frame until it is hovered.
    pub fn ghost(text: impl Into<String>) -> Self {
        Self::new(Kind::Ghost, text)
    }

    /// Takes something away.
    pub fn danger(text: impl Into<String>) -> Self {
        Self::new(Kind::Danger, text)
    }

    /// A secondary button for a command: its words, icon, keys and tooltip.
    pub fn command(command: Command, context: &Context<'_>) -> Self {
        Self::secondary(context.label_of(command))
            .icon(command.icon())
            .tip(context.tr(&format!("command-{}.tip", command.name())))
            .keys_on_hover(context.keys_of(command))
    }

    /// As the main action.
    pub fn as_primary(mut self) -> Self {
        self.kind = Kind::Primary;
        self
    }

    /// An icon before the text.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The keys that do the same, shown on the button.
    pub fn keys(mut self, keys: impl Into<String>) -> Self {
        self.keys = keys.into();
        self
    }

    /// The keys that do the same, shown with the tooltip.
    pub fn keys_on_hover(mut self, keys: String) -> Self {
        let tip = self.tip.take().unwrap_or_default();
        self.tip = Some(match (tip.is_empty(), keys.is_empty()) {
            (_, true) => tip,
            (true, false) => keys,
            (false, false) => format!("{tip}  ({keys})"),
        });
        self
    }

    /// What it does, shown on hover.
    pub fn tip(mut self, tip: impl Into<String>) -> Self {
        self.tip = Some(tip.into());
        self
    }

    /// Whether it can be used.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// For dense places.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// One of a group, of which one is chosen.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = Some(selected);
        self
    }

    /// As wide as there is room, its text at the left: an entry of a list.
    pub fn full_width(mut self) -> Self {
        self.full_width = true;
        self
    }

    /// As wide as there is room, its text in the middle.
    pub fn wide(mut self) -> Self {
        (self.full_width, self.is_centered) = (true, true);
        self
    }

    fn colors(&self, tokens: &Tokens, hot: bool) -> (Color32, Color32, Color32) {
        let clear = Color32::TRANSPARENT;
        if self.selected == Some(true) {
            return (tokens.selected, clear, tokens.text);
        }
        match (self.kind, hot) {
            (Kind::Primary, false) => (tokens.accent, clear, tokens.on_accent),
            (Kind::Primary, true) => (tokens.accent_hover, clear, tokens.on_accent),
            (Kind::Danger, false) => (tokens.danger, clear, tokens.on_danger),
            (Kind::Danger, true) => (tokens.danger_hover, clear, tokens.on_danger),
            (Kind::Secondary, false) => (tokens.raised, tokens.border_strong, tokens.text),
            (Kind::Secondary, true) => (tokens.hover, tokens.border_strong, tokens.text),
            (Kind::Ghost, false) => (clear, clear, tokens.text),
            (Kind::Ghost, true) => (tokens.hover, clear, tokens.text),
        }
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui, context: &Context<'_>) -> Response {
        let tokens = context.tokens;
        let enabled = self.enabled && ui.is_enabled();
        let size_points = if self.small { text_size::SMALL } else { text_size::BODY };
        let font = FontId::new(size_points, FontFamily::Proportional);
        let galley = ui.painter().layout_no_wrap(self.text.clone(), font, Color32::PLACEHOLDER);
        let keys_font = FontId::new(text_size::SMALL, FontFamily::Proportional);
        let keys = (!self.keys.is_empty())
            .then(|| ui.painter().layout_no_wrap(self.keys.clone(), keys_font, Color32::PLACEHOLDER));
        let icon_width = if self.icon.is_some() { 16.0 } else { 0.0 };
        let gap = if self.icon.is_some() && !self.text.is_empty() { space::S } else { 0.0 };
        let keys_width = keys.as_ref().map_or(0.0, |keys| keys.size().x + space::S);
        let padding = match (self.small, self.text.is_empty()) {
            (_, true) => 6.0,
            (true, false) => space::S,
            (false, false) => space::M,
        };
        let height = if self.small { 24.0 } else { size::CONTROL_HEIGHT };
        let content_width = icon_width + gap + galley.size().x + keys_width;
        let width = if self.full_width { ui.available_width() } else { content_width + 2.0 * padding };
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), sense);
        let name = if self.text.is_empty() { self.tip.clone().unwrap_or_default() } else { self.text.clone() };
        response.widget_info(|| match self.selected {
            Some(selected) => WidgetInfo::selected(Role::Button, enabled, selected, &name),
            None => WidgetInfo::labeled(Role::Button, enabled, &name),
        });
        if ui.is_rect_visible(rect) {
            let hot = enabled && (response.hovered() || response.is_pointer_button_down_on());
            let (fill, border, text) = self.colors(tokens, hot);
            let fade = |color: Color32| if enabled { color } else { color.gamma_multiply(0.5) };
            let painter = ui.painter();
            painter.rect(rect, theme::CORNER, fade(fill), Stroke::new(1.0, fade(border)), StrokeKind::Inside);
            focus_ring(ui, &response, tokens);
            let is_list_entry = self.full_width && !self.is_centered;
            let mut x = if is_list_entry { rect.left() + padding } else { rect.center().x - content_width / 2.0 };
            if let Some(icon) = self.icon {
                icons::paint(painter, egui::pos2(x + 8.0, rect.center().y), icon, 16.0, fade(text));
                x += icon_width + gap;
            }
            painter.galley(egui::pos2(x, rect.center().y - galley.size().y / 2.0), galley.clone(), fade(text));
            if let Some(keys) = keys {
                let x =
                    if is_list_entry { rect.right() - padding - keys.size().x } else { x + galley.size().x + space::S };
                let color = match self.kind {
                    Kind::Primary | Kind::Danger => text.gamma_multiply(0.85),
                    Kind::Secondary | Kind::Ghost => tokens.text_weak,
                };
                painter.galley(egui::pos2(x, rect.center().y - keys.size().y / 2.0), keys, fade(color));
            }
        }
        match self.tip {
            Some(tip) if !tip.is_empty() => response.on_hover_text(&tip).on_disabled_hover_text(&tip),
            _ => response,
        }
    }
}

/// Marks what has the keyboard's focus.
pub(in crate::ui) fn focus_ring(ui: &Ui, response: &Response, tokens: &Tokens) {
    if response.has_focus() {
        let stroke = Stroke::new(2.0, tokens.focus);
        ui.painter().rect_stroke(response.rect.expand(1.0), theme::CORNER, stroke, StrokeKind::Outside);
    }
}

/// A button that is only an icon; `name` is its tooltip and what a screen reader says.
pub fn icon_button(ui: &mut Ui, context: &Context<'_>, icon: Icon, name: &str) -> Response {
    Button::ghost("").icon(icon).tip(name).show(ui, context)
}
