//! A row of a table as it stands in its file: what the parser takes away, quotes and surplus delimiters, is still there.

use std::io::{self, Read};

/// So many bytes that are no longer needed are let go at once.
const SLACK_BYTES: usize = 1 << 16;

/// Bytes on their way to the parser, kept until their row was read.
pub struct Kept<R> {
    inner: R,
    bytes: Vec<u8>,
    /// Where in the whole the kept bytes begin.
    start: u64,
}

impl<R> Kept<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, bytes: Vec::new(), start: 0 }
    }

    /// The row from one place to another, without the line ends around it.
    pub fn row(&self, from: u64, to: u64) -> &[u8] {
        let at = |place: u64| usize::try_from(place.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let row = self.bytes.get(at(from)..at(to).min(self.bytes.len())).unwrap_or_default();
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let first = row.iter().position(|byte| !is_end(byte)).unwrap_or(row.len());
        let last = row.iter().rposition(|byte| !is_end(byte)).map_or(first, |last| last + 1);
        &row[first..last]
    }

    /// Lets go of what stands before a place.
    pub fn forget(&mut self, before: u64) {
        let count = usize::try_from(before.saturating_sub(self.start)).unwrap_or(usize::MAX).min(self.bytes.len());
        if count > SLACK_BYTES {
            self.bytes.drain(..count);
            self.start += count as u64;
        }
    }
}

impl<R: Read> Read for Kept<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

/// Where the field that begins at `start` ends, and whether its quotes are as they should be: closed, and nothing
/// between the last one and the next field.
fn field_end(row: &[u8], delimiter: u8, start: usize) -> (usize, bool) {
    let is_quoted = row.get(start) == Some(&b'"');
    let mut at = start;
    if is_quoted {
        at += 1;
        loop {
            match (row.get(at), row.get(at + 1)) {
                (None, _) => return (row.len(), false),
                (Some(b'"'), Some(b'"')) => at += 2,
                (Some(b'"'), _) => break,
                (Some(_), _) => at += 1,
            }
        }
        at += 1;
    }
    let rest = row.get(at..).unwrap_or_default();
    let end = rest.iter().position(|byte| *byte == delimiter).unwrap_or(rest.len());
    (at + end, !is_quoted || end == 0)
}

/// A row from a field on, as it stands there.
pub fn from_field(row: &[u8], delimiter: u8, field: usize) -> &[u8] {
    let start = (0..field).fold(0, |start, _| field_end(row, delimiter, start).0 + 1);
    row.get(start..).unwrap_or_default()
}

/// Whether all quotes of a row are closed and stand around whole fields.
pub fn is_well_quoted(row: &[u8], delimiter: u8) -> bool {
    let mut start = 0;
    while start <= row.len() {
        let (end, is_well) = field_end(row, delimiter, start);
        if !is_well {
            return false;
        }
        start = end + 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_is_found_behind_quotes_that_hold_delimiters_and_line_ends() {
        assert_eq!(from_field(b"1,a, b", b',', 1), b"a, b");
        assert_eq!(from_field(b"\"x,\"\"y\"\"\n\",a,\"b\"", b',', 1), b"a,\"b\"");
        assert_eq!(from_field(b"1", b',', 1), b"");
        assert!(is_well_quoted(b"1,\"a\"\"\",b", b','));
        assert!(is_well_quoted(b"1,a\"b", b','));
        assert!(!is_well_quoted(b"1,\"a\nb", b','));
        assert!(!is_well_quoted(b"1,\"a\n2,\"b\"", b','));
    }

    proptest! {
        #[test]
        fn fields_begin_where_the_parser_says(fields in prop::collection::vec("[a\",\\n]{0,4}", 1..5)) {
            let mut written = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            written.write_record(&fields).unwrap();
            let bytes = written.into_inner().unwrap();
            let row = bytes.strip_suffix(b"\n").unwrap();
            prop_assert!(is_well_quoted(row, b','));
            for at in 0..fields.len() {
                let rest = from_field(row, b',', at);
                let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(rest);
                let record = table.records().next().unwrap().unwrap();
                prop_assert_eq!(record.iter().collect::<Vec<_>>(), fields[at..].iter().collect::<Vec<_>>());
            }
        }
    }
}
