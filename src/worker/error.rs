//! Why a worker's job failed.

use crate::domain::{Explain, Explanation};
use crate::engines::EngineError;
use crate::formats::FormatError;
use crate::learning::LearningError;
use crate::serving::ServingError;
use crate::storage::{Location, StorageError};
use std::io;
use thiserror::Error;

/// Why a worker's job failed.
#[derive(Debug, Error)]
pub enum WorkerError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Learning(#[from] LearningError),
    #[error(transparent)]
    Serving(#[from] ServingError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("there is no algorithm {0:?}")]
    Algorithm(String),
    #[error("{0:?} is no name of a version")]
    Version(String),
    #[error("{mismatched} of {total} files no longer match {dataset}: {names}")]
    Mismatch { mismatched: usize, total: usize, dataset: String, names: String },
    #[error("there is something already: {0}")]
    OutputFilled(Location),
    #[error("the result could not be written: {source}: {location}")]
    Output { source: io::Error, location: Location },
    #[error("the secrets could not be received: {0}")]
    Secrets(String),
    #[error("stopped on request")]
    Cancelled,
}

impl WorkerError {
    /// Whether the person asked for it.
    pub(super) fn is_cancelled(&self) -> bool {
        match self {
            Self::Cancelled | Self::Learning(LearningError::Cancelled) => true,
            Self::Storage(error) => error.is_cancelled(),
            _ => false,
        }
    }
}

impl Explain for WorkerError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Engine(error) => error.explain(),
            Self::Storage(error) => error.explain(),
            Self::Learning(error) => error.explain(),
            Self::Serving(error) => error.explain(),
            Self::Format(error) => error.explain(),
            Self::Algorithm(name) => Explanation::bad_input("worker-algorithm").with("name", name),
            Self::Version(name) => Explanation::bad_input("worker-version").with("name", name),
            Self::Mismatch { mismatched, total, dataset, names } => Explanation::failure("version-mismatch")
                .with("mismatched", mismatched)
                .with("total", total)
                .with("dataset", dataset)
                .with("names", names),
            Self::OutputFilled(location) => Explanation::bad_input("worker-output-filled").with("location", location),
            Self::Output { source, location } => {
                Explanation::failure("worker-output").with("reason", source).with("location", location)
            }
            Self::Secrets(reason) => Explanation::failure("worker-secrets").with("reason", reason),
            Self::Cancelled => Explanation::failure("cancelled"),
        }
    }
}
