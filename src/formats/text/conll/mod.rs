//! CoNLL: a token a line with its tag behind it, an empty line after each text. The text itself is not there: it is
//! joined from its tokens, with blanks between them or, where tokens are single characters or Chinese words, without.
//!
//! What is written has IOB2 tags, or IOB1 or BIOES where asked for. Where joining would not give the very text back, a line `# text = …` goes before its
//! tokens, as in CoNLL-U (`# text-json = "…"` for texts of several lines), and the offsets are proved against it.

mod tags;
mod tokens;
mod write;

pub use tags::Scheme;

use self::tags::{Place, TagCount, parse, stretches};
use self::tokens::{Block, JoinCount, Layout};
use super::json_lines::note_labels;
use super::pieces::is_blank;
use super::{EachText, LabeledText, TextCarries, TextEntity, TextFile, TextFormat, TextReading, input};
use crate::domain::{DatasetType, Explanation, Warning};
use crate::formats::FormatError;
use crate::formats::detection::FileTree;
use crate::formats::exchange::{Labels, Warnings};

/// What the format carries.
pub const CARRIES: TextCarries =
    TextCarries { overlaps: false, blank_edges: false, unlabeled: false, ..TextCarries::LABELS_ONLY };

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "conll",
    carries: &CARRIES,
    kinds: &[DatasetType::NamedEntity],
    recognises: |tree| candidates(tree).next().is_some(),
    read,
    write: |source, sink| write::write(source, sink, Scheme::Iob2),
};

/// Written with IOB1 tags. What is read is the format above, whatever its tags.
pub const IOB1: TextFormat = TextFormat {
    name: "conll-iob1",
    recognises: |_| false,
    write: |source, sink| write::write(source, sink, Scheme::Iob1),
    ..FORMAT
};

/// Written with BIOES tags; as above.
pub const BIOES: TextFormat = TextFormat {
    name: "conll-bioes",
    recognises: |_| false,
    write: |source, sink| write::write(source, sink, Scheme::Bioes),
    ..FORMAT
};

/// Endings that say it, and those of any file of lines.
const OWN_ENDINGS: &[&str] = &["conll", "conll03", "conllu", "bio", "iob", "iob2", "bioes", "bmes", "ner", "bieo"];
const ENDINGS: &[&str] =
    &["conll", "conll03", "conllu", "bio", "iob", "iob2", "bioes", "bmes", "ner", "bieo", "txt", "tsv", "data"];
/// Before a text that joining would not give back.
const TEXT: &str = "# text = ";
const TEXT_JSON: &str = "# text-json = ";
const DOCUMENT: &str = "-DOCSTART-";
/// Lines of tokens that are looked at where texts stand before them.
const HEAD_BYTES: usize = 1 << 18;

/// The files of tagged tokens.
fn candidates(tree: &dyn FileTree) -> impl Iterator<Item = (&str, Layout)> {
    input::with_ending(tree, ENDINGS).filter_map(move |name| {
        let is_own = input::with_ending(tree, OWN_ENDINGS).any(|own| own == name);
        let (head, is_whole) = input::head(tree, name)?;
        let layout = Layout::of(&head, is_own).or_else(|| {
            let is_hidden = !is_whole && head.lines().any(|line| line.starts_with(TEXT) || line.starts_with(TEXT_JSON));
            is_hidden.then(|| Layout::of(&head_of_tokens(tree, name)?, is_own)).flatten()
        });
        Some((name, layout?))
    })
}

/// The beginning of a file without the texts that stand before their tokens: one may be longer than what is looked at.
fn head_of_tokens(tree: &dyn FileTree, name: &str) -> Option<String> {
    let mut file = TextFile::open(tree, name).ok()?;
    let mut head = String::new();
    while head.len() < HEAD_BYTES
        && let Some((line, _)) = file.next_line().ok()?
    {
        if !line.starts_with(TEXT) && !line.starts_with(TEXT_JSON) {
            head.push_str(line);
            head.push('\n');
        }
    }
    Some(head)
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    let files: Vec<_> = candidates(tree).collect();
    for name in input::with_ending(tree, OWN_ENDINGS).filter(|name| files.iter().all(|(file, _)| file != name)) {
        if input::head(tree, name).is_none_or(|(head, _)| !is_blank(&head)) {
            notes.add(name, "", Explanation::bad_input("conll-tags"));
        }
    }
    let usages = input::FileUsages::of(files.iter().map(|(name, _)| *name));
    for (name, layout) in &files {
        let joined = survey(tree, name, layout, &mut reading, &mut notes)?;
        let mut file = TextFile::open(tree, name)?;
        let mut ended = false;
        each_block(&mut file, layout, &mut |block, line| {
            let mut text = text_of(&block, joined, |reason| notes.add(name, &line.to_string(), reason));
            text.usage = usages.get(name);
            text.place = Some(((*name).to_owned(), line));
            note_labels(&text, &mut labels);
            ended = each(text).is_break();
            !ended
        })?;
        file.say(&mut reading.said, &mut reading.warnings);
        if ended {
            break;
        }
    }
    reading.labels = labels.finish();
    reading.warnings.extend(notes.finish());
    Ok(reading)
}

/// Goes through a file once to see how it is tagged and how its tokens are joined: a text alone does not tell.
fn survey(
    tree: &dyn FileTree,
    name: &str,
    layout: &Layout,
    reading: &mut TextReading,
    notes: &mut Warnings,
) -> Result<bool, FormatError> {
    let (mut joins, mut count) = (JoinCount::default(), TagCount::default());
    let outside = (Place::Outside, "");
    each_block(&mut TextFile::open(tree, name)?, layout, &mut |block, _| {
        block.tokens.iter().for_each(|token| joins.add(token));
        for tags in &block.tags {
            let mut before = outside;
            for tag in tags {
                let tag = parse(tag).unwrap_or(outside);
                count.add(before, tag);
                before = tag;
            }
        }
        true
    })?;
    let scheme = count.scheme().as_str();
    let joined = if joins.without_blanks() { "without" } else { "with" };
    for reason in [
        Explanation::bad_input("conll-scheme").with("scheme", scheme),
        Explanation::bad_input("conll-joined").with("joined", joined),
    ] {
        reading.said.push(Warning::new(name, reason));
    }
    if count.broken() > 0 {
        let reason = Explanation::bad_input("conll-broken").with("count", count.broken()).with("scheme", scheme);
        notes.add(name, "", reason);
    }
    Ok(joins.without_blanks())
}

/// Calls `each` with every text's tokens and the line where they begin, until it returns false.
fn each_block(
    file: &mut TextFile<'_>,
    layout: &Layout,
    each: &mut dyn FnMut(Block, u64) -> bool,
) -> Result<(), FormatError> {
    let (mut block, mut begin) = (Block::new(layout), 0);
    while let Some((line, number)) = file.next_line()? {
        if line.trim_matches([' ', '\t']).is_empty() {
            if !block.is_empty() && !each(std::mem::replace(&mut block, Block::new(layout)), begin) {
                return Ok(());
            }
            continue;
        }
        if block.is_empty() {
            begin = number;
        }
        block.take(line, layout);
    }
    if !block.is_empty() {
        each(block, begin);
    }
    Ok(())
}

/// A text from its tokens and their tags.
fn text_of(block: &Block, without_blanks: bool, mut tell: impl FnMut(Explanation)) -> LabeledText {
    let proved = block.text.as_ref().map(|text| (text.clone(), tokens::places_in(text, &block.tokens)));
    let (text, places) = match proved {
        Some((text, Some(places))) => (text, places),
        Some((_, None)) => {
            tell(Explanation::bad_input("conll-text"));
            tokens::join(&block.tokens, without_blanks)
        }
        None => tokens::join(&block.tokens, without_blanks),
    };
    let mut entities: Vec<TextEntity> = Vec::new();
    for tags in &block.tags {
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        for (label, first, after) in stretches(&tags) {
            let (Some((start, _)), Some((_, end))) = (places.get(first), places.get(after - 1)) else { continue };
            let entity = TextEntity::new(label, *start, *end);
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
    }
    let mut text = LabeledText { entities: Some(entities), ..LabeledText::new(text) };
    text.check_entities(tell);
    text
}

#[cfg(test)]
mod tests;
