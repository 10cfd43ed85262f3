//! Boxes on a picture: what is in it, and what a detector found.

use crate::domain::detection::EdgeBox;
use crate::ui::theme::{self, Tokens, text_size};
use egui::{Align2, Color32, FontId, Rect, Shape, Stroke, StrokeKind, Ui, pos2, vec2};

/// Colours that are told apart on pictures of any kind.
const COLORS: [Color32; 8] = [
    Color32::from_rgb(0x2f, 0x80, 0xff),
    Color32::from_rgb(0xff, 0x8a, 0x00),
    Color32::from_rgb(0x1f, 0xb5, 0x5e),
    Color32::from_rgb(0xe5, 0x3b, 0x6f),
    Color32::from_rgb(0x9b, 0x5d, 0xe5),
    Color32::from_rgb(0x00, 0xb8, 0xc4),
    Color32::from_rgb(0xd4, 0xa0, 0x00),
    Color32::from_rgb(0xb0, 0x6a, 0x3b),
];

/// The colour of a class.
pub fn color(class: usize) -> Color32 {
    COLORS[class % COLORS.len()]
}

/// Where a picture of `size_px` lies that is as large as it fits in `rect`.
#[expect(clippy::cast_precision_loss, reason = "sides of pictures")]
pub fn fitted(size_px: [u32; 2], rect: Rect) -> Rect {
    let size = vec2(size_px[0].max(1) as f32, size_px[1].max(1) as f32);
    let scale = (rect.width() / size.x).min(rect.height() / size.y);
    Rect::from_center_size(rect.center(), size * scale)
}

/// Where a box lies on the screen; `picture` is where the picture of `size_px` lies.
#[expect(clippy::cast_possible_truncation, reason = "points on the screen")]
fn placed(edges: &EdgeBox, size_px: [u32; 2], picture: Rect) -> Rect {
    let [top, left, bottom, right] = *edges;
    let at = |x: f64, y: f64| {
        let part = |value: f64, whole: u32| (value / f64::from(whole.max(1))) as f32;
        pos2(
            picture.left() + picture.width() * part(x, size_px[0]),
            picture.top() + picture.height() * part(y, size_px[1]),
        )
    };
    Rect::from_two_pos(at(left, top), at(right, bottom))
}

/// Paints an object that is there: dashed, so that a found box on it can be told from it.
pub fn paint_truth(ui: &Ui, edges: &EdgeBox, size_px: [u32; 2], picture: Rect, color: Color32) {
    let rect = placed(edges, size_px, picture);
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
    ui.painter().add(Shape::line(corners.to_vec(), Stroke::new(3.0, Color32::from_black_alpha(110))));
    ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(2.0, color), 5.0, 4.0));
}

/// Paints a box. `picture` is where the picture of `size_px` lies.
pub fn paint(ui: &Ui, edges: &EdgeBox, size_px: [u32; 2], picture: Rect, stroke: Stroke) {
    ui.painter().rect_stroke(placed(edges, size_px, picture), 2, stroke, StrokeKind::Middle);
}

/// Paints what a box is above it. After all boxes, so that none goes through a name.
pub fn paint_name(ui: &Ui, edges: &EdgeBox, size_px: [u32; 2], picture: Rect, color: Color32, text: &str) {
    let rect = placed(edges, size_px, picture);
    let font = FontId::new(text_size::SMALL, theme::bold_family());
    let ink = Tokens::text_on(color);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, ink);
    let size = galley.size() + vec2(6.0, 2.0);
    // Above the box, or inside it where there is no room above.
    let top = if rect.top() - size.y >= picture.top() { rect.top() - size.y } else { rect.top() };
    let left = rect.left().min(picture.right() - size.x).max(picture.left());
    let plate = Align2::LEFT_TOP.anchor_size(pos2(left, top), size);
    ui.painter().rect_filled(plate, 2, color);
    ui.painter().galley(plate.min + vec2(3.0, 1.0), galley, ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_can_be_read_on_every_color() {
        for class in 0..COLORS.len() {
            let fill = color(class);
            let found = theme::contrast(Tokens::text_on(fill), fill);
            assert!(found >= 4.5, "{class}: {found:.2}");
        }
    }

    #[test]
    fn a_box_lies_where_its_edges_say() {
        let picture = Rect::from_min_size(pos2(10.0, 60.0), vec2(200.0, 100.0));
        let rect = placed(&[50.0, 100.0, 100.0, 400.0], [400, 200], picture);
        assert_eq!(rect, Rect::from_min_max(pos2(60.0, 85.0), pos2(210.0, 110.0)));
    }

    #[test]
    fn a_picture_keeps_its_proportions() {
        let rect = Rect::from_min_size(pos2(10.0, 10.0), vec2(200.0, 200.0));
        assert_eq!(fitted([400, 200], rect), Rect::from_min_size(pos2(10.0, 60.0), vec2(200.0, 100.0)));
    }
}
