//! Sync of texts: lines, paragraphs and rows of files become samples, told by their content. A line that moved is the same
//! sample, a changed one is another; a file that did not change in size and time is not read.

use super::error::unless_failed;
use super::incoming_batch::IncomingBatch;
use super::sync::SyncReport;
use super::text_listing::PieceFile;
use super::text_records::{text_placement, too_long};
use super::{Result, Task, Workbench};
use crate::catalog::Fingerprint;
use crate::domain::query::{IncomingSample, OnKnown};
use crate::domain::text::beginning;
use crate::domain::text_origin::text_hash;
use crate::domain::{
    Dataset, DatasetId, Explain, Explanation, Label, LabelName, Media, Sample, SampleId, TextMark, TextOrigin,
    Timestamp, Warning,
};
use crate::formats::exchange::Warnings;
use crate::formats::text::{LabeledText, TextReading};
use crate::storage::{Entry, Location};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What is known of a part of a file.
struct KnownPiece {
    id: SampleId,
    mark: TextMark,
    deleted: bool,
    missing: bool,
    is_untouched: bool,
}

/// Tells the parts of one file apart, in their order.
struct Parts {
    dataset: DatasetId,
    uri: String,
    /// The way from the dataset's input, if the file lies inside.
    relative: Option<Vec<u8>>,
    /// How many of each content came.
    counts: HashMap<u64, u32>,
}

impl Parts {
    fn of(dataset: &Dataset, input: &Location, file: &PieceFile) -> Self {
        let location = &file.entry.location;
        let relative = location.relative_to(input).filter(|relative| !relative.is_empty());
        Self { dataset: dataset.id, uri: location.to_uri(), relative, counts: HashMap::new() }
    }

    fn next(&mut self, text: &str) -> (TextOrigin, SampleId) {
        let hash = text_hash(text);
        let occurrence = self.counts.entry(u64::from_str_radix(&hash, 16).unwrap_or_default()).or_default();
        *occurrence += 1;
        let origin = TextOrigin::Piece(self.uri.clone(), TextMark { hash, occurrence: *occurrence });
        let id = origin.id(self.dataset, self.relative.as_deref());
        (origin, id)
    }
}

/// Reads files of a dataset into their parts.
#[derive(Clone, Copy)]
struct PartReader<'a> {
    workbench: &'a Workbench,
    dataset: &'a Dataset,
    input: &'a Location,
    task: &'a Task,
}

/// A sync under way.
struct TakingIn<'a> {
    reader: PartReader<'a>,
    labels: HashMap<String, Label>,
    report: &'a mut SyncReport,
}

type Facts = (u64, Option<Timestamp>);

impl Workbench {
    /// Takes in what the files hold, and notes what is gone.
    pub(super) fn sync_pieces(
        &self,
        dataset: &Dataset,
        input: &Location,
        files: &[PieceFile],
        task: &Task,
        report: &mut SyncReport,
    ) -> Result<()> {
        let mut known = self.known_pieces(dataset, input)?;
        let there: HashSet<String> = files.iter().map(|file| file.entry.location.to_uri()).collect();
        let mut vanished: HashMap<String, Vec<KnownPiece>> = known.extract_if(|uri, _| !there.contains(uri)).collect();
        self.take_in_files(dataset, input, files, known, &mut vanished, task, report)?;
        for (uri, pieces) in vanished {
            let gone: Vec<SampleId> =
                pieces.iter().filter(|piece| !piece.missing && !piece.deleted).map(|piece| piece.id).collect();
            report.vanished += gone.len() as u64;
            self.catalog().mark_missing(dataset.id, &gone, true)?;
            self.catalog().forget_text_file(dataset.id, &uri)?;
        }
        Ok(())
    }

    /// Takes in what these files hold, and leaves the others alone.
    pub(super) fn read_pieces(
        &self,
        dataset: &Dataset,
        input: &Location,
        files: &[PieceFile],
        task: &Task,
        report: &mut SyncReport,
    ) -> Result<()> {
        let known = self.known_pieces(dataset, input)?;
        self.take_in_files(dataset, input, files, known, &mut HashMap::new(), task, report)
    }

    /// Takes in what files hold that changed since they were read. What is `vanished` may turn up under another name.
    fn take_in_files(
        &self,
        dataset: &Dataset,
        input: &Location,
        files: &[PieceFile],
        mut known: HashMap<String, Vec<KnownPiece>>,
        vanished: &mut HashMap<String, Vec<KnownPiece>>,
        task: &Task,
        report: &mut SyncReport,
    ) -> Result<()> {
        let seen = self.catalog().text_files(dataset.id)?;
        let _bulk = self.catalog().bulk()?;
        let labels = self.labels_by_name(dataset.id)?;
        let reader = PartReader { workbench: self, dataset, input, task };
        let mut taking = TakingIn { reader, labels, report };
        for (number, file) in files.iter().enumerate() {
            task.check()?;
            task.report("sync-reading-texts", number as u64, Some(files.len() as u64));
            let pieces = known.remove(&file.entry.location.to_uri());
            if is_unchanged(&seen, file) {
                let deleted = pieces.iter().flatten().filter(|piece| piece.deleted).count() as u64;
                taking.report.deleted += deleted;
                taking.report.unchanged += pieces.map_or(0, |pieces| pieces.len() as u64) - deleted;
                continue;
            }
            match taking.take_in(file, pieces, vanished) {
                Err(error) if error.is_of_file() => {
                    let warning = Warning::new(file.entry.location.to_string(), error.explain());
                    taking.report.warnings.push(warning);
                }
                taken => taken?,
            }
        }
        Ok(())
    }

    /// The samples that are parts of files inside the input location, by the file's URI.
    fn known_pieces(&self, dataset: &Dataset, input: &Location) -> Result<HashMap<String, Vec<KnownPiece>>> {
        let mut known: HashMap<String, Vec<KnownPiece>> = HashMap::new();
        let mut outside: BTreeSet<String> = BTreeSet::new();
        for print in self.catalog().sample_fingerprints(dataset.id)? {
            let Some(TextOrigin::Piece(file, mark)) = TextOrigin::parse(&print.source) else { continue };
            if outside.contains(&file) {
                continue;
            }
            let Fingerprint { id, deleted, missing, is_untouched, .. } = print;
            let piece = KnownPiece { id, mark, deleted, missing, is_untouched };
            if let Some(pieces) = known.get_mut(&file) {
                pieces.push(piece);
            } else if Location::from_uri(&file).is_ok_and(|location| location.is_inside(input)) {
                known.insert(file, vec![piece]);
            } else {
                outside.insert(file);
            }
        }
        Ok(known)
    }
}

impl PartReader<'_> {
    /// Calls `each` with every part of a file.
    fn each(
        &self,
        file: &PieceFile,
        reading: &mut TextReading,
        each: &mut dyn FnMut(TextOrigin, SampleId, String, LabeledText) -> Result<()>,
    ) -> Result<()> {
        let mut parts = Parts::of(self.dataset, self.input, file);
        let mut failure = None;
        let split = self.dataset.text_split.unwrap_or_default();
        let read = self.workbench.each_text_of_file(split, file, reading, &mut |text, said| {
            let (origin, id) = parts.next(&text);
            unless_failed(self.task.check().and_then(|()| each(origin, id, text, said)), &mut failure)
        });
        failure.map_or(read, Err)
    }
}

impl TakingIn<'_> {
    /// Makes samples of what a file holds beyond what is known of it, and notes what of that is gone or back.
    fn take_in(
        &mut self,
        file: &PieceFile,
        known: Option<Vec<KnownPiece>>,
        vanished: &mut HashMap<String, Vec<KnownPiece>>,
    ) -> Result<()> {
        let known = match known {
            Some(known) => known,
            None => self.renamed_file(file, vanished)?,
        };
        let by_id: HashMap<SampleId, &KnownPiece> = known.iter().map(|piece| (piece.id, piece)).collect();
        let mut there: HashSet<SampleId> = HashSet::new();
        let (mut batch, mut kept, mut reading) =
            (IncomingBatch::default(), Warnings::default(), TextReading::default());
        let reader = self.reader;
        reader.each(file, &mut reading, &mut |origin, id, text, said| {
            there.insert(id);
            if let Some(incoming) = self.incoming(file, by_id.get(&id).copied(), &origin, text, said)?
                && batch.push(incoming)
            {
                self.receive(file, &batch.take(), &mut kept)?;
            }
            Ok(())
        })?;
        self.receive(file, &batch.take(), &mut kept)?;
        let is_gone = |piece: &&KnownPiece| !there.contains(&piece.id) && !piece.missing && !piece.deleted;
        let gone: Vec<SampleId> = known.iter().filter(is_gone).map(|piece| piece.id).collect();
        let is_back = |piece: &&KnownPiece| there.contains(&piece.id) && piece.missing;
        let back: Vec<SampleId> = known.iter().filter(is_back).map(|piece| piece.id).collect();
        let (catalog, dataset) = (reader.workbench.catalog(), reader.dataset.id);
        catalog.mark_missing(dataset, &gone, true)?;
        catalog.mark_missing(dataset, &back, false)?;
        self.report.vanished += gone.len() as u64;
        self.report.reappeared += back.len() as u64;
        self.report.said.append(&mut reading.said);
        self.report.warnings.append(&mut reading.warnings);
        self.report.warnings.extend(kept.finish());
        // Last: a sync that was cut off reads the file again.
        let noted: Vec<_> = std::iter::once(&file.entry).chain(&file.result).map(noted).collect();
        Ok(catalog.set_text_files(dataset, &noted)?)
    }

    /// What comes in of a part of a file: all of a new one, the labels of one that is known.
    fn incoming(
        &mut self,
        file: &PieceFile,
        known: Option<&KnownPiece>,
        origin: &TextOrigin,
        text: String,
        said: LabeledText,
    ) -> Result<Option<IncomingSample>> {
        if let Some(known) = known {
            if known.deleted {
                self.report.deleted += 1;
                return Ok(None);
            }
            self.report.unchanged += u64::from(!known.missing);
            if said.is_unlabeled() && said.usage.is_none() {
                return Ok(None);
            }
        }
        let line = said.place.as_ref().map_or(0, |(_, line)| *line);
        let place = || format!("{}:{line}", file.entry.location);
        if let Some(reason) = too_long(&text) {
            self.report.warnings.push(Warning::new(place(), reason));
            return Ok(None);
        }
        self.report.added += u64::from(known.is_none());
        let PartReader { workbench, dataset, input, .. } = self.reader;
        let placement = text_placement(dataset, input, origin, &text);
        // What is only compared makes no labels: one that was renamed here would come back.
        let makes_labels = known.is_none_or(|known| known.is_untouched);
        let labels = &mut self.labels;
        let mut label = |name: LabelName| {
            if makes_labels {
                workbench.label_named(dataset.id, name, labels).map(Some)
            } else {
                Ok(labels.get(name.as_str()).map(|label| label.id))
            }
        };
        let (incoming, reasons) = workbench.incoming_text(dataset, placement, text, said, &mut label)?;
        self.report.warnings.extend(reasons.into_iter().map(|reason| Warning::new(place(), reason)));
        Ok(Some(incoming))
    }

    fn receive(&mut self, file: &PieceFile, batch: &[IncomingSample], kept: &mut Warnings) -> Result<()> {
        let PartReader { workbench, dataset, task, .. } = self.reader;
        task.report("sync-saving", self.report.added, None);
        let receipt = workbench.catalog().receive_samples(dataset.id, batch, OnKnown::FillUntouched)?;
        self.report.changed += receipt.updated;
        self.report.unchanged = self.report.unchanged.saturating_sub(receipt.updated);
        let source = file.result.as_ref().unwrap_or(&file.entry).location.to_string();
        for text in receipt.kept {
            kept.add(&source, "", Explanation::bad_input("text-label-kept").with("text", text));
        }
        Ok(())
    }

    /// The parts known of a file of the same texts that is gone: it has another name now. They get their new places.
    fn renamed_file(
        &mut self,
        file: &PieceFile,
        vanished: &mut HashMap<String, Vec<KnownPiece>>,
    ) -> Result<Vec<KnownPiece>> {
        if vanished.values().all(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let mut found: HashMap<TextMark, (TextOrigin, SampleId, String)> = HashMap::new();
        let PartReader { workbench, dataset, .. } = self.reader;
        self.reader.each(file, &mut TextReading::default(), &mut |origin, id, text, _| {
            found.insert(origin.mark().clone(), (origin, id, beginning(&text)));
            Ok(())
        })?;
        let is_same = |pieces: &[KnownPiece]| {
            pieces.len() == found.len() && pieces.iter().all(|piece| found.contains_key(&piece.mark))
        };
        let same = vanished.iter().find(|(_, pieces)| !pieces.is_empty() && is_same(pieces));
        let Some(from) = same.map(|(from, _)| from.clone()) else { return Ok(Vec::new()) };
        let mut pieces = vanished.remove(&from).unwrap_or_default();
        let mut renamed = Vec::with_capacity(pieces.len());
        for piece in &mut pieces {
            let Some((origin, id, name)) = found.remove(&piece.mark) else { continue };
            let (media, extra, added) = (Media::default(), serde_json::Map::new(), workbench.now());
            let sample = Sample { id, source: origin.to_string(), name, media, manifest_id: None, extra, added };
            renamed.push((piece.id, sample));
            (piece.id, piece.missing) = (id, false);
        }
        let pairs: Vec<_> = renamed.iter().map(|(old, new)| (*old, new)).collect();
        workbench.catalog().rename_samples(dataset.id, &pairs)?;
        workbench.catalog().forget_text_file(dataset.id, &from)?;
        self.report.renamed += pairs.len() as u64;
        // They are neither added nor as they were.
        self.report.unchanged = self.report.unchanged.saturating_sub(pairs.len() as u64);
        Ok(pieces)
    }
}

fn noted(entry: &Entry) -> (String, u64, Option<Timestamp>) {
    (entry.location.to_uri(), entry.size_bytes, entry.modified)
}

/// Whether a file and the one that labels it are as they were when they were read.
fn is_unchanged(seen: &HashMap<String, Facts>, file: &PieceFile) -> bool {
    let as_seen = |entry: &Entry| {
        seen.get(&entry.location.to_uri()).is_some_and(|(size_bytes, modified)| {
            *size_bytes == entry.size_bytes && *modified == entry.modified && modified.is_some()
        })
    };
    as_seen(&file.entry) && file.result.as_ref().is_none_or(as_seen)
}
