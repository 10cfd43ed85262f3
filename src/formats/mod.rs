//! Bytes ↔ domain, one file a format, streaming: records and warnings, never a panic, never a network call.

pub mod coco;
pub mod cvat;
pub mod detection;
mod error;
pub mod exchange;
pub mod image_folder;
pub mod label_studio;
pub mod labelme;
pub mod manifest;
pub mod mask;
pub mod object_table;
pub mod objects;
mod said;
pub mod shape_properties;
pub mod text;
pub mod voc;
mod xml;
pub mod yolo;

#[cfg(test)]
mod tests;

pub use error::FormatError;
pub use said::{Said, SparselySaid};

use crate::domain::{DatasetType, ShapeKind};

/// What a format cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// Samples without labels.
    Unlabeled,
    /// More than one label of a sample.
    SeveralLabels,
    /// Who set a label, when, and how sure.
    Authorship,
    /// Hard marks, usages and free properties.
    Attributes,
    /// A shape becomes the upright rectangle around it.
    ShapeToRectangle(ShapeKind),
    /// A shape becomes a polygon.
    ShapeToPolygon(ShapeKind),
    /// A shape is not written.
    ShapeLeftOut(ShapeKind),
    /// Holes of polygons are filled.
    Holes,
    Pose,
    Truncated,
    Occluded,
    Difficult,
    /// Which shapes are parts of one object.
    Group,
    Hard,
    Confidence,
    Properties,
    Usage,
    /// Fields that only the format they came from understands.
    Kept,
}

impl Loss {
    /// The stable name of what is lost, as in `--json` and in `loss-…` messages.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unlabeled => "unlabeled",
            Self::SeveralLabels => "several-labels",
            Self::Authorship => "authorship",
            Self::Attributes => "attributes",
            Self::ShapeToRectangle(_) => "shape-to-rectangle",
            Self::ShapeToPolygon(_) => "shape-to-polygon",
            Self::ShapeLeftOut(_) => "shape-left-out",
            Self::Holes => "holes",
            Self::Pose => "pose",
            Self::Truncated => "truncated",
            Self::Occluded => "occluded",
            Self::Difficult => "difficult",
            Self::Group => "group",
            Self::Hard => "hard",
            Self::Confidence => "confidence",
            Self::Properties => "properties",
            Self::Usage => "usage",
            Self::Kept => "kept",
        }
    }

    /// Which shape, where one is changed or left out.
    #[must_use]
    pub fn shape(self) -> Option<ShapeKind> {
        match self {
            Self::ShapeToRectangle(kind) | Self::ShapeToPolygon(kind) | Self::ShapeLeftOut(kind) => Some(kind),
            _ => None,
        }
    }
}

/// What a format takes and gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Stable, as on the command line.
    pub name: &'static str,
    pub reads: bool,
    pub writes: bool,
    pub dataset_types: &'static [DatasetType],
    /// What gets lost on the way through it.
    pub loses: &'static [Loss],
}

/// All formats. A new one is one file and one line.
pub const FORMATS: &[Format] = &[manifest::FORMAT, image_folder::FORMAT];

/// The format of that name.
#[must_use]
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
