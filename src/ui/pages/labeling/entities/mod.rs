//! Marking entities in texts: a list of texts, the text to read with its marks, labels and entities beside it. Opened in
//! place of the grid for datasets of named entities.

mod actions;
mod clear_listed;
mod everywhere;
mod inspector;
mod keys;
pub(super) mod list;
mod pass;
#[cfg(test)]
mod tests;

use super::detection::color_of;
use super::filter::{Filter, Tab};
use super::open_sample::OpenSample;
use super::pass::Pass;
use super::text_opener::{ReadText, TextOpener};
use super::walk::{Sought, Walk};
use crate::domain::query::{SampleFilter, SampleSort};
use crate::domain::{Annotation, AnnotationBody, AnnotationId, AnnotationSet, LabelId};
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::UndoScope;
use crate::ui::text_view::{Happened, Shown, Stretch, TextView, notes};
use crate::ui::widgets::grid::GridState;
use crate::ui::widgets::{self, Button};
use crate::workbench::{prepare_words, words};
use egui::{Id, Ui};
use keys::{Action, Composing};
use std::collections::VecDeque;
use std::ops::Range;

/// Sizes of the text that can be chosen, as factors.
const SIZES: std::ops::RangeInclusive<f32> = 0.75..=2.0;

/// The page.
pub struct EntitiesPage {
    pub(super) walk: Walk,
    /// The second pass that is labeled; `None`: what the dataset's labels are.
    pass: Option<Pass>,
    /// The text that is worked on.
    open: Option<OpenSample>,
    view: Option<TextView>,
    opener: TextOpener,
    /// The entity that keys are about.
    chosen: Option<AnnotationId>,
    /// The entity whose edge was moved last: another step belongs to the same undo.
    moving: Option<AnnotationId>,
    /// The label given last.
    label: Option<LabelId>,
    list_filter: String,
    /// How sure a model must be of what is accepted together, in percent.
    threshold: u8,
    size: f32,
    /// What an input method is composing, and where: its keys are not ours.
    composing: Option<Composing>,
    /// Whether a text field had the focus at the end of the last frame.
    was_typing: bool,
    text_id: Option<Id>,
    list: GridState,
    /// What was asked for while the text that it is meant for was still being read.
    waiting: VecDeque<Action>,
}

/// Whether an annotation is an entity that a person who works on `set` sees: of that set, or a suggested one.
fn is_entity(annotation: &Annotation, set: &AnnotationSet) -> bool {
    let is_shown = annotation.set == *set || *set == AnnotationSet::Primary && is_suggestion(annotation);
    is_shown && matches!(annotation.body, AnnotationBody::Entity { .. })
}

/// Whether a model proposes it.
fn is_suggestion(annotation: &Annotation) -> bool {
    matches!(annotation.set, AnnotationSet::Suggestion(_))
}

/// The code points of an entity.
fn range_of(annotation: &Annotation) -> Option<Range<u32>> {
    match &annotation.body {
        AnnotationBody::Entity { start, end, .. } => Some(*start..*end),
        _ => None,
    }
}

/// The filter that a link asks for, or all texts; in the order in which they stand in their files.
fn asked_for(filter: Option<&SampleFilter>) -> Filter {
    let filter = filter.map_or(Filter { tab: Tab::All, ..Filter::default() }, Filter::of);
    Filter { sort: SampleSort::Added, ..filter }
}

impl EntitiesPage {
    /// The page of a dataset.
    pub fn new(dataset: crate::domain::DatasetId, filter: Option<&SampleFilter>, context: &Context<'_>) -> Self {
        // So that the first double click does not wait for the dictionary.
        drop(context.backend.run_aside(prepare_words));
        Self {
            walk: Walk::new(dataset, asked_for(filter)),
            pass: None,
            open: None,
            view: None,
            opener: TextOpener::default(),
            chosen: None,
            moving: None,
            label: None,
            list_filter: String::new(),
            threshold: 90,
            size: 1.0,
            composing: None,
            was_typing: false,
            text_id: None,
            list: GridState::default(),
            waiting: VecDeque::new(),
        }
    }

    /// Shows what a link asks for.
    pub fn set_filter(&mut self, filter: &SampleFilter) {
        self.walk.filter = asked_for(Some(filter));
    }

    pub fn title(&self, context: &Context<'_>) -> String {
        let name = self.walk.summary.latest().map(|summary| summary.dataset.name.as_str().to_owned());
        name.unwrap_or_else(|| context.tr("labeling-title"))
    }

    /// What undo and redo act on.
    pub fn undo_scope(&self) -> UndoScope {
        let open = self.open.as_ref();
        open.map_or(UndoScope::Nothing, |open| {
            UndoScope::Image(self.walk.dataset, open.row.sample.id, open.set().clone())
        })
    }

    /// Brings the walk and the text up to date.
    pub fn update(&mut self, context: &Context<'_>) {
        if self.walk.update(context) == Some(Sought::Nothing) {
            context.notify(Notification::info(context.tr("entities-all-labeled")));
        }
        self.update_pass(context);
        let (dataset, here) = (self.walk.dataset, self.walk.here());
        if here.is_none() && self.walk.is_ready() && self.walk.rows.len() == 0 {
            self.open = None;
            self.view = None;
            self.waiting.clear();
        }
        self.opener.read(dataset, here, self.open.as_ref().map(|open| open.row.sample.id), context.backend);
        match self.opener.take() {
            Ok(None) => {}
            Ok(Some(read)) => self.show(read),
            Err(()) => self.waiting.clear(),
        }
        let Some(open) = &mut self.open else { return };
        let settled = open.settle(dataset, context);
        if settled.nothing_to_undo {
            context.notify(Notification::info(context.tr("canvas-nothing-to-undo")));
        }
        if settled.changed {
            self.moving = None;
        }
        if settled.gone {
            self.open = None;
            self.walk.refresh();
        }
    }

    fn show(&mut self, read: ReadText) {
        self.chosen = None;
        self.moving = None;
        self.view = Some(TextView::new(read.text, words));
        self.open = Some(OpenSample::new(read.row, self.set(), read.generation));
    }

    /// Draws the page.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.update(context);
        self.act_on_waiting(ui.ctx(), context);
        self.take_keys(ui, context);
        self.banner_ui(ui, context);
        egui::Panel::left("entities-list")
            .exact_size(list::WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(egui::Frame::new())
            .show(ui, |ui| self.list_ui(ui, context));
        egui::Panel::bottom("entities-foot")
            .frame(egui::Frame::new())
            .show_separator_line(false)
            .show(ui, |ui| self.foot_ui(ui, context));
        egui::CentralPanel::no_frame().show(ui, |ui| self.center_ui(ui, context));
        self.was_typing = ui.ctx().text_edit_focused();
    }

    fn center_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let failure = self.walk.failure.as_ref().or_else(|| self.opener.failure());
        if let Some(failure) = failure {
            widgets::failure(ui, context, failure);
            return;
        }
        if self.open.is_none() || self.view.is_none() {
            if self.walk.is_ready() && self.walk.rows.len() == 0 {
                self.empty_ui(ui, context);
            } else {
                widgets::loading(ui, context, self.walk.waited());
            }
            return;
        }
        let stretches = self.stretches();
        let name = context.tr("entities-text");
        let Some(view) = &mut self.view else { return };
        notes::ui(ui, context, view);
        let shown = Shown { stretches: &stretches, has_caret: true, size: self.size, name: &name, ..Shown::default() };
        let shown = view.ui(ui, context.tokens, &shown);
        self.text_id = Some(shown.id);
        // A dialog takes Enter only while nothing else has the focus.
        let nobody = ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
        if nobody && !self.was_typing {
            ui.memory_mut(|memory| memory.request_focus(shown.id));
        }
        if ui.memory(|memory| memory.has_focus(shown.id)) {
            let all = egui::EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(shown.id, all));
        }
        match shown.happened {
            Some(Happened::Clicked(place)) => self.choose_at(place),
            Some(Happened::Selected) => self.chosen = None,
            None => {}
        }
    }

    fn stretches(&self) -> Vec<Stretch> {
        let labels = &self.walk.labels;
        let stretch = |entity: &Annotation| {
            let label = entity.label.and_then(|label| labels.get(label));
            let mut name = label.map(|label| label.name.as_str().to_owned()).unwrap_or_default();
            let suggested = is_suggestion(entity);
            if let Some(confidence) = entity.confidence.filter(|_| suggested) {
                name = format!("{name} {}", crate::text::format::percent(confidence, 0));
            }
            Some(Stretch {
                range: range_of(entity)?,
                label: name,
                color: color_of(labels, entity.label),
                selected: self.chosen == Some(entity.id),
                suggested,
            })
        };
        self.entities().filter_map(stretch).collect()
    }

    fn empty_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.pass.is_some() {
            widgets::empty_state(ui, context, Icon::Type, &context.tr("review-no-sample-left"), None);
            return;
        }
        if self.walk.filter.is_narrowed() || self.walk.filter.tab != Tab::All {
            let button = Button::secondary(context.tr("labeling-clear-filter")).icon(Icon::FilterX);
            let sentence = context.tr("labeling-empty-filter-texts");
            if widgets::empty_state(ui, context, Icon::SearchX, &sentence, Some(button)) {
                self.walk.filter = asked_for(None);
            }
            return;
        }
        let (text, icon) = ("labeling-add-texts", Icon::FilePlus);
        let button = Button::primary(context.tr(text)).icon(icon).keys(context.keys_of(Command::AddSamples));
        let sentence = context.tr("entities-empty");
        if widgets::empty_state(ui, context, Icon::FileText, &sentence, Some(button)) {
            context.send(UiCommand::Run(Command::AddSamples));
        }
    }

    fn foot_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal(|ui| {
            ui.set_height(28.0);
            let count = self.walk.rows.len() as u64;
            if count > 0 {
                let here = crate::text::format::count(self.walk.cursor as u64 + 1);
                widgets::weak(ui, context, format!("{here} / {}", crate::text::format::count(count)));
            }
            if let Some(open) = &self.open {
                let of_pass = self.pass.as_ref().map(|pass| pass.state_word(open.row.sample.id));
                let of_dataset = list::state_word(open.row.state, self.entities().next().is_some());
                widgets::weak(ui, context, context.tr(of_pass.unwrap_or(of_dataset)));
            }
            if let Some(view) = &self.view {
                let selected = view.selection.range();
                if !selected.is_empty() {
                    let arguments = [("count", (selected.end - selected.start).into())];
                    widgets::weak(ui, context, context.tr_with("entities-selected", &arguments));
                }
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let help = widgets::icon_button(ui, context, Icon::Keyboard, &context.tr("entities-keys"));
                super::bars::menu(&help, 320.0, &context.tr("entities-keys"), |ui| {
                    for (id, keys) in self.help() {
                        ui.horizontal(|ui| {
                            ui.label(context.tr(id));
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                widgets::weak(ui, context, keys);
                            });
                        });
                    }
                });
                for (icon, id, by) in
                    [(Icon::ZoomIn, "entities-larger", 0.125), (Icon::ZoomOut, "entities-smaller", -0.125)]
                {
                    if widgets::icon_button(ui, context, icon, &context.tr(id)).clicked() {
                        self.size = (self.size + by).clamp(*SIZES.start(), *SIZES.end());
                    }
                }
            });
        });
    }
}
