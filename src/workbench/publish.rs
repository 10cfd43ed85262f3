//! Publishing a version (guide 2.5): `{Dataset}-{id}/annotation/V001/V001.manifest` under the output location.

use super::error::unless_failed;
use super::pictures::FILE_LIMIT_BYTES;
use super::publish_files::VersionFiles;
use super::source_map::media_location;
use super::text_records::write_into;
use super::{Error, Result, Task, Workbench};
use crate::catalog::OfAMoment;
use crate::domain::query::SampleRow;
use crate::domain::{
    Dataset, DatasetId, DatasetType, DatasetVersion, Description, Explain, Explanation, Label, LabelId, LabelName,
    Media, SampleId, SampleState, TextOrigin, VersionId, VersionName, VersionState,
};
use crate::formats::manifest::{ManifestWriter, PublishedLabels, to_record};
use crate::media::image;
use crate::storage::{Doing, IfExists, Location, SourceMap, StorageError};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::ops::ControlFlow;

/// What to publish as.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishRequest {
    /// `None`: the next of V001, V002, ….
    pub version: Option<String>,
    pub description: String,
    /// Whether the version holds copies of the media; `None`: see [`Workbench::includes_media_by_default`].
    pub include_media: Option<bool>,
}

impl Workbench {
    /// Publishes the working state as a new version, which becomes the current one. Written beside and put in place
    /// at the end; a failure leaves a *failed* version and no file.
    ///
    /// # Errors
    /// If the name is taken or breaks a rule, if nothing is there to publish, if the output cannot be written, or on
    /// cancel.
    pub fn publish(&self, dataset: DatasetId, request: &PublishRequest, task: &Task) -> Result<DatasetVersion> {
        let summary = self.dataset_by_id(dataset)?;
        let dataset = summary.dataset;
        let output = Location::from_uri(&dataset.output)?;
        let name = request.version.as_deref().map(VersionName::new).transpose()?;
        let description = Description::new(&request.description)?;
        if summary.counts.total == 0 {
            return Err(Error::refused(Explanation::bad_input("dataset-empty").with("dataset", &dataset.name)));
        }
        let before = self.catalog().versions(dataset.id)?.into_iter().find(|v| v.state == VersionState::Normal);
        let id = VersionId::random();
        // Held as long as we live: another process that opens the workspace tells a running publication from one that
        // was cut off by it.
        let lock = File::create(self.publish_lock(id)).and_then(|lock| lock.lock().map(|()| lock));
        let _lock = lock.map_err(|cause| Error::Workspace { path: self.publish_lock(id), cause })?;
        let mut version = self.catalog().reserve_next_version(dataset.id, name, |name| DatasetVersion {
            id,
            dataset: dataset.id,
            manifest: version_folder(&output, &dataset, &name).join(format!("{name}.manifest")).to_uri(),
            name,
            description,
            state: VersionState::Publishing,
            files: 0,
            labeled: 0,
            added: 0,
            removed: 0,
            not_copied: 0,
            created: self.now(),
            failure: None,
            labels: Vec::new(),
        })?;
        let with_media = request.include_media.map_or_else(|| self.includes_media_by_default(&dataset), Ok);
        let written = with_media
            .and_then(|with_media| self.write_version(&dataset, &mut version, before.as_ref(), with_media, task));
        match &written {
            Ok(()) => version.state = VersionState::Normal,
            Err(error) => {
                version.state = VersionState::Failed;
                version.failure = Some(error.explain());
            }
        }
        self.catalog().update_version(&version)?;
        let _ = std::fs::remove_file(self.publish_lock(id));
        written?;
        self.catalog().set_current_version(dataset.id, version.id)?;
        Ok(version)
    }

    /// The name the next version gets by default.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn next_version_name(&self, dataset: DatasetId) -> Result<String> {
        Ok(self.catalog().next_version_name(dataset)?.to_string())
    }

    fn publish_lock(&self, version: VersionId) -> std::path::PathBuf {
        self.folder().join("jobs").join(format!("publish-{version}.lock"))
    }

    /// Whether a process that lives works on the version.
    pub(super) fn is_being_published(&self, version: &DatasetVersion) -> Result<bool> {
        let path = self.publish_lock(version.id);
        match File::open(&path) {
            Ok(file) => Ok(file.try_lock().is_err()),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(Error::Workspace { path, cause }),
        }
    }

    /// Writes manifest and label list, and counts. The manifest is put in place last: where it is, the version is
    /// whole.
    fn write_version(
        &self,
        dataset: &Dataset,
        version: &mut DatasetVersion,
        before: Option<&DatasetVersion>,
        with_media: bool,
        task: &Task,
    ) -> Result<()> {
        let storage = self.storage();
        let folder = version_folder(&Location::from_uri(&dataset.output)?, dataset, &version.name);
        let mut earlier = match before {
            Some(before) => self.sources_of(before)?,
            None => HashSet::new(),
        };
        let facts = self.read_media(dataset, task)?;
        storage.ensure_folder(&folder)?;
        let list_location = folder.join(PublishedLabels::file_name(&version.name));
        let manifest = Location::from_uri(&version.manifest)?;
        let mut has_list = false;
        let mut files = VersionFiles::new(self, dataset, &folder, with_media, &task.cancel)?;
        let written = storage.write_atomically(&manifest, IfExists::Refuse, |out| -> Result<()> {
            let mut writer = ManifestWriter::new(out);
            let mut failure = None;
            let mut labels: Vec<Label> = Vec::new();
            let mut names: HashMap<LabelId, LabelName> = HashMap::new();
            let mut total = 0;
            // Labels and samples of one moment: what others do meanwhile is in the next version, or whole in this one.
            self.catalog().each_of_a_moment(dataset.id, &mut |what| {
                let (mut row, text) = match what {
                    OfAMoment::Labels(found, counts) => {
                        names = found.iter().map(|label| (label.id, label.name.clone())).collect();
                        (labels, total) = (found, counts.total);
                        return ControlFlow::Continue(());
                    }
                    OfAMoment::Sample(row, text) => (*row, text),
                };
                if let Some(media) = facts.get(&row.sample.id) {
                    row.sample.media = media.clone();
                }
                let SampleRow { sample, state, usage, annotations, .. } = &row;
                let label_name = |id: LabelId| names.get(&id).cloned();
                let mut record = to_record(sample, *state, *usage, annotations, dataset.kind, &label_name);
                let stands_here = text.is_some_and(|text| write_into(&mut record, &text));
                let added = if stands_here { Ok(()) } else { files.add(&mut record, sample) };
                let result = added.and_then(|()| {
                    let written = writer.write(&record);
                    written.map_err(|cause| StorageError::from_io(cause, &manifest, Doing::Writing).into())
                });
                version.files += 1;
                version.labeled += u64::from(*state == SampleState::Labeled);
                version.added += u64::from(!earlier.remove(&sample.source));
                if version.files.is_multiple_of(500) {
                    task.report("publish-writing", version.files, Some(total));
                }
                unless_failed(result.and_then(|()| task.check()), &mut failure)
            })?;
            if let Some(error) = failure {
                return Err(error);
            }
            files.flush()?;
            let finished = writer.finish();
            finished.map_err(|cause| StorageError::from_io(cause, &manifest, Doing::Writing))?;
            let list = PublishedLabels::new(dataset.id, version.name.clone(), &labels);
            version.labels = labels.into_iter().map(|label| (label.id, label.name)).collect();
            storage.write_new(&list_location, &list.to_bytes())?;
            has_list = true;
            Ok(())
        });
        if let Err(error) = written {
            // Nothing of a version that failed stays.
            files.take_back();
            if has_list {
                let _ = storage.remove_file(&list_location);
            }
            return Err(error);
        }
        version.removed = earlier.len() as u64;
        version.not_copied = files.not_copied;
        Ok(())
    }

    /// Size, hash and image facts of the samples whose media changed since they were read last, so that training can
    /// say what no longer matches. Media that cannot be read are published without a hash.
    fn read_media(&self, dataset: &Dataset, task: &Task) -> Result<HashMap<SampleId, Media>> {
        let map = self.storage_map(dataset.id)?;
        let mut stale = Vec::new();
        self.catalog().each_of_a_moment(dataset.id, &mut |what| {
            let OfAMoment::Sample(row, _) = what else { return ControlFlow::Continue(()) };
            let media = &row.sample.media;
            // The catalog holds the text itself.
            if TextOrigin::parse(&row.sample.source).is_some() {
                return ControlFlow::Continue(());
            }
            // Annotation files say the image's size.
            let lacks_size = dataset.kind == DatasetType::ObjectDetection && media.width_px.is_none();
            if lacks_size || media.hash.is_none() || media.modified.is_none() || self.has_changed(&row, &map) {
                stale.push((row.sample.id, row.sample.source));
            }
            ControlFlow::Continue(())
        })?;
        let total = stale.len() as u64;
        let mut facts = HashMap::new();
        for (number, batch) in stale.chunks(super::sync::BATCH / 10).enumerate() {
            task.check()?;
            task.report("publish-hashing", (number * batch.len()) as u64, Some(total));
            let read: Vec<(SampleId, Media)> =
                batch.par_iter().filter_map(|(id, source)| Some((*id, self.media_facts(source, &map).ok()?))).collect();
            self.catalog().set_media_of(dataset.id, &read)?;
            facts.extend(read);
        }
        Ok(facts)
    }

    fn has_changed(&self, row: &SampleRow, map: &SourceMap) -> bool {
        let Ok(location) = place(&row.sample.source, map) else { return false };
        self.storage().facts(&location).is_ok_and(|facts| {
            Some(facts.size_bytes) != row.sample.media.size_bytes || facts.modified != row.sample.media.modified
        })
    }

    fn media_facts(&self, source: &str, map: &SourceMap) -> Result<Media> {
        let location = place(source, map)?;
        let file = self.storage().facts(&location)?;
        let bytes = self.storage().read(&location, Some(FILE_LIMIT_BYTES))?;
        let info = image::probe(&bytes).ok();
        Ok(Media {
            size_bytes: Some(bytes.len() as u64),
            modified: file.modified,
            hash: Some(blake3::hash(&bytes).to_hex().to_string()),
            width_px: info.as_ref().map(|info| info.width_px),
            height_px: info.as_ref().map(|info| info.height_px),
            orientation: info.as_ref().map(|info| info.orientation),
            missing: false,
        })
    }
}

/// Where a sample's media lie, for a dataset with this map.
fn place(source: &str, map: &SourceMap) -> Result<Location> {
    map.place(source).map_or_else(|| media_location(source), Ok)
}

/// Where a version's files lie under the output location (guide 2.5).
fn version_folder(output: &Location, dataset: &Dataset, version: &VersionName) -> Location {
    output.join(&dataset.folder).join("annotation").join(version.as_str())
}
