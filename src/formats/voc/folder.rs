//! A folder of images with annotation files: the same name beside the image, or in `Annotations/` of a VOC folder, with
//! the lists of `ImageSets/Main/`.

use super::{CARRIES, MAX_FILE_BYTES, Surroundings, VocFile};
use crate::domain::{Explain, Explanation, Usage, Warning};
use crate::formats::FormatError;
use crate::formats::detection::{
    DetectionFormat, FileSink, FileTree, ImageNames, ObjectSource, Reading, base_name, folder_of, read_file,
    read_file_into, stem, write_file,
};
use crate::formats::objects::ImageObjects;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;

/// This format's line in the table.
pub const FORMAT: DetectionFormat = DetectionFormat {
    name: "voc",
    carries: &CARRIES,
    image_folder: "JPEGImages",
    says_size: true,
    recognises,
    read,
    write,
};

/// The lists by which a VOC folder says what images are for.
const LISTS: [(&str, Usage); 4] = [
    ("train", Usage::Train),
    ("val", Usage::Eval),
    ("test", Usage::Test),
    // Our own: VOC has no such list.
    ("inference", Usage::Inference),
];
/// Lists that are read before the others, which say more exactly: of images without a use, and of train and val together.
const COARSE_LISTS: [(&str, Option<Usage>); 2] = [("default", None), ("trainval", Some(Usage::Train))];
/// A list is a name a line.
const MAX_LIST_BYTES: u64 = 256 << 20;
/// So many files are understood at once: enough that nobody waits long for the last of them.
const FILES_AT_ONCE: usize = 256;
/// How much of a file says what it is.
const HEAD_BYTES: u64 = 4096;

fn is_xml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("xml"))
}

fn recognises(tree: &dyn FileTree) -> bool {
    let is_annotation = |name: &String| {
        let mut head = Vec::new();
        let read = tree.open(name).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head));
        let head = String::from_utf8_lossy(&head);
        // LabelMe's own XML has the same root; its polygons have `pt`.
        read.is_ok() && head.contains("<annotation>") && head.contains("<filename>") && !head.contains("<pt>")
    };
    tree.files().iter().filter(|name| is_xml(name)).take(3).any(is_annotation)
}

/// The image an annotation file belongs to: of the same name beside it, of the same name elsewhere, else the one that
/// it names itself.
pub(super) fn image_of<'a>(names: &ImageNames<'a>, file: &str, said: &str) -> Option<&'a str> {
    let bare = stem(base_name(file));
    let folder = folder_of(file);
    let said_stem = stem(base_name(said));
    // The ending that the file itself names goes first: a.jpg and a.png may lie side by side.
    if said_stem == bare
        && let Some(found) = names.find(base_name(said), folder)
        && stem(base_name(found)) == bare
    {
        return Some(found);
    }
    let beside = |name: &str| names.find(name, folder);
    // The same folders below Annotations/ as below JPEGImages/.
    if let Some((above, below)) = file.split_once("Annotations/") {
        let twin = format!("{above}JPEGImages/{}", stem(below));
        if let Some(found) = names.with_path_stem(&twin) {
            return Some(found);
        }
    }
    names
        .with_path_stem(stem(file))
        .or_else(|| names.with_stem(bare))
        .or_else(|| (!said.is_empty()).then(|| beside(said)).flatten())
}

/// The images that have an annotation file of their name, and that file.
#[must_use]
pub fn pairs(files: &[String]) -> Vec<(&str, &str)> {
    let names = ImageNames::of(files);
    let mut seen = HashSet::new();
    let found =
        files.iter().filter(|name| is_xml(name)).filter_map(|file| Some((image_of(&names, file, "")?, file.as_str())));
    found.filter(|(image, _)| seen.insert(*image)).collect()
}

fn read(tree: &dyn FileTree, each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>) -> Result<Reading, FormatError> {
    let files: Vec<&String> = tree.files().iter().filter(|name| is_xml(name)).collect();
    let (taking, ended) = std::thread::scope(|scope| {
        // The next files are understood while the images of the last ones are taken in.
        let (sender, parsed) = sync_channel(1);
        scope.spawn(move || {
            // Nobody listens any more: the reading was ended early.
            files.chunks(FILES_AT_ONCE).try_for_each(|some| sender.send(understood(tree, some))).ok();
        });
        let mut taking = Taking::begin(tree)?;
        let ended = parsed.into_iter().flatten().try_for_each(|(name, file)| match taking.image(name, file) {
            Some(image) => each(image),
            None => ControlFlow::Continue(()),
        });
        Ok::<_, FormatError>((taking, ended))
    })?;
    let Taking { names, usages, seen, mut reading, .. } = taking;
    let (mut masks, mut first_mask) = (0_u64, "");
    if ended.is_break() {
        return Ok(reading);
    }
    for name in names.all().filter(|name| !seen.contains(name)) {
        // The masks of segmentation lie beside the images and have their names.
        if ["SegmentationClass", "SegmentationObject"].iter().any(|folder| name.split('/').any(|part| part == *folder))
        {
            masks += 1;
            if masks == 1 {
                first_mask = name;
            }
            continue;
        }
        let usage = usages.of(name);
        let image = ImageObjects { file_name: name.to_owned(), usage, ..ImageObjects::default() };
        if each(image).is_break() {
            break;
        }
    }
    if masks > 0 {
        let reason = Explanation::bad_input("voc-masks").with("count", masks);
        reading.warnings.push(Warning::new(folder_of(first_mask), reason));
    }
    Ok(reading)
}

/// Files that were read, by their names.
type Understood<'a> = Vec<(&'a String, Result<VocFile, Explanation>)>;

/// Reads and understands files side by side.
fn understood<'a>(tree: &dyn FileTree, files: &[&'a String]) -> Understood<'a> {
    let understand = |bytes: &mut Vec<u8>, name: &&'a String| {
        let read = read_file_into(bytes, tree, name, MAX_FILE_BYTES).map_err(|error| error.explain());
        (*name, read.and_then(|()| super::read(bytes)))
    };
    files.par_iter().map_init(Vec::new, understand).collect()
}

/// What is known while a folder is read.
struct Taking<'a> {
    names: ImageNames<'a>,
    usages: Usages,
    /// The labels of [`Self::reading`].
    known: HashSet<String>,
    /// Images that have had their file.
    seen: HashSet<&'a str>,
    reading: Reading,
}

impl<'a> Taking<'a> {
    fn begin(tree: &'a dyn FileTree) -> Result<Self, FormatError> {
        let labels = label_map(tree)?;
        Ok(Self {
            names: ImageNames::new(tree),
            usages: Usages::read(tree)?,
            known: labels.iter().cloned().collect(),
            seen: HashSet::new(),
            reading: Reading { labels, warnings: Vec::new() },
        })
    }

    /// The image that a file describes; `None`, with a warning, if it means none or one that was described before.
    fn image(&mut self, name: &str, file: Result<VocFile, Explanation>) -> Option<ImageObjects> {
        let warnings = &mut self.reading.warnings;
        let file = file.map_err(|reason| warnings.push(Warning::new(name, reason))).ok()?;
        warnings.extend(file.reasons.into_iter().map(|reason| Warning::new(name, reason)));
        let mut image = file.image;
        let said = std::mem::take(&mut image.file_name);
        match image_of(&self.names, name, &said) {
            Some(found) => {
                if !self.seen.insert(found) {
                    let reason = Explanation::bad_input("voc-image-twice").with("image", found);
                    warnings.push(Warning::new(name, reason));
                    return None;
                }
                if !said.is_empty() && stem(base_name(&said)) != stem(base_name(found)) {
                    let reason =
                        Explanation::bad_input("voc-filename-differs").with("said", &said).with("image", found);
                    warnings.push(Warning::new(name, reason));
                }
                found.clone_into(&mut image.file_name);
            }
            None if said.is_empty() => {
                warnings.push(Warning::new(name, Explanation::bad_input("voc-no-image")));
                return None;
            }
            None => image.file_name = said,
        }
        image.usage = self.usages.of(&image.file_name);
        for object in image.objects.iter().flatten() {
            if !self.known.contains(&object.label) {
                self.known.insert(object.label.clone());
                self.reading.labels.push(object.label.clone());
            }
        }
        Some(image)
    }
}

/// The lists of `ImageSets/Main/`: what images are for.
#[derive(Default)]
struct Usages {
    /// By the name without its ending, with the folders below `JPEGImages/`.
    by_name: HashMap<String, Option<Usage>>,
    /// By the name without folders, where only one line has it: the line.
    by_bare: HashMap<String, Option<String>>,
}

impl Usages {
    fn read(tree: &dyn FileTree) -> Result<Self, FormatError> {
        let mut usages = Self::default();
        for (list, usage) in COARSE_LISTS.into_iter().chain(LISTS.map(|(list, usage)| (list, Some(usage)))) {
            let ending = format!("ImageSets/Main/{list}.txt");
            let is_list = |name: &&String| {
                name.strip_suffix(&ending).is_some_and(|above| above.is_empty() || above.ends_with('/'))
            };
            for name in tree.files().iter().filter(is_list) {
                let bytes = read_file(tree, name, MAX_LIST_BYTES)?;
                for line in String::from_utf8_lossy(&bytes).lines() {
                    let line = stem_if_image(below_images(line.trim().trim_matches('"')));
                    if !line.is_empty() {
                        usages.by_name.insert(line.to_owned(), usage);
                    }
                }
            }
        }
        for name in usages.by_name.keys() {
            let bare = usages.by_bare.entry(base_name(name).to_owned());
            bare.and_modify(|other| *other = None).or_insert_with(|| Some(name.clone()));
        }
        Ok(usages)
    }

    /// What the image of that name is for.
    fn of(&self, name: &str) -> Option<Usage> {
        let name = stem(below_images(name));
        let by_bare = || self.by_name.get(self.by_bare.get(base_name(name))?.as_ref()?);
        self.by_name.get(name).or_else(by_bare).copied().flatten()
    }
}

/// A name without the folders above the images.
fn below_images(name: &str) -> &str {
    name.rsplit_once("JPEGImages/").map_or(name, |(_, below)| below)
}

fn stem_if_image(name: &str) -> &str {
    if crate::formats::image_folder::is_image_name(name.as_bytes()) { stem(name) } else { name }
}

/// The labels of a `labelmap.txt` (`name:colour:parts:actions` a line), in order.
fn label_map(tree: &dyn FileTree) -> Result<Vec<String>, FormatError> {
    let mut labels: Vec<String> = Vec::new();
    for name in tree.files().iter().filter(|name| base_name(name) == "labelmap.txt") {
        let bytes = read_file(tree, name, MAX_LIST_BYTES)?;
        for line in String::from_utf8_lossy(&bytes).lines().filter(|line| !line.trim_start().starts_with('#')) {
            let label = line.split(':').next().unwrap_or_default();
            if !label.trim().is_empty() && label != "background" && !labels.iter().any(|known| known == label) {
                labels.push(label.to_owned());
            }
        }
    }
    Ok(labels)
}

fn write(source: &dyn ObjectSource, sink: &dyn FileSink) -> Result<(), FormatError> {
    let mut lists: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    source.each(&mut |image| {
        let bare = stem(&image.file_name);
        let list = LISTS.iter().find(|(_, usage)| Some(*usage) == image.usage).map_or("default", |(list, _)| list);
        lists.entry(list).or_default().insert(bare.to_owned());
        if image.objects.is_none() {
            return Ok(());
        }
        let name = format!("Annotations/{bare}.xml");
        write_file(sink, &name, &super::to_bytes(image, Surroundings { folder: FORMAT.image_folder }))
    })?;
    for (list, names) in lists {
        let lines: String = names.iter().map(|name| format!("{name}\n")).collect();
        write_file(sink, &format!("ImageSets/Main/{list}.txt"), lines.as_bytes())?;
    }
    // Other converters know no labels but VOC's own twenty without this; a name with a colon does not fit into it.
    let labels = source.labels().iter().filter(|label| !label.contains([':', '\n', '\r']));
    let map: String = labels.map(|label| format!("{label}:::\n")).collect();
    write_file(sink, "labelmap.txt", format!("# label:color_rgb:parts:actions\n{map}").as_bytes())
}
