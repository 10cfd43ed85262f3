//! The list of jobs with their versions.

use super::Wish;
use super::delete_job::DeleteJob;
use super::live::Live;
use super::words;
use crate::domain::Timestamp;
use crate::domain::evaluation::Summary;
use crate::domain::job::{JobState, JobVersion};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button, Column, MenuEntry, SortKey, Sorting, Table, Width};
use crate::workbench::{JobDetails, Workbench};
use egui::{FontId, RichText, Ui};
use std::time::Duration;

/// How often the list is looked at while a job runs.
const EVERY: Duration = Duration::from_millis(800);

/// A line: a version of a job.
#[derive(Clone)]
struct Line {
    details: JobDetails,
    /// Whether it is the latest of its job, under which the others stand.
    is_first: bool,
}

/// The list's state.
#[derive(Default)]
pub struct JobList {
    lines: Live<(), Vec<Line>>,
    search: String,
    selected: Option<(String, String)>,
    reading_again: Option<Promise<JobDetails>>,
    sorting: Sorting,
}

/// What is done to a version from its menu.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Open,
    Stop,
    RunAgain,
    Delete,
}

fn read(workbench: &Workbench) -> crate::workbench::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for summary in workbench.jobs()? {
        for (index, version) in summary.versions.iter().enumerate() {
            let details = workbench.job(summary.job.name.as_str(), Some(version.version.as_str()))?;
            lines.push(Line { details, is_first: index == 0 });
        }
    }
    Ok(lines)
}

impl JobList {
    pub fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.lines.latest(&()).is_none_or(Vec::is_empty) {
            return;
        }
        if train_button(context).show(ui, context).clicked() {
            context.open(Page::NewTraining { dataset: None, version: None });
        }
        widgets::search_field(ui, context, &mut self.search, &context.tr("training-search"), 220.0);
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Option<Wish> {
        let runs =
            self.lines.latest(&()).is_some_and(|lines| lines.iter().any(|line| is_running(&line.details.version)));
        let lines = self.lines.get(ui, context.backend, &(), runs.then_some(EVERY), read);
        let Some(lines) = lines else {
            widgets::not_yet(ui, context, self.lines.failure(), self.lines.waiting_for());
            return None;
        };
        if lines.is_empty() {
            let button = train_button(context);
            if widgets::empty_state(ui, context, Icon::BrainCircuit, &context.tr("training-empty"), Some(button)) {
                context.open(Page::NewTraining { dataset: None, version: None });
            }
            return None;
        }
        let needle = self.search.trim().to_lowercase();
        let matches = |line: &&Line| {
            let version = &line.details.version;
            let texts = [line.details.job.name.as_str(), &version.dataset_label, &version.algorithm];
            needle.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&needle))
        };
        let mut lines: Vec<Line> = lines.iter().filter(matches).cloned().collect();
        let now = context.now;
        self.sorting.apply(&mut lines, |line, column| sort_key(line, now, column));
        if self.sorting != Sorting::default() {
            // In another order no line stands under its job.
            for line in &mut lines {
                line.is_first = true;
            }
        }
        if lines.is_empty() {
            let text = context.tr_with("training-nothing-found", &[("text", self.search.trim().into())]);
            widgets::weak(ui, context, text);
            return None;
        }
        let asked = self.table_ui(ui, context, &lines);
        if let Some((row, action)) = asked {
            self.act(context, &lines[row].details, action);
        }
        match self.reading_again.as_ref().and_then(Promise::take) {
            Some(Ok(details)) => {
                self.reading_again = None;
                Some(Wish::RunAgain(Box::new(details)))
            }
            Some(Err(failure)) => {
                self.reading_again = None;
                context.notify(Notification::failure(context, &failure));
                None
            }
            None => None,
        }
    }

    fn table_ui(&mut self, ui: &mut Ui, context: &Context<'_>, lines: &[Line]) -> Option<(usize, Action)> {
        let measure = words::measure_heading(context, lines.iter().filter_map(|line| line.details.summary.as_ref()));
        let columns = [
            Column::new(context.tr("column-name"), Width::Share(1.6)),
            Column::new(context.tr("column-version"), Width::Points(76.0)),
            Column::new(context.tr("column-state"), Width::Points(148.0)),
            Column::new(context.tr("column-dataset"), Width::Share(1.3)).optional(),
            Column::new(context.tr("column-algorithm"), Width::Share(1.2)).optional(),
            Column::new(measure, Width::Points(108.0)).right(),
            Column::new(context.tr("column-started"), Width::Points(120.0)).optional(),
            Column::new(context.tr("column-duration"), Width::Points(104.0)).right().optional(),
            Column::fixed(String::new(), Width::Points(48.0)).right(),
        ];
        let key = |line: &Line| (line.details.job.name.to_string(), line.details.version.version.to_string());
        let at_selected = lines.iter().position(|line| Some(key(line)) == self.selected);
        let table = Table {
            id: "training-jobs",
            columns: &columns,
            rows: lines.len(),
            row_height: 44.0,
            sort: self.sorting.0,
            selected: at_selected,
            name_of_row: &|row| {
                let (name, version) = key(&lines[row]);
                format!("{name} {version}")
            },
        };
        let mut asked = None;
        let mut from_menu = None;
        let output = table.show(
            ui,
            context,
            |ui, row, column| {
                if let Some(action) = cell_ui(ui, context, &lines[row], column) {
                    asked = Some((row, action));
                }
            },
            |ui, row| {
                let entries = entries(context, &lines[row].details.version);
                from_menu = widgets::menu_entries(ui, context, &entries).map(|action| (row, action)).or(from_menu);
            },
        );
        if let Some(row) = output.selected {
            self.selected = Some(key(&lines[row]));
        }
        if let Some(column) = output.sorted_by {
            self.sorting.click(column);
        }
        let deleted = at_selected.filter(|row| output.delete && !is_running(&lines[*row].details.version));
        asked
            .or(deleted.map(|row| (row, Action::Delete)))
            .or(from_menu)
            .or(output.opened.map(|row| (row, Action::Open)))
    }

    fn act(&mut self, context: &Context<'_>, details: &JobDetails, action: Action) {
        let (name, version) = (details.job.name.to_string(), details.version.version.to_string());
        match action {
            Action::Open => context.open(Page::TrainingJob { name, version: Some(version) }),
            Action::Stop => stop(context, name, version),
            Action::Delete => context.show(DeleteJob::version(name, version)),
            Action::RunAgain => {
                self.reading_again = Some(context.backend.spawn(move |workbench| workbench.job(&name, Some(&version))));
            }
        }
    }
}

/// Asks a running version to stop.
pub fn stop(context: &Context<'_>, name: String, version: String) {
    drop(context.backend.write(move |workbench| workbench.stop_job(&name, &version)));
}

fn train_button(context: &Context<'_>) -> Button {
    Button::primary(context.tr("training-new")).icon(Icon::Plus)
}

pub fn is_running(version: &JobVersion) -> bool {
    !version.state.is_final()
}

fn sort_key(line: &Line, now: Timestamp, column: usize) -> SortKey {
    let version = &line.details.version;
    let began = version.started.unwrap_or(version.created);
    match column {
        0 => SortKey::text(line.details.job.name.as_str()),
        1 => SortKey::text(version.version.as_str()),
        2 => SortKey::text(&format!("{:?}", version.state)),
        3 => SortKey::text(&version.dataset_label),
        4 => SortKey::text(&version.algorithm),
        5 => SortKey::number(line.details.summary.as_ref().map(Summary::first_figure)),
        6 => SortKey::whole(began.0),
        _ => SortKey::whole(version.ended.unwrap_or(now).0 - began.0),
    }
}

fn entries(context: &Context<'_>, version: &JobVersion) -> Vec<MenuEntry<Action>> {
    let running = is_running(version);
    let entry = |value: Action, id: &str, icon: Icon, enabled: bool| MenuEntry {
        value,
        text: context.tr(id),
        icon,
        keys: if value == Action::Open { "Enter".to_owned() } else { String::new() },
        enabled,
    };
    vec![
        entry(Action::Open, "job-open", Icon::ArrowRight, true),
        entry(Action::Stop, "job-stop", Icon::CircleStop, running),
        entry(Action::RunAgain, "job-again", Icon::RotateCcw, true),
        entry(Action::Delete, "job-delete", Icon::Trash2, !running),
    ]
}

fn cell_ui(ui: &mut Ui, context: &Context<'_>, line: &Line, column: usize) -> Option<Action> {
    let tokens = context.tokens;
    let version = &line.details.version;
    let text = |ui: &mut Ui, text: &str| {
        let text = RichText::new(text).size(text_size::SMALL).color(tokens.text_weak);
        ui.add(egui::Label::new(text).truncate());
    };
    match column {
        0 if line.is_first => {
            let name = RichText::new(line.details.job.name.as_str());
            ui.add(egui::Label::new(name.font(FontId::new(text_size::BODY, theme::bold_family()))).truncate());
        }
        0 => {
            ui.add_space(space::L);
            text(ui, line.details.job.name.as_str());
        }
        1 => {
            ui.label(version.version.as_str());
        }
        2 if version.state == JobState::Running => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.add_space(9.0);
                let percent = format::percent(version.progress, 0);
                let words = context.tr_with("job-running-percent", &[("percent", percent.into())]);
                text(ui, &words);
                #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
                let fraction = version.progress as f32;
                widgets::progress_bar(ui, context, fraction, ui.available_width(), &words);
            });
        }
        2 => {
            let badge = words::state_badge(ui, context, version.state);
            if let Some(failure) = &version.failure {
                badge.on_hover_text(context.explain(failure));
            }
        }
        3 => text(ui, &version.dataset_label),
        4 => text(ui, &words::algorithm_title(context, &version.algorithm)),
        5 => {
            if let Some(summary) = &line.details.summary {
                words::measure(ui, context, summary);
            }
        }
        6 => {
            widgets::time_ago(ui, context, version.started.unwrap_or(version.created));
        }
        7 => text(ui, &words::duration(context, version)),
        _ => {
            let name = format!("{} {}", line.details.job.name, version.version);
            let name = context.tr_with("actions-of", &[("name", name.into())]);
            return widgets::menu_button(ui, context, Icon::Ellipsis, &name, &entries(context, version));
        }
    }
    None
}
