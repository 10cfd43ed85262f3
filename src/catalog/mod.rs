//! The catalog: one SQLite file with the working state of all datasets, its journal, and the lists of versions, jobs,
//! models and services. Row numbers never leave this module.
//!
//! One connection writes (`BEGIN IMMEDIATE`, `synchronous=FULL`: what has returned is on the disk), a few read. Several
//! processes may have the same file open; [`Catalog::data_version`] tells that something was committed.

mod activity;
mod changes;
mod codes;
mod conditions;
mod counts;
mod datasets;
mod edits;
mod error;
mod filesystem;
mod journal;
mod labels;
mod models;
mod numbers;
mod order;
mod page;
mod receive;
mod replace;
mod reviews;
mod rows;
mod samples;
mod schema;
mod texts;
mod training;
mod undo;
mod versions;
mod views;

#[cfg(test)]
mod tests;

pub use activity::{JobRecord, Message, MessageKind};
pub use counts::CountsCheck;
pub use edits::Edits;
pub use error::CatalogError;
pub use replace::{Replacement, Replacing};
pub use samples::{Fingerprint, Moment, OfAMoment};
pub use views::View;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the catalog's functions return.
pub type Result<T> = std::result::Result<T, CatalogError>;

/// A batch ends early enough that its commit, too, lies within 100 ms.
const BATCH: Duration = Duration::from_millis(70);

/// How many reading connections are kept open between uses.
const IDLE_READERS: usize = 4;

/// An open catalog. Share it by `Arc`; every function takes `&self` and may block for as long as SQLite does.
#[derive(Debug)]
pub struct Catalog {
    path: PathBuf,
    busy_timeout: Duration,
    /// How long an edit works before it commits a batch.
    batch: Duration,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    orders: Mutex<order::Orders>,
    /// Only for [`Catalog::data_version`]: the number is a connection's own.
    watcher: Mutex<Connection>,
}

impl Catalog {
    /// Opens the catalog at `path`, making it if it is not there. Its folder must exist. An older schema is migrated,
    /// after a backup beside the file and with the file locked.
    ///
    /// # Errors
    /// `catalog-newer`, `catalog-network`, `catalog-corrupt`, `catalog-foreign`, `catalog-busy` (a migration while
    /// another process has it open), `catalog-read-only`, `catalog-unopenable`, `disk-full`.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, schema::STEPS, schema::BUSY_TIMEOUT)
    }

    fn open_with(path: &Path, steps: &[&str], busy_timeout: Duration) -> Result<Self> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let resolved = folder
            .canonicalize()
            .map_err(|error| CatalogError::Unopenable { reason: error.to_string(), path: path.to_owned() })?;
        if let Some(file_system) = filesystem::network_file_system(&resolved) {
            return Err(CatalogError::Network { file_system, path: path.to_owned() });
        }
        let open = || {
            let writer = schema::open_writer(path, steps, busy_timeout)?;
            let watcher = schema::open_reader(path, busy_timeout)?;
            Ok(Self {
                path: path.to_owned(),
                busy_timeout,
                batch: BATCH,
                writer: Mutex::new(writer),
                readers: Mutex::new(Vec::new()),
                orders: Mutex::default(),
                watcher: Mutex::new(watcher),
            })
        };
        open().map_err(|error: CatalogError| error.at(path))
    }

    /// Where the file lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A number that changes whenever anything was committed, by this process or another. Cheap enough to ask for
    /// every second.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn data_version(&self) -> Result<i64> {
        let watcher = lock(&self.watcher);
        watcher
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(|error| CatalogError::from(error).at(&self.path))
    }

    /// Runs `work` in one writing transaction; an error rolls it back.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let run = || {
            let mut writer = lock(&self.writer);
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run().map_err(|error: CatalogError| error.at(&self.path))
    }

    /// Runs `work` in one reading transaction: all it reads is of the same moment.
    fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let run = || {
            let idle = lock(&self.readers).pop();
            let mut reader = match idle {
                Some(reader) => reader,
                None => schema::open_reader(&self.path, self.busy_timeout)?,
            };
            let value = {
                let transaction = reader.transaction()?;
                work(&transaction)?
            };
            let mut idle = lock(&self.readers);
            if idle.len() < IDLE_READERS {
                idle.push(reader);
            }
            Ok(value)
        };
        run().map_err(|error: CatalogError| error.at(&self.path))
    }
}

/// A panic elsewhere left no half-done transaction behind: it was rolled back when it unwound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
