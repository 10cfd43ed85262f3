//! Why an engine could not do what it was asked.

use crate::domain::job_folder::JobFileError;
use crate::domain::{Explain, Explanation};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why an engine could not do what it was asked.
#[derive(Debug, Error)]
pub enum EngineError {
    /// `action` is a verb: `read`, `write`, `list`, `lock`, `create`.
    #[error("cannot {action}: {source}: {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error(transparent)]
    File(#[from] JobFileError),
    #[error("a worker is at it already: {}", path.display())]
    AlreadyRunning { path: PathBuf },
    #[error("the worker could not be started: {source}: {}", executable.display())]
    Start { executable: PathBuf, source: io::Error },
    #[error("the worker could not be ended: {reason}: {}", path.display())]
    Kill { path: PathBuf, reason: String },
}

impl EngineError {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

impl Explain for EngineError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Io { action, path, source } => Explanation::failure("job-folder-io")
                .with("action", action)
                .with("reason", source)
                .with("path", path.display()),
            Self::File(error) => error.explain(),
            Self::AlreadyRunning { path } => Explanation::bad_input("job-already-running").with("path", path.display()),
            Self::Start { executable, source } => {
                Explanation::failure("worker-start").with("reason", source).with("path", executable.display())
            }
            Self::Kill { path, reason } => {
                Explanation::failure("worker-kill").with("reason", reason).with("path", path.display())
            }
        }
    }
}
