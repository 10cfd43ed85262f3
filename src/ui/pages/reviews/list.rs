//! The second passes of a dataset.

use super::delete::DeleteReview;
use super::words;
use crate::domain::review::Review;
use crate::domain::{DatasetId, DatasetType, ReviewId};
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Column, MenuEntry, SortKey, Sorting, Table, Width};
use crate::workbench::{ReviewReport, Task, Workbench};
use egui::{RichText, Ui};

type Line = (Review, ReviewReport);

/// The list's state.
#[derive(Default)]
pub struct ReviewList {
    lines: Query<DatasetId, Vec<Line>>,
    selected: Option<ReviewId>,
    sorting: Sorting,
}

/// What is done to a pass from its menu.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Open,
    Draw,
    Settle,
    Delete,
}

fn read(workbench: &Workbench, dataset: DatasetId) -> crate::workbench::Result<Vec<Line>> {
    let reviews = workbench.reviews(dataset)?.into_iter();
    reviews.map(|review| Ok((review.clone(), workbench.review_report(review.id, &Task::silent())?))).collect()
}

impl ReviewList {
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, dataset: DatasetId) {
        self.lines.get(context.backend, &dataset, move |workbench| read(workbench, dataset));
        let Some(lines) = self.lines.latest() else {
            widgets::not_yet(ui, context, self.lines.failure(), self.lines.waiting_for());
            return;
        };
        let mut lines: Vec<&Line> = lines.iter().collect();
        self.sorting.apply(&mut lines, |line, column| sort_key(line, column));
        let kind = lines.first().map_or(DatasetType::ObjectDetection, |(_, report)| report.kind);
        let [first, second] = words::figure_names(kind);
        let columns = [
            Column::new(context.tr("review-column-begun"), Width::Share(1.0)),
            Column::new(context.tr("review-column-extent"), Width::Points(156.0)),
            Column::new(context.tr("column-progress"), Width::Points(160.0)),
            Column::new(context.tr("column-state"), Width::Points(172.0)),
            Column::new(context.tr(first), Width::Points(92.0)).right(),
            Column::new(context.tr(second), Width::Points(112.0)).right().optional(),
            Column::fixed(String::new(), Width::Points(88.0)).right(),
        ];
        let table = Table {
            id: "reviews",
            columns: &columns,
            rows: lines.len(),
            row_height: 52.0,
            sort: self.sorting.0,
            selected: lines.iter().position(|(review, _)| Some(review.id) == self.selected),
            name_of_row: &|row| format!("{} {}", words::name(&lines[row].0), lines[row].0.id),
        };
        let (mut asked, mut from_menu) = (None, None);
        let output = table.show(
            ui,
            context,
            |ui, row, column| {
                if let Some(action) = cell_ui(ui, context, lines[row], column) {
                    asked = Some((row, action));
                }
            },
            |ui, row| {
                let chosen = widgets::menu_entries(ui, context, &entries(context, lines[row]));
                from_menu = chosen.map(|action| (row, action)).or(from_menu);
            },
        );
        let deleted = table.selected.filter(|_| output.delete).map(|row| (row, Action::Delete));
        let asked = asked.or(from_menu).or(deleted).or(output.opened.map(|row| (row, Action::Open)));
        let selected = output.selected.map(|row| lines[row].0.id);
        if let Some((row, action)) = asked {
            act(context, lines[row], action);
        }
        self.selected = selected.or(self.selected);
        if let Some(column) = output.sorted_by {
            self.sorting.click(column);
        }
    }
}

fn act(context: &Context<'_>, (review, report): &Line, action: Action) {
    let (dataset, review) = (review.dataset, review.id);
    match action {
        Action::Open => context.open(Page::Review { dataset, review }),
        Action::Draw => context.open(Page::ReviewDrawing { dataset, review }),
        Action::Settle => context.open(Page::ReviewSettling { dataset, review, sample: None }),
        Action::Delete => context.show(DeleteReview::new(review, report.done)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "an order among what a person tells apart")]
fn sort_key((review, report): &Line, column: usize) -> SortKey {
    match column {
        0 => SortKey::whole(review.created.0),
        1 => SortKey::number(Some(review.samples.len() as f64)),
        2 => SortKey::number((report.samples > 0).then(|| report.done as f64 / report.samples as f64)),
        3 => SortKey::number(Some(words::to_settle(report) as f64)),
        4 => SortKey::number(report.agreed_share),
        _ => SortKey::number(words::second_figure(report)),
    }
}

fn entries(context: &Context<'_>, (_, report): &Line) -> Vec<MenuEntry<Action>> {
    let entry = |value: Action, text: String, icon: Icon, keys: &str, enabled: bool| MenuEntry {
        value,
        text,
        icon,
        keys: keys.to_owned(),
        enabled,
    };
    vec![
        entry(Action::Open, context.tr("review-open"), Icon::ArrowRight, "Enter", true),
        entry(Action::Draw, context.tr("review-draw"), Icon::ScanEye, "", true),
        entry(Action::Settle, context.tr("review-settle"), Icon::Columns2, "", report.done > 0),
        entry(Action::Delete, context.tr("review-delete"), Icon::Trash2, "Delete", true),
    ]
}

fn cell_ui(ui: &mut Ui, context: &Context<'_>, line: &Line, column: usize) -> Option<Action> {
    let (review, report) = line;
    let tokens = context.tokens;
    let weak = |ui: &mut Ui, text: String| {
        let text = RichText::new(text).size(text_size::SMALL).color(tokens.text_weak);
        ui.add(egui::Label::new(text).truncate());
    };
    match column {
        0 if review.actor.0.is_empty() => drop(ui.label(words::name(review))),
        0 => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add_space(6.0);
                ui.add(egui::Label::new(words::name(review)).truncate());
                weak(ui, review.actor.0.clone());
            });
        }
        1 => weak(ui, words::extent(context, review)),
        2 => {
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.add_space(10.0);
                let text = words::progress(context, report.done, report.samples);
                weak(ui, text.clone());
                #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
                let fraction = report.done as f32 / report.samples.max(1) as f32;
                widgets::progress_bar(ui, context, fraction, ui.available_width(), &text);
            });
        }
        3 => drop(words::standing_badge(ui, context, report)),
        4 | 5 => {
            let [first, second] = words::figures(report);
            ui.label(if column == 4 { first } else { second });
        }
        _ => {
            let name = context.tr_with("actions-of", &[("name", words::name(review).into())]);
            let chosen = widgets::menu_button(ui, context, Icon::Ellipsis, &name, &entries(context, line));
            let draw = widgets::icon_button(ui, context, Icon::ScanEye, &context.tr("review-draw"));
            return chosen.or(draw.clicked().then_some(Action::Draw));
        }
    }
    None
}
