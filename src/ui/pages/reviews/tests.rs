//! A second pass through the window, by keys alone: begun, drawn without the first labels, compared, settled, taken
//! back.

use crate::domain::review::{self, ReviewState};
use crate::domain::{Annotation, AnnotationBody, AnnotationSet, Edit, LabelId, Shape, Timestamp};
use crate::ui::pages::Page;
use crate::ui::pages::labeling::detection::tests::cells;
use crate::ui::pages::labeling::testing::Room;
use crate::workbench::Task;
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};

/// A square in the upper left of a picture, and what the canvas puts into the middle of one.
fn square(at: f64) -> Shape {
    Shape::rectangle([at, at], [at + 60.0, at + 60.0])
}

/// Four images of which each has two red squares.
fn labeled() -> Room {
    let mut room = cells(&["red", "white"]);
    let red = label(&room, "red");
    for row in room.rows() {
        let put = [20.0, 200.0]
            .map(|at| Annotation::human(red, AnnotationBody::shape(square(at)), "human/ada".to_owned(), Timestamp(1)));
        let edit = Edit::Annotate { sample: row.sample.id, put: put.to_vec(), remove: Vec::new(), order: Vec::new() };
        room.workbench.edit(room.dataset, &edit).expect("drawn");
    }
    show(&mut room, |dataset| Page::Reviews { dataset });
    room
}

pub(super) fn label(room: &Room, name: &str) -> LabelId {
    room.workbench.label(room.dataset, name).expect("a label").id
}

pub(super) fn show(room: &mut Room, page: impl FnOnce(crate::domain::DatasetId) -> Page) {
    let page = page(room.dataset);
    let app = room.harness.state_mut().as_mut().expect("the window");
    // The tests write beside the window: it looks now, not when it next would.
    app.backend().touch();
    app.open(page);
    room.settle();
    room.harness.check_accessibility();
}

fn page(room: &Room) -> Page {
    room.harness.state().as_ref().expect("the window").page().clone()
}

pub(super) fn shows(room: &Room, text: &str) -> bool {
    room.harness.query_all_by_label(text).next().is_some()
}

fn primary(room: &Room, image: usize) -> Vec<Option<LabelId>> {
    let row = room.rows().swap_remove(image);
    row.annotations.iter().filter(|it| it.set == AnnotationSet::Primary).map(|it| it.label).collect()
}

#[test]
fn a_picture_that_nobody_can_see_goes_on_waiting() {
    let mut room = labeled();
    let review = room.workbench.start_review(room.dataset, 1.0, None).expect("a pass");
    let hidden = room.rows().swap_remove(1).sample;
    let file = hidden.source.strip_prefix("file://").expect("a file");
    std::fs::remove_file(file).expect("taken away");
    show(&mut room, |dataset| Page::ReviewDrawing { dataset, review: review.id });
    let mut was_told = false;
    for _ in 0..4 {
        room.press(Key::N);
        was_told |= room.harness.query_by_label_contains("nobody can tell").is_some();
    }
    assert!(was_told);
    let report = room.workbench.review_report(review.id, &Task::silent()).expect("a report");
    assert_eq!(report.done, 3);
    let states = room.workbench.review_states(review.id).expect("states");
    assert!(states.contains(&(hidden.id, ReviewState::Waiting)), "{states:?}");
}

#[test]
fn two_images_are_labeled_again_compared_settled_and_one_is_taken_back() {
    let mut room = labeled();
    // Begun: half of the four images.
    room.harness.get_by_role_and_label(Role::Button, "Begin a second pass…").click();
    room.settle();
    room.press_with(Modifiers::COMMAND, Key::A);
    room.type_text("50");
    room.harness.check_accessibility();
    room.press(Key::Enter);
    room.settle();
    let reviews = room.workbench.reviews(room.dataset).expect("reviews");
    assert_eq!(reviews.len(), 1);
    let review = reviews[0].clone();
    assert_eq!(review.samples.len(), 2);
    assert_eq!(page(&room), Page::ReviewDrawing { dataset: room.dataset, review: review.id });

    // Nothing of the first labels is seen.
    let canvas = room.harness.get_by_role(Role::Canvas).accesskit_node().label().unwrap_or_default();
    assert!(canvas.contains("0 shapes"), "{canvas}");
    assert!(shows(&room, "0 of 2 done"));
    room.harness.check_accessibility();

    // Undo reaches no further back than the pass.
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert!((0..4).all(|image| primary(&room, image).len() == 2));

    // The first image: one box, white; taken back and drawn again. The second: nothing there.
    room.press(Key::Num2);
    room.press(Key::Enter);
    room.press_with(Modifiers::COMMAND, Key::Z);
    let set = review::set_of(review.id);
    let drawn = |room: &Room| {
        let rows = room.rows().into_iter().flat_map(|row| row.annotations);
        rows.filter(|annotation| annotation.set == set && annotation.as_shape().is_some()).count()
    };
    assert_eq!(drawn(&room), 0);
    room.press(Key::Enter);
    assert_eq!(drawn(&room), 1);
    room.press(Key::N);
    assert!(shows(&room, "1 of 2 done"));
    // What the image before has is of this pass, too.
    room.press(Key::E);
    assert_eq!(drawn(&room), 2);
    room.press_with(Modifiers::COMMAND, Key::Z);
    room.press(Key::N);
    let report = room.workbench.review_report(review.id, &Task::silent()).expect("a report");
    assert_eq!((report.done, report.agreement.first, report.agreement.second), (2, 4, 1));

    // The agreement, then settling by keys: the second is right about everything in the first image.
    show(&mut room, |dataset| Page::Review { dataset, review: review.id });
    assert!(shows(&room, "0.0%"));
    show(&mut room, |dataset| Page::ReviewSettling { dataset, review: review.id, sample: None });
    let differing = &report.rows.iter().max_by_key(|row| row.differences).expect("two rows").clone();
    assert_eq!(differing.differences, 3);
    room.press(Key::Num2);
    room.press(Key::Num2);
    let state = |room: &Room, sample| {
        let row = room.workbench.sample_rows(room.dataset, &[sample]).expect("rows").remove(0);
        let primary = row.annotations.iter().filter(|it| it.set == AnnotationSet::Primary).map(|it| it.label);
        (review::state_of(&row.annotations, review.id), primary.collect::<Vec<_>>())
    };
    assert_eq!(state(&room, differing.id).0, ReviewState::Done, "one difference is open");
    room.press_with(Modifiers::COMMAND, Key::Z);
    room.press(Key::Num2);
    room.press(Key::Num2);
    let white = label(&room, "white");
    assert_eq!(state(&room, differing.id), (ReviewState::Settled, vec![Some(white)]));
    assert!(shows(&room, "1 of 2 settled"));

    // The last press, the settlement with it, is taken back, and done again.
    room.press_with(Modifiers::COMMAND, Key::Z);
    let red = label(&room, "red");
    assert_eq!(state(&room, differing.id), (ReviewState::Done, vec![Some(red); 2]));
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(state(&room, differing.id), (ReviewState::Settled, vec![Some(white)]));
    // The rest of the other image in one press.
    room.press(Key::F);
    room.press_with(Modifiers::ALT, Key::Num1);
    let report = room.workbench.review_report(review.id, &Task::silent()).expect("a report");
    assert_eq!((report.settled, report.agreement.agreed), (2, 0), "the figures are those from before");
    room.harness.check_accessibility();
}

#[test]
fn a_pass_is_deleted_after_a_question_and_the_labels_stay() {
    let mut room = labeled();
    room.workbench.start_review_of(room.dataset, 3, Some(7)).expect("a review");
    show(&mut room, |dataset| Page::Reviews { dataset });
    room.press(Key::ArrowDown);
    room.press(Key::Delete);
    room.harness.check_accessibility();
    room.press(Key::Enter);
    room.settle();
    assert!(room.workbench.reviews(room.dataset).expect("reviews").is_empty());
    assert!((0..4).all(|image| primary(&room, image).len() == 2));
}

#[test]
fn all_images_are_settled_for_one_side_after_a_question() {
    let mut room = labeled();
    let review = room.workbench.start_review_of(room.dataset, 2, None).expect("a review");
    // Nothing was found in them.
    for sample in &review.samples {
        room.workbench.finish_review_of(review.id, *sample).expect("finished").expect("not done before");
    }
    show(&mut room, |dataset| Page::ReviewSettling { dataset, review: review.id, sample: None });
    room.harness.get_by_role_and_label(Role::Button, "Settle all samples…").click();
    room.settle();
    room.harness.get_by_role_and_label(Role::Button, "All samples as in the second…").click();
    room.settle();
    room.press(Key::Enter);
    room.settle();
    let report = room.workbench.review_report(review.id, &Task::silent()).expect("a report");
    assert_eq!(report.settled, 2);
    let empty = (0..4).filter(|image| primary(&room, *image).is_empty()).count();
    assert_eq!(empty, 2, "what only the first pass had is gone");
    assert!(shows(&room, "2 of 2 settled"));

    // One step back, and one again.
    room.press_with(Modifiers::COMMAND, Key::Z);
    room.settle();
    assert!(shows(&room, "0 of 2 settled"));
    assert!((0..4).all(|image| primary(&room, image).len() == 2));
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    room.settle();
    assert!(shows(&room, "2 of 2 settled"));
    assert_eq!((0..4).filter(|image| primary(&room, *image).is_empty()).count(), 2);
}
