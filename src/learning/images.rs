//! From the bytes of an image file to pixels of the size an algorithm works with.

use super::error::{LearningError, UnreadableImage};
use super::split::Example;
use crate::domain::{Cancel, MetricSink, SampleSource};
use crate::media;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// A picture of red, green and blue bytes, row by row, upright.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// `3 * width * height` bytes.
    pub(crate) pixels: Vec<u8>,
}

/// Decodes an image file, turned upright as its EXIF orientation says. Transparency is ignored.
///
/// # Errors
/// If it is no image, is damaged, or is absurdly large.
pub(crate) fn decode(bytes: &[u8]) -> Result<Picture, UnreadableImage> {
    let upright = media::image::decode(bytes, &media::image::Limits::default())
        .map_err(|error| UnreadableImage { reason: error.to_string() })?;
    let (width, height) = (upright.width_px as usize, upright.height_px as usize);
    if width == 0 || height == 0 {
        return Err(UnreadableImage { reason: "it has no pixels".to_owned() });
    }
    let mut pixels = Vec::with_capacity(3 * width * height);
    for pixel in upright.rgba.as_chunks::<4>().0 {
        pixels.extend_from_slice(&pixel[..3]);
    }
    Ok(Picture { width, height, pixels })
}

impl Picture {
    /// The picture resampled to `width` by `height` pixels, both at least 1.
    pub(crate) fn resized(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        let mut target = Image::new(side(width), side(height), PixelType::U8x3);
        let resized = ImageRef::new(side(self.width), side(self.height), &self.pixels, PixelType::U8x3)
            .is_ok_and(|source| Resizer::new().resize(&source, &mut target, &options).is_ok());
        // Neither fails for bytes that match their size, which `decode` guarantees.
        debug_assert!(resized, "{}x{} to {width}x{height}", self.width, self.height);
        Self { width, height, pixels: target.into_vec() }
    }

    /// The part of the picture from `min` on, `size` wide and high, resampled to `width` by `height` pixels, both at
    /// least 1. The part must lie within the picture.
    pub(crate) fn part(&self, min: [f64; 2], size: [f64; 2], width: usize, height: usize) -> Self {
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
            .crop(min[0], min[1], size[0], size[1]);
        let mut target = Image::new(side(width), side(height), PixelType::U8x3);
        let resized = ImageRef::new(side(self.width), side(self.height), &self.pixels, PixelType::U8x3)
            .is_ok_and(|source| Resizer::new().resize(&source, &mut target, &options).is_ok());
        debug_assert!(resized, "{min:?} {size:?} of {}x{} to {width}x{height}", self.width, self.height);
        Self { width, height, pixels: target.into_vec() }
    }

    /// Resampled in proportion so that the longer side has `side_px` pixels.
    pub(crate) fn longer_side(&self, side_px: usize) -> Self {
        let longer = self.width.max(self.height);
        self.resized(scaled(self.width, side_px, longer), scaled(self.height, side_px, longer))
    }

    /// Resampled in proportion so that the shorter side has `side_px` pixels.
    pub(crate) fn shorter_side(&self, side_px: usize) -> Self {
        let shorter = self.width.min(self.height);
        self.resized(scaled(self.width, side_px, shorter), scaled(self.height, side_px, shorter))
    }
}

/// `length · numerator / denominator`, rounded, at least 1.
fn scaled(length: usize, numerator: usize, denominator: usize) -> usize {
    ((length * numerator + denominator / 2) / denominator).max(1)
}

/// Decoded images are kept in memory up to this size; further ones are read again in every pass.
const KEPT_PICTURES_BYTES: u64 = 2 << 30;

/// The memory that decoded pictures may take.
#[derive(Debug, Default)]
pub(crate) struct Room(AtomicU64);

impl Room {
    /// Takes room for so many bytes; false if there is none left.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        self.0.fetch_add(bytes, Ordering::Relaxed) + bytes <= KEPT_PICTURES_BYTES
    }
}

/// What was computed of the readable examples, in order, and how many items were unreadable.
#[derive(Debug)]
pub(crate) struct Loaded<T> {
    pub(crate) examples: Vec<Example>,
    pub(crate) values: Vec<T>,
    pub(crate) unreadable: u64,
}

/// Reads and decodes the images of `examples` on all cores and keeps what `compute` makes of each. What cannot be read
/// is named in the log and left out.
///
/// # Errors
/// Only if cancelled.
pub(crate) fn load<T: Send>(
    source: &dyn SampleSource,
    examples: &[Example],
    sink: &dyn MetricSink,
    cancel: &Cancel,
    progress: &(dyn Fn(f64) + Sync),
    compute: impl Fn(&Example, Picture) -> T + Sync,
) -> Result<Loaded<T>, LearningError> {
    let done = AtomicU64::new(0);
    let values: Vec<_> = examples
        .par_iter()
        .map(|example| {
            if cancel.is_cancelled() {
                return Err(String::new());
            }
            let name = || &source.items()[example.item].source;
            let value = match source.bytes(example.item) {
                Ok(bytes) => match decode(&bytes) {
                    Ok(picture) => Ok(compute(example, picture)),
                    Err(error) => Err(format!("Skipped, {error}: {}", name())),
                },
                Err(error) => Err(format!("Skipped, {error}: {}", name())),
            };
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            #[expect(clippy::cast_precision_loss, reason = "a fraction for display")]
            if done.is_multiple_of(8) {
                progress(done as f64 / examples.len() as f64);
            }
            value
        })
        .collect();
    if cancel.is_cancelled() {
        return Err(LearningError::Cancelled);
    }
    let mut loaded = Loaded { examples: Vec::new(), values: Vec::new(), unreadable: 0 };
    let mut skipped = std::collections::BTreeSet::new();
    for (example, value) in examples.iter().zip(values) {
        match value {
            Ok(value) => {
                loaded.examples.push(*example);
                loaded.values.push(value);
            }
            Err(line) => {
                // An image with several labels stands here several times, but is one image.
                if skipped.insert(example.item) {
                    sink.log(&line);
                    loaded.unreadable += 1;
                }
            }
        }
    }
    Ok(loaded)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    /// A PNG file of one colour with a grain that `seed` decides.
    pub(crate) fn png(width: u32, height: u32, color: [u8; 3], seed: u32) -> Vec<u8> {
        let grain = |at: u32| u8::try_from((at.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 16) % 40).unwrap_or(0);
        let pixels: Vec<u8> =
            (0..width * height * 3).map(|at| color[(at % 3) as usize].saturating_add(grain(at))).collect();
        encoded(width, height, &pixels)
    }

    /// A PNG file of red, green and blue bytes.
    pub(crate) fn encoded(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        PngEncoder::new(&mut bytes).write_image(pixels, width, height, ExtendedColorType::Rgb8).expect("encoded");
        bytes
    }

    #[test]
    fn sizes_keep_proportions() {
        let picture = decode(&png(30, 20, [10, 20, 30], 1)).expect("an image");
        let longer = picture.longer_side(15);
        assert_eq!((longer.width, longer.height, longer.pixels.len()), (15, 10, 450));
        let shorter = picture.shorter_side(10);
        assert_eq!((shorter.width, shorter.height), (15, 10));
        let flat = Picture { width: 1000, height: 1, pixels: vec![7; 3000] }.longer_side(10);
        assert_eq!((flat.width, flat.height), (10, 1));
    }

    #[test]
    fn what_is_no_image_says_so() {
        assert!(decode(b"").is_err());
        assert!(decode(b"\x89PNG\r\n\x1a\nbroken").is_err());
        let whole = png(30, 20, [10, 20, 30], 1);
        assert!(decode(&whole[..whole.len() / 2]).is_err());
    }
}
