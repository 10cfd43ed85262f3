//! What screens and commands ask of a workspace, and the rows they get back.

use super::annotation::{Annotation, AnnotationSet};
use super::dataset::{Dataset, SampleCounts};
use super::ids::{EntryId, LabelId, SampleId};
use super::label::Label;
use super::policy::Actor;
use super::sample::{Sample, SampleState, Usage};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A dataset as the list shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DatasetSummary {
    pub dataset: Dataset,
    pub counts: SampleCounts,
    /// Name of the current version.
    pub current_version: Option<String>,
}

/// A label and how many (undeleted) samples carry it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelCount {
    pub label: Label,
    pub samples: u64,
}

/// Which samples a view shows. All conditions hold together; `None` and empty lists ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SampleFilter {
    pub state: Option<SampleState>,
    /// Carries at least one of these.
    pub labels: Vec<LabelId>,
    /// The name contains this, without regard to case; of texts, the whole text does.
    pub text: String,
    pub hard: Option<bool>,
    /// `Some(None)`: samples without a usage.
    pub usage: Option<Option<Usage>>,
    /// An annotation has this property, with this value where one is given.
    pub property: Option<(String, Option<String>)>,
    pub missing: Option<bool>,
    /// The trash instead of the dataset.
    pub deleted: bool,
}

/// In which order a view shows them. Ties are broken by the order of adding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SampleSort {
    #[default]
    Name,
    NameDescending,
    Added,
    AddedDescending,
}

/// A sample as grids and lists show it, with the annotations of all sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SampleRow {
    pub sample: Sample,
    pub state: SampleState,
    pub usage: Option<Usage>,
    pub deleted: bool,
    pub annotations: Vec<Annotation>,
}

impl SampleRow {
    /// The set that people work on and that is published.
    pub fn primary(&self) -> impl Iterator<Item = &Annotation> {
        self.annotations.iter().filter(|annotation| annotation.set == AnnotationSet::Primary)
    }
}

/// An entry of the journal, as the history shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JournalEntry {
    pub id: EntryId,
    /// [`super::Edit::code`], or `undo`/`redo`.
    pub code: String,
    pub actor: Actor,
    /// The client (a window or a command) that made it; undo is per client.
    pub client: String,
    pub samples: u64,
    pub at: Timestamp,
}

/// What an edit, an undo or a redo did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditReceipt {
    pub entry: EntryId,
    /// [`super::Edit::code`] of the edit done, undone or redone.
    pub code: String,
    /// How many samples changed.
    pub changed: u64,
    /// The samples that changed, up to [`EditReceipt::LISTED`]; a view refreshes those rows.
    pub samples: Vec<SampleId>,
    /// Whether the label list changed.
    pub labels_changed: bool,
}

impl EditReceipt {
    /// How many samples a receipt lists.
    pub const LISTED: usize = 10_000;
}

/// A row to be written by sync or import: the sample, and its annotations if it comes with some.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingSample {
    pub sample: Sample,
    pub state: SampleState,
    pub usage: Option<Usage>,
    pub annotations: Vec<Annotation>,
    /// The text of a text sample; `None` leaves what is known of it.
    pub text: Option<String>,
}

/// What to do with a sample that is known already. A tombstone is left alone in all cases but `Overwrite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnKnown {
    /// Only the media's size, time and hash are updated (sync).
    KeepAnnotations,
    /// Annotations come in where the sample has none; a person's label wins and the difference is listed (import).
    FillUnlabeled,
    /// As `FillUnlabeled`, but what somebody changed since it came stays as it is, also if that left it unlabeled (sync).
    FillUntouched,
    /// Everything becomes as given (setting an older version current).
    Overwrite,
}

/// What a batch of incoming samples did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IncomingReceipt {
    pub added: u64,
    pub updated: u64,
    pub unchanged: u64,
    /// Tombstones that were respected.
    pub deleted: u64,
    /// Names of samples whose labels here differ from those that came, and were kept.
    pub kept: Vec<String>,
    /// Samples whose new text their entities do not fit, with the number of these: they stay as they were, text and all.
    pub unfit: Vec<(SampleId, u64)>,
}
