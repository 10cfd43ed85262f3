//! What is said of objects beside shape and label: pose, marks, confidence, free properties. And the mode in which each
//! object is shown large, a digit sets a value and Tab goes on.

use super::{DetectionPage, Place};
use crate::domain::{Annotation, AnnotationBody, AnnotationId, ObjectAttributes};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::bars::choice;
use crate::ui::widgets::{self, Button, Field};
use egui::{Key, TextEdit, Ui};
use serde_json::Value;
use std::collections::HashSet;

/// The views of table 2-6 of the guide, by their digits from 1.
pub const POSES: [&str; 5] = ["Unspecified", "Frontal", "Rear", "Left", "Right"];

/// Room for the names before values, in points.
const NAMES_WIDTH: f32 = 104.0;

/// What a digit sets in attribute mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Label,
    Pose,
    Truncated,
    Occluded,
    Difficult,
    Hard,
    Confidence,
}

impl Attribute {
    pub const ALL: [Self; 7] =
        [Self::Label, Self::Pose, Self::Truncated, Self::Occluded, Self::Difficult, Self::Hard, Self::Confidence];

    /// The one before or after it, round and round.
    #[must_use]
    pub fn turned(self, backwards: bool) -> Self {
        let place = Self::ALL.iter().position(|other| *other == self).unwrap_or(0);
        let by = if backwards { Self::ALL.len() - 1 } else { 1 };
        Self::ALL[(place + by) % Self::ALL.len()]
    }

    fn name(self, context: &Context<'_>) -> String {
        match self {
            Self::Label => context.tr("canvas-attribute-label"),
            Self::Pose => context.tr("canvas-attribute-pose"),
            Self::Truncated => context.tr("canvas-attribute-truncated"),
            Self::Occluded => context.tr("canvas-attribute-occluded"),
            Self::Difficult => context.tr("canvas-attribute-difficult"),
            Self::Hard => context.tr("canvas-attribute-hard"),
            Self::Confidence => context.tr("canvas-attribute-confidence"),
        }
    }

    /// Sets what a digit means: 0 nothing said; of a mark 1 yes, 2 no; of the pose its place; of the confidence tenths,
    /// and another 9 after nine of them the whole.
    pub fn set(self, annotation: &mut Annotation, digit: u8) {
        let mark = match digit {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        };
        match self {
            Self::Hard => annotation.hard = mark,
            Self::Confidence => {
                let is_more = digit == 9 && annotation.confidence.is_some_and(|before| before >= 0.9);
                let tenths = if is_more { 10 } else { digit };
                annotation.confidence = (digit > 0).then(|| f64::from(tenths) / 10.0);
            }
            _ => {}
        }
        let AnnotationBody::Shape { attributes, .. } = &mut annotation.body else { return };
        match self {
            Self::Pose => {
                let place = usize::from(digit).checked_sub(1);
                attributes.pose = place.and_then(|place| POSES.get(place)).map(|pose| (*pose).to_owned());
            }
            Self::Truncated => attributes.truncated = mark,
            Self::Occluded => attributes.occluded = mark,
            Self::Difficult => attributes.difficult = mark,
            Self::Label | Self::Hard | Self::Confidence => {}
        }
    }
}

/// The digit of the pose after the one that is set.
pub(super) fn next_pose(annotation: &Annotation) -> u8 {
    let pose = attributes_of(annotation).pose;
    let place = pose.and_then(|pose| POSES.iter().position(|known| *known == pose));
    let next = place.map_or(1, |place| (place + 2) % (POSES.len() + 1));
    u8::try_from(next).unwrap_or(0)
}

/// What is typed of a confidence: nothing, or a number from 0 to 1, also with a comma or as a percentage.
fn parse_confidence(text: &str) -> Result<Option<f64>, ()> {
    let text = text.trim().replace(',', ".");
    let (number, unit) = text.strip_suffix('%').map_or((text.as_str(), 1.0), |number| (number.trim_end(), 100.0));
    if number.is_empty() {
        return if unit > 1.0 { Err(()) } else { Ok(None) };
    }
    let value = number.parse::<f64>().map_err(|_| ())? / unit;
    if (0.0..=1.0).contains(&value) { Ok(Some(value)) } else { Err(()) }
}

/// A confidence as it is typed: without the zeros at its end, and no more places than anybody reads.
fn confidence_text(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What is being typed of the confidence of these shapes.
pub(super) struct Draft {
    of: HashSet<AnnotationId>,
    text: String,
}

fn attributes_of(annotation: &Annotation) -> ObjectAttributes {
    match &annotation.body {
        AnnotationBody::Shape { attributes, .. } => attributes.clone(),
        _ => ObjectAttributes::default(),
    }
}

/// What all of them say; `None` inside if nothing is said, `None` outside if they differ.
fn common<T: PartialEq>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values = values;
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

impl DetectionPage {
    pub(super) fn set_attribute(&mut self, attribute: Attribute, digit: u8, context: &Context<'_>) {
        self.change_selected(context, |annotation| attribute.set(annotation, digit));
    }

    /// What digits set from now on, in this image and the next ones.
    pub(super) fn take_attribute(&mut self, attribute: Attribute) {
        self.attribute_mode = Some(attribute);
        self.last_attribute = attribute;
    }

    /// Into attribute mode with the first object, or out of it.
    pub(super) fn toggle_attribute_mode(&mut self) {
        if self.attribute_mode.take().is_some() {
            self.canvas.view.fit();
            return;
        }
        self.attribute_mode = Some(self.last_attribute);
        self.take_tool(crate::ui::canvas::Tool::Select);
        if self.canvas.hand.selection().is_empty() {
            self.select_next(false);
        } else {
            self.zoom_to_selected();
        }
    }

    /// The attributes of what is selected.
    pub(super) fn attributes_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let chosen = document.among(self.canvas.hand.selected());
        let mode = self.attribute_mode.is_some();
        if self.confidence.as_ref().is_some_and(|draft| draft.of != *self.canvas.hand.selected()) {
            self.take_confidence(context);
        }
        ui.horizontal(|ui| {
            let text = match chosen.len() {
                0 => context.tr("canvas-attributes"),
                count => context.tr_with("canvas-attributes-of", &[("count", count.into())]),
            };
            widgets::section(ui, context, text);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let button = Button::ghost("")
                    .icon(Icon::ListChecks)
                    .small()
                    .selected(mode)
                    .tip(context.tr("command-canvas-attributes.tip"))
                    .keys_on_hover(context.keys_of(Command::CanvasAttributes));
                if button.show(ui, context).clicked() {
                    self.toggle_attribute_mode();
                }
            });
        });
        if let Some(attribute) = self.attribute_mode {
            let choices: Vec<_> =
                Attribute::ALL.into_iter().map(|attribute| (attribute, attribute.name(context))).collect();
            if let Some(chosen) = choice(ui, context, &choices, Some(attribute)) {
                self.take_attribute(chosen);
            }
            widgets::weak(ui, context, context.tr("canvas-attribute-mode-hint"));
            if attribute == Attribute::Confidence {
                widgets::weak(ui, context, context.tr("canvas-attribute-tenths"));
            }
        }
        if chosen.is_empty() {
            widgets::weak(ui, context, context.tr("canvas-attributes-none"));
            return;
        }
        self.marks_ui(ui, context, &chosen);
        self.pose_ui(ui, context, &chosen);
        self.confidence_ui(ui, context, &chosen);
        self.properties_ui(ui, context, &chosen);
    }

    fn marks_ui(&mut self, ui: &mut Ui, context: &Context<'_>, chosen: &[Annotation]) {
        let yes_no = [(0_u8, context.tr("canvas-unsaid")), (1, context.tr("yes")), (2, context.tr("no"))];
        for attribute in [Attribute::Truncated, Attribute::Occluded, Attribute::Difficult, Attribute::Hard] {
            let value = |annotation: &Annotation| {
                let attributes = attributes_of(annotation);
                match attribute {
                    Attribute::Truncated => attributes.truncated,
                    Attribute::Occluded => attributes.occluded,
                    Attribute::Difficult => attributes.difficult,
                    _ => annotation.hard,
                }
            };
            let now = common(chosen.iter().map(value)).map(|value| match value {
                None => 0,
                Some(true) => 1,
                Some(false) => 2,
            });
            ui.push_id(attribute as u8, |ui| {
                // Buttons and names of one height lie on one line.
                ui.spacing_mut().interact_size.y = 24.0;
                ui.horizontal(|ui| {
                    let left = egui::Layout::left_to_right(egui::Align::Center);
                    ui.allocate_ui_with_layout(egui::vec2(NAMES_WIDTH, 24.0), left, |ui| {
                        ui.set_min_width(NAMES_WIDTH);
                        ui.label(attribute.name(context));
                    });
                    if let Some(digit) = choice(ui, context, &yes_no, now) {
                        self.set_attribute(attribute, digit, context);
                    }
                });
            });
        }
    }

    fn pose_ui(&mut self, ui: &mut Ui, context: &Context<'_>, chosen: &[Annotation]) {
        let now = common(chosen.iter().map(|annotation| attributes_of(annotation).pose));
        let digit = now.map(|pose| match pose {
            None => 0,
            Some(pose) => POSES
                .iter()
                .position(|known| *known == pose)
                .map_or(u8::MAX, |place| u8::try_from(place + 1).unwrap_or(0)),
        });
        let mut choices = vec![(0_u8, context.tr("canvas-unsaid"))];
        let names = [
            context.tr("canvas-pose-unspecified"),
            context.tr("canvas-pose-frontal"),
            context.tr("canvas-pose-rear"),
            context.tr("canvas-pose-left"),
            context.tr("canvas-pose-right"),
        ];
        choices.extend((1_u8..).zip(names));
        ui.push_id("pose", |ui| {
            ui.label(Attribute::Pose.name(context));
            if let Some(digit) = choice(ui, context, &choices, digit) {
                self.set_attribute(Attribute::Pose, digit, context);
            }
        });
    }

    fn confidence_ui(&mut self, ui: &mut Ui, context: &Context<'_>, chosen: &[Annotation]) {
        let now = common(chosen.iter().map(|annotation| annotation.confidence));
        let name = Attribute::Confidence.name(context);
        let mut text = match &self.confidence {
            Some(draft) => draft.text.clone(),
            None => now.flatten().map(confidence_text).unwrap_or_default(),
        };
        let wrong = parse_confidence(&text).is_err().then(|| context.tr("canvas-confidence-wrong"));
        let response = ui.horizontal(|ui| {
            let left = egui::Layout::left_to_right(egui::Align::Center);
            ui.allocate_ui_with_layout(egui::vec2(NAMES_WIDTH, 28.0), left, |ui| {
                ui.set_min_width(NAMES_WIDTH);
                ui.label(&name);
            });
            let hint =
                if now.is_none() { context.tr("canvas-confidence-differs") } else { context.tr("canvas-unsaid") };
            let field = Field::new(&name).hide_label().hint(hint).error(wrong.as_deref()).width(120.0);
            field.show(ui, context, &mut text)
        });
        self.reach.lead(Place::Confidence, &response.inner);
        if response.inner.changed() {
            self.confidence = Some(Draft { of: self.canvas.hand.selected().clone(), text });
        }
        if response.inner.lost_focus() {
            self.take_confidence(context);
        }
    }

    /// Sets what was typed, unless it is none.
    fn take_confidence(&mut self, context: &Context<'_>) {
        let Some(Draft { of, text }) = self.confidence.take() else { return };
        if let Ok(confidence) = parse_confidence(&text) {
            self.change(&of, context, |annotation| annotation.confidence = confidence);
        }
    }

    fn properties_ui(&mut self, ui: &mut Ui, context: &Context<'_>, chosen: &[Annotation]) {
        ui.label(context.tr("canvas-properties"));
        let first = &chosen[0].properties;
        let shared: Vec<(String, String)> = first
            .iter()
            .filter(|(key, value)| chosen.iter().all(|annotation| annotation.properties.get(*key) == Some(value)))
            .map(|(key, value)| {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                (key.clone(), text)
            })
            .collect();
        let mut gone = None;
        for (key, value) in &shared {
            ui.push_id(key, |ui| {
                ui.horizontal(|ui| {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let name = context.tr_with("canvas-remove-property", &[("name", key.as_str().into())]);
                        if widgets::icon_button(ui, context, Icon::X, &name).clicked() {
                            gone = Some(key.clone());
                        }
                        // A long value does not push the button away.
                        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                            ui.add(egui::Label::new(format!("{key} = {value}")).truncate());
                        });
                    });
                });
            });
        }
        if let Some(key) = gone {
            self.change_selected(context, |annotation| {
                annotation.properties.shift_remove(&key);
            });
        }
        let mut entered = false;
        let mut first = None;
        ui.horizontal(|ui| {
            let room = ui.available_width() - ui.spacing().item_spacing.x;
            let (key, value) = &mut self.property;
            // What the second field says needs more room.
            let fields = [(key, "canvas-property-key", 0.4), (value, "canvas-property-value", 0.6)];
            for (text, hint, share) in fields {
                let hint = context.tr(hint);
                let field = TextEdit::singleline(text).hint_text(hint.clone()).desired_width(room * share);
                let response = ui.add(field).accessible_name(hint);
                entered |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                first = first.take().or(Some(response));
            }
        });
        if let Some(name) = first {
            self.reach.lead(Place::Property, &name);
        }
        let key = self.property.0.trim().to_owned();
        if entered && !key.is_empty() {
            let value = std::mem::take(&mut self.property.1);
            self.property.0.clear();
            self.change_selected(context, |annotation| {
                annotation.properties.insert(key.clone(), Value::String(value.clone()));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LabelId, Shape, Timestamp};

    #[test]
    fn digits_set_and_clear_what_they_say() {
        let body = AnnotationBody::shape(Shape::Point { at: [1.0, 1.0] });
        let mut annotation = Annotation::human(LabelId::random(), body, String::new(), Timestamp(0));
        Attribute::Pose.set(&mut annotation, 2);
        Attribute::Truncated.set(&mut annotation, 1);
        Attribute::Hard.set(&mut annotation, 2);
        let attributes = attributes_of(&annotation);
        assert_eq!((attributes.pose.as_deref(), attributes.truncated), (Some("Frontal"), Some(true)));
        Attribute::Confidence.set(&mut annotation, 7);
        assert_eq!((annotation.hard, annotation.confidence), (Some(false), Some(0.7)));
        for (digit, confidence) in [(9, 0.9), (9, 1.0), (9, 1.0), (8, 0.8), (9, 0.9)] {
            Attribute::Confidence.set(&mut annotation, digit);
            assert_eq!(annotation.confidence, Some(confidence));
        }
        Attribute::Confidence.set(&mut annotation, 0);
        assert_eq!(annotation.confidence, None);
        Attribute::Pose.set(&mut annotation, 0);
        Attribute::Truncated.set(&mut annotation, 0);
        assert!(attributes_of(&annotation).is_empty());
    }

    #[test]
    fn attributes_and_poses_go_round() {
        let all = Attribute::ALL.into_iter().map(|attribute| attribute.turned(false).turned(true));
        assert!(all.eq(Attribute::ALL));
        assert_eq!(Attribute::Confidence.turned(false), Attribute::Label);
        let body = AnnotationBody::shape(Shape::Point { at: [1.0, 1.0] });
        let mut annotation = Annotation::human(LabelId::random(), body, String::new(), Timestamp(0));
        let poses: Vec<_> = (0..7)
            .map(|_| {
                let digit = next_pose(&annotation);
                Attribute::Pose.set(&mut annotation, digit);
                attributes_of(&annotation).pose
            })
            .collect();
        let known = POSES.iter().map(|pose| Some((*pose).to_owned())).chain([None, Some(POSES[0].to_owned())]);
        assert!(poses.into_iter().eq(known));
    }

    #[test]
    fn a_confidence_is_typed_as_people_write_it() {
        for (text, value) in
            [("", None), (" 0.9 ", Some(0.9)), ("0,25", Some(0.25)), ("90 %", Some(0.9)), ("1", Some(1.0))]
        {
            assert_eq!(parse_confidence(text), Ok(value), "{text}");
        }
        for text in ["1.1", "-0.1", "often", "NaN", "%", "101%"] {
            assert_eq!(parse_confidence(text), Err(()), "{text}");
        }
        assert_eq!([0.9, 0.25, 1.0, 0.0, 0.123_456].map(confidence_text), ["0.9", "0.25", "1", "0", "0.123"]);
    }

    #[test]
    fn what_differs_has_no_common_value() {
        assert_eq!(common([1, 1].into_iter()), Some(1));
        assert_eq!(common([1, 2].into_iter()), None);
        assert_eq!(common(std::iter::empty::<u8>()), None);
    }
}
