//! Locations, listing, transfer, trash and cache. Folders on this machine are read with the standard library; buckets
//! will be another line in [`Storage::backend`].

mod cache;
mod copy;
mod error;
mod listing;
mod local;
mod location;
mod marker;
mod source;
mod sync_plan;
mod trash;

pub use cache::{Cache, CacheKey};
pub use copy::{Copied, Copier};
pub use error::{Doing, StorageError};
pub use listing::{Entry, ListOptions, Listing};
pub use location::{BucketScheme, Location, display_bytes, is_content};
pub use marker::{DatasetMarker, MARKER_NAME, read_marker, write_marker};
pub use source::{ResolvedSource, SourceMap, resolve_source};
pub use sync_plan::{Known, Pair, Renamed, SyncPlan, plan_sync};
pub use trash::{Origin as TrashOrigin, Trash, TrashEntry, TrashId};

use crate::domain::traits::Progress;
use crate::domain::{Cancel, Timestamp};
use std::io::{self, Read, Write};

/// What storage returns.
pub type Result<T> = std::result::Result<T, StorageError>;

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileFacts {
    pub size_bytes: u64,
    /// When it changed last; `None` if its storage does not say.
    pub modified: Option<Timestamp>,
}

/// What to do if a file is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// Leaves it alone and fails with [`StorageError::Exists`].
    Refuse,
    Replace,
}

/// A file being written beside its place; dropped without [`Pending::commit`] it disappears.
pub(crate) trait Pending: Write {
    /// Makes it durable and puts it in place.
    fn commit(self: Box<Self>, if_exists: IfExists) -> Result<()>;
}

/// What each kind of storage must do.
pub(crate) trait Backend: Sync {
    fn list(
        &self,
        folder: &Location,
        options: &ListOptions,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Listing>;
    fn facts(&self, file: &Location) -> Result<FileFacts>;
    fn open(&self, file: &Location) -> Result<Box<dyn Read + Send>>;
    fn begin(&self, file: &Location) -> Result<Box<dyn Pending>>;
    fn ensure_folder(&self, folder: &Location) -> Result<()>;
    fn check_writable(&self, folder: &Location) -> Result<()>;
    fn free_bytes(&self, folder: &Location) -> Result<Option<u64>>;
    fn names(&self, folder: &Location) -> Result<Vec<Vec<u8>>>;
    fn remove_file(&self, file: &Location) -> Result<()>;
    fn remove_empty_folder(&self, folder: &Location) -> Result<()>;
}

/// All storages under one roof. Cheap to make and to copy; all functions block.
#[derive(Clone, Copy, Debug, Default)]
pub struct Storage;

impl Storage {
    /// Storage without buckets.
    #[must_use]
    pub fn new() -> Self {
        Self
    }

    /// The table of storages: a new one is a line here.
    #[expect(clippy::unused_self, reason = "buckets will keep their connections here")]
    fn backend(&self, location: &Location) -> Result<&'static dyn Backend> {
        match location.scheme() {
            "file" => Ok(&local::Local),
            scheme => Err(StorageError::Scheme { scheme, location: location.clone() }),
        }
    }

    /// All files below `folder`, in the order of their relative names, without hidden ones. What cannot be read is
    /// left out and told in the listing's warnings. Reports `listing` to `progress`.
    ///
    /// # Errors
    /// If the folder itself is not there or cannot be read, or on cancel.
    pub fn list(
        &self,
        folder: &Location,
        options: &ListOptions,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Listing> {
        self.backend(folder)?.list(folder, options, cancel, progress)
    }

    /// Size and time of a file.
    ///
    /// # Errors
    /// If it is not there, not reachable, or no file.
    pub fn facts(&self, file: &Location) -> Result<FileFacts> {
        self.backend(file)?.facts(file)
    }

    /// Whether a file (not a folder) is there and reachable.
    #[must_use]
    pub fn is_file(&self, file: &Location) -> bool {
        self.facts(file).is_ok()
    }

    /// Opens a file for reading from its beginning; unbuffered.
    ///
    /// # Errors
    /// If it is not there, may not be read, or is no file.
    pub fn open(&self, file: &Location) -> Result<Box<dyn Read + Send>> {
        self.backend(file)?.open(file)
    }

    /// Reads a whole file, refusing one of more than `limit_bytes`.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StorageError::TooLarge`]; if reading breaks off.
    pub fn read(&self, file: &Location, limit_bytes: Option<u64>) -> Result<Vec<u8>> {
        let facts = self.facts(file)?;
        let limit_bytes = limit_bytes.unwrap_or(u64::MAX);
        let too_large = |size_bytes| StorageError::TooLarge { size_bytes, limit_bytes, location: file.clone() };
        if facts.size_bytes > limit_bytes {
            return Err(too_large(facts.size_bytes));
        }
        // A file in /proc says 0, one that grows says too little: the size is only a hint.
        let mut bytes = Vec::with_capacity(usize::try_from(facts.size_bytes).unwrap_or(0).min(1 << 30));
        let mut reader = self.open(file)?.take(limit_bytes.saturating_add(1));
        reader.read_to_end(&mut bytes).map_err(|cause| StorageError::from_io(cause, file, Doing::Reading))?;
        let size_bytes = bytes.len() as u64;
        if size_bytes > limit_bytes { Err(too_large(size_bytes)) } else { Ok(bytes) }
    }

    /// BLAKE3 of a file's content, hex.
    ///
    /// # Errors
    /// As [`Self::open`]; if reading breaks off; on cancel.
    pub fn hash_file(&self, file: &Location, cancel: &Cancel) -> Result<String> {
        let mut reader = self.open(file)?;
        let mut hasher = blake3::Hasher::new();
        copy::pump(&mut *reader, file, cancel, |chunk| {
            hasher.update(chunk);
            Ok(())
        })?;
        Ok(hasher.finalize().to_hex().to_string())
    }

    /// Writes a file beside its place, makes it durable, and puts it in place at once: nobody ever sees half of it.
    /// If `write` fails, nothing is left.
    ///
    /// # Errors
    /// What `write` returns; a full disk, missing permission, a missing folder; with [`IfExists::Refuse`],
    /// [`StorageError::Exists`] if something is there, even if it came while writing.
    pub fn write_atomically<T, E: From<StorageError>>(
        &self,
        file: &Location,
        if_exists: IfExists,
        write: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        if if_exists == IfExists::Refuse && self.facts(file).is_ok() {
            return Err(StorageError::Exists { location: file.clone() }.into());
        }
        let mut pending = self.backend(file)?.begin(file)?;
        let (result, failure) = {
            let mut watched = Watched { inner: io::BufWriter::with_capacity(1 << 16, &mut *pending), failure: None };
            let result = write(&mut watched).and_then(|value| {
                let flushed = watched.flush();
                flushed.map(|()| value).map_err(|cause| StorageError::from_io(cause, file, Doing::Writing).into())
            });
            let Watched { inner, failure } = watched;
            // What is left in the buffer after a failure must not be written on the way out.
            drop(inner.into_parts());
            (result, failure)
        };
        // The storage's own reason (a full disk) says more than what the caller made of it.
        let value = match (result, failure) {
            (_, Some(cause)) => return Err(StorageError::from_io(cause, file, Doing::Writing).into()),
            (Err(error), None) => return Err(error),
            (Ok(value), None) => value,
        };
        pending.commit(if_exists)?;
        Ok(value)
    }

    /// Writes a new file of `bytes`, atomically.
    ///
    /// # Errors
    /// As [`Self::write_atomically`] with [`IfExists::Refuse`].
    pub fn write_new(&self, file: &Location, bytes: &[u8]) -> Result<()> {
        self.write_bytes(file, IfExists::Refuse, bytes)
    }

    /// Writes a file of `bytes`, atomically, over one that may be there.
    ///
    /// # Errors
    /// As [`Self::write_atomically`] with [`IfExists::Replace`].
    pub fn replace(&self, file: &Location, bytes: &[u8]) -> Result<()> {
        self.write_bytes(file, IfExists::Replace, bytes)
    }

    fn write_bytes(&self, file: &Location, if_exists: IfExists, bytes: &[u8]) -> Result<()> {
        self.write_atomically(file, if_exists, |out| {
            out.write_all(bytes).map_err(|cause| StorageError::from_io(cause, file, Doing::Writing))
        })
    }

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// If a part of it is a file, or may not be made.
    pub fn ensure_folder(&self, folder: &Location) -> Result<()> {
        self.backend(folder)?.ensure_folder(folder)
    }

    /// Finds out whether files can be written in `folder` by writing one; nothing stays. The folder may be missing if
    /// it could be made.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub fn check_writable(&self, folder: &Location) -> Result<()> {
        self.backend(folder)?.check_writable(folder)
    }

    /// How many bytes can still be written; `None` if the storage does not say.
    ///
    /// # Errors
    /// If nothing of the folder's path is there.
    pub fn free_bytes(&self, folder: &Location) -> Result<Option<u64>> {
        self.backend(folder)?.free_bytes(folder)
    }

    /// The names directly in `folder`, hidden ones too, in no order; empty if it is not there.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn names(&self, folder: &Location) -> Result<Vec<Vec<u8>>> {
        match self.backend(folder)?.names(folder) {
            Err(StorageError::NotFound { .. }) => Ok(Vec::new()),
            other => other,
        }
    }

    /// Removes a file for good; see [`Trash`] for what people delete.
    ///
    /// # Errors
    /// If it is not there or may not be removed.
    pub fn remove_file(&self, file: &Location) -> Result<()> {
        self.backend(file)?.remove_file(file)
    }

    /// Removes a folder in which nothing is.
    ///
    /// # Errors
    /// If something is in it, or it may not be removed.
    pub fn remove_empty_folder(&self, folder: &Location) -> Result<()> {
        self.backend(folder)?.remove_empty_folder(folder)
    }

    /// Copies one file into `folder` under a free name; for many files use a [`Copier`].
    ///
    /// # Errors
    /// As [`Copier::copy`].
    pub fn copy_into(&self, folder: &Location, source: &Location, cancel: &Cancel) -> Result<Copied> {
        Copier::new(*self, folder)?.copy(source, cancel)
    }
}

/// Remembers the first failure of the writer below, which callers may fold into errors of their own.
struct Watched<W: Write> {
    inner: W,
    failure: Option<io::Error>,
}

impl<W: Write> Watched<W> {
    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|cause| {
            let shown = cause.raw_os_error().map_or_else(|| cause.kind().into(), io::Error::from_raw_os_error);
            if cause.kind() != io::ErrorKind::Interrupted {
                self.failure.get_or_insert(cause);
            }
            shown
        })
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.inner.write(bytes);
        self.noted(result)
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let result = self.inner.write_all(bytes);
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.inner.flush();
        self.noted(result)
    }
}

#[cfg(test)]
mod tests;
