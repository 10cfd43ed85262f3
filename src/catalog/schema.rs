//! Opening the file: is it a catalog, which schema does it have, and how it gets to the one this program knows.

use super::error::CatalogError;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The steps from an empty file to today's schema. Step n leads from `user_version` n to n + 1; steps are only added.
pub(super) const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("schema-2.sql"),
    include_str!("schema-3.sql"),
    include_str!("schema-4.sql"),
    include_str!("schema-5.sql"),
    include_str!("schema-6.sql"),
    include_str!("schema-7.sql"),
];

/// `MDLR`, in the file's header: tells a catalog from any other SQLite file.
const APPLICATION_ID: i64 = 0x4D44_4C52;

/// Pages of 4 KB in the log before they go to the file: what a bulk edit writes again and again reaches it once.
pub(super) const CHECKPOINT_PAGES: i64 = 4_000;
/// The same while an import runs.
pub(super) const CHECKPOINT_PAGES_BULK: i64 = 50_000;

/// How long a connection waits for another process's transaction.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Opens the file for writing, made if it is not there, and brings it to the schema that `steps` lead to.
pub(super) fn open_writer(path: &Path, steps: &[&str], busy_timeout: Duration) -> Result<Connection, CatalogError> {
    prepare(path, steps, busy_timeout)?;
    let connection = connect(path, false, busy_timeout)?;
    connection.pragma_update(None, "cache_size", -131_072)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    Ok(connection)
}

/// Opens another connection that cannot write.
pub(super) fn open_reader(path: &Path, busy_timeout: Duration) -> Result<Connection, CatalogError> {
    let connection = connect(path, true, busy_timeout)?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    Ok(connection)
}

/// Between two looks at the lock of another process. SQLite itself would soon wait 100 ms: a process that writes batch
/// after batch is between two of them for 2 ms only.
const BUSY_STEP: Duration = Duration::from_millis(1);

/// Waits a little for another process's transaction; false when [`BUSY_TIMEOUT`] is over.
fn wait_for_others(attempts: i32) -> bool {
    std::thread::sleep(BUSY_STEP);
    u128::try_from(attempts).is_ok_and(|attempts| attempts * BUSY_STEP.as_millis() < BUSY_TIMEOUT.as_millis())
}

fn connect(path: &Path, read_only: bool, busy_timeout: Duration) -> Result<Connection, CatalogError> {
    let flags = if read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if busy_timeout == BUSY_TIMEOUT {
        connection.busy_handler(Some(wait_for_others))?;
    } else {
        connection.busy_timeout(busy_timeout)?;
    }
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, CatalogError> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

/// Where a file stands.
enum Standing {
    Empty,
    Older(i64),
    Current,
}

fn standing(connection: &Connection, path: &Path, known: i64) -> Result<Standing, CatalogError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(Standing::Empty);
    }
    if pragma(connection, "application_id")? != APPLICATION_ID {
        return Err(CatalogError::Foreign { path: path.to_owned() });
    }
    let found = pragma(connection, "user_version")?;
    if found > known {
        return Err(CatalogError::Newer { found, known, path: path.to_owned() });
    }
    Ok(if found < known { Standing::Older(found) } else { Standing::Current })
}

fn prepare(path: &Path, steps: &[&str], busy_timeout: Duration) -> Result<(), CatalogError> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let mut connection = connect(path, false, busy_timeout)?;
    match standing(&connection, path, known)? {
        Standing::Current => {}
        Standing::Empty => {
            connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another process may have been faster.
            if matches!(standing(&transaction, path, known)?, Standing::Empty) {
                run_steps(&transaction, steps, 0)?;
                transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
                transaction.commit()?;
            }
        }
        Standing::Older(_) => {
            drop(connection);
            migrate(path, steps, known, busy_timeout)?;
        }
    }
    Ok(())
}

/// Takes the file for itself, keeps a copy of it, then runs the missing steps in one transaction.
fn migrate(path: &Path, steps: &[&str], known: i64, busy_timeout: Duration) -> Result<(), CatalogError> {
    let mut connection = connect(path, false, busy_timeout)?;
    // With this mode, the lock of the first transaction is kept until the connection closes.
    connection.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT;")?;
    let Standing::Older(found) = standing(&connection, path, known)? else { return Ok(()) };
    back_up(&connection, &backup_path(path, found))?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    run_steps(&transaction, steps, usize::try_from(found).unwrap_or(0))?;
    transaction.commit()?;
    Ok(())
}

fn run_steps(connection: &Connection, steps: &[&str], from: usize) -> Result<(), CatalogError> {
    for step in steps.iter().skip(from) {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    Ok(())
}

/// `catalog.sqlite.v1.backup` beside the catalog.
pub(super) fn backup_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".v{version}.backup"));
    path.with_file_name(name)
}

fn back_up(connection: &Connection, backup: &Path) -> Result<(), CatalogError> {
    let unfinished = backup.with_extension("backup-unfinished");
    // Left by a migration that was killed; VACUUM INTO refuses to overwrite.
    remove_if_there(&unfinished)?;
    let text = unfinished.to_str().ok_or_else(|| CatalogError::Unopenable {
        reason: "its path is not valid Unicode, so that it cannot be backed up".to_owned(),
        path: unfinished.clone(),
    })?;
    connection.execute("VACUUM INTO ?1", [text])?;
    std::fs::rename(&unfinished, backup).map_err(|error| file_error(&error, backup))
}

fn remove_if_there(path: &Path) -> Result<(), CatalogError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(file_error(&error, path)),
        _ => Ok(()),
    }
}

fn file_error(error: &std::io::Error, path: &Path) -> CatalogError {
    let path = path.to_owned();
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => CatalogError::DiskFull { path },
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            CatalogError::ReadOnly { path }
        }
        _ => CatalogError::Unopenable { reason: error.to_string(), path },
    }
}
