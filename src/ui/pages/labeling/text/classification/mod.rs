//! Classifying texts: a dense list of their beginnings or one text large, both decided by the keys of the labeling page.

mod beginnings;
mod hits;
mod labels;
mod reading;
mod row;
#[cfg(test)]
mod tests;

use super::super::LabelingPage;
use super::super::tile::Words;
use crate::ui::context::Context;
use crate::ui::widgets::grid::{GridStyle, TileShape, grid_ui};
use beginnings::Beginnings;
use egui::Ui;
use reading::Reading;
use row::TextRow;
use std::ops::RangeInclusive;

/// How many lines of each text a list may show.
const LINES: RangeInclusive<usize> = 1..=6;

/// What the page keeps for texts.
pub struct Texts {
    beginnings: Beginnings,
    /// Lines of each text in the list.
    lines: usize,
    reading: Reading,
}

impl Default for Texts {
    fn default() -> Self {
        Self { beginnings: Beginnings::default(), lines: 2, reading: Reading::default() }
    }
}

impl Texts {
    /// More or fewer lines of each text.
    pub fn show_lines(&mut self, more: bool) {
        let lines = if more { self.lines + 1 } else { self.lines.saturating_sub(1) };
        self.lines = lines.clamp(*LINES.start(), *LINES.end());
    }

    /// Reads everything again: files may have changed.
    pub fn forget(&mut self) {
        self.beginnings.forget();
        self.reading.forget();
    }

    /// A page down or up in a long text.
    pub fn scroll(&mut self, down: bool) {
        self.reading.scroll(down);
    }

    /// A larger or smaller text, where one is read.
    pub fn resize(&mut self, larger: bool) {
        self.reading.resize(larger);
    }
}

impl LabelingPage {
    /// The list of texts.
    pub(in crate::ui::pages::labeling) fn texts_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(mut texts) = self.texts.take() else { return };
        let tokens = context.tokens;
        let style = GridStyle {
            shape: TileShape::Row { height: row::height(texts.lines) },
            gap: 0.0,
            accent: tokens.accent_text,
            thumb: tokens.border_strong,
            thumb_hovered: tokens.text_weak,
        };
        texts.beginnings.search(self.searched());
        let ahead = self.visible.end..(self.visible.end + self.visible.len()).min(self.rows.len());
        let behind = self.visible.start.saturating_sub(self.visible.len())..self.visible.start;
        let rows = &self.rows;
        let near = self.visible.clone().chain(ahead).chain(behind);
        let samples = near.filter_map(|index| rows.row(index).map(|row| &row.sample));
        texts.beginnings.want(context.backend, self.dataset, samples);

        let count = self.rows.len();
        let name = context.tr_with("labeling-texts-name", &[("count", count.into())]);
        let words = Words::new(ui, context);
        let mut grid = std::mem::take(&mut self.grid);
        let (labels, selection, beginnings) = (&self.labels, &self.selection, &texts.beginnings);
        let lines = texts.lines;
        let output = grid_ui(ui, Self::grid_id(), &name, count, &mut grid, &style, |ui, index, rect| {
            let row = rows.row(index);
            let text_row = TextRow {
                row,
                excerpt: row.and_then(|row| beginnings.get(row.sample.id)),
                index,
                lines,
                selected: selection.set().contains(index),
                cursor: selection.cursor() == Some(index),
            };
            text_row.show(ui, rect, context, &words, labels)
        });
        self.grid = grid;
        self.texts = Some(texts);
        self.take_grid_output(ui, &output);
    }
}
