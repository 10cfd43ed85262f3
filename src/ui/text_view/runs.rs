//! Letters that are written from right to left. The toolkit shapes letter by letter in one direction and sets what it has
//! shaped from left to right; cut into runs that stand in the order in which they are read, a line comes out right.
//!
//! This is Unicode's rule for a line that begins at the left, without embedded directions: words from right to left with
//! what is between them stand in reverse, numbers among them forwards.

use egui::text::{LayoutJob, TextFormat};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Whether a character is written from right to left.
#[must_use]
pub fn is_right_to_left(character: char) -> bool {
    is_of_such_a_script(character) && !character.is_numeric()
}

fn is_of_such_a_script(character: char) -> bool {
    matches!(character, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// What is set in one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub bytes: Range<usize>,
    /// Its letters stand from right to left.
    pub backward: bool,
    /// A bracket that opens to the other side.
    pub mirrored: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Left,
    Right,
    Number,
    Neutral,
}

fn kind_of(character: char) -> Kind {
    if character.is_numeric() {
        Kind::Number
    } else if is_of_such_a_script(character) && !"،؛؟۔٪٫٬".contains(character) {
        Kind::Right
    } else if character.is_alphabetic() {
        Kind::Left
    } else {
        Kind::Neutral
    }
}

/// The runs of a line, from left to right as they stand on the screen. Every byte is in one of them.
#[must_use]
pub fn runs(text: &str) -> Vec<Run> {
    if !text.chars().any(is_of_such_a_script) {
        let whole = Run { bytes: 0..text.len(), backward: false, mirrored: false };
        return if text.is_empty() { Vec::new() } else { vec![whole] };
    }
    let pieces = pieces(text);
    let mut runs = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while let Some((kind, _)) = pieces.get(at) {
        if *kind != Kind::Right {
            set_forward(text, &pieces[at..=at], &mut runs);
            at += 1;
            continue;
        }
        // As far as no letter from left to right comes between; blanks and marks after the last word are the line's.
        let beyond = pieces[at..].iter().position(|(kind, _)| *kind == Kind::Left).map_or(pieces.len(), |far| at + far);
        let last = pieces[at..beyond].iter().rposition(|(kind, _)| *kind != Kind::Neutral).map_or(at, |last| at + last);
        let last = with_brackets(text, &pieces, at, last);
        set_backward(text, &pieces[at..=last], &mut runs);
        at = last + 1;
    }
    runs
}

/// The last piece, and after it what closes brackets that were opened since the first.
fn with_brackets(text: &str, pieces: &[(Kind, Range<usize>)], first: usize, mut last: usize) -> usize {
    let is_one_of = |(_, piece): &(Kind, Range<usize>), brackets: &str| brackets.contains(&text[piece.clone()]);
    let count = |brackets| pieces[first..=last].iter().filter(|piece| is_one_of(piece, brackets)).count();
    let mut open = count(OPENING).saturating_sub(count(CLOSING));
    while open > 0 && pieces.get(last + 1).is_some_and(|next| is_one_of(next, CLOSING)) {
        last += 1;
        open -= 1;
    }
    last
}

/// Neighbours of one kind, whole visible characters; a sign between two digits is one of the number.
fn pieces(text: &str) -> Vec<(Kind, Range<usize>)> {
    let mut pieces: Vec<(Kind, Range<usize>)> = Vec::new();
    for (at, grapheme) in text.grapheme_indices(true) {
        let end = at + grapheme.len();
        let mut kind = grapheme.chars().next().map_or(Kind::Neutral, kind_of);
        let is_after_number = pieces.last().is_some_and(|(before, _)| *before == Kind::Number);
        let is_before_number = || text[end..].chars().next().is_some_and(char::is_numeric);
        if is_after_number && matches!(grapheme, "." | "," | ":" | "/" | "٫" | "٬") && is_before_number() {
            kind = Kind::Number;
        }
        match pieces.last_mut() {
            Some((before, piece)) if *before == kind && !is_bracket(grapheme) && !is_bracket(&text[piece.clone()]) => {
                piece.end = end;
            }
            _ => pieces.push((kind, at..end)),
        }
    }
    pieces
}

fn set_forward(text: &str, pieces: &[(Kind, Range<usize>)], runs: &mut Vec<Run>) {
    for (kind, piece) in pieces {
        // Digits of such a script would be shaped backwards together.
        if *kind != Kind::Left && text[piece.clone()].chars().any(is_of_such_a_script) {
            runs.extend(graphemes(text, piece).map(|bytes| Run { bytes, backward: false, mirrored: false }));
        } else {
            runs.push(Run { bytes: piece.clone(), backward: false, mirrored: false });
        }
    }
}

fn set_backward(text: &str, pieces: &[(Kind, Range<usize>)], runs: &mut Vec<Run>) {
    for (kind, piece) in pieces.iter().rev() {
        match kind {
            Kind::Right => runs.push(Run { bytes: piece.clone(), backward: true, mirrored: false }),
            Kind::Neutral => {
                let marks: Vec<_> = graphemes(text, piece).collect();
                runs.extend(marks.into_iter().rev().map(|bytes| Run { bytes, backward: true, mirrored: true }));
            }
            Kind::Number | Kind::Left => set_forward(text, &[(*kind, piece.clone())], runs),
        }
    }
}

fn graphemes<'a>(text: &'a str, piece: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 'a {
    let begin = piece.start;
    text[piece.clone()].grapheme_indices(true).map(move |(at, grapheme)| begin + at..begin + at + grapheme.len())
}

const OPENING: &str = "([{<«‹";
const CLOSING: &str = ")]}>»›";

fn is_bracket(part: &str) -> bool {
    OPENING.contains(part) || CLOSING.contains(part)
}

/// The bracket that opens to the other side.
fn mirrored(part: &str) -> &str {
    let other = |from: &str, to: &'static str| {
        let place = from.char_indices().position(|(at, bracket)| &from[at..at + bracket.len_utf8()] == part)?;
        to.char_indices().nth(place).map(|(at, bracket)| &to[at..at + bracket.len_utf8()])
    };
    other(OPENING, CLOSING).or_else(|| other(CLOSING, OPENING)).unwrap_or(part)
}

/// A text on one line, a section a run.
#[must_use]
pub fn job_of(text: &str, format: &TextFormat) -> LayoutJob {
    let mut job = job_of_part("", format);
    for run in runs(text) {
        job.append(shown(text, &run), 0.0, format.clone());
    }
    job
}

/// A run alone.
#[must_use]
pub fn job_of_run(text: &str, run: &Run, format: &TextFormat) -> LayoutJob {
    job_of_part(shown(text, run), format)
}

/// A piece of one direction on one line.
#[must_use]
pub fn job_of_part(part: &str, format: &TextFormat) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    job.append(part, 0.0, format.clone());
    job
}

fn shown<'a>(text: &'a str, run: &Run) -> &'a str {
    let part = &text[run.bytes.clone()];
    if run.mirrored { mirrored(part) } else { part }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> Vec<&str> {
        runs(text).into_iter().map(|run| &text[run.bytes]).collect()
    }

    #[test]
    fn words_from_right_to_left_stand_in_reverse_with_what_is_between_them() {
        assert_eq!(parts("a שלום, b"), ["a", " ", "שלום", ", ", "b"]);
        assert_eq!(parts("אב (גד) הו"), ["הו", " ", ")", "גד", "(", " ", "אב"]);
        assert_eq!(parts("שלום 12.5 עולם!"), ["עולם", " ", "12.5", " ", "שלום", "!"]);
        assert_eq!(parts("عام ٢٠ هـ"), ["هـ", " ", "٢", "٠", " ", "عام"]);
        assert!(runs("").is_empty());
        assert_eq!(job_of("אב (ג)", &TextFormat::default()).text, "(ג) אב");
        assert_eq!(parts("(אב) c"), ["(", "אב", ")", " ", "c"]);
        assert_eq!(parts("plain, 你好"), ["plain, 你好"]);
    }

    #[test]
    fn marks_and_joiners_stay_with_their_letters() {
        assert_eq!(parts("x می\u{200C}خواهم"), ["x", " ", "می\u{200C}خواهم"]);
        assert_eq!(parts("שָׁלוֹם"), ["שָׁלוֹם"]);
    }

    proptest! {
        #[test]
        fn every_byte_is_in_one_run(text in "([a-c ]|[א-ד]|ش|٣|7|[().,]|一|e\u{301}|\u{200F}|👩\u{200D}👧){0,24}") {
            let mut runs = runs(&text);
            runs.sort_by_key(|run| run.bytes.start);
            let mut at = 0;
            for run in runs {
                prop_assert_eq!(run.bytes.start, at);
                at = run.bytes.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
