//! Replacing the whole working state by a version's: in batches, undone as one step.

use super::changes::Changes;
use super::datasets::dataset_number;
use super::edits::{BETWEEN_BATCHES, carriers};
use super::journal::{Entry, EntryKind, Surroundings};
use super::labels::{LabelImage, change_labels, live_labels};
use super::numbers::NumberSet;
use super::rows::{empty_record, read_stored, replaced, sample_number};
use super::undo::{current_version, set_current_version};
use super::versions::check_may_be_current;
use super::{Catalog, CatalogError, Result};
use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, IncomingSample};
use crate::domain::{DatasetId, EntryId, Label, LabelId, SampleRecord, VersionId};
use rusqlite::Connection;
use std::time::Instant;

/// What the working state becomes.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The version that becomes the current one.
    pub version: VersionId,
    /// All its labels.
    pub labels: &'a [Label],
}

/// A replacement under way: first its labels came, then come its samples, and at the end what is not the version's
/// goes. If it ends halfway, what was done is an entry of the journal that undoes; the current version stays.
pub struct Replacing<'a> {
    catalog: &'a Catalog,
    dataset: DatasetId,
    replacement: Replacement<'a>,
    /// Labels that the version does not have.
    goes: Vec<Label>,
    entry: Entry<'a>,
    /// Rows of the version.
    members: NumberSet,
}

impl Catalog {
    /// Begins to set an older version current: labels, membership and annotations become that version's, as one
    /// undoable step (`set-current-version`). What is known of media stays; a sample that is not known any more comes
    /// in anew. It commits in batches of at most 100 ms.
    ///
    /// # Errors
    /// `dataset-unknown`, `version-unknown`, `version-not-normal`, `label-name-taken`, or if the catalog cannot be
    /// written. Nothing changes then.
    pub fn begin_replacement<'a>(
        &'a self,
        dataset: DatasetId,
        replacement: Replacement<'a>,
        context: &'a EditContext,
        client: &'a str,
    ) -> Result<Replacing<'a>> {
        let mut entry = Entry::new(EntryKind::Edit, "set-current-version", client, context);
        let labels = replacement.labels;
        for (index, label) in labels.iter().enumerate() {
            if labels[..index].iter().any(|other| other.name == label.name) {
                return Err(CatalogError::LabelNameTaken(label.name.to_string()));
            }
        }
        let goes = self.write(|transaction| {
            let number = dataset_number(transaction, dataset)?;
            check_may_be_current(transaction, dataset, replacement.version)?;
            let revision = entry.number(transaction, number)?;
            let work = Work { connection: transaction, dataset: number, revision, batch: self.batch, goes: Vec::new() };
            work.bring_labels(labels, &mut entry)
        })?;
        Ok(Replacing { catalog: self, dataset, replacement, goes, entry, members: NumberSet::default() })
    }
}

impl Replacing<'_> {
    /// The entry in the journal, by which what was done is undone.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        self.entry.id
    }

    /// Makes samples of the version what they were then. Call it with some thousands at a time, each sample once.
    ///
    /// # Errors
    /// `label-unknown` for an annotation whose label is not the version's, or if the catalog cannot be written.
    pub fn samples(&mut self, samples: &[IncomingSample]) -> Result<()> {
        // Most samples are as they were: these are found without keeping other writers away.
        let mut different: Vec<&IncomingSample> = Vec::new();
        let members = &mut self.members;
        self.catalog.read(|transaction| {
            let dataset = dataset_number(transaction, self.dataset)?;
            for incoming in samples {
                let Some(number) = sample_number(transaction, dataset, incoming.sample.id)? else {
                    different.push(incoming);
                    continue;
                };
                let is_new = !members.contains(number);
                members.insert(number);
                let stored = read_stored(transaction, number)?;
                if is_new && stored.is_none_or(|stored| stored.record != replaced(Some(&stored.record), incoming)) {
                    different.push(incoming);
                }
            }
            Ok(())
        })?;
        let mut rest = different.as_slice();
        while !rest.is_empty() {
            let taken = self.batch(|work, changes, started| {
                let mut taken = 0;
                let mut numbers = Vec::new();
                for incoming in rest {
                    taken += 1;
                    numbers.push(work.become_member(incoming, changes)?);
                    if started.elapsed() > work.batch {
                        break;
                    }
                }
                Ok((taken, numbers))
            })?;
            taken.1.into_iter().for_each(|number| self.members.insert(number));
            rest = &rest[taken.0..];
        }
        Ok(())
    }

    /// Takes away what is not the version's and makes the version current.
    ///
    /// # Errors
    /// `version-unknown` or `version-not-normal` if it went meanwhile, or if the catalog cannot be written.
    pub fn finish(mut self) -> Result<EditReceipt> {
        let others = self.catalog.read(|transaction| {
            let dataset = dataset_number(transaction, self.dataset)?;
            others(transaction, dataset, &self.members)
        })?;
        let mut rest = others.as_slice();
        while !rest.is_empty() {
            let taken = self.batch(|work, changes, started| {
                let mut taken = 0;
                for &number in rest {
                    taken += 1;
                    work.leave(number, changes)?;
                    if started.elapsed() > work.batch {
                        break;
                    }
                }
                Ok(taken)
            })?;
            rest = &rest[taken..];
        }
        while !self.end()? {
            std::thread::sleep(BETWEEN_BATCHES);
        }
        Ok(self.entry.into_receipt())
    }

    /// One batch: a transaction with its images in the journal.
    fn batch<T>(&mut self, run: impl FnOnce(&Work<'_>, &mut Changes<'_>, Instant) -> Result<T>) -> Result<T> {
        let entry = &mut self.entry;
        let value = self.catalog.write(|transaction| {
            let dataset = dataset_number(transaction, self.dataset)?;
            let revision = entry.number(transaction, dataset)?;
            let batch = self.catalog.batch;
            let goes = self.goes.iter().map(|label| label.id).collect();
            let work = Work { connection: transaction, dataset, revision, batch, goes };
            let mut changes = Changes::begin(transaction, dataset)?;
            let value = run(&work, &mut changes, Instant::now())?;
            entry.store_images(transaction, dataset, &changes.finish()?)?;
            Ok(value)
        })?;
        std::thread::sleep(BETWEEN_BATCHES);
        Ok(value)
    }

    /// The last transaction: true if it was, false if others wrote so much meanwhile that there is more to do.
    fn end(&mut self) -> Result<bool> {
        let entry = &mut self.entry;
        self.catalog.write(|transaction| {
            let started = Instant::now();
            let dataset = dataset_number(transaction, self.dataset)?;
            check_may_be_current(transaction, self.dataset, self.replacement.version)?;
            let revision = entry.number(transaction, dataset)?;
            let goes = self.goes.iter().map(|label| label.id).collect();
            let work = Work { connection: transaction, dataset, revision, batch: self.catalog.batch, goes };
            let mut changes = Changes::begin(transaction, dataset)?;
            let mut is_done = true;
            for number in others(transaction, dataset, &self.members)? {
                work.leave(number, &mut changes)?;
                is_done &= started.elapsed() <= work.batch;
                if !is_done {
                    break;
                }
            }
            // A tombstone must not keep a label that goes, or its restoring would bring one that is not there.
            'labels: for label in &self.goes {
                let label_number = changes.labels.known(label.id)?;
                while is_done {
                    let found = carriers(transaction, label_number)?;
                    if found.is_empty() {
                        continue 'labels;
                    }
                    for number in found {
                        work.strip(number, label.id, &mut changes)?;
                        is_done &= started.elapsed() <= work.batch;
                        if !is_done {
                            break;
                        }
                    }
                }
            }
            entry.store_images(transaction, dataset, &changes.finish()?)?;
            if is_done {
                let staying = self.replacement.labels.to_vec();
                let mut before = staying.clone();
                before.extend(self.goes.iter().cloned());
                let images = change_labels(transaction, dataset, &before, &staying, revision)?;
                let current = current_version(transaction, dataset)?;
                set_current_version(transaction, dataset, Some(self.replacement.version))?;
                let current_version = Some((current, Some(self.replacement.version)));
                entry.store_surroundings(transaction, dataset, Surroundings { labels: images, current_version })?;
            }
            Ok(is_done)
        })
    }
}

/// The undeleted samples that are no members.
fn others(connection: &Connection, dataset: i64, members: &NumberSet) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached("SELECT number FROM sample WHERE dataset = ?1 AND deleted = 0")?;
    let mut rows = statement.query([dataset])?;
    let mut numbers = Vec::new();
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        if !members.contains(number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

struct Work<'a> {
    connection: &'a Connection,
    dataset: i64,
    revision: i64,
    batch: std::time::Duration,
    /// Labels that the version does not have.
    goes: Vec<LabelId>,
}

impl Work<'_> {
    /// Makes the version's labels, and answers with those that must go once no sample carries them.
    fn bring_labels(&self, labels: &[Label], entry: &mut Entry<'_>) -> Result<Vec<Label>> {
        let before = live_labels(self.connection, self.dataset)?;
        let goes: Vec<Label> = before.iter().filter(|old| labels.iter().all(|new| new.id != old.id)).cloned().collect();
        let mut both = labels.to_vec();
        both.extend(goes.iter().cloned());
        let images: Vec<LabelImage> = change_labels(self.connection, self.dataset, &before, &both, self.revision)?;
        let surroundings = Surroundings { labels: images, current_version: None };
        entry.store_surroundings(self.connection, self.dataset, surroundings)?;
        Ok(goes)
    }

    /// Makes the sample what it was in the version, and returns its row number.
    fn become_member(&self, incoming: &IncomingSample, changes: &mut Changes<'_>) -> Result<i64> {
        let id = incoming.sample.id;
        let number = match sample_number(self.connection, self.dataset, id)? {
            Some(number) => number,
            None => {
                // As a tombstone first, which is what undo makes of it.
                let tombstone = SampleRecord { deleted: true, ..empty_record(id) };
                changes.insert(&incoming.sample, incoming.text.as_deref(), &tombstone)?
            }
        };
        if let Some(stored) = read_stored(self.connection, number)? {
            let after = replaced(Some(&stored.record), incoming);
            if after != stored.record {
                changes.write(stored, &after, self.revision)?;
            }
        }
        Ok(number)
    }

    /// Deletes a sample that the version does not have.
    fn leave(&self, number: i64, changes: &mut Changes<'_>) -> Result<()> {
        let Some(stored) = read_stored(self.connection, number)? else { return Ok(()) };
        if !stored.record.deleted {
            let mut after = SampleRecord { deleted: true, ..stored.record.clone() };
            // At once: undo takes a sample back in one step.
            after.annotations.retain(|annotation| annotation.label.is_none_or(|label| !self.goes.contains(&label)));
            changes.write(stored, &after, self.revision)?;
        }
        Ok(())
    }

    /// Takes a label from a sample.
    fn strip(&self, number: i64, label: LabelId, changes: &mut Changes<'_>) -> Result<()> {
        let Some(stored) = read_stored(self.connection, number)? else { return Ok(()) };
        let mut after = stored.record.clone();
        after.annotations.retain(|annotation| annotation.label != Some(label));
        changes.write(stored, &after, self.revision)
    }
}
