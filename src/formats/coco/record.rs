//! One annotation: its box, rings or mask.

use super::parse::Id;
use super::{CROWD, RINGS};
use crate::domain::shape::Point;
use crate::domain::{Explanation, Shape};
use crate::formats::exchange::{number_of, take_fields};
use crate::formats::mask::Mask;
use crate::formats::objects::ImageObject;
use crate::formats::shape_properties::GROUP;
use serde_json::{Map, Value};

/// What an annotation is.
pub(super) enum Found {
    /// Parts of one object of that category.
    Objects(Id, Vec<ImageObject>),
    /// No object; the code of the warning that says what it is.
    Other(&'static str),
    /// It was told why.
    Nothing,
}

pub(super) fn annotation(mut fields: Map<String, Value>, reasons: &mut Vec<Explanation>) -> Found {
    if fields.contains_key("segments_info") {
        return Found::Other("coco-panoptic");
    }
    let segmentation = fields.shift_remove("segmentation").unwrap_or_default();
    let bounds = fields.shift_remove("bbox");
    if fields.contains_key("caption") {
        return Found::Other("coco-caption");
    }
    let Some(category) = fields.get("category_id").and_then(Id::of) else {
        reasons.push(Explanation::bad_input("coco-record").with("kind", "annotation"));
        return Found::Nothing;
    };
    let mut attributes = match fields.shift_remove("attributes") {
        Some(Value::Object(attributes)) => attributes,
        Some(Value::Null) | None => Map::new(),
        Some(other) => Map::from_iter([("attributes".to_owned(), other)]),
    };
    let bounds = bounds.as_ref().filter(|bounds| !bounds.as_array().is_some_and(Vec::is_empty) && !bounds.is_null());
    let from_box = |reasons: &mut Vec<_>| {
        let found = bounds.and_then(rectangle);
        if bounds.is_some() && found.is_none() {
            reasons.push(Explanation::bad_input("coco-box"));
        }
        found
    };
    let says_nothing = match &segmentation {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        other => other.is_null(),
    };
    let parts = if says_nothing {
        if bounds.is_none() {
            return Found::Other("coco-image-label");
        }
        from_box(reasons).map(|shape| vec![turned(shape, &mut attributes)])
    } else {
        shapes(&segmentation, &mut attributes, reasons).or_else(|| from_box(reasons).map(|shape| vec![shape]))
    };
    let Some(parts) = parts.filter(|parts| !parts.is_empty()) else { return Found::Nothing };
    let group = fields.get("id").map(|id| Value::from(crate::formats::exchange::text_of(id)));
    if parts.len() > 1 && !attributes.contains_key(GROUP) {
        attributes.insert(GROUP.to_owned(), group.unwrap_or_else(|| "1".into()));
    }
    let mut first = ImageObject::new(String::new(), parts[0].clone());
    first.said.confidence =
        fields.shift_remove("score").as_ref().and_then(number_of).filter(|s| (0.0..=1.0).contains(s));
    if fields.shift_remove("iscrowd").as_ref().and_then(crate::formats::exchange::said) == Some(true) {
        first.said.properties.insert(CROWD.to_owned(), true.into());
    }
    take_fields(attributes, &mut first);
    // Image, category and area are said anew when it is written.
    for known in ["image_id", "category_id", "area"] {
        fields.shift_remove(known);
    }
    first.said.extra = fields;
    Found::Objects(category, first.with_parts(parts.into_iter().skip(1)))
}

fn rectangle(bounds: &Value) -> Option<Shape> {
    let numbers: Vec<f64> = bounds.as_array()?.iter().map(number_of).collect::<Option<_>>()?;
    let [x, y, width, height] = numbers.try_into().ok()?;
    let shape = Shape::rectangle([x, y], [x + width, y + height]);
    shape.is_valid().then_some(shape)
}

/// CVAT writes the box before turning, and the clockwise angle as an attribute.
fn turned(shape: Shape, attributes: &mut Map<String, Value>) -> Shape {
    let Some(degrees) = attributes.get("rotation").and_then(Value::as_f64) else { return shape };
    let Shape::Rectangle { min, max } = shape else { return shape };
    attributes.shift_remove("rotation");
    if degrees == 0.0 {
        return shape;
    }
    let center = [f64::midpoint(min[0], max[0]), f64::midpoint(min[1], max[1])];
    Shape::RotatedRectangle { center, size_px: [max[0] - min[0], max[1] - min[1]], degrees }
}

/// The shapes of a segmentation; `None` if none can be read, which is told.
fn shapes(
    segmentation: &Value,
    attributes: &mut Map<String, Value>,
    reasons: &mut Vec<Explanation>,
) -> Option<Vec<Shape>> {
    match segmentation {
        Value::Array(rings) => {
            let flat = rings.first().is_some_and(Value::is_number);
            let rings: Vec<&Value> = if flat { vec![segmentation] } else { rings.iter().collect() };
            let shapes: Vec<Shape> = rings.iter().filter_map(|ring| polygon(ring)).collect();
            if shapes.len() < rings.len() {
                let count = rings.len() - shapes.len();
                reasons.push(Explanation::bad_input("coco-ring").with("count", count));
            }
            (!shapes.is_empty()).then_some(shapes)
        }
        Value::Object(fields) => {
            let found = mask(fields).and_then(|mask| {
                let shapes = match outlines(attributes.shift_remove(RINGS), &mask) {
                    Some(shapes) => shapes,
                    None => mask.to_polygons().map_err(|error| error.to_string())?,
                };
                if shapes.is_empty() { Err("no pixel is set".to_owned()) } else { Ok(shapes) }
            });
            found.map_err(|cause| reasons.push(Explanation::bad_input("coco-mask").with("cause", cause))).ok()
        }
        _ => {
            reasons.push(Explanation::bad_input("coco-ring").with("count", 1));
            None
        }
    }
}

fn polygon(ring: &Value) -> Option<Shape> {
    let numbers: Vec<f64> = ring.as_array()?.iter().map(number_of).collect::<Option<_>>()?;
    if numbers.len() < 6 || !numbers.len().is_multiple_of(2) {
        return None;
    }
    Some(Shape::polygon(numbers.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect()))
}

fn mask(fields: &Map<String, Value>) -> Result<Mask, String> {
    let size = fields.get("size").and_then(Value::as_array).filter(|size| size.len() == 2);
    let side = |index: usize| size?.get(index)?.as_u64().and_then(|side| u32::try_from(side).ok());
    let (height, width) = side(0).zip(side(1)).ok_or("the size is missing")?;
    let mask = match fields.get("counts") {
        Some(Value::String(text)) => Mask::from_text([width, height], text.as_bytes()),
        Some(Value::Array(counts)) => {
            let counts: Option<Vec<u64>> = counts.iter().map(Value::as_u64).collect();
            Mask::from_counts([width, height], &counts.ok_or("a count is no whole number")?)
        }
        _ => return Err("the counts are missing".to_owned()),
    };
    mask.map_err(|error| error.to_string())
}

/// The outlines that a mask was written from, if they still cover its pixels.
fn outlines(said: Option<Value>, mask: &Mask) -> Option<Vec<Shape>> {
    let pieces: Vec<Vec<Vec<Point>>> = serde_json::from_value(said?).ok()?;
    let shapes: Vec<Shape> = pieces
        .into_iter()
        .map(|mut rings| (!rings.is_empty()).then(|| Shape::Polygon { points: rings.remove(0), holes: rings }))
        .collect::<Option<_>>()?;
    let rings = shapes.iter().filter_map(|shape| match shape {
        Shape::Polygon { points, holes } if shape.is_valid() => Some((points.as_slice(), holes.as_slice())),
        _ => None,
    });
    let again = Mask::of_polygons(mask.size_px, rings).ok()?;
    (again == *mask).then_some(shapes)
}
