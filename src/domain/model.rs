//! Models: what a job version leaves behind and a service runs.

use super::dataset::DatasetType;
use super::evaluation::Summary;
use super::ids::{JobVersionId, ModelId};
use super::names::{Description, ModelName};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A model version. Its folder holds weights and a `config.json` (guide 12.2) and needs nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub id: ModelId,
    pub name: ModelName,
    /// `0.0.1`, `0.0.2`, … unique beside the name.
    pub version: String,
    pub description: Description,
    /// The algorithm's purpose as `config.json` says it, e.g. `image_classification`.
    pub algorithm: String,
    /// URI of the model folder.
    pub location: String,
    pub size_bytes: u64,
    pub metrics: Option<Summary>,
    /// The job version it came from, where it came from one here.
    pub source: Option<JobVersionId>,
    pub created: Timestamp,
}

impl Model {
    /// Whether it is asked about texts; else about files.
    #[must_use]
    pub fn reads_texts(&self) -> bool {
        [DatasetType::TextClassification, DatasetType::NamedEntity]
            .iter()
            .any(|kind| self.algorithm == kind.as_str().replace('-', "_"))
    }
}
