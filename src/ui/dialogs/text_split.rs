//! The choice of what of a text file is one sample (guide 2.4.3).

use crate::domain::TextSplit;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets;
use egui::Ui;

/// Draws the choice with what it means; true if another one was chosen.
pub(in crate::ui) fn ui(ui: &mut Ui, context: &Context<'_>, split: &mut TextSplit) -> bool {
    widgets::weak(ui, context, context.tr("text-split"));
    let choices = [
        (TextSplit::Line, context.tr("text-split-line"), Some(Icon::TextAlignJustify)),
        (TextSplit::Paragraph, context.tr("text-split-paragraph"), Some(Icon::Pilcrow)),
        (TextSplit::File, context.tr("text-split-file"), Some(Icon::FileText)),
    ];
    let changed = widgets::segments(ui, context, split, &choices);
    let note = match split {
        TextSplit::Line => "text-split-line.note",
        TextSplit::Paragraph => "text-split-paragraph.note",
        TextSplit::File => "text-split-file.note",
    };
    widgets::weak(ui, context, context.tr(note));
    changed
}
