//! Deleting images and texts: from the dataset only, which undo takes back, or their files as well, which go to the trash.

use crate::domain::{DatasetId, Edit, Explanation, Warning};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::actions::ids_of;
use crate::ui::pages::labeling::selection::IndexSet;
use crate::ui::widgets;
use crate::workbench::View;
use egui::RichText;

type Deleted = (u64, Option<(u64, Vec<Warning>)>);

/// The dialog.
pub struct DeleteImages {
    dataset: DatasetId,
    view: View,
    targets: IndexSet,
    also_files: bool,
    /// Texts are pieces of files that others lie in too: their files stay.
    of_texts: bool,
    versions: Query<(), Vec<String>>,
    deleting: Option<Promise<Deleted>>,
    failure: Option<Explanation>,
}

impl DeleteImages {
    /// Asks about these positions of a view.
    pub fn new(dataset: DatasetId, view: View, targets: IndexSet, of_texts: bool) -> Self {
        Self {
            dataset,
            view,
            targets,
            also_files: false,
            of_texts,
            versions: Query::default(),
            deleting: None,
            failure: None,
        }
    }

    fn start(&mut self, context: &Context<'_>) {
        let (dataset, view, targets, also_files) =
            (self.dataset, self.view.clone(), self.targets.clone(), self.also_files);
        self.failure = None;
        self.deleting = Some(context.backend.write_from_form(move |workbench| {
            let samples = ids_of(workbench, &view, &targets)?;
            let receipt = workbench.edit(dataset, &Edit::Delete { samples: samples.clone() })?;
            let files = if also_files { Some(workbench.trash_files(dataset, &samples)?) } else { None };
            Ok((receipt.changed, files))
        }));
    }
}

impl Dialog for DeleteImages {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok((count, files))) => {
                let deleted = if self.of_texts { "labeling-deleted-texts" } else { "labeling-deleted" };
                let text = context.tr_with(deleted, &[("count", count.into())]);
                let mut notification = Notification::success(text);
                if let Some((moved, warnings)) = files {
                    notification.details.push(context.tr_with("labeling-files-moved", &[("count", moved.into())]));
                    notification = notification.with_warnings(context, &warnings);
                } else {
                    notification.details.push(context.tr("labeling-deleted-undo"));
                }
                context.notify(notification);
                return false;
            }
            Some(Err(explanation)) => {
                self.failure = Some(explanation);
                self.deleting = None;
            }
            None => {}
        }
        let (dataset, view, targets) = (self.dataset, self.view.clone(), self.targets.clone());
        let versions = self.versions.get(context.backend, &(), move |workbench| {
            let samples = ids_of(workbench, &view, &targets)?;
            workbench.versions_with(dataset, &samples)
        });
        let versions = versions.cloned();
        let count = self.targets.len();
        let title = if self.of_texts { "labeling-delete-title-texts" } else { "labeling-delete-title" };
        let title = context.tr_with(title, &[("count", count.into())]);
        let busy = self.deleting.is_some();
        let failure = self.failure.take();
        let frame = DialogFrame::new("labeling-delete-images", title)
            .confirm(context.tr("labeling-delete-confirm"), Icon::Trash2)
            .dangerous(true)
            .busy(busy)
            .failure(failure.as_ref());
        let footer = frame.show(egui, context, |ui| {
            if self.of_texts {
                ui.add(egui::Label::new(context.tr("labeling-delete-texts-note")).wrap());
            } else {
                let only = context.tr("labeling-delete-only");
                if widgets::radio(ui, context, !self.also_files, &only, &context.tr("labeling-delete-only.tip"))
                    .clicked()
                {
                    self.also_files = false;
                }
                let files = context.tr("labeling-delete-files");
                if widgets::radio(ui, context, self.also_files, &files, &context.tr("labeling-delete-files.tip"))
                    .clicked()
                {
                    self.also_files = true;
                }
            }
            match &versions {
                None => drop(widgets::weak(ui, context, context.tr("loading"))),
                Some(versions) if versions.is_empty() => {}
                Some(versions) => {
                    let list = versions.join(", ");
                    let text = context.tr_with("labeling-delete-versions", &[("versions", list.into())]);
                    let color = if self.also_files { context.tokens.warning_text } else { context.tokens.text_weak };
                    ui.add(egui::Label::new(RichText::new(text).color(color)).wrap());
                }
            }
        });
        self.failure = failure;
        if footer.confirmed && !busy {
            self.start(context);
        }
        !footer.closed || busy
    }
}
