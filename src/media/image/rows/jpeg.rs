//! JPEG, row by row. A progressive one has its first pixels all over the picture, and is read as a whole.

use super::super::header::{ImageInfo, JpegFrame, probe_jpeg};
use super::{HEADS_BYTES, MediaError, PictureFormat, Target, damaged, head_of, unreadable};
use mozjpeg::Decompress;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

const FORMAT: PictureFormat = PictureFormat::Jpeg;
const BUFFER_BYTES: usize = 1 << 20;
/// A block of 8 × 8 pixels takes two bits at least: one that says its mean, one that says that this is all.
const PIXELS_PER_BYTE: u64 = 64 * 8 / 2;

/// The frame of a picture whose rows come one after the other.
fn frame(path: &Path) -> Option<JpegFrame> {
    let frame = HEADS_BYTES.iter().find_map(|limit| Some(probe_jpeg(&head_of(path, *limit).ok()?).ok()?.1))?;
    (frame.sequential && frame.interleaved && matches!(frame.components, 1 | 3)).then_some(frame)
}

pub(super) fn is_readable(path: &Path) -> bool {
    frame(path).is_some()
}

fn open(path: &Path) -> Result<BufReader<File>, MediaError> {
    Ok(BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(unreadable)?))
}

/// Refuses a file that ends before its picture does: the decoder would paint the rest grey without a word. Within a scan
/// FF is always followed by 00 or a restart, so that an end marker is one.
fn ensure_complete(path: &Path, frame: &JpegFrame, info: &ImageInfo) -> Result<(), MediaError> {
    let truncated = Err(MediaError::Truncated { format: FORMAT });
    let mut file = open(path)?;
    file.seek(SeekFrom::Start(frame.scan_start as u64)).map_err(unreadable)?;
    let (mut last, mut scan_bytes) = (0, 0);
    loop {
        let bytes = file.fill_buf().map_err(unreadable)?;
        let Some(&end) = bytes.last() else { return truncated };
        let found = match bytes.first() {
            Some(0xD9) if last == 0xFF => Some(0),
            _ => bytes.windows(2).position(|pair| pair == [0xFF, 0xD9]),
        };
        let count = bytes.len();
        scan_bytes += found.unwrap_or(count) as u64;
        if found.is_some() {
            let least = u64::from(info.width_px) * u64::from(info.height_px) / PIXELS_PER_BYTE;
            return if scan_bytes < least { truncated } else { Ok(()) };
        }
        last = end;
        file.consume(count);
    }
}

pub(super) fn read(path: &Path, target: &Target<'_>) -> Result<(), MediaError> {
    let frame = frame(path).ok_or_else(|| damaged(FORMAT, "it changed while it was read"))?;
    ensure_complete(path, &frame, target.info)?;
    let failed = |error: std::io::Error| damaged(FORMAT, error);
    // What is worse than an error of reading ends in a panic, which `make_tiles` takes for a damaged file.
    let mut rows = Decompress::new_reader(open(path)?).and_then(Decompress::rgb).map_err(failed)?;
    let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
    let mut writer = target.writer(side(rows.width()), side(rows.height()))?;
    let mut row = vec![0; rows.width() * 3];
    for _ in 0..rows.height() {
        rows.read_scanlines_into::<u8>(&mut row).map_err(failed)?;
        writer.push_row(&row)?;
    }
    writer.finish()
}
