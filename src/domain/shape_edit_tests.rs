//! Every edit and its inverse.

use super::*;
use crate::domain::shape::tests::any_shape;
use proptest::prelude::*;

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6 * (1.0 + a.abs().max(b.abs()))
}

fn same_points(a: &[Point], b: &[Point]) -> bool {
    a.len() == b.len() && a.iter().flatten().zip(b.iter().flatten()).all(|(a, b)| near(*a, *b))
}

fn outline(shape: &Shape) -> Vec<Point> {
    match shape.corners() {
        Some(corners) => corners.to_vec(),
        None => match shape {
            Shape::Circle { center, radius } => vec![*center, [*radius, 0.0]],
            _ => shape.rings().flatten().copied().collect(),
        },
    }
}

fn point() -> impl Strategy<Value = Point> {
    (-1000.0..1000.0_f64, -1000.0..1000.0_f64).prop_map(|(x, y)| [x, y])
}

fn upright_or_turned() -> impl Strategy<Value = Shape> {
    prop_oneof![
        (point(), 1.0..300.0_f64, 1.0..300.0_f64)
            .prop_map(|(at, width, height)| Shape::rectangle(at, [at[0] + width, at[1] + height])),
        (point(), 1.0..300.0_f64, 1.0..300.0_f64, -180.0..180.0_f64).prop_map(|(center, width, height, degrees)| {
            Shape::RotatedRectangle { center, size_px: [width, height], degrees }
        }),
    ]
}

/// A polygon whose outline does not cross itself: points around a centre, by angle.
fn star() -> impl Strategy<Value = Shape> {
    prop::collection::vec(20.0..200.0_f64, 5..30).prop_map(|radii| {
        let count = radii.len();
        #[expect(clippy::cast_precision_loss, reason = "few")]
        let at = |(index, radius): (usize, f64)| {
            let angle = index as f64 / count as f64 * std::f64::consts::TAU;
            [300.0 + radius * angle.cos(), 300.0 + radius * angle.sin()]
        };
        Shape::polygon(radii.into_iter().enumerate().map(at).collect())
    })
}

proptest! {
    #[test]
    fn moving_there_and_back_changes_nothing(shape in any_shape(), by in point()) {
        let back = shape.moved(by).moved([-by[0], -by[1]]);
        prop_assert!(same_points(&outline(&back), &outline(&shape)));
        prop_assert_eq!(back.kind(), shape.kind());
    }

    #[test]
    fn turning_there_and_back_changes_nothing(shape in any_shape(), around in point(), degrees in -720.0..720.0_f64) {
        let back = shape.turned(around, degrees).turned(around, -degrees);
        prop_assert!(same_points(&outline(&back), &outline(&shape)), "{back:?} {shape:?}");
        prop_assert!(near(shape.turned(around, degrees).area(), shape.area()));
    }

    #[test]
    fn a_dragged_corner_goes_to_the_pointer_and_the_opposite_one_stays(
        shape in upright_or_turned(), index in 0_usize..4, to in point(),
    ) {
        let before = shape.corners().expect("corners");
        let after = shape.dragged(Handle::Corner(index), to, DragOptions::default());
        let corners = after.corners().expect("corners");
        for wanted in [to, before[(index + 2) % 4]] {
            prop_assert!(corners.iter().any(|corner| near(corner[0], wanted[0]) && near(corner[1], wanted[1])), "{after:?}");
        }
    }

    #[test]
    fn a_handle_dragged_back_to_where_it_was_restores_the_shape(
        shape in upright_or_turned(), which in 0_usize..8, outwards in 0.0..200.0_f64, from_center: bool,
    ) {
        let options = DragOptions { regular: false, from_center };
        let handle = if which < 4 { Handle::Corner(which) } else { Handle::Side(which - 4) };
        let mut places = Vec::new();
        shape.for_each_handle(0.0, |handle, at| places.push((handle, at)));
        let at = places.iter().find(|(other, _)| *other == handle).expect("the handle").1;
        let center = shape.bounds().center();
        let factor = 1.0 + outwards / 100.0;
        let to = [center[0] + (at[0] - center[0]) * factor, center[1] + (at[1] - center[1]) * factor];
        let back = shape.dragged(handle, to, options).dragged(handle, at, options);
        prop_assert!(same_points(&outline(&back), &outline(&shape)), "{handle:?} {back:?} {shape:?}");
    }

    #[test]
    fn a_regular_drag_keeps_the_ratio(shape in upright_or_turned(), index in 0_usize..4, to in point(), from_center: bool) {
        let size = |shape: &Shape| {
            let corners = shape.corners().expect("corners");
            [distance(corners[0], corners[1]), distance(corners[1], corners[2])]
        };
        let after = shape.dragged(Handle::Corner(index), to, DragOptions { regular: true, from_center });
        let (before, after) = (size(&shape), size(&after));
        prop_assert!(near(before[0] * after[1], before[1] * after[0]), "{before:?} {after:?}");
    }

    #[test]
    fn the_rotation_handle_points_to_the_pointer(shape in upright_or_turned(), to in point()) {
        let turned = shape.turned(shape.bounds().center(), 0.0);
        let after = turned.dragged(Handle::Rotation, to, DragOptions::default());
        let center = turned.bounds().center();
        prop_assume!(distance(center, to) > 1.0);
        let mut handle = None;
        after.for_each_handle(10.0, |which, at| if which == Handle::Rotation { handle = Some(at) });
        let handle = handle.expect("a rotated rectangle");
        let angle = |at: Point| (at[1] - center[1]).atan2(at[0] - center[0]).to_degrees();
        prop_assert!(normal_degrees(angle(handle) - angle(to)).abs() < 1e-6);
        prop_assert!(near(after.area(), turned.area()));
    }

    #[test]
    fn a_vertex_put_in_and_taken_out_again_changes_nothing(shape in star(), place in 0_usize..40, at in point()) {
        let place = place % (shape.vertex_count() + 1);
        let more = shape.with_vertex(0, place, at).expect("polygons take vertices");
        prop_assert_eq!(more.vertex(0, place), Some(at));
        prop_assert_eq!(more.without_vertex(0, place), Some(shape));
    }

    #[test]
    fn a_vertex_moved_back_changes_nothing(shape in any_shape(), place in 0_usize..9, to in point()) {
        prop_assume!(shape.vertex_count() > 0);
        let index = place % shape.rings().next().map_or(1, <[Point]>::len);
        let was = shape.vertex(0, index).expect("in range");
        let moved = shape.dragged(Handle::Vertex { ring: 0, index }, to, DragOptions::default());
        prop_assert_eq!(moved.vertex(0, index), Some(to));
        prop_assert_eq!(moved.with_vertex_at(0, index, was), shape);
    }

    #[test]
    fn a_rim_dragged_back_restores_the_circle(center in point(), radius in 1.0..300.0_f64, to in point()) {
        let shape = Shape::Circle { center, radius };
        let dragged = shape.dragged(Handle::Radius, to, DragOptions::default());
        prop_assert!(near(dragged.distance_to_outline(to), 0.0), "the rim goes to the pointer");
        let mut rim = None;
        shape.for_each_handle(0.0, |which, at| if which == Handle::Radius { rim = Some(at) });
        let back = dragged.dragged(Handle::Radius, rim.expect("a rim"), DragOptions::default());
        prop_assert!(same_points(&outline(&back), &outline(&shape)), "{back:?} {shape:?}");
    }

    #[test]
    fn a_rotation_turned_back_restores_the_shape(
        center in point(), width in 1.0..300.0_f64, height in 1.0..300.0_f64, degrees in -179.0..179.0_f64, to in point(),
    ) {
        prop_assume!(distance(center, to) > 1.0);
        let shape = Shape::RotatedRectangle { center, size_px: [width, height], degrees };
        let mut handle = None;
        shape.for_each_handle(20.0, |which, at| if which == Handle::Rotation { handle = Some(at) });
        let turned = shape.dragged(Handle::Rotation, to, DragOptions::default());
        let back = turned.dragged(Handle::Rotation, handle.expect("a handle"), DragOptions::default());
        prop_assert!(same_points(&outline(&back), &outline(&shape)), "{back:?} {shape:?}");
    }

    #[test]
    fn a_vertex_of_a_hole_is_put_in_moved_and_taken_out_like_any_other(
        outer in star(), share in 0.1..0.9_f64, place in 0_usize..40, at in point(),
    ) {
        let ring = outer.rings().next().expect("an outline").to_vec();
        let toward = |value: f64| 300.0 + (value - 300.0) * share;
        let hole = ring.iter().map(|point| [toward(point[0]), toward(point[1])]).collect();
        let shape = Shape::Polygon { points: ring, holes: vec![hole] };
        let count = shape.rings().nth(1).expect("a hole").len();
        let more = shape.with_vertex(1, place % (count + 1), at).expect("holes take vertices");
        prop_assert_eq!(more.without_vertex(1, place % (count + 1)), Some(shape.clone()));
        let index = place % count;
        let was = shape.vertex(1, index).expect("in range");
        prop_assert_eq!(shape.with_vertex_at(1, index, at).with_vertex_at(1, index, was), shape.clone());
        let moved = shape.with_vertex_at(1, index, at);
        prop_assert_eq!(moved.rings().next(), shape.rings().next(), "the outline stays");
    }

    #[test]
    fn a_box_as_a_polygon_has_the_same_corners(shape in upright_or_turned()) {
        let polygon = shape.to_polygon().expect("an area");
        prop_assert!(same_points(&outline(&polygon), &outline(&shape)));
        prop_assert!(near(polygon.area(), shape.area()));
    }

    #[test]
    fn a_nudge_away_from_the_border_and_back_changes_nothing(
        x in 20.0..300.0_f64, y in 20.0..300.0_f64, right in -10.0..10.0_f64, down in -10.0..10.0_f64,
    ) {
        let (size, shape) = ([400.0, 400.0], Shape::rectangle([x, y], [x + 50.0, y + 40.0]));
        let back = shape.moved_within([right, down], size).moved_within([-right, -down], size);
        prop_assert!(same_points(&outline(&back), &outline(&shape)));
    }

    #[test]
    fn the_nearest_edge_lies_on_the_outline(shape in star(), at in point()) {
        let place = shape.nearest_edge(at).expect("a polygon");
        prop_assert!(near(place.distance, shape.distance_to_outline(at)));
        prop_assert!(shape.distance_to_outline(place.at) < 1e-6);
        let with = shape.with_vertex(place.ring, place.index, place.at).expect("polygons take vertices");
        prop_assert!((with.area() - shape.area()).abs() < 1e-3, "a vertex on an edge changes no area");
    }

    #[test]
    fn parts_of_a_split_shape_join_to_what_it_was(shape in star(), angle in 0.0..std::f64::consts::TAU) {
        let (sin, cos) = angle.sin_cos();
        let cut = [[300.0 - 500.0 * cos, 300.0 - 500.0 * sin], [300.0 + 500.0 * cos, 300.0 + 500.0 * sin]];
        let parts = shape.split(&cut).expect("a cut through the middle");
        let sum: f64 = parts.iter().map(Shape::area).sum();
        prop_assert!((sum - shape.area()).abs() < 0.5, "{sum} {}", shape.area());
        let joined = Shape::joined(&parts.iter().collect::<Vec<_>>()).expect("they touch");
        prop_assert!((joined.area() - shape.area()).abs() < 0.5, "{} {}", joined.area(), shape.area());
    }

    #[test]
    fn a_move_within_the_image_stays_there(
        x in 0.0..300.0_f64, y in 0.0..300.0_f64, width in 0.0..100.0_f64, height in 0.0..100.0_f64, by in point(),
    ) {
        let shape = Shape::rectangle([x, y], [x + width, y + height]);
        let after = shape.moved_within(by, [400.0, 400.0]);
        let bounds = after.bounds();
        prop_assert!(bounds.min[0] >= -1e-9 && bounds.min[1] >= -1e-9, "{bounds:?}");
        prop_assert!(bounds.max[0] <= 400.0 + 1e-9 && bounds.max[1] <= 400.0 + 1e-9, "{bounds:?}");
        prop_assert!(near(after.area(), shape.area()));
        let free = limited_move(&shape.bounds(), [0.0, 0.0], [400.0, 400.0]);
        prop_assert_eq!(free, [0.0, 0.0]);
    }

    #[test]
    fn a_clamped_shape_lies_in_the_image(shape in any_shape()) {
        let after = shape.clamped([200.0, 100.0]);
        for point in after.rings().flatten() {
            prop_assert!((0.0..=200.0).contains(&point[0]) && (0.0..=100.0).contains(&point[1]));
        }
        prop_assert_eq!(after.clamped([200.0, 100.0]), after);
    }

    #[test]
    fn rounding_moves_nothing_by_more_than_a_tenth(shape in any_shape()) {
        let after = shape.rounded();
        prop_assert_eq!(after.kind(), shape.kind());
        for (a, b) in after.rings().flatten().flatten().zip(shape.rings().flatten().flatten()) {
            prop_assert!((a - b).abs() <= 0.051);
        }
    }
}

#[test]
fn a_cut_beside_the_shape_leaves_it_whole() {
    let shape = Shape::rectangle([0.0, 0.0], [10.0, 10.0]);
    assert_eq!(shape.split(&[[20.0, -5.0], [20.0, 15.0]]), None);
    assert_eq!(shape.split(&[[5.0, -5.0], [5.0, 15.0]]).map(|parts| parts.len()), Some(2));
    // A path that ends inside cuts nothing off.
    assert_eq!(shape.split(&[[5.0, -5.0], [5.0, 5.0]]), None);
}

#[test]
fn shapes_apart_do_not_join_and_a_ring_keeps_its_hole() {
    let square = |x: f64, y: f64, side: f64| Shape::rectangle([x, y], [x + side, y + side]);
    assert_eq!(Shape::joined(&[&square(0.0, 0.0, 5.0), &square(20.0, 0.0, 5.0)]), None);
    let bars = [
        Shape::rectangle([0.0, 0.0], [30.0, 10.0]),
        Shape::rectangle([0.0, 20.0], [30.0, 30.0]),
        Shape::rectangle([0.0, 0.0], [10.0, 30.0]),
        Shape::rectangle([20.0, 0.0], [30.0, 30.0]),
    ];
    let frame = Shape::joined(&bars.iter().collect::<Vec<_>>()).expect("one piece");
    assert!(matches!(&frame, Shape::Polygon { holes, .. } if holes.len() == 1), "{frame:?}");
    assert!((frame.area() - 800.0).abs() < 0.01);
}

#[test]
fn the_last_three_corners_stay_and_a_small_hole_goes() {
    let triangle = Shape::polygon(vec![[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]);
    assert_eq!(triangle.without_vertex(0, 1), None);
    let Shape::Polygon { points, .. } = &triangle else { unreachable!() };
    let hole = vec![[1.0, 1.0], [3.0, 1.0], [1.0, 3.0]];
    let with_hole = Shape::Polygon { points: points.clone(), holes: vec![hole] };
    assert_eq!(with_hole.without_vertex(1, 0), Some(triangle));
}

#[test]
fn vertices_draw_before_borders() {
    let size = [100.0, 50.0];
    assert_eq!(snapped([2.0, 20.0], [[4.0, 21.0]], size, 5.0), Some([4.0, 21.0]));
    assert_eq!(snapped([2.0, 20.0], [], size, 5.0), Some([0.0, 20.0]));
    assert_eq!(snapped([98.0, 49.0], [], size, 5.0), Some([100.0, 50.0]));
    assert_eq!(snapped([50.0, 20.0], [[70.0, 20.0]], size, 5.0), None);
}

#[test]
fn corners_are_grasped_before_sides() {
    let small = Shape::rectangle([0.0, 0.0], [4.0, 4.0]);
    assert_eq!(small.handle_at([4.0, 4.0], 8.0, 20.0, true), Some((Handle::Corner(2), [4.0, 4.0])));
    assert_eq!(small.handle_at([40.0, 4.0], 8.0, 20.0, true), None);
    assert_eq!(small.handle_at([4.0, 2.0], 1.0, 20.0, false), None);
}
