//! Pictures: what a header says, upright pixels, thumbnails. The format is told by the content, never by the name.

mod decode;
mod error;
mod header;
mod thumbnail;

pub use decode::{Limits, Upright, decode, decode_scaled};
pub use error::MediaError;
pub use header::{ImageInfo, PictureFormat, probe};
pub use thumbnail::{Thumbnail, thumbnail, thumbnails};
