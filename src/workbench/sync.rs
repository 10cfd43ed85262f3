//! Sync: what the input location holds becomes the dataset's samples (guide 2.4.1).

use super::{Result, Task, Workbench};
use crate::domain::{DatasetId, Warning};
use serde::Serialize;

/// What a sync found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SyncReport {
    pub added: u64,
    pub changed: u64,
    pub renamed: u64,
    pub vanished: u64,
    pub reappeared: u64,
    pub unchanged: u64,
    /// Files that a person deleted from the dataset and that stay out.
    pub deleted: u64,
    pub warnings: Vec<Warning>,
}

impl Workbench {
    /// Reads the input location: new files become samples, vanished ones are marked missing, renamed ones keep their
    /// labels. Files that did not change in size and time are not read.
    ///
    /// # Errors
    /// If the input location is not there, or on cancel.
    pub fn sync(&self, dataset: DatasetId, task: &Task) -> Result<SyncReport> {
        todo!()
    }
}
