//! The whole loop on the sample dataset: `modelier demo`, and the first-run page's sample.

use super::{Result, Task, Workbench};
use crate::domain::Dataset;
use serde::Serialize;
use std::path::Path;

/// What the demo did.
#[derive(Clone, Debug, Serialize)]
pub struct DemoReport {
    pub dataset: String,
    pub version: String,
    pub job: String,
    pub accuracy: f64,
    pub service: String,
    pub address: String,
    /// What the service said of a picture, and what it was.
    pub predicted_label: String,
    pub true_label: String,
}

impl Workbench {
    /// Writes the sample dataset under `folder` and makes a dataset of it, part of it labeled.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn create_sample_dataset(&self, folder: &Path, task: &Task) -> Result<Dataset> {
        todo!()
    }

    /// Labels, publishes, trains, deploys and calls, on the sample dataset.
    ///
    /// # Errors
    /// Whatever a step reports.
    pub fn demo(&self, folder: &Path, task: &Task) -> Result<DemoReport> {
        todo!()
    }
}
