//! The frame of a dialog: title, contents that scroll, buttons. Esc closes, Enter confirms.

use crate::domain::Explanation;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{self, size, space, text_size};
use crate::ui::widgets;
use egui::{Align, Align2, FontId, Id, Key, Layout, Margin, Modifiers, RichText, Ui};

/// What the buttons of a dialog ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Footer {
    /// The main button, or Enter.
    pub confirmed: bool,
    /// Cancel, Esc or the cross.
    pub closed: bool,
}

/// How far below the window's top a dialog begins that keeps its top, in points.
const TOP: f32 = 32.0;

/// A modal dialog's frame, from a builder.
pub struct DialogFrame<'a> {
    id: &'static str,
    title: String,
    width_points: f32,
    confirm: Option<String>,
    dismiss: Option<String>,
    icon: Option<Icon>,
    is_dangerous: bool,
    enabled: bool,
    busy: bool,
    failure: Option<&'a Explanation>,
    enter_confirms: bool,
    from_top: bool,
}

impl<'a> DialogFrame<'a> {
    /// A dialog named `id` with a title.
    pub fn new(id: &'static str, title: impl Into<String>) -> Self {
        Self {
            id,
            title: title.into(),
            width_points: size::DIALOG_WIDTH,
            confirm: None,
            dismiss: None,
            icon: None,
            is_dangerous: false,
            enabled: true,
            busy: false,
            failure: None,
            enter_confirms: true,
            from_top: false,
        }
    }

    /// Its width, in points.
    #[must_use]
    pub fn width(mut self, width_points: f32) -> Self {
        self.width_points = width_points;
        self
    }

    /// The main button. Without one there is only “Close”.
    #[must_use]
    pub fn confirm(mut self, text: impl Into<String>, icon: Icon) -> Self {
        self.confirm = Some(text.into());
        self.icon = Some(icon);
        self
    }

    /// What the other button says where there is nothing to cancel.
    #[must_use]
    pub fn dismiss(mut self, text: impl Into<String>) -> Self {
        self.dismiss = Some(text.into());
        self
    }

    /// The main button takes something away.
    #[must_use]
    pub fn dangerous(mut self, is_dangerous: bool) -> Self {
        self.is_dangerous = is_dangerous;
        self
    }

    /// Whether the main button can be used.
    #[must_use]
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Whether what was confirmed is being done.
    #[must_use]
    pub fn busy(mut self, busy: bool) -> Self {
        self.busy = busy;
        self
    }

    /// Why what was confirmed was not done; shown above the buttons.
    #[must_use]
    pub fn failure(mut self, failure: Option<&'a Explanation>) -> Self {
        self.failure = failure;
        self
    }

    /// Whether Enter confirms: not while it means something to what has the focus, e.g. a list.
    #[must_use]
    pub fn enter_confirms(mut self, enter_confirms: bool) -> Self {
        self.enter_confirms = enter_confirms;
        self
    }

    /// Keeps its top where it is while choices change its height: what is clicked does not move away.
    #[must_use]
    pub fn from_top(mut self) -> Self {
        self.from_top = true;
        self
    }

    /// Draws it with its contents.
    pub fn show(self, egui: &egui::Context, context: &Context<'_>, contents: impl FnOnce(&mut Ui)) -> Footer {
        let mut footer = Footer::default();
        let tokens = context.tokens;
        let frame = egui::Frame::new()
            .fill(tokens.raised)
            .stroke(egui::Stroke::new(1.0, tokens.border))
            .corner_radius(theme::CORNER)
            .shadow(egui.global_style().visuals.window_shadow);
        let area = egui::Modal::default_area(Id::unique(self.id)).accessible_name(&self.title);
        let area = if self.from_top { area.anchor(Align2::CENTER_TOP, [0.0, TOP]) } else { area };
        let modal = egui::Modal::new(Id::unique(self.id)).area(area).backdrop_color(tokens.backdrop).frame(frame);
        let response = modal.show(egui, |ui| {
            let available = ui.ctx().content_rect().size();
            ui.set_width(self.width_points.min(available.x - space::XXL));
            ui.spacing_mut().item_spacing.y = 0.0;
            egui::Frame::new().inner_margin(Margin { left: 24, right: 12, top: 16, bottom: 8 }).show(ui, |ui| {
                ui.horizontal(|ui| {
                    let font = FontId::new(text_size::TITLE, theme::bold_family());
                    ui.label(RichText::new(&self.title).font(font));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        footer.closed |= widgets::icon_button(ui, context, Icon::X, &context.tr("close")).clicked();
                    });
                });
            });
            widgets::scroll_up_to((available.y - 190.0).max(120.0)).show(ui, |ui| {
                egui::Frame::new().inner_margin(Margin::symmetric(24, 8)).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = space::S;
                    ui.set_width(ui.available_width());
                    contents(ui);
                });
            });
            if let Some(failure) = self.failure {
                egui::Frame::new().inner_margin(Margin::symmetric(24, 4)).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = space::XS;
                    widgets::failure(ui, context, failure);
                });
            }
            egui::Frame::new().inner_margin(Margin { left: 24, right: 24, top: 12, bottom: 20 }).show(ui, |ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.buttons_ui(ui, context, &mut footer);
                });
            });
        });
        // A click beside the dialog does not close it: what was typed would be gone.
        if response.is_top_modal && !response.any_popup_open {
            footer.closed |= egui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        }
        // A text field of one line gives up its focus on Enter; all others keep theirs and take the key themselves.
        let enter = response.is_top_modal && self.enter_confirms && !response.any_popup_open;
        if enter && self.confirm.is_some() && self.enabled && !self.busy {
            let held = egui.memory(|memory| memory.focused()).is_some();
            // The key that opened the dialog is no answer to it, however long it is held.
            let anew = |modifiers| egui.input_mut(|input| widgets::pressed_anew(input, modifiers, Key::Enter));
            footer.confirmed |= !held && anew(Modifiers::NONE);
            footer.confirmed |= anew(Modifiers::COMMAND);
        }
        footer
    }

    fn buttons_ui(&self, ui: &mut Ui, context: &Context<'_>, footer: &mut Footer) {
        let Some(confirm) = &self.confirm else {
            footer.closed |= widgets::Button::secondary(context.tr("close")).show(ui, context).clicked();
            return;
        };
        let button =
            if self.is_dangerous { widgets::Button::danger(confirm) } else { widgets::Button::primary(confirm) };
        let button = button.enabled(self.enabled && !self.busy).keys("Enter");
        let button = match self.icon {
            Some(icon) => button.icon(icon),
            None => button,
        };
        footer.confirmed |= button.show(ui, context).clicked();
        let dismiss = self.dismiss.clone().unwrap_or_else(|| context.tr("cancel"));
        footer.closed |= widgets::Button::secondary(dismiss).keys("Esc").show(ui, context).clicked();
        if self.busy {
            ui.add(egui::Spinner::new().size(16.0).color(context.tokens.accent_text));
        }
    }
}
