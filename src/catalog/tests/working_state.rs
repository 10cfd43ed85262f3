//! Datasets, samples, labels, edits and undo.

use super::support::{Fixture, WINDOW, context, dataset, incoming, label, labeled};
use crate::catalog::CatalogError;
use crate::domain::query::{OnKnown, SampleFilter, SampleSort};
use crate::domain::{Assign, Cancel, Edit, Explain, LabelName, SampleState};

#[test]
fn names_of_datasets_are_unique() {
    let fixture = Fixture::new(0);
    let refused = fixture.catalog.create_dataset(&dataset("flowers"), &[]);
    assert!(matches!(refused, Err(CatalogError::DatasetNameTaken(name)) if name == "flowers"));
    let summaries = fixture.catalog.datasets().expect("the list");
    assert_eq!(summaries.len(), 1);
    assert_eq!(fixture.catalog.dataset(fixture.dataset).expect("there"), summaries[0].dataset);
}

#[test]
fn an_edit_is_counted_undone_and_done_again_after_a_restart() {
    let fixture = Fixture::new(3);
    let receipt = fixture.edit(&fixture.assign(&[0, 1], &[0], Assign::Replace));
    assert_eq!((receipt.changed, receipt.code.as_str()), (2, "assign"));
    fixture.edit(&fixture.assign(&[1], &[1], Assign::Add));
    assert_eq!(fixture.label_counts(), [("a".into(), 2), ("b".into(), 1), ("c".into(), 0)]);
    let counts = fixture.catalog.counts(fixture.dataset).expect("counts");
    assert_eq!((counts.total, counts.labeled, counts.unlabeled), (3, 2, 1));

    let restarted = fixture.open_again();
    let undone = restarted.undo(fixture.dataset, WINDOW, &context("ada", 11)).expect("undone").expect("one entry");
    assert_eq!(undone.code, "assign-add");
    assert_eq!(fixture.labels_of(1), ["a"]);
    fixture.undo().expect("the first edit");
    assert!(fixture.labels_of(1).is_empty());
    assert!(fixture.undo().is_none());
    assert_eq!(fixture.redo().expect("again").code, "assign");
    assert_eq!(fixture.redo().expect("again").code, "assign-add");
    assert!(fixture.redo().is_none());
    assert_eq!(fixture.labels_of(1), ["a", "b"]);
    assert_eq!(fixture.catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0);
    let codes: Vec<_> =
        fixture.catalog.journal(fixture.dataset, 10).expect("the journal").into_iter().map(|e| e.code).collect();
    assert_eq!(codes, ["redo", "redo", "undo", "undo", "assign-add", "assign"]);
}

#[test]
fn a_new_edit_ends_redoing() {
    let fixture = Fixture::new(2);
    fixture.edit(&fixture.assign(&[0], &[0], Assign::Replace));
    fixture.undo();
    assert!(fixture.catalog.redoable(fixture.dataset, WINDOW).expect("read").is_some());
    fixture.edit(&fixture.assign(&[1], &[0], Assign::Replace));
    assert!(fixture.redo().is_none());
}

#[test]
fn undo_is_refused_where_someone_else_edited_since_and_names_the_edit() {
    let fixture = Fixture::new(2);
    fixture.edit(&fixture.assign(&[0, 1], &[0], Assign::Replace));
    let other = fixture.open_again();
    let confirm = fixture.assign(&[1], &[2], Assign::Add);
    other.edit(fixture.dataset, &confirm, &context("bob", 20), "command").expect("an edit");
    let refusal = fixture.catalog.undo(fixture.dataset, WINDOW, &context("ada", 21)).expect_err("a conflict");
    assert!(
        matches!(&refusal, CatalogError::UndoConflict { edit, actor, .. } if edit == "assign-add" && actor == "bob")
    );
    assert_eq!(refusal.explain().code, "undo-conflict");
    assert_eq!(fixture.labels_of(0), ["a"], "nothing is undone");
    other.undo(fixture.dataset, "command", &context("bob", 22)).expect("undone").expect("one entry");
    assert!(fixture.undo().is_some(), "once the other edit is taken back, nothing is in the way");
    assert!(fixture.labels_of(0).is_empty());
}

#[test]
fn labels_are_added_renamed_merged_and_deleted_and_come_back() {
    let fixture = Fixture::new(4);
    fixture.edit(&fixture.assign(&[0, 1], &[0], Assign::Replace));
    fixture.edit(&fixture.assign(&[1, 2], &[1], Assign::Add));
    let (a, b) = (fixture.labels[0].id, fixture.labels[1].id);

    let taken = Edit::RenameLabel { label: a, name: LabelName::new("b").expect("valid") };
    let refused = fixture.catalog.edit(fixture.dataset, &taken, &context("ada", 1), WINDOW);
    assert!(matches!(refused, Err(CatalogError::LabelNameTaken(name)) if name == "b"));
    let taken = Edit::AddLabel { label: label("c", 9) };
    let refused = fixture.catalog.edit(fixture.dataset, &taken, &context("ada", 1), WINDOW);
    assert!(matches!(refused, Err(CatalogError::LabelNameTaken(_))));

    let added = fixture.edit(&Edit::AddLabel { label: label("d", 0) });
    assert!(added.labels_changed);
    assert_eq!(fixture.label_counts()[3].0, "d");
    fixture.edit(&Edit::MergeLabel { from: a, into: b });
    assert_eq!(fixture.label_counts(), [("b".into(), 3), ("c".into(), 0), ("d".into(), 0)]);
    assert_eq!(fixture.labels_of(0), ["b"]);
    fixture.edit(&Edit::DeleteLabel { label: b, samples: true });
    assert_eq!(fixture.catalog.counts(fixture.dataset).expect("counts").total, 1);

    fixture.undo();
    fixture.undo();
    fixture.undo();
    assert_eq!(fixture.label_counts(), [("a".into(), 2), ("b".into(), 2), ("c".into(), 0)]);
    for _ in 0..3 {
        fixture.redo().expect("again");
    }
    assert_eq!(fixture.label_counts(), [("c".into(), 0), ("d".into(), 0)]);
    assert_eq!(fixture.catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0);
}

#[test]
fn a_label_that_others_use_since_is_not_taken_back() {
    let fixture = Fixture::new(1);
    let new = label("d", 3);
    fixture.edit(&Edit::AddLabel { label: new.clone() });
    let assign = Edit::Assign { samples: vec![fixture.sample(0)], labels: vec![new.id], how: Assign::Add };
    fixture.catalog.edit(fixture.dataset, &assign, &context("bob", 2), "command").expect("an edit");
    let refusal = fixture.catalog.undo(fixture.dataset, WINDOW, &context("ada", 3));
    assert!(matches!(refusal, Err(CatalogError::UndoConflict { edit, .. }) if edit == "assign-add"));
    assert_eq!(fixture.labels_of(0), ["d"]);
}

#[test]
fn a_restored_sample_has_no_label_that_went_meanwhile() {
    let fixture = Fixture::new(1);
    fixture.edit(&fixture.assign(&[0], &[0], Assign::Replace));
    fixture.edit(&Edit::Delete { samples: vec![fixture.sample(0)] });
    fixture.edit(&Edit::DeleteLabel { label: fixture.labels[0].id, samples: false });
    fixture.edit(&Edit::Restore { samples: vec![fixture.sample(0)] });
    assert!(fixture.labels_of(0).is_empty());
    assert_eq!(fixture.catalog.counts(fixture.dataset).expect("counts").unlabeled, 1);
}

#[test]
fn unknown_samples_and_labels_are_refused_and_nothing_is_written() {
    let fixture = Fixture::new(1);
    let stranger = Edit::Confirm { samples: vec![fixture.sample(0), fixture.sample(9)] };
    let refused = fixture.catalog.edit(fixture.dataset, &stranger, &context("ada", 1), WINDOW).expect_err("refused");
    assert_eq!((refused.explain().code.as_ref(), refused.explain().bad_input), ("sample-unknown", true));
    let edit = Edit::Assign { samples: vec![fixture.sample(0)], labels: vec![label("x", 0).id], how: Assign::Add };
    let refused = fixture.catalog.edit(fixture.dataset, &edit, &context("ada", 1), WINDOW).expect_err("refused");
    assert_eq!(refused.explain().code, "label-unknown");
    assert!(fixture.catalog.journal(fixture.dataset, 1).expect("read").is_empty());
}

#[test]
fn an_import_fills_what_is_open_and_lists_what_differs() {
    let fixture = Fixture::new(3);
    fixture.edit(&fixture.assign(&[0], &[0], Assign::Replace));
    fixture.edit(&Edit::Delete { samples: vec![fixture.sample(2)] });
    let (dataset, b) = (fixture.dataset, fixture.labels[1].id);
    let rows: Vec<_> = (0..4).map(|index| labeled(dataset, &format!("{index:03}.jpg"), b)).collect();
    let receipt = fixture.catalog.receive_samples(dataset, &rows, OnKnown::FillUnlabeled).expect("received");
    assert_eq!((receipt.added, receipt.updated, receipt.unchanged, receipt.deleted), (1, 1, 1, 1));
    assert_eq!(receipt.kept, ["000.jpg"]);
    assert_eq!((fixture.labels_of(0), fixture.labels_of(1)), (vec!["a".to_owned()], vec!["b".to_owned()]));
    let again = fixture.catalog.receive_samples(dataset, &rows[1..2], OnKnown::FillUnlabeled).expect("received");
    assert_eq!((again.unchanged, again.kept.len()), (1, 0));
    assert_eq!(fixture.catalog.rebuild_counts(dataset).expect("counted").corrected, 0);
}

#[test]
fn an_undo_does_not_reach_over_an_import() {
    let fixture = Fixture::new(1);
    fixture.edit(&fixture.assign(&[0], &[0], Assign::Replace));
    fixture.edit(&fixture.assign(&[0], &[], Assign::Replace));
    let rows = [labeled(fixture.dataset, "000.jpg", fixture.labels[1].id)];
    fixture.catalog.receive_samples(fixture.dataset, &rows, OnKnown::FillUnlabeled).expect("received");
    let refusal = fixture.catalog.undo(fixture.dataset, WINDOW, &context("ada", 3));
    assert!(matches!(refusal, Err(CatalogError::UndoConflict { edit, .. }) if edit == "import"));
}

#[test]
fn a_renamed_sample_keeps_its_labels_and_still_undoes() {
    let fixture = Fixture::new(2);
    fixture.edit(&fixture.assign(&[0], &[0], Assign::Replace));
    let new = incoming(fixture.dataset, "moved/000.jpg").sample;
    fixture.catalog.rename_sample(fixture.dataset, fixture.sample(0), &new).expect("renamed");
    let row = &fixture.catalog.sample_rows(fixture.dataset, &[new.id]).expect("rows")[0];
    assert_eq!((row.sample.name.as_str(), row.annotations.len()), ("moved/000.jpg", 1));
    let taken = incoming(fixture.dataset, "001.jpg").sample;
    let refused = fixture.catalog.rename_sample(fixture.dataset, new.id, &taken);
    assert!(matches!(refused, Err(CatalogError::SampleTaken(_))));
    assert_eq!(fixture.undo().expect("undone").samples, [new.id]);
    assert!(fixture.catalog.sample_rows(fixture.dataset, &[new.id]).expect("rows")[0].annotations.is_empty());
}

#[test]
fn views_filter_sort_and_stay_stable_while_one_labels() {
    let fixture = Fixture::new(5);
    fixture.edit(&fixture.assign(&[1, 3], &[0], Assign::Replace));
    let (catalog, dataset) = (&fixture.catalog, fixture.dataset);
    let view = |filter: &SampleFilter, sort| catalog.view(dataset, filter, sort, &Cancel::default()).expect("a view");
    let unlabeled = SampleFilter { state: Some(SampleState::Unlabeled), ..SampleFilter::default() };
    let snapshot = view(&unlabeled, SampleSort::NameDescending);
    let ids = catalog.ids(&snapshot, 0..10).expect("ids");
    assert_eq!(ids, [4, 2, 0].map(|index| fixture.sample(index)));
    fixture.edit(&fixture.assign(&[2], &[1], Assign::Replace));
    assert_eq!(snapshot.len(), 3);
    assert_eq!(catalog.position(&snapshot, fixture.sample(2)).expect("read"), Some(1));
    assert_eq!(catalog.rows(&snapshot, 1..2).expect("rows")[0].state, SampleState::Labeled);

    let by_label = SampleFilter { labels: vec![fixture.labels[0].id], ..SampleFilter::default() };
    assert_eq!(view(&by_label, SampleSort::Name).len(), 2);
    let text = SampleFilter { text: "3.JPG".to_owned(), ..by_label.clone() };
    assert_eq!(catalog.ids(&view(&text, SampleSort::AddedDescending), 0..9).expect("ids"), [fixture.sample(3)]);
    assert_eq!(catalog.counts_filtered(dataset, &by_label).expect("counts").labeled, 2);
    assert_eq!(catalog.counts_filtered(dataset, &text).expect("counts").total, 1);

    for (text, found) in [("0%", 0), ("_", 0), ("É", 0), ("4.j", 1), ("", 5)] {
        let filter = SampleFilter { text: text.to_owned(), ..SampleFilter::default() };
        assert_eq!(view(&filter, SampleSort::Added).len(), found, "{text}");
        assert_eq!(catalog.counts_filtered(dataset, &filter).expect("counts").total, found as u64, "{text}");
        assert_eq!(catalog.page(dataset, &filter, 9, None).expect("a page").len(), found, "{text}");
    }
    let added = view(&SampleFilter::default(), SampleSort::AddedDescending);
    assert_eq!(catalog.ids(&added, 0..2).expect("ids"), [4, 3].map(|index| fixture.sample(index)));
    let named = [incoming(dataset, "Étamine_1.jpg")];
    catalog.receive_samples(dataset, &named, OnKnown::KeepAnnotations).expect("received");
    let accented = SampleFilter { text: "éTAMINE_".to_owned(), ..SampleFilter::default() };
    assert_eq!(catalog.page(dataset, &accented, 9, None).expect("a page").len(), 1);
    catalog.purge_samples(dataset, &[named[0].sample.id]).expect("purged");

    let first = catalog.page(dataset, &SampleFilter::default(), 2, None).expect("a page");
    let second = catalog.page(dataset, &SampleFilter::default(), 9, Some(first[1].sample.id)).expect("a page");
    let names: Vec<_> = first.iter().chain(&second).map(|row| row.sample.name.as_str()).collect();
    assert_eq!(names, ["000.jpg", "001.jpg", "002.jpg", "003.jpg", "004.jpg"]);
    let labeled = SampleFilter { state: Some(SampleState::Labeled), ..SampleFilter::default() };
    let after = catalog.page(dataset, &labeled, 9, Some(fixture.sample(1))).expect("a page");
    assert_eq!(after.len(), 2);
}

#[test]
fn hard_usage_property_and_missing_are_conditions() {
    let fixture = Fixture::new(4);
    fixture.edit(&fixture.assign(&[0, 1], &[0], Assign::Replace));
    let label = fixture.labels[0].id;
    fixture.edit(&Edit::SetHard { samples: vec![fixture.sample(0)], label: None, hard: true });
    let usage = Some(crate::domain::Usage::Eval);
    fixture.edit(&Edit::SetUsage { samples: vec![fixture.sample(1)], usage });
    let (key, value) = ("weather".to_owned(), Some("rain".to_owned()));
    let set = Edit::SetProperty { samples: vec![fixture.sample(1)], label, key: key.clone(), value: value.clone() };
    fixture.edit(&set);
    fixture.catalog.mark_missing(fixture.dataset, &[fixture.sample(3)], true).expect("marked");
    let found = |filter: SampleFilter| {
        let rows = fixture.catalog.page(fixture.dataset, &filter, 10, None).expect("a page");
        rows.into_iter().map(|row| row.sample.name[..3].parse::<usize>().expect("a number")).collect::<Vec<_>>()
    };
    let none = SampleFilter::default;
    assert_eq!(found(SampleFilter { hard: Some(true), ..none() }), [0]);
    assert_eq!(found(SampleFilter { hard: Some(false), ..none() }), [1, 2, 3]);
    assert_eq!(found(SampleFilter { usage: Some(usage), ..none() }), [1]);
    assert_eq!(found(SampleFilter { usage: Some(None), ..none() }), [0, 2, 3]);
    assert_eq!(found(SampleFilter { property: Some((key.clone(), None)), ..none() }), [1]);
    assert_eq!(found(SampleFilter { property: Some((key.clone(), value)), ..none() }), [1]);
    assert_eq!(found(SampleFilter { property: Some((key, Some("sun".to_owned()))), ..none() }), [0_usize; 0]);
    assert_eq!(found(SampleFilter { missing: Some(true), ..none() }), [3]);
}

#[test]
fn samples_are_found_by_id_source_and_name() {
    let fixture = Fixture::new(2);
    let texts = [fixture.sample(1).to_string(), "file:///photos/000.jpg".into(), "001.jpg".into(), "9.jpg".into()];
    let found = fixture.catalog.find_samples(fixture.dataset, &texts).expect("read");
    assert_eq!(found, [Some(fixture.sample(1)), Some(fixture.sample(0)), Some(fixture.sample(1)), None]);
}

#[test]
fn the_order_of_names_follows_what_other_processes_write() {
    let fixture = Fixture::new(3);
    let (catalog, dataset) = (&fixture.catalog, fixture.dataset);
    let other = fixture.open_again();
    let names = |filter: &SampleFilter, sort| {
        let view = catalog.view(dataset, filter, sort, &Cancel::default()).expect("a view");
        let rows = catalog.rows(&view, 0..view.len()).expect("rows");
        rows.into_iter().map(|row| row.sample.name).collect::<Vec<_>>()
    };
    let any = SampleFilter::default();
    assert_eq!(names(&any, SampleSort::Name), ["000.jpg", "001.jpg", "002.jpg"]);
    other.receive_samples(dataset, &[incoming(dataset, "0005.jpg")], OnKnown::KeepAnnotations).expect("received");
    assert_eq!(names(&any, SampleSort::Name), ["000.jpg", "0005.jpg", "001.jpg", "002.jpg"]);
    let renamed = incoming(dataset, "zzz.jpg").sample;
    other.rename_sample(dataset, fixture.sample(0), &renamed).expect("renamed");
    assert_eq!(names(&any, SampleSort::NameDescending), ["zzz.jpg", "002.jpg", "001.jpg", "0005.jpg"]);
    other.purge_samples(dataset, &[fixture.sample(1)]).expect("purged");
    assert_eq!(names(&any, SampleSort::Name), ["0005.jpg", "002.jpg", "zzz.jpg"]);
    assert_eq!(names(&any, SampleSort::AddedDescending), ["0005.jpg", "002.jpg", "zzz.jpg"]);
    // What changes no name leaves the order alone, and is seen at once.
    let delete = Edit::Delete { samples: vec![fixture.sample(2)] };
    other.edit(dataset, &delete, &context("ada", 1), "other").expect("deleted");
    assert_eq!(names(&any, SampleSort::Name), ["0005.jpg", "zzz.jpg"]);
    assert_eq!(names(&SampleFilter { deleted: true, ..any.clone() }, SampleSort::Name), ["002.jpg"]);
    let assign = Edit::Assign { samples: vec![renamed.id], labels: vec![fixture.labels[0].id], how: Assign::Replace };
    other.edit(dataset, &assign, &context("ada", 1), "other").expect("labeled");
    for (state, wanted) in [(SampleState::Labeled, "zzz.jpg"), (SampleState::Unlabeled, "0005.jpg")] {
        let filter = SampleFilter { state: Some(state), ..any.clone() };
        assert_eq!(names(&filter, SampleSort::Name), [wanted]);
        let missing = SampleFilter { missing: Some(false), ..filter };
        assert_eq!(catalog.counts_filtered(dataset, &missing).expect("counts").total, 2, "of all states");
    }
}
