//! Import: from a folder per label, or from a manifest (guide 2.3).

use super::{Result, Task, Workbench};
use crate::domain::{DatasetId, Warning};
use serde::Serialize;

/// Where an import reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// A folder, a URI or a path as typed, with a folder per label.
    Folder(String),
    /// A manifest file, a URI or a path as typed.
    Manifest(String),
}

/// What to import and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRequest {
    pub source: ImportSource,
    /// Labels that the manifest defines come in; a folder always brings its labels.
    pub with_labels: bool,
    /// Only samples marked hard.
    pub only_hard: bool,
    /// Only samples with one of these labels; empty: all.
    pub labels: Vec<String>,
    /// Copy the files into the input location instead of referring to them where they are.
    pub copy: bool,
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportReport {
    /// Samples that came in or were updated.
    pub imported: u64,
    /// Records that were left out: filtered, broken, or known and unchanged.
    pub skipped: u64,
    pub warnings: Vec<Warning>,
}

impl Workbench {
    /// Imports. A known location updates its sample, never duplicates it; a person's label wins and the difference is
    /// listed.
    ///
    /// # Errors
    /// If the source cannot be read at all, or is of another type.
    pub fn import(&self, dataset: DatasetId, request: &ImportRequest, task: &Task) -> Result<ImportReport> {
        todo!()
    }

    /// The label names that a source would bring, to prefill “labels to import”.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub fn labels_of_source(&self, dataset: DatasetId, source: &ImportSource, task: &Task) -> Result<Vec<String>> {
        todo!()
    }
}
