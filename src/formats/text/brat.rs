//! brat's standoff: `a.txt` holds a text, `a.ann` its entities (`T1<tab>Label 0 3<tab>text`), with offsets in code points.
//! A text without `.ann` is unlabeled, one with an empty `.ann` labeled with nothing. An entity of several parts, and all
//! that is no entity, is told and left out.

use super::json_lines::note_labels;
use super::result_pairs::without_blank;
use super::{
    EachText, LabeledText, LabeledTexts, TextCarries, TextEntity, TextFormat, TextReading, decode, input, read_text,
};
use crate::domain::{DatasetType, Explanation};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree, stem, write_file};
use crate::formats::exchange::{Labels, Warnings};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// What the format carries.
pub const CARRIES: TextCarries = TextCarries { label_blanks: false, ..TextCarries::LABELS_ONLY };

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "brat",
    carries: &CARRIES,
    kinds: &[DatasetType::NamedEntity],
    recognises: |tree| pairs(tree).any(|(_, annotations)| annotations.is_some()),
    read,
    write,
};

/// The labels, for the tool.
const CONFIG: &str = "annotation.conf";

/// The texts with their annotations, in order.
fn pairs(tree: &dyn FileTree) -> impl Iterator<Item = (&str, Option<&str>)> {
    let annotations: HashSet<&str> = input::with_ending(tree, &["ann"]).collect();
    input::with_ending(tree, &["txt"])
        .map(move |name| (name, annotations.get(format!("{}.ann", stem(name)).as_str()).copied()))
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let config = tree.files().iter().find(|name| crate::formats::detection::base_name(name) == CONFIG);
    if let Some(config) = config {
        let text = read_text(tree, config, &mut reading)?;
        config_labels(&text).for_each(|name| labels.add(name));
    }
    for (name, annotations) in pairs(tree) {
        let mut text = LabeledText::new(read_text(tree, name, &mut reading)?);
        text.place = Some((name.to_owned(), 1));
        if let Some(file) = annotations {
            let lines = read_text(tree, file, &mut reading)?;
            text.entities = entities(&lines, file, text.words().unwrap_or_default(), &mut notes);
            text.check_entities(|reason| notes.add(file, "", reason));
        }
        note_labels(&text, &mut labels);
        if each(text).is_break() {
            break;
        }
    }
    reading.labels = labels.finish();
    reading.warnings.extend(notes.finish());
    Ok(reading)
}

/// `None` if there are lines of entities, but none that can be read.
fn entities(lines: &str, file: &str, words: &str, notes: &mut Warnings) -> Option<Vec<TextEntity>> {
    let (mut found, mut unreadable) = (Vec::new(), 0_u64);
    let mut others: BTreeMap<char, u64> = BTreeMap::new();
    for (line, number) in lines.lines().zip(1_u64..) {
        let Some(kind) = line.chars().next().filter(|_| !line.trim().is_empty()) else { continue };
        if kind != 'T' {
            *others.entry(kind).or_default() += 1;
            continue;
        }
        match entity(line, words) {
            Ok(entity) => found.push(entity),
            Err(reason) => {
                unreadable += 1;
                notes.add(file, &number.to_string(), reason);
            }
        }
    }
    for (kind, count) in others {
        let kind = match kind {
            'R' | '*' => "relation",
            'E' => "event",
            'A' | 'M' => "attribute",
            'N' => "normalization",
            '#' => "note",
            _ => "other",
        };
        notes.add(file, "", Explanation::bad_input("brat-left-out").with("count", count).with("kind", kind));
    }
    (unreadable == 0 || !found.is_empty()).then_some(found)
}

/// `T1<tab>Label 0 3<tab>text`.
fn entity(line: &str, words: &str) -> Result<TextEntity, Explanation> {
    let unreadable = || Explanation::bad_input("brat-line");
    let (_, rest) = line.split_once('\t').ok_or_else(unreadable)?;
    let (place, covered) = rest.split_once('\t').unwrap_or((rest, ""));
    let (label, offsets) = place.trim().split_once(' ').ok_or_else(unreadable)?;
    if offsets.contains(';') {
        return Err(Explanation::bad_input("brat-discontinuous").with("label", label));
    }
    let (start, end) = offsets.trim().split_once(' ').ok_or_else(unreadable)?;
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| unreadable());
    let mut entity = TextEntity::new(label, number(start)?, number(end)?);
    // The line shows each line end and tab of the text as a blank; the text's own words count where only that differs.
    let own = crate::domain::text::covered(words, entity.start, entity.end);
    if own.is_none_or(|own| shown(own) != covered && own.trim() != covered.trim()) {
        covered.clone_into(&mut entity.text);
    }
    Ok(entity)
}

/// A covered text as a line shows it.
fn shown(covered: &str) -> String {
    covered.replace(['\n', '\r', '\t'], " ")
}

/// The names below `[entities]`.
fn config_labels(config: &str) -> impl Iterator<Item = &str> {
    let lines = config.lines().map(str::trim).skip_while(|line| *line != "[entities]").skip(1);
    let names = lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty());
    names.filter(|line| !line.starts_with(['#', '!', '-']))
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    let (mut names, mut count) = (Labels::default(), 0_u64);
    source.labels().iter().for_each(|name| names.add(name));
    source.each(&mut |text| {
        count += 1;
        note_labels(text, &mut names);
        text.entities.iter().flatten().try_for_each(|entity| without_blank(&entity.label).map(drop))
    })?;
    let digits = count.to_string().len();
    let mut number = 0_u64;
    source.each(&mut |text| {
        number += 1;
        let name = format!("text-{number:0digits$}");
        write_file(sink, &format!("{name}.txt"), &decode::encode(text.words().unwrap_or_default()))?;
        let Some(entities) = &text.entities else { return Ok(()) };
        let mut lines = String::new();
        for (entity, number) in entities.iter().zip(1_u64..) {
            let TextEntity { label, start, end, text, .. } = entity;
            let _ = writeln!(lines, "T{number}\t{label} {start} {end}\t{}", shown(text));
        }
        write_file(sink, &format!("{name}.ann"), &decode::encode(&lines))
    })?;
    let mut config = "[entities]\n".to_owned();
    // A label that nobody uses may still have a name that the tool cannot take.
    for name in names.finish().iter().filter(|name| !super::has_blank(name)) {
        config.push_str(name);
        config.push('\n');
    }
    config.push_str("[relations]\n[events]\n[attributes]\n");
    write_file(sink, CONFIG, config.as_bytes())
}
