//! Export of a dataset: what would be lost is said before anything is written, and reading it again proves
//! the rest.

use super::error::unless_failed;
use super::export_writer::{ExportWriter, Outgoing, UniqueNames};
use super::import_objects::known_format;
use super::outgoing::Samples;
use super::publish_files::upright_size_px;
use super::source_map::media_location;
use super::text_records::placement_of;
use super::tree::probe;
use super::{Error, Result, Task, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Annotation, AnnotationSet, Dataset, DatasetId, DatasetType, Explanation, LabelId, Sample, SampleState, ShapeKind,
    Usage, Warning,
};
use crate::formats::detection::DETECTION_FORMATS;
use crate::formats::manifest::{IncomingContext, to_incoming};
use crate::formats::objects::{ImageObject, ImageObjects};
use crate::formats::text::TEXT_FORMATS;
use crate::formats::voc;
use crate::media::image::ImageInfo;
use crate::storage::{Location, SourceMap, display_bytes};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::HashMap;

/// What to export and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRequest {
    /// A name of [`crate::formats::detection::DETECTION_FORMATS`], or of [`crate::formats::text::TEXT_FORMATS`].
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
    /// Images, or texts.
    pub images: u64,
    /// Those with a decision, those with nothing on them included.
    pub labeled: u64,
    /// Objects, or entities.
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

/// The names of the formats that texts of this type can be written in and read from, in the order of their table.
#[must_use]
pub fn text_format_names(kind: DatasetType) -> Vec<&'static str> {
    TEXT_FORMATS.iter().filter(|format| format.kinds.contains(&kind)).map(|format| format.name).collect()
}

impl Workbench {
    /// What an export would write and lose. Nothing is written.
    ///
    /// # Errors
    /// An unknown format or version, a dataset of another type, or on cancel.
    pub fn export_preview(&self, dataset: DatasetId, request: &ExportRequest, task: &Task) -> Result<ExportReport> {
        let found = self.dataset_by_id(dataset)?.dataset;
        if found.kind.is_text() {
            return self.export_texts(&found, request, false, task);
        }
        self.outgoing(dataset, request, task, &mut |writer| writer.preview())
    }

    /// Writes the dataset, or a version of it, in a format, and reads it again.
    ///
    /// # Errors
    /// As [`Self::export_preview`]; a folder that is not empty or cannot be written; media that cannot be copied are
    /// warnings.
    pub fn export(&self, dataset: DatasetId, request: &ExportRequest, task: &Task) -> Result<ExportReport> {
        let found = self.dataset_by_id(dataset)?.dataset;
        if found.kind.is_text() {
            return self.export_texts(&found, request, true, task);
        }
        self.outgoing(dataset, request, task, &mut |writer| {
            writer.run(writer.preview()?, &request.folder, request.with_images, true)
        })
    }

    /// Calls `work` with what was asked for.
    fn outgoing(
        &self,
        dataset: DatasetId,
        request: &ExportRequest,
        task: &Task,
        work: &mut dyn FnMut(&ExportWriter<'_>) -> Result<ExportReport>,
    ) -> Result<ExportReport> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let format = known_format(&request.format)?;
        if dataset.kind != DatasetType::ObjectDetection {
            return Err(Error::refused(
                Explanation::bad_input("format-other-type").with("format", format.name).with("type", dataset.kind),
            ));
        }
        let input = Location::from_uri(&dataset.input)?;
        let map = self.storage_map(dataset.id)?;
        self.with_samples(dataset.id, request.version.as_deref(), |images, labels| {
            let names = labels.iter().map(|(_, name)| name.clone()).collect();
            let (labels, found) = (labels.into_iter().collect(), RefCell::default());
            let with_channels = format.name == voc::FORMAT.name;
            let source = DatasetImages {
                workbench: self,
                dataset: &dataset,
                images,
                input: &input,
                map: &map,
                names,
                labels,
                task,
                with_channels,
                found,
            };
            work(&ExportWriter::new(self.storage(), format, &source, task))
        })
    }
}

/// The images of a dataset's working state or of a version.
struct DatasetImages<'a> {
    workbench: &'a Workbench,
    dataset: &'a Dataset,
    images: Samples<'a>,
    input: &'a Location,
    map: &'a SourceMap,
    names: Vec<String>,
    labels: HashMap<LabelId, String>,
    task: &'a Task,
    /// Whether the format says how many channels images have.
    with_channels: bool,
    /// What had to be read from the images, by source.
    found: RefCell<HashMap<String, Option<ImageInfo>>>,
}

impl Outgoing for DatasetImages<'_> {
    fn labels(&self) -> &[String] {
        &self.names
    }

    fn each_image(&self, each: &mut dyn FnMut(&ImageObjects, Option<&Location>) -> Result<()>) -> Result<()> {
        let mut taken = UniqueNames::default();
        let mut one = |sample: &Sample, state, usage, annotations: &[Annotation]| -> Result<()> {
            self.task.check()?;
            let image = self.image(sample, state, usage, annotations, &mut taken);
            each(&image, self.place(sample).as_ref())
        };
        let version = match self.images {
            Samples::OfVersion(version) => version,
            Samples::OfMoment(moment) => {
                let mut failure = None;
                moment.each_sample(&mut |row, _| {
                    unless_failed(one(&row.sample, row.state, row.usage, &row.annotations), &mut failure)
                })?;
                return failure.map_or(Ok(()), Err);
            }
        };
        let label = |name: &str, id: Option<LabelId>| {
            let by_name = || self.labels.iter().find(|(_, known)| *known == name).map(|(id, _)| *id);
            id.filter(|id| self.labels.contains_key(id)).or_else(by_name)
        };
        let context = IncomingContext { kind: self.dataset.kind, now: self.workbench.now(), label: &label };
        self.workbench.each_whole_record(version, &mut |record| {
            let placement = placement_of(self.dataset, self.input, &record);
            let IncomingSample { sample, state, usage, annotations, .. } =
                to_incoming(record, placement, &context, &mut Vec::new());
            one(&sample, state, usage, &annotations)
        })
    }
}

impl DatasetImages<'_> {
    fn image(
        &self,
        sample: &Sample,
        state: SampleState,
        usage: Option<Usage>,
        annotations: &[Annotation],
        taken: &mut UniqueNames,
    ) -> ImageObjects {
        let objects = annotations.iter().filter(|annotation| annotation.set == AnnotationSet::Primary);
        let objects =
            objects.filter_map(|annotation| ImageObject::of(annotation, self.labels.get(&annotation.label?)?));
        ImageObjects {
            file_name: self.file_name(sample, taken),
            size_px: self.size_px(sample),
            channels: if self.with_channels { self.info(sample).map(|info| info.channels) } else { None },
            objects: (state == SampleState::Labeled).then(|| objects.collect()),
            usage,
            extra: sample.extra.clone(),
        }
    }

    /// The way from the input, else the bare name.
    fn file_name(&self, sample: &Sample, taken: &mut UniqueNames) -> String {
        let place = Location::from_uri(&sample.source).ok();
        let relative = place.as_ref().and_then(|place| place.relative_to(self.input)).filter(|way| !way.is_empty());
        let name = relative.or_else(|| place.map(|place| place.name()));
        taken.give(name.map_or_else(|| sample.name.clone(), |name| display_bytes(&name)))
    }

    fn place(&self, sample: &Sample) -> Option<Location> {
        self.map.place(&sample.source).or_else(|| media_location(&sample.source).ok())
    }

    fn size_px(&self, sample: &Sample) -> Option<[u32; 2]> {
        if let Some(size) = upright_size_px(&sample.media) {
            return Some(size);
        }
        let (width, height) = self.info(sample)?.upright_size_px();
        Some([width, height])
    }

    fn info(&self, sample: &Sample) -> Option<ImageInfo> {
        if let Some(info) = self.found.borrow().get(&sample.source) {
            return *info;
        }
        let info = self.place(sample).and_then(|place| probe(self.workbench.storage(), &place));
        self.found.borrow_mut().insert(sample.source.clone(), info);
        info
    }
}
