//! Going through a dataset's samples one at a time: the view of a filter, the labels, the counts, and where one is.

use super::filter::Filter;
use super::labels::LabelTable;
use super::rows::Rows;
use super::views::{Here, Source, Views};
use crate::domain::query::{DatasetSummary, SampleFilter};
use crate::domain::{DatasetId, Explanation, ReviewId, SampleId, SampleState, dataset::SampleCounts};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::workbench::{Result, View, Workbench};
use std::sync::Arc;

/// Rows looked through at once.
const SCAN_ROWS: usize = 2_000;

/// Where one is in a dataset.
pub struct Walk {
    pub dataset: DatasetId,
    /// The second pass whose samples these are; `None`: those of the filter.
    review: Option<ReviewId>,
    pub summary: Query<DatasetId, DatasetSummary>,
    pub counts: Query<SampleFilter, SampleCounts>,
    label_query: Query<DatasetId, Arc<LabelTable>>,
    pub labels: Arc<LabelTable>,
    pub filter: Filter,
    pub rows: Rows,
    /// The position in the view of the sample that is shown.
    pub cursor: usize,
    /// Whether the list is to follow the cursor.
    pub scroll_to_cursor: bool,
    pub failure: Option<Explanation>,
    views: Views,
    known_total: Option<u64>,
    seeking: Option<Promise<Option<usize>>>,
}

/// What came of looking for the next sample that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    Found,
    Nothing,
}

impl Walk {
    /// Through the samples of a filter.
    pub fn new(dataset: DatasetId, filter: Filter) -> Self {
        let mut rows = Rows::default();
        rows.heads_only = true;
        Self {
            dataset,
            review: None,
            summary: Query::default(),
            counts: Query::default(),
            label_query: Query::default(),
            labels: Arc::default(),
            filter,
            rows,
            cursor: 0,
            scroll_to_cursor: true,
            failure: None,
            views: Views::default(),
            known_total: None,
            seeking: None,
        }
    }

    /// Through the samples of a second pass, in its order.
    pub fn of_review(dataset: DatasetId, review: ReviewId) -> Self {
        Self { review: Some(review), ..Self::new(dataset, Filter::default()) }
    }

    /// Makes the view anew.
    pub fn refresh(&mut self) {
        self.views.refresh();
    }

    /// Whether the view of the filter is there.
    pub fn is_ready(&self) -> bool {
        self.views.is_ready()
    }

    /// How long the view has been waited for.
    pub fn waited(&self) -> Option<std::time::Duration> {
        self.views.waited()
    }

    /// Whether the next sample that waits is being looked for.
    pub fn is_seeking(&self) -> bool {
        self.seeking.is_some()
    }

    /// The sample at the cursor.
    pub fn here(&self) -> Option<SampleId> {
        self.rows.row(self.cursor).map(|row| row.sample.id)
    }

    /// Brings queries and the view up to date.
    pub fn update(&mut self, context: &Context<'_>) -> Option<Sought> {
        let (dataset, backend) = (self.dataset, context.backend);
        let summary =
            self.summary.get_or_previous(backend, &dataset, move |workbench| workbench.dataset_by_id(dataset));
        let total = summary.map(|summary| summary.counts.total);
        let filter = self.filter.without_state();
        let for_counts = filter.clone();
        self.counts.get_or_previous(backend, &filter, move |workbench| workbench.counts(dataset, &for_counts));
        let table = self.label_query.get_or_previous(backend, &dataset, move |workbench| {
            workbench.labels(dataset).map(|labels| Arc::new(LabelTable::new(labels)))
        });
        if let Some(table) = table {
            self.labels = Arc::clone(table);
        }
        // Samples came or went: the view is made anew. A decision alone never does that.
        if total.is_some() && self.known_total.is_some() && total != self.known_total {
            self.views.refresh();
        }
        self.known_total = total.or(self.known_total);
        self.update_view(context);
        self.rows.settle();
        let around = self.cursor.saturating_sub(1)..(self.cursor + 2).min(self.rows.len().max(1));
        self.rows.want(backend, around);
        let outcome = self.seeking.as_ref().and_then(Promise::take)?;
        self.seeking = None;
        match outcome.ok()? {
            Some(index) => {
                self.go_to(index);
                Some(Sought::Found)
            }
            None => Some(Sought::Nothing),
        }
    }

    fn update_view(&mut self, context: &Context<'_>) {
        let source = Source { dataset: self.dataset, review: self.review };
        while let Some(outcome) = self.views.update(source, &self.filter, self.place(), context) {
            match outcome {
                Ok(new) => {
                    self.rows.set_view(new.view);
                    self.failure = None;
                    self.cursor = new.cursor;
                    self.scroll_to_cursor = true;
                }
                Err(failure) => self.failure = Some(failure),
            }
        }
    }

    fn place(&self) -> Here {
        Here { sample: self.here(), cursor: self.cursor }
    }

    /// Goes on by so many samples, as far as there are any.
    pub fn step(&mut self, by: isize) {
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        self.go_to(self.cursor.saturating_add_signed(by).min(last));
    }

    pub fn go_to(&mut self, index: usize) {
        if index != self.cursor {
            self.cursor = index;
            self.scroll_to_cursor = true;
        }
    }

    /// Goes to a sample of the view, wherever it is.
    pub fn show_sample(&mut self, sample: SampleId, context: &Context<'_>) {
        if let Some(index) = self.rows.position_of(sample) {
            self.seeking = None;
            self.go_to(index);
        } else if let Some(view) = self.rows.view().cloned() {
            let near = self.cursor;
            self.seeking = Some(context.backend.spawn(move |workbench| place_of(workbench, &view, sample, near)));
        }
    }

    /// Looks for the next sample that waits for a decision; [`Walk::update`] tells what came of it.
    pub fn seek_undecided(&mut self, context: &Context<'_>) {
        let Some(view) = self.rows.view().cloned() else { return };
        let start = self.cursor + 1;
        self.seeking = Some(context.backend.spawn(move |workbench| next_undecided(workbench, &view, start)));
    }
}

/// The place of the next sample from `start` that waits for a decision, then from the beginning.
pub fn next_undecided(workbench: &Workbench, view: &View, start: usize) -> Result<Option<usize>> {
    let length = view.len();
    for range in [start.min(length)..length, 0..start.min(length)] {
        let mut at = range.start;
        while at < range.end {
            let end = (at + SCAN_ROWS).min(range.end);
            let rows = workbench.row_heads(view, at..end)?;
            if let Some(place) = rows.iter().position(|row| row.state != SampleState::Labeled && !row.deleted) {
                return Ok(Some(at + place));
            }
            at = end;
        }
    }
    Ok(None)
}

/// Where a sample is in a view: looked for near where it was, then everywhere.
pub fn place_of(workbench: &Workbench, view: &View, sample: SampleId, near: usize) -> Result<Option<usize>> {
    const CHUNK: usize = 50_000;
    let length = view.len();
    let middle = (near / CHUNK * CHUNK).min(length);
    for range in [middle..length, 0..middle] {
        let mut at = range.start;
        while at < range.end {
            let end = (at + CHUNK).min(range.end);
            let ids = workbench.sample_ids(view, at..end)?;
            if let Some(place) = ids.iter().position(|id| *id == sample) {
                return Ok(Some(at + place));
            }
            at = end;
        }
    }
    Ok(None)
}
