//! A job folder on this machine: its files are replaced whole, and a lock says whether somebody works on it.

use super::{EngineError, Result};
use crate::domain::Timestamp;
use crate::domain::job_folder::{self, JobFile, StatusFile, file};
use serde::Serialize;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Observers hold the lock for microseconds, shared; whoever wants it for itself waits them out.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// A job folder. Cheap to clone; nothing is opened until it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFolder(PathBuf);

/// Held by whoever works on a folder. The system lets go of it when its holder ends, however that happens.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl JobFolder {
    /// The folder at `path`; it need not exist yet.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Makes the folder and writes its `job.json`.
    ///
    /// # Errors
    /// If the folder or the file cannot be written.
    pub fn create(path: impl Into<PathBuf>, job: &JobFile) -> Result<Self> {
        let folder = Self(path.into());
        std::fs::create_dir_all(&folder.0).map_err(|error| EngineError::io("create", &folder.0, error))?;
        folder.write_json(file::JOB, job)?;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of one of its files; see [`job_folder::file`].
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Whether there is a `job.json`.
    #[must_use]
    pub fn has_job(&self) -> bool {
        self.file(file::JOB).is_file()
    }

    /// What there is to do.
    ///
    /// # Errors
    /// If `job.json` is missing, newer than this release, or not what it should be.
    pub fn read_job(&self) -> Result<JobFile> {
        let path = self.file(file::JOB);
        let bytes = std::fs::read(&path).map_err(|error| EngineError::io("read", &path, error))?;
        Ok(job_folder::parse(file::JOB, &bytes)?)
    }

    /// The status as it was written last; `None` before the first start.
    ///
    /// # Errors
    /// If it is there but cannot be read, newer than this release, or not what it should be.
    pub fn read_status(&self) -> Result<Option<StatusFile>> {
        self.read_json(file::STATUS)
    }

    /// One of the JSON files; `None` if it is not there.
    ///
    /// # Errors
    /// If it is there but cannot be read, newer than this release, or not what it should be.
    pub fn read_json<T: serde::de::DeserializeOwned>(&self, name: &'static str) -> Result<Option<T>> {
        let path = self.file(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(job_folder::parse(name, &bytes)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(EngineError::io("read", &path, error)),
        }
    }

    /// Replaces the status. Only the holder of the lock may.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_status(&self, status: &StatusFile) -> Result<()> {
        self.write_json(file::STATUS, status)
    }

    /// Replaces one of the JSON files so that a reader sees the old or the new one, never half of it. Each file has
    /// one writer at a time.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_json<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        let path = self.file(name);
        let write = || -> io::Result<()> {
            let mut bytes = serde_json::to_vec_pretty(value)?;
            bytes.push(b'\n');
            let temporary = self.file(&format!("{name}.tmp"));
            let mut temporary_file = File::create(&temporary)?;
            temporary_file.write_all(&bytes)?;
            temporary_file.sync_data()?;
            std::fs::rename(&temporary, &path)
        };
        write().map_err(|error| EngineError::io("write", &path, error))
    }

    /// Takes the lock for oneself.
    ///
    /// # Errors
    /// [`EngineError::AlreadyRunning`] if somebody else holds it.
    pub fn lock(&self) -> Result<FolderLock> {
        let lock_file = self.open_lock()?;
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match lock_file.try_lock() {
                Ok(()) => return Ok(FolderLock { _file: lock_file }),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                    return Err(EngineError::AlreadyRunning { path: self.0.clone() });
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
                Err(TryLockError::Error(error)) => return Err(EngineError::io("lock", &self.0, error)),
            }
        }
    }

    /// Whether somebody holds the lock.
    ///
    /// # Errors
    /// If the lock file cannot be opened, or the file system knows no locks.
    pub fn is_locked(&self) -> Result<bool> {
        let path = self.file(file::LOCK);
        // Opened for reading only, so that a folder one may only look at can be observed.
        let lock_file = match File::open(&path) {
            Ok(lock_file) => lock_file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(EngineError::io("lock", &path, error)),
        };
        // Shared, so that two observers do not take each other for a worker.
        match lock_file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(EngineError::io("lock", &path, error)),
        }
    }

    fn open_lock(&self) -> Result<File> {
        let path = self.file(file::LOCK);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        options.map_err(|error| EngineError::io("lock", &path, error))
    }

    /// Asks the worker to stop.
    ///
    /// # Errors
    /// If the request cannot be written.
    pub fn request_cancel(&self) -> Result<()> {
        let path = self.file(file::CANCEL);
        File::create(&path).map(drop).map_err(|error| EngineError::io("write", &path, error))
    }

    /// Whether the worker was asked to stop.
    #[must_use]
    pub fn is_cancel_requested(&self) -> bool {
        self.file(file::CANCEL).exists()
    }

    /// Takes the request back, before a new start.
    ///
    /// # Errors
    /// If it is there but cannot be removed.
    pub fn clear_cancel(&self) -> Result<()> {
        let path = self.file(file::CANCEL);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(EngineError::io("remove", &path, error)),
            _ => Ok(()),
        }
    }
}

/// The time now.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_system_time(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::thread::JoinHandle<T> {
        std::thread::Builder::new().name("test".to_owned()).spawn(work).expect("a thread")
    }

    #[test]
    fn a_lock_has_one_holder_and_falls_free_with_it() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        assert!(!folder.is_locked().expect("readable"));
        let lock = folder.lock().expect("free");
        assert!(folder.is_locked().expect("readable"));
        assert!(matches!(folder.lock(), Err(EngineError::AlreadyRunning { .. })));
        drop(lock);
        assert!(!folder.is_locked().expect("readable"));
    }

    #[test]
    fn observers_neither_hinder_each_other_nor_a_worker() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        drop(folder.lock().expect("free"));
        let observers: Vec<_> = (0..4)
            .map(|_| {
                let folder = folder.clone();
                spawn(move || (0..300).any(|_| folder.is_locked().expect("readable")))
            })
            .collect();
        let seen = observers.into_iter().any(|observer| observer.join().expect("ends"));
        assert!(!seen, "an observer was taken for a worker");
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let observer = {
            let (folder, stop) = (folder.clone(), stop.clone());
            spawn(move || {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let _ = folder.is_locked();
                }
            })
        };
        for _ in 0..20 {
            drop(folder.lock().expect("an observer must not keep a worker out"));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        observer.join().expect("ends");
    }

    #[test]
    fn readers_never_see_half_a_status() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        folder.write_status(&StatusFile::default()).expect("written");
        let writer = {
            let folder = folder.clone();
            spawn(move || {
                for step in 0..50_u32 {
                    let status = StatusFile { phase: "x".repeat(step as usize * 50), ..StatusFile::default() };
                    folder.write_status(&status).expect("written");
                }
            })
        };
        while !writer.is_finished() {
            folder.read_status().expect("whole").expect("there");
        }
        writer.join().expect("ends");
    }
}
