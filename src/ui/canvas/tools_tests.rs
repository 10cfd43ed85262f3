//! Gestures on a scene, without a window.

use super::*;
use crate::ui::canvas::scene::tests::{object, square};
use crate::ui::canvas::scene::{Object, Scene};
use proptest::prelude::*;

const SIZE: [f64; 2] = [1000.0, 800.0];

fn scene(objects: Vec<Object>) -> Scene {
    Scene::new(objects, SIZE, 1)
}

fn at(x: f64, y: f64) -> Pointer {
    Pointer { at: [x, y], reach_px: 5.0, rotation_px: 20.0, ..Pointer::default() }
}

fn hand(tool: Tool) -> Hand {
    let mut hand = Hand::default();
    hand.take(tool);
    hand
}

fn drag(hand: &mut Hand, scene: &Scene, from: Pointer, to: Pointer) -> Outcome {
    hand.press(scene, &from);
    hand.motion(scene, &to, true);
    hand.release(scene, &to)
}

fn click(hand: &mut Hand, scene: &Scene, pointer: Pointer) -> Outcome {
    let pressed = hand.press(scene, &pointer);
    let released = hand.release(scene, &pointer);
    if released == Outcome::None { pressed } else { released }
}

#[test]
fn every_tool_draws_its_shape() {
    let scene = scene(Vec::new());
    let drawn = |kind: ShapeKind| {
        let mut hand = hand(Tool::Draw(kind));
        let outcome = match kind {
            ShapeKind::Polygon | ShapeKind::Polyline => {
                for pointer in [at(10.0, 10.0), at(60.0, 10.0), at(60.0, 50.0)] {
                    hand.press(&scene, &pointer);
                    hand.release(&scene, &pointer);
                }
                hand.finish()
            }
            ShapeKind::Point => hand.press(&scene, &at(10.0, 10.0)),
            ShapeKind::RotatedRectangle => {
                drag(&mut hand, &scene, at(10.0, 10.0), at(60.0, 10.0));
                hand.motion(&scene, &at(60.0, 40.0), true);
                hand.press(&scene, &at(60.0, 40.0))
            }
            _ => drag(&mut hand, &scene, at(10.0, 10.0), at(60.0, 50.0)),
        };
        match outcome {
            Outcome::Drawn(shape) => shape,
            other => panic!("{kind}: {other:?}"),
        }
    };
    for kind in ShapeKind::ALL {
        assert_eq!(drawn(kind).kind(), kind);
        assert!(drawn(kind).is_valid());
    }
    assert_eq!(drawn(ShapeKind::Rectangle), Shape::rectangle([10.0, 10.0], [60.0, 50.0]));
    assert_eq!(
        drawn(ShapeKind::RotatedRectangle),
        Shape::RotatedRectangle { center: [35.0, 25.0], size_px: [50.0, 30.0], degrees: 0.0 }
    );
}

#[test]
fn drawing_stays_within_the_image() {
    let scene = scene(Vec::new());
    let mut hand = hand(Tool::Draw(ShapeKind::Rectangle));
    let outcome = drag(&mut hand, &scene, at(-50.0, 10.0), at(5000.0, 5000.0));
    assert_eq!(outcome, Outcome::Drawn(Shape::rectangle([0.0, 10.0], SIZE)));
}

#[test]
fn a_polygon_closes_at_its_first_point_and_backspace_takes_points_back() {
    let scene = scene(Vec::new());
    let mut hand = hand(Tool::Draw(ShapeKind::Polygon));
    for pointer in [at(10.0, 10.0), at(100.0, 10.0), at(300.0, 300.0)] {
        click(&mut hand, &scene, pointer);
    }
    assert!(hand.step_back());
    click(&mut hand, &scene, at(100.0, 100.0));
    let outcome = hand.press(&scene, &at(12.0, 9.0));
    assert_eq!(outcome, Outcome::Drawn(Shape::polygon(vec![[10.0, 10.0], [100.0, 10.0], [100.0, 100.0]])));
    assert!(!hand.is_busy());
}

#[test]
fn two_points_are_no_polygon_and_it_goes_on() {
    let scene = scene(Vec::new());
    let mut hand = hand(Tool::Draw(ShapeKind::Polygon));
    click(&mut hand, &scene, at(10.0, 10.0));
    click(&mut hand, &scene, at(100.0, 10.0));
    assert_eq!(hand.finish(), Outcome::None);
    assert!(hand.draft().is_some());
    assert!(hand.cancel());
    assert!(hand.draft().is_none());
}

#[test]
fn a_click_with_a_drawing_tool_selects_and_a_drag_draws() {
    let large = square(0.0, 0.0, 200.0);
    let id = large.id;
    let scene = scene(vec![large]);
    let mut hand = hand(Tool::Draw(ShapeKind::Rectangle));
    assert_eq!(click(&mut hand, &scene, at(50.0, 50.0)), Outcome::Selected);
    assert_eq!(hand.selection(), [id]);
    let outcome = drag(&mut hand, &scene, at(50.0, 50.0), at(80.0, 90.0));
    assert_eq!(outcome, Outcome::Drawn(Shape::rectangle([50.0, 50.0], [80.0, 90.0])));
}

#[test]
fn selecting_adds_with_shift_and_goes_deeper_with_clicks() {
    let (large, small) = (square(0.0, 0.0, 200.0), square(50.0, 50.0, 20.0));
    let (outer, inner) = (large.id, small.id);
    let scene = scene(vec![large, small]);
    let mut hand = hand(Tool::Select);
    click(&mut hand, &scene, at(60.0, 60.0));
    assert_eq!(hand.selection(), [inner]);
    click(&mut hand, &scene, at(60.0, 60.0));
    assert_eq!(hand.selection(), [outer], "again: deeper");
    let shift = Pointer { shift: true, ..at(66.0, 60.0) };
    click(&mut hand, &scene, shift);
    assert_eq!(hand.selection().len(), 2);
    click(&mut hand, &scene, at(700.0, 700.0));
    assert!(hand.selection().is_empty());
}

#[test]
fn dragging_moves_the_selection_and_stops_at_the_border() {
    let (a, b) = (square(100.0, 100.0, 50.0), square(300.0, 100.0, 50.0));
    let ids = vec![a.id, b.id];
    let scene = scene(vec![a, b]);
    let mut hand = hand(Tool::Select);
    hand.select(ids.clone());
    let outcome = drag(&mut hand, &scene, at(110.0, 110.0), at(130.0, 105.0));
    let moved = |x: f64, y: f64| Shape::rectangle([x, y], [x + 50.0, y + 50.0]);
    assert_eq!(outcome, Outcome::Changed(vec![(ids[0], moved(120.0, 95.0)), (ids[1], moved(320.0, 95.0))]));
    let outcome = drag(&mut hand, &scene, at(110.0, 110.0), at(-900.0, 110.0));
    assert_eq!(outcome, Outcome::Changed(vec![(ids[0], moved(0.0, 100.0)), (ids[1], moved(200.0, 100.0))]));
    let along = Pointer { shift: true, ..at(150.0, 120.0) };
    let outcome = drag(&mut hand, &scene, at(110.0, 110.0), along);
    assert!(matches!(outcome, Outcome::Changed(shapes) if shapes[0].1 == moved(140.0, 100.0)));
}

#[test]
fn pressing_on_an_unselected_shape_moves_it_at_once() {
    let one = square(100.0, 100.0, 50.0);
    let id = one.id;
    let scene = scene(vec![one]);
    let mut hand = hand(Tool::Select);
    let outcome = drag(&mut hand, &scene, at(120.0, 120.0), at(130.0, 120.0));
    assert_eq!(outcome, Outcome::Changed(vec![(id, Shape::rectangle([110.0, 100.0], [160.0, 150.0]))]));
}

#[test]
fn handles_resize_with_any_tool() {
    let one = square(100.0, 100.0, 50.0);
    let id = one.id;
    let scene = scene(vec![one]);
    let mut hand = hand(Tool::Draw(ShapeKind::Rectangle));
    hand.select(vec![id]);
    let outcome = drag(&mut hand, &scene, at(151.0, 149.0), at(201.0, 179.0));
    assert_eq!(outcome, Outcome::Changed(vec![(id, Shape::rectangle([100.0, 100.0], [200.0, 180.0]))]));
}

#[test]
fn a_click_on_a_handle_changes_nothing_and_a_drag_keeps_its_distance() {
    let one = object(Shape::rectangle([100.04, 100.0], [150.04, 150.0]));
    let id = one.id;
    let scene = scene(vec![one]);
    let mut hand = hand(Tool::Select);
    hand.select(vec![id]);
    hand.press(&scene, &at(154.0, 153.0));
    hand.motion(&scene, &at(153.0, 152.0), false);
    assert_eq!(hand.dragged_shape(id), None, "the hand trembles");
    assert_eq!(hand.release(&scene, &at(153.0, 152.0)), Outcome::Selected);
    assert_eq!(hand.selection(), [id]);
    let outcome = drag(&mut hand, &scene, at(154.0, 153.0), at(164.0, 153.0));
    assert_eq!(outcome, Outcome::Changed(vec![(id, Shape::rectangle([100.0, 100.0], [160.0, 150.0]))]));
}

#[test]
fn a_small_shape_is_moved_and_clicks_on_it_go_deeper() {
    let (small, large) = (square(100.0, 100.0, 8.0), square(50.0, 50.0, 200.0));
    let (inner, outer) = (small.id, large.id);
    let scene = scene(vec![large, small]);
    let mut hand = hand(Tool::Select);
    let middle = at(104.0, 104.0);
    click(&mut hand, &scene, middle);
    let outcome = drag(&mut hand, &scene, middle, at(124.0, 104.0));
    assert_eq!(outcome, Outcome::Changed(vec![(inner, Shape::rectangle([120.0, 100.0], [128.0, 108.0]))]));
    // On a corner, too.
    click(&mut hand, &scene, at(107.5, 107.5));
    assert_eq!(hand.selection(), [outer]);
}

#[test]
fn what_was_given_up_meanwhile_is_chosen_anew() {
    let (large, small) = (square(0.0, 0.0, 200.0), square(50.0, 50.0, 20.0));
    let (outer, inner) = (large.id, small.id);
    let scene = scene(vec![large, small]);
    let mut hand = hand(Tool::Select);
    click(&mut hand, &scene, at(60.0, 60.0));
    click(&mut hand, &scene, at(700.0, 700.0));
    click(&mut hand, &scene, at(60.0, 60.0));
    assert_eq!(hand.selection(), [inner]);
    hand.select(Vec::new());
    click(&mut hand, &scene, at(60.0, 60.0));
    assert_eq!(hand.selection(), [inner]);
    hand.select(Vec::new());
    assert_eq!(hand.select_beneath(&scene, [60.0, 60.0], 5.0), Outcome::Selected);
    assert_eq!(hand.selection(), [outer], "beneath the one that stands out");
    hand.select_beneath(&scene, [60.0, 60.0], 5.0);
    assert_eq!(hand.selection(), [inner], "and round again");
    assert_eq!(hand.select_beneath(&scene, [700.0, 700.0], 5.0), Outcome::None);
}

#[test]
fn what_is_locked_or_hidden_is_not_changed_by_hand() {
    for (locked, hidden) in [(true, false), (false, true)] {
        let outline = vec![[100.0, 100.0], [300.0, 100.0], [300.0, 300.0], [100.0, 300.0]];
        let polygon = Object { locked, hidden, ..object(Shape::polygon(outline)) };
        let id = polygon.id;
        let scene = scene(vec![polygon]);
        let mut hand = hand(Tool::Select);
        let alt = |x, y| Pointer { alt: true, ..at(x, y) };
        for (from, to) in [(alt(200.0, 101.0), alt(200.0, 50.0)), (at(300.0, 300.0), at(350.0, 350.0))] {
            hand.select(vec![id]);
            assert!(!matches!(drag(&mut hand, &scene, from, to), Outcome::Changed(_)));
        }
        hand.select(vec![id]);
        assert_eq!(hand.press(&scene, &alt(300.0, 300.0)), Outcome::None);
        hand.cancel();
        assert_eq!(hand.double_click(&scene, &at(100.0, 200.0)), Outcome::None);
        hand.retain(&scene);
        assert_eq!(hand.selection().is_empty(), hidden);
    }
}

#[test]
fn a_cut_begins_on_a_handle_and_keeps_the_selection() {
    let polygon = object(Shape::polygon(vec![[100.0, 100.0], [300.0, 100.0], [300.0, 300.0], [100.0, 300.0]]));
    let id = polygon.id;
    let scene = scene(vec![polygon, square(0.0, 0.0, 500.0)]);
    let mut hand = hand(Tool::Split);
    hand.select(vec![id]);
    drag(&mut hand, &scene, at(100.0, 100.0), at(110.0, 110.0));
    assert_eq!(hand.selection(), [id]);
    click(&mut hand, &scene, at(300.0, 300.0));
    assert_eq!(hand.finish(), Outcome::Cut(vec![[100.0, 100.0], [300.0, 300.0]]));
    assert_eq!(hand.selection(), [id]);
}

#[test]
fn a_polygon_begins_at_the_corner_of_a_selected_one() {
    let one = square(100.0, 100.0, 50.0);
    let id = one.id;
    let scene = scene(vec![one]);
    let mut hand = hand(Tool::Draw(ShapeKind::Polygon));
    hand.snaps = true;
    hand.select(vec![id]);
    click(&mut hand, &scene, at(151.0, 151.0));
    assert!(matches!(hand.draft(), Some(Draft::Path { points, .. }) if *points == [[150.0, 150.0]]));
}

#[test]
fn even_lines_and_boxes_stay_within_the_image() {
    let scene = scene(Vec::new());
    let shift = |x, y| Pointer { shift: true, ..at(x, y) };
    let mut line = hand(Tool::Draw(ShapeKind::Line));
    let outcome = drag(&mut line, &scene, at(500.0, 700.0), shift(990.0, 790.0));
    let Outcome::Drawn(Shape::Line { points: [_, end], .. }) = outcome else { panic!("{outcome:?}") };
    assert!(end[0] <= SIZE[0] && end[1] <= SIZE[1], "{end:?}");
}

#[test]
fn a_moved_shape_is_drawn_to_the_border_and_to_corners_of_others() {
    let (one, other) = (square(100.0, 100.0, 50.0), square(300.0, 300.0, 50.0));
    let id = one.id;
    let scene = scene(vec![one, other]);
    let mut hand = hand(Tool::Select);
    hand.snaps = true;
    let moved = |x: f64, y: f64| Outcome::Changed(vec![(id, Shape::rectangle([x, y], [x + 50.0, y + 50.0]))]);
    assert_eq!(drag(&mut hand, &scene, at(125.0, 125.0), at(28.0, 125.0)), moved(0.0, 100.0));
    assert_eq!(drag(&mut hand, &scene, at(125.0, 125.0), at(277.0, 273.0)), moved(250.0, 250.0));
    assert_eq!(drag(&mut hand, &scene, at(125.0, 125.0), at(225.0, 125.0)), moved(200.0, 100.0));
}

#[test]
fn alt_puts_vertices_in_and_takes_them_out() {
    let polygon = object(Shape::polygon(vec![[100.0, 100.0], [300.0, 100.0], [300.0, 300.0], [100.0, 300.0]]));
    let id = polygon.id;
    let scene = scene(vec![polygon]);
    let mut hand = hand(Tool::Select);
    hand.select(vec![id]);
    let alt = |x, y| Pointer { alt: true, ..at(x, y) };
    let outcome = drag(&mut hand, &scene, alt(200.0, 101.0), alt(200.0, 50.0));
    let Outcome::Changed(shapes) = outcome else { panic!("{outcome:?}") };
    assert_eq!(shapes[0].1.vertex(0, 1), Some([200.0, 49.0]), "it was taken a pixel beside the line");
    assert_eq!(shapes[0].1.vertex_count(), 5);
    let outcome = hand.press(&scene, &alt(300.0, 300.0));
    assert!(matches!(outcome, Outcome::Changed(shapes) if shapes[0].1.vertex_count() == 3));
    let outcome = hand.double_click(&scene, &at(100.0, 200.0));
    assert!(matches!(outcome, Outcome::Changed(shapes) if shapes[0].1.vertex_count() == 5));
}

#[test]
fn points_are_drawn_to_vertices_and_borders_of_others_only() {
    let one = square(100.0, 100.0, 50.0);
    let id = one.id;
    let scene = scene(vec![one]);
    let mut hand = hand(Tool::Draw(ShapeKind::Rectangle));
    hand.snaps = true;
    let outcome = drag(&mut hand, &scene, at(153.0, 148.0), at(996.0, 400.0));
    assert_eq!(outcome, Outcome::Drawn(Shape::rectangle([150.0, 150.0], [1000.0, 400.0])));
    hand.select(vec![id]);
    let outcome = drag(&mut hand, &scene, at(150.0, 150.0), at(103.0, 152.0));
    assert_eq!(outcome, Outcome::Changed(vec![(id, Shape::rectangle([100.0, 100.0], [103.0, 152.0]))]));
}

#[test]
fn escape_leaves_everything_as_it_was() {
    let one = square(100.0, 100.0, 50.0);
    let scene = scene(vec![one]);
    let mut hand = hand(Tool::Select);
    hand.press(&scene, &at(120.0, 120.0));
    hand.motion(&scene, &at(400.0, 400.0), true);
    assert!(hand.moved_by().is_some());
    assert!(hand.cancel());
    assert_eq!(hand.release(&scene, &at(400.0, 400.0)), Outcome::None);
}

#[test]
fn tab_walks_over_all_shapes() {
    let scene = scene(vec![square(0.0, 0.0, 5.0), square(9.0, 0.0, 5.0)]);
    let mut hand = hand(Tool::Select);
    let ids: Vec<_> = scene.objects().iter().map(|object| object.id).collect();
    for wanted in [ids[0], ids[1], ids[0]] {
        hand.select_next(&scene, false);
        assert_eq!(hand.selection(), [wanted]);
    }
    hand.select_next(&scene, true);
    assert_eq!(hand.selection(), [ids[1]]);
}

#[test]
fn a_cut_goes_from_point_to_point() {
    let scene = scene(vec![square(100.0, 100.0, 50.0)]);
    let mut hand = hand(Tool::Split);
    click(&mut hand, &scene, at(125.0, 50.0));
    click(&mut hand, &scene, at(125.0, 200.0));
    assert_eq!(hand.finish(), Outcome::Cut(vec![[125.0, 50.0], [125.0, 200.0]]));
}

proptest! {
    #[test]
    fn no_storm_of_input_breaks_the_hand(
        steps in prop::collection::vec((0_u8..9, -50.0..1100.0_f64, -50.0..900.0_f64, any::<u8>()), 0..80),
        tool in 0_usize..10,
    ) {
        let polygon = object(Shape::polygon(vec![[400.0, 400.0], [700.0, 420.0], [650.0, 700.0]]));
        let scene = scene(vec![square(100.0, 100.0, 300.0), square(150.0, 150.0, 50.0), polygon]);
        let tool = match tool { 8 => Tool::Select, 9 => Tool::Split, kind => Tool::Draw(ShapeKind::ALL[kind]) };
        let mut hand = hand(tool);
        for (what, x, y, keys) in steps {
            let (shift, command, alt) = (keys & 1 > 0, keys & 2 > 0, keys & 4 > 0);
            hand.snaps = keys & 8 > 0;
            let pointer = Pointer { shift, command, alt, ..at(x, y) };
            let outcome = match what {
                0 | 1 => hand.press(&scene, &pointer),
                2 | 3 => { hand.motion(&scene, &pointer, true); Outcome::None }
                4 | 5 => hand.release(&scene, &pointer),
                6 => hand.double_click(&scene, &pointer),
                7 => hand.finish(),
                _ => { hand.step_back(); hand.select_next(&scene, shift) }
            };
            let shapes = match outcome {
                Outcome::Drawn(shape) => vec![shape],
                Outcome::Changed(shapes) => shapes.into_iter().map(|(_, shape)| shape).collect(),
                _ => Vec::new(),
            };
            for shape in shapes {
                prop_assert!(shape.is_valid(), "{shape:?}");
            }
            for id in hand.selection() {
                prop_assert!(hand.is_selected(*id) && scene.get(*id).is_some());
            }
        }
    }
}

#[test]
fn what_was_begun_waits_for_its_tool_and_its_image() {
    let scene = scene(Vec::new());
    let polygon = Tool::Draw(ShapeKind::Polygon);
    let mut hand = hand(polygon);
    click(&mut hand, &scene, at(10.0, 10.0));
    click(&mut hand, &scene, at(100.0, 10.0));
    let begun = hand.draft().cloned();
    hand.take(polygon);
    assert_eq!(hand.draft(), begun.as_ref(), "the tool that is in hand already");
    hand.take(Tool::Draw(ShapeKind::Rectangle));
    assert!(hand.draft().is_none());
    assert!(matches!(drag(&mut hand, &scene, at(200.0, 200.0), at(300.0, 300.0)), Outcome::Drawn(_)));
    hand.take(polygon);
    assert_eq!(hand.draft(), begun.as_ref());
    let left = hand.put_down();
    assert!(hand.draft().is_none());
    hand.take(Tool::Select);
    assert!(hand.draft().is_none());
    hand.take_up(left);
    assert_eq!((hand.draft(), hand.tool()), (begun.as_ref(), polygon));
    // What ends with the button is given up, and so is a cut.
    hand.cancel();
    hand.take(Tool::Split);
    click(&mut hand, &scene, at(10.0, 10.0));
    hand.take(Tool::Select);
    hand.take(Tool::Split);
    assert!(hand.draft().is_none());
}
