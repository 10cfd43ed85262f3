//! What keys do here: as in the list of texts where they mean the same.

use super::{ClassesPass, QUEUE};
use crate::ui::context::Context;
use crate::ui::pages::labeling::detection::character_of;
use egui::{Event, Key, Modifiers, Ui};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The label of this key.
    Label(char),
    /// Done with the labels there are, or with none.
    Finish,
    Clear,
    NextWaiting,
    Text(isize),
    /// The text by so many quarters of a page.
    Scroll(i8),
    /// One label a text, or several.
    Mode,
    /// Larger letters, or smaller ones.
    Size(bool),
}

/// What the help lists: message and keys as people read them.
pub const HELP: &[(&str, &str)] = &[
    ("labeling-key-label", "1 … 9, Q … M"),
    ("review-key-done", "0, Enter"),
    ("review-key-waiting", "."),
    ("labeling-key-clear-text", "X"),
    ("labeling-key-mode", "Ctrl+L"),
    ("entities-key-texts", "← →, PgUp, PgDn"),
    ("labeling-key-undo", "Ctrl+Z, Ctrl+Shift+Z"),
];

/// The action of a key, if it has one here.
#[must_use]
pub fn action_of(key: Key, modifiers: Modifiers) -> Option<Action> {
    let command = modifiers.command || modifiers.ctrl;
    if command && key == Key::L && !modifiers.shift && !modifiers.alt {
        return Some(Action::Mode);
    }
    if command || modifiers.alt {
        return None;
    }
    Some(match key {
        Key::Plus | Key::Equals => Action::Size(true),
        Key::Minus => Action::Size(false),
        _ if modifiers.shift => return None,
        Key::Enter | Key::Num0 => Action::Finish,
        Key::X => Action::Clear,
        Key::Period => Action::NextWaiting,
        Key::ArrowRight | Key::PageDown => Action::Text(1),
        Key::ArrowLeft | Key::PageUp => Action::Text(-1),
        Key::ArrowDown => Action::Scroll(1),
        Key::ArrowUp => Action::Scroll(-1),
        _ => return character_of(key).map(Action::Label),
    })
}

impl Action {
    /// Whether holding the key down repeats it. A decision is made once.
    fn repeats(self) -> bool {
        matches!(self, Self::Text(_) | Self::Scroll(_) | Self::Size(_))
    }

    /// Whether it is about the text that is shown, and has to wait for it.
    fn waits(self) -> bool {
        matches!(self, Self::Label(_) | Self::Finish | Self::Clear)
    }
}

impl ClassesPass {
    /// Takes the keys of this frame, unless something else has a claim to them.
    pub(super) fn take_keys(&mut self, ui: &Ui, context: &Context<'_>) {
        let egui = ui.ctx();
        let focused = egui.memory(egui::Memory::focused);
        let is_free = focused.is_none() || focused == self.text_id;
        if std::mem::take(&mut self.was_typing)
            || egui.text_edit_focused()
            || egui.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(egui)
        {
            return;
        }
        for event in ui.input(|input| input.events.clone()) {
            let Event::Key { key, pressed: true, repeat, modifiers, .. } = event else { continue };
            let Some(action) = action_of(key, modifiers).filter(|action| !repeat || action.repeats()) else { continue };
            // Arrows and Enter belong to whatever has the focus.
            if !is_free && !matches!(action, Action::Label(_) | Action::Mode) {
                continue;
            }
            if action.waits() && !(self.takes_decisions() && self.queue.is_empty()) {
                if self.queue.len() < QUEUE {
                    self.queue.push_back(action);
                }
            } else {
                self.act(action, context);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_letters_are_labels_but_for_what_is_always_something_else() {
        assert_eq!(action_of(Key::Num2, Modifiers::NONE), Some(Action::Label('2')));
        assert_eq!(action_of(Key::Q, Modifiers::NONE), Some(Action::Label('q')));
        assert_eq!(action_of(Key::Num0, Modifiers::NONE), Some(Action::Finish));
        assert_eq!(action_of(Key::X, Modifiers::NONE), Some(Action::Clear));
        assert_eq!(action_of(Key::L, Modifiers::CTRL), Some(Action::Mode));
        assert_eq!(action_of(Key::Q, Modifiers::CTRL), None);
    }
}
