//! The image that is worked on: its annotations as they are shown, ahead of the disk by the edits that are on their
//! way.

use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, SampleRow};
use crate::domain::{Annotation, AnnotationId, AnnotationSet, DatasetId, Edit, SampleRecord, Timestamp};
use crate::ui::backend::Promise;
use crate::ui::canvas::{Object, Scene};
use crate::ui::context::Context;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::theme;
use egui::Color32;
use std::collections::HashSet;

/// What is hidden or locked in an image, as long as the window is open; nothing of it is stored, and no export knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Veil {
    pub hidden: HashSet<AnnotationId>,
    pub locked: HashSet<AnnotationId>,
}

impl Veil {
    pub fn toggle_lock(&mut self, id: AnnotationId) {
        if !self.locked.remove(&id) {
            self.locked.insert(id);
        }
    }

    pub fn toggle_hide(&mut self, id: AnnotationId) {
        if !self.hidden.remove(&id) {
            self.hidden.insert(id);
        }
    }
}

/// One image with its annotations.
pub struct Document {
    pub row: SampleRow,
    /// What is shown and changed; annotations of other sets are neither.
    set: AnnotationSet,
    scene: Scene,
    revision: u64,
    size_px: [f64; 2],
    /// Edits on their way to the disk.
    edits: Vec<Promise<EditReceipt>>,
    undo: Option<Promise<Option<EditReceipt>>>,
    reading: Option<(u64, u64, Promise<Vec<SampleRow>>)>,
    /// Grows with every edit made here: what was read before one is out of date.
    made: u64,
    /// The state of the catalog that the row was read at.
    generation: u64,
}

/// Whether two lists of annotations look the same on the canvas and in the inspector.
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

impl Document {
    /// The document of one set of a row as it was read.
    pub fn new(row: SampleRow, set: AnnotationSet, generation: u64, revision: u64) -> Self {
        Self {
            row,
            set,
            scene: Scene::default(),
            revision,
            size_px: [0.0; 2],
            edits: Vec::new(),
            undo: None,
            reading: None,
            made: 0,
            generation,
        }
    }

    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Whether an undo or redo is on its way: what is shown is about to change.
    #[must_use]
    pub fn is_undoing(&self) -> bool {
        self.undo.is_some()
    }

    /// The shapes that a person sees: those of the document's set.
    pub fn shapes(&self) -> impl Iterator<Item = &Annotation> {
        self.row.annotations.iter().filter(|annotation| annotation.set == self.set && annotation.as_shape().is_some())
    }

    #[must_use]
    pub fn get(&self, id: AnnotationId) -> Option<&Annotation> {
        self.row.annotations.iter().find(|annotation| annotation.id == id)
    }

    /// The annotations of these ids, in drawing order.
    #[must_use]
    pub fn among(&self, ids: &HashSet<AnnotationId>) -> Vec<Annotation> {
        self.shapes().filter(|annotation| ids.contains(&annotation.id)).cloned().collect()
    }

    /// Makes the scene anew for an image of this size.
    pub fn rebuild(&mut self, labels: &LabelTable, veil: &Veil, size_px: [f64; 2]) {
        self.revision += 1;
        self.size_px = size_px;
        let objects = self
            .shapes()
            .filter_map(|annotation| {
                let crate::domain::AnnotationBody::Shape { shape, attributes } = &annotation.body else { return None };
                Some(Object {
                    id: annotation.id,
                    label: annotation.label,
                    shape: shape.clone(),
                    color: color_of(labels, annotation.label),
                    hidden: veil.hidden.contains(&annotation.id),
                    locked: veil.locked.contains(&annotation.id),
                    group: attributes.group.clone(),
                })
            })
            .collect();
        self.scene = Scene::new(objects, size_px, self.revision);
    }

    #[must_use]
    pub fn size_px(&self) -> [f64; 2] {
        self.size_px
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

    /// Takes this image's latest edit back, or does it again.
    pub fn undo(&mut self, dataset: DatasetId, redo: bool, context: &Context<'_>) {
        if self.undo.is_some() {
            return;
        }
        let (sample, set) = (self.row.sample.id, self.set.clone());
        self.undo = Some(context.backend.write(move |workbench| {
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
        if let Some(outcome) = self.undo.as_ref().and_then(Promise::take) {
            self.undo = None;
            self.made += 1;
            failed = true;
            settled.nothing_to_undo = matches!(outcome, Ok(None));
        }
        if failed {
            // What is on the disk counts, not what was shown.
            self.generation = 0;
        }
        if let Some((generation, made, promise)) = self.reading.take() {
            match promise.take() {
                None => self.reading = Some((generation, made, promise)),
                Some(Ok(mut rows)) if made == self.made && self.edits.is_empty() && self.undo.is_none() => {
                    self.generation = generation;
                    match rows.pop() {
                        Some(row) => {
                            settled.changed = !looks_alike(&self.row.annotations, &row.annotations);
                            self.row = row;
                        }
                        None => settled.gone = true,
                    }
                }
                Some(_) => {}
            }
        }
        let generation = context.backend.generation();
        let is_still = self.edits.is_empty() && self.undo.is_none();
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

/// The colour of a label; grey without one.
pub fn color_of(labels: &LabelTable, label: Option<crate::domain::LabelId>) -> Color32 {
    let color = label.and_then(|label| labels.get(label)).map(|label| label.color);
    theme::label_color(color.unwrap_or(crate::domain::label::PALETTE[7]))
}

/// An annotation that a person makes now.
pub fn drawn(
    label: crate::domain::LabelId,
    shape: crate::domain::Shape,
    now: Timestamp,
    by: &crate::domain::Actor,
) -> Annotation {
    Annotation::human(label, crate::domain::AnnotationBody::shape(shape), by.annotated_by(), now)
}
