//! Creating, listing, modifying and deleting datasets (guide 2.2, 2.7, 2.8).

use super::{Result, Workbench};
use crate::domain::label::Color;
use crate::domain::query::{DatasetSummary, LabelCount};
use crate::domain::{Dataset, DatasetId, DatasetType};

/// A label of a new dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewLabel {
    pub name: String,
    /// `None`: the next colour of the palette.
    pub color: Option<Color>,
}

/// What the form for a new dataset holds.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDataset {
    pub name: String,
    pub description: String,
    pub kind: DatasetType,
    /// A URI or a path as typed.
    pub input: String,
    /// A URI or a path as typed.
    pub output: String,
    pub labels: Vec<NewLabel>,
}

/// What is changed; `None` stays as it is. Labels change by edits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetChanges {
    pub name: Option<String>,
    pub description: Option<String>,
}

/// What deleting a dataset takes away, to be shown before.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct DeletionPreview {
    pub samples: u64,
    pub labeled: u64,
    pub versions: Vec<String>,
    /// Training jobs that used it; they keep their results.
    pub jobs: Vec<String>,
    /// Folders that move to the trash with “also its files”: the input's samples and the output's folder.
    pub folders: Vec<String>,
    pub files: u64,
    pub size_bytes: u64,
}

impl Workbench {
    /// Makes a dataset: checks names and locations, makes the output folder and its marker file.
    ///
    /// # Errors
    /// A broken name rule, a name that is taken, an input that is not there, an output equal to or above the input, or
    /// one that cannot be written.
    pub fn create_dataset(&self, new: NewDataset) -> Result<Dataset> {
        todo!()
    }

    /// All datasets, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn datasets(&self) -> Result<Vec<DatasetSummary>> {
        todo!()
    }

    /// The dataset of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn dataset(&self, name: &str) -> Result<DatasetSummary> {
        todo!()
    }

    /// The dataset of this id.
    ///
    /// # Errors
    /// If there is none.
    pub fn dataset_by_id(&self, id: DatasetId) -> Result<DatasetSummary> {
        todo!()
    }

    /// Its labels with their keys, colours and counts, in order.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn labels(&self, dataset: DatasetId) -> Result<Vec<LabelCount>> {
        todo!()
    }

    /// Changes name or description.
    ///
    /// # Errors
    /// A broken name rule, or a name that is taken.
    pub fn modify_dataset(&self, dataset: DatasetId, changes: DatasetChanges) -> Result<Dataset> {
        todo!()
    }

    /// What deleting would take away.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn deletion_preview(&self, dataset: DatasetId) -> Result<DeletionPreview> {
        todo!()
    }

    /// Deletes a dataset from the workspace; with `also_files`, what [`Workbench::deletion_preview`] lists moves to
    /// the workspace's trash.
    ///
    /// # Errors
    /// If files cannot be moved; the dataset stays then.
    pub fn delete_dataset(&self, dataset: DatasetId, also_files: bool) -> Result<()> {
        todo!()
    }
}
