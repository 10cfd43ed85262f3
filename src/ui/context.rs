//! What pages, dialogs and widgets are handed: a borrowed view of the application, and a way to send it commands.

use super::backend::{Backend, Outcome, Promise};
use super::commands::{Command, Shortcuts};
use super::dialogs::Dialog;
use super::notifications::Notification;
use super::pages::Page;
use super::theme::Tokens;
use crate::domain::{Explanation, ShapeKind, Timestamp, Warning};
use crate::text::{self, Arg, Explained, Language};
use crate::workbench::PersonalSettings;
use std::cell::RefCell;

/// What a page or dialog asks of the application. Carried out after the frame is drawn.
pub enum UiCommand {
    /// Shows a page.
    Open(Page),
    /// Goes back to the page shown before.
    Back,
    /// Opens a dialog over the page.
    Show(Box<dyn Dialog>),
    /// Tells the person something; it stays in the history.
    Notify(Notification),
    /// As if the person had chosen it from a menu.
    Run(Command),
    /// Replaces the personal settings, and writes them.
    SaveSettings(Box<PersonalSettings>),
    /// Starts the tour of six steps.
    StartTour,
    /// Asks this once a frame until it says that it is done (`true`).
    Follow(Follower),
}

/// Waits for background work after the dialog that began it has closed.
pub type Follower = Box<dyn FnMut(&Context<'_>) -> bool>;

/// Handed to everything that draws.
pub struct Context<'a> {
    pub backend: &'a Backend,
    pub tokens: &'a Tokens,
    pub language: Language,
    pub settings: &'a PersonalSettings,
    pub shortcuts: &'a Shortcuts,
    /// The time of this frame.
    pub now: Timestamp,
    pub(super) commands: &'a RefCell<Vec<UiCommand>>,
}

impl Context<'_> {
    /// The message of this id in the person's language.
    #[must_use]
    pub fn tr(&self, id: &str) -> String {
        text::tr(self.language, id)
    }

    /// The message of this id with its arguments.
    #[must_use]
    pub fn tr_with(&self, id: &str, arguments: &[(&str, Arg<'_>)]) -> String {
        text::tr_with(self.language, id, arguments)
    }

    /// What went wrong and what to do, on one line.
    #[must_use]
    pub fn explain(&self, explanation: &Explanation) -> String {
        text::explain(self.language, explanation)
    }

    /// What went wrong, and what to do, apart.
    #[must_use]
    pub fn explain_parts(&self, explanation: &Explanation) -> Explained {
        text::explain_parts(self.language, explanation)
    }

    /// A warning on one line.
    #[must_use]
    pub fn explain_warning(&self, warning: &Warning) -> String {
        text::explain_warning(self.language, warning)
    }

    /// Asks the application to do something after this frame.
    pub fn send(&self, command: UiCommand) {
        self.commands.borrow_mut().push(command);
    }

    /// Shows a page after this frame.
    pub fn open(&self, page: Page) {
        self.send(UiCommand::Open(page));
    }

    /// Opens a dialog after this frame.
    pub fn show(&self, dialog: impl Dialog + 'static) {
        self.send(UiCommand::Show(Box::new(dialog)));
    }

    /// Tells the person something.
    pub fn notify(&self, notification: Notification) {
        self.send(UiCommand::Notify(notification));
    }

    /// Waits for background work, whatever page or dialog began it, and then calls `then` with what became of it.
    /// Failures of [`Backend::write`] and [`Backend::run`] have been shown already.
    pub fn follow<T: 'static>(&self, promise: Promise<T>, then: impl FnOnce(&Context<'_>, Outcome<T>) + 'static) {
        let mut then = Some(then);
        self.send(UiCommand::Follow(Box::new(move |context| match promise.take() {
            None => false,
            Some(outcome) => {
                if let Some(then) = then.take() {
                    then(context, outcome);
                }
                true
            }
        })));
    }

    /// A command's name in the person's language.
    #[must_use]
    pub fn label_of(&self, command: Command) -> String {
        self.tr(&format!("command-{}", command.name()))
    }

    /// A kind of shape in the person's language.
    #[must_use]
    pub fn name_of_shape(&self, kind: ShapeKind) -> String {
        self.tr(&format!("argument-shape-{kind}"))
    }

    /// The keys of a command as people read them, e.g. `Ctrl+K`; empty if it has none.
    #[must_use]
    pub fn keys_of(&self, command: Command) -> String {
        self.shortcuts.text(command)
    }
}
