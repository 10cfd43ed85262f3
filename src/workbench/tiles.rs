//! Pictures in tiles, for the canvas.

use super::{Error, Picture, Result, Workbench};
use crate::domain::{Cancel, Sample};
use crate::media::image::{self, Limits, Pyramid, PyramidFile};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Pictures with more pixels are shown from a file of tiles: kept in memory they would take over 256 MB.
const IN_MEMORY_PX: u64 = 48_000_000;

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
    /// tiles in the cache, which is made the first time. PNG and TIFF of any size are read row by row for that; other
    /// formats must decode within the limit for pictures.
    ///
    /// # Errors
    /// If the media is missing, unreadable, no image, or too large for its format to be read row by row.
    pub fn open_picture(&self, sample: &Sample) -> Result<TiledPicture> {
        let tiles = self.tiles_path(sample);
        if let Ok(file) = PyramidFile::open(&tiles) {
            return Ok(TiledPicture { pyramid: Arc::new(Pyramid::of_file(file)) });
        }
        let location = self.place_of_source(&sample.source)?;
        if let Ok(path) = location.local_path()
            && let Some((format, width_px, height_px)) = image::streamable_size_px(path)
            && u64::from(width_px) * u64::from(height_px) > IN_MEMORY_PX
        {
            return self
                .make_tiles(&tiles, |target| Ok(image::stream_to_tiles(path, format, target, &Cancel::default())?));
        }
        let picture = image::decode(&self.media_bytes(&sample.source)?, &Limits::default())?;
        if u64::from(picture.width_px) * u64::from(picture.height_px) <= IN_MEMORY_PX {
            return Ok(TiledPicture { pyramid: Arc::new(Pyramid::of_picture(picture)) });
        }
        self.make_tiles(&tiles, |target| Ok(Pyramid::write_tiles(&picture, target)?))
    }

    /// Where the tiles of a picture are kept; another size or time of the file is another place.
    fn tiles_path(&self, sample: &Sample) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        hasher.update(sample.source.as_bytes());
        hasher.update(&sample.media.size_bytes.map_or([0xFF; 8], u64::to_le_bytes));
        hasher.update(&sample.media.modified.map_or([0xFF; 8], |time| time.0.to_le_bytes()));
        let name = hasher.finalize().to_hex();
        self.folder().join("cache").join("tiles").join(name.as_str())
    }

    fn make_tiles(&self, tiles: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<TiledPicture> {
        let io = |cause: std::io::Error| Error::Workspace { path: tiles.to_owned(), cause };
        if let Some(folder) = tiles.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        // Of this process and thread alone: two may open the same picture at once.
        let unfinished = tiles.with_extension(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
        let made = make(&unfinished);
        if made.is_err() {
            // What is left of it is of no use; the error says why.
            let _ = std::fs::remove_file(&unfinished);
        }
        made?;
        std::fs::rename(&unfinished, tiles).map_err(io)?;
        Ok(TiledPicture { pyramid: Arc::new(Pyramid::of_file(PyramidFile::open(tiles)?)) })
    }
}
