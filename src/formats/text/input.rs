//! Text files of a tree: whole, or line by line in little memory.

use super::decode::{Decoded, UTF_8_NAME, decode, is_utf8_head};
use crate::domain::Explanation;
use crate::domain::{Usage, Warning};
use crate::formats::FormatError;
use crate::formats::detection::{FileTree, read_file};
use crate::formats::exchange::usage_named;
use std::collections::BTreeSet;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// What is looked at to see how a file is encoded and what it holds.
const HEAD_BYTES: usize = 1 << 18;
/// A file that is not UTF-8 is decoded as a whole, up to this size.
const WHOLE_LIMIT_BYTES: u64 = 1 << 30;
/// A line of a text file longer than this is no line.
const LINE_LIMIT_BYTES: usize = 256 << 20;

/// A text file, as UTF-8 without a byte order mark, from its beginning.
pub struct TextFile<'a> {
    name: String,
    reader: Box<dyn BufRead + 'a>,
    /// How it stands in the file.
    encoding: &'static str,
    replaced: u64,
    line: u64,
    bytes: Vec<u8>,
    /// The current line, where its own bytes were not UTF-8.
    mended: String,
}

impl<'a> TextFile<'a> {
    /// Opens a file in any encoding. UTF-8 is read as it comes; all else as a whole.
    ///
    /// # Errors
    /// [`FormatError::Read`] if it cannot be read; `format-file-too-large` if it is not UTF-8 and over a gigabyte.
    pub fn open(tree: &'a dyn FileTree, name: &str) -> Result<Self, FormatError> {
        let failed = |cause| FormatError::Read { cause, name: name.to_owned() };
        let mut input = tree.open(name).map_err(failed)?;
        let mut head = Vec::new();
        input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(failed)?;
        let is_whole = head.len() < HEAD_BYTES;
        let (reader, encoding, replaced): (Box<dyn BufRead + 'a>, _, _) = if is_utf8_head(&head, is_whole) {
            let skip = if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
            let mut head = Cursor::new(head);
            head.set_position(skip);
            (Box::new(BufReader::with_capacity(1 << 16, head.chain(input))), UTF_8_NAME, 0)
        } else {
            drop(input);
            let Decoded { text, encoding, replaced, .. } = decode(&read_file(tree, name, WHOLE_LIMIT_BYTES)?);
            (Box::new(Cursor::new(text.into_bytes())), encoding, replaced)
        };
        let name = name.to_owned();
        Ok(Self { name, reader, encoding, replaced, line: 0, bytes: Vec::new(), mended: String::new() })
    }

    /// The next line without its end (LF or CRLF), and its number from 1; `None` at the end of the file.
    ///
    /// # Errors
    /// [`FormatError::Io`] if reading breaks off.
    pub fn next_line(&mut self) -> Result<Option<(&str, u64)>, FormatError> {
        self.bytes.clear();
        let failed = |cause, line, name: &str| FormatError::Io { line, cause, name: name.to_owned() };
        let mut limited = self.reader.by_ref().take(LINE_LIMIT_BYTES as u64);
        let read = limited.read_until(b'\n', &mut self.bytes).map_err(|cause| failed(cause, self.line, &self.name))?;
        if read == 0 {
            return Ok(None);
        }
        if read == LINE_LIMIT_BYTES && !self.bytes.ends_with(b"\n") {
            return Err(failed(io::ErrorKind::FileTooLarge.into(), self.line, &self.name));
        }
        self.line += 1;
        if self.bytes.ends_with(b"\n") {
            self.bytes.pop();
            if self.bytes.ends_with(b"\r") {
                self.bytes.pop();
            }
        }
        if std::str::from_utf8(&self.bytes).is_err() {
            let Decoded { text, encoding, replaced, .. } = decode(&self.bytes);
            self.mended = text;
            self.replaced += replaced;
            self.encoding = encoding;
            return Ok(Some((&self.mended, self.line)));
        }
        Ok(std::str::from_utf8(&self.bytes).ok().map(|line| (line, self.line)))
    }

    /// The whole of it, or what is left, as bytes that are nearly always UTF-8.
    pub fn into_reader(self) -> Box<dyn BufRead + 'a> {
        self.reader
    }

    /// How it stands in the file, as far as it was read.
    #[must_use]
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// What is to be said of its encoding: nothing of UTF-8.
    pub fn say(&self, said: &mut Vec<Warning>, warnings: &mut Vec<Warning>) {
        say_encoding(&self.name, self.encoding, self.replaced, said, warnings);
    }
}

fn say_encoding(
    name: &str,
    encoding: &'static str,
    replaced: u64,
    said: &mut Vec<Warning>,
    warnings: &mut Vec<Warning>,
) {
    if encoding != UTF_8_NAME {
        said.push(Warning::new(name, Explanation::bad_input("text-encoding").with("encoding", encoding)));
    }
    if replaced > 0 {
        let reason = Explanation::bad_input("text-replaced").with("count", replaced).with("encoding", encoding);
        warnings.push(Warning::new(name, reason));
    }
}

/// Reads a whole file as text, whatever its encoding, and says how it stood there.
///
/// # Errors
/// [`FormatError::Read`] if it cannot be read; `format-file-too-large` if it is over a gigabyte.
pub fn read_text(tree: &dyn FileTree, name: &str, reading: &mut super::TextReading) -> Result<String, FormatError> {
    let Decoded { text, encoding, replaced, .. } = decode(&read_file(tree, name, WHOLE_LIMIT_BYTES)?);
    say_encoding(name, encoding, replaced, &mut reading.said, &mut reading.warnings);
    Ok(text)
}

/// The beginning of a file as text, cut after its last whole line, and whether that is all of it; `None` if it cannot
/// be read.
pub(super) fn head(tree: &dyn FileTree, name: &str) -> Option<(String, bool)> {
    let mut bytes = Vec::new();
    tree.open(name).ok()?.take(HEAD_BYTES as u64).read_to_end(&mut bytes).ok()?;
    let is_whole = bytes.len() < HEAD_BYTES;
    if !is_whole {
        // Whole characters of UTF-8 and UTF-16 alike: what follows the last line end goes.
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.truncate(if bytes.get(end) == Some(&0) { end + 1 } else { end });
    }
    Some((decode(&bytes).text, is_whole))
}

/// The files with one of these endings, in order.
pub(super) fn with_ending<'a>(tree: &'a dyn FileTree, endings: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let fits = move |name: &&str| {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| endings.contains(&ending.as_str()))
    };
    tree.files().iter().map(String::as_str).filter(fits)
}

/// What files are for by their names. A single name says nothing: only where there are several, one is told from another.
pub(super) struct FileUsages(bool);

impl FileUsages {
    pub fn of<'a>(files: impl Iterator<Item = &'a str>) -> Self {
        let named: BTreeSet<&'static str> = files.filter_map(Self::named).map(Usage::as_str).collect();
        Self(named.len() > 1)
    }

    pub fn get(&self, name: &str) -> Option<Usage> {
        if self.0 { Self::named(name) } else { None }
    }

    fn named(name: &str) -> Option<Usage> {
        use crate::formats::detection::{base_name, folder_of, stem};
        let folder = base_name(folder_of(name));
        usage_named(stem(base_name(name))).or_else(|| usage_named(folder))
    }
}
