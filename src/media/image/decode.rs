//! Bytes to upright pixels, within a limit of memory.

use super::error::MediaError;
use super::header::{ImageInfo, PictureFormat, ensure_complete, probe, probe_jpeg};
use super::thumbnail::{fitting_size_px, resized};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageReader, Limits as DecoderLimits, RgbImage};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What decoding may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The decoded picture at four bytes a pixel, in bytes.
    pub decoded_bytes: u64,
}

impl Default for Limits {
    /// 512 MiB: 134 million pixels.
    fn default() -> Self {
        Self { decoded_bytes: 512 * 1024 * 1024 }
    }
}

impl Limits {
    fn check(self, info: &ImageInfo, width_px: u32, height_px: u32) -> Result<(), MediaError> {
        if u64::from(width_px) * u64::from(height_px) * 4 <= self.decoded_bytes {
            return Ok(());
        }
        Err(MediaError::TooLarge {
            width_px: info.width_px,
            height_px: info.height_px,
            limit_bytes: self.decoded_bytes,
        })
    }

    /// Twice as much and a little: 16-bit pictures are decoded before they are narrowed, and formats need
    /// tables.
    fn for_decoder(self) -> DecoderLimits {
        let mut limits = DecoderLimits::no_limits();
        limits.max_alloc = Some(self.decoded_bytes.saturating_mul(2).saturating_add(64 * 1024 * 1024));
        limits
    }
}

/// A picture as people see it: the EXIF orientation is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upright {
    pub width_px: u32,
    pub height_px: u32,
    /// Red, green, blue, alpha; rows from the top; not premultiplied.
    pub rgba: Vec<u8>,
}

impl Upright {
    pub(super) fn from_stored(mut picture: DynamicImage, orientation: u8) -> Self {
        picture.apply_orientation(Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms));
        let picture = picture.into_rgba8();
        Self { width_px: picture.width(), height_px: picture.height(), rgba: picture.into_raw() }
    }
}

/// Decodes a whole picture, upright. Of an animation the first frame.
///
/// # Errors
/// If the bytes are no picture, end early, are damaged, or would decode to more than `limits` allow.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Upright, MediaError> {
    let info = probe(bytes)?;
    limits.check(&info, info.width_px, info.height_px)?;
    ensure_complete(bytes, info.format)?;
    Ok(Upright::from_stored(decode_stored(bytes, info.format, limits)?, info.orientation))
}

/// Decodes a picture, upright, no side longer than `max_side_px`; smaller ones are not enlarged. A JPEG beyond
/// `limits` still opens if it fits when decoded at a half, a quarter or an eighth.
///
/// # Errors
/// As [`decode`].
pub fn decode_scaled(bytes: &[u8], max_side_px: u32, limits: &Limits) -> Result<Upright, MediaError> {
    let info = probe(bytes)?;
    let target_px = fitting_size_px(info.width_px, info.height_px, max_side_px);
    let picture = decode_near(bytes, &info, target_px, limits)?;
    Ok(Upright::from_stored(resized(picture, target_px, info.format)?, info.orientation))
}

/// Decodes to the stored orientation, at least as large as `target_px` and otherwise as small as is cheap.
pub(super) fn decode_near(
    bytes: &[u8],
    info: &ImageInfo,
    target_px: (u32, u32),
    limits: &Limits,
) -> Result<DynamicImage, MediaError> {
    let reducible = info.format == PictureFormat::Jpeg;
    if !reducible {
        limits.check(info, info.width_px, info.height_px)?;
    }
    ensure_complete(bytes, info.format)?;
    if reducible && let Some(picture) = decode_reduced_jpeg(bytes, info, target_px, limits) {
        return Ok(picture);
    }
    limits.check(info, info.width_px, info.height_px)?;
    decode_stored(bytes, info.format, limits)
}

/// A whole picture as stored. The caller has checked the limits.
fn decode_stored(bytes: &[u8], format: PictureFormat, limits: &Limits) -> Result<DynamicImage, MediaError> {
    let read = || {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format.decoder());
        reader.limits(limits.for_decoder());
        reader.decode().map_err(|error| MediaError::from_decoder(format, &error))
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|payload| Err(MediaError::from_panic(format, payload.as_ref())))
}

/// A JPEG of which a quarter or less is needed, decoded at that size by a smaller cosine transform. Measured on two
/// cores with photographs of 12 megapixels this is three times as fast as decoding it all; at a half, decoding it all
/// with the faster decoder wins. `None` where this way does not lead; the other decoder then judges.
fn decode_reduced_jpeg(bytes: &[u8], info: &ImageInfo, target_px: (u32, u32), limits: &Limits) -> Option<DynamicImage> {
    let (_, frame) = probe_jpeg(bytes).ok()?;
    let whole_fits = limits.check(info, info.width_px, info.height_px).is_ok();
    let quarter_suffices = target_px.0.max(target_px.1) <= info.width_px.max(info.height_px).div_ceil(4);
    // A progressive file keeps all its coefficients until the end: there is nothing to save beyond the limit.
    if !frame.sequential || frame.components == 4 || (whole_fits && !quarter_suffices) {
        return None;
    }
    // A block of 8 × 8 pixels takes two bits at the very least. Who claims more has nothing to show, but would keep
    // the decoder busy for long.
    let blocks = u64::from(info.width_px.div_ceil(8)) * u64::from(info.height_px.div_ceil(8));
    if !whole_fits && (bytes.len() as u64) * 8 < blocks * 2 {
        return None;
    }
    let read = || {
        let mut decoder = jpeg_decoder::Decoder::new(bytes);
        let request = (u16::try_from(target_px.0).ok()?, u16::try_from(target_px.1).ok()?);
        let (width, height) = decoder.scale(request.0, request.1).ok()?;
        limits.check(info, u32::from(width), u32::from(height)).ok()?;
        decoder.set_max_decoding_buffer_size(usize::try_from(limits.decoded_bytes).unwrap_or(usize::MAX));
        let pixels = decoder.decode().ok()?;
        let (width, height) = (u32::from(width), u32::from(height));
        match decoder.info()?.pixel_format {
            jpeg_decoder::PixelFormat::L8 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::from),
            jpeg_decoder::PixelFormat::RGB24 => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
            _ => None,
        }
    };
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}
