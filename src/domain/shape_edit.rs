//! What a hand does to a shape: drag a handle, turn, add and take vertices, split, join, stay within the image, snap.
//! Every function returns a new shape; the inverse of an edit is the shape as it was.

use super::shape::{Bounds, Point, Shape, distance, signed_area};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::single::SingleFloatOverlay;
use i_overlay::float::slice::FloatSlice;

/// A part of a shape that can be dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handle {
    /// A corner of a rectangle, 0 to 3, clockwise from the top-left one (before turning).
    Corner(usize),
    /// A side of a rectangle: 0 top, 1 right, 2 bottom, 3 left (before turning).
    Side(usize),
    /// Turns a rotated rectangle.
    Rotation,
    /// A point of the outline (`ring` 0) or of a hole (`ring` 1 and on).
    Vertex { ring: usize, index: usize },
    /// The rim of a circle.
    Radius,
}

/// How a handle is dragged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DragOptions {
    /// Width to height stays as it is; angles go in steps of 15°.
    pub regular: bool,
    /// The centre stays instead of the opposite side.
    pub from_center: bool,
}

/// A place on an outline where a vertex can be put.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgePlace {
    pub ring: usize,
    /// The index that a vertex put here would have.
    pub index: usize,
    pub at: Point,
    pub distance: f64,
}

/// Corners of the polygon that stands for a circle where areas are cut or joined.
const CIRCLE_CORNERS: usize = 64;
/// Parts smaller than this come from rounding, not from a hand.
const SPECK_PX2: f64 = 1e-3;

fn rotated(point: Point, around: Point, degrees: f64) -> Point {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (x, y) = (point[0] - around[0], point[1] - around[1]);
    [around[0] + x * cos - y * sin, around[1] + x * sin + y * cos]
}

/// An angle from -180 (exclusive) to 180 degrees.
#[must_use]
pub fn normal_degrees(degrees: f64) -> f64 {
    let turned = (degrees + 180.0).rem_euclid(360.0) - 180.0;
    if turned == -180.0 { 180.0 } else { turned }
}

/// Where the handles of an upright rectangle are dragged to: its new corners.
fn dragged_box(bounds: Bounds, handle: Handle, to: Point, options: DragOptions) -> Option<(Point, Point)> {
    let Bounds { min, max } = bounds;
    let center = bounds.center();
    // Which end of each axis the handle moves: -1 the low one, 1 the high one, 0 neither.
    let (x, y) = match handle {
        Handle::Corner(0) => (-1, -1),
        Handle::Corner(1) => (1, -1),
        Handle::Corner(2) => (1, 1),
        Handle::Corner(3) => (-1, 1),
        Handle::Side(0) => (0, -1),
        Handle::Side(1) => (1, 0),
        Handle::Side(2) => (0, 1),
        Handle::Side(3) => (-1, 0),
        _ => return None,
    };
    let ends = [x, y];
    let mut to = to;
    let size = [bounds.width(), bounds.height()];
    if options.regular && x != 0 && y != 0 && size[0] > 0.0 && size[1] > 0.0 {
        let fixed = if options.from_center { center } else { fixed_corner(bounds, ends) };
        let share = if options.from_center { 0.5 } else { 1.0 };
        let factor = ((to[0] - fixed[0]).abs() / (size[0] * share)).max((to[1] - fixed[1]).abs() / (size[1] * share));
        for axis in 0..2 {
            let sign = if to[axis] == fixed[axis] { f64::from(ends[axis]) } else { (to[axis] - fixed[axis]).signum() };
            to[axis] = fixed[axis] + sign * factor * size[axis] * share;
        }
    }
    let (mut low, mut high) = (min, max);
    for axis in 0..2 {
        if ends[axis] == 0 {
            continue;
        }
        let other = match (options.from_center, ends[axis] < 0) {
            (true, _) => 2.0 * center[axis] - to[axis],
            (false, true) => max[axis],
            (false, false) => min[axis],
        };
        low[axis] = other.min(to[axis]);
        high[axis] = other.max(to[axis]);
    }
    Some((low, high))
}

fn fixed_corner(bounds: Bounds, ends: [i32; 2]) -> Point {
    std::array::from_fn(|axis| if ends[axis] < 0 { bounds.max[axis] } else { bounds.min[axis] })
}

impl Shape {
    /// Its rings of points: the outline, then the holes; empty for shapes that have corners or a radius instead.
    pub fn rings(&self) -> impl Iterator<Item = &[Point]> {
        let (points, holes): (&[Point], &[Vec<Point>]) = match self {
            Self::Polygon { points, holes } => (points, holes),
            Self::Polyline { points } => (points, &[]),
            Self::Line { points, .. } => (points, &[]),
            Self::Point { at } => (std::slice::from_ref(at), &[]),
            Self::Rectangle { .. } | Self::RotatedRectangle { .. } | Self::Circle { .. } => (&[], &[]),
        };
        std::iter::once(points).chain(holes.iter().map(Vec::as_slice)).filter(|ring| !ring.is_empty())
    }

    /// Whether the last point of a ring joins the first.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(
            self,
            Self::Polygon { .. } | Self::Rectangle { .. } | Self::RotatedRectangle { .. } | Self::Circle { .. }
        )
    }

    /// How many points it has that can be dragged one by one.
    #[must_use]
    pub fn vertex_count(&self) -> usize {
        self.rings().map(<[Point]>::len).sum()
    }

    /// Every handle with its place. `rotation_px` is how far the handle that turns stands off the top side.
    pub fn for_each_handle(&self, rotation_px: f64, mut visit: impl FnMut(Handle, Point)) {
        if let Some(corners) = self.corners() {
            for side in 0..4 {
                let (a, b) = (corners[side], corners[(side + 1) % 4]);
                visit(Handle::Side(side), [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])]);
            }
            for (index, corner) in corners.into_iter().enumerate() {
                visit(Handle::Corner(index), corner);
            }
        }
        match self {
            Self::RotatedRectangle { center, size_px, degrees } => {
                let above = [center[0], center[1] - size_px[1] / 2.0 - rotation_px];
                visit(Handle::Rotation, rotated(above, *center, *degrees));
            }
            Self::Circle { center, radius } => {
                for by in [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]] {
                    visit(Handle::Radius, [center[0] + by[0] * radius, center[1] + by[1] * radius]);
                }
            }
            _ => {}
        }
        for (ring, points) in self.rings().enumerate() {
            for (index, point) in points.iter().enumerate() {
                visit(Handle::Vertex { ring, index }, *point);
            }
        }
    }

    /// The handle nearest to a point, within `reach_px`, and its place; corners before sides, which may be left out.
    #[must_use]
    pub fn handle_at(
        &self,
        point: Point,
        reach_px: f64,
        rotation_px: f64,
        with_sides: bool,
    ) -> Option<(Handle, Point)> {
        let mut best: Option<(f64, Handle, Point)> = None;
        self.for_each_handle(rotation_px, |handle, at| {
            let away = distance(at, point);
            let counts = away <= reach_px && (with_sides || !matches!(handle, Handle::Side(_)));
            // Later ones win a tie: corners come after sides.
            if counts && best.is_none_or(|(nearest, ..)| away <= nearest) {
                best = Some((away, handle, at));
            }
        });
        best.map(|(_, handle, at)| (handle, at))
    }

    /// The shape after one of its handles has been dragged somewhere; itself where it has no such handle.
    #[must_use]
    pub fn dragged(&self, handle: Handle, to: Point, options: DragOptions) -> Self {
        match (self, handle) {
            (Self::Rectangle { min, max }, Handle::Corner(_) | Handle::Side(_)) => {
                let bounds = Bounds { min: *min, max: *max };
                dragged_box(bounds, handle, to, options).map_or_else(|| self.clone(), |(a, b)| Self::rectangle(a, b))
            }
            (Self::RotatedRectangle { center, size_px, degrees }, Handle::Corner(_) | Handle::Side(_)) => {
                let half = [size_px[0] / 2.0, size_px[1] / 2.0];
                let bounds = Bounds {
                    min: [center[0] - half[0], center[1] - half[1]],
                    max: [center[0] + half[0], center[1] + half[1]],
                };
                let upright = rotated(to, *center, -degrees);
                let Some((low, high)) = dragged_box(bounds, handle, upright, options) else { return self.clone() };
                let middle = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
                Self::RotatedRectangle {
                    center: rotated(middle, *center, *degrees),
                    size_px: [high[0] - low[0], high[1] - low[1]],
                    degrees: *degrees,
                }
            }
            (Self::RotatedRectangle { center, size_px, .. }, Handle::Rotation) => {
                let mut degrees = (to[1] - center[1]).atan2(to[0] - center[0]).to_degrees() + 90.0;
                if options.regular {
                    degrees = (degrees / 15.0).round() * 15.0;
                }
                Self::RotatedRectangle { center: *center, size_px: *size_px, degrees: normal_degrees(degrees) }
            }
            (Self::Circle { center, .. }, Handle::Radius) => {
                Self::Circle { center: *center, radius: distance(*center, to) }
            }
            (_, Handle::Vertex { ring, index }) => self.with_vertex_at(ring, index, to),
            _ => self.clone(),
        }
    }

    fn ring_mut(&mut self, ring: usize) -> Option<&mut Vec<Point>> {
        match self {
            Self::Polygon { points, holes } => {
                if ring == 0 {
                    Some(points)
                } else {
                    holes.get_mut(ring - 1)
                }
            }
            Self::Polyline { points } if ring == 0 => Some(points),
            _ => None,
        }
    }

    /// Moves one point of a ring; itself if there is no such point.
    #[must_use]
    pub fn with_vertex_at(&self, ring: usize, index: usize, to: Point) -> Self {
        let mut shape = self.clone();
        shape.set_vertex(ring, index, to);
        shape
    }

    /// Moves one point of a ring in place: a drag of one among very many points copies none of the others.
    pub fn set_vertex(&mut self, ring: usize, index: usize, to: Point) {
        match self {
            Self::Point { at } if (ring, index) == (0, 0) => *at = to,
            Self::Line { points, .. } if ring == 0 => {
                if let Some(point) = points.get_mut(index) {
                    *point = to;
                }
            }
            _ => {
                if let Some(point) = self.ring_mut(ring).and_then(|points| points.get_mut(index)) {
                    *point = to;
                }
            }
        }
    }

    /// The point of a ring.
    #[must_use]
    pub fn vertex(&self, ring: usize, index: usize) -> Option<Point> {
        self.rings().nth(ring)?.get(index).copied()
    }

    /// With another point put into a ring at `index`. `None` where shapes of this kind have a fixed number of them.
    #[must_use]
    pub fn with_vertex(&self, ring: usize, index: usize, at: Point) -> Option<Self> {
        let mut shape = self.clone();
        let points = shape.ring_mut(ring)?;
        if index > points.len() {
            return None;
        }
        points.insert(index, at);
        Some(shape)
    }

    /// Without a point of a ring; a hole that would be left with two goes as a whole. `None` if too few would be left.
    #[must_use]
    pub fn without_vertex(&self, ring: usize, index: usize) -> Option<Self> {
        let mut shape = self.clone();
        let fewest = if matches!(self, Self::Polygon { .. }) { 3 } else { 2 };
        let points = shape.ring_mut(ring)?;
        if index >= points.len() {
            return None;
        }
        if points.len() > fewest {
            points.remove(index);
            return Some(shape);
        }
        match &mut shape {
            Self::Polygon { holes, .. } if ring > 0 => {
                holes.remove(ring - 1);
                Some(shape)
            }
            _ => None,
        }
    }

    /// Where on the outline of a polygon or polyline a point is nearest to.
    #[must_use]
    pub fn nearest_edge(&self, point: Point) -> Option<EdgePlace> {
        if !matches!(self, Self::Polygon { .. } | Self::Polyline { .. }) {
            return None;
        }
        let closed = self.is_closed();
        let mut best: Option<EdgePlace> = None;
        for (ring, points) in self.rings().enumerate() {
            let edges = if closed { points.len() } else { points.len().saturating_sub(1) };
            for start in 0..edges {
                let (a, b) = (points[start], points[(start + 1) % points.len()]);
                let at = nearest_on(a, b, point);
                let away = distance(at, point);
                if best.is_none_or(|best| away < best.distance) {
                    best = Some(EdgePlace { ring, index: start + 1, at, distance: away });
                }
            }
        }
        best
    }

    /// Turned clockwise around a point. An upright rectangle becomes a rotated one.
    #[must_use]
    pub fn turned(&self, around: Point, degrees: f64) -> Self {
        match self {
            Self::Rectangle { min, max } => {
                let bounds = Bounds { min: *min, max: *max };
                let upright = Self::RotatedRectangle {
                    center: bounds.center(),
                    size_px: [bounds.width(), bounds.height()],
                    degrees: 0.0,
                };
                upright.turned(around, degrees)
            }
            Self::RotatedRectangle { center, size_px, degrees: before } => Self::RotatedRectangle {
                center: rotated(*center, around, degrees),
                size_px: *size_px,
                degrees: normal_degrees(before + degrees),
            },
            _ => self.mapped(|point| rotated(point, around, degrees)),
        }
    }

    /// The area as a polygon: corners of rectangles, a circle by 64 corners. `None` for points and lines.
    #[must_use]
    pub fn to_polygon(&self) -> Option<Self> {
        match self {
            Self::Polygon { .. } => Some(self.clone()),
            Self::Rectangle { .. } | Self::RotatedRectangle { .. } => {
                self.corners().map(|corners| Self::polygon(corners.to_vec()))
            }
            Self::Circle { center, radius } => {
                #[expect(clippy::cast_precision_loss, reason = "64 corners")]
                let corner = |index: usize| {
                    let angle = index as f64 / CIRCLE_CORNERS as f64 * std::f64::consts::TAU;
                    [center[0] + radius * angle.cos(), center[1] + radius * angle.sin()]
                };
                Some(Self::polygon((0..CIRCLE_CORNERS).map(corner).collect()))
            }
            Self::Point { .. } | Self::Line { .. } | Self::Polyline { .. } => None,
        }
    }

    /// Moved, but no further than the image's border. What is larger than the image may move freely.
    #[must_use]
    pub fn moved_within(&self, by: [f64; 2], size_px: [f64; 2]) -> Self {
        self.moved(limited_move(&self.bounds(), by, size_px))
    }

    /// With every point within the image. A rotated rectangle and a circle keep their size; only their centre must be
    /// inside.
    #[must_use]
    pub fn clamped(&self, size_px: [f64; 2]) -> Self {
        self.mapped(|point| clamped(point, size_px))
    }

    /// With every number rounded to a tenth of a pixel: what a hand draws is no more exact.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let tenth = |number: f64| (number * 10.0).round() / 10.0;
        match self.mapped(|[x, y]| [tenth(x), tenth(y)]) {
            Self::RotatedRectangle { center, size_px, degrees } => Self::RotatedRectangle {
                center,
                size_px: size_px.map(tenth),
                degrees: (degrees * 100.0).round() / 100.0,
            },
            Self::Circle { center, radius } => Self::Circle { center, radius: tenth(radius) },
            other => other,
        }
    }

    /// The parts that a path cuts an area into; `None` if it leaves it in one piece.
    #[must_use]
    pub fn split(&self, path: &[Point]) -> Option<Vec<Self>> {
        if path.len() < 2 {
            return None;
        }
        let Self::Polygon { points, holes } = self.to_polygon()? else { return None };
        let rings: Vec<Vec<Point>> = std::iter::once(points).chain(holes).collect();
        let path = path.to_vec();
        let parts: Vec<Self> = rings.slice_by(&path, FillRule::EvenOdd).into_iter().filter_map(of_rings).collect();
        (parts.len() > 1).then_some(parts)
    }

    /// One polygon of the areas of several; `None` if they do not make one piece.
    #[must_use]
    pub fn joined(shapes: &[&Self]) -> Option<Self> {
        let (first, others) = shapes.split_first()?;
        let rings = |shape: &Self| match shape.to_polygon() {
            Some(Self::Polygon { points, holes }) => Some(std::iter::once(points).chain(holes).collect::<Vec<_>>()),
            _ => None,
        };
        let mut all: Vec<Vec<Vec<Point>>> = vec![rings(first)?];
        for other in others {
            all = all.overlay(&rings(other)?, OverlayRule::Union, FillRule::EvenOdd);
        }
        let mut parts: Vec<Self> = all.into_iter().filter_map(of_rings).collect();
        if parts.len() == 1 { parts.pop() } else { None }
    }
}

/// A polygon of an outline and holes, without specks that rounding left.
fn of_rings(rings: Vec<Vec<Point>>) -> Option<Shape> {
    let mut rings = rings.into_iter().filter(|ring| ring.len() >= 3 && signed_area(ring).abs() > SPECK_PX2);
    let points = rings.next()?;
    Some(Shape::Polygon { points, holes: rings.collect() })
}

fn nearest_on(a: Point, b: Point, point: Point) -> Point {
    let along = [b[0] - a[0], b[1] - a[1]];
    let length_squared = along[0] * along[0] + along[1] * along[1];
    if length_squared == 0.0 {
        return a;
    }
    let share = ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / length_squared;
    let share = share.clamp(0.0, 1.0);
    [a[0] + share * along[0], a[1] + share * along[1]]
}

/// The point of the image nearest to one.
#[must_use]
pub fn clamped(point: Point, size_px: [f64; 2]) -> Point {
    [point[0].clamp(0.0, size_px[0].max(0.0)), point[1].clamp(0.0, size_px[1].max(0.0))]
}

/// A move shortened so that `bounds` stay within the image.
#[must_use]
pub fn limited_move(bounds: &Bounds, by: [f64; 2], size_px: [f64; 2]) -> [f64; 2] {
    std::array::from_fn(|axis| {
        let (low, high) = (-bounds.min[axis], size_px[axis] - bounds.max[axis]);
        // What sticks out already may come in, and may not go further out.
        if high < low { by[axis] } else { by[axis].clamp(low.min(0.0), high.max(0.0)) }
    })
}

/// What a point is drawn to within `reach_px`: the nearest of `vertices`, else the image's border on either axis.
#[must_use]
pub fn snapped(
    point: Point,
    vertices: impl IntoIterator<Item = Point>,
    size_px: [f64; 2],
    reach_px: f64,
) -> Option<Point> {
    let mut best: Option<(f64, Point)> = None;
    for vertex in vertices {
        let away = distance(vertex, point);
        if away <= reach_px && best.is_none_or(|(nearest, _)| away < nearest) {
            best = Some((away, vertex));
        }
    }
    if let Some((_, vertex)) = best {
        return Some(vertex);
    }
    let mut drawn = point;
    for axis in 0..2 {
        for border in [0.0, size_px[axis]] {
            if (point[axis] - border).abs() <= reach_px {
                drawn[axis] = border;
            }
        }
    }
    (drawn != point).then_some(drawn)
}

#[cfg(test)]
#[path = "shape_edit_tests.rs"]
mod tests;
