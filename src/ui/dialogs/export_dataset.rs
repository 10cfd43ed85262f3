//! Export of objects in images and of texts: what the format cannot carry is shown before anything is written.

use super::{Dialog, DialogFrame, format_name, format_names};
use crate::domain::query::DatasetSummary;
use crate::domain::{DatasetId, DatasetType, Explanation};
use crate::text::format;
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::notifications::Notification;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Field, PathField, PathKind};
use crate::workbench::{ActivityKind, ExportReport, ExportRequest, Task};
use egui::{RichText, Ui};

/// The form's state.
pub struct ExportDataset {
    dataset: DatasetId,
    facts: Query<DatasetId, (DatasetSummary, Vec<String>)>,
    /// `None` until the dataset's type is known.
    format: Option<&'static str>,
    /// `None`: the working state.
    version: Option<String>,
    folder: String,
    folder_field: PathField,
    with_images: bool,
    looking: Option<Promise<ExportReport>>,
    preview: Option<ExportReport>,
    failure: Option<Explanation>,
    just_opened: bool,
}

impl ExportDataset {
    /// The form for a dataset.
    #[must_use]
    pub fn new(dataset: DatasetId) -> Self {
        Self {
            dataset,
            facts: Query::default(),
            format: None,
            version: None,
            folder: String::new(),
            folder_field: PathField::default(),
            with_images: true,
            looking: None,
            preview: None,
            failure: None,
            just_opened: true,
        }
    }

    fn request(&self) -> ExportRequest {
        ExportRequest {
            format: self.format.unwrap_or_default().to_owned(),
            folder: self.folder.trim().to_owned(),
            version: self.version.clone(),
            with_images: self.with_images && !self.is_of_texts(),
        }
    }

    fn kind(&self) -> Option<DatasetType> {
        self.facts.latest().map(|(summary, _)| summary.dataset.kind)
    }

    fn is_of_texts(&self) -> bool {
        self.kind().is_some_and(DatasetType::is_text)
    }

    /// Asks what would be lost, as soon as format or version changed.
    fn look(&mut self, context: &Context<'_>) {
        if self.looking.is_none() && self.preview.is_none() && self.failure.is_none() {
            let (dataset, request) = (self.dataset, self.request());
            let look = move |workbench: &crate::workbench::Workbench| {
                workbench.export_preview(dataset, &request, &Task::silent())
            };
            self.looking = Some(context.backend.spawn(look));
        }
        match self.looking.as_ref().and_then(Promise::take) {
            Some(Ok(preview)) => {
                self.looking = None;
                self.preview = Some(preview);
            }
            Some(Err(explanation)) => {
                self.looking = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut changed = false;
        let Some(kind) = self.kind() else { return };
        let names = format_names(kind);
        self.format = self.format.or(names.first().copied());
        let formats: Vec<_> = names.into_iter().map(|name| (Some(name), format_name(context, name))).collect();
        changed |= widgets::dropdown(ui, context, &context.tr("format"), &mut self.format, &formats);
        if let Some((_, versions)) = self.facts.latest().filter(|(_, versions)| !versions.is_empty()) {
            let mut choices = vec![(None, context.tr("export-working-state"))];
            choices.extend(versions.iter().map(|version| (Some(version.clone()), version.clone())));
            changed |= widgets::dropdown(ui, context, &context.tr("export-of"), &mut self.version, &choices);
        }
        if changed {
            (self.looking, self.preview, self.failure) = (None, None, None);
        }
        let field = Field::new(context.tr("export-folder")).note(context.tr("export-folder-note"));
        let field = field.focus(std::mem::take(&mut self.just_opened));
        if self.folder_field.show(ui, context, field, PathKind::Folder, &mut self.folder) && self.preview.is_some() {
            self.failure = None;
        }
        if !kind.is_text() {
            widgets::check_box(ui, context, &mut self.with_images, &context.tr("export-with-images"));
        }
        ui.add_space(space::XS);
        self.look(context);
        widgets::loading(ui, context, self.looking.as_ref().map(Promise::age));
        if let Some(preview) = &self.preview {
            losses_ui(ui, context, preview, kind);
        }
    }
}

/// What would be written, and what of it the format cannot carry.
fn losses_ui(ui: &mut Ui, context: &Context<'_>, preview: &ExportReport, kind: DatasetType) {
    let what = match kind {
        DatasetType::TextClassification => "export-what-texts",
        DatasetType::NamedEntity => "export-what-entities",
        _ => "export-what",
    };
    let counts = [("images", format::count(preview.images).into()), ("objects", format::count(preview.objects).into())];
    widgets::weak(ui, context, context.tr_with(what, &counts));
    let told = |ui: &mut Ui, icon: Icon, color: egui::Color32, text: &str, next: Option<&str>| {
        ui.horizontal_top(|ui| {
            ui.label(icons::text(icon, 16.0).color(color));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add(egui::Label::new(text).wrap());
                if let Some(next) = next {
                    let next = RichText::new(next).size(text_size::SMALL).color(context.tokens.text_weak);
                    ui.add(egui::Label::new(next).wrap());
                }
            });
        });
    };
    let tokens = context.tokens;
    if preview.losses.is_empty() {
        told(ui, Icon::Check, tokens.success_text, &context.tr("export-no-losses"), None);
    } else {
        widgets::section(ui, context, context.tr("export-losses"));
    }
    let lost = preview.losses.iter().map(|loss| context.explain_parts(&loss.explanation));
    let warned = preview.warnings.iter().map(|warning| context.explain_parts(&warning.reason));
    for explained in lost.chain(warned) {
        let next = explained.next.as_deref();
        told(ui, Icon::TriangleAlert, tokens.warning_text, &explained.message, next);
    }
}

impl Dialog for ExportDataset {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let dataset = self.dataset;
        self.facts.get(context.backend, &dataset, move |workbench| {
            let normal = |version: &crate::domain::DatasetVersion| version.state == crate::domain::VersionState::Normal;
            let versions =
                workbench.versions(dataset)?.into_iter().filter(normal).map(|version| version.name.to_string());
            Ok((workbench.dataset_by_id(dataset)?, versions.collect()))
        });
        let name = self.facts.latest().map(|(summary, _)| summary.dataset.name.to_string());
        let title = context.tr_with("export-title", &[("name", name.clone().unwrap_or_default().into())]);
        let failure = self.failure.clone().or_else(|| self.facts.failure().cloned());
        let footer = DialogFrame::new("export-dataset", title)
            .from_top()
            .confirm(context.tr("export-confirm"), Icon::FolderOutput)
            .enabled(self.preview.is_some() && !self.folder.trim().is_empty())
            .failure(failure.as_ref())
            .show(egui, context, |ui| self.contents_ui(ui, context));
        if let (true, Some(name)) = (footer.confirmed, name) {
            let request = self.request();
            let done = if self.is_of_texts() { "export-done-texts" } else { "export-done" };
            let export = context
                .backend
                .run(ActivityKind::Export, &name, move |workbench, task| workbench.export(dataset, &request, task));
            context.follow(export, move |context, outcome| {
                if let Ok(report) = outcome {
                    let arguments = [
                        ("name", name.as_str().into()),
                        ("images", format::count(report.images).into()),
                        ("differences", report.differences.len().into()),
                    ];
                    let told = Notification::success(context.tr_with(done, &arguments));
                    let told = told.with_warnings(context, &report.differences);
                    context.notify(told.with_warnings(context, &report.warnings));
                }
            });
            return false;
        }
        !footer.closed
    }
}
