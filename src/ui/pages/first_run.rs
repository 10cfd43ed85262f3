//! What a new workspace shows: the sample dataset, a folder, or a tour.

use super::Page;
use crate::domain::query::DatasetSummary;
use crate::domain::{Dataset, DatasetId};
use crate::ui::backend::Promise;
use crate::ui::context::{Context, UiCommand};
use crate::ui::dialogs::CreateDataset;
use crate::ui::icons::Icon;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button, Card, PathKind};
use crate::workbench::ActivityKind;
use egui::{FontId, RichText, Ui, vec2};
use std::path::PathBuf;

/// The folder of the sample dataset in the workspace.
const SAMPLE_FOLDER: &str = "sample";

/// The page's state.
#[derive(Default)]
pub(super) struct FirstRun {
    sample_wanted: bool,
    making: Option<Promise<Dataset>>,
    picking: Option<Promise<Option<PathBuf>>>,
}

impl FirstRun {
    /// Makes the sample dataset as soon as it is known whether it is there already.
    pub fn want_sample(&mut self) {
        self.sample_wanted = true;
    }

    /// Takes up what threads have done, whatever the page shows.
    pub fn logic(&mut self, context: &Context<'_>, datasets: Option<&Vec<DatasetSummary>>) {
        if let (true, Some(datasets)) = (self.sample_wanted, datasets) {
            self.sample_wanted = false;
            match existing_sample(context, datasets) {
                Some(dataset) => context.open(Page::Labeling { dataset, filter: None }),
                None => self.make_sample(context),
            }
        }
        match self.making.as_ref().and_then(Promise::take) {
            Some(Ok(dataset)) => {
                self.making = None;
                context.open(Page::Labeling { dataset: dataset.id, filter: None });
            }
            // The frame has shown why.
            Some(Err(_)) => self.making = None,
            None => {}
        }
        if self.picking.as_ref().is_some_and(Promise::is_ready) {
            match widgets::picked(context, &mut self.picking) {
                Some(folder) => context.show(CreateDataset::of_folder(&folder)),
                // Without a file dialog, or without a choice in it, the path can be typed.
                None => context.show(CreateDataset::default()),
            }
        }
    }

    fn make_sample(&mut self, context: &Context<'_>) {
        if self.making.is_none() {
            let folder = context.backend.workbench().folder().join(SAMPLE_FOLDER);
            let subject = context.tr("first-run-sample-subject");
            self.making = Some(context.backend.run(ActivityKind::Import, &subject, move |workbench, task| {
                workbench.create_sample_dataset(&folder, task)
            }));
        }
    }

    /// Draws the page.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let width = ui.available_width().min(760.0);
        ui.add_space((ui.available_height() * 0.12).min(96.0));
        ui.vertical_centered(|ui| {
            let font = FontId::new(text_size::TITLE, theme::bold_family());
            ui.label(RichText::new(context.tr("first-run-title")).font(font));
            ui.label(RichText::new(context.tr("first-run-text")).color(context.tokens.text_weak));
            ui.add_space(space::L);
            if let Some(making) = &self.making {
                widgets::loading(ui, context, Some(making.age()));
                return;
            }
            ui.allocate_ui(vec2(width, 92.0), |ui| {
                ui.horizontal(|ui| {
                    let size = vec2((width - 2.0 * space::S) / 3.0, 84.0);
                    if choice(ui, context, Icon::Flower2, "first-run-sample", size) {
                        self.make_sample(context);
                    }
                    if choice(ui, context, Icon::FolderOpen, "first-run-folder", size) {
                        self.picking = Some(widgets::pick(context, PathKind::Folder));
                    }
                    if choice(ui, context, Icon::GraduationCap, "first-run-tour", size) {
                        context.send(UiCommand::StartTour);
                    }
                });
            });
            ui.add_space(space::S);
            ui.label(
                RichText::new(context.tr("first-run-drop")).size(text_size::SMALL).color(context.tokens.text_weak),
            );
            ui.add_space(space::S);
            let button = Button::ghost(context.tr("first-run-type-path")).icon(Icon::Keyboard);
            if button.show(ui, context).clicked() {
                context.show(CreateDataset::default());
            }
        });
    }
}

fn choice(ui: &mut Ui, context: &Context<'_>, icon: Icon, id: &str, size: egui::Vec2) -> bool {
    let (title, text) = (context.tr(id), context.tr(&format!("{id}.about")));
    let card = Card { icon, title: &title, text: &text, selected: false, enabled: true, size };
    widgets::card(ui, context, &card).clicked()
}

/// The sample dataset, if there is one: the one whose input lies in the workspace's sample folder.
fn existing_sample(context: &Context<'_>, datasets: &[DatasetSummary]) -> Option<DatasetId> {
    let folder = context.backend.workbench().folder().join(SAMPLE_FOLDER);
    let folder = folder.to_string_lossy();
    let is_sample =
        |summary: &&DatasetSummary| super::datasets::shown_location(&summary.dataset.input).contains(folder.as_ref());
    datasets.iter().find(is_sample).map(|summary| summary.dataset.id)
}
