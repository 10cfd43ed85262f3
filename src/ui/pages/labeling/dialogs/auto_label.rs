//! Labeling texts automatically: which model is asked, and how sure it must be.

use crate::domain::query::SampleFilter;
use crate::domain::{DatasetId, SampleState};
use crate::ui::backend::Query;
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::widgets::{self, Button};
use crate::workbench::{ActivityKind, AutoLabelReport, AutoLabeling, LabelingModel, Task, Workbench};

/// The dialog.
pub struct AutoLabel {
    dataset: DatasetId,
    name: String,
    models: Query<(), Vec<LabelingModel>>,
    chosen: Option<LabelingModel>,
    /// In percent.
    at_least: u8,
}

impl AutoLabel {
    /// Asks how a dataset is to be labeled.
    pub fn new(dataset: DatasetId, name: String) -> Self {
        Self { dataset, name, models: Query::default(), chosen: None, at_least: 0 }
    }

    fn start(&self, chosen: LabelingModel, context: &Context<'_>) {
        let (dataset, at_least) = (self.dataset, f64::from(self.at_least) / 100.0);
        let work = move |workbench: &Workbench, task: &Task| {
            let (model, version) = workbench.labeling_model(&chosen)?;
            let request = AutoLabeling { model, version: Some(version), at_least, accept: None };
            workbench.auto_label(dataset, &request, task)
        };
        let done = context.backend.run(ActivityKind::AutoLabel, &self.name, work);
        context.follow(done, move |context, outcome| {
            if let Ok(report) = outcome {
                context.notify(told(context, dataset, &report));
            }
        });
    }
}

/// What came of it, and where it is to be confirmed.
fn told(context: &Context<'_>, dataset: DatasetId, report: &AutoLabelReport) -> Notification {
    let arguments = [("asked", report.asked.into()), ("suggested", report.suggested.into())];
    let text = context.tr_with("auto-label-done", &arguments);
    let unknown: u64 = report.unknown_labels.values().sum();
    let is_whole = report.failed == 0 && unknown == 0;
    let mut notification = if is_whole { Notification::success(text) } else { Notification::warning(text) };
    for (label, count) in &report.unknown_labels {
        let arguments = [("label", label.as_str().into()), ("count", (*count).into())];
        notification.details.push(context.tr_with("auto-label-unknown", &arguments));
    }
    if report.failed > 0 {
        notification.details.push(context.tr_with("auto-label-failed", &[("count", report.failed.into())]));
    }
    if report.suggested == 0 {
        return notification;
    }
    let filter = SampleFilter { state: Some(SampleState::ToConfirm), ..SampleFilter::default() };
    let page = Page::Labeling { dataset, filter: Some(filter) };
    notification.with_action(context.tr("auto-label-see"), page)
}

fn name_of(context: &Context<'_>, model: &LabelingModel) -> String {
    match model {
        LabelingModel::Model(name, version) => format!("{name} {version}"),
        LabelingModel::Job(job, version) => {
            context.tr_with("auto-label-job", &[("job", format!("{job}@{version}").into())])
        }
    }
}

impl Dialog for AutoLabel {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let dataset = self.dataset;
        let models =
            self.models.get(context.backend, &(), move |workbench| workbench.labeling_models(dataset)).cloned();
        if self.chosen.is_none() {
            self.chosen = models.as_ref().and_then(|models| models.first().cloned());
        }
        let (mut at_least, mut train) = (self.at_least, false);
        let footer = DialogFrame::new("auto-label", context.tr("auto-label-title"))
            .confirm(context.tr("auto-label-confirm"), Icon::Sparkles)
            .enabled(self.chosen.is_some())
            .show(egui, context, |ui| {
                ui.add(egui::Label::new(context.tr("auto-label-what")).wrap());
                let Some(models) = &models else {
                    widgets::not_yet(ui, context, self.models.failure(), self.models.waiting_for());
                    return;
                };
                if models.is_empty() {
                    widgets::weak(ui, context, context.tr("auto-label-no-model"));
                    train = Button::command(Command::Train, context).show(ui, context).clicked();
                    return;
                }
                let choices: Vec<_> =
                    models.iter().map(|model| (Some(model.clone()), name_of(context, model))).collect();
                widgets::dropdown(ui, context, &context.tr("auto-label-model"), &mut self.chosen, &choices);
                ui.horizontal(|ui| {
                    widgets::weak(ui, context, context.tr("auto-label-at-least"));
                    let slider = egui::Slider::new(&mut at_least, 0..=100).suffix(" %");
                    widgets::slider(ui, context, &context.tr("auto-label-at-least"), 160.0, slider);
                });
            });
        self.at_least = at_least;
        if train {
            context.send(UiCommand::Run(Command::Train));
            return false;
        }
        if let (true, Some(chosen)) = (footer.confirmed, self.chosen.clone()) {
            self.start(chosen, context);
            return false;
        }
        !footer.closed
    }
}
