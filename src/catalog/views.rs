//! Filtered views: snapshots of row numbers that stay as they are while one labels.
//!
//! A condition becomes a set of row numbers, read from an index of its own; then the index of names is walked once, in
//! order. So every combination of conditions costs about the same.

use super::codes::{PRIMARY, SUGGESTION, map_of_json, state_code, text_at, usage_code};
use super::counts::{ANY_LABEL, add_to, kept};
use super::datasets::dataset_number;
use super::labels::LabelNumbers;
use super::rows::read_row;
use super::samples::sample_id;
use super::{Catalog, CatalogError, Result, codes};
use crate::domain::dataset::SampleCounts;
use crate::domain::query::{SampleFilter, SampleRow, SampleSort};
use crate::domain::{Cancel, DatasetId, LabelId, SampleId, SampleState};
use rusqlite::{Connection, Statement, params};
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

/// A set of row numbers, a bit each.
#[derive(Debug, Default)]
struct NumberSet(Vec<u64>);

impl NumberSet {
    fn insert(&mut self, number: i64) {
        let number = usize::try_from(number).unwrap_or(0);
        if number / 64 >= self.0.len() {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    fn contains(&self, number: i64) -> bool {
        let number = usize::try_from(number).unwrap_or(0);
        self.0.get(number / 64).is_some_and(|bits| bits & (1 << (number % 64)) != 0)
    }

    fn read(statement: &mut Statement<'_>, parameters: impl rusqlite::Params) -> Result<Self> {
        let mut set = Self::default();
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            set.insert(row.get(0)?);
        }
        Ok(set)
    }
}

/// A filter's conditions, ready to be asked of one row after the other.
pub(super) struct Conditions {
    /// Row numbers and whether a row must be in the set, or must not.
    sets: Vec<(NumberSet, bool)>,
    labels: Option<LabelCondition>,
    /// What a name must contain: a pattern for SQLite, which folds the case of ASCII only; NULL for no condition.
    pattern: Option<String>,
    /// What a name must contain where that is not ASCII, in lower case; empty for no condition.
    text: String,
}

/// Carriers of the labels asked for. In samples to confirm, a suggestion counts.
struct LabelCondition {
    primary: NumberSet,
    suggested: NumberSet,
}

impl Conditions {
    pub fn read(connection: &Connection, dataset: i64, filter: &SampleFilter) -> Result<Self> {
        let mut sets = Vec::new();
        let partial = |sql: &str, wanted: bool| -> Result<(NumberSet, bool)> {
            Ok((NumberSet::read(&mut *connection.prepare_cached(sql)?, [dataset])?, wanted))
        };
        if let Some(hard) = filter.hard {
            sets.push(partial("SELECT number FROM sample WHERE dataset = ?1 AND hard = 1", hard)?);
        }
        if let Some(missing) = filter.missing {
            sets.push(partial("SELECT number FROM sample WHERE dataset = ?1 AND missing = 1", missing)?);
        }
        match filter.usage {
            None => {}
            Some(None) => {
                sets.push(partial("SELECT number FROM sample WHERE dataset = ?1 AND usage IS NOT NULL", false)?);
            }
            Some(Some(usage)) => {
                let sql = "SELECT number FROM sample WHERE dataset = ?1 AND usage = ?2";
                let mut statement = connection.prepare_cached(sql)?;
                sets.push((NumberSet::read(&mut statement, [dataset, usage_code(usage)])?, true));
            }
        }
        if let Some((key, value)) = &filter.property {
            sets.push((with_property(connection, dataset, key, value.as_deref())?, true));
        }
        let labels = if filter.labels.is_empty() {
            None
        } else {
            let numbers = LabelNumbers::read(connection, dataset)?;
            let carriers = |layer: i64| carriers(connection, &numbers, &filter.labels, layer);
            Some(LabelCondition { primary: carriers(PRIMARY)?, suggested: carriers(SUGGESTION)? })
        };
        let (pattern, text) = match filter.text.as_str() {
            "" => (None, String::new()),
            text if text.is_ascii() => (Some(contains_pattern(text)), String::new()),
            text => (None, text.to_lowercase()),
        };
        Ok(Self { sets, labels, pattern, text })
    }

    /// What `?{parameter}` of [`Conditions::sql`] is bound to.
    pub fn pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// The part of the conditions that SQLite checks, with `?{parameter}` for the pattern.
    pub fn sql(&self, parameter: u8) -> String {
        match self.pattern {
            Some(_) => format!("AND name LIKE ?{parameter} ESCAPE '\\'"),
            None => format!("AND ?{parameter} IS NULL"),
        }
    }

    /// The column that [`Conditions::pass`] wants as `name`.
    pub fn name_column(&self) -> &'static str {
        if self.text.is_empty() { "NULL" } else { "name" }
    }

    /// Whether every row passes that SQLite finds.
    fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.labels.is_none() && self.text.is_empty()
    }

    /// Whether a row that SQLite found passes.
    pub fn pass(&self, number: i64, state: i64, name: &str) -> bool {
        self.sets.iter().all(|(set, wanted)| set.contains(number) == *wanted)
            && self.labels.as_ref().is_none_or(|labels| {
                let to_confirm = state == state_code(SampleState::ToConfirm);
                labels.primary.contains(number) || (to_confirm && labels.suggested.contains(number))
            })
            && (self.text.is_empty() || name.to_lowercase().contains(&self.text))
    }
}

/// `100%` as `%100\%%`.
fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn carriers(connection: &Connection, numbers: &LabelNumbers, labels: &[LabelId], layer: i64) -> Result<NumberSet> {
    let mut statement = connection.prepare_cached("SELECT sample FROM annotation WHERE label = ?1 AND layer = ?2")?;
    let mut set = NumberSet::default();
    for &label in labels {
        let mut rows = statement.query([numbers.known(label)?, layer])?;
        while let Some(row) = rows.next()? {
            set.insert(row.get(0)?);
        }
    }
    Ok(set)
}

fn with_property(connection: &Connection, dataset: i64, key: &str, value: Option<&str>) -> Result<NumberSet> {
    let mut statement = connection.prepare_cached(
        "SELECT annotation.sample, properties FROM annotation JOIN sample ON sample.number = annotation.sample
         WHERE properties IS NOT NULL AND layer = 0 AND dataset = ?1",
    )?;
    let mut rows = statement.query([dataset])?;
    let mut set = NumberSet::default();
    while let Some(row) = rows.next()? {
        let properties = map_of_json(text_at(row, 1)?)?;
        let matches = match (properties.get(key), value) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(serde_json::Value::String(text)), Some(value)) => text == value,
            (Some(other), Some(value)) => {
                let written = other.to_string();
                written == *value
            }
        };
        if matches {
            set.insert(row.get(0)?);
        }
    }
    Ok(set)
}

/// Different row numbers from low to high. A set of bits does it in one pass over them.
fn in_order(numbers: &[i64]) -> Vec<i64> {
    let mut set = NumberSet::default();
    for &number in numbers {
        set.insert(number);
    }
    let mut ordered = Vec::with_capacity(numbers.len());
    for (first, &bits) in (0_i64..).step_by(64).zip(&set.0) {
        let mut bits = bits;
        while bits != 0 {
            ordered.push(first + i64::from(bits.trailing_zeros()));
            bits &= bits - 1;
        }
    }
    ordered
}

/// How many rows pass between two looks at the request to stop.
const CANCEL_STEP: usize = 8_192;

impl Catalog {
    /// Takes a snapshot of the samples that a filter finds. For a million samples it takes some tenths of a second: not
    /// to be called inside a frame.
    ///
    /// # Errors
    /// `dataset-unknown`, `label-unknown`, `cancelled`, or if the catalog cannot be read.
    pub fn view(&self, dataset: DatasetId, filter: &SampleFilter, sort: SampleSort, cancel: &Cancel) -> Result<View> {
        let numbers = self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let conditions = Conditions::read(transaction, dataset, filter)?;
            let order = match sort {
                SampleSort::Name => "ORDER BY name, number",
                SampleSort::NameDescending => "ORDER BY name DESC, number DESC",
                SampleSort::Added | SampleSort::AddedDescending => "",
            };
            let by_state = if filter.state.is_some() { "state = ?3" } else { "?3 IS NULL" };
            let sql = format!(
                "SELECT number, state, {} FROM sample WHERE dataset = ?1 AND deleted = ?2 AND {by_state} {} {order}",
                conditions.name_column(),
                conditions.sql(4),
            );
            let mut statement = transaction.prepare_cached(&sql)?;
            let state = filter.state.map(state_code);
            let mut rows = statement.query(params![dataset, filter.deleted, state, conditions.pattern()])?;
            let mut numbers = Vec::new();
            let takes_all = conditions.is_empty();
            for passed in 1_usize.. {
                let Some(row) = rows.next()? else { break };
                if passed.is_multiple_of(CANCEL_STEP) && cancel.is_cancelled() {
                    return Err(CatalogError::Cancelled);
                }
                let number = row.get(0)?;
                if takes_all || conditions.pass(number, row.get(1)?, text_at(row, 2)?.unwrap_or_default()) {
                    numbers.push(number);
                }
            }
            Ok(numbers)
        })?;
        let numbers = match sort {
            SampleSort::Name | SampleSort::NameDescending => numbers,
            SampleSort::Added => in_order(&numbers),
            SampleSort::AddedDescending => in_order(&numbers).into_iter().rev().collect(),
        };
        Ok(View { dataset, numbers: numbers.into() })
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
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let only_labels = SampleFilter { state: filter.state, labels: filter.labels.clone(), ..Default::default() };
            if *filter == only_labels
                && let Some(counts) = counts_of_labels(transaction, dataset, &filter.labels)?
            {
                return Ok(counts);
            }
            let conditions = Conditions::read(transaction, dataset, filter)?;
            let sql = format!(
                "SELECT number, {} FROM sample WHERE dataset = ?1 AND deleted = ?2 AND state = ?3 {}",
                conditions.name_column(),
                conditions.sql(4),
            );
            let mut statement = transaction.prepare_cached(&sql)?;
            let mut counts = SampleCounts::default();
            for state in SampleState::ALL {
                let mut rows =
                    statement.query(params![dataset, filter.deleted, state_code(state), conditions.pattern()])?;
                let mut found = 0;
                while let Some(row) = rows.next()? {
                    let name = text_at(row, 1)?.unwrap_or_default();
                    found += u64::from(conditions.pass(row.get(0)?, state_code(state), name));
                }
                add_to(&mut counts, state, found);
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
