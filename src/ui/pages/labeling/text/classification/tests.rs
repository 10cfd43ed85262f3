//! The page over texts: what a person presses and what is in the catalog afterwards.

use crate::domain::query::SampleFilter;
use crate::domain::{Annotation, AnnotationSet, DatasetType, Edit, LabelId, SampleState, Timestamp};
use crate::ui::pages::labeling::testing::Room;
use egui::{Event, ImeEvent, Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

const LINES: [&str; 12] = [
    "味道很好，下次还会点",
    "送餐太慢了，等了两个小时",
    "分量足，价格也实惠",
    "菜是凉的，差评",
    "Very good, fast delivery",
    "包装很用心，味道不错",
    "少送了一份米饭",
    "一般般吧",
    "好吃！👍",
    "再也不会点了",
    "味道不如以前",
    "The best noodles in town",
];

fn reviews() -> Room {
    let mut room =
        Room::of_texts(DatasetType::TextClassification, &["good", "bad"], &[("reviews.txt", &LINES.join("\n"))]);
    // One line each: all of them are in sight.
    room.press(Key::Minus);
    room
}

impl Room {
    fn names(&self, suggested: bool) -> Vec<Vec<String>> {
        let table = self.workbench.labels(self.dataset).expect("labels");
        let name = |id: Option<LabelId>| {
            let found = table.iter().find(|row| Some(row.label.id) == id);
            found.map_or_else(|| "?".to_owned(), |row| row.label.name.as_str().to_owned())
        };
        let is_meant = |set: &AnnotationSet| matches!(set, AnnotationSet::Suggestion(_)) == suggested;
        let of = |row: crate::domain::query::SampleRow| {
            let meant = row.annotations.iter().filter(|annotation| is_meant(&annotation.set));
            let mut names: Vec<_> = meant.map(|annotation| name(annotation.label)).collect();
            names.sort();
            names
        };
        self.rows().into_iter().map(of).collect()
    }

    fn count(&self, state: SampleState) -> usize {
        self.rows().iter().filter(|row| row.state == state).count()
    }

    fn listed(&self) -> usize {
        self.harness.query_all_by_role(Role::ListBoxOption).count()
    }

    /// Whether a text is shown large.
    fn reads(&self, text: &str) -> bool {
        self.listed() == 0 && self.harness.query_all_by_label(text).next().is_some()
    }

    /// Every text gets both labels suggested, the first with these confidences.
    fn suggest(&mut self, confidences: &[f64]) {
        let label = |name| self.workbench.label(self.dataset, name).expect("a label").id;
        let (good, bad) = (label("good"), label("bad"));
        let sure = |label, confidence: f64| Annotation {
            confidence: Some(confidence),
            ..Annotation::class(label, "model/m".to_owned(), Timestamp(0))
        };
        let put = self.rows().into_iter().zip(confidences);
        let put = put.map(|(row, sureness)| (row.sample.id, vec![sure(good, *sureness), sure(bad, 1.0 - sureness)]));
        self.workbench.edit(self.dataset, &Edit::suggest("m".to_owned(), put.collect())).expect("an edit");
        self.settle();
        self.press(Key::OpenBracket);
        for _ in 0..3 {
            self.press(Key::CloseBracket);
        }
        self.harness.get_all_by_role(Role::Tab).nth(2).expect("a tab").click();
        self.settle();
    }
}

#[test]
fn ten_texts_are_labeled_by_ten_keys_and_found_again() {
    let mut room = reviews();
    assert_eq!(room.listed(), LINES.len());
    for key in [1, 2, 1, 2, 1, 1, 2, 2, 1, 2] {
        room.press(if key == 1 { Key::Num1 } else { Key::Num2 });
    }
    assert_eq!(room.count(SampleState::Labeled), 10);
    let names = room.names(false);
    assert_eq!(
        (names[0].as_slice(), names[3].as_slice()),
        (["good".to_owned()].as_slice(), ["bad".to_owned()].as_slice())
    );
    // All of them, and those that have a word; one sign is enough.
    room.press_with(Modifiers::COMMAND, Key::R);
    assert_eq!(room.listed(), 2);
    for _ in 0..3 {
        room.press(Key::CloseBracket);
    }
    room.press_with(Modifiers::COMMAND, Key::F);
    room.type_text("味道");
    assert_eq!(room.listed(), 3);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.type_text("吃");
    assert_eq!(room.listed(), 1);
    assert!(room.harness.query_by_label("好吃！👍: good").is_some());
    room.press(Key::Escape);
    assert_eq!(room.listed(), LINES.len());
    // Undo takes the last decision back; clearing and deleting are two actions.
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.count(SampleState::Labeled), 9);
    room.press(Key::Home);
    room.press(Key::X);
    assert_eq!((room.count(SampleState::Labeled), room.rows().len()), (8, LINES.len()));
    room.press(Key::Delete);
    room.harness.get_by_label("Delete").click();
    room.settle();
    assert_eq!(room.rows().len(), LINES.len() - 1);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.rows().len(), LINES.len());
}

#[test]
fn one_text_is_read_large_and_the_next_follows_the_decision() {
    let mut room = reviews();
    room.press(Key::Enter);
    assert!(room.reads(LINES[0]));
    room.press(Key::Num1);
    assert!(room.reads(LINES[1]));
    room.press(Key::Num2);
    room.press(Key::Escape);
    assert_eq!(room.listed(), LINES.len());
    assert_eq!(room.names(false)[..2], [vec!["good".to_owned()], vec!["bad".to_owned()]]);
}

#[test]
fn the_page_in_sight_is_labeled_at_once() {
    let mut room = reviews();
    for _ in 0..2 {
        room.press(Key::Plus);
    }
    let in_sight = room.listed();
    assert!(in_sight < LINES.len());
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::A);
    room.press(Key::Num1);
    assert_eq!(room.count(SampleState::Labeled), in_sight);
}

#[test]
fn suggestions_are_accepted_refused_and_taken_by_threshold() {
    let mut room = reviews();
    room.suggest(&[0.95, 0.9, 0.6, 0.7]);
    assert_eq!((room.listed(), room.count(SampleState::ToConfirm)), (4, 4));
    assert!(room.harness.query_by_label_contains("good 95%, bad 5%").is_some());
    // Above nine tenths: two texts get what is so sure, their other suggestion waits on.
    room.press_with(Modifiers::COMMAND, Key::Enter);
    assert_eq!(room.names(false).iter().filter(|names| *names == &["good"]).count(), 2);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.names(false).iter().filter(|names| names.is_empty()).count(), LINES.len());
    // Enter takes all of one text, Shift+X none.
    room.press(Key::Home);
    room.press(Key::Enter);
    assert_eq!(room.names(false)[0], ["bad", "good"]);
    assert_eq!(room.rows()[0].annotations[0].annotated_by, "human/ada");
    room.press_with(Modifiers::SHIFT, Key::X);
    assert_eq!(room.rows()[1].state, SampleState::Unlabeled);
    // With several labels, a key takes one and Shift with it refuses one.
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::Num1);
    assert_eq!((room.names(false)[2].clone(), room.names(true)[2].clone()), (vec!["good".into()], vec!["bad".into()]));
    room.press_with(Modifiers::SHIFT, Key::Num2);
    assert_eq!(room.rows()[2].state, SampleState::Labeled);
}

#[test]
fn composing_chinese_searches_when_it_is_committed_and_labels_nothing() {
    let mut room = reviews();
    room.press_with(Modifiers::COMMAND, Key::F);
    let ime = |room: &mut Room, event| {
        room.harness.event(Event::Ime(event));
        room.settle();
    };
    for part in ["w", "wei", "wei'd"] {
        ime(&mut room, ImeEvent::Preedit { text: part.to_owned(), active_range_chars: None });
        // What is not a word yet is not searched for.
        assert_eq!(room.listed(), LINES.len());
    }
    room.press(Key::Num1);
    ime(&mut room, ImeEvent::Commit("味道".to_owned()));
    assert_eq!(room.listed(), 3);
    assert_eq!(room.count(SampleState::Labeled), 0);
    let field = room.harness.get_by_role_and_label(Role::TextInput, "Search the texts");
    assert_eq!(field.accesskit_node().value().unwrap_or_default(), "味道");
    let found =
        room.workbench.counts(room.dataset, &SampleFilter { text: "味道".to_owned(), ..SampleFilter::default() });
    assert_eq!(found.expect("counts").total, 3);
}

#[test]
fn keys_wait_while_the_next_undecided_text_is_looked_for() {
    let lines: Vec<String> = (0..1_200).map(|line| format!("line {line}")).collect();
    let mut room = Room::of_texts(DatasetType::TextClassification, &["good", "bad"], &[("a.txt", &lines.join("\n"))]);
    let ids: Vec<_> = room.rows()[1..1_100].iter().map(|row| row.sample.id).collect();
    room.workbench.edit(room.dataset, &Edit::Confirm { samples: ids }).expect("an edit");
    room.harness.get_all_by_role(Role::Tab).nth(3).expect("a tab").click();
    room.settle();
    room.press(Key::Home);
    room.harness.key_press(Key::Num1);
    room.harness.key_press(Key::Num2);
    room.settle();
    let names = room.names(false);
    assert_eq!((&names[0], &names[1_100]), (&vec!["good".to_owned()], &vec!["bad".to_owned()]));
}
