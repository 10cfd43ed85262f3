//! One service: its address, how to call it, a test page, its log.

use super::list::{Facts, deployed_model, model_of, start, stop};
use super::questions::{DeleteService, RenewToken};
use super::test_page::TestPage;
use super::token::copy_line;
use super::{curl_line, is_live, state_badge};
use crate::domain::model::Model;
use crate::domain::service::{Service, ServiceState};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::pages::training::live::{Live, WHILE_RUNNING};
use crate::ui::pages::training::log_view::{LogView, ReadLog};
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button, MenuEntry};
use egui::Ui;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Test,
    Call,
    Log,
}

#[derive(Clone, Copy)]
enum Action {
    Renew,
    Delete,
}

/// The page's state.
#[derive(Default)]
pub struct ServiceDetail {
    name: String,
    facts: Live<String, Facts>,
    tab: Tab,
    log: LogView,
    test: TestPage,
}

impl ServiceDetail {
    /// Shows a service.
    pub fn open(&mut self, name: &str) {
        if self.name != name {
            *self = Self { name: name.to_owned(), ..Self::default() };
        }
    }

    fn service(&self) -> Option<&Service> {
        self.facts.latest(&self.name).and_then(|(services, _)| services.first())
    }

    /// Whether it is asked about texts; else about files.
    fn is_of_texts(&self) -> bool {
        let model = self
            .facts
            .latest(&self.name)
            .and_then(|(services, models)| services.first().and_then(|service| deployed_model(service, models)));
        model.is_some_and(Model::reads_texts)
    }

    pub fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(service) = self.service() else { return };
        let (name, address) = (service.name.to_string(), service.address.clone().unwrap_or_default());
        let runs = is_live(service.state);
        if runs {
            if Button::secondary(context.tr("service-stop")).icon(Icon::CircleStop).show(ui, context).clicked() {
                stop(context, &name);
            }
        } else if Button::primary(context.tr("service-start")).icon(Icon::Play).show(ui, context).clicked() {
            start(context, &name);
        }
        let entry = |value: Action, id: &str, icon: Icon| MenuEntry {
            value,
            text: context.tr(id),
            icon,
            keys: String::new(),
            enabled: true,
        };
        let entries = [
            entry(Action::Renew, "token-renew", Icon::KeyRound),
            entry(Action::Delete, "service-delete", Icon::Trash2),
        ];
        let label = context.tr_with("actions-of", &[("name", (&name).into())]);
        match widgets::menu_button(ui, context, Icon::Ellipsis, &label, &entries) {
            Some(Action::Renew) => context.show(RenewToken::new(name, address, self.is_of_texts())),
            Some(Action::Delete) => context.show(DeleteService::new(name)),
            None => {}
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let name = self.name.clone();
        let live = self.service().is_some_and(|service| is_live(service.state));
        let asked = name.clone();
        let facts = self.facts.get(ui, context.backend, &name, live.then_some(2 * WHILE_RUNNING), move |workbench| {
            Ok((vec![workbench.service(&asked)?], workbench.models()?))
        });
        let Some((services, models)) = facts.cloned() else {
            match self.facts.failure() {
                Some(failure) => {
                    widgets::failure(ui, context, failure);
                    if Button::secondary(context.tr("nav-services")).show(ui, context).clicked() {
                        context.open(Page::Services);
                    }
                }
                None => widgets::loading(ui, context, self.facts.waiting_for()),
            }
            return;
        };
        let Some(service) = services.first() else { return };
        let of_texts = deployed_model(service, &models).is_some_and(Model::reads_texts);
        ui.horizontal_wrapped(|ui| {
            state_badge(ui, context, service.state);
            widgets::weak(ui, context, model_of(service, &models));
            widgets::weak(ui, context, "·");
            let arguments = [("calls", service.calls.into()), ("failed", service.failed_calls.into())];
            widgets::weak(ui, context, context.tr_with("service-calls", &arguments));
            if let Some(score) = service.least_score {
                widgets::weak(ui, context, "·");
                let score = format::decimal(score, 2);
                widgets::weak(ui, context, context.tr_with("service-from-score", &[("score", score.into())]));
            }
            if let Some(started) = service.started.filter(|_| service.state == ServiceState::Running) {
                widgets::weak(ui, context, "·");
                widgets::time_ago(ui, context, started);
            }
        });
        if let Some(failure) = &service.failure {
            ui.add_space(space::S);
            widgets::failure(ui, context, failure);
        }
        let tabs = [
            (Tab::Test, context.tr("tab-test"), None),
            (Tab::Call, context.tr("tab-call"), None),
            (Tab::Log, context.tr("tab-log"), None),
        ];
        if let Some(tab) = widgets::tabs(ui, context, &tabs, self.tab) {
            self.tab = tab;
        }
        ui.add_space(space::S);
        match self.tab {
            Tab::Test => self.test.ui(ui, context, service, of_texts),
            Tab::Call => call_ui(ui, context, service, of_texts),
            Tab::Log => {
                let of = name.clone();
                let read: ReadLog = Arc::new(move |workbench, from| workbench.service_log(&name, from));
                self.log.ui(ui, context, &of, is_live(service.state), &read);
            }
        }
    }

    /// A picture or a text that is dropped on the window is asked about.
    pub fn dropped(&mut self, paths: &[PathBuf], context: &Context<'_>) -> bool {
        let Some(file) = paths.iter().find(|path| path.extension().is_some()) else { return false };
        self.tab = Tab::Test;
        let running = self.service().is_some_and(|service| service.state == ServiceState::Running);
        let path = file.to_string_lossy().into_owned();
        if self.is_of_texts() {
            self.test.choose_text(context, path);
        } else {
            self.test.choose(context, &self.name, path, running);
        }
        true
    }
}

fn call_ui(ui: &mut Ui, context: &Context<'_>, service: &Service, of_texts: bool) {
    ui.set_max_width(820.0);
    let Some(address) = &service.address else {
        widgets::weak(ui, context, context.tr("service-no-address"));
        return;
    };
    copy_line(ui, context, &context.tr("service-address"), address, &context.tr("address-copy"));
    ui.add_space(space::S);
    copy_line(ui, context, &context.tr("service-curl"), &curl_line(address, of_texts), &context.tr("curl-copy"));
    ui.add_space(space::S);
    ui.add(egui::Label::new(context.tr("service-call-note")).wrap());
    ui.add_space(space::S);
    let button = Button::secondary(context.tr("token-renew")).icon(Icon::KeyRound);
    if button.show(ui, context).clicked() {
        context.show(RenewToken::new(service.name.to_string(), address.clone(), of_texts));
    }
}
