//! What it looks like: the texts at the left, the one to read, its labels below, the keys at the right.

use super::ClassesPass;
use super::keys::{Action, HELP};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::bars;
use crate::ui::pages::labeling::entities::list::{self, TextRow};
use crate::ui::pages::labeling::label_rows::label_row_ui;
use crate::ui::text_view::{Shown, notes};
use crate::ui::theme::{self, space};
use crate::ui::widgets::{self, Button};
use egui::{Align, Layout, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use std::sync::Arc;

impl ClassesPass {
    /// Draws the page.
    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        self.update(context);
        self.take_keys(ui, context);
        self.pass.banner_ui(ui, context, self.walk.dataset);
        egui::Panel::left("classes-pass-list")
            .exact_size(list::WIDTH)
            .resizable(false)
            .show_separator_line(false)
            .frame(egui::Frame::new())
            .show(ui, |ui| self.list_ui(ui, context));
        egui::Panel::bottom("classes-pass-foot")
            .frame(egui::Frame::new())
            .show_separator_line(false)
            .show(ui, |ui| self.foot_ui(ui, context));
        egui::CentralPanel::no_frame().show(ui, |ui| self.center_ui(ui, context));
        self.was_typing = ui.ctx().text_edit_focused();
    }

    fn list_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.y = space::XS;
        let width = list::WIDTH - space::S;
        ui.set_max_width(width);
        let mut area = ScrollArea::vertical().id_salt("classes-pass-list").auto_shrink([false, false]);
        if std::mem::take(&mut self.walk.scroll_to_cursor) {
            // The text before stays in sight, so that one sees where one is.
            #[expect(clippy::cast_precision_loss, reason = "a scroll position; the list follows the keyboard")]
            let top = self.walk.cursor.saturating_sub(4) as f32 * (list::ROW + space::XS);
            area = area.vertical_scroll_offset(top);
        }
        let (mut clicked, mut wanted) = (None, 0..0);
        area.show_rows(ui, list::ROW, self.walk.rows.len(), |ui, range| {
            wanted = range.clone();
            for index in range {
                if self.row_ui(ui, context, index, width - 10.0) {
                    clicked = Some(index);
                }
            }
        });
        self.walk.rows.want(context.backend, wanted);
        if let Some(index) = clicked {
            self.walk.go_to(index);
            self.walk.scroll_to_cursor = false;
        }
    }

    fn row_ui(&self, ui: &mut Ui, context: &Context<'_>, index: usize, width: f32) -> bool {
        let tokens = context.tokens;
        let (rect, response) = ui.allocate_exact_size(vec2(width, list::ROW), Sense::click());
        let is_here = index == self.walk.cursor;
        let Some(row) = self.walk.rows.row(index) else {
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_here, context.tr("loading")));
            return false;
        };
        let is_waiting = self.pass.is_waiting(row.sample.id);
        let (icon, ink) =
            if is_waiting { (Icon::Circle, tokens.border_strong) } else { (Icon::Check, tokens.success_text) };
        let word = context.tr(self.pass.state_word(row.sample.id));
        let row = TextRow { name: &row.sample.name, word: &word, icon, ink, is_here };
        list::paint_row(ui, context, rect, response, &row).clicked()
    }

    fn center_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let failure = self.walk.failure.as_ref().or_else(|| self.opener.failure());
        if let Some(failure) = failure {
            widgets::failure(ui, context, failure);
            return;
        }
        if self.walk.is_ready() && self.walk.rows.len() == 0 {
            widgets::empty_state(ui, context, Icon::Type, &context.tr("review-no-sample-left"), None);
            return;
        }
        if self.open.is_none() {
            widgets::loading(ui, context, self.walk.waited());
            return;
        }
        let name = context.tr("entities-text");
        let Some(view) = &mut self.view else { return };
        notes::ui(ui, context, view);
        let id = view.ui(ui, context.tokens, &Shown { size: self.size, name: &name, ..Shown::default() }).id;
        self.text_id = Some(id);
        // A dialog takes Enter only while nothing else has the focus.
        let nobody = ui.memory(|memory| memory.focused().is_none() && memory.top_modal_layer().is_none());
        if nobody && !self.was_typing {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        if ui.memory(|memory| memory.has_focus(id)) {
            let all = egui::EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(id, all));
        }
    }

    /// The labels of the text that is shown, and where one is.
    fn foot_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal_wrapped(|ui| {
            ui.set_min_height(28.0);
            let labels = &self.walk.labels;
            let mut any = false;
            for label in self.given().filter_map(|annotation| labels.get(annotation.label?)) {
                widgets::label_chip(ui, context, label.name.as_str(), label.color);
                any = true;
            }
            let is_done = self.open.as_ref().is_some_and(|open| !self.pass.is_waiting(open.row.sample.id));
            if !any && is_done {
                widgets::weak(ui, context, context.tr("labeling-state-nothing"));
            }
        });
        ui.horizontal(|ui| {
            ui.set_height(28.0);
            let count = self.walk.rows.len() as u64;
            if count > 0 {
                let here = format::count(self.walk.cursor as u64 + 1);
                widgets::weak(ui, context, format!("{here} / {}", format::count(count)));
            }
            if let Some(open) = &self.open {
                widgets::weak(ui, context, context.tr(self.pass.state_word(open.row.sample.id)));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let help = widgets::icon_button(ui, context, Icon::Keyboard, &context.tr("entities-keys"));
                bars::menu(&help, 320.0, &context.tr("entities-keys"), |ui| {
                    for (id, keys) in HELP {
                        ui.horizontal(|ui| {
                            ui.label(context.tr(id));
                            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                                widgets::weak(ui, context, *keys);
                            });
                        });
                    }
                });
                for (icon, id, larger) in
                    [(Icon::ZoomIn, "entities-larger", true), (Icon::ZoomOut, "entities-smaller", false)]
                {
                    if widgets::icon_button(ui, context, icon, &context.tr(id)).clicked() {
                        self.act(Action::Size(larger), context);
                    }
                }
            });
        });
    }

    /// The inspector: the labels with their keys, and what can be decided of the text.
    pub fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        widgets::section(ui, context, context.tr("labeling-labels"));
        let modes = [(false, "labeling-mode-one"), (true, "labeling-mode-several")];
        let modes = modes.map(|(several, id)| (several, context.tr(id), None));
        widgets::segments(ui, context, &mut self.several, &modes);
        ui.add_space(space::XS);
        let labels = Arc::clone(&self.walk.labels);
        let mut used = None;
        let room = (ui.available_height() - 96.0).max(list::ROW * 4.0);
        let area = ScrollArea::vertical().id_salt("classes-pass-labels").max_height(room).auto_shrink([false, true]);
        let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 2.0);
        area.show_rows(ui, 24.0, labels.rows().len(), |ui, range| {
            for row in &labels.rows()[range] {
                let label = &row.label;
                let key = label.key.map(|key| key.to_ascii_uppercase().to_string()).unwrap_or_default();
                let color = theme::label_color(label.color);
                if label_row_ui(ui, context, label.name.as_str(), &key, color, None, self.has(label.id)) {
                    used = Some(label.id);
                }
            }
        });
        ui.spacing_mut().item_spacing.y = spacing;
        ui.separator();
        let has_any = self.given().next().is_some();
        let mut wish = None;
        ui.horizontal_wrapped(|ui| {
            let text = if has_any { "review-done-text" } else { "review-nothing-text" };
            let done = Button::primary(context.tr(text)).small().keys("0").tip(context.tr("review-done-text.tip"));
            if done.show(ui, context).clicked() {
                wish = Some(Action::Finish);
            }
            let clear = Button::secondary(context.tr("entities-clear")).small().keys("X");
            if has_any && clear.show(ui, context).clicked() {
                wish = Some(Action::Clear);
            }
        });
        if !self.takes_decisions() {
            return;
        }
        if let Some(label) = used {
            self.give(label, context);
        } else if let Some(action) = wish {
            self.act(action, context);
        }
    }
}
