//! How often a service was called, kept in `service.json` from one start to the next.

use super::{Result, ServingError};
use crate::domain::Timestamp;
use crate::domain::job_folder::{self, SCHEMA_VERSION, ServiceFile, file};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// The counts of one service.
pub(super) struct Calls {
    folder: PathBuf,
    state: Mutex<State>,
    /// Held while writing, so that an older count never replaces a newer one.
    writing: Mutex<()>,
}

struct State {
    counts: ServiceFile,
    unsaved: bool,
}

impl Calls {
    /// Goes on counting where `service.json` stands.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(file::SERVICE);
        let counts = match std::fs::read(&path) {
            Ok(bytes) => job_folder::parse(file::SERVICE, &bytes)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => ServiceFile::default(),
            Err(error) => return Err(ServingError::io("read", &path, error)),
        };
        let state = Mutex::new(State { counts, unsaved: false });
        Ok(Self { folder: folder.to_owned(), state, writing: Mutex::new(()) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Counts are whole after every statement, so a panic elsewhere does not spoil them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remembered_port(&self) -> Option<u16> {
        self.state().counts.port
    }

    pub(super) fn remember_port(&self, port: u16) -> Result<()> {
        {
            let mut state = self.state();
            state.counts.port = Some(port);
            state.unsaved = true;
        }
        self.save()
    }

    /// Counts one call.
    pub(super) fn count(&self, succeeded: bool) {
        let mut state = self.state();
        state.counts.calls += 1;
        state.counts.failed_calls += u64::from(!succeeded);
        state.counts.last_call = Some(Timestamp::from_system_time(SystemTime::now()));
        state.unsaved = true;
    }

    /// Writes the counts if they changed.
    pub(super) fn save(&self) -> Result<()> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = {
            let mut state = self.state();
            if !state.unsaved {
                return Ok(());
            }
            state.unsaved = false;
            ServiceFile { schema_version: SCHEMA_VERSION, ..state.counts.clone() }
        };
        let path = self.folder.join(file::SERVICE);
        let write = || -> std::io::Result<()> {
            let mut temporary = tempfile::NamedTempFile::new_in(&self.folder)?;
            serde_json::to_writer_pretty(&mut temporary, &counts)?;
            temporary.write_all(b"\n")?;
            temporary.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| {
            self.state().unsaved = true;
            ServingError::io("write", &path, error)
        })
    }
}
