//! `modelier label …`

use super::output::Output;
use super::{Failure, Outcome, sample};
use crate::domain::text::covered;
use crate::domain::{Annotation, AnnotationBody, Assign, Edit, Explain, Explanation, LabelId, Timestamp};
use crate::workbench::{Find, Occurrences, Scope, Workbench};
use clap::{Args, Subcommand};
use serde_json::json;
use std::io::BufRead;

#[derive(Subcommand, Debug)]
pub enum LabelCommand {
    /// Add a label
    Add {
        /// The dataset
        dataset: String,
        /// 1–32 letters, digits, `-`, `_` or Chinese
        label: String,
        /// A colour like #E69F00 [default: the next of the palette]
        #[arg(long)]
        color: Option<String>,
    },
    /// Rename a label; its samples keep it
    Rename {
        /// The dataset
        dataset: String,
        /// The label
        label: String,
        /// Its new name
        name: String,
        /// If the name is another label's, make the two one
        #[arg(long)]
        merge: bool,
    },
    /// Change a label's colour
    Recolor {
        /// The dataset
        dataset: String,
        /// The label
        label: String,
        /// A colour like #E69F00
        color: String,
    },
    /// Delete a label
    Delete {
        /// The dataset
        dataset: String,
        /// The label
        label: String,
        /// Delete the samples that carry only it as well
        #[arg(long)]
        with_samples: bool,
    },
    /// Give samples labels, or take labels away
    #[command(after_help = "Examples:
  modelier label assign flowers --label roses photos/1.jpg photos/2.jpg
  modelier label assign flowers --label blurry --add 3f2c9a…
  ls photos/roses | sed 's/^/roses\\//' | modelier label assign flowers --label roses -

With `-`, each line names a sample; the line is printed back once its change is on the disk.")]
    Assign(AssignArguments),
    /// Mark entities in a text
    #[command(after_help = "Example: the code points from 2 up to 4 are a city
  modelier label entity posts 3f2c9a… --span 2..4=city")]
    Entity {
        /// The dataset
        dataset: String,
        /// Id, URI or beginning of the text
        sample: String,
        /// First code point, code point behind the last, and a label; may be repeated
        #[arg(long = "span", value_name = "START..END=LABEL", required = true)]
        spans: Vec<String>,
    },
    /// Take all labels away: back to unlabeled
    Clear {
        /// The dataset
        dataset: String,
        /// Ids, URIs or names
        #[arg(required = true)]
        samples: Vec<String>,
    },
    /// Make the suggestions that wait to be confirmed your own
    #[command(after_help = "Examples:
  modelier label accept reviews
  modelier label accept reviews --at-least 0.9")]
    Accept {
        /// The dataset
        dataset: String,
        /// Only those that their model is at least so sure of, 0 to 1
        #[arg(long, value_name = "SCORE", default_value_t = 0.0)]
        at_least: f64,
    },
    /// Take the suggestions that wait to be confirmed away
    Refuse {
        /// The dataset
        dataset: String,
    },
    /// Label every occurrence of a text or pattern, in the whole dataset
    #[command(after_help = "Examples:
  modelier label occurrences posts --label city --text 北京 --dry-run
  modelier label occurrences posts --label date --pattern '\\d{4}年'")]
    Occurrences {
        /// The dataset
        dataset: String,
        /// The label
        #[arg(long, value_name = "L")]
        label: String,
        /// Exactly this text
        #[arg(long, conflicts_with = "pattern", required_unless_present = "pattern")]
        text: Option<String>,
        /// A regular expression
        #[arg(long, value_name = "REGEX")]
        pattern: Option<String>,
        /// Only count
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Args, Debug)]
pub struct AssignArguments {
    /// The dataset
    dataset: String,
    /// A label; may be repeated
    #[arg(long = "label", value_name = "L", required = true)]
    labels: Vec<String>,
    /// Add to the labels that are there instead of replacing them
    #[arg(long, conflicts_with = "remove")]
    add: bool,
    /// Take these labels away
    #[arg(long)]
    remove: bool,
    /// Ids, URIs or names; `-` reads them from standard input, a line each
    #[arg(required = true)]
    samples: Vec<String>,
}

pub(super) fn run(command: LabelCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        LabelCommand::Add { dataset, label, color } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let color = color.map(|text| parse_color(&text)).transpose()?;
            let label = workbench.add_label(id, &label, color)?;
            output.value(&json!({ "name": label.name, "color": label.color, "key": label.key }), |line| {
                line(&[("label", label.name.as_str()), ("color", &label.color.to_string())]);
            });
            Ok(())
        }
        LabelCommand::Rename { dataset, label, name, merge } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let label = workbench.label(id, &label)?.id;
            changed(&workbench.rename_label(id, label, &name, merge)?, output)
        }
        LabelCommand::Recolor { dataset, label, color } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let edit = Edit::RecolorLabel { label: workbench.label(id, &label)?.id, color: parse_color(&color)? };
            changed(&workbench.edit(id, &edit)?, output)
        }
        LabelCommand::Delete { dataset, label, with_samples } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let edit = Edit::DeleteLabel { label: workbench.label(id, &label)?.id, samples: with_samples };
            changed(&workbench.edit(id, &edit)?, output)
        }
        LabelCommand::Assign(arguments) => assign(&arguments, workbench, output),
        LabelCommand::Entity { dataset, sample, spans } => entity(&dataset, &sample, &spans, workbench, output),
        LabelCommand::Clear { dataset, samples } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let samples = sample::find(workbench, &dataset, &samples)?;
            changed(&workbench.edit(id, &Edit::ClearLabels { samples })?, output)
        }
        LabelCommand::Accept { dataset, at_least } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            counted(output.with_progress(|task| workbench.accept_suggestions(id, at_least, task))?, output)
        }
        LabelCommand::Refuse { dataset } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            counted(output.with_progress(|task| workbench.refuse_suggestions(id, task))?, output)
        }
        LabelCommand::Occurrences { dataset, label, text, pattern, dry_run } => {
            let id = workbench.dataset(&dataset)?.dataset.id;
            let find = match (text, pattern) {
                (Some(text), _) => Find::Text(text),
                (None, pattern) => Find::Regex(pattern.unwrap_or_default()),
            };
            let label = workbench.label(id, &label)?.id;
            let occurrences = Occurrences { find, label, scope: Scope::Dataset };
            let preview = output.with_progress(|task| workbench.preview_occurrences(id, &occurrences, task))?;
            if !dry_run {
                output.with_progress(|task| workbench.label_occurrences(id, &occurrences, task))?;
            }
            let value = json!({ "hits": preview.hits, "samples": preview.samples, "dry_run": dry_run });
            output.value(&value, |line| {
                line(&[("hits", &preview.hits.to_string()), ("samples", &preview.samples.to_string())]);
            });
            Ok(())
        }
    }
}

/// Adds entities to one text, in one step of undo.
fn entity(dataset: &str, sample: &str, spans: &[String], workbench: &Workbench, output: &Output) -> Outcome {
    let id = workbench.dataset(dataset)?.dataset.id;
    let samples = sample::find(workbench, dataset, &[sample.to_owned()])?;
    let mut put = Vec::new();
    for &sample in &samples {
        let text = workbench.text(id, sample)?;
        for span in spans {
            let broken = || Failure(Explanation::bad_input("span-form").with("span", span));
            let (range, label) = span.split_once('=').ok_or_else(broken)?;
            let (start, end) = range.split_once("..").ok_or_else(broken)?;
            let (start, end) = (start.parse().map_err(|_| broken())?, end.parse().map_err(|_| broken())?);
            let covered = covered(&text, start, end).ok_or_else(|| {
                Failure(Explanation::bad_input("span-beyond").with("span", span).with("length", text.chars().count()))
            })?;
            let label = workbench.label(id, label)?.id;
            let body = AnnotationBody::Entity { start, end, text: covered.to_owned() };
            // Who and when, the edit itself says.
            put.push(Annotation::human(label, body, String::new(), Timestamp::default()));
        }
    }
    changed(
        &workbench.edit(id, &Edit::annotate_many(samples.into_iter().map(|one| (one, put.clone())).collect()))?,
        output,
    )
}

fn parse_color(text: &str) -> Result<crate::domain::Color, Failure> {
    text.parse().map_err(|_| Failure(Explanation::bad_input("color-form").with("color", text)))
}

fn changed(receipt: &crate::domain::query::EditReceipt, output: &Output) -> Outcome {
    counted(receipt.changed, output)
}

fn counted(changed: u64, output: &Output) -> Outcome {
    output.value(&json!({ "changed": changed }), |line| line(&[("changed", &changed.to_string())]));
    Ok(())
}

fn assign(arguments: &AssignArguments, workbench: &Workbench, output: &Output) -> Outcome {
    let id = workbench.dataset(&arguments.dataset)?.dataset.id;
    let labels = arguments
        .labels
        .iter()
        .map(|name| Ok(workbench.label(id, name)?.id))
        .collect::<Result<Vec<LabelId>, Failure>>()?;
    let how = match (arguments.add, arguments.remove) {
        (true, _) => Assign::Add,
        (_, true) => Assign::Remove,
        _ => Assign::Replace,
    };
    if arguments.samples != ["-"] {
        let samples = sample::find(workbench, &arguments.dataset, &arguments.samples)?;
        return changed(&workbench.edit(id, &Edit::Assign { samples, labels, how })?, output);
    }
    let (mut failed, mut bad_input) = (0_u64, true);
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|cause| Failure(Explanation::failure("input-unreadable").with("cause", cause)))?;
        let name = line.trim_end_matches('\r');
        if name.is_empty() {
            continue;
        }
        let done = sample::find(workbench, &arguments.dataset, &[name.to_owned()]).and_then(|samples| {
            workbench
                .edit(id, &Edit::Assign { samples, labels: labels.clone(), how })
                .map_err(|error| Failure(error.explain()))
        });
        match done {
            Ok(receipt) if output.json => {
                output.print(&json!({ "sample": name, "changed": receipt.changed }).to_string());
            }
            Ok(_) => output.print(name),
            Err(failure) => {
                output.error(&failure.0);
                failed += 1;
                bad_input &= failure.0.bad_input;
            }
        }
    }
    if failed == 0 {
        return Ok(());
    }
    let mut summary = Explanation::failure("assign-partly").with("count", failed);
    summary.bad_input = bad_input;
    Err(Failure(summary))
}
