//! The form for a training job: data, algorithm, parameters, where the result goes.

use super::parameters::Parameters;
use super::words;
use crate::domain::algorithm::Algorithm;
use crate::domain::query::DatasetSummary;
use crate::domain::version::DatasetVersion;
use crate::domain::{DatasetId, Description, Explanation, JobName, JobState, JobVersion, VersionState, Warning};
use crate::text::{self, format};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::dialogs::{self, name_fault};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::pages::datasets::shown_location;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button, Card, Field, PathField, PathKind};
use crate::workbench::{self, ActivityKind, JobDetails, StartTraining};
use egui::{Key, Modifiers, RichText, ScrollArea, Ui};

const DESCRIPTION_LIMIT: usize = 256;
const FORM_WIDTH: f32 = 860.0;

/// Text that is filled in until the person changes it.
#[derive(Default)]
struct Prefilled {
    text: String,
    is_own: bool,
}

impl Prefilled {
    fn own(text: &str) -> Self {
        Self { text: text.to_owned(), is_own: true }
    }

    fn suggest(&mut self, text: &str) {
        if !self.is_own && self.text != text {
            text.clone_into(&mut self.text);
        }
    }
}

/// The form's state.
#[derive(Default)]
pub struct TrainingForm {
    dataset: Option<DatasetId>,
    version: Option<String>,
    algorithm: Option<&'static str>,
    wanted_algorithm: Option<String>,
    parameters: Parameters,
    name: Prefilled,
    output: Prefilled,
    output_field: PathField,
    description: String,
    /// The job of which this becomes the next version.
    again: Option<String>,
    allow_mismatch: bool,
    datasets: Query<(), Vec<DatasetSummary>>,
    versions: Query<DatasetId, Vec<DatasetVersion>>,
    suggestion: Query<(DatasetId, &'static str), (String, String)>,
    check: Query<StartTraining, Vec<Warning>>,
    /// The parameter that the check refuses; said beside it.
    refused_parameter: Option<String>,
    /// What the check doubts of a parameter, by its name; said beside it.
    doubts: Vec<(String, String)>,
    starting: Option<Promise<JobVersion>>,
    failure: Option<Explanation>,
}

impl TrainingForm {
    /// An empty form, or one for a dataset and perhaps a version of it.
    #[must_use]
    pub fn new(dataset: Option<DatasetId>, version: Option<String>) -> Self {
        Self { dataset, version, ..Self::default() }
    }

    /// The form for the next version of a job, filled as an earlier one was.
    #[must_use]
    pub fn again(details: &JobDetails) -> Self {
        let version = &details.version;
        let dataset_version = version.dataset_label.rsplit_once('@').map(|(_, version)| version.to_owned());
        Self {
            dataset: Some(version.dataset),
            version: dataset_version,
            wanted_algorithm: Some(version.algorithm.clone()),
            parameters: Parameters::of(&version.parameters),
            name: Prefilled::own(details.job.name.as_str()),
            output: Prefilled::own(&shown_location(&version.output)),
            description: details.job.description.as_str().to_owned(),
            again: Some(details.job.name.to_string()),
            ..Self::default()
        }
    }

    /// The page's title.
    #[must_use]
    pub fn title(&self, context: &Context<'_>) -> String {
        match &self.again {
            Some(name) => context.tr_with("form-title-again", &[("name", name.into())]),
            None => context.tr("form-title"),
        }
    }

    /// Draws the form.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.take_start(context);
        let Some(datasets) = self.datasets.get(context.backend, &(), |workbench| workbench.datasets()).cloned() else {
            widgets::not_yet(ui, context, self.datasets.failure(), self.datasets.waiting_for());
            return;
        };
        let algorithms = context.backend.workbench().algorithms();
        let trainable = |summary: &&DatasetSummary| algorithms.iter().any(|a| a.dataset_type == summary.dataset.kind);
        let datasets: Vec<DatasetSummary> = datasets.iter().filter(trainable).cloned().collect();
        if datasets.is_empty() {
            let button = Button::primary(context.tr("form-no-dataset.button")).icon(Icon::Plus);
            if widgets::empty_state(ui, context, Icon::Database, &context.tr("form-no-dataset"), Some(button)) {
                context.show(dialogs::CreateDataset::default());
            }
            return;
        }
        let known = |id: DatasetId| datasets.iter().any(|summary| summary.dataset.id == id);
        if self.dataset.is_none_or(|id| !known(id)) {
            self.dataset = datasets.first().map(|summary| summary.dataset.id);
            self.version = None;
        }
        let Some(dataset) = self.dataset else { return };
        let versions = self.versions.get(context.backend, &dataset, move |workbench| workbench.versions(dataset));
        let versions: Option<Vec<DatasetVersion>> = versions
            .map(|versions| versions.iter().filter(|version| version.state == VersionState::Normal).cloned().collect());
        if let Some(versions) = &versions {
            let is_there = |name: &String| versions.iter().any(|version| version.name.as_str() == *name);
            if !self.version.as_ref().is_some_and(is_there) {
                self.version = versions.first().map(|version| version.name.to_string());
            }
        }
        let kind = datasets.iter().find(|summary| summary.dataset.id == dataset).map(|s| s.dataset.kind);
        let algorithms: Vec<_> = algorithms.into_iter().filter(|a| Some(a.dataset_type) == kind).collect();
        let algorithm = self.chosen_algorithm(&algorithms);
        self.prefill(context, dataset, algorithm);

        let footer_height = 64.0;
        let height = (ui.available_height() - footer_height).max(120.0);
        ScrollArea::vertical().id_salt("training-form").max_height(height).auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(FORM_WIDTH.min(ui.available_width() - space::L));
            ui.spacing_mut().item_spacing.y = space::S;
            self.data_ui(ui, context, &datasets, versions.as_deref());
            ui.add_space(space::M);
            self.algorithms_ui(ui, context, &algorithms);
            ui.add_space(space::M);
            self.result_ui(ui, context, algorithm);
            ui.add_space(space::M);
            if let Some(algorithm) = algorithm {
                let refused = self.refused_parameter.as_deref();
                self.parameters.ui(ui, context, algorithm, refused, &self.doubts);
            }
            ui.add_space(space::L);
        });
        self.footer_ui(ui, context, algorithm);
    }

    fn chosen_algorithm(&mut self, algorithms: &[&'static Algorithm]) -> Option<&'static Algorithm> {
        if let Some(wanted) = self.wanted_algorithm.take() {
            self.algorithm = algorithms.iter().find(|a| a.name.eq_ignore_ascii_case(&wanted)).map(|a| a.name);
        }
        let chosen = algorithms.iter().copied().find(|algorithm| Some(algorithm.name) == self.algorithm);
        // The one of our own comes first to hand: it needs neither pretrained weights nor hours.
        let chosen = chosen.or_else(|| {
            algorithms.iter().copied().find(|algorithm| algorithm.guide.is_none()).or(algorithms.first().copied())
        });
        self.algorithm = chosen.map(|algorithm| algorithm.name);
        chosen
    }

    fn prefill(&mut self, context: &Context<'_>, dataset: DatasetId, algorithm: Option<&'static Algorithm>) {
        let Some(algorithm) = algorithm.map(|algorithm| algorithm.name) else { return };
        if self.again.is_some() {
            return;
        }
        let suggestion = self.suggestion.get(context.backend, &(dataset, algorithm), move |workbench| {
            workbench.suggest_training(dataset, algorithm)
        });
        if let Some((name, output)) = suggestion {
            self.name.suggest(name);
            self.output.suggest(&shown_location(output));
        }
    }

    fn data_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        datasets: &[DatasetSummary],
        versions: Option<&[DatasetVersion]>,
    ) {
        widgets::section(ui, context, context.tr("form-data"));
        let mut chosen = self.dataset;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::L;
            let shown = datasets.iter().find(|summary| Some(summary.dataset.id) == chosen);
            let shown = shown.map(|summary| summary.dataset.name.to_string()).unwrap_or_default();
            picker(ui, context, "form-dataset", 320.0, &shown, |ui| {
                for summary in datasets {
                    ui.selectable_value(&mut chosen, Some(summary.dataset.id), summary.dataset.name.as_str());
                }
            });
            match versions {
                Some([]) => {
                    ui.vertical(|ui| {
                        widgets::weak(ui, context, context.tr("form-no-version"));
                        let button = Button::secondary(context.tr("publish-confirm")).icon(Icon::Upload);
                        if let (true, Some(dataset)) = (button.show(ui, context).clicked(), self.dataset) {
                            context.show(dialogs::Publish::new(dataset));
                        }
                    });
                }
                Some(versions) => {
                    let version = self.version.get_or_insert_default();
                    let shown = versions.iter().find(|known| known.name.as_str() == *version);
                    let text = shown.map(|version| version_text(context, version)).unwrap_or_default();
                    picker(ui, context, "form-version", 320.0, &text, |ui| {
                        for known in versions {
                            let text = version_text(context, known);
                            ui.selectable_value(version, known.name.to_string(), text);
                        }
                    });
                }
                None => widgets::loading(ui, context, self.versions.waiting_for()),
            }
        });
        if chosen != self.dataset {
            self.dataset = chosen;
            self.version = None;
        }
    }

    fn algorithms_ui(&mut self, ui: &mut Ui, context: &Context<'_>, algorithms: &[&'static Algorithm]) {
        widgets::section(ui, context, context.tr("form-algorithm"));
        let columns = if ui.available_width() > 560.0 { 2 } else { 1 };
        #[expect(clippy::cast_precision_loss, reason = "one or two")]
        let width = (ui.available_width() - space::M * (columns - 1) as f32) / columns as f32;
        egui::Grid::new("algorithms").spacing(egui::vec2(space::M, space::M)).show(ui, |ui| {
            for (index, algorithm) in algorithms.iter().enumerate() {
                let title = words::algorithm_title(context, algorithm.name);
                let purpose = context.tr(&format!("algorithm-{}", text::id_of(algorithm.name)));
                let card = Card {
                    icon: if algorithm.guide.is_none() { Icon::Zap } else { Icon::BrainCircuit },
                    title: &title,
                    text: &purpose,
                    selected: self.algorithm == Some(algorithm.name),
                    enabled: true,
                    size: egui::vec2(width, 76.0),
                };
                let response = widgets::card(ui, context, &card);
                let hover = format!("{} · {}", algorithm.name, algorithm.engine);
                if response.on_hover_text(hover).clicked() {
                    self.algorithm = Some(algorithm.name);
                }
                if (index + 1) % columns == 0 {
                    ui.end_row();
                }
            }
        });
    }

    fn result_ui(&mut self, ui: &mut Ui, context: &Context<'_>, algorithm: Option<&'static Algorithm>) {
        widgets::section(ui, context, context.tr("form-result"));
        if let Some(name) = &self.again {
            widgets::weak(ui, context, context.tr_with("form-again-note", &[("name", name.into())]));
        } else {
            let fault = name_fault(context, self.name.text.trim(), JobName::new);
            let field = Field::new(context.tr("form-name")).error(fault.as_deref()).width(320.0);
            if field.show(ui, context, &mut self.name.text).changed() {
                self.name.is_own = true;
            }
        }
        let request = algorithm.and_then(|algorithm| self.request(algorithm));
        let checked = request.map(|request| {
            let asked = request.clone();
            self.check.get(context.backend, &request, move |workbench| workbench.check_training(&asked)).is_some()
        });
        let fault = match (checked, self.check.failure()) {
            (Some(false), Some(failure)) => Some(failure.clone()),
            _ => None,
        };
        self.refused_parameter = fault.as_ref().and_then(refused_parameter);
        // The rest of what the check refuses is about the place.
        let fault = fault.filter(|_| self.refused_parameter.is_none());
        let explained = fault.as_ref().map(|fault| context.explain(fault));
        let field = Field::new(context.tr("form-output")).error(explained.as_deref());
        let field = field.note(context.tr("form-output-note"));
        if self.output_field.show(ui, context, field, PathKind::Folder, &mut self.output.text) {
            self.output.is_own = true;
        }
        self.doubts.clear();
        if checked == Some(true) {
            for warning in self.check.latest().into_iter().flatten() {
                if let Some(name) = doubted_parameter(&warning.reason) {
                    self.doubts.push((name, context.explain(&warning.reason)));
                    continue;
                }
                ui.horizontal_top(|ui| {
                    let tokens = context.tokens;
                    ui.label(crate::ui::icons::text(Icon::TriangleAlert, 14.0).color(tokens.warning_text));
                    let text = RichText::new(context.explain(&warning.reason));
                    ui.add(egui::Label::new(text.size(text_size::SMALL).color(tokens.warning_text)).wrap());
                });
            }
        }
        if self.again.is_none() {
            let fault = name_fault(context, &self.description, Description::new);
            let field = Field::new(context.tr("description")).limit(DESCRIPTION_LIMIT).rows(2);
            field.error(fault.as_deref()).show(ui, context, &mut self.description);
        }
    }

    fn footer_ui(&mut self, ui: &mut Ui, context: &Context<'_>, algorithm: Option<&'static Algorithm>) {
        let width = FORM_WIDTH.min(ui.available_width() - space::L);
        let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
        ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, context.tokens.border));
        ui.add_space(space::XS);
        let request = algorithm.and_then(|algorithm| self.request(algorithm));
        let is_refused = self.check.failure().is_some();
        let ready = request.is_some() && !is_refused && self.starting.is_none();
        let mut start = false;
        ui.horizontal(|ui| {
            ui.set_width(width);
            let button = Button::primary(context.tr("form-start")).icon(Icon::Play).keys("Ctrl+Enter");
            start = button.enabled(ready).show(ui, context).clicked();
            if Button::secondary(context.tr("cancel")).show(ui, context).clicked() {
                context.send(crate::ui::UiCommand::Back);
            }
            if self.starting.is_some() {
                ui.add(egui::Spinner::new().size(16.0).color(context.tokens.accent_text));
            }
            if let Some(failure) = &self.failure {
                ui.vertical(|ui| {
                    widgets::failure(ui, context, failure);
                    if failure.code.contains("mismatch") {
                        let text = context.tr("form-allow-mismatch");
                        widgets::check_box(ui, context, &mut self.allow_mismatch, &text);
                    }
                });
            } else if request.is_none() && self.version.is_some() {
                widgets::weak(ui, context, context.tr("form-incomplete"));
            }
        });
        let no_dialog = ui.memory(|memory| memory.top_modal_layer().is_none());
        start |= ready && no_dialog && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::Enter));
        if let (true, Some(request)) = (start, request) {
            self.failure = None;
            self.starting = Some(context.backend.write_from_form(move |workbench| workbench.start_training(&request)));
        }
    }

    /// What is asked for, once everything that can be checked here is right.
    fn request(&self, algorithm: &Algorithm) -> Option<StartTraining> {
        let name = self.name.text.trim();
        let complete = self.parameters.are_valid(algorithm)
            && JobName::new(name).is_ok()
            && Description::new(&self.description).is_ok()
            && !self.output.text.trim().is_empty();
        complete.then_some(())?;
        Some(StartTraining {
            name: name.to_owned(),
            description: self.description.clone(),
            dataset: self.dataset?,
            dataset_version: self.version.clone().filter(|version| !version.is_empty())?,
            algorithm: algorithm.name.to_owned(),
            parameters: self.parameters.typed(algorithm),
            output: self.output.text.trim().to_owned(),
            allow_mismatch: self.allow_mismatch,
        })
    }

    fn take_start(&mut self, context: &Context<'_>) {
        match self.starting.as_ref().and_then(Promise::take) {
            Some(Ok(version)) => {
                self.starting = None;
                let name = self.name.text.trim().to_owned();
                let arguments = [("name", (&name).into()), ("version", version.version.to_string().into())];
                context.notify(Notification::success(context.tr_with("form-started", &arguments)));
                follow(context, &name, version.version.as_str());
                context.open(Page::TrainingJob { name, version: Some(version.version.to_string()) });
            }
            Some(Err(explanation)) => {
                self.starting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
    }
}

/// Shows a run in the jobs panel while this window is open, and tells how it ended. The run itself needs neither.
fn follow(context: &Context<'_>, name: &str, version: &str) {
    let (name, version) = (name.to_owned(), version.to_owned());
    let (job, run) = (name.clone(), version.clone());
    let subject = format!("{name} {version}");
    let waiting = context.backend.run(ActivityKind::Training, &subject, move |workbench, task| {
        let details = workbench.wait_for_job(&job, &run, task)?;
        if details.version.state.is_final() {
            return Ok(details);
        }
        workbench.stop_job(&job, &run)?;
        Err(workbench::Error::Cancelled)
    });
    context.follow(waiting, move |context, outcome| {
        let Ok(details) = outcome else { return };
        let notification = match (details.version.state, &details.summary, &details.version.failure) {
            (JobState::Succeeded, Some(summary), _) => {
                let measure = context.tr(words::measure_id(summary));
                let figure = format::percent(summary.first_figure(), 1);
                let arguments = [("name", subject.into()), ("measure", measure.into()), ("figure", figure.into())];
                Notification::success(context.tr_with("form-done", &arguments))
            }
            (_, _, Some(failure)) => Notification::failure(context, failure),
            _ => return,
        };
        let page = Page::TrainingJob { name, version: Some(version) };
        context.notify(notification.with_action(context.tr("job-open"), page));
    });
}

/// The parameter that this refusal is about, if it is about one.
fn refused_parameter(refusal: &Explanation) -> Option<String> {
    let of_value = refusal.code == "parameter-value";
    let name = refusal.arguments.iter().find(|(argument, _)| of_value && argument == "name");
    name.map(|(_, name)| name.clone())
}

/// The parameter that this warning is about, if it is about one.
fn doubted_parameter(reason: &Explanation) -> Option<String> {
    let mut names = reason.arguments.iter().filter(|(argument, _)| argument == "name");
    names.next().filter(|_| reason.code == "parameter-classes").map(|(_, name)| name.clone())
}

fn version_text(context: &Context<'_>, version: &DatasetVersion) -> String {
    let labeled = format::count(version.labeled);
    let labeled = context.tr_with("version-labeled", &[("count", labeled.into())]);
    format!("{} · {labeled}", version.name)
}

/// A box to choose from, under its label.
pub fn picker(ui: &mut Ui, context: &Context<'_>, id: &str, width: f32, shown: &str, choices: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        let label = context.tr(id);
        widgets::weak(ui, context, &label);
        let combo = egui::ComboBox::from_id_salt(id).width(width).selected_text(shown).truncate();
        combo.show_ui(ui, choices).response.accessible_name(label);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::pages::labeling::detection::tests::cells;
    use crate::workbench::{PublishRequest, Task};
    use egui_kittest::kittest::Queryable;
    use std::collections::BTreeMap;

    #[test]
    fn another_number_of_labels_than_the_version_has_is_said_before_the_start() {
        let mut room = cells(&["red", "white"]);
        let dataset = room.dataset;
        room.workbench.publish(dataset, &PublishRequest::default(), &Task::silent()).expect("published");
        let asked = |classes: &str| StartTraining {
            name: "cells".to_owned(),
            description: String::new(),
            dataset,
            dataset_version: "V001".to_owned(),
            algorithm: "yolo_v3".to_owned(),
            parameters: BTreeMap::from([("num_classes".to_owned(), classes.to_owned())]),
            output: room.folder.path().join("results").display().to_string(),
            allow_mismatch: false,
        };
        for (classes, warnings) in [("2", 0), ("None", 0), ("20", 1)] {
            let found = room.workbench.check_training(&asked(classes)).expect("checked");
            assert_eq!(found.len(), warnings, "{classes}: {found:?}");
            assert!(found.iter().all(|warning| doubted_parameter(&warning.reason).as_deref() == Some("num_classes")));
        }
        room.harness
            .state_mut()
            .as_mut()
            .expect("an app")
            .open(Page::NewTraining { dataset: Some(dataset), version: None });
        room.settle();
        room.harness.get_by_role_and_label(egui::Role::TextInput, "num_classes").focus();
        room.settle();
        room.type_text("20");
        assert!(room.harness.query_by_label_contains("V001 has 2 labels").is_some(), "beside the parameter");
    }
}
