//! Pictures: what a header says, upright pixels, thumbnails. The format is told by the content, never by the name.

mod decode;
mod error;
mod header;
mod making;
mod pyramid;
mod pyramid_file;
mod rows;
mod thumbnail;

#[cfg(test)]
mod corruption_tests;
#[cfg(test)]
mod test_images;
#[cfg(test)]
mod tests;

pub use decode::{Limits, Upright, decode, decode_scaled};
pub use error::MediaError;
pub use header::{ImageInfo, PictureFormat, probe};
pub use making::Making;
pub use pyramid::{Pyramid, TILE_PX, level_count, level_size_px};
pub use pyramid_file::{PyramidFile, PyramidWriter};
pub use rows::{make_tiles, probe_file};
pub use thumbnail::{Thumbnail, thumbnail, thumbnail_of, thumbnails};
