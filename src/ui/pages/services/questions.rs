//! What is asked before a service is deleted or its token renewed.

use super::token::ShowToken;
use crate::domain::Explanation;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::workbench::Task;
use egui::Label;

/// Deletes a service after a question.
pub struct DeleteService {
    name: String,
    deleting: Option<Promise<()>>,
    failure: Option<Explanation>,
}

impl DeleteService {
    /// Asks about a service.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self { name, deleting: None, failure: None }
    }
}

impl Dialog for DeleteService {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.deleting.as_ref().and_then(Promise::take) {
            Some(Ok(())) => {
                let text = context.tr_with("service-deleted", &[("name", (&self.name).into())]);
                context.notify(Notification::success(text));
                context.open(Page::Services);
                return false;
            }
            Some(Err(explanation)) => {
                self.deleting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let title = context.tr_with("service-delete-title", &[("name", (&self.name).into())]);
        let footer = DialogFrame::new("delete-service", title)
            .confirm(context.tr("service-delete"), Icon::Trash2)
            .dangerous(true)
            .busy(self.deleting.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                ui.add(Label::new(context.tr("service-delete-text")).wrap());
            });
        if footer.confirmed {
            let name = self.name.clone();
            self.failure = None;
            self.deleting = Some(context.backend.write_from_form(move |workbench| workbench.delete_service(&name)));
        }
        !footer.closed
    }
}

/// Gives a service a new token after a question.
pub struct RenewToken {
    name: String,
    address: String,
    of_texts: bool,
    renewing: Option<Promise<String>>,
    failure: Option<Explanation>,
}

impl RenewToken {
    /// Asks about a service.
    #[must_use]
    pub fn new(name: String, address: String, of_texts: bool) -> Self {
        Self { name, address, of_texts, renewing: None, failure: None }
    }
}

impl Dialog for RenewToken {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.renewing.as_ref().and_then(Promise::take) {
            Some(Ok(token)) => {
                let (name, address) = (self.name.clone(), self.address.clone());
                context.show(ShowToken::new(name, address, self.of_texts, token, false));
                return false;
            }
            Some(Err(explanation)) => {
                self.renewing = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let title = context.tr_with("token-renew-title", &[("name", (&self.name).into())]);
        let footer = DialogFrame::new("renew-token", title)
            .confirm(context.tr("token-renew"), Icon::KeyRound)
            .busy(self.renewing.is_some())
            .failure(self.failure.as_ref())
            .show(egui, context, |ui| {
                ui.add(Label::new(context.tr("token-renew-text")).wrap());
            });
        if footer.confirmed {
            let name = self.name.clone();
            self.failure = None;
            self.renewing =
                Some(context.backend.write_from_form(move |workbench| workbench.renew_token(&name, &Task::silent())));
        }
        // Once it has begun the old token is gone; the new one must be seen.
        !footer.closed || self.renewing.is_some()
    }
}
