//! The whole image, small, with a frame around what is seen; a click or drag goes there.

use super::view::View;
use crate::domain::shape::{Bounds, Point};
use crate::ui::context::Context;
use crate::ui::theme::on_image;
use egui::{Id, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// The longer side, in screen points.
const SIDE_POINTS: f64 = 140.0;

/// Where the minimap lies: at the lower right of the viewport.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
pub fn rect_of(view: &View) -> Rect {
    let [width, height] = view.size_px();
    let scale = SIDE_POINTS / width.max(height).max(1.0);
    let size = vec2((width * scale).max(8.0) as f32, (height * scale).max(8.0) as f32);
    let corner = view.viewport().max - vec2(12.0, 12.0);
    Rect::from_min_max(corner - size, corner)
}

/// The point of the image that a place on the minimap stands for.
#[must_use]
pub fn point_at(view: &View, rect: Rect, at: Pos2) -> Point {
    let share = (at - rect.min) / rect.size();
    let size = view.size_px();
    [f64::from(share.x.clamp(0.0, 1.0)) * size[0], f64::from(share.y.clamp(0.0, 1.0)) * size[1]]
}

/// Where the part that is seen lies on the minimap.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
pub fn seen(view: &View, rect: Rect) -> Rect {
    let Bounds { min, max } = view.visible();
    let size = view.size_px();
    let place = |point: Point| {
        let share = [0, 1].map(|axis| (point[axis] / size[axis].max(1.0)).clamp(0.0, 1.0) as f32);
        pos2(rect.left() + share[0] * rect.width(), rect.top() + share[1] * rect.height())
    };
    Rect::from_min_max(place(min), place(max))
}

/// Draws it; returns where in the image the person wants to go.
pub fn ui(ui: &mut Ui, context: &Context<'_>, view: &View, paint: impl FnOnce(&Painter, Rect)) -> Option<Point> {
    let rect = rect_of(view);
    let response = ui.interact(rect, Id::unique("canvas-minimap"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, context.tr("canvas-minimap")));
    let painter = ui.painter();
    painter.rect_filled(rect.expand(1.0), 2, context.tokens.canvas);
    paint(painter, rect);
    painter.rect_stroke(rect, 2, Stroke::new(1.0, context.tokens.border_strong), StrokeKind::Outside);
    let seen = seen(view, rect);
    painter.rect_stroke(seen, 1, Stroke::new(3.0, on_image::DARK), StrokeKind::Middle);
    painter.rect_stroke(seen, 1, Stroke::new(1.5, on_image::LIGHT), StrokeKind::Middle);
    let used = response.is_pointer_button_down_on() || response.clicked();
    response.interact_pointer_pos().filter(|_| used).map(|at| point_at(view, rect, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_where_a_click_would_lead() {
        let mut view = View::default();
        view.show_image([4000.0, 2000.0]);
        view.set_viewport(Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0)));
        view.zoom(8.0);
        let rect = rect_of(&view);
        assert!(view.viewport().contains_rect(rect));
        let target = pos2(rect.left() + rect.width() * 0.75, rect.center().y);
        view.center_on(point_at(&view, rect, target));
        assert!(seen(&view, rect).center().distance(target) < 1.0);
    }
}
