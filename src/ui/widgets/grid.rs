//! A grid of equal tiles that scrolls any number of them: only visible rows are laid out, and the position is kept as
//! a 64-bit number, because 32-bit offsets blur before a million rows.

use crate::ui::theme::Tokens;
use egui::{CursorIcon, Id, Key, Modifiers, PointerButton, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo};
use std::ops::Range;

/// The width kept free for the scrollbar.
const SCROLLBAR_PX: f32 = 12.0;
/// A thumb is never smaller, however many rows there are.
const SMALLEST_THUMB_PX: f32 = 28.0;
/// How far from the edge a rubber band begins to scroll.
const EDGE_PX: f32 = 24.0;

/// A movement of the keyboard's position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Next,
    Previous,
}

impl Step {
    /// The movement a key asks for.
    #[must_use]
    pub fn of_key(key: Key) -> Option<Self> {
        Some(match key {
            Key::ArrowLeft => Self::Left,
            Key::ArrowRight => Self::Right,
            Key::ArrowUp => Self::Up,
            Key::ArrowDown => Self::Down,
            Key::PageUp => Self::PageUp,
            Key::PageDown => Self::PageDown,
            Key::Home => Self::First,
            Key::End => Self::Last,
            _ => return None,
        })
    }

    /// Where it leads from `index` in a grid of `count` tiles. Up and down stay in their column; on the last, shorter
    /// row they go to its end.
    #[must_use]
    pub fn from(self, index: usize, columns: usize, rows_a_page: usize, count: usize) -> usize {
        let Some(last) = count.checked_sub(1) else { return 0 };
        let page = columns * rows_a_page.max(1);
        let up = |by: usize| if index >= by { index - by } else { index % columns.max(1) };
        let down = |by: usize| {
            let last_row = last / columns.max(1);
            if index / columns.max(1) == last_row { index } else { (index + by).min(last) }
        };
        match self {
            Self::Left | Self::Previous => index.saturating_sub(1),
            Self::Right | Self::Next => (index + 1).min(last),
            Self::Up => up(columns),
            Self::PageUp => up(page),
            Self::Down => down(columns),
            Self::PageDown => down(page),
            Self::First => 0,
            Self::Last => last,
        }
    }
}

/// How tiles lie in a viewport. Sizes are in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridLayout {
    pub count: usize,
    pub columns: usize,
    /// Width and height of a tile.
    pub tile: Vec2,
    pub gap: f32,
    /// Width and height of what is seen, without the scrollbar.
    pub viewport: Vec2,
    /// Free space left of the first column, so that the grid is centred.
    pub margin: f32,
}

impl GridLayout {
    /// As many columns as fit, at least one; what is left over widens the tiles.
    #[must_use]
    pub fn new(count: usize, viewport: Vec2, side: f32, caption: f32, gap: f32) -> Self {
        let width = (viewport.x - gap).max(side);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
        let columns = (width / (side + gap)).floor().max(1.0) as usize;
        #[expect(clippy::cast_precision_loss, reason = "a few columns")]
        let wide = (width / columns as f32 - gap).max(side.min(width - gap)).floor();
        Self { count, columns, tile: Vec2::new(wide, wide + caption), gap, viewport, margin: gap }
    }

    /// One tile below the other, over the whole width: a list.
    #[must_use]
    pub fn list(count: usize, viewport: Vec2, height: f32, gap: f32) -> Self {
        Self { count, columns: 1, tile: Vec2::new(viewport.x.max(1.0), height), gap, viewport, margin: 0.0 }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// From one row's top to the next.
    #[must_use]
    pub fn row_px(&self) -> f64 {
        f64::from(self.tile.y + self.gap)
    }

    /// The height of everything.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^52")]
    pub fn content_px(&self) -> f64 {
        self.rows() as f64 * self.row_px() + f64::from(self.gap)
    }

    /// The largest scroll position.
    #[must_use]
    pub fn limit_px(&self) -> f64 {
        (self.content_px() - f64::from(self.viewport.y)).max(0.0)
    }

    /// Rows that fit on a page, at least one.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
    pub fn rows_a_page(&self) -> usize {
        (f64::from(self.viewport.y) / self.row_px()).floor().max(1.0) as usize
    }

    /// The top of a row in the content.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^52")]
    pub fn row_top_px(&self, row: usize) -> f64 {
        f64::from(self.gap) + row as f64 * self.row_px()
    }

    /// The row at a height of the content; the gap below a row is the row's.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped at 0 first")]
    fn row_at(&self, height_px: f64) -> usize {
        ((height_px - f64::from(self.gap)) / self.row_px()).floor().max(0.0) as usize
    }

    /// The tiles that can be seen, even partly, at a scroll position.
    #[must_use]
    pub fn visible(&self, scroll_px: f64) -> Range<usize> {
        let first = self.row_at(scroll_px) * self.columns;
        let after = (self.row_at(scroll_px + f64::from(self.viewport.y)) + 1) * self.columns;
        first.min(self.count)..after.min(self.count)
    }

    /// Where a tile is, relative to the viewport's top left.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "near the viewport when it is seen"
    )]
    pub fn tile_rect(&self, index: usize, scroll_px: f64) -> Rect {
        let top = (self.row_top_px(index / self.columns) - scroll_px) as f32;
        let left = self.margin + (index % self.columns) as f32 * (self.tile.x + self.gap);
        Rect::from_min_size(Pos2::new(left, top), self.tile)
    }

    /// The tiles that a band touches, from one corner to the other, in content coordinates: a range for each row.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the columns")]
    pub fn in_band(&self, from: (f64, f64), to: (f64, f64)) -> Vec<Range<usize>> {
        let (left, right) = (from.0.min(to.0) - f64::from(self.margin), from.0.max(to.0) - f64::from(self.margin));
        let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
        let (wide, step) = (f64::from(self.tile.x), f64::from(self.tile.x + self.gap));
        if right < 0.0 || bottom < f64::from(self.gap) || self.count == 0 {
            return Vec::new();
        }
        // A corner in the gap after a column or row does not touch it.
        let first_column = ((left / step).floor().max(0.0) + f64::from(left.max(0.0) % step > wide)) as usize;
        let after_column = ((right / step).floor() as usize + 1).min(self.columns);
        let mut first_row = self.row_at(top);
        if top - self.row_top_px(first_row) > f64::from(self.tile.y) {
            first_row += 1;
        }
        let after_row = (self.row_at(bottom) + 1).min(self.rows());
        if first_column >= after_column {
            return Vec::new();
        }
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for row in first_row..after_row {
            let start = row * self.columns;
            let range = (start + first_column).min(self.count)..(start + after_column).min(self.count);
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ if range.is_empty() => {}
                _ => ranges.push(range),
            }
        }
        ranges
    }

    /// Start and length of the scrollbar's thumb on a track of `track_px`; `None` if all fits.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "within the track")]
    pub fn thumb(&self, scroll_px: f64, track_px: f32) -> Option<(f32, f32)> {
        let limit = self.limit_px();
        if limit <= 0.0 {
            return None;
        }
        let share = (f64::from(self.viewport.y) / self.content_px()) as f32;
        let length = (track_px * share).max(SMALLEST_THUMB_PX).min(track_px);
        Some(((track_px - length) * (scroll_px / limit) as f32, length))
    }

    /// The scroll position at which the thumb begins at `start_px` of its track.
    #[must_use]
    pub fn scroll_of_thumb(&self, start_px: f32, track_px: f32) -> f64 {
        let Some((_, length)) = self.thumb(0.0, track_px) else { return 0.0 };
        let free = f64::from((track_px - length).max(1.0));
        (f64::from(start_px) / free).clamp(0.0, 1.0) * self.limit_px()
    }

    /// The scroll position nearest to `scroll_px` at which the tile is wholly seen.
    #[must_use]
    pub fn reveal(&self, index: usize, scroll_px: f64) -> f64 {
        let top = self.row_top_px(index / self.columns) - f64::from(self.gap);
        let bottom = top + self.row_px() + f64::from(self.gap);
        let to = if top < scroll_px {
            top
        } else if bottom > scroll_px + f64::from(self.viewport.y) {
            bottom - f64::from(self.viewport.y)
        } else {
            scroll_px
        };
        to.clamp(0.0, self.limit_px())
    }
}

/// What a grid remembers between frames.
#[derive(Clone, Debug, Default)]
pub struct GridState {
    scroll_px: f64,
    /// The layout of the last frame, to keep the same tiles in sight when the columns change.
    last: Option<GridLayout>,
    reveal: Option<usize>,
    /// Where a rubber band began, in content coordinates.
    band: Option<(f64, f64)>,
    /// Where in the thumb it was taken.
    held_thumb_px: Option<f32>,
}

impl GridState {
    /// Brings a tile into sight in the next frame.
    pub fn reveal(&mut self, index: usize) {
        self.reveal = Some(index);
    }

    /// Goes to the top: for a new view.
    pub fn to_top(&mut self) {
        *self = Self { last: self.last, ..Self::default() };
    }

    /// The scroll position, in points from the top.
    #[must_use]
    pub fn scroll_px(&self) -> f64 {
        self.scroll_px
    }

    /// Sets the scroll position; it is kept within the content when drawn.
    pub fn set_scroll_px(&mut self, scroll_px: f64) {
        self.scroll_px = scroll_px;
    }

    /// The layout as last drawn.
    #[must_use]
    pub fn layout(&self) -> Option<&GridLayout> {
        self.last.as_ref()
    }

    fn settle(&mut self, layout: &GridLayout) {
        if let Some(last) = &self.last
            && (last.columns, last.tile) != (layout.columns, layout.tile)
        {
            let first = last.visible(self.scroll_px).start;
            let within = (self.scroll_px - last.row_top_px(first / last.columns)) / last.row_px();
            self.scroll_px = layout.row_top_px(first / layout.columns) + within * layout.row_px();
        }
        if let Some(index) = self.reveal.take()
            && layout.count > 0
        {
            self.scroll_px = layout.reveal(index.min(layout.count - 1), self.scroll_px);
        }
        self.scroll_px = self.scroll_px.clamp(0.0, layout.limit_px());
        self.last = Some(*layout);
    }
}

/// What tiles look like, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TileShape {
    /// Squares of about this side in as many columns as fit, with something of another height below each.
    Square { side: f32, caption: f32 },
    /// Rows of this height, over the whole width.
    Row { height: f32 },
}

/// How a grid is drawn.
#[derive(Clone, Copy, Debug)]
pub struct GridStyle {
    pub shape: TileShape,
    pub gap: f32,
    pub accent: egui::Color32,
    pub thumb: egui::Color32,
    pub thumb_hovered: egui::Color32,
}

impl GridStyle {
    /// Rows of this height, one below the other.
    #[must_use]
    pub fn list(tokens: &Tokens, height: f32, gap: f32) -> Self {
        Self {
            shape: TileShape::Row { height },
            gap,
            accent: tokens.accent_text,
            thumb: tokens.border_strong,
            thumb_hovered: tokens.text_weak,
        }
    }
}

/// A click on a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileClick {
    pub index: usize,
    pub modifiers: Modifiers,
    pub double: bool,
    pub secondary: bool,
}

/// A rubber band of this frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    pub touched: Vec<Range<usize>>,
    /// Ctrl or Shift was held: it adds.
    pub add: bool,
}

/// What happened in a grid in a frame.
pub struct GridOutput {
    pub layout: GridLayout,
    /// The tiles in sight.
    pub visible: Range<usize>,
    pub click: Option<TileClick>,
    /// The free space was clicked.
    pub clicked_nothing: bool,
    pub band: Option<Band>,
    pub band_ended: bool,
    /// The whole grid; has the focus while the keyboard works on tiles.
    pub response: Response,
}

/// Draws a grid into all the space there is. `tile` draws one tile into its rectangle and returns its response;
/// it is called for visible tiles only.
pub fn grid_ui(
    ui: &mut Ui,
    id: Id,
    name: &str,
    count: usize,
    state: &mut GridState,
    style: &GridStyle,
    mut tile: impl FnMut(&mut Ui, usize, Rect) -> Response,
) -> GridOutput {
    let area = ui.available_rect_before_wrap();
    let viewport = Rect::from_min_max(area.min, Pos2::new((area.max.x - SCROLLBAR_PX).max(area.min.x), area.max.y));
    let response = ui.interact(viewport, id, Sense::click_and_drag() | Sense::FOCUSABLE);
    response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, name));
    let layout = match style.shape {
        TileShape::Square { side, caption } => GridLayout::new(count, viewport.size(), side, caption, style.gap),
        TileShape::Row { height } => GridLayout::list(count, viewport.size(), height, style.gap),
    };
    state.settle(&layout);
    wheel(ui, area, state, &layout);
    scrollbar_ui(ui, id, area, state, &layout, style);

    let visible = layout.visible(state.scroll_px);
    let mut click = None;
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt("tiles").max_rect(viewport));
    child.set_clip_rect(viewport.intersect(ui.clip_rect()));
    for index in visible.clone() {
        let rect = layout.tile_rect(index, state.scroll_px).translate(viewport.min.to_vec2());
        let tile_response = tile(&mut child, index, rect);
        if tile_response.clicked() || tile_response.secondary_clicked() {
            let modifiers = ui.input(|input| input.modifiers);
            let (double, secondary) = (tile_response.double_clicked(), tile_response.secondary_clicked());
            click = Some(TileClick { index, modifiers, double, secondary });
        }
    }
    let band_before = state.band.is_some();
    let band = band(ui, &response, viewport, state, &layout, style);
    ui.advance_cursor_after_rect(area);
    GridOutput {
        layout,
        visible,
        click,
        clicked_nothing: response.clicked() && click.is_none(),
        band_ended: band_before && state.band.is_none(),
        band,
        response,
    }
}

fn wheel(ui: &Ui, area: Rect, state: &mut GridState, layout: &GridLayout) {
    if !ui.rect_contains_pointer(area) || !ui.is_enabled() {
        return;
    }
    let delta = ui.input(|input| input.smooth_scroll_delta().y);
    if delta != 0.0 {
        state.scroll_px = (state.scroll_px - f64::from(delta)).clamp(0.0, layout.limit_px());
    }
}

fn scrollbar_ui(ui: &Ui, id: Id, area: Rect, state: &mut GridState, layout: &GridLayout, style: &GridStyle) {
    let track = Rect::from_min_max(Pos2::new(area.max.x - SCROLLBAR_PX, area.min.y), area.max).shrink(2.0);
    let Some((start, length)) = layout.thumb(state.scroll_px, track.height()) else {
        state.held_thumb_px = None;
        return;
    };
    let response = ui.interact(track, id.with("scrollbar"), Sense::click_and_drag());
    if let Some(pointer) = response.interact_pointer_pos() {
        let at = pointer.y - track.min.y;
        // Taken beside the thumb, the thumb jumps under the pointer.
        let held = *state
            .held_thumb_px
            .get_or_insert_with(|| if (start..start + length).contains(&at) { at - start } else { length / 2.0 });
        state.scroll_px = layout.scroll_of_thumb(at - held, track.height());
    } else {
        state.held_thumb_px = None;
    }
    let (start, length) = layout.thumb(state.scroll_px, track.height()).unwrap_or((start, length));
    let thumb = Rect::from_min_size(Pos2::new(track.min.x, track.min.y + start), Vec2::new(track.width(), length));
    let active = response.hovered() || response.dragged();
    let color = if active { style.thumb_hovered } else { style.thumb };
    ui.painter().rect_filled(thumb, track.width() / 2.0, color);
}

fn band(
    ui: &Ui,
    response: &Response,
    viewport: Rect,
    state: &mut GridState,
    layout: &GridLayout,
    style: &GridStyle,
) -> Option<Band> {
    let content_from = |position: Pos2, scroll_px: f64| {
        (f64::from(position.x - viewport.min.x), f64::from(position.y - viewport.min.y) + scroll_px)
    };
    if response.drag_started_by(PointerButton::Primary) {
        let origin = ui.input(|input| input.pointer.press_origin());
        state.band = origin.map(|origin| content_from(origin, state.scroll_px));
    }
    if !response.dragged_by(PointerButton::Primary) {
        state.band = None;
        return None;
    }
    let (from, pointer) = (state.band?, response.interact_pointer_pos()?);
    let beyond = (pointer.y - (viewport.max.y - EDGE_PX)).max(0.0) - ((viewport.min.y + EDGE_PX) - pointer.y).max(0.0);
    if beyond != 0.0 {
        let seconds = ui.input(|input| input.stable_dt).min(0.1);
        state.scroll_px = (state.scroll_px + f64::from(beyond * 12.0 * seconds)).clamp(0.0, layout.limit_px());
        ui.ctx().request_repaint();
    }
    let to = content_from(pointer, state.scroll_px);
    #[expect(clippy::cast_possible_truncation, reason = "clipped to the viewport")]
    let screen = |(x, y): (f64, f64)| {
        let below = (y - state.scroll_px).clamp(-4.0, f64::from(viewport.height()) + 4.0) as f32;
        Pos2::new(viewport.min.x + x as f32, viewport.min.y + below)
    };
    let rect = Rect::from_two_pos(screen(from), screen(to)).intersect(viewport.expand(4.0));
    let painter = ui.painter().with_clip_rect(viewport);
    painter.rect(rect, 2.0, style.accent.gamma_multiply(0.15), (1.0, style.accent), egui::StrokeKind::Inside);
    ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    let modifiers = ui.input(|input| input.modifiers);
    Some(Band { touched: layout.in_band(from, to), add: modifiers.command || modifiers.shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(count: usize) -> GridLayout {
        GridLayout::new(count, Vec2::new(1000.0, 700.0), 140.0, 20.0, 8.0)
    }

    #[test]
    fn columns_fill_the_width() {
        let layout = layout(100);
        assert_eq!(layout.columns, 6);
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let used = layout.columns as f32 * (layout.tile.x + layout.gap) + layout.gap;
        assert!((900.0..=1000.0).contains(&used), "{used}");
        assert_eq!(GridLayout::new(3, Vec2::new(60.0, 50.0), 140.0, 20.0, 8.0).columns, 1);
    }

    #[test]
    fn a_list_has_one_column_and_places_its_millionth_row() {
        let list = GridLayout::list(1_000_000, Vec2::new(1000.0, 700.0), 56.0, 1.0);
        assert_eq!(list.rows(), 1_000_000);
        let last = list.tile_rect(999_999, list.limit_px());
        assert!((last.max.y - (700.0 - 1.0)).abs() < 0.01 && last.width() > 999.0, "{last:?}");
        assert_eq!(list.in_band((10.0, 10.0), (20.0, 60.0)), std::slice::from_ref(&(0..2)));
    }

    #[test]
    fn the_last_of_ten_million_tiles_is_placed_to_the_pixel() {
        let layout = layout(10_000_000);
        let scroll = layout.limit_px();
        let visible = layout.visible(scroll);
        assert_eq!(visible.end, 10_000_000);
        let last = layout.tile_rect(9_999_999, scroll);
        assert!((last.max.y - (700.0 - 8.0)).abs() < 0.01, "{last:?}");
        let before = layout.tile_rect(9_999_999 - layout.columns, scroll);
        assert!((last.min.y - before.min.y - (layout.tile.y + 8.0)).abs() < 0.01);
    }

    #[test]
    fn visible_tiles_cover_the_viewport_and_little_more() {
        let layout = layout(1_000_000);
        for scroll in [0.0, 0.5, 187.0, 1_000_003.25, layout.limit_px()] {
            let visible = layout.visible(scroll);
            assert!(visible.len() <= (layout.rows_a_page() + 3) * layout.columns);
            assert!(layout.tile_rect(visible.start, scroll).min.y <= 8.0);
            assert!(visible.end == layout.count || layout.tile_rect(visible.end, scroll).min.y >= 700.0 - 8.0);
        }
    }

    #[test]
    fn steps_stay_in_the_grid_and_in_their_column() {
        assert_eq!(Step::Up.from(3, 5, 2, 100), 3);
        assert_eq!(Step::Down.from(3, 5, 2, 100), 8);
        assert_eq!(Step::Down.from(93, 5, 2, 97), 96);
        assert_eq!(Step::Down.from(96, 5, 2, 97), 96);
        assert_eq!(Step::PageUp.from(7, 5, 2, 100), 2);
        assert_eq!(Step::Left.from(0, 5, 2, 100), 0);
        assert_eq!(Step::Last.from(0, 5, 2, 100), 99);
        assert_eq!(Step::Next.from(0, 5, 2, 0), 0);
    }

    #[test]
    fn a_band_touches_whole_tiles_by_rows() {
        let layout = layout(20);
        assert_eq!(layout.in_band((10.0, 10.0), (20.0, 20.0)), std::slice::from_ref(&(0..1)));
        let column = f64::from(layout.tile.x + layout.gap);
        let rows = layout.in_band((10.0, 10.0), (10.0 + column, 10.0 + layout.row_px()));
        assert_eq!(rows, [0..2, 6..8]);
        let all = layout.in_band((990.0, 5000.0), (0.0, 0.0));
        assert_eq!(all, std::slice::from_ref(&(0..20)));
        assert!(layout.in_band((0.0, 2.0), (4.0, 4.0)).is_empty());
        let in_gap = f64::from(layout.margin + layout.tile.x) + 2.0;
        assert!(layout.in_band((in_gap, 10.0), (in_gap + 2.0, 20.0)).is_empty());
    }

    #[test]
    fn the_thumb_and_the_scroll_position_agree() {
        let layout = layout(1_000_000);
        for share in [0.0, 0.25, 0.9, 1.0] {
            let scroll = layout.limit_px() * share;
            let (start, _) = layout.thumb(scroll, 600.0).expect("does not fit");
            assert!((layout.scroll_of_thumb(start, 600.0) - scroll).abs() / layout.limit_px() < 1e-5);
        }
        assert_eq!(super::GridLayout::new(3, Vec2::new(1000.0, 700.0), 140.0, 20.0, 8.0).thumb(0.0, 600.0), None);
    }

    #[test]
    fn revealing_moves_as_little_as_possible() {
        let layout = layout(1000);
        assert!((layout.reveal(0, 0.0) - 0.0).abs() < f64::EPSILON);
        let row = layout.rows_a_page();
        let scroll = layout.reveal(row * layout.columns, 0.0);
        assert!(scroll > 0.0 && scroll <= layout.row_px() + 8.0);
        assert!((layout.reveal(row * layout.columns, scroll) - scroll).abs() < f64::EPSILON);
    }

    #[test]
    fn the_same_tiles_stay_in_sight_when_the_columns_change() {
        let mut state = GridState::default();
        let wide = layout(100_000);
        state.settle(&wide);
        state.set_scroll_px(wide.row_top_px(5_000));
        let first = wide.visible(state.scroll_px()).start;
        let narrow = GridLayout::new(100_000, Vec2::new(500.0, 700.0), 140.0, 20.0, 8.0);
        state.settle(&narrow);
        assert!(narrow.visible(state.scroll_px()).contains(&first));
    }
}
