//! Long work in this process: sync, import, publishing. Each has progress, cancel, and a record in the catalog that
//! the jobs panel and a later start still show.

use super::{Result, Workbench};
use crate::domain::traits::{Progress, Silent};
use crate::domain::{Cancel, Explanation, Timestamp};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};

/// Identifies long work of this process.
pub type ActivityId = uuid::Uuid;

/// What kind of long work it is. Fluent: `activity-{kind}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
        drop(list);
        result
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
