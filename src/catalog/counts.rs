//! Counts by state, annotation layer and label: kept by every transaction that changes a sample.

use super::codes::{PRIMARY, layer_code, state_code, state_of, unsigned};
use super::labels::LabelNumbers;
use super::{Catalog, CatalogError, Result};
use crate::domain::dataset::SampleCounts;
use crate::domain::{DatasetId, SampleRecord, SampleState};
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, HashMap};

/// Stands for “all samples” where a count names no label.
pub(super) const ANY_LABEL: i64 = 0;

/// A count: label number, layer, state.
type Key = (i64, i64, i64);

/// What a transaction changes in the counts of a dataset.
#[derive(Debug, Default)]
pub(super) struct CountChanges(HashMap<Key, i64>);

impl CountChanges {
    /// Takes a record out of the counts.
    pub fn remove(&mut self, record: &SampleRecord, labels: &LabelNumbers) -> Result<()> {
        self.add_times(record, labels, -1)
    }

    /// Takes a record into the counts.
    pub fn add(&mut self, record: &SampleRecord, labels: &LabelNumbers) -> Result<()> {
        self.add_times(record, labels, 1)
    }

    fn add_times(&mut self, record: &SampleRecord, labels: &LabelNumbers, times: i64) -> Result<()> {
        if record.deleted {
            return Ok(());
        }
        let state = state_code(record.state);
        *self.0.entry((ANY_LABEL, PRIMARY, state)).or_default() += times;
        let mut carried: Vec<(i64, i64)> = Vec::with_capacity(record.annotations.len());
        for annotation in &record.annotations {
            let Some(label) = annotation.label else { continue };
            let number = labels.number(label).ok_or_else(|| CatalogError::LabelUnknown(label.to_string()))?;
            carried.push((number, layer_code(&annotation.set).0));
        }
        carried.sort_unstable();
        carried.dedup();
        for (label, layer) in carried {
            *self.0.entry((label, layer, state)).or_default() += times;
        }
        Ok(())
    }

    /// Writes the changes. To be called once, before the transaction commits.
    pub fn write(self, connection: &Connection, dataset: i64) -> Result<()> {
        let mut statement = connection.prepare_cached(
            "INSERT INTO counts (dataset, label, layer, state, samples) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (dataset, label, layer, state) DO UPDATE SET samples = samples + excluded.samples",
        )?;
        for ((label, layer, state), change) in self.0 {
            if change != 0 {
                statement.execute(params![dataset, label, layer, state, change])?;
            }
        }
        Ok(())
    }
}

/// What [`Catalog::rebuild_counts`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountsCheck {
    /// How many counts were wrong and are right now.
    pub corrected: u64,
}

/// The stored counts of a dataset, without zeros.
pub(super) fn stored_counts(connection: &Connection, dataset: i64) -> Result<BTreeMap<Key, i64>> {
    read_counts(
        connection,
        "SELECT label, layer, state, samples FROM counts WHERE dataset = ?1 AND samples != 0",
        dataset,
    )
}

/// The counts as the samples say.
pub(super) fn true_counts(connection: &Connection, dataset: i64) -> Result<BTreeMap<Key, i64>> {
    read_counts(
        connection,
        "SELECT 0, 0, state, count(*) FROM sample WHERE dataset = ?1 AND deleted = 0 GROUP BY state
         UNION ALL
         SELECT label, layer, state, count(DISTINCT sample.number)
         FROM annotation JOIN sample ON sample.number = annotation.sample
         WHERE dataset = ?1 AND deleted = 0 AND label IS NOT NULL GROUP BY label, layer, state",
        dataset,
    )
}

fn read_counts(connection: &Connection, sql: &str, dataset: i64) -> Result<BTreeMap<Key, i64>> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([dataset])?;
    let mut counts = BTreeMap::new();
    while let Some(row) = rows.next()? {
        counts.insert((row.get(0)?, row.get(1)?, row.get(2)?), row.get(3)?);
    }
    Ok(counts)
}

/// The states of samples with `label` in `layer`, from the kept counts.
pub(super) fn kept(connection: &Connection, dataset: i64, label: i64, layer: i64) -> Result<SampleCounts> {
    let mut statement = connection
        .prepare_cached("SELECT state, samples FROM counts WHERE dataset = ?1 AND label = ?2 AND layer = ?3")?;
    let mut rows = statement.query(params![dataset, label, layer])?;
    let mut counts = SampleCounts::default();
    while let Some(row) = rows.next()? {
        add_to(&mut counts, state_of(row.get(0)?)?, unsigned(row.get(1)?));
    }
    Ok(counts)
}

/// Counts `samples` more in `state`.
pub(super) fn add_to(counts: &mut SampleCounts, state: SampleState, samples: u64) {
    counts.total += samples;
    match state {
        SampleState::Unlabeled => counts.unlabeled += samples,
        SampleState::Labeled => counts.labeled += samples,
        SampleState::ToConfirm => counts.to_confirm += samples,
    }
}

impl Catalog {
    /// How many undeleted samples stand in which state.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn counts(&self, dataset: DatasetId) -> Result<SampleCounts> {
        self.read(|transaction| {
            let dataset = super::datasets::dataset_number(transaction, dataset)?;
            kept(transaction, dataset, ANY_LABEL, PRIMARY)
        })
    }

    /// Counts a dataset's samples anew and corrects the kept counts where they differ. They never should.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read or written.
    pub fn rebuild_counts(&self, dataset: DatasetId) -> Result<CountsCheck> {
        self.write(|transaction| {
            let dataset = super::datasets::dataset_number(transaction, dataset)?;
            let stored = stored_counts(transaction, dataset)?;
            let counted = true_counts(transaction, dataset)?;
            let wrong = stored.iter().filter(|(key, count)| counted.get(*key) != Some(count)).count()
                + counted.keys().filter(|key| !stored.contains_key(*key)).count();
            if wrong > 0 {
                transaction.execute("DELETE FROM counts WHERE dataset = ?1", [dataset])?;
                CountChanges(counted.into_iter().collect()).write(transaction, dataset)?;
            }
            Ok(CountsCheck { corrected: wrong as u64 })
        })
    }
}
