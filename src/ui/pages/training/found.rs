//! Evaluated images of a detector: what is in them, dashed, and what was found; small ones, and one of them large.

use super::boxes;
use super::pictures::Pictures;
use crate::domain::detection::EvaluatedImage;
use crate::domain::evaluation::Evaluation;
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::datasets::shown_location;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets;
use egui::{Align, Key, Label, Layout, Modifiers, Rect, RichText, Sense, Stroke, Ui, UiBuilder, WidgetInfo, vec2};

/// A small picture, and the line below it, in points.
const TILE: egui::Vec2 = vec2(232.0, 174.0);
const NAME_HEIGHT: f32 = 24.0;
/// Sides of the pictures that are read, in pixels.
const SMALL_PX: u32 = 256;
const LARGE_PX: u32 = 1280;
/// The most that the large picture takes, in points.
const LARGE_LIMIT: egui::Vec2 = vec2(1100.0, 620.0);

/// The pictures, and which of them is shown large.
pub struct FoundImages {
    small: Pictures,
    large: Pictures,
    enlarged: Option<usize>,
    /// Whether it has just been chosen and is to be scrolled to.
    just_enlarged: bool,
}

impl Default for FoundImages {
    fn default() -> Self {
        Self { small: Pictures::new(SMALL_PX), large: Pictures::new(LARGE_PX), enlarged: None, just_enlarged: false }
    }
}

/// What is told of an image.
fn sentence(context: &Context<'_>, image: &EvaluatedImage, threshold: f64) -> String {
    let found = image.found.iter().filter(|found| found.score >= threshold).count();
    let arguments = [("name", name(image).into()), ("truth", image.truth.len().into()), ("found", found.into())];
    context.tr_with("images-boxes", &arguments)
}

fn name(image: &EvaluatedImage) -> String {
    shown_location(&image.source).rsplit('/').next().unwrap_or_default().to_owned()
}

/// Paints what is in an image and what was found; with names where there is room.
fn paint(ui: &Ui, image: &EvaluatedImage, evaluation: &Evaluation, threshold: f64, rect: Rect, named: bool) {
    let fitted = boxes::fitted(image.size_px, rect);
    for truth in &image.truth {
        boxes::paint_truth(ui, &truth.edges, image.size_px, fitted, boxes::color(truth.class));
    }
    // The surest last, so that it lies above the others.
    let shown = || image.found.iter().filter(|found| found.score >= threshold).rev();
    for found in shown() {
        let stroke = Stroke::new(if named { 2.0 } else { 1.5 }, boxes::color(found.class));
        boxes::paint(ui, &found.edges, image.size_px, fitted, stroke);
    }
    for found in shown().filter(|_| named) {
        let class = evaluation.classes.get(found.class).map(String::as_str).unwrap_or_default();
        let text = format!("{class} {}", format::percent(found.score, 0));
        boxes::paint_name(ui, &found.edges, image.size_px, fitted, boxes::color(found.class), &text);
    }
}

impl FoundImages {
    /// Shows none large; for other images.
    pub fn close(&mut self) {
        self.enlarged = None;
    }

    /// Says what the lines mean, and draws the large picture if there is one.
    pub fn head_ui(&mut self, ui: &mut Ui, context: &Context<'_>, images: &[&EvaluatedImage], evaluation: &Evaluation) {
        widgets::weak(ui, context, context.tr("images-legend"));
        let Some((index, image)) = self.enlarged.and_then(|index| Some((index, *images.get(index)?))) else { return };
        let threshold = evaluation.detection.as_ref().map_or(0.0, |detection| detection.score_threshold());
        let (mut step, mut close) = (0, false);
        let text = sentence(context, image, threshold);
        ui.horizontal(|ui| {
            ui.add_enabled_ui(index > 0, |ui| {
                step -= i32::from(
                    widgets::icon_button(ui, context, Icon::ArrowLeft, &context.tr("images-previous")).clicked(),
                );
            });
            ui.add_enabled_ui(index + 1 < images.len(), |ui| {
                step += i32::from(
                    widgets::icon_button(ui, context, Icon::ArrowRight, &context.tr("images-next")).clicked(),
                );
            });
            ui.label(&text);
            close = widgets::icon_button(ui, context, Icon::X, &context.tr("images-smaller")).clicked();
        });
        let limit = LARGE_LIMIT.min(vec2(ui.available_width(), LARGE_LIMIT.y));
        let size = boxes::fitted(image.size_px, Rect::from_min_size(egui::Pos2::ZERO, limit)).size();
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &text));
        if std::mem::take(&mut self.just_enlarged) {
            response.scroll_to_me(Some(Align::Center));
        }
        if ui.is_rect_visible(rect) {
            self.large.paint(ui, context, &image.source, rect);
            paint(ui, image, evaluation, threshold, rect, true);
        }
        if !ui.ctx().text_edit_focused() {
            let is_meant = response.has_focus() || response.hovered();
            ui.input_mut(|input| {
                close |= input.consume_key(Modifiers::NONE, Key::Escape);
                if is_meant {
                    step -= i32::from(input.consume_key(Modifiers::NONE, Key::ArrowLeft));
                    step += i32::from(input.consume_key(Modifiers::NONE, Key::ArrowRight));
                }
            });
        }
        let place = i64::try_from(index).unwrap_or(0) + i64::from(step);
        if step != 0 {
            self.enlarged = usize::try_from(place).ok().filter(|place| *place < images.len()).or(Some(index));
        }
        if close {
            self.enlarged = None;
        }
        ui.add_space(space::S);
    }

    /// Draws a small one; a click makes it large.
    pub fn tile_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        index: usize,
        image: &EvaluatedImage,
        evaluation: &Evaluation,
    ) {
        let threshold = evaluation.detection.as_ref().map_or(0.0, |detection| detection.score_threshold());
        let (rect, response) = ui.allocate_exact_size(TILE + vec2(0.0, NAME_HEIGHT), Sense::click());
        // Many are scrolled away; counting their boxes would be felt.
        if !ui.is_rect_visible(rect) {
            return;
        }
        let text = sentence(context, image, threshold);
        let is_large = self.enlarged == Some(index);
        response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, is_large, &text));
        let picture = Rect::from_min_size(rect.min, TILE);
        self.small.paint(ui, context, &image.source, picture);
        paint(ui, image, evaluation, threshold, picture, false);
        if is_large || response.has_focus() || response.hovered() {
            let stroke = Stroke::new(2.0, context.tokens.focus);
            ui.painter().rect_stroke(picture, 4, stroke, egui::StrokeKind::Inside);
        }
        let below = Rect::from_min_max(egui::pos2(rect.left(), picture.bottom() + 2.0), rect.max);
        let mut inside = ui.new_child(UiBuilder::new().max_rect(below).layout(Layout::top_down(Align::Min)));
        let small = RichText::new(name(image)).size(text_size::SMALL).color(context.tokens.text_weak);
        inside.add(Label::new(small).truncate());
        let hover = match self.small.fault(&image.source) {
            Some(fault) => format!("{text}\n{}", context.explain(fault)),
            None => format!("{text}\n{}", context.tr("images-enlarge")),
        };
        if response.on_hover_text(hover).clicked() {
            self.enlarged = Some(index);
            self.just_enlarged = true;
            ui.ctx().request_repaint();
        }
    }
}
