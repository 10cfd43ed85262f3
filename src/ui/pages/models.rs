//! Models (guide 6): made of job versions, or imported from folders.

mod dialogs;

use super::services::deploy::{Deploy, Source};
use super::training::live::Live;
use super::training::words;
use super::{Page, Screen};
use crate::domain::JobVersionId;
use crate::domain::model::Model;
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::text_size;
use crate::ui::widgets::{self, Button, Column, MenuEntry, SortKey, Sorting, Table, Width};
use crate::workbench::Workbench;
use dialogs::{DeleteModel, ImportModel};
use egui::{RichText, Ui};
use std::collections::HashMap;

/// A job and its version, by the version's identity.
type Jobs = HashMap<JobVersionId, (String, String)>;

/// The page's state.
#[derive(Default)]
pub(in crate::ui) struct ModelsPage {
    facts: Live<(), (Vec<Model>, Jobs)>,
    search: String,
    selected: Option<crate::domain::ModelId>,
    sorting: Sorting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Deploy,
    OpenJob,
    CopyPath,
    Delete,
}

fn read(workbench: &Workbench) -> crate::workbench::Result<(Vec<Model>, Jobs)> {
    let mut jobs = Jobs::new();
    for summary in workbench.jobs()? {
        for version in &summary.versions {
            jobs.insert(version.id, (summary.job.name.to_string(), version.version.to_string()));
        }
    }
    Ok((workbench.models()?, jobs))
}

fn import_button(context: &Context<'_>) -> Button {
    Button::secondary(context.tr("model-import")).icon(Icon::Import)
}

impl ModelsPage {
    fn table_ui(&mut self, ui: &mut Ui, context: &Context<'_>, models: &[Model], jobs: &Jobs) {
        let measure = words::measure_heading(context, models.iter().filter_map(|model| model.metrics.as_ref()));
        let columns = [
            Column::new(context.tr("column-name"), Width::Share(1.4)),
            Column::new(context.tr("column-version"), Width::Points(76.0)),
            Column::new(context.tr("column-algorithm"), Width::Share(1.2)).optional(),
            Column::new(measure, Width::Points(108.0)).right(),
            Column::new(context.tr("figure-f1"), Width::Points(72.0)).right(),
            Column::new(context.tr("column-size"), Width::Points(84.0)).right(),
            Column::new(context.tr("column-source"), Width::Share(1.2)).optional(),
            Column::new(context.tr("column-created"), Width::Points(112.0)).optional(),
            Column::fixed(String::new(), Width::Points(148.0)).right(),
        ];
        let at_selected = models.iter().position(|model| Some(model.id) == self.selected);
        let table = Table {
            id: "models",
            columns: &columns,
            rows: models.len(),
            row_height: 44.0,
            sort: self.sorting.0,
            selected: at_selected,
            name_of_row: &|row| format!("{} {}", models[row].name, models[row].version),
        };
        let (mut asked, mut from_menu) = (None, None);
        let output = table.show(
            ui,
            context,
            |ui, row, column| {
                let source = models[row].source.and_then(|id| jobs.get(&id));
                if let Some(action) = cell_ui(ui, context, &models[row], source, column) {
                    asked = Some((row, action));
                }
            },
            |ui, row| {
                let source = models[row].source.and_then(|id| jobs.get(&id));
                let entries = entries(context, source.is_some());
                from_menu = widgets::menu_entries(ui, context, &entries).map(|action| (row, action)).or(from_menu);
            },
        );
        if let Some(row) = output.selected {
            self.selected = Some(models[row].id);
        }
        let asked = asked.or(from_menu).or(output.opened.map(|row| (row, Action::Deploy)));
        if let Some(column) = output.sorted_by {
            self.sorting.click(column);
        }
        let asked = asked.or_else(|| output.delete.then_some(()).and(at_selected.map(|row| (row, Action::Delete))));
        let Some((row, action)) = asked else { return };
        let model = &models[row];
        let (name, version) = (model.name.to_string(), model.version.clone());
        match action {
            Action::Deploy => context.show(Deploy::new(Source::Model { name, version })),
            Action::Delete => context.show(DeleteModel::new(name, version)),
            Action::CopyPath => ui.ctx().copy_text(super::datasets::shown_location(&model.location)),
            Action::OpenJob => {
                if let Some((name, version)) = model.source.and_then(|id| jobs.get(&id)) {
                    context.open(Page::TrainingJob { name: name.clone(), version: Some(version.clone()) });
                }
            }
        }
    }
}

fn sort_key(model: &Model, jobs: &Jobs, column: usize) -> SortKey {
    let metrics = model.metrics.as_ref();
    match column {
        0 => SortKey::text(model.name.as_str()),
        1 => SortKey::text(&model.version),
        2 => SortKey::text(&model.algorithm),
        3 => SortKey::number(metrics.map(|metrics| metrics.first_figure())),
        4 => SortKey::number(metrics.map(|metrics| metrics.f1)),
        5 => SortKey::whole(i64::try_from(model.size_bytes).unwrap_or(i64::MAX)),
        6 => match model.source.and_then(|id| jobs.get(&id)) {
            Some((job, version)) => SortKey::text(&format!("{job} {version}")),
            None => SortKey::text(&model.location),
        },
        _ => SortKey::whole(model.created.0),
    }
}

fn entries(context: &Context<'_>, has_job: bool) -> Vec<MenuEntry<Action>> {
    let entry = |value: Action, id: &str, icon: Icon, enabled: bool| MenuEntry {
        value,
        text: context.tr(id),
        icon,
        keys: if value == Action::Deploy { "Enter".to_owned() } else { String::new() },
        enabled,
    };
    vec![
        entry(Action::Deploy, "deploy", Icon::Rocket, true),
        entry(Action::OpenJob, "model-open-job", Icon::BrainCircuit, has_job),
        entry(Action::CopyPath, "model-copy-path", Icon::Copy, true),
        entry(Action::Delete, "model-delete", Icon::Trash2, true),
    ]
}

fn cell_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    model: &Model,
    source: Option<&(String, String)>,
    column: usize,
) -> Option<Action> {
    let text = |ui: &mut Ui, text: &str| {
        let text = RichText::new(text).size(text_size::SMALL).color(context.tokens.text_weak);
        ui.add(egui::Label::new(text).truncate());
    };
    let figure = |ui: &mut Ui, value: Option<f64>| {
        ui.label(value.map_or_else(|| "–".to_owned(), |value| format::percent(value, 1)));
    };
    match column {
        0 => {
            ui.add(egui::Label::new(model.name.as_str()).truncate());
        }
        1 => {
            ui.label(&model.version);
        }
        2 => {
            let id = format!("purpose-{}", crate::text::id_of(&model.algorithm));
            let purpose = context.tr(&id);
            text(ui, if purpose == id { &model.algorithm } else { &purpose });
        }
        3 => match &model.metrics {
            Some(metrics) => words::measure(ui, context, metrics),
            None => figure(ui, None),
        },
        4 => figure(ui, model.metrics.as_ref().map(|metrics| metrics.f1)),
        5 => {
            ui.label(format::bytes(model.size_bytes));
        }
        6 => match source {
            Some((job, version)) => text(ui, &format!("{job} {version}")),
            None => text(ui, &super::datasets::shown_location(&model.location)),
        },
        7 => {
            widgets::time_ago(ui, context, model.created);
        }
        _ => {
            let name = format!("{} {}", model.name, model.version);
            let label = context.tr_with("actions-of", &[("name", (&name).into())]);
            let entries = entries(context, source.is_some());
            let chosen = widgets::menu_button(ui, context, Icon::Ellipsis, &label, &entries);
            let deploy = Button::secondary(context.tr("deploy")).small().show(ui, context);
            let clicked = deploy.clicked();
            deploy.accessible_name(context.tr_with("deploy-title", &[("name", name.into())]));
            return chosen.or(clicked.then_some(Action::Deploy));
        }
    }
    None
}

impl Screen for ModelsPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-models")
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if import_button(context).show(ui, context).clicked() {
            context.show(ImportModel::default());
        }
        if self.facts.latest(&()).is_some_and(|(models, _)| !models.is_empty()) {
            widgets::search_field(ui, context, &mut self.search, &context.tr("models-search"), 220.0);
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some((models, jobs)) = self.facts.get(ui, context.backend, &(), None, read).cloned() else {
            widgets::not_yet(ui, context, self.facts.failure(), self.facts.waiting_for());
            return;
        };
        if models.is_empty() {
            let button = Button::primary(context.tr("models-empty.button")).icon(Icon::BrainCircuit);
            if widgets::empty_state(ui, context, Icon::Box, &context.tr("models-empty"), Some(button)) {
                context.open(Page::Training);
            }
            return;
        }
        let needle = self.search.trim().to_lowercase();
        let mut found: Vec<Model> =
            models.iter().filter(|model| model.name.as_str().to_lowercase().contains(&needle)).cloned().collect();
        if found.is_empty() {
            let text = context.tr_with("models-nothing-found", &[("text", self.search.trim().into())]);
            widgets::weak(ui, context, text);
            return;
        }
        self.sorting.apply(&mut found, |model, column| sort_key(model, &jobs, column));
        self.table_ui(ui, context, &found, &jobs);
    }
}
