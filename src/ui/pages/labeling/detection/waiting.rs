//! Shapes that were drawn and have no label yet. None of them is lost: they wait with their image, one after the other
//! asks for its label when the image is shown, and leaving gives them the last label.

use super::document::drawn;
use super::{DetectionPage, Picker, Subject};
use crate::domain::{AnnotationSet, DatasetId, Edit, Label, LabelId, SampleId, Shape};
use crate::ui::backend::Promise;
use crate::ui::context::Context;

/// A label that was typed and is being made, for what waits for it.
pub struct NewLabel {
    /// The image that waits.
    pub sample: SampleId,
    pub name: String,
    pub subject: Subject,
    pub promise: Promise<Label>,
}

/// Writes a shape into an image that is not shown.
struct Elsewhere {
    dataset: DatasetId,
    set: AnnotationSet,
    sample: SampleId,
}

impl Elsewhere {
    fn put(self, label: LabelId, shape: Shape, context: &Context<'_>) {
        let mut annotation = drawn(label, shape, context.now, &context.backend.workbench().actor());
        annotation.set = self.set.clone();
        let Self { dataset, set, sample } = self;
        let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
        drop(context.backend.write(move |workbench| workbench.edit_within(dataset, &set, &edit)));
    }

    /// Likewise with a label that is being made.
    fn put_with_new_label(self, name: String, shape: Shape, context: &Context<'_>) {
        let Self { dataset, set, sample } = self;
        let (now, actor) = (context.now, context.backend.workbench().actor());
        drop(context.backend.write(move |workbench| {
            let label = workbench.ensure_label(dataset, &name)?;
            let mut annotation = drawn(label.id, shape, now, &actor);
            annotation.set = set.clone();
            let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
            workbench.edit_within(dataset, &set, &edit)
        }));
    }
}

impl DetectionPage {
    fn elsewhere(&self, sample: SampleId) -> Elsewhere {
        Elsewhere { dataset: self.dataset, set: self.set(), sample }
    }

    fn here(&self) -> Option<SampleId> {
        self.document.as_ref().map(|document| document.open.row.sample.id)
    }

    /// Opens the picker. A shape that waits in it already waits behind.
    pub(super) fn ask(&mut self, subject: Subject) {
        self.set_aside();
        self.picker = Some((subject, Picker::default()));
    }

    /// Closes the picker; a shape that waits in it for its label waits with its image.
    pub(super) fn set_aside(&mut self) {
        let Some((Subject::Drawn(shape), _)) = self.picker.take() else { return };
        if let Some(sample) = self.here() {
            self.unlabeled.entry(sample).or_default().push(shape);
        }
    }

    /// Opens the picker for a shape of this image that waits, the latest first.
    pub(super) fn ask_next(&mut self) {
        if self.picker.is_some() || self.canvas.hand.is_busy() {
            return;
        }
        let Some(sample) = self.here() else { return };
        let Some(shapes) = self.unlabeled.get_mut(&sample) else { return };
        if let Some(shape) = shapes.pop() {
            self.picker = Some((Subject::Drawn(shape), Picker::default()));
        }
        if shapes.is_empty() {
            self.unlabeled.remove(&sample);
        }
    }

    /// The shapes of this image that wait for a label.
    pub(super) fn pending(&self) -> Vec<&Shape> {
        let here = self.here();
        let aside = here.and_then(|here| self.unlabeled.get(&here)).into_iter().flatten();
        let new = self.new_labels.iter().filter(|new| Some(new.sample) == here).map(|new| &new.subject);
        let asked = self.picker.iter().map(|(subject, _)| subject).chain(new).filter_map(|subject| match subject {
            Subject::Drawn(shape) => Some(shape),
            Subject::Selection(_) => None,
        });
        aside.chain(asked).collect()
    }

    /// Gives the shapes of this image that wait the last label; without one they go on waiting.
    pub(super) fn label_waiting(&mut self, context: &Context<'_>) {
        let Some(label) = self.current_label() else { return };
        self.set_aside();
        let shapes = self.here().and_then(|sample| self.unlabeled.remove(&sample));
        for shape in shapes.into_iter().flatten() {
            self.put_drawn(shape, label, context);
        }
    }

    /// The page is left for good: what waits gets the last label, in whatever image it is. Without one it is kept, like
    /// what is half drawn.
    pub fn leave_for_good(&mut self, context: &Context<'_>) {
        self.set_aside();
        for NewLabel { sample, name, subject, .. } in std::mem::take(&mut self.new_labels) {
            if let Subject::Drawn(shape) = subject {
                self.elsewhere(sample).put_with_new_label(name, shape, context);
            }
        }
        if let Some(label) = self.current_label() {
            for (sample, shapes) in std::mem::take(&mut self.unlabeled) {
                for shape in shapes {
                    self.elsewhere(sample).put(label, shape, context);
                }
            }
        }
        self.keep_now(context);
    }

    /// Takes in the labels that were made for what waits.
    pub(super) fn settle_new_labels(&mut self, context: &Context<'_>) {
        let here = self.here();
        for NewLabel { sample, name, subject, promise } in std::mem::take(&mut self.new_labels) {
            match (promise.take(), subject) {
                (None, subject) => self.new_labels.push(NewLabel { sample, name, subject, promise }),
                (Some(Ok(label)), subject) if here == Some(sample) => self.label_subject(subject, label.id, context),
                (Some(Ok(label)), Subject::Drawn(shape)) => self.elsewhere(sample).put(label.id, shape, context),
                // The frame says why; the shape is not lost: the picker asks again.
                (Some(Err(_)), Subject::Drawn(shape)) => self.unlabeled.entry(sample).or_default().push(shape),
                (Some(Err(_)), subject) if here == Some(sample) && self.picker.is_none() => self.ask(subject),
                // Shapes of an image that was left keep the label they have.
                (Some(_), Subject::Selection(_)) => {}
            }
        }
    }
}
