//! The text on the screen: rows in sight, marks under them, the caret, and what the pointer does.

use super::lanes::lanes;
use super::paint::{LANE_POINTS, RowOnScreen};
use super::rows::{Row, Rows};
use super::runs::is_right_to_left;
use super::selection::{Ground, Selection, line_at, word_at};
use super::shape::Shape;
use crate::domain::text::Offsets;
use crate::ui::theme::{Tokens, space};
use egui::text::TextFormat;
use egui::{Color32, CursorIcon, FontFamily, FontId, Id, Pos2, Rect, Response, Sense, Ui, pos2, vec2};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// A comfortable size to read all day, in points.
const TEXT_POINTS: f32 = 17.0;
/// Between the text of a row and the next row, where nothing is marked.
const LEADING_POINTS: f32 = 8.0;
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

/// What is shown with a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    pub stretches: &'a [Stretch],
    /// What is searched for, in the text's order: code points.
    pub hits: &'a [Range<u32>],
    /// A text that is only read has no caret.
    pub has_caret: bool,
    /// The factor by which the text is larger.
    pub size: f32,
    /// What a screen reader says.
    pub name: &'a str,
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
pub(super) struct Layout {
    pub width_points: f32,
    text_points: f32,
    stretches: Vec<Range<u32>>,
    pub rows: Rows,
    pub lanes: Vec<usize>,
    /// For each row the stretches that touch it.
    pub touching: HashMap<usize, Vec<usize>>,
    /// The top of each row, and the end of the last.
    pub tops: Vec<f32>,
}

/// A row in sight.
type Drawn = (usize, Shape);

/// A text with its caret, kept from frame to frame.
pub struct TextView {
    text: Arc<str>,
    offsets: Offsets,
    words: fn(&str) -> Vec<Range<usize>>,
    pub selection: Selection,
    layout: Option<Layout>,
    /// Rows depend on the width only, and are dear for a megabyte of text.
    advances: HashMap<char, f32>,
    /// What no font has.
    missing: BTreeSet<char>,
    has_right_to_left: bool,
    reveal: bool,
    /// A text is read from its beginning, wherever the one before it was left.
    is_new: bool,
    scroll_pages: f32,
    rows_in_sight: usize,
}

impl TextView {
    #[must_use]
    pub fn new(text: Arc<str>, words: fn(&str) -> Vec<Range<usize>>) -> Self {
        let offsets = Offsets::new(&text);
        let has_right_to_left = text.chars().any(is_right_to_left);
        let (selection, layout, advances, missing) = Default::default();
        Self {
            text,
            offsets,
            words,
            selection,
            layout,
            advances,
            missing,
            has_right_to_left,
            reveal: false,
            is_new: true,
            scroll_pages: 0.0,
            rows_in_sight: 0,
        }
    }

    /// Whether some letters are written from right to left.
    #[must_use]
    pub fn has_right_to_left(&self) -> bool {
        self.has_right_to_left
    }

    /// The characters that no font has, known once the text has been drawn.
    #[must_use]
    pub fn missing(&self) -> &BTreeSet<char> {
        &self.missing
    }

    /// Pages to scroll in the next frame, down or up.
    pub fn scroll_pages(&mut self, pages: f32) {
        self.scroll_pages += pages;
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

    /// The caret on by what is in sight, with a row of it kept.
    pub fn step_page(&mut self, down: bool, extend: bool) {
        let rows = i32::try_from(self.rows_in_sight.saturating_sub(1).max(1)).unwrap_or(i32::MAX);
        self.step_rows(if down { rows } else { -rows }, extend);
    }

    /// The caret at the beginning or end of the text.
    pub fn step_to_end(&mut self, end: bool, extend: bool) {
        let caret = if end { self.offsets.length() } else { 0 };
        self.selection = self.selection.moved_to(caret, extend);
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

    /// Draws the text into a scroll area that fills what is left, and says what the pointer did.
    pub fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, shown: &Shown<'_>) -> TextOutput {
        let text_points = TEXT_POINTS * shown.size;
        let width_points = (ui.available_width() - 2.0 * space::XL).clamp(80.0, WIDEST_POINTS * shown.size);
        self.lay_out(ui, width_points, text_points, shown.stretches);
        let reveal = std::mem::take(&mut self.reveal);
        let by = ui.available_height() * 0.85 * std::mem::take(&mut self.scroll_pages);
        let mut happened = None;
        let mut id = ui.scope_id();
        let mut area = egui::ScrollArea::vertical().id_salt("text").auto_shrink([false, false]);
        if std::mem::take(&mut self.is_new) {
            area = area.vertical_scroll_offset(0.0);
        }
        area.show_viewport(ui, |ui, viewport| {
            let Some(layout) = self.layout.take() else { return };
            if by != 0.0 {
                ui.scroll_with_delta(vec2(0.0, -by));
            }
            let height = layout.tops.last().copied().unwrap_or_default() + 2.0 * space::L;
            let side = ((ui.available_width() - width_points) / 2.0).max(space::XL);
            let (rect, response) = ui.allocate_exact_size(
                vec2(ui.available_width(), height.max(viewport.height())),
                Sense::click_and_drag(),
            );
            let origin = rect.min + vec2(side, space::L);
            id = response.id;
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Document, true, shown.name));
            let first = layout.tops.partition_point(|top| *top < viewport.top() - space::L).saturating_sub(1);
            let past = layout.tops.partition_point(|top| *top < viewport.bottom()).min(layout.rows.all().len());
            self.rows_in_sight = past.saturating_sub(first);
            let mut drawn: Vec<Drawn> = Vec::with_capacity(past.saturating_sub(first));
            for index in first..past {
                let shape = self.shape(ui, &layout.rows.all()[index], text_points, tokens.text);
                let row = RowOnScreen {
                    layout: &layout,
                    index,
                    shape: &shape,
                    corner: origin + vec2(0.0, layout.tops[index]),
                    selection: self.selection,
                    shown,
                };
                row.paint(ui, tokens);
                drawn.push((index, shape));
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

    /// Ctrl+C copies what is chosen, unless a field is typed into.
    pub fn copy(&self, ui: &Ui) {
        let is_asked = ui.input(|input| input.events.iter().any(|event| matches!(event, egui::Event::Copy)));
        if is_asked
            && !self.selection.is_empty()
            && !ui.ctx().text_edit_focused()
            && let Some(chosen) = self.covered(&self.selection.range())
        {
            ui.ctx().copy_text(chosen.to_owned());
        }
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
                self.missing.clear();
                let (advances, missing) = (&mut self.advances, &mut self.missing);
                let rows = ui.fonts_mut(|fonts| {
                    Rows::new(&self.text, width_points, &mut |character| {
                        *advances.entry(character).or_insert_with(|| {
                            if !is_seen(character) || fonts.has_glyph(&font, character) {
                                return fonts.glyph_width(&font, character);
                            }
                            missing.insert(character);
                            // The box that is drawn for it.
                            text_points
                        })
                    })
                });
                if !missing.is_empty() {
                    // It is said above the text.
                    ui.ctx().request_repaint();
                }
                rows
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

    fn shape(&self, ui: &Ui, row: &Row, text_points: f32, ink: Color32) -> Shape {
        let text = self.text.get(row.bytes.clone()).unwrap_or_default();
        let format = TextFormat::simple(FontId::new(text_points, FontFamily::Proportional), ink);
        Shape::of(text, &format, &mut |job| ui.painter().layout_job(job))
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        layout: &Layout,
        drawn: &[Drawn],
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
    fn place_at(&self, layout: &Layout, drawn: &[Drawn], point: Pos2) -> Option<u32> {
        let (index, shape) = row_at(layout, drawn, point.y)?;
        let row = &layout.rows.all()[*index];
        Some(self.on_boundary((row.code_points.start + shape.place_at(point.x)).min(self.end_of(row))))
    }

    /// The character under a point.
    fn character_at(&self, layout: &Layout, drawn: &[Drawn], point: Pos2) -> Option<u32> {
        let (index, shape) = row_at(layout, drawn, point.y)?;
        let row = &layout.rows.all()[*index];
        Some((row.code_points.start + shape.character_at(point.x)).min(self.end_of(row)))
    }
}

/// The drawn row at a height, the nearest one beyond the ends.
fn row_at<'a>(layout: &Layout, drawn: &'a [Drawn], y: f32) -> Option<&'a Drawn> {
    drawn.iter().find(|(index, _)| y < layout.tops[index + 1]).or_else(|| drawn.last())
}

/// Whether a character is drawn at all: blanks, controls, joiners and selectors of forms are not.
fn is_seen(character: char) -> bool {
    let is_silent = matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180E}');
    !is_silent && !character.is_control() && !character.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::super::selection::unicode_words;
    use super::*;
    use crate::ui::theme;
    use egui::{Context, Event, Modifiers, PointerButton, RawInput};

    /// A window with a text alone.
    struct Screen {
        context: Context,
        view: TextView,
        time: f64,
    }

    impl Screen {
        fn of(text: &str) -> Self {
            let context = Context::default();
            theme::install(&context);
            let mut screen = Self { context, view: TextView::new(text.into(), unicode_words), time: 0.0 };
            // Fonts are there in the second frame.
            screen.frame(Vec::new());
            screen.frame(Vec::new());
            screen
        }

        fn frame(&mut self, events: Vec<Event>) {
            self.time += 0.1;
            let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, vec2(800.0, 600.0)));
            let input = RawInput { time: Some(self.time), screen_rect, events, ..RawInput::default() };
            let shown = Shown { has_caret: true, size: 1.0, name: "text", ..Shown::default() };
            let view = &mut self.view;
            let output = self.context.run_ui(input, |ui| {
                view.ui(ui, &Tokens::light(), &shown);
            });
            output.drop_without_applying_deltas();
        }

        /// Drags in the first row, and returns what is chosen then.
        fn drag(&mut self, from_x: f32, to_x: f32) -> &str {
            let at = |x: f32| pos2(space::XL + x, space::L + 10.0);
            let button = |x: f32, pressed| Event::PointerButton {
                pos: at(x),
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            };
            self.frame(vec![Event::PointerMoved(at(from_x))]);
            self.frame(vec![button(from_x, true)]);
            self.frame(vec![Event::PointerMoved(at((from_x + to_x) / 2.0))]);
            self.frame(vec![Event::PointerMoved(at(to_x))]);
            self.frame(vec![button(to_x, false)]);
            self.view.covered(&self.view.selection.range()).unwrap_or_default()
        }

        /// Where code points of the first row are drawn.
        fn across(&self, range: Range<u32>) -> egui::emath::Rangef {
            let format = TextFormat::simple(FontId::proportional(TEXT_POINTS), Color32::BLACK);
            let lay_out = &mut |job| self.context.fonts_mut(|fonts| fonts.layout_job(job));
            Shape::of(self.view.text(), &format, lay_out).across(&range)[0]
        }
    }

    #[test]
    fn what_is_dragged_over_is_what_is_chosen() {
        let cases = [
            ("a שלום 北京", 2..6, "שלום"),
            ("a שלום 北京", 7..9, "北京"),
            ("نص عربي abc", 3..7, "عربي"),
            ("شش e\u{301}x", 3..5, "e\u{301}"),
            ("👩\u{200D}👩\u{200D}👧 x北", 7..8, "北"),
            ("पत्नी शहर 京", 10..11, "京"),
        ];
        for (text, range, expected) in cases {
            let mut screen = Screen::of(text);
            let x = screen.across(range);
            assert_eq!(screen.drag(x.min + 1.0, x.max - 1.0), expected, "{text}");
            assert_eq!(screen.drag(x.max - 1.0, x.min + 1.0), expected, "{text}");
        }
    }

    #[test]
    fn what_no_font_has_is_known_once_it_is_drawn() {
        let screen = Screen::of("好\u{10FF00}\u{200D} \u{FE0F}ש한");
        assert_eq!(screen.view.missing().iter().copied().collect::<Vec<_>>(), ['\u{10FF00}']);
        assert!(screen.view.has_right_to_left());
    }
}
