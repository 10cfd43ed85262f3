//! Decoding of foreign media, always from bytes: they come through storage and its cache, never from a path.

pub mod image;
pub mod sample_images;
