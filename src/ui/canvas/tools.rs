//! What a hand does on the canvas, without a window: presses, drags, clicks and keys in image coordinates become
//! selections, new shapes and changed ones. Nothing changes in the document before a gesture ends.

use super::draft::{Draft, is_drawn, regular};
use super::grip::{self, Grip};
use super::scene::{Deeper, Scene};
use crate::domain::shape::{Bounds, Point, distance};
use crate::domain::shape_edit::{clamped, limited_move, snapped};
use crate::domain::{AnnotationId, DragOptions, Handle, Shape, ShapeKind};
use std::collections::HashSet;

/// What the pointer does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    #[default]
    Select,
    Draw(ShapeKind),
    /// Cuts the selected areas along a path.
    Split,
}

/// Where the pointer is and which keys are held.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pointer {
    /// In image pixels; may lie outside of the image.
    pub at: Point,
    /// How near counts as on it, in image pixels.
    pub reach_px: f64,
    /// How far the handle that turns stands off, in image pixels.
    pub rotation_px: f64,
    pub shift: bool,
    pub command: bool,
    pub alt: bool,
}

/// What the held button does.
#[derive(Clone, Debug, Default, PartialEq)]
enum Gesture {
    #[default]
    None,
    /// Pressed, not yet moved: a click, or the beginning of what is named.
    Pressed {
        from: Point,
        then: Then,
    },
    Move {
        from: Point,
        by: [f64; 2],
        bounds: Bounds,
    },
    Handle {
        id: AnnotationId,
        grip: Grip,
        original: Shape,
        current: Shape,
    },
    Band {
        from: Point,
        to: Point,
        add: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    /// `fresh`: the press itself has selected what is under it.
    Move {
        fresh: bool,
    },
    Band {
        add: bool,
    },
    Draw(ShapeKind),
    /// On a handle of the selected shape.
    Handle {
        id: AnnotationId,
        grip: Grip,
    },
}

/// What an input led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Nothing that the document needs to know of.
    None,
    /// Another selection.
    Selected,
    /// A new shape.
    Drawn(Shape),
    /// These shapes are now so.
    Changed(Vec<(AnnotationId, Shape)>),
    /// The selected areas are to be cut along this path.
    Cut(Vec<Point>),
}

/// The state of the hand: tool, selection, what is being drawn or dragged.
#[derive(Debug, Default)]
pub struct Hand {
    tool: Tool,
    selection: Vec<AnnotationId>,
    selected: HashSet<AnnotationId>,
    draft: Option<Draft>,
    /// What was begun with other tools, and waits for them.
    aside: Vec<Draft>,
    gesture: Gesture,
    deeper: Deeper,
    /// Whether points are drawn to vertices and borders.
    pub snaps: bool,
    /// Where the last point was drawn to, for a mark.
    snapped_to: Option<Point>,
}

impl Hand {
    #[must_use]
    pub fn tool(&self) -> Tool {
        self.tool
    }

    /// Takes a tool. What was begun with another one waits for that; what waits for this one is gone on with.
    pub fn take(&mut self, tool: Tool) {
        self.tool = tool;
        self.gesture = Gesture::None;
        self.aside.extend(self.draft.take().filter(|draft| draft.tool().is_some()));
        let place = self.aside.iter().rposition(|draft| draft.tool() == Some(tool));
        self.draft = place.map(|place| self.aside.remove(place));
    }

    /// What was begun in the image and not ended, what is in hand last.
    pub fn begun(&self) -> impl Iterator<Item = &Draft> {
        self.aside.iter().chain(self.draft.iter().filter(|draft| draft.tool().is_some()))
    }

    /// Lets go of an image. Gives what was begun in it, what was in hand last.
    pub fn put_down(&mut self) -> Vec<Draft> {
        let begun = self.begun().cloned().collect();
        (self.aside, self.draft) = (Vec::new(), None);
        self.cancel();
        self.select(Vec::new());
        begun
    }

    /// Goes on with what was begun in an image before, and takes the tool for it.
    pub fn take_up(&mut self, begun: Vec<Draft>) {
        self.aside.extend(begun);
        if let Some(tool) = self.aside.last().and_then(Draft::tool) {
            self.take(tool);
        }
    }

    /// What is selected, in the order of selecting.
    #[must_use]
    pub fn selection(&self) -> &[AnnotationId] {
        &self.selection
    }

    #[must_use]
    pub fn is_selected(&self, id: AnnotationId) -> bool {
        self.selected.contains(&id)
    }

    /// The selection as a set.
    #[must_use]
    pub fn selected(&self) -> &HashSet<AnnotationId> {
        &self.selected
    }

    /// Selects these and no others.
    pub fn select(&mut self, ids: Vec<AnnotationId>) {
        self.selected = ids.iter().copied().collect();
        self.selection = ids;
    }

    fn toggle(&mut self, ids: &[AnnotationId]) {
        for id in ids {
            if self.selected.remove(id) {
                self.selection.retain(|other| other != id);
            } else {
                self.selected.insert(*id);
                self.selection.push(*id);
            }
        }
    }

    /// Forgets what is no longer in the scene, or not seen in it: no key may act on it.
    pub fn retain(&mut self, scene: &Scene) {
        self.selection.retain(|id| scene.get(*id).is_some_and(|object| !object.hidden));
        self.selected = self.selection.iter().copied().collect();
        if let Gesture::Handle { id, .. } = &self.gesture
            && scene.get(*id).is_none()
        {
            self.gesture = Gesture::None;
        }
    }

    #[must_use]
    pub fn draft(&self) -> Option<&Draft> {
        self.draft.as_ref()
    }

    /// The rubber band, from corner to corner.
    #[must_use]
    pub fn band(&self) -> Option<(Point, Point)> {
        match &self.gesture {
            Gesture::Band { from, to, .. } => Some((*from, *to)),
            _ => None,
        }
    }

    /// Where the last point was drawn to.
    #[must_use]
    pub fn snapped_to(&self) -> Option<Point> {
        self.snapped_to
    }

    /// Whether shapes are being moved or reshaped: they are drawn apart from the others.
    #[must_use]
    pub fn is_changing(&self) -> bool {
        matches!(self.gesture, Gesture::Move { .. } | Gesture::Handle { .. })
    }

    /// The shape of an object as it is while it is dragged; `None` if it is not.
    #[must_use]
    pub fn dragged_shape(&self, id: AnnotationId) -> Option<&Shape> {
        match &self.gesture {
            Gesture::Handle { id: dragged, current, .. } if *dragged == id => Some(current),
            _ => None,
        }
    }

    /// How far the selection is being moved.
    #[must_use]
    pub fn moved_by(&self) -> Option<[f64; 2]> {
        match &self.gesture {
            Gesture::Move { by, .. } => Some(*by),
            _ => None,
        }
    }

    /// Whether something is being drawn, dragged or banded.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.draft.is_some() || !matches!(self.gesture, Gesture::None | Gesture::Pressed { .. })
    }

    /// What the pointer would take hold of at a place.
    #[must_use]
    pub fn grip_under(&self, scene: &Scene, pointer: &Pointer) -> Option<Grip> {
        let [id] = self.selection.as_slice() else { return None };
        grip::under(&scene.editable(*id)?.shape, pointer)
    }

    fn placed(&mut self, scene: &Scene, pointer: &Pointer, without: &HashSet<AnnotationId>) -> Point {
        let at = clamped(pointer.at, scene.size_px());
        self.snapped_to = None;
        if !self.snaps {
            return at;
        }
        let near = scene.vertices_near(at, pointer.reach_px, without);
        self.snapped_to = snapped(at, near, scene.size_px(), pointer.reach_px);
        self.snapped_to.unwrap_or(at)
    }

    /// The button goes down.
    pub fn press(&mut self, scene: &Scene, pointer: &Pointer) -> Outcome {
        if self.draft.is_some() {
            return self.next_point(scene, pointer);
        }
        let selects = self.tool == Tool::Select || pointer.command;
        // A cut may begin anywhere, also on a handle of what it is to cut.
        let cuts = self.tool == Tool::Split && !selects;
        if !cuts && let Some(outcome) = self.press_on_selected(scene, pointer) {
            return outcome;
        }
        if !selects {
            return self.begin(scene, pointer);
        }
        let under = scene.under(pointer.at, pointer.reach_px);
        let on_selected = under.iter().any(|index| self.is_selected(scene.objects()[*index].id));
        let from = pointer.at;
        if under.is_empty() {
            self.gesture = Gesture::Pressed { from, then: Then::Band { add: pointer.shift } };
            return Outcome::None;
        }
        let fresh = !on_selected && !pointer.shift;
        self.gesture = Gesture::Pressed { from, then: Then::Move { fresh } };
        if !fresh {
            // Whether it is a click that goes deeper or a drag of the selection shows on release.
            return Outcome::None;
        }
        self.select_at(scene, pointer)
    }

    /// Handles and edges of the one selected shape.
    fn press_on_selected(&mut self, scene: &Scene, pointer: &Pointer) -> Option<Outcome> {
        let [id] = *self.selection.as_slice() else { return None };
        let grip = self.grip_under(scene, pointer);
        if pointer.alt {
            let object = scene.editable(id)?;
            if let Some(Grip { handle: Handle::Vertex { ring, index }, .. }) = grip {
                let shape = object.shape.without_vertex(ring, index)?;
                return Some(Outcome::Changed(vec![(id, shape)]));
            }
            let place = object.shape.nearest_edge(pointer.at).filter(|place| place.distance <= pointer.reach_px)?;
            let current = object.shape.with_vertex(place.ring, place.index, place.at)?;
            let grip = Grip::new(Handle::Vertex { ring: place.ring, index: place.index }, place.at, pointer.at);
            self.gesture = Gesture::Handle { id, grip, original: object.shape.clone(), current };
            return Some(Outcome::None);
        }
        // Whether it is a drag of the handle or a click shows when the pointer moves.
        self.gesture = Gesture::Pressed { from: pointer.at, then: Then::Handle { id, grip: grip? } };
        Some(Outcome::None)
    }

    fn begin(&mut self, scene: &Scene, pointer: &Pointer) -> Outcome {
        let kind = match self.tool {
            Tool::Draw(kind) => Some(kind),
            Tool::Select | Tool::Split => None,
        };
        match kind {
            None | Some(ShapeKind::Polygon | ShapeKind::Polyline) => {
                let at = self.placed(scene, pointer, &HashSet::new());
                self.draft = Some(Draft::Path { kind, points: vec![at], to: at });
                // A cut is one of what is selected.
                if kind.is_some() {
                    self.select(Vec::new());
                }
                Outcome::Selected
            }
            Some(ShapeKind::Point) => {
                let at = self.placed(scene, pointer, &HashSet::new());
                self.snapped_to = None;
                Outcome::Drawn(Shape::Point { at }.rounded())
            }
            Some(kind) => {
                self.gesture = Gesture::Pressed { from: pointer.at, then: Then::Draw(kind) };
                Outcome::None
            }
        }
    }

    /// Another point of what is drawn point by point.
    fn next_point(&mut self, scene: &Scene, pointer: &Pointer) -> Outcome {
        let at = self.placed(scene, pointer, &HashSet::new());
        match &mut self.draft {
            Some(Draft::Path { kind, points, to }) => {
                let first = points.first().copied().unwrap_or(at);
                let closes = *kind == Some(ShapeKind::Polygon)
                    && points.len() >= 3
                    && distance(first, pointer.at) <= pointer.reach_px;
                let repeats = points.last().is_some_and(|last| distance(*last, at) <= pointer.reach_px * 0.25);
                if closes {
                    return self.finish();
                }
                if !repeats {
                    points.push(at);
                }
                *to = at;
                Outcome::None
            }
            Some(Draft::Width { to, .. }) => {
                *to = at;
                self.finish()
            }
            _ => Outcome::None,
        }
    }

    /// The pointer moves, with the button down or not.
    pub fn motion(&mut self, scene: &Scene, pointer: &Pointer, moved_enough: bool) {
        if let Gesture::Pressed { from, then } = self.gesture
            && moved_enough
        {
            match then {
                Then::Move { .. } => {
                    let bounds = self.bounds_of_selection(scene);
                    if let Some(bounds) = bounds {
                        self.gesture = Gesture::Move { from, by: [0.0; 2], bounds };
                    }
                }
                Then::Band { add } => self.gesture = Gesture::Band { from, to: pointer.at, add },
                Then::Draw(kind) => {
                    let start = Pointer { at: from, ..*pointer };
                    let from = self.placed(scene, &start, &HashSet::new());
                    self.draft = Some(Draft::Drag { kind, from, to: from });
                    self.gesture = Gesture::None;
                    self.select(Vec::new());
                }
                Then::Handle { id, grip } => {
                    self.gesture = scene.editable(id).map_or(Gesture::None, |object| {
                        let (original, current) = (object.shape.clone(), object.shape.clone());
                        Gesture::Handle { id, grip, original, current }
                    });
                }
            }
        }
        match &mut self.gesture {
            Gesture::Move { from, bounds, .. } => {
                let mut moved = [pointer.at[0] - from[0], pointer.at[1] - from[1]];
                if pointer.shift {
                    // Along the longer axis only.
                    let still = usize::from(moved[0].abs() >= moved[1].abs());
                    moved[still] = 0.0;
                }
                let (bounds, moved) = (*bounds, limited_move(bounds, moved, scene.size_px()));
                self.snapped_to = None;
                let drawn = if self.snaps && !pointer.shift {
                    self.drawn_move(scene, &bounds, moved, pointer.reach_px)
                } else {
                    moved
                };
                if let Gesture::Move { by, .. } = &mut self.gesture {
                    *by = drawn;
                }
                return;
            }
            Gesture::Band { to, .. } => {
                *to = pointer.at;
                return;
            }
            Gesture::Handle { .. } => return self.drag_handle(scene, pointer),
            Gesture::None | Gesture::Pressed { .. } => {}
        }
        if self.draft.is_some() {
            let (at, size_px) = (self.placed(scene, pointer, &HashSet::new()), scene.size_px());
            match &mut self.draft {
                Some(Draft::Drag { kind, from, to }) => *to = regular(*kind, *from, at, pointer.shift, size_px),
                Some(Draft::Path { to, .. } | Draft::Width { to, .. }) => *to = at,
                None => {}
            }
        } else if self.snaps && matches!(self.tool, Tool::Draw(_) | Tool::Split) {
            self.placed(scene, pointer, &HashSet::new());
        } else {
            self.snapped_to = None;
        }
    }

    fn drag_handle(&mut self, scene: &Scene, pointer: &Pointer) {
        let Gesture::Handle { id, grip, .. } = &self.gesture else { return };
        let (without, handle) = (HashSet::from([*id]), grip.handle);
        let pointer = Pointer { at: grip.place_for(pointer.at), ..*pointer };
        let at = match handle {
            // These turn and measure: they may leave the image.
            Handle::Rotation | Handle::Radius => pointer.at,
            _ => self.placed(scene, &pointer, &without),
        };
        let options = DragOptions { regular: pointer.shift, from_center: pointer.command };
        let Gesture::Handle { original, current, .. } = &mut self.gesture else { return };
        match handle {
            // Only this point moves: nothing else of a large outline is touched.
            Handle::Vertex { ring, index } => current.set_vertex(ring, index, at),
            _ => *current = original.dragged_within(handle, at, options, scene.size_px()),
        }
    }

    /// A move drawn to where the border of what moves meets the image's border, or one of its corners a vertex.
    fn drawn_move(&mut self, scene: &Scene, bounds: &Bounds, by: [f64; 2], reach_px: f64) -> [f64; 2] {
        let size_px = scene.size_px();
        let moved = Bounds { min: add(bounds.min, by), max: add(bounds.max, by) };
        let corners = [moved.min, [moved.max[0], moved.min[1]], moved.max, [moved.min[0], moved.max[1]]];
        let mut best: Option<(Point, Point)> = None;
        for corner in corners {
            for vertex in scene.vertices_near(corner, reach_px, &self.selected) {
                let nearest = best.map_or(reach_px, |(corner, vertex)| distance(corner, vertex));
                if distance(corner, vertex) <= nearest {
                    best = Some((corner, vertex));
                }
            }
        }
        self.snapped_to = best.map(|(_, vertex)| vertex);
        let more = match best {
            Some((corner, vertex)) => [vertex[0] - corner[0], vertex[1] - corner[1]],
            None => [0, 1].map(|axis| {
                let (low, high) = (-moved.min[axis], size_px[axis] - moved.max[axis]);
                let nearer = if low.abs() < high.abs() { low } else { high };
                if nearer.abs() <= reach_px { nearer } else { 0.0 }
            }),
        };
        limited_move(bounds, add(by, more), size_px)
    }

    fn bounds_of_selection(&self, scene: &Scene) -> Option<Bounds> {
        let places = self.selection.iter().filter(|id| scene.editable(**id).is_some());
        let places = places.filter_map(|id| scene.place(*id));
        places.map(|place| *scene.bounds_of(place)).reduce(|a, b| a.union(&b))
    }

    /// The button goes up.
    pub fn release(&mut self, scene: &Scene, pointer: &Pointer) -> Outcome {
        match std::mem::take(&mut self.gesture) {
            Gesture::None => {}
            Gesture::Pressed { then: Then::Band { add }, .. } => {
                if !add && !self.selection.is_empty() {
                    self.select(Vec::new());
                    return Outcome::Selected;
                }
            }
            Gesture::Pressed { then: Then::Move { fresh: true }, .. } => return Outcome::None,
            // Where clicks draw, they draw on handles, too.
            Gesture::Pressed { from, then: Then::Handle { .. } } if self.draws_by_clicks() && !pointer.command => {
                return self.begin(scene, &Pointer { at: from, ..*pointer });
            }
            Gesture::Pressed { then: Then::Handle { .. }, .. } => return self.select_at(scene, pointer),
            Gesture::Pressed { then: Then::Move { fresh: false }, .. } => return self.select_at(scene, pointer),
            // With a drawing tool a click selects too, so that no tool has to be changed for that.
            Gesture::Pressed { then: Then::Draw(_), .. } => {
                if scene.under(pointer.at, pointer.reach_px).is_empty() {
                    self.select(Vec::new());
                    return Outcome::Selected;
                }
                return self.select_at(scene, pointer);
            }
            Gesture::Move { by, .. } => {
                if by == [0.0; 2] {
                    return Outcome::None;
                }
                self.snapped_to = None;
                let moved = self.selection.iter().filter_map(|id| scene.editable(*id));
                return Outcome::Changed(moved.map(|object| (object.id, object.shape.moved(by).rounded())).collect());
            }
            Gesture::Handle { id, original, current, .. } => {
                self.snapped_to = None;
                let current = if current.vertex_count() > 1_000 { current } else { current.rounded() };
                if current != original && current.is_valid() {
                    return Outcome::Changed(vec![(id, current)]);
                }
            }
            Gesture::Band { from, to, add } => {
                let Some(band) = Bounds::around(&[from, to]) else { return Outcome::None };
                // To the left: what is touched; to the right: what is within.
                let found: Vec<_> =
                    scene.in_band(&band, to[0] < from[0]).into_iter().map(|index| scene.objects()[index].id).collect();
                let mut ids = if add { self.selection.clone() } else { Vec::new() };
                ids.extend(scene.with_groups(&found).into_iter().filter(|id| !add || !self.selected.contains(id)));
                self.select(ids);
                return Outcome::Selected;
            }
        }
        match &self.draft {
            Some(Draft::Drag { kind: ShapeKind::RotatedRectangle, from, to }) => {
                let (a, b) = (*from, *to);
                self.draft = (distance(a, b) > 0.0).then_some(Draft::Width { a, b, to: b });
                Outcome::None
            }
            Some(Draft::Drag { .. }) => self.finish(),
            _ => Outcome::None,
        }
    }

    fn draws_by_clicks(&self) -> bool {
        matches!(self.tool, Tool::Draw(ShapeKind::Polygon | ShapeKind::Polyline | ShapeKind::Point))
    }

    fn select_at(&mut self, scene: &Scene, pointer: &Pointer) -> Outcome {
        // What was given up meanwhile is not gone beneath.
        if self.deeper.chosen().is_some_and(|id| !self.is_selected(id)) {
            self.deeper.forget();
        }
        let Some(id) = self.deeper.click(scene, pointer.at, pointer.reach_px) else { return Outcome::None };
        let ids = scene.with_groups(&[id]);
        if pointer.shift {
            self.toggle(&ids);
        } else {
            self.select(ids);
        }
        Outcome::Selected
    }

    /// Twice in a row: ends a path, or puts a vertex on the edge of the selected shape.
    pub fn double_click(&mut self, scene: &Scene, pointer: &Pointer) -> Outcome {
        if matches!(self.draft, Some(Draft::Path { .. })) {
            return self.finish();
        }
        let [id] = *self.selection.as_slice() else { return Outcome::None };
        let Some(object) = scene.editable(id) else { return Outcome::None };
        if self.grip_under(scene, pointer).is_some() {
            return Outcome::None;
        }
        let place = object.shape.nearest_edge(pointer.at).filter(|place| place.distance <= pointer.reach_px);
        match place.and_then(|place| object.shape.with_vertex(place.ring, place.index, place.at)) {
            Some(shape) => {
                self.gesture = Gesture::None;
                Outcome::Changed(vec![(id, shape)])
            }
            None => Outcome::None,
        }
    }

    /// Ends what is being drawn (Enter, double click, the first point again).
    pub fn finish(&mut self) -> Outcome {
        self.snapped_to = None;
        let Some(draft) = self.draft.take() else { return Outcome::None };
        if let Draft::Path { kind: None, points, .. } = draft {
            return if points.len() >= 2 { Outcome::Cut(points) } else { Outcome::None };
        }
        match draft.shape().map(|shape| shape.rounded()) {
            Some(shape) if is_drawn(&shape) => Outcome::Drawn(shape),
            // Too little: a path goes on, anything else was a slip of the hand.
            _ => {
                if matches!(draft, Draft::Path { .. }) {
                    self.draft = Some(draft);
                }
                Outcome::None
            }
        }
    }

    /// Gives up what is being drawn or dragged; true if there was something.
    pub fn cancel(&mut self) -> bool {
        self.snapped_to = None;
        let was_busy = self.is_busy();
        self.draft = None;
        self.gesture = Gesture::None;
        was_busy
    }

    /// Takes the last point of a path back; true if there was one.
    pub fn step_back(&mut self) -> bool {
        match &mut self.draft {
            Some(Draft::Path { points, .. }) => {
                points.pop();
                if points.is_empty() {
                    self.draft = None;
                }
                true
            }
            Some(Draft::Width { .. }) => {
                self.draft = None;
                true
            }
            _ => false,
        }
    }

    /// The shape beneath the one that is selected at a place becomes the selection; with none selected there, the one
    /// beneath that which stands out.
    pub fn select_beneath(&mut self, scene: &Scene, at: Point, reach_px: f64) -> Outcome {
        let under: Vec<_> = scene.under(at, reach_px).into_iter().map(|place| scene.objects()[place].id).collect();
        let above = under.iter().rposition(|id| self.is_selected(*id)).unwrap_or(0);
        let Some(id) = under.get((above + 1) % under.len().max(1)) else { return Outcome::None };
        self.select(scene.with_groups(&[*id]));
        Outcome::Selected
    }

    /// The next or previous shape in drawing order becomes the selection: Tab.
    pub fn select_next(&mut self, scene: &Scene, backwards: bool) -> Outcome {
        let free = |object: &&super::scene::Object| !object.hidden;
        let ids: Vec<_> = scene.objects().iter().filter(free).map(|object| object.id).collect();
        let Some(last) = ids.len().checked_sub(1) else { return Outcome::None };
        let place = self.selection.last().and_then(|id| ids.iter().position(|other| other == id));
        let next = match (place, backwards) {
            (None, false) => 0,
            (None, true) => last,
            (Some(place), false) => (place + 1) % ids.len(),
            (Some(place), true) => place.checked_sub(1).unwrap_or(last),
        };
        self.select(vec![ids[next]]);
        Outcome::Selected
    }
}

fn add(a: Point, b: [f64; 2]) -> Point {
    [a[0] + b[0], a[1] + b[1]]
}

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
