//! PNG, row by row. An interlaced one has its first pixels all over the picture, and is read as a whole.

use super::{MEMORY_BYTES, MediaError, PictureFormat, Target, damaged, rgb_of};
use png::{Decoder, DecodingError, Limits, Reader, Transformations};
use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::Path;

const FORMAT: PictureFormat = PictureFormat::Png;

fn failed(error: DecodingError) -> MediaError {
    match &error {
        DecodingError::IoError(io) if io.kind() == ErrorKind::UnexpectedEof => MediaError::Truncated { format: FORMAT },
        _ => damaged(FORMAT, error),
    }
}

fn open(path: &Path) -> Result<Reader<BufReader<File>>, MediaError> {
    let file = File::open(path).map_err(|error| MediaError::Unreadable { detail: error.to_string() })?;
    // Rows and profiles; the rows of the widest picture whose strips of tiles fit take far less.
    let limits = Limits { bytes: usize::try_from(MEMORY_BYTES / 2).unwrap_or(usize::MAX) };
    let mut decoder = Decoder::new_with_limits(BufReader::with_capacity(1 << 20, file), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.read_info().map_err(failed)
}

pub(super) fn is_readable(path: &Path) -> bool {
    open(path).is_ok_and(|reader| !reader.info().interlaced)
}

pub(super) fn read(path: &Path, target: &Target<'_>) -> Result<(), MediaError> {
    let mut reader = open(path)?;
    let (width_px, height_px) = (reader.info().width, reader.info().height);
    let channels = reader.output_color_type().0.samples();
    let mut writer = target.writer(width_px, height_px)?;
    let mut row = Vec::new();
    while let Some(read) = reader.next_row().map_err(failed)? {
        row.clear();
        rgb_of(read.data(), channels, &mut row);
        writer.push_row(&row)?;
    }
    writer.finish()
}
