//! Labeling objects in images: a strip of images, the canvas, a list of shapes, attributes. Opened in place of the grid
//! for datasets of object detection.

mod actions;
mod attributes;
mod bar;
mod copies;
mod document;
mod kept;
mod keys;
mod list;
mod nudging;
mod pass;
mod picker;
mod reach;
mod strip;
#[cfg(test)]
pub(in crate::ui::pages) mod tests;
mod travel;
mod waiting;
mod wishes;

use super::filter::{Filter, Tab};
use super::labels::LabelTable;
use super::pass::Pass;
use super::rows::Rows;
use super::thumbnails::Thumbnails;
use super::views::{Here, NewView, Source, Views};
use crate::domain::query::{DatasetSummary, SampleFilter, SampleRow};
use crate::domain::shape::Point;
use crate::domain::{
    Annotation, AnnotationId, DatasetId, Explanation, LabelId, Sample, SampleId, Shape, ShapeKind,
    dataset::SampleCounts,
};
use crate::ui::backend::{Promise, Query};
use crate::ui::canvas::{Canvas, Outcome, Shown, Tool};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::UndoScope;
use crate::ui::widgets;
use crate::ui::widgets::grid::GridState;
use attributes::Attribute;
pub(in crate::ui::pages) use document::color_of;
use document::{Document, Veil};
use egui::{EventFilter, Rect, Ui};
use kept::Kept;
pub(super) use keys::character_of;
use nudging::Nudge;
use picker::{Picked, Picker};
use reach::{Place, Reach};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use travel::{Arriving, Seeking};
use waiting::NewLabel;
use wishes::Wish;

/// What the picker is about.
enum Subject {
    /// A shape just drawn, which is kept once its label is chosen.
    Drawn(Shape),
    /// The label of what is selected.
    Selection(Vec<AnnotationId>),
}

/// The page.
pub struct DetectionPage {
    dataset: DatasetId,
    /// The second pass that is drawn; `None`: what the dataset's labels are.
    pass: Option<Pass>,
    summary: Query<DatasetId, DatasetSummary>,
    counts: Query<SampleFilter, SampleCounts>,
    label_query: Query<DatasetId, Arc<LabelTable>>,
    labels: Arc<LabelTable>,
    labels_revision: u64,
    filter: Filter,
    views: Views,
    failure: Option<Explanation>,
    known_total: Option<u64>,
    rows: Rows,
    /// The position in the view of the image that is shown.
    cursor: usize,
    document: Option<Document>,
    opening: Option<(SampleId, u64, Promise<Vec<SampleRow>>)>,
    revision: u64,
    /// What is hidden and locked, by image.
    veils: HashMap<SampleId, Veil>,
    /// Shapes that wait for a label, beside the one in the picker, by image.
    unlabeled: HashMap<SampleId, Vec<Shape>>,
    kept: Kept,
    /// What was asked for and waits for its image.
    wishes: VecDeque<Wish>,
    nudge: Option<Nudge>,
    /// Images seen before this one, the latest last: back where I was.
    visited: Vec<SampleId>,
    /// The one of them that one is going back to.
    returning: Option<SampleId>,
    seeking: Option<Seeking>,
    canvas: Canvas,
    drawing: ShapeKind,
    /// The one kind of shape that the dataset takes, if it takes only one.
    rule: Option<ShapeKind>,
    /// The label that the next shape gets.
    label: Option<LabelId>,
    /// Whether the picker opens after each shape.
    asks: bool,
    /// Whether each shape that is drawn leads to the next image.
    goes_on: bool,
    picker: Option<(Subject, Picker)>,
    new_labels: Vec<NewLabel>,
    bring: Option<(SampleId, Promise<Vec<Annotation>>)>,
    arriving: Vec<Arriving>,
    clipboard: Vec<Annotation>,
    /// Whether the system's clipboard is to say that something was copied.
    fills_clipboard: bool,
    attribute_mode: Option<Attribute>,
    /// What attribute mode was about last: it goes on with that.
    last_attribute: Attribute,
    list_filter: String,
    /// The shape that the list came to last.
    listed: Option<AnnotationId>,
    property: (String, String),
    confidence: Option<attributes::Draft>,
    strip_open: bool,
    thumbnails: Option<Thumbnails>,
    scroll_to_cursor: bool,
    strip: GridState,
    reach: Reach,
    /// Whether a text field had the focus at the end of the last frame.
    was_typing: bool,
}

impl DetectionPage {
    /// The page of a dataset.
    pub fn new(dataset: DatasetId, filter: Option<&SampleFilter>) -> Self {
        let mut canvas = Canvas::default();
        canvas.hand.take(Tool::Draw(ShapeKind::Rectangle));
        canvas.hand.snaps = true;
        let mut rows = Rows::default();
        rows.heads_only = true;
        let filter = filter.map_or(Filter { tab: Tab::All, ..Filter::default() }, Filter::of);
        Self {
            dataset,
            pass: None,
            summary: Query::default(),
            counts: Query::default(),
            label_query: Query::default(),
            labels: Arc::default(),
            labels_revision: 0,
            filter,
            views: Views::default(),
            failure: None,
            known_total: None,
            rows,
            cursor: 0,
            document: None,
            opening: None,
            revision: 0,
            veils: HashMap::new(),
            unlabeled: HashMap::new(),
            kept: Kept::default(),
            wishes: VecDeque::new(),
            nudge: None,
            visited: Vec::new(),
            returning: None,
            seeking: None,
            canvas,
            drawing: ShapeKind::Rectangle,
            rule: None,
            label: None,
            asks: true,
            goes_on: false,
            picker: None,
            new_labels: Vec::new(),
            bring: None,
            arriving: Vec::new(),
            clipboard: Vec::new(),
            fills_clipboard: false,
            attribute_mode: None,
            last_attribute: Attribute::Label,
            list_filter: String::new(),
            listed: None,
            property: (String::new(), String::new()),
            confidence: None,
            strip_open: true,
            thumbnails: None,
            scroll_to_cursor: true,
            strip: GridState::default(),
            reach: Reach::default(),
            was_typing: false,
        }
    }

    /// Shows what a link asks for.
    pub fn set_filter(&mut self, filter: &SampleFilter) {
        self.filter = Filter::of(filter);
    }

    pub fn title(&self, context: &Context<'_>) -> String {
        let name = self.summary.latest().map(|summary| summary.dataset.name.as_str().to_owned());
        name.unwrap_or_else(|| context.tr("labeling-title"))
    }

    /// Brings queries, the view and the document up to date.
    pub fn update(&mut self, context: &Context<'_>) {
        let (dataset, backend) = (self.dataset, context.backend);
        let summary =
            self.summary.get_or_previous(backend, &dataset, move |workbench| workbench.dataset_by_id(dataset));
        let total = summary.map(|summary| summary.counts.total);
        let rule = summary.and_then(|summary| summary.dataset.shape);
        if rule != std::mem::replace(&mut self.rule, rule)
            && let Some(rule) = rule
        {
            self.drawing = rule;
            if matches!(self.canvas.hand.tool(), Tool::Draw(kind) if kind != rule) {
                self.take_tool(Tool::Draw(rule));
            }
        }
        let filter = self.filter.without_state();
        let for_counts = filter.clone();
        self.counts.get_or_previous(backend, &filter, move |workbench| workbench.counts(dataset, &for_counts));
        let table = self.label_query.get_or_previous(backend, &dataset, move |workbench| {
            workbench.labels(dataset).map(|labels| Arc::new(LabelTable::new(labels)))
        });
        if let Some(table) = table
            && !Arc::ptr_eq(table, &self.labels)
        {
            let same = table.rows().iter().map(|row| &row.label).eq(self.labels.rows().iter().map(|row| &row.label));
            self.labels = Arc::clone(table);
            if !same {
                self.labels_revision += 1;
                self.rebuild();
            }
        }
        if total.is_some() && self.known_total.is_some() && total != self.known_total {
            self.views.refresh();
        }
        self.known_total = total.or(self.known_total);
        self.update_view(context);
        self.rows.settle();
        self.update_pass(context);
        let around = self.cursor.saturating_sub(1)..(self.cursor + 2).min(self.rows.len().max(1));
        self.rows.want(backend, around);
        if self.read_kept(context) {
            self.update_document(context);
        }
        self.settle_waiting(context);
        self.fulfil_wishes(context);
    }

    /// Shows the view of the filter; the image that one is at stays, wherever it is in it.
    fn update_view(&mut self, context: &Context<'_>) {
        let source = Source { dataset: self.dataset, review: self.pass.as_ref().map(Pass::review) };
        while let Some(outcome) = self.views.update(source, &self.filter, self.place(), context) {
            match outcome {
                Ok(new) => self.take_view(new),
                Err(failure) => self.failure = Some(failure),
            }
        }
    }

    fn take_view(&mut self, new: NewView) {
        self.rows.set_view(new.view);
        self.failure = None;
        self.cursor = new.cursor;
        self.scroll_to_cursor = true;
        if new.left_out {
            self.set_aside();
            self.wishes.clear();
            self.document = None;
        }
    }

    /// Where one is; while the image at the cursor is not known, at the one that is shown.
    fn place(&self) -> Here {
        let row = self.rows.row(self.cursor).map(|row| row.sample.id);
        let sample = row.or_else(|| self.document.as_ref().map(|document| document.open.row.sample.id));
        Here { sample, cursor: self.cursor }
    }

    /// Opens the row at the cursor, and takes in what came of edits.
    fn update_document(&mut self, context: &Context<'_>) {
        let (dataset, backend) = (self.dataset, context.backend);
        if let Some(row) = self.rows.row(self.cursor) {
            let sample = row.sample.id;
            let is_open = self.document.as_ref().is_some_and(|document| document.open.row.sample.id == sample);
            let is_opening = self.opening.as_ref().is_some_and(|(opening, _, _)| *opening == sample);
            if !is_open && !is_opening {
                let promise = backend.spawn(move |workbench| workbench.sample_rows(dataset, &[sample]));
                self.opening = Some((sample, backend.generation(), promise));
            }
        } else if self.rows.len() == 0 && self.views.is_ready() {
            self.document = None;
        }
        if let Some((sample, generation, promise)) = self.opening.take() {
            match promise.take() {
                None => self.opening = Some((sample, generation, promise)),
                Some(outcome) => {
                    match outcome.ok().and_then(|mut rows| rows.pop()) {
                        Some(row) => self.show(row, generation),
                        // What was meant for it has nothing to wait for.
                        None => self.wishes.clear(),
                    }
                }
            }
        }
        let Some(document) = &mut self.document else { return };
        let settled = document.open.settle(dataset, context);
        if settled.changed {
            self.rebuild();
        }
        if settled.nothing_to_undo {
            let text = context.tr("canvas-nothing-to-undo");
            context.notify(crate::ui::notifications::Notification::info(text));
        }
        if settled.gone {
            self.document = None;
            self.views.refresh();
        }
    }

    fn show(&mut self, row: SampleRow, generation: u64) {
        self.note_visit(row.sample.id);
        self.set_aside();
        self.nudge = None;
        self.revision += 1_000_000;
        self.document = Some(Document::new(row, self.set(), generation, self.revision));
        self.rebuild();
    }

    /// Makes the scene anew after shapes, labels or the veil changed.
    fn rebuild(&mut self) {
        let size_px = self.canvas.view.size_px();
        if let Some(document) = &mut self.document {
            let veil = self.veils.entry(document.open.row.sample.id).or_default();
            document.rebuild(&self.labels, veil, size_px);
            // What is hidden is given up at once: no key acts on what nobody sees.
            self.canvas.hand.retain(document.scene());
        }
    }

    /// What undo and redo act on.
    pub fn undo_scope(&self) -> UndoScope {
        self.document.as_ref().map_or(UndoScope::Nothing, |document| {
            UndoScope::Image(self.dataset, document.open.row.sample.id, self.set())
        })
    }

    /// The label of what is drawn next, if one was chosen or there is no choice.
    fn current_label(&self) -> Option<LabelId> {
        let known = self.label.filter(|label| self.labels.get(*label).is_some());
        known.or_else(|| match self.labels.rows() {
            [only] => Some(only.label.id),
            _ => None,
        })
    }

    fn row_sample(&self, index: Option<usize>) -> Option<Sample> {
        index.and_then(|index| self.rows.row(index)).map(|row| row.sample.clone())
    }

    /// Draws the page.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.update(context);
        self.take_keys(ui, context);
        self.banner_ui(ui, context);
        self.bar_ui(ui, context);
        if self.strip_open {
            egui::Panel::left("canvas-strip")
                .exact_size(strip::WIDTH)
                .resizable(false)
                .show_separator_line(false)
                .frame(egui::Frame::new())
                .show(ui, |ui| self.strip_ui(ui, context));
        }
        egui::Panel::bottom("canvas-foot")
            .frame(egui::Frame::new())
            .show_separator_line(false)
            .show(ui, |ui| self.foot_ui(ui, context));
        egui::CentralPanel::no_frame().show(ui, |ui| self.center_ui(ui, context));
        if std::mem::take(&mut self.fills_clipboard) {
            // So that pasting has something to bring: an empty clipboard sends no event.
            ui.ctx().copy_text(context.tr_with("canvas-clipboard", &[("count", self.clipboard.len().into())]));
        }
        if !self.wishes.is_empty() {
            ui.ctx().request_repaint();
        }
        self.keep_unfinished(ui, context);
        self.was_typing = ui.ctx().text_edit_focused();
        self.reach.end_frame(ui, context);
    }

    fn center_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(failure) = &self.failure {
            widgets::failure(ui, context, failure);
            return;
        }
        let Some(document) = &self.document else {
            if self.views.is_ready() && self.rows.len() == 0 {
                self.empty_ui(ui, context);
            } else {
                widgets::loading(ui, context, self.views.waited());
            }
            return;
        };
        let labels = Arc::clone(&self.labels);
        let name_of = |object: &crate::ui::canvas::Object| {
            let label = object.label.and_then(|label| labels.get(label));
            label.map(|label| label.name.as_str().to_owned()).unwrap_or_default()
        };
        let neighbours: Vec<Sample> = [Some(self.cursor + 1), self.cursor.checked_sub(1)]
            .into_iter()
            .filter_map(|index| self.row_sample(index))
            .collect();
        let pending: Vec<Shape> = self.pending().into_iter().cloned().collect();
        let pending: Vec<&Shape> = pending.iter().collect();
        let shown = Shown {
            pending: &pending,
            sample: &document.open.row.sample,
            scene: document.scene(),
            colors_revision: self.labels_revision,
            draft_color: color_of(&labels, self.current_label()),
            name_of: &name_of,
            neighbours: &neighbours,
        };
        let output = self.canvas.ui(ui, context, &shown);
        if let Tool::Draw(kind) = self.canvas.hand.tool() {
            self.drawing = kind;
        }
        if self.canvas.is_open() && self.canvas.view.size_px() != document.size_px() {
            self.rebuild();
            ui.ctx().request_repaint();
        }
        let response = output.response;
        self.reach.lead(Place::Canvas, &response);
        // A dialog takes Enter only while nothing else has the focus.
        let nobody = ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
        if nobody && self.picker.is_none() && !self.was_typing {
            response.request_focus();
        }
        if response.has_focus() {
            let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        for outcome in output.outcomes {
            self.carry_out(outcome, context);
        }
        self.ask_next();
        self.picker_ui(ui, context, &response);
    }

    fn empty_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.pass.is_some() {
            widgets::empty_state(ui, context, Icon::Images, &context.tr("review-no-sample-left"), None);
            return;
        }
        if self.filter.is_narrowed() || self.filter.tab != Tab::All {
            let button = widgets::Button::secondary(context.tr("labeling-clear-filter")).icon(Icon::FilterX);
            if widgets::empty_state(ui, context, Icon::SearchX, &context.tr("labeling-empty-filter"), Some(button)) {
                self.filter = Filter { tab: Tab::All, ..Filter::default() };
            }
            return;
        }
        let button = widgets::Button::command(crate::ui::commands::Command::ImportDataset, context).as_primary();
        let sentence = context.tr("labeling-empty-dataset");
        if widgets::empty_state(ui, context, Icon::Images, &sentence, Some(button)) {
            context.send(crate::ui::context::UiCommand::Run(crate::ui::commands::Command::ImportDataset));
        }
    }

    fn picker_ui(&mut self, ui: &Ui, context: &Context<'_>, response: &egui::Response) {
        let Some((subject, mut picker)) = self.picker.take() else { return };
        let anchor = self.anchor(&subject);
        let Some(anchor) = anchor else { return };
        let labels = Arc::clone(&self.labels);
        let is_new = !picker.is_opened();
        let own = match (&subject, &self.document) {
            (Subject::Selection(ids), Some(document)) => {
                ids.first().and_then(|id| document.get(*id)).and_then(|annotation| annotation.label)
            }
            _ => None,
        };
        match picker.ui(ui, context, anchor, &labels, self.label, own) {
            None => {
                // A press beside it means: the label is right. The press that ended the shape does not.
                let pressed_beside =
                    !is_new && response.is_pointer_button_down_on() && ui.input(|input| input.pointer.any_pressed());
                match (pressed_beside, self.current_label(), subject) {
                    (true, Some(label), subject @ Subject::Drawn(_)) => self.label_subject(subject, label, context),
                    (true, _, Subject::Selection(_)) => {}
                    (_, _, subject) => self.picker = Some((subject, picker)),
                }
            }
            Some(Picked::Nothing) => {}
            Some(Picked::Known(label)) => self.label_subject(subject, label, context),
            Some(Picked::New(name)) => {
                if let Some(document) = &self.document {
                    let (dataset, sample) = (self.dataset, document.open.row.sample.id);
                    let for_thread = name.clone();
                    let promise = context.backend.write(move |workbench| workbench.ensure_label(dataset, &for_thread));
                    self.new_labels.push(NewLabel { sample, name, subject, promise });
                }
            }
        }
        if self.picker.is_none() {
            response.request_focus();
        }
    }

    /// Where on the screen the picker's subject is; `None` if it is gone.
    fn anchor(&self, subject: &Subject) -> Option<Rect> {
        let document = self.document.as_ref()?;
        let bounds = match subject {
            Subject::Drawn(shape) => shape.bounds(),
            Subject::Selection(ids) => document.scene().get(*ids.first()?)?.shape.bounds(),
        };
        Some(self.canvas.view.screen_rect(&bounds).intersect(self.canvas.view.viewport()))
    }

    /// What is at the right keeps its room; the image's name gets what is left.
    fn foot_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let size = egui::vec2(ui.available_width(), 28.0);
        ui.allocate_ui_with_layout(size, egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.set_height(size.y);
            // Without a picture, what was said of the last one is not true any more.
            if self.document.is_some() && self.canvas.is_open() {
                self.view_words_ui(ui, context);
            }
            if !self.asks
                && let Some(label) = self.current_label().and_then(|label| self.labels.get(label))
            {
                widgets::label_chip(ui, context, label.name.as_str(), label.color);
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| self.image_words_ui(ui, context));
        });
    }

    /// How the image is shown, its size, and where the pointer is in it; from right to left.
    fn view_words_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        bar::tool_button(ui, context, Command::CanvasFit, Some(self.canvas.view.is_fitted()));
        let scale = f64::from(ui.pixels_per_point()) * self.canvas.view.scale();
        widgets::weak(ui, context, crate::text::format::percent(scale, 0));
        let [width, height] = self.canvas.view.size_px();
        widgets::weak(ui, context, format!("{width:.0} × {height:.0}"));
        if let Some([x, y]) = self.canvas.pointer() {
            widgets::weak(ui, context, format!("x {x:.0}  y {y:.0}"));
        }
    }

    /// Which image it is, and where it stands.
    fn image_words_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        let count = self.rows.len();
        if count > 0 {
            let [place, count] = [self.cursor + 1, count].map(|number| crate::text::format::count(number as u64));
            widgets::weak(ui, context, format!("{place} / {count}"));
        }
        let Some(document) = &self.document else { return };
        let of_pass = self.pass.as_ref().map(|pass| pass.state_word(document.open.row.sample.id));
        let of_dataset = match (document.open.row.state, document.shapes().next().is_some()) {
            (crate::domain::SampleState::Labeled, false) => "labeling-state-nothing",
            (crate::domain::SampleState::Labeled, true) => "canvas-state-labeled",
            (crate::domain::SampleState::ToConfirm, _) => "labeling-state-to-confirm",
            (crate::domain::SampleState::Unlabeled, _) => "labeling-state-unlabeled",
        };
        widgets::weak(ui, context, context.tr(of_pass.unwrap_or(of_dataset)));
        ui.add(egui::Label::new(egui::RichText::new(&document.open.row.sample.name).size(12.0)).truncate());
    }

    fn finish_point(&self) -> Point {
        self.canvas.pointer().unwrap_or_else(|| self.canvas.view.visible().center())
    }

    fn carry_out(&mut self, outcome: Outcome, context: &Context<'_>) {
        match outcome {
            Outcome::None | Outcome::Selected => {}
            Outcome::Drawn(shape) => self.keep_drawn(shape, context),
            Outcome::Changed(shapes) => self.change_shapes(shapes, context),
            Outcome::Cut(path) => self.split(&path, context),
        }
    }
}
