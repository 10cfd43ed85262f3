//! Use cases that need more than one process or program: what others write meanwhile, what a kill leaves, media that
//! lie elsewhere, a model that outlives its job.

mod common;

use common::{Workspace, shared_data, write_image};
use modelier::domain::service::ServiceState;
use modelier::domain::traits::Progress;
use modelier::domain::{Actor, Assign, Cancel, DatasetType, Edit, Explain, JobState};
use modelier::workbench::{
    ActivityKind, ActivityState, DeployRequest, ImportRequest, ImportSource, NewDataset, NewModel, OpenOptions,
    PublishRequest, SourceMapping, StartTraining, Task, Workbench,
};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn open(workspace: &Path, client: &str) -> Workbench {
    let options = OpenOptions {
        workspace: workspace.to_owned(),
        actor: Actor(client.to_owned()),
        client: client.to_owned(),
        executable: env!("CARGO_BIN_EXE_modelier").into(),
    };
    Workbench::open(options).expect("the workspace")
}

fn new_dataset(workspace: &Workspace, workbench: &Workbench) -> modelier::domain::Dataset {
    std::fs::create_dir_all(workspace.path("in")).expect("a folder");
    let text = |name: &str| workspace.path(name).to_string_lossy().into_owned();
    let new = NewDataset {
        name: "flowers".to_owned(),
        description: String::new(),
        kind: DatasetType::ImageClassification,
        input: text("in"),
        output: text("out"),
        labels: Vec::new(),
    };
    workbench.create_dataset(new).expect("a dataset")
}

/// Does something once, as soon as a phase is reported.
struct Meanwhile<F: Fn() + Send + Sync> {
    phase: &'static str,
    is_done: AtomicBool,
    act: F,
}

impl<F: Fn() + Send + Sync> Progress for Meanwhile<F> {
    fn report(&self, what: &'static str, _done: u64, _total: Option<u64>) {
        if what == self.phase && !self.is_done.swap(true, Ordering::AcqRel) {
            (self.act)();
        }
    }
}

#[test]
fn a_label_that_comes_while_a_version_is_written_is_in_it_with_its_name() {
    let workspace = Workspace::new();
    let workbench = open(&workspace.path("workspace"), "window");
    let dataset = new_dataset(&workspace, &workbench).id;
    for name in ["a.png", "b.png"] {
        write_image(&workspace.path("in").join(name), [9, 9, 9]);
    }
    workbench.sync(dataset, &Task::silent()).expect("synced");
    let other = open(&workspace.path("workspace"), "command");
    let act = move || {
        let label = other.add_label(dataset, "late", None).expect("a label").id;
        let found = other.find_samples(dataset, &["a.png".to_owned()]).expect("found")[0];
        let samples = vec![found.expect("a.png")];
        other.edit(dataset, &Edit::Assign { samples, labels: vec![label], how: Assign::Replace }).expect("labeled");
    };
    let meanwhile = Arc::new(Meanwhile { phase: "publish-hashing", is_done: AtomicBool::new(false), act });
    let task = Task::new(Cancel::default(), Arc::clone(&meanwhile) as Arc<dyn Progress>);
    let version = workbench.publish(dataset, &PublishRequest::default(), &task).expect("published");
    assert!(meanwhile.is_done.load(Ordering::Acquire), "the label came in between");
    let manifest = std::fs::read_to_string(version.manifest.strip_prefix("file://").expect("a file")).expect("read");
    assert_eq!(version.labeled, 1);
    assert_eq!(manifest.matches(r#""name":"late""#).count(), 1, "{manifest}");
    assert_eq!(version.labels.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["late"]);
}

/// Set for the child process of the next test: the workspace it works on.
const CHILD: &str = "MODELIER_USE_CASES_WORKSPACE";

/// Does nothing unless it is started as a child of the next test: long work that ends when it is asked to stop.
#[test]
fn long_work_of_another_process() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let workbench = open(Path::new(&folder), "child");
    let outcome = workbench.run_activity(ActivityKind::Sync, "flowers", |task| {
        println!();
        println!("began");
        for step in 0_u64.. {
            task.report("sync-saving", step, None);
            if task.cancel.is_cancelled() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    });
    outcome.expect("the work");
}

fn child(workspace: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "long_work_of_another_process", "--nocapture"])
        .env(CHILD, workspace)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "began"), "the child works");
    child
}

#[test]
fn long_work_is_seen_by_others_stopped_by_them_and_interrupted_by_a_kill() {
    let workspace = Workspace::new();
    let folder = workspace.path("workspace");
    let workbench = open(&folder, "window");
    let states = |workbench: &Workbench| {
        workbench.refresh_activities().expect("refreshed");
        workbench.activities().iter().map(|activity| activity.state).collect::<Vec<_>>()
    };

    let mut first = child(&folder);
    assert_eq!(states(&workbench), [ActivityState::Running]);
    workbench.cancel_activity(workbench.activities()[0].id);
    first.wait().expect("its end");
    assert_eq!(states(&workbench), [ActivityState::Succeeded], "it stopped as it was asked to");

    let mut second = child(&folder);
    assert_eq!(states(&workbench), [ActivityState::Running, ActivityState::Succeeded]);
    let late = open(&folder, "another window");
    assert_eq!(late.activities()[0].state, ActivityState::Running);
    second.kill().expect("SIGKILL");
    second.wait().expect("its end");
    assert_eq!(states(&workbench), [ActivityState::Interrupted, ActivityState::Succeeded]);
    let failure = workbench.activities()[0].failure.clone().expect("the reason");
    assert_eq!(failure.code, "activity-interrupted");
    let later = open(&folder, "window");
    assert_eq!(later.activities()[0].state, ActivityState::Interrupted, "still there after a restart");
    let left = std::fs::read_dir(folder.join("jobs")).expect("a folder").count();
    assert_eq!(left, 0, "no lock is left");
}

#[test]
fn a_manifest_of_a_bucket_is_trained_on_and_its_model_outlives_the_job() {
    let Some(data) = shared_data() else { return };
    let manifest = data.join("modelarts/V002.manifest");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    let workspace = Workspace::new();
    let workbench = open(&workspace.path("workspace"), "window");
    let dataset = new_dataset(&workspace, &workbench).id;
    let request = ImportRequest {
        source: ImportSource::Manifest(manifest.to_string_lossy().into_owned()),
        with_labels: true,
        only_hard: false,
        labels: Vec::new(),
        copy: false,
    };
    let report = workbench.import(dataset, &request, &Task::silent()).expect("imported");
    assert_eq!(report.imported, 10);
    let view = workbench.view(dataset, &Default::default(), Default::default(), &Cancel::default()).expect("a view");
    let rows = || workbench.rows(&view, 0..view.len()).expect("rows");
    assert!(rows().iter().all(|row| row.sample.media.missing));
    assert!(workbench.thumbnail(&rows()[0].sample, 16).is_err());

    // The bucket's files, of a colour for each label; one is not there.
    let mut names: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("a line");
        let source = value["source"].as_str().expect("a source");
        let name = source.strip_prefix("s3://modelartscarbon/flowers/").expect("of the bucket").to_owned();
        names.push((name, value["annotation"][0]["name"].as_str().expect("a label").to_owned()));
    }
    for (number, (name, label)) in names.iter().enumerate().skip(1) {
        let shade = u8::try_from(number).expect("few");
        let color = if label == "sunflowers" {
            [240, 200 + shade, 20]
        } else {
            [200 + shade, 30, u8::try_from(label.len() * 15).expect("short")]
        };
        let path = workspace.path("bucket").join(name).with_extension("png");
        write_image(&path, color);
        std::fs::rename(path, workspace.path("bucket").join(name)).expect("renamed");
    }
    let folder = |name: &str| workspace.path(name).to_string_lossy().into_owned();
    let mapping = |prefix: &str, folder: String| SourceMapping { prefix: prefix.to_owned(), folder };
    let refused = |map: &[SourceMapping]| {
        let error = workbench.set_source_map(dataset, map, &Task::silent()).expect_err("refused");
        error.explain().code.into_owned()
    };
    assert_eq!(refused(&[mapping("/flowers", folder("bucket"))]), "source-map-prefix");
    assert_eq!(refused(&[mapping("s3://modelartscarbon", folder("nowhere"))]), "source-map-folder");
    let map = [mapping("s3://modelartscarbon/flowers", folder("bucket"))];
    assert_eq!(workbench.set_source_map(dataset, &map, &Task::silent()).expect("mapped"), 1);
    assert_eq!(workbench.source_map(dataset).expect("read")[0].prefix, "s3://modelartscarbon/flowers/");
    let there: Vec<_> = rows().into_iter().filter(|row| !row.sample.media.missing).collect();
    assert_eq!(there.len(), 9);
    assert!(there.iter().all(|row| row.sample.source.starts_with("s3://modelartscarbon/flowers/")), "verbatim");
    workbench.thumbnail(&there[0].sample, 16).expect("a thumbnail");
    workbench.preview(&there[0].sample, 100).expect("a preview");
    workbench.thumbnail_of_source(&there[0].sample.source, 16).expect("by its source alone");

    let published = workbench.publish(dataset, &PublishRequest::default(), &Task::silent()).expect("published");
    assert_eq!(published.files, 10);
    let hashed = rows().iter().filter(|row| row.sample.media.hash.is_some()).count();
    assert_eq!(hashed, 9, "the files were read where the map says");
    let start = StartTraining {
        name: "by-map".to_owned(),
        description: String::new(),
        dataset,
        dataset_version: "V001".to_owned(),
        algorithm: "quick_image_classification".to_owned(),
        parameters: BTreeMap::new(),
        output: folder("results"),
        allow_mismatch: true,
    };
    workbench.start_training(&start).expect("started");
    let details = workbench.wait_for_job("by-map", "V001", &Task::silent()).expect("ended");
    assert_eq!(details.version.state, JobState::Succeeded, "{:?}", details.version.failure);

    model_outlives_its_job(&workspace, &workbench);
}

fn model_outlives_its_job(workspace: &Workspace, workbench: &Workbench) {
    let source = NewModel::FromJob { job: "by-map".to_owned(), version: None };
    let model = workbench.create_model("petals", "", &source).expect("a model");
    let models = workspace.path("workspace").join("models");
    let kept = || std::fs::read_dir(&models).expect("a folder").count();
    assert_eq!(kept(), 1);
    assert!(model.location.contains(&format!("/models/{}", model.id)), "{}", model.location);
    std::fs::remove_dir_all(workspace.path("results")).expect("the job's output goes");
    let request = DeployRequest {
        name: "petals".to_owned(),
        description: String::new(),
        model: "petals".to_owned(),
        model_version: model.version.clone(),
        port: None,
    };
    let deployed = workbench.deploy(&request, &Task::silent()).expect("deployed");
    assert_eq!(deployed.service.state, ServiceState::Running);
    write_image(&workspace.path("asked.png"), [240, 205, 20]);
    workbench.predict_file("petals", &workspace.path("asked.png").to_string_lossy()).expect("an answer");
    let refused = workbench.delete_model("petals", &model.version).expect_err("a service uses it");
    assert_eq!(refused.explain().code, "model-in-use");
    assert_eq!(kept(), 1);
    workbench.delete_service("petals").expect("deleted");
    workbench.delete_model("petals", &model.version).expect("deleted");
    assert_eq!(kept(), 0, "its copy goes with it");
    let broken = NewModel::FromFolder { location: workspace.path("in").to_string_lossy().into_owned() };
    workbench.create_model("petals", "", &broken).expect_err("no model there");
    assert_eq!(kept(), 0, "nothing is left of a model that was not made");
}

struct CancelAfterABatch(Cancel);

impl Progress for CancelAfterABatch {
    fn report(&self, what: &'static str, done: u64, _total: Option<u64>) {
        if what == "version-saving" && done > 0 {
            self.0.cancel();
        }
    }
}

#[test]
fn an_older_version_of_many_batches_comes_back_and_is_undone_as_one() {
    let workspace = Workspace::new();
    let workbench = open(&workspace.path("workspace"), "window");
    let dataset = new_dataset(&workspace, &workbench).id;
    let mut lines = String::new();
    for number in 0..5_000 {
        let label = if number % 2 == 0 { "even" } else { "odd" };
        let line = format!(
            r#"{{"source":"s3://bucket/{number:04}.jpg","annotation":[{{"name":"{label}","type":"modelarts/image_classification"}}]}}"#
        );
        lines.push_str(&line);
        lines.push('\n');
    }
    std::fs::write(workspace.path("given.manifest"), lines).expect("written");
    let request = ImportRequest {
        source: ImportSource::Manifest(workspace.path("given.manifest").to_string_lossy().into_owned()),
        with_labels: true,
        only_hard: false,
        labels: Vec::new(),
        copy: false,
    };
    workbench.import(dataset, &request, &Task::silent()).expect("imported");
    let published = workbench.publish(dataset, &PublishRequest::default(), &Task::silent()).expect("published");
    let even = workbench.label(dataset, "even").expect("a label").id;
    workbench.edit(dataset, &Edit::DeleteLabel { label: even, samples: true }).expect("half of them go");
    let counts = || workbench.counts(dataset, &Default::default()).expect("counts");
    let after = counts();
    assert_eq!(after.total, 2_500);

    // Cancelled in the middle, nothing of it stays.
    let cancel = Cancel::default();
    let task = Task::new(cancel.clone(), Arc::new(CancelAfterABatch(cancel)));
    let outcome = workbench.set_current_version(dataset, published.name.as_str(), &task);
    assert!(outcome.expect_err("cancelled").is_cancelled());
    assert_eq!(counts(), after);

    workbench.set_current_version(dataset, published.name.as_str(), &Task::silent()).expect("set");
    assert_eq!(counts().labeled, 5_000);
    workbench.undo(dataset).expect("undone").expect("an entry");
    assert_eq!(counts(), after);
    workbench.redo(dataset).expect("redone").expect("an entry");
    assert_eq!(counts().labeled, 5_000);
}
