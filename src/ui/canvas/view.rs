//! How the image is looked at: where its pixels are on the screen.

use crate::domain::shape::{Bounds, Point};
use egui::{Pos2, Rect, Ui, Vec2, pos2};

/// The smallest and largest scale, in screen points an image pixel.
const SCALES: std::ops::RangeInclusive<f64> = 0.002..=64.0;
/// How much of the image stays in sight however far one pans, in screen points.
const KEPT_POINTS: f64 = 48.0;
/// Free space around an image that is shown as a whole, in screen points.
const MARGIN_POINTS: f64 = 12.0;
/// Small images are not blown up beyond this when they are shown as a whole.
const LARGEST_FIT: f64 = 8.0;

/// The transform between image pixels and screen points. All arithmetic is in 64 bits: offsets in large images are
/// far beyond what 32 bits hold exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Screen points an image pixel.
    scale: f64,
    /// The point of the image in the middle of the viewport.
    center: Point,
    viewport: Rect,
    /// The size of the image in pixels.
    size_px: [f64; 2],
    /// Shown as a whole, also after the viewport changes.
    fitted: bool,
}

impl Default for View {
    fn default() -> Self {
        Self { scale: 1.0, center: [0.0; 2], viewport: Rect::ZERO, size_px: [1.0; 2], fitted: true }
    }
}

impl View {
    /// Looks at another image, as a whole.
    pub fn show_image(&mut self, size_px: [f64; 2]) {
        self.size_px = size_px;
        self.fit();
    }

    /// Looks at another image of the same size without moving, else as a whole.
    pub fn show_like_before(&mut self, size_px: [f64; 2]) {
        if self.size_px != size_px {
            self.show_image(size_px);
        }
    }

    /// Says where on the screen the image is shown.
    pub fn set_viewport(&mut self, viewport: Rect) {
        if self.viewport != viewport {
            self.viewport = viewport;
            if self.fitted {
                self.fit();
            } else {
                self.keep_in_sight();
            }
        }
    }

    #[must_use]
    pub fn viewport(&self) -> Rect {
        self.viewport
    }

    #[must_use]
    pub fn size_px(&self) -> [f64; 2] {
        self.size_px
    }

    /// Screen points an image pixel.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    #[must_use]
    pub fn is_fitted(&self) -> bool {
        self.fitted
    }

    /// Image pixels that so many screen points cover.
    #[must_use]
    pub fn image_length(&self, points: f32) -> f64 {
        f64::from(points) / self.scale
    }

    /// Where a point of the image is on the screen.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "screen coordinates")]
    pub fn screen_from_image(&self, point: Point) -> Pos2 {
        let middle = self.viewport.center();
        pos2(
            (f64::from(middle.x) + (point[0] - self.center[0]) * self.scale) as f32,
            (f64::from(middle.y) + (point[1] - self.center[1]) * self.scale) as f32,
        )
    }

    /// Which point of the image is at a place of the screen.
    #[must_use]
    pub fn image_from_screen(&self, at: Pos2) -> Point {
        let from_middle = at - self.viewport.center();
        [self.center[0] + f64::from(from_middle.x) / self.scale, self.center[1] + f64::from(from_middle.y) / self.scale]
    }

    /// The part of the image plane that can be seen.
    #[must_use]
    pub fn visible(&self) -> Bounds {
        Bounds { min: self.image_from_screen(self.viewport.min), max: self.image_from_screen(self.viewport.max) }
    }

    /// Where a part of the image is on the screen.
    #[must_use]
    pub fn screen_rect(&self, bounds: &Bounds) -> Rect {
        Rect::from_min_max(self.screen_from_image(bounds.min), self.screen_from_image(bounds.max))
    }

    /// Zooms so that what is under `at` stays there.
    pub fn zoom_about(&mut self, at: Pos2, factor: f64) {
        let kept = self.image_from_screen(at);
        self.scale = (self.scale * factor).clamp(*SCALES.start(), *SCALES.end());
        self.fitted = false;
        let now = self.image_from_screen(at);
        self.center = [self.center[0] + kept[0] - now[0], self.center[1] + kept[1] - now[1]];
        self.keep_in_sight();
    }

    /// Does what this frame's wheel and pinch ask for: zooms about `at`, with Shift pans.
    pub fn wheel(&mut self, ui: &Ui, at: Option<Pos2>) {
        let (scroll, pinch, shift) =
            ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta(), input.modifiers.shift));
        if shift && scroll != Vec2::ZERO {
            self.pan(scroll);
            return;
        }
        let factor = f64::from(pinch) * f64::from(scroll.y / 180.0).exp();
        if (factor - 1.0).abs() > 1e-4 {
            self.zoom_about(at.unwrap_or(self.viewport.center()), factor);
        }
    }

    /// Zooms about the middle of what is seen.
    pub fn zoom(&mut self, factor: f64) {
        self.zoom_about(self.viewport.center(), factor);
    }

    /// Moves the image by screen points.
    pub fn pan(&mut self, by: Vec2) {
        if by == Vec2::ZERO {
            return;
        }
        self.center[0] -= f64::from(by.x) / self.scale;
        self.center[1] -= f64::from(by.y) / self.scale;
        self.fitted = false;
        self.keep_in_sight();
    }

    /// Shows the whole image.
    pub fn fit(&mut self) {
        let whole = Bounds { min: [0.0; 2], max: self.size_px };
        self.show(&whole, LARGEST_FIT);
        self.fitted = true;
    }

    /// Shows one image pixel as one pixel of the screen.
    pub fn original(&mut self, pixels_per_point: f32) {
        self.scale = 1.0 / f64::from(pixels_per_point);
        self.fitted = false;
        self.keep_in_sight();
    }

    /// Shows a part of the image as large as it can be, with some surroundings.
    pub fn zoom_to(&mut self, bounds: &Bounds) {
        let margin = (bounds.width().max(bounds.height()) * 0.25).max(8.0);
        self.show(&bounds.grown(margin), SCALES.end() / 2.0);
        self.fitted = false;
    }

    /// Brings a part of the image into sight, without zooming, if it is out of it.
    pub fn reveal(&mut self, bounds: &Bounds) {
        let visible = self.visible();
        let is_seen = visible.contains(bounds.min) && visible.contains(bounds.max);
        if !is_seen && !self.fitted {
            self.center = bounds.center();
            self.keep_in_sight();
        }
    }

    /// Puts a point of the image in the middle.
    pub fn center_on(&mut self, point: Point) {
        self.center = point;
        self.fitted = false;
        self.keep_in_sight();
    }

    fn show(&mut self, bounds: &Bounds, largest: f64) {
        let room = |length: f32| (f64::from(length) - 2.0 * MARGIN_POINTS).max(16.0);
        let scale = (room(self.viewport.width()) / bounds.width().max(1e-9))
            .min(room(self.viewport.height()) / bounds.height().max(1e-9));
        self.scale = scale.min(largest).clamp(*SCALES.start(), *SCALES.end());
        self.center = bounds.center();
    }

    fn keep_in_sight(&mut self) {
        let lengths = [self.viewport.width(), self.viewport.height()];
        for (axis, length) in lengths.into_iter().enumerate() {
            let half = (f64::from(length) / 2.0 - KEPT_POINTS).max(0.0) / self.scale;
            self.center[axis] = self.center[axis].clamp(-half, self.size_px[axis] + half);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;
    use proptest::prelude::*;

    fn view() -> View {
        let mut view = View::default();
        view.show_image([4000.0, 3000.0]);
        view.set_viewport(Rect::from_min_size(pos2(200.0, 100.0), vec2(900.0, 600.0)));
        view
    }

    #[test]
    fn fitting_shows_the_whole_image() {
        let view = view();
        let viewport = view.viewport();
        for corner in [[0.0, 0.0], [4000.0, 3000.0]] {
            assert!(viewport.contains(view.screen_from_image(corner)), "{corner:?}");
        }
        let mut small = View::default();
        small.show_image([10.0, 10.0]);
        small.set_viewport(viewport);
        assert!(small.scale() <= LARGEST_FIT);
    }

    #[test]
    fn a_fitted_image_stays_fitted_when_the_window_changes_and_a_zoomed_one_does_not() {
        let mut view = view();
        let before = view.scale();
        view.set_viewport(Rect::from_min_size(pos2(0.0, 0.0), vec2(450.0, 300.0)));
        assert!(view.scale() < before);
        view.zoom(2.0);
        let zoomed = view.scale();
        view.set_viewport(Rect::from_min_size(pos2(0.0, 0.0), vec2(900.0, 600.0)));
        assert!((view.scale() - zoomed).abs() < 1e-12);
    }

    #[test]
    fn the_image_cannot_be_lost() {
        let mut view = view();
        view.zoom(4.0);
        for by in [vec2(1e6, 0.0), vec2(-2e6, 1e6), vec2(0.0, -3e6)] {
            view.pan(by);
            let image = view.screen_rect(&Bounds { min: [0.0; 2], max: view.size_px() });
            assert!(image.intersects(view.viewport()), "{image:?}");
        }
    }

    proptest! {
        #[test]
        fn the_point_under_the_pointer_stays_while_zooming(
            x in 300.0_f32..1000.0, y in 150.0_f32..650.0, factor in 0.9_f64..4.0,
        ) {
            let mut view = view();
            view.zoom(3.0);
            let at = pos2(x, y);
            let before = view.image_from_screen(at);
            view.zoom_about(at, factor);
            let after = view.image_from_screen(at);
            prop_assert!((before[0] - after[0]).abs() < 1e-6 && (before[1] - after[1]).abs() < 1e-6);
        }

        #[test]
        fn there_and_back_is_the_same_place(x in -500.0_f64..5000.0, y in -500.0_f64..5000.0, factor in 0.1_f64..50.0) {
            let mut view = view();
            view.zoom(factor);
            let back = view.image_from_screen(view.screen_from_image([x, y]));
            // A screen point is exact to about a ten-thousandth near the viewport.
            let reach = 0.01 / view.scale() * (1.0 + view.scale());
            prop_assert!((back[0] - x).abs() < reach && (back[1] - y).abs() < reach, "{back:?}");
        }
    }
}
