//! Listing a folder on this machine with everything below it.

use super::location::{bytes_of_name, display_bytes};
use super::{Doing, Location, Result, StorageError};
use crate::domain::traits::Progress;
use crate::domain::{Cancel, Explanation, Timestamp, Warning};
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Folders within folders, at most: deeper ones are a mistake, or made to trouble us.
const DEEPEST: usize = 128;

/// What to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Folders or files that are left out with all they hold, e.g. an output location inside the input.
    pub excluded: Vec<Location>,
    /// Sizes and times are of no use: they need not be asked for, and may be 0 and `None`.
    pub only_names: bool,
}

/// A file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub location: Location,
    /// The way from the listed folder, raw bytes with `/` between parts.
    pub relative: Vec<u8>,
    pub size_bytes: u64,
    pub modified: Option<Timestamp>,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// In the order of [`Entry::relative`].
    pub files: Vec<Entry>,
    /// What was left out, and why; in the order of its place.
    pub warnings: Vec<Warning>,
}

struct Walk<'a> {
    root: &'a Path,
    canonical_root: PathBuf,
    excluded_paths: Vec<&'a Path>,
    excluded_identities: HashSet<(u64, u64)>,
    only_names: bool,
    cancel: &'a Cancel,
    progress: &'a dyn Progress,
    found: AtomicU64,
}

/// A folder to be read.
struct Folder {
    path: PathBuf,
    relative: Vec<u8>,
    /// The real paths of linked folders on the way here, to notice loops outside the root.
    links: Vec<PathBuf>,
    depth: usize,
}

/// What a name in a folder turned out to be.
enum Found {
    File(Entry),
    Folder(Folder),
    Warning(Vec<u8>, Warning),
    Nothing,
}

pub(super) fn list(
    folder: &Location,
    options: &ListOptions,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Listing> {
    let root = folder.local_path()?;
    let reading = |cause| StorageError::from_io(cause, folder, Doing::Reading);
    if !fs::metadata(root).map_err(reading)?.is_dir() {
        return Err(StorageError::NotAFolder { location: folder.clone() });
    }
    // Asked once more by the walk, but here a failure is the listing's own.
    drop(fs::read_dir(root).map_err(reading)?);
    let walk = Walk {
        root,
        canonical_root: root.canonicalize().map_err(reading)?,
        excluded_paths: options.excluded.iter().filter_map(|place| place.local_path().ok()).collect(),
        excluded_identities: options.excluded.iter().filter_map(Location::identity).collect(),
        only_names: options.only_names,
        cancel,
        progress,
        found: AtomicU64::new(0),
    };
    let start = Folder { path: root.to_owned(), relative: Vec::new(), links: Vec::new(), depth: 0 };
    let (mut files, mut warnings) = walk.folder(&start);
    if cancel.is_cancelled() {
        return Err(StorageError::Cancelled);
    }
    files.par_sort_unstable_by(|a, b| a.relative.cmp(&b.relative));
    warnings.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Listing { files, warnings: warnings.into_iter().map(|(_, warning)| warning).collect() })
}

type Collected = (Vec<Entry>, Vec<(Vec<u8>, Warning)>);

impl Walk<'_> {
    fn folder(&self, folder: &Folder) -> Collected {
        if self.cancel.is_cancelled() {
            return Collected::default();
        }
        let entries: Vec<io::Result<fs::DirEntry>> = match fs::read_dir(&folder.path) {
            Ok(entries) => entries.collect(),
            Err(cause) => {
                let warning = unreadable(&folder.relative, "listing-folder-unreadable", &cause);
                return (Vec::new(), vec![(folder.relative.clone(), warning)]);
            }
        };
        // `metadata` is one call of the system per file; on a cold or remote disk many at once make the difference.
        let found: Vec<Found> =
            entries.into_par_iter().with_min_len(64).map(|entry| self.entry(folder, entry)).collect();
        let (mut files, mut warnings, mut folders) = (Vec::new(), Vec::new(), Vec::new());
        for found in found {
            match found {
                Found::File(entry) => files.push(entry),
                Found::Folder(folder) => folders.push(folder),
                Found::Warning(relative, warning) => warnings.push((relative, warning)),
                Found::Nothing => {}
            }
        }
        let count = files.len() as u64;
        let before = self.found.fetch_add(count, Ordering::Relaxed);
        self.progress.report("listing", before + count, None);
        let below: Vec<Collected> = folders.par_iter().map(|folder| self.folder(folder)).collect();
        for (more_files, more_warnings) in below {
            files.extend(more_files);
            warnings.extend(more_warnings);
        }
        (files, warnings)
    }

    fn entry(&self, folder: &Folder, entry: io::Result<fs::DirEntry>) -> Found {
        if self.cancel.is_cancelled() {
            return Found::Nothing;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(cause) => {
                let warning = unreadable(&folder.relative, "listing-folder-unreadable", &cause);
                return Found::Warning(folder.relative.clone(), warning);
            }
        };
        let name = bytes_of_name(&entry.file_name());
        if name.first() == Some(&b'.') {
            return Found::Nothing;
        }
        let mut relative = folder.relative.clone();
        if !relative.is_empty() {
            relative.push(b'/');
        }
        relative.extend_from_slice(&name);
        self.named(folder, &entry, &relative).unwrap_or_else(|cause| {
            let code =
                if cause.kind() == io::ErrorKind::NotFound { "listing-broken-link" } else { "listing-file-unreadable" };
            let warning = unreadable(&relative, code, &cause);
            Found::Warning(relative, warning)
        })
    }

    fn named(&self, folder: &Folder, entry: &fs::DirEntry, relative: &[u8]) -> io::Result<Found> {
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            return Ok(if self.is_excluded(&path, None) {
                Found::Nothing
            } else {
                self.below(folder, path, relative, folder.links.clone())
            });
        }
        if self.only_names && kind.is_file() && self.excluded_paths.is_empty() {
            let (location, relative) = (Location::listed(path), relative.to_vec());
            return Ok(Found::File(Entry { location, relative, size_bytes: 0, modified: None }));
        }
        let metadata = if kind.is_symlink() {
            fs::metadata(&path)?
        } else {
            match entry.metadata() {
                // Gone between reading the folder and asking.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
                other => other?,
            }
        };
        if self.is_excluded(&path, Some(&metadata)) {
            return Ok(Found::Nothing);
        }
        if metadata.is_dir() {
            return self.linked_folder(folder, path, relative);
        }
        if !metadata.is_file() {
            let reason = Explanation::bad_input("listing-not-a-file");
            return Ok(Found::Warning(relative.to_vec(), Warning::new(display_bytes(relative), reason)));
        }
        let facts = super::local::facts_of(&metadata);
        let location = Location::listed(path);
        let relative = relative.to_vec();
        Ok(Found::File(Entry { location, relative, size_bytes: facts.size_bytes, modified: facts.modified }))
    }

    /// A link to a folder is followed once: not back into the listed folder, whose files are listed anyway.
    fn linked_folder(&self, folder: &Folder, path: PathBuf, relative: &[u8]) -> io::Result<Found> {
        let real = path.canonicalize()?;
        let leads_back = real.starts_with(&self.canonical_root)
            || self.canonical_root.starts_with(&real)
            || folder.links.iter().any(|link| link.starts_with(&real) || real.starts_with(link));
        if leads_back {
            let reason = Explanation::bad_input("listing-link-back").with("target", real.display());
            return Ok(Found::Warning(relative.to_vec(), Warning::new(display_bytes(relative), reason)));
        }
        let mut links = folder.links.clone();
        links.push(real);
        Ok(self.below(folder, path, relative, links))
    }

    #[expect(clippy::unused_self, reason = "reads as one of the walk's steps")]
    fn below(&self, folder: &Folder, path: PathBuf, relative: &[u8], links: Vec<PathBuf>) -> Found {
        let depth = folder.depth + 1;
        if depth > DEEPEST {
            let reason = Explanation::bad_input("listing-too-deep").with("limit", DEEPEST);
            return Found::Warning(relative.to_vec(), Warning::new(display_bytes(relative), reason));
        }
        Found::Folder(Folder { path, relative: relative.to_vec(), links, depth })
    }

    fn is_excluded(&self, path: &Path, metadata: Option<&fs::Metadata>) -> bool {
        if self.excluded_paths.is_empty() || path == self.root {
            return false;
        }
        if self.excluded_paths.contains(&path) {
            return true;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let identity =
                |metadata: &fs::Metadata| self.excluded_identities.contains(&(metadata.dev(), metadata.ino()));
            match metadata {
                Some(metadata) => identity(metadata),
                None => fs::metadata(path).is_ok_and(|metadata| identity(&metadata)),
            }
        }
        #[cfg(not(unix))]
        {
            let _ = metadata;
            false
        }
    }
}

fn unreadable(relative: &[u8], code: &'static str, cause: &io::Error) -> Warning {
    Warning::new(display_bytes(relative), Explanation::failure(code).with("cause", cause))
}
