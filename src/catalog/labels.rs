//! Labels of a dataset: reading them, and writing them as edits and undo ask.

use super::codes::{blob, map_of_json, map_to_json, text_at, unsigned, uuid_at};
use super::datasets::dataset_number;
use super::{Catalog, CatalogError, Result};
use crate::domain::query::LabelCount;
use crate::domain::{DatasetId, Label, LabelId, LabelName};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Row numbers of a dataset's labels that are not deleted.
#[derive(Debug, Default)]
pub(super) struct LabelNumbers(HashMap<LabelId, i64>);

impl LabelNumbers {
    pub fn read(connection: &Connection, dataset: i64) -> Result<Self> {
        let mut statement =
            connection.prepare_cached("SELECT id, number FROM label WHERE dataset = ?1 AND deleted = 0")?;
        let mut rows = statement.query([dataset])?;
        let mut numbers = HashMap::new();
        while let Some(row) = rows.next()? {
            numbers.insert(LabelId(uuid_at(row, 0)?), row.get(1)?);
        }
        Ok(Self(numbers))
    }

    /// The row number of `label`; `None` if it does not exist or is deleted.
    pub fn number(&self, label: LabelId) -> Option<i64> {
        self.0.get(&label).copied()
    }

    /// The row number of `label`.
    pub fn known(&self, label: LabelId) -> Result<i64> {
        self.number(label).ok_or_else(|| CatalogError::LabelUnknown(label.to_string()))
    }
}

/// A label before a journal entry, and the revisions before and after it; `None` where it did not exist.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LabelImage {
    pub id: LabelId,
    pub label: Option<Label>,
    pub revision_before: i64,
    pub revision_after: i64,
}

fn label_at(row: &Row<'_>) -> Result<Label> {
    let name: String = row.get(1)?;
    let color: String = row.get(2)?;
    let shortcut: Option<String> = row.get(3)?;
    Ok(Label {
        id: LabelId(uuid_at(row, 0)?),
        name: LabelName::imported(&name).map_err(|error| CatalogError::Value(error.to_string()))?,
        color: color.parse().map_err(CatalogError::Value)?,
        key: shortcut.and_then(|shortcut| shortcut.chars().next()),
        position: row.get(4)?,
        extra: map_of_json(text_at(row, 5)?)?,
    })
}

/// The labels that are not deleted, in order.
pub(super) fn live_labels(connection: &Connection, dataset: i64) -> Result<Vec<Label>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, color, shortcut, position, extra FROM label WHERE dataset = ?1 AND deleted = 0
         ORDER BY position, number",
    )?;
    let mut rows = statement.query([dataset])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push(label_at(row)?);
    }
    Ok(labels)
}

/// The label's present state and revision; `None` and 0 where there never was one.
pub(super) fn label_state(connection: &Connection, dataset: i64, id: LabelId) -> Result<(Option<Label>, i64)> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, color, shortcut, position, extra, deleted, revision FROM label
         WHERE dataset = ?1 AND id = ?2",
    )?;
    let mut rows = statement.query(params![dataset, blob(&id.0)])?;
    let Some(row) = rows.next()? else { return Ok((None, 0)) };
    let deleted: bool = row.get(6)?;
    Ok((if deleted { None } else { Some(label_at(row)?) }, row.get(7)?))
}

/// Makes the label as given, `None` to delete it, and gives it the revision.
pub(super) fn write_label(
    connection: &Connection,
    dataset: i64,
    id: LabelId,
    label: Option<&Label>,
    revision: i64,
) -> Result<()> {
    let Some(label) = label else {
        let mut statement =
            connection.prepare_cached("UPDATE label SET deleted = 1, revision = ?3 WHERE dataset = ?1 AND id = ?2")?;
        statement.execute(params![dataset, blob(&id.0), revision])?;
        return Ok(());
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO label (dataset, id, name, color, shortcut, position, extra, revision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (dataset, id) DO UPDATE SET name = excluded.name, color = excluded.color,
             shortcut = excluded.shortcut, position = excluded.position, extra = excluded.extra, deleted = 0,
             revision = excluded.revision",
    )?;
    statement.execute(params![
        dataset,
        blob(&id.0),
        label.name.as_str(),
        label.color.to_string(),
        label.key.map(String::from),
        label.position,
        map_to_json(&label.extra)?,
        revision,
    ])?;
    Ok(())
}

/// Turns the labels `before` into `after`, and returns the images for the journal. All that change are set aside
/// first, so that two labels may swap names.
pub(super) fn change_labels(
    connection: &Connection,
    dataset: i64,
    before: &[Label],
    after: &[Label],
    revision: i64,
) -> Result<Vec<LabelImage>> {
    let find = |labels: &[Label], id: LabelId| labels.iter().find(|label| label.id == id).cloned();
    let mut ids: Vec<LabelId> = before.iter().chain(after).map(|label| label.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|&id| find(before, id) != find(after, id));
    let mut images = Vec::new();
    for &id in &ids {
        let (label, revision_before) = label_state(connection, dataset, id)?;
        images.push(LabelImage { id, label, revision_before, revision_after: revision });
        write_label(connection, dataset, id, None, revision)?;
    }
    for &id in &ids {
        write_label(connection, dataset, id, find(after, id).as_ref(), revision)?;
    }
    Ok(images)
}

/// The revision of the sample that carries the label, where one does: who stands in the way of its removal.
pub(super) fn carrier_revision(connection: &Connection, dataset: i64, label: LabelId) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT sample.revision FROM label JOIN annotation ON annotation.label = label.number
         JOIN sample ON sample.number = annotation.sample
         WHERE label.dataset = ?1 AND label.id = ?2 LIMIT 1",
    )?;
    Ok(statement.query_row(params![dataset, blob(&label.0)], |row| row.get(0)).optional()?)
}

impl Catalog {
    /// The labels in order, each with the number of undeleted samples that carry it.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn labels(&self, dataset: DatasetId) -> Result<Vec<LabelCount>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let mut counts: HashMap<LabelId, u64> = HashMap::new();
            let mut statement = transaction.prepare_cached(
                "SELECT label.id, sum(samples) FROM counts JOIN label ON label.number = counts.label
                 WHERE counts.dataset = ?1 AND layer = 0 GROUP BY label.id",
            )?;
            let mut rows = statement.query([dataset])?;
            while let Some(row) = rows.next()? {
                counts.insert(LabelId(uuid_at(row, 0)?), unsigned(row.get(1)?));
            }
            let labels = live_labels(transaction, dataset)?;
            Ok(labels
                .into_iter()
                .map(|label| LabelCount { samples: counts.get(&label.id).copied().unwrap_or(0), label })
                .collect())
        })
    }

    /// Adds labels that an import brings. No step for undo: taking back an import's labels would take its annotations.
    ///
    /// # Errors
    /// `dataset-unknown`, `label-name-taken`, or if the catalog cannot be written.
    pub fn add_labels(&self, dataset: DatasetId, labels: &[Label]) -> Result<()> {
        self.write(|transaction| {
            let number = dataset_number(transaction, dataset)?;
            let mut names: HashSet<_> =
                live_labels(transaction, number)?.into_iter().map(|label| label.name.to_string()).collect();
            for label in labels {
                if !names.insert(label.name.to_string()) {
                    return Err(CatalogError::LabelNameTaken(label.name.to_string()));
                }
                write_label(transaction, number, label.id, Some(label), 0)?;
            }
            Ok(())
        })
    }
}
