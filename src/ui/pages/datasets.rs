//! The list of datasets.

use super::{Page, Screen};
use crate::ui::context::Context;
use egui::Ui;

#[derive(Default)]
pub(in crate::ui) struct DatasetsPage {
    sample_wanted: bool,
}

impl DatasetsPage {
    /// Makes the sample dataset, unless it is there, and opens it.
    pub fn open_sample(&mut self) {
        self.sample_wanted = true;
    }
}

impl Screen for DatasetsPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-datasets")
    }

    fn ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}
}
