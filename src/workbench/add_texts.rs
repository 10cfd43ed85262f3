//! Adding texts: picked or dropped files are looked at, then copied into the input location, where their lines, rows or
//! wholes become samples (guide 2.4.1).

use super::sync::{SyncReport, file_sample};
use super::text_sync::{PieceFile, is_text_name, text_files};
use super::{Error, Result, Task, Workbench};
use crate::domain::query::OnKnown;
use crate::domain::text::beginning;
use crate::domain::{Dataset, DatasetId, Explain, Explanation, TextSplit, Warning};
use crate::formats::text::TextReading;
use crate::storage::{Copier, Entry, Location};
use serde::Serialize;
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
    /// What was recognised without being told: an encoding, columns.
    pub said: Vec<Warning>,
    pub warnings: Vec<Warning>,
}

/// A picked file before it is added.
#[derive(Clone, Debug)]
pub struct PickedText {
    pub path: PathBuf,
    pub size_bytes: u64,
    /// What it holds, or why it cannot be read.
    pub look: std::result::Result<TextLook, Explanation>,
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
    /// Looks at picked files and folders: encodings, columns, how many texts and labels, and the first of them.
    ///
    /// # Errors
    /// On cancel.
    pub fn look_at_texts(&self, paths: &[PathBuf], split: TextSplit, task: &Task) -> Result<Vec<PickedText>> {
        let mut entries = Vec::new();
        for location in self.picked_files(paths, is_text_name, task)? {
            let (relative, facts) = (location.name(), self.storage().facts(&location));
            let (size_bytes, modified) = facts.map_or((0, None), |facts| (facts.size_bytes, facts.modified));
            entries.push(Entry { location, relative, size_bytes, modified });
        }
        let (whole, in_pieces) = text_files(entries, split);
        let total = (whole.len() + in_pieces.len()) as u64;
        let mut looks = Vec::new();
        let whole = whole.into_iter().map(|entry| PieceFile { entry, result: None });
        for (done, file) in whole.chain(in_pieces).enumerate() {
            task.check()?;
            task.report("adding-looking", done as u64, Some(total));
            let path = file.entry.location.local_path()?.to_owned();
            let look = self.look_at_text(&file, split).map_err(|error| error.explain());
            looks.push(PickedText { path, size_bytes: file.entry.size_bytes, look });
        }
        Ok(looks)
    }

    fn look_at_text(&self, file: &PieceFile, split: TextSplit) -> Result<TextLook> {
        let (mut look, mut reading) = (TextLook::default(), TextReading::default());
        self.each_text_of_file(split, file, &mut reading, &mut |text, said| {
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
            ControlFlow::Continue(())
        })?;
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
        let dataset = self.split_by(dataset, split)?;
        let input = Location::from_uri(&dataset.input)?;
        let mut copier = Copier::new(self.storage(), &input)?;
        let mut report = AddTextsReport::default();
        let files = self.picked_files(paths, is_text_name, task)?;
        let mut entries = Vec::new();
        for (number, file) in files.iter().enumerate() {
            task.check()?;
            task.report("adding-copying", number as u64, Some(files.len() as u64));
            match self.copied(file, &input, &mut copier, task) {
                Ok(entry) => entries.push(entry),
                Err(error) if error.is_cancelled() => return Err(error),
                Err(error) => report.warnings.push(Warning::new(file.to_string(), error.explain())),
            }
        }
        let (whole, in_pieces) = text_files(entries, split);
        report.files = (whole.len() + in_pieces.len()) as u64;
        self.add_whole(&dataset, &whole, &mut report)?;
        self.add_pieces(&dataset, &input, &in_pieces, task, &mut report)?;
        Ok(report)
    }

    /// The dataset, split in this way.
    fn split_by(&self, dataset: DatasetId, split: TextSplit) -> Result<Dataset> {
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

    fn copied(&self, file: &Location, input: &Location, copier: &mut Copier, task: &Task) -> Result<Entry> {
        let location = if file.is_inside(input) { file.clone() } else { copier.copy(file, &task.cancel)?.location };
        let facts = self.storage().facts(&location)?;
        let relative = location.relative_to(input).unwrap_or_else(|| location.name());
        Ok(Entry { location, relative, size_bytes: facts.size_bytes, modified: facts.modified })
    }

    fn add_whole(&self, dataset: &Dataset, files: &[Entry], report: &mut AddTextsReport) -> Result<()> {
        let mut samples = Vec::new();
        for file in files {
            let sample = file_sample(dataset, file, self.now());
            samples.extend(self.whole_text(dataset, sample, &file.location, &mut report.warnings)?);
        }
        let receipt = self.catalog().receive_samples(dataset.id, &samples, OnKnown::KeepAnnotations)?;
        report.added += receipt.added;
        report.known += receipt.updated + receipt.unchanged + receipt.deleted;
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
        report.known += synced.unchanged + synced.deleted + synced.reappeared;
        report.said.append(&mut synced.said);
        report.warnings.append(&mut synced.warnings);
        Ok(())
    }
}
