//! A text broken into rows of a width: between words, between Chinese characters, and, where there is no such place,
//! between what people see as characters. Every code point belongs to exactly one row.

use std::ops::Range;
use unicode_segmentation::GraphemeCursor;

/// Chinese, Japanese and Korean marks that no row begins with.
const NEVER_FIRST: &str = "，。、；：？！）》」』】〕〉”’％…—·,.;:?!)]}%";
/// Marks that no row ends with.
const NEVER_LAST: &str = "（《「『【〔〈“‘([{";

/// One row of the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is drawn: without the line's end.
    pub bytes: Range<usize>,
    /// Code points, the line's end among them.
    pub code_points: Range<u32>,
}

/// All rows of a text, of which there is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows(Vec<Row>);

impl Rows {
    /// Breaks a text. `advance_px` says how wide a character is.
    #[must_use]
    pub fn new(text: &str, width_px: f32, advance_px: &mut dyn FnMut(char) -> f32) -> Self {
        let mut breaker = Breaker { text, width_px, rows: Vec::new(), byte: 0, code_point: 0 };
        for line in text.split_inclusive('\n') {
            breaker.line(line, advance_px);
        }
        if text.is_empty() || text.ends_with('\n') {
            breaker
                .rows
                .push(Row { bytes: text.len()..text.len(), code_points: breaker.code_point..breaker.code_point });
        }
        Self(breaker.rows)
    }

    /// The rows in their order.
    #[must_use]
    pub fn all(&self) -> &[Row] {
        &self.0
    }

    /// The row in which a code point stands; the last one for the text's end.
    #[must_use]
    pub fn of(&self, code_point: u32) -> usize {
        self.0.partition_point(|row| row.code_points.start <= code_point).saturating_sub(1)
    }

    /// The rows that a stretch touches.
    #[must_use]
    pub fn touched_by(&self, stretch: &Range<u32>) -> Range<usize> {
        if stretch.is_empty() {
            return 0..0;
        }
        self.of(stretch.start)..self.of(stretch.end - 1) + 1
    }
}

struct Breaker<'a> {
    text: &'a str,
    width_px: f32,
    rows: Vec<Row>,
    /// Where the next row begins.
    byte: usize,
    code_point: u32,
}

/// A place within a row at which it may end.
#[derive(Clone, Copy)]
struct Place {
    byte: usize,
    code_point: u32,
    /// How wide the row is up to there.
    width_px: f32,
}

impl Breaker<'_> {
    fn line(&mut self, line: &str, advance_px: &mut dyn FnMut(char) -> f32) {
        let drawn = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
        let begin = self.byte;
        let mut at = Place { byte: self.byte, code_point: self.code_point, width_px: 0.0 };
        let mut good: Option<Place> = None;
        let mut before = None;
        for character in drawn.chars() {
            if let Some(before) = before
                && at.byte > self.byte
                && may_break(before, character)
            {
                good = Some(at);
            }
            let advance = advance_px(character);
            // A blank may hang over the border: it is not seen.
            if at.width_px + advance > self.width_px && at.byte > self.byte && !character.is_whitespace() {
                let place = match good.take() {
                    Some(place) if self.is_boundary(place.byte) => place,
                    _ => self.cluster_boundary(at),
                };
                if place.byte > self.byte {
                    self.end_row(place.byte, place.code_point);
                    at.width_px -= place.width_px;
                }
            }
            at.byte += character.len_utf8();
            at.code_point += 1;
            at.width_px += advance;
            before = Some(character);
        }
        debug_assert_eq!(at.byte, begin + drawn.len());
        let ending = u32::try_from(line.len() - drawn.len()).unwrap_or_default();
        self.rows.push(Row { bytes: self.byte..at.byte, code_points: self.code_point..at.code_point + ending });
        self.byte = begin + line.len();
        self.code_point = at.code_point + ending;
    }

    fn end_row(&mut self, byte: usize, code_point: u32) {
        self.rows.push(Row { bytes: self.byte..byte, code_points: self.code_point..code_point });
        self.byte = byte;
        self.code_point = code_point;
    }

    /// The last place up to `at` that is not inside of what people see as one character.
    fn cluster_boundary(&self, at: Place) -> Place {
        if self.is_boundary(at.byte) {
            return at;
        }
        let mut cursor = GraphemeCursor::new(at.byte, self.text.len(), true);
        let byte = cursor.prev_boundary(self.text, 0).ok().flatten().unwrap_or(self.byte).max(self.byte);
        let back = self.text.get(byte..at.byte).map_or(0, |passed| passed.chars().count());
        let code_point = at.code_point.saturating_sub(u32::try_from(back).unwrap_or_default());
        // As if the few characters that are carried over had no width.
        Place { byte, code_point, width_px: at.width_px }
    }
}

impl Breaker<'_> {
    /// Whether a place is not inside of what people see as one character.
    fn is_boundary(&self, byte: usize) -> bool {
        GraphemeCursor::new(byte, self.text.len(), true).is_boundary(self.text, 0).unwrap_or(true)
    }
}

/// Whether a row may end between two characters.
fn may_break(before: char, after: char) -> bool {
    if after.is_whitespace() || NEVER_FIRST.contains(after) || NEVER_LAST.contains(before) {
        return false;
    }
    before.is_whitespace()
        || before == '-'
        || (stands_alone(before) && (after.is_alphanumeric() || NEVER_LAST.contains(after)))
        || (stands_alone(after) && (before.is_alphanumeric() || NEVER_FIRST.contains(before)))
}

/// Whether a character is one of a script that is broken anywhere.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{2E80}'..='\u{2FFF}' | '\u{3040}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    /// Rows of so many characters, all equally wide.
    fn rows(text: &str, width: u16) -> Vec<&str> {
        let rows = Rows::new(text, f32::from(width), &mut |_| 1.0);
        rows.0.into_iter().map(|row| &text[row.bytes]).collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(rows("one two three", 7), ["one two ", "three"]);
        assert_eq!(rows("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(rows("a\r\n\nb", 9), ["a", "", "b"]);
        assert_eq!(rows("a\n", 9), ["a", ""]);
        assert_eq!(rows("", 9), [""]);
    }

    #[test]
    fn chinese_is_broken_between_characters_but_not_before_a_mark() {
        assert_eq!(rows("今天天气很好，我们走", 6), ["今天天气很", "好，我们走"]);
        assert_eq!(rows("他说“你好”", 3), ["他说", "“你", "好”"]);
        assert_eq!(rows("用GPU训练", 4), ["用GPU", "训练"]);
    }

    #[test]
    fn a_line_end_belongs_to_the_row_before_it() {
        let rows = Rows::new("ab\r\ncd", 9.0, &mut |_| 1.0);
        assert_eq!(rows.all()[0].code_points, 0..4);
        assert_eq!([rows.of(0), rows.of(3), rows.of(4), rows.of(6), rows.of(99)], [0, 0, 1, 1, 1]);
        assert_eq!(rows.touched_by(&(1..5)), 0..2);
        assert_eq!(rows.touched_by(&(4..5)), 1..2);
        assert_eq!(rows.touched_by(&(2..2)), 0..0);
    }

    proptest! {
        #[test]
        fn every_code_point_is_in_one_row(
            text in "([a-z ]|[一-龥]|，|“|é|e\u{301}|👩\u{200D}👩\u{200D}👧|𝄞|\\r\\n|\\n){0,80}", width in 1_u16..20,
        ) {
            let rows = Rows::new(&text, f32::from(width), &mut |_| 1.0);
            let (mut byte, mut code_point) = (0, 0);
            let boundaries: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            for row in rows.all() {
                prop_assert_eq!(row.code_points.start, code_point);
                let skipped = &text[byte..row.bytes.start];
                prop_assert!(matches!(skipped, "" | "\n" | "\r\n"), "{skipped:?}");
                prop_assert!(boundaries.contains(&row.bytes.start));
                byte = row.bytes.end;
                code_point = row.code_points.end;
            }
            prop_assert_eq!(text[byte..].trim_end_matches(['\r', '\n']), "");
            prop_assert_eq!(code_point as usize, text.chars().count());
        }
    }
}
