//! The list of shapes, in step with the canvas: filter, counts by label, lock, hide.

use super::{DetectionPage, Place};
use crate::domain::{AnnotationId, LabelId, SampleState, ShapeKind};
use crate::text::format;
use crate::ui::canvas::Object;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::labeling::dialogs::EditLabel;
use crate::ui::pages::labeling::label_rows::LabelRows;
use crate::ui::pages::labeling::tile::line;
use crate::ui::theme::{self, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align2, FontFamily, FontId, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use std::collections::HashMap;

/// The height of a row in points.
const ROW: f32 = 26.0;

/// Shapes in sight.
const ROWS: usize = 9;
/// How many of them in attribute mode.
const ROWS_BESIDE_VALUES: usize = 4;

/// The icon of a kind of shape.
#[must_use]
pub fn icon_of(kind: ShapeKind) -> Icon {
    crate::ui::commands::SHAPE_TOOLS
        .iter()
        .find(|(other, _)| *other == kind)
        .map_or(Icon::Square, |(_, command)| command.icon())
}

enum Used {
    Chosen(AnnotationId, egui::Modifiers),
    Lock(AnnotationId),
    Hide(AnnotationId),
}

impl DetectionPage {
    /// The inspector: labels with counts of this image, shapes, attributes.
    pub fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        widgets::panel_scroll(ui, "detection-inspector", |ui| {
            self.label_keys_ui(ui, context);
            if self.document.is_some() {
                ui.separator();
                self.shapes_ui(ui, context);
                ui.separator();
                self.attributes_ui(ui, context);
            }
        });
        self.reach.end_inspector();
    }

    /// The labels with their digits, and how many shapes of this image have them.
    fn label_keys_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal(|ui| {
            widgets::section(ui, context, context.tr("labeling-labels"));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let add = widgets::icon_button(ui, context, Icon::Plus, &context.tr("labeling-new-label"));
                self.reach.lead(Place::Inspector, &add);
                if add.clicked() {
                    context.show(EditLabel::new_label(self.dataset, &self.labels).for_canvas());
                }
            });
        });
        let mut counts: HashMap<LabelId, u64> = HashMap::new();
        if let Some(document) = &self.document {
            for object in document.scene().objects() {
                if let Some(label) = object.label {
                    *counts.entry(label).or_default() += 1;
                }
            }
        }
        let labels = std::sync::Arc::clone(&self.labels);
        if labels.rows().is_empty() {
            widgets::weak(ui, context, context.tr("canvas-no-labels"));
        }
        let rows = LabelRows {
            id: "canvas-labels",
            most: 6,
            labels: &labels,
            counts: &counts,
            current: self.current_label(),
            on_canvas: true,
            // What the first annotator said is not for the second one to rename or delete.
            has_menu: self.pass.is_none(),
        };
        if let Some(label) = rows.show(ui, context, self.dataset) {
            self.choose_label(label, context);
        }
    }

    fn shapes_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let scene = document.scene();
        let text = context.tr_with("canvas-shapes", &[("count", scene.len().into())]);
        widgets::section(ui, context, text);
        if scene.is_empty() {
            let is_decided = document.open.row.state == SampleState::Labeled && self.pass.is_none();
            let text = if is_decided { "canvas-nothing-decided" } else { "canvas-no-shapes" };
            widgets::weak(ui, context, context.tr(text));
            return;
        }
        let hint = context.tr("canvas-filter-shapes");
        let width = ui.available_width();
        let field = widgets::search_field(ui, context, &mut self.list_filter, &hint, width);
        self.reach.lead(Place::FilterShapes, &field);
        let wanted = self.list_filter.trim().to_lowercase();
        let name_of = |object: &Object| {
            let label = object.label.and_then(|label| self.labels.get(label));
            label.map(|label| label.name.as_str()).unwrap_or_default()
        };
        // The uppermost first, as it lies on the others.
        let shown: Vec<usize> = (0..scene.len())
            .rev()
            .filter(|place| {
                let object = &scene.objects()[*place];
                wanted.is_empty()
                    || name_of(object).to_lowercase().contains(&wanted)
                    || object.shape.kind().as_str().contains(&wanted)
                    || context.name_of_shape(object.shape.kind()).to_lowercase().contains(&wanted)
            })
            .collect();
        if !wanted.is_empty() {
            let count = context.tr_with("canvas-shapes-shown", &[("count", shown.len().into())]);
            if Button::ghost(count).small().show(ui, context).clicked() {
                let objects = shown.iter().map(|place| &scene.objects()[*place]);
                let ids = objects.filter(|object| !object.hidden).map(|object| object.id).collect();
                self.canvas.hand.select(ids);
            }
        }
        let mut used = None;
        // In attribute mode the values are what is worked on.
        let rows = if self.attribute_mode.is_some() { ROWS_BESIDE_VALUES } else { ROWS };
        #[expect(clippy::cast_precision_loss, reason = "few rows")]
        let height = ROW * rows as f32;
        let mut area = ScrollArea::vertical().id_salt("canvas-shapes").max_height(height).auto_shrink([false, true]);
        let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 2.0);
        // What was selected on the canvas comes into sight here.
        let latest = self.canvas.hand.selection().last().copied();
        if latest != std::mem::replace(&mut self.listed, latest)
            && let Some(place) = latest.and_then(|id| scene.place(id))
            && let Some(row) = shown.iter().position(|other| *other == place)
        {
            let pitch = ROW - 2.0 + ui.spacing().item_spacing.y;
            #[expect(clippy::cast_precision_loss, reason = "a scroll position; the list follows the canvas")]
            let (before, all) = (row.saturating_sub(rows / 2) as f32 * pitch, shown.len() as f32 * pitch);
            let top = before.min((all - height).max(0.0));
            area = area.vertical_scroll_offset(top);
        }
        area.show_rows(ui, ROW - 2.0, shown.len(), |ui, range| {
            for place in &shown[range] {
                let object = &scene.objects()[*place];
                let selected = self.canvas.hand.is_selected(object.id);
                used = shape_row_ui(ui, context, object, name_of(object), *place, selected).or(used.take());
            }
        });
        ui.spacing_mut().item_spacing.y = spacing;
        match used {
            Some(Used::Chosen(id, modifiers)) => self.choose_in_list(id, modifiers),
            Some(Used::Lock(id)) => {
                self.veil().toggle_lock(id);
                self.rebuild();
            }
            Some(Used::Hide(id)) => {
                self.veil().toggle_hide(id);
                self.rebuild();
            }
            None => {}
        }
    }

    fn choose_in_list(&mut self, id: AnnotationId, modifiers: egui::Modifiers) {
        let mut ids = self.canvas.hand.selection().to_vec();
        if modifiers.command || modifiers.shift {
            match ids.iter().position(|other| *other == id) {
                Some(place) => {
                    ids.remove(place);
                }
                None => ids.push(id),
            }
        } else {
            ids = vec![id];
        }
        self.listed = ids.last().copied();
        self.canvas.hand.select(ids);
        if let Some(document) = &self.document
            && let Some(place) = document.scene().place(id)
        {
            self.canvas.view.reveal(document.scene().bounds_of(place));
        }
    }
}

fn shape_row_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    object: &Object,
    name: &str,
    place: usize,
    selected: bool,
) -> Option<Used> {
    let tokens = context.tokens;
    let mut used = None;
    ui.push_id(object.id, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - 2.0), Sense::hover());
        let body = Rect::from_min_max(rect.min, pos2(rect.max.x - 48.0, rect.max.y));
        let response = ui.interact(body, ui.scope_id().with("row"), Sense::click());
        let number = format::count(place as u64 + 1);
        let kind = object.shape.kind();
        let kind_name = context.name_of_shape(kind);
        response
            .widget_info(|| WidgetInfo::selected(Role::Button, true, selected, format!("{number} {name} {kind_name}")));
        let painter = ui.painter();
        if selected || response.hovered() {
            painter.rect_filled(rect, theme::CORNER, if selected { tokens.selected } else { tokens.hover });
        }
        let middle = rect.center().y;
        let ink = if object.hidden { tokens.text_weak } else { tokens.text };
        icons::paint(painter, pos2(rect.min.x + 14.0, middle), icon_of(kind), 14.0, object.color);
        let end = body.max.x - 4.0;
        let text = if name.is_empty() { kind_name.as_str() } else { name };
        let galley = line(painter, text, text_size::BODY, ink, end - rect.min.x - 60.0);
        painter.galley(pos2(rect.min.x + 30.0, middle - galley.size().y / 2.0), galley, ink);
        let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
        painter.text(pos2(end, middle), Align2::RIGHT_CENTER, number, small, tokens.text_weak);
        widgets::focus_ring(ui, &response, tokens);
        if response.clicked() {
            used = Some(Used::Chosen(object.id, ui.input(|input| input.modifiers)));
        }
        let lock = if object.locked { Icon::Lock } else { Icon::LockOpen };
        let eye = if object.hidden { Icon::EyeOff } else { Icon::Eye };
        for (index, (icon, id, what)) in
            [(lock, "canvas-row-lock", Used::Lock(object.id)), (eye, "canvas-row-hide", Used::Hide(object.id))]
                .into_iter()
                .enumerate()
        {
            #[expect(clippy::cast_precision_loss, reason = "two buttons")]
            let left = rect.max.x - 48.0 + index as f32 * 24.0;
            let at = Rect::from_min_size(pos2(left, rect.min.y), vec2(24.0, ROW - 2.0));
            let hot = ui.interact(at, ui.scope_id().with(id), Sense::click());
            let word = match index {
                0 => context.tr("canvas-row-lock"),
                _ => context.tr("canvas-row-hide"),
            };
            hot.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{word} {text}")));
            let marked = (index == 0 && object.locked) || (index == 1 && object.hidden);
            widgets::focus_ring(ui, &hot, tokens);
            let ink = if marked || hot.hovered() { tokens.text } else { tokens.border_strong };
            icons::paint(ui.painter(), at.center(), icon, 13.0, ink);
            if hot.on_hover_text(word).clicked() {
                used = Some(what);
            }
        }
    });
    used
}
