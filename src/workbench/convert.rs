//! From one detection format to another, folder to folder, without a dataset in between.

use super::annotation_files::turn_upright;
use super::export::ExportReport;
use super::export_writer::{ExportWriter, Outgoing, UniqueNames};
use super::import_objects::{known_format, recognised};
use super::tree::FolderTree;
use super::{Error, Result, Task};
use crate::domain::{Explanation, Warning};
use crate::formats::detection::{DetectionFormat, FileTree};
use crate::formats::objects::ImageObjects;
use crate::storage::{ListOptions, Location, Storage};
use rayon::prelude::*;
use std::ops::ControlFlow;

/// So many images are given to a format at once: a cancel is heard between.
const IMAGES_AT_ONCE: usize = 512;

/// What to convert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertRequest {
    /// The folder that is read: a URI or a path as typed.
    pub folder: String,
    /// The name of its format; `None`: the first that it looks like.
    pub from: Option<String>,
    /// The name of the format that is written.
    pub format: String,
    /// An empty or new folder: a URI or a path as typed.
    pub to: String,
    /// Copies the images as well.
    pub with_images: bool,
    /// Reads what was written again and compares.
    pub check: bool,
    /// Only says what would be lost.
    pub dry_run: bool,
}

/// What a conversion read, and what it wrote or would write.
#[derive(Clone, Debug, PartialEq)]
pub struct ConvertReport {
    /// The name of the format that was read.
    pub from: &'static str,
    /// What was not understood of it.
    pub warnings: Vec<Warning>,
    pub export: ExportReport,
}

/// Reads a folder of one format and writes it in another. All objects are held in memory. `before` is told what would be
/// lost before anything is written.
///
/// # Errors
/// An unknown format or a folder of none; a target that is not empty or cannot be written; on cancel.
pub fn convert(request: &ConvertRequest, task: &Task, before: &mut dyn FnMut(&ExportReport)) -> Result<ConvertReport> {
    let storage = Storage::new();
    let format = known_format(&request.format)?;
    let folder = Location::typed(&request.folder)?;
    let options = ListOptions { only_names: true, ..ListOptions::default() };
    let listing = storage.list(&folder, &options, &task.cancel, task.progress())?;
    let tree = FolderTree::new(storage, listing);
    let from = match &request.from {
        Some(name) => known_format(name)?,
        None => recognised(&tree)
            .next()
            .ok_or_else(|| Error::refused(Explanation::bad_input("format-unrecognised").with("path", &folder)))?,
    };
    let mut warnings = tree.warnings.clone();
    let source = FolderImages::read(from, &tree, &mut warnings, task)?;
    let writer = ExportWriter::new(storage, format, &source, task);
    let preview = writer.preview()?;
    before(&preview);
    let export =
        if request.dry_run { preview } else { writer.run(preview, &request.to, request.with_images, request.check)? };
    // A million objects are many small pieces of memory: nobody has to wait until all are given back.
    let images = source.images;
    rayon::spawn(move || images.into_par_iter().for_each(drop));
    Ok(ConvertReport { from: from.name, warnings, export })
}

/// The images of a folder.
struct FolderImages<'a> {
    labels: Vec<String>,
    images: Vec<ImageObjects>,
    /// Where each image lies, as far as it is there.
    places: Vec<Option<&'a Location>>,
    task: &'a Task,
}

impl<'a> FolderImages<'a> {
    fn read(
        format: &DetectionFormat,
        tree: &'a FolderTree,
        warnings: &mut Vec<Warning>,
        task: &'a Task,
    ) -> Result<Self> {
        let (mut images, mut places) = (Vec::new(), Vec::new());
        let mut names = UniqueNames::default();
        let prefix = format!("{}/", format.image_folder);
        tree.look_at_images();
        let reading = (format.read)(tree, &mut |mut image| {
            if task.check().is_err() {
                return ControlFlow::Break(());
            }
            if images.len() % 100 == 0 {
                task.report("import-reading", images.len() as u64, None);
            }
            if let Some(info) = tree.image_info(&image.file_name) {
                image.channels = Some(info.channels);
                // The size that a file says may be that of the image before turning.
                let reason = if format.says_size { turn_upright(&mut image, &info) } else { None };
                warnings.extend(reason.map(|reason| Warning::new(&image.file_name, reason)));
            }
            image.size_px = image.size_px.or_else(|| tree.image_size_px(&image.file_name));
            places.push(tree.entry(&image.file_name).map(|entry| &entry.location));
            let name = image.file_name.strip_prefix(&prefix).unwrap_or(&image.file_name).to_owned();
            image.file_name = names.give(name);
            images.push(image);
            ControlFlow::Continue(())
        })?;
        task.check()?;
        warnings.extend(reading.warnings);
        Ok(Self { labels: reading.labels, images, places, task })
    }
}

impl Outgoing for FolderImages<'_> {
    fn labels(&self) -> &[String] {
        &self.labels
    }

    fn each_image(&self, each: &mut dyn FnMut(&ImageObjects, Option<&Location>) -> Result<()>) -> Result<()> {
        for (image, place) in self.images.iter().zip(&self.places) {
            self.task.check()?;
            each(image, *place)?;
        }
        Ok(())
    }

    fn each_some(&self, each: &mut dyn FnMut(&[&ImageObjects]) -> Result<()>) -> Result<()> {
        for some in self.images.chunks(IMAGES_AT_ONCE) {
            self.task.check()?;
            each(&some.iter().collect::<Vec<_>>())?;
        }
        Ok(())
    }
}
