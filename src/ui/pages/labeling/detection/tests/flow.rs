//! Nothing of what a hand does is lost or goes to another image: quick keys, shapes without a label, images that are
//! left and come back.

use super::*;
use crate::domain::query::SampleFilter;
use crate::workbench::{NewDataset, NewLabel, Task};

#[test]
fn a_second_shape_does_not_throw_the_first_away() {
    let mut room = cells(&["red", "white"]);
    room.drag([20.0, 20.0], [60.0, 60.0]);
    room.drag([20.0, 220.0], [60.0, 280.0]);
    assert!(room.shapes(0).is_empty(), "both wait");
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["white"]);
    room.press(Key::Num1);
    assert_eq!(room.labels_of(0), ["white", "red"]);
    assert!(alike(&room.shapes(0)[0].0, &rectangle(20.0, 220.0, 60.0, 280.0)), "the latest is asked for first");
}

#[test]
fn shapes_without_a_label_wait_with_their_image_all_of_them() {
    let mut room = cells(&["red", "white"]);
    room.drag([20.0, 20.0], [60.0, 60.0]);
    room.drag([20.0, 220.0], [60.0, 280.0]);
    room.click_image(1);
    room.press(Key::A);
    room.press(Key::Num1);
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["red", "white"]);
}

#[test]
fn points_are_asked_for_their_label_too() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::P);
    room.click(20.0, 20.0, Modifiers::NONE);
    room.press(Key::Num1);
    assert_eq!(room.labels_of(0), ["red"]);
    room.click(20.0, 200.0, Modifiers::NONE);
    assert_eq!(room.shapes(0).len(), 1, "the press that made the point does not answer for its label");
    // Going on to draw does.
    room.click(20.0, 250.0, Modifiers::NONE);
    assert_eq!(room.labels_of(0), ["red", "red"]);
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["red", "red", "white"]);
}

#[test]
fn a_polygon_closed_on_its_first_point_is_asked_for_its_label() {
    let mut room = cells(&["red", "white"]);
    room.drag([20.0, 20.0], [60.0, 60.0]);
    room.press(Key::Num1);
    room.press(Key::G);
    for [x, y] in [[150.0, 150.0], [250.0, 160.0], [220.0, 250.0], [150.0, 150.0]] {
        room.click(x, y, Modifiers::NONE);
    }
    assert_eq!(room.labels_of(0), ["red"]);
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["red", "white"]);
}

#[test]
fn quick_keys_decide_about_the_image_that_they_are_meant_for() {
    let mut room = cells(&["red"]);
    room.quickly(&[plain(Key::D), plain(Key::N)]);
    let states = |room: &Room| [0, 1, 2, 3].map(|image| room.state(image) == SampleState::Labeled);
    assert_eq!(states(&room), [false, true, false, false]);
    room.quickly(&[plain(Key::A), plain(Key::A), plain(Key::N), plain(Key::D), plain(Key::N)]);
    assert_eq!(states(&room), [true, true, true, false]);
    room.quickly(&[plain(Key::A), plain(Key::F), plain(Key::N)]);
    assert_eq!(states(&room), [true; 4]);
}

#[test]
fn a_picture_that_nobody_can_see_is_not_decided_about() {
    let mut room = cells(&["red"]);
    let source = room.rows()[3].sample.source.clone();
    std::fs::remove_file(source.strip_prefix("file://").unwrap()).unwrap();
    for _ in 0..3 {
        room.press(Key::D);
    }
    room.press(Key::N);
    assert_eq!(room.state(3), SampleState::Unlabeled);
    assert!(room.harness.query_by_label_contains("nobody can tell").is_some());
}

#[test]
fn quick_keys_bring_shapes_to_the_image_that_they_are_meant_for() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.quickly(&[plain(Key::D), plain(Key::E), plain(Key::D), plain(Key::E), plain(Key::N)]);
    assert_eq!(room.shape_counts(), [1, 1, 1, 0]);
    assert!(room.shown().contains("picture-3"));
    room.press(Key::A);
    let along = (Modifiers::SHIFT, Key::E);
    room.quickly(&[plain(Key::A), along, along]);
    assert_eq!(room.shape_counts(), [1, 1, 1, 1]);
    room.quickly(&[plain(Key::A), plain(Key::Tab), plain(Key::Delete)]);
    assert_eq!(room.shape_counts(), [1, 1, 0, 1]);
}

#[test]
fn what_is_pasted_before_a_picture_is_open_fits_into_that_picture() {
    let mut room = Room::of_sizes(&["red"], &[[400, 300], [100, 80], [400, 300]]);
    room.drag([300.0, 200.0], [360.0, 260.0]);
    let drawn = room.shapes(0).swap_remove(0).0;
    room.event(Event::Copy);
    room.harness.key_press(Key::D);
    room.harness.event(Event::Paste("anything".to_owned()));
    room.harness.key_press(Key::D);
    room.paste();
    let pasted = room.shapes(1).swap_remove(0).0;
    assert!(alike(&pasted, &rectangle(40.0, 20.0, 100.0, 80.0)), "{pasted:?}");
    assert!(room.harness.query_by_label_contains("One shape lay outside").is_some());
    assert_eq!(room.shapes(2)[0].0, drawn);
    // By keys alone, in the small picture: no wider than that.
    room.quickly(&[plain(Key::A), plain(Key::A), plain(Key::D), plain(Key::Enter)]);
    let drawn = room.shapes(1).swap_remove(1).0.bounds();
    assert!(drawn.width() > 1.0 && drawn.max[0] <= 100.0 && drawn.max[1] <= 80.0, "{drawn:?}");
}

#[test]
fn what_is_half_drawn_survives_leaving_the_image_and_taking_another_tool() {
    let mut room = cells(&["red"]);
    room.press(Key::G);
    room.click(50.0, 50.0, Modifiers::NONE);
    room.click(150.0, 60.0, Modifiers::NONE);
    room.press(Key::D);
    room.press(Key::R);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press(Key::A);
    room.press(Key::R);
    room.press(Key::G);
    // Redo has nothing to do with it.
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    room.click(120.0, 200.0, Modifiers::NONE);
    room.press(Key::Enter);
    let shapes = room.shapes(0);
    assert_eq!(shapes.len(), 1, "{shapes:?}");
    assert_eq!((shapes[0].0.kind(), shapes[0].0.vertex_count()), (ShapeKind::Polygon, 3));
    assert_eq!(room.shapes(1).len(), 1);
}

#[test]
fn closing_the_window_gives_what_waits_the_last_label() {
    let mut room = cells(&["red", "white"]);
    room.drag([20.0, 20.0], [60.0, 60.0]);
    room.press(Key::Num2);
    room.drag([20.0, 220.0], [60.0, 280.0]);
    assert_eq!(room.shapes(0).len(), 1);
    room.harness.state_mut().as_mut().expect("an app").close();
    assert_eq!(room.labels_of(0), ["white", "white"]);
}

#[test]
fn what_has_no_label_is_there_when_its_dataset_is_opened_again() {
    let mut room = cells(&["red", "white"]);
    room.drag([20.0, 20.0], [60.0, 60.0]);
    room.drag([20.0, 220.0], [60.0, 280.0]);
    let other = room
        .workbench
        .create_dataset(NewDataset {
            name: "other".to_owned(),
            description: String::new(),
            kind: DatasetType::ObjectDetection,
            input: room.folder.path().join("input").display().to_string(),
            output: room.folder.path().join("other").display().to_string(),
            labels: vec![NewLabel { name: "cat".to_owned(), color: None }],
        })
        .expect("a dataset")
        .id;
    room.workbench.sync(other, &Task::silent()).expect("a sync");
    room.open(Page::Labeling { dataset: other, filter: None });
    let dataset = room.dataset;
    room.open(Page::Labeling { dataset, filter: None });
    room.press(Key::Num1);
    room.press(Key::Num2);
    assert_eq!(room.labels_of(0), ["red", "white"]);
}

#[test]
fn the_image_stays_when_the_list_changes_around_it() {
    let mut room = cells(&["red"]);
    let ids: Vec<_> = room.rows().iter().map(|row| row.sample.id).collect();
    room.workbench.edit(room.dataset, &Edit::Confirm { samples: ids[1..3].to_vec() }).expect("an edit");
    room.press(Key::D);
    room.press(Key::D);
    assert!(room.shown().contains("picture-2"));
    let filter = SampleFilter { state: Some(SampleState::Labeled), ..SampleFilter::default() };
    let dataset = room.dataset;
    room.open(Page::Labeling { dataset, filter: Some(filter) });
    assert!(room.shown().contains("picture-2"));
    room.workbench.edit(room.dataset, &Edit::Delete { samples: vec![ids[1]] }).expect("an edit");
    room.notice();
    assert!(room.shown().contains("picture-2"), "{}", room.shown());
}

#[test]
fn nothing_is_lost_while_an_undo_is_on_its_way() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    room.quickly(&[UNDO, UNDO]);
    assert!(room.shapes(0).is_empty(), "each of them counts");
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    room.quickly(&[UNDO, plain(Key::Enter), plain(Key::ArrowRight)]);
    let shapes = room.shapes(0);
    assert_eq!(shapes.len(), 1);
    assert!(!alike(&shapes[0].0, &rectangle(50.0, 40.0, 150.0, 120.0)), "the new one: {shapes:?}");
}

#[test]
fn back_goes_all_the_way() {
    let mut room = cells(&["red"]);
    room.press(Key::D);
    room.press(Key::D);
    for image in ["picture-1", "picture-0"] {
        room.press(Key::Q);
        assert!(room.shown().contains(image), "{}", room.shown());
    }
    room.quickly(&[plain(Key::D), plain(Key::Q)]);
    assert!(room.shown().contains("picture-0"), "{}", room.shown());
    room.press(Key::Q);
    assert!(room.harness.query_by_label_contains("None of the images seen before").is_some());
}

#[test]
fn cutting_takes_along_what_it_deletes() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press(Key::Escape);
    room.hover(100.0, 80.0);
    room.event(Event::Cut);
    assert!(room.shapes(0).is_empty());
    room.press(Key::D);
    room.paste();
    assert_eq!(room.shapes(1).len(), 1);
}

#[test]
fn copies_of_a_group_are_a_group_of_their_own() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([200.0, 40.0], [250.0, 120.0]);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.press_with(Modifiers::COMMAND, Key::G);
    room.press_with(Modifiers::COMMAND, Key::D);
    let groups = [0, 1, 2, 3].map(|shape| room.attributes(0, shape).group);
    assert_eq!(groups.iter().flatten().collect::<Vec<_>>(), ["1", "1", "2", "2"]);
}

#[test]
fn a_held_key_decides_once() {
    let mut room = cells(&["red"]);
    let key =
        |pressed| Event::Key { key: Key::N, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
    for _ in 0..3 {
        room.harness.event(key(true));
        room.settle();
    }
    room.harness.event(key(false));
    room.settle();
    assert_eq!([0, 1, 2].map(|image| room.state(image) == SampleState::Labeled), [true, false, false]);
    let shapes: Vec<(Shape, String)> = room.shapes(0);
    assert!(shapes.is_empty());
}
