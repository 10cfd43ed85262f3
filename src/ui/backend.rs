//! The workbench behind threads: nothing that a frame calls touches SQLite, a file or a decoder. Work is handed over
//! as a closure, its result is picked up in a later frame; every completion asks for a repaint.

use crate::domain::query::EditReceipt;
use crate::domain::{DatasetId, Edit, Explain, Explanation};
use crate::workbench::{ActivityKind, Result, Task, Workbench};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What became of work: its value, or why there is none.
pub type Outcome<T> = std::result::Result<T, Explanation>;

/// How often other processes' changes are looked for.
const POLL_EVERY: Duration = Duration::from_millis(250);

/// How often long work of other processes is looked at while nothing changes in the catalog: one that was killed
/// changes nothing.
const REFRESH_EVERY: Duration = Duration::from_secs(2);

type Job = Box<dyn FnOnce(&Workbench) + Send>;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Jobs waiting for a thread, first in, first out.
#[derive(Default)]
struct Queue {
    jobs: Mutex<(VecDeque<Job>, bool)>,
    changed: Condvar,
}

impl Queue {
    fn push(&self, job: Job) {
        lock(&self.jobs).0.push_back(job);
        self.changed.notify_one();
    }

    /// The next job; `None` once the queue is closed and empty.
    fn next(&self) -> Option<Job> {
        let mut jobs = lock(&self.jobs);
        loop {
            if let Some(job) = jobs.0.pop_front() {
                return Some(job);
            }
            if jobs.1 {
                return None;
            }
            jobs = self.changed.wait(jobs).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        lock(&self.jobs).1 = true;
        self.changed.notify_all();
    }
}

/// A value that a thread is working on. Dropping it does not stop the work.
pub struct Promise<T> {
    slot: Arc<Mutex<Option<Outcome<T>>>>,
    started: Instant,
}

impl<T> Promise<T> {
    /// Whether the value is there.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        lock(&self.slot).is_some()
    }

    /// The value, once. `None`: not there yet, or taken already.
    #[must_use]
    pub fn take(&self) -> Option<Outcome<T>> {
        lock(&self.slot).take()
    }

    /// How long ago the work was handed over.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Whether what the person did is on the disk: the first field of the status bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Everything confirmed is on the disk.
    Saved,
    /// This many edits are on their way.
    Saving(usize),
    /// The latest edit failed; the notification says why.
    Failed,
}

struct Shared {
    workbench: Workbench,
    egui: egui::Context,
    pool: Queue,
    writer: Queue,
    generation: AtomicU64,
    in_flight: AtomicUsize,
    writing: AtomicUsize,
    write_failed: AtomicBool,
    failures: Mutex<Vec<Explanation>>,
    closed: AtomicBool,
}

/// The window's way to the workbench.
pub struct Backend {
    shared: Arc<Shared>,
}

impl Backend {
    /// Starts the threads: a pool for reading, one for edits in order, one that watches for changes.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn new(workbench: Workbench, egui: egui::Context) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            workbench,
            egui,
            pool: Queue::default(),
            writer: Queue::default(),
            generation: AtomicU64::new(1),
            in_flight: AtomicUsize::new(0),
            writing: AtomicUsize::new(0),
            write_failed: AtomicBool::new(false),
            failures: Mutex::new(Vec::new()),
            closed: AtomicBool::new(false),
        });
        let readers = thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
        for index in 0..readers {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("reader-{index}")).spawn(move || {
                while let Some(job) = shared.pool.next() {
                    job(&shared.workbench);
                }
            })?;
        }
        let for_writer = Arc::clone(&shared);
        thread::Builder::new().name("writer".to_owned()).spawn(move || {
            while let Some(job) = for_writer.writer.next() {
                job(&for_writer.workbench);
            }
        })?;
        let for_watcher = Arc::clone(&shared);
        thread::Builder::new().name("watcher".to_owned()).spawn(move || watch(&for_watcher))?;
        Ok(Self { shared })
    }

    /// The workbench, for calls that touch neither disk nor network: `activities`, `cancel_activity`, `set_actor`,
    /// `algorithms`.
    #[must_use]
    pub fn workbench(&self) -> &Workbench {
        &self.shared.workbench
    }

    /// Grows whenever what the catalog holds may have changed, here or in another process.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::Acquire)
    }

    /// Says that what queries show is out of date.
    pub fn touch(&self) {
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
        self.shared.egui.request_repaint();
    }

    /// Whether no work is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.shared.in_flight.load(Ordering::Acquire) == 0
    }

    /// Reads something on a thread of the pool. In no order.
    pub fn spawn<T: Send + 'static>(&self, work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static) -> Promise<T> {
        let (promise, job) = self.job(work, |_, _| {});
        self.shared.pool.push(job);
        promise
    }

    /// Writes something on the one writer thread, in the order of the calls. A failure is shown as a notification by
    /// the frame; whoever holds the promise only puts its own state right.
    pub fn write<T: Send + 'static>(&self, work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static) -> Promise<T> {
        self.shared.writing.fetch_add(1, Ordering::AcqRel);
        let (promise, job) = self.job(work, |shared, outcome| {
            let failed = outcome.as_ref().err();
            shared.write_failed.store(failed.is_some(), Ordering::Release);
            lock(&shared.failures).extend(failed.cloned());
            shared.writing.fetch_sub(1, Ordering::AcqRel);
            shared.generation.fetch_add(1, Ordering::AcqRel);
        });
        self.shared.writer.push(job);
        promise
    }

    /// Like [`Backend::write`], for a form that shows the failure itself: no notification.
    pub fn write_from_form<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static,
    ) -> Promise<T> {
        self.shared.writing.fetch_add(1, Ordering::AcqRel);
        let (promise, job) = self.job(work, |shared, _| {
            shared.writing.fetch_sub(1, Ordering::AcqRel);
            shared.generation.fetch_add(1, Ordering::AcqRel);
        });
        self.shared.writer.push(job);
        promise
    }

    /// Applies an edit, after all earlier ones.
    pub fn submit(&self, dataset: DatasetId, edit: Edit) -> Promise<EditReceipt> {
        self.write(move |workbench| workbench.edit(dataset, &edit))
    }

    /// Undoes the latest edit of a dataset, after all earlier writes.
    pub fn undo(&self, dataset: DatasetId) -> Promise<Option<EditReceipt>> {
        self.write(move |workbench| workbench.undo(dataset))
    }

    /// Does the latest undone edit again, after all earlier writes.
    pub fn redo(&self, dataset: DatasetId) -> Promise<Option<EditReceipt>> {
        self.write(move |workbench| workbench.redo(dataset))
    }

    /// Runs long work on a thread of its own: it shows in the jobs panel, with progress and cancel. A failure is shown
    /// there and as a notification; a cancel is not a failure.
    pub fn run<T: Send + 'static>(
        &self,
        kind: ActivityKind,
        subject: &str,
        work: impl FnOnce(&Workbench, &Task) -> Result<T> + Send + 'static,
    ) -> Promise<T> {
        self.run_activity(kind, subject, true, work)
    }

    /// Like [`Backend::run`], for a form that shows the failure itself: no notification.
    pub fn run_from_form<T: Send + 'static>(
        &self,
        kind: ActivityKind,
        subject: &str,
        work: impl FnOnce(&Workbench, &Task) -> Result<T> + Send + 'static,
    ) -> Promise<T> {
        self.run_activity(kind, subject, false, work)
    }

    fn run_activity<T: Send + 'static>(
        &self,
        kind: ActivityKind,
        subject: &str,
        tells: bool,
        work: impl FnOnce(&Workbench, &Task) -> Result<T> + Send + 'static,
    ) -> Promise<T> {
        let subject = subject.to_owned();
        let (promise, job) = self.job(
            move |workbench| workbench.run_activity(kind, &subject, |task| work(workbench, task)),
            move |shared, outcome| {
                let failure = outcome.as_ref().err().filter(|explanation| tells && explanation.code != "cancelled");
                lock(&shared.failures).extend(failure.cloned());
                shared.generation.fetch_add(1, Ordering::AcqRel);
            },
        );
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new().name("activity".to_owned()).spawn(move || job(&shared.workbench));
        if let Err(cause) = started {
            // The job is gone with its closure; the promise is answered here.
            let explanation = Explanation::failure("no-thread").with("cause", cause);
            lock(&self.shared.failures).extend(tells.then(|| explanation.clone()));
            *lock(&promise.slot) = Some(Err(explanation));
            self.shared.in_flight.fetch_sub(1, Ordering::AcqRel);
        }
        promise
    }

    /// Runs something that is no use case, e.g. a file dialog, on a thread of its own.
    pub fn run_aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Promise<T> {
        let (promise, job) = self.job(move |_| Ok(work()), |_, _| {});
        let shared = Arc::clone(&self.shared);
        let started = thread::Builder::new().name("aside".to_owned()).spawn(move || job(&shared.workbench));
        if let Err(cause) = started {
            *lock(&promise.slot) = Some(Err(Explanation::failure("no-thread").with("cause", cause)));
            self.shared.in_flight.fetch_sub(1, Ordering::AcqRel);
        }
        promise
    }

    /// Whether what the person did is on the disk.
    #[must_use]
    pub fn saved(&self) -> Saved {
        match self.shared.writing.load(Ordering::Acquire) {
            0 if self.shared.write_failed.load(Ordering::Acquire) => Saved::Failed,
            0 => Saved::Saved,
            count => Saved::Saving(count),
        }
    }

    /// Waits until everything that was handed over for writing is on the disk, or for so long. For when the window
    /// closes; a frame never waits.
    pub(super) fn finish_writing(&self, at_most: Duration) {
        let began = Instant::now();
        while self.shared.writing.load(Ordering::Acquire) > 0 && began.elapsed() < at_most {
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Failures of edits and activities since the last call; the frame turns them into notifications.
    pub(super) fn take_failures(&self) -> Vec<Explanation> {
        std::mem::take(&mut lock(&self.shared.failures))
    }

    fn job<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static,
        at_end: impl FnOnce(&Shared, &Outcome<T>) + Send + 'static,
    ) -> (Promise<T>, Job) {
        let slot = Arc::new(Mutex::new(None));
        let promise = Promise { slot: Arc::clone(&slot), started: Instant::now() };
        let shared = Arc::clone(&self.shared);
        shared.in_flight.fetch_add(1, Ordering::AcqRel);
        let job = Box::new(move |workbench: &Workbench| {
            let outcome = match catch_unwind(AssertUnwindSafe(|| work(workbench))) {
                Ok(result) => result.map_err(|error| error.explain()),
                Err(panic) => Err(Explanation::failure("internal").with("cause", panic_text(panic.as_ref()))),
            };
            at_end(&shared, &outcome);
            *lock(&slot) = Some(outcome);
            shared.in_flight.fetch_sub(1, Ordering::AcqRel);
            shared.egui.request_repaint();
        });
        (promise, job)
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
        self.shared.pool.close();
        // What was submitted is still written: the writer thread empties its queue before it ends.
        self.shared.writer.close();
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".to_owned())
}

/// Repaints while activities run, and tells queries when the catalog changed.
fn watch(shared: &Shared) {
    let mut known_version = None;
    let mut known_activities = Vec::new();
    let mut refreshed = None;
    while !shared.closed.load(Ordering::Acquire) {
        let version = catch_unwind(AssertUnwindSafe(|| shared.workbench.data_version())).ok().and_then(Result::ok);
        if version.is_some() && version != known_version {
            if known_version.is_some() {
                shared.generation.fetch_add(1, Ordering::AcqRel);
                shared.egui.request_repaint();
            }
            known_version = version;
            refreshed = None;
        }
        if refreshed.is_none_or(|at: Instant| at.elapsed() >= REFRESH_EVERY) {
            refreshed = Some(Instant::now());
            let outcome = catch_unwind(AssertUnwindSafe(|| shared.workbench.refresh_activities()));
            if let Ok(Err(error)) = outcome {
                tracing::warn!("the jobs panel may be behind: {error}");
            }
        }
        let activities: Vec<_> = shared
            .workbench
            .activities()
            .into_iter()
            .map(|activity| (activity.id, activity.state, activity.phase, activity.done))
            .collect();
        if activities != known_activities {
            known_activities = activities;
            shared.egui.request_repaint();
        }
        thread::sleep(POLL_EVERY);
    }
}

/// A background query whose answer is kept: shown while it is made anew after changes (stale while revalidate).
pub struct Query<K, T> {
    shown: Option<(K, u64, Outcome<T>)>,
    pending: Option<(K, u64, Promise<T>)>,
}

impl<K, T> Default for Query<K, T> {
    fn default() -> Self {
        Self { shown: None, pending: None }
    }
}

impl<K: Clone + PartialEq, T: Send + 'static> Query<K, T> {
    /// The answer for `key`; `None` until it is there, or if it failed (see [`Query::failure`]).
    pub fn get(
        &mut self,
        backend: &Backend,
        key: &K,
        work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static,
    ) -> Option<&T> {
        self.refresh(backend, key, work);
        self.of(key)
    }

    /// The answer for `key`, if it is there.
    #[must_use]
    pub fn of(&self, key: &K) -> Option<&T> {
        self.shown.as_ref().filter(|(shown, _, _)| shown == key).and_then(|(_, _, outcome)| outcome.as_ref().ok())
    }

    /// Like [`Query::get`], but the answer for an earlier key stays until the one for `key` is there.
    pub fn get_or_previous(
        &mut self,
        backend: &Backend,
        key: &K,
        work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static,
    ) -> Option<&T> {
        self.refresh(backend, key, work);
        self.latest()
    }

    /// The answer that is there, whatever its key.
    #[must_use]
    pub fn latest(&self) -> Option<&T> {
        self.shown.as_ref().and_then(|(_, _, outcome)| outcome.as_ref().ok())
    }

    /// Why there is no answer.
    #[must_use]
    pub fn failure(&self) -> Option<&Explanation> {
        self.shown.as_ref().and_then(|(_, _, outcome)| outcome.as_ref().err())
    }

    /// How long an answer has been waited for; `None` if none is.
    #[must_use]
    pub fn waiting_for(&self) -> Option<Duration> {
        self.pending.as_ref().map(|(_, _, promise)| promise.age())
    }

    /// Forgets the answer, so that it is asked for again.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    fn refresh(&mut self, backend: &Backend, key: &K, work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static) {
        if let Some((pending_key, generation, promise)) = self.pending.take() {
            match promise.take() {
                Some(outcome) => self.shown = Some((pending_key, generation, outcome)),
                // An answer for a key that nobody asks for any more is not waited for.
                None if pending_key != *key => {}
                None => self.pending = Some((pending_key, generation, promise)),
            }
        }
        let generation = backend.generation();
        let is_fresh = self.shown.as_ref().is_some_and(|(shown, made, _)| shown == key && *made == generation);
        if !is_fresh && self.pending.is_none() {
            self.pending = Some((key.clone(), generation, backend.spawn(work)));
        }
    }
}
