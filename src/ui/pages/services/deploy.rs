//! Deploying in one dialog: a model of a job version where it is not one yet, and a real-time service on it.

use super::token::ShowToken;
use crate::domain::{Explanation, ModelName, ServiceName};
use crate::ui::backend::{Outcome, Promise, Query};
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame, name_fault};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Field};
use crate::workbench::{ActivityKind, DeployRequest, Deployed, NewModel, Task, Workbench};
use std::collections::BTreeSet;

/// What is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A succeeded version of a job, trained on `dataset` (`Name@V001`).
    Job { job: String, version: String, dataset: String },
    /// A model that is there.
    Model { name: String, version: String },
}

/// The form's state.
pub struct Deploy {
    source: Source,
    model: String,
    service: String,
    service_is_own: bool,
    port: String,
    taken: Query<(), BTreeSet<String>>,
    deploying: Option<Promise<(Deployed, bool)>>,
    failure: Option<Explanation>,
    just_opened: bool,
}

impl Deploy {
    /// The form, with names filled in.
    #[must_use]
    pub fn new(source: Source) -> Self {
        let model = match &source {
            Source::Job { dataset, .. } => dataset.split('@').next().unwrap_or_default().to_owned(),
            Source::Model { name, .. } => name.clone(),
        };
        Self {
            source,
            model,
            service: String::new(),
            service_is_own: false,
            port: String::new(),
            taken: Query::default(),
            deploying: None,
            failure: None,
            just_opened: true,
        }
    }

    fn start(&mut self, context: &Context<'_>) {
        let (source, model) = (self.source.clone(), self.model.trim().to_owned());
        let (service, port) = (self.service.trim().to_owned(), self.port.trim().parse().ok());
        self.failure = None;
        let subject = service.clone();
        self.deploying = Some(context.backend.run_from_form(ActivityKind::Deploy, &subject, move |workbench, task| {
            let model_version = model_version(workbench, &model, &source)?;
            let request = DeployRequest { name: service, description: String::new(), model, model_version, port };
            deploy(workbench, &request, task)
        }));
    }
}

/// What was deployed, and whether it is asked about texts.
fn deploy(workbench: &Workbench, request: &DeployRequest, task: &Task) -> crate::workbench::Result<(Deployed, bool)> {
    let deployed = workbench.deploy(request, task)?;
    let model = workbench.model(&request.model, Some(&request.model_version))?;
    Ok((deployed, model.reads_texts()))
}

/// The model version to deploy: the one that is there, also where an earlier try made it; else a new one.
fn model_version(workbench: &Workbench, model: &str, source: &Source) -> crate::workbench::Result<String> {
    match source {
        Source::Model { version, .. } => Ok(version.clone()),
        Source::Job { job, version, .. } => {
            let id = workbench.job(job, Some(version))?.version.id;
            let is_it = |known: &crate::domain::model::Model| known.source == Some(id) && known.name.as_str() == model;
            if let Some(known) = workbench.models()?.into_iter().find(is_it) {
                return Ok(known.version);
            }
            let source = NewModel::FromJob { job: job.clone(), version: Some(version.clone()) };
            Ok(workbench.create_model(model, "", &source)?.version)
        }
    }
}

fn finish(context: &Context<'_>, deployed: Deployed, of_texts: bool) {
    let (name, address) = (deployed.service.name.to_string(), deployed.service.address.unwrap_or_default());
    context.show(ShowToken::new(name, address, of_texts, deployed.token, true));
}

impl Dialog for Deploy {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.deploying.as_ref().and_then(Promise::take) {
            Some(Ok((deployed, of_texts))) => {
                finish(context, deployed, of_texts);
                return false;
            }
            Some(Err(explanation)) => {
                self.deploying = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let taken = self.taken.get(context.backend, &(), |workbench| {
            Ok(workbench.services()?.into_iter().map(|service| service.name.to_string()).collect())
        });
        if let (Some(taken), false) = (taken, self.service_is_own) {
            let names = (1..).map(|n| if n == 1 { self.model.clone() } else { format!("{}-{n}", self.model) });
            self.service = names.take(taken.len() + 1).find(|name| !taken.contains(name)).unwrap_or_default();
        }
        let is_taken = taken.is_some_and(|taken| taken.contains(self.service.trim()));
        let model_fault = name_fault(context, self.model.trim(), ModelName::new);
        let service_fault = name_fault(context, self.service.trim(), ServiceName::new)
            .or_else(|| is_taken.then(|| context.tr_with("deploy-taken", &[("name", self.service.trim().into())])));
        let port = self.port.trim();
        let port_is_wrong = !port.is_empty() && port.parse::<u16>().map_or(true, |port| port < 1024);
        let port_fault = port_is_wrong.then(|| context.tr("deploy-port-wrong"));
        let valid = model_fault.is_none()
            && service_fault.is_none()
            && port_fault.is_none()
            && !self.model.trim().is_empty()
            && !self.service.trim().is_empty();
        let what = match &self.source {
            Source::Job { job, version, .. } => format!("{job} {version}"),
            Source::Model { name, version } => format!("{name} {version}"),
        };
        let title = context.tr_with("deploy-title", &[("name", what.into())]);
        let failure = self.failure.clone();
        let footer = DialogFrame::new("deploy", title)
            .confirm(context.tr("deploy-confirm"), Icon::Rocket)
            .enabled(valid)
            .busy(self.deploying.is_some())
            .failure(failure.as_ref())
            .show(egui, context, |ui| {
                let text = context.tr("deploy-text");
                ui.add(egui::Label::new(text).wrap());
                ui.add_space(space::XS);
                if matches!(self.source, Source::Job { .. }) {
                    let field = Field::new(context.tr("deploy-model")).error(model_fault.as_deref());
                    field.note(context.tr("deploy-model-note")).show(ui, context, &mut self.model);
                }
                let field = Field::new(context.tr("deploy-service")).error(service_fault.as_deref());
                let field = field.focus(std::mem::take(&mut self.just_opened));
                if field.show(ui, context, &mut self.service).changed() {
                    self.service_is_own = true;
                }
                let field = Field::new(context.tr("deploy-port")).error(port_fault.as_deref()).width(160.0);
                field.hint(context.tr("deploy-port-hint")).show(ui, context, &mut self.port);
                if self.deploying.is_some() {
                    widgets::weak(ui, context, context.tr("phase-deploying"));
                }
            });
        if footer.confirmed {
            self.start(context);
        }
        if footer.closed {
            if let Some(deploying) = self.deploying.take() {
                // The token is shown this once: also to who did not wait for it here.
                context.follow(deploying, |context, outcome: Outcome<(Deployed, bool)>| {
                    match outcome {
                        Ok((deployed, of_texts)) => finish(context, deployed, of_texts),
                        Err(failure) if failure.code == "cancelled" => {}
                        // The form that would have said it is gone.
                        Err(failure) => context.notify(Notification::failure(context, &failure)),
                    }
                });
            }
            return false;
        }
        true
    }
}
