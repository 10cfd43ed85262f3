//! The tiles of a large picture in one file, made from rows in one pass: for each level a strip of rows is kept until
//! its tiles are full, so that memory grows with the width of the picture, not with its area.
//!
//! The file: tiles as JPEG, one after the other; then the index, little-endian: for each tile offset (8 bytes) and length
//! (4 bytes), level by level, row by row; then width, height and EXIF orientation (4 bytes each) and the magic word. The
//! tiles lie as the picture is stored; they are turned when they are read, so that rows can be written as they come.

use super::decode::{Limits, Upright, decode};
use super::error::MediaError;
use super::header::PictureFormat;
use super::making::Making;
use super::pyramid::{TILE_PX, halve_row, level_count, level_size_px};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, RgbaImage};
use rayon::prelude::*;
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Good enough to label by: no difference is seen at 1:1.
const QUALITY: u8 = 90;
const MAGIC: &[u8; 8] = b"MDLRTIL2";
const FOOT_BYTES: u64 = 4 + 4 + 4 + 8;
/// What the strips of a picture may take. 40,000 pixels of width take 250 MB.
const STRIP_BYTES: u64 = 1 << 30;

fn broken(detail: impl ToString) -> MediaError {
    MediaError::Damaged { format: PictureFormat::Jpeg, detail: detail.to_string() }
}

/// Columns and rows of tiles of a level.
fn tiles_of(width_px: u32, height_px: u32, level: u32) -> (u32, u32) {
    let (width, height) = level_size_px(width_px, height_px, level);
    (width.div_ceil(TILE_PX), height.div_ceil(TILE_PX))
}

struct Level {
    width_px: u32,
    /// Rows waiting for their tiles: red, green, blue.
    strip: Vec<u8>,
    /// A row waiting for the one below, to be halved.
    upper: Option<Vec<u8>>,
    tile_row: u32,
}

/// Makes a file of tiles from rows.
pub struct PyramidWriter<'a> {
    path: PathBuf,
    width_px: u32,
    height_px: u32,
    orientation: Orientation,
    making: &'a Making,
    rows: u32,
    levels: Vec<Level>,
    file: BufWriter<File>,
    at: u64,
    /// Level, row, column, offset, length.
    index: Vec<(u32, u32, u32, u64, u32)>,
}

impl<'a> PyramidWriter<'a> {
    /// Begins a file at `path`, which is overwritten, of a picture of this stored size and EXIF orientation.
    ///
    /// # Errors
    /// If it cannot be written, or the picture is so wide that its strips take too much memory.
    pub fn new(path: &Path, stored_px: (u32, u32), orientation: u8, making: &'a Making) -> Result<Self, MediaError> {
        let (width_px, height_px) = stored_px;
        // Half as much for each further level, and once more while a strip is compressed.
        if u64::from(width_px) * 3 * u64::from(height_px.min(TILE_PX)) * 2 > STRIP_BYTES {
            return Err(MediaError::TooLarge { width_px, height_px, limit_bytes: STRIP_BYTES });
        }
        let orientation = Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms);
        let coarsest_px = level_size_px(width_px, height_px, level_count(width_px, height_px) - 1);
        making.begin(height_px, coarsest_px, orientation);
        let levels = (0..level_count(width_px, height_px))
            .map(|level| {
                let (width_px, _) = level_size_px(width_px, height_px, level);
                Level { width_px, strip: Vec::new(), upper: None, tile_row: 0 }
            })
            .collect();
        let file = File::create(path).map_err(|error| MediaError::from_tiles(path, &error))?;
        let file = BufWriter::with_capacity(1 << 20, file);
        let path = path.to_owned();
        let (rows, at, index) = (0, 0, Vec::new());
        Ok(Self { path, width_px, height_px, orientation, making, rows, levels, file, at, index })
    }

    /// Takes the next row: red, green, blue for each pixel.
    ///
    /// # Errors
    /// If the file cannot be written, the row has another length, or the making was cancelled.
    pub fn push_row(&mut self, row: &[u8]) -> Result<(), MediaError> {
        if row.len() != self.width_px as usize * 3 || self.rows == self.height_px {
            return Err(broken("a row of another length"));
        }
        self.rows += 1;
        self.making.reached(self.rows)?;
        self.push(0, row)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        self.file.write_all(bytes).map_err(|error| MediaError::from_tiles(&self.path, &error))
    }

    fn push(&mut self, level: usize, row: &[u8]) -> Result<(), MediaError> {
        let count = self.levels.len();
        let Some(current) = self.levels.get_mut(level) else { return Ok(()) };
        current.strip.extend_from_slice(row);
        if level + 1 == count {
            self.making.push_coarsest(row);
        }
        let full = current.strip.len() >= current.width_px as usize * 3 * TILE_PX as usize;
        let halved = current.upper.take().map(|upper| {
            let mut halved = Vec::with_capacity(row.len() / 2 + 3);
            halve_row::<3>(&upper, row, &mut halved);
            halved
        });
        if halved.is_none() && level + 1 < self.levels.len() {
            self.levels[level].upper = Some(row.to_vec());
        }
        if full {
            self.write_strip(level)?;
        }
        halved.map_or(Ok(()), |halved| self.push(level + 1, &halved))
    }

    fn write_strip(&mut self, level: usize) -> Result<(), MediaError> {
        let current = &mut self.levels[level];
        let strip = std::mem::take(&mut current.strip);
        let stride = current.width_px as usize * 3;
        let height_px = strip.len() / stride.max(1);
        if height_px == 0 {
            return Ok(());
        }
        let (width_px, tile_row) = (current.width_px, current.tile_row);
        current.tile_row += 1;
        let encoded: Vec<Result<Vec<u8>, MediaError>> = (0..width_px.div_ceil(TILE_PX))
            .into_par_iter()
            .map(|column| {
                let left = column as usize * TILE_PX as usize;
                let wide = (width_px as usize - left).min(TILE_PX as usize);
                let mut pixels = Vec::with_capacity(wide * height_px * 3);
                for line in 0..height_px {
                    pixels.extend_from_slice(&strip[line * stride + left * 3..][..wide * 3]);
                }
                let mut bytes = Vec::new();
                JpegEncoder::new_with_quality(&mut bytes, QUALITY)
                    .encode(&pixels, wide as u32, height_px as u32, ExtendedColorType::Rgb8)
                    .map_err(broken)?;
                Ok(bytes)
            })
            .collect();
        for (column, bytes) in encoded.into_iter().enumerate() {
            let bytes = bytes?;
            self.write(&bytes)?;
            let length = u32::try_from(bytes.len()).map_err(broken)?;
            self.index.push((level as u32, tile_row, column as u32, self.at, length));
            self.at += u64::from(length);
        }
        // The buffer is used again: a strip of a wide picture has a hundred megabytes.
        let mut strip = strip;
        strip.clear();
        self.levels[level].strip = strip;
        Ok(())
    }

    /// Writes what is left and the index.
    ///
    /// # Errors
    /// If rows are missing or the file cannot be written.
    pub fn finish(mut self) -> Result<(), MediaError> {
        if self.rows != self.height_px {
            return Err(MediaError::Truncated { format: PictureFormat::Jpeg });
        }
        for level in 0..self.levels.len() {
            // The last row of an odd height stands for two.
            if let Some(upper) = self.levels[level].upper.take() {
                let mut halved = Vec::new();
                halve_row::<3>(&upper, &upper, &mut halved);
                self.push(level + 1, &halved)?;
            }
            self.write_strip(level)?;
        }
        self.index.sort_unstable();
        let mut end = Vec::with_capacity(self.index.len() * 12 + FOOT_BYTES as usize);
        for (_, _, _, offset, length) in &self.index {
            end.extend(offset.to_le_bytes());
            end.extend(length.to_le_bytes());
        }
        for number in [self.width_px, self.height_px, u32::from(self.orientation.to_exif())] {
            end.extend(number.to_le_bytes());
        }
        end.extend(MAGIC);
        self.write(&end)?;
        // On the disk before it gets its name: a power cut must not leave a file with holes.
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_data());
        synced.map_err(|error| MediaError::from_tiles(&self.path, &error))
    }
}

/// A finished file of tiles.
#[derive(Debug)]
pub struct PyramidFile {
    path: PathBuf,
    /// As stored, before the orientation is applied.
    width_px: u32,
    height_px: u32,
    orientation: Orientation,
    file: Mutex<File>,
    index: Vec<(u64, u32)>,
}

impl PyramidFile {
    /// Opens a file that a [`PyramidWriter`] has finished.
    ///
    /// # Errors
    /// If it is not there, not whole, or something else.
    pub fn open(path: &Path) -> Result<Self, MediaError> {
        let mut file = File::open(path).map_err(broken)?;
        let length = file.metadata().map_err(broken)?.len();
        let foot_at = length.checked_sub(FOOT_BYTES).ok_or(MediaError::Empty)?;
        file.seek(SeekFrom::Start(foot_at)).map_err(broken)?;
        let mut foot = [0; FOOT_BYTES as usize];
        file.read_exact(&mut foot).map_err(broken)?;
        if &foot[12..] != MAGIC {
            return Err(broken("no tiles"));
        }
        let number = |at: usize| u32::from_le_bytes([foot[at], foot[at + 1], foot[at + 2], foot[at + 3]]);
        let (width_px, height_px) = (number(0), number(4));
        let orientation = u8::try_from(number(8)).ok().and_then(Orientation::from_exif);
        let orientation = orientation.ok_or_else(|| broken("no orientation"))?;
        let count: u64 = (0..level_count(width_px, height_px))
            .map(|level| tiles_of(width_px, height_px, level))
            .map(|(columns, rows)| u64::from(columns) * u64::from(rows))
            .sum();
        let index_at = count
            .checked_mul(12)
            .and_then(|bytes| foot_at.checked_sub(bytes))
            .ok_or_else(|| broken("an index of another size"))?;
        file.seek(SeekFrom::Start(index_at)).map_err(broken)?;
        let mut bytes = vec![0; usize::try_from(count * 12).map_err(broken)?];
        file.read_exact(&mut bytes).map_err(broken)?;
        let index = bytes
            .as_chunks::<12>()
            .0
            .iter()
            .map(|entry| {
                let (offset, length) = entry.split_at(8);
                let offset = u64::from_le_bytes(offset.try_into().unwrap_or_default());
                (offset, u32::from_le_bytes(length.try_into().unwrap_or_default()))
            })
            .collect();
        Ok(Self { path: path.to_owned(), width_px, height_px, orientation, file: Mutex::new(file), index })
    }

    /// Width and height of the whole picture, upright.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.upright((self.width_px, self.height_px))
    }

    fn upright(&self, stored_px: (u32, u32)) -> (u32, u32) {
        if self.orientation.to_exif() >= 5 { (stored_px.1, stored_px.0) } else { stored_px }
    }

    /// A tile of the upright picture.
    ///
    /// # Errors
    /// If there is no such tile, or it cannot be read; the file is then removed, so that it is made anew.
    pub fn tile(&self, level: u32, column: u32, row: u32) -> Result<Upright, MediaError> {
        if level >= level_count(self.width_px, self.height_px) {
            return Err(MediaError::Empty);
        }
        if self.orientation == Orientation::NoTransforms {
            return self.stored_tile(level, column, row);
        }
        let stored_px = level_size_px(self.width_px, self.height_px, level);
        let upright_px = self.upright(stored_px);
        let side = |at: u32, size: u32| {
            let from = at.checked_mul(TILE_PX).filter(|from| *from < size)?;
            Some((from, TILE_PX.min(size - from)))
        };
        let (Some(across), Some(down)) = (side(column, upright_px.0), side(row, upright_px.1)) else {
            return Err(MediaError::Empty);
        };
        let (across, down) = stored_part(self.orientation, upright_px, across, down);
        let part = self.stored_part(level, across, down)?;
        Ok(Upright::from_stored(DynamicImage::from(part), self.orientation.to_exif()))
    }

    /// A part of a level as it is stored, put together from up to four tiles.
    fn stored_part(&self, level: u32, across: (u32, u32), down: (u32, u32)) -> Result<RgbaImage, MediaError> {
        let mut part = RgbaImage::new(across.1, down.1);
        let tiles = |(from, length): (u32, u32)| from / TILE_PX..=(from + length - 1) / TILE_PX;
        for row in tiles(down) {
            for column in tiles(across) {
                let tile = self.stored_tile(level, column, row)?;
                let tile = RgbaImage::from_raw(tile.width_px, tile.height_px, tile.rgba).ok_or(MediaError::Empty)?;
                let place = |at: u32, from: u32| i64::from(at * TILE_PX) - i64::from(from);
                image::imageops::replace(&mut part, &tile, place(column, across.0), place(row, down.0));
            }
        }
        Ok(part)
    }

    fn stored_tile(&self, level: u32, column: u32, row: u32) -> Result<Upright, MediaError> {
        let (columns, rows) = tiles_of(self.width_px, self.height_px, level);
        if column >= columns || row >= rows {
            return Err(MediaError::Empty);
        }
        let before: usize = (0..level)
            .map(|level| tiles_of(self.width_px, self.height_px, level))
            .map(|(columns, rows)| columns as usize * rows as usize)
            .sum();
        let place = before + row as usize * columns as usize + column as usize;
        let (offset, length) = *self.index.get(place).ok_or(MediaError::Empty)?;
        let tile = self.read(offset, length).and_then(|bytes| decode(&bytes, &Limits::default()));
        let (width, height) = level_size_px(self.width_px, self.height_px, level);
        let wanted_px = ((width - column * TILE_PX).min(TILE_PX), (height - row * TILE_PX).min(TILE_PX));
        let tile = tile.and_then(|tile| {
            if (tile.width_px, tile.height_px) == wanted_px { Ok(tile) } else { Err(broken("a tile of another size")) }
        });
        if tile.is_err() {
            // Torn by a power cut or by hand. It can be made again.
            let _ = std::fs::remove_file(&self.path);
        }
        tile
    }

    fn read(&self, offset: u64, length: u32) -> Result<Vec<u8>, MediaError> {
        if length > 64 << 20 {
            return Err(broken("a tile of that size"));
        }
        let mut bytes = vec![0; length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset)).map_err(broken)?;
        file.read_exact(&mut bytes).map_err(broken)?;
        Ok(bytes)
    }
}

/// Where a part of the upright picture of `upright_px` lies in the stored one: from and length, across and down.
fn stored_part(
    orientation: Orientation,
    upright_px: (u32, u32),
    across: (u32, u32),
    down: (u32, u32),
) -> ((u32, u32), (u32, u32)) {
    let mirrored = |(from, length): (u32, u32), size: u32| (size - from - length, length);
    let (mirrored_across, mirrored_down) = (mirrored(across, upright_px.0), mirrored(down, upright_px.1));
    match orientation {
        Orientation::NoTransforms => (across, down),
        Orientation::FlipHorizontal => (mirrored_across, down),
        Orientation::Rotate180 => (mirrored_across, mirrored_down),
        Orientation::FlipVertical => (across, mirrored_down),
        Orientation::Rotate90FlipH => (down, across),
        Orientation::Rotate90 => (down, mirrored_across),
        Orientation::Rotate270FlipH => (mirrored_down, mirrored_across),
        Orientation::Rotate270 => (mirrored_down, across),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pyramid::Pyramid;
    use super::*;

    #[test]
    fn tiles_from_rows_look_like_tiles_from_memory() {
        let (width_px, height_px) = (2_300_u32, 1_501_u32);
        // Smooth, so that JPEG changes little.
        let color = |x: u32, y: u32| [(x / 10) as u8, (y / 7) as u8, ((x + y) / 16) as u8];
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tiles");
        let making = Making::default();
        let mut writer = PyramidWriter::new(&path, (width_px, height_px), 1, &making).expect("a file");
        for y in 0..height_px {
            let row: Vec<u8> = (0..width_px).flat_map(|x| color(x, y)).collect();
            writer.push_row(&row).expect("a row");
        }
        writer.finish().expect("whole");
        let rgba = (0..height_px)
            .flat_map(|y| (0..width_px).flat_map(move |x| [color(x, y).as_slice(), &[255]].concat()))
            .collect();
        let memory = Pyramid::of_picture(Upright { width_px, height_px, rgba });
        let file = Pyramid::of_file(PyramidFile::open(&path).expect("a file of tiles"));
        assert_eq!(file.size_px(), (width_px, height_px));
        for (level, column, row) in [(0, 0, 0), (0, 2, 1), (1, 1, 0), (2, 0, 0)] {
            let (one, other) =
                (memory.tile(level, column, row).expect("a tile"), file.tile(level, column, row).expect("a tile"));
            assert_eq!((one.width_px, one.height_px), (other.width_px, other.height_px));
            let far = one.rgba.iter().zip(&other.rgba).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
            // A step of the pattern that wraps from 255 to 0 rings a little.
            let mean: f64 = one.rgba.iter().zip(&other.rgba).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>()
                / one.rgba.len() as f64;
            assert!(mean < 3.0, "level {level}: mean {mean}, farthest {far}");
        }
        assert!(file.tile(0, 3, 0).is_err());
        assert!(file.tile(3, 0, 0).is_err());
    }

    #[test]
    fn a_torn_file_is_no_pyramid() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tiles");
        let making = Making::default();
        let writer = PyramidWriter::new(&path, (10, 10), 1, &making).expect("a file");
        assert!(writer.finish().is_err(), "rows are missing");
        assert!(PyramidFile::open(&path).is_err());
        std::fs::write(&path, b"short").expect("written");
        assert!(PyramidFile::open(&path).is_err());
    }
}
