//! A folder with COCO files: `annotations/instances_train.json` beside `images/`, or a file in each folder of images.

use super::parse::{CocoFile, Id, parse};
use super::{CARRIES, write};
use crate::domain::{Explain, Explanation, Usage, Warning};
use crate::formats::FormatError;
use crate::formats::detection::{DetectionFormat, FileTree, ImageNames, Reading, base_name, folder_of, stem};
use crate::formats::exchange::{Labels, Warnings, usage_named};
use crate::formats::objects::{ImageObject, ImageObjects};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::ops::ControlFlow;

/// This format's line in the table.
pub const FORMAT: DetectionFormat = DetectionFormat {
    name: "coco",
    carries: &CARRIES,
    image_folder: "images",
    says_size: true,
    recognises,
    read,
    write: write::write,
};

/// How much of a file says what it is.
const HEAD_BYTES: u64 = 4096;

/// What a file tells, by its name; of files of the same images the first kind goes first.
const KINDS: [&str; 6] = ["person_keypoints", "stuff", "labels", "panoptic", "captions", "image_info"];

fn recognises(tree: &dyn FileTree) -> bool {
    candidates(tree).take(3).any(|name| looks_like_coco(tree, name))
}

fn candidates(tree: &dyn FileTree) -> impl Iterator<Item = &str> {
    tree.files().iter().map(String::as_str).filter(|name| name.to_ascii_lowercase().ends_with(".json"))
}

fn looks_like_coco(tree: &dyn FileTree, name: &str) -> bool {
    let mut head = Vec::new();
    let read = tree.open(name).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    let has = |words: [&str; 4]| words.iter().any(|word| head.contains(word));
    let is_ours = has(["\"images\"", "\"categories\"", "\"licenses\"", "\"image_id\""]);
    read.is_ok() && head.starts_with('{') && is_ours && !head.contains("\"shapes\"")
}

fn rank(name: &str) -> usize {
    let bare = base_name(name);
    KINDS.iter().position(|kind| bare.starts_with(kind)).map_or(0, |at| at + 1)
}

/// `instances_val2017` and the folder `val` say the same.
fn usage_of(name: &str) -> Option<Usage> {
    let bare = stem(base_name(name));
    let ending = bare.rsplit_once('_').map_or(bare, |(_, ending)| ending);
    usage_named(ending).or_else(|| usage_named(base_name(folder_of(name))))
}

fn read(tree: &dyn FileTree, each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>) -> Result<Reading, FormatError> {
    let names = ImageNames::new(tree);
    let known: HashSet<&str> = names.all().collect();
    let mut files: Vec<&str> = candidates(tree).filter(|name| looks_like_coco(tree, name)).collect();
    files.sort_by_key(|name| rank(name));
    let mut labels = Labels::default();
    let mut notes = Warnings::default();
    let mut warnings: Vec<Warning> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let (mut read_any, mut first_refusal) = (false, None);
    for name in files {
        let input = tree.open(name).map_err(|cause| FormatError::Read { cause, name: name.to_owned() });
        let found = input.map_err(|error| error.explain()).and_then(|input| parse(input, name));
        let mut file = match found {
            Ok(file) => file,
            Err(reason) => {
                first_refusal.get_or_insert_with(|| reason.clone());
                warnings.push(Warning::new(name, reason));
                continue;
            }
        };
        read_any = true;
        warnings.append(&mut file.warnings);
        let find = |file_name: &str| {
            let ending = stem(base_name(name)).rsplit_once('_').map_or("", |(_, ending)| ending);
            let above = folder_of(folder_of(name));
            let above = if above.is_empty() { String::new() } else { format!("{above}/") };
            // Train and val may hold the same names: their own folder goes first.
            let own = [format!("{above}images/{ending}/{file_name}"), format!("{above}{ending}/{file_name}")];
            let own = own.iter().find_map(|name| known.get(name.as_str()).copied());
            own.or_else(|| names.find(file_name, folder_of(name)))
        };
        let ended = tell(name, file, &find, &mut labels, &mut notes, &mut seen, each);
        if ended.is_break() {
            warnings.extend(notes.finish());
            return Ok(Reading { labels: labels.finish(), warnings });
        }
    }
    if let (false, Some(reason)) = (read_any, first_refusal) {
        return Err(FormatError::Refused(reason));
    }
    names.each_unlisted(|name| !seen.contains(name) && !is_mask_of_panoptic(name), each);
    warnings.extend(notes.finish());
    Ok(Reading { labels: labels.finish(), warnings })
}

/// The masks of `panoptic_val.json` lie as images in the folder `panoptic_val`.
fn is_mask_of_panoptic(name: &str) -> bool {
    base_name(folder_of(name)).starts_with("panoptic_")
}

fn tell<'a>(
    name: &str,
    mut file: CocoFile,
    find: &dyn Fn(&str) -> Option<&'a str>,
    labels: &mut Labels,
    notes: &mut Warnings,
    seen: &mut HashSet<String>,
    each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut categories: HashMap<Id, String> = HashMap::new();
    for (id, label) in file.categories {
        labels.add(&label);
        if categories.insert(id.clone(), label).is_some() {
            notes.add(name, "", Explanation::bad_input("coco-category-twice").with("category", id));
        }
    }
    let usage = usage_of(name);
    // Of a file that only lists images nobody knows which ones are labeled.
    let only_images = !file.has_annotations || base_name(name).starts_with("image_info");
    let mut repeated = 0_u64;
    for image in file.images {
        let annotated = file.by_image.remove(&image.id).unwrap_or_default();
        let file_name = find(&image.file_name).map_or_else(|| image.file_name.replace('\\', "/"), str::to_owned);
        if !seen.insert(file_name.clone()) {
            repeated += 1;
            continue;
        }
        let unlabeled = only_images || (annotated.objects.is_empty() && annotated.others > 0);
        let mut objects = Vec::with_capacity(annotated.objects.len());
        for (category, object) in annotated.objects {
            let label = categories.get(&category).cloned().unwrap_or_else(|| {
                let reason = Explanation::bad_input("coco-category-unknown").with("category", &category);
                notes.add(name, &file_name, reason);
                category.to_string()
            });
            labels.add(&label);
            objects.push(ImageObject { label, ..object });
        }
        let objects = if unlabeled { None } else { Some(objects) };
        each(ImageObjects { file_name, size_px: image.size_px, channels: None, objects, usage, extra: image.extra })?;
    }
    if repeated > 0 {
        notes.add(name, "", Explanation::bad_input("format-images-twice").with("count", repeated));
    }
    let lost: usize = file.by_image.values().map(|annotated| annotated.objects.len()).sum();
    if lost > 0 {
        notes.add(name, "", Explanation::bad_input("format-objects-without-image").with("count", lost));
    }
    ControlFlow::Continue(())
}
