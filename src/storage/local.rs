//! Folders on this machine.

use super::location::bytes_of_name;
use super::{Backend, Doing, FileFacts, IfExists, ListOptions, Listing, Location, Pending, Result, StorageError};
use crate::domain::traits::Progress;
use crate::domain::{Cancel, Timestamp};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The backend of `file://`.
pub(super) struct Local;

/// Files that are being written begin like this: hidden, so that no listing shows them.
pub(super) const PENDING_PREFIX: &str = ".modelier-pending-";

impl Backend for Local {
    fn list(
        &self,
        folder: &Location,
        options: &ListOptions,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Listing> {
        super::listing::list(folder, options, cancel, progress)
    }

    fn facts(&self, file: &Location) -> Result<FileFacts> {
        let metadata =
            fs::metadata(file.local_path()?).map_err(|cause| StorageError::from_io(cause, file, Doing::Reading))?;
        // Opening a pipe would wait for ever, so only regular files count.
        if !metadata.is_file() {
            return Err(StorageError::NotAFile { location: file.clone() });
        }
        Ok(facts_of(&metadata))
    }

    fn open(&self, file: &Location) -> Result<Box<dyn Read + Send>> {
        let reading = |cause| StorageError::from_io(cause, file, Doing::Reading);
        let path = file.local_path()?;
        let opened = match open_at_once(path) {
            Ok(opened) => opened,
            Err(cause) => {
                // That it is no file at all says more.
                self.facts(file)?;
                return Err(reading(cause));
            }
        };
        if !opened.metadata().map_err(reading)?.is_file() {
            return Err(StorageError::NotAFile { location: file.clone() });
        }
        Ok(Box::new(opened))
    }

    fn begin(&self, file: &Location) -> Result<Box<dyn Pending>> {
        let target = file.local_path()?.to_owned();
        let folder = target.parent().ok_or_else(|| StorageError::NotAFile { location: file.clone() })?;
        let beside = folder.join(format!("{PENDING_PREFIX}{}", uuid::Uuid::new_v4().as_simple()));
        let opened = OpenOptions::new().write(true).create_new(true).open(&beside).map_err(|cause| {
            let place =
                if cause.kind() == io::ErrorKind::NotFound { Location::from_path(folder) } else { file.clone() };
            StorageError::from_io(cause, &place, Doing::Writing)
        })?;
        Ok(Box::new(PendingFile { file: Some(opened), beside, target, location: file.clone() }))
    }

    fn ensure_folder(&self, folder: &Location) -> Result<()> {
        let path = folder.local_path()?;
        let writing = |cause| StorageError::from_io(cause, folder, Doing::Writing);
        match fs::create_dir_all(path) {
            Ok(()) => Ok(()),
            // Something else is there under that name.
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                Err(StorageError::NotAFolder { location: folder.clone() })
            }
            Err(cause) => Err(writing(cause)),
        }
    }

    fn check_writable(&self, folder: &Location) -> Result<()> {
        let path = folder.local_path()?;
        let existing = path
            .ancestors()
            .find(|above| above.exists())
            .ok_or_else(|| StorageError::NotFound { location: folder.clone() })?;
        if !existing.is_dir() {
            return Err(StorageError::NotAFolder { location: Location::from_path(existing) });
        }
        let probe = existing.join(format!("{PENDING_PREFIX}{}", uuid::Uuid::new_v4().as_simple()));
        let result = OpenOptions::new().write(true).create_new(true).open(&probe).and_then(|mut file| {
            // A byte, because an empty file can be made on a full disk.
            file.write_all(b"?")?;
            file.sync_data()
        });
        let _ = fs::remove_file(&probe);
        result.map_err(|cause| StorageError::from_io(cause, folder, Doing::Writing))
    }

    fn free_bytes(&self, folder: &Location) -> Result<Option<u64>> {
        let path = folder.local_path()?;
        let existing = path
            .ancestors()
            .find(|above| above.exists())
            .ok_or_else(|| StorageError::NotFound { location: folder.clone() })?;
        Ok(free_bytes_of(existing))
    }

    fn names(&self, folder: &Location) -> Result<Vec<Vec<u8>>> {
        let reading = |cause| StorageError::from_io(cause, folder, Doing::Reading);
        fs::read_dir(folder.local_path()?)
            .map_err(reading)?
            .map(|entry| entry.map(|entry| bytes_of_name(&entry.file_name())).map_err(reading))
            .collect()
    }

    fn remove_file(&self, file: &Location) -> Result<()> {
        fs::remove_file(file.local_path()?).map_err(|cause| StorageError::from_io(cause, file, Doing::Writing))
    }

    fn remove_empty_folder(&self, folder: &Location) -> Result<()> {
        fs::remove_dir(folder.local_path()?).map_err(|cause| StorageError::from_io(cause, folder, Doing::Writing))
    }
}

/// Opens a file for reading; does not wait for whoever writes into a pipe.
fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32);
    }
    options.open(path)
}

/// Size and time as the file system tells them.
pub(super) fn facts_of(metadata: &fs::Metadata) -> FileFacts {
    FileFacts { size_bytes: metadata.len(), modified: metadata.modified().ok().map(Timestamp::from_system_time) }
}

struct PendingFile {
    /// `None` once committed.
    file: Option<File>,
    beside: PathBuf,
    target: PathBuf,
    location: Location,
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pending for PendingFile {
    fn commit(mut self: Box<Self>, if_exists: IfExists) -> Result<()> {
        let writing = |cause| StorageError::from_io(cause, &self.location, Doing::Writing);
        if let Some(file) = &self.file {
            file.sync_all().map_err(writing)?;
        }
        match if_exists {
            IfExists::Refuse => move_without_overwriting(&self.beside, &self.target),
            IfExists::Replace => fs::rename(&self.beside, &self.target),
        }
        .map_err(writing)?;
        self.file = None;
        sync_folder_of(&self.target).map_err(|cause| StorageError::from_io(cause, &self.location, Doing::Writing))
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// Renames a file within its file system, failing with `AlreadyExists` if something has the name, even if it came at
/// the same moment.
pub(super) fn move_without_overwriting(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Ok(()) => return Ok(()),
            // Old kernels and some file systems cannot.
            Err(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => {}
            Err(cause) => return Err(cause.into()),
        }
    }
    match link_without_overwriting(from, to) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => reserve_and_move(from, to),
        done_or_taken => done_or_taken,
    }
}

/// For systems without such a rename: a second name cannot be given over a first one.
pub(super) fn link_without_overwriting(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)?;
    fs::remove_file(from)
}

/// For file systems without links: an empty file reserves the name, and what is replaced then is our own.
pub(super) fn reserve_and_move(from: &Path, to: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(to)?;
    fs::rename(from, to).inspect_err(|_| drop(fs::remove_file(to)))
}

/// Makes a new name in a folder durable.
pub(super) fn sync_folder_of(file: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        match File::open(folder)?.sync_all() {
            // Some file systems cannot, and need not.
            Err(cause) if cause.kind() == io::ErrorKind::InvalidInput => {}
            other => return other,
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

#[cfg(unix)]
fn free_bytes_of(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes_of(_path: &Path) -> Option<u64> {
    None
}
