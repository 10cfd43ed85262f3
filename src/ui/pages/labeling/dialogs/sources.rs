//! Files to be added: picked, typed or dropped, then looked at on threads before anything is copied.

use crate::domain::Cancel;
use crate::domain::traits::Progress;
use crate::text::format;
use crate::ui::backend::{Outcome, Promise};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets::{self, Button, Field};
use crate::workbench::{Result, Task, Workbench};
use egui::Ui;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many files have been looked at, of how many.
#[derive(Default)]
struct Counter {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress for Counter {
    fn report(&self, _what: &'static str, done: u64, total: Option<u64>) {
        // Threads report in any order.
        self.done.fetch_max(done, Ordering::Relaxed);
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
    }
}

/// Files that threads look at now.
struct Looking<T> {
    paths: Vec<PathBuf>,
    promise: Promise<Vec<T>>,
    cancel: Cancel,
    counter: Arc<Counter>,
}

/// What is being picked, typed and looked at. `T` is what is known of a file then.
pub struct Sources<T> {
    typed: String,
    /// What still has to be looked at.
    waiting: Vec<PathBuf>,
    picking: Option<Promise<Option<Vec<PathBuf>>>>,
    looking: Option<Looking<T>>,
    frames: u32,
}

impl<T: Send + 'static> Sources<T> {
    /// With files that were dropped.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { typed: String::new(), waiting: paths, picking: None, looking: None, frames: 0 }
    }

    /// Looks at these again, and at what is looked at now, because what is looked for has changed.
    pub fn look_again(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.waiting.extend(paths);
        if let Some(looking) = self.looking.take() {
            looking.cancel.cancel();
            self.waiting.extend(looking.paths);
        }
    }

    /// Whether nothing is looked at or waits for it.
    pub fn is_quiet(&self) -> bool {
        self.looking.is_none() && self.waiting.is_empty()
    }

    /// Whether Enter belongs to the field.
    pub fn is_typing(&self) -> bool {
        !self.typed.trim().is_empty()
    }

    /// Takes in what was picked and found, and has the next files looked at.
    pub fn settle(
        &mut self,
        context: &Context<'_>,
        look: impl FnOnce(&Workbench, &[PathBuf], &Task) -> Result<Vec<T>> + Send + 'static,
    ) -> Option<Outcome<Vec<T>>> {
        self.frames += 1;
        self.waiting.extend(widgets::picked(context, &mut self.picking).into_iter().flatten());
        let found = self.looking.as_ref().and_then(|looking| looking.promise.take());
        if found.is_some() {
            self.looking = None;
        }
        if self.looking.is_none() && !self.waiting.is_empty() {
            let paths = std::mem::take(&mut self.waiting);
            let cancel = Cancel::default();
            let counter = Arc::new(Counter::default());
            let task = Task::new(cancel.clone(), Arc::clone(&counter) as Arc<_>);
            let for_thread = paths.clone();
            let promise = context.backend.spawn(move |workbench| look(workbench, &for_thread, &task));
            self.looking = Some(Looking { paths, promise, cancel, counter });
        }
        found
    }

    /// The button that picks files, and the field for a path.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, title: &str, extensions: &'static [&'static str]) {
        ui.horizontal(|ui| {
            let button = Button::secondary(context.tr("labeling-add-pick")).icon(Icon::FolderOpen);
            if button.enabled(self.picking.is_none()).show(ui, context).clicked() {
                let title = title.to_owned();
                self.picking = Some(context.backend.run_aside(move || {
                    rfd::FileDialog::new().set_title(title).add_filter("", extensions).pick_files()
                }));
            }
            let hint = context.tr("labeling-add-path-hint");
            let width = (ui.available_width() - 96.0).max(120.0);
            let field = Field::new(context.tr("labeling-add-path")).hide_label().hint(hint).width(width);
            let response = field.focus(self.frames == 1).show(ui, context, &mut self.typed);
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let button = Button::secondary(context.tr("labeling-add-look")).enabled(self.is_typing());
            if (button.show(ui, context).clicked() || entered) && self.is_typing() {
                let typed = std::mem::take(&mut self.typed);
                self.waiting.push(PathBuf::from(typed.trim().trim_matches('"')));
            }
        });
    }

    /// How far the look is.
    pub fn progress_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(looking) = &self.looking {
            looking.ui(ui, context);
        }
    }
}

impl<T> Looking<T> {
    fn ui(&self, ui: &mut Ui, context: &Context<'_>) {
        let (done, total) = (self.counter.done.load(Ordering::Relaxed), self.counter.total.load(Ordering::Relaxed));
        if total == 0 {
            widgets::loading(ui, context, Some(self.promise.age()));
            return;
        }
        let counts = [("done", format::count(done).into()), ("total", total.into())];
        let text = context.tr_with("labeling-add-looking", &counts);
        widgets::weak(ui, context, &text);
        #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
        let fraction = done as f32 / total as f32;
        widgets::progress_bar(ui, context, fraction, ui.available_width(), &text);
        ui.request_repaint_after(Duration::from_millis(100));
    }
}

impl<T> Drop for Sources<T> {
    fn drop(&mut self) {
        if let Some(looking) = &self.looking {
            looking.cancel.cancel();
        }
    }
}
