//! Datasets and their seven types (guide 2.1).

use super::ids::{DatasetId, VersionId};
use super::names::{DatasetName, Description};
use super::sample::SampleState;
use super::shape::ShapeKind;
use super::text::TextSplit;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What kind of thing the samples are: the guide's “labeling scene”.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scene {
    Image,
    Sound,
    Text,
}

/// The seven types of the guide, section 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetType {
    ImageClassification,
    ObjectDetection,
    SoundClassification,
    SpeechContent,
    SpeechSegmentation,
    TextClassification,
    NamedEntity,
}

impl DatasetType {
    /// All types, in the guide's order.
    pub const ALL: [Self; 7] = [
        Self::ImageClassification,
        Self::ObjectDetection,
        Self::SoundClassification,
        Self::SpeechContent,
        Self::SpeechSegmentation,
        Self::TextClassification,
        Self::NamedEntity,
    ];

    /// The stable name, as on the command line and in the catalog.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImageClassification => "image-classification",
            Self::ObjectDetection => "object-detection",
            Self::SoundClassification => "sound-classification",
            Self::SpeechContent => "speech-content",
            Self::SpeechSegmentation => "speech-segmentation",
            Self::TextClassification => "text-classification",
            Self::NamedEntity => "named-entity",
        }
    }

    /// The scene it belongs to (guide, table 2-1).
    #[must_use]
    pub fn scene(self) -> Scene {
        match self {
            Self::ImageClassification | Self::ObjectDetection => Scene::Image,
            Self::SoundClassification | Self::SpeechContent | Self::SpeechSegmentation => Scene::Sound,
            Self::TextClassification | Self::NamedEntity => Scene::Text,
        }
    }

    /// Whether labels are class names of whole samples.
    #[must_use]
    pub fn is_classification(self) -> bool {
        matches!(self, Self::ImageClassification | Self::SoundClassification | Self::TextClassification)
    }

    /// Whether it has labels at all; a transcript has none.
    #[must_use]
    pub fn has_labels(self) -> bool {
        self != Self::SpeechContent
    }

    /// Whether this release can label, publish and train it.
    #[must_use]
    pub fn is_supported(self) -> bool {
        self.scene() != Scene::Sound
    }

    /// Whether the samples are texts, which the catalog holds.
    #[must_use]
    pub fn is_text(self) -> bool {
        self.scene() == Scene::Text
    }
}

impl fmt::Display for DatasetType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DatasetType {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| Self::ALL.map(Self::as_str).join(", "))
    }
}

/// A dataset: where its samples come from, where its versions go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    pub id: DatasetId,
    pub name: DatasetName,
    pub description: Description,
    pub kind: DatasetType,
    /// URI of the folder that is read, e.g. `file:///photos/`.
    pub input: String,
    /// URI of the folder that versions are written to; not the input, nor a folder above it.
    pub output: String,
    /// `{Name}-{id}` under the output location, fixed at creation whatever is renamed later (guide 2.5).
    pub folder: String,
    pub created: Timestamp,
    pub modified: Timestamp,
    /// The version whose membership and labels the working state started from.
    pub current_version: Option<VersionId>,
    /// The one kind of shape that all images take (guide 2.4.2); `None`: any kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<ShapeKind>,
    /// What of a text file is one sample; `None` for other datasets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_split: Option<TextSplit>,
}

/// How many samples stand in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCounts {
    pub total: u64,
    pub unlabeled: u64,
    pub labeled: u64,
    pub to_confirm: u64,
}

impl SampleCounts {
    /// How many samples stand in a state.
    #[must_use]
    pub fn of(&self, state: SampleState) -> u64 {
        match state {
            SampleState::Unlabeled => self.unlabeled,
            SampleState::Labeled => self.labeled,
            SampleState::ToConfirm => self.to_confirm,
        }
    }

    /// The part that is labeled, 0 to 1; 0 for an empty dataset.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
    pub fn progress(&self) -> f64 {
        if self.total == 0 { 0.0 } else { self.labeled as f64 / self.total as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_names_round_trip() {
        for kind in DatasetType::ALL {
            assert_eq!(kind.as_str().parse::<DatasetType>(), Ok(kind));
        }
        assert!("segmentation".parse::<DatasetType>().is_err());
    }
}
