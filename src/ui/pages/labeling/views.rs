//! The view of a filter, made anew in the background when the filter changes or samples come or go. The sample that one
//! is at stays, wherever it is in the new one.

use super::filter::Filter;
use super::walk::place_of;
use crate::domain::query::SampleFilter;
use crate::domain::{Cancel, DatasetId, Explanation, ReviewId, SampleId};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::workbench::View;
use std::time::Duration;

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

/// Whose samples a view has.
#[derive(Clone, Copy)]
pub struct Source {
    pub dataset: DatasetId,
    /// The second pass whose samples these are; `None`: those of the filter.
    pub review: Option<ReviewId>,
}

/// Where one is.
#[derive(Clone, Copy)]
pub struct Here {
    pub sample: Option<SampleId>,
    pub cursor: usize,
}

/// A view that is to be shown.
pub struct NewView {
    pub view: View,
    /// Where the cursor goes.
    pub cursor: usize,
    /// Whether another filter leaves out the sample that one was at.
    pub left_out: bool,
}

/// Which view is shown, and which is being made.
#[derive(Default)]
pub struct Views {
    refreshes: u64,
    shown: Option<ViewKey>,
    loading: Option<LoadingView>,
}

impl Views {
    /// Makes the view anew.
    pub fn refresh(&mut self) {
        self.refreshes += 1;
    }

    /// Whether a view has come, or it was said why none does.
    pub fn is_ready(&self) -> bool {
        self.shown.is_some()
    }

    /// How long one has been waited for.
    pub fn waited(&self) -> Option<Duration> {
        self.loading.as_ref().map(|loading| loading.promise.age())
    }

    /// Makes the view of a filter, and hands it out once it is there. To be called again until nothing comes: each answer
    /// may change where one is.
    pub fn update(
        &mut self,
        source: Source,
        filter: &Filter,
        here: Here,
        context: &Context<'_>,
    ) -> Option<Result<NewView, Explanation>> {
        let key = ViewKey { filter: filter.for_view(), refreshes: self.refreshes };
        if let Some(loading) = self.loading.take() {
            match loading.promise.take() {
                Some(Ok((view, found))) => {
                    if let Some(new) = self.take(loading, view, found, here, context) {
                        return Some(Ok(new));
                    }
                }
                Some(Err(explanation)) => {
                    self.shown = Some(loading.key);
                    return Some(Err(explanation));
                }
                None if loading.key == key => self.loading = Some(loading),
                None => loading.cancel.cancel(),
            }
        }
        if self.shown.as_ref() == Some(&key) || self.loading.is_some() {
            return None;
        }
        let Source { dataset, review } = source;
        let Here { sample: sought, cursor: near } = here;
        let (cancel, sort) = (Cancel::default(), filter.sort);
        let (for_thread, filter) = (cancel.clone(), key.filter.clone());
        let promise = context.backend.spawn(move |workbench| {
            let view = match review {
                Some(review) => workbench.review_view(review)?,
                None => workbench.view(dataset, &filter, sort, &for_thread)?,
            };
            let found = sought.map_or(Ok(None), |sample| place_of(workbench, &view, sample, near))?;
            Ok((view, found))
        });
        self.loading = Some(LoadingView { key, promise, sought, cancel });
        None
    }

    /// A view that has come; one that has gone on meanwhile is sought in it first.
    fn take(
        &mut self,
        loading: LoadingView,
        view: View,
        found: Option<usize>,
        here: Here,
        context: &Context<'_>,
    ) -> Option<NewView> {
        let Here { sample, cursor } = here;
        if let Some(sought) = sample.filter(|_| sample != loading.sought) {
            let promise = context.backend.spawn(move |workbench| {
                let found = place_of(workbench, &view, sought, cursor)?;
                Ok((view, found))
            });
            self.loading = Some(LoadingView { promise, sought: sample, ..loading });
            return None;
        }
        let other_filter = self.shown.as_ref().is_some_and(|shown| shown.filter != loading.key.filter);
        self.shown = Some(loading.key);
        let near = if other_filter { 0 } else { cursor.min(view.len().saturating_sub(1)) };
        Some(NewView { cursor: found.unwrap_or(near), left_out: other_filter && found.is_none(), view })
    }
}
