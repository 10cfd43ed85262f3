//! The text on the screen: rows in sight, marks under them, the caret, and what the pointer does.

use super::lanes::lanes;
use super::rows::{Row, Rows};
use super::runs::job_of;
use super::selection::{Ground, Selection, line_at, word_at};
use crate::domain::text::Offsets;
use crate::ui::theme::{self, Tokens, space, text_size};
use egui::epaint::text::cursor::CCursor;
use egui::text::TextFormat;
use egui::{Color32, CursorIcon, FontFamily, FontId, Galley, Id, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A comfortable size to read all day, in points.
const TEXT_POINTS: f32 = 17.0;
/// Between the text of a row and the next row, where nothing is marked.
const LEADING_POINTS: f32 = 8.0;
/// A mark with its label's name under it.
const LANE_POINTS: f32 = 17.0;
const BAR_POINTS: f32 = 3.0;
/// Longer rows are hard to follow.
const WIDEST_POINTS: f32 = 860.0;

/// A stretch with a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Code points, end exclusive.
    pub range: Range<u32>,
    pub label: String,
    pub color: Color32,
    pub selected: bool,
    /// What a model proposes, with how sure it is.
    pub suggested: bool,
}

/// What the pointer did in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// The selection changed, by dragging or by a double or triple click.
    Selected,
    /// A click at this code point.
    Clicked(u32),
}

/// What became of a text in a frame.
#[derive(Clone, Copy, Debug)]
pub struct TextOutput {
    /// Who takes the keyboard's focus for the text.
    pub id: Id,
    pub happened: Option<Happened>,
}

/// How a text is laid out for a width and its stretches.
struct Layout {
    width_points: f32,
    text_points: f32,
    stretches: Vec<Range<u32>>,
    rows: Rows,
    lanes: Vec<usize>,
    /// For each row the stretches that touch it.
    touching: HashMap<usize, Vec<usize>>,
    /// The top of each row, and the end of the last.
    tops: Vec<f32>,
}

/// A text with its caret, kept from frame to frame.
pub struct TextView {
    text: Arc<str>,
    offsets: Offsets,
    words: fn(&str) -> Vec<Range<usize>>,
    pub selection: Selection,
    layout: Option<Layout>,
    /// Rows depend on the width only, and are dear for a megabyte of text.
    advances: HashMap<char, f32>,
    reveal: bool,
}

impl TextView {
    #[must_use]
    pub fn new(text: Arc<str>, words: fn(&str) -> Vec<Range<usize>>) -> Self {
        let offsets = Offsets::new(&text);
        let (selection, layout, advances) = Default::default();
        Self { text, offsets, words, selection, layout, advances, reveal: false }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is needed to move in the text.
    #[must_use]
    pub fn ground(&self) -> Ground<'_> {
        Ground { text: &self.text, offsets: &self.offsets, words: self.words }
    }

    /// What a stretch covers.
    #[must_use]
    pub fn covered(&self, range: &Range<u32>) -> Option<&str> {
        self.offsets.covered(&self.text, range.start, range.end)
    }

    /// Scrolls to the caret in the next frame.
    pub fn reveal_caret(&mut self) {
        self.reveal = true;
    }

    /// The caret a row further down (or up), as near below as can be.
    pub fn step_rows(&mut self, rows: i32, extend: bool) {
        let Some(layout) = &self.layout else { return };
        let here = layout.rows.of(self.selection.caret);
        let last = layout.rows.all().len() - 1;
        let there = here.saturating_add_signed(rows as isize).min(last);
        let (from, to) = (&layout.rows.all()[here], &layout.rows.all()[there]);
        let column = self.selection.caret - from.code_points.start;
        let caret = if there == here {
            if rows < 0 { from.code_points.start } else { self.end_of(from) }
        } else {
            (to.code_points.start + column).min(self.end_of(to))
        };
        self.selection = self.selection.moved_to(self.on_boundary(caret), extend);
        self.reveal = true;
    }

    /// The caret at the beginning or end of its row.
    pub fn step_to_row_end(&mut self, end: bool, extend: bool) {
        let Some(layout) = &self.layout else { return };
        let row = &layout.rows.all()[layout.rows.of(self.selection.caret)];
        let caret = match (end, extend) {
            (false, _) => row.code_points.start,
            (true, false) => self.end_of(row),
            // All of the row is meant, though the caret then stands on the next one.
            (true, true) => self.offsets.code_point_of(&self.text, row.bytes.end).unwrap_or(row.code_points.end),
        };
        self.selection = self.selection.moved_to(caret, extend);
        self.reveal = true;
    }

    /// The last place of a row that is not on the next one.
    fn end_of(&self, row: &Row) -> u32 {
        let end = self.offsets.code_point_of(&self.text, row.bytes.end).unwrap_or(row.code_points.end);
        let is_broken = end == row.code_points.end && end < self.offsets.length();
        if is_broken {
            super::selection::stepped(self.ground(), end, super::selection::Step::Character, false)
        } else {
            end
        }
    }

    /// The nearest place before that is not inside of a visible character.
    fn on_boundary(&self, code_point: u32) -> u32 {
        let next = super::selection::stepped(self.ground(), code_point, super::selection::Step::Character, true);
        let back = super::selection::stepped(self.ground(), next, super::selection::Step::Character, false);
        if next == code_point { code_point } else { back }
    }

    /// Draws the text into a scroll area that fills what is left, and says what the pointer did. `size` enlarges the text.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, size: f32, stretches: &[Stretch], name: &str) -> TextOutput {
        let text_points = TEXT_POINTS * size;
        let width_points = (ui.available_width() - 2.0 * space::XL).clamp(80.0, WIDEST_POINTS * size);
        self.lay_out(ui, width_points, text_points, stretches);
        let reveal = std::mem::take(&mut self.reveal);
        let mut happened = None;
        let mut id = ui.scope_id();
        egui::ScrollArea::vertical().id_salt("text").auto_shrink([false, false]).show_viewport(ui, |ui, viewport| {
            let Some(layout) = self.layout.take() else { return };
            let height = layout.tops.last().copied().unwrap_or_default() + 2.0 * space::L;
            let side = ((ui.available_width() - width_points) / 2.0).max(space::XL);
            let (rect, response) = ui.allocate_exact_size(
                vec2(ui.available_width(), height.max(viewport.height())),
                Sense::click_and_drag(),
            );
            let origin = rect.min + vec2(side, space::L);
            id = response.id;
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Document, true, name));
            let first = layout.tops.partition_point(|top| *top < viewport.top() - space::L).saturating_sub(1);
            let past = layout.tops.partition_point(|top| *top < viewport.bottom()).min(layout.rows.all().len());
            let mut drawn = Vec::with_capacity(past.saturating_sub(first));
            for index in first..past {
                let row = &layout.rows.all()[index];
                let galley = self.galley(ui, row, text_points, tokens.text);
                self.paint_row(ui, tokens, &layout, index, &galley, origin, stretches);
                drawn.push((index, galley));
            }
            happened = self.pointer(ui, &layout, &drawn, origin, &response);
            if reveal {
                let row = layout.rows.of(self.selection.caret);
                let top = origin.y + layout.tops[row];
                let bottom = origin.y + layout.tops[row + 1];
                ui.scroll_to_rect(
                    Rect::from_min_max(pos2(rect.left(), top), pos2(rect.left() + 1.0, bottom)).expand(40.0),
                    None,
                );
            }
            self.layout = Some(layout);
        });
        TextOutput { id, happened }
    }

    fn lay_out(&mut self, ui: &Ui, width_points: f32, text_points: f32, stretches: &[Stretch]) {
        let fits = |layout: &Layout| layout.width_points == width_points && layout.text_points == text_points;
        let same = |layout: &Layout| layout.stretches.iter().eq(stretches.iter().map(|stretch| &stretch.range));
        if self.layout.as_ref().is_some_and(|layout| fits(layout) && same(layout)) {
            return;
        }
        let font = FontId::new(text_points, FontFamily::Proportional);
        let rows = match self.layout.take() {
            Some(layout) if fits(&layout) => layout.rows,
            _ => {
                self.advances.clear();
                let advances = &mut self.advances;
                ui.fonts_mut(|fonts| {
                    Rows::new(&self.text, width_points, &mut |character| {
                        *advances.entry(character).or_insert_with(|| fonts.glyph_width(&font, character))
                    })
                })
            }
        };
        let row_points = ui.fonts_mut(|fonts| fonts.row_height(&font));
        let stretches: Vec<Range<u32>> = stretches.iter().map(|stretch| stretch.range.clone()).collect();
        let lanes = lanes(&stretches);
        let mut touching: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, stretch) in stretches.iter().enumerate() {
            for row in rows.touched_by(stretch) {
                touching.entry(row).or_default().push(index);
            }
        }
        let mut tops = Vec::with_capacity(rows.all().len() + 1);
        let mut top = 0.0;
        for row in 0..rows.all().len() {
            tops.push(top);
            let deepest = touching.get(&row).into_iter().flatten().map(|&index| lanes[index] + 1).max().unwrap_or(0);
            top += row_points + LEADING_POINTS + deepest as f32 * LANE_POINTS;
        }
        tops.push(top);
        self.layout = Some(Layout { width_points, text_points, stretches, rows, lanes, touching, tops });
    }

    fn galley(&self, ui: &Ui, row: &Row, text_points: f32, ink: Color32) -> Arc<Galley> {
        let text = self.text.get(row.bytes.clone()).unwrap_or_default();
        let format = TextFormat::simple(FontId::new(text_points, FontFamily::Proportional), ink);
        ui.painter().layout_job(job_of(text, &format))
    }

    #[expect(clippy::too_many_arguments, reason = "what a row is drawn from, each of its own kind")]
    fn paint_row(
        &self,
        ui: &Ui,
        tokens: &Tokens,
        layout: &Layout,
        index: usize,
        galley: &Arc<Galley>,
        origin: Pos2,
        stretches: &[Stretch],
    ) {
        let row = &layout.rows.all()[index];
        let corner = origin + vec2(0.0, layout.tops[index]);
        let painter = ui.painter();
        let across = |range: &Range<u32>| {
            let within =
                |place: u32| (place.clamp(row.code_points.start, row.code_points.end) - row.code_points.start) as usize;
            x_of(galley, within(range.start))..=x_of(galley, within(range.end))
        };
        let band = |x: &std::ops::RangeInclusive<f32>| {
            Rect::from_x_y_ranges(corner.x + x.start()..=corner.x + x.end(), corner.y..=corner.y + galley.size().y)
        };
        let mut touching: Vec<usize> = layout.touching.get(&index).cloned().unwrap_or_default();
        // The outer ones first, so that the inner ones show upon them.
        touching.sort_by_key(|&stretch| std::cmp::Reverse(layout.lanes[stretch]));
        for &stretch in &touching {
            let shown = &stretches[stretch];
            let strength = if shown.selected { 0.34 } else { 0.13 };
            painter.rect_filled(band(&across(&shown.range)), 3.0, shown.color.gamma_multiply(strength));
        }
        let chosen = self.selection.range();
        let is_marked =
            touching.iter().any(|&stretch| stretches[stretch].selected && stretches[stretch].range == chosen);
        let is_here = chosen.start < row.code_points.end && chosen.end > row.code_points.start;
        if is_here && !chosen.is_empty() && !is_marked {
            painter.rect_filled(band(&across(&chosen)), 2.0, tokens.accent.gamma_multiply(0.30));
        }
        painter.galley(corner, Arc::clone(galley), tokens.text);
        for &stretch in &touching {
            let shown = &stretches[stretch];
            let x = across(&shown.range);
            let top = corner.y + galley.size().y + layout.lanes[stretch] as f32 * LANE_POINTS + 1.0;
            let next = touching
                .iter()
                .filter(|&&other| {
                    layout.lanes[other] == layout.lanes[stretch] && stretches[other].range.start >= shown.range.end
                })
                .map(|&other| *across(&stretches[other].range).start())
                .fold(layout.width_points, f32::min);
            paint_mark(
                ui,
                tokens,
                shown,
                pos2(corner.x + x.start(), top),
                x.end() - x.start(),
                corner.x + next,
                shown.range.start >= row.code_points.start,
            );
        }
        let caret = self.selection.caret;
        if layout.rows.of(caret) == index {
            let x = corner.x + *across(&(caret..caret)).start();
            painter.vline(x, corner.y..=corner.y + galley.size().y, Stroke::new(2.0, tokens.focus));
        }
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        layout: &Layout,
        drawn: &[(usize, Arc<Galley>)],
        origin: Pos2,
        response: &Response,
    ) -> Option<Happened> {
        if response.hovered() {
            ui.ctx().set_cursor_icon(CursorIcon::Text);
        }
        let at = response.interact_pointer_pos()?;
        let place = self.place_at(layout, drawn, at - origin.to_vec2())?;
        let extend = ui.input(|input| input.modifiers.shift);
        if response.triple_clicked() {
            self.selection = Selection::of(line_at(self.ground(), place));
            return Some(Happened::Selected);
        }
        if response.double_clicked() {
            self.selection =
                Selection::of(word_at(self.ground(), self.character_at(layout, drawn, at - origin.to_vec2())?));
            return Some(Happened::Selected);
        }
        if response.drag_started() {
            // Where the button went down, not where the pointer is once it counts as a drag.
            let down = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
            let anchor = self.place_at(layout, drawn, down - origin.to_vec2()).unwrap_or(place);
            let anchor = if extend { self.selection.anchor } else { anchor };
            self.selection = Selection { anchor, caret: place };
        } else if response.dragged() {
            self.selection.caret = place;
        } else if response.drag_stopped() {
            return Some(Happened::Selected);
        } else if response.clicked() {
            self.selection = self.selection.moved_to(place, extend);
            let character = self.character_at(layout, drawn, at - origin.to_vec2()).unwrap_or(place);
            return Some(if extend { Happened::Selected } else { Happened::Clicked(character) });
        }
        None
    }

    /// The place between two characters that is nearest to a point of the text.
    fn place_at(&self, layout: &Layout, drawn: &[(usize, Arc<Galley>)], point: Pos2) -> Option<u32> {
        let (index, galley) = row_at(layout, drawn, point.y)?;
        let row = &layout.rows.all()[index];
        let column = galley.cursor_from_pos(vec2(point.x, galley.size().y / 2.0)).index;
        let column = u32::try_from(usize::from(column)).unwrap_or_default();
        Some(self.on_boundary((row.code_points.start + column).min(self.end_of(row))))
    }

    /// The character under a point.
    fn character_at(&self, layout: &Layout, drawn: &[(usize, Arc<Galley>)], point: Pos2) -> Option<u32> {
        let place = self.place_at(layout, drawn, point)?;
        let (index, galley) = row_at(layout, drawn, point.y)?;
        let row = &layout.rows.all()[index];
        let column = place.saturating_sub(row.code_points.start) as usize;
        let is_before = x_of(galley, column) > point.x && place > row.code_points.start;
        Some(if is_before {
            super::selection::stepped(self.ground(), place, super::selection::Step::Character, false)
        } else {
            place
        })
    }
}

/// The drawn row at a height, the nearest one beyond the ends.
fn row_at<'a>(layout: &Layout, drawn: &'a [(usize, Arc<Galley>)], y: f32) -> Option<(usize, &'a Arc<Galley>)> {
    let found = drawn.iter().find(|(index, _)| y < layout.tops[index + 1]).or_else(|| drawn.last())?;
    Some((found.0, &found.1))
}

/// The left side of a row's character, from the row's left.
fn x_of(galley: &Galley, column: usize) -> f32 {
    galley.pos_from_cursor(CCursor::new(column)).left()
}

/// The line under a stretch, and its label's name where it begins.
fn paint_mark(ui: &Ui, tokens: &Tokens, shown: &Stretch, corner: Pos2, width: f32, limit: f32, begins: bool) {
    let painter = ui.painter();
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
    if !begins {
        return;
    }
    let ink = if shown.selected { tokens.text } else { tokens.text_weak };
    let font = FontId::new(
        text_size::SMALL - 1.0,
        if shown.selected { theme::bold_family() } else { FontFamily::Proportional },
    );
    let room = Rect::from_min_max(corner, pos2(limit - space::XS, corner.y + LANE_POINTS));
    let mut job = egui::text::LayoutJob::simple_singleline(shown.label.clone(), font, ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.width().max(8.0));
    let galley = painter.layout_job(job);
    painter.galley(corner + vec2(0.0, BAR_POINTS), galley, ink);
}
