//! The versions of a dataset.

use super::{Page, Screen};
use crate::ui::context::Context;
use egui::Ui;

#[derive(Default)]
pub(in crate::ui) struct VersionsPage;

impl Screen for VersionsPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("versions-title")
    }

    fn ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}
}
