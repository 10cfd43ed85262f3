//! Why a picture could not be had.

use super::header::PictureFormat;
use crate::domain::{Explain, Explanation};
use image::error::ImageError;
use std::any::Any;
use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why bytes are not a picture, or not one that can be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// There are no bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The content is none of the formats that can be read, whatever the file is called.
    #[error("the content is no known image format")]
    UnknownFormat,
    /// The bytes end before the picture does.
    #[error("the {format} image ends too early")]
    Truncated { format: PictureFormat },
    /// Decoding would take more memory than allowed. Refused by the header alone.
    #[error("the image has {width_px} × {height_px} pixels, decoding would pass {limit_bytes} bytes")]
    TooLarge { width_px: u32, height_px: u32, limit_bytes: u64 },
    /// A variant of the format that the decoder does not know, e.g. arithmetic coding.
    #[error("a kind of {format} that cannot be read: {detail}")]
    Unsupported { format: PictureFormat, detail: String },
    /// The content contradicts its format.
    #[error("the {format} image is damaged: {detail}")]
    Damaged { format: PictureFormat, detail: String },
    /// The file itself cannot be read.
    #[error("the image file cannot be read: {detail}")]
    Unreadable { detail: String },
    /// The tiles of a large picture do not fit on the disk. Nothing is wrong with the picture.
    #[error("no room for the tiles of a large image: {}", path.display())]
    NoRoomForTiles { path: PathBuf },
    /// The tiles of a large picture cannot be written. Nothing is wrong with the picture.
    #[error("the tiles of a large image cannot be written ({detail}): {}", path.display())]
    TilesUnwritable { path: PathBuf, detail: String },
    /// Who waited for it gave up.
    #[error("cancelled")]
    Cancelled,
}

impl MediaError {
    /// Translates what the decoder of `format` said.
    pub(super) fn from_decoder(format: PictureFormat, error: &ImageError) -> Self {
        if ends_early(error) {
            return Self::Truncated { format };
        }
        let detail = error.to_string();
        match error {
            ImageError::Unsupported(_) => Self::Unsupported { format, detail },
            _ => Self::Damaged { format, detail },
        }
    }

    /// Translates what the disk said while tiles were written.
    pub(super) fn from_tiles(path: &Path, error: &std::io::Error) -> Self {
        let path = path.parent().unwrap_or(path).to_owned();
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::NoRoomForTiles { path }
            }
            _ => Self::TilesUnwritable { path, detail: error.to_string() },
        }
    }

    /// A decoder that panicked met bytes that its author did not foresee.
    pub(super) fn from_panic(format: PictureFormat, payload: &(dyn Any + Send)) -> Self {
        let detail = payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "the decoder gave up".to_owned());
        Self::Damaged { format, detail }
    }
}

/// Whether the reason, however deeply wrapped, is that the bytes ran out.
fn ends_early(error: &ImageError) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == ErrorKind::UnexpectedEof) {
            return true;
        }
        if let Some(ImageError::IoError(io)) = cause.downcast_ref::<ImageError>()
            && io.kind() == ErrorKind::UnexpectedEof
        {
            return true;
        }
        next = cause.source();
    }
    false
}

impl Explain for MediaError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Empty => Explanation::bad_input("media-empty"),
            Self::UnknownFormat => Explanation::bad_input("media-unknown-format"),
            Self::Truncated { format } => Explanation::bad_input("media-truncated").with("format", format),
            Self::TooLarge { width_px, height_px, limit_bytes } => Explanation::bad_input("media-too-large")
                .with("width", width_px)
                .with("height", height_px)
                .with("limit", limit_bytes / (1024 * 1024)),
            Self::Unsupported { format, detail } => {
                Explanation::bad_input("media-unsupported").with("format", format).with("detail", detail)
            }
            Self::Damaged { format, detail } => {
                Explanation::bad_input("media-damaged").with("format", format).with("detail", detail)
            }
            Self::Unreadable { detail } => Explanation::failure("media-unreadable").with("detail", detail),
            Self::NoRoomForTiles { path } => Explanation::failure("tiles-no-room").with("path", path.display()),
            Self::TilesUnwritable { path, detail } => {
                Explanation::failure("tiles-unwritable").with("detail", detail).with("path", path.display())
            }
            Self::Cancelled => Explanation::failure("cancelled"),
        }
    }
}
