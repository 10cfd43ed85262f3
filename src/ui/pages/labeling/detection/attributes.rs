//! What is said of objects beside shape and label: pose, marks, confidence, free properties. And the mode in which each
//! object is shown large, a digit sets a value and Tab goes on.

use super::DetectionPage;
use crate::domain::{Annotation, AnnotationBody, ObjectAttributes};
use crate::text::format;
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::bars::choice;
use crate::ui::widgets::{self, Button};
use egui::{Key, TextEdit, Ui};
use serde_json::Value;

/// The views of table 2-6 of the guide, by their digits from 1.
pub const POSES: [&str; 5] = ["Unspecified", "Frontal", "Rear", "Left", "Right"];

/// What a digit sets in attribute mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attribute {
    Label,
    Pose,
    Truncated,
    Occluded,
    Difficult,
    Hard,
}

impl Attribute {
    pub const ALL: [Self; 6] = [Self::Label, Self::Pose, Self::Truncated, Self::Occluded, Self::Difficult, Self::Hard];

    fn name(self, context: &Context<'_>) -> String {
        match self {
            Self::Label => context.tr("canvas-attribute-label"),
            Self::Pose => context.tr("canvas-attribute-pose"),
            Self::Truncated => context.tr("canvas-attribute-truncated"),
            Self::Occluded => context.tr("canvas-attribute-occluded"),
            Self::Difficult => context.tr("canvas-attribute-difficult"),
            Self::Hard => context.tr("canvas-attribute-hard"),
        }
    }

    /// Sets what a digit means: 0 nothing said; of a mark 1 yes, 2 no; of the pose its place.
    pub fn set(self, annotation: &mut Annotation, digit: u8) {
        let mark = match digit {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        };
        if self == Self::Hard {
            annotation.hard = mark;
            return;
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
            Self::Label | Self::Hard => {}
        }
    }
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

    /// Into attribute mode with the first object, or out of it.
    pub(super) fn toggle_attribute_mode(&mut self) {
        if self.attribute_mode.take().is_some() {
            self.canvas.view.fit();
            return;
        }
        self.attribute_mode = Some(Attribute::Label);
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
                self.attribute_mode = Some(chosen);
            }
            widgets::weak(ui, context, context.tr("canvas-attribute-mode-hint"));
        }
        if chosen.is_empty() {
            widgets::weak(ui, context, context.tr("canvas-attributes-none"));
            return;
        }
        self.marks_ui(ui, context, &chosen);
        self.pose_ui(ui, context, &chosen);
        if let Some(Some(confidence)) = common(chosen.iter().map(|annotation| annotation.confidence)) {
            let text = context.tr("canvas-attribute-confidence");
            widgets::weak(ui, context, format!("{text}  {}", format::decimal(confidence, 3)));
        }
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
                    ui.allocate_ui_with_layout(egui::vec2(104.0, 24.0), left, |ui| {
                        ui.set_min_width(104.0);
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
                    ui.label(format!("{key} = {value}"));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let name = context.tr_with("canvas-remove-property", &[("name", key.as_str().into())]);
                        if widgets::icon_button(ui, context, Icon::X, &name).clicked() {
                            gone = Some(key.clone());
                        }
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
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 24.0) / 2.0 - 12.0;
            let (key, value) = &mut self.property;
            for (text, hint) in [(key, context.tr("canvas-property-key")), (value, context.tr("canvas-property-value"))]
            {
                let field = TextEdit::singleline(text).hint_text(hint.clone()).desired_width(width);
                let response = ui.add(field).accessible_name(hint);
                entered |= response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            }
        });
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
        assert_eq!(annotation.hard, Some(false));
        Attribute::Pose.set(&mut annotation, 0);
        Attribute::Truncated.set(&mut annotation, 0);
        assert!(attributes_of(&annotation).is_empty());
    }

    #[test]
    fn what_differs_has_no_common_value() {
        assert_eq!(common([1, 1].into_iter()), Some(1));
        assert_eq!(common([1, 2].into_iter()), None);
        assert_eq!(common(std::iter::empty::<u8>()), None);
    }
}
