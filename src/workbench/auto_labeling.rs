//! Automatic labeling: a trained model proposes labels or entities for the texts that nobody has labeled yet. What it
//! proposes waits to be confirmed; all of it is one step of undo.

use super::{Error, NewModel, Result, Task, Workbench};
use crate::domain::predict::Prediction;
use crate::domain::query::{SampleFilter, SampleSort};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, AnnotationSet, DatasetId, DatasetType, Edit, Explain, Explanation,
    JobState, LabelId, Origin, Predictor, SampleId, SampleState, Timestamp,
};
use crate::learning;
use crate::storage::Location;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Texts that are predicted and proposed together.
const BATCH: usize = 512;

/// What automatic labeling shall do.
#[derive(Clone, Debug, PartialEq)]
pub struct AutoLabeling {
    pub model: String,
    /// `None`: the latest.
    pub version: Option<String>,
    /// What the model is less sure of is not proposed, 0 to 1.
    pub at_least: f64,
    /// What the model is at least so sure of is accepted at once, 0 to 1; `None`: a person confirms all.
    pub accept: Option<f64>,
}

/// What can label a dataset: a model, or a trained job that no model was made of yet. By name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelingModel {
    Model(String, String),
    Job(String, String),
}

/// What automatic labeling did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AutoLabelReport {
    /// Unlabeled texts that the model was asked about.
    pub asked: u64,
    /// Those with something to confirm, or accepted already.
    pub suggested: u64,
    /// Labels or entities proposed.
    pub annotations: u64,
    /// Texts whose suggestions were accepted at once.
    pub accepted: u64,
    /// Labels of the model that the dataset does not have, and how often it would have proposed them.
    pub unknown_labels: BTreeMap<String, u64>,
    /// Texts that the model could not read.
    pub failed: u64,
}

/// Whether a model of this purpose labels such datasets.
fn fits(kind: DatasetType, algorithm: &str) -> bool {
    kind.is_text() && algorithm == kind.as_str().replace('-', "_")
}

/// A model that is asked, and what its answers become.
struct Proposer<'a> {
    predictor: Box<dyn Predictor>,
    labels: HashMap<String, LabelId>,
    request: &'a AutoLabeling,
    now: Timestamp,
}

/// What the model says of one text.
#[derive(Default)]
struct Proposal {
    annotations: Vec<Annotation>,
    unknown: Vec<String>,
    failed: bool,
}

impl Proposer<'_> {
    fn propose(&self, text: &str) -> Proposal {
        let mut proposal = Proposal::default();
        let mut say = |label: &str, body: AnnotationBody, score: f64| {
            if score < self.request.at_least {
                return;
            }
            let Some(&label) = self.labels.get(label) else {
                proposal.unknown.push(label.to_owned());
                return;
            };
            let annotated_by = format!("modelier/{}", self.request.model);
            proposal.annotations.push(Annotation {
                id: AnnotationId::random(),
                set: AnnotationSet::Suggestion(self.request.model.clone()),
                origin: Origin::Model,
                confidence: Some(score),
                ..Annotation::human(label, body, annotated_by, self.now)
            });
        };
        match self.predictor.predict(text.as_bytes()) {
            Ok(Prediction::Classification { predicted_label, scores }) => {
                let score = scores.iter().find(|(label, _)| *label == predicted_label).map_or(0.0, |(_, score)| *score);
                say(&predicted_label, AnnotationBody::Class, score);
            }
            Ok(Prediction::Labels { predicted_labels, scores, .. }) => {
                for (label, score) in scores.iter().filter(|(label, _)| predicted_labels.contains(label)) {
                    say(label, AnnotationBody::Class, *score);
                }
            }
            Ok(Prediction::Entities { entities }) => {
                for entity in entities {
                    let body = AnnotationBody::Entity { start: entity.start, end: entity.end, text: entity.text };
                    say(&entity.label, body, entity.score);
                }
            }
            Ok(Prediction::Detection { .. }) | Err(_) => proposal.failed = true,
        }
        proposal
    }
}

impl Workbench {
    /// What can label this dataset, models first, the newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn labeling_models(&self, dataset: DatasetId) -> Result<Vec<LabelingModel>> {
        let kind = self.dataset_by_id(dataset)?.dataset.kind;
        let all = self.models()?;
        let fits = all.iter().filter(|model| fits(kind, &model.algorithm));
        let mut found: Vec<_> =
            fits.map(|model| LabelingModel::Model(model.name.to_string(), model.version.clone())).collect();
        let algorithms = self.algorithms();
        for summary in self.jobs()? {
            for version in summary.versions.iter().filter(|version| version.state == JobState::Succeeded) {
                let is_of_kind = algorithms.iter().any(|one| one.name == version.algorithm && one.dataset_type == kind);
                if is_of_kind && kind.is_text() && all.iter().all(|model| model.source != Some(version.id)) {
                    found.push(LabelingModel::Job(summary.job.name.to_string(), version.version.to_string()));
                }
            }
        }
        Ok(found)
    }

    /// The model to ask, made of the job where it is one.
    ///
    /// # Errors
    /// As [`Workbench::create_model`].
    pub fn labeling_model(&self, chosen: &LabelingModel) -> Result<(String, String)> {
        match chosen {
            LabelingModel::Model(name, version) => Ok((name.clone(), version.clone())),
            LabelingModel::Job(job, version) => {
                let source = NewModel::FromJob { job: job.clone(), version: Some(version.clone()) };
                let model = self.create_model(job, "", &source)?;
                Ok((model.name.to_string(), model.version))
            }
        }
    }

    /// Asks a model about every unlabeled text of a dataset and keeps what it proposes, to be confirmed. One step of
    /// undo; accepting at once is another. What was proposed until a cancel stays and can be undone.
    ///
    /// # Errors
    /// `auto-label-type` unless the model is for such datasets, `auto-label-threshold`, a model that cannot be loaded, or
    /// on cancel.
    pub fn auto_label(&self, dataset: DatasetId, request: &AutoLabeling, task: &Task) -> Result<AutoLabelReport> {
        for threshold in [Some(request.at_least), request.accept].into_iter().flatten() {
            if !(0.0..=1.0).contains(&threshold) {
                return Err(Error::refused(Explanation::bad_input("auto-label-threshold").with("value", threshold)));
            }
        }
        let proposer = self.proposer(dataset, request)?;
        let filter = SampleFilter { state: Some(SampleState::Unlabeled), ..SampleFilter::default() };
        let view = self.view(dataset, &filter, SampleSort::Added, &task.cancel)?;
        let samples = self.sample_ids(&view, 0..view.len())?;

        let mut report = AutoLabelReport::default();
        let mut accepted: Vec<SampleId> = Vec::new();
        let mut batches = samples.chunks(BATCH);
        self.edit_in_steps(dataset, "suggest", &mut || {
            let Some(batch) = batches.next() else { return Ok(None) };
            task.check()?;
            task.report("auto-labeling", report.asked, Some(samples.len() as u64));
            let texts = self.texts(dataset, batch, usize::MAX)?;
            let proposals: Vec<Proposal> = texts
                .par_iter()
                .map(|text| if text.is_empty() { Proposal::default() } else { proposer.propose(text) })
                .collect();
            let mut put = Vec::with_capacity(batch.len());
            for (sample, proposal) in batch.iter().zip(proposals) {
                report.asked += 1;
                report.failed += u64::from(proposal.failed);
                for label in proposal.unknown {
                    *report.unknown_labels.entry(label).or_default() += 1;
                }
                if proposal.annotations.is_empty() {
                    continue;
                }
                report.suggested += 1;
                report.annotations += proposal.annotations.len() as u64;
                let is_sure = |least: f64| proposal.annotations.iter().all(|one| one.confidence >= Some(least));
                if request.accept.is_some_and(is_sure) {
                    accepted.push(*sample);
                }
                put.push((*sample, proposal.annotations));
            }
            Ok(Some(Edit::suggest(request.model.clone(), put)))
        })?;
        if let Some(at_least) = request.accept.filter(|_| !accepted.is_empty()) {
            task.check()?;
            let receipt = self.edit(dataset, &Edit::Accept { samples: accepted, annotations: None, at_least })?;
            report.accepted = receipt.changed;
        }
        Ok(report)
    }

    fn proposer<'a>(&self, dataset: DatasetId, request: &'a AutoLabeling) -> Result<Proposer<'a>> {
        let kind = self.dataset_by_id(dataset)?.dataset.kind;
        let model = self.model(&request.model, request.version.as_deref())?;
        if !fits(kind, &model.algorithm) {
            let refusal = Explanation::bad_input("auto-label-type").with("model", &request.model).with("type", kind);
            return Err(Error::refused(refusal));
        }
        let folder = Location::from_uri(&model.location)?;
        let predictor =
            learning::load_predictor(folder.local_path()?).map_err(|error| Error::refused(error.explain()))?;
        let labels = self.labels(dataset)?.into_iter().map(|count| (count.label.name.to_string(), count.label.id));
        Ok(Proposer { predictor, labels: labels.collect(), request, now: self.now() })
    }

    /// Turns every suggestion of the dataset that its model is at least so sure of into the person's own. One step of
    /// undo. Returns how many samples changed.
    ///
    /// # Errors
    /// `auto-label-threshold`, or if the catalog cannot be written.
    pub fn accept_suggestions(&self, dataset: DatasetId, at_least: f64, task: &Task) -> Result<u64> {
        if !(0.0..=1.0).contains(&at_least) {
            return Err(Error::refused(Explanation::bad_input("auto-label-threshold").with("value", at_least)));
        }
        let samples = self.samples_to_confirm(dataset, task)?;
        if samples.is_empty() {
            return Ok(0);
        }
        Ok(self.edit(dataset, &Edit::Accept { samples, annotations: None, at_least })?.changed)
    }

    /// Takes all suggestions of the dataset away. One step of undo. Returns how many samples changed.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn refuse_suggestions(&self, dataset: DatasetId, task: &Task) -> Result<u64> {
        let samples = self.samples_to_confirm(dataset, task)?;
        if samples.is_empty() {
            return Ok(0);
        }
        Ok(self.edit(dataset, &Edit::Refuse { samples, annotations: None })?.changed)
    }

    fn samples_to_confirm(&self, dataset: DatasetId, task: &Task) -> Result<Vec<SampleId>> {
        let filter = SampleFilter { state: Some(SampleState::ToConfirm), ..SampleFilter::default() };
        let view = self.view(dataset, &filter, SampleSort::Added, &task.cancel)?;
        let samples = self.sample_ids(&view, 0..view.len())?;
        task.check()?;
        Ok(samples)
    }
}
