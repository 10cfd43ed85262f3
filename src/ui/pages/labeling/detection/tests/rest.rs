//! Nothing moves that need not, nothing says what is not so, and what was begun is there again after a restart.

use super::*;
use std::time::{Duration, Instant};

impl Room {
    fn rest(&mut self) {
        let until = Instant::now() + Duration::from_millis(1_100);
        while Instant::now() < until {
            self.settle();
        }
    }

    fn hold(&mut self, key: Key) {
        let event =
            |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
        for _ in 0..6 {
            self.harness.event(event(true));
            self.settle();
        }
        self.harness.event(event(false));
        self.settle();
    }

    fn is_asking(&self) -> bool {
        self.harness.query_by_label("Label of the shape").is_some()
    }

    fn rect_of(&self, name: &str) -> Rect {
        self.harness.get_by_label(name).rect()
    }
}

#[test]
fn a_held_enter_opens_the_picker_and_does_not_answer_it() {
    let mut room = cells(&["red", "white"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press(Key::Num1);
    room.hold(Key::Enter);
    assert!(room.is_asking(), "the key that opened it is still down");
    room.press(Key::Enter);
    assert!(!room.is_asking());
}

#[test]
fn a_held_digit_answers_once() {
    let mut room = cells(&["red", "white"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.drag([160.0, 40.0], [190.0, 120.0]);
    assert!(room.is_asking(), "two shapes wait");
    room.hold(Key::Num2);
    assert_eq!(room.shapes(0).len(), 1, "one of them has its label");
}

#[test]
fn the_picker_is_as_high_as_its_labels_however_it_was_before() {
    let mut room = cells(&["red", "white", "blue", "green", "black", "brown"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.type_text("gre");
    room.press(Key::Enter);
    room.press(Key::Enter);
    assert!(room.is_asking());
    let area = room.harness.get_by_label("Label of the shape").rect();
    let last = room.harness.get_by_label("brown 6").rect();
    assert!(last.height() > 20.0 && last.min.y > area.max.y + 100.0, "{last:?} below {area:?}");
    assert!(last.is_positive() && room.harness.query_by_label("brown 6").is_some());
}

#[test]
fn labels_are_renamed_and_deleted_beside_the_canvas() {
    let mut room = cells(&["red", "white"]);
    room.harness.get_by_label("Change red").click();
    room.settle();
    room.harness.get_by_label("Edit label").click();
    room.settle();
    room.press_with(Modifiers::COMMAND, Key::A);
    room.type_text("crimson");
    room.press(Key::Enter);
    let names = |room: &Room| -> Vec<String> {
        let labels = room.workbench.labels(room.dataset).expect("labels");
        labels.iter().map(|row| row.label.name.as_str().to_owned()).collect()
    };
    assert_eq!(names(&room), ["crimson", "white"]);
    room.harness.get_by_label("Change white").click();
    room.settle();
    room.harness.get_by_label("Delete label").click();
    room.settle();
    room.press(Key::Enter);
    assert_eq!(names(&room), ["crimson"]);
}

#[test]
fn without_an_image_nothing_is_said_of_the_last_one() {
    let mut room = cells(&["red"]);
    let size = |room: &Room| room.harness.query_by_label("400 × 300").is_some();
    assert!(size(&room));
    room.press_with(Modifiers::COMMAND, Key::F);
    room.type_text("no such image");
    assert!(room.harness.query_by_role(Role::Canvas).is_none());
    assert!(!size(&room));
}

#[test]
fn ctrl_f_shows_the_hidden_strip_and_goes_to_its_search() {
    let mut room = cells(&["red"]);
    room.press_with(Modifiers::SHIFT, Key::S);
    assert_eq!(room.harness.query_all_by_role(Role::ListBoxOption).count(), 0);
    room.press_with(Modifiers::COMMAND, Key::F);
    room.type_text("picture-1");
    assert_eq!(room.harness.query_all_by_role(Role::ListBoxOption).count(), 1);
}

#[test]
fn selecting_moves_neither_the_canvas_nor_the_inspector() {
    let mut room = cells(&["red"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press(Key::Escape);
    let before = (room.canvas(), room.rect_of("New label"));
    room.press(Key::Tab);
    room.press(Key::M);
    assert_eq!((room.canvas(), room.rect_of("New label")), before);
}

#[test]
fn shapes_without_a_label_and_half_drawn_ones_survive_a_kill() {
    let mut room = cells(&["red", "white"]);
    room.drag([20.0, 20.0], [60.0, 60.0]);
    room.drag([20.0, 220.0], [60.0, 280.0]);
    room.press(Key::Escape);
    room.press(Key::D);
    room.press(Key::G);
    for [x, y] in [[100.0, 100.0], [200.0, 100.0], [200.0, 200.0]] {
        room.click(x, y, Modifiers::NONE);
    }
    room.rest();
    // Not closed: let go of as a kill would.
    let mut room = room.restart();
    assert!(room.is_asking());
    room.press(Key::Num2);
    assert!(alike(&room.shapes(0)[0].0, &rectangle(20.0, 20.0, 60.0, 60.0)));
    room.press(Key::D);
    room.press(Key::Enter);
    room.press(Key::Num1);
    assert_eq!(room.shapes(1).len(), 1, "the polygon is gone on with");
    room.rest();
    let room = room.restart();
    assert!(!room.is_asking(), "what has its label is not asked for again");
    assert_eq!(room.shapes(0).len(), 1);
}

#[test]
fn asking_again_about_a_label_offers_the_one_that_is_there() {
    let mut room = cells(&["red", "white"]);
    room.drag([50.0, 40.0], [150.0, 120.0]);
    room.press(Key::Num2);
    // Nothing was labeled yet in the new window.
    let mut room = room.restart();
    room.press(Key::Tab);
    room.press(Key::Enter);
    assert!(room.is_asking());
    room.press(Key::Enter);
    assert_eq!(room.shapes(0)[0].1, "white");
}
