//! The command line in; a window, a command or a worker out.

use clap::Parser;
use modelier::cli::{self, Arguments, Command, Surroundings};
use modelier::domain::Explain;
use modelier::text::Language;
use modelier::{ui, worker};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("MODELIER_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let mut arguments = Arguments::parse();
    let surroundings = surroundings();
    match arguments.command.take() {
        // A worker is given a folder; it opens no workspace.
        Some(Command::Worker { folder }) => ExitCode::from(worker::run(&folder)),
        Some(command) => cli::run(command, &arguments, &surroundings),
        None => window(&arguments, &surroundings),
    }
}

/// Opens the window on the workspace and returns when it is closed.
fn window(arguments: &Arguments, surroundings: &Surroundings) -> ExitCode {
    let workspace = arguments
        .workspace
        .clone()
        .unwrap_or_else(|| modelier::workbench::default_workspace(surroundings.workspace.clone()));
    match ui::run(ui::Options { workspace, sample: arguments.sample }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", modelier::text::explain(surroundings.language, &error.explain()));
            ExitCode::FAILURE
        }
    }
}

/// What the environment says; the library is told, it never asks.
fn surroundings() -> Surroundings {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Surroundings {
        workspace: std::env::var_os("MODELIER_WORKSPACE").filter(|value| !value.is_empty()).map(PathBuf::from),
        language: Language::detect(variable),
        user: variable("USER").or_else(|| variable("USERNAME")).unwrap_or_default(),
        executable: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("modelier")),
    }
}
