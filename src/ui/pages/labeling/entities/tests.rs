//! Whole flows through the window.

use crate::domain::{Annotation, AnnotationBody, AnnotationSet, DatasetType, Edit, SampleState, Timestamp};
use crate::ui::pages::labeling::testing::Room;
use egui::{Event, ImeEvent, Key, Modifiers, PointerButton, Pos2, Role, vec2};
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

fn places(room: &Room, text: usize) -> Vec<(u32, u32)> {
    marked(room, text).into_iter().map(|(_, start, end, _)| (start, end)).collect()
}

fn listed(room: &Room) -> usize {
    room.harness.query_all_by_role(Role::ListBoxOption).count()
}

/// Selects 北京 by keys.
fn select_beijing(room: &mut Room) {
    room.press_with(WORD, Key::Home);
    for _ in 0..2 {
        room.press_with(WORD, Key::ArrowRight);
    }
    room.press_with(WORD | Modifiers::SHIFT, Key::ArrowRight);
}

#[test]
fn a_character_is_searched_for_in_all_texts() {
    let mut room = room();
    assert_eq!(listed(&room), 2);
    room.press_with(WORD, Key::F);
    room.harness.event(Event::Ime(ImeEvent::Preedit { text: "bei".to_owned(), active_range_chars: None }));
    room.settle();
    assert_eq!(listed(&room), 2, "what is composed is not searched for yet");
    room.harness.event(Event::Ime(ImeEvent::Commit("北".to_owned())));
    room.settle();
    assert_eq!(listed(&room), 1);
    room.press(Key::Escape);
    assert_eq!(listed(&room), 2);
}

#[test]
fn a_text_is_deleted_and_comes_back() {
    let mut room = room();
    room.press_with(WORD, Key::Delete);
    room.press_with(WORD, Key::Enter);
    assert_eq!(room.rows().len(), 1);
    room.press_with(WORD, Key::Z);
    assert_eq!(room.rows().len(), 2);
}

#[test]
fn after_the_caret_was_moved_a_key_labels_the_word_there() {
    let mut room = room();
    select_beijing(&mut room);
    room.press(Key::Num2);
    room.press(Key::Home);
    room.press(Key::Num1);
    assert_eq!(marked(&room, 0), [entity("ORG", 0, 1, "我"), entity("LOC", 3, 5, "北京")]);
    room.press(Key::PageDown);
    room.press_with(WORD, Key::ArrowRight);
    room.press(Key::Num1);
    assert_eq!(marked(&room, 1), [entity("ORG", 0, 3, "She")], "the word before a caret behind it");
    room.press_with(WORD, Key::End);
    room.press(Key::Num1);
    assert_eq!(marked(&room, 1).len(), 1, "nothing is no word");
}

#[test]
fn keys_wait_for_the_text_that_they_are_meant_for() {
    let files = [("a.txt", "one\ntwo\nthree\n")];
    let mut room = Room::of_texts(DatasetType::NamedEntity, &["ORG"], &files);
    for key in [Key::PageDown, Key::Num0, Key::PageDown, Key::Num0] {
        room.harness.key_press(key);
    }
    room.settle();
    let states: Vec<_> = room.rows().iter().map(|row| row.state).collect();
    assert_eq!(states, [SampleState::Unlabeled, SampleState::Labeled, SampleState::Labeled]);
}

#[test]
fn an_undo_between_two_steps_of_an_edge_does_not_take_the_entity() {
    let mut room = room();
    select_beijing(&mut room);
    room.press(Key::Num2);
    room.press(Key::CloseBracket);
    room.press(Key::CloseBracket);
    assert_eq!(places(&room, 0), [(3, 7)]);
    room.press_with(WORD, Key::Z);
    room.press(Key::CloseBracket);
    assert_eq!(places(&room, 0), [(3, 6)]);
    room.press_with(WORD, Key::Z);
    assert_eq!(places(&room, 0), [(3, 5)]);
}

#[test]
fn edges_move_by_words_and_nothing_becomes_the_same_twice() {
    let mut room = room();
    select_beijing(&mut room);
    room.press(Key::Num2);
    room.press_with(WORD, Key::CloseBracket);
    assert!(places(&room, 0)[0].1 > 6);
    room.press_with(WORD, Key::Z);
    room.press(Key::Escape);
    select_beijing(&mut room);
    room.press(Key::Num1);
    assert_eq!(places(&room, 0), [(3, 5), (3, 5)]);
    room.press(Key::Num2);
    let mut labels: Vec<_> = marked(&room, 0).into_iter().map(|(label, ..)| label).collect();
    labels.sort();
    assert_eq!(labels, ["LOC", "ORG"]);
}

#[test]
fn what_was_labeled_everywhere_is_undone_as_one() {
    let files = [("a.txt", "他在北京\n北京很大\n上海\n")];
    let mut room = Room::of_texts(DatasetType::NamedEntity, &["LOC"], &files);
    room.press(Key::PageDown);
    room.press(Key::Num1);
    assert_eq!(places(&room, 1), [(0, 2)]);
    room.press_with(WORD, Key::D);
    room.press_with(WORD, Key::Enter);
    assert_eq!((places(&room, 0), places(&room, 1)), (vec![(2, 4)], vec![(0, 2)]));
    room.press_with(WORD, Key::Z);
    assert_eq!((places(&room, 0), places(&room, 1)), (vec![], vec![(0, 2)]));
    room.press_with(WORD | Modifiers::SHIFT, Key::Z);
    assert_eq!(places(&room, 0), [(2, 4)]);
    room.press_with(WORD, Key::Z);
    room.press_with(WORD, Key::Z);
    assert_eq!(places(&room, 1), []);
}

#[test]
fn what_is_composed_in_the_dialog_is_not_looked_for() {
    let mut room = room();
    room.press_with(WORD, Key::D);
    let said = |room: &Room| room.harness.query_all_by_label_contains("Label 1 ").count();
    room.harness.event(Event::Ime(ImeEvent::Preedit { text: "北".to_owned(), active_range_chars: None }));
    room.settle();
    assert_eq!(said(&room), 0);
    room.harness.event(Event::Ime(ImeEvent::Commit("北".to_owned())));
    room.settle();
    assert!(said(&room) > 0);
    room.press_with(WORD, Key::Enter);
    assert_eq!(places(&room, 0), [(3, 4)]);
}

#[test]
fn what_a_model_is_sure_of_is_accepted_in_all_texts() {
    let mut room = room();
    let label = room.workbench.label(room.dataset, "LOC").expect("a label").id;
    let suggested = |start: u32, text: &str, confidence: f64| Annotation {
        confidence: Some(confidence),
        ..Annotation::human(
            label,
            AnnotationBody::Entity { start, end: start + 2, text: text.to_owned() },
            "model/m".to_owned(),
            Timestamp(0),
        )
    };
    let ids: Vec<_> = room.rows().iter().map(|row| row.sample.id).collect();
    let put = vec![
        (ids[0], vec![suggested(3, "北京", 0.95), suggested(0, "我来", 0.2)]),
        (ids[1], vec![suggested(0, "Sh", 0.99)]),
    ];
    room.workbench.edit(room.dataset, &Edit::suggest("m".to_owned(), put)).expect("an edit");
    room.settle();
    room.press_with(WORD, Key::Enter);
    assert_eq!((places(&room, 0), places(&room, 1)), (vec![(3, 5)], vec![(0, 2)]));
    room.press_with(Modifiers::SHIFT, Key::X);
    assert!(room.rows()[0].annotations.iter().all(|annotation| annotation.set == AnnotationSet::Primary));
}

#[test]
fn the_labels_of_all_listed_texts_are_cleared_and_come_back() {
    let mut room = room();
    room.press(Key::Num1);
    room.press(Key::PageDown);
    room.press(Key::Num1);
    room.harness.get_by_role_and_label(Role::Button, "Clear all listed…").click();
    room.settle();
    room.press_with(WORD, Key::Enter);
    assert_eq!((places(&room, 0), places(&room, 1)), (vec![], vec![]));
    room.press_with(WORD, Key::Z);
    assert_eq!((places(&room, 0).len(), places(&room, 1).len()), (1, 1));
}

#[test]
fn a_labels_name_and_the_filter_of_entities_can_be_composed() {
    let mut room = room();
    room.harness.get_by_role_and_label(Role::Button, "New label").click();
    room.settle();
    let compose = |room: &mut Room, text: &str| {
        room.harness.event(Event::Ime(ImeEvent::Preedit { text: "di'dian".to_owned(), active_range_chars: None }));
        room.settle();
        room.harness.event(Event::Ime(ImeEvent::Commit(text.to_owned())));
        room.settle();
    };
    compose(&mut room, "地点");
    room.press(Key::Enter);
    let labels = room.workbench.labels(room.dataset).expect("labels");
    assert_eq!(labels.last().expect("a label").label.name.as_str(), "地点");

    select_beijing(&mut room);
    room.press(Key::Num2);
    room.harness.get_by_role_and_label(Role::TextInput, "Filter entities").click();
    room.settle();
    compose(&mut room, "上海");
    assert_eq!(room.harness.query_all_by_label("北京 LOC").count(), 0);
    room.press(Key::Escape);
    assert_eq!(room.harness.query_all_by_label("北京 LOC").count(), 1);
}
