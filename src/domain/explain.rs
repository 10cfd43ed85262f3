//! How an error or a warning is told: a stable code and its arguments. `text` turns them into a sentence in the
//! person's language; programs read the code.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a person or a program is told of something that went wrong.
///
/// The Fluent message `error-{code}` says what failed and why, its attribute `.next` what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Stable, kebab-case, e.g. `dataset-name-taken`.
    pub code: Cow<'static, str>,
    /// Named arguments of the message. Paths and addresses come last.
    pub arguments: Vec<(Cow<'static, str>, String)>,
    /// True if the person's input is at fault (exit code 2), false for a failure (exit code 1).
    pub bad_input: bool,
}

impl Explanation {
    /// A failure of the machine or of something outside.
    pub fn failure(code: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), arguments: Vec::new(), bad_input: false }
    }

    /// A mistake in what the person asked for.
    pub fn bad_input(code: &'static str) -> Self {
        Self { bad_input: true, ..Self::failure(code) }
    }

    /// Adds an argument of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((Cow::Borrowed(name), value.to_string()));
        self
    }
}

/// Every error type of the library can explain itself.
pub trait Explain: std::error::Error {
    /// The stable code and arguments of this error.
    fn explain(&self) -> Explanation;
}

/// Something that went wrong with one item while the rest of the work went on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The file, line or record concerned, as the person would recognise it.
    pub source: String,
    /// Why it was left out or changed.
    pub reason: Explanation,
}

impl Warning {
    /// A warning about `source`.
    pub fn new(source: impl Into<String>, reason: Explanation) -> Self {
        Self { source: source.into(), reason }
    }
}
