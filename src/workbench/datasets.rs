//! Creating, listing, modifying and deleting datasets (guide 2.2, 2.7, 2.8).

use super::edits::next_label;
use super::source_map::media_location;
use super::{Error, Result, Workbench};
use crate::domain::label::Color;
use crate::domain::query::{DatasetSummary, LabelCount};
use crate::domain::traits::Silent;
use crate::domain::{
    Cancel, Dataset, DatasetId, DatasetName, DatasetType, Description, Explanation, Label, LabelName, ShapeKind,
    TextSplit,
};
use crate::storage::{DatasetMarker, ListOptions, Location, TrashOrigin, read_marker, write_marker};
use std::collections::HashSet;

/// A label of a new dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewLabel {
    pub name: String,
    /// `None`: the next colour of the palette.
    pub color: Option<Color>,
}

/// What the form for a new dataset holds.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDataset {
    pub name: String,
    pub description: String,
    pub kind: DatasetType,
    /// A URI or a path as typed.
    pub input: String,
    /// A URI or a path as typed.
    pub output: String,
    pub labels: Vec<NewLabel>,
}

/// What is changed; `None` stays as it is. Labels change by edits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DatasetChanges {
    pub name: Option<String>,
    pub description: Option<String>,
    /// The one kind of shape that all images take; `Some(None)`: any kind.
    pub shape: Option<Option<ShapeKind>>,
}

/// What deleting a dataset takes away, to be shown before.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct DeletionPreview {
    pub samples: u64,
    pub labeled: u64,
    pub versions: Vec<String>,
    /// Training jobs that used it; they keep their results.
    pub jobs: Vec<String>,
    /// Folders that move to the trash with “also its files”: the input's samples and the output's folder.
    pub folders: Vec<String>,
    pub files: u64,
    pub size_bytes: u64,
}

impl Workbench {
    /// Makes a dataset: checks names and locations, makes the output folder and its marker file.
    ///
    /// # Errors
    /// A broken name rule, a name that is taken, an input that is not there, an output equal to or above the input, or
    /// one that cannot be written.
    pub fn create_dataset(&self, new: NewDataset) -> Result<Dataset> {
        if !new.kind.is_supported() {
            return Err(Error::refused(Explanation::bad_input("dataset-type-later").with("type", new.kind)));
        }
        let name = DatasetName::new(&new.name)?;
        if self.catalog().dataset_by_name(name.as_str())?.is_some() {
            return Err(Error::refused(Explanation::bad_input("dataset-name-taken").with("name", &name)));
        }
        let description = Description::new(&new.description)?;
        let labels = new_labels(&new.labels)?;
        let input = Location::typed(&new.input)?;
        let output = Location::typed(&new.output)?;
        check_locations(&input, &output)?;
        self.storage().ensure_folder(&output)?;
        self.storage().check_writable(&output)?;
        let (id, folder) = match self.published_before(&output, &name, new.kind)? {
            Some(known) => known,
            None => {
                let id = DatasetId::random();
                (id, format!("{name}-{id}"))
            }
        };
        let now = self.now();
        let dataset = Dataset {
            id,
            name,
            description,
            kind: new.kind,
            input: input.to_uri(),
            output: output.to_uri(),
            folder,
            created: now,
            modified: now,
            current_version: None,
            shape: None,
            text_split: new.kind.is_text().then(TextSplit::default),
        };
        let marker = DatasetMarker::new(id, dataset.name.clone(), dataset.kind);
        write_marker(self.storage(), &output.join(&dataset.folder), &marker)?;
        self.catalog().create_dataset(&dataset, &labels)?;
        Ok(dataset)
    }

    /// Makes a dataset of which all images take one kind of shape; `None`: any kind.
    ///
    /// # Errors
    /// As [`Workbench::create_dataset`], or a rule of shapes for a dataset without shapes.
    pub fn create_dataset_of_shape(&self, new: NewDataset, shape: Option<ShapeKind>) -> Result<Dataset> {
        check_has_shapes(new.kind, shape)?;
        let dataset = self.create_dataset(new)?;
        match shape {
            None => Ok(dataset),
            shape => self.modify_dataset(dataset.id, DatasetChanges { shape: Some(shape), ..Default::default() }),
        }
    }

    /// Makes a dataset of texts, of whose files this much is one sample.
    ///
    /// # Errors
    /// As [`Workbench::create_dataset`], or a dataset whose samples are no texts.
    pub fn create_dataset_of_texts(&self, new: NewDataset, split: TextSplit) -> Result<Dataset> {
        if !new.kind.is_text() {
            return Err(Error::refused(Explanation::bad_input("text-split-type").with("type", new.kind)));
        }
        let mut dataset = self.create_dataset(new)?;
        if dataset.text_split != Some(split) {
            dataset.text_split = Some(split);
            self.catalog().update_dataset(&dataset)?;
        }
        Ok(dataset)
    }

    /// All datasets, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn datasets(&self) -> Result<Vec<DatasetSummary>> {
        let mut datasets = self.catalog().datasets()?;
        datasets.sort_by_key(|summary| std::cmp::Reverse(summary.dataset.created));
        Ok(datasets)
    }

    /// The dataset of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn dataset(&self, name: &str) -> Result<DatasetSummary> {
        let found = self.catalog().datasets()?.into_iter().find(|summary| summary.dataset.name.as_str() == name);
        found.ok_or_else(|| Error::refused(Explanation::bad_input("dataset-unknown").with("name", name)))
    }

    /// The dataset of this id.
    ///
    /// # Errors
    /// If there is none.
    pub fn dataset_by_id(&self, id: DatasetId) -> Result<DatasetSummary> {
        let found = self.catalog().datasets()?.into_iter().find(|summary| summary.dataset.id == id);
        found.ok_or_else(|| Error::refused(Explanation::bad_input("dataset-unknown").with("name", id)))
    }

    /// Its labels with their keys, colours and counts, in order.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn labels(&self, dataset: DatasetId) -> Result<Vec<LabelCount>> {
        Ok(self.catalog().labels(dataset)?)
    }

    /// Changes name, description or the rule of shapes. Shapes that are there stay as they are.
    ///
    /// # Errors
    /// A broken name rule, a name that is taken, or a rule of shapes for a dataset without shapes.
    pub fn modify_dataset(&self, dataset: DatasetId, changes: DatasetChanges) -> Result<Dataset> {
        let mut dataset = self.dataset_by_id(dataset)?.dataset;
        if let Some(name) = changes.name {
            dataset.name = DatasetName::new(&name)?;
        }
        if let Some(description) = changes.description {
            dataset.description = Description::new(&description)?;
        }
        if let Some(shape) = changes.shape {
            check_has_shapes(dataset.kind, shape)?;
            dataset.shape = shape;
        }
        dataset.modified = self.now();
        self.catalog().update_dataset(&dataset)?;
        Ok(dataset)
    }

    /// What deleting would take away.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn deletion_preview(&self, dataset: DatasetId) -> Result<DeletionPreview> {
        let DatasetSummary { dataset, counts, .. } = self.dataset_by_id(dataset)?;
        let mut preview = DeletionPreview { samples: counts.total, labeled: counts.labeled, ..Default::default() };
        preview.versions = self.catalog().versions(dataset.id)?.into_iter().map(|v| v.name.to_string()).collect();
        for job in self.jobs()? {
            preview.jobs.extend(
                job.versions
                    .iter()
                    .filter(|version| version.dataset == dataset.id)
                    .map(|version| format!("{}@{}", job.job.name, version.version)),
            );
        }
        for (location, size_bytes) in self.files_of(&dataset)? {
            preview.files += 1;
            preview.size_bytes += size_bytes;
            let folder = location.parent().unwrap_or(location).to_uri();
            if preview.folders.len() < FOLDERS_LISTED && !preview.folders.contains(&folder) {
                preview.folders.push(folder);
            }
        }
        Ok(preview)
    }

    /// Deletes a dataset from the workspace; with `also_files`, what [`Workbench::deletion_preview`] lists moves to
    /// the workspace's trash.
    ///
    /// # Errors
    /// If files cannot be moved; the dataset stays then.
    pub fn delete_dataset(&self, dataset: DatasetId, also_files: bool) -> Result<()> {
        let summary = self.dataset_by_id(dataset)?;
        if also_files {
            let versions = self.catalog().versions(dataset)?.into_iter().map(|v| v.name.to_string()).collect();
            let actor = self.actor().0;
            let origin = TrashOrigin { dataset: Some(dataset), sample: None, actor, versions };
            for (location, _) in self.files_of(&summary.dataset)? {
                self.inner.trash.move_to_trash(&location, origin.clone(), self.now())?;
            }
        }
        self.catalog().delete_dataset(dataset)?;
        self.forget_unfinished(dataset);
        Ok(())
    }

    /// A dataset of this name and type that another workspace publishes at this output: it is the same dataset, so
    /// that the two agree on identities (its marker file says so).
    fn published_before(
        &self,
        output: &Location,
        name: &DatasetName,
        kind: DatasetType,
    ) -> Result<Option<(DatasetId, String)>> {
        for folder in self.storage().names(output)? {
            let Ok(folder) = String::from_utf8(folder) else { continue };
            if !folder.starts_with(&format!("{name}-")) {
                continue;
            }
            let Ok(Some(marker)) = read_marker(self.storage(), &output.join(&folder)) else { continue };
            let is_same = marker.name == *name && marker.kind == kind;
            if is_same && self.catalog().datasets()?.iter().all(|known| known.dataset.id != marker.dataset) {
                return Ok(Some((marker.dataset, folder)));
            }
        }
        Ok(None)
    }

    /// The files that “also its files” means: the samples' files inside the input location, and the dataset's folder at
    /// the output location. Samples that were imported from elsewhere are only referred to and stay.
    fn files_of(&self, dataset: &Dataset) -> Result<Vec<(Location, u64)>> {
        let input = Location::from_uri(&dataset.input)?;
        let (mut files, mut seen) = (Vec::new(), HashSet::new());
        for known in self.catalog().sample_fingerprints(dataset.id)? {
            let Ok(location) = media_location(&known.source) else { continue };
            // Many texts may be of one file.
            if !known.missing && location.is_inside(&input) && seen.insert(location.clone()) {
                files.push((location, known.size_bytes.unwrap_or(0)));
            }
        }
        let output = Location::from_uri(&dataset.output)?.join(&dataset.folder);
        if let Ok(listing) = self.storage().list(&output, &ListOptions::default(), &Cancel::default(), &Silent) {
            files.extend(listing.files.into_iter().map(|entry| (entry.location, entry.size_bytes)));
        }
        Ok(files)
    }
}

/// Folders that a deletion preview names.
const FOLDERS_LISTED: usize = 8;

fn check_has_shapes(kind: DatasetType, shape: Option<ShapeKind>) -> Result<()> {
    if shape.is_some() && kind != DatasetType::ObjectDetection {
        return Err(Error::refused(Explanation::bad_input("shape-rule-type").with("type", kind)));
    }
    Ok(())
}

fn new_labels(typed: &[NewLabel]) -> Result<Vec<Label>> {
    let mut labels: Vec<Label> = Vec::new();
    for new in typed {
        let name = LabelName::new(&new.name)?;
        if labels.iter().any(|label| label.name == name) {
            return Err(Error::refused(Explanation::bad_input("label-name-taken").with("name", name)));
        }
        labels.push(next_label(&labels, name, new.color));
    }
    Ok(labels)
}

/// The output may lie inside the input (sync leaves it out), never the other way round.
fn check_locations(input: &Location, output: &Location) -> Result<()> {
    if !input.local_path()?.is_dir() {
        return Err(Error::refused(Explanation::bad_input("input-missing").with("path", input)));
    }
    if output.same_place(input) {
        return Err(Error::refused(Explanation::bad_input("output-is-input").with("path", output)));
    }
    if input.is_within(output) {
        let refusal = Explanation::bad_input("output-above-input").with("input", input).with("path", output);
        return Err(Error::refused(refusal));
    }
    Ok(())
}
