//! Manifests: JSON lines, one sample a line (guide 2.3.2.2), with what the platform wrote beyond its guide.
//!
//! Whatever is read comes back when it is written: unknown fields at both levels, and the form of known ones (`hard`
//! as a truth value, `property` as JSON in a string) as long as their meaning did not change.

mod annotation;
mod body;
mod convert;
mod detection;
mod labels;
mod reader;
mod record;
mod writer;

pub use annotation::ManifestAnnotation;
pub use convert::{IncomingContext, Placement, to_incoming, to_record};
pub use detection::DetectionFile;
pub use labels::{PublishedLabel, PublishedLabels};
pub use reader::{MAX_LINE_BYTES, ManifestLine, ManifestReader};
pub use record::ManifestRecord;
pub use writer::ManifestWriter;

use super::Format;
use crate::domain::DatasetType;
use serde_json::{Map, Value};

/// This format's line in the table.
pub const FORMAT: Format =
    Format { name: "manifest", reads: true, writes: true, dataset_types: &DatasetType::ALL, loses: &[] };

/// Where a record keeps the form of fields whose meaning is known but was written unusually. Never in a file.
const AS_READ: &str = "modelier:as-read";
/// Where a sample keeps annotations that are not understood, to be written back. Never in a file.
const FOREIGN: &str = "modelier:foreign";

/// What is kept of a sample or annotation beside what we model, without the notes that serve to write a manifest as it
/// was read: they are for no other file.
#[must_use]
pub fn without_notes(mut extra: Map<String, Value>) -> Map<String, Value> {
    extra.retain(|key, _| key != AS_READ && key != FOREIGN);
    extra
}
/// Our own fields: the media's size in bytes and BLAKE3, by which training notices changed files.
const SIZE: &str = "modelier:size";
const BLAKE3: &str = "modelier:blake3";
/// Our own field: where the media was taken from, of a version that holds a copy of it.
const ORIGIN: &str = "modelier:source";
/// Our own field of an annotation: the label's identity, which survives renaming.
const LABEL_ID: &str = "modelier:label-id";
/// Our own field of an entity whose text stands elsewhere: the words it covers, by which it is noticed that they changed.
const COVERED: &str = "modelier:text";

/// Whether a field of an `extra` is a note on a manifest that was read. Never in a file.
pub(in crate::formats) fn is_note(key: &str) -> bool {
    matches!(key, AS_READ | FOREIGN)
}

/// How the guide names the annotations of a type (table 2-4), without `modelarts/`.
fn type_name(kind: DatasetType) -> &'static str {
    match kind {
        DatasetType::ImageClassification => "image_classification",
        DatasetType::ObjectDetection => "object_detection",
        DatasetType::SoundClassification => "audio_classification",
        DatasetType::SpeechContent => "audio_content",
        DatasetType::SpeechSegmentation => "audio_segmentation",
        DatasetType::TextClassification => "text_classification",
        DatasetType::NamedEntity => "text_entity",
    }
}

/// Recognises a type by its last part, without regard to case and stray spaces.
fn type_named(text: &str) -> Option<DatasetType> {
    let name = text.rsplit('/').next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    if name == "sound_classification" {
        return Some(DatasetType::SoundClassification);
    }
    DatasetType::ALL.into_iter().find(|&kind| type_name(kind) == name)
}

/// A key without stray spaces, and with `-` where an alias has `_`.
fn plain_key(key: &str) -> &str {
    match key.trim() {
        "inference_loc" => "inference-loc",
        "sample_type" => "sample-type",
        "source_type" => "source-type",
        "hard_coefficient" => "hard-coefficient",
        "annotated_by" => "annotated-by",
        "creation_time" => "creation-time",
        "annotation_loc" => "annotation-loc",
        "annotation_format" => "annotation-format",
        other => other,
    }
}

#[cfg(test)]
mod tests;
