//! What an import would bring, read before it is asked for.

use super::import_objects::{known_format, recognised};
use super::import_texts::{known_text_format, recognised_texts};
use super::source_map::is_foreign;
use super::tree::FolderTree;
use super::{ImportSource, Result, Task, Workbench};
use crate::domain::{DatasetId, DatasetType, Warning};
use crate::formats::manifest::ManifestReader;
use crate::formats::{image_folder, voc};
use crate::storage::{ListOptions, Location, resolve_source};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::BufReader;
use std::ops::ControlFlow;

/// What an import would read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportPreview {
    /// The names of the labels that would come in, in alphabetical order.
    pub labels: Vec<String>,
    /// The formats that a folder of objects in images or of texts looks like, the likeliest first; it is read in that one unless
    /// another is named.
    pub recognised: Vec<&'static str>,
    /// Folders of buckets that a manifest's files lie in and that the dataset's map knows nothing of:
    /// `s3://bucket/photos/`.
    pub unmapped: Vec<String>,
    /// What would be put right or left out, by kind.
    pub warnings: Vec<WarningCount>,
}

/// How often something would be warned about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningCount {
    /// The first of them.
    pub first: Warning,
    pub count: u64,
}

/// Warnings counted by their codes, in the order in which they came.
fn counted(warnings: impl IntoIterator<Item = Warning>) -> Vec<WarningCount> {
    let mut counts: Vec<WarningCount> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for warning in warnings {
        let said = |name: &str| warning.reason.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        // A format tells the first ones of a kind, then how many more there are.
        if warning.reason.code == "format-more-warnings"
            && let Some(place) = said("code").and_then(|code| places.get(code.as_str()))
        {
            counts[*place].count += said("count").and_then(|count| count.parse::<u64>().ok()).unwrap_or(1);
            continue;
        }
        match places.get(warning.reason.code.as_ref()) {
            Some(place) => counts[*place].count += 1,
            None => {
                places.insert(warning.reason.code.to_string(), counts.len());
                counts.push(WarningCount { first: warning, count: 1 });
            }
        }
    }
    counts
}

impl Workbench {
    /// What an import from this source would bring.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub fn import_preview(&self, dataset: DatasetId, source: &ImportSource, task: &Task) -> Result<ImportPreview> {
        let kind = self.dataset_by_id(dataset)?.dataset.kind;
        match source {
            ImportSource::Folder(folder) if kind == DatasetType::ObjectDetection => {
                self.preview_of_objects(None, folder, task)
            }
            ImportSource::Folder(folder) if kind.is_text() => self.preview_of_texts(kind, None, folder, task),
            ImportSource::Format { name, folder } if kind.is_text() => {
                self.preview_of_texts(kind, Some(name), folder, task)
            }
            ImportSource::Format { name, folder } => self.preview_of_objects(Some(name), folder, task),
            ImportSource::Folder(folder) => {
                let options = ListOptions { excluded: self.published_folders()?, ..ListOptions::default() };
                let listing =
                    self.storage().list(&Location::typed(folder)?, &options, &task.cancel, task.progress())?;
                let reading = image_folder::read(listing.files.iter().map(|entry| entry.relative.as_slice()));
                let names: BTreeSet<String> = reading.labels.iter().map(ToString::to_string).collect();
                let warnings = counted(listing.warnings.into_iter().chain(reading.warnings));
                Ok(ImportPreview { labels: names.into_iter().collect(), warnings, ..ImportPreview::default() })
            }
            ImportSource::Manifest(manifest) => self.preview_of_manifest(dataset, kind, manifest, task),
        }
    }

    fn preview_of_objects(&self, name: Option<&str>, folder: &str, task: &Task) -> Result<ImportPreview> {
        let named = name.map(known_format).transpose()?;
        let tree = self.folder_tree(&Location::typed(folder)?, task)?;
        let found: Vec<_> = recognised(&tree).collect();
        let format = named.or_else(|| found.first().copied()).unwrap_or(&voc::FORMAT);
        let reading = (format.read)(&tree, &mut |_| match task.check() {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })?;
        task.check()?;
        let mut labels = reading.labels;
        labels.sort_unstable();
        Ok(ImportPreview {
            labels,
            recognised: found.iter().map(|format| format.name).collect(),
            warnings: counted(tree.warnings.iter().cloned().chain(reading.warnings)),
            ..ImportPreview::default()
        })
    }

    fn preview_of_texts(
        &self,
        kind: DatasetType,
        name: Option<&str>,
        from: &str,
        task: &Task,
    ) -> Result<ImportPreview> {
        let named = name.map(known_text_format).transpose()?;
        let tree = FolderTree::new(self.storage(), self.list_texts(&Location::typed(from)?, task)?);
        let found: Vec<_> = recognised_texts(&tree, kind).collect();
        let (mut labels, mut warnings) = (Vec::new(), tree.warnings.clone());
        if let Some(format) = named.or_else(|| found.first().copied()) {
            let reading = (format.read)(&tree, &mut |_| match task.check() {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })?;
            task.check()?;
            labels = reading.labels;
            labels.sort_unstable();
            warnings.extend(reading.warnings);
        }
        let recognised = found.iter().map(|format| format.name).collect();
        Ok(ImportPreview { labels, recognised, warnings: counted(warnings), ..ImportPreview::default() })
    }

    fn preview_of_manifest(
        &self,
        dataset: DatasetId,
        kind: DatasetType,
        manifest: &str,
        task: &Task,
    ) -> Result<ImportPreview> {
        let location = Location::typed(manifest)?;
        let (folder, map) = (location.parent().unwrap_or_else(|| location.clone()), self.storage_map(dataset)?);
        let (mut names, buckets) = (BTreeSet::new(), RefCell::new(Buckets::default()));
        let place = |file: &str| {
            let found = resolve_source(file, &folder, &folder, &map).ok()?;
            if found.place.is_none() {
                buckets.borrow_mut().add(&found.uri);
            }
            found.place
        };
        let reader = BufReader::with_capacity(1 << 18, self.storage().open(&location)?);
        let mut warnings = Vec::new();
        for line in ManifestReader::new(reader, location.to_string()) {
            task.check()?;
            let line = line?;
            warnings.extend(line.warnings);
            if let Some(mut record) = line.record.filter(|record| record.fits(kind)) {
                place(&record.source);
                let reasons = self.read_detection_files(&mut record, &place, None);
                warnings.extend(reasons.into_iter().map(|reason| Warning::new(&record.source, reason)));
                names.extend(record.label_names().map(str::to_owned));
            }
        }
        let unmapped = buckets.into_inner().0.into_values().collect();
        let (labels, warnings) = (names.into_iter().collect(), counted(warnings));
        Ok(ImportPreview { labels, unmapped, warnings, ..ImportPreview::default() })
    }
}

/// For each bucket the folder that all files seen in it lie below.
#[derive(Default)]
struct Buckets(BTreeMap<String, String>);

impl Buckets {
    fn add(&mut self, uri: &str) {
        let Some((scheme, rest)) = uri.split_once("://").filter(|_| is_foreign(uri)) else { return };
        let Some((bucket, key)) = rest.split_once('/') else { return };
        let root = format!("{scheme}://{bucket}/");
        let folder = key.rsplit_once('/').map_or_else(|| root.clone(), |(folder, _)| format!("{root}{folder}/"));
        let common = self.0.entry(root).or_insert_with(|| folder.clone());
        while !folder.starts_with(common.as_str()) {
            let above = common.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
            common.truncate(above);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Buckets, counted};
    use crate::domain::{Explanation, Warning};

    #[test]
    fn warnings_are_counted_by_kind() {
        let warning = |source: &str, code: &'static str| Warning::new(source, Explanation::bad_input(code));
        let more = Explanation::bad_input("format-more-warnings").with("count", 7).with("code", "voc-size");
        let told = vec![warning("a", "voc-size"), warning("b", "voc-xml"), warning("c", "voc-size")];
        let counts = counted(told.into_iter().chain([Warning::new("a", more)]));
        let counts: Vec<_> = counts.iter().map(|kind| (kind.first.source.as_str(), kind.count)).collect();
        assert_eq!(counts, [("a", 9), ("b", 1)]);
    }

    #[test]
    fn the_folder_that_a_buckets_files_share_is_found() {
        let shared = |uris: &[&str]| -> Vec<String> {
            let mut buckets = Buckets::default();
            for uri in uris {
                buckets.add(uri);
            }
            buckets.0.into_values().collect()
        };
        assert_eq!(shared(&["s3://b/photos/a.jpg", "s3://b/photos/x/b.jpg"]), ["s3://b/photos/"]);
        assert_eq!(
            shared(&["s3://b/photos/a.jpg", "s3://b/photographs/b.jpg", "obs://c/a.jpg"]),
            ["obs://c/", "s3://b/"]
        );
        assert_eq!(shared(&["file:///a/b.jpg", "content://text", "s3://b"]), [""; 0]);
    }
}
