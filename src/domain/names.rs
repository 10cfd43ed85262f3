//! Names that people type, checked by the guide's rules (2.2, 2.4.1, 2.5). Names that come from foreign files are kept
//! as they are where a name says so.

use super::explain::{Explain, Explanation};
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// Why a name was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameError {
    #[error("{kind} is empty: type a name")]
    Empty { kind: NameKind },
    #[error("{kind} has {length} characters, the limit is {limit}: shorten {name:?}")]
    TooLong { kind: NameKind, length: usize, limit: usize, name: String },
    #[error("{kind} may not contain {character:?}: change {name:?}")]
    Character { kind: NameKind, character: char, name: String },
    #[error("{kind} must begin with a letter or a Chinese character: change {name:?}")]
    FirstCharacter { kind: NameKind, name: String },
}

/// What kind of thing a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    Dataset,
    Version,
    Label,
    Job,
    Model,
    Service,
    Description,
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dataset => "dataset-name",
            Self::Version => "version-name",
            Self::Label => "label-name",
            Self::Job => "job-name",
            Self::Model => "model-name",
            Self::Service => "service-name",
            Self::Description => "description",
        })
    }
}

impl Explain for NameError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Empty { kind } => Explanation::bad_input("name-empty").with("kind", kind),
            Self::TooLong { kind, length, limit, name } => Explanation::bad_input("name-too-long")
                .with("kind", kind)
                .with("length", length)
                .with("limit", limit)
                .with("name", name),
            Self::Character { kind, character, name } => Explanation::bad_input("name-character")
                .with("kind", kind)
                .with("character", character.escape_debug())
                .with("name", name),
            Self::FirstCharacter { kind, name } => {
                Explanation::bad_input("name-first-character").with("kind", kind).with("name", name)
            }
        }
    }
}

/// A Chinese character in the sense of the guide: the unified ideographs and their extensions.
fn is_chinese(character: char) -> bool {
    matches!(character,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}' | '〇' | '々')
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-' || character == '_'
}

struct Rule {
    kind: NameKind,
    limit: usize,
    chinese: bool,
    begins_with_letter: bool,
}

impl Rule {
    fn check(&self, name: &str) -> Result<String, NameError> {
        let name = name.trim();
        let Some(first) = name.chars().next() else { return Err(NameError::Empty { kind: self.kind }) };
        let length = name.chars().count();
        if length > self.limit {
            return Err(NameError::TooLong { kind: self.kind, length, limit: self.limit, name: name.to_owned() });
        }
        if let Some(character) = name.chars().find(|&c| !(is_plain(c) || self.chinese && is_chinese(c))) {
            return Err(NameError::Character { kind: self.kind, character, name: name.to_owned() });
        }
        if self.begins_with_letter && !first.is_ascii_alphabetic() && !is_chinese(first) {
            return Err(NameError::FirstCharacter { kind: self.kind, name: name.to_owned() });
        }
        Ok(name.to_owned())
    }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks the name; surrounding white space is dropped.
            ///
            /// # Errors
            /// The rule that the name breaks.
            pub fn new(name: &str) -> Result<Self, NameError> {
                $rule.check(name).map(Self)
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::new(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

name!(
    /// A dataset's name: letters, digits, `_`, `-` and Chinese, 100 characters at most (guide, table 2-1).
    DatasetName,
    Rule { kind: NameKind::Dataset, limit: 100, chinese: true, begins_with_letter: false }
);
name!(
    /// A version's name: letters, digits, `-`, `_`, 32 characters at most (guide 2.5).
    VersionName,
    Rule { kind: NameKind::Version, limit: 32, chinese: false, begins_with_letter: false }
);
name!(
    /// A training job's name: letters, digits, `-`, `_` and Chinese, 64 characters at most.
    JobName,
    Rule { kind: NameKind::Job, limit: 64, chinese: true, begins_with_letter: false }
);
name!(
    /// A model's name: 1–48 characters, the first a letter or Chinese (guide 6.1).
    ModelName,
    Rule { kind: NameKind::Model, limit: 48, chinese: true, begins_with_letter: true }
);
name!(
    /// A service's name: letters, digits, `-`, `_` and Chinese, 64 characters at most.
    ServiceName,
    Rule { kind: NameKind::Service, limit: 64, chinese: true, begins_with_letter: false }
);

impl VersionName {
    /// The default name of the `number`-th version: `V001`, `V002`, … `V1000` (guide 2.5).
    #[must_use]
    pub fn numbered(number: u32) -> Self {
        Self(format!("V{number:03}"))
    }
}

/// A label's name. Typed here it follows the guide's rule (2.4.1); imported ones stay verbatim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LabelName(String);

/// The guide's limit for labels typed here.
const LABEL_LIMIT: usize = 32;
/// The limit for labels that come from elsewhere.
const IMPORTED_LABEL_LIMIT: usize = 255;

impl LabelName {
    const RULE: Rule = Rule { kind: NameKind::Label, limit: LABEL_LIMIT, chinese: true, begins_with_letter: false };

    /// Checks a name typed here: 1–32 letters, digits, `-`, `_` or Chinese.
    ///
    /// # Errors
    /// The rule that the name breaks.
    pub fn new(name: &str) -> Result<Self, NameError> {
        Self::RULE.check(name).map(Self)
    }

    /// Takes a name from a foreign file verbatim: any Unicode without control characters, up to 255 characters.
    ///
    /// # Errors
    /// If it is empty, longer, or has a control character.
    pub fn imported(name: &str) -> Result<Self, NameError> {
        if name.is_empty() {
            return Err(NameError::Empty { kind: NameKind::Label });
        }
        let length = name.chars().count();
        if length > IMPORTED_LABEL_LIMIT {
            let limit = IMPORTED_LABEL_LIMIT;
            return Err(NameError::TooLong { kind: NameKind::Label, length, limit, name: name.to_owned() });
        }
        if let Some(character) = name.chars().find(|c| c.is_control()) {
            return Err(NameError::Character { kind: NameKind::Label, character, name: name.to_owned() });
        }
        Ok(Self(name.to_owned()))
    }

    /// Whether the guide's rule for typed names would refuse it.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        Self::RULE.check(&self.0).is_err() || self.0.trim() != self.0
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<LabelName> for String {
    fn from(name: LabelName) -> Self {
        name.0
    }
}

impl fmt::Display for LabelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LabelName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::imported(&text).map_err(serde::de::Error::custom)
    }
}

/// A description: free text of at most 256 characters (not bytes), guide table 2-1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Description(String);

impl Description {
    /// The guide's limit, in characters.
    pub const LIMIT: usize = 256;

    /// Checks the length.
    ///
    /// # Errors
    /// If it has more than 256 characters.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let length = text.chars().count();
        if length > Self::LIMIT {
            let (kind, limit) = (NameKind::Description, Self::LIMIT);
            return Err(NameError::TooLong { kind, length, limit, name: text.chars().take(32).collect() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The description as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Description {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_guides_names_pass() {
        assert!(DatasetName::new("dataset-demo").is_ok());
        assert!(DatasetName::new("花卉_2019").is_ok());
        assert!(VersionName::new("V001").is_ok());
        assert!(LabelName::new("tag_demo_1").is_ok());
        assert!(ModelName::new("模型-1").is_ok());
    }

    #[test]
    fn names_that_break_a_rule_say_which() {
        assert!(matches!(DatasetName::new("a b"), Err(NameError::Character { character: ' ', .. })));
        assert!(matches!(VersionName::new("版本"), Err(NameError::Character { .. })));
        assert!(matches!(LabelName::new(&"x".repeat(33)), Err(NameError::TooLong { length: 33, limit: 32, .. })));
        assert!(matches!(ModelName::new("1st"), Err(NameError::FirstCharacter { .. })));
        assert!(matches!(DatasetName::new("  "), Err(NameError::Empty { .. })));
    }

    #[test]
    fn an_imported_label_stays_verbatim_and_is_flagged() {
        let label = LabelName::imported("dining table").expect("a COCO class");
        assert_eq!(label.as_str(), "dining table");
        assert!(label.is_foreign());
        assert!(!LabelName::imported("rose").expect("plain").is_foreign());
        assert!(LabelName::imported("a\nb").is_err());
    }

    #[test]
    fn versions_count_past_three_digits() {
        assert_eq!(VersionName::numbered(1).as_str(), "V001");
        assert_eq!(VersionName::numbered(1000).as_str(), "V1000");
    }

    #[test]
    fn descriptions_count_characters_not_bytes() {
        assert!(Description::new(&"花".repeat(256)).is_ok());
        assert!(Description::new(&"花".repeat(257)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_kept_or_refused(text in ".{0,300}") {
            if let Ok(name) = LabelName::new(&text) {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert!(!name.is_foreign());
            }
            if let Ok(name) = LabelName::imported(&text) {
                prop_assert_eq!(name.as_str(), &text);
            }
        }
    }
}
