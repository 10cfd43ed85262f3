//! Folders of some storage as detection formats see them: trees of files known by name.

use super::Task;
use crate::domain::Warning;
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree};
use crate::formats::image_folder::is_image_name;
use crate::media::image::{self, ImageInfo};
use crate::storage::{Entry, IfExists, Listing, Location, Storage, StorageError, display_bytes};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much of a file is read first to find an image's size; most say it within that.
const HEAD_BYTES: u64 = 1 << 18;
/// As much says the size of nearly every JPEG.
const FIRST_BYTES: u64 = 8 << 10;

/// The files of a listing.
pub(super) struct FolderTree {
    storage: Storage,
    names: Vec<String>,
    entries: HashMap<String, Entry>,
    /// Images that are not there, but of which the size is known.
    pub known_sizes: BTreeMap<String, [u32; 2]>,
    found: Mutex<HashMap<String, Option<ImageInfo>>>,
    pub warnings: Vec<Warning>,
}

impl FolderTree {
    pub fn new(storage: Storage, listing: Listing) -> Self {
        let mut entries = HashMap::with_capacity(listing.files.len());
        let mut names = Vec::with_capacity(listing.files.len());
        for entry in listing.files {
            let name = display_bytes(&entry.relative);
            names.push(name.clone());
            entries.insert(name, entry);
        }
        names.sort_unstable();
        let (known_sizes, found) = Default::default();
        Self { storage, names, entries, known_sizes, found, warnings: listing.warnings }
    }

    /// Adds images that need not be there.
    pub fn with_images(mut self, images: BTreeMap<String, [u32; 2]>) -> Self {
        self.names.extend(images.keys().cloned());
        self.names.sort_unstable();
        self.names.dedup();
        self.known_sizes = images;
        self
    }

    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// Reads the headers of all images side by side: those of ten thousand files one by one take a while.
    pub fn look_at_images(&self) {
        let (storage, found) = (self.storage, self.found());
        let is_new = |name: &&String| is_image_name(name.as_bytes()) && !found.contains_key(*name);
        let images: Vec<_> =
            self.names.iter().filter(is_new).filter_map(|name| Some((name, self.entry(name)?))).collect();
        drop(found);
        let look = |head: &mut Vec<u8>, (name, entry): &(&String, &Entry)| {
            ((*name).clone(), probe_with(head, storage, &entry.location))
        };
        let infos: Vec<_> = images.par_iter().map_init(Vec::new, look).collect();
        self.found().extend(infos);
    }

    /// What the header of an image says.
    pub fn image_info(&self, name: &str) -> Option<ImageInfo> {
        if let Some(found) = self.found().get(name) {
            return *found;
        }
        let info = self.entry(name).and_then(|entry| probe(self.storage, &entry.location));
        self.found().insert(name.to_owned(), info);
        info
    }

    /// What was found of images so far. Nothing can panic while it is held; if something did, it would still be true.
    fn found(&self) -> MutexGuard<'_, HashMap<String, Option<ImageInfo>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the header of an image says; only as much as needed is read.
pub(super) fn probe(storage: Storage, location: &Location) -> Option<ImageInfo> {
    probe_with(&mut Vec::new(), storage, location)
}

/// As [`probe`], with a buffer that may have served other images.
fn probe_with(head: &mut Vec<u8>, storage: Storage, location: &Location) -> Option<ImageInfo> {
    let mut file = storage.open(location).ok()?;
    head.clear();
    head.reserve(FIRST_BYTES as usize + 32);
    file.by_ref().take(FIRST_BYTES).read_to_end(head).ok()?;
    // In a JPEG the size comes after how the picture is turned; other formats say it anywhere.
    if head.starts_with(&[0xFF, 0xD8])
        && let Ok(info) = image::probe(head)
    {
        return Some(info);
    }
    file.take(HEAD_BYTES - FIRST_BYTES).read_to_end(head).ok()?;
    if let Ok(info) = image::probe(head) {
        return Some(info);
    }
    if (head.len() as u64) < HEAD_BYTES {
        return None;
    }
    let bytes = storage.read(location, Some(super::pictures::FILE_LIMIT_BYTES)).ok()?;
    image::probe(&bytes).ok()
}

impl FileTree for FolderTree {
    fn files(&self) -> &[String] {
        &self.names
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let entry = self.entry(name).ok_or(io::ErrorKind::NotFound)?;
        let reader = self.storage.open(&entry.location).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Box::new(reader))
    }

    fn image_size_px(&self, name: &str) -> Option<[u32; 2]> {
        if let Some(size) = self.known_sizes.get(name) {
            return Some(*size);
        }
        let (width, height) = self.image_info(name)?.upright_size_px();
        Some([width, height])
    }
}

/// A folder that a format writes into.
pub(super) struct FolderSink<'a> {
    pub storage: Storage,
    pub folder: &'a Location,
    pub task: &'a Task,
    /// The names that were written.
    pub written: RefCell<Vec<String>>,
}

impl FolderSink<'_> {
    /// The file of that name.
    fn place(&self, name: &str) -> Location {
        name.split('/').fold(self.folder.clone(), |place, part| place.join(part))
    }

    /// Takes one file away again.
    pub fn remove(&self, name: &str) {
        self.written.borrow_mut().retain(|written| written != name);
        // It may never have been made.
        let _ = self.storage.remove_file(&self.place(name));
    }

    /// Takes all files away again, and the folders below the sink's own that are empty then.
    pub fn take_away(&self) {
        let written = self.written.take();
        let mut folders: Vec<&str> = Vec::new();
        for name in &written {
            let _ = self.storage.remove_file(&self.place(name));
            folders.extend(name.match_indices('/').map(|(end, _)| &name[..end]));
        }
        // The deepest first.
        folders.sort_unstable_by_key(|folder| std::cmp::Reverse(folder.len()));
        folders.dedup();
        for folder in folders {
            let _ = self.storage.remove_empty_folder(&self.place(folder));
        }
    }
}

impl FileSink for FolderSink<'_> {
    fn write(
        &self,
        name: &str,
        fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let file = self.place(name);
        let failed = |error: &StorageError| FormatError::Write {
            cause: match error {
                StorageError::DiskFull { .. } => io::ErrorKind::StorageFull.into(),
                other => io::Error::other(other.to_string()),
            },
            name: file.to_string(),
        };
        if self.task.check().is_err() {
            return Err(FormatError::Stopped);
        }
        if let Some(folder) = file.parent() {
            self.storage.ensure_folder(&folder).map_err(|error| failed(&error))?;
        }
        self.written.borrow_mut().push(name.to_owned());
        // An export can be made again, and is read again: waiting for the disk at every file would only be slow.
        if let Ok(path) = file.local_path() {
            let failed = |cause| FormatError::Write { cause, name: file.to_string() };
            let mut out = io::BufWriter::with_capacity(1 << 16, std::fs::File::create(path).map_err(failed)?);
            fill(&mut out)?;
            return out.flush().map_err(failed);
        }
        let written = self.storage.write_atomically(&file, IfExists::Replace, |out| fill(out).map_err(Filling::Format));
        written.map_err(|error| match error {
            Filling::Format(error) => error,
            Filling::Storage(error) => failed(&error),
        })
    }
}

/// Why writing a file ended: what the format said, or what the storage did.
enum Filling {
    Format(FormatError),
    Storage(StorageError),
}

impl From<StorageError> for Filling {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}
