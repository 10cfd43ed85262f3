//! Import into a dataset: from a folder per label, or from a manifest (guide 2.3).

use super::{Dialog, DialogFrame, format_name, format_names, text_split};
use crate::domain::query::DatasetSummary;
use crate::domain::{DatasetId, DatasetType, Explanation, TextSplit};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button, Field, PathField, PathKind};
use crate::workbench::{
    ActivityKind, ImportPreview, ImportReport, ImportRequest, ImportSource, SourceMapping, Task, WarningCount,
    is_format_of_split_texts,
};
use egui::Ui;
use std::time::{Duration, Instant};

/// How long a path must rest before its labels are read.
const REST: Duration = Duration::from_millis(500);

/// More labels than this are given a filter.
const MANY_LABELS: usize = 15;
/// More buckets than this are mapped from the command line.
const BUCKETS_SHOWN: usize = 4;
/// More kinds of warnings than this are told after the import.
const WARNINGS_SHOWN: usize = 5;
const LABEL_COLUMNS: usize = 3;
const LABEL_LINE_PX: f32 = 28.0;

/// A label that the source would bring.
struct Choice {
    name: String,
    taken: bool,
}

/// A bucket's folder that files of the manifest lie in, and where a copy of it is.
struct Bucket {
    prefix: String,
    folder: String,
    field: PathField,
}

/// The form's state.
pub struct ImportDataset {
    dataset: DatasetId,
    summary: Query<DatasetId, DatasetSummary>,
    from_manifest: bool,
    /// The format of the folder, for objects in images; `None`: the one it looks like.
    format: Option<&'static str>,
    path: String,
    path_field: PathField,
    labels: Vec<Choice>,
    added_label: String,
    label_filter: String,
    /// The formats that the folder looks like; `None` until it was looked at.
    recognised: Option<Vec<&'static str>>,
    buckets: Vec<Bucket>,
    /// What the import would warn about.
    warnings: Vec<WarningCount>,
    looking: Option<Promise<ImportPreview>>,
    changed_at: Option<Instant>,
    failure: Option<Explanation>,
    with_labels: bool,
    only_hard: bool,
    copy: bool,
    /// What of a file of texts is one sample; `None`: as the dataset has it.
    split: Option<TextSplit>,
    just_opened: bool,
}

impl ImportDataset {
    /// The form for a dataset.
    #[must_use]
    pub fn new(dataset: DatasetId) -> Self {
        Self {
            dataset,
            summary: Query::default(),
            from_manifest: false,
            format: None,
            path: String::new(),
            path_field: PathField::default(),
            labels: Vec::new(),
            added_label: String::new(),
            label_filter: String::new(),
            recognised: None,
            buckets: Vec::new(),
            warnings: Vec::new(),
            looking: None,
            changed_at: None,
            failure: None,
            with_labels: true,
            only_hard: false,
            copy: false,
            split: None,
            just_opened: true,
        }
    }

    fn source(&self) -> ImportSource {
        let path = self.path.trim().to_owned();
        match (self.from_manifest, self.format) {
            (true, _) => ImportSource::Manifest(path),
            (false, None) => ImportSource::Folder(path),
            (false, Some(name)) => ImportSource::Format { name: name.to_owned(), folder: path },
        }
    }

    /// Looks what the source would bring once its path has rested for a moment.
    fn look(&mut self, ui: &Ui, context: &Context<'_>) {
        if let Some(changed_at) = self.changed_at {
            let rested = changed_at.elapsed();
            if rested >= REST {
                self.changed_at = None;
                if !self.path.trim().is_empty() {
                    let (dataset, source) = (self.dataset, self.source());
                    let look = context
                        .backend
                        .spawn(move |workbench| workbench.import_preview(dataset, &source, &Task::silent()));
                    self.looking = Some(look);
                }
            } else {
                ui.request_repaint_after(REST.saturating_sub(rested));
            }
        }
        match self.looking.as_ref().and_then(Promise::take) {
            Some(Ok(preview)) => {
                self.looking = None;
                self.failure = None;
                self.labels = preview.labels.into_iter().map(|name| Choice { name, taken: true }).collect();
                self.recognised = Some(preview.recognised);
                self.warnings = preview.warnings;
                let bucket = |prefix| Bucket { prefix, folder: String::new(), field: PathField::default() };
                self.buckets = preview.unmapped.into_iter().map(bucket).collect();
            }
            Some(Err(explanation)) => {
                self.looking = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let kind = self.summary.latest().map(|summary| summary.dataset.kind);
        let formats = kind.map(format_names).unwrap_or_default();
        let is_text = kind.is_some_and(DatasetType::is_text);
        let folder = match (is_text, formats.is_empty()) {
            (true, _) => "import-texts",
            (false, false) => "import-objects",
            (false, true) => "import-folder",
        };
        let kinds = [
            (false, context.tr(folder), Some(Icon::Folder)),
            (true, context.tr("import-manifest"), Some(Icon::FileText)),
        ];
        let mut changed = widgets::segments(ui, context, &mut self.from_manifest, &kinds);
        let (label, note, kind) = if self.from_manifest {
            ("import-manifest-path", "import-manifest-note", PathKind::Manifest)
        } else if is_text {
            ("import-texts-path", "import-texts-note", PathKind::Folder)
        } else if !formats.is_empty() {
            ("import-folder-path", "import-objects-note", PathKind::Folder)
        } else {
            ("import-folder-path", "import-folder-note", PathKind::Folder)
        };
        let field = Field::new(context.tr(label)).note(context.tr(note)).focus(std::mem::take(&mut self.just_opened));
        changed |= self.path_field.show(ui, context, field, kind, &mut self.path);
        if !formats.is_empty() && !self.from_manifest {
            changed |= self.format_ui(ui, context, formats);
        }
        if changed {
            self.labels.clear();
            self.label_filter.clear();
            self.buckets.clear();
            self.warnings.clear();
            self.recognised = None;
            self.failure = None;
            self.looking = None;
            self.changed_at = Some(Instant::now());
        }
        self.look(ui, context);
        widgets::loading(ui, context, self.looking.as_ref().map(Promise::age));
        if !self.labels.is_empty() {
            self.labels_ui(ui, context);
        }
        self.buckets_ui(ui, context);
        if let Some(mut split) = self.offered_split() {
            ui.add_space(space::XS);
            if text_split::ui(ui, context, &mut split) {
                self.split = Some(split);
            }
        }
        self.warnings_ui(ui, context);
        ui.add_space(space::XS);
        if self.from_manifest {
            widgets::check_box(ui, context, &mut self.with_labels, &context.tr("import-with-labels"));
            widgets::check_box(ui, context, &mut self.only_hard, &context.tr("import-only-hard"));
        }
        if !is_text {
            widgets::check_box(ui, context, &mut self.copy, &context.tr("import-copy"));
        }
    }

    /// How files of texts are split, where there is a choice: a dataset without samples takes any way for its own, and
    /// what other tools export is not split at all.
    fn offered_split(&self) -> Option<TextSplit> {
        let summary = self.summary.latest().filter(|summary| summary.counts.total == 0)?;
        let known = summary.dataset.text_split.filter(|_| !self.from_manifest)?;
        let format = match (self.format, self.recognised.as_deref()) {
            (Some(format), _) => Some(format),
            (None, Some(recognised)) => recognised.first().copied(),
            (None, None) => return None,
        };
        format.is_none_or(is_format_of_split_texts).then(|| self.split.unwrap_or(known))
    }

    /// The formats to choose from, and which one the folder looks like.
    fn format_ui(&mut self, ui: &mut Ui, context: &Context<'_>, formats: Vec<&'static str>) -> bool {
        let mut choices = vec![(None, context.tr("import-format-recognise"))];
        choices.extend(formats.into_iter().map(|name| (Some(name), format_name(context, name))));
        let changed = widgets::dropdown(ui, context, &context.tr("format"), &mut self.format, &choices);
        let is_text = self.summary.latest().is_some_and(|summary| summary.dataset.kind.is_text());
        if let (None, Some(recognised), false) = (self.format, &self.recognised, changed) {
            let text = match recognised.split_first() {
                None if is_text => context.tr("import-format-none-texts"),
                None => context.tr("import-format-none"),
                Some((first, [])) => {
                    context.tr_with("import-format-found", &[("format", format_name(context, first).into())])
                }
                Some((first, others)) => {
                    let others: Vec<String> = others.iter().map(|name| format_name(context, name)).collect();
                    let others = others.join(&context.tr("list-separator"));
                    let arguments = [("format", format_name(context, first).into()), ("others", others.into())];
                    context.tr_with("import-format-several", &arguments)
                }
            };
            widgets::weak(ui, context, text);
        }
        changed
    }

    /// Where copies of the buckets lie that the manifest names files in.
    fn buckets_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.buckets.is_empty() {
            return;
        }
        widgets::section(ui, context, context.tr("import-buckets"));
        ui.add(egui::Label::new(context.tr("import-buckets-note")).wrap());
        for bucket in self.buckets.iter_mut().take(BUCKETS_SHOWN) {
            let label = context.tr_with("import-bucket", &[("prefix", bucket.prefix.as_str().into())]);
            bucket.field.show(ui, context, Field::new(label), PathKind::Folder, &mut bucket.folder);
        }
    }

    /// What was seen that would be put right or left out.
    fn warnings_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        if self.warnings.is_empty() {
            return;
        }
        widgets::section(ui, context, context.tr("import-warnings"));
        for kind in self.warnings.iter().take(WARNINGS_SHOWN) {
            let text = context.explain_parts(&kind.first.reason).message;
            let text = match kind.count {
                1 => text,
                count => context.tr_with("import-warning-count", &[("text", text.into()), ("count", count.into())]),
            };
            ui.add(egui::Label::new(text).wrap());
        }
        if let Some(more) = self.warnings.len().checked_sub(WARNINGS_SHOWN).filter(|more| *more > 0) {
            widgets::weak(ui, context, context.tr_with("import-warnings-more", &[("count", more.into())]));
        }
    }

    /// The entries of the dataset's map that were given.
    fn map(&self) -> Vec<SourceMapping> {
        let given = self.buckets.iter().filter(|bucket| !bucket.folder.trim().is_empty());
        let entry =
            |bucket: &Bucket| SourceMapping { prefix: bucket.prefix.clone(), folder: bucket.folder.trim().to_owned() };
        given.map(entry).collect()
    }

    fn labels_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let needle = self.label_filter.trim().to_lowercase();
        let shown: Vec<usize> = (0..self.labels.len())
            .filter(|&index| needle.is_empty() || self.labels[index].name.to_lowercase().contains(&needle))
            .collect();
        ui.horizontal(|ui| {
            let taken = self.labels.iter().filter(|choice| choice.taken).count();
            let counts = [("taken", taken.into()), ("total", self.labels.len().into())];
            widgets::weak(ui, context, context.tr_with("import-labels", &counts));
            let all = Button::ghost(context.tr("select-all")).small().show(ui, context).clicked();
            let none = Button::ghost(context.tr("select-none")).small().show(ui, context).clicked();
            if all || none {
                // What the filter hides keeps its mark.
                for &index in &shown {
                    self.labels[index].taken = all;
                }
            }
        });
        if self.labels.len() > MANY_LABELS {
            widgets::search_field(ui, context, &mut self.label_filter, &context.tr("import-label-filter"), 220.0);
        }
        // Only the rows in sight are made: a manifest may bring thousands of labels.
        let lines = shown.len().div_ceil(LABEL_COLUMNS);
        let area = widgets::scroll_up_to(140.0).id_salt("import-labels");
        area.show_rows(ui, LABEL_LINE_PX, lines, |ui, range| {
            for line in range {
                let end = ((line + 1) * LABEL_COLUMNS).min(shown.len());
                ui.columns(LABEL_COLUMNS, |columns| {
                    for (ui, &index) in columns.iter_mut().zip(&shown[line * LABEL_COLUMNS..end]) {
                        ui.set_height(LABEL_LINE_PX);
                        let choice = &mut self.labels[index];
                        ui.push_id(&choice.name, |ui| {
                            widgets::check_box(ui, context, &mut choice.taken, &choice.name);
                        });
                    }
                });
            }
        });
        if shown.is_empty() {
            let text = context.tr_with("import-label-none", &[("text", self.label_filter.trim().into())]);
            widgets::weak(ui, context, text);
        }
        ui.horizontal_top(|ui| {
            let field = Field::new(context.tr("import-label-more")).hide_label().hint(context.tr("import-label-more"));
            field.width(220.0).show(ui, context, &mut self.added_label);
            let name = self.added_label.trim().to_owned();
            let is_new = !name.is_empty() && self.labels.iter().all(|choice| choice.name != name);
            let button = Button::secondary(context.tr("add")).icon(Icon::Plus).enabled(is_new);
            if button.show(ui, context).clicked() {
                self.labels.push(Choice { name, taken: true });
                self.added_label.clear();
            }
        });
    }

    fn request(&self) -> ImportRequest {
        let all = self.labels.iter().all(|choice| choice.taken);
        let taken = self.labels.iter().filter(|choice| choice.taken && !all).map(|choice| choice.name.clone());
        ImportRequest {
            source: self.source(),
            with_labels: !self.from_manifest || self.with_labels,
            only_hard: self.from_manifest && self.only_hard,
            labels: taken.collect(),
            copy: self.copy,
        }
    }
}

impl Dialog for ImportDataset {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let dataset = self.dataset;
        let summary = self.summary.get(context.backend, &dataset, move |workbench| workbench.dataset_by_id(dataset));
        let name = summary.map(|summary| summary.dataset.name.to_string());
        let title = context.tr_with("import-title", &[("name", name.clone().unwrap_or_default().into())]);
        let has_choice = self.labels.is_empty() || self.labels.iter().any(|choice| choice.taken);
        let failure = self.failure.clone();
        let footer = DialogFrame::new("import-dataset", title)
            .from_top()
            .confirm(context.tr("import-confirm"), Icon::Import)
            .enabled(name.is_some() && !self.path.trim().is_empty() && has_choice)
            .failure(failure.as_ref())
            .show(egui, context, |ui| self.contents_ui(ui, context));
        if let (true, Some(name)) = (footer.confirmed, name) {
            let preparation = Preparation { map: self.map(), split: self.offered_split() };
            start(context, dataset, name, self.request(), preparation);
            return false;
        }
        !footer.closed
    }
}

/// What is settled for a dataset before an import.
#[derive(Default)]
pub(super) struct Preparation {
    /// Added to the dataset's map of buckets.
    pub map: Vec<SourceMapping>,
    /// How its texts are split; `None`: as they are.
    pub split: Option<TextSplit>,
}

/// Imports in the background, after what it needs was settled; what it did is told when it is done.
pub(super) fn start(
    context: &Context<'_>,
    dataset: DatasetId,
    name: String,
    request: ImportRequest,
    preparation: Preparation,
) {
    let Preparation { map, split } = preparation;
    let import = context.backend.run(ActivityKind::Import, &name, move |workbench, task| {
        if let Some(split) = split {
            workbench.split_texts(dataset, split)?;
        }
        if !map.is_empty() {
            let known = workbench.source_map(dataset)?;
            let map: Vec<SourceMapping> = known.into_iter().chain(map).collect();
            workbench.set_source_map(dataset, &map, task)?;
        }
        workbench.import(dataset, &request, task)
    });
    context.follow(import, move |context, outcome| {
        if let Ok(report) = outcome {
            context.notify(notification(context, &name, &report));
        }
    });
}

fn notification(context: &Context<'_>, name: &str, report: &ImportReport) -> Notification {
    let counts = [("name", name.into()), ("imported", report.imported.into()), ("skipped", report.skipped.into())];
    Notification::success(context.tr_with("import-done", &counts))
        .with_said(context, &report.said)
        .with_warnings(context, &report.warnings)
}
