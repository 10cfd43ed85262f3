//! Files of texts by their names: which are texts, which hold several, and which label the lines of others.

use crate::domain::{Dataset, DatasetType, Explanation, TextSplit, Warning};
use crate::storage::Entry;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A file whose parts are samples, with the file that labels them line by line.
#[derive(Clone, Debug)]
pub(super) struct PieceFile {
    pub entry: Entry,
    pub result: Option<Entry>,
}

/// Whether a file is one of texts, by its name.
pub(super) fn is_text_name(name: &[u8]) -> bool {
    has_ending(name, b".txt") || is_table_name(name)
}

/// Whether a file is one of texts, by its name.
#[must_use]
pub fn is_text_file(path: &Path) -> bool {
    is_text_name(path.as_os_str().as_encoded_bytes())
}

/// Whether a file is a table of texts, by its name.
pub(super) fn is_table_name(name: &[u8]) -> bool {
    has_ending(name, b".csv") || has_ending(name, b".tsv")
}

fn has_ending(name: &[u8], ending: &[u8]) -> bool {
    name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

/// Files of texts, by what of them is a sample.
#[derive(Debug, Default)]
pub(super) struct TextFiles {
    /// One text each.
    pub whole: Vec<Entry>,
    /// Whose parts are texts. A table's rows always are.
    pub in_pieces: Vec<PieceFile>,
    /// The `X_result.txt` of `X.txt` whose lines are no samples to be classified: no texts of their own, and no labels.
    pub unused: Vec<Entry>,
    /// No texts, by their names.
    pub others: Vec<Entry>,
}

impl TextFiles {
    /// Whether labels of lines are taken from an `X_result.txt`.
    pub fn takes_results(dataset: &Dataset) -> bool {
        dataset.text_split == Some(TextSplit::Line) && dataset.kind == DatasetType::TextClassification
    }

    /// Sorts files.
    pub fn of(files: Vec<Entry>, dataset: &Dataset) -> Self {
        let split = dataset.text_split.unwrap_or_default();
        let takes_results = Self::takes_results(dataset);
        // By the whole place: files that are picked in several folders may share their names.
        let place = |entry: &Entry| entry.location.to_uri().into_bytes();
        let (texts, others): (Vec<Entry>, Vec<Entry>) =
            files.into_iter().partition(|entry| is_text_name(&entry.relative));
        let places: HashSet<Vec<u8>> = texts.iter().map(place).collect();
        let mut results: HashMap<Vec<u8>, Entry> = HashMap::new();
        let mut sorted = Self { others, ..Self::default() };
        for entry in texts {
            match labeled_by(&place(&entry)).filter(|text| places.contains(text)) {
                Some(_) if !takes_results => sorted.unused.push(entry),
                Some(text) => drop(results.insert(text, entry)),
                None if split == TextSplit::File && !is_table_name(&entry.relative) => sorted.whole.push(entry),
                None => sorted.in_pieces.push(PieceFile { entry, result: None }),
            }
        }
        for file in &mut sorted.in_pieces {
            file.result = results.remove(&place(&file.entry));
        }
        // What labels a file that itself labels another one.
        sorted.unused.extend(results.into_values());
        sorted
    }

    /// What holds samples: whole files first.
    pub fn files(&self) -> impl Iterator<Item = PieceFile> {
        let whole = self.whole.iter().map(|entry| PieceFile { entry: entry.clone(), result: None });
        whole.chain(self.in_pieces.iter().cloned())
    }

    /// Says that a file is none of texts.
    pub fn other() -> Explanation {
        Explanation::bad_input("text-file-name")
    }

    /// Says that labels of lines are not taken.
    pub fn warn_of_unused(&self, dataset: &Dataset, warnings: &mut Vec<Warning>) {
        for entry in &self.unused {
            let reason = Explanation::bad_input("text-result-unused")
                .with("type", dataset.kind)
                .with("split", dataset.text_split.unwrap_or_default());
            warnings.push(Warning::new(entry.location.to_string(), reason));
        }
    }
}

/// `X_result.txt` for `X.txt`.
pub(super) fn result_of(name: &[u8]) -> Option<Vec<u8>> {
    let stem = name.len().checked_sub(".txt".len()).filter(|_| has_ending(name, b".txt"))?;
    Some([&name[..stem], b"_result", &name[stem..]].concat())
}

/// `X.txt` for `X_result.txt`.
pub(super) fn labeled_by(name: &[u8]) -> Option<Vec<u8>> {
    let stem = name.len().checked_sub(".txt".len()).filter(|_| has_ending(name, b".txt"))?;
    let bare = name[..stem].strip_suffix(b"_result").filter(|bare| !bare.is_empty())?;
    Some([bare, &name[stem..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_the_one_that_labels_it_name_each_other() {
        assert_eq!(result_of(b"a/x.TXT").as_deref(), Some(&b"a/x_result.TXT"[..]));
        assert_eq!(labeled_by(b"a/x_result.txt").as_deref(), Some(&b"a/x.txt"[..]));
        assert_eq!(labeled_by(b"x (2)_result.txt").as_deref(), Some(&b"x (2).txt"[..]));
        assert_eq!((labeled_by(b"_result.txt"), result_of(b"x.csv"), labeled_by(b"x.txt")), (None, None, None));
    }
}
