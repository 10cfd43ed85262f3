//! Where each visible character of a row stands on the screen.
//!
//! The toolkit counts glyphs from left to right. Where a letter is drawn by several of them, or letters stand from right
//! to left, that is not the text's count; so a row keeps the place of each of its characters itself.

use super::runs::{Run, job_of_part, job_of_run, runs};
use egui::Galley;
use egui::emath::Rangef;
use egui::epaint::text::Glyph;
use egui::text::{LayoutJob, TextFormat};
use std::ops::Range;
use std::sync::Arc;
use unicode_segmentation::UnicodeSegmentation;

/// Makes the shaper draw the letter before it as one that joins the next.
const JOINER: char = '\u{200D}';

/// A visible character on the screen.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    /// From the row's first.
    code_points: Range<u32>,
    x: Rangef,
    backward: bool,
}

impl Cell {
    /// The side at which it begins.
    fn start_x(&self) -> f32 {
        if self.backward { self.x.max } else { self.x.min }
    }

    fn end_x(&self) -> f32 {
        if self.backward { self.x.min } else { self.x.max }
    }
}

/// A row as it is drawn.
pub struct Shape {
    /// The runs, each with its left side.
    pub pieces: Vec<(f32, Arc<Galley>)>,
    pub height: f32,
    /// In the text's order.
    cells: Vec<Cell>,
}

impl Shape {
    /// Lays out a row.
    pub fn of(text: &str, format: &TextFormat, lay_out: &mut dyn FnMut(LayoutJob) -> Arc<Galley>) -> Self {
        let runs = runs(text);
        let mut pieces = Vec::with_capacity(runs.len());
        let mut cells = Vec::with_capacity(text.len());
        let mut left = 0.0;
        for run in &runs {
            let galley = lay_out(job_of_run(text, run, format));
            let x = Rangef::new(left, left + width_of(&galley));
            let mut width_of = |part: &str| width_of(&lay_out(job_of_part(part, format)));
            place(text, run, x, &galley, &mut width_of, &mut cells);
            pieces.push((left, galley));
            left = x.max;
        }
        if pieces.is_empty() {
            pieces.push((0.0, lay_out(job_of_part("", format))));
        }
        let height = pieces.iter().map(|(_, galley)| galley.size().y).fold(0.0, f32::max);
        cells.sort_by_key(|(byte, _)| *byte);
        Self { pieces, height, cells: counted(cells) }
    }

    /// Code points of the row, without the line's end.
    #[must_use]
    pub fn length(&self) -> u32 {
        self.cells.last().map_or(0, |cell| cell.code_points.end)
    }

    /// What is drawn of these code points: one piece, or several where directions change between them. The first one is
    /// that of the first character.
    #[must_use]
    pub fn across(&self, range: &Range<u32>) -> Vec<Rangef> {
        let mut pieces: Vec<Rangef> = Vec::new();
        for cell in &self.cells[self.touched_by(range)] {
            // What joins two pieces makes one of them.
            let mut x = cell.x;
            let mut first = pieces.len();
            while let Some(index) = pieces.iter().position(|piece| meet(*piece, x)) {
                let piece = pieces.remove(index);
                x = Rangef::new(piece.min.min(x.min), piece.max.max(x.max));
                first = first.min(index);
            }
            pieces.insert(first, x);
        }
        pieces
    }

    /// Where the caret stands before a character.
    #[must_use]
    pub fn caret_x(&self, place: u32) -> f32 {
        let index = self.cells.partition_point(|cell| cell.code_points.end <= place);
        let last = || self.cells.last().map_or(0.0, Cell::end_x);
        self.cells.get(index).map_or_else(last, Cell::start_x)
    }

    /// The place between two characters that is nearest; beyond the row's sides its beginning and end.
    #[must_use]
    pub fn place_at(&self, x: f32) -> u32 {
        if x <= 0.0 {
            return 0;
        }
        let Some(cell) = self.cell_at(x) else { return self.length() };
        let is_in_first_half = (x < cell.x.center()) != cell.backward;
        if is_in_first_half { cell.code_points.start } else { cell.code_points.end }
    }

    /// The first code point of the character under a point of the row; the row's end beyond it.
    #[must_use]
    pub fn character_at(&self, x: f32) -> u32 {
        if x <= 0.0 { 0 } else { self.cell_at(x).map_or(self.length(), |cell| cell.code_points.start) }
    }

    fn cell_at(&self, x: f32) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.x.min <= x && x < cell.x.max)
    }

    fn touched_by(&self, range: &Range<u32>) -> Range<usize> {
        let first = self.cells.partition_point(|cell| cell.code_points.end <= range.start);
        let past = self.cells.partition_point(|cell| cell.code_points.start < range.end);
        first..past.max(first)
    }
}

/// Whether two pieces have a side in common; glyphs stand on whole pixels, so that it may be off by one.
fn meet(one: Rangef, other: Rangef) -> bool {
    one.min <= other.max + 1.0 && other.min <= one.max + 1.0
}

fn glyphs(galley: &Galley) -> &[Glyph] {
    galley.rows.first().map_or(&[], |row| &row.row.glyphs)
}

fn width_of(galley: &Galley) -> f32 {
    glyphs(galley).iter().map(|glyph| glyph.pos.x + glyph.advance_width).fold(0.0, f32::max)
}

/// The cells of a run, each with its bytes.
fn place(
    text: &str,
    run: &Run,
    x: Rangef,
    galley: &Galley,
    width_of: &mut dyn FnMut(&str) -> f32,
    cells: &mut Vec<(usize, Cell)>,
) {
    let part = &text[run.bytes.clone()];
    let characters = part.chars().count();
    // As many glyphs as code points, in their order: the toolkit's own count holds.
    let glyphs = glyphs(galley);
    let counts = !run.backward && glyphs.len() == characters;
    let mut passed = 0;
    let mut begin = 0.0;
    for (at, grapheme) in part.grapheme_indices(true) {
        let end_byte = at + grapheme.len();
        let count = grapheme.chars().count();
        passed += count;
        let end = if end_byte == part.len() {
            x.span()
        } else if counts {
            // Marks stand beside where they are drawn; the next letter tells where this one ends.
            glyphs[passed].pos.x
        } else {
            let mut before = part[..end_byte].to_owned();
            if run.backward {
                before.push(JOINER);
            }
            width_of(&before)
        };
        let end = end.clamp(begin, x.span().max(begin));
        let across = if run.backward {
            Rangef::new(x.max - end, x.max - begin)
        } else {
            Rangef::new(x.min + begin, x.min + end)
        };
        let cell = Cell { code_points: 0..u32::try_from(count).unwrap_or_default(), x: across, backward: run.backward };
        cells.push((run.bytes.start + at, cell));
        begin = end;
    }
}

/// The cells in the text's order, their code points counted through.
fn counted(cells: Vec<(usize, Cell)>) -> Vec<Cell> {
    let mut at = 0;
    let count = |(_, mut cell): (usize, Cell)| {
        cell.code_points = at..at + cell.code_points.end;
        at = cell.code_points.end;
        cell
    };
    cells.into_iter().map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme;
    use egui::{Color32, FontId};

    /// Lays out texts with the fonts of the window.
    fn with_shapes(mut check: impl FnMut(&mut dyn FnMut(&str) -> Shape)) {
        let context = egui::Context::default();
        theme::install(&context);
        context.run_ui(egui::RawInput::default(), |_| {}).drop_without_applying_deltas();
        let format = TextFormat::simple(FontId::proportional(17.0), Color32::WHITE);
        check(&mut |text| Shape::of(text, &format, &mut |job| context.fonts_mut(|fonts| fonts.layout_job(job))));
    }

    const TEXTS: [&str; 12] = [
        "a שלום 北京",
        "e\u{301}a\u{308}x",
        "👩\u{200D}👩\u{200D}👧 x",
        "نص عربي abc",
        "🇨🇳🇫🇷 x ☺\u{FE0F}!",
        "لا إله الا 12 (الله) b",
        "שָׁלוֹם עוֹלָם",
        "น้ำ กำลัง x",
        "हिन्दी क्षि x",
        "한국어 北京 office",
        "عام ٢٠٢٦ x",
        "می\u{200C}خواهم x",
    ];

    #[test]
    fn every_place_is_found_where_its_character_is_drawn() {
        with_shapes(|shape_of| {
            for text in TEXTS {
                let shape = shape_of(text);
                assert_eq!(shape.length() as usize, text.chars().count(), "{text}");
                let mut byte = 0;
                let mut at = 0;
                for (cell, grapheme) in shape.cells.iter().zip(text.graphemes(true)) {
                    let count = u32::try_from(grapheme.chars().count()).expect("a few");
                    assert_eq!(cell.code_points, at..at + count, "{text}: {grapheme}");
                    at += count;
                    byte += grapheme.len();
                    assert!(cell.x.span() > 0.0, "{text}: {grapheme} has a width");
                    let near = |end: f32, other: f32| end * 0.75 + other * 0.25;
                    let (start, end) = (cell.start_x(), cell.end_x());
                    assert_eq!(shape.place_at(near(start, end)), cell.code_points.start, "{text}: {grapheme}");
                    assert_eq!(shape.place_at(near(end, start)), cell.code_points.end, "{text}: {grapheme}");
                    assert_eq!(shape.character_at(cell.x.center()), cell.code_points.start, "{text}: {grapheme}");
                    assert_eq!(shape.caret_x(cell.code_points.start), start, "{text}: {grapheme}");
                    assert_eq!(shape.across(&cell.code_points), [cell.x], "{text}: {grapheme}");
                }
                assert_eq!(byte, text.len());
                // Side by side, without a gap or an overlap, over the whole row.
                let mut sides: Vec<Rangef> = shape.cells.iter().map(|cell| cell.x).collect();
                sides.sort_by(|one, other| one.min.total_cmp(&other.min));
                assert!(sides.windows(2).all(|pair| (pair[0].max - pair[1].min).abs() < 0.01), "{text}: {sides:?}");
                let right = sides.last().map_or(0.0, |last| last.max);
                assert!(sides[0].min == 0.0 && right > 20.0, "{text}: {sides:?}");
                assert_eq!(shape.place_at(right + 50.0), shape.length());
                assert_eq!(shape.across(&(0..shape.length())).len(), 1, "{text}");
            }
        });
    }

    #[test]
    fn cells_lie_under_the_ink() {
        with_shapes(|shape_of| {
            let shape = shape_of("a שלום 北京");
            for (place, character) in [(2, 'ש'), (3, 'ל'), (5, 'ם'), (7, '北'), (8, '京')] {
                let drawn = shape.pieces.iter().find_map(|(left, galley)| {
                    let glyph = glyphs(galley).iter().find(|glyph| glyph.chr == character)?;
                    Some(left + glyph.pos.x)
                });
                let (cell, drawn) = (&shape.cells[place], drawn.expect("its glyph"));
                assert!((cell.x.min - drawn).abs() < 1.5, "{character}: {:?} but {drawn}", cell.x);
            }
            // From inside the word to what follows: two pieces, the first within the word.
            let pieces = shape.across(&(4..8));
            assert_eq!(pieces.len(), 2);
            assert!(pieces[0].max < pieces[1].min);
        });
    }
}
