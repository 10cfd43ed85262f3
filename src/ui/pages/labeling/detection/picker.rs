//! The label picker at the shape: typing filters, Enter takes the first or the last used, digits choose at once.

use crate::domain::LabelId;
use crate::ui::context::Context;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::pages::labeling::tile::line;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets;
use egui::{
    Align2, Area, Event, FontFamily, FontId, Frame, Id, InputState, Key, Margin, Modifiers, Order, Pos2, Rect,
    RichText, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

/// The width in points.
const WIDTH: f32 = 220.0;
/// The height of a label in points.
const ROW: f32 = 26.0;
/// Labels in sight.
const ROWS: usize = 9;

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    Known(LabelId),
    New(String),
    /// Esc.
    Nothing,
}

/// The picker while it is open.
#[derive(Default)]
pub struct Picker {
    text: String,
    choice: usize,
    /// The first frame takes the focus.
    opened: bool,
}

/// The places of the labels to offer: one of them first while nothing is typed.
fn offered(labels: &LabelTable, text: &str, first: Option<LabelId>) -> Vec<usize> {
    let mut places = labels.matching(text);
    if text.trim().is_empty()
        && let Some(at) =
            first.and_then(|first| labels.place(first)).and_then(|last| places.iter().position(|p| *p == last))
    {
        let place = places.remove(at);
        places.insert(0, place);
    }
    places
}

/// The label of a digit that was typed before anything else.
fn digit(labels: &LabelTable, key: Key) -> Option<LabelId> {
    let mut name = key.name().chars();
    let character = name.next().filter(char::is_ascii_digit)?;
    if name.next().is_some() {
        return None;
    }
    labels.of_key(character).map(|label| label.id)
}

/// Takes the digit of a label. One that is held since before the picker opened is no answer, and no text either.
fn typed_digit(input: &mut InputState, labels: &LabelTable) -> Option<LabelId> {
    let digits = |event: &Event| match event {
        Event::Key { key, pressed: true, repeat, modifiers, .. } if modifiers.is_none() => {
            digit(labels, *key).map(|label| (label, *repeat))
        }
        _ => None,
    };
    let pressed: Vec<(LabelId, bool)> = input.events.iter().filter_map(digits).collect();
    if !pressed.is_empty() {
        input.events.retain(|event| !matches!(event, Event::Text(_) | Event::Key { .. }));
    }
    pressed.into_iter().find(|(_, repeat)| !repeat).map(|(label, _)| label)
}

impl Picker {
    /// What Enter means.
    fn entered(&self, labels: &LabelTable, places: &[usize]) -> Option<Picked> {
        let text = self.text.trim();
        if let Some(label) = labels.named(text).filter(|_| self.choice == 0) {
            return Some(Picked::Known(label.id));
        }
        if let Some(place) = places.get(self.choice) {
            return Some(Picked::Known(labels.rows()[*place].label.id));
        }
        (!text.is_empty()).then(|| Picked::New(text.to_owned()))
    }

    /// Whether it has been drawn before.
    #[must_use]
    pub fn is_opened(&self) -> bool {
        self.opened
    }

    /// Draws it beside `anchor`; returns what was chosen. First stands the label used last, else the one that what is
    /// asked about has already.
    pub fn ui(
        &mut self,
        ui: &Ui,
        context: &Context<'_>,
        anchor: Rect,
        labels: &LabelTable,
        last: Option<LabelId>,
        own: Option<LabelId>,
    ) -> Option<Picked> {
        let area = ui.ctx().content_rect();
        let height = ROW * (ROWS as f32) + 56.0;
        let right = anchor.right() + space::S;
        let x = if right + WIDTH + 24.0 < area.right() { right } else { anchor.left() - WIDTH - 24.0 };
        let y = anchor.top().min(area.bottom() - height - 24.0).max(area.top() + 8.0);
        let at: Pos2 = pos2(x.max(area.left() + 8.0), y);
        let mut picked = None;
        Area::new(Id::unique("label-picker")).order(Order::Foreground).fixed_pos(at).show(ui.ctx(), |ui| {
            Frame::popup(ui.style()).inner_margin(Margin::same(8)).show(ui, |ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 2.0;
                picked = self.contents_ui(ui, context, labels, last, own);
            });
        });
        self.opened = true;
        picked
    }

    fn contents_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        labels: &LabelTable,
        last: Option<LabelId>,
        own: Option<LabelId>,
    ) -> Option<Picked> {
        let mut picked = None;
        let first = last.filter(|last| labels.get(*last).is_some()).or(own);
        let places = offered(labels, &self.text, first);
        self.choice = self.choice.min(places.len().saturating_sub(1));
        // The key that opened it is not an answer, however long it is held.
        let is_asked = self.opened;
        let decides = |key| is_asked && ui.input_mut(|input| widgets::pressed_anew(input, Modifiers::NONE, key));
        let moves = |key| is_asked && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if decides(Key::Escape) {
            return Some(Picked::Nothing);
        }
        if moves(Key::ArrowDown) {
            self.choice = (self.choice + 1).min(places.len().saturating_sub(1));
        }
        if moves(Key::ArrowUp) {
            self.choice = self.choice.saturating_sub(1);
        }
        if decides(Key::Enter) || decides(Key::Tab) {
            picked = self.entered(labels, &places);
        }
        if is_asked && self.text.is_empty() {
            // Digits choose at once; their text must not arrive in the field.
            picked = ui.input_mut(|input| typed_digit(input, labels)).map(Picked::Known).or(picked);
        }
        let hint = RichText::new(context.tr("canvas-picker-hint")).color(context.tokens.text_weak);
        let field = TextEdit::singleline(&mut self.text)
            .id(Id::unique("label-picker-field"))
            .hint_text(hint)
            .desired_width(WIDTH)
            .margin(Margin::symmetric(8, 5));
        let response = ui.add(field).accessible_name(context.tr("canvas-picker-name"));
        if response.changed() {
            self.choice = 0;
        }
        if !self.opened || !response.has_focus() {
            response.request_focus();
        }
        let places = offered(labels, &self.text, first);
        let area = widgets::scroll_up_to(ROW * ROWS as f32);
        area.show_rows(ui, ROW - 2.0, places.len(), |ui, range| {
            for index in range {
                let row = &labels.rows()[places[index]].label;
                if row_ui(ui, context, row, index == self.choice, last == Some(row.id)) {
                    picked = Some(Picked::Known(row.id));
                }
            }
        });
        let text = self.text.trim();
        if places.is_empty() && !text.is_empty() {
            let create = context.tr_with("labeling-create-label", &[("name", text.into())]);
            let button = widgets::Button::ghost(create).full_width().keys("Enter");
            if button.show(ui, context).clicked() {
                picked = Some(Picked::New(text.to_owned()));
            }
        }
        picked
    }
}

fn row_ui(ui: &mut Ui, context: &Context<'_>, label: &crate::domain::Label, chosen: bool, is_last: bool) -> bool {
    let tokens = context.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - 2.0), Sense::click());
    let key = label.key.filter(char::is_ascii_digit).map(String::from).unwrap_or_default();
    let name = label.name.as_str();
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, format!("{name} {key}")));
    let painter = ui.painter();
    if chosen || response.hovered() {
        painter.rect_filled(rect, theme::CORNER, if chosen { tokens.selected } else { tokens.hover });
    }
    let middle = rect.center().y;
    let small = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let cap = Rect::from_center_size(pos2(rect.min.x + 14.0, middle), vec2(18.0, 18.0));
    if !key.is_empty() {
        painter.rect(cap, 4, tokens.raised, Stroke::new(1.0, tokens.border_strong), StrokeKind::Inside);
        painter.text(cap.center(), Align2::CENTER_CENTER, &key, small.clone(), tokens.text);
    }
    painter.circle_filled(pos2(rect.min.x + 34.0, middle), 5.0, theme::label_color(label.color));
    let mut end = rect.max.x - 6.0;
    if is_last {
        let text = context.tr("canvas-picker-last");
        end = painter.text(pos2(end, middle), Align2::RIGHT_CENTER, text, small, tokens.text_weak).min.x - space::S;
    }
    let galley = line(painter, name, text_size::BODY, tokens.text, end - rect.min.x - 46.0);
    painter.galley(pos2(rect.min.x + 46.0, middle - galley.size().y / 2.0), galley, tokens.text);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::pages::labeling::labels::tests::table;

    #[test]
    fn the_last_label_is_offered_first_until_something_is_typed() {
        let labels = table(&["cat", "dog", "cow"]);
        let last = Some(labels.rows()[1].label.id);
        assert_eq!(offered(&labels, "", last), [1, 0, 2]);
        assert_eq!(offered(&labels, "c", last), [0, 2]);
    }

    #[test]
    fn enter_takes_the_chosen_or_exact_or_a_new_name() {
        let labels = table(&["cats", "cat"]);
        let of = |text: &str, choice| Picker { text: text.to_owned(), choice, opened: true };
        let places = offered(&labels, "cat", None);
        assert_eq!(of("cat", 0).entered(&labels, &places), Some(Picked::Known(labels.rows()[1].label.id)));
        assert_eq!(of("ca", 0).entered(&labels, &places), Some(Picked::Known(labels.rows()[0].label.id)));
        assert_eq!(of("owl", 0).entered(&labels, &[]), Some(Picked::New("owl".to_owned())));
        assert_eq!(of("", 0).entered(&labels, &[]), None);
    }

    #[test]
    fn digits_choose_the_label_with_that_key() {
        let labels = table(&["cat", "dog"]);
        assert_eq!(digit(&labels, Key::Num2), Some(labels.rows()[1].label.id));
        assert_eq!(digit(&labels, Key::Num9), None);
        assert_eq!(digit(&labels, Key::Q), None);
    }
}
