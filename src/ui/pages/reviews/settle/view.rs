//! What settling looks like: the sample's bar, the two halves, the choices below, the list of differences.

use super::SettlePage;
use super::keys::Action;
use crate::domain::agreement::Match;
use crate::domain::review::{Keep, ReviewState};
use crate::text::format;
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::{self, Icon};
use crate::ui::pages::Page;
use crate::ui::pages::reviews::decisions::key_of;
use crate::ui::pages::reviews::words;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align, EventFilter, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

/// The height of a row of the list in points.
const ROW: f32 = 44.0;

impl SettlePage {
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.update(context);
        if let Some(failure) = &self.failure {
            widgets::failure(ui, context, failure);
            return;
        }
        let Some(samples) = &self.samples else {
            let waited = self.reading.as_ref().map(crate::ui::backend::Promise::age);
            widgets::loading(ui, context, waited);
            return;
        };
        if samples.is_empty() {
            let button = Button::primary(context.tr("review-see-agreement")).icon(Icon::ScanEye);
            if widgets::empty_state(ui, context, Icon::CircleCheck, &context.tr("review-no-difference"), Some(button)) {
                context.open(Page::Review { dataset: self.dataset, review: self.review });
            }
            return;
        }
        self.take_keys(ui, context);
        self.bar_ui(ui, context);
        egui::Panel::bottom("review-choices")
            .frame(egui::Frame::new().inner_margin(egui::Margin { top: 8, ..egui::Margin::ZERO }))
            .show_separator_line(false)
            .show(ui, |ui| self.choices_ui(ui, context));
        egui::CentralPanel::no_frame().show(ui, |ui| self.pair_ui(ui, context));
    }

    fn bar_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut wish = None;
        let tool = |ui: &mut Ui, icon: Icon, id: &str, keys: &str, enabled: bool| {
            let button = Button::ghost("").icon(icon).tip(context.tr(id)).keys_on_hover(keys.to_owned());
            button.enabled(enabled).show(ui, context).clicked()
        };
        let samples = self.samples.as_deref().unwrap_or_default();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (icon, id, keys, action) in [
                (Icon::ChevronLeft, "review-previous", "A", Action::Sample(-1)),
                (Icon::ChevronRight, "review-next", "D", Action::Sample(1)),
                (Icon::ChevronsRight, "review-next-open", "F", Action::NextOpen),
            ] {
                if tool(ui, icon, id, keys, true) {
                    wish = Some(action);
                }
            }
            ui.add_space(space::S);
            if let Some(row) = self.here() {
                let place = (self.cursor as u64 + 1, samples.len() as u64);
                widgets::weak(ui, context, format!("{} / {}", format::count(place.0), format::count(place.1)));
                words::sample_badge(ui, context, row);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (icon, id, keys, look) in self.sides.iter().flat_map(|sides| sides.tools()) {
                    if tool(ui, *icon, id, keys, true) {
                        wish = Some(Action::Look(*look));
                    }
                }
                ui.separator();
                let can_undo = self.decisions.can_undo() || self.state() == ReviewState::Settled;
                for (command, enabled) in [(Command::Redo, self.decisions.can_redo()), (Command::Undo, can_undo)] {
                    let id = format!("command-{}", command.name());
                    if tool(ui, command.icon(), &id, &context.keys_of(command), enabled) {
                        context.send(UiCommand::Run(command));
                    }
                }
                ui.separator();
                let settled = samples.iter().filter(|row| row.state == ReviewState::Settled).count() as u64;
                let all = samples.len() as u64;
                let arguments = [("settled", format::count(settled).into()), ("total", format::count(all).into())];
                let text = context.tr_with("review-settled-of", &arguments);
                #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
                let fraction = settled as f32 / all.max(1) as f32;
                ui.label(RichText::new(&text).size(text_size::SMALL).color(context.tokens.text_weak));
                widgets::progress_bar(ui, context, fraction, 96.0, &text);
                // Between what stands at both ends: a text's name is its beginning, as long as it may be.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if let Some(row) = self.here() {
                        ui.add(egui::Label::new(RichText::new(&row.name)).truncate());
                    }
                });
            });
        });
        ui.add_space(space::XS);
        if let Some(action) = wish {
            self.act(action, context);
        }
    }

    fn pair_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let here = self.here().map(|row| row.id);
        if self.subject.as_ref().is_none_or(|subject| Some(subject.row.sample.id) != here) {
            let waited = self.opening.as_ref().map(|(_, promise)| promise.age());
            widgets::loading(ui, context, waited);
            return;
        }
        let Some(output) = self.with_sides(|sides, shown| sides.ui(ui, context, shown)) else { return };
        if let Some(clicked) = output.clicked {
            let is_it = |found: &Match| {
                let (first, second) = key_of(found);
                first == Some(clicked) || second == Some(clicked)
            };
            let place = self.differences().position(is_it);
            self.current = place.unwrap_or(self.current);
        }
        self.keys_id = output.keys_id;
        let Some(id) = output.keys_id else { return };
        // A dialog takes Enter only while nothing else has the focus.
        if ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none()) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        if ui.memory(|memory| memory.has_focus(id)) {
            let filter = EventFilter { tab: true, horizontal_arrows: true, vertical_arrows: true, escape: false };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        }
    }

    /// What a difference is, in words.
    fn words_of(&self, context: &Context<'_>, found: &Match) -> String {
        match *found {
            Match::Agreed { first, second, .. } | Match::OtherLabel { first, second, .. } => {
                let arguments = [("first", self.name_of(first).into()), ("second", self.name_of(second).into())];
                context.tr_with("review-difference-label", &arguments)
            }
            Match::OnlyFirst { first } => {
                context.tr_with("review-difference-first", &[("label", self.name_of(first).into())])
            }
            Match::OnlySecond { second } => {
                context.tr_with("review-difference-second", &[("label", self.name_of(second).into())])
            }
        }
    }

    /// The choices there are about a difference: what they are called, and their keys.
    fn choices_of(&self, context: &Context<'_>, found: &Match) -> Vec<(Keep, String, &'static str)> {
        match *found {
            Match::Agreed { first, second, .. } | Match::OtherLabel { first, second, .. } => vec![
                (Keep::First, context.tr_with("review-keep-first", &[("label", self.name_of(first).into())]), "1"),
                (Keep::Second, context.tr_with("review-keep-second", &[("label", self.name_of(second).into())]), "2"),
                (Keep::Both, context.tr("review-keep-both"), "3"),
                (Keep::Neither, context.tr("review-keep-neither"), "0"),
            ],
            Match::OnlyFirst { .. } => vec![
                (Keep::First, context.tr("review-keep-it"), "1"),
                (Keep::Second, context.tr("review-remove-it"), "2"),
            ],
            Match::OnlySecond { .. } => vec![
                (Keep::First, context.tr("review-leave-it-out"), "1"),
                (Keep::Second, context.tr("review-add-it"), "2"),
            ],
        }
    }

    /// The choices about the current difference, below the halves.
    fn choices_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let found = self.differences().nth(self.current).cloned();
        let count = self.differences().count();
        let mut wish = None;
        ui.horizontal_wrapped(|ui| {
            ui.set_min_height(theme::size::CONTROL_HEIGHT);
            let (Some(found), Some(subject)) = (&found, &self.subject) else {
                let (icon, id) = match self.state() {
                    ReviewState::Settled => (Icon::CircleCheck, "review-sample-settled"),
                    ReviewState::Done => (Icon::CircleCheck, "review-sample-agrees"),
                    ReviewState::Waiting => return,
                };
                ui.label(icons::text(icon, 16.0).color(context.tokens.success_text));
                ui.label(context.tr(id));
                if !self.samples.iter().flatten().any(words::is_to_settle) {
                    ui.add_space(space::S);
                    let button = Button::secondary(context.tr("review-see-agreement")).icon(Icon::ScanEye);
                    if button.show(ui, context).clicked() {
                        context.open(Page::Review { dataset: self.dataset, review: self.review });
                    }
                }
                return;
            };
            let place = (self.current as u64 + 1, count as u64);
            widgets::weak(ui, context, format!("{} / {}", format::count(place.0), format::count(place.1)));
            widgets::section(ui, context, self.words_of(context, found));
            ui.add_space(space::S);
            let chosen = self.decisions.get(subject.row.sample.id, key_of(found));
            for (keep, text, keys) in self.choices_of(context, found) {
                let button = Button::secondary(text).keys(keys);
                let button = if chosen == Some(keep) { button.selected(true) } else { button };
                if button.show(ui, context).clicked() {
                    wish = Some(Action::Keep(keep));
                }
            }
        });
        if let Some(action) = wish {
            self.act(action, context);
        }
    }

    /// The differences of the sample, and the choices about all that are open.
    pub fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let count = self.differences().count();
        let Some(sample) = self.subject.as_ref().map(|subject| subject.row.sample.id) else { return };
        let agreed =
            self.subject.iter().flat_map(|subject| &subject.matches).filter(|found| !found.is_difference()).count();
        if self.state() == ReviewState::Settled {
            widgets::section(ui, context, context.tr("review-sample-settled"));
            let keys = [("keys", context.keys_of(Command::Undo).into())];
            widgets::weak(ui, context, context.tr_with("review-settled-note", &keys));
            return;
        }
        widgets::section(ui, context, context.tr_with("review-differences", &[("count", count.into())]));
        let decided = self.decisions.count(sample);
        let arguments =
            [("agreed", format::count(agreed as u64).into()), ("decided", format::count(decided as u64).into())];
        widgets::weak(ui, context, context.tr_with("review-differences-note", &arguments));
        if count == 0 {
            return;
        }
        ui.add_space(space::XS);
        for (keep, id, keys) in
            [(Keep::First, "review-rest-first", "Alt+1"), (Keep::Second, "review-rest-second", "Alt+2")]
        {
            let button = Button::secondary(context.tr(id)).keys(keys).full_width();
            if button.tip(context.tr("review-rest.tip")).show(ui, context).clicked() {
                self.act(Action::KeepRest(keep), context);
                return;
            }
        }
        ui.add_space(space::S);
        let mut clicked = None;
        let rows: Vec<Match> = self.differences().cloned().collect();
        ScrollArea::vertical().id_salt("review-differences").auto_shrink([false, false]).show_rows(
            ui,
            ROW,
            rows.len(),
            |ui, range| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for place in range {
                    if self.row_ui(ui, context, place, &rows[place]) {
                        clicked = Some(place);
                    }
                }
            },
        );
        if let Some(place) = clicked {
            self.look_at(place);
        }
    }

    fn row_ui(&self, ui: &mut Ui, context: &Context<'_>, place: usize, found: &Match) -> bool {
        let tokens = context.tokens;
        let Some(sample) = self.subject.as_ref().map(|subject| subject.row.sample.id) else { return false };
        let is_here = place == self.current;
        let words = self.words_of(context, found);
        let chosen = self.decisions.get(sample, key_of(found));
        let mut choices = self.choices_of(context, found).into_iter();
        let choice = chosen.and_then(|chosen| choices.find(|(keep, _, _)| *keep == chosen)).map(|(_, text, _)| text);
        let note = choice.unwrap_or_else(|| context.tr("review-open-difference"));
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - 2.0), Sense::click());
        let number = format::count(place as u64 + 1);
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListBoxOption, true, is_here, format!("{number} {words}: {note}"))
        });
        let painter = ui.painter();
        if is_here || response.hovered() {
            painter.rect_filled(rect, theme::CORNER, if is_here { tokens.selected } else { tokens.hover });
        }
        let icon = match found {
            Match::OnlyFirst { .. } => Icon::Minus,
            Match::OnlySecond { .. } => Icon::Plus,
            _ => Icon::Tag,
        };
        let (mark, ink) =
            if chosen.is_some() { (Icon::Check, tokens.success_text) } else { (icon, tokens.warning_text) };
        icons::paint(painter, pos2(rect.min.x + 16.0, rect.center().y), mark, 14.0, ink);
        let area = Rect::from_min_max(pos2(rect.min.x + 32.0, rect.min.y + 3.0), rect.max - vec2(4.0, 2.0));
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(area).layout(Layout::top_down(Align::Min)));
        child.spacing_mut().item_spacing.y = 0.0;
        child.add(egui::Label::new(words).truncate().selectable(false));
        let note = RichText::new(note).size(text_size::SMALL).color(tokens.text_weak);
        child.add(egui::Label::new(note).truncate().selectable(false));
        response.clicked()
    }
}
