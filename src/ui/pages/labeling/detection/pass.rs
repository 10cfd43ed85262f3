//! The canvas as the second pass of quality control has it: the images that were drawn for it, and nothing of what the
//! first annotator said about them.

use super::DetectionPage;
use crate::domain::review;
use crate::domain::{AnnotationSet, DatasetId, ReviewId};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::pass::Pass;
use egui::Ui;

impl DetectionPage {
    /// The page of a second pass over a dataset of object detection.
    pub fn of_review(dataset: DatasetId, review: ReviewId) -> Self {
        Self { pass: Some(Pass::new(review)), ..Self::new(dataset, None) }
    }

    /// Reads anew where the images of the pass stand: others may have worked on it.
    pub fn reopen_pass(&mut self) {
        self.pass.iter_mut().for_each(Pass::reopen);
    }

    /// The set that is shown and changed.
    pub(super) fn set(&self) -> AnnotationSet {
        self.pass.as_ref().map_or(AnnotationSet::Primary, Pass::set)
    }

    pub(super) fn update_pass(&mut self, context: &Context<'_>) {
        let Some(pass) = &mut self.pass else { return };
        match pass.update(context, self.rows.view().is_some()) {
            Ok(Some(first)) => self.show_sample(first, context),
            Ok(None) => {}
            Err(failure) => {
                self.failure = Some(failure);
                return;
            }
        }
        if let (Some(pass), Some(document)) = (&mut self.pass, &self.document) {
            pass.note(document.open.row.sample.id, &document.open.row.annotations);
        }
    }

    /// Looked at, done: also where nothing is. Goes on to the next image that waits.
    pub(super) fn finish_image(&mut self, context: &Context<'_>) {
        let Some(document) = &mut self.document else { return };
        let Some(pass) = &mut self.pass else { return };
        let sample = document.open.row.sample.id;
        if self.canvas.is_failed(sample) {
            // Nobody has seen it: it goes on waiting.
            context.notify(Notification::info(context.tr("canvas-nothing-unseen")));
            self.seek_waiting(context);
            return;
        }
        if let Some(edit) = review::finish(sample, &document.open.row.annotations, pass.review()) {
            document.open.submit(self.dataset, edit, false, context);
        }
        pass.note_done(sample);
        self.seek_waiting(context);
    }

    pub(super) fn seek_waiting(&mut self, context: &Context<'_>) {
        let Some(pass) = &self.pass else { return };
        let here = self.document.as_ref().map(|document| document.open.row.sample.id);
        match pass.next_waiting(here) {
            Some(next) => self.show_sample(next, context),
            None => pass.tell_all_done(self.dataset, context),
        }
    }

    /// What the key for a decision about the whole image is called, and what it does.
    pub(super) fn decision_words(&self, context: &Context<'_>) -> (String, String) {
        let has_shapes = self.document.as_ref().is_some_and(|document| document.shapes().next().is_some());
        match (&self.pass, has_shapes) {
            (Some(_), true) => (context.tr("review-done"), context.tr("review-done.tip")),
            (Some(_), false) => (context.label_of(Command::CanvasNothing), context.tr("review-nothing-tip")),
            (None, _) => (context.label_of(Command::CanvasNothing), context.tr("command-canvas-nothing.tip")),
        }
    }

    /// Says above the canvas which pass this is and how much remains; nothing in the first pass.
    pub(super) fn banner_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(pass) = &self.pass {
            pass.banner_ui(ui, context, self.dataset);
        }
    }
}
