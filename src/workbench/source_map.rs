//! Where a bucket's files lie on this machine. A foreign `s3://` or `obs://` source stays what it is; a dataset's map
//! says which folder holds what a prefix of it names. What has no entry, or is not there, is media missing.

use super::sync::BATCH;
use super::{Error, Result, Task, Workbench};
use crate::domain::{DatasetId, Explanation, Sample, SampleId, TextOrigin};
use crate::storage::{Location, SourceMap, is_content};
use serde::Serialize;

/// One entry of a dataset's map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceMapping {
    /// `s3://bucket/photos/`: what sources begin with. It ends with a slash; one is added where it is missing.
    pub prefix: String,
    /// The folder on this machine that holds them: a URI or a path as typed; given back as a URI.
    pub folder: String,
}

impl Workbench {
    /// The dataset's map of foreign prefixes.
    ///
    /// # Errors
    /// If there is no such dataset.
    pub fn source_map(&self, dataset: DatasetId) -> Result<Vec<SourceMapping>> {
        let map = self.catalog().source_map(dataset)?;
        Ok(map.into_iter().map(|(prefix, folder)| SourceMapping { prefix, folder }).collect())
    }

    /// Replaces the map, and looks for the media of the dataset's foreign samples anew. Of two entries with one prefix
    /// the later one counts. Returns how many samples' media are missing now.
    ///
    /// # Errors
    /// `source-map-prefix` for a prefix that is no bucket's, `source-map-folder` for a folder that is not there.
    pub fn set_source_map(&self, dataset: DatasetId, map: &[SourceMapping], task: &Task) -> Result<u64> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for SourceMapping { prefix, folder } in map {
            let prefix = format!("{}/", prefix.trim().trim_end_matches('/'));
            if Location::from_uri(&prefix).map_or(true, |location| location.local_path().is_ok()) {
                return Err(Error::refused(Explanation::bad_input("source-map-prefix").with("prefix", prefix)));
            }
            let folder = Location::typed(folder)?;
            if !folder.local_path().is_ok_and(std::path::Path::is_dir) {
                return Err(Error::refused(Explanation::bad_input("source-map-folder").with("path", folder)));
            }
            pairs.retain(|(other, _)| *other != prefix);
            pairs.push((prefix, folder.to_uri()));
        }
        self.catalog().set_source_map(dataset, &pairs)?;
        self.look_for_foreign_media(dataset, task)
    }

    fn look_for_foreign_media(&self, dataset: DatasetId, task: &Task) -> Result<u64> {
        let map = self.storage_map(dataset)?;
        let mut foreign = self.catalog().sample_fingerprints(dataset)?;
        foreign.retain(|print| is_foreign(&print.source));
        let (total, mut missing) = (foreign.len() as u64, 0);
        for (number, batch) in foreign.chunks(BATCH).enumerate() {
            task.check()?;
            task.report("sync-saving", (number * BATCH) as u64, Some(total));
            let (mut gone, mut found): (Vec<SampleId>, Vec<SampleId>) = (Vec::new(), Vec::new());
            for print in batch {
                let is_there = map.place(&print.source).is_some_and(|place| self.storage().facts(&place).is_ok());
                missing += u64::from(!is_there);
                if is_there == print.missing {
                    if is_there { found.push(print.id) } else { gone.push(print.id) }
                }
            }
            self.catalog().mark_missing(dataset, &gone, true)?;
            self.catalog().mark_missing(dataset, &found, false)?;
            self.read_found_texts(dataset, &found, &map)?;
        }
        Ok(missing)
    }

    /// The map as storage takes it.
    pub(super) fn storage_map(&self, dataset: DatasetId) -> Result<SourceMap> {
        storage_map(self.catalog().source_map(dataset)?)
    }

    /// Where the media of a sample lie, whose dataset is not told: it is found by the sample's identity.
    pub(super) fn place_of_sample(&self, sample: &Sample) -> Result<Location> {
        let place = media_location(&sample.source)?;
        if !is_foreign(&sample.source) {
            return Ok(place);
        }
        let map = storage_map(self.catalog().source_maps_of(Some(sample.id))?)?;
        Ok(map.place(&sample.source).unwrap_or(place))
    }

    /// Where the media of a source lie, by whichever dataset's map knows it.
    pub(super) fn place_of_source(&self, source: &str) -> Result<Location> {
        let place = media_location(source)?;
        if !is_foreign(source) {
            return Ok(place);
        }
        Ok(storage_map(self.catalog().source_maps_of(None)?)?.place(source).unwrap_or(place))
    }
}

fn storage_map(pairs: Vec<(String, String)>) -> Result<SourceMap> {
    let locate = |(prefix, folder): (String, String)| Ok((prefix, Location::from_uri(&folder)?));
    Ok(SourceMap(pairs.into_iter().map(locate).collect::<Result<_>>()?))
}

/// Whether a source names something in a bucket.
pub(super) fn is_foreign(source: &str) -> bool {
    !is_content(source) && Location::from_uri(source).is_ok_and(|location| location.local_path().is_err())
}

/// Where a source lies by its own word; of a text that is a part of a file, that file.
pub(super) fn media_location(source: &str) -> Result<Location> {
    let stands_nowhere = || Err(Error::refused(Explanation::bad_input("media-is-text").with("source", source)));
    match TextOrigin::parse(source) {
        Some(TextOrigin::Inline(_)) => stands_nowhere(),
        Some(TextOrigin::Piece(file, _)) => Ok(Location::from_uri(&file)?),
        None if is_content(source) => stands_nowhere(),
        None => Ok(Location::from_uri(source)?),
    }
}
