//! The inspector: the labels of the selection with their counts, hard, usage, properties, and the facts of a file.

use super::LabelingPage;
use super::bars::{choice, menu};
use super::census::{Census, LabelCensus};
use super::labels::LabelTable;
use super::tile::{file_name, line};
use crate::domain::query::SampleRow;
use crate::domain::{Assign, Edit, LabelId, SampleId, SampleState, Usage};
use crate::text::format;
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button, Field};
use egui::{Align, Layout, RichText, Sense, Ui, vec2};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the inspector remembers.
#[derive(Default)]
pub struct InspectorState {
    /// The label whose properties are shown.
    open: Option<LabelId>,
    /// The property that is being written: its key and value.
    new_property: (String, String),
    /// Values being changed: label, key, text.
    changed: Option<(LabelId, String, String)>,
    /// Width and height of the one selected picture, where the catalog does not know them.
    dimensions: Query<SampleId, (u32, u32)>,
}

/// A list of labels to choose one from.
fn label_menu_ui(ui: &mut Ui, context: &Context<'_>, table: &LabelTable, without: Option<LabelId>) -> Option<LabelId> {
    let mut chosen = None;
    widgets::scroll_up_to(280.0).show(ui, |ui| {
        for row in table.rows().iter().filter(|row| Some(row.label.id) != without) {
            if Button::ghost(row.label.name.as_str()).full_width().show(ui, context).clicked() {
                chosen = Some(row.label.id);
                ui.close();
            }
        }
    });
    chosen
}

impl LabelingPage {
    /// The part of the inspector about what is selected.
    pub(super) fn selection_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let targets = self.selection.targets();
        ui.add_space(space::S);
        ui.separator();
        if targets.is_empty() {
            widgets::weak(
                ui,
                context,
                context.tr(self.word("labeling-nothing-selected", "labeling-nothing-selected-texts")),
            );
            return;
        }
        let revision = self.selection.revision();
        let census = self.census.get(context.backend, &self.rows, &targets, revision).cloned();
        widgets::panel_scroll(ui, "selection", |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            let single =
                (targets.len() == 1).then(|| targets.last()).flatten().and_then(|index| self.rows.row(index)).cloned();
            match &single {
                Some(row) => widgets::section(ui, context, file_name(&row.sample.name)).on_hover_text(&row.sample.name),
                None => widgets::section(
                    ui,
                    context,
                    context.tr_with(
                        self.word("labeling-selected-title", "labeling-selected-title-texts"),
                        &[("count", targets.len().into())],
                    ),
                ),
            };
            let Some(census) = census else {
                widgets::weak(ui, context, context.tr("labeling-counting"));
                ui.add(egui::Spinner::new().size(16.0).color(context.tokens.accent_text));
                return;
            };
            if census.deleted > 0 {
                let button = Button::secondary(context.tr("labeling-restore")).icon(Icon::RotateCcw);
                if button.show(ui, context).clicked() {
                    self.restore(context);
                }
            } else {
                self.labels_of_selection_ui(ui, context, &census);
                ui.add_space(space::S);
                self.hard_and_usage_ui(ui, context, &census);
            }
            if let Some(row) = single {
                ui.add_space(space::S);
                let dimensions = upright(&row).or_else(|| {
                    let sample = row.sample.clone();
                    let query = &mut self.inspector.dimensions;
                    query.get(context.backend, &row.sample.id, move |workbench| workbench.dimensions(&sample)).copied()
                });
                facts_ui(ui, context, &row, dimensions);
            }
        });
    }

    fn labels_of_selection_ui(&mut self, ui: &mut Ui, context: &Context<'_>, census: &Census) {
        let table = Arc::clone(&self.labels);
        ui.horizontal(|ui| {
            widgets::weak(ui, context, context.tr("labeling-selection-labels"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let name = context.tr("labeling-selection-add");
                let button = Button::ghost(&name).icon(Icon::Plus).small().show(ui, context);
                let mut added = None;
                menu(&button, 220.0, &name, |ui| added = label_menu_ui(ui, context, &table, None));
                if let Some(label) = added {
                    let edit = Edit::Assign { samples: Vec::new(), labels: vec![label], how: Assign::Add };
                    self.submit(edit, self.selection.targets(), context);
                }
            });
        });
        let mut carried: Vec<(LabelId, &LabelCensus)> =
            census.labels.iter().map(|(label, of_label)| (*label, of_label)).collect();
        carried.sort_by_key(|(label, _)| table.place(*label));
        if carried.is_empty() {
            let state =
                if census.states[1] == census.samples { "labeling-state-nothing" } else { "labeling-state-unlabeled" };
            ui.label(RichText::new(context.tr(state)).color(context.tokens.text_weak));
        }
        for (label, of_label) in carried {
            ui.push_id(label, |ui| self.label_of_selection_ui(ui, context, &table, census, label, of_label));
        }
    }

    fn label_of_selection_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        table: &LabelTable,
        census: &Census,
        id: LabelId,
        of_label: &LabelCensus,
    ) {
        let Some(label) = table.get(id) else { return };
        let name = label.name.as_str();
        let tokens = context.tokens;
        let is_open = self.inspector.open == Some(id);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let (icon, tip) = if is_open {
                (Icon::ChevronDown, context.tr_with("labeling-properties-hide", &[("name", name.into())]))
            } else {
                (Icon::ChevronRight, context.tr_with("labeling-properties-show", &[("name", name.into())]))
            };
            if Button::ghost("").icon(icon).tip(tip).small().show(ui, context).clicked() {
                self.inspector.open = (!is_open).then_some(id);
                self.inspector.new_property = (String::new(), String::new());
            }
            let (dot, _) = ui.allocate_exact_size(vec2(12.0, 24.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 5.0, theme::label_color(label.color));
            let count = if census.samples == 1 {
                String::new()
            } else {
                format!("{} / {}", format::count(of_label.samples as u64), format::count(census.samples as u64))
            };
            let small = RichText::new(count).size(text_size::SMALL).color(tokens.text_weak);
            let buttons_px = 2.0 * 30.0 + 64.0;
            let width = (ui.available_width() - buttons_px).max(40.0);
            let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::hover());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, name));
            let galley = line(ui.painter(), name, text_size::BODY, tokens.text, rect.width());
            ui.painter().galley(egui::pos2(rect.min.x, rect.center().y - galley.size().y / 2.0), galley, tokens.text);
            response.on_hover_text(name);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let tip = context.tr_with("labeling-selection-remove", &[("name", name.into())]);
                if Button::ghost("").icon(Icon::X).tip(tip).small().show(ui, context).clicked() {
                    let edit = Edit::Assign { samples: Vec::new(), labels: vec![id], how: Assign::Remove };
                    self.submit(edit, self.selection.targets(), context);
                }
                let tip = context.tr_with("labeling-selection-replace", &[("name", name.into())]);
                let button = Button::ghost("").icon(Icon::ArrowLeftRight).tip(&tip).small().show(ui, context);
                let mut to = None;
                menu(&button, 220.0, &tip, |ui| to = label_menu_ui(ui, context, table, Some(id)));
                if let Some(to) = to {
                    let edit = Edit::ReplaceLabel { samples: Vec::new(), from: id, to };
                    self.submit(edit, self.selection.targets(), context);
                }
                ui.label(small);
            });
        });
        if is_open {
            ui.indent("properties", |ui| self.properties_ui(ui, context, id, of_label));
        }
    }

    /// The free properties of one label, on all selected samples that carry it.
    fn properties_ui(&mut self, ui: &mut Ui, context: &Context<'_>, label: LabelId, of_label: &LabelCensus) {
        let set = |key: &str, value: Option<String>| Edit::SetProperty {
            samples: Vec::new(),
            label,
            key: key.to_owned(),
            value,
        };
        let mut edits = Vec::new();
        for (key, values) in &of_label.properties {
            ui.push_id(key, |ui| {
                ui.horizontal(|ui| {
                    let one = if values.len() == 1 {
                        values.iter().next().cloned().unwrap_or_default()
                    } else {
                        String::new()
                    };
                    let changing = self.inspector.changed.take().filter(|(of, other, _)| *of == label && other == key);
                    let mut text = changing.as_ref().map_or_else(|| one.clone(), |(_, _, text)| text.clone());
                    let (rect, response) = ui.allocate_exact_size(vec2(76.0, 24.0), Sense::hover());
                    let galley = line(ui.painter(), key, text_size::SMALL, context.tokens.text_weak, rect.width());
                    let at = egui::pos2(rect.min.x, rect.center().y - galley.size().y / 2.0);
                    ui.painter().galley(at, galley, context.tokens.text_weak);
                    response.on_hover_text(key);
                    let hint = if values.len() > 1 { several(context, values) } else { String::new() };
                    let width = (ui.available_width() - 36.0).max(60.0);
                    let field = Field::new(key).hide_label().hint(hint).width(width).show(ui, context, &mut text);
                    if field.lost_focus() && changing.is_some() && text != one {
                        edits.push(set(key, Some(text)));
                    } else if field.has_focus() {
                        self.inspector.changed = Some((label, key.clone(), text));
                    }
                    let tip = context.tr_with("labeling-property-remove", &[("name", key.into())]);
                    if Button::ghost("").icon(Icon::X).tip(tip).small().show(ui, context).clicked() {
                        edits.push(set(key, None));
                    }
                });
            });
        }
        ui.horizontal(|ui| {
            let width = ((ui.available_width() - 44.0) / 2.0).max(50.0);
            let (key, value) = &mut self.inspector.new_property;
            let name = context.tr("labeling-property");
            Field::new(&name).hint(&name).hide_label().width(width).show(ui, context, key);
            let name = context.tr("labeling-property-value");
            let field = Field::new(&name).hint(&name).hide_label().width(width).show(ui, context, value);
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            let tip = context.tr("labeling-property-add");
            let button = Button::ghost("").icon(Icon::Plus).tip(tip).small().enabled(!key.trim().is_empty());
            if (button.show(ui, context).clicked() || entered) && !key.trim().is_empty() {
                edits.push(set(key.trim(), Some(std::mem::take(value))));
                key.clear();
            }
        });
        for edit in edits {
            self.submit(edit, self.selection.targets(), context);
        }
    }

    fn hard_and_usage_ui(&mut self, ui: &mut Ui, context: &Context<'_>, census: &Census) {
        let all = census.annotated > 0 && census.hard == census.annotated;
        ui.horizontal(|ui| {
            let button =
                Button::secondary(context.tr("labeling-hard")).icon(Icon::Flame).small().selected(all).keys("H");
            let button = button.tip(context.tr("labeling-hard.tip")).enabled(census.annotated > 0);
            if button.show(ui, context).clicked() {
                self.toggle_hard(context);
            }
            if census.samples > 1 && census.hard > 0 {
                let text = format!("{} / {}", format::count(census.hard as u64), format::count(census.samples as u64));
                widgets::weak(ui, context, text);
            }
        });
        widgets::weak(ui, context, context.tr("labeling-usage"));
        let mut usages: Vec<_> = Usage::ALL.into_iter().map(|usage| (Some(usage), usage.as_str().to_owned())).collect();
        usages.push((None, context.tr("labeling-usage-none")));
        if let Some(usage) = choice(ui, context, &usages, census.common_usage()) {
            self.submit(Edit::SetUsage { samples: Vec::new(), usage }, self.selection.targets(), context);
        }
    }
}

fn several(context: &Context<'_>, values: &BTreeSet<String>) -> String {
    context.tr_with("labeling-property-several", &[("count", values.len().into())])
}

/// Width and height as they are seen: EXIF orientations from 5 on lie on their side.
fn upright(row: &SampleRow) -> Option<(u32, u32)> {
    let media = &row.sample.media;
    let (width, height) = (media.width_px?, media.height_px?);
    Some(if media.orientation.is_some_and(|orientation| orientation >= 5) { (height, width) } else { (width, height) })
}

/// A source URI as a path, where it is one; of a piece of a file, the file.
fn place(source: &str) -> String {
    let source = if source.starts_with("file://") { source.split('#').next().unwrap_or(source) } else { source };
    source.strip_prefix("file://").map_or_else(
        || source.to_owned(),
        |path| percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned(),
    )
}

fn fact(ui: &mut Ui, context: &Context<'_>, name: &str, value: &str) {
    ui.horizontal_top(|ui| {
        ui.allocate_ui(vec2(84.0, 18.0), |ui| {
            ui.set_min_width(84.0);
            widgets::weak(ui, context, context.tr(name));
        });
        let text = RichText::new(value).size(text_size::SMALL);
        ui.add(egui::Label::new(text).wrap().selectable(true));
    });
}

fn facts_ui(ui: &mut Ui, context: &Context<'_>, row: &SampleRow, dimensions: Option<(u32, u32)>) {
    ui.separator();
    widgets::section(ui, context, context.tr("labeling-facts"));
    let media = &row.sample.media;
    let state = match row.state {
        _ if row.deleted => "labeling-state-deleted",
        SampleState::Unlabeled => "labeling-state-unlabeled",
        SampleState::Labeled => "labeling-state-labeled",
        SampleState::ToConfirm => "labeling-state-to-confirm",
    };
    fact(ui, context, "labeling-fact-state", &context.tr(state));
    if media.missing {
        ui.label(RichText::new(context.tr("labeling-fact-missing")).color(context.tokens.danger_text));
    }
    if let Some((width, height)) = dimensions {
        fact(ui, context, "labeling-fact-dimensions", &format!("{} × {}", format::count(width), format::count(height)));
    }
    if let Some(size) = media.size_bytes {
        fact(ui, context, "labeling-fact-size", &format::bytes(size));
    }
    let latest = row.primary().max_by_key(|annotation| annotation.created);
    if let Some(annotation) = latest {
        fact(ui, context, "labeling-fact-labeled-by", &annotation.annotated_by);
        if let Some(created) = annotation.created {
            let when = format::relative(context.language, created, context.now);
            fact(ui, context, "labeling-fact-labeled-at", &format!("{when} ({})", format::exact(created)));
        }
        if let Some(confidence) = annotation.confidence {
            fact(ui, context, "labeling-fact-confidence", &format::percent(confidence, 1));
        }
    }
    fact(ui, context, "labeling-fact-added", &format::exact(row.sample.added));
    fact(ui, context, "labeling-fact-path", &place(&row.sample.source));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_shown_as_paths() {
        assert_eq!(place("file:///a%20b/%E8%8A%B1.jpg"), "/a b/花.jpg");
        assert_eq!(place("file:///a%23b.txt#ab4065f710944210-1"), "/a#b.txt");
        assert_eq!(place("s3://bucket/a%20b"), "s3://bucket/a%20b");
    }
}
