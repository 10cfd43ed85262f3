//! The label set of a new dataset: rows of a colour and a name.

use super::name_fault;
use crate::domain::LabelName;
use crate::domain::label::Color;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button, Field};
use crate::workbench::NewLabel;
use egui::{Key, Ui};

struct Row {
    /// Never reused, so that the focus does not jump when a row goes.
    id: u64,
    name: String,
    color: Color,
    focus: bool,
}

/// The rows being edited.
#[derive(Default)]
pub(super) struct LabelRows {
    rows: Vec<Row>,
    next_id: u64,
}

impl LabelRows {
    fn add(&mut self, focus: bool) {
        let color = Color::of_label(self.rows.len());
        self.rows.push(Row { id: self.next_id, name: String::new(), color, focus });
        self.next_id += 1;
    }

    /// The labels that have a name.
    pub fn labels(&self) -> Vec<NewLabel> {
        let named = self.rows.iter().filter(|row| !row.name.trim().is_empty());
        named.map(|row| NewLabel { name: row.name.trim().to_owned(), color: Some(row.color) }).collect()
    }

    /// Whether every name keeps the rules and stands once.
    pub fn are_valid(&self) -> bool {
        self.rows.iter().enumerate().all(|(index, row)| {
            let name = row.name.trim();
            name.is_empty() || (LabelName::new(name).is_ok() && !self.is_repeated(index))
        })
    }

    fn is_repeated(&self, index: usize) -> bool {
        let name = self.rows[index].name.trim();
        !name.is_empty() && self.rows[..index].iter().any(|row| row.name.trim() == name)
    }

    pub fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.spacing_mut().item_spacing.y = space::XS;
        widgets::weak(ui, context, context.tr("create-labels"));
        let mut removed = None;
        let mut wants_another = false;
        for index in 0..self.rows.len() {
            let fault = name_fault(context, self.rows[index].name.trim(), LabelName::new)
                .or_else(|| self.is_repeated(index).then(|| context.tr("create-label-twice")));
            let row = &mut self.rows[index];
            ui.push_id(row.id, |ui| {
                ui.horizontal_top(|ui| {
                    if let Some(color) = widgets::color_button(ui, context, row.color, &row.name) {
                        row.color = color;
                    }
                    let name = context.tr_with("create-label-name", &[("number", (index + 1).into())]);
                    let width = ui.available_width() - 36.0;
                    let field = Field::new(name).hide_label().hint(context.tr("create-label-hint"));
                    let field = field.error(fault.as_deref()).focus(std::mem::take(&mut row.focus)).width(width);
                    let response = field.show(ui, context, &mut row.name);
                    // Enter in a row begins the next one; Enter in an empty row confirms the dialog.
                    let is_filled = !row.name.trim().is_empty();
                    if response.lost_focus()
                        && is_filled
                        && ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Enter))
                    {
                        wants_another = true;
                    }
                    if widgets::icon_button(ui, context, Icon::X, &context.tr("create-label-remove")).clicked() {
                        removed = Some(index);
                    }
                });
            });
        }
        if let Some(index) = removed {
            self.rows.remove(index);
        }
        let button = Button::ghost(context.tr("create-label-add")).icon(Icon::Plus);
        if button.show(ui, context).clicked() || wants_another {
            self.add(true);
        }
    }
}
