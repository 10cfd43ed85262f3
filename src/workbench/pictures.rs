//! Pictures for the window: thumbnails and previews of samples, read through storage and the cache.

use super::{Result, Workbench};
use crate::domain::{Media, Sample, Timestamp};
use crate::media::image::{self, ImageInfo, Limits, MediaError};
use crate::storage::{CacheKey, Location};
use std::sync::Arc;

/// An upright picture, ready to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width_px: u32,
    pub height_px: u32,
    /// Red, green, blue, alpha; rows from the top; not premultiplied.
    pub rgba: Arc<[u8]>,
}

/// A file larger than this is not read as a picture.
pub(super) const FILE_LIMIT_BYTES: u64 = 2 << 30;
/// A file larger than this is not read for a thumbnail.
const THUMBNAIL_FILE_BYTES: u64 = 256 << 20;

impl Workbench {
    /// A thumbnail that fits a square of `side_px`. From the cache if it is there.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn thumbnail(&self, sample: &Sample, side_px: u32) -> Result<Picture> {
        let Media { size_bytes, modified, .. } = sample.media;
        let place = || self.place_of_sample(sample);
        self.cached_thumbnail(&sample.source, size_bytes, modified, side_px, place)
    }

    /// The whole picture, no side longer than `limit_px`.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn preview(&self, sample: &Sample, limit_px: u32) -> Result<Picture> {
        let bytes = self.bytes_of(sample)?;
        let picture = image::decode_scaled(&bytes, limit_px, &Limits::default())?;
        Ok(Picture { width_px: picture.width_px, height_px: picture.height_px, rgba: picture.rgba.into() })
    }

    /// Width and height of the upright picture, in pixels, read from the file's header.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn dimensions(&self, sample: &Sample) -> Result<(u32, u32)> {
        Ok(image::probe_file(self.place_of_sample(sample)?.local_path()?)?.upright_size_px())
    }

    /// A thumbnail of any source URI: for evaluations, whose samples may have left the dataset.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn thumbnail_of_source(&self, source: &str, side_px: u32) -> Result<Picture> {
        let place = self.place_of_source(source)?;
        let facts = self.storage().facts(&place)?;
        self.cached_thumbnail(source, Some(facts.size_bytes), facts.modified, side_px, || Ok(place))
    }

    /// A picture file anywhere, given as a typed path or a URI, no side longer than `limit_px`; and width and height of
    /// the upright picture itself in pixels, which boxes in it are told in.
    ///
    /// # Errors
    /// If the file is missing, unreadable or no image.
    pub fn picture_and_size_of_file(&self, path: &str, limit_px: u32) -> Result<(Picture, [u32; 2])> {
        let bytes = self.storage().read(&Location::typed(path)?, Some(FILE_LIMIT_BYTES))?;
        let (width_px, height_px) = image::probe(&bytes)?.upright_size_px();
        let picture = image::decode_scaled(&bytes, limit_px, &Limits::default())?;
        let picture = Picture { width_px: picture.width_px, height_px: picture.height_px, rgba: picture.rgba.into() };
        Ok((picture, [width_px, height_px]))
    }

    fn cached_thumbnail(
        &self,
        source: &str,
        size_bytes: Option<u64>,
        modified: Option<Timestamp>,
        side_px: u32,
        place: impl FnOnce() -> Result<Location>,
    ) -> Result<Picture> {
        let key = CacheKey::new(source, size_bytes, modified, &format!("thumbnail-{side_px}"));
        if let Some(picture) = self.inner.cache.get(&key).as_deref().and_then(unpacked) {
            return Ok(picture);
        }
        let thumbnail = self.made_thumbnail(source, &place()?, side_px)?;
        let picture = Picture { width_px: thumbnail.width, height_px: thumbnail.height, rgba: thumbnail.rgba.into() };
        // A cache that cannot be written makes things slower, not wrong.
        if let Err(error) = self.inner.cache.put(&key, &packed(&picture)) {
            tracing::warn!("the thumbnail was not kept: {error}");
        }
        Ok(picture)
    }

    /// Reads and reduces a picture. One that is too large for that is taken from its tiles, once they are made: several
    /// threads do this, and a file of a gigabyte in each of them would be felt.
    fn made_thumbnail(&self, source: &str, place: &Location, side_px: u32) -> Result<image::Thumbnail> {
        let facts = self.storage().facts(place)?;
        let refused = if facts.size_bytes <= THUMBNAIL_FILE_BYTES {
            match image::thumbnail(&self.storage().read(place, Some(THUMBNAIL_FILE_BYTES))?, side_px) {
                Err(too_large @ MediaError::TooLarge { .. }) => too_large,
                outcome => return Ok(outcome?),
            }
        } else {
            let ImageInfo { width_px, height_px, .. } = image::probe_file(place.local_path()?)?;
            MediaError::TooLarge { width_px, height_px, limit_bytes: THUMBNAIL_FILE_BYTES }
        };
        let picture = self.coarsest_of(source, &facts)?.ok_or(refused)?;
        Ok(image::thumbnail_of(picture, side_px)?)
    }

    /// The bytes of a sample's media.
    pub(super) fn bytes_of(&self, sample: &Sample) -> Result<Vec<u8>> {
        Ok(self.storage().read(&self.place_of_sample(sample)?, Some(FILE_LIMIT_BYTES))?)
    }

    /// The bytes that a source names.
    pub(super) fn media_bytes(&self, source: &str) -> Result<Vec<u8>> {
        Ok(self.storage().read(&self.place_of_source(source)?, Some(FILE_LIMIT_BYTES))?)
    }
}

/// Width and height, then the pixels: thumbnails are small, and reading them must cost nothing.
fn packed(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + picture.rgba.len());
    bytes.extend(picture.width_px.to_le_bytes());
    bytes.extend(picture.height_px.to_le_bytes());
    bytes.extend(picture.rgba.iter());
    bytes
}

fn unpacked(bytes: &[u8]) -> Option<Picture> {
    let (width, rest) = bytes.split_first_chunk::<4>()?;
    let (height, rgba) = rest.split_first_chunk::<4>()?;
    let (width_px, height_px) = (u32::from_le_bytes(*width), u32::from_le_bytes(*height));
    let expected = u64::from(width_px) * u64::from(height_px) * 4;
    (rgba.len() as u64 == expected).then(|| Picture { width_px, height_px, rgba: rgba.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_thumbnail_reads_back_and_a_torn_one_does_not() {
        let picture = Picture { width_px: 2, height_px: 1, rgba: vec![1, 2, 3, 4, 5, 6, 7, 8].into() };
        let bytes = packed(&picture);
        assert_eq!(unpacked(&bytes), Some(picture));
        assert_eq!(unpacked(&bytes[..bytes.len() - 1]), None);
        assert_eq!(unpacked(&[]), None);
    }
}
