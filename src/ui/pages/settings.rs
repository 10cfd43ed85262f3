//! Personal settings: language, theme, scale, name, folders, shortcuts.

use super::{Page, Screen};
use crate::text::Language;
use crate::ui::commands::{Command, Shortcuts, format_keys, parse_keys};
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::Icon;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button, Field};
use crate::workbench::{PersonalSettings, Theme};
use egui::{Align, Layout, RichText, ScrollArea, Ui};

/// The page's state: what is typed but not yet settings.
#[derive(Default)]
pub(in crate::ui) struct SettingsPage {
    name: String,
    search: String,
    /// The command whose keys are being typed.
    editing: Option<(Command, String)>,
}

/// The scales offered, in percent.
const SCALES: [u8; 7] = [80, 90, 100, 110, 125, 150, 200];

impl SettingsPage {
    fn look_ui(ui: &mut Ui, context: &Context<'_>, settings: &mut PersonalSettings) {
        row(ui, context, "settings-language", |ui| {
            let mut language = settings.language.as_deref().and_then(Language::from_locale);
            let mut choices = vec![(None, context.tr("settings-as-system"), None)];
            choices.extend(Language::ALL.map(|language| (Some(language), language.own_name().to_owned(), None)));
            if widgets::segments(ui, context, &mut language, &choices) {
                settings.language = language.map(|language| language.tag().to_owned());
            }
        });
        row(ui, context, "settings-theme", |ui| {
            let choices = [
                (Theme::System, context.tr("settings-as-system"), Some(Icon::Monitor)),
                (Theme::Light, context.tr("settings-light"), Some(Icon::Sun)),
                (Theme::Dark, context.tr("settings-dark"), Some(Icon::Moon)),
            ];
            widgets::segments(ui, context, &mut settings.theme, &choices);
        });
        row(ui, context, "settings-zoom", |ui| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 50 and 300")]
            let mut percent = (settings.zoom.clamp(0.5, 2.5) * 100.0).round() as u8;
            let choices = SCALES.map(|percent| (percent, format!("{percent}%"), None));
            if widgets::segments(ui, context, &mut percent, &choices) {
                settings.zoom = f32::from(percent) / 100.0;
            }
        });
    }

    fn person_ui(&mut self, ui: &mut Ui, context: &Context<'_>, settings: &mut PersonalSettings) {
        row(ui, context, "settings-name", |ui| {
            let actor = context.backend.workbench().actor();
            let field = Field::new(context.tr("settings-name")).hide_label().hint(actor.0);
            let field = field.note(context.tr("settings-name-note")).width(440.0);
            let response = field.show(ui, context, &mut self.name);
            // Taken on leaving the field, so that half a name is never written.
            if response.lost_focus() {
                let name = self.name.trim();
                settings.name = (!name.is_empty()).then(|| name.to_owned());
            }
        });
    }

    fn folders_ui(ui: &mut Ui, context: &Context<'_>) {
        let workspace = Some(context.backend.workbench().folder().to_path_buf());
        for (id, folder) in [("settings-workspace", workspace), ("settings-file", PersonalSettings::default_path())] {
            row(ui, context, id, |ui| {
                let path = folder.map_or_else(|| "–".to_owned(), |path| path.to_string_lossy().into_owned());
                let copy = context.tr_with("copy-of", &[("name", context.tr(id).into())]);
                ui.horizontal(|ui| {
                    let shown = RichText::new(&path).size(text_size::SMALL);
                    let width = (ui.available_width() - 40.0).max(80.0);
                    ui.scope(|ui| {
                        ui.set_max_width(width);
                        ui.add(egui::Label::new(shown).truncate());
                    });
                    if widgets::icon_button(ui, context, Icon::Copy, &copy).clicked() {
                        ui.ctx().copy_text(path.clone());
                    }
                });
            });
        }
        widgets::weak(ui, context, context.tr("settings-workspace-note"));
    }

    fn shortcuts_ui(&mut self, ui: &mut Ui, context: &Context<'_>, settings: &mut PersonalSettings) {
        ui.horizontal(|ui| {
            widgets::search_field(ui, context, &mut self.search, &context.tr("settings-shortcut-search"), 240.0);
            let changed = !settings.shortcuts.is_empty();
            let reset = Button::ghost(context.tr("settings-shortcuts-reset")).icon(Icon::RotateCcw).enabled(changed);
            if reset.show(ui, context).clicked() {
                settings.shortcuts.clear();
            }
        });
        let needle = self.search.trim().to_lowercase();
        for &command in Command::ALL {
            let label = context.label_of(command);
            let keys = context.keys_of(command);
            if !label.to_lowercase().contains(&needle) && !keys.to_lowercase().contains(&needle) {
                continue;
            }
            ui.push_id(command.name(), |ui| self.shortcut_ui(ui, context, settings, command, &label, &keys));
        }
    }

    fn shortcut_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        settings: &mut PersonalSettings,
        command: Command,
        label: &str,
        keys: &str,
    ) {
        ui.horizontal_top(|ui| {
            ui.set_min_height(32.0);
            let (rect, _) = ui.allocate_exact_size(egui::vec2(300.0, 28.0), egui::Sense::hover());
            let mut name =
                ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
            name.label(crate::ui::icons::text(command.icon(), 16.0).color(context.tokens.text_weak));
            name.add(egui::Label::new(label).truncate());
            let is_editing = self.editing.as_ref().is_some_and(|(edited, _)| *edited == command);
            let name = context.tr_with("settings-keys-of", &[("name", label.into())]);
            if !is_editing {
                let shown = if keys.is_empty() { context.tr("settings-no-keys") } else { keys.to_owned() };
                let button = Button::secondary(shown).tip(&name);
                let response = button.show(ui, context);
                let clicked = response.clicked();
                response.accessible_name(format!("{name}: {keys}"));
                if clicked {
                    self.editing = Some((command, keys.to_owned()));
                }
                if settings.shortcuts.contains_key(command.name()) {
                    let reset = context.tr_with("settings-keys-reset", &[("name", label.into())]);
                    if widgets::icon_button(ui, context, Icon::RotateCcw, &reset).clicked() {
                        settings.shortcuts.remove(command.name());
                    }
                }
                return;
            }
            let Some((_, text)) = &mut self.editing else { return };
            let fault = fault_of(context, command, text);
            let field = Field::new(&name).hide_label().hint("Ctrl+Shift+K").error(fault.as_deref()).width(200.0);
            let response = field.show(ui, context, text);
            let valid = fault.is_none();
            let text = text.trim().to_owned();
            let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if !response.has_focus() && !response.lost_focus() {
                response.request_focus();
            }
            let save = Button::secondary(context.tr("save")).small().enabled(valid).show(ui, context).clicked();
            if valid && (entered || save) {
                if text == command.default_keys() {
                    settings.shortcuts.remove(command.name());
                } else {
                    let keys = parse_keys(&text).map(format_keys).unwrap_or_default();
                    settings.shortcuts.insert(command.name().to_owned(), keys);
                }
                self.editing = None;
            } else if Button::ghost(context.tr("cancel")).small().show(ui, context).clicked()
                || (response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)))
            {
                self.editing = None;
            }
        });
    }
}

/// What is wrong with typed keys: unreadable, or another command's. No keys at all are fine.
fn fault_of(context: &Context<'_>, command: Command, text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    let Some(keys) = parse_keys(text) else { return Some(context.tr("settings-keys-unreadable")) };
    let shortcuts: &Shortcuts = context.shortcuts;
    let other = Command::ALL.iter().find(|other| **other != command && shortcuts.of(**other) == Some(keys))?;
    Some(context.tr_with("settings-keys-taken", &[("name", context.label_of(*other).into())]))
}

/// A setting: its name at the left, its control at the right.
fn row(ui: &mut Ui, context: &Context<'_>, id: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.set_min_height(36.0);
        let (rect, _) = ui.allocate_exact_size(egui::vec2(160.0, 32.0), egui::Sense::hover());
        let mut name = ui.new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
        name.add(egui::Label::new(context.tr(id)).truncate());
        ui.vertical(control);
    });
}

fn group(ui: &mut Ui, context: &Context<'_>, id: &str, contents: impl FnOnce(&mut Ui)) {
    widgets::section(ui, context, context.tr(id));
    context.tokens.card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        contents(ui);
    });
    ui.add_space(space::L);
}

impl Screen for SettingsPage {
    fn open(&mut self, _page: &Page, context: &Context<'_>) {
        self.name = context.settings.name.clone().unwrap_or_default();
        self.editing = None;
    }

    fn title(&self, context: &Context<'_>) -> String {
        context.tr("nav-settings")
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut settings = context.settings.clone();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(760.0);
            group(ui, context, "settings-look", |ui| Self::look_ui(ui, context, &mut settings));
            group(ui, context, "settings-person", |ui| self.person_ui(ui, context, &mut settings));
            group(ui, context, "settings-folders", |ui| Self::folders_ui(ui, context));
            group(ui, context, "settings-shortcuts", |ui| self.shortcuts_ui(ui, context, &mut settings));
            widgets::weak(ui, context, format!("Modelier {}", env!("CARGO_PKG_VERSION")));
        });
        if settings != *context.settings {
            context.send(UiCommand::SaveSettings(Box::new(settings)));
        }
    }
}
