//! Pictures in tiles, for the canvas.

use super::{Error, Picture, Result, Workbench};
use crate::domain::{Cancel, Explanation, Sample};
use crate::media::image::{self, ImageInfo, Limits, Making, MediaError, Pyramid, PyramidFile};
use crate::storage::{CacheKey, FileFacts, Location};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Pictures with more pixels are shown from a file of tiles: kept in memory they would take over 256 MB.
const IN_MEMORY_PX: u64 = 48_000_000;
/// How often is looked whether another process has finished the tiles.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A picture that is shown from tiles. Cheap to clone.
#[derive(Clone, Debug)]
pub struct TiledPicture {
    pyramid: Arc<Pyramid>,
}

impl TiledPicture {
    /// The side of a tile, in pixels.
    pub const TILE_PX: u32 = image::TILE_PX;

    fn of_file(file: PyramidFile) -> Self {
        Self { pyramid: Arc::new(Pyramid::of_file(file)) }
    }

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

/// What [`Workbench::open_picture`] comes to.
#[derive(Clone, Debug)]
pub enum Opened {
    Ready(TiledPicture),
    /// Its tiles must be made first, which may take minutes: [`Workbench::make_tiles`].
    Large(LargePicture),
}

/// A picture whose tiles are not made yet.
#[derive(Clone, Debug)]
pub struct LargePicture {
    path: PathBuf,
    info: ImageInfo,
    key: CacheKey,
    facts: FileFacts,
}

impl LargePicture {
    /// Width and height of the upright picture.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.info.upright_size_px()
    }
}

impl Workbench {
    /// Opens a sample's picture for the canvas: decoded as a whole where that takes little memory, else from the tiles
    /// that were made of it before.
    ///
    /// # Errors
    /// If the media is missing, unreadable or no image, or `cancel` is set before it is decoded.
    pub fn open_picture(&self, sample: &Sample, cancel: &Cancel) -> Result<Opened> {
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let place = self.place_of_sample(sample)?;
        let path = place.local_path()?;
        // The file as it is now; what the catalog knows of it may be older.
        let facts = self.storage().facts(&place)?;
        let key = CacheKey::new(&sample.source, Some(facts.size_bytes), facts.modified, "tiles");
        if let Some(picture) = self.tiles_of(&key) {
            return Ok(Opened::Ready(picture));
        }
        let info = image::probe_file(path)?;
        if u64::from(info.width_px) * u64::from(info.height_px) > IN_MEMORY_PX {
            return Ok(Opened::Large(LargePicture { path: path.to_owned(), info, key, facts }));
        }
        let bytes = self.storage().read(&place, Some(super::pictures::FILE_LIMIT_BYTES))?;
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        let picture = image::decode(&bytes, &Limits::default())?;
        Ok(Opened::Ready(TiledPicture { pyramid: Arc::new(Pyramid::of_picture(picture)) }))
    }

    /// Makes the tiles of a large picture, in less than 2 GB. `making` tells how far it is, and stops it. If another
    /// process makes them already, waits for it.
    ///
    /// # Errors
    /// If the picture is damaged or too large for its format, changed meanwhile, or its tiles cannot be written. What
    /// was half made is removed.
    pub fn make_tiles(&self, large: &LargePicture, making: &Making) -> Result<TiledPicture> {
        let unwritable = |path: &Path, error: &std::io::Error| {
            Error::from(MediaError::TilesUnwritable { path: path.to_owned(), detail: error.to_string() })
        };
        let target = self.inner.tiles.place_for(&large.key)?;
        let lock_path = target.with_file_name("making.lock");
        let lock = File::options().create(true).append(true).open(&lock_path);
        let lock = lock.map_err(|error| unwritable(&lock_path, &error))?;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if making.is_cancelled() => return Err(Error::Cancelled),
                Err(TryLockError::WouldBlock) => std::thread::sleep(LOOK_EVERY),
                // A disk without locks: the worst is that two make the same.
                Err(TryLockError::Error(error)) => {
                    tracing::warn!("tiles are made without a lock: {error}");
                    break;
                }
            }
        }
        if let Some(picture) = self.tiles_of(&large.key) {
            return Ok(picture);
        }
        let make = || image::make_tiles(&large.path, &large.info, &target, making);
        let mut made = make();
        if matches!(made, Err(MediaError::NoRoomForTiles { .. })) {
            // Those of other pictures can be made again.
            let _ = std::fs::remove_file(&target);
            self.inner.tiles.clear()?;
            self.inner.tiles.place_for(&large.key)?;
            made = make();
        }
        let changed = self.storage().facts(&Location::from_path(&large.path)).ok().as_ref() != Some(&large.facts);
        if made.is_err() || changed {
            // What is left of it is of no use; the error says why.
            let _ = std::fs::remove_file(&target);
        }
        if changed && !making.is_cancelled() {
            let path = large.path.display();
            return Err(Error::refused(Explanation::failure("media-changed-while-read").with("path", path)));
        }
        made?;
        let kept = self.inner.tiles.keep_file(&large.key, &target)?;
        Ok(TiledPicture::of_file(PyramidFile::open(&kept)?))
    }

    fn tiles_of(&self, key: &CacheKey) -> Option<TiledPicture> {
        let file = PyramidFile::open(&self.inner.tiles.file(key)?).ok()?;
        Some(TiledPicture::of_file(file))
    }
}
