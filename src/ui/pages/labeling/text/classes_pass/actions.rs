//! Decisions about a text, each one step of undo.

use super::keys::Action;
use super::{ClassesPass, Return};
use crate::domain::review;
use crate::domain::{Annotation, AnnotationBody, AnnotationId, Edit, LabelId};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;

/// Sizes of the text that can be chosen, as factors, and from one to the next.
const SIZES: std::ops::RangeInclusive<f32> = 0.75..=2.0;
const STEP: f32 = 0.125;

impl ClassesPass {
    /// Carries out a command; `false` leaves it to the frame.
    pub fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::Undo => self.turn_back(false, context),
            Command::Redo => self.turn_back(true, context),
            _ => return false,
        }
        true
    }

    pub(super) fn act(&mut self, action: Action, context: &Context<'_>) {
        match action {
            Action::Label(key) => match self.walk.labels.of_key(key).map(|label| label.id) {
                Some(label) => self.give(label, context),
                None => {
                    let key = key.to_ascii_uppercase().to_string();
                    context.notify(Notification::info(context.tr_with("labeling-no-such-key", &[("key", key.into())])));
                }
            },
            Action::Finish => self.finish(context),
            Action::Clear => self.clear(context),
            Action::NextWaiting => self.seek_waiting(context),
            Action::Text(by) => self.walk.step(by),
            Action::Scroll(pages) => {
                let pages = f32::from(pages) / 4.0;
                self.view.iter_mut().for_each(|view| view.scroll_pages(pages));
            }
            Action::Mode => self.several = !self.several,
            Action::Size(larger) => {
                let by = if larger { STEP } else { -STEP };
                self.size = (self.size + by).clamp(*SIZES.start(), *SIZES.end());
            }
        }
    }

    /// With one label a text: that label, and on. With several: the label, or not.
    pub(super) fn give(&mut self, label: LabelId, context: &Context<'_>) {
        let others: Vec<AnnotationId> = {
            let is_in_the_way = |given: &&Annotation| (given.label == Some(label)) == self.several;
            self.given().filter(is_in_the_way).map(|given| given.id).collect()
        };
        let author = context.backend.workbench().actor().annotated_by();
        let new = || Annotation::human(label, AnnotationBody::Class, author, context.now);
        let put = if self.has(label) { Vec::new() } else { vec![new()] };
        if self.several {
            self.submit(put, others, context);
            return;
        }
        let Some(open) = &self.open else { return };
        let (sample, review) = (open.row.sample.id, self.pass.review());
        // The decision and that it was made are one step.
        let mark = match review::finish(sample, &open.row.annotations, review) {
            Some(Edit::Annotate { put, .. }) => put,
            _ => Vec::new(),
        };
        if self.submit(mark.into_iter().chain(put).collect(), others, context) {
            self.pass.note_done(sample);
        }
        self.seek_waiting(context);
    }

    /// Read, done: also where nothing fits. Goes on to the next text that waits.
    pub(super) fn finish(&mut self, context: &Context<'_>) {
        let Some(open) = &self.open else { return };
        let sample = open.row.sample.id;
        if let Some(Edit::Annotate { put, .. }) = review::finish(sample, &open.row.annotations, self.pass.review())
            && !self.submit(put, Vec::new(), context)
        {
            return;
        }
        self.pass.note_done(sample);
        self.seek_waiting(context);
    }

    /// Takes the labels of this pass away, and that it was done.
    pub(super) fn clear(&mut self, context: &Context<'_>) {
        let all = self.open.iter().flat_map(|open| &open.row.annotations).map(|annotation| annotation.id).collect();
        self.submit(Vec::new(), all, context);
    }

    pub(super) fn seek_waiting(&mut self, context: &Context<'_>) {
        match self.pass.next_waiting(self.walk.here()) {
            Some(next) => self.walk.show_sample(next, context),
            None => self.pass.tell_all_done(self.walk.dataset, context),
        }
    }

    fn submit(&mut self, put: Vec<Annotation>, remove: Vec<AnnotationId>, context: &Context<'_>) -> bool {
        let dataset = self.walk.dataset;
        let Some(open) = self.open.as_mut() else { return false };
        let sample = open.row.sample.id;
        let edit = Edit::Annotate { sample, put, remove, order: Vec::new() };
        let is_changed = open.submit(dataset, edit, false, context);
        if is_changed {
            self.done.push(sample);
            self.undone.clear();
        }
        is_changed
    }

    /// Takes the latest decision back, wherever it was, or does it again: its text is shown.
    fn turn_back(&mut self, redo: bool, context: &Context<'_>) {
        if self.returning.is_some() {
            return;
        }
        let (from, to) = if redo { (&mut self.undone, &mut self.done) } else { (&mut self.done, &mut self.undone) };
        let latest = from.pop();
        to.extend(latest);
        // After a restart, what was decided before about the text that is shown.
        let shown = self.open.as_ref().map(|open| open.row.sample.id);
        let Some(sample) = latest.or(shown) else { return };
        self.queue.clear();
        if self.walk.here() != Some(sample) {
            self.walk.show_sample(sample, context);
        }
        self.returning = Some(Return { sample, redo });
        self.go_back(context);
    }

    /// Takes back what waits for its text, once that is shown.
    pub(super) fn go_back(&mut self, context: &Context<'_>) {
        let Some(Return { sample, redo }) = self.returning else { return };
        if let Some(open) = self.open.as_mut().filter(|open| open.row.sample.id == sample) {
            self.returning = None;
            open.undo(self.walk.dataset, redo, context);
        }
    }
}
