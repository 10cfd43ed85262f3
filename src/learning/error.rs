//! What can go wrong when learning or predicting.

use super::layers::OtherClasses;
use crate::domain::algorithm::ParameterError;
use crate::domain::{Explain, Explanation};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a model could not be trained or loaded.
#[derive(Debug, Error)]
pub enum LearningError {
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    #[error("there is no algorithm {name:?}: known are {known}")]
    UnknownAlgorithm { name: String, known: String },
    #[error("the labeled samples carry {found} label(s), but telling things apart takes at least two")]
    TooFewClasses { found: usize },
    #[error("{usable} sample(s) are left to train on, but at least {needed} are needed; {left_out}")]
    TooFewSamples { usable: usize, needed: usize, left_out: String },
    #[error("none of the {images} image(s) to train on shows an object that can be learned; {left_out}")]
    NoObjects { images: usize, left_out: String },
    #[error("none of the {texts} text(s) to train on has an entity that can be learned; {left_out}")]
    NoEntities { texts: usize, left_out: String },
    #[error("stopped on request")]
    Cancelled,
    #[error("the loss became {loss} at step {step} with a learning rate of {learning_rate}: training diverged")]
    Diverged { step: u64, loss: String, learning_rate: f64 },
    #[error("cannot write {}: {source}", .path.display())]
    Output { path: PathBuf, source: io::Error },
    #[error("cannot read the weights, {problem}: {}", .path.display())]
    Weights { path: PathBuf, problem: String },
    #[error("not a model of Modelier, {problem}: {}", .path.display())]
    Model { path: PathBuf, problem: String },
}

impl LearningError {
    /// A failure to write `path`, to be used in `map_err`.
    pub(crate) fn output(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Output { path, source }
    }

    /// Weights that cannot be used.
    pub(crate) fn weights(path: &Path, problem: impl ToString) -> Self {
        Self::Weights { path: path.to_owned(), problem: problem.to_string() }
    }

    /// Refuses weights whose last layer is not for `classes` classes.
    ///
    /// # Errors
    /// If there was such a layer.
    pub(crate) fn refuse_other_classes(path: &Path, other: Option<OtherClasses>, classes: usize) -> Result<(), Self> {
        let Some(OtherClasses { layer, shape }) = other else { return Ok(()) };
        Err(Self::weights(path, format!("{layer}.weight has shape {shape:?} for {classes} classes")))
    }

    /// A model folder that cannot be used.
    pub(crate) fn model(path: &Path, problem: impl ToString) -> Self {
        Self::Model { path: path.to_owned(), problem: problem.to_string() }
    }

    /// A parameter whose free text has the wrong form.
    pub(crate) fn value(name: &str, value: &str, expected: &str) -> Self {
        let (name, value, expected) = (name.to_owned(), value.to_owned(), expected.to_owned());
        Self::Parameter(ParameterError::Value { name, value, expected })
    }
}

impl Explain for LearningError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Parameter(error) => error.explain(),
            Self::UnknownAlgorithm { name, known } => {
                Explanation::bad_input("algorithm-unknown").with("name", name).with("known", known)
            }
            Self::TooFewClasses { found } => Explanation::bad_input("training-too-few-classes").with("found", found),
            Self::TooFewSamples { usable, needed, left_out } => Explanation::bad_input("training-too-few-samples")
                .with("usable", usable)
                .with("needed", needed)
                .with("left_out", left_out),
            Self::NoObjects { images, left_out } => {
                Explanation::bad_input("training-no-objects").with("images", images).with("left_out", left_out)
            }
            Self::NoEntities { texts, left_out } => {
                Explanation::bad_input("training-no-entities").with("texts", texts).with("left_out", left_out)
            }
            Self::Cancelled => Explanation::failure("training-cancelled"),
            Self::Diverged { step, loss, learning_rate } => Explanation::failure("training-diverged")
                .with("loss", loss)
                .with("step", step)
                .with("learning_rate", learning_rate),
            Self::Output { path, source } => {
                Explanation::failure("training-output").with("reason", source).with("path", path.display())
            }
            Self::Weights { path, problem } => {
                Explanation::bad_input("weights-unusable").with("problem", problem).with("path", path.display())
            }
            Self::Model { path, problem } => {
                Explanation::bad_input("model-folder-unusable").with("problem", problem).with("path", path.display())
            }
        }
    }
}

/// Why one image could not be used.
#[derive(Debug, Error)]
#[error("the image cannot be read: {reason}")]
pub struct UnreadableImage {
    pub reason: String,
}

impl Explain for UnreadableImage {
    fn explain(&self) -> Explanation {
        Explanation::bad_input("prediction-image-unreadable").with("reason", &self.reason)
    }
}
