//! What is being drawn, before it is a shape of the document.

use super::tools::Tool;
use crate::domain::shape::{Point, distance};
use crate::domain::shape_edit::normal_degrees;
use crate::domain::shape_within::room_along;
use crate::domain::{Shape, ShapeKind};
use serde::{Deserialize, Serialize};

/// A shape that is being drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Draft {
    /// Corner to corner, or centre to rim, or end to end, while the button is held.
    Drag { kind: ShapeKind, from: Point, to: Point },
    /// A rotated rectangle: the first side stands, the pointer says how wide it is.
    Width { a: Point, b: Point, to: Point },
    /// Point by point: a polygon, a polyline, or the path of a cut (`None`).
    Path { kind: Option<ShapeKind>, points: Vec<Point>, to: Point },
}

impl Draft {
    /// What would be drawn if it ended here; `None` while there is too little of it.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        let shape = match self {
            Self::Drag { kind, from, to } => match kind {
                ShapeKind::Rectangle => Shape::rectangle(*from, *to),
                ShapeKind::Circle => Shape::Circle { center: *from, radius: distance(*from, *to) },
                ShapeKind::Line | ShapeKind::RotatedRectangle => Shape::Line { points: [*from, *to], dashed: false },
                ShapeKind::Dashed => Shape::Line { points: [*from, *to], dashed: true },
                ShapeKind::Point => Shape::Point { at: *to },
                ShapeKind::Polygon | ShapeKind::Polyline => return None,
            },
            Self::Width { a, b, to } => from_side(*a, *b, *to)?,
            Self::Path { kind, points, .. } => match kind {
                Some(ShapeKind::Polygon) if points.len() >= 3 => Shape::polygon(points.clone()),
                Some(ShapeKind::Polyline) if points.len() >= 2 => Shape::Polyline { points: points.clone() },
                _ => return None,
            },
        };
        Some(shape)
    }

    /// How many points of it stand.
    #[must_use]
    pub fn points(&self) -> usize {
        match self {
            Self::Drag { .. } => 1,
            Self::Width { .. } => 2,
            Self::Path { points, .. } => points.len(),
        }
    }

    /// The tool that goes on with it. `None` for what ends with the button, and for the path of a cut: that is drawn
    /// anew.
    pub(super) fn tool(&self) -> Option<Tool> {
        match self {
            Self::Drag { .. } => None,
            Self::Width { .. } => Some(Tool::Draw(ShapeKind::RotatedRectangle)),
            Self::Path { kind, .. } => kind.map(Tool::Draw),
        }
    }
}

/// The rectangle with the side from `a` to `b` that reaches as far as `to`.
fn from_side(a: Point, b: Point, to: Point) -> Option<Shape> {
    let length = distance(a, b);
    if length <= 0.0 {
        return None;
    }
    let along = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
    let across = [-along[1], along[0]];
    let width = (to[0] - a[0]) * across[0] + (to[1] - a[1]) * across[1];
    let middle = [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])];
    let center = [middle[0] + across[0] * width / 2.0, middle[1] + across[1] * width / 2.0];
    let degrees = normal_degrees(along[1].atan2(along[0]).to_degrees());
    Some(Shape::RotatedRectangle { center, size_px: [length, width.abs()], degrees })
}

/// A square, a circle, or a line in steps of 15°, where Shift is held: no longer than the image has room.
pub(super) fn regular(kind: ShapeKind, from: Point, to: Point, shift: bool, size_px: [f64; 2]) -> Point {
    if !shift {
        return to;
    }
    let by = [to[0] - from[0], to[1] - from[1]];
    match kind {
        ShapeKind::Rectangle => {
            let side = by[0].abs().min(by[1].abs());
            [from[0] + side * by[0].signum(), from[1] + side * by[1].signum()]
        }
        ShapeKind::Line | ShapeKind::Dashed | ShapeKind::RotatedRectangle => {
            let length = by[0].hypot(by[1]);
            let angle = (by[1].atan2(by[0]).to_degrees() / 15.0).round() * 15.0;
            let (sin, cos) = angle.to_radians().sin_cos();
            let length = length.min(room_along(from, [cos, sin], size_px));
            [from[0] + length * cos, from[1] + length * sin]
        }
        _ => to,
    }
}

/// Whether a shape has an extent that a hand can mean: half a pixel.
pub(super) fn is_drawn(shape: &Shape) -> bool {
    const LEAST_PX: f64 = 0.5;
    let bounds = shape.bounds();
    match shape {
        Shape::Point { .. } => true,
        Shape::Line { .. } | Shape::Polyline { .. } => bounds.width().max(bounds.height()) >= LEAST_PX,
        Shape::RotatedRectangle { size_px, .. } => size_px[0] >= LEAST_PX && size_px[1] >= LEAST_PX,
        Shape::Rectangle { .. } | Shape::Polygon { .. } | Shape::Circle { .. } => {
            bounds.width() >= LEAST_PX && bounds.height() >= LEAST_PX
        }
    }
}
