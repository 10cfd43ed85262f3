//! Label Studio's JSON: a list of tasks. Numbers are percent of the image's sides, and rectangles turn around their
//! top-left corner. What its regions cannot say stands in their `meta`, which the tool keeps.
//!
//! Of several people's annotations of one image the first one is taken; predictions are no labels and are left out, as
//! are brush masks. All of it is told. Beside the tasks, `labeling_config.xml` holds the labels in their order.

mod read;
mod region;
mod write;

pub use read::{annotations_of, each_record, parse, place_of};

use super::detection::DetectionFormat;
use super::objects::{Carries, Kept, OtherShapes};
use crate::domain::ShapeKind;

/// What the format carries. A polygon's holes are in `meta`, which the tool does not show.
pub const CARRIES: Carries = Carries {
    shapes: &[
        ShapeKind::Rectangle,
        ShapeKind::RotatedRectangle,
        ShapeKind::Polygon,
        ShapeKind::Point,
        ShapeKind::Circle,
    ],
    other_shapes: OtherShapes::BecomePolygons,
    kept: Kept::OfObjects,
    ..Carries::EVERYTHING
};

/// This format's line in the table.
pub const FORMAT: DetectionFormat = DetectionFormat {
    name: "label-studio",
    carries: &CARRIES,
    image_folder: "images",
    says_size: true,
    recognises: read::recognises,
    read: read::read,
    write: write::write,
};

/// Where a region's `meta` holds what is ours.
const META: &str = "modelier";
/// Where a task's `data` says what the image is for.
const USAGE: &str = "usage";
const CONFIG: &str = "labeling_config.xml";

#[cfg(test)]
mod tests;
