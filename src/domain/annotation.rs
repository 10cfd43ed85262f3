//! Annotations of every kind. They need not be class names, and they belong to a set.

use super::ids::{AnnotationId, LabelId};
use super::shape::Shape;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The set an annotation belongs to. Only `primary` is published.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnnotationSet {
    #[default]
    Primary,
    /// A second person's pass.
    Review(String),
    /// What a model proposes.
    Suggestion(String),
}

impl fmt::Display for AnnotationSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primary => f.write_str("primary"),
            Self::Review(id) => write!(f, "review:{id}"),
            Self::Suggestion(id) => write!(f, "suggestion:{id}"),
        }
    }
}

impl FromStr for AnnotationSet {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "primary" => Ok(Self::Primary),
            Some(("review", id)) => Ok(Self::Review(id.to_owned())),
            Some(("suggestion", id)) => Ok(Self::Suggestion(id.to_owned())),
            _ => Err(format!("{text:?} names no annotation set")),
        }
    }
}

impl Serialize for AnnotationSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AnnotationSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Who or what made an annotation. A manifest's `annotated-by` is kept verbatim beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    #[default]
    Human,
    Model,
    Imported,
}

impl Origin {
    /// Who made what this author (as manifests write it) is named for; without one, it was imported.
    #[must_use]
    pub fn of_author(author: Option<&str>) -> Self {
        match author {
            None => Self::Imported,
            Some(author) if author == "human" || author.starts_with("human/") => Self::Human,
            Some(_) => Self::Model,
        }
    }
}

/// What an annotation says, by task. Image coordinates are pixels of the upright image, origin at its outer top-left
/// corner; text offsets are code points, end exclusive; sound is in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum AnnotationBody {
    /// A class of the whole sample: image, sound or text.
    Class,
    /// A shape in an image.
    Shape {
        shape: Shape,
        #[serde(default, skip_serializing_if = "ObjectAttributes::is_empty")]
        attributes: ObjectAttributes,
    },
    /// A stretch of text, with the covered text as a check.
    Entity { start: u32, end: u32, text: String },
    /// The words of a recording.
    Transcript { text: String },
    /// A stretch of a recording, with its speaker and words where known.
    Segment { start_us: i64, end_us: i64, speaker: Option<String>, text: Option<String> },
}

/// What a person or a detector says of an object beside its shape and label (guide, table 2-6). `None`: not said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ObjectAttributes {
    /// The view it is seen from, e.g. `Frontal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pose: Option<String>,
    /// The image's border cuts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truncated: Option<bool>,
    /// Something hides a part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occluded: Option<bool>,
    /// Hard to recognise even for a person; many measures leave it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difficult: Option<bool>,
    /// Shapes of one image with the same group are parts of one object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl ObjectAttributes {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One annotation of one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    pub id: AnnotationId,
    #[serde(default)]
    pub set: AnnotationSet,
    /// `None` for a transcript.
    pub label: Option<LabelId>,
    pub body: AnnotationBody,
    /// Who set it, as manifests write it: `human`, `human/ada`, `modelarts/active-learning`.
    pub annotated_by: String,
    #[serde(default)]
    pub origin: Origin,
    /// 0 to 1, for what a machine says.
    pub confidence: Option<f64>,
    /// Marked as a hard example. `None`: never said.
    pub hard: Option<bool>,
    /// Free properties, in order (guide, table 2-4).
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub properties: serde_json::Map<String, serde_json::Value>,
    /// When the label was set, not when a manifest was written (guide, table 2-4).
    pub created: Option<Timestamp>,
    /// Fields of a foreign format that we do not know, kept to be written back.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl AnnotationBody {
    /// A shape of which nothing else is said.
    #[must_use]
    pub fn shape(shape: Shape) -> Self {
        Self::Shape { shape, attributes: ObjectAttributes::default() }
    }
}

impl Annotation {
    /// The shape, where the annotation is one.
    #[must_use]
    pub fn as_shape(&self) -> Option<&Shape> {
        match &self.body {
            AnnotationBody::Shape { shape, .. } => Some(shape),
            _ => None,
        }
    }

    /// A class label set by a person.
    #[must_use]
    pub fn class(label: LabelId, annotated_by: String, created: Timestamp) -> Self {
        Self::human(label, AnnotationBody::Class, annotated_by, created)
    }

    /// What a person says of a sample or of a part of it.
    #[must_use]
    pub fn human(label: LabelId, body: AnnotationBody, annotated_by: String, created: Timestamp) -> Self {
        Self {
            id: AnnotationId::random(),
            set: AnnotationSet::Primary,
            label: Some(label),
            body,
            annotated_by,
            origin: Origin::Human,
            confidence: None,
            hard: None,
            properties: serde_json::Map::new(),
            created: Some(created),
            extra: serde_json::Map::new(),
        }
    }
}
