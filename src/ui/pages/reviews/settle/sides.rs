//! How the two passes over a sample are shown beside each other: what the page asks of it, whatever is labeled.

use super::shapes::ShapeSides;
use super::texts::TextSides;
use crate::domain::query::SampleRow;
use crate::domain::{Annotation, AnnotationId, AnnotationSet, DatasetType, Sample};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::labels::LabelTable;
use egui::{Id, Ui};
use std::collections::HashSet;
use std::sync::Arc;

/// What is shown.
pub struct Shown<'a> {
    pub row: &'a SampleRow,
    /// What is to be read, of a text.
    pub text: Option<&'a Arc<str>>,
    /// Who comes next.
    pub next: Option<&'a Sample>,
    pub table: &'a LabelTable,
    /// The sets of the first and of the second pass.
    pub sets: [AnnotationSet; 2],
    /// What differs and is not settled yet.
    pub loud: &'a HashSet<AnnotationId>,
    /// The difference that is looked at, in the first and in the second pass.
    pub current: [Option<AnnotationId>; 2],
}

impl<'a> Shown<'a> {
    /// What one side has.
    pub fn of(&self, side: usize) -> impl Iterator<Item = &'a Annotation> + use<'a> {
        let set = self.sets[side].clone();
        self.row.annotations.iter().filter(move |annotation| annotation.set == set)
    }

    /// An annotation of either side.
    pub fn annotation(&self, id: AnnotationId) -> Option<&'a Annotation> {
        self.row.annotations.iter().find(|annotation| annotation.id == id)
    }
}

/// How the difference that is looked at comes into sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// So that it is seen.
    Reveal,
    /// As large as can be.
    Zoom,
    /// All of the sample.
    Fit,
    Closer,
    Farther,
}

/// What came of showing the sides in a frame.
#[derive(Default)]
pub struct SidesOutput {
    /// Who takes the keys; `None` while there is nothing to see yet.
    pub keys_id: Option<Id>,
    /// A difference that was clicked.
    pub clicked: Option<AnnotationId>,
}

/// A button that changes how the sides are seen: icon, message, keys.
pub type LookTool = (Icon, &'static str, &'static str, Look);

/// Two passes beside each other.
pub trait Sides {
    /// Takes in that annotations, labels or the sample are others now.
    fn rebuild(&mut self, shown: &Shown<'_>);

    /// Draws both into the room that is left.
    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) -> SidesOutput;

    /// Changes how they are seen.
    fn look(&mut self, look: Look, shown: &Shown<'_>);

    /// The buttons for that, from right to left.
    fn tools(&self) -> &'static [LookTool];
}

/// The sides for what a dataset is of.
pub fn sides_of(kind: DatasetType) -> Box<dyn Sides> {
    match kind {
        DatasetType::TextClassification => Box::new(TextSides::of_classes()),
        DatasetType::NamedEntity => Box::new(TextSides::of_entities()),
        _ => Box::<ShapeSides>::default(),
    }
}
