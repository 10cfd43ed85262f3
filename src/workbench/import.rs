//! Import: from a folder per label, or from a manifest (guide 2.3).

use super::import_objects::known_format;
use super::import_texts::{ImportedTexts, known_text_format};
use super::incoming_batch::IncomingBatch;
use super::text_records::unfit_warnings;
use super::tree::probe;
use super::{Error, Result, Task, Workbench};
use crate::domain::query::{IncomingSample, OnKnown};
use crate::domain::{
    Annotation, Dataset, DatasetId, DatasetType, Explain, Explanation, Label, LabelId, LabelName, Media, Origin,
    Sample, SampleState, Warning,
};
use crate::formats::image_folder;
use crate::formats::manifest::{IncomingContext, ManifestReader, ManifestRecord, Placement, to_incoming};
use crate::storage::{Copier, Entry, ListOptions, Location, display_bytes, is_content, resolve_source};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::io::BufReader;
use std::sync::mpsc::{Receiver, SyncSender};

/// Where an import reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportSource {
    /// A folder, a URI or a path as typed: with a folder per label, or, for objects, of the detection format that it
    /// looks like; one that looks like none brings its images.
    Folder(String),
    /// A manifest file, a URI or a path as typed.
    Manifest(String),
    /// A folder of a detection format, see [`crate::formats::detection::DETECTION_FORMATS`], or a folder or file of a
    /// text format, see [`crate::formats::text::TEXT_FORMATS`].
    Format { name: String, folder: String },
}

/// What to import and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRequest {
    pub source: ImportSource,
    /// Labels that the manifest defines come in; a folder always brings its labels.
    pub with_labels: bool,
    /// Only samples marked hard.
    pub only_hard: bool,
    /// Only samples with one of these labels; empty: all.
    pub labels: Vec<String>,
    /// Copy the files into the input location instead of referring to them where they are.
    pub copy: bool,
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportReport {
    /// Samples that came in or were updated.
    pub imported: u64,
    /// Records that were left out: filtered, broken, or known and unchanged.
    pub skipped: u64,
    /// What was recognised in texts without being told: an encoding, columns. Nothing is wrong with it.
    pub said: Vec<Warning>,
    pub warnings: Vec<Warning>,
}

impl Workbench {
    /// Imports. A known location updates its sample, never duplicates it; a person's label wins and the difference is
    /// listed.
    ///
    /// # Errors
    /// If the source cannot be read at all, or is of another type.
    pub fn import(&self, dataset: DatasetId, request: &ImportRequest, task: &Task) -> Result<ImportReport> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let _bulk = self.catalog().bulk()?;
        std::thread::scope(|scope| {
            // One batch is read while the one before is written.
            let (sender, receiver) = std::sync::mpsc::sync_channel(1);
            let write = || self.write_batches(dataset.id, receiver);
            let writer = std::thread::Builder::new().name("import".to_owned()).spawn_scoped(scope, write);
            let writer = writer.map_err(|cause| Error::Workspace { path: self.folder().to_owned(), cause })?;
            let read = Import::new(self, &dataset, request, task, sender).and_then(|import| match &request.source {
                ImportSource::Folder(folder) if dataset.kind == DatasetType::ObjectDetection => {
                    import.objects(None, &Location::typed(folder)?)
                }
                ImportSource::Folder(folder) if dataset.kind.is_text() => import.texts(None, &Location::typed(folder)?),
                ImportSource::Folder(folder) => import.folder(&Location::typed(folder)?),
                ImportSource::Format { name, folder } if dataset.kind.is_text() => {
                    import.texts(Some(known_text_format(name)?), &Location::typed(folder)?)
                }
                ImportSource::Format { name, folder } => {
                    import.objects(Some(known_format(name)?), &Location::typed(folder)?)
                }
                ImportSource::Manifest(manifest) => import.manifest(&Location::typed(manifest)?),
            });
            task.report("import-saving", 0, None);
            let written = match writer.join() {
                Ok(written) => written?,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            let mut report = read?;
            if matches!(request.source, ImportSource::Manifest(_)) {
                self.catalog().note_manifest(dataset.id)?;
            }
            report.imported += written.imported;
            report.skipped += written.skipped;
            report.warnings.extend(written.warnings);
            Ok(report)
        })
    }

    fn write_batches(&self, dataset: DatasetId, batches: Receiver<Vec<IncomingSample>>) -> Result<ImportReport> {
        let mut report = ImportReport::default();
        for batch in batches {
            let receipt = self.catalog().receive_samples(dataset, &batch, OnKnown::FillUnlabeled)?;
            report.imported += receipt.added + receipt.updated;
            report.skipped += receipt.unchanged + receipt.deleted;
            let kept = receipt.kept.iter().map(|name| Warning::new(name, Explanation::bad_input("import-kept")));
            report.warnings.extend(kept);
            report.skipped += receipt.unfit.len() as u64;
            report.warnings.extend(unfit_warnings(&receipt, &batch));
        }
        Ok(report)
    }
}

/// An import under way.
pub(super) struct Import<'a> {
    pub(super) workbench: &'a Workbench,
    pub(super) dataset: &'a Dataset,
    pub(super) request: &'a ImportRequest,
    pub(super) task: &'a Task,
    pub(super) input: Location,
    /// The dataset's labels by name; those the import brings are added as they come.
    labels: RefCell<HashMap<String, Label>>,
    pub(super) report: RefCell<ImportReport>,
    batch: RefCell<IncomingBatch>,
    /// Which sample a text is that stands in no file.
    pub(super) texts: ImportedTexts,
    /// Shapes that came of another kind than the dataset's one kind.
    other_shapes: Cell<u64>,
    sender: SyncSender<Vec<IncomingSample>>,
}

/// Samples of an import or a sync written in one transaction. Their identities are scattered over an index, of which a batch of
/// any size writes most pages: fewer batches write less. Another writer waits for half a second.
pub(super) const IMPORT_BATCH: usize = 20_000;

impl<'a> Import<'a> {
    fn new(
        workbench: &'a Workbench,
        dataset: &'a Dataset,
        request: &'a ImportRequest,
        task: &'a Task,
        sender: SyncSender<Vec<IncomingSample>>,
    ) -> Result<Self> {
        let labels = workbench.labels(dataset.id)?.into_iter().map(|count| count.label);
        Ok(Self {
            workbench,
            dataset,
            request,
            task,
            input: Location::from_uri(&dataset.input)?,
            labels: RefCell::new(labels.map(|label| (label.name.to_string(), label)).collect()),
            report: RefCell::default(),
            batch: RefCell::default(),
            texts: ImportedTexts::default(),
            other_shapes: Cell::default(),
            sender,
        })
    }

    fn folder(self, folder: &Location) -> Result<ImportReport> {
        let (storage, task) = (self.workbench.storage(), self.task);
        let options = ListOptions { excluded: self.workbench.published_folders()?, ..ListOptions::default() };
        let listing = storage.list(folder, &options, &task.cancel, task.progress())?;
        let reading = image_folder::read(listing.files.iter().map(|entry| entry.relative.as_slice()));
        self.report.borrow_mut().warnings.extend(listing.warnings.into_iter().chain(reading.warnings));
        let total = reading.images.len() as u64;
        let mut copiers = HashMap::new();
        for (done, image) in reading.images.into_iter().enumerate() {
            task.check()?;
            task.report("import-reading", done as u64, Some(total));
            let name = image.label.as_ref().map(LabelName::as_str);
            let wanted = self.request.labels.is_empty()
                || name.is_some_and(|name| self.request.labels.iter().any(|wanted| wanted == name));
            if !wanted || self.request.only_hard {
                self.report.borrow_mut().skipped += 1;
                continue;
            }
            let entry = &listing.files[image.file];
            let Some((entry, relative)) = self.placed(entry, name, &mut copiers)? else { continue };
            let Placement { id, source, name } =
                Placement::file(self.dataset.id, &entry.location.to_uri(), relative.as_deref());
            let name = relative.as_deref().map_or(name, display_bytes);
            let media = Media { size_bytes: Some(entry.size_bytes), modified: entry.modified, ..Media::default() };
            let now = self.workbench.now();
            let extra = serde_json::Map::new();
            let sample = Sample { id, source, name, media, manifest_id: None, extra, added: now };
            let mut annotations = Vec::new();
            if let Some(label) = image.label {
                let label = self.label(label)?;
                let annotation = Annotation::class(label, self.workbench.actor().annotated_by(), now);
                annotations.push(Annotation { origin: Origin::Imported, ..annotation });
            }
            let state = if annotations.is_empty() { SampleState::Unlabeled } else { SampleState::Labeled };
            self.push(IncomingSample { sample, state, usage: None, annotations, text: None })?;
        }
        self.finish()
    }

    fn manifest(self, manifest: &Location) -> Result<ImportReport> {
        let storage = self.workbench.storage();
        let map = self.workbench.storage_map(self.dataset.id)?;
        let folder = manifest.parent().unwrap_or_else(|| manifest.clone());
        let reader = BufReader::with_capacity(1 << 18, storage.open(manifest)?);
        let (mut missing, mut copiers) = (0_u64, HashMap::new());
        let mut unknown_labels = BTreeSet::new();
        for (done, line) in ManifestReader::new(reader, manifest.to_string()).enumerate() {
            let line = line?;
            self.task.check()?;
            if done % 500 == 0 {
                self.task.report("import-reading", done as u64, None);
            }
            let place = format!("{manifest}:{}", line.number);
            self.report.borrow_mut().warnings.extend(line.warnings);
            let Some(mut record) = line.record else {
                self.report.borrow_mut().skipped += 1;
                continue;
            };
            let mut info = None;
            if record.fits(self.dataset.kind) {
                let find = |file: &str| resolve_source(file, &folder, &self.input, &map).ok()?.place;
                let image =
                    resolve_source(&record.source, &folder, &self.input, &map).ok().and_then(|found| found.place);
                info = image.filter(|_| record.has_detection_files()).and_then(|image| probe(storage, &image));
                let reasons = self.workbench.read_detection_files(&mut record, &find, info.as_ref());
                let warnings = reasons.into_iter().map(|reason| Warning::new(place.clone(), reason));
                self.report.borrow_mut().warnings.extend(warnings);
            }
            if !self.wants(&record, &place) {
                self.report.borrow_mut().skipped += 1;
                continue;
            }
            if self.texts.place(&self, &mut record)? {
                self.text_record(record, &place, &mut unknown_labels)?;
                continue;
            }
            let resolved = match resolve_source(&record.source, &folder, &self.input, &map) {
                Ok(resolved) => resolved,
                Err(error) => {
                    self.skip(&place, error.explain());
                    continue;
                }
            };
            let facts = resolved.place.as_ref().and_then(|place| Some((place, storage.facts(place).ok()?)));
            let (mut uri, mut relative) = (resolved.uri, resolved.relative);
            if let (Some((location, facts)), true) = (&facts, self.request.copy) {
                let entry = Entry {
                    location: (*location).clone(),
                    relative: location.name(),
                    size_bytes: facts.size_bytes,
                    modified: facts.modified,
                };
                let Some((copied, copied_relative)) = self.placed(&entry, None, &mut copiers)? else { continue };
                (uri, relative) = (copied.location.to_uri(), copied_relative);
            }
            let mut placement = Placement::file(self.dataset.id, &uri, relative.as_deref());
            if let Some(relative) = &relative {
                placement.name = display_bytes(relative);
            }
            let mut reasons = Vec::new();
            unknown_labels.extend(self.unknown_labels(&record));
            let lookup = |name: &str, _: Option<LabelId>| self.manifest_label(name);
            let context = IncomingContext { kind: self.dataset.kind, now: self.workbench.now(), label: &lookup };
            let mut incoming = to_incoming(record, placement, &context, &mut reasons);
            let found = facts.as_ref().map(|(location, _)| (*location).clone());
            if self.dataset.kind.is_text() {
                self.read_text(&mut incoming, found.as_ref(), &mut reasons);
            }
            let warnings = reasons.into_iter().map(|reason| Warning::new(place.clone(), reason));
            self.report.borrow_mut().warnings.extend(warnings);
            if let Some(info) = info {
                let media = &mut incoming.sample.media;
                media.width_px = Some(info.width_px);
                media.height_px = Some(info.height_px);
                media.orientation = Some(info.orientation);
            }
            match facts {
                Some((_, facts)) => {
                    incoming.sample.media.size_bytes = Some(facts.size_bytes);
                    incoming.sample.media.modified = facts.modified;
                }
                None => {
                    incoming.sample.media.missing = true;
                    missing += 1;
                }
            }
            self.push(incoming)?;
        }
        let mut report = self.report.borrow_mut();
        if missing > 0 {
            let reason = Explanation::bad_input("import-media-missing").with("count", missing);
            report.warnings.push(Warning::new(manifest.to_string(), reason));
        }
        for label in unknown_labels {
            let reason = Explanation::bad_input("import-label-foreign").with("label", label);
            report.warnings.push(Warning::new(manifest.to_string(), reason));
        }
        drop(report);
        self.finish()
    }

    /// Whether a record is asked for; says why if it is of another type.
    fn wants(&self, record: &ManifestRecord, place: &str) -> bool {
        let is_text = is_content(&record.source);
        if (is_text && !self.dataset.kind.is_text()) || !record.fits(self.dataset.kind) {
            let found = if is_text { "content" } else { "annotation" };
            let reason = Explanation::bad_input("import-other-type").with("type", found);
            self.report.borrow_mut().warnings.push(Warning::new(place, reason));
            return false;
        }
        if self.request.only_hard && !record.is_hard() {
            return false;
        }
        let labels = &self.request.labels;
        labels.is_empty() || record.label_names().any(|name| labels.iter().any(|wanted| wanted == name))
    }

    pub(super) fn is_wanted_label(&self, name: &str) -> bool {
        self.request.labels.is_empty() || self.request.labels.iter().any(|wanted| wanted == name)
    }

    pub(super) fn unknown_labels(&self, record: &ManifestRecord) -> Vec<String> {
        if self.request.with_labels {
            return Vec::new();
        }
        let labels = self.labels.borrow();
        let is_unknown = |name: &&str| self.is_wanted_label(name) && !labels.contains_key(*name);
        record.label_names().filter(is_unknown).map(str::to_owned).collect()
    }

    pub(super) fn manifest_label(&self, name: &str) -> Option<LabelId> {
        if !self.is_wanted_label(name) {
            return None;
        }
        if let Some(label) = self.labels.borrow().get(name) {
            return Some(label.id);
        }
        if !self.request.with_labels {
            return None;
        }
        self.label(LabelName::imported(name).ok()?).ok()
    }

    /// The label of this name, made if it is new. Imported names stay as they are.
    pub(super) fn label(&self, name: LabelName) -> Result<LabelId> {
        self.workbench.label_named(self.dataset.id, name, &mut self.labels.borrow_mut())
    }

    /// Makes those labels that are new.
    pub(super) fn make_labels(&self, names: impl IntoIterator<Item = LabelName>) -> Result<()> {
        self.workbench.make_labels_named(self.dataset.id, names, &mut self.labels.borrow_mut())
    }

    /// The file where it will stay: itself, or its copy in the input location (in a folder of its label). `None` if it
    /// could not be copied, which is told.
    pub(super) fn placed(
        &self,
        entry: &Entry,
        label: Option<&str>,
        copiers: &mut HashMap<String, Copier>,
    ) -> Result<Option<(Entry, Option<Vec<u8>>)>> {
        let relative = entry.location.relative_to(&self.input).filter(|relative| !relative.is_empty());
        if !self.request.copy || relative.is_some() {
            return Ok(Some((entry.clone(), relative)));
        }
        let (storage, folder) = (self.workbench.storage(), label.unwrap_or_default());
        if !copiers.contains_key(folder) {
            let target = if folder.is_empty() { self.input.clone() } else { self.input.join(folder) };
            copiers.insert(folder.to_owned(), Copier::new(storage, &target)?);
        }
        let Some(copier) = copiers.get_mut(folder) else { return Ok(None) };
        let copied = match copier.copy(&entry.location, &self.task.cancel) {
            Ok(copied) => copied,
            Err(error) if error.is_cancelled() => return Err(error.into()),
            Err(error) => {
                self.skip(&entry.location.to_string(), error.explain());
                return Ok(None);
            }
        };
        let facts = storage.facts(&copied.location)?;
        let relative = copied.location.relative_to(&self.input);
        let entry = Entry {
            relative: relative.clone().unwrap_or_default(),
            location: copied.location,
            size_bytes: facts.size_bytes,
            modified: facts.modified,
        };
        Ok(Some((entry, relative)))
    }

    pub(super) fn skip(&self, place: &str, reason: Explanation) {
        let mut report = self.report.borrow_mut();
        report.skipped += 1;
        report.warnings.push(Warning::new(place, reason));
    }

    pub(super) fn push(&self, incoming: IncomingSample) -> Result<()> {
        if let Some(rule) = self.dataset.shape {
            let shapes = incoming.annotations.iter().filter_map(Annotation::as_shape);
            let others = shapes.filter(|shape| shape.kind() != rule).count();
            self.other_shapes.set(self.other_shapes.get() + others as u64);
        }
        let is_full = self.batch.borrow_mut().push(incoming);
        if is_full { self.flush() } else { Ok(()) }
    }

    fn flush(&self) -> Result<()> {
        let batch = self.batch.borrow_mut().take();
        // Nobody receives any more if the writer failed; its own error is the one that is told.
        self.sender.send(batch).map_err(|_| Error::Cancelled)
    }

    pub(super) fn finish(self) -> Result<ImportReport> {
        self.flush()?;
        let mut report = self.report.into_inner();
        let count = self.other_shapes.get();
        if let Some(rule) = self.dataset.shape.filter(|_| count > 0) {
            let others = Explanation::bad_input("import-shape-rule").with("count", count).with("shape", rule);
            report.warnings.push(Warning::new(self.dataset.name.to_string(), others));
        }
        Ok(report)
    }
}
