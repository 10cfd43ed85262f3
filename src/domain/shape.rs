//! Shapes in an image and their geometry. Coordinates are pixels of the upright image, origin at its outer top-left
//! corner, y downwards; nothing here knows how large the image is.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A place in an image, `[x, y]` in pixels.
pub type Point = [f64; 2];

/// The shapes of the guide's table 2-7, and the rotated rectangle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "kebab-case")]
pub enum Shape {
    Point {
        at: Point,
    },
    Line {
        points: [Point; 2],
        dashed: bool,
    },
    Rectangle {
        min: Point,
        max: Point,
    },
    /// `degrees` turns the rectangle clockwise (as seen on the screen) around its centre; `size_px` is its width and
    /// height before that.
    RotatedRectangle {
        center: Point,
        size_px: [f64; 2],
        degrees: f64,
    },
    /// The last point joins the first. What lies in a hole does not belong to the shape.
    Polygon {
        points: Vec<Point>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        holes: Vec<Vec<Point>>,
    },
    Polyline {
        points: Vec<Point>,
    },
    Circle {
        center: Point,
        radius: f64,
    },
}

/// What sort of shape: what a tool draws, a filter asks for and a dataset may be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShapeKind {
    Rectangle,
    RotatedRectangle,
    Polygon,
    Polyline,
    Line,
    Dashed,
    Point,
    Circle,
}

impl ShapeKind {
    /// All kinds, in the order of the tools.
    pub const ALL: [Self; 8] = [
        Self::Rectangle,
        Self::RotatedRectangle,
        Self::Polygon,
        Self::Polyline,
        Self::Line,
        Self::Dashed,
        Self::Point,
        Self::Circle,
    ];

    /// The stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rectangle => "rectangle",
            Self::RotatedRectangle => "rotated-rectangle",
            Self::Polygon => "polygon",
            Self::Polyline => "polyline",
            Self::Line => "line",
            Self::Dashed => "dashed",
            Self::Point => "point",
            Self::Circle => "circle",
        }
    }
}

impl FromStr for ShapeKind {
    /// The known names.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| Self::ALL.map(Self::as_str).join(", "))
    }
}

impl fmt::Display for ShapeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An upright rectangle around something: `min` is its top-left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub min: Point,
    pub max: Point,
}

impl Bounds {
    /// Around all of `points`; `None` without any.
    #[must_use]
    pub fn around<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<Self> {
        points.into_iter().map(|point| Self { min: *point, max: *point }).reduce(|all, one| all.union(&one))
    }

    #[must_use]
    pub fn width(&self) -> f64 {
        self.max[0] - self.min[0]
    }

    #[must_use]
    pub fn height(&self) -> f64 {
        self.max[1] - self.min[1]
    }

    #[must_use]
    pub fn area(&self) -> f64 {
        self.width().max(0.0) * self.height().max(0.0)
    }

    #[must_use]
    pub fn center(&self) -> Point {
        [f64::midpoint(self.min[0], self.max[0]), f64::midpoint(self.min[1], self.max[1])]
    }

    /// Whether a point lies inside or on the border.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        (0..2).all(|axis| (self.min[axis]..=self.max[axis]).contains(&point[axis]))
    }

    /// Around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let both = |of: fn(f64, f64) -> f64, a: Point, b: Point| [of(a[0], b[0]), of(a[1], b[1])];
        Self { min: both(f64::min, self.min, other.min), max: both(f64::max, self.max, other.max) }
    }

    /// Whether two share a point.
    #[must_use]
    pub fn touches(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] <= other.max[axis] && other.min[axis] <= self.max[axis])
    }

    /// Larger by `margin` on every side.
    #[must_use]
    pub fn grown(&self, margin: f64) -> Self {
        Self { min: [self.min[0] - margin, self.min[1] - margin], max: [self.max[0] + margin, self.max[1] + margin] }
    }

    /// Intersection over union, 0 to 1; 0 where both are empty.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f64 {
        let shared = Self {
            min: [self.min[0].max(other.min[0]), self.min[1].max(other.min[1])],
            max: [self.max[0].min(other.max[0]), self.max[1].min(other.max[1])],
        }
        .area();
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }
}

impl Shape {
    /// A rectangle between two corners, in whatever order they come.
    #[must_use]
    pub fn rectangle(a: Point, b: Point) -> Self {
        Self::Rectangle { min: [a[0].min(b[0]), a[1].min(b[1])], max: [a[0].max(b[0]), a[1].max(b[1])] }
    }

    /// A polygon without holes.
    #[must_use]
    pub fn polygon(points: Vec<Point>) -> Self {
        Self::Polygon { points, holes: Vec::new() }
    }

    #[must_use]
    pub fn kind(&self) -> ShapeKind {
        match self {
            Self::Point { .. } => ShapeKind::Point,
            Self::Line { dashed: false, .. } => ShapeKind::Line,
            Self::Line { dashed: true, .. } => ShapeKind::Dashed,
            Self::Rectangle { .. } => ShapeKind::Rectangle,
            Self::RotatedRectangle { .. } => ShapeKind::RotatedRectangle,
            Self::Polygon { .. } => ShapeKind::Polygon,
            Self::Polyline { .. } => ShapeKind::Polyline,
            Self::Circle { .. } => ShapeKind::Circle,
        }
    }

    /// Whether every number is finite, sizes are not negative, and there are enough points.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let finite = |points: &[Point]| points.iter().flatten().all(|number| number.is_finite());
        match self {
            Self::Point { at } => finite(&[*at]),
            Self::Line { points, .. } => finite(points),
            Self::Rectangle { min, max } => finite(&[*min, *max]) && min[0] <= max[0] && min[1] <= max[1],
            Self::RotatedRectangle { center, size_px, degrees } => {
                finite(&[*center, *size_px]) && degrees.is_finite() && size_px[0] >= 0.0 && size_px[1] >= 0.0
            }
            Self::Polygon { points, holes } => {
                points.len() >= 3 && finite(points) && holes.iter().all(|hole| hole.len() >= 3 && finite(hole))
            }
            Self::Polyline { points } => points.len() >= 2 && finite(points),
            Self::Circle { center, radius } => finite(&[*center]) && radius.is_finite() && *radius >= 0.0,
        }
    }

    /// The corners of a rectangle or rotated rectangle, clockwise from the top-left one before turning.
    #[must_use]
    pub fn corners(&self) -> Option<[Point; 4]> {
        match self {
            Self::Rectangle { min, max } => Some([*min, [max[0], min[1]], *max, [min[0], max[1]]]),
            Self::RotatedRectangle { center, size_px, degrees } => {
                let (sin, cos) = degrees.to_radians().sin_cos();
                let half = [size_px[0] / 2.0, size_px[1] / 2.0];
                Some([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[right, down]: Point| {
                    let (x, y) = (right * half[0], down * half[1]);
                    [center[0] + x * cos - y * sin, center[1] + x * sin + y * cos]
                }))
            }
            _ => None,
        }
    }

    /// The upright rectangle around the shape.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let around = |points: &[Point]| Bounds::around(points).unwrap_or(Bounds { min: [0.0; 2], max: [0.0; 2] });
        match self {
            Self::Point { at } => Bounds { min: *at, max: *at },
            Self::Line { points, .. } => around(points),
            Self::Rectangle { min, max } => Bounds { min: *min, max: *max },
            Self::RotatedRectangle { center, .. } => self.corners().map_or(around(&[*center]), |four| around(&four)),
            Self::Polygon { points, .. } | Self::Polyline { points } => around(points),
            Self::Circle { center, radius } => Bounds { min: *center, max: *center }.grown(*radius),
        }
    }

    /// The area in square pixels, without holes; 0 for points and lines.
    #[must_use]
    pub fn area(&self) -> f64 {
        match self {
            Self::Point { .. } | Self::Line { .. } | Self::Polyline { .. } => 0.0,
            Self::Rectangle { .. } => self.bounds().area(),
            Self::RotatedRectangle { size_px, .. } => size_px[0] * size_px[1],
            Self::Polygon { points, holes } => {
                let holes: f64 = holes.iter().map(|hole| signed_area(hole).abs()).sum();
                (signed_area(points).abs() - holes).max(0.0)
            }
            Self::Circle { radius, .. } => std::f64::consts::PI * radius * radius,
        }
    }

    /// Whether a point lies in the shape; never in points and lines, which have no inside.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        match self {
            Self::Point { .. } | Self::Line { .. } | Self::Polyline { .. } => false,
            Self::Rectangle { .. } => self.bounds().contains(point),
            Self::RotatedRectangle { .. } => self.corners().is_some_and(|four| is_inside(&four, point)),
            Self::Polygon { points, holes } => {
                is_inside(points, point) && !holes.iter().any(|hole| is_inside(hole, point))
            }
            Self::Circle { center, radius } => distance(*center, point) <= *radius,
        }
    }

    /// How far a point is from the shape's outline, in pixels.
    #[must_use]
    pub fn distance_to_outline(&self, point: Point) -> f64 {
        let ring = |points: &[Point]| {
            let last = points.last().copied();
            let edges = last.into_iter().chain(points.iter().copied()).zip(points.iter().copied());
            edges.map(|(a, b)| distance_to_segment(a, b, point)).fold(f64::INFINITY, f64::min)
        };
        match self {
            Self::Point { at } => distance(*at, point),
            Self::Line { points: [a, b], .. } => distance_to_segment(*a, *b, point),
            Self::Rectangle { .. } | Self::RotatedRectangle { .. } => {
                self.corners().map_or(f64::INFINITY, |four| ring(&four))
            }
            Self::Polygon { points, holes } => holes.iter().map(|hole| ring(hole)).fold(ring(points), f64::min),
            Self::Polyline { points } => {
                points.windows(2).map(|ends| distance_to_segment(ends[0], ends[1], point)).fold(f64::INFINITY, f64::min)
            }
            Self::Circle { center, radius } => (distance(*center, point) - radius).abs(),
        }
    }

    /// The shape with every point of it changed. A rotated rectangle and a circle keep their size: for moves and turns.
    #[must_use]
    pub fn mapped(&self, change: impl Fn(Point) -> Point) -> Self {
        let all = |points: &[Point]| points.iter().map(|point| change(*point)).collect();
        match self {
            Self::Point { at } => Self::Point { at: change(*at) },
            Self::Line { points, dashed } => Self::Line { points: points.map(&change), dashed: *dashed },
            Self::Rectangle { min, max } => Self::rectangle(change(*min), change(*max)),
            Self::RotatedRectangle { center, size_px, degrees } => {
                Self::RotatedRectangle { center: change(*center), size_px: *size_px, degrees: *degrees }
            }
            Self::Polygon { points, holes } => {
                Self::Polygon { points: all(points), holes: holes.iter().map(|hole| all(hole)).collect() }
            }
            Self::Polyline { points } => Self::Polyline { points: all(points) },
            Self::Circle { center, radius } => Self::Circle { center: change(*center), radius: *radius },
        }
    }

    /// The shape moved by so many pixels.
    #[must_use]
    pub fn moved(&self, by: [f64; 2]) -> Self {
        self.mapped(|[x, y]| [x + by[0], y + by[1]])
    }
}

/// The distance between two points.
#[must_use]
pub fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The distance of `point` from the straight line between `a` and `b`.
#[must_use]
pub fn distance_to_segment(a: Point, b: Point, point: Point) -> f64 {
    let along = [b[0] - a[0], b[1] - a[1]];
    let length_squared = along[0] * along[0] + along[1] * along[1];
    if length_squared == 0.0 {
        return distance(a, point);
    }
    let share = ((point[0] - a[0]) * along[0] + (point[1] - a[1]) * along[1]) / length_squared;
    let share = share.clamp(0.0, 1.0);
    distance([a[0] + share * along[0], a[1] + share * along[1]], point)
}

/// The area inside a ring of points; positive if it runs clockwise on the screen.
#[must_use]
pub fn signed_area(ring: &[Point]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    // Relative to the first point, so that rings far from the origin keep their precision.
    let cross =
        |a: &Point, b: &Point| (a[0] - origin[0]) * (b[1] - origin[1]) - (b[0] - origin[0]) * (a[1] - origin[1]);
    ring.windows(2).map(|ends| cross(&ends[0], &ends[1])).sum::<f64>() / 2.0
}

/// Whether a point lies inside a ring, by the even–odd rule.
#[must_use]
pub fn is_inside(ring: &[Point], point: Point) -> bool {
    let mut inside = false;
    let Some(mut before) = ring.last() else { return false };
    for corner in ring {
        let crosses = (corner[1] > point[1]) != (before[1] > point[1]);
        if crosses {
            let share = (point[1] - corner[1]) / (before[1] - corner[1]);
            if point[0] < corner[0] + share * (before[0] - corner[0]) {
                inside = !inside;
            }
        }
        before = corner;
    }
    inside
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point() -> impl Strategy<Value = Point> {
        (-1000.0..1000.0_f64, -1000.0..1000.0_f64).prop_map(|(x, y)| [x, y])
    }

    pub(crate) fn any_shape() -> impl Strategy<Value = Shape> {
        prop_oneof![
            point().prop_map(|at| Shape::Point { at }),
            (point(), point(), any::<bool>()).prop_map(|(a, b, dashed)| Shape::Line { points: [a, b], dashed }),
            (point(), point()).prop_map(|(a, b)| Shape::rectangle(a, b)),
            (point(), 0.0..300.0_f64, 0.0..300.0_f64, -180.0..180.0_f64).prop_map(
                |(center, width, height, degrees)| {
                    Shape::RotatedRectangle { center, size_px: [width, height], degrees }
                }
            ),
            prop::collection::vec(point(), 3..9).prop_map(Shape::polygon),
            prop::collection::vec(point(), 2..9).prop_map(|points| Shape::Polyline { points }),
            (point(), 0.0..300.0_f64).prop_map(|(center, radius)| Shape::Circle { center, radius }),
        ]
    }

    #[test]
    fn a_hole_is_neither_area_nor_inside() {
        let square = |near: f64, far: f64| vec![[near, near], [far, near], [far, far], [near, far]];
        let ring = Shape::Polygon { points: square(0.0, 10.0), holes: vec![square(4.0, 6.0)] };
        assert!((ring.area() - 96.0).abs() < 1e-9);
        assert!(ring.contains([2.0, 2.0]) && !ring.contains([5.0, 5.0]));
        assert!((ring.distance_to_outline([5.0, 3.0]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_rectangle_turned_by_a_quarter_swaps_its_sides() {
        let turned = Shape::RotatedRectangle { center: [10.0, 10.0], size_px: [8.0, 2.0], degrees: 90.0 };
        let bounds = turned.bounds();
        assert!((bounds.width() - 2.0).abs() < 1e-9 && (bounds.height() - 8.0).abs() < 1e-9);
        assert!(turned.contains([10.0, 13.9]) && !turned.contains([13.0, 10.0]));
    }

    #[test]
    fn overlap_is_shared_area_over_joint_area() {
        let of = |min, max| Bounds { min, max };
        let unit = of([0.0, 0.0], [2.0, 2.0]);
        assert!((unit.iou(&of([1.0, 0.0], [3.0, 2.0])) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(unit.iou(&of([5.0, 5.0], [6.0, 6.0])), 0.0);
    }

    proptest! {
        #[test]
        fn what_a_shape_contains_lies_within_its_bounds(shape in any_shape(), probe in point()) {
            prop_assert!(shape.is_valid());
            if shape.contains(probe) {
                prop_assert!(shape.bounds().grown(1e-6).contains(probe));
            }
        }

        #[test]
        fn moving_there_and_back_changes_nothing(shape in any_shape(), x in -64_i32..64, y in -64_i32..64) {
            let by = [f64::from(x), f64::from(y)];
            let back = shape.moved(by).moved([-by[0], -by[1]]);
            let (before, after) = (shape.bounds(), back.bounds());
            prop_assert!(distance(before.min, after.min) < 1e-6 && distance(before.max, after.max) < 1e-6);
            prop_assert!((shape.area() - back.area()).abs() < 1e-4);
        }

        #[test]
        fn a_shape_survives_json(shape in any_shape()) {
            let text = serde_json::to_string(&shape).expect("a shape is plain data");
            prop_assert_eq!(serde_json::from_str::<Shape>(&text).expect("what was written"), shape);
        }
    }
}
