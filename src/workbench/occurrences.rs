//! Labeling every occurrence of a text, of a pattern, or of a dictionary's words: in one sample or the whole dataset,
//! shown before, one step of undo.

use super::{Error, Result, Task, Workbench};
use crate::domain::query::{EditReceipt, SampleFilter, SampleSort};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationSet, DatasetId, DatasetType, Edit, Explanation, LabelId, SampleId,
};
use regex::{Regex, RegexBuilder};
use std::collections::{HashMap, HashSet};
use std::ops::{ControlFlow, Range};

/// Hits that a preview shows.
const SHOWN: usize = 200;
/// Code points of context on each side of a hit.
const CONTEXT: usize = 24;
/// Samples whose annotations are looked at together, at most, and what they may take.
const PAGE: usize = 1_000;
const PAGE_BYTES: usize = 16 << 20;
/// Samples that are labeled together.
const LABELED: usize = 256;
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
        let (search, total) = self.search_of(dataset, occurrences)?;
        let mut preview = OccurrencePreview::default();
        let mut count = |found: Vec<Found>| {
            for found in self.without_known(dataset, found)? {
                preview.hits += found.places.len() as u64;
                preview.samples += 1;
                // Words are kept of what is shown: a pattern may be found millions of times.
                let room = SHOWN.saturating_sub(preview.shown.len());
                preview.shown.extend(found.places.iter().take(room).map(|place| found.hit(place)));
            }
            Ok(())
        };
        if let Scope::Sample(sample) = occurrences.scope {
            count(search.look(sample, &self.text(dataset, sample)?).into_iter().collect())?;
            return Ok(preview);
        }
        let mut page = Page::default();
        let (mut looked, mut outcome) = (0_u64, Ok(()));
        self.catalog().each_text(dataset, &mut |sample, text| {
            looked += 1;
            if let Some(found) = search.look(sample, text) {
                page.push(found);
            }
            if looked.is_multiple_of(CANCEL_STEP) || page.is_full() {
                task.report("occurrences-looking", looked, Some(total));
                outcome = task.check();
            }
            if outcome.is_ok() && page.is_full() {
                outcome = count(page.take());
            }
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        outcome?;
        count(page.take())?;
        Ok(preview)
    }

    /// Makes every occurrence an entity, but for those that are one with this label already. One step of undo; what was
    /// labeled until a cancel stays and can be undone.
    ///
    /// # Errors
    /// As [`Workbench::preview_occurrences`], or if the catalog cannot be written.
    pub fn label_occurrences(&self, dataset: DatasetId, occurrences: &Occurrences, task: &Task) -> Result<EditReceipt> {
        let (search, _) = self.search_of(dataset, occurrences)?;
        let samples = match occurrences.scope {
            Scope::Sample(sample) => vec![sample],
            Scope::Dataset => {
                let view = self.view(dataset, &SampleFilter::default(), SampleSort::Added, &task.cancel)?;
                self.sample_ids(&view, 0..view.len())?
            }
        };
        let (author, now) = (self.actor().annotated_by(), self.now());
        let entity = |found: &Found, place: &Place| {
            let text = found.text[place.bytes.clone()].to_owned();
            let body = AnnotationBody::Entity { start: place.start, end: place.end, text };
            Annotation::human(place.label, body, author.clone(), now)
        };
        let mut steps = samples.chunks(LABELED);
        let mut looked = 0;
        self.edit_in_steps(dataset, "annotate-many", &mut || {
            let Some(step) = steps.next() else { return Ok(None) };
            task.report("occurrences-labeling", looked, Some(samples.len() as u64));
            task.check()?;
            looked += step.len() as u64;
            let texts = self.texts(dataset, step, usize::MAX)?;
            let found = step.iter().zip(&texts).filter_map(|(sample, text)| search.look(*sample, text)).collect();
            let found = self.without_known(dataset, found)?;
            let put =
                found.iter().map(|found| (found.sample, found.places.iter().map(|at| entity(found, at)).collect()));
            Ok(Some(Edit::annotate_many(put.collect())))
        })
    }

    /// The search, and how many texts there are to look through.
    fn search_of(&self, dataset: DatasetId, occurrences: &Occurrences) -> Result<(Search, u64)> {
        let summary = self.dataset_by_id(dataset)?;
        if summary.dataset.kind != DatasetType::NamedEntity {
            let refusal = Explanation::bad_input("occurrences-type").with("type", summary.dataset.kind);
            return Err(Error::refused(refusal));
        }
        Ok((Search::new(occurrences)?, summary.counts.total))
    }

    /// Takes out what is labeled so already.
    fn without_known(&self, dataset: DatasetId, mut found: Vec<Found>) -> Result<Vec<Found>> {
        if found.is_empty() {
            return Ok(found);
        }
        let ids: Vec<SampleId> = found.iter().map(|found| found.sample).collect();
        let rows = self.sample_rows(dataset, &ids)?;
        let rows: HashMap<SampleId, _> = rows.into_iter().map(|row| (row.sample.id, row)).collect();
        found.retain_mut(|found| {
            let Some(row) = rows.get(&found.sample) else { return false };
            let known: HashSet<(u32, u32, LabelId)> = row.annotations.iter().filter_map(span_of).collect();
            found.places.retain(|place| !known.contains(&(place.start, place.end, place.label)));
            !found.places.is_empty()
        });
        Ok(found)
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
    text: String,
    places: Vec<Place>,
}

/// One occurrence.
struct Place {
    /// Code points of the text.
    start: u32,
    /// Exclusive.
    end: u32,
    bytes: Range<usize>,
    label: LabelId,
}

impl Found {
    fn hit(&self, place: &Place) -> Hit {
        Hit {
            sample: self.sample,
            start: place.start,
            end: place.end,
            text: self.text[place.bytes.clone()].to_owned(),
            label: place.label,
            context_before: last_of(&self.text[..place.bytes.start]),
            context_after: self.text[place.bytes.end..].chars().take(CONTEXT).collect(),
        }
    }
}

/// Samples whose annotations are looked at together, as many as memory is for.
#[derive(Default)]
struct Page {
    found: Vec<Found>,
    bytes: usize,
}

impl Page {
    fn push(&mut self, found: Found) {
        self.bytes += found.text.len() + found.places.len() * size_of::<Place>();
        self.found.push(found);
    }

    fn is_full(&self) -> bool {
        self.found.len() >= PAGE || self.bytes >= PAGE_BYTES
    }

    fn take(&mut self) -> Vec<Found> {
        std::mem::take(self).found
    }
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
        let mut places = Vec::new();
        for found in self.pattern.find_iter(text).filter(|found| !found.is_empty()) {
            let start = at + code_points(text.get(passed..found.start())?);
            let end = start + code_points(found.as_str());
            (passed, at) = (found.end(), end);
            let label = self.words.get(found.as_str()).copied().unwrap_or(self.label);
            places.push(Place { start, end, bytes: found.range(), label });
        }
        (!places.is_empty()).then(|| Found { sample, text: text.to_owned(), places })
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
        found.map_or(Vec::new(), |found| found.places.iter().map(|place| (place.start, place.end)).collect())
    }

    #[test]
    fn of_a_dictionary_the_longest_word_wins_and_has_its_own_label() {
        let (city, school) = (LabelId::random(), LabelId::random());
        let words = vec![("北京".to_owned(), city), ("北京大学".to_owned(), school), (String::new(), city)];
        let found = search(Find::Dictionary(words)).look(SampleId::random(), "𝄞北京大学在北京").expect("found");
        let hits: Vec<_> = found.places.iter().map(|place| (place.start, place.end, place.label)).collect();
        assert_eq!(hits, [(1, 5, school), (6, 8, city)]);
        let second = found.hit(&found.places[1]);
        assert_eq!(
            (second.text, second.context_before, second.context_after.as_str()),
            ("北京".to_owned(), "𝄞北京大学在".to_owned(), "")
        );
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
