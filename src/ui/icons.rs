//! Icons: characters of the Lucide font. An icon never stands alone for a screen reader: what draws one gives it a
//! name.

pub use lucide_icons::Icon;

use super::theme;
use egui::{Color32, FontId, RichText};

/// The icon as text of `size_points`.
#[must_use]
pub fn text(icon: Icon, size_points: f32) -> RichText {
    RichText::new(char::from(icon).to_string()).font(FontId::new(size_points, theme::icon_family()))
}

/// Paints an icon centred at a point.
pub fn paint(painter: &egui::Painter, center: egui::Pos2, icon: Icon, size_points: f32, color: Color32) {
    painter.text(
        center,
        egui::Align2::CENTER_CENTER,
        char::from(icon),
        FontId::new(size_points, theme::icon_family()),
        color,
    );
}
