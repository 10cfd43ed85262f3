//! The strip of images beside the canvas: thumbnails with their state, filtered by state, label and name.

use super::DetectionPage;
use crate::domain::SampleState;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::labeling::strip_filter::strip_filter_ui;
use crate::ui::pages::labeling::thumbnails::{Thumbnail, Thumbnails};
use crate::ui::pages::labeling::tile::{file_name, fitted, line};
use crate::ui::theme::{self, on_image, space, text_size};
use egui::{Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// The width of the strip in points.
pub const WIDTH: f32 = 168.0;
/// The height of an image with its name.
const ROW: f32 = 118.0;
const CAPTION: f32 = 18.0;

impl DetectionPage {
    pub(super) fn strip_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.y = space::XS;
        let width = WIDTH - space::S;
        ui.set_max_width(width);
        // Filters would tell what the first annotator said.
        if self.pass.is_none() {
            ui.scope(|ui| {
                ui.set_max_width(width - 10.0);
                let counts = self.counts.latest().copied().unwrap_or_default();
                let hint = context.tr("labeling-filter-text");
                strip_filter_ui(ui, context, &counts, &self.labels, &mut self.filter, &hint);
            });
        }
        let count = self.rows.len();
        let mut thumbnails =
            self.thumbnails.take().unwrap_or_else(|| Thumbnails::new(context.backend.workbench(), ui.ctx()));
        thumbnails.begin_frame(ui.ctx());
        let mut clicked = None;
        let mut wanted = 0..0;
        let mut area = ScrollArea::vertical().id_salt("canvas-strip").auto_shrink([false, false]);
        if std::mem::take(&mut self.scroll_to_cursor) {
            // The image before stays in sight, so that one sees where one is.
            #[expect(clippy::cast_precision_loss, reason = "a scroll position; the strip follows the keyboard")]
            let top = (self.cursor.saturating_sub(1)) as f32 * (ROW + space::XS);
            area = area.vertical_scroll_offset(top);
        }
        area.show_rows(ui, ROW, count, |ui, range| {
            wanted = range.clone();
            for index in range {
                if self.strip_row_ui(ui, context, index, width - 10.0, &mut thumbnails) {
                    clicked = Some(index);
                }
            }
        });
        thumbnails.end_frame();
        self.thumbnails = Some(thumbnails);
        self.rows.want(context.backend, wanted);
        if let Some(index) = clicked {
            self.jump_to(index, context);
            self.scroll_to_cursor = false;
        }
    }

    fn strip_row_ui(
        &self,
        ui: &mut Ui,
        context: &Context<'_>,
        index: usize,
        width: f32,
        thumbnails: &mut Thumbnails,
    ) -> bool {
        let tokens = context.tokens;
        let (rect, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
        let is_here = index == self.cursor;
        let picture = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.max.y - CAPTION));
        let painter = ui.painter();
        painter.rect_filled(picture, theme::CORNER, tokens.canvas);
        let Some(row) = self.rows.row(index) else {
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, context.tr("loading")));
            return false;
        };
        let of_pass = self.pass.as_ref().map(|pass| pass.state_word(row.sample.id));
        let of_dataset = match row.state {
            SampleState::Labeled => "canvas-state-labeled",
            SampleState::Unlabeled => "labeling-state-unlabeled",
            SampleState::ToConfirm => "labeling-state-to-confirm",
        };
        let state = context.tr(of_pass.unwrap_or(of_dataset));
        let name = file_name(&row.sample.name);
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListBoxOption, true, is_here, format!("{}: {state}", row.sample.name))
        });
        match thumbnails.get(&row.sample, 256) {
            Thumbnail::Ready(texture) => {
                let place = fitted(picture, texture.size_vec2());
                let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
                painter.image(texture.id(), place, whole, on_image::UNTINTED);
            }
            Thumbnail::Broken(_) => {
                icons::paint(painter, picture.center(), Icon::ImageOff, 22.0, tokens.text_weak);
            }
            Thumbnail::Loading => {}
        }
        let is_waiting = self.pass.as_ref().is_some_and(|pass| pass.is_waiting(row.sample.id));
        let (icon, ink) = match row.state {
            _ if is_waiting => (None, tokens.text_weak),
            SampleState::Labeled => (Some(Icon::Check), tokens.success_text),
            SampleState::ToConfirm => (Some(Icon::Sparkles), tokens.warning_text),
            SampleState::Unlabeled => (None, tokens.text_weak),
        };
        if let Some(icon) = icon {
            let at = picture.right_top() + vec2(-14.0, 14.0);
            painter.circle_filled(at, 9.0, tokens.raised);
            icons::paint(painter, at, icon, 12.0, ink);
        }
        let (stroke, ink) = if is_here {
            (Stroke::new(2.0, tokens.focus), tokens.text)
        } else if response.hovered() {
            (Stroke::new(1.0, tokens.border_strong), tokens.text)
        } else {
            (Stroke::NONE, tokens.text_weak)
        };
        painter.rect_stroke(picture, theme::CORNER, stroke, StrokeKind::Inside);
        let galley = line(painter, name, text_size::SMALL, ink, width - 4.0);
        painter.galley(pos2(rect.min.x + 2.0, rect.max.y - CAPTION + 1.0), galley, ink);
        response.on_hover_text(format!("{}\n{state}", row.sample.name)).clicked()
    }
}
