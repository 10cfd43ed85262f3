//! Identities. They are global and never reused; SQLite's row numbers never leave `catalog`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identity that nothing else has.
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_simple().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

identity!(
    /// A dataset. Kept in a marker file at its output location, so that two workspaces agree on it.
    DatasetId
);
identity!(
    /// A sample; derived from its dataset and relative location, see [`SampleId::of_file`].
    SampleId
);
identity!(
    /// A label of a dataset; its name may change.
    LabelId
);
identity!(
    /// One annotation of one sample.
    AnnotationId
);
identity!(
    /// A published version of a dataset.
    VersionId
);
identity!(
    /// A second pass over some samples of a dataset.
    ReviewId
);
identity!(
    /// A training job, which has versions.
    JobId
);
identity!(
    /// One run of a training job.
    JobVersionId
);
identity!(
    /// A model version.
    ModelId
);
identity!(
    /// A service.
    ServiceId
);
identity!(
    /// An entry of the edit journal.
    EntryId
);

impl SampleId {
    /// The identity of a file, from its location relative to the dataset's input (`/` between parts, normalised),
    /// or from its whole URI where it lies outside the input.
    #[must_use]
    pub fn of_file(dataset: DatasetId, relative_location: &[u8]) -> Self {
        Self::derive(dataset, b"file", &[relative_location])
    }

    /// The identity of a line of text: its file, the hash of its content, and which occurrence of that content it is.
    #[must_use]
    pub fn of_text_line(dataset: DatasetId, relative_location: &[u8], content: &str, occurrence: u32) -> Self {
        Self::derive(dataset, b"line", &[relative_location, content.as_bytes(), &occurrence.to_le_bytes()])
    }

    fn derive(dataset: DatasetId, kind: &[u8], parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(kind);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(Uuid::new_v5(&dataset.0, hasher.finalize().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_same_identity_in_two_workspaces() {
        let dataset = DatasetId::random();
        assert_eq!(SampleId::of_file(dataset, b"roses/1.jpg"), SampleId::of_file(dataset, b"roses/1.jpg"));
        assert_ne!(SampleId::of_file(dataset, b"roses/1.jpg"), SampleId::of_file(dataset, b"Roses/1.jpg"));
        assert_ne!(SampleId::of_file(dataset, b"a"), SampleId::of_file(DatasetId::random(), b"a"));
    }

    #[test]
    fn equal_lines_of_one_file_are_told_apart_by_occurrence() {
        let dataset = DatasetId::random();
        let first = SampleId::of_text_line(dataset, b"a.txt", "good", 0);
        assert_ne!(first, SampleId::of_text_line(dataset, b"a.txt", "good", 1));
    }
}
