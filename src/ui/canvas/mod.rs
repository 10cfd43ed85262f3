//! The canvas: an image and the shapes on it. [`view`], [`scene`] and [`tools`] are plain logic without a window;
//! `paint` draws, `picture` brings the image in tiles.

pub mod mesh;
pub mod scene;
pub mod tools;
pub mod view;
