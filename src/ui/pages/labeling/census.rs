//! What the selected samples have: labels with counts, usage, hard, properties. Small selections are counted in the
//! frame from rows that are there, large ones in the background.

use super::rows::Rows;
use super::selection::IndexSet;
use crate::domain::Cancel;
use crate::domain::query::SampleRow;
use crate::domain::{LabelId, SampleState, Usage};
use crate::ui::backend::{Backend, Promise};
use crate::workbench::{Error, Result, View, Workbench};
use std::collections::{BTreeMap, BTreeSet};

/// Selections up to this size are counted in the frame.
const IN_FRAME: usize = 2_000;
/// Rows read at once in the background.
const CHUNK: usize = 2_000;

/// What one label of the selection looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelCensus {
    /// Samples that carry it.
    pub samples: usize,
    pub hard: usize,
    /// Property → its values. Some samples may lack it.
    pub properties: BTreeMap<String, BTreeSet<String>>,
}

/// What the selected samples have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Census {
    pub samples: usize,
    pub labels: BTreeMap<LabelId, LabelCensus>,
    pub states: [usize; 3],
    pub usages: BTreeMap<Option<Usage>, usize>,
    /// Samples with a hard annotation.
    pub hard: usize,
    /// Samples with an annotation, which can be marked hard.
    pub annotated: usize,
    pub deleted: usize,
}

impl Census {
    /// Counts one more sample.
    pub fn add(&mut self, row: &SampleRow) {
        self.samples += 1;
        self.states[SampleState::ALL.iter().position(|state| *state == row.state).unwrap_or(0)] += 1;
        *self.usages.entry(row.usage).or_default() += 1;
        self.deleted += usize::from(row.deleted);
        let (mut hard, mut annotated) = (false, false);
        let mut seen = BTreeSet::new();
        for annotation in row.primary() {
            annotated = true;
            hard |= annotation.hard == Some(true);
            let Some(label) = annotation.label else { continue };
            let of_label = self.labels.entry(label).or_default();
            of_label.samples += usize::from(seen.insert(label));
            of_label.hard += usize::from(annotation.hard == Some(true));
            for (key, value) in &annotation.properties {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                of_label.properties.entry(key.clone()).or_default().insert(text);
            }
        }
        self.hard += usize::from(hard);
        self.annotated += usize::from(annotated);
    }

    /// How many samples carry a label.
    #[must_use]
    pub fn carriers(&self, label: LabelId) -> usize {
        self.labels.get(&label).map_or(0, |of_label| of_label.samples)
    }

    /// The usage all samples share; `None` if they differ.
    #[must_use]
    pub fn common_usage(&self) -> Option<Option<Usage>> {
        (self.usages.len() == 1).then(|| self.usages.keys().next().copied()).flatten()
    }
}

fn count(workbench: &Workbench, view: &View, targets: &IndexSet, cancel: &Cancel) -> Result<Census> {
    let mut census = Census::default();
    for range in targets.ranges() {
        let mut start = range.start;
        while start < range.end {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let end = (start + CHUNK).min(range.end);
            workbench.rows(view, start..end)?.iter().for_each(|row| census.add(row));
            start = end;
        }
    }
    Ok(census)
}

/// Which selection in which state of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Moment {
    selection: u64,
    rows: u64,
    generation: u64,
}

/// Keeps the census of the current selection.
#[derive(Default)]
pub struct Counter {
    made_for: Option<Moment>,
    census: Option<Census>,
    counting: Option<(Moment, Promise<Census>, Cancel)>,
}

impl Counter {
    /// The census of `targets`; `None` while it is counted for the first time.
    pub fn get(&mut self, backend: &Backend, rows: &Rows, targets: &IndexSet, selection: u64) -> Option<&Census> {
        let moment = Moment { selection, rows: rows.revision(), generation: backend.generation() };
        if targets.len() <= IN_FRAME && targets.iter().all(|index| rows.is_read(index)) {
            self.stop();
            if self.made_for != Some(moment) {
                let mut census = Census::default();
                targets.iter().filter_map(|index| rows.row(index)).for_each(|row| census.add(row));
                (self.census, self.made_for) = (Some(census), Some(moment));
            }
            return self.census.as_ref();
        }
        if let Some((asked_for, promise, cancel)) = self.counting.take() {
            match promise.take() {
                Some(Ok(census)) => (self.census, self.made_for) = (Some(census), Some(asked_for)),
                Some(Err(_)) => {}
                None if asked_for.selection == selection => self.counting = Some((asked_for, promise, cancel)),
                None => cancel.cancel(),
            }
        }
        let known = self.made_for.filter(|made| made.selection == selection);
        let is_fresh = known.is_some_and(|made| made.generation == moment.generation);
        if !is_fresh
            && self.counting.is_none()
            && let Some(view) = rows.view().cloned()
        {
            let (targets, cancel) = (targets.clone(), Cancel::default());
            let for_thread = cancel.clone();
            let promise = backend.spawn(move |workbench| count(workbench, &view, &targets, &for_thread));
            self.counting = Some((moment, promise, cancel));
        }
        self.census.as_ref().filter(|_| known.is_some())
    }

    fn stop(&mut self) {
        if let Some((_, _, cancel)) = self.counting.take() {
            cancel.cancel();
        }
    }
}
