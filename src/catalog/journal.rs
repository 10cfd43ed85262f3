//! The journal: what was done, by whom, and what was there before. An entry's samples lie in compressed images, one for
//! each batch of it.

use super::codes::{blob, from_json, signed, to_json, unsigned, uuid_at};
use super::datasets::dataset_number;
use super::labels::LabelImage;
use super::rows::{read_stored, same_ends};
use super::undo::row_number;
use super::{Catalog, CatalogError, Result};
use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, JournalEntry};
use crate::domain::{Actor, DatasetId, EntryId, SampleId, SampleRecord, Timestamp, VersionId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};

/// How long entries are kept.
const KEPT_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// How many bytes of images are kept.
const KEPT_BYTES: i64 = 1 << 30;

/// A sample before an entry, and its revisions before and after it.
///
/// Annotations at the beginning and the end that the entry left alone are only counted: drawing one shape among ten
/// thousand keeps that one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Image {
    #[serde(rename = "n")]
    pub number: i64,
    #[serde(rename = "b")]
    pub revision_before: i64,
    #[serde(rename = "a")]
    pub revision_after: i64,
    /// How many annotations at the beginning are the same before and after; `record` has the others.
    #[serde(rename = "p", default)]
    pub same_first: usize,
    /// How many at the end are.
    #[serde(rename = "s", default)]
    pub same_last: usize,
    #[serde(rename = "r")]
    pub record: SampleRecord,
}

impl Image {
    /// The image of a record that becomes `after`.
    pub fn new(number: i64, revisions: (i64, i64), before: SampleRecord, after: &SampleRecord) -> Self {
        let (same_first, same_last) = same_ends(&before.annotations, &after.annotations);
        let mut record = before;
        record.annotations.truncate(record.annotations.len() - same_last);
        record.annotations.drain(..same_first);
        Self { number, revision_before: revisions.0, revision_after: revisions.1, same_first, same_last, record }
    }

    /// The whole record before the entry, given what it left.
    pub fn before(self, after: &SampleRecord) -> Result<SampleRecord> {
        let last = after.annotations.len().checked_sub(self.same_last);
        let (Some(last), Some(first)) = (last, after.annotations.get(..self.same_first)) else {
            return Err(CatalogError::Value("an image of fewer annotations".to_owned()));
        };
        let mut record = self.record;
        let changed = std::mem::take(&mut record.annotations);
        record.annotations =
            first.iter().cloned().chain(changed).chain(after.annotations[last..].iter().cloned()).collect();
        Ok(record)
    }
}

/// What an entry changed beside samples.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Surroundings {
    pub labels: Vec<LabelImage>,
    /// The current version before and after.
    #[serde(default)]
    pub current_version: Option<(Option<VersionId>, Option<VersionId>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Edit,
    Undo,
    Redo,
    /// Changed known samples, but is no undo step: undo of what came before is refused.
    Import,
}

impl EntryKind {
    fn code(self) -> i64 {
        match self {
            Self::Edit => 0,
            Self::Undo => 1,
            Self::Redo => 2,
            Self::Import => 3,
        }
    }
}

/// An entry while it is being written. Its row is made with the first change, so that an edit that changes nothing
/// leaves no trace.
pub(super) struct Entry<'a> {
    pub id: EntryId,
    kind: EntryKind,
    code: &'a str,
    client: &'a str,
    context: &'a EditContext,
    /// Whether it goes on with the client's entry before; see [`Entry::absorb_previous`].
    pub continues: bool,
    number: Option<i64>,
    batches: i64,
    changed: u64,
    listed: Vec<SampleId>,
    surroundings: Surroundings,
}

impl<'a> Entry<'a> {
    pub fn new(kind: EntryKind, code: &'a str, client: &'a str, context: &'a EditContext) -> Self {
        Self {
            id: EntryId::random(),
            kind,
            code,
            client,
            context,
            continues: false,
            number: None,
            batches: 0,
            changed: 0,
            listed: Vec::new(),
            surroundings: Surroundings::default(),
        }
    }

    /// The entry's number, which is also the revision it leaves; makes the row if need be.
    pub fn number(&mut self, connection: &Connection, dataset: i64) -> Result<i64> {
        if let Some(number) = self.number {
            return Ok(number);
        }
        let mut statement = connection.prepare_cached(
            "INSERT INTO journal (id, dataset, client, actor, code, kind, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        statement.execute(params![
            blob(&self.id.0),
            dataset,
            self.client,
            self.context.actor.0,
            self.code,
            self.kind.code(),
            self.context.now.0
        ])?;
        let number = connection.last_insert_rowid();
        self.number = Some(number);
        Ok(number)
    }

    /// Stores a batch of images; without any, nothing.
    pub fn store_images(&mut self, connection: &Connection, dataset: i64, images: &[Image]) -> Result<()> {
        if images.is_empty() {
            return Ok(());
        }
        let number = self.number(connection, dataset)?;
        self.changed += images.len() as u64;
        let room = EditReceipt::LISTED.saturating_sub(self.listed.len());
        self.listed.extend(images.iter().take(room).map(|image| image.record.id));
        // What is no undo step keeps no images.
        let body = if self.kind == EntryKind::Import { None } else { Some(pack_images(images)?) };
        let size_bytes = body.as_ref().map_or(0, Vec::len);
        if let Some(body) = body {
            let mut statement =
                connection.prepare_cached("INSERT INTO image (entry, batch, body) VALUES (?1, ?2, ?3)")?;
            statement.execute(params![number, self.batches, body])?;
            self.batches += 1;
        }
        let only = if self.changed == 1 { images.first().map(|image| image.number) } else { None };
        let mut statement = connection.prepare_cached(
            "UPDATE journal SET samples = ?2, size_bytes = size_bytes + ?3, sample = ?4 WHERE number = ?1",
        )?;
        statement.execute(params![number, signed(self.changed), signed(size_bytes as u64), only])?;
        Ok(())
    }

    /// Takes the client's entry before this one into it, so that both undo as one, if each of the two changed the same
    /// one sample and nothing has changed it in between.
    pub fn absorb_previous(&self, connection: &Connection, dataset: i64) -> Result<()> {
        let Some(number) = self.number else { return Ok(()) };
        let Some(image) = only_image(connection, number)? else { return Ok(()) };
        let mut statement = connection.prepare_cached(
            "SELECT number FROM journal WHERE dataset = ?1 AND client = ?2 AND sample = ?3 AND number < ?4
                 AND kind = 0 AND undone_by IS NULL AND labels IS NULL
             ORDER BY number DESC LIMIT 1",
        )?;
        let earlier = params![dataset, self.client, image.number, number];
        let earlier: Option<i64> = statement.query_row(earlier, |row| row.get(0)).optional()?;
        let Some(earlier) = earlier.filter(|earlier| *earlier == image.revision_before) else { return Ok(()) };
        let Some(first) = only_image(connection, earlier)? else { return Ok(()) };
        let Some(stored) = read_stored(connection, image.number)? else { return Ok(()) };
        let (sample, revisions) = (image.number, (first.revision_before, image.revision_after));
        let between = image.before(&stored.record)?;
        let before = first.before(&between)?;
        let body = pack_images(&[Image::new(sample, revisions, before, &stored.record)])?;
        let mut statement = connection.prepare_cached("UPDATE journal SET size_bytes = ?2 WHERE number = ?1")?;
        statement.execute(params![number, signed(body.len() as u64)])?;
        connection.prepare_cached("UPDATE image SET body = ?2 WHERE entry = ?1")?.execute(params![number, body])?;
        connection.prepare_cached("DELETE FROM journal WHERE number = ?1")?.execute([earlier])?;
        Ok(())
    }

    /// Adds to what the entry changed beside samples.
    pub fn store_surroundings(&mut self, connection: &Connection, dataset: i64, more: Surroundings) -> Result<()> {
        if more.labels.is_empty() && more.current_version.is_none() {
            return Ok(());
        }
        let number = self.number(connection, dataset)?;
        self.surroundings.labels.extend(more.labels);
        self.surroundings.current_version = more.current_version.or(self.surroundings.current_version);
        let body = compress(to_json(&self.surroundings)?.as_bytes())?;
        let mut statement = connection
            .prepare_cached("UPDATE journal SET labels = ?2, size_bytes = size_bytes + ?3 WHERE number = ?1")?;
        statement.execute(params![number, body, signed(body.len() as u64)])?;
        Ok(())
    }

    pub fn into_receipt(self) -> EditReceipt {
        EditReceipt {
            entry: self.id,
            code: self.code.to_owned(),
            changed: self.changed,
            samples: self.listed,
            labels_changed: !self.surroundings.labels.is_empty(),
        }
    }
}

fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    zstd::encode_all(bytes, 3).map_err(|error| CatalogError::Value(error.to_string()))
}

fn pack_images(images: &[Image]) -> Result<Vec<u8>> {
    let broken = |error: std::io::Error| CatalogError::Value(error.to_string());
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).map_err(broken)?;
    for image in images {
        encoder.write_all(to_json(image)?.as_bytes()).map_err(broken)?;
        encoder.write_all(b"\n").map_err(broken)?;
    }
    encoder.finish().map_err(broken)
}

/// The images of a batch, as they were stored.
pub(super) fn unpack_images(body: &[u8]) -> Result<Vec<Image>> {
    let broken = |error: std::io::Error| CatalogError::Value(error.to_string());
    let decoder = zstd::Decoder::new(body).map_err(broken)?;
    let mut images = Vec::new();
    for line in std::io::BufReader::new(decoder).lines() {
        images.push(from_json(&line.map_err(broken)?)?);
    }
    Ok(images)
}

/// The batches of an entry, first to last.
pub(super) fn batches(connection: &Connection, entry: i64) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached("SELECT batch FROM image WHERE entry = ?1 ORDER BY batch")?;
    let batches = statement.query_map([entry], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(batches)
}

/// The images of one batch of an entry.
pub(super) fn read_images(connection: &Connection, entry: i64, batch: i64) -> Result<Vec<Image>> {
    let mut statement = connection.prepare_cached("SELECT body FROM image WHERE entry = ?1 AND batch = ?2")?;
    let body: Vec<u8> = statement.query_row([entry, batch], |row| row.get(0))?;
    unpack_images(&body)
}

/// The one image of an entry that changed one sample.
fn only_image(connection: &Connection, entry: i64) -> Result<Option<Image>> {
    let [batch] = batches(connection, entry)?[..] else { return Ok(None) };
    let mut images = read_images(connection, entry, batch)?;
    Ok(images.pop().filter(|_| images.is_empty()))
}

/// A stored entry as undo needs it.
pub(super) struct StoredEntry {
    pub number: i64,
    pub code: String,
    pub surroundings: Surroundings,
    pub listed: JournalEntry,
}

/// Edits that one asks for where one sample is shown, though they may change any.
const WIDE_EDITS: [&str; 4] = ["annotate-many", "suggest", "delete-samples", "restore-samples"];
/// What is undone only where the whole dataset is shown.
const OF_THE_DATASET: &str = "set-current-version";

impl StoredEntry {
    /// Whether it is about more than one sample, or about none.
    fn is_wide(&self) -> bool {
        (self.listed.samples != 1 && self.code != OF_THE_DATASET) || WIDE_EDITS.contains(&self.code.as_str())
    }
}

const COLUMNS: &str = "id, code, actor, client, samples, at, kind, number, labels";

fn entry_at(row: &Row<'_>) -> Result<StoredEntry> {
    let code: String = row.get(1)?;
    let labels: Option<Vec<u8>> = row.get(8)?;
    let surroundings = match labels {
        None => Surroundings::default(),
        Some(body) => {
            let text = zstd::decode_all(body.as_slice()).map_err(|error| CatalogError::Value(error.to_string()))?;
            serde_json::from_slice(&text).map_err(|error| CatalogError::Value(error.to_string()))?
        }
    };
    let listed = JournalEntry {
        id: EntryId(uuid_at(row, 0)?),
        code: code.clone(),
        actor: Actor(row.get(2)?),
        client: row.get(3)?,
        samples: unsigned(row.get(4)?),
        at: Timestamp(row.get(5)?),
    };
    Ok(StoredEntry { number: row.get(7)?, code, surroundings, listed })
}

/// What undo and redo act on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub dataset: i64,
    pub client: &'a str,
    /// The row number of the one sample whose entries count; `None`: all entries of the dataset.
    pub sample: Option<i64>,
}

impl Scope<'_> {
    fn one_entry(&self, connection: &Connection, sql: &str) -> Result<Option<StoredEntry>> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = match self.sample {
            None => statement.query(params![self.dataset, self.client])?,
            Some(sample) => statement.query(params![self.dataset, self.client, sample])?,
        };
        rows.next()?.map(entry_at).transpose()
    }

    fn of_sample(&self) -> &'static str {
        if self.sample.is_some() { "AND sample = ?3" } else { "" }
    }
}

/// The client's latest entry that is not undone. Of one sample: also an edit of many samples or of labels, where that is
/// what the client did last, or what made the sample what it is.
pub(super) fn next_undo(connection: &Connection, scope: &Scope<'_>) -> Result<Option<StoredEntry>> {
    let own = latest_undo(connection, scope)?;
    if scope.sample.is_none() {
        return Ok(own);
    }
    let last = latest_undo(connection, &Scope { sample: None, ..*scope })?.filter(StoredEntry::is_wide);
    let made = maker(connection, scope)?.filter(StoredEntry::is_wide);
    Ok([own, last, made].into_iter().flatten().max_by_key(|entry| entry.number))
}

fn latest_undo(connection: &Connection, scope: &Scope<'_>) -> Result<Option<StoredEntry>> {
    let of_sample = scope.of_sample();
    let sql = format!(
        "SELECT {COLUMNS} FROM journal
         WHERE dataset = ?1 AND client = ?2 AND kind IN (0, 2) AND undone_by IS NULL {of_sample}
         ORDER BY number DESC LIMIT 1"
    );
    scope.one_entry(connection, &sql)
}

/// The client's entry by which the scope's sample has the content that it has. An undone entry that was done again is
/// told by the entry that did it again.
fn maker(connection: &Connection, scope: &Scope<'_>) -> Result<Option<StoredEntry>> {
    let sql = format!(
        "WITH RECURSIVE chain (entry, next) AS (
             SELECT number, undone_by FROM journal WHERE number = (SELECT revision FROM sample WHERE number = ?3)
             UNION ALL SELECT number, undone_by FROM journal JOIN chain ON number = next)
         SELECT {COLUMNS} FROM journal
         WHERE dataset = ?1 AND client = ?2 AND kind IN (0, 2)
             AND number = (SELECT entry FROM chain WHERE next IS NULL)"
    );
    scope.one_entry(connection, &sql)
}

/// What the client undid last; an edit since then ends redoing. Of one sample: also an edit of many samples or of labels,
/// where that is what the client undid last.
pub(super) fn next_redo(connection: &Connection, scope: &Scope<'_>) -> Result<Option<StoredEntry>> {
    let own = latest_redo(connection, scope)?;
    if scope.sample.is_none() {
        return Ok(own);
    }
    let last = latest_redo(connection, &Scope { sample: None, ..*scope })?.filter(StoredEntry::is_wide);
    Ok([own, last].into_iter().flatten().max_by_key(|entry| entry.number))
}

fn latest_redo(connection: &Connection, scope: &Scope<'_>) -> Result<Option<StoredEntry>> {
    let of_sample = scope.of_sample();
    let sql = format!(
        "SELECT {COLUMNS} FROM journal
         WHERE dataset = ?1 AND client = ?2 AND kind = 1 AND undone_by IS NULL {of_sample} AND number > coalesce(
             (SELECT max(number) FROM journal WHERE dataset = ?1 AND client = ?2 AND kind = 0 {of_sample}), 0)
         ORDER BY number DESC LIMIT 1"
    );
    scope.one_entry(connection, &sql)
}

/// The refusal to undo, naming the entry that left `revision`.
pub(super) fn conflict(connection: &Connection, revision: i64) -> Result<CatalogError> {
    let mut statement = connection.prepare_cached("SELECT code, actor, at FROM journal WHERE number = ?1")?;
    let found = statement
        .query_row([revision], |row| Ok((row.get(0)?, row.get(1)?, Timestamp(row.get(2)?).to_rfc3339())))
        .optional()?;
    // The entry may have been trimmed, or a sample may have been purged.
    let (edit, actor, at) = found.unwrap_or_else(|| ("unknown".to_owned(), String::new(), String::new()));
    Ok(CatalogError::UndoConflict { edit, actor, at })
}

impl Catalog {
    /// What [`Catalog::undo`] would take back, with the edit's own code.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn undoable(&self, dataset: DatasetId, client: &str) -> Result<Option<JournalEntry>> {
        Ok(self.undo_state(dataset, None, client)?.0)
    }

    /// What [`Catalog::redo`] would do again, with the edit's own code.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn redoable(&self, dataset: DatasetId, client: &str) -> Result<Option<JournalEntry>> {
        Ok(self.undo_state(dataset, None, client)?.1)
    }

    /// What undo would take back and redo would do again: in the whole dataset, or in one sample.
    ///
    /// # Errors
    /// `dataset-unknown`, `sample-unknown`, or if the catalog cannot be read.
    pub fn undo_state(
        &self,
        dataset: DatasetId,
        sample: Option<SampleId>,
        client: &str,
    ) -> Result<(Option<JournalEntry>, Option<JournalEntry>)> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let scope = Scope { dataset, client, sample: row_number(transaction, dataset, sample)? };
            let listed = |entry: Option<StoredEntry>| entry.map(|entry| entry.listed);
            Ok((listed(next_undo(transaction, &scope)?), listed(next_redo(transaction, &scope)?)))
        })
    }

    /// The latest entries of all clients, newest first. Here an undo is called `undo` and a redo `redo`.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn journal(&self, dataset: DatasetId, limit: usize) -> Result<Vec<JournalEntry>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut statement = transaction.prepare_cached(
                "SELECT id, CASE kind WHEN 1 THEN 'undo' WHEN 2 THEN 'redo' ELSE code END, actor, client, samples, at
                 FROM journal WHERE dataset = ?1 ORDER BY number DESC LIMIT ?2",
            )?;
            let mut rows = statement.query(params![dataset, signed(limit as u64)])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(JournalEntry {
                    id: EntryId(uuid_at(row, 0)?),
                    code: row.get(1)?,
                    actor: Actor(row.get(2)?),
                    client: row.get(3)?,
                    samples: unsigned(row.get(4)?),
                    at: Timestamp(row.get(5)?),
                });
            }
            Ok(entries)
        })
    }

    /// Forgets entries older than 90 days, then the oldest until 1 GB is left, and returns how many can no longer be
    /// undone.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn trim_journal(&self, now: Timestamp) -> Result<u64> {
        self.trim_journal_to(now, KEPT_BYTES)
    }

    pub(super) fn trim_journal_to(&self, now: Timestamp, kept_bytes: i64) -> Result<u64> {
        self.write(|transaction| {
            let old = transaction.execute("DELETE FROM journal WHERE at < ?1", [now.0.saturating_sub(KEPT_MS)])?;
            let large = transaction.execute(
                "DELETE FROM journal WHERE number IN (
                     SELECT number FROM (
                         SELECT number, sum(size_bytes) OVER (ORDER BY number DESC) AS total FROM journal)
                     WHERE total > ?1)",
                [kept_bytes],
            )?;
            Ok((old + large) as u64)
        })
    }
}
