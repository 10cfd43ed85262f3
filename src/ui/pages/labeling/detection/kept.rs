//! What was begun and not ended is kept on the disk: shapes without a label, where none had been used that they could be
//! given, and what is half drawn. It is there again when the dataset is opened again, also after a kill.

use super::{DetectionPage, Subject};
use crate::domain::{SampleId, Shape};
use crate::ui::backend::Promise;
use crate::ui::canvas::Draft;
use crate::ui::context::Context;
use egui::Ui;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// What changes again within this time is not written yet: most shapes have their label before.
const RESTS_FOR: Duration = Duration::from_secs(1);

/// What was begun and not ended.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Unfinished {
    /// Shapes without a label, by image.
    shapes: HashMap<SampleId, Vec<Shape>>,
    /// What is half drawn, by image.
    begun: HashMap<SampleId, Vec<Draft>>,
}

/// How much of it there is: another value whenever something came or went.
type Extent = (Vec<(SampleId, usize)>, usize);

/// Where keeping it stands.
#[derive(Default)]
pub(super) struct Kept {
    reading: Option<Promise<Option<Unfinished>>>,
    is_read: bool,
    /// What the disk has.
    written: Extent,
    /// What there is beside that, and since when.
    seen: Option<(Extent, Instant)>,
    writing: Option<Promise<()>>,
}

impl DetectionPage {
    /// Reads what was kept, before the first image is shown; `false` as long as that takes.
    pub(super) fn read_kept(&mut self, context: &Context<'_>) -> bool {
        if self.kept.is_read {
            return true;
        }
        let (dataset, set) = (self.dataset, self.set());
        // After what was handed over for writing before.
        let reading = self
            .kept
            .reading
            .get_or_insert_with(|| context.backend.write(move |workbench| Ok(workbench.unfinished(dataset, &set))));
        let Some(outcome) = reading.take() else { return false };
        self.kept.is_read = true;
        if let Some(Unfinished { shapes, begun }) = outcome.ok().flatten() {
            self.unlabeled = shapes;
            self.canvas.set_begun(begun);
        }
        self.kept.written = self.extent();
        true
    }

    /// Keeps what was begun, once it has rested for a moment.
    pub(super) fn keep_unfinished(&mut self, ui: &Ui, context: &Context<'_>) {
        let extent = self.extent();
        if !self.kept.is_read || extent == self.kept.written {
            self.kept.seen = None;
            return;
        }
        let since = match self.kept.seen.take() {
            Some((seen, since)) if seen == extent => since,
            _ => Instant::now(),
        };
        self.kept.seen = Some((extent, since));
        let is_writing = self.kept.writing.as_ref().is_some_and(|writing| !writing.is_ready());
        match RESTS_FOR.checked_sub(since.elapsed()).filter(|rest| !rest.is_zero()) {
            Some(rest) => ui.ctx().request_repaint_after(rest),
            None if is_writing => {}
            None => self.keep_now(context),
        }
    }

    /// Keeps it at once.
    pub(super) fn keep_now(&mut self, context: &Context<'_>) {
        let extent = self.extent();
        if !self.kept.is_read || extent == self.kept.written {
            return;
        }
        let unfinished = Unfinished { shapes: self.without_label(), begun: self.canvas.begun() };
        let is_empty = unfinished.shapes.is_empty() && unfinished.begun.is_empty();
        (self.kept.written, self.kept.seen) = (extent, None);
        let (dataset, set) = (self.dataset, self.set());
        self.kept.writing =
            Some(context.backend.write(move |workbench| {
                workbench.keep_unfinished(dataset, &set, Some(&unfinished).filter(|_| !is_empty))
            }));
    }

    /// The shapes of all images that wait for a label, also in the picker.
    fn waiting_shapes(&self) -> impl Iterator<Item = (SampleId, &Shape)> {
        let here = self.document.as_ref().map(|document| document.open.row.sample.id);
        let aside = self.unlabeled.iter().flat_map(|(sample, shapes)| shapes.iter().map(|shape| (*sample, shape)));
        let new = self.new_labels.iter().map(|new| (new.sample, &new.subject));
        let asked = here.into_iter().flat_map(|here| self.picker.iter().map(move |(subject, _)| (here, subject)));
        let drawn = new.chain(asked).filter_map(|(sample, subject)| match subject {
            Subject::Drawn(shape) => Some((sample, shape)),
            Subject::Selection(_) => None,
        });
        aside.chain(drawn)
    }

    fn without_label(&self) -> HashMap<SampleId, Vec<Shape>> {
        let mut shapes: HashMap<SampleId, Vec<Shape>> = HashMap::new();
        for (sample, shape) in self.waiting_shapes() {
            shapes.entry(sample).or_default().push(shape.clone());
        }
        shapes
    }

    fn extent(&self) -> Extent {
        let mut counts: HashMap<SampleId, usize> = HashMap::new();
        for (sample, _) in self.waiting_shapes() {
            *counts.entry(sample).or_default() += 1;
        }
        let mut counts: Vec<(SampleId, usize)> = counts.into_iter().collect();
        counts.sort_unstable();
        (counts, self.canvas.begun_points())
    }
}
