//! Import of objects in images: a folder of a detection format, with its images or without them.

use super::annotation_files::turn_upright;
use super::error::unless_failed;
use super::import::{Import, ImportReport};
use super::tree::{FolderTree, probe};
use super::{Error, Result, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Dataset, DatasetId, DatasetType, Explain, Explanation, LabelName, Media, Sample, SampleState, Warning,
};
use crate::formats::detection::{DETECTION_FORMATS, DetectionFormat, base_name, detection_format, stem};
use crate::formats::manifest::Placement;
use crate::formats::objects::ImageObjects;
use crate::formats::voc;
use crate::media::image::ImageInfo;
use crate::storage::{ListOptions, Location, display_bytes};
use std::collections::HashMap;
use std::ops::ControlFlow;

impl Workbench {
    pub(super) fn folder_tree(&self, folder: &Location, task: &super::Task) -> Result<FolderTree> {
        let options = ListOptions { excluded: self.published_folders()?, ..ListOptions::default() };
        let listing = self.storage().list(folder, &options, &task.cancel, task.progress())?;
        Ok(FolderTree::new(self.storage(), listing))
    }

    /// The dataset's samples by the names that formats give images: relative to the input.
    fn samples_by_name(&self, dataset: &Dataset) -> Result<SampleNames> {
        let mut names = SampleNames::default();
        let input = Location::from_uri(&dataset.input)?;
        for print in self.catalog().sample_fingerprints(dataset.id)?.into_iter().filter(|print| !print.deleted) {
            let Ok(location) = Location::from_uri(&print.source) else { continue };
            let name = location.relative_to(&input).unwrap_or_else(|| location.name());
            let name = display_bytes(&name);
            for key in [base_name(&name).to_owned(), stem(base_name(&name)).to_owned()] {
                names.by_base.entry(key).and_modify(|other| *other = None).or_insert(Some(location.clone()));
            }
            names.by_name.insert(name, location);
        }
        Ok(names)
    }
}

/// Samples by what annotations call them.
#[derive(Default)]
struct SampleNames {
    by_name: HashMap<String, Location>,
    /// By the bare name, with and without its ending; `None` where several share it.
    by_base: HashMap<String, Option<Location>>,
}

impl SampleNames {
    fn find(&self, name: &str) -> Option<&Location> {
        let bare = |key: &str| self.by_base.get(key).and_then(Option::as_ref);
        self.by_name.get(name).or_else(|| bare(base_name(name))).or_else(|| bare(stem(base_name(name))))
    }
}

/// The formats that a tree looks like, the likeliest first.
pub(super) fn recognised(tree: &FolderTree) -> impl Iterator<Item = &'static DetectionFormat> {
    DETECTION_FORMATS.iter().filter(|format| (format.recognises)(tree))
}

/// The format of that name.
pub(super) fn known_format(name: &str) -> Result<&'static DetectionFormat> {
    detection_format(name).ok_or_else(|| {
        let known = DETECTION_FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
        Error::refused(Explanation::bad_input("format-unknown").with("format", name).with("known", known))
    })
}

impl Import<'_> {
    /// Reads a folder of a detection format; of the one that it looks like, where none is named. Images in the folder
    /// become samples; of images that are not there, the dataset's samples of that name get the objects.
    pub(super) fn objects(self, format: Option<&DetectionFormat>, folder: &Location) -> Result<ImportReport> {
        if self.dataset.kind != DatasetType::ObjectDetection {
            let format = format.map_or("", |format| format.name);
            return Err(Error::refused(
                Explanation::bad_input("format-other-type").with("format", format).with("type", self.dataset.kind),
            ));
        }
        let tree = self.workbench.folder_tree(folder, self.task)?;
        self.report.borrow_mut().warnings.extend(tree.warnings.iter().cloned());
        let named = format;
        let format = format.or_else(|| recognised(&tree).next()).unwrap_or(&voc::FORMAT);
        let samples = self.workbench.samples_by_name(self.dataset)?;
        tree.look_at_images();
        // What the format itself lists comes first, in its order: class numbers of other tools follow it.
        let listed = (format.read)(&tree, &mut |_| ControlFlow::Break(()))?.labels;
        self.make_wanted_labels(&listed)?;
        let mut copiers = HashMap::new();
        let (mut failure, mut done, mut decided, mut unknown) = (None, 0_u64, 0_u64, 0_u64);
        let mut first_unknown = String::new();
        let reading = (format.read)(&tree, &mut |image| {
            done += 1;
            decided += u64::from(image.objects.is_some());
            if done.is_multiple_of(100) {
                self.task.report("import-reading", done, None);
            }
            let taken = self.task.check().and_then(|()| self.image(format, &tree, &samples, image, &mut copiers));
            let noted = taken.map(|not_there| {
                if let Some(name) = not_there {
                    unknown += 1;
                    if first_unknown.is_empty() {
                        first_unknown = name;
                    }
                }
            });
            unless_failed(noted, &mut failure)
        });
        if let Some(error) = failure {
            return Err(error);
        }
        let reading = reading?;
        self.make_wanted_labels(&reading.labels)?;
        if let Some(named) = named
            && decided == 0
            && reading.labels.is_empty()
            && reading.warnings.is_empty()
        {
            // Somebody said what is in there, and it is not.
            let reason = Explanation::bad_input("import-format-empty").with("format", named.name);
            self.report.borrow_mut().warnings.push(Warning::new(folder.to_string(), reason));
        }
        self.report.borrow_mut().warnings.extend(reading.warnings);
        if unknown > 0 {
            let reason =
                Explanation::bad_input("import-image-unknown").with("count", unknown).with("image", first_unknown);
            self.report.borrow_mut().warnings.push(Warning::new(folder.to_string(), reason));
        }
        self.finish()
    }

    /// Makes those labels that are new, also without objects, unless only some are asked for.
    pub(super) fn make_wanted_labels(&self, names: &[String]) -> Result<()> {
        let wanted = names.iter().filter(|name| self.is_wanted_label(name));
        self.make_labels(wanted.filter_map(|name| LabelName::imported(name).ok()))
    }

    /// Takes an image; answers with its name if it is neither in the folder nor a sample.
    fn image(
        &self,
        format: &DetectionFormat,
        tree: &FolderTree,
        samples: &SampleNames,
        mut image: ImageObjects,
        copiers: &mut HashMap<String, crate::storage::Copier>,
    ) -> Result<Option<String>> {
        let request = self.request;
        let objects = image.objects.as_deref().unwrap_or_default();
        let is_asked = (request.labels.is_empty() || objects.iter().any(|object| self.is_wanted_label(&object.label)))
            && (!request.only_hard || objects.iter().any(|object| object.said.hard == Some(true)));
        if !is_asked {
            self.report.borrow_mut().skipped += 1;
            return Ok(None);
        }
        let mut media = Media::default();
        // The size that a file says may be that of the image before turning.
        let is_looked_at = format.says_size && !objects.is_empty();
        let turn = |image: &mut ImageObjects, info: Option<ImageInfo>| {
            let reason = info.as_ref().and_then(|info| turn_upright(image, info));
            let warning = reason.map(|reason| Warning::new(&image.file_name, reason));
            self.report.borrow_mut().warnings.extend(warning);
        };
        let (location, relative) = if let Some(entry) = tree.entry(&image.file_name) {
            if is_looked_at {
                let info = tree.image_info(&image.file_name);
                turn(&mut image, info);
            }
            let Some((entry, relative)) = self.placed(entry, None, copiers)? else { return Ok(None) };
            media = Media { size_bytes: Some(entry.size_bytes), modified: entry.modified, ..media };
            (entry.location, relative)
        } else if let Some(location) = samples.find(&image.file_name) {
            if is_looked_at {
                turn(&mut image, probe(self.workbench.storage(), location));
            }
            let relative = location.relative_to(&self.input).filter(|relative| !relative.is_empty());
            (location.clone(), relative)
        } else {
            self.report.borrow_mut().skipped += 1;
            return Ok(Some(image.file_name));
        };
        let Placement { id, source, name } = Placement::file(self.dataset.id, &location.to_uri(), relative.as_deref());
        let name = relative.as_deref().map_or(name, display_bytes);
        let now = self.workbench.now();
        let sample = Sample { id, source, name, media, manifest_id: None, extra: image.extra.clone(), added: now };
        let shown = sample.name.clone();
        let (incoming, unnamed) = self.workbench.incoming_objects(sample, image, &mut |label| {
            if self.is_wanted_label(label.as_str()) { self.label(label).map(Some) } else { Ok(None) }
        })?;
        self.report.borrow_mut().warnings.extend(unnamed.map(|reason| Warning::new(shown, reason)));
        self.push(incoming)?;
        Ok(None)
    }
}

impl Workbench {
    /// An image's objects as annotations of its sample. An object whose label is not wanted (`None`) is left out, and so
    /// is one whose label cannot be a name, which is told.
    pub(super) fn incoming_objects(
        &self,
        sample: Sample,
        image: ImageObjects,
        label: &mut dyn FnMut(LabelName) -> Result<Option<crate::domain::LabelId>>,
    ) -> Result<(IncomingSample, Option<Explanation>)> {
        let (author, now) = (self.actor().annotated_by(), self.now());
        let state = if image.objects.is_some() { SampleState::Labeled } else { SampleState::Unlabeled };
        let (mut annotations, mut unnamed) = (Vec::new(), 0_u64);
        for object in image.objects.into_iter().flatten() {
            let Ok(name) = LabelName::imported(&object.label) else {
                unnamed += 1;
                continue;
            };
            if let Some(label) = label(name)? {
                annotations.push(object.into_annotation(label, &author, now));
            }
        }
        let reason = (unnamed > 0).then(|| Explanation::bad_input("import-label-name").with("count", unnamed));
        Ok((IncomingSample { sample, state, usage: image.usage, annotations, text: None }, reason))
    }

    /// The labels of the sidecar files of new images, read at a sync: labels that are new are made.
    pub(super) fn read_sidecar(
        &self,
        dataset: DatasetId,
        sample: Sample,
        sidecar: &Location,
        labels: &mut HashMap<String, crate::domain::Label>,
        warnings: &mut Vec<Warning>,
    ) -> Result<IncomingSample> {
        let shown = sidecar.to_string();
        let read = self.storage().read(sidecar, Some(voc::MAX_FILE_BYTES)).map_err(|error| error.explain());
        let file = match read.and_then(|bytes| voc::read(&bytes)) {
            Ok(file) => file,
            Err(reason) => {
                warnings.push(Warning::new(shown, reason));
                return Ok(super::sync::unlabeled(sample));
            }
        };
        warnings.extend(file.reasons.into_iter().map(|reason| Warning::new(shown.clone(), reason)));
        let mut image = file.image;
        let info = Location::from_uri(&sample.source).ok().and_then(|place| probe(self.storage(), &place));
        let reason = info.as_ref().and_then(|info| turn_upright(&mut image, info));
        warnings.extend(reason.map(|reason| Warning::new(shown.clone(), reason)));
        let sample = Sample { extra: std::mem::take(&mut image.extra), ..sample };
        let (incoming, unnamed) =
            self.incoming_objects(sample, image, &mut |name| self.label_named(dataset, name, labels).map(Some))?;
        warnings.extend(unnamed.map(|reason| Warning::new(shown, reason)));
        Ok(incoming)
    }
}
