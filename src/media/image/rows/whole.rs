//! What cannot be read row by row, decoded as a whole in its own kind of pixels, then written as tiles.

use super::super::header::ensure_complete;
use super::{MEMORY_BYTES, MediaError, PictureFormat, Target};
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::path::Path;

/// Rows turned into red, green and blue at a time.
const ROWS: u32 = 64;

pub(super) fn read(path: &Path, target: &Target<'_>) -> Result<(), MediaError> {
    let format = target.info.format;
    let unreadable = |error: std::io::Error| MediaError::Unreadable { detail: error.to_string() };
    let picture = if matches!(format, PictureFormat::Jpeg | PictureFormat::WebP) {
        // Their decoders paint what is missing at the end grey; the first one takes the whole file into memory anyway.
        let bytes = std::fs::read(path).map_err(unreadable)?;
        ensure_complete(&bytes, format)?;
        decode(Cursor::new(bytes), target)?
    } else {
        decode(BufReader::with_capacity(1 << 20, File::open(path).map_err(unreadable)?), target)?
    };
    let (width_px, height_px) = (picture.width(), picture.height());
    let mut writer = target.writer(width_px, height_px)?;
    for top in (0..height_px).step_by(ROWS as usize) {
        let strip = picture.crop_imm(0, top, width_px, ROWS.min(height_px - top)).into_rgb8();
        for row in strip.chunks_exact(width_px as usize * 3) {
            writer.push_row(row)?;
        }
    }
    writer.finish()
}

fn decode(bytes: impl BufRead + Seek, target: &Target<'_>) -> Result<DynamicImage, MediaError> {
    let format = target.info.format;
    let failed = |error: image::ImageError| MediaError::from_decoder(format, &error);
    let mut reader = ImageReader::with_format(bytes, format.decoder());
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(failed)?;
    // What the decoders hold beside the picture, as seen in their sources.
    let copies = match format {
        PictureFormat::Png | PictureFormat::Bmp => 1,
        PictureFormat::Tiff | PictureFormat::WebP | PictureFormat::Gif => 2,
        // The file, and the coefficients of a progressive one.
        PictureFormat::Jpeg => 3,
    };
    if decoder.total_bytes().saturating_mul(copies) > MEMORY_BYTES {
        return Err(target.too_large());
    }
    target.making.check()?;
    DynamicImage::from_decoder(decoder).map_err(failed)
}
