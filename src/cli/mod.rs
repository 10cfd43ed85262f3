//! The command line: each command calls one use case. People read text, programs ask for `--json`.

mod auto_label;
mod convert;
mod dataset;
mod export;
mod label;
mod model;
mod output;
mod review;
mod sample;
mod service;
mod train;
mod version;

use crate::domain::{Actor, Explain, Explanation};
use crate::text::Language;
use crate::workbench::{OpenOptions, PersonalSettings, Workbench, default_workspace};
use clap::{Parser, Subcommand};
use output::Output;
use std::path::PathBuf;
use std::process::ExitCode;

/// From raw images and texts to a running model, on this machine.
///
/// Without a command, the window opens.
#[derive(Parser, Debug)]
#[command(name = "modelier", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Arguments {
    /// The workspace folder [default: $MODELIER_WORKSPACE, else modelier/ in the platform's data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Print one JSON value on standard output
    #[arg(long, global = true)]
    pub json: bool,
    /// Open the window on the sample dataset; it is made in the workspace the first time
    #[arg(long)]
    pub sample: bool,
    /// What to do; the window opens without it
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  modelier demo
  modelier dataset create flowers --type image-classification --input photos --output out
  modelier dataset import flowers --dir photos
  modelier dataset publish flowers
  modelier train start flowers-quick --algorithm quick_image_classification \\
      --dataset flowers@V001 --output models --wait
  modelier model import --job flowers-quick@V001 --name flowers
  modelier service deploy flowers --model flowers@0.0.1
  modelier service predict flowers --file photos/roses/1.jpg";

/// The nouns.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// The whole loop on the sample dataset: label, publish, train, deploy, call
    Demo {
        /// Where the sample dataset and the results go [default: demo/ in the workspace]
        #[arg(long, value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Datasets: create, list, sync, import, publish, export
    #[command(subcommand)]
    Dataset(dataset::DatasetCommand),
    /// Samples of a dataset
    #[command(subcommand)]
    Sample(sample::SampleCommand),
    /// Labels of a dataset, and assigning them
    #[command(subcommand)]
    Label(label::LabelCommand),
    /// Published versions of a dataset
    #[command(subcommand)]
    Version(version::VersionCommand),
    /// Second passes of quality control over a dataset
    #[command(subcommand)]
    Review(review::ReviewCommand),
    /// Training jobs
    #[command(subcommand)]
    Train(train::TrainCommand),
    /// Models
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Services that answer over HTTP
    #[command(subcommand)]
    Service(service::ServiceCommand),
    /// From one format of objects in images to another, folder to folder, without a dataset
    Convert(convert::Convert),
    /// Take back this machine's latest command-line edit of a dataset
    Undo {
        /// The dataset
        dataset: String,
    },
    /// Do again what was taken back last
    Redo {
        /// The dataset
        dataset: String,
    },
    /// Does the work of a job folder; started by Modelier itself
    #[command(hide = true)]
    Worker {
        /// The job folder
        folder: PathBuf,
    },
}

/// What `main` hands to the command line.
pub struct Surroundings {
    /// `MODELIER_WORKSPACE`.
    pub workspace: Option<PathBuf>,
    /// The language that the environment asks for, e.g. from `LANG`.
    pub language: Language,
    /// The system's user name.
    pub user: String,
    /// This program.
    pub executable: PathBuf,
}

/// The personal settings, and the options to open the workspace with, for the window and the command line alike.
#[must_use]
pub fn open_options(
    arguments: &Arguments,
    surroundings: &Surroundings,
    client: &str,
) -> (PersonalSettings, OpenOptions) {
    let settings = PersonalSettings::default_path().map(|path| PersonalSettings::load(&path).0).unwrap_or_default();
    let workspace = arguments.workspace.clone().unwrap_or_else(|| default_workspace(surroundings.workspace.clone()));
    let actor = Actor(settings.name.clone().unwrap_or_else(|| surroundings.user.clone()));
    let executable = surroundings.executable.clone();
    (settings, OpenOptions { workspace, actor, client: client.to_owned(), executable })
}

/// The name under which edits of the command line are journaled, so that `modelier undo` finds them.
const CLIENT: &str = "command-line";

/// Runs a command. Errors go to standard error as one line; the exit code is 2 for bad input, 1 for a failure.
#[must_use]
pub fn run(command: Command, arguments: &Arguments, surroundings: &Surroundings) -> ExitCode {
    let (settings, options) = open_options(arguments, surroundings, CLIENT);
    let language = settings.language.as_deref().and_then(Language::from_locale).unwrap_or(surroundings.language);
    let output = Output::new(arguments.json, language);
    let result = match command {
        // Needs no workspace.
        Command::Convert(convert) => convert::run(&convert, &output),
        command => {
            Workbench::open(options).map_err(Failure::from).and_then(|workbench| dispatch(command, &workbench, &output))
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.error(&failure.0);
            ExitCode::from(if failure.0.bad_input { 2 } else { 1 })
        }
    }
}

fn dispatch(command: Command, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        Command::Demo { folder } => demo(workbench, folder, output),
        Command::Dataset(command) => dataset::run(command, workbench, output),
        Command::Sample(command) => sample::run(command, workbench, output),
        Command::Label(command) => label::run(command, workbench, output),
        Command::Version(command) => version::run(command, workbench, output),
        Command::Review(command) => review::run(command, workbench, output),
        Command::Train(command) => train::run(command, workbench, output),
        Command::Model(command) => model::run(command, workbench, output),
        Command::Service(command) => service::run(command, workbench, output),
        Command::Undo { dataset } => undo(workbench, &dataset, output, true),
        Command::Redo { dataset } => undo(workbench, &dataset, output, false),
        // `main` runs workers, and `run` conversions, before a workspace is opened.
        Command::Worker { .. } | Command::Convert(_) => Ok(()),
    }
}

fn demo(workbench: &Workbench, folder: Option<PathBuf>, output: &Output) -> Outcome {
    let folder = folder.unwrap_or_else(|| workbench.folder().join("demo"));
    let report = output.with_progress(|task| workbench.demo(&folder, task))?;
    output.value(&report, |line| {
        line(&[("dataset", &report.dataset), ("version", &report.version), ("job", &report.job)]);
        line(&[("accuracy", &format!("{:.1} %", report.accuracy * 100.0))]);
        line(&[("service", &report.service), ("address", &report.address)]);
        line(&[("predicted", &report.predicted_label), ("truth", &report.true_label)]);
    });
    Ok(())
}

fn undo(workbench: &Workbench, dataset: &str, output: &Output, back: bool) -> Outcome {
    let dataset = workbench.dataset(dataset)?.dataset.id;
    let receipt = if back { workbench.undo(dataset)? } else { workbench.redo(dataset)? };
    let Some(receipt) = receipt else {
        return Err(Failure(Explanation::bad_input(if back { "nothing-to-undo" } else { "nothing-to-redo" })));
    };
    output.value(&serde_json::json!({ "edit": receipt.code, "changed": receipt.changed }), |line| {
        line(&[("edit", &receipt.code), ("changed", &receipt.changed.to_string())]);
    });
    Ok(())
}

/// Why a command failed, ready to be told.
pub(crate) struct Failure(pub Explanation);

impl<E: Explain> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.explain())
    }
}

type Outcome = std::result::Result<(), Failure>;

/// `NAME@V001` into its parts; the version may be absent.
fn name_and_version(text: &str) -> (&str, Option<&str>) {
    match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_version_may_be_named_after_an_at_sign() {
        assert_eq!(name_and_version("flowers@V001"), ("flowers", Some("V001")));
        assert_eq!(name_and_version("flowers"), ("flowers", None));
    }
}
