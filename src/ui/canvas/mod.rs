//! The canvas: an image and the shapes on it. [`view`], [`scene`], [`tools`] and [`mesh`] are plain logic without a
//! window; [`picture`] brings the image in tiles, [`widget`] takes the pointer and draws, [`pair`] shows two
//! annotations of an image side by side.

mod draft;
mod grip;
pub mod look;
pub mod mesh;
pub mod minimap;
pub mod open_pictures;
pub mod pair;
pub mod picture;
mod preparing;
pub mod scene;
pub mod tools;
pub mod view;
pub mod widget;

pub use draft::Draft;
pub use pair::{Pair, PairShown};
pub use scene::{Object, Scene};
pub use tools::{Outcome, Tool};
pub use widget::{Canvas, Options, Output, Shown};
