//! Adding texts: picked or dropped files are looked at, then copied into the input location, where their lines, rows or
//! wholes become samples (guide 2.4.1).

use super::incoming_batch::IncomingBatch;
use super::sync::{SyncReport, file_sample};
use super::text_listing::{PieceFile, TextFiles, is_text_name, labeled_by, result_of};
use super::{Error, Result, Task, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::text::beginning;
use crate::domain::{Dataset, DatasetId, DatasetType, Explain, Explanation, TextSplit, Warning};
use crate::formats::text::TextReading;
use crate::storage::{Copier, Entry, Location, StorageError};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;

/// What adding did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AddTextsReport {
    /// Files that were read.
    pub files: u64,
    /// Texts that became samples.
    pub added: u64,
    /// Texts that were there before.
    pub known: u64,
    /// How many of these got labels that came beside them.
    pub labeled: u64,
    /// What was recognised without being told: an encoding, columns.
    pub said: Vec<Warning>,
    pub warnings: Vec<Warning>,
}

/// A picked file before it is added.
#[derive(Clone, Debug)]
pub struct PickedText {
    pub path: PathBuf,
    /// The file that labels its lines.
    pub result: Option<PathBuf>,
    pub size_bytes: u64,
    /// What it holds, or why it cannot be read.
    pub look: std::result::Result<TextLook, Explanation>,
}

impl PickedText {
    /// The file, and the one that labels its lines.
    pub fn paths(&self) -> impl Iterator<Item = PathBuf> + use<> {
        std::iter::once(self.path.clone()).chain(self.result.clone())
    }
}

/// What a file of texts holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextLook {
    /// The encoding, the columns of a table; each with the words for it.
    pub said: Vec<Explanation>,
    /// What is not understood.
    pub warnings: Vec<Explanation>,
    /// How many texts.
    pub texts: u64,
    /// How many of them have labels.
    pub labeled: u64,
    /// The labels' names, in the order of their first text.
    pub labels: Vec<String>,
    /// The beginnings of the first texts.
    pub first: Vec<String>,
}

/// Texts that a look shows.
const FIRST_TEXTS: usize = 5;
/// Labels that a look names.
const LABELS_NAMED: usize = 50;

impl Workbench {
    /// Looks at picked files and folders as texts for a dataset that splits them so: encodings, columns, how many texts
    /// and labels, and the first of them.
    ///
    /// # Errors
    /// A dataset of other things than texts, or on cancel.
    pub fn look_at_texts(
        &self,
        dataset: DatasetId,
        paths: &[PathBuf],
        split: TextSplit,
        task: &Task,
    ) -> Result<Vec<PickedText>> {
        let dataset = Dataset { text_split: Some(split), ..self.dataset_by_id(dataset)?.dataset };
        let texts = self.picked_texts(&dataset, paths, task)?;
        let mut warnings = Vec::new();
        texts.warn_of_unused(&dataset, &mut warnings);
        let left_out: HashMap<String, Explanation> =
            warnings.into_iter().map(|warning| (warning.source, warning.reason)).collect();
        let total = (texts.whole.len() + texts.in_pieces.len()) as u64;
        let mut looks = Vec::new();
        for (done, file) in texts.files().enumerate() {
            task.check()?;
            task.report("adding-looking", done as u64, Some(total));
            let path_of = |entry: &Entry| Ok::<_, Error>(entry.location.local_path()?.to_owned());
            let look = match self.look_at_text(&file, &dataset, task) {
                Err(error) if error.is_cancelled() => return Err(error),
                look => look.map_err(|error| error.explain()),
            };
            let result = file.result.as_ref().map(path_of).transpose()?;
            looks.push(PickedText { path: path_of(&file.entry)?, result, size_bytes: file.entry.size_bytes, look });
        }
        for entry in texts.unused.iter().chain(&texts.others) {
            let look = Err(left_out.get(&entry.location.to_string()).cloned().unwrap_or_else(TextFiles::other));
            let path = entry.location.local_path()?.to_owned();
            looks.push(PickedText { path, result: None, size_bytes: entry.size_bytes, look });
        }
        Ok(looks)
    }

    /// The files of texts among what was picked. Where labels of lines are taken, the `X_result.txt` beside an `X.txt`
    /// comes with it, and the other way round.
    fn picked_texts(&self, dataset: &Dataset, paths: &[PathBuf], task: &Task) -> Result<TextFiles> {
        let mut files = self.picked_files(paths, is_text_name, task)?;
        if TextFiles::takes_results(dataset) {
            let beside = |file: &Location| {
                let (name, folder) = (file.name(), file.parent()?);
                let other = labeled_by(&name).or_else(|| result_of(&name)).map(|name| folder.join(name));
                other.filter(|other| self.storage().is_file(other))
            };
            let others: Vec<Location> = files.iter().filter_map(beside).collect();
            files.extend(others);
        }
        let mut known = HashSet::new();
        files.retain(|file| known.insert(file.to_uri()));
        let entry = |location: Location| {
            let (relative, facts) = (location.name(), self.storage().facts(&location));
            let (size_bytes, modified) = facts.map_or((0, None), |facts| (facts.size_bytes, facts.modified));
            Entry { location, relative, size_bytes, modified }
        };
        Ok(TextFiles::of(files.into_iter().map(entry).collect(), dataset))
    }

    fn look_at_text(&self, file: &PieceFile, dataset: &Dataset, task: &Task) -> Result<TextLook> {
        let (mut look, mut reading) = (TextLook::default(), TextReading::default());
        let split = dataset.text_split.unwrap_or_default();
        self.each_text_of_file(split, file, &mut reading, &mut |text, mut said| {
            match dataset.kind {
                DatasetType::NamedEntity => said.labels = None,
                _ => said.entities = None,
            }
            look.texts += 1;
            look.labeled += u64::from(!said.is_unlabeled());
            if look.first.len() < FIRST_TEXTS {
                look.first.push(beginning(&text));
            }
            let labels = said.labels.into_iter().flatten().map(|label| label.label);
            for name in labels.chain(said.entities.into_iter().flatten().map(|entity| entity.label)) {
                if look.labels.len() < LABELS_NAMED && !look.labels.contains(&name) {
                    look.labels.push(name);
                }
            }
            if task.check().is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        task.check()?;
        look.said = reading.said.into_iter().map(|said| said.reason).collect();
        look.warnings = reading.warnings.into_iter().map(|warning| warning.reason).collect();
        Ok(look)
    }

    /// Copies files of texts into the input location, never over a file that is there, and adds what they hold; labels
    /// that stand beside the texts come with them. A dataset that is empty yet takes this way of splitting for its own.
    ///
    /// # Errors
    /// A dataset of other things than texts, `text-split-other` if it has samples that were split otherwise, an input
    /// location that cannot be written, or on cancel; what was copied until then stays.
    pub fn add_texts(
        &self,
        dataset: DatasetId,
        paths: &[PathBuf],
        split: TextSplit,
        task: &Task,
    ) -> Result<AddTextsReport> {
        let dataset = self.split_texts(dataset, split)?;
        let input = Location::from_uri(&dataset.input)?;
        let mut copier = Copier::new(self.storage(), &input)?;
        let mut report = AddTextsReport::default();
        let picked = self.picked_texts(&dataset, paths, task)?;
        picked.warn_of_unused(&dataset, &mut report.warnings);
        for entry in &picked.others {
            report.warnings.push(Warning::new(entry.location.to_string(), TextFiles::other()));
        }
        let total = (picked.whole.len() + picked.in_pieces.len()) as u64;
        let (mut whole, mut in_pieces) = (Vec::new(), Vec::new());
        for (number, file) in picked.files().enumerate() {
            task.check()?;
            task.report("adding-copying", number as u64, Some(total));
            let is_whole = number < picked.whole.len();
            let Some(file) = self.copied(file, &input, &mut copier, task, &mut report)? else { continue };
            if is_whole { whole.push(file.entry) } else { in_pieces.push(file) }
        }
        report.files = (whole.len() + in_pieces.len()) as u64;
        self.add_whole(&dataset, &whole, task, &mut report)?;
        self.add_pieces(&dataset, &input, &in_pieces, task, &mut report)?;
        Ok(report)
    }

    /// The dataset, split in this way: an empty one takes any for its own.
    ///
    /// # Errors
    /// `text-split-type` for a dataset of other things than texts; `text-split-other` if it has texts that were split
    /// otherwise; or if the catalog cannot be written.
    pub fn split_texts(&self, dataset: DatasetId, split: TextSplit) -> Result<Dataset> {
        let summary = self.dataset_by_id(dataset)?;
        let mut dataset = summary.dataset;
        let Some(known) = dataset.text_split else {
            return Err(Error::refused(Explanation::bad_input("text-split-type").with("type", dataset.kind)));
        };
        if known != split {
            if summary.counts.total > 0 {
                let refusal = Explanation::bad_input("text-split-other").with("known", known).with("split", split);
                return Err(Error::refused(refusal));
            }
            dataset.text_split = Some(split);
            self.catalog().update_dataset(&dataset)?;
        }
        Ok(dataset)
    }

    /// The file, and the one that labels it, where they will stay: copies in the input location that are known for a
    /// pair by their names there. `None`, with a warning, if it cannot be copied.
    fn copied(
        &self,
        file: PieceFile,
        input: &Location,
        copier: &mut Copier,
        task: &Task,
        report: &mut AddTextsReport,
    ) -> Result<Option<PieceFile>> {
        let mut told = |location: &Location, error: Error| match error {
            error if error.is_cancelled() => Err(error),
            error => {
                report.warnings.push(Warning::new(location.to_string(), error.explain()));
                Ok(())
            }
        };
        let at = |location: Location| {
            let facts = self.storage().facts(&location)?;
            let relative = location.relative_to(input).unwrap_or_else(|| location.name());
            Ok::<_, Error>(Entry { location, relative, size_bytes: facts.size_bytes, modified: facts.modified })
        };
        let PieceFile { entry, result } = file;
        let from = entry.location;
        let is_there = from.is_inside(input);
        // Under no name that would make it one of a pair with a file that is there.
        let is_alone = |copier: &Copier, name: &[u8]| {
            let others = [result_of(name), labeled_by(name)];
            others.iter().flatten().all(|other| !copier.is_taken(other))
        };
        let placed = if is_there {
            Ok(from.clone())
        } else {
            copier.copy_where(&from, &is_alone, &task.cancel).map(|copied| copied.location)
        };
        let entry = match placed.map_err(Error::from).and_then(at) {
            Ok(entry) => entry,
            Err(error) => return told(&from, error).map(|()| None),
        };
        let Some(result) = result else { return Ok(Some(PieceFile { entry, result: None })) };
        if is_there {
            return Ok(Some(PieceFile { entry, result: Some(result) }));
        }
        let name = result_of(&entry.location.name()).unwrap_or_else(|| result.location.name());
        let copied = match copier.copy_as(&result.location, &name, &task.cancel) {
            Ok(copied) => at(copied.location),
            // The same texts were added before, with other labels: these are read where they are.
            Err(StorageError::Exists { .. }) => Ok(result.clone()),
            Err(error) => Err(error.into()),
        };
        let result = match copied {
            Ok(entry) => Some(entry),
            Err(error) => told(&result.location, error).map(|()| None)?,
        };
        Ok(Some(PieceFile { entry, result }))
    }

    fn add_whole(&self, dataset: &Dataset, files: &[Entry], task: &Task, report: &mut AddTextsReport) -> Result<()> {
        let (mut batch, mut reading) = (IncomingBatch::default(), TextReading::default());
        let receive = |batch: Vec<IncomingSample>, report: &mut AddTextsReport| {
            let receipt = self.receive_files(dataset, &batch, &mut report.warnings)?;
            report.added += receipt.added;
            report.known += receipt.updated + receipt.unchanged + receipt.deleted + receipt.unfit.len() as u64;
            Ok::<_, Error>(())
        };
        for file in files {
            task.check()?;
            let sample = file_sample(dataset, file, self.now());
            if let Some(sample) = self.whole_text(sample, &file.location, &mut reading)?
                && batch.push(sample)
            {
                receive(batch.take(), report)?;
            }
        }
        receive(batch.take(), report)?;
        report.said.append(&mut reading.said);
        report.warnings.append(&mut reading.warnings);
        Ok(())
    }

    fn add_pieces(
        &self,
        dataset: &Dataset,
        input: &Location,
        files: &[PieceFile],
        task: &Task,
        report: &mut AddTextsReport,
    ) -> Result<()> {
        let mut synced = SyncReport::default();
        self.read_pieces(dataset, input, files, task, &mut synced)?;
        report.added += synced.added;
        report.known += synced.unchanged + synced.changed + synced.deleted + synced.reappeared;
        report.labeled += synced.changed;
        report.said.append(&mut synced.said);
        report.warnings.append(&mut synced.warnings);
        Ok(())
    }
}
