//! `modelier model …`

use super::output::{Output, measure_word};
use super::{Failure, Outcome, name_and_version};
use crate::domain::Explanation;
use crate::domain::model::Model;
use crate::workbench::{NewModel, Workbench};
use clap::{Args, Subcommand};
use serde_json::json;

#[derive(Subcommand, Debug)]
pub enum ModelCommand {
    /// Make a model from a job version, or from a model folder
    #[command(after_help = "Examples:
  modelier model import --job flowers-quick@V001 --name flowers
  modelier model import --folder ~/models/V001/model --name flowers")]
    Import(Import),
    /// List models
    List,
    /// Show a model version
    Show {
        /// NAME or NAME@0.0.1
        model: String,
    },
    /// Delete a model version
    Delete {
        /// NAME@0.0.1
        model: String,
    },
}

#[derive(Args, Debug)]
pub struct Import {
    /// A succeeded job version
    #[arg(long, value_name = "NAME@V001", required_unless_present = "folder", conflicts_with = "folder")]
    job: Option<String>,
    /// A folder with weights and a config.json
    #[arg(long, value_name = "URI")]
    folder: Option<String>,
    /// 1–48 characters, the first a letter or Chinese
    #[arg(long)]
    name: String,
    /// 256 characters at most
    #[arg(long, default_value = "")]
    description: String,
}

fn model_json(model: &Model) -> serde_json::Value {
    json!({
        "model": model.name, "version": model.version, "algorithm": model.algorithm, "location": model.location,
        "size_bytes": model.size_bytes, "metrics": model.metrics, "created": model.created.to_rfc3339(),
        "description": model.description,
    })
}

pub(super) fn run(command: ModelCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        ModelCommand::Import(import) => {
            let source = match (import.job, import.folder) {
                (Some(job), _) => {
                    let (job, version) = name_and_version(&job);
                    NewModel::FromJob { job: job.to_owned(), version: version.map(str::to_owned) }
                }
                (None, Some(location)) => NewModel::FromFolder { location },
                (None, None) => return Err(Failure(Explanation::bad_input("model-source-missing"))),
            };
            show(&workbench.create_model(&import.name, &import.description, &source)?, output);
        }
        ModelCommand::List => {
            let models = workbench.models()?;
            output.value(&models.iter().map(model_json).collect::<Vec<_>>(), |_| {});
            if !output.json {
                let row = |model: &Model| {
                    let accuracy =
                        model.metrics.map(|m| format!("{:.1} %", m.first_figure() * 100.0)).unwrap_or_default();
                    let created = model.created.to_manifest();
                    vec![model.name.to_string(), model.version.clone(), model.algorithm.clone(), accuracy, created]
                };
                let rows: Vec<_> = models.iter().map(row).collect();
                let measure = measure_word(models.iter().filter_map(|model| model.metrics.as_ref()));
                output.table(&["model", "version", "algorithm", measure, "created"], &rows);
            }
        }
        ModelCommand::Show { model } => {
            let (name, version) = name_and_version(&model);
            show(&workbench.model(name, version)?, output);
        }
        ModelCommand::Delete { model } => {
            let (name, version) = name_and_version(&model);
            let version = workbench.model(name, version)?.version;
            workbench.delete_model(name, &version)?;
            let deleted = format!("{name}@{version}");
            output.value(&json!({ "deleted": deleted }), |line| line(&[("deleted", &deleted)]));
        }
    }
    Ok(())
}

fn show(model: &Model, output: &Output) {
    output.value(&model_json(model), |line| {
        line(&[("model", model.name.as_str()), ("version", &model.version), ("algorithm", &model.algorithm)]);
        line(&[("location", &model.location)]);
    });
}
