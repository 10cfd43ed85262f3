//! Where work runs. An engine takes a job folder, runs it somewhere and tells how it stands; a new engine is one file
//! and one line in [`ENGINES`].

mod error;
mod folder;
mod local;
mod readers;

pub use error::EngineError;
pub use folder::{FolderLock, JobFolder};
pub use local::{LocalEngine, this_executable};
pub use readers::{LogChunk, MetricChunk, read_metrics, tail_log};

use crate::domain::job_folder::StatusFile;
use crate::domain::{Explanation, JobState};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the functions of this module return.
pub type Result<T> = std::result::Result<T, EngineError>;

/// What an engine can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    pub trains: bool,
    pub serves: bool,
    /// Whether work goes on after Modelier was closed.
    pub survives_closing: bool,
    /// Whether data leave this machine.
    pub remote: bool,
}

/// An entry of the table of engines. The name and its meaning are in Fluent: `engine-{name}`.
#[derive(Clone, Copy)]
pub struct EngineEntry {
    pub name: &'static str,
    pub capabilities: Capabilities,
    pub engine: &'static dyn Engine,
}

/// All engines of this release, the default one first.
pub static ENGINES: &[EngineEntry] = &[EngineEntry {
    name: "local",
    capabilities: Capabilities { trains: true, serves: true, survives_closing: true, remote: false },
    engine: &LocalEngine,
}];

/// The engine of this name.
#[must_use]
pub fn engine(name: &str) -> Option<&'static EngineEntry> {
    ENGINES.iter().find(|entry| entry.name == name)
}

/// How a worker is started.
#[derive(Clone, Default)]
pub struct StartOptions {
    /// The program; it is called with `arguments` and then the folder.
    pub executable: PathBuf,
    /// Normally `worker`.
    pub arguments: Vec<OsString>,
    /// Names and values that reach the worker through a pipe and are written nowhere.
    pub secrets: BTreeMap<String, String>,
}

impl StartOptions {
    /// Starts `executable worker FOLDER`, without secrets.
    #[must_use]
    pub fn worker(executable: &Path) -> Self {
        Self { executable: executable.to_owned(), arguments: vec![OsString::from("worker")], secrets: BTreeMap::new() }
    }
}

/// A worker that was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The process id, which is also the id of its process group.
    pub pid: u32,
}

/// How a job stands now.
#[derive(Clone, Debug, PartialEq)]
pub struct JobObservation {
    /// What the status says, corrected by whether the worker lives.
    pub state: JobState,
    /// Whether the worker holds its lock.
    pub alive: bool,
    /// 0 to 1.
    pub progress: f64,
    /// Why it failed, was interrupted, or cannot be told.
    pub explanation: Option<Explanation>,
    /// As the worker wrote it last.
    pub status: StatusFile,
}

/// Somewhere that job folders are worked on. Every function answers at once unless it says otherwise.
pub trait Engine: Send + Sync {
    /// Begins to work on a folder. Leftovers of an earlier start (a cancel request, a final status) are cleared.
    ///
    /// # Errors
    /// If it is being worked on already, its `job.json` is missing or not ours, or nothing could be started.
    fn start(&self, folder: &JobFolder, options: &StartOptions) -> Result<Started>;

    /// How the job stands.
    ///
    /// # Errors
    /// If the folder cannot be read.
    fn observe(&self, folder: &JobFolder) -> Result<JobObservation>;

    /// Asks the job to stop; it does so at its next step. False if it was not running.
    ///
    /// # Errors
    /// If the request cannot be written.
    fn cancel(&self, folder: &JobFolder) -> Result<bool>;

    /// Ends the job without asking. False if it was not running.
    ///
    /// # Errors
    /// If the system refuses.
    fn kill(&self, folder: &JobFolder) -> Result<bool>;
}

/// The job folders under `jobs` (one level) that have a `job.json`, each with how it stands; for finding work again
/// after a restart. What cannot be read is left out, its reason in the second list.
///
/// # Errors
/// If `jobs` itself cannot be listed; a missing folder is an empty one.
pub fn discover(
    engine: &dyn Engine,
    jobs: &Path,
) -> Result<(Vec<(JobFolder, JobObservation)>, Vec<crate::domain::Warning>)> {
    use crate::domain::{Explain, Warning};
    let entries = match std::fs::read_dir(jobs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        Err(error) => return Err(EngineError::io("list", jobs, error)),
    };
    let (mut found, mut warnings) = (Vec::new(), Vec::new());
    for entry in entries.flatten() {
        let folder = JobFolder::at(entry.path());
        if !folder.has_job() {
            continue;
        }
        match engine.observe(&folder) {
            Ok(observation) => found.push((folder, observation)),
            Err(error) => warnings.push(Warning::new(folder.path().to_string_lossy(), error.explain())),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.path().cmp(b.path()));
    Ok((found, warnings))
}
