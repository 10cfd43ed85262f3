//! Labeled texts as exchange formats tell them: labels by name, offsets in code points of the text. Each format reads
//! and writes these; what a format cannot carry is found before anything is written.

use crate::domain::{Timestamp, Usage};
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

/// What a label or an entity carries beside its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    pub hard: Option<bool>,
    /// 0 to 1.
    pub confidence: Option<f64>,
    /// Free properties, in order.
    pub properties: Map<String, Value>,
    pub annotated_by: Option<String>,
    pub created: Option<Timestamp>,
    /// What the format says that we do not model; written back by the same format.
    pub extra: Map<String, Value>,
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
