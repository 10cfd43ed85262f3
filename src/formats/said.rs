//! What exchange formats say of a label beside its name and place.

use crate::domain::{Annotation, Timestamp};
use serde_json::{Map, Value};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

/// What a label, an entity or an object carries beside its name and place.
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

impl Said {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What an annotation says.
    #[must_use]
    pub fn of(annotation: &Annotation) -> Self {
        Self {
            hard: annotation.hard,
            confidence: annotation.confidence,
            properties: annotation.properties.clone(),
            annotated_by: Some(annotation.annotated_by.clone()),
            created: annotation.created,
            extra: annotation.extra.clone(),
        }
    }
}

/// [`Said`], as small as a pointer where nothing is said: of most of a million objects. It is read like one that is
/// there; to change anything makes it one.
#[derive(Clone, Default)]
pub struct SparselySaid(Option<Box<Said>>);

impl SparselySaid {
    /// Takes out what is said.
    #[must_use]
    pub fn take(&mut self) -> Said {
        self.0.take().map_or_else(Said::default, |said| *said)
    }
}

impl Deref for SparselySaid {
    type Target = Said;

    fn deref(&self) -> &Said {
        static NOTHING: LazyLock<Said> = LazyLock::new(Said::default);
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for SparselySaid {
    fn deref_mut(&mut self) -> &mut Said {
        self.0.get_or_insert_default()
    }
}

impl From<Said> for SparselySaid {
    fn from(said: Said) -> Self {
        Self((!said.is_empty()).then(|| Box::new(said)))
    }
}

impl PartialEq for SparselySaid {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for SparselySaid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_said_and_what_is_empty_are_alike() {
        let mut said = SparselySaid::default();
        assert!(said.is_empty() && said.properties.is_empty());
        said.confidence = Some(0.5);
        assert_ne!(said, SparselySaid::default());
        said.confidence = None;
        assert_eq!(said, SparselySaid::default());
        assert_eq!(size_of::<SparselySaid>(), size_of::<usize>());
    }
}
