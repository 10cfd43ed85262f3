//! Managing versions (guide 2.6).

use super::edits::next_label;
use super::{Error, Result, Task, Workbench};
use crate::catalog::Replacement;
use crate::domain::query::IncomingSample;
use crate::domain::version::{VersionContent, VersionDiff, VersionLine, diff};
use crate::domain::{
    Dataset, DatasetId, DatasetVersion, Explain, Explanation, Label, LabelId, LabelName, SampleId, VersionState,
};
use crate::formats::manifest::{
    IncomingContext, ManifestReader, ManifestRecord, Placement, PublishedLabels, to_incoming,
};
use crate::storage::{Location, is_content};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::BufReader;

impl Workbench {
    /// All versions, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn versions(&self, dataset: DatasetId) -> Result<Vec<DatasetVersion>> {
        Ok(self.catalog().versions(dataset)?)
    }

    /// The version of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn version(&self, dataset: DatasetId, name: &str) -> Result<DatasetVersion> {
        let found = self.catalog().version_by_name(dataset, name)?;
        found.ok_or_else(|| Error::refused(Explanation::bad_input("version-unknown").with("name", name)))
    }

    /// Replaces the working membership and labels by those of a version, as one step that can be undone.
    ///
    /// # Errors
    /// If the version is not normal or its manifest cannot be read.
    pub fn set_current_version(&self, dataset: DatasetId, name: &str, task: &Task) -> Result<()> {
        let version = self.version(dataset, name)?;
        if version.state != VersionState::Normal {
            return Err(Error::refused(Explanation::bad_input("version-not-normal").with("name", name)));
        }
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let labels = self.labels_of_version(&dataset, &version)?;
        let known: HashMap<String, SampleId> =
            self.catalog().sample_fingerprints(dataset.id)?.into_iter().map(|print| (print.source, print.id)).collect();
        let input = Location::from_uri(&dataset.input)?;
        let label = |name: &str, id: Option<LabelId>| {
            let by_id = id.filter(|id| labels.iter().any(|label| label.id == *id));
            by_id.or_else(|| labels.iter().find(|label| label.name.as_str() == name).map(|label| label.id))
        };
        let context = IncomingContext { kind: dataset.kind, now: self.now(), label: &label };
        let mut samples: Vec<IncomingSample> = Vec::new();
        self.each_record(&version, &mut |record| {
            task.report("version-reading", samples.len() as u64, Some(version.files));
            let relative = if is_content(&record.source) {
                None
            } else {
                Location::from_uri(&record.source).ok().and_then(|place| place.relative_to(&input))
            };
            let mut placement = Placement::file(dataset.id, &record.source, relative.as_deref());
            // A sample that was renamed since, or came another way, keeps the identity it has here.
            if let Some(id) = known.get(&record.source) {
                placement.id = *id;
            }
            samples.push(to_incoming(record, placement, &context, &mut Vec::new()));
            task.check()
        })?;
        task.report("version-saving", 0, None);
        let replacement = Replacement { version: version.id, labels: &labels, samples: &samples };
        self.catalog().replace_working_state(dataset.id, &replacement, &self.edit_context(), &self.inner.client)?;
        Ok(())
    }

    /// Removes the entry; its files stay, and its name is never used again.
    ///
    /// # Errors
    /// If it is the current version, or there is none of the name.
    pub fn delete_version(&self, dataset: DatasetId, name: &str) -> Result<()> {
        let version = self.version(dataset, name)?;
        if self.dataset_by_id(dataset)?.dataset.current_version == Some(version.id) {
            return Err(Error::refused(Explanation::bad_input("version-current").with("version", name)));
        }
        Ok(self.catalog().delete_version(version.id)?)
    }

    /// What changed from one version to another.
    ///
    /// # Errors
    /// If a manifest cannot be read.
    pub fn diff_versions(&self, dataset: DatasetId, before: &str, after: &str) -> Result<VersionDiff> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let content = |name: &str| self.content_of(&dataset, &self.version(dataset.id, name)?);
        Ok(diff(&content(before)?, &content(after)?))
    }

    /// The sources of a version's samples.
    pub(super) fn sources_of(&self, version: &DatasetVersion) -> Result<HashSet<String>> {
        let mut sources = HashSet::new();
        self.each_record(version, &mut |record| {
            sources.insert(record.source);
            Ok(())
        })?;
        Ok(sources)
    }

    /// Whether a version holds one of these sources. A version that cannot be read holds none.
    pub(super) fn version_holds(&self, version: &DatasetVersion, sources: &HashSet<String>) -> bool {
        self.sources_of(version).is_ok_and(|held| sources.iter().any(|source| held.contains(source)))
    }

    /// Reads a published manifest. It is ours: a line that is broken means that the file was damaged.
    fn each_record(&self, version: &DatasetVersion, each: &mut dyn FnMut(ManifestRecord) -> Result<()>) -> Result<()> {
        let location = Location::from_uri(&version.manifest)?;
        let reader = BufReader::with_capacity(1 << 18, self.storage().open(&location)?);
        for line in ManifestReader::new(reader, location.to_string()) {
            let line = line?;
            let Some(record) = line.record else {
                let cause = line.warnings.first().map_or_else(String::new, |warning| warning.source.clone());
                let damaged = Explanation::failure("version-damaged").with("cause", cause).with("path", location);
                return Err(Error::refused(damaged));
            };
            each(record)?;
        }
        Ok(())
    }

    /// The labels of a version as they were then; those that are still here keep colour and key of today.
    fn labels_of_version(&self, dataset: &Dataset, version: &DatasetVersion) -> Result<Vec<Label>> {
        let today: Vec<Label> = self.labels(dataset.id)?.into_iter().map(|count| count.label).collect();
        let manifest = Location::from_uri(&version.manifest)?;
        let list = manifest.parent().unwrap_or(manifest).join(PublishedLabels::file_name(&version.name));
        let published = self
            .storage()
            .read(&list, None)
            .map_err(Error::from)
            .and_then(|bytes| Ok(PublishedLabels::from_bytes(&bytes, &list.to_string())?));
        let named: Vec<(LabelId, LabelName, Option<crate::domain::Color>)> = match published {
            Ok(published) => published.labels.into_iter().map(|l| (l.id, l.name, Some(l.color))).collect(),
            Err(error) => {
                tracing::warn!("the label list is read from the catalog: {}", error.explain().code);
                version.labels.iter().map(|(id, name)| (*id, name.clone(), None)).collect()
            }
        };
        let mut labels: Vec<Label> = Vec::new();
        for (id, name, color) in named {
            let known = today.iter().find(|label| label.id == id);
            let mut label = match known {
                Some(known) => Label { name, ..known.clone() },
                None => Label { id, ..next_label(&labels, name, color) },
            };
            if labels.iter().any(|other| other.key == label.key) {
                label.key = crate::domain::label::free_key(&labels);
            }
            label.position = u32::try_from(labels.len()).unwrap_or(u32::MAX);
            labels.push(label);
        }
        Ok(labels)
    }

    fn content_of(&self, dataset: &Dataset, version: &DatasetVersion) -> Result<VersionContent> {
        let labels = version.labels.iter().cloned().collect();
        let mut content = VersionContent { labels, ..VersionContent::default() };
        let input = Location::from_uri(&dataset.input)?;
        self.each_record(version, &mut |record| {
            let mut line = VersionLine { name: record.source.clone(), labels: BTreeSet::new(), detail: String::new() };
            if let Ok(place) = Location::from_uri(&record.source)
                && let Some(relative) = place.relative_to(&input)
            {
                line.name = crate::storage::display_bytes(&relative);
            }
            let mut details = vec![format!("{:?}", record.usage)];
            for annotation in record.annotations.iter().flatten() {
                let by_name = || {
                    let name = annotation.name.as_deref()?;
                    version.labels.iter().find(|(_, known)| known.as_str() == name).map(|(id, _)| *id)
                };
                line.labels.extend(annotation.label_id.or_else(by_name));
                details.push(format!("{:?} {:?} {:?}", annotation.body, annotation.hard, annotation.properties));
            }
            details.sort();
            line.detail = details.join("\n");
            content.lines.insert(record.source, line);
            Ok(())
        })?;
        Ok(content)
    }
}
