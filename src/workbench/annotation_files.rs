//! Annotation files that a manifest or a folder refers to.

use super::Workbench;
use crate::domain::{DatasetVersion, Explain, Explanation};
use crate::formats::manifest::ManifestRecord;
use crate::formats::objects::ImageObjects;
use crate::formats::voc::{self, Turned};
use crate::media::image::ImageInfo;
use crate::storage::{Location, SourceMap, resolve_source};

impl Workbench {
    /// Reads the files that say a record's objects into it. What cannot be read stays a reference, and the reason why
    /// is returned. `info` is of the record's image, to tell whether boxes are upright.
    pub(super) fn read_detection_files(
        &self,
        record: &mut ManifestRecord,
        place: &dyn Fn(&str) -> Option<Location>,
        info: Option<&ImageInfo>,
    ) -> Vec<Explanation> {
        let mut reasons = Vec::new();
        for file in record.take_detection_files() {
            let unreachable = || Explanation::bad_input("annotation-file-missing").with("file", file.location());
            let found = place(file.location()).ok_or_else(unreachable).and_then(|location| {
                let bytes =
                    self.storage().read(&location, Some(voc::MAX_FILE_BYTES)).map_err(|error| error.explain())?;
                voc::read(&bytes)
            });
            match found {
                Ok(found) => {
                    let mut image = found.image;
                    reasons.extend(found.reasons);
                    reasons.extend(info.and_then(|info| turn_upright(&mut image, info)));
                    record.attach(&file, image);
                }
                Err(reason) => {
                    reasons.push(reason);
                    record.foreign.push(file.into_value());
                }
            }
        }
        reasons
    }

    /// As [`Self::read_detection_files`], of a published version, whose files are ours and upright. A version that was
    /// moved as a whole is found by the names beside its manifest.
    pub(super) fn read_version_files(&self, version: &DatasetVersion, record: &mut ManifestRecord) -> Vec<Explanation> {
        let Ok(manifest) = Location::from_uri(&version.manifest) else { return Vec::new() };
        let folder = manifest.parent().unwrap_or(manifest);
        let place = |file: &str| {
            let said = resolve_source(file, &folder, &folder, &SourceMap::default()).ok().and_then(|found| found.place);
            let beside = || Some(folder.join(said.as_ref()?.name())).filter(|_| is_in_folder_of(file, version));
            said.clone().filter(|place| self.storage().is_file(place)).or_else(beside)
        };
        self.read_detection_files(record, &place, None)
    }
}

/// Whether a file's folder has the name of the version's.
pub(super) fn is_in_folder_of(file: &str, version: &DatasetVersion) -> bool {
    let folder = Location::from_uri(file).ok().and_then(|file| file.parent()).map(|folder| folder.name());
    folder.is_some_and(|folder| folder == version.name.as_str().as_bytes())
}

/// Turns the objects upright where the file's size says that they are not; says so, or that it cannot be told.
pub(super) fn turn_upright(image: &mut ImageObjects, info: &ImageInfo) -> Option<Explanation> {
    let shown = |[width, height]: [u32; 2]| format!("{width} × {height}");
    let said = image.size_px;
    let has_objects = image.objects.as_ref().is_some_and(|objects| !objects.is_empty());
    let turned = voc::to_upright(image, [info.width_px, info.height_px], info.orientation);
    match turned {
        _ if !has_objects => None,
        Turned::Upright => None,
        Turned::WasStored => Some(Explanation::bad_input("voc-turned")),
        Turned::Ambiguous => Some(Explanation::bad_input("voc-turned-ambiguous")),
        Turned::OtherSize => Some(
            Explanation::bad_input("voc-other-size")
                .with("said", said.map(shown).unwrap_or_default())
                .with("found", shown(image.size_px.unwrap_or_default())),
        ),
    }
}
