//! Importing a model from a folder, and deleting one.

use crate::domain::model::Model;
use crate::domain::{Description, Explanation, ModelName};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame, name_fault};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::widgets::{Field, PathField, PathKind};
use crate::workbench::NewModel;
use egui::Label;

/// The form for a model from a folder.
#[derive(Default)]
pub struct ImportModel {
    folder: String,
    folder_field: PathField,
    name: String,
    description: String,
    importing: Option<Promise<Model>>,
    failure: Option<Explanation>,
}

impl Dialog for ImportModel {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.importing.as_ref().and_then(Promise::take) {
            Some(Ok(model)) => {
                let arguments = [("name", model.name.as_str().into()), ("version", (&model.version).into())];
                context.notify(Notification::success(context.tr_with("model-imported", &arguments)));
                return false;
            }
            Some(Err(explanation)) => {
                self.importing = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let name_wrong = name_fault(context, self.name.trim(), ModelName::new);
        let description_wrong = name_fault(context, &self.description, Description::new);
        let valid = name_wrong.is_none()
            && description_wrong.is_none()
            && !self.name.trim().is_empty()
            && !self.folder.trim().is_empty();
        let footer = DialogFrame::new("import-model", context.tr("model-import-title"))
            .confirm(context.tr("model-import-confirm"), Icon::Import)
            .enabled(valid)
            .busy(self.importing.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                let field = Field::new(context.tr("model-folder")).note(context.tr("model-folder-note"));
                self.folder_field.show(ui, context, field, PathKind::Folder, &mut self.folder);
                let field = Field::new(context.tr("deploy-model")).error(name_wrong.as_deref());
                field.note(context.tr("deploy-model-note")).show(ui, context, &mut self.name);
                let field = Field::new(context.tr("description")).limit(256).rows(2);
                field.error(description_wrong.as_deref()).show(ui, context, &mut self.description);
            });
        if footer.confirmed {
            let (name, description) = (self.name.trim().to_owned(), self.description.clone());
            let source = NewModel::FromFolder { location: self.folder.trim().to_owned() };
            self.failure = None;
            self.importing = Some(
                context.backend.write_from_form(move |workbench| workbench.create_model(&name, &description, &source)),
            );
        }
        !footer.closed
    }
}

/// Deletes a model version after a question; a service that runs it refuses.
pub struct DeleteModel {
    name: String,
    version: String,
    deleting: Option<Promise<()>>,
    failure: Option<Explanation>,
}

impl DeleteModel {
    /// Asks about a model version.
    #[must_use]
    pub fn new(name: String, version: String) -> Self {
        Self { name, version, deleting: None, failure: None }
    }
}

impl Dialog for DeleteModel {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let label = format!("{} {}", self.name, self.version);
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(())) => {
                let text = context.tr_with("model-deleted", &[("name", label.into())]);
                context.notify(Notification::success(text));
                return false;
            }
            Some(Err(explanation)) => {
                self.deleting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let title = context.tr_with("model-delete-title", &[("name", label.into())]);
        let footer = DialogFrame::new("delete-model", title)
            .confirm(context.tr("model-delete"), Icon::Trash2)
            .dangerous(true)
            .busy(self.deleting.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                ui.add(Label::new(context.tr("model-delete-text")).wrap());
            });
        if footer.confirmed {
            let (name, version) = (self.name.clone(), self.version.clone());
            self.failure = None;
            self.deleting =
                Some(context.backend.write_from_form(move |workbench| workbench.delete_model(&name, &version)));
        }
        !footer.closed
    }
}
