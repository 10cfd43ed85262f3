//! Changing a dataset's name, description and rule of shapes (guide 2.7, 2.4.2).

use super::{DESCRIPTION_LIMIT, Dialog, DialogFrame, name_fault};
use crate::domain::query::DatasetSummary;
use crate::domain::{Dataset, DatasetId, DatasetName, DatasetType, Description, Explanation, ShapeKind};
use crate::ui::backend::{Promise, Query};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets::{self, Field};
use crate::workbench::DatasetChanges;

/// What the form holds.
struct Form {
    name: String,
    description: String,
    kind: DatasetType,
    shape: Option<ShapeKind>,
}

/// The form's state.
pub struct ModifyDataset {
    dataset: DatasetId,
    summary: Query<DatasetId, DatasetSummary>,
    /// `None` until the dataset is there.
    form: Option<Form>,
    just_opened: bool,
    writing: Option<Promise<Dataset>>,
    failure: Option<Explanation>,
}

impl ModifyDataset {
    /// The form for a dataset.
    #[must_use]
    pub fn new(dataset: DatasetId) -> Self {
        let summary = Query::default();
        Self { dataset, summary, form: None, just_opened: true, writing: None, failure: None }
    }
}

impl Dialog for ModifyDataset {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let dataset = self.dataset;
        if self.form.is_none() {
            let summary =
                self.summary.get(context.backend, &dataset, move |workbench| workbench.dataset_by_id(dataset));
            self.form = summary.map(|DatasetSummary { dataset, .. }| Form {
                name: dataset.name.to_string(),
                description: dataset.description.as_str().to_owned(),
                kind: dataset.kind,
                shape: dataset.shape,
            });
        }
        match self.writing.as_ref().and_then(Promise::take) {
            Some(Ok(_)) => return false,
            Some(Err(explanation)) => {
                self.writing = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let valid = self.form.as_ref().is_some_and(|form| {
            DatasetName::new(form.name.trim()).is_ok() && Description::new(&form.description).is_ok()
        });
        let failure = self.failure.clone().or_else(|| self.summary.failure().cloned());
        let footer = DialogFrame::new("modify-dataset", context.tr("modify-title"))
            .confirm(context.tr("save"), Icon::Check)
            .enabled(valid)
            .busy(self.writing.is_some())
            .failure(failure.as_ref())
            .show(egui, context, |ui| {
                let Some(Form { name, description, kind, shape }) = &mut self.form else {
                    widgets::loading(ui, context, self.summary.waiting_for());
                    return;
                };
                let fault = name_fault(context, name.trim(), DatasetName::new);
                let field = Field::new(context.tr("dataset-name")).error(fault.as_deref());
                let field = field.note(context.tr("modify-note")).focus(std::mem::take(&mut self.just_opened));
                field.show(ui, context, name);
                let fault = name_fault(context, description, Description::new);
                let field = Field::new(context.tr("description")).limit(DESCRIPTION_LIMIT).rows(3);
                field.error(fault.as_deref()).show(ui, context, description);
                if *kind == DatasetType::ObjectDetection {
                    super::shape_rule::ui(ui, context, shape);
                }
            });
        if let (true, Some(form)) = (footer.confirmed, &self.form) {
            let changes = DatasetChanges {
                name: Some(form.name.trim().to_owned()),
                description: Some(form.description.clone()),
                shape: Some(form.shape),
            };
            self.failure = None;
            self.writing =
                Some(context.backend.write_from_form(move |workbench| workbench.modify_dataset(dataset, changes)));
        }
        !footer.closed
    }
}
