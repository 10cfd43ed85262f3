//! Export of a detection dataset: what would be lost is said before anything is written, and reading it again proves
//! the rest.

use super::export_check::{Expectation, Found, compare};
use super::import_objects::known_format;
use super::publish_files::upright_size_px;
use super::source_map::media_location;
use super::tree::{FolderSink, FolderTree, probe};
use super::{Error, Result, Task, Workbench};
use crate::catalog::OfAMoment;
use crate::domain::query::IncomingSample;
use crate::domain::{
    Annotation, Dataset, DatasetId, DatasetType, DatasetVersion, Explain, Explanation, LabelId, Sample, SampleState,
    ShapeKind, Usage, VersionState, Warning,
};
use crate::formats::detection::{DETECTION_FORMATS, DetectionFormat, ObjectSource, stem};
use crate::formats::manifest::{IncomingContext, Placement, to_incoming};
use crate::formats::objects::{ImageObject, ImageObjects, LossReport};
use crate::formats::{FormatError, Loss};
use crate::storage::{IfExists, ListOptions, Location, SourceMap, StorageError, display_bytes};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;

/// What to export and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRequest {
    /// A name of [`crate::formats::detection::DETECTION_FORMATS`].
    pub format: String,
    /// An empty or new folder: a URI or a path as typed.
    pub folder: String,
    /// A version's name; `None`: the working state.
    pub version: Option<String>,
    /// Copies the images as well.
    pub with_images: bool,
}

/// One kind of loss, and how often it happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LossCount {
    pub loss: &'static str,
    /// Which shape, where one is changed or left out.
    pub shape: Option<ShapeKind>,
    pub count: u64,
    #[serde(skip)]
    pub explanation: Explanation,
}

/// What an export would do, or did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ExportReport {
    pub images: u64,
    /// Images with a decision, those with nothing on them included.
    pub labeled: u64,
    pub objects: u64,
    /// What the format cannot carry.
    pub losses: Vec<LossCount>,
    /// Annotation files that were written.
    pub files: u64,
    /// Images that were copied.
    pub copied: u64,
    /// What reading it again found to be otherwise, beside the losses.
    pub differences: Vec<Warning>,
    pub warnings: Vec<Warning>,
}

/// The names of the formats that objects in images can be written in and read from, in the order of their table.
#[must_use]
pub fn detection_format_names() -> Vec<&'static str> {
    DETECTION_FORMATS.iter().map(|format| format.name).collect()
}

impl Workbench {
    /// What an export would write and lose. Nothing is written.
    ///
    /// # Errors
    /// An unknown format or version, a dataset of another type, or on cancel.
    pub fn export_preview(&self, dataset: DatasetId, request: &ExportRequest, task: &Task) -> Result<ExportReport> {
        let (format, source) = self.export_source(dataset, request, task)?;
        let mut report = ExportReport::default();
        source.count(format, &mut report)?;
        Ok(report)
    }

    /// Writes the dataset, or a version of it, in a format, and reads it again.
    ///
    /// # Errors
    /// As [`Self::export_preview`]; a folder that is not empty or cannot be written; media that cannot be copied are
    /// warnings.
    pub fn export(&self, dataset: DatasetId, request: &ExportRequest, task: &Task) -> Result<ExportReport> {
        let (format, source) = self.export_source(dataset, request, task)?;
        let mut report = ExportReport::default();
        source.count(format, &mut report)?;
        let folder = Location::typed(&request.folder)?;
        if !self.storage().names(&folder)?.is_empty() {
            return Err(Error::refused(Explanation::bad_input("export-folder-not-empty").with("path", folder)));
        }
        self.storage().ensure_folder(&folder)?;
        self.storage().check_writable(&folder)?;
        let sink = FolderSink { storage: self.storage(), folder: &folder, task, written: RefCell::default() };
        source.done((format.write)(&source, &sink))?;
        report.files = sink.written.borrow().len() as u64;
        let images = match format.image_folder {
            "" => folder.clone(),
            below => folder.join(below),
        };
        if request.with_images {
            source.copy_images(&images, &mut report)?;
        }
        self.check_export(format, &source, &folder, &mut report)?;
        Ok(report)
    }

    fn export_source<'a>(
        &'a self,
        dataset: DatasetId,
        request: &ExportRequest,
        task: &'a Task,
    ) -> Result<(&'static DetectionFormat, ExportSource<'a>)> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let format = known_format(&request.format)?;
        if dataset.kind != DatasetType::ObjectDetection {
            return Err(Error::refused(
                Explanation::bad_input("format-other-type").with("format", format.name).with("type", dataset.kind),
            ));
        }
        let version = request.version.as_deref().map(|name| self.version(dataset.id, name)).transpose()?;
        if let Some(version) = version.as_ref().filter(|version| version.state != VersionState::Normal) {
            return Err(Error::refused(Explanation::bad_input("version-not-normal").with("name", &version.name)));
        }
        let labels: Vec<(LabelId, String)> = match &version {
            Some(version) => version.labels.iter().map(|(id, name)| (*id, name.to_string())).collect(),
            None => {
                let labels = self.labels(dataset.id)?.into_iter();
                labels.map(|count| (count.label.id, count.label.name.to_string())).collect()
            }
        };
        let input = Location::from_uri(&dataset.input)?;
        let map = self.storage_map(dataset.id)?;
        let names = labels.iter().map(|(_, name)| name.clone()).collect();
        let labels = labels.into_iter().collect();
        let (sizes, failure) = Default::default();
        Ok((
            format,
            ExportSource { workbench: self, dataset, version, input, map, names, labels, task, sizes, failure },
        ))
    }

    /// Reads what was written, with the sizes of images that may not be there, and compares.
    fn check_export(
        &self,
        format: &DetectionFormat,
        source: &ExportSource<'_>,
        folder: &Location,
        report: &mut ExportReport,
    ) -> Result<()> {
        source.task.report("export-checking", 0, Some(report.images));
        let listing =
            self.storage().list(folder, &ListOptions::default(), &source.task.cancel, source.task.progress())?;
        let mut sizes = BTreeMap::new();
        let prefix = if format.image_folder.is_empty() { String::new() } else { format!("{}/", format.image_folder) };
        source.each_image(&mut |image, _| {
            sizes.insert(format!("{prefix}{}", image.file_name), image.size_px.unwrap_or([1, 1]));
            Ok(())
        })?;
        let tree = FolderTree::new(self.storage(), listing).with_images(sizes);
        let mut found: HashMap<String, Found> = HashMap::new();
        let reading = (format.read)(&tree, &mut |image| {
            let name = image.file_name.strip_prefix(&prefix).unwrap_or(&image.file_name).to_owned();
            found.insert(name, Found(image));
            if source.task.check().is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        source.task.check()?;
        report.differences.extend(reading.warnings);
        let missing: Vec<&String> = source.names.iter().filter(|name| !reading.labels.contains(name)).collect();
        if let Some(first) = missing.first() {
            let reason =
                Explanation::bad_input("export-labels-missing").with("count", missing.len()).with("label", first);
            report.differences.push(Warning::new(folder.to_string(), reason));
        }
        source.each_image(&mut |image, _| {
            let found = found.remove(&image.file_name);
            compare(format.carries, &Expectation(image), found.as_ref(), &mut report.differences);
            Ok(())
        })?;
        for name in found.into_keys() {
            let reason = Explanation::bad_input("export-image-added");
            report.differences.push(Warning::new(name, reason));
        }
        Ok(())
    }
}

/// The images of a dataset's working state or of a version.
struct ExportSource<'a> {
    workbench: &'a Workbench,
    dataset: Dataset,
    version: Option<DatasetVersion>,
    input: Location,
    map: SourceMap,
    names: Vec<String>,
    labels: HashMap<LabelId, String>,
    task: &'a Task,
    /// Sizes that had to be read from the images, by source.
    sizes: RefCell<HashMap<String, Option<[u32; 2]>>>,
    /// Why the images ended early.
    failure: RefCell<Option<Error>>,
}

impl ExportSource<'_> {
    /// Every image with where it lies.
    fn each_image(&self, each: &mut dyn FnMut(&ImageObjects, &Sample) -> Result<()>) -> Result<()> {
        let mut taken: HashSet<String> = HashSet::new();
        let mut one = |sample: &Sample, state, usage, annotations: &[Annotation]| -> Result<()> {
            self.task.check()?;
            let image = self.image(sample, state, usage, annotations, &mut taken);
            each(&image, sample)
        };
        let Some(version) = &self.version else {
            let mut failure = None;
            self.workbench.catalog().each_of_a_moment(self.dataset.id, &mut |what| {
                let OfAMoment::Sample(row) = what else { return ControlFlow::Continue(()) };
                match one(&row.sample, row.state, row.usage, &row.annotations) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failure = Some(error);
                        ControlFlow::Break(())
                    }
                }
            })?;
            return failure.map_or(Ok(()), Err);
        };
        let label = |name: &str, id: Option<LabelId>| {
            let by_name = || self.labels.iter().find(|(_, known)| *known == name).map(|(id, _)| *id);
            id.filter(|id| self.labels.contains_key(id)).or_else(by_name)
        };
        let context = IncomingContext { kind: self.dataset.kind, now: self.workbench.now(), label: &label };
        self.workbench.each_whole_record(version, &mut |record| {
            let relative = Location::from_uri(&record.source).ok().and_then(|place| place.relative_to(&self.input));
            let placement = Placement::file(self.dataset.id, &record.source, relative.as_deref());
            let IncomingSample { sample, state, usage, annotations } =
                to_incoming(record, placement, &context, &mut Vec::new());
            one(&sample, state, usage, &annotations)
        })
    }

    fn image(
        &self,
        sample: &Sample,
        state: SampleState,
        usage: Option<Usage>,
        annotations: &[Annotation],
        taken: &mut HashSet<String>,
    ) -> ImageObjects {
        let objects = annotations.iter().filter(|annotation| annotation.set == crate::domain::AnnotationSet::Primary);
        let objects =
            objects.filter_map(|annotation| ImageObject::of(annotation, self.labels.get(&annotation.label?)?));
        ImageObjects {
            file_name: self.file_name(sample, taken),
            size_px: self.size_px(sample),
            objects: (state == SampleState::Labeled).then(|| objects.collect()),
            usage,
            extra: sample.extra.clone(),
        }
    }

    /// The way from the input, else the bare name; never the same twice without its ending, since formats write a file
    /// of that name.
    fn file_name(&self, sample: &Sample, taken: &mut HashSet<String>) -> String {
        let place = Location::from_uri(&sample.source).ok();
        let relative = place.as_ref().and_then(|place| place.relative_to(&self.input)).filter(|way| !way.is_empty());
        let name = relative.or_else(|| place.map(|place| place.name()));
        let name = name.map_or_else(|| sample.name.clone(), |name| display_bytes(&name));
        let (bare, ending) = name.split_at(stem(&name).len());
        let mut candidate = name.clone();
        let mut number = 2_u32;
        while !taken.insert(stem(&candidate).to_lowercase()) {
            candidate = format!("{bare}_{number}{ending}");
            number += 1;
        }
        candidate
    }

    fn place(&self, sample: &Sample) -> Option<Location> {
        self.map.place(&sample.source).or_else(|| media_location(&sample.source).ok())
    }

    fn size_px(&self, sample: &Sample) -> Option<[u32; 2]> {
        if let Some(size) = upright_size_px(&sample.media) {
            return Some(size);
        }
        if let Some(size) = self.sizes.borrow().get(&sample.source) {
            return *size;
        }
        let info = self.place(sample).and_then(|place| probe(self.workbench.storage(), &place));
        let size = info.map(|info| info.upright_size_px()).map(|(width, height)| [width, height]);
        self.sizes.borrow_mut().insert(sample.source.clone(), size);
        size
    }

    /// Counts what is there, and what would be lost.
    fn count(&self, format: &DetectionFormat, report: &mut ExportReport) -> Result<()> {
        let mut losses = LossReport::default();
        let mut without_size = 0_u64;
        let mut first = String::new();
        self.each_image(&mut |image, _| {
            report.images += 1;
            report.labeled += u64::from(image.objects.is_some());
            report.objects += image.objects.as_ref().map_or(0, |objects| objects.len() as u64);
            if image.size_px.is_none() && image.objects.as_ref().is_some_and(|objects| !objects.is_empty()) {
                without_size += 1;
                if first.is_empty() {
                    first.clone_from(&image.file_name);
                }
            }
            losses.add(format.carries, image);
            Ok(())
        })?;
        report.losses = losses.0.into_iter().map(|(loss, count)| loss_count(loss, count)).collect();
        if without_size > 0 {
            let reason = Explanation::bad_input("export-size-unknown").with("count", without_size);
            report.warnings.push(Warning::new(first, reason));
        }
        Ok(())
    }

    /// The result of a format, or why the images ended early.
    fn done(&self, result: std::result::Result<(), FormatError>) -> Result<()> {
        if let Some(error) = self.failure.borrow_mut().take() {
            return Err(error);
        }
        self.task.check()?;
        Ok(result?)
    }

    fn copy_images(&self, folder: &Location, report: &mut ExportReport) -> Result<()> {
        let storage = self.workbench.storage();
        let total = report.images;
        let mut done = 0;
        self.each_image(&mut |image, sample| {
            self.task.report("export-copying", done, Some(total));
            done += 1;
            let target = image.file_name.split('/').fold(folder.clone(), |place, part| place.join(part));
            let copied =
                self.place(sample).ok_or_else(|| Explanation::bad_input("export-media-missing")).and_then(|from| {
                    let copy = || -> std::result::Result<(), StorageError> {
                        let mut reader = storage.open(&from)?;
                        if let Some(folder) = target.parent() {
                            storage.ensure_folder(&folder)?;
                        }
                        let failed = |cause| StorageError::from_io(cause, &target, crate::storage::Doing::Writing);
                        // As annotation files: without waiting for the disk each time.
                        if let Ok(path) = target.local_path() {
                            let mut out = std::fs::File::create(path).map_err(failed)?;
                            return std::io::copy(&mut reader, &mut out).map(drop).map_err(failed);
                        }
                        storage.write_atomically(&target, IfExists::Replace, |out| {
                            std::io::copy(&mut reader, out).map(drop).map_err(failed)
                        })
                    };
                    copy().map_err(|error| error.explain())
                });
            match copied {
                Ok(()) => report.copied += 1,
                Err(reason) => report.warnings.push(Warning::new(&image.file_name, reason)),
            }
            Ok(())
        })
    }
}

impl ObjectSource for ExportSource<'_> {
    fn labels(&self) -> &[String] {
        &self.names
    }

    fn each(
        &self,
        each: &mut dyn FnMut(&ImageObjects) -> std::result::Result<(), FormatError>,
    ) -> std::result::Result<(), FormatError> {
        let mut refused = None;
        let mut done = 0;
        let gone = self.each_image(&mut |image, _| {
            self.task.report("export-writing", done, None);
            done += 1;
            each(image).map_err(|error| {
                refused = Some(error);
                Error::Cancelled
            })
        });
        match (refused, gone) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => {
                *self.failure.borrow_mut() = Some(error);
                Err(FormatError::Stopped)
            }
            (None, Ok(())) => Ok(()),
        }
    }
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
    };
    LossCount { loss: loss.code(), shape: loss.shape(), count, explanation }
}
