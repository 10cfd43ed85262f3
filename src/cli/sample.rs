//! `modelier sample …`

use super::dataset::split_texts;
use super::output::Output;
use super::{Failure, Outcome};
use crate::domain::query::{SampleFilter, SampleRow};
use crate::domain::{AnnotationBody, Edit, Explanation, LabelId, LabelName, SampleId, SampleState};
use crate::workbench::{ActivityKind, Task, Workbench};
use clap::Subcommand;
use serde_json::json;
use std::collections::HashMap;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub enum SampleCommand {
    /// List samples in the order of their names, texts in the order of adding
    #[command(after_help = "Examples:
  modelier sample list flowers --state unlabeled --limit 10
  modelier sample list flowers --label roses --json")]
    List {
        /// The dataset
        dataset: String,
        /// unlabeled, labeled or to-confirm
        #[arg(long)]
        state: Option<String>,
        /// Only samples with this label; may be repeated
        #[arg(long = "label", value_name = "L")]
        labels: Vec<String>,
        /// Only texts that contain this; of images, names that do
        #[arg(long, value_name = "WORDS")]
        text: Option<String>,
        /// Only samples marked hard
        #[arg(long)]
        hard: bool,
        /// The trash: samples deleted from the dataset
        #[arg(long)]
        deleted: bool,
        /// At most so many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// Go on after this sample
        #[arg(long, value_name = "ID")]
        after: Option<String>,
    },
    /// Copy images or texts into the input location and add them
    Add {
        /// The dataset
        dataset: String,
        /// Images or files of texts, or folders of them
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Of texts in a dataset that has none yet: what of a .txt is one sample: line, paragraph or file
        #[arg(long, value_name = "WHAT")]
        split: Option<String>,
    },
    /// Delete samples from the dataset; can be undone
    Delete {
        /// The dataset
        dataset: String,
        /// Ids, URIs or names
        #[arg(required = true)]
        samples: Vec<String>,
        /// Move their files to the workspace's trash as well
        #[arg(long)]
        also_files: bool,
    },
    /// Bring deleted samples back, and their files from the trash
    Restore {
        /// The dataset
        dataset: String,
        /// Ids, URIs or names
        #[arg(required = true)]
        samples: Vec<String>,
    },
}

/// Samples read at a time.
const PAGE: usize = 5_000;

pub(super) fn run(command: SampleCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        SampleCommand::List { dataset, state, labels, text, hard, deleted, limit, after } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let state = state
                .map(|text| {
                    text.parse::<SampleState>().map_err(|known| {
                        Failure(Explanation::bad_input("state-unknown").with("known", known).with("state", &text))
                    })
                })
                .transpose()?;
            let labels =
                labels.iter().map(|name| Ok(workbench.label(id, name)?.id)).collect::<Result<Vec<_>, Failure>>()?;
            let (text, hard) = (text.unwrap_or_default(), hard.then_some(true));
            let filter = SampleFilter { state, labels, text, hard, deleted, ..SampleFilter::default() };
            let after = match after {
                Some(text) => Some(find(workbench, &dataset, &[text])?[0]),
                None => None,
            };
            list(workbench, &dataset, &filter, limit.unwrap_or(usize::MAX), after, output)
        }
        SampleCommand::Add { dataset, files, split } => {
            split_texts(split.as_deref(), workbench.dataset(&dataset)?.dataset.id, workbench)?;
            let found = workbench.dataset(&dataset)?.dataset;
            let id = found.id;
            if let Some(split) = found.text_split {
                let add = |task: &Task| workbench.add_texts(id, &files, split, task);
                let report = output.as_activity(workbench, ActivityKind::AddTexts, &dataset, add)?;
                let mut value = json!(&report);
                value["said"] = output.warnings_json(&report.said);
                value["warnings"] = output.warnings_json(&report.warnings);
                output.value(&value, |line| {
                    line(&[("added", &report.added.to_string()), ("files", &report.files.to_string())]);
                    line(&[("known", &report.known.to_string()), ("labeled", &report.labeled.to_string())]);
                });
                output.warnings(&report.said);
                output.warnings(&report.warnings);
                return Ok(());
            }
            let add = |task: &Task| workbench.add_images(id, &files, task);
            let report = output.as_activity(workbench, ActivityKind::AddImages, &dataset, add)?;
            let warnings = output.warnings_json(&report.warnings);
            output.value(&json!({ "added": report.added, "warnings": warnings }), |line| {
                line(&[("added", &report.added.len().to_string())]);
            });
            output.warnings(&report.warnings);
            Ok(())
        }
        SampleCommand::Delete { dataset, samples, also_files } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let samples = find(workbench, &dataset, &samples)?;
            let receipt = workbench.edit(id, &Edit::Delete { samples: samples.clone() })?;
            let (files, warnings) = if also_files { workbench.trash_files(id, &samples)? } else { (0, Vec::new()) };
            let told = output.warnings_json(&warnings);
            output.value(&json!({ "deleted": receipt.changed, "files": files, "warnings": told }), |line| {
                line(&[("deleted", &receipt.changed.to_string()), ("files", &files.to_string())]);
            });
            output.warnings(&warnings);
            Ok(())
        }
        SampleCommand::Restore { dataset, samples } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let samples = find(workbench, &dataset, &samples)?;
            let (receipt, warnings) = workbench.restore_samples(id, &samples)?;
            let told = output.warnings_json(&warnings);
            output.value(&json!({ "restored": receipt.changed, "warnings": told }), |line| {
                line(&[("restored", &receipt.changed.to_string())]);
            });
            output.warnings(&warnings);
            Ok(())
        }
    }
}

/// The samples so named, all of them or an error that names the first unknown one.
pub(super) fn find(workbench: &Workbench, dataset: &str, names: &[String]) -> Result<Vec<SampleId>, Failure> {
    let id = workbench.dataset(dataset)?.dataset.id;
    let found = workbench.find_samples(id, names)?;
    found
        .into_iter()
        .zip(names)
        .map(|(sample, name)| {
            sample.ok_or_else(|| {
                Failure(Explanation::bad_input("sample-unknown").with("dataset", dataset).with("sample", name))
            })
        })
        .collect()
}

/// A sample's entities as the services answer with them.
fn entities_of(row: &SampleRow, names: &HashMap<LabelId, LabelName>) -> serde_json::Value {
    let entities = row.primary().filter_map(|annotation| match &annotation.body {
        AnnotationBody::Entity { start, end, text } => {
            let label = names.get(&annotation.label?)?;
            Some(json!({ "label": label, "start": start, "end": end, "text": text }))
        }
        _ => None,
    });
    entities.collect()
}

fn list(
    workbench: &Workbench,
    dataset: &str,
    filter: &SampleFilter,
    limit: usize,
    mut after: Option<SampleId>,
    output: &Output,
) -> Outcome {
    let found = workbench.dataset(dataset)?.dataset;
    let (id, is_text) = (found.id, found.kind.is_text());
    let names: HashMap<_, _> =
        workbench.labels(id)?.into_iter().map(|count| (count.label.id, count.label.name)).collect();
    let labels_of = |row: &SampleRow| -> Vec<String> {
        row.primary().filter_map(|annotation| names.get(&annotation.label?).map(ToString::to_string)).collect()
    };
    let (mut json_rows, mut count) = (Vec::new(), 0);
    while count < limit {
        let rows = workbench.sample_page(id, filter, PAGE.min(limit - count), after)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.sample.id);
        count += rows.len();
        for row in &rows {
            if output.json {
                let mut value = json!({
                    "id": row.sample.id, "source": row.sample.source, "state": row.state, "labels": labels_of(row),
                });
                if is_text {
                    let text = workbench.text(id, row.sample.id).ok();
                    value["text"] = text.map(|text| text.to_string()).into();
                    value["entities"] = entities_of(row, &names);
                }
                json_rows.push(value);
            } else {
                output.print(&format!("{}\t{}\t{}", row.sample.name, row.state, labels_of(row).join(", ")));
            }
        }
    }
    if output.json {
        output.value(&json_rows, |_| {});
    }
    Ok(())
}
