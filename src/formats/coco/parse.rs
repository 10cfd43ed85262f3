//! A COCO file, record by record: nothing of it is in memory but what was made of the records.

use super::record::{Found, annotation};
use crate::domain::{Explanation, Warning};
use crate::formats::exchange::Warnings;
use crate::formats::objects::ImageObject;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{BufRead, BufReader, Read};

/// The identity of an image or category: a number by the specification, text with some tools.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    Number(i64),
    Text(String),
}

impl Id {
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => {
                let whole = || number.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64);
                number.as_i64().or_else(whole).map(Self::Number)
            }
            Value::String(text) => Some(text.parse().map_or_else(|_| Self::Text(text.clone()), Self::Number)),
            _ => None,
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// An image's record.
#[derive(Clone, Debug, PartialEq)]
pub struct CocoImage {
    pub id: Id,
    pub file_name: String,
    pub size_px: Option<[u32; 2]>,
    pub extra: Map<String, Value>,
}

/// What annotations say of one image.
#[derive(Debug, Default, PartialEq)]
pub struct Annotated {
    /// Objects, still without their label's name, and their category.
    pub objects: Vec<(Id, ImageObject)>,
    /// Annotations that are no objects: captions, labels of the whole image, panoptic segments.
    pub others: u64,
}

/// A file that was read.
#[derive(Debug, Default)]
pub struct CocoFile {
    /// In the file's order.
    pub images: Vec<CocoImage>,
    /// In the file's order; sparse, and 0 may be among them.
    pub categories: Vec<(Id, String)>,
    pub by_image: HashMap<Id, Annotated>,
    /// Whether the file has a list of annotations at all; files that only list images have none.
    pub has_annotations: bool,
    pub warnings: Vec<Warning>,
}

/// Reads a file; `name` stands in the warnings.
///
/// # Errors
/// If it is not JSON to its end, or no COCO file.
pub fn parse(input: impl Read, name: &str) -> Result<CocoFile, Explanation> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let broken = |cause: String| Explanation::bad_input("format-json").with("cause", cause).with("name", name);
    let head = input.fill_buf().map_err(|cause| broken(cause.to_string()))?;
    if head.starts_with(b"\xEF\xBB\xBF") {
        input.consume(3);
    }
    let mut builder = Builder { name, ..Builder::default() };
    let mut json = serde_json::Deserializer::from_reader(input);
    let outcome = json.deserialize_map(&mut builder).and_then(|()| json.end());
    outcome.map_err(|cause| broken(cause.to_string()))?;
    if !builder.is_coco {
        return Err(Explanation::bad_input("coco-not-coco").with("name", name));
    }
    let mut notes = builder.notes;
    if !builder.left_out.is_empty() {
        let fields = builder.left_out.join(", ");
        notes.add(name, "", Explanation::bad_input("coco-descriptions").with("fields", fields));
    }
    for (code, count) in builder.counts {
        notes.add(name, "", Explanation::bad_input(code).with("count", count));
    }
    let mut file = builder.file;
    file.warnings = notes.finish();
    Ok(file)
}

#[derive(Default)]
struct Builder<'a> {
    name: &'a str,
    file: CocoFile,
    notes: Warnings,
    is_coco: bool,
    /// Parts of the file beside its records that are not empty and are not kept.
    left_out: Vec<String>,
    /// Records of kinds that are no objects, by the code that says so.
    counts: BTreeMap<&'static str, u64>,
}

impl<'de> Visitor<'de> for &mut Builder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with images, categories and annotations")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "images" => {
                    self.is_coco = true;
                    map.next_value_seed(Records(&mut |record| self.image(record)))?;
                }
                "categories" => {
                    self.is_coco = true;
                    map.next_value_seed(Records(&mut |record| self.category(record)))?;
                }
                "annotations" => {
                    self.is_coco = true;
                    self.file.has_annotations = true;
                    map.next_value_seed(Records(&mut |record| self.annotation(record)))?;
                }
                // Small by their nature, and looked at only to say whether anything is lost.
                "info" | "licenses" => {
                    if says_something(&map.next_value::<Value>()?) {
                        self.left_out.push(key);
                    }
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    if !self.left_out.contains(&key) {
                        self.left_out.push(key);
                    }
                }
            }
        }
        Ok(())
    }
}

/// Whether there is any text, or any number but 0.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(fields) => fields.values().any(says_something),
    }
}

impl Builder<'_> {
    fn image(&mut self, record: Value) {
        let Value::Object(mut fields) = record else { return self.refuse("image", "?") };
        let Some(id) = fields.get("id").and_then(Id::of) else { return self.refuse("image", "?") };
        let Some(file_name) = fields.get("file_name").and_then(Value::as_str).filter(|name| !name.is_empty()) else {
            return self.refuse("image", &id.to_string());
        };
        let file_name = file_name.to_owned();
        let side = |name: &str| {
            let side = fields.get(name).and_then(super::super::exchange::number_of)?;
            (side >= 1.0 && side <= f64::from(u32::MAX)).then_some(side as u32)
        };
        let size_px = side("width").zip(side("height")).map(|(width, height)| [width, height]);
        for known in ["file_name", "width", "height"] {
            fields.shift_remove(known);
        }
        self.file.images.push(CocoImage { id, file_name, size_px, extra: fields });
    }

    fn category(&mut self, record: Value) {
        let Value::Object(fields) = record else { return self.refuse("category", "?") };
        let id = fields.get("id").and_then(Id::of);
        let name = fields.get("name").and_then(Value::as_str);
        let (Some(id), Some(name)) = (id, name) else { return self.refuse("category", "?") };
        self.file.categories.push((id, name.to_owned()));
        for known in ["supercategory", "keypoints", "skeleton"] {
            let more = fields.get(known).filter(|value| says_something(value));
            let more = more.filter(|value| !matches!(value.as_str(), Some("none")) && value.as_str() != Some(name));
            if more.is_some() && !self.left_out.iter().any(|field| field == known) {
                self.left_out.push(known.to_owned());
            }
        }
    }

    fn annotation(&mut self, record: Value) {
        let Value::Object(fields) = record else { return self.refuse("annotation", "?") };
        let place = fields.get("id").map_or_else(|| "?".to_owned(), ToString::to_string);
        let Some(image) = fields.get("image_id").and_then(Id::of) else { return self.refuse("annotation", &place) };
        let mut reasons = Vec::new();
        let found = annotation(fields, &mut reasons);
        for reason in reasons {
            self.notes.add(self.name, &format!("annotation {place}"), reason);
        }
        let annotated = self.file.by_image.entry(image).or_default();
        match found {
            Found::Objects(category, objects) => {
                if objects.iter().any(|object| object.said.extra.contains_key("keypoints")) {
                    *self.counts.entry("coco-keypoints").or_default() += 1;
                }
                annotated.objects.extend(objects.into_iter().map(|object| (category.clone(), object)));
            }
            Found::Other(code) => {
                annotated.others += 1;
                *self.counts.entry(code).or_default() += 1;
            }
            Found::Nothing => {}
        }
    }

    fn refuse(&mut self, kind: &'static str, id: &str) {
        let reason = Explanation::bad_input("coco-record").with("kind", kind);
        self.notes.add(self.name, &format!("{kind} {id}"), reason);
    }
}

/// A list of records, each handed over as soon as it was read.
struct Records<'a>(&'a mut dyn FnMut(Value));

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(record) = items.next_element::<Value>()? {
            (self.0)(record);
        }
        Ok(())
    }
}
