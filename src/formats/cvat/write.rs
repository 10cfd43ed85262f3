//! Writing, image by image.

use super::{CARRIES, CONFIDENCE, STATE, UNLABELED};
use crate::domain::Shape;
use crate::domain::shape::Point;
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, ObjectSource};
use crate::formats::exchange::{carried, text_of, to_fields, usage_name};
use crate::formats::objects::ImageObject;
use crate::formats::shape_properties::{GROUP, ROTATION};
use crate::formats::xml::escaped;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const FILE: &str = "annotations.xml";

pub(super) fn write(source: &dyn ObjectSource, sink: &dyn FileSink) -> Result<(), FormatError> {
    // CVAT takes only attributes that its labels are declared with.
    let mut labels: Vec<String> = source.labels().to_vec();
    let mut attributes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    source.each(&mut |image| {
        for object in image.objects.iter().flatten() {
            if !attributes.contains_key(&object.label) {
                attributes.insert(object.label.clone(), BTreeSet::new());
                if !labels.contains(&object.label) {
                    labels.push(object.label.clone());
                }
            }
            let names = attributes.entry(object.label.clone()).or_default();
            names.extend(fields_of(object).into_iter().map(|(name, _)| name));
        }
        Ok(())
    })?;
    sink.write(FILE, &mut |out| {
        let failed = |cause| FormatError::Write { cause, name: FILE.to_owned() };
        let mut text =
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n  <meta>\n    \
                        <task>\n      <labels>\n"
                .to_owned();
        for label in &labels {
            let _ =
                write!(text, "        <label>\n          <name>{}</name>\n          <attributes>\n", escaped(label));
            for name in attributes.get(label).into_iter().flatten() {
                let _ = writeln!(
                    text,
                    "            <attribute><name>{}</name><mutable>False</mutable><input_type>text</input_type>\
                     <default_value></default_value><values></values></attribute>",
                    escaped(name)
                );
            }
            text.push_str("          </attributes>\n        </label>\n");
        }
        text.push_str("      </labels>\n    </task>\n  </meta>\n");
        out.write_all(text.as_bytes()).map_err(failed)?;
        let mut id = 0_u64;
        source.each(&mut |image| {
            let mut text = format!("  <image id=\"{id}\" name=\"{}\"", escaped(&image.file_name));
            id += 1;
            if let Some([width, height]) = image.size_px {
                let _ = write!(text, " width=\"{width}\" height=\"{height}\"");
            }
            if let Some(usage) = image.usage {
                let _ = write!(text, " subset=\"{}\"", usage_name(usage));
            }
            if image.objects.is_none() {
                let _ = write!(text, " {STATE}=\"{UNLABELED}\"");
            }
            let ours = ["id", "name", "width", "height", STATE];
            put_extra(&mut text, &image.extra, |name| {
                ours.contains(&name) || (name == "subset" && image.usage.is_some())
            });
            text.push_str(">\n");
            for object in image.objects.iter().flatten() {
                put_object(&mut text, object);
            }
            text.push_str("  </image>\n");
            out.write_all(text.as_bytes()).map_err(failed)
        })?;
        out.write_all(b"</annotations>\n").map_err(failed)
    })
}

fn put_extra(text: &mut String, extra: &Map<String, Value>, is_ours: impl Fn(&str) -> bool) {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter))
    };
    // What a foreign file of another format left (lists, objects) has no place in an attribute.
    for (name, value) in extra.iter().filter(|(name, value)| is_name(name) && !is_ours(name) && value.is_string()) {
        let _ = write!(text, " {name}=\"{}\"", escaped(&text_of(value)));
    }
}

/// The attributes of an object by name, as text.
fn fields_of(object: &ImageObject) -> Vec<(String, String)> {
    let mut fields = to_fields(object);
    // The format's own words for these.
    fields.shift_remove(ROTATION);
    if object.attributes.occluded == Some(true) {
        fields.shift_remove("occluded");
    }
    if group_number(object).is_some() {
        fields.shift_remove(GROUP);
    }
    if let Some(confidence) = object.said.confidence {
        fields.insert(CONFIDENCE.to_owned(), confidence.into());
    }
    fields.into_iter().map(|(name, value)| (name, text_of(&value))).collect()
}

fn group_number(object: &ImageObject) -> Option<u32> {
    let group = object.attributes.group.as_ref()?;
    group.parse().ok().filter(|number: &u32| *number > 0 && number.to_string() == *group)
}

fn put_object(text: &mut String, object: &ImageObject) {
    let Some(shape) = carried(&CARRIES, &object.shape) else { return };
    let pairs = |points: &[Point]| points.iter().map(|[x, y]| format!("{x},{y}")).collect::<Vec<_>>().join(";");
    let (name, geometry) = match &*shape {
        Shape::Rectangle { min, max } => {
            ("box", format!("xtl=\"{}\" ytl=\"{}\" xbr=\"{}\" ybr=\"{}\"", min[0], min[1], max[0], max[1]))
        }
        Shape::RotatedRectangle { center, size_px, degrees } => {
            let half = size_px.map(|side| side / 2.0);
            let corner = |sign: f64| [center[0] + sign * half[0], center[1] + sign * half[1]];
            let (min, max) = (corner(-1.0), corner(1.0));
            let corners = format!("xtl=\"{}\" ytl=\"{}\" xbr=\"{}\" ybr=\"{}\"", min[0], min[1], max[0], max[1]);
            ("box", format!("{corners} rotation=\"{degrees}\""))
        }
        Shape::Polygon { points, .. } => ("polygon", format!("points=\"{}\"", pairs(points))),
        Shape::Polyline { points } => ("polyline", format!("points=\"{}\"", pairs(points))),
        Shape::Line { points, .. } => ("polyline", format!("points=\"{}\"", pairs(points))),
        Shape::Point { at } => ("points", format!("points=\"{}\"", pairs(&[*at]))),
        Shape::Circle { center, radius } => {
            ("ellipse", format!("cx=\"{}\" cy=\"{}\" rx=\"{radius}\" ry=\"{radius}\"", center[0], center[1]))
        }
    };
    let occluded = u8::from(object.attributes.occluded == Some(true));
    let _ = write!(text, "    <{name} label=\"{}\" occluded=\"{occluded}\" {geometry}", escaped(&object.label));
    for (name, default) in [("source", "manual"), ("z_order", "0")] {
        if !object.said.extra.contains_key(name) {
            let _ = write!(text, " {name}=\"{default}\"");
        }
    }
    if let Some(group) = group_number(object) {
        let _ = write!(text, " group_id=\"{group}\"");
    }
    let ours = [
        "label", "occluded", "points", "xtl", "ytl", "xbr", "ybr", "rotation", "cx", "cy", "rx", "ry", "group_id",
        "rle", "left", "top", "width", "height",
    ];
    put_extra(text, &object.said.extra, |name| ours.contains(&name));
    text.push_str(">\n");
    for (name, value) in fields_of(object) {
        let _ = writeln!(text, "      <attribute name=\"{}\">{}</attribute>", escaped(&name), escaped(&value));
    }
    let _ = writeln!(text, "    </{name}>");
}
