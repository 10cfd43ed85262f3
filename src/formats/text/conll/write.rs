//! Writing tokens with their tags.

use super::tags::Scheme;
use super::tokens::{JoinCount, is_written_without_blanks, join};
use super::{CARRIES, DOCUMENT, TEXT, TEXT_JSON};
use crate::formats::FormatError;
use crate::formats::detection::FileSink;
use crate::formats::text::pieces::is_blank;
use crate::formats::text::{LabeledText, LabeledTexts, TextEntity, kept_entities};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const FILE: &str = "texts.conll";

/// How all texts of a file are cut into tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Characters,
    /// At blanks, and where entities begin and end.
    Words,
}

pub(super) fn write(source: &dyn LabeledTexts, sink: &dyn FileSink, scheme: Scheme) -> Result<(), FormatError> {
    let (cut, has_zeros) = survey(source)?;
    sink.write(FILE, &mut |out| {
        let failed = |cause| FormatError::Write { cause, name: FILE.to_owned() };
        if has_zeros {
            // Many zeros look like UTF-16.
            out.write_all("\u{FEFF}".as_bytes()).map_err(failed)?;
        }
        let mut lines = String::new();
        source.each(&mut |text| {
            lines.clear();
            block(text, cut, scheme, &mut lines);
            out.write_all(lines.as_bytes()).map_err(failed)
        })
    })
}

/// The words and entities of a text that is written.
fn written(text: &LabeledText) -> Option<(&str, Vec<&TextEntity>)> {
    let words = text.words().filter(|words| !is_blank(words))?;
    Some((words, kept_entities(&CARRIES, text.entities.as_ref()?)))
}

/// Characters if most are written without blanks, or if whoever reads words would take them for characters.
fn survey(source: &dyn LabeledTexts) -> Result<(Cut, bool), FormatError> {
    let (mut joins, mut all, mut chinese, mut has_zeros) = (JoinCount::default(), 0_u64, 0_u64, false);
    source.each(&mut |text| {
        let Some((words, entities)) = written(text) else { return Ok(()) };
        for character in words.chars().filter(|character| !character.is_whitespace()) {
            all += 1;
            chinese += u64::from(is_written_without_blanks(character));
        }
        has_zeros |= words.contains('\0');
        for (token, _) in &tokens(words, &entities, Cut::Words) {
            joins.add(token);
        }
        Ok(())
    })?;
    let cut = if chinese * 2 >= all || joins.without_blanks() { Cut::Characters } else { Cut::Words };
    Ok((cut, has_zeros))
}

/// The tokens of a text with the code points at which they begin.
fn tokens<'a>(words: &'a str, entities: &[&TextEntity], cut: Cut) -> Vec<(&'a str, u32)> {
    let edges: BTreeSet<u32> = entities.iter().flat_map(|entity| [entity.start, entity.end]).collect();
    let mut found: Vec<(&str, u32)> = Vec::new();
    let mut open: Option<(usize, u32)> = None;
    let mut close = |open: &mut Option<(usize, u32)>, end: usize| {
        if let Some((byte, start)) = open.take()
            && let Some(token) = words.get(byte..end)
        {
            found.push((token, start));
        }
    };
    for (at, (byte, character)) in (0_u32..).zip(words.char_indices()) {
        if character.is_whitespace() || cut == Cut::Characters || edges.contains(&at) {
            close(&mut open, byte);
        }
        if !character.is_whitespace() && open.is_none() {
            open = Some((byte, at));
        }
    }
    close(&mut open, words.len());
    found
}

fn block(text: &LabeledText, cut: Cut, scheme: Scheme, lines: &mut String) {
    let Some((words, entities)) = written(text) else { return };
    let tokens = tokens(words, &entities, cut);
    let all: Vec<String> = tokens.iter().map(|(token, _)| (*token).to_owned()).collect();
    let is_joined = join(&all, cut == Cut::Characters).0 == words;
    let is_plain = !words.starts_with('\u{FEFF}') && !words.starts_with(DOCUMENT);
    if !(is_joined && is_plain) {
        let _ = if words.contains(char::is_control) {
            writeln!(lines, "{TEXT_JSON}{}", serde_json::Value::from(words))
        } else {
            writeln!(lines, "{TEXT}{words}")
        };
    }
    let mut entities = entities.into_iter().peekable();
    let mut before: Option<&str> = None;
    for (at, (token, start)) in tokens.iter().enumerate() {
        while entities.peek().is_some_and(|entity| entity.end <= *start) {
            entities.next();
        }
        let Some(entity) = entities.peek().filter(|entity| entity.start <= *start) else {
            before = None;
            let _ = writeln!(lines, "{token}\tO");
            continue;
        };
        let is_first = entity.start == *start;
        let is_last = tokens.get(at + 1).is_none_or(|(_, next)| *next >= entity.end);
        let place = match scheme {
            Scheme::Iob1 if is_first && before == Some(entity.label.as_str()) => 'B',
            Scheme::Iob1 => 'I',
            Scheme::Bioes if is_first && is_last => 'S',
            Scheme::Bioes if is_last => 'E',
            _ if is_first => 'B',
            _ => 'I',
        };
        before = Some(&entity.label);
        let _ = writeln!(lines, "{token}\t{place}-{}", entity.label);
    }
    lines.push('\n');
}
