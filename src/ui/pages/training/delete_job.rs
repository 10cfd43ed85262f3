//! Deleting a version of a job, or the whole job: says what goes and what stays.

use crate::domain::Explanation;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::widgets;

/// The question's state.
pub struct DeleteJob {
    name: String,
    version: String,
    whole_job: bool,
    deleting: Option<Promise<()>>,
    failure: Option<Explanation>,
}

impl DeleteJob {
    /// Asks about a version; the whole job can be chosen.
    #[must_use]
    pub fn version(name: String, version: String) -> Self {
        Self { name, version, whole_job: false, deleting: None, failure: None }
    }
}

impl Dialog for DeleteJob {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let label = format!("{} {}", self.name, self.version);
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(())) => {
                let what = if self.whole_job { self.name.clone() } else { label };
                context.notify(Notification::success(context.tr_with("job-deleted", &[("name", what.into())])));
                context.open(Page::Training);
                return false;
            }
            Some(Err(explanation)) => {
                self.deleting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let title = context.tr_with("job-delete-title", &[("name", (&label).into())]);
        let footer = DialogFrame::new("delete-job", title)
            .confirm(context.tr("job-delete-confirm"), Icon::Trash2)
            .dangerous(true)
            .busy(self.deleting.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                for (whole, id) in [(false, "job-delete-version"), (true, "job-delete-all")] {
                    let arguments = [("name", (&self.name).into()), ("version", (&self.version).into())];
                    let title = context.tr_with(id, &arguments);
                    let note = context.tr(&format!("{id}.note"));
                    if widgets::radio(ui, context, self.whole_job == whole, &title, &note).clicked() {
                        self.whole_job = whole;
                    }
                }
                ui.add(egui::Label::new(context.tr("job-delete-stays")).wrap());
            });
        if footer.confirmed {
            let name = self.name.clone();
            let version = (!self.whole_job).then(|| self.version.clone());
            self.failure = None;
            self.deleting =
                Some(context.backend.write_from_form(move |workbench| workbench.delete_job(&name, version.as_deref())));
        }
        !footer.closed
    }
}
