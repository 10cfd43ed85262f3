//! Decoding of foreign media: from bytes, which come through storage and its cache; only pictures too large for memory
//! are read from their file.

pub mod image;
pub mod sample_images;
