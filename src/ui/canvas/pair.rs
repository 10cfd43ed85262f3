//! Two annotations of one image side by side, to look at: both halves show the same part of the image at the same zoom.

use super::mesh::{Mesher, Pen, StillLife};
use super::picture::Pictures;
use super::preparing;
use super::scene::{Object, Scene};
use super::view::View;
use super::widget::chip;
use crate::domain::shape::Bounds;
use crate::domain::{AnnotationId, Sample, SampleId};
use crate::ui::context::Context;
use crate::ui::theme::{self, on_image, text_size};
use egui::{FontFamily, FontId, Id, Mesh, Painter, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::collections::HashSet;

/// The free space between the halves, in points.
const GAP_POINTS: f32 = 8.0;
/// How near the pointer must be to a line, in screen points.
const REACH_POINTS: f32 = 7.0;
/// How long the dashes are that mark what is missing, in screen points.
const DASH_POINTS: f32 = 5.0;

/// What is shown.
pub struct PairShown<'a> {
    pub sample: &'a Sample,
    /// Left and right.
    pub scenes: [&'a Scene; 2],
    pub titles: [String; 2],
    /// The shapes that stand out; all others are drawn quietly.
    pub loud: &'a HashSet<AnnotationId>,
    /// What is looked at just now, left and right; where one side has nothing, its place is marked.
    pub current: [Option<AnnotationId>; 2],
    /// Changes when shapes look different though the scenes are the same.
    pub colors_revision: u64,
    pub name_of: &'a dyn Fn(&Object) -> String,
    /// Who comes next, to be opened before it is asked for.
    pub neighbours: &'a [Sample],
}

/// What happened in a frame.
pub struct PairOutput {
    /// The left half, which takes the keys.
    pub response: Option<Response>,
    /// The shape that stands out and was clicked.
    pub clicked: Option<AnnotationId>,
}

/// The state of the two halves.
#[derive(Default)]
pub struct Pair {
    /// How the left half looks at the image; the right one looks alike.
    pub view: View,
    pictures: Pictures,
    stills: [StillLife; 2],
    mesher: Mesher,
    opened: Option<SampleId>,
}

impl Pair {
    /// The name that the half with the keys has for egui.
    #[must_use]
    pub fn id() -> Id {
        Id::unique("canvas-pair")
    }

    /// Draws both into the room that is left.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &PairShown<'_>) -> PairOutput {
        let rect = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(rect);
        let half = vec2(((rect.width() - GAP_POINTS) / 2.0).max(1.0), rect.height());
        let halves =
            [Rect::from_min_size(rect.min, half), Rect::from_min_size(pos2(rect.max.x - half.x, rect.min.y), half)];
        self.pictures.begin_frame(ui.ctx());
        let Some(size_px) = preparing::opened_ui(ui, context, rect, &mut self.pictures, shown.sample) else {
            return PairOutput { response: None, clicked: None };
        };
        if self.opened != Some(shown.sample.id) {
            self.opened = Some(shown.sample.id);
            self.view.show_image(size_px);
        }
        self.view.set_viewport(halves[0]);
        let responses = [0, 1].map(|side| {
            let response = ui.interact(halves[side], Self::id().with(side), Sense::CLICK | Sense::DRAG);
            let (title, count) = (shown.titles[side].as_str().into(), shown.scenes[side].len().into());
            let spoken = context.tr_with("canvas-name", &[("name", title), ("count", count)]);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
            response
        });
        let shift = halves[0].min - halves[1].min;
        for (side, response) in responses.iter().enumerate() {
            self.view.pan(response.drag_delta());
            if response.contains_pointer() {
                let at = ui.input(|input| input.pointer.hover_pos());
                self.view.wheel(ui, at.map(|at| if side == 0 { at } else { at + shift }));
            }
        }
        let mut clicked = None;
        let mut complete = true;
        for side in [0, 1] {
            let mut view = self.view;
            view.set_viewport(halves[side]);
            let painter = ui.painter().with_clip_rect(halves[side].intersect(ui.clip_rect()));
            painter.rect_filled(halves[side], theme::CORNER, context.tokens.canvas);
            complete &= self.pictures.paint(context.backend, &painter, shown.sample.id, &view, ui.pixels_per_point());
            self.paint(&painter, &view, shown, side, ui.pixels_per_point());
            title(&painter, halves[side], &shown.titles[side]);
            let scene = shown.scenes[side];
            let at = responses[side].interact_pointer_pos().filter(|_| responses[side].clicked());
            if let Some(at) = at {
                let under = scene.under(view.image_from_screen(at), view.image_length(REACH_POINTS));
                let ids = under.into_iter().map(|place| scene.objects()[place].id);
                clicked = ids.into_iter().find(|id| shown.loud.contains(id)).or(clicked);
            }
        }
        if complete {
            for neighbour in shown.neighbours {
                self.pictures.prefetch(context.backend, neighbour, halves[0], ui.pixels_per_point());
            }
        } else {
            self.pictures.keep(shown.neighbours);
        }
        let focus = ui.interact(halves[0], Self::id(), Sense::focusable_noninteractive());
        focus.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &shown.sample.name));
        PairOutput { response: Some(focus), clicked }
    }

    fn paint(&mut self, painter: &Painter, view: &View, shown: &PairShown<'_>, side: usize, pixels_per_point: f32) {
        let scene = shown.scenes[side];
        let quiet = Pen { width: 1.0, fill: false, pixels_per_point };
        painter.add(egui::Shape::mesh(self.stills[side].mesh(scene, view, quiet, shown.colors_revision, shown.loud)));
        let mut mesh = Mesh::default();
        let (halo, line) = (Pen { width: 6.0, ..quiet }, Pen { width: 2.5, fill: true, ..quiet });
        let mut named = Vec::new();
        for place in scene.touching(&view.visible()) {
            let object = &scene.objects()[place];
            if shown.loud.contains(&object.id) {
                if shown.current[side] == Some(object.id) {
                    self.mesher.add(&mut mesh, view, &object.shape, [0.0; 2], on_image::LIGHT, &halo);
                }
                self.mesher.add(&mut mesh, view, &object.shape, [0.0; 2], object.color, &line);
                named.push((view.screen_rect(scene.bounds_of(place)), object));
            }
        }
        painter.add(egui::Shape::mesh(mesh));
        for (bounds, object) in named {
            chip(painter, bounds, &(shown.name_of)(object), object.color, view.viewport());
        }
        let missing = shown.current[1 - side].filter(|_| shown.current[side].is_none());
        if let Some(object) = missing.and_then(|id| shown.scenes[1 - side].get(id)) {
            mark_place(painter, view, &object.shape.bounds());
        }
    }
}

/// Marks where the other half has something.
fn mark_place(painter: &Painter, view: &View, bounds: &Bounds) {
    let rect = view.screen_rect(bounds).expand(3.0);
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    for stroke in [Stroke::new(3.0, on_image::DARK), Stroke::new(1.5, on_image::LIGHT)] {
        painter.extend(egui::Shape::dashed_line(&corners, stroke, DASH_POINTS, DASH_POINTS));
    }
}

/// What a half is called, in its corner.
fn title(painter: &Painter, half: Rect, text: &str) {
    let font = FontId::new(text_size::BODY, FontFamily::Proportional);
    let galley = painter.layout_no_wrap(text.to_owned(), font, on_image::LIGHT);
    let plate = Rect::from_min_size(half.min + vec2(8.0, 8.0), galley.size() + vec2(16.0, 6.0));
    painter.rect_filled(plate, theme::CORNER, on_image::GROUND);
    painter.galley(plate.min + vec2(8.0, 3.0), galley, on_image::LIGHT);
}
