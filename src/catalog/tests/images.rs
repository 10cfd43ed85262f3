//! What the journal keeps of a sample: as little as brings it back.

use super::support::{Fixture, WINDOW, context};
use crate::catalog::journal::Image;
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, Edit, LabelId, SampleId, SampleRecord, SampleState, Shape, Timestamp,
};
use proptest::prelude::*;

fn point(x: u8) -> Annotation {
    let body = AnnotationBody::shape(Shape::Point { at: [f64::from(x), 0.0] });
    let id = AnnotationId(uuid::Uuid::from_u128(u128::from(x)));
    Annotation { id, label: None, ..Annotation::human(LabelId::random(), body, String::new(), Timestamp(0)) }
}

fn record(points: &[u8]) -> SampleRecord {
    let annotations = points.iter().map(|x| point(*x)).collect();
    let id = SampleId(uuid::Uuid::from_u128(1));
    SampleRecord { id, state: SampleState::Labeled, usage: None, deleted: false, annotations }
}

proptest! {
    #[test]
    fn an_image_and_what_came_after_make_what_was_before(
        before in prop::collection::vec(0_u8..4, 0..12), after in prop::collection::vec(0_u8..4, 0..12),
    ) {
        let (before, after) = (record(&before), record(&after));
        let image = Image::new(1, (2, 3), before.clone(), &after);
        prop_assert_eq!(image.before(&after).expect("it fits"), before);
    }
}

#[test]
fn a_change_of_one_among_many_keeps_that_one() {
    let many: Vec<u8> = (0..200).collect();
    let mut drawn = many.clone();
    drawn.push(250);
    assert!(Image::new(1, (2, 3), record(&many), &record(&drawn)).record.annotations.is_empty());
    let mut changed = many.clone();
    changed[100] = 251;
    assert_eq!(Image::new(1, (2, 3), record(&many), &record(&changed)).record.annotations, [point(100)]);
    let without: Vec<u8> = many.iter().copied().filter(|x| *x != 7).collect();
    assert_eq!(Image::new(1, (2, 3), record(&many), &record(&without)).record.annotations, [point(7)]);
}

#[test]
fn undo_of_a_sample_leaves_later_edits_of_others_alone() {
    let fixture = Fixture::new(2);
    let rows = fixture.catalog.page(fixture.dataset, &Default::default(), 10, None).expect("rows");
    let (first, second) = (rows[0].sample.id, rows[1].sample.id);
    let context = context("ada", 5);
    let draw = |sample: SampleId, x: u8| {
        let annotation = Annotation { id: AnnotationId::random(), label: Some(fixture.labels[0].id), ..point(x) };
        let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
        fixture.catalog.edit(fixture.dataset, &edit, &context, WINDOW).expect("drawn");
    };
    let count =
        |sample: SampleId| fixture.catalog.sample_rows(fixture.dataset, &[sample]).expect("a row")[0].annotations.len();
    draw(first, 1);
    draw(first, 2);
    draw(second, 3);
    let undo = || fixture.catalog.undo_sample(fixture.dataset, first, WINDOW, &context).expect("possible").is_some();
    let redo = || fixture.catalog.redo_sample(fixture.dataset, first, WINDOW, &context).expect("possible").is_some();
    assert!(undo());
    assert_eq!((count(first), count(second)), (1, 1));
    assert!(undo());
    assert!(!undo(), "nothing of this sample is left");
    assert_eq!((count(first), count(second)), (0, 1));
    assert!(redo() && redo() && !redo());
    assert_eq!((count(first), count(second)), (2, 1));
    assert!(undo());
    draw(first, 4);
    assert!(!redo(), "an edit ends redoing");
    // The way back through everything still works.
    while fixture.catalog.undo(fixture.dataset, WINDOW, &context).expect("possible").is_some() {}
    assert_eq!((count(first), count(second)), (0, 0));
}

#[test]
fn an_edit_that_goes_on_with_the_one_before_is_undone_with_it() {
    let fixture = Fixture::new(2);
    let rows = fixture.catalog.page(fixture.dataset, &Default::default(), 10, None).expect("rows");
    let (first, second) = (rows[0].sample.id, rows[1].sample.id);
    let context = context("ada", 5);
    let at = |sample: SampleId, x: u8, continues: bool, client: &str| {
        let id = AnnotationId(uuid::Uuid::from_u128(7));
        let annotation = Annotation { id, label: Some(fixture.labels[0].id), ..point(x) };
        let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
        let outcome = if continues {
            fixture.catalog.continue_edit(fixture.dataset, &edit, &context, client)
        } else {
            fixture.catalog.edit(fixture.dataset, &edit, &context, client)
        };
        outcome.expect("moved");
    };
    let body = |sample: SampleId| {
        let row = fixture.catalog.sample_rows(fixture.dataset, &[sample]).expect("a row").swap_remove(0);
        row.annotations.first().map(|annotation| annotation.body.clone())
    };
    let undo = |sample: SampleId| {
        fixture.catalog.undo_sample(fixture.dataset, sample, WINDOW, &context).expect("possible").is_some()
    };
    at(first, 1, false, WINDOW);
    at(first, 2, false, WINDOW);
    for x in 3..10 {
        at(first, x, true, WINDOW);
    }
    at(second, 30, true, WINDOW);
    assert_eq!(body(first), Some(point(9).body));
    assert!(undo(first), "the steps from 1 to 9 are one");
    assert_eq!(body(first), Some(point(1).body));
    assert!(undo(first) && !undo(first));
    assert_eq!((body(first), body(second)), (None, Some(point(30).body)));
    let redo = || fixture.catalog.redo_sample(fixture.dataset, first, WINDOW, &context).expect("possible").is_some();
    assert!(redo() && redo());
    assert_eq!(body(first), Some(point(9).body));

    // What another client did in between stays a step of its own.
    at(first, 11, false, WINDOW);
    at(first, 12, false, "another window");
    at(first, 13, true, WINDOW);
    assert!(undo(first));
    assert_eq!(body(first), Some(point(12).body));
}
