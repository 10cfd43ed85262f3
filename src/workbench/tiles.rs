//! Pictures in tiles, for the canvas.

use super::{Picture, Result, Workbench};
use crate::domain::Sample;
use crate::media::image::{self, Limits, Pyramid};
use std::sync::Arc;

/// A picture that is shown from tiles. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TiledPicture {
    pyramid: Arc<Pyramid>,
}

impl TiledPicture {
    /// The side of a tile, in pixels.
    pub const TILE_PX: u32 = image::TILE_PX;

    /// Width and height of the upright picture.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.pyramid.size_px()
    }

    /// How many levels there are: 0 is the picture itself, each further one half as large.
    #[must_use]
    pub fn levels(&self) -> u32 {
        self.pyramid.levels()
    }

    /// The size of a level, in its own pixels.
    #[must_use]
    pub fn level_size_px(&self, level: u32) -> (u32, u32) {
        let (width_px, height_px) = self.size_px();
        image::level_size_px(width_px, height_px, level)
    }

    /// How many bytes of memory it keeps.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.pyramid.memory_bytes()
    }

    /// A tile, cut or read: to be called in the background.
    ///
    /// # Errors
    /// If there is no such tile, or it cannot be read.
    pub fn tile(&self, level: u32, column: u32, row: u32) -> Result<Picture> {
        let tile = self.pyramid.tile(level, column, row)?;
        Ok(Picture { width_px: tile.width_px, height_px: tile.height_px, rgba: tile.rgba.into() })
    }
}

impl Workbench {
    /// Opens a sample's picture for the canvas: decoded as a whole where that takes little memory, else as a file of
    /// tiles in the cache, which is made the first time.
    ///
    /// # Errors
    /// If the media is missing, unreadable, no image, or too large for its format to be read row by row.
    pub fn open_picture(&self, sample: &Sample) -> Result<TiledPicture> {
        let bytes = self.media_bytes(&sample.source)?;
        Ok(TiledPicture { pyramid: Arc::new(Pyramid::in_memory(&bytes, &Limits::default())?) })
    }
}
