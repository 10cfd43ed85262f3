//! Training jobs that run, whoever started them: another window, the command, or this window before it was closed.

use super::backend::Promise;
use super::context::Context;
use super::icons::Icon;
use super::pages::Page;
use super::theme::space;
use super::widgets::{self, Button};
use crate::text::format;
use crate::workbench::{Activity, ActivityKind, Result, Workbench};
use egui::Ui;
use std::time::{Duration, Instant};

/// How often the jobs are looked at, at most.
const EVERY: Duration = Duration::from_secs(1);

/// A version of a job that runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RunningJob {
    pub name: String,
    pub version: String,
    /// 0 to 1.
    pub progress: f64,
}

/// The jobs that run, as far as they are known.
#[derive(Default)]
pub(super) struct RunningJobs {
    known: Vec<RunningJob>,
    asking: Option<Promise<Vec<RunningJob>>>,
    /// When the jobs were last asked for, and the generation of the data then.
    asked: Option<(Instant, u64)>,
}

fn read(workbench: &Workbench) -> Result<Vec<RunningJob>> {
    let mut running = Vec::new();
    for summary in workbench.jobs()? {
        for version in summary.versions.iter().filter(|version| !version.state.is_final()) {
            let (name, version_name) = (summary.job.name.to_string(), version.version.to_string());
            running.push(RunningJob { name, version: version_name, progress: version.progress });
        }
    }
    Ok(running)
}

impl RunningJobs {
    /// Looks again where something may have changed: while a job runs, and after changes of the data.
    pub fn refresh(&mut self, ui: &Ui, context: &Context<'_>) {
        if let Some(outcome) = self.asking.as_ref().and_then(Promise::take) {
            self.asking = None;
            // A catalog that cannot be read is told of by the pages; here it is only looked at again.
            self.known = outcome.unwrap_or_default();
        }
        let generation = context.backend.generation();
        let may_differ = !self.known.is_empty() || self.asked.is_none_or(|(_, seen)| seen != generation);
        if !may_differ || self.asking.is_some() {
            return;
        }
        let left = self.asked.map_or(Duration::ZERO, |(at, _)| EVERY.saturating_sub(at.elapsed()));
        if left.is_zero() {
            self.asked = Some((Instant::now(), generation));
            self.asking = Some(context.backend.spawn(read));
        } else {
            ui.request_repaint_after(left);
        }
    }

    /// Those that no activity of this window stands for.
    pub fn elsewhere(&self, activities: &[Activity]) -> Vec<RunningJob> {
        let is_here = |job: &&RunningJob| {
            let subject = format!("{} {}", job.name, job.version);
            activities.iter().any(|activity| activity.kind == ActivityKind::Training && activity.subject == subject)
        };
        self.known.iter().filter(|job| !is_here(job)).cloned().collect()
    }
}

impl RunningJob {
    /// Draws it as a line of the jobs panel.
    pub fn ui(&self, ui: &mut Ui, context: &Context<'_>) {
        let title = format!("{} · {} {}", context.tr("activity-training"), self.name, self.version);
        ui.horizontal(|ui| {
            ui.label(super::icons::text(Icon::LoaderCircle, 16.0).color(context.tokens.accent_text));
            ui.add(egui::Label::new(&title).truncate());
        });
        #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
        let fraction = self.progress as f32;
        widgets::progress_bar(ui, context, fraction, ui.available_width(), &title);
        ui.horizontal(|ui| {
            widgets::weak(ui, context, format::percent(self.progress, 0));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if Button::secondary(context.tr("job-open")).small().show(ui, context).clicked() {
                    context.open(Page::TrainingJob { name: self.name.clone(), version: Some(self.version.clone()) });
                }
            });
        });
        ui.add_space(space::XS);
    }
}
