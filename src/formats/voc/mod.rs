//! Pascal VOC: an XML file an image (guide, tables 2-6 and 2-7), with what the platform and other tools write beyond
//! it. What we do not model is kept with the image or the object and written back in its place.
//!
//! Coordinates are taken as written, without ±1: the specification counts pixels from 1, much software from 0, and no
//! file says which.

mod element;
mod folder;
mod object;
mod plain;
mod points;
mod upright;

pub use element::Element;
pub(in crate::formats) use element::parse as parse_elements;
pub use folder::{FORMAT, pairs};
pub use upright::{Turned, to_upright};

use super::objects::{Carries, ImageObjects, Kept, OtherShapes};
use crate::domain::Explanation;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::io::{self, Write};

/// A longer file is refused: a polygon of 100,000 vertices takes four megabytes.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// Where images and objects keep what only this format says. Never in a manifest.
pub const KEPT: &str = "modelier:voc";

/// What stands for all objects in a layout.
const OBJECTS: &str = "#objects";
/// The elements we know, in their usual order.
const ORDER: [&str; 5] = ["folder", "filename", "size", "segmented", OBJECTS];

/// What the format carries. Rotated rectangles are written as polygons with their angle as a property, and come back.
pub const CARRIES: Carries = Carries {
    shapes: Carries::UNTURNED,
    other_shapes: OtherShapes::BecomePolygons,
    hard: false,
    authorship: false,
    kept: Kept::Voc,
    ..Carries::EVERYTHING
};

/// A file that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct VocFile {
    /// `file_name` is what the file says; `size_px` is its `<size>`. It always says its objects: an image without any
    /// is labeled with nothing.
    pub image: ImageObjects,
    /// What was put right, passed over or missing.
    pub reasons: Vec<Explanation>,
    /// Why an object was refused, of the first one; it is among the reasons, too.
    pub refused: Option<Explanation>,
}

/// Reads an annotation file.
///
/// # Errors
/// If it is not XML, too large, or not an annotation. An object that means nothing is a reason in the result, and is
/// kept to be written back.
pub fn read(bytes: &[u8]) -> Result<VocFile, Explanation> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Explanation::bad_input("voc-too-large"));
    }
    let mut reasons = Vec::new();
    let root = element::parse(bytes, &mut reasons)?;
    if root.name != "annotation" {
        let found: String = root.name.chars().take(80).collect();
        return Err(Explanation::bad_input("voc-root").with("found", found));
    }
    if root.children.is_empty() {
        return Err(Explanation::bad_input("voc-empty"));
    }
    let mut image = ImageObjects::default();
    // As many as there are, not more: all images of a folder may be held at once.
    let mut objects = Vec::with_capacity(root.children.iter().filter(|child| child.name == "object").count());
    let (mut foreign, mut layout, mut notes) = (Vec::new(), Vec::new(), Map::new());
    let mut refused = None;
    for child in &root.children {
        let slot = if child.name == "object" { OBJECTS } else { &*child.name };
        let place = ORDER.iter().position(|known| *known == slot);
        let is_first = !place.is_some_and(|place| is_in(&layout, place));
        match slot {
            OBJECTS => {
                match object::read(child, &mut reasons) {
                    Ok(object) => objects.push(object),
                    Err(reason) => {
                        refused.get_or_insert_with(|| reason.clone());
                        reasons.push(reason);
                        foreign.push(child.clone());
                    }
                }
                layout.extend(place.filter(|_| is_first).map(Slot::Known));
                continue;
            }
            "folder" if is_first => {
                warn_if_empty(child, "folder", &mut reasons);
                notes.insert("folder".to_owned(), child.trimmed().into());
            }
            "filename" if is_first => {
                warn_if_empty(child, "filename", &mut reasons);
                image.file_name = child.trimmed().to_owned();
            }
            "segmented" if is_first => {
                warn_if_empty(child, "segmented", &mut reasons);
                if child.trimmed() != "0" {
                    notes.insert("segmented".to_owned(), child.trimmed().into());
                }
            }
            "size" if is_first => image.size_px = read_size(child, &mut notes, &mut reasons),
            _ => {
                if slot == "source" {
                    child.children.iter().for_each(|part| warn_if_empty(part, &part.name, &mut reasons));
                }
                layout.push(Slot::Kept(Box::new(child.to_json())));
                continue;
            }
        }
        layout.extend(place.map(Slot::Known));
    }
    note_layout(&mut notes, layout, &ORDER);
    if !root.attributes.is_empty() {
        let shell = Element { attributes: root.attributes, ..Element::leaf("annotation", "") };
        notes.insert("attributes".to_owned(), shell.to_json());
    }
    raw_json(&mut notes, "objects", &foreign);
    if !notes.is_empty() {
        image.extra.insert(KEPT.to_owned(), Value::Object(notes));
    }
    image.objects = Some(objects);
    Ok(VocFile { image, reasons, refused })
}

fn warn_if_empty(element: &Element<'_>, field: &str, reasons: &mut Vec<Explanation>) {
    if element.trimmed().is_empty() && element.children.is_empty() {
        reasons.push(Explanation::bad_input("voc-field-empty").with("field", field));
    }
}

/// Width and height; `None` if one is missing or 0. Everything else of the element is noted.
fn read_size(size: &Element<'_>, notes: &mut Map<String, Value>, reasons: &mut Vec<Explanation>) -> Option<[u32; 2]> {
    let mut sides = [None, None];
    let mut rest = Vec::new();
    for child in &size.children {
        let whole = || child.trimmed().strip_suffix(".0").unwrap_or(child.trimmed()).parse::<u32>().ok();
        match &*child.name {
            "width" if sides[0].is_none() => sides[0] = Some(whole()),
            "height" if sides[1].is_none() => sides[1] = Some(whole()),
            "depth" if whole().is_some() => {
                if let Some(depth) = whole().filter(|depth| *depth != 3) {
                    notes.insert("depth".to_owned(), depth.into());
                }
            }
            _ => rest.push(child.clone()),
        }
    }
    raw_json(notes, "size", &rest);
    match sides.map(|side| side.flatten().filter(|side| *side > 0)) {
        [Some(width), Some(height)] => Some([width, height]),
        _ => {
            reasons.push(Explanation::bad_input("voc-size"));
            None
        }
    }
}

/// What an annotation file says that its image knows better than its objects.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'a> {
    /// The folder of the image, where the file did not say one when it was read.
    pub folder: &'a str,
}

/// Writes an annotation file. The required fields are always there; an unlabeled image is written as one labeled with
/// nothing (write no file for it).
///
/// # Errors
/// What `out` says.
pub fn write(image: &ImageObjects, surroundings: Surroundings<'_>, out: &mut dyn Write) -> io::Result<()> {
    let notes = kept(&image.extra);
    let text =
        |key: &str| notes.and_then(|notes| notes.get(key)).and_then(Value::as_str).filter(|text| !text.is_empty());
    let number = |key: &str| notes.and_then(|notes| notes.get(key)).and_then(Value::as_u64);
    let own_folder = super::detection::base_name(super::detection::folder_of(&image.file_name));
    let own_folder = if own_folder.is_empty() { surroundings.folder } else { own_folder };
    let folder = text("folder").unwrap_or(if own_folder.is_empty() { "images" } else { own_folder });
    let [width, height] = image.size_px.unwrap_or([0, 0]);
    let mut size = vec![
        Element::leaf("width", width.to_string()),
        Element::leaf("height", height.to_string()),
        Element::leaf("depth", number("depth").or(image.channels.map(u64::from)).unwrap_or(3).to_string()),
    ];
    size.extend(raw_elements(notes, "size"));
    let slots = vec![
        ("folder", Element::leaf("folder", folder)),
        ("filename", Element::leaf("filename", super::detection::base_name(&image.file_name))),
        ("size", Element::branch("size", size)),
        ("segmented", Element::leaf("segmented", text("segmented").unwrap_or("0"))),
    ];
    let mut children = arranged(slots, notes, OBJECTS);
    // The objects themselves do not stand in the arrangement: they are written one by one.
    let place = children.iter().position(|child| child.name == OBJECTS).unwrap_or(children.len());
    children.retain(|child| child.name != OBJECTS);
    let shell = notes.and_then(|notes| notes.get("attributes")).and_then(Element::from_json);
    let mut root =
        Element { attributes: shell.map(|shell| shell.attributes).unwrap_or_default(), ..Element::default() };
    root.name = "annotation".into();
    let mut objects: Vec<Element<'_>> = image.objects.iter().flatten().map(object::write).collect();
    objects.extend(raw_elements(notes, "objects"));
    children.splice(place..place, objects);
    root.children = children;
    root.write(out, 0)
}

/// The bytes of an annotation file, see [`write`].
#[must_use]
pub fn to_bytes(image: &ImageObjects, surroundings: Surroundings<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Memory does not fail.
    let _ = write(image, surroundings, &mut bytes);
    bytes
}

/// The notes of ours in an `extra`.
fn kept(extra: &Map<String, Value>) -> Option<&Map<String, Value>> {
    extra.get(KEPT)?.as_object()
}

/// Whether notes hold more than the order and spelling of what other formats say as well.
pub(in crate::formats) fn says_more(notes: &Map<String, Value>) -> bool {
    notes.iter().any(|(key, value)| match key.as_str() {
        "folder" | "depth" | "spelling" | "tags" | "entry" => false,
        "layout" => value.as_array().is_some_and(|slots| slots.iter().any(Value::is_array)),
        _ => true,
    })
}

/// Adds what another file of the same image noted; where both say something, the first one counts.
pub(in crate::formats) fn merge_notes(notes: &mut Map<String, Value>, others: Map<String, Value>) {
    for (key, other) in others {
        match (notes.get_mut(&key), other) {
            // Lists of elements that are kept; names in them are places of known ones.
            (Some(Value::Array(list)), Value::Array(more)) if ["layout", "objects", "size"].contains(&key.as_str()) => {
                let new: Vec<Value> = more.into_iter().filter(|item| item.is_array() && !list.contains(item)).collect();
                list.extend(new);
            }
            (Some(_), _) => {}
            (None, other) => {
                notes.insert(key, other);
            }
        }
    }
}

/// A place in the order that elements stood in.
enum Slot {
    /// The first element of that name, by its place in the usual order.
    Known(usize),
    /// One that is kept as it came: rare, and large beside the others.
    Kept(Box<Value>),
}

/// Whether the known element of that place stood before.
fn is_in(layout: &[Slot], place: usize) -> bool {
    layout.iter().any(|before| matches!(before, Slot::Known(known) if *known == place))
}

/// Notes how elements stood if it was otherwise than we write them: unknown ones, or known ones in another order.
fn note_layout(notes: &mut Map<String, Value>, layout: Vec<Slot>, order: &[&str]) {
    let known = |slot: &Slot| if let Slot::Known(place) = slot { Some(*place) } else { None };
    let is_usual = layout.iter().all(|slot| known(slot).is_some()) && layout.is_sorted_by_key(known);
    if !is_usual {
        let value = |slot| match slot {
            Slot::Known(place) => order.get(place).copied().into(),
            Slot::Kept(element) => *element,
        };
        notes.insert("layout".to_owned(), layout.into_iter().map(value).collect());
    }
}

/// The elements in the order of the layout they were read in: known ones with what they say now, unknown ones as they
/// came. Known ones that were not there before stand before `late`; a mark named `late` is left where the layout has it.
fn arranged<'a>(
    slots: Vec<(&str, Element<'a>)>,
    notes: Option<&'a Map<String, Value>>,
    late: &str,
) -> Vec<Element<'a>> {
    let mut slots: Vec<(&str, Option<Element<'a>>)> =
        slots.into_iter().map(|(name, element)| (name, Some(element))).collect();
    let layout = notes.and_then(|notes| notes.get("layout")).and_then(Value::as_array);
    let Some(layout) = layout else {
        return slots.into_iter().filter_map(|(_, element)| element).collect();
    };
    let known: Vec<Cow<'a, str>> =
        slots.iter().filter_map(|(_, element)| Some(element.as_ref()?.name.clone())).collect();
    let mut result: Vec<Element<'a>> = Vec::with_capacity(layout.len() + slots.len());
    let mut place = None;
    for item in layout {
        if let Some(name) = item.as_str() {
            if name == late {
                place = Some(result.len());
            }
            match slots.iter_mut().find(|(slot, _)| *slot == name) {
                Some((_, element)) => result.extend(element.take()),
                None if name == OBJECTS => result.push(Element::leaf(OBJECTS, "")),
                None => {}
            }
        } else if let Some(raw) = Element::from_json(item)
            && !(known.contains(&raw.name) && raw.children.is_empty())
        {
            result.push(raw);
        }
    }
    let new: Vec<Element<'a>> = slots.into_iter().filter_map(|(_, element)| element).collect();
    let place = place.unwrap_or(result.len());
    result.splice(place..place, new);
    result
}

fn raw_json(notes: &mut Map<String, Value>, key: &str, elements: &[Element<'_>]) {
    if !elements.is_empty() {
        notes.insert(key.to_owned(), elements.iter().map(Element::to_json).collect());
    }
}

fn raw_elements<'a>(notes: Option<&'a Map<String, Value>>, key: &str) -> Vec<Element<'a>> {
    let list = notes.and_then(|notes| notes.get(key)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Element::from_json).collect()
}

fn texts<'a>(notes: Option<&'a Map<String, Value>>, key: &str) -> Vec<&'a str> {
    let list = notes.and_then(|notes| notes.get(key)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests;
