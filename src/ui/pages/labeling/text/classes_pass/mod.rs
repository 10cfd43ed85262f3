//! Classifying texts in a second pass of quality control: one text after the other, decided by key, and nothing of the
//! labels that the first annotator gave.

mod actions;
mod keys;
mod view;

use crate::domain::{Annotation, DatasetId, LabelId, ReviewId, SampleId};
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::pages::UndoScope;
use crate::ui::pages::labeling::open_sample::OpenSample;
use crate::ui::pages::labeling::pass::Pass;
use crate::ui::pages::labeling::text_opener::{ReadText, TextOpener};
use crate::ui::pages::labeling::walk::Walk;
use crate::ui::text_view::TextView;
use crate::workbench::words;
use egui::Id;
use keys::Action;
use std::collections::VecDeque;

/// Keys that wait at most for the text they are for.
const QUEUE: usize = 32;

/// A decision on its way back, or again for `redo`; its text has to be shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Return {
    sample: SampleId,
    redo: bool,
}

/// The page.
pub struct ClassesPass {
    walk: Walk,
    pass: Pass,
    /// The text that is decided about.
    open: Option<OpenSample>,
    view: Option<TextView>,
    opener: TextOpener,
    /// Whether a text may have several labels: then a key does not go on.
    several: bool,
    /// The texts that were decided about here, one for each step of undo, the latest last.
    done: Vec<SampleId>,
    undone: Vec<SampleId>,
    returning: Option<Return>,
    /// What was pressed before the next text was there: it is meant for that one.
    queue: VecDeque<Action>,
    size: f32,
    text_id: Option<Id>,
    /// Whether a text field had the focus at the end of the last frame.
    was_typing: bool,
}

impl ClassesPass {
    /// The page of a second pass over a dataset of text classification.
    #[must_use]
    pub fn of_review(dataset: DatasetId, review: ReviewId) -> Self {
        Self {
            walk: Walk::of_review(dataset, review),
            pass: Pass::new(review),
            open: None,
            view: None,
            opener: TextOpener::default(),
            several: false,
            done: Vec::new(),
            undone: Vec::new(),
            returning: None,
            queue: VecDeque::new(),
            size: 1.0,
            text_id: None,
            was_typing: false,
        }
    }

    /// Reads anew where the texts of the pass stand: others may have worked on it.
    pub fn reopen_pass(&mut self) {
        self.pass.reopen();
    }

    /// What undo and redo act on: the latest decision, wherever it was.
    #[must_use]
    pub fn undo_scope(&self) -> UndoScope {
        let latest = self.done.last().copied().or_else(|| Some(self.open.as_ref()?.row.sample.id));
        latest.map_or(UndoScope::Nothing, |sample| UndoScope::Image(self.walk.dataset, sample, self.pass.set()))
    }

    /// Brings the walk and the text up to date.
    fn update(&mut self, context: &Context<'_>) {
        self.walk.update(context);
        match self.pass.update(context, self.walk.is_ready()) {
            Ok(Some(first)) => self.walk.show_sample(first, context),
            Ok(None) => {}
            Err(failure) => self.walk.failure = Some(failure),
        }
        self.update_text(context);
        self.settle(context);
        if let Some(open) = &self.open {
            self.pass.note(open.row.sample.id, &open.row.annotations);
        }
        self.go_back(context);
        while self.takes_decisions()
            && let Some(action) = self.queue.pop_front()
        {
            self.act(action, context);
        }
    }

    fn update_text(&mut self, context: &Context<'_>) {
        let open = self.open.as_ref().map(|open| open.row.sample.id);
        self.opener.read(self.walk.dataset, self.walk.here(), open, context.backend);
        match self.opener.take() {
            Ok(None) => {}
            Ok(Some(ReadText { row, text, generation })) => {
                self.view = Some(TextView::new(text, words));
                self.open = Some(OpenSample::new(row, self.pass.set(), generation));
            }
            Err(()) => {
                self.returning = None;
                self.queue.clear();
            }
        }
    }

    fn settle(&mut self, context: &Context<'_>) {
        let Some(open) = &mut self.open else { return };
        let settled = open.settle(self.walk.dataset, context);
        if settled.nothing_to_undo {
            context.notify(Notification::info(context.tr("canvas-nothing-to-undo")));
        }
        if settled.gone {
            self.open = None;
            self.walk.refresh();
        }
    }

    /// Whether the text at the cursor is the one that is shown.
    fn is_here(&self) -> bool {
        let here = self.walk.here();
        here.is_some() && self.open.as_ref().map(|open| open.row.sample.id) == here
    }

    /// Whether what is decided now is about the text that is shown, and stays.
    fn takes_decisions(&self) -> bool {
        let is_still = self.open.as_ref().is_some_and(|open| !open.is_behind());
        self.is_here() && is_still && !self.walk.is_seeking() && self.returning.is_none()
    }

    /// The labels given in this pass, as annotations.
    fn given(&self) -> impl Iterator<Item = &Annotation> {
        let annotations = self.open.iter().flat_map(|open| &open.row.annotations);
        annotations.filter(|annotation| annotation.label.is_some())
    }

    fn has(&self, label: LabelId) -> bool {
        self.given().any(|annotation| annotation.label == Some(label))
    }
}
