//! Deleting a label: only it, or the images that carry nothing else as well.

use crate::domain::query::SampleFilter;
use crate::domain::query::{EditReceipt, SampleSort};
use crate::domain::{Cancel, DatasetId, Edit, Explanation, Label, LabelId};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::widgets;
use crate::workbench::{Error, Workbench};

/// Rows looked at once while counting.
const CHUNK: usize = 2_000;

/// The dialog.
pub struct DeleteLabel {
    dataset: DatasetId,
    label: Label,
    carriers: u64,
    also_images: bool,
    only: Query<(), u64>,
    cancel: Cancel,
    deleting: Option<Promise<EditReceipt>>,
    failure: Option<Explanation>,
}

/// How many samples carry this label and no other.
fn count_only(workbench: &Workbench, dataset: DatasetId, label: LabelId, cancel: &Cancel) -> Result<u64, Error> {
    let filter = SampleFilter { labels: vec![label], ..SampleFilter::default() };
    let view = workbench.view(dataset, &filter, SampleSort::Added, cancel)?;
    let mut count = 0;
    for start in (0..view.len()).step_by(CHUNK) {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let rows = workbench.rows(&view, start..(start + CHUNK).min(view.len()))?;
        count += rows
            .iter()
            .filter(|row| {
                let mut primary = row.primary();
                primary.all(|annotation| annotation.label == Some(label))
            })
            .count() as u64;
    }
    Ok(count)
}

impl DeleteLabel {
    /// Asks about a label.
    pub fn new(dataset: DatasetId, table: &LabelTable, label: LabelId) -> Option<Self> {
        let row = &table.rows()[table.place(label)?];
        Some(Self {
            dataset,
            label: row.label.clone(),
            carriers: row.samples,
            also_images: false,
            only: Query::default(),
            cancel: Cancel::default(),
            deleting: None,
            failure: None,
        })
    }
}

impl Drop for DeleteLabel {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Dialog for DeleteLabel {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(_)) => {
                let name = self.label.name.as_str();
                let text = context.tr_with("labeling-label-deleted", &[("name", name.into())]);
                let mut notification = Notification::success(text);
                notification.details.push(context.tr("labeling-deleted-undo"));
                context.notify(notification);
                return false;
            }
            Some(Err(explanation)) => {
                self.failure = Some(explanation);
                self.deleting = None;
            }
            None => {}
        }
        let (dataset, label, cancel) = (self.dataset, self.label.id, self.cancel.clone());
        let only = self
            .only
            .get(context.backend, &(), move |workbench| count_only(workbench, dataset, label, &cancel))
            .copied();
        let name = self.label.name.as_str().to_owned();
        let busy = self.deleting.is_some();
        let failure = self.failure.take();
        let title = context.tr_with("labeling-delete-label-title", &[("name", name.as_str().into())]);
        let frame = DialogFrame::new("labeling-delete-label", title)
            .confirm(context.tr("labeling-delete-label"), Icon::Trash2)
            .dangerous(true)
            .enabled(!self.also_images || only.is_some())
            .busy(busy)
            .failure(failure.as_ref());
        let footer = frame.show(egui, context, |ui| {
            let title = context.tr("labeling-delete-label-only");
            let text = context.tr_with("labeling-delete-label-only-what", &[("count", self.carriers.into())]);
            if widgets::radio(ui, context, !self.also_images, &title, &text).clicked() {
                self.also_images = false;
            }
            let title = context.tr("labeling-delete-label-images");
            let text = match only {
                Some(count) => context.tr_with("labeling-delete-label-images-what", &[("count", count.into())]),
                None => context.tr("labeling-counting"),
            };
            if widgets::radio(ui, context, self.also_images, &title, &text).clicked() {
                self.also_images = true;
            }
        });
        self.failure = failure;
        if footer.confirmed && !busy {
            let edit = Edit::DeleteLabel { label: self.label.id, samples: self.also_images };
            self.failure = None;
            self.deleting = Some(context.backend.write_from_form(move |workbench| workbench.edit(dataset, &edit)));
        }
        !footer.closed || busy
    }
}
