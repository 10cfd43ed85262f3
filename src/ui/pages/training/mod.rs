//! Training jobs: the list, the form, one job.

pub mod boxes;
mod compare;
mod curves;
mod delete_job;
mod evaluation;
mod form;
mod found;
mod images;
mod job;
mod list;
pub(super) mod live;
pub(super) mod log_view;
mod matrix;
mod parameters;
pub(super) mod pictures;
mod precision;
mod texts;
pub(super) mod words;

use super::{Crumb, Page, Screen};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::workbench::JobDetails;
use egui::Ui;

#[derive(Default)]
enum View {
    #[default]
    List,
    Form,
    Job,
}

/// The page's state.
#[derive(Default)]
pub(in crate::ui) struct TrainingPage {
    view: View,
    list: list::JobList,
    form: form::TrainingForm,
    job: job::JobPage,
    /// What the form is to begin with, once it is opened.
    again: Option<Box<JobDetails>>,
}

/// What a part of the page asks of the whole.
enum Wish {
    /// Opens the form with what a version was made of.
    RunAgain(Box<JobDetails>),
}

impl TrainingPage {
    fn grant(&mut self, context: &Context<'_>, wish: Wish) {
        let Wish::RunAgain(details) = wish;
        let dataset = Some(details.version.dataset);
        self.again = Some(details);
        context.open(Page::NewTraining { dataset, version: None });
    }
}

impl Screen for TrainingPage {
    fn open(&mut self, page: &Page, _context: &Context<'_>) {
        match page {
            Page::NewTraining { dataset, version } => {
                self.view = View::Form;
                self.form = match self.again.take() {
                    Some(details) => form::TrainingForm::again(&details),
                    None => form::TrainingForm::new(*dataset, version.clone()),
                };
            }
            Page::TrainingJob { name, version } => {
                self.view = View::Job;
                self.job.open(name, version.as_deref());
            }
            _ => self.view = View::List,
        }
    }

    fn title(&self, context: &Context<'_>) -> String {
        match self.view {
            View::List => context.tr("nav-training"),
            View::Form => self.form.title(context),
            View::Job => self.job.name().to_owned(),
        }
    }

    fn crumbs(&self, context: &Context<'_>) -> Vec<Crumb> {
        match self.view {
            View::List => Vec::new(),
            View::Form | View::Job => {
                vec![Crumb { text: context.tr("nav-training"), page: Some(Page::Training) }]
            }
        }
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        match self.view {
            View::List => self.list.actions_ui(ui, context),
            View::Form => {}
            View::Job => {
                if let Some(wish) = self.job.actions_ui(ui, context) {
                    self.grant(context, wish);
                }
            }
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        match self.view {
            View::List => {
                if let Some(wish) = self.list.ui(ui, context) {
                    self.grant(context, wish);
                }
            }
            View::Form => self.form.ui(ui, context),
            View::Job => self.job.ui(ui, context),
        }
    }

    fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match (command, &self.view) {
            (Command::Train, View::List) => {
                context.open(Page::NewTraining { dataset: None, version: None });
                true
            }
            _ => false,
        }
    }
}
