//! Where a text stands that is not a file of its own: the `source` of its sample. The text is told by its hash, and equal
//! texts of one file by their number, so that a line keeps its identity wherever in the file it moves.

use super::ids::{DatasetId, SampleId};
use std::fmt;

/// How much of the BLAKE3 is in a source, in hexadecimal digits.
const HASH_DIGITS: usize = 16;
/// What the sources of texts in no file begin with.
const INLINE: &str = "content:";

/// A text and which of the equal ones it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextMark {
    /// The first digits of the text's BLAKE3.
    pub hash: String,
    /// Counted from 1.
    pub occurrence: u32,
}

impl fmt::Display for TextMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.hash, self.occurrence)
    }
}

impl TextMark {
    /// The mark of the `occurrence`th text of this content.
    #[must_use]
    pub fn of(text: &str, occurrence: u32) -> Self {
        Self { hash: text_hash(text), occurrence }
    }

    fn parse(mark: &str) -> Option<Self> {
        let (hash, occurrence) = mark.split_once('-')?;
        let is_hash =
            hash.len() == HASH_DIGITS && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let occurrence = occurrence.parse().ok().filter(|occurrence| *occurrence > 0)?;
        is_hash.then(|| Self { hash: hash.to_owned(), occurrence })
    }
}

/// What sources say of a text's content.
#[must_use]
pub fn text_hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().as_str()[..HASH_DIGITS].to_owned()
}

/// Where a text stands that is no file of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TextOrigin {
    /// A part of this file (a URI).
    Piece(String, TextMark),
    /// In no file: it came in a manifest or an exchange file.
    Inline(TextMark),
}

impl TextOrigin {
    /// Reads a sample's source; `None` for a whole file.
    #[must_use]
    pub fn parse(source: &str) -> Option<Self> {
        if let Some(mark) = source.strip_prefix(INLINE) {
            return TextMark::parse(mark).map(Self::Inline);
        }
        let (file, mark) = source.rsplit_once('#')?;
        TextMark::parse(mark).map(|mark| Self::Piece(file.to_owned(), mark))
    }

    /// Which text it is.
    #[must_use]
    pub fn mark(&self) -> &TextMark {
        match self {
            Self::Piece(_, mark) | Self::Inline(mark) => mark,
        }
    }

    /// The identity of its sample. `relative` is the way of the file from the dataset's input, if it lies inside.
    #[must_use]
    pub fn id(&self, dataset: DatasetId, relative: Option<&[u8]>) -> SampleId {
        let file = match self {
            Self::Piece(file, _) => relative.unwrap_or(file.as_bytes()),
            Self::Inline(_) => &[],
        };
        SampleId::of_text_line(dataset, file, &self.mark().hash, self.mark().occurrence)
    }
}

impl fmt::Display for TextOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Piece(file, mark) => write!(f, "{file}#{mark}"),
            Self::Inline(mark) => write!(f, "{INLINE}{mark}"),
        }
    }
}

/// The file that a source names, without the mark of a part of it.
#[must_use]
pub fn file_of(source: &str) -> &str {
    match source.rsplit_once('#') {
        Some((file, mark)) if TextMark::parse(mark).is_some() => file,
        _ => source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_texts_come_back() {
        for source in [
            TextOrigin::Piece("file:///a%23b.csv".to_owned(), TextMark::of("好吃", 2)),
            TextOrigin::Piece("s3://bucket/a#b.txt".to_owned(), TextMark::of("", 1)),
            TextOrigin::Inline(TextMark::of("one", 1)),
        ] {
            assert_eq!(TextOrigin::parse(&source.to_string()), Some(source));
        }
        for file in ["file:///a.txt", "s3://b/a#b.txt", "content:abc-1", "content://a", "file:///a#0123456789abcdef-0"]
        {
            assert_eq!(TextOrigin::parse(file), None, "{file}");
            assert_eq!(file_of(file), file);
        }
        assert_eq!(file_of("file:///a.csv#0123456789abcdef-3"), "file:///a.csv");
    }

    #[test]
    fn a_line_is_the_same_sample_wherever_its_dataset_lies() {
        let dataset = DatasetId::random();
        let piece = |file: &str, text, occurrence| TextOrigin::Piece(file.to_owned(), TextMark::of(text, occurrence));
        let here = piece("file:///a/x.txt", "one", 1).id(dataset, Some(b"x.txt"));
        assert_eq!(here, piece("file:///b/x.txt", "one", 1).id(dataset, Some(b"x.txt")));
        assert_ne!(here, piece("file:///a/x.txt", "one", 2).id(dataset, Some(b"x.txt")));
        assert_ne!(here, piece("file:///a/x.txt", "two", 1).id(dataset, Some(b"x.txt")));
        assert_ne!(here, TextOrigin::Inline(TextMark::of("one", 1)).id(dataset, None));
    }
}
