//! Text files of a tree: whole, or line by line in little memory.

use super::decode::{BOM_UTF8, Decoded, UTF_8_NAME, decode, decode_in_utf8, is_utf8_head};
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
    had_bom: bool,
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
        let (name, line, bytes, mended) = (name.to_owned(), 0, Vec::new(), String::new());
        if is_utf8_head(&head, is_whole) {
            let had_bom = head.starts_with(BOM_UTF8);
            let mut head = Cursor::new(head);
            head.set_position(if had_bom { BOM_UTF8.len() as u64 } else { 0 });
            let reader = Box::new(BufReader::with_capacity(1 << 16, head.chain(input)));
            return Ok(Self { name, reader, encoding: UTF_8_NAME, had_bom, replaced: 0, line, bytes, mended });
        }
        drop(input);
        let decoded = decode(&read_file(tree, &name, WHOLE_LIMIT_BYTES)?);
        let Decoded { text, encoding, had_bom, replaced } = decoded;
        let reader = Box::new(Cursor::new(text.into_bytes()));
        Ok(Self { name, reader, encoding, had_bom, replaced, line, bytes, mended })
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
            let Decoded { text, encoding, replaced, .. } = decode_in_utf8(&self.bytes);
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

    /// What is to be said of its encoding: of UTF-8 without a byte order mark nothing.
    pub fn say(&self, said: &mut Vec<Warning>, warnings: &mut Vec<Warning>) {
        say_encoding(&self.name, self.encoding, self.had_bom, said);
        say_replaced(&self.name, self.encoding, self.replaced, warnings);
    }
}

pub(super) fn say_encoding(name: &str, encoding: &'static str, had_bom: bool, said: &mut Vec<Warning>) {
    if encoding != UTF_8_NAME {
        said.push(Warning::new(name, Explanation::bad_input("text-encoding").with("encoding", encoding)));
    }
    if had_bom {
        said.push(Warning::new(name, Explanation::bad_input("text-bom").with("encoding", encoding)));
    }
}

pub(super) fn say_replaced(name: &str, encoding: &'static str, replaced: u64, warnings: &mut Vec<Warning>) {
    if replaced > 0 {
        let reason = Explanation::bad_input("text-replaced").with("count", replaced).with("encoding", encoding);
        warnings.push(Warning::new(name, reason));
    }
}

/// The text of a file's bytes, whatever their encoding; says how it stood there.
pub fn decode_and_say(bytes: &[u8], name: &str, reading: &mut super::TextReading) -> String {
    let Decoded { text, encoding, had_bom, replaced } = decode(bytes);
    say_encoding(name, encoding, had_bom, &mut reading.said);
    say_replaced(name, encoding, replaced, &mut reading.warnings);
    text
}

/// Reads a whole file as text, whatever its encoding, and says how it stood there.
///
/// # Errors
/// [`FormatError::Read`] if it cannot be read; `format-file-too-large` if it is over a gigabyte.
pub fn read_text(tree: &dyn FileTree, name: &str, reading: &mut super::TextReading) -> Result<String, FormatError> {
    Ok(decode_and_say(&read_file(tree, name, WHOLE_LIMIT_BYTES)?, name, reading))
}

/// The beginning of a file as text, cut after its last whole line, and whether that is all of it; `None` if it cannot
/// be read.
pub(super) fn head(tree: &dyn FileTree, name: &str) -> Option<(String, bool)> {
    read_head(tree, name).ok()
}

/// As [`head`].
///
/// # Errors
/// [`FormatError::Read`] if it cannot be read.
pub(super) fn read_head(tree: &dyn FileTree, name: &str) -> Result<(String, bool), FormatError> {
    let failed = |cause| FormatError::Read { cause, name: name.to_owned() };
    let mut bytes = Vec::new();
    tree.open(name).map_err(failed)?.take(HEAD_BYTES as u64).read_to_end(&mut bytes).map_err(failed)?;
    let is_whole = bytes.len() < HEAD_BYTES;
    if !is_whole {
        // Whole characters of UTF-8 and UTF-16 alike: what follows the last line end goes.
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
        bytes.truncate(if bytes.get(end) == Some(&0) { end + 1 } else { end });
    }
    Ok((decode(&bytes).text, is_whole))
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
