//! Writing images with objects in a format, wherever they come from: what would be lost is counted first, and reading it
//! again proves the rest.

use super::export::{ExportReport, LossCount};
use super::export_check::{Expectation, Found, compare};
use super::outgoing::for_format;
use super::tree::{FolderSink, FolderTree};
use super::{Error, Result, Task};
use crate::domain::{Explain, Explanation, Warning};
use crate::formats::detection::{DetectionFormat, FileSink, ObjectSource, stem};
use crate::formats::objects::{ImageObjects, LossReport};
use crate::formats::{FormatError, Loss};
use crate::storage::{Doing, ListOptions, Location, Storage, StorageError};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read;
use std::ops::ControlFlow;

/// So many images are looked through together.
const IMAGES_AT_ONCE: usize = 64;

/// Images on their way out. They can be gone through several times, and are the same each time.
pub(super) trait Outgoing {
    /// The labels' names in their order, those without objects included.
    fn labels(&self) -> &[String];

    /// Calls `each` with every image, its name unique even without the ending, and the place it lies at where it can be
    /// reached.
    fn each_image(&self, each: &mut dyn FnMut(&ImageObjects, Option<&Location>) -> Result<()>) -> Result<()>;

    /// As [`Self::each_image`], with as many images at once as are at hand.
    fn each_some(&self, each: &mut dyn FnMut(&[&ImageObjects]) -> Result<()>) -> Result<()> {
        self.each_image(&mut |image, _| each(&[image]))
    }
}

/// Names that are never the same twice without their ending, since formats write a file of that name.
#[derive(Default)]
pub(super) struct UniqueNames(HashSet<String>);

impl UniqueNames {
    /// The name, with a number where it is taken.
    pub fn give(&mut self, name: String) -> String {
        if self.0.insert(stem(&name).to_lowercase()) {
            return name;
        }
        let (bare, ending) = name.split_at(stem(&name).len());
        let mut number = 2_u32;
        loop {
            let candidate = format!("{bare}_{number}{ending}");
            if self.0.insert(stem(&candidate).to_lowercase()) {
                return candidate;
            }
            number += 1;
        }
    }
}

/// Images that are written in a format.
pub(super) struct ExportWriter<'a> {
    storage: Storage,
    format: &'static DetectionFormat,
    source: &'a dyn Outgoing,
    task: &'a Task,
    /// Why the images ended early.
    failure: RefCell<Option<Error>>,
}

impl<'a> ExportWriter<'a> {
    pub fn new(storage: Storage, format: &'static DetectionFormat, source: &'a dyn Outgoing, task: &'a Task) -> Self {
        Self { storage, format, source, task, failure: RefCell::default() }
    }

    /// Counts what is there, and what would be lost.
    pub fn preview(&self) -> Result<ExportReport> {
        let mut report = ExportReport::default();
        let mut losses = LossReport::default();
        let mut without_size = 0_u64;
        let mut first = String::new();
        self.source.each_some(&mut |images| {
            for image in images {
                let objects = image.objects.as_deref();
                report.images += 1;
                report.labeled += u64::from(objects.is_some());
                report.objects += objects.map_or(0, |objects| objects.len() as u64);
                if image.size_px.is_none() && objects.is_some_and(|objects| !objects.is_empty()) {
                    without_size += 1;
                    if first.is_empty() {
                        first.clone_from(&image.file_name);
                    }
                }
            }
            let found = images.par_chunks(IMAGES_AT_ONCE).map(|some| {
                let mut losses = LossReport::default();
                for image in some {
                    losses.add(self.format.carries, image);
                }
                losses
            });
            found.collect::<Vec<_>>().into_iter().for_each(|found| losses.add_all(found));
            Ok(())
        })?;
        report.losses = losses.0.into_iter().map(|(loss, count)| loss_count(loss, count)).collect();
        if without_size > 0 {
            let reason = Explanation::bad_input("export-size-unknown").with("count", without_size);
            report.warnings.push(Warning::new(first, reason));
        }
        Ok(report)
    }

    /// Writes the annotation files into an empty or new folder (a URI or a path as typed), copies the images if they are
    /// asked for, and reads it again for a `check`. What breaks off leaves the folder empty, so that it can be tried again.
    /// `report` is [`Self::preview`]'s.
    pub fn run(&self, mut report: ExportReport, folder: &str, with_images: bool, check: bool) -> Result<ExportReport> {
        into_folder(self.storage, folder, self.task, &mut |sink| {
            self.write(sink, with_images, &mut report)?;
            if check { self.check(sink.folder, &mut report) } else { Ok(()) }
        })?;
        Ok(report)
    }

    fn write(&self, sink: &FolderSink<'_>, with_images: bool, report: &mut ExportReport) -> Result<()> {
        settle(&self.failure, self.task, (self.format.write)(self, sink))?;
        report.files = sink.written.borrow().len() as u64;
        if with_images {
            self.copy_images(sink, report)?;
        }
        Ok(())
    }

    /// An image that cannot be read is a warning; a folder that cannot be written to ends the export.
    fn copy_images(&self, sink: &FolderSink<'_>, report: &mut ExportReport) -> Result<()> {
        let total = report.images;
        let mut done = 0;
        self.source.each_image(&mut |image, from| {
            self.task.report("export-copying", done, Some(total));
            done += 1;
            let unreadable = match from {
                None => Some(Explanation::bad_input("export-media-missing")),
                Some(from) => match self.storage.open(from) {
                    Err(error) => Some(error.explain()),
                    Ok(mut reader) => {
                        let name = match self.format.image_folder {
                            "" => image.file_name.clone(),
                            below => format!("{below}/{}", image.file_name),
                        };
                        copy(&mut reader, from, sink, &name)?.map(|error| error.explain())
                    }
                },
            };
            match unreadable {
                None => report.copied += 1,
                Some(reason) => report.warnings.push(Warning::new(&image.file_name, reason)),
            }
            Ok(())
        })
    }

    /// Reads what was written, with the sizes of images that may not be there, and compares.
    fn check(&self, folder: &Location, report: &mut ExportReport) -> Result<()> {
        self.task.report("export-checking", 0, Some(report.images));
        let listing = self.storage.list(folder, &ListOptions::default(), &self.task.cancel, self.task.progress())?;
        let mut sizes = BTreeMap::new();
        let below = self.format.image_folder;
        let prefix = if below.is_empty() { String::new() } else { format!("{below}/") };
        self.source.each_image(&mut |image, _| {
            sizes.insert(format!("{prefix}{}", image.file_name), image.size_px.unwrap_or([1, 1]));
            Ok(())
        })?;
        let tree = FolderTree::new(self.storage, listing).with_images(sizes);
        let mut found: HashMap<String, Found> = HashMap::new();
        let reading = (self.format.read)(&tree, &mut |image| {
            let name = image.file_name.strip_prefix(&prefix).unwrap_or(&image.file_name).to_owned();
            found.insert(name, Found(image));
            if self.task.check().is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        self.task.check()?;
        report.differences.extend(reading.warnings);
        let labels: HashSet<&String> = reading.labels.iter().collect();
        let missing: Vec<&String> = self.source.labels().iter().filter(|name| !labels.contains(name)).collect();
        if let Some(first) = missing.first() {
            let reason =
                Explanation::bad_input("export-labels-missing").with("count", missing.len()).with("label", first);
            report.differences.push(Warning::new(folder.to_string(), reason));
        }
        self.source.each_image(&mut |image, _| {
            let found = found.remove(&image.file_name);
            compare(self.format.carries, &Expectation(image), found.as_ref(), &mut report.differences);
            Ok(())
        })?;
        for name in found.into_keys() {
            let reason = Explanation::bad_input("export-image-added");
            report.differences.push(Warning::new(name, reason));
        }
        Ok(())
    }
}

/// Calls `fill` with an empty or new folder (a URI or a path as typed). What breaks off leaves it empty, so that it can be
/// tried again.
pub(super) fn into_folder(
    storage: Storage,
    folder: &str,
    task: &Task,
    fill: &mut dyn FnMut(&FolderSink<'_>) -> Result<()>,
) -> Result<()> {
    let folder = Location::typed(folder)?;
    if !storage.names(&folder)?.is_empty() {
        return Err(Error::refused(Explanation::bad_input("export-folder-not-empty").with("path", folder)));
    }
    storage.ensure_folder(&folder)?;
    storage.check_writable(&folder)?;
    let sink = FolderSink { storage, folder: &folder, task, written: RefCell::default() };
    let outcome = fill(&sink);
    if outcome.is_err() {
        sink.take_away();
    }
    outcome
}

/// The result of a format, or why what it wrote ended early.
pub(super) fn settle(
    failure: &RefCell<Option<Error>>,
    task: &Task,
    result: std::result::Result<(), FormatError>,
) -> Result<()> {
    if let Some(error) = failure.borrow_mut().take() {
        return Err(error);
    }
    task.check()?;
    Ok(result?)
}

impl ObjectSource for ExportWriter<'_> {
    fn labels(&self) -> &[String] {
        self.source.labels()
    }

    fn each(
        &self,
        each: &mut dyn FnMut(&ImageObjects) -> std::result::Result<(), FormatError>,
    ) -> std::result::Result<(), FormatError> {
        self.each_some(&mut |images| images.iter().try_for_each(|image| each(image)))
    }

    fn each_some(
        &self,
        each: &mut dyn FnMut(&[&ImageObjects]) -> std::result::Result<(), FormatError>,
    ) -> std::result::Result<(), FormatError> {
        let mut refused = None;
        let mut done = 0;
        let gone = self.source.each_some(&mut |images| {
            self.task.report("export-writing", done, None);
            done += images.len() as u64;
            each(images).map_err(|error| {
                refused = Some(error);
                Error::Cancelled
            })
        });
        for_format(refused, gone, &self.failure)
    }
}

/// Copies an image to a file of the sink. What it could not read is a value.
fn copy(
    reader: &mut dyn Read,
    from: &Location,
    sink: &FolderSink<'_>,
    name: &str,
) -> std::result::Result<Option<StorageError>, FormatError> {
    let mut unreadable = None;
    sink.write(name, &mut |out| {
        let mut bytes = vec![0; 1 << 16];
        loop {
            match reader.read(&mut bytes) {
                Ok(0) => return Ok(()),
                Ok(count) => out
                    .write_all(&bytes[..count])
                    .map_err(|cause| FormatError::Write { cause, name: name.to_owned() })?,
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(cause) => {
                    unreadable = Some(StorageError::from_io(cause, from, Doing::Reading));
                    return Ok(());
                }
            }
        }
    })?;
    if unreadable.is_some() {
        sink.remove(name);
    }
    Ok(unreadable)
}

fn loss_count(loss: Loss, count: u64) -> LossCount {
    let explanation = match loss {
        Loss::Unlabeled => Explanation::bad_input("loss-unlabeled").with("count", count),
        Loss::SeveralLabels => Explanation::bad_input("loss-several-labels").with("count", count),
        Loss::Authorship => Explanation::bad_input("loss-authorship").with("count", count),
        Loss::Attributes => Explanation::bad_input("loss-attributes").with("count", count),
        Loss::ShapeToRectangle(shape) => {
            Explanation::bad_input("loss-shape-to-rectangle").with("count", count).with("shape", shape)
        }
        Loss::ShapeToPolygon(shape) => {
            Explanation::bad_input("loss-shape-to-polygon").with("count", count).with("shape", shape)
        }
        Loss::ShapeLeftOut(shape) => {
            Explanation::bad_input("loss-shape-left-out").with("count", count).with("shape", shape)
        }
        Loss::Holes => Explanation::bad_input("loss-holes").with("count", count),
        Loss::Pose => Explanation::bad_input("loss-pose").with("count", count),
        Loss::Truncated => Explanation::bad_input("loss-truncated").with("count", count),
        Loss::Occluded => Explanation::bad_input("loss-occluded").with("count", count),
        Loss::Difficult => Explanation::bad_input("loss-difficult").with("count", count),
        Loss::Group => Explanation::bad_input("loss-group").with("count", count),
        Loss::Hard => Explanation::bad_input("loss-hard").with("count", count),
        Loss::Confidence => Explanation::bad_input("loss-confidence").with("count", count),
        Loss::Properties => Explanation::bad_input("loss-properties").with("count", count),
        Loss::Usage => Explanation::bad_input("loss-usage").with("count", count),
        Loss::Kept => Explanation::bad_input("loss-kept").with("count", count),
    };
    LossCount { loss: loss.code(), shape: loss.shape(), count, explanation }
}
