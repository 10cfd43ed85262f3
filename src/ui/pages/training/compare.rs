//! Versions of a job side by side: what they were given and how good they became.

use super::words;
use crate::domain::evaluation::{Measure, Summary};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets;
use crate::workbench::JobDetails;
use egui::{FontId, RichText, ScrollArea, Ui};
use std::collections::BTreeSet;

/// How many versions stand side by side, the newest of them.
const SHOWN: usize = 8;

/// The table's state.
pub struct CompareVersions {
    only_differences: bool,
}

impl Default for CompareVersions {
    fn default() -> Self {
        Self { only_differences: true }
    }
}

impl CompareVersions {
    /// Draws the table. `versions`: newest first.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, versions: &[JobDetails]) {
        let versions = &versions[..versions.len().min(SHOWN)];
        if versions.len() > 1 {
            widgets::check_box(ui, context, &mut self.only_differences, &context.tr("compare-only-differences"));
            ui.add_space(space::S);
        }
        let figure = |read: fn(&crate::domain::evaluation::Summary) -> f64| {
            move |details: &JobDetails| {
                details.summary.as_ref().map_or_else(|| "–".to_owned(), |summary| format::percent(read(summary), 1))
            }
        };
        ScrollArea::both().id_salt("compare-versions").auto_shrink([false, false]).show(ui, |ui| {
            egui::Grid::new("compare-versions").spacing([space::XL, space::S]).show(ui, |ui| {
                ui.label("");
                for details in versions {
                    ui.vertical(|ui| {
                        let font = FontId::new(text_size::BODY, theme::bold_family());
                        ui.label(RichText::new(details.version.version.as_str()).font(font));
                        words::state_badge(ui, context, details.version.state);
                    });
                }
                ui.end_row();
                let measure = Measure::of(versions.iter().filter_map(|details| details.summary.as_ref()));
                figure_row(ui, context, versions, words::id_of(measure), figure(Summary::first_figure));
                if measure == Measure::SpanF1 {
                    figure_row(ui, context, versions, "figure-whole-texts", figure(|summary| summary.accuracy));
                } else {
                    figure_row(ui, context, versions, "figure-f1", figure(|summary| summary.f1));
                }
                figure_row(ui, context, versions, "figure-precision", figure(|summary| summary.precision));
                figure_row(ui, context, versions, "figure-recall", figure(|summary| summary.recall));
                figure_row(ui, context, versions, "column-duration", |details| {
                    words::duration(context, &details.version)
                });
                for (id, read) in [
                    ("column-dataset", (|details| details.version.dataset_label.clone()) as fn(&JobDetails) -> String),
                    ("column-algorithm", |details| details.version.algorithm.clone()),
                ] {
                    self.row(ui, context, &context.tr(id), versions, read);
                }
                let names: BTreeSet<&String> = versions.iter().flat_map(|details| details.parameters.keys()).collect();
                for name in names {
                    self.row(ui, context, name, versions, |details| {
                        details.parameters.get(name).cloned().unwrap_or_else(|| "–".to_owned())
                    });
                }
            });
        });
    }

    fn row(
        &self,
        ui: &mut Ui,
        context: &Context<'_>,
        name: &str,
        versions: &[JobDetails],
        value: impl Fn(&JobDetails) -> String,
    ) {
        let values: Vec<String> = versions.iter().map(value).collect();
        let differs = values.windows(2).any(|pair| pair[0] != pair[1]);
        if self.only_differences && !differs && versions.len() > 1 {
            return;
        }
        widgets::weak(ui, context, name);
        for value in values {
            let text = RichText::new(value);
            let text = if differs { text.color(context.tokens.accent_text) } else { text };
            ui.label(text);
        }
        ui.end_row();
    }
}

fn figure_row(
    ui: &mut Ui,
    context: &Context<'_>,
    versions: &[JobDetails],
    id: &str,
    value: impl Fn(&JobDetails) -> String,
) {
    widgets::weak(ui, context, context.tr(id));
    for details in versions {
        ui.label(value(details));
    }
    ui.end_row();
}
