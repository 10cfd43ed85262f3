//! The test page: a picture or a text, and what the service says of it.

use super::objects::{Answer, Objects};
use crate::domain::Explanation;
use crate::domain::predict::Prediction;
use crate::domain::service::{Service, ServiceState};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::training::pictures::{paint_fitted, texture};
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button, Field, PathField, PathKind};
use crate::workbench::{ActivityKind, Picture};
use egui::{FontId, RichText, ScrollArea, Sense, TextureHandle, Ui, WidgetInfo, vec2};

/// The longest side of the picture that is shown, in pixels.
const PICTURE_LIMIT_PX: u32 = 1024;
/// How many scores are shown; the rest are small.
const SCORES_SHOWN: usize = 20;

/// The state of the test page.
#[derive(Default)]
pub struct TestPage {
    text: String,
    /// A file whose text is on its way.
    reading: Option<Promise<String>>,
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
    objects: Objects,
}

/// The answer of a detector, if it is one.
fn detected(answer: Option<&Result<Prediction, Explanation>>) -> Option<Answer<'_>> {
    match answer {
        Some(Ok(Prediction::Detection { detection_classes, detection_boxes, detection_scores })) => {
            Some(Answer { labels: detection_classes, boxes: detection_boxes, scores: detection_scores })
        }
        _ => None,
    }
}

impl TestPage {
    /// Asks the service about a file.
    pub fn choose(&mut self, context: &Context<'_>, service: &str, path: String, running: bool) {
        self.path = path;
        if running {
            self.ask(context, service);
        }
    }

    /// Puts the text of a file into the field.
    pub fn choose_text(&mut self, context: &Context<'_>, path: String) {
        self.answer = None;
        self.reading = Some(context.backend.spawn(move |workbench| workbench.text_of_file(&path)));
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

    fn ask_text(&mut self, context: &Context<'_>, service: &str) {
        (self.picture, self.answer, self.loading) = (None, None, None);
        let (text, service) = (self.text.clone(), service.to_owned());
        self.asking = Some(context.backend.spawn(move |workbench| workbench.predict_text(&service, &text)));
    }

    /// The text, and the button that asks about it.
    fn text_ui(&mut self, ui: &mut Ui, context: &Context<'_>, service: &str, running: bool) {
        let field = Field::new(context.tr("test-text")).hint(context.tr("test-text-hint")).rows(5);
        field.show(ui, context, &mut self.text);
        let ready = running && !self.text.trim().is_empty() && self.asking.is_none();
        let button = Button::primary(context.tr("test-ask")).icon(Icon::Send).keys("Ctrl+Enter");
        // By the modifiers of the key itself: by the end of the frame they may be up again.
        let pressed = ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
        if (button.enabled(ready).show(ui, context).clicked() || pressed) && ready {
            self.ask_text(context, service);
        }
    }

    fn take(&mut self, ui: &Ui) {
        if let Some(outcome) = self.loading.as_ref().and_then(Promise::take) {
            self.loading = None;
            self.picture = outcome.ok().map(|(picture, size_px)| {
                self.size_px = size_px;
                texture(ui, "asked", &picture)
            });
        }
        if let Some(outcome) = self.reading.as_ref().and_then(Promise::take) {
            self.reading = None;
            match outcome {
                Ok(text) => self.text = text,
                Err(failure) => self.answer = Some(Err(failure)),
            }
        }
        if let Some(outcome) = self.asking.as_ref().and_then(Promise::take) {
            self.asking = None;
            self.answer = Some(outcome);
        }
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, service: &Service, of_texts: bool) {
        let running = service.state == ServiceState::Running;
        let name = service.name.as_str();
        self.take(ui);
        ScrollArea::vertical().id_salt("test-page").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(960.0_f32.min(ui.available_width() - space::M));
            if !running {
                widgets::weak(ui, context, context.tr("test-stopped"));
            }
            if of_texts {
                self.text_ui(ui, context, name, running);
                ui.add_space(space::M);
                self.result_ui(ui, context, service, true);
                return;
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
                self.ask(context, name);
            }
            ui.add_space(space::M);
            self.result_ui(ui, context, service, false);
        });
    }

    fn result_ui(&mut self, ui: &mut Ui, context: &Context<'_>, service: &Service, of_texts: bool) {
        let tokens = context.tokens;
        let wide = ui.available_width() > 640.0 && !of_texts;
        let Self { answer, asking, picture, asked, loading, size_px, objects, .. } = self;
        let detected = detected(answer.as_ref());
        // Boxes and their names need room.
        let (part, most) = if detected.is_some() { (0.62, 720.0) } else { (0.42, 400.0) };
        let side = if wide { (ui.available_width() * part).min(most) } else { ui.available_width().min(320.0) };
        let shown_objects = *objects;
        let picture_ui = |ui: &mut Ui| {
            let (rect, response) = ui.allocate_exact_size(vec2(side, side * 0.8), Sense::hover());
            ui.painter().rect(
                rect,
                theme::CORNER,
                tokens.canvas,
                egui::Stroke::new(1.0, tokens.border),
                egui::StrokeKind::Inside,
            );
            match &picture {
                Some(texture) => {
                    let name = match detected {
                        Some(answer) => format!("{asked}: {}", shown_objects.sentence(context, answer)),
                        None => asked.clone(),
                    };
                    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
                    paint_fitted(ui, texture, rect.shrink(4.0));
                    if let Some(answer) = detected {
                        shown_objects.paint(ui, answer, *size_px, rect.shrink(4.0));
                    }
                }
                None if loading.is_some() => {}
                None => {
                    let icon = if asked.is_empty() { Icon::ImagePlus } else { Icon::ImageOff };
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
        let mut answer_ui = |ui: &mut Ui| match (&*answer, &*asking) {
            (_, Some(asking)) => widgets::loading(ui, context, Some(asking.age())),
            (Some(Err(failure)), None) => widgets::failure(ui, context, failure),
            (
                Some(Ok(
                    Prediction::Classification { predicted_label, scores }
                    | Prediction::Labels { predicted_label, scores, .. },
                )),
                None,
            ) => {
                widgets::weak(ui, context, context.tr("test-answer"));
                let font = FontId::new(text_size::TITLE, theme::bold_family());
                ui.add(egui::Label::new(RichText::new(predicted_label).font(font)).truncate().selectable(true));
                ui.add_space(space::S);
                for (label, score) in scores.iter().take(SCORES_SHOWN) {
                    bar_ui(ui, context, label, *score, label == predicted_label);
                }
            }
            (Some(Ok(Prediction::Detection { .. })), None) => {
                if let Some(answer) = detected
                    && let Some(score) = objects.list_ui(ui, context, answer, service.least_score)
                {
                    answer_from(context, service.name.to_string(), score);
                }
            }
            (Some(Ok(Prediction::Entities { entities })), None) => {
                let found = if entities.is_empty() { "test-no-entities" } else { "test-entities" };
                widgets::weak(ui, context, context.tr(found));
                ui.add_space(space::S);
                for entity in entities {
                    bar_ui(ui, context, &format!("{} · {}", entity.text, entity.label), entity.score, false);
                }
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
            if !of_texts {
                picture_ui(ui);
                ui.add_space(space::M);
            }
            answer_ui(ui);
        }
    }
}

/// Restarts the service so that it answers from this score on.
fn answer_from(context: &Context<'_>, service: String, score: f64) {
    let subject = service.clone();
    let least_score = (score > 0.0).then_some(score);
    drop(context.backend.run(ActivityKind::Deploy, &subject, move |workbench, task| {
        workbench.set_service_score(&service, least_score, task)
    }));
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
