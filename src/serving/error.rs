//! Why a service could not be run.

use crate::domain::job_folder::JobFileError;
use crate::domain::{Explain, Explanation};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a service could not be run.
#[derive(Debug, Error)]
pub enum ServingError {
    #[error("the port is taken by another program: {address}")]
    PortTaken { address: String },
    #[error("nothing can be listened to there: {source}: {address}")]
    Listen { address: String, source: io::Error },
    #[error("cannot {action}: {source}: {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    #[error(transparent)]
    File(#[from] JobFileError),
    #[error("a token's SHA-256 has 64 hexadecimal digits, this one is something else")]
    TokenHash,
    #[error("the service could not be run: {0}")]
    Runtime(io::Error),
}

impl ServingError {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

impl Explain for ServingError {
    fn explain(&self) -> Explanation {
        match self {
            Self::PortTaken { address } => Explanation::bad_input("service-port-taken").with("address", address),
            Self::Listen { address, source } => {
                Explanation::failure("service-listen").with("reason", source).with("address", address)
            }
            Self::Io { action, path, source } => Explanation::failure("job-folder-io")
                .with("action", action)
                .with("reason", source)
                .with("path", path.display()),
            Self::File(error) => error.explain(),
            Self::TokenHash => Explanation::failure("service-token-hash"),
            Self::Runtime(source) => Explanation::failure("service-runtime").with("reason", source),
        }
    }
}
