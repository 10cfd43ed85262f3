//! CVAT for images 1.1: one `annotations.xml` with all images. Masks are counted along the rows of a frame of their
//! own, which is not COCO's way; `points` is several points; boxes turn around their centre.
//!
//! Values of attributes are text. Ellipses come in as polygons unless they are circles; cuboids, skeletons, tags of the
//! whole image and the tracks of videos are left out, which is told.

mod node;
mod read;
mod shape;
mod write;

pub use read::{CvatReading, parse};

use super::detection::DetectionFormat;
use super::objects::{Carries, Kept, OtherShapes};

/// What the format carries. A polygon's holes are an attribute, which other tools do not see.
pub const CARRIES: Carries =
    Carries { other_shapes: OtherShapes::AreLeftOut, kept: Kept::Texts, ..Carries::EVERYTHING };

/// This format's line in the table.
pub const FORMAT: DetectionFormat = DetectionFormat {
    name: "cvat",
    carries: &CARRIES,
    image_folder: "images",
    says_size: true,
    recognises: read::recognises,
    read: read::read,
    write: write::write,
};

/// The image's attribute that tells one nobody labeled from one labeled with nothing; other tools pass it over.
const STATE: &str = "modelier-state";
const UNLABELED: &str = "unlabeled";

/// The attribute that says how sure an object is.
const CONFIDENCE: &str = "modelier:confidence";

#[cfg(test)]
mod tests;
