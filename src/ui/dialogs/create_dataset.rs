//! The form for a new dataset (guide 2.2).

use super::import_dataset::Preparation;
use super::label_rows::LabelRows;
use super::{DESCRIPTION_LIMIT, Dialog, DialogFrame, name_fault};
use crate::domain::{Dataset, DatasetName, DatasetType, Description, Explanation, Scene, ShapeKind, TextSplit};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Card, Field, PathField, PathKind};
use crate::workbench::{ImportRequest, ImportSource, NewDataset, Workbench};
use egui::{Ui, vec2};
use std::path::Path;

/// The form's state.
pub struct CreateDataset {
    name: String,
    /// Names and outputs follow the input until someone types into them.
    name_typed: bool,
    description: String,
    input: String,
    output: String,
    output_typed: bool,
    input_field: PathField,
    output_field: PathField,
    scene: Scene,
    kind: DatasetType,
    labels: LabelRows,
    shape: Option<ShapeKind>,
    split: TextSplit,
    folders_are_labels: bool,
    just_opened: bool,
    creating: Option<Promise<Dataset>>,
    failure: Option<Explanation>,
}

impl Default for CreateDataset {
    fn default() -> Self {
        Self {
            name: String::new(),
            name_typed: false,
            description: String::new(),
            input: String::new(),
            output: String::new(),
            output_typed: false,
            input_field: PathField::default(),
            output_field: PathField::default(),
            scene: Scene::Image,
            kind: DatasetType::ImageClassification,
            labels: LabelRows::default(),
            shape: None,
            split: TextSplit::default(),
            folders_are_labels: false,
            just_opened: true,
            creating: None,
            failure: None,
        }
    }
}

impl CreateDataset {
    /// The form, filled in for a folder.
    #[must_use]
    pub fn of_folder(folder: &Path) -> Self {
        let mut form = Self { input: folder.to_string_lossy().into_owned(), ..Self::default() };
        form.follow_input();
        form
    }

    /// The form, filled in for a folder of texts.
    #[must_use]
    pub fn of_texts(folder: &Path) -> Self {
        Self { scene: Scene::Text, kind: DatasetType::TextClassification, ..Self::of_folder(folder) }
    }

    fn follow_input(&mut self) {
        let trimmed = self.input.trim().trim_end_matches(['/', '\\']);
        let folder = trimmed.rsplit(['/', '\\']).next().unwrap_or_default();
        if !self.name_typed {
            self.name = name_from(folder);
        }
        if !self.output_typed {
            self.output = if trimmed.is_empty() { String::new() } else { format!("{trimmed}-modelier") };
        }
    }

    fn is_complete(&self) -> bool {
        DatasetName::new(self.name.trim()).is_ok()
            && Description::new(&self.description).is_ok()
            && !self.input.trim().is_empty()
            && !self.output.trim().is_empty()
            && self.kind.is_supported()
            && self.labels.are_valid()
    }

    /// Whether each folder may stand for a label: of whole files.
    fn folders_may_be_labels(&self) -> bool {
        self.kind.is_supported() && self.kind.is_classification() && !self.kind.is_text()
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let field = Field::new(context.tr("create-input")).hint(context.tr("create-input-hint"));
        let field = field.note(context.tr("create-input-note")).focus(std::mem::take(&mut self.just_opened));
        if self.input_field.show(ui, context, field, PathKind::Folder, &mut self.input) {
            self.follow_input();
        }
        let fault = name_fault(context, self.name.trim(), DatasetName::new);
        let field = Field::new(context.tr("dataset-name")).error(fault.as_deref());
        let field = field.note(context.tr("dataset-name-rule"));
        if field.show(ui, context, &mut self.name).changed() {
            self.name_typed = !self.name.is_empty();
        }
        let field = Field::new(context.tr("create-output")).note(context.tr("create-output-note"));
        if self.output_field.show(ui, context, field, PathKind::Folder, &mut self.output) {
            self.output_typed = !self.output.is_empty();
        }
        ui.add_space(space::XS);
        self.kind_ui(ui, context);
        if self.folders_may_be_labels() {
            widgets::check_box(ui, context, &mut self.folders_are_labels, &context.tr("create-folders-are-labels"));
        }
        if self.kind == DatasetType::ObjectDetection {
            super::shape_rule::ui(ui, context, &mut self.shape);
        }
        if self.kind.is_text() {
            super::text_split::ui(ui, context, &mut self.split);
        }
        ui.add_space(space::XS);
        self.labels.ui(ui, context);
        ui.add_space(space::XS);
        let fault = name_fault(context, &self.description, Description::new);
        let field = Field::new(context.tr("description")).limit(DESCRIPTION_LIMIT).rows(2).error(fault.as_deref());
        field.show(ui, context, &mut self.description);
    }

    fn kind_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        widgets::weak(ui, context, context.tr("create-kind"));
        let scenes = [
            (Scene::Image, context.tr("scene-image"), Some(Icon::Image)),
            (Scene::Sound, context.tr("scene-sound"), Some(Icon::AudioLines)),
            (Scene::Text, context.tr("scene-text"), Some(Icon::FileText)),
        ];
        if widgets::segments(ui, context, &mut self.scene, &scenes) {
            self.kind = first_kind(self.scene);
        }
        let kinds: Vec<_> = DatasetType::ALL.into_iter().filter(|kind| kind.scene() == self.scene).collect();
        #[expect(clippy::cast_precision_loss, reason = "two or three cards")]
        let width = (ui.available_width() - 2.0 * space::S) / kinds.len().max(3) as f32;
        ui.horizontal(|ui| {
            for kind in kinds {
                let title = context.tr(&format!("type-{kind}"));
                let note = if kind.is_supported() { format!("type-{kind}.about") } else { "type-later".to_owned() };
                let card = Card {
                    icon: kind_icon(kind),
                    title: &title,
                    text: &context.tr(&note),
                    selected: kind == self.kind,
                    enabled: kind.is_supported(),
                    size: vec2(width, 76.0),
                };
                if widgets::card(ui, context, &card).clicked() {
                    self.kind = kind;
                }
            }
        });
    }

    fn start(&mut self, context: &Context<'_>) {
        let new = NewDataset {
            name: self.name.trim().to_owned(),
            description: self.description.clone(),
            kind: self.kind,
            input: self.input.trim().to_owned(),
            output: self.output.trim().to_owned(),
            labels: self.labels.labels(),
        };
        self.failure = None;
        let shape = self.shape.filter(|_| self.kind == DatasetType::ObjectDetection);
        let split = self.kind.is_text().then_some(self.split);
        let create = move |workbench: &Workbench| match split {
            Some(split) => workbench.create_dataset_of_texts(new, split),
            None => workbench.create_dataset_of_shape(new, shape),
        };
        self.creating = Some(context.backend.write_from_form(create));
    }

    /// Fills the dataset that was just made, and shows it.
    fn fill(&self, context: &Context<'_>, dataset: &Dataset) {
        let (id, name) = (dataset.id, dataset.name.to_string());
        context.open(Page::Labeling { dataset: id, filter: None });
        if !self.folders_are_labels || !self.folders_may_be_labels() {
            super::start_sync(context, id);
            return;
        }
        let request = ImportRequest {
            source: ImportSource::Folder(self.input.trim().to_owned()),
            with_labels: true,
            only_hard: false,
            labels: Vec::new(),
            copy: false,
        };
        super::import_dataset::start(context, id, name, request, Preparation::default());
    }
}

impl Dialog for CreateDataset {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.creating.as_ref().and_then(Promise::take) {
            Some(Ok(dataset)) => {
                self.fill(context, &dataset);
                return false;
            }
            Some(Err(explanation)) => {
                self.creating = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let failure = self.failure.clone();
        let footer = DialogFrame::new("create-dataset", context.tr("create-title"))
            .from_top()
            .width(640.0)
            .confirm(context.tr("create-confirm"), Icon::Check)
            .enabled(self.is_complete())
            .busy(self.creating.is_some())
            .failure(failure.as_ref())
            .show(egui, context, |ui| self.contents_ui(ui, context));
        if footer.confirmed {
            self.start(context);
        }
        !footer.closed
    }
}

/// What is chosen with a scene: the first type of it that there is already, else just the first.
fn first_kind(scene: Scene) -> DatasetType {
    let of_scene = || DatasetType::ALL.into_iter().filter(|kind| kind.scene() == scene);
    let first = of_scene().find(|kind| kind.is_supported()).or_else(|| of_scene().next());
    first.unwrap_or(DatasetType::ImageClassification)
}

/// The icon of a dataset type.
pub(in crate::ui) fn kind_icon(kind: DatasetType) -> Icon {
    match kind {
        DatasetType::ImageClassification => Icon::Image,
        DatasetType::ObjectDetection => Icon::ScanSearch,
        DatasetType::SoundClassification => Icon::AudioLines,
        DatasetType::SpeechContent => Icon::Mic,
        DatasetType::SpeechSegmentation => Icon::AudioWaveform,
        DatasetType::TextClassification => Icon::FileText,
        DatasetType::NamedEntity => Icon::TextSelect,
    }
}

/// A name that keeps the rules, from a folder's name.
fn name_from(folder: &str) -> String {
    let name: String = folder
        .chars()
        .map(|letter| if DatasetName::new(&letter.to_string()).is_ok() { letter } else { '-' })
        .take(60)
        .collect();
    name.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scene_chooses_a_type_of_its_own() {
        for scene in [Scene::Image, Scene::Sound, Scene::Text] {
            assert_eq!(first_kind(scene).scene(), scene);
        }
        assert!(first_kind(Scene::Text).is_supported());
    }

    #[test]
    fn the_form_follows_the_folder_until_someone_types() {
        let mut form = CreateDataset::of_folder(Path::new("/photos/my flowers/"));
        assert_eq!(form.name, "my-flowers");
        assert_eq!(form.output, "/photos/my flowers-modelier");
        form.name = "roses".to_owned();
        form.name_typed = true;
        form.input = "/photos/tulips".to_owned();
        form.follow_input();
        assert_eq!((form.name.as_str(), form.output.as_str()), ("roses", "/photos/tulips-modelier"));
    }
}
