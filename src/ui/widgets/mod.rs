//! The parts pages are made of. Each has an accessible name and takes its looks from the theme.

mod basics;
mod button;
mod field;

pub use basics::{
    badge, empty_state, failure, label_chip, loading, panel_header, progress_bar, section, tabs, time_ago, weak,
    with_tip,
};
pub use button::{Button, icon_button};
pub use field::{Field, search_field};
