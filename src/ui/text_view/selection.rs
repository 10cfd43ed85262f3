//! The caret and the selection in a text: code points, moved by what people see as characters, by words, by rows.

use crate::domain::text::Offsets;
use std::ops::Range;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// What is chosen: from where it was begun to the caret. Nothing where they are one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    pub anchor: u32,
    pub caret: u32,
}

/// How far a key moves the caret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Character,
    Word,
}

/// A text with what is needed to move in it.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub text: &'a str,
    pub offsets: &'a Offsets,
    /// The words of a part of a text, as byte ranges; blanks and marks may be among them.
    pub words: fn(&str) -> Vec<Range<usize>>,
}

/// So many bytes around a place are looked at for words: a dictionary needs no more than the sentence.
const WORD_WINDOW_BYTES: usize = 240;

impl Selection {
    /// The caret alone.
    #[must_use]
    pub fn at(caret: u32) -> Self {
        Self { anchor: caret, caret }
    }

    /// From `range.start` to the caret at `range.end`.
    #[must_use]
    pub fn of(range: Range<u32>) -> Self {
        Self { anchor: range.start, caret: range.end }
    }

    /// What is chosen, in the text's order.
    #[must_use]
    pub fn range(self) -> Range<u32> {
        self.anchor.min(self.caret)..self.anchor.max(self.caret)
    }

    /// Whether nothing is chosen.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.anchor == self.caret
    }

    /// The caret moved to a place; what is chosen grows with it for `extend`.
    #[must_use]
    pub fn moved_to(self, caret: u32, extend: bool) -> Self {
        if extend { Self { caret, ..self } } else { Self::at(caret) }
    }

    /// The caret moved by one step. Without `extend`, a step by characters from a selection goes to its end.
    #[must_use]
    pub fn stepped(self, ground: Ground<'_>, step: Step, forward: bool, extend: bool) -> Self {
        let range = self.range();
        if !extend && !range.is_empty() && step == Step::Character {
            return Self::at(if forward { range.end } else { range.start });
        }
        self.moved_to(stepped(ground, self.caret, step, forward), extend)
    }
}

/// The place a step away from another; the text's end or beginning where there is no further.
#[must_use]
pub fn stepped(ground: Ground<'_>, from: u32, step: Step, forward: bool) -> u32 {
    match step {
        Step::Character => neighbour(ground, from, forward),
        Step::Word => {
            let mut place = from;
            // Over blanks first, then to the word's other end.
            loop {
                let next = neighbour(ground, place, forward);
                if next == place {
                    return place;
                }
                let passed = ground.offsets.covered(ground.text, next.min(place), next.max(place));
                if !passed.is_some_and(|passed| passed.chars().all(char::is_whitespace)) {
                    let word = word_at(ground, if forward { place } else { next });
                    return if forward { word.end.max(next) } else { word.start.min(next) };
                }
                place = next;
            }
        }
    }
}

/// The place one visible character away.
fn neighbour(ground: Ground<'_>, from: u32, forward: bool) -> u32 {
    let Some(byte) = ground.offsets.byte_of(ground.text, from) else { return ground.offsets.length() };
    let mut cursor = GraphemeCursor::new(byte, ground.text.len(), true);
    let next = if forward { cursor.next_boundary(ground.text, 0) } else { cursor.prev_boundary(ground.text, 0) };
    let next = next.ok().flatten().and_then(|byte| ground.offsets.code_point_of(ground.text, byte));
    next.unwrap_or(from)
}

/// The word that a code point belongs to: from a dictionary for Chinese, else by Unicode's rules. A blank or a mark is
/// a word of its own.
#[must_use]
pub fn word_at(ground: Ground<'_>, code_point: u32) -> Range<u32> {
    let whole = || code_point..neighbour(ground, code_point, true);
    let Some(byte) = ground.offsets.byte_of(ground.text, code_point) else { return whole() };
    let window = window(ground.text, byte);
    let Some(part) = ground.text.get(window.clone()) else { return whole() };
    let inside = byte - window.start;
    let word = (ground.words)(part).into_iter().find(|word| word.contains(&inside));
    let ends = word.and_then(|word| {
        let place = |at: usize| ground.offsets.code_point_of(ground.text, window.start + at);
        Some(place(word.start)?..place(word.end)?)
    });
    ends.unwrap_or_else(whole)
}

/// The line that a code point belongs to, without its end.
#[must_use]
pub fn line_at(ground: Ground<'_>, code_point: u32) -> Range<u32> {
    let Some(byte) = ground.offsets.byte_of(ground.text, code_point) else { return code_point..code_point };
    let (before, after) = ground.text.split_at(byte);
    let begin = before.rfind('\n').map_or(0, |at| at + 1);
    let line = &ground.text[begin..after.find('\n').map_or(ground.text.len(), |at| byte + at)];
    let end = begin + line.strip_suffix('\r').unwrap_or(line).len();
    let place = |byte| ground.offsets.code_point_of(ground.text, byte).unwrap_or(code_point);
    place(begin)..place(end.max(begin))
}

/// A part of the text around a byte, within its line where that is near.
fn window(text: &str, byte: usize) -> Range<usize> {
    let mut begin = byte.saturating_sub(WORD_WINDOW_BYTES);
    while !text.is_char_boundary(begin) {
        begin -= 1;
    }
    let mut end = (byte + WORD_WINDOW_BYTES).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let before = text[begin..byte].rfind('\n').map_or(begin, |at| begin + at + 1);
    // A word that begins at a line's end is that end.
    let after = text[byte..end].find('\n').map_or(end, |at| (byte + at).max(byte + 1));
    before..after
}

/// The words of a text by Unicode's rules, for tests and where no dictionary helps.
#[must_use]
pub fn unicode_words(text: &str) -> Vec<Range<usize>> {
    text.split_word_bound_indices().map(|(at, word)| at..at + word.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn with<T>(text: &str, f: impl FnOnce(Ground<'_>) -> T) -> T {
        f(Ground { text, offsets: &Offsets::new(text), words: unicode_words })
    }

    #[test]
    fn an_emoji_and_its_marks_are_one_step() {
        with("a👩\u{200D}👩\u{200D}👧e\u{301}b", |ground| {
            let mut caret = Selection::default();
            let mut places = Vec::new();
            for _ in 0..6 {
                caret = caret.stepped(ground, Step::Character, true, false);
                places.push(caret.caret);
            }
            assert_eq!(places, [1, 6, 8, 9, 9, 9]);
        });
    }

    #[test]
    fn words_are_stepped_over_with_the_blanks_before_them() {
        with("one  two, three", |ground| {
            let step = |from, forward| stepped(ground, from, Step::Word, forward);
            assert_eq!([step(0, true), step(3, true), step(8, true), step(9, true)], [3, 8, 9, 15]);
            assert_eq!(
                [step(15, false), step(10, false), step(8, false), step(3, false), step(0, false)],
                [10, 8, 5, 0, 0]
            );
            assert_eq!(word_at(ground, 6), 5..8);
        });
    }

    #[test]
    fn a_selection_shrinks_to_the_side_it_is_left_on() {
        with("abcdef", |ground| {
            let chosen = Selection { anchor: 4, caret: 1 };
            assert_eq!(chosen.range(), 1..4);
            assert_eq!(chosen.stepped(ground, Step::Character, true, false), Selection::at(4));
            assert_eq!(chosen.stepped(ground, Step::Character, false, false), Selection::at(1));
            assert_eq!(chosen.stepped(ground, Step::Character, true, true), Selection { anchor: 4, caret: 2 });
        });
    }

    #[test]
    fn lines_are_without_their_ends() {
        with("ab\r\n你好\n", |ground| {
            assert_eq!(line_at(ground, 1), 0..2);
            assert_eq!(line_at(ground, 5), 4..6);
            assert_eq!(line_at(ground, 7), 7..7);
        });
    }

    proptest! {
        #[test]
        fn steps_there_and_back_end_where_they_began(text in "([a-c ]|[一-三]|e\u{301}|𝄞|\\r\\n|👩\u{200D}👧){0,30}") {
            with(&text, |ground| {
                let mut place = 0;
                loop {
                    let next = stepped(ground, place, Step::Character, true);
                    if next == place {
                        break;
                    }
                    assert_eq!(stepped(ground, next, Step::Character, false), place);
                    let word = word_at(ground, place);
                    assert!(word.start <= place && place < word.end && word.end <= ground.offsets.length());
                    assert!(stepped(ground, place, Step::Word, true) > place);
                    place = next;
                }
                assert_eq!(place, ground.offsets.length());
            });
        }
    }
}
