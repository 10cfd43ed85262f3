//! Services: the list, one service.

pub(super) mod deploy;
mod detail;
mod list;
mod objects;
mod questions;
mod test_page;
mod token;

use super::{Crumb, Page, Screen};
use crate::domain::service::ServiceState;
use crate::ui::context::Context;
use crate::ui::widgets;
use egui::{Response, Ui};
use std::path::PathBuf;

/// The page's state.
#[derive(Default)]
pub(in crate::ui) struct ServicesPage {
    /// The service that is shown; `None`: the list.
    shown: Option<String>,
    list: list::ServiceList,
    detail: detail::ServiceDetail,
}

/// A command that asks a service about a text or a picture; it reads the token from the environment, so that it lands in
/// no history.
#[must_use]
pub(super) fn curl_line(address: &str, of_texts: bool) -> String {
    let asked = if of_texts {
        "-H \"Content-Type: application/json\" -d '{\"data\":{\"req_data\":[{\"text\":\"…\"}]}}'"
    } else {
        "-F images=@picture.jpg"
    };
    format!("curl -H \"X-Auth-Token: $MODELIER_TOKEN\" {asked} {address}")
}

/// A state as a badge.
pub(super) fn state_badge(ui: &mut Ui, context: &Context<'_>, state: ServiceState) -> Response {
    let tokens = context.tokens;
    let (id, color) = match state {
        ServiceState::Deploying => ("service-deploying", tokens.accent_text),
        ServiceState::Running => ("service-running", tokens.success_text),
        ServiceState::Alarm => ("service-alarm", tokens.warning_text),
        ServiceState::Finished => ("service-finished", tokens.text_weak),
        ServiceState::Failed => ("service-failed", tokens.danger_text),
        ServiceState::Stopped => ("service-stopped", tokens.text_weak),
    };
    widgets::badge(ui, context, &context.tr(id), color)
}

/// Whether its figures may change by themselves.
pub(super) fn is_live(state: ServiceState) -> bool {
    matches!(state, ServiceState::Deploying | ServiceState::Running | ServiceState::Alarm)
}

impl Screen for ServicesPage {
    fn open(&mut self, page: &Page, _context: &Context<'_>) {
        self.shown = match page {
            Page::Service { name } => {
                self.detail.open(name);
                Some(name.clone())
            }
            _ => None,
        };
    }

    fn title(&self, context: &Context<'_>) -> String {
        self.shown.clone().unwrap_or_else(|| context.tr("nav-services"))
    }

    fn crumbs(&self, context: &Context<'_>) -> Vec<Crumb> {
        match self.shown {
            Some(_) => vec![Crumb { text: context.tr("nav-services"), page: Some(Page::Services) }],
            None => Vec::new(),
        }
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        match self.shown {
            Some(_) => self.detail.actions_ui(ui, context),
            None => self.list.actions_ui(ui, context),
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        match self.shown {
            Some(_) => self.detail.ui(ui, context),
            None => self.list.ui(ui, context),
        }
    }

    fn dropped(&mut self, paths: &[PathBuf], context: &Context<'_>) -> bool {
        self.shown.is_some() && self.detail.dropped(paths, context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_reads_the_token_from_the_environment() {
        let line = curl_line("http://127.0.0.1:8080/", false);
        assert_eq!(line, "curl -H \"X-Auth-Token: $MODELIER_TOKEN\" -F images=@picture.jpg http://127.0.0.1:8080/");
        let line = curl_line("http://127.0.0.1:8080/", true);
        assert!(line.ends_with("-d '{\"data\":{\"req_data\":[{\"text\":\"…\"}]}}' http://127.0.0.1:8080/"), "{line}");
    }
}
