//! Reading manifests line by line, in constant memory.

use super::record::{ManifestRecord, Refused};
use crate::domain::{Explanation, Warning};
use crate::formats::FormatError;
use serde_json::Value;
use std::io::{self, BufRead};

/// A longer line is not kept in memory. A line of a text file, which a version writes into a line of its own, is shorter.
pub const MAX_LINE_BYTES: usize = 256 << 20;

/// A line that was read; empty ones are passed over.
#[derive(Clone, Debug, PartialEq)]
pub struct ManifestLine {
    /// Counted from 1, as editors do.
    pub number: u64,
    /// `None` if the line is broken; the warnings say why.
    pub record: Option<ManifestRecord>,
    /// What was not understood. Their source is the manifest's name and the line: `V001.manifest:7`.
    pub warnings: Vec<Warning>,
}

/// Reads a manifest as an iterator of its lines. After an error it ends.
pub struct ManifestReader<R> {
    input: R,
    name: String,
    line: Vec<u8>,
    number: u64,
    ended: bool,
    limit_bytes: usize,
}

enum Step {
    Line,
    TooLong,
    End,
}

impl<R: BufRead> ManifestReader<R> {
    /// Reads from `input`; `name` stands in warnings and errors.
    pub fn new(input: R, name: impl Into<String>) -> Self {
        Self { input, name: name.into(), line: Vec::new(), number: 0, ended: false, limit_bytes: MAX_LINE_BYTES }
    }

    /// The same, for shorter lines.
    #[cfg(test)]
    pub(super) fn limited_to(self, limit_bytes: usize) -> Self {
        Self { limit_bytes, ..self }
    }

    /// Reads one line into `self.line`, without its end.
    fn step(&mut self) -> io::Result<Step> {
        self.line.clear();
        let (mut any, mut too_long) = (false, false);
        loop {
            let chunk = match self.input.fill_buf() {
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if chunk.is_empty() {
                break;
            }
            any = true;
            let end = chunk.iter().position(|&byte| byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.line.len() + part.len() > self.limit_bytes {
                too_long = true;
                self.line.clear();
            }
            if !too_long {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(Step::End);
        }
        self.number += 1;
        Ok(if too_long { Step::TooLong } else { Step::Line })
    }

    fn broken(&self, reason: Explanation) -> ManifestLine {
        ManifestLine { number: self.number, record: None, warnings: vec![self.warning(reason)] }
    }

    fn warning(&self, reason: Explanation) -> Warning {
        Warning::new(format!("{}:{}", self.name, self.number), reason)
    }

    /// What the line in `self.line` says; `None` if it is empty.
    fn parsed(&self) -> Result<Option<ManifestLine>, FormatError> {
        let mut line = self.line.as_slice();
        if self.number == 1 {
            if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] = line {
                return Err(FormatError::Encoding { encoding: "UTF-16", name: self.name.clone() });
            }
            line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(None);
        }
        let text = match std::str::from_utf8(line) {
            Ok(text) => text,
            Err(cause) => {
                let reason = Explanation::bad_input("manifest-line-encoding").with("byte", cause.valid_up_to() + 1);
                return Ok(Some(self.broken(reason)));
            }
        };
        let fields = match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => return Ok(Some(self.broken(Explanation::bad_input("manifest-line-not-object")))),
            Err(cause) => {
                // The line number in serde's words counts within the line: always 1.
                let words = cause.to_string();
                let words = words.split(" at line ").next().unwrap_or_default();
                let reason =
                    Explanation::bad_input("manifest-line-broken").with("column", cause.column()).with("reason", words);
                return Ok(Some(self.broken(reason)));
            }
        };
        let mut reasons = Vec::new();
        match ManifestRecord::read(fields, &mut reasons) {
            Ok(record) => {
                let warnings = reasons.into_iter().map(|reason| self.warning(reason)).collect();
                Ok(Some(ManifestLine { number: self.number, record: Some(record), warnings }))
            }
            Err(Refused::Line(reason)) => Ok(Some(self.broken(reason))),
            Err(Refused::CarbonData) => Err(FormatError::CarbonData { line: self.number, name: self.name.clone() }),
        }
    }
}

impl<R: BufRead> Iterator for ManifestReader<R> {
    type Item = Result<ManifestLine, FormatError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let step = self.step();
            let result = match step {
                Ok(Step::End) => {
                    self.ended = true;
                    return None;
                }
                Ok(Step::TooLong) => {
                    let reason = Explanation::bad_input("manifest-line-too-long").with("limit", self.limit_bytes);
                    Ok(Some(self.broken(reason)))
                }
                Ok(Step::Line) => self.parsed(),
                Err(cause) => Err(FormatError::Io { line: self.number, cause, name: self.name.clone() }),
            };
            match result {
                Ok(Some(line)) => return Some(Ok(line)),
                Ok(None) => {}
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}
