//! Large edits: batches that undo as one, and what is left if they end halfway.

use super::support::{Fixture, WINDOW, context};
use crate::domain::{Assign, Edit};
use std::time::Duration;

fn fixture_of_small_batches(samples: usize) -> Fixture {
    let mut fixture = Fixture::new(samples);
    fixture.catalog.batch = Duration::ZERO;
    fixture
}

/// Makes every change of a sample fail, as a full disk would, until the trigger is dropped.
fn break_sample(fixture: &Fixture, name: &str) {
    let sql = format!(
        "CREATE TRIGGER broken BEFORE UPDATE ON sample WHEN old.name = '{name}' BEGIN SELECT RAISE(ABORT, 'no'); END"
    );
    fixture.catalog.write(|transaction| Ok(transaction.execute_batch(&sql)?)).expect("a trigger");
}

fn mend(fixture: &Fixture) {
    fixture.catalog.write(|transaction| Ok(transaction.execute_batch("DROP TRIGGER broken")?)).expect("dropped");
}

#[test]
fn a_large_edit_undoes_as_one() {
    let fixture = fixture_of_small_batches(5);
    let edit = fixture.assign(&[0, 1, 2, 3, 4, 0], &[0], Assign::Replace);
    assert_eq!(fixture.edit(&edit).changed, 5);
    let batches: i64 = fixture
        .catalog
        .read(|transaction| Ok(transaction.query_row("SELECT count(*) FROM image", [], |row| row.get(0))?))
        .expect("counted");
    assert!(batches > 1, "the edit was one batch");
    assert_eq!(fixture.catalog.journal(fixture.dataset, 9).expect("read").len(), 1);
    assert_eq!(fixture.undo().expect("undone").changed, 5);
    assert_eq!(fixture.catalog.counts(fixture.dataset).expect("counts").unlabeled, 5);
    assert!(fixture.undo().is_none());
}

#[test]
fn the_committed_part_of_an_edit_that_failed_halfway_undoes() {
    let fixture = fixture_of_small_batches(4);
    break_sample(&fixture, "002.jpg");
    let edit = fixture.assign(&[0, 1, 2, 3], &[0], Assign::Replace);
    fixture.catalog.edit(fixture.dataset, &edit, &context("ada", 1), WINDOW).expect_err("a failure");
    mend(&fixture);
    assert_eq!(fixture.label_counts()[0].1, 2);
    assert_eq!(fixture.catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0);
    assert_eq!(fixture.undo().expect("undone").changed, 2);
    assert_eq!(fixture.label_counts()[0].1, 0);
}

#[test]
fn an_undo_that_failed_halfway_is_finished_by_the_next() {
    let fixture = fixture_of_small_batches(4);
    fixture.edit(&fixture.assign(&[0, 1, 2, 3], &[0], Assign::Replace));
    break_sample(&fixture, "001.jpg");
    fixture.catalog.undo(fixture.dataset, WINDOW, &context("ada", 2)).expect_err("a failure");
    mend(&fixture);
    assert_eq!(fixture.label_counts()[0].1, 2);
    assert_eq!(fixture.undo().expect("undone").changed, 2);
    assert_eq!(fixture.label_counts()[0].1, 0);
    fixture.redo();
    fixture.redo();
    assert_eq!(fixture.label_counts()[0].1, 4, "both parts are done again");
}

#[test]
fn a_large_undo_with_one_conflict_undoes_nothing() {
    let fixture = fixture_of_small_batches(4);
    fixture.edit(&fixture.assign(&[0, 1, 2, 3], &[0], Assign::Replace));
    let other = fixture.assign(&[0], &[1], Assign::Add);
    fixture.catalog.edit(fixture.dataset, &other, &context("bob", 2), "command").expect("an edit");
    fixture.catalog.undo(fixture.dataset, WINDOW, &context("ada", 3)).expect_err("a conflict");
    assert_eq!(fixture.label_counts()[0].1, 4);
}

#[test]
fn deleting_a_label_of_many_goes_by_batches() {
    let fixture = fixture_of_small_batches(6);
    fixture.edit(&fixture.assign(&[0, 1, 2, 3, 4], &[0], Assign::Replace));
    let receipt = fixture.edit(&Edit::DeleteLabel { label: fixture.labels[0].id, samples: true });
    assert_eq!((receipt.changed, receipt.labels_changed), (5, true));
    assert_eq!(fixture.catalog.counts(fixture.dataset).expect("counts").total, 1);
    fixture.undo();
    assert_eq!(fixture.label_counts()[0], ("a".to_owned(), 5));
    fixture.redo();
    assert_eq!(fixture.label_counts()[0], ("b".to_owned(), 0));
}

#[test]
fn two_processes_edit_at_once_and_the_counts_stay_right() {
    let fixture = Fixture::new(40);
    let edits: Vec<_> = (0..40).map(|index| fixture.assign(&[index], &[index % 3], Assign::Replace)).collect();
    let before = fixture.catalog.data_version().expect("read");
    std::thread::scope(|scope| {
        for (client, edits) in edits.chunks(10).enumerate() {
            let catalog = fixture.open_again();
            let dataset = fixture.dataset;
            scope.spawn(move || {
                for edit in edits {
                    catalog.edit(dataset, edit, &context("ada", 1), &format!("client {client}")).expect("an edit");
                }
            });
        }
    });
    assert_ne!(fixture.catalog.data_version().expect("read"), before);
    assert_eq!(fixture.label_counts(), [("a".into(), 14), ("b".into(), 13), ("c".into(), 13)]);
    assert_eq!(fixture.catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0);
}

#[test]
fn the_journal_is_trimmed_by_age_and_size_and_then_says_nothing_can_be_undone() {
    let fixture = Fixture::new(2);
    let day = 24 * 60 * 60 * 1_000;
    let (early, late) = (context("ada", 0), context("ada", 80 * day));
    let edit = |context, index: usize| {
        let edit = fixture.assign(&[index], &[0], Assign::Replace);
        fixture.catalog.edit(fixture.dataset, &edit, context, WINDOW).expect("an edit");
    };
    edit(&early, 0);
    edit(&late, 1);
    let now = crate::domain::Timestamp(91 * day);
    assert_eq!(fixture.catalog.trim_journal(now).expect("trimmed"), 1);
    assert_eq!(fixture.catalog.trim_journal_to(now, 10).expect("trimmed"), 1);
    assert!(fixture.undo().is_none());
    assert_eq!(fixture.label_counts()[0].1, 2);
}

#[test]
fn another_process_gets_its_turn_between_batches() {
    let fixture = fixture_of_small_batches(400);
    let other = fixture.open_again();
    let all: Vec<usize> = (1..400).collect();
    let one = fixture.assign(&[0], &[1], Assign::Replace);
    std::thread::scope(|scope| {
        let bulk = scope.spawn(|| fixture.edit(&fixture.assign(&all, &[0], Assign::Replace)));
        while fixture.label_counts()[0].1 == 0 {
            std::thread::yield_now();
        }
        other.edit(fixture.dataset, &one, &context("eve", 1), "other").expect("an edit");
        assert!(fixture.label_counts()[0].1 < 399, "it waited for the whole edit");
        bulk.join().expect("the bulk edit");
    });
    assert_eq!(fixture.label_counts(), [("a".into(), 399), ("b".into(), 1), ("c".into(), 0)]);
}
