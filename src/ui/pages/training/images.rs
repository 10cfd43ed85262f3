//! Samples of an evaluation: those of a cell of the matrix, or those taken for a label that are something else.

use super::found::FoundImages;
use super::pictures::Pictures;
use super::texts::{self, EvaluatedTexts};
use crate::domain::detection::{DetectionEvaluation, EvaluatedImage};
use crate::domain::evaluation::{Evaluated, Evaluation};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::datasets::shown_location;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align, Layout, RichText, Sense, Ui, UiBuilder, WidgetInfo, vec2};

/// Which samples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Those that carry a label and were given one: (label, predicted).
    Cell(usize, usize),
    /// Those that were taken for this class but are something else.
    MisreadAs(usize),
}

const TILE_SIDE: f32 = 128.0;
/// The side that pictures of tiles are read in, in pixels.
const PICTURE_PX: u32 = 256;
/// How many are shown at first, and how many more with each click.
const STEP: usize = 60;

/// The classified samples of a choice.
pub(super) fn classified(evaluation: &Evaluation, chosen: Chosen) -> Vec<&Evaluated> {
    match chosen {
        Chosen::Cell(label, predicted) => {
            let mut samples: Vec<_> = evaluation.cell(label, predicted).collect();
            samples.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
            samples
        }
        Chosen::MisreadAs(class) => evaluation.misread_as(class),
    }
}

/// The searched images of a choice; of none, all of them.
fn searched<'a>(
    evaluation: &Evaluation,
    detection: &'a DetectionEvaluation,
    chosen: Option<Chosen>,
) -> Vec<&'a EvaluatedImage> {
    let classes = evaluation.classes.len();
    match chosen {
        Some(Chosen::Cell(row, column)) => detection.cell(classes, row, column),
        Some(Chosen::MisreadAs(class)) => detection.misread_as(classes, class),
        None => detection.worst(classes),
    }
}

/// The images below the figures.
pub struct Images {
    chosen: Option<Chosen>,
    limit: usize,
    pictures: Pictures,
    found: FoundImages,
    texts: EvaluatedTexts,
}

impl Default for Images {
    fn default() -> Self {
        let (found, texts) = (FoundImages::default(), EvaluatedTexts::default());
        Self { chosen: None, limit: STEP, pictures: Pictures::new(PICTURE_PX), found, texts }
    }
}

impl Images {
    pub fn chosen(&self) -> Option<Chosen> {
        self.chosen
    }

    pub fn choose(&mut self, chosen: Option<Chosen>) {
        self.chosen = chosen;
        self.limit = STEP;
        self.found.close();
    }

    /// Draws them; `heading` is scrolled to when they have just been chosen.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        evaluation: &Evaluation,
        of_texts: bool,
        just_chosen: bool,
    ) {
        if of_texts {
            self.texts_ui(ui, context, evaluation, just_chosen);
            return;
        }
        let detection = evaluation.detection.as_ref();
        let (classified, searched) = match (detection, self.chosen) {
            (Some(detection), chosen) => (Vec::new(), searched(evaluation, detection, chosen)),
            (None, Some(chosen)) => (classified(evaluation, chosen), Vec::new()),
            (None, None) => {
                widgets::weak(ui, context, context.tr("images-choose"));
                return;
            }
        };
        let count = classified.len() + searched.len();
        self.heading_ui(ui, context, evaluation, "images-worst", count, just_chosen);
        if detection.is_some() {
            self.found.head_ui(ui, context, &searched, evaluation);
        }
        let shown = count.min(self.limit);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::M, space::M);
            for (index, image) in searched.into_iter().take(shown).enumerate() {
                self.found.tile_ui(ui, context, index, image, evaluation);
            }
            for sample in classified.into_iter().take(shown) {
                self.tile_ui(ui, context, sample, evaluation);
            }
        });
        self.more_ui(ui, context, count - shown);
    }

    fn texts_ui(&mut self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation, just_chosen: bool) {
        let rows = texts::rows(evaluation, self.chosen);
        if rows.is_empty() && self.chosen.is_none() {
            widgets::weak(ui, context, context.tr("texts-all-right"));
            return;
        }
        self.heading_ui(ui, context, evaluation, "texts-worst", rows.len(), just_chosen);
        texts::legend_ui(ui, context, evaluation);
        let shown = rows.len().min(self.limit);
        for row in rows.iter().take(shown) {
            self.texts.row_ui(ui, context, row, evaluation);
        }
        self.more_ui(ui, context, rows.len() - shown);
    }

    /// The button that shows more of those that are left.
    fn more_ui(&mut self, ui: &mut Ui, context: &Context<'_>, left: usize) {
        let more = || context.tr_with("images-more", &[("count", left.into())]);
        if left > 0 && Button::secondary(more()).show(ui, context).clicked() {
            self.limit += STEP;
        }
    }

    fn heading_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        evaluation: &Evaluation,
        of_none: &str,
        count: usize,
        just_chosen: bool,
    ) {
        let names = super::matrix::names(context, evaluation);
        let class = |index: usize| names.get(index).cloned().unwrap_or_default();
        let count = ("count", count.into());
        let title = match self.chosen {
            None => context.tr_with(of_none, &[count]),
            Some(Chosen::Cell(label, predicted)) if label == predicted => {
                context.tr_with("images-right", &[("label", class(label).into()), count])
            }
            Some(Chosen::Cell(label, predicted)) => {
                let arguments = [("label", class(label).into()), ("predicted", class(predicted).into()), count];
                context.tr_with("images-cell", &arguments)
            }
            Some(Chosen::MisreadAs(predicted)) => {
                context.tr_with("images-misread", &[("predicted", class(predicted).into()), count])
            }
        };
        ui.horizontal(|ui| {
            let heading = widgets::section(ui, context, title);
            if just_chosen {
                heading.scroll_to_me(Some(egui::Align::Center));
            }
            let close = self.chosen.is_some()
                && widgets::icon_button(ui, context, Icon::X, &context.tr("images-close")).clicked();
            if close {
                self.choose(None);
            }
        });
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
