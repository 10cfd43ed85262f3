//! The second pass of quality control: starting one, how far it is, how far the two passes agree, and settling.

use super::samples::View;
use super::{Error, Result, Task, Workbench};
use crate::domain::agreement::{Agreement, Match};
use crate::domain::agreement_text;
use crate::domain::query::{EditReceipt, SampleFilter, SampleRow, SampleSort};
use crate::domain::review::{self, Keep, LabelTally, Review, ReviewState};
use crate::domain::{Annotation, DatasetId, DatasetType, Edit, Explanation, LabelId, ReviewId, SampleId, SampleState};
use serde::Serialize;
use std::collections::BTreeMap;

/// Samples read at once.
const PAGE: usize = 500;

/// How far a review is, and how far its passes agree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewReport {
    pub review: ReviewId,
    /// What the dataset is of: it says which figures mean something.
    pub kind: DatasetType,
    /// Samples that were drawn and still exist.
    pub samples: u64,
    /// Those whose second pass is done, settled ones included.
    pub done: u64,
    pub settled: u64,
    /// Over all samples whose second pass is done, as they were before they were settled.
    pub agreement: Agreement,
    /// The share of objects on which both passes agree (F1), 0 to 1.
    pub agreed_share: Option<f64>,
    /// Of objects: the mean overlap of the pairs, 0 to 1.
    pub mean_overlap: Option<f64>,
    /// Of texts with labels: how far the passes agree beyond chance (Cohen's kappa), 1 is fully.
    pub kappa: Option<f64>,
    /// Of texts with entities: the share that at least overlap (F1), 0 to 1.
    pub overlapping_share: Option<f64>,
    /// The same by label, in the order of the label list.
    pub by_label: Vec<LabelAgreement>,
    /// In the review's order.
    pub rows: Vec<ReviewedSample>,
}

/// How far the passes agree on one label.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelAgreement {
    pub label: LabelId,
    pub name: String,
    pub agreed: u64,
    /// Objects with this label in the first, and in the second pass.
    pub first: u64,
    pub second: u64,
    pub agreed_share: Option<f64>,
    /// Of texts with labels: how far the passes agree on this one beyond chance.
    pub kappa: Option<f64>,
}

/// One sample of a review.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReviewedSample {
    pub id: SampleId,
    pub name: String,
    pub state: ReviewState,
    /// What is to be settled; 0 where nothing is, or it is done.
    pub differences: u64,
}

impl Workbench {
    /// Draws a share of the dataset's labeled samples at random for a second pass: at least one, rounded up. Without a
    /// `seed` one is made up.
    ///
    /// # Errors
    /// If the share is not above 0 and up to 1, nothing is labeled yet, or the dataset is neither of objects nor of texts.
    pub fn start_review(&self, dataset: DatasetId, share: f64, seed: Option<u64>) -> Result<Review> {
        if !(share > 0.0 && share <= 1.0) {
            return Err(Error::refused(Explanation::bad_input("review-share").with("value", share)));
        }
        let drawn = |labeled: usize| ((labeled as f64 * share).ceil() as usize).clamp(1, labeled);
        self.draw_review(dataset, seed, |labeled| (drawn(labeled), share))
    }

    /// Like [`Workbench::start_review`], with a number of samples in place of a share: at least one, at most all.
    ///
    /// # Errors
    /// If nothing is labeled yet, or the dataset is neither of objects nor of texts.
    pub fn start_review_of(&self, dataset: DatasetId, count: usize, seed: Option<u64>) -> Result<Review> {
        self.draw_review(dataset, seed, |labeled| {
            let count = count.clamp(1, labeled);
            (count, count as f64 / labeled as f64)
        })
    }

    /// `extent` says how many of so many labeled samples are drawn, and which share of them that is.
    fn draw_review(
        &self,
        dataset: DatasetId,
        seed: Option<u64>,
        extent: impl FnOnce(usize) -> (usize, f64),
    ) -> Result<Review> {
        let kind = self.dataset_by_id(dataset)?.dataset.kind;
        if kind != DatasetType::ObjectDetection && !kind.is_text() {
            return Err(Error::refused(Explanation::bad_input("review-objects-only")));
        }
        let filter = SampleFilter { state: Some(SampleState::Labeled), ..SampleFilter::default() };
        let view = self.view(dataset, &filter, SampleSort::Added, &crate::domain::Cancel::default())?;
        let labeled = self.sample_ids(&view, 0..view.len())?;
        if labeled.is_empty() {
            return Err(Error::refused(Explanation::bad_input("review-nothing-labeled")));
        }
        let id = ReviewId::random();
        let seed = seed.unwrap_or_else(|| id.0.as_u64_pair().0);
        let (count, share) = extent(labeled.len());
        let score = |sample: SampleId| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&seed.to_le_bytes()).update(sample.0.as_bytes());
            let bytes = hasher.finalize();
            u64::from_le_bytes(bytes.as_bytes().first_chunk().copied().unwrap_or_default())
        };
        let samples = review::draw(labeled, count, score);
        let review = Review { id, dataset, share, seed, samples, created: self.now(), actor: self.actor() };
        self.catalog().create_review(&review)?;
        Ok(review)
    }

    /// A dataset's reviews, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn reviews(&self, dataset: DatasetId) -> Result<Vec<Review>> {
        Ok(self.catalog().reviews(dataset)?)
    }

    /// One review.
    ///
    /// # Errors
    /// `review-unknown` if there is none of this id.
    pub fn review(&self, id: ReviewId) -> Result<Review> {
        Ok(self.catalog().review(id)?)
    }

    /// The dataset's only review whose id begins with this text.
    ///
    /// # Errors
    /// `review-unknown` if there is none, or more than one.
    pub fn review_beginning(&self, dataset: DatasetId, beginning: &str) -> Result<Review> {
        // Ids are shown with and without hyphens.
        let plain = beginning.replace('-', "").to_ascii_lowercase();
        let reviews = self.reviews(dataset)?.into_iter();
        let mut found = reviews.filter(|review| review.id.to_string().starts_with(&plain));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Error::refused(Explanation::bad_input("review-unknown").with("name", beginning))),
        }
    }

    /// A view of the review's samples, in its order.
    ///
    /// # Errors
    /// If there is no such review.
    pub fn review_view(&self, id: ReviewId) -> Result<View> {
        let review = self.review(id)?;
        Ok(View { rows: self.catalog().view_of(review.dataset, &review.samples)? })
    }

    /// Where each sample of a review stands, in its order. Deleted ones are left out.
    ///
    /// # Errors
    /// If there is no such review, or the catalog cannot be read.
    pub fn review_states(&self, id: ReviewId) -> Result<Vec<(SampleId, ReviewState)>> {
        let review = self.review(id)?;
        let mut states = Vec::with_capacity(review.samples.len());
        for samples in review.samples.chunks(PAGE) {
            let rows = self.sample_rows(review.dataset, samples)?;
            let rows = rows.iter().filter(|row| !row.deleted);
            states.extend(rows.map(|row| (row.sample.id, review::state_of(&row.annotations, id))));
        }
        Ok(states)
    }

    /// How far a review is, and how far its passes agree.
    ///
    /// # Errors
    /// If there is no such review, or the task is cancelled.
    pub fn review_report(&self, id: ReviewId, task: &Task) -> Result<ReviewReport> {
        let review = self.review(id)?;
        let kind = self.dataset_by_id(review.dataset)?.dataset.kind;
        let mut report = ReviewReport {
            review: id,
            kind,
            samples: 0,
            done: 0,
            settled: 0,
            agreement: Agreement::default(),
            agreed_share: None,
            mean_overlap: None,
            kappa: None,
            overlapping_share: None,
            by_label: Vec::new(),
            rows: Vec::new(),
        };
        let mut sums = Sums { by_label: BTreeMap::new(), overlapping: 0, each_has_one: true };
        for samples in review.samples.chunks(PAGE) {
            task.check()?;
            task.report("review-comparing", report.samples, Some(review.samples.len() as u64));
            for row in self.sample_rows(review.dataset, samples)? {
                if !row.deleted {
                    report.add(&row, &mut sums);
                }
            }
        }
        let Sums { by_label, overlapping, each_has_one } = sums;
        report.agreed_share = report.agreement.share();
        report.mean_overlap = report.agreement.mean_overlap().filter(|_| kind == DatasetType::ObjectDetection);
        let of_texts = kind == DatasetType::TextClassification;
        if of_texts {
            let tallies: Vec<LabelTally> = by_label.values().copied().collect();
            report.kappa = agreement_text::kappa_of_all(&tallies, report.done, each_has_one);
        }
        if kind == DatasetType::NamedEntity {
            report.overlapping_share = Agreement { agreed: overlapping, ..report.agreement }.share();
        }
        for count in self.labels(review.dataset)? {
            if let Some(LabelTally { agreed, first, second }) = by_label.get(&count.label.id).copied() {
                let agreement = Agreement { agreed, first, second, ..Agreement::default() };
                let (label, name) = (count.label.id, count.label.name.to_string());
                let agreed_share = agreement.share();
                let tally = LabelTally { agreed, first, second };
                let kappa = if of_texts { agreement_text::kappa(tally, report.done) } else { None };
                report.by_label.push(LabelAgreement { label, name, agreed, first, second, agreed_share, kappa });
            }
        }
        Ok(report)
    }

    /// Declares the second pass over a sample done, also if it found nothing; `None` if it is already.
    ///
    /// # Errors
    /// If there is no such review or sample, or the catalog cannot be written.
    pub fn finish_review_of(&self, id: ReviewId, sample: SampleId) -> Result<Option<EditReceipt>> {
        let (review, row) = self.reviewed(id, sample)?;
        let edit = review::finish(sample, &row.annotations, id);
        edit.map(|edit| self.edit_within(review.dataset, &review::set_of(id), &edit)).transpose()
    }

    /// Settles a sample's differences in one undoable step; see [`review::settle`].
    ///
    /// # Errors
    /// If there is no such review or sample, its second pass is not done, or the catalog cannot be written.
    pub fn settle_review_of(&self, id: ReviewId, sample: SampleId, decisions: &[(Match, Keep)]) -> Result<EditReceipt> {
        let (review, row) = self.reviewed(id, sample)?;
        if review::state_of(&row.annotations, id) == ReviewState::Waiting {
            let waiting = Explanation::bad_input("review-not-done").with("name", row.sample.name);
            return Err(Error::refused(waiting));
        }
        self.edit(review.dataset, &review::settle(sample, &row.annotations, id, decisions))
    }

    /// Settles all samples whose second pass is done and that are not settled yet, always for the same side, in one
    /// undoable step. Returns how many.
    ///
    /// # Errors
    /// If there is no such review, the task is cancelled, or the catalog cannot be written.
    pub fn settle_review(&self, id: ReviewId, keep: Keep, task: &Task) -> Result<u64> {
        let dataset = self.review(id)?.dataset;
        let states = self.review_states(id)?;
        task.check()?;
        let samples: Vec<_> =
            states.into_iter().filter(|(_, state)| *state == ReviewState::Done).map(|(sample, _)| sample).collect();
        Ok(self.edit(dataset, &Edit::SettleReview { samples, review: id, keep })?.changed)
    }

    /// Deletes a review and what was drawn in its second pass, sample by sample; the first pass is not touched.
    ///
    /// # Errors
    /// If there is no such review, the task is cancelled, or the catalog cannot be written.
    pub fn delete_review(&self, id: ReviewId, task: &Task) -> Result<()> {
        let review = self.review(id)?;
        let set = review::set_of(id);
        for samples in review.samples.chunks(PAGE) {
            for row in self.sample_rows(review.dataset, samples)? {
                task.check()?;
                let of_set = |annotation: &&Annotation| annotation.set == set;
                let remove: Vec<_> = row.annotations.iter().filter(of_set).map(|annotation| annotation.id).collect();
                if !remove.is_empty() {
                    let sample = row.sample.id;
                    let edit = Edit::Annotate { sample, put: Vec::new(), remove, order: Vec::new() };
                    self.edit_within(review.dataset, &set, &edit)?;
                }
            }
        }
        Ok(self.catalog().delete_review(id)?)
    }

    fn reviewed(&self, id: ReviewId, sample: SampleId) -> Result<(Review, SampleRow)> {
        let review = self.review(id)?;
        let unknown = || Error::refused(Explanation::bad_input("sample-unknown").with("sample", sample));
        if !review.samples.contains(&sample) {
            return Err(unknown());
        }
        let row = self.sample_rows(review.dataset, &[sample])?.pop().ok_or_else(unknown)?;
        Ok((review, row))
    }
}

/// What is summed up over the samples of a review, beside its report.
struct Sums {
    by_label: BTreeMap<LabelId, LabelTally>,
    /// Entities that at least overlap.
    overlapping: u64,
    /// Whether every sample has exactly one annotation in each pass.
    each_has_one: bool,
}

impl ReviewReport {
    fn add(&mut self, row: &SampleRow, sums: &mut Sums) {
        let state = review::state_of(&row.annotations, self.review);
        self.samples += 1;
        if state != ReviewState::Waiting {
            self.done += 1;
            let agreement = review::agreement_of(&row.annotations, self.review);
            sums.each_has_one &= (agreement.first, agreement.second) == (1, 1);
            sums.overlapping += review::overlapping_of(&row.annotations, self.review);
            self.agreement = self.agreement.plus(&agreement);
            for (label, tally) in review::agreement_by_label(&row.annotations, self.review) {
                let sum = sums.by_label.entry(label).or_default();
                *sum = sum.plus(tally);
            }
        }
        let mut differences = 0;
        match state {
            ReviewState::Waiting => {}
            ReviewState::Settled => self.settled += 1,
            ReviewState::Done => {
                let found = review::compare(&row.annotations, self.review);
                differences = found.iter().filter(|found| found.is_difference()).count() as u64;
            }
        }
        self.rows.push(ReviewedSample { id: row.sample.id, name: row.sample.name.clone(), state, differences });
    }
}
