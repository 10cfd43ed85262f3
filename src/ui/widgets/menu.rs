//! Menus: entries with an icon and keys.

use super::Button;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use egui::{Popup, Ui};

/// An entry of a menu.
pub struct MenuEntry<T> {
    pub value: T,
    pub text: String,
    pub icon: Icon,
    pub keys: String,
    pub enabled: bool,
}

/// An icon button that opens a menu; returns what was chosen. `name` is the button's name.
pub fn menu_button<T: Copy>(
    ui: &mut Ui,
    context: &Context<'_>,
    icon: Icon,
    name: &str,
    entries: &[MenuEntry<T>],
) -> Option<T> {
    let response = super::icon_button(ui, context, icon, name);
    let mut chosen = None;
    Popup::menu(&response).show(|ui| chosen = menu_entries(ui, context, entries));
    chosen
}

/// The entries of a menu that is open; returns what was chosen.
pub fn menu_entries<T: Copy>(ui: &mut Ui, context: &Context<'_>, entries: &[MenuEntry<T>]) -> Option<T> {
    let mut chosen = None;
    ui.set_width(240.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    for entry in entries {
        let button = Button::ghost(&entry.text).icon(entry.icon).keys(&entry.keys).enabled(entry.enabled).full_width();
        if button.show(ui, context).clicked() {
            chosen = Some(entry.value);
            ui.close();
        }
    }
    chosen
}
