//! Picking a label's colour: from the palette, or by its hex code.

use super::Field;
use crate::domain::label::{Color, PALETTE};
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme::{self, Tokens, space};
use egui::{Popup, PopupCloseBehavior, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// A square of the colour that opens the picker; returns the colour once another is chosen. `name` tells a screen
/// reader whose colour it is.
pub fn color_button(ui: &mut Ui, context: &Context<'_>, color: Color, name: &str) -> Option<Color> {
    let tokens = context.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::click());
    let label = context.tr_with("color-of", &[("name", name.into()), ("color", color.to_string().into())]);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let stroke = Stroke::new(1.0, tokens.border_strong);
    ui.painter().rect(rect, theme::CORNER, tokens.field, stroke, StrokeKind::Inside);
    ui.painter().rect_filled(rect.shrink(6.0), 3, theme::label_color(color));
    super::button::focus_ring(ui, &response, tokens);
    let response = response.on_hover_text(&label);
    let mut picked = None;
    let text_id = response.id.with("hex");
    Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(4.0 * 28.0 + 3.0 * space::XS + space::S);
        picked = palette_ui(ui, context, color);
        let mut text: String = ui.data_mut(|data| data.get_temp(text_id)).unwrap_or_else(|| color.to_string());
        let read = text.parse::<Color>();
        let wrong = read.is_err().then(|| context.tr("color-wrong"));
        let field = Field::new(context.tr("color-code")).error(wrong.as_deref()).show(ui, context, &mut text);
        if field.changed() {
            picked = text.parse::<Color>().ok().or(picked);
        }
        if picked.is_some() && !field.changed() {
            text = picked.unwrap_or(color).to_string();
        }
        ui.data_mut(|data| data.insert_temp(text_id, text));
    });
    if !Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response)) {
        ui.data_mut(|data| data.remove::<String>(text_id));
    }
    picked.filter(|picked| *picked != color)
}

fn palette_ui(ui: &mut Ui, context: &Context<'_>, color: Color) -> Option<Color> {
    let mut picked = None;
    ui.spacing_mut().item_spacing = vec2(space::XS, space::XS);
    for row in PALETTE.chunks(4) {
        ui.horizontal(|ui| {
            for choice in row {
                let (rect, response) = ui.allocate_exact_size(vec2(28.0, 28.0), Sense::click());
                let name = choice.to_string();
                response.widget_info(|| WidgetInfo::selected(Role::Button, true, *choice == color, &name));
                let fill = theme::label_color(*choice);
                ui.painter().rect_filled(rect.shrink(2.0), theme::CORNER, fill);
                if *choice == color {
                    icons::paint(ui.painter(), rect.center(), Icon::Check, 16.0, Tokens::text_on(fill));
                }
                super::button::focus_ring(ui, &response, context.tokens);
                if response.clicked() {
                    picked = Some(*choice);
                }
            }
        });
    }
    picked
}
