//! Edits, undo and redo.

use super::{Error, Result, Workbench};
use crate::domain::edit::EditContext;
use crate::domain::label::{Color, free_key};
use crate::domain::query::{EditReceipt, JournalEntry};
use crate::domain::shape_rule::refused_kind;
use crate::domain::{AnnotationSet, DatasetId, Edit, EntryId, Explanation, Label, LabelId, LabelName, SampleId};
use std::collections::{HashMap, HashSet};

impl Workbench {
    /// Applies an edit in one transaction, with its inverse in the journal. When it returns, the edit is on the disk.
    ///
    /// # Errors
    /// If what it names does not exist, a label name is taken, or the catalog cannot be written.
    pub fn edit(&self, dataset: DatasetId, edit: &Edit) -> Result<EditReceipt> {
        self.check_edit(dataset, edit)?;
        Ok(self.catalog().edit(dataset, edit, &self.edit_context(), &self.inner.client)?)
    }

    /// Takes back this client's latest edit of the dataset; `None` if there is none.
    ///
    /// # Errors
    /// If someone else has changed the same samples since; the error names that edit.
    pub fn undo(&self, dataset: DatasetId) -> Result<Option<EditReceipt>> {
        Ok(self.catalog().undo(dataset, &self.inner.client, &self.edit_context())?)
    }

    /// Takes back this entry, if it is still this client's latest of the dataset; else `None`.
    ///
    /// # Errors
    /// As [`Workbench::undo`].
    pub fn undo_entry(&self, dataset: DatasetId, entry: EntryId) -> Result<Option<EditReceipt>> {
        match self.undo_state(dataset)?.0 {
            Some(latest) if latest.id == entry => self.undo(dataset),
            _ => Ok(None),
        }
    }

    /// Does again what this client undid last; `None` if there is nothing.
    ///
    /// # Errors
    /// If someone else has changed the same samples since.
    pub fn redo(&self, dataset: DatasetId) -> Result<Option<EditReceipt>> {
        Ok(self.catalog().redo(dataset, &self.inner.client, &self.edit_context())?)
    }

    /// Takes back this client's latest edit that changed only this sample: undo on a canvas. An edit of many samples or of
    /// labels is taken back as a whole, if it is what the client did last or made this sample what it is. `None` if there
    /// is none.
    ///
    /// # Errors
    /// If the sample has been changed otherwise since; the error names that edit.
    pub fn undo_sample(&self, dataset: DatasetId, sample: SampleId) -> Result<Option<EditReceipt>> {
        Ok(self.catalog().undo_sample(dataset, sample, &self.inner.client, &self.edit_context())?)
    }

    /// Does again what this client undid last in this sample; `None` if there is nothing.
    ///
    /// # Errors
    /// If the sample has been changed otherwise since.
    pub fn redo_sample(&self, dataset: DatasetId, sample: SampleId) -> Result<Option<EditReceipt>> {
        Ok(self.catalog().redo_sample(dataset, sample, &self.inner.client, &self.edit_context())?)
    }

    /// Applies an edit of one set of annotations. Each set has a line of undo of its own: who draws in a second pass
    /// does not take back, unseen, what was drawn in the first.
    ///
    /// # Errors
    /// As [`Workbench::edit`].
    pub fn edit_within(&self, dataset: DatasetId, set: &AnnotationSet, edit: &Edit) -> Result<EditReceipt> {
        self.check_edit(dataset, edit)?;
        Ok(self.catalog().edit(dataset, edit, &self.edit_context(), &self.client_within(set))?)
    }

    /// Like [`Workbench::edit_within`], undone together with the edit of this set before: the keys that nudge a shape are
    /// one step.
    ///
    /// # Errors
    /// As [`Workbench::edit`].
    pub fn continue_edit_within(&self, dataset: DatasetId, set: &AnnotationSet, edit: &Edit) -> Result<EditReceipt> {
        self.check_edit(dataset, edit)?;
        Ok(self.catalog().continue_edit(dataset, edit, &self.edit_context(), &self.client_within(set))?)
    }

    /// Like [`Workbench::undo_sample`], of what [`Workbench::edit_within`] did in this set.
    ///
    /// # Errors
    /// As [`Workbench::undo_sample`].
    pub fn undo_sample_within(
        &self,
        dataset: DatasetId,
        sample: SampleId,
        set: &AnnotationSet,
    ) -> Result<Option<EditReceipt>> {
        Ok(self.catalog().undo_sample(dataset, sample, &self.client_within(set), &self.edit_context())?)
    }

    /// Like [`Workbench::redo_sample`], of what [`Workbench::undo_sample_within`] took back in this set.
    ///
    /// # Errors
    /// As [`Workbench::redo_sample`].
    pub fn redo_sample_within(
        &self,
        dataset: DatasetId,
        sample: SampleId,
        set: &AnnotationSet,
    ) -> Result<Option<EditReceipt>> {
        Ok(self.catalog().redo_sample(dataset, sample, &self.client_within(set), &self.edit_context())?)
    }

    /// The client in whose name edits of a set are journaled.
    fn client_within(&self, set: &AnnotationSet) -> String {
        match set {
            AnnotationSet::Primary => self.inner.client.clone(),
            other => format!("{} {other}", self.inner.client),
        }
    }

    /// What undo and redo would do next.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn undo_state(&self, dataset: DatasetId) -> Result<(Option<JournalEntry>, Option<JournalEntry>)> {
        Ok(self.catalog().undo_state(dataset, None, &self.inner.client)?)
    }

    /// What [`Workbench::undo_sample_within`] and [`Workbench::redo_sample_within`] would do next.
    ///
    /// # Errors
    /// If the catalog cannot be read, or the sample is gone.
    pub fn undo_state_within(
        &self,
        dataset: DatasetId,
        sample: SampleId,
        set: &AnnotationSet,
    ) -> Result<(Option<JournalEntry>, Option<JournalEntry>)> {
        Ok(self.catalog().undo_state(dataset, Some(sample), &self.client_within(set))?)
    }

    /// The label of this name, made with the next free colour and key if there is none. The name is checked by the
    /// guide's rule only if the label is new.
    ///
    /// # Errors
    /// If the name breaks a rule.
    pub fn ensure_label(&self, dataset: DatasetId, name: &str) -> Result<Label> {
        match self.find_label(dataset, name)? {
            Some(label) => Ok(label),
            None => self.add_label(dataset, name, None),
        }
    }

    /// Adds a label.
    ///
    /// # Errors
    /// If the name breaks a rule or is taken.
    pub fn add_label(&self, dataset: DatasetId, name: &str, color: Option<Color>) -> Result<Label> {
        let name = LabelName::new(name)?;
        let labels: Vec<Label> = self.labels(dataset)?.into_iter().map(|count| count.label).collect();
        let label = next_label(&labels, name, color);
        self.edit(dataset, &Edit::AddLabel { label: label.clone() })?;
        Ok(label)
    }

    /// Adds a label with this key (`None`: without one); a label that had the key loses it.
    ///
    /// # Errors
    /// If the name breaks the rules or is taken.
    pub fn add_label_with_key(
        &self,
        dataset: DatasetId,
        name: &str,
        color: Option<Color>,
        key: Option<char>,
    ) -> Result<Label> {
        let name = LabelName::new(name)?;
        let labels: Vec<Label> = self.labels(dataset)?.into_iter().map(|count| count.label).collect();
        let label = Label { key, ..next_label(&labels, name, color) };
        self.edit(dataset, &Edit::AddLabel { label: label.clone() })?;
        Ok(label)
    }

    /// The label of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn label(&self, dataset: DatasetId, name: &str) -> Result<Label> {
        let found = self.find_label(dataset, name)?;
        found.ok_or_else(|| Error::refused(Explanation::bad_input("label-unknown").with("label", name)))
    }

    /// Renames a label. Where the new name is another label's, `merge` must be true: the two become one.
    ///
    /// # Errors
    /// `label-name-taken` if the name is another label's and `merge` is false.
    pub fn rename_label(&self, dataset: DatasetId, label: LabelId, name: &str, merge: bool) -> Result<EditReceipt> {
        let edit = match self.find_label(dataset, name)? {
            Some(other) if other.id != label => {
                if !merge {
                    let refusal = Explanation::bad_input("label-name-taken").with("name", name);
                    return Err(Error::refused(refusal));
                }
                Edit::MergeLabel { from: label, into: other.id }
            }
            _ => Edit::RenameLabel { label, name: LabelName::new(name)? },
        };
        self.edit(dataset, &edit)
    }

    /// What the catalog cannot tell: rules of shapes, and whether entities cover what they say.
    pub(super) fn check_edit(&self, dataset: DatasetId, edit: &Edit) -> Result<()> {
        self.check_shape_rule(dataset, edit)?;
        self.check_entities(dataset, edit)
    }

    /// Refuses shapes of another kind than the dataset's one kind, if it has one.
    fn check_shape_rule(&self, dataset: DatasetId, edit: &Edit) -> Result<()> {
        let Edit::Annotate { sample, put, .. } = edit else { return Ok(()) };
        let Some(rule) = self.catalog().dataset(dataset)?.shape else { return Ok(()) };
        if refused_kind(rule, &[], put).is_none() {
            return Ok(());
        }
        // Only where another kind is named, what was there before decides.
        let rows = self.catalog().sample_rows(dataset, &[*sample])?;
        let before = rows.first().map_or(&[][..], |row| &row.annotations);
        match refused_kind(rule, before, put) {
            None => Ok(()),
            Some(_) => Err(Error::refused(Explanation::bad_input("shape-rule").with("shape", rule))),
        }
    }

    pub(super) fn edit_context(&self) -> EditContext {
        EditContext { actor: self.actor(), now: self.now() }
    }

    /// The dataset's labels by name.
    pub(super) fn labels_by_name(&self, dataset: DatasetId) -> Result<HashMap<String, Label>> {
        let labels = self.labels(dataset)?.into_iter().map(|count| count.label);
        Ok(labels.map(|label| (label.name.to_string(), label)).collect())
    }

    /// The label of this name among `labels`, made if it is new.
    pub(super) fn label_named(
        &self,
        dataset: DatasetId,
        name: LabelName,
        labels: &mut HashMap<String, Label>,
    ) -> Result<LabelId> {
        if let Some(label) = labels.get(name.as_str()) {
            return Ok(label.id);
        }
        let text = name.to_string();
        self.make_labels_named(dataset, [name], labels)?;
        let made = labels.get(&text).map(|label| label.id);
        made.ok_or_else(|| Error::refused(Explanation::bad_input("label-unknown").with("label", text)))
    }

    /// Makes those labels that are not among `labels`, all in one step: ten thousand steps take minutes.
    pub(super) fn make_labels_named(
        &self,
        dataset: DatasetId,
        names: impl IntoIterator<Item = LabelName>,
        labels: &mut HashMap<String, Label>,
    ) -> Result<()> {
        let mut known: Vec<Label> = labels.values().cloned().collect();
        known.sort_by_key(|label| label.position);
        let mut seen = HashSet::new();
        for name in names {
            if !labels.contains_key(name.as_str()) && seen.insert(name.to_string()) {
                known.push(next_label(&known, name, None));
            }
        }
        let new = known.split_off(labels.len());
        if !new.is_empty() {
            self.catalog().add_labels(dataset, &new)?;
            labels.extend(new.into_iter().map(|label| (label.name.to_string(), label)));
        }
        Ok(())
    }

    pub(super) fn find_label(&self, dataset: DatasetId, name: &str) -> Result<Option<Label>> {
        let labels = self.labels(dataset)?;
        Ok(labels.into_iter().map(|count| count.label).find(|label| label.name.as_str() == name.trim()))
    }
}

/// A new label behind `labels`: the next free key, and the next colour of the palette unless one is given.
pub(super) fn next_label(labels: &[Label], name: LabelName, color: Option<Color>) -> Label {
    let position = labels.iter().map(|label| label.position + 1).max().unwrap_or(0);
    let color = color.unwrap_or_else(|| {
        (0..Color::SERIES)
            .map(Color::of_label)
            .find(|color| labels.iter().all(|label| label.color != *color))
            .unwrap_or_else(|| Color::of_label(labels.len()))
    });
    Label { id: LabelId::random(), name, color, key: free_key(labels), position, extra: serde_json::Map::new() }
}
