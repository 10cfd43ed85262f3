//! The texts of samples: kept, fetched and searched.
//!
//! A search looks through the texts themselves: without an index nothing is to be kept in step, every substring is
//! found in every language, and several readers look through a million reviews in 150 ms (`benches/README.md`).

use super::codes::{text_at, unsigned, uuid_at};
use super::datasets::dataset_number;
use super::numbers::NumberSet;
use super::rows::sample_number;
use super::{Catalog, CatalogError, Result};
use crate::domain::query::SampleFilter;
use crate::domain::{Cancel, DatasetId, DatasetType, SampleId, Timestamp};
use memchr::memmem;
use rayon::prelude::*;
use regex::bytes::{Regex, RegexBuilder};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::ops::{ControlFlow, RangeInclusive};

/// Readers that look through the texts of one dataset at once.
const READERS: i64 = 4;
/// Datasets of fewer rows are looked through by one.
const ROWS_A_READER: i64 = 20_000;
/// Rows between two looks at the request to stop.
const CANCEL_STEP: usize = 8_192;

impl Catalog {
    /// The whole text of a sample; `None` if none is known, as of one whose file could not be read.
    ///
    /// # Errors
    /// `dataset-unknown`, `sample-unknown`, or if the catalog cannot be read.
    pub fn text(&self, dataset: DatasetId, sample: SampleId) -> Result<Option<String>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let number = super::receive::known_sample(transaction, dataset, sample)?;
            read_text(transaction, number)
        })
    }

    /// The beginnings of texts, of up to `limit` code points each, in the order asked for; empty where there is none.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn texts(&self, dataset: DatasetId, samples: &[SampleId], limit: usize) -> Result<Vec<String>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut statement =
                transaction.prepare_cached("SELECT substr(text, 1, ?2) FROM sample_text WHERE number = ?1")?;
            let beginning = |sample: &SampleId| {
                let Some(number) = sample_number(transaction, dataset, *sample)? else { return Ok(String::new()) };
                let found = statement.query_row(params![number, limit], |row| row.get(0)).optional()?;
                Ok(found.unwrap_or_default())
            };
            samples.iter().map(beginning).collect()
        })
    }

    /// Calls `f` with the text of each undeleted sample in the order of adding, until it breaks.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn each_text(&self, dataset: DatasetId, f: &mut dyn FnMut(SampleId, &str) -> ControlFlow<()>) -> Result<()> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut statement = transaction.prepare_cached(
                "SELECT sample.id, text FROM sample_text JOIN sample ON sample.number = sample_text.number
                 WHERE sample_text.dataset = ?1 AND deleted = 0 ORDER BY sample_text.number",
            )?;
            let mut rows = statement.query([dataset])?;
            while let Some(row) = rows.next()? {
                if f(SampleId(uuid_at(row, 0)?), text_at(row, 1)?.unwrap_or_default()).is_break() {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Size and time of the files that were read into texts, by their URI.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn text_files(&self, dataset: DatasetId) -> Result<HashMap<String, (u64, Option<Timestamp>)>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut statement = transaction
                .prepare_cached("SELECT location, size_bytes, modified FROM text_file WHERE dataset = ?1")?;
            let found = statement.query_map([dataset], |row| {
                let modified = row.get::<_, Option<i64>>(2)?.map(Timestamp);
                Ok((row.get(0)?, (unsigned(row.get(1)?), modified)))
            })?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Notes files that were read into texts.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be written.
    pub fn set_text_files(&self, dataset: DatasetId, files: &[(String, u64, Option<Timestamp>)]) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut statement = transaction.prepare_cached(
                "INSERT OR REPLACE INTO text_file (dataset, location, size_bytes, modified) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (location, size_bytes, modified) in files {
                let size_bytes = super::codes::signed(*size_bytes);
                statement.execute(params![dataset, location, size_bytes, modified.map(|moment| moment.0)])?;
            }
            Ok(())
        })
    }

    /// Forgets what was noted of a file: it is read again.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be written.
    pub fn forget_text_file(&self, dataset: DatasetId, location: &str) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let sql = "DELETE FROM text_file WHERE dataset = ?1 AND location = ?2";
            transaction.prepare_cached(sql)?.execute(params![dataset, location])?;
            Ok(())
        })
    }

    /// The samples whose texts contain what a filter asks for; `None` if it asks for no text, or the samples are no
    /// texts.
    pub(super) fn texts_found(
        &self,
        dataset: DatasetId,
        filter: &SampleFilter,
        cancel: &Cancel,
    ) -> Result<Option<NumberSet>> {
        if filter.text.is_empty() {
            return Ok(None);
        }
        let found = self.read(|transaction| {
            let number = dataset_number(transaction, dataset)?;
            Ok(if is_of_texts(transaction, number)? { Some((number, rows_of(transaction, number)?)) } else { None })
        })?;
        let Some((number, rows)) = found else { return Ok(None) };
        let Some(rows) = rows else { return Ok(Some(NumberSet::default())) };
        let sought = Sought::new(&filter.text)?;
        let parts: Vec<_> = parts(&rows).collect();
        let look = |part: &RangeInclusive<i64>| {
            // A copy for each reader: they would wait for each other's scratch memory.
            let sought = sought.clone();
            self.read(|reader| containing(reader, number, part, &sought, cancel))
        };
        let found: Vec<Vec<i64>> = parts.par_iter().map(look).collect::<Result<_>>()?;
        Ok(Some(found.into_iter().flatten().collect()))
    }
}

/// What a search looks for.
#[derive(Clone)]
enum Sought {
    /// Without any letter that has an upper or lower case.
    Verbatim(Box<memmem::Finder<'static>>),
    InAnyCase(Regex),
}

impl Sought {
    fn new(text: &str) -> Result<Self> {
        let has_case = |letter: char| !letter.to_lowercase().eq([letter]) || !letter.to_uppercase().eq([letter]);
        if !text.chars().any(has_case) {
            return Ok(Self::Verbatim(Box::new(memmem::Finder::new(text).into_owned())));
        }
        let pattern = RegexBuilder::new(&regex::escape(text)).case_insensitive(true).build();
        Ok(Self::InAnyCase(pattern.map_err(|error| CatalogError::Value(error.to_string()))?))
    }

    /// Whether a text has it. It is looked at as bytes: to prove them UTF-8 takes longer than to search them.
    fn is_in(&self, text: &[u8]) -> bool {
        match self {
            Self::Verbatim(finder) => finder.find(text).is_some(),
            Self::InAnyCase(pattern) => pattern.is_match(text),
        }
    }
}

/// The text at a row number.
pub(super) fn read_text(connection: &Connection, number: i64) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT text FROM sample_text WHERE number = ?1")?;
    Ok(statement.query_row([number], |row| row.get(0)).optional()?)
}

/// Keeps a sample's text, in place of the one before.
pub(super) fn write_text(connection: &Connection, dataset: i64, number: i64, text: &str) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO sample_text (number, dataset, text) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![number, dataset, text])?;
    Ok(())
}

/// Whether a dataset's samples are texts. They stand in the order of adding, not of their beginnings.
pub(super) fn is_of_texts(connection: &Connection, dataset: i64) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT kind FROM dataset WHERE number = ?1")?;
    let kind: String = statement.query_row([dataset], |row| row.get(0))?;
    Ok(kind.parse().is_ok_and(DatasetType::is_text))
}

/// The first and the last row number of a dataset's texts.
fn rows_of(connection: &Connection, dataset: i64) -> Result<Option<RangeInclusive<i64>>> {
    let end = |order: &str| -> Result<Option<i64>> {
        let sql = format!("SELECT number FROM sample_text WHERE dataset = ?1 ORDER BY number {order} LIMIT 1");
        Ok(connection.prepare_cached(&sql)?.query_row([dataset], |row| row.get(0)).optional()?)
    };
    Ok(end("ASC")?.zip(end("DESC")?).map(|(first, last)| first..=last))
}

/// Whether no text of another dataset stands between these rows: a search need not ask of each whose it is then.
fn are_alone(connection: &Connection, dataset: i64, rows: &RangeInclusive<i64>) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT NOT EXISTS (SELECT 1 FROM dataset WHERE number <> ?1 AND EXISTS
         (SELECT 1 FROM sample_text WHERE dataset = dataset.number AND sample_text.number BETWEEN ?2 AND ?3))",
    )?;
    Ok(statement.query_row(params![dataset, rows.start(), rows.end()], |row| row.get(0))?)
}

/// The rows in parts for several readers.
fn parts(rows: &RangeInclusive<i64>) -> impl Iterator<Item = RangeInclusive<i64>> {
    let (first, last) = (*rows.start(), *rows.end());
    let length = last.saturating_sub(first).saturating_add(1);
    let step = (length / READERS + 1).max(ROWS_A_READER);
    (0..READERS).map(move |part| first + part * step).take_while(move |from| *from <= last).map(move |from| {
        let to = from.saturating_add(step - 1).min(last);
        from..=to
    })
}

/// The rows of a part whose text has what is sought.
fn containing(
    connection: &Connection,
    dataset: i64,
    part: &RangeInclusive<i64>,
    sought: &Sought,
    cancel: &Cancel,
) -> Result<Vec<i64>> {
    let all = "SELECT text, number FROM sample_text WHERE number BETWEEN ?1 AND ?2";
    let is_alone = are_alone(connection, dataset, part)?;
    // The plus: by the row numbers, not by the index of datasets.
    let sql = if is_alone { all.to_owned() } else { format!("{all} AND +dataset = {dataset}") };
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![part.start(), part.end()])?;
    let (mut found, mut seen) = (Vec::new(), 0_usize);
    while let Some(row) = rows.next()? {
        seen += 1;
        if seen.is_multiple_of(CANCEL_STEP) && cancel.is_cancelled() {
            return Err(CatalogError::Cancelled);
        }
        let text = row.get_ref(0)?.as_bytes().map_err(|error| CatalogError::Value(error.to_string()))?;
        if sought.is_in(text) {
            found.push(row.get(1)?);
        }
    }
    Ok(found)
}

/// The row numbers of a dataset in the order of adding, tombstones among them.
pub(super) fn numbers_in_order(connection: &Connection, dataset: i64) -> Result<Vec<i64>> {
    // All in one index, whose parts are each in this order.
    let mut statement = connection.prepare_cached("SELECT number FROM sample WHERE dataset = ?1")?;
    let set = NumberSet::read(&mut statement, [dataset])?;
    Ok(set.ascending().collect())
}
