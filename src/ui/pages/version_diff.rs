//! Two versions beside each other.

use crate::domain::DatasetId;
use crate::domain::version::{DatasetVersion, VersionDiff, VersionState};
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::space;
use crate::ui::widgets;
use egui::{Color32, RichText, ScrollArea, Ui};

/// Which two are compared, and what differs.
#[derive(Default)]
pub(super) struct Compare {
    before: Option<String>,
    after: Option<String>,
    diff: Query<(DatasetId, String, String), VersionDiff>,
    tab: Tab,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Changed,
    Added,
    Removed,
    Labels,
}

impl Compare {
    /// Compares these two from now on.
    pub fn choose(&mut self, before: Option<String>, after: String) {
        (self.before, self.after) = (before, Some(after));
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, dataset: DatasetId, versions: &[DatasetVersion]) {
        let names: Vec<String> = versions
            .iter()
            .filter(|version| version.state == VersionState::Normal)
            .map(|version| version.name.to_string())
            .collect();
        if names.len() < 2 {
            widgets::weak(ui, context, context.tr("compare-needs-two"));
            return;
        }
        let mut after = self.after.clone().filter(|name| names.contains(name)).unwrap_or_else(|| names[0].clone());
        let mut before = self.before.clone().filter(|name| names.contains(name)).unwrap_or_else(|| names[1].clone());
        ui.horizontal(|ui| {
            combo(ui, context, "compare-before", &mut before, &names);
            ui.label(icons::text(Icon::ArrowRight, 16.0).color(context.tokens.text_weak));
            combo(ui, context, "compare-after", &mut after, &names);
        });
        (self.before, self.after) = (Some(before.clone()), Some(after.clone()));
        if before == after {
            widgets::weak(ui, context, context.tr("compare-same"));
            return;
        }
        let key = (dataset, before, after);
        let (_, one, other) = key.clone();
        self.diff.get(context.backend, &key, move |workbench| workbench.diff_versions(dataset, &one, &other));
        let waiting = self.diff.waiting_for();
        let Some(diff) = self.diff.latest() else {
            match self.diff.failure() {
                Some(failure) => widgets::failure(ui, context, failure),
                None => widgets::loading(ui, context, waiting),
            }
            return;
        };
        let labels = diff.labels_added.len() + diff.labels_removed.len() + diff.labels_renamed.len();
        let tab = |tab, id: &str, count: usize| (tab, context.tr(id), u64::try_from(count).ok());
        let tabs = [
            tab(Tab::Changed, "compare-changed", diff.samples_changed.len()),
            tab(Tab::Added, "compare-added", diff.samples_added.len()),
            tab(Tab::Removed, "compare-removed", diff.samples_removed.len()),
            tab(Tab::Labels, "compare-labels", labels),
        ];
        if let Some(tab) = widgets::tabs(ui, context, &tabs, self.tab) {
            self.tab = tab;
        }
        match self.tab {
            Tab::Changed => {
                list(ui, context, diff.samples_changed.len(), |index| {
                    let change = &diff.samples_changed[index];
                    let names = |labels: &[crate::domain::LabelName]| match labels {
                        [] => context.tr("compare-no-label"),
                        labels => labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                    };
                    let what = format!("{} → {}", names(&change.before), names(&change.after));
                    (Icon::Pencil, context.tokens.accent_text, format!("{}   {what}", change.name))
                });
            }
            Tab::Added => list(ui, context, diff.samples_added.len(), |index| {
                (Icon::Plus, context.tokens.success_text, diff.samples_added[index].clone())
            }),
            Tab::Removed => list(ui, context, diff.samples_removed.len(), |index| {
                (Icon::Minus, context.tokens.danger_text, diff.samples_removed[index].clone())
            }),
            Tab::Labels => {
                let renamed = diff
                    .labels_renamed
                    .iter()
                    .map(|(before, after)| (Icon::Pencil, context.tokens.accent_text, format!("{before} → {after}")));
                let added =
                    diff.labels_added.iter().map(|name| (Icon::Plus, context.tokens.success_text, name.to_string()));
                let removed =
                    diff.labels_removed.iter().map(|name| (Icon::Minus, context.tokens.danger_text, name.to_string()));
                let all: Vec<_> = renamed.chain(added).chain(removed).collect();
                list(ui, context, all.len(), |index| all[index].clone());
            }
        }
    }
}

fn combo(ui: &mut Ui, context: &Context<'_>, id: &'static str, chosen: &mut String, names: &[String]) {
    widgets::weak(ui, context, context.tr(id));
    let combo = egui::ComboBox::from_id_salt(id).width(140.0).selected_text(chosen.as_str());
    let response = combo.show_ui(ui, |ui| {
        for name in names {
            ui.selectable_value(chosen, name.clone(), name);
        }
    });
    response.response.accessible_name(context.tr(id));
}

/// Rows are made only for what is seen: a comparison may list a million.
fn list(ui: &mut Ui, context: &Context<'_>, count: usize, row: impl Fn(usize) -> (Icon, Color32, String)) {
    if count == 0 {
        ui.add_space(space::S);
        widgets::weak(ui, context, context.tr("compare-nothing"));
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, 24.0, count, |ui, range| {
        for index in range {
            let (icon, color, text) = row(index);
            ui.horizontal(|ui| {
                ui.set_height(24.0);
                ui.label(icons::text(icon, 14.0).color(color));
                ui.add(egui::Label::new(RichText::new(text)).truncate());
            });
        }
    });
}
