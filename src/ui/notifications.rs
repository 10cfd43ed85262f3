//! What the person is told: shown for a while, kept in the history.

use super::commands::Command;
use super::context::{Context, UiCommand};
use super::icons::{self, Icon};
use super::pages::Page;
use super::theme::{self, size, space, text_size};
use super::widgets;
use crate::domain::{DatasetId, EntryId, Explanation, Timestamp, Warning};
use egui::{Align2, Color32, Id, RichText, Ui, vec2};
use std::time::Duration;

/// How serious it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Info,
    Success,
    Warning,
    Error,
}

/// Something to tell.
#[derive(Clone, Debug)]
pub struct Notification {
    pub level: Level,
    pub text: String,
    /// What to do next, or a list of warnings.
    pub details: Vec<String>,
    /// A button that leads on: its text and what it does.
    pub action: Option<(String, Lead)>,
}

/// What the button of a notification does.
#[derive(Clone, Debug)]
pub enum Lead {
    Open(Page),
    /// Takes back an edit, if nothing was edited since.
    Undo(DatasetId, EntryId),
}

impl Notification {
    fn new(level: Level, text: impl Into<String>) -> Self {
        Self { level, text: text.into(), details: Vec::new(), action: None }
    }

    /// Something to know.
    pub fn info(text: impl Into<String>) -> Self {
        Self::new(Level::Info, text)
    }

    /// Something worked.
    pub fn success(text: impl Into<String>) -> Self {
        Self::new(Level::Success, text)
    }

    /// Something worked in part.
    pub fn warning(text: impl Into<String>) -> Self {
        Self::new(Level::Warning, text)
    }

    /// Something failed: why, and what to do.
    #[must_use]
    pub fn failure(context: &Context<'_>, explanation: &Explanation) -> Self {
        let explained = context.explain_parts(explanation);
        Self { details: explained.next.into_iter().collect(), ..Self::new(Level::Error, explained.message) }
    }

    /// Adds a button that opens a page.
    #[must_use]
    pub fn with_action(mut self, text: impl Into<String>, page: Page) -> Self {
        self.action = Some((text.into(), Lead::Open(page)));
        self
    }

    /// Adds a button that takes back the edit that is told of.
    #[must_use]
    pub fn with_undo(mut self, context: &Context<'_>, dataset: DatasetId, entry: EntryId) -> Self {
        self.action = Some((context.label_of(Command::Undo), Lead::Undo(dataset, entry)));
        self
    }

    /// Adds what was recognised without being told; nothing is wrong with it. The first hundred are kept.
    #[must_use]
    pub fn with_said(mut self, context: &Context<'_>, said: &[Warning]) -> Self {
        self.details.extend(said.iter().take(100).map(|said| context.explain_warning(said)));
        self
    }

    /// Adds warnings, and makes it a warning if there are any. The first thousand are kept.
    #[must_use]
    pub fn with_warnings(mut self, context: &Context<'_>, warnings: &[Warning]) -> Self {
        if !warnings.is_empty() {
            self.level = Level::Warning;
        }
        self.details.extend(warnings.iter().take(1000).map(|warning| context.explain_warning(warning)));
        self
    }
}

struct Entry {
    id: u64,
    notification: Notification,
    at: Timestamp,
    /// Seconds of egui's clock at which the toast goes; `None` once it has gone.
    visible_until: Option<f64>,
}

impl Entry {
    /// Whether it is still in sight and tells just this.
    fn says(&self, other: &Notification) -> bool {
        let Notification { level, text, details, action } = &self.notification;
        let is_same = *level == other.level && *text == other.text && *details == other.details;
        self.visible_until.is_some() && is_same && action.is_none() && other.action.is_none()
    }
}

/// All notifications of this run, newest last.
#[derive(Default)]
pub(super) struct Notifications {
    entries: Vec<Entry>,
    next_id: u64,
    unread: usize,
    pub history_open: bool,
}

/// How many entries the history keeps.
const KEPT: usize = 200;

impl Notifications {
    pub fn add(&mut self, context: &egui::Context, notification: Notification, now: Timestamp) {
        let shown_secs = match notification.level {
            Level::Info | Level::Success => 5.0,
            Level::Warning => 10.0,
            // A failure stays until it is closed.
            Level::Error => f64::INFINITY,
        };
        let visible_until = Some(context.input(|input| input.time) + shown_secs);
        context.request_repaint();
        // A held key tells the same again and again.
        if let Some(last) = self.entries.last_mut().filter(|last| last.says(&notification)) {
            (last.at, last.visible_until) = (now, visible_until);
            return;
        }
        self.entries.push(Entry { id: self.next_id, notification, at: now, visible_until });
        self.next_id += 1;
        self.unread += 1;
        if self.entries.len() > KEPT {
            self.entries.remove(0);
        }
    }

    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The toasts at the bottom right, over the status bar.
    pub fn toasts_ui(&mut self, ui: &Ui, context: &Context<'_>) {
        let now_secs = ui.input(|input| input.time);
        let mut soonest = f64::INFINITY;
        for entry in &mut self.entries {
            match entry.visible_until {
                Some(until) if until <= now_secs => entry.visible_until = None,
                Some(until) => soonest = soonest.min(until),
                None => {}
            }
        }
        if soonest.is_finite() {
            ui.request_repaint_after(Duration::from_secs_f64((soonest - now_secs).max(0.05)));
        }
        let visible: Vec<usize> = (0..self.entries.len())
            .rev()
            .filter(|index| self.entries[*index].visible_until.is_some())
            .take(3)
            .collect();
        if visible.is_empty() || self.history_open {
            return;
        }
        egui::Area::new(Id::unique("toasts"))
            .order(egui::Order::Tooltip)
            .anchor(Align2::RIGHT_BOTTOM, vec2(-space::L, -(size::STATUS_HEIGHT + space::M)))
            .accessible_name(context.tr("messages-title"))
            .show(ui, |ui| {
                for index in visible.into_iter().rev() {
                    let entry = &mut self.entries[index];
                    ui.push_id(entry.id, |ui| {
                        let frame = context.tokens.card().inner_margin(12).shadow(ui.visuals().popup_shadow);
                        frame.show(ui, |ui| {
                            ui.set_width(360.0);
                            ui.horizontal_top(|ui| {
                                level_icon(ui, context, entry.notification.level);
                                ui.vertical(|ui| {
                                    ui.set_width(288.0);
                                    notification_ui(ui, context, &entry.notification, 2);
                                });
                                let close = widgets::icon_button(ui, context, Icon::X, &context.tr("close"));
                                if close.clicked() {
                                    entry.visible_until = None;
                                }
                            });
                        });
                    });
                }
            });
    }

    /// The history, as the contents of a panel.
    pub fn history_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.unread = 0;
        for entry in &mut self.entries {
            entry.visible_until = None;
        }
        widgets::panel_header(ui, context, &context.tr("messages-title"), &mut self.history_open);
        if self.entries.is_empty() {
            ui.label(RichText::new(context.tr("messages-empty")).color(context.tokens.text_weak));
        }
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for entry in self.entries.iter().rev() {
                ui.push_id(entry.id, |ui| {
                    ui.horizontal_top(|ui| {
                        level_icon(ui, context, entry.notification.level);
                        ui.vertical(|ui| {
                            notification_ui(ui, context, &entry.notification, 1000);
                            widgets::time_ago(ui, context, entry.at);
                        });
                    });
                    ui.separator();
                });
            }
        });
    }
}

fn notification_ui(ui: &mut Ui, context: &Context<'_>, notification: &Notification, details_shown: usize) {
    ui.add(egui::Label::new(&notification.text).wrap());
    for detail in notification.details.iter().take(details_shown) {
        let text = RichText::new(detail).size(text_size::SMALL).color(context.tokens.text_weak);
        ui.add(egui::Label::new(text).wrap());
    }
    let hidden = notification.details.len().saturating_sub(details_shown);
    if hidden > 0 {
        let text = context.tr_with("messages-more", &[("count", hidden.into())]);
        ui.label(RichText::new(text).size(text_size::SMALL).color(context.tokens.text_weak));
    }
    if let Some((text, lead)) = &notification.action
        && widgets::Button::secondary(text).small().show(ui, context).clicked()
    {
        match lead {
            Lead::Open(page) => context.send(UiCommand::Open(page.clone())),
            Lead::Undo(dataset, entry) => undo(context, *dataset, *entry),
        }
    }
}

fn undo(context: &Context<'_>, dataset: DatasetId, entry: EntryId) {
    let undone = context.backend.write(move |workbench| workbench.undo_entry(dataset, entry));
    context.follow(undone, |context, outcome| {
        if let Ok(receipt) = outcome {
            let id = if receipt.is_some() { "messages-undone" } else { "messages-edited-since" };
            context.notify(Notification::info(context.tr(id)));
        }
    });
}

fn level_icon(ui: &mut Ui, context: &Context<'_>, level: Level) {
    let (icon, color): (Icon, Color32) = match level {
        Level::Info => (Icon::Info, context.tokens.accent_text),
        Level::Success => (Icon::CircleCheck, context.tokens.success_text),
        Level::Warning => (Icon::TriangleAlert, context.tokens.warning_text),
        Level::Error => (Icon::CircleAlert, context.tokens.danger_text),
    };
    ui.label(icons::text(icon, 16.0).color(color));
}

/// The colour of text about something this serious.
#[must_use]
pub fn level_color(tokens: &theme::Tokens, level: Level) -> Color32 {
    match level {
        Level::Info => tokens.text,
        Level::Success => tokens.success_text,
        Level::Warning => tokens.warning_text,
        Level::Error => tokens.danger_text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_again_while_it_is_in_sight_is_told_once() {
        let (context, mut all) = (egui::Context::default(), Notifications::default());
        for seconds in 0..5 {
            all.add(&context, Notification::info("Nothing to undo"), Timestamp(seconds));
        }
        assert_eq!((all.entries.len(), all.unread(), all.entries[0].at), (1, 1, Timestamp(4)));
        all.add(&context, Notification::success("Done"), Timestamp(5));
        all.entries[1].visible_until = None;
        all.add(&context, Notification::success("Done"), Timestamp(6));
        assert_eq!((all.entries.len(), all.unread()), (3, 3), "what has gone is told anew");
    }
}
