//! What a child process does with a job folder: `job.json` in; `status.json`, `log.txt`, `metrics.jsonl` and
//! `output/` out. It joins `formats`, `storage`, `learning` and `serving`, and never opens the catalog.

mod error;
mod objects;
mod place;
mod report;
mod service;
mod train;
mod version;

pub use error::WorkerError;

use crate::domain::job_folder::{JobFile, Task};
use crate::domain::{Cancel, Explain, Explanation, JobState, MetricSink};
use crate::engines::JobFolder;
use report::Report;
use std::any::Any;
use std::collections::BTreeMap;
use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const CANCEL_POLL: Duration = Duration::from_millis(100);
/// No set of secrets is larger.
const SECRETS_BYTES: u64 = 1024 * 1024;

/// Exit code of a job that succeeded or was stopped on request.
pub const DONE: u8 = 0;
/// Exit code of a job that failed; its status says why.
pub const FAILED: u8 = 1;
/// Exit code if the folder is no job, or somebody works on it already; nothing in it was touched.
pub const REFUSED: u8 = 2;

/// Names and values that came through the pipe. Never logged.
type Secrets = BTreeMap<String, String>;

/// Does what the job in `folder` says and returns the exit code. Standard output and error are expected to be the
/// job's log.
#[must_use]
pub fn run(folder: &Path) -> u8 {
    let folder = JobFolder::at(std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()));
    if !folder.has_job() {
        eprintln!("there is no job.json: {}", folder.path().display());
        return REFUSED;
    }
    // Held until the last status is written: this lock is what tells others that we live.
    let _lock = match folder.lock() {
        Ok(lock) => lock,
        Err(error) => {
            eprintln!("{error}");
            return REFUSED;
        }
    };
    let report = match Report::open(folder.clone()) {
        Ok(report) => Arc::new(report),
        Err(error) => {
            eprintln!("{error}");
            return FAILED;
        }
    };
    let cancel = Cancel::default();
    let watching = watch_for_cancel(&folder, &cancel);
    let job = || -> Result<(), WorkerError> {
        let job = folder.read_job()?;
        let secrets = read_secrets(&job, &report)?;
        work(&folder, &job, &secrets, &report, &cancel)
    };
    let ended = std::panic::catch_unwind(AssertUnwindSafe(job));
    watching.store(false, Ordering::Relaxed);
    let (state, explanation) = match ended {
        // A service ends only on request.
        Ok(Ok(())) if report.is_service() => (JobState::Cancelled, None),
        Ok(Ok(())) => (JobState::Succeeded, None),
        Ok(Err(error)) if error.is_cancelled() => (JobState::Cancelled, None),
        Ok(Err(error)) => {
            report.log(&format!("failed: {error}"));
            (JobState::Failed, Some(error.explain()))
        }
        Err(panic) => {
            let message = panic_message(&*panic);
            report.log(&format!("a fault in the program: {message}"));
            (JobState::Failed, Some(Explanation::failure("worker-panic").with("message", message)))
        }
    };
    report.log(state.as_str());
    if let Err(error) = report.finish(state, explanation) {
        eprintln!("{error}");
        return FAILED;
    }
    if state == JobState::Failed { FAILED } else { DONE }
}

fn work(
    folder: &JobFolder,
    job: &JobFile,
    _secrets: &Secrets,
    report: &Arc<Report>,
    cancel: &Cancel,
) -> Result<(), WorkerError> {
    match &job.task {
        Task::Train(task) => {
            give_way();
            train::run(folder, task, report, cancel)
        }
        Task::Serve(task) => service::run(folder, task, report, cancel),
    }
}

/// Sets `cancel` once the cancel file appears or the folder is gone; ends when the returned flag falls.
fn watch_for_cancel(folder: &JobFolder, cancel: &Cancel) -> Arc<AtomicBool> {
    let watching = Arc::new(AtomicBool::new(true));
    let (still, folder, cancel) = (watching.clone(), folder.clone(), cancel.clone());
    let watch = move || {
        while still.load(Ordering::Relaxed) {
            if folder.is_cancel_requested() || !folder.path().exists() {
                cancel.cancel();
                return;
            }
            std::thread::sleep(CANCEL_POLL);
        }
    };
    if let Err(error) = std::thread::Builder::new().name("cancel-watch".to_owned()).spawn(watch) {
        eprintln!("requests to stop will not be seen: {error}");
    }
    watching
}

fn read_secrets(job: &JobFile, report: &Report) -> Result<Secrets, WorkerError> {
    if !job.secrets_on_stdin {
        return Ok(Secrets::new());
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(SECRETS_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| WorkerError::Secrets(error.to_string()))?;
    let secrets: Secrets = serde_json::from_slice(&bytes)
        .map_err(|_| WorkerError::Secrets("they are no JSON object of texts".to_owned()))?;
    // Their names help to find what is missing; their values are nobody's business.
    report.log(&format!("secrets received: {}", secrets.keys().cloned().collect::<Vec<_>>().join(", ")));
    Ok(secrets)
}

/// Lets the person's other programs go first.
fn give_way() {
    #[cfg(unix)]
    {
        // Some systems refuse; then the work is merely as urgent as everything else.
        let _ = rustix::process::setpriority_process(None, 10);
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it said nothing".to_owned())
}
