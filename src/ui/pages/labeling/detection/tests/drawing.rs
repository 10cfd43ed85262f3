//! What a hand draws and what is on the disk afterwards.

use super::*;

#[test]
fn a_rectangle_is_a_drag_and_a_digit_and_is_saved_at_once() {
    let mut room = cells(&["red", "white"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    assert!(room.shapes(0).is_empty(), "it waits for its label");
    room.press(Key::Num2);
    let shapes = room.shapes(0);
    assert_eq!(shapes.len(), 1);
    assert!(alike(&shapes[0].0, &rectangle(50.0, 40.0, 150.0, 120.0)), "{shapes:?}");
    assert_eq!(shapes[0].1, "white");
    assert_eq!(room.state(0), SampleState::Labeled);
    room.harness.check_accessibility();
}

#[test]
fn enter_takes_the_last_label_and_typing_makes_a_new_one() {
    let mut room = cells(&[]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.type_text("cell");
    room.press(Key::Enter);
    room.settle();
    assert_eq!(room.shapes(0)[0].1, "cell");
    // The only label is not asked for any more.
    room.drag([200.0, 40.0], [250.0, 120.0]);
    assert_eq!(room.shapes(0).len(), 2);
}

#[test]
fn a_label_key_before_drawing_spares_the_question() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::Num1);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    assert_eq!(room.labels_of(0), ["red", "red"]);
}

#[test]
fn undo_goes_by_image_and_survives_a_restart() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::Num1);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    room.press(Key::D);
    room.drag([10.0, 10.0], [90.0, 90.0]);
    room.press(Key::A);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!((room.shapes(0).len(), room.shapes(1).len()), (1, 1), "only this image's edit is taken back");
    let mut room = room.restart();
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!((room.shapes(0).len(), room.shapes(1).len()), (0, 1));
    assert_eq!(room.state(0), SampleState::Unlabeled);
    let redo = Modifiers::COMMAND | Modifiers::SHIFT;
    room.press_with(redo, Key::Z);
    room.press_with(redo, Key::Z);
    assert_eq!(room.shapes(0).len(), 2);
    room.press_with(redo, Key::Z);
    assert_eq!(room.shapes(0).len(), 2, "nothing is left to redo");
}

#[test]
fn a_handle_is_dragged_and_deleting_the_last_shape_makes_it_unlabeled() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([150.0, 120.0], [200.0, 160.0]);
    let shapes = room.shapes(0);
    assert_eq!(shapes.len(), 1, "the corner of the fresh shape was grasped: {shapes:?}");
    assert!(alike(&shapes[0].0, &rectangle(50.0, 40.0, 200.0, 160.0)), "{shapes:?}");
    room.press_with(Modifiers::SHIFT, Key::ArrowRight);
    assert!(alike(&room.shapes(0)[0].0, &rectangle(60.0, 40.0, 210.0, 160.0)));
    room.press(Key::Delete);
    assert!(room.shapes(0).is_empty());
    assert_eq!(room.state(0), SampleState::Unlabeled);
}

#[test]
fn nothing_here_is_one_key_and_goes_on() {
    let mut room = cells(&["red"]);
    room.press(Key::N);
    assert_eq!(room.state(0), SampleState::Labeled);
    assert!(room.shapes(0).is_empty());
    // The key went on to the second image.
    room.press(Key::N);
    assert_eq!(room.state(1), SampleState::Labeled);
    room.press(Key::A);
    room.press(Key::A);
    room.press(Key::F);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    assert_eq!(room.shapes(2).len(), 1, "the next unlabeled one is the third");
}

#[test]
fn a_polygon_is_drawn_by_clicks_and_closed_by_enter() {
    let mut room = cells(&["red"]);
    room.press(Key::G);
    for [x, y] in [[50.0, 50.0], [150.0, 60.0], [120.0, 200.0]] {
        room.click(x, y, Modifiers::NONE);
    }
    room.press(Key::Enter);
    let shapes = room.shapes(0);
    assert_eq!(shapes.len(), 1, "{shapes:?}");
    assert_eq!((shapes[0].0.kind(), shapes[0].0.vertex_count()), (ShapeKind::Polygon, 3));
    // Alt and a click on its edge: one vertex more.
    room.click(100.0, 55.0, Modifiers::ALT);
    assert_eq!(room.shapes(0)[0].0.vertex_count(), 4);
}

#[test]
fn the_enter_that_opens_the_picker_chooses_nothing() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::G);
    for [x, y] in [[50.0, 50.0], [150.0, 60.0], [120.0, 200.0]] {
        room.click(x, y, Modifiers::NONE);
    }
    room.press(Key::Enter);
    assert_eq!(room.shapes(0).len(), 0, "it waits for its label");
    room.press(Key::Num2);
    assert_eq!(room.shapes(0)[0].1, "white");
    // With the shape selected, Enter asks again: Escape leaves the label, another Enter takes the last one.
    room.press(Key::Enter);
    room.press(Key::Escape);
    assert_eq!(room.shapes(0)[0].1, "white");
    room.press(Key::Enter);
    room.press(Key::Num1);
    assert_eq!(room.shapes(0)[0].1, "red");
}

#[test]
fn a_whole_image_is_done_by_keys_alone() {
    let mut room = cells(&["red", "white"]);
    // A box in the middle, its label, moved and made larger, the next image.
    room.press(Key::Enter);
    room.press(Key::Num1);
    let before = room.shapes(0)[0].0.bounds();
    room.press_with(Modifiers::SHIFT, Key::ArrowLeft);
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::ArrowDown);
    let after = room.shapes(0)[0].0.bounds();
    assert!((after.min[0] - (before.min[0] - 10.0)).abs() < 0.01);
    assert!((after.height() - (before.height() + 10.0)).abs() < 0.01);
    room.press(Key::Escape);
    room.press(Key::Enter);
    room.press(Key::Num2);
    assert_eq!(room.shapes(0).len(), 2);
    // Tab walks over the shapes; a digit changes the label.
    room.press(Key::Tab);
    room.press(Key::Num2);
    assert_eq!(room.shapes(0)[0].1, "white");
    room.press(Key::H);
    assert_eq!(room.rows()[0].annotations[0].hard, Some(true));
    room.press(Key::D);
    room.press(Key::E);
    assert_eq!(room.shapes(1).len(), 2, "brought over from the image before");
    assert_eq!(room.shapes(0).len(), 2);
}

#[test]
fn copies_go_beside_and_into_other_images() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press_with(Modifiers::COMMAND, Key::D);
    assert_eq!(room.shapes(0).len(), 2);
    assert!(alike(&room.shapes(0)[1].0, &rectangle(60.0, 50.0, 160.0, 130.0)));
    room.event(Event::Copy);
    room.press(Key::D);
    room.paste();
    assert!(alike(&room.shapes(1)[0].0, &rectangle(60.0, 50.0, 160.0, 130.0)));
}

#[test]
fn shapes_are_split_and_joined_by_keys() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press(Key::X);
    room.click(100.0, 20.0, Modifiers::NONE);
    room.click(100.0, 140.0, Modifiers::NONE);
    room.press(Key::Enter);
    assert_eq!(room.shapes(0).len(), 2);
    room.press(Key::J);
    let shapes = room.shapes(0);
    assert_eq!(shapes.len(), 1);
    assert!(alike(&shapes[0].0, &rectangle(50.0, 40.0, 150.0, 120.0)));
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.shapes(0).len(), 2);
}

#[test]
fn attribute_mode_sets_values_by_digits() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    room.press(Key::Escape);
    room.press(Key::M);
    room.press_button("Truncated");
    room.press(Key::Num1);
    let truncated = |room: &Room| [0, 1].map(|shape| room.attributes(0, shape).truncated);
    assert_eq!(truncated(&room), [Some(true), None]);
    room.press(Key::Tab);
    room.press(Key::Num2);
    assert_eq!(truncated(&room), [Some(true), Some(false)]);
}

#[test]
fn the_canvas_has_a_name_that_counts() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    let name = room.shown();
    assert!(name.contains("picture-0.png") && name.contains("1 shape"), "{name}");
}

#[test]
fn a_letter_is_a_labels_key_where_no_command_has_it() {
    let mut room = cells(&["red", "white"]);
    let white = room.workbench.labels(room.dataset).expect("labels").swap_remove(1).label.id;
    let edit = Edit::SetLabelKey { label: white, key: Some('k') };
    room.workbench.edit(room.dataset, &edit).expect("a key");
    room.notice();
    room.press(Key::K);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    assert_eq!(room.shapes(0)[0].1, "white");
}

#[test]
fn what_is_under_the_pointer_is_relabeled_and_deleted_without_a_click() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::Num1);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    room.press(Key::Escape);
    room.hover(100.0, 80.0);
    // While a tool draws, a label's key is for what is drawn next.
    room.press(Key::Num2);
    assert_eq!(room.shapes(0)[0].1, "red");
    room.press(Key::V);
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["white", "red"]);
    room.press(Key::Delete);
    assert_eq!(room.shapes(0).len(), 1);
    room.hover(180.0, 200.0);
    room.press(Key::Delete);
    assert_eq!(room.shapes(0).len(), 1, "nothing is under the pointer");
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.shapes(0).len(), 2);
}

#[test]
fn keys_that_nudge_in_a_row_are_on_the_disk_at_once_and_undone_as_one() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    let drawn = room.shapes(0);
    for _ in 0..5 {
        room.press(Key::ArrowRight);
    }
    assert!(alike(&room.shapes(0)[0].0, &rectangle(55.0, 40.0, 155.0, 120.0)));
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.shapes(0), drawn);
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(alike(&room.shapes(0)[0].0, &rectangle(55.0, 40.0, 155.0, 120.0)));
}

#[test]
fn what_is_locked_stays_so_when_the_image_is_left() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::D);
    room.press(Key::A);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.press(Key::Delete);
    assert_eq!(room.shapes(0).len(), 1, "locked, so neither selected nor deleted");
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.press(Key::Delete);
    assert!(room.shapes(0).is_empty());
}

#[test]
fn undo_is_offered_where_this_image_has_something_to_take_back() {
    let mut room = cells(&["red"]);
    let is_offered = |room: &Room| {
        let named = |node: &egui_kittest::Node<'_>| {
            node.accesskit_node().label().is_some_and(|label| label.starts_with("Undo"))
        };
        let nodes = room.harness.get_all_by_role(Role::Button);
        let undo = nodes.into_iter().find(named).expect("a button");
        !undo.accesskit_node().is_disabled()
    };
    assert!(!is_offered(&room));
    room.drag([50.0, 40.0], [150.0, 120.0]);
    assert!(is_offered(&room));
    room.press(Key::D);
    assert!(!is_offered(&room), "nothing was done in the second image");
    room.press(Key::A);
    assert!(is_offered(&room));
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert!(!is_offered(&room));
}

#[test]
fn shapes_go_along_to_the_next_image_by_one_key() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    room.press_with(Modifiers::SHIFT, Key::E);
    room.press_with(Modifiers::SHIFT, Key::E);
    assert_eq!(room.shape_counts(), [2, 2, 2, 0]);
    assert_eq!(room.shapes(2), room.shapes(0));
    room.press(Key::A);
    room.press_with(Modifiers::SHIFT, Key::E);
    assert_eq!(room.shapes(2).len(), 2, "not where shapes are already");
}

#[test]
fn a_shape_without_a_label_waits_with_its_image() {
    let mut room = cells(&["red", "white"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.click_image(1);
    assert!(room.shapes(0).is_empty() && room.shapes(1).is_empty());
    room.press(Key::A);
    room.press(Key::Num2);
    assert_eq!(room.shapes(0)[0].1, "white");
    assert!(room.shapes(1).is_empty());
}

#[test]
fn a_dataset_of_one_kind_of_shape_takes_no_other() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    let shape = Some(Some(ShapeKind::Polygon));
    let changes = crate::workbench::DatasetChanges { shape, ..Default::default() };
    room.workbench.modify_dataset(room.dataset, changes).expect("a rule");
    room.notice();
    // The tool in hand is now the polygon's, and the key of another one says why it is not taken.
    room.press(Key::C);
    room.click(200.0, 50.0, Modifiers::NONE);
    room.click(250.0, 60.0, Modifiers::NONE);
    room.click(220.0, 150.0, Modifiers::NONE);
    room.press(Key::Enter);
    let kinds: Vec<ShapeKind> = room.shapes(0).iter().map(|(shape, _)| shape.kind()).collect();
    assert_eq!(kinds, [ShapeKind::Rectangle, ShapeKind::Polygon]);
    // A copy of the rectangle would be one more.
    room.press(Key::V);
    room.click(100.0, 80.0, Modifiers::NONE);
    room.press_with(Modifiers::COMMAND, Key::D);
    assert_eq!(room.shapes(0).len(), 2);
    // What is there may be moved.
    room.press(Key::ArrowRight);
    assert!(alike(&room.shapes(0)[0].0, &rectangle(51.0, 40.0, 151.0, 120.0)));
    let edit = Edit::Annotate {
        sample: room.rows()[1].sample.id,
        put: vec![room.rows()[0].annotations[0].clone()],
        remove: Vec::new(),
        order: Vec::new(),
    };
    let refusal = room.workbench.edit(room.dataset, &edit).expect_err("another kind");
    assert_eq!(crate::domain::Explain::explain(&refusal).code, "shape-rule");
}

#[test]
fn one_drag_an_image_where_each_has_one_object() {
    let mut room = cells(&["red"]);
    room.press_with(Modifiers::SHIFT, Key::D);
    for _ in 0..3 {
        room.drag([50.0, 40.0], [150.0, 120.0]);
    }
    assert_eq!(room.shape_counts(), [1, 1, 1, 0]);
}

#[test]
fn a_shape_is_turned_by_keys_and_back() {
    let mut room = cells(&["red"]);
    room.drag([150.0, 100.0], [250.0, 160.0]);
    let drawn = room.shapes(0).swap_remove(0).0;
    room.press_with(Modifiers::ALT, Key::Period);
    room.press(Key::Comma);
    let Shape::RotatedRectangle { degrees, .. } = room.shapes(0)[0].0 else { panic!("a rotated rectangle") };
    assert!((degrees - 14.0).abs() < 1e-6, "{degrees}");
    assert!((room.shapes(0)[0].0.area() - drawn.area()).abs() < 1e-3);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.shapes(0)[0].0, drawn, "both keys are one step");
}
