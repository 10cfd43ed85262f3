//! Why a file of a foreign format could not be read at all. Faults of single records are warnings.

use crate::domain::{Explain, Explanation};
use std::io;
use thiserror::Error;

/// Why reading or writing a format ended.
#[derive(Debug, Error)]
pub enum FormatError {
    #[error("reading broke off after line {line} ({cause}): {name}")]
    Io { line: u64, cause: io::Error, name: String },
    /// A manifest that points to `CarbonData` tables instead of samples.
    #[error("line {line} points to CarbonData tables, which are not supported: {name}")]
    CarbonData { line: u64, name: String },
    #[error("the file is not UTF-8 but {encoding}: {name}")]
    Encoding { encoding: &'static str, name: String },
    /// The label list of a published version.
    #[error("the label list is damaged ({reason}): {name}")]
    Labels { reason: String, name: String },
    #[error("the label list is of a newer release (form {found}, known {known}): {name}")]
    NewerLabels { found: u32, known: u32, name: String },
    #[error("cannot read ({cause}): {name}")]
    Read { cause: io::Error, name: String },
    #[error("cannot write ({cause}): {name}")]
    Write { cause: io::Error, name: String },
    /// What a single format says, in its own code.
    #[error("{}", .0.code)]
    Refused(Explanation),
    /// Whoever gave the images stopped; it knows why.
    #[error("stopped")]
    Stopped,
}

impl Explain for FormatError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Io { line, cause, name } => {
                Explanation::failure("format-io").with("line", line).with("cause", cause).with("name", name)
            }
            Self::CarbonData { line, name } => {
                Explanation::bad_input("manifest-carbondata").with("line", line).with("name", name)
            }
            Self::Encoding { encoding, name } => {
                Explanation::bad_input("manifest-encoding").with("encoding", encoding).with("name", name)
            }
            Self::Labels { reason, name } => {
                Explanation::failure("labels-damaged").with("reason", reason).with("name", name)
            }
            Self::NewerLabels { found, known, name } => {
                Explanation::failure("labels-newer").with("found", found).with("known", known).with("name", name)
            }
            Self::Read { cause, name } => Explanation::failure("format-read").with("cause", cause).with("name", name),
            Self::Write { cause, name } if cause.kind() == io::ErrorKind::StorageFull => {
                Explanation::failure("disk-full").with("location", name)
            }
            Self::Write { cause, name } => Explanation::failure("format-write").with("cause", cause).with("name", name),
            Self::Refused(reason) => reason.clone(),
            Self::Stopped => Explanation::failure("format-stopped"),
        }
    }
}
