//! `modelier label …`

use super::output::Output;
use super::{Failure, Outcome, sample};
use crate::domain::{Assign, Edit, Explain, Explanation, LabelId};
use crate::workbench::Workbench;
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
    }
}

fn parse_color(text: &str) -> Result<crate::domain::Color, Failure> {
    text.parse().map_err(|_| Failure(Explanation::bad_input("color-form").with("color", text)))
}

fn changed(receipt: &crate::domain::query::EditReceipt, output: &Output) -> Outcome {
    output.value(&json!({ "changed": receipt.changed }), |line| line(&[("changed", &receipt.changed.to_string())]));
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
