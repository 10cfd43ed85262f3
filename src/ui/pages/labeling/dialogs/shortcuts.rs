//! “?”: the keys of the page.

use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::pages::labeling::keys::{GROUPS, Group, TEXT_GROUPS};
use crate::ui::theme::{space, text_size};
use crate::ui::widgets;
use egui::{Align2, FontFamily, FontId, Stroke, StrokeKind, Ui, vec2};

/// The overlay that lists the keys.
pub struct ShortcutsOverlay {
    groups: &'static [Group],
}

impl ShortcutsOverlay {
    /// The keys of pictures or of texts.
    pub fn new(of_texts: bool) -> Self {
        Self { groups: if of_texts { TEXT_GROUPS } else { GROUPS } }
    }
}

fn keys_ui(ui: &mut Ui, context: &Context<'_>, keys: &str) {
    let keys = if cfg!(target_os = "macos") { keys.replace("Ctrl", "Cmd") } else { keys.to_owned() };
    let tokens = context.tokens;
    let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let galley = ui.painter().layout_no_wrap(keys.clone(), font.clone(), tokens.text);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 12.0, 22.0), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &keys));
    ui.painter().rect(rect, 4, tokens.field, Stroke::new(1.0, tokens.border_strong), StrokeKind::Inside);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, &keys, font, tokens.text);
}

impl Dialog for ShortcutsOverlay {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let frame = DialogFrame::new("labeling-shortcuts", context.tr("labeling-shortcuts")).width(820.0);
        let footer = frame.show(egui, context, |ui| {
            ui.spacing_mut().item_spacing = vec2(space::XL, space::XS);
            ui.spacing_mut().interact_size.y = 22.0;
            ui.columns_const(|[left, right]| {
                for (place, group) in self.groups.iter().enumerate() {
                    let ui = if place == 0 || place == self.groups.len() - 1 { &mut *left } else { &mut *right };
                    widgets::section(ui, context, context.tr(group.title));
                    for (id, keys) in group.lines {
                        ui.horizontal(|ui| {
                            ui.set_width(ui.available_width());
                            let room = ui.available_width();
                            ui.allocate_ui(vec2((room - 170.0).max(80.0), 22.0), |ui| {
                                ui.add(egui::Label::new(context.tr(id)).wrap());
                            });
                            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                                keys_ui(ui, context, keys);
                            });
                        });
                    }
                    ui.add_space(space::S);
                }
            });
        });
        let again =
            egui.input(|input| input.key_pressed(egui::Key::Questionmark) || input.key_pressed(egui::Key::Slash));
        // The key that opened it is still in the first frame's events: it closes only after it was shown once.
        let opened = egui.memory_mut(|memory| {
            let frames: &mut u32 = memory.data.get_temp_mut_or_default(egui::Id::unique("labeling-shortcuts-frames"));
            *frames += 1;
            *frames > 2
        });
        let open = !(footer.closed || again && opened);
        if !open {
            egui.memory_mut(|memory| memory.data.remove::<u32>(egui::Id::unique("labeling-shortcuts-frames")));
        }
        open
    }
}
