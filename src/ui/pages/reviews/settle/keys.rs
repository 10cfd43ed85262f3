//! The keys of settling.

use super::SettlePage;
use super::sides::Look;
use crate::domain::review::Keep;
use crate::ui::context::Context;
use egui::{Event, Key, Modifiers, Ui};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Keep(Keep),
    /// Of all differences of the sample that are open.
    KeepRest(Keep),
    Difference(isize),
    Sample(isize),
    NextOpen,
    Look(Look),
}

/// The action of a key, if it has one here. The same keys as on the canvas, where they mean the same.
#[must_use]
pub fn action_of(key: Key, modifiers: Modifiers) -> Option<Action> {
    let Modifiers { alt, shift, .. } = modifiers;
    if modifiers.command || modifiers.ctrl {
        return None;
    }
    if alt {
        return match key {
            Key::Num1 => Some(Action::KeepRest(Keep::First)),
            Key::Num2 => Some(Action::KeepRest(Keep::Second)),
            _ => None,
        };
    }
    Some(match (key, shift) {
        (Key::Num1, false) => Action::Keep(Keep::First),
        (Key::Num2, false) => Action::Keep(Keep::Second),
        (Key::Num3, false) => Action::Keep(Keep::Both),
        (Key::Num0, false) => Action::Keep(Keep::Neither),
        (Key::Tab, true) | (Key::ArrowUp, false) => Action::Difference(-1),
        (Key::Tab | Key::ArrowDown, false) => Action::Difference(1),
        (Key::D | Key::ArrowRight, false) => Action::Sample(1),
        (Key::A | Key::ArrowLeft, false) => Action::Sample(-1),
        (Key::F, false) => Action::NextOpen,
        (Key::F, true) => Action::Look(Look::Fit),
        (Key::Z, false) => Action::Look(Look::Zoom),
        (Key::Plus | Key::Equals, _) => Action::Look(Look::Closer),
        (Key::Minus, _) => Action::Look(Look::Farther),
        _ => return None,
    })
}

impl SettlePage {
    /// Takes the keys of this frame, unless something else has a claim to them.
    pub(super) fn take_keys(&mut self, ui: &Ui, context: &Context<'_>) {
        let egui = ui.ctx();
        let focused = egui.memory(egui::Memory::focused);
        if egui.text_edit_focused()
            || egui.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(egui)
        {
            return;
        }
        let is_free = focused.is_none() || focused == self.keys_id;
        for event in ui.input(|input| input.events.clone()) {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { continue };
            // Tab and arrows belong to whatever has the focus.
            let walks = matches!(key, Key::Tab | Key::ArrowUp | Key::ArrowDown | Key::ArrowLeft | Key::ArrowRight);
            if let Some(action) = action_of(key, modifiers).filter(|_| is_free || !walks) {
                self.act(action, context);
            }
        }
    }

    pub(super) fn act(&mut self, action: Action, context: &Context<'_>) {
        match action {
            Action::Keep(keep) => self.choose(keep, false, context),
            Action::KeepRest(keep) => self.choose(keep, true, context),
            Action::Difference(by) => self.step_difference(by),
            Action::Sample(by) => self.step(by),
            Action::NextOpen => self.seek(context),
            Action::Look(look) => {
                self.with_sides(|sides, shown| sides.look(look, shown));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_decide_and_with_alt_for_the_rest_of_the_image() {
        assert_eq!(action_of(Key::Num2, Modifiers::NONE), Some(Action::Keep(Keep::Second)));
        assert_eq!(action_of(Key::Num1, Modifiers::ALT), Some(Action::KeepRest(Keep::First)));
        assert_eq!(action_of(Key::Num1, Modifiers::COMMAND), None, "that is the window's");
        assert_eq!(action_of(Key::Tab, Modifiers::SHIFT), Some(Action::Difference(-1)));
        assert_eq!(action_of(Key::ArrowLeft, Modifiers::ALT), None, "that is the window's way back");
    }
}
