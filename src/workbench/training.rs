//! Training jobs: starting, watching, stopping, comparing (guide 5.3–5.5).

use super::{Result, Workbench};
use crate::domain::algorithm::Algorithm;
use crate::domain::evaluation::{Evaluation, Metric, Summary};
use crate::domain::job::{JobVersion, TrainingJob};
use crate::domain::{DatasetId, Warning};
use serde::Serialize;
use std::collections::BTreeMap;

/// What the form for a training job holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartTraining {
    /// A new job, or one that is there: then this is its next version.
    pub name: String,
    pub description: String,
    pub dataset: DatasetId,
    pub dataset_version: String,
    pub algorithm: String,
    /// As typed.
    pub parameters: BTreeMap<String, String>,
    /// A URI or a path as typed; never a dataset's folder.
    pub output: String,
    /// Train although media no longer match what the version recorded.
    pub allow_mismatch: bool,
}

/// A job and its versions, newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobSummary {
    pub job: TrainingJob,
    pub versions: Vec<JobVersion>,
}

/// Everything about one version of a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobDetails {
    pub job: TrainingJob,
    pub version: JobVersion,
    /// With defaults filled in.
    pub parameters: BTreeMap<String, String>,
    pub summary: Option<Summary>,
    /// URI of the model folder, once there is one.
    pub model: Option<String>,
}

impl Workbench {
    /// The algorithms this release has.
    #[must_use]
    pub fn algorithms(&self) -> Vec<&'static Algorithm> {
        todo!()
    }

    /// An output location that is free, and a job name that is free, to prefill the form.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn suggest_training(&self, dataset: DatasetId, algorithm: &str) -> Result<(String, String)> {
        todo!()
    }

    /// What the form should warn of before it starts, e.g. an output folder that holds files.
    ///
    /// # Errors
    /// What would make [`Workbench::start_training`] refuse.
    pub fn check_training(&self, request: &StartTraining) -> Result<Vec<Warning>> {
        todo!()
    }

    /// Starts a worker on the next version of the job. Returns at once.
    ///
    /// # Errors
    /// A broken name rule, an unknown algorithm or parameter, an output location that is a dataset's folder or cannot
    /// be written, a version that is not normal.
    pub fn start_training(&self, request: &StartTraining) -> Result<JobVersion> {
        todo!()
    }

    /// All jobs, the latest first. States are brought up to date from the workers' folders.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn jobs(&self) -> Result<Vec<JobSummary>> {
        todo!()
    }

    /// A version of a job, `None` for its latest.
    ///
    /// # Errors
    /// If there is none.
    pub fn job(&self, name: &str, version: Option<&str>) -> Result<JobDetails> {
        todo!()
    }

    /// Waits until the version has ended. Progress goes to `task`; its cancel only ends the waiting.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn wait_for_job(&self, name: &str, version: &str, task: &super::Task) -> Result<JobDetails> {
        todo!()
    }

    /// The log from byte `from`, and where it ends now.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn job_log(&self, name: &str, version: &str, from: u64) -> Result<(String, u64)> {
        todo!()
    }

    /// All points of all curves so far.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn job_metrics(&self, name: &str, version: &str) -> Result<Vec<Metric>> {
        todo!()
    }

    /// The evaluation, once there is one.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn job_evaluation(&self, name: &str, version: &str) -> Result<Option<Evaluation>> {
        todo!()
    }

    /// Asks a running version to stop.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn stop_job(&self, name: &str, version: &str) -> Result<()> {
        todo!()
    }

    /// Deletes a version, or the whole job; results in the output location stay.
    ///
    /// # Errors
    /// If it still runs.
    pub fn delete_job(&self, name: &str, version: Option<&str>) -> Result<()> {
        todo!()
    }
}
