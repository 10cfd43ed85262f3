//! What has to be said of a text before it is read.

use super::TextView;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::space;
use crate::ui::widgets;
use egui::Ui;

/// Characters without a glyph that are named.
const NAMED: usize = 6;

/// A line for each: letters from right to left, characters that no font has.
pub fn ui(ui: &mut Ui, context: &Context<'_>, view: &TextView) {
    if view.has_right_to_left() {
        line(ui, context, &context.tr("text-right-to-left"));
    }
    let missing = view.missing();
    if !missing.is_empty() {
        let mut names: Vec<String> =
            missing.iter().take(NAMED).map(|&character| format!("U+{:04X}", u32::from(character))).collect();
        if missing.len() > NAMED {
            names.push("…".to_owned());
        }
        let arguments = [("count", missing.len().into()), ("characters", names.join(", ").into())];
        line(ui, context, &context.tr_with("text-without-glyph", &arguments));
    }
}

fn line(ui: &mut Ui, context: &Context<'_>, text: &str) {
    ui.horizontal_wrapped(|ui| {
        ui.add_space(space::S);
        ui.label(icons::text(Icon::TriangleAlert, 14.0).color(context.tokens.warning_text));
        widgets::weak(ui, context, text);
    });
}
