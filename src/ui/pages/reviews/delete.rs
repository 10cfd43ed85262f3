//! Deleting a second pass: says what goes before it goes.

use crate::domain::{Explanation, ReviewId};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::workbench::Task;

/// The question.
pub struct DeleteReview {
    review: ReviewId,
    done: u64,
    deleting: Option<Promise<()>>,
    failure: Option<Explanation>,
}

impl DeleteReview {
    /// Asks about a pass in which so many images were looked at.
    pub fn new(review: ReviewId, done: u64) -> Self {
        Self { review, done, deleting: None, failure: None }
    }
}

impl Dialog for DeleteReview {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(())) => {
                context.notify(Notification::success(context.tr("review-deleted")));
                return false;
            }
            Some(Err(explanation)) => {
                self.deleting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let text = context.tr_with("review-delete-text", &[("count", self.done.into())]);
        let footer = DialogFrame::new("review-delete", context.tr("review-delete-title"))
            .confirm(context.tr("review-delete-confirm"), Icon::Trash2)
            .dangerous(true)
            .busy(self.deleting.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                ui.add(egui::Label::new(text).wrap());
            });
        if footer.confirmed {
            let review = self.review;
            self.failure = None;
            let delete =
                move |workbench: &crate::workbench::Workbench| workbench.delete_review(review, &Task::silent());
            self.deleting = Some(context.backend.write_from_form(delete));
        }
        !footer.closed
    }
}
