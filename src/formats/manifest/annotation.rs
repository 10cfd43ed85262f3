//! One annotation of a record (guide, table 2-4).

use super::{AS_READ, COVERED, LABEL_ID, body, plain_key, type_name, type_named};
use crate::domain::{AnnotationBody, DatasetType, Explanation, LabelId, LabelName, Timestamp};
use crate::formats::shape_properties;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// An annotation whose meaning is known.
#[derive(Clone, Debug, PartialEq)]
pub struct ManifestAnnotation {
    /// What it annotates, from its `type`.
    pub kind: DatasetType,
    /// The label's name, verbatim; always there for a class.
    pub name: Option<String>,
    /// The label's identity, in versions published by Modelier.
    pub label_id: Option<LabelId>,
    pub body: AnnotationBody,
    /// Free properties, without those that say the body.
    pub properties: Map<String, Value>,
    /// `None`: not said.
    pub hard: Option<bool>,
    /// Verbatim; `None` counts as `human`.
    pub annotated_by: Option<String>,
    pub created: Option<Timestamp>,
    /// 0 to 1.
    pub confidence: Option<f64>,
    /// Unknown fields, and known ones with values that mean nothing to us, in order.
    pub extra: Map<String, Value>,
}

impl ManifestAnnotation {
    /// An annotation that says nothing but its body.
    #[must_use]
    pub fn new(kind: DatasetType, name: Option<String>, body: AnnotationBody) -> Self {
        Self {
            kind,
            name,
            label_id: None,
            body,
            properties: Map::new(),
            hard: None,
            annotated_by: None,
            created: None,
            confidence: None,
            extra: Map::new(),
        }
    }

    /// Reads an annotation. `text` is the sample's text, where it stands in the manifest.
    ///
    /// # Errors
    /// The annotation as it came, and why it means nothing to us (yet).
    #[expect(clippy::result_large_err, reason = "the refused annotation goes on; it is not copied up a stack")]
    pub(super) fn read(value: Value, text: Option<&str>) -> Result<Self, (Value, Explanation)> {
        match Self::understood(&value, text) {
            Ok(annotation) => Ok(annotation),
            Err(reason) => Err((value, reason)),
        }
    }

    fn understood(value: &Value, text: Option<&str>) -> Result<Self, Explanation> {
        let Value::Object(fields) = value else {
            return Err(Explanation::bad_input("manifest-annotation-not-object"));
        };
        let field = |key: &str| fields.iter().find(|(name, _)| plain_key(name) == key).map(|(_, value)| value);
        let type_text = field("type").and_then(Value::as_str).unwrap_or_default();
        let kind = type_named(type_text)
            .ok_or_else(|| Explanation::bad_input("manifest-annotation-type").with("type", clipped(type_text)))?;
        let mut as_read = Map::new();
        if !is_canonical_type(kind, type_text) {
            as_read.insert("type".to_owned(), type_text.into());
        }
        let (properties, property_is_text) = field("property").map_or((None, false), properties_of);
        let property_is_understood = properties.is_some();
        let mut properties = properties.unwrap_or_default();
        if kind == DatasetType::ObjectDetection
            && !properties.contains_key("@modelarts:shape")
            && let Some(place) = field("annotation-loc")
        {
            let place = place.as_str().map_or_else(|| place.to_string(), str::to_owned);
            return Err(Explanation::bad_input("manifest-detection-file").with("file", place));
        }
        let body = body::read(kind, &properties, text)?;
        let mut consumed = Map::new();
        for key in body::keys_of(kind) {
            if let Some((key, value)) = properties.shift_remove_entry(*key) {
                consumed.insert(key, value);
            }
        }
        if consumed != body::write(&body) {
            as_read.insert("body".to_owned(), Value::Object(consumed));
        }
        let mut annotation = Self { properties, ..Self::new(kind, None, body) };
        let mut seen = Vec::with_capacity(fields.len());
        for (key, value) in fields {
            let key = plain_key(key);
            // Two spellings of one field: the first counts, as for the type and the properties above.
            if seen.contains(&key) || super::record::is_private(key) {
                continue;
            }
            seen.push(key);
            match key {
                "type" => {}
                "property" if property_is_understood => {
                    if property_is_text || value.as_object().is_some_and(Map::is_empty) {
                        as_read.insert(key.to_owned(), value.clone());
                    }
                }
                key if annotation.take(key, value, &mut as_read) => {}
                key => drop(annotation.extra.insert(key.to_owned(), value.clone())),
            }
        }
        let needs_name = kind.is_classification() || kind == DatasetType::ObjectDetection;
        if needs_name && annotation.name.is_none() {
            return Err(Explanation::bad_input("manifest-annotation-name").with("type", type_name(kind)));
        }
        if let AnnotationBody::Shape { shape, attributes } = &mut annotation.body {
            *shape = shape_properties::take(shape.clone(), attributes, &mut annotation.properties);
        }
        if !as_read.is_empty() {
            annotation.extra.insert(AS_READ.to_owned(), Value::Object(as_read));
        }
        Ok(annotation)
    }

    /// Takes a field whose value is understood; says whether it did.
    fn take(&mut self, key: &str, value: &Value, as_read: &mut Map<String, Value>) -> bool {
        if let (COVERED, AnnotationBody::Entity { text, .. }, Value::String(said)) = (key, &mut self.body, value) {
            // Where the text stands in the manifest, it says itself what is covered.
            if text.is_empty() {
                text.clone_from(said);
            }
            return true;
        }
        let canonical: Option<Value> = match key {
            "name" => {
                let name = match value {
                    Value::String(name) => Some(name.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    _ => None,
                };
                self.name = name.filter(|name| LabelName::imported(name).is_ok());
                self.name.clone().map(Value::String)
            }
            "hard" => {
                self.hard = truth(value);
                self.hard.map(hard_value)
            }
            "annotated-by" => {
                self.annotated_by = value.as_str().map(str::to_owned);
                self.annotated_by.clone().map(Value::String)
            }
            "creation-time" => {
                self.created = value.as_str().and_then(Timestamp::parse);
                self.created.map(|time| time.to_manifest().into())
            }
            "confidence" => {
                let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
                self.confidence = number.filter(|number| (0.0..=1.0).contains(number));
                self.confidence.map(Value::from)
            }
            LABEL_ID => {
                self.label_id = value.as_str().and_then(|text| text.parse().ok());
                self.label_id.map(|id| id.to_string().into())
            }
            _ => None,
        };
        let Some(canonical) = canonical else { return false };
        if canonical != *value {
            as_read.insert(key.to_owned(), value.clone());
        }
        true
    }

    /// The value that came for a field, if it still means what the annotation says now.
    fn as_read(&self, key: &str) -> Option<&Value> {
        self.extra.get(AS_READ)?.as_object()?.get(key)
    }

    fn property_value(&self) -> Option<Value> {
        let body = match self.as_read("body") {
            Some(Value::Object(came))
                if body::read(self.kind, came, None).is_ok_and(|body| same(&body, &self.body)) =>
            {
                came.clone()
            }
            _ => body::write(&self.body),
        };
        let mut all = body;
        if let AnnotationBody::Shape { shape, attributes } = &self.body {
            all.extend(shape_properties::of(shape, attributes));
        }
        all.extend(self.properties.iter().map(|(key, value)| (key.clone(), value.clone())));
        if let Some(came) = self.as_read("property")
            && properties_of(came).0.as_ref() == Some(&all)
        {
            return Some(came.clone());
        }
        (!all.is_empty()).then_some(Value::Object(all))
    }
}

/// An annotation as a record writes it.
pub(super) struct Written<'a> {
    pub annotation: &'a ManifestAnnotation,
    /// Whether the text stands elsewhere: then an entity says the words that it covers.
    pub says_covered: bool,
}

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.annotation.write(self.says_covered, serializer)
    }
}

impl ManifestAnnotation {
    fn write<S: Serializer>(&self, says_covered: bool, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.as_read("type").and_then(Value::as_str).filter(|text| type_named(text) == Some(self.kind)) {
            Some(came) => map.serialize_entry("type", came)?,
            None => map.serialize_entry("type", &format_args!("modelarts/{}", type_name(self.kind)))?,
        }
        let mut written = vec!["type"];
        let mut entry = |key: &'static str, value: Option<Value>| {
            let Some(value) = value else { return Ok(()) };
            written.push(key);
            map.serialize_entry(key, &value)
        };
        let came = |key: &str| self.as_read(key).cloned();
        let name = came("name").filter(|name| self.name.as_ref().is_some_and(|now| *now == plain_text(name)));
        entry("name", name.or_else(|| self.name.clone().map(Value::String)))?;
        entry("property", self.property_value())?;
        let hard = came("hard").filter(|value| truth(value) == self.hard);
        entry("hard", self.hard.map(|now| hard.unwrap_or_else(|| hard_value(now))))?;
        entry("annotated-by", self.annotated_by.clone().map(Value::String))?;
        let time = came("creation-time").filter(|value| value.as_str().and_then(Timestamp::parse) == self.created);
        entry("creation-time", self.created.map(|now| time.unwrap_or_else(|| now.to_manifest().into())))?;
        let sure = came("confidence").filter(|value| plain_text(value).trim().parse().ok() == self.confidence);
        entry("confidence", self.confidence.map(|now| sure.unwrap_or_else(|| now.into())))?;
        entry(LABEL_ID, self.label_id.map(|id| id.to_string().into()))?;
        if let AnnotationBody::Entity { text, .. } = &self.body {
            entry(COVERED, (says_covered && !text.is_empty()).then(|| text.clone().into()))?;
        }
        for (key, value) in &self.extra {
            if !super::record::is_private(key) && !written.contains(&key.as_str()) {
                map.serialize_entry(key, value)?;
            }
        }
        map.end()
    }
}

/// Whether two bodies write alike: of an entity that is its offsets, the covered text follows from them.
fn same(a: &AnnotationBody, b: &AnnotationBody) -> bool {
    match (a, b) {
        (
            AnnotationBody::Entity { start, end, .. },
            AnnotationBody::Entity { start: other_start, end: other_end, .. },
        ) => (start, end) == (other_start, other_end),
        _ => a == b,
    }
}

fn is_canonical_type(kind: DatasetType, text: &str) -> bool {
    text.strip_prefix("modelarts/") == Some(type_name(kind))
}

/// The properties, whether they stand as an object or as JSON in a string, and whether it is a string.
fn properties_of(value: &Value) -> (Option<Map<String, Value>>, bool) {
    match value {
        Value::Object(map) => (Some(map.clone()), false),
        Value::String(text) => (serde_json::from_str(text).ok(), true),
        _ => (None, false),
    }
}

/// The guide's example and the platform's own files write it as text, in lower case.
pub(super) fn hard_value(hard: bool) -> Value {
    Value::String(if hard { "true" } else { "false" }.to_owned())
}

pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(hard) => Some(*hard),
        Value::String(text) => crate::domain::algorithm::parse_boolean(text),
        Value::Number(number) => number.as_u64().filter(|number| *number < 2).map(|number| number == 1),
        _ => None,
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}
