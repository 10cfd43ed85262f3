//! The versions of a dataset: how it came about, and what differs between two of them (guide 2.6).

use super::version_diff::Compare;
use super::{Crumb, Page, Screen};
use crate::domain::DatasetId;
use crate::domain::query::DatasetSummary;
use crate::domain::version::{DatasetVersion, VersionState};
use crate::text::format;
use crate::ui::backend::Query;
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::dialogs::{DeleteVersion, SetCurrentVersion};
use crate::ui::icons::Icon;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align, FontId, Layout, RichText, ScrollArea, Stroke, Ui};

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Timeline,
    Compare,
}

type Facts = (DatasetSummary, Vec<DatasetVersion>);

/// The page's state.
#[derive(Default)]
pub(in crate::ui) struct VersionsPage {
    dataset: Option<DatasetId>,
    facts: Query<DatasetId, Facts>,
    tab: Tab,
    compare: Compare,
}

/// What a version's buttons ask for.
enum Wish {
    SetCurrent,
    Compare,
    Delete,
    Train,
}

impl VersionsPage {
    fn timeline_ui(&mut self, ui: &mut Ui, context: &Context<'_>, facts: &Facts) {
        let (summary, versions) = facts;
        let mut wish = None;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(920.0);
            let last = versions.len().saturating_sub(1);
            for (index, version) in versions.iter().enumerate() {
                let is_current = summary.dataset.current_version == Some(version.id);
                ui.push_id(version.id, |ui| {
                    if let Some(wanted) = entry_ui(ui, context, version, is_current, index == last) {
                        wish = Some((index, wanted));
                    }
                });
            }
        });
        let Some((index, wish)) = wish else { return };
        let (dataset, name) = (summary.dataset.id, versions[index].name.to_string());
        match wish {
            Wish::SetCurrent => context.show(SetCurrentVersion::new(dataset, name)),
            Wish::Delete => context.show(DeleteVersion::new(dataset, name)),
            Wish::Train => context.open(Page::NewTraining { dataset: Some(dataset), version: Some(name) }),
            Wish::Compare => {
                let before = versions[index + 1..].iter().find(|other| other.state == VersionState::Normal);
                self.compare.choose(before.map(|before| before.name.to_string()), name);
                self.tab = Tab::Compare;
            }
        }
    }
}

fn entry_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    version: &DatasetVersion,
    is_current: bool,
    is_last: bool,
) -> Option<Wish> {
    let tokens = context.tokens;
    let mut wish = None;
    ui.horizontal_top(|ui| {
        let (mark, _) = ui.allocate_exact_size(egui::vec2(20.0, 20.0), egui::Sense::hover());
        let card = tokens.card().show(ui, |ui| {
            ui.vertical(|ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = space::XS;
                ui.horizontal(|ui| {
                    ui.label(
                        RichText::new(version.name.as_str()).font(FontId::new(text_size::BODY, theme::bold_family())),
                    );
                    let (state, color) = match version.state {
                        VersionState::Normal => ("version-normal", tokens.success_text),
                        VersionState::Publishing => ("version-publishing", tokens.accent_text),
                        VersionState::Failed => ("version-failed", tokens.danger_text),
                    };
                    widgets::badge(ui, context, &context.tr(state), color);
                    if is_current {
                        widgets::badge(ui, context, &context.tr("version-current"), tokens.accent_text);
                    }
                    widgets::time_ago(ui, context, version.created);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        wish = buttons_ui(ui, context, version, is_current, is_last);
                    });
                });
                if !version.description.as_str().is_empty() {
                    ui.add(egui::Label::new(version.description.as_str()).wrap());
                }
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = space::L;
                    for (id, count) in [
                        ("version-files", version.files),
                        ("version-labeled", version.labeled),
                        ("version-added", version.added),
                        ("version-removed", version.removed),
                    ] {
                        widgets::weak(ui, context, context.tr_with(id, &[("count", format::count(count).into())]));
                    }
                });
                if let Some(failure) = &version.failure {
                    widgets::failure(ui, context, failure);
                } else {
                    let manifest = super::datasets::shown_location(&version.manifest);
                    let text = RichText::new(manifest).size(text_size::SMALL).color(tokens.text_weak);
                    ui.add(egui::Label::new(text).truncate());
                }
            });
        });
        let rect = card.response.rect;
        let x = mark.center().x;
        if !is_last {
            let below = rect.bottom() + space::L + 10.0;
            ui.painter().vline(x, (rect.top() + 26.0)..=below, Stroke::new(1.0, tokens.border_strong));
        }
        let color = if is_current { tokens.accent } else { tokens.border_strong };
        ui.painter().circle_filled(egui::pos2(x, rect.top() + 22.0), 5.0, color);
    });
    ui.add_space(space::XS);
    wish
}

/// From right to left.
fn buttons_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    version: &DatasetVersion,
    is_current: bool,
    is_last: bool,
) -> Option<Wish> {
    let name = version.name.as_str();
    let named = |id: &str| context.tr_with(id, &[("version", name.into())]);
    let button = |icon: Icon, tip: String| Button::ghost("").icon(icon).tip(tip);
    let is_normal = version.state == VersionState::Normal;
    let mut wish = None;
    let delete = button(Icon::Trash2, named("version-delete")).enabled(!is_current);
    if delete.show(ui, context).clicked() {
        wish = Some(Wish::Delete);
    }
    if is_normal {
        if button(Icon::Copy, named("version-copy-path")).show(ui, context).clicked() {
            ui.ctx().copy_text(super::datasets::shown_location(&version.manifest));
        }
        if !is_last && button(Icon::GitCompareArrows, named("version-compare")).show(ui, context).clicked() {
            wish = Some(Wish::Compare);
        }
        if button(Icon::BrainCircuit, named("version-train")).show(ui, context).clicked() {
            wish = Some(Wish::Train);
        }
        if !is_current && Button::secondary(context.tr("version-set-current")).small().show(ui, context).clicked() {
            wish = Some(Wish::SetCurrent);
        }
    }
    wish
}

impl Screen for VersionsPage {
    fn open(&mut self, page: &Page, _context: &Context<'_>) {
        if let Page::Versions { dataset } = page
            && self.dataset != Some(*dataset)
        {
            self.dataset = Some(*dataset);
            self.tab = Tab::Timeline;
            self.compare = Compare::default();
        }
    }

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("versions-title")
    }

    fn crumbs(&self, context: &Context<'_>) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb { text: context.tr("nav-datasets"), page: Some(Page::Datasets) }];
        if let Some((summary, _)) = self.facts.latest() {
            let page = Page::Labeling { dataset: summary.dataset.id, filter: None };
            crumbs.push(Crumb { text: summary.dataset.name.to_string(), page: Some(page) });
        }
        crumbs
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if Button::command(Command::Publish, context).as_primary().show(ui, context).clicked() {
            context.send(UiCommand::Run(Command::Publish));
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(dataset) = self.dataset else { return };
        let facts = self.facts.get(context.backend, &dataset, move |workbench| {
            Ok((workbench.dataset_by_id(dataset)?, workbench.versions(dataset)?))
        });
        let Some(facts) = facts.cloned() else {
            widgets::not_yet(ui, context, self.facts.failure(), self.facts.waiting_for());
            return;
        };
        if facts.1.is_empty() {
            let button = Button::command(Command::Publish, context);
            if widgets::empty_state(ui, context, Icon::History, &context.tr("versions-empty"), Some(button)) {
                context.send(UiCommand::Run(Command::Publish));
            }
            return;
        }
        let count = u64::try_from(facts.1.len()).ok();
        let tabs = [
            (Tab::Timeline, context.tr("versions-timeline"), count),
            (Tab::Compare, context.tr("versions-compare"), None),
        ];
        if let Some(tab) = widgets::tabs(ui, context, &tabs, self.tab) {
            self.tab = tab;
        }
        ui.add_space(space::S);
        match self.tab {
            Tab::Timeline => self.timeline_ui(ui, context, &facts),
            Tab::Compare => self.compare.ui(ui, context, dataset, &facts.1),
        }
    }

    fn dataset(&self) -> Option<DatasetId> {
        self.dataset
    }
}
