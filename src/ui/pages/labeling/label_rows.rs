//! The labels beside one sample that is worked on: each with its key, how often it is used there, and a menu to change
//! it.

use super::dialogs::{DeleteLabel, EditLabel};
use super::label_list::{LabelUse, label_menu_ui};
use super::labels::LabelTable;
use super::tile::line;
use crate::domain::{DatasetId, LabelId};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::theme::{self, text_size};
use crate::ui::widgets;
use egui::{
    Align2, FontFamily, FontId, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2,
    vec2,
};
use std::collections::HashMap;

/// The height of a label with the space below it, in points.
const ROW: f32 = 26.0;
const SPACING: f32 = 2.0;

/// What the rows show.
pub(super) struct LabelRows<'a> {
    pub id: &'a str,
    /// So many are in sight; the others scroll.
    pub most: u16,
    pub labels: &'a LabelTable,
    pub counts: &'a HashMap<LabelId, u64>,
    pub current: Option<LabelId>,
    /// Whether commands have some of the letters.
    pub on_canvas: bool,
    /// Whether labels can be changed and deleted here.
    pub has_menu: bool,
}

impl LabelRows<'_> {
    /// Draws them; returns the one that was chosen. What is asked for in a label's menu opens its form.
    pub fn show(&self, ui: &mut Ui, context: &Context<'_>, dataset: DatasetId) -> Option<LabelId> {
        let mut used = None;
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = SPACING;
            let height = ROW * f32::from(self.most);
            let area = ScrollArea::vertical().id_salt(self.id).max_height(height).auto_shrink([false, true]);
            area.show_rows(ui, ROW - SPACING, self.labels.rows().len(), |ui, range| {
                for place in range {
                    used = self.row_ui(ui, context, place).or(used.take());
                }
            });
        });
        match used? {
            LabelUse::Chosen(label) => return Some(label),
            LabelUse::Edit(label) => {
                if let Some(form) = EditLabel::of(dataset, self.labels, label) {
                    context.show(if self.on_canvas { form.for_canvas() } else { form });
                }
            }
            LabelUse::Delete(label) => {
                if let Some(form) = DeleteLabel::new(dataset, self.labels, label) {
                    context.show(form);
                }
            }
        }
        None
    }

    fn row_ui(&self, ui: &mut Ui, context: &Context<'_>, place: usize) -> Option<LabelUse> {
        let label = &self.labels.rows()[place].label;
        let works = |key: &char| !self.on_canvas || context.shortcuts.canvas_command_of(*key).is_none();
        let key = label.key.filter(works).map(|key| key.to_ascii_uppercase().to_string()).unwrap_or_default();
        let (count, color) = (self.counts.get(&label.id).copied().unwrap_or(0), theme::label_color(label.color));
        let (name, is_current) = (label.name.as_str(), self.current == Some(label.id));
        let mut used = None;
        ui.push_id(label.id, |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - SPACING), Sense::hover());
            let room = if self.has_menu { ROW } else { 0.0 };
            let more = Rect::from_min_max(pos2(rect.max.x - room, rect.min.y), rect.max);
            let row = Rect::from_min_max(rect.min, pos2(more.min.x, rect.max.y));
            let mut child = ui.new_child(UiBuilder::new().max_rect(row));
            if label_row_ui(&mut child, context, name, &key, color, Some(count), is_current) {
                used = Some(LabelUse::Chosen(label.id));
            }
            if self.has_menu {
                used = label_menu_ui(ui, context, label, more).or(used.take());
            }
        });
        used
    }
}

/// A label with its key and how often it is used here; says whether it was clicked.
pub(super) fn label_row_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    name: &str,
    key: &str,
    color: egui::Color32,
    count: Option<u64>,
    chosen: bool,
) -> bool {
    let tokens = context.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - 2.0), Sense::click());
    let count = count.map(format::count).unwrap_or_default();
    let spoken = [name, &count, key].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &spoken));
    let painter = ui.painter();
    if chosen || response.hovered() {
        painter.rect_filled(rect, theme::CORNER, if chosen { tokens.selected } else { tokens.hover });
    }
    let middle = rect.center().y;
    let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
    if !key.is_empty() {
        let cap = Rect::from_center_size(pos2(rect.min.x + 14.0, middle), vec2(18.0, 18.0));
        painter.rect(cap, 4, tokens.raised, Stroke::new(1.0, tokens.border_strong), StrokeKind::Inside);
        painter.text(cap.center(), Align2::CENTER_CENTER, key, small.clone(), tokens.text);
    }
    widgets::focus_ring(ui, &response, tokens);
    painter.circle_filled(pos2(rect.min.x + 34.0, middle), 5.0, color);
    let end = painter.text(pos2(rect.max.x - 6.0, middle), Align2::RIGHT_CENTER, &count, small, tokens.text_weak).min.x;
    let galley = line(painter, name, text_size::BODY, tokens.text, end - rect.min.x - 54.0);
    painter.galley(pos2(rect.min.x + 46.0, middle - galley.size().y / 2.0), galley, tokens.text);
    response.on_hover_text(context.tr("canvas-label-row.tip")).clicked()
}
