//! Looking at samples: views, rows, counts; deleting and restoring files.

use super::{Result, Workbench};
use crate::domain::dataset::SampleCounts;
use crate::domain::query::{SampleFilter, SampleRow, SampleSort};
use crate::domain::{Cancel, DatasetId, SampleId};
use std::ops::Range;

/// A stable snapshot of which samples a filter shows, in which order. Cheap to clone. Rows are read when they are
/// needed and are as they are then; a sample that no longer fits the filter stays in its place until the view is made
/// anew.
#[derive(Clone)]
pub struct View {
    pub(super) rows: std::sync::Arc<()>,
}

impl View {
    /// How many samples it shows.
    #[must_use]
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether it shows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Workbench {
    /// Makes a view. Up to some 200 ms for a million samples: call it in the background.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn view(&self, dataset: DatasetId, filter: &SampleFilter, sort: SampleSort, cancel: &Cancel) -> Result<View> {
        todo!()
    }

    /// The rows at `range` of a view, as they are now. Samples purged meanwhile are left out.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn rows(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleRow>> {
        todo!()
    }

    /// The samples at `range` of a view.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn sample_ids(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleId>> {
        todo!()
    }

    /// The rows of these samples, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn sample_rows(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<Vec<SampleRow>> {
        todo!()
    }

    /// A page for lists that are read from front to back: the command line's `sample list`.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn sample_page(
        &self,
        dataset: DatasetId,
        filter: &SampleFilter,
        limit: usize,
        after: Option<SampleId>,
    ) -> Result<Vec<SampleRow>> {
        todo!()
    }

    /// Counts by state of the samples that pass the filter, whatever state it names: the tabs.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn counts(&self, dataset: DatasetId, filter: &SampleFilter) -> Result<SampleCounts> {
        todo!()
    }

    /// Finds samples by id, URI or name; `None` where there is no such sample.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn find_samples(&self, dataset: DatasetId, names: &[String]) -> Result<Vec<Option<SampleId>>> {
        todo!()
    }

    /// Which published versions contain these samples: named before their files are moved to the trash.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn versions_with(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<Vec<String>> {
        todo!()
    }

    /// Moves the files of deleted samples to the workspace's trash, with where they came from.
    /// Returns how many were moved, and a warning for each that could not be.
    ///
    /// # Errors
    /// If the trash cannot be written.
    pub fn trash_files(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<(u64, Vec<crate::domain::Warning>)> {
        todo!()
    }

    /// Restores deleted samples, and their files where those lie in the trash.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn restore_samples(
        &self,
        dataset: DatasetId,
        samples: &[SampleId],
    ) -> Result<(crate::domain::query::EditReceipt, Vec<crate::domain::Warning>)> {
        todo!()
    }
}
