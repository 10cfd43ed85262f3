//! The list of datasets.

use super::codes::{blob, from_json, optional_uuid_at, text_at, to_json, uuid_at};
use super::counts::{ANY_LABEL, kept};
use super::labels::write_label;
use super::{Catalog, CatalogError, Result, codes};
use crate::domain::query::DatasetSummary;
use crate::domain::{
    Dataset, DatasetId, DatasetName, Description, Label, NameError, SampleId, ShapeKind, TextSplit, Timestamp,
    VersionId,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The row number of a dataset.
pub(super) fn dataset_number(connection: &Connection, id: DatasetId) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT number FROM dataset WHERE id = ?1")?;
    let number = statement.query_row([blob(&id.0)], |row| row.get(0)).optional()?;
    number.ok_or_else(|| CatalogError::DatasetUnknown(id.to_string()))
}

const COLUMNS: &str = "dataset.id, dataset.name, description, kind, input, output, folder, created, modified,
    current_version, dataset.number, dataset.shape, dataset.text_split";

fn dataset_at(row: &Row<'_>) -> Result<Dataset> {
    let broken_name = |error: NameError| CatalogError::Value(error.to_string());
    let name: String = row.get(1)?;
    let description: String = row.get(2)?;
    let kind: String = row.get(3)?;
    Ok(Dataset {
        id: DatasetId(uuid_at(row, 0)?),
        name: DatasetName::new(&name).map_err(broken_name)?,
        description: Description::new(&description).map_err(broken_name)?,
        kind: kind.parse().map_err(|_| CatalogError::Value(format!("dataset type {kind}")))?,
        input: row.get(4)?,
        output: row.get(5)?,
        folder: row.get(6)?,
        created: Timestamp(row.get(7)?),
        modified: Timestamp(row.get(8)?),
        current_version: optional_uuid_at(row, 9)?.map(VersionId),
        shape: shape_at(row, 11)?,
        text_split: split_at(row, 12)?,
    })
}

fn shape_at(row: &Row<'_>, column: usize) -> Result<Option<ShapeKind>> {
    let broken = |name: &str| CatalogError::Value(format!("kind of shape {name}"));
    text_at(row, column)?.map(|name| name.parse().map_err(|_| broken(name))).transpose()
}

fn split_at(row: &Row<'_>, column: usize) -> Result<Option<TextSplit>> {
    let broken = |name: &str| CatalogError::Value(format!("parts of texts {name}"));
    text_at(row, column)?.map(|name| name.parse().map_err(|_| broken(name))).transpose()
}

fn refuse_taken_name(connection: &Connection, dataset: &Dataset) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM dataset WHERE name = ?1 AND id != ?2")?;
    if statement.exists(params![dataset.name.as_str(), blob(&dataset.id.0)])? {
        return Err(CatalogError::DatasetNameTaken(dataset.name.to_string()));
    }
    Ok(())
}

impl Catalog {
    /// Adds a dataset with its first labels.
    ///
    /// # Errors
    /// `dataset-name-taken`, `label-name-taken`, or if the catalog cannot be written.
    pub fn create_dataset(&self, dataset: &Dataset, labels: &[Label]) -> Result<()> {
        self.write(|transaction| {
            refuse_taken_name(transaction, dataset)?;
            transaction.execute(
                "INSERT INTO dataset (id, name, description, kind, input, output, folder, created, modified,
                     current_version, shape, text_split)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    blob(&dataset.id.0),
                    dataset.name.as_str(),
                    dataset.description.as_str(),
                    dataset.kind.as_str(),
                    dataset.input,
                    dataset.output,
                    dataset.folder,
                    dataset.created.0,
                    dataset.modified.0,
                    dataset.current_version.as_ref().map(|version| blob(&version.0)),
                    dataset.shape.map(ShapeKind::as_str),
                    dataset.text_split.map(TextSplit::as_str),
                ],
            )?;
            let number = transaction.last_insert_rowid();
            for (index, label) in labels.iter().enumerate() {
                if labels[..index].iter().any(|other| other.name == label.name) {
                    return Err(CatalogError::LabelNameTaken(label.name.to_string()));
                }
                write_label(transaction, number, label.id, Some(label), 0)?;
            }
            Ok(())
        })
    }

    /// All datasets with their counts, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn datasets(&self) -> Result<Vec<DatasetSummary>> {
        self.read(|transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "SELECT {COLUMNS}, dataset_version.name
                 FROM dataset LEFT JOIN dataset_version ON dataset_version.id = current_version
                 ORDER BY created DESC, dataset.number DESC"
            ))?;
            let mut rows = statement.query([])?;
            let mut datasets = Vec::new();
            while let Some(row) = rows.next()? {
                datasets.push(DatasetSummary {
                    dataset: dataset_at(row)?,
                    counts: kept(transaction, row.get(10)?, ANY_LABEL, codes::PRIMARY)?,
                    current_version: row.get(13)?,
                });
            }
            Ok(datasets)
        })
    }

    /// The dataset of this id.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn dataset(&self, id: DatasetId) -> Result<Dataset> {
        self.read(|transaction| {
            let mut statement = transaction.prepare_cached(&format!("SELECT {COLUMNS} FROM dataset WHERE id = ?1"))?;
            let mut rows = statement.query([blob(&id.0)])?;
            match rows.next()? {
                Some(row) => dataset_at(row),
                None => Err(CatalogError::DatasetUnknown(id.to_string())),
            }
        })
    }

    /// The dataset of this name, if there is one.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn dataset_by_name(&self, name: &str) -> Result<Option<Dataset>> {
        self.read(|transaction| {
            let mut statement =
                transaction.prepare_cached(&format!("SELECT {COLUMNS} FROM dataset WHERE name = ?1"))?;
            let mut rows = statement.query([name])?;
            rows.next()?.map(dataset_at).transpose()
        })
    }

    /// Writes name, description, locations, rule of shapes, parts of texts and time of change. Type, folder and current version stay as they are.
    ///
    /// # Errors
    /// `dataset-unknown`, `dataset-name-taken`, or if the catalog cannot be written.
    pub fn update_dataset(&self, dataset: &Dataset) -> Result<()> {
        self.write(|transaction| {
            let number = dataset_number(transaction, dataset.id)?;
            refuse_taken_name(transaction, dataset)?;
            transaction.execute(
                "UPDATE dataset SET name = ?2, description = ?3, input = ?4, output = ?5, modified = ?6, shape = ?7,
                     text_split = ?8
                 WHERE number = ?1",
                params![
                    number,
                    dataset.name.as_str(),
                    dataset.description.as_str(),
                    dataset.input,
                    dataset.output,
                    dataset.modified.0,
                    dataset.shape.map(ShapeKind::as_str),
                    dataset.text_split.map(TextSplit::as_str),
                ],
            )?;
            Ok(())
        })
    }

    /// The dataset's foreign prefixes with the URIs of the folders that hold what they name.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn source_map(&self, id: DatasetId) -> Result<Vec<(String, String)>> {
        self.read(|transaction| {
            let number = dataset_number(transaction, id)?;
            let map: Option<String> =
                transaction
                    .query_row("SELECT source_map FROM dataset WHERE number = ?1", [number], |row| row.get(0))?;
            map.as_deref().map_or_else(|| Ok(Vec::new()), from_json)
        })
    }

    /// The maps of all datasets that have the sample, or of all datasets, together.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn source_maps_of(&self, sample: Option<SampleId>) -> Result<Vec<(String, String)>> {
        self.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT source_map FROM dataset WHERE source_map IS NOT NULL
                 AND (?1 IS NULL OR EXISTS (SELECT 1 FROM sample WHERE dataset = dataset.number AND sample.id = ?1))",
            )?;
            let mut rows = statement.query([sample.as_ref().map(|sample| blob(&sample.0))])?;
            let mut maps: Vec<(String, String)> = Vec::new();
            while let Some(row) = rows.next()? {
                let map: Vec<(String, String)> = from_json(text_at(row, 0)?.unwrap_or("[]"))?;
                maps.extend(map);
            }
            Ok(maps)
        })
    }

    /// Replaces the dataset's map of foreign prefixes.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be written.
    pub fn set_source_map(&self, id: DatasetId, map: &[(String, String)]) -> Result<()> {
        self.write(|transaction| {
            let number = dataset_number(transaction, id)?;
            let map = if map.is_empty() { None } else { Some(to_json(&map)?) };
            transaction.execute("UPDATE dataset SET source_map = ?2 WHERE number = ?1", params![number, map])?;
            Ok(())
        })
    }

    /// Whether a manifest brought samples of the dataset.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn is_from_manifest(&self, id: DatasetId) -> Result<bool> {
        self.read(|transaction| {
            let number = dataset_number(transaction, id)?;
            let sql = "SELECT from_manifest FROM dataset WHERE number = ?1";
            Ok(transaction.query_row(sql, [number], |row| row.get(0))?)
        })
    }

    /// Notes that a manifest brought samples of the dataset.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be written.
    pub fn note_manifest(&self, id: DatasetId) -> Result<()> {
        self.write(|transaction| {
            let number = dataset_number(transaction, id)?;
            transaction.execute("UPDATE dataset SET from_manifest = 1 WHERE number = ?1", [number])?;
            Ok(())
        })
    }

    /// Removes a dataset with its samples, labels, journal and versions. Files are not touched.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be written.
    pub fn delete_dataset(&self, id: DatasetId) -> Result<()> {
        self.write(|transaction| {
            let number = dataset_number(transaction, id)?;
            // Row by row through foreign keys this would take many times as long.
            for sql in [
                "DELETE FROM annotation WHERE sample IN (SELECT number FROM sample WHERE dataset = ?1)",
                "DELETE FROM sample_text WHERE dataset = ?1",
                "DELETE FROM sample WHERE dataset = ?1",
                "DELETE FROM label WHERE dataset = ?1",
                "DELETE FROM dataset WHERE number = ?1",
            ] {
                transaction.execute(sql, [number])?;
            }
            Ok(())
        })
    }
}
