//! Below a text that is read: its labels, and what models suggest for it with a tick and a cross each.

use super::super::super::LabelingPage;
use super::super::super::decision::{decision_badges, label_chips};
use super::super::super::selection::IndexSet;
use super::super::super::suggestions::suggestions;
use crate::domain::query::SampleRow;
use crate::domain::{AnnotationId, SampleState};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button};
use egui::Ui;

impl LabelingPage {
    pub(super) fn text_labels_ui(&mut self, ui: &mut Ui, context: &Context<'_>, row: &SampleRow) {
        let mut answered: Option<(AnnotationId, bool)> = None;
        ui.add_space(space::S);
        ui.horizontal_wrapped(|ui| {
            if !label_chips(ui, context, &self.labels, row) {
                let id = match row.state {
                    _ if row.deleted => "labeling-state-deleted",
                    SampleState::Unlabeled => "labeling-state-unlabeled",
                    SampleState::ToConfirm => "labeling-state-to-confirm",
                    SampleState::Labeled => "labeling-state-nothing",
                };
                widgets::weak(ui, context, context.tr(id));
            }
            decision_badges(ui, context, row);
            let mut suggested: Vec<_> = suggestions(row).collect();
            suggested.sort_by(|one, other| other.confidence.unwrap_or(1.0).total_cmp(&one.confidence.unwrap_or(1.0)));
            for annotation in suggested {
                let Some(label) = annotation.label.and_then(|label| self.labels.get(label)) else { continue };
                let name = label.name.as_str();
                ui.push_id(annotation.id, |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    let text = annotation
                        .confidence
                        .map_or_else(|| name.to_owned(), |sure| format!("{name}  {}", format::percent(sure, 0)));
                    widgets::label_chip(ui, context, &text, label.color);
                    for (icon, id, accept) in
                        [(Icon::Check, "labeling-accept-label", true), (Icon::X, "labeling-refuse-label", false)]
                    {
                        let tip = context.tr_with(id, &[("name", name.into())]);
                        if Button::ghost("").icon(icon).tip(tip).small().show(ui, context).clicked() {
                            answered = Some((annotation.id, accept));
                        }
                    }
                });
            }
        });
        if let (Some((annotation, accept)), Some(cursor)) = (answered, self.selection.cursor()) {
            let mut targets = IndexSet::default();
            targets.insert(cursor..cursor + 1);
            self.answer(vec![annotation], accept, targets, context);
        }
    }
}
