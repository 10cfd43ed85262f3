//! A table: a head to sort by, rows that can be hovered, chosen and walked through by key.

use super::button::focus_ring;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{self, space, text_size};
use egui::{
    Align, EventFilter, FontFamily, FontId, Key, Layout, Modifiers, Rect, Response, Role, ScrollArea, Sense, Stroke,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::cmp::Ordering;

/// How wide a column is.
#[derive(Clone, Copy, Debug)]
pub enum Width {
    Points(f32),
    /// A share of what the others leave.
    Share(f32),
}

/// A column.
pub struct Column {
    pub title: String,
    pub width: Width,
    /// Whether a click on its head sorts by it.
    pub sortable: bool,
    /// Numbers stand at the right.
    pub right: bool,
    /// Left out where the others would become too narrow to read.
    pub optional: bool,
}

/// A column that takes a share is no narrower than this while an optional one can be left out.
const READABLE_SHARE: f32 = 110.0;

impl Column {
    /// A column that sorts.
    #[must_use]
    pub fn new(title: String, width: Width) -> Self {
        Self { title, width, sortable: true, right: false, optional: false }
    }

    /// A column that does not sort.
    #[must_use]
    pub fn fixed(title: String, width: Width) -> Self {
        Self { title, width, sortable: false, right: false, optional: false }
    }

    /// Left out where room is short, the rightmost first.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Its contents stand at the right.
    #[must_use]
    pub fn right(mut self) -> Self {
        self.right = true;
        self
    }
}

/// A table, before it is drawn.
pub struct Table<'a> {
    pub id: &'static str,
    pub columns: &'a [Column],
    pub rows: usize,
    pub row_height: f32,
    /// The column sorted by, and whether downwards.
    pub sort: Option<(usize, bool)>,
    pub selected: Option<usize>,
    /// What a screen reader says of a row; unique.
    pub name_of_row: &'a dyn Fn(usize) -> String,
}

/// What a person did with a table.
#[derive(Default)]
pub struct TableOutput {
    /// Chosen by a click or an arrow key.
    pub selected: Option<usize>,
    /// Opened by Enter or a double click.
    pub opened: Option<usize>,
    /// The head that was clicked.
    pub sorted_by: Option<usize>,
    /// Delete was pressed while a row is chosen.
    pub delete: bool,
}

/// What a cell is ordered by.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum SortKey {
    /// Nothing there: always last.
    None,
    Number(f64),
    Text(String),
}

impl SortKey {
    /// By letters, whatever their case.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase())
    }

    /// By size; nothing there comes last.
    #[must_use]
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::None, Self::Number)
    }

    /// By time, or by a count.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an order among what a person tells apart")]
    pub fn whole(number: i64) -> Self {
        Self::Number(number as f64)
    }

    fn compare(&self, other: &Self, down: bool) -> Ordering {
        match (self, other) {
            (Self::None, Self::None) => Ordering::Equal,
            (Self::None, _) => Ordering::Greater,
            (_, Self::None) => Ordering::Less,
            _ => {
                let order = self.partial_cmp(other).unwrap_or(Ordering::Equal);
                if down { order.reverse() } else { order }
            }
        }
    }
}

/// What a person chose to order a table by; nothing: as the rows come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sorting(pub Option<(usize, bool)>);

impl Sorting {
    /// A head was clicked: that column upwards, then downwards, then as the rows come.
    pub fn click(&mut self, column: usize) {
        self.0 = match self.0 {
            Some((by, false)) if by == column => Some((column, true)),
            Some((by, true)) if by == column => None,
            _ => Some((column, false)),
        };
    }

    /// Orders rows; equal ones stay as they are.
    pub fn apply<T>(self, rows: &mut [T], key: impl Fn(&T, usize) -> SortKey) {
        if let Some((column, down)) = self.0 {
            rows.sort_by(|one, other| key(one, column).compare(&key(other, column), down));
        }
    }
}

impl Table<'_> {
    /// Draws it. `cell(ui, row, column)` draws a cell; `menu(ui, row)` the menu of a right click.
    pub fn show(
        &self,
        ui: &mut Ui,
        context: &Context<'_>,
        mut cell: impl FnMut(&mut Ui, usize, usize),
        mut menu: impl FnMut(&mut Ui, usize),
    ) -> TableOutput {
        let mut output = TableOutput::default();
        let tokens = context.tokens;
        let widths = self.widths(ui.available_width());
        self.head_ui(ui, context, &widths, &mut output);
        let id = ui.make_persistent_id(self.id);
        let keys_moved = self.keys(ui, id, &mut output);
        let row_height = self.row_height;
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut scroll = ScrollArea::vertical().id_salt(self.id).auto_shrink([false, false]);
        if let (true, Some(row)) = (keys_moved, output.selected) {
            #[expect(clippy::cast_precision_loss, reason = "far fewer than 2²³ rows")]
            let top = row as f32 * row_height;
            let state = egui::scroll_area::State::load(ui.ctx(), ui.make_persistent_id(egui::IdSalt::new(self.id)));
            let offset = state.map_or(0.0, |state| state.clamped_offset().y);
            let height = ui.available_height();
            if top < offset {
                scroll = scroll.vertical_scroll_offset(top);
            } else if top + row_height > offset + height {
                scroll = scroll.vertical_scroll_offset(top + row_height - height);
            }
        }
        scroll.show_rows(ui, row_height, self.rows, |ui, range| {
            for row in range {
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), row_height), Sense::hover());
                let name = (self.name_of_row)(row);
                // By name: what has the focus must not jump to another row when the order changes.
                let row_id = id.with(&name);
                let response = ui.interact(rect, row_id, Sense::CLICK);
                let chosen = output.selected.or(self.selected) == Some(row);
                response.widget_info(|| WidgetInfo::selected(Role::Row, true, chosen, &name));
                let inner = rect.shrink2(vec2(0.0, 1.0));
                if chosen {
                    ui.painter().rect_filled(inner, theme::CORNER, tokens.selected);
                } else if response.hovered() || response.contains_pointer() {
                    ui.painter().rect_filled(inner, theme::CORNER, tokens.hover);
                }
                ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens.border));
                if response.clicked() || response.secondary_clicked() {
                    output.selected = Some(row);
                    ui.memory_mut(|memory| memory.request_focus(id));
                }
                if response.double_clicked() {
                    output.opened = Some(row);
                }
                response.context_menu(|ui| menu(ui, row));
                let mut left = rect.left();
                for (column, width) in widths.iter().enumerate() {
                    if *width == 0.0 {
                        continue;
                    }
                    let area = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, row_height));
                    left += width;
                    let layout = if self.columns[column].right {
                        Layout::right_to_left(Align::Center)
                    } else {
                        Layout::left_to_right(Align::Center)
                    };
                    let area = area.shrink2(vec2(space::S, 0.0));
                    let mut cell_ui =
                        ui.new_child(UiBuilder::new().id_salt((row_id, column)).max_rect(area).layout(layout));
                    cell_ui.set_clip_rect(area.intersect(ui.clip_rect()));
                    cell(&mut cell_ui, row, column);
                }
            }
        });
        output
    }

    /// The width of each column; 0 where it is left out.
    fn widths(&self, available: f32) -> Vec<f32> {
        let available = available - space::S;
        let mut shown = vec![true; self.columns.len()];
        loop {
            let (mut fixed, mut shares, mut least) = (0.0, 0.0, f32::INFINITY);
            for (column, _) in self.columns.iter().zip(&shown).filter(|(_, shown)| **shown) {
                match column.width {
                    Width::Points(points) => fixed += points,
                    Width::Share(share) => {
                        shares += share;
                        least = least.min(share);
                    }
                }
            }
            let rest = (available - fixed).max(0.0);
            let last_optional = (0..shown.len()).rev().find(|&index| shown[index] && self.columns[index].optional);
            if shares > 0.0
                && rest * least / shares < READABLE_SHARE
                && let Some(index) = last_optional
            {
                shown[index] = false;
                continue;
            }
            let width = |(column, shown): (&Column, &bool)| match column.width {
                _ if !shown => 0.0,
                Width::Points(points) => points,
                Width::Share(share) => rest * share / shares,
            };
            return self.columns.iter().zip(&shown).map(width).collect();
        }
    }

    fn head_ui(&self, ui: &mut Ui, context: &Context<'_>, widths: &[f32], output: &mut TableOutput) {
        let tokens = context.tokens;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
        let mut left = rect.left();
        for (index, (column, width)) in self.columns.iter().zip(widths).enumerate() {
            if *width == 0.0 {
                continue;
            }
            let area = Rect::from_min_size(pos2(left, rect.top()), vec2(*width, rect.height()));
            left += width;
            let inner = area.shrink2(vec2(space::S, 0.0));
            let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
            let painter = ui.painter_at(inner);
            let galley = painter.layout_no_wrap(column.title.clone(), font, tokens.text_weak);
            let x = if column.right { inner.right() - galley.size().x } else { inner.left() };
            let end = x + galley.size().x;
            let sorted = self.sort.filter(|(by, _)| *by == index);
            if column.sortable {
                let response = ui.interact(area, ui.make_persistent_id((self.id, "head", index)), Sense::click());
                let name = match sorted {
                    Some((_, true)) => context.tr_with("sorted-down", &[("name", column.title.as_str().into())]),
                    Some((_, false)) => context.tr_with("sorted-up", &[("name", column.title.as_str().into())]),
                    None => column.title.clone(),
                };
                response.widget_info(|| WidgetInfo::selected(Role::ColumnHeader, true, sorted.is_some(), &name));
                focus_ring(ui, &response, tokens);
                if response.clicked() {
                    output.sorted_by = Some(index);
                }
                let color = if response.hovered() || sorted.is_some() { tokens.text } else { tokens.text_weak };
                painter.galley_with_override_text_color(
                    pos2(x, rect.center().y - galley.size().y / 2.0),
                    galley,
                    color,
                );
            } else {
                painter.galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, tokens.text_weak);
            }
            if let Some((_, down)) = sorted {
                let icon = if down { Icon::ChevronDown } else { Icon::ChevronUp };
                let at = if column.right { x - 8.0 } else { end + 8.0 };
                icons::paint(ui.painter(), pos2(at, rect.center().y), icon, 12.0, tokens.text);
            }
        }
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens.border_strong));
    }

    /// Arrow keys, Home, End and Enter, while the table or nothing has the focus. True if a key moved the choice.
    fn keys(&self, ui: &Ui, id: egui::Id, output: &mut TableOutput) -> bool {
        if self.rows == 0
            || ui.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(ui.ctx())
        {
            return false;
        }
        let focused = ui.memory(egui::Memory::focused);
        if focused.is_some_and(|focused| focused != id) {
            return false;
        }
        let rect = Rect::from_min_size(ui.cursor().min, vec2(ui.available_width(), ui.available_height()));
        let response: Response = ui.interact(rect, id, Sense::focusable_noninteractive());
        response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, self.id));
        if response.has_focus() {
            let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        }
        let last = self.rows - 1;
        let mut moved = None;
        let selected = self.selected;
        let (opened, delete) = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            if pressed(Key::ArrowDown) {
                moved = Some(selected.map_or(0, |row| (row + 1).min(last)));
            } else if pressed(Key::ArrowUp) {
                moved = Some(selected.map_or(last, |row| row.saturating_sub(1)));
            } else if pressed(Key::Home) {
                moved = Some(0);
            } else if pressed(Key::End) {
                moved = Some(last);
            }
            (selected.is_some() && pressed(Key::Enter), selected.is_some() && pressed(Key::Delete))
        });
        output.delete = delete;
        if opened {
            output.opened = selected;
        }
        output.selected = moved;
        moved.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_sorts_up_then_down_then_not_at_all_and_gaps_stay_last() {
        let mut sorting = Sorting::default();
        let mut rows = [Some(2.0), None, Some(1.0), Some(3.0)];
        let key = |row: &Option<f64>, _| SortKey::number(*row);
        sorting.click(4);
        sorting.apply(&mut rows, key);
        assert_eq!(rows, [Some(1.0), Some(2.0), Some(3.0), None]);
        sorting.click(4);
        sorting.apply(&mut rows, key);
        assert_eq!(rows, [Some(3.0), Some(2.0), Some(1.0), None]);
        sorting.click(4);
        assert_eq!(sorting, Sorting(None));
        sorting.click(1);
        assert_eq!(sorting, Sorting(Some((1, false))));
    }

    #[test]
    fn columns_that_may_go_go_before_names_become_unreadable() {
        let columns = [
            Column::new("Name".to_owned(), Width::Share(2.0)),
            Column::new("Samples".to_owned(), Width::Points(100.0)),
            Column::fixed("Source".to_owned(), Width::Share(1.0)).optional(),
            Column::fixed("Description".to_owned(), Width::Share(1.0)).optional(),
        ];
        let name_of_row = |_| String::new();
        let table = Table {
            id: "table",
            columns: &columns,
            rows: 0,
            row_height: 20.0,
            sort: None,
            selected: None,
            name_of_row: &name_of_row,
        };
        let shown = |width| table.widths(width).iter().map(|width| *width > 0.0).collect::<Vec<_>>();
        assert_eq!(shown(900.0), [true, true, true, true]);
        assert_eq!(shown(500.0), [true, true, true, false]);
        assert_eq!(shown(300.0), [true, true, false, false]);
        assert_eq!(shown(120.0), [true, true, false, false], "what may not go stays");
    }
}
