//! Deleting a dataset (guide 2.8): says what goes before it goes.

use super::{Dialog, DialogFrame};
use crate::domain::query::DatasetSummary;
use crate::domain::{DatasetId, Explanation};
use crate::text::format;
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::theme::space;
use crate::ui::widgets;
use crate::workbench::DeletionPreview;
use egui::Ui;

/// The form's state.
pub struct DeleteDataset {
    dataset: DatasetId,
    facts: Query<DatasetId, (DatasetSummary, DeletionPreview)>,
    also_files: bool,
    deleting: Option<Promise<()>>,
    failure: Option<Explanation>,
}

/// How many names are listed before “and more”.
const LISTED: usize = 6;

impl DeleteDataset {
    /// The form for a dataset.
    #[must_use]
    pub fn new(dataset: DatasetId) -> Self {
        Self { dataset, facts: Query::default(), also_files: false, deleting: None, failure: None }
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some((_, preview)) = self.facts.latest() else {
            widgets::loading(ui, context, self.facts.waiting_for());
            return;
        };
        let text = context.tr("delete-dataset-only");
        if widgets::radio(ui, context, !self.also_files, &text, &context.tr("delete-dataset-only-note")).clicked() {
            self.also_files = false;
        }
        let size = format::bytes(preview.size_bytes);
        let arguments = [("count", preview.files.into()), ("size", size.into())];
        let note = context.tr_with("delete-also-files-note", &arguments);
        if widgets::radio(ui, context, self.also_files, &context.tr("delete-also-files"), &note).clicked() {
            self.also_files = true;
        }
        ui.add_space(space::S);
        widgets::section(ui, context, context.tr("delete-what-goes"));
        let arguments = [("count", preview.samples.into()), ("labeled", preview.labeled.into())];
        line(ui, context, Icon::Images, &context.tr_with("delete-samples", &arguments));
        if !preview.versions.is_empty() {
            let arguments =
                [("count", preview.versions.len().into()), ("names", names(context, &preview.versions).into())];
            line(ui, context, Icon::History, &context.tr_with("delete-versions", &arguments));
        }
        if !preview.jobs.is_empty() {
            let arguments = [("count", preview.jobs.len().into()), ("names", names(context, &preview.jobs).into())];
            line(ui, context, Icon::BrainCircuit, &context.tr_with("delete-jobs", &arguments));
        }
        if self.also_files {
            for folder in &preview.folders {
                line(ui, context, Icon::Folder, &context.tr_with("delete-folder", &[("folder", folder.into())]));
            }
        } else {
            line(ui, context, Icon::Folder, &context.tr("delete-files-stay"));
        }
    }
}

fn line(ui: &mut Ui, context: &Context<'_>, icon: Icon, text: &str) {
    ui.horizontal_top(|ui| {
        ui.label(crate::ui::icons::text(icon, 16.0).color(context.tokens.text_weak));
        ui.add(egui::Label::new(text).wrap());
    });
}

fn names(context: &Context<'_>, all: &[String]) -> String {
    let listed = all.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} {}", context.tr_with("messages-more", &[("count", more.into())])),
    }
}

impl Dialog for DeleteDataset {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let dataset = self.dataset;
        if self.deleting.is_none() {
            self.facts.get(context.backend, &dataset, move |workbench| {
                Ok((workbench.dataset_by_id(dataset)?, workbench.deletion_preview(dataset)?))
            });
        }
        let name = self.facts.latest().map(|(summary, _)| summary.dataset.name.to_string()).unwrap_or_default();
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(())) => {
                context.notify(Notification::success(context.tr_with("delete-done", &[("name", name.into())])));
                context.open(Page::Datasets);
                return false;
            }
            Some(Err(explanation)) => {
                self.deleting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let failure = self.failure.clone().or_else(|| self.facts.failure().cloned());
        let confirm = if self.also_files { "delete-confirm-files" } else { "delete-confirm" };
        let footer = DialogFrame::new("delete-dataset", context.tr_with("delete-title", &[("name", name.into())]))
            .confirm(context.tr(confirm), Icon::Trash2)
            .dangerous(true)
            .enabled(self.facts.latest().is_some())
            .busy(self.deleting.is_some())
            .failure(failure.as_ref())
            .show(egui, context, |ui| self.contents_ui(ui, context));
        if footer.confirmed {
            let also_files = self.also_files;
            self.failure = None;
            self.deleting =
                Some(context.backend.write_from_form(move |workbench| workbench.delete_dataset(dataset, also_files)));
        }
        !footer.closed
    }
}
