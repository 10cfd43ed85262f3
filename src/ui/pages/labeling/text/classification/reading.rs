//! One text, large: read whole, decided by key, then the next.

use super::super::super::LabelingPage;
use super::super::super::keys::Action;
use super::super::super::selection::Extend;
use super::hits;
use super::row::source_tip;
use crate::domain::query::SampleRow;
use crate::domain::{DatasetId, Explanation, SampleId};
use crate::text::format;
use crate::ui::backend::{Backend, Promise};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::text_view::{Selection, Shown, TextView, notes};
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::grid::Step;
use crate::ui::widgets::{self, Button};
use crate::workbench::{prepare_words, words};
use egui::{Align, Layout, RichText, Ui};
use std::ops::Range;
use std::sync::Arc;

/// Texts kept: this one, its neighbours, and those just read.
const KEPT: usize = 5;
/// Factors of the text's size.
const SIZES: [f32; 6] = [0.8, 0.95, 1.05, 1.2, 1.4, 1.75];
/// Characters that a screen reader hears at once.
const SPOKEN: usize = 2_000;

enum State {
    Reading(Promise<Arc<str>>),
    Ready(Arc<str>),
    Failed(Explanation),
}

/// The text on the screen, and where what is searched for stands in it.
struct Open {
    sample: SampleId,
    needle: String,
    /// Code points.
    hits: Vec<Range<u32>>,
    spoken: String,
    view: TextView,
}

impl Open {
    fn new(sample: SampleId, text: &Arc<str>) -> Self {
        let spoken = text.chars().take(SPOKEN).collect();
        let view = TextView::new(Arc::clone(text), words);
        Self { sample, needle: String::new(), hits: Vec::new(), spoken, view }
    }

    /// Shows the hits of something else, the first of them in sight.
    fn search(&mut self, needle: &str) {
        if self.needle == needle {
            return;
        }
        needle.clone_into(&mut self.needle);
        let ground = self.view.ground();
        let place = |byte| ground.offsets.code_point_of(ground.text, byte);
        let hits = hits::hits(ground.text, hits::pattern(needle).as_ref());
        self.hits = hits.into_iter().filter_map(|hit| Some(place(hit.start)?..place(hit.end)?)).collect();
        if let Some(first) = self.hits.first() {
            self.view.selection = Selection::at(first.start);
            self.view.reveal_caret();
        }
    }
}

/// The text that is read.
pub struct Reading {
    texts: Vec<(SampleId, State)>,
    open: Option<Open>,
    size: usize,
}

impl Default for Reading {
    fn default() -> Self {
        Self { texts: Vec::new(), open: None, size: 3 }
    }
}

impl Reading {
    /// The next larger or smaller size.
    pub fn resize(&mut self, larger: bool) {
        let size = if larger { self.size + 1 } else { self.size.saturating_sub(1) };
        self.size = size.min(SIZES.len() - 1);
    }

    /// A page down or up in the next frame.
    pub fn scroll(&mut self, down: bool) {
        if let Some(open) = &mut self.open {
            open.view.scroll_pages(if down { 1.0 } else { -1.0 });
        }
    }

    /// Reads everything again.
    pub fn forget(&mut self) {
        *self = Self { size: self.size, ..Self::default() };
    }

    /// Asks for a text, unless it is there.
    fn want(&mut self, backend: &Backend, dataset: DatasetId, sample: SampleId) {
        if let Some(place) = self.texts.iter().position(|(id, _)| *id == sample) {
            let text = self.texts.remove(place);
            self.texts.push(text);
            return;
        }
        let promise = backend.spawn(move |workbench| workbench.text(dataset, sample));
        self.texts.push((sample, State::Reading(promise)));
        if self.texts.len() > KEPT {
            self.texts.remove(0);
        }
    }

    fn settle(&mut self) {
        for (_, state) in &mut self.texts {
            let State::Reading(promise) = state else { continue };
            match promise.take() {
                Some(Ok(text)) => *state = State::Ready(text),
                Some(Err(explanation)) => *state = State::Failed(explanation),
                None => {}
            }
        }
    }

    fn state(&self, sample: SampleId) -> Option<&State> {
        self.texts.iter().find(|(id, _)| *id == sample).map(|(_, state)| state)
    }
}

impl LabelingPage {
    /// The text at the cursor, large.
    pub(in crate::ui::pages::labeling) fn reading_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(index) = self.selection.cursor().filter(|index| *index < self.rows.len()) else { return };
        let Some(mut texts) = self.texts.take() else { return };
        let reading = &mut texts.reading;
        reading.settle();
        let row = self.rows.row(index).cloned();
        let action = self.reading_bar_ui(ui, context, reading, index, row.as_ref());
        if let Some(row) = row {
            let sample = row.sample.id;
            // The neighbours are read ahead: the next decision does not wait.
            for neighbour in [index + 1, index.wrapping_sub(1)] {
                if let Some(other) = self.rows.row(neighbour) {
                    reading.want(context.backend, self.dataset, other.sample.id);
                }
            }
            reading.want(context.backend, self.dataset, sample);
            egui::Panel::bottom("labeling-text-labels")
                .frame(egui::Frame::new())
                .show_separator_line(false)
                .show(ui, |ui| self.text_labels_ui(ui, context, &row));
            let searched = self.searched();
            egui::CentralPanel::no_frame().show(ui, |ui| text_ui(ui, context, reading, sample, searched));
        }
        self.texts = Some(texts);
        if let Some(action) = action {
            self.act(action, context);
        }
    }

    fn reading_bar_ui(
        &self,
        ui: &mut Ui,
        context: &Context<'_>,
        reading: &mut Reading,
        index: usize,
        row: Option<&SampleRow>,
    ) -> Option<Action> {
        let mut action = None;
        ui.horizontal(|ui| {
            let back = Button::ghost(context.tr("labeling-text-list")).icon(Icon::List).small().keys("Esc");
            if back.show(ui, context).clicked() {
                action = Some(Action::Escape);
            }
            for (icon, id, step) in [
                (Icon::ChevronLeft, "labeling-text-previous", Step::Previous),
                (Icon::ChevronRight, "labeling-text-next", Step::Next),
            ] {
                if Button::ghost("").icon(icon).tip(context.tr(id)).small().show(ui, context).clicked() {
                    action = Some(Action::Move(step, Extend::Replace));
                }
            }
            let place = format!("{} / {}", format::count(index as u64 + 1), format::count(self.rows.len() as u64));
            widgets::weak(ui, context, place);
            if let Some(row) = row {
                let tip = source_tip(row);
                ui.add(
                    egui::Label::new(RichText::new(tip).size(text_size::SMALL).color(context.tokens.text_weak))
                        .truncate(),
                );
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = space::XS;
                for (icon, id, keys, larger) in [
                    (Icon::AArrowUp, "labeling-text-larger", "+", true),
                    (Icon::AArrowDown, "labeling-text-smaller", "−", false),
                ] {
                    let tip = format!("{}  ({keys})", context.tr(id));
                    if Button::ghost("").icon(icon).tip(tip).small().show(ui, context).clicked() {
                        reading.resize(larger);
                    }
                }
            });
        });
        action
    }
}

fn text_ui(ui: &mut Ui, context: &Context<'_>, reading: &mut Reading, sample: SampleId, searched: &str) {
    let text = match reading.state(sample) {
        Some(State::Ready(text)) => Arc::clone(text),
        Some(State::Failed(explanation)) => return widgets::failure(ui, context, explanation),
        Some(State::Reading(promise)) => return widgets::loading(ui, context, Some(promise.age())),
        None => return,
    };
    if reading.open.as_ref().is_none_or(|open| open.sample != sample) {
        // So that the first double click does not wait for the dictionary.
        drop(context.backend.run_aside(prepare_words));
        reading.open = Some(Open::new(sample, &text));
    }
    let Some(open) = &mut reading.open else { return };
    open.search(searched);
    notes::ui(ui, context, &open.view);
    let shown = Shown { hits: &open.hits, size: SIZES[reading.size], name: &open.spoken, ..Shown::default() };
    open.view.ui(ui, context.tokens, &shown);
    open.view.copy(ui);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_found_in_code_points_after_anything() {
        let text: Arc<str> = "😀好 שלום 好".into();
        let mut open = Open::new(SampleId::random(), &text);
        open.search("好");
        assert_eq!(open.hits, [1..2, 8..9]);
        assert_eq!(open.view.selection, Selection::at(1));
        open.search("");
        assert!(open.hits.is_empty());
    }
}
