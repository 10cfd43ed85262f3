//! Precision over recall of a detector, label by label, and the score from which boxes are counted.

use super::{boxes, curves};
use crate::domain::detection::{CurvePoint, DetectionEvaluation};
use crate::domain::evaluation::LabelScores;
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets;
use egui::{RichText, Sense, Slider, Ui, vec2};
use egui_plot::{HoverPosition, Line, PlotPoints, Points};

/// More lines are no longer told apart.
const LINES_LIMIT: usize = 12;
/// Scores that can be chosen.
const SCORES: std::ops::RangeInclusive<f64> = 0.01..=0.99;
/// More points than this on a line tell nothing more.
const POINTS_LIMIT: usize = 400;

/// Draws the slider; returns a score that was chosen. `own` is the one that the service answers from.
pub fn score_ui(ui: &mut Ui, context: &Context<'_>, shown: f64, own: f64) -> Option<f64> {
    let mut score = shown;
    let name = context.tr("score-from");
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&name).size(text_size::SMALL)).on_hover_text(context.tr("score-from.tip"));
        let slider = Slider::new(&mut score, SCORES).step_by(0.01).fixed_decimals(2);
        widgets::slider(ui, context, &name, 200.0, slider).on_hover_text(context.tr("score-from.tip"));
        let text = context.tr_with("score-service", &[("score", format::decimal(own, 2).into())]);
        widgets::weak(ui, context, text);
    });
    ((score - shown).abs() > 1e-9).then_some(score)
}

/// The labels whose lines are drawn: those with most objects, and the one that is selected.
fn drawn(scores: &[LabelScores], selected: Option<usize>) -> Vec<usize> {
    let mut classes: Vec<usize> =
        (0..scores.len()).filter(|class| scores[*class].average_precision.is_some()).collect();
    classes.sort_by_key(|class| (Some(*class) != selected, std::cmp::Reverse(scores[*class].count)));
    classes.truncate(LINES_LIMIT);
    classes.sort_unstable();
    classes
}

/// The points that a line goes through: those at which another object is found. Between them precision only falls, and
/// a line down and up again would look thick.
fn line(curve: &[CurvePoint]) -> Vec<[f64; 2]> {
    let mut before = 0.0;
    let mut points: Vec<[f64; 2]> = Vec::new();
    for point in curve {
        if point.recall > before {
            before = point.recall;
            points.push([point.recall, point.precision]);
        }
    }
    let stretch = points.len().div_ceil(POINTS_LIMIT).max(1);
    let last = points.last().copied();
    points.into_iter().step_by(stretch).chain(last).collect()
}

/// Draws the curves in `width` points.
pub fn curve_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    detection: &DetectionEvaluation,
    scores: &[LabelScores],
    selected: Option<usize>,
    width: f32,
) {
    let classes = drawn(scores, selected);
    let figure = |class: usize| {
        let scores = &scores[class];
        format!("{} {}", scores.label, format::percent(scores.average_precision.unwrap_or(0.0), 1))
    };
    let title = context.tr("curve-title");
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = space::XS;
        widgets::section(ui, context, &title);
        ui.horizontal_wrapped(|ui| {
            for class in &classes {
                let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 4.0, boxes::color(*class));
                widgets::weak(ui, context, figure(*class));
            }
        });
        let (recall, precision) = (context.tr("figure-recall"), context.tr("figure-precision"));
        let texts = (recall.clone(), precision.clone());
        let plot = curves::plot(ui, context, "precision-recall", width)
            .height(280.0)
            .x_axis_label(recall)
            .y_axis_label(precision)
            .x_axis_formatter(|mark, _| format::percent(mark.value, 0))
            .y_axis_formatter(|mark, _| format::percent(mark.value, 0))
            .include_x(0.0)
            .include_x(1.0)
            .include_y(0.0)
            .include_y(1.0)
            .label_formatter(move |position| match position {
                HoverPosition::NearDataPoint { plot_name, position, .. } => {
                    let (x, y) = (format::percent(position.x, 1), format::percent(position.y, 1));
                    Some(format!("{plot_name}\n{} {x}\n{} {y}", texts.0, texts.1))
                }
                HoverPosition::Elsewhere { .. } => None,
            });
        let response = plot.show(ui, |plot| {
            for class in &classes {
                let curve = detection.curve(scores.len(), *class);
                let (name, color) = (&scores[*class].label, boxes::color(*class));
                let places = line(&curve);
                let thick = if Some(*class) == selected { 3.0 } else { 1.5 };
                plot.line(Line::new(name, PlotPoints::new(places)).color(color).width(thick));
                // Where the figures beside it stand.
                if let Some(at) = curve.iter().rfind(|point| point.score >= detection.score_threshold()) {
                    plot.points(Points::new(name, vec![[at.recall, at.precision]]).color(color).radius(4.5));
                }
            }
        });
        let all = classes.iter().map(|class| figure(*class)).collect::<Vec<_>>().join(", ");
        response.response.accessible_name(format!("{title}: {all}"));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_what_was_found() {
        let point = |recall, precision| CurvePoint { score: 0.5, recall, precision };
        let curve = [point(0.0, 0.0), point(0.5, 0.5), point(0.5, 0.33), point(1.0, 0.5)];
        assert_eq!(line(&curve), [[0.5, 0.5], [1.0, 0.5], [1.0, 0.5]]);
        assert!(line(&[]).is_empty());
    }

    #[test]
    fn the_labels_with_most_objects_are_drawn_and_the_selected_one() {
        let scores: Vec<LabelScores> = (0..20)
            .map(|class| LabelScores {
                label: format!("{class}"),
                count: class,
                precision: None,
                recall: None,
                f1: None,
                misread_rate: None,
                average_precision: (class != 19).then_some(0.5),
            })
            .collect();
        assert_eq!(drawn(&scores, None), (7..19).collect::<Vec<_>>());
        let with_selected = drawn(&scores, Some(2));
        assert_eq!((with_selected.len(), with_selected[0]), (LINES_LIMIT, 2));
    }
}
