//! The second pass of quality control: somebody draws a share of the images again without seeing what is there, the
//! two passes are compared, and their differences are settled.
//!
//! What the second person draws lies in the set `review:<id>` of the same sample, journaled and undoable like all
//! else. Whether a sample has been looked at is such an annotation too: one without label and shape, the *mark*.

use super::agreement::{self, Agreement, Match, Object};
use super::agreement_text::{self, LabeledSpan};
use super::annotation::{Annotation, AnnotationBody, AnnotationSet, Origin};
use super::edit::Edit;
use super::ids::{AnnotationId, DatasetId, LabelId, ReviewId, SampleId};
use super::policy::Actor;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Points and lines this far apart (in pixels, on average) are no longer taken for the same.
pub const TOLERANCE_PX: f64 = 10.0;

/// Where a mark keeps the figures from before its sample was settled.
const SETTLED: &str = "settled";
/// Where it keeps the same by label.
const SETTLED_LABELS: &str = "settled-labels";
/// As above: how many entities at least overlapped.
const SETTLED_OVERLAPPING: &str = "settled-overlapping";

/// The code of the edit that settles many samples at once.
pub const SETTLE_EDIT: &str = "settle-review";

/// A second pass over a random share of a dataset's labeled samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub id: ReviewId,
    pub dataset: DatasetId,
    /// The share that was asked for, above 0 and up to 1.
    pub share: f64,
    /// Which samples are drawn depends on it alone.
    pub seed: u64,
    pub samples: Vec<SampleId>,
    pub created: Timestamp,
    /// Who asked for it.
    pub actor: Actor,
}

/// Where a sample of a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// Nobody has looked at it again yet.
    Waiting,
    /// The second pass is done.
    Done,
    /// The differences are settled.
    Settled,
}

/// What remains of one difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    First,
    Second,
    Both,
    Neither,
}

/// The set a review's annotations belong to.
#[must_use]
pub fn set_of(review: ReviewId) -> AnnotationSet {
    AnnotationSet::Review(review.to_string())
}

/// Which `count` of the samples are drawn: those with the lowest score. Every sample has the same chance, and the same
/// seed draws the same ones.
#[must_use]
pub fn draw(samples: Vec<SampleId>, count: usize, score: impl Fn(SampleId) -> u64) -> Vec<SampleId> {
    let mut scored: Vec<_> = samples.into_iter().map(|sample| (score(sample), sample)).collect();
    scored.sort_unstable();
    scored.truncate(count);
    scored.into_iter().map(|(_, sample)| sample).collect()
}

/// The shapes of one set.
#[must_use]
pub fn objects<'a>(annotations: &'a [Annotation], set: &AnnotationSet) -> Vec<Object<'a>> {
    let of_set = annotations.iter().filter(|annotation| annotation.set == *set);
    let shapes = of_set.filter_map(|annotation| {
        let shape = annotation.as_shape()?;
        Some(Object { id: annotation.id, label: annotation.label, shape })
    });
    shapes.collect()
}

fn mark_of<'a>(annotations: &'a [Annotation], set: &AnnotationSet) -> Option<&'a Annotation> {
    let is_mark = |annotation: &&Annotation| {
        annotation.set == *set && annotation.label.is_none() && annotation.body == AnnotationBody::Class
    };
    annotations.iter().find(is_mark)
}

/// Whether an annotation is the mark that its sample is settled: whoever put it decided what is in the sample, even if
/// nothing is.
pub(super) fn is_settlement(annotation: &Annotation) -> bool {
    matches!(annotation.set, AnnotationSet::Review(_))
        && annotation.label.is_none()
        && annotation.body == AnnotationBody::Class
        && annotation.extra.contains_key(SETTLED)
}

/// Where a sample stands in a review.
#[must_use]
pub fn state_of(annotations: &[Annotation], review: ReviewId) -> ReviewState {
    match mark_of(annotations, &set_of(review)) {
        None => ReviewState::Waiting,
        Some(mark) if mark.extra.contains_key(SETTLED) => ReviewState::Settled,
        Some(_) => ReviewState::Done,
    }
}

/// How the two passes over a sample compare.
#[must_use]
pub fn compare(annotations: &[Annotation], review: ReviewId) -> Vec<Match> {
    let first = objects(annotations, &AnnotationSet::Primary);
    let second = objects(annotations, &set_of(review));
    let mut found = agreement::compare(&first, &second, TOLERANCE_PX);
    found.extend(compare_exactly(annotations, &set_of(review)));
    found
}

/// How the two passes compare in what is the same or is not: classes, and entities by their exact span. Entities that
/// only overlap differ, as one that was read in two ways.
fn compare_exactly(annotations: &[Annotation], set: &AnnotationSet) -> Vec<Match> {
    let is_exact = |annotation: &&Annotation| match annotation.body {
        // Without a label it is the mark.
        AnnotationBody::Class => annotation.label.is_some(),
        AnnotationBody::Entity { .. } => true,
        _ => false,
    };
    let of = |set: &AnnotationSet| -> Vec<&Annotation> {
        annotations.iter().filter(|annotation| annotation.set == *set).filter(is_exact).collect()
    };
    let (mut first, mut second) = (of(&AnnotationSet::Primary), of(set));
    let mut found = Vec::new();
    let mut pair = |fits: &dyn Fn(&Annotation, &Annotation) -> bool, agreed: bool| {
        first.retain(|one| {
            let Some(place) = second.iter().position(|other| fits(one, other)) else { return true };
            let (first, second) = (one.id, second.remove(place).id);
            let overlap = 1.0;
            found.push(if agreed {
                Match::Agreed { first, second, overlap }
            } else {
                Match::OtherLabel { first, second, overlap }
            });
            false
        });
    };
    pair(&|one, other| (one.label, &one.body) == (other.label, &other.body), true);
    pair(&|one, other| one.body == other.body && one.body != AnnotationBody::Class, false);
    found.extend(pair_overlapping(&mut first, &mut second));
    // One class against one other: a decision each, about the same text.
    if let ([one], [other]) = (first.as_slice(), second.as_slice())
        && (&one.body, &other.body) == (&AnnotationBody::Class, &AnnotationBody::Class)
    {
        found.push(Match::OtherLabel { first: one.id, second: other.id, overlap: 1.0 });
        return found;
    }
    found.extend(first.iter().map(|one| Match::OnlyFirst { first: one.id }));
    found.extend(second.iter().map(|other| Match::OnlySecond { second: other.id }));
    found
}

/// Entities that share characters are two readings of one: those that share most come together, of these those with the
/// same label.
fn pair_overlapping(first: &mut Vec<&Annotation>, second: &mut Vec<&Annotation>) -> Vec<Match> {
    let mut pairs = Vec::new();
    for one in first.iter() {
        for other in second.iter() {
            if let Some(overlap) = overlap_of(&one.body, &other.body) {
                pairs.push((overlap, one.label == other.label, one.id, other.id));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    let mut found = Vec::new();
    for (overlap, _, one, other) in pairs {
        let place = |all: &[&Annotation], id| all.iter().position(|annotation| annotation.id == id);
        if let (Some(here), Some(there)) = (place(first, one), place(second, other)) {
            first.remove(here);
            second.remove(there);
            found.push(Match::OtherLabel { first: one, second: other, overlap });
        }
    }
    found
}

/// The share of characters that two entities have in common, of all that either has; `None` if none.
fn overlap_of(one: &AnnotationBody, other: &AnnotationBody) -> Option<f64> {
    let (AnnotationBody::Entity { start, end, .. }, AnnotationBody::Entity { start: from, end: to, .. }) = (one, other)
    else {
        return None;
    };
    let shared = end.min(to).saturating_sub(*start.max(from));
    let all = end.max(to).saturating_sub(*start.min(from));
    (shared > 0).then(|| f64::from(shared) / f64::from(all))
}

/// How many entities of a sample whose second pass is done have one of the same label in the other pass that at least
/// overlaps: as it was before the sample was settled, else as it is now.
#[must_use]
pub fn overlapping_of(annotations: &[Annotation], review: ReviewId) -> u64 {
    match state_of(annotations, review) {
        ReviewState::Waiting => 0,
        ReviewState::Settled => {
            let before = mark_of(annotations, &set_of(review)).and_then(|mark| mark.extra.get(SETTLED_OVERLAPPING));
            // What was settled by an older release does not say: then those that were the same.
            before.and_then(Value::as_u64).unwrap_or_else(|| agreement_of(annotations, review).agreed)
        }
        ReviewState::Done => overlapping_now(annotations, review),
    }
}

fn overlapping_now(annotations: &[Annotation], review: ReviewId) -> u64 {
    let spans = |set: &AnnotationSet| -> Vec<LabeledSpan<Option<LabelId>>> {
        let of_set = annotations.iter().filter(|annotation| annotation.set == *set);
        let spans = of_set.filter_map(|annotation| match annotation.body {
            AnnotationBody::Entity { start, end, .. } => Some(LabeledSpan { label: annotation.label, start, end }),
            _ => None,
        });
        spans.collect()
    };
    agreement_text::overlapping(&spans(&AnnotationSet::Primary), &spans(&set_of(review)))
}

/// The agreement on a sample: as it was before it was settled, else as it is now.
#[must_use]
pub fn agreement_of(annotations: &[Annotation], review: ReviewId) -> Agreement {
    let settled = mark_of(annotations, &set_of(review)).and_then(|mark| mark.extra.get(SETTLED));
    if let Some(before) = settled.and_then(|value| serde_json::from_value(value.clone()).ok()) {
        return before;
    }
    let mut agreement = Agreement::default();
    agreement.add(&compare(annotations, review));
    agreement
}

/// How far the passes agree on one label of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelTally {
    /// Objects of the first pass's label on which both agree.
    pub agreed: u64,
    /// Objects with this label in the first, and in the second pass.
    pub first: u64,
    pub second: u64,
}

impl LabelTally {
    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { agreed: self.agreed + other.agreed, first: self.first + other.first, second: self.second + other.second }
    }
}

/// The agreement on a sample by label: as it was before it was settled, else as it is now.
#[must_use]
pub fn agreement_by_label(annotations: &[Annotation], review: ReviewId) -> BTreeMap<LabelId, LabelTally> {
    let settled = mark_of(annotations, &set_of(review)).and_then(|mark| mark.extra.get(SETTLED_LABELS));
    if let Some(before) = settled.and_then(|value| serde_json::from_value(value.clone()).ok()) {
        return before;
    }
    let label_of = |id| annotations.iter().find(|annotation| annotation.id == id)?.label;
    let mut tallies: BTreeMap<LabelId, LabelTally> = BTreeMap::new();
    for found in compare(annotations, review) {
        let (first, second) = match found {
            Match::Agreed { first, second, .. } | Match::OtherLabel { first, second, .. } => {
                (label_of(first), label_of(second))
            }
            Match::OnlyFirst { first } => (label_of(first), None),
            Match::OnlySecond { second } => (None, label_of(second)),
        };
        if let Some(label) = first {
            let tally = tallies.entry(label).or_default();
            tally.agreed += u64::from(!found.is_difference());
            tally.first += 1;
        }
        if let Some(label) = second {
            tallies.entry(label).or_default().second += 1;
        }
    }
    tallies
}

/// Declares the second pass over a sample done, also if it found nothing. `None` if it is already.
#[must_use]
pub fn finish(sample: SampleId, annotations: &[Annotation], review: ReviewId) -> Option<Edit> {
    if state_of(annotations, review) != ReviewState::Waiting {
        return None;
    }
    let put = vec![new_mark(review)];
    Some(Edit::Annotate { sample, put, remove: Vec::new(), order: Vec::new() })
}

/// Settles a sample in one undoable step: what is kept of each difference becomes the primary annotations; pairs that
/// agree stay as the first pass drew them. Differences that `decisions` does not name keep the first pass's side.
#[must_use]
pub fn settle(sample: SampleId, annotations: &[Annotation], review: ReviewId, decisions: &[(Match, Keep)]) -> Edit {
    let by_id: HashMap<AnnotationId, &Annotation> =
        annotations.iter().map(|annotation| (annotation.id, annotation)).collect();
    let set = set_of(review);
    let mut mark = mark_of(annotations, &set).cloned().unwrap_or_else(|| new_mark(review));
    let kept = |value: serde_json::Result<Value>| value.unwrap_or(Value::Null);
    let figures = kept(serde_json::to_value(agreement_of(annotations, review)));
    let by_label = kept(serde_json::to_value(agreement_by_label(annotations, review)));
    let overlapping = match state_of(annotations, review) {
        ReviewState::Settled => overlapping_of(annotations, review),
        ReviewState::Waiting | ReviewState::Done => overlapping_now(annotations, review),
    };
    mark.extra.insert(SETTLED_OVERLAPPING.to_owned(), overlapping.into());
    mark.extra.insert(SETTLED.to_owned(), figures);
    mark.extra.insert(SETTLED_LABELS.to_owned(), by_label);
    let (mut put, mut remove) = (vec![mark], Vec::new());
    for (found, keep) in decisions {
        let (first, second) = match *found {
            Match::Agreed { .. } => continue,
            Match::OtherLabel { first, second, .. } => (Some(first), Some(second)),
            Match::OnlyFirst { first } => (Some(first), None),
            Match::OnlySecond { second } => (None, Some(second)),
        };
        let first = first.and_then(|id| by_id.get(&id).copied());
        let second = second.and_then(|id| by_id.get(&id).copied());
        if matches!(keep, Keep::Second | Keep::Neither) {
            remove.extend(first.map(|first| first.id));
        }
        if matches!(keep, Keep::Second | Keep::Both) {
            put.extend(second.map(|second| Annotation {
                id: AnnotationId::random(),
                set: AnnotationSet::Primary,
                ..second.clone()
            }));
        }
    }
    Edit::Annotate { sample, put, remove, order: Vec::new() }
}

/// Settles all differences of a sample for one side; `None` if its second pass is not done, or it is settled already.
#[must_use]
pub fn settle_all(sample: SampleId, annotations: &[Annotation], review: ReviewId, keep: Keep) -> Option<Edit> {
    if state_of(annotations, review) != ReviewState::Done {
        return None;
    }
    let decisions: Vec<_> = compare(annotations, review).into_iter().map(|found| (found, keep)).collect();
    Some(settle(sample, annotations, review, &decisions))
}

fn new_mark(review: ReviewId) -> Annotation {
    Annotation {
        id: AnnotationId::random(),
        set: set_of(review),
        label: None,
        body: AnnotationBody::Class,
        annotated_by: String::new(),
        origin: Origin::Human,
        confidence: None,
        hard: None,
        properties: Map::new(),
        created: None,
        extra: Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::edit::EditContext;
    use crate::domain::{LabelId, SampleRecord, SampleState, Shape};

    fn drawn(set: AnnotationSet, label: LabelId, at: f64) -> Annotation {
        let body = AnnotationBody::shape(Shape::rectangle([at, 0.0], [at + 10.0, 10.0]));
        Annotation { set, ..Annotation::human(label, body, "human/bob".to_owned(), Timestamp(1)) }
    }

    #[test]
    fn a_sample_is_drawn_again_compared_settled_and_its_figures_stay() {
        let review = ReviewId::random();
        let (cell, plate) = (LabelId::random(), LabelId::random());
        let annotations = vec![
            drawn(AnnotationSet::Primary, cell, 0.0),
            drawn(AnnotationSet::Primary, cell, 50.0),
            drawn(AnnotationSet::Primary, cell, 100.0),
            drawn(set_of(review), cell, 1.0),
            drawn(set_of(review), plate, 50.0),
            drawn(set_of(review), cell, 200.0),
        ];
        let id = SampleId::random();
        let mut record = SampleRecord { id, state: SampleState::Labeled, usage: None, deleted: false, annotations };
        let context = EditContext { actor: Actor("ada".to_owned()), now: Timestamp(9) };
        assert_eq!(state_of(&record.annotations, review), ReviewState::Waiting);
        let done = finish(id, &record.annotations, review).expect("not done yet");
        record = done.apply(&record, &context).expect("a change");
        assert_eq!(state_of(&record.annotations, review), ReviewState::Done);
        assert_eq!(finish(id, &record.annotations, review), None);

        let before = agreement_of(&record.annotations, review);
        assert_eq!((before.first, before.second, before.agreed, before.other_label), (3, 3, 1, 1));
        let by_label = agreement_by_label(&record.annotations, review);
        let tally = |label| by_label.get(&label).copied().unwrap_or_default();
        assert_eq!(tally(cell), LabelTally { agreed: 1, first: 3, second: 2 });
        assert_eq!(tally(plate), LabelTally { agreed: 0, first: 0, second: 1 });
        let edit = Edit::SettleReview { samples: vec![id], review, keep: Keep::Second };
        record = edit.apply(&record, &context).expect("a change");
        assert_eq!(edit.apply(&record, &context), None, "once");
        assert_eq!(state_of(&record.annotations, review), ReviewState::Settled);
        assert_eq!(agreement_of(&record.annotations, review), before);
        assert_eq!(agreement_by_label(&record.annotations, review), by_label, "settled samples count as they were");
        let mut kept: Vec<_> =
            record.primary().map(|a| (a.label, a.as_shape().expect("a shape").bounds().min[0])).collect();
        kept.sort_by(|a, b| a.1.total_cmp(&b.1));
        assert_eq!(kept, [(Some(cell), 0.0), (Some(plate), 50.0), (Some(cell), 200.0)]);
    }

    fn codes(found: &[Match]) -> Vec<&'static str> {
        let code = |found: &Match| match found {
            Match::Agreed { .. } => "agreed",
            Match::OtherLabel { .. } => "other-label",
            Match::OnlyFirst { .. } => "first",
            Match::OnlySecond { .. } => "second",
        };
        found.iter().map(code).collect()
    }

    #[test]
    fn classes_and_entities_agree_where_they_are_the_same() {
        let review = ReviewId::random();
        let labels: Vec<_> = (0..3).map(|_| LabelId::random()).collect();
        let said = |set: AnnotationSet, label: usize, body: AnnotationBody| {
            let human = Annotation::human(labels[label], body, "human/bob".to_owned(), Timestamp(1));
            Annotation { set, ..human }
        };
        let class = |set, label| said(set, label, AnnotationBody::Class);
        let entity = |set, label, start| {
            said(set, label, AnnotationBody::Entity { start, end: start + 2, text: "北京".to_owned() })
        };
        let (first, second) = (AnnotationSet::Primary, set_of(review));
        let compared = |mut annotations: Vec<Annotation>| {
            annotations.push(new_mark(review));
            codes(&compare(&annotations, review))
        };
        assert_eq!(compared(vec![class(first.clone(), 0), class(second.clone(), 1)]), ["other-label"]);
        assert_eq!(
            compared(vec![class(first.clone(), 0), class(first.clone(), 1), class(second.clone(), 1)]),
            ["agreed", "first"]
        );
        assert_eq!(compared(vec![class(second.clone(), 1), class(second.clone(), 2)]), ["second", "second"]);
        let entities = vec![
            entity(first.clone(), 0, 0),
            entity(first.clone(), 0, 4),
            entity(first.clone(), 0, 8),
            entity(first, 2, 20),
            entity(second.clone(), 0, 0),
            entity(second.clone(), 1, 4),
            entity(second, 0, 9),
        ];
        // What overlaps is one entity that was read in two ways.
        assert_eq!(compared(entities.clone()), ["agreed", "other-label", "other-label", "first"]);

        let id = SampleId::random();
        let mut annotations = entities;
        annotations.push(new_mark(review));
        let mut record = SampleRecord { id, state: SampleState::Labeled, usage: None, deleted: false, annotations };
        let context = EditContext { actor: Actor("ada".to_owned()), now: Timestamp(9) };
        assert_eq!(overlapping_of(&record.annotations, review), 2, "the same one, and the one that is shifted");
        let edit = Edit::SettleReview { samples: vec![id], review, keep: Keep::Second };
        record = edit.apply(&record, &context).expect("a change");
        assert_eq!(overlapping_of(&record.annotations, review), 2, "settled samples count as they were");
    }

    #[test]
    fn a_look_at_an_empty_image_leaves_its_decision() {
        let (review, id) = (ReviewId::random(), SampleId::random());
        let record =
            SampleRecord { id, state: SampleState::Labeled, usage: None, deleted: false, annotations: Vec::new() };
        let context = EditContext { actor: Actor("ada".to_owned()), now: Timestamp(9) };
        let done = finish(id, &[], review).expect("not done yet").apply(&record, &context).expect("a change");
        assert_eq!((done.state, done.primary().count()), (SampleState::Labeled, 0));
    }

    #[test]
    fn settling_to_nothing_is_a_decision() {
        let (review, id, label) = (ReviewId::random(), SampleId::random(), LabelId::random());
        let context = EditContext { actor: Actor("ada".to_owned()), now: Timestamp(9) };
        let settled = |first: Annotation, keep: Keep| {
            let annotations = vec![first];
            let record = SampleRecord { id, state: SampleState::Labeled, usage: None, deleted: false, annotations };
            let done = finish(id, &record.annotations, review).and_then(|edit| edit.apply(&record, &context));
            let done = done.expect("the second pass finds nothing");
            assert_eq!(done.state, SampleState::Labeled);
            let settled = Edit::SettleReview { samples: vec![id], review, keep }.apply(&done, &context);
            let settled = settled.expect("a difference");
            (settled.state, settled.primary().count())
        };
        let falsely = || drawn(AnnotationSet::Primary, label, 0.0);
        assert_eq!(settled(falsely(), Keep::Second), (SampleState::Labeled, 0));
        assert_eq!(settled(falsely(), Keep::Neither), (SampleState::Labeled, 0));
        assert_eq!(settled(falsely(), Keep::First), (SampleState::Labeled, 1));
        let body = AnnotationBody::Entity { start: 0, end: 2, text: "北京".to_owned() };
        let entity = Annotation::human(label, body, "human/bob".to_owned(), Timestamp(1));
        assert_eq!(settled(entity, Keep::Second), (SampleState::Labeled, 0));
        let class = Annotation::human(label, AnnotationBody::Class, "human/bob".to_owned(), Timestamp(1));
        assert_eq!(settled(class, Keep::Second), (SampleState::Unlabeled, 0), "a text without a class is unlabeled");
    }

    #[test]
    fn the_same_seed_draws_the_same_samples() {
        let samples: Vec<_> = (0..100).map(|_| SampleId::random()).collect();
        let score = |sample: SampleId| sample.0.as_u64_pair().1;
        let mut reversed = samples.clone();
        reversed.reverse();
        assert_eq!(draw(samples, 10, score), draw(reversed, 10, score));
    }
}
