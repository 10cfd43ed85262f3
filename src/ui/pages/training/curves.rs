//! The curves of a run: loss and accuracy, of what is learned from and of what is evaluated.

use crate::domain::evaluation::{Metric, MetricName};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets;
use egui::{Color32, FontFamily, FontId, RichText, TextStyle, Ui};
use egui_plot::{GridMark, HoverPosition, Line, Plot, PlotPoints, Points};

/// More points than there are pixels tell nothing more.
const POINTS_LIMIT: usize = 800;
/// Marks along a plot and up it.
const MOST_MARKS: [f64; 2] = [7.0, 6.0];

/// The points of the curves that are shown, few enough to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    series: Vec<(MetricName, Vec<[f64; 2]>)>,
}

impl Curves {
    /// Of all points of a run.
    #[must_use]
    pub fn of(metrics: &[Metric]) -> Self {
        let names = [
            MetricName::Loss,
            MetricName::EvalLoss,
            MetricName::Accuracy,
            MetricName::EvalAccuracy,
            MetricName::MeanAveragePrecision,
        ];
        let points = |name: MetricName| {
            let all = metrics.iter().filter(|metric| metric.name == name && metric.value.is_finite());
            thinned(all.map(|metric| [metric.epoch, metric.value]).collect())
        };
        let series = names.into_iter().map(|name| (name, points(name))).filter(|(_, points)| !points.is_empty());
        Self { series: series.collect() }
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Draws both plots, side by side where there is room.
    pub fn ui(&self, ui: &mut Ui, context: &Context<'_>) {
        if self.is_empty() {
            widgets::weak(ui, context, context.tr("curves-empty"));
            return;
        }
        let plots = [
            ("curves-loss", [MetricName::Loss, MetricName::EvalLoss]),
            ("curves-accuracy", [MetricName::Accuracy, MetricName::EvalAccuracy]),
            ("curves-map", [MetricName::MeanAveragePrecision; 2]),
        ];
        // A single figure is no curve; it stands among the tiles.
        let is_drawn =
            |names: &[MetricName; 2]| self.series.iter().any(|(name, points)| names.contains(name) && points.len() > 1);
        let drawn: Vec<_> = plots.into_iter().filter(|(_, names)| is_drawn(names)).collect();
        let side_by_side = ui.available_width() > 720.0 && drawn.len() > 1;
        let width = if side_by_side { (ui.available_width() - space::L) / 2.0 } else { ui.available_width() };
        let all = |ui: &mut Ui| {
            for (id, names) in &drawn {
                self.plot_ui(ui, context, id, *names, width);
            }
        };
        if side_by_side {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = space::L;
                all(ui);
            });
        } else {
            all(ui);
        }
    }

    fn plot_ui(&self, ui: &mut Ui, context: &Context<'_>, id: &'static str, names: [MetricName; 2], width: f32) {
        let tokens = context.tokens;
        let is_accuracy = names[0] != MetricName::Loss;
        let value_text = move |value: f64| {
            if is_accuracy { format::percent(value, 1) } else { format::decimal(value, 4) }
        };
        ui.vertical(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.horizontal(|ui| {
                widgets::section(ui, context, context.tr(id));
                for (name, points) in &self.series {
                    if let (true, Some(last)) = (names.contains(name), points.last()) {
                        let (color, text) = (color(context, *name), context.tr(message(*name)));
                        let (dot, _) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
                        ui.painter().circle_filled(dot.center(), 4.0, color);
                        let text = format!("{text} {}", value_text(last[1]));
                        ui.label(RichText::new(text).size(text_size::SMALL).color(tokens.text_weak));
                    }
                }
            });
            let epoch = context.tr("curves-epoch");
            let mut plot = plot(ui, context, id, width)
                .height(220.0)
                .x_axis_label(context.tr("curves-epoch"))
                .include_x(0.0)
                .include_y(0.0)
                .y_axis_formatter(move |mark, _| {
                    let rounded = (mark.value * 1e6).round() / 1e6;
                    if is_accuracy { format::percent(rounded, 0) } else { rounded.to_string() }
                })
                .x_axis_formatter(|mark, range| {
                    // A first epoch that takes an hour has marks between whole numbers, too.
                    let is_short = range.end() - range.start() < 3.0;
                    match (mark.value.fract().abs() < 1e-6, is_short) {
                        (true, _) => format!("{:.0}", mark.value),
                        (false, true) => format!("{:.2}", mark.value),
                        (false, false) => String::new(),
                    }
                })
                .label_formatter(move |position| match position {
                    HoverPosition::NearDataPoint { plot_name, position, .. } => {
                        let (x, y) = (format::decimal(position.x, 1), value_text(position.y));
                        Some(format!("{plot_name}\n{epoch} {x}\n{y}"))
                    }
                    HoverPosition::Elsewhere { .. } => None,
                });
            if is_accuracy {
                plot = plot.include_y(1.0);
            }
            let series: Vec<_> = self.series.iter().filter(|(name, _)| names.contains(name)).collect();
            let response = plot.show(ui, |plot| {
                for (name, points) in series {
                    let (color, text) = (color(context, *name), context.tr(message(*name)));
                    plot.line(Line::new(text.clone(), PlotPoints::new(points.clone())).color(color).width(2.0));
                    if points.len() <= 30 {
                        plot.points(Points::new(text, PlotPoints::new(points.clone())).color(color).radius(2.5));
                    }
                }
            });
            response.response.accessible_name(context.tr(id));
        });
    }
}

/// A plot that stays where it is, in small letters.
pub fn plot<'a>(ui: &mut Ui, context: &Context<'_>, id: &'static str, width: f32) -> Plot<'a> {
    let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
    ui.style_mut().text_styles.insert(TextStyle::Body, small);
    Plot::new(id)
        .width(width)
        .allow_scroll(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .show_background(false)
        .show_crosshair(false)
        .grid_color(context.tokens.border)
        .x_grid_spacer(|input| marks(input.bounds, MOST_MARKS[0]))
        .y_grid_spacer(|input| marks(input.bounds, MOST_MARKS[1]))
}

/// At most so many marks between bounds, at steps of 1, 2 or 5 and their tenfolds: each of them has room for its number.
fn marks((low, high): (f64, f64), most: f64) -> Vec<GridMark> {
    let rough = (high - low) / most;
    if !(rough.is_finite() && rough > 0.0) {
        return Vec::new();
    }
    let power = 10_f64.powf(rough.log10().floor());
    let step_size = [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= rough);
    let step_size = step_size.unwrap_or(10.0 * power);
    let first = (low / step_size).ceil();
    let values = (0..=64).map(|index| (first + f64::from(index)) * step_size).take_while(|value| *value <= high);
    values.map(|value| GridMark { value, step_size }).collect()
}

fn color(context: &Context<'_>, name: MetricName) -> Color32 {
    match name {
        MetricName::Loss | MetricName::Accuracy | MetricName::LearningRate => context.tokens.accent_text,
        MetricName::EvalLoss | MetricName::EvalAccuracy | MetricName::MeanAveragePrecision => {
            context.tokens.warning_text
        }
    }
}

fn message(name: MetricName) -> &'static str {
    match name {
        MetricName::Loss | MetricName::Accuracy | MetricName::LearningRate => "curves-train",
        MetricName::EvalLoss | MetricName::EvalAccuracy | MetricName::MeanAveragePrecision => "curves-eval",
    }
}

/// At most [`POINTS_LIMIT`] points: of each stretch the lowest and the highest, so that no spike is lost.
fn thinned(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    if points.len() <= POINTS_LIMIT {
        return points;
    }
    let stretch = points.len().div_ceil(POINTS_LIMIT / 2);
    let mut kept = Vec::with_capacity(POINTS_LIMIT);
    for chunk in points.chunks(stretch) {
        let by_value = |a: &&[f64; 2], b: &&[f64; 2]| a[1].total_cmp(&b[1]);
        let (Some(low), Some(high)) = (chunk.iter().min_by(by_value), chunk.iter().max_by(by_value)) else { continue };
        let (first, second) = if low[0] <= high[0] { (low, high) } else { (high, low) };
        kept.push(*first);
        if first != second {
            kept.push(*second);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_at_round_numbers_and_have_room() {
        let values = |bounds, most| marks(bounds, most).into_iter().map(|mark| mark.value).collect::<Vec<_>>();
        assert_eq!(values((0.0, 8.4), 7.0), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(values((-1.0, 95.0), 7.0), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(values((0.0, 1.05), 6.0).len(), 6, "every fifth part of 100 %");
        assert!(values((1.0, 1.0), 6.0).is_empty() && values((f64::NAN, 1.0), 6.0).is_empty());
    }

    #[test]
    fn a_long_curve_keeps_its_spikes() {
        let mut points: Vec<[f64; 2]> = (0..100_000_u32).map(|x| [f64::from(x), 1.0]).collect();
        points[54_321][1] = 9.0;
        points[54_400][1] = -3.0;
        let kept = thinned(points);
        assert!(kept.len() <= POINTS_LIMIT, "{}", kept.len());
        assert!(kept.contains(&[54_321.0, 9.0]));
        assert!(kept.contains(&[54_400.0, -3.0]));
        assert!(kept.windows(2).all(|pair| pair[0][0] < pair[1][0]));
    }

    #[test]
    fn what_is_not_a_number_is_not_drawn() {
        let point = |value| Metric { name: MetricName::Loss, step: 1, epoch: 1.0, value };
        let curves = Curves::of(&[point(f64::NAN), point(0.5)]);
        assert_eq!(curves.series, [(MetricName::Loss, vec![[1.0, 0.5]])]);
    }
}
