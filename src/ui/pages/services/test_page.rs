//! The test page: a picture, and what the service says of it.

use crate::domain::Explanation;
use crate::domain::predict::Prediction;
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::training::boxes;
use crate::ui::pages::training::pictures::{paint_fitted, texture};
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button, Field, PathField, PathKind};
use crate::workbench::Picture;
use egui::{FontId, RichText, ScrollArea, Sense, TextureHandle, Ui, WidgetInfo, vec2};
use std::collections::{BTreeMap, BTreeSet};

/// The longest side of the picture that is shown, in pixels.
const PICTURE_LIMIT_PX: u32 = 1024;
/// How many scores are shown; the rest are small.
const SCORES_SHOWN: usize = 20;
/// How many found objects are listed; the picture shows all.
const FOUND_SHOWN: usize = 30;

/// The state of the test page.
#[derive(Default)]
pub struct TestPage {
    path: String,
    path_field: PathField,
    /// What was asked about.
    asked: String,
    loading: Option<Promise<(Picture, [u32; 2])>>,
    picture: Option<TextureHandle>,
    /// Width and height of the upright picture itself, in pixels.
    size_px: [u32; 2],
    asking: Option<Promise<Prediction>>,
    answer: Option<Result<Prediction, Explanation>>,
}

impl TestPage {
    /// Asks the service about a file.
    pub fn choose(&mut self, context: &Context<'_>, service: &str, path: String, running: bool) {
        self.path = path;
        if running {
            self.ask(context, service);
        }
    }

    fn ask(&mut self, context: &Context<'_>, service: &str) {
        let path = self.path.trim().to_owned();
        if path.is_empty() {
            return;
        }
        (self.picture, self.answer) = (None, None);
        self.asked.clone_from(&path);
        let (shown, service) = (path.clone(), service.to_owned());
        self.loading =
            Some(context.backend.spawn(move |workbench| workbench.picture_and_size_of_file(&shown, PICTURE_LIMIT_PX)));
        self.asking = Some(context.backend.spawn(move |workbench| workbench.predict_file(&service, &path)));
    }

    fn take(&mut self, ui: &Ui) {
        if let Some(outcome) = self.loading.as_ref().and_then(Promise::take) {
            self.loading = None;
            self.picture = outcome.ok().map(|(picture, size_px)| {
                self.size_px = size_px;
                texture(ui, "asked", &picture)
            });
        }
        if let Some(outcome) = self.asking.as_ref().and_then(Promise::take) {
            self.asking = None;
            self.answer = Some(outcome);
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, service: &str, running: bool) {
        self.take(ui);
        ScrollArea::vertical().id_salt("test-page").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(960.0_f32.min(ui.available_width() - space::M));
            if !running {
                widgets::weak(ui, context, context.tr("test-stopped"));
            }
            let mut enter = false;
            ui.horizontal_top(|ui| {
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width() - 110.0);
                    let field = Field::new(context.tr("test-file")).hint(context.tr("test-file-hint"));
                    let changed = self.path_field.show(ui, context, field, PathKind::File, &mut self.path);
                    // A file that was picked is asked about at once; a typed path with Enter.
                    enter = changed && !ui.ctx().text_edit_focused();
                    enter |= ui.input(|input| input.key_pressed(egui::Key::Enter)) && !self.path.trim().is_empty();
                });
                ui.vertical(|ui| {
                    ui.add_space(ui.text_style_height(&egui::TextStyle::Small) + space::XS);
                    let button = Button::primary(context.tr("test-ask")).icon(Icon::Send);
                    let ready = running && !self.path.trim().is_empty() && self.asking.is_none();
                    enter |= button.enabled(ready).show(ui, context).clicked();
                });
            });
            if enter && running && self.asking.is_none() {
                self.ask(context, service);
            }
            ui.add_space(space::M);
            self.result_ui(ui, context);
        });
    }

    fn result_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let tokens = context.tokens;
        let wide = ui.available_width() > 640.0;
        let detects = matches!(self.answer, Some(Ok(Prediction::Detection { .. })));
        // Boxes and their names need room.
        let (part, most) = if detects { (0.62, 720.0) } else { (0.42, 400.0) };
        let side = if wide { (ui.available_width() * part).min(most) } else { ui.available_width().min(320.0) };
        let picture_ui = |ui: &mut Ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(side, side * 0.8), Sense::hover());
            ui.painter().rect(
                rect,
                theme::CORNER,
                tokens.canvas,
                egui::Stroke::new(1.0, tokens.border),
                egui::StrokeKind::Inside,
            );
            match &self.picture {
                Some(texture) => {
                    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &self.asked));
                    paint_fitted(ui, texture, rect.shrink(4.0));
                    if let Some(Ok(Prediction::Detection { detection_classes, detection_boxes, detection_scores })) =
                        &self.answer
                    {
                        let fitted = boxes::fitted(self.size_px, rect.shrink(4.0));
                        let labels = label_colors(detection_classes);
                        // The surest last, so that it lies above the others.
                        for ((label, edges), score) in
                            detection_classes.iter().zip(detection_boxes).zip(detection_scores).rev()
                        {
                            let stroke = egui::Stroke::new(2.0, boxes::color(labels[label.as_str()]));
                            let text = format!("{label} {}", format::percent(*score, 0));
                            boxes::paint(ui, edges, self.size_px, fitted, stroke, Some(&text));
                        }
                    }
                }
                None if self.loading.is_some() => {}
                None => {
                    let icon = if self.asked.is_empty() { Icon::ImagePlus } else { Icon::ImageOff };
                    icons::paint(ui.painter(), rect.center() - vec2(0.0, 12.0), icon, 32.0, tokens.text_weak);
                    ui.painter().text(
                        rect.center() + vec2(0.0, 20.0),
                        egui::Align2::CENTER_CENTER,
                        context.tr("test-drop"),
                        FontId::proportional(text_size::SMALL),
                        tokens.text_weak,
                    );
                }
            }
        };
        let answer_ui = |ui: &mut Ui| match (&self.answer, &self.asking) {
            (_, Some(asking)) => widgets::loading(ui, context, Some(asking.age())),
            (Some(Err(failure)), None) => widgets::failure(ui, context, failure),
            (Some(Ok(Prediction::Classification { predicted_label, scores })), None) => {
                widgets::weak(ui, context, context.tr("test-answer"));
                let font = FontId::new(text_size::TITLE, theme::bold_family());
                ui.add(egui::Label::new(RichText::new(predicted_label).font(font)).truncate().selectable(true));
                ui.add_space(space::S);
                for (label, score) in scores.iter().take(SCORES_SHOWN) {
                    bar_ui(ui, context, label, *score, label == predicted_label);
                }
            }
            (Some(Ok(Prediction::Detection { detection_classes, detection_boxes, detection_scores })), None) => {
                found_ui(ui, context, detection_classes, detection_boxes, detection_scores);
            }
            (None, None) => {
                widgets::weak(ui, context, context.tr("test-nothing"));
            }
        };
        if wide {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::XL;
                picture_ui(ui);
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width());
                    answer_ui(ui);
                });
            });
        } else {
            picture_ui(ui);
            ui.add_space(space::M);
            answer_ui(ui);
        }
    }
}

/// A number for each label, in the order of their names, so that colours do not depend on what is surest.
fn label_colors(labels: &[String]) -> BTreeMap<&str, usize> {
    let names: BTreeSet<&str> = labels.iter().map(String::as_str).collect();
    names.into_iter().enumerate().map(|(index, name)| (name, index)).collect()
}

/// The objects of an answer: how many of each label, then each of them with its place.
fn found_ui(ui: &mut Ui, context: &Context<'_>, labels: &[String], places: &[[f64; 4]], scores: &[f64]) {
    widgets::weak(ui, context, context.tr_with("test-found", &[("count", labels.len().into())]));
    for (label, color) in label_colors(labels) {
        let count = labels.iter().filter(|other| *other == label).count();
        ui.horizontal(|ui| {
            let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 5.0, boxes::color(color));
            let font = FontId::new(text_size::BODY, theme::bold_family());
            ui.add(egui::Label::new(RichText::new(label).font(font)).truncate().selectable(true));
            ui.label(format::count(count as u64));
        });
    }
    ui.add_space(space::S);
    for ((label, [top, left, bottom, right]), score) in labels.iter().zip(places).zip(scores).take(FOUND_SHOWN) {
        let place = format!("{left:.0}, {top:.0} – {right:.0}, {bottom:.0}");
        let text = format!("{label} {} · {place}", format::percent(*score, 1));
        ui.add(egui::Label::new(RichText::new(text).size(text_size::SMALL)).truncate().selectable(true));
    }
    if labels.len() > FOUND_SHOWN {
        let more = (labels.len() - FOUND_SHOWN).into();
        widgets::weak(ui, context, context.tr_with("test-found-more", &[("count", more)]));
    }
}

fn bar_ui(ui: &mut Ui, context: &Context<'_>, label: &str, score: f64, is_best: bool) {
    let tokens = context.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::M;
        let (name_width, percent_width) = (136.0, 64.0);
        ui.allocate_ui_with_layout(vec2(name_width, 22.0), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(name_width);
            ui.add(egui::Label::new(label).truncate());
        });
        let width = (ui.available_width() - percent_width - space::M).max(40.0);
        let percent = format::percent(score, 1);
        let (rect, response) = ui.allocate_exact_size(vec2(width, 14.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("{label} {percent}")));
        ui.painter().rect_filled(rect, 4, tokens.hover);
        #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
        let filled = vec2(rect.width() * (score.clamp(0.0, 1.0) as f32), rect.height());
        let color = if is_best { tokens.accent } else { tokens.text_weak };
        ui.painter().rect_filled(egui::Rect::from_min_size(rect.min, filled), 4, color);
        ui.label(RichText::new(percent).size(text_size::SMALL));
    });
}
