//! Whole flows through the window.

use crate::domain::{AnnotationBody, DatasetType, SampleState};
use crate::ui::pages::labeling::testing::Room;
use egui::{Event, ImeEvent, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::Queryable;

const WORD: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

fn room() -> Room {
    let files = [("a.txt", "我来到北京清华大学\nShe met Ada in Paris.\n")];
    Room::of_texts(DatasetType::NamedEntity, &["ORG", "LOC"], &files)
}

/// What is marked in a text: label, code points, words.
fn marked(room: &Room, text: usize) -> Vec<(String, u32, u32, String)> {
    let labels = room.workbench.labels(room.dataset).expect("labels");
    let rows = room.rows();
    let mut found: Vec<_> = rows[text]
        .primary()
        .map(|annotation| {
            let AnnotationBody::Entity { start, end, text } = &annotation.body else { panic!("{annotation:?}") };
            let label = labels.iter().find(|row| Some(row.label.id) == annotation.label).expect("its label");
            (label.label.name.to_string(), *start, *end, text.clone())
        })
        .collect();
    found.sort_by_key(|(_, start, end, _)| (*start, *end));
    found
}

fn entity(label: &str, start: u32, end: u32, text: &str) -> (String, u32, u32, String) {
    (label.to_owned(), start, end, text.to_owned())
}

#[test]
fn entities_are_marked_by_keyboard_alone() {
    let mut room = room();
    for _ in 0..2 {
        room.press_with(WORD, Key::ArrowRight);
    }
    room.press_with(WORD | Modifiers::SHIFT, Key::ArrowRight);
    room.press(Key::Num2);
    assert_eq!(marked(&room, 0), [entity("LOC", 3, 5, "北京")]);

    // The whole, around it.
    room.press_with(Modifiers::SHIFT, Key::End);
    room.press_with(Modifiers::NONE, Key::Home);
    for _ in 0..3 {
        room.press(Key::ArrowRight);
    }
    room.press_with(Modifiers::SHIFT, Key::End);
    room.press(Key::Num1);
    let nested = [entity("LOC", 3, 5, "北京"), entity("ORG", 3, 9, "北京清华大学")];
    assert_eq!(marked(&room, 0), nested);

    // Shorter by one at its end, at its beginning, and one undo for each kind of step.
    room.press(Key::OpenBracket);
    room.press_with(Modifiers::SHIFT, Key::CloseBracket);
    assert_eq!(marked(&room, 0)[1], entity("ORG", 4, 8, "京清华大"));
    room.press_with(WORD, Key::Z);
    assert_eq!(marked(&room, 0), nested, "steps of one edge after another are taken back together");

    // Another label for the chosen one, then away with it.
    room.press(Key::Escape);
    room.press(Key::Tab);
    room.press(Key::Num2);
    room.press(Key::Delete);
    assert_eq!(marked(&room, 0).len(), 1);
    room.press_with(WORD, Key::Z);
    assert_eq!(marked(&room, 0).len(), 2);
}

#[test]
fn a_text_without_entities_is_a_decision_and_can_be_taken_back() {
    let mut room = room();
    room.press(Key::Num0);
    assert_eq!(room.rows()[0].state, SampleState::Labeled);
    assert_eq!(marked(&room, 0), []);
    room.press(Key::X);
    assert_eq!(room.rows()[0].state, SampleState::Unlabeled);
    room.press(Key::PageDown);
    room.press_with(WORD, Key::ArrowRight);
    room.press_with(WORD, Key::ArrowRight);
    room.press_with(WORD | Modifiers::SHIFT, Key::ArrowRight);
    room.press(Key::Num1);
    assert_eq!(marked(&room, 1), [entity("ORG", 7, 11, " Ada")], "a selection is kept as it is");
    room.press(Key::PageUp);
    room.press(Key::Period);
    assert_eq!(room.rows()[0].state, SampleState::Unlabeled);
}

#[test]
fn keys_of_an_input_method_give_no_label() {
    let mut room = room();
    room.harness.event(Event::Ime(ImeEvent::Preedit { text: "bei".to_owned(), active_range_chars: None }));
    room.press(Key::Num1);
    assert_eq!(marked(&room, 0), []);
    room.harness.event(Event::Ime(ImeEvent::Commit("北".to_owned())));
    room.settle();
    room.press(Key::Num1);
    assert_eq!(marked(&room, 0), [entity("ORG", 0, 1, "我")], "without a selection, the word at the caret");
}

/// Presses and lets go of the button at a place so many times, long after the click before.
fn click(room: &mut Room, at: Pos2, times: usize) {
    // A frame of the tests is a quarter of a second, and every event has one of its own.
    room.harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 0.6);
    for _ in 0..8 {
        room.harness.step();
    }
    room.harness.event(Event::PointerMoved(at));
    for _ in 0..times {
        for pressed in [true, false] {
            let modifiers = Modifiers::NONE;
            room.harness.event(Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers });
        }
        room.harness.step();
    }
    room.settle();
}

#[test]
fn a_double_click_takes_a_chinese_word_and_a_click_goes_deeper() {
    let mut room = room();
    let text = room.harness.get_by_label("Text").rect();
    // The fourth character: four of 17 points each, after the border.
    let at = text.min + vec2(24.0 + 3.5 * 17.0, 16.0 + 10.0);
    click(&mut room, at, 2);
    room.press(Key::Num2);
    assert_eq!(marked(&room, 0), [entity("LOC", 3, 5, "北京")]);
    click(&mut room, at, 3);
    room.press(Key::Num1);
    assert_eq!(marked(&room, 0).len(), 2);
    room.press(Key::Escape);
    click(&mut room, at, 1);
    room.press(Key::Delete);
    assert_eq!(marked(&room, 0), [entity("ORG", 0, 9, "我来到北京清华大学")], "the smallest there was chosen");
}
