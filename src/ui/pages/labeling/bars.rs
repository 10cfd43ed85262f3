//! The bars around the grid: tabs, filter, and the foot with selection and thumbnail size.

use super::actions::Mode;
use super::filter::Tab;
use super::keys::Action;
use super::{LabelingPage, SIDES};
use crate::domain::query::SampleSort;
use crate::domain::{SampleState, Usage};
use crate::ui::commands::Command;
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::Icon;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button, Field};
use egui::{Align, Layout, Popup, PopupCloseBehavior, Response, Ui};

/// A small button that opens a menu.
pub(super) fn menu_button(ui: &mut Ui, context: &Context<'_>, text: &str, icon: Icon, chosen: bool) -> Response {
    let button = Button::secondary(text).icon(icon).small();
    let button = if chosen { button.selected(true) } else { button };
    button.show(ui, context)
}

/// A menu under a button, which stays open while things in it are clicked.
pub(super) fn menu(response: &Response, width: f32, name: &str, contents: impl FnOnce(&mut Ui)) {
    Popup::menu(response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(width)
        .accessible_name(name)
        .show(|ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = space::XS;
            contents(ui);
        });
}

/// One of a few choices, all in sight.
pub(super) fn choice<T: PartialEq + Copy>(
    ui: &mut Ui,
    context: &Context<'_>,
    choices: &[(T, String)],
    chosen: Option<T>,
) -> Option<T> {
    let mut clicked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (value, text) in choices {
            let button = Button::ghost(text).small().selected(chosen == Some(*value));
            if button.show(ui, context).clicked() {
                clicked = Some(*value);
            }
        }
    });
    clicked
}

fn sort_id(sort: SampleSort) -> &'static str {
    match sort {
        SampleSort::Name => "labeling-sort-name",
        SampleSort::NameDescending => "labeling-sort-name-descending",
        SampleSort::Added => "labeling-sort-added",
        SampleSort::AddedDescending => "labeling-sort-added-descending",
    }
}

const SORTS: [SampleSort; 4] =
    [SampleSort::Name, SampleSort::NameDescending, SampleSort::AddedDescending, SampleSort::Added];

/// The button that asks for automatic labeling.
pub(super) fn auto_label_button(ui: &mut Ui, context: &Context<'_>) {
    let button = Button::ghost("").icon(Command::AutoLabel.icon()).tip(context.label_of(Command::AutoLabel));
    if button.keys_on_hover(context.keys_of(Command::AutoLabel)).show(ui, context).clicked() {
        context.send(UiCommand::Run(Command::AutoLabel));
    }
}

/// Whether the page has too little width for bars of one row.
fn is_narrow(ui: &Ui) -> bool {
    ui.available_width() < 700.0
}

impl LabelingPage {
    /// The actions at the top right; laid out from right to left.
    pub(super) fn page_actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if Button::command(Command::Publish, context).as_primary().show(ui, context).clicked() {
            context.send(UiCommand::Run(Command::Publish));
        }
        if Button::command(Command::SyncDataset, context).show(ui, context).clicked() {
            context.send(UiCommand::Run(Command::SyncDataset));
        }
        let (text, icon) = self.add_words();
        let button = Button::secondary(context.tr(text))
            .icon(icon)
            .tip(context.tr(self.word("labeling-add-images.tip", "labeling-add-texts.tip")))
            .keys_on_hover(context.keys_of(Command::AddSamples));
        if button.show(ui, context).clicked() {
            self.act(Action::AddImages, context);
        }
        if self.texts.is_some() {
            auto_label_button(ui, context);
            let reviews = Button::ghost("").icon(Command::Reviews.icon()).tip(context.label_of(Command::Reviews));
            if reviews.keys_on_hover(context.keys_of(Command::Reviews)).show(ui, context).clicked() {
                context.send(UiCommand::Run(Command::Reviews));
            }
        }
        let help = Button::ghost("").icon(Icon::Keyboard).tip(context.tr("labeling-shortcuts"));
        if help.keys_on_hover("?".to_owned()).show(ui, context).clicked() {
            self.act(Action::Help, context);
        }
    }

    pub(super) fn tabs_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let counts = self.counts.latest().copied();
        let trash = self.trash.latest().map(|counts| counts.total);
        let of = |tab: Tab| match tab {
            Tab::Unlabeled => counts.map(|counts| counts.unlabeled),
            Tab::Labeled => counts.map(|counts| counts.labeled),
            Tab::ToConfirm => counts.map(|counts| counts.to_confirm),
            Tab::All => counts.map(|counts| counts.total),
            Tab::Trash => trash,
        };
        let name = |tab: Tab| match tab {
            Tab::Unlabeled => context.tr("labeling-tab-unlabeled"),
            Tab::Labeled => context.tr("labeling-tab-labeled"),
            Tab::ToConfirm => context.tr("labeling-tab-to-confirm"),
            Tab::All => context.tr("labeling-tab-all"),
            Tab::Trash => context.tr("labeling-tab-trash"),
        };
        let tabs: Vec<_> = Tab::ALL.into_iter().map(|tab| (tab, name(tab), of(tab))).collect();
        if is_narrow(ui) {
            egui::ScrollArea::horizontal().id_salt("tabs").show(ui, |ui| self.tab_row_ui(ui, context, &tabs));
            return;
        }
        ui.horizontal(|ui| {
            self.tab_row_ui(ui, context, &tabs);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.mode_ui(ui, context, &[Mode::SeveralLabels, Mode::OneLabel]);
            });
        });
    }

    fn tab_row_ui(&mut self, ui: &mut Ui, context: &Context<'_>, tabs: &[(Tab, String, Option<u64>)]) {
        if let Some(tab) = widgets::tabs(ui, context, tabs, self.filter.tab) {
            self.filter.tab = tab;
        }
    }

    fn mode_ui(&mut self, ui: &mut Ui, context: &Context<'_>, modes: &[Mode]) {
        ui.spacing_mut().item_spacing.x = 2.0;
        for mode in modes {
            let (text, tip) = match mode {
                Mode::OneLabel => (context.tr("labeling-mode-one"), context.tr("labeling-mode-one.tip")),
                Mode::SeveralLabels => (context.tr("labeling-mode-several"), context.tr("labeling-mode-several.tip")),
            };
            let button = Button::ghost(text).small().selected(self.mode == *mode).tip(tip);
            if button.keys_on_hover("Ctrl+L".to_owned()).show(ui, context).clicked() {
                self.mode = *mode;
            }
        }
    }

    pub(super) fn filter_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let is_narrow = is_narrow(ui);
        ui.horizontal_wrapped(|ui| {
            let hint = context.tr(self.word("labeling-filter-text", "labeling-search-texts"));
            let width = if self.texts.is_some() { 240.0 } else { 180.0 };
            let field = widgets::search_field(ui, context, &mut self.filter.text, &hint, width);
            // What an input method composes is not what is searched for yet.
            if !widgets::is_composing(ui) {
                self.filter.text.clone_into(&mut self.filter.searched);
            }
            if std::mem::take(&mut self.focus_filter) {
                field.request_focus();
            }
            self.filter_labels_ui(ui, context);
            self.filter_more_ui(ui, context);
            let sort = menu_button(ui, context, &context.tr(sort_id(self.filter.sort)), Icon::ArrowUpDown, false);
            menu(&sort, 200.0, &context.tr("labeling-sort"), |ui| {
                for order in SORTS {
                    let chosen = order == self.filter.sort;
                    let button = Button::ghost(context.tr(sort_id(order))).full_width().selected(chosen);
                    if button.show(ui, context).clicked() {
                        self.filter.sort = order;
                        ui.close();
                    }
                }
            });
            if self.filter.is_narrowed() {
                let button = Button::ghost(context.tr("labeling-clear-filter")).icon(Icon::FilterX).small();
                if button.show(ui, context).clicked() {
                    self.filter.widen();
                }
            }
            if is_narrow {
                self.freshness_ui(ui, context);
                self.mode_ui(ui, context, &[Mode::OneLabel, Mode::SeveralLabels]);
            } else {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.freshness_ui(ui, context));
            }
        });
    }

    /// “Refresh”, with how many samples of the view have moved on.
    fn freshness_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let counts = self.counts.latest();
        let now = counts.and_then(|counts| match self.filter.tab.state() {
            Some(SampleState::Unlabeled) => Some(counts.unlabeled),
            Some(SampleState::Labeled) => Some(counts.labeled),
            Some(SampleState::ToConfirm) => Some(counts.to_confirm),
            None => None,
        });
        let moved = now.map_or(0, |now| now.abs_diff(self.rows.len() as u64));
        let is_current = self.loading.is_none() && self.shown.as_ref() == Some(&self.view_key());
        let text = if moved > 0 && is_current {
            context.tr_with("labeling-refresh-moved", &[("count", moved.into())])
        } else {
            context.tr("labeling-refresh")
        };
        let button = Button::ghost(text).icon(Icon::RefreshCw).small().tip(context.tr("labeling-refresh.tip"));
        if button.keys_on_hover("Ctrl+R".to_owned()).show(ui, context).clicked() {
            self.refresh();
        }
        if self.shown.is_some()
            && let Some(loading) = &self.loading
        {
            widgets::loading(ui, context, Some(loading.promise.age()));
        }
    }

    fn filter_labels_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let text = match self.filter.labels.as_slice() {
            [] => context.tr("labeling-filter-labels"),
            [only] => {
                let name = self.labels.get(*only).map(|label| label.name.as_str().to_owned());
                name.unwrap_or_else(|| context.tr("labeling-filter-labels"))
            }
            many => context.tr_with("count-labels", &[("count", many.len().into())]),
        };
        let button = menu_button(ui, context, &text, Icon::Tags, !self.filter.labels.is_empty());
        let labels = std::sync::Arc::clone(&self.labels);
        menu(&button, 240.0, &context.tr("labeling-filter-labels"), |ui| {
            if labels.rows().is_empty() {
                widgets::weak(ui, context, context.tr("labeling-no-labels"));
            }
            widgets::scroll_up_to(320.0).show(ui, |ui| {
                for row in labels.rows() {
                    let id = row.label.id;
                    let mut on = self.filter.labels.contains(&id);
                    if ui.checkbox(&mut on, row.label.name.as_str()).changed() {
                        if on {
                            self.filter.labels.push(id);
                        } else {
                            self.filter.labels.retain(|label| *label != id);
                        }
                    }
                }
            });
        });
    }

    fn filter_more_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let filter = &mut self.filter;
        let chosen = filter.hard.is_some()
            || filter.usage.is_some()
            || filter.missing.is_some()
            || !filter.property_key.is_empty();
        let button = menu_button(ui, context, &context.tr("labeling-filter-more"), Icon::SlidersHorizontal, chosen);
        menu(&button, 320.0, &context.tr("labeling-filter-more"), |ui| {
            let any = context.tr("labeling-any");
            widgets::weak(ui, context, context.tr("labeling-hard"));
            let choices = [(None, any.clone()), (Some(true), context.tr("yes")), (Some(false), context.tr("no"))];
            if let Some(hard) = choice(ui, context, &choices, Some(filter.hard)) {
                filter.hard = hard;
            }
            widgets::weak(ui, context, context.tr("labeling-usage"));
            let mut usages = vec![(None, any.clone())];
            usages.extend(Usage::ALL.map(|usage| (Some(Some(usage)), usage.as_str().to_owned())));
            usages.push((Some(None), context.tr("labeling-usage-none")));
            if let Some(usage) = choice(ui, context, &usages, Some(filter.usage)) {
                filter.usage = usage;
            }
            widgets::weak(ui, context, context.tr("labeling-missing"));
            let choices = [(None, any), (Some(true), context.tr("yes")), (Some(false), context.tr("no"))];
            if let Some(missing) = choice(ui, context, &choices, Some(filter.missing)) {
                filter.missing = missing;
            }
            ui.horizontal_top(|ui| {
                Field::new(context.tr("labeling-property")).width(150.0).show(ui, context, &mut filter.property_key);
                let value = Field::new(context.tr("labeling-property-value")).hint(context.tr("labeling-any"));
                value.width(150.0).show(ui, context, &mut filter.property_value);
            });
        });
    }

    /// How many are selected, ways to select more, and the size of thumbnails.
    pub(super) fn foot_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.add_space(space::S);
        let is_narrow = is_narrow(ui);
        ui.horizontal_wrapped(|ui| {
            let (selected, shown) = (self.selection.set().len(), self.rows.len());
            let text = if selected > 0 {
                context.tr_with("labeling-selected", &[("count", selected.into()), ("total", shown.into())])
            } else {
                context.tr_with(self.word("labeling-shown", "labeling-texts-name"), &[("count", shown.into())])
            };
            widgets::weak(ui, context, text);
            if self.preview.is_none() && shown > 0 {
                for (action, text, keys) in [
                    (Action::SelectPage, "labeling-select-page", "Ctrl+Shift+A"),
                    (Action::SelectAll, "labeling-select-all", "Ctrl+A"),
                ] {
                    let button = Button::ghost(context.tr(text)).small();
                    let button = if is_narrow { button.keys_on_hover(keys.to_owned()) } else { button.keys(keys) };
                    if button.show(ui, context).clicked() {
                        self.act(action, context);
                    }
                }
            }
            if self.filter.tab == Tab::Trash {
                let button = Button::secondary(context.tr("labeling-restore")).icon(Icon::RotateCcw).small();
                if button.enabled(selected > 0 || self.selection.cursor().is_some()).show(ui, context).clicked() {
                    self.restore(context);
                }
            } else if selected > 0 {
                if self.texts.is_some() {
                    let clear = Button::ghost(context.tr("labeling-clear-labels")).icon(Icon::Eraser).small().keys("X");
                    if clear.tip(context.tr("labeling-clear-labels.tip")).show(ui, context).clicked() {
                        self.act(Action::ClearLabels, context);
                    }
                }
                let text = context.tr_with(
                    self.word("labeling-delete-count", "labeling-delete-texts"),
                    &[("count", selected.into())],
                );
                let button = Button::ghost(text).icon(Icon::Trash2).small().keys("Delete");
                if button.show(ui, context).clicked() {
                    self.ask_to_delete(context);
                }
            }
            if self.preview.is_some() {
                return;
            }
            if self.texts.is_some() {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.lines_ui(ui, context));
            } else if is_narrow {
                self.size_ui(ui, context);
            } else {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| self.size_ui(ui, context));
            }
        });
    }

    /// How many lines of each text the list shows.
    fn lines_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.x = space::XS;
        for (icon, id, keys, action) in [
            (Icon::Plus, "labeling-more-lines", "+", Action::Larger),
            (Icon::Minus, "labeling-fewer-lines", "−", Action::Smaller),
        ] {
            let tip = format!("{}  ({keys})", context.tr(id));
            if Button::ghost("").icon(icon).tip(tip).small().show(ui, context).clicked() {
                self.act(action, context);
            }
        }
        widgets::weak(ui, context, context.tr("labeling-lines"));
    }

    fn size_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut side = self.side(context);
        let name = context.tr("labeling-thumbnail-size");
        let slider = egui::Slider::new(&mut side, SIDES).show_value(false).step_by(4.0);
        let tip = format!("{name}  ({:.0} px, + −)", self.side(context));
        let response = widgets::slider(ui, context, &name, 120.0, slider).on_hover_text(tip);
        if response.changed() {
            self.side = Some(side);
        }
        if response.drag_stopped() || (response.changed() && !response.dragged()) {
            self.keep_side(context);
        }
    }
}
