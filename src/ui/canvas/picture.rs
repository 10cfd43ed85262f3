//! The image on the canvas: tiles are fetched in the background, from coarse to fine, kept as textures up to a limit of
//! bytes, and drawn at the size that the view needs. The neighbours of an image are opened before they are asked for.

use super::view::View;
use crate::domain::shape::Bounds;
use crate::domain::{Explanation, Sample, SampleId};
use crate::ui::backend::{Backend, Promise};
use crate::ui::theme;
use crate::workbench::TiledPicture;
use egui::{ColorImage, Painter, Pos2, Rect, TextureFilter, TextureHandle, TextureOptions, pos2};
use std::collections::HashMap;
use std::time::Duration;

/// Bytes of textures kept.
const TEXTURE_BYTES: usize = 256 << 20;
/// Bytes of decoded pictures kept beside the one that is shown.
const PICTURE_BYTES: usize = 512 << 20;
/// Pictures kept open, however small.
const PICTURES: usize = 8;
/// Tiles fetched at the same time.
const FETCHES: usize = 4;

/// Which colours are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Channel {
    #[default]
    All,
    Red,
    Green,
    Blue,
    Grey,
}

impl Channel {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::All, Self::Red, Self::Green, Self::Blue, Self::Grey];
}

/// How the picture is shown; the file is not touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Look {
    /// -100 to 100.
    pub brightness: i8,
    /// -100 to 100.
    pub contrast: i8,
    pub channel: Channel,
}

impl Look {
    /// What each value of a channel becomes.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
    pub fn table(self) -> [u8; 256] {
        let factor = if self.contrast >= 0 {
            1.0 + f32::from(self.contrast) / 100.0 * 3.0
        } else {
            1.0 + f32::from(self.contrast) / 100.0 * 0.9
        };
        let shift = f32::from(self.brightness) / 100.0 * 160.0;
        let mut value = 0.0_f32;
        [(); 256].map(|()| {
            let shown = ((value - 127.5) * factor + 127.5 + shift).round().clamp(0.0, 255.0) as u8;
            value += 1.0;
            shown
        })
    }

    /// Changes pixels (red, green, blue, alpha) to how they are shown.
    pub fn apply(self, rgba: &mut [u8]) {
        if self == Self::default() {
            return;
        }
        let table = self.table();
        for pixel in rgba.as_chunks_mut::<4>().0 {
            let [red, green, blue, _] = *pixel;
            let one = match self.channel {
                Channel::All => None,
                Channel::Red => Some(red),
                Channel::Green => Some(green),
                Channel::Blue => Some(blue),
                Channel::Grey => {
                    let sum = u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114;
                    u8::try_from(sum / 1000).ok()
                }
            };
            let shown = one.map_or([red, green, blue], |one| [one; 3]);
            for (channel, value) in pixel.iter_mut().zip(shown) {
                *channel = table[usize::from(value)];
            }
        }
    }
}

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

enum Open {
    Opening(Promise<TiledPicture>),
    Ready(TiledPicture),
    Failed(Explanation),
}

struct Slot {
    open: Open,
    used: u64,
}

/// What there is of a picture.
pub enum Standing<'a> {
    /// Asked for, for so long.
    Opening(Duration),
    Ready(&'a TiledPicture),
    Failed(&'a Explanation),
}

/// The pictures that are shown and will be shown next.
#[derive(Default)]
pub struct Pictures {
    slots: HashMap<SampleId, Slot>,
    tiles: HashMap<Key, Tile>,
    fetching: HashMap<Key, (Look, Promise<ColorImage>)>,
    look: Look,
    bytes: usize,
    frame: u64,
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
        for slot in self.slots.values_mut() {
            if let Open::Opening(promise) = &slot.open
                && let Some(outcome) = promise.take()
            {
                slot.open = outcome.map_or_else(Open::Failed, Open::Ready);
            }
        }
        let ready: Vec<Key> =
            self.fetching.iter().filter(|(_, (_, promise))| promise.is_ready()).map(|(key, _)| *key).collect();
        for key in ready {
            let Some((look, promise)) = self.fetching.remove(&key) else { continue };
            let Some(Ok(image)) = promise.take() else { continue };
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
        let decoded = self.slots.values().map(|slot| match &slot.open {
            Open::Ready(picture) => picture.memory_bytes(),
            _ => 0,
        });
        self.bytes + decoded.sum::<usize>()
    }

    /// Opens a picture, unless it is open.
    pub fn want(&mut self, backend: &Backend, sample: &Sample) -> Standing<'_> {
        let frame = self.frame;
        let slot = self.slots.entry(sample.id).or_insert_with(|| {
            let sample = sample.clone();
            Slot { open: Open::Opening(backend.spawn(move |workbench| workbench.open_picture(&sample))), used: frame }
        });
        slot.used = frame;
        match &slot.open {
            Open::Opening(promise) => Standing::Opening(promise.age()),
            Open::Ready(picture) => Standing::Ready(picture),
            Open::Failed(explanation) => Standing::Failed(explanation),
        }
    }

    /// Opens a picture that will be shown next, and fetches it as a whole at the size of `viewport`.
    pub fn prefetch(&mut self, backend: &Backend, sample: &Sample, viewport: Rect, pixels_per_point: f32) {
        let Standing::Ready(picture) = self.want(backend, sample) else { return };
        let picture = picture.clone();
        let (width, height) = picture.size_px();
        let mut view = View::default();
        view.show_image([f64::from(width), f64::from(height)]);
        view.set_viewport(viewport);
        self.request(backend, sample.id, &picture, &view, pixels_per_point);
    }

    /// Tries again what could not be read.
    pub fn forget_failed(&mut self) {
        self.slots.retain(|_, slot| !matches!(slot.open, Open::Failed(_)));
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
        let Some(Slot { open: Open::Ready(picture), .. }) = self.slots.get(&sample) else { return false };
        let picture = picture.clone();
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
        let Some(Slot { open: Open::Ready(picture), .. }) = self.slots.get(&sample) else { return };
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
        let mut by_use: Vec<(u64, SampleId, usize)> = self
            .slots
            .iter()
            .map(|(sample, slot)| {
                let bytes = if let Open::Ready(picture) = &slot.open { picture.memory_bytes() } else { 0 };
                (slot.used, *sample, bytes)
            })
            .collect();
        by_use.sort_unstable_by_key(|(used, _, _)| std::cmp::Reverse(*used));
        let mut held = 0;
        for (place, (used, sample, bytes)) in by_use.into_iter().enumerate() {
            held += bytes;
            let in_use = used + 2 >= self.frame;
            if !in_use && (place >= PICTURES || held > PICTURE_BYTES) {
                self.slots.remove(&sample);
            }
        }
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

    #[test]
    fn a_look_changes_pixels_as_it_says() {
        let mut pixels = [10, 20, 30, 255];
        Look::default().apply(&mut pixels);
        assert_eq!(pixels, [10, 20, 30, 255]);
        Look { channel: Channel::Green, ..Look::default() }.apply(&mut pixels);
        assert_eq!(pixels, [20, 20, 20, 255]);
        let bright = Look { brightness: 50, ..Look::default() }.table();
        assert!(bright[100] > 100 && bright.is_sorted());
        let contrast = Look { contrast: 50, ..Look::default() }.table();
        assert!(contrast[50] < 50 && contrast[200] > 200 && contrast.is_sorted());
    }
}
