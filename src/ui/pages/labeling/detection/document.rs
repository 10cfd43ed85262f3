//! The image that is worked on, with its scene.

use crate::domain::query::SampleRow;
use crate::domain::{Annotation, AnnotationId, AnnotationSet, Timestamp};
use crate::ui::canvas::{Object, Scene};
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::pages::labeling::open_sample::OpenSample;
use crate::ui::theme;
use egui::Color32;
use std::collections::HashSet;

/// What is hidden or locked in an image, as long as the window is open; nothing of it is stored, and no export knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Veil {
    pub hidden: HashSet<AnnotationId>,
    pub locked: HashSet<AnnotationId>,
}

impl Veil {
    pub fn toggle_lock(&mut self, id: AnnotationId) {
        if !self.locked.remove(&id) {
            self.locked.insert(id);
        }
    }

    pub fn toggle_hide(&mut self, id: AnnotationId) {
        if !self.hidden.remove(&id) {
            self.hidden.insert(id);
        }
    }
}

/// One image with its annotations.
pub struct Document {
    pub open: OpenSample,
    scene: Scene,
    revision: u64,
    size_px: [f64; 2],
}

impl Document {
    /// The document of one set of a row as it was read.
    pub fn new(row: SampleRow, set: AnnotationSet, generation: u64, revision: u64) -> Self {
        let open = OpenSample::new(row, set, generation);
        Self { open, scene: Scene::default(), revision, size_px: [0.0; 2] }
    }

    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The shapes that a person sees: those of the document's set.
    pub fn shapes(&self) -> impl Iterator<Item = &Annotation> {
        let set = self.open.set();
        self.open
            .row
            .annotations
            .iter()
            .filter(move |annotation| annotation.set == *set && annotation.as_shape().is_some())
    }

    #[must_use]
    pub fn get(&self, id: AnnotationId) -> Option<&Annotation> {
        self.open.row.annotations.iter().find(|annotation| annotation.id == id)
    }

    /// The annotations of these ids, in drawing order.
    #[must_use]
    pub fn among(&self, ids: &HashSet<AnnotationId>) -> Vec<Annotation> {
        self.shapes().filter(|annotation| ids.contains(&annotation.id)).cloned().collect()
    }

    /// Makes the scene anew for an image of this size.
    pub fn rebuild(&mut self, labels: &LabelTable, veil: &Veil, size_px: [f64; 2]) {
        self.revision += 1;
        self.size_px = size_px;
        let objects = self
            .shapes()
            .filter_map(|annotation| {
                let crate::domain::AnnotationBody::Shape { shape, attributes } = &annotation.body else { return None };
                Some(Object {
                    id: annotation.id,
                    label: annotation.label,
                    shape: shape.clone(),
                    color: color_of(labels, annotation.label),
                    hidden: veil.hidden.contains(&annotation.id),
                    locked: veil.locked.contains(&annotation.id),
                    group: attributes.group.clone(),
                })
            })
            .collect();
        self.scene = Scene::new(objects, size_px, self.revision);
    }

    #[must_use]
    pub fn size_px(&self) -> [f64; 2] {
        self.size_px
    }
}

/// The colour of a label; grey without one.
pub fn color_of(labels: &LabelTable, label: Option<crate::domain::LabelId>) -> Color32 {
    let color = label.and_then(|label| labels.get(label)).map(|label| label.color);
    theme::label_color(color.unwrap_or(crate::domain::label::PALETTE[7]))
}

/// An annotation that a person makes now.
pub fn drawn(
    label: crate::domain::LabelId,
    shape: crate::domain::Shape,
    now: Timestamp,
    by: &crate::domain::Actor,
) -> Annotation {
    Annotation::human(label, crate::domain::AnnotationBody::shape(shape), by.annotated_by(), now)
}
