//! One `<object>` of an annotation file (guide, table 2-6).

use super::element::{Element, is_name};
use super::points::{self, Spelling, number, shown};
use super::{KEPT, Slot, is_in, kept, note_layout, raw_elements, raw_json, texts};
use crate::domain::{Explain, Explanation, LabelName};
use crate::formats::objects::ImageObject;
use crate::formats::shape_properties;
use serde_json::{Map, Value};

/// What stands for the shape in a layout, whatever its element is called.
const SHAPE: &str = "#shape";
/// The elements we know, in the order the platform writes them.
const ORDER: [&str; 8] = ["name", "properties", "pose", "truncated", "occluded", "difficult", "confidence", SHAPE];
/// A pose of which nothing is known.
const NO_POSE: &str = "Unspecified";
/// How hard an object is to recognise, from 0 to 1; kept as it came.
const COEFFICIENTS: [&str; 2] = ["difficult-coefficient", "hard-coefficient"];

/// Reads an object. Adds what was put right or passed over to `reasons`.
///
/// # Errors
/// Why it is no object with a label and one shape; then it is kept as it came.
pub(super) fn read(element: &Element<'_>, reasons: &mut Vec<Explanation>) -> Result<ImageObject, Explanation> {
    let name = element.child("name").map_or("", |name| label_in(&name.text));
    if name.trim().is_empty() {
        return Err(Explanation::bad_input("voc-object-name"));
    }
    let label = LabelName::imported(name).map_err(|error| error.explain())?;
    let mut shapes = element.children.iter().filter(|child| points::is_shape(&child.name));
    let (shape, another) = (shapes.next(), shapes.next());
    let shape = shape.ok_or_else(|| Explanation::bad_input("voc-no-shape").with("label", name))?;
    if another.is_some() {
        return Err(Explanation::bad_input("voc-two-shapes").with("label", name));
    }
    let mut shape_rest = Vec::new();
    let (shape, spelling) = points::read(shape, &mut shape_rest, reasons)?;
    let mut object = ImageObject::new(label, shape);
    let mut layout = Vec::with_capacity(element.children.len());
    let mut property_notes = PropertyNotes::default();
    for child in &element.children {
        let slot = if points::is_shape(&child.name) { SHAPE } else { &*child.name };
        let place = ORDER.iter().position(|known| *known == slot);
        if let Some(place) = place.filter(|place| !is_in(&layout, *place))
            && take(slot, child, &mut object, &mut property_notes, reasons)
        {
            layout.push(Slot::Known(place));
            continue;
        }
        if COEFFICIENTS.contains(&slot) && number(&child.text).is_none_or(|value| !(0.0..=1.0).contains(&value)) {
            reasons.push(field_reason(slot, child));
        }
        let shapes = child.children.iter().filter(|part| points::is_shape(&part.name)).count();
        if slot == "part" && shapes > 1 {
            let label = child.child("name").map_or("", Element::trimmed);
            reasons.push(Explanation::bad_input("voc-part-shapes").with("label", label));
        }
        layout.push(Slot::Kept(Box::new(child.to_json())));
    }
    let mut notes = Map::new();
    note_layout(&mut notes, layout, &ORDER);
    if !element.attributes.is_empty() {
        let shell = Element { attributes: element.attributes.clone(), ..Element::leaf("object", "") };
        notes.insert("attributes".to_owned(), shell.to_json());
    }
    if spelling != Spelling::usual(&object.shape) && has_spelling(&object) {
        notes.insert("spelling".to_owned(), if spelling == Spelling::Plain { "plain" } else { "numbered" }.into());
    }
    if !property_notes.tags.is_empty() {
        notes.insert("tags".to_owned(), property_notes.tags.into());
    }
    raw_json(&mut notes, "properties", &property_notes.rest);
    raw_json(&mut notes, "shape", &shape_rest);
    if !notes.is_empty() {
        object.said.extra.insert(KEPT.to_owned(), Value::Object(notes));
    }
    // To look at them for changing would make room for them.
    if !object.said.properties.is_empty() {
        object.shape = shape_properties::take(object.shape, &mut object.attributes, &mut object.said.properties);
    }
    Ok(object)
}

/// A label as it stands: space around it is its own, unless it comes from laying out the file.
fn label_in(text: &str) -> &str {
    let trimmed = text.trim();
    let is_laid_out = text.len() > trimmed.len() && text.chars().any(char::is_control);
    if is_laid_out { trimmed } else { text }
}

fn has_spelling(object: &ImageObject) -> bool {
    use crate::domain::Shape;
    !matches!(object.shape, Shape::Rectangle { .. } | Shape::Circle { .. })
}

fn field_reason(field: &str, element: &Element<'_>) -> Explanation {
    let value: String = element.trimmed().chars().take(80).collect();
    Explanation::bad_input("voc-field-value").with("field", field).with("value", value)
}

/// Takes a known element; says whether what it says is now in the object.
fn take<'a>(
    slot: &str,
    element: &Element<'a>,
    object: &mut ImageObject,
    notes: &mut PropertyNotes<'a>,
    reasons: &mut Vec<Explanation>,
) -> bool {
    let text = element.trimmed();
    let is_flag = matches!(slot, "truncated" | "occluded" | "difficult");
    if text.is_empty() && (is_flag || matches!(slot, "pose" | "confidence")) {
        reasons.push(Explanation::bad_input("voc-field-empty").with("field", slot));
        return true;
    }
    match slot {
        "properties" => {
            read_properties(element, &mut object.said.properties, notes, reasons);
            return true;
        }
        "pose" => {
            object.attributes.pose = (text != NO_POSE).then(|| text.to_owned());
            return true;
        }
        "confidence" => object.said.confidence = number(text).filter(|value| (0.0..=1.0).contains(value)),
        "truncated" => object.attributes.truncated = flag(text),
        "occluded" => object.attributes.occluded = flag(text),
        "difficult" => object.attributes.difficult = flag(text),
        _ => return true,
    }
    let understood = match slot {
        "confidence" => object.said.confidence.is_some(),
        _ => flag(text).is_some(),
    };
    if !understood {
        reasons.push(field_reason(slot, element));
    }
    understood
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "0" | "0.0" => Some(false),
        "1" | "1.0" => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ => None,
    }
}

/// In which form properties came.
#[derive(Default)]
struct PropertyNotes<'a> {
    /// Those that were tags of their own: `<color>green</color>`.
    tags: Vec<String>,
    /// What is no property.
    rest: Vec<Element<'a>>,
}

fn read_properties<'a>(
    element: &Element<'a>,
    properties: &mut Map<String, Value>,
    notes: &mut PropertyNotes<'a>,
    reasons: &mut Vec<Explanation>,
) {
    if element.children.is_empty() {
        reasons.push(Explanation::bad_input("voc-properties-empty"));
    }
    for child in &element.children {
        let (key, value) = (child.child("key"), child.child("value"));
        let is_pair = child.name == "property" && key.is_some();
        let (name, value) = match (is_pair, key, value) {
            (true, Some(key), value) => (key.text.to_string(), value.map_or("", |value| &*value.text)),
            _ if child.children.is_empty() => (child.name.to_string(), &*child.text),
            _ => {
                let name = child.name.to_string();
                reasons.push(Explanation::bad_input("voc-property").with("property", name));
                notes.rest.push(child.clone());
                continue;
            }
        };
        if name.trim().is_empty() || properties.contains_key(&name) {
            reasons.push(Explanation::bad_input("voc-property").with("property", name));
            notes.rest.push(child.clone());
            continue;
        }
        if value.trim().is_empty() {
            reasons.push(Explanation::bad_input("voc-property-empty").with("property", &name));
        }
        if !is_pair {
            notes.tags.push(name.clone());
        }
        properties.insert(name, value.into());
    }
}

fn properties_element<'a>(object: &'a ImageObject, notes: Option<&'a Map<String, Value>>) -> Option<Element<'a>> {
    let tags = texts(notes, "tags");
    let rest = raw_elements(notes, "properties");
    let said = shape_properties::of(&object.shape, &object.attributes);
    let all = said.iter().chain(object.said.properties.iter().filter(|(key, _)| !said.contains_key(*key)));
    let mut children: Vec<Element<'_>> = all
        .map(|(key, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if tags.contains(&key.as_str()) && is_name(key) {
                return Element::leaf(key.clone(), text);
            }
            Element::branch("property", vec![Element::leaf("key", key.clone()), Element::leaf("value", text)])
        })
        .collect();
    children.extend(rest);
    (!children.is_empty()).then(|| Element::branch("properties", children))
}

/// Writes an object. The required elements are always there.
pub(super) fn write(object: &ImageObject) -> Element<'_> {
    let notes = kept(&object.said.extra);
    let attributes = &object.attributes;
    let spelling = match notes.and_then(|notes| notes.get("spelling")).and_then(Value::as_str) {
        Some("plain") => Spelling::Plain,
        Some("numbered") => Spelling::Numbered,
        _ => Spelling::usual(&object.shape),
    };
    let flag =
        |name: &'static str, value: Option<bool>| Element::leaf(name, if value == Some(true) { "1" } else { "0" });
    let mut shape = points::write(&object.shape, spelling);
    shape.children.extend(raw_elements(notes, "shape"));
    let mut slots: Vec<(&str, Element<'_>)> = vec![("name", Element::leaf("name", &*object.label))];
    slots.extend(properties_element(object, notes).map(|element| ("properties", element)));
    let pose = attributes.pose.as_deref().filter(|pose| !pose.trim().is_empty()).unwrap_or(NO_POSE);
    slots.push(("pose", Element::leaf("pose", pose)));
    slots.push(("truncated", flag("truncated", attributes.truncated)));
    slots.push(("occluded", flag("occluded", attributes.occluded)));
    slots.push(("difficult", flag("difficult", attributes.difficult)));
    slots.extend(object.said.confidence.map(|value| ("confidence", Element::leaf("confidence", shown(value)))));
    slots.push((SHAPE, shape));
    let children = super::arranged(slots, notes, SHAPE);
    let shell = notes.and_then(|notes| notes.get("attributes")).and_then(Element::from_json);
    let attributes = shell.map(|shell| shell.attributes).unwrap_or_default();
    Element { attributes, ..Element::branch("object", children) }
}
