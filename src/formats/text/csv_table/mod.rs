//! Texts as a table (CSV): a row for each text. Separator, header and columns are recognised. What is written has the
//! columns `text, labels, usage, id` for classes (several labels with `|` between them, or as a JSON list; `[]` for
//! labeled with nothing, empty for unlabeled), and `text, entities, usage, id` for entities, which are a JSON list.

mod sniff;

pub use sniff::TableLayout;

use self::sniff::OUR_HEADER;
use super::json_records::{entity_list, write_entities};
use super::{
    EachText, LabeledText, LabeledTexts, TextCarries, TextFile, TextFormat, TextLabel, TextReading, TextSource, input,
    pieces::is_blank,
};
use crate::domain::{DatasetType, Explanation, Usage, Warning};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree};
use crate::formats::exchange::{Labels, Warnings, usage_name, usage_named};
use serde_json::Value;

/// What the format carries.
pub const CARRIES: TextCarries =
    TextCarries { hard: false, confidence: false, properties: false, authorship: false, ..TextCarries::EVERYTHING };

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "csv",
    carries: &CARRIES,
    kinds: &[DatasetType::TextClassification, DatasetType::NamedEntity],
    recognises,
    read,
    write,
};

const FILE: &str = "texts.csv";
pub(super) const ENDINGS: &[&str] = &["csv", "tsv"];
const SEPARATOR: char = '|';

/// What a table is like, by its beginning; `None` if it cannot be read or is empty.
#[must_use]
pub fn layout_of(tree: &dyn FileTree, name: &str) -> Option<TableLayout> {
    TableLayout::sniff(&input::head(tree, name)?.0)
}

fn recognises(tree: &dyn FileTree) -> bool {
    input::with_ending(tree, ENDINGS).take(5).any(|name| layout_of(tree, name).is_some())
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let usages = input::FileUsages::of(input::with_ending(tree, ENDINGS));
    let mut ended = false;
    for name in input::with_ending(tree, ENDINGS) {
        let Some(layout) = layout_of(tree, name) else { continue };
        let usage = usages.get(name);
        read_table(tree, name, &layout, &mut reading, &mut notes, &mut |mut text| {
            text.usage = text.usage.or(usage);
            for label in text.labels.iter().flatten() {
                labels.add(&label.label);
            }
            for entity in text.entities.iter().flatten() {
                labels.add(&entity.label);
            }
            let flow = each(text);
            ended = flow.is_break();
            flow
        })?;
        if ended {
            break;
        }
    }
    reading.labels = labels.finish();
    reading.warnings.extend(notes.finish());
    Ok(reading)
}

fn say(name: &str, layout: &TableLayout, reading: &mut TextReading) {
    let column = |at: Option<usize>| at.map_or("-", |at| layout.column(at));
    let delimiter = match layout.delimiter {
        b'\t' => "tab",
        b'\x1F' => "-",
        b';' => ";",
        b'|' => "|",
        _ => ",",
    };
    let columns = Explanation::bad_input("text-columns")
        .with("delimiter", delimiter)
        .with("text", column(Some(layout.text)))
        .with("label", column(layout.label));
    reading.said.push(Warning::new(name, columns));
}

/// Reads one table that is like `layout`, row by row.
///
/// # Errors
/// If the file cannot be read.
pub fn read_table(
    tree: &dyn FileTree,
    name: &str,
    layout: &TableLayout,
    reading: &mut TextReading,
    notes: &mut Warnings,
    each: &mut EachText<'_>,
) -> Result<(), FormatError> {
    let file = TextFile::open(tree, name)?;
    file.say(&mut reading.said, &mut reading.warnings);
    say(name, layout, reading);
    let mut table = csv::ReaderBuilder::new()
        .has_headers(layout.has_header)
        .flexible(true)
        .delimiter(layout.delimiter)
        .from_reader(file.into_reader());
    let mut record = csv::ByteRecord::new();
    loop {
        match table.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(cause) => {
                let line = table.position().line().to_string();
                notes.add(name, &line, Explanation::bad_input("csv-record").with("cause", cause));
                return Ok(());
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let field = |at: Option<usize>| at.and_then(|at| record.get(at)).map(field_text).unwrap_or_default();
        let text = field(Some(layout.text));
        // A quote that nobody closes takes the rows below into its field.
        if record.len() < layout.columns.len() && text.contains('\n') {
            let rows = text.lines().count();
            notes.add(name, &line.to_string(), Explanation::bad_input("csv-open-quote").with("count", rows));
        }
        if is_blank(&text) {
            if record.iter().any(|field| !field.trim_ascii().is_empty()) {
                notes.add(name, &line.to_string(), Explanation::bad_input("csv-no-text"));
            }
            continue;
        }
        let mut labeled = LabeledText::new(text);
        labeled.labels = labels_of(&field(layout.label), layout.label_separator);
        let entities = field(layout.entities);
        if !entities.trim().is_empty() {
            match serde_json::from_str::<Value>(&entities).ok().and_then(|list| entity_list(&list)) {
                Some(entities) => labeled.entities = Some(entities),
                None => {
                    let reason =
                        Explanation::bad_input("csv-field").with("field", layout.column(layout.entities.unwrap_or(0)));
                    notes.add(name, &line.to_string(), reason);
                    continue;
                }
            }
        }
        labeled.check_entities(|reason| notes.add(name, &line.to_string(), reason));
        labeled.usage = usage_of(&field(layout.usage));
        labeled.id = Some(field(layout.id)).filter(|id| !id.is_empty());
        labeled.place = Some((name.to_owned(), line));
        if each(labeled).is_break() {
            return Ok(());
        }
    }
}

/// A field as text. A single row that is not UTF-8 in a file that is, is read by itself.
fn field_text(field: &[u8]) -> String {
    std::str::from_utf8(field).map_or_else(|_| super::decode(field).text, str::to_owned)
}

/// What a usage is called in a field.
pub(super) fn usage_of(field: &str) -> Option<Usage> {
    usage_named(field).or_else(|| field.trim().parse().ok())
}

/// The labels of a field; `None` for an empty one.
fn labels_of(field: &str, separator: Option<char>) -> Option<Vec<TextLabel>> {
    if field.trim().is_empty() {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    match serde_json::from_str::<Vec<String>>(field) {
        Ok(list) => list.iter().for_each(|name| add(name)),
        Err(_) => match separator {
            Some(separator) => field.split(separator).for_each(|part| add(part.trim())),
            None => add(field.trim()),
        },
    }
    Some(names.into_iter().map(TextLabel::new).collect())
}

/// The field that [`labels_of`] reads as these labels.
fn label_field(labels: &[TextLabel]) -> String {
    let names: Vec<&str> = labels.iter().map(|label| label.label.as_str()).collect();
    let is_plain = |name: &&str| !name.contains(SEPARATOR) && !name.starts_with('[') && name.trim() == *name;
    if names.is_empty() || !names.iter().all(is_plain) {
        return Value::from(names).to_string();
    }
    names.join(&SEPARATOR.to_string())
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    sink.write(FILE, &mut |out| {
        let failed = |cause: csv::Error| FormatError::Write { cause: cause.into(), name: FILE.to_owned() };
        let mut table = csv::Writer::from_writer(out);
        let of_entities = source.kind() == DatasetType::NamedEntity;
        let header = if of_entities { ["text", "entities", "usage", "id"] } else { OUR_HEADER };
        table.write_record(header).map_err(failed)?;
        source.each(&mut |text| {
            let TextSource::Inline(words) = &text.text else { return Ok(()) };
            let said = if of_entities {
                text.entities.as_ref().map(|entities| write_entities(entities, false).to_string())
            } else {
                text.labels.as_deref().map(label_field)
            };
            let usage = text.usage.map(usage_name).unwrap_or_default();
            let id = text.id.as_deref().unwrap_or_default();
            table.write_record([words, said.as_deref().unwrap_or_default(), usage, id]).map_err(failed)
        })?;
        table.flush().map_err(|cause| FormatError::Write { cause, name: FILE.to_owned() })
    })
}

#[cfg(test)]
mod tests;
