//! `quick_image_classification`: dense descriptors of edges and colours, Fisher vectors and a linear classifier. Trains
//! in seconds, needs no download, and gets along with few images.

mod descriptors;
mod fisher;
mod logistic;
#[cfg(test)]
mod tests;

use super::error::LearningError;
use super::export::{self, ModelConfig, WEIGHTS_FILE};
use super::images::{Loaded, Picture, decode, load};
use super::parameters::{Parameters, parameter};
use super::split::{Example, SplitSpec, split};
use super::weights::{self, Tensor as NamedTensor, Weights, take_real};
use super::{AlgorithmEntry, Run, TrainingOutcome, best, log_evaluation, ranked, softmax};
use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind};
use crate::domain::evaluation::{Evaluated, Evaluation, Metric, MetricName};
use crate::domain::predict::Prediction;
use crate::domain::{DatasetType, Explain, Predictor};
use burn::tensor::{Device, Int, Tensor, TensorData};
use descriptors::{KIND_NAMES, KINDS, LENGTHS, describe};
use fisher::Codebook;
use logistic::Classifier;
use rand::rngs::StdRng;
use rand::seq::index::sample;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Descriptors that codebooks are fitted to, over all images.
const SAMPLED_DESCRIPTORS: usize = 40_000;
/// Pictures that they are drawn from.
const SAMPLED_PICTURES: usize = 160;
/// Length of the vector of one picture.
const FEATURES: usize = KINDS * fisher::LENGTH;

const PARAMETERS: &[Parameter] = &[
    parameter("split_spec", ParameterKind::Text, Some("train:0.8,eval:0.2")),
    parameter("image_size", ParameterKind::Integer { min: 64, max: 1024 }, Some("200")),
    parameter("regularization", ParameterKind::Number { min: 1e-6, max: 1e6 }, Some("0.01")),
    parameter("refit", ParameterKind::Boolean, Some("TRUE")),
    parameter("several_labels", ParameterKind::Boolean, Some("FALSE")),
    parameter("seed", ParameterKind::Integer { min: 0, max: i64::MAX }, None),
];

/// The line of the table of algorithms.
pub(super) const ENTRY: AlgorithmEntry = AlgorithmEntry {
    descriptor: Algorithm {
        name: "quick_image_classification",
        dataset_type: DatasetType::ImageClassification,
        engine: "Fisher vectors and logistic regression (CPU)",
        guide: None,
        parameters: PARAMETERS,
    },
    read: |parameters| Settings::read(parameters, 0).map(drop),
    train,
    load: load_quick,
};

/// All that turns a picture into numbers.
#[derive(Clone, Debug, PartialEq)]
struct Encoder {
    side_px: usize,
    codebooks: [Codebook; KINDS],
}

impl Encoder {
    /// The vector of a picture, [`FEATURES`] numbers of norm 1.
    fn encode(&self, sized: &Picture) -> Vec<f32> {
        let kinds = describe(sized);
        let mut vector = Vec::with_capacity(FEATURES);
        for (codebook, descriptors) in self.codebooks.iter().zip(kinds) {
            codebook.encode(descriptors, &mut vector);
        }
        let scale = 1.0 / (KINDS as f32).sqrt();
        for value in &mut vector {
            *value *= scale;
        }
        vector
    }
}

/// The parameters as what they mean.
struct Settings {
    seed: u64,
    side_px: usize,
    /// Strength of the regularization.
    strength: f64,
    spec: SplitSpec,
}

impl Settings {
    fn read(parameters: Parameters<'_>, request_seed: u64) -> Result<Self, LearningError> {
        Ok(Self {
            seed: parameters.optional("seed", "whole-number")?.unwrap_or(request_seed),
            side_px: parameters.get("image_size", "whole-number")?,
            strength: parameters.get("regularization", "number")?,
            spec: parameters.get("split_spec", SplitSpec::EXPECTED)?,
        })
    }
}

fn train(run: &Run<'_>) -> Result<TrainingOutcome, LearningError> {
    let parameters = Parameters::new(run.descriptor, &run.request.parameters);
    let Settings { seed, side_px, strength, spec } = Settings::read(parameters, run.request.seed)?;
    let several = run.request.allow_several_labels || parameters.boolean("several_labels");
    let classes = run.source.classes().len();

    let split = split(run.source.items(), spec, seed, several)?;
    run.sink.log(&format!(
        "{} images to train on, {} to evaluate; {}",
        split.train.len(),
        split.evaluated(),
        split.left_out()
    ));
    // Sorted by item, so that one search tells which part an example belongs to.
    let is_in = |part: &[Example], example: &Example| {
        part.binary_search_by_key(&(example.item, example.class), |e| (e.item, e.class)).is_ok()
    };
    let all: Vec<Example> = [&split.train, &split.eval, &split.test].into_iter().flatten().copied().collect();
    let reading = |part: f64| run.sink.progress(0.15 * part);
    let loaded =
        load(run.source, &all, run.sink, run.cancel, &reading, |_, picture| descriptors::sized(&picture, side_px))?;
    let train_places: Vec<usize> = places(&loaded, |example| is_in(&split.train, example));
    let eval_places: Vec<usize> = places(&loaded, |example| is_in(&split.eval, example));
    if train_places.len() < 2 {
        let left_out = format!("{} unreadable; {}", loaded.unreadable, split.left_out());
        return Err(LearningError::TooFewSamples { usable: train_places.len(), needed: 2, left_out });
    }

    let encoder = Encoder { side_px, codebooks: codebooks(run, &loaded.values, &train_places, seed)? };
    let vectors = encode_all(run, &encoder, &loaded.values)?;
    let label = |place: usize| loaded.examples[place].class;
    let fit = |places: &[usize], curve: bool| {
        let rows: Vec<&[f32]> = places.iter().map(|&place| vectors[place].as_slice()).collect();
        let labels: Vec<usize> = places.iter().map(|&place| label(place)).collect();
        Classifier::fit(&rows, &labels, classes, strength, run.cancel, &mut |round, value| {
            if curve {
                metric(run, MetricName::Loss, round, value);
            }
        })
    };
    run.sink.log(&format!("Fitting the classifier to {} images", train_places.len()));
    let mut classifier = fit(&train_places, true)?;
    run.sink.progress(0.93);

    let mut trained: Vec<usize> = train_places.iter().map(|&place| loaded.examples[place].item).collect();
    trained.dedup();
    let evaluation = Evaluation {
        classes: run.source.classes().to_vec(),
        samples: (0..loaded.examples.len())
            .filter(|place| train_places.binary_search(place).is_err())
            .map(|place| evaluated(run, &classifier, loaded.examples[place], &vectors[place]))
            .collect(),
        trained_on: trained.len() as u64,
        several_labels: split.several_labels,
        unlabeled: split.unlabeled,
        unreadable: loaded.unreadable,
        ..Evaluation::default()
    };
    log_evaluation(run.sink, &evaluation);
    if !evaluation.samples.is_empty() {
        metric(run, MetricName::EvalAccuracy, 0, evaluation.summary().accuracy);
    }
    let refit = parameters.boolean("refit") && !eval_places.is_empty();
    if refit {
        let both: Vec<usize> = places(&loaded, |example| !is_in(&split.test, example));
        classifier = fit(&both, false)?;
        run.sink.log(&format!(
            "The exported model has then also learned from the {} images evaluated above (refit); the figures are of \
             the model before that",
            eval_places.len()
        ));
    }

    let model = ModelConfig {
        schema: ModelConfig::SCHEMA,
        algorithm: run.descriptor.name.to_owned(),
        classes: evaluation.classes.clone(),
        image_size: side_px,
        normalization: None,
        parameters: run.request.parameters.clone(),
        evaluated_on: evaluation.samples.len(),
        refit,
        details: serde_json::Map::new(),
    };
    export::write(run.output, &model, &save(&encoder, &classifier), &evaluation)?;
    run.sink.progress(1.0);
    Ok(TrainingOutcome { evaluation, epochs: 1.0, steps: 0 })
}

/// The places of the examples that `wanted` names.
fn places<T>(loaded: &Loaded<T>, wanted: impl Fn(&Example) -> bool) -> Vec<usize> {
    (0..loaded.examples.len()).filter(|&place| wanted(&loaded.examples[place])).collect()
}

/// Fits a codebook of each kind to descriptors that are drawn from the pictures at `train_places`.
fn codebooks(
    run: &Run<'_>,
    pictures: &[Picture],
    train_places: &[usize],
    seed: u64,
) -> Result<[Codebook; KINDS], LearningError> {
    run.sink.log("Fitting codebooks of edges and colours");
    let mut random = StdRng::seed_from_u64(seed);
    let count = train_places.len().min(SAMPLED_PICTURES);
    let chosen: Vec<(usize, u64)> = sample(&mut random, train_places.len(), count)
        .iter()
        .map(|index| (train_places[index], random.random()))
        .collect();
    let per_picture = SAMPLED_DESCRIPTORS / count;
    let drawn: Vec<[Tensor<2>; KINDS]> = chosen
        .into_par_iter()
        .filter(|_| !run.cancel.is_cancelled())
        .map(|(place, seed)| drawn(&pictures[place], per_picture, seed))
        .collect();
    run.sink.progress(0.25);
    let fitted: Vec<Codebook> = (0..KINDS)
        .into_par_iter()
        .filter(|_| !run.cancel.is_cancelled())
        .map(|kind| {
            let descriptors = drawn.iter().map(|kinds| kinds[kind].clone()).collect();
            Codebook::fit(Tensor::cat(descriptors, 0), &mut StdRng::seed_from_u64(seed.wrapping_add(kind as u64)))
        })
        .collect();
    run.sink.progress(0.35);
    <[Codebook; KINDS]>::try_from(fitted).map_err(|_| LearningError::Cancelled)
}

/// Up to `count` descriptors of each kind of a picture, at places that `seed` decides.
fn drawn(picture: &Picture, count: usize, seed: u64) -> [Tensor<2>; KINDS] {
    let kinds = describe(picture);
    let [points, _] = kinds[0].dims();
    let chosen: Vec<i64> = sample(&mut StdRng::seed_from_u64(seed), points, count.min(points))
        .iter()
        .map(|point| i64::try_from(point).unwrap_or(0))
        .collect();
    let count = chosen.len();
    let chosen = Tensor::<1, Int>::from_data(TensorData::new(chosen, [count]), &Device::flex());
    kinds.map(|kind| kind.select(0, chosen.clone()))
}

fn encode_all(run: &Run<'_>, encoder: &Encoder, pictures: &[Picture]) -> Result<Vec<Vec<f32>>, LearningError> {
    run.sink.log(&format!("Describing {} images", pictures.len()));
    let done = AtomicUsize::new(0);
    let vectors: Vec<Option<Vec<f32>>> = pictures
        .par_iter()
        .map(|picture| {
            if run.cancel.is_cancelled() {
                return None;
            }
            let vector = encoder.encode(picture);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            #[expect(clippy::cast_precision_loss, reason = "a fraction for display")]
            if done.is_multiple_of(8) {
                run.sink.progress(0.35 + 0.5 * done as f64 / pictures.len() as f64);
            }
            Some(vector)
        })
        .collect();
    vectors.into_iter().collect::<Option<Vec<_>>>().ok_or(LearningError::Cancelled)
}

fn evaluated(run: &Run<'_>, classifier: &Classifier, example: Example, vector: &[f32]) -> Evaluated {
    let (predicted, confidence) = best(&softmax(&classifier.scores(vector)));
    let source = run.source.items()[example.item].source.clone();
    Evaluated { source, label: example.class, predicted, confidence }
}

fn metric(run: &Run<'_>, name: MetricName, round: usize, value: f64) {
    #[expect(clippy::cast_precision_loss, reason = "at most some hundred rounds")]
    run.sink.metric(Metric { name, step: round as u64, epoch: round as f64, value });
}

fn save(encoder: &Encoder, classifier: &Classifier) -> Weights {
    let mut weights = Weights::new();
    for (name, codebook) in KIND_NAMES.iter().zip(&encoder.codebooks) {
        codebook.save(name, &mut weights);
    }
    let shape = [classifier.features, classifier.classes];
    weights.insert("classifier.weight".to_owned(), NamedTensor::real(&shape, classifier.weights.clone()));
    weights.insert("classifier.bias".to_owned(), NamedTensor::real(&shape[1..], classifier.bias.clone()));
    weights
}

struct QuickPredictor {
    encoder: Encoder,
    classifier: Classifier,
    classes: Vec<String>,
}

fn load_quick(folder: &Path, config: &ModelConfig) -> Result<Box<dyn Predictor>, LearningError> {
    let path = folder.join(WEIGHTS_FILE);
    let mut weights = weights::read(&path)?;
    let classes = config.classes.len();
    let mut parts = || -> Result<(Encoder, Classifier), String> {
        let mut codebook = |kind: usize| Codebook::load(KIND_NAMES[kind], LENGTHS[kind], &mut weights);
        let codebooks = [codebook(0)?, codebook(1)?, codebook(2)?];
        let classifier = Classifier {
            features: FEATURES,
            classes,
            weights: take_real(&mut weights, "classifier.weight", &[FEATURES, classes])?,
            bias: take_real(&mut weights, "classifier.bias", &[classes])?,
        };
        Ok((Encoder { side_px: config.image_size, codebooks }, classifier))
    };
    let (encoder, classifier) = parts().map_err(|problem| LearningError::weights(&path, problem))?;
    Ok(Box::new(QuickPredictor { encoder, classifier, classes: config.classes.clone() }))
}

impl Predictor for QuickPredictor {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        let picture = decode(bytes).map_err(|error| Box::new(error) as Box<dyn Explain + Send + Sync>)?;
        let vector = self.encoder.encode(&descriptors::sized(&picture, self.encoder.side_px));
        Ok(ranked(&self.classes, &softmax(&self.classifier.scores(&vector))))
    }
}
