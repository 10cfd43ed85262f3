//! Writing manifests: the guide's fields in the guide's order, then all others.

use super::ManifestRecord;
use std::io::{self, Write};

/// Writes one line per record.
pub struct ManifestWriter<W> {
    output: W,
    lines: u64,
}

impl<W: Write> ManifestWriter<W> {
    /// Writes to `output`, which should be buffered.
    pub fn new(output: W) -> Self {
        Self { output, lines: 0 }
    }

    /// Writes one line.
    ///
    /// # Errors
    /// If the output fails.
    pub fn write(&mut self, record: &ManifestRecord) -> io::Result<()> {
        serde_json::to_writer(&mut self.output, record)?;
        self.output.write_all(b"\n")?;
        self.lines += 1;
        Ok(())
    }

    /// How many lines were written.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Gives the output back after a flush.
    ///
    /// # Errors
    /// If the flush fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }
}
