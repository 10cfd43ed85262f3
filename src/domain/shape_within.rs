//! What keys and hands do to a shape without letting it leave the image: grow, drag evenly, turn in place, move together.

use super::shape::{Bounds, Point, Shape};
use super::shape_edit::{DragOptions, Handle, limited_move};

/// What is this near to the border lies on it.
const ROUNDING_PX: f64 = 1e-6;
/// Boxes and circles shrink to this by keys, and no further.
const LEAST_PX: f64 = 1.0;

/// How often a point can go by `along` before it leaves the image; 0 where it is out already and would go further.
#[must_use]
pub fn room_along(from: Point, along: [f64; 2], size_px: [f64; 2]) -> f64 {
    let of_axis = |axis: usize| match along[axis] {
        // What rounding leaves of a right angle leads nowhere.
        by if by.abs() < 1e-9 => f64::INFINITY,
        by if by > 0.0 => (size_px[axis] - from[axis]) / by,
        by => -from[axis] / by,
    };
    of_axis(0).min(of_axis(1)).max(0.0)
}

/// A move of several shapes as one, shortened so that all of them stay within the image.
#[must_use]
pub fn move_together<'a>(shapes: impl IntoIterator<Item = &'a Shape>, by: [f64; 2], size_px: [f64; 2]) -> [f64; 2] {
    let bounds = shapes.into_iter().map(Shape::bounds).reduce(|all, one| all.union(&one));
    bounds.map_or(by, |bounds| limited_move(&bounds, by, size_px))
}

impl Shape {
    /// Larger or smaller by image pixels: a rectangle at its lower right (before turning), a circle all around. It
    /// stays within the image and keeps a pixel; what sticks out already goes no further. `None` for other kinds.
    #[must_use]
    pub fn stretched(&self, by: [f64; 2], image_px: [f64; 2]) -> Option<Self> {
        match self {
            Self::Rectangle { min, max } => {
                let far = |axis: usize| {
                    let (low, high) = (max[axis].min(min[axis] + LEAST_PX), max[axis].max(image_px[axis]));
                    (max[axis] + by[axis]).max(low).min(high)
                };
                Some(Self::Rectangle { min: *min, max: [far(0), far(1)] })
            }
            Self::RotatedRectangle { degrees, .. } => {
                let (sin, cos) = degrees.to_radians().sin_cos();
                // The corners that go along, clockwise from the top-left one, and where they go.
                let sides = [([1, 2], [cos, sin]), ([2, 3], [-sin, cos])];
                let mut shape = self.clone();
                for (axis, (moving, along)) in sides.into_iter().enumerate() {
                    let corners = shape.corners()?;
                    let room = moving.map(|corner| room_along(corners[corner], along, image_px));
                    let Self::RotatedRectangle { center, size_px, .. } = &mut shape else { return None };
                    let before = size_px[axis];
                    let least = before.min(LEAST_PX);
                    size_px[axis] = (before + by[axis].min(room[0]).min(room[1])).max(least);
                    let half = (size_px[axis] - before) / 2.0;
                    *center = [center[0] + along[0] * half, center[1] + along[1] * half];
                }
                Some(shape)
            }
            Self::Circle { center, radius } => {
                let room = |axis: usize| center[axis].min(image_px[axis] - center[axis]);
                let (low, high) = (radius.min(LEAST_PX), radius.max(room(0).min(room(1))));
                Some(Self::Circle { center: *center, radius: (radius + by[0] + by[1]).max(low).min(high) })
            }
            _ => None,
        }
    }

    /// [`Shape::dragged`] by a pointer within the image, where corners that the pointer does not hold stay within it,
    /// too: an even ratio and a kept centre go no further than there is room.
    #[must_use]
    pub fn dragged_within(&self, handle: Handle, to: Point, options: DragOptions, image_px: [f64; 2]) -> Self {
        let mut to = to;
        if let (Self::Rectangle { .. }, true, false) = (self, options.from_center, options.regular) {
            let center = self.bounds().center();
            for axis in 0..2 {
                let reach = center[axis].min(image_px[axis] - center[axis]).max(0.0);
                to[axis] = to[axis].max(center[axis] - reach).min(center[axis] + reach);
            }
        }
        let after = self.dragged(handle, to, options);
        match handle {
            Handle::Corner(_) | Handle::Side(_) if options.regular || options.from_center => {
                self.as_far_as(after, image_px)
            }
            _ => after,
        }
    }

    /// As far from this box to another one as its corners stay within the image.
    fn as_far_as(&self, goal: Self, image_px: [f64; 2]) -> Self {
        let (Some(from), Some(to)) = (self.corners(), goal.corners()) else { return goal };
        let share = from
            .into_iter()
            .zip(to)
            .fold(1.0_f64, |share, (a, b)| share.min(room_along(a, [b[0] - a[0], b[1] - a[1]], image_px)));
        if share >= 1.0 {
            return goal;
        }
        let between = |a: Point, b: Point| [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
        match (self, goal) {
            (Self::Rectangle { min, max }, Self::Rectangle { min: low, max: high }) => {
                Self::rectangle(between(*min, low), between(*max, high))
            }
            (
                Self::RotatedRectangle { center, size_px, degrees },
                Self::RotatedRectangle { center: middle, size_px: size, .. },
            ) => Self::RotatedRectangle {
                center: between(*center, middle),
                size_px: between(*size_px, size),
                degrees: *degrees,
            },
            (_, goal) => goal,
        }
    }

    /// What it turns about: a point that turning does not change, so that turning back restores the shape.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 points")]
    pub fn pivot(&self) -> Point {
        match self {
            Self::Rectangle { .. } => self.bounds().center(),
            Self::RotatedRectangle { center, .. } | Self::Circle { center, .. } => *center,
            _ => {
                let Some(outline) = self.rings().next() else { return self.bounds().center() };
                let sum = outline.iter().fold([0.0; 2], |sum: Point, at| [sum[0] + at[0], sum[1] + at[1]]);
                sum.map(|sum| sum / outline.len() as f64)
            }
        }
    }

    /// Turned clockwise about its own middle. `None` where a point of its own would leave the image.
    #[must_use]
    pub fn turned_in_place(&self, degrees: f64, image_px: [f64; 2]) -> Option<Self> {
        let turned = self.turned(self.pivot(), degrees);
        let inside = Bounds { min: [0.0; 2], max: image_px }.grown(ROUNDING_PX);
        let stays = turned.rings().flatten().all(|point| inside.contains(*point));
        stays.then_some(turned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::shape_edit::snapped;
    use proptest::prelude::*;

    const IMAGE: [f64; 2] = [400.0, 300.0];

    fn place() -> impl Strategy<Value = Point> {
        (0.0..400.0_f64, 0.0..300.0_f64).prop_map(|(x, y)| [x, y])
    }

    /// Boxes and circles anywhere, also beyond the border.
    fn anywhere() -> impl Strategy<Value = Shape> {
        let point = || (-50.0..500.0_f64, -50.0..400.0_f64).prop_map(|(x, y)| [x, y]);
        prop_oneof![
            (point(), point()).prop_map(|(a, b)| Shape::rectangle(a, b)),
            (point(), 0.0..300.0_f64, 0.0..300.0_f64, -180.0..180.0_f64).prop_map(
                |(center, width, height, degrees)| Shape::RotatedRectangle {
                    center,
                    size_px: [width, height],
                    degrees
                }
            ),
            (point(), 0.0..300.0_f64).prop_map(|(center, radius)| Shape::Circle { center, radius }),
        ]
    }

    /// Boxes that lie within the image.
    fn a_box() -> impl Strategy<Value = Shape> {
        prop_oneof![
            (place(), place()).prop_map(|(a, b)| Shape::rectangle(a, b)),
            (100.0..300.0_f64, 100.0..200.0_f64, 2.0..120.0_f64, 2.0..120.0_f64, -180.0..180.0_f64).prop_map(
                |(x, y, width, height, degrees)| Shape::RotatedRectangle {
                    center: [x, y],
                    size_px: [width, height],
                    degrees
                }
            ),
        ]
    }

    fn beyond(shape: &Shape) -> f64 {
        let bounds = shape.bounds();
        let out = |axis: usize| (-bounds.min[axis]).max(bounds.max[axis] - IMAGE[axis]);
        out(0).max(out(1)).max(0.0)
    }

    fn near(a: &Shape, b: &Shape, tolerance: f64) -> bool {
        let far = |a: Point, b: Point| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
        let points = |shape: &Shape| match shape {
            Shape::Circle { center, radius } => vec![*center, [*radius, 0.0]],
            _ => shape.corners().map_or_else(|| shape.rings().flatten().copied().collect(), Vec::from),
        };
        let (a, b) = (points(a), points(b));
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| far(*a, *b) < tolerance)
    }

    proptest! {
        #[test]
        fn what_is_stretched_stays_inside_whatever_it_was(
            shape in anywhere(), right in -20.0..20.0_f64, down in -20.0..20.0_f64,
        ) {
            let after = shape.stretched([right, down], IMAGE).expect("boxes and circles stretch");
            prop_assert!(after.is_valid(), "{after:?}");
            prop_assert!(beyond(&after) <= beyond(&shape) + 1e-9, "{shape:?} {after:?}");
        }

        #[test]
        fn a_box_is_stretched_at_its_lower_right(shape in a_box(), right in -20.0..20.0_f64, down in -20.0..20.0_f64) {
            let after = shape.stretched([right, down], IMAGE).expect("a box");
            let (before, after) = (shape.corners().expect("corners"), after.corners().expect("corners"));
            prop_assert!((before[0][0] - after[0][0]).abs() < 1e-9 && (before[0][1] - after[0][1]).abs() < 1e-9);
        }

        #[test]
        fn stretched_there_and_back_is_as_it_was(shape in a_box(), right in 0.0..10.0_f64, down in 0.0..10.0_f64) {
            let there = shape.stretched([right, down], [2000.0; 2]).expect("a box");
            let back = there.stretched([-right, -down], [2000.0; 2]).expect("a box");
            let narrow = shape.corners().is_some_and(|four| {
                let side = |a: Point, b: Point| crate::domain::shape::distance(a, b);
                side(four[0], four[1]) < 1.0 || side(four[1], four[2]) < 1.0
            });
            prop_assert!(narrow || near(&back, &shape, 1e-6), "{shape:?} {back:?}");
        }

        #[test]
        fn an_even_or_centred_drag_stays_inside(
            shape in a_box(), which in 0_usize..8, to in place(), regular: bool, from_center: bool,
        ) {
            prop_assume!(beyond(&shape) == 0.0);
            let handle = if which < 4 { Handle::Corner(which) } else { Handle::Side(which - 4) };
            let options = DragOptions { regular, from_center };
            prop_assume!(regular || from_center);
            prop_assume!(!matches!(shape, Shape::RotatedRectangle { .. }) || from_center || which < 4);
            let after = shape.dragged_within(handle, to, options, IMAGE);
            prop_assert!(after.is_valid() && beyond(&after) < 1e-6, "{shape:?} {after:?}");
        }

        #[test]
        fn an_even_drag_keeps_the_ratio_at_the_border(shape in a_box(), corner in 0_usize..4, to in place()) {
            let sides = |shape: &Shape| {
                let four = shape.corners().expect("corners");
                [crate::domain::shape::distance(four[0], four[1]), crate::domain::shape::distance(four[1], four[2])]
            };
            let options = DragOptions { regular: true, from_center: false };
            let before = sides(&shape);
            prop_assume!(before[0] > 1.0 && before[1] > 1.0);
            let after = sides(&shape.dragged_within(Handle::Corner(corner), to, options, IMAGE));
            prop_assert!((before[0] * after[1] - before[1] * after[0]).abs() < 1e-6 * (1.0 + before[0] * before[1]));
        }

        #[test]
        fn what_is_turned_and_turned_back_is_as_it_was(
            points in prop::collection::vec((150.0..250.0_f64, 100.0..200.0_f64), 3..9), degrees in -180.0..180.0_f64,
        ) {
            let shape = Shape::polygon(points.into_iter().map(|(x, y)| [x, y]).collect());
            let turned = shape.turned_in_place(degrees, [4000.0; 2]);
            // Far from the border there is room for every turn.
            let mut there = shape.moved([1000.0; 2]).turned_in_place(degrees, [4000.0; 2]).expect("room");
            for _ in 0..3 {
                there = there.turned_in_place(degrees, [4000.0; 2]).expect("room");
            }
            for _ in 0..4 {
                there = there.turned_in_place(-degrees, [4000.0; 2]).expect("room");
            }
            prop_assert!(near(&there.moved([-1000.0; 2]), &shape, 1e-6), "{there:?}");
            if let Some(turned) = turned {
                prop_assert!(turned.bounds().min.iter().all(|low| *low >= -1e-6));
            }
        }

        #[test]
        fn shapes_that_move_together_keep_their_places(
            a in a_box(), b in a_box(), right in -900.0..900.0_f64, down in -900.0..900.0_f64,
        ) {
            prop_assume!(beyond(&a) == 0.0 && beyond(&b) == 0.0);
            let by = move_together([&a, &b], [right, down], IMAGE);
            prop_assert!(beyond(&a.moved(by)) < 1e-9 && beyond(&b.moved(by)) < 1e-9);
            let back = move_together([&a.moved(by), &b.moved(by)], [-by[0], -by[1]], IMAGE);
            prop_assert!(near(&a.moved(by).moved(back), &a, 1e-6) && near(&b.moved(by).moved(back), &b, 1e-6));
        }

        #[test]
        fn what_a_point_is_drawn_to_is_near_and_stays_there(
            at in place(), vertices in prop::collection::vec((0.0..400.0_f64, 0.0..300.0_f64), 0..6),
        ) {
            let vertices: Vec<Point> = vertices.into_iter().map(|(x, y)| [x, y]).collect();
            let drawn = snapped(at, vertices.iter().copied(), IMAGE, 8.0);
            if let Some(drawn) = drawn {
                prop_assert!((drawn[0] - at[0]).abs() <= 8.0 && (drawn[1] - at[1]).abs() <= 8.0);
                let again = snapped(drawn, vertices.iter().copied(), IMAGE, 0.0);
                prop_assert!(again.is_none_or(|again| again == drawn), "it is where it is drawn to");
            } else {
                prop_assert!(vertices.iter().all(|vertex| crate::domain::shape::distance(*vertex, at) > 8.0));
            }
        }

        #[test]
        fn a_vertex_taken_out_and_put_back_changes_nothing(
            points in prop::collection::vec((0.0..400.0_f64, 0.0..300.0_f64), 4..12), place in 0_usize..12,
        ) {
            let points: Vec<Point> = points.into_iter().map(|(x, y)| [x, y]).collect();
            for shape in [Shape::polygon(points.clone()), Shape::Polyline { points: points.clone() }] {
                let index = place % points.len();
                let was = shape.vertex(0, index).expect("in range");
                let fewer = shape.without_vertex(0, index).expect("enough are left");
                prop_assert_eq!(fewer.vertex_count(), points.len() - 1);
                prop_assert_eq!(fewer.with_vertex(0, index, was), Some(shape));
            }
        }
    }

    #[test]
    fn a_box_at_or_beyond_the_border_stretches_without_a_slip() {
        let grown = |a: Point, b: Point| Shape::rectangle(a, b).stretched([1.0, 1.0], IMAGE);
        let kept = |a: Point, b: Point| Some(Shape::rectangle(a, b));
        assert_eq!(grown([399.5, 10.0], [400.0, 20.0]), kept([399.5, 10.0], [400.0, 21.0]));
        assert_eq!(grown([450.0, 10.0], [480.0, 20.0]), kept([450.0, 10.0], [480.0, 21.0]));
    }

    #[test]
    fn an_even_drag_stops_where_the_other_axis_ends() {
        let shape = Shape::rectangle([100.0, 100.0], [150.0, 150.0]);
        let options = DragOptions { regular: true, from_center: false };
        let after = shape.dragged_within(Handle::Corner(2), [400.0, 200.0], options, IMAGE);
        assert!(near(&after, &Shape::rectangle([100.0, 100.0], [300.0, 300.0]), 1e-9), "{after:?}");
        let options = DragOptions { regular: false, from_center: true };
        let after = shape.dragged_within(Handle::Corner(2), [400.0, 200.0], options, IMAGE);
        assert!(near(&after, &Shape::rectangle([0.0, 50.0], [250.0, 200.0]), 1e-9), "{after:?}");
    }

    #[test]
    fn a_shape_on_the_border_turns_away_and_back() {
        let triangle = Shape::polygon(vec![[0.0, 150.0], [40.0, 140.0], [40.0, 160.0]]);
        let there = triangle.turned_in_place(10.0, IMAGE).expect("away from the border");
        let back = there.turned_in_place(-10.0, IMAGE).expect("back onto it");
        assert!(near(&back, &triangle, 1e-6));
        assert_eq!(Shape::polygon(vec![[0.0, 140.0], [0.0, 160.0], [40.0, 150.0]]).turned_in_place(10.0, IMAGE), None);
    }
}
