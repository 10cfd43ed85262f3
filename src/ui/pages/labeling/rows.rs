//! The rows of a view, read in pages in the background, with edits shown before they are on the disk.

use super::selection::IndexSet;
use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, SampleRow};
use crate::domain::{Edit, SampleId, SampleRecord};
use crate::ui::backend::{Backend, Promise};
use crate::workbench::{Result, View, Workbench};
use std::collections::HashMap;
use std::ops::Range;

/// Rows read at once.
pub const PAGE_ROWS: usize = 256;
/// Pages kept: some 16 000 rows.
const KEPT_PAGES: usize = 64;
/// Pages read at the same time.
const READING_PAGES: usize = 3;

struct Page {
    rows: Vec<Option<SampleRow>>,
    generation: u64,
    used: u64,
}

struct Reading {
    generation: u64,
    /// The clock when it was asked for: edits that ended later may be missing in it.
    asked_at: u64,
    promise: Promise<Vec<Option<SampleRow>>>,
}

struct ShownEdit {
    edit: Edit,
    targets: IndexSet,
    context: EditContext,
    promise: Option<Promise<EditReceipt>>,
    ended_at: Option<u64>,
}

/// The rows of one view.
#[derive(Default)]
pub struct Rows {
    view: Option<View>,
    length: usize,
    pages: HashMap<usize, Page>,
    reading: HashMap<usize, Reading>,
    edits: Vec<ShownEdit>,
    /// Rows are read without their annotations: for lists that show none, of samples that have very many.
    pub heads_only: bool,
    /// Grows with every use, edit and answer.
    clock: u64,
    revision: u64,
}

fn with_record(row: &mut SampleRow, record: SampleRecord) {
    row.state = record.state;
    row.usage = record.usage;
    row.deleted = record.deleted;
    row.annotations = record.annotations;
}

/// The part of a row that edits change.
#[must_use]
pub fn record_of(row: &SampleRow) -> SampleRecord {
    SampleRecord {
        id: row.sample.id,
        state: row.state,
        usage: row.usage,
        deleted: row.deleted,
        annotations: row.annotations.clone(),
    }
}

/// The rows at `range`, each at its place; `None` for a sample that is gone for good.
fn read(workbench: &Workbench, view: &View, range: Range<usize>, heads_only: bool) -> Result<Vec<Option<SampleRow>>> {
    let rows =
        if heads_only { workbench.row_heads(view, range.clone())? } else { workbench.rows(view, range.clone())? };
    if rows.len() == range.len() {
        return Ok(rows.into_iter().map(Some).collect());
    }
    let ids = workbench.sample_ids(view, range.clone())?;
    let mut by_id: HashMap<_, _> = rows.into_iter().map(|row| (row.sample.id, row)).collect();
    let mut placed: Vec<_> = ids.iter().map(|id| by_id.remove(id)).collect();
    placed.resize_with(range.len(), || None);
    Ok(placed)
}

impl Rows {
    /// Shows another view; edits of the old one go on being written.
    pub fn set_view(&mut self, view: View) {
        self.length = view.len();
        self.view = Some(view);
        self.pages.clear();
        self.reading.clear();
        for edit in &mut self.edits {
            // Positions of the old view say nothing of the new one; its rows are read after the edit or anew.
            edit.targets = IndexSet::default();
        }
        self.revision += 1;
    }

    /// The view shown.
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        self.view.as_ref()
    }

    /// How many rows the view has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Grows whenever a row may have changed.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The row at a position, if it has been read.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<&SampleRow> {
        self.pages.get(&(index / PAGE_ROWS))?.rows.get(index % PAGE_ROWS)?.as_ref()
    }

    /// Where a sample is, if it has been read.
    #[must_use]
    pub fn position_of(&self, sample: SampleId) -> Option<usize> {
        self.pages.iter().find_map(|(page, known)| {
            let is_it = |row: &Option<SampleRow>| row.as_ref().is_some_and(|row| row.sample.id == sample);
            known.rows.iter().position(is_it).map(|place| page * PAGE_ROWS + place)
        })
    }

    /// Whether the page of a position has been read.
    #[must_use]
    pub fn is_read(&self, index: usize) -> bool {
        self.pages.contains_key(&(index / PAGE_ROWS))
    }

    /// Takes in what has been read and written since the last frame.
    pub fn settle(&mut self) {
        self.settle_edits();
        let answered: Vec<usize> =
            self.reading.iter().filter(|(_, reading)| reading.promise.is_ready()).map(|(page, _)| *page).collect();
        for page in answered {
            let Some(reading) = self.reading.remove(&page) else { continue };
            // A page that cannot be read now is asked for again when the catalog has changed.
            let Some(Ok(mut rows)) = reading.promise.take() else {
                let (generation, used) = (reading.generation, self.clock);
                self.pages.entry(page).or_insert(Page { rows: Vec::new(), generation, used });
                continue;
            };
            for edit in &self.edits {
                if edit.ended_at.is_none_or(|ended| ended > reading.asked_at) {
                    apply(edit, page, &mut rows);
                }
            }
            self.clock += 1;
            self.pages.insert(page, Page { rows, generation: reading.generation, used: self.clock });
            self.revision += 1;
        }
        let oldest = self.reading.values().map(|reading| reading.asked_at).min().unwrap_or(u64::MAX);
        self.edits.retain(|edit| edit.ended_at.is_none_or(|ended| ended > oldest && oldest != u64::MAX));
    }

    fn settle_edits(&mut self) {
        let mut failed = false;
        for edit in &mut self.edits {
            let Some(outcome) = edit.promise.as_ref().and_then(Promise::take) else { continue };
            edit.promise = None;
            self.clock += 1;
            match outcome {
                Ok(_) => edit.ended_at = Some(self.clock),
                // The frame tells why; what was shown is taken back by reading the rows again.
                Err(_) => {
                    edit.ended_at = Some(0);
                    failed = true;
                }
            }
        }
        if failed {
            self.read_again();
        }
    }

    /// Marks every row as out of date: read again where it is seen, shown as it is until then.
    pub fn read_again(&mut self) {
        self.pages.values_mut().for_each(|page| page.generation = 0);
    }

    /// Asks for the rows at `range` and a page around it, where they are not there or out of date.
    pub fn want(&mut self, backend: &Backend, range: Range<usize>) {
        let Some(view) = self.view.clone() else { return };
        if self.length == 0 {
            return;
        }
        let (first, last) = (range.start / PAGE_ROWS, range.end.saturating_sub(1).max(range.start) / PAGE_ROWS);
        let last_page = (self.length - 1) / PAGE_ROWS;
        let generation = backend.generation();
        let around = [last + 1, first.wrapping_sub(1)];
        self.clock += 1;
        for (page, in_sight) in (first..=last).map(|page| (page, true)).chain(around.map(|page| (page, false))) {
            if page > last_page {
                continue;
            }
            if let Some(known) = self.pages.get_mut(&page) {
                known.used = self.clock;
                // Neighbours are brought up to date when they come into sight.
                if known.generation == generation || !in_sight {
                    continue;
                }
            }
            if self.reading.contains_key(&page) || self.reading.len() >= READING_PAGES {
                continue;
            }
            let rows = page * PAGE_ROWS..((page + 1) * PAGE_ROWS).min(self.length);
            let (view, heads_only) = (view.clone(), self.heads_only);
            let promise = backend.spawn(move |workbench| read(workbench, &view, rows, heads_only));
            self.reading.insert(page, Reading { generation, asked_at: self.clock, promise });
        }
        self.forget_unused();
    }

    fn forget_unused(&mut self) {
        if self.pages.len() <= KEPT_PAGES {
            return;
        }
        let mut used: Vec<u64> = self.pages.values().map(|page| page.used).collect();
        used.sort_unstable();
        let oldest_kept = used[used.len() - KEPT_PAGES];
        self.pages.retain(|_, page| page.used >= oldest_kept);
    }

    /// Shows an edit of these positions at once; `edit` names no samples, `promise` is its way to the disk.
    pub fn show(&mut self, edit: Edit, targets: IndexSet, context: EditContext, promise: Promise<EditReceipt>) {
        self.clock += 1;
        let shown = ShownEdit { edit, targets, context, promise: Some(promise), ended_at: None };
        for (page, known) in &mut self.pages {
            apply(&shown, *page, &mut known.rows);
        }
        self.edits.push(shown);
        self.revision += 1;
    }
}

fn apply(shown: &ShownEdit, page: usize, rows: &mut [Option<SampleRow>]) {
    let start = page * PAGE_ROWS;
    for (index, row) in rows.iter_mut().enumerate() {
        let Some(row) = row else { continue };
        if shown.targets.contains(start + index)
            && let Some(record) = shown.edit.apply(&record_of(row), &shown.context)
        {
            with_record(row, record);
        }
    }
}
