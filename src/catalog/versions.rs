//! Published versions. Names are reserved here, by a unique row; a deleted version keeps its row, and so its name.

use super::codes::{blob, from_json, text_at, to_json};
use super::datasets::dataset_number;
use super::undo::set_current_version;
use super::{Catalog, CatalogError, Result};
use crate::domain::{DatasetId, DatasetVersion, VersionId, VersionName, VersionState};
use rusqlite::{Connection, Row, params};

fn state_name(state: VersionState) -> &'static str {
    match state {
        VersionState::Publishing => "publishing",
        VersionState::Normal => "normal",
        VersionState::Failed => "failed",
    }
}

fn version_at(row: &Row<'_>) -> Result<DatasetVersion> {
    from_json(text_at(row, 0)?.unwrap_or_default())
}

fn list(connection: &Connection, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<DatasetVersion>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut versions = Vec::new();
    while let Some(row) = rows.next()? {
        versions.push(version_at(row)?);
    }
    Ok(versions)
}

fn one(connection: &Connection, id: VersionId) -> Result<DatasetVersion> {
    let sql = "SELECT body FROM dataset_version WHERE id = ?1 AND deleted = 0";
    list(connection, sql, [blob(&id.0)])?.pop().ok_or_else(|| CatalogError::VersionUnknown(id.to_string()))
}

fn name_is_taken(connection: &Connection, dataset: i64, name: &VersionName) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM dataset_version WHERE dataset = ?1 AND name = ?2")?;
    Ok(statement.exists(params![dataset, name.as_str()])?)
}

/// The lowest `V00n` above all that were ever used.
fn next_name(connection: &Connection, dataset: i64) -> Result<VersionName> {
    let mut statement = connection.prepare_cached("SELECT name FROM dataset_version WHERE dataset = ?1")?;
    let mut rows = statement.query([dataset])?;
    let mut highest = 0;
    while let Some(row) = rows.next()? {
        let number = text_at(row, 0)?.and_then(|name| name.strip_prefix('V')).and_then(|digits| digits.parse().ok());
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(VersionName::numbered(highest + 1))
}

fn insert(connection: &Connection, dataset: i64, version: &DatasetVersion) -> Result<()> {
    if name_is_taken(connection, dataset, &version.name)? {
        return Err(CatalogError::VersionNameTaken(version.name.to_string()));
    }
    let mut statement = connection
        .prepare_cached("INSERT INTO dataset_version (id, dataset, name, state, body) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute(params![
        blob(&version.id.0),
        dataset,
        version.name.as_str(),
        state_name(version.state),
        to_json(version)?
    ])?;
    Ok(())
}

impl Catalog {
    /// Reserves the version's name by storing it.
    ///
    /// # Errors
    /// `version-name-taken` if any version, deleted or failed ones included, has or had the name; `dataset-unknown`; or
    /// if the catalog cannot be written.
    pub fn reserve_version(&self, version: &DatasetVersion) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, version.dataset)?;
            insert(transaction, dataset, version)
        })
    }

    /// Chooses a name and reserves it in one step: `name`, or the next of `V001`, `V002`, …. `make` is given the name
    /// and answers with the version to store.
    ///
    /// # Errors
    /// As [`Catalog::reserve_version`].
    pub fn reserve_next_version(
        &self,
        dataset: DatasetId,
        name: Option<VersionName>,
        make: impl FnOnce(VersionName) -> DatasetVersion,
    ) -> Result<DatasetVersion> {
        self.write(|transaction| {
            let number = dataset_number(transaction, dataset)?;
            let name = match name {
                Some(name) => name,
                None => next_name(transaction, number)?,
            };
            let version = make(name);
            insert(transaction, number, &version)?;
            Ok(version)
        })
    }

    /// The name that the next version gets where none is typed.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn next_version_name(&self, dataset: DatasetId) -> Result<VersionName> {
        self.read(|transaction| next_name(transaction, dataset_number(transaction, dataset)?))
    }

    /// Writes a version again, e.g. once it is published. Its name stays.
    ///
    /// # Errors
    /// `version-unknown`, or if the catalog cannot be written.
    pub fn update_version(&self, version: &DatasetVersion) -> Result<()> {
        self.write(|transaction| {
            let mut statement = transaction
                .prepare_cached("UPDATE dataset_version SET state = ?2, body = ?3 WHERE id = ?1 AND deleted = 0")?;
            let stored = one(transaction, version.id)?;
            let version = DatasetVersion { name: stored.name, ..version.clone() };
            statement.execute(params![blob(&version.id.0), state_name(version.state), to_json(&version)?])?;
            Ok(())
        })
    }

    /// A dataset's versions, newest first.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn versions(&self, dataset: DatasetId) -> Result<Vec<DatasetVersion>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let sql = "SELECT body FROM dataset_version WHERE dataset = ?1 AND deleted = 0 ORDER BY number DESC";
            list(transaction, sql, [dataset])
        })
    }

    /// The version of this id.
    ///
    /// # Errors
    /// `version-unknown` if there is none or it was deleted, or if the catalog cannot be read.
    pub fn version(&self, id: VersionId) -> Result<DatasetVersion> {
        self.read(|transaction| one(transaction, id))
    }

    /// The version of this name, if there is one.
    ///
    /// # Errors
    /// `dataset-unknown`, or if the catalog cannot be read.
    pub fn version_by_name(&self, dataset: DatasetId, name: &str) -> Result<Option<DatasetVersion>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let sql = "SELECT body FROM dataset_version WHERE dataset = ?1 AND name = ?2 AND deleted = 0";
            Ok(list(transaction, sql, params![dataset, name])?.pop())
        })
    }

    /// Removes a version from the lists. Its name is never used again; its files are not touched. If it was the current
    /// one, the dataset has none then.
    ///
    /// # Errors
    /// `version-unknown`, or if the catalog cannot be written.
    pub fn delete_version(&self, id: VersionId) -> Result<()> {
        self.write(|transaction| {
            let version = one(transaction, id)?;
            let dataset = dataset_number(transaction, version.dataset)?;
            transaction.execute("UPDATE dataset_version SET deleted = 1 WHERE id = ?1", [blob(&id.0)])?;
            let sql = "UPDATE dataset SET current_version = NULL WHERE number = ?1 AND current_version = ?2";
            transaction.execute(sql, params![dataset, blob(&id.0)])?;
            Ok(())
        })
    }

    /// Makes a version the current one without touching the working state, as publishing does. For setting an older one
    /// current, see [`Catalog::replace_working_state`].
    ///
    /// # Errors
    /// `version-unknown`, `version-not-normal`, or if the catalog cannot be written.
    pub fn set_current_version(&self, dataset: DatasetId, version: VersionId) -> Result<()> {
        self.write(|transaction| {
            let dataset_number = dataset_number(transaction, dataset)?;
            check_may_be_current(transaction, dataset, version)?;
            set_current_version(transaction, dataset_number, Some(version))
        })
    }

    /// All versions of all datasets that are being published: after a start, those whose publisher is gone have failed.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn publishing_versions(&self) -> Result<Vec<DatasetVersion>> {
        self.read(|transaction| {
            let sql = "SELECT body FROM dataset_version WHERE state = 'publishing' AND deleted = 0 ORDER BY number";
            list(transaction, sql, [])
        })
    }
}

/// Checks that a version is this dataset's and normal.
pub(super) fn check_may_be_current(connection: &Connection, dataset: DatasetId, version: VersionId) -> Result<()> {
    let version = one(connection, version)?;
    if version.dataset != dataset {
        return Err(CatalogError::VersionUnknown(version.name.to_string()));
    }
    if version.state != VersionState::Normal {
        return Err(CatalogError::VersionNotNormal(version.name.to_string()));
    }
    Ok(())
}
