//! The list of services.

use super::questions::DeleteService;
use super::{is_live, state_badge};
use crate::domain::model::Model;
use crate::domain::service::{Service, ServiceState};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::pages::training::live::Live;
use crate::ui::theme::text_size;
use crate::ui::widgets::{self, Button, Column, MenuEntry, SortKey, Sorting, Table, Width};
use crate::workbench::{ActivityKind, Workbench};
use egui::{RichText, Ui};
use std::time::Duration;

/// How often the list is looked at while a service runs: its calls are counted.
const EVERY: Duration = Duration::from_millis(1000);

/// Services and the models they may run.
pub type Facts = (Vec<Service>, Vec<Model>);

/// The list's state.
#[derive(Default)]
pub struct ServiceList {
    facts: Live<(), Facts>,
    selected: Option<String>,
    sorting: Sorting,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Open,
    Start,
    Stop,
    Delete,
}

/// Starts a service as an activity: it takes as long as its model takes to load.
pub fn start(context: &Context<'_>, name: &str) {
    let service = name.to_owned();
    drop(
        context.backend.run(ActivityKind::Deploy, name, move |workbench, task| workbench.start_service(&service, task)),
    );
}

/// Stops a service; it waits until it has ended.
pub fn stop(context: &Context<'_>, name: &str) {
    let name = name.to_owned();
    drop(context.backend.write(move |workbench| workbench.stop_service(&name)));
}

/// A service's model, unless it is gone.
pub fn deployed_model<'a>(service: &Service, models: &'a [Model]) -> Option<&'a Model> {
    service.deployments.first().and_then(|deployment| models.iter().find(|model| model.id == deployment.model))
}

/// The name and version of a service's model; a dash if it is gone.
pub fn model_of(service: &Service, models: &[Model]) -> String {
    deployed_model(service, models).map_or_else(|| "–".to_owned(), |model| format!("{} {}", model.name, model.version))
}

impl ServiceList {
    pub fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.facts.latest(&()).is_some_and(|(services, _)| !services.is_empty()) {
            let button = Button::primary(context.tr("services-models")).icon(Icon::Rocket);
            if button.show(ui, context).clicked() {
                context.open(Page::Models);
            }
        }
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let live = self.facts.latest(&()).is_some_and(|(services, _)| services.iter().any(|s| is_live(s.state)));
        let read = |workbench: &Workbench| Ok((workbench.services()?, workbench.models()?));
        let facts = self.facts.get(ui, context.backend, &(), live.then_some(EVERY), read);
        let Some((services, models)) = facts.cloned() else {
            widgets::not_yet(ui, context, self.facts.failure(), self.facts.waiting_for());
            return;
        };
        if services.is_empty() {
            let (id, page, icon) = if models.is_empty() {
                ("services-empty-training", Page::Training, Icon::BrainCircuit)
            } else {
                ("services-empty-models", Page::Models, Icon::Box)
            };
            let button = Button::primary(context.tr(&format!("{id}.button"))).icon(icon);
            if widgets::empty_state(ui, context, Icon::Server, &context.tr(id), Some(button)) {
                context.open(page);
            }
            return;
        }
        let mut services = services;
        self.sorting.apply(&mut services, |service, column| sort_key(service, &models, column));
        self.table_ui(ui, context, &services, &models);
    }

    fn table_ui(&mut self, ui: &mut Ui, context: &Context<'_>, services: &[Service], models: &[Model]) {
        let columns = [
            Column::new(context.tr("column-name"), Width::Share(1.4)),
            Column::new(context.tr("column-state"), Width::Points(132.0)),
            Column::new(context.tr("service-address"), Width::Share(1.4)),
            Column::new(context.tr("column-model"), Width::Share(1.4)).optional(),
            Column::new(context.tr("column-calls"), Width::Points(96.0)).right(),
            Column::new(context.tr("column-failed"), Width::Points(84.0)).right(),
            Column::new(context.tr("column-started"), Width::Points(120.0)).optional(),
            Column::fixed(String::new(), Width::Points(48.0)).right(),
        ];
        let at_selected = services.iter().position(|service| Some(service.name.as_str()) == self.selected.as_deref());
        let table = Table {
            id: "services",
            columns: &columns,
            rows: services.len(),
            row_height: 44.0,
            sort: self.sorting.0,
            selected: at_selected,
            name_of_row: &|row| services[row].name.to_string(),
        };
        let (mut asked, mut from_menu) = (None, None);
        let output = table.show(
            ui,
            context,
            |ui, row, column| {
                if let Some(action) = cell_ui(ui, context, &services[row], models, column) {
                    asked = Some((row, action));
                }
            },
            |ui, row| {
                let entries = entries(context, &services[row]);
                from_menu = widgets::menu_entries(ui, context, &entries).map(|action| (row, action)).or(from_menu);
            },
        );
        if let Some(row) = output.selected {
            self.selected = Some(services[row].name.to_string());
        }
        if let Some(column) = output.sorted_by {
            self.sorting.click(column);
        }
        let deleted = at_selected.filter(|_| output.delete).map(|row| (row, Action::Delete));
        let asked = asked.or(deleted).or(from_menu).or(output.opened.map(|row| (row, Action::Open)));
        if let Some((row, action)) = asked {
            let name = services[row].name.to_string();
            match action {
                Action::Open => context.open(Page::Service { name }),
                Action::Start => start(context, &name),
                Action::Stop => stop(context, &name),
                Action::Delete => context.show(DeleteService::new(name)),
            }
        }
    }
}

fn sort_key(service: &Service, models: &[Model], column: usize) -> SortKey {
    let count = |count: u64| SortKey::whole(i64::try_from(count).unwrap_or(i64::MAX));
    match column {
        0 => SortKey::text(service.name.as_str()),
        1 => SortKey::text(&format!("{:?}", service.state)),
        2 => service.address.as_deref().map_or(SortKey::None, SortKey::text),
        3 => SortKey::text(&model_of(service, models)),
        4 => count(service.calls),
        5 => count(service.failed_calls),
        _ => {
            let started = service.started.filter(|_| service.state == ServiceState::Running);
            started.map_or(SortKey::None, |started| SortKey::whole(started.0))
        }
    }
}

fn entries(context: &Context<'_>, service: &Service) -> Vec<MenuEntry<Action>> {
    let entry = |value: Action, id: &str, icon: Icon, enabled: bool| MenuEntry {
        value,
        text: context.tr(id),
        icon,
        keys: if value == Action::Open { "Enter".to_owned() } else { String::new() },
        enabled,
    };
    let runs = is_live(service.state);
    vec![
        entry(Action::Open, "service-open", Icon::ArrowRight, true),
        entry(Action::Start, "service-start", Icon::Play, !runs),
        entry(Action::Stop, "service-stop", Icon::CircleStop, runs),
        entry(Action::Delete, "service-delete", Icon::Trash2, true),
    ]
}

fn cell_ui(ui: &mut Ui, context: &Context<'_>, service: &Service, models: &[Model], column: usize) -> Option<Action> {
    let tokens = context.tokens;
    let text = |ui: &mut Ui, text: &str| {
        let text = RichText::new(text).size(text_size::SMALL).color(tokens.text_weak);
        ui.add(egui::Label::new(text).truncate());
    };
    match column {
        0 => {
            ui.add(egui::Label::new(service.name.as_str()).truncate());
        }
        1 => {
            let badge = state_badge(ui, context, service.state);
            if let Some(failure) = &service.failure {
                badge.on_hover_text(context.explain(failure));
            }
        }
        2 => text(ui, service.address.as_deref().unwrap_or("–")),
        3 => text(ui, &model_of(service, models)),
        4 => {
            ui.label(format::count(service.calls));
        }
        5 => {
            let color = if service.failed_calls > 0 { tokens.danger_text } else { tokens.text };
            ui.label(RichText::new(format::count(service.failed_calls)).color(color));
        }
        6 => match service.started.filter(|_| service.state == ServiceState::Running) {
            Some(started) => {
                widgets::time_ago(ui, context, started);
            }
            None => text(ui, "–"),
        },
        _ => {
            let name = context.tr_with("actions-of", &[("name", service.name.as_str().into())]);
            return widgets::menu_button(ui, context, Icon::Ellipsis, &name, &entries(context, service));
        }
    }
    None
}
