//! A long text to read and mark: rows of the window's width, stretches with labels under them, a caret and a selection.
//! Only the rows in sight are laid out; places are code points throughout.

pub mod lanes;
pub mod notes;
mod paint;
pub mod rows;
pub mod runs;
pub mod selection;
pub mod shape;
pub mod widget;

pub use selection::Selection;
pub use widget::{Happened, Shown, Stretch, TextView};
