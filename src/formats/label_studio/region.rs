//! One region of a result: percent there, pixels here.

use super::META;
use crate::domain::shape::Point;
use crate::domain::{Explanation, Shape};
use crate::formats::exchange::{ellipse, number_of, take_fields, to_fields};
use crate::formats::manifest::is_note;
use crate::formats::objects::ImageObject;
use crate::formats::shape_properties::ROTATION;
use serde_json::{Map, Value, json};

/// Percent of a side, with what the two divisions round away put right.
fn pixels(percent: f64, side: f64) -> f64 {
    let exact = percent / 100.0 * side;
    let neat = (exact * 1e6).round() / 1e6;
    if (exact - neat).abs() <= 1e-9 * side.max(1.0) { neat } else { exact }
}

/// Whether a result is a region, not a choice or a text.
pub(super) fn is_region(kind: &str) -> bool {
    let shape = kind.strip_suffix("labels").unwrap_or(kind);
    matches!(shape, "rectangle" | "polygon" | "keypoint" | "ellipse" | "brush" | "bitmask" | "vector")
}

/// The size of the image that a result is of.
pub(super) fn size_of(result: &Map<String, Value>) -> Option<[u32; 2]> {
    let side = |name: &str| {
        let side = result.get(name).and_then(number_of)?;
        (side >= 1.0 && side <= f64::from(u32::MAX)).then_some(side as u32)
    };
    side("original_width").zip(side("original_height")).map(|(width, height)| [width, height])
}

/// The object of a region; `label` is used where the region itself has none.
///
/// # Errors
/// With the warning that says why it is left out.
pub(super) fn read(
    mut result: Map<String, Value>,
    label: Option<String>,
    reasons: &mut Vec<Explanation>,
) -> Result<ImageObject, Explanation> {
    let kind = result.shift_remove("type").and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let shape_kind = kind.strip_suffix("labels").unwrap_or(&kind).to_owned();
    let refused =
        |cause: &str| Explanation::bad_input("label-studio-region").with("kind", &shape_kind).with("cause", cause);
    if !matches!(shape_kind.as_str(), "rectangle" | "polygon" | "keypoint" | "ellipse") {
        return Err(Explanation::bad_input("label-studio-left-out").with("kind", &shape_kind));
    }
    let size = size_of(&result).ok_or_else(|| refused("the image's size is missing"))?.map(f64::from);
    let Some(Value::Object(mut value)) = result.shift_remove("value") else { return Err(refused("no value")) };
    let turned = result.get("image_rotation").and_then(number_of).is_some_and(|degrees| degrees != 0.0);
    if turned {
        return Err(refused("the image itself was turned in the tool"));
    }
    let labels: Vec<String> =
        [kind.as_str(), "labels", "rectanglelabels", "polygonlabels", "keypointlabels", "ellipselabels"]
            .iter()
            .find_map(|name| value.shift_remove(*name))
            .and_then(|labels| labels.as_array().cloned())
            .into_iter()
            .flatten()
            .filter_map(|label| label.as_str().map(str::to_owned))
            .collect();
    if labels.len() > 1 {
        reasons.push(Explanation::bad_input("label-studio-labels").with("count", labels.len() - 1));
    }
    let label = labels.into_iter().next().or(label).ok_or_else(|| refused("no label"))?;
    let mut number = |name: &str| value.shift_remove(name).as_ref().and_then(number_of);
    let degrees = number("rotation").unwrap_or(0.0);
    let shape = if shape_kind == "polygon" {
        let points = value.shift_remove("points");
        let points: Option<Vec<Point>> = points.as_ref().and_then(Value::as_array).and_then(|points| {
            points
                .iter()
                .map(|point| match point.as_array()?.as_slice() {
                    [x, y] => Some([pixels(number_of(x)?, size[0]), pixels(number_of(y)?, size[1])]),
                    _ => None,
                })
                .collect()
        });
        value.shift_remove("closed");
        Shape::polygon(points.ok_or_else(|| refused("no points"))?)
    } else {
        let (x, y) = number("x").zip(number("y")).ok_or_else(|| refused("no place"))?;
        let at = [pixels(x, size[0]), pixels(y, size[1])];
        match shape_kind.as_str() {
            "rectangle" => {
                let (width, height) = number("width").zip(number("height")).ok_or_else(|| refused("no size"))?;
                rectangle(at, [pixels(width, size[0]), pixels(height, size[1])], [x, y, width, height], size, degrees)
            }
            "keypoint" => Shape::Point { at },
            _ => {
                let (x, y) = number("radiusX").zip(number("radiusY")).ok_or_else(|| refused("no radius"))?;
                let radii = [pixels(x, size[0]), pixels(y, size[1])];
                if (radii[0] - radii[1]).abs() <= 1e-6 * radii[0].max(1.0) {
                    Shape::Circle { center: at, radius: radii[0] }
                } else {
                    reasons.push(Explanation::bad_input("format-ellipse"));
                    ellipse(at, radii, degrees)
                }
            }
        }
    };
    if !shape.is_valid() {
        return Err(refused("numbers that make no shape"));
    }
    let mut object = ImageObject::new(label, shape);
    object.said.confidence =
        result.shift_remove("score").as_ref().and_then(number_of).filter(|score| (0.0..=1.0).contains(score));
    if let Some(Value::Object(meta)) = result.get_mut("meta") {
        if let Some(Value::Object(fields)) = meta.shift_remove(META) {
            take_fields(fields, &mut object);
        }
        if meta.is_empty() {
            result.shift_remove("meta");
        }
    }
    for known in ["original_width", "original_height", "image_rotation", "from_name", "to_name", "id"] {
        result.shift_remove(known);
    }
    if result.get("origin").and_then(Value::as_str) == Some("manual") {
        result.shift_remove("origin");
    }
    // What the value says beyond the shape, such as a key point's width.
    if !value.is_empty() {
        result.insert("value".to_owned(), value.into());
    }
    object.said.extra = result;
    Ok(object)
}

/// A rectangle by its top-left corner, around which it turns.
fn rectangle(at: Point, sides: [f64; 2], percent: [f64; 4], size: [f64; 2], degrees: f64) -> Shape {
    if degrees == 0.0 {
        // The far corner from the sum, so that its own number comes back.
        let far = [pixels(percent[0] + percent[2], size[0]), pixels(percent[1] + percent[3], size[1])];
        return Shape::rectangle(at, far);
    }
    let (sin, cos) = degrees.to_radians().sin_cos();
    let half = sides.map(|side| side / 2.0);
    let center = [at[0] + half[0] * cos - half[1] * sin, at[1] + half[0] * sin + half[1] * cos];
    Shape::RotatedRectangle { center, size_px: sides, degrees }
}

/// The result of an object; `number` makes its id.
pub(super) fn write(object: &ImageObject, shape: &Shape, size_px: [u32; 2], number: usize) -> Option<Value> {
    let size = size_px.map(f64::from);
    let percent = |[x, y]: Point| [x / size[0] * 100.0, y / size[1] * 100.0];
    let (kind, place) = match shape {
        Shape::Rectangle { min, max } => {
            let (at, far) = (percent(*min), percent(*max));
            let value =
                json!({"x": at[0], "y": at[1], "width": far[0] - at[0], "height": far[1] - at[1], "rotation": 0});
            ("rectangle", value)
        }
        Shape::RotatedRectangle { size_px, degrees, .. } => {
            let at = percent(shape.corners()?[0]);
            let sides = percent(*size_px);
            ("rectangle", json!({"x": at[0], "y": at[1], "width": sides[0], "height": sides[1], "rotation": degrees}))
        }
        Shape::Polygon { points, .. } => {
            let points: Vec<Point> = points.iter().map(|point| percent(*point)).collect();
            ("polygon", json!({"points": points, "closed": true}))
        }
        Shape::Point { at } => {
            let at = percent(*at);
            ("keypoint", json!({"x": at[0], "y": at[1], "width": 0.5}))
        }
        Shape::Circle { center, radius } => {
            let (at, radii) = (percent(*center), percent([*radius; 2]));
            ("ellipse", json!({"x": at[0], "y": at[1], "radiusX": radii[0], "radiusY": radii[1], "rotation": 0}))
        }
        Shape::Line { .. } | Shape::Polyline { .. } => return None,
    };
    let Value::Object(mut value) = place else { return None };
    value.insert(format!("{kind}labels"), json!([object.label]));
    if let Some(Value::Object(more)) = object.said.extra.get("value") {
        value.extend(more.clone());
    }
    let mut fields = to_fields(object);
    if kind != "polygon" {
        fields.shift_remove(ROTATION);
    }
    let mut result = Map::new();
    let mut put = |name: &str, value: Value| result.insert(name.to_owned(), value);
    put("id", format!("m{number}").into());
    put("type", format!("{kind}labels").into());
    put("from_name", kind.into());
    put("to_name", "image".into());
    put("original_width", size_px[0].into());
    put("original_height", size_px[1].into());
    put("image_rotation", 0.into());
    put("value", value.into());
    if let Some(score) = object.said.confidence {
        put("score", score.into());
    }
    let mut meta = object.said.extra.get("meta").and_then(Value::as_object).cloned().unwrap_or_default();
    if !fields.is_empty() {
        meta.insert(META.to_owned(), fields.into());
    }
    if !meta.is_empty() {
        put("meta", meta.into());
    }
    for (name, value) in &object.said.extra {
        if !result.contains_key(name) && !is_note(name) {
            result.insert(name.clone(), value.clone());
        }
    }
    Some(result.into())
}
