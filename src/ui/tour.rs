//! A tour of six steps: what Modelier does, from files to a running model.

use super::context::{Context, UiCommand};
use super::icons::{self, Icon};
use super::pages::Page;
use super::theme::{self, size, space, text_size};
use super::widgets::{self, Button};
use egui::{Align, Align2, FontId, Id, Key, Layout, Modifiers, RichText, Role, Sense, Ui, WidgetInfo, vec2};

/// Each step: its icon, its words, the page it speaks of.
const STEPS: [(Icon, &str, fn() -> Page); 6] = [
    (Icon::FolderOpen, "tour-data", || Page::Datasets),
    (Icon::Tags, "tour-label", || Page::Datasets),
    (Icon::Upload, "tour-publish", || Page::Datasets),
    (Icon::BrainCircuit, "tour-train", || Page::Training),
    (Icon::ChartLine, "tour-evaluate", || Page::Training),
    (Icon::Rocket, "tour-serve", || Page::Services),
];

/// Where the tour stands.
#[derive(Default)]
pub(super) struct Tour {
    step: Option<usize>,
}

impl Tour {
    pub fn start(&mut self, context: &Context<'_>) {
        self.go(context, 0);
    }

    pub fn is_open(&self) -> bool {
        self.step.is_some()
    }

    fn go(&mut self, context: &Context<'_>, step: usize) {
        self.step = Some(step);
        context.open(STEPS[step].2());
    }

    fn end(&mut self, context: &Context<'_>) {
        self.step = None;
        if !context.settings.tour_seen {
            let mut settings = context.settings.clone();
            settings.tour_seen = true;
            context.send(UiCommand::SaveSettings(Box::new(settings)));
        }
    }

    /// Draws the card of the present step, at the bottom, so that the page it speaks of stays in sight.
    pub fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) {
        let Some(step) = self.step else { return };
        if egui.memory(|memory| memory.top_modal_layer().is_some()) {
            return;
        }
        let tokens = context.tokens;
        let title = context.tr(STEPS[step].1);
        let mut wish = None;
        egui::Area::new(Id::unique("tour"))
            .order(egui::Order::Foreground)
            .anchor(Align2::CENTER_BOTTOM, vec2(0.0, -(size::STATUS_HEIGHT + space::XL)))
            .accessible_name(&title)
            .show(egui, |ui| {
                let stroke = egui::Stroke::new(1.5, tokens.focus);
                let frame = tokens.card().stroke(stroke).inner_margin(20).shadow(ui.visuals().window_shadow);
                frame.show(ui, |ui| {
                    ui.set_width(520.0);
                    wish = card_ui(ui, context, step, &title);
                });
            });
        let keys = egui.input_mut(|input| {
            (
                input.consume_key(Modifiers::NONE, Key::Escape),
                input.consume_key(Modifiers::NONE, Key::ArrowRight),
                input.consume_key(Modifiers::NONE, Key::ArrowLeft),
            )
        });
        let wish = match keys {
            (true, _, _) => Some(Wish::End),
            (_, true, _) => Some(Wish::Next),
            (_, _, true) => Some(Wish::Back),
            _ => wish,
        };
        match wish {
            Some(Wish::Next) if step + 1 < STEPS.len() => self.go(context, step + 1),
            Some(Wish::Back) => self.go(context, step.saturating_sub(1)),
            Some(Wish::Next | Wish::End) => self.end(context),
            None => {}
        }
    }
}

enum Wish {
    Next,
    Back,
    End,
}

fn card_ui(ui: &mut Ui, context: &Context<'_>, step: usize, title: &str) -> Option<Wish> {
    let tokens = context.tokens;
    let (icon, id, _) = STEPS[step];
    let mut wish = None;
    ui.horizontal(|ui| {
        ui.label(icons::text(icon, 20.0).color(tokens.accent_text));
        ui.label(RichText::new(title).font(FontId::new(text_size::BODY, theme::bold_family())));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if widgets::icon_button(ui, context, Icon::X, &context.tr("tour-end")).clicked() {
                wish = Some(Wish::End);
            }
            let place = [("step", (step + 1).into()), ("total", STEPS.len().into())];
            widgets::weak(ui, context, context.tr_with("tour-step", &place));
        });
    });
    ui.add(egui::Label::new(context.tr(&format!("{id}.about"))).wrap());
    ui.add_space(space::XS);
    ui.horizontal(|ui| {
        for index in 0..STEPS.len() {
            let (rect, response) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{}", index + 1)));
            let color = if index == step { tokens.accent } else { tokens.border_strong };
            ui.painter().circle_filled(rect.center(), 4.0, color);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_last = step + 1 == STEPS.len();
            let next = context.tr(if is_last { "tour-finish" } else { "tour-next" });
            if Button::primary(next).keys("→").show(ui, context).clicked() {
                wish = Some(Wish::Next);
            }
            if step > 0 && Button::secondary(context.tr("tour-back")).keys("←").show(ui, context).clicked() {
                wish = Some(Wish::Back);
            }
        });
    });
    wish
}
