//! `modelier service …`

use super::output::Output;
use super::{Failure, Outcome, name_and_version};
use crate::domain::Explanation;
use crate::domain::predict::Prediction;
use crate::domain::service::Service;
use crate::workbench::{DeployRequest, Workbench};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub enum ServiceCommand {
    /// Deploy a model on this machine; returns once it answers
    #[command(after_help = "Example:
  modelier service deploy flowers --model flowers@0.0.1
  export MODELIER_TOKEN=…    # shown once
  curl -H \"X-Auth-Token: $MODELIER_TOKEN\" -F images=@rose.jpg http://127.0.0.1:PORT/")]
    Deploy(Deploy),
    /// List services
    List,
    /// Show a service
    Show {
        /// The service
        name: String,
    },
    /// Ask a running service
    Predict(Predict),
    /// Start a stopped service on its old port
    Start {
        /// The service
        name: String,
    },
    /// Stop a service
    Stop {
        /// The service
        name: String,
    },
    /// Print a service's log
    Logs {
        /// The service
        name: String,
    },
    /// Give a service a new token; the old one is refused from then on
    RenewToken {
        /// The service
        name: String,
    },
    /// Set from which score on a detector's service answers; a running one is restarted on its address
    SetScore {
        /// The service
        name: String,
        /// From 0 to 1; `model` for the model's own
        score: String,
    },
    /// Stop and delete a service; its model stays
    Delete {
        /// The service
        name: String,
    },
}

#[derive(Args, Debug)]
pub struct Deploy {
    /// The service's name
    name: String,
    /// The model
    #[arg(long, value_name = "M@0.0.1")]
    model: String,
    /// The port on 127.0.0.1 [default: a free one, kept from then on]
    #[arg(long)]
    port: Option<u16>,
    /// 256 characters at most
    #[arg(long, default_value = "")]
    description: String,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Input {
    /// A file to send
    #[arg(long, value_name = "F")]
    file: Option<PathBuf>,
    /// JSON to send, for models of texts: {"data": {"req_data": [{"text": "…"}]}}
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

#[derive(Args, Debug)]
pub struct Predict {
    /// The service
    name: String,
    #[command(flatten)]
    input: Input,
}

fn service_json(service: &Service) -> serde_json::Value {
    json!({
        "service": service.name, "state": service.state, "address": service.address, "calls": service.calls,
        "failed_calls": service.failed_calls, "created": service.created.to_rfc3339(), "failure": service.failure,
        "description": service.description, "least_score": service.least_score,
    })
}

fn state_name(service: &Service) -> String {
    json!(service.state).as_str().unwrap_or_default().to_owned()
}

pub(super) fn run(command: ServiceCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        ServiceCommand::Deploy(deploy) => {
            let (model, version) = name_and_version(&deploy.model);
            let version = workbench.model(model, version)?.version;
            let Deploy { name, port, description, .. } = &deploy;
            let request = DeployRequest {
                name: name.clone(),
                description: description.clone(),
                model: model.to_owned(),
                model_version: version,
                port: *port,
            };
            let deployed = output.with_progress(|task| workbench.deploy(&request, task))?;
            let mut value = service_json(&deployed.service);
            value["token"] = json!(deployed.token);
            output.value(&value, |line| {
                line(&[("service", name), ("state", &state_name(&deployed.service))]);
                line(&[("address", deployed.service.address.as_deref().unwrap_or("-"))]);
                line(&[("token", &deployed.token)]);
            });
        }
        ServiceCommand::List => {
            let services = workbench.services()?;
            output.value(&services.iter().map(service_json).collect::<Vec<_>>(), |_| {});
            if !output.json {
                let row = |service: &Service| {
                    let calls = format!("{}/{}", service.failed_calls, service.calls);
                    let address = service.address.clone().unwrap_or_default();
                    vec![service.name.to_string(), state_name(service), address, calls]
                };
                output.table(&["service", "state", "address", "calls"], &services.iter().map(row).collect::<Vec<_>>());
            }
        }
        ServiceCommand::Show { name } => show(&workbench.service(&name)?, output),
        ServiceCommand::Start { name } => {
            show(&output.with_progress(|task| workbench.start_service(&name, task))?, output);
        }
        ServiceCommand::Stop { name } => show(&workbench.stop_service(&name)?, output),
        ServiceCommand::Predict(predict) => ask(&predict, workbench, output)?,
        ServiceCommand::Logs { name } => {
            let (log, _) = workbench.service_log(&name, 0)?;
            output.value(&json!({ "log": log }), |_| {});
            if !output.json {
                output.print(log.trim_end_matches('\n'));
            }
        }
        ServiceCommand::RenewToken { name } => {
            let token = output.with_progress(|task| workbench.renew_token(&name, task))?;
            output.value(&json!({ "service": name, "token": token }), |line| line(&[("token", &token)]));
        }
        ServiceCommand::SetScore { name, score } => {
            let wrong = || Failure(Explanation::bad_input("service-score").with("value", &score));
            let score = (score != "model").then(|| score.parse().map_err(|_| wrong())).transpose()?;
            show(&output.with_progress(|task| workbench.set_service_score(&name, score, task))?, output);
        }
        ServiceCommand::Delete { name } => {
            workbench.delete_service(&name)?;
            output.value(&json!({ "deleted": name }), |line| line(&[("deleted", &name)]));
        }
    }
    Ok(())
}

fn show(service: &Service, output: &Output) {
    output.value(&service_json(service), |line| {
        line(&[("service", service.name.as_str()), ("state", &state_name(service))]);
        line(&[("address", service.address.as_deref().unwrap_or("-"))]);
        if let Some(score) = service.least_score {
            line(&[("score", &score.to_string())]);
        }
        line(&[("calls", &service.calls.to_string()), ("failed", &service.failed_calls.to_string())]);
    });
}

fn ask(predict: &Predict, workbench: &Workbench, output: &Output) -> Outcome {
    if let Some(data) = &predict.input.data {
        let request: serde_json::Value = serde_json::from_str(data)
            .map_err(|cause| Failure(Explanation::bad_input("data-no-json").with("reason", cause)))?;
        let answer = workbench.predict_data(&predict.name, &request)?;
        output.value(&answer, |line| line(&[("answer", &answer.to_string())]));
        return Ok(());
    }
    let Some(path) = &predict.input.file else {
        return Err(Failure(Explanation::bad_input("service-takes-file").with("service", &predict.name)));
    };
    let bytes = std::fs::read(path).map_err(|cause| {
        Failure(Explanation::bad_input("file-unreadable").with("cause", cause).with("path", path.display()))
    })?;
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let prediction = workbench.predict(&predict.name, &file_name, bytes)?;
    output.value(&prediction, |line| match &prediction {
        Prediction::Classification { predicted_label, scores } | Prediction::Labels { predicted_label, scores, .. } => {
            line(&[("predicted", predicted_label)]);
            for (label, score) in scores {
                line(&[("label", label), ("score", &format!("{score:.4}"))]);
            }
        }
        Prediction::Detection { detection_classes, detection_boxes, detection_scores } => {
            line(&[("objects", &detection_classes.len().to_string())]);
            for ((label, edges), score) in detection_classes.iter().zip(detection_boxes).zip(detection_scores) {
                let edges = edges.map(|edge| format!("{edge:.1}")).join(" ");
                line(&[("label", label), ("score", &format!("{score:.4}")), ("ymin-xmin-ymax-xmax", &edges)]);
            }
        }
        Prediction::Entities { entities } => {
            line(&[("entities", &entities.len().to_string())]);
            for entity in entities {
                line(&[
                    ("label", &entity.label),
                    ("text", &entity.text),
                    ("start", &entity.start.to_string()),
                    ("end", &entity.end.to_string()),
                    ("score", &format!("{:.4}", entity.score)),
                ]);
            }
        }
    });
    Ok(())
}
