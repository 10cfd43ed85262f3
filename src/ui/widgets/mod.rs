//! The parts pages are made of. Each has an accessible name and takes its looks from the theme.

mod basics;
mod button;
mod choice;
mod color;
mod field;
pub mod grid;
mod menu;
mod path;
mod scroll;
mod table;

pub use basics::{
    badge, empty_state, failure, label_chip, loading, not_yet, panel_header, progress_bar, section, slider, tabs,
    time_ago, weak,
};
pub(in crate::ui) use button::focus_ring;
pub use button::{Button, icon_button};
pub use choice::{Card, card, check_box, dropdown, radio, segments};
pub use color::color_button;
pub use field::{Field, is_composing, pressed_anew, search_field};
pub use menu::{MenuEntry, menu_button, menu_entries};
pub use path::{PathField, PathKind, pick, picked};
pub use scroll::{panel_scroll, scroll_up_to};
pub use table::{Column, SortKey, Sorting, Table, TableOutput, Width};
