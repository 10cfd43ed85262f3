//! Labeling a dataset.

use super::{Crumb, Page, Screen};
use crate::domain::DatasetId;
use crate::ui::context::Context;
use egui::Ui;

#[derive(Default)]
pub(in crate::ui) struct LabelingPage {
    dataset: Option<DatasetId>,
}

impl Screen for LabelingPage {
    fn open(&mut self, page: &Page, _context: &Context<'_>) {
        if let Page::Labeling { dataset, .. } = page {
            self.dataset = Some(*dataset);
        }
    }

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("labeling-title")
    }

    fn crumbs(&self, context: &Context<'_>) -> Vec<Crumb> {
        vec![Crumb { text: context.tr("nav-datasets"), page: Some(Page::Datasets) }]
    }

    fn ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}

    fn dataset(&self) -> Option<DatasetId> {
        self.dataset
    }
}
