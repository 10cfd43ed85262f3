//! The XML of the older LabelMe, a tool for the browser. It is only read: what is written is the JSON that tools of today
//! read.

use super::LabelMeFile;
use crate::domain::shape::Point;
use crate::domain::{Explanation, Shape};
use crate::formats::exchange::said;
use crate::formats::objects::{ImageObject, ImageObjects};
use crate::formats::voc::{Element, parse_elements};
use serde_json::Value;
use std::collections::HashMap;

/// The property that holds what the tool calls attributes, which is free text.
const ATTRIBUTES: &str = "attributes";

/// Whether the beginning of a file is of the tool; Pascal VOC has the same root.
pub(super) fn recognises(head: &str) -> bool {
    head.contains("<annotation>") && (head.contains("<pt>") || head.contains("<sourceAnnotation>LabelMe"))
}

/// Reads a file.
///
/// # Errors
/// If it is no XML.
pub(super) fn parse(bytes: &[u8], _: &str) -> Result<LabelMeFile, Explanation> {
    let mut reasons = Vec::new();
    let root = parse_elements(bytes, &mut reasons)?;
    if root.name != "annotation" {
        return Err(Explanation::bad_input("voc-root").with("found", root.name));
    }
    let text = |name: &str| root.child(name).map_or("", Element::trimmed);
    let file_name = match (text("folder"), text("filename")) {
        ("", file) | (_, file @ "") => file.to_owned(),
        (folder, file) => format!("{folder}/{file}"),
    };
    let side =
        |name: &str| root.child("imagesize")?.child(name)?.trimmed().parse::<u32>().ok().filter(|side| *side > 0);
    let size_px = side("ncols").zip(side("nrows")).map(|(width, height)| [width, height]);
    let listed: Vec<&Element<'_>> = root.children.iter().filter(|child| child.name == "object").collect();
    let groups = groups(&listed);
    let mut objects = Vec::with_capacity(listed.len());
    for element in listed {
        if says_yes(element, "deleted") {
            continue;
        }
        let Some(mut object) = object(element, &mut reasons) else { continue };
        object.attributes.group = groups.get(id_of(element)).cloned();
        objects.push(object);
    }
    let image = ImageObjects { file_name, size_px, objects: Some(objects), ..ImageObjects::default() };
    Ok(LabelMeFile { image, reasons })
}

fn object(element: &Element<'_>, reasons: &mut Vec<Explanation>) -> Option<ImageObject> {
    let text = |name: &str| element.child(name).map_or("", Element::trimmed);
    let label = text("name");
    if label.is_empty() {
        reasons.push(Explanation::bad_input("labelme-label"));
        return None;
    }
    let shape = if let Some(polygon) = element.child("polygon") {
        corners(polygon).and_then(|points| of_corners(points, text("type") == "bounding_box"))
    } else {
        // A mask is a picture beside the file; what is here is the rectangle around it.
        let shape = element.child("segm").and_then(|segment| rectangle(segment.child("box")?));
        if shape.is_some() {
            reasons.push(Explanation::bad_input("labelme-mask-box").with("label", label));
        }
        shape
    };
    let Some(shape) = shape.filter(Shape::is_valid) else {
        let kind = if element.child("polygon").is_some() { "polygon" } else { "mask" };
        reasons.push(Explanation::bad_input("labelme-shape").with("kind", kind));
        return None;
    };
    let mut object = ImageObject::new(label, shape);
    object.attributes.occluded = said(&Value::from(text("occluded")));
    if !text(ATTRIBUTES).is_empty() {
        object.said.properties.insert(ATTRIBUTES.to_owned(), text(ATTRIBUTES).into());
    }
    Some(object)
}

fn number(element: &Element<'_>, name: &str) -> Option<f64> {
    element.child(name)?.trimmed().parse::<f64>().ok().filter(|number| number.is_finite())
}

fn corners(polygon: &Element<'_>) -> Option<Vec<Point>> {
    let points = polygon.children.iter().filter(|child| child.name == "pt");
    points.map(|point| Some([number(point, "x")?, number(point, "y")?])).collect()
}

/// One that was drawn as a rectangle is one, if its corners still make it.
fn of_corners(points: Vec<Point>, was_rectangle: bool) -> Option<Shape> {
    if let ([a, b, c, d], true) = (points.as_slice(), was_rectangle)
        && let Some(shape) = crate::formats::exchange::rectangle_of_corners([*a, *b, *c, *d], 0.0)
    {
        return Some(shape);
    }
    match points.as_slice() {
        [at] => Some(Shape::Point { at: *at }),
        [a, b] => Some(Shape::Line { points: [*a, *b], dashed: false }),
        [_, _, _, ..] => Some(Shape::polygon(points)),
        [] => None,
    }
}

fn rectangle(bounds: &Element<'_>) -> Option<Shape> {
    let min = [number(bounds, "xmin")?, number(bounds, "ymin")?];
    Some(Shape::rectangle(min, [number(bounds, "xmax")?, number(bounds, "ymax")?]))
}

fn says_yes(element: &Element<'_>, name: &str) -> bool {
    element.child(name).is_some_and(|child| said(&Value::from(child.trimmed())) == Some(true))
}

fn id_of<'a>(element: &'a Element<'_>) -> &'a str {
    element.child("id").map_or("", Element::trimmed)
}

/// The group of each object by its id: the id of the object at the top that it is a part of, or has parts itself.
fn groups<'a>(objects: &[&'a Element<'_>]) -> HashMap<&'a str, String> {
    let part_of = |element: &&'a Element<'_>| {
        let whole = element.child("parts")?.child("ispartof")?.trimmed();
        (!whole.is_empty()).then_some((id_of(element), whole))
    };
    let wholes: HashMap<&str, &str> = objects.iter().filter_map(part_of).collect();
    let mut groups = HashMap::new();
    for part in wholes.keys() {
        let mut whole = *part;
        // Parts that are parts of each other end somewhere.
        for _ in 0..=wholes.len() {
            let Some(above) = wholes.get(whole) else { break };
            whole = above;
        }
        groups.insert(*part, whole.to_owned());
        groups.insert(whole, whole.to_owned());
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_masks_and_rectangles() {
        let xml = "<annotation><filename>a.png</filename><folder>s</folder><imagesize><nrows>7</nrows><ncols>9</ncols>\
            </imagesize><object><name>car</name><id>2</id><occluded>yes</occluded><attributes>red</attributes><parts>\
            <hasparts>3</hasparts><ispartof></ispartof></parts><type>bounding_box</type><polygon><pt><x>1</x><y>2</y></pt>\
            <pt><x>5</x><y>2</y></pt><pt><x>5</x><y>6</y></pt><pt><x>1</x><y>6</y></pt></polygon></object><object>\
            <name>door</name><id>3</id><parts><ispartof>2</ispartof></parts><segm><box><xmin>1</xmin><ymin>2</ymin>\
            <xmax>3</xmax><ymax>4</ymax></box></segm></object><object><name>gone</name><deleted>1</deleted></object>\
            <object><name>odd</name><polygon><pt><x>a</x></pt></polygon></object></annotation>";
        let file = parse(xml.as_bytes(), "a.xml").expect("valid");
        assert_eq!((file.image.file_name.as_str(), file.image.size_px), ("s/a.png", Some([9, 7])));
        let objects = file.image.objects.expect("labeled");
        assert_eq!(objects[0].shape, Shape::rectangle([1.0, 2.0], [5.0, 6.0]));
        assert_eq!(
            (objects[0].attributes.occluded, objects[0].said.properties["attributes"].as_str()),
            (Some(true), Some("red"))
        );
        assert_eq!(objects[1].shape, Shape::rectangle([1.0, 2.0], [3.0, 4.0]));
        assert_eq!(objects.iter().map(|o| o.attributes.group.as_deref()).collect::<Vec<_>>(), [Some("2"); 2]);
        let codes: Vec<_> = file.reasons.iter().map(|reason| reason.code.as_ref()).collect();
        assert_eq!(codes, ["labelme-mask-box", "labelme-shape"]);
    }

    #[test]
    fn parts_of_each_other_come_to_an_end() {
        let part = |id: u8, whole: u8| {
            format!(
                "<object><name>a</name><id>{id}</id><parts><ispartof>{whole}</ispartof></parts>\
                <polygon><pt><x>1</x><y>2</y></pt></polygon></object>"
            )
        };
        let xml = format!("<annotation>{}{}{}</annotation>", part(1, 2), part(2, 1), part(3, 3));
        assert_eq!(parse(xml.as_bytes(), "a.xml").expect("valid").image.objects.map(|objects| objects.len()), Some(3));
    }
}
