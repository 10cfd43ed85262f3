//! Records of long work: written when it begins and when it ends, so that other processes and a later start tell of it.
//! Whoever works holds a lock on a file in `jobs/` as long as it lives; a running record without it was cut off.

use super::activities::{Activity, ActivityId, ActivityKind, ActivityState, KEPT, Listed, forget_old};
use super::{Result, Workbench};
use crate::catalog::JobRecord;
use crate::domain::{Cancel, Explanation, JobState};
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Held while the work lives; its file goes with it.
pub(super) struct Liveness {
    path: PathBuf,
    _lock: File,
}

impl Liveness {
    fn hold(path: PathBuf) -> std::io::Result<Self> {
        let file = File::create(&path)?;
        file.lock()?;
        Ok(Self { path, _lock: file })
    }
}

impl Drop for Liveness {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether a process that lives holds the file.
fn is_held(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => file.try_lock().is_err(),
        Err(cause) => cause.kind() != ErrorKind::NotFound,
    }
}

/// A file by which another process asks work to stop.
pub(super) struct CancelFile {
    path: PathBuf,
    looked: Mutex<Option<Instant>>,
}

impl CancelFile {
    /// How often the disk is asked.
    const EVERY: Duration = Duration::from_millis(250);

    /// Whether it is there; asked often, it looks now and then.
    pub fn is_there(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if looked.is_some_and(|looked| looked.elapsed() < Self::EVERY) {
            return false;
        }
        *looked = Some(Instant::now());
        self.path.exists()
    }

    pub fn make(&self) {
        if let Err(error) = File::create(&self.path) {
            tracing::warn!("the work goes on: {error}");
        }
    }
}

/// Work that runs in a worker of its own is found again by its job folder, not by a record.
fn is_recorded_from_the_beginning(kind: ActivityKind) -> bool {
    !matches!(kind, ActivityKind::Training | ActivityKind::Deploy)
}

impl Workbench {
    fn liveness_file(&self, id: ActivityId) -> PathBuf {
        self.folder().join("jobs").join(format!("activity-{id}.lock"))
    }

    pub(super) fn cancel_file(&self, id: ActivityId) -> CancelFile {
        let path = self.folder().join("jobs").join(format!("activity-{id}.cancel"));
        CancelFile { path, looked: Mutex::new(None) }
    }

    /// Records that work begins. The lock comes first: whoever sees the record finds it held. The work is done whether
    /// or not its line can be kept.
    pub(super) fn begin_record(&self, activity: &Activity) -> Option<Liveness> {
        if !is_recorded_from_the_beginning(activity.kind) {
            return None;
        }
        let held = Liveness::hold(self.liveness_file(activity.id))
            .inspect_err(|error| tracing::warn!("a crash would go unnoticed: {error}"))
            .ok()?;
        if let Err(error) = self.catalog().put_job_record(&record_of(activity)) {
            tracing::warn!("the jobs panel of others does not show this: {error}");
        }
        Some(held)
    }

    pub(super) fn end_record(&self, activity: &Activity) {
        let _ = std::fs::remove_file(&self.cancel_file(activity.id).path);
        if let Err(error) = self.catalog().put_job_record(&record_of(activity)) {
            tracing::warn!("the jobs panel will forget this: {error}");
        }
    }

    /// Takes up what other processes and earlier runs recorded: their work appears, ends, or was cut off.
    ///
    /// # Errors
    /// If the catalog cannot be read or written.
    pub fn refresh_activities(&self) -> Result<()> {
        let records = self.catalog().job_records(KEPT)?;
        let mut recorded: Vec<Activity> = records.iter().filter_map(activity_of).collect();
        for activity in &mut recorded {
            let is_own = || self.inner.activities.lock().iter().any(|own| own.is_own && own.activity.id == activity.id);
            if activity.state == ActivityState::Running && !is_held(&self.liveness_file(activity.id)) && !is_own() {
                self.note_interrupted(activity)?;
            }
        }
        let mut list = self.inner.activities.lock();
        list.retain(|listed| listed.is_own || recorded.iter().any(|known| known.id == listed.activity.id));
        for activity in recorded {
            match list.iter_mut().find(|listed| listed.activity.id == activity.id) {
                Some(listed) if listed.is_own => {}
                Some(listed) => listed.activity = activity,
                None => list.push(Listed { activity, cancel: Cancel::default(), is_own: false }),
            }
        }
        list.sort_by_key(|listed| std::cmp::Reverse(listed.activity.started));
        forget_old(&mut list);
        Ok(())
    }

    /// Its process is gone: unless it wrote its end just before, it was cut off.
    fn note_interrupted(&self, activity: &mut Activity) -> Result<()> {
        let records = self.catalog().job_records(KEPT)?;
        let now = records.iter().filter_map(activity_of).find(|now| now.id == activity.id);
        if let Some(now) = now.filter(|now| now.state != ActivityState::Running) {
            *activity = now;
            return Ok(());
        }
        activity.state = ActivityState::Interrupted;
        activity.ended = Some(self.now());
        activity.failure = Some(Explanation::failure("activity-interrupted"));
        self.catalog().put_job_record(&record_of(activity))?;
        let _ = std::fs::remove_file(self.liveness_file(activity.id));
        let _ = std::fs::remove_file(&self.cancel_file(activity.id).path);
        Ok(())
    }
}

/// The name of the only argument of a record's title.
const SUBJECT: &str = "subject";

fn record_of(activity: &Activity) -> JobRecord {
    let kind = serde_json::to_value(activity.kind).ok();
    JobRecord {
        id: activity.id,
        kind: kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned(),
        title: vec![(SUBJECT.to_owned(), activity.subject.clone())],
        state: match activity.state {
            ActivityState::Running => JobState::Running,
            ActivityState::Succeeded => JobState::Succeeded,
            ActivityState::Failed => JobState::Failed,
            ActivityState::Cancelled => JobState::Cancelled,
            ActivityState::Interrupted => JobState::Interrupted,
        },
        progress: None,
        started: activity.started,
        ended: activity.ended,
        explanation: activity.failure.clone(),
    }
}

/// `None` for a kind of work that this release does not know.
fn activity_of(record: &JobRecord) -> Option<Activity> {
    let subject = record.title.iter().find(|(name, _)| name == SUBJECT).map(|(_, subject)| subject.clone());
    Some(Activity {
        id: record.id,
        kind: serde_json::from_value(record.kind.clone().into()).ok()?,
        subject: subject.unwrap_or_default(),
        state: match record.state {
            JobState::Succeeded => ActivityState::Succeeded,
            JobState::Cancelled => ActivityState::Cancelled,
            JobState::Interrupted => ActivityState::Interrupted,
            JobState::Failed => ActivityState::Failed,
            JobState::Initializing | JobState::Deploying | JobState::Running => ActivityState::Running,
        },
        phase: String::new(),
        done: 0,
        total: None,
        started: record.started,
        ended: record.ended,
        failure: record.explanation.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn a_kept_line_says_the_same_after_a_restart() {
        let activity = Activity {
            id: ActivityId::new_v4(),
            kind: ActivityKind::SetCurrentVersion,
            subject: "flowers".to_owned(),
            state: ActivityState::Failed,
            phase: String::new(),
            done: 0,
            total: None,
            started: Timestamp(1),
            ended: Some(Timestamp(2)),
            failure: Some(Explanation::failure("disk-full").with("location", "/x")),
        };
        let recalled = activity_of(&record_of(&activity)).expect("a known kind");
        assert_eq!(format!("{recalled:?}"), format!("{activity:?}"));
    }
}
