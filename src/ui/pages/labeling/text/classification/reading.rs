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
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::grid::Step;
use crate::ui::widgets::{self, Button};
use egui::{Align, FontFamily, FontId, Layout, RichText, Ui};
use std::ops::Range;
use std::sync::Arc;

/// Texts kept: this one, its neighbours, and those just read.
const KEPT: usize = 5;
/// A longer text is shown as far as this, until the whole is asked for: laying it out takes a moment.
const SHOWN_AT_ONCE: usize = 20_000;
/// Sizes of the text, in points.
const SIZES_PX: [f32; 6] = [14.0, 16.0, 18.0, 20.0, 24.0, 30.0];
/// Lines are no longer than this many times the text's size: the eye finds the next one.
const LINE_EMS: f32 = 44.0;

enum State {
    Reading(Promise<Arc<str>>),
    Ready(Arc<str>),
    Failed(Explanation),
}

/// What of a text is laid out, and where what is searched for stands in it.
struct Shown {
    sample: SampleId,
    needle: String,
    is_whole: bool,
    characters: usize,
    /// In bytes: the part that is laid out.
    end: usize,
    hits: Vec<Range<usize>>,
}

/// The text that is read.
pub struct Reading {
    texts: Vec<(SampleId, State)>,
    shown: Option<Shown>,
    size: usize,
    /// Pages to scroll in the next frame, down or up.
    scroll_pages: f32,
}

impl Default for Reading {
    fn default() -> Self {
        Self { texts: Vec::new(), shown: None, size: 3, scroll_pages: 0.0 }
    }
}

impl Reading {
    /// The next larger or smaller size.
    pub fn resize(&mut self, larger: bool) {
        let size = if larger { self.size + 1 } else { self.size.saturating_sub(1) };
        self.size = size.min(SIZES_PX.len() - 1);
    }

    /// A page down or up in the next frame.
    pub fn scroll(&mut self, down: bool) {
        self.scroll_pages += if down { 1.0 } else { -1.0 };
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

    /// What to lay out of a text.
    fn show(&mut self, sample: SampleId, text: &str, needle: &str, whole: bool) -> bool {
        let is_current = self
            .shown
            .as_ref()
            .is_some_and(|shown| shown.sample == sample && shown.needle == needle && (shown.is_whole || !whole));
        if is_current {
            return false;
        }
        let is_new = self.shown.as_ref().is_none_or(|shown| shown.sample != sample);
        let limit = if whole { usize::MAX } else { SHOWN_AT_ONCE };
        let end = text.char_indices().nth(limit).map_or(text.len(), |(byte, _)| byte);
        let hits = hits::hits(text.get(..end).unwrap_or(text), hits::pattern(needle).as_ref());
        let characters = text.chars().count();
        self.shown =
            Some(Shown { sample, needle: needle.to_owned(), is_whole: end == text.len(), characters, end, hits });
        is_new
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
    let is_new = reading.show(sample, &text, searched, false);
    let size = SIZES_PX[reading.size];
    let mut area = egui::ScrollArea::vertical().id_salt("labeling-text").auto_shrink([false, false]);
    if is_new {
        area = area.vertical_scroll_offset(0.0);
    }
    let by = ui.available_height() * 0.85 * std::mem::take(&mut reading.scroll_pages);
    let mut show_all = false;
    area.show(ui, |ui| {
        if by != 0.0 {
            ui.scroll_with_delta(egui::vec2(0.0, -by));
        }
        let Some(shown) = &reading.shown else { return };
        let width = (size * LINE_EMS).min(ui.available_width() - 2.0 * space::XL);
        let margin = ((ui.available_width() - width) / 2.0).max(space::L);
        ui.add_space(space::XL);
        ui.horizontal_top(|ui| {
            ui.add_space(margin);
            ui.vertical(|ui| {
                ui.set_max_width(width);
                let font = FontId::new(size, FontFamily::Proportional);
                let part = text.get(..shown.end).unwrap_or(&text);
                let tokens = context.tokens;
                let mut job = hits::job(part, &shown.hits, &font, tokens.text, tokens.hit);
                job.sections.iter_mut().for_each(|section| section.format.line_height = Some((size * 1.6).round()));
                ui.add(egui::Label::new(job).wrap().selectable(true));
                if !shown.is_whole {
                    ui.add_space(space::M);
                    let rest = context.tr_with("labeling-text-show-all", &[("count", shown.characters.into())]);
                    show_all = Button::secondary(rest).icon(Icon::ChevronsDown).show(ui, context).clicked();
                }
            });
        });
        ui.add_space(space::XL);
    });
    if show_all {
        reading.show(sample, &text, searched, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_shown_in_part_until_the_whole_is_asked_for() {
        let mut reading = Reading::default();
        let (sample, text) = (SampleId::random(), "字".repeat(SHOWN_AT_ONCE + 5));
        assert!(reading.show(sample, &text, "", false));
        let shown = reading.shown.as_ref().expect("shown");
        assert!(!shown.is_whole && shown.end == SHOWN_AT_ONCE * 3);
        reading.show(sample, &text, "", true);
        assert!(reading.shown.as_ref().is_some_and(|shown| shown.is_whole && shown.end == text.len()));
        // The next frame does not fold it again.
        assert!(!reading.show(sample, &text, "", false));
        assert!(reading.shown.as_ref().is_some_and(|shown| shown.is_whole));
    }
}
