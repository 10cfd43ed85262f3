//! Networks, training loops and evaluation. Knows no storage and no catalog: samples come through
//! [`SampleSource`], reports go through [`MetricSink`], and a trained model is a folder that answers through
//! [`Predictor`].

pub mod error;
pub mod export;
mod images;
mod layers;
mod pace;
mod parameters;
mod quick;
mod resnet;
pub mod split;
#[cfg(test)]
mod testing;
mod text;
mod weights;
mod yolo;

use crate::domain::algorithm::Algorithm;
use crate::domain::evaluation::{Evaluation, LabelScores};
use crate::domain::predict::Prediction;
use crate::domain::{Cancel, MetricSink, Predictor, SampleSource};
pub use error::LearningError;
use export::ModelConfig;
use layers::OtherClasses;
use parameters::Parameters;
use std::collections::BTreeMap;
use std::path::Path;

/// An algorithm and the functions that run it.
#[derive(Clone, Copy, Debug)]
pub struct AlgorithmEntry {
    /// What the algorithm says of itself.
    pub descriptor: Algorithm,
    read: fn(Parameters<'_>) -> Result<(), LearningError>,
    train: fn(&Run<'_>) -> Result<TrainingOutcome, LearningError>,
    load: fn(&Path, &ModelConfig) -> Result<Box<dyn Predictor>, LearningError>,
}

impl AlgorithmEntry {
    /// Checks `parameters`, completed by [`Algorithm::complete`], as training itself reads them: also those whose
    /// text has a form of its own, such as `split_spec`.
    ///
    /// # Errors
    /// [`LearningError::Parameter`] for the first that training would refuse.
    pub fn check(&self, parameters: &BTreeMap<String, String>) -> Result<(), LearningError> {
        (self.read)(Parameters::new(&self.descriptor, parameters))
    }
}

/// The algorithms. A new one is one file and one line.
pub const ALGORITHMS: &[AlgorithmEntry] =
    &[quick::ENTRY, resnet::ENTRY, yolo::ENTRY, text::CLASSIFICATION, text::ENTITIES];

/// The algorithm called `name`, in any case.
#[must_use]
pub fn algorithm(name: &str) -> Option<&'static AlgorithmEntry> {
    ALGORITHMS.iter().find(|entry| entry.descriptor.name.eq_ignore_ascii_case(name))
}

/// What a training run is asked to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingRequest {
    /// Completed by [`Algorithm::complete`]; what is absent takes its default.
    pub parameters: BTreeMap<String, String>,
    /// Decides the division and all else that is drawn, unless the parameter `seed` does.
    pub seed: u64,
    /// Learns each label of a sample that has several, instead of leaving it out. The parameter `several_labels` does
    /// the same.
    pub allow_several_labels: bool,
}

/// What a training run achieved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingOutcome {
    /// On samples not trained on; without samples if there were none.
    pub evaluation: Evaluation,
    /// Passes over the training samples; 1 where the method has none.
    pub epochs: f64,
    /// Optimiser steps.
    pub steps: u64,
}

/// Everything a training function works with.
struct Run<'a> {
    descriptor: &'a Algorithm,
    request: &'a TrainingRequest,
    source: &'a dyn SampleSource,
    sink: &'a dyn MetricSink,
    cancel: &'a Cancel,
    output: &'a Path,
}

impl Run<'_> {
    /// Tells that learning begins with the weights in `path`, and which layer begins anew.
    fn log_weights(&self, path: &Path, other: Option<OtherClasses>) {
        self.sink.log(&format!("Started from the weights in {}", path.display()));
        if let Some(OtherClasses { layer, shape }) = other {
            self.sink.log(&format!(
                "The last layer starts anew: the weights have {layer}.weight of shape {shape:?}, the dataset {} classes",
                self.source.classes().len()
            ));
        }
    }

    /// Tells which parameters change nothing here.
    fn log_without_effect(&self, parameters: Parameters<'_>) {
        if let Some(names) = parameters.without_effect() {
            self.sink.log(&format!("Without effect on this machine: {names}"));
        }
    }
}

/// Trains on `source` and writes `model/` and `evaluation.json` into the folder `output`, which must exist.
///
/// # Errors
/// If the parameters or the samples do not serve, training diverges or is cancelled, or a file cannot be written.
pub fn train(
    entry: &AlgorithmEntry,
    request: &TrainingRequest,
    source: &dyn SampleSource,
    sink: &dyn MetricSink,
    cancel: &Cancel,
    output: &Path,
) -> Result<TrainingOutcome, LearningError> {
    let descriptor = &entry.descriptor;
    let request = TrainingRequest { parameters: descriptor.complete(&request.parameters)?, ..request.clone() };
    (entry.train)(&Run { descriptor, request: &request, source, sink, cancel, output })
}

/// Loads the trained model in `folder`, as [`train`] writes it.
///
/// # Errors
/// If the folder holds no model that this release can run.
pub fn load_predictor(folder: &Path) -> Result<Box<dyn Predictor>, LearningError> {
    let config = export::read(folder)?;
    let Some(entry) = algorithm(&config.algorithm) else {
        let known = ALGORITHMS.iter().map(|entry| entry.descriptor.name).collect::<Vec<_>>().join(", ");
        return Err(LearningError::UnknownAlgorithm { name: config.algorithm, known });
    };
    if config.image_size == 0 && !entry.descriptor.dataset_type.is_text() {
        return Err(LearningError::model(&folder.join(export::CONFIG_FILE), "it names no image size"));
    }
    (entry.load)(folder, &config)
}

/// An answer: all classes with their probabilities, best first; of equals, the first class.
fn ranked(classes: &[String], probabilities: &[f64]) -> Prediction {
    let mut scores: Vec<_> = classes.iter().cloned().zip(probabilities.iter().copied()).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    let predicted_label = scores.first().map(|(label, _)| label.clone()).unwrap_or_default();
    Prediction::Classification { predicted_label, scores }
}

/// Turns scores into probabilities that add up to 1.
fn softmax(scores: &[f64]) -> Vec<f64> {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// The index and the value of the highest probability; of equals, the first.
fn best(probabilities: &[f64]) -> (usize, f64) {
    probabilities
        .iter()
        .copied()
        .enumerate()
        .fold((0, f64::NEG_INFINITY), |best, (index, value)| if value > best.1 { (index, value) } else { best })
}

/// Tells the figures of an evaluation, or that there are none.
fn log_evaluation(sink: &dyn MetricSink, evaluation: &Evaluation) {
    if evaluation.evaluated() == 0 {
        sink.log("Not evaluated: no sample was left that the model was not trained on");
        return;
    }
    let summary = evaluation.summary();
    if let Some(detection) = &evaluation.detection {
        let by_label = evaluation.by_label();
        let of_label = |scores: &LabelScores| {
            let figure = scores.average_precision.map_or("nothing to find".to_owned(), |figure| format!("{figure:.4}"));
            format!("{} {figure}", scores.label)
        };
        sink.log(&format!(
            "Evaluated on {} images not trained on: mAP {:.4} at IoU 0.5 ({}); from score {} on precision {:.3}, \
             recall {:.3}, F1 {:.3}",
            evaluation.evaluated(),
            summary.accuracy,
            by_label.iter().map(of_label).collect::<Vec<_>>().join(", "),
            detection.score_threshold(),
            summary.precision,
            summary.recall,
            summary.f1
        ));
        return;
    }
    let unit = if evaluation.texts.is_some() { "whole samples right" } else { "accuracy" };
    sink.log(&format!(
        "Evaluated on {} samples not trained on: {unit} {:.1} %, precision {:.3}, recall {:.3}, F1 {:.3}",
        evaluation.evaluated(),
        100.0 * summary.accuracy,
        summary.precision,
        summary.recall,
        summary.f1
    ));
}
