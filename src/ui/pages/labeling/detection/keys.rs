//! Keys that mean something only on the canvas and depend on what is going on there; the others are commands.

use super::DetectionPage;
use super::attributes::Attribute;
use super::wishes::Wish;
use crate::ui::canvas::Canvas;
use crate::ui::context::Context;
use egui::{Event, Key, Modifiers, Ui};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A label by its key; a digit is a value in attribute mode. What a command has for its key does not come here.
    Label(char),
    Enter,
    Escape,
    Backspace,
    NextShape,
    PreviousShape,
    /// Moves what is selected, in image pixels: right, down.
    Nudge(i8, i8),
    /// Moves its lower right corner.
    Stretch(i8, i8),
    Copy,
    Cut,
    Paste,
    Help,
}

/// The action of a key, if it has one here.
#[must_use]
pub fn action_of(key: Key, modifiers: Modifiers) -> Option<Action> {
    let Modifiers { alt, shift, .. } = modifiers;
    let command = modifiers.command || modifiers.ctrl;
    let step = if shift { 10 } else { 1 };
    let (right, down) = match key {
        Key::ArrowLeft => (-step, 0),
        Key::ArrowRight => (step, 0),
        Key::ArrowUp => (0, -step),
        Key::ArrowDown => (0, step),
        _ => (0, 0),
    };
    if (right, down) != (0, 0) {
        return match (command, alt) {
            (false, false) => Some(Action::Nudge(right, down)),
            (true, false) => Some(Action::Stretch(right, down)),
            _ => None,
        };
    }
    if command || alt {
        return None;
    }
    match key {
        Key::Tab => Some(if shift { Action::PreviousShape } else { Action::NextShape }),
        Key::Questionmark => Some(Action::Help),
        Key::Slash if shift => Some(Action::Help),
        _ if shift => None,
        Key::Enter => Some(Action::Enter),
        Key::Escape => Some(Action::Escape),
        Key::Backspace => Some(Action::Backspace),
        Key::Equals => None,
        _ => character_of(key).map(Action::Label),
    }
}

/// The letter or digit of a key, in lower case.
#[must_use]
pub fn character_of(key: Key) -> Option<char> {
    let mut name = key.name().chars();
    let character = name.next()?.to_ascii_lowercase();
    (name.next().is_none() && character.is_ascii_alphanumeric()).then_some(character)
}

impl DetectionPage {
    /// Takes the keys of this frame, unless something else has a claim to them.
    pub(super) fn take_keys(&mut self, ui: &Ui, context: &Context<'_>) {
        let egui = ui.ctx();
        let focused = egui.memory(egui::Memory::focused);
        let is_free = focused.is_none() || focused == Some(Canvas::id());
        if std::mem::take(&mut self.was_typing)
            || self.picker.is_some()
            || egui.text_edit_focused()
            || egui.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(egui)
        {
            return;
        }
        let events = ui.input(|input| input.events.clone());
        for event in &events {
            let action = match event {
                Event::Key { key, pressed: true, repeat, modifiers, .. } => action_of(*key, *modifiers)
                    .filter(|action| !repeat || matches!(action, Action::Nudge(..) | Action::Stretch(..))),
                Event::Copy => Some(Action::Copy),
                Event::Cut => Some(Action::Cut),
                Event::Paste(_) | Event::PasteImage(_) => Some(Action::Paste),
                _ => None,
            };
            // What had the focus gives it up: that is all that was asked for.
            if action == Some(Action::Escape) && self.reach.is_elsewhere() {
                continue;
            }
            // Tab, arrows and Enter belong to whatever has the focus.
            if let Some(action) = action
                && (is_free || matches!(action, Action::Label(_) | Action::Copy | Action::Cut | Action::Paste))
            {
                self.wish(Wish::Key(action), context);
            }
        }
    }

    pub(super) fn act(&mut self, action: Action, context: &Context<'_>) {
        match action {
            Action::Label(key) => {
                let digit = key.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
                match (self.attribute_mode.filter(|attribute| *attribute != Attribute::Label), digit) {
                    (Some(attribute), Some(digit)) => self.set_attribute(attribute, digit, context),
                    _ => {
                        if let Some(label) = self.labels.of_key(key).map(|label| label.id) {
                            self.choose_label(label, context);
                        }
                    }
                }
            }
            Action::Enter => self.enter(context),
            Action::Escape => self.escape(),
            Action::Backspace => self.delete_selected(context),
            Action::NextShape => self.select_next(false),
            Action::PreviousShape => self.select_next(true),
            Action::Nudge(0, down) if self.attribute_mode.is_some() => {
                let attribute = self.attribute_mode.unwrap_or(self.last_attribute);
                self.take_attribute(attribute.turned(down < 0));
            }
            Action::Nudge(right, down) => self.nudge([f64::from(right), f64::from(down)], context),
            Action::Stretch(right, down) => self.stretch([f64::from(right), f64::from(down)], context),
            Action::Copy => {
                self.copy();
                self.fills_clipboard = true;
            }
            Action::Cut => {
                self.cut(context);
                self.fills_clipboard = true;
            }
            Action::Paste => self.paste([10.0, 10.0], context),
            Action::Help => context.send(crate::ui::UiCommand::Run(crate::ui::commands::Command::Palette)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_nudge_by_one_and_with_shift_by_ten() {
        assert_eq!(action_of(Key::ArrowLeft, Modifiers::NONE), Some(Action::Nudge(-1, 0)));
        assert_eq!(action_of(Key::ArrowDown, Modifiers::SHIFT), Some(Action::Nudge(0, 10)));
        assert_eq!(action_of(Key::ArrowDown, Modifiers::COMMAND), Some(Action::Stretch(0, 1)));
        assert_eq!(action_of(Key::ArrowLeft, Modifiers::ALT), None, "that is the window's way back");
    }

    #[test]
    fn digits_and_letters_are_labels_where_no_command_took_them_before() {
        assert_eq!(action_of(Key::Num7, Modifiers::NONE), Some(Action::Label('7')));
        assert_eq!(action_of(Key::K, Modifiers::NONE), Some(Action::Label('k')));
        assert_eq!(action_of(Key::K, Modifiers::SHIFT), None);
        assert_eq!(action_of(Key::F5, Modifiers::NONE), None);
        assert_eq!(action_of(Key::Num1, Modifiers::COMMAND), None);
    }
}
