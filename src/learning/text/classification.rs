//! `quick_text_classification`: runs of characters and words, and a linear classifier. Trains in seconds and takes texts
//! in any language.

use super::super::error::LearningError;
use super::super::export::{self, ModelConfig, WEIGHTS_FILE};
use super::super::parameters::{Parameters, number, parameter, whole};
use super::super::split::{Example, Split, SplitSpec, split};
use super::super::weights::{self, Tensor, Weights, take_real, take_whole};
use super::super::{AlgorithmEntry, Run, TrainingOutcome, best, log_evaluation, ranked};
use super::grams::grams;
use super::linear::{Column, Fitting, Linear, Vocabulary};
use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind};
use crate::domain::evaluation::{Evaluated, Evaluation, Metric, MetricName};
use crate::domain::predict::Prediction;
use crate::domain::text_evaluation::{EvaluatedText, Marked, TextEvaluation};
use crate::domain::{DatasetType, Explain, Predictor};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

const PARAMETERS: &[Parameter] = &[
    parameter("split_spec", ParameterKind::Text, Some("train:0.8,eval:0.2")),
    parameter("longest_run", whole(1, 8), Some("4")),
    parameter("least_texts", whole(1, 1_000), Some("2")),
    parameter("cost", number(1e-4, 1e4), Some("4")),
    parameter("refit", ParameterKind::Boolean, Some("TRUE")),
    parameter("several_labels", ParameterKind::Boolean, Some("TRUE")),
    parameter("seed", whole(0, i64::MAX), None),
];

/// The line of the table of algorithms.
pub(in crate::learning) const ENTRY: AlgorithmEntry = AlgorithmEntry {
    descriptor: Algorithm {
        name: "quick_text_classification",
        dataset_type: DatasetType::TextClassification,
        engine: "Character and word n-grams and logistic regression (CPU)",
        guide: None,
        parameters: PARAMETERS,
    },
    read: |parameters| Settings::read(parameters, 0).map(drop),
    train,
    load,
};

/// From this probability on, a label is among those of a text that may have several.
const LIKELY: f64 = 0.5;

/// The parameters as what they mean.
struct Settings {
    spec: SplitSpec,
    longest_run: usize,
    least_texts: u32,
    fitting: Fitting,
}

impl Settings {
    fn read(parameters: Parameters<'_>, request_seed: u64) -> Result<Self, LearningError> {
        let seed = parameters.optional("seed", "whole-number")?.unwrap_or(request_seed);
        Ok(Self {
            spec: parameters.get("split_spec", SplitSpec::EXPECTED)?,
            longest_run: parameters.get("longest_run", "whole-number")?,
            least_texts: parameters.get("least_texts", "whole-number")?,
            fitting: Fitting { cost: parameters.get("cost", "number")?, seed },
        })
    }
}

/// What `config.json` keeps beside what every model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Details {
    longest_run: usize,
    several_labels: bool,
}

/// A text as the classifier sees it.
struct Sample {
    item: usize,
    numbers: Vec<u64>,
}

fn train(run: &Run<'_>) -> Result<TrainingOutcome, LearningError> {
    let parameters = Parameters::new(run.descriptor, &run.request.parameters);
    let Settings { spec, longest_run, least_texts, fitting } = Settings::read(parameters, run.request.seed)?;
    let allowed = run.request.allow_several_labels || parameters.boolean("several_labels");
    let split = split(run.source.items(), spec, fitting.seed, allowed)?;
    run.sink.log(&format!(
        "{} texts to train on, {} to evaluate; {}",
        items(&split.train).len(),
        items(&split.eval).len() + items(&split.test).len(),
        split.left_out()
    ));
    let mut unreadable = 0;
    let mut read = |examples: &[Example]| -> Result<Vec<Sample>, LearningError> {
        let (samples, failed) =
            super::load(run, &items(examples), |item, text| Sample { item, numbers: grams(text, longest_run) })?;
        unreadable += failed;
        Ok(samples.into_iter().map(|(_, sample)| sample).collect())
    };
    let mut learned = read(&split.train)?;
    let watched = read(&split.eval)?;
    let tested = read(&split.test)?;
    if learned.len() < 2 {
        let left_out = format!("{unreadable} unreadable; {}", split.left_out());
        return Err(LearningError::TooFewSamples { usable: learned.len(), needed: 2, left_out });
    }
    run.sink.progress(0.3);

    let of = |sample: &Sample| run.source.items()[sample.item].classes.as_slice();
    let several = learned.iter().chain(&watched).chain(&tested).any(|sample| of(sample).len() > 1);
    let classes = run.source.classes().len();
    let fit = |samples: &[Sample], tell: bool| {
        let numbers: Vec<&[u64]> = samples.iter().map(|sample| sample.numbers.as_slice()).collect();
        let labels: Vec<&[usize]> = samples.iter().map(of).collect();
        let watch = |pass: usize, loss: f64| {
            if tell {
                metric(run, MetricName::Loss, pass, loss);
            }
        };
        Linear::fit(&numbers, &labels, classes, several, least_texts, fitting, run.cancel, &watch)
            .ok_or(LearningError::Cancelled)
    };
    let mut linear = fit(&learned, true)?;
    run.sink.log(&format!(
        "{} runs of characters and words stand in {least_texts} texts or more",
        linear.vocabulary.0.len()
    ));
    run.sink.progress(0.6);

    let trained_on = learned.len() as u64;
    let judged: Vec<&Sample> = watched.iter().chain(&tested).collect();
    let evaluation = evaluate(run, &linear, &judged, &split, trained_on, unreadable);
    log_evaluation(run.sink, &evaluation);
    if evaluation.evaluated() > 0 {
        metric(run, MetricName::EvalAccuracy, 0, evaluation.summary().accuracy);
    }
    let refit = parameters.boolean("refit") && !watched.is_empty();
    if refit {
        run.sink.log(&format!(
            "The exported model has then also learned from the {} texts evaluated above (refit); the figures are of the \
             model before that",
            watched.len()
        ));
        learned.extend(watched);
        linear = fit(&learned, false)?;
    }
    run.sink.progress(0.95);

    let details = Details { longest_run, several_labels: several };
    let model = ModelConfig {
        schema: ModelConfig::SCHEMA,
        algorithm: run.descriptor.name.to_owned(),
        classes: evaluation.classes.clone(),
        image_size: 0,
        normalization: None,
        parameters: run.request.parameters.clone(),
        evaluated_on: evaluation.evaluated(),
        refit,
        details: export::details(&details),
    };
    export::write(run.output, &model, &save(&linear), &evaluation)?;
    run.sink.progress(1.0);
    Ok(TrainingOutcome { evaluation, epochs: 1.0, steps: 0 })
}

/// The items of examples, each once: a text with several labels is several examples.
fn items(examples: &[Example]) -> Vec<usize> {
    let mut items: Vec<usize> = examples.iter().map(|example| example.item).collect();
    items.dedup();
    items
}

fn metric(run: &Run<'_>, name: MetricName, pass: usize, value: f64) {
    #[expect(clippy::cast_precision_loss, reason = "some tens of passes")]
    run.sink.metric(Metric { name, step: pass as u64, epoch: pass as f64, value });
}

fn evaluate(
    run: &Run<'_>,
    linear: &Linear,
    samples: &[&Sample],
    split: &Split,
    trained_on: u64,
    unreadable: u64,
) -> Evaluation {
    let judged = samples.iter().map(|sample| (&run.source.items()[sample.item], linear.probabilities(&sample.numbers)));
    let mut evaluation = Evaluation {
        classes: run.source.classes().to_vec(),
        trained_on,
        several_labels: split.several_labels,
        unlabeled: split.unlabeled,
        unreadable,
        ..Evaluation::default()
    };
    if linear.several {
        let mark = |class: usize, score: f64| Marked { class, start: 0, end: 0, score };
        let texts = judged.map(|(item, probabilities)| EvaluatedText {
            source: item.source.clone(),
            truth: item.classes.iter().map(|&class| mark(class, 1.0)).collect(),
            found: (0..probabilities.len())
                .filter(|&class| probabilities[class] >= LIKELY)
                .map(|class| mark(class, probabilities[class]))
                .collect(),
        });
        evaluation.texts = Some(TextEvaluation { texts: texts.collect() });
    } else {
        evaluation.samples = judged
            .filter_map(|(item, probabilities)| {
                let (predicted, confidence) = best(&probabilities);
                let label = *item.classes.first()?;
                Some(Evaluated { source: item.source.clone(), label, predicted, confidence })
            })
            .collect();
    }
    evaluation
}

fn save(linear: &Linear) -> Weights {
    let (features, columns) = (linear.vocabulary.0.len(), linear.columns.len());
    let numbers = linear.vocabulary.0.iter().map(|number| number.cast_signed()).collect();
    let all = |part: fn(&Column) -> &Vec<f32>| linear.columns.iter().flat_map(part).copied().collect::<Vec<f32>>();
    Weights::from([
        ("features.number".to_owned(), Tensor::wholes(&[features], numbers)),
        ("features.ratio".to_owned(), Tensor::real(&[columns, features], all(|column| &column.ratios))),
        ("features.weight".to_owned(), Tensor::real(&[columns, features], all(|column| &column.weights))),
        ("bias".to_owned(), Tensor::real(&[columns], linear.columns.iter().map(|column| column.bias).collect())),
    ])
}

struct TextClassifier {
    linear: Linear,
    longest_run: usize,
    classes: Vec<String>,
}

fn load(folder: &Path, config: &ModelConfig) -> Result<Box<dyn Predictor>, LearningError> {
    let details: Details = serde_json::from_value(Value::Object(config.details.clone()))
        .map_err(|error| LearningError::model(&folder.join(export::CONFIG_FILE), error))?;
    let path = folder.join(WEIGHTS_FILE);
    let mut weights = weights::read(&path)?;
    let linear = read(&mut weights, config.classes.len(), details.several_labels)
        .map_err(|problem| LearningError::weights(&path, problem))?;
    Ok(Box::new(TextClassifier { linear, longest_run: details.longest_run, classes: config.classes.clone() }))
}

fn read(weights: &mut Weights, classes: usize, several: bool) -> Result<Linear, String> {
    let columns = Linear::columns(classes, several);
    let numbers = take_whole(weights, "features.number")?;
    let features = numbers.len();
    let numbers: Vec<u64> = numbers.into_iter().map(i64::cast_unsigned).collect();
    if !numbers.is_sorted() {
        return Err("features.number is not in order".to_owned());
    }
    let ratios = take_real(weights, "features.ratio", &[columns, features])?;
    let spoken = take_real(weights, "features.weight", &[columns, features])?;
    let bias = take_real(weights, "bias", &[columns])?;
    let part = |values: &[f32], column: usize| values[column * features..(column + 1) * features].to_vec();
    let columns = bias.into_iter().enumerate().map(|(column, bias)| Column {
        ratios: part(&ratios, column),
        weights: part(&spoken, column),
        bias,
    });
    Ok(Linear { vocabulary: Vocabulary(numbers), columns: columns.collect(), several })
}

impl Predictor for TextClassifier {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        let probabilities = self.linear.probabilities(&grams(super::text(bytes)?, self.longest_run));
        let prediction = ranked(&self.classes, &probabilities);
        Ok(match prediction {
            Prediction::Classification { predicted_label, scores } if self.linear.several => {
                let likely = scores.iter().take_while(|(_, score)| *score >= LIKELY);
                let predicted_labels = likely.map(|(label, _)| label.clone()).collect();
                Prediction::Labels { predicted_labels, predicted_label, scores }
            }
            prediction => prediction,
        })
    }

    fn takes_text(&self) -> bool {
        true
    }
}
