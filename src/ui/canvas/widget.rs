//! The canvas as a part of a page: takes the pointer, draws image and shapes, and says what the hand did.

use super::draft::Draft;
use super::grip;
use super::mesh::{Mesher, Pen, StillLife};
use super::minimap;
use super::picture::Pictures;
use super::preparing;
use super::scene::{Object, Scene};
use super::tools::{Hand, Outcome, Pointer, Tool};
use super::view::View;
use crate::domain::shape::{Bounds, Point};
use crate::domain::{AnnotationId, Handle, Sample, SampleId, Shape, ShapeKind};
use crate::ui::context::Context;
use crate::ui::theme::{self, Tokens, on_image, text_size};
use egui::{
    Align2, Color32, CursorIcon, Event, FontFamily, FontId, Id, Key, Mesh, Painter, PointerButton, Pos2, Rect,
    Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use std::collections::{HashMap, HashSet};

/// How near the pointer must be to a line or handle, in screen points.
const REACH_POINTS: f32 = 7.0;
/// How far the handle that turns stands off, in screen points.
const ROTATION_POINTS: f32 = 22.0;
/// A press that moves less is a click, in screen points.
const CLICK_POINTS: f32 = 4.0;
/// The side of a handle, in screen points.
const HANDLE_POINTS: f32 = 8.0;
/// More names than this at once would only cover the image.
const NAMES: usize = 150;
/// Handles are drawn no nearer to each other than this, in screen points.
const HANDLES_APART_POINTS: f32 = 9.0;

/// What is shown beside the image and its shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    pub names: bool,
    pub crosshair: bool,
    /// Lines at thirds of the image.
    pub guides: bool,
    pub minimap: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { names: true, crosshair: true, guides: false, minimap: true }
    }
}

/// What the canvas is to show.
pub struct Shown<'a> {
    pub sample: &'a Sample,
    pub scene: &'a Scene,
    /// Changes when shapes look different though the scene is the same.
    pub colors_revision: u64,
    /// What is drawn next has this colour.
    pub draft_color: Color32,
    /// Shapes that were drawn and wait for their labels.
    pub pending: &'a [&'a Shape],
    /// The name of a shape's label.
    pub name_of: &'a dyn Fn(&Object) -> String,
    /// Who comes next, to be opened before it is asked for.
    pub neighbours: &'a [Sample],
}

/// What happened on the canvas in a frame.
pub struct Output {
    pub response: Response,
    pub outcomes: Vec<Outcome>,
}

/// The state of a canvas.
#[derive(Default)]
pub struct Canvas {
    pub view: View,
    pub hand: Hand,
    pub pictures: Pictures,
    pub options: Options,
    still: StillLife,
    mesher: Mesher,
    shown: Option<SampleId>,
    /// What was begun in images that were left.
    begun: HashMap<SampleId, Vec<Draft>>,
    size_known: bool,
    pressed_at: Option<Pos2>,
    panning: bool,
    /// Where the pointer is in the image, if it is over it.
    pointer: Option<Point>,
    hovered: Option<AnnotationId>,
    /// The next image is shown at the same zoom.
    pub keeps_zoom: bool,
    /// Of the screen, as of the last frame.
    pixels_per_point: Option<f32>,
}

impl Canvas {
    /// The name that the canvas has for egui.
    #[must_use]
    pub fn id() -> Id {
        Id::unique("canvas")
    }

    /// Which image a window's canvas showed in its last frame, and whether all of it was there: for benchmarks and tests.
    #[must_use]
    pub fn shown(egui: &egui::Context) -> Option<(SampleId, bool)> {
        egui.data(|data| data.get_temp(Self::id()))
    }

    /// Where the pointer is in the image.
    #[must_use]
    pub fn pointer(&self) -> Option<Point> {
        self.pointer
    }

    /// The size of the picture, once it has been opened.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.size_known
    }

    /// Whether the picture of this sample is open: only then its size is known.
    #[must_use]
    pub fn is_open_on(&self, sample: SampleId) -> bool {
        self.size_known && self.shown == Some(sample)
    }

    /// The image that was shown in the last frame.
    #[must_use]
    pub fn sample(&self) -> Option<SampleId> {
        self.shown
    }

    /// Whether the picture of this sample will be open in a moment. One that is prepared first takes longer, and one
    /// that cannot be read never is.
    #[must_use]
    pub fn is_opening(&self, sample: SampleId) -> bool {
        self.shown != Some(sample) || self.pictures.is_opening(sample)
    }

    /// Whether the picture of a sample was asked for and cannot be shown.
    #[must_use]
    pub fn is_failed(&self, sample: SampleId) -> bool {
        self.pictures.is_failed(sample)
    }

    /// Lets go of the image: what was begun in it waits for it.
    fn put_down(&mut self) {
        let begun = self.hand.put_down();
        if let Some(sample) = self.shown.take().filter(|_| !begun.is_empty()) {
            self.begun.insert(sample, begun);
        }
        self.size_known = false;
        self.hovered = None;
        self.pressed_at = None;
    }

    /// What was begun and not ended, by image.
    #[must_use]
    pub fn begun(&self) -> HashMap<SampleId, Vec<Draft>> {
        let mut all = self.begun.clone();
        let here: Vec<Draft> = self.hand.begun().cloned().collect();
        if let Some(sample) = self.shown.filter(|_| !here.is_empty()) {
            all.insert(sample, here);
        }
        all
    }

    /// How much was begun: another number whenever a point came or went.
    #[must_use]
    pub fn begun_points(&self) -> usize {
        self.begun.values().flatten().chain(self.hand.begun()).map(Draft::points).sum()
    }

    /// Knows again what was begun before.
    pub fn set_begun(&mut self, begun: HashMap<SampleId, Vec<Draft>>) {
        self.begun = begun;
    }

    /// The shape under the pointer; it stands out.
    #[must_use]
    pub fn hovered(&self) -> Option<AnnotationId> {
        self.hovered
    }

    /// How often the still shapes had to be drawn anew.
    #[must_use]
    pub fn meshes_made(&self) -> u64 {
        self.still.made()
    }

    /// Draws the canvas into the room that is left.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) -> Output {
        let rect = ui.available_rect_before_wrap();
        let response = ui.interact(rect, Self::id(), Sense::click_and_drag());
        ui.advance_cursor_after_rect(rect);
        let count = shown.scene.len();
        let spoken =
            context.tr_with("canvas-name", &[("name", shown.sample.name.as_str().into()), ("count", count.into())]);
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, &spoken));
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        painter.rect_filled(rect, theme::CORNER, context.tokens.canvas);
        self.pictures.begin_frame(ui.ctx());
        let pixels_per_point = ui.pixels_per_point();
        self.pixels_per_point = Some(pixels_per_point);
        if self.shown != Some(shown.sample.id) {
            self.put_down();
            self.shown = Some(shown.sample.id);
            self.hand.take_up(self.begun.remove(&shown.sample.id).unwrap_or_default());
        }
        let Some(size_px) = preparing::opened_ui(ui, context, rect, &mut self.pictures, shown.sample) else {
            return Output { response, outcomes: Vec::new() };
        };
        if !self.size_known {
            self.size_known = true;
            if self.keeps_zoom {
                self.view.show_like_before(size_px);
            } else {
                self.view.show_image(size_px);
            }
        }
        self.view.set_viewport(rect);
        self.hand.retain(shown.scene);
        let outcomes = self.input(ui, &response, shown);
        let complete = self.pictures.paint(context.backend, &painter, shown.sample.id, &self.view, pixels_per_point);
        ui.data_mut(|data| data.insert_temp(Self::id(), (shown.sample.id, complete)));
        if complete {
            for neighbour in shown.neighbours {
                self.pictures.prefetch(context.backend, neighbour, rect, pixels_per_point);
            }
        } else {
            self.pictures.keep(shown.neighbours);
        }
        self.paint(ui, &painter, context.tokens, shown);
        if self.minimap().is_some() {
            let clicked = minimap::ui(ui, context, &self.view, |painter, rect| {
                self.pictures.paint_small(painter, shown.sample.id, rect);
            });
            if let Some(point) = clicked {
                self.view.center_on(point);
            }
        }
        self.cursor(ui, &response, shown);
        Output { response, outcomes }
    }

    /// Shows one image pixel as one pixel of the screen.
    pub fn show_original(&mut self) {
        self.view.original(self.pixels_per_point.unwrap_or(1.0));
    }

    /// Selects the shape beneath the one under the pointer; without a pointer, beneath the one that is selected.
    pub fn select_beneath(&mut self, scene: &Scene) -> Outcome {
        let of_selected = || {
            let id = self.hand.selection().last()?;
            scene.get(*id).map(|object| object.shape.bounds().center())
        };
        let Some(at) = self.pointer.or_else(of_selected) else { return Outcome::None };
        self.hand.select_beneath(scene, at, self.view.image_length(REACH_POINTS))
    }

    /// Where the overview lies while it is shown.
    fn minimap(&self) -> Option<Rect> {
        (self.options.minimap && !self.view.is_fitted()).then(|| minimap::rect_of(&self.view).expand(1.0))
    }

    fn pointer_at(&self, at: Pos2, modifiers: egui::Modifiers) -> Pointer {
        Pointer {
            at: self.view.image_from_screen(at),
            reach_px: self.view.image_length(REACH_POINTS),
            rotation_px: self.view.image_length(ROTATION_POINTS),
            shift: modifiers.shift,
            command: modifiers.command,
            alt: modifiers.alt,
        }
    }

    fn input(&mut self, ui: &Ui, response: &Response, shown: &Shown<'_>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        // The overview lies over the canvas: what is done there is not done to the image.
        let minimap = self.minimap();
        let free = |at: Pos2| !minimap.is_some_and(|minimap| minimap.contains(at));
        let hover = ui.input(|input| input.pointer.hover_pos());
        let over = response.contains_pointer() && hover.is_none_or(free) && !egui::Popup::is_any_open(ui.ctx());
        let (events, modifiers, space) =
            ui.input(|input| (input.events.clone(), input.modifiers, input.key_down(Key::Space)));
        for event in &events {
            match event {
                Event::PointerButton { pos, button, pressed: true, modifiers } if over && free(*pos) => match button {
                    PointerButton::Middle => self.panning = true,
                    PointerButton::Primary if space => self.panning = true,
                    PointerButton::Primary => {
                        self.pressed_at = Some(*pos);
                        response.request_focus();
                        let pointer = self.pointer_at(*pos, *modifiers);
                        outcomes.push(self.hand.press(shown.scene, &pointer));
                    }
                    _ => {}
                },
                Event::PointerButton { pos, button, pressed: false, modifiers } => match button {
                    PointerButton::Middle => self.panning = false,
                    PointerButton::Primary if self.panning => self.panning = false,
                    PointerButton::Primary if self.pressed_at.take().is_some() => {
                        let pointer = self.pointer_at(*pos, *modifiers);
                        outcomes.push(self.hand.release(shown.scene, &pointer));
                    }
                    _ => {}
                },
                Event::PointerMoved(pos) if !self.panning => {
                    let moved = self.pressed_at.is_some_and(|from| from.distance(*pos) > CLICK_POINTS);
                    let pointer = self.pointer_at(*pos, modifiers);
                    self.hand.motion(shown.scene, &pointer, moved);
                }
                _ => {}
            }
        }
        if response.double_clicked()
            && let Some(at) = response.interact_pointer_pos().filter(|at| free(*at))
        {
            let pointer = self.pointer_at(at, modifiers);
            outcomes.push(self.hand.double_click(shown.scene, &pointer));
        }
        if self.panning {
            self.view.pan(ui.input(|input| input.pointer.delta()));
        }
        if over {
            self.view.wheel(ui, hover);
        }
        self.pointer = hover.filter(|_| over).map(|at| self.view.image_from_screen(at));
        outcomes.retain(|outcome| *outcome != Outcome::None);
        outcomes
    }

    fn cursor(&self, ui: &Ui, response: &Response, shown: &Shown<'_>) {
        if !response.hovered() {
            return;
        }
        let (at, modifiers, space) =
            ui.input(|input| (input.pointer.hover_pos(), input.modifiers, input.key_down(Key::Space)));
        let Some(at) = at else { return };
        let pointer = self.pointer_at(at, modifiers);
        let icon = if self.panning {
            CursorIcon::Grabbing
        } else if space {
            CursorIcon::Grab
        } else if self.hand.moved_by().is_some() {
            CursorIcon::Move
        } else if self.hand.draft().is_none()
            && let Some(grip) = self.hand.grip_under(shown.scene, &pointer)
        {
            cursor_of(grip.handle)
        } else if self.hand.tool() == Tool::Select || modifiers.command {
            let over_selected = self.hovered.is_some_and(|id| self.hand.is_selected(id));
            if over_selected { CursorIcon::Move } else { CursorIcon::Default }
        } else {
            CursorIcon::Crosshair
        };
        ui.set_cursor_icon(icon);
    }

    fn paint(&mut self, ui: &Ui, painter: &Painter, tokens: &Tokens, shown: &Shown<'_>) {
        let pixels_per_point = ui.pixels_per_point();
        let pen = Pen { width: 1.5, fill: true, pixels_per_point };
        let scene = shown.scene;
        if self.options.guides {
            self.guides(painter);
        }
        let nothing = HashSet::new();
        let changing = self.hand.is_changing();
        let except = if changing { self.hand.selected() } else { &nothing };
        painter.add(egui::Shape::mesh(self.still.mesh(scene, &self.view, pen, shown.colors_revision, except)));
        self.hovered = self
            .pointer
            .filter(|_| !self.hand.is_busy() && self.pressed_at.is_none())
            .and_then(|at| scene.under(at, self.view.image_length(REACH_POINTS)).first().copied())
            .map(|place| scene.objects()[place].id);
        self.selection(painter, shown, pen);
        self.names(painter, shown);
        self.draft(painter, shown, pen);
        if let Some((from, to)) = self.hand.band() {
            let band = Rect::from_two_pos(self.view.screen_from_image(from), self.view.screen_from_image(to));
            let fill = tokens.accent.gamma_multiply(0.15);
            painter.rect(band, 2, fill, Stroke::new(1.0, tokens.focus), StrokeKind::Inside);
        }
        if let Some(at) = self.hand.snapped_to() {
            let at = self.view.screen_from_image(at);
            painter.circle_stroke(at, 6.0, Stroke::new(3.0, on_image::DARK));
            painter.circle_stroke(at, 6.0, Stroke::new(1.5, on_image::LIGHT));
        }
        self.crosshair(painter);
    }

    /// Halos around what is selected, the shapes as they are dragged, and their handles.
    fn selection(&mut self, painter: &Painter, shown: &Shown<'_>, pen: Pen) {
        let scene = shown.scene;
        let by = self.hand.moved_by().unwrap_or_default();
        let mut mesh = Mesh::default();
        let halo = Pen { width: 4.5, fill: false, ..pen };
        let line = Pen { width: 2.0, ..pen };
        let visible = self.view.visible().grown(self.view.image_length(ROTATION_POINTS));
        let hovered = self.hovered.into_iter().filter(|id| !self.hand.is_selected(*id));
        for id in self.hand.selection().iter().copied().chain(hovered) {
            let Some(place) = scene.place(id) else { continue };
            let object = &scene.objects()[place];
            let dragged = self.hand.dragged_shape(id);
            if object.hidden || (dragged.is_none() && by == [0.0; 2] && !scene.bounds_of(place).touches(&visible)) {
                continue;
            }
            let shape = dragged.unwrap_or(&object.shape);
            if self.hand.is_selected(id) {
                self.mesher.add(&mut mesh, &self.view, shape, by, on_image::LIGHT, &halo);
            }
            // What stands still is filled already; that of a very large outline is left out while it is dragged.
            let moves = self.hand.is_changing() && self.hand.is_selected(id);
            let hovered = !self.hand.is_selected(id);
            let pen = Pen { fill: (moves || hovered) && shape.vertex_count() <= 1_000, ..line };
            self.mesher.add(&mut mesh, &self.view, shape, by, object.color, &pen);
        }
        if !mesh.is_empty() {
            painter.add(egui::Shape::mesh(mesh));
        }
        if let [id] = self.hand.selection()
            && let Some(object) = scene.get(*id)
            && !object.locked
            && !object.hidden
        {
            let shape = self.hand.dragged_shape(*id).unwrap_or(&object.shape);
            self.handles(painter, shape, by, object.color);
        }
    }

    fn handles(&self, painter: &Painter, shape: &Shape, by: [f64; 2], color: Color32) {
        let rotation_px = self.view.image_length(ROTATION_POINTS);
        let viewport = self.view.viewport().expand(HANDLE_POINTS);
        let has_sides = grip::has_sides(&shape.bounds(), self.view.image_length(REACH_POINTS));
        let mut last: Option<Pos2> = None;
        let mut mesh = Mesh::default();
        shape.for_each_handle(rotation_px, |handle, at| {
            let at = self.view.screen_from_image([at[0] + by[0], at[1] + by[1]]);
            if !viewport.contains(at) || (!has_sides && matches!(handle, Handle::Side(_))) {
                return;
            }
            if matches!(handle, Handle::Vertex { .. }) {
                if last.is_some_and(|last| last.distance(at) < HANDLES_APART_POINTS) {
                    return;
                }
                last = Some(at);
            }
            let side = if matches!(handle, Handle::Side(_)) { HANDLE_POINTS - 2.0 } else { HANDLE_POINTS };
            let square = Rect::from_center_size(at, vec2(side, side));
            mesh.add_colored_rect(square.expand(1.0), on_image::DARK);
            mesh.add_colored_rect(square, if handle == Handle::Rotation { color } else { on_image::LIGHT });
        });
        painter.add(egui::Shape::mesh(mesh));
    }

    fn names(&self, painter: &Painter, shown: &Shown<'_>) {
        let scene = shown.scene;
        let visible = scene.touching(&self.view.visible());
        let many = visible.len() > NAMES || !self.options.names;
        for place in visible {
            let object = &scene.objects()[place];
            let marked = self.hand.is_selected(object.id) || self.hovered == Some(object.id);
            if object.hidden || (many && !marked) || self.hand.is_changing() && self.hand.is_selected(object.id) {
                continue;
            }
            let bounds = self.view.screen_rect(scene.bounds_of(place));
            if !marked && bounds.width().max(bounds.height()) < 18.0 {
                continue;
            }
            chip(painter, bounds, &(shown.name_of)(object), object.color, self.view.viewport());
            if many && self.hand.selection().len() > NAMES {
                break;
            }
        }
    }

    fn draft(&mut self, painter: &Painter, shown: &Shown<'_>, pen: Pen) {
        let mut mesh = Mesh::default();
        let pen = Pen { width: 2.0, ..pen };
        let halo = Pen { width: 4.0, fill: false, ..pen };
        for pending in shown.pending {
            self.mesher.add(&mut mesh, &self.view, pending, [0.0; 2], on_image::LIGHT, &halo);
            self.mesher.add(&mut mesh, &self.view, pending, [0.0; 2], shown.draft_color, &pen);
        }
        if !mesh.is_empty() {
            painter.add(egui::Shape::mesh(std::mem::take(&mut mesh)));
        }
        let Some(draft) = self.hand.draft() else { return };
        let (shape, label) = match draft {
            Draft::Path { kind, points, to } => {
                let mut path = points.clone();
                path.push(*to);
                let shape = if *kind == Some(ShapeKind::Polygon) && path.len() > 2 {
                    Shape::polygon(path)
                } else {
                    Shape::Polyline { points: path }
                };
                (Some(shape), None)
            }
            other => {
                let shape = other.shape();
                let label = shape.as_ref().map(measure);
                (shape, label)
            }
        };
        let Some(shape) = shape else { return };
        self.mesher.add(&mut mesh, &self.view, &shape, [0.0; 2], on_image::DARK, &halo);
        self.mesher.add(&mut mesh, &self.view, &shape, [0.0; 2], shown.draft_color, &pen);
        painter.add(egui::Shape::mesh(mesh));
        if let Draft::Path { points, .. } = draft {
            for (index, point) in points.iter().enumerate() {
                let at = self.view.screen_from_image(*point);
                let radius = if index == 0 { 5.0 } else { 3.5 };
                painter.circle(at, radius, on_image::LIGHT, Stroke::new(1.0, on_image::DARK));
            }
        }
        if let Some(label) = label {
            let bounds = self.view.screen_rect(&shape.bounds());
            let at = pos2(bounds.center().x, bounds.bottom() + 6.0);
            let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
            let galley = painter.layout_no_wrap(label, font, on_image::LIGHT);
            let ground = Align2::CENTER_TOP.anchor_size(at, galley.size() + vec2(8.0, 2.0));
            painter.rect_filled(ground, 3, on_image::GROUND);
            painter.galley(ground.min + vec2(4.0, 1.0), galley, on_image::LIGHT);
        }
    }

    fn crosshair(&self, painter: &Painter) {
        let drawing = matches!(self.hand.tool(), Tool::Draw(_) | Tool::Split);
        let Some(at) = self.pointer.filter(|_| self.options.crosshair && drawing && !self.panning) else { return };
        let at = self.view.screen_from_image(at);
        let viewport = self.view.viewport();
        for (stroke, by) in [(Stroke::new(1.0, on_image::GUIDE_SHADE), 1.0), (Stroke::new(1.0, on_image::GUIDE), 0.0)] {
            painter.hline(viewport.x_range(), at.y + by, stroke);
            painter.vline(at.x + by, viewport.y_range(), stroke);
        }
    }

    fn guides(&self, painter: &Painter) {
        let size = self.view.size_px();
        let image = self.view.screen_rect(&Bounds { min: [0.0; 2], max: size });
        for share in [1.0 / 3.0, 0.5, 2.0 / 3.0] {
            let at = self.view.screen_from_image([size[0] * share, size[1] * share]);
            let stroke = Stroke::new(1.0, on_image::GUIDE);
            painter.hline(image.x_range(), at.y, stroke);
            painter.vline(at.x, image.y_range(), stroke);
        }
    }
}

fn cursor_of(handle: Handle) -> CursorIcon {
    match handle {
        Handle::Corner(0 | 2) => CursorIcon::ResizeNwSe,
        Handle::Corner(_) => CursorIcon::ResizeNeSw,
        Handle::Side(0 | 2) => CursorIcon::ResizeVertical,
        Handle::Side(_) => CursorIcon::ResizeHorizontal,
        Handle::Rotation => CursorIcon::Alias,
        Handle::Vertex { .. } | Handle::Radius => CursorIcon::Grab,
    }
}

/// The size of what is being drawn, in image pixels.
fn measure(shape: &Shape) -> String {
    match shape {
        Shape::Circle { radius, .. } => format!("r {radius:.0}"),
        Shape::Line { points: [a, b], .. } => format!("{:.0}", crate::domain::shape::distance(*a, *b)),
        Shape::RotatedRectangle { size_px, degrees, .. } => {
            format!("{:.0} × {:.0}, {degrees:.0}°", size_px[0], size_px[1])
        }
        other => {
            let bounds = other.bounds();
            format!("{:.0} × {:.0}", bounds.width(), bounds.height())
        }
    }
}

/// A label's name above a shape, or within it at the top of the view.
pub(super) fn chip(painter: &Painter, bounds: Rect, name: &str, color: Color32, viewport: Rect) {
    if name.is_empty() {
        return;
    }
    let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let ink = Tokens::text_on(color);
    let galley = painter.layout_no_wrap(name.to_owned(), font, ink);
    let size = galley.size() + vec2(8.0, 2.0);
    let top = if bounds.top() - size.y < viewport.top() { bounds.top() } else { bounds.top() - size.y };
    let at = pos2(bounds.left().max(viewport.left()), top.max(viewport.top()));
    painter.rect_filled(Rect::from_min_size(at, size), 3, color);
    painter.galley(at + vec2(4.0, 1.0), galley, ink);
}
