//! COCO: one JSON file for many images, with boxes, polygons and masks. A polygon of several rings is their union: it
//! becomes several shapes of one group; holes stand in masks.
//!
//! Rectangles are `bbox`es without segmentation. A polygon with holes is written as a mask, whose pixels are exact, with
//! its own outline in the field `modelier:rings`, which counts as long as it covers the same pixels.

mod parse;
mod read;
mod record;
mod write;

pub use parse::{CocoFile, Id, parse};
pub use read::FORMAT;

use super::objects::{Carries, OtherShapes};
use crate::domain::ShapeKind;

/// What the format carries. Rotated rectangles are written as polygons with their angle as an attribute, and come back.
pub const CARRIES: Carries = Carries {
    shapes: &[ShapeKind::Rectangle, ShapeKind::Polygon],
    other_shapes: OtherShapes::BecomePolygons,
    ..Carries::EVERYTHING
};

/// The outlines that a mask was made of: for each piece, its ring and the rings of its holes.
const RINGS: &str = "modelier:rings";
/// The property of a region that is a crowd of objects.
const CROWD: &str = "iscrowd";

#[cfg(test)]
mod tests;
