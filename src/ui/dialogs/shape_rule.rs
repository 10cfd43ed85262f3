//! The choice of the one kind of shape that a dataset takes, or of any kind (guide 2.4.2).

use crate::domain::ShapeKind;
use crate::ui::commands::SHAPE_TOOLS;
use crate::ui::context::Context;
use crate::ui::widgets::{self, Button};
use egui::Ui;

/// Draws the choice with what it means.
pub(super) fn ui(ui: &mut Ui, context: &Context<'_>, rule: &mut Option<ShapeKind>) {
    widgets::weak(ui, context, context.tr("shape-rule"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(2.0, 2.0);
        let any = Button::ghost(context.tr("shape-rule-any")).small().selected(rule.is_none());
        if any.show(ui, context).clicked() {
            *rule = None;
        }
        for (kind, command) in SHAPE_TOOLS {
            let button = Button::ghost(context.label_of(command)).icon(command.icon()).small();
            if button.selected(*rule == Some(kind)).show(ui, context).clicked() {
                *rule = Some(kind);
            }
        }
    });
    let note = if rule.is_some() { "shape-rule-one.note" } else { "shape-rule-any.note" };
    widgets::weak(ui, context, context.tr(note));
}
