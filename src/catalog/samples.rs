//! Samples by name or identity, and all of them.

use super::changes::Changes;
use super::codes::{PRIMARY, state_code, text_at, unsigned, uuid_at};
use super::counts::{ANY_LABEL, kept};
use super::datasets::dataset_number;
use super::labels::live_labels;
use super::receive::known_sample;
use super::rows::{read_row, read_stored, sample_number, source_hash};
use super::texts::{is_of_texts, read_text};
use super::{Catalog, CatalogError, Result};
use crate::domain::dataset::SampleCounts;
use crate::domain::query::SampleRow;
use crate::domain::{DatasetId, Label, SampleId, SampleState, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use std::ops::ControlFlow;

/// What sync compares with the files it finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    pub id: SampleId,
    /// URI.
    pub source: String,
    pub name: String,
    pub size_bytes: Option<u64>,
    pub modified: Option<Timestamp>,
    pub hash: Option<String>,
    /// A tombstone.
    pub deleted: bool,
    pub missing: bool,
    /// Unlabeled as it came: nobody decided anything about it yet.
    pub is_untouched: bool,
}

/// What [`Catalog::each_of_a_moment`] tells.
#[derive(Clone, Debug, PartialEq)]
pub enum OfAMoment {
    /// The labels in order, and how many samples will come.
    Labels(Vec<Label>, SampleCounts),
    /// A sample, and its text where samples are texts.
    Sample(Box<SampleRow>, Option<String>),
}

impl Catalog {
    /// All samples of a dataset as sync needs them, tombstones included, in the order of adding.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn sample_fingerprints(&self, dataset: DatasetId) -> Result<Vec<Fingerprint>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut statement = transaction.prepare_cached(
                "SELECT id, source, name, size_bytes, modified, hash, deleted, missing,
                        state = ?2 AND revision = 0
                 FROM sample WHERE dataset = ?1 ORDER BY number",
            )?;
            let mut rows = statement.query(params![dataset, state_code(SampleState::Unlabeled)])?;
            let mut fingerprints = Vec::new();
            while let Some(row) = rows.next()? {
                fingerprints.push(Fingerprint {
                    id: SampleId(uuid_at(row, 0)?),
                    source: row.get(1)?,
                    name: row.get(2)?,
                    size_bytes: row.get::<_, Option<i64>>(3)?.map(unsigned),
                    modified: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                    hash: row.get(5)?,
                    deleted: row.get(6)?,
                    missing: row.get(7)?,
                    is_untouched: row.get(8)?,
                });
            }
            Ok(fingerprints)
        })
    }

    /// Notes whether the samples' bytes are where their sources say.
    ///
    /// # Errors
    /// `sample-unknown`, or if the catalog cannot be written; nothing is noted then.
    pub fn mark_missing(&self, dataset: DatasetId, samples: &[SampleId], missing: bool) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut statement = transaction.prepare_cached("UPDATE sample SET missing = ?2 WHERE number = ?1")?;
            for &sample in samples {
                statement.execute(params![known_sample(transaction, dataset, sample)?, missing])?;
            }
            Ok(())
        })
    }

    /// Forgets samples altogether, tombstone and annotations included. Not undoable; ids that are not there are passed
    /// over. Returns how many went.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be written.
    pub fn purge_samples(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<u64> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut changes = Changes::begin(transaction, dataset)?;
            let mut purged = 0;
            for &sample in samples {
                let Some(number) = sample_number(transaction, dataset, sample)? else { continue };
                let Some(stored) = read_stored(transaction, number)? else { continue };
                changes.purge(&stored)?;
                purged += 1;
            }
            changes.finish()?;
            Ok(purged)
        })
    }

    /// The samples of these ids, in the order asked for; unknown ids are left out.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn sample_rows(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<Vec<SampleRow>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut rows = Vec::with_capacity(samples.len());
            for &sample in samples {
                if let Some(number) = sample_number(transaction, dataset, sample)? {
                    rows.extend(read_row(transaction, number)?);
                }
            }
            Ok(rows)
        })
    }

    /// Which samples are meant by ids, source URIs or names, tried in this order; `None` where there is none. Of samples
    /// of one name, the first added is meant; tombstones are found by id or source only.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn find_samples(&self, dataset: DatasetId, texts: &[String]) -> Result<Vec<Option<SampleId>>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            texts.iter().map(|text| find_sample(transaction, dataset, text)).collect()
        })
    }

    /// The samples at these sources, tombstones included; `None` where there is none.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn samples_at(&self, dataset: DatasetId, sources: &[&str]) -> Result<Vec<Option<SampleId>>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            sources.iter().map(|source| sample_at(transaction, dataset, source)).collect()
        })
    }

    /// Calls `f` with the labels, then with each undeleted sample, by name (texts: in the order of adding), until it
    /// breaks. All are of the same moment,
    /// however long it takes and whatever others write meanwhile.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn each_of_a_moment(&self, dataset: DatasetId, f: &mut dyn FnMut(OfAMoment) -> ControlFlow<()>) -> Result<()> {
        self.in_a_moment(dataset, |moment| {
            let (labels, counts) = moment.labels()?;
            if f(OfAMoment::Labels(labels, counts)).is_break() {
                return Ok(());
            }
            moment.each_sample(&mut |row, text| f(OfAMoment::Sample(Box::new(row), text)))
        })?
    }

    /// Calls `work` with the dataset as it is at one moment. It should come to an end: what others write meanwhile stays
    /// in the journal file of the database until then.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn in_a_moment<T>(&self, dataset: DatasetId, work: impl FnOnce(&Moment<'_>) -> T) -> Result<T> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            Ok(work(&Moment { transaction, dataset }))
        })
    }
}

/// A dataset at one moment, however often it is gone through and whatever others write meanwhile.
pub struct Moment<'a> {
    transaction: &'a Connection,
    dataset: i64,
}

impl Moment<'_> {
    /// The labels in order, and how many samples there are.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn labels(&self) -> Result<(Vec<Label>, SampleCounts)> {
        let counts = kept(self.transaction, self.dataset, ANY_LABEL, PRIMARY)?;
        Ok((live_labels(self.transaction, self.dataset)?, counts))
    }

    /// Calls `f` with each undeleted sample, by name (texts: in the order of adding), until it breaks. With it comes its
    /// text, where samples are texts and it is known.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn each_sample(&self, f: &mut dyn FnMut(SampleRow, Option<String>) -> ControlFlow<()>) -> Result<()> {
        let is_of_texts = is_of_texts(self.transaction, self.dataset)?;
        let order = if is_of_texts { "number" } else { "name, number" };
        let sql = format!("SELECT number FROM sample WHERE dataset = ?1 AND deleted = 0 ORDER BY {order}");
        let mut statement = self.transaction.prepare_cached(&sql)?;
        let mut numbers = statement.query([self.dataset])?;
        while let Some(number) = numbers.next()? {
            let number = number.get(0)?;
            let Some(row) = read_row(self.transaction, number)? else { continue };
            let text = if is_of_texts { read_text(self.transaction, number)? } else { None };
            if f(row, text).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The sample of this source.
fn sample_at(connection: &Connection, dataset: i64, source: &str) -> Result<Option<SampleId>> {
    // The plus keeps SQLite from walking the whole dataset by one of its indexes.
    let mut by_source =
        connection.prepare_cached("SELECT source, id FROM sample WHERE source_hash = ?1 AND +dataset = ?2")?;
    let mut rows = by_source.query(params![source_hash(source), dataset])?;
    while let Some(row) = rows.next()? {
        if text_at(row, 0)? == Some(source) {
            return Ok(Some(SampleId(uuid_at(row, 1)?)));
        }
    }
    Ok(None)
}

fn find_sample(connection: &Connection, dataset: i64, text: &str) -> Result<Option<SampleId>> {
    if let Ok(id) = text.parse::<SampleId>()
        && sample_number(connection, dataset, id)?.is_some()
    {
        return Ok(Some(id));
    }
    if let Some(found) = sample_at(connection, dataset, text)? {
        return Ok(Some(found));
    }
    let mut by_name = connection.prepare_cached(
        "SELECT id FROM sample WHERE dataset = ?1 AND deleted = 0 AND name = ?2 ORDER BY number LIMIT 1",
    )?;
    let found: Option<Vec<u8>> = by_name.query_row(params![dataset, text], |row| row.get(0)).optional()?;
    found
        .map(|bytes| uuid::Uuid::from_slice(&bytes).map(SampleId).map_err(|e| CatalogError::Value(e.to_string())))
        .transpose()
}

/// The id of the sample at `number`, if it is still there.
pub(super) fn sample_id(connection: &Connection, number: i64) -> Result<Option<SampleId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM sample WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    rows.next()?.map(|row| Ok(SampleId(uuid_at(row, 0)?))).transpose()
}
