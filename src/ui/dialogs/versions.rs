//! Making an older version the current one, and deleting one: both say what happens first.

use super::{Dialog, DialogFrame};
use crate::domain::{DatasetId, Explanation};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::workbench::ActivityKind;

/// Asks before the working state is replaced.
pub struct SetCurrentVersion {
    dataset: DatasetId,
    version: String,
}

impl SetCurrentVersion {
    /// The question for a version.
    #[must_use]
    pub fn new(dataset: DatasetId, version: String) -> Self {
        Self { dataset, version }
    }
}

impl Dialog for SetCurrentVersion {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let arguments = [("version", self.version.as_str().into())];
        let footer = DialogFrame::new("set-current", context.tr_with("set-current-title", &arguments))
            .confirm(context.tr("version-set-current"), Icon::Check)
            .show(egui, context, |ui| {
                ui.add(egui::Label::new(context.tr_with("set-current-text", &arguments)).wrap());
            });
        if !footer.confirmed {
            return !footer.closed;
        }
        let (dataset, version) = (self.dataset, self.version.clone());
        let done = context.tr_with("set-current-done", &arguments);
        let work = context.backend.run(ActivityKind::SetCurrentVersion, &self.version, move |workbench, task| {
            workbench.set_current_version(dataset, &version, task)
        });
        context.follow(work, move |context, outcome| {
            if outcome.is_ok() {
                context.notify(Notification::success(done));
            }
        });
        false
    }
}

/// Asks before a version's entry is removed.
pub struct DeleteVersion {
    dataset: DatasetId,
    version: String,
    deleting: Option<Promise<()>>,
    failure: Option<Explanation>,
}

impl DeleteVersion {
    /// The question for a version.
    #[must_use]
    pub fn new(dataset: DatasetId, version: String) -> Self {
        Self { dataset, version, deleting: None, failure: None }
    }
}

impl Dialog for DeleteVersion {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let arguments = [("version", self.version.as_str().into())];
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(())) => return false,
            Some(Err(explanation)) => {
                self.deleting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let footer = DialogFrame::new("delete-version", context.tr_with("delete-version-title", &arguments))
            .confirm(context.tr("delete-version-confirm"), Icon::Trash2)
            .dangerous(true)
            .busy(self.deleting.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                ui.add(egui::Label::new(context.tr_with("delete-version-text", &arguments)).wrap());
            });
        if footer.confirmed {
            let (dataset, version) = (self.dataset, self.version.clone());
            self.failure = None;
            self.deleting =
                Some(context.backend.write_from_form(move |workbench| workbench.delete_version(dataset, &version)));
        }
        !footer.closed
    }
}
