//! What can go wrong with places and files.

use super::Location;
use crate::domain::{Explain, Explanation};
use std::io;
use thiserror::Error;

/// Why something with a place or a file failed.
#[derive(Debug, Error)]
pub enum StorageError {
    /// The text names no place.
    #[error("{text:?} names no place: {reason}")]
    Invalid { text: String, reason: &'static str },
    /// A bucket; reading and writing those comes later.
    #[error("{scheme}:// is not available yet: {location}")]
    Scheme { scheme: &'static str, location: Location },
    /// A scheme nobody here knows.
    #[error("{scheme}:// is not known: {text}")]
    UnknownScheme { scheme: String, text: String },
    #[error("not there: {location}")]
    NotFound { location: Location },
    #[error("may not be read ({cause}): {location}")]
    NotReadable { location: Location, cause: io::Error },
    #[error("may not be written ({cause}): {location}")]
    NotWritable { location: Location, cause: io::Error },
    #[error("is not a folder: {location}")]
    NotAFolder { location: Location },
    #[error("is not a file: {location}")]
    NotAFile { location: Location },
    /// Something is there already and was left alone.
    #[error("is there already: {location}")]
    Exists { location: Location },
    #[error("has {size_bytes} bytes, the limit is {limit_bytes}: {location}")]
    TooLarge { size_bytes: u64, limit_bytes: u64, location: Location },
    #[error("the disk is full: {location}")]
    DiskFull { location: Location },
    #[error("{cause}: {location}")]
    Io { location: Location, cause: io::Error },
    /// A file of ours (a marker, a trash entry) does not say what it should.
    #[error("{reason}: {location}")]
    Damaged { location: Location, reason: String },
    /// A file of ours that a newer release wrote.
    #[error("written by a newer release (form {found}, known {known}): {location}")]
    Newer { location: Location, found: u32, known: u32 },
    /// The trash has no such entry.
    #[error("the trash has no entry {id}")]
    NotInTrash { id: String },
    #[error("cancelled")]
    Cancelled,
}

/// What was being done when an [`io::Error`] came: a refused permission means different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Reading,
    Writing,
}

impl StorageError {
    /// Sorts an [`io::Error`] by its cause.
    #[must_use]
    pub fn from_io(cause: io::Error, location: &Location, doing: Doing) -> Self {
        let location = location.clone();
        match (cause.kind(), doing) {
            (io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded, _) => Self::DiskFull { location },
            (io::ErrorKind::NotFound, _) => Self::NotFound { location },
            (io::ErrorKind::AlreadyExists, _) => Self::Exists { location },
            (io::ErrorKind::NotADirectory, _) => Self::NotAFolder { location },
            (io::ErrorKind::IsADirectory, _) => Self::NotAFile { location },
            (io::ErrorKind::PermissionDenied, Doing::Reading) => Self::NotReadable { location, cause },
            (io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem, Doing::Writing) => {
                Self::NotWritable { location, cause }
            }
            _ => Self::Io { location, cause },
        }
    }

    /// Whether the person asked for it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Cancelled)
    }
}

impl Explain for StorageError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Invalid { text, reason } => {
                Explanation::bad_input("location-invalid").with("reason", reason).with("text", text)
            }
            Self::Scheme { scheme, location } => {
                Explanation::bad_input("location-scheme").with("scheme", scheme).with("location", location)
            }
            Self::UnknownScheme { scheme, text } => {
                Explanation::bad_input("location-scheme-unknown").with("scheme", scheme).with("location", text)
            }
            Self::NotFound { location } => Explanation::bad_input("location-not-found").with("location", location),
            Self::NotReadable { location, cause } => {
                Explanation::failure("location-not-readable").with("cause", cause).with("location", location)
            }
            Self::NotWritable { location, cause } => {
                Explanation::failure("location-not-writable").with("cause", cause).with("location", location)
            }
            Self::NotAFolder { location } => Explanation::bad_input("location-not-a-folder").with("location", location),
            Self::NotAFile { location } => Explanation::bad_input("location-not-a-file").with("location", location),
            Self::Exists { location } => Explanation::bad_input("location-exists").with("location", location),
            Self::TooLarge { size_bytes, limit_bytes, location } => Explanation::bad_input("location-too-large")
                .with("size", size_bytes)
                .with("limit", limit_bytes)
                .with("location", location),
            Self::DiskFull { location } => Explanation::failure("disk-full").with("location", location),
            Self::Io { location, cause } => {
                Explanation::failure("location-io").with("cause", cause).with("location", location)
            }
            Self::Damaged { location, reason } => {
                Explanation::failure("location-damaged").with("reason", reason).with("location", location)
            }
            Self::Newer { location, found, known } => Explanation::failure("location-newer")
                .with("found", found)
                .with("known", known)
                .with("location", location),
            Self::NotInTrash { id } => Explanation::bad_input("trash-unknown").with("id", id),
            Self::Cancelled => Explanation::failure("cancelled"),
        }
    }
}
