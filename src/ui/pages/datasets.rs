//! The list of datasets; while there is none, the first-run page.

use super::first_run::FirstRun;
use super::{Page, Screen};
use crate::domain::query::DatasetSummary;
use crate::domain::{Dataset, DatasetId, DatasetType};
use crate::text::format;
use crate::ui::app::run_on_dataset;
use crate::ui::backend::Query;
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::dialogs::kind_icon;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button, Column, MenuEntry, Table, Width};
use crate::workbench::Workbench;
use egui::{RichText, Ui};

#[derive(Clone, Copy, PartialEq, Eq)]
enum SortBy {
    Name,
    Progress,
    Samples,
    Created,
}

/// The page's state.
pub(in crate::ui) struct DatasetsPage {
    datasets: Query<(), Vec<DatasetSummary>>,
    search: String,
    sort: (SortBy, bool),
    selected: Option<DatasetId>,
    first_run: FirstRun,
}

impl Default for DatasetsPage {
    fn default() -> Self {
        Self {
            datasets: Query::default(),
            search: String::new(),
            sort: (SortBy::Created, true),
            selected: None,
            first_run: FirstRun::default(),
        }
    }
}

/// The columns that sort, by their place.
const SORTED_BY: [Option<SortBy>; 8] =
    [Some(SortBy::Name), Some(SortBy::Progress), Some(SortBy::Samples), None, Some(SortBy::Created), None, None, None];

/// The commands of a row's menu.
const MENU: [Command; 10] = [
    Command::LabelDataset,
    Command::Publish,
    Command::Versions,
    Command::Reviews,
    Command::Train,
    Command::ModifyDataset,
    Command::ImportDataset,
    Command::SyncDataset,
    Command::ExportDataset,
    Command::DeleteDataset,
];

impl DatasetsPage {
    /// Makes the sample dataset, unless it is there, and opens it.
    pub fn open_sample(&mut self) {
        self.first_run.want_sample();
    }

    /// The datasets that the search finds, in the chosen order.
    fn rows(&self) -> Vec<DatasetSummary> {
        let needle = self.search.trim().to_lowercase();
        let matches = |summary: &&DatasetSummary| {
            needle.is_empty()
                || summary.dataset.name.as_str().to_lowercase().contains(&needle)
                || summary.dataset.description.as_str().to_lowercase().contains(&needle)
                || summary.dataset.input.to_lowercase().contains(&needle)
        };
        let mut rows: Vec<_> = self.datasets.latest().into_iter().flatten().filter(matches).cloned().collect();
        let (by, down) = self.sort;
        rows.sort_by(|one, other| {
            let order = match by {
                SortBy::Name => {
                    one.dataset.name.as_str().to_lowercase().cmp(&other.dataset.name.as_str().to_lowercase())
                }
                SortBy::Progress => one.counts.progress().total_cmp(&other.counts.progress()),
                SortBy::Samples => one.counts.total.cmp(&other.counts.total),
                SortBy::Created => one.dataset.created.cmp(&other.dataset.created),
            };
            if down { order.reverse() } else { order }
        });
        rows
    }

    fn table_ui(&mut self, ui: &mut Ui, context: &Context<'_>, rows: &[DatasetSummary]) {
        let columns = [
            Column::new(context.tr("column-name"), Width::Share(1.8)),
            Column::new(context.tr("column-progress"), Width::Points(148.0)),
            Column::new(context.tr("column-samples"), Width::Points(84.0)).right(),
            Column::fixed(context.tr("column-version"), Width::Points(80.0)),
            Column::new(context.tr("column-created"), Width::Points(104.0)).optional(),
            Column::fixed(context.tr("column-source"), Width::Share(1.8)).optional(),
            Column::fixed(context.tr("description"), Width::Share(1.2)).optional(),
            Column::fixed(String::new(), Width::Points(144.0)).right(),
        ];
        let sort = SORTED_BY.iter().position(|by| *by == Some(self.sort.0)).map(|column| (column, self.sort.1));
        let table = Table {
            id: "datasets",
            columns: &columns,
            rows: rows.len(),
            row_height: 52.0,
            sort,
            selected: rows.iter().position(|summary| Some(summary.dataset.id) == self.selected),
            name_of_row: &|row| rows[row].dataset.name.to_string(),
        };
        let output = table.show(
            ui,
            context,
            |ui, row, column| cell_ui(ui, context, &rows[row], column),
            |ui, row| {
                if let Some(command) = widgets::menu_entries(ui, context, &menu(context, &rows[row].dataset)) {
                    run_on_dataset(context, command, rows[row].dataset.id);
                }
            },
        );
        if let Some(row) = output.selected {
            self.selected = Some(rows[row].dataset.id);
        }
        if let Some(row) = output.opened {
            context.open(Page::Labeling { dataset: rows[row].dataset.id, filter: None });
        }
        if let (true, Some(dataset)) = (output.delete, self.selected) {
            run_on_dataset(context, Command::DeleteDataset, dataset);
        }
        if let Some(by) = output.sorted_by.and_then(|column| SORTED_BY[column]) {
            self.sort = if self.sort.0 == by { (by, !self.sort.1) } else { (by, by != SortBy::Name) };
        }
    }
}

fn menu(context: &Context<'_>, dataset: &Dataset) -> Vec<MenuEntry<Command>> {
    let entry = |command: Command| MenuEntry {
        value: command,
        text: context.label_of(command),
        icon: command.icon(),
        keys: if command == Command::DeleteDataset { "Delete".to_owned() } else { context.keys_of(command) },
        // Exchange formats and second passes are of objects in images, and of texts.
        enabled: !matches!(command, Command::ExportDataset | Command::Reviews)
            || dataset.kind == DatasetType::ObjectDetection
            || dataset.kind.is_text(),
    };
    MENU.into_iter().map(entry).collect()
}

fn cell_ui(ui: &mut Ui, context: &Context<'_>, summary: &DatasetSummary, column: usize) {
    let dataset = &summary.dataset;
    let tokens = context.tokens;
    let truncated = |ui: &mut Ui, text: &str| {
        if !text.is_empty() {
            let text = RichText::new(text).size(text_size::SMALL).color(tokens.text_weak);
            ui.add(egui::Label::new(text).truncate());
        }
    };
    match column {
        0 => {
            ui.label(icons::text(kind_icon(dataset.kind), 20.0).color(tokens.text_weak));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add_space(6.0);
                ui.add(egui::Label::new(dataset.name.as_str()).truncate());
                truncated(ui, &context.tr(&format!("type-{}", dataset.kind)));
            });
        }
        1 => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.add_space(10.0);
                let counts = summary.counts;
                let arguments =
                    [("labeled", format::count(counts.labeled).into()), ("total", format::count(counts.total).into())];
                let text = context.tr_with("progress-labeled", &arguments);
                truncated(ui, &text);
                #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
                let fraction = counts.progress() as f32;
                widgets::progress_bar(ui, context, fraction, ui.available_width(), &text);
            });
        }
        2 => {
            ui.label(format::count(summary.counts.total));
        }
        3 => match &summary.current_version {
            Some(version) => drop(ui.add(egui::Label::new(version).truncate())),
            None => truncated(ui, "–"),
        },
        4 => drop(widgets::time_ago(ui, context, dataset.created)),
        5 => truncated(ui, &shown_location(&dataset.input)),
        6 => truncated(ui, dataset.description.as_str()),
        _ => actions_ui(ui, context, dataset),
    }
}

/// From right to left: the menu first, so that it stands last.
fn actions_ui(ui: &mut Ui, context: &Context<'_>, dataset: &Dataset) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let chosen =
        widgets::menu_button(ui, context, Icon::Ellipsis, &context.tr("more-actions"), &menu(context, dataset));
    if let Some(command) = chosen {
        run_on_dataset(context, command, dataset.id);
    }
    for command in [Command::Versions, Command::Publish, Command::LabelDataset] {
        if widgets::icon_button(ui, context, command.icon(), &context.label_of(command)).clicked() {
            run_on_dataset(context, command, dataset.id);
        }
    }
}

/// A local folder as a path, anything else as it is.
pub(in crate::ui) fn shown_location(uri: &str) -> String {
    let Some(path) = uri.strip_prefix("file://") else { return uri.to_owned() };
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

impl Screen for DatasetsPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-datasets")
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.datasets.latest().is_none_or(Vec::is_empty) {
            return;
        }
        if Button::command(Command::CreateDataset, context).as_primary().show(ui, context).clicked() {
            context.send(UiCommand::Run(Command::CreateDataset));
        }
        widgets::search_field(ui, context, &mut self.search, &context.tr("datasets-search"), 220.0);
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.datasets.get(context.backend, &(), Workbench::datasets);
        self.first_run.logic(context, self.datasets.latest());
        if let Some(failure) = self.datasets.failure() {
            widgets::failure(ui, context, failure);
            return;
        }
        let Some(all) = self.datasets.latest() else {
            widgets::loading(ui, context, self.datasets.waiting_for());
            return;
        };
        if all.is_empty() {
            self.first_run.ui(ui, context);
            return;
        }
        let rows = self.rows();
        if rows.is_empty() {
            let sentence = context.tr_with("datasets-nothing-found", &[("text", self.search.trim().into())]);
            let button = Button::secondary(context.tr("search-clear"));
            if widgets::empty_state(ui, context, Icon::SearchX, &sentence, Some(button)) {
                self.search.clear();
            }
            return;
        }
        self.table_ui(ui, context, &rows);
    }

    fn shows_undo(&self) -> bool {
        false
    }

    /// Commands act on the chosen row.
    fn dataset(&self) -> Option<DatasetId> {
        let selected = self.selected?;
        self.datasets.latest()?.iter().any(|summary| summary.dataset.id == selected).then_some(selected)
    }
}

#[cfg(test)]
mod tests {
    use super::shown_location;

    #[test]
    fn a_local_folder_is_shown_as_a_path() {
        assert_eq!(shown_location("file:///photos/my%20flowers/"), "/photos/my flowers/");
        assert_eq!(shown_location("s3://bucket/photos/"), "s3://bucket/photos/");
    }
}
