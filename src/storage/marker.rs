//! The file that tells which dataset a published folder belongs to, so that two workspaces on it agree.

use super::{Location, Result, Storage, StorageError};
use crate::domain::{DatasetId, DatasetName, DatasetType};
use serde::{Deserialize, Serialize};

/// The marker's name in the dataset's folder at its output location. Hidden, so that listings pass it over.
pub const MARKER_NAME: &str = ".modelier-dataset.json";

/// The form of the marker that this release writes.
const SCHEMA_VERSION: u32 = 1;
/// A marker is a few hundred bytes; something larger is none.
const LIMIT_BYTES: u64 = 1 << 20;

/// What the marker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetMarker {
    /// Of the form, for later releases.
    pub schema_version: u32,
    pub dataset: DatasetId,
    /// The name at creation.
    pub name: DatasetName,
    #[serde(rename = "type")]
    pub kind: DatasetType,
}

impl DatasetMarker {
    /// A marker in this release's form.
    #[must_use]
    pub fn new(dataset: DatasetId, name: DatasetName, kind: DatasetType) -> Self {
        Self { schema_version: SCHEMA_VERSION, dataset, name, kind }
    }
}

/// Only this is sure to be in a marker of any release.
#[derive(Deserialize)]
struct Versioned {
    schema_version: u32,
}

/// Reads the marker in `folder` (`{Dataset}-{id}/`); `None` if there is none.
///
/// # Errors
/// If it cannot be read, is damaged, or is of a newer release.
pub fn read_marker(storage: Storage, folder: &Location) -> Result<Option<DatasetMarker>> {
    let location = folder.join(MARKER_NAME);
    let bytes = match storage.read(&location, Some(LIMIT_BYTES)) {
        Err(StorageError::NotFound { .. } | StorageError::NotAFolder { .. }) => return Ok(None),
        other => other?,
    };
    let damaged =
        |cause: serde_json::Error| StorageError::Damaged { location: location.clone(), reason: cause.to_string() };
    let Versioned { schema_version: found } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if found > SCHEMA_VERSION {
        return Err(StorageError::Newer { location, found, known: SCHEMA_VERSION });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

/// Writes the marker into `folder`, which is made if it is missing. The same marker may be there already.
///
/// # Errors
/// If it cannot be written; [`StorageError::Exists`] if another dataset's marker is there.
pub fn write_marker(storage: Storage, folder: &Location, marker: &DatasetMarker) -> Result<()> {
    let location = folder.join(MARKER_NAME);
    storage.ensure_folder(folder)?;
    let mut bytes = serde_json::to_vec_pretty(marker)
        .map_err(|cause| StorageError::Damaged { location: location.clone(), reason: cause.to_string() })?;
    bytes.push(b'\n');
    match storage.write_new(&location, &bytes) {
        Err(StorageError::Exists { location }) => match read_marker(storage, folder)? {
            Some(there) if there.dataset == marker.dataset => Ok(()),
            _ => Err(StorageError::Exists { location }),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Explain;

    #[test]
    fn a_marker_is_read_back_and_belongs_to_one_dataset() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Location::from_path(folder.path()).join("Flowers-1");
        let storage = Storage::new();
        assert_eq!(read_marker(storage, &place).expect("readable"), None);
        let name = DatasetName::new("花卉").expect("a name");
        let marker = DatasetMarker::new(DatasetId::random(), name, DatasetType::ImageClassification);
        write_marker(storage, &place, &marker).expect("written");
        write_marker(storage, &place, &marker).expect("the same again");
        assert_eq!(read_marker(storage, &place).expect("readable"), Some(marker.clone()));
        let other = DatasetMarker { dataset: DatasetId::random(), ..marker };
        assert_eq!(write_marker(storage, &place, &other).expect_err("taken").explain().code, "location-exists");
    }

    #[test]
    fn a_damaged_and_a_newer_marker_are_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Location::from_path(folder.path());
        let code = |text: &str| {
            std::fs::write(folder.path().join(MARKER_NAME), text).expect("written");
            read_marker(Storage::new(), &place).expect_err("refused").explain().code
        };
        assert_eq!(code("{\"schema_version\":2,\"dataset\":{\"new\":true}}"), "location-newer");
        assert_eq!(code("{\"schema_version\":1}"), "location-damaged");
        assert_eq!(code("\0\u{1}"), "location-damaged");
    }
}
