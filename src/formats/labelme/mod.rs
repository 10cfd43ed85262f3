//! LabelMe's JSON: a file beside each image. `group_id` joins parts; the image itself (`imageData`), which the tool
//! stores in the file, is passed over and never written.
//!
//! Also read: X-AnyLabeling's `rotation` shapes, `difficult`, `score` and `attributes`; and the XML of the older tool of
//! the same name. `mask` shapes are left out.

mod webtool;

use super::FormatError;
use super::detection::{
    DetectionFormat, FileSink, FileTree, ImageNames, ObjectSource, Reading, base_name, folder_of, read_file, stem,
    write_file,
};
use super::exchange::{Labels, Warnings, carried, number_of, rectangle_of_corners, said, take_fields, to_fields};
use super::manifest::is_note;
use super::objects::{Carries, ImageObject, ImageObjects, OtherShapes};
use super::shape_properties::GROUP;
use crate::domain::shape::{Point, distance};
use crate::domain::{Explain, Explanation, Shape};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow;

/// What the format carries. Rotated rectangles are written as polygons with their angle as an attribute, and come back.
pub const CARRIES: Carries = Carries {
    shapes: Carries::UNTURNED,
    other_shapes: OtherShapes::BecomePolygons,
    usage: false,
    ..Carries::EVERYTHING
};

/// This format's line in the table.
pub const FORMAT: DetectionFormat =
    DetectionFormat { name: "labelme", carries: &CARRIES, image_folder: "", says_size: true, recognises, read, write };

/// A file with its image inside may be large.
const MAX_FILE_BYTES: u64 = 512 << 20;
const HEAD_BYTES: u64 = 4096;

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelMeFile {
    /// `file_name` is the `imagePath`, as it stands.
    pub image: ImageObjects,
    pub reasons: Vec<Explanation>,
}

#[derive(Deserialize)]
struct Raw {
    shapes: Vec<Value>,
    #[serde(rename = "imagePath", default)]
    image_path: Value,
    #[serde(rename = "imageWidth", default)]
    width: Value,
    #[serde(rename = "imageHeight", default)]
    height: Value,
    #[serde(rename = "imageData", default)]
    _image_data: IgnoredAny,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// Reads a file.
///
/// # Errors
/// If it is no JSON or none of LabelMe.
pub fn parse(bytes: &[u8], name: &str) -> Result<LabelMeFile, Explanation> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let raw: Raw = serde_json::from_slice(bytes)
        .map_err(|cause| Explanation::bad_input("format-json").with("cause", cause).with("name", name))?;
    let side = |value: &Value| value.as_u64().and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0);
    let mut reasons = Vec::new();
    let mut objects = Vec::with_capacity(raw.shapes.len());
    for shape in raw.shapes {
        let found = match shape {
            Value::Object(fields) => object(fields),
            _ => Err(Explanation::bad_input("labelme-shape").with("kind", "?")),
        };
        match found {
            Ok(found) => objects.extend(found),
            Err(reason) => reasons.push(reason),
        }
    }
    let mut extra = raw.extra;
    // What every file has and says nothing.
    for (name, empty) in [("version", None), ("flags", Some(json!({}))), ("text", Some(json!("")))] {
        if extra.get(name).is_some_and(|value| empty.is_none_or(|empty| *value == empty)) {
            extra.shift_remove(name);
        }
    }
    let image = ImageObjects {
        file_name: raw.image_path.as_str().unwrap_or_default().to_owned(),
        size_px: side(&raw.width).zip(side(&raw.height)).map(|(width, height)| [width, height]),
        objects: Some(objects),
        extra,
        ..ImageObjects::default()
    };
    Ok(LabelMeFile { image, reasons })
}

/// One shape: usually one object, several for `points`.
fn object(mut fields: Map<String, Value>) -> Result<Vec<ImageObject>, Explanation> {
    let kind = fields.shift_remove("shape_type");
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("polygon").to_owned();
    let refused = || Explanation::bad_input("labelme-shape").with("kind", &kind);
    let label = match fields.shift_remove("label") {
        Some(Value::String(label)) => label,
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(Explanation::bad_input("labelme-label")),
    };
    let points: Option<Vec<Point>> =
        fields.shift_remove("points").as_ref().and_then(Value::as_array).and_then(|points| {
            points
                .iter()
                .map(|point| match point.as_array()?.as_slice() {
                    [x, y] => Some([number_of(x)?, number_of(y)?]),
                    _ => None,
                })
                .collect()
        });
    let points = points.ok_or_else(refused)?;
    let shapes = match (kind.as_str(), points.as_slice()) {
        ("rectangle", [a, b]) => vec![Shape::rectangle(*a, *b)],
        ("rectangle" | "rotation" | "oriented_rectangle", [a, b, c, d]) => {
            vec![rectangle_of_corners([*a, *b, *c, *d], 2.0).unwrap_or_else(|| Shape::polygon(points.clone()))]
        }
        ("circle", [center, rim]) => vec![Shape::Circle { center: *center, radius: distance(*center, *rim) }],
        ("line", [a, b]) => vec![Shape::Line { points: [*a, *b], dashed: false }],
        ("point", [at]) => vec![Shape::Point { at: *at }],
        ("points", [_, ..]) => points.iter().map(|at| Shape::Point { at: *at }).collect(),
        ("linestrip", [_, _, ..]) => vec![Shape::Polyline { points }],
        ("polygon", [_, _, _, ..]) => vec![Shape::polygon(points)],
        ("mask", _) => return Err(Explanation::bad_input("labelme-mask").with("label", label)),
        _ => return Err(refused()),
    };
    let mut first = ImageObject::new(label, shapes[0].clone());
    let group = match fields.shift_remove("group_id") {
        Some(Value::Null) | None => None,
        Some(group) => Some(super::exchange::text_of(&group)),
    };
    first.said.confidence = fields.get("score").and_then(number_of).filter(|score| (0.0..=1.0).contains(score));
    if first.said.confidence.is_some() || fields.get("score") == Some(&Value::Null) {
        fields.shift_remove("score");
    }
    let mut attributes = match fields.shift_remove("attributes") {
        Some(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    };
    if let Some(difficult) = fields.get("difficult").and_then(said) {
        fields.shift_remove("difficult");
        attributes.entry("difficult").or_insert(difficult.into());
    }
    take_fields(attributes, &mut first);
    if group.is_some() {
        first.attributes.group = group;
    } else if shapes.len() > 1 && first.attributes.group.is_none() {
        // Points drawn as one shape stay together; their first place is a name that no other group has.
        let [x, y] = shapes[0].bounds().min;
        first.attributes.group = Some(format!("points at {x}, {y}"));
    }
    for (name, empty) in
        [("flags", json!({})), ("description", json!("")), ("mask", Value::Null), ("direction", Value::Null)]
    {
        if fields.get(name).is_some_and(|value| *value == empty || value.is_null()) || name == "direction" {
            fields.shift_remove(name);
        }
    }
    first.said.extra = fields;
    Ok(first.with_parts(shapes.into_iter().skip(1)))
}

fn recognises(tree: &dyn FileTree) -> bool {
    let of = |ending: &'static str| {
        let files = tree.files().iter().map(String::as_str).filter(move |name| has_ending(name, ending));
        files.take(3).any(|name| looks_like_labelme(tree, name))
    };
    of(".json") || of(".xml")
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.to_ascii_lowercase().ends_with(ending)
}

fn candidates(tree: &dyn FileTree) -> impl Iterator<Item = &str> {
    let files = tree.files().iter().map(String::as_str);
    files.filter(|name| has_ending(name, ".json") || has_ending(name, ".xml"))
}

fn looks_like_labelme(tree: &dyn FileTree, name: &str) -> bool {
    let mut head = Vec::new();
    let read = tree.open(name).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    if has_ending(name, ".xml") {
        return read.is_ok() && webtool::recognises(&head);
    }
    let object = head.trim_start_matches('\u{FEFF}').trim_start().starts_with('{');
    read.is_ok() && object && ["\"shapes\"", "\"imagePath\"", "\"imageData\""].iter().any(|word| head.contains(word))
}

fn read(tree: &dyn FileTree, each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>) -> Result<Reading, FormatError> {
    let names = ImageNames::new(tree);
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let mut seen: HashSet<String> = HashSet::new();
    let mut has_webtool = false;
    for name in candidates(tree).filter(|name| looks_like_labelme(tree, name)) {
        has_webtool |= has_ending(name, ".xml");
        let found = read_file(tree, name, MAX_FILE_BYTES).map_err(|error| error.explain());
        let parse = if has_ending(name, ".xml") { webtool::parse } else { parse };
        let file = match found.and_then(|bytes| parse(&bytes, name)) {
            Ok(file) => file,
            Err(reason) => {
                notes.add(name, "", reason);
                continue;
            }
        };
        for reason in file.reasons {
            notes.add(name, "", reason);
        }
        let mut image = file.image;
        // The path is often one of another machine: then the image of the file's own name is meant.
        let said = image.file_name.replace('\\', "/");
        let beside = names.with_path_stem(stem(name)).filter(|found| stem(base_name(&said)) == stem(base_name(found)));
        let found = beside.or_else(|| names.find(&said, folder_of(name))).or_else(|| names.with_path_stem(stem(name)));
        image.file_name = match found {
            Some(found) => found.to_owned(),
            None if said.is_empty() => {
                notes.add(name, "", Explanation::bad_input("labelme-no-image"));
                continue;
            }
            None => said,
        };
        if !seen.insert(image.file_name.clone()) {
            notes.add(name, "", Explanation::bad_input("format-images-twice").with("count", 1));
            continue;
        }
        for object in image.objects.iter().flatten() {
            labels.add(&object.label);
        }
        if each(image).is_break() {
            return Ok(Reading { labels: labels.finish(), warnings: notes.finish() });
        }
    }
    // The older tool keeps masks and scribbles as pictures in folders of their own.
    let is_aside = |name: &str| name.split('/').any(|part| part == "Masks" || part == "Scribbles");
    names.each_unlisted(|name| !(seen.contains(name) || has_webtool && is_aside(name)), each);
    Ok(Reading { labels: labels.finish(), warnings: notes.finish() })
}

fn write(source: &dyn ObjectSource, sink: &dyn FileSink) -> Result<(), FormatError> {
    source.each(&mut |image| {
        let Some(objects) = &image.objects else { return Ok(()) };
        let shapes: Vec<Value> = objects.iter().filter_map(shape_record).collect();
        let mut record = Map::new();
        record.insert("version".to_owned(), "5.5.0".into());
        record.insert("flags".to_owned(), json!({}));
        record.insert("shapes".to_owned(), shapes.into());
        record.insert("imagePath".to_owned(), base_name(&image.file_name).into());
        record.insert("imageData".to_owned(), Value::Null);
        let [width, height] = image.size_px.map_or([Value::Null, Value::Null], |size| size.map(Value::from));
        record.insert("imageHeight".to_owned(), height);
        record.insert("imageWidth".to_owned(), width);
        for (name, value) in &image.extra {
            if name == "flags" || !(record.contains_key(name) || is_note(name)) {
                record.insert(name.clone(), value.clone());
            }
        }
        let mut bytes = serde_json::to_vec_pretty(&record)
            .map_err(|cause| FormatError::Write { cause: cause.into(), name: image.file_name.clone() })?;
        bytes.push(b'\n');
        write_file(sink, &format!("{}.json", stem(&image.file_name)), &bytes)
    })
}

fn shape_record(object: &ImageObject) -> Option<Value> {
    let shape = carried(&CARRIES, &object.shape)?;
    let (kind, points) = match &*shape {
        Shape::Rectangle { min, max } => ("rectangle", vec![*min, *max]),
        Shape::Polygon { points, .. } => ("polygon", points.clone()),
        Shape::Polyline { points } => ("linestrip", points.clone()),
        Shape::Line { points, .. } => ("line", points.to_vec()),
        Shape::Point { at } => ("point", vec![*at]),
        Shape::Circle { center, radius } => ("circle", vec![*center, [center[0] + radius, center[1]]]),
        Shape::RotatedRectangle { .. } => return None,
    };
    let mut fields = to_fields(object);
    // The tool knows whole numbers as groups; others are an attribute.
    let group = object.attributes.group.as_ref().and_then(|group| {
        let number: i64 = group.parse().ok()?;
        (number.to_string() == *group).then_some(number)
    });
    if group.is_some() {
        fields.shift_remove(GROUP);
    }
    let difficult = fields.shift_remove("difficult");
    let mut record = Map::new();
    let mut put = |name: &str, value: Value| record.insert(name.to_owned(), value);
    put("label", object.label.as_str().into());
    put("points", json!(points));
    put("group_id", json!(group));
    put("description", "".into());
    put("shape_type", kind.into());
    put("flags", json!({}));
    put("mask", Value::Null);
    if let Some(difficult) = difficult {
        put("difficult", difficult);
    }
    if let Some(score) = object.said.confidence {
        put("score", score.into());
    }
    if !fields.is_empty() {
        put("attributes", fields.into());
    }
    for (name, value) in &object.said.extra {
        if ["flags", "description"].contains(&name.as_str()) || !(record.contains_key(name) || is_note(name)) {
            record.insert(name.clone(), value.clone());
        }
    }
    Some(record.into())
}
