//! Text fields with a label, a hint and an inline error.

use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{space, text_size};
use egui::{Margin, Response, RichText, TextEdit, Ui};

/// A labelled text field, from a builder.
#[must_use = "call show"]
pub struct Field<'a> {
    label: String,
    hint: String,
    error: Option<&'a str>,
    note: Option<String>,
    rows: usize,
    limit: Option<usize>,
    focus: bool,
    width: Option<f32>,
    label_shown: bool,
}

impl<'a> Field<'a> {
    /// A field under this label, which is also its name for screen readers.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            hint: String::new(),
            error: None,
            note: None,
            rows: 1,
            limit: None,
            focus: false,
            width: None,
            label_shown: true,
        }
    }

    /// Its label.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.label
    }

    /// Shown while it is empty.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// What is wrong with what it holds.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// A remark below, where there is no error.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Several lines.
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// Shows a counter of characters, `0 / 256`.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Takes the focus in this frame.
    pub fn focus(mut self, focus: bool) -> Self {
        self.focus = focus;
        self
    }

    /// In points; without it, as wide as there is room.
    pub fn width(mut self, width_points: f32) -> Self {
        self.width = Some(width_points);
        self
    }

    /// The label only names it for screen readers.
    pub fn hide_label(mut self) -> Self {
        self.label_shown = false;
        self
    }

    /// Draws it.
    pub fn show(self, ui: &mut Ui, context: &Context<'_>, text: &mut String) -> Response {
        let tokens = context.tokens;
        ui.vertical(|ui| {
            let width = self.width.unwrap_or_else(|| ui.available_width());
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = space::XS;
            if self.label_shown {
                // As high as the text, not as a button.
                let control_height = std::mem::take(&mut ui.spacing_mut().interact_size.y);
                ui.horizontal(|ui| {
                    ui.label(RichText::new(&self.label).size(text_size::SMALL).color(tokens.text_weak));
                    if let Some(limit) = self.limit {
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            let count = text.chars().count();
                            let color = if count > limit { tokens.danger_text } else { tokens.text_weak };
                            ui.label(RichText::new(format!("{count}/{limit}")).size(text_size::SMALL).color(color));
                        });
                    }
                });
                ui.spacing_mut().interact_size.y = control_height;
            }
            let response = edit(ui, context, text, self.rows, &self.hint, self.error.is_some());
            let response = response.accessible_name(&self.label);
            if self.focus {
                response.request_focus();
            }
            if let Some(error) = self.error {
                ui.add(egui::Label::new(RichText::new(error).size(text_size::SMALL).color(tokens.danger_text)).wrap());
            } else if let Some(note) = self.note {
                ui.add(egui::Label::new(RichText::new(note).size(text_size::SMALL).color(tokens.text_weak)).wrap());
            }
            response
        })
        .inner
    }
}

fn edit(ui: &mut Ui, context: &Context<'_>, text: &mut String, rows: usize, hint: &str, is_wrong: bool) -> Response {
    let tokens = context.tokens;
    ui.scope(|ui| {
        if is_wrong {
            let widgets = &mut ui.visuals_mut().widgets;
            widgets.inactive.bg_stroke.color = tokens.danger_text;
            widgets.hovered.bg_stroke.color = tokens.danger_text;
            ui.visuals_mut().selection.stroke.color = tokens.danger_text;
        }
        let hint = RichText::new(hint).color(tokens.text_weak);
        let edit = if rows > 1 { TextEdit::multiline(text).desired_rows(rows) } else { TextEdit::singleline(text) };
        let edit = edit.hint_text(hint).desired_width(ui.available_width()).margin(Margin::symmetric(8, 5));
        ui.add(edit)
    })
    .inner
}

/// Whether an input method is composing: what it shows in a field is not yet what the person writes. To be asked in
/// every frame, after the fields were drawn.
pub fn is_composing(ui: &Ui) -> bool {
    let id = egui::Id::unique("composing");
    let before = ui.memory(|memory| memory.data.get_temp(id).unwrap_or(false));
    let after = ui.input(|input| {
        input.events.iter().fold(before, |composing, event| match event {
            egui::Event::Ime(egui::ImeEvent::Preedit { text, .. }) => !text.is_empty(),
            egui::Event::Ime(egui::ImeEvent::Commit(_)) => false,
            _ => composing,
        })
    });
    // A field that loses the focus lets go of what was composed.
    let after = after && ui.ctx().text_edit_focused();
    ui.memory_mut(|memory| memory.data.insert_temp(id, after));
    after
}

/// A field to search by; Esc empties it.
pub fn search_field(ui: &mut Ui, context: &Context<'_>, text: &mut String, hint: &str, width_points: f32) -> Response {
    let icon = icons::text(Icon::Search, 14.0).color(context.tokens.text_weak);
    let edit = TextEdit::singleline(text)
        .hint_text(RichText::new(hint).color(context.tokens.text_weak))
        .prefix(icon)
        .desired_width(width_points)
        .margin(Margin::symmetric(8, 5));
    let response = ui.add(edit).accessible_name(hint);
    if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        text.clear();
    }
    response
}

/// Takes a key; whether it was pressed now, and is not merely held since before.
pub fn pressed_anew(input: &mut egui::InputState, modifiers: egui::Modifiers, key: egui::Key) -> bool {
    let mut is_anew = false;
    input.events.retain(|event| match event {
        egui::Event::Key { key: pressed, pressed: true, repeat, modifiers: with, .. }
            if *pressed == key && with.matches_logically(modifiers) =>
        {
            is_anew |= !repeat;
            false
        }
        _ => true,
    });
    is_anew
}
