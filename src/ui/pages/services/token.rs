//! A token, shown this once.

use super::curl_line;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::theme::{size, space};
use crate::ui::widgets::{self, Button};
use egui::{Align, Label, Layout, RichText, TextStyle, Ui, vec2};

/// What is shown.
pub struct ShowToken {
    service: String,
    address: String,
    of_texts: bool,
    token: String,
    /// Whether the service is new, so that there is a page to go on to.
    is_new: bool,
}

impl ShowToken {
    /// Shows the token of a service.
    #[must_use]
    pub fn new(service: String, address: String, of_texts: bool, token: String, is_new: bool) -> Self {
        Self { service, address, of_texts, token, is_new }
    }
}

/// A line to copy: its text in a field, and a button with a name of its own.
pub fn copy_line(ui: &mut Ui, context: &Context<'_>, label: &str, text: &str, copy: &str) {
    widgets::weak(ui, context, label);
    // The button at the right edge, the line in what is left.
    let size = vec2(ui.available_width(), size::CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        let response = Button::secondary(context.tr("copy")).icon(Icon::Copy).show(ui, context);
        if response.clicked() {
            ui.ctx().copy_text(text.to_owned());
            context.notify(crate::ui::notifications::Notification::info(context.tr("copied")));
        }
        response.accessible_name(copy);
        let tokens = context.tokens;
        let frame = egui::Frame::new().fill(tokens.field).stroke(egui::Stroke::new(1.0, tokens.border_strong));
        frame.corner_radius(crate::ui::theme::CORNER).inner_margin(egui::Margin::symmetric(8, 5)).show(ui, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let text = RichText::new(text).text_style(TextStyle::Monospace);
                ui.add(Label::new(text).truncate().selectable(true));
                ui.set_min_width(ui.available_width());
            });
        });
    });
}

impl Dialog for ShowToken {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let title = context.tr_with("token-title", &[("name", (&self.service).into())]);
        let mut frame = DialogFrame::new("token", title).width(620.0);
        if self.is_new {
            // The service runs already: there is nothing to cancel.
            frame = frame.confirm(context.tr("token-open"), Icon::ArrowRight).dismiss(context.tr("close"));
        }
        let footer = frame.show(egui, context, |ui| {
            ui.horizontal_top(|ui| {
                let icon = crate::ui::icons::text(Icon::KeyRound, 16.0);
                ui.label(icon.color(context.tokens.warning_text));
                ui.add(Label::new(context.tr("token-once")).wrap());
            });
            ui.add_space(space::XS);
            copy_line(ui, context, &context.tr("token-token"), &self.token, &context.tr("token-copy"));
            if !self.address.is_empty() {
                copy_line(ui, context, &context.tr("service-address"), &self.address, &context.tr("address-copy"));
                let line = curl_line(&self.address, self.of_texts);
                copy_line(ui, context, &context.tr("service-curl"), &line, &context.tr("curl-copy"));
            }
        });
        if footer.confirmed {
            context.open(Page::Service { name: self.service.clone() });
            return false;
        }
        !footer.closed
    }
}
