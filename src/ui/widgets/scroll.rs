//! Scroll areas that leave everything else in its place.

use egui::{Rect, ScrollArea, Ui, UiBuilder, pos2, vec2};

/// Contents as high as they are, up to `most_points`; what is more scrolls. A dialog or a menu around it is as high as
/// that needs at once: by itself egui offers no more room than there was in the frame before.
pub fn scroll_up_to(most_points: f32) -> ScrollArea {
    ScrollArea::vertical().max_height(most_points).min_scrolled_height(most_points).auto_shrink([false, true])
}

/// All that is left of a panel. The bar stands in the panel's margin: nothing moves when it comes or goes.
pub fn panel_scroll(ui: &mut Ui, id: &str, contents: impl FnOnce(&mut Ui)) {
    let rect = ui.available_rect_before_wrap();
    let bar = ui.spacing().scroll.floating_allocated_width;
    let with_bar = Rect::from_min_max(rect.min, pos2(rect.max.x + bar, rect.max.y));
    let mut child = ui.new_child(UiBuilder::new().max_rect(with_bar));
    ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(&mut child, |ui| {
        ui.set_max_width(rect.width());
        contents(ui);
    });
    ui.allocate_space(vec2(0.0, rect.height()));
}
