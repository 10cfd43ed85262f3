//! TIFF, one row of its strips or tiles after the other.

use super::{MediaError, PictureFormat, Target, damaged, rgb_of};
use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::Path;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

const FORMAT: PictureFormat = PictureFormat::Tiff;
/// Memory for one strip or tile; some programs write the whole picture as one strip.
const CHUNK_BYTES: usize = 768 << 20;

fn failed(error: TiffError) -> MediaError {
    match &error {
        TiffError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => MediaError::Truncated { format: FORMAT },
        _ => damaged(FORMAT, error),
    }
}

fn open(path: &Path) -> Result<Decoder<BufReader<File>>, MediaError> {
    let file = File::open(path).map_err(|error| MediaError::Unreadable { detail: error.to_string() })?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = CHUNK_BYTES;
    limits.intermediate_buffer_size = CHUNK_BYTES;
    Ok(Decoder::new(BufReader::with_capacity(1 << 20, file)).map_err(failed)?.with_limits(limits))
}

fn channels_of(color: ColorType) -> Option<usize> {
    match color {
        ColorType::Gray(8 | 16) => Some(1),
        ColorType::GrayA(8 | 16) => Some(2),
        ColorType::RGB(8 | 16) => Some(3),
        ColorType::RGBA(8 | 16) => Some(4),
        _ => None,
    }
}

/// Whether its pixels lie in order and are of a kind known here.
pub(super) fn is_readable(path: &Path) -> bool {
    open(path).is_ok_and(|mut decoder| {
        let planes = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration);
        let in_order = planes.is_ok_and(|planes| planes.unwrap_or(1) == 1);
        in_order && decoder.colortype().is_ok_and(|color| channels_of(color).is_some())
    })
}

pub(super) fn read(path: &Path, target: &Target<'_>) -> Result<(), MediaError> {
    let mut decoder = open(path)?;
    let (width_px, height_px) = decoder.dimensions().map_err(failed)?;
    let color = decoder.colortype().map_err(failed)?;
    let channels =
        channels_of(color).ok_or_else(|| MediaError::Unsupported { format: FORMAT, detail: format!("{color:?}") })?;
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    if chunk_width == 0 || chunk_height == 0 {
        return Err(damaged(FORMAT, "chunks of no pixels"));
    }
    let columns = width_px.div_ceil(chunk_width);
    let stride = width_px as usize * 3;
    let mut writer = target.writer(width_px, height_px)?;
    let (mut row, mut band) = (Vec::new(), Vec::new());
    for chunk_row in 0..height_px.div_ceil(chunk_height) {
        let rows = chunk_height.min(height_px - chunk_row * chunk_height) as usize;
        if columns > 1 {
            if (rows * stride) as u64 > CHUNK_BYTES as u64 {
                return Err(target.too_large());
            }
            band.clear();
            band.resize(rows * stride, 0);
        }
        for column in 0..columns {
            target.making.check()?;
            let index = chunk_row
                .checked_mul(columns)
                .and_then(|before| before.checked_add(column))
                .ok_or_else(|| damaged(FORMAT, "too many chunks"))?;
            let (wide, high) = decoder.chunk_data_dimensions(index);
            let chunk = decoder.read_chunk(index).map_err(failed)?;
            let samples = wide as usize * channels;
            if (high as usize) < rows || samples == 0 {
                return Err(MediaError::Truncated { format: FORMAT });
            }
            for line in 0..rows {
                let range = line * samples..(line + 1) * samples;
                row.clear();
                match &chunk {
                    DecodingResult::U8(bytes) => {
                        let pixels = bytes.get(range).ok_or(MediaError::Truncated { format: FORMAT })?;
                        rgb_of(pixels, channels, &mut row);
                    }
                    DecodingResult::U16(words) => {
                        let words = words.get(range).ok_or(MediaError::Truncated { format: FORMAT })?;
                        let pixels: Vec<u8> = words.iter().map(|word| (word >> 8) as u8).collect();
                        rgb_of(&pixels, channels, &mut row);
                    }
                    _ => return Err(MediaError::Unsupported { format: FORMAT, detail: "samples".to_owned() }),
                }
                if columns == 1 {
                    writer.push_row(&row)?;
                } else {
                    let from = line * stride + column as usize * chunk_width as usize * 3;
                    let into = band.get_mut(from..from + row.len());
                    into.ok_or_else(|| damaged(FORMAT, "a chunk beyond the border"))?.copy_from_slice(&row);
                }
            }
        }
        if columns > 1 {
            for line in band.chunks_exact(stride) {
                writer.push_row(line)?;
            }
        }
    }
    writer.finish()
}
