//! One line of a manifest (guide, table 2-2).

use super::annotation::{ManifestAnnotation, Written, hard_value, truth};
use super::{AS_READ, BLAKE3, DetectionFile, ORIGIN, SIZE, plain_key};
use crate::domain::{DatasetType, Explanation, Usage};
use crate::formats::voc;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value};

/// One sample as a manifest tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ManifestRecord {
    /// A URI or path, or `content://` and the text itself; verbatim.
    pub source: String,
    /// The text that stood in the manifest, once `source` says which text it is instead; not written.
    pub text: Option<String>,
    pub usage: Option<Usage>,
    pub id: Option<String>,
    /// `None` for an unlabeled sample; an empty list is a sample labeled with nothing.
    pub annotations: Option<Vec<ManifestAnnotation>>,
    /// Annotations that stand in a file of their own and are not read yet; they count as of type object detection.
    pub(super) detection: Vec<DetectionFile>,
    /// Where the media was taken from, if `source` is the copy of it that a version holds.
    pub origin: Option<String>,
    /// Annotations that are not understood, as they came. They are written after the others.
    pub foreign: Vec<Value>,
    /// The media's size when the version was published, in bytes.
    pub size_bytes: Option<u64>,
    /// The media's BLAKE3 (or etag) when the version was published.
    pub hash: Option<String>,
    /// Width and height of the upright image, where a file that says its objects says them; not written.
    pub size_px: Option<[u32; 2]>,
    /// All other fields in order: those of the platform that we only keep (`sample-type`, `hard`, `property`,
    /// `inference-loc`), and unknown ones.
    pub extra: Map<String, Value>,
}

/// Whether a field of `extra` is a note of ours that never stands in a file.
pub(super) fn is_private(key: &str) -> bool {
    super::is_note(key) || key == voc::KEPT
}

impl ManifestRecord {
    /// An unlabeled sample.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: source.into(), ..Self::default() }
    }

    /// The text of a sample that stands in the manifest itself.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        self.text.as_deref().or_else(|| self.source.trim_start().strip_prefix("content://"))
    }

    /// The platform's kind of sample, e.g. `image`, if it says so.
    #[must_use]
    pub fn sample_type(&self) -> Option<&str> {
        self.extra.get("sample-type")?.as_str()
    }

    /// The mark of the whole sample as hard, if there is one; see also [`Self::is_hard`].
    #[must_use]
    pub fn hard(&self) -> Option<bool> {
        truth(self.extra.get("hard")?)
    }

    /// The properties of the whole sample, in whatever form they came.
    #[must_use]
    pub fn property(&self) -> Option<&Value> {
        self.extra.get("property")
    }

    /// Where an inference wrote its result.
    #[must_use]
    pub fn inference_loc(&self) -> Option<&str> {
        self.extra.get("inference-loc")?.as_str()
    }

    /// Whether the sample or one of its annotations is marked as hard.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        self.hard() == Some(true) || self.annotations.iter().flatten().any(|annotation| annotation.hard == Some(true))
    }

    /// The names of its labels, as often as they occur.
    pub fn label_names(&self) -> impl Iterator<Item = &str> {
        self.annotations.iter().flatten().filter_map(|annotation| annotation.name.as_deref())
    }

    /// Whether its annotations are of this type; an unlabeled sample fits every type.
    #[must_use]
    pub fn fits(&self, kind: DatasetType) -> bool {
        (self.detection.is_empty() || kind == DatasetType::ObjectDetection)
            && self.annotations.iter().flatten().all(|annotation| annotation.kind == kind)
    }

    fn says_annotations(&self) -> bool {
        self.annotations.is_some() || !self.detection.is_empty() || !self.foreign.is_empty()
    }

    /// Marks or unmarks the whole sample, in the form it came in. Only where it said something before.
    pub(super) fn set_hard_if_said(&mut self, hard: bool) {
        if let Some(came) = self.extra.get_mut("hard")
            && truth(came).is_some_and(|before| before != hard)
        {
            *came = if came.is_boolean() { Value::Bool(hard) } else { hard_value(hard) };
        }
    }

    /// Reads the object of one line; adds what was not understood to `warnings`.
    pub(super) fn read(fields: Map<String, Value>, warnings: &mut Vec<Explanation>) -> Result<Self, Refused> {
        let mut record = Self::default();
        let mut as_read = Map::new();
        let mut annotation = None;
        let mut has_source = false;
        // Only with stray spaces or aliases can a field be there twice.
        let has_alias = fields.keys().any(|key| plain_key(key) != key);
        let mut seen: Vec<String> = Vec::new();
        for (key, value) in fields {
            let key = plain_key(&key);
            // Two spellings of one field: the first counts.
            if is_private(key) || seen.iter().any(|before| before == key) {
                continue;
            }
            if has_alias {
                seen.push(key.to_owned());
            }
            match (key, value) {
                ("source", Value::String(source)) if !source.trim().is_empty() => {
                    record.source = source;
                    has_source = true;
                }
                ("source-type", Value::String(kind)) if kind.trim().eq_ignore_ascii_case("carbondata") => {
                    return Err(Refused::CarbonData);
                }
                ("usage", value) => match usage(&value) {
                    Some(usage) => {
                        record.usage = Some(usage);
                        if value != usage.as_str() {
                            as_read.insert(key.to_owned(), value);
                        }
                    }
                    None => {
                        if !is_nothing(&value) {
                            let value: String = value.to_string().chars().take(80).collect();
                            warnings.push(Explanation::bad_input("manifest-usage").with("value", value));
                        }
                        record.extra.insert(key.to_owned(), value);
                    }
                },
                ("id", Value::String(id)) => record.id = Some(id),
                ("annotation", Value::Array(list)) => annotation = Some(list),
                ("annotation", Value::Object(only)) => annotation = Some(vec![Value::Object(only)]),
                (SIZE, value) if value.is_u64() => record.size_bytes = value.as_u64(),
                (BLAKE3, Value::String(hash)) => record.hash = Some(hash),
                (ORIGIN, Value::String(origin)) => record.origin = Some(origin),
                (key, value) => {
                    if key == "annotation" && !is_nothing(&value) {
                        warnings.push(Explanation::bad_input("manifest-annotation-not-object"));
                    }
                    record.extra.insert(key.to_owned(), value);
                }
            }
        }
        if !has_source {
            return Err(Refused::Line(Explanation::bad_input("manifest-no-source")));
        }
        if let Some(list) = annotation {
            let mut understood = Vec::with_capacity(list.len());
            for value in list {
                match ManifestAnnotation::read(value, record.content()) {
                    Ok(annotation) => understood.push(annotation),
                    Err((value, reason)) => {
                        if let Some(file) = DetectionFile::new(&value) {
                            record.detection.push(file);
                            continue;
                        }
                        record.foreign.push(value);
                        warnings.push(reason);
                    }
                }
            }
            record.annotations = Some(understood);
        }
        if !as_read.is_empty() {
            record.extra.insert(AS_READ.to_owned(), Value::Object(as_read));
        }
        Ok(record)
    }
}

/// Why a line is no record.
pub(super) enum Refused {
    /// Only this line.
    Line(Explanation),
    /// The whole file is something else.
    CarbonData,
}

fn usage(value: &Value) -> Option<Usage> {
    value.as_str()?.parse().ok()
}

/// What says as much as leaving the field out.
fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// Whether entities of this source say the words that they cover: where the text stands in the manifest, it does.
pub(super) fn says_covered(source: &str) -> bool {
    !source.trim_start().starts_with("content://")
}

impl Serialize for ManifestRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("source", &self.source)?;
        if let Some(usage) = self.usage {
            let came = self.extra.get(AS_READ).and_then(|form| form.get("usage")?.as_str());
            map.serialize_entry("usage", came.filter(|text| text.parse() == Ok(usage)).unwrap_or(usage.as_str()))?;
        }
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        if self.says_annotations() {
            map.serialize_entry("annotation", &Annotations(self))?;
        }
        for (key, value) in &self.extra {
            let is_said = match key.as_str() {
                "source" => true,
                "usage" => self.usage.is_some(),
                "id" => self.id.is_some(),
                "annotation" => self.says_annotations(),
                ORIGIN => self.origin.is_some(),
                SIZE => self.size_bytes.is_some(),
                BLAKE3 => self.hash.is_some(),
                key => is_private(key),
            };
            if !is_said {
                map.serialize_entry(key, value)?;
            }
        }
        if let Some(size) = self.size_bytes {
            map.serialize_entry(SIZE, &size)?;
        }
        if let Some(hash) = &self.hash {
            map.serialize_entry(BLAKE3, hash)?;
        }
        if let Some(origin) = &self.origin {
            map.serialize_entry(ORIGIN, origin)?;
        }
        map.end()
    }
}

struct Annotations<'a>(&'a ManifestRecord);

impl Serialize for Annotations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = self.0.annotations.as_deref().unwrap_or_default();
        let length = known.len() + self.0.detection.len() + self.0.foreign.len();
        let mut list = serializer.serialize_seq(Some(length))?;
        let says_covered = says_covered(&self.0.source);
        for annotation in known {
            list.serialize_element(&Written { annotation, says_covered })?;
        }
        for file in &self.0.detection {
            list.serialize_element(file.fields())?;
        }
        for value in &self.0.foreign {
            list.serialize_element(value)?;
        }
        list.end()
    }
}
