//! `modelier review …`

use super::Outcome;
use super::output::Output;
use crate::domain::review::{Keep, Review};
use crate::domain::{DatasetType, ReviewId};
use crate::workbench::{Error, ReviewReport, Workbench};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

#[derive(Subcommand, Debug)]
pub enum ReviewCommand {
    /// Draw a share of the labeled samples at random, to be labeled again without seeing the first labels
    #[command(after_help = "Example:
  modelier review start cells --share 0.1")]
    Start {
        /// The dataset
        dataset: String,
        /// Above 0 and at most 1: 0.1 draws every tenth labeled sample
        #[arg(long)]
        share: f64,
        /// The same seed draws the same samples
        #[arg(long)]
        seed: Option<u64>,
    },
    /// List the second passes of a dataset, newest first
    List {
        /// The dataset
        dataset: String,
    },
    /// How far a second pass is, and how far the two passes agree
    Report {
        /// The second pass: its id, or the beginning of it
        review: String,
        /// The dataset
        #[arg(long)]
        dataset: String,
    },
    /// Settle the differences of all samples whose second pass is done, always for the same side; can be undone
    Settle {
        /// The second pass: its id, or the beginning of it
        review: String,
        /// The dataset
        #[arg(long)]
        dataset: String,
        /// What stays of each difference
        #[arg(long)]
        keep: KeepArgument,
    },
    /// Delete a second pass and what was drawn in it; the first pass stays as it is
    Delete {
        /// The second pass: its id, or the beginning of it
        review: String,
        /// The dataset
        #[arg(long)]
        dataset: String,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KeepArgument {
    First,
    Second,
    Both,
    Neither,
}

impl From<KeepArgument> for Keep {
    fn from(keep: KeepArgument) -> Self {
        match keep {
            KeepArgument::First => Self::First,
            KeepArgument::Second => Self::Second,
            KeepArgument::Both => Self::Both,
            KeepArgument::Neither => Self::Neither,
        }
    }
}

fn review_json(review: &Review) -> serde_json::Value {
    json!({
        "review": review.id, "share": review.share, "seed": review.seed, "samples": review.samples.len(),
        "created": review.created.to_rfc3339(), "actor": review.actor,
    })
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A figure such as kappa, that is no share.
fn figure(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.2}"))
}

fn find(workbench: &Workbench, dataset: &str, beginning: &str) -> Result<ReviewId, Error> {
    Ok(workbench.review_beginning(workbench.dataset(dataset)?.dataset.id, beginning)?.id)
}

fn print_report(report: &ReviewReport, output: &Output) {
    output.value(report, |line| {
        line(&[("samples", &report.samples.to_string()), ("done", &report.done.to_string())]);
        match report.kind {
            DatasetType::TextClassification => {
                line(&[("agreed", &percent(report.agreed_share)), ("kappa", &figure(report.kappa))]);
            }
            DatasetType::NamedEntity => {
                line(&[("exact", &percent(report.agreed_share)), ("overlapping", &percent(report.overlapping_share))]);
            }
            _ => line(&[("agreed", &percent(report.agreed_share)), ("overlap", &percent(report.mean_overlap))]),
        }
    });
    if output.json {
        return;
    }
    let has_kappa = report.kind == DatasetType::TextClassification;
    let rows: Vec<_> = report
        .by_label
        .iter()
        .map(|label| {
            let counts = [label.first, label.second, label.agreed].map(|count| count.to_string());
            let [first, second, agreed] = counts;
            let mut row = vec![label.name.clone(), first, second, agreed, percent(label.agreed_share)];
            row.extend(has_kappa.then(|| figure(label.kappa)));
            row
        })
        .collect();
    if !rows.is_empty() {
        let columns = ["label", "first", "second", "both", "agreed", "kappa"];
        output.table(&columns[..if has_kappa { 6 } else { 5 }], &rows);
    }
}

pub(super) fn run(command: ReviewCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        ReviewCommand::Start { dataset, share, seed } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let review = workbench.start_review(id, share, seed)?;
            output.value(&review_json(&review), |line| {
                line(&[("review", &review.id.to_string()), ("samples", &review.samples.len().to_string())]);
            });
        }
        ReviewCommand::List { dataset } => {
            let reviews = workbench.reviews(workbench.dataset(&dataset)?.dataset.id)?;
            if output.json {
                output.value(&reviews.iter().map(review_json).collect::<serde_json::Value>(), |_| {});
                return Ok(());
            }
            let row = |review: &Review| {
                vec![review.id.to_string(), review.samples.len().to_string(), review.created.to_manifest()]
            };
            output.table(&["review", "samples", "created"], &reviews.iter().map(row).collect::<Vec<_>>());
        }
        ReviewCommand::Report { review, dataset } => {
            let id = find(workbench, &dataset, &review)?;
            let report = output.with_progress(|task| workbench.review_report(id, task))?;
            print_report(&report, output);
        }
        ReviewCommand::Settle { review, dataset, keep } => {
            let id = find(workbench, &dataset, &review)?;
            let settled = output.with_progress(|task| workbench.settle_review(id, keep.into(), task))?;
            output.value(&json!({ "settled": settled }), |line| line(&[("settled", &settled.to_string())]));
        }
        ReviewCommand::Delete { review, dataset } => {
            let id = find(workbench, &dataset, &review)?;
            output.with_progress(|task| workbench.delete_review(id, task))?;
            output.value(&json!({ "deleted": id }), |line| line(&[("deleted", &id.to_string())]));
        }
    }
    Ok(())
}
