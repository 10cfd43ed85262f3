//! Edits, undo and redo.

use super::{Result, Workbench};
use crate::domain::label::Color;
use crate::domain::query::{EditReceipt, JournalEntry};
use crate::domain::{DatasetId, Edit, Label, LabelId};

impl Workbench {
    /// Applies an edit in one transaction, with its inverse in the journal. When it returns, the edit is on the disk.
    ///
    /// # Errors
    /// If what it names does not exist, a label name is taken, or the catalog cannot be written.
    pub fn edit(&self, dataset: DatasetId, edit: &Edit) -> Result<EditReceipt> {
        todo!()
    }

    /// Takes back this client's latest edit of the dataset; `None` if there is none.
    ///
    /// # Errors
    /// If someone else has changed the same samples since; the error names that edit.
    pub fn undo(&self, dataset: DatasetId) -> Result<Option<EditReceipt>> {
        todo!()
    }

    /// Does again what this client undid last; `None` if there is nothing.
    ///
    /// # Errors
    /// If someone else has changed the same samples since.
    pub fn redo(&self, dataset: DatasetId) -> Result<Option<EditReceipt>> {
        todo!()
    }

    /// What undo and redo would do next.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn undo_state(&self, dataset: DatasetId) -> Result<(Option<JournalEntry>, Option<JournalEntry>)> {
        todo!()
    }

    /// The label of this name, made with the next free colour and key if there is none. The name is checked by the
    /// guide's rule only if the label is new.
    ///
    /// # Errors
    /// If the name breaks a rule.
    pub fn ensure_label(&self, dataset: DatasetId, name: &str) -> Result<Label> {
        todo!()
    }

    /// Adds a label.
    ///
    /// # Errors
    /// If the name breaks a rule or is taken.
    pub fn add_label(&self, dataset: DatasetId, name: &str, color: Option<Color>) -> Result<Label> {
        todo!()
    }

    /// The label of this name.
    ///
    /// # Errors
    /// If there is none; the error lists the labels there are.
    pub fn label(&self, dataset: DatasetId, name: &str) -> Result<Label> {
        todo!()
    }

    /// Renames a label. Where the new name is another label's, `merge` must be true: the two become one.
    ///
    /// # Errors
    /// `label-name-taken` if the name is another label's and `merge` is false.
    pub fn rename_label(&self, dataset: DatasetId, label: LabelId, name: &str, merge: bool) -> Result<EditReceipt> {
        todo!()
    }
}
