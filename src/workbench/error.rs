//! What can go wrong in a use case: its own refusals, and what the parts below report.

use crate::domain::{Explain, Explanation, NameError};
use std::ops::ControlFlow;
use std::path::PathBuf;
use thiserror::Error;

/// Why a use case failed.
#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Parameter(#[from] crate::domain::algorithm::ParameterError),
    #[error(transparent)]
    Catalog(#[from] crate::catalog::CatalogError),
    #[error(transparent)]
    Storage(#[from] crate::storage::StorageError),
    #[error(transparent)]
    Format(#[from] crate::formats::FormatError),
    #[error(transparent)]
    Media(#[from] crate::media::image::MediaError),
    #[error(transparent)]
    SampleImages(#[from] crate::media::sample_images::SampleImagesError),
    #[error(transparent)]
    Engine(#[from] crate::engines::EngineError),
    #[error(transparent)]
    Serving(#[from] crate::serving::ServingError),
    #[error(transparent)]
    Call(#[from] crate::serving::client::CallError),
    #[error("the workspace folder cannot be used ({cause}): {}", path.display())]
    Workspace { path: PathBuf, cause: std::io::Error },
    #[error("settings cannot be saved ({cause}): {}", path.display())]
    Settings { path: PathBuf, cause: std::io::Error },
    /// A refusal of this layer: its code and arguments say what and why.
    #[error("{}", .0.code)]
    Refused(Explanation),
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// A refusal because of what was asked for.
    pub(super) fn refused(explanation: Explanation) -> Self {
        Self::Refused(explanation)
    }

    /// Whether the person asked for it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled) || self.explain().code == "cancelled"
    }

    /// Whether it is about one file, so that work goes on with the others.
    pub(super) fn is_of_file(&self) -> bool {
        matches!(self, Self::Format(_) | Self::Storage(_)) && !self.is_cancelled()
    }
}

impl Explain for Error {
    fn explain(&self) -> Explanation {
        match self {
            Self::Name(error) => error.explain(),
            Self::Parameter(error) => error.explain(),
            Self::Catalog(error) => error.explain(),
            Self::Storage(error) => error.explain(),
            Self::Format(error) => error.explain(),
            Self::Media(error) => error.explain(),
            Self::SampleImages(error) => error.explain(),
            Self::Engine(error) => error.explain(),
            Self::Serving(error) => error.explain(),
            Self::Call(error) => error.explain(),
            Self::Workspace { path, cause } => {
                Explanation::failure("workspace-folder").with("cause", cause).with("path", path.display())
            }
            Self::Settings { path, cause } => {
                Explanation::failure("settings-unwritable").with("cause", cause).with("path", path.display())
            }
            Self::Refused(explanation) => explanation.clone(),
            Self::Cancelled => Explanation::failure("cancelled"),
        }
    }
}

/// Whether to go on after `outcome`: an error ends the reading and is kept in `failure`.
pub(super) fn unless_failed(outcome: super::Result<()>, failure: &mut Option<Error>) -> ControlFlow<()> {
    match outcome {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            *failure = Some(error);
            ControlFlow::Break(())
        }
    }
}
