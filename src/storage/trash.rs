//! The trash of a workspace: files that a person deleted, with where they came from, so that they can go back.

use super::local::{move_without_overwriting, sync_folder_of};
use super::{Doing, IfExists, Location, Result, Storage, StorageError};
use crate::domain::{Cancel, DatasetId, Explain, SampleId, Timestamp, Warning};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use uuid::Uuid;

/// The form of the notes that this release writes.
const SCHEMA_VERSION: u32 = 1;
const LIMIT_BYTES: u64 = 1 << 24;

/// One deleted file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrashId(Uuid);

impl fmt::Display for TrashId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_simple().fmt(f)
    }
}

impl FromStr for TrashId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self)
    }
}

/// Who deleted a file, and what it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub dataset: Option<DatasetId>,
    pub sample: Option<SampleId>,
    pub actor: String,
    /// The published versions that lose it.
    #[serde(default)]
    pub versions: Vec<String>,
}

/// A file in the trash. Kept as a JSON note beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashEntry {
    pub schema_version: u32,
    pub id: TrashId,
    /// Where it was, and goes back to.
    pub location: Location,
    pub size_bytes: u64,
    pub deleted: Timestamp,
    pub origin: Origin,
}

/// The trash in a folder: `{id}.json` is the note, `{id}/{name}` the file.
#[derive(Clone, Debug)]
pub struct Trash {
    folder: Location,
    storage: Storage,
}

impl Trash {
    /// The trash in `folder`, which is made when something comes in.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: Location::from_path(folder), storage: Storage::new() }
    }

    /// Moves a file into the trash. The note is written first, so that a crash in between loses nothing.
    ///
    /// # Errors
    /// If the file is not there or may not be moved, or the trash cannot be written.
    pub fn move_to_trash(&self, file: &Location, origin: Origin, now: Timestamp) -> Result<TrashId> {
        let facts = self.storage.facts(file)?;
        let id = TrashId(Uuid::new_v4());
        let entry = TrashEntry {
            schema_version: SCHEMA_VERSION,
            id,
            location: file.clone(),
            size_bytes: facts.size_bytes,
            deleted: now,
            origin,
        };
        let kept = self.content(&entry);
        self.storage.ensure_folder(&self.folder.join(id.to_string()))?;
        let note = serde_json::to_vec_pretty(&entry)
            .map_err(|cause| StorageError::Damaged { location: file.clone(), reason: cause.to_string() })?;
        let moved =
            self.storage.write_new(&self.note(id), &note).and_then(|()| self.relocate(file, &kept, &Cancel::default()));
        if let Err(error) = moved {
            self.forget(id);
            return Err(error);
        }
        Ok(id)
    }

    /// Puts a file back where it was; folders that are gone are made again.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if something is there now; if the trash has no such entry or it is damaged; if its
    /// old place cannot be written.
    pub fn restore(&self, id: TrashId) -> Result<Location> {
        let entry = self.entry(id)?;
        if let Some(folder) = entry.location.parent() {
            self.storage.ensure_folder(&folder)?;
        }
        self.relocate(&self.content(&entry), &entry.location, &Cancel::default())?;
        self.forget(id);
        Ok(entry.location)
    }

    /// The note of one file.
    ///
    /// # Errors
    /// If the trash has no such entry or its note is damaged.
    pub fn entry(&self, id: TrashId) -> Result<TrashEntry> {
        let location = self.note(id);
        let bytes = match self.storage.read(&location, Some(LIMIT_BYTES)) {
            Err(StorageError::NotFound { .. }) => return Err(StorageError::NotInTrash { id: id.to_string() }),
            other => other?,
        };
        serde_json::from_slice(&bytes).map_err(|cause| StorageError::Damaged { location, reason: cause.to_string() })
    }

    /// All files in the trash, the latest first; notes that cannot be read become warnings.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn entries(&self) -> Result<(Vec<TrashEntry>, Vec<Warning>)> {
        let (mut entries, mut warnings) = (Vec::new(), Vec::new());
        for name in self.storage.names(&self.folder)? {
            let id = std::str::from_utf8(&name).ok().and_then(|name| name.strip_suffix(".json"));
            let Some(Ok(id)) = id.map(str::parse::<TrashId>) else { continue };
            match self.entry(id) {
                // A note without its file: the move never happened.
                Ok(entry) => entries.extend(self.storage.is_file(&self.content(&entry)).then_some(entry)),
                Err(error) => warnings.push(Warning::new(self.note(id).to_string(), error.explain())),
            }
        }
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.deleted, entry.id)));
        Ok((entries, warnings))
    }

    /// Deletes a file in the trash for good.
    ///
    /// # Errors
    /// If the trash has no such entry, or it may not be removed.
    pub fn purge(&self, id: TrashId) -> Result<()> {
        let entry = self.entry(id)?;
        match self.storage.remove_file(&self.content(&entry)) {
            Ok(()) | Err(StorageError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        self.forget(id);
        Ok(())
    }

    fn note(&self, id: TrashId) -> Location {
        self.folder.join(format!("{id}.json"))
    }

    fn content(&self, entry: &TrashEntry) -> Location {
        self.folder.join(entry.id.to_string()).join(entry.location.name())
    }

    /// Removes what describes an entry. A file that is still there keeps its folder.
    fn forget(&self, id: TrashId) {
        let folder = self.folder.join(id.to_string());
        if let Ok(path) = folder.local_path()
            && (fs::remove_dir(path).is_ok() || !path.exists())
        {
            let _ = self.storage.remove_file(&self.note(id));
        }
    }

    /// Moves a file, by copying where the places lie on different file systems. Never overwrites.
    fn relocate(&self, from: &Location, to: &Location, cancel: &Cancel) -> Result<()> {
        let (from_path, to_path) = (from.local_path()?, to.local_path()?);
        match move_without_overwriting(from_path, to_path) {
            Ok(()) => {
                let synced = sync_folder_of(to_path).and_then(|()| sync_folder_of(from_path));
                synced.map_err(|cause| StorageError::from_io(cause, to, Doing::Writing))
            }
            Err(cause) if cause.kind() == io::ErrorKind::CrossesDevices => self.carry_over(from, to, cancel),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                Err(StorageError::Exists { location: to.clone() })
            }
            Err(cause) => Err(StorageError::from_io(cause, from, Doing::Writing)),
        }
    }

    /// Copies, makes the copy durable, and only then deletes.
    pub(super) fn carry_over(&self, from: &Location, to: &Location, cancel: &Cancel) -> Result<()> {
        let path = from.local_path()?;
        if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
            return carry_link_over(path, to);
        }
        let mut reader = self.storage.open(from)?;
        self.storage.write_atomically(to, IfExists::Refuse, |out| {
            super::copy::pump(&mut *reader, from, cancel, |chunk| {
                out.write_all(chunk).map_err(|cause| StorageError::from_io(cause, to, Doing::Writing))
            })
        })?;
        keep_times(path, to);
        self.storage.remove_file(from).inspect_err(|_| drop(self.storage.remove_file(to)))
    }
}

/// The sample is known by size and time, so a restored file should have its own time.
fn keep_times(from: &Path, to: &Location) {
    let keep = || -> io::Result<()> {
        let modified = fs::metadata(from)?.modified()?;
        let to: PathBuf = to.local_path().map_err(io::Error::other)?.to_owned();
        fs::File::options().write(true).open(to)?.set_times(fs::FileTimes::new().set_modified(modified))
    };
    // A wrong time costs one more look at the file.
    let _ = keep();
}

#[cfg(unix)]
fn carry_link_over(from: &Path, to: &Location) -> Result<()> {
    let writing = |cause| StorageError::from_io(cause, to, Doing::Writing);
    let target = fs::read_link(from).map_err(writing)?;
    std::os::unix::fs::symlink(target, to.local_path()?).map_err(writing)?;
    fs::remove_file(from).map_err(writing)
}

#[cfg(not(unix))]
fn carry_link_over(_from: &Path, to: &Location) -> Result<()> {
    let cause = io::Error::from(io::ErrorKind::Unsupported);
    Err(StorageError::from_io(cause, to, Doing::Writing))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scene {
        folder: tempfile::TempDir,
        trash: Trash,
        photo: Location,
    }

    fn scene() -> Scene {
        let folder = tempfile::tempdir().expect("a folder");
        let trash = Trash::new(&folder.path().join("trash"));
        let photo = Location::from_path(&folder.path().join("input/roses/1.jpg"));
        Storage::new().ensure_folder(&photo.parent().expect("a folder")).expect("made");
        Storage::new().write_new(&photo, b"petals").expect("written");
        Scene { folder, trash, photo }
    }

    #[test]
    fn a_deleted_file_goes_back_even_if_its_folder_is_gone() {
        let Scene { folder, trash, photo } = scene();
        let origin = Origin { actor: "ada".to_owned(), versions: vec!["V001".to_owned()], ..Origin::default() };
        let id = trash.move_to_trash(&photo, origin.clone(), Timestamp(5)).expect("moved");
        assert!(!Storage::new().is_file(&photo));
        let (entries, warnings) = trash.entries().expect("readable");
        assert_eq!((entries.len(), warnings.len()), (1, 0));
        assert_eq!((&entries[0].origin, entries[0].size_bytes), (&origin, 6));
        fs::remove_dir_all(folder.path().join("input")).expect("removed");
        assert_eq!(trash.restore(id).expect("restored"), photo);
        assert_eq!(Storage::new().read(&photo, None).expect("readable"), b"petals");
        assert!(trash.entries().expect("readable").0.is_empty());
        assert_eq!(trash.restore(id).expect_err("gone").explain().code, "trash-unknown");
        assert_eq!(fs::read_dir(folder.path().join("trash")).expect("a folder").count(), 0);
    }

    #[test]
    fn restoring_overwrites_nothing() {
        let Scene { folder: _folder, trash, photo } = scene();
        let id = trash.move_to_trash(&photo, Origin::default(), Timestamp(5)).expect("moved");
        Storage::new().write_new(&photo, b"another").expect("written");
        assert_eq!(trash.restore(id).expect_err("taken").explain().code, "location-exists");
        assert_eq!(Storage::new().read(&photo, None).expect("readable"), b"another");
        assert_eq!(trash.entries().expect("readable").0.len(), 1, "it is still in the trash");
        trash.purge(id).expect("purged");
        assert!(trash.entries().expect("readable").0.is_empty());
    }

    #[test]
    fn another_file_system_is_reached_by_copying() {
        let Scene { folder, trash, photo } = scene();
        let shared_memory = Path::new("/dev/shm");
        let elsewhere = tempfile::tempdir_in(shared_memory).unwrap_or_else(|_| tempfile::tempdir().expect("a folder"));
        let far = Location::from_path(elsewhere.path()).join("1.jpg");
        trash.carry_over(&photo, &far, &Cancel::default()).expect("carried");
        assert!(!Storage::new().is_file(&photo));
        let id = trash.move_to_trash(&far, Origin::default(), Timestamp(1)).expect("moved");
        assert!(!Storage::new().is_file(&far));
        assert_eq!(trash.restore(id).expect("restored"), far);
        assert_eq!(Storage::new().read(&far, None).expect("readable"), b"petals");
        drop(folder);
    }

    #[test]
    fn a_missing_file_and_a_damaged_note_are_told() {
        let Scene { folder, trash, photo } = scene();
        let nowhere = photo.join("../2.jpg");
        let error = trash.move_to_trash(&nowhere, Origin::default(), Timestamp(1)).expect_err("nothing there");
        assert_eq!(error.explain().code, "location-not-found");
        let note = format!("{}.json", TrashId(Uuid::new_v4()));
        fs::create_dir_all(folder.path().join("trash")).expect("made");
        fs::write(folder.path().join("trash").join(note), "{").expect("written");
        let (entries, warnings) = trash.entries().expect("readable");
        assert_eq!((entries.len(), warnings.len()), (0, 1));
        assert_eq!(warnings[0].reason.code, "location-damaged");
    }
}
