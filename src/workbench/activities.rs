//! Long work: sync, import, publishing. Each has progress, cancel, and a record in the catalog (`activity_records.rs`)
//! that the jobs panel of other processes and of a later start shows.

use super::activity_records::CancelFile;
use super::{Result, Workbench};
use crate::domain::traits::{Progress, Silent};
use crate::domain::{Cancel, Explanation, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Identifies long work of this process.
pub type ActivityId = uuid::Uuid;

/// What kind of long work it is. Fluent: `activity-{kind}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityKind {
    Sync,
    Import,
    Publish,
    Export,
    AddImages,
    AddTexts,
    SetCurrentVersion,
    Training,
    Deploy,
    SettleReview,
    AutoLabel,
    LabelEverywhere,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityState {
    Running,
    Succeeded,
    Failed,
    Cancelled,
    /// Its process ended before it did.
    Interrupted,
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

/// A line and who works on it.
pub(super) struct Listed {
    pub activity: Activity,
    pub cancel: Cancel,
    /// Whether it is, or was, this process's work.
    pub is_own: bool,
}

/// The lines of the jobs panel, newest first.
#[derive(Clone, Default)]
pub(super) struct Activities(Arc<Mutex<Vec<Listed>>>);

impl Activities {
    pub fn lock(&self) -> MutexGuard<'_, Vec<Listed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many ended activities the panel keeps.
pub(super) const KEPT: usize = 50;

/// Writes progress into the list, passes it on, and looks whether another process asks to stop.
struct Reporter {
    list: Activities,
    id: ActivityId,
    passed_on: Arc<dyn Progress>,
    cancel_file: CancelFile,
    cancel: Cancel,
}

impl Progress for Reporter {
    fn report(&self, what: &'static str, done: u64, total: Option<u64>) {
        self.passed_on.report(what, done, total);
        if self.cancel_file.is_there() {
            self.cancel.cancel();
        }
        let mut list = self.list.lock();
        if let Some(Listed { activity, .. }) = list.iter_mut().find(|listed| listed.activity.id == self.id) {
            what.clone_into(&mut activity.phase);
            (activity.done, activity.total) = (done, total);
        }
    }
}

impl Workbench {
    /// Runs `work` as an activity: listed with its progress, cancellable, recorded from its beginning, its end kept with
    /// its cause.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn run_activity<T>(
        &self,
        kind: ActivityKind,
        subject: &str,
        work: impl FnOnce(&Task) -> Result<T>,
    ) -> Result<T> {
        self.run_activity_within(kind, subject, &Task::silent(), work)
    }

    /// As [`Workbench::run_activity`], for work that `outer` watches and may cancel as well.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn run_activity_within<T>(
        &self,
        kind: ActivityKind,
        subject: &str,
        outer: &Task,
        work: impl FnOnce(&Task) -> Result<T>,
    ) -> Result<T> {
        let activity = Activity {
            id: ActivityId::new_v4(),
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
        let id = activity.id;
        let liveness = self.begin_record(&activity);
        let cancel = outer.cancel.clone();
        let list = self.inner.activities.clone();
        {
            let mut list = list.lock();
            list.insert(0, Listed { activity, cancel: cancel.clone(), is_own: true });
            forget_old(&mut list);
        }
        let reporter = Reporter {
            list: list.clone(),
            id,
            passed_on: Arc::clone(&outer.progress),
            cancel_file: self.cancel_file(id),
            cancel: cancel.clone(),
        };
        let result = work(&Task::new(cancel, Arc::new(reporter)));
        let ended = {
            let mut list = list.lock();
            let listed = list.iter_mut().find(|listed| listed.activity.id == id);
            listed.map(|Listed { activity, .. }| {
                activity.ended = Some(self.now());
                match &result {
                    Ok(_) => activity.state = ActivityState::Succeeded,
                    Err(error) if error.is_cancelled() => activity.state = ActivityState::Cancelled,
                    Err(error) => {
                        activity.state = ActivityState::Failed;
                        activity.failure = Some(crate::domain::Explain::explain(error));
                    }
                }
                activity.clone()
            })
        };
        if let Some(activity) = ended {
            self.end_record(&activity);
        }
        drop(liveness);
        result
    }

    /// Long work of this workspace, newest first: of this process with its progress; of others, and of earlier runs, as
    /// of the last [`Workbench::refresh_activities`].
    #[must_use]
    pub fn activities(&self) -> Vec<Activity> {
        self.inner.activities.lock().iter().map(|listed| listed.activity.clone()).collect()
    }

    /// Asks long work to stop, in whichever process it runs; it stops at its next step.
    pub fn cancel_activity(&self, id: ActivityId) {
        let list = self.inner.activities.lock();
        let Some(listed) = list.iter().find(|listed| listed.activity.id == id) else { return };
        if listed.is_own {
            listed.cancel.cancel();
        } else if listed.activity.state == ActivityState::Running {
            self.cancel_file(id).make();
        }
    }
}

/// Ended lines beyond [`KEPT`] go.
pub(super) fn forget_old(list: &mut Vec<Listed>) {
    let mut ended = 0;
    list.retain(|Listed { activity, .. }| {
        ended += usize::from(activity.state != ActivityState::Running);
        activity.state == ActivityState::Running || ended <= KEPT
    });
}
