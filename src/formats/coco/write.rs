//! Writing `annotations/instances_{train,val,test,…}.json`, record by record.

use super::{CARRIES, CROWD, RINGS};
use crate::domain::shape::{Bounds, Point};
use crate::domain::{Shape, Usage};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, ObjectSource};
use crate::formats::exchange::{carried, fields_of, text_of, usage_name};
use crate::formats::manifest::is_note;
use crate::formats::mask::Mask;
use crate::formats::objects::{ImageObject, ImageObjects};
use crate::formats::shape_properties::HOLES;
use rayon::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Write;

/// So many images are looked through together.
const IMAGES_AT_ONCE: usize = 64;
/// So many records become text together.
const RECORDS_AT_ONCE: usize = 256;

/// Gives numbers that nobody else has; one that an image or object had before stays its own.
#[derive(Clone, Default)]
struct Ids {
    wanted: HashSet<u64>,
    taken: HashSet<u64>,
    next: u64,
}

impl Ids {
    fn give(&mut self, wanted: Option<u64>) -> u64 {
        if let Some(id) = wanted
            && self.taken.insert(id)
        {
            return id;
        }
        loop {
            self.next += 1;
            if !self.wanted.contains(&self.next) {
                return self.next;
            }
        }
    }
}

fn own_id(extra: &Map<String, Value>) -> Option<u64> {
    // Other tools hold ids in 64 signed bits.
    extra.get("id").and_then(Value::as_u64).filter(|id| i64::try_from(*id).is_ok())
}

pub(super) fn write(source: &dyn ObjectSource, sink: &dyn FileSink) -> Result<(), FormatError> {
    let mut splits: BTreeSet<Option<Usage>> = BTreeSet::new();
    let (mut image_ids, mut object_ids) = (Ids::default(), Ids::default());
    let mut labels: Vec<String> = source.labels().to_vec();
    let mut known: HashSet<String> = labels.iter().cloned().collect();
    let mut unlabeled: BTreeSet<Usage> = BTreeSet::new();
    source.each_some(&mut |images| {
        let found = images.par_chunks(IMAGES_AT_ONCE).map(|some| Survey::of(some, &known));
        for survey in found.collect::<Vec<_>>() {
            splits.extend(survey.splits);
            unlabeled.extend(survey.unlabeled);
            image_ids.wanted.extend(survey.image_ids);
            object_ids.wanted.extend(survey.object_ids);
            for label in survey.new_labels {
                if known.insert(label.to_owned()) {
                    labels.push(label.to_owned());
                }
            }
        }
        Ok(())
    })?;
    if splits.is_empty() {
        splits.insert(None);
    }
    let categories: Vec<Value> =
        labels.iter().enumerate().map(|(at, name)| json!({"id": at + 1, "name": name, "supercategory": ""})).collect();
    let numbers: HashMap<&str, usize> = labels.iter().enumerate().map(|(at, name)| (name.as_str(), at + 1)).collect();
    for split in splits {
        let name = format!("annotations/instances_{}.json", split.map_or("default", usage_name));
        sink.write(&name, &mut |out| {
            let mut out = Json { out, name: &name, any: false, waiting: Texts::new() };
            out.text("{\"info\":{\"description\":\"\"},\"licenses\":[],\"categories\":")?;
            out.value(&categories)?;
            out.text(",\n\"images\":[")?;
            let mut ids = image_ids.clone();
            source.each_some(&mut |images| {
                let labeled = images.iter().filter(|image| image.objects.is_some());
                let numbered = labeled.map(|&image| ImageRecord { id: ids.give(own_id(&image.extra)), image });
                let records: Vec<_> = numbered.filter(|record| record.image.usage == split).collect();
                out.records(&records, Some)
            })?;
            out.text("],\n\"annotations\":[")?;
            out.any = false;
            let mut ids = image_ids.clone();
            source.each_some(&mut |images| {
                let parts = images.par_iter().with_min_len(IMAGES_AT_ONCE).copied().map(|image| {
                    let objects = if image.usage == split { image.objects.as_deref() } else { None };
                    joined(objects.unwrap_or_default()).into_iter().filter(Parts::are_carried).collect()
                });
                let all_parts: Vec<Vec<Parts<'_>>> = parts.collect();
                let mut written = Vec::new();
                for (&image, parts) in images.iter().zip(all_parts) {
                    if image.objects.is_some() {
                        let image_id = ids.give(own_id(&image.extra));
                        written.extend(parts.into_iter().map(|parts| {
                            let id = object_ids.give(own_id(&parts.first.said.extra));
                            Written { image, image_id, id, parts }
                        }));
                    }
                }
                out.records(&written, |written| written.record(&numbers))
            })?;
            out.text("]}\n")
        })?;
    }
    // What unlabeled images are for: a list of images, as COCO's own test sets are.
    for usage in unlabeled {
        let name = format!("annotations/image_info_{}.json", usage_name(usage));
        sink.write(&name, &mut |out| {
            let mut out = Json { out, name: &name, any: false, waiting: Texts::new() };
            out.text("{\"info\":{\"description\":\"\"},\"licenses\":[],\"categories\":")?;
            out.value(&categories)?;
            out.text(",\n\"images\":[")?;
            source.each_some(&mut |images| {
                let meant = images.iter().filter(|image| image.objects.is_none() && image.usage == Some(usage));
                let records: Vec<_> =
                    meant.map(|&image| ImageRecord { id: image_ids.give(own_id(&image.extra)), image }).collect();
                out.records(&records, Some)
            })?;
            out.text("]}\n")
        })?;
    }
    Ok(())
}

struct Json<'a> {
    out: &'a mut dyn Write,
    name: &'a str,
    any: bool,
    /// Records that are text, but not yet written.
    waiting: Texts,
}

type Texts = Vec<serde_json::Result<Vec<u8>>>;

impl Json<'_> {
    fn failed(&self, cause: std::io::Error) -> FormatError {
        FormatError::Write { cause, name: self.name.to_owned() }
    }

    fn text(&mut self, text: &str) -> Result<(), FormatError> {
        self.write_waiting()?;
        self.out.write_all(text.as_bytes()).map_err(|cause| self.failed(cause))
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), FormatError> {
        serde_json::to_writer(&mut *self.out, value).map_err(|cause| self.failed(cause.into()))
    }

    /// A line for each record, with commas between. They become text side by side, while those before are written.
    fn records<'i, T: Sync, R: Serialize>(
        &mut self,
        items: &'i [T],
        record: impl Fn(&'i T) -> Option<R> + Sync,
    ) -> Result<(), FormatError> {
        let text_of = |some: &'i [T]| {
            let mut text = Vec::new();
            for record in some.iter().filter_map(&record) {
                text.extend_from_slice(if text.is_empty() { b"\n" } else { b",\n" });
                serde_json::to_writer(&mut text, &record)?;
            }
            Ok(text)
        };
        let mut texts = Texts::new();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| texts = items.par_chunks(RECORDS_AT_ONCE).map(text_of).collect());
            self.write_waiting()
        })?;
        self.waiting = texts;
        Ok(())
    }

    fn write_waiting(&mut self) -> Result<(), FormatError> {
        for text in std::mem::take(&mut self.waiting) {
            let text = text.map_err(|cause| self.failed(cause.into()))?;
            if !text.is_empty() {
                let comma: &[u8] = if std::mem::replace(&mut self.any, true) { b"," } else { b"" };
                self.out
                    .write_all(comma)
                    .and_then(|()| self.out.write_all(&text))
                    .map_err(|cause| self.failed(cause))?;
            }
        }
        Ok(())
    }
}

/// What must be known of images before the first is written.
#[derive(Default)]
struct Survey<'a> {
    splits: BTreeSet<Option<Usage>>,
    /// What unlabeled images are for.
    unlabeled: BTreeSet<Usage>,
    image_ids: Vec<u64>,
    object_ids: Vec<u64>,
    /// Labels that are not among the known ones, as often as they come.
    new_labels: Vec<&'a str>,
}

impl<'a> Survey<'a> {
    fn of(images: &[&'a ImageObjects], known: &HashSet<String>) -> Self {
        let mut survey = Self::default();
        for image in images {
            let Some(objects) = &image.objects else {
                survey.unlabeled.extend(image.usage);
                continue;
            };
            survey.splits.insert(image.usage);
            survey.image_ids.extend(own_id(&image.extra));
            survey.object_ids.extend(objects.iter().filter_map(|object| own_id(&object.said.extra)));
            let labels = objects.iter().map(|object| object.label.as_str());
            survey.new_labels.extend(labels.filter(|label| !known.contains(*label)));
        }
        survey
    }
}

/// An image that has its number.
struct ImageRecord<'a> {
    id: u64,
    image: &'a ImageObjects,
}

impl Serialize for ImageRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [width, height] = self.image.size_px.unwrap_or([0, 0]);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("file_name", &self.image.file_name)?;
        map.serialize_entry("width", &width)?;
        map.serialize_entry("height", &height)?;
        for (name, value) in &self.image.extra {
            if !["id", "file_name", "width", "height"].contains(&name.as_str()) && !is_note(name) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// What becomes one annotation: an object, or polygons of one group and label of which the same is said.
struct Parts<'a> {
    first: &'a ImageObject,
    others: Vec<&'a ImageObject>,
}

impl<'a> Parts<'a> {
    fn shapes(&self) -> impl Iterator<Item = Cow<'a, Shape>> + '_ {
        let parts = std::iter::once(self.first).chain(self.others.iter().copied());
        parts.filter_map(|part| carried(&CARRIES, &part.shape))
    }

    fn are_carried(&self) -> bool {
        self.shapes().next().is_some()
    }
}

fn joined(objects: &[ImageObject]) -> Vec<Parts<'_>> {
    let mut joined: Vec<Parts<'_>> = Vec::with_capacity(objects.len());
    let mut groups: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for object in objects {
        let alone = Parts { first: object, others: Vec::new() };
        let polygon = matches!(object.shape, Shape::Polygon { .. });
        let Some(group) = object.attributes.group.as_deref().filter(|_| polygon) else {
            joined.push(alone);
            continue;
        };
        let candidates = groups.entry((group, object.label.as_str())).or_default();
        match candidates.iter().find(|at| says_the_same(joined[**at].first, object)) {
            Some(at) => joined[*at].others.push(object),
            None => {
                candidates.push(joined.len());
                joined.push(alone);
            }
        }
    }
    joined
}

fn says_the_same(a: &ImageObject, b: &ImageObject) -> bool {
    let (of_a, of_b) = (&*a.said, &*b.said);
    a.attributes == b.attributes
        && of_a.properties == of_b.properties
        && of_a.hard == of_b.hard
        && of_a.confidence == of_b.confidence
        && of_a.annotated_by == of_b.annotated_by
        && of_a.created == of_b.created
        && of_b.extra.is_empty()
}

/// One annotation. Written as it is: a map of each would be the dearest part of writing a million.
struct Record<'a> {
    id: u64,
    image_id: u64,
    category_id: usize,
    bounds: Bounds,
    area: f64,
    segmentation: Segmentation,
    crowd: bool,
    score: Option<f64>,
    attributes: Vec<(Cow<'a, str>, Value)>,
    /// What only this format says; our own fields go before.
    extra: &'a Map<String, Value>,
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Segmentation {
    /// `[[x, y, x, y, …], …]`; none for other shapes.
    Rings(Vec<Vec<f64>>),
    /// Rings with holes: height and width, and the mask's runs as text.
    Mask { size: [u32; 2], counts: String },
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("image_id", &self.image_id)?;
        map.serialize_entry("category_id", &self.category_id)?;
        let [left, top] = self.bounds.min;
        map.serialize_entry("bbox", &[left, top, self.bounds.width(), self.bounds.height()])?;
        map.serialize_entry("area", &self.area)?;
        map.serialize_entry("segmentation", &self.segmentation)?;
        map.serialize_entry(CROWD, &u8::from(self.crowd))?;
        if let Some(score) = self.score {
            map.serialize_entry("score", &score)?;
        }
        if !self.attributes.is_empty() {
            map.serialize_entry("attributes", &Fields(&self.attributes))?;
        }
        let ours = ["id", "image_id", "category_id", "bbox", "area", "segmentation", CROWD];
        for (name, value) in self.extra {
            let is_said = match name.as_str() {
                "score" => self.score.is_some(),
                "attributes" => !self.attributes.is_empty(),
                other => ours.contains(&other) || is_note(other),
            };
            if !is_said {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

/// Fields that become a map.
struct Fields<'a>(&'a [(Cow<'a, str>, Value)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// An annotation that has its numbers.
struct Written<'a> {
    image: &'a ImageObjects,
    image_id: u64,
    id: u64,
    parts: Parts<'a>,
}

impl<'a> Written<'a> {
    /// The record; `None` for a label that has no number, which cannot be.
    fn record(&self, numbers: &HashMap<&str, usize>) -> Option<Record<'a>> {
        let first = self.parts.first;
        let shapes: Vec<_> = self.parts.shapes().collect();
        let bounds = shapes.iter().map(|shape| shape.bounds()).reduce(|all, one| all.union(&one))?;
        let mut fields = fields_of(first);
        // Formats that hold only text give it back as such.
        let crowd = fields.iter().any(|(name, said)| name == CROWD && text_of(said) == "true");
        fields.retain(|(name, _)| name != HOLES && !(crowd && name == CROWD));
        let mut area: f64 = shapes.iter().map(|shape| shape.area()).sum();
        let rings: Vec<(&[Point], &[Vec<Point>])> = shapes
            .iter()
            .filter_map(|shape| match &**shape {
                Shape::Polygon { points, holes } => Some((points.as_slice(), holes.as_slice())),
                _ => None,
            })
            .collect();
        let has_holes = rings.iter().any(|(_, holes)| !holes.is_empty());
        let flat = |(ring, _): &(&[Point], _)| ring.iter().flatten().copied().collect();
        let mut segmentation = Segmentation::Rings(rings.iter().map(flat).collect());
        // The regions of crowds are masks wherever COCO is read.
        if has_holes || crowd && !rings.is_empty() {
            let side = |far: f64| far.ceil().clamp(1.0, 65_535.0) as u32;
            let size_px = self.image.size_px.unwrap_or([side(bounds.max[0]), side(bounds.max[1])]);
            if let Ok(mask) = Mask::of_polygons(size_px, rings.iter().copied()) {
                area = mask.area_px() as f64;
                segmentation = Segmentation::Mask { size: [size_px[1], size_px[0]], counts: mask.to_text() };
                let said: Vec<Vec<&[Point]>> = rings
                    .iter()
                    .map(|(ring, holes)| std::iter::once(*ring).chain(holes.iter().map(Vec::as_slice)).collect())
                    .collect();
                fields.push((RINGS.into(), json!(said)));
            }
        }
        Some(Record {
            id: self.id,
            image_id: self.image_id,
            category_id: *numbers.get(first.label.as_str())?,
            bounds,
            area,
            segmentation,
            crowd,
            score: first.said.confidence,
            attributes: fields,
            extra: &first.said.extra,
        })
    }
}
