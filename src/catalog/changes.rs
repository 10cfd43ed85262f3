//! What one transaction does to samples of a dataset: every change of a record goes through here, so that counts,
//! revisions and the journal's images cannot be forgotten.

use super::Result;
use super::codes::{state_code, usage_code};
use super::counts::CountChanges;
use super::journal::Image;
use super::labels::LabelNumbers;
use super::order::order_changed;
use super::rows::{Stored, insert_sample, write_annotations};
use super::texts::write_text;
use crate::domain::{Sample, SampleRecord};
use rusqlite::{Connection, params};

/// The changes of one transaction. [`Changes::finish`] must be called before it commits.
pub(super) struct Changes<'connection> {
    connection: &'connection Connection,
    dataset: i64,
    pub labels: LabelNumbers,
    counts: CountChanges,
    images: Vec<Image>,
    /// Whether a row came or went.
    membership: bool,
}

impl<'connection> Changes<'connection> {
    /// Begins; labels that appear later in the transaction must be written before.
    pub fn begin(connection: &'connection Connection, dataset: i64) -> Result<Self> {
        let labels = LabelNumbers::read(connection, dataset)?;
        Ok(Self { connection, dataset, labels, counts: CountChanges::default(), images: Vec::new(), membership: false })
    }

    /// Makes the record of a known sample `after` and remembers what it was. The id stays the stored one.
    pub fn write(&mut self, before: Stored, after: &SampleRecord, revision: i64) -> Result<()> {
        self.counts.remove(&before.record, &self.labels)?;
        self.counts.add(after, &self.labels)?;
        let mut statement = self.connection.prepare_cached(
            "UPDATE sample SET state = ?2, usage = ?3, deleted = ?4, hard = ?5, revision = ?6 WHERE number = ?1",
        )?;
        statement.execute(params![
            before.number,
            state_code(after.state),
            after.usage.map(usage_code),
            after.deleted,
            after.is_hard(),
            revision
        ])?;
        let stored = (before.record.annotations.as_slice(), before.places.as_slice());
        write_annotations(self.connection, &self.labels, before.number, stored, &after.annotations)?;
        self.images.push(Image::new(before.number, (before.revision, revision), before.record, after));
        Ok(())
    }

    /// Adds a sample that was not known and returns its row number.
    pub fn insert(&mut self, sample: &Sample, text: Option<&str>, record: &SampleRecord) -> Result<i64> {
        let number = insert_sample(self.connection, self.dataset, sample, record)?;
        if let Some(text) = text {
            write_text(self.connection, self.dataset, number, text)?;
        }
        write_annotations(self.connection, &self.labels, number, (&[], &[]), &record.annotations)?;
        self.counts.add(record, &self.labels)?;
        self.membership = true;
        Ok(number)
    }

    /// Takes a sample out for good.
    pub fn purge(&mut self, stored: &Stored) -> Result<()> {
        self.counts.remove(&stored.record, &self.labels)?;
        for sql in [
            "DELETE FROM annotation WHERE sample = ?1",
            "DELETE FROM sample_text WHERE number = ?1",
            "DELETE FROM sample WHERE number = ?1",
        ] {
            self.connection.prepare_cached(sql)?.execute([stored.number])?;
        }
        self.membership = true;
        Ok(())
    }

    /// Writes the counts and returns the images that are left.
    pub fn finish(self) -> Result<Vec<Image>> {
        self.counts.write(self.connection, self.dataset)?;
        if self.membership {
            order_changed(self.connection, self.dataset)?;
        }
        Ok(self.images)
    }
}
