//! Annotations of every kind and set come back as they went in.

use super::support::{Fixture, WINDOW, context, incoming};
use crate::domain::query::{IncomingSample, OnKnown, SampleFilter};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, AnnotationSet, Edit, Origin, SampleState, Shape, Timestamp, Usage,
};

fn bodies() -> Vec<AnnotationBody> {
    let shapes = vec![
        Shape::Point { at: [0.5, 1.25] },
        Shape::Line { points: [[0.0, 0.0], [10.0, 3.5]], dashed: true },
        Shape::Rectangle { min: [1.0, 2.0], max: [30.25, 40.125] },
        Shape::polygon(vec![[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]]),
        Shape::Polyline { points: vec![[1.0, 1.0], [2.0, 5.0]] },
        Shape::Circle { center: [9.0, 9.0], radius: 2.5 },
    ];
    let mut bodies: Vec<_> = shapes.into_iter().map(AnnotationBody::shape).collect();
    bodies.extend([
        AnnotationBody::Class,
        AnnotationBody::Entity { start: 3, end: 6, text: "北京市".to_owned() },
        AnnotationBody::Transcript { text: "hello\n\"you\"".to_owned() },
        AnnotationBody::Segment { start_us: 0, end_us: 1_500_000, speaker: Some("ada".to_owned()), text: None },
    ]);
    bodies
}

fn with_all_fields(fixture: &Fixture) -> IncomingSample {
    let sets = [
        AnnotationSet::Primary,
        AnnotationSet::Review("second".to_owned()),
        AnnotationSet::Suggestion("model 1".to_owned()),
    ];
    let object = |text: &str| serde_json::from_str(text).expect("an object");
    let annotations = bodies().into_iter().enumerate().map(|(index, body)| Annotation {
        id: AnnotationId::random(),
        set: sets[index % 3].clone(),
        label: (!matches!(body, AnnotationBody::Transcript { .. })).then_some(fixture.labels[index % 3].id),
        body,
        annotated_by: "modelarts/active-learning".to_owned(),
        origin: [Origin::Human, Origin::Model, Origin::Imported][index % 3],
        confidence: Some(1.0 / 3.0),
        hard: [None, Some(true), Some(false)][index % 3],
        properties: object(r#"{"z":"last first","a":[1,{"b":null}]}"#),
        created: Some(Timestamp(1_548_243_030_123)),
        extra: object(r#"{"@modelarts:unknown":"kept"}"#),
    });
    let mut sample = incoming(fixture.dataset, "all.jpg");
    sample.sample.extra = object(r#"{"inference-loc":"obs://a/b"}"#);
    sample.sample.manifest_id = Some("0162005993f8065ef47eefb59d1e4970".to_owned());
    IncomingSample {
        annotations: annotations.collect(),
        state: SampleState::ToConfirm,
        usage: Some(Usage::Inference),
        ..sample
    }
}

#[test]
fn every_kind_comes_back_and_survives_an_undo() {
    let fixture = Fixture::new(0);
    let sample = with_all_fields(&fixture);
    let given = [sample.clone()];
    fixture.catalog.receive_samples(fixture.dataset, &given, OnKnown::KeepAnnotations).expect("received");
    let read = || fixture.catalog.sample_rows(fixture.dataset, &[sample.sample.id]).expect("rows").remove(0);
    let row = read();
    assert_eq!((&row.sample, &row.annotations), (&sample.sample, &sample.annotations));
    assert_eq!((row.state, row.usage), (SampleState::ToConfirm, Some(Usage::Inference)));
    let delete = Edit::DeleteLabel { label: fixture.labels[0].id, samples: false };
    fixture.edit(&delete);
    assert!(read().annotations.iter().all(|annotation| annotation.label != Some(fixture.labels[0].id)));
    fixture.catalog.undo(fixture.dataset, WINDOW, &context("ada", 2)).expect("undone").expect("an entry");
    assert_eq!(read(), row);
    assert_eq!(fixture.catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0);
}

#[test]
fn in_samples_to_confirm_a_suggested_label_is_found() {
    let fixture = Fixture::new(0);
    let mut sample = with_all_fields(&fixture);
    sample.annotations.retain(|annotation| matches!(annotation.set, AnnotationSet::Suggestion(_)));
    let suggested = sample.annotations[0].label.expect("a label");
    fixture.catalog.receive_samples(fixture.dataset, &[sample], OnKnown::KeepAnnotations).expect("received");
    let filter = SampleFilter { labels: vec![suggested], ..SampleFilter::default() };
    assert_eq!(fixture.catalog.counts_filtered(fixture.dataset, &filter).expect("counts").to_confirm, 1);
    assert_eq!(fixture.catalog.page(fixture.dataset, &filter, 5, None).expect("a page").len(), 1);
    let counts = fixture.catalog.labels(fixture.dataset).expect("labels");
    assert!(counts.iter().all(|count| count.samples == 0), "a suggestion is no label yet");
}

/// One edit of shapes: some go, some come, some go to the top.
fn annotate(fixture: &Fixture, put: Vec<Annotation>, remove: &[AnnotationId], order: &[AnnotationId]) {
    let (remove, order) = (remove.to_vec(), order.to_vec());
    fixture.edit(&Edit::Annotate { sample: fixture.sample(0), put, remove, order });
}

fn shapes(fixture: &Fixture) -> Vec<Annotation> {
    let rows = fixture.catalog.sample_rows(fixture.dataset, &[fixture.sample(0)]).expect("a row");
    rows[0].annotations.clone()
}

fn points(fixture: &Fixture, count: u32) -> Vec<Annotation> {
    let point = |index: u32| AnnotationBody::shape(Shape::Point { at: [f64::from(index), 1.0] });
    let human = "human".to_owned();
    (0..count).map(|index| Annotation::human(fixture.labels[0].id, point(index), human.clone(), Timestamp(1))).collect()
}

#[test]
fn deleting_the_first_shape_and_undoing_it_touch_no_other_row() {
    let fixture = Fixture::new(1);
    annotate(&fixture, points(&fixture, 1_000), &[], &[]);
    let before = shapes(&fixture);
    let changes = || {
        let connection = rusqlite::Connection::open(fixture.path()).expect("the file");
        let rows = "SELECT group_concat(place || hex(id)) FROM (SELECT place, id FROM annotation ORDER BY place)";
        connection.query_row(rows, [], |row| row.get::<_, String>(0)).expect("rows")
    };
    let written = changes();
    annotate(&fixture, Vec::new(), &[before[0].id], &[]);
    assert_eq!(shapes(&fixture), before[1..]);
    assert!(written.ends_with(&changes()), "the others lie where they lay");
    fixture.undo();
    assert_eq!((shapes(&fixture), changes()), (before, written));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, ..Default::default() })]
    /// Whatever goes, comes and moves, the order is that of the edits, and undoing all of it gives back what was there.
    #[test]
    fn shapes_keep_their_order(steps in proptest::collection::vec((0_usize..12, 0_usize..4, 0_u32..4, 0_usize..12), 1..12)) {
        let fixture = Fixture::new(1);
        annotate(&fixture, points(&fixture, 6), &[], &[]);
        let mut states = vec![shapes(&fixture)];
        for (from, removed, added, raised) in steps {
            let before = shapes(&fixture);
            let ids: Vec<_> = before.iter().map(|shape| shape.id).collect();
            let remove: Vec<_> = ids.iter().skip(from).take(removed).copied().collect();
            let raise: Vec<_> = ids.get(raised).copied().into_iter().collect();
            let new = points(&fixture, added);
            let mut wanted = before.clone();
            wanted.extend(new.iter().cloned());
            wanted.retain(|shape| !remove.contains(&shape.id));
            wanted.sort_by_key(|shape| raise.contains(&shape.id));
            annotate(&fixture, new, &remove, &raise);
            let after = shapes(&fixture);
            let ids = |shapes: &[Annotation]| shapes.iter().map(|shape| shape.id).collect::<Vec<_>>();
            proptest::prop_assert_eq!(ids(&after), ids(&wanted));
            if after != before {
                states.push(after);
            }
        }
        for state in states.iter().rev().skip(1) {
            fixture.undo();
            proptest::prop_assert_eq!(&shapes(&fixture), state);
        }
    }
}
