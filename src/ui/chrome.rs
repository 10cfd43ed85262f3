//! The frame around pages: navigation, header, inspector, status bar, jobs panel.

use super::app::UndoState;
use super::backend::Saved;
use super::commands::Command;
use super::context::{Context, UiCommand};
use super::icons::{self, Icon};
use super::notifications::Notifications;
use super::pages::{Page, Screen, Section};
use super::running_jobs::{RunningJob, RunningJobs};
use super::theme::{self, size, space, text_size};
use super::widgets::{self, Button};
use crate::text::format;
use crate::workbench::{Activity, ActivityKind, ActivityState};
use egui::{Align, FontId, Frame, Layout, Margin, Panel, RichText, Sense, Ui, vec2};
use std::time::Duration;

/// What of the frame is open.
pub(super) struct Chrome {
    navigation_collapsed: bool,
    inspector_open: bool,
    jobs_open: bool,
    running: RunningJobs,
}

impl Default for Chrome {
    fn default() -> Self {
        Self { navigation_collapsed: false, inspector_open: true, jobs_open: false, running: RunningJobs::default() }
    }
}

impl Chrome {
    pub fn toggle_navigation(&mut self) {
        self.navigation_collapsed = !self.navigation_collapsed;
    }

    pub fn toggle_inspector(&mut self) {
        self.inspector_open = !self.inspector_open;
    }

    pub fn toggle_jobs(&mut self, notifications: &mut Notifications) {
        self.jobs_open = !self.jobs_open;
        notifications.history_open = false;
    }

    pub fn toggle_messages(&mut self, notifications: &mut Notifications) {
        notifications.history_open = !notifications.history_open;
        self.jobs_open = false;
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of the window, each lent once")]
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        page: &Page,
        can_go_back: bool,
        screen: &mut dyn Screen,
        notifications: &mut Notifications,
        undo_state: Option<&UndoState>,
    ) {
        let tokens = context.tokens;
        let activities = context.backend.workbench().activities();
        self.running.refresh(ui, context);
        let elsewhere = self.running.elsewhere(&activities);
        let has_dataset = screen.dataset().is_some();
        let bar = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 0));
        Panel::bottom("status").exact_size(size::STATUS_HEIGHT).resizable(false).frame(bar).show(ui, |ui| {
            self.status_ui(ui, context, &activities, &elsewhere, notifications, has_dataset);
        });
        let (width, margin) = if self.navigation_collapsed {
            (size::NAVIGATION_COLLAPSED_WIDTH, Margin::symmetric(8, 12))
        } else {
            (size::NAVIGATION_WIDTH, Margin::symmetric(8, 12))
        };
        let side = Frame::new().fill(tokens.panel).inner_margin(margin);
        Panel::left("navigation").exact_size(width).resizable(false).frame(side).show(ui, |ui| {
            self.navigation_ui(ui, context, page);
        });
        let side = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(16, 12));
        if self.jobs_open {
            Panel::right("jobs").exact_size(360.0).resizable(false).frame(side).show(ui, |ui| {
                self.jobs_ui(ui, context, &activities, &elsewhere);
            });
        } else if notifications.history_open {
            Panel::right("messages").exact_size(360.0).resizable(false).frame(side).show(ui, |ui| {
                notifications.history_ui(ui, context);
            });
        }
        let head = Frame::new().fill(tokens.page).inner_margin(Margin::symmetric(24, 0));
        Panel::top("header").exact_size(size::HEADER_HEIGHT).resizable(false).frame(head).show(ui, |ui| {
            self.header_ui(ui, context, can_go_back, screen, undo_state);
        });
        if self.inspector_open && screen.has_inspector() {
            let widths = size::INSPECTOR_LEAST_WIDTH..=size::INSPECTOR_MOST_WIDTH;
            let inspector = Panel::right("inspector").default_size(size::INSPECTOR_WIDTH).size_range(widths);
            inspector.frame(side).show(ui, |ui| {
                // Its width is the person's, not that of what is in it just now.
                ui.set_min_width(ui.available_width());
                screen.inspector_ui(ui, context);
            });
        }
        let body = Frame::new().fill(tokens.page).inner_margin(Margin { left: 24, right: 24, top: 12, bottom: 12 });
        egui::CentralPanel::default().frame(body).show(ui, |ui| screen.ui(ui, context));
    }

    fn navigation_ui(&mut self, ui: &mut Ui, context: &Context<'_>, page: &Page) {
        ui.spacing_mut().item_spacing.y = space::XS;
        if !self.navigation_collapsed {
            ui.horizontal(|ui| {
                ui.add_space(space::S);
                let font = FontId::new(16.0, theme::bold_family());
                ui.label(RichText::new("Modelier").font(font));
            });
            ui.add_space(space::S);
        }
        let chosen = page.section();
        for (section, command, target) in [
            (Section::Datasets, Command::GoDatasets, Page::Datasets),
            (Section::Training, Command::GoTraining, Page::Training),
            (Section::Models, Command::GoModels, Page::Models),
            (Section::Services, Command::GoServices, Page::Services),
        ] {
            self.entry_ui(ui, context, section == chosen, command, target);
        }
        ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
            let (icon, id) = if self.navigation_collapsed {
                (Icon::PanelLeftOpen, "navigation-expand")
            } else {
                (Icon::PanelLeftClose, "navigation-collapse")
            };
            let keys = context.keys_of(Command::ToggleNavigation);
            if Button::ghost("").icon(icon).tip(context.tr(id)).keys_on_hover(keys).show(ui, context).clicked() {
                self.toggle_navigation();
            }
            self.entry_ui(ui, context, chosen == Section::Settings, Command::GoSettings, Page::Settings);
        });
    }

    fn entry_ui(&self, ui: &mut Ui, context: &Context<'_>, chosen: bool, command: Command, target: Page) {
        let text = context.tr(match target {
            Page::Datasets => "nav-datasets",
            Page::Training => "nav-training",
            Page::Models => "nav-models",
            Page::Services => "nav-services",
            _ => "nav-settings",
        });
        let keys = context.keys_of(command);
        let button = if self.navigation_collapsed {
            Button::ghost("").tip(text).full_width()
        } else {
            Button::ghost(&text).tip(format!("{text}  ({keys})")).full_width()
        };
        if button.icon(command.icon()).selected(chosen).show(ui, context).clicked() {
            context.open(target);
        }
    }

    fn header_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        can_go_back: bool,
        screen: &mut dyn Screen,
        undo_state: Option<&UndoState>,
    ) {
        ui.horizontal_centered(|ui| {
            if can_go_back
                && widgets::icon_button(ui, context, Icon::ArrowLeft, &context.label_of(Command::Back)).clicked()
            {
                context.send(UiCommand::Back);
            }
            for crumb in screen.crumbs(context) {
                let text = RichText::new(&crumb.text).color(context.tokens.text_weak);
                match crumb.page {
                    Some(page) => {
                        let link = ui.add(egui::Label::new(text).sense(Sense::click()));
                        let link = link.on_hover_cursor(egui::CursorIcon::PointingHand);
                        if link.clicked() {
                            context.open(page);
                        }
                    }
                    None => drop(ui.label(text)),
                }
                ui.label(icons::text(Icon::ChevronRight, 14.0).color(context.tokens.text_weak));
            }
            let font = FontId::new(text_size::TITLE, theme::bold_family());
            ui.add(egui::Label::new(RichText::new(screen.title(context)).font(font)).truncate());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                screen.actions_ui(ui, context);
                if screen.has_inspector() {
                    let icon = if self.inspector_open { Icon::PanelRightClose } else { Icon::PanelRightOpen };
                    let name = context.label_of(Command::ToggleInspector);
                    if widgets::icon_button(ui, context, icon, &name).clicked() {
                        self.toggle_inspector();
                    }
                }
                if screen.shows_undo() {
                    for (command, entry) in [
                        (Command::Redo, undo_state.and_then(|(_, redo)| redo.as_ref())),
                        (Command::Undo, undo_state.and_then(|(undo, _)| undo.as_ref())),
                    ] {
                        let what = entry.map(|entry| context.tr(&format!("edit-{}", entry.code)));
                        let name = match what {
                            Some(what) => format!("{}: {what}", context.label_of(command)),
                            None => context.label_of(command),
                        };
                        let button = Button::ghost("").icon(command.icon()).tip(name).enabled(entry.is_some());
                        if button.keys_on_hover(context.keys_of(command)).show(ui, context).clicked() {
                            context.send(UiCommand::Run(command));
                        }
                    }
                }
            });
        });
    }

    fn status_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        activities: &[Activity],
        elsewhere: &[RunningJob],
        notifications: &mut Notifications,
        has_dataset: bool,
    ) {
        ui.horizontal_centered(|ui| {
            let (icon, text, color) = match context.backend.saved() {
                Saved::Saved => (Icon::Check, context.tr("status-saved"), context.tokens.text_weak),
                Saved::Saving(count) => (
                    Icon::LoaderCircle,
                    context.tr_with("status-saving", &[("count", count.into())]),
                    context.tokens.text_weak,
                ),
                Saved::Failed => (Icon::CircleAlert, context.tr("status-not-saved"), context.tokens.danger_text),
            };
            ui.label(icons::text(icon, 14.0).color(color));
            ui.label(RichText::new(text).size(text_size::SMALL).color(color));
            if has_dataset {
                let syncing = activities
                    .iter()
                    .any(|activity| activity.kind == ActivityKind::Sync && activity.state == ActivityState::Running);
                let text = context.tr(if syncing { "status-syncing" } else { "command-sync-dataset" });
                let button = Button::ghost(text).small().icon(Icon::RefreshCw).enabled(!syncing);
                let button = button.tip(context.tr("command-sync-dataset.tip"));
                if button.keys_on_hover(context.keys_of(Command::SyncDataset)).show(ui, context).clicked() {
                    context.send(UiCommand::Run(Command::SyncDataset));
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let unread = notifications.unread();
                let text = if unread > 0 {
                    context.tr_with("status-messages-unread", &[("count", unread.into())])
                } else {
                    context.tr("status-messages")
                };
                let button = Button::ghost(text).small().icon(Icon::Bell).selected(notifications.history_open);
                let button =
                    button.tip(context.tr("command-messages.tip")).keys_on_hover(context.keys_of(Command::Messages));
                if button.show(ui, context).clicked() {
                    self.toggle_messages(notifications);
                }
                let running: Vec<_> =
                    activities.iter().filter(|activity| activity.state == ActivityState::Running).collect();
                let count = running.len() + elsewhere.len();
                let text = match overall(&running, elsewhere) {
                    Some(fraction) => context.tr_with(
                        "status-jobs-percent",
                        &[("count", count.into()), ("percent", format::percent(fraction, 0).into())],
                    ),
                    None => context.tr_with("status-jobs", &[("count", count.into())]),
                };
                let button = Button::ghost(text).small().icon(Icon::Activity).selected(self.jobs_open);
                let button = button.tip(context.tr("command-jobs.tip")).keys_on_hover(context.keys_of(Command::Jobs));
                if button.show(ui, context).clicked() {
                    self.toggle_jobs(notifications);
                }
            });
        });
    }

    fn jobs_ui(&mut self, ui: &mut Ui, context: &Context<'_>, activities: &[Activity], elsewhere: &[RunningJob]) {
        widgets::panel_header(ui, context, &context.tr("jobs-title"), &mut self.jobs_open);
        if activities.is_empty() && elsewhere.is_empty() {
            widgets::weak(ui, context, context.tr("jobs-empty"));
        }
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for job in elsewhere {
                ui.push_id((&job.name, &job.version), |ui| job.ui(ui, context));
                ui.separator();
            }
            for activity in activities {
                ui.push_id(activity.id, |ui| activity_ui(ui, context, activity));
                ui.separator();
            }
        });
    }
}

/// How far all running work is, where that is known.
fn overall(running: &[&Activity], elsewhere: &[RunningJob]) -> Option<f64> {
    let here = running.iter().filter_map(|activity| fraction(activity));
    let fractions: Vec<f64> = here.chain(elsewhere.iter().map(|job| job.progress)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let count = fractions.len() as f64;
    (!fractions.is_empty()).then(|| fractions.iter().sum::<f64>() / count)
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
fn fraction(activity: &Activity) -> Option<f64> {
    activity.total.filter(|total| *total > 0).map(|total| activity.done as f64 / total as f64)
}

fn activity_ui(ui: &mut Ui, context: &Context<'_>, activity: &Activity) {
    let tokens = context.tokens;
    let kind = serde_json::to_value(activity.kind).ok();
    let kind = kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or_default();
    let title = format!("{} · {}", context.tr(&format!("activity-{kind}")), activity.subject);
    ui.horizontal(|ui| {
        let (icon, color) = match activity.state {
            ActivityState::Running => (Icon::LoaderCircle, tokens.accent_text),
            ActivityState::Succeeded => (Icon::CircleCheck, tokens.success_text),
            ActivityState::Failed | ActivityState::Interrupted => (Icon::CircleAlert, tokens.danger_text),
            ActivityState::Cancelled => (Icon::Ban, tokens.text_weak),
        };
        ui.label(icons::text(icon, 16.0).color(color));
        ui.add(egui::Label::new(title).truncate());
    });
    match activity.state {
        ActivityState::Running => {
            let phase = if activity.phase.is_empty() {
                context.tr("phase-starting")
            } else {
                context.tr(&format!("phase-{}", activity.phase))
            };
            let text = match activity.total {
                Some(total) => format!("{phase} {} / {}", format::count(activity.done), format::count(total)),
                None if activity.done > 0 => format!("{phase} {}", format::count(activity.done)),
                None => phase.clone(),
            };
            #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
            let done = fraction(activity).unwrap_or(0.0) as f32;
            widgets::progress_bar(ui, context, done, ui.available_width(), &phase);
            ui.horizontal(|ui| {
                widgets::weak(ui, context, text);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if Button::secondary(context.tr("cancel")).small().show(ui, context).clicked() {
                        context.backend.workbench().cancel_activity(activity.id);
                    }
                });
            });
        }
        ActivityState::Failed | ActivityState::Interrupted => {
            if let Some(failure) = &activity.failure {
                widgets::failure(ui, context, failure);
            }
        }
        ActivityState::Succeeded | ActivityState::Cancelled => {}
    }
    if let Some(ended) = activity.ended {
        ui.horizontal(|ui| {
            widgets::time_ago(ui, context, ended);
            let took = u64::try_from(ended.0 - activity.started.0).unwrap_or(0);
            widgets::weak(ui, context, format::duration(context.language, Duration::from_millis(took)));
        });
    }
    ui.allocate_space(vec2(0.0, 0.0));
}
