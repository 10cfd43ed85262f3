//! The labels of the dataset: typed, clicked or chosen by key; each with its count, key and colour, and a menu to
//! change it.

use super::LabelingPage;
use super::bars::menu;
use super::dialogs::{DeleteLabel, EditLabel};
use super::labels::LabelTable;
use super::tile::line;
use crate::domain::query::LabelCount;
use crate::domain::{Label, LabelId};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{
    Align2, FontFamily, FontId, Key, Margin, Modifiers, Rect, RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// The height of a label in the list, in points.
const ROW_PX: f32 = 28.0;

/// The field that labels are typed into.
#[derive(Default)]
pub struct LabelField {
    pub text: String,
    wants_focus: bool,
    /// Which of the matches the arrows are on; `None`: what is typed counts.
    pub choice: Option<usize>,
}

impl LabelField {
    /// Takes the focus in the next frame.
    pub fn take_focus(&mut self) {
        self.wants_focus = true;
    }
}

/// What typing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Known(LabelId),
    New(String),
}

/// What Enter means: the match the arrows are on, else the label of that name, else a new one.
pub fn typed(table: &LabelTable, matching: &[usize], field: &LabelField) -> Option<Typed> {
    if let Some(row) = field.choice.and_then(|choice| matching.get(choice)) {
        return Some(Typed::Known(table.rows()[*row].label.id));
    }
    let text = field.text.trim();
    if text.is_empty() {
        return None;
    }
    Some(table.named(text).map_or_else(|| Typed::New(text.to_owned()), |label| Typed::Known(label.id)))
}

/// What a row of the list was used for.
pub(super) enum LabelUse {
    Chosen(LabelId),
    Edit(LabelId),
    Delete(LabelId),
}

impl LabelingPage {
    /// The label field and the list of labels.
    pub(super) fn labels_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal(|ui| {
            widgets::section(ui, context, context.tr("labeling-labels"));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let add = widgets::icon_button(ui, context, Icon::Plus, &context.tr("labeling-new-label"));
                if add.clicked() {
                    context.show(EditLabel::new_label(self.dataset, &self.labels));
                }
            });
        });
        let table = Arc::clone(&self.labels);
        let matching = table.matching(&self.label_field.text);
        if let Some(typed) = self.field_ui(ui, context, &table, &matching) {
            match typed {
                Typed::Known(label) => self.choose_label(label, context),
                Typed::New(name) => self.choose_new_label(&name, context),
            }
        }
        let text = self.label_field.text.trim().to_owned();
        if !text.is_empty() && table.named(&text).is_none() {
            let create = context.tr_with("labeling-create-label", &[("name", text.as_str().into())]);
            let button = Button::ghost(create).icon(Icon::Plus).full_width().keys("Enter");
            if button.show(ui, context).clicked() {
                self.label_field.text.clear();
                self.choose_new_label(&text, context);
            }
        } else if table.rows().is_empty() {
            let hint = RichText::new(context.tr("labeling-no-labels")).color(context.tokens.text_weak);
            ui.add(egui::Label::new(hint).wrap());
        }
        let room = (ui.available_height() * 0.5).max(ROW_PX * 4.0);
        let mut used = None;
        let field_choice = self.label_field.choice;
        let carried = self.carried(context);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            egui::ScrollArea::vertical().id_salt("labels").max_height(room).auto_shrink([false, true]).show_rows(
                ui,
                ROW_PX,
                matching.len(),
                |ui, range| {
                    for place in range {
                        let row = &table.rows()[matching[place]];
                        let carries = carried.contains(&row.label.id);
                        let highlighted = field_choice == Some(place);
                        used = label_row_ui(ui, context, row, carries, highlighted).or(used.take());
                    }
                },
            );
        });
        match used {
            Some(LabelUse::Chosen(label)) => self.choose_label(label, context),
            Some(LabelUse::Edit(label)) => {
                if let Some(dialog) = EditLabel::of(self.dataset, &table, label) {
                    context.show(dialog);
                }
            }
            Some(LabelUse::Delete(label)) => {
                if let Some(dialog) = DeleteLabel::new(self.dataset, &table, label) {
                    context.show(dialog);
                }
            }
            None => {}
        }
    }

    /// The labels that all targets carry.
    fn carried(&mut self, context: &Context<'_>) -> Vec<LabelId> {
        let targets = self.selection.targets();
        let revision = self.selection.revision();
        let census = self.census.get(context.backend, &self.rows, &targets, revision);
        census
            .filter(|census| census.samples > 0)
            .map(|census| {
                let all = census.labels.iter().filter(|(_, of_label)| of_label.samples == census.samples);
                all.map(|(label, _)| *label).collect()
            })
            .unwrap_or_default()
    }

    fn field_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        table: &LabelTable,
        matching: &[usize],
    ) -> Option<Typed> {
        let field = &mut self.label_field;
        let id = ui.scope_id().with("label-field");
        let mut result = None;
        // Before the field sees them: the arrows choose a match, Tab completes, Enter decides and stays.
        if ui.memory(|memory| memory.has_focus(id)) {
            let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
            let last = matching.len().saturating_sub(1);
            if !matching.is_empty() && pressed(Key::ArrowDown) {
                field.choice = Some(field.choice.map_or(0, |choice| (choice + 1).min(last)));
            }
            if pressed(Key::ArrowUp) {
                field.choice = field.choice.and_then(|choice| choice.checked_sub(1));
            }
            if !field.text.trim().is_empty() && !matching.is_empty() && pressed(Key::Tab) {
                let row = &table.rows()[matching[field.choice.unwrap_or(0).min(last)]];
                row.label.name.as_str().clone_into(&mut field.text);
                field.choice = None;
            }
            if pressed(Key::Enter) {
                result = typed(table, matching, field);
                if result.is_some() {
                    field.text.clear();
                    field.choice = None;
                }
            }
        }
        let hint = RichText::new(context.tr("labeling-type-label")).color(context.tokens.text_weak);
        let completes = !field.text.trim().is_empty() && !matching.is_empty();
        let edit = TextEdit::singleline(&mut field.text)
            .id(id)
            .lock_focus(completes)
            .hint_text(hint)
            .desired_width(ui.available_width())
            .margin(Margin::symmetric(8, 5));
        let response = ui.add(edit).accessible_name(context.tr("labeling-type-label-name"));
        if response.changed() {
            field.choice = None;
        }
        if std::mem::take(&mut field.wants_focus) {
            response.request_focus();
        }
        result
    }
}

fn label_row_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    row: &LabelCount,
    carried: bool,
    highlighted: bool,
) -> Option<LabelUse> {
    let tokens = context.tokens;
    let label = &row.label;
    let mut used = None;
    ui.push_id(label.id, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_PX), Sense::hover());
        let more = Rect::from_min_max(pos2(rect.max.x - 26.0, rect.min.y), rect.max);
        let body = Rect::from_min_max(rect.min, pos2(more.min.x, rect.max.y));
        let response = ui.interact(body, ui.scope_id().with("row"), Sense::click());
        let count = format::count(row.samples);
        let key = label.key.map(|key| key.to_ascii_uppercase().to_string()).unwrap_or_default();
        let name = label.name.as_str();
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, carried, format!("{name} {count} {key}")));
        let painter = ui.painter();
        if carried || highlighted || response.hovered() {
            let fill = if carried { tokens.selected } else { tokens.hover };
            painter.rect_filled(rect, theme::CORNER, fill);
        }
        if response.has_focus() || highlighted {
            painter.rect_stroke(rect, theme::CORNER, Stroke::new(1.0, tokens.focus), StrokeKind::Inside);
        }
        let middle = rect.center().y;
        let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
        let cap = Rect::from_center_size(pos2(rect.min.x + 16.0, middle), vec2(20.0, 20.0));
        if !key.is_empty() {
            painter.rect(cap, 4, tokens.raised, Stroke::new(1.0, tokens.border_strong), StrokeKind::Inside);
            painter.text(cap.center(), Align2::CENTER_CENTER, &key, small.clone(), tokens.text);
        }
        painter.circle_filled(pos2(rect.min.x + 38.0, middle), 5.0, theme::label_color(label.color));
        let counted =
            painter.text(pos2(body.max.x - 4.0, middle), Align2::RIGHT_CENTER, &count, small, tokens.text_weak);
        let start = rect.min.x + 52.0;
        let galley = line(painter, name, text_size::BODY, tokens.text, counted.min.x - space::S - start);
        painter.galley(pos2(start, middle - galley.size().y / 2.0), galley, tokens.text);
        if response.clicked() {
            used = Some(LabelUse::Chosen(label.id));
        }
        if label.name.is_foreign() {
            response.on_hover_text(format!("{name}\n{}", context.tr("labeling-foreign-name")));
        }
        used = label_menu_ui(ui, context, label, more).or(used.take());
    });
    used
}

/// The button with a label's menu: change it, delete it.
pub(super) fn label_menu_ui(ui: &mut Ui, context: &Context<'_>, label: &Label, rect: Rect) -> Option<LabelUse> {
    let mut used = None;
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    let tip = context.tr_with("labeling-label-menu", &[("name", label.name.as_str().into())]);
    let button = Button::ghost("").icon(Icon::Ellipsis).tip(&tip).small().show(&mut child, context);
    menu(&button, 200.0, &tip, |ui| {
        let edit = Button::ghost(context.tr("labeling-edit-label")).icon(Icon::Pencil).full_width();
        if edit.show(ui, context).clicked() {
            used = Some(LabelUse::Edit(label.id));
            ui.close();
        }
        let delete = Button::ghost(context.tr("labeling-delete-label")).icon(Icon::Trash2).full_width();
        if delete.show(ui, context).clicked() {
            used = Some(LabelUse::Delete(label.id));
            ui.close();
        }
    });
    used
}

#[cfg(test)]
mod tests {
    use super::super::labels::tests::table;
    use super::*;

    #[test]
    fn enter_takes_what_is_typed_unless_the_arrows_chose() {
        let table = table(&["rose", "roses", "tulip"]);
        let matching = table.matching("ros");
        let mut field = LabelField { text: "ros".to_owned(), ..LabelField::default() };
        assert_eq!(typed(&table, &matching, &field), Some(Typed::New("ros".to_owned())));
        field.choice = Some(1);
        assert_eq!(typed(&table, &matching, &field), Some(Typed::Known(table.rows()[1].label.id)));
        let exact = LabelField { text: "Rose".to_owned(), ..LabelField::default() };
        assert_eq!(typed(&table, &table.matching("Rose"), &exact), Some(Typed::Known(table.rows()[0].label.id)));
        assert_eq!(typed(&table, &[], &LabelField::default()), None);
    }
}
