//! Texts of samples, and entities that must cover what they say they do.

use super::{Error, Result, Workbench};
use crate::domain::query::EditReceipt;
use crate::domain::text::{Offsets, uncovered_entity};
use crate::domain::{Annotation, AnnotationBody, DatasetId, Edit, Explanation, SampleId};
use std::sync::Arc;

impl Workbench {
    /// The whole text of a sample.
    ///
    /// # Errors
    /// `text-unknown` if its file could not be read yet; `sample-unknown`; or if the catalog cannot be read.
    pub fn text(&self, dataset: DatasetId, sample: SampleId) -> Result<Arc<str>> {
        let text = self.catalog().text(dataset, sample)?;
        text.map(Arc::from).ok_or_else(|| Error::refused(Explanation::bad_input("text-unknown").with("sample", sample)))
    }

    /// The beginnings of texts, of up to `limit_chars` code points each, in this order: for lists. Empty where no text
    /// is known.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn texts(&self, dataset: DatasetId, samples: &[SampleId], limit_chars: usize) -> Result<Vec<Arc<str>>> {
        let texts = self.catalog().texts(dataset, samples, limit_chars)?;
        Ok(texts.into_iter().map(Arc::from).collect())
    }

    /// Applies edits one after the other as one step of undo: what a model suggests for a large dataset comes in
    /// batches. `next` is asked until it has no more. Fails without anything undone: what was applied until then is
    /// one entry that undoes.
    ///
    /// # Errors
    /// What `next` returns, or as [`Workbench::edit`].
    pub fn edit_in_steps(
        &self,
        dataset: DatasetId,
        code: &str,
        next: &mut dyn FnMut() -> Result<Option<Edit>>,
    ) -> Result<EditReceipt> {
        let context = self.edit_context();
        let mut steps = self.catalog().begin_edits(dataset, code, &context, &self.inner.client);
        while let Some(edit) = next()? {
            self.check_edit(dataset, &edit)?;
            steps.apply(&edit)?;
        }
        Ok(steps.finish())
    }

    /// Refuses entities that do not cover what they say.
    pub(super) fn check_entities(&self, dataset: DatasetId, edit: &Edit) -> Result<()> {
        match edit {
            Edit::Annotate { sample, put, .. } => self.check_entities_of(dataset, *sample, put),
            Edit::AnnotateMany { put } | Edit::Suggest { put, .. } => {
                put.iter().try_for_each(|(sample, put)| self.check_entities_of(dataset, *sample, put))
            }
            _ => Ok(()),
        }
    }

    fn check_entities_of(&self, dataset: DatasetId, sample: SampleId, put: &[Annotation]) -> Result<()> {
        if !put.iter().any(|annotation| matches!(annotation.body, AnnotationBody::Entity { .. })) {
            return Ok(());
        }
        let text = self.text(dataset, sample)?;
        match wrong_entity(&text, put) {
            None => Ok(()),
            Some(reason) => Err(Error::refused(reason)),
        }
    }
}

/// Why the first of these that is an entity does not cover what it says, if one does not.
fn wrong_entity(text: &str, annotations: &[Annotation]) -> Option<Explanation> {
    let wrong = uncovered_entity(text, annotations)?;
    let AnnotationBody::Entity { start, end, text: said } = &wrong.body else { return None };
    let offsets = Offsets::new(text);
    Some(entity_mismatch(*start, *end, said, offsets.covered(text, *start, *end)))
}

/// Says that a span does not cover what it says.
pub(super) fn entity_mismatch(start: u32, end: u32, said: &str, found: Option<&str>) -> Explanation {
    let clipped = |text: &str| text.chars().take(40).collect::<String>();
    Explanation::bad_input("entity-text")
        .with("start", start)
        .with("end", end)
        .with("said", clipped(said))
        .with("found", clipped(found.unwrap_or_default()))
}
