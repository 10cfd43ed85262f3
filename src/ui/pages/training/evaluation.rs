//! The evaluation of a version (guide 5.5): figures, labels, the confusion matrix, the images behind them.

use super::images::{Chosen, Images};
use super::{matrix, precision, words};
use crate::domain::evaluation::{Evaluation, LabelScores};
use crate::domain::text_evaluation::TextEvaluation;
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button, Column, SortKey, Sorting, Table, Width};
use egui::{RichText, ScrollArea, Ui};

/// Room for the table of labels, in points.
const LABELS_WIDTH: f32 = 600.0;
const ROW_HEIGHT: f32 = 32.0;
const HEAD_HEIGHT: f32 = 36.0;
/// Above this height the table scrolls by itself.
const HEIGHT_LIMIT: f32 = 480.0;

/// The state of an evaluation that is looked at.
#[derive(Default)]
pub struct EvaluationView {
    images: Images,
    just_chosen: bool,
    sorting: Sorting,
    selected: Option<usize>,
    /// The evaluation counted from another score than its own.
    counted: Option<Evaluation>,
}

impl EvaluationView {
    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation, of_texts: bool) {
        let counted = self.counted.take();
        let chosen = self.shown_ui(ui, context, counted.as_ref().unwrap_or(evaluation), evaluation, of_texts);
        self.counted = match chosen {
            Some(score) => {
                let mut counted = counted.unwrap_or_else(|| evaluation.clone());
                if let Some(detection) = &mut counted.detection {
                    detection.set_score_threshold(score);
                }
                ui.ctx().request_repaint();
                Some(counted)
            }
            None => counted,
        };
    }

    /// Draws `evaluation`, which is `own` or that counted from another score; returns a score that was chosen.
    fn shown_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        evaluation: &Evaluation,
        own: &Evaluation,
        of_texts: bool,
    ) -> Option<f64> {
        let mut score = None;
        ScrollArea::vertical().id_salt("evaluation").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - space::M);
            ui.spacing_mut().item_spacing.y = space::S;
            ui.horizontal_wrapped(|ui| {
                for (id, value) in words::figures(&evaluation.summary()) {
                    words::figure_tile(ui, context, id, &format::percent(value, 1));
                }
            });
            counts_ui(ui, context, evaluation);
            if let (Some(shown), Some(own)) = (&evaluation.detection, &own.detection) {
                score = precision::score_ui(ui, context, shown.score_threshold(), own.score_threshold());
            }
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
            if let Some(detection) = &evaluation.detection {
                let width = ui.available_width().min(LABELS_WIDTH);
                precision::curve_ui(ui, context, detection, &evaluation.by_label(), self.selected, width);
                ui.add_space(space::M);
            }
            if let Some(clicked) = clicked {
                self.images.choose(Some(clicked));
                self.just_chosen = true;
                ui.ctx().request_repaint();
            }
            let just_chosen = std::mem::take(&mut self.just_chosen) && clicked.is_none();
            self.just_chosen = clicked.is_some();
            self.images.ui(ui, context, evaluation, of_texts, just_chosen);
            ui.add_space(space::L);
        });
        score
    }

    fn matrix_ui(&self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) -> Option<Chosen> {
        widgets::section(ui, context, context.tr("matrix-title"));
        let note = match &evaluation.texts {
            _ if evaluation.detection.is_some() => "matrix-note-boxes",
            Some(texts) if texts.has_entities() => "matrix-note-entities",
            _ => "matrix-note",
        };
        widgets::weak(ui, context, context.tr(note));
        matrix::ui(ui, context, evaluation, self.images.chosen())
    }

    fn labels_ui(&mut self, ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) -> Option<Chosen> {
        let mut clicked = None;
        widgets::section(ui, context, context.tr("by-label-title"));
        let scores = evaluation.by_label();
        let detects = evaluation.detection.is_some();
        let misread = |class: usize| match (&evaluation.detection, &evaluation.texts) {
            (Some(detection), _) => detection.misread_count(evaluation.classes.len(), class),
            (None, Some(texts)) => texts.misread_as(class).len(),
            (None, None) => evaluation.misread_as(class).len(),
        };
        let mut rows: Vec<Row> = scores
            .into_iter()
            .enumerate()
            .map(|(class, scores)| Row { misread: misread(class), class, scores, detects })
            .collect();
        self.sorting.apply(&mut rows, Row::sort_key);
        let has_entities = evaluation.texts.as_ref().is_some_and(TextEvaluation::has_entities);
        let counted = match () {
            () if detects => "column-boxes",
            () if has_entities => "column-entities",
            () => "column-count",
        };
        let figure = |id: &str| Column::new(context.tr(id), Width::Points(76.0)).right();
        let columns = [
            Column::new(context.tr("column-label"), Width::Share(1.0)),
            figure("figure-precision"),
            figure("figure-recall"),
            figure("figure-f1"),
            figure(if detects { "column-average-precision" } else { "column-misread" }),
            Column::new(context.tr(counted), Width::Points(72.0)).right(),
            Column::fixed(String::new(), Width::Points(104.0)).right(),
        ];
        let table = Table {
            id: "by-label",
            columns: &columns,
            rows: rows.len(),
            row_height: ROW_HEIGHT,
            sort: self.sorting.0,
            selected: rows.iter().position(|row| Some(row.class) == self.selected),
            name_of_row: &|row| rows[row].scores.label.clone(),
        };
        #[expect(clippy::cast_precision_loss, reason = "a count of labels")]
        let height = (HEAD_HEIGHT + ROW_HEIGHT * rows.len() as f32 + space::S).min(HEIGHT_LIMIT);
        let size = egui::vec2(ui.available_width(), height);
        let output = ui
            .allocate_ui(size, |ui| {
                ui.set_min_size(size);
                ui.set_max_height(height);
                let cell = |ui: &mut Ui, row: usize, column: usize| {
                    if rows[row].cell_ui(ui, context, column) {
                        clicked = Some(Chosen::MisreadAs(rows[row].class));
                    }
                };
                table.show(ui, context, cell, |_, _| {})
            })
            .inner;
        if let Some(column) = output.sorted_by {
            self.sorting.click(column);
        }
        if let Some(row) = output.selected {
            self.selected = Some(rows[row].class);
        }
        let opened = output.opened.map(|row| &rows[row]).filter(|row| row.misread > 0);
        clicked.or(opened.map(|row| Chosen::MisreadAs(row.class)))
    }
}

/// A line of the table of labels.
struct Row {
    class: usize,
    scores: LabelScores,
    /// Images that were taken for this label and are of another.
    misread: usize,
    detects: bool,
}

impl Row {
    /// What is special of a classifier's or a detector's label.
    fn fourth(&self) -> Option<f64> {
        if self.detects { self.scores.average_precision } else { self.scores.misread_rate }
    }

    fn sort_key(&self, column: usize) -> SortKey {
        match column {
            0 => SortKey::text(&self.scores.label),
            1 => SortKey::number(self.scores.precision),
            2 => SortKey::number(self.scores.recall),
            3 => SortKey::number(self.scores.f1),
            4 => SortKey::number(self.fourth()),
            _ => SortKey::whole(i64::try_from(self.scores.count).unwrap_or(i64::MAX)),
        }
    }

    /// Draws a cell; true if the misread images were asked for.
    fn cell_ui(&self, ui: &mut Ui, context: &Context<'_>, column: usize) -> bool {
        let scores = &self.scores;
        let percent = |ui: &mut Ui, value: Option<f64>| {
            ui.label(value.map_or_else(|| "–".to_owned(), |value| format::percent(value, 1)));
        };
        match column {
            0 => {
                ui.add(egui::Label::new(scores.label.as_str()).truncate());
            }
            1 => percent(ui, scores.precision),
            2 => percent(ui, scores.recall),
            3 => percent(ui, scores.f1),
            4 => percent(ui, self.fourth()),
            5 => {
                ui.label(format::count(scores.count));
            }
            _ if self.misread > 0 => {
                let arguments = [("label", (&scores.label).into()), ("count", self.misread.into())];
                let name = context.tr_with("by-label-misread-of", &arguments);
                let text = context.tr_with("by-label-misread", &[("count", self.misread.into())]);
                let response = Button::ghost(text).icon(Icon::Images).small().show(ui, context);
                let clicked = response.clicked();
                response.accessible_name(name);
                return clicked;
            }
            _ => {}
        }
        false
    }
}

/// How many samples were learned from and asked about, and how many were left out and why.
fn counts_ui(ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) {
    let mut texts = vec![
        context.tr_with("evaluated-on", &[("count", evaluation.evaluated().into())]),
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
