//! What exchange formats and files say of texts, as samples with annotations.

use super::text_records::fit_entities;
use super::text_sync::PieceFile;
use super::{Error, Result, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Annotation, AnnotationBody, Dataset, DatasetType, Explanation, LabelId, LabelName, Media, Origin, Sample,
    SampleState, Timestamp, Warning,
};
use crate::formats::manifest::Placement;
use crate::formats::text::{LabeledText, Said, TextLabel};
use crate::storage::display_bytes;

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
        let is_entities = dataset.kind == DatasetType::NamedEntity;
        let is_decided = if is_entities { said.entities.is_some() } else { said.labels.is_some() };
        let labels = said.labels.into_iter().flatten().filter(|_| !is_entities);
        let classes = labels.map(|class| (class.label, AnnotationBody::Class, class.said));
        let entities = said.entities.into_iter().flatten().filter(|_| is_entities).map(|entity| {
            let body = AnnotationBody::Entity { start: entity.start, end: entity.end, text: entity.text };
            (entity.label, body, entity.said)
        });
        let (mut annotations, mut unnamed): (Vec<Annotation>, u64) = (Vec::new(), 0);
        for (name, body, said) in classes.chain(entities) {
            let Ok(name) = LabelName::imported(&name) else {
                unnamed += 1;
                continue;
            };
            let Some(label) = label(name)? else { continue };
            // A class twice is one decision.
            let is_twice = |known: &Annotation| body == AnnotationBody::Class && known.label == Some(label);
            if !annotations.iter().any(is_twice) {
                annotations.push(annotation_of(label, body, said, &author, now));
            }
        }
        let mut reasons = Vec::new();
        if unnamed > 0 {
            reasons.push(Explanation::bad_input("import-label-name").with("count", unnamed));
        }
        let Placement { id, source, name } = placement;
        let (media, manifest_id) = (Media::default(), said.id);
        let sample = Sample { id, source, name, media, manifest_id, extra: said.extra, added: now };
        let state = if is_decided { SampleState::Labeled } else { SampleState::Unlabeled };
        let mut incoming = IncomingSample { sample, state, usage: said.usage, annotations, text: None };
        fit_entities(&mut incoming, &text, &mut reasons);
        incoming.text = Some(text);
        Ok((incoming, reasons))
    }
}

fn annotation_of(label: LabelId, body: AnnotationBody, said: Said, author: &str, now: Timestamp) -> Annotation {
    Annotation {
        origin: Origin::of_author(said.annotated_by.as_deref()),
        confidence: said.confidence,
        hard: said.hard,
        properties: said.properties,
        extra: said.extra,
        ..Annotation::human(
            label,
            body,
            said.annotated_by.unwrap_or_else(|| author.to_owned()),
            said.created.unwrap_or(now),
        )
    }
}

impl Workbench {
    /// Calls `each` with every part of a file that is a sample, in the file's order.
    pub(super) fn each_text_of_file(
        &self,
        dataset: &Dataset,
        file: &PieceFile,
        warnings: &mut Vec<Warning>,
        each: &mut dyn FnMut(String, LabeledText),
    ) -> Result<()> {
        let text = self.read_text_file(&file.entry.location)?;
        let results = file.result.as_ref().map(|result| self.read_text_file(&result.location)).transpose()?;
        let results: Option<Vec<&str>> = results.as_deref().map(|results| results.lines().collect());
        let name = display_bytes(&file.entry.relative);
        if let (Some(results), Some(result)) = (&results, &file.result)
            && results.len() != text.lines().count()
        {
            return Err(Error::refused(
                Explanation::bad_input("text-result-lines")
                    .with("text", name)
                    .with("result", display_bytes(&result.relative)),
            ));
        }
        let _ = warnings;
        for (number, line) in (1_u64..).zip(text.lines()).filter(|(_, line)| !line.is_empty()) {
            let at = usize::try_from(number).unwrap_or(usize::MAX) - 1;
            let labels = results.as_ref().and_then(|results| results.get(at)).map(|line| line.split_whitespace());
            let labels =
                labels.map(|names| names.map(|name| TextLabel { label: name.to_owned(), said: Said::default() }));
            let labels: Option<Vec<_>> = labels.map(Iterator::collect);
            let said = LabeledText {
                labels: labels.filter(|labels| !labels.is_empty()),
                place: Some((name.clone(), number)),
                ..LabeledText::default()
            };
            each(line.to_owned(), said);
        }
        let _ = dataset;
        Ok(())
    }
}
