//! Images of an evaluation: those of a cell of the matrix, or those taken for a label that are something else.

use super::boxes;
use super::pictures::Pictures;
use crate::domain::detection::EvaluatedImage;
use crate::domain::evaluation::{Evaluated, Evaluation};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::datasets::shown_location;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align, Layout, RichText, Sense, Ui, UiBuilder, WidgetInfo, vec2};

/// Which images are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Those that carry a label and were given one: (label, predicted).
    Cell(usize, usize),
    /// Those that were taken for this class but are something else.
    MisreadAs(usize),
}

const TILE_SIDE: f32 = 128.0;
/// Boxes need more room than a label.
const BOXES_SIDE: f32 = 232.0;
/// How many are shown at first, and how many more with each click.
const STEP: usize = 60;

/// A sample of a classifier or of a detector.
enum Shown<'a> {
    Classified(&'a Evaluated),
    Searched(&'a EvaluatedImage),
}

fn shown_samples(evaluation: &Evaluation, chosen: Chosen) -> Vec<Shown<'_>> {
    let classes = evaluation.classes.len();
    match (&evaluation.detection, chosen) {
        (Some(detection), Chosen::Cell(row, column)) => {
            detection.cell(classes, row, column).into_iter().map(Shown::Searched).collect()
        }
        (Some(detection), Chosen::MisreadAs(class)) => {
            detection.misread_as(classes, class).into_iter().map(Shown::Searched).collect()
        }
        (None, Chosen::Cell(label, predicted)) => {
            let mut samples: Vec<_> = evaluation.cell(label, predicted).collect();
            samples.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
            samples.into_iter().map(Shown::Classified).collect()
        }
        (None, Chosen::MisreadAs(class)) => evaluation.misread_as(class).into_iter().map(Shown::Classified).collect(),
    }
}

/// The images below the figures.
pub struct Images {
    chosen: Option<Chosen>,
    limit: usize,
    pictures: Pictures,
}

impl Default for Images {
    fn default() -> Self {
        Self { chosen: None, limit: STEP, pictures: Pictures::default() }
    }
}

impl Images {
    pub fn chosen(&self) -> Option<Chosen> {
        self.chosen
    }

    pub fn choose(&mut self, chosen: Option<Chosen>) {
        self.chosen = chosen;
        self.limit = STEP;
    }

    /// Draws them; `heading` is scrolled to when they have just been chosen.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation, just_chosen: bool) {
        let Some(chosen) = self.chosen else {
            widgets::weak(ui, context, context.tr("images-choose"));
            return;
        };
        let names = super::matrix::names(context, evaluation);
        let class = |index: usize| names.get(index).cloned().unwrap_or_default();
        let samples = shown_samples(evaluation, chosen);
        let count = ("count", samples.len().into());
        let title = match chosen {
            Chosen::Cell(label, predicted) if label == predicted => {
                context.tr_with("images-right", &[("label", class(label).into()), count])
            }
            Chosen::Cell(label, predicted) => {
                let arguments = [("label", class(label).into()), ("predicted", class(predicted).into()), count];
                context.tr_with("images-cell", &arguments)
            }
            Chosen::MisreadAs(predicted) => {
                context.tr_with("images-misread", &[("predicted", class(predicted).into()), count])
            }
        };
        ui.horizontal(|ui| {
            let heading = widgets::section(ui, context, title);
            if just_chosen {
                heading.scroll_to_me(Some(egui::Align::Center));
            }
            if widgets::icon_button(ui, context, Icon::X, &context.tr("images-close")).clicked() {
                self.chosen = None;
            }
        });
        let shown = samples.len().min(self.limit);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::M);
            for sample in &samples[..shown] {
                match sample {
                    Shown::Classified(sample) => self.tile_ui(ui, context, sample, evaluation),
                    Shown::Searched(image) => self.boxes_ui(ui, context, image, evaluation),
                }
            }
        });
        if shown < samples.len() {
            let more = context.tr_with("images-more", &[("count", (samples.len() - shown).into())]);
            if Button::secondary(more).show(ui, context).clicked() {
                self.limit += STEP;
            }
        }
    }

    /// An image with what is in it and what was found.
    fn boxes_ui(&mut self, ui: &mut Ui, context: &Context<'_>, image: &EvaluatedImage, evaluation: &Evaluation) {
        let tokens = context.tokens;
        let threshold = evaluation.detection.as_ref().map_or(0.0, |detection| detection.score_threshold());
        let name = shown_location(&image.source);
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        let found: Vec<_> = image.found.iter().filter(|found| found.score >= threshold).collect();
        let arguments = [("name", (&name).into()), ("truth", image.truth.len().into()), ("found", found.len().into())];
        let sentence = context.tr_with("images-boxes", &arguments);
        let (rect, response) = ui.allocate_exact_size(vec2(BOXES_SIDE, BOXES_SIDE * 0.75 + 24.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &sentence));
        if ui.is_rect_visible(rect) {
            let picture = egui::Rect::from_min_size(rect.min, vec2(BOXES_SIDE, BOXES_SIDE * 0.75));
            self.pictures.paint(ui, context, &image.source, picture);
            let fitted = boxes::fitted(image.size_px, picture);
            for truth in &image.truth {
                let color = boxes::color(truth.class).gamma_multiply(0.55);
                boxes::paint(ui, &truth.edges, image.size_px, fitted, egui::Stroke::new(3.0, color), None);
            }
            for found in found {
                let stroke = egui::Stroke::new(1.5, boxes::color(found.class));
                boxes::paint(ui, &found.edges, image.size_px, fitted, stroke, None);
            }
            let below = egui::Rect::from_min_max(egui::pos2(rect.left(), picture.bottom() + 2.0), rect.max);
            let mut inside = ui.new_child(UiBuilder::new().max_rect(below).layout(Layout::top_down(Align::Min)));
            let small = RichText::new(&name).size(text_size::SMALL).color(tokens.text_weak);
            inside.add(egui::Label::new(small).truncate());
        }
        let hover = match self.pictures.fault(&image.source) {
            Some(fault) => format!("{sentence}\n{}", context.explain(fault)),
            None => format!("{sentence}\n{}", shown_location(&image.source)),
        };
        response.on_hover_text(hover);
    }

    fn tile_ui(&mut self, ui: &mut Ui, context: &Context<'_>, sample: &Evaluated, evaluation: &Evaluation) {
        let tokens = context.tokens;
        let class = |index: usize| evaluation.classes.get(index).map(String::as_str).unwrap_or_default();
        let name = shown_location(&sample.source);
        let name = name.rsplit('/').next().unwrap_or_default().to_owned();
        let (rect, response) = ui.allocate_exact_size(vec2(TILE_SIDE, TILE_SIDE + 56.0), Sense::hover());
        let arguments = [
            ("name", (&name).into()),
            ("label", class(sample.label).into()),
            ("predicted", class(sample.predicted).into()),
            ("confidence", format::percent(sample.confidence, 1).into()),
        ];
        let sentence = context.tr_with("images-tile", &arguments);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &sentence));
        if ui.is_rect_visible(rect) {
            let picture = egui::Rect::from_min_size(rect.min, vec2(TILE_SIDE, TILE_SIDE));
            self.pictures.paint(ui, context, &sample.source, picture);
            let below = egui::Rect::from_min_max(egui::pos2(rect.left(), picture.bottom() + 2.0), rect.max);
            let mut inside = ui.new_child(UiBuilder::new().max_rect(below).layout(Layout::top_down(Align::Min)));
            inside.spacing_mut().item_spacing.y = 0.0;
            let is_right = sample.label == sample.predicted;
            let color = if is_right { tokens.success_text } else { tokens.danger_text };
            let predicted = format!("{} {}", class(sample.predicted), format::percent(sample.confidence, 1));
            let small = |text: &str| RichText::new(text).size(text_size::SMALL);
            inside.add(egui::Label::new(small(&predicted).color(color)).truncate());
            if !is_right {
                let truth = context.tr_with("images-truth", &[("label", class(sample.label).into())]);
                inside.add(egui::Label::new(small(&truth)).truncate());
            }
            inside.add(egui::Label::new(small(&name).color(tokens.text_weak)).truncate());
        }
        let hover = match self.pictures.fault(&sample.source) {
            Some(fault) => format!("{sentence}\n{}", context.explain(fault)),
            None => format!("{sentence}\n{}", shown_location(&sample.source)),
        };
        response.on_hover_text(hover);
    }
}
