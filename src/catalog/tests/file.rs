//! The file itself: who may open it, what is refused, what survives.

use super::support::{Fixture, WINDOW, context, label};
use crate::catalog::schema::{self, BUSY_TIMEOUT, backup_path};
use crate::catalog::{Catalog, CatalogError};
use crate::domain::{Assign, Edit, Explain};
use rusqlite::Connection;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Names the catalog for the child process of the crash test.
const CHILD: &str = "MODELIER_TEST_CATALOG";

/// The schema that this program knows.
#[expect(clippy::cast_possible_wrap, reason = "a few steps")]
const KNOWN: i64 = schema::STEPS.len() as i64;

fn code(error: &CatalogError) -> String {
    error.explain().code.into_owned()
}

#[test]
fn a_newer_catalog_is_refused() {
    let fixture = Fixture::new(0);
    let path = fixture.path();
    drop(fixture.catalog);
    Connection::open(&path).expect("opened").pragma_update(None, "user_version", 99).expect("set");
    let refused = Catalog::open(&path).expect_err("newer");
    assert!(matches!(&refused, CatalogError::Newer { found: 99, known, .. } if *known == KNOWN));
    assert_eq!(code(&refused), "catalog-newer");
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let foreign = folder.path().join("foreign.sqlite");
    Connection::open(&foreign).expect("opened").execute_batch("CREATE TABLE t (x)").expect("a table");
    assert_eq!(code(&Catalog::open(&foreign).expect_err("foreign")), "catalog-foreign");
    let noise = folder.path().join("noise.sqlite");
    std::fs::write(&noise, [7; 5_000]).expect("written");
    assert_eq!(code(&Catalog::open(&noise).expect_err("noise")), "catalog-corrupt");
    assert_eq!(std::fs::read(&noise).expect("read"), [7; 5_000]);
    let nowhere = folder.path().join("no/catalog.sqlite");
    assert_eq!(code(&Catalog::open(&nowhere).expect_err("no folder")), "catalog-unopenable");
}

#[test]
fn a_migration_keeps_the_data_and_a_backup() {
    let fixture = Fixture::new(2);
    let path = fixture.path();
    let dataset = fixture.dataset;
    drop(fixture.catalog);
    let steps = [schema::STEPS, &["ALTER TABLE sample ADD COLUMN stars INTEGER"]].concat();
    let migrated = Catalog::open_with(&path, &steps, BUSY_TIMEOUT).expect("migrated");
    assert_eq!(migrated.counts(dataset).expect("counts").total, 2);
    drop(migrated);
    assert!(matches!(Catalog::open(&path), Err(CatalogError::Newer { found, .. }) if found == KNOWN + 1));
    let backup = Catalog::open(&backup_path(&path, KNOWN)).expect("the backup is a catalog of the old schema");
    assert_eq!(backup.counts(dataset).expect("counts").total, 2);
}

#[test]
fn a_catalog_of_the_first_schema_is_brought_to_todays() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    drop(Catalog::open_with(&path, &schema::STEPS[..1], BUSY_TIMEOUT).expect("of the first schema"));
    let dataset = super::support::dataset("flowers");
    let sample = super::support::incoming(dataset.id, "b.jpg").sample;
    let connection = Connection::open(&path).expect("opened");
    // As the program of that schema wrote it: today's knows more columns.
    let values = rusqlite::params![&dataset.id.0.as_bytes()[..], dataset.name.as_str(), dataset.kind.as_str()];
    let sql = "INSERT INTO dataset (id, name, description, kind, input, output, folder, created, modified)
         VALUES (?1, ?2, '', ?3, 'file:///photos/', 'file:///published/', 'flowers-1', 1, 1)";
    connection.execute(sql, values).expect("a dataset");
    let record = crate::catalog::rows::empty_record(sample.id);
    crate::catalog::rows::insert_sample(&connection, 1, &sample, &record).expect("a sample");
    drop(connection);
    let catalog = Catalog::open(&path).expect("migrated");
    catalog.rebuild_counts(dataset.id).expect("counted");
    let added = [super::support::incoming(dataset.id, "a.jpg")];
    catalog
        .receive_samples(dataset.id, &added, crate::domain::query::OnKnown::KeepAnnotations)
        .expect("a second sample");
    let page = catalog.page(dataset.id, &Default::default(), 10, None).expect("a page");
    assert_eq!(page.iter().map(|row| row.sample.name.as_str()).collect::<Vec<_>>(), ["a.jpg", "b.jpg"]);
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let fixture = Fixture::new(2);
    let path = fixture.path();
    let dataset = fixture.dataset;
    drop(fixture.catalog);
    let steps = [schema::STEPS, &["ALTER TABLE sample ADD COLUMN stars INTEGER; nonsense"]].concat();
    Catalog::open_with(&path, &steps, BUSY_TIMEOUT).expect_err("a broken step");
    assert_eq!(Catalog::open(&path).expect("as it was").counts(dataset).expect("counts").total, 2);
}

#[test]
fn a_migration_waits_for_nobody_who_has_the_catalog_open() {
    let fixture = Fixture::new(1);
    let steps = [schema::STEPS, &["ALTER TABLE sample ADD COLUMN stars INTEGER"]].concat();
    let refused = Catalog::open_with(&fixture.path(), &steps, Duration::from_millis(50)).expect_err("in use");
    assert_eq!(code(&refused), "catalog-busy");
    assert_eq!(fixture.catalog.counts(fixture.dataset).expect("still usable").total, 1);
}

#[test]
fn many_may_open_a_new_catalog_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| Catalog::open(&path).expect("opened").datasets().expect("read"));
        }
    });
}

#[test]
fn a_full_disk_a_busy_writer_and_a_read_only_file_say_so() {
    let fixture = Fixture::new(1);
    let add = Edit::AddLabel { label: label("d", 3) };
    let attempt = |catalog: &Catalog| catalog.edit(fixture.dataset, &add, &context("ada", 1), WINDOW);

    let mut hasty = fixture.open_again();
    hasty.busy_timeout = Duration::from_millis(20);
    crate::catalog::lock(&hasty.writer).busy_timeout(hasty.busy_timeout).expect("set");
    let other = Connection::open(fixture.path()).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("begun");
    assert_eq!(code(&attempt(&hasty).expect_err("busy")), "catalog-busy");
    assert!(hasty.datasets().is_ok(), "reading goes on meanwhile");
    other.execute_batch("ROLLBACK").expect("ended");

    let full = fixture.open_again();
    crate::catalog::lock(&full.writer).pragma_update(None, "max_page_count", 1).expect("set");
    let rows: Vec<_> = (0..2_000).map(|i| super::support::incoming(fixture.dataset, &format!("x/{i}.jpg"))).collect();
    let received = full.receive_samples(fixture.dataset, &rows, crate::domain::query::OnKnown::KeepAnnotations);
    assert_eq!(code(&received.expect_err("full")), "disk-full");
    assert_eq!(full.counts(fixture.dataset).expect("counts").total, 1, "nothing of it was written");

    let locked = fixture.open_again();
    crate::catalog::lock(&locked.writer).pragma_update(None, "query_only", true).expect("set");
    assert_eq!(code(&attempt(&locked).expect_err("read-only")), "catalog-read-only");
}

/// Not a test of its own: what the killed process of the next test does.
#[test]
fn child_that_labels_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let catalog = Catalog::open(Path::new(&path)).expect("opened");
    let dataset = catalog.datasets().expect("read")[0].dataset.id;
    let label = catalog.labels(dataset).expect("read")[0].label.id;
    for sample in catalog.sample_fingerprints(dataset).expect("read") {
        let edit = Edit::Assign { samples: vec![sample.id], labels: vec![label], how: Assign::Replace };
        catalog.edit(dataset, &edit, &context("ada", 1), WINDOW).expect("an edit");
        println!("confirmed {}", sample.name);
    }
}

#[test]
fn what_a_killed_process_had_confirmed_is_there() {
    let fixture = Fixture::new(400);
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "catalog::tests::file::child_that_labels_until_it_is_killed", "--nocapture"])
        .env(CHILD, fixture.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut confirmed = 0;
    while confirmed < 12 {
        let line = lines.next().expect("more lines").expect("text");
        confirmed += u64::from(line.contains("confirmed "));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    for line in lines {
        confirmed += u64::from(line.expect("text").contains("confirmed "));
    }
    let catalog = fixture.open_again();
    let labeled = catalog.counts(fixture.dataset).expect("counts").labeled;
    assert!(labeled == confirmed || labeled == confirmed + 1, "{labeled} of {confirmed} confirmed");
    assert_eq!(catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0);
    let undone = catalog.undo(fixture.dataset, WINDOW, &context("ada", 2)).expect("undone");
    assert_eq!(undone.expect("the last edit").changed, 1);
}
