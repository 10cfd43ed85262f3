//! Pictures of evaluated samples: read on threads, kept as textures while they are few.

use crate::domain::Explanation;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::theme;
use crate::workbench::Picture;
use egui::{ColorImage, Rect, TextureHandle, TextureOptions, Ui};
use std::collections::HashMap;

/// The memory that kept pictures may take.
const KEPT_BYTES: usize = 125 << 20;
/// How many are read at once, so that other questions get their turn.
const READ_AT_ONCE: usize = 4;

enum Entry {
    Reading(Promise<Picture>),
    Shown(TextureHandle),
    Broken(Explanation),
}

/// Textures by the URI of their source.
pub struct Pictures {
    entries: HashMap<String, (Entry, u64)>,
    frame: u64,
    /// The side that pictures are made in, in pixels.
    side_px: u32,
}

/// A texture of a picture.
pub fn texture(ui: &Ui, name: &str, picture: &Picture) -> TextureHandle {
    let size = [picture.width_px as usize, picture.height_px as usize];
    let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
    ui.ctx().load_texture(name, image, TextureOptions::LINEAR)
}

impl Pictures {
    /// None yet; of sides of at most `side_px` pixels.
    #[must_use]
    pub fn new(side_px: u32) -> Self {
        Self { entries: HashMap::new(), frame: 0, side_px }
    }

    /// Paints the picture of `source` into `rect`, or a sign that it is on its way or cannot be shown.
    pub fn paint(&mut self, ui: &Ui, context: &Context<'_>, source: &str, rect: Rect) {
        self.frame += 1;
        let reading = self.entries.values().filter(|(entry, _)| matches!(entry, Entry::Reading(_))).count();
        if !self.entries.contains_key(source) && reading < READ_AT_ONCE {
            self.drop_oldest();
            let wanted = source.to_owned();
            let side_px = self.side_px;
            let promise = context.backend.spawn(move |workbench| workbench.thumbnail_of_source(&wanted, side_px));
            self.entries.insert(source.to_owned(), (Entry::Reading(promise), self.frame));
        }
        let tokens = context.tokens;
        ui.painter().rect_filled(rect, theme::CORNER, tokens.canvas);
        let Some((entry, used)) = self.entries.get_mut(source) else { return };
        *used = self.frame;
        if let Entry::Reading(promise) = entry {
            match promise.take() {
                Some(Ok(picture)) => *entry = Entry::Shown(texture(ui, source, &picture)),
                Some(Err(explanation)) => *entry = Entry::Broken(explanation),
                None => {}
            }
        }
        match entry {
            Entry::Reading(_) => {}
            Entry::Shown(texture) => paint_fitted(ui, texture, rect),
            Entry::Broken(_) => {
                icons::paint(ui.painter(), rect.center(), Icon::ImageOff, 24.0, tokens.text_weak);
            }
        }
    }

    /// Why the picture of `source` cannot be shown.
    pub fn fault(&self, source: &str) -> Option<&Explanation> {
        match self.entries.get(source) {
            Some((Entry::Broken(explanation), _)) => Some(explanation),
            _ => None,
        }
    }

    fn drop_oldest(&mut self) {
        let side = self.side_px as usize;
        if self.entries.len() * 4 * side * side < KEPT_BYTES {
            return;
        }
        let oldest = self.entries.iter().min_by_key(|(_, (_, used))| *used).map(|(source, _)| source.clone());
        if let Some(oldest) = oldest {
            self.entries.remove(&oldest);
        }
    }
}

/// Paints a texture as large as it fits, never larger than it is wide on the screen.
pub fn paint_fitted(ui: &Ui, texture: &TextureHandle, rect: Rect) {
    let size = texture.size_vec2();
    let scale = (rect.width() / size.x).min(rect.height() / size.y);
    let inner = Rect::from_center_size(rect.center(), size * scale);
    let whole = Rect::from_min_max(egui::Pos2::ZERO, egui::pos2(1.0, 1.0));
    ui.painter().image(texture.id(), inner, whole, egui::Color32::WHITE);
}
