//! From image to image: on, back, to the next that waits, and what comes along.

use super::document::drawn;
use super::{DetectionPage, NewLabel, Picker, Subject};
use crate::domain::{Annotation, Edit, LabelId, SampleId, Shape};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::walk::next_undecided;
use crate::workbench::{Result, View, Workbench};

/// Shapes on their way into another image.
pub struct Arriving {
    sample: SampleId,
    shapes: Vec<Annotation>,
    /// Not where somebody has drawn already.
    only_if_empty: bool,
}

fn position_of(workbench: &Workbench, view: &View, sample: SampleId) -> Result<Option<usize>> {
    let mut at = 0;
    while at < view.len() {
        let end = (at + 50_000).min(view.len());
        if let Some(place) = workbench.sample_ids(view, at..end)?.iter().position(|id| *id == sample) {
            return Ok(Some(at + place));
        }
        at = end;
    }
    Ok(None)
}

impl DetectionPage {
    pub(super) fn step(&mut self, by: isize, context: &Context<'_>) {
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        self.go_to(self.cursor.saturating_add_signed(by).min(last), context);
    }

    pub(super) fn go_to(&mut self, index: usize, context: &Context<'_>) {
        if index == self.cursor {
            return;
        }
        self.leave(context);
        self.cursor = index;
        self.scroll_to_cursor = true;
    }

    /// Leaving an image asks nothing: a shape that waits for its label gets the last one. Without one it is asked for
    /// when the image is shown again.
    fn leave(&mut self, context: &Context<'_>) {
        if matches!(self.picker, Some((Subject::Drawn(_), _)))
            && let Some(label) = self.current_label()
            && let Some((subject, _)) = self.picker.take()
        {
            self.label_subject(subject, label, context);
        }
    }

    /// Closes the picker; a shape that waits in it for its label waits with its image.
    pub(super) fn set_aside(&mut self) {
        let Some((Subject::Drawn(shape), _)) = self.picker.take() else { return };
        if let Some(document) = &self.document {
            self.set_aside.insert(document.open.row.sample.id, shape);
        }
    }

    pub(super) fn seek_unlabeled(&mut self, context: &Context<'_>) {
        if self.pass.is_some() {
            self.seek_waiting(context);
            return;
        }
        let Some(view) = self.rows.view().cloned() else { return };
        let start = self.cursor + 1;
        self.seeking = Some(context.backend.spawn(move |workbench| next_undecided(workbench, &view, start)));
    }

    pub(super) fn go_back(&mut self, context: &Context<'_>) {
        if let Some(sample) = self.visited.pop() {
            self.show_sample(sample, context);
        }
    }

    /// Goes to an image of the view, wherever it is.
    pub(super) fn show_sample(&mut self, sample: SampleId, context: &Context<'_>) {
        if let Some(index) = self.rows.position_of(sample) {
            self.go_to(index, context);
        } else if let Some(view) = self.rows.view().cloned() {
            self.seeking = Some(context.backend.spawn(move |workbench| position_of(workbench, &view, sample)));
        }
    }

    /// The shapes of the image before this one, drawn here too.
    pub(super) fn bring_previous(&mut self, context: &Context<'_>) {
        let Some(view) = self.rows.view().cloned().filter(|_| self.cursor > 0) else { return };
        let Some(document) = &self.document else { return };
        let (to, before, set) = (document.open.row.sample.id, self.cursor - 1, self.set());
        let promise = context.backend.spawn(move |workbench| {
            let rows = workbench.rows(&view, before..before + 1)?;
            let annotations = rows.into_iter().flat_map(|row| row.annotations);
            Ok(annotations.filter(|annotation| annotation.set == set && annotation.as_shape().is_some()).collect())
        });
        self.bring = Some((to, promise));
    }

    /// On to the next image, and these shapes with it.
    pub(super) fn bring_on(&mut self, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let Some(to) = self.row_sample(Some(self.cursor + 1)) else { return };
        let shapes: Vec<Annotation> = document.shapes().cloned().collect();
        self.step(1, context);
        if shapes.is_empty() {
            context.notify(Notification::info(context.tr("canvas-nothing-to-bring-on")));
        } else {
            self.arriving = Some(Arriving { sample: to.id, shapes, only_if_empty: true });
        }
    }

    /// Puts shapes that are brought over into their image once its size is known.
    fn let_arrive(&mut self, context: &Context<'_>) {
        let Some(arriving) = self.arriving.take() else { return };
        let is_wanted = self.rows.row(self.cursor).is_some_and(|row| row.sample.id == arriving.sample);
        let document = self.document.as_ref().filter(|document| document.open.row.sample.id == arriving.sample);
        match document.filter(|_| self.canvas.is_open_on(arriving.sample)) {
            None if is_wanted => self.arriving = Some(arriving),
            None => {}
            Some(document) if arriving.only_if_empty && document.shapes().next().is_some() => {
                context.notify(Notification::info(context.tr("canvas-has-shapes-already")));
            }
            Some(_) => self.put_copies(arriving.shapes, [0.0; 2], context),
        }
    }

    /// Takes in what was waited for: labels that were made, images that were looked for, shapes to bring over.
    pub(super) fn settle_waiting(&mut self, context: &Context<'_>) {
        let waiting = std::mem::take(&mut self.new_labels);
        let here = self.document.as_ref().map(|document| document.open.row.sample.id);
        for NewLabel { sample, subject, promise } in waiting {
            match (promise.take(), subject) {
                (None, subject) => self.new_labels.push(NewLabel { sample, subject, promise }),
                (Some(Ok(label)), subject) if here == Some(sample) => self.label_subject(subject, label.id, context),
                (Some(Ok(label)), Subject::Drawn(shape)) => self.put_elsewhere(sample, label.id, shape, context),
                // The frame says why; the shape is not lost: the picker asks again.
                (Some(Err(_)), subject) if here == Some(sample) => {
                    self.picker = Some((subject, Picker::default()));
                }
                (Some(Err(_)), Subject::Drawn(shape)) => drop(self.set_aside.insert(sample, shape)),
                // Shapes of an image that was left keep the label they have.
                (Some(_), Subject::Selection(_)) => {}
            }
        }
        if let Some(outcome) = self.seeking.as_ref().and_then(Promise::take) {
            self.seeking = None;
            match outcome {
                Ok(Some(index)) => self.go_to(index, context),
                Ok(None) => context.notify(Notification::info(context.tr("canvas-all-labeled"))),
                Err(_) => {}
            }
        }
        if let Some((sample, outcome)) = self.bring.as_ref().and_then(|(to, promise)| Some((*to, promise.take()?))) {
            self.bring = None;
            let shapes: Vec<Annotation> = outcome.unwrap_or_default();
            if shapes.is_empty() {
                context.notify(Notification::info(context.tr("canvas-nothing-to-bring")));
            } else {
                self.arriving = Some(Arriving { sample, shapes, only_if_empty: false });
            }
        }
        self.let_arrive(context);
    }

    /// A shape whose label was being made when its image was left.
    fn put_elsewhere(&self, sample: SampleId, label: LabelId, shape: Shape, context: &Context<'_>) {
        let set = self.set();
        let mut annotation = drawn(label, shape, context.now, &context.backend.workbench().actor());
        annotation.set = set.clone();
        let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
        let dataset = self.dataset;
        drop(context.backend.write(move |workbench| workbench.edit_within(dataset, &set, &edit)));
    }
}
