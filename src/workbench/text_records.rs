//! Texts and the records of manifests: a text that is no file of its own stands in the manifest itself.

use super::source_map::media_location;
use super::texts::entity_mismatch;
use super::{Result, Workbench};
use crate::domain::query::{IncomingReceipt, IncomingSample, OnKnown, SampleRow};
use crate::domain::text::{Offsets, beginning};
use crate::domain::text_origin::text_hash;
use crate::domain::{
    Annotation, AnnotationBody, Dataset, DatasetId, Explain, Explanation, Sample, SampleId, SampleState, TextMark,
    TextOrigin, Warning,
};
use crate::formats::manifest::{ManifestRecord, Placement};
use crate::formats::text::pieces::is_blank;
use crate::formats::text::{TextReading, decode_and_say};
use crate::storage::{Location, SourceMap};
use std::collections::HashMap;

/// A larger file is not read as a text.
pub(super) const TEXT_FILE_LIMIT_BYTES: u64 = 1 << 30;
/// A longer text is no sample: the catalog holds no value of a gigabyte, and nobody reads one.
const TEXT_LIMIT_BYTES: usize = 256 << 20;

/// Tells equal texts of one manifest apart, in its order.
#[derive(Default)]
pub(super) struct InlineTexts(HashMap<String, u32>);

impl InlineTexts {
    /// Makes the source of a record whose text stands in the manifest say which text it is: where it came from, if the
    /// manifest knows. The text itself goes beside it. False for all other records.
    pub fn place(&mut self, record: &mut ManifestRecord) -> bool {
        let Some(text) = record.content().map(str::to_owned) else { return false };
        let hash = text_hash(&text);
        let origin = record.origin.take().and_then(|origin| TextOrigin::parse(&origin));
        let origin = origin.filter(|origin| origin.mark().hash == hash).unwrap_or_else(|| {
            let occurrence = self.0.entry(hash.clone()).or_default();
            *occurrence += 1;
            TextOrigin::Inline(TextMark { hash, occurrence: *occurrence })
        });
        record.source = origin.to_string();
        record.text = Some(text);
        true
    }
}

/// Which sample a record is, by its source alone.
pub(super) fn placement_of(dataset: &Dataset, input: &Location, record: &ManifestRecord) -> Placement {
    let origin = TextOrigin::parse(&record.source).filter(|_| dataset.kind.is_text());
    let relative = |file: &str| Location::from_uri(file).ok().and_then(|place| place.relative_to(input));
    let Some(origin) = origin else {
        return Placement::file(dataset.id, &record.source, relative(&record.source).as_deref());
    };
    text_placement(dataset, input, &origin, record.text.as_deref().unwrap_or_default())
}

/// The sample of a text that is no file of its own.
pub(super) fn text_placement(dataset: &Dataset, input: &Location, origin: &TextOrigin, text: &str) -> Placement {
    let relative = match origin {
        TextOrigin::Piece(file, _) => Location::from_uri(file).ok().and_then(|place| place.relative_to(input)),
        TextOrigin::Inline(_) => None,
    };
    let id = origin.id(dataset.id, relative.filter(|relative| !relative.is_empty()).as_deref());
    Placement { id, source: origin.to_string(), name: beginning(text) }
}

/// Writes a text into the record that is published of it, unless it is a file of its own. The record keeps where the
/// text came from, so that the sample is found again.
pub(super) fn write_into(record: &mut ManifestRecord, text: &str) -> bool {
    let Some(origin) = TextOrigin::parse(&record.source) else { return false };
    let is_first = matches!(&origin, TextOrigin::Inline(mark) if mark.occurrence == 1);
    record.origin = (!is_first).then(|| origin.to_string());
    record.source = format!("content://{text}");
    // What its entities cover is there to read.
    for annotation in record.annotations.iter_mut().flatten() {
        if let AnnotationBody::Entity { text, .. } = &mut annotation.body {
            text.clear();
        }
    }
    true
}

/// Gives entities the text they cover. Those that cover another one than they say, or reach beyond the text, are taken
/// out, and the reasons told. A sample that loses all it had is unlabeled.
pub(super) fn fit_entities(incoming: &mut IncomingSample, text: &str, reasons: &mut Vec<Explanation>) {
    let is_entity = |annotation: &Annotation| matches!(annotation.body, AnnotationBody::Entity { .. });
    if !incoming.annotations.iter().any(is_entity) {
        return;
    }
    let offsets = Offsets::new(text);
    incoming.annotations.retain_mut(|annotation| {
        let AnnotationBody::Entity { start, end, text: said } = &mut annotation.body else { return true };
        let found = offsets.covered(text, *start, *end);
        match found {
            Some(found) if said.is_empty() || said == found => {
                said.clear();
                said.push_str(found);
                true
            }
            _ => {
                reasons.push(entity_mismatch(*start, *end, said, found));
                false
            }
        }
    });
    if incoming.annotations.is_empty() && incoming.state == SampleState::Labeled {
        incoming.state = SampleState::Unlabeled;
    }
}

/// Why the new texts of some files did not come in.
pub(super) fn unfit_warnings(receipt: &IncomingReceipt, batch: &[IncomingSample]) -> Vec<Warning> {
    let unfit: HashMap<SampleId, u64> = receipt.unfit.iter().copied().collect();
    let of_sample = |incoming: &IncomingSample| {
        let count = unfit.get(&incoming.sample.id)?;
        let source = Location::from_uri(&incoming.sample.source).map(|location| location.to_string());
        let reason = Explanation::bad_input("text-changed").with("count", count);
        Some(Warning::new(source.unwrap_or_else(|_| incoming.sample.source.clone()), reason))
    };
    batch.iter().filter(|_| !unfit.is_empty()).filter_map(of_sample).collect()
}

/// Why a text cannot be a sample because of its length.
pub(super) fn too_long(text: &str) -> Option<Explanation> {
    let reason = || Explanation::bad_input("text-too-long").with("bytes", text.len()).with("limit", TEXT_LIMIT_BYTES);
    (text.len() > TEXT_LIMIT_BYTES).then(reason)
}

impl Workbench {
    /// The text of a whole file; how it stood there is told.
    pub(super) fn read_text_file(&self, location: &Location, reading: &mut TextReading) -> Result<String> {
        let bytes = self.storage().read(location, Some(TEXT_FILE_LIMIT_BYTES))?;
        Ok(decode_and_say(&bytes, &location.to_string(), reading))
    }

    /// A whole file as a sample. `None`, with a warning, if its text cannot be read or there is none.
    pub(super) fn whole_text(
        &self,
        sample: Sample,
        file: &Location,
        reading: &mut TextReading,
    ) -> Result<Option<IncomingSample>> {
        let reason = match self.read_text_file(file, reading) {
            Err(error) if error.is_cancelled() => return Err(error),
            Err(error) => error.explain(),
            Ok(text) if is_blank(&text) => Explanation::bad_input("text-empty"),
            Ok(text) => match too_long(&text) {
                None => return Ok(Some(IncomingSample { text: Some(text), ..super::sync::unlabeled(sample) })),
                Some(reason) => reason,
            },
        };
        reading.warnings.push(Warning::new(file.to_string(), reason));
        Ok(None)
    }

    /// Takes in samples that are whole files. Texts that changed under entities that no longer fit stay as they were
    /// labeled, which is told.
    pub(super) fn receive_files(
        &self,
        dataset: &Dataset,
        batch: &[IncomingSample],
        warnings: &mut Vec<Warning>,
    ) -> Result<IncomingReceipt> {
        let receipt = self.catalog().receive_samples(dataset.id, batch, OnKnown::KeepAnnotations)?;
        warnings.extend(unfit_warnings(&receipt, batch));
        Ok(receipt)
    }

    /// Reads the texts of samples whose files can be reached now. Those that cannot be read, or that entities do not fit,
    /// stay as they are.
    pub(super) fn read_found_texts(&self, dataset: DatasetId, found: &[SampleId], map: &SourceMap) -> Result<()> {
        if found.is_empty() || !self.dataset_by_id(dataset)?.dataset.kind.is_text() {
            return Ok(());
        }
        let (mut samples, mut reading) = (Vec::new(), TextReading::default());
        for row in self.sample_rows(dataset, found)? {
            let place = map.place(&row.sample.source).map_or_else(|| media_location(&row.sample.source), Ok);
            let Ok(text) = place.and_then(|place| self.read_text_file(&place, &mut reading)) else { continue };
            let SampleRow { mut sample, state, usage, annotations, .. } = row;
            sample.media.missing = false;
            let mut incoming = IncomingSample { sample, state, usage, annotations, text: None };
            let mut reasons = Vec::new();
            fit_entities(&mut incoming, &text, &mut reasons);
            if reasons.is_empty() {
                samples.push(IncomingSample { text: Some(text), ..incoming });
            }
        }
        self.catalog().receive_samples(dataset, &samples, OnKnown::Overwrite)?;
        Ok(())
    }

    /// The text that a sample of a version needs: the one that stood in the manifest, the catalog's, or its file's.
    /// Entities of a text that cannot be found stay as they are; those that cover other words than they say are taken out,
    /// and the reasons answered.
    pub(super) fn complete_text(
        &self,
        dataset: &Dataset,
        incoming: &mut IncomingSample,
        known: Option<SampleId>,
    ) -> Vec<Explanation> {
        let kept = || known.and_then(|sample| self.catalog().text(dataset.id, sample).ok().flatten());
        let text = incoming.text.clone().or_else(kept).or_else(|| {
            let map = self.storage_map(dataset.id).ok()?;
            let place = map.place(&incoming.sample.source).or_else(|| Location::from_uri(&incoming.sample.source).ok());
            let text = self.read_text_file(&place?, &mut TextReading::default()).ok()?;
            incoming.text = Some(text.clone());
            Some(text)
        });
        let mut reasons = Vec::new();
        if let Some(text) = text {
            fit_entities(incoming, &text, &mut reasons);
            if let Some(reason) = reasons.first() {
                tracing::warn!("{}: {} of a version left out: {}", incoming.sample.source, reasons.len(), reason.code);
            }
        }
        reasons
    }
}
