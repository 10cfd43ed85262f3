//! Beside the text: the labels with their keys and counts, the entities in the order of the text, what is said of the
//! chosen one.

use super::keys::Action;
use super::{EntitiesPage, is_suggestion, range_of};
use crate::domain::{Annotation, AnnotationId, LabelId};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::detection::color_of;
use crate::ui::pages::labeling::dialogs::EditLabel;
use crate::ui::pages::labeling::label_rows::LabelRows;
use crate::ui::pages::labeling::tile::line;
use crate::ui::theme::{self, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align2, FontFamily, FontId, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use std::collections::HashMap;
use std::sync::Arc;

const ROW: f32 = 26.0;

impl EntitiesPage {
    /// The inspector.
    pub fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        widgets::panel_scroll(ui, "entities-inspector", |ui| {
            self.labels_ui(ui, context);
            ui.separator();
            self.decisions_ui(ui, context);
            self.sure_ui(ui, context);
            ui.separator();
            self.entities_ui(ui, context);
            self.chosen_ui(ui, context);
        });
    }

    fn labels_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal(|ui| {
            widgets::section(ui, context, context.tr("labeling-labels"));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if widgets::icon_button(ui, context, Icon::Plus, &context.tr("labeling-new-label")).clicked() {
                    context.show(EditLabel::new_label(self.walk.dataset, &self.walk.labels));
                }
            });
        });
        let mut counts: HashMap<LabelId, u64> = HashMap::new();
        for label in self.entities().filter_map(|entity| entity.label) {
            *counts.entry(label).or_default() += 1;
        }
        let labels = Arc::clone(&self.walk.labels);
        if labels.rows().is_empty() {
            widgets::weak(ui, context, context.tr("entities-no-labels"));
        }
        let rows = LabelRows {
            id: "entities-labels",
            most: 9,
            labels: &labels,
            counts: &counts,
            current: self.label,
            on_canvas: false,
            has_menu: true,
        };
        if let Some(label) = rows.show(ui, context, self.walk.dataset) {
            self.act(Action::Give(label), ui.ctx(), context);
        }
    }

    /// What can be decided of the whole text.
    fn decisions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.open.is_none() || self.pass_decisions_ui(ui, context) {
            return;
        }
        let suggested = self.entities().filter(|entity| is_suggestion(entity)).count();
        ui.horizontal_wrapped(|ui| {
            if suggested > 0 {
                let text = context.tr_with("entities-accept", &[("count", suggested.into())]);
                if Button::primary(text).small().keys("Enter").show(ui, context).clicked() {
                    self.act(Action::Accept, ui.ctx(), context);
                }
            }
            if Button::secondary(context.tr("entities-done")).small().keys("0").show(ui, context).clicked() {
                self.act(Action::Confirm, ui.ctx(), context);
            }
            if Button::secondary(context.tr("entities-clear")).small().keys("X").show(ui, context).clicked() {
                self.act(Action::Clear, ui.ctx(), context);
            }
            let listed = Button::ghost(context.tr("entities-clear-listed")).small().icon(Icon::Eraser);
            if listed.show(ui, context).clicked() {
                self.ask_to_clear_listed(context);
            }
        });
    }

    /// What models suggest: all that they are sure enough of, here or in every text of the list.
    fn sure_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let waiting = self.walk.counts.latest().map_or(0, |counts| counts.to_confirm);
        let least = self.least();
        let suggested = self.entities().filter(|entity| is_suggestion(entity));
        let sure: Vec<bool> = suggested.map(|entity| entity.confidence.is_none_or(|sure| sure >= least)).collect();
        if self.pass.is_some() || waiting == 0 && sure.is_empty() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            widgets::weak(ui, context, context.tr("entities-sure"));
            let slider = egui::Slider::new(&mut self.threshold, 0..=100).suffix(" %");
            widgets::slider(ui, context, &context.tr("labeling-sure-name"), 90.0, slider);
            let count = sure.iter().filter(|sure| **sure).count();
            let here = Button::secondary(context.tr_with("entities-sure-here", &[("count", count.into())])).small();
            if here.enabled(count > 0).show(ui, context).clicked() {
                self.accept_sure_here(context);
            }
            let listed = Button::secondary(context.tr("entities-sure-listed")).small().icon(Icon::CheckCheck);
            if listed.keys_on_hover("Ctrl+Enter".to_owned()).enabled(waiting > 0).show(ui, context).clicked() {
                self.act(Action::AcceptSure, ui.ctx(), context);
            }
            let refuse = Button::ghost(context.tr("entities-refuse")).small().icon(Icon::X);
            let refuse = refuse.keys_on_hover("Shift+X".to_owned()).enabled(!sure.is_empty());
            if refuse.show(ui, context).clicked() {
                self.act(Action::RefuseAll, ui.ctx(), context);
            }
        });
    }

    fn entities_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut all: Vec<Annotation> = self.entities().cloned().collect();
        widgets::section(ui, context, context.tr_with("entities-list", &[("count", all.len().into())]));
        if all.is_empty() {
            widgets::weak(ui, context, context.tr("entities-none"));
            return;
        }
        let width = ui.available_width();
        widgets::search_field(ui, context, &mut self.list_filter, &context.tr("entities-filter"), width);
        let wanted = self.list_filter.trim().to_lowercase();
        let name_of = |entity: &Annotation| {
            let label = entity.label.and_then(|label| self.walk.labels.get(label));
            label.map(|label| label.name.as_str()).unwrap_or_default()
        };
        all.retain(|entity| {
            wanted.is_empty()
                || name_of(entity).to_lowercase().contains(&wanted)
                || covered(entity).to_lowercase().contains(&wanted)
        });
        all.sort_by_key(|entity| range_of(entity).map_or((0, 0), |range| (range.start, range.end)));
        let mut used: Option<AnnotationId> = None;
        let area = ScrollArea::vertical().id_salt("entities-rows").max_height(ROW * 12.0).auto_shrink([false, true]);
        let spacing = std::mem::replace(&mut ui.spacing_mut().item_spacing.y, 2.0);
        area.show_rows(ui, ROW - 2.0, all.len(), |ui, range| {
            for entity in &all[range] {
                let color = color_of(&self.walk.labels, entity.label);
                if row_ui(ui, context, entity, name_of(entity), color, self.chosen == Some(entity.id)) {
                    used = Some(entity.id);
                }
            }
        });
        ui.spacing_mut().item_spacing.y = spacing;
        if let Some(entity) = used.and_then(|id| all.iter().find(|entity| entity.id == id))
            && let Some(range) = range_of(entity)
        {
            self.choose(entity.id, range);
        }
    }

    /// What is said of the chosen entity.
    fn chosen_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(entity) = self.chosen_entity().cloned() else { return };
        let Some(range) = range_of(&entity) else { return };
        ui.separator();
        widgets::section(ui, context, context.tr("entities-chosen"));
        ui.label(covered(&entity));
        let arguments = [("start", range.start.into()), ("end", range.end.into())];
        widgets::weak(ui, context, context.tr_with("entities-place", &arguments));
        if let Some(confidence) = entity.confidence {
            let text = format::percent(confidence, 1);
            widgets::weak(ui, context, context.tr_with("entities-confidence", &[("confidence", text.into())]));
        }
        widgets::weak(ui, context, context.tr_with("entities-by", &[("name", entity.annotated_by.clone().into())]));
        for (key, value) in &entity.properties {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            widgets::weak(ui, context, format!("{key}: {value}"));
        }
        let mut hard = entity.hard == Some(true);
        if widgets::check_box(ui, context, &mut hard, &context.tr("entities-hard")).clicked() {
            self.change_chosen(context, |entity| entity.hard = Some(hard));
        }
        ui.horizontal_wrapped(|ui| {
            let everywhere = Button::secondary(context.tr("entities-everywhere")).small().icon(Icon::CopyCheck);
            // It would label the dataset, not the pass.
            if self.pass.is_none() && everywhere.keys_on_hover("Ctrl+D".to_owned()).show(ui, context).clicked() {
                self.act(Action::Everywhere, ui.ctx(), context);
            }
            if Button::ghost(context.tr("entities-delete")).small().icon(Icon::Trash2).show(ui, context).clicked() {
                self.act(Action::Delete, ui.ctx(), context);
            }
        });
    }
}

/// The words of an entity on one line.
fn covered(entity: &Annotation) -> String {
    match &entity.body {
        crate::domain::AnnotationBody::Entity { text, .. } => text.replace(['\n', '\r', '\t'], " "),
        _ => String::new(),
    }
}

fn row_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    entity: &Annotation,
    name: &str,
    color: egui::Color32,
    chosen: bool,
) -> bool {
    let tokens = context.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - 2.0), Sense::click());
    let text = covered(entity);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, format!("{text} {name}")));
    let painter = ui.painter();
    if chosen || response.hovered() {
        painter.rect_filled(rect, theme::CORNER, if chosen { tokens.selected } else { tokens.hover });
    }
    let middle = rect.center().y;
    if !is_suggestion(entity) {
        painter.circle_filled(pos2(rect.min.x + 12.0, middle), 5.0, color);
    } else {
        painter.circle_stroke(pos2(rect.min.x + 12.0, middle), 4.5, egui::Stroke::new(1.5, color));
    }
    let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let label = line(painter, name, text_size::SMALL, tokens.text_weak, rect.width() * 0.4);
    let end = rect.max.x - 6.0 - label.size().x;
    painter.galley(pos2(end, middle - label.size().y / 2.0), label, tokens.text_weak);
    let galley = line(painter, &text, text_size::BODY, tokens.text, end - rect.min.x - 32.0);
    painter.galley(pos2(rect.min.x + 24.0, middle - galley.size().y / 2.0), galley, tokens.text);
    if entity.hard == Some(true) {
        painter.text(pos2(rect.min.x + 4.0, middle), Align2::CENTER_CENTER, "!", small, tokens.warning_text);
    }
    response.clicked()
}
