//! The list of datasets.

use super::{Page, Screen};
use crate::ui::context::Context;
use egui::Ui;

#[derive(Default)]
pub(in crate::ui) struct DatasetsPage;

impl Screen for DatasetsPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-datasets")
    }

    fn ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}
}
