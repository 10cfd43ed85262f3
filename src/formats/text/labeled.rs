//! Labeled texts as exchange formats tell them: labels by name, offsets in code points of the text. Each format reads
//! and writes these.

use super::said;
use crate::domain::text::Offsets;
use crate::domain::{Annotation, AnnotationBody, Explanation, Usage};
use crate::formats::Said;
use crate::formats::manifest::without_notes;
use serde_json::{Map, Value};

/// One text with what is said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabeledText {
    pub text: TextSource,
    /// The format's own id of the text, verbatim.
    pub id: Option<String>,
    /// Class labels. `None` for a text that nobody decided about; an empty list is labeled with nothing.
    pub labels: Option<Vec<TextLabel>>,
    /// Named entities; `None` as above.
    pub entities: Option<Vec<TextEntity>>,
    pub usage: Option<Usage>,
    /// The file it stands in, relative, and its line there from 1, where the format knows.
    pub place: Option<(String, u64)>,
    /// What the format says of the text that we do not model; written back by the same format.
    pub extra: Map<String, Value>,
}

/// The words of a text, or where they are.
#[derive(Clone, Debug, PartialEq)]
pub enum TextSource {
    Inline(String),
    /// A whole file: its name in the tree, or a URI.
    File(String),
}

impl Default for TextSource {
    fn default() -> Self {
        Self::Inline(String::new())
    }
}

impl LabeledText {
    /// A text of which nothing is said.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: TextSource::Inline(text.into()), ..Self::default() }
    }

    /// The words; `None` if they are in a file that was not read.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match &self.text {
            TextSource::Inline(text) => Some(text),
            TextSource::File(_) => None,
        }
    }

    /// Whether nobody decided anything about it.
    #[must_use]
    pub fn is_unlabeled(&self) -> bool {
        self.labels.is_none() && self.entities.is_none()
    }

    /// Takes out the entities that the text does not have as they say, and gives each the stretch it covers. Nothing is
    /// moved: what does not fit is told to `tell` and left out. A text that loses all it had is unlabeled: that there is
    /// nothing in it, nobody said.
    pub fn check_entities(&mut self, mut tell: impl FnMut(Explanation)) {
        let (Some(entities), TextSource::Inline(text)) = (&mut self.entities, &self.text) else { return };
        if entities.is_empty() {
            return;
        }
        let offsets = Offsets::new(text);
        entities.retain_mut(|entity| {
            let Some(covered) = offsets.covered(text, entity.start, entity.end) else {
                let reason = Explanation::bad_input("text-entity-outside")
                    .with("label", &entity.label)
                    .with("start", entity.start)
                    .with("end", entity.end)
                    .with("length", offsets.length());
                tell(reason);
                return false;
            };
            if !entity.text.is_empty() && entity.text != covered {
                let reason = Explanation::bad_input("entity-text")
                    .with("start", entity.start)
                    .with("end", entity.end)
                    .with("said", clipped(&entity.text))
                    .with("found", clipped(covered));
                tell(reason);
                return false;
            }
            covered.clone_into(&mut entity.text);
            true
        });
        if entities.is_empty() {
            self.entities = None;
        }
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}

impl Said {
    /// As fields of JSON; see [`said`].
    #[must_use]
    pub fn to_fields(&self) -> Map<String, Value> {
        said::to_fields(self)
    }

    /// From fields of JSON; what is not known becomes [`Self::extra`].
    #[must_use]
    pub fn of_fields(fields: Map<String, Value>) -> Self {
        said::of_fields(fields)
    }

    fn without_notes_of(annotation: &Annotation) -> Self {
        let said = Self::of(annotation);
        Self { extra: without_notes(said.extra), ..said }
    }
}

/// A class label of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextLabel {
    /// The label's name, verbatim.
    pub label: String,
    pub said: Said,
}

/// A labeled stretch of a text: code points, end exclusive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextEntity {
    /// The label's name, verbatim.
    pub label: String,
    pub start: u32,
    pub end: u32,
    /// What the format says the stretch covers, to be checked against the text; empty where it does not say.
    pub text: String,
    pub said: Said,
}

impl TextLabel {
    /// A label of which nothing else is said.
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), said: Said::default() }
    }

    /// The label that an annotation is; `None` for one of another kind.
    #[must_use]
    pub fn of(annotation: &Annotation, label: &str) -> Option<Self> {
        (annotation.body == AnnotationBody::Class)
            .then(|| Self { label: label.to_owned(), said: Said::without_notes_of(annotation) })
    }
}

impl TextEntity {
    /// An entity of which nothing else is said, not even what it covers.
    #[must_use]
    pub fn new(label: impl Into<String>, start: u32, end: u32) -> Self {
        Self { label: label.into(), start, end, ..Self::default() }
    }

    /// The entity that an annotation is; `None` for one of another kind.
    #[must_use]
    pub fn of(annotation: &Annotation, label: &str) -> Option<Self> {
        let AnnotationBody::Entity { start, end, text } = &annotation.body else { return None };
        let (label, text) = (label.to_owned(), text.clone());
        Some(Self { label, start: *start, end: *end, text, said: Said::without_notes_of(annotation) })
    }
}

/// The entities that can stand side by side, in their order: of those that overlap, the one that begins first, of these
/// the longest. Formats without overlaps leave out the others.
#[must_use]
pub fn side_by_side<'a>(entities: impl IntoIterator<Item = &'a TextEntity>) -> Vec<&'a TextEntity> {
    let mut all: Vec<&TextEntity> = entities.into_iter().filter(|entity| entity.start < entity.end).collect();
    all.sort_by_key(|entity| (entity.start, std::cmp::Reverse(entity.end)));
    let mut reached = 0;
    all.retain(|entity| {
        let fits = entity.start >= reached;
        if fits {
            reached = entity.end;
        }
        fits
    });
    all
}
