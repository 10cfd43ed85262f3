//! Filtered views: snapshots of row numbers that stay as they are while one labels.
//!
//! A condition becomes a set of row numbers, read from an index of its own; the rows that pass are picked from the order
//! of names, which is kept in memory. So every combination of conditions costs about the same.

use super::codes::{self, PRIMARY};
use super::conditions::{Conditions, StateSets};
use super::counts::{ANY_LABEL, add_to, kept};
use super::datasets::dataset_number;
use super::labels::LabelNumbers;
use super::rows::{read_head, read_row};
use super::samples::sample_id;
use super::texts::numbers_in_order;
use super::{Catalog, Result};
use crate::domain::dataset::SampleCounts;
use crate::domain::query::{SampleFilter, SampleRow, SampleSort};
use crate::domain::{Cancel, DatasetId, LabelId, SampleId};
use rusqlite::Connection;
use std::ops::Range;
use std::sync::Arc;

/// A snapshot of which samples a filter found, in order. Cheap to clone. Samples that are decided meanwhile keep their
/// places; what was purged meanwhile is left out of the rows.
#[derive(Clone, Debug)]
pub struct View {
    dataset: DatasetId,
    numbers: Arc<[i64]>,
}

impl View {
    /// These rows, in this order.
    pub(super) fn of(dataset: DatasetId, numbers: Vec<i64>) -> Self {
        Self { dataset, numbers: numbers.into() }
    }

    /// How many samples the filter found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether it found none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The dataset it shows.
    #[must_use]
    pub fn dataset(&self) -> DatasetId {
        self.dataset
    }

    fn slice(&self, range: Range<usize>) -> &[i64] {
        let end = range.end.min(self.numbers.len());
        &self.numbers[range.start.min(end)..end]
    }
}

impl Catalog {
    /// Takes a snapshot of the samples that a filter finds. For a million samples it takes some ten milliseconds, and a
    /// tenth of a second where samples came or went since the last time: not to be called inside a frame.
    ///
    /// # Errors
    /// `dataset-unknown`, `label-unknown`, `cancelled`, or if the catalog cannot be read.
    pub fn view(&self, dataset: DatasetId, filter: &SampleFilter, sort: SampleSort, cancel: &Cancel) -> Result<View> {
        let texts = self.texts_found(dataset, filter, cancel)?;
        let (order, conditions) = self.read(|transaction| {
            let number = dataset_number(transaction, dataset)?;
            let conditions = Conditions::read(transaction, number, filter, texts)?;
            let order = match sort {
                SampleSort::Name | SampleSort::NameDescending => self.order_of_names(transaction, number, cancel)?,
                // Without the names, which are long where they are the beginnings of texts.
                SampleSort::Added | SampleSort::AddedDescending => match conditions.narrowest() {
                    Some(set) => set.ascending().collect::<Vec<_>>().into(),
                    None => numbers_in_order(transaction, number)?.into(),
                },
            };
            Ok((order, conditions))
        })?;
        let takes_all = conditions.is_empty();
        let passing = || order.iter().copied().filter(|&number| takes_all || conditions.pass(number));
        let numbers: Arc<[i64]> = match sort {
            SampleSort::Name | SampleSort::Added if takes_all => order,
            SampleSort::Name | SampleSort::Added => passing().collect::<Vec<_>>().into(),
            SampleSort::NameDescending | SampleSort::AddedDescending => passing().rev().collect::<Vec<_>>().into(),
        };
        Ok(View { dataset, numbers })
    }

    /// The rows of a part of a view as they are now; beyond its end, fewer.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn rows(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleRow>> {
        self.read(|transaction| {
            let mut rows = Vec::new();
            for &number in view.slice(range) {
                rows.extend(read_row(transaction, number)?);
            }
            Ok(rows)
        })
    }

    /// Like [`Catalog::rows`], without the annotations.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn row_heads(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleRow>> {
        self.read(|transaction| {
            let mut rows = Vec::new();
            for &number in view.slice(range) {
                rows.extend(read_head(transaction, number)?);
            }
            Ok(rows)
        })
    }

    /// The ids of a part of a view; for a million of them this takes some seconds.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn ids(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleId>> {
        self.read(|transaction| {
            let mut ids = Vec::new();
            for &number in view.slice(range) {
                ids.extend(sample_id(transaction, number)?);
            }
            Ok(ids)
        })
    }

    /// Where a sample stands in a view, if it does.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn position(&self, view: &View, sample: SampleId) -> Result<Option<usize>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, view.dataset)?;
            let number = super::rows::sample_number(transaction, dataset, sample)?;
            Ok(number.and_then(|number| view.numbers.iter().position(|&other| other == number)))
        })
    }

    /// Counts the samples that a filter finds in each state, whatever state the filter names: for the tabs.
    ///
    /// # Errors
    /// `dataset-unknown`, `label-unknown`, or if the catalog cannot be read.
    pub fn counts_filtered(&self, dataset: DatasetId, filter: &SampleFilter) -> Result<SampleCounts> {
        let texts = self.texts_found(dataset, filter, &Cancel::default())?;
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let only_labels = SampleFilter { state: filter.state, labels: filter.labels.clone(), ..Default::default() };
            if *filter == only_labels
                && let Some(counts) = counts_of_labels(transaction, dataset, &filter.labels)?
            {
                return Ok(counts);
            }
            let anything = SampleFilter { state: None, ..filter.clone() };
            let conditions = Conditions::read(transaction, dataset, &anything, texts)?;
            let states = StateSets::read(transaction, dataset, filter.deleted)?;
            let mut counts = SampleCounts::default();
            let mut count = |number: i64| {
                if conditions.pass(number) {
                    add_to(&mut counts, states.state(number), 1);
                }
            };
            match conditions.narrowest() {
                Some(set) => set.ascending().for_each(&mut count),
                None => self
                    .order_of_names(transaction, dataset, &Cancel::default())?
                    .iter()
                    .for_each(|&number| count(number)),
            }
            Ok(counts)
        })
    }
}

/// The kept counts, where they answer: for no label, and for one that nothing suggests.
fn counts_of_labels(connection: &Connection, dataset: i64, labels: &[LabelId]) -> Result<Option<SampleCounts>> {
    match labels {
        [] => kept(connection, dataset, ANY_LABEL, PRIMARY).map(Some),
        [label] => {
            let label = LabelNumbers::read(connection, dataset)?.known(*label)?;
            if kept(connection, dataset, label, codes::SUGGESTION)?.total > 0 {
                return Ok(None);
            }
            kept(connection, dataset, label, PRIMARY).map(Some)
        }
        _ => Ok(None),
    }
}
