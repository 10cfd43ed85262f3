//! Long work in this process: sync, import, publishing. Each has progress, cancel, and a record in the catalog that
//! the jobs panel and a later start still show.

use super::{Result, Workbench};
use crate::catalog::JobRecord;
use crate::domain::traits::{Progress, Silent};
use crate::domain::{Cancel, Explanation, JobState, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// Identifies long work of this process.
pub type ActivityId = uuid::Uuid;

/// What kind of long work it is. Fluent: `activity-{kind}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityKind {
    Sync,
    Import,
    Publish,
    AddImages,
    SetCurrentVersion,
    Training,
    Deploy,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityState {
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

/// A line of the jobs panel.
#[derive(Clone, Debug, Serialize)]
pub struct Activity {
    pub id: ActivityId,
    pub kind: ActivityKind,
    /// What it works on, e.g. the dataset's name.
    pub subject: String,
    pub state: ActivityState,
    /// A stable code of the phase, e.g. `sync-listing`. Fluent: `phase-{phase}`.
    pub phase: String,
    pub done: u64,
    pub total: Option<u64>,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub failure: Option<Explanation>,
}

/// What long work is handed: where to report, and whether to stop.
#[derive(Clone)]
pub struct Task {
    pub cancel: Cancel,
    progress: Arc<dyn Progress>,
}

impl Task {
    /// A task that reports to `progress`.
    #[must_use]
    pub fn new(cancel: Cancel, progress: Arc<dyn Progress>) -> Self {
        Self { cancel, progress }
    }

    /// A task that reports to nobody and is never cancelled.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(Cancel::default(), Arc::new(Silent))
    }

    /// Reports progress of a phase.
    pub fn report(&self, phase: &'static str, done: u64, total: Option<u64>) {
        self.progress.report(phase, done, total);
    }

    /// Where progress goes, for parts below that take it.
    #[must_use]
    pub fn progress(&self) -> &dyn Progress {
        self.progress.as_ref()
    }

    /// Ends the work if the person asked for it.
    pub(super) fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(super::Error::Cancelled) } else { Ok(()) }
    }
}

#[derive(Default)]
pub(super) struct Activities(Arc<Mutex<Vec<(Activity, Cancel)>>>);

/// How many ended activities the panel keeps.
const KEPT: usize = 50;

struct Reporter {
    list: Arc<Mutex<Vec<(Activity, Cancel)>>>,
    id: ActivityId,
}

impl Progress for Reporter {
    fn report(&self, what: &'static str, done: u64, total: Option<u64>) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((activity, _)) = list.iter_mut().find(|(activity, _)| activity.id == self.id) {
            what.clone_into(&mut activity.phase);
            (activity.done, activity.total) = (done, total);
        }
    }
}

impl Workbench {
    /// Runs `work` as an activity: listed with its progress, cancellable, its end kept with its cause.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn run_activity<T>(
        &self,
        kind: ActivityKind,
        subject: &str,
        work: impl FnOnce(&Task) -> Result<T>,
    ) -> Result<T> {
        let id = ActivityId::new_v4();
        let cancel = Cancel::default();
        let list = Arc::clone(&self.inner.activities.0);
        let activity = Activity {
            id,
            kind,
            subject: subject.to_owned(),
            state: ActivityState::Running,
            phase: String::new(),
            done: 0,
            total: None,
            started: self.now(),
            ended: None,
            failure: None,
        };
        {
            let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
            list.insert(0, (activity, cancel.clone()));
            let mut ended = 0;
            list.retain(|(activity, _)| {
                ended += usize::from(activity.state != ActivityState::Running);
                activity.state == ActivityState::Running || ended <= KEPT
            });
        }
        let task = Task::new(cancel, Arc::new(Reporter { list: Arc::clone(&list), id }));
        let result = work(&task);
        let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((activity, _)) = list.iter_mut().find(|(activity, _)| activity.id == id) {
            activity.ended = Some(self.now());
            match &result {
                Ok(_) => activity.state = ActivityState::Succeeded,
                Err(error) if error.is_cancelled() => activity.state = ActivityState::Cancelled,
                Err(error) => {
                    activity.state = ActivityState::Failed;
                    activity.failure = Some(crate::domain::Explain::explain(error));
                }
            }
        }
        let ended = list.iter().find(|(activity, _)| activity.id == id).map(|(activity, _)| record_of(activity));
        drop(list);
        // The work is done whether or not its line can be kept.
        if let Some(record) = ended
            && let Err(error) = self.catalog().put_job_record(&record)
        {
            tracing::warn!("the jobs panel will forget this: {error}");
        }
        result
    }

    /// Brings back the lines of the jobs panel that earlier runs left.
    pub(super) fn recall_activities(&self) -> Result<()> {
        let records = self.catalog().job_records(KEPT)?;
        let mut list = self.inner.activities.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.extend(records.iter().filter_map(activity_of).map(|activity| (activity, Cancel::default())));
        Ok(())
    }

    /// Long work of this process, newest first.
    #[must_use]
    pub fn activities(&self) -> Vec<Activity> {
        let list = self.inner.activities.0.lock().unwrap_or_else(PoisonError::into_inner);
        list.iter().map(|(activity, _)| activity.clone()).collect()
    }

    /// Asks long work to stop; it stops at its next step.
    pub fn cancel_activity(&self, id: ActivityId) {
        let list = self.inner.activities.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cancel)) = list.iter().find(|(activity, _)| activity.id == id) {
            cancel.cancel();
        }
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
            _ => ActivityState::Failed,
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
