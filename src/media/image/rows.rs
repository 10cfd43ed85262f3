//! Large pictures read row by row: memory for a strip of rows, never for the whole.
//!
//! PNG (not interlaced) and TIFF (strips or tiles; grey or colour of 8 or 16 bits) can be read so. JPEG, WebP, GIF, BMP
//! and interlaced PNG cannot with the decoders at hand: those must fit the limit of [`super::decode`].

use super::error::MediaError;
use super::header::PictureFormat;
use super::pyramid_file::PyramidWriter;
use crate::domain::Cancel;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use tiff::ColorType as TiffColor;
use tiff::decoder::{Decoder as TiffDecoder, DecodingResult, Limits as TiffLimits};

/// Memory for one strip or tile of a TIFF.
const CHUNK_BYTES: usize = 512 << 20;

fn damaged(format: PictureFormat, detail: impl ToString) -> MediaError {
    MediaError::Damaged { format, detail: detail.to_string() }
}

/// The size of a picture that can be read row by row, from its header; `None` for all others.
#[must_use]
pub fn streamable_size_px(path: &Path) -> Option<(PictureFormat, u32, u32)> {
    let read = || {
        let mut file = File::open(path).ok()?;
        let mut start = [0; 29];
        file.read_exact(&mut start).ok()?;
        file.seek(SeekFrom::Start(0)).ok()?;
        let number = |at: usize| u32::from_be_bytes([start[at], start[at + 1], start[at + 2], start[at + 3]]);
        if start.starts_with(b"\x89PNG\r\n\x1a\n") && &start[12..16] == b"IHDR" {
            let is_interlaced = start[28] != 0;
            return (!is_interlaced).then(|| (PictureFormat::Png, number(16), number(20)));
        }
        if start.starts_with(b"II") || start.starts_with(b"MM") {
            let mut decoder = TiffDecoder::new(BufReader::new(file)).ok()?;
            let (width_px, height_px) = decoder.dimensions().ok()?;
            // A turned one would have to be turned as a whole.
            let turned = decoder.find_tag_unsigned::<u16>(tiff::tags::Tag::Orientation).ok()?.unwrap_or(1) != 1;
            let known = matches!(
                decoder.colortype().ok()?,
                TiffColor::Gray(8 | 16) | TiffColor::GrayA(8 | 16) | TiffColor::RGB(8 | 16) | TiffColor::RGBA(8 | 16)
            );
            return (known && !turned).then_some((PictureFormat::Tiff, width_px, height_px));
        }
        None
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten().filter(|(_, width, height)| *width > 0 && *height > 0)
}

/// Reads a picture row by row into a file of tiles at `target`.
///
/// # Errors
/// If the picture is damaged or ends early, the file cannot be written, or `cancel` is set.
pub fn stream_to_tiles(path: &Path, format: PictureFormat, target: &Path, cancel: &Cancel) -> Result<(), MediaError> {
    let read = || match format {
        PictureFormat::Png => stream_png(path, target, cancel),
        PictureFormat::Tiff => stream_tiff(path, target, cancel),
        other => Err(MediaError::Unsupported { format: other, detail: "row by row".to_owned() }),
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|payload| Err(MediaError::from_panic(format, payload.as_ref())))
}

/// Pixels of `channels` bytes as red, green, blue; alpha is left out.
fn rgb_of(pixels: &[u8], channels: usize, into: &mut Vec<u8>) {
    match channels {
        1 | 2 => into.extend(pixels.chunks_exact(channels).flat_map(|pixel| [pixel[0]; 3])),
        3 => into.extend_from_slice(pixels),
        _ => into.extend(pixels.chunks_exact(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])),
    }
}

fn check(cancel: &Cancel, format: PictureFormat) -> Result<(), MediaError> {
    if cancel.is_cancelled() { Err(damaged(format, "cancelled")) } else { Ok(()) }
}

fn stream_png(path: &Path, target: &Path, cancel: &Cancel) -> Result<(), MediaError> {
    let format = PictureFormat::Png;
    let failed = |error: png::DecodingError| match &error {
        png::DecodingError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            MediaError::Truncated { format }
        }
        _ => damaged(format, error),
    };
    let file = File::open(path).map_err(|error| damaged(format, error))?;
    let mut decoder = png::Decoder::new(BufReader::with_capacity(1 << 20, file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(failed)?;
    let (width_px, height_px) = (reader.info().width, reader.info().height);
    let channels = reader.output_color_type().0.samples();
    let mut writer = PyramidWriter::new(target, width_px, height_px)?;
    let mut row = Vec::new();
    while let Some(read) = reader.next_row().map_err(failed)? {
        check(cancel, format)?;
        row.clear();
        rgb_of(read.data(), channels, &mut row);
        writer.push_row(&row)?;
    }
    writer.finish()
}

fn stream_tiff(path: &Path, target: &Path, cancel: &Cancel) -> Result<(), MediaError> {
    let format = PictureFormat::Tiff;
    let failed = |error: tiff::TiffError| damaged(format, error);
    let file = File::open(path).map_err(|error| damaged(format, error))?;
    let mut limits = TiffLimits::default();
    limits.decoding_buffer_size = CHUNK_BYTES;
    limits.intermediate_buffer_size = CHUNK_BYTES;
    let mut decoder = TiffDecoder::new(BufReader::with_capacity(1 << 20, file)).map_err(failed)?.with_limits(limits);
    let (width_px, height_px) = decoder.dimensions().map_err(failed)?;
    let channels = match decoder.colortype().map_err(failed)? {
        TiffColor::Gray(_) => 1,
        TiffColor::GrayA(_) => 2,
        TiffColor::RGB(_) => 3,
        TiffColor::RGBA(_) => 4,
        other => return Err(MediaError::Unsupported { format, detail: format!("{other:?}") }),
    };
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    if chunk_width == 0 || chunk_height == 0 {
        return Err(damaged(format, "chunks of no pixels"));
    }
    let columns = width_px.div_ceil(chunk_width);
    let stride = width_px as usize * 3;
    let mut writer = PyramidWriter::new(target, width_px, height_px)?;
    let mut band = Vec::new();
    for chunk_row in 0..height_px.div_ceil(chunk_height) {
        check(cancel, format)?;
        let rows = chunk_height.min(height_px - chunk_row * chunk_height) as usize;
        band.clear();
        band.resize(rows * stride, 0);
        for column in 0..columns {
            let index = chunk_row * columns + column;
            let (wide, high) = decoder.chunk_data_dimensions(index);
            let bytes = match decoder.read_chunk(index).map_err(failed)? {
                DecodingResult::U8(bytes) => bytes,
                DecodingResult::U16(words) => words.into_iter().map(|word| (word >> 8) as u8).collect(),
                _ => return Err(MediaError::Unsupported { format, detail: "samples".to_owned() }),
            };
            let mut pixels = Vec::new();
            rgb_of(&bytes, channels, &mut pixels);
            let (wide, left) = (wide as usize * 3, (column * chunk_width) as usize * 3);
            for line in 0..rows.min(high as usize) {
                let from = pixels.get(line * wide..(line + 1) * wide).ok_or(MediaError::Truncated { format })?;
                band[line * stride + left..][..wide].copy_from_slice(from);
            }
        }
        for row in band.chunks_exact(stride) {
            writer.push_row(row)?;
        }
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::super::pyramid::Pyramid;
    use super::super::pyramid_file::PyramidFile;
    use super::*;
    use image::{DynamicImage, ImageFormat, RgbImage};

    fn picture() -> RgbImage {
        RgbImage::from_fn(1_500, 1_200, |x, y| image::Rgb([(x / 8) as u8, (y / 6) as u8, 90]))
    }

    fn tiles(name: &str, picture: &DynamicImage, format: ImageFormat) -> Pyramid {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, target) = (folder.path().join(name), folder.path().join("tiles"));
        picture.save_with_format(&source, format).expect("a picture");
        let (format, width_px, height_px) = streamable_size_px(&source).expect("can be read row by row");
        assert_eq!((width_px, height_px), (1_500, 1_200));
        stream_to_tiles(&source, format, &target, &Cancel::default()).expect("tiles");
        Pyramid::of_file(PyramidFile::open(&target).expect("a whole file"))
    }

    #[test]
    fn png_and_tiff_come_out_as_decoded_whole() {
        let picture = DynamicImage::from(picture());
        let variants = [
            ("a.png", picture.clone(), ImageFormat::Png),
            ("b.png", DynamicImage::from(picture.to_rgba8()), ImageFormat::Png),
            ("c.tif", picture.clone(), ImageFormat::Tiff),
            ("d.tif", DynamicImage::from(picture.to_rgb16()), ImageFormat::Tiff),
            ("e.png", DynamicImage::from(picture.to_luma8()), ImageFormat::Png),
        ];
        for (name, variant, format) in variants {
            let pyramid = tiles(name, &variant, format);
            let whole = variant.to_rgba8();
            let tile = pyramid.tile(0, 1, 1).expect("the lower right");
            assert_eq!((tile.width_px, tile.height_px), (476, 176));
            let sum: u64 = (0..tile.height_px)
                .flat_map(|y| (0..tile.width_px).map(move |x| (x, y)))
                .map(|(x, y)| {
                    let wanted = whole.get_pixel(x + 1024, y + 1024).0;
                    let at = (y * tile.width_px + x) as usize * 4;
                    (0..3).map(|channel| u64::from(wanted[channel].abs_diff(tile.rgba[at + channel]))).sum::<u64>()
                })
                .sum();
            let mean = sum as f64 / f64::from(tile.width_px * tile.height_px * 3);
            assert!(mean < 3.0, "{name}: {mean}");
        }
    }

    #[test]
    fn a_cut_picture_leaves_no_tiles_and_others_are_not_streamed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (source, target) = (folder.path().join("cut.png"), folder.path().join("tiles"));
        picture().save_with_format(&source, ImageFormat::Png).expect("a picture");
        let bytes = std::fs::read(&source).expect("readable");
        std::fs::write(&source, &bytes[..bytes.len() / 2]).expect("written");
        let error = stream_to_tiles(&source, PictureFormat::Png, &target, &Cancel::default()).expect_err("cut");
        assert!(matches!(error, MediaError::Truncated { .. } | MediaError::Damaged { .. }), "{error}");
        assert!(PyramidFile::open(&target).is_err());
        picture().save_with_format(&source, ImageFormat::Jpeg).expect("a picture");
        assert_eq!(streamable_size_px(&source), None);
    }
}
