//! Pictures in tiles, for the canvas.

use super::{Error, Picture, Result, Workbench};
use crate::domain::{Cancel, Explanation, Sample};
use crate::media::image::{self, ImageInfo, Limits, Making, MediaError, Pyramid, PyramidFile, Upright};
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
        let key = key_of(&sample.source, &facts);
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

    /// A large picture as small as its tiles have it, if they are made.
    pub(super) fn coarsest_of(&self, source: &str, facts: &FileFacts) -> Result<Option<Upright>> {
        let Some(picture) = self.tiles_of(&key_of(source, facts)) else { return Ok(None) };
        Ok(Some(picture.pyramid.tile(picture.levels() - 1, 0, 0)?))
    }
}

/// Another size or time of the file is another picture.
fn key_of(source: &str, facts: &FileFacts) -> CacheKey {
    CacheKey::new(source, Some(facts.size_bytes), facts.modified, "tiles")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::{SampleFilter, SampleSort};
    use crate::domain::{Actor, DatasetType, Explain};
    use crate::workbench::{NewDataset, OpenOptions, Task};
    use std::sync::Mutex;

    fn open(folder: &Path) -> Workbench {
        Workbench::open(OpenOptions {
            workspace: folder.join("workspace"),
            actor: Actor("ada".to_owned()),
            client: "test".to_owned(),
            executable: PathBuf::from("modelier"),
        })
        .expect("a workspace")
    }

    /// A grey picture of one shade, which is quickly written.
    fn write_picture(path: &Path, width_px: u32, height_px: u32) {
        let file = std::io::BufWriter::new(File::create(path).expect("a file"));
        let mut encoder = png::Encoder::new(file, width_px, height_px);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_compression(png::Compression::Fast);
        let bytes = vec![77; (width_px * height_px) as usize];
        encoder.write_header().and_then(|mut writer| writer.write_image_data(&bytes)).expect("a picture");
    }

    fn sample(workbench: &Workbench, folder: &Path) -> Sample {
        let dataset = workbench
            .create_dataset(NewDataset {
                name: "large".to_owned(),
                description: String::new(),
                kind: DatasetType::ObjectDetection,
                input: folder.join("input").display().to_string(),
                output: folder.join("output").display().to_string(),
                labels: Vec::new(),
            })
            .expect("a dataset")
            .id;
        workbench.sync(dataset, &Task::silent()).expect("a sync");
        let (filter, cancel) = (SampleFilter::default(), Cancel::default());
        let view = workbench.view(dataset, &filter, SampleSort::Name, &cancel).expect("a view");
        workbench.row_heads(&view, 0..1).expect("a row").remove(0).sample
    }

    fn files_of_tiles(workbench: &Workbench) -> usize {
        let folders = std::fs::read_dir(workbench.folder().join("cache").join("tiles")).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
        files.filter(|file| file.file_name() != "making.lock").count()
    }

    #[test]
    fn a_large_picture_is_prepared_once_by_one_and_anew_when_it_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(folder.path().join("input")).expect("a folder");
        let path = folder.path().join("input").join("large.png");
        write_picture(&path, 7_000, 7_000);
        let workbench = open(folder.path());
        let sample = sample(&workbench, folder.path());
        let opened = workbench.open_picture(&sample, &Cancel::default()).expect("it is there");
        let Opened::Large(large) = opened else { panic!("too large for memory") };
        assert_eq!(large.size_px(), (7_000, 7_000));

        let stopped = Making::default();
        stopped.cancel();
        assert!(workbench.make_tiles(&large, &stopped).expect_err("stopped").is_cancelled());
        assert_eq!(files_of_tiles(&workbench), 0);

        // Another window on the same workspace wants it at the same time: one of them makes it, the other one waits.
        let other = open(folder.path());
        let makings = [Making::default(), Making::default()];
        let made = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for (workbench, making) in [&workbench, &other].into_iter().zip(&makings) {
                let (large, made) = (&large, &made);
                scope.spawn(move || {
                    let picture = workbench.make_tiles(large, making).expect("tiles");
                    made.lock().expect("unharmed").push(picture.size_px());
                });
            }
        });
        assert_eq!(made.into_inner().expect("unharmed"), [(7_000, 7_000); 2]);
        assert_eq!(makings.iter().filter(|making| making.share().is_some()).count(), 1);
        assert_eq!(files_of_tiles(&workbench), 1);
        let again = workbench.open_picture(&sample, &Cancel::default()).expect("it is there");
        let Opened::Ready(picture) = again else { panic!("its tiles are made") };
        assert_eq!(picture.tile(2, 1, 1).expect("a tile").rgba[..4], [77, 77, 77, 255]);
        let facts = workbench.storage().facts(&Location::from_path(&path)).expect("facts");
        let coarsest = workbench.coarsest_of(&sample.source, &facts).expect("readable").expect("made");
        assert_eq!((coarsest.width_px, coarsest.height_px), (875, 875));

        // Replaced by another file that the catalog does not know of yet.
        write_picture(&path, 40, 30);
        let Opened::Ready(small) = workbench.open_picture(&sample, &Cancel::default()).expect("it is there") else {
            panic!("small")
        };
        assert_eq!(small.size_px(), (40, 30));
        let error = workbench.make_tiles(&LargePicture { key: other_key(), ..large }, &Making::default());
        assert_eq!(error.expect_err("another file").explain().code, "media-changed-while-read");
        std::fs::write(&path, b"").expect("emptied");
        let error = workbench.open_picture(&sample, &Cancel::default()).expect_err("empty");
        assert_eq!(error.explain().code, "media-empty");
        std::fs::remove_file(&path).expect("removed");
        assert!(workbench.open_picture(&sample, &Cancel::default()).is_err());
        let gone = Cancel::default();
        gone.cancel();
        assert!(workbench.open_picture(&sample, &gone).expect_err("given up").is_cancelled());
    }

    fn other_key() -> CacheKey {
        CacheKey::new("elsewhere", None, None, "tiles")
    }
}
