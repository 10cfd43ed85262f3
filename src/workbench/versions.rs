//! Managing versions (guide 2.6).

use super::{Result, Task, Workbench};
use crate::domain::version::VersionDiff;
use crate::domain::{DatasetId, DatasetVersion};

impl Workbench {
    /// All versions, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn versions(&self, dataset: DatasetId) -> Result<Vec<DatasetVersion>> {
        todo!()
    }

    /// The version of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn version(&self, dataset: DatasetId, name: &str) -> Result<DatasetVersion> {
        todo!()
    }

    /// Replaces the working membership and labels by those of a version, as one step that can be undone.
    ///
    /// # Errors
    /// If the version is not normal or its manifest cannot be read.
    pub fn set_current_version(&self, dataset: DatasetId, name: &str, task: &Task) -> Result<()> {
        todo!()
    }

    /// Removes the entry; its files stay, and its name is never used again.
    ///
    /// # Errors
    /// If it is the current version, or there is none of the name.
    pub fn delete_version(&self, dataset: DatasetId, name: &str) -> Result<()> {
        todo!()
    }

    /// What changed from one version to another.
    ///
    /// # Errors
    /// If a manifest cannot be read.
    pub fn diff_versions(&self, dataset: DatasetId, before: &str, after: &str) -> Result<VersionDiff> {
        todo!()
    }
}
