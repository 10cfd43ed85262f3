//! What the first bytes say: format, size, orientation. Nothing is decoded here.

use super::error::MediaError;
use crate::domain::{Explanation, Warning};
use image::metadata::Orientation;
use image::{ImageDecoder, ImageFormat, ImageReader, Limits as DecoderLimits};
use std::fmt;
use std::io::{BufRead, Cursor, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    Jpeg,
    Png,
    Bmp,
    Gif,
    WebP,
    Tiff,
}

impl PictureFormat {
    /// All formats that can be read.
    pub const ALL: [Self; 6] = [Self::Jpeg, Self::Png, Self::Bmp, Self::Gif, Self::WebP, Self::Tiff];

    /// As people write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
        }
    }

    /// Lower-case file extensions that promise this format, without the dot.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            Self::Png => &["png"],
            Self::Bmp => &["bmp", "dib"],
            Self::Gif => &["gif"],
            Self::WebP => &["webp"],
            Self::Tiff => &["tif", "tiff"],
        }
    }

    /// The format that the extension of a file name promises.
    #[must_use]
    pub fn promised_by(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.extensions().contains(&extension.as_str()))
    }

    /// The format that the content has.
    pub(super) fn of_content(bytes: &[u8]) -> Result<Self, MediaError> {
        if bytes.is_empty() {
            return Err(MediaError::Empty);
        }
        match image::guess_format(bytes) {
            Ok(ImageFormat::Jpeg) => Ok(Self::Jpeg),
            Ok(ImageFormat::Png) => Ok(Self::Png),
            Ok(ImageFormat::Bmp) => Ok(Self::Bmp),
            Ok(ImageFormat::Gif) => Ok(Self::Gif),
            Ok(ImageFormat::WebP) => Ok(Self::WebP),
            Ok(ImageFormat::Tiff) => Ok(Self::Tiff),
            _ => Err(MediaError::UnknownFormat),
        }
    }

    /// The decoder's name of it.
    pub(super) fn decoder(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Bmp => ImageFormat::Bmp,
            Self::Gif => ImageFormat::Gif,
            Self::WebP => ImageFormat::WebP,
            Self::Tiff => ImageFormat::Tiff,
        }
    }
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    pub format: PictureFormat,
    /// Stored width in pixels, before the orientation is applied.
    pub width_px: u32,
    /// Stored height in pixels, before the orientation is applied.
    pub height_px: u32,
    /// EXIF orientation, 1 to 8; 1 if there is none.
    pub orientation: u8,
    /// Channels of a pixel: 1 for grey, 3 for colour, one more where there is transparency.
    pub channels: u8,
}

impl ImageInfo {
    /// Width and height in pixels once the orientation is applied.
    #[must_use]
    pub fn upright_size_px(&self) -> (u32, u32) {
        if self.orientation >= 5 { (self.height_px, self.width_px) } else { (self.width_px, self.height_px) }
    }

    /// A note if the name promises another format than the content has. Such a file opens all the same.
    #[must_use]
    pub fn mislabeled(&self, name: &str) -> Option<Warning> {
        let promised = PictureFormat::promised_by(name).filter(|promised| *promised != self.format)?;
        let reason = Explanation::bad_input("media-mislabeled").with("format", self.format).with("promised", promised);
        Some(Warning::new(name, reason))
    }
}

/// Reads format, stored size and orientation from the header.
///
/// # Errors
/// If the bytes are empty, no picture, or end within the header. The size is not judged here.
pub fn probe(bytes: &[u8]) -> Result<ImageInfo, MediaError> {
    let format = PictureFormat::of_content(bytes)?;
    if format == PictureFormat::Jpeg {
        not_empty(probe_jpeg(bytes)?.0)
    } else {
        probe_reader(Cursor::new(bytes), format)
    }
}

fn not_empty(info: ImageInfo) -> Result<ImageInfo, MediaError> {
    if info.width_px == 0 || info.height_px == 0 {
        return Err(MediaError::Damaged { format: info.format, detail: "a side of no pixels".to_owned() });
    }
    Ok(info)
}

/// Refuses a picture whose end is missing where its decoder would fill the rest with grey without a word.
pub(super) fn ensure_complete(bytes: &[u8], format: PictureFormat) -> Result<(), MediaError> {
    let complete = match format {
        // Within a scan FF is always followed by 00 or a restart: an end marker is one, and its absence means a cut.
        PictureFormat::Jpeg => {
            let scan = &bytes[probe_jpeg(bytes)?.1.scan_start..];
            scan.windows(2).rev().any(|pair| pair == [0xFF, 0xD9])
        }
        PictureFormat::WebP => riff_length(bytes).is_none_or(|length| length <= bytes.len() as u64),
        _ => true,
    };
    if complete { Ok(()) } else { Err(MediaError::Truncated { format }) }
}

/// As [`probe`], of anything but a JPEG, from where it lies.
pub(super) fn probe_reader(bytes: impl BufRead + Seek, format: PictureFormat) -> Result<ImageInfo, MediaError> {
    let read = || {
        let mut reader = ImageReader::with_format(bytes, format.decoder());
        reader.limits(header_limits());
        let mut decoder = reader.into_decoder().map_err(|error| MediaError::from_decoder(format, &error))?;
        let (width_px, height_px) = decoder.dimensions();
        // Unreadable metadata say nothing against the picture.
        let orientation = decoder.orientation().map_or(1, Orientation::to_exif);
        // The decoder makes every GIF transparent.
        let channels = if format == PictureFormat::Gif { 3 } else { decoder.color_type().channel_count() };
        not_empty(ImageInfo { format, width_px, height_px, orientation, channels })
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|payload| Err(MediaError::from_panic(format, payload.as_ref())))
}

/// Headers, palettes and profiles need little; the size of the picture is judged by the caller.
fn header_limits() -> DecoderLimits {
    let mut limits = DecoderLimits::no_limits();
    limits.max_alloc = Some(64 * 1024 * 1024);
    limits
}

fn riff_length(bytes: &[u8]) -> Option<u64> {
    let length: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    Some(u64::from(u32::from_le_bytes(length)) + 8)
}

/// What matters of a JPEG beyond its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JpegFrame {
    /// 1 for grey, 3 for colour, 4 for print colours.
    pub(super) components: u8,
    /// Baseline or extended sequential, 8 bits, Huffman.
    pub(super) sequential: bool,
    /// The first scan has all components: row after row of the picture is known as it is read.
    pub(super) interleaved: bool,
    /// Where the first scan's header begins, in bytes.
    pub(super) scan_start: usize,
}

/// Walks the segments up to the first scan. The decoders read the same, but copy the whole file first.
pub(super) fn probe_jpeg(bytes: &[u8]) -> Result<(ImageInfo, JpegFrame), MediaError> {
    const TRUNCATED: MediaError = MediaError::Truncated { format: PictureFormat::Jpeg };
    let damaged = |detail: &str| MediaError::Damaged { format: PictureFormat::Jpeg, detail: detail.to_owned() };
    let mut orientation = 1;
    let mut found = None;
    let mut position = 2;
    loop {
        // Any number of fill bytes may stand before a marker.
        while bytes.get(position) == Some(&0xFF) && bytes.get(position + 1) == Some(&0xFF) {
            position += 1;
        }
        let (Some(&lead), Some(&marker)) = (bytes.get(position), bytes.get(position + 1)) else {
            return Err(TRUNCATED);
        };
        if lead != 0xFF {
            // Foreign bytes between segments: decoders skip them too.
            position += 1;
            continue;
        }
        position += 2;
        match marker {
            0x00 | 0x01 | 0xD0..=0xD8 => continue,
            0xD9 => return Err(damaged("no picture before its end")),
            _ => {}
        }
        let Some(length) = bytes.get(position..position + 2) else { return Err(TRUNCATED) };
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let Some(segment) = bytes.get(position..position + length) else { return Err(TRUNCATED) };
        let Some(body) = segment.get(2..) else { return Err(damaged("a segment without length")) };
        match marker {
            // All frame headers; C4, C8 and CC in their midst are tables.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if found.is_none() => {
                let &[precision, height_high, height_low, width_high, width_low, components, ..] = body else {
                    return Err(damaged("a frame header that is too short"));
                };
                let size_px = (
                    u32::from(u16::from_be_bytes([width_high, width_low])),
                    u32::from(u16::from_be_bytes([height_high, height_low])),
                );
                found = Some((
                    size_px,
                    JpegFrame {
                        components,
                        sequential: marker <= 0xC1 && precision == 8,
                        interleaved: false,
                        scan_start: 0,
                    },
                ));
            }
            0xE1 => {
                if let Some(exif) = body.strip_prefix(b"Exif\0\0") {
                    orientation = Orientation::from_exif_chunk(exif).map_or(orientation, Orientation::to_exif);
                }
            }
            0xDA => break,
            _ => {}
        }
        position += length;
    }
    let ((width_px, height_px), mut frame) = found.ok_or_else(|| damaged("a scan before its frame header"))?;
    // A scan's header: its length, then how many components it has.
    frame.interleaved = bytes.get(position + 2) == Some(&frame.components);
    let channels = frame.components;
    let info = ImageInfo { format: PictureFormat::Jpeg, width_px, height_px, orientation, channels };
    Ok((info, JpegFrame { scan_start: position, ..frame }))
}
