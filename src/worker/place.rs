//! Putting what a job made where it belongs: whole or not at all, and never over something that is there.

use super::WorkerError;
use crate::storage::{Location, Storage};
use std::fs::File;
use std::io;
use std::path::Path;

/// Fails if something stands where the job's output shall go, or nothing can be written there. Asked before hours of
/// work, not after them.
pub(super) fn check_target(storage: Storage, output: &Location, version: &str) -> Result<Location, WorkerError> {
    let target = output.join(version);
    // A name like `../V001` would lead elsewhere.
    if target.parent().as_ref() != Some(output) {
        return Err(WorkerError::Version(version.to_owned()));
    }
    if !storage.names(&target)?.is_empty() {
        return Err(WorkerError::OutputFilled(target));
    }
    storage.check_writable(output)?;
    Ok(target)
}

/// Copies the folder `made` to `target`.
pub(super) fn put_in_place(storage: Storage, made: &Path, target: &Location) -> Result<(), WorkerError> {
    let target_path = target.local_path()?.to_owned();
    let Some(parent) = target.parent() else { return Err(WorkerError::OutputFilled(target.clone())) };
    storage.ensure_folder(&parent)?;
    let failed = |source: io::Error| WorkerError::Output { source, location: target.clone() };
    // Beside the target, so that the last step is a rename within one file system; it goes if a step fails.
    let staging = tempfile::Builder::new().prefix(".modelier-").tempdir_in(parent.local_path()?).map_err(failed)?;
    let content = staging.path().join("content");
    copy_folder(made, &content).map_err(failed)?;
    match std::fs::rename(&content, &target_path) {
        Ok(()) => Ok(()),
        Err(_) if std::fs::read_dir(&target_path).is_ok_and(|mut entries| entries.next().is_some()) => {
            Err(WorkerError::OutputFilled(target.clone()))
        }
        // Some systems do not rename over an empty folder; removing one is safe, it fails if it is not empty.
        Err(error) if target_path.is_dir() => {
            std::fs::remove_dir(&target_path).map_err(|_| failed(error))?;
            std::fs::rename(&content, &target_path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &copy)?;
        } else {
            std::fs::copy(entry.path(), &copy)?;
            File::open(&copy)?.sync_all()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_arrives_whole_and_never_over_another() {
        let directory = tempfile::tempdir().expect("a folder");
        let made = directory.path().join("made");
        std::fs::create_dir_all(made.join("model")).expect("made");
        std::fs::write(made.join("model/config.json"), "{}").expect("written");
        let output = Location::from_path(&directory.path().join("out"));
        let storage = Storage::new();
        let target = check_target(storage, &output, "V001").expect("free");
        put_in_place(storage, &made, &target).expect("placed");
        let placed = directory.path().join("out/V001/model/config.json");
        assert_eq!(std::fs::read_to_string(&placed).expect("there"), "{}");
        std::fs::write(made.join("model/config.json"), "other").expect("written");
        assert!(matches!(check_target(storage, &output, "V001"), Err(WorkerError::OutputFilled(_))));
        assert!(matches!(put_in_place(storage, &made, &target), Err(WorkerError::OutputFilled(_))));
        assert_eq!(std::fs::read_to_string(&placed).expect("there"), "{}");
        let left: Vec<_> = std::fs::read_dir(directory.path().join("out")).expect("there").flatten().collect();
        assert_eq!(left.len(), 1, "nothing half done is left: {left:?}");
    }

    #[test]
    fn an_empty_folder_is_no_obstacle_and_a_strange_version_is() {
        let directory = tempfile::tempdir().expect("a folder");
        let made = directory.path().join("made");
        std::fs::create_dir_all(&made).expect("made");
        std::fs::create_dir_all(directory.path().join("out/V001")).expect("made");
        let output = Location::from_path(&directory.path().join("out"));
        let target = check_target(Storage::new(), &output, "V001").expect("empty");
        put_in_place(Storage::new(), &made, &target).expect("placed");
        for version in ["..", "", "../x", "a/b", "/etc"] {
            assert!(check_target(Storage::new(), &output, version).is_err(), "{version:?}");
        }
    }
}
