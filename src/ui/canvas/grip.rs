//! Handles of a shape as a hand takes hold of them.

use super::tools::Pointer;
use crate::domain::shape::{Bounds, Point};
use crate::domain::{Handle, Shape};

/// A handle that is held, and where: it keeps its distance from the pointer, so that nothing jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grip {
    pub handle: Handle,
    /// From the pointer to the handle, in image pixels.
    offset: [f64; 2],
}

impl Grip {
    /// A handle at `place`, held at `at`.
    #[must_use]
    pub fn new(handle: Handle, place: Point, at: Point) -> Self {
        Self { handle, offset: [place[0] - at[0], place[1] - at[1]] }
    }

    /// Where the handle goes with the pointer.
    #[must_use]
    pub fn place_for(&self, at: Point) -> Point {
        [at[0] + self.offset[0], at[1] + self.offset[1]]
    }
}

/// Whether a box has handles at its sides: those of a small one would cover it.
#[must_use]
pub fn has_sides(bounds: &Bounds, reach_px: f64) -> bool {
    bounds.width().max(bounds.height()) >= reach_px * 4.0
}

/// What the pointer would take hold of.
#[must_use]
pub fn under(shape: &Shape, pointer: &Pointer) -> Option<Grip> {
    let bounds = shape.bounds();
    // Far away nothing can be meant: spares a look at every vertex.
    if !bounds.grown(pointer.rotation_px + pointer.reach_px).contains(pointer.at) {
        return None;
    }
    let thickness = match shape {
        Shape::RotatedRectangle { size_px, .. } => size_px[0].min(size_px[1]),
        _ => bounds.width().min(bounds.height()),
    };
    // In the middle of a small shape there is room to move it and for clicks that go deeper.
    let reach_px = if thickness < pointer.reach_px * 4.0 && shape.contains(pointer.at) {
        thickness / 4.0
    } else {
        pointer.reach_px
    };
    let with_sides = has_sides(&bounds, pointer.reach_px);
    let (handle, place) = shape.handle_at(pointer.at, reach_px, pointer.rotation_px, with_sides)?;
    Some(Grip::new(handle, place, pointer.at))
}
