//! Taking the labels of all texts of the list away, after a question.

use super::EntitiesPage;
use crate::domain::{DatasetId, Edit};
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::workbench::View;

/// The question.
struct ClearListed {
    dataset: DatasetId,
    view: View,
}

impl EntitiesPage {
    /// Asks whether all texts of the list are to lose their labels.
    pub(super) fn ask_to_clear_listed(&mut self, context: &Context<'_>) {
        let Some(view) = self.walk.rows.view().cloned() else { return };
        self.moving = None;
        context.show(ClearListed { dataset: self.walk.dataset, view });
    }
}

impl Dialog for ClearListed {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let count = [("count", self.view.len().into())];
        let footer = DialogFrame::new("entities-clear-listed", context.tr("entities-clear-listed-title"))
            .confirm(context.tr_with("entities-clear-listed-confirm", &count), Icon::Eraser)
            .dangerous(true)
            .show(egui, context, |ui| {
                ui.add(egui::Label::new(context.tr("entities-clear-listed-what")).wrap());
            });
        if footer.confirmed {
            let (dataset, view) = (self.dataset, self.view.clone());
            let done = context.backend.write(move |workbench| {
                let samples = workbench.sample_ids(&view, 0..view.len())?;
                workbench.edit(dataset, &Edit::ClearLabels { samples })
            });
            context.follow(done, move |context, outcome| {
                let Ok(receipt) = outcome else { return };
                let text = context.tr_with("entities-cleared-listed", &[("count", receipt.changed.into())]);
                let notification = Notification::success(text);
                context.notify(match receipt.changed {
                    0 => notification,
                    _ => notification.with_undo(context, dataset, receipt.entry),
                });
            });
            return false;
        }
        !footer.closed
    }
}
