//! The table of detection formats, and what they read from and write to: a tree of files known only by their names.
//! `workbench` stands behind the tree with a folder of some storage; a format knows neither.

use super::FormatError;
use super::objects::{Carries, ImageObjects};
use crate::domain::{Explanation, Warning};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

/// The files a format reads. Names are relative, with `/` between folders. Several may be read side by side.
pub trait FileTree: Sync {
    /// The names of all files, in order.
    fn files(&self) -> &[String];

    /// Opens a file for reading from its beginning; unbuffered.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;

    /// Width and height in pixels of the *upright* image in that file; `None` if it is no image that can be read.
    fn image_size_px(&self, name: &str) -> Option<[u32; 2]>;
}

/// The images that are written. They can be gone through several times, always in the same order.
pub trait ObjectSource {
    /// The labels' names in their order, those without objects included.
    fn labels(&self) -> &[String];

    /// Calls `each` with every image. `file_name` is unique even without its ending; `size_px` is there wherever the
    /// image could be read.
    ///
    /// # Errors
    /// What `each` returns; [`FormatError::Stopped`] if the source itself fails or the work was cancelled.
    fn each(&self, each: &mut dyn FnMut(&ImageObjects) -> Result<(), FormatError>) -> Result<(), FormatError>;

    /// As [`Self::each`], with as many images at once as are at hand: they can be worked on side by side.
    ///
    /// # Errors
    /// As [`Self::each`].
    fn each_some(&self, each: &mut dyn FnMut(&[&ImageObjects]) -> Result<(), FormatError>) -> Result<(), FormatError> {
        self.each(&mut |image| each(&[image]))
    }
}

/// Where a format writes its files. Names are relative, with `/` between folders, which are made as needed.
pub trait FileSink {
    /// Writes one file through `fill`; buffered. A file that exists is replaced.
    ///
    /// # Errors
    /// What `fill` returns; [`FormatError::Write`] if the file cannot be written.
    fn write(
        &self,
        name: &str,
        fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), FormatError>,
    ) -> Result<(), FormatError>;
}

/// What reading brought beside the images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The labels in the format's own order, those without objects included; each once.
    pub labels: Vec<String>,
    /// What was not understood; their source is the file's name, with line or element where known.
    pub warnings: Vec<Warning>,
}

/// A line of the table: what a format is called, what it carries, and how it is read and written.
pub struct DetectionFormat {
    /// Stable, as on the command line.
    pub name: &'static str,
    pub carries: &'static Carries,
    /// The folder that images belong into when they are written beside the annotations; empty: the top.
    pub image_folder: &'static str,
    /// Whether its files say the size of an image: of one that is stored turned, that tells which way its objects are.
    pub says_size: bool,
    /// Whether a tree looks like this format.
    pub recognises: fn(&dyn FileTree) -> bool,
    /// Reads all images of a tree, also those without objects, and calls `each` with every one; `Break` ends the
    /// reading early, without an error. [`ImageObjects::file_name`] is the image's name in the tree where it is there
    /// (see [`ImageNames`]), else the name that the annotations give it.
    pub read: fn(&dyn FileTree, each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>) -> Result<Reading, FormatError>,
    /// Writes all annotation files. Images are put under [`Self::image_folder`] by the caller, with their `file_name`.
    /// What [`Self::carries`] denies is changed or left out as it says.
    pub write: fn(&dyn ObjectSource, &dyn FileSink) -> Result<(), FormatError>,
}

/// All detection formats. A new one is one file and one line.
pub const DETECTION_FORMATS: &[DetectionFormat] = &[
    super::voc::FORMAT,
    super::coco::FORMAT,
    super::labelme::FORMAT,
    super::label_studio::FORMAT,
    super::cvat::FORMAT,
    super::object_table::FORMAT,
    super::yolo::DETECT,
    super::yolo::SEGMENT,
    super::yolo::ORIENTED,
];

/// The detection format of that name.
#[must_use]
pub fn detection_format(name: &str) -> Option<&'static DetectionFormat> {
    DETECTION_FORMATS.iter().find(|format| format.name == name)
}

/// Room for a file whose length is not known.
const FIRST_BYTES: usize = 16 << 10;

/// Reads a whole file of a tree, refusing one of more than `limit_bytes`.
///
/// # Errors
/// [`FormatError::Read`] if it cannot be read; `format-file-too-large` if it is longer.
pub fn read_file(tree: &dyn FileTree, name: &str, limit_bytes: u64) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    read_file_into(&mut bytes, tree, name, limit_bytes)?;
    Ok(bytes)
}

/// As [`read_file`], into a buffer that may have served other files: what was in it is gone.
///
/// # Errors
/// As [`read_file`].
pub fn read_file_into(
    bytes: &mut Vec<u8>,
    tree: &dyn FileTree,
    name: &str,
    limit_bytes: u64,
) -> Result<(), FormatError> {
    let failed = |cause| FormatError::Read { cause, name: name.to_owned() };
    bytes.clear();
    // Most files are smaller: two reads instead of a dozen that grow.
    bytes.reserve(FIRST_BYTES);
    let mut reader = tree.open(name).map_err(failed)?.take(limit_bytes.saturating_add(1));
    reader.read_to_end(bytes).map_err(failed)?;
    if bytes.len() as u64 > limit_bytes {
        let reason = Explanation::bad_input("format-file-too-large").with("limit", limit_bytes).with("name", name);
        return Err(FormatError::Refused(reason));
    }
    Ok(())
}

/// Writes one file whose bytes are at hand.
///
/// # Errors
/// As [`FileSink::write`].
pub fn write_file(sink: &dyn FileSink, name: &str, bytes: &[u8]) -> Result<(), FormatError> {
    sink.write(name, &mut |out| {
        out.write_all(bytes).map_err(|cause| FormatError::Write { cause, name: name.to_owned() })
    })
}

/// Finds images of a tree by the names that annotations give them, which are often only nearly right.
pub struct ImageNames<'a> {
    by_name: HashMap<&'a str, ()>,
    /// In their order.
    all: Vec<&'a str>,
    /// By the name without its ending, with its folders.
    by_path_stem: HashMap<&'a str, Option<&'a str>>,
    /// By the name without its folders; `None` where several share it.
    by_base: HashMap<&'a str, Option<&'a str>>,
    /// By the name without folders and ending.
    by_stem: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> ImageNames<'a> {
    /// Of the images of `tree`.
    #[must_use]
    pub fn new(tree: &'a dyn FileTree) -> Self {
        Self::of(tree.files())
    }

    /// Of the images among `files`.
    #[must_use]
    pub fn of(files: &'a [String]) -> Self {
        let is_image = |name: &&str| super::image_folder::is_image_name(name.as_bytes());
        let all: Vec<&str> = files.iter().map(String::as_str).filter(is_image).collect();
        let mut names = Self {
            by_name: HashMap::with_capacity(all.len()),
            all: Vec::new(),
            by_path_stem: HashMap::with_capacity(all.len()),
            by_base: HashMap::with_capacity(all.len()),
            by_stem: HashMap::with_capacity(all.len()),
        };
        for &name in &all {
            names.by_name.insert(name, ());
            names.by_path_stem.entry(stem(name)).and_modify(|other| *other = None).or_insert(Some(name));
            names.by_base.entry(base_name(name)).and_modify(|other| *other = None).or_insert(Some(name));
            names.by_stem.entry(stem(base_name(name))).and_modify(|other| *other = None).or_insert(Some(name));
        }
        names.all = all;
        names
    }

    /// The image that `named` means, seen from the folder `from` of the annotation file (empty: the top): with its
    /// folders, else by its bare name, else without regard to its ending; `None` if it is not there or not clear.
    #[must_use]
    pub fn find(&self, named: &str, from: &str) -> Option<&'a str> {
        let named = named.replace('\\', "/");
        let named = named.trim().trim_start_matches("./");
        let beside = if from.is_empty() { named.to_owned() } else { format!("{from}/{named}") };
        let exact = [beside.as_str(), named].into_iter().find_map(|name| self.by_name.get_key_value(name));
        if let Some((name, ())) = exact {
            return Some(name);
        }
        let base = base_name(named);
        let by_base = self.by_base.get(base).copied().flatten();
        by_base.or_else(|| self.by_stem.get(stem(base)).copied().flatten())
    }

    /// All images, in the tree's order.
    pub fn all(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.all.iter().copied()
    }

    /// Gives `each` the images that are `unlisted`, which no annotation names, until it breaks off.
    pub fn each_unlisted(
        &self,
        unlisted: impl Fn(&str) -> bool,
        each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>,
    ) {
        let image = |name: &str| ImageObjects { file_name: name.to_owned(), ..ImageObjects::default() };
        let _ended = self.all().filter(|name| unlisted(name)).try_for_each(|name| each(image(name)));
    }

    /// The image of this name with its folders but without its ending, if there is exactly one.
    #[must_use]
    pub fn with_path_stem(&self, stem: &str) -> Option<&'a str> {
        self.by_path_stem.get(stem).copied().flatten()
    }

    /// The image of this name without folders and ending, if there is exactly one.
    #[must_use]
    pub fn with_stem(&self, stem: &str) -> Option<&'a str> {
        self.by_stem.get(stem).copied().flatten()
    }
}

/// A name without its folders.
#[must_use]
pub fn base_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A name's folder, without a slash at its end; empty at the top.
#[must_use]
pub fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A name without its ending; folders stay.
#[must_use]
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && !stem.ends_with('/') && !ending.contains('/') => stem,
        _ => name,
    }
}

/// A tree in memory, for tests of formats.
#[cfg(test)]
pub(crate) mod testing {
    use super::{FileSink, FileTree, FormatError, ObjectSource};
    use crate::formats::objects::ImageObjects;
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::io::{self, Read, Write};

    /// Files by name; images are files whose size in pixels is given.
    #[derive(Default)]
    pub struct MemoryTree {
        names: Vec<String>,
        files: BTreeMap<String, (Vec<u8>, Option<[u32; 2]>)>,
    }

    impl MemoryTree {
        pub fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
            self.files.insert(name.to_owned(), (bytes.into(), None));
            self.names = self.files.keys().cloned().collect();
            self
        }

        pub fn with_image(mut self, name: &str, size_px: [u32; 2]) -> Self {
            self.files.insert(name.to_owned(), (Vec::new(), Some(size_px)));
            self.names = self.files.keys().cloned().collect();
            self
        }
    }

    impl FileTree for MemoryTree {
        fn files(&self) -> &[String] {
            &self.names
        }

        fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
            let (bytes, _) = self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
            Ok(Box::new(bytes.as_slice()))
        }

        fn image_size_px(&self, name: &str) -> Option<[u32; 2]> {
            self.files.get(name)?.1
        }
    }

    /// What was written, by name.
    #[derive(Default)]
    pub struct MemorySink(pub RefCell<BTreeMap<String, Vec<u8>>>);

    impl MemorySink {
        /// What was written, and these images, as a tree to read.
        pub fn into_tree(self, images: &[ImageObjects], image_folder: &str) -> MemoryTree {
            let mut tree = MemoryTree::default();
            for (name, bytes) in self.0.into_inner() {
                tree = tree.with(&name, bytes);
            }
            for image in images {
                let folder = if image_folder.is_empty() { String::new() } else { format!("{image_folder}/") };
                tree = tree.with_image(&format!("{folder}{}", image.file_name), image.size_px.unwrap_or([1, 1]));
            }
            tree
        }
    }

    impl FileSink for MemorySink {
        fn write(
            &self,
            name: &str,
            fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), FormatError>,
        ) -> Result<(), FormatError> {
            let mut bytes = Vec::new();
            fill(&mut bytes)?;
            self.0.borrow_mut().insert(name.to_owned(), bytes);
            Ok(())
        }
    }

    /// Images in memory.
    pub struct MemorySource {
        pub labels: Vec<String>,
        pub images: Vec<ImageObjects>,
    }

    impl ObjectSource for MemorySource {
        fn labels(&self) -> &[String] {
            &self.labels
        }

        fn each(&self, each: &mut dyn FnMut(&ImageObjects) -> Result<(), FormatError>) -> Result<(), FormatError> {
            self.images.iter().try_for_each(each)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::MemoryTree;
    use super::*;

    #[test]
    fn images_are_found_by_names_that_are_nearly_right() {
        let tree = MemoryTree::default()
            .with_image("JPEGImages/a.jpg", [1, 1])
            .with_image("JPEGImages/b.png", [1, 1])
            .with_image("x/c.jpg", [1, 1])
            .with_image("y/c.jpg", [1, 1])
            .with("Annotations/a.xml", "");
        let names = ImageNames::new(&tree);
        assert_eq!(names.find("JPEGImages/a.jpg", ""), Some("JPEGImages/a.jpg"));
        assert_eq!(names.find(".\\JPEGImages\\a.jpg", ""), Some("JPEGImages/a.jpg"));
        assert_eq!(names.find("a.jpg", "Annotations"), Some("JPEGImages/a.jpg"));
        assert_eq!(names.find("b", "Annotations"), Some("JPEGImages/b.png"));
        assert_eq!(names.find("c.jpg", "y"), Some("y/c.jpg"));
        assert_eq!(names.find("c.jpg", ""), None, "two share the name");
        assert_eq!(names.find("d.jpg", ""), None);
    }

    #[test]
    fn stems_leave_hidden_files_and_folders_alone() {
        assert_eq!(stem("a/b.c.jpg"), "a/b.c");
        assert_eq!(stem("a.b/c"), "a.b/c");
        assert_eq!(stem("a/.hidden"), "a/.hidden");
        assert_eq!(folder_of("a/b/c.jpg"), "a/b");
        assert_eq!(folder_of("c.jpg"), "");
    }
}
