//! Ctrl+K: every command and every dataset by a few letters.

use super::backend::Query;
use super::commands::Command;
use super::context::{Context, UiCommand};
use super::icons::{self, Icon};
use super::pages::Page;
use super::theme::{self, size, space, text_size};
use super::widgets;
use crate::domain::query::DatasetSummary;
use egui::{Align, Align2, Id, Key, Layout, Margin, Modifiers, RichText, Role, Sense, TextEdit, WidgetInfo, vec2};

/// The palette's state.
#[derive(Default)]
pub(super) struct Palette {
    open: bool,
    just_opened: bool,
    text: String,
    chosen: usize,
    datasets: Query<(), Vec<DatasetSummary>>,
}

enum Target {
    Command(Command),
    Page(Page),
}

struct Entry {
    icon: Icon,
    text: String,
    note: String,
    target: Target,
    score: i32,
}

/// How many entries are shown at once.
const SHOWN: usize = 12;

impl Palette {
    pub fn open(&mut self) {
        *self = Self { open: true, just_opened: true, datasets: std::mem::take(&mut self.datasets), ..Self::default() };
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn ui(&mut self, egui: &egui::Context, context: &Context<'_>, applies: impl Fn(Command) -> bool) {
        if !self.open {
            return;
        }
        self.datasets.get(context.backend, &(), crate::workbench::Workbench::datasets);
        let entries = self.entries(context, applies);
        let (up, down, enter) = egui.input_mut(|input| {
            (
                input.consume_key(Modifiers::NONE, Key::ArrowUp),
                input.consume_key(Modifiers::NONE, Key::ArrowDown),
                input.consume_key(Modifiers::NONE, Key::Enter),
            )
        });
        let last = entries.len().saturating_sub(1);
        if down {
            self.chosen = if self.chosen >= last { 0 } else { self.chosen + 1 };
        }
        if up {
            self.chosen = if self.chosen == 0 { last } else { self.chosen - 1 };
        }
        self.chosen = self.chosen.min(last);
        let mut taken = enter.then_some(self.chosen);
        let tokens = context.tokens;
        let id = Id::unique("palette");
        let area = egui::Modal::default_area(id)
            .anchor(Align2::CENTER_TOP, vec2(0.0, 96.0))
            .accessible_name(context.label_of(Command::Palette));
        let frame = tokens.card().inner_margin(8).shadow(egui.global_style().visuals.window_shadow);
        let modal = egui::Modal::new(id).area(area).backdrop_color(tokens.backdrop).frame(frame);
        let response = modal.show(egui, |ui| {
            ui.set_width(560.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            let hint = context.tr("palette-hint");
            let edit = TextEdit::singleline(&mut self.text)
                .hint_text(RichText::new(&hint).color(tokens.text_weak))
                .prefix(icons::text(Icon::Search, 16.0).color(tokens.text_weak))
                .desired_width(f32::INFINITY)
                .margin(Margin::symmetric(8, 8));
            let field = ui.add(edit).accessible_name(&hint);
            if field.changed() {
                self.chosen = 0;
            }
            if self.just_opened || !field.has_focus() {
                field.request_focus();
            }
            ui.add_space(space::XS);
            if entries.is_empty() {
                ui.add_space(space::S);
                widgets::weak(ui, context, context.tr("palette-nothing"));
            }
            let first = self.chosen.saturating_sub(SHOWN - 1);
            for (index, entry) in entries.iter().enumerate().skip(first).take(SHOWN) {
                if entry_ui(ui, context, entry, index == self.chosen).clicked() {
                    taken = Some(index);
                }
            }
        });
        self.just_opened = false;
        if response.should_close() {
            self.open = false;
        }
        if let Some(entry) = taken.and_then(|index| entries.into_iter().nth(index)) {
            self.open = false;
            match entry.target {
                Target::Command(command) => context.send(UiCommand::Run(command)),
                Target::Page(page) => context.open(page),
            }
        }
    }

    fn entries(&self, context: &Context<'_>, applies: impl Fn(Command) -> bool) -> Vec<Entry> {
        let mut entries = Vec::new();
        for &command in Command::ALL.iter().filter(|command| **command != Command::Palette && applies(**command)) {
            let text = context.label_of(command);
            // The stable English name is matched as well, so that one can type `publish` in every language.
            let score = fuzzy_score(&self.text, &text).max(fuzzy_score(&self.text, command.name()));
            if let Some(score) = score {
                let note = context.keys_of(command);
                entries.push(Entry { icon: command.icon(), text, note, target: Target::Command(command), score });
            }
        }
        for summary in self.datasets.latest().into_iter().flatten() {
            let text = summary.dataset.name.to_string();
            if let Some(score) = fuzzy_score(&self.text, &text) {
                let page = Page::Labeling { dataset: summary.dataset.id, filter: None };
                let note = context.tr(&format!("type-{}", summary.dataset.kind));
                entries.push(Entry { icon: Icon::Database, text, note, target: Target::Page(page), score });
            }
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.score));
        entries
    }
}

fn entry_ui(ui: &mut egui::Ui, context: &Context<'_>, entry: &Entry, chosen: bool) -> egui::Response {
    let tokens = context.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::ROW_HEIGHT - 4.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &entry.text));
    if chosen || response.hovered() {
        let fill = if chosen { tokens.selected } else { tokens.hover };
        ui.painter().rect_filled(rect, theme::CORNER, fill);
    }
    let mut row = ui.new_child(
        egui::UiBuilder::new().max_rect(rect.shrink2(vec2(space::S, 0.0))).layout(Layout::left_to_right(Align::Center)),
    );
    row.label(icons::text(entry.icon, 16.0).color(tokens.text_weak));
    row.add(egui::Label::new(&entry.text).truncate());
    row.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.label(RichText::new(&entry.note).size(text_size::SMALL).color(tokens.text_weak));
    });
    response
}

/// How well `pattern`'s letters stand in `text`, in order; `None` if they do not. More is better.
fn fuzzy_score(pattern: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let mut score = 0;
    let mut next = 0;
    let mut last_hit = None;
    for letter in pattern.chars().flat_map(char::to_lowercase).filter(|letter| !letter.is_whitespace()) {
        let hit = (next..text.len()).find(|index| text[*index] == letter)?;
        let begins_word = hit == 0 || !text[hit - 1].is_alphanumeric();
        let follows = last_hit.is_some_and(|last| last + 1 == hit);
        score += 1 + if begins_word { 8 } else { 0 } + if follows { 5 } else { 0 };
        last_hit = Some(hit);
        next = hit + 1;
    }
    // Of two equally good hits the shorter text is meant.
    let length = i32::try_from(text.len().min(200)).unwrap_or(200);
    Some(if pattern.is_empty() { 0 } else { score * 10 - length })
}

#[cfg(test)]
mod tests {
    use super::fuzzy_score;

    #[test]
    fn letters_must_come_in_order() {
        assert!(fuzzy_score("pub", "Publish…").is_some());
        assert!(fuzzy_score("发布", "发布版本").is_some());
        assert!(fuzzy_score("bup", "Publish…").is_none());
    }

    #[test]
    fn beginnings_of_words_score_more() {
        assert!(fuzzy_score("cd", "Create dataset") > fuzzy_score("cd", "Choose a folder"));
        assert!(fuzzy_score("zoom", "Zoom in") > fuzzy_score("zoom", "Browse rooms"));
    }
}
