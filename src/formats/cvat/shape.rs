//! One shape of an image.

use super::CONFIDENCE;
use super::node::Node;
use crate::domain::shape::Point;
use crate::domain::{Explanation, Shape};
use crate::formats::exchange::{ellipse, number_of, take_fields};
use crate::formats::mask::Mask;
use crate::formats::objects::ImageObject;
use serde_json::{Map, Value};

/// The objects of an element: several for points and masks of several pieces.
pub(super) fn read(node: &Node, size_px: Option<[u32; 2]>, reasons: &mut Vec<Explanation>) -> Vec<ImageObject> {
    let kind = node.name.as_str();
    if !matches!(kind, "box" | "polygon" | "polyline" | "points" | "ellipse" | "mask") {
        reasons.push(Explanation::bad_input("cvat-left-out").with("kind", kind));
        return Vec::new();
    }
    let Some(label) = node.attribute("label").filter(|label| !label.is_empty()) else {
        reasons.push(Explanation::bad_input("cvat-no-label").with("kind", kind));
        return Vec::new();
    };
    let shapes = match shapes(node, size_px, reasons) {
        Ok(shapes) if !shapes.is_empty() && shapes.iter().all(Shape::is_valid) => shapes,
        Ok(_) => {
            reasons.push(Explanation::bad_input("cvat-shape").with("kind", kind).with("cause", "no valid numbers"));
            return Vec::new();
        }
        Err(cause) => {
            reasons.push(Explanation::bad_input("cvat-shape").with("kind", kind).with("cause", cause));
            return Vec::new();
        }
    };
    let mut first = ImageObject::new(label, shapes[0].clone());
    let mut fields = Map::new();
    for attribute in node.children.iter().filter(|child| child.name == "attribute") {
        if let Some(name) = attribute.attribute("name") {
            fields.insert(name.to_owned(), attribute.text.as_str().into());
        }
    }
    first.said.confidence =
        fields.shift_remove(CONFIDENCE).as_ref().and_then(number_of).filter(|s| (0.0..=1.0).contains(s));
    if node.attribute("occluded") == Some("1") {
        first.attributes.occluded = Some(true);
    }
    take_fields(fields, &mut first);
    match node.attribute("group_id") {
        Some(group) if !group.is_empty() && group != "0" => first.attributes.group = Some(group.to_owned()),
        _ => {}
    }
    if shapes.len() > 1 && first.attributes.group.is_none() {
        // Parts of one shape stay together; the place of the first is a name that no other group has.
        let [x, y] = shapes[0].bounds().min;
        first.attributes.group = Some(format!("{kind} at {x}, {y}"));
    }
    for (name, value) in &node.attributes {
        let ours = ["label", "occluded", "points", "xtl", "ytl", "xbr", "ybr", "rotation", "cx", "cy", "rx", "ry"];
        let masks = ["rle", "left", "top", "width", "height", "group_id"];
        let says_nothing = matches!((name.as_str(), value.as_str()), ("source", "manual") | ("z_order", "0"));
        if !ours.contains(&name.as_str()) && !masks.contains(&name.as_str()) && !says_nothing {
            first.said.extra.insert(name.clone(), Value::from(value.as_str()));
        }
    }
    first.with_parts(shapes.into_iter().skip(1))
}

fn shapes(node: &Node, size_px: Option<[u32; 2]>, reasons: &mut Vec<Explanation>) -> Result<Vec<Shape>, String> {
    let need = |name: &str| node.number(name).ok_or_else(|| format!("{name} is missing"));
    let degrees = node.number("rotation").unwrap_or(0.0);
    Ok(match node.name.as_str() {
        "box" => {
            let (min, max) = ([need("xtl")?, need("ytl")?], [need("xbr")?, need("ybr")?]);
            let upright = Shape::rectangle(min, max);
            if degrees == 0.0 {
                vec![upright]
            } else {
                let bounds = upright.bounds();
                let size_px = [bounds.width(), bounds.height()];
                vec![Shape::RotatedRectangle { center: bounds.center(), size_px, degrees }]
            }
        }
        "polygon" => vec![Shape::polygon(points(node)?)],
        "polyline" => {
            let points = points(node)?;
            match points.as_slice() {
                [a, b] => vec![Shape::Line { points: [*a, *b], dashed: false }],
                _ => vec![Shape::Polyline { points }],
            }
        }
        "points" => points(node)?.into_iter().map(|at| Shape::Point { at }).collect(),
        "ellipse" => {
            let center = [need("cx")?, need("cy")?];
            let radii = [need("rx")?, need("ry")?];
            if radii[0] == radii[1] {
                vec![Shape::Circle { center, radius: radii[0] }]
            } else {
                reasons.push(Explanation::bad_input("format-ellipse"));
                vec![ellipse(center, radii, degrees)]
            }
        }
        _ => {
            let counts: Option<Vec<u64>> =
                node.attribute("rle").unwrap_or_default().split(',').map(|count| count.trim().parse().ok()).collect();
            let counts = counts.ok_or("the counts are no whole numbers")?;
            let whole = |name: &str| -> Result<i64, String> {
                node.attribute(name).and_then(|n| n.trim().parse().ok()).ok_or_else(|| format!("{name} is missing"))
            };
            let side =
                |name: &str| whole(name).and_then(|n| u32::try_from(n).map_err(|_| format!("{name} is negative")));
            let (at, frame) = ([whole("left")?, whole("top")?], [side("width")?, side("height")?]);
            let far = |axis: usize| {
                let far = at[axis].saturating_add(i64::from(frame[axis])).clamp(1, i64::from(u16::MAX));
                u32::try_from(far).unwrap_or(1)
            };
            let size_px = size_px.unwrap_or_else(|| [far(0), far(1)]);
            let mask = Mask::from_rows(size_px, at, frame, &counts).map_err(|error| error.to_string())?;
            mask.to_polygons().map_err(|error| error.to_string())?
        }
    })
}

fn points(node: &Node) -> Result<Vec<Point>, String> {
    let text = node.attribute("points").ok_or("points are missing")?;
    let point = |text: &str| {
        let (x, y) = text.split_once(',')?;
        Some([x.trim().parse().ok()?, y.trim().parse().ok()?])
    };
    let pairs = text.split(';').filter(|pair| !pair.trim().is_empty());
    pairs.map(|pair| point(pair).ok_or_else(|| format!("{pair} is no point"))).collect()
}
