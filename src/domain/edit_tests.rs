//! Tests of edits.

use super::*;
use crate::domain::Shape;
use proptest::prelude::*;

fn context() -> EditContext {
    EditContext { actor: Actor("ada".to_owned()), now: Timestamp(1_000) }
}

fn unlabeled() -> SampleRecord {
    let id = SampleId::random();
    SampleRecord { id, state: SampleState::Unlabeled, usage: None, deleted: false, annotations: Vec::new() }
}

fn assigned(record: &SampleRecord, labels: &[LabelId], how: Assign) -> SampleRecord {
    let edit = Edit::Assign { samples: vec![record.id], labels: labels.to_vec(), how };
    edit.apply(record, &context()).unwrap_or_else(|| record.clone())
}

#[test]
fn assigning_labels_confirms_and_removing_the_last_returns_to_unlabeled() {
    let (cat, dog) = (LabelId::random(), LabelId::random());
    let labeled = assigned(&unlabeled(), &[cat, dog], Assign::Add);
    assert_eq!((labeled.state, labeled.annotations.len()), (SampleState::Labeled, 2));
    assert_eq!(labeled.annotations[0].annotated_by, "human/ada");
    let one = assigned(&labeled, &[cat], Assign::Remove);
    assert_eq!((one.state, one.annotations.len()), (SampleState::Labeled, 1));
    let none = assigned(&one, &[dog], Assign::Remove);
    assert_eq!((none.state, none.annotations.len()), (SampleState::Unlabeled, 0));
}

#[test]
fn replacing_keeps_the_annotation_of_a_label_that_stays() {
    let (cat, dog) = (LabelId::random(), LabelId::random());
    let labeled = assigned(&unlabeled(), &[cat], Assign::Replace);
    let replaced = assigned(&labeled, &[cat, dog], Assign::Replace);
    assert_eq!(replaced.annotations[0], labeled.annotations[0]);
}

#[test]
fn labeled_with_nothing_is_a_decision_that_removal_does_not_undo() {
    let record = unlabeled();
    let confirmed = Edit::Confirm { samples: vec![record.id] }.apply(&record, &context()).expect("a change");
    assert_eq!((confirmed.state, confirmed.annotations.len()), (SampleState::Labeled, 0));
}

#[test]
fn merging_labels_leaves_one_annotation() {
    let (cat, kitten) = (LabelId::random(), LabelId::random());
    let both = assigned(&unlabeled(), &[cat, kitten], Assign::Add);
    let merged = Edit::MergeLabel { from: kitten, into: cat }.apply(&both, &context()).expect("a change");
    assert_eq!(merged.annotations.len(), 1);
    assert_eq!(merged.annotations[0].label, Some(cat));
}

#[test]
fn deleting_a_label_with_its_samples_spares_those_that_carry_another() {
    let (cat, dog) = (LabelId::random(), LabelId::random());
    let edit = Edit::DeleteLabel { label: cat, samples: true };
    let only = assigned(&unlabeled(), &[cat], Assign::Replace);
    assert!(edit.apply(&only, &context()).expect("a change").deleted);
    let both = assigned(&unlabeled(), &[cat, dog], Assign::Replace);
    assert!(!edit.apply(&both, &context()).expect("a change").deleted);
}

fn annotated(record: &SampleRecord, put: &[Annotation], remove: &[AnnotationId]) -> SampleRecord {
    let (put, remove, order) = (put.to_vec(), remove.to_vec(), Vec::new());
    let edit = Edit::Annotate { sample: record.id, put, remove, order };
    edit.apply(record, &context()).expect("a change")
}

#[test]
fn removing_the_last_shape_returns_to_unlabeled_and_a_mark_keeps_the_author() {
    let body = AnnotationBody::shape(Shape::rectangle([0.0, 0.0], [4.0, 4.0]));
    let drawn = Annotation::human(LabelId::random(), body, "human/bob".to_owned(), Timestamp(5));
    let one = annotated(&unlabeled(), std::slice::from_ref(&drawn), &[]);
    assert_eq!((one.state, one.annotations[0].annotated_by.as_str()), (SampleState::Labeled, "human/ada"));
    let bobs = SampleRecord { annotations: vec![drawn.clone()], ..one };
    let marked = annotated(&bobs, &[Annotation { hard: Some(true), ..drawn.clone() }], &[]);
    assert_eq!(marked.annotations[0].annotated_by, "human/bob");
    let none = annotated(&marked, &[], &[drawn.id]);
    assert_eq!((none.state, none.annotations.len()), (SampleState::Unlabeled, 0));
}

#[test]
fn order_moves_those_named_to_the_top() {
    let shape = |x| AnnotationBody::shape(Shape::Point { at: [x, 0.0] });
    let drawn = [0.0, 1.0, 2.0].map(|x| Annotation::human(LabelId::random(), shape(x), String::new(), Timestamp(0)));
    let all = annotated(&unlabeled(), &drawn, &[]);
    let order = vec![drawn[0].id];
    let edit = Edit::Annotate { sample: all.id, put: Vec::new(), remove: Vec::new(), order };
    let after = edit.apply(&all, &context()).expect("a change");
    let ids: Vec<_> = after.annotations.iter().map(|annotation| annotation.id).collect();
    assert_eq!(ids, [drawn[1].id, drawn[2].id, drawn[0].id]);
}

#[test]
fn one_edit_changes_name_colour_and_key_and_takes_the_key_from_its_holder() {
    let label = |name: &str, key: Option<char>, position| Label {
        id: LabelId::random(),
        name: LabelName::new(name).expect("a name"),
        color: Color::of_label(0),
        key,
        position,
        extra: serde_json::Map::new(),
    };
    let labels = [label("rose", Some('1'), 0), label("tulip", Some('2'), 1)];
    let name = LabelName::new("peony").expect("a name");
    let edit = Edit::ModifyLabel { label: labels[0].id, name, color: Color::of_label(5), key: Some('2') };
    let after = edit.apply_to_labels(&labels).expect("a change");
    assert_eq!((after[0].name.as_str(), after[0].color, after[0].key), ("peony", Color::of_label(5), Some('2')));
    assert_eq!(after[1].key, None);
    assert_eq!(edit.apply_to_labels(&after), None);
}

#[test]
fn a_deleted_sample_is_only_restored() {
    let deleted = SampleRecord { deleted: true, ..unlabeled() };
    assert_eq!(Edit::Confirm { samples: vec![deleted.id] }.apply(&deleted, &context()), None);
    assert!(Edit::Restore { samples: vec![deleted.id] }.apply(&deleted, &context()).is_some());
}

fn suggestion(label: LabelId, confidence: f64) -> Annotation {
    let annotation = Annotation::class(label, "model/reviews".to_owned(), Timestamp(5));
    Annotation { confidence: Some(confidence), ..annotation }
}

fn suggested(record: &SampleRecord, put: Vec<Annotation>) -> Option<SampleRecord> {
    Edit::suggest("reviews", vec![(record.id, put)]).apply(record, &context())
}

#[test]
fn a_suggestion_waits_and_is_the_persons_once_accepted() {
    let (good, bad) = (LabelId::random(), LabelId::random());
    let waiting = suggested(&unlabeled(), vec![suggestion(good, 0.9), suggestion(bad, 0.4)]).expect("a change");
    assert_eq!((waiting.state, waiting.primary().count()), (SampleState::ToConfirm, 0));
    let accept = |at_least| Edit::Accept { samples: vec![waiting.id], annotations: None, at_least };
    assert_eq!(accept(0.95).apply(&waiting, &context()), None);
    let part = accept(0.5).apply(&waiting, &context()).expect("a change");
    assert_eq!((part.state, part.primary().count()), (SampleState::ToConfirm, 1));
    let all = accept(0.0).apply(&part, &context()).expect("a change");
    assert_eq!((all.state, all.primary().count()), (SampleState::Labeled, 2));
    assert!(all.primary().all(|annotation| annotation.annotated_by == "human/ada"));
    assert!(all.primary().all(|annotation| annotation.origin == Origin::Human && annotation.confidence.is_none()));
}

#[test]
fn labeled_samples_get_no_suggestions_and_a_decision_answers_them() {
    let (good, bad) = (LabelId::random(), LabelId::random());
    let labeled = assigned(&unlabeled(), &[good], Assign::Replace);
    assert_eq!(suggested(&labeled, vec![suggestion(bad, 0.9)]), None);
    let waiting = suggested(&unlabeled(), vec![suggestion(bad, 0.9)]).expect("a change");
    let decided = assigned(&waiting, &[good], Assign::Replace);
    assert_eq!((decided.state, decided.annotations.len()), (SampleState::Labeled, 1));
    let again = suggested(&waiting, vec![suggestion(good, 0.7)]).expect("a change");
    assert_eq!(again.annotations.len(), 1, "new suggestions take the place of the old ones");
    assert_eq!(suggested(&waiting, Vec::new()).expect("a change").state, SampleState::Unlabeled);
}

#[test]
fn the_last_refusal_returns_to_unlabeled_unless_a_person_said_something() {
    let (good, bad) = (LabelId::random(), LabelId::random());
    let waiting = suggested(&unlabeled(), vec![suggestion(good, 0.9), suggestion(bad, 0.4)]).expect("a change");
    let refuse = |record: &SampleRecord, annotations| {
        Edit::Refuse { samples: vec![record.id], annotations }.apply(record, &context()).expect("a change")
    };
    let one = refuse(&waiting, Some(vec![waiting.annotations[0].id]));
    assert_eq!((one.state, one.annotations.len()), (SampleState::ToConfirm, 1));
    assert_eq!(refuse(&one, None).state, SampleState::Unlabeled);
    let first = vec![waiting.annotations[0].id];
    let accept = Edit::Accept { samples: vec![waiting.id], annotations: Some(first), at_least: 0.0 };
    let part = accept.apply(&waiting, &context()).expect("a change");
    assert_eq!(refuse(&part, None).state, SampleState::Labeled);
}

#[test]
fn many_samples_are_annotated_each_with_its_own() {
    let label = LabelId::random();
    let entity = |start| {
        let body = AnnotationBody::Entity { start, end: start + 1, text: "字".to_owned() };
        Annotation::human(label, body, String::new(), Timestamp(0))
    };
    let records = [unlabeled(), unlabeled(), unlabeled()];
    let put =
        vec![(records[2].id, vec![entity(2)]), (records[0].id, vec![entity(0)]), (records[2].id, vec![entity(3)])];
    let edit = Edit::annotate_many(put);
    let Reach::Samples(reach) = edit.reach() else { panic!("it names samples") };
    assert_eq!(reach.len(), 2);
    let counts = records.each_ref().map(|record| {
        edit.apply(record, &context()).map_or(0, |after| {
            assert_eq!(after.state, SampleState::Labeled);
            after.annotations.len()
        })
    });
    assert_eq!(counts, [1, 0, 2]);
}

#[test]
fn clearing_takes_labels_and_suggestions_but_no_second_pass() {
    let label = LabelId::random();
    let mut record = assigned(&unlabeled(), &[label], Assign::Replace);
    let review = AnnotationSet::Review("1".to_owned());
    record.annotations.push(Annotation { set: review, ..suggestion(label, 0.5) });
    let clear = Edit::ClearLabels { samples: vec![record.id] };
    let cleared = clear.apply(&record, &context()).expect("a change");
    assert_eq!((cleared.state, cleared.annotations.len()), (SampleState::Unlabeled, 1));
    assert_eq!(clear.apply(&cleared, &context()), None);
}

proptest! {
    #[test]
    fn what_is_to_be_confirmed_has_suggestions_and_nothing_else_has(
        steps in prop::collection::vec((0_u8..7, 0_usize..3, 0_u8..10), 0..40),
    ) {
        let labels: Vec<_> = (0..3).map(|_| LabelId::random()).collect();
        let mut record = unlabeled();
        for (what, label, tenths) in steps {
            let (samples, sure) = (vec![record.id], f64::from(tenths) / 10.0);
            let named = record.annotations.get(label).map(|annotation| vec![annotation.id]);
            let edit = match what {
                0 | 1 => Edit::suggest("m", vec![(record.id, vec![suggestion(labels[label], sure)])]),
                2 => Edit::Accept { samples, annotations: named, at_least: sure },
                3 => Edit::Refuse { samples, annotations: named },
                4 => Edit::Assign { samples, labels: vec![labels[label]], how: Assign::Add },
                5 => Edit::ClearLabels { samples },
                _ => Edit::Confirm { samples },
            };
            record = edit.apply(&record, &context()).unwrap_or(record);
            let waits = record.annotations.iter().any(is_suggestion);
            prop_assert_eq!(record.state == SampleState::ToConfirm, waits);
            for label in &labels {
                prop_assert!(record.primary().filter(|a| a.label == Some(*label)).count() <= 1);
            }
        }
    }

    #[test]
    fn a_sample_never_carries_a_label_twice(steps in prop::collection::vec((0_usize..4, 0_u8..3), 0..40)) {
        let labels: Vec<_> = (0..4).map(|_| LabelId::random()).collect();
        let mut record = unlabeled();
        for (label, how) in steps {
            let how = [Assign::Replace, Assign::Add, Assign::Remove][usize::from(how)];
            record = assigned(&record, &[labels[label]], how);
            for label in &labels {
                prop_assert!(record.primary().filter(|a| a.label == Some(*label)).count() <= 1);
            }
            prop_assert_eq!(record.state == SampleState::Labeled, !record.annotations.is_empty());
        }
    }
}
