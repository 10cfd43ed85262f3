//! How good a model is on texts that carry several labels, or entities: what people marked beside what it found, span by
//! span. Everything else is computed from these.

use serde::{Deserialize, Serialize};

/// A label and what it is of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marked {
    /// Index into the classes of the evaluation.
    pub class: usize,
    /// In code points, end exclusive; both 0 for a label of the whole text.
    #[serde(default)]
    pub start: u32,
    #[serde(default)]
    pub end: u32,
    /// How sure the model is, 0 to 1; 1 for what people marked.
    pub score: f64,
}

impl Marked {
    fn place(&self) -> (u32, u32) {
        (self.start, self.end)
    }
}

/// One evaluated text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvaluatedText {
    /// URI of the sample.
    pub source: String,
    pub truth: Vec<Marked>,
    pub found: Vec<Marked>,
}

impl EvaluatedText {
    /// Whether exactly what is there was found.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.pairs().iter().all(|(truth, found)| truth.is_some() && truth == found)
    }

    /// The marks of [`Self::marked_pairs`] as classes.
    #[must_use]
    pub fn pairs(&self) -> Vec<(Option<usize>, Option<usize>)> {
        let class = |marked: &Marked| marked.class;
        self.marked_pairs().into_iter().map(|(truth, found)| (truth.map(class), found.map(class))).collect()
    }

    /// Each mark with its partner: first those of the same place and label, then those of the same place; what is left
    /// was missed, or found where nothing is.
    #[must_use]
    pub fn marked_pairs(&self) -> Vec<(Option<&Marked>, Option<&Marked>)> {
        let mut pairs = Vec::with_capacity(self.truth.len().max(self.found.len()));
        let mut missed: Vec<&Marked> = self.truth.iter().collect();
        let mut unmatched: Vec<&Marked> = self.found.iter().collect();
        for needs_class in [true, false] {
            unmatched.retain(|found| {
                let is_partner =
                    |truth: &&Marked| truth.place() == found.place() && (!needs_class || truth.class == found.class);
                let Some(partner) = missed.iter().position(is_partner) else { return true };
                pairs.push((Some(missed.remove(partner)), Some(*found)));
                false
            });
        }
        pairs.extend(missed.into_iter().map(|truth| (Some(truth), None)));
        pairs.extend(unmatched.into_iter().map(|found| (None, Some(found))));
        pairs
    }
}

/// The evaluation of a model that marks texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextEvaluation {
    pub texts: Vec<EvaluatedText>,
}

impl TextEvaluation {
    /// Whether anything in it is of a part of a text, not of the whole.
    #[must_use]
    pub fn has_entities(&self) -> bool {
        self.texts.iter().flat_map(|text| text.truth.iter().chain(&text.found)).any(|marked| marked.end > 0)
    }

    /// Counts of marks: rows are labels and, last, nothing; columns what was found and, last, nothing.
    #[must_use]
    pub fn confusion(&self, classes: usize) -> Vec<Vec<u64>> {
        let mut cells = vec![vec![0; classes + 1]; classes + 1];
        for (truth, found) in self.texts.iter().flat_map(EvaluatedText::pairs) {
            let (row, column) = (truth.unwrap_or(classes), found.unwrap_or(classes));
            if let Some(cell) = cells.get_mut(row).and_then(|row| row.get_mut(column)) {
                *cell += 1;
            }
        }
        cells
    }

    /// The texts that have something in a cell of the matrix.
    #[must_use]
    pub fn cell(&self, classes: usize, row: usize, column: usize) -> Vec<&EvaluatedText> {
        let class = |index: usize| (index < classes).then_some(index);
        let wanted = (class(row), class(column));
        self.texts.iter().filter(|text| text.pairs().contains(&wanted)).collect()
    }

    /// The texts in which something was taken for `class` that is something else or nothing.
    #[must_use]
    pub fn misread_as(&self, class: usize) -> Vec<&EvaluatedText> {
        let is_misread = |&(truth, found): &(Option<usize>, Option<usize>)| found == Some(class) && truth != found;
        self.texts.iter().filter(|text| text.pairs().iter().any(is_misread)).collect()
    }

    /// The texts with mistakes, those with the most first.
    #[must_use]
    pub fn worst(&self) -> Vec<&EvaluatedText> {
        let mistakes = |text: &EvaluatedText| text.pairs().iter().filter(|(truth, found)| truth != found).count();
        let mut counted: Vec<_> = self.texts.iter().map(|text| (mistakes(text), text)).collect();
        counted.retain(|(count, _)| *count > 0);
        counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        counted.into_iter().map(|(_, text)| text).collect()
    }

    /// How many texts have exactly what is there.
    #[must_use]
    pub fn right(&self) -> u64 {
        self.texts.iter().filter(|text| text.is_right()).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(class: usize, start: u32, end: u32) -> Marked {
        Marked { class, start, end, score: 1.0 }
    }

    #[test]
    fn exact_spans_count_and_the_rest_is_named() {
        let text = EvaluatedText {
            source: "content://张三在北京".to_owned(),
            truth: vec![marked(0, 0, 2), marked(1, 3, 5)],
            found: vec![marked(0, 0, 2), marked(0, 3, 5), marked(1, 2, 3)],
        };
        assert_eq!(text.pairs(), [(Some(0), Some(0)), (Some(1), Some(0)), (None, Some(1))]);
        let evaluation = TextEvaluation { texts: vec![text] };
        assert_eq!(evaluation.confusion(2), [[1, 0, 0], [1, 0, 0], [0, 1, 0]]);
        assert_eq!((evaluation.cell(2, 1, 0).len(), evaluation.cell(2, 1, 2).len()), (1, 0));
        assert_eq!((evaluation.misread_as(0).len(), evaluation.misread_as(1).len()), (1, 1));
        assert_eq!(evaluation.right(), 0);
    }

    #[test]
    fn an_edge_off_by_one_is_missed_and_found_elsewhere() {
        let text = EvaluatedText { source: String::new(), truth: vec![marked(0, 0, 2)], found: vec![marked(0, 0, 3)] };
        assert_eq!(text.pairs(), [(Some(0), None), (None, Some(0))]);
        let nothing = EvaluatedText { source: String::new(), truth: Vec::new(), found: Vec::new() };
        assert!(nothing.is_right() && !text.is_right());
        let evaluation = TextEvaluation { texts: vec![nothing, text.clone()] };
        assert_eq!(evaluation.worst(), [&text]);
    }
}
