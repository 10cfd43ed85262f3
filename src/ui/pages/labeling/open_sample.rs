//! The sample that is worked on: its annotations as they are shown, ahead of the disk by the edits that are on their way.

use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, SampleRow};
use crate::domain::{Annotation, AnnotationSet, DatasetId, Edit, SampleRecord};
use crate::ui::backend::Promise;
use crate::ui::context::Context;

/// One sample with its annotations.
pub struct OpenSample {
    pub row: SampleRow,
    /// What is shown and changed; annotations of other sets are not changed.
    set: AnnotationSet,
    /// Edits on their way to the disk.
    edits: Vec<Promise<EditReceipt>>,
    /// Undos and redos on their way, in their order.
    undos: Vec<Promise<Option<EditReceipt>>>,
    /// Whether what is shown is that of before an undo: it has not been read since.
    behind: bool,
    reading: Option<(u64, u64, Promise<Vec<SampleRow>>)>,
    /// Grows with every edit made here: what was read before one is out of date.
    made: u64,
    /// The state of the catalog that the row was read at.
    generation: u64,
}

/// Whether two lists of annotations look the same to a person.
fn looks_alike(one: &[Annotation], other: &[Annotation]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(a, b)| {
            a.id == b.id
                && a.label == b.label
                && a.hard == b.hard
                && a.confidence == b.confidence
                && a.properties == b.properties
                && a.set == b.set
                && a.body == b.body
        })
}

/// A second pass is blind: what the first annotator said, or a model, is not even there.
fn only_what_is_shown(mut row: SampleRow, set: &AnnotationSet) -> SampleRow {
    if matches!(set, AnnotationSet::Review(_)) {
        row.annotations.retain(|annotation| annotation.set == *set);
    }
    row
}

impl OpenSample {
    /// One set of a row as it was read at a generation of the backend.
    pub fn new(row: SampleRow, set: AnnotationSet, generation: u64) -> Self {
        let (edits, undos, reading) = Default::default();
        let row = only_what_is_shown(row, &set);
        Self { row, set, edits, undos, behind: false, reading, made: 0, generation }
    }

    /// The set that is shown and changed.
    #[must_use]
    pub fn set(&self) -> &AnnotationSet {
        &self.set
    }

    /// Whether an undo or redo is on its way: what is shown is about to change.
    #[must_use]
    pub fn is_undoing(&self) -> bool {
        !self.undos.is_empty()
    }

    /// Whether an undo or redo is on its way, or what came of it has not been read yet.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// Shows an edit at once and sends it on its way; what it puts goes into the document's set. With `continues` it is
    /// undone together with the edit before. True if it changes anything.
    pub fn submit(&mut self, dataset: DatasetId, mut edit: Edit, continues: bool, context: &Context<'_>) -> bool {
        if let Edit::Annotate { put, .. } = &mut edit {
            for annotation in put {
                annotation.set.clone_from(&self.set);
            }
        }
        let edit_context = EditContext { actor: context.backend.workbench().actor(), now: context.now };
        if !self.apply(&edit, &edit_context) {
            return false;
        }
        self.made += 1;
        let set = self.set.clone();
        self.edits.push(context.backend.write(move |workbench| {
            if continues {
                workbench.continue_edit_within(dataset, &set, &edit)
            } else {
                workbench.edit_within(dataset, &set, &edit)
            }
        }));
        true
    }

    fn apply(&mut self, edit: &Edit, context: &EditContext) -> bool {
        let record = SampleRecord {
            id: self.row.sample.id,
            state: self.row.state,
            usage: self.row.usage,
            deleted: self.row.deleted,
            annotations: std::mem::take(&mut self.row.annotations),
        };
        match edit.apply(&record, context) {
            Some(after) => {
                self.row.state = after.state;
                self.row.annotations = after.annotations;
                true
            }
            None => {
                self.row.annotations = record.annotations;
                false
            }
        }
    }

    /// Takes this image's latest edit back, or does it again; after those that are on their way.
    pub fn undo(&mut self, dataset: DatasetId, redo: bool, context: &Context<'_>) {
        let (sample, set) = (self.row.sample.id, self.set.clone());
        self.behind = true;
        self.undos.push(context.backend.write(move |workbench| {
            if redo {
                workbench.redo_sample_within(dataset, sample, &set)
            } else {
                workbench.undo_sample_within(dataset, sample, &set)
            }
        }));
    }

    /// Takes in what has been written and read. `Some(false)`: an undo found nothing to take back. `Some(true)`: the
    /// annotations are others now.
    pub fn settle(&mut self, dataset: DatasetId, context: &Context<'_>) -> Settled {
        let mut settled = Settled::default();
        let mut failed = false;
        self.edits.retain(|promise| match promise.take() {
            None => true,
            Some(outcome) => {
                failed |= outcome.is_err();
                false
            }
        });
        self.undos.retain(|promise| match promise.take() {
            None => true,
            Some(outcome) => {
                self.made += 1;
                failed = true;
                settled.nothing_to_undo = matches!(outcome, Ok(None));
                false
            }
        });
        if failed {
            // What is on the disk counts, not what was shown.
            self.generation = 0;
        }
        if let Some((generation, made, promise)) = self.reading.take() {
            match promise.take() {
                None => self.reading = Some((generation, made, promise)),
                Some(Ok(mut rows)) if made == self.made && self.edits.is_empty() && self.undos.is_empty() => {
                    self.generation = generation;
                    self.behind = false;
                    match rows.pop() {
                        Some(row) => {
                            let row = only_what_is_shown(row, &self.set);
                            settled.changed = !looks_alike(&self.row.annotations, &row.annotations);
                            self.row = row;
                        }
                        None => settled.gone = true,
                    }
                }
                // What is shown is all there is, until it can be read.
                Some(outcome) => self.behind &= outcome.is_ok(),
            }
        }
        let generation = context.backend.generation();
        let is_still = self.edits.is_empty() && self.undos.is_empty();
        if self.generation != generation && self.reading.is_none() && is_still {
            let sample = self.row.sample.id;
            let promise = context.backend.spawn(move |workbench| workbench.sample_rows(dataset, &[sample]));
            self.reading = Some((generation, self.made, promise));
        }
        settled
    }
}

/// What became of a document since the last frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settled {
    /// The annotations are others now.
    pub changed: bool,
    pub nothing_to_undo: bool,
    /// The sample is gone for good.
    pub gone: bool,
}
