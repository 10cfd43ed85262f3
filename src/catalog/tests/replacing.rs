//! Setting an older version current.

use super::support::{Fixture, WINDOW, context, label, labeled};
use crate::catalog::Replacement;
use crate::domain::query::{IncomingSample, OnKnown};
use crate::domain::{
    Annotation, AnnotationSet, Assign, DatasetVersion, Description, Edit, Label, Timestamp, VersionId, VersionName,
    VersionState,
};

fn version(fixture: &Fixture, name: &str, state: VersionState) -> DatasetVersion {
    DatasetVersion {
        id: VersionId::random(),
        dataset: fixture.dataset,
        name: VersionName::new(name).expect("valid"),
        description: Description::default(),
        state,
        manifest: format!("file:///published/{name}.manifest"),
        files: 0,
        labeled: 0,
        added: 0,
        removed: 0,
        not_copied: 0,
        created: Timestamp(1),
        failure: None,
        labels: Vec::new(),
    }
}

#[test]
fn the_working_state_becomes_the_versions_and_comes_back() {
    let fixture = Fixture::new(3);
    let (catalog, dataset) = (&fixture.catalog, fixture.dataset);
    let (old, new) = (version(&fixture, "V001", VersionState::Normal), version(&fixture, "V002", VersionState::Normal));
    catalog.reserve_version(&old).expect("reserved");
    catalog.reserve_version(&new).expect("reserved");
    catalog.set_current_version(dataset, new.id).expect("set");
    fixture.edit(&fixture.assign(&[0, 1], &[0], Assign::Replace));
    fixture.edit(&fixture.assign(&[2], &[2], Assign::Replace));
    fixture.edit(&Edit::Delete { samples: vec![fixture.sample(2)] });

    // The version had b under another name, a label of its own called c, no a, and a sample that was purged since.
    let renamed = Label { name: label("old-b", 0).name, ..fixture.labels[1].clone() };
    let own = label("c", 1);
    let labels = [renamed.clone(), own.clone()];
    let samples: Vec<IncomingSample> =
        vec![labeled(dataset, "000.jpg", renamed.id), labeled(dataset, "gone.jpg", own.id)];
    let replacement = Replacement { version: old.id, labels: &labels };
    let by = context("ada", 5);
    let mut replacing = catalog.begin_replacement(dataset, replacement, &by, WINDOW).expect("begun");
    replacing.samples(&samples).expect("replaced");
    let receipt = replacing.finish().expect("finished");
    assert_eq!(receipt.code, "set-current-version");
    let replaced = || {
        assert_eq!(fixture.label_counts(), [("old-b".into(), 1), ("c".into(), 1)]);
        assert_eq!(catalog.counts(dataset).expect("counts").total, 2);
        assert_eq!(fixture.labels_of(0), ["old-b"]);
        assert_eq!(catalog.dataset(dataset).expect("read").current_version, Some(old.id));
        assert_eq!(catalog.rebuild_counts(dataset).expect("counted").corrected, 0);
    };
    replaced();
    fixture.undo().expect("undone");
    assert_eq!(fixture.label_counts(), [("a".into(), 2), ("b".into(), 0), ("c".into(), 0)]);
    assert_eq!(catalog.counts(dataset).expect("counts").total, 2);
    assert_eq!(fixture.labels_of(2), ["c"], "the tombstone has its own label again");
    assert_eq!(catalog.dataset(dataset).expect("read").current_version, Some(new.id));
    assert_eq!(catalog.rebuild_counts(dataset).expect("counted").corrected, 0);
    fixture.redo().expect("again");
    replaced();
}

#[test]
fn a_second_pass_outlives_an_overwriting_import_and_another_version() {
    let fixture = Fixture::new(1);
    let (catalog, dataset) = (&fixture.catalog, fixture.dataset);
    let second_pass = || {
        let record = &catalog.sample_rows(dataset, &[fixture.sample(0)]).expect("read")[0];
        let mut labels: Vec<_> = record.annotations.iter().filter(|annotation| annotation.set == second()).collect();
        labels.sort_by_key(|annotation| annotation.label);
        labels.iter().filter_map(|annotation| annotation.label).collect::<Vec<_>>()
    };
    let [a, b, _] = [0, 1, 2].map(|index| fixture.labels[index].id);
    let mut looked_at_again = labeled(dataset, "000.jpg", a);
    looked_at_again.annotations.extend(
        [a, b].map(|label| Annotation { set: second(), ..Annotation::class(label, "bo".to_owned(), Timestamp(4)) }),
    );
    catalog.receive_samples(dataset, &[looked_at_again], OnKnown::Overwrite).expect("received");
    let mut both = vec![a, b];
    both.sort();
    assert_eq!(second_pass(), both);

    catalog.receive_samples(dataset, &[labeled(dataset, "000.jpg", b)], OnKnown::Overwrite).expect("received");
    assert_eq!(fixture.labels_of(0), ["b"]);
    assert_eq!(second_pass(), both);

    // The version has no label b: it goes from the second pass, too.
    let old = version(&fixture, "V001", VersionState::Normal);
    catalog.reserve_version(&old).expect("reserved");
    let replacement = Replacement { version: old.id, labels: &fixture.labels[..1] };
    let by = context("ada", 5);
    let mut replacing = catalog.begin_replacement(dataset, replacement, &by, WINDOW).expect("begun");
    replacing.samples(&[labeled(dataset, "000.jpg", a)]).expect("replaced");
    replacing.finish().expect("finished");
    assert_eq!(fixture.labels_of(0), ["a"]);
    assert_eq!(second_pass(), [a]);
    fixture.undo().expect("undone");
    assert_eq!(second_pass(), both);
}

fn second() -> AnnotationSet {
    AnnotationSet::Review("second".to_owned())
}

#[test]
fn a_replacement_in_many_batches_undoes_as_one_and_so_does_a_part_of_it() {
    let mut fixture = Fixture::new(6);
    fixture.catalog.batch = std::time::Duration::ZERO;
    let fixture = fixture;
    let (catalog, dataset) = (&fixture.catalog, fixture.dataset);
    let old = version(&fixture, "V001", VersionState::Normal);
    catalog.reserve_version(&old).expect("reserved");
    fixture.edit(&fixture.assign(&[3, 4, 5], &[2], Assign::Replace));
    let before = catalog.counts(dataset).expect("counts");
    // The version has one label, and samples 0 to 2.
    let labels = [fixture.labels[0].clone()];
    let samples: Vec<IncomingSample> =
        (0..3).map(|index| labeled(dataset, &format!("{index:03}.jpg"), labels[0].id)).collect();
    let by = context("ada", 5);
    let replacement = Replacement { version: old.id, labels: &labels };
    let unchanged = || {
        assert_eq!(catalog.counts(dataset).expect("counts"), before);
        assert_eq!(fixture.label_counts(), [("a".into(), 0), ("b".into(), 0), ("c".into(), 3)]);
        assert_eq!(catalog.dataset(dataset).expect("read").current_version, None);
        assert_eq!(catalog.rebuild_counts(dataset).expect("counted").corrected, 0);
    };
    let mut cut_off = catalog.begin_replacement(dataset, replacement, &by, WINDOW).expect("begun");
    cut_off.samples(&samples[..2]).expect("half of them");
    drop(cut_off);
    assert_eq!(catalog.counts(dataset).expect("counts").labeled, 5);
    fixture.undo().expect("the half undoes");
    unchanged();

    let mut replacing = catalog.begin_replacement(dataset, replacement, &by, WINDOW).expect("begun");
    replacing.samples(&samples).expect("all of them");
    // Another process labels with what goes, and adds a sample that the version does not have.
    let other = fixture.open_again();
    other.edit(dataset, &fixture.assign(&[3], &[1], Assign::Replace), &context("eve", 6), "other").expect("an edit");
    other
        .receive_samples(dataset, &[labeled(dataset, "late.jpg", fixture.labels[1].id)], OnKnown::KeepAnnotations)
        .expect("received");
    replacing.finish().expect("finished");
    let replaced = || {
        assert_eq!(fixture.label_counts(), [("a".into(), 3)]);
        assert_eq!(catalog.counts(dataset).expect("counts").total, 3);
        assert_eq!(catalog.dataset(dataset).expect("read").current_version, Some(old.id));
        assert_eq!(catalog.rebuild_counts(dataset).expect("counted").corrected, 0);
    };
    replaced();
    fixture.undo().expect("undone");
    assert_eq!(fixture.label_counts(), [("a".into(), 0), ("b".into(), 2), ("c".into(), 2)]);
    assert_eq!(catalog.counts(dataset).expect("counts").total, 7);
    fixture.redo().expect("again");
    replaced();
}

#[test]
fn version_names_are_used_once_and_only_a_normal_version_is_current() {
    let fixture = Fixture::new(0);
    let (catalog, dataset) = (&fixture.catalog, fixture.dataset);
    let first = catalog
        .reserve_next_version(dataset, None, |name| version(&fixture, name.as_str(), VersionState::Publishing))
        .expect("reserved");
    assert_eq!(first.name.as_str(), "V001");
    assert_eq!(catalog.publishing_versions().expect("read"), std::slice::from_ref(&first));
    assert!(catalog.set_current_version(dataset, first.id).is_err());
    let normal = DatasetVersion { state: VersionState::Normal, files: 7, ..first.clone() };
    catalog.update_version(&normal).expect("updated");
    catalog.set_current_version(dataset, first.id).expect("set");
    assert_eq!(catalog.datasets().expect("read")[0].current_version.as_deref(), Some("V001"));
    assert_eq!(catalog.version_by_name(dataset, "V001").expect("read"), Some(normal));
    catalog.delete_version(first.id).expect("deleted");
    assert!(catalog.versions(dataset).expect("read").is_empty());
    assert_eq!(catalog.dataset(dataset).expect("read").current_version, None);
    let again = catalog.reserve_version(&version(&fixture, "V001", VersionState::Publishing));
    assert!(matches!(again, Err(crate::catalog::CatalogError::VersionNameTaken(name)) if name == "V001"));
    assert_eq!(catalog.next_version_name(dataset).expect("read").as_str(), "V002");
}
