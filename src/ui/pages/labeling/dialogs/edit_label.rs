//! A label's name, colour and key: of a new label, or of one that is there. A name that exists asks to merge first.

use crate::domain::label::{LABEL_KEYS, PALETTE, free_key};
use crate::domain::{Color, DatasetId, Edit, Explain, Explanation, Label, LabelName};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::theme::{self, space};
use crate::ui::widgets::{self, Field};
use crate::workbench::{Error, Workbench};
use egui::{Color32, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// The dialog.
pub struct EditLabel {
    dataset: DatasetId,
    /// `None`: a new one.
    before: Option<Label>,
    others: Vec<(Label, u64)>,
    /// Whether the label is for shapes on the canvas, where commands have most letters.
    on_canvas: bool,
    samples: u64,
    name: String,
    color: Color,
    color_text: String,
    key: String,
    saving: Option<Promise<()>>,
    failure: Option<Explanation>,
    frames: u32,
}

/// What saving does, decided from the form alone.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    name: Option<String>,
    merge: bool,
    color: Option<Color>,
    key: Option<Option<char>>,
}

fn save(workbench: &Workbench, dataset: DatasetId, before: Option<&Label>, change: Change) -> Result<(), Error> {
    let Some(label) = before else {
        let name = change.name.unwrap_or_default();
        workbench.add_label_with_key(dataset, &name, change.color, change.key.flatten())?;
        return Ok(());
    };
    if change.merge {
        let name = change.name.unwrap_or_default();
        workbench.rename_label(dataset, label.id, &name, true)?;
        return Ok(());
    }
    // One edit, so that one undo takes it all back. A name that stays is not checked: it may be an imported one.
    let name = change.name.as_deref().map(LabelName::new).transpose()?.unwrap_or_else(|| label.name.clone());
    let color = change.color.unwrap_or(label.color);
    let key = change.key.unwrap_or(label.key);
    workbench.edit(dataset, &Edit::ModifyLabel { label: label.id, name, color, key })?;
    Ok(())
}

impl EditLabel {
    /// The form for a new label.
    pub fn new_label(dataset: DatasetId, table: &LabelTable) -> Self {
        let labels: Vec<Label> = table.rows().iter().map(|row| row.label.clone()).collect();
        let used = |color: &Color| labels.iter().any(|label| label.color == *color);
        let color = (0..).map(Color::of_label).take(PALETTE.len() * 4).find(|color| !used(color)).unwrap_or(PALETTE[0]);
        Self {
            dataset,
            before: None,
            key: free_key(&labels).map(|key| key.to_ascii_uppercase().to_string()).unwrap_or_default(),
            others: table.rows().iter().map(|row| (row.label.clone(), row.samples)).collect(),
            on_canvas: false,
            samples: 0,
            name: String::new(),
            color,
            color_text: color.to_string(),
            saving: None,
            failure: None,
            frames: 0,
        }
    }

    /// The form for a label that is there.
    pub fn of(dataset: DatasetId, table: &LabelTable, label: crate::domain::LabelId) -> Option<Self> {
        let row = &table.rows()[table.place(label)?];
        let others = table.rows().iter().filter(|other| other.label.id != label);
        Some(Self {
            dataset,
            others: others.map(|row| (row.label.clone(), row.samples)).collect(),
            on_canvas: false,
            samples: row.samples,
            name: row.label.name.as_str().to_owned(),
            color: row.label.color,
            color_text: row.label.color.to_string(),
            key: row.label.key.map(|key| key.to_ascii_uppercase().to_string()).unwrap_or_default(),
            before: Some(row.label.clone()),
            saving: None,
            failure: None,
            frames: 0,
        })
    }

    /// The same form for a dataset whose labels are used on the canvas.
    #[must_use]
    pub fn for_canvas(self) -> Self {
        Self { on_canvas: true, ..self }
    }

    /// The other label that has the typed name.
    fn namesake(&self) -> Option<&(Label, u64)> {
        self.others.iter().find(|(label, _)| label.name.as_str() == self.name.trim())
    }

    /// The typed key; an error for what is no label key.
    fn typed_key(&self) -> Result<Option<char>, ()> {
        let mut characters = self.key.trim().chars().map(|character| character.to_ascii_lowercase());
        match (characters.next(), characters.next()) {
            (None, _) => Ok(None),
            (Some(key), None) if LABEL_KEYS.contains(key) => Ok(Some(key)),
            _ => Err(()),
        }
    }

    fn name_error(&self, context: &Context<'_>) -> Option<String> {
        let name = self.name.trim();
        // An imported name may stay as it is; one typed here follows the rule.
        if self.before.as_ref().is_some_and(|label| label.name.as_str() == name) {
            return None;
        }
        // Nothing typed yet is no mistake; the button waits for it.
        if name.is_empty() {
            return None;
        }
        if self.before.is_none() && self.namesake().is_some() {
            return Some(context.tr("labeling-label-exists"));
        }
        if self.namesake().is_some() {
            return None;
        }
        LabelName::new(name).err().map(|error| context.explain_parts(&error.explain()).message)
    }

    fn change(&self) -> Option<Change> {
        let key = self.typed_key().ok()?;
        let name = self.name.trim();
        let before = self.before.as_ref();
        let is_new_name = before.is_none_or(|label| label.name.as_str() != name);
        Some(Change {
            name: is_new_name.then(|| name.to_owned()),
            merge: before.is_some() && self.namesake().is_some(),
            color: before.is_none_or(|label| label.color != self.color).then_some(self.color),
            key: before.is_none_or(|label| label.key != key).then_some(key),
        })
    }

    fn color_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        widgets::weak(ui, context, context.tr("labeling-label-color"));
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
            for color in (0..16).map(Color::of_label) {
                let (rect, response) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::click());
                let chosen = color == self.color;
                response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, color.to_string()));
                ui.painter().rect_filled(rect.shrink(3.0), theme::CORNER, theme::label_color(color));
                let ring = match (chosen, response.has_focus() || response.hovered()) {
                    (true, _) => Stroke::new(2.0, context.tokens.focus),
                    (false, true) => Stroke::new(1.0, context.tokens.border_strong),
                    (false, false) => Stroke::new(1.0, Color32::TRANSPARENT),
                };
                ui.painter().rect_stroke(rect, theme::CORNER, ring, StrokeKind::Inside);
                if response.clicked() {
                    self.color = color;
                    self.color_text = color.to_string();
                }
                response.on_hover_text(color.to_string());
            }
        });
        let parsed = self.color_text.parse::<Color>();
        let error = parsed.is_err().then(|| context.tr("labeling-label-color-error"));
        let name = context.tr("labeling-label-color-code");
        let field = Field::new(name).width(140.0).error(error.as_deref());
        field.show(ui, context, &mut self.color_text);
        if let Ok(color) = parsed
            && self.color_text.len() >= 4
        {
            self.color = color;
        }
    }

    fn key_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let key = self.typed_key();
        let holder = key.ok().flatten().and_then(|key| self.others.iter().find(|(label, _)| label.key == Some(key)));
        let error = key.is_err().then(|| context.tr("labeling-label-key-error"));
        let note = match holder {
            Some((label, _)) => context.tr_with("labeling-label-key-taken", &[("name", label.name.as_str().into())]),
            None if self.on_canvas => canvas_note(context, key.ok().flatten()),
            None => context.tr("labeling-label-key-note"),
        };
        let field = Field::new(context.tr("labeling-label-key")).error(error.as_deref()).note(note);
        field.show(ui, context, &mut self.key);
    }
}

/// On the canvas, commands go before labels: which one has the key, and which keys no command has.
fn canvas_note(context: &Context<'_>, key: Option<char>) -> String {
    let free = LABEL_KEYS.chars().filter(|key| key.is_alphabetic());
    let free = free.filter(|key| context.shortcuts.canvas_command_of(*key).is_none());
    let free = free.map(|key| key.to_ascii_uppercase().to_string()).collect::<Vec<_>>().join(", ");
    match key.and_then(|key| context.shortcuts.canvas_command_of(key)) {
        Some(command) => {
            let command = context.label_of(command);
            context.tr_with(
                "labeling-label-key-canvas-taken",
                &[("command", command.as_str().into()), ("free", free.as_str().into())],
            )
        }
        None => context.tr_with("labeling-label-key-canvas", &[("free", free.as_str().into())]),
    }
}

impl Dialog for EditLabel {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        self.frames += 1;
        match self.saving.as_ref().and_then(Promise::take) {
            Some(Ok(())) => {
                if let (Some(before), Some((into, _))) = (&self.before, self.namesake()) {
                    let arguments = [("from", before.name.as_str().into()), ("into", into.name.as_str().into())];
                    context.notify(Notification::success(context.tr_with("labeling-merged", &arguments)));
                }
                return false;
            }
            Some(Err(explanation)) => {
                self.failure = Some(explanation);
                self.saving = None;
            }
            None => {}
        }
        let busy = self.saving.is_some();
        let error = self.name_error(context);
        let change = self.change();
        let merge = change.as_ref().is_some_and(|change| change.merge);
        let is_new = self.before.is_none();
        let (title, confirm, icon) = match (is_new, merge) {
            (true, _) => ("labeling-new-label", "labeling-new-label-confirm", Icon::Plus),
            (false, true) => ("labeling-edit-label", "labeling-merge-confirm", Icon::Merge),
            (false, false) => ("labeling-edit-label", "labeling-edit-label-confirm", Icon::Check),
        };
        let failure = self.failure.take();
        let frame = DialogFrame::new("labeling-edit-label", context.tr(title))
            .width(440.0)
            .confirm(context.tr(confirm), icon)
            .dangerous(merge)
            .enabled(error.is_none() && !self.name.trim().is_empty() && change.is_some())
            .busy(busy)
            .failure(failure.as_ref());
        let footer = frame.show(egui, context, |ui| {
            let field = Field::new(context.tr("labeling-label-name")).limit(32).error(error.as_deref());
            field.focus(self.frames == 1).show(ui, context, &mut self.name);
            if merge && let Some((into, samples)) = self.namesake() {
                let text = context.tr_with(
                    "labeling-merge-warning",
                    &[
                        ("name", into.name.as_str().into()),
                        ("count", self.samples.into()),
                        ("others", (*samples).into()),
                    ],
                );
                ui.add(egui::Label::new(egui::RichText::new(text).color(context.tokens.warning_text)).wrap());
            } else {
                self.color_ui(ui, context);
                self.key_ui(ui, context);
            }
        });
        self.failure = failure;
        if footer.confirmed
            && !busy
            && let Some(change) = change
        {
            self.failure = None;
            let (dataset, before) = (self.dataset, self.before.clone());
            self.saving = Some(
                context.backend.write_from_form(move |workbench| save(workbench, dataset, before.as_ref(), change)),
            );
        }
        !footer.closed || busy
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::labels::tests::table;
    use super::*;

    #[test]
    fn only_what_changed_is_saved() {
        let table = table(&["rose", "tulip"]);
        let mut form = EditLabel::of(DatasetId::random(), &table, table.rows()[0].label.id).expect("a label");
        assert_eq!(form.change(), Some(Change { name: None, merge: false, color: None, key: None }));
        form.name = " daisy ".to_owned();
        form.key = "Q".to_owned();
        let change = form.change().expect("valid");
        assert_eq!((change.name.as_deref(), change.merge, change.key), (Some("daisy"), false, Some(Some('q'))));
    }

    #[test]
    fn another_labels_name_asks_to_merge() {
        let table = table(&["rose", "tulip"]);
        let mut form = EditLabel::of(DatasetId::random(), &table, table.rows()[0].label.id).expect("a label");
        form.name = "tulip".to_owned();
        assert!(form.change().expect("valid").merge);
    }

    #[test]
    fn the_pages_own_keys_are_refused() {
        let table = table(&["rose"]);
        let mut form = EditLabel::new_label(DatasetId::random(), &table);
        assert_eq!(form.typed_key(), Ok(Some('2')));
        for wrong in ["h", "0", "ab", "?"] {
            form.key = wrong.to_owned();
            assert_eq!(form.typed_key(), Err(()), "{wrong}");
        }
        form.key = String::new();
        assert_eq!(form.typed_key(), Ok(None));
    }
}
