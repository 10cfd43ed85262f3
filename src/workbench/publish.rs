//! Publishing a version (guide 2.5).

use super::{Result, Task, Workbench};
use crate::domain::{DatasetId, DatasetVersion};

/// What to publish as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishRequest {
    /// `None`: the next of V001, V002, ….
    pub version: Option<String>,
    pub description: String,
}

impl Workbench {
    /// Publishes the working state as a new version, which becomes the current one. Written beside and put in place
    /// at the end; a failure leaves a *failed* version and no file.
    ///
    /// # Errors
    /// If the name is taken or breaks a rule, if nothing is there to publish, if the output cannot be written, or on
    /// cancel.
    pub fn publish(&self, dataset: DatasetId, request: &PublishRequest, task: &Task) -> Result<DatasetVersion> {
        todo!()
    }

    /// The name the next version gets by default.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn next_version_name(&self, dataset: DatasetId) -> Result<String> {
        todo!()
    }
}
