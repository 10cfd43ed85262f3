//! Marking entities in a second pass of quality control: the texts that were drawn for it, and nothing of what the first
//! annotator marked in them.

use super::keys::{self, Action};
use super::{EntitiesPage, is_entity};
use crate::domain::review;
use crate::domain::{AnnotationId, AnnotationSet, DatasetId, Edit, ReviewId};
use crate::ui::context::Context;
use crate::ui::pages::labeling::pass::Pass;
use crate::ui::pages::labeling::walk::Walk;
use crate::ui::widgets::Button;
use egui::Ui;

/// Lines of the help about what a second pass does not do.
const NOT_IN_PASS: &[&str] = &[
    "entities-key-everywhere",
    "entities-key-accept",
    "labeling-key-accept-sure",
    "labeling-key-refuse",
    "labeling-key-filter-text",
    "labeling-key-add-text",
    "entities-key-delete-text",
];

impl EntitiesPage {
    /// The page of a second pass over a dataset of named entities.
    pub fn of_review(dataset: DatasetId, review: ReviewId, context: &Context<'_>) -> Self {
        let (walk, pass) = (Walk::of_review(dataset, review), Some(Pass::new(review)));
        Self { walk, pass, ..Self::new(dataset, None, context) }
    }

    /// Reads anew where the texts of the pass stand: others may have worked on it.
    pub fn reopen_pass(&mut self) {
        self.pass.iter_mut().for_each(Pass::reopen);
    }

    /// The set that is shown and changed.
    pub(super) fn set(&self) -> AnnotationSet {
        self.pass.as_ref().map_or(AnnotationSet::Primary, Pass::set)
    }

    pub(super) fn update_pass(&mut self, context: &Context<'_>) {
        let Some(pass) = &mut self.pass else { return };
        match pass.update(context, self.walk.is_ready()) {
            Ok(Some(first)) => self.walk.show_sample(first, context),
            Ok(None) => {}
            Err(failure) => self.walk.failure = Some(failure),
        }
        if let Some(open) = &self.open {
            pass.note(open.row.sample.id, &open.row.annotations);
        }
    }

    /// What keys mean otherwise in a second pass; `false` leaves them as they are.
    pub(super) fn act_in_pass(&mut self, action: Action, context: &Context<'_>) -> bool {
        if self.pass.is_none() {
            return false;
        }
        match action {
            Action::Accept | Action::Confirm => self.finish_text(context),
            Action::NextUndecided => self.seek_waiting(context),
            Action::Clear => self.clear_pass(context),
            // They are about the dataset, not the pass.
            Action::Everywhere | Action::AcceptSure | Action::RefuseAll | Action::DeleteText => {}
            _ => return false,
        }
        true
    }

    /// Read, done: also where nothing is. Goes on to the next text that waits.
    fn finish_text(&mut self, context: &Context<'_>) {
        let here = self.walk.here();
        let Some(open) = self.open.as_mut().filter(|open| !open.is_behind()) else { return };
        let Some(pass) = &mut self.pass else { return };
        let sample = open.row.sample.id;
        // What is finished is what is seen.
        if here != Some(sample) || self.walk.is_seeking() {
            return;
        }
        if let Some(edit) = review::finish(sample, &open.row.annotations, pass.review()) {
            open.submit(self.walk.dataset, edit, false, context);
        }
        pass.note_done(sample);
        self.seek_waiting(context);
    }

    fn seek_waiting(&mut self, context: &Context<'_>) {
        let Some(pass) = &self.pass else { return };
        match pass.next_waiting(self.walk.here()) {
            Some(next) => self.walk.show_sample(next, context),
            None => pass.tell_all_done(self.walk.dataset, context),
        }
    }

    /// Takes away what was marked in this pass, and that only.
    fn clear_pass(&mut self, context: &Context<'_>) {
        let Some(open) = self.open.as_mut().filter(|open| !open.is_undoing()) else { return };
        let marked = open.row.annotations.iter().filter(|annotation| is_entity(annotation, open.set()));
        let remove: Vec<AnnotationId> = marked.map(|annotation| annotation.id).collect();
        if !remove.is_empty() {
            let edit = Edit::Annotate { sample: open.row.sample.id, put: Vec::new(), remove, order: Vec::new() };
            open.submit(self.walk.dataset, edit, false, context);
        }
        self.chosen = None;
    }

    /// What the help lists here.
    pub(super) fn help(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let is_pass = self.pass.is_some();
        let of_pass = move |(id, keys): (&'static str, &'static str)| match id {
            _ if !is_pass => Some((id, keys)),
            "entities-key-nothing" => Some(("review-key-done", "0, Enter")),
            "entities-key-undecided" => Some(("review-key-waiting", keys)),
            _ if NOT_IN_PASS.contains(&id) => None,
            _ => Some((id, keys)),
        };
        keys::HELP.iter().copied().filter_map(of_pass)
    }

    /// What can be decided of the whole text in a second pass; `false` outside of one.
    pub(super) fn pass_decisions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> bool {
        if self.pass.is_none() {
            return false;
        }
        let has_any = self.entities().next().is_some();
        ui.horizontal_wrapped(|ui| {
            let text = if has_any { "review-done-text" } else { "review-nothing-text" };
            let done = Button::primary(context.tr(text)).small().keys("0").tip(context.tr("review-done-text.tip"));
            if done.show(ui, context).clicked() {
                self.act(Action::Confirm, ui.ctx(), context);
            }
            let clear = Button::secondary(context.tr("entities-clear")).small().keys("X");
            if has_any && clear.show(ui, context).clicked() {
                self.act(Action::Clear, ui.ctx(), context);
            }
        });
        true
    }

    /// Says above the text which pass this is and how much remains; nothing in the first pass.
    pub(super) fn banner_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(pass) = &self.pass {
            pass.banner_ui(ui, context, self.walk.dataset);
        }
    }
}
