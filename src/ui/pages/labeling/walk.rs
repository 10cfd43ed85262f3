//! Going through a dataset's samples one at a time: the view of a filter, the labels, the counts, and where one is.

use super::filter::Filter;
use super::labels::LabelTable;
use super::rows::Rows;
use crate::domain::query::{DatasetSummary, SampleFilter};
use crate::domain::{Cancel, DatasetId, Explanation, ReviewId, SampleId, SampleState, dataset::SampleCounts};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::workbench::{Result, View, Workbench};
use std::sync::Arc;

/// Rows looked through at once.
const SCAN_ROWS: usize = 2_000;

/// What a view was made for.
#[derive(Clone, Debug, PartialEq)]
struct ViewKey {
    filter: SampleFilter,
    refreshes: u64,
}

/// A view that is being made.
struct LoadingView {
    key: ViewKey,
    /// Also where in it the sample is that was sought.
    promise: Promise<(View, Option<usize>)>,
    sought: Option<SampleId>,
    cancel: Cancel,
}

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
    refreshes: u64,
    shown: Option<ViewKey>,
    loading: Option<LoadingView>,
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
            refreshes: 0,
            shown: None,
            loading: None,
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
        self.refreshes += 1;
    }

    /// Whether the view of the filter is there.
    pub fn is_ready(&self) -> bool {
        self.shown.is_some()
    }

    /// How long the view has been waited for.
    pub fn waited(&self) -> Option<std::time::Duration> {
        self.loading.as_ref().map(|loading| loading.promise.age())
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
            self.refreshes += 1;
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
        let key = ViewKey { filter: self.filter.for_view(), refreshes: self.refreshes };
        if let Some(loading) = self.loading.take() {
            match loading.promise.take() {
                Some(Ok((view, found))) => self.take_view(loading, view, found, context),
                Some(Err(explanation)) => {
                    self.shown = Some(loading.key);
                    self.failure = Some(explanation);
                }
                None if loading.key == key => self.loading = Some(loading),
                None => loading.cancel.cancel(),
            }
        }
        if self.shown.as_ref() == Some(&key) || self.loading.is_some() {
            return;
        }
        let (dataset, cancel) = (self.dataset, Cancel::default());
        let (for_thread, filter, sort) = (cancel.clone(), key.filter.clone(), self.filter.sort);
        let (sought, near, review) = (self.here(), self.cursor, self.review);
        let promise = context.backend.spawn(move |workbench| {
            let view = match review {
                Some(review) => workbench.review_view(review)?,
                None => workbench.view(dataset, &filter, sort, &for_thread)?,
            };
            let found = sought.map_or(Ok(None), |sample| place_of(workbench, &view, sample, near))?;
            Ok((view, found))
        });
        self.loading = Some(LoadingView { key, promise, sought, cancel });
    }

    /// Shows a view; the sample that one is at stays, wherever it is in it.
    fn take_view(&mut self, loading: LoadingView, view: View, found: Option<usize>, context: &Context<'_>) {
        let here = self.here();
        if let Some(sample) = here.filter(|_| here != loading.sought) {
            // One has gone on meanwhile.
            let near = self.cursor;
            let promise = context.backend.spawn(move |workbench| {
                let found = place_of(workbench, &view, sample, near)?;
                Ok((view, found))
            });
            self.loading = Some(LoadingView { promise, sought: here, ..loading });
            return;
        }
        let other_filter = self.shown.as_ref().is_some_and(|shown| shown.filter != loading.key.filter);
        self.rows.set_view(view);
        self.failure = None;
        self.shown = Some(loading.key);
        let near = if other_filter { 0 } else { self.cursor.min(self.rows.len().saturating_sub(1)) };
        self.cursor = found.unwrap_or(near);
        self.scroll_to_cursor = true;
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
