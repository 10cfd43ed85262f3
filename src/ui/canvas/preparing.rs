//! What is shown in place of a picture that is not open: that it is read, why it cannot be, or, while a large one is
//! prepared for the first time, as much as has been read of it, how far it is, and a way to stop.

use super::open_pictures::Standing;
use super::picture::Pictures;
use super::view::View;
use crate::domain::Sample;
use crate::domain::shape::Bounds;
use crate::ui::context::Context;
use crate::ui::theme::{self, on_image, space};
use crate::ui::widgets;
use egui::{Align2, Painter, Pos2, Rect, TextureHandle, Ui, pos2};
use std::time::Duration;

/// The width of the card, in points.
const WIDTH: f32 = 320.0;
/// How often the screen is drawn anew meanwhile.
const REPAINT_EVERY: Duration = Duration::from_millis(250);

/// Opens the picture that belongs into `rect`. Its size in pixels if it is open; else says what there is of it.
pub fn opened_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    rect: Rect,
    pictures: &mut Pictures,
    sample: &Sample,
) -> Option<[f64; 2]> {
    let message = |ui: &mut Ui| ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink(space::XL)));
    match pictures.show(context.backend, sample) {
        Standing::Ready(picture) => {
            let (width_px, height_px) = picture.size_px();
            return Some([f64::from(width_px), f64::from(height_px)]);
        }
        Standing::Opening(waited) => widgets::loading(&mut message(ui), context, Some(waited)),
        Standing::Preparing(size_px, share) => {
            let preview = pictures.preview(ui.ctx(), sample.id);
            if let Some(preview) = preview {
                paint(&ui.painter().with_clip_rect(rect.intersect(ui.clip_rect())), rect, size_px, preview);
            }
            if preparing_ui(ui, context, rect, share) {
                pictures.stop(sample.id);
            }
        }
        Standing::Stopped => {
            if stopped_ui(ui, context, rect) {
                pictures.try_again(sample.id);
            }
        }
        Standing::Failed(explanation) => {
            let mut message = message(ui);
            widgets::failure(&mut message, context, explanation);
            if widgets::Button::secondary(context.tr("canvas-try-again")).show(&mut message, context).clicked() {
                pictures.try_again(sample.id);
            }
        }
    }
    None
}

/// Draws what has been read, where the whole picture will be.
fn paint(painter: &Painter, rect: Rect, size_px: [f64; 2], preview: &TextureHandle) {
    let mut view = View::default();
    view.show_image(size_px);
    view.set_viewport(rect);
    let place = view.screen_rect(&Bounds { min: [0.0, 0.0], max: size_px });
    painter.image(preview.id(), place, Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)), on_image::UNTINTED);
}

/// The card over it. True if the person does not want to wait.
fn preparing_ui(ui: &mut Ui, context: &Context<'_>, rect: Rect, share: Option<f32>) -> bool {
    ui.request_repaint_after(REPAINT_EVERY);
    let text = match share {
        Some(share) => {
            let percent = crate::text::format::percent(f64::from(share), 0);
            context.tr_with("canvas-preparing-share", &[("percent", percent.as_str().into())])
        }
        None => context.tr("canvas-preparing"),
    };
    card(ui, context, rect, |ui| {
        ui.horizontal(|ui| {
            ui.add(egui::Spinner::new().size(16.0).color(context.tokens.accent_text));
            ui.label(&text);
        });
        if let Some(share) = share {
            widgets::progress_bar(ui, context, share, ui.available_width(), &text);
        }
        widgets::weak(ui, context, context.tr("canvas-preparing-note"));
        widgets::Button::secondary(context.tr("canvas-preparing-stop")).show(ui, context).clicked()
    })
}

/// After it was stopped. True if the person wants it after all.
fn stopped_ui(ui: &mut Ui, context: &Context<'_>, rect: Rect) -> bool {
    card(ui, context, rect, |ui| {
        ui.label(context.tr("canvas-preparing-stopped"));
        widgets::Button::secondary(context.tr("canvas-prepare")).show(ui, context).clicked()
    })
}

fn card(ui: &mut Ui, context: &Context<'_>, rect: Rect, contents: impl FnOnce(&mut Ui) -> bool) -> bool {
    let width = WIDTH.min(rect.width() - 2.0 * space::M).max(80.0);
    let place = Align2::CENTER_CENTER.align_size_within_rect(egui::vec2(width, 130.0), rect);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(place));
    egui::Frame::new()
        .fill(context.tokens.raised)
        .corner_radius(theme::CORNER)
        .inner_margin(space::M)
        .show(&mut child, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::S;
            contents(ui)
        })
        .inner
}
