//! What every text format must do: what it carries survives there and back, the report before writing names all else, and
//! no bytes make it panic.

use super::*;
use crate::domain::text::covered;
use crate::domain::{AnnotationBody, DatasetType, Timestamp, Usage};
use crate::formats::FormatError;
use crate::formats::detection::FileTree;
use crate::formats::detection::testing::{MemorySink, MemoryTree};
use crate::formats::manifest::{ManifestAnnotation, ManifestReader, ManifestRecord, ManifestWriter};
use proptest::prelude::*;
use serde_json::Map;
use std::ops::ControlFlow;

#[derive(Debug)]
struct Texts {
    kind: DatasetType,
    labels: Vec<String>,
    texts: Vec<LabeledText>,
}

impl LabeledTexts for Texts {
    fn kind(&self) -> DatasetType {
        self.kind
    }

    fn labels(&self) -> &[String] {
        &self.labels
    }

    fn each(&self, each: &mut dyn FnMut(&LabeledText) -> Result<(), FormatError>) -> Result<(), FormatError> {
        self.texts.iter().try_for_each(each)
    }
}

fn read(format: &TextFormat, tree: &dyn FileTree) -> (Vec<LabeledText>, TextReading) {
    let mut texts = Vec::new();
    let reading = (format.read)(tree, &mut |text| {
        texts.push(text);
        ControlFlow::Continue(())
    });
    (texts, reading.unwrap())
}

/// Texts with all that breaks naive code.
fn words() -> impl Strategy<Value = String> {
    let odd =
        "([a-z#,;|\"'\\\\]| |\\t|\\r\\n|\\n|\\r|[一-十]|[é😀𝄞א]|e\u{301}|\u{FEFF}|\u{85}|\u{3000}|-DOCSTART- |O){1,24}";
    let plain = "([一-十]{1,8}|[a-z]{1,4}( [a-z]{1,4}){0,4}\\.?)";
    let long = ("([一-十]{1,8}|[a-z]{1,4}( [a-z]{1,4}){0,4}\\.?)", 500_usize..3000)
        .prop_map(|(part, times)| part.repeat(times));
    let any = prop_oneof![16 => odd.boxed(), 16 => plain.boxed(), 4 => any::<String>().boxed(), 1 => long.boxed()];
    any.prop_filter("a blank text is no sample", |text| !pieces::is_blank(text))
}

fn said() -> impl Strategy<Value = Said> {
    let properties = prop::collection::vec(("[a-z颜色]{1,5}|hard|label", "[a-z<&\"；,]{0,6}"), 0..3);
    let author = (prop::option::of("human/[a-z]{1,4}"), prop::option::of(0_i64..2_000_000_000_000));
    let hard = prop::option::of(any::<bool>());
    (hard, prop::option::of(0.0..1.0_f64), properties, author).prop_map(|(hard, confidence, properties, (by, at))| {
        Said {
            hard,
            confidence,
            properties: properties.into_iter().map(|(name, value)| (name, value.into())).collect(),
            annotated_by: by,
            created: at.map(Timestamp),
            extra: Map::new(),
        }
    })
}

fn label() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["A", "PER.NAM", "标签", "a b", "x|y", "[z", "B-C", "0", "d \"&'<>,;#", "-1"])
        .prop_map(str::to_owned)
}

fn labeled(kind: DatasetType) -> impl Strategy<Value = LabeledText> {
    let labels = prop::collection::vec((label(), said()), 0..4);
    let start = prop_oneof![6 => 0_u32..20, 1 => 0_u32..12_000];
    let entities = prop::collection::vec((start, 1_u32..6, label(), said()), 0..5);
    let usage = prop::option::of(prop::sample::select(Usage::ALL.to_vec()));
    let id = prop::option::of("[a-z]{1,3}|[0-9]{1,3}");
    (words(), prop::option::of(labels), prop::option::of(entities), usage, id).prop_map(
        move |(words, labels, entities, usage, id)| {
            let mut text = LabeledText { usage, id, ..LabeledText::new(words.clone()) };
            if kind == DatasetType::NamedEntity {
                text.entities = entities.map(|entities| {
                    let entity = |(start, length, label, said)| {
                        let end = start + length;
                        let text = covered(&words, start, end)?.to_owned();
                        Some(TextEntity { label, start, end, text, said })
                    };
                    entities.into_iter().filter_map(entity).collect()
                });
            } else {
                text.labels = labels.map(|mut labels| {
                    labels.sort_by(|a, b| a.0.cmp(&b.0));
                    labels.dedup_by(|a, b| a.0 == b.0);
                    labels.into_iter().map(|(label, said)| TextLabel { label, said }).collect()
                });
            }
            text
        },
    )
}

fn cases() -> impl Strategy<Value = Texts> {
    let kinds = prop::sample::select(vec![DatasetType::TextClassification, DatasetType::NamedEntity]);
    kinds.prop_flat_map(|kind| {
        prop::collection::vec(labeled(kind), 1..6).prop_map(move |texts| Texts { kind, labels: Vec::new(), texts })
    })
}

/// What is left of a text on its way through a format, by what the format says of itself.
fn left(carries: &TextCarries, kind: DatasetType, text: &LabeledText) -> Option<LabeledText> {
    if text.is_unlabeled() && !carries.unlabeled {
        return None;
    }
    let words = text.words().unwrap();
    let words = if carries.line_ends { words.to_owned() } else { on_one_line(words) };
    let (usage, id) = (text.usage.filter(|_| carries.usage), text.id.clone().filter(|_| carries.ids));
    let mut left = LabeledText { usage, id, ..LabeledText::new(words) };
    if kind == DatasetType::NamedEntity {
        let kept = text.entities.as_ref().map(|entities| kept_entities(carries, entities));
        left.entities = kept.map(|kept| {
            let entity = |entity: &TextEntity| TextEntity { said: carries.left_of(&entity.said), ..entity.clone() };
            kept.into_iter().map(entity).collect()
        });
    } else {
        left.labels = text.labels.as_ref().map(|labels| {
            let class = |label: &TextLabel| TextLabel { said: carries.left_of(&label.said), ..label.clone() };
            labels.iter().map(class).collect()
        });
        left.labels = left.labels.filter(|labels| carries.no_class || !labels.is_empty());
    }
    Some(left)
}

/// What of a text counts here: neither its place nor what is not modelled.
fn counted(kind: DatasetType, text: LabeledText) -> LabeledText {
    let is_entities = kind == DatasetType::NamedEntity;
    let mut entities = text.entities.filter(|_| is_entities);
    if let Some(entities) = &mut entities {
        // doccano's numbers of entities, for its relations.
        for entity in entities.iter_mut() {
            entity.said.extra.clear();
        }
        entities.sort_by(|a, b| format!("{a:?}").cmp(&format!("{b:?}")));
    }
    let labels = text.labels.filter(|_| !is_entities);
    LabeledText { text: text.text, labels, entities, usage: text.usage, id: text.id, ..LabeledText::default() }
}

/// "Not hard" says no more than nothing: its loss is none.
fn without_no(mut text: LabeledText) -> LabeledText {
    let labels = text.labels.iter_mut().flatten().map(|label| &mut label.said);
    for said in labels.chain(text.entities.iter_mut().flatten().map(|entity| &mut entity.said)) {
        said.hard = said.hard.filter(|hard| *hard);
    }
    text
}

fn formats_for(kind: DatasetType) -> impl Iterator<Item = &'static TextFormat> {
    TEXT_FORMATS.iter().filter(move |format| format.kinds.contains(&kind))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_a_format_carries_survives_there_and_back(case in cases()) {
        let kind = case.kind;
        for format in formats_for(kind) {
            let mut report = TextLossReport::default();
            case.texts.iter().for_each(|text| report.add(format.carries, text));
            let sink = MemorySink::default();
            let outcome = (format.write)(&case, &sink);
            if report.0.contains_key(&TextLoss::LabelBlanks) {
                prop_assert!(matches!(outcome, Err(FormatError::Refused(_))), "{}", format.name);
                prop_assert!(sink.0.borrow().is_empty(), "{} left half of a pair", format.name);
                continue;
            }
            outcome.unwrap();
            let tree = sink.into_tree(&[], "");
            let (found, reading) = read(format, &tree);
            prop_assert!(reading.warnings.is_empty(), "{}: {:?}", format.name, reading.warnings);
            let found: Vec<_> = found.into_iter().map(|text| counted(kind, text)).collect();
            let expected = case.texts.iter().filter_map(|text| left(format.carries, kind, text));
            let expected: Vec<_> = expected.map(|text| counted(kind, text)).collect();
            prop_assert_eq!(&found, &expected, "{}", format.name);
            if report.is_empty() {
                let whole = case.texts.iter().map(|text| without_no(counted(kind, text.clone())));
                let found: Vec<_> = found.into_iter().map(without_no).collect();
                prop_assert_eq!(found, whole.collect::<Vec<_>>(), "{} reported no loss", format.name);
            }
        }
    }

    /// A version holds texts in its manifest, with all that is said of them.
    #[test]
    fn a_manifest_carries_texts_with_all_that_is_said(case in cases()) {
        let records: Vec<ManifestRecord> = case.texts.iter().map(|text| record_of(case.kind, text)).collect();
        let mut bytes = Vec::new();
        let mut writer = ManifestWriter::new(&mut bytes);
        for record in &records {
            let mut record = record.clone();
            // As it is published: what an entity covers is there to read.
            for annotation in record.annotations.iter_mut().flatten() {
                if let AnnotationBody::Entity { text, .. } = &mut annotation.body {
                    text.clear();
                }
            }
            writer.write(&record).unwrap();
        }
        writer.finish().unwrap();
        let mut found = Vec::new();
        for line in ManifestReader::new(bytes.as_slice(), "m") {
            let line = line.unwrap();
            prop_assert!(line.warnings.is_empty(), "{:?}", line.warnings);
            found.push(line.record.unwrap());
        }
        prop_assert_eq!(found.len(), records.len());
        for (found, record) in found.iter().zip(&records) {
            prop_assert_eq!(found.content(), record.source.strip_prefix("content://"));
            prop_assert_eq!(&found.annotations, &record.annotations);
            prop_assert_eq!((found.usage, &found.id), (record.usage, &record.id));
        }
    }

    #[test]
    fn no_bytes_are_a_surprise(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "[\\[\\]{}\":,a-z0-9 \\n\\tBIO-]{0,120}") {
        for bytes in [bytes, text.into_bytes()] {
            for name in ["a.txt", "a_result.txt", "a.ann", "a.csv", "a.json", "a.jsonl", "a.conll"] {
                let tree = MemoryTree::default().with(name, bytes.clone()).with("b.txt", "words");
                for format in TEXT_FORMATS {
                    let _ = (format.recognises)(&tree);
                    let _ = (format.read)(&tree, &mut |_| ControlFlow::Continue(()));
                }
            }
        }
    }
}

/// A text as a record of a manifest; times there are of whole seconds.
fn record_of(kind: DatasetType, text: &LabeledText) -> ManifestRecord {
    let annotation = |label: &str, body, said: &Said| ManifestAnnotation {
        hard: said.hard,
        confidence: said.confidence,
        properties: said.properties.clone(),
        annotated_by: said.annotated_by.clone(),
        created: said.created.map(|at| Timestamp(at.0 / 1000 * 1000)),
        ..ManifestAnnotation::new(kind, Some(label.to_owned()), body)
    };
    let class = |label: &TextLabel| annotation(&label.label, AnnotationBody::Class, &label.said);
    let entity = |entity: &TextEntity| {
        let TextEntity { label, start, end, text, said } = entity;
        annotation(label, AnnotationBody::Entity { start: *start, end: *end, text: text.clone() }, said)
    };
    let annotations = match kind {
        DatasetType::NamedEntity => text.entities.as_ref().map(|entities| entities.iter().map(entity).collect()),
        _ => text.labels.as_ref().map(|labels| labels.iter().map(class).collect()),
    };
    let source = format!("content://{}", text.words().unwrap());
    let mut record = ManifestRecord::new(source);
    (record.annotations, record.usage, record.id) = (annotations, text.usage, text.id.clone());
    record
}

/// The first format that a tree looks like is the one it was written in.
fn assert_recognised(format: &TextFormat, tree: &MemoryTree, kind: DatasetType) {
    let first = TEXT_FORMATS.iter().find(|format| (format.recognises)(tree)).map(|format| format.name);
    // CoNLL is read whatever its tags.
    let expected = if format.name.starts_with("conll-") { "conll" } else { format.name };
    assert_eq!(first, Some(expected), "{kind:?}");
}

#[test]
fn a_first_text_of_a_megabyte_is_read_by_every_format() {
    for kind in [DatasetType::TextClassification, DatasetType::NamedEntity] {
        let labeled = |words: String| {
            let mut text = LabeledText::new(words);
            if kind == DatasetType::NamedEntity {
                text.entities = Some(vec![TextEntity { text: "天气".to_owned(), ..TextEntity::new("PER", 1, 3) }]);
            } else {
                text.labels = Some(vec![TextLabel::new("A"), TextLabel::new("B")]);
            }
            text
        };
        let words = ["好天气, ok ".repeat(70_000) + ".", "好天气".to_owned()];
        let texts = words.clone().map(labeled).to_vec();
        let texts = Texts { kind, labels: vec!["PER".to_owned()], texts };
        for format in formats_for(kind) {
            let sink = MemorySink::default();
            (format.write)(&texts, &sink).unwrap();
            let tree = sink.into_tree(&[], "");
            assert_recognised(format, &tree, kind);
            let (found, reading) = read(format, &tree);
            assert!(reading.warnings.is_empty(), "{}: {:?}", format.name, reading.warnings);
            let found: Vec<_> = found.iter().map(|text| text.words().unwrap_or_default()).collect();
            assert!(
                found == words,
                "{} {kind:?}: {:?}",
                format.name,
                found.iter().map(|text| text.len()).collect::<Vec<_>>()
            );
        }
    }
    let document = format!("[{{\"text\": \"{}\", \"cats\": {{\"A\": 1.0}}}}]", "好".repeat(400_000));
    assert!((spacy::FORMAT.recognises)(&MemoryTree::default().with("a.json", document)));
}

#[test]
fn every_format_is_recognised_by_what_it_writes() {
    for kind in [DatasetType::TextClassification, DatasetType::NamedEntity] {
        let mut text = LabeledText::new("鲍勃 is from Shenzhen");
        if kind == DatasetType::NamedEntity {
            text.entities = Some(vec![TextEntity { text: "鲍勃".to_owned(), ..TextEntity::new("PER", 0, 2) }]);
        } else {
            text.labels = Some(vec![TextLabel::new("A"), TextLabel::new("B")]);
        }
        let texts = Texts { kind, labels: vec!["PER".to_owned()], texts: vec![text] };
        for format in formats_for(kind) {
            let sink = MemorySink::default();
            (format.write)(&texts, &sink).unwrap();
            let tree = sink.into_tree(&[], "");
            assert_recognised(format, &tree, kind);
        }
    }
    assert!(text_format("conll").is_some() && text_format("coco").is_none());
}
