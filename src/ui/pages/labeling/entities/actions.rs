//! What the person asks for becomes edits of the text.

use super::keys::Action;
use super::{EntitiesPage, is_entity, range_of};
use crate::domain::{Annotation, AnnotationBody, AnnotationId, AnnotationSet, Edit, LabelId};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::text_view::Selection;
use crate::ui::text_view::selection::{Step, stepped, word_at};
use egui::Ui;
use std::ops::Range;

impl EntitiesPage {
    /// Carries out a command; `false` leaves it to the frame.
    pub fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::Undo | Command::Redo => {
                if let Some(open) = &mut self.open {
                    open.undo(self.walk.dataset, command == Command::Redo, context);
                }
                true
            }
            _ => false,
        }
    }

    pub(super) fn act(&mut self, action: Action, ui: &Ui, context: &Context<'_>) {
        match action {
            Action::Label(key) => {
                if let Some(label) = self.walk.labels.of_key(key).map(|label| label.id) {
                    self.give_label(label, context);
                }
            }
            Action::Caret(step, forward, extend) => {
                if let Some(view) = &mut self.view {
                    view.selection = view.selection.stepped(view.ground(), step, forward, extend);
                    view.reveal_caret();
                    self.chosen = None;
                }
            }
            Action::Rows(rows, extend) => self.view.iter_mut().for_each(|view| view.step_rows(rows, extend)),
            Action::RowEnd(end, extend) => self.view.iter_mut().for_each(|view| view.step_to_row_end(end, extend)),
            Action::NextEntity => self.choose_next(false),
            Action::PreviousEntity => self.choose_next(true),
            Action::Edge(end, forward) => self.move_edge(end, forward, context),
            Action::Delete => self.delete(context),
            Action::Accept => self.accept(context),
            Action::Confirm => self.decide(context),
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
            Action::Everywhere => self.ask_everywhere(context),
            Action::Copy => {
                let chosen = self.view.as_ref().and_then(|view| view.covered(&view.selection.range()));
                if let Some(text) = chosen {
                    ui.ctx().copy_text(text.to_owned());
                }
            }
        }
    }

    /// Gives a label to the chosen entity, else to what is selected, else to the word at the caret.
    pub(super) fn give_label(&mut self, label: LabelId, context: &Context<'_>) {
        self.label = Some(label);
        if self.chosen.is_some() {
            self.change_chosen(context, |annotation| annotation.label = Some(label));
            return;
        }
        let Some(view) = &self.view else { return };
        let selected = view.selection.range();
        let range = if selected.is_empty() { word_at(view.ground(), view.selection.caret) } else { selected };
        let Some(text) = view.covered(&range).filter(|text| !text.trim().is_empty()).map(str::to_owned) else { return };
        let exists = self.entities().any(|other| other.label == Some(label) && range_of(other) == Some(range.clone()));
        if exists {
            context.notify(Notification::info(context.tr("entities-already")));
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

    /// Moves one edge of the chosen entity by a character.
    fn move_edge(&mut self, end: bool, forward: bool, context: &Context<'_>) {
        let Some(entity) = self.chosen_entity().cloned() else { return };
        let (Some(view), Some(range)) = (&self.view, range_of(&entity)) else { return };
        let from = if end { range.end } else { range.start };
        let to = stepped(view.ground(), from, Step::Character, forward);
        let range = if end { range.start..to } else { to..range.end };
        let Some(text) = view.covered(&range).map(str::to_owned) else { return };
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
        if entity.set != AnnotationSet::Primary {
            // A person says something of it: it is theirs from now on.
            let id = entity.id;
            self.accept_these(Some(vec![id]), context);
            let Some(accepted) = self.chosen_entity().cloned() else { return };
            entity = accepted;
        }
        change(&mut entity);
        self.edit(vec![entity], Vec::new(), context);
    }

    pub(super) fn delete(&mut self, context: &Context<'_>) {
        let Some(entity) = self.chosen_entity() else { return };
        let (id, is_suggestion) = (entity.id, entity.set != AnnotationSet::Primary);
        if is_suggestion {
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
    pub(super) fn accept(&mut self, context: &Context<'_>) {
        let chosen = self.chosen_entity().filter(|entity| entity.set != AnnotationSet::Primary).map(|entity| entity.id);
        let any = self.entities().any(|entity| entity.set != AnnotationSet::Primary);
        if any {
            self.accept_these(chosen.map(|id| vec![id]), context);
        } else {
            self.walk.seek_undecided(context);
        }
    }

    fn accept_these(&mut self, annotations: Option<Vec<AnnotationId>>, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let samples = vec![open.row.sample.id];
            self.submit(Edit::Accept { samples, annotations, at_least: 0.0 }, false, context);
        }
    }

    /// Labeled as it is.
    pub(super) fn decide(&mut self, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let samples = vec![open.row.sample.id];
            self.submit(Edit::Confirm { samples }, false, context);
        }
    }

    pub(super) fn clear(&mut self, context: &Context<'_>) {
        if let Some(open) = &self.open {
            let samples = vec![open.row.sample.id];
            self.submit(Edit::ClearLabels { samples }, false, context);
            self.chosen = None;
        }
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
        let Some(open) = self.open.as_mut().filter(|open| !open.is_undoing()) else { return false };
        open.submit(dataset, edit, continues, context)
    }

    /// The entities that are shown: the person's and the suggested ones.
    pub(super) fn entities(&self) -> impl Iterator<Item = &Annotation> {
        self.open.iter().flat_map(|open| &open.row.annotations).filter(|annotation| is_entity(annotation))
    }

    pub(super) fn chosen_entity(&self) -> Option<&Annotation> {
        self.entities().find(|entity| Some(entity.id) == self.chosen)
    }
}
