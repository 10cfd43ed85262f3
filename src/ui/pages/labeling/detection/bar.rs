//! The bar above the canvas: tools, what can be done with the selection, how the image is looked at.

use super::DetectionPage;
use super::actions::against;
use crate::ui::canvas::Tool;
use crate::ui::canvas::look::{Channel, Look};
use crate::ui::commands::{Command, SHAPE_TOOLS};
use crate::ui::context::{Context, UiCommand};
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::bars::{choice, menu};
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button};
use egui::{Slider, Ui};

/// A command as an icon: its name and keys on hover.
pub(super) fn tool_button(ui: &mut Ui, context: &Context<'_>, command: Command, on: Option<bool>) {
    let button = Button::ghost("").icon(command.icon()).tip(context.label_of(command));
    let button = button.keys_on_hover(context.keys_of(command));
    let button = match on {
        Some(on) => button.selected(on),
        None => button,
    };
    if button.show(ui, context).clicked() {
        context.send(UiCommand::Run(command));
    }
}

impl DetectionPage {
    pub(super) fn bar_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(2.0, 2.0);
            let tool = self.canvas.hand.tool();
            tool_button(ui, context, Command::CanvasStrip, Some(self.strip_open));
            ui.separator();
            tool_button(ui, context, Command::CanvasSelect, Some(tool == Tool::Select));
            for (kind, command) in SHAPE_TOOLS {
                match self.rule.filter(|rule| *rule != kind) {
                    None => tool_button(ui, context, command, Some(tool == Tool::Draw(kind))),
                    Some(rule) => {
                        let why = format!("{}: {}", context.label_of(command), context.explain(&against(rule)));
                        Button::ghost("").icon(command.icon()).tip(why).enabled(false).show(ui, context);
                    }
                }
            }
            self.rule_ui(ui, context);
            ui.separator();
            tool_button(ui, context, Command::CanvasSplit, Some(tool == Tool::Split));
            tool_button(ui, context, Command::CanvasJoin, None);
            ui.separator();
            tool_button(ui, context, Command::CanvasPrevious, None);
            tool_button(ui, context, Command::CanvasNext, None);
            tool_button(ui, context, Command::CanvasNextUnlabeled, None);
            tool_button(ui, context, Command::CanvasBringPrevious, None);
            let (text, tip) = self.decision_words(context);
            let nothing = Button::secondary(text)
                .icon(Command::CanvasNothing.icon())
                .small()
                .tip(tip)
                .keys(context.keys_of(Command::CanvasNothing));
            ui.add_space(space::XS);
            if nothing.show(ui, context).clicked() {
                context.send(UiCommand::Run(Command::CanvasNothing));
            }
            ui.add_space(space::XS);
            ui.separator();
            self.asks_ui(ui, context);
            self.look_ui(ui, context);
        });
        ui.add_space(space::XS);
    }

    /// Whether the dataset takes one kind of shape only; a click leads to where that is said.
    fn rule_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        let tip = match self.rule {
            Some(rule) => context.tr_with("canvas-rule-one", &[("shape", context.name_of_shape(rule).into())]),
            None => context.tr("canvas-rule-any"),
        };
        let button = Button::ghost("").icon(Icon::Shapes).selected(self.rule.is_some()).tip(tip);
        if button.show(ui, context).clicked() {
            context.send(UiCommand::Run(Command::ModifyDataset));
        }
    }

    fn asks_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let keys = context.keys_of(Command::CanvasLabel);
        let button =
            Button::ghost("").icon(Icon::Tag).selected(self.asks).tip(context.tr("canvas-asks")).keys_on_hover(keys);
        if button.show(ui, context).clicked() {
            self.asks = !self.asks;
        }
    }

    /// Brightness, contrast, channel, and what lies over the image. The file is not touched.
    fn look_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut look = self.canvas.pictures.look();
        let button = Button::ghost("")
            .icon(Icon::SlidersHorizontal)
            .selected(look != Look::default())
            .tip(context.tr("canvas-look"));
        let response = button.show(ui, context);
        menu(&response, 280.0, &context.tr("canvas-look"), |ui| {
            for (value, text) in [
                (&mut look.brightness, context.tr("canvas-brightness")),
                (&mut look.contrast, context.tr("canvas-contrast")),
            ] {
                ui.label(&text);
                widgets::slider(ui, context, &text, 180.0, Slider::new(value, -100..=100));
            }
            ui.label(context.tr("canvas-channel"));
            let names = [
                context.tr("canvas-channel-all"),
                context.tr("canvas-channel-red"),
                context.tr("canvas-channel-green"),
                context.tr("canvas-channel-blue"),
                context.tr("canvas-channel-grey"),
            ];
            let channels: Vec<_> = Channel::ALL.into_iter().zip(names).collect();
            if let Some(channel) = choice(ui, context, &channels, Some(look.channel)) {
                look.channel = channel;
            }
            if Button::secondary(context.tr("canvas-look-reset")).small().show(ui, context).clicked() {
                look = Look::default();
            }
            ui.separator();
            let options = &mut self.canvas.options;
            for (on, command) in [
                (&mut self.canvas.hand.snaps, Command::CanvasSnap),
                (&mut self.goes_on, Command::CanvasGoOn),
                (&mut self.canvas.keeps_zoom, Command::CanvasKeepZoom),
                (&mut options.names, Command::CanvasNames),
                (&mut options.crosshair, Command::CanvasCrosshair),
                (&mut options.guides, Command::CanvasGuides),
                (&mut options.minimap, Command::CanvasMinimap),
            ] {
                let text = format!("{}  ({})", context.label_of(command), context.keys_of(command));
                widgets::check_box(ui, context, on, &text);
            }
        });
        self.canvas.pictures.set_look(look);
    }
}
