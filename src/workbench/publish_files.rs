//! What a version's folder holds beside its manifest: an annotation file for each image with objects, and the media
//! where they are asked for (guide 2.5, second layout).

use super::source_map::media_location;
use super::tree::probe;
use super::{Result, Workbench};
use crate::domain::{Cancel, Dataset, DatasetType, Media, Sample};
use crate::formats::detection::stem;
use crate::formats::manifest::ManifestRecord;
use crate::formats::objects::ImageObjects;
use crate::formats::voc::{self, Surroundings};
use crate::storage::{Copier, Location, SourceMap, display_bytes, is_content};
use rayon::prelude::*;
use std::collections::HashSet;

/// Annotation files written at once: each is made durable, which waits for the disk and not for the processor.
const FILES_AT_ONCE: usize = 64;

impl Workbench {
    /// Whether the next version holds copies of the media unless it is said otherwise: those of object detection do
    /// where a manifest brought samples.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn includes_media_by_default(&self, dataset: &Dataset) -> Result<bool> {
        Ok(dataset.kind == DatasetType::ObjectDetection && self.catalog().is_from_manifest(dataset.id)?)
    }
}

/// The files of a version being written.
pub(super) struct VersionFiles<'a> {
    workbench: &'a Workbench,
    folder: Location,
    map: SourceMap,
    kind: DatasetType,
    copier: Option<Copier>,
    cancel: &'a Cancel,
    /// Names of annotation files, in lower case: not every file system tells them apart.
    taken: HashSet<String>,
    pending: Vec<Pending>,
    written: Vec<Location>,
    /// Media that were to be copied and are not where their source says.
    pub not_copied: u64,
}

/// An annotation file that is yet to be written.
struct Pending {
    file: Location,
    image: ImageObjects,
    /// The name of the image's folder.
    folder: String,
    /// Where the image lies, if it can be reached.
    place: Option<Location>,
}

impl<'a> VersionFiles<'a> {
    pub fn new(
        workbench: &'a Workbench,
        dataset: &Dataset,
        folder: &Location,
        with_media: bool,
        cancel: &'a Cancel,
    ) -> Result<Self> {
        let copier = if with_media { Some(Copier::new(workbench.storage(), folder)?) } else { None };
        let map = workbench.storage_map(dataset.id)?;
        let (taken, pending, written, not_copied) = Default::default();
        let (folder, kind) = (folder.clone(), dataset.kind);
        Ok(Self { workbench, folder, map, kind, copier, cancel, taken, pending, written, not_copied })
    }

    /// Writes what belongs to a record, and makes it refer to it. Media that cannot be reached stay where they are.
    pub fn add(&mut self, record: &mut ManifestRecord, sample: &Sample) -> Result<()> {
        let place = self.map.place(&sample.source).map_or_else(|| media_location(&sample.source), Ok).ok();
        let mut name = place.as_ref().map_or_else(|| sample.name.clone(), |place| display_bytes(&place.name()));
        let reachable = place.clone().filter(|place| self.workbench.storage().is_file(place));
        self.not_copied += u64::from(self.copier.is_some() && reachable.is_none() && !is_content(&sample.source));
        if let (Some(copier), Some(place)) = (&mut self.copier, &reachable) {
            let copied = copier.copy(place, self.cancel)?;
            if copied.is_new {
                self.written.push(copied.location.clone());
            }
            name = display_bytes(&copied.location.name());
            record.origin = Some(std::mem::replace(&mut record.source, copied.location.to_uri()));
        }
        if self.kind != DatasetType::ObjectDetection || record.annotations.is_none() {
            return Ok(());
        }
        let file_name = self.free_name(stem(&name));
        let file = self.folder.join(&file_name);
        let Some(image) = record.detach(&file.to_uri(), &name, upright_size_px(&sample.media)) else { return Ok(()) };
        let above = place.and_then(|place| place.parent()).map(|folder| display_bytes(&folder.name()));
        self.pending.push(Pending { file, image, folder: above.unwrap_or_default(), place: reachable });
        if self.pending.len() >= FILES_AT_ONCE { self.flush() } else { Ok(()) }
    }

    fn free_name(&mut self, stem: &str) -> String {
        let mut name = format!("{stem}.xml");
        let mut number = 2_u32;
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{stem} ({number}).xml");
            number += 1;
        }
        name
    }

    /// Writes what is left. Call it before the manifest is put in place.
    pub fn flush(&mut self) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.written.extend(pending.iter().map(|one| one.file.clone()));
        let storage = self.workbench.storage();
        pending.into_par_iter().try_for_each(|Pending { file, mut image, folder, place }| {
            image.channels = place.and_then(|place| probe(storage, &place)).map(|info| info.channels);
            storage.write_new(&file, &voc::to_bytes(&image, Surroundings { folder: &folder }))
        })?;
        Ok(())
    }

    /// Removes everything that was written: nothing of a version that failed stays.
    pub fn take_back(self) {
        for file in &self.written {
            let _ = self.workbench.storage().remove_file(file);
        }
    }
}

/// Width and height of the upright image.
pub(super) fn upright_size_px(media: &Media) -> Option<[u32; 2]> {
    let (width, height) = (media.width_px?, media.height_px?);
    let is_turned = media.orientation.is_some_and(|orientation| orientation >= 5);
    Some(if is_turned { [height, width] } else { [width, height] })
}
