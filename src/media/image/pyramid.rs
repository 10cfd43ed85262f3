//! A picture in tiles of several sizes, so that a large one is shown from the part and the size that is seen.
//!
//! A picture that fits in memory is kept as it is and cut when a tile is asked for. A larger one is read once, row by
//! row, into a file of tiles (`pyramid_file`); reading it takes memory for a strip of rows, never for the whole.

use super::decode::{Limits, Upright, decode};
use super::error::MediaError;
use super::pyramid_file::PyramidFile;

/// The side of a tile, in pixels; those at the right and lower border may be smaller.
pub const TILE_PX: u32 = 1024;

/// A picture in tiles: level 0 is the picture itself, every further level half as wide and high, the last one a tile.
#[derive(Debug)]
pub struct Pyramid {
    width_px: u32,
    height_px: u32,
    store: Store,
}

#[derive(Debug)]
enum Store {
    Memory(Vec<Upright>),
    File(PyramidFile),
}

/// The size of a level: halves, rounded up.
#[must_use]
pub fn level_size_px(width_px: u32, height_px: u32, level: u32) -> (u32, u32) {
    let half = |side_px: u32| u64::from(side_px).div_ceil(1 << level.min(40)).max(1) as u32;
    (half(width_px), half(height_px))
}

/// How many levels a picture of this size has.
#[must_use]
pub fn level_count(width_px: u32, height_px: u32) -> u32 {
    (0..32)
        .find(|level| {
            let (width, height) = level_size_px(width_px, height_px, *level);
            width <= TILE_PX && height <= TILE_PX
        })
        .unwrap_or(31)
        + 1
}

impl Pyramid {
    /// Decodes a picture and keeps it in memory, with its smaller levels: five thirds of its size at four bytes a
    /// pixel.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn in_memory(bytes: &[u8], limits: &Limits) -> Result<Self, MediaError> {
        Ok(Self::of_picture(decode(bytes, limits)?))
    }

    /// The tiles of a decoded picture.
    #[must_use]
    pub fn of_picture(picture: Upright) -> Self {
        let (width_px, height_px) = (picture.width_px, picture.height_px);
        let mut levels = vec![picture];
        for _ in 1..level_count(width_px, height_px) {
            let last = &levels[levels.len() - 1];
            levels.push(halved(last));
        }
        Self { width_px, height_px, store: Store::Memory(levels) }
    }

    /// The tiles of a file that was made before.
    #[must_use]
    pub fn of_file(file: PyramidFile) -> Self {
        let (width_px, height_px) = file.size_px();
        Self { width_px, height_px, store: Store::File(file) }
    }

    /// Width and height of the whole picture.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        (self.width_px, self.height_px)
    }

    /// How many levels there are, at least one.
    #[must_use]
    pub fn levels(&self) -> u32 {
        level_count(self.width_px, self.height_px)
    }

    /// How many bytes it holds in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        match &self.store {
            Store::Memory(levels) => levels.iter().map(|level| level.rgba.len()).sum(),
            Store::File(_) => 0,
        }
    }

    /// A tile; columns and rows are counted from the top left. Smaller than [`TILE_PX`] at the right and lower border.
    ///
    /// # Errors
    /// If there is no such tile, or the file of tiles cannot be read any more.
    pub fn tile(&self, level: u32, column: u32, row: u32) -> Result<Upright, MediaError> {
        match &self.store {
            Store::Memory(levels) => {
                let picture = levels.get(level as usize).ok_or(MediaError::Empty)?;
                cut(picture, column, row).ok_or(MediaError::Empty)
            }
            Store::File(file) => file.tile(level, column, row),
        }
    }
}

fn cut(picture: &Upright, column: u32, row: u32) -> Option<Upright> {
    let (left, top) = (column.checked_mul(TILE_PX)?, row.checked_mul(TILE_PX)?);
    let width_px = picture.width_px.checked_sub(left).filter(|rest| *rest > 0)?.min(TILE_PX);
    let height_px = picture.height_px.checked_sub(top).filter(|rest| *rest > 0)?.min(TILE_PX);
    if (width_px, height_px) == (picture.width_px, picture.height_px) {
        return Some(picture.clone());
    }
    let stride = picture.width_px as usize * 4;
    let mut rgba = Vec::with_capacity(width_px as usize * height_px as usize * 4);
    for line in top..top + height_px {
        let start = line as usize * stride + left as usize * 4;
        rgba.extend_from_slice(picture.rgba.get(start..start + width_px as usize * 4)?);
    }
    Some(Upright { width_px, height_px, rgba })
}

/// Half as wide and high; every pixel is the mean of four (at an odd border of two or one).
fn halved(picture: &Upright) -> Upright {
    let (width_px, height_px) = level_size_px(picture.width_px, picture.height_px, 1);
    let stride = picture.width_px as usize * 4;
    let mut rgba = Vec::with_capacity(width_px as usize * height_px as usize * 4);
    for row in 0..height_px as usize {
        let upper = &picture.rgba[row * 2 * stride..][..stride];
        let below = (row * 2 + 1).min(picture.height_px as usize - 1);
        let lower = &picture.rgba[below * stride..][..stride];
        halve_row::<4>(upper, lower, &mut rgba);
    }
    Upright { width_px, height_px, rgba }
}

/// Appends the mean of each two by two pixels of `CHANNELS` bytes.
pub(super) fn halve_row<const CHANNELS: usize>(upper: &[u8], lower: &[u8], into: &mut Vec<u8>) {
    let pairs = upper.chunks(2 * CHANNELS).zip(lower.chunks(2 * CHANNELS));
    for (upper, lower) in pairs {
        for channel in 0..CHANNELS {
            let right = if upper.len() == 2 * CHANNELS { CHANNELS + channel } else { channel };
            let sum = u16::from(upper[channel])
                + u16::from(upper[right])
                + u16::from(lower[channel])
                + u16::from(lower[right]);
            into.push((sum / 4) as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width_px: u32, height_px: u32) -> Upright {
        let pixel = |index: u32| {
            let (x, y) = (index % width_px, index / width_px);
            [(x % 256) as u8, (y % 256) as u8, ((x + y) % 256) as u8, 255]
        };
        Upright { width_px, height_px, rgba: (0..width_px * height_px).flat_map(pixel).collect() }
    }

    #[test]
    fn levels_halve_until_one_tile_is_left() {
        assert_eq!(level_count(1, 1), 1);
        assert_eq!(level_count(1024, 1024), 1);
        assert_eq!(level_count(1025, 10), 2);
        assert_eq!(level_count(40_000, 40_000), 7);
        assert_eq!(level_size_px(1025, 3, 1), (513, 2));
    }

    #[test]
    fn tiles_put_together_are_the_picture() {
        let picture = gradient(2_500, 1_300);
        let pyramid = Pyramid::of_picture(picture.clone());
        let mut whole = vec![0; picture.rgba.len()];
        for row in 0..2_u32 {
            for column in 0..3_u32 {
                let tile = pyramid.tile(0, column, row).expect("a tile");
                for line in 0..tile.height_px as usize {
                    let from = &tile.rgba[line * tile.width_px as usize * 4..][..tile.width_px as usize * 4];
                    let at = ((row as usize * 1024 + line) * 2_500 + column as usize * 1024) * 4;
                    whole[at..at + from.len()].copy_from_slice(from);
                }
            }
        }
        assert_eq!(whole, picture.rgba);
        assert!(pyramid.tile(0, 3, 0).is_err());
        assert!(pyramid.tile(9, 0, 0).is_err());
        assert_eq!(pyramid.levels(), 3);
        let top = pyramid.tile(2, 0, 0).expect("the smallest");
        assert_eq!((top.width_px, top.height_px), (625, 325));
    }

    #[test]
    fn a_plain_colour_stays_so_at_odd_borders() {
        let plain = Upright { width_px: 2_049, height_px: 1_025, rgba: [9, 8, 7, 255].repeat(2_049 * 1_025) };
        let pyramid = Pyramid::of_picture(plain);
        for level in 0..pyramid.levels() {
            let tile = pyramid.tile(level, 0, 0).expect("a tile");
            assert!(tile.rgba.chunks(4).all(|pixel| pixel == [9, 8, 7, 255]), "level {level}");
        }
    }
}
