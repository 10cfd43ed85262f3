//! Settling: the two passes over a sample side by side, one difference after the other. The last decision settles the
//! sample, in one step that can be taken back. Here are the decisions; how the sides look is said by [`Sides`].

mod all;
mod keys;
mod shapes;
mod sides;
mod texts;
mod view;

pub use all::actions_ui;

use super::decisions::{Decisions, Key, Step, key_of};
use super::words::is_to_settle;
use crate::domain::agreement::Match;
use crate::domain::query::{EditReceipt, SampleRow};
use crate::domain::review::{self, Keep, ReviewState};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, AnnotationSet, DatasetId, DatasetType, Explanation, ReviewId, Sample,
    SampleId,
};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::workbench::{ReviewReport, ReviewedSample, Task};
use egui::Id;
use sides::{Look, Shown, Sides, sides_of};
use std::collections::HashSet;
use std::sync::Arc;

/// Characters of an entity that are told apart by.
const EXCERPT: usize = 24;

/// A sample with both passes over it.
struct Subject {
    row: SampleRow,
    /// What is to be read, of a text.
    text: Option<Arc<str>>,
    matches: Vec<Match>,
    /// Who comes next.
    next: Option<Sample>,
    /// The state of the catalog that it was read at.
    generation: u64,
}

/// Which sample is being read; it is `None` if it is gone.
type Opening = (SampleId, Promise<Option<Subject>>);

/// The page.
pub struct SettlePage {
    dataset: DatasetId,
    review: ReviewId,
    /// What the dataset is of, once that is known.
    kind: Option<DatasetType>,
    labels: Query<DatasetId, Arc<LabelTable>>,
    table: Arc<LabelTable>,
    reading: Option<Promise<ReviewReport>>,
    failure: Option<Explanation>,
    /// What was looked at again and differs, or did; those that differ most first. Their order stays while one works.
    samples: Option<Vec<ReviewedSample>>,
    /// The sample that a link asks for.
    wanted: Option<SampleId>,
    cursor: usize,
    subject: Option<Subject>,
    /// What differs and is not settled yet.
    loud: HashSet<AnnotationId>,
    /// How the two passes are shown; known once it is known what they label.
    sides: Option<Box<dyn Sides>>,
    /// Who takes the keys.
    keys_id: Option<Id>,
    opening: Option<Opening>,
    /// The difference that is looked at.
    current: usize,
    /// Whether to turn to the first open difference once the sample has been read anew.
    turns: bool,
    decisions: Decisions,
    settling: Vec<(SampleId, Promise<EditReceipt>)>,
    /// What is being taken back or done again (then `true`).
    undoing: Vec<(bool, Promise<Option<EditReceipt>>)>,
}

/// The words of an entity on one line, no longer than a button.
fn excerpt(text: &str) -> String {
    let mut words: String = text.replace(['\n', '\r', '\t'], " ").chars().take(EXCERPT + 1).collect();
    if words.chars().count() > EXCERPT {
        words.pop();
        words.push('…');
    }
    words
}

impl SettlePage {
    /// The page of a review, beginning with a sample or with the first that is to be settled.
    pub fn new(dataset: DatasetId, review: ReviewId, sample: Option<SampleId>) -> Self {
        Self {
            dataset,
            review,
            kind: None,
            labels: Query::default(),
            table: Arc::default(),
            reading: None,
            failure: None,
            samples: None,
            wanted: sample,
            cursor: 0,
            subject: None,
            loud: HashSet::new(),
            sides: None,
            keys_id: None,
            opening: None,
            current: 0,
            turns: false,
            decisions: Decisions::default(),
            settling: Vec::new(),
            undoing: Vec::new(),
        }
    }

    /// Which review it is of.
    pub fn review(&self) -> ReviewId {
        self.review
    }

    /// Reads the list of samples anew, as the page is shown again.
    pub fn reopen(&mut self, sample: Option<SampleId>) {
        self.wanted = sample;
        self.samples = None;
    }

    fn update(&mut self, context: &Context<'_>) {
        let (dataset, review, backend) = (self.dataset, self.review, context.backend);
        let table = self.labels.get_or_previous(backend, &dataset, move |workbench| {
            workbench.labels(dataset).map(|labels| Arc::new(LabelTable::new(labels)))
        });
        if let Some(table) = table.filter(|table| !Arc::ptr_eq(table, &self.table)) {
            self.table = Arc::clone(table);
            self.rebuild();
        }
        if self.samples.is_none() {
            let reading = self.reading.get_or_insert_with(|| {
                backend.spawn(move |workbench| workbench.review_report(review, &Task::silent()))
            });
            match reading.take() {
                Some(Ok(report)) => self.take_report(report),
                Some(Err(failure)) => {
                    self.failure = Some(failure);
                    self.samples = Some(Vec::new());
                }
                None => return,
            }
            self.reading = None;
        }
        self.update_writes(context);
        self.update_subject(context);
    }

    fn take_report(&mut self, report: ReviewReport) {
        let is_other = self.kind.replace(report.kind) != Some(report.kind);
        if is_other || self.sides.is_none() {
            self.sides = Some(sides_of(report.kind));
        }
        let wanted = self.wanted.take();
        let is_shown =
            |row: &ReviewedSample| is_to_settle(row) || row.state == ReviewState::Settled || wanted == Some(row.id);
        let mut rows: Vec<_> = report.rows.into_iter().filter(is_shown).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.differences));
        let place = |wanted| rows.iter().position(|row| Some(row.id) == wanted);
        self.cursor = place(wanted).or_else(|| rows.iter().position(is_to_settle)).unwrap_or(0);
        self.samples = Some(rows);
        self.failure = None;
    }

    /// The sample at the cursor.
    fn here(&self) -> Option<&ReviewedSample> {
        self.samples.as_ref()?.get(self.cursor)
    }

    fn update_writes(&mut self, context: &Context<'_>) {
        let mut failed = Vec::new();
        self.settling.retain(|(sample, promise)| match promise.take() {
            None => true,
            Some(outcome) => {
                failed.extend(outcome.is_err().then_some(*sample));
                false
            }
        });
        for sample in failed {
            // The frame says why. The choices would stand for something that was not done.
            self.decisions.forget(sample);
            self.set_state(sample, ReviewState::Done);
        }
        let (mut all, mut nothing) = (false, false);
        self.undoing.retain(|(again, promise)| match promise.take() {
            None => true,
            Some(outcome) => {
                let receipt = outcome.ok();
                nothing |= !again && receipt == Some(None);
                all |= receipt.flatten().is_some_and(|receipt| receipt.code == review::SETTLE_EDIT);
                false
            }
        });
        if all {
            let here = self.here().map(|row| row.id);
            self.reopen(here);
        }
        if nothing {
            context.notify(Notification::info(context.tr("review-nothing-to-undo")));
        }
    }

    fn set_state(&mut self, sample: SampleId, state: ReviewState) {
        let mut samples = self.samples.iter_mut().flatten();
        if let Some(row) = samples.find(|row| row.id == sample) {
            row.state = state;
        }
    }

    fn update_subject(&mut self, context: &Context<'_>) {
        let Some(here) = self.here().map(|row| row.id) else { return };
        if let Some((sample, promise)) = self.opening.take() {
            match promise.take() {
                None => self.opening = Some((sample, promise)),
                Some(Ok(Some(subject))) => self.take_subject(subject),
                Some(Ok(None)) => self.drop_sample(sample),
                Some(Err(failure)) => self.failure = Some(failure),
            }
        }
        let generation = context.backend.generation();
        let is_still = self.settling.is_empty() && self.undoing.is_empty();
        let known = self.subject.as_ref().filter(|subject| subject.row.sample.id == here);
        let is_fresh = known.is_some_and(|subject| subject.generation == generation || !is_still);
        let is_opening = self.opening.as_ref().is_some_and(|(sample, _)| *sample == here);
        if is_fresh || is_opening || self.failure.is_some() {
            return;
        }
        let (dataset, review) = (self.dataset, self.review);
        let next = self.samples.as_ref().and_then(|samples| samples.get(self.cursor + 1)).map(|row| row.id);
        let is_text = self.kind.is_some_and(DatasetType::is_text);
        let promise = context.backend.spawn(move |workbench| {
            let read = |sample| -> crate::workbench::Result<Option<SampleRow>> {
                Ok(workbench.sample_rows(dataset, &[sample])?.pop().filter(|row| !row.deleted))
            };
            let Some(row) = read(here)? else { return Ok(None) };
            let text = if is_text { Some(workbench.text(dataset, here)?) } else { None };
            let matches = review::compare(&row.annotations, review);
            let next = next.map(read).transpose()?.flatten().map(|row| row.sample);
            Ok(Some(Subject { row, text, matches, next, generation }))
        });
        self.opening = Some((here, promise));
    }

    /// A sample that is gone is not settled.
    fn drop_sample(&mut self, sample: SampleId) {
        if let Some(samples) = &mut self.samples {
            samples.retain(|row| row.id != sample);
            self.cursor = self.cursor.min(samples.len().saturating_sub(1));
        }
    }

    fn take_subject(&mut self, subject: Subject) {
        let sample = subject.row.sample.id;
        let is_other = self.subject.as_ref().is_none_or(|before| before.row.sample.id != sample);
        if !self.settling.iter().any(|(settling, _)| *settling == sample) {
            self.set_state(sample, review::state_of(&subject.row.annotations, self.review));
        }
        if let Some(row) = self.samples.iter_mut().flatten().find(|row| row.id == sample)
            && row.state == ReviewState::Done
        {
            row.differences = subject.matches.iter().filter(|found| found.is_difference()).count() as u64;
        }
        self.subject = Some(subject);
        if is_other || std::mem::take(&mut self.turns) {
            self.current = self.next_open(0).unwrap_or(0);
        }
        self.current = self.current.min(self.differences().count().saturating_sub(1));
        self.rebuild();
    }

    /// Where the sample that is shown stands.
    fn state(&self) -> ReviewState {
        let sample = self.subject.as_ref().map(|subject| subject.row.sample.id);
        let mut rows = self.samples.iter().flatten();
        rows.find(|row| Some(row.id) == sample).map_or(ReviewState::Waiting, |row| row.state)
    }

    /// What is to be settled in the sample that is shown.
    fn differences(&self) -> impl Iterator<Item = &Match> {
        let is_open = self.state() == ReviewState::Done;
        let matches = self.subject.iter().flat_map(|subject| &subject.matches);
        matches.filter(move |found| is_open && found.is_difference())
    }

    fn current_key(&self) -> Option<Key> {
        self.differences().nth(self.current).map(key_of)
    }

    fn annotation(&self, id: AnnotationId) -> Option<&Annotation> {
        self.subject.as_ref()?.row.annotations.iter().find(|annotation| annotation.id == id)
    }

    /// What one side has: the label, and of an entity its words.
    fn name_of(&self, id: AnnotationId) -> String {
        let Some(annotation) = self.annotation(id) else { return String::new() };
        let label = annotation.label.and_then(|label| self.table.get(label));
        let label = label.map(|label| label.name.as_str()).unwrap_or_default();
        match &annotation.body {
            AnnotationBody::Entity { text, .. } => format!("{label} “{}”", excerpt(text)),
            _ => label.to_owned(),
        }
    }

    /// Makes what is shown anew after annotations, labels or the state changed.
    fn rebuild(&mut self) {
        self.loud =
            self.differences().map(key_of).flat_map(|(first, second)| first.into_iter().chain(second)).collect();
        self.with_sides(|sides, shown| sides.rebuild(shown));
    }

    /// Does something with the two sides, if there is a sample to show on them.
    fn with_sides<T>(&mut self, f: impl FnOnce(&mut dyn Sides, &Shown<'_>) -> T) -> Option<T> {
        let mut sides = self.sides.take()?;
        let answer = self.shown().map(|shown| f(sides.as_mut(), &shown));
        self.sides = Some(sides);
        answer
    }

    fn shown(&self) -> Option<Shown<'_>> {
        let subject = self.subject.as_ref()?;
        let (first, second) = self.current_key().unwrap_or((None, None));
        Some(Shown {
            row: &subject.row,
            text: subject.text.as_ref(),
            next: subject.next.as_ref(),
            table: &self.table,
            sets: [AnnotationSet::Primary, review::set_of(self.review)],
            loud: &self.loud,
            current: [first, second],
        })
    }

    /// The first open difference at or after a place, then from the beginning.
    fn next_open(&self, from: usize) -> Option<usize> {
        let subject = self.subject.as_ref()?;
        let sample = subject.row.sample.id;
        let keys: Vec<Key> = self.differences().map(key_of).collect();
        let places = (from..keys.len()).chain(0..from.min(keys.len()));
        places.into_iter().find(|place| self.decisions.get(sample, keys[*place]).is_none())
    }

    /// Decides about the current difference, or with `rest` about all that are open; the last decision settles the
    /// sample.
    fn choose(&mut self, keep: Keep, rest: bool, context: &Context<'_>) {
        let sample = self.subject.as_ref().map(|subject| subject.row.sample.id);
        let Some(sample) = sample.filter(|sample| self.here().is_some_and(|row| row.id == *sample)) else { return };
        if !self.undoing.is_empty() {
            // What differs is not known until that is done.
            return;
        }
        let all: Vec<(Key, Match)> = self.differences().map(|found| (key_of(found), found.clone())).collect();
        let Some((current, _)) = all.get(self.current) else { return };
        let is_pair = |key: &Key| key.0.is_some() && key.1.is_some();
        // Both or neither: only where there are two to choose from.
        if matches!(keep, Keep::Both | Keep::Neither) && !is_pair(current) {
            return;
        }
        let is_open = |key: &Key| self.decisions.get(sample, *key).is_none();
        let open: Vec<Key> = all.iter().map(|(key, _)| *key).filter(is_open).collect();
        let is_last = rest || open.iter().all(|key| key == current);
        let keys = if rest { open } else { vec![*current] };
        self.decisions.choose(sample, keys, keep, is_last);
        if is_last {
            self.settle(sample, &all, context);
        } else if let Some(next) = self.next_open(self.current) {
            self.look_at(next);
        }
    }

    fn settle(&mut self, sample: SampleId, all: &[(Key, Match)], context: &Context<'_>) {
        let keep_of = |key: &Key| self.decisions.get(sample, *key).unwrap_or(Keep::First);
        let decisions: Vec<(Match, Keep)> = all.iter().map(|(key, found)| (found.clone(), keep_of(key))).collect();
        let review = self.review;
        let promise = context.backend.write(move |workbench| workbench.settle_review_of(review, sample, &decisions));
        self.settling.push((sample, promise));
        self.set_state(sample, ReviewState::Settled);
        self.rebuild();
        self.seek(context);
    }

    /// Goes to the next sample that is to be settled.
    fn seek(&mut self, context: &Context<'_>) {
        let Some(samples) = &self.samples else { return };
        let places = (self.cursor + 1..samples.len()).chain(0..self.cursor.min(samples.len()));
        match places.into_iter().find(|place| is_to_settle(&samples[*place])) {
            Some(place) => self.cursor = place,
            None if self.here().is_none_or(|row| !is_to_settle(row)) => {
                context.notify(Notification::success(context.tr("review-all-settled")));
            }
            None => {}
        }
    }

    fn step(&mut self, by: isize) {
        let last = self.samples.as_ref().map_or(0, |samples| samples.len().saturating_sub(1));
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    fn step_difference(&mut self, by: isize) {
        let count = self.differences().count();
        if count > 0 {
            let place = self.current.checked_add_signed(by).unwrap_or(count - 1);
            self.look_at(if place >= count { 0 } else { place });
        }
    }

    /// Turns to a difference, and brings it into sight.
    fn look_at(&mut self, place: usize) {
        self.current = place;
        self.with_sides(|sides, shown| sides.look(Look::Reveal, shown));
    }

    /// Takes the latest choice back; with none left, the settlement of all samples at once if that was last, else that of
    /// the sample that is shown.
    pub fn undo(&mut self, context: &Context<'_>) {
        match self.decisions.undo() {
            Some(step) => self.go_back(&step, false, context),
            None => {
                let settled = self.here().filter(|row| row.state == ReviewState::Settled).map(|row| row.id);
                self.write_back(settled, false, context);
            }
        }
    }

    /// Does again what was taken back.
    pub fn redo(&mut self, context: &Context<'_>) {
        match self.decisions.redo() {
            Some(step) => self.go_back(&step, true, context),
            None => self.write_back(None, true, context),
        }
    }

    fn go_back(&mut self, step: &Step, again: bool, context: &Context<'_>) {
        let mut samples = self.samples.iter().flatten();
        if let Some(place) = samples.position(|row| row.id == step.sample) {
            self.cursor = place;
        }
        if step.settled {
            self.write_back(Some(step.sample), again, context);
            self.turns = true;
        } else {
            self.current = self.next_open(0).unwrap_or(0);
        }
    }

    /// Takes back, or does again, what settled all samples if that is next, else what settled `sample`.
    fn write_back(&mut self, sample: Option<SampleId>, again: bool, context: &Context<'_>) {
        let dataset = self.dataset;
        let promise = context.backend.write(move |workbench| {
            let (undo, redo) = workbench.undo_state(dataset)?;
            let is_all = if again { redo } else { undo }.is_some_and(|next| next.code == review::SETTLE_EDIT);
            match (sample, again) {
                (_, false) if is_all => workbench.undo(dataset),
                (_, true) if is_all => workbench.redo(dataset),
                (Some(sample), false) => workbench.undo_sample(dataset, sample),
                (Some(sample), true) => workbench.redo_sample(dataset, sample),
                (None, _) => Ok(None),
            }
        });
        self.undoing.push((again, promise));
        if let Some(sample) = sample {
            self.set_state(sample, if again { ReviewState::Settled } else { ReviewState::Done });
            self.rebuild();
        }
    }
}
