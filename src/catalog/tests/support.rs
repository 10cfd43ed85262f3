//! A small catalog to try things on.

use crate::catalog::Catalog;
use crate::domain::edit::EditContext;
use crate::domain::query::IncomingSample;
use crate::domain::{
    Actor, Annotation, AnnotationSet, Assign, Color, Dataset, DatasetId, DatasetName, DatasetType, Description, Edit,
    Label, LabelId, LabelName, Media, Sample, SampleId, SampleState, Timestamp,
};
use std::path::PathBuf;
use tempfile::TempDir;

/// The client of most tests.
pub const WINDOW: &str = "window";

/// A catalog with one dataset, in a folder of its own.
pub struct Fixture {
    pub folder: TempDir,
    pub catalog: Catalog,
    pub dataset: DatasetId,
    pub labels: Vec<Label>,
}

pub fn context(actor: &str, at: i64) -> EditContext {
    EditContext { actor: Actor(actor.to_owned()), now: Timestamp(at) }
}

pub fn label(name: &str, position: u32) -> Label {
    Label {
        id: LabelId::random(),
        name: LabelName::new(name).expect("a valid name"),
        color: Color::of_label(position as usize),
        key: char::from_digit(position + 1, 10),
        position,
        extra: serde_json::Map::new(),
    }
}

pub fn dataset(name: &str) -> Dataset {
    Dataset {
        id: DatasetId::random(),
        name: DatasetName::new(name).expect("a valid name"),
        description: Description::default(),
        kind: DatasetType::ImageClassification,
        input: "file:///photos/".to_owned(),
        output: "file:///published/".to_owned(),
        folder: format!("{name}-1"),
        created: Timestamp(1),
        modified: Timestamp(1),
        current_version: None,
        shape: None,
        text_split: None,
    }
}

pub fn incoming(dataset: DatasetId, name: &str) -> IncomingSample {
    let sample = Sample {
        id: SampleId::of_file(dataset, name.as_bytes()),
        source: format!("file:///photos/{name}"),
        name: name.to_owned(),
        media: Media { size_bytes: Some(10), modified: Some(Timestamp(5)), ..Media::default() },
        manifest_id: None,
        extra: serde_json::Map::new(),
        added: Timestamp(2),
    };
    IncomingSample { sample, state: SampleState::Unlabeled, usage: None, annotations: Vec::new(), text: None }
}

pub fn labeled(dataset: DatasetId, name: &str, label: LabelId) -> IncomingSample {
    let annotation = Annotation::class(label, "human".to_owned(), Timestamp(3));
    IncomingSample { state: SampleState::Labeled, annotations: vec![annotation], ..incoming(dataset, name) }
}

impl Fixture {
    /// A dataset `flowers` with labels `a`, `b`, `c` and unlabeled samples `000.jpg`, `001.jpg`, ….
    pub fn new(samples: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).expect("a new catalog");
        let dataset = dataset("flowers");
        let labels: Vec<_> = ["a", "b", "c"].iter().zip(0..).map(|(name, index)| label(name, index)).collect();
        catalog.create_dataset(&dataset, &labels).expect("a new dataset");
        let dataset = dataset.id;
        let rows: Vec<_> = (0..samples).map(|index| incoming(dataset, &format!("{index:03}.jpg"))).collect();
        let receipt = catalog.receive_samples(dataset, &rows, crate::domain::query::OnKnown::KeepAnnotations);
        assert_eq!(receipt.expect("received").added, samples as u64);
        Self { folder, catalog, dataset, labels }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("catalog.sqlite")
    }

    /// Opens the same file anew, as another process or a restart would.
    pub fn open_again(&self) -> Catalog {
        Catalog::open(&self.path()).expect("the same catalog")
    }

    pub fn sample(&self, index: usize) -> SampleId {
        SampleId::of_file(self.dataset, format!("{index:03}.jpg").as_bytes())
    }

    pub fn assign(&self, samples: &[usize], labels: &[usize], how: Assign) -> Edit {
        Edit::Assign {
            samples: samples.iter().map(|&index| self.sample(index)).collect(),
            labels: labels.iter().map(|&index| self.labels[index].id).collect(),
            how,
        }
    }

    pub fn edit(&self, edit: &Edit) -> crate::domain::query::EditReceipt {
        self.catalog.edit(self.dataset, edit, &context("ada", 10), WINDOW).expect("an edit")
    }

    pub fn undo(&self) -> Option<crate::domain::query::EditReceipt> {
        self.catalog.undo(self.dataset, WINDOW, &context("ada", 11)).expect("undone")
    }

    pub fn redo(&self) -> Option<crate::domain::query::EditReceipt> {
        self.catalog.redo(self.dataset, WINDOW, &context("ada", 12)).expect("done again")
    }

    /// The names of the labels that a sample carries.
    pub fn labels_of(&self, index: usize) -> Vec<String> {
        let rows = self.catalog.sample_rows(self.dataset, &[self.sample(index)]).expect("rows");
        let names = self.catalog.labels(self.dataset).expect("labels");
        rows[0]
            .annotations
            .iter()
            .filter(|a| a.set == AnnotationSet::Primary)
            .map(|a| names.iter().find(|l| Some(l.label.id) == a.label).expect("a live label").label.name.to_string())
            .collect()
    }

    pub fn label_counts(&self) -> Vec<(String, u64)> {
        let labels = self.catalog.labels(self.dataset).expect("labels");
        labels.into_iter().map(|count| (count.label.name.to_string(), count.samples)).collect()
    }
}
