//! One second pass: how far it is, how far the two agree, over all and by label, and which images differ most.

use super::delete::DeleteReview;
use super::words::{self, Standing};
use crate::domain::review::{Review, ReviewState};
use crate::domain::{DatasetId, DatasetType, ReviewId, SampleId};
use crate::text::format;
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::pages::training::words::figure_tile;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button, Column, MenuEntry, SortKey, Sorting, Table, Width};
use crate::workbench::{ReviewReport, ReviewedSample, Task};
use egui::{Align, Layout, ScrollArea, Ui};

/// Room for the figures by label, in points.
const LABELS_WIDTH: f32 = 424.0;
/// The same where the labels have kappa, too.
const KAPPA_WIDTH: f32 = 104.0;
/// Below this width the labels are left out beside the images.
const WIDE: f32 = 880.0;

/// The state of the report.
#[derive(Default)]
pub struct ReportView {
    report: Query<ReviewId, ReviewReport>,
    sorting: Sorting,
    selected: Option<SampleId>,
}

/// The page to go on with: what waits is drawn, what differs is settled.
fn next_page(dataset: DatasetId, report: &ReviewReport) -> Option<Page> {
    let review = report.review;
    match words::standing(report) {
        Standing::New | Standing::Drawing => Some(Page::ReviewDrawing { dataset, review }),
        Standing::Differs(_) => Some(Page::ReviewSettling { dataset, review, sample: None }),
        Standing::Settled => None,
    }
}

impl ReportView {
    /// The report, if it is there and of this review.
    fn latest(&self, review: ReviewId) -> Option<&ReviewReport> {
        self.report.latest().filter(|report| report.review == review)
    }

    /// From right to left.
    pub fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>, dataset: DatasetId, review: ReviewId) {
        let Some(report) = self.latest(review) else { return };
        let next = next_page(dataset, report);
        let draw = ("review-draw", Icon::ScanEye, Page::ReviewDrawing { dataset, review });
        let settle = ("review-settle", Icon::Columns2, Page::ReviewSettling { dataset, review, sample: None });
        // What is to be done next comes first.
        let mut steps = if next.as_ref() == Some(&settle.2) { vec![settle, draw] } else { vec![draw, settle] };
        steps.retain(|(id, ..)| *id == "review-draw" || words::to_settle(report) > 0);
        for (id, icon, page) in steps {
            let button = Button::secondary(context.tr(id)).icon(icon).tip(context.tr(&format!("{id}.tip")));
            let button = if next.as_ref() == Some(&page) { button.as_primary() } else { button };
            if button.show(ui, context).clicked() {
                context.open(page);
            }
        }
        if widgets::icon_button(ui, context, Icon::Trash2, &context.tr("review-delete")).clicked() {
            context.show(DeleteReview::new(review, report.done));
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, review: &Review) {
        let id = review.id;
        self.report.get(context.backend, &id, move |workbench| workbench.review_report(id, &Task::silent()));
        let Some(report) = self.latest(id) else {
            widgets::not_yet(ui, context, self.report.failure(), self.report.waiting_for());
            return;
        };
        let report = report.clone();
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::M;
            words::standing_badge(ui, context, &report);
            ui.label(words::progress(context, report.done, report.samples));
            widgets::weak(ui, context, words::extent(context, review));
            if !review.actor.0.is_empty() {
                widgets::weak(ui, context, context.tr_with("review-by", &[("actor", review.actor.0.as_str().into())]));
            }
        });
        ui.add_space(space::S);
        if report.done == 0 {
            let button = Button::primary(context.tr("review-draw")).icon(Icon::ScanEye);
            if widgets::empty_state(ui, context, Icon::ScanEye, &context.tr("review-nobody-looked"), Some(button)) {
                context.open(Page::ReviewDrawing { dataset: review.dataset, review: id });
            }
            return;
        }
        figures_ui(ui, context, &report);
        ui.add_space(space::M);
        if ui.available_width() >= WIDE {
            egui::Panel::right("review-labels")
                .exact_size(if report.kind == DatasetType::TextClassification {
                    LABELS_WIDTH + KAPPA_WIDTH
                } else {
                    LABELS_WIDTH
                })
                .resizable(false)
                .show_separator_line(false)
                .frame(egui::Frame::new().inner_margin(egui::Margin { left: 24, ..egui::Margin::ZERO }))
                .show(ui, |ui| labels_ui(ui, context, &report));
        }
        egui::CentralPanel::no_frame().show(ui, |ui| self.samples_ui(ui, context, review.dataset, &report));
    }

    /// The images, those that differ most first.
    fn samples_ui(&mut self, ui: &mut Ui, context: &Context<'_>, dataset: DatasetId, report: &ReviewReport) {
        let mut rows: Vec<&ReviewedSample> = report.rows.iter().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.differences));
        self.sorting.apply(&mut rows, |row, column| match column {
            0 => SortKey::text(&row.name),
            #[expect(clippy::cast_precision_loss, reason = "an order among what a person tells apart")]
            1 => SortKey::number(Some(row.state as usize as f64)),
            #[expect(clippy::cast_precision_loss, reason = "an order among what a person tells apart")]
            _ => SortKey::number((row.state == ReviewState::Done).then_some(row.differences as f64)),
        });
        let columns = [
            Column::new(context.tr("review-column-sample"), Width::Share(1.0)),
            Column::new(context.tr("column-state"), Width::Points(132.0)),
            Column::new(context.tr("review-column-differences"), Width::Points(120.0)).right(),
        ];
        let table = Table {
            id: "review-samples",
            columns: &columns,
            rows: rows.len(),
            row_height: 36.0,
            sort: self.sorting.0,
            selected: rows.iter().position(|row| Some(row.id) == self.selected),
            name_of_row: &|row| rows[row].name.clone(),
        };
        let mut from_menu = None;
        let output = table.show(
            ui,
            context,
            |ui, row, column| match column {
                0 => drop(ui.add(egui::Label::new(&rows[row].name).truncate())),
                1 => drop(words::sample_badge(ui, context, rows[row])),
                _ if rows[row].state == ReviewState::Done => {
                    ui.label(format::count(rows[row].differences));
                }
                _ => drop(widgets::weak(ui, context, "–")),
            },
            |ui, row| {
                let icon = if rows[row].state == ReviewState::Waiting { Icon::ScanEye } else { Icon::Columns2 };
                let text = context.tr("review-open-sample");
                let entry = MenuEntry { value: row, text, icon, keys: "Enter".to_owned(), enabled: true };
                from_menu = widgets::menu_entries(ui, context, &[entry]).or(from_menu);
            },
        );
        if let Some(row) = output.selected {
            self.selected = Some(rows[row].id);
        }
        if let Some(column) = output.sorted_by {
            self.sorting.click(column);
        }
        if let Some(row) = output.opened.or(from_menu).map(|row| rows[row]) {
            let review = report.review;
            context.open(match row.state {
                ReviewState::Waiting => Page::ReviewDrawing { dataset, review },
                _ => Page::ReviewSettling { dataset, review, sample: Some(row.id) },
            });
        }
    }
}

/// The figures over all images that were looked at again.
fn figures_ui(ui: &mut Ui, context: &Context<'_>, report: &ReviewReport) {
    let agreement = &report.agreement;
    let pairs = agreement.agreed + agreement.other_label;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(space::S, space::S);
        for (id, figure) in words::figure_names(report.kind).into_iter().zip(words::figures(report)) {
            figure_tile(ui, context, id, &figure);
        }
        for (id, count) in [
            ("review-agreed", agreement.agreed),
            ("review-other-label", agreement.other_label),
            ("review-only-first", agreement.first.saturating_sub(pairs)),
            ("review-only-second", agreement.second.saturating_sub(pairs)),
        ] {
            figure_tile(ui, context, id, &format::count(count));
        }
    });
}

/// The figures by label.
fn labels_ui(ui: &mut Ui, context: &Context<'_>, report: &ReviewReport) {
    widgets::section(ui, context, context.tr("review-by-label"));
    ui.add_space(space::XS);
    ScrollArea::vertical().id_salt("review-labels").auto_shrink([false, false]).show(ui, |ui| {
        let has_kappa = report.kind == DatasetType::TextClassification;
        let [share, _] = words::figure_names(report.kind);
        let columns = ["column-label", "review-first", "review-second", "review-both", share, "review-kappa"];
        let shown = if has_kappa { 6 } else { 5 };
        egui::Grid::new("review-labels").num_columns(shown).min_col_width(48.0).spacing([space::L, space::S]).show(
            ui,
            |ui| {
                for id in &columns[..shown] {
                    let head = widgets::weak(ui, context, context.tr(id));
                    if *id == share || *id == "review-kappa" {
                        head.on_hover_text(context.tr(&format!("{id}.meaning")));
                    }
                }
                ui.end_row();
                for label in &report.by_label {
                    ui.allocate_ui_with_layout(egui::vec2(128.0, 20.0), Layout::left_to_right(Align::Center), |ui| {
                        ui.set_width(128.0);
                        ui.add(egui::Label::new(&label.name).truncate());
                    });
                    for count in [label.first, label.second, label.agreed] {
                        ui.label(format::count(count));
                    }
                    ui.label(words::share(label.agreed_share));
                    if has_kappa {
                        ui.label(words::kappa(label.kappa));
                    }
                    ui.end_row();
                }
            },
        );
    });
}
