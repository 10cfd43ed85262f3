//! `modelier version …`

use super::Outcome;
use super::output::Output;
use crate::domain::DatasetVersion;
use crate::workbench::{ActivityKind, Workbench};
use clap::Subcommand;
use serde_json::json;

#[derive(Subcommand, Debug)]
pub enum VersionCommand {
    /// List the versions of a dataset, newest first
    List {
        /// The dataset
        dataset: String,
    },
    /// Show one version
    Show {
        /// The dataset
        dataset: String,
        /// The version
        version: String,
    },
    /// Make the working state what it was in a version; can be undone
    SetCurrent {
        /// The dataset
        dataset: String,
        /// The version
        version: String,
    },
    /// Delete a version's entry; its files stay, its name is never used again
    Delete {
        /// The dataset
        dataset: String,
        /// The version
        version: String,
    },
    /// Compare two versions: samples and labels added, removed, changed
    #[command(after_help = "Example:
  modelier version diff flowers V001 V002")]
    Diff {
        /// The dataset
        dataset: String,
        /// The earlier version
        before: String,
        /// The later version
        after: String,
    },
}

fn version_json(version: &DatasetVersion) -> serde_json::Value {
    json!({
        "version": version.name, "state": version.state, "files": version.files, "labeled": version.labeled,
        "added": version.added, "removed": version.removed, "description": version.description,
        "created": version.created.to_rfc3339(), "manifest": version.manifest, "failure": version.failure,
    })
}

fn state_name(version: &DatasetVersion) -> String {
    json!(version.state).as_str().unwrap_or_default().to_owned()
}

pub(super) fn run(command: VersionCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        VersionCommand::List { dataset } => {
            let summary = workbench.dataset(&dataset)?;
            let versions = workbench.versions(summary.dataset.id)?;
            if output.json {
                let is_current = |version: &DatasetVersion| summary.dataset.current_version == Some(version.id);
                let mut rows: Vec<_> = versions.iter().map(|version| (version_json(version), version)).collect();
                for (row, version) in &mut rows {
                    row["current"] = json!(is_current(version));
                }
                output.value(&rows.into_iter().map(|(row, _)| row).collect::<serde_json::Value>(), |_| {});
                return Ok(());
            }
            let rows: Vec<_> = versions
                .iter()
                .map(|version| {
                    vec![
                        version.name.to_string(),
                        state_name(version),
                        version.files.to_string(),
                        version.labeled.to_string(),
                        version.added.to_string(),
                        version.removed.to_string(),
                        version.created.to_manifest(),
                        version.description.as_str().to_owned(),
                    ]
                })
                .collect();
            let header = ["version", "state", "files", "labeled", "added", "removed", "created", "description"];
            output.table(&header, &rows);
            Ok(())
        }
        VersionCommand::Show { dataset, version } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let version = workbench.version(id, &version)?;
            output.value(&version_json(&version), |line| {
                line(&[("version", version.name.as_str()), ("state", &state_name(&version))]);
                line(&[("files", &version.files.to_string()), ("labeled", &version.labeled.to_string())]);
                line(&[("manifest", &version.manifest)]);
            });
            Ok(())
        }
        VersionCommand::SetCurrent { dataset, version } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            output.as_activity(workbench, ActivityKind::SetCurrentVersion, &dataset, |task| {
                workbench.set_current_version(id, &version, task)
            })?;
            output.value(&json!({ "current_version": version }), |line| line(&[("version", &version)]));
            Ok(())
        }
        VersionCommand::Delete { dataset, version } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            workbench.delete_version(id, &version)?;
            output.value(&json!({ "deleted": version }), |line| line(&[("deleted", &version)]));
            Ok(())
        }
        VersionCommand::Diff { dataset, before, after } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let difference = workbench.diff_versions(id, &before, &after)?;
            output.value(&difference, |_| {});
            if !output.json {
                let names = |labels: &[crate::domain::LabelName]| {
                    labels.iter().map(crate::domain::LabelName::as_str).collect::<Vec<_>>().join(", ")
                };
                let print = |line: String| output.print(&line);
                difference.labels_renamed.iter().for_each(|(old, new)| print(format!("~ {old} → {new}")));
                difference.labels_added.iter().for_each(|name| print(format!("+ [{name}]")));
                difference.labels_removed.iter().for_each(|name| print(format!("- [{name}]")));
                difference.samples_added.iter().for_each(|name| print(format!("+ {name}")));
                difference.samples_removed.iter().for_each(|name| print(format!("- {name}")));
                for change in &difference.samples_changed {
                    print(format!("~ {}: {} → {}", change.name, names(&change.before), names(&change.after)));
                }
            }
            Ok(())
        }
    }
}
