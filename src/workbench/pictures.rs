//! Pictures for the window: thumbnails and previews of samples, read through storage and the cache.

use super::{Result, Workbench};
use crate::domain::Sample;
use std::sync::Arc;

/// An upright picture, ready to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub width_px: u32,
    pub height_px: u32,
    /// Red, green, blue, alpha; rows from the top; not premultiplied.
    pub rgba: Arc<[u8]>,
}

impl Workbench {
    /// A thumbnail that fits a square of `side_px`. From the cache if it is there.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn thumbnail(&self, sample: &Sample, side_px: u32) -> Result<Picture> {
        todo!()
    }

    /// The whole picture, no side longer than `limit_px`.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn preview(&self, sample: &Sample, limit_px: u32) -> Result<Picture> {
        todo!()
    }

    /// A thumbnail of any source URI: for evaluations, whose samples may have left the dataset.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image.
    pub fn thumbnail_of_source(&self, source: &str, side_px: u32) -> Result<Picture> {
        todo!()
    }
}
