//! What keys do on the labeling page: one table, which the key handling and the shortcut overlay both read.

use super::selection::Extend;
use crate::domain::Usage;
use crate::domain::label::LABEL_KEYS;
use crate::ui::widgets::grid::Step;
use egui::{Event, Key, Modifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The label with this key.
    Label(char),
    /// Several labels: what is there is right, go on. One label: look at the picture.
    Enter,
    /// Labeled as it is, with nothing if it has nothing.
    Confirm,
    ToggleHard,
    /// What is suggested is wrong.
    Refuse,
    /// What is suggested with the label of this key is wrong.
    RefuseLabel(char),
    /// Accepts all suggestions that a model is sure enough of.
    AcceptSure,
    /// Takes all labels away: back to unlabeled.
    ClearLabels,
    SetUsage(Option<Usage>),
    /// Goes to the label field.
    TypeLabel,
    /// Goes to the filter's text field.
    Filter,
    /// Picture large, or back to the grid.
    Preview,
    ToggleSelection,
    SelectAll,
    SelectPage,
    Move(Step, Extend),
    NextUndecided,
    Delete,
    Escape,
    SwitchMode,
    NextTab,
    PreviousTab,
    Refresh,
    AddImages,
    Larger,
    Smaller,
    Help,
}

impl Action {
    /// Whether holding the key down repeats it. A decision is made once.
    #[must_use]
    pub fn repeats(self) -> bool {
        matches!(self, Self::Move(..) | Self::Larger | Self::Smaller)
    }

    /// Whether it is about the sample at the cursor or leads on from it: not before the cursor is where the key before
    /// leads.
    #[must_use]
    pub fn is_of_the_cursor(self) -> bool {
        matches!(
            self,
            Self::Label(_)
                | Self::Enter
                | Self::Confirm
                | Self::ToggleHard
                | Self::Refuse
                | Self::RefuseLabel(_)
                | Self::ClearLabels
                | Self::SetUsage(_)
                | Self::Delete
                | Self::NextUndecided
        )
    }

    /// Whether it also works over the large picture.
    #[must_use]
    pub fn works_in_preview(self) -> bool {
        !matches!(
            self,
            Self::SelectAll
                | Self::SelectPage
                | Self::ToggleSelection
                | Self::NextTab
                | Self::PreviousTab
                | Self::Filter
                | Self::AddImages
                | Self::AcceptSure
        )
    }
}

/// A group of the overlay: its title and its lines (message id, keys as people read them).
pub struct Group {
    pub title: &'static str,
    pub lines: &'static [(&'static str, &'static str)],
}

/// Everything the overlay lists. `Ctrl` is `Cmd` on a Mac.
pub const GROUPS: &[Group] = &[
    Group {
        title: "labeling-keys-decide",
        lines: &[
            ("labeling-key-label", "1 … 9, Q … M"),
            ("labeling-key-enter", "Enter"),
            ("labeling-key-confirm", "0"),
            ("labeling-key-accept", "Enter"),
            ("labeling-key-refuse", "Shift+X"),
            ("labeling-key-accept-sure", "Ctrl+Enter"),
            ("labeling-key-clear", "X"),
            ("labeling-key-type", "/"),
            ("labeling-key-hard", "H"),
            ("labeling-key-usage", "Alt+1 … Alt+4, Alt+0"),
            ("labeling-key-mode", "Ctrl+L"),
            ("labeling-key-undo", "Ctrl+Z, Ctrl+Shift+Z"),
            ("labeling-key-delete", "Delete"),
        ],
    },
    Group {
        title: "labeling-keys-move",
        lines: &[
            ("labeling-key-arrows", "← ↑ → ↓"),
            ("labeling-key-page", "PgUp, PgDn, Home, End"),
            ("labeling-key-undecided", "."),
            ("labeling-key-tabs", "[ ]"),
            ("labeling-key-filter", "Ctrl+F"),
            ("labeling-key-refresh", "Ctrl+R"),
            ("labeling-key-add", "Ctrl+O"),
        ],
    },
    SELECTING,
    Group {
        title: "labeling-keys-look",
        lines: &[
            ("labeling-key-preview", "Space"),
            ("labeling-key-zoom", "+ −"),
            ("labeling-key-fit", "Shift+F, Shift+O"),
            ("labeling-key-help", "?"),
        ],
    },
];

/// Selecting is alike for images and texts.
const SELECTING: Group = Group {
    title: "labeling-keys-select",
    lines: &[
        ("labeling-key-extend", "Shift+← ↑ → ↓"),
        ("labeling-key-toggle", "Ctrl+Space"),
        ("labeling-key-select-page", "Ctrl+Shift+A"),
        ("labeling-key-select-all", "Ctrl+A"),
        ("labeling-key-escape", "Esc"),
    ],
};

/// The same for texts.
pub const TEXT_GROUPS: &[Group] = &[
    Group {
        title: "labeling-keys-decide",
        lines: &[
            ("labeling-key-label", "1 … 9, Q … M"),
            ("labeling-key-enter-text", "Enter"),
            ("labeling-key-confirm", "0"),
            ("labeling-key-clear-text", "X"),
            ("labeling-key-type", "/"),
            ("labeling-key-hard", "H"),
            ("labeling-key-usage", "Alt+1 … Alt+4, Alt+0"),
            ("labeling-key-mode", "Ctrl+L"),
            ("labeling-key-undo", "Ctrl+Z, Ctrl+Shift+Z"),
            ("labeling-key-delete-text", "Delete"),
        ],
    },
    Group {
        title: "labeling-keys-move",
        lines: &[
            ("labeling-key-arrows", "← ↑ → ↓"),
            ("labeling-key-page", "PgUp, PgDn, Home, End"),
            ("labeling-key-undecided-text", "."),
            ("labeling-key-tabs", "[ ]"),
            ("labeling-key-filter-text", "Ctrl+F"),
            ("labeling-key-refresh", "Ctrl+R"),
            ("labeling-key-add-text", "Ctrl+O"),
        ],
    },
    Group {
        title: "labeling-keys-confirm",
        lines: &[
            ("labeling-key-accept", "Enter"),
            ("labeling-key-refuse", "Shift+X"),
            ("labeling-key-accept-label", "1 … 9, Q … M"),
            ("labeling-key-refuse-label", "Shift+1 … Shift+M"),
            ("labeling-key-accept-sure", "Ctrl+Enter"),
        ],
    },
    SELECTING,
    Group {
        title: "labeling-keys-look",
        lines: &[
            ("labeling-key-read", "Space"),
            ("labeling-key-read-page", "PgUp, PgDn"),
            ("labeling-key-lines", "+ −"),
            ("labeling-key-help", "?"),
        ],
    },
];

/// The action of a key, if it has one here.
#[must_use]
pub fn action_of(key: Key, modifiers: Modifiers) -> Option<Action> {
    let (command, shift, alt) = (modifiers.command || modifiers.ctrl, modifiers.shift, modifiers.alt);
    if let Some(step) = Step::of_key(key) {
        let extend = match (command, shift) {
            (false, false) => Extend::Replace,
            (false, true) => Extend::Range,
            (true, false) => Extend::Keep,
            (true, true) => Extend::AddRange,
        };
        return (!alt).then_some(Action::Move(step, extend));
    }
    match (command, alt, key) {
        (true, false, Key::A) => Some(if shift { Action::SelectPage } else { Action::SelectAll }),
        (true, false, Key::F) if !shift => Some(Action::Filter),
        (true, false, Key::L) if !shift => Some(Action::SwitchMode),
        (true, false, Key::R) if !shift => Some(Action::Refresh),
        (true, false, Key::Enter) if !shift => Some(Action::AcceptSure),
        (true, false, Key::Space) => Some(Action::ToggleSelection),
        (false, true, Key::Num0) => Some(Action::SetUsage(None)),
        (false, true, Key::Num1) => Some(Action::SetUsage(Some(Usage::Train))),
        (false, true, Key::Num2) => Some(Action::SetUsage(Some(Usage::Eval))),
        (false, true, Key::Num3) => Some(Action::SetUsage(Some(Usage::Test))),
        (false, true, Key::Num4) => Some(Action::SetUsage(Some(Usage::Inference))),
        (false, false, _) => plain(key, shift),
        _ => None,
    }
}

fn plain(key: Key, shift: bool) -> Option<Action> {
    match key {
        Key::Questionmark => return Some(Action::Help),
        Key::Slash => return Some(if shift { Action::Help } else { Action::TypeLabel }),
        Key::Plus => return Some(Action::Larger),
        Key::Equals => return Some(Action::Larger),
        Key::Minus => return Some(Action::Smaller),
        Key::OpenBracket if !shift => return Some(Action::PreviousTab),
        Key::CloseBracket if !shift => return Some(Action::NextTab),
        _ => {}
    }
    if shift {
        return match key {
            Key::X => Some(Action::Refuse),
            _ => label_key(key).map(Action::RefuseLabel),
        };
    }
    match key {
        Key::Enter => Some(Action::Enter),
        Key::Space => Some(Action::Preview),
        Key::Period => Some(Action::NextUndecided),
        Key::Escape => Some(Action::Escape),
        Key::Delete | Key::Backspace => Some(Action::Delete),
        Key::Num0 => Some(Action::Confirm),
        Key::H => Some(Action::ToggleHard),
        Key::X => Some(Action::ClearLabels),
        _ => label_key(key).map(Action::Label),
    }
}

/// The label key of a keyboard key.
fn label_key(key: Key) -> Option<char> {
    let name = key.name();
    let mut characters = name.chars();
    let character = characters.next()?.to_ascii_lowercase();
    (characters.next().is_none() && LABEL_KEYS.contains(character)).then_some(character)
}

/// The actions of a frame's events, in order. Keys that some other part has taken are gone from the events already.
#[must_use]
pub fn actions_of(events: &[Event]) -> Vec<Action> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Key { key, pressed: true, repeat, modifiers, .. } => {
                action_of(*key, *modifiers).filter(|action| !repeat || action.repeats())
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_key_sets_its_label_and_nothing_else() {
        for character in LABEL_KEYS.chars() {
            let name = character.to_ascii_uppercase().to_string();
            let key = Key::from_name(&name).expect("a key of the keyboard");
            assert_eq!(action_of(key, Modifiers::NONE), Some(Action::Label(character)), "{character}");
        }
    }

    #[test]
    fn the_pages_own_keys_are_no_label_keys() {
        for key in [Key::H, Key::X, Key::Num0, Key::Slash, Key::Questionmark, Key::Space, Key::Enter, Key::Delete] {
            let action = action_of(key, Modifiers::NONE).expect("an action");
            assert!(!matches!(action, Action::Label(_)), "{key:?}");
        }
    }

    #[test]
    fn a_held_key_moves_on_but_decides_once() {
        let event =
            |key, repeat| Event::Key { key, physical_key: None, pressed: true, repeat, modifiers: Modifiers::NONE };
        let events = [event(Key::Num1, false), event(Key::Num1, true), event(Key::ArrowDown, true)];
        assert_eq!(actions_of(&events), [Action::Label('1'), Action::Move(Step::Down, Extend::Replace)]);
    }

    #[test]
    fn chords_of_the_frame_are_left_alone() {
        for (key, modifiers) in
            [(Key::K, Modifiers::COMMAND), (Key::ArrowLeft, Modifiers::ALT), (Key::Num1, Modifiers::COMMAND)]
        {
            assert_eq!(action_of(key, modifiers), None);
        }
    }
}
