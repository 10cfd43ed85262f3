//! Replacing the whole working state by a version's, as one undoable step.

use super::changes::Changes;
use super::datasets::dataset_number;
use super::journal::{Entry, EntryKind, Surroundings};
use super::labels::{LabelImage, change_labels, live_labels};
use super::rows::{empty_record, read_stored, sample_number};
use super::undo::{current_version, set_current_version};
use super::versions::check_may_be_current;
use super::{Catalog, CatalogError, Result};
use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, IncomingSample};
use crate::domain::{DatasetId, Label, LabelId, SampleRecord, VersionId};
use rusqlite::Connection;
use std::collections::HashSet;

/// What the working state becomes.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The version that becomes the current one.
    pub version: VersionId,
    /// All its labels.
    pub labels: &'a [Label],
    /// All its samples; every other one becomes a tombstone.
    pub samples: &'a [IncomingSample],
}

/// How many samples one image of the journal holds.
const IMAGE_SAMPLES: usize = 8_192;

impl Catalog {
    /// Sets an older version current: labels, membership and annotations become that version's, in one transaction and
    /// one undoable step (`set-current-version`). What is known of media stays; a sample that is not known any more
    /// comes in anew.
    ///
    /// # Errors
    /// `dataset-unknown`, `version-unknown`, `version-not-normal`, `label-unknown`, `label-name-taken`, or if the
    /// catalog cannot be written. Nothing changes then.
    pub fn replace_working_state(
        &self,
        dataset: DatasetId,
        replacement: &Replacement<'_>,
        context: &EditContext,
        client: &str,
    ) -> Result<EditReceipt> {
        let mut entry = Entry::new(EntryKind::Edit, "set-current-version", client, context);
        let labels = replacement.labels;
        for (index, label) in labels.iter().enumerate() {
            if labels[..index].iter().any(|other| other.name == label.name) {
                return Err(CatalogError::LabelNameTaken(label.name.to_string()));
            }
        }
        self.write(|transaction| {
            let number = dataset_number(transaction, dataset)?;
            check_may_be_current(transaction, dataset, replacement.version)?;
            let revision = entry.number(transaction, number)?;
            let work = Work { connection: transaction, dataset: number, revision };
            let goes = work.bring_labels(labels, &mut entry)?;
            work.replace_samples(replacement, &mut entry)?;
            // Labels that go are carried by nothing any more.
            let staying: Vec<Label> = labels.to_vec();
            let mut before = staying.clone();
            before.extend(goes);
            let images = change_labels(transaction, number, &before, &staying, revision)?;
            let current = current_version(transaction, number)?;
            set_current_version(transaction, number, Some(replacement.version))?;
            let current_version = Some((current, Some(replacement.version)));
            entry.store_surroundings(transaction, number, Surroundings { labels: images, current_version })
        })?;
        Ok(entry.into_receipt())
    }
}

struct Work<'a> {
    connection: &'a Connection,
    dataset: i64,
    revision: i64,
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

    fn replace_samples(&self, replacement: &Replacement<'_>, entry: &mut Entry<'_>) -> Result<()> {
        let staying: HashSet<LabelId> = replacement.labels.iter().map(|label| label.id).collect();
        let mut changes = Changes::begin(self.connection, self.dataset)?;
        let mut members = HashSet::with_capacity(replacement.samples.len());
        for incoming in replacement.samples {
            let id = incoming.sample.id;
            let number = match sample_number(self.connection, self.dataset, id)? {
                Some(number) => number,
                None => {
                    // As a tombstone first, which is what undo makes of it.
                    let tombstone = SampleRecord { deleted: true, ..empty_record(id) };
                    changes.insert(&incoming.sample, &tombstone)?
                }
            };
            if !members.insert(number) {
                continue;
            }
            let Some(stored) = read_stored(self.connection, number)? else { continue };
            let after = SampleRecord {
                state: incoming.state,
                usage: incoming.usage,
                annotations: incoming.annotations.clone(),
                ..empty_record(id)
            };
            if after != stored.record {
                changes.write(stored, &after, self.revision)?;
                self.store_if_many(&mut changes, entry)?;
            }
        }
        for number in self.all_samples()? {
            if members.contains(&number) {
                continue;
            }
            let Some(stored) = read_stored(self.connection, number)? else { continue };
            let mut after = SampleRecord { deleted: true, ..stored.record.clone() };
            // A tombstone must not keep a label that goes, or its restoring would bring one that is not there.
            after.annotations.retain(|annotation| annotation.label.is_none_or(|label| staying.contains(&label)));
            if after != stored.record {
                changes.write(stored, &after, self.revision)?;
                self.store_if_many(&mut changes, entry)?;
            }
        }
        entry.store_images(self.connection, self.dataset, &changes.finish()?)
    }

    fn store_if_many(&self, changes: &mut Changes<'_>, entry: &mut Entry<'_>) -> Result<()> {
        if changes.changed() >= IMAGE_SAMPLES {
            entry.store_images(self.connection, self.dataset, &changes.take_images())?;
        }
        Ok(())
    }

    fn all_samples(&self) -> Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT number FROM sample WHERE dataset = ?1")?;
        let numbers = statement.query_map([self.dataset], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(numbers)
    }
}
