//! What keys do while entities of a text are marked: one table, which the key handling and the help both read.

use super::EntitiesPage;
use crate::domain::LabelId;
use crate::ui::context::Context;
use crate::ui::pages::labeling::detection::character_of;
use crate::ui::text_view::selection::Step;
use egui::{Event, Id, ImeEvent, Key, Modifiers, Ui};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The label of this key, for what is selected.
    Label(char),
    /// This label, for what is selected.
    Give(LabelId),
    /// The caret by a character or word, forward or back; with the selection for `true`.
    Caret(Step, bool, bool),
    /// The caret by rows, down or up.
    Rows(i32, bool),
    /// The caret to the end or beginning of its row.
    RowEnd(bool, bool),
    NextEntity,
    PreviousEntity,
    /// The caret by what is in sight, down or up.
    Pages(bool, bool),
    /// The caret to the end or beginning of the text.
    TextEnd(bool, bool),
    /// Moves an edge of the chosen entity: the end (`true`) or the beginning, forward or back, by a character or word.
    Edge(bool, bool, Step),
    /// Takes the entity away; refuses it, if a model proposes it.
    Delete,
    /// Takes what a model proposes: the chosen entity, else all of the text.
    Accept,
    /// Labeled as it is, with nothing if it has nothing.
    Confirm,
    /// Takes what a model is sure enough of, in all texts of the list.
    AcceptSure,
    /// All that is proposed for the text is wrong.
    RefuseAll,
    Clear,
    Hard,
    Escape,
    NextText,
    PreviousText,
    NextUndecided,
    Everywhere,
    /// Undo; redo for `true`.
    Undo(bool),
    DeleteText,
    Copy,
}

/// What the help lists: message and keys as people read them.
pub const HELP: &[(&str, &str)] = &[
    ("entities-key-select", "Shift+← →, Ctrl+Shift+← →"),
    ("entities-key-label", "1 … 9, Q … M"),
    ("entities-key-next", "Tab, Shift+Tab"),
    ("entities-key-end", "] ["),
    ("entities-key-start", "Shift+[ ]"),
    ("entities-key-edge-word", "Ctrl+] [, Ctrl+Shift+] ["),
    ("entities-key-delete", "Delete"),
    ("entities-key-everywhere", "Ctrl+D"),
    ("entities-key-accept", "Enter"),
    ("labeling-key-accept-sure", "Ctrl+Enter"),
    ("labeling-key-refuse", "Shift+X"),
    ("entities-key-nothing", "0"),
    ("entities-key-clear", "X"),
    ("entities-key-hard", "H"),
    ("entities-key-texts", "PgDn, PgUp"),
    ("entities-key-undecided", "."),
    ("entities-key-page", "Space, Shift+Space"),
    ("entities-key-ends", "Ctrl+Home, Ctrl+End"),
    ("labeling-key-filter-text", "Ctrl+F"),
    ("labeling-key-add-text", "Ctrl+O"),
    ("entities-key-delete-text", "Ctrl+Delete"),
];

/// The action of a key, if it has one here.
#[must_use]
pub fn action_of(key: Key, modifiers: Modifiers) -> Option<Action> {
    let Modifiers { alt, shift, .. } = modifiers;
    let command = modifiers.command || modifiers.ctrl;
    if alt {
        return None;
    }
    let step = if command { Step::Word } else { Step::Character };
    match key {
        Key::ArrowLeft => Some(Action::Caret(step, false, shift)),
        Key::ArrowRight => Some(Action::Caret(step, true, shift)),
        Key::D if command && !shift => Some(Action::Everywhere),
        Key::CloseBracket | Key::CloseCurlyBracket => Some(Action::Edge(!shift, true, step)),
        Key::OpenBracket | Key::OpenCurlyBracket => Some(Action::Edge(!shift, false, step)),
        Key::Home if command => Some(Action::TextEnd(false, shift)),
        Key::End if command => Some(Action::TextEnd(true, shift)),
        Key::Delete if command && !shift => Some(Action::DeleteText),
        Key::Enter if command && !shift => Some(Action::AcceptSure),
        _ if command => None,
        Key::Space => Some(Action::Pages(!shift, false)),
        Key::ArrowUp => Some(Action::Rows(-1, shift)),
        Key::ArrowDown => Some(Action::Rows(1, shift)),
        Key::Home => Some(Action::RowEnd(false, shift)),
        Key::End => Some(Action::RowEnd(true, shift)),
        Key::Tab => Some(if shift { Action::PreviousEntity } else { Action::NextEntity }),
        Key::X if shift => Some(Action::RefuseAll),
        _ if shift => None,
        Key::PageDown => Some(Action::NextText),
        Key::PageUp => Some(Action::PreviousText),
        Key::Period => Some(Action::NextUndecided),
        Key::Delete | Key::Backspace => Some(Action::Delete),
        Key::Enter => Some(Action::Accept),
        Key::Escape => Some(Action::Escape),
        Key::Num0 => Some(Action::Confirm),
        Key::X => Some(Action::Clear),
        Key::H => Some(Action::Hard),
        _ => character_of(key).map(Action::Label),
    }
}

impl Action {
    /// Whether holding the key down repeats it. A decision is made once.
    fn repeats(self) -> bool {
        matches!(
            self,
            Self::Caret(..)
                | Self::Rows(..)
                | Self::Pages(..)
                | Self::Edge(..)
                | Self::NextEntity
                | Self::PreviousEntity
                | Self::NextText
                | Self::PreviousText
        )
    }
}

/// What is being composed, by who had the focus when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Composing {
    focused: Option<Id>,
}

impl EntitiesPage {
    /// Takes the keys of this frame, unless something else has a claim to them: a field, a dialog, a menu, or an input
    /// method that is composing.
    pub(super) fn take_keys(&mut self, ui: &Ui, context: &Context<'_>) {
        let egui = ui.ctx();
        let focused = egui.memory(egui::Memory::focused);
        let events = ui.input(|input| input.events.clone());
        for event in &events {
            match event {
                Event::Ime(ImeEvent::Preedit { text, .. }) => {
                    self.composing = (!text.is_empty()).then_some(Composing { focused });
                }
                // A click elsewhere ends it, whether the input method says so or not.
                Event::Ime(ImeEvent::Commit(_)) | Event::PointerButton { pressed: true, .. } => self.composing = None,
                _ => {}
            }
        }
        self.composing = self.composing.filter(|composing| composing.focused == focused);
        let is_free = focused.is_none() || focused == self.text_id;
        if std::mem::take(&mut self.was_typing)
            || self.composing.is_some()
            || egui.text_edit_focused()
            || egui.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(egui)
        {
            return;
        }
        for event in &events {
            let action = match event {
                Event::Key { key, pressed: true, repeat, modifiers, .. } => {
                    action_of(*key, *modifiers).filter(|action| !repeat || action.repeats())
                }
                Event::Copy => Some(Action::Copy),
                _ => None,
            };
            // Arrows, Tab and Enter belong to whatever has the focus.
            if let Some(action) = action
                && (is_free || matches!(action, Action::Label(_) | Action::Copy))
            {
                self.act(action, ui.ctx(), context);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_move_the_end_and_with_shift_the_beginning() {
        assert_eq!(action_of(Key::CloseBracket, Modifiers::NONE), Some(Action::Edge(true, true, Step::Character)));
        assert_eq!(action_of(Key::OpenBracket, Modifiers::SHIFT), Some(Action::Edge(false, false, Step::Character)));
        assert_eq!(action_of(Key::CloseBracket, Modifiers::CTRL), Some(Action::Edge(true, true, Step::Word)));
        assert_eq!(action_of(Key::Q, Modifiers::NONE), Some(Action::Label('q')));
        assert_eq!(action_of(Key::Q, Modifiers::CTRL), None);
        assert_eq!(
            action_of(Key::ArrowRight, Modifiers::CTRL | Modifiers::SHIFT),
            Some(Action::Caret(Step::Word, true, true))
        );
    }
}
