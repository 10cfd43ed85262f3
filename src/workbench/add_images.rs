//! Adding images: picked or dropped files are shown, then copied into the input location (guide 2.4.1).

use super::sync::{file_sample, unlabeled};
use super::{Picture, Result, Task, Workbench};
use crate::domain::query::OnKnown;
use crate::domain::{DatasetId, Explain, Explanation, SampleId, Warning};
use crate::formats::image_folder;
use crate::media::image;
use crate::storage::{Copier, Entry, ListOptions, Location};
use rayon::prelude::*;
use std::path::PathBuf;

/// A picked file before it is added.
#[derive(Clone, Debug)]
pub struct PickedImage {
    pub path: PathBuf,
    pub size_bytes: u64,
    /// A thumbnail, or why the file is no image.
    pub thumbnail: std::result::Result<Picture, Explanation>,
}

/// What adding did.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct AddImagesReport {
    pub added: Vec<SampleId>,
    pub warnings: Vec<Warning>,
}

/// The side of the thumbnails shown before adding.
const PICKED_SIDE_PX: u32 = 128;

impl Workbench {
    /// Looks at picked files and folders: thumbnails and sizes of the images among them.
    ///
    /// # Errors
    /// On cancel.
    pub fn look_at_images(&self, paths: &[PathBuf], task: &Task) -> Result<Vec<PickedImage>> {
        let files = self.picked_files(paths, image_folder::is_image_name, task)?;
        let total = files.len() as u64;
        let done = std::sync::atomic::AtomicU64::new(0);
        task.report("adding-looking", 0, Some(total));
        files
            .into_par_iter()
            .map(|location| {
                task.check()?;
                let path = location.local_path()?.to_owned();
                let size_bytes = self.storage().facts(&location).map_or(0, |facts| facts.size_bytes);
                let thumbnail = self
                    .media_bytes(&location.to_uri())
                    .and_then(|bytes| Ok(image::thumbnail(&bytes, PICKED_SIDE_PX)?))
                    .map(|small| Picture { width_px: small.width, height_px: small.height, rgba: small.rgba.into() })
                    .map_err(|error| error.explain());
                let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                task.report("adding-looking", done, Some(total));
                Ok(PickedImage { path, size_bytes, thumbnail })
            })
            .collect()
    }

    /// Copies images into the input location, never over a file that is there, and adds them as unlabeled samples.
    ///
    /// # Errors
    /// If the input location cannot be written, or on cancel; what was copied until then stays.
    pub fn add_images(&self, dataset: DatasetId, paths: &[PathBuf], task: &Task) -> Result<AddImagesReport> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let input = Location::from_uri(&dataset.input)?;
        let mut copier = Copier::new(self.storage(), &input)?;
        let mut report = AddImagesReport::default();
        let mut samples = Vec::new();
        let files = self.picked_files(paths, image_folder::is_image_name, task)?;
        for (number, file) in files.iter().enumerate() {
            task.check()?;
            task.report("adding-copying", number as u64, Some(files.len() as u64));
            let copied = self
                .media_bytes(&file.to_uri())
                .and_then(|bytes| Ok(image::probe(&bytes)?))
                .and_then(|_| Ok(copier.copy(file, &task.cancel)?));
            let copied = match copied {
                Ok(copied) => copied,
                Err(error) if error.is_cancelled() => return Err(error),
                Err(error) => {
                    report.warnings.push(Warning::new(file.to_string(), error.explain()));
                    continue;
                }
            };
            let facts = self.storage().facts(&copied.location)?;
            let relative = copied.location.relative_to(&input).unwrap_or_else(|| copied.location.name());
            let (location, size_bytes, modified) = (copied.location, facts.size_bytes, facts.modified);
            let sample = file_sample(&dataset, &Entry { location, relative, size_bytes, modified }, self.now());
            report.added.push(sample.id);
            samples.push(unlabeled(sample));
        }
        self.catalog().receive_samples(dataset.id, &samples, OnKnown::KeepAnnotations)?;
        Ok(report)
    }

    /// The files among `paths` themselves, and those of the right names in the folders among them.
    pub(super) fn picked_files(
        &self,
        paths: &[PathBuf],
        is_wanted: fn(&[u8]) -> bool,
        task: &Task,
    ) -> Result<Vec<Location>> {
        let mut files = Vec::new();
        for path in paths {
            let location = Location::from_path(&std::path::absolute(path).unwrap_or_else(|_| path.clone()));
            if !path.is_dir() {
                files.push(location);
                continue;
            }
            let listing = self.storage().list(&location, &ListOptions::default(), &task.cancel, task.progress())?;
            let wanted = listing.files.into_iter().filter(|entry| is_wanted(&entry.relative));
            files.extend(wanted.map(|entry| entry.location));
        }
        Ok(files)
    }
}
