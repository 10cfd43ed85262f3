//! Samples: a file or a line of text, its state and its use.

use super::ids::SampleId;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where a sample stands. Stored, not derived: *labeled with nothing* is a decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleState {
    #[default]
    Unlabeled,
    Labeled,
    /// A suggestion waits for a person.
    ToConfirm,
}

impl SampleState {
    /// All states, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Unlabeled, Self::Labeled, Self::ToConfirm];

    /// The stable name, as on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unlabeled => "unlabeled",
            Self::Labeled => "labeled",
            Self::ToConfirm => "to-confirm",
        }
    }
}

impl fmt::Display for SampleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SampleState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| Self::ALL.map(Self::as_str).join(", "))
    }
}

/// What a sample is meant for (guide, table 2-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Usage {
    Train,
    Eval,
    Test,
    Inference,
}

impl Usage {
    /// All usages, in the guide's order.
    pub const ALL: [Self; 4] = [Self::Train, Self::Eval, Self::Test, Self::Inference];

    /// As manifests write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Train => "TRAIN",
            Self::Eval => "EVAL",
            Self::Test => "TEST",
            Self::Inference => "INFERENCE",
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Usage {
    type Err = String;

    /// Reads either case; manifests in the wild write both.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|usage| usage.as_str().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| Self::ALL.map(Self::as_str).join(", "))
    }
}

/// What is known of a sample's bytes; all of it may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Size in bytes.
    pub size_bytes: Option<u64>,
    /// When the file changed last, as its storage says.
    pub modified: Option<Timestamp>,
    /// BLAKE3 of the content, hex, or a bucket's etag as `etag:…`.
    pub hash: Option<String>,
    /// Stored width in pixels, before the EXIF orientation is applied.
    pub width_px: Option<u32>,
    /// Stored height in pixels, before the EXIF orientation is applied.
    pub height_px: Option<u32>,
    /// EXIF orientation, 1 to 8.
    pub orientation: Option<u8>,
    /// True once the bytes could not be found where the source says.
    pub missing: bool,
}

/// A sample of a dataset, without its annotations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub id: SampleId,
    /// URI: `file://…` with raw bytes percent-encoded, a foreign `s3://…` verbatim; of a text that is a part of a file
    /// `file://…#HASH-N`, and of one that stands in no file `content:HASH-N`, see [`super::text_source`].
    pub source: String,
    /// What lists show and sort by: the location relative to the input, or the text's beginning.
    pub name: String,
    pub media: Media,
    /// The `id` field of the manifest it came from; not our identity.
    pub manifest_id: Option<String>,
    /// Fields of a foreign format that we do not know, kept to be written back.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
    pub added: Timestamp,
}
