//! Second passes over texts through the window, by keys alone: begun, labeled without the first labels, settled, taken
//! back.

use crate::domain::review::{self, Review, ReviewState};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationSet, DatasetType, Edit, LabelId, SampleId, SampleState, Timestamp,
};
use crate::ui::pages::Page;
use crate::ui::pages::labeling::testing::Room;
use crate::ui::pages::reviews::tests::{label, show, shows};
use crate::workbench::{ReviewReport, Task};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

const UNDO: (Modifiers, Key) = (Modifiers::COMMAND, Key::Z);
const REDO: (Modifiers, Key) = (Modifiers { ctrl: true, command: true, shift: true, ..Modifiers::NONE }, Key::Z);
const WORD: Modifiers = Modifiers { ctrl: true, command: true, ..Modifiers::NONE };

fn name_of(room: &Room, label: Option<LabelId>) -> String {
    let labels = room.workbench.labels(room.dataset).expect("labels");
    labels.iter().find(|row| Some(row.label.id) == label).expect("its label").label.name.to_string()
}

fn put(room: &Room, sample: SampleId, label: LabelId, body: AnnotationBody) {
    let put = vec![Annotation::human(label, body, "human/ada".to_owned(), Timestamp(1))];
    let edit = Edit::Annotate { sample, put, remove: Vec::new(), order: Vec::new() };
    room.workbench.edit(room.dataset, &edit).expect("labeled");
}

fn report(room: &Room, review: &Review) -> ReviewReport {
    room.workbench.review_report(review.id, &Task::silent()).expect("a report")
}

/// Begins a pass over all texts through its dialog.
fn begin(room: &mut Room) -> Review {
    show(room, |dataset| Page::Reviews { dataset });
    room.harness.get_by_role_and_label(Role::Button, "Begin a second pass…").click();
    room.settle();
    room.press_with(Modifiers::COMMAND, Key::A);
    room.type_text("100");
    room.press(Key::Enter);
    room.settle();
    let reviews = room.workbench.reviews(room.dataset).expect("reviews");
    let page = room.harness.state().as_ref().expect("the window").page().clone();
    assert_eq!(page, Page::ReviewDrawing { dataset: room.dataset, review: reviews[0].id });
    room.harness.check_accessibility();
    reviews[0].clone()
}

/// What a set says of a text, as the label and the words it is about.
fn said(room: &Room, sample: SampleId, set: &AnnotationSet) -> Vec<String> {
    let row = room.workbench.sample_rows(room.dataset, &[sample]).expect("rows").remove(0);
    let of_set = row.annotations.iter().filter(|it| it.set == *set && it.label.is_some());
    let mut words: Vec<String> = of_set
        .map(|it| match &it.body {
            AnnotationBody::Entity { text, .. } => format!("{} {text}", name_of(room, it.label)),
            _ => name_of(room, it.label),
        })
        .collect();
    words.sort();
    words
}

fn state(room: &Room, sample: SampleId, review: &Review) -> (ReviewState, SampleState) {
    let row = room.workbench.sample_rows(room.dataset, &[sample]).expect("rows").remove(0);
    (review::state_of(&row.annotations, review.id), row.state)
}

#[test]
fn texts_are_classified_again_by_one_key_each_settled_and_taken_back() {
    let files = [("a.txt", "Lovely soup\nCold again\nKind people\nToo loud\n")];
    let mut room = Room::of_texts(DatasetType::TextClassification, &["good", "bad"], &files);
    let (good, bad) = (label(&room, "good"), label(&room, "bad"));
    for (place, row) in room.rows().iter().enumerate() {
        put(&room, row.sample.id, if place % 2 == 0 { good } else { bad }, AnnotationBody::Class);
    }
    let review = begin(&mut room);
    let set = review::set_of(review.id);
    let texts = review.samples.clone();
    let first: Vec<Vec<String>> = texts.iter().map(|text| said(&room, *text, &AnnotationSet::Primary)).collect();
    let key = |name: &str| if name == "good" { Key::Num1 } else { Key::Num2 };
    let other = |name: &str| if name == "good" { "bad" } else { "good" };
    assert!(shows(&room, "0 of 4 done"));
    // Nothing of the first labels is seen: no label is marked, none stands below the text.
    assert!(shows(&room, "good 1") && !shows(&room, "good") && !shows(&room, "bad"));

    // The first text: the other label. One key, and the next is there; undo takes it back from there.
    room.press(key(other(&first[0][0])));
    assert!(shows(&room, "1 of 4 done"));
    assert_eq!(said(&room, texts[0], &set), [other(&first[0][0])]);
    room.press_with(UNDO.0, UNDO.1);
    assert!(shows(&room, "0 of 4 done"));
    assert_eq!(said(&room, texts[0], &set), Vec::<String>::new());
    assert_eq!(said(&room, texts[0], &AnnotationSet::Primary), first[0], "undo stays within the pass");
    room.press_with(UNDO.0, UNDO.1);
    assert_eq!(said(&room, texts[0], &AnnotationSet::Primary), first[0]);
    room.press_with(REDO.0, REDO.1);
    assert_eq!(said(&room, texts[0], &set), [other(&first[0][0])]);
    room.press(Key::Period);
    // The second alike, the third with nothing, the fourth with both.
    room.press(key(&first[1][0]));
    room.press(Key::Num0);
    assert!(shows(&room, "3 of 4 done"));
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::Num1);
    room.press(Key::Num2);
    assert!(shows(&room, "3 of 4 done"), "with several labels a key does not finish");
    room.press(Key::Enter);
    assert!(shows(&room, "4 of 4 done"));
    let figures = report(&room, &review);
    assert_eq!(
        (figures.done, figures.agreement.agreed, figures.agreement.first, figures.agreement.second),
        (4, 2, 4, 4)
    );
    room.harness.check_accessibility();

    show(&mut room, |dataset| Page::Review { dataset, review: review.id });
    assert!(shows(&room, "Cohen’s kappa"));
    show(&mut room, |dataset| Page::Reviews { dataset });
    assert!(shows(&room, "Cohen’s kappa"));

    // Settled: the second is right about the first text, and about the third, where it found nothing.
    show(&mut room, |dataset| Page::ReviewSettling { dataset, review: review.id, sample: None });
    assert!(shows(&room, "First pass") && shows(&room, "Second pass"));
    room.press(Key::Num2);
    assert_eq!(state(&room, texts[0], &review), (ReviewState::Settled, SampleState::Labeled));
    assert_eq!(said(&room, texts[0], &AnnotationSet::Primary), [other(&first[0][0])]);
    room.press(Key::Num2);
    let third = state(&room, texts[2], &review);
    assert_eq!(third, (ReviewState::Settled, SampleState::Unlabeled), "a text without a class is unlabeled");
    assert_eq!(said(&room, texts[2], &AnnotationSet::Primary), Vec::<String>::new());
    room.press_with(UNDO.0, UNDO.1);
    assert_eq!(state(&room, texts[2], &review), (ReviewState::Done, SampleState::Labeled));
    assert_eq!(said(&room, texts[2], &AnnotationSet::Primary), first[2]);
    room.press_with(REDO.0, REDO.1);
    room.press(Key::F);
    room.press_with(Modifiers::ALT, Key::Num1);
    assert_eq!(said(&room, texts[3], &AnnotationSet::Primary), first[3]);
    assert!(shows(&room, "3 of 3 settled"));
    assert_eq!(report(&room, &review).agreement.agreed, 2, "the figures are those from before");
    room.harness.check_accessibility();
}

#[test]
fn entities_are_marked_again_and_settled_side_by_side() {
    let files = [("a.txt", "Ada met Bob in Paris\n")];
    let mut room = Room::of_texts(DatasetType::NamedEntity, &["PER", "LOC"], &files);
    let text = room.rows()[0].sample.id;
    for (name, start, end, words) in [("PER", 0, 3, "Ada"), ("PER", 8, 11, "Bob"), ("LOC", 15, 20, "Paris")] {
        let body = AnnotationBody::Entity { start, end, text: words.to_owned() };
        put(&room, text, label(&room, name), body);
    }
    let review = begin(&mut room);
    let set = review::set_of(review.id);
    let first = ["LOC Paris", "PER Ada", "PER Bob"];
    assert!(shows(&room, "0 of 1 done") && shows(&room, "0 entities"), "nothing of the first marks is seen");

    // The word at the caret; then, with the blank before it, the next name as a place.
    room.press(Key::Num1);
    room.press(Key::Escape);
    room.press_with(WORD, Key::ArrowRight);
    room.press_with(WORD | Modifiers::SHIFT, Key::ArrowRight);
    room.press(Key::Num2);
    room.press_with(UNDO.0, UNDO.1);
    assert_eq!(said(&room, text, &set), ["PER Ada"]);
    room.press_with(REDO.0, REDO.1);
    let second = said(&room, text, &set);
    assert_eq!(second.len(), 2, "{second:?}");
    // All away, and back; the first marks are out of reach.
    room.press(Key::X);
    assert_eq!(said(&room, text, &set), Vec::<String>::new());
    assert_eq!(said(&room, text, &AnnotationSet::Primary), first);
    room.press_with(UNDO.0, UNDO.1);
    assert_eq!(said(&room, text, &set), second);
    room.press(Key::Num0);
    assert!(shows(&room, "1 of 1 done"));
    room.harness.check_accessibility();

    let figures = report(&room, &review);
    assert_eq!((figures.agreement.first, figures.agreement.second, figures.agreement.agreed), (3, 2, 1));
    assert_eq!(figures.rows[0].differences, 2, "two readings of Bob, and Paris");
    show(&mut room, |dataset| Page::Review { dataset, review: review.id });
    assert!(shows(&room, "Exact") && shows(&room, "Overlap"));

    show(&mut room, |dataset| Page::ReviewSettling { dataset, review: review.id, sample: None });
    assert!(shows(&room, "2 differences"));
    // Over to the second difference and back.
    room.press(Key::Tab);
    assert!(shows(&room, "2 / 2"));
    room.press_with(Modifiers::SHIFT, Key::Tab);
    room.press(Key::Num2);
    assert_eq!(state(&room, text, &review).0, ReviewState::Done, "one difference is open");
    room.press(Key::Num1);
    assert_eq!(state(&room, text, &review), (ReviewState::Settled, SampleState::Labeled));
    let settled = said(&room, text, &AnnotationSet::Primary);
    assert!(settled.len() == 3 && settled.contains(&second[0]) && settled.contains(&"LOC Paris".to_owned()));
    room.press_with(UNDO.0, UNDO.1);
    assert_eq!(said(&room, text, &AnnotationSet::Primary), first);
    room.press_with(Modifiers::ALT, Key::Num2);
    assert_eq!(said(&room, text, &AnnotationSet::Primary), second, "the second for the rest, too");
    assert!(shows(&room, "1 of 1 settled"));
    room.harness.check_accessibility();
}
