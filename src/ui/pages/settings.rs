//! Personal settings.

use super::{Page, Screen};
use crate::ui::context::Context;
use egui::Ui;

#[derive(Default)]
pub(in crate::ui) struct SettingsPage;

impl Screen for SettingsPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-settings")
    }

    fn ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}
}
