//! Large pictures, read into a file of tiles in bounded memory: row by row where the format and its decoder allow it,
//! else decoded as a whole within a limit.
//!
//! Row by row: PNG (not interlaced), TIFF in strips or tiles (grey or colour of 8 or 16 bits), JPEG (not progressive, no
//! print colours). As a whole: WebP, GIF, BMP, and the other kinds of PNG, TIFF and JPEG.

mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod tiff;
mod whole;

use super::error::MediaError;
use super::header::{ImageInfo, PictureFormat, probe, probe_reader};
use super::making::Making;
use super::pyramid_file::PyramidWriter;
use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What decoding a large picture may take, in bytes: below 2 GB together with the strips of its tiles.
const MEMORY_BYTES: u64 = 1_600_000_000;
/// A JPEG's frame header lies within so many first bytes; before it come profiles and small previews.
const HEADS_BYTES: [u64; 2] = [64 << 10, 16 << 20];

fn damaged(format: PictureFormat, detail: impl ToString) -> MediaError {
    MediaError::Damaged { format, detail: detail.to_string() }
}

/// What a file's header says, without reading more of it.
///
/// # Errors
/// As [`probe`], or if the file cannot be read.
pub fn probe_file(path: &Path) -> Result<ImageInfo, MediaError> {
    let mut outcome = Err(MediaError::Empty);
    for limit in HEADS_BYTES {
        let head = head_of(path, limit)?;
        if !matches!(PictureFormat::of_content(&head)?, PictureFormat::Jpeg) {
            let format = PictureFormat::of_content(&head)?;
            return probe_reader(BufReader::new(File::open(path).map_err(unreadable)?), format);
        }
        outcome = probe(&head);
        if !matches!(outcome, Err(MediaError::Truncated { .. })) || (head.len() as u64) < limit {
            break;
        }
    }
    outcome
}

fn unreadable(error: std::io::Error) -> MediaError {
    MediaError::Unreadable { detail: error.to_string() }
}

/// The first bytes of a file, at most `limit` of them.
fn head_of(path: &Path, limit: u64) -> Result<Vec<u8>, MediaError> {
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut head)).map_err(unreadable)?;
    Ok(head)
}

/// Reads the picture in the file `path`, whose header is `info`, into a file of tiles at `target`. Memory stays below
/// 2 GB whatever its size.
///
/// # Errors
/// If the picture is damaged, ends early or is too large for its kind; if `target` cannot be written; or if `making`
/// was cancelled. What is at `target` then is of no use.
pub fn make_tiles(path: &Path, info: &ImageInfo, target: &Path, making: &Making) -> Result<(), MediaError> {
    let format = info.format;
    let make = || {
        let into = Target { path: target, info, making };
        match format {
            PictureFormat::Png if png::is_readable(path) => png::read(path, &into),
            PictureFormat::Tiff if tiff::is_readable(path) => tiff::read(path, &into),
            PictureFormat::Jpeg if jpeg::is_readable(path) => jpeg::read(path, &into),
            _ => whole::read(path, &into),
        }
    };
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|payload| Err(MediaError::from_panic(format, payload.as_ref())))
}

/// Where rows go.
struct Target<'a> {
    path: &'a Path,
    info: &'a ImageInfo,
    making: &'a Making,
}

impl<'a> Target<'a> {
    /// Begins to write a picture of this stored size, which the decoder found.
    fn writer(&self, width_px: u32, height_px: u32) -> Result<PyramidWriter<'a>, MediaError> {
        if (width_px, height_px) != (self.info.width_px, self.info.height_px) {
            // The file was replaced since its header was read.
            return Err(damaged(self.info.format, "its size changed while it was read"));
        }
        PyramidWriter::new(self.path, (width_px, height_px), self.info.orientation, self.making)
    }

    fn too_large(&self) -> MediaError {
        let ImageInfo { width_px, height_px, .. } = *self.info;
        MediaError::TooLarge { width_px, height_px, limit_bytes: MEMORY_BYTES }
    }
}

/// Pixels of `channels` bytes as red, green, blue; alpha is left out.
fn rgb_of(pixels: &[u8], channels: usize, into: &mut Vec<u8>) {
    match channels {
        1 | 2 => into.extend(pixels.chunks_exact(channels).flat_map(|pixel| [pixel[0]; 3])),
        3 => into.extend_from_slice(pixels),
        _ => into.extend(pixels.chunks_exact(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])),
    }
}
