//! What the exchange formats share: shapes made into what a format carries, attributes as free fields, and warnings
//! that stay readable when a million records have the same fault.

use super::objects::{Carries, ImageObject, OtherShapes};
use super::shape_properties;
use crate::domain::shape::{Point, distance};
use crate::domain::{Explanation, ObjectAttributes, Shape, ShapeKind, Timestamp, Usage, Warning};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// So many warnings of one kind are told one by one for a file; of the others, only how many there are.
const TOLD_ONE_BY_ONE: u64 = 50;
/// The corners of a circle or ellipse that is written as a polygon.
const CIRCLE_CORNERS: u32 = 64;

/// The shape as the format carries it; `None` if it is left out. Agrees with the report before writing.
pub fn carried<'a>(carries: &Carries, shape: &'a Shape) -> Option<Cow<'a, Shape>> {
    if !carries.shapes.contains(&shape.kind()) {
        let flat = shape.area() == 0.0;
        return match carries.other_shapes {
            OtherShapes::BecomeRectangles if !flat || shape.bounds().area() > 0.0 => {
                let bounds = shape.bounds();
                Some(Cow::Owned(Shape::Rectangle { min: bounds.min, max: bounds.max }))
            }
            OtherShapes::BecomePolygons if !flat => Some(Cow::Owned(as_polygon(shape, carries.holes))),
            _ => None,
        };
    }
    match shape {
        Shape::Polygon { points, holes } if !holes.is_empty() && !carries.holes => {
            Some(Cow::Owned(Shape::polygon(points.clone())))
        }
        _ => Some(Cow::Borrowed(shape)),
    }
}

fn as_polygon(shape: &Shape, holes_too: bool) -> Shape {
    match shape {
        Shape::Circle { center, radius } => ellipse(*center, [*radius; 2], 0.0),
        Shape::Polygon { points, holes } => {
            Shape::Polygon { points: points.clone(), holes: if holes_too { holes.clone() } else { Vec::new() } }
        }
        Shape::Polyline { points } => Shape::polygon(points.clone()),
        _ => Shape::polygon(shape.corners().map(|four| four.to_vec()).unwrap_or_default()),
    }
}

/// An ellipse as a polygon; `degrees` turns it clockwise.
#[must_use]
pub fn ellipse(center: Point, radii_px: [f64; 2], degrees: f64) -> Shape {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let corner = |index: u32| {
        let angle = TAU * f64::from(index) / f64::from(CIRCLE_CORNERS);
        let (x, y) = (radii_px[0] * angle.cos(), radii_px[1] * angle.sin());
        [center[0] + x * cos - y * sin, center[1] + x * sin + y * cos]
    };
    Shape::polygon((0..CIRCLE_CORNERS).map(corner).collect())
}

/// The rectangle with these four corners, in either direction and to within `tolerance_px`; `None` if they are none.
/// One that stands upright is a plain rectangle.
#[must_use]
pub fn rectangle_of_corners(corners: [Point; 4], tolerance_px: f64) -> Option<Shape> {
    let clockwise = crate::domain::shape::signed_area(&corners) >= 0.0;
    let [a, b, c, d] = if clockwise { corners } else { [corners[0], corners[3], corners[2], corners[1]] };
    let center = [0, 1].map(|axis| (a[axis] + b[axis] + c[axis] + d[axis]) / 4.0);
    let size_px = [f64::midpoint(distance(a, b), distance(c, d)), f64::midpoint(distance(b, c), distance(d, a))];
    let degrees = (b[1] - a[1] + c[1] - d[1]).atan2(b[0] - a[0] + c[0] - d[0]).to_degrees();
    let shape = Shape::RotatedRectangle { center, size_px, degrees };
    let fits = shape.corners()?.iter().zip([a, b, c, d]).all(|(ours, theirs)| distance(*ours, theirs) <= tolerance_px);
    if !fits || !shape.is_valid() {
        return None;
    }
    let upright = a[0] == d[0] && b[0] == c[0] && a[1] == b[1] && c[1] == d[1];
    Some(if upright { Shape::rectangle(a, c) } else { shape })
}

/// Names of usages in the names of files, folders and subsets.
#[must_use]
pub fn usage_named(name: &str) -> Option<Usage> {
    let name = name.trim().to_ascii_lowercase();
    let name = name.trim_end_matches(|last: char| last.is_ascii_digit());
    match name {
        "train" | "training" | "trainval" => Some(Usage::Train),
        "val" | "valid" | "validation" | "eval" | "dev" | "minival" => Some(Usage::Eval),
        "test" | "testing" | "test-dev" => Some(Usage::Test),
        "inference" => Some(Usage::Inference),
        _ => None,
    }
}

/// The name that a usage has in the names of files and subsets.
#[must_use]
pub fn usage_name(usage: Usage) -> &'static str {
    match usage {
        Usage::Train => "train",
        Usage::Eval => "val",
        Usage::Test => "test",
        Usage::Inference => "inference",
    }
}

/// Which of two shapes that look alike it is.
const SHAPE: &str = "modelier:shape";
/// A property whose own name is one of ours.
const ESCAPED: &str = "modelier:property:";
const NAMES: [&str; 7] = ["pose", "truncated", "occluded", "difficult", "hard", "annotated_by", "created"];

/// What is said of an object beside its label, shape and confidence, as fields of names and values: attributes, what
/// the format's shapes cannot say, and the free properties.
#[must_use]
pub fn to_fields(object: &ImageObject) -> Map<String, Value> {
    fields_of(object).into_iter().map(|(name, value)| (name.into_owned(), value)).collect()
}

/// As [`to_fields`], as a list without a name twice: a map of each object would be dear.
#[must_use]
pub fn fields_of(object: &ImageObject) -> Vec<(Cow<'_, str>, Value)> {
    let attributes = &object.attributes;
    let mut fields: Vec<(Cow<'_, str>, Value)> = Vec::new();
    let mut put = |name: &'static str, value: Option<Value>| {
        fields.extend(value.map(|value| (name.into(), value)));
    };
    put("pose", attributes.pose.clone().map(Value::from));
    put("truncated", attributes.truncated.map(Value::from));
    put("occluded", attributes.occluded.map(Value::from));
    put("difficult", attributes.difficult.map(Value::from));
    put("hard", object.said.hard.map(Value::from));
    put("annotated_by", object.said.annotated_by.clone().map(Value::from));
    put("created", object.said.created.map(|created| created.to_rfc3339().into()));
    match &object.shape {
        Shape::Line { dashed: true, .. } => put(SHAPE, Some(ShapeKind::Dashed.as_str().into())),
        Shape::Polyline { points } if points.len() == 2 => put(SHAPE, Some(ShapeKind::Polyline.as_str().into())),
        _ => {}
    }
    let of_shape = shape_properties::of(&object.shape, attributes);
    fields.extend(of_shape.into_iter().map(|(name, value)| (name.into(), value)));
    fields.extend(object.said.properties.iter().map(|(name, value)| (property_name(name), value.clone())));
    fields
}

fn property_name(name: &str) -> Cow<'_, str> {
    let is_ours = NAMES.contains(&name) || name.starts_with("modelier:");
    if is_ours { Cow::Owned(format!("{ESCAPED}{name}")) } else { Cow::Borrowed(name) }
}

/// Takes fields into the object: what we know becomes attributes, all else properties.
pub fn take_fields(fields: Map<String, Value>, object: &mut ImageObject) {
    let mut properties = Map::new();
    for (name, value) in fields {
        let attributes: &mut ObjectAttributes = &mut object.attributes;
        let said = said(&value);
        match (name.as_str(), said) {
            ("truncated", Some(said)) => attributes.truncated = Some(said),
            ("occluded", Some(said)) => attributes.occluded = Some(said),
            ("difficult", Some(said)) => attributes.difficult = Some(said),
            ("hard", Some(said)) => object.said.hard = Some(said),
            ("pose", _) if value.is_string() => attributes.pose = Some(text_of(&value)),
            ("annotated_by", _) if value.is_string() => object.said.annotated_by = Some(text_of(&value)),
            ("created", _) if value.as_str().and_then(Timestamp::parse).is_some() => {
                object.said.created = value.as_str().and_then(Timestamp::parse);
            }
            _ => {
                properties.insert(name, value);
            }
        }
    }
    let shape = std::mem::replace(&mut object.shape, Shape::Point { at: [0.0; 2] });
    let shape = shape_properties::take(shape, &mut object.attributes, &mut properties);
    object.shape = match (properties.get(SHAPE).and_then(Value::as_str), shape) {
        (Some("dashed"), Shape::Line { points, .. }) => Shape::Line { points, dashed: true },
        (Some("polyline"), Shape::Line { points, .. }) => Shape::Polyline { points: points.to_vec() },
        (_, shape) => shape,
    };
    properties.shift_remove(SHAPE);
    for (name, value) in properties {
        let own = name.strip_prefix(ESCAPED).map(str::to_owned);
        object.said.properties.insert(own.unwrap_or(name), value);
    }
}

/// Whether a value says yes or no, in any of the spellings of other tools.
#[must_use]
pub fn said(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(said) => Some(*said),
        Value::Number(number) => {
            [Some(0.0), Some(1.0)].iter().position(|known| *known == number.as_f64()).map(|at| at == 1)
        }
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Some(true),
            "0" | "false" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A value as text: strings as they are, all else as JSON.
#[must_use]
pub fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A finite number, also from text.
#[must_use]
pub fn number_of(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    number.is_finite().then_some(number)
}

/// Warnings of one file. Of a fault that many records have, the first ones are told, then how many more there are.
#[derive(Debug, Default)]
pub struct Warnings {
    told: Vec<Warning>,
    counts: BTreeMap<String, (u64, String)>,
}

impl Warnings {
    /// Notes one; `source` names the file, `place` the record in it (may be empty).
    pub fn add(&mut self, source: &str, place: &str, reason: Explanation) {
        let (count, _) = self.counts.entry(reason.code.to_string()).or_insert_with(|| (0, source.to_owned()));
        *count += 1;
        if *count <= TOLD_ONE_BY_ONE {
            let source = if place.is_empty() { source.to_owned() } else { format!("{source}: {place}") };
            self.told.push(Warning::new(source, reason));
        }
    }

    /// All that were told, then the numbers of the others.
    #[must_use]
    pub fn finish(mut self) -> Vec<Warning> {
        for (code, (count, source)) in self.counts {
            if count > TOLD_ONE_BY_ONE {
                let more = count - TOLD_ONE_BY_ONE;
                let reason = Explanation::bad_input("format-more-warnings").with("count", more).with("code", code);
                self.told.push(Warning::new(source, reason));
            }
        }
        self.told
    }
}

/// Collects labels in their order, each once.
#[derive(Debug, Default)]
pub struct Labels {
    names: Vec<String>,
    known: std::collections::HashSet<String>,
}

impl Labels {
    /// Notes a label, if it is new.
    pub fn add(&mut self, name: &str) {
        if !self.known.contains(name) {
            self.known.insert(name.to_owned());
            self.names.push(name.to_owned());
        }
    }

    /// In the order of their first notice.
    #[must_use]
    pub fn finish(self) -> Vec<String> {
        self.names
    }
}
