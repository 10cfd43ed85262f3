//! Objects in images as exchange formats tell them: labels by name, shapes in pixels of the upright image. Each format
//! reads and writes these; what a format cannot carry is found by one check before anything is written.

use super::manifest::is_note;
use super::said::{Said, SparselySaid};
use super::{Loss, voc};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, AnnotationSet, LabelId, ObjectAttributes, Origin, Shape, ShapeKind,
    Timestamp, Usage,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// One image with its objects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageObjects {
    /// The image's file, as the format names it: relative, with `/` between folders.
    pub file_name: String,
    /// Width and height of the upright image in pixels, where they are known.
    pub size_px: Option<[u32; 2]>,
    /// Channels of a pixel, where the image was looked at.
    pub channels: Option<u8>,
    /// `None` for an unlabeled image; an empty list is an image labeled with nothing.
    pub objects: Option<Vec<ImageObject>>,
    pub usage: Option<Usage>,
    /// What the format says of the image that we do not model; written back by the same format.
    pub extra: Map<String, Value>,
}

/// One object.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageObject {
    /// The label's name, verbatim.
    pub label: String,
    pub shape: Shape,
    pub attributes: ObjectAttributes,
    pub said: SparselySaid,
}

impl ImageObject {
    /// An object of which nothing is said but its label and shape.
    #[must_use]
    pub fn new(label: impl Into<String>, shape: Shape) -> Self {
        Self { label: label.into(), shape, attributes: ObjectAttributes::default(), said: SparselySaid::default() }
    }

    /// The object, and the other parts of it. What the format says that we do not model stays with the first one.
    #[must_use]
    pub fn with_parts(self, others: impl Iterator<Item = Shape>) -> Vec<Self> {
        let part = |shape| {
            let said = Said { extra: Map::new(), ..(*self.said).clone() };
            Self { label: self.label.clone(), shape, attributes: self.attributes.clone(), said: said.into() }
        };
        let others: Vec<Self> = others.map(part).collect();
        std::iter::once(self).chain(others).collect()
    }

    /// The annotation it becomes, by `author` where it names none itself.
    #[must_use]
    pub fn into_annotation(mut self, label: LabelId, author: &str, now: Timestamp) -> Annotation {
        let said = self.said.take();
        let origin = Origin::of_author(said.annotated_by.as_deref());
        Annotation {
            id: AnnotationId::random(),
            set: AnnotationSet::Primary,
            label: Some(label),
            body: AnnotationBody::Shape { shape: self.shape, attributes: self.attributes },
            annotated_by: said.annotated_by.unwrap_or_else(|| author.to_owned()),
            origin,
            confidence: said.confidence,
            hard: said.hard,
            properties: said.properties,
            created: Some(said.created.unwrap_or(now)),
            extra: said.extra,
        }
    }

    /// The object that an annotation with a shape is; `None` for any other.
    #[must_use]
    pub fn of(annotation: &Annotation, label: &str) -> Option<Self> {
        let AnnotationBody::Shape { shape, attributes } = &annotation.body else { return None };
        Some(Self {
            label: label.to_owned(),
            shape: shape.clone(),
            attributes: attributes.clone(),
            said: Said::of(annotation).into(),
        })
    }

    /// The body of the annotation it becomes.
    #[must_use]
    pub fn body(&self) -> AnnotationBody {
        AnnotationBody::Shape { shape: self.shape.clone(), attributes: self.attributes.clone() }
    }
}

/// What a detection format can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carries {
    /// Shapes as what they are.
    pub shapes: &'static [ShapeKind],
    /// What becomes of all others.
    pub other_shapes: OtherShapes,
    pub holes: bool,
    /// An unlabeled image differs from one labeled with nothing.
    pub unlabeled: bool,
    pub pose: bool,
    pub truncated: bool,
    pub occluded: bool,
    pub difficult: bool,
    pub group: bool,
    pub hard: bool,
    pub confidence: bool,
    pub properties: bool,
    /// Who set a label, and when.
    pub authorship: bool,
    pub usage: bool,
    /// Fields that only another format understands.
    pub kept: Kept,
}

/// Which fields that only another format understands are written as they came: they come back on the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    All,
    /// All those of objects; of images those of Label Studio.
    OfObjects,
    /// Those that are a text.
    Texts,
    /// Those of Pascal VOC.
    Voc,
    None,
}

impl Kept {
    fn takes(self, name: &str, value: &Value, of_image: bool) -> bool {
        match self {
            Self::All => true,
            Self::OfObjects => !of_image || ["data", "meta", "results"].contains(&name),
            Self::Texts => value.is_string(),
            Self::Voc => name == voc::KEPT,
            Self::None => false,
        }
    }

    /// Whether a field that says something is not written.
    #[must_use]
    pub fn loses(self, extra: &Map<String, Value>, of_image: bool) -> bool {
        extra.iter().any(|(name, value)| says_something(name, value) && !self.takes(name, value, of_image))
    }

    /// Whether a field that is written did not come back in `found`.
    #[must_use]
    pub fn misses(self, extra: &Map<String, Value>, found: &Map<String, Value>, of_image: bool) -> bool {
        let mut written = extra.iter().filter(|(name, value)| self.takes(name, value, of_image));
        written.any(|(name, value)| says_something(name, value) && !found.contains_key(name))
    }
}

/// Whether a field says more than a number that every file gives anew.
fn says_something(name: &str, value: &Value) -> bool {
    match name {
        voc::KEPT => value.as_object().is_some_and(voc::says_more),
        "id" | "sample-type" => false,
        name => !is_note(name),
    }
}

impl Carries {
    /// All kinds but rectangles that are turned, which become polygons with their angle beside them.
    pub const UNTURNED: &[ShapeKind] = &[
        ShapeKind::Rectangle,
        ShapeKind::Polygon,
        ShapeKind::Polyline,
        ShapeKind::Line,
        ShapeKind::Dashed,
        ShapeKind::Point,
        ShapeKind::Circle,
    ];

    /// All there is; a format names what it leaves out.
    pub const EVERYTHING: Self = Self {
        shapes: &ShapeKind::ALL,
        other_shapes: OtherShapes::AreLeftOut,
        holes: true,
        unlabeled: true,
        pose: true,
        truncated: true,
        occluded: true,
        difficult: true,
        group: true,
        hard: true,
        confidence: true,
        properties: true,
        authorship: true,
        usage: true,
        kept: Kept::All,
    };
}

/// What a format does with a shape it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherShapes {
    /// The upright rectangle around it; a point or straight line without area is left out.
    BecomeRectangles,
    /// Rotated rectangles and circles become polygons; what has no area is left out.
    BecomePolygons,
    AreLeftOut,
}

/// How often each loss would happen: the report before writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LossReport(pub BTreeMap<Loss, u64>);

impl LossReport {
    /// Whether the format carries everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&mut self, happens: bool, loss: Loss) {
        if happens {
            *self.0.entry(loss).or_default() += 1;
        }
    }

    /// Adds what other images would lose.
    pub fn add_all(&mut self, others: Self) {
        for (loss, count) in others.0 {
            *self.0.entry(loss).or_default() += count;
        }
    }

    /// Adds what one image would lose on its way through a format.
    pub fn add(&mut self, carries: &Carries, image: &ImageObjects) {
        self.count(image.usage.is_some() && !carries.usage, Loss::Usage);
        self.count(carries.kept.loses(&image.extra, true), Loss::Kept);
        let Some(objects) = &image.objects else {
            self.count(!carries.unlabeled, Loss::Unlabeled);
            return;
        };
        for object in objects {
            let kind = object.shape.kind();
            let attributes = &object.attributes;
            if !carries.shapes.contains(&kind) {
                let flat = object.shape.area() == 0.0;
                self.count(
                    true,
                    match carries.other_shapes {
                        OtherShapes::BecomeRectangles if !flat || object.shape.bounds().area() > 0.0 => {
                            Loss::ShapeToRectangle(kind)
                        }
                        OtherShapes::BecomePolygons if !flat => Loss::ShapeToPolygon(kind),
                        _ => Loss::ShapeLeftOut(kind),
                    },
                );
            }
            let has_holes = matches!(&object.shape, Shape::Polygon { holes, .. } if !holes.is_empty());
            self.count(has_holes && !carries.holes, Loss::Holes);
            self.count(attributes.pose.is_some() && !carries.pose, Loss::Pose);
            self.count(attributes.truncated == Some(true) && !carries.truncated, Loss::Truncated);
            self.count(attributes.occluded == Some(true) && !carries.occluded, Loss::Occluded);
            self.count(attributes.difficult == Some(true) && !carries.difficult, Loss::Difficult);
            self.count(attributes.group.is_some() && !carries.group, Loss::Group);
            let said = &*object.said;
            self.count(said.hard == Some(true) && !carries.hard, Loss::Hard);
            self.count(said.confidence.is_some() && !carries.confidence, Loss::Confidence);
            self.count(!said.properties.is_empty() && !carries.properties, Loss::Properties);
            let has_author = said.annotated_by.is_some() || said.created.is_some();
            self.count(has_author && !carries.authorship, Loss::Authorship);
            self.count(carries.kept.loses(&said.extra, false), Loss::Kept);
        }
    }
}
