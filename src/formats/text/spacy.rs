//! spaCy's JSON. Written is its list of training examples, `[["text", {"entities": [[0, 2, "a"]], "cats": {"b": 1.0}}]]`;
//! read are also documents (`{"text", "ents": [{"start", "end", "label"}], "cats"}`) and the lists of annotation tools
//! (`{"classes": […], "annotations": [["text", {…}]]}`). Offsets are code points.

use super::json_lines::{first_object, note_labels};
use super::json_records::{LabelFields, entity_list, has_text, read_record, scored};
use super::{EachText, LabeledText, LabeledTexts, TextCarries, TextFile, TextFormat, TextReading, input};
use crate::domain::{DatasetType, Explanation};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree};
use crate::formats::exchange::{Labels, Warnings};
use crate::formats::label_studio::each_record;
use serde_json::{Map, Value, json};
use std::io::Read as _;
use std::ops::ControlFlow;

/// What the format carries.
pub const CARRIES: TextCarries = TextCarries { fields: true, ..TextCarries::LABELS_ONLY };

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "spacy",
    carries: &CARRIES,
    kinds: &[DatasetType::TextClassification, DatasetType::NamedEntity],
    recognises: |tree| input::with_ending(tree, &["json"]).take(5).any(|name| is_examples(tree, name)),
    read,
    write,
};

const FILE: &str = "spacy.json";
/// What is looked at to tell the shapes apart; a first text may be longer.
const HEAD_BYTES: u64 = 1 << 18;

/// Whether a file begins as one of the shapes.
fn is_examples(tree: &dyn FileTree, name: &str) -> bool {
    let mut head = Vec::new();
    let Ok(file) = TextFile::open(tree, name) else { return false };
    if file.into_reader().take(HEAD_BYTES).read_to_end(&mut head).is_err() {
        return false;
    }
    let start: String = String::from_utf8_lossy(&head).chars().filter(|character| !character.is_whitespace()).collect();
    let is_tool = start.starts_with("{\"classes\":") && start.contains("\"annotations\":[");
    let is_document = |fields: &Map<String, Value>| {
        fields.get("ents").is_some_and(Value::is_array) || fields.get("cats").is_some_and(Value::is_object)
    };
    start.starts_with("[[\"")
        || is_tool
        || (start.starts_with('[') && first_object(tree, name).as_ref().is_some_and(is_document))
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let files: Vec<&str> = input::with_ending(tree, &["json"]).filter(|name| is_examples(tree, name)).collect();
    let usages = input::FileUsages::of(files.iter().copied());
    let mut ended = false;
    for name in files {
        let file = TextFile::open(tree, name)?;
        file.say(&mut reading.said, &mut reading.warnings);
        let mut number = 0_u64;
        let mut fields_read = LabelFields::default();
        each_record(file.into_reader(), name, &mut |record| {
            examples(record, &mut labels).into_iter().try_for_each(|record| {
                number += 1;
                let place = number.to_string();
                let Some(mut text) = example(record, &mut fields_read, |reason| notes.add(name, &place, reason)) else {
                    notes.add(name, &place, Explanation::bad_input("spacy-record"));
                    return ControlFlow::Continue(());
                };
                text.check_entities(|reason| notes.add(name, &place, reason));
                text.usage = text.usage.or_else(|| usages.get(name));
                note_labels(&text, &mut labels);
                let flow = each(text);
                ended = flow.is_break();
                flow
            })
        })
        .map_err(FormatError::Refused)?;
        fields_read.say(name, &mut reading.said);
        if ended {
            break;
        }
    }
    reading.labels = labels.finish();
    reading.warnings.extend(notes.finish());
    Ok(reading)
}

/// A record, or all those within the only one of an annotation tool.
fn examples(record: Value, labels: &mut Labels) -> Vec<Value> {
    match record {
        Value::Object(mut fields) if !has_text(&fields) && fields.contains_key("annotations") => {
            let classes = fields.get("classes").and_then(Value::as_array);
            classes.into_iter().flatten().filter_map(Value::as_str).for_each(|name| labels.add(name));
            match fields.shift_remove("annotations") {
                // The tools leave `null` for what was skipped.
                Some(Value::Array(list)) => list.into_iter().filter(|example| !example.is_null()).collect(),
                _ => Vec::new(),
            }
        }
        record => vec![record],
    }
}

fn example(record: Value, fields_read: &mut LabelFields, tell: impl FnMut(Explanation)) -> Option<LabeledText> {
    let pair = match record {
        Value::Object(fields) => return read_record(fields, fields_read, tell).ok(),
        Value::Array(pair) => pair,
        _ => return None,
    };
    let [Value::String(words), said] = pair.as_slice() else { return None };
    let mut text = LabeledText::new(words.clone());
    let Value::Object(mut said) = said.clone() else { return None };
    if let Some(entities) = said.shift_remove("entities") {
        text.entities = Some(entity_list(&entities)?);
    }
    if let Some(cats) = said.shift_remove("cats") {
        let Value::Object(cats) = cats else { return None };
        text.labels = Some(scored(cats));
    }
    text.extra = crate::formats::manifest::without_notes(said);
    Some(text)
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    sink.write(FILE, &mut |out| {
        let failed = |cause| FormatError::Write { cause, name: FILE.to_owned() };
        let mut is_first = true;
        out.write_all(b"[").map_err(failed)?;
        source.each(&mut |text| {
            out.write_all(if is_first { b"\n" } else { b",\n" }).map_err(failed)?;
            is_first = false;
            let example = json!([text.words().unwrap_or_default(), said(text, source.labels())]);
            serde_json::to_writer(&mut *out, &example).map_err(|cause| failed(cause.into()))
        })?;
        out.write_all(b"\n]\n").map_err(failed)
    })
}

/// Every class stands there with 1 or 0: spaCy learns from both.
fn said(text: &LabeledText, all: &[String]) -> Map<String, Value> {
    let mut said = Map::new();
    if let Some(entities) = &text.entities {
        let triples = entities.iter().map(|entity| json!([entity.start, entity.end, entity.label]));
        said.insert("entities".to_owned(), triples.collect());
    }
    if let Some(labels) = &text.labels {
        let mut cats: Map<String, Value> = labels.iter().map(|label| (label.label.clone(), json!(1.0))).collect();
        for name in all {
            cats.entry(name.clone()).or_insert_with(|| json!(0.0));
        }
        said.insert("cats".to_owned(), cats.into());
    }
    for (key, value) in &text.extra {
        said.entry(key.clone()).or_insert_with(|| value.clone());
    }
    said
}
