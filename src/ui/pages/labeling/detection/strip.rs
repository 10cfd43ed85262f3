//! The strip of images beside the canvas: thumbnails with their state, filtered by state, label and name.

use super::{DetectionPage, Place};
use crate::domain::SampleState;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::labeling::dialogs::DeleteImages;
use crate::ui::pages::labeling::selection::IndexSet;
use crate::ui::pages::labeling::strip_filter::strip_filter_ui;
use crate::ui::pages::labeling::thumbnails::{Thumbnail, Thumbnails};
use crate::ui::pages::labeling::tile::{file_name, fitted, line};
use crate::ui::theme::{self, on_image, space, text_size};
use crate::ui::widgets::focus_ring;
use crate::ui::widgets::grid::{GridStyle, grid_ui};
use egui::{Id, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

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
                let field = strip_filter_ui(ui, context, &counts, &self.labels, &mut self.filter, &hint);
                self.reach.lead(Place::FilterImages, &field);
            });
        }
        let count = self.rows.len();
        let mut thumbnails =
            self.thumbnails.take().unwrap_or_else(|| Thumbnails::new(context.backend.workbench(), ui.ctx()));
        thumbnails.begin_frame(ui.ctx());
        let mut strip = std::mem::take(&mut self.strip);
        if std::mem::take(&mut self.scroll_to_cursor) {
            strip.reveal(self.cursor);
        }
        let name = context.tr_with("labeling-grid-name", &[("count", count.into())]);
        let style = GridStyle::list(context.tokens, ROW, space::XS);
        let output =
            grid_ui(ui, Id::unique("canvas-strip-images"), &name, count, &mut strip, &style, |ui, index, rect| {
                self.strip_row_ui(ui, context, index, rect, &mut thumbnails)
            });
        self.strip = strip;
        thumbnails.end_frame();
        self.thumbnails = Some(thumbnails);
        self.rows.want(context.backend, output.visible);
        if let Some(click) = output.click {
            self.jump_to(click.index, context);
            self.scroll_to_cursor = false;
        }
    }

    /// Asks whether the image that is shown is to go from the dataset.
    pub fn ask_to_delete(&self, context: &Context<'_>) {
        let Some(view) = self.rows.view().filter(|_| self.rows.row(self.cursor).is_some()) else { return };
        let mut here = IndexSet::default();
        here.insert(self.cursor..self.cursor + 1);
        context.show(DeleteImages::new(self.dataset, view.clone(), here, false));
    }

    fn strip_row_ui(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        index: usize,
        rect: Rect,
        thumbnails: &mut Thumbnails,
    ) -> Response {
        let tokens = context.tokens;
        // Dragging over the images draws no band: one is worked on at a time.
        let response = ui.interact(rect, ui.scope_id().with(index), Sense::click_and_drag());
        let is_here = index == self.cursor;
        let picture = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.max.y - CAPTION));
        if is_here {
            self.reach.lead(Place::Strip, &response);
        }
        let painter = ui.painter();
        painter.rect_filled(picture, theme::CORNER, tokens.canvas);
        let Some(row) = self.rows.row(index) else {
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, context.tr("loading")));
            return response;
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
        let galley = line(painter, name, text_size::SMALL, ink, rect.width() - 4.0);
        painter.galley(pos2(rect.min.x + 2.0, rect.max.y - CAPTION + 1.0), galley, ink);
        focus_ring(ui, &response, tokens);
        response.on_hover_text(format!("{}\n{state}", row.sample.name))
    }
}
