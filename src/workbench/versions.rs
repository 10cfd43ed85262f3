//! Managing versions (guide 2.6).

use super::edits::next_label;
use super::sync::BATCH;
use super::text_records::{InlineTexts, placement_of};
use super::{Error, Result, Task, Workbench};
use crate::catalog::{Replacement, Replacing};
use crate::domain::query::IncomingSample;
use crate::domain::text::beginning;
use crate::domain::version::{VersionContent, VersionDiff, VersionLine, diff};
use crate::domain::{
    AnnotationBody, Dataset, DatasetId, DatasetVersion, EntryId, Explain, Explanation, Label, LabelId, LabelName,
    VersionState,
};
use crate::formats::manifest::{IncomingContext, ManifestReader, ManifestRecord, PublishedLabels, to_incoming};
use crate::storage::Location;
use std::collections::{BTreeSet, HashSet};
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
        // Read it to its end first: a damaged manifest must change nothing.
        let mut lines = 0;
        self.each_whole_record(&version, &mut |_| {
            lines += 1;
            if lines % 1_000 == 0 {
                task.report("version-reading", lines, Some(version.files));
            }
            task.check()
        })?;
        let replacement = Replacement { version: version.id, labels: &labels };
        let context = self.edit_context();
        let mut replacing = self.catalog().begin_replacement(dataset.id, replacement, &context, &self.inner.client)?;
        let entry = replacing.entry();
        let replaced = self
            .replace_samples(&dataset, &version, &labels, &mut replacing, task)
            .and_then(|()| Ok(replacing.finish()?));
        if let Err(error) = replaced {
            self.take_back(dataset.id, entry);
            return Err(error);
        }
        Ok(())
    }

    fn replace_samples(
        &self,
        dataset: &Dataset,
        version: &DatasetVersion,
        labels: &[Label],
        replacing: &mut Replacing<'_>,
        task: &Task,
    ) -> Result<()> {
        let input = Location::from_uri(&dataset.input)?;
        let label = |name: &str, id: Option<LabelId>| {
            let by_id = id.filter(|id| labels.iter().any(|label| label.id == *id));
            by_id.or_else(|| labels.iter().find(|label| label.name.as_str() == name).map(|label| label.id))
        };
        let context = IncomingContext { kind: dataset.kind, now: self.now(), label: &label };
        let mut records: Vec<ManifestRecord> = Vec::new();
        let mut done = 0;
        let mut put = |records: &mut Vec<ManifestRecord>| -> Result<()> {
            task.check()?;
            task.report("version-saving", done, Some(version.files));
            done += records.len() as u64;
            let sources: Vec<&str> = records.iter().map(|record| record.source.as_str()).collect();
            let known = self.catalog().samples_at(dataset.id, &sources)?;
            let samples: Vec<IncomingSample> = std::iter::zip(records.drain(..), known)
                .map(|(record, known)| {
                    let mut placement = placement_of(dataset, &input, &record);
                    // A sample that was renamed since, or came another way, keeps the identity it has here.
                    placement.id = known.unwrap_or(placement.id);
                    let mut incoming = to_incoming(record, placement, &context, &mut Vec::new());
                    if dataset.kind.is_text() {
                        self.complete_text(dataset, &mut incoming, known);
                    }
                    incoming
                })
                .collect();
            Ok(replacing.samples(&samples)?)
        };
        self.each_whole_record(version, &mut |record| {
            records.push(record);
            if records.len() >= BATCH { put(&mut records) } else { Ok(()) }
        })?;
        put(&mut records)
    }

    /// Undoes what was cut off or failed halfway, unless this client has edited since.
    fn take_back(&self, dataset: DatasetId, entry: EntryId) {
        let undone = self.undo_state(dataset).and_then(|(next, _)| {
            if next.is_some_and(|next| next.id == entry) { self.undo(dataset).map(drop) } else { Ok(()) }
        });
        if let Err(error) = undone {
            tracing::warn!("what was done of the version stays and can be undone: {error}");
        }
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

    /// As [`Self::each_record`], with the objects that stand in files of their own.
    ///
    /// # Errors
    /// As there; also if one of those files is missing or damaged.
    pub(super) fn each_whole_record(
        &self,
        version: &DatasetVersion,
        each: &mut dyn FnMut(ManifestRecord) -> Result<()>,
    ) -> Result<()> {
        self.each_record(version, &mut |mut record| {
            if record.has_detection_files() {
                let known = record.foreign.len();
                let reasons = self.read_version_files(version, &mut record);
                // A reference to elsewhere that could not be read when it came is kept as it is; a file of this
                // version that is gone means that the version was damaged.
                if record.foreign[known..].iter().any(|value| is_of_version(value, version)) {
                    let cause = reasons.first().map_or_else(String::new, |reason| reason.code.to_string());
                    let path = &version.manifest;
                    let damaged = Explanation::failure("version-damaged").with("cause", cause).with("path", path);
                    return Err(Error::refused(damaged));
                }
            }
            each(record)
        })
    }

    /// Reads a published manifest. It is ours: a line that is broken means that the file was damaged. The source of a
    /// sample whose media the version holds a copy of is the one it was copied from; of a text that stands in the
    /// manifest, it says which text it is.
    fn each_record(&self, version: &DatasetVersion, each: &mut dyn FnMut(ManifestRecord) -> Result<()>) -> Result<()> {
        let location = Location::from_uri(&version.manifest)?;
        let reader = BufReader::with_capacity(1 << 18, self.storage().open(&location)?);
        let mut texts = InlineTexts::default();
        for line in ManifestReader::new(reader, location.to_string()) {
            let line = line?;
            let Some(mut record) = line.record else {
                let cause = line.warnings.first().map_or_else(String::new, |warning| warning.source.clone());
                let damaged = Explanation::failure("version-damaged").with("cause", cause).with("path", location);
                return Err(Error::refused(damaged));
            };
            if !texts.place(&mut record)
                && let Some(origin) = record.origin.take()
            {
                record.source = origin;
            }
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
        self.each_whole_record(version, &mut |record| {
            let mut line = VersionLine { name: record.source.clone(), labels: BTreeSet::new(), detail: String::new() };
            if let Some(text) = &record.text {
                line.name = beginning(text);
            } else if let Ok(place) = Location::from_uri(&record.source)
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
                let body = match &annotation.body {
                    // What it covers, older versions do not say.
                    AnnotationBody::Entity { start, end, .. } => format!("{start} {end}"),
                    body => format!("{body:?}"),
                };
                details.push(format!("{body} {:?} {:?}", annotation.hard, annotation.properties));
            }
            details.sort();
            line.detail = details.join("\n");
            content.lines.insert(record.source, line);
            Ok(())
        })?;
        Ok(content)
    }
}

/// Whether an annotation refers to a file in the version's folder, wherever that lies now.
fn is_of_version(annotation: &serde_json::Value, version: &DatasetVersion) -> bool {
    let file = annotation.get("annotation-loc").and_then(serde_json::Value::as_str);
    file.is_some_and(|file| super::annotation_files::is_in_folder_of(file, version))
}
