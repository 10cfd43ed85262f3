//! The list of texts beside the one that is read: their beginnings with their state, filtered by state, label and words.

use super::EntitiesPage;
use crate::domain::SampleState;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::labeling::strip_filter::strip_filter_ui;
use crate::ui::pages::labeling::tile::line;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::grid::{GridStyle, grid_ui};
use egui::{Id, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};

/// The width of the list in points.
pub const WIDTH: f32 = 232.0;
/// The height of a row in points.
pub const ROW: f32 = 30.0;

/// The message that says how a text stands.
#[must_use]
pub fn state_word(state: SampleState, has_any: bool) -> &'static str {
    match state {
        SampleState::Labeled if !has_any => "labeling-state-nothing",
        SampleState::Labeled => "canvas-state-labeled",
        SampleState::Unlabeled => "labeling-state-unlabeled",
        SampleState::ToConfirm => "labeling-state-to-confirm",
    }
}

impl EntitiesPage {
    pub(super) fn list_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.y = space::XS;
        let width = WIDTH - space::S;
        ui.set_max_width(width);
        // Filters would tell what the first annotator said.
        if self.pass.is_none() {
            ui.scope(|ui| {
                ui.set_max_width(width - 10.0);
                let counts = self.walk.counts.latest().copied().unwrap_or_default();
                let hint = context.tr("entities-search");
                let before = self.walk.filter.for_view();
                strip_filter_ui(ui, context, &counts, &self.walk.labels, &mut self.walk.filter, &hint);
                if self.walk.filter.for_view() != before {
                    self.waiting.clear();
                }
            });
        }
        let mut list = std::mem::take(&mut self.list);
        if std::mem::take(&mut self.walk.scroll_to_cursor) {
            list.reveal(self.walk.cursor);
        }
        let count = self.walk.rows.len();
        let name = context.tr_with("labeling-texts-name", &[("count", count.into())]);
        let style = GridStyle::list(context.tokens, ROW, space::XS);
        let id = Id::unique("entities-texts");
        let output =
            grid_ui(ui, id, &name, count, &mut list, &style, |ui, index, rect| self.row_ui(ui, context, index, rect));
        self.list = list;
        self.walk.rows.want(context.backend, output.visible);
        if let Some(click) = output.click {
            // What was pressed before was meant for the text before.
            self.waiting.clear();
            self.walk.go_to(click.index);
            self.walk.scroll_to_cursor = false;
        }
    }

    fn row_ui(&self, ui: &Ui, context: &Context<'_>, index: usize, rect: Rect) -> Response {
        let tokens = context.tokens;
        // Dragging over the rows draws no band: one text is worked on at a time.
        let response = ui.interact(rect, ui.scope_id().with(index), Sense::click_and_drag());
        let is_here = index == self.walk.cursor;
        let Some(row) = self.walk.rows.row(index) else {
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, context.tr("loading")));
            return response;
        };
        // What is open is known better than the list, which is read again a moment later.
        let open = self.open.as_ref().filter(|open| open.row.sample.id == row.sample.id);
        let state = open.map_or(row.state, |open| open.row.state);
        let of_pass = self.pass.as_ref().map(|pass| pass.state_word(row.sample.id));
        let word = context.tr(of_pass.unwrap_or_else(|| state_word(state, true)));
        let is_waiting = self.pass.as_ref().is_some_and(|pass| pass.is_waiting(row.sample.id));
        let (icon, ink) = match state {
            _ if is_waiting => (Icon::Circle, tokens.border_strong),
            SampleState::Labeled => (Icon::Check, tokens.success_text),
            SampleState::ToConfirm => (Icon::Sparkles, tokens.warning_text),
            SampleState::Unlabeled => (Icon::Circle, tokens.border_strong),
        };
        paint_row(ui, context, rect, response, &TextRow { name: &row.sample.name, word: &word, icon, ink, is_here })
    }
}

/// A text in a narrow list.
pub struct TextRow<'a> {
    /// Its beginning.
    pub name: &'a str,
    /// How it stands, in words and as an icon.
    pub word: &'a str,
    pub icon: Icon,
    pub ink: egui::Color32,
    pub is_here: bool,
}

/// Draws a row where it was given its room.
pub fn paint_row(ui: &Ui, context: &Context<'_>, rect: Rect, response: Response, row: &TextRow<'_>) -> Response {
    let tokens = context.tokens;
    let TextRow { name, word, icon, ink, is_here } = *row;
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, format!("{name}: {word}")));
    let painter = ui.painter();
    if is_here || response.hovered() {
        painter.rect_filled(rect, theme::CORNER, if is_here { tokens.selected } else { tokens.hover });
    }
    icons::paint(painter, pos2(rect.min.x + 12.0, rect.center().y), icon, 12.0, ink);
    let galley = line(painter, name, text_size::SMALL, tokens.text, rect.width() - 34.0);
    painter.galley(pos2(rect.min.x + 26.0, rect.center().y - galley.size().y / 2.0), galley, tokens.text);
    response.on_hover_text(format!("{name}\n{word}"))
}
