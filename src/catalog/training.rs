//! Training jobs and their versions.

use super::codes::{blob, from_json, text_at, to_json};
use super::{Catalog, CatalogError, Result};
use crate::domain::job::TrainingJob;
use crate::domain::{JobId, JobVersion, JobVersionId, VersionName};
use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;

/// The bodies that a query finds, in its order.
pub(super) fn bodies<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(from_json(text_at(row, 0)?.unwrap_or_default())?);
    }
    Ok(found)
}

fn job_number(connection: &Connection, id: JobId) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT number FROM training_job WHERE id = ?1")?;
    let number = statement.query_row([blob(&id.0)], |row| row.get(0)).optional()?;
    number.ok_or_else(|| CatalogError::JobUnknown(id.to_string()))
}

fn read_job_version(connection: &Connection, id: JobVersionId) -> Result<JobVersion> {
    let sql = "SELECT body FROM job_version WHERE id = ?1 AND deleted = 0";
    bodies(connection, sql, [blob(&id.0)])?.pop().ok_or_else(|| CatalogError::JobUnknown(id.to_string()))
}

impl Catalog {
    /// Adds a run to a training job, making the job if its id is new, and gives the run the next of `V001`, `V002`, …;
    /// a name is never used again. Answers with the run as it was stored.
    ///
    /// # Errors
    /// `job-name-taken` if the job is new and another one has its name, or if the catalog cannot be written.
    pub fn create_job_version(&self, job: &TrainingJob, version: &JobVersion) -> Result<JobVersion> {
        self.write(|transaction| {
            let number = match job_number(transaction, job.id) {
                Ok(number) => number,
                Err(CatalogError::JobUnknown(_)) => {
                    let taken = "SELECT 1 FROM training_job WHERE name = ?1";
                    if transaction.prepare_cached(taken)?.exists([job.name.as_str()])? {
                        return Err(CatalogError::JobNameTaken(job.name.to_string()));
                    }
                    let sql = "INSERT INTO training_job (id, name, body) VALUES (?1, ?2, ?3)";
                    transaction.execute(sql, params![blob(&job.id.0), job.name.as_str(), to_json(job)?])?;
                    transaction.last_insert_rowid()
                }
                Err(error) => return Err(error),
            };
            let used = "SELECT count(*) FROM job_version WHERE job = ?1";
            let used: u32 = transaction.query_row(used, [number], |row| row.get(0))?;
            let version = JobVersion { job: job.id, version: VersionName::numbered(used + 1), ..version.clone() };
            transaction.execute(
                "INSERT INTO job_version (id, job, name, state, body) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    blob(&version.id.0),
                    number,
                    version.version.as_str(),
                    version.state.as_str(),
                    to_json(&version)?
                ],
            )?;
            Ok(version)
        })
    }

    /// Changes a run, reading and writing it in one transaction, and answers with what it is now. Its id, job and name
    /// stay.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be written.
    pub fn update_job_version(&self, id: JobVersionId, change: impl FnOnce(&mut JobVersion)) -> Result<JobVersion> {
        self.write(|transaction| {
            let stored = read_job_version(transaction, id)?;
            let mut version = stored.clone();
            change(&mut version);
            version = JobVersion { id, job: stored.job, version: stored.version, ..version };
            transaction
                .prepare_cached("UPDATE job_version SET state = ?2, body = ?3 WHERE id = ?1")?
                .execute(params![blob(&id.0), version.state.as_str(), to_json(&version)?])?;
            Ok(version)
        })
    }

    /// Writes a job's description. Its name stays.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be written.
    pub fn update_job(&self, job: &TrainingJob) -> Result<()> {
        self.write(|transaction| {
            let number = job_number(transaction, job.id)?;
            let sql = "SELECT body FROM training_job WHERE number = ?1";
            for stored in bodies::<TrainingJob>(transaction, sql, [number])? {
                let job = TrainingJob { description: job.description.clone(), ..stored };
                let sql = "UPDATE training_job SET body = ?2 WHERE number = ?1";
                transaction.execute(sql, params![number, to_json(&job)?])?;
            }
            Ok(())
        })
    }

    /// All training jobs, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn jobs(&self) -> Result<Vec<TrainingJob>> {
        self.read(|transaction| bodies(transaction, "SELECT body FROM training_job ORDER BY number DESC", []))
    }

    /// The job of this name, if there is one.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn job_by_name(&self, name: &str) -> Result<Option<TrainingJob>> {
        self.read(|transaction| Ok(bodies(transaction, "SELECT body FROM training_job WHERE name = ?1", [name])?.pop()))
    }

    /// A job's runs, newest first.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be read.
    pub fn job_versions(&self, job: JobId) -> Result<Vec<JobVersion>> {
        self.read(|transaction| {
            let job = job_number(transaction, job)?;
            let sql = "SELECT body FROM job_version WHERE job = ?1 AND deleted = 0 ORDER BY number DESC";
            bodies(transaction, sql, [job])
        })
    }

    /// The runs of all jobs, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn all_job_versions(&self) -> Result<Vec<JobVersion>> {
        self.read(|transaction| {
            bodies(transaction, "SELECT body FROM job_version WHERE deleted = 0 ORDER BY number DESC", [])
        })
    }

    /// The runs that have not ended, oldest first: after a start, their workers are looked for.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn unfinished_job_versions(&self) -> Result<Vec<JobVersion>> {
        self.read(|transaction| {
            let sql = "SELECT body FROM job_version WHERE deleted = 0
                       AND state IN ('initializing', 'deploying', 'running') ORDER BY number";
            bodies(transaction, sql, [])
        })
    }

    /// The run of this id.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be read.
    pub fn job_version(&self, id: JobVersionId) -> Result<JobVersion> {
        self.read(|transaction| read_job_version(transaction, id))
    }

    /// The run of this name, e.g. `V001`, if the job has it.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be read.
    pub fn job_version_by_name(&self, job: JobId, name: &str) -> Result<Option<JobVersion>> {
        self.read(|transaction| {
            let job = job_number(transaction, job)?;
            let sql = "SELECT body FROM job_version WHERE job = ?1 AND name = ?2 AND deleted = 0";
            Ok(bodies(transaction, sql, params![job, name])?.pop())
        })
    }

    /// Removes a run from the lists. Its name is not used again; its files are not touched.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be written.
    pub fn delete_job_version(&self, id: JobVersionId) -> Result<()> {
        self.write(|transaction| {
            read_job_version(transaction, id)?;
            transaction.execute("UPDATE job_version SET deleted = 1 WHERE id = ?1", [blob(&id.0)])?;
            Ok(())
        })
    }

    /// Removes a job with all its runs; the name is free again.
    ///
    /// # Errors
    /// `job-unknown`, or if the catalog cannot be written.
    pub fn delete_job(&self, id: JobId) -> Result<()> {
        self.write(|transaction| {
            let number = job_number(transaction, id)?;
            transaction.execute("DELETE FROM training_job WHERE number = ?1", [number])?;
            Ok(())
        })
    }
}
