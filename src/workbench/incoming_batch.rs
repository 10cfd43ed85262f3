//! Samples on their way into the catalog, written some at a time.

use super::import::IMPORT_BATCH;
use crate::domain::query::IncomingSample;

/// Texts of so many bytes are written in one transaction.
const BATCH_BYTES: usize = 64 << 20;

/// Samples that are written together: so many, or so many bytes of text, whichever comes first.
#[derive(Debug, Default)]
pub(super) struct IncomingBatch {
    samples: Vec<IncomingSample>,
    text_bytes: usize,
}

impl IncomingBatch {
    /// Adds a sample; true once the batch should be written.
    pub fn push(&mut self, incoming: IncomingSample) -> bool {
        self.text_bytes += incoming.text.as_ref().map_or(0, String::len);
        self.samples.push(incoming);
        self.samples.len() >= IMPORT_BATCH || self.text_bytes >= BATCH_BYTES
    }

    /// What was collected; the batch is empty then.
    pub fn take(&mut self) -> Vec<IncomingSample> {
        self.text_bytes = 0;
        std::mem::take(&mut self.samples)
    }
}
