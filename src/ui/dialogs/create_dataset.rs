//! The form for a new dataset.

use super::{Dialog, DialogFrame};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use std::path::Path;

#[derive(Default)]
pub struct CreateDataset {
    input: String,
}

impl CreateDataset {
    /// The form, filled in for a folder.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Self {
        Self { input: folder.to_string_lossy().into_owned() }
    }
}

impl Dialog for CreateDataset {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let frame = DialogFrame::new("create-dataset", context.tr("create-title"));
        let footer = frame.confirm(context.tr("create-confirm"), Icon::Check).show(egui, context, |ui| {
            ui.label(&self.input);
        });
        !footer.closed
    }
}
