//! Texts as a table (CSV): a row for each text. Separator, header and columns are recognised. What is written has the
//! columns `text, labels, usage, id` for classes (several labels with `|` between them, or as a JSON list; `[]` for
//! labeled with nothing, empty for unlabeled), and `text, entities, usage, id` for entities, which are a JSON list.

mod row;
mod sniff;

pub use sniff::TableLayout;

use self::sniff::OUR_HEADER;
use super::decode::{UTF_8_NAME, decode_in_utf8};
use super::json_lines::note_labels;
use super::json_records::{entity_list, write_entities};
use super::{
    Decoded, EachText, LabeledText, LabeledTexts, TextCarries, TextFile, TextFormat, TextLabel, TextReading,
    TextSource, input, pieces::is_blank,
};
use crate::domain::{DatasetType, Explanation, Usage, Warning};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree};
use crate::formats::exchange::{Labels, Warnings, usage_name, usage_named};
use serde_json::Value;
use std::io::BufRead;

/// What the format carries.
pub const CARRIES: TextCarries = TextCarries { usage: true, ids: true, ..TextCarries::LABELS_ONLY };

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
/// So many lines are named that have a fault in common.
const LINES_NAMED: usize = 20;

/// What a table is like, by its beginning; `None` if it is empty.
///
/// # Errors
/// [`FormatError::Read`] if it cannot be read.
pub fn layout_of(tree: &dyn FileTree, name: &str) -> Result<Option<TableLayout>, FormatError> {
    Ok(TableLayout::sniff(&input::read_head(tree, name)?.0))
}

fn recognises(tree: &dyn FileTree) -> bool {
    input::with_ending(tree, ENDINGS).take(5).any(|name| layout_of(tree, name).is_ok_and(|layout| layout.is_some()))
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let usages = input::FileUsages::of(input::with_ending(tree, ENDINGS));
    let mut ended = false;
    for name in input::with_ending(tree, ENDINGS) {
        let Some(layout) = layout_of(tree, name)? else {
            notes.add(name, "", Explanation::bad_input("text-file-empty"));
            continue;
        };
        let usage = usages.get(name);
        read_table(tree, name, &layout, &mut reading, &mut notes, &mut |mut text| {
            text.usage = text.usage.or(usage);
            note_labels(&text, &mut labels);
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
        .with("label", column(layout.label))
        .with("quotes", if layout.has_quotes { "yes" } else { "no" });
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
    let mut rows = Rows { name, layout, notes, fields: Fields::default(), longer: 0, surplus: Vec::new() };
    rows.read(file.into_reader(), each);
    rows.finish(reading);
    Ok(())
}

/// The rows of a table on their way to samples, and what has to be said of them.
struct Rows<'a> {
    name: &'a str,
    layout: &'a TableLayout,
    notes: &'a mut Warnings,
    fields: Fields,
    /// Rows whose text has delimiters in it and no quotes around it.
    longer: u64,
    /// The lines of rows with fields beyond the columns.
    surplus: Vec<u64>,
}

impl Rows<'_> {
    fn read(&mut self, reader: Box<dyn BufRead + '_>, each: &mut EachText<'_>) {
        let mut table = csv::ReaderBuilder::new()
            .has_headers(self.layout.has_header)
            .flexible(true)
            .delimiter(self.layout.delimiter)
            .from_reader(row::Kept::new(reader));
        let mut record = csv::ByteRecord::new();
        loop {
            match table.read_byte_record(&mut record) {
                Ok(false) => return,
                Ok(true) => {}
                Err(cause) => {
                    let line = table.position().line();
                    self.note(line, Explanation::bad_input("csv-record").with("cause", cause));
                    return;
                }
            }
            let (from, line) = record.position().map_or((0, 0), |place| (place.byte(), place.line()));
            let to = table.position().byte();
            if let Some(text) = self.row(&record, table.get_ref().row(from, to), line)
                && each(text).is_break()
            {
                return;
            }
            table.get_mut().forget(to);
        }
    }

    fn note(&mut self, line: u64, reason: Explanation) {
        self.notes.add(self.name, &line.to_string(), reason);
    }

    /// The sample of a row, if it is one. `bytes` is the row as it stands in the file.
    fn row(&mut self, record: &csv::ByteRecord, bytes: &[u8], line: u64) -> Option<LabeledText> {
        let layout = self.layout;
        let mut field = |at: Option<usize>| {
            at.and_then(|at| record.get(at)).map(|field| self.fields.text(field)).unwrap_or_default()
        };
        let (mut text, label) = (field(Some(layout.text)), field(layout.label));
        let (entities, usage, id) = (field(layout.entities), field(layout.usage), field(layout.id));
        let beyond = || record.iter().skip(layout.columns.len());
        if beyond().next().is_some() {
            if layout.text + 1 == layout.columns.len() && !layout.has_more_columns {
                text = self.fields.text(row::from_field(bytes, layout.delimiter, layout.text));
                self.longer += 1;
            } else if beyond().any(|field| !field.trim_ascii().is_empty()) {
                self.surplus.push(line);
            }
        }
        // A quote that nobody closes takes the rows below into its field.
        let is_short = record.len() < layout.columns.len();
        if text.contains('\n') && (is_short || !row::is_well_quoted(bytes, layout.delimiter)) {
            let rows = text.lines().count();
            self.note(line, Explanation::bad_input("csv-open-quote").with("count", rows));
        }
        if is_blank(&text) {
            if record.iter().any(|field| !field.trim_ascii().is_empty()) {
                self.note(line, Explanation::bad_input("csv-no-text"));
            }
            return None;
        }
        let mut labeled = LabeledText::new(text);
        labeled.labels = labels_of(&label, layout.label_separator);
        if !entities.trim().is_empty() {
            let found = serde_json::from_str::<Value>(&entities).ok().and_then(|list| entity_list(&list));
            if found.is_none() {
                let column = layout.column(layout.entities.unwrap_or(0));
                self.note(line, Explanation::bad_input("csv-field").with("field", column));
                return None;
            }
            labeled.entities = found;
        }
        labeled.check_entities(|reason| self.notes.add(self.name, &line.to_string(), reason));
        labeled.usage = usage_of(&usage);
        labeled.id = Some(id).filter(|id| !id.is_empty());
        labeled.place = Some((self.name.to_owned(), line));
        Some(labeled)
    }

    /// Says what was noted of all rows.
    fn finish(self, reading: &mut TextReading) {
        let Self { name, fields, longer, surplus, .. } = self;
        if let Some(encoding) = fields.encoding {
            input::say_encoding(name, encoding, false, &mut reading.said);
        }
        input::say_replaced(name, fields.encoding.unwrap_or(UTF_8_NAME), fields.replaced, &mut reading.warnings);
        if longer > 0 {
            let reason = Explanation::bad_input("csv-longer-text").with("count", longer);
            reading.warnings.push(Warning::new(name, reason));
        }
        if !surplus.is_empty() {
            let mut lines: Vec<String> = surplus.iter().take(LINES_NAMED).map(u64::to_string).collect();
            if surplus.len() > LINES_NAMED {
                lines.push("…".to_owned());
            }
            let reason =
                Explanation::bad_input("csv-extra-fields").with("count", surplus.len()).with("lines", lines.join(", "));
            reading.warnings.push(Warning::new(name, reason));
        }
    }
}

/// Makes fields texts. A single row that is not UTF-8 in a file that is, is read by itself.
#[derive(Default)]
struct Fields {
    encoding: Option<&'static str>,
    replaced: u64,
}

impl Fields {
    fn text(&mut self, field: &[u8]) -> String {
        if let Ok(text) = std::str::from_utf8(field) {
            return text.to_owned();
        }
        let Decoded { text, encoding, replaced, .. } = decode_in_utf8(field);
        self.encoding = Some(encoding);
        self.replaced += replaced;
        text
    }
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
