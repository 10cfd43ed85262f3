//! One job: its versions, and of the chosen one the configuration, curves, log and evaluation.

use super::Wish;
use super::compare::CompareVersions;
use super::curves::Curves;
use super::delete_job::DeleteJob;
use super::evaluation::EvaluationView;
use super::list::{is_running, stop};
use super::live::{Live, WHILE_RUNNING};
use super::log_view::{LogView, ReadLog};
use super::words;
use crate::domain::evaluation::Evaluation;
use crate::domain::job::JobState;
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::pages::datasets::shown_location;
use crate::ui::pages::services::deploy::{Deploy, Source};
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button, MenuEntry};
use crate::workbench::{JobDetails, Workbench};
use egui::{FontId, RichText, ScrollArea, Ui};
use std::sync::Arc;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Overview,
    Evaluation,
    Log,
    Compare,
}

type Key = (String, String);

/// The page's state.
#[derive(Default)]
pub struct JobPage {
    name: String,
    /// `None`: the latest.
    version: Option<String>,
    tab: Tab,
    /// All versions, newest first.
    versions: Live<String, Vec<JobDetails>>,
    curves: Live<Key, Curves>,
    evaluation: Live<Key, Option<Evaluation>>,
    evaluation_view: EvaluationView,
    log: LogView,
    compare: CompareVersions,
}

fn read(workbench: &Workbench, name: &str) -> crate::workbench::Result<Vec<JobDetails>> {
    // The first look also says that there is no such job.
    let latest = workbench.job(name, None)?;
    let summary = workbench.jobs()?.into_iter().find(|summary| summary.job.name.as_str() == name);
    let versions = summary.map(|summary| summary.versions).unwrap_or_default();
    if versions.is_empty() {
        return Ok(vec![latest]);
    }
    versions.iter().map(|version| workbench.job(name, Some(version.version.as_str()))).collect()
}

impl JobPage {
    /// Shows a job; `None`: its latest version.
    pub fn open(&mut self, name: &str, version: Option<&str>) {
        let same = self.name == name && (version.is_none() || self.version.as_deref() == version);
        if same {
            return;
        }
        if self.name != name {
            *self = Self { name: name.to_owned(), ..Self::default() };
        }
        self.version = version.map(str::to_owned);
        self.evaluation_view = EvaluationView::default();
    }

    /// The job's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn chosen(&self) -> Option<&JobDetails> {
        let versions = self.versions.latest(&self.name)?;
        let wanted = |details: &&JobDetails| Some(details.version.version.as_str()) == self.version.as_deref();
        versions.iter().find(wanted).or(versions.first())
    }

    pub fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Option<Wish> {
        let details = self.chosen()?.clone();
        let (name, version) = (self.name.clone(), details.version.version.to_string());
        let running = is_running(&details.version);
        let mut wish = None;
        if running {
            if Button::danger(context.tr("job-stop")).icon(Icon::CircleStop).show(ui, context).clicked() {
                stop(context, name.clone(), version.clone());
            }
        } else if details.version.state == JobState::Succeeded {
            let button = Button::primary(context.tr("deploy")).icon(Icon::Rocket);
            if button.tip(context.tr("deploy.tip")).show(ui, context).clicked() {
                context.show(Deploy::new(Source::Job {
                    job: name.clone(),
                    version: version.clone(),
                    dataset: details.version.dataset_label.clone(),
                }));
            }
        }
        let again = Button::secondary(context.tr("job-again")).icon(Icon::RotateCcw);
        let again = if running || details.version.state == JobState::Succeeded { again } else { again.as_primary() };
        if again.tip(context.tr("job-again.tip")).show(ui, context).clicked() {
            wish = Some(Wish::RunAgain(Box::new(details.clone())));
        }
        let entries = [MenuEntry {
            value: (),
            text: context.tr("job-delete"),
            icon: Icon::Trash2,
            keys: String::new(),
            enabled: !running,
        }];
        let label = context.tr_with("actions-of", &[("name", format!("{name} {version}").into())]);
        if widgets::menu_button(ui, context, Icon::Ellipsis, &label, &entries).is_some() {
            context.show(DeleteJob::version(name, version));
        }
        wish
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let name = self.name.clone();
        let runs =
            self.versions.latest(&name).is_some_and(|all| all.iter().any(|details| is_running(&details.version)));
        let asked = name.clone();
        let every = runs.then_some(WHILE_RUNNING);
        let versions = self.versions.get(ui, context.backend, &name, every, move |workbench| read(workbench, &asked));
        let Some(versions) = versions.cloned() else {
            match self.versions.failure() {
                Some(failure) => {
                    widgets::failure(ui, context, failure);
                    if Button::secondary(context.tr("nav-training")).show(ui, context).clicked() {
                        context.open(Page::Training);
                    }
                }
                None => widgets::loading(ui, context, self.versions.waiting_for()),
            }
            return;
        };
        let Some(details) = self.chosen().cloned() else { return };
        self.head_ui(ui, context, &versions, &details);
        let versions_count = u64::try_from(versions.len()).ok();
        let tabs = [
            (Tab::Overview, context.tr("tab-overview"), None),
            (Tab::Evaluation, context.tr("tab-evaluation"), None),
            (Tab::Log, context.tr("tab-log"), None),
            (Tab::Compare, context.tr("tab-compare"), versions_count),
        ];
        if let Some(tab) = widgets::tabs(ui, context, &tabs, self.tab) {
            self.tab = tab;
        }
        ui.add_space(space::S);
        let running = is_running(&details.version);
        let version = details.version.version.to_string();
        match self.tab {
            Tab::Overview => self.overview_ui(ui, context, &details),
            Tab::Evaluation => self.evaluation_ui(ui, context, &details),
            Tab::Log => {
                let of = format!("{name}@{version}");
                let read: ReadLog = Arc::new(move |workbench, from| workbench.job_log(&name, &version, from));
                self.log.ui(ui, context, &of, running, &read);
            }
            Tab::Compare => self.compare.ui(ui, context, &versions),
        }
    }

    fn head_ui(&mut self, ui: &mut Ui, context: &Context<'_>, versions: &[JobDetails], details: &JobDetails) {
        let version = &details.version;
        ui.horizontal_wrapped(|ui| {
            let mut chosen = version.version.to_string();
            let before = chosen.clone();
            let combo = egui::ComboBox::from_id_salt("job-version").width(96.0).selected_text(&chosen);
            let response = combo.show_ui(ui, |ui| {
                for other in versions {
                    let name = other.version.version.to_string();
                    let state = context.tr(&format!("job-{}", other.version.state.as_str()));
                    ui.selectable_value(&mut chosen, name.clone(), format!("{name} · {state}"));
                }
            });
            response.response.accessible_name(context.tr("column-version"));
            if chosen != before {
                self.version = Some(chosen);
                self.evaluation_view = EvaluationView::default();
            }
            words::state_badge(ui, context, version.state);
            if version.state == JobState::Running {
                #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
                let fraction = version.progress as f32;
                let percent = format::percent(version.progress, 0);
                widgets::progress_bar(ui, context, fraction, 160.0, &context.tr("column-progress"));
                ui.label(RichText::new(percent).size(text_size::SMALL));
            } else if !version.state.is_final() {
                ui.add(egui::Spinner::new().size(16.0).color(context.tokens.accent_text));
            }
            widgets::weak(ui, context, &version.dataset_label);
            widgets::weak(ui, context, "·");
            widgets::weak(ui, context, words::algorithm_title(context, &version.algorithm));
            widgets::weak(ui, context, "·");
            widgets::time_ago(ui, context, version.started.unwrap_or(version.created));
            let duration = words::duration(context, version);
            if !duration.is_empty() {
                widgets::weak(ui, context, "·");
                widgets::weak(ui, context, duration);
            }
        });
        ui.add_space(space::XS);
    }

    fn overview_ui(&mut self, ui: &mut Ui, context: &Context<'_>, details: &JobDetails) {
        let key = (self.name.clone(), details.version.version.to_string());
        let every = is_running(&details.version).then_some(WHILE_RUNNING);
        let (name, version) = key.clone();
        let curves = self.curves.get(ui, context.backend, &key, every, move |workbench| {
            Ok(Curves::of(&workbench.job_metrics(&name, &version)?))
        });
        ScrollArea::vertical().id_salt("job-overview").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - space::M);
            ui.spacing_mut().item_spacing.y = space::S;
            if let Some(failure) = &details.version.failure {
                let frame = context.tokens.card();
                frame.show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    widgets::failure(ui, context, failure);
                });
                ui.add_space(space::S);
            }
            if let Some(summary) = &details.summary {
                ui.horizontal_wrapped(|ui| {
                    for (id, value) in words::figures(summary) {
                        words::figure_tile(ui, context, id, &format::percent(value, 1));
                    }
                });
                ui.add_space(space::S);
            }
            if let Some(curves) = curves.filter(|curves| !curves.is_empty() || is_running(&details.version)) {
                curves.ui(ui, context);
                ui.add_space(space::S);
            }
            configuration_ui(ui, context, details);
            ui.add_space(space::L);
        });
    }

    fn evaluation_ui(&mut self, ui: &mut Ui, context: &Context<'_>, details: &JobDetails) {
        if is_running(&details.version) {
            widgets::empty_state(ui, context, Icon::Hourglass, &context.tr("evaluation-later"), None);
            return;
        }
        let key = (self.name.clone(), details.version.version.to_string());
        let (name, version) = key.clone();
        let Self { evaluation: query, evaluation_view: view, .. } = self;
        let algorithms = context.backend.workbench().algorithms();
        let algorithm = algorithms.iter().find(|algorithm| algorithm.name == details.version.algorithm);
        let of_texts = algorithm.is_some_and(|algorithm| algorithm.dataset_type.is_text());
        let evaluation =
            query.get(ui, context.backend, &key, None, move |workbench| workbench.job_evaluation(&name, &version));
        match evaluation {
            Some(Some(evaluation)) => view.ui(ui, context, evaluation, of_texts),
            Some(None) => {
                widgets::empty_state(ui, context, Icon::ChartNoAxesColumn, &context.tr("evaluation-none"), None);
            }
            None => widgets::not_yet(ui, context, query.failure(), query.waiting_for()),
        }
    }
}

fn configuration_ui(ui: &mut Ui, context: &Context<'_>, details: &JobDetails) {
    let version = &details.version;
    widgets::section(ui, context, context.tr("job-configuration"));
    let frame = context.tokens.card();
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().interact_size.y = 20.0;
        egui::Grid::new("configuration").num_columns(2).spacing([space::XL, 6.0]).show(ui, |ui| {
            words::fact(ui, context, &context.tr("column-dataset"), &version.dataset_label);
            words::fact(ui, context, &context.tr("column-algorithm"), &version.algorithm);
            words::fact(ui, context, &context.tr("form-output"), shown_location(&version.output));
            if let Some(model) = &details.model {
                words::fact(ui, context, &context.tr("job-model"), shown_location(model));
            }
            if !details.job.description.as_str().is_empty() {
                words::fact(ui, context, &context.tr("description"), details.job.description.as_str());
            }
        });
    });
    widgets::section(ui, context, context.tr("form-parameters"));
    let algorithms = context.backend.workbench().algorithms();
    let algorithm = algorithms.into_iter().find(|algorithm| algorithm.name == version.algorithm);
    let frame = context.tokens.card();
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().interact_size.y = 20.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful")]
        let pairs = ((ui.available_width() / 340.0) as usize).max(1);
        egui::Grid::new("run-parameters").num_columns(2 * pairs).spacing([space::XL, 6.0]).show(ui, |ui| {
            for (index, (name, value)) in details.parameters.iter().enumerate() {
                let parameter = algorithm.and_then(|a| a.parameters.iter().find(|p| p.name == name));
                let is_default = parameter.is_none_or(|parameter| parameter.default == Some(value.as_str()));
                let label = widgets::weak(ui, context, name);
                if let Some(parameter) = parameter {
                    label.on_hover_text(super::parameters::meaning(context, parameter));
                }
                let text = RichText::new(value);
                let bold = FontId::new(text_size::BODY, theme::bold_family());
                ui.label(if is_default { text } else { text.font(bold) });
                if (index + 1) % pairs == 0 {
                    ui.end_row();
                }
            }
        });
    });
}
