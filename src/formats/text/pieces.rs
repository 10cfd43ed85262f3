//! A text file cut into samples. The text of a piece is what stands in the file, byte for byte, without the line end
//! that closes it. A line ends in LF or CRLF; a CR alone ends none.

use crate::domain::TextSplit;

/// One sample of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    pub text: &'a str,
    /// Where it begins, from 1.
    pub line: u64,
}

/// All lines with their numbers, empty ones too. What follows the last line end is a line if there is anything.
pub fn lines(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.split_inclusive('\n').zip(1..).map(|(line, number)| Piece { text: without_end(line), line: number })
}

/// A line without what ends it.
fn without_end(line: &str) -> &str {
    line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line))
}

/// Whether nothing stands there that could be labeled.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// The samples of a file, in order. Blank lines are none; they part paragraphs.
pub fn pieces(text: &str, split: TextSplit) -> impl Iterator<Item = Piece<'_>> {
    Pieces { rest: text, line: 1, split }
}

struct Pieces<'a> {
    rest: &'a str,
    /// The number of the line that `rest` begins with.
    line: u64,
    split: TextSplit,
}

impl<'a> Pieces<'a> {
    /// The next line with its end.
    fn next_line(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.line += 1;
        Some(line)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if self.split == TextSplit::File {
            let text = std::mem::take(&mut self.rest);
            return (!is_blank(text)).then_some(Piece { text, line: 1 });
        }
        loop {
            let (start, number) = (self.rest, self.line);
            let line = self.next_line()?;
            if is_blank(line) {
                continue;
            }
            if self.split == TextSplit::Line {
                return Some(Piece { text: without_end(line), line: number });
            }
            let mut length = line.len();
            loop {
                let before = (self.rest, self.line);
                match self.next_line() {
                    Some(line) if !is_blank(line) => length += line.len(),
                    _ => {
                        (self.rest, self.line) = before;
                        break;
                    }
                }
            }
            return Some(Piece { text: without_end(&start[..length]), line: number });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str, split: TextSplit) -> Vec<(&str, u64)> {
        pieces(text, split).map(|piece| (piece.text, piece.line)).collect()
    }

    #[test]
    fn a_line_ends_in_lf_or_crlf_and_keeps_all_else() {
        let text = " a\t \r\n\r\nb\rc\n  \n好";
        assert_eq!(of(text, TextSplit::Line), [(" a\t ", 1), ("b\rc", 3), ("好", 5)]);
        assert_eq!(of("one\n", TextSplit::Line), [("one", 1)]);
        assert_eq!(of("", TextSplit::Line), []);
        assert_eq!(lines("a\n\n").count(), 2);
        assert_eq!(lines("a\n\nb").count(), 3);
    }

    #[test]
    fn blank_lines_part_paragraphs_whose_own_line_ends_stay() {
        let text = "\n\na\r\nb\r\n \t\r\n\r\nc\n";
        assert_eq!(of(text, TextSplit::Paragraph), [("a\r\nb", 3), ("c", 7)]);
    }

    #[test]
    fn a_whole_file_is_one_text_with_its_line_ends() {
        assert_eq!(of("a\r\nb\n", TextSplit::File), [("a\r\nb\n", 1)]);
        assert_eq!(of(" \n", TextSplit::File), []);
    }

    proptest! {
        #[test]
        fn pieces_stand_where_they_say(text in "([ab好\\r]|\\n|\\r\\n| ){0,40}") {
            for split in [TextSplit::Line, TextSplit::Paragraph] {
                for piece in pieces(&text, split) {
                    let before: Vec<_> = text.split_inclusive('\n').take(piece.line as usize - 1).collect();
                    prop_assert!(text[before.concat().len()..].starts_with(piece.text));
                    prop_assert!(!is_blank(piece.text));
                }
            }
            let said: String = pieces(&text, TextSplit::Line).map(|piece| piece.text).collect();
            let kept: String = lines(&text).filter(|line| !is_blank(line.text)).map(|line| line.text).collect();
            prop_assert_eq!(said, kept);
        }
    }
}
