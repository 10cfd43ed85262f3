//! A folder of images and label files: `images/` and `labels/` with `data.yaml`, Darknet's `obj.data`, or text files
//! beside the images.

use super::Task;
use super::line::parse_line;
use super::names::{Names, parse_yaml};
use crate::domain::{Explanation, Usage};
use crate::formats::detection::{FileTree, ImageNames, Reading, base_name, folder_of, read_file, stem};
use crate::formats::exchange::{Labels, Warnings, usage_named};
use crate::formats::image_folder::is_image_name;
use crate::formats::objects::{ImageObject, ImageObjects};
use crate::formats::{FormatError, Said};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// Files of names and lists.
const MAX_LIST_BYTES: u64 = 256 << 20;
/// A label file of more is none.
const MAX_LABEL_BYTES: u64 = 64 << 20;
/// So many label files say whether lines of nine numbers are rings or oriented boxes.
const PROBED_FILES: usize = 200;
const NAME_FILES: [&str; 4] = ["obj.names", "classes.txt", "classes.names", "_darknet.labels"];

fn is_yaml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".yaml") || name.ends_with(".yml")
}

fn is_text(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".txt")
}

pub(super) fn recognises(tree: &dyn FileTree) -> bool {
    let is_names = |name: &String| NAME_FILES.contains(&base_name(name)) || base_name(name) == "obj.data";
    if tree.files().iter().any(is_names) {
        return true;
    }
    let has_names = |name: &&String| {
        let text = text_of(tree, name, 1 << 20).unwrap_or_default();
        text.lines().any(|line| line.starts_with("names:"))
    };
    if tree.files().iter().filter(|name| is_yaml(name)).take(5).any(|name| has_names(&name)) {
        return true;
    }
    // Text files without any list of names: they must look like labels, and belong to images.
    let names = ImageNames::new(tree);
    let labels = tree.files().iter().filter(|name| is_text(name) && names.with_stem(stem(base_name(name))).is_some());
    labels.take(3).any(|name| {
        let text = text_of(tree, name, 1 << 20).unwrap_or_default();
        text.lines().next().is_some_and(|line| parse_line(line, [1, 1], None, 0).is_ok())
    })
}

fn text_of(tree: &dyn FileTree, name: &str, limit: u64) -> Result<String, FormatError> {
    Ok(String::from_utf8_lossy(&read_file(tree, name, limit)?).into_owned())
}

pub(super) fn read(
    tree: &dyn FileTree,
    task: Option<Task>,
    each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
) -> Result<Reading, FormatError> {
    let images = ImageNames::new(tree);
    let mut notes = Warnings::default();
    let names = names(tree, &mut notes)?;
    let mut labels = Labels::default();
    for name in names.in_order() {
        labels.add(&name);
    }
    let lists = lists(tree, &names, &images)?;
    let files = LabelFiles::of(tree, &lists.files);
    let task = task.or_else(|| probe(tree, &files));
    let mut used: HashSet<&str> = HashSet::new();
    let mut read_one = |file_name: &str, in_tree: bool, notes: &mut Warnings, labels: &mut Labels| {
        let usage = lists.usages.get(file_name).copied().or_else(|| usage_of_folders(file_name));
        let mut image = ImageObjects { file_name: file_name.to_owned(), usage, ..ImageObjects::default() };
        let Some(file) = files.of_image(file_name) else { return Ok(image) };
        used.insert(file);
        let text = text_of(tree, file, MAX_LABEL_BYTES)?;
        image.size_px = if in_tree { tree.image_size_px(file_name) } else { None };
        let lines = text.trim_start_matches('\u{FEFF}').lines().enumerate();
        let lines: Vec<(usize, &str)> = lines.filter(|(_, line)| !line.trim().is_empty()).collect();
        let Some(size_px) = image.size_px.or(lines.is_empty().then_some([1, 1])) else {
            let reason = Explanation::bad_input("yolo-image-size").with("image", file_name);
            notes.add(file, "", reason);
            return Ok(image);
        };
        let mut objects = Vec::with_capacity(lines.len());
        for (at, line) in lines {
            let place = (at + 1).to_string();
            let line = match parse_line(line, size_px, task, names.key_points) {
                Ok(line) => line,
                Err(problem) => {
                    notes.add(file, &place, Explanation::bad_input("yolo-line").with("problem", problem));
                    continue;
                }
            };
            if line.key_points {
                notes.add(file, &place, Explanation::bad_input("yolo-key-points"));
            }
            let label = names.names.get(&line.class).cloned().unwrap_or_else(|| {
                notes.add(file, &place, Explanation::bad_input("yolo-class-unnamed").with("class", line.class));
                line.class.to_string()
            });
            labels.add(&label);
            let said = Said { confidence: line.confidence, ..Said::default() };
            objects.push(ImageObject { said: said.into(), ..ImageObject::new(label, line.shape) });
        }
        image.objects = Some(objects);
        Ok::<_, FormatError>(image)
    };
    let reading = |labels: Labels, notes: Warnings| Reading { labels: labels.finish(), warnings: notes.finish() };
    for name in images.all() {
        let image = read_one(name, true, &mut notes, &mut labels)?;
        if each(image).is_break() {
            return Ok(reading(labels, notes));
        }
    }
    for name in &lists.missing {
        let image = read_one(name, false, &mut notes, &mut labels)?;
        if each(image).is_break() {
            return Ok(reading(labels, notes));
        }
    }
    for file in files.all.iter().filter(|file| !used.contains(**file)) {
        let text = text_of(tree, file, MAX_LABEL_BYTES)?;
        let is_label = text.lines().next().is_some_and(|line| parse_line(line, [1, 1], None, 0).is_ok());
        if is_label {
            notes.add(file, "", Explanation::bad_input("yolo-label-without-image"));
        }
    }
    Ok(reading(labels, notes))
}

/// `train/images/a.jpg` and `images/train/a.jpg` say what images are for.
fn usage_of_folders(file_name: &str) -> Option<Usage> {
    folder_of(file_name).rsplit('/').find_map(usage_named)
}

/// The names of classes, from whichever file has them.
fn names(tree: &dyn FileTree, notes: &mut Warnings) -> Result<Names, FormatError> {
    let (mut found, mut from) = (Names::default(), "data.yaml");
    for name in tree.files().iter().filter(|name| is_yaml(name)) {
        let yaml = parse_yaml(&text_of(tree, name, MAX_LIST_BYTES)?);
        if !yaml.names.is_empty() {
            (found, from) = (yaml, name);
            break;
        }
    }
    if found.names.is_empty() {
        let own = |known: &&str| tree.files().iter().find(|name| base_name(name) == *known);
        let other = || tree.files().iter().find(|name| name.ends_with(".names"));
        if let Some(name) = NAME_FILES.iter().find_map(own).or_else(other) {
            found.names = Names::of_lines(&text_of(tree, name, MAX_LIST_BYTES)?).names;
            from = name;
        }
    }
    if found.names.is_empty() {
        notes.add("data.yaml", "", Explanation::bad_input("yolo-no-names"));
    }
    if let Some((first, count)) = found.gaps() {
        let reason = Explanation::bad_input("yolo-names-gap").with("count", count).with("class", first);
        notes.add(from, "", reason);
    }
    Ok(found)
}

#[derive(Default)]
struct Lists {
    usages: HashMap<String, Usage>,
    /// Images that lists name and the tree does not have.
    missing: Vec<String>,
    /// The lists themselves, which are no label files.
    files: HashSet<String>,
}

/// The lists of images of each split: `train.txt`, those of `data.yaml` and of Darknet's `obj.data`.
fn lists(tree: &dyn FileTree, names: &Names, images: &ImageNames<'_>) -> Result<Lists, FormatError> {
    let mut lists = Lists::default();
    let mut told: Vec<(String, Usage)> = Vec::new();
    for name in tree.files().iter().filter(|name| is_text(name)) {
        let bare = stem(base_name(name));
        // Beside an image of its own it is a label file, even if it is called `train.txt`.
        if let Some(usage) = usage_named(bare)
            && images.with_path_stem(stem(name)).is_none()
        {
            told.push((name.clone(), usage));
        }
    }
    let is_there = |place: &str| {
        let wanted = place.replace('\\', "/");
        let wanted = wanted.trim_start_matches("./").trim_start_matches("../").to_owned();
        tree.files().iter().find(|name| **name == wanted || name.ends_with(&format!("/{wanted}"))).cloned()
    };
    for (split, place) in &names.splits {
        let Some(usage) = usage_named(split) else { continue };
        if is_text(place) {
            told.extend(is_there(place).map(|name| (name, usage)));
            continue;
        }
        let wanted = place.replace('\\', "/");
        let wanted = wanted.trim_start_matches("./").trim_start_matches("../").trim_end_matches('/').to_owned();
        let shared = names.splits.iter().filter(|(_, other)| other == place).count() > 1;
        if wanted.is_empty() || shared || usage_of_folders(&format!("{wanted}/x")).is_none() {
            continue;
        }
        for image in images.all() {
            if image.starts_with(&format!("{wanted}/")) || image.contains(&format!("/{wanted}/")) {
                lists.usages.insert(image.to_owned(), usage);
            }
        }
    }
    let mut seen: HashSet<String> = HashSet::new();
    for (name, usage) in told {
        if !lists.files.insert(name.clone()) {
            continue;
        }
        let text = text_of(tree, &name, MAX_LIST_BYTES)?;
        for line in
            text.trim_start_matches('\u{FEFF}').lines().map(str::trim).filter(|line| is_image_name(line.as_bytes()))
        {
            let line = line.replace('\\', "/");
            match images.find(&line, folder_of(&name)).or_else(|| nearest(images, &line)) {
                Some(found) => {
                    lists.usages.insert(found.to_owned(), usage);
                }
                None => {
                    let named = line.trim_start_matches("./").to_owned();
                    lists.usages.insert(named.clone(), usage);
                    if seen.insert(named.clone()) {
                        lists.missing.push(named);
                    }
                }
            }
        }
    }
    Ok(lists)
}

/// The image that ends like the line without some of its first folders: `data/obj_train_data/1.jpg`.
fn nearest<'a>(images: &ImageNames<'a>, line: &str) -> Option<&'a str> {
    let mut rest = line;
    while let Some((_, shorter)) = rest.split_once('/') {
        rest = shorter;
        if let Some(found) = images.with_path_stem(stem(rest)) {
            return Some(found);
        }
    }
    None
}

/// The label files of a tree, by their names without the ending.
struct LabelFiles<'a> {
    all: Vec<&'a str>,
    by_path_stem: HashMap<&'a str, &'a str>,
    by_stem: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> LabelFiles<'a> {
    fn of(tree: &'a dyn FileTree, lists: &HashSet<String>) -> Self {
        let mut files = Self { all: Vec::new(), by_path_stem: HashMap::new(), by_stem: HashMap::new() };
        let is_label =
            |name: &&String| is_text(name) && !lists.contains(*name) && !NAME_FILES.contains(&base_name(name));
        for name in tree.files().iter().filter(is_label) {
            files.all.push(name);
            files.by_path_stem.insert(stem(name), name);
            files.by_stem.entry(stem(base_name(name))).and_modify(|other| *other = None).or_insert(Some(name));
        }
        files
    }

    /// In the folder of labels beside the folder of images, beside the image, else the only one of its name.
    fn of_image(&self, image: &str) -> Option<&'a str> {
        let bare = stem(image);
        if let Some(found) = self.by_path_stem.get(bare) {
            return Some(found);
        }
        let parts: Vec<&str> = bare.split('/').collect();
        for at in (0..parts.len().saturating_sub(1)).rev() {
            let twins: &[&str] = match parts[at] {
                "images" | "Images" | "JPEGImages" => &["labels", "Labels", "annotations", "Annotations"],
                _ => continue,
            };
            for twin in twins {
                let mut parts = parts.clone();
                parts[at] = twin;
                if let Some(found) = self.by_path_stem.get(parts.join("/").as_str()) {
                    return Some(found);
                }
            }
        }
        self.by_stem.get(base_name(bare)).copied().flatten().filter(|found| !self.in_other_split(found, image))
    }

    /// `labels/val/1.txt` does not belong to `images/train/1.jpg`.
    fn in_other_split(&self, file: &str, image: &str) -> bool {
        let (theirs, ours) = (usage_of_folders(file), usage_of_folders(image));
        theirs.is_some() && ours.is_some() && theirs != ours
    }
}

/// Rings have any number of corners, oriented boxes always four.
fn probe(tree: &dyn FileTree, files: &LabelFiles<'_>) -> Option<Task> {
    for file in files.all.iter().take(PROBED_FILES) {
        let Ok(text) = text_of(tree, file, MAX_LABEL_BYTES) else { continue };
        let is_ring = |count: usize| count >= 7 && count != 9 && count % 2 == 1;
        if text.lines().any(|line| is_ring(line.split_ascii_whitespace().count())) {
            return Some(Task::Segment);
        }
    }
    None
}
