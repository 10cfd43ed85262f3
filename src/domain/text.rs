//! Texts: how a file becomes samples, and offsets. Ours are code points, end exclusive; other tools count bytes or UTF-16.

use super::{Annotation, AnnotationBody};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How many code points of a text its name shows.
const NAME_CODE_POINTS: usize = 120;
/// An offset is found by counting from the last of these marks.
const CODE_POINTS_A_MARK: usize = 256;

/// What of a text file is one sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextSplit {
    #[default]
    Line,
    /// Lines up to an empty one.
    Paragraph,
    File,
}

impl TextSplit {
    /// All of them, the finest first.
    pub const ALL: [Self; 3] = [Self::Line, Self::Paragraph, Self::File];

    /// The stable name, as on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
            Self::File => "file",
        }
    }
}

impl fmt::Display for TextSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TextSplit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|split| split.as_str() == text).ok_or_else(|| Self::ALL.map(Self::as_str).join(", "))
    }
}

/// The offsets of one text in its three units: code points (ours), bytes of UTF-8, and UTF-16 units (JavaScript's).
/// Each look-up counts over a few hundred code points at most, however long the text.
#[derive(Clone, Debug)]
pub struct Offsets {
    /// Byte and UTF-16 offset of every [`CODE_POINTS_A_MARK`]th code point, the end not included.
    marks: Vec<(usize, u32)>,
    /// Code points of the whole.
    length: u32,
    utf16_length: u32,
}

impl Offsets {
    /// Measures a text once. Texts of more than `u32::MAX` code points are counted as far as that.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut marks = Vec::with_capacity(text.len() / CODE_POINTS_A_MARK + 1);
        let (mut length, mut utf16_length) = (0_u32, 0_u32);
        for (index, (byte, character)) in text.char_indices().enumerate() {
            if index % CODE_POINTS_A_MARK == 0 {
                marks.push((byte, utf16_length));
            }
            length = length.saturating_add(1);
            utf16_length = utf16_length.saturating_add(utf16_units(character));
        }
        Self { marks, length, utf16_length }
    }

    /// How many code points the text has.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.length
    }

    /// How many UTF-16 units the text has.
    #[must_use]
    pub fn utf16_length(&self) -> u32 {
        self.utf16_length
    }

    /// The byte at which a code point begins; the text's length for the end; `None` beyond it.
    #[must_use]
    pub fn byte_of(&self, text: &str, code_point: u32) -> Option<usize> {
        self.walk(text, code_point).map(|(byte, _)| byte)
    }

    /// The UTF-16 unit at which a code point begins; `None` beyond the end.
    #[must_use]
    pub fn utf16_of(&self, text: &str, code_point: u32) -> Option<u32> {
        self.walk(text, code_point).map(|(_, unit)| unit)
    }

    /// The code point that begins at a byte; `None` inside of one and beyond the end.
    #[must_use]
    pub fn code_point_of(&self, text: &str, byte: usize) -> Option<u32> {
        if byte == text.len() {
            return Some(self.length);
        }
        let (index, mark) = self.mark_before(|(at, _)| at <= byte)?;
        let before = text.get(mark.0..byte)?;
        Some(index + u32::try_from(before.chars().count()).ok()?)
    }

    /// The code point that begins at a UTF-16 unit; `None` inside of a pair and beyond the end.
    #[must_use]
    pub fn code_point_of_utf16(&self, text: &str, unit: u32) -> Option<u32> {
        if unit == self.utf16_length {
            return Some(self.length);
        }
        let (mut index, (byte, mut at)) = self.mark_before(|(_, mark)| mark <= unit)?;
        for character in text.get(byte..)?.chars() {
            if at >= unit {
                break;
            }
            at += utf16_units(character);
            index += 1;
        }
        (at == unit).then_some(index)
    }

    /// The code points from `start` to `end`; `None` if they are not all there or none.
    #[must_use]
    pub fn covered<'a>(&self, text: &'a str, start: u32, end: u32) -> Option<&'a str> {
        if start >= end {
            return None;
        }
        text.get(self.byte_of(text, start)?..self.byte_of(text, end)?)
    }

    /// Byte and UTF-16 unit of a code point.
    fn walk(&self, text: &str, code_point: u32) -> Option<(usize, u32)> {
        if code_point >= self.length {
            return (code_point == self.length).then_some((text.len(), self.utf16_length));
        }
        let index = code_point as usize;
        let &(byte, unit) = self.marks.get(index / CODE_POINTS_A_MARK)?;
        let passed = text.get(byte..)?.chars().take(index % CODE_POINTS_A_MARK);
        let at =
            passed.fold((byte, unit), |(byte, unit), passed| (byte + passed.len_utf8(), unit + utf16_units(passed)));
        Some(at)
    }

    /// The last mark for which `is_before` holds, with its code point.
    fn mark_before(&self, is_before: impl Fn((usize, u32)) -> bool) -> Option<(u32, (usize, u32))> {
        let after = self.marks.partition_point(|&mark| is_before(mark));
        let index = after.checked_sub(1)?;
        Some((u32::try_from(index * CODE_POINTS_A_MARK).ok()?, *self.marks.get(index)?))
    }
}

/// The first of these that is an entity and does not cover what it says in this text.
#[must_use]
pub fn uncovered_entity<'a>(text: &str, annotations: &'a [Annotation]) -> Option<&'a Annotation> {
    let is_entity = |annotation: &Annotation| matches!(annotation.body, AnnotationBody::Entity { .. });
    if !annotations.iter().any(is_entity) {
        return None;
    }
    let offsets = Offsets::new(text);
    annotations.iter().find(|annotation| match &annotation.body {
        AnnotationBody::Entity { start, end, text: said } => offsets.covered(text, *start, *end) != Some(said.as_str()),
        _ => false,
    })
}

fn utf16_units(character: char) -> u32 {
    if character.len_utf16() == 2 { 2 } else { 1 }
}

/// The code points of `text` from `start` to `end`; `None` if they are not all there or none. For many of one text,
/// [`Offsets`] is quicker.
#[must_use]
pub fn covered(text: &str, start: u32, end: u32) -> Option<&str> {
    let length = end.checked_sub(start).filter(|length| *length > 0)?;
    let byte_after =
        |text: &str, count: u32| text.char_indices().map(|(byte, _)| byte).chain([text.len()]).nth(count as usize);
    let from = text.get(byte_after(text, start)?..)?;
    from.get(..byte_after(from, length)?)
}

/// What lists call a text: the beginning of its first line that is not blank.
#[must_use]
pub fn beginning(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().map(|character| if character.is_control() { ' ' } else { character }).take(NAME_CODE_POINTS).collect()
}

/// Where `needle` occurs, from the left, without overlaps: code points, end exclusive.
#[must_use]
pub fn find_all(text: &str, needle: &str) -> Vec<(u32, u32)> {
    if needle.is_empty() {
        return Vec::new();
    }
    let count = |part: &str| u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
    let needle_length = count(needle);
    let (mut at, mut passed) = (0_u32, 0_usize);
    text.match_indices(needle)
        .map(|(byte, _)| {
            at = at.saturating_add(count(text.get(passed..byte).unwrap_or_default()));
            passed = byte;
            (at, at.saturating_add(needle_length))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_the_first_line_with_something_on_it() {
        assert_eq!(beginning("\r\n  \n\t你好，世界 \nmore"), "你好，世界");
        assert_eq!(beginning(&"字".repeat(500)).chars().count(), NAME_CODE_POINTS);
        assert_eq!(beginning(" \n"), "");
    }

    #[test]
    fn occurrences_are_counted_in_code_points() {
        assert_eq!(find_all("𝄞好好好", "好好"), [(1, 3)]);
        assert_eq!(find_all("aXbX", "X"), [(1, 2), (3, 4)]);
        assert_eq!(find_all("abc", ""), []);
    }

    proptest! {
        #[test]
        fn offsets_agree_with_counting(text in "([a-z]|[一-龥]|𝄞|é|\\r\\n){0,600}", start in 0_u32..650, length in 0_u32..40) {
            let offsets = Offsets::new(&text);
            let characters: Vec<char> = text.chars().collect();
            let end = start + length;
            let expected = (length > 0 && end as usize <= characters.len())
                .then(|| characters[start as usize..end as usize].iter().collect::<String>());
            prop_assert_eq!(offsets.covered(&text, start, end).map(str::to_owned), expected.clone());
            prop_assert_eq!(covered(&text, start, end).map(str::to_owned), expected);
            if let Some(byte) = offsets.byte_of(&text, start) {
                prop_assert_eq!(offsets.code_point_of(&text, byte), Some(start));
                let unit = offsets.utf16_of(&text, start).unwrap();
                prop_assert_eq!(unit as usize, text[..byte].encode_utf16().count());
                prop_assert_eq!(offsets.code_point_of_utf16(&text, unit), Some(start));
            } else {
                prop_assert!(start as usize > characters.len());
            }
        }

        #[test]
        fn what_is_found_is_covered(text in "[ab好]{0,60}", needle in "[ab好]{1,3}") {
            let found = find_all(&text, &needle);
            prop_assert_eq!(found.len(), text.matches(needle.as_str()).count());
            for (start, end) in found {
                prop_assert_eq!(covered(&text, start, end), Some(needle.as_str()));
            }
        }
    }
}
