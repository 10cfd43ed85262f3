//! Undo and redo. Both put back what an entry's images hold, and are entries themselves.
//!
//! A revision names a content: the number of the entry that made it. Undo brings the former revision back with the
//! former content, so that the edit before can be undone as well, and refuses where the revision is neither the one
//! the entry left (then it is taken back) nor the one it found (then that was done already, by an undo that was
//! killed between two batches).

use super::changes::Changes;
use super::codes::{blob, optional_uuid_at};
use super::datasets::dataset_number;
use super::edits::BETWEEN_BATCHES;
use super::journal::{
    Entry, EntryKind, Image, Scope, StoredEntry, Surroundings, batches, conflict, next_redo, next_undo, read_images,
};
use super::labels::{LabelImage, carrier_revision, label_state, live_labels, write_label};
use super::rows::{read_stored, sample_number};
use super::{Catalog, CatalogError, Result};
use crate::domain::edit::EditContext;
use crate::domain::query::EditReceipt;
use crate::domain::{DatasetId, SampleId, SampleRecord, VersionId};
use rusqlite::{Connection, params};

impl Catalog {
    /// Takes back this client's latest entry of the dataset; `None` if there is none. The receipt has its code.
    ///
    /// # Errors
    /// `undo-conflict`, naming the later edit, if what it touched has changed since; nothing is undone then. Or if
    /// the catalog cannot be written.
    pub fn undo(&self, dataset: DatasetId, client: &str, context: &EditContext) -> Result<Option<EditReceipt>> {
        self.reverse(dataset, None, client, context, EntryKind::Undo)
    }

    /// Takes back this client's latest entry that changed only this sample; or one of many samples or of labels, if that
    /// is what it did last, or what made this sample what it is. `None` if there is none.
    ///
    /// # Errors
    /// `sample-unknown`, or as [`Catalog::undo`].
    pub fn undo_sample(
        &self,
        dataset: DatasetId,
        sample: SampleId,
        client: &str,
        context: &EditContext,
    ) -> Result<Option<EditReceipt>> {
        self.reverse(dataset, Some(sample), client, context, EntryKind::Undo)
    }

    /// Does again what this client undid last in this sample; `None` if there is nothing, or if it edited it since.
    ///
    /// # Errors
    /// As [`Catalog::undo_sample`].
    pub fn redo_sample(
        &self,
        dataset: DatasetId,
        sample: SampleId,
        client: &str,
        context: &EditContext,
    ) -> Result<Option<EditReceipt>> {
        self.reverse(dataset, Some(sample), client, context, EntryKind::Redo)
    }

    /// Does again what this client undid last; `None` if there is nothing, or if it edited since.
    ///
    /// # Errors
    /// `undo-conflict`, or if the catalog cannot be written.
    pub fn redo(&self, dataset: DatasetId, client: &str, context: &EditContext) -> Result<Option<EditReceipt>> {
        self.reverse(dataset, None, client, context, EntryKind::Redo)
    }

    fn reverse(
        &self,
        dataset: DatasetId,
        sample: Option<SampleId>,
        client: &str,
        context: &EditContext,
        kind: EntryKind,
    ) -> Result<Option<EditReceipt>> {
        let next = if kind == EntryKind::Undo { next_undo } else { next_redo };
        let found = self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let scope = Scope { dataset, client, sample: row_number(transaction, dataset, sample)? };
            let Some(target) = next(transaction, &scope)? else { return Ok(None) };
            let batches = batches(transaction, target.number)?;
            if batches.len() > 1 {
                // A single batch is checked where it is written.
                for &batch in &batches {
                    for image in read_images(transaction, target.number, batch)? {
                        check_image(transaction, &image)?;
                    }
                }
            }
            Ok(Some((target, batches)))
        })?;
        let Some((target, mut batches)) = found else { return Ok(None) };
        let mut entry = Entry::new(kind, &target.code, client, context);
        let mut is_first = true;
        loop {
            let batch = batches.pop();
            let is_last = batches.is_empty();
            self.write(|transaction| {
                let number = dataset_number(transaction, dataset)?;
                let scope = Scope { dataset: number, client, sample: row_number(transaction, number, sample)? };
                if is_first && next(transaction, &scope)?.is_none_or(|now| now.number != target.number) {
                    // Another process of this client undid or edited in between.
                    return Err(conflict(transaction, target.number)?);
                }
                let reversal = Reversal { connection: transaction, dataset: number, target: &target };
                if is_first {
                    reversal.bring_labels(&mut entry)?;
                }
                if let Some(batch) = batch {
                    let images = read_images(transaction, target.number, batch)?;
                    reversal.put_back(images, &mut entry)?;
                }
                if is_last {
                    reversal.take_labels(&mut entry)?;
                    reversal.put_version_back(&mut entry)?;
                    reversal.mark_undone(&mut entry)?;
                }
                Ok(())
            })?;
            if is_last {
                return Ok(Some(entry.into_receipt()));
            }
            is_first = false;
            std::thread::sleep(BETWEEN_BATCHES);
        }
    }
}

/// The row number of the sample that undo is bound to.
pub(super) fn row_number(connection: &Connection, dataset: i64, sample: Option<SampleId>) -> Result<Option<i64>> {
    let Some(sample) = sample else { return Ok(None) };
    let number = sample_number(connection, dataset, sample)?;
    number.map(Some).ok_or_else(|| CatalogError::SampleUnknown(sample.to_string()))
}

/// Whether an image may still be put back: true if so, false if it was already.
fn check_image(connection: &Connection, image: &Image) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT revision FROM sample WHERE number = ?1")?;
    let mut rows = statement.query([image.number])?;
    let Some(row) = rows.next()? else { return Err(conflict(connection, 0)?) };
    let revision: i64 = row.get(0)?;
    if revision == image.revision_after {
        Ok(true)
    } else if revision == image.revision_before {
        Ok(false)
    } else {
        Err(conflict(connection, revision)?)
    }
}

struct Reversal<'a> {
    connection: &'a Connection,
    dataset: i64,
    target: &'a StoredEntry,
}

impl Reversal<'_> {
    /// Puts labels back that did exist before, deleted or changed since.
    fn bring_labels(&self, entry: &mut Entry<'_>) -> Result<()> {
        let images: Vec<_> =
            self.target.surroundings.labels.iter().filter(|image| image.label.is_some()).cloned().collect();
        self.put_labels_back(&images, entry)
    }

    /// Removes labels that did not exist before.
    fn take_labels(&self, entry: &mut Entry<'_>) -> Result<()> {
        let images: Vec<_> =
            self.target.surroundings.labels.iter().filter(|image| image.label.is_none()).cloned().collect();
        for image in &images {
            if let Some(revision) = carrier_revision(self.connection, self.dataset, image.id)? {
                return Err(conflict(self.connection, revision)?);
            }
        }
        self.put_labels_back(&images, entry)
    }

    fn put_labels_back(&self, images: &[LabelImage], entry: &mut Entry<'_>) -> Result<()> {
        let mut own_images = Vec::new();
        for image in images {
            let (label, revision) = label_state(self.connection, self.dataset, image.id)?;
            if revision == image.revision_before {
                continue;
            }
            if revision != image.revision_after {
                return Err(conflict(self.connection, revision)?);
            }
            // Set aside first: two labels may swap names or keys.
            write_label(self.connection, self.dataset, image.id, None, image.revision_before)?;
            own_images.push(LabelImage {
                id: image.id,
                label,
                revision_before: revision,
                revision_after: image.revision_before,
            });
        }
        let others = live_labels(self.connection, self.dataset)?;
        for image in images.iter().filter(|image| own_images.iter().any(|own| own.id == image.id)) {
            let Some(label) = &image.label else { continue };
            let in_the_way = others.iter().find(|other| {
                let goes = self.target.surroundings.labels.iter().any(|i| i.id == other.id && i.label.is_none());
                !goes && (other.name == label.name || (label.key.is_some() && other.key == label.key))
            });
            if let Some(other) = in_the_way {
                let (_, revision) = label_state(self.connection, self.dataset, other.id)?;
                return Err(conflict(self.connection, revision)?);
            }
            write_label(self.connection, self.dataset, image.id, Some(label), image.revision_before)?;
        }
        let surroundings = Surroundings { labels: own_images, current_version: None };
        entry.store_surroundings(self.connection, self.dataset, surroundings)
    }

    fn put_back(&self, images: Vec<Image>, entry: &mut Entry<'_>) -> Result<()> {
        let mut changes = Changes::begin(self.connection, self.dataset)?;
        for image in images.into_iter().rev() {
            if !check_image(self.connection, &image)? {
                continue;
            }
            let Some(stored) = read_stored(self.connection, image.number)? else {
                return Err(conflict(self.connection, 0)?);
            };
            let revision_before = image.revision_before;
            let before = image.before(&stored.record)?;
            let gone = before
                .annotations
                .iter()
                .find_map(|annotation| annotation.label.filter(|&label| changes.labels.number(label).is_none()));
            if let Some(label) = gone {
                let (_, revision) = label_state(self.connection, self.dataset, label)?;
                return Err(conflict(self.connection, revision)?);
            }
            // The sample may have been renamed on disk since; its id is then another.
            let after = SampleRecord { id: stored.record.id, ..before };
            changes.write(stored, &after, revision_before)?;
        }
        entry.store_images(self.connection, self.dataset, &changes.finish()?)
    }

    fn put_version_back(&self, entry: &mut Entry<'_>) -> Result<()> {
        let Some((before, after)) = self.target.surroundings.current_version else { return Ok(()) };
        let now = current_version(self.connection, self.dataset)?;
        // A version published since is the current one, whatever the working state was before.
        if now != after {
            return Ok(());
        }
        set_current_version(self.connection, self.dataset, before)?;
        let surroundings = Surroundings { labels: Vec::new(), current_version: Some((now, before)) };
        entry.store_surroundings(self.connection, self.dataset, surroundings)
    }

    fn mark_undone(&self, entry: &mut Entry<'_>) -> Result<()> {
        let number = entry.number(self.connection, self.dataset)?;
        let sql = "UPDATE journal SET undone_by = ?2 WHERE number = ?1";
        self.connection.prepare_cached(sql)?.execute(params![self.target.number, number])?;
        Ok(())
    }
}

/// The dataset's current version.
pub(super) fn current_version(connection: &Connection, dataset: i64) -> Result<Option<VersionId>> {
    let mut statement = connection.prepare_cached("SELECT current_version FROM dataset WHERE number = ?1")?;
    let mut rows = statement.query([dataset])?;
    match rows.next()? {
        Some(row) => Ok(optional_uuid_at(row, 0)?.map(VersionId)),
        None => Err(CatalogError::Value("dataset".to_owned())),
    }
}

/// Makes a version current, without a check.
pub(super) fn set_current_version(connection: &Connection, dataset: i64, version: Option<VersionId>) -> Result<()> {
    let mut statement = connection.prepare_cached("UPDATE dataset SET current_version = ?2 WHERE number = ?1")?;
    statement.execute(params![dataset, version.as_ref().map(|version| blob(&version.0))])?;
    Ok(())
}
