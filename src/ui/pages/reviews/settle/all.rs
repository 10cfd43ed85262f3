//! Settling all images of a pass at once, for one side: asked first.

use crate::domain::review::Keep;
use crate::domain::{DatasetId, Explanation, ReviewId};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::widgets::{self, MenuEntry};
use crate::workbench::ActivityKind;
use egui::Ui;

/// The menu in the page's head.
pub fn actions_ui(ui: &mut Ui, context: &Context<'_>, dataset: DatasetId, review: ReviewId) {
    let entry = |value: Keep, id: &str| MenuEntry {
        value,
        text: context.tr(id),
        icon: Icon::CheckCheck,
        keys: String::new(),
        enabled: true,
    };
    let entries = [entry(Keep::First, "review-settle-all-first"), entry(Keep::Second, "review-settle-all-second")];
    let chosen = widgets::menu_button(ui, context, Icon::Ellipsis, &context.tr("review-settle-all"), &entries);
    if let Some(keep) = chosen {
        context.show(SettleAll { dataset, review, keep, settling: None, failure: None });
    }
}

struct SettleAll {
    dataset: DatasetId,
    review: ReviewId,
    keep: Keep,
    settling: Option<Promise<u64>>,
    failure: Option<Explanation>,
}

impl Dialog for SettleAll {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let (dataset, review, keep) = (self.dataset, self.review, self.keep);
        match self.settling.as_ref().and_then(Promise::take) {
            Some(Ok(count)) => {
                let text = context.tr_with("review-settled-all", &[("count", count.into())]);
                context.notify(Notification::success(text));
                // The list of images is read anew.
                context.open(Page::ReviewSettling { dataset, review, sample: None });
                return false;
            }
            Some(Err(explanation)) => {
                self.settling = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let is_first = keep == Keep::First;
        let text = if is_first { "review-settle-all-text-first" } else { "review-settle-all-text-second" };
        let footer = DialogFrame::new("review-settle-all", context.tr("review-settle-all-title"))
            .confirm(context.tr("review-settle-all-confirm"), Icon::CheckCheck)
            .busy(self.settling.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                ui.add(egui::Label::new(context.tr(text)).wrap());
            });
        if footer.confirmed {
            let subject = context.tr("review-title");
            self.failure = None;
            self.settling =
                Some(context.backend.run_from_form(ActivityKind::SettleReview, &subject, move |workbench, task| {
                    workbench.settle_review(review, keep, task)
                }));
        }
        !footer.closed
    }
}
