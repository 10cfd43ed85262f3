//! What a worker tells while it works: status, log and curves, each in its file.

use crate::domain::evaluation::{Metric, Summary};
use crate::domain::job_folder::{StatusFile, file};
use crate::domain::{Explanation, JobState, MetricSink, Timestamp, Warning};
use crate::engines::{EngineError, JobFolder};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// Progress is written at most this often; everything else at once.
const WRITE_EVERY: Duration = Duration::from_millis(250);
/// The status keeps this many warnings; the log has them all.
const WARNINGS: usize = 50;

/// Writes the outgoing files of a job folder. Its holder holds the folder's lock.
pub(super) struct Report {
    folder: JobFolder,
    log: Mutex<File>,
    metrics: Mutex<File>,
    status: Mutex<Current>,
}

struct Current {
    status: StatusFile,
    written: Instant,
    /// The part of the whole that the present phase is: where it begins and ends, 0 to 1.
    part: (f64, f64),
    service: bool,
}

impl Report {
    /// Begins anew: a fresh status, no curves; the log goes on.
    pub(super) fn open(folder: JobFolder) -> Result<Self, EngineError> {
        let open = |name: &str, keep: bool| {
            let path = folder.file(name);
            let mut options = OpenOptions::new();
            options.create(true);
            if keep {
                options.append(true)
            } else {
                options.write(true).truncate(true)
            };
            let opened = options.open(&path);
            opened.map_err(|source| EngineError::Io { action: "write", path, source })
        };
        let (log, metrics) = (open(file::LOG, true)?, open(file::METRICS, false)?);
        // A damaged status of an earlier start is simply replaced.
        let started = folder.read_status().ok().flatten().and_then(|status| status.started);
        let status = StatusFile {
            started: started.or_else(|| Some(now())),
            pid: Some(std::process::id()),
            ..StatusFile::default()
        };
        let current = Current { status, written: Instant::now(), part: (0.0, 1.0), service: false };
        let report = Self { folder, log: Mutex::new(log), metrics: Mutex::new(metrics), status: Mutex::new(current) };
        report.update(|_| {})?;
        Ok(report)
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // A status is whole after every statement, so a panic elsewhere does not spoil it.
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut StatusFile)) -> Result<(), EngineError> {
        let mut current = self.current();
        change(&mut current.status);
        self.write(&mut current)
    }

    fn write(&self, current: &mut Current) -> Result<(), EngineError> {
        current.written = Instant::now();
        current.status.updated = Some(now());
        self.folder.write_status(&current.status)
    }

    /// A full disk may lose a status on the way, never the work: the next one is tried again.
    fn update_leniently(&self, change: impl FnOnce(&mut StatusFile)) {
        if let Err(error) = self.update(change) {
            eprintln!("{error}");
        }
    }

    /// Begins a phase that takes the `part` of the whole (from, to).
    pub(super) fn phase(&self, state: JobState, phase: &'static str, part: (f64, f64)) {
        self.current().part = part;
        self.update_leniently(|status| {
            status.state = state;
            phase.clone_into(&mut status.phase);
            status.progress = part.0;
        });
    }

    /// Says that this job answers at `address` until it is stopped.
    pub(super) fn serving_at(&self, address: String) {
        self.current().service = true;
        self.update_leniently(|status| {
            status.state = JobState::Running;
            "serving".clone_into(&mut status.phase);
            status.progress = 1.0;
            status.address = Some(address);
        });
    }

    pub(super) fn is_service(&self) -> bool {
        self.current().service
    }

    /// Something was left out or changed; the work goes on.
    pub(super) fn warn(&self, warning: Warning, line: &str) {
        self.log(line);
        let mut current = self.current();
        if current.status.warnings.len() < WARNINGS {
            current.status.warnings.push(warning);
        }
    }

    /// What the job achieved and where it was put.
    pub(super) fn achieved(&self, evaluation: Option<Summary>, output: String) {
        self.update_leniently(|status| {
            status.evaluation = evaluation;
            status.output = Some(output);
        });
    }

    /// The last status.
    pub(super) fn finish(&self, state: JobState, explanation: Option<Explanation>) -> Result<(), EngineError> {
        self.update(|status| {
            status.state = state;
            status.explanation = explanation;
            status.ended = Some(now());
            status.pid = None;
            status.address = None;
            if state == JobState::Succeeded {
                status.progress = 1.0;
            }
        })
    }
}

impl MetricSink for Report {
    fn log(&self, line: &str) {
        let mut text = String::with_capacity(line.len() + 24);
        for part in line.lines() {
            text.push_str(&now().to_manifest());
            text.push(' ');
            text.push_str(part);
            text.push('\n');
        }
        // One call a line, so that it does not mix with what libraries print. A full disk loses lines, not the work.
        let _ = self.log.lock().unwrap_or_else(PoisonError::into_inner).write_all(text.as_bytes());
    }

    fn metric(&self, metric: Metric) {
        // JSON knows no infinity; training ends with an explanation of its own when it diverges.
        if !metric.value.is_finite() || !metric.epoch.is_finite() {
            return;
        }
        if let Ok(mut line) = serde_json::to_vec(&metric) {
            line.push(b'\n');
            let _ = self.metrics.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line);
        }
    }

    fn progress(&self, fraction: f64) {
        let mut current = self.current();
        let (from, to) = current.part;
        if fraction.is_finite() {
            current.status.progress = from + (to - from) * fraction.clamp(0.0, 1.0);
        }
        if current.written.elapsed() >= WRITE_EVERY
            && let Err(error) = self.write(&mut current)
        {
            eprintln!("{error}");
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_system_time(SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evaluation::MetricName;
    use crate::engines::{read_metrics, tail_log};

    #[test]
    fn what_is_told_can_be_read() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        let report = Report::open(folder.clone()).expect("opens");
        report.phase(JobState::Running, "training", (0.1, 0.9));
        let metric = Metric { name: MetricName::Loss, step: 1, epoch: 0.5, value: 0.1 + 0.2 };
        report.metric(metric);
        report.metric(Metric { value: f64::NAN, ..metric });
        report.log("two\nlines");
        report.progress(0.5);
        report.finish(JobState::Cancelled, None).expect("written");
        let status = folder.read_status().expect("reads").expect("there");
        assert_eq!((status.state, status.phase.as_str()), (JobState::Cancelled, "training"));
        assert!((status.progress - 0.5).abs() < 1e-9);
        let chunk = read_metrics(&folder, 0).expect("reads");
        assert_eq!((chunk.metrics.as_slice(), chunk.skipped), ([metric].as_slice(), 0));
        let log = tail_log(&folder, 0).expect("reads").text;
        assert!(log.lines().count() == 2 && log.ends_with(" lines\n"), "{log}");
    }

    #[test]
    fn a_new_start_begins_with_no_curves_and_no_old_failure() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        let first = Report::open(folder.clone()).expect("opens");
        first.metric(Metric { name: MetricName::Loss, step: 1, epoch: 0.5, value: 1.0 });
        first.finish(JobState::Failed, Some(Explanation::failure("x"))).expect("written");
        drop(Report::open(folder.clone()).expect("opens"));
        assert!(read_metrics(&folder, 0).expect("reads").metrics.is_empty());
        let status = folder.read_status().expect("reads").expect("there");
        assert_eq!((status.state, status.explanation, status.ended), (JobState::Initializing, None, None));
    }
}
