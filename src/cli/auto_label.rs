//! `modelier dataset auto-label …`

use super::Outcome;
use super::output::Output;
use crate::workbench::{ActivityKind, AutoLabeling, Workbench};
use clap::Args;

#[derive(Args, Debug)]
pub struct AutoLabel {
    /// The dataset, of texts
    name: String,
    /// The model, with a version if it is not the latest
    #[arg(long, value_name = "M[@VERSION]")]
    model: String,
    /// Propose only what the model is at least so sure of, 0 to 1
    #[arg(long, value_name = "SCORE", default_value_t = 0.0)]
    at_least: f64,
    /// Accept at once what the model is at least so sure of, 0 to 1
    #[arg(long, value_name = "SCORE")]
    accept: Option<f64>,
}

pub(super) fn run(request: &AutoLabel, workbench: &Workbench, output: &Output) -> Outcome {
    let dataset = workbench.dataset(&request.name)?.dataset;
    let (model, version) = request.model.split_once('@').map_or((request.model.as_str(), None), |(m, v)| (m, Some(v)));
    let labeling = AutoLabeling {
        model: model.to_owned(),
        version: version.map(str::to_owned),
        at_least: request.at_least,
        accept: request.accept,
    };
    let work = |task: &crate::workbench::Task| workbench.auto_label(dataset.id, &labeling, task);
    let report = output.as_activity(workbench, ActivityKind::AutoLabel, &request.name, work)?;
    output.value(&report, |line| {
        line(&[
            ("asked", &report.asked.to_string()),
            ("suggested", &report.suggested.to_string()),
            ("annotations", &report.annotations.to_string()),
            ("accepted", &report.accepted.to_string()),
            ("failed", &report.failed.to_string()),
        ]);
        for (label, count) in &report.unknown_labels {
            line(&[("unknown-label", label), ("count", &count.to_string())]);
        }
    });
    Ok(())
}
