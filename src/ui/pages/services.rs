//! Services.

use super::{Page, Screen};
use crate::ui::context::Context;
use egui::Ui;

#[derive(Default)]
pub(in crate::ui) struct ServicesPage;

impl Screen for ServicesPage {
    fn open(&mut self, _page: &Page, _context: &Context<'_>) {}

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-services")
    }

    fn ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}
}
