//! Label Studio's JSON of texts: a list of tasks whose results are `choices` of the whole text and `labels` of stretches.
//! Its offsets are UTF-16 units, as JavaScript counts. What its results cannot say stands in their `meta`.
//!
//! Of several people's annotations of one text the first one is taken; predictions are no labels. All of it is told.

use super::json_lines::{first_object, note_labels};
use super::{
    EachText, LabeledText, LabeledTexts, Said, TextCarries, TextEntity, TextFile, TextFormat, TextLabel, TextReading,
    input,
};
use crate::domain::text::Offsets;
use crate::domain::{DatasetType, Explanation};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree, write_file};
use crate::formats::exchange::{Labels, Warnings, number_of, text_of, usage_name, usage_named};
use crate::formats::label_studio::{annotations_of, each_record, place_of};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::ops::ControlFlow;

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "label-studio",
    carries: &TextCarries::EVERYTHING,
    kinds: &[DatasetType::TextClassification, DatasetType::NamedEntity],
    recognises: |tree| input::with_ending(tree, &["json"]).take(5).any(|name| is_tasks(tree, name)),
    read,
    write,
};

const FILE: &str = "tasks.json";
const CONFIG: &str = "labeling_config.xml";
/// Where a result's `meta` holds what is ours.
const META: &str = "modelier";
const USAGE: &str = "usage";

fn is_tasks(tree: &dyn FileTree, name: &str) -> bool {
    let Some(mut record) = first_object(tree, name) else { return false };
    let task = record.get("task").and_then(Value::as_object).filter(|_| record.contains_key("result"));
    let is_annotated = |record: &Map<String, Value>| {
        ["annotations", "completions", "predictions"].iter().any(|key| record.contains_key(*key))
    };
    let is_task = task.is_some() || is_annotated(&record);
    let has_data = task.unwrap_or(&record).get("data").is_some_and(Value::is_object);
    // Tasks of images are another format.
    record.shift_remove("data");
    is_task && has_data && !Value::Object(record).to_string().contains("\"original_width\"")
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let mut ended = false;
    for name in input::with_ending(tree, &["json"]).filter(|name| is_tasks(tree, name)) {
        let file = TextFile::open(tree, name)?;
        file.say(&mut reading.said, &mut reading.warnings);
        each_record(file.into_reader(), name, &mut |record| {
            let Some(text) = task(record, name, &mut notes) else { return ControlFlow::Continue(()) };
            note_labels(&text, &mut labels);
            let flow = each(text);
            ended = flow.is_break();
            flow
        })
        .map_err(FormatError::Refused)?;
        if ended {
            break;
        }
    }
    reading.labels = labels.finish();
    reading.warnings.extend(notes.finish());
    Ok(reading)
}

fn task(record: Value, file: &str, notes: &mut Warnings) -> Option<LabeledText> {
    let (mut fields, annotations) = annotations_of(record, file, notes)?;
    let place = place_of(&fields);
    let Some(Value::Object(mut data)) = fields.shift_remove("data") else {
        notes.add(file, &place, Explanation::bad_input("text-record-no-text"));
        return None;
    };
    let key =
        ["text", "content", "review", "document"].into_iter().find(|key| data.get(*key).is_some_and(Value::is_string));
    let key =
        key.map(str::to_owned).or_else(|| data.iter().find(|(_, value)| value.is_string()).map(|(key, _)| key.clone()));
    let Some(Value::String(words)) = key.and_then(|key| data.shift_remove(&key)) else {
        notes.add(file, &place, Explanation::bad_input("text-record-no-text"));
        return None;
    };
    let mut text = LabeledText::new(words);
    text.id = data.shift_remove("id").as_ref().map(text_of);
    if let Some(usage) = data.get(USAGE).and_then(Value::as_str).and_then(usage_named) {
        text.usage = Some(usage);
        data.shift_remove(USAGE);
    }
    text.extra = crate::formats::manifest::without_notes(data);
    if let Some(annotation) = annotations {
        let results = annotation.get("result").and_then(Value::as_array).cloned().unwrap_or_default();
        take_results(results, &mut text, |reason| notes.add(file, &place, reason));
        text.check_entities(|reason| notes.add(file, &place, reason));
    }
    Some(text)
}

/// Without a result, nothing is labeled, whichever kind is meant; with results of which none can be read, nobody knows.
fn take_results(results: Vec<Value>, text: &mut LabeledText, mut tell: impl FnMut(Explanation)) {
    let words = text.words().unwrap_or_default().to_owned();
    let offsets = Offsets::new(&words);
    let is_nothing = results.is_empty();
    let (mut labels, mut entities) = (Vec::<TextLabel>::new(), Vec::new());
    for result in results {
        let Value::Object(mut result) = result else { continue };
        let kind = result.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(Value::Object(mut value)) = result.shift_remove("value") else {
            // A relation between two stretches has no value.
            tell(Explanation::bad_input("label-studio-left-out").with("kind", kind));
            continue;
        };
        let said = said_of(&mut result);
        let names = match value.shift_remove(&kind) {
            Some(Value::Array(names)) => names.iter().map(text_of).collect::<Vec<_>>(),
            Some(Value::Object(taxonomy)) => vec![Value::Object(taxonomy).to_string()],
            Some(name) => vec![text_of(&name)],
            None => Vec::new(),
        };
        let has_place = value.contains_key("start") && value.contains_key("end");
        match kind.as_str() {
            "choices" if !has_place => {
                for label in names {
                    if labels.iter().all(|known| known.label != label) {
                        labels.push(TextLabel { label, said: said.clone() });
                    }
                }
            }
            "labels" | "hypertextlabels" if has_place => match stretch(&words, &offsets, &value) {
                Some((start, end)) => {
                    let said_text = value.get("text").and_then(Value::as_str).unwrap_or_default();
                    let own = offsets.covered(&words, start, end);
                    // Label Studio shows a run of blanks as one and a line end as `\n`, but counts them right.
                    let is_same = own.is_some_and(|own| is_same_but_blanks(said_text, own));
                    let text = if is_same { "" } else { said_text };
                    entities.extend(names.into_iter().map(|label| TextEntity {
                        label,
                        start,
                        end,
                        text: text.to_owned(),
                        said: said.clone(),
                    }));
                }
                None => {
                    let reason = Explanation::bad_input("label-studio-region")
                        .with("kind", &kind)
                        .with("cause", Value::Object(value));
                    tell(reason);
                }
            },
            _ => tell(Explanation::bad_input("label-studio-left-out").with("kind", kind)),
        }
    }
    text.labels = Some(labels).filter(|labels| !labels.is_empty() || is_nothing);
    text.entities = Some(entities).filter(|entities| !entities.is_empty() || is_nothing);
}

/// Whether a covered text is the one that is said, but for blanks and line ends.
fn is_same_but_blanks(said: &str, own: &str) -> bool {
    let same =
        |said: &str| said.chars().filter(|one| !one.is_whitespace()).eq(own.chars().filter(|one| !one.is_whitespace()));
    same(said) || same(&said.replace("\\r", "").replace("\\n", ""))
}

/// Code points of a stretch that is told in UTF-16 units.
fn stretch(words: &str, offsets: &Offsets, value: &Map<String, Value>) -> Option<(u32, u32)> {
    let unit = |key: &str| {
        let number = number_of(value.get(key)?)?;
        (number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0).then_some(number as u32)
    };
    Some((offsets.code_point_of_utf16(words, unit("start")?)?, offsets.code_point_of_utf16(words, unit("end")?)?))
}

fn said_of(result: &mut Map<String, Value>) -> Said {
    let ours = match result.get_mut("meta").and_then(Value::as_object_mut).and_then(|meta| meta.shift_remove(META)) {
        Some(Value::Object(ours)) => ours,
        _ => Map::new(),
    };
    let mut said = Said::of_fields(ours);
    let score = result.get("score").and_then(number_of).filter(|score| (0.0..=1.0).contains(score));
    said.confidence = said.confidence.or(score);
    said
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    let mut labels = Labels::default();
    source.labels().iter().for_each(|label| labels.add(label));
    sink.write(FILE, &mut |out| {
        let failed = |cause| FormatError::Write { cause, name: FILE.to_owned() };
        let mut number = 0_u64;
        out.write_all(b"[").map_err(failed)?;
        source.each(&mut |text| {
            number += 1;
            note_labels(text, &mut labels);
            out.write_all(if number > 1 { b",\n" } else { b"\n" }).map_err(failed)?;
            serde_json::to_writer(&mut *out, &task_of(text, number)).map_err(|cause| failed(cause.into()))
        })?;
        out.write_all(b"\n]\n").map_err(failed)
    })?;
    write_file(sink, CONFIG, config(source.kind(), &labels.finish()).as_bytes())
}

fn task_of(text: &LabeledText, number: u64) -> Value {
    let words = text.words().unwrap_or_default();
    let mut data = Map::new();
    data.insert("text".to_owned(), words.into());
    if let Some(id) = &text.id {
        data.insert("id".to_owned(), id.clone().into());
    }
    if let Some(usage) = text.usage {
        data.insert(USAGE.to_owned(), usage_name(usage).into());
    }
    // Older releases kept a task's own fields one level deeper.
    let nested = text.extra.get("data").and_then(Value::as_object);
    let is_nested = |key: &str| key == "data" && nested.is_some();
    for (key, value) in text.extra.iter().filter(|(key, _)| !is_nested(key)).chain(nested.into_iter().flatten()) {
        data.entry(key.clone()).or_insert_with(|| value.clone());
    }
    let result = |said: &Said, kind: &str, value: Value, number: usize| {
        let mut result =
            json!({"id": format!("r{number}"), "from_name": "label", "to_name": "text", "type": kind, "value": value});
        let fields = said.to_fields();
        if !fields.is_empty() {
            result["meta"] = json!({META: fields});
        }
        result
    };
    let mut results = Vec::new();
    for label in text.labels.iter().flatten() {
        results.push(result(&label.said, "choices", json!({"choices": [label.label]}), results.len() + 1));
    }
    let offsets = Offsets::new(words);
    for entity in text.entities.iter().flatten() {
        let units = (offsets.utf16_of(words, entity.start), offsets.utf16_of(words, entity.end));
        let (Some(start), Some(end)) = units else { continue };
        let value = json!({"start": start, "end": end, "text": entity.text, "labels": [entity.label]});
        results.push(result(&entity.said, "labels", value, results.len() + 1));
    }
    let annotations = if text.is_unlabeled() {
        Vec::new()
    } else {
        vec![json!({"id": number, "was_cancelled": false, "result": results})]
    };
    json!({"id": number, "data": data, "annotations": annotations, "predictions": []})
}

/// The labeling interface that the tasks fit.
fn config(kind: DatasetType, labels: &[String]) -> String {
    let of_entities = kind == DatasetType::NamedEntity;
    let (tool, item) = if of_entities { ("Labels", "Label") } else { ("Choices", "Choice") };
    let several = if of_entities { "" } else { " choice=\"multiple\"" };
    let mut text = format!("<View>\n  <{tool} name=\"label\" toName=\"text\"{several}>\n");
    for label in labels {
        let _ = writeln!(text, "    <{item} value=\"{}\"/>", quick_xml::escape::escape(label.as_str()));
    }
    let _ = write!(text, "  </{tool}>\n  <Text name=\"text\" value=\"$text\"/>\n</View>\n");
    text
}
