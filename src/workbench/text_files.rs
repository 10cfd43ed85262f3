//! Files of texts read into their parts, and what formats say of texts as samples with annotations.

use super::text_listing::PieceFile;
use super::text_records::fit_entities;
use super::tree::FolderTree;
use super::{Result, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Annotation, AnnotationBody, Dataset, DatasetType, Explanation, LabelId, LabelName, Media, Origin, Sample,
    SampleState, TextSplit, Timestamp,
};
use crate::formats::manifest::Placement;
use crate::formats::text::files::each_text_of_file;
use crate::formats::text::{LabeledText, Said, TextEntity, TextReading, TextSource};
use crate::storage::{Listing, display_bytes};
use std::ops::ControlFlow;

impl Workbench {
    /// A text with what is said of it as a sample. An annotation whose label is not wanted (`None`) is left out; so is
    /// one whose label cannot be a name and one that does not cover what it says, which is told.
    pub(super) fn incoming_text(
        &self,
        dataset: &Dataset,
        placement: Placement,
        text: String,
        said: LabeledText,
        label: &mut dyn FnMut(LabelName) -> Result<Option<LabelId>>,
    ) -> Result<(IncomingSample, Vec<Explanation>)> {
        let (author, now) = (self.actor().annotated_by(), self.now());
        let (mut annotations, mut unnamed): (Vec<Annotation>, u64) = (Vec::new(), 0);
        let mut label = |name: &str| match LabelName::imported(name) {
            Ok(name) => label(name),
            Err(_) => {
                unnamed += 1;
                Ok(None)
            }
        };
        let is_decided = if dataset.kind == DatasetType::NamedEntity {
            for entity in said.entities.iter().flatten() {
                if let Some(label) = label(&entity.label)? {
                    let TextEntity { start, end, text, said, .. } = entity.clone();
                    annotations.push(annotation_of(
                        label,
                        AnnotationBody::Entity { start, end, text },
                        said,
                        &author,
                        now,
                    ));
                }
            }
            said.entities.is_some()
        } else {
            for class in said.labels.iter().flatten() {
                // A class twice is one decision.
                if let Some(label) = label(&class.label)?
                    && annotations.iter().all(|known| known.label != Some(label))
                {
                    annotations.push(annotation_of(label, AnnotationBody::Class, class.said.clone(), &author, now));
                }
            }
            said.labels.is_some()
        };
        let mut reasons = Vec::new();
        if unnamed > 0 {
            reasons.push(Explanation::bad_input("import-label-name").with("count", unnamed));
        }
        let Placement { id, source, name } = placement;
        let (media, manifest_id) = (Media::default(), said.id);
        let sample = Sample { id, source, name, media, manifest_id, extra: said.extra, added: now };
        // Where something was there and nothing is left, nobody has said that there is nothing.
        let was_nothing =
            said.labels.iter().flatten().next().is_none() && said.entities.iter().flatten().next().is_none();
        let is_decided = is_decided && (!annotations.is_empty() || was_nothing);
        let state = if is_decided { SampleState::Labeled } else { SampleState::Unlabeled };
        let mut incoming = IncomingSample { sample, state, usage: said.usage, annotations, text: None };
        fit_entities(&mut incoming, &text, &mut reasons);
        incoming.text = Some(text);
        Ok((incoming, reasons))
    }

    /// Calls `each` with every part of a file that is a sample, in the file's order, until it breaks. What was recognised
    /// and what was not understood is told.
    ///
    /// # Errors
    /// If the file cannot be read, or does not have as many lines as the one that labels it.
    pub(super) fn each_text_of_file(
        &self,
        split: TextSplit,
        file: &PieceFile,
        reading: &mut TextReading,
        each: &mut dyn FnMut(String, LabeledText) -> ControlFlow<()>,
    ) -> Result<()> {
        let files = std::iter::once(&file.entry).chain(&file.result).cloned().collect();
        let tree = FolderTree::new(self.storage(), Listing { files, ..Listing::default() });
        let name = display_bytes(&file.entry.relative);
        let result = file.result.as_ref().map(|result| display_bytes(&result.relative));
        each_text_of_file(&tree, &name, result.as_deref(), split, reading, &mut |mut said| match std::mem::take(
            &mut said.text,
        ) {
            TextSource::Inline(text) => each(text, said),
            TextSource::File(_) => ControlFlow::Continue(()),
        })?;
        Ok(())
    }
}

fn annotation_of(label: LabelId, body: AnnotationBody, said: Said, author: &str, now: Timestamp) -> Annotation {
    let origin = Origin::of_author(said.annotated_by.as_deref());
    let author = said.annotated_by.unwrap_or_else(|| author.to_owned());
    Annotation {
        origin,
        confidence: said.confidence,
        hard: said.hard,
        properties: said.properties,
        extra: said.extra,
        ..Annotation::human(label, body, author, said.created.unwrap_or(now))
    }
}
