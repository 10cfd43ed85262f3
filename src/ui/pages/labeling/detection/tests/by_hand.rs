//! What the pointer and the keys do to shapes that are there: groups, order, locks, borders, the overview.

use super::*;

#[test]
fn what_is_done_on_the_overview_is_not_done_to_the_image() {
    let mut room = cells(&["red"]);
    room.place(0, rectangle(100.0, 80.0, 300.0, 220.0));
    for _ in 0..4 {
        room.press(Key::Plus);
    }
    let overview = room.harness.get_by_label("Overview; click to go there").rect();
    let (left, right) = (overview.left_center() + egui::vec2(20.0, 0.0), overview.center());
    for tool in [Key::P, Key::G, Key::R, Key::V] {
        room.press(tool);
        room.drag_points(left, right);
        room.drag_points(right, right);
        room.drag_points(left, left);
    }
    // Three clicks there began no polygon.
    room.press(Key::G);
    for at in [left, right, left + egui::vec2(0.0, 20.0)] {
        room.drag_points(at, at);
    }
    room.press(Key::Enter);
    assert_eq!(room.shapes(0).len(), 2, "only what Enter puts into the middle");
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.boxes(), [rectangle(100.0, 80.0, 300.0, 220.0)]);
}

#[test]
fn a_box_beyond_the_border_is_sized_by_keys_and_taken_back() {
    let mut room = cells(&["red"]);
    for shape in [
        rectangle(399.5, 10.0, 400.0, 20.0),
        rectangle(420.0, 10.0, 450.0, 20.0),
        Shape::Circle { center: [390.0, 290.0], radius: 4.0 },
        Shape::RotatedRectangle { center: [370.0, 280.0], size_px: [40.0, 10.0], degrees: 30.0 },
    ] {
        room.place(0, shape.clone());
        room.press(Key::Tab);
        for key in [Key::ArrowRight, Key::ArrowDown] {
            room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, key);
        }
        let after = room.boxes().swap_remove(0);
        let (before, bounds) = (shape.bounds(), after.bounds());
        assert!(after.is_valid() && after != shape, "{after:?}");
        for (axis, size) in SIZE.into_iter().enumerate() {
            let most = before.max[axis].max(f64::from(size));
            assert!(bounds.max[axis] <= most + 1e-6 && bounds.min[axis] >= -1e-6, "{after:?}");
        }
        room.press_with(Modifiers::COMMAND, Key::Z);
        assert_eq!(room.boxes(), [shape]);
        room.press(Key::Delete);
        assert!(room.boxes().is_empty());
    }
}

#[test]
fn what_is_locked_takes_neither_label_nor_size_nor_cut() {
    let mut room = cells(&["red", "white"]);
    room.place(0, rectangle(50.0, 40.0, 150.0, 120.0));
    room.press(Key::V);
    room.press(Key::Tab);
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::Num2);
    room.press_with(Modifiers::COMMAND, Key::ArrowRight);
    room.press(Key::ArrowRight);
    room.press(Key::Period);
    room.press(Key::H);
    room.press(Key::X);
    room.click(100.0, 20.0, Modifiers::NONE);
    room.click(100.0, 140.0, Modifiers::NONE);
    room.press(Key::Enter);
    room.press(Key::Delete);
    assert_eq!(room.shapes(0), [(rectangle(50.0, 40.0, 150.0, 120.0), "red".to_owned())]);
    assert_eq!(room.rows()[0].annotations[0].hard, None);
}

#[test]
fn what_is_hidden_in_the_list_is_given_up() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press_button("Hide or show red");
    room.press(Key::Delete);
    room.press(Key::ArrowRight);
    assert!(alike(&room.boxes()[0], &rectangle(50.0, 40.0, 150.0, 120.0)));
    room.press_button("Hide or show red");
    room.press(Key::Tab);
    room.press(Key::Delete);
    assert!(room.boxes().is_empty());
    // By its key, too.
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press_with(Modifiers::COMMAND, Key::H);
    room.press(Key::Delete);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.press(Key::Delete);
    assert_eq!(room.boxes().len(), 1);
}

#[test]
fn only_what_is_selected_is_cut_also_from_corner_to_corner() {
    let mut room = cells(&["red"]);
    room.place(0, rectangle(20.0, 20.0, 300.0, 250.0));
    room.drag([60.0, 40.0], [160.0, 120.0]);
    room.press(Key::X);
    room.click(60.0, 40.0, Modifiers::NONE);
    room.click(160.0, 120.0, Modifiers::NONE);
    room.press(Key::Enter);
    let shapes = room.boxes();
    assert_eq!(shapes.len(), 3);
    assert!(shapes.contains(&rectangle(20.0, 20.0, 300.0, 250.0)), "{shapes:?}");
}

#[test]
fn a_group_is_moved_as_one_and_stops_as_one() {
    let mut room = cells(&["red"]);
    room.place(0, rectangle(40.0, 40.0, 80.0, 80.0));
    room.place(0, rectangle(150.0, 60.0, 190.0, 100.0));
    room.press(Key::V);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.press_with(Modifiers::COMMAND, Key::G);
    room.press(Key::Escape);
    room.click(170.0, 80.0, Modifiers::NONE);
    for _ in 0..6 {
        room.press_with(Modifiers::SHIFT, Key::ArrowLeft);
    }
    assert_eq!(room.boxes(), [rectangle(0.0, 40.0, 40.0, 80.0), rectangle(110.0, 60.0, 150.0, 100.0)]);
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::G);
    room.press(Key::Escape);
    room.click(130.0, 80.0, Modifiers::NONE);
    room.press(Key::ArrowRight);
    assert_eq!(room.boxes(), [rectangle(0.0, 40.0, 40.0, 80.0), rectangle(111.0, 60.0, 151.0, 100.0)]);
}

#[test]
fn the_order_is_changed_and_put_back() {
    let mut room = cells(&["red"]);
    let (lower, upper) = (rectangle(40.0, 40.0, 140.0, 140.0), rectangle(90.0, 60.0, 190.0, 160.0));
    room.place(0, lower.clone());
    room.place(0, upper.clone());
    room.press(Key::V);
    room.click(50.0, 50.0, Modifiers::NONE);
    room.press(Key::CloseBracket);
    assert_eq!(room.boxes(), [upper.clone(), lower.clone()]);
    room.press(Key::OpenBracket);
    assert_eq!(room.boxes(), [lower.clone(), upper.clone()]);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.boxes(), [upper, lower]);
}

#[test]
fn one_key_takes_the_shape_beneath() {
    let mut room = cells(&["red", "white"]);
    room.place(0, rectangle(40.0, 40.0, 340.0, 240.0));
    room.place(0, rectangle(100.0, 80.0, 200.0, 180.0));
    room.press(Key::V);
    room.hover(150.0, 130.0);
    room.press_with(Modifiers::SHIFT, Key::V);
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["white", "red"]);
}

#[test]
fn a_polygon_is_turned_by_keys_and_back() {
    let mut room = cells(&["red"]);
    let polygon = Shape::polygon(vec![[150.0, 100.0], [250.0, 110.0], [240.0, 160.0], [160.0, 150.0]]);
    room.place(0, polygon.clone());
    room.press(Key::Tab);
    for _ in 0..3 {
        room.press_with(Modifiers::ALT, Key::Period);
        room.press(Key::Period);
    }
    for _ in 0..3 {
        room.press_with(Modifiers::ALT, Key::Comma);
        room.press(Key::Comma);
    }
    let back = room.boxes().swap_remove(0);
    for (one, other) in back.rings().flatten().zip(polygon.rings().flatten()) {
        assert!(crate::domain::shape::distance(*one, *other) < 1e-6, "{back:?}");
    }
}

#[test]
fn a_rotated_box_and_a_circle_are_drawn_by_mouse() {
    let mut room = cells(&["red"]);
    room.press(Key::T);
    room.drag([100.0, 50.0], [200.0, 50.0]);
    let corner = room.at(200.0, 110.0);
    room.drag_points(corner, corner);
    room.press(Key::C);
    room.drag([250.0, 150.0], [280.0, 190.0]);
    let shapes = room.boxes();
    assert_eq!(shapes.len(), 2, "{shapes:?}");
    assert_eq!(shapes[0].kind(), ShapeKind::RotatedRectangle);
    assert!(alike(&shapes[0], &rectangle(100.0, 50.0, 200.0, 110.0)), "{shapes:?}");
    let Shape::Circle { center, radius } = shapes[1] else { panic!("a circle: {shapes:?}") };
    assert!((radius - 50.0).abs() < 0.6 && (center[0] - 250.0).abs() < 0.6, "{shapes:?}");
}

#[test]
fn the_list_is_filtered_and_speaks_the_persons_language() {
    let mut room = cells(&["red"]);
    room.place(0, rectangle(40.0, 40.0, 80.0, 80.0));
    room.place(0, Shape::Circle { center: [200.0, 150.0], radius: 30.0 });
    room.palette("toggle-language");
    let rows = |room: &Room, word: &str| {
        let named = |node: &egui_kittest::Node<'_>| {
            node.accesskit_node().label().is_some_and(|label| label.contains("red") && label.contains(word))
        };
        room.harness.get_all_by_role(Role::Button).filter(named).count()
    };
    assert_eq!((rows(&room, "矩形"), rows(&room, "圆"), rows(&room, "circle")), (1, 1, 0));
    let filter = room.harness.get_by_label("按标签或种类筛选").rect().center();
    room.drag_points(filter, filter);
    room.type_text("圆");
    assert_eq!((rows(&room, "矩形"), rows(&room, "圆")), (0, 1));
}

#[test]
fn one_to_one_is_a_pixel_of_the_screen_for_a_pixel_of_the_image() {
    let mut room = cells(&["red"]);
    for _ in 0..3 {
        room.press_with(Modifiers::COMMAND, Key::Plus);
    }
    room.press_with(Modifiers::SHIFT, Key::O);
    assert!(room.harness.query_by_label("100%").is_some());
}
