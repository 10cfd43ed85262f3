//! Records ↔ samples with their annotations.

use super::record::ManifestRecord;
use super::{AS_READ, FOREIGN, ManifestAnnotation};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, AnnotationSet, DatasetId, DatasetType, Explanation, LabelId, LabelName,
    Media, Origin, Sample, SampleId, SampleState, Timestamp,
};
use serde_json::{Map, Value};

/// Who set a label where a manifest does not say (guide, table 2-4).
const DEFAULT_AUTHOR: &str = "human";
/// How much of a text is its name in lists.
const NAME_CHARACTERS: usize = 80;

/// Which sample a record is here: worked out by whoever knows where things are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    pub id: SampleId,
    /// URI: what the sample keeps as its source.
    pub source: String,
    /// What lists show.
    pub name: String,
}

impl Placement {
    /// A file with this URI. `relative` is its way from the dataset's input, if it lies inside.
    #[must_use]
    pub fn file(dataset: DatasetId, uri: &str, relative: Option<&[u8]>) -> Self {
        let id = SampleId::of_file(dataset, relative.unwrap_or(uri.as_bytes()));
        let name = relative.map_or_else(|| uri.to_owned(), |relative| String::from_utf8_lossy(relative).into_owned());
        Self { id, source: uri.to_owned(), name }
    }

    /// A text that stands in the manifest itself, the `occurrence`-th of its content from 0.
    #[must_use]
    pub fn text(dataset: DatasetId, manifest: &[u8], content: &str, occurrence: u32) -> Self {
        let id = SampleId::of_text_line(dataset, manifest, content, occurrence);
        let name = content.trim().chars().take(NAME_CHARACTERS).collect();
        Self { id, source: format!("content://{content}"), name }
    }
}

/// What a record is read for.
pub struct IncomingContext<'a> {
    /// The dataset's type; annotations of other types are kept, but not shown.
    pub kind: DatasetType,
    pub now: Timestamp,
    /// The label of that name (and, in published versions, of that identity); `None` leaves its annotations out.
    pub label: &'a dyn Fn(&str, Option<LabelId>) -> Option<LabelId>,
}

/// Makes a record a sample. Adds why annotations were left out to `reasons`; those whose label is not wanted are left
/// out without a word.
pub fn to_incoming(
    record: ManifestRecord,
    placement: Placement,
    context: &IncomingContext<'_>,
    reasons: &mut Vec<Explanation>,
) -> IncomingSample {
    let sample_is_hard = record.hard() == Some(true);
    let ManifestRecord {
        source,
        text,
        origin: _,
        usage,
        id: manifest_id,
        annotations,
        detection,
        foreign,
        size_bytes,
        hash,
        size_px,
        mut extra,
    } = record;
    let is_said = annotations.is_some();
    let came = annotations.iter().flatten().count() + detection.len() + foreign.len();
    // Files that were not read are kept as they came.
    let mut kept: Vec<Value> = detection.into_iter().map(super::DetectionFile::into_value).chain(foreign).collect();
    let mut incoming = Vec::new();
    for annotation in annotations.into_iter().flatten() {
        if annotation.kind != context.kind {
            reasons.push(
                Explanation::bad_input("manifest-other-type")
                    .with("found", super::type_name(annotation.kind))
                    .with("expected", super::type_name(context.kind)),
            );
            kept.extend(
                serde_json::to_value(super::annotation::Written {
                    annotation: &annotation,
                    says_covered: super::record::says_covered(&source),
                })
                .ok(),
            );
            continue;
        }
        let label = match &annotation.name {
            None => None,
            Some(name) => match (context.label)(name, annotation.label_id) {
                None => continue,
                found => found,
            },
        };
        // A class twice is one decision.
        let is_twice = |other: &Annotation| other.body == AnnotationBody::Class && other.label == label;
        if annotation.body == AnnotationBody::Class && incoming.iter().any(is_twice) {
            continue;
        }
        incoming.push(to_annotation(annotation, label));
    }
    if sample_is_hard && incoming.iter().all(|annotation| annotation.hard.is_none()) {
        for annotation in &mut incoming {
            annotation.hard = Some(true);
        }
    }
    if !kept.is_empty() {
        extra.insert(FOREIGN.to_owned(), Value::Array(kept));
    }
    // "Labeled with nothing" is a decision, but only if nothing was there to begin with.
    let state =
        if !incoming.is_empty() || (is_said && came == 0) { SampleState::Labeled } else { SampleState::Unlabeled };
    let media = Media {
        size_bytes,
        hash,
        width_px: size_px.map(|[width, _]| width),
        height_px: size_px.map(|[_, height]| height),
        orientation: size_px.map(|_| 1),
        ..Media::default()
    };
    let Placement { id, source, name } = placement;
    let sample = Sample { id, source, name, media, manifest_id, extra, added: context.now };
    IncomingSample { sample, state, usage, annotations: incoming, text }
}

fn to_annotation(annotation: ManifestAnnotation, label: Option<LabelId>) -> Annotation {
    let ManifestAnnotation { body, properties, hard, annotated_by, created, confidence, mut extra, .. } = annotation;
    if annotated_by.is_none() {
        note(&mut extra, "annotated-by", Value::Null);
    }
    let origin = Origin::of_author(annotated_by.as_deref());
    Annotation {
        id: AnnotationId::random(),
        set: AnnotationSet::Primary,
        label,
        body,
        annotated_by: annotated_by.unwrap_or_else(|| DEFAULT_AUTHOR.to_owned()),
        origin,
        confidence,
        hard,
        properties,
        created,
        extra,
    }
}

/// Makes a sample a record, as a version publishes it: confirmed annotations of the primary set, the label's name and
/// identity, the media's size and hash. A label without a name (it was deleted meanwhile) is left out.
pub fn to_record(
    sample: &Sample,
    state: SampleState,
    usage: Option<crate::domain::Usage>,
    annotations: &[Annotation],
    kind: DatasetType,
    label_name: &dyn Fn(LabelId) -> Option<LabelName>,
) -> ManifestRecord {
    let mut extra = sample.extra.clone();
    let foreign = match extra.shift_remove(FOREIGN) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let is_decided = state == SampleState::Labeled;
    let annotations: Vec<ManifestAnnotation> = annotations
        .iter()
        .filter(|annotation| is_decided && annotation.set == AnnotationSet::Primary)
        .filter_map(|annotation| {
            let name = match annotation.label {
                Some(label) => Some(label_name(label)?.as_str().to_owned()),
                None => None,
            };
            Some(from_annotation(annotation, kind, name))
        })
        .collect();
    let mut record = ManifestRecord {
        source: sample.source.clone(),
        text: None,
        usage,
        id: sample.manifest_id.clone(),
        annotations: is_decided.then_some(annotations),
        detection: Vec::new(),
        origin: None,
        foreign,
        size_bytes: sample.media.size_bytes,
        hash: sample.media.hash.clone(),
        size_px: None,
        extra,
    };
    let is_hard = record.annotations.iter().flatten().any(|annotation| annotation.hard == Some(true));
    if is_decided {
        record.set_hard_if_said(is_hard);
    }
    record
}

fn from_annotation(annotation: &Annotation, kind: DatasetType, name: Option<String>) -> ManifestAnnotation {
    let mut extra = annotation.extra.clone();
    let said_no_author = take_note(&mut extra, "annotated-by").is_some() && annotation.annotated_by == DEFAULT_AUTHOR;
    let author = if annotation.annotated_by.is_empty() { DEFAULT_AUTHOR } else { &annotation.annotated_by };
    ManifestAnnotation {
        kind,
        name,
        label_id: annotation.label,
        body: annotation.body.clone(),
        properties: annotation.properties.clone(),
        hard: annotation.hard,
        annotated_by: (!said_no_author).then(|| author.to_owned()),
        created: annotation.created,
        confidence: annotation.confidence,
        extra,
    }
}

fn note(extra: &mut Map<String, Value>, key: &str, value: Value) {
    let notes = extra.entry(AS_READ).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(notes) = notes {
        notes.insert(key.to_owned(), value);
    }
}

fn take_note(extra: &mut Map<String, Value>, key: &str) -> Option<Value> {
    let notes = extra.get_mut(AS_READ)?.as_object_mut()?;
    let value = notes.shift_remove(key);
    if notes.is_empty() {
        extra.shift_remove(AS_READ);
    }
    value
}
