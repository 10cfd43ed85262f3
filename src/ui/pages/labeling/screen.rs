//! What the frame asks of the labeling page.

use super::super::{Crumb, Page, Screen, UndoScope};
use super::LabelingPage;
use super::bars::auto_label_button;
use super::filter::Filter;
use crate::domain::DatasetId;
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::Icon;
use crate::ui::widgets::Button;
use egui::Ui;
use std::path::PathBuf;

impl Screen for LabelingPage {
    fn open(&mut self, page: &Page, context: &Context<'_>) {
        let Page::Labeling { dataset, filter } = page else { return };
        if *dataset != self.dataset {
            self.leave(context);
            let mode = self.mode;
            *self = Self::new(*dataset);
            self.mode = mode;
        }
        if let Some(filter) = filter {
            self.filter = Filter { sort: self.filter.sort, ..Filter::of(filter) };
            if let Some(page) = &mut self.detection {
                page.set_filter(filter);
            }
            if let Some(page) = &mut self.entities {
                page.set_filter(filter);
            }
        }
        self.update(context);
    }

    fn title(&self, context: &Context<'_>) -> String {
        if let Some(page) = &self.detection {
            return page.title(context);
        }
        if let Some(page) = &self.entities {
            return page.title(context);
        }
        let name = self.summary.latest().map(|summary| summary.dataset.name.as_str().to_owned());
        name.unwrap_or_else(|| context.tr("labeling-title"))
    }

    fn crumbs(&self, context: &Context<'_>) -> Vec<Crumb> {
        vec![Crumb { text: context.tr("nav-datasets"), page: Some(Page::Datasets) }]
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.detection.is_some() || self.entities.is_some() {
            for (command, main) in [(Command::Publish, true), (Command::SyncDataset, false)] {
                let button = Button::command(command, context);
                let button = if main { button.as_primary() } else { button };
                if button.show(ui, context).clicked() {
                    context.send(UiCommand::Run(command));
                }
            }
            if self.entities.is_some() {
                let add = Button::secondary(context.tr("labeling-add-texts")).icon(Icon::FilePlus);
                let add = add.tip(context.tr("labeling-add-texts.tip"));
                if add.keys_on_hover(context.keys_of(Command::AddSamples)).show(ui, context).clicked() {
                    self.add_samples(Vec::new(), context);
                }
                auto_label_button(ui, context);
            }
            let reviews = Button::ghost("").icon(Command::Reviews.icon()).tip(context.label_of(Command::Reviews));
            if reviews.keys_on_hover(context.keys_of(Command::Reviews)).show(ui, context).clicked() {
                context.send(UiCommand::Run(Command::Reviews));
            }
            return;
        }
        self.page_actions_ui(ui, context);
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.update(context);
        if let Some(page) = &mut self.detection {
            page.ui(ui, context);
            return;
        }
        if let Some(page) = &mut self.entities {
            page.ui(ui, context);
            return;
        }
        self.keys(ui, context);
        self.tabs_ui(ui, context);
        self.filter_ui(ui, context);
        self.suggestions_ui(ui, context);
        egui::Panel::bottom("labeling-foot")
            .frame(egui::Frame::new())
            .show_separator_line(false)
            .show(ui, |ui| self.foot_ui(ui, context));
        egui::CentralPanel::no_frame().show(ui, |ui| self.center_ui(ui, context));
        self.was_typing = ui.ctx().text_edit_focused();
    }

    fn has_inspector(&self) -> bool {
        true
    }

    fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(page) = &mut self.detection {
            page.inspector_ui(ui, context);
            return;
        }
        if let Some(page) = &mut self.entities {
            page.inspector_ui(ui, context);
            return;
        }
        self.labels_ui(ui, context);
        self.selection_ui(ui, context);
    }

    fn dataset(&self) -> Option<DatasetId> {
        Some(self.dataset).filter(|dataset| !dataset.0.is_nil())
    }

    fn undo_scope(&self) -> Option<UndoScope> {
        let of_dataset = || self.dataset().map(UndoScope::Dataset);
        let of_detection = self.detection.as_ref().map(|page| page.undo_scope());
        let of_entities = || self.entities.as_ref().map(|page| page.undo_scope());
        of_detection.or_else(of_entities).or_else(of_dataset)
    }

    fn has_canvas(&self) -> bool {
        self.detection.is_some()
    }

    fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::AddSamples => self.add_samples(Vec::new(), context),
            Command::AutoLabel => self.label_automatically(context),
            _ => return self.command_here(command, context),
        }
        true
    }

    fn leave(&mut self, context: &Context<'_>) {
        if let Some(page) = &mut self.detection {
            page.leave_for_good(context);
        }
    }

    fn dropped(&mut self, paths: &[PathBuf], context: &Context<'_>) -> bool {
        self.add_samples(paths.to_vec(), context);
        true
    }
}

impl LabelingPage {
    fn command_here(&mut self, command: Command, context: &Context<'_>) -> bool {
        if let Some(page) = &mut self.detection {
            if command == Command::DeleteSamples {
                page.ask_to_delete(context);
                return true;
            }
            return page.command(command, context);
        }
        if let Some(page) = &mut self.entities {
            return page.command(command, context);
        }
        match command {
            Command::Undo => self.undo(false, context),
            Command::Redo => self.undo(true, context),
            Command::DeleteSamples => self.ask_to_delete(context),
            _ => return false,
        }
        true
    }
}
