//! Labeling every occurrence of a text, of a pattern, or of a dictionary's words: in one sample or the whole dataset,
//! shown before, one step of undo.

use super::{Error, Result, Task, Workbench};
use crate::domain::query::EditReceipt;
use crate::domain::{
    Annotation, AnnotationBody, AnnotationSet, DatasetId, DatasetType, Edit, Explanation, LabelId, SampleId,
};
use regex::{Regex, RegexBuilder};
use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

/// Hits that a preview shows.
const SHOWN: usize = 200;
/// Code points of context on each side of a hit.
const CONTEXT: usize = 24;
/// Samples whose annotations are looked at together.
const PAGE: usize = 1_000;
/// Memory of a compiled pattern; a dictionary of 100,000 words takes a part of it.
const PATTERN_BYTES: usize = 128 << 20;
/// Between two looks at the request to stop.
const CANCEL_STEP: u64 = 4_096;

/// What is looked for, and what it becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrences {
    pub find: Find,
    /// The label of what is found; a dictionary's words have their own.
    pub label: LabelId,
    pub scope: Scope,
}

/// What is looked for. What is found does not overlap: from the left, of a dictionary's words the longest.
#[derive(Clone, Debug, PartialEq)]
pub enum Find {
    /// This text, exactly.
    Text(String),
    /// A regular expression in the syntax of the crate `regex`; it takes linear time.
    Regex(String),
    /// Words, each with its label.
    Dictionary(Vec<(String, LabelId)>),
}

/// Where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Sample(SampleId),
    Dataset,
}

/// One place where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub sample: SampleId,
    /// Code points of the text.
    pub start: u32,
    /// Exclusive.
    pub end: u32,
    pub text: String,
    pub label: LabelId,
    pub context_before: String,
    pub context_after: String,
}

/// What labeling would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OccurrencePreview {
    /// New entities; what is labeled so already does not count.
    pub hits: u64,
    /// Samples that would change.
    pub samples: u64,
    /// The first hits.
    pub shown: Vec<Hit>,
}

impl Workbench {
    /// What [`Workbench::label_occurrences`] would do.
    ///
    /// # Errors
    /// `occurrences-type` for a dataset of other things than entities, `occurrences-pattern`, `occurrences-nothing`, or
    /// on cancel.
    pub fn preview_occurrences(
        &self,
        dataset: DatasetId,
        occurrences: &Occurrences,
        task: &Task,
    ) -> Result<OccurrencePreview> {
        let mut preview = OccurrencePreview::default();
        self.each_occurrence(dataset, occurrences, task, &mut |found| {
            preview.hits += found.hits.len() as u64;
            preview.samples += 1;
            let room = SHOWN.saturating_sub(preview.shown.len());
            preview.shown.extend(found.hits.into_iter().take(room));
        })?;
        Ok(preview)
    }

    /// Makes every occurrence an entity, but for those that are one with this label already. One step of undo.
    ///
    /// # Errors
    /// As [`Workbench::preview_occurrences`], or if the catalog cannot be written.
    pub fn label_occurrences(&self, dataset: DatasetId, occurrences: &Occurrences, task: &Task) -> Result<EditReceipt> {
        let (author, now) = (self.actor().annotated_by(), self.now());
        let mut put: Vec<(SampleId, Vec<Annotation>)> = Vec::new();
        self.each_occurrence(dataset, occurrences, task, &mut |found| {
            let entities = found.hits.into_iter().map(|hit| {
                let body = AnnotationBody::Entity { start: hit.start, end: hit.end, text: hit.text };
                Annotation::human(hit.label, body, author.clone(), now)
            });
            put.push((found.sample, entities.collect()));
        })?;
        self.edit(dataset, &Edit::annotate_many(put))
    }

    /// Calls `each` with every sample that has new occurrences.
    fn each_occurrence(
        &self,
        dataset: DatasetId,
        occurrences: &Occurrences,
        task: &Task,
        each: &mut dyn FnMut(Found),
    ) -> Result<()> {
        let summary = self.dataset_by_id(dataset)?;
        if summary.dataset.kind != DatasetType::NamedEntity {
            let refusal = Explanation::bad_input("occurrences-type").with("type", summary.dataset.kind);
            return Err(Error::refused(refusal));
        }
        let search = Search::new(occurrences)?;
        let mut pending: Vec<Found> = Vec::new();
        if let Scope::Sample(sample) = occurrences.scope {
            pending.extend(search.look(sample, &self.text(dataset, sample)?));
            return self.without_known(dataset, pending, each);
        }
        let mut looked = 0_u64;
        let mut failure = None;
        self.catalog().each_text(dataset, &mut |sample, text| {
            looked += 1;
            if looked.is_multiple_of(CANCEL_STEP) {
                task.report("occurrences-looking", looked, Some(summary.counts.total));
                if let Err(error) = task.check() {
                    failure = Some(error);
                    return ControlFlow::Break(());
                }
            }
            pending.extend(search.look(sample, text));
            ControlFlow::Continue(())
        })?;
        match failure {
            Some(error) => Err(error),
            None => self.without_known(dataset, pending, each),
        }
    }

    /// Takes out what is labeled so already.
    fn without_known(&self, dataset: DatasetId, found: Vec<Found>, each: &mut dyn FnMut(Found)) -> Result<()> {
        let mut found = found.into_iter().peekable();
        while found.peek().is_some() {
            let page: Vec<Found> = found.by_ref().take(PAGE).collect();
            let ids: Vec<SampleId> = page.iter().map(|found| found.sample).collect();
            let rows = self.sample_rows(dataset, &ids)?;
            let rows: HashMap<SampleId, _> = rows.into_iter().map(|row| (row.sample.id, row)).collect();
            for mut found in page {
                let Some(row) = rows.get(&found.sample) else { continue };
                let known: HashSet<(u32, u32, LabelId)> = row.annotations.iter().filter_map(span_of).collect();
                found.hits.retain(|hit| !known.contains(&(hit.start, hit.end, hit.label)));
                if !found.hits.is_empty() {
                    each(found);
                }
            }
        }
        Ok(())
    }
}

/// Start, end and label of a confirmed entity.
fn span_of(annotation: &Annotation) -> Option<(u32, u32, LabelId)> {
    match &annotation.body {
        AnnotationBody::Entity { start, end, .. } if annotation.set == AnnotationSet::Primary => {
            Some((*start, *end, annotation.label?))
        }
        _ => None,
    }
}

/// The occurrences in one sample, from the left.
struct Found {
    sample: SampleId,
    hits: Vec<Hit>,
}

/// What is looked for, ready to be found.
struct Search {
    pattern: Regex,
    /// The label of each word of a dictionary.
    words: HashMap<String, LabelId>,
    label: LabelId,
}

impl Search {
    fn new(occurrences: &Occurrences) -> Result<Self> {
        let mut words = HashMap::new();
        let pattern = match &occurrences.find {
            Find::Text(text) => regex::escape(text),
            Find::Regex(pattern) => pattern.clone(),
            Find::Dictionary(dictionary) => {
                let named = dictionary.iter().filter(|(word, _)| !word.is_empty());
                words.extend(named.map(|(word, label)| (word.clone(), *label)));
                let mut longest_first: Vec<&str> = words.keys().map(String::as_str).collect();
                longest_first.sort_unstable_by_key(|word| (std::cmp::Reverse(word.len()), *word));
                longest_first.into_iter().map(regex::escape).collect::<Vec<_>>().join("|")
            }
        };
        if pattern.is_empty() {
            return Err(Error::refused(Explanation::bad_input("occurrences-nothing")));
        }
        let compiled = RegexBuilder::new(&pattern).size_limit(PATTERN_BYTES).build();
        let pattern = compiled.map_err(|error| {
            let reason = error.to_string();
            // The first lines show the pattern again.
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            Error::refused(Explanation::bad_input("occurrences-pattern").with("reason", reason))
        })?;
        Ok(Self { pattern, words, label: occurrences.label })
    }

    /// All occurrences in a text; `None` without any.
    fn look(&self, sample: SampleId, text: &str) -> Option<Found> {
        let (mut passed, mut at) = (0, 0_u32);
        let mut hits = Vec::new();
        for found in self.pattern.find_iter(text).filter(|found| !found.is_empty()) {
            let start = at + code_points(text.get(passed..found.start())?);
            let end = start + code_points(found.as_str());
            (passed, at) = (found.end(), end);
            hits.push(Hit {
                sample,
                start,
                end,
                text: found.as_str().to_owned(),
                label: self.words.get(found.as_str()).copied().unwrap_or(self.label),
                context_before: last_of(&text[..found.start()]),
                context_after: text[found.end()..].chars().take(CONTEXT).collect(),
            });
        }
        (!hits.is_empty()).then_some(Found { sample, hits })
    }
}

fn code_points(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The end of what stands before.
fn last_of(text: &str) -> String {
    let from = text.char_indices().rev().map(|(byte, _)| byte).take(CONTEXT).last();
    text[from.unwrap_or(text.len())..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::{covered, find_all};
    use proptest::prelude::*;

    fn search(find: Find) -> Search {
        Search::new(&Occurrences { find, label: LabelId::random(), scope: Scope::Dataset }).expect("a search")
    }

    fn spans(search: &Search, text: &str) -> Vec<(u32, u32)> {
        let found = search.look(SampleId::random(), text);
        found.map_or(Vec::new(), |found| found.hits.iter().map(|hit| (hit.start, hit.end)).collect())
    }

    #[test]
    fn of_a_dictionary_the_longest_word_wins_and_has_its_own_label() {
        let (city, school) = (LabelId::random(), LabelId::random());
        let words = vec![("北京".to_owned(), city), ("北京大学".to_owned(), school), (String::new(), city)];
        let found = search(Find::Dictionary(words)).look(SampleId::random(), "𝄞北京大学在北京").expect("found");
        let hits: Vec<_> = found.hits.iter().map(|hit| (hit.start, hit.end, hit.label)).collect();
        assert_eq!(hits, [(1, 5, school), (6, 8, city)]);
        assert_eq!((found.hits[1].context_before.as_str(), found.hits[1].context_after.as_str()), ("𝄞北京大学在", ""));
    }

    #[test]
    fn patterns_are_found_and_broken_ones_refused() {
        assert_eq!(spans(&search(Find::Regex(r"\d+".to_owned())), "好12，3"), [(1, 3), (4, 5)]);
        assert_eq!(spans(&search(Find::Regex("x*".to_owned())), "axxb"), [(1, 3)], "what is empty is nothing");
        let refused =
            |find| Search::new(&Occurrences { find, label: LabelId::random(), scope: Scope::Dataset }).is_err();
        assert!(refused(Find::Regex("(".to_owned())) && refused(Find::Text(String::new())));
        assert!(refused(Find::Regex(r"\pL{9999}{999}".to_owned())), "one that would take too much memory");
    }

    proptest! {
        #[test]
        fn a_text_is_found_where_it_stands(text in "[ab好.𝄞]{0,60}", needle in "[ab好.]{1,3}") {
            let found = spans(&search(Find::Text(needle.clone())), &text);
            prop_assert_eq!(&found, &find_all(&text, &needle));
            for (start, end) in found {
                prop_assert_eq!(covered(&text, start, end), Some(needle.as_str()));
            }
        }
    }
}
