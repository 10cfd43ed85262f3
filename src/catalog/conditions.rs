//! What a filter asks, as sets of row numbers.

use super::Result;
use super::codes::{PRIMARY, SUGGESTION, map_of_json, state_code, text_at, usage_code};
use super::counts::{ANY_LABEL, kept};
use super::labels::LabelNumbers;
use super::numbers::NumberSet;
use crate::domain::query::SampleFilter;
use crate::domain::{LabelId, SampleState};
use rusqlite::{Connection, params};

/// A filter's conditions, ready to be asked of one row of the dataset after the other.
pub(super) struct Conditions {
    /// Row numbers and whether a row must be in the set, or must not.
    sets: Vec<(NumberSet, bool)>,
}

impl Conditions {
    /// `texts` are the samples whose texts have what the filter looks for, where the samples are texts.
    pub fn read(
        connection: &Connection,
        dataset: i64,
        filter: &SampleFilter,
        texts: Option<NumberSet>,
    ) -> Result<Self> {
        let mut sets = Vec::new();
        let numbers = |sql: &str| NumberSet::read(&mut *connection.prepare_cached(sql)?, [dataset]);
        let deleted = numbers("SELECT number FROM sample WHERE dataset = ?1 AND deleted = 1")?;
        sets.push((deleted, filter.deleted));
        if let Some(state) = filter.state {
            sets.push(in_state(connection, dataset, filter.deleted, state)?);
        }
        if let Some(hard) = filter.hard {
            sets.push((numbers("SELECT number FROM sample WHERE dataset = ?1 AND hard = 1")?, hard));
        }
        if let Some(missing) = filter.missing {
            sets.push((numbers("SELECT number FROM sample WHERE dataset = ?1 AND missing = 1")?, missing));
        }
        match filter.usage {
            None => {}
            Some(None) => {
                sets.push((numbers("SELECT number FROM sample WHERE dataset = ?1 AND usage IS NOT NULL")?, false));
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
        if !filter.labels.is_empty() {
            sets.push((carriers(connection, dataset, &filter.labels)?, true));
        }
        if let Some(texts) = texts {
            sets.push((texts, true));
        } else if !filter.text.is_empty() {
            sets.push((with_name(connection, dataset, &filter.text)?, true));
        }
        sets.retain(|(set, is_wanted)| *is_wanted || !set.is_empty());
        Ok(Self { sets })
    }

    /// Whether every row of the dataset passes.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Whether a row passes.
    pub fn pass(&self, number: i64) -> bool {
        self.sets.iter().all(|(set, is_wanted)| set.contains(number) == *is_wanted)
    }

    /// A small set in which all that pass are, if there is one.
    pub fn narrowest(&self) -> Option<&NumberSet> {
        let wanted = self.sets.iter().filter(|(_, is_wanted)| *is_wanted).map(|(set, _)| set);
        wanted.min_by_key(|set| set.len())
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

/// Samples that carry one of the labels. In samples to confirm, a suggestion counts.
fn carriers(connection: &Connection, dataset: i64, labels: &[LabelId]) -> Result<NumberSet> {
    let numbers = LabelNumbers::read(connection, dataset)?;
    let mut statement = connection.prepare_cached("SELECT sample FROM annotation WHERE label = ?1 AND layer = ?2")?;
    let (mut set, mut suggested) = (NumberSet::default(), NumberSet::default());
    for &label in labels {
        let label = numbers.known(label)?;
        set.extend(&mut statement, [label, PRIMARY])?;
        suggested.extend(&mut statement, [label, SUGGESTION])?;
    }
    if !suggested.is_empty() {
        let mut to_confirm = NumberSet::default();
        for deleted in [false, true] {
            read_state(connection, dataset, deleted, SampleState::ToConfirm, &mut to_confirm)?;
        }
        suggested.ascending().filter(|&number| to_confirm.contains(number)).for_each(|number| set.insert(number));
    }
    Ok(set)
}

/// Samples whose name contains `text`, without regard to case.
fn with_name(connection: &Connection, dataset: i64, text: &str) -> Result<NumberSet> {
    if text.is_ascii() {
        let sql = "SELECT number FROM sample WHERE dataset = ?1 AND name LIKE ?2 ESCAPE '\\'";
        return NumberSet::read(&mut *connection.prepare_cached(sql)?, params![dataset, contains_pattern(text)]);
    }
    // SQLite folds the case of ASCII only.
    let text = text.to_lowercase();
    let mut statement = connection.prepare_cached("SELECT number, name FROM sample WHERE dataset = ?1")?;
    let mut rows = statement.query([dataset])?;
    let mut set = NumberSet::default();
    while let Some(row) = rows.next()? {
        if text_at(row, 1)?.unwrap_or_default().to_lowercase().contains(&text) {
            set.insert(row.get(0)?);
        }
    }
    Ok(set)
}

/// Adds the samples in a state to `set`.
fn read_state(
    connection: &Connection,
    dataset: i64,
    deleted: bool,
    state: SampleState,
    set: &mut NumberSet,
) -> Result<()> {
    let sql = "SELECT number FROM sample WHERE dataset = ?1 AND deleted = ?2 AND state = ?3";
    set.extend(&mut *connection.prepare_cached(sql)?, params![dataset, deleted, state_code(state)])
}

/// How many samples stand in a state, or a guess for tombstones, whose states are not counted.
fn kept_count(connection: &Connection, dataset: i64, deleted: bool, state: SampleState) -> Result<u64> {
    if deleted { Ok(0) } else { Ok(kept(connection, dataset, ANY_LABEL, PRIMARY)?.of(state)) }
}

/// Samples in a state, as the fewer of those that are in it and those that are in others.
fn in_state(connection: &Connection, dataset: i64, deleted: bool, state: SampleState) -> Result<(NumberSet, bool)> {
    let (mut inside, mut outside) = (0, 0);
    for other in SampleState::ALL {
        let count = kept_count(connection, dataset, deleted, other)?;
        if other == state { inside += count } else { outside += count }
    }
    let is_wanted = inside <= outside;
    let mut set = NumberSet::default();
    for other in SampleState::ALL {
        if (other == state) == is_wanted {
            read_state(connection, dataset, deleted, other, &mut set)?;
        }
    }
    Ok((set, is_wanted))
}

/// In which state each sample stands: the most frequent one is where none of the others is.
pub(super) struct StateSets {
    rarer: Vec<(NumberSet, SampleState)>,
    most: SampleState,
}

impl StateSets {
    pub fn read(connection: &Connection, dataset: i64, deleted: bool) -> Result<Self> {
        let mut states = Vec::new();
        for state in SampleState::ALL {
            states.push((kept_count(connection, dataset, deleted, state)?, state));
        }
        states.sort_unstable_by_key(|(count, _)| *count);
        let most = states.pop().map_or(SampleState::Unlabeled, |(_, state)| state);
        let mut rarer = Vec::new();
        for (_, state) in states {
            let mut set = NumberSet::default();
            read_state(connection, dataset, deleted, state, &mut set)?;
            rarer.push((set, state));
        }
        Ok(Self { rarer, most })
    }

    /// The state of a sample that is known to be the dataset's, deleted or not as was asked.
    pub fn state(&self, number: i64) -> SampleState {
        self.rarer.iter().find(|(set, _)| set.contains(number)).map_or(self.most, |(_, state)| *state)
    }
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
