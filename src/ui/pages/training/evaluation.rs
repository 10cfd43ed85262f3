//! The evaluation of a version (guide 5.5): figures, labels, the confusion matrix, the images behind them.

use super::images::{Chosen, Images};
use super::{matrix, words};
use crate::domain::evaluation::{Evaluation, LabelScores};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Layout, RichText, ScrollArea, Ui};

/// Room for the table of labels, in points.
const LABELS_WIDTH: f32 = 540.0;

/// The state of an evaluation that is looked at.
#[derive(Default)]
pub struct EvaluationView {
    images: Images,
    just_chosen: bool,
}

impl EvaluationView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) {
        ScrollArea::vertical().id_salt("evaluation").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - space::M);
            ui.spacing_mut().item_spacing.y = space::S;
            ui.horizontal_wrapped(|ui| {
                for (id, value) in words::figures(&evaluation.summary()) {
                    words::figure_tile(ui, context, id, &format::percent(value, 1));
                }
            });
            counts_ui(ui, context, evaluation);
            ui.add_space(space::S);
            let mut clicked = None;
            let wide = ui.available_width() > LABELS_WIDTH + space::XL + matrix::width(ui, evaluation);
            if wide {
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| {
                        ui.set_width(LABELS_WIDTH);
                        clicked = self.labels_ui(ui, context, evaluation);
                    });
                    ui.add_space(space::XL);
                    ui.vertical(|ui| {
                        clicked = self.matrix_ui(ui, context, evaluation).or(clicked);
                    });
                });
            } else {
                clicked = self.labels_ui(ui, context, evaluation);
                ui.add_space(space::M);
                clicked = self.matrix_ui(ui, context, evaluation).or(clicked);
            }
            ui.add_space(space::M);
            if let Some(clicked) = clicked {
                self.images.choose(Some(clicked));
                self.just_chosen = true;
                ui.ctx().request_repaint();
            }
            let just_chosen = std::mem::take(&mut self.just_chosen) && clicked.is_none();
            self.just_chosen = clicked.is_some();
            self.images.ui(ui, context, evaluation, just_chosen);
            ui.add_space(space::L);
        });
    }

    fn matrix_ui(&self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) -> Option<Chosen> {
        widgets::section(ui, context, context.tr("matrix-title"));
        widgets::weak(ui, context, context.tr("matrix-note"));
        matrix::ui(ui, context, evaluation, self.images.chosen())
    }

    fn labels_ui(&self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) -> Option<Chosen> {
        let mut clicked = None;
        widgets::section(ui, context, context.tr("by-label-title"));
        let scores = evaluation.by_label();
        let names =
            ["column-label", "figure-precision", "figure-recall", "figure-f1", "column-misread", "column-count"];
        let frame = context.tokens.card().inner_margin(egui::Margin::symmetric(12, 8));
        frame.show(ui, |ui| {
            // As many as there are labels: rarely more than a hundred.
            ScrollArea::vertical().id_salt("by-label").max_height(480.0).auto_shrink([true, true]).show(ui, |ui| {
                egui::Grid::new("by-label").num_columns(7).spacing([space::L, space::XS]).show(ui, |ui| {
                    for name in names {
                        widgets::weak(ui, context, context.tr(name));
                    }
                    ui.label("");
                    ui.end_row();
                    for (class, scores) in scores.iter().enumerate() {
                        let misread = evaluation.misread_as(class).len();
                        if row_ui(ui, context, scores, misread) {
                            clicked = Some(Chosen::MisreadAs(class));
                        }
                    }
                });
            });
        });
        clicked
    }
}

fn row_ui(ui: &mut Ui, context: &Context<'_>, scores: &LabelScores, misread: usize) -> bool {
    ui.add_sized([128.0, 24.0], |ui: &mut Ui| {
        ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(scores.label.as_str()).truncate());
        })
        .response
    });
    for value in [scores.precision, scores.recall, scores.f1, scores.misread_rate] {
        ui.label(value.map_or_else(|| "–".to_owned(), |value| format::percent(value, 1)));
    }
    ui.label(format::count(scores.count));
    let mut clicked = false;
    if misread > 0 {
        let text = context.tr_with("by-label-misread", &[("count", misread.into())]);
        let name =
            context.tr_with("by-label-misread-of", &[("label", (&scores.label).into()), ("count", misread.into())]);
        let response = Button::ghost(text).icon(Icon::Images).small().show(ui, context);
        clicked = response.clicked();
        response.accessible_name(name);
    } else {
        ui.label("");
    }
    ui.end_row();
    clicked
}

/// How many samples were learned from and asked about, and how many were left out and why.
fn counts_ui(ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) {
    let mut texts = vec![
        context.tr_with("evaluated-on", &[("count", evaluation.samples.len().into())]),
        context.tr_with("trained-on", &[("count", evaluation.trained_on.into())]),
    ];
    for (id, count) in [
        ("left-out-several", evaluation.several_labels),
        ("left-out-unlabeled", evaluation.unlabeled),
        ("left-out-unreadable", evaluation.unreadable),
    ] {
        if count > 0 {
            texts.push(context.tr_with(id, &[("count", count.into())]));
        }
    }
    let text = RichText::new(texts.join(" · ")).size(text_size::SMALL).color(context.tokens.text_weak);
    ui.add(egui::Label::new(text).wrap());
}
