//! A folder of bytes that can be made again: thumbnails, copies from buckets. Bounded in size, the longest unused go
//! first, and it may be deleted at any moment, even while it is in use.

use super::{Location, Result, Storage, StorageError};
use crate::domain::Timestamp;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Each file begins with so many bytes of its content's BLAKE3: files are not synced, so a power cut may leave a torn
/// one, which must not be shown.
const CHECK_BYTES: usize = 16;
/// After cleaning, this part of the limit is used, so that cleaning is rare.
const KEPT_PERCENT: u64 = 90;
/// A use is noted only if the last note is older, to spare the disk.
const NOTED_AFTER: Duration = Duration::from_secs(60);

/// What an entry of the cache was made from. Another size or time of the source is another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheKey(blake3::Hash);

impl CacheKey {
    /// The key of one `variant` (e.g. `thumbnail-256`) of a source as it is now.
    #[must_use]
    pub fn new(source: &str, size_bytes: Option<u64>, modified: Option<Timestamp>, variant: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [source, variant] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.update(&size_bytes.map_or([0xFF; 8], u64::to_le_bytes));
        hasher.update(&modified.map_or([0xFF; 8], |time| time.0.to_le_bytes()));
        Self(hasher.finalize())
    }

    fn path_in(&self, folder: &Path) -> PathBuf {
        let hex = self.0.to_hex();
        folder.join(&hex[..2]).join(&hex[2..])
    }
}

/// A bounded folder of entries. Shared between threads by reference; several processes may use one folder.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    limit_bytes: u64,
    /// What is in it as far as this process knows; `None` before the first look.
    used_bytes: Mutex<Option<u64>>,
}

impl Cache {
    /// A cache in `folder`, which need not be there. Nothing is read yet.
    #[must_use]
    pub fn new(folder: &Path, limit_bytes: u64) -> Self {
        Self { folder: folder.to_owned(), limit_bytes, used_bytes: Mutex::new(None) }
    }

    /// The bytes of `key`, if they are there and whole.
    #[must_use]
    pub fn get(&self, key: &CacheKey) -> Option<Vec<u8>> {
        let path = key.path_in(&self.folder);
        let mut bytes = fs::read(&path).ok()?;
        let (check, content) = bytes.split_at_checked(CHECK_BYTES)?;
        if check != &blake3::hash(content).as_bytes()[..CHECK_BYTES] {
            let _ = fs::remove_file(&path);
            return None;
        }
        bytes.drain(..CHECK_BYTES);
        note_use(&path);
        Some(bytes)
    }

    /// Keeps bytes for `key`, and lets the longest unused entries go if it gets too full.
    ///
    /// # Errors
    /// If they cannot be written. Callers may go on without.
    pub fn put(&self, key: &CacheKey, content: &[u8]) -> Result<()> {
        let path = key.path_in(&self.folder);
        let location = Location::from_path(&path);
        if let Some(folder) = location.parent() {
            Storage::new().ensure_folder(&folder)?;
        }
        let beside = path.with_extension(uuid::Uuid::new_v4().as_simple().to_string());
        let mut bytes = blake3::hash(content).as_bytes()[..CHECK_BYTES].to_vec();
        bytes.extend_from_slice(content);
        fs::write(&beside, &bytes).and_then(|()| fs::rename(&beside, &path)).map_err(|cause| {
            let _ = fs::remove_file(&beside);
            StorageError::from_io(cause, &location, super::Doing::Writing)
        })?;
        self.account(bytes.len() as u64);
        Ok(())
    }

    /// The bytes of `key`, made by `make` if they are not there. That they could not be kept is no error.
    ///
    /// # Errors
    /// What `make` returns.
    pub fn get_or_make<E>(
        &self,
        key: &CacheKey,
        make: impl FnOnce() -> std::result::Result<Vec<u8>, E>,
    ) -> std::result::Result<Vec<u8>, E> {
        if let Some(bytes) = self.get(key) {
            return Ok(bytes);
        }
        let bytes = make()?;
        if let Err(error) = self.put(key, &bytes) {
            tracing::debug!(%error, "the cache could not keep an entry");
        }
        Ok(bytes)
    }

    /// Where the file of `key` lies, if it is there: for large files, which are read in parts. Their maker checks them
    /// himself.
    #[must_use]
    pub fn file(&self, key: &CacheKey) -> Option<PathBuf> {
        let path = key.path_in(&self.folder);
        note_use(&path);
        path.is_file().then_some(path)
    }

    /// A place of one's own to write the file of `key`, beside where it will lie.
    ///
    /// # Errors
    /// If its folder cannot be made.
    pub fn place_for(&self, key: &CacheKey) -> Result<PathBuf> {
        let path = key.path_in(&self.folder);
        if let Some(folder) = Location::from_path(&path).parent() {
            Storage::new().ensure_folder(&folder)?;
        }
        Ok(path.with_extension(uuid::Uuid::new_v4().as_simple().to_string()))
    }

    /// Keeps a finished file, which was written at a place from [`Cache::place_for`]. Returns where it lies now.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn keep_file(&self, key: &CacheKey, written: &Path) -> Result<PathBuf> {
        let path = key.path_in(&self.folder);
        let renamed = fs::metadata(written).and_then(|facts| fs::rename(written, &path).map(|()| facts.len()));
        let size_bytes = renamed.map_err(|cause| {
            let _ = fs::remove_file(written);
            StorageError::from_io(cause, &Location::from_path(&path), super::Doing::Writing)
        })?;
        self.account(size_bytes);
        Ok(path)
    }

    /// Lets everything go.
    ///
    /// # Errors
    /// If the folder cannot be removed.
    pub fn clear(&self) -> Result<()> {
        let mut used_bytes = self.used_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *used_bytes = None;
        match fs::remove_dir_all(&self.folder) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                Err(StorageError::from_io(cause, &Location::from_path(&self.folder), super::Doing::Writing))
            }
            _ => Ok(()),
        }
    }

    /// Counts `added` bytes and cleans if there are too many.
    fn account(&self, added: u64) {
        let mut used_bytes = self.used_bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let used =
            used_bytes.map_or_else(|| self.look().iter().map(|entry| entry.size_bytes).sum(), |used| used + added);
        *used_bytes = Some(if used > self.limit_bytes { self.clean() } else { used });
    }

    /// Removes the longest unused entries; returns what is left. Other processes are counted by looking again.
    fn clean(&self) -> u64 {
        let mut entries = self.look();
        entries.sort_by_key(|entry| entry.used);
        let mut left: u64 = entries.iter().map(|entry| entry.size_bytes).sum();
        let goal = self.limit_bytes / 100 * KEPT_PERCENT;
        for entry in entries {
            if left <= goal {
                break;
            }
            // If another process was faster, it is gone as well.
            let _ = fs::remove_file(&entry.path);
            left -= entry.size_bytes;
        }
        left
    }

    fn look(&self) -> Vec<Kept> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        folders
            .flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten().flatten())
            .filter_map(|entry| {
                let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                Some(Kept { path: entry.path(), size_bytes: metadata.len(), used })
            })
            .collect()
    }
}

struct Kept {
    path: PathBuf,
    size_bytes: u64,
    /// The modification time serves as time of the last use: access times are often switched off.
    used: SystemTime,
}

fn note_use(path: &Path) {
    let noted = |path: &Path| -> std::io::Result<()> {
        let now = SystemTime::now();
        let last = fs::metadata(path)?.modified()?;
        if now.duration_since(last).is_ok_and(|age| age > NOTED_AFTER) {
            File::options().write(true).open(path)?.set_times(FileTimes::new().set_modified(now))?;
        }
        Ok(())
    };
    // Without the note it is only forgotten earlier.
    let _ = noted(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> CacheKey {
        CacheKey::new(&format!("file:///{number}.jpg"), Some(1), Some(Timestamp(2)), "thumbnail")
    }

    fn age(cache: &Cache, number: u32, hours: u64) {
        let path = key(number).path_in(&cache.folder);
        let time = SystemTime::now() - Duration::from_secs(hours * 3600);
        let file = File::options().write(true).open(path).expect("an entry");
        file.set_times(FileTimes::new().set_modified(time)).expect("times");
    }

    #[test]
    fn entries_come_back_and_survive_the_folders_loss() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(&folder.path().join("cache"), 1 << 20);
        assert_eq!(cache.get(&key(1)), None);
        cache.put(&key(1), b"pixels").expect("kept");
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"pixels"[..]));
        fs::remove_dir_all(folder.path().join("cache")).expect("removed by someone");
        assert_eq!(cache.get(&key(1)), None);
        cache.put(&key(2), b"").expect("kept");
        assert_eq!(cache.get(&key(2)).as_deref(), Some(&b""[..]));
        let made = cache.get_or_make(&key(3), || Ok::<_, ()>(b"made".to_vec())).expect("made");
        assert_eq!(cache.get(&key(3)), Some(made));
        cache.clear().expect("cleared");
        cache.clear().expect("cleared twice");
        assert_eq!(cache.get(&key(3)), None);
    }

    #[test]
    fn another_size_time_or_variant_is_another_entry() {
        let keys = [
            CacheKey::new("a", Some(1), Some(Timestamp(1)), "v"),
            CacheKey::new("a", Some(2), Some(Timestamp(1)), "v"),
            CacheKey::new("a", Some(1), Some(Timestamp(2)), "v"),
            CacheKey::new("a", Some(1), None, "v"),
            CacheKey::new("a", Some(1), Some(Timestamp(1)), "w"),
            CacheKey::new("av", Some(1), Some(Timestamp(1)), ""),
        ];
        assert_eq!(keys.iter().collect::<std::collections::HashSet<_>>().len(), keys.len());
    }

    #[test]
    fn a_torn_entry_is_not_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path(), 1 << 20);
        cache.put(&key(1), &[7; 100]).expect("kept");
        let path = key(1).path_in(folder.path());
        fs::write(&path, &fs::read(&path).expect("an entry")[..60]).expect("torn");
        assert_eq!(cache.get(&key(1)), None);
        assert!(!path.exists());
    }

    #[test]
    fn large_files_are_written_beside_their_place_and_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path(), 10_000);
        for number in 0..3 {
            assert_eq!(cache.file(&key(number)), None);
            let place = cache.place_for(&key(number)).expect("a place");
            assert_ne!(place, cache.place_for(&key(number)).expect("another one"));
            fs::write(&place, [1; 4_000]).expect("written");
            let kept = cache.keep_file(&key(number), &place).expect("kept");
            assert_eq!((cache.file(&key(number)), place.exists()), (Some(kept), false));
            age(&cache, number, 100 - u64::from(number));
        }
        assert_eq!(cache.file(&key(0)), None, "the longest unused went");
        assert!(cache.keep_file(&key(3), &folder.path().join("none")).is_err());
    }

    #[test]
    fn the_longest_unused_go_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(folder.path(), 10_000);
        for number in 0..9 {
            cache.put(&key(number), &[1; 1_000]).expect("kept");
            age(&cache, number, 100 - u64::from(number));
        }
        // Using the oldest saves it.
        assert!(cache.get(&key(0)).is_some());
        cache.put(&key(9), &[1; 1_000]).expect("kept");
        assert!(cache.get(&key(0)).is_some());
        assert!(cache.get(&key(1)).is_none());
        assert!(cache.get(&key(9)).is_some());
        let used: u64 = cache.look().iter().map(|entry| entry.size_bytes).sum();
        assert!(used <= 10_000, "{used}");
    }
}
