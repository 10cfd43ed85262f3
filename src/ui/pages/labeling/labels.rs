//! The labels of the dataset as the page looks them up, and how typed text finds them.

use crate::domain::query::LabelCount;
use crate::domain::{Label, LabelId};
use std::collections::HashMap;

/// The labels, in order, found by id and by key.
#[derive(Clone, Debug, Default)]
pub struct LabelTable {
    rows: Vec<LabelCount>,
    by_id: HashMap<LabelId, usize>,
    by_key: HashMap<char, usize>,
    /// Names in lower case, for typing.
    folded: Vec<String>,
}

impl LabelTable {
    /// The table of these labels.
    #[must_use]
    pub fn new(rows: Vec<LabelCount>) -> Self {
        let by_id = rows.iter().enumerate().map(|(index, row)| (row.label.id, index)).collect();
        let by_key = rows.iter().enumerate().filter_map(|(index, row)| Some((row.label.key?, index))).collect();
        let folded = rows.iter().map(|row| row.label.name.as_str().to_lowercase()).collect();
        Self { rows, by_id, by_key, folded }
    }

    /// All labels with how many samples carry them, in order.
    #[must_use]
    pub fn rows(&self) -> &[LabelCount] {
        &self.rows
    }

    /// The label of an id.
    #[must_use]
    pub fn get(&self, id: LabelId) -> Option<&Label> {
        self.by_id.get(&id).map(|index| &self.rows[*index].label)
    }

    /// The label of a key.
    #[must_use]
    pub fn of_key(&self, key: char) -> Option<&Label> {
        self.by_key.get(&key).map(|index| &self.rows[*index].label)
    }

    /// Its place in the order.
    #[must_use]
    pub fn place(&self, id: LabelId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The label that typed text names: exactly, else without regard to case.
    #[must_use]
    pub fn named(&self, text: &str) -> Option<&Label> {
        let text = text.trim();
        let exact = self.rows.iter().find(|row| row.label.name.as_str() == text);
        let folded = text.to_lowercase();
        exact
            .or_else(|| self.folded.iter().position(|name| *name == folded).map(|index| &self.rows[index]))
            .map(|row| &row.label)
    }

    /// The places of labels that typed text may mean: those that begin with it, then those that contain it.
    #[must_use]
    pub fn matching(&self, text: &str) -> Vec<usize> {
        let text = text.trim().to_lowercase();
        let begins = |index: &usize| self.folded[*index].starts_with(&text);
        let mut found: Vec<usize> = (0..self.rows.len()).filter(begins).collect();
        if !text.is_empty() {
            found.extend((0..self.rows.len()).filter(|index| !begins(index) && self.folded[*index].contains(&text)));
        }
        found
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::{Color, LabelName};

    pub fn table(names: &[&str]) -> LabelTable {
        let label = |(index, name): (usize, &&str)| Label {
            id: LabelId::random(),
            name: LabelName::imported(name).expect("a name"),
            color: Color::of_label(index),
            key: crate::domain::label::LABEL_KEYS.chars().nth(index),
            position: u32::try_from(index).expect("few"),
            extra: serde_json::Map::new(),
        };
        LabelTable::new(names.iter().enumerate().map(label).map(|label| LabelCount { label, samples: 0 }).collect())
    }

    #[test]
    fn what_begins_with_the_text_comes_before_what_contains_it() {
        let table = table(&["primrose", "rose", "Rosemary", "tulip"]);
        assert_eq!(table.matching("ros"), [1, 2, 0]);
        assert_eq!(table.matching(""), [0, 1, 2, 3]);
        assert!(table.matching("oak").is_empty());
    }

    #[test]
    fn typed_names_are_exact_before_they_are_lenient() {
        let table = table(&["Rose", "rose"]);
        assert_eq!(table.named("rose").map(|label| label.name.as_str()), Some("rose"));
        assert_eq!(table.named(" ROSE ").map(|label| label.name.as_str()), Some("Rose"));
        assert!(table.named("ros").is_none());
    }

    #[test]
    fn keys_find_their_label() {
        let table = table(&["rose", "tulip"]);
        assert_eq!(table.of_key('2').map(|label| label.name.as_str()), Some("tulip"));
        assert!(table.of_key('3').is_none());
    }
}
