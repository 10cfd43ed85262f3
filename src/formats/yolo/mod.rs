//! YOLO: a text file for each image, a line for each object, in shares of the *upright* image's width and height. An
//! empty file is an image labeled with nothing, a missing one an unlabeled image. A class is the number of its line in
//! the list of names, whose order is never changed.
//!
//! Coordinates are taken to a millionth of the image's side: what other tools write has six digits.

mod line;
mod names;
mod read;
mod write;

pub use line::{Line, parse_line};
pub use names::{Names, parse_yaml};

use super::detection::{DetectionFormat, FileTree};
use super::objects::{Carries, Kept, OtherShapes};
use crate::domain::ShapeKind;

/// Which of the three forms lines have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// `class x y width height`.
    Detect,
    /// `class x y x y x y …`: a ring without holes.
    Segment,
    /// `class x y x y x y x y`: the four corners of a rotated rectangle.
    Oriented,
}

const NOTHING_ELSE: Carries = Carries {
    shapes: &[ShapeKind::Rectangle],
    other_shapes: OtherShapes::BecomeRectangles,
    holes: false,
    pose: false,
    truncated: false,
    occluded: false,
    difficult: false,
    group: false,
    hard: false,
    confidence: false,
    properties: false,
    authorship: false,
    kept: Kept::None,
    ..Carries::EVERYTHING
};

/// What boxes carry.
pub const DETECT_CARRIES: Carries = NOTHING_ELSE;
/// What segments carry.
pub const SEGMENT_CARRIES: Carries =
    Carries { shapes: &[ShapeKind::Polygon], other_shapes: OtherShapes::BecomePolygons, ..NOTHING_ELSE };
/// What oriented boxes carry.
pub const ORIENTED_CARRIES: Carries =
    Carries { shapes: &[ShapeKind::Rectangle, ShapeKind::RotatedRectangle], ..NOTHING_ELSE };

/// Boxes; on reading, any of the three forms.
pub const DETECT: DetectionFormat = DetectionFormat {
    name: "yolo",
    carries: &DETECT_CARRIES,
    image_folder: "images",
    says_size: false,
    recognises: read::recognises,
    read: |tree, each| read::read(tree, None, each),
    write: |source, sink| write::write(source, sink, Task::Detect, &DETECT_CARRIES),
};
/// Segments. Trees are recognised by [`DETECT`] alone.
pub const SEGMENT: DetectionFormat = DetectionFormat {
    name: "yolo-segment",
    carries: &SEGMENT_CARRIES,
    image_folder: "images",
    says_size: false,
    recognises: never,
    read: |tree, each| read::read(tree, Some(Task::Segment), each),
    write: |source, sink| write::write(source, sink, Task::Segment, &SEGMENT_CARRIES),
};
/// Oriented boxes. Trees are recognised by [`DETECT`] alone.
pub const ORIENTED: DetectionFormat = DetectionFormat {
    name: "yolo-obb",
    carries: &ORIENTED_CARRIES,
    image_folder: "images",
    says_size: false,
    recognises: never,
    read: |tree, each| read::read(tree, Some(Task::Oriented), each),
    write: |source, sink| write::write(source, sink, Task::Oriented, &ORIENTED_CARRIES),
};

fn never(_: &dyn FileTree) -> bool {
    false
}

#[cfg(test)]
mod tests;
