//! Real worker processes: how they start, end, are stopped, are killed, and are found again.

use modelier::domain::job_folder::{JobFile, ServeTask, ServiceFile, Task, TrainOptions, TrainTask, file};
use modelier::domain::predict::Prediction;
use modelier::domain::{Explain, JobState};
use modelier::engines::{
    self, Engine, EngineError, JobFolder, JobObservation, LocalEngine, StartOptions, read_metrics, tail_log,
};
use modelier::serving::{Token, client, read_internal_token};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_modelier");
const PATIENCE: Duration = Duration::from_secs(120);
/// Tells a test process that it shall start this job and leave.
const LEAVE_BEHIND: &str = "MODELIER_TEST_LEAVE_BEHIND";

/// A published version of two classes that are easy to tell apart, and room for jobs.
struct World {
    directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a folder");
        let mut manifest = String::new();
        for class in ["red", "blue"] {
            for number in 0..12_u8 {
                let path = directory.path().join(format!("{class}-{number}.png"));
                let shade = 150 + number * 8;
                let picture = image::RgbImage::from_fn(40, 40, |x, y| {
                    let noise = u8::try_from((x * 7 + y * 13 + u32::from(number) * 5) % 40).expect("below 40");
                    image::Rgb(if class == "red" { [shade, noise, noise] } else { [noise, noise, shade] })
                });
                picture.save(&path).expect("written");
                let source = format!("file://{}", path.display());
                let bytes = std::fs::read(&path).expect("there");
                let line = serde_json::json!({
                    "source": source,
                    "modelier:size": bytes.len(),
                    "modelier:blake3": blake3::hash(&bytes).to_hex().to_string(),
                    "annotation": [{"type": "modelarts/image_classification", "name": class}],
                });
                manifest.push_str(&line.to_string());
                manifest.push('\n');
            }
        }
        std::fs::write(directory.path().join("V001.manifest"), manifest).expect("written");
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    fn train_task(&self, algorithm: &str, parameters: &[(&str, &str)]) -> TrainTask {
        TrainTask {
            name: "colours@V001".to_owned(),
            version: "V001".to_owned(),
            algorithm: algorithm.to_owned(),
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            seed: 1,
            manifest: self.uri("V001.manifest"),
            dataset: "colours@V001".to_owned(),
            classes: Vec::new(),
            source_map: Vec::new(),
            output: self.uri("out"),
            options: TrainOptions::default(),
        }
    }

    fn job(&self, name: &str, task: TrainTask) -> JobFolder {
        JobFolder::create(self.path("jobs").join(name), &JobFile::new(Task::Train(task))).expect("written")
    }

    /// Training that takes seconds, also without optimisation.
    fn quick_task(&self) -> TrainTask {
        self.train_task("quick_image_classification", &[("image_size", "64"), ("refit", "FALSE")])
    }

    fn quick_job(&self, name: &str) -> JobFolder {
        self.job(name, self.quick_task())
    }

    /// A job that would take hours.
    fn long_job(&self, name: &str) -> JobFolder {
        let parameters = [("image_size", "32"), ("max_epoches", "100000"), ("batch_size", "8")];
        self.job(name, self.train_task("ResNet_v1_50", &parameters))
    }
}

/// One model for all tests that need one.
static TRAINED: LazyLock<World> = LazyLock::new(|| {
    let world = World::new();
    let folder = world.quick_job("model");
    start(&folder);
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!(ended.state, JobState::Succeeded, "{}", log(&folder));
    world
});

fn service_job(folder: &Path, token_sha256: String) -> JobFolder {
    let task = ServeTask {
        name: "colours".to_owned(),
        model: TRAINED.uri("out/V001/model"),
        host: "127.0.0.1".to_owned(),
        port: None,
        token_sha256,
        request_limit_bytes: 1024 * 1024,
        least_score: None,
    };
    JobFolder::create(folder, &JobFile::new(Task::Serve(task))).expect("written")
}

fn options() -> StartOptions {
    StartOptions::worker(Path::new(PROGRAM))
}

fn start(folder: &JobFolder) -> u32 {
    LocalEngine.start(folder, &options()).expect("starts").pid
}

fn observe(folder: &JobFolder) -> JobObservation {
    LocalEngine.observe(folder).expect("readable")
}

fn wait(folder: &JobFolder, until: impl Fn(&JobObservation) -> bool) -> JobObservation {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let observation = observe(folder);
        if until(&observation) {
            return observation;
        }
        assert!(Instant::now() < deadline, "waited in vain: {observation:?}\n{}", log(folder));
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wait_until_training(folder: &JobFolder) -> u32 {
    let running = wait(folder, |observation| {
        assert!(!observation.state.is_final(), "{observation:?}\n{}", log(folder));
        observation.status.phase == "training"
    });
    assert!(running.alive);
    running.status.pid.expect("written")
}

fn log(folder: &JobFolder) -> String {
    tail_log(folder, 0).expect("readable").text
}

fn code(observation: &JobObservation) -> &str {
    observation.explanation.as_ref().map_or("", |explanation| &explanation.code)
}

fn is_process(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn a_job_succeeds_and_leaves_a_model() {
    let world = World::new();
    let folder = world.quick_job("job");
    let pid = start(&folder);
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!(ended.state, JobState::Succeeded, "{}", log(&folder));
    assert!((ended.progress - 1.0).abs() < f64::EPSILON);
    assert_eq!(ended.status.output.as_deref(), Some(world.uri("out/V001").as_str()));
    assert!(ended.status.evaluation.expect("evaluated").accuracy > 0.9, "{:?}", ended.status.evaluation);
    assert!(world.path("out/V001/model/config.json").is_file());
    assert!(world.path("out/V001/evaluation.json").is_file());
    assert!(log(&folder).contains("quick_image_classification"));
    assert_eq!(read_metrics(&folder, 0).expect("readable").skipped, 0);
    let deadline = Instant::now() + PATIENCE;
    while cfg!(target_os = "linux") && is_process(pid) {
        assert!(Instant::now() < deadline, "a zombie is left");
        std::thread::sleep(Duration::from_millis(10));
    }

    let before = std::fs::read(world.path("out/V001/model/config.json")).expect("there");
    start(&folder);
    let again = wait(&folder, |observation| observation.state.is_final() && !observation.alive);
    assert_eq!((again.state, code(&again)), (JobState::Failed, "worker-output-filled"));
    assert_eq!(std::fs::read(world.path("out/V001/model/config.json")).expect("there"), before);
}

#[test]
fn a_killed_worker_is_interrupted() {
    let world = World::new();
    let folder = world.long_job("job");
    start(&folder);
    let pid = wait_until_training(&folder);
    // Not through the engine: as the system does when memory runs out.
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().expect("kill runs");
    assert!(killed.success());
    // Whoever writes down how it ended holds the lock for a moment.
    let ended = wait(&folder, |observation| observation.state.is_final() && !observation.alive);
    assert_eq!(ended.state, JobState::Interrupted);
    let ended = wait(&folder, |observation| observation.status.state.is_final());
    assert_eq!(code(&ended), "worker-killed");
    assert!(!LocalEngine.cancel(&folder).expect("nothing to do"), "there is nothing left to stop");
    assert!(!LocalEngine.kill(&folder).expect("nothing to do"));
    assert!(!world.path("out/V001").exists());
    // It can be started again, and begins anew.
    start(&folder);
    wait_until_training(&folder);
    assert!(LocalEngine.kill(&folder).expect("killed"));
    assert_eq!(observe(&folder).state, JobState::Interrupted);
}

#[test]
fn a_worker_stops_on_request() {
    let world = World::new();
    let folder = world.long_job("job");
    start(&folder);
    wait_until_training(&folder);
    let begun = Instant::now();
    let ended = LocalEngine.stop(&folder, Duration::from_secs(60)).expect("stops");
    assert_eq!((ended.state, ended.explanation), (JobState::Cancelled, None), "{}", log(&folder));
    assert!(begun.elapsed() < Duration::from_secs(60), "it had to be killed");
    assert!(!world.path("out/V001").exists(), "a stopped run leaves no model");
}

#[test]
fn a_folder_has_one_worker() {
    let world = World::new();
    let folder = world.long_job("job");
    let pid = start(&folder);
    assert_eq!(wait_until_training(&folder), pid);
    let second = LocalEngine.start(&folder, &options());
    assert!(matches!(second, Err(EngineError::AlreadyRunning { .. })), "{second:?}");
    let by_hand = Command::new(PROGRAM).arg("worker").arg(folder.path()).stderr(Stdio::null()).status().expect("runs");
    assert_eq!(by_hand.code(), Some(i32::from(modelier::worker::REFUSED)));
    assert_eq!(observe(&folder).status.pid, Some(pid), "the second one touched nothing");
    LocalEngine.kill(&folder).expect("killed");
}

#[test]
fn start_and_leave() {
    // Only does something in the process that the next test starts.
    if let Some(folder) = std::env::var_os(LEAVE_BEHIND) {
        start(&JobFolder::at(folder));
    }
}

#[test]
fn work_goes_on_without_its_parent_and_is_found_again() {
    let world = World::new();
    let folder = world.long_job("job");
    let parent = Command::new(std::env::current_exe().expect("known"))
        .args(["--exact", "start_and_leave"])
        .env(LEAVE_BEHIND, folder.path())
        .stdout(Stdio::null())
        .status()
        .expect("runs");
    assert!(parent.success());
    wait_until_training(&folder);
    let before = read_metrics(&folder, 0).expect("readable").next_offset;
    let (found, warnings) = engines::discover(&LocalEngine, &world.path("jobs")).expect("listed");
    assert!(warnings.is_empty());
    let [(found, observation)] = &found[..] else { panic!("one job: {found:?}") };
    assert_eq!((found, observation.alive, observation.state), (&folder, true, JobState::Running));
    let deadline = Instant::now() + PATIENCE;
    while read_metrics(&folder, 0).expect("readable").next_offset == before {
        assert!(Instant::now() < deadline, "it does not go on");
        std::thread::sleep(Duration::from_millis(20));
    }
    let ended = LocalEngine.stop(&folder, Duration::from_secs(60)).expect("stops");
    assert_eq!(ended.state, JobState::Cancelled);
}

#[test]
fn a_job_that_cannot_begin_says_why() {
    let world = World::new();
    let folder = world.job("unknown", world.train_task("magic", &[]));
    start(&folder);
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!((ended.state, code(&ended)), (JobState::Failed, "worker-algorithm"));

    let folder = world.quick_job("newer");
    let job = std::fs::read_to_string(folder.file(file::JOB)).expect("there");
    let newer = job.replace("\"schema_version\": 1", "\"schema_version\": 99");
    std::fs::write(folder.file(file::JOB), newer).expect("written");
    let refused = LocalEngine.start(&folder, &options()).expect_err("refused");
    assert_eq!(refused.explain().code, "job-file-newer");
    let by_hand = Command::new(PROGRAM).arg("worker").arg(folder.path()).stderr(Stdio::null()).status().expect("runs");
    assert_eq!(by_hand.code(), Some(i32::from(modelier::worker::FAILED)));
    assert_eq!(code(&observe(&folder)), "job-file-newer");

    let folder = world.quick_job("no program");
    let nowhere = StartOptions::worker(&world.path("nowhere"));
    assert!(matches!(LocalEngine.start(&folder, &nowhere), Err(EngineError::Start { .. })));
    assert_eq!((observe(&folder).state, code(&observe(&folder))), (JobState::Failed, "worker-start"));

    let empty = Command::new(PROGRAM).arg("worker").arg(world.path("jobs")).stderr(Stdio::null()).status();
    assert_eq!(empty.expect("runs").code(), Some(i32::from(modelier::worker::REFUSED)));
}

#[test]
fn changed_files_are_a_mismatch_unless_that_is_allowed() {
    let world = World::new();
    std::fs::remove_file(world.path("red-3.png")).expect("removed");
    // Of the same size, so that only the hash tells.
    let mut bytes = std::fs::read(world.path("blue-7.png")).expect("there");
    *bytes.last_mut().expect("not empty") ^= 1;
    std::fs::write(world.path("blue-7.png"), bytes).expect("written");
    let folder = world.quick_job("strict");
    start(&folder);
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!((ended.state, code(&ended)), (JobState::Failed, "version-mismatch"));
    let explanation = ended.explanation.expect("explained");
    assert!(explanation.arguments.iter().any(|(name, value)| name == "names" && value == "red-3.png, blue-7.png"));
    assert_eq!(ended.status.warnings.len(), 2);

    let mut task = world.quick_task();
    task.options.allow_mismatch = true;
    let folder = world.job("lenient", task);
    start(&folder);
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!(ended.state, JobState::Succeeded, "{}", log(&folder));
}

#[test]
fn secrets_come_through_the_pipe_and_stand_nowhere() {
    let world = World::new();
    let mut job = world.quick_job("job").read_job().expect("readable");
    job.secrets_on_stdin = true;
    let folder = JobFolder::create(world.path("jobs/secret"), &job).expect("written");
    let secrets = BTreeMap::from([("access-key".to_owned(), "hunter2-value".to_owned())]);
    LocalEngine.start(&folder, &StartOptions { secrets, ..options() }).expect("starts");
    wait(&folder, |observation| observation.state.is_final());
    assert!(log(&folder).contains("secrets received: access-key"));
    for entry in std::fs::read_dir(folder.path()).expect("listed").flatten().filter(|entry| entry.path().is_file()) {
        let bytes = std::fs::read(entry.path()).expect("readable");
        assert!(!String::from_utf8_lossy(&bytes).contains("hunter2-value"), "in {:?}", entry.file_name());
    }
}

#[test]
fn a_service_answers_survives_and_keeps_its_address() {
    let directory = tempfile::tempdir().expect("a folder");
    let (token, hash) = Token::generate();
    let folder = service_job(directory.path(), hash.to_string());
    let picture = std::fs::read(TRAINED.path("blue-5.png")).expect("there");
    let up = |folder: &JobFolder| {
        start(folder);
        wait(folder, |observation| {
            assert!(!observation.state.is_final(), "{observation:?}\n{}", log(folder));
            observation.status.address.is_some()
        })
    };
    let first = up(&folder);
    assert_eq!(first.state, JobState::Running);
    let address = first.status.address.expect("known");
    client::health(&address).expect("healthy");
    let answer = client::predict(&address, token.as_str(), "blue.png", picture.clone()).expect("answers");
    let Prediction::Classification { predicted_label, scores } = answer else { panic!("{answer:?}") };
    assert_eq!((predicted_label.as_str(), scores.len()), ("blue", 2));
    let garbage = client::predict(&address, token.as_str(), "x.png", b"garbage".to_vec());
    assert!(matches!(garbage, Err(client::CallError::Refused { status: 400, .. })), "{garbage:?}");

    let stopped = LocalEngine.stop(&folder, Duration::from_secs(20)).expect("stops");
    assert_eq!((stopped.state, stopped.explanation), (JobState::Cancelled, None));
    assert!(client::health(&address).is_err());
    let second = up(&folder);
    assert_eq!(second.status.address.as_deref(), Some(address.as_str()), "the address survives");
    let internal = read_internal_token(folder.path()).expect("renewed");
    client::predict(&address, internal.as_str(), "blue.png", picture).expect("answers");

    // As a system that shuts down ends it.
    let pid = second.status.pid.expect("known").to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs").success());
    wait(&folder, |observation| !observation.alive);
    let counts: ServiceFile = folder.read_json(file::SERVICE).expect("readable").expect("there");
    assert_eq!((counts.calls, counts.failed_calls), (3, 1));
    assert!(!log(&folder).contains(token.as_str()));
}

#[test]
fn a_service_without_a_model_fails_with_the_reason() {
    let directory = tempfile::tempdir().expect("a folder");
    let task = ServeTask {
        name: "nothing".to_owned(),
        model: format!("file://{}", directory.path().join("nothing").display()),
        host: "127.0.0.1".to_owned(),
        port: None,
        token_sha256: Token::generate().1.to_string(),
        request_limit_bytes: 1024,
        least_score: None,
    };
    let folder = JobFolder::create(directory.path(), &JobFile::new(Task::Serve(task))).expect("written");
    start(&folder);
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!(ended.state, JobState::Failed);
    assert!(ended.explanation.is_some());
}
