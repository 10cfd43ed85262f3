//! A row as it is painted: grounds, text, marks with their labels' names, the caret.

use super::selection::Selection;
use super::shape::Shape;
use super::widget::{Layout, Shown, Stretch};
use crate::ui::theme::{self, Tokens, space, text_size};
use egui::emath::Rangef;
use egui::{Color32, FontFamily, FontId, Painter, Pos2, Rect, Stroke, Ui, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

/// A mark with its label's name under it.
pub(super) const LANE_POINTS: f32 = 17.0;
const BAR_POINTS: f32 = 3.0;

/// A row with its place.
pub(super) struct RowOnScreen<'a> {
    pub layout: &'a Layout,
    pub index: usize,
    pub shape: &'a Shape,
    pub corner: Pos2,
    pub selection: Selection,
    pub shown: &'a Shown<'a>,
}

impl RowOnScreen<'_> {
    pub fn paint(&self, ui: &Ui, tokens: &Tokens) {
        let painter = ui.painter();
        let stretches = self.shown.stretches;
        let row = &self.layout.rows.all()[self.index];
        let is_here = |range: &Range<u32>| range.start < row.code_points.end && range.end > row.code_points.start;
        let first = self.shown.hits.partition_point(|hit| hit.end <= row.code_points.start);
        for hit in self.shown.hits[first..].iter().take_while(|hit| hit.start < row.code_points.end) {
            self.ground(painter, hit, 2.0, tokens.hit);
        }
        let mut touching: Vec<usize> = self.layout.touching.get(&self.index).cloned().unwrap_or_default();
        // The outer ones first, so that the inner ones show upon them.
        touching.sort_by_key(|&stretch| std::cmp::Reverse(self.layout.lanes[stretch]));
        for &stretch in &touching {
            let shown = &stretches[stretch];
            let strength = if shown.selected { 0.34 } else { 0.13 };
            self.ground(painter, &shown.range, 3.0, shown.color.gamma_multiply(strength));
        }
        let chosen = self.selection.range();
        let is_marked =
            touching.iter().any(|&stretch| stretches[stretch].selected && stretches[stretch].range == chosen);
        if is_here(&chosen) && !chosen.is_empty() && !is_marked {
            self.ground(painter, &chosen, 2.0, tokens.accent.gamma_multiply(0.30));
        }
        for (left, galley) in &self.shape.pieces {
            painter.galley(self.corner + vec2(*left, 0.0), Arc::clone(galley), tokens.text);
        }
        for &stretch in &touching {
            self.mark(ui, tokens, stretch, &touching);
        }
        let caret = self.selection.caret;
        if self.shown.has_caret && self.layout.rows.of(caret) == self.index {
            let x = self.corner.x + self.shape.caret_x(caret - row.code_points.start);
            painter.vline(x, self.corner.y..=self.bottom(), Stroke::new(2.0, tokens.focus));
        }
    }

    fn bottom(&self) -> f32 {
        self.corner.y + self.shape.height
    }

    /// The pieces of a stretch in this row, on the screen.
    fn across(&self, range: &Range<u32>) -> Vec<Rangef> {
        let begin = self.layout.rows.all()[self.index].code_points.start;
        let within = range.start.saturating_sub(begin)..range.end.saturating_sub(begin);
        let pieces = self.shape.across(&within).into_iter();
        pieces.map(|x| Rangef::new(self.corner.x + x.min, self.corner.x + x.max)).collect()
    }

    fn ground(&self, painter: &Painter, range: &Range<u32>, radius: f32, color: Color32) {
        for x in self.across(range) {
            painter.rect_filled(Rect::from_x_y_ranges(x, self.corner.y..=self.bottom()), radius, color);
        }
    }

    /// The lines under a stretch, and its label's name where it begins.
    fn mark(&self, ui: &Ui, tokens: &Tokens, stretch: usize, touching: &[usize]) {
        let (layout, stretches) = (self.layout, self.shown.stretches);
        let shown = &stretches[stretch];
        let top = self.bottom() + layout.lanes[stretch] as f32 * LANE_POINTS + 1.0;
        let pieces = self.across(&shown.range);
        for x in &pieces {
            bar(ui.painter(), shown, pos2(x.min, top), x.span());
        }
        let begins = shown.range.start >= layout.rows.all()[self.index].code_points.start;
        let Some(first) = pieces.first().filter(|_| begins) else { return };
        // The name may be longer than what it names: on to the next mark beside it, at a row's end back to the one before.
        let (mut before, mut after) = (self.corner.x, self.corner.x + layout.width_points);
        for &other in touching.iter().filter(|&&other| other != stretch && layout.lanes[other] == layout.lanes[stretch])
        {
            for x in self.across(&stretches[other].range) {
                if x.min > first.min {
                    after = after.min(x.min - space::XS);
                } else {
                    before = before.max(x.max + space::XS);
                }
            }
        }
        name(ui, tokens, shown, pos2(first.min, top + BAR_POINTS), Rangef::new(before.min(first.min), after));
    }
}

fn bar(painter: &Painter, shown: &Stretch, corner: Pos2, width: f32) {
    let bar = Rect::from_min_size(corner, vec2(width.max(2.0), BAR_POINTS));
    if shown.suggested {
        let middle = bar.center().y;
        let dashes = egui::Shape::dashed_line(
            &[pos2(bar.left(), middle), pos2(bar.right(), middle)],
            Stroke::new(BAR_POINTS, shown.color),
            5.0,
            3.0,
        );
        painter.extend(dashes);
    } else {
        painter.rect_filled(bar, 1.5, shown.color);
    }
}

fn name(ui: &Ui, tokens: &Tokens, shown: &Stretch, corner: Pos2, room: Rangef) {
    let ink = if shown.selected { tokens.text } else { tokens.text_weak };
    let family = if shown.selected { theme::bold_family() } else { FontFamily::Proportional };
    let font = FontId::new(text_size::SMALL - 1.0, family);
    let mut job = egui::text::LayoutJob::simple_singleline(shown.label.clone(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.span().max(8.0));
    let galley = ui.painter().layout_job(job);
    let left = corner.x.min(room.max - galley.size().x).max(room.min);
    ui.painter().galley(pos2(left, corner.y), galley, ink);
}
