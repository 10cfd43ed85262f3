//! What the person asks for becomes edits of the text.

use super::keys::Action;
use super::{EntitiesPage, is_entity, is_suggestion, range_of};
use crate::domain::{Annotation, AnnotationBody, AnnotationId, Edit, LabelId};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::dialogs::DeleteImages;
use crate::ui::pages::labeling::open_sample::OpenSample;
use crate::ui::pages::labeling::selection::IndexSet;
use crate::ui::text_view::Selection;
use crate::ui::text_view::selection::{Ground, Step, stepped, word_at};
use std::ops::Range;

/// The word at a caret, else the one that ends there; `None` between two blanks or marks.
fn word_near(ground: Ground<'_>, caret: u32) -> Option<Range<u32>> {
    let is_word = |range: &Range<u32>| {
        let covered = ground.offsets.covered(ground.text, range.start, range.end);
        covered.is_some_and(|text| text.chars().any(char::is_alphanumeric))
    };
    let at = word_at(ground, caret);
    let before = || word_at(ground, stepped(ground, caret, Step::Character, false));
    Some(at).filter(is_word).or_else(|| Some(before()).filter(is_word))
}

impl EntitiesPage {
    /// Carries out a command; `false` leaves it to the frame.
    pub fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::Undo | Command::Redo => {
                let redo = command == Command::Redo;
                if self.is_here() && self.waiting.is_empty() {
                    self.undo(redo, context);
                } else {
                    self.waiting.push_back(Action::Undo(redo));
                }
                true
            }
            Command::DeleteSamples => {
                if self.pass.is_none() {
                    self.ask_to_delete(context);
                }
                true
            }
            _ => false,
        }
    }

    fn undo(&mut self, redo: bool, context: &Context<'_>) {
        self.moving = None;
        if let Some(open) = &mut self.open {
            open.undo(self.walk.dataset, redo, context);
        }
    }

    /// Whether the text that the list is at is the one that is open, and shown as it is.
    fn is_here(&self) -> bool {
        let open =
            self.open.as_ref().filter(|open| !open.is_undoing() && !open.is_behind()).map(|open| open.row.sample.id);
        open.is_some() && open == self.walk.here() && !self.walk.is_seeking()
    }

    /// Does what waited for the text here, as far as it goes.
    pub(super) fn act_on_waiting(&mut self, egui: &egui::Context, context: &Context<'_>) {
        while self.is_here()
            && let Some(action) = self.waiting.pop_front()
        {
            self.carry_out(action, egui, context);
        }
    }

    /// Does what is asked for once the text that it is meant for is there: after all that was asked for before.
    pub(super) fn act(&mut self, action: Action, egui: &egui::Context, context: &Context<'_>) {
        let is_move = matches!(action, Action::NextText | Action::PreviousText);
        let is_broken = self.opener.failed(self.walk.here());
        if self.walk.failure.is_some() || (is_broken && !is_move && action != Action::NextUndecided) {
            return;
        }
        if self.waiting.is_empty() && (self.is_here() || ((is_move || is_broken) && !self.walk.is_seeking())) {
            self.carry_out(action, egui, context);
        } else {
            self.waiting.push_back(action);
        }
    }

    fn carry_out(&mut self, action: Action, egui: &egui::Context, context: &Context<'_>) {
        if self.act_in_pass(action, context) {
            return;
        }
        match action {
            Action::Label(key) => {
                if let Some(label) = self.walk.labels.of_key(key).map(|label| label.id) {
                    self.give_label(label, context);
                }
            }
            Action::Give(label) => self.give_label(label, context),
            Action::Caret(step, forward, extend) => {
                if let Some(view) = &mut self.view {
                    view.selection = view.selection.stepped(view.ground(), step, forward, extend);
                    view.reveal_caret();
                    self.chosen = None;
                }
            }
            Action::Rows(rows, extend) => {
                self.chosen = None;
                self.view.iter_mut().for_each(|view| view.step_rows(rows, extend));
            }
            Action::Pages(down, extend) => {
                self.chosen = None;
                self.view.iter_mut().for_each(|view| view.step_page(down, extend));
            }
            Action::RowEnd(end, extend) => {
                self.chosen = None;
                self.view.iter_mut().for_each(|view| view.step_to_row_end(end, extend));
            }
            Action::TextEnd(end, extend) => {
                self.chosen = None;
                self.view.iter_mut().for_each(|view| view.step_to_end(end, extend));
            }
            Action::NextEntity => self.choose_next(false),
            Action::PreviousEntity => self.choose_next(true),
            Action::Edge(end, forward, step) => self.move_edge(end, forward, step, context),
            Action::Delete => self.delete(context),
            Action::Accept => self.accept(context),
            Action::Confirm => self.decide(context),
            Action::AcceptSure => self.accept_listed(context),
            Action::RefuseAll => self.refuse_all(context),
            Action::Clear => self.clear(context),
            Action::Hard => {
                self.change_chosen(context, |annotation| annotation.hard = Some(annotation.hard != Some(true)));
            }
            Action::Escape => {
                self.chosen = None;
                self.view.iter_mut().for_each(|view| view.selection = Selection::at(view.selection.caret));
            }
            Action::NextText => self.walk.step(1),
            Action::PreviousText => self.walk.step(-1),
            Action::NextUndecided => self.walk.seek_undecided(context),
            Action::Undo(redo) => self.undo(redo, context),
            Action::Everywhere => {
                self.moving = None;
                self.ask_everywhere(context);
            }
            Action::DeleteText => self.ask_to_delete(context),
            Action::Copy => {
                let chosen = self.view.as_ref().and_then(|view| view.covered(&view.selection.range()));
                if let Some(text) = chosen {
                    egui.copy_text(text.to_owned());
                }
            }
        }
    }

    /// Gives a label to the chosen entity, else to what is selected, else to the word at the caret.
    fn give_label(&mut self, label: LabelId, context: &Context<'_>) {
        self.label = Some(label);
        if self.chosen.is_some() {
            self.change_chosen(context, |annotation| annotation.label = Some(label));
            return;
        }
        let Some(view) = &self.view else { return };
        let selected = view.selection.range();
        let range = if selected.is_empty() { word_near(view.ground(), view.selection.caret) } else { Some(selected) };
        let covered = range.and_then(|range| Some((view.covered(&range)?.to_owned(), range)));
        let Some((text, range)) = covered.filter(|(text, _)| !text.trim().is_empty()) else {
            context.notify(Notification::info(context.tr("entities-no-word")));
            return;
        };
        if self.is_taken(&range, Some(label), None, context) {
            return;
        }
        let body = AnnotationBody::Entity { start: range.start, end: range.end, text };
        let author = context.backend.workbench().actor().annotated_by();
        let annotation = Annotation::human(label, body, author, context.now);
        let id = annotation.id;
        if self.edit(vec![annotation], Vec::new(), context) {
            self.chosen = Some(id);
            self.select(range);
        }
    }

    /// Whether an entity other than this one has this stretch and label already, which is then said.
    fn is_taken(
        &self,
        range: &Range<u32>,
        label: Option<LabelId>,
        but: Option<AnnotationId>,
        context: &Context<'_>,
    ) -> bool {
        let same = |other: &Annotation| other.label == label && range_of(other).as_ref() == Some(range);
        let taken = self.entities().any(|other| Some(other.id) != but && same(other));
        if taken {
            context.notify(Notification::info(context.tr("entities-already")));
        }
        taken
    }

    fn select(&mut self, range: Range<u32>) {
        if let Some(view) = &mut self.view {
            view.selection = Selection::of(range);
            view.reveal_caret();
        }
    }

    /// The entity after (or before) the chosen one, in the order of the text.
    fn choose_next(&mut self, backwards: bool) {
        let mut all: Vec<(Range<u32>, AnnotationId)> =
            self.entities().filter_map(|entity| Some((range_of(entity)?, entity.id))).collect();
        all.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        if backwards {
            all.reverse();
        }
        let caret = self.view.as_ref().map_or(0, |view| view.selection.range().start);
        let after = match self.chosen.and_then(|chosen| all.iter().position(|(_, id)| *id == chosen)) {
            Some(place) => all.get(place + 1),
            None if backwards => all.iter().find(|(range, _)| range.start < caret),
            None => all.iter().find(|(range, _)| range.start >= caret),
        };
        if let Some((range, id)) = after.or_else(|| all.first()).cloned() {
            self.choose(id, range);
        }
    }

    /// Chooses an entity, and brings it into sight.
    pub(super) fn choose(&mut self, id: AnnotationId, range: Range<u32>) {
        self.chosen = Some(id);
        self.select(range);
    }

    /// A click: the shortest entity there; again, the next longer one.
    pub(super) fn choose_at(&mut self, place: u32) {
        let mut there: Vec<(Range<u32>, AnnotationId)> = self
            .entities()
            .filter_map(|entity| Some((range_of(entity)?, entity.id)))
            .filter(|(range, _)| range.contains(&place))
            .collect();
        there.sort_by_key(|(range, _)| range.end - range.start);
        let chosen = self.chosen.and_then(|chosen| there.iter().position(|(_, id)| *id == chosen));
        let next = chosen.map_or(0, |place| (place + 1) % there.len().max(1));
        self.chosen = there.get(next).map(|(_, id)| *id);
    }

    /// Moves one edge of the chosen entity by a step.
    fn move_edge(&mut self, end: bool, forward: bool, step: Step, context: &Context<'_>) {
        let Some(entity) = self.chosen_entity().cloned() else { return };
        let (Some(view), Some(range)) = (&self.view, range_of(&entity)) else { return };
        let from = if end { range.end } else { range.start };
        let to = stepped(view.ground(), from, step, forward);
        let range = if end { range.start..to } else { to..range.end };
        let Some(text) = view.covered(&range).filter(|text| !text.is_empty()).map(str::to_owned) else { return };
        if self.is_taken(&range, entity.label, Some(entity.id), context) {
            return;
        }
        let mut moved = entity;
        moved.body = AnnotationBody::Entity { start: range.start, end: range.end, text };
        // A step after a step is one thing to take back.
        let continues = self.moving == Some(moved.id);
        let id = moved.id;
        if self.edit_as(vec![moved], Vec::new(), continues, context) {
            self.moving = Some(id);
            self.select(range);
        }
    }

    pub(super) fn change_chosen(&mut self, context: &Context<'_>, change: impl FnOnce(&mut Annotation)) {
        let Some(mut entity) = self.chosen_entity().cloned() else { return };
        if is_suggestion(&entity) {
            // A person says something of it: it is theirs from now on.
            let id = entity.id;
            self.accept_these(Some(vec![id]), 0.0, context);
            let Some(accepted) = self.chosen_entity().cloned() else { return };
            entity = accepted;
        }
        let before = entity.label;
        change(&mut entity);
        if entity.label != before
            && let Some(range) = range_of(&entity)
            && self.is_taken(&range, entity.label, Some(entity.id), context)
        {
            return;
        }
        self.edit(vec![entity], Vec::new(), context);
    }

    fn delete(&mut self, context: &Context<'_>) {
        let Some(entity) = self.chosen_entity() else { return };
        let (id, is_suggested) = (entity.id, is_suggestion(entity));
        if is_suggested {
            if let Some(open) = &self.open {
                let edit = Edit::Refuse { samples: vec![open.row.sample.id], annotations: Some(vec![id]) };
                self.submit(edit, false, context);
            }
        } else {
            self.edit(Vec::new(), vec![id], context);
        }
        self.chosen = None;
    }

    /// Takes the chosen suggestion, else all of the text; with nothing to take, on to the next text that waits.
    fn accept(&mut self, context: &Context<'_>) {
        let chosen = self.chosen_entity().filter(|entity| is_suggestion(entity)).map(|entity| entity.id);
        let any = self.entities().any(is_suggestion);
        if any {
            self.accept_these(chosen.map(|id| vec![id]), 0.0, context);
        } else {
            self.walk.seek_undecided(context);
        }
    }

    /// How sure a model must be, 0 to 1.
    pub(super) fn least(&self) -> f64 {
        f64::from(self.threshold) / 100.0
    }

    /// Takes what a model is sure enough of in this text.
    pub(super) fn accept_sure_here(&mut self, context: &Context<'_>) {
        self.accept_these(None, self.least(), context);
    }

    /// Takes what a model is sure enough of in all texts of the list.
    fn accept_listed(&mut self, context: &Context<'_>) {
        let Some(view) = self.walk.rows.view().cloned() else { return };
        self.moving = None;
        let (dataset, at_least) = (self.walk.dataset, self.least());
        let done = context.backend.write(move |workbench| {
            let samples = workbench.sample_ids(&view, 0..view.len())?;
            workbench.edit(dataset, &Edit::Accept { samples, annotations: None, at_least })
        });
        context.follow(done, move |context, outcome| {
            let Ok(receipt) = outcome else { return };
            let text = context.tr_with("entities-accepted-listed", &[("count", receipt.changed.into())]);
            let notification = Notification::success(text);
            context.notify(match receipt.changed {
                0 => notification,
                _ => notification.with_undo(context, dataset, receipt.entry),
            });
        });
    }

    fn refuse_all(&mut self, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let edit = Edit::Refuse { samples: vec![open.row.sample.id], annotations: None };
            self.submit(edit, false, context);
        }
    }

    fn accept_these(&mut self, annotations: Option<Vec<AnnotationId>>, at_least: f64, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let samples = vec![open.row.sample.id];
            self.submit(Edit::Accept { samples, annotations, at_least }, false, context);
        }
    }

    /// Labeled as it is.
    fn decide(&mut self, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let samples = vec![open.row.sample.id];
            self.submit(Edit::Confirm { samples }, false, context);
        }
    }

    fn clear(&mut self, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let samples = vec![open.row.sample.id];
            self.submit(Edit::ClearLabels { samples }, false, context);
            self.chosen = None;
        }
    }

    /// Asks whether this text is to go from the dataset.
    fn ask_to_delete(&self, context: &Context<'_>) {
        let Some(view) = self.walk.rows.view().filter(|_| self.is_here()) else { return };
        let mut here = IndexSet::default();
        here.insert(self.walk.cursor..self.walk.cursor + 1);
        context.show(DeleteImages::new(self.walk.dataset, view.clone(), here, true));
    }

    fn edit(&mut self, put: Vec<Annotation>, remove: Vec<AnnotationId>, context: &Context<'_>) -> bool {
        self.edit_as(put, remove, false, context)
    }

    fn edit_as(
        &mut self,
        put: Vec<Annotation>,
        remove: Vec<AnnotationId>,
        continues: bool,
        context: &Context<'_>,
    ) -> bool {
        let Some(open) = &self.open else { return false };
        let edit = Edit::Annotate { sample: open.row.sample.id, put, remove, order: Vec::new() };
        self.submit(edit, continues, context)
    }

    fn submit(&mut self, edit: Edit, continues: bool, context: &Context<'_>) -> bool {
        self.moving = None;
        let dataset = self.walk.dataset;
        let Some(open) = self.open.as_mut().filter(|open| !open.is_undoing() && !open.is_behind()) else {
            return false;
        };
        open.submit(dataset, edit, continues, context)
    }

    /// The entities that are shown: the person's and the suggested ones.
    pub(super) fn entities<'a>(&'a self) -> impl Iterator<Item = &'a Annotation> {
        let of = |open: &'a OpenSample| {
            open.row.annotations.iter().filter(move |annotation| is_entity(annotation, open.set()))
        };
        self.open.iter().flat_map(of)
    }

    pub(super) fn chosen_entity(&self) -> Option<&Annotation> {
        self.entities().find(|entity| Some(entity.id) == self.chosen)
    }
}
