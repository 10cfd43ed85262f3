//! Export of texts: what would be lost is said before anything is written, and reading it again proves the rest.

use super::error::unless_failed;
use super::export::{ExportReport, ExportRequest, LossCount};
use super::export_writer::{into_folder, settle};
use super::import_texts::known_text_format;
use super::outgoing::{Samples, for_format};
use super::text_records::placement_of;
use super::tree::FolderTree;
use super::{Error, Result, Task, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Annotation, AnnotationSet, Dataset, DatasetType, Explanation, LabelId, Sample, SampleState, Usage, Warning,
};
use crate::formats::FormatError;
use crate::formats::manifest::{IncomingContext, to_incoming, without_notes};
use crate::formats::text::{
    LabeledText, LabeledTexts, Said, TextCarries, TextEntity, TextFormat, TextLabel, TextLossReport, TextSource,
    kept_entities, on_one_line, pieces::is_blank,
};
use crate::storage::{ListOptions, Location};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Differences that are named.
const NAMED: usize = 100;

impl Workbench {
    /// What an export of texts would write and lose; with `write`, writes it and reads it again.
    pub(super) fn export_texts(
        &self,
        dataset: &Dataset,
        request: &ExportRequest,
        write: bool,
        task: &Task,
    ) -> Result<ExportReport> {
        let format = known_text_format(&request.format)?;
        if !format.kinds.contains(&dataset.kind) {
            return Err(Error::refused(
                Explanation::bad_input("format-other-type").with("format", format.name).with("type", dataset.kind),
            ));
        }
        self.with_samples(dataset.id, request.version.as_deref(), |texts, labels| {
            let names = labels.iter().map(|(_, name)| name.clone()).collect();
            let (labels, failure, changed) = (labels.into_iter().collect(), RefCell::default(), RefCell::default());
            let source = DatasetTexts { workbench: self, dataset, texts, names, labels, task, failure, changed };
            let mut report = source.preview(format)?;
            report.differences.extend(source.changed.take());
            if write { source.write(format, &request.folder, report) } else { Ok(report) }
        })
    }
}

/// The texts of a dataset's working state or of a version. Those whose words are not known are left out.
struct DatasetTexts<'a> {
    workbench: &'a Workbench,
    dataset: &'a Dataset,
    texts: Samples<'a>,
    names: Vec<String>,
    labels: HashMap<LabelId, String>,
    task: &'a Task,
    /// Why the texts ended early.
    failure: RefCell<Option<Error>>,
    /// Entities of the version that do not fit their text any more, as far as they are named.
    changed: RefCell<Vec<Warning>>,
}

impl DatasetTexts<'_> {
    fn each_text(&self, each: &mut dyn FnMut(&LabeledText) -> Result<()>) -> Result<()> {
        let mut one = |sample: &Sample, state, usage, annotations: &[Annotation], text: Option<String>| -> Result<()> {
            self.task.check()?;
            text.map_or(Ok(()), |text| each(&self.labeled(sample, state, usage, annotations, text)))
        };
        let version = match self.texts {
            Samples::OfVersion(version) => version,
            Samples::OfMoment(moment) => {
                let mut failure = None;
                moment.each_sample(&mut |row, text| {
                    unless_failed(one(&row.sample, row.state, row.usage, &row.annotations, text), &mut failure)
                })?;
                return failure.map_or(Ok(()), Err);
            }
        };
        let input = Location::from_uri(&self.dataset.input)?;
        let label = |name: &str, id: Option<LabelId>| {
            let by_name = || self.labels.iter().find(|(_, known)| *known == name).map(|(id, _)| *id);
            id.filter(|id| self.labels.contains_key(id)).or_else(by_name)
        };
        let context = IncomingContext { kind: self.dataset.kind, now: self.workbench.now(), label: &label };
        self.workbench.each_whole_record(version, &mut |record| {
            let placement = placement_of(self.dataset, &input, &record);
            let mut incoming = to_incoming(record, placement, &context, &mut Vec::new());
            let reasons = self.workbench.complete_text(self.dataset, &mut incoming, None);
            let mut changed = self.changed.borrow_mut();
            if !changed.iter().any(|known| known.source == incoming.sample.source) && changed.len() < NAMED {
                changed.extend(reasons.into_iter().map(|reason| Warning::new(&incoming.sample.source, reason)));
            }
            drop(changed);
            let IncomingSample { sample, state, usage, annotations, text } = incoming;
            one(&sample, state, usage, &annotations, text)
        })
    }

    fn labeled(
        &self,
        sample: &Sample,
        state: SampleState,
        usage: Option<Usage>,
        annotations: &[Annotation],
        text: String,
    ) -> LabeledText {
        let is_decided = state == SampleState::Labeled;
        let is_entities = self.dataset.kind == DatasetType::NamedEntity;
        let primary = || {
            let primary = annotations.iter().filter(|annotation| annotation.set == AnnotationSet::Primary);
            primary.filter_map(|annotation| Some((annotation, self.labels.get(&annotation.label?)?)))
        };
        let labels = || primary().filter_map(|(annotation, label)| TextLabel::of(annotation, label)).collect();
        let entities = || primary().filter_map(|(annotation, label)| TextEntity::of(annotation, label)).collect();
        LabeledText {
            text: TextSource::Inline(text),
            id: sample.manifest_id.clone(),
            labels: (is_decided && !is_entities).then(labels),
            entities: (is_decided && is_entities).then(entities),
            usage,
            place: None,
            extra: without_notes(sample.extra.clone()),
        }
    }

    /// Counts what is there, and what would be lost.
    fn preview(&self, format: &TextFormat) -> Result<ExportReport> {
        let mut report = ExportReport::default();
        let mut losses = TextLossReport::default();
        self.each_text(&mut |text| {
            report.images += 1;
            report.labeled += u64::from(!text.is_unlabeled());
            report.objects += text.entities.as_ref().map_or(0, |entities| entities.len() as u64);
            losses.add(format.carries, text);
            Ok(())
        })?;
        let count = |(loss, count): (crate::formats::text::TextLoss, u64)| LossCount {
            loss: loss.code(),
            shape: None,
            count,
            explanation: loss.explain(count),
        };
        report.losses = losses.0.into_iter().map(count).collect();
        Ok(report)
    }

    fn write(&self, format: &TextFormat, folder: &str, mut report: ExportReport) -> Result<ExportReport> {
        into_folder(self.workbench.storage(), folder, self.task, &mut |sink| {
            settle(&self.failure, self.task, (format.write)(self, sink))?;
            report.files = sink.written.borrow().len() as u64;
            self.check(format, sink.folder, &mut report)
        })?;
        Ok(report)
    }

    /// Reads what was written, and compares it with what was to be.
    fn check(&self, format: &TextFormat, folder: &Location, report: &mut ExportReport) -> Result<()> {
        self.task.report("export-checking", 0, Some(report.images));
        let storage = self.workbench.storage();
        let listing = storage.list(folder, &ListOptions::default(), &self.task.cancel, self.task.progress())?;
        let mut found: Vec<LabeledText> = Vec::new();
        let reading = (format.read)(&FolderTree::new(storage, listing), &mut |text| {
            found.push(text);
            if self.task.check().is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        self.task.check()?;
        report.differences.extend(reading.warnings);
        let mut found = found.into_iter();
        let differences = &mut report.differences;
        let mut tell = |name: &str, code: Explanation| {
            if differences.len() < NAMED {
                differences.push(Warning::new(crate::domain::text::beginning(name), code));
            }
        };
        self.each_text(&mut |text| {
            let Some(expected) = Expected::of(format.carries, text) else { return Ok(()) };
            match found.next() {
                None => tell(&expected.words, Explanation::bad_input("export-text-missing")),
                Some(again) => {
                    for part in expected.differs_in(format.carries, &again) {
                        tell(&expected.words, Explanation::bad_input("export-text-differs").with("part", part));
                    }
                }
            }
            Ok(())
        })?;
        for text in found {
            tell(text.words().unwrap_or_default(), Explanation::bad_input("export-text-added"));
        }
        Ok(())
    }
}

impl LabeledTexts for DatasetTexts<'_> {
    fn kind(&self) -> DatasetType {
        self.dataset.kind
    }

    fn labels(&self) -> &[String] {
        &self.names
    }

    fn each(
        &self,
        each: &mut dyn FnMut(&LabeledText) -> std::result::Result<(), FormatError>,
    ) -> std::result::Result<(), FormatError> {
        let mut refused = None;
        let mut done = 0;
        let gone = self.each_text(&mut |text| {
            self.task.report("export-writing", done, None);
            done += 1;
            each(text).map_err(|error| {
                refused = Some(error);
                Error::Cancelled
            })
        });
        for_format(refused, gone, &self.failure)
    }
}

/// What a format makes of a text.
struct Expected {
    words: String,
    labels: Vec<(String, Said)>,
    entities: Vec<(Span, Said)>,
    is_decided: bool,
    /// Whether its state is to come back.
    has_state: bool,
    usage: Option<Usage>,
    id: Option<String>,
    extra: Map<String, Value>,
}

/// Label, first and last place, and what lies between.
type Span = (String, u32, u32, String);

impl Expected {
    /// `None` if the format leaves the text out.
    fn of(carries: &TextCarries, text: &LabeledText) -> Option<Self> {
        let words = text.words().unwrap_or_default();
        let words = if carries.line_ends { words.to_owned() } else { on_one_line(words) };
        let mut labels = labels_of(carries, text.labels.iter().flatten());
        labels.truncate(if carries.several_labels { usize::MAX } else { 1 });
        let entities = kept_entities(carries, text.entities.as_deref().unwrap_or_default());
        let entities = spans_of(carries, entities);
        let is_nothing = labels.is_empty() && entities.is_empty();
        let has_state = carries.unlabeled && carries.nothing(text);
        let is_decided = !text.is_unlabeled() && (carries.nothing(text) || !is_nothing);
        let usage = text.usage.filter(|_| carries.usage);
        let id = text.id.clone().filter(|_| carries.ids);
        let extra = if carries.fields { text.extra.clone() } else { Map::new() };
        let is_there = !is_blank(&words) && (carries.unlabeled || is_decided);
        is_there.then_some(Self { words, labels, entities, is_decided, has_state, usage, id, extra })
    }

    /// What came back otherwise.
    fn differs_in(&self, carries: &TextCarries, again: &LabeledText) -> Vec<&'static str> {
        let labels = labels_of(carries, again.labels.iter().flatten());
        let entities = spans_of(carries, again.entities.iter().flatten());
        let names = |labels: &[(String, Said)]| labels.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let spans = |entities: &[(Span, Said)]| entities.iter().map(|(span, _)| span.clone()).collect::<Vec<_>>();
        let same_names = names(&labels) == names(&self.labels);
        let same_spans = spans(&entities) == spans(&self.entities);
        [
            ("words", again.words() != Some(self.words.as_str())),
            ("labels", !same_names),
            ("entities", !same_spans),
            ("attributes", same_names && same_spans && (labels != self.labels || entities != self.entities)),
            ("state", self.has_state && again.is_unlabeled() == self.is_decided),
            ("usage", carries.usage && again.usage != self.usage),
            ("id", carries.ids && again.id != self.id),
            // A format may add what it needs itself.
            ("fields", carries.fields && self.extra.iter().any(|(key, value)| again.extra.get(key) != Some(value))),
        ]
        .into_iter()
        .filter_map(|(part, differs)| differs.then_some(part))
        .collect()
    }
}

fn labels_of<'a>(carries: &TextCarries, labels: impl Iterator<Item = &'a TextLabel>) -> Vec<(String, Said)> {
    labels.map(|label| (label.label.clone(), said_left(carries, &label.said))).collect()
}

/// In an order that formats do not change.
fn spans_of<'a>(carries: &TextCarries, entities: impl IntoIterator<Item = &'a TextEntity>) -> Vec<(Span, Said)> {
    let span = |entity: &TextEntity| (entity.label.clone(), entity.start, entity.end, entity.text.clone());
    let mut spans: Vec<_> =
        entities.into_iter().map(|entity| (span(entity), said_left(carries, &entity.said))).collect();
    spans.sort_by(|a, b| a.0.cmp(&b.0));
    spans
}

/// What is left of what is said; "not hard" says no more than nothing.
fn said_left(carries: &TextCarries, said: &Said) -> Said {
    let left = carries.left_of(said);
    Said { hard: left.hard.filter(|hard| *hard), ..left }
}
