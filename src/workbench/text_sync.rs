//! Sync of texts: lines, paragraphs and rows of files become samples, told by their content. A line that moved is the same
//! sample, a changed one is another; a file that did not change in size and time is not read.

use super::import::IMPORT_BATCH;
use super::sync::SyncReport;
use super::text_records::text_placement;
use super::{Error, Result, Task, Workbench};
use crate::domain::query::{IncomingSample, OnKnown};
use crate::domain::text_origin::text_hash;
use crate::domain::{
    AnnotationBody, Dataset, Explain, Explanation, Label, LabelName, Media, Sample, SampleId, TextMark, TextOrigin,
    TextSplit, Timestamp, Warning,
};
use crate::formats::text::{LabeledText, TextReading};
use crate::storage::{Entry, Location};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

/// A file whose parts are samples, with the file that labels them line by line.
#[derive(Clone, Debug)]
pub(super) struct PieceFile {
    pub entry: Entry,
    pub result: Option<Entry>,
}

/// What is known of a part of a file.
struct KnownPiece {
    id: SampleId,
    mark: TextMark,
    deleted: bool,
    missing: bool,
}

/// A part of a file as it was read.
struct FoundPiece {
    id: SampleId,
    mark: TextMark,
    said: LabeledText,
    text: String,
}

type Facts = (u64, Option<Timestamp>);

/// Whether a file is one of texts, by its name.
pub(super) fn is_text_name(name: &[u8]) -> bool {
    has_ending(name, b".txt") || is_table_name(name)
}

/// Whether a file is a table of texts, by its name.
pub(super) fn is_table_name(name: &[u8]) -> bool {
    has_ending(name, b".csv") || has_ending(name, b".tsv")
}

fn has_ending(name: &[u8], ending: &[u8]) -> bool {
    name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

/// Sorts files into those that are one text each, and those whose parts are. A table's rows always are. The
/// `X_result.txt` of an `X.txt` is no text of its own.
pub(super) fn text_files(files: Vec<Entry>, split: TextSplit) -> (Vec<Entry>, Vec<PieceFile>) {
    let names: HashSet<Vec<u8>> = files.iter().map(|entry| entry.relative.clone()).collect();
    let mut results: HashMap<Vec<u8>, Entry> = HashMap::new();
    let (mut whole, mut texts) = (Vec::new(), Vec::new());
    for entry in files.into_iter().filter(|entry| is_text_name(&entry.relative)) {
        match labeled_by(&entry.relative).filter(|name| names.contains(name)) {
            Some(name) => drop(results.insert(name, entry)),
            None if split == TextSplit::File && !is_table_name(&entry.relative) => whole.push(entry),
            None => texts.push(entry),
        }
    }
    let with_result = |entry: Entry| {
        let result = results.remove(&entry.relative).filter(|_| split == TextSplit::Line);
        PieceFile { entry, result }
    };
    (whole, texts.into_iter().map(with_result).collect())
}

/// `X_result.txt` for `X.txt`.
pub(super) fn result_of(name: &[u8]) -> Option<Vec<u8>> {
    let stem = name.len().checked_sub(".txt".len()).filter(|_| has_ending(name, b".txt"))?;
    Some([&name[..stem], b"_result", &name[stem..]].concat())
}

/// `X.txt` for `X_result.txt`.
fn labeled_by(name: &[u8]) -> Option<Vec<u8>> {
    let stem = name.len().checked_sub(".txt".len()).filter(|_| has_ending(name, b".txt"))?;
    let bare = name[..stem].strip_suffix(b"_result").filter(|bare| !bare.is_empty())?;
    Some([bare, &name[stem..]].concat())
}

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
        self.take_in_files(dataset, files, known, &mut vanished, task, report)?;
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
        self.take_in_files(dataset, files, known, &mut HashMap::new(), task, report)
    }

    /// Takes in what files hold that changed since they were read. What is `vanished` may turn up under another name.
    fn take_in_files(
        &self,
        dataset: &Dataset,
        files: &[PieceFile],
        mut known: HashMap<String, Vec<KnownPiece>>,
        vanished: &mut HashMap<String, Vec<KnownPiece>>,
        task: &Task,
        report: &mut SyncReport,
    ) -> Result<()> {
        let seen = self.catalog().text_files(dataset.id)?;
        let _bulk = self.catalog().bulk()?;
        let mut labels = self.labels_by_name(dataset.id)?;
        for (number, file) in files.iter().enumerate() {
            task.check()?;
            task.report("sync-reading-texts", number as u64, Some(files.len() as u64));
            let uri = file.entry.location.to_uri();
            let pieces = known.remove(&uri);
            if is_unchanged(&seen, file) {
                report.unchanged += pieces.iter().flatten().filter(|piece| !piece.deleted).count() as u64;
                report.deleted += pieces.iter().flatten().filter(|piece| piece.deleted).count() as u64;
                continue;
            }
            let found = match self.pieces_of(dataset, file, report) {
                Ok(found) => found,
                Err(error) if error.is_cancelled() => return Err(error),
                Err(error) => {
                    report.warnings.push(Warning::new(file.entry.location.to_string(), error.explain()));
                    continue;
                }
            };
            let pieces = match pieces {
                Some(pieces) => pieces,
                None => self.renamed_file(dataset, &found, &uri, vanished, report)?,
            };
            self.take_in(dataset, file, found, &pieces, &mut labels, task, report)?;
        }
        Ok(())
    }

    /// Makes samples of what a file holds beyond `known`, and notes what of that is gone or back.
    #[expect(clippy::too_many_arguments, reason = "what a sync has at hand")]
    fn take_in(
        &self,
        dataset: &Dataset,
        file: &PieceFile,
        found: Vec<FoundPiece>,
        known: &[KnownPiece],
        labels: &mut HashMap<String, Label>,
        task: &Task,
        report: &mut SyncReport,
    ) -> Result<()> {
        let uri = file.entry.location.to_uri();
        let there: HashSet<SampleId> = found.iter().map(|piece| piece.id).collect();
        let by_id: HashMap<SampleId, &KnownPiece> = known.iter().map(|piece| (piece.id, piece)).collect();
        let is_gone = |piece: &&KnownPiece| !there.contains(&piece.id) && !piece.missing && !piece.deleted;
        let gone: Vec<SampleId> = known.iter().filter(is_gone).map(|piece| piece.id).collect();
        let is_back = |piece: &&KnownPiece| there.contains(&piece.id) && piece.missing;
        let back: Vec<SampleId> = known.iter().filter(is_back).map(|piece| piece.id).collect();
        self.catalog().mark_missing(dataset.id, &gone, true)?;
        self.catalog().mark_missing(dataset.id, &back, false)?;
        (report.vanished, report.reappeared) =
            (report.vanished + gone.len() as u64, report.reappeared + back.len() as u64);
        let input = Location::from_uri(&dataset.input)?;
        let mut batch = Vec::new();
        for piece in found {
            match by_id.get(&piece.id) {
                Some(known) if known.deleted => report.deleted += 1,
                Some(known) => report.unchanged += u64::from(!known.missing),
                None => {
                    report.added += 1;
                    let origin = TextOrigin::Piece(uri.clone(), piece.mark);
                    let placement = text_placement(dataset, &input, &origin, &piece.text);
                    let place = piece.said.place.as_ref().map_or(0, |(_, line)| *line);
                    let mut label = |name: LabelName| self.label_named(dataset.id, name, labels).map(Some);
                    let (incoming, reasons) =
                        self.incoming_text(dataset, placement, piece.text, piece.said, &mut label)?;
                    let shown = format!("{}:{place}", file.entry.location);
                    report.warnings.extend(reasons.into_iter().map(|reason| Warning::new(shown.clone(), reason)));
                    batch.push(incoming);
                }
            }
            if batch.len() >= IMPORT_BATCH {
                task.check()?;
                task.report("sync-saving", report.added, None);
                self.catalog().receive_samples(dataset.id, &std::mem::take(&mut batch), OnKnown::KeepAnnotations)?;
            }
        }
        self.catalog().receive_samples(dataset.id, &batch, OnKnown::KeepAnnotations)?;
        // Last: a sync that was cut off reads the file again.
        let noted: Vec<_> = std::iter::once(&file.entry).chain(&file.result).map(noted).collect();
        self.catalog().set_text_files(dataset.id, &noted).map_err(Error::from)
    }

    /// What a file holds, each part with the mark by which it is known.
    fn pieces_of(&self, dataset: &Dataset, file: &PieceFile, report: &mut SyncReport) -> Result<Vec<FoundPiece>> {
        let uri = file.entry.location.to_uri();
        let input = Location::from_uri(&dataset.input)?;
        let relative = file.entry.location.relative_to(&input).filter(|relative| !relative.is_empty());
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut found = Vec::new();
        let mut reading = TextReading::default();
        self.each_text_of_file(dataset.text_split.unwrap_or_default(), file, &mut reading, &mut |text, said| {
            let hash = text_hash(&text);
            let occurrence = counts.entry(hash.clone()).or_default();
            *occurrence += 1;
            let mark = TextMark { hash, occurrence: *occurrence };
            let id = TextOrigin::Piece(uri.clone(), mark.clone()).id(dataset.id, relative.as_deref());
            found.push(FoundPiece { id, mark, said, text });
            ControlFlow::Continue(())
        })?;
        report.said.append(&mut reading.said);
        report.warnings.append(&mut reading.warnings);
        Ok(found)
    }

    /// The parts known of a file of the same texts that is gone: it has another name now. They get their new places.
    fn renamed_file(
        &self,
        dataset: &Dataset,
        found: &[FoundPiece],
        uri: &str,
        vanished: &mut HashMap<String, Vec<KnownPiece>>,
        report: &mut SyncReport,
    ) -> Result<Vec<KnownPiece>> {
        let marks: HashMap<&TextMark, &FoundPiece> = found.iter().map(|piece| (&piece.mark, piece)).collect();
        let is_same = |pieces: &[KnownPiece]| {
            pieces.len() == marks.len() && pieces.iter().all(|piece| marks.contains_key(&piece.mark))
        };
        let Some(from) =
            vanished.iter().find(|(_, pieces)| !pieces.is_empty() && is_same(pieces)).map(|(from, _)| from.clone())
        else {
            return Ok(Vec::new());
        };
        let mut pieces = vanished.remove(&from).unwrap_or_default();
        let now = self.now();
        let mut renamed = Vec::with_capacity(pieces.len());
        for piece in &mut pieces {
            let Some(found) = marks.get(&piece.mark) else { continue };
            let source = TextOrigin::Piece(uri.to_owned(), piece.mark.clone()).to_string();
            let name = crate::domain::text::beginning(&found.text);
            let (media, extra) = (Media::default(), serde_json::Map::new());
            renamed
                .push((piece.id, Sample { id: found.id, source, name, media, manifest_id: None, extra, added: now }));
            (piece.id, piece.missing) = (found.id, false);
        }
        let renamed: Vec<_> = renamed.iter().map(|(old, new)| (*old, new)).collect();
        self.catalog().rename_samples(dataset.id, &renamed)?;
        self.catalog().forget_text_file(dataset.id, &from)?;
        report.renamed += renamed.len() as u64;
        // They are neither added nor as they were.
        report.unchanged = report.unchanged.saturating_sub(renamed.len() as u64);
        Ok(pieces)
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
            let piece = KnownPiece { id: print.id, mark, deleted: print.deleted, missing: print.missing };
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

    /// A whole file as a sample. `None`, with a warning, if its text cannot be read, or if it changed under entities
    /// that no longer fit: then what was labeled stays.
    pub(super) fn whole_text(
        &self,
        dataset: &Dataset,
        sample: Sample,
        file: &Location,
        warnings: &mut Vec<Warning>,
    ) -> Result<Option<IncomingSample>> {
        let text = match self.read_text_file(file) {
            Ok(text) => text,
            Err(error) if error.is_cancelled() => return Err(error),
            Err(error) => {
                warnings.push(Warning::new(file.to_string(), error.explain()));
                return Ok(None);
            }
        };
        let known = self.catalog().sample_rows(dataset.id, &[sample.id])?.pop();
        let annotations = known.map(|row| row.annotations).unwrap_or_default();
        let wrong = super::texts::wrong_entity(&text, &annotations);
        if let Some(reason) = wrong {
            let count = annotations.iter().filter(|one| matches!(one.body, AnnotationBody::Entity { .. })).count();
            warnings.push(Warning::new(
                file.to_string(),
                Explanation::bad_input("text-changed").with("count", count).with("code", reason.code),
            ));
            return Ok(None);
        }
        Ok(Some(IncomingSample { text: Some(text), ..super::sync::unlabeled(sample) }))
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
