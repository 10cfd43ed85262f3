//! Dialogs, one a file. The frame owns what is open; a dialog owns its form.

mod create_dataset;
mod delete_dataset;
mod export_dataset;
mod frame;
mod import_dataset;
mod label_rows;
mod modify_dataset;
mod publish;
mod shape_rule;
mod sync;
pub(in crate::ui) mod text_split;
mod versions;

pub use create_dataset::CreateDataset;
pub(in crate::ui) use create_dataset::kind_icon;
pub use delete_dataset::DeleteDataset;
pub use export_dataset::ExportDataset;
pub use frame::{DialogFrame, Footer};
pub use import_dataset::ImportDataset;
pub use modify_dataset::ModifyDataset;
pub use publish::Publish;
pub use sync::start_sync;
pub use versions::{DeleteVersion, SetCurrentVersion};

use super::context::Context;
use crate::domain::{DatasetType, Explain, NameError};
use crate::workbench::{detection_format_names, text_format_names};

/// A dialog over the page. Drawn every frame until it says that it is done.
pub trait Dialog {
    /// Draws it; `false` closes it.
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool;
}

/// What is wrong with a name that is being typed; nothing while it is empty.
pub(in crate::ui) fn name_fault<T>(
    context: &Context<'_>,
    text: &str,
    check: impl FnOnce(&str) -> Result<T, NameError>,
) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    check(text).err().map(|error| context.explain(&error.explain()))
}

/// The formats that a dataset of this type is imported from and exported to, beside the guide's own.
pub(in crate::ui) fn format_names(kind: DatasetType) -> Vec<&'static str> {
    match kind {
        DatasetType::ObjectDetection => detection_format_names(),
        kind if kind.is_text() => text_format_names(kind),
        _ => Vec::new(),
    }
}

/// What people call a format of objects in images or of texts.
pub(in crate::ui) fn format_name(context: &Context<'_>, name: &str) -> String {
    context.tr(&format!("format-{name}"))
}

/// How long a description may be (guide 2.2).
pub(in crate::ui) const DESCRIPTION_LIMIT: usize = 256;

#[cfg(test)]
mod tests {
    use crate::domain::DatasetType;
    use crate::text::{Language, tr};

    #[test]
    fn every_format_has_a_name_for_people() {
        for name in DatasetType::ALL.into_iter().flat_map(super::format_names) {
            let id = format!("format-{name}");
            assert_ne!(tr(Language::English, &id), id);
        }
    }
}
