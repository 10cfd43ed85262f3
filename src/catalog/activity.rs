//! What the window shows beside datasets: messages with their history, the jobs panel's records, settings.

use super::codes::{blob, from_json, signed, to_json};
use super::training::bodies;
use super::{Catalog, Result};
use crate::domain::{Explanation, JobState, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How much a message matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageKind {
    Information,
    Warning,
    Error,
}

/// Something the person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub at: Timestamp,
    pub kind: MessageKind,
    pub explanation: Explanation,
}

/// Long work, as the jobs panel still shows it after a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    pub id: Uuid,
    /// What work it is, e.g. `sync`: a stable code, translated in the panel.
    pub kind: String,
    /// Arguments of the title, e.g. `("dataset", "Flowers")`.
    pub title: Vec<(String, String)>,
    pub state: JobState,
    /// 0 to 1; `None` while unknown.
    pub progress: Option<f64>,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    /// Why it failed.
    pub explanation: Option<Explanation>,
}

/// How many messages are kept.
const KEPT_MESSAGES: i64 = 1_000;
/// How many ended records are kept.
const KEPT_RECORDS: i64 = 500;

impl Catalog {
    /// Adds to the history of messages; the latest thousand are kept.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn add_message(&self, message: &Message) -> Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO message (at, kind, body) VALUES (?1, ?2, ?3)",
                params![message.at.0, to_json(&message.kind)?, to_json(message)?],
            )?;
            let oldest = transaction.last_insert_rowid() - KEPT_MESSAGES;
            transaction.execute("DELETE FROM message WHERE number <= ?1", [oldest])?;
            Ok(())
        })
    }

    /// The latest messages, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn messages(&self, limit: usize) -> Result<Vec<Message>> {
        self.read(|transaction| {
            let sql = "SELECT body FROM message ORDER BY number DESC LIMIT ?1";
            bodies(transaction, sql, [signed(limit as u64)])
        })
    }

    /// Writes a record, new or known by its id. The latest 500 ended ones are kept.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn put_job_record(&self, record: &JobRecord) -> Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO activity (id, state, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body",
                params![blob(&record.id), record.state.as_str(), to_json(record)?],
            )?;
            if record.state.is_final() {
                transaction.execute(
                    "DELETE FROM activity WHERE state NOT IN ('initializing', 'deploying', 'running')
                     AND number <= (SELECT max(number) FROM activity) - ?1",
                    [KEPT_RECORDS],
                )?;
            }
            Ok(())
        })
    }

    /// The latest records, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn job_records(&self, limit: usize) -> Result<Vec<JobRecord>> {
        self.read(|transaction| {
            let sql = "SELECT body FROM activity ORDER BY number DESC LIMIT ?1";
            bodies(transaction, sql, [signed(limit as u64)])
        })
    }

    /// Removes a record from the panel; one that is not there is no error.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn delete_job_record(&self, id: Uuid) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM activity WHERE id = ?1", [blob(&id)])?;
            Ok(())
        })
    }

    /// A setting of the workspace; `None` if it was never set, or was written in a form that is not read any more.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn setting<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        self.read(|transaction| {
            let sql = "SELECT value FROM workspace_setting WHERE name = ?1";
            let text: Option<String> = transaction.query_row(sql, [name], |row| row.get(0)).optional()?;
            Ok(text.and_then(|text| from_json(&text).ok()))
        })
    }

    /// Sets a setting of the workspace.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn set_setting<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO workspace_setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, to_json(value)?],
            )?;
            Ok(())
        })
    }
}
