//! Files of other tools that are not quite as our own: what does not fit is told, and nothing is taken for a decision that
//! nobody made.

use super::*;
use crate::domain::DatasetType;
use crate::formats::FormatError;
use crate::formats::detection::testing::{MemorySink, MemoryTree};
use serde_json::{Value, json};
use std::ops::ControlFlow;

fn read(format: &TextFormat, name: &str, content: &str) -> (Vec<LabeledText>, TextReading) {
    read_tree(format, &MemoryTree::default().with(name, content))
}

fn read_tree(format: &TextFormat, tree: &MemoryTree) -> (Vec<LabeledText>, TextReading) {
    let mut texts = Vec::new();
    let reading = (format.read)(tree, &mut |text| {
        texts.push(text);
        ControlFlow::Continue(())
    });
    (texts, reading.unwrap())
}

fn codes(warnings: &[crate::domain::Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| &*warning.reason.code).collect()
}

fn task(text: &str, result: &Value) -> String {
    json!([{"id": 1, "data": {"text": text}, "annotations": [{"id": 1, "result": result}]}]).to_string()
}

fn region(start: u32, end: u32, text: &str) -> Value {
    json!({"type": "labels", "value": {"start": start, "end": end, "text": text, "labels": ["city"]}})
}

#[test]
fn a_text_that_loses_all_its_entities_is_unlabeled() {
    let line = r#"{"text": "我在北京", "entities": [{"label": "city", "start": 0, "end": 2, "text": "北京"}]}"#;
    let (texts, reading) = read(&json_lines::FORMAT, "a.jsonl", line);
    assert!(texts[0].is_unlabeled());
    assert_eq!(codes(&reading.warnings), ["entity-text"]);
    let (texts, _) = read(&json_lines::FORMAT, "a.jsonl", r#"{"text": "我在北京", "entities": []}"#);
    assert_eq!(texts[0].entities.as_deref(), Some(&[][..]), "a decision stays one");

    for (lines, expected) in [("T1\tcity\n", None), ("", Some(0)), ("T1\tcity\nT2\tcity 2 4\t北京\n", Some(1))] {
        let tree = MemoryTree::default().with("a.txt", "我在北京").with("a.ann", lines);
        let (texts, _) = read_tree(&brat::FORMAT, &tree);
        assert_eq!(texts[0].entities.as_ref().map(Vec::len), expected, "{lines}");
    }

    let beyond = task("我在北京", &json!([region(2, 40, "北京")]));
    let (texts, reading) = read(&label_studio::FORMAT, "a.json", &beyond);
    assert!(texts[0].is_unlabeled());
    assert_eq!(codes(&reading.warnings), ["label-studio-region"]);
    let (texts, _) = read(&label_studio::FORMAT, "a.json", &task("我在北京", &json!([])));
    assert!(!texts[0].is_unlabeled());
}

#[test]
fn label_studios_blanks_are_not_counted_and_its_relations_are_told() {
    let results = json!([
        region(0, 4, "a b"),
        region(3, 6, "b\\nc"),
        region(0, 4, "a x"),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ]);
    let (texts, reading) = read(&label_studio::FORMAT, "a.json", &task("a  b\nc", &results));
    let covered: Vec<_> = texts[0].entities.iter().flatten().map(|entity| entity.text.as_str()).collect();
    assert_eq!(covered, ["a  b", "b\nc"]);
    assert_eq!(codes(&reading.warnings), ["label-studio-left-out", "entity-text"]);
}

#[test]
fn one_field_of_labels_is_taken_and_said() {
    let line = r#"{"text": "好书", "label": 1, "category": "书籍", "topic": "x", "modelier:as-read": {"a": 1}}"#;
    let (texts, reading) = read(&json_lines::FORMAT, "a.jsonl", line);
    assert_eq!(texts[0].labels.as_deref(), Some(&[TextLabel::new("1")][..]));
    assert_eq!(
        texts[0].extra.keys().collect::<Vec<_>>(),
        ["category", "topic"],
        "the others stay, notes of ours do not"
    );
    assert_eq!((codes(&reading.said), reading.warnings.len()), (vec!["text-record-labels"], 0));
}

#[test]
fn doccanos_empty_label_is_no_class_by_decision() {
    let (texts, reading) = read(&doccano::FORMAT, "all.jsonl", "{\"text\": \"a\", \"label\": []}\n");
    assert_eq!((&texts[0].labels, texts[0].entities.as_deref()), (&None, Some(&[][..])));
    assert_eq!(codes(&reading.said), ["text-record-empty"]);
}

struct One(LabeledText);

impl LabeledTexts for One {
    fn kind(&self) -> DatasetType {
        DatasetType::NamedEntity
    }

    fn labels(&self) -> &[String] {
        &[]
    }

    fn each(&self, each: &mut dyn FnMut(&LabeledText) -> Result<(), FormatError>) -> Result<(), FormatError> {
        each(&self.0)
    }
}

#[test]
fn numbers_of_entities_are_different_within_a_text() {
    let mut text = LabeledText::new("abcdef");
    let entity = |at: u32, id: Option<u32>| {
        let mut entity = TextEntity::new("A", at, at + 1);
        entity.said.extra.extend(id.map(|id| ("id".to_owned(), id.into())));
        entity
    };
    text.entities =
        Some(vec![entity(0, None), entity(1, Some(1)), entity(2, Some(2)), entity(3, Some(2)), entity(4, None)]);
    let sink = MemorySink::default();
    (doccano::RELATIONS.write)(&One(text), &sink).unwrap();
    let (texts, _) = read_tree(&doccano::RELATIONS, &sink.into_tree(&[], ""));
    let ids: Vec<_> = texts[0].entities.iter().flatten().filter_map(|one| one.said.extra["id"].as_u64()).collect();
    assert_eq!((ids[1], ids[2]), (1, 2), "one that came keeps its own");
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), 5, "{ids:?}");
}
