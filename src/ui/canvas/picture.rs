//! The image on the canvas: tiles are fetched in the background, from coarse to fine, kept as textures up to a limit of
//! bytes, and drawn at the size that the view needs. The neighbours of an image are opened before they are asked for.

use super::look::Look;
use super::open_pictures::{OpenPictures, Standing};
use super::view::View;
use crate::domain::shape::Bounds;
use crate::domain::{Sample, SampleId};
use crate::ui::backend::{Backend, Promise};
use crate::ui::theme;
use crate::workbench::TiledPicture;
use egui::{ColorImage, Painter, Pos2, Rect, TextureFilter, TextureHandle, TextureOptions, pos2};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Bytes of textures kept.
const TEXTURE_BYTES: usize = 256 << 20;
/// Tiles fetched at the same time.
const FETCHES: usize = 4;
/// How often the preview of a picture that is being prepared is drawn anew.
const PREVIEW_EVERY: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    sample: SampleId,
    level: u32,
    column: u32,
    row: u32,
}

struct Tile {
    texture: TextureHandle,
    look: Look,
    bytes: usize,
    used: u64,
}

/// The pictures that are shown and will be shown next.
#[derive(Default)]
pub struct Pictures {
    opened: OpenPictures,
    tiles: HashMap<Key, Tile>,
    fetching: HashMap<Key, (Look, Promise<ColorImage>)>,
    look: Look,
    bytes: usize,
    frame: u64,
    preview: Option<Preview>,
}

/// A picture that is being prepared, as far as it has been read.
struct Preview {
    sample: SampleId,
    taken: Instant,
    texture: TextureHandle,
}

/// The level whose pixels are nearest to those of the screen, never coarser than needed.
fn level_for(scale_px: f64, levels: u32) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few levels")]
    let level = if scale_px >= 1.0 { 0 } else { (1.0 / scale_px.max(1e-6)).log2().floor() as u32 };
    level.min(levels.saturating_sub(1))
}

/// The tiles of a level that a part of the picture touches: columns, rows.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the picture")]
fn tiles_in(part: &Bounds, size_px: (u32, u32), level: u32) -> (std::ops::Range<u32>, std::ops::Range<u32>) {
    let side = f64::from(TiledPicture::TILE_PX) * f64::from(1_u32 << level);
    let range = |low: f64, high: f64, size: u32| {
        let count = (f64::from(size) / side).ceil().max(1.0) as u32;
        let first = (low / side).floor().clamp(0.0, f64::from(count)) as u32;
        let after = (high / side).ceil().clamp(0.0, f64::from(count)) as u32;
        first..after
    };
    (range(part.min[0], part.max[0], size_px.0), range(part.min[1], part.max[1], size_px.1))
}

fn tile_bounds(size_px: (u32, u32), level: u32, column: u32, row: u32) -> Bounds {
    let side = f64::from(TiledPicture::TILE_PX) * f64::from(1_u32 << level);
    let (left, top) = (f64::from(column) * side, f64::from(row) * side);
    Bounds { min: [left, top], max: [(left + side).min(f64::from(size_px.0)), (top + side).min(f64::from(size_px.1))] }
}

impl Pictures {
    /// Takes in what has been opened and fetched. Once a frame, first.
    pub fn begin_frame(&mut self, egui: &egui::Context) {
        self.frame += 1;
        for sample in self.opened.begin_frame() {
            self.forget_tiles(sample);
        }
        if self.preview.as_ref().is_some_and(|preview| preview.taken.elapsed() > PREVIEW_EVERY * 4) {
            self.preview = None;
        }
        let ready: Vec<Key> =
            self.fetching.iter().filter(|(_, (_, promise))| promise.is_ready()).map(|(key, _)| *key).collect();
        for key in ready {
            let Some((look, promise)) = self.fetching.remove(&key) else { continue };
            let image = match promise.take() {
                Some(Ok(image)) => image,
                Some(Err(explanation)) => {
                    // Asked for again at once, it would fail again at once.
                    self.opened.fail(key.sample, explanation);
                    continue;
                }
                None => continue,
            };
            let bytes = image.pixels.len() * 4;
            let options = TextureOptions {
                magnification: TextureFilter::Nearest,
                minification: TextureFilter::Linear,
                ..TextureOptions::LINEAR
            };
            let texture = egui.load_texture("canvas-tile", image, options);
            self.bytes += bytes;
            if let Some(before) = self.tiles.insert(key, Tile { texture, look, bytes, used: self.frame }) {
                self.bytes -= before.bytes;
            }
        }
        self.evict();
    }

    /// How it is shown from now on.
    pub fn set_look(&mut self, look: Look) {
        self.look = look;
    }

    #[must_use]
    pub fn look(&self) -> Look {
        self.look
    }

    /// Bytes of textures and decoded pictures held.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.bytes + self.opened.held_bytes()
    }

    /// The picture on the screen: opens it unless it is open, before all others.
    pub fn show(&mut self, backend: &Backend, sample: &Sample) -> Standing<'_> {
        self.opened.want(backend, sample, true)
    }

    /// Whether a picture is being opened and not known yet.
    #[must_use]
    pub fn is_opening(&self, sample: SampleId) -> bool {
        self.opened.is_opening(sample)
    }

    /// Whether a picture was asked for and cannot be shown.
    #[must_use]
    pub fn is_failed(&self, sample: SampleId) -> bool {
        self.opened.is_failed(sample)
    }

    /// Keeps what there is of pictures that will be shown next, without beginning anything.
    pub fn keep(&mut self, samples: &[Sample]) {
        for sample in samples {
            self.opened.keep(sample.id);
        }
    }

    /// Opens a picture that will be shown next, and fetches it as a whole at the size of `viewport`.
    pub fn prefetch(&mut self, backend: &Backend, sample: &Sample, viewport: Rect, pixels_per_point: f32) {
        let Standing::Ready(picture) = self.opened.want(backend, sample, false) else { return };
        let picture = picture.clone();
        let (width, height) = picture.size_px();
        let mut view = View::default();
        view.show_image([f64::from(width), f64::from(height)]);
        view.set_viewport(viewport);
        self.request(backend, sample.id, &picture, &view, pixels_per_point);
    }

    /// Stops preparing a large picture, as the person asked.
    pub fn stop(&mut self, sample: SampleId) {
        self.opened.stop(sample);
    }

    /// Tries again what failed or was stopped.
    pub fn try_again(&mut self, sample: SampleId) {
        self.opened.forget(sample);
        self.preview = None;
    }

    /// What has been read of a large picture that is being prepared; looked at twice a second.
    pub fn preview(&mut self, egui: &egui::Context, sample: SampleId) -> Option<&TextureHandle> {
        let is_old = |preview: &Preview| preview.sample != sample || preview.taken.elapsed() > PREVIEW_EVERY;
        if self.preview.as_ref().is_none_or(is_old) {
            self.preview = self.opened.preview(sample).map(|picture| {
                let size = [picture.0 as usize, picture.1 as usize];
                let image = ColorImage::from_rgba_unmultiplied(size, &picture.2);
                let texture = egui.load_texture("canvas-preview", image, TextureOptions::LINEAR);
                Preview { sample, taken: Instant::now(), texture }
            });
        }
        self.preview.as_ref().map(|preview| &preview.texture)
    }

    fn forget_tiles(&mut self, sample: SampleId) {
        self.fetching.retain(|key, _| key.sample != sample);
        let bytes = &mut self.bytes;
        self.tiles.retain(|key, tile| {
            let stays = key.sample != sample;
            *bytes -= if stays { 0 } else { tile.bytes };
            stays
        });
    }

    /// Asks for the tiles that a view needs; coarse ones first, because they cover much. True if all are there.
    fn request(
        &mut self,
        backend: &Backend,
        sample: SampleId,
        picture: &TiledPicture,
        view: &View,
        pixels_per_point: f32,
    ) -> bool {
        let size = picture.size_px();
        let wanted = level_for(view.scale() * f64::from(pixels_per_point), picture.levels());
        let coarsest = picture.levels() - 1;
        let visible = view.visible();
        let mut complete = true;
        for level in if wanted == coarsest { vec![wanted] } else { vec![coarsest, wanted] } {
            let (columns, rows) = tiles_in(&visible, size, level);
            for row in rows {
                for column in columns.clone() {
                    let key = Key { sample, level, column, row };
                    if let Some(tile) = self.tiles.get_mut(&key) {
                        tile.used = self.frame;
                        if tile.look == self.look {
                            continue;
                        }
                    }
                    complete = false;
                    let asked = self.fetching.get(&key).is_some_and(|(look, _)| *look == self.look);
                    if !asked && self.fetching.len() < FETCHES {
                        let (picture, look) = (picture.clone(), self.look);
                        let promise = backend.spawn(move |_| {
                            let tile = picture.tile(level, column, row)?;
                            let mut rgba = tile.rgba.to_vec();
                            look.apply(&mut rgba);
                            let size = [tile.width_px as usize, tile.height_px as usize];
                            Ok(ColorImage::from_rgba_unmultiplied(size, &rgba))
                        });
                        self.fetching.insert(key, (look, promise));
                    }
                }
            }
        }
        complete
    }

    /// Draws the picture. True if everything that the view needs was there.
    pub fn paint(
        &mut self,
        backend: &Backend,
        painter: &Painter,
        sample: SampleId,
        view: &View,
        pixels_per_point: f32,
    ) -> bool {
        let Some(picture) = self.opened.get(sample).cloned() else { return false };
        let complete = self.request(backend, sample, &picture, view, pixels_per_point);
        let size = picture.size_px();
        let wanted = level_for(view.scale() * f64::from(pixels_per_point), picture.levels());
        let (columns, rows) = tiles_in(&view.visible(), size, wanted);
        for row in rows {
            for column in columns.clone() {
                let bounds = tile_bounds(size, wanted, column, row);
                // The tile itself, or the part of a coarser one that stands for it.
                for up in 0..picture.levels() - wanted {
                    let key = Key { sample, level: wanted + up, column: column >> up, row: row >> up };
                    let Some(tile) = self.tiles.get_mut(&key) else { continue };
                    tile.used = self.frame;
                    let whole = tile_bounds(size, key.level, key.column, key.row);
                    let share = |value: f64, axis: usize| {
                        #[expect(clippy::cast_possible_truncation, reason = "0 to 1")]
                        let share = ((value - whole.min[axis]) / (whole.max[axis] - whole.min[axis])) as f32;
                        share
                    };
                    let uv = Rect::from_min_max(
                        pos2(share(bounds.min[0], 0), share(bounds.min[1], 1)),
                        pos2(share(bounds.max[0], 0), share(bounds.max[1], 1)),
                    );
                    painter.image(tile.texture.id(), view.screen_rect(&bounds), uv, theme::on_image::UNTINTED);
                    break;
                }
            }
        }
        complete
    }

    /// Draws the whole picture, coarsely, into a rectangle: the minimap.
    pub fn paint_small(&self, painter: &Painter, sample: SampleId, rect: Rect) {
        let Some(picture) = self.opened.get(sample) else { return };
        let key = Key { sample, level: picture.levels() - 1, column: 0, row: 0 };
        if let Some(tile) = self.tiles.get(&key) {
            let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
            painter.image(tile.texture.id(), rect, whole, theme::on_image::UNTINTED);
        }
    }

    fn evict(&mut self) {
        if self.bytes > TEXTURE_BYTES {
            let mut by_use: Vec<(u64, Key)> = self.tiles.iter().map(|(key, tile)| (tile.used, *key)).collect();
            by_use.sort_unstable_by_key(|(used, _)| *used);
            for (used, key) in by_use {
                if self.bytes <= TEXTURE_BYTES / 4 * 3 || used + 2 >= self.frame {
                    break;
                }
                if let Some(tile) = self.tiles.remove(&key) {
                    self.bytes -= tile.bytes;
                }
            }
        }
        self.opened.evict();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_as_fine_as_the_screen() {
        assert_eq!(level_for(4.0, 5), 0);
        assert_eq!(level_for(1.0, 5), 0);
        assert_eq!(level_for(0.51, 5), 0);
        assert_eq!(level_for(0.5, 5), 1);
        assert_eq!(level_for(0.2, 5), 2);
        assert_eq!(level_for(0.001, 5), 4);
    }

    #[test]
    fn only_tiles_in_sight_are_asked_for() {
        let part = Bounds { min: [-50.0, 1_000.0], max: [1_500.0, 1_100.0] };
        assert_eq!(tiles_in(&part, (4_000, 3_000), 0), (0..2, 0..2));
        assert_eq!(tiles_in(&part, (4_000, 3_000), 2), (0..1, 0..1));
        let outside = Bounds { min: [9_000.0, 0.0], max: [9_100.0, 10.0] };
        let (columns, _) = tiles_in(&outside, (4_000, 3_000), 0);
        assert!(columns.is_empty());
    }

    #[test]
    fn tiles_of_the_border_end_with_the_picture() {
        let last = tile_bounds((2_500, 1_300), 0, 2, 1);
        assert_eq!((last.min, last.max), ([2048.0, 1024.0], [2500.0, 1300.0]));
    }
}
