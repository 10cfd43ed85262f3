//! Samples that sync and import bring.

use super::changes::Changes;
use super::codes::{PRIMARY, layer_code, map_to_json, unsigned};
use super::datasets::dataset_number;
use super::journal::{Entry, EntryKind};
use super::order::order_changed;
use super::rows::{Stored, read_stored, replaced, sample_number, source_hash, write_media};
use super::texts::{read_text, write_text};
use super::{Catalog, CatalogError, Result, schema};
use crate::domain::edit::EditContext;
use crate::domain::query::{IncomingReceipt, IncomingSample, OnKnown};
use crate::domain::text::uncovered_entity;
use crate::domain::{
    Actor, Annotation, AnnotationBody, DatasetId, LabelId, Media, Sample, SampleId, SampleRecord, SampleState,
    Timestamp,
};
use rusqlite::{Connection, params};

/// While it lives, what is written reaches the catalog's file seldom: see [`Catalog::bulk`].
#[must_use]
pub struct Bulk<'a>(&'a Catalog);

impl Drop for Bulk<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.set_checkpoint_pages(schema::CHECKPOINT_PAGES) {
            tracing::warn!("the catalog's log stays long: {error}");
        }
    }
}

impl Catalog {
    /// Prepares for many large batches: their pages are collected in the log (200 MB at most) before they go to the
    /// catalog's file. What has returned is on the disk as ever.
    ///
    /// # Errors
    /// If the catalog cannot be used.
    pub fn bulk(&self) -> Result<Bulk<'_>> {
        self.set_checkpoint_pages(schema::CHECKPOINT_PAGES_BULK)?;
        Ok(Bulk(self))
    }

    fn set_checkpoint_pages(&self, pages: i64) -> Result<()> {
        Ok(super::lock(&self.writer).pragma_update(None, "wal_autocheckpoint", pages)?)
    }

    /// Writes a batch of samples in one transaction; callers batch. A batch of some thousands is good.
    ///
    /// What changes known samples, be it only their text, is in the journal, but is no undo step: an undo of what was
    /// done to them before is refused. A text that the sample's entities would not fit does not come in.
    ///
    /// # Errors
    /// `dataset-unknown`, `label-unknown` for an annotation whose label is not the dataset's, or if the catalog cannot
    /// be written. Nothing of the batch is written then.
    pub fn receive_samples(
        &self,
        dataset: DatasetId,
        samples: &[IncomingSample],
        on_known: OnKnown,
    ) -> Result<IncomingReceipt> {
        let now = samples.iter().map(|incoming| incoming.sample.added).max().unwrap_or_default();
        let context = EditContext { actor: Actor(String::new()), now };
        let code = match on_known {
            OnKnown::KeepAnnotations | OnKnown::FillUntouched => "sync",
            OnKnown::FillUnlabeled | OnKnown::Overwrite => "import",
        };
        let mut entry = Entry::new(EntryKind::Import, code, "", &context);
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let changes = Changes::begin(transaction, dataset)?;
            let mut reception = Reception {
                connection: transaction,
                dataset,
                changes,
                on_known,
                entry: &mut entry,
                receipt: IncomingReceipt::default(),
            };
            for incoming in samples {
                reception.receive(incoming)?;
            }
            let Reception { changes, receipt, .. } = reception;
            entry.store_images(transaction, dataset, &changes.finish()?)?;
            Ok(receipt)
        })
    }

    /// Gives a sample the identity and location of another one: the same content, found elsewhere. The row keeps its
    /// state, annotations and time of adding.
    ///
    /// # Errors
    /// `sample-unknown`; `sample-taken` if the new identity is another sample's; or if the catalog cannot be written.
    pub fn rename_sample(&self, dataset: DatasetId, old: SampleId, new: &Sample) -> Result<()> {
        self.rename_samples(dataset, &[(old, new)])
    }

    /// As [`Catalog::rename_sample`], for many in one transaction.
    ///
    /// # Errors
    /// As there; nothing is renamed then.
    pub fn rename_samples(&self, dataset: DatasetId, renamed: &[(SampleId, &Sample)]) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            renamed.iter().try_for_each(|(old, new)| rename(transaction, dataset, *old, new))
        })
    }

    /// Writes what is known of a sample's bytes, as given.
    ///
    /// # Errors
    /// `sample-unknown`, or if the catalog cannot be written.
    pub fn set_media(&self, dataset: DatasetId, sample: SampleId, media: &Media) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            write_media(transaction, known_sample(transaction, dataset, sample)?, media)
        })
    }

    /// As [`Catalog::set_media`], for many samples in one transaction. Samples that are gone meanwhile are passed over.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn set_media_of(&self, dataset: DatasetId, media: &[(SampleId, Media)]) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            for (sample, media) in media {
                if let Some(number) = sample_number(transaction, dataset, *sample)? {
                    write_media(transaction, number, media)?;
                }
            }
            Ok(())
        })
    }
}

pub(super) fn known_sample(connection: &Connection, dataset: i64, id: SampleId) -> Result<i64> {
    sample_number(connection, dataset, id)?.ok_or_else(|| CatalogError::SampleUnknown(id.to_string()))
}

fn rename(connection: &Connection, dataset: i64, old: SampleId, new: &Sample) -> Result<()> {
    let number = known_sample(connection, dataset, old)?;
    if sample_number(connection, dataset, new.id)?.is_some_and(|other| other != number) {
        return Err(CatalogError::SampleTaken(new.name.clone()));
    }
    let mut statement = connection.prepare_cached(
        "UPDATE sample SET id = ?2, source = ?3, source_hash = ?4, name = ?5,
             manifest_id = coalesce(?6, manifest_id), extra = coalesce(?7, extra)
         WHERE number = ?1",
    )?;
    statement.execute(params![
        number,
        super::codes::blob(&new.id.0),
        new.source,
        source_hash(&new.source),
        new.name,
        new.manifest_id,
        map_to_json(&new.extra)?
    ])?;
    order_changed(connection, dataset)?;
    let media = merged_media(&read_media(connection, number)?, &new.media);
    write_media(connection, number, &media)
}

struct Reception<'a, 'entry, 'context> {
    connection: &'a Connection,
    dataset: i64,
    changes: Changes<'a>,
    on_known: OnKnown,
    entry: &'entry mut Entry<'context>,
    receipt: IncomingReceipt,
}

impl Reception<'_, '_, '_> {
    fn receive(&mut self, incoming: &IncomingSample) -> Result<()> {
        let Some(number) = sample_number(self.connection, self.dataset, incoming.sample.id)? else {
            self.changes.insert(&incoming.sample, incoming.text.as_deref(), &replaced(None, incoming))?;
            self.receipt.added += 1;
            return Ok(());
        };
        let Some(stored) = read_stored(self.connection, number)? else { return Ok(()) };
        if stored.record.deleted && self.on_known != OnKnown::Overwrite {
            self.receipt.deleted += 1;
            return Ok(());
        }
        let known_media = read_media(self.connection, number)?;
        let media = if self.on_known == OnKnown::Overwrite {
            incoming.sample.media.clone()
        } else {
            merged_media(&known_media, &incoming.sample.media)
        };
        let after = match self.on_known {
            OnKnown::KeepAnnotations => None,
            OnKnown::Overwrite => Some(replaced(Some(&stored.record), incoming)),
            OnKnown::FillUnlabeled | OnKnown::FillUntouched => self.filled(&stored, incoming),
        };
        let after = after.filter(|after| *after != stored.record);
        let known_text = match &incoming.text {
            Some(_) => read_text(self.connection, number)?,
            None => None,
        };
        let text = incoming.text.as_ref().filter(|text| known_text.as_ref() != Some(text));
        let staying = after.as_ref().unwrap_or(&stored.record);
        if text.is_some_and(|text| uncovered_entity(text, &staying.annotations).is_some()) {
            let is_entity = |annotation: &&Annotation| matches!(annotation.body, AnnotationBody::Entity { .. });
            let entities = staying.annotations.iter().filter(is_entity).count() as u64;
            self.receipt.unfit.push((incoming.sample.id, entities));
            return Ok(());
        }
        // What was decided about another text must not be brought back to this one.
        let is_rewritten = text.is_some() && known_text.is_some();
        let after = after.or_else(|| is_rewritten.then(|| stored.record.clone()));
        if after.is_none() && media == known_media && text.is_none() {
            self.receipt.unchanged += 1;
            return Ok(());
        }
        self.receipt.updated += 1;
        if let Some(text) = text {
            write_text(self.connection, self.dataset, number, text)?;
        }
        if media != known_media {
            write_media(self.connection, number, &media)?;
        }
        if let Some(after) = after {
            // What a format says beyond us belongs to the annotations that come with it.
            let fills = matches!(self.on_known, OnKnown::FillUnlabeled | OnKnown::FillUntouched);
            if fills && !incoming.sample.extra.is_empty() {
                let mut statement = self
                    .connection
                    .prepare_cached("UPDATE sample SET extra = ?2 WHERE number = ?1 AND extra IS NULL")?;
                statement.execute(params![number, map_to_json(&incoming.sample.extra)?])?;
            }
            let revision = self.entry.number(self.connection, self.dataset)?;
            self.changes.write(stored, &after, revision)?;
        }
        Ok(())
    }

    /// What an import makes of a known sample: what a person decided stays, and a difference is noted.
    fn filled(&mut self, stored: &Stored, incoming: &IncomingSample) -> Option<SampleRecord> {
        let known = &stored.record;
        let is_touched = self.on_known == OnKnown::FillUntouched && stored.revision != 0;
        let usage = known.usage.or(incoming.usage);
        let is_open = !is_touched && known.state != SampleState::Labeled && known.primary().next().is_none();
        let says_something = incoming.state == SampleState::Labeled || !incoming.annotations.is_empty();
        if is_open && says_something {
            return Some(SampleRecord { usage, ..replaced(Some(known), incoming) });
        }
        if says_something && summary(&known.annotations) != summary(&incoming.annotations) {
            self.receipt.kept.push(incoming.sample.name.clone());
        }
        (usage != known.usage).then(|| SampleRecord { usage, ..known.clone() })
    }
}

/// What published annotations say, in an order of their own; not who said it when.
fn summary(annotations: &[Annotation]) -> Vec<(Option<LabelId>, String)> {
    let primary = annotations.iter().filter(|annotation| layer_code(&annotation.set).0 == PRIMARY);
    let mut said: Vec<_> = primary
        .map(|annotation| match &annotation.body {
            AnnotationBody::Class => (annotation.label, String::new()),
            other => (annotation.label, format!("{other:?}")),
        })
        .collect();
    said.sort_unstable();
    said
}

/// What is known after a look at the same location: changed bytes make old measurements worthless, equal ones keep what
/// the newer look did not measure.
fn merged_media(known: &Media, seen: &Media) -> Media {
    let is_same = match (&known.hash, &seen.hash) {
        (Some(known_hash), Some(seen_hash)) => known_hash == seen_hash,
        _ => known.size_bytes == seen.size_bytes && (seen.modified.is_none() || known.modified == seen.modified),
    };
    if known.size_bytes.is_some() && seen.size_bytes.is_some() && !is_same {
        return seen.clone();
    }
    Media {
        size_bytes: seen.size_bytes.or(known.size_bytes),
        modified: seen.modified.or(known.modified),
        hash: seen.hash.clone().or_else(|| known.hash.clone()),
        width_px: seen.width_px.or(known.width_px),
        height_px: seen.height_px.or(known.height_px),
        orientation: seen.orientation.or(known.orientation),
        missing: seen.missing,
    }
}

fn read_media(connection: &Connection, number: i64) -> Result<Media> {
    let mut statement = connection.prepare_cached(
        "SELECT size_bytes, modified, hash, width_px, height_px, orientation, missing FROM sample WHERE number = ?1",
    )?;
    Ok(statement.query_row([number], |row| {
        Ok(Media {
            size_bytes: row.get::<_, Option<i64>>(0)?.map(unsigned),
            modified: row.get::<_, Option<i64>>(1)?.map(Timestamp),
            hash: row.get(2)?,
            width_px: row.get(3)?,
            height_px: row.get(4)?,
            orientation: row.get(5)?,
            missing: row.get(6)?,
        })
    })?)
}
