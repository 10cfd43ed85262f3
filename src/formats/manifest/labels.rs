//! The labels of a published version, beside its manifest (`V001.labels.json`): what the label ids in its lines were
//! called then.

use crate::domain::{Color, DatasetId, Label, LabelId, LabelName, VersionName};
use crate::formats::FormatError;
use serde::{Deserialize, Serialize};

const SCHEMA_VERSION: u32 = 1;

/// A label as it was when the version was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedLabel {
    pub id: LabelId,
    pub name: LabelName,
    pub color: Color,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<char>,
}

/// All labels of a published version, in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedLabels {
    /// Of the form, for later releases.
    pub schema_version: u32,
    pub dataset: DatasetId,
    pub version: VersionName,
    pub labels: Vec<PublishedLabel>,
}

#[derive(Deserialize)]
struct Versioned {
    schema_version: u32,
}

impl PublishedLabels {
    /// The list in this release's form.
    #[must_use]
    pub fn new(dataset: DatasetId, version: VersionName, labels: &[Label]) -> Self {
        let labels = labels
            .iter()
            .map(|label| PublishedLabel { id: label.id, name: label.name.clone(), color: label.color, key: label.key })
            .collect();
        Self { schema_version: SCHEMA_VERSION, dataset, version, labels }
    }

    /// The name of the file beside a version's manifest.
    #[must_use]
    pub fn file_name(version: &VersionName) -> String {
        format!("{version}.labels.json")
    }

    /// The file's content.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Text and numbers only: it cannot fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a file's content; `name` stands in errors.
    ///
    /// # Errors
    /// If it is damaged or of a newer release.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self, FormatError> {
        let damaged =
            |cause: serde_json::Error| FormatError::Labels { reason: cause.to_string(), name: name.to_owned() };
        let Versioned { schema_version: found } = serde_json::from_slice(bytes).map_err(damaged)?;
        if found > SCHEMA_VERSION {
            return Err(FormatError::NewerLabels { found, known: SCHEMA_VERSION, name: name.to_owned() });
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }
}
