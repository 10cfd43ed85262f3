//! One picture large: zoom, pan, the pictures before and after; labeling keys work over it.

use super::LabelingPage;
use super::decision::{decision_badges, label_chips};
use super::keys::Action;
use super::selection::Extend;
use super::tile::fitted;
use crate::domain::{Sample, SampleId};
use crate::text::format;
use crate::ui::backend::{Backend, Outcome, Promise};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::grid::Step;
use crate::ui::widgets::{self, Button};
use egui::{
    Align, Color32, ColorImage, CursorIcon, Id, Key, Layout, Modifiers, Pos2, Rect, RichText, Role, Sense,
    TextureHandle, TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

/// Pictures are made no larger than this; one of 4096 × 4096 takes 64 MB.
const LIMIT_PX: u32 = 4096;
/// Pictures kept: this one, its neighbours, and those just seen.
const KEPT: usize = 5;
/// The smallest and largest scale, in screen pixels a picture pixel.
const SCALES: std::ops::RangeInclusive<f32> = 0.02..=32.0;

enum State {
    Reading(Promise<ColorImage>),
    Ready(TextureHandle),
    Failed(crate::domain::Explanation),
}

struct Picture {
    sample: SampleId,
    state: State,
}

/// How the picture is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Zoom {
    Fit,
    /// Screen pixels a picture pixel, and where in the picture (0 to 1) the middle of the screen is.
    At {
        scale: f32,
        center: Vec2,
    },
}

/// The large picture.
pub struct Preview {
    pictures: Vec<Picture>,
    zoom: Zoom,
    shown: Option<SampleId>,
    /// The scale of the last frame, to zoom from.
    scale: f32,
    center: Vec2,
}

impl Default for Preview {
    fn default() -> Self {
        Self { pictures: Vec::new(), zoom: Zoom::Fit, shown: None, scale: 1.0, center: vec2(0.5, 0.5) }
    }
}

/// The middle after zooming, so that the point under the pointer stays: `at` is the pointer from the screen's middle,
/// in pixels, `size` the picture's.
fn center_after(center: Vec2, at: Vec2, size: Vec2, before: f32, after: f32) -> Vec2 {
    let moved = at / before - at / after;
    (center + moved / size).clamp(Vec2::ZERO, Vec2::splat(1.0))
}

impl Preview {
    /// Zooms around the middle.
    pub fn zoom_by(&mut self, factor: f32) {
        self.zoom_around(factor, Vec2::ZERO, Vec2::splat(1.0));
    }

    fn zoom_around(&mut self, factor: f32, at: Vec2, size: Vec2) {
        let scale = (self.scale * factor).clamp(*SCALES.start(), *SCALES.end());
        let center = center_after(self.center, at, size, self.scale, scale);
        self.zoom = Zoom::At { scale, center };
        (self.scale, self.center) = (scale, center);
    }

    fn fit(&mut self) {
        self.zoom = Zoom::Fit;
    }

    fn original(&mut self) {
        self.zoom = Zoom::At { scale: 1.0, center: self.center };
    }

    /// The keys that only mean something here.
    pub fn keys(&mut self, ui: &Ui) {
        if ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::F)) {
            self.fit();
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::SHIFT, Key::O)) {
            self.original();
        }
    }

    /// Asks for a picture, unless it is there.
    fn want(&mut self, backend: &Backend, sample: &Sample) {
        if let Some(place) = self.pictures.iter().position(|picture| picture.sample == sample.id) {
            let picture = self.pictures.remove(place);
            self.pictures.push(picture);
            return;
        }
        let (id, sample) = (sample.id, sample.clone());
        let promise = backend.spawn(move |workbench| {
            let picture = workbench.preview(&sample, LIMIT_PX)?;
            let size = [picture.width_px as usize, picture.height_px as usize];
            Ok(ColorImage::from_rgba_unmultiplied(size, &picture.rgba))
        });
        self.pictures.push(Picture { sample: id, state: State::Reading(promise) });
        if self.pictures.len() > KEPT {
            self.pictures.remove(0);
        }
    }

    fn settle(&mut self, egui: &egui::Context) {
        for picture in &mut self.pictures {
            let State::Reading(promise) = &picture.state else { continue };
            let outcome: Option<Outcome<ColorImage>> = promise.take();
            match outcome {
                Some(Ok(image)) => {
                    let options =
                        TextureOptions { magnification: egui::TextureFilter::Nearest, ..TextureOptions::LINEAR };
                    picture.state = State::Ready(egui.load_texture("preview", image, options));
                }
                Some(Err(explanation)) => picture.state = State::Failed(explanation),
                None => {}
            }
        }
    }

    fn state(&self, sample: SampleId) -> Option<&State> {
        self.pictures.iter().find(|picture| picture.sample == sample).map(|picture| &picture.state)
    }

    fn is_ready(&self, sample: SampleId) -> bool {
        matches!(self.state(sample), Some(State::Ready(_) | State::Failed(_)))
    }
}

impl LabelingPage {
    /// The large picture of the sample at the cursor.
    pub(super) fn preview_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(mut preview) = self.preview.take() else { return };
        let Some(index) = self.selection.cursor().filter(|index| *index < self.rows.len()) else { return };
        preview.settle(ui.ctx());
        let mut action = None;
        ui.horizontal(|ui| {
            let back = Button::ghost(context.tr("labeling-preview-back")).icon(Icon::LayoutGrid).small().keys("Esc");
            if back.show(ui, context).clicked() {
                action = Some(Action::Escape);
            }
            for (icon, id, step) in [
                (Icon::ChevronLeft, "labeling-preview-previous", Step::Previous),
                (Icon::ChevronRight, "labeling-preview-next", Step::Next),
            ] {
                if Button::ghost("").icon(icon).tip(context.tr(id)).small().show(ui, context).clicked() {
                    action = Some(Action::Move(step, Extend::Replace));
                }
            }
            let place = format!("{} / {}", format::count(index as u64 + 1), format::count(self.rows.len() as u64));
            widgets::weak(ui, context, place);
            if let Some(row) = self.rows.row(index) {
                ui.add(egui::Label::new(RichText::new(&row.sample.name).size(text_size::SMALL)).truncate());
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                let tip = |id: &str, keys: &str| format!("{}  ({keys})", context.tr(id));
                let one = Button::ghost("1:1").small().tip(tip("labeling-preview-original", "Shift+O"));
                if one.show(ui, context).clicked() {
                    preview.original();
                }
                let fit = Button::ghost(context.tr("labeling-preview-fit"))
                    .small()
                    .tip(tip("labeling-preview-fit", "Shift+F"));
                if fit.selected(preview.zoom == Zoom::Fit).show(ui, context).clicked() {
                    preview.fit();
                }
                for (icon, id, keys, factor) in [
                    (Icon::ZoomIn, "labeling-preview-larger", "+", 1.25),
                    (Icon::ZoomOut, "labeling-preview-smaller", "−", 0.8),
                ] {
                    if Button::ghost("").icon(icon).tip(tip(id, keys)).small().show(ui, context).clicked() {
                        preview.zoom_by(factor);
                    }
                }
                widgets::weak(ui, context, format::percent(f64::from(preview.scale), 0));
            });
        });
        if let Some(row) = self.rows.row(index).cloned() {
            preview.want(context.backend, &row.sample);
            if preview.shown != Some(row.sample.id) {
                // The next picture is looked at as a whole.
                preview.fit();
                preview.shown = Some(row.sample.id);
            }
            if preview.is_ready(row.sample.id) {
                // The neighbours are read ahead: the next decision does not wait.
                for neighbour in [index + 1, index.wrapping_sub(1)] {
                    if let Some(other) = self.rows.row(neighbour).filter(|other| !preview.is_ready(other.sample.id)) {
                        let sample = other.sample.clone();
                        preview.want(context.backend, &sample);
                    }
                }
                preview.want(context.backend, &row.sample);
            }
            self.picture_ui(ui, context, &mut preview, &row.sample);
            self.preview_labels_ui(ui, context, index);
        }
        self.preview = Some(preview);
        if let Some(action) = action {
            self.act(action, context);
        }
    }

    fn picture_ui(&self, ui: &mut Ui, context: &Context<'_>, preview: &mut Preview, sample: &Sample) {
        let area = Rect::from_min_max(
            ui.available_rect_before_wrap().min,
            ui.available_rect_before_wrap().max - vec2(0.0, 36.0),
        );
        let response = ui.interact(area, Id::unique("labeling-picture"), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &sample.name));
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        painter.rect_filled(area, theme::CORNER, context.tokens.canvas);
        ui.advance_cursor_after_rect(area);
        let texture = match preview.state(sample.id) {
            Some(State::Ready(texture)) => texture.clone(),
            Some(State::Failed(explanation)) => {
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area.shrink(24.0)));
                widgets::failure(&mut child, context, explanation);
                return;
            }
            Some(State::Reading(promise)) => {
                let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area.shrink(24.0)));
                widgets::loading(&mut child, context, Some(promise.age()));
                return;
            }
            None => return,
        };
        let pixels = ui.pixels_per_point();
        let size = texture.size_vec2();
        let fit_scale = fitted(area, size).width() * pixels / size.x;
        match preview.zoom {
            // Small pictures are not blown up beyond what can be seen in them.
            Zoom::Fit => (preview.scale, preview.center) = (fit_scale.min(8.0), vec2(0.5, 0.5)),
            Zoom::At { scale, center } => (preview.scale, preview.center) = (scale, center),
        }
        if response.contains_pointer() {
            let wheel = ui.input(|input| input.smooth_scroll_delta().y);
            let pinch = ui.input(egui::InputState::zoom_delta);
            let factor = pinch * (wheel / 200.0).exp();
            if (factor - 1.0).abs() > 1e-4 {
                let pointer = ui.input(|input| input.pointer.hover_pos()).unwrap_or(area.center());
                preview.zoom_around(factor, (pointer - area.center()) * pixels, size);
            }
        }
        if response.dragged() {
            let moved = response.drag_delta() * pixels / preview.scale / size;
            let center = (preview.center - moved).clamp(Vec2::ZERO, Vec2::splat(1.0));
            preview.zoom = Zoom::At { scale: preview.scale, center };
            preview.center = center;
            ui.set_cursor_icon(CursorIcon::Grabbing);
        }
        if response.double_clicked() {
            preview.zoom =
                if preview.zoom == Zoom::Fit { Zoom::At { scale: 1.0, center: preview.center } } else { Zoom::Fit };
        }
        let shown = size * preview.scale / pixels;
        let rect = Rect::from_min_size(area.center() - shown * preview.center, shown);
        painter.image(texture.id(), rect, Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)), Color32::WHITE);
    }

    fn preview_labels_ui(&self, ui: &mut Ui, context: &Context<'_>, index: usize) {
        let Some(row) = self.rows.row(index) else { return };
        ui.horizontal(|ui| {
            if !label_chips(ui, context, &self.labels, row) {
                let id = if super::actions::is_undecided(row) {
                    "labeling-state-unlabeled"
                } else {
                    "labeling-state-nothing"
                };
                widgets::weak(ui, context, context.tr(id));
            }
            decision_badges(ui, context, row);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_under_the_pointer_stays_while_zooming() {
        let (size, at) = (vec2(1000.0, 800.0), vec2(120.0, -60.0));
        let center = vec2(0.5, 0.5);
        let point = center * size + at / 0.5;
        let after = center_after(center, at, size, 0.5, 2.0);
        let shown = (point - after * size) * 2.0;
        assert!((shown - at).length() < 0.01, "{shown:?}");
    }
}
