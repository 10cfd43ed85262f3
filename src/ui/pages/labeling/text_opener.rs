//! Reads the text at the cursor for a page that shows one text at a time.

use crate::domain::query::SampleRow;
use crate::domain::{DatasetId, Explanation, SampleId};
use crate::ui::backend::{Backend, Promise};
use std::sync::Arc;

/// A text that was read.
pub struct ReadText {
    pub row: SampleRow,
    pub text: Arc<str>,
    /// The state of the catalog that the row was read at.
    pub generation: u64,
}

/// The text that is being read, and the one that could not be.
#[derive(Default)]
pub struct TextOpener {
    opening: Option<(SampleId, u64, Promise<(Vec<SampleRow>, Arc<str>)>)>,
    failure: Option<(SampleId, Explanation)>,
}

impl TextOpener {
    /// Begins to read the text `here`, unless it is `open` already or could not be read before.
    pub fn read(&mut self, dataset: DatasetId, here: Option<SampleId>, open: Option<SampleId>, backend: &Backend) {
        let Some(sample) = here.filter(|_| here != open) else { return };
        if self.opening.as_ref().is_some_and(|(opening, _, _)| *opening == sample) || self.failed(here) {
            return;
        }
        let promise = backend
            .spawn(move |workbench| Ok((workbench.sample_rows(dataset, &[sample])?, workbench.text(dataset, sample)?)));
        self.opening = Some((sample, backend.generation(), promise));
    }

    /// What was begun, once it has been read. `Err`, once, if it cannot be: [`Self::failure`] says why from then on.
    pub fn take(&mut self) -> Result<Option<ReadText>, ()> {
        let Some((sample, generation, promise)) = self.opening.take() else { return Ok(None) };
        match promise.take() {
            None => {
                self.opening = Some((sample, generation, promise));
                Ok(None)
            }
            Some(Ok((mut rows, text))) => {
                let read = rows.pop().map(|row| ReadText { row, text, generation });
                if read.is_some() {
                    self.failure = None;
                }
                Ok(read)
            }
            Some(Err(explanation)) => {
                self.failure = Some((sample, explanation));
                Err(())
            }
        }
    }

    /// Whether the text `here` could not be read.
    #[must_use]
    pub fn failed(&self, here: Option<SampleId>) -> bool {
        self.failure.as_ref().is_some_and(|(failed, _)| Some(*failed) == here)
    }

    /// Why the last text could not be read.
    #[must_use]
    pub fn failure(&self) -> Option<&Explanation> {
        self.failure.as_ref().map(|(_, explanation)| explanation)
    }
}
