//! Adding images: picked or dropped files are shown, then copied into the input location (guide 2.4.1).

use super::{Picture, Result, Task, Workbench};
use crate::domain::{DatasetId, SampleId, Warning};
use std::path::PathBuf;

/// A picked file before it is added.
#[derive(Clone, Debug)]
pub struct PickedImage {
    pub path: PathBuf,
    pub size_bytes: u64,
    /// A thumbnail, or why the file is no image.
    pub thumbnail: std::result::Result<Picture, crate::domain::Explanation>,
}

/// What adding did.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AddImagesReport {
    pub added: Vec<SampleId>,
    pub warnings: Vec<Warning>,
}

impl Workbench {
    /// Looks at picked files and folders: thumbnails and sizes of the images among them.
    ///
    /// # Errors
    /// On cancel.
    pub fn look_at_images(&self, paths: &[PathBuf], task: &Task) -> Result<Vec<PickedImage>> {
        todo!()
    }

    /// Copies images into the input location, never over a file that is there, and adds them as unlabeled samples.
    ///
    /// # Errors
    /// If the input location cannot be written, or on cancel; what was copied until then stays.
    pub fn add_images(&self, dataset: DatasetId, paths: &[PathBuf], task: &Task) -> Result<AddImagesReport> {
        todo!()
    }
}
