//! Reading what a worker appends, piece by piece, while it is still writing.

use super::{EngineError, JobFolder, Result};
use crate::domain::evaluation::Metric;
use crate::domain::job_folder::file;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The most that one call reads, in bytes; the rest comes with the next call.
const CHUNK_BYTES: u64 = 1024 * 1024;

/// A piece of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogChunk {
    /// Whole lines; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Where to read on, in bytes from the beginning.
    pub next_offset: u64,
    /// The size of the log now, in bytes. Above `next_offset` there is more to read.
    pub size_bytes: u64,
}

/// A piece of a training run's curves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricChunk {
    pub metrics: Vec<Metric>,
    /// Where to read on, in bytes from the beginning.
    pub next_offset: u64,
    /// Lines that were none of ours.
    pub skipped: u64,
}

/// The log from `from_offset` on. A last line that the worker is still writing waits for the next call; so does what
/// is above 1 MiB. A log that has become shorter is read from its beginning.
///
/// # Errors
/// If it is there but cannot be read.
pub fn tail_log(folder: &JobFolder, from_offset: u64) -> Result<LogChunk> {
    let (bytes, next_offset, size_bytes) = whole_lines(folder, file::LOG, from_offset)?;
    Ok(LogChunk { text: String::from_utf8_lossy(&bytes).into_owned(), next_offset, size_bytes })
}

/// The curves' points from `from_offset` on, as [`tail_log`] reads lines.
///
/// # Errors
/// If they are there but cannot be read.
pub fn read_metrics(folder: &JobFolder, from_offset: u64) -> Result<MetricChunk> {
    let (bytes, next_offset, _) = whole_lines(folder, file::METRICS, from_offset)?;
    let mut chunk = MetricChunk { next_offset, ..MetricChunk::default() };
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(metric) => chunk.metrics.push(metric),
            Err(_) => chunk.skipped += 1,
        }
    }
    Ok(chunk)
}

/// The bytes of the whole lines from `offset` on, where to read on, and the file's size.
fn whole_lines(folder: &JobFolder, name: &str, offset: u64) -> Result<(Vec<u8>, u64, u64)> {
    let path = folder.file(name);
    let read = || -> io::Result<(Vec<u8>, u64, u64)> {
        let mut opened = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0, 0)),
            opened => opened?,
        };
        let size = opened.metadata()?.len();
        let start = if offset > size { 0 } else { offset };
        opened.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        opened.take(CHUNK_BYTES).read_to_end(&mut bytes)?;
        Ok((bytes, start, size))
    };
    let (mut bytes, start, size) = read().map_err(|error| EngineError::io("read", &path, error))?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |position| position + 1);
    let full = bytes.len() as u64 == CHUNK_BYTES;
    // A line longer than a chunk would never come out whole, and a worker that is gone finishes none.
    let cut_is_final = (full && whole == 0) || (!full && whole < bytes.len() && !folder.is_locked()?);
    if !cut_is_final {
        bytes.truncate(whole);
    }
    let next = start + bytes.len() as u64;
    Ok((bytes, next, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evaluation::MetricName;
    use std::io::Write;

    fn folder() -> (tempfile::TempDir, JobFolder) {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        (directory, folder)
    }

    fn append(folder: &JobFolder, name: &str, bytes: &[u8]) {
        let mut opened = std::fs::OpenOptions::new().append(true).create(true).open(folder.file(name)).expect("opens");
        opened.write_all(bytes).expect("written");
    }

    #[test]
    fn a_missing_log_is_an_empty_one() {
        let (_directory, folder) = folder();
        assert_eq!(tail_log(&folder, 0).expect("reads"), LogChunk::default());
    }

    #[test]
    fn a_half_written_line_waits_while_the_worker_lives() {
        let (_directory, folder) = folder();
        let lock = folder.lock().expect("free");
        append(&folder, file::LOG, "one\ntw".as_bytes());
        let chunk = tail_log(&folder, 0).expect("reads");
        assert_eq!((chunk.text.as_str(), chunk.next_offset, chunk.size_bytes), ("one\n", 4, 6));
        append(&folder, file::LOG, "o 花\nthr".as_bytes());
        let chunk = tail_log(&folder, chunk.next_offset).expect("reads");
        assert_eq!(chunk.text, "two 花\n");
        drop(lock);
        let chunk = tail_log(&folder, chunk.next_offset).expect("reads");
        assert_eq!(chunk.text, "thr");
        assert_eq!(tail_log(&folder, chunk.next_offset).expect("reads").text, "");
    }

    #[test]
    fn a_log_that_was_replaced_is_read_from_its_beginning() {
        let (_directory, folder) = folder();
        append(&folder, file::LOG, b"new\n");
        assert_eq!(tail_log(&folder, 400).expect("reads").text, "new\n");
    }

    #[test]
    fn a_long_log_comes_in_pieces_that_lose_nothing() {
        let (_directory, folder) = folder();
        let text: String = (0..60_000).map(|line| format!("line {line} of a long log of many lines\n")).collect();
        append(&folder, file::LOG, text.as_bytes());
        let (mut read, mut offset) = (String::new(), 0);
        loop {
            let chunk = tail_log(&folder, offset).expect("reads");
            read.push_str(&chunk.text);
            offset = chunk.next_offset;
            if offset == chunk.size_bytes {
                break;
            }
        }
        assert!(read == text);
    }

    #[test]
    fn broken_metric_lines_are_counted_and_skipped() {
        let (_directory, folder) = folder();
        let metric = Metric { name: MetricName::Loss, step: 1, epoch: 0.5, value: 2.0 };
        let line = serde_json::to_string(&metric).expect("serialises");
        append(&folder, file::METRICS, format!("{line}\n{{\"name\":\n{line}\n").as_bytes());
        append(&folder, file::METRICS, &line.as_bytes()[..10]);
        let _lock = folder.lock().expect("free");
        let chunk = read_metrics(&folder, 0).expect("reads");
        assert_eq!((chunk.metrics.as_slice(), chunk.skipped), ([metric, metric].as_slice(), 1));
    }
}
