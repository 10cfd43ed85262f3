//! Looking at samples: views, rows, counts; deleting and restoring files.

use super::source_map::media_location;
use super::{Result, Workbench};
use crate::domain::dataset::SampleCounts;
use crate::domain::query::{EditReceipt, SampleFilter, SampleRow, SampleSort};
use crate::domain::text_origin::file_of;
use crate::domain::{Cancel, DatasetId, Edit, Explain, Explanation, SampleId, TextOrigin, VersionState, Warning};
use crate::storage::TrashOrigin;
use std::collections::HashSet;
use std::ops::Range;

/// A stable snapshot of which samples a filter shows, in which order. Cheap to clone. Rows are read when they are
/// needed and are as they are then; a sample that no longer fits the filter stays in its place until the view is made
/// anew.
#[derive(Clone)]
pub struct View {
    pub(super) rows: crate::catalog::View,
}

impl View {
    /// How many samples it shows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
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
        Ok(View { rows: self.catalog().view(dataset, filter, sort, cancel)? })
    }

    /// The rows at `range` of a view, as they are now. Samples purged meanwhile are left out.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn rows(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleRow>> {
        Ok(self.catalog().rows(&view.rows, range)?)
    }

    /// Like [`Workbench::rows`], without the annotations: for lists of samples that may have thousands each.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn row_heads(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleRow>> {
        Ok(self.catalog().row_heads(&view.rows, range)?)
    }

    /// The samples at `range` of a view.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn sample_ids(&self, view: &View, range: Range<usize>) -> Result<Vec<SampleId>> {
        Ok(self.catalog().ids(&view.rows, range)?)
    }

    /// The rows of these samples, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn sample_rows(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<Vec<SampleRow>> {
        Ok(self.catalog().sample_rows(dataset, samples)?)
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
        Ok(self.catalog().page(dataset, filter, limit, after)?)
    }

    /// Counts by state of the samples that pass the filter, whatever state it names: the tabs.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn counts(&self, dataset: DatasetId, filter: &SampleFilter) -> Result<SampleCounts> {
        if *filter == SampleFilter::default() {
            return Ok(self.catalog().counts(dataset)?);
        }
        Ok(self.catalog().counts_filtered(dataset, filter)?)
    }

    /// Finds samples by id, URI or name; `None` where there is no such sample.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn find_samples(&self, dataset: DatasetId, names: &[String]) -> Result<Vec<Option<SampleId>>> {
        Ok(self.catalog().find_samples(dataset, names)?)
    }

    /// Which published versions contain these samples: named before their files are moved to the trash.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn versions_with(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<Vec<String>> {
        let wanted: HashSet<String> =
            self.sample_rows(dataset, samples)?.into_iter().map(|row| row.sample.source).collect();
        let mut names = Vec::new();
        for version in self.versions(dataset)? {
            if version.state == VersionState::Normal && self.version_holds(&version, &wanted) {
                names.push(version.name.to_string());
            }
        }
        Ok(names)
    }

    /// Moves the files of deleted samples to the workspace's trash, with where they came from.
    /// Returns how many were moved, and a warning for each that could not be.
    ///
    /// # Errors
    /// If the trash cannot be written.
    pub fn trash_files(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<(u64, Vec<Warning>)> {
        let versions = self.versions_with(dataset, samples)?;
        let (mut moved, mut warnings) = (0, Vec::new());
        for row in self.sample_rows(dataset, samples)? {
            let origin = TrashOrigin {
                dataset: Some(dataset),
                sample: Some(row.sample.id),
                actor: self.actor().0,
                versions: versions.clone(),
            };
            if TextOrigin::parse(&row.sample.source).is_some() {
                // A line that is deleted leaves its file as it is.
                let reason = Explanation::bad_input("text-file-stays").with("source", file_of(&row.sample.source));
                warnings.push(Warning::new(row.sample.name, reason));
                continue;
            }
            let done = media_location(&row.sample.source)
                .and_then(|location| Ok(self.inner.trash.move_to_trash(&location, origin, self.now())?));
            match done {
                Ok(_) => moved += 1,
                Err(error) => warnings.push(Warning::new(row.sample.name, error.explain())),
            }
        }
        Ok((moved, warnings))
    }

    /// Restores deleted samples, and their files where those lie in the trash.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn restore_samples(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<(EditReceipt, Vec<Warning>)> {
        let (entries, mut warnings) = self.inner.trash.entries()?;
        let wanted: HashSet<SampleId> = samples.iter().copied().collect();
        for entry in entries {
            if entry.origin.sample.is_some_and(|sample| wanted.contains(&sample))
                && let Err(error) = self.inner.trash.restore(entry.id)
            {
                warnings.push(Warning::new(entry.location.to_string(), error.explain()));
            }
        }
        let receipt = self.edit(dataset, &Edit::Restore { samples: samples.to_vec() })?;
        Ok((receipt, warnings))
    }
}
