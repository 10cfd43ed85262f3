//! Small pictures for grids, fast.

use super::decode::{Limits, Upright, decode_near};
use super::error::MediaError;
use super::header::{PictureFormat, probe};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use rayon::prelude::*;
use std::cell::RefCell;

/// A small upright picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green, blue, alpha; rows from the top; not premultiplied.
    pub rgba: Vec<u8>,
}

/// A picture that fits a square of `side_px`, upright, alpha kept. Smaller ones are not enlarged.
///
/// # Errors
/// As [`decode`](super::decode()) with the default limits.
pub fn thumbnail(bytes: &[u8], side_px: u32) -> Result<Thumbnail, MediaError> {
    let info = probe(bytes)?;
    let target_px = fitting_size_px(info.width_px, info.height_px, side_px);
    let picture = decode_near(bytes, &info, target_px, &Limits::default())?;
    let upright = Upright::from_stored(resized(picture, target_px, info.format)?, info.orientation);
    Ok(Thumbnail { width: upright.width_px, height: upright.height_px, rgba: upright.rgba })
}

/// A picture that is decoded already, as small as [`thumbnail`] would make it.
///
/// # Errors
/// If its bytes are not those of its size.
pub fn thumbnail_of(picture: Upright, side_px: u32) -> Result<Thumbnail, MediaError> {
    let target_px = fitting_size_px(picture.width_px, picture.height_px, side_px);
    let pixels = RgbaImage::from_raw(picture.width_px, picture.height_px, picture.rgba).ok_or(MediaError::Empty)?;
    let upright = Upright::from_stored(resized(DynamicImage::from(pixels), target_px, PictureFormat::Jpeg)?, 1);
    Ok(Thumbnail { width: upright.width_px, height: upright.height_px, rgba: upright.rgba })
}

/// Thumbnails of many files, on all cores, in their order.
#[must_use]
pub fn thumbnails<Bytes: AsRef<[u8]> + Sync>(batch: &[Bytes], side_px: u32) -> Vec<Result<Thumbnail, MediaError>> {
    batch.par_iter().map(|bytes| thumbnail(bytes.as_ref(), side_px)).collect()
}

/// The largest size of these proportions with no side beyond `max_side_px`, never enlarged, never empty.
pub(super) fn fitting_size_px(width_px: u32, height_px: u32, max_side_px: u32) -> (u32, u32) {
    let longest = u64::from(width_px.max(height_px));
    let limit = u64::from(max_side_px.max(1));
    if longest <= limit {
        return (width_px, height_px);
    }
    // Below the limit, which is a u32.
    let scaled = |side_px: u32| (((u64::from(side_px) * limit + longest / 2) / longest).max(1)) as u32;
    (scaled(width_px), scaled(height_px))
}

thread_local! {
    // Keeps its buffers from picture to picture.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// The picture at `target_px`, in the stored orientation. Grey and colour without alpha stay so, for speed.
pub(super) fn resized(
    picture: DynamicImage,
    target_px: (u32, u32),
    format: PictureFormat,
) -> Result<DynamicImage, MediaError> {
    let (width, height) = (picture.width(), picture.height());
    if (width, height) == target_px {
        return Ok(picture);
    }
    let (pixel_type, pixels) = match picture {
        DynamicImage::ImageLuma8(grey) => (PixelType::U8, grey.into_raw()),
        DynamicImage::ImageRgb8(color) => (PixelType::U8x3, color.into_raw()),
        other => (PixelType::U8x4, other.into_rgba8().into_raw()),
    };
    // Cannot fail for a decoded picture; said, not assumed.
    let failed = |detail: String| MediaError::Damaged { format, detail };
    let source = ImageRef::new(width, height, &pixels, pixel_type).map_err(|error| failed(error.to_string()))?;
    let mut target = Image::new(target_px.0, target_px.1, pixel_type);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    RESIZER
        .with_borrow_mut(|resizer| resizer.resize(&source, &mut target, &options))
        .map_err(|error| failed(error.to_string()))?;
    let (width, height) = target_px;
    let pixels = target.into_vec();
    match pixel_type {
        PixelType::U8 => GrayImage::from_raw(width, height, pixels).map(DynamicImage::from),
        PixelType::U8x3 => RgbImage::from_raw(width, height, pixels).map(DynamicImage::from),
        _ => RgbaImage::from_raw(width, height, pixels).map(DynamicImage::from),
    }
    .ok_or_else(|| failed("a buffer of another size".to_owned()))
}
