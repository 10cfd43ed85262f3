//! Edits: checked and applied in transactions, with what was there before in the journal.

use super::changes::Changes;
use super::datasets::dataset_number;
use super::journal::{Entry, EntryKind, Surroundings};
use super::labels::{change_labels, label_state, live_labels};
use super::rows::{Stored, read_stored, sample_number};
use super::{Catalog, CatalogError, Result};
use crate::domain::edit::{EditContext, Reach};
use crate::domain::query::EditReceipt;
use crate::domain::{DatasetId, Edit, Label, LabelId, SampleId, SampleRecord};
use rusqlite::{Connection, params};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// A pause between two batches, so that others who wait to write get their turn.
pub(super) const BETWEEN_BATCHES: Duration = Duration::from_millis(2);

/// How many carriers of a label are looked up at a time.
const CARRIERS: i64 = 4_096;

/// Edits that undo as one; each is on the disk once [`Edits::apply`] has returned. They name each sample once.
pub struct Edits<'a> {
    catalog: &'a Catalog,
    dataset: DatasetId,
    context: &'a EditContext,
    entry: Entry<'a>,
}

impl Edits<'_> {
    /// Applies the next one.
    ///
    /// # Errors
    /// As [`Catalog::edit`].
    pub fn apply(&mut self, edit: &Edit) -> Result<()> {
        self.catalog.edit_into(self.dataset, edit, &mut self.entry, self.context)
    }

    /// What they did together.
    #[must_use]
    pub fn finish(self) -> EditReceipt {
        self.entry.into_receipt()
    }
}

impl Catalog {
    /// Applies an edit. When it returns, the edit is on the disk. Large edits commit in batches of at most 100 ms, and
    /// still undo as one; if the program is killed between two, the part that was committed undoes.
    ///
    /// An edit that changes nothing leaves no entry; its receipt says `changed: 0`.
    ///
    /// # Errors
    /// `dataset-unknown`, `sample-unknown`, `label-unknown`, `label-name-taken`, or if the catalog cannot be written.
    pub fn edit(&self, dataset: DatasetId, edit: &Edit, context: &EditContext, client: &str) -> Result<EditReceipt> {
        self.journaled(dataset, edit, context, client, false)
    }

    /// Like [`Catalog::edit`], and undone together with this client's edit before, if that one changed the same one
    /// sample and nobody has changed it in between: a shape that is nudged by ten keys goes back by one.
    ///
    /// # Errors
    /// As [`Catalog::edit`].
    pub fn continue_edit(
        &self,
        dataset: DatasetId,
        edit: &Edit,
        context: &EditContext,
        client: &str,
    ) -> Result<EditReceipt> {
        self.journaled(dataset, edit, context, client, true)
    }

    fn journaled(
        &self,
        dataset: DatasetId,
        edit: &Edit,
        context: &EditContext,
        client: &str,
        continues: bool,
    ) -> Result<EditReceipt> {
        let mut entry = Entry::new(EntryKind::Edit, edit.code(), client, context);
        entry.continues = continues;
        self.edit_into(dataset, edit, &mut entry, context)?;
        Ok(entry.into_receipt())
    }

    /// Begins a step of undo that several edits make together.
    pub fn begin_edits<'a>(
        &'a self,
        dataset: DatasetId,
        code: &'a str,
        context: &'a EditContext,
        client: &'a str,
    ) -> Edits<'a> {
        Edits { catalog: self, dataset, context, entry: Entry::new(EntryKind::Edit, code, client, context) }
    }

    fn edit_into(&self, dataset: DatasetId, edit: &Edit, entry: &mut Entry<'_>, context: &EditContext) -> Result<()> {
        match edit.reach() {
            Reach::Samples(ids) => self.edit_samples(dataset, edit, &ids, entry, context),
            Reach::CarriersOf(label) => self.edit_carriers(dataset, edit, label, entry, context),
            Reach::None => self.write(|transaction| {
                let number = dataset_number(transaction, dataset)?;
                check(transaction, number, edit)?;
                edit_labels(transaction, number, edit, entry)
            }),
        }
    }

    fn edit_samples(
        &self,
        dataset: DatasetId,
        edit: &Edit,
        ids: &[SampleId],
        entry: &mut Entry<'_>,
        context: &EditContext,
    ) -> Result<()> {
        let numbers = self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            check(transaction, dataset, edit)?;
            let mut seen = HashSet::with_capacity(ids.len());
            let mut numbers = Vec::with_capacity(ids.len());
            for &id in ids {
                if seen.insert(id) {
                    let number = sample_number(transaction, dataset, id)?;
                    numbers.push((number.ok_or_else(|| CatalogError::SampleUnknown(id.to_string()))?, id));
                }
            }
            // In the order of the table, a batch touches few of its pages.
            numbers.sort_unstable();
            Ok(numbers)
        })?;
        let mut rest = numbers.as_slice();
        while !rest.is_empty() {
            let taken = self.write(|transaction| {
                let dataset = dataset_number(transaction, dataset)?;
                check(transaction, dataset, edit)?;
                let started = Instant::now();
                let mut changes = Changes::begin(transaction, dataset)?;
                let mut taken = 0;
                for &(number, id) in rest {
                    taken += 1;
                    let stored = read_stored(transaction, number)?;
                    let stored = stored.ok_or_else(|| CatalogError::SampleUnknown(id.to_string()))?;
                    if let Some(after) = edit.apply(&stored.record, context) {
                        changes.write(stored, &after, entry.number(transaction, dataset)?)?;
                    }
                    if started.elapsed() > self.batch {
                        break;
                    }
                }
                entry.store_images(transaction, dataset, &changes.finish()?)?;
                if entry.continues && numbers.len() == 1 {
                    entry.absorb_previous(transaction, dataset)?;
                }
                Ok(taken)
            })?;
            rest = &rest[taken..];
            if !rest.is_empty() {
                std::thread::sleep(BETWEEN_BATCHES);
            }
        }
        Ok(())
    }

    /// Edits all that carry a label, then the label itself: it goes in the transaction in which nothing carries it.
    fn edit_carriers(
        &self,
        dataset: DatasetId,
        edit: &Edit,
        label: LabelId,
        entry: &mut Entry<'_>,
        context: &EditContext,
    ) -> Result<()> {
        if matches!(edit, Edit::MergeLabel { from, into } if from == into) {
            return Ok(());
        }
        loop {
            let is_done = self.write(|transaction| {
                let dataset = dataset_number(transaction, dataset)?;
                check(transaction, dataset, edit)?;
                let started = Instant::now();
                let mut changes = Changes::begin(transaction, dataset)?;
                let label_number = changes.labels.known(label)?;
                let is_done = loop {
                    let carriers = carriers(transaction, label_number)?;
                    if carriers.is_empty() {
                        break true;
                    }
                    for number in carriers {
                        let Some(stored) = read_stored(transaction, number)? else { continue };
                        let after = without_label(edit, label, &stored, context);
                        changes.write(stored, &after, entry.number(transaction, dataset)?)?;
                        if started.elapsed() > self.batch {
                            break;
                        }
                    }
                    if started.elapsed() > self.batch {
                        break false;
                    }
                };
                entry.store_images(transaction, dataset, &changes.finish()?)?;
                if is_done {
                    edit_labels(transaction, dataset, edit, entry)?;
                }
                Ok(is_done)
            })?;
            if is_done {
                return Ok(());
            }
            std::thread::sleep(BETWEEN_BATCHES);
        }
    }
}

/// Up to [`CARRIERS`] samples with the label in any layer, deleted ones included.
pub(super) fn carriers(connection: &Connection, label: i64) -> Result<Vec<i64>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT sample FROM annotation WHERE label = ?1 LIMIT ?2")?;
    let numbers = statement.query_map(params![label, CARRIERS], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(numbers)
}

/// The record after a label went. A tombstone is no exception, or its restoring would bring a label that is gone.
fn without_label(edit: &Edit, label: LabelId, stored: &Stored, context: &EditContext) -> SampleRecord {
    let before = &stored.record;
    let alive = SampleRecord { deleted: false, ..before.clone() };
    let mut after = edit.apply(&alive, context).unwrap_or(alive);
    after.deleted |= before.deleted;
    after.annotations.retain(|annotation| annotation.label != Some(label));
    after
}

fn edit_labels(connection: &Connection, dataset: i64, edit: &Edit, entry: &mut Entry<'_>) -> Result<()> {
    let before = live_labels(connection, dataset)?;
    let placed;
    let edit = if let Edit::AddLabel { label } = edit {
        placed = Edit::AddLabel { label: placed_last(label, &before) };
        &placed
    } else {
        edit
    };
    let Some(after) = edit.apply_to_labels(&before) else { return Ok(()) };
    let revision = entry.number(connection, dataset)?;
    let labels = change_labels(connection, dataset, &before, &after, revision)?;
    entry.store_surroundings(connection, dataset, Surroundings { labels, current_version: None })
}

/// A new label comes last, and does not take another one's key.
fn placed_last(label: &Label, others: &[Label]) -> Label {
    let position = others.iter().map(|other| other.position + 1).max().unwrap_or(0);
    let key = label.key.filter(|key| others.iter().all(|other| other.key != Some(*key)));
    Label { position, key, ..label.clone() }
}

/// Checks that the labels an edit names exist and that new names are free.
fn check(connection: &Connection, dataset: i64, edit: &Edit) -> Result<()> {
    let known = |label: LabelId| match label_state(connection, dataset, label)? {
        (Some(_), _) => Ok(()),
        (None, _) => Err(CatalogError::LabelUnknown(label.to_string())),
    };
    let free = |name: &str, label: LabelId| {
        let mut statement = connection
            .prepare_cached("SELECT 1 FROM label WHERE dataset = ?1 AND name = ?2 AND deleted = 0 AND id != ?3")?;
        if statement.exists(params![dataset, name, super::codes::blob(&label.0)])? {
            return Err(CatalogError::LabelNameTaken(name.to_owned()));
        }
        Ok(())
    };
    match edit {
        Edit::Assign { labels, how, .. } => {
            if *how == crate::domain::Assign::Remove {
                Ok(())
            } else {
                labels.iter().try_for_each(|&label| known(label))
            }
        }
        Edit::ReplaceLabel { to, .. } => known(*to),
        Edit::SetHard { label, .. } => label.map_or(Ok(()), known),
        Edit::SetProperty { label, .. }
        | Edit::RecolorLabel { label, .. }
        | Edit::SetLabelKey { label, .. }
        | Edit::DeleteLabel { label, .. } => known(*label),
        Edit::MergeLabel { from, into } => known(*from).and_then(|()| known(*into)),
        Edit::RenameLabel { label, name } | Edit::ModifyLabel { label, name, .. } => {
            known(*label).and_then(|()| free(name.as_str(), *label))
        }
        Edit::Annotate { put, .. } => put.iter().filter_map(|annotation| annotation.label).try_for_each(known),
        Edit::AnnotateMany { put } | Edit::Suggest { put, .. } => {
            let annotations = put.iter().flat_map(|(_, annotations)| annotations);
            let labels: HashSet<LabelId> = annotations.filter_map(|annotation| annotation.label).collect();
            labels.into_iter().try_for_each(known)
        }
        Edit::AddLabel { label } => match label_state(connection, dataset, label.id)? {
            (Some(_), _) => Err(CatalogError::LabelNameTaken(label.name.to_string())),
            (None, _) => free(label.name.as_str(), label.id),
        },
        Edit::Confirm { .. }
        | Edit::SetUsage { .. }
        | Edit::Accept { .. }
        | Edit::Refuse { .. }
        | Edit::ClearLabels { .. }
        | Edit::SettleReview { .. }
        | Edit::Delete { .. }
        | Edit::Restore { .. } => Ok(()),
    }
}
