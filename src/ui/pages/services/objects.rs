//! The answer of a detector: boxes over the picture, how many of each label, and each with its place.

use crate::text::format;
use crate::ui::context::Context;
use crate::ui::pages::training::boxes;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{FontId, Label, Rect, RichText, Sense, Slider, Stroke, Ui, vec2};
use std::collections::{BTreeMap, BTreeSet};

/// How many found objects are listed; the picture shows all.
const LISTED: usize = 30;
/// How strong the others are while one is pointed at.
const FAINT: f32 = 0.35;

/// An answer in the guide's form, as it came.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub labels: &'a [String],
    /// `[ymin, xmin, ymax, xmax]` in pixels of the upright picture.
    pub boxes: &'a [[f64; 4]],
    pub scores: &'a [f64],
}

/// What is shown of an answer.
#[derive(Clone, Copy, Default)]
pub struct Objects {
    /// Objects with a lower score are left out.
    least_score: f64,
    /// The object whose line the pointer is on.
    pointed: Option<usize>,
}

/// A number for each label, in the order of their names, so that colours do not depend on what is surest.
fn label_colors(labels: &[String]) -> BTreeMap<&str, usize> {
    let names: BTreeSet<&str> = labels.iter().map(String::as_str).collect();
    names.into_iter().enumerate().map(|(index, name)| (name, index)).collect()
}

impl Objects {
    /// Indices of the objects that are shown.
    fn shown(&self, answer: Answer<'_>) -> Vec<usize> {
        let count = answer.labels.len().min(answer.boxes.len()).min(answer.scores.len());
        (0..count).filter(|index| answer.scores[*index] >= self.least_score).collect()
    }

    /// What is in the picture, for those who do not see it.
    pub fn sentence(&self, context: &Context<'_>, answer: Answer<'_>) -> String {
        context.tr_with("test-found", &[("count", self.shown(answer).len().into())])
    }

    /// Paints the boxes over a picture of `size_px`, which lies in `rect` as large as it fits.
    pub fn paint(&self, ui: &Ui, answer: Answer<'_>, size_px: [u32; 2], rect: Rect) {
        let fitted = boxes::fitted(size_px, rect);
        let colors = label_colors(answer.labels);
        let mut shown = self.shown(answer);
        // The surest last, so that it lies above the others; above all what is pointed at.
        shown.reverse();
        shown.sort_by_key(|index| Some(*index) == self.pointed);
        let color_of = |index: usize| boxes::color(colors[answer.labels[index].as_str()]);
        let is_faint = |index: usize| self.pointed.is_some_and(|pointed| pointed != index);
        for &index in &shown {
            let color = color_of(index);
            let faint = Stroke::new(1.0, color.gamma_multiply(FAINT));
            let stroke = if is_faint(index) { faint } else { Stroke::new(2.0, color) };
            boxes::paint(ui, &answer.boxes[index], size_px, fitted, stroke);
        }
        for index in shown.into_iter().filter(|index| !is_faint(*index)) {
            let text = format!("{} {}", answer.labels[index], format::percent(answer.scores[index], 0));
            boxes::paint_name(ui, &answer.boxes[index], size_px, fitted, color_of(index), &text);
        }
    }

    /// Draws how many there are of each label, then each of them. `served`: from which score on the service answers now.
    /// Returns the score that it is to answer from.
    pub fn list_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        answer: Answer<'_>,
        served: Option<f64>,
    ) -> Option<f64> {
        let shown = self.shown(answer);
        widgets::weak(ui, context, self.sentence(context, answer));
        let chosen = self.score_ui(ui, context, served);
        for (label, color) in label_colors(answer.labels) {
            let count = shown.iter().filter(|index| answer.labels[**index] == label).count();
            ui.horizontal(|ui| {
                let (dot, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
                ui.painter().circle_filled(dot.center(), 5.0, boxes::color(color));
                let font = FontId::new(text_size::BODY, theme::bold_family());
                ui.add(Label::new(RichText::new(label).font(font)).truncate().selectable(true));
                ui.label(format::count(count as u64));
            });
        }
        ui.add_space(space::S);
        let before = self.pointed.take();
        for index in shown.iter().copied().take(LISTED) {
            let [top, left, bottom, right] = answer.boxes[index];
            let place = format!("{left:.0}, {top:.0} – {right:.0}, {bottom:.0}");
            let text = format!("{} {} · {place}", answer.labels[index], format::percent(answer.scores[index], 1));
            let response = ui.add(Label::new(RichText::new(text).size(text_size::SMALL)).truncate().selectable(true));
            if response.hovered() {
                self.pointed = Some(index);
            }
        }
        if self.pointed != before {
            ui.ctx().request_repaint();
        }
        if shown.len() > LISTED {
            let more = (shown.len() - LISTED).into();
            widgets::weak(ui, context, context.tr_with("test-found-more", &[("count", more)]));
        }
        chosen
    }

    fn score_ui(&mut self, ui: &mut Ui, context: &Context<'_>, served: Option<f64>) -> Option<f64> {
        let name = context.tr("score-from");
        ui.horizontal(|ui| {
            ui.label(RichText::new(&name).size(text_size::SMALL));
            let slider = Slider::new(&mut self.least_score, 0.0..=0.99).step_by(0.01).fixed_decimals(2);
            widgets::slider(ui, context, &name, 120.0, slider);
        });
        let is_other = (self.least_score - served.unwrap_or(0.0)).abs() > 1e-9;
        let button = Button::secondary(context.tr("test-use-score")).small().tip(context.tr("test-use-score.tip"));
        button.enabled(is_other).show(ui, context).clicked().then_some(self.least_score)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sure_objects_are_shown_and_lists_of_unequal_length_do_no_harm() {
        let labels = ["b", "a", "b"].map(str::to_owned);
        let answer = Answer { labels: &labels, boxes: &[[0.0; 4]; 3], scores: &[0.9, 0.6, 0.4] };
        assert_eq!(Objects::default().shown(answer), [0, 1, 2]);
        assert_eq!(Objects { least_score: 0.5, pointed: None }.shown(answer), [0, 1]);
        assert_eq!(Objects::default().shown(Answer { scores: &[0.9], ..answer }), [0]);
        assert_eq!(label_colors(&labels), BTreeMap::from([("a", 0), ("b", 1)]));
    }
}
