//! Labeling images and texts: a grid or list that scrolls a million samples, keys that decide, an inspector for the
//! selection.

mod actions;
mod bars;
mod census;
mod decision;
pub(super) mod detection;
mod dialogs;
pub(super) mod entities;
mod filter;
#[cfg(test)]
mod input_tests;
mod inspector;
mod keys;
mod label_list;
mod label_rows;
pub(super) mod labels;
mod open_sample;
mod pass;
mod preview;
mod rows;
mod screen;
mod selection;
mod strip_filter;
mod suggestions;
#[cfg(test)]
pub(in crate::ui::pages) mod testing;
#[cfg(test)]
mod tests;
pub(super) mod text;
mod text_opener;
mod thumbnails;
mod tile;
mod views;
mod walk;

use crate::domain::query::{DatasetSummary, EditReceipt, SampleFilter, SampleSort};
use crate::domain::{Cancel, DatasetId, DatasetType, Explanation, Warning, dataset::SampleCounts};
use crate::ui::backend::{Promise, Query};
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::widgets::grid::{GridOutput, GridState, GridStyle, Step, TileShape, grid_ui};
use crate::ui::widgets::{self, Button};
use crate::workbench::View;
use actions::{Mode, Scan};
use census::Counter;
use dialogs::{AddImages, AddTexts, AutoLabel};
use egui::{EventFilter, Id, Ui};
use filter::{Filter, Tab};
use label_list::LabelField;
use labels::LabelTable;
use preview::Preview;
use rows::Rows;
use selection::{Extend, Selection};
use std::collections::VecDeque;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use suggestions::Suggestions;
use text::classification::Texts;
use thumbnails::Thumbnails;

/// The sides of thumbnails that can be chosen, in points.
const SIDES: std::ops::RangeInclusive<f32> = 64.0..=320.0;

type Restored = (EditReceipt, Vec<Warning>);

/// What a view was made for; another one is made when it differs.
#[derive(Clone, Debug, PartialEq)]
struct ViewKey {
    filter: SampleFilter,
    sort: SampleSort,
    /// Asked for by the person, or because samples came or went.
    refreshes: u64,
}

struct LoadingView {
    key: ViewKey,
    promise: Promise<(View, Option<usize>)>,
    cancel: Cancel,
}

/// The labeling page.
pub struct LabelingPage {
    dataset: DatasetId,
    summary: Query<DatasetId, DatasetSummary>,
    counts: Query<SampleFilter, SampleCounts>,
    trash: Query<DatasetId, SampleCounts>,
    label_query: Query<DatasetId, Arc<LabelTable>>,
    labels: Arc<LabelTable>,
    filter: Filter,
    focus_filter: bool,
    /// Whether a text field had the focus at the end of the last frame: Enter and Esc take it away before the page
    /// sees the key, which was meant for the field.
    was_typing: bool,
    refreshes: u64,
    shown: Option<ViewKey>,
    loading: Option<LoadingView>,
    failure: Option<Explanation>,
    known_total: Option<u64>,
    rows: Rows,
    selection: Selection,
    grid: GridState,
    visible: Range<usize>,
    thumbnails: Option<Thumbnails>,
    side: Option<f32>,
    mode: Mode,
    label_field: LabelField,
    census: Counter,
    inspector: inspector::InspectorState,
    preview: Option<Preview>,
    suggestions: Suggestions,
    scan: Option<Scan>,
    /// Keys that are meant for the sample that is still being looked for.
    waiting: VecDeque<keys::Action>,
    writes: Vec<Promise<()>>,
    undos: Vec<(bool, Promise<Option<EditReceipt>>)>,
    restores: Vec<Promise<Restored>>,
    /// In place of all of this, once the dataset is known to be one of object detection.
    detection: Option<Box<detection::DetectionPage>>,
    /// Likewise, of named entities.
    entities: Option<Box<entities::EntitiesPage>>,
    /// Where the samples are texts that are classified: what only they need.
    texts: Option<Box<Texts>>,
}

impl Default for LabelingPage {
    fn default() -> Self {
        Self::new(DatasetId(uuid::Uuid::nil()))
    }
}

impl LabelingPage {
    fn new(dataset: DatasetId) -> Self {
        Self {
            dataset,
            summary: Query::default(),
            counts: Query::default(),
            trash: Query::default(),
            label_query: Query::default(),
            labels: Arc::default(),
            filter: Filter::default(),
            focus_filter: false,
            was_typing: false,
            refreshes: 0,
            shown: None,
            loading: None,
            failure: None,
            known_total: None,
            rows: Rows::default(),
            selection: Selection::default(),
            grid: GridState::default(),
            visible: 0..0,
            thumbnails: None,
            side: None,
            mode: Mode::default(),
            label_field: LabelField::default(),
            census: Counter::default(),
            inspector: inspector::InspectorState::default(),
            preview: None,
            suggestions: Suggestions::default(),
            scan: None,
            waiting: VecDeque::new(),
            writes: Vec::new(),
            undos: Vec::new(),
            restores: Vec::new(),
            detection: None,
            entities: None,
            texts: None,
        }
    }

    fn refresh(&mut self) {
        self.refreshes += 1;
        if let Some(texts) = &mut self.texts {
            texts.forget();
        }
        if let Some(thumbnails) = &mut self.thumbnails {
            thumbnails.forget_broken();
        }
    }

    fn view_key(&self) -> ViewKey {
        ViewKey { filter: self.filter.for_view(), sort: self.filter.sort, refreshes: self.refreshes }
    }

    /// Brings queries and the view up to date.
    fn update(&mut self, context: &Context<'_>) {
        let dataset = self.dataset;
        let backend = context.backend;
        if self.detection.is_some() || self.entities.is_some() {
            return;
        }
        let kind = self.summary.latest().map(|summary| summary.dataset.kind);
        if kind == Some(DatasetType::ObjectDetection) {
            let filter = self.filter.for_view();
            let asked = (filter != Filter::default().for_view()).then_some(&filter);
            self.detection = Some(Box::new(detection::DetectionPage::new(dataset, asked)));
            return;
        }
        if kind == Some(DatasetType::NamedEntity) {
            let filter = self.filter.for_view();
            let asked = (filter != Filter::default().for_view()).then_some(&filter);
            self.entities = Some(Box::new(entities::EntitiesPage::new(dataset, asked, context)));
            return;
        }
        if kind == Some(DatasetType::TextClassification) && self.texts.is_none() {
            self.texts = Some(Box::default());
            // As they stand in their files.
            self.filter.sort = SampleSort::Added;
        }
        self.settle(context);
        self.settle_restores(context);
        let total = self
            .summary
            .get_or_previous(backend, &dataset, move |workbench| workbench.dataset_by_id(dataset))
            .map(|summary| summary.counts.total);
        let filter = self.filter.without_state();
        let for_counts = filter.clone();
        self.counts.get_or_previous(backend, &filter, move |workbench| workbench.counts(dataset, &for_counts));
        self.trash.get_or_previous(backend, &dataset, move |workbench| {
            workbench.counts(dataset, &SampleFilter { deleted: true, ..SampleFilter::default() })
        });
        let table = self.label_query.get_or_previous(backend, &dataset, move |workbench| {
            workbench.labels(dataset).map(|labels| Arc::new(LabelTable::new(labels)))
        });
        if let Some(table) = table {
            self.labels = Arc::clone(table);
        }
        // Samples came or went: the view is made anew. A decision alone never does that.
        if total.is_some() && self.known_total.is_some() && total != self.known_total {
            self.refreshes += 1;
        }
        self.known_total = total.or(self.known_total);
        // What the samples are decides about their order.
        if kind.is_some() || self.summary.failure().is_some() {
            self.update_view(context);
        }
        let cursor = self.selection.cursor();
        if let (Some(cursor), true) = (cursor, self.preview.is_some()) {
            self.rows.want(backend, cursor..cursor + 1);
        } else {
            self.rows.want(backend, self.visible.clone());
        }
    }

    fn update_view(&mut self, context: &Context<'_>) {
        let key = self.view_key();
        if let Some(loading) = self.loading.take() {
            match loading.promise.take() {
                Some(Ok((view, cursor))) => self.take_view(loading.key, view, cursor),
                Some(Err(explanation)) => {
                    self.shown = Some(loading.key);
                    self.failure = Some(explanation);
                }
                None if loading.key == key => self.loading = Some(loading),
                None => loading.cancel.cancel(),
            }
        }
        if self.shown.as_ref() == Some(&key) || self.loading.is_some() {
            return;
        }
        let dataset = self.dataset;
        let cancel = Cancel::default();
        let (for_thread, filter, sort) = (cancel.clone(), key.filter.clone(), key.sort);
        let cursor = self.selection.cursor().and_then(|index| self.rows.row(index).map(|row| row.sample.id));
        let near = self.selection.cursor().unwrap_or(0);
        let promise = context.backend.spawn(move |workbench| {
            let view = workbench.view(dataset, &filter, sort, &for_thread)?;
            let found = match cursor {
                Some(sample) => walk::place_of(workbench, &view, sample, near)?,
                None => None,
            };
            Ok((view, found))
        });
        self.loading = Some(LoadingView { key, promise, cancel });
    }

    fn take_view(&mut self, key: ViewKey, view: View, cursor: Option<usize>) {
        let is_same_list =
            self.shown.as_ref().is_some_and(|shown| shown.filter == key.filter && shown.sort == key.sort);
        let near = self.selection.cursor().filter(|_| is_same_list);
        self.rows.set_view(view);
        self.selection.reset();
        if !is_same_list {
            self.grid.to_top();
        }
        self.failure = None;
        self.shown = Some(key);
        if let Some(last) = self.rows.len().checked_sub(1) {
            self.go_to(cursor.or(near).unwrap_or(0).min(last));
        } else {
            self.preview = None;
        }
    }

    fn settle_restores(&mut self, context: &Context<'_>) {
        let mut done = Vec::new();
        self.restores.retain(|promise| match promise.take() {
            None => true,
            Some(outcome) => {
                done.extend(outcome.ok());
                false
            }
        });
        for (receipt, warnings) in done {
            let restored = self.word("labeling-restored", "labeling-restored-texts");
            let text = context.tr_with(restored, &[("count", receipt.changed.into())]);
            context.notify(Notification::success(text).with_warnings(context, &warnings));
            self.refresh();
        }
    }

    /// Takes the keys of this frame, unless something else has a claim to them.
    fn keys(&mut self, ui: &Ui, context: &Context<'_>) {
        let egui = ui.ctx();
        while self.scan.is_none()
            && let Some(action) = self.waiting.pop_front()
        {
            self.act(action, context);
        }
        let grid_id = Self::grid_id();
        let focused = egui.memory(egui::Memory::focused);
        let is_free = focused.is_none() || focused == Some(grid_id);
        if std::mem::take(&mut self.was_typing)
            || egui.text_edit_focused()
            || egui.memory(|memory| memory.top_modal_layer().is_some())
            || egui::Popup::is_any_open(egui)
        {
            return;
        }
        let events = ui.input(|input| input.events.clone());
        for action in keys::actions_of(&events) {
            use keys::Action;
            let needs_free = matches!(action, Action::Enter | Action::Preview | Action::Move(..) | Action::Escape);
            if needs_free && !is_free {
                continue;
            }
            if self.preview.is_some() {
                if !action.works_in_preview() {
                    continue;
                }
                if self.act_on_large(action) {
                    continue;
                }
            }
            if matches!(action, Action::Move(..)) {
                self.stop_scan();
            } else if self.scan.is_some() && action.is_of_the_cursor() {
                self.waiting.push_back(action);
                continue;
            }
            self.act(action, context);
        }
        if let Some(preview) = &mut self.preview {
            preview.keys(ui);
        }
    }

    /// What some keys mean while one picture or text is large; false leaves them what they are.
    fn act_on_large(&mut self, action: keys::Action) -> bool {
        use keys::Action;
        let larger = action == Action::Larger;
        match (action, &mut self.texts, &mut self.preview) {
            (Action::Larger | Action::Smaller, Some(texts), _) => texts.resize(larger),
            (Action::Larger | Action::Smaller, None, Some(preview)) => preview.zoom_by(if larger { 1.25 } else { 0.8 }),
            // Through a long text, not to another one.
            (Action::Move(Step::PageDown, _), Some(texts), _) => texts.scroll(true),
            (Action::Move(Step::PageUp, _), Some(texts), _) => texts.scroll(false),
            _ => return false,
        }
        true
    }

    /// The message for what the samples are.
    fn word(&self, of_images: &'static str, of_texts: &'static str) -> &'static str {
        if self.texts.is_some() { of_texts } else { of_images }
    }

    /// What is searched for in names, or in texts.
    fn searched(&self) -> &str {
        self.shown.as_ref().map_or("", |shown| &shown.filter.text)
    }

    fn grid_id() -> Id {
        Id::unique("labeling-grid")
    }

    fn toggle_preview(&mut self) {
        self.preview = match self.preview.take() {
            Some(_) => {
                self.reveal_cursor();
                None
            }
            // What is seen is what the keys decide about: not a selection that is out of sight.
            None => self.selection.cursor().map(|cursor| {
                self.selection.only(cursor);
                Preview::default()
            }),
        };
    }

    /// What the button that adds samples says.
    fn add_words(&self) -> (&'static str, Icon) {
        if self.texts.is_some() {
            ("labeling-add-texts", Icon::FilePlus)
        } else {
            ("labeling-add-images", Icon::ImagePlus)
        }
    }

    fn latest_summary(&self) -> Option<&DatasetSummary> {
        let of_entities = self.entities.as_ref().and_then(|page| page.walk.summary.latest());
        of_entities.or_else(|| self.summary.latest())
    }

    /// Asks which model is to propose labels.
    fn label_automatically(&self, context: &Context<'_>) {
        let Some(summary) = self.latest_summary() else { return };
        if summary.dataset.kind.is_text() {
            context.show(AutoLabel::new(self.dataset, summary.dataset.name.as_str().to_owned()));
        } else {
            context.notify(Notification::info(context.tr("auto-label-texts-only")));
        }
    }

    /// Asks for files of what the dataset is of, beginning with these.
    fn add_samples(&self, paths: Vec<PathBuf>, context: &Context<'_>) {
        // Before it is known what the dataset is of, there is nothing to ask for.
        let Some(summary) = self.latest_summary() else { return };
        let name = summary.dataset.name.as_str().to_owned();
        if summary.dataset.kind.is_text() {
            let split = summary.dataset.text_split.unwrap_or_default();
            context.show(AddTexts::new(self.dataset, name, split, summary.counts.total == 0, paths));
        } else {
            context.show(AddImages::new(self.dataset, name, paths));
        }
    }

    fn side(&self, context: &Context<'_>) -> f32 {
        self.side.unwrap_or(context.settings.thumbnail_side).clamp(*SIDES.start(), *SIDES.end())
    }

    fn resize(&mut self, context: &Context<'_>, factor: f32) {
        if let Some(texts) = &mut self.texts {
            texts.show_lines(factor > 1.0);
            return;
        }
        let side = (self.side(context) * factor).clamp(*SIDES.start(), *SIDES.end()).round();
        self.side = Some(side);
        self.keep_side(context);
    }

    fn keep_side(&self, context: &Context<'_>) {
        let Some(side) = self.side else { return };
        let mut settings = context.settings.clone();
        settings.thumbnail_side = side;
        context.send(UiCommand::SaveSettings(Box::new(settings)));
    }

    fn center_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(failure) = &self.failure {
            widgets::failure(ui, context, failure);
        }
        if self.preview.is_some() && self.texts.is_some() {
            self.reading_ui(ui, context);
        } else if self.preview.is_some() {
            self.preview_ui(ui, context);
        } else if self.shown.is_none() {
            widgets::loading(ui, context, self.loading.as_ref().map(|loading| loading.promise.age()));
        } else if self.rows.len() == 0 && self.failure.is_none() {
            self.empty_ui(ui, context);
        } else if self.texts.is_some() {
            self.texts_ui(ui, context);
        } else {
            self.grid_ui(ui, context);
        }
    }

    fn empty_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.filter.is_narrowed() {
            let button = Button::secondary(context.tr("labeling-clear-filter")).icon(Icon::FilterX);
            if widgets::empty_state(
                ui,
                context,
                Icon::SearchX,
                &context.tr(self.word("labeling-empty-filter", "labeling-empty-filter-texts")),
                Some(button),
            ) {
                self.filter.widen();
            }
            return;
        }
        let total = self.known_total.unwrap_or(0);
        match self.filter.tab {
            Tab::Trash => {
                widgets::empty_state(ui, context, Icon::Trash2, &context.tr("labeling-empty-trash"), None);
            }
            _ if total == 0 => {
                let (text, icon) = self.add_words();
                let button = Button::primary(context.tr(text)).icon(icon).keys(context.keys_of(Command::AddSamples));
                let sentence = context.tr(self.word("labeling-empty-dataset", "labeling-empty-dataset-texts"));
                let icon = if self.texts.is_some() { Icon::FileText } else { Icon::Images };
                if widgets::empty_state(ui, context, icon, &sentence, Some(button)) {
                    self.add_samples(Vec::new(), context);
                }
            }
            Tab::Unlabeled => {
                let button = Button::command(Command::Publish, context).as_primary();
                let sentence = context.tr("labeling-empty-unlabeled");
                if widgets::empty_state(ui, context, Icon::CircleCheck, &sentence, Some(button)) {
                    context.send(UiCommand::Run(Command::Publish));
                }
            }
            Tab::Labeled => {
                let button =
                    Button::primary(context.tr(self.word("labeling-go-unlabeled", "labeling-go-unlabeled-texts")))
                        .icon(Icon::Tags);
                if widgets::empty_state(ui, context, Icon::Tags, &context.tr("labeling-empty-labeled"), Some(button)) {
                    self.filter.tab = Tab::Unlabeled;
                }
            }
            Tab::ToConfirm | Tab::All => {
                let sentence = context.tr("labeling-empty-to-confirm");
                widgets::empty_state(ui, context, Icon::CircleCheck, &sentence, None);
            }
        }
    }

    fn grid_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let tokens = context.tokens;
        let style = GridStyle {
            shape: TileShape::Square { side: self.side(context), caption: tile::CAPTION_PX },
            gap: 8.0,
            accent: tokens.accent_text,
            thumb: tokens.border_strong,
            thumb_hovered: tokens.text_weak,
        };
        let mut thumbnails =
            self.thumbnails.take().unwrap_or_else(|| Thumbnails::new(context.backend.workbench(), ui.ctx()));
        thumbnails.begin_frame(ui.ctx());
        let count = self.rows.len();
        let name = context.tr_with("labeling-grid-name", &[("count", count.into())]);
        let words = tile::Words::new(ui, context);
        let mut grid = std::mem::take(&mut self.grid);
        let pixels = ui.pixels_per_point();
        let (rows, labels, selection) = (&self.rows, &self.labels, &self.selection);
        let marks_decided = matches!(self.filter.tab, Tab::Unlabeled | Tab::ToConfirm);
        let mut side_px = 128;
        let output = grid_ui(ui, Self::grid_id(), &name, count, &mut grid, &style, |ui, index, rect| {
            side_px = thumbnails::side_for(rect.width() * pixels);
            let tile = tile::Tile {
                row: rows.row(index),
                index,
                selected: selection.set().contains(index),
                cursor: selection.cursor() == Some(index),
                marks_decided,
                side_px,
            };
            tile.show(ui, rect, context, &words, labels, &mut thumbnails)
        });
        self.grid = grid;
        let page = output.layout.columns * output.layout.rows_a_page();
        let ahead = output.visible.end..(output.visible.end + page).min(count);
        let behind = output.visible.start.saturating_sub(page)..output.visible.start;
        for index in ahead.chain(behind.rev()) {
            if thumbnails.is_behind() {
                break;
            }
            if let Some(row) = self.rows.row(index) {
                thumbnails.prefetch(&row.sample, side_px);
            }
        }
        thumbnails.end_frame();
        self.thumbnails = Some(thumbnails);
        self.take_grid_output(ui, &output);
    }

    /// Selects what was clicked or banded; a double click opens.
    fn take_grid_output(&mut self, ui: &Ui, output: &GridOutput) {
        self.visible = output.visible.clone();
        if output.response.has_focus() {
            let filter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(output.response.id, filter));
        }
        if let Some(band) = &output.band {
            self.selection.band(&band.touched, band.add);
        }
        if output.band_ended {
            self.selection.end_band();
        }
        if output.clicked_nothing {
            self.selection.clear();
            output.response.request_focus();
        }
        if let Some(click) = output.click {
            output.response.request_focus();
            let modifiers = click.modifiers;
            let extend = match (modifiers.command, modifiers.shift) {
                (false, false) => Extend::Replace,
                (false, true) => Extend::Range,
                (true, false) => Extend::Toggle,
                (true, true) => Extend::AddRange,
            };
            if !click.secondary || !self.selection.set().contains(click.index) {
                self.selection.hit(click.index, extend);
            }
            if click.double {
                self.toggle_preview();
            }
        }
    }
}
