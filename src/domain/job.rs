//! Training jobs and their versions (guide 5.3–5.5).

use super::explain::Explanation;
use super::ids::{DatasetId, JobId, JobVersionId, VersionId};
use super::names::{Description, JobName, VersionName};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    Initializing,
    Deploying,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    /// Its worker vanished: killed, or the machine went down.
    Interrupted,
}

impl JobState {
    /// Whether it will not change any more by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Interrupted)
    }

    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Initializing => "initializing",
            Self::Deploying => "deploying",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A training job: a name under which versions (runs) are collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingJob {
    pub id: JobId,
    pub name: JobName,
    pub description: Description,
    pub created: Timestamp,
}

/// One run of a training job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobVersion {
    pub id: JobVersionId,
    pub job: JobId,
    /// V001, V002, …
    pub version: VersionName,
    pub state: JobState,
    pub dataset: DatasetId,
    pub dataset_version: VersionId,
    /// `Name@V001`, as it was called when the run began.
    pub dataset_label: String,
    pub algorithm: String,
    /// As typed; defaults are not repeated here.
    pub parameters: BTreeMap<String, String>,
    /// URI under which `V001/model/` is written.
    pub output: String,
    pub created: Timestamp,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// 0 to 1.
    pub progress: f64,
    pub failure: Option<Explanation>,
}
