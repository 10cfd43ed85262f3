//! From image to image: on, back, to the next that waits, and what comes along.

use super::DetectionPage;
use crate::domain::{Annotation, SampleId};
use crate::ui::backend::{Promise, Saved};
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::walk::{next_undecided, place_of};
use crate::workbench::{Result, View, Workbench};

/// Shapes on their way into an image.
pub struct Arriving {
    pub sample: SampleId,
    pub shapes: Vec<Annotation>,
    /// How far they are moved, in image pixels.
    pub by: [f64; 2],
    /// Not where somebody has drawn already.
    pub only_if_empty: bool,
}

impl Arriving {
    /// Whether they are on their way into this image.
    pub fn is_for(&self, sample: SampleId) -> bool {
        self.sample == sample
    }
}

/// An image that is being looked for in the view.
pub struct Seeking {
    /// Its position, and which it is where that matters.
    promise: Promise<Option<(usize, SampleId)>>,
    /// The message for when there is none.
    not_found: &'static str,
    /// Whether it is where one was before.
    is_back: bool,
}

/// The latest of these in the view, and where it is.
fn latest_of(workbench: &Workbench, view: &View, visited: &[SampleId]) -> Result<Option<(usize, SampleId)>> {
    const CHUNK: usize = 50_000;
    let mut latest: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < view.len() {
        let end = (at + CHUNK).min(view.len());
        for (place, id) in workbench.sample_ids(view, at..end)?.into_iter().enumerate() {
            let age = visited.iter().rposition(|visited| *visited == id);
            if let Some(age) = age.filter(|age| latest.is_none_or(|(known, _)| *age > known)) {
                latest = Some((age, at + place));
            }
        }
        at = end;
    }
    Ok(latest.map(|(age, index)| (index, visited[age])))
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
        self.label_waiting(context);
        self.cursor = index;
        self.scroll_to_cursor = true;
    }

    /// Goes where a click says: what was asked for before and has waited is no longer meant.
    pub(super) fn jump_to(&mut self, index: usize, context: &Context<'_>) {
        self.wishes.clear();
        self.seeking = None;
        self.returning = None;
        self.go_to(index, context);
    }

    pub(super) fn seek_unlabeled(&mut self, context: &Context<'_>) {
        if self.pass.is_some() {
            self.seek_waiting(context);
            return;
        }
        let Some(view) = self.rows.view().cloned() else { return };
        let start = self.cursor + 1;
        let promise = context.backend.spawn(move |workbench| {
            let Some(index) = next_undecided(workbench, &view, start)? else { return Ok(None) };
            Ok(workbench.sample_ids(&view, index..index + 1)?.pop().map(|sample| (index, sample)))
        });
        self.seeking = Some(Seeking { promise, not_found: "canvas-all-labeled", is_back: false });
    }

    /// Back to the image seen before, of those that are among the shown ones.
    pub(super) fn go_back(&mut self, context: &Context<'_>) {
        if let Some(sample) = self.visited.last().copied()
            && let Some(index) = self.rows.position_of(sample)
        {
            self.return_to(index, sample, context);
            return;
        }
        if self.visited.is_empty() {
            context.notify(Notification::info(context.tr("canvas-nothing-before")));
            return;
        }
        let Some(view) = self.rows.view().cloned() else { return };
        let visited = self.visited.clone();
        let promise = context.backend.spawn(move |workbench| latest_of(workbench, &view, &visited));
        self.seeking = Some(Seeking { promise, not_found: "canvas-nothing-before", is_back: true });
    }

    fn return_to(&mut self, index: usize, sample: SampleId, context: &Context<'_>) {
        if let Some(place) = self.visited.iter().rposition(|visited| *visited == sample) {
            self.visited.remove(place);
        }
        self.returning = Some(sample);
        self.go_to(index, context);
    }

    /// Notes that another image is shown now, so that one can go back; going back itself is nothing to come back from.
    pub(super) fn note_visit(&mut self, shown: SampleId) {
        let is_return = self.returning.take() == Some(shown);
        let Some(before) = self.document.as_ref().map(|document| document.open.row.sample.id) else { return };
        if before == shown || is_return {
            return;
        }
        if self.visited.last() != Some(&before) {
            self.visited.push(before);
        }
        if self.visited.len() > 200 {
            self.visited.remove(0);
        }
    }

    /// Goes to an image of the view, wherever it is.
    pub(super) fn show_sample(&mut self, sample: SampleId, context: &Context<'_>) {
        if let Some(index) = self.rows.position_of(sample) {
            self.go_to(index, context);
        } else if let Some(view) = self.rows.view().cloned() {
            let near = self.cursor;
            let promise = context
                .backend
                .spawn(move |workbench| Ok(place_of(workbench, &view, sample, near)?.map(|index| (index, sample))));
            self.seeking = Some(Seeking { promise, not_found: "canvas-not-shown", is_back: false });
        }
    }

    /// The shapes of the image before this one, drawn here too.
    pub(super) fn bring_previous(&mut self, context: &Context<'_>) {
        let Some(view) = self.rows.view().cloned().filter(|_| self.cursor > 0) else { return };
        let Some(document) = &self.document else { return };
        let (to, before, set) = (document.open.row.sample.id, self.cursor - 1, self.set());
        let read = move |workbench: &Workbench| {
            let rows = workbench.rows(&view, before..before + 1)?;
            let annotations = rows.into_iter().flat_map(|row| row.annotations);
            Ok(annotations.filter(|annotation| annotation.set == set && annotation.as_shape().is_some()).collect())
        };
        // What was drawn there last may still be on its way to the disk.
        let promise = match context.backend.saved() {
            Saved::Saving(_) => context.backend.write(read),
            Saved::Saved | Saved::Failed => context.backend.spawn(read),
        };
        self.bring = Some((to, promise));
    }

    /// On to the next image, and these shapes with it.
    pub(super) fn bring_on(&mut self, context: &Context<'_>) {
        let Some(to) = self.row_sample(Some(self.cursor + 1)) else { return };
        self.label_waiting(context);
        let Some(document) = &self.document else { return };
        let shapes: Vec<Annotation> = document.shapes().cloned().collect();
        self.step(1, context);
        if shapes.is_empty() {
            context.notify(Notification::info(context.tr("canvas-nothing-to-bring-on")));
        } else {
            self.arriving.push(Arriving { sample: to.id, shapes, by: [0.0; 2], only_if_empty: true });
        }
    }

    /// Puts shapes that are brought over into their image once its size is known.
    pub(super) fn let_arrive(&mut self, context: &Context<'_>) {
        for arriving in std::mem::take(&mut self.arriving) {
            let is_wanted = self.rows.row(self.cursor).is_none_or(|row| row.sample.id == arriving.sample);
            let document = self.document.as_ref().filter(|document| document.open.row.sample.id == arriving.sample);
            match document.filter(|_| self.canvas.is_open_on(arriving.sample)) {
                None if is_wanted => self.arriving.push(arriving),
                None => {
                    let text = context.tr_with("canvas-left-too-early", &[("count", arriving.shapes.len().into())]);
                    context.notify(Notification::info(text));
                }
                Some(document) if arriving.only_if_empty && document.shapes().next().is_some() => {
                    context.notify(Notification::info(context.tr("canvas-has-shapes-already")));
                }
                Some(_) => self.put_copies(arriving.shapes, arriving.by, context),
            }
        }
    }

    /// Takes in what was waited for: labels that were made, images that were looked for, shapes to bring over.
    pub(super) fn settle_waiting(&mut self, context: &Context<'_>) {
        self.settle_new_labels(context);
        if let Some(outcome) = self.seeking.as_ref().and_then(|seeking| seeking.promise.take())
            && let Some(Seeking { not_found, is_back, .. }) = self.seeking.take()
        {
            match outcome {
                Ok(Some((index, sample))) if is_back => self.return_to(index, sample, context),
                Ok(Some((index, _))) => self.go_to(index, context),
                Ok(None) => context.notify(Notification::info(context.tr(not_found))),
                Err(_) => {}
            }
        }
        if let Some((sample, outcome)) = self.bring.as_ref().and_then(|(to, promise)| Some((*to, promise.take()?))) {
            self.bring = None;
            let shapes: Vec<Annotation> = outcome.unwrap_or_default();
            if shapes.is_empty() {
                context.notify(Notification::info(context.tr("canvas-nothing-to-bring")));
            } else {
                self.arriving.push(Arriving { sample, shapes, by: [0.0; 2], only_if_empty: false });
            }
        }
        self.let_arrive(context);
    }
}
