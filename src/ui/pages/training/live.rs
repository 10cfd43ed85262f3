//! What changes by itself while a worker runs: read again a few times a second as long as it does, and not at all once
//! it has ended.

use crate::domain::Explanation;
use crate::ui::backend::{Backend, Query};
use crate::workbench::{Result, Workbench};
use egui::Ui;
use std::time::{Duration, Instant};

/// How often something that runs is looked at.
pub const WHILE_RUNNING: Duration = Duration::from_millis(400);

/// A query that is also asked again after a while.
pub struct Live<K, T> {
    query: Query<(K, u64), (K, T)>,
    tick: u64,
    asked: Option<Instant>,
}

impl<K, T> Default for Live<K, T> {
    fn default() -> Self {
        Self { query: Query::default(), tick: 0, asked: None }
    }
}

impl<K: Clone + PartialEq + Send + 'static, T: Send + 'static> Live<K, T> {
    /// The latest answer for `key`. `every`: ask again after this long; `None`: only after changes of the catalog.
    pub fn get(
        &mut self,
        ui: &Ui,
        backend: &Backend,
        key: &K,
        every: Option<Duration>,
        work: impl FnOnce(&Workbench) -> Result<T> + Send + 'static,
    ) -> Option<&T> {
        if let Some(every) = every {
            let asked = *self.asked.get_or_insert_with(Instant::now);
            // An answer that is on its way is waited for, however long it takes.
            if asked.elapsed() >= every && self.query.waiting_for().is_none() {
                self.tick += 1;
                self.asked = Some(Instant::now());
            }
            ui.request_repaint_after(every);
        }
        let for_answer = key.clone();
        self.query.get_or_previous(backend, &(key.clone(), self.tick), move |workbench| {
            work(workbench).map(|answer| (for_answer, answer))
        });
        self.latest(key)
    }

    /// The answer that is there for `key`.
    #[must_use]
    pub fn latest(&self, key: &K) -> Option<&T> {
        self.query.latest().filter(|(of, _)| of == key).map(|(_, answer)| answer)
    }

    /// Why there is no answer.
    #[must_use]
    pub fn failure(&self) -> Option<&Explanation> {
        self.query.failure()
    }

    /// How long an answer has been waited for.
    #[must_use]
    pub fn waiting_for(&self) -> Option<Duration> {
        self.query.waiting_for()
    }
}
