//! What was begun in a dataset's samples and is no label yet: kept beside the catalog, so that it is still there when
//! the window opens again. No edit, and no step of undo.

use super::{Error, Result, Workbench};
use crate::domain::{AnnotationSet, DatasetId, Explanation};
use crate::storage::Location;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The folder of the workspace.
pub(super) const FOLDER: &str = "unfinished";

impl Workbench {
    /// Keeps what was begun in a set of annotations instead of what was kept before; `None`: nothing.
    ///
    /// # Errors
    /// If the workspace cannot be written.
    pub fn keep_unfinished<T: Serialize>(
        &self,
        dataset: DatasetId,
        set: &AnnotationSet,
        what: Option<&T>,
    ) -> Result<()> {
        let file = self.unfinished_file(dataset, set);
        let Some(what) = what else {
            return if self.storage().is_file(&file) { Ok(self.storage().remove_file(&file)?) } else { Ok(()) };
        };
        let bytes = serde_json::to_vec(what)
            .map_err(|cause| Error::refused(Explanation::failure("internal").with("cause", cause)))?;
        self.storage().ensure_folder(&self.unfinished_folder(dataset))?;
        Ok(self.storage().replace(&file, &bytes)?)
    }

    /// What was begun in a set of annotations. A file that cannot be read holds nothing.
    #[must_use]
    pub fn unfinished<T: DeserializeOwned>(&self, dataset: DatasetId, set: &AnnotationSet) -> Option<T> {
        let file = self.unfinished_file(dataset, set);
        let bytes = self.storage().is_file(&file).then(|| self.storage().read(&file, None))?;
        let read = bytes.map_err(|error| error.to_string());
        let read = read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|cause| cause.to_string()));
        read.inspect_err(|cause| tracing::warn!("{file} is left out: {cause}")).ok()
    }

    fn unfinished_folder(&self, dataset: DatasetId) -> Location {
        Location::from_path(self.folder()).join(FOLDER).join(dataset.to_string())
    }

    fn unfinished_file(&self, dataset: DatasetId, set: &AnnotationSet) -> Location {
        let name = set.to_string().replace(':', "-");
        self.unfinished_folder(dataset).join(format!("{name}.json"))
    }

    /// Forgets all of it with its dataset.
    pub(super) fn forget_unfinished(&self, dataset: DatasetId) {
        let folder = self.folder().join(FOLDER).join(dataset.to_string());
        if folder.is_dir()
            && let Err(cause) = std::fs::remove_dir_all(&folder)
        {
            // Nothing opens it any more; it only takes room.
            tracing::warn!("{} stays: {cause}", folder.display());
        }
    }
}
