//! Published versions of a dataset, and what differs between two of them.

use super::ids::{DatasetId, LabelId, VersionId};
use super::names::{Description, LabelName, VersionName};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where publishing stands. Only a normal version can be current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    Publishing,
    Normal,
    Failed,
}

/// A published version. It never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetVersion {
    pub id: VersionId,
    pub dataset: DatasetId,
    pub name: VersionName,
    pub description: Description,
    pub state: VersionState,
    /// URI of `…/annotation/V001/V001.manifest`.
    pub manifest: String,
    /// Samples in it, unlabeled ones included.
    pub files: u64,
    pub labeled: u64,
    /// Samples that the version before did not have.
    pub added: u64,
    /// Samples that only the version before had.
    pub removed: u64,
    /// Media that were to be copied into it and could not be reached.
    #[serde(default)]
    pub not_copied: u64,
    pub created: Timestamp,
    /// Why publishing failed, as an explanation's code and arguments.
    pub failure: Option<super::Explanation>,
    /// The labels as they were named then.
    pub labels: Vec<(LabelId, LabelName)>,
}

impl DatasetVersion {
    /// What somebody should know who has just published it.
    #[must_use]
    pub fn warning(&self) -> Option<super::Warning> {
        let reason = super::Explanation::bad_input("publish-not-copied").with("count", self.not_copied);
        (self.not_copied > 0).then(|| super::Warning::new(&self.manifest, reason))
    }
}

/// What a comparison needs to know of one line of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionLine {
    pub name: String,
    pub labels: BTreeSet<LabelId>,
    /// Everything else the line says of its annotations, as one comparable text.
    pub detail: String,
}

/// How a sample's labels changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SampleChange {
    pub name: String,
    pub before: Vec<LabelName>,
    pub after: Vec<LabelName>,
}

/// What differs between two versions of one dataset. A renamed label is one line here and no changed sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VersionDiff {
    pub samples_added: Vec<String>,
    pub samples_removed: Vec<String>,
    pub samples_changed: Vec<SampleChange>,
    pub labels_added: Vec<LabelName>,
    pub labels_removed: Vec<LabelName>,
    pub labels_renamed: Vec<(LabelName, LabelName)>,
}

/// One version as a comparison sees it: its labels' names and its lines by source URI.
#[derive(Clone, Debug, Default)]
pub struct VersionContent {
    pub labels: BTreeMap<LabelId, LabelName>,
    pub lines: BTreeMap<String, VersionLine>,
}

/// Compares two versions.
#[must_use]
pub fn diff(before: &VersionContent, after: &VersionContent) -> VersionDiff {
    let mut result = VersionDiff::default();
    for (id, name) in &before.labels {
        match after.labels.get(id) {
            None => result.labels_removed.push(name.clone()),
            Some(now) if now != name => result.labels_renamed.push((name.clone(), now.clone())),
            Some(_) => {}
        }
    }
    for (id, name) in &after.labels {
        if !before.labels.contains_key(id) {
            result.labels_added.push(name.clone());
        }
    }
    let names = |content: &VersionContent, line: &VersionLine| {
        line.labels.iter().filter_map(|id| content.labels.get(id).cloned()).collect::<Vec<_>>()
    };
    for (source, line) in &before.lines {
        match after.lines.get(source) {
            None => result.samples_removed.push(line.name.clone()),
            Some(now) if now.labels != line.labels || now.detail != line.detail => {
                result.samples_changed.push(SampleChange {
                    name: line.name.clone(),
                    before: names(before, line),
                    after: names(after, now),
                });
            }
            Some(_) => {}
        }
    }
    for (source, line) in &after.lines {
        if !before.lines.contains_key(source) {
            result.samples_added.push(line.name.clone());
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(labels: &[(LabelId, &str)], lines: &[(&str, &[LabelId])]) -> VersionContent {
        VersionContent {
            labels: labels.iter().map(|(id, name)| (*id, LabelName::new(name).expect("valid"))).collect(),
            lines: lines
                .iter()
                .map(|(name, labels)| {
                    let labels = labels.iter().copied().collect();
                    ((*name).to_owned(), VersionLine { name: (*name).to_owned(), labels, detail: String::new() })
                })
                .collect(),
        }
    }

    #[test]
    fn a_renamed_label_is_one_line() {
        let (cat, dog) = (LabelId::random(), LabelId::random());
        let before = content(&[(cat, "cat"), (dog, "dog")], &[("1.jpg", &[cat]), ("2.jpg", &[dog])]);
        let after = content(&[(cat, "kitten"), (dog, "dog")], &[("1.jpg", &[cat]), ("2.jpg", &[dog])]);
        let difference = diff(&before, &after);
        assert_eq!(difference.labels_renamed.len(), 1);
        assert!(difference.samples_changed.is_empty());
    }

    #[test]
    fn samples_are_added_removed_and_changed() {
        let (cat, dog) = (LabelId::random(), LabelId::random());
        let labels = [(cat, "cat"), (dog, "dog")];
        let before = content(&labels, &[("1.jpg", &[cat]), ("2.jpg", &[dog])]);
        let after = content(&labels, &[("1.jpg", &[dog]), ("3.jpg", &[])]);
        let difference = diff(&before, &after);
        assert_eq!(difference.samples_added, ["3.jpg"]);
        assert_eq!(difference.samples_removed, ["2.jpg"]);
        assert_eq!(difference.samples_changed.len(), 1);
        assert_eq!(difference.samples_changed[0].after[0].as_str(), "dog");
    }
}
