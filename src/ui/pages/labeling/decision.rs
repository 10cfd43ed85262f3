//! What is decided about a sample, in a line: its labels, its usage, whether it is hard.

use super::labels::LabelTable;
use super::tile::is_hard;
use crate::domain::query::SampleRow;
use crate::ui::context::Context;
use crate::ui::widgets;
use egui::Ui;

/// The labels of a sample; says whether it has any.
pub fn label_chips(ui: &mut Ui, context: &Context<'_>, labels: &LabelTable, row: &SampleRow) -> bool {
    let mut any = false;
    for label in row.primary().filter_map(|annotation| labels.get(annotation.label?)) {
        widgets::label_chip(ui, context, label.name.as_str(), label.color);
        any = true;
    }
    any
}

/// What a sample is for, and whether it is hard.
pub fn decision_badges(ui: &mut Ui, context: &Context<'_>, row: &SampleRow) {
    if let Some(usage) = row.usage {
        widgets::badge(ui, context, usage.as_str(), context.tokens.accent_text);
    }
    if is_hard(row) {
        widgets::badge(ui, context, &context.tr("labeling-hard"), context.tokens.warning_text);
    }
}
