//! What the person asks for becomes edits: shown at once, written in order.

use super::LabelingPage;
use super::dialogs::{DeleteImages, ShortcutsOverlay};
use super::filter::Tab;
use super::keys::Action;
use super::rows::Rows;
use super::selection::{Extend, GridShape, IndexSet};
use crate::domain::edit::EditContext;
use crate::domain::query::{EditReceipt, SampleRow};
use crate::domain::{Assign, Cancel, Edit, LabelId, SampleId, SampleState};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::workbench::{Error, View, Workbench};

/// How a decision is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A key sets the one label, confirms and goes on.
    #[default]
    OneLabel,
    /// Keys put labels on and take them off; Enter confirms and goes on.
    SeveralLabels,
}

/// Edits up to this size name their samples in the frame; larger ones look them up on the writer's thread.
pub const NAMED_IN_FRAME: usize = 4_096;
/// Rows looked through at once for the next undecided sample.
const SCAN_ROWS: usize = 2_000;

/// A search for the next undecided sample beyond what has been read.
pub struct Scan {
    pub cursor: Option<usize>,
    pub promise: Promise<Option<usize>>,
    pub cancel: Cancel,
}

/// The same edit for other samples.
fn with_samples(edit: &Edit, ids: Vec<SampleId>) -> Edit {
    let mut edit = edit.clone();
    match &mut edit {
        Edit::Assign { samples, .. }
        | Edit::ReplaceLabel { samples, .. }
        | Edit::Confirm { samples }
        | Edit::SetUsage { samples, .. }
        | Edit::SetHard { samples, .. }
        | Edit::SetProperty { samples, .. }
        | Edit::Accept { samples, .. }
        | Edit::Refuse { samples, .. }
        | Edit::ClearLabels { samples }
        | Edit::SettleReview { samples, .. }
        | Edit::Delete { samples }
        | Edit::Restore { samples } => *samples = ids,
        Edit::Annotate { .. }
        | Edit::AnnotateMany { .. }
        | Edit::Suggest { .. }
        | Edit::AddLabel { .. }
        | Edit::RenameLabel { .. }
        | Edit::MergeLabel { .. }
        | Edit::RecolorLabel { .. }
        | Edit::SetLabelKey { .. }
        | Edit::ModifyLabel { .. }
        | Edit::DeleteLabel { .. } => {}
    }
    edit
}

/// The ids of these positions.
pub fn ids_of(workbench: &Workbench, view: &View, targets: &IndexSet) -> Result<Vec<SampleId>, Error> {
    let mut ids = Vec::with_capacity(targets.len());
    for range in targets.ranges() {
        ids.extend(workbench.sample_ids(view, range.clone())?);
    }
    Ok(ids)
}

/// Whether a sample still waits for a decision.
#[must_use]
pub fn is_undecided(row: &SampleRow) -> bool {
    row.state != SampleState::Labeled && !row.deleted
}

/// The next undecided row among those that have been read: found, not there, or unknown from a position on.
enum Next {
    Found(usize),
    Unknown(usize),
    Nowhere,
}

fn next_read(rows: &Rows, range: std::ops::Range<usize>) -> Next {
    for index in range {
        match rows.row(index) {
            Some(row) if is_undecided(row) => return Next::Found(index),
            Some(_) => {}
            None if rows.is_read(index) => {}
            None => return Next::Unknown(index),
        }
    }
    Next::Nowhere
}

fn scan(workbench: &Workbench, view: &View, start: usize, cancel: &Cancel) -> Result<Option<usize>, Error> {
    let length = view.len();
    // From where the person is to the end, then from the beginning.
    for range in [start..length, 0..start] {
        let mut at = range.start;
        while at < range.end {
            if cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let end = (at + SCAN_ROWS).min(range.end);
            let rows = workbench.rows(view, at..end)?;
            if let Some(place) = rows.iter().position(is_undecided) {
                return Ok(Some(at + place));
            }
            at = end;
        }
    }
    Ok(None)
}

impl LabelingPage {
    /// Carries out what a key or a button asks for.
    pub(super) fn act(&mut self, action: Action, context: &Context<'_>) {
        match action {
            Action::Label(key) => match self.labels.of_key(key).map(|label| label.id) {
                Some(label) => self.choose_label(label, context),
                None => {
                    let key = key.to_ascii_uppercase().to_string();
                    context.notify(Notification::info(context.tr_with("labeling-no-such-key", &[("key", key.into())])));
                }
            },
            Action::Enter if self.mode == Mode::OneLabel && !self.waits_for_confirmation() => self.toggle_preview(),
            Action::Enter | Action::Confirm => self.confirm(context),
            Action::Refuse => self.refuse_targets(context),
            Action::RefuseLabel(key) => {
                // Over a picture these keys fit it and show its own size.
                if self.texts.is_some()
                    && let Some(label) = self.labels.of_key(key).map(|label| label.id)
                {
                    self.answer_label(label, false, context);
                }
            }
            Action::AcceptSure => self.accept_sure(context),
            Action::ToggleHard => self.toggle_hard(context),
            Action::ClearLabels => {
                self.submit(Edit::ClearLabels { samples: Vec::new() }, self.selection.targets(), context);
            }
            Action::SetUsage(usage) => {
                self.submit(Edit::SetUsage { samples: Vec::new(), usage }, self.selection.targets(), context);
            }
            Action::TypeLabel => self.label_field.take_focus(),
            Action::Filter => self.focus_filter = true,
            Action::Preview => self.toggle_preview(),
            Action::ToggleSelection => {
                if let Some(cursor) = self.selection.cursor() {
                    self.selection.hit(cursor, Extend::Toggle);
                }
            }
            Action::SelectAll => self.selection.select_range(0..self.rows.len()),
            Action::SelectPage => self.selection.select_range(self.visible.clone()),
            Action::Move(step, extend) => {
                let extend = if self.preview.is_some() { Extend::Replace } else { extend };
                let shape = self.grid.layout().map_or_else(GridShape::default, |layout| GridShape {
                    count: self.rows.len(),
                    columns: if self.preview.is_some() { 1 } else { layout.columns },
                    rows_a_page: if self.preview.is_some() { 10 } else { layout.rows_a_page() },
                    first_visible: self.visible.start,
                });
                self.selection.step(step, shape, extend);
                self.reveal_cursor();
            }
            Action::NextUndecided => {
                let from = self.selection.cursor().unwrap_or(0);
                self.advance(from, context);
            }
            Action::Delete => self.ask_to_delete(context),
            Action::Escape => {
                if self.preview.is_some() {
                    self.preview = None;
                } else {
                    self.selection.clear();
                }
            }
            Action::SwitchMode => {
                self.mode = match self.mode {
                    Mode::OneLabel => Mode::SeveralLabels,
                    Mode::SeveralLabels => Mode::OneLabel,
                };
            }
            Action::NextTab => self.filter.tab = self.filter.tab.turned(1),
            Action::PreviousTab => self.filter.tab = self.filter.tab.turned(-1),
            Action::Refresh => self.refresh(),
            Action::AddImages => self.add_samples(Vec::new(), context),
            Action::Larger => self.resize(context, 1.25),
            Action::Smaller => self.resize(context, 0.8),
            Action::Help => context.show(ShortcutsOverlay::new(self.texts.is_some())),
        }
    }

    /// A label was chosen, by key, click or typing.
    pub(super) fn choose_label(&mut self, label: LabelId, context: &Context<'_>) {
        let targets = self.selection.targets();
        if targets.is_empty() || self.filter.tab == Tab::Trash {
            return;
        }
        let last = targets.last().unwrap_or(0);
        match self.mode {
            Mode::OneLabel => {
                let edit = Edit::Assign { samples: Vec::new(), labels: vec![label], how: Assign::Replace };
                self.submit(edit, targets, context);
                self.advance(last, context);
            }
            Mode::SeveralLabels => {
                // What a model suggests is taken; its other suggestions wait on.
                if self.answer_label(label, true, context) {
                    return;
                }
                let carried_by_all = self.carried_by_all(label, &targets, context);
                let how = if carried_by_all { Assign::Remove } else { Assign::Add };
                self.submit(Edit::Assign { samples: Vec::new(), labels: vec![label], how }, targets, context);
            }
        }
    }

    fn carried_by_all(&mut self, label: LabelId, targets: &IndexSet, context: &Context<'_>) -> bool {
        let revision = self.selection.revision();
        let census = self.census.get(context.backend, &self.rows, targets, revision);
        census.is_some_and(|census| census.samples > 0 && census.carriers(label) == census.samples)
    }

    /// A label was typed that is not there yet: it is made and put on the targets. With nothing selected it is only
    /// made.
    pub(super) fn choose_new_label(&mut self, name: &str, context: &Context<'_>) {
        let targets = self.selection.targets();
        let (dataset, name) = (self.dataset, name.trim().to_owned());
        let Some(view) = self.rows.view().cloned().filter(|_| !targets.is_empty()) else {
            self.writes
                .push(context.backend.write(move |workbench| workbench.ensure_label(dataset, &name).map(|_| ())));
            return;
        };
        let last = targets.last().unwrap_or(0);
        let how = if self.mode == Mode::OneLabel { Assign::Replace } else { Assign::Add };
        self.writes.push(context.backend.write(move |workbench| {
            let samples = ids_of(workbench, &view, &targets)?;
            let label = workbench.ensure_label(dataset, &name)?;
            workbench.edit(dataset, &Edit::Assign { samples, labels: vec![label.id], how }).map(|_| ())
        }));
        if self.mode == Mode::OneLabel {
            self.advance(last, context);
        }
    }

    /// What is there is right: confirmed, suggestions taken over; then on to the next.
    fn confirm(&mut self, context: &Context<'_>) {
        let targets = self.selection.targets();
        let Some(last) = targets.last() else { return };
        let plain = self.accept_targets(targets, context);
        self.submit(Edit::Confirm { samples: Vec::new() }, plain, context);
        self.advance(last, context);
    }

    fn waits_for_confirmation(&self) -> bool {
        let cursor = self.selection.cursor().and_then(|cursor| self.rows.row(cursor));
        cursor.is_some_and(|row| row.state == SampleState::ToConfirm)
    }

    pub(super) fn toggle_hard(&mut self, context: &Context<'_>) {
        let targets = self.selection.targets();
        let revision = self.selection.revision();
        let census = self.census.get(context.backend, &self.rows, &targets, revision);
        let Some((annotated, hard)) = census.map(|census| (census.annotated, census.hard)) else { return };
        if annotated == 0 {
            context.notify(Notification::info(context.tr("labeling-hard-needs-label")));
            return;
        }
        let edit = Edit::SetHard { samples: Vec::new(), label: None, hard: hard < annotated };
        self.submit(edit, targets, context);
    }

    /// Shows an edit of these positions and writes it. `edit` names no samples.
    pub(super) fn submit(&mut self, edit: Edit, targets: IndexSet, context: &Context<'_>) {
        let Some(view) = self.rows.view().cloned() else { return };
        if targets.is_empty() {
            return;
        }
        let named: Option<Vec<SampleId>> = (targets.len() <= NAMED_IN_FRAME)
            .then(|| targets.iter().map(|index| self.rows.row(index).map(|row| row.sample.id)).collect())
            .flatten();
        let dataset = self.dataset;
        let promise: Promise<EditReceipt> = match named {
            Some(ids) => context.backend.submit(dataset, with_samples(&edit, ids)),
            None => {
                let (edit, targets) = (edit.clone(), targets.clone());
                context.backend.write(move |workbench| {
                    let ids = ids_of(workbench, &view, &targets)?;
                    workbench.edit(dataset, &with_samples(&edit, ids))
                })
            }
        };
        let edit_context = EditContext { actor: context.backend.workbench().actor(), now: context.now };
        self.rows.show(edit, targets, edit_context, promise);
    }

    /// Goes to the next sample that waits for a decision, after `from` and then from the beginning.
    pub(super) fn advance(&mut self, from: usize, context: &Context<'_>) {
        self.stop_scan();
        let length = self.rows.len();
        if matches!(self.filter.tab, Tab::Labeled | Tab::Trash) {
            self.go_to((from + 1).min(length.saturating_sub(1)));
            return;
        }
        let undecided_by_filter = matches!(self.filter.tab, Tab::Unlabeled | Tab::ToConfirm);
        for range in [(from + 1).min(length)..length, 0..from.min(length)] {
            match next_read(&self.rows, range) {
                Next::Found(index) => return self.go_to(index),
                // The view was made of undecided samples; what has not been read yet has not been decided here.
                Next::Unknown(index) if undecided_by_filter => return self.go_to(index),
                Next::Unknown(index) => return self.start_scan(index, context),
                Next::Nowhere => {}
            }
        }
        self.nothing_left(context);
    }

    fn nothing_left(&mut self, context: &Context<'_>) {
        context
            .notify(Notification::success(context.tr(self.word("labeling-all-decided", "labeling-all-decided-texts"))));
    }

    /// Looks no longer for the next sample; what was meant for it is forgotten.
    pub(super) fn stop_scan(&mut self) {
        if let Some(scan) = self.scan.take() {
            scan.cancel.cancel();
            self.waiting.clear();
        }
    }

    fn start_scan(&mut self, from: usize, context: &Context<'_>) {
        let Some(view) = self.rows.view().cloned() else { return };
        let cancel = Cancel::default();
        let for_thread = cancel.clone();
        let promise = context.backend.spawn(move |workbench| scan(workbench, &view, from, &for_thread));
        self.scan = Some(Scan { cursor: self.selection.cursor(), promise, cancel });
    }

    pub(super) fn go_to(&mut self, index: usize) {
        self.selection.only(index);
        self.reveal_cursor();
    }

    pub(super) fn reveal_cursor(&mut self) {
        if let Some(cursor) = self.selection.cursor() {
            self.grid.reveal(cursor);
        }
    }

    /// Takes in what threads have finished.
    pub(super) fn settle(&mut self, context: &Context<'_>) {
        // The frame tells why an edit failed; the rows are read again.
        self.rows.settle();
        self.writes.retain(|promise| promise.take().is_none());
        if let Some(scan) = self.scan.take() {
            match scan.promise.take() {
                None => self.scan = Some(scan),
                Some(Ok(Some(index))) if scan.cursor == self.selection.cursor() => self.go_to(index),
                Some(Ok(None)) => self.nothing_left(context),
                Some(_) => {}
            }
        }
        let mut done = Vec::new();
        self.undos.retain(|(redo, promise)| match promise.take() {
            None => true,
            Some(outcome) => {
                done.push((*redo, outcome));
                false
            }
        });
        for (redo, outcome) in done {
            match outcome {
                Ok(Some(receipt)) => self.tell_undone(redo, &receipt, context),
                Ok(None) => {
                    let id = if redo { "labeling-nothing-to-redo" } else { "labeling-nothing-to-undo" };
                    context.notify(Notification::info(context.tr(id)));
                }
                Err(_) => {}
            }
        }
    }

    fn tell_undone(&mut self, redo: bool, receipt: &EditReceipt, context: &Context<'_>) {
        let what = context.tr(&format!("edit-{}", receipt.code));
        let arguments = [("edit", what.into()), ("count", receipt.changed.into())];
        let text = if redo {
            context.tr_with(self.word("labeling-redone", "labeling-redone-texts"), &arguments)
        } else {
            context.tr_with(self.word("labeling-undone", "labeling-undone-texts"), &arguments)
        };
        context.notify(Notification::info(text));
        // What was taken back is shown, not only told.
        if let [sample] = receipt.samples.as_slice()
            && let Some(index) = self.rows.position_of(*sample)
        {
            self.go_to(index);
        }
    }

    pub(super) fn undo(&mut self, redo: bool, context: &Context<'_>) {
        let promise = if redo { context.backend.redo(self.dataset) } else { context.backend.undo(self.dataset) };
        self.undos.push((redo, promise));
    }

    pub(super) fn ask_to_delete(&mut self, context: &Context<'_>) {
        let targets = self.selection.targets();
        if let Some(view) = self.rows.view().cloned().filter(|_| !targets.is_empty() && self.filter.tab != Tab::Trash) {
            context.show(DeleteImages::new(self.dataset, view, targets, self.texts.is_some()));
        }
    }

    /// Restores the targets from the trash, with their files.
    pub(super) fn restore(&mut self, context: &Context<'_>) {
        let targets = self.selection.targets();
        let Some(view) = self.rows.view().cloned().filter(|_| !targets.is_empty()) else { return };
        let dataset = self.dataset;
        self.restores.push(context.backend.write(move |workbench| {
            let ids = ids_of(workbench, &view, &targets)?;
            workbench.restore_samples(dataset, &ids)
        }));
    }
}
