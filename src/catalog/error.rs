//! What can go wrong in the catalog. Every SQLite failure becomes one of these.

use crate::domain::{Explain, Explanation};
use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the catalog refused or failed.
#[derive(Debug, Error)]
pub enum CatalogError {
    #[error("the catalog was written by a newer Modelier (schema {found}, this one knows {known}): {}", path.display())]
    Newer { found: i64, known: i64, path: PathBuf },
    #[error("the catalog lies on a network file system ({file_system}), where SQLite can lose data: {}", path.display())]
    Network { file_system: String, path: PathBuf },
    #[error("the catalog is damaged ({reason}): {}", path.display())]
    Corrupt { reason: String, path: PathBuf },
    #[error("this SQLite file is not a catalog of Modelier: {}", path.display())]
    Foreign { path: PathBuf },
    #[error("the disk is full: {}", path.display())]
    DiskFull { path: PathBuf },
    #[error("another Modelier is using the catalog and did not finish in time: {}", path.display())]
    Busy { path: PathBuf },
    #[error("the catalog cannot be written, it or its folder is read-only: {}", path.display())]
    ReadOnly { path: PathBuf },
    #[error("the catalog cannot be opened ({reason}): {}", path.display())]
    Unopenable { reason: String, path: PathBuf },
    #[error("the catalog cannot be read or written ({reason}): {}", path.display())]
    Failed { reason: String, path: PathBuf },
    /// A SQLite error that no path was attached to yet.
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    /// A stored value that does not decode.
    #[error("the catalog holds a value that cannot be read ({0})")]
    Value(String),
    #[error("cancelled")]
    Cancelled,
    #[error("there is no dataset {0}")]
    DatasetUnknown(String),
    #[error("a dataset is called {0:?} already")]
    DatasetNameTaken(String),
    #[error("there is no label {0}")]
    LabelUnknown(String),
    #[error("a label is called {0:?} already")]
    LabelNameTaken(String),
    #[error("there is no sample {0}")]
    SampleUnknown(String),
    #[error("the dataset has a sample {0} already")]
    SampleTaken(String),
    #[error("the dataset has, or had, a version {0:?}: a name is never used again")]
    VersionNameTaken(String),
    #[error("there is no version {0}")]
    VersionUnknown(String),
    #[error("version {0} is not normal, so it cannot be current")]
    VersionNotNormal(String),
    #[error("there is no training job {0}")]
    JobUnknown(String),
    #[error("a training job is called {0:?} already")]
    JobNameTaken(String),
    #[error("there is no model {0}")]
    ModelUnknown(String),
    #[error("there is a model {0} already")]
    ModelVersionTaken(String),
    #[error("there is no service {0}")]
    ServiceUnknown(String),
    #[error("there is no review {0}")]
    ReviewUnknown(String),
    #[error("a service is called {0:?} already")]
    ServiceNameTaken(String),
    /// Someone changed the same samples or labels since: the later edit's code, actor and time.
    #[error("{actor} changed the same samples since ({edit}, {at})")]
    UndoConflict { edit: String, actor: String, at: String },
}

impl CatalogError {
    /// Turns a bare SQLite error into one that says what it means and where.
    pub(super) fn at(self, path: &Path) -> Self {
        let Self::Database(error) = self else { return self };
        let path = path.to_owned();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly { path },
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Corrupt { reason, path },
            Some(ErrorCode::CannotOpen) => Self::Unopenable { reason, path },
            _ => Self::Failed { reason, path },
        }
    }
}

impl Explain for CatalogError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Newer { found, known, path } => Explanation::failure("catalog-newer")
                .with("found", found)
                .with("known", known)
                .with("path", path.display()),
            Self::Network { file_system, path } => {
                Explanation::bad_input("catalog-network").with("file-system", file_system).with("path", path.display())
            }
            Self::Corrupt { reason, path } => {
                Explanation::failure("catalog-corrupt").with("reason", reason).with("path", path.display())
            }
            Self::Foreign { path } => Explanation::failure("catalog-foreign").with("path", path.display()),
            Self::DiskFull { path } => Explanation::failure("disk-full").with("location", path.display()),
            Self::Busy { path } => Explanation::failure("catalog-busy").with("path", path.display()),
            Self::ReadOnly { path } => Explanation::failure("catalog-read-only").with("path", path.display()),
            Self::Unopenable { reason, path } => {
                Explanation::failure("catalog-unopenable").with("reason", reason).with("path", path.display())
            }
            Self::Failed { reason, path } => {
                Explanation::failure("catalog-failed").with("reason", reason).with("path", path.display())
            }
            Self::Database(error) => Explanation::failure("catalog-failed").with("reason", error).with("path", ""),
            Self::Value(reason) => Explanation::failure("catalog-value").with("reason", reason),
            Self::Cancelled => Explanation::failure("cancelled"),
            Self::DatasetUnknown(name) => Explanation::bad_input("dataset-unknown").with("name", name),
            Self::DatasetNameTaken(name) => Explanation::bad_input("dataset-name-taken").with("name", name),
            Self::LabelUnknown(name) => Explanation::bad_input("label-unknown").with("label", name),
            Self::LabelNameTaken(name) => Explanation::bad_input("label-name-taken").with("name", name),
            Self::SampleUnknown(name) => Explanation::bad_input("sample-unknown").with("sample", name),
            Self::SampleTaken(name) => Explanation::bad_input("sample-taken").with("name", name),
            Self::VersionNameTaken(name) => Explanation::bad_input("version-name-taken").with("name", name),
            Self::VersionUnknown(name) => Explanation::bad_input("version-unknown").with("name", name),
            Self::VersionNotNormal(name) => Explanation::bad_input("version-not-normal").with("name", name),
            Self::JobUnknown(name) => Explanation::bad_input("job-unknown").with("name", name),
            Self::JobNameTaken(name) => Explanation::bad_input("job-name-taken").with("name", name),
            Self::ModelUnknown(name) => Explanation::bad_input("model-unknown").with("name", name),
            Self::ModelVersionTaken(name) => Explanation::bad_input("model-version-taken").with("name", name),
            Self::ReviewUnknown(name) => Explanation::bad_input("review-unknown").with("name", name),
            Self::ServiceUnknown(name) => Explanation::bad_input("service-unknown").with("name", name),
            Self::ServiceNameTaken(name) => Explanation::bad_input("service-name-taken").with("name", name),
            Self::UndoConflict { edit, actor, at } => {
                // Files change by themselves.
                let actor = if actor.is_empty() { "-" } else { actor };
                Explanation::bad_input("undo-conflict").with("edit", edit).with("actor", actor).with("at", at)
            }
        }
    }
}
