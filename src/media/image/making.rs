//! How far a file of tiles has come: written by who makes it, read by who waits for it.

use super::decode::Upright;
use super::error::MediaError;
use crate::domain::Cancel;
use image::metadata::Orientation;
use image::{DynamicImage, RgbaImage};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// A file of tiles while it is made. Shared between the thread that makes it and those that wait.
#[derive(Debug, Default)]
pub struct Making {
    cancel: Cancel,
    rows: AtomicU32,
    of_rows: AtomicU32,
    coarsest: Mutex<Coarsest>,
}

/// The coarsest level as far as it is known, in the stored orientation.
#[derive(Debug, Default)]
struct Coarsest {
    width_px: u32,
    height_px: u32,
    orientation: u8,
    /// Red, green, blue; rows from the top.
    rgb: Vec<u8>,
}

impl Making {
    /// Asks the maker to stop. What is half made is thrown away.
    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// How much is done, 0 to 1; `None` while it cannot be told, because the picture is decoded as a whole or another
    /// process makes the tiles.
    #[must_use]
    pub fn share(&self) -> Option<f32> {
        let of_rows = self.of_rows.load(Ordering::Relaxed);
        #[expect(clippy::cast_precision_loss, reason = "shown in percent")]
        let share = self.rows.load(Ordering::Relaxed) as f32 / of_rows.max(1) as f32;
        (of_rows > 0).then_some(share)
    }

    /// The whole picture, small, as far as it has been read; what is missing is transparent. At most a tile.
    #[must_use]
    pub fn preview(&self) -> Option<Upright> {
        let coarsest = self.coarsest.lock().unwrap_or_else(PoisonError::into_inner);
        if coarsest.rgb.is_empty() {
            return None;
        }
        let mut rgba: Vec<u8> =
            coarsest.rgb.as_chunks::<3>().0.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]).collect();
        rgba.resize(coarsest.width_px as usize * coarsest.height_px as usize * 4, 0);
        let (width_px, height_px, orientation) = (coarsest.width_px, coarsest.height_px, coarsest.orientation);
        drop(coarsest);
        let picture = RgbaImage::from_raw(width_px, height_px, rgba)?;
        Some(Upright::from_stored(DynamicImage::from(picture), orientation))
    }

    /// Rows are about to come.
    pub(super) fn begin(&self, rows: u32, coarsest_px: (u32, u32), orientation: Orientation) {
        let mut coarsest = self.coarsest.lock().unwrap_or_else(PoisonError::into_inner);
        let (width_px, height_px) = coarsest_px;
        *coarsest = Coarsest { width_px, height_px, orientation: orientation.to_exif(), rgb: Vec::new() };
        self.rows.store(0, Ordering::Relaxed);
        self.of_rows.store(rows, Ordering::Relaxed);
    }

    /// So many rows have been read.
    pub(super) fn reached(&self, rows: u32) -> Result<(), MediaError> {
        self.rows.store(rows, Ordering::Relaxed);
        self.check()
    }

    /// An error if it was asked to stop.
    pub(super) fn check(&self) -> Result<(), MediaError> {
        if self.is_cancelled() { Err(MediaError::Cancelled) } else { Ok(()) }
    }

    pub(super) fn push_coarsest(&self, row: &[u8]) {
        self.coarsest.lock().unwrap_or_else(PoisonError::into_inner).rgb.extend_from_slice(row);
    }
}
