//! What a text format is: how it is read and written, what it carries, and the report of what it does not, before anything
//! is written.

use super::labeled::side_by_side;
use super::{LabeledText, Said, TextEntity};
use crate::domain::{DatasetType, Explanation, Warning};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree};
use serde_json::Map;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// The texts that are written. They can be gone through several times, always in the same order; each has its words.
pub trait LabeledTexts {
    /// What the labels are of: `text-classification` or `named-entity`.
    fn kind(&self) -> DatasetType;

    /// The labels' names in their order, those that no text has included.
    fn labels(&self) -> &[String];

    /// Calls `each` with every text.
    ///
    /// # Errors
    /// What `each` returns; [`FormatError::Stopped`] if the source itself fails or the work was cancelled.
    fn each(&self, each: &mut dyn FnMut(&LabeledText) -> Result<(), FormatError>) -> Result<(), FormatError>;
}

/// What reading brought beside the texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextReading {
    /// The labels in the format's own order, those that no text has included; each once.
    pub labels: Vec<String>,
    /// What was not understood; their source is the file's name, with the line where known.
    pub warnings: Vec<Warning>,
    /// What was recognised without being told: an encoding, columns, a scheme of tags. Nothing is wrong with it.
    pub said: Vec<Warning>,
}

/// Takes one text; `Break` ends the reading early, without an error.
pub type EachText<'a> = dyn FnMut(LabeledText) -> ControlFlow<()> + 'a;

/// A line of the table: what a format is called, what it carries, and how it is read and written.
pub struct TextFormat {
    /// Stable, as on the command line.
    pub name: &'static str,
    pub carries: &'static TextCarries,
    /// The types of datasets that it is for.
    pub kinds: &'static [DatasetType],
    /// Whether a tree looks like this format.
    pub recognises: fn(&dyn FileTree) -> bool,
    /// Reads all texts of a tree, also unlabeled ones. Every entity is checked against its text.
    pub read: fn(&dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError>,
    /// Writes all files. What [`Self::carries`] denies is changed or left out as it says.
    pub write: fn(&dyn LabeledTexts, &dyn FileSink) -> Result<(), FormatError>,
}

/// What a text format can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextCarries {
    /// Several labels of a text; else the first one is kept.
    pub several_labels: bool,
    /// Entities that overlap; else those that begin first are kept, of these the longest.
    pub overlaps: bool,
    /// Entities that begin or end with blanks; else they are left out.
    pub blank_edges: bool,
    /// Texts of several lines; else each line end becomes a blank.
    pub line_ends: bool,
    /// Labels with blanks in their names; else nothing is written.
    pub label_blanks: bool,
    /// Texts that nobody decided about; else they are left out.
    pub unlabeled: bool,
    /// Texts without a class, or without an entity, by decision; else they become unlabeled.
    pub no_class: bool,
    pub no_entity: bool,
    pub hard: bool,
    pub confidence: bool,
    pub properties: bool,
    /// Who set a label, and when.
    pub authorship: bool,
    pub usage: bool,
    /// Ids of texts that came with one.
    pub ids: bool,
    /// What other formats say of texts that we do not model.
    pub fields: bool,
    /// The same of labels and entities.
    pub label_fields: bool,
}

impl TextCarries {
    /// All there is; a format names what it leaves out.
    pub const EVERYTHING: Self = Self {
        several_labels: true,
        overlaps: true,
        blank_edges: true,
        line_ends: true,
        label_blanks: true,
        unlabeled: true,
        no_class: true,
        no_entity: true,
        hard: true,
        confidence: true,
        properties: true,
        authorship: true,
        usage: true,
        ids: true,
        fields: true,
        label_fields: true,
    };
    /// Nothing but texts with their labels or entities.
    pub const LABELS_ONLY: Self = Self {
        hard: false,
        confidence: false,
        properties: false,
        authorship: false,
        usage: false,
        ids: false,
        fields: false,
        label_fields: false,
        ..Self::EVERYTHING
    };

    /// Whether a text that somebody decided about stays decided where nothing is left of what it carries.
    #[must_use]
    pub fn nothing(&self, text: &LabeledText) -> bool {
        if text.labels.is_some() { self.no_class } else { self.no_entity }
    }

    /// What is left of what is said of a label or an entity.
    #[must_use]
    pub fn left_of(&self, said: &Said) -> Said {
        Said {
            hard: said.hard.filter(|_| self.hard),
            confidence: said.confidence.filter(|_| self.confidence),
            properties: if self.properties { said.properties.clone() } else { Map::new() },
            annotated_by: said.annotated_by.clone().filter(|_| self.authorship),
            created: said.created.filter(|_| self.authorship),
            extra: if self.label_fields { said.extra.clone() } else { Map::new() },
        }
    }
}

/// What a text format cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextLoss {
    SeveralLabels,
    Overlaps,
    BlankEdges,
    LineEnds,
    LabelBlanks,
    Unlabeled,
    Nothing,
    Hard,
    Confidence,
    Properties,
    Authorship,
    Usage,
    Ids,
    Fields,
}

impl TextLoss {
    /// The stable name of what is lost, as in `--json`; the same as of images where it means the same.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::SeveralLabels => "several-labels",
            Self::Overlaps => "overlaps",
            Self::BlankEdges => "blank-edges",
            Self::LineEnds => "line-ends",
            Self::LabelBlanks => "label-blanks",
            Self::Unlabeled => "unlabeled",
            Self::Nothing => "nothing",
            Self::Hard => "hard",
            Self::Confidence => "confidence",
            Self::Properties => "properties",
            Self::Authorship => "authorship",
            Self::Usage => "usage",
            Self::Ids => "ids",
            Self::Fields => "fields",
        }
    }

    /// What a person is told of it.
    #[must_use]
    pub fn explain(self, count: u64) -> Explanation {
        match self {
            Self::SeveralLabels => Explanation::bad_input("loss-several-labels").with("count", count),
            Self::Overlaps => Explanation::bad_input("loss-overlaps").with("count", count),
            Self::BlankEdges => Explanation::bad_input("loss-blank-edges").with("count", count),
            Self::LineEnds => Explanation::bad_input("loss-line-ends").with("count", count),
            Self::LabelBlanks => Explanation::bad_input("loss-label-blanks").with("count", count),
            Self::Unlabeled => Explanation::bad_input("loss-text-unlabeled").with("count", count),
            Self::Nothing => Explanation::bad_input("loss-text-nothing").with("count", count),
            Self::Hard => Explanation::bad_input("loss-text-hard").with("count", count),
            Self::Confidence => Explanation::bad_input("loss-text-confidence").with("count", count),
            Self::Properties => Explanation::bad_input("loss-text-properties").with("count", count),
            Self::Authorship => Explanation::bad_input("loss-text-authorship").with("count", count),
            Self::Usage => Explanation::bad_input("loss-text-usage").with("count", count),
            Self::Ids => Explanation::bad_input("loss-text-ids").with("count", count),
            Self::Fields => Explanation::bad_input("loss-text-fields").with("count", count),
        }
    }
}

/// How often each loss would happen: the report before writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextLossReport(pub BTreeMap<TextLoss, u64>);

impl TextLossReport {
    /// Whether the format carries everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn count(&mut self, happens: bool, loss: TextLoss) {
        self.add_count(u64::from(happens), loss);
    }

    fn add_count(&mut self, count: u64, loss: TextLoss) {
        if count > 0 {
            *self.0.entry(loss).or_default() += count;
        }
    }

    /// Adds what one text would lose on its way through a format.
    pub fn add(&mut self, carries: &TextCarries, text: &LabeledText) {
        self.count(text.usage.is_some() && !carries.usage, TextLoss::Usage);
        self.count(text.id.is_some() && !carries.ids, TextLoss::Ids);
        self.count(!text.extra.is_empty() && !carries.fields, TextLoss::Fields);
        if text.is_unlabeled() {
            self.count(!carries.unlabeled, TextLoss::Unlabeled);
        }
        let (labels, entities) = (text.labels.as_deref().unwrap_or(&[]), text.entities.as_deref().unwrap_or(&[]));
        let is_nothing = !text.is_unlabeled() && labels.is_empty() && entities.is_empty();
        self.count(is_nothing && !carries.nothing(text), TextLoss::Nothing);
        self.count(labels.len() > 1 && !carries.several_labels, TextLoss::SeveralLabels);
        let words = text.words().unwrap_or_default();
        self.count(!carries.line_ends && words.contains(is_line_end), TextLoss::LineEnds);
        let kept = kept_entities(carries, entities);
        let is_blank = |entity: &&TextEntity| !carries.blank_edges && has_blank_edge(entity);
        let blank_edged = entities.iter().filter(is_blank).count();
        self.add_count(blank_edged as u64, TextLoss::BlankEdges);
        self.add_count((entities.len() - kept.len() - blank_edged) as u64, TextLoss::Overlaps);
        let names = labels.iter().map(|label| &label.label).chain(entities.iter().map(|entity| &entity.label));
        let blanks = names.filter(|name| has_blank(name)).count() as u64;
        self.add_count(if carries.label_blanks { 0 } else { blanks }, TextLoss::LabelBlanks);
        let said = labels.iter().map(|label| &label.said).chain(kept.into_iter().map(|entity| &entity.said));
        for said in said {
            self.add_said(carries, said);
        }
    }

    fn add_said(&mut self, carries: &TextCarries, said: &Said) {
        self.count(said.hard == Some(true) && !carries.hard, TextLoss::Hard);
        self.count(said.confidence.is_some() && !carries.confidence, TextLoss::Confidence);
        self.count(!said.properties.is_empty() && !carries.properties, TextLoss::Properties);
        let authored = said.annotated_by.is_some() || said.created.is_some();
        self.count(authored && !carries.authorship, TextLoss::Authorship);
        self.count(!said.extra.is_empty() && !carries.label_fields, TextLoss::Fields);
    }
}

/// The entities that a format keeps; agrees with the report before writing.
#[must_use]
pub fn kept_entities<'a>(carries: &TextCarries, entities: &'a [TextEntity]) -> Vec<&'a TextEntity> {
    let whole = entities.iter().filter(|entity| carries.blank_edges || !has_blank_edge(entity));
    if carries.overlaps { whole.collect() } else { side_by_side(whole) }
}

fn has_blank_edge(entity: &TextEntity) -> bool {
    entity.text.starts_with(char::is_whitespace) || entity.text.ends_with(char::is_whitespace)
}

/// Whether a name has a blank in it, which parts labels in some formats.
#[must_use]
pub fn has_blank(name: &str) -> bool {
    name.is_empty() || name.contains(char::is_whitespace)
}

/// What a line cannot hold. A CR is a part of the end if the line's LF follows it.
fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

/// The text on one line: line ends become blanks, CRLF a single one.
#[must_use]
pub fn on_one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(is_line_end, " ")
}
