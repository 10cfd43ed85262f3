//! Files of one JSON object a line (JSONL), or one list of objects, of which each holds a text.
//!
//! Ours has the fields `id`, `text`, `usage`, `labels` (words, or objects where more is said of them) and `entities`
//! (`label`, `start`, `end`, `text` and what else is said). No `labels` and no `entities`: nobody decided yet.

use super::json_records::{LabelFields, begin_record, has_text, read_record, write_entities, write_labels};
use super::{EachText, LabeledText, LabeledTexts, TextCarries, TextFile, TextFormat, TextReading, input};
use crate::domain::{DatasetType, Explanation};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree};
use crate::formats::exchange::{Labels, Warnings};
use crate::formats::label_studio::each_record;
use serde_json::{Map, Value};
use std::io::{BufRead, Read as _};
use std::ops::ControlFlow;

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "jsonl",
    carries: &TextCarries::EVERYTHING,
    kinds: &[DatasetType::TextClassification, DatasetType::NamedEntity],
    recognises: |tree| heads(tree).any(|fields| has_text(&fields)),
    read,
    write,
};

const ENDINGS: &[&str] = &["jsonl", "ndjson", "json", "json1"];
/// A first object that is longer says nothing of its file.
const FIRST_OBJECT_LIMIT_BYTES: u64 = 64 << 20;

/// The first object of each of the first files.
pub(super) fn heads(tree: &dyn FileTree) -> impl Iterator<Item = Map<String, Value>> {
    input::with_ending(tree, ENDINGS).take(5).filter_map(move |name| first_object(tree, name))
}

/// The first object of a file, be it alone, one of a list or one a line, however long it is.
pub(super) fn first_object(tree: &dyn FileTree, name: &str) -> Option<Map<String, Value>> {
    let (head, is_whole) = input::head(tree, name)?;
    let found = first_object_of(head.as_bytes());
    // It may reach beyond the beginning that was looked at.
    let is_cut = !is_whole && found.as_ref().is_none_or(|found| found.as_ref().is_err_and(serde_json::Error::is_eof));
    if !is_cut {
        return found?.ok();
    }
    let file = TextFile::open(tree, name).ok()?;
    first_object_of(file.into_reader().take(FIRST_OBJECT_LIMIT_BYTES))?.ok()
}

fn first_object_of(mut input: impl BufRead) -> Option<serde_json::Result<Map<String, Value>>> {
    loop {
        let (blanks, next) = {
            let buffer = input.fill_buf().ok()?;
            (
                buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
                buffer.trim_ascii_start().first().copied(),
            )
        };
        match next {
            None if blanks == 0 => return None,
            None => input.consume(blanks),
            Some(b'[') => {
                input.consume(blanks + 1);
                break;
            }
            Some(b'{') => break,
            Some(_) => return None,
        }
    }
    serde_json::Deserializer::from_reader(input).into_iter::<Map<String, Value>>().next()
}

/// Whether a file is a list, or one object of several lines, rather than an object a line.
fn is_one_value(tree: &dyn FileTree, name: &str, head: &str, is_whole: bool) -> Result<bool, FormatError> {
    let start = head.trim_start();
    if !start.starts_with('{') {
        return Ok(start.starts_with('['));
    }
    let is_object = |line: &str| serde_json::from_str::<Map<String, Value>>(line).is_ok();
    if let Some((line, _)) = start.split_once('\n')
        && !line.trim().is_empty()
    {
        return Ok(!is_object(line));
    }
    if is_whole {
        return Ok(!is_object(start));
    }
    // The first line is longer than what was looked at.
    let mut file = TextFile::open(tree, name)?;
    while let Some((line, _)) = file.next_line()? {
        if !line.trim().is_empty() {
            return Ok(!is_object(line));
        }
    }
    Ok(false)
}

/// Reads all files of texts in JSON, whatever spelling of labels they have.
pub(super) fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let usages = input::FileUsages::of(input::with_ending(tree, ENDINGS));
    let mut ended = false;
    for name in input::with_ending(tree, ENDINGS) {
        let Some((head, is_whole)) = input::head(tree, name) else { continue };
        if !first_object(tree, name).is_some_and(|fields| has_text(&fields)) {
            notes.add(name, "", Explanation::bad_input("text-file-without-texts"));
            continue;
        }
        let usage = usages.get(name);
        let mut fields_read = LabelFields::default();
        let mut take = |record: Value, line: u64, notes: &mut Warnings| {
            let place = if line == 0 { String::new() } else { line.to_string() };
            let Value::Object(fields) = record else {
                notes.add(name, &place, Explanation::bad_input("text-record-no-text"));
                return ControlFlow::Continue(());
            };
            let mut text = match read_record(fields, &mut fields_read, |reason| notes.add(name, &place, reason)) {
                Ok(text) => text,
                Err(reason) => {
                    notes.add(name, &place, reason);
                    return ControlFlow::Continue(());
                }
            };
            text.check_entities(|reason| notes.add(name, &place, reason));
            text.usage = text.usage.or(usage);
            text.place = Some((name.to_owned(), line)).filter(|_| line > 0);
            note_labels(&text, &mut labels);
            let flow = each(text);
            ended = flow.is_break();
            flow
        };
        let mut file = TextFile::open(tree, name)?;
        if is_one_value(tree, name, &head, is_whole)? {
            file.say(&mut reading.said, &mut reading.warnings);
            let mut record = |record| take(record, 0, &mut notes);
            each_record(file.into_reader(), name, &mut record).map_err(FormatError::Refused)?;
        } else {
            read_lines(&mut file, name, &mut notes, &mut take)?;
            file.say(&mut reading.said, &mut reading.warnings);
        }
        fields_read.say(name, &mut reading.said);
        if ended {
            break;
        }
    }
    reading.labels = labels.finish();
    reading.warnings.extend(notes.finish());
    Ok(reading)
}

fn read_lines(
    file: &mut TextFile<'_>,
    name: &str,
    notes: &mut Warnings,
    take: &mut dyn FnMut(Value, u64, &mut Warnings) -> ControlFlow<()>,
) -> Result<(), FormatError> {
    while let Some((line, number)) = file.next_line()? {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(line) {
            Ok(record) => {
                if take(record, number, notes).is_break() {
                    break;
                }
            }
            Err(cause) => {
                let reason = Explanation::bad_input("text-record-json").with("cause", cause);
                notes.add(name, &number.to_string(), reason);
            }
        }
    }
    Ok(())
}

pub(super) fn note_labels(text: &LabeledText, labels: &mut Labels) {
    text.labels.iter().flatten().for_each(|label| labels.add(&label.label));
    text.entities.iter().flatten().for_each(|entity| labels.add(&entity.label));
}

/// Writes a file of one object a line.
pub(super) fn write_lines(
    source: &dyn LabeledTexts,
    sink: &dyn FileSink,
    name: &str,
    record: impl Fn(&LabeledText) -> Map<String, Value>,
) -> Result<(), FormatError> {
    sink.write(name, &mut |out| {
        let failed = |cause| FormatError::Write { cause, name: name.to_owned() };
        source.each(&mut |text| {
            serde_json::to_writer(&mut *out, &record(text)).map_err(|cause| failed(cause.into()))?;
            out.write_all(b"\n").map_err(failed)
        })
    })
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    write_lines(source, sink, "texts.jsonl", |text| {
        let mut fields = begin_record(text, true);
        if let Some(labels) = &text.labels {
            fields.insert("labels".to_owned(), write_labels(labels));
        }
        if let Some(entities) = &text.entities {
            fields.insert("entities".to_owned(), write_entities(entities, true));
        }
        fields
    })
}
