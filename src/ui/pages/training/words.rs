//! How jobs are told: states, figures, durations, names.

use crate::domain::evaluation::{Measure, Summary};
use crate::domain::job::{JobState, JobVersion};
use crate::text::{self, format};
use crate::ui::context::Context;
use crate::ui::theme::{self, text_size};
use crate::ui::widgets;
use egui::{Color32, FontId, Response, RichText, Ui};
use std::time::Duration;

/// A state as a badge.
pub fn state_badge(ui: &mut Ui, context: &Context<'_>, state: JobState) -> Response {
    widgets::badge(ui, context, &context.tr(&format!("job-{}", state.as_str())), state_color(context, state))
}

fn state_color(context: &Context<'_>, state: JobState) -> Color32 {
    let tokens = context.tokens;
    match state {
        JobState::Initializing | JobState::Deploying | JobState::Running => tokens.accent_text,
        JobState::Succeeded => tokens.success_text,
        JobState::Failed => tokens.danger_text,
        JobState::Interrupted => tokens.warning_text,
        JobState::Cancelled => tokens.text_weak,
    }
}

/// How long a version has run; empty before it has started.
pub fn duration(context: &Context<'_>, version: &JobVersion) -> String {
    let Some(started) = version.started else { return String::new() };
    let until = match version.ended {
        Some(ended) => ended,
        None if version.state.is_final() => return String::new(),
        None => context.now,
    };
    let millis = u64::try_from(until.0 - started.0).unwrap_or(0);
    // A clock that counts milliseconds only flickers.
    let millis = if version.ended.is_some() { millis } else { millis / 1000 * 1000 };
    format::duration(context.language, Duration::from_millis(millis))
}

/// An algorithm's name as people read it; the stable name where no message has one.
pub fn algorithm_title(context: &Context<'_>, name: &str) -> String {
    let id = format!("algorithm-title-{}", text::id_of(name));
    let title = context.tr(&id);
    if title == id { name.to_owned() } else { title }
}

/// The message that names a summary's first figure.
pub fn measure_id(summary: &Summary) -> &'static str {
    id_of(summary.measure())
}

/// The message that names what a figure measures.
pub fn id_of(measure: Measure) -> &'static str {
    match measure {
        Measure::Accuracy => "figure-accuracy",
        Measure::MeanAveragePrecision => "figure-map",
        Measure::SpanF1 => "figure-span-f1",
        Measure::Either => "figure-first",
    }
}

/// The heading of a column of first figures: the measure's name, or both names where detectors stand beside others.
pub fn measure_heading<'a>(context: &Context<'_>, summaries: impl Iterator<Item = &'a Summary>) -> String {
    context.tr(id_of(Measure::of(summaries)))
}

/// A summary's first figure; what it is shows on hover.
pub fn measure(ui: &mut Ui, context: &Context<'_>, summary: &Summary) {
    let id = measure_id(summary);
    let meaning = format!("{}: {}", context.tr(id), context.tr(&format!("{id}.meaning")));
    ui.label(format::percent(summary.first_figure(), 1)).on_hover_text(meaning);
}

/// The four figures of a summary with their messages, the most telling first.
pub fn figures(summary: &Summary) -> [(&'static str, f64); 4] {
    let others = [("figure-precision", summary.precision), ("figure-recall", summary.recall)];
    let last = if summary.of_entities { ("figure-whole-texts", summary.accuracy) } else { ("figure-f1", summary.f1) };
    let [precision, recall] = others;
    match summary.measure() {
        Measure::SpanF1 => [(measure_id(summary), summary.first_figure()), precision, recall, last],
        _ => [(measure_id(summary), summary.first_figure()), last, precision, recall],
    }
}

/// A figure as a tile: its value large, its name below.
pub fn figure_tile(ui: &mut Ui, context: &Context<'_>, id: &str, value: &str) {
    let tokens = context.tokens;
    let frame = tokens.card().inner_margin(egui::Margin::symmetric(16, 10));
    frame.show(ui, |ui| {
        ui.set_width(124.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(RichText::new(value).font(FontId::new(text_size::TITLE, theme::bold_family())));
            let name = context.tr(id);
            widgets::weak(ui, context, name).on_hover_text(context.tr(&format!("{id}.meaning")));
        });
    });
}

/// A line of facts: a weak name, then its value.
pub fn fact(ui: &mut Ui, context: &Context<'_>, name: &str, value: impl Into<String>) -> Response {
    widgets::weak(ui, context, name);
    let response = ui.add(egui::Label::new(RichText::new(value)).truncate().selectable(true));
    ui.end_row();
    response
}
