//! Dialogs, one a file. The frame owns what is open; a dialog owns its form.

mod create_dataset;
mod frame;

pub use create_dataset::CreateDataset;
pub use frame::{DialogFrame, Footer};

use super::context::Context;

/// A dialog over the page. Drawn every frame until it says that it is done.
pub trait Dialog {
    /// Draws it; `false` closes it.
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool;
}
