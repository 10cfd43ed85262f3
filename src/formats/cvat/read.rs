//! Reading, image by image.

use super::node::{Node, stream};
use super::{STATE, UNLABELED, shape};
use crate::domain::{Explanation, Usage};
use crate::formats::FormatError;
use crate::formats::detection::{FileTree, ImageNames, Reading, base_name, folder_of};
use crate::formats::exchange::{Labels, Warnings, usage_named};
use crate::formats::objects::ImageObjects;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

const HEAD_BYTES: u64 = 4096;

fn candidates(tree: &dyn FileTree) -> impl Iterator<Item = &str> {
    tree.files().iter().map(String::as_str).filter(|name| name.to_ascii_lowercase().ends_with(".xml"))
}

fn looks_like_cvat(tree: &dyn FileTree, name: &str) -> bool {
    let mut head = Vec::new();
    let read = tree.open(name).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("<annotations>")
}

pub(super) fn recognises(tree: &dyn FileTree) -> bool {
    candidates(tree).take(3).any(|name| looks_like_cvat(tree, name))
}

/// What a file brought beside its images.
#[derive(Debug, Default)]
pub struct CvatReading {
    pub labels: Labels,
    pub warnings: Warnings,
    /// Images without any shape; CVAT lists them whether somebody looked at them or not.
    pub without_shapes: u64,
}

/// Reads a file and calls `each` with every image; their names are those of the file.
///
/// # Errors
/// With place and cause, if the XML is broken or of something else.
pub fn parse(
    input: impl Read,
    name: &str,
    reading: &mut CvatReading,
    each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
) -> Result<(), Explanation> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    if input.fill_buf().is_ok_and(|head| head.starts_with(b"\xEF\xBB\xBF")) {
        input.consume(3);
    }
    let mut tracks = 0_u64;
    let outcome = stream(input, &mut |node| {
        match node.name.as_str() {
            "meta" => labels_of(&node, &mut reading.labels),
            "image" => {
                if let Some(image) = image(&node, name, reading) {
                    return each(image);
                }
            }
            "track" => tracks += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    });
    if tracks > 0 {
        reading.warnings.add(name, "", Explanation::bad_input("cvat-video").with("count", tracks));
    }
    outcome.map_err(|cause| Explanation::bad_input("cvat-xml").with("cause", cause).with("name", name))
}

/// The labels of a task, or of a project or job, which lie at another depth.
fn labels_of(node: &Node, labels: &mut Labels) {
    if node.name == "labels" {
        for label in &node.children {
            let name = label.child("name").map(|name| name.text.as_str()).filter(|name| !name.is_empty());
            // The points of a skeleton are labels of their own kind.
            if let Some(name) = name.filter(|_| label.child("parent").is_none()) {
                labels.add(name);
            }
        }
        return;
    }
    for child in &node.children {
        labels_of(child, labels);
    }
}

fn image(node: &Node, file: &str, reading: &mut CvatReading) -> Option<ImageObjects> {
    let Some(name) = node.attribute("name").filter(|name| !name.is_empty()) else {
        let place = format!("image {}", node.attribute("id").unwrap_or("?"));
        reading.warnings.add(file, &place, Explanation::bad_input("cvat-image"));
        return None;
    };
    let side =
        |name: &str| node.number(name).filter(|side| *side >= 1.0 && *side <= f64::from(u32::MAX)).map(|s| s as u32);
    let size_px = side("width").zip(side("height")).map(|(width, height)| [width, height]);
    let mut objects = Vec::with_capacity(node.children.len());
    for child in &node.children {
        let mut reasons = Vec::new();
        objects.extend(shape::read(child, size_px, &mut reasons));
        for reason in reasons {
            reading.warnings.add(file, name, reason);
        }
    }
    for object in &objects {
        reading.labels.add(&object.label);
    }
    let unlabeled = objects.is_empty() && node.attribute(STATE) == Some(UNLABELED);
    if node.children.is_empty() && !unlabeled {
        reading.without_shapes += 1;
    }
    let mut image = ImageObjects {
        file_name: name.replace('\\', "/"),
        size_px,
        objects: if unlabeled { None } else { Some(objects) },
        usage: node.attribute("subset").and_then(usage_named),
        ..ImageObjects::default()
    };
    for (name, value) in &node.attributes {
        let known = ["id", "name", "width", "height", STATE].contains(&name.as_str());
        if !(known || name == "subset" && image.usage.is_some()) {
            image.extra.insert(name.clone(), Value::from(value.as_str()));
        }
    }
    Some(image)
}

pub(super) fn read(
    tree: &dyn FileTree,
    each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
) -> Result<Reading, FormatError> {
    let names = ImageNames::new(tree);
    let known: HashSet<&str> = names.all().collect();
    let mut reading = CvatReading::default();
    let mut seen: HashSet<String> = HashSet::new();
    let (mut ended, mut repeated) = (false, 0_u64);
    for name in candidates(tree).filter(|name| looks_like_cvat(tree, name)) {
        let input = tree.open(name).map_err(|cause| FormatError::Read { cause, name: name.to_owned() })?;
        let folder = folder_of(name);
        let above = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let without_shapes = reading.without_shapes;
        let mut subsets: HashMap<Usage, BTreeSet<&str>> = HashMap::new();
        for folder in known.iter().map(|name| folder_of(name)).filter(|folder| folder.starts_with(&above)) {
            if let Some(usage) = usage_named(base_name(folder)) {
                subsets.entry(usage).or_default().insert(folder);
            }
        }
        let outcome = parse(input, name, &mut reading, &mut |mut image| {
            // A project's images lie in a folder for each subset; some of them may share their names.
            let subset = image.extra.get("subset").and_then(Value::as_str);
            let subset = subset.map_or_else(|| image.usage, usage_named);
            let folders = subset.into_iter().flat_map(|usage| subsets.get(&usage).into_iter().flatten());
            let own = folders.map(|folder| format!("{folder}/{}", image.file_name));
            let within = format!("{above}images/{}", image.file_name);
            let found = std::iter::once(within).chain(own).find_map(|name| known.get(name.as_str()).copied());
            if let Some(found) = found.or_else(|| names.find(&image.file_name, folder)) {
                found.clone_into(&mut image.file_name);
            }
            if !seen.insert(image.file_name.clone()) {
                repeated += 1;
                return ControlFlow::Continue(());
            }
            let flow = each(image);
            ended |= flow.is_break();
            flow
        });
        outcome.map_err(FormatError::Refused)?;
        let empty = reading.without_shapes - without_shapes;
        if empty > 0 {
            reading.warnings.add(name, "", Explanation::bad_input("cvat-images-without-shapes").with("count", empty));
        }
        if repeated > 0 {
            reading.warnings.add(name, "", Explanation::bad_input("format-images-twice").with("count", repeated));
            repeated = 0;
        }
        if ended {
            break;
        }
    }
    names.each_unlisted(|name| !ended && !seen.contains(name), each);
    Ok(Reading { labels: reading.labels.finish(), warnings: reading.warnings.finish() })
}
