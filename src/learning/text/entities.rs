//! `text_entity_crf`: features of characters and words, and a linear-chain conditional random field over them.

use super::super::error::LearningError;
use super::super::export::{self, ModelConfig, WEIGHTS_FILE};
use super::super::parameters::{Parameters, number, parameter, whole};
use super::super::split::{Example, SplitSpec, divide};
use super::super::weights::{self, Tensor, Weights, take_real, take_whole};
use super::super::{AlgorithmEntry, Run, TrainingOutcome, log_evaluation};
use super::crf::{Field, Fitting, Places};
use super::places::{Dictionary, always, features};
use super::tags::{self, OUTSIDE, Span};
use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind};
use crate::domain::evaluation::{Evaluation, Metric, MetricName};
use crate::domain::predict::{PredictedEntity, Prediction};
use crate::domain::text_evaluation::{EvaluatedText, Marked, TextEvaluation};
use crate::domain::traits::LearningItem;
use crate::domain::{DatasetType, Explain, Predictor};
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::Path;

const PARAMETERS: &[Parameter] = &[
    parameter("split_spec", ParameterKind::Text, Some("train:0.8,eval:0.2")),
    parameter("passes", whole(1, 10_000), Some("16")),
    parameter("step_size", number(1e-6, 10.0), Some("0.05")),
    parameter("weight_decay", number(0.0, 1.0), Some("0.001")),
    parameter("hidden", number(0.0, 0.9), Some("0.3")),
    parameter("boldness", number(-10.0, 10.0), Some("0.5")),
    parameter("refit", ParameterKind::Boolean, Some("TRUE")),
    parameter("seed", whole(0, i64::MAX), None),
];

/// The line of the table of algorithms.
pub(in crate::learning) const ENTRY: AlgorithmEntry = AlgorithmEntry {
    descriptor: Algorithm {
        name: "text_entity_crf",
        dataset_type: DatasetType::NamedEntity,
        engine: "Linear-chain conditional random field (CPU)",
        guide: None,
        parameters: PARAMETERS,
    },
    read: |parameters| Settings::read(parameters, 0).map(drop),
    train,
    load,
};

/// The dictionary that a text is learned with comes from the texts of other parts, as it will be for new texts: with its
/// own entities in it, the dictionary would seem to know everything.
const DICTIONARY_PARTS: usize = 10;
/// Longer lines are cut, in code points: a field over a million characters has no use for the far end.
const LONGEST_LINE: usize = 2_000;

/// The parameters as what they mean.
struct Settings {
    spec: SplitSpec,
    fitting: Fitting,
    /// How much less likely than learned "no entity" counts: what is learned from few texts is too careful.
    boldness: f32,
}

impl Settings {
    fn read(parameters: Parameters<'_>, request_seed: u64) -> Result<Self, LearningError> {
        Ok(Self {
            spec: parameters.get("split_spec", SplitSpec::EXPECTED)?,
            fitting: Fitting {
                epochs: parameters.get("passes", "whole-number")?,
                learning_rate: parameters.get("step_size", "number")?,
                pull: parameters.get("weight_decay", "number")?,
                hidden: parameters.get("hidden", "number")?,
                seed: parameters.optional("seed", "whole-number")?.unwrap_or(request_seed),
            },
            boldness: parameters.get("boldness", "number")?,
        })
    }
}

/// A line of a text: a sequence of its own, for entities do not go beyond it.
struct Line<'a> {
    text: &'a str,
    /// Where it begins, in code points of the whole text.
    from: usize,
}

/// The lines of a text without their ends; long ones are cut behind the last sign of a stretch that fits.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut from = 0;
    for line in text.split('\n') {
        let mut rest = line;
        while let Some((cut, _)) = rest.char_indices().nth(LONGEST_LINE) {
            let is_end = |character: char| !character.is_alphanumeric();
            let end = rest[..cut].char_indices().rev().find(|(_, character)| is_end(*character));
            let end = end.map_or(cut, |(at, character)| at + character.len_utf8());
            lines.push(Line { text: &rest[..end], from });
            from += rest[..end].chars().count();
            rest = &rest[end..];
        }
        lines.push(Line { text: rest, from });
        from += rest.chars().count() + 1;
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

/// A text to learn from or to be judged by.
struct Sample {
    item: usize,
    text: String,
    /// Outer ones, in order, within the text: what is learned.
    spans: Vec<Span>,
    /// All of them within the text: what is judged by, also where one lies within another.
    truth: Vec<Span>,
    /// Entities left out: within or across others, beyond the text, or of no class.
    left_out: u64,
}

impl Sample {
    fn of(item: usize, learning: &LearningItem, text: &str, classes: usize) -> Self {
        let length = text.chars().count();
        let spans: Vec<Span> = learning
            .entities
            .iter()
            .flatten()
            .map(|entity| Span { start: entity.start as usize, end: entity.end as usize, class: entity.class })
            .collect();
        let count = spans.len();
        let usable: Vec<Span> = spans
            .into_iter()
            .filter(|span| span.start < span.end && span.end <= length && span.class < classes)
            .collect();
        let outside = (count - usable.len()) as u64;
        let truth = usable.clone();
        let (spans, nested) = tags::outer(usable);
        Self { item, text: text.to_owned(), spans, truth, left_out: outside + nested }
    }

    /// The texts of its entities and their classes.
    fn entities(&self) -> impl Iterator<Item = (&str, usize)> {
        let offsets = crate::domain::text::Offsets::new(&self.text);
        self.spans.iter().filter_map(move |span| {
            let (start, end) = (u32::try_from(span.start).ok()?, u32::try_from(span.end).ok()?);
            Some((offsets.covered(&self.text, start, end)?, span.class))
        })
    }
}

/// A trained field and what its features are known by.
struct Tagger {
    /// Sorted.
    numbers: Vec<u64>,
    dictionary: Dictionary,
    field: Field,
}

impl Tagger {
    fn places(numbers: &[u64], features: &[Vec<u64>]) -> Places {
        let place = |number: &u64| numbers.binary_search(number).ok().and_then(|place| u32::try_from(place).ok());
        features.iter().map(|features| features.iter().filter_map(place).collect()).collect()
    }

    /// Learns from `samples`; `watch` is told passes and losses.
    ///
    /// # Errors
    /// Only if cancelled.
    fn fit(
        run: &Run<'_>,
        samples: &[Sample],
        settings: &Settings,
        watch: &mut dyn FnMut(usize, f64),
    ) -> Result<Self, LearningError> {
        let classes = run.source.classes().len();
        let of_others = |part: usize| {
            let others = samples.iter().enumerate().filter(|(at, _)| at % DICTIONARY_PARTS != part);
            Dictionary::of(others.flat_map(|(_, sample)| sample.entities()))
        };
        let dictionaries: Vec<Dictionary> = (0..DICTIONARY_PARTS).into_par_iter().map(of_others).collect();
        let known: Vec<(Vec<Vec<u64>>, Vec<usize>)> = samples
            .par_iter()
            .enumerate()
            .filter(|_| !run.cancel.is_cancelled())
            .flat_map_iter(|(at, sample)| {
                let dictionary = &dictionaries[at % DICTIONARY_PARTS];
                lines(&sample.text).into_iter().map(move |line| {
                    let features = features(line.text, dictionary);
                    let tags = tags::encode(&within(&sample.spans, line.from, features.len()), features.len());
                    (features, tags)
                })
            })
            .collect();
        let mut numbers: Vec<u64> = known.iter().flat_map(|(features, _)| features).flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let (sequences, truth): (Vec<Places>, Vec<Vec<usize>>) =
            known.into_iter().map(|(features, tags)| (Self::places(&numbers, &features), tags)).unzip();
        let mut field = Field::new(numbers.len(), tags::first(classes), tags::follows(classes));
        let went_on = field.fit(&sequences, &truth, settings.fitting, &mut |pass, loss| {
            if pass > 0 {
                watch(pass, loss);
            }
            !run.cancel.is_cancelled()
        });
        if !went_on || run.cancel.is_cancelled() {
            return Err(LearningError::Cancelled);
        }
        if let Ok(place) = numbers.binary_search(&always()) {
            field.weights[place * field.tags + OUTSIDE] -= settings.boldness;
        }
        let dictionary = Dictionary::of(samples.iter().flat_map(Sample::entities));
        Ok(Self { numbers, dictionary, field })
    }

    /// The entities of a text in order, each with its probability: that of its least sure character.
    fn find(&self, text: &str) -> Vec<(Span, f64)> {
        let mut found = Vec::new();
        for line in lines(text) {
            let places = Self::places(&self.numbers, &features(line.text, &self.dictionary));
            let tags = self.field.best(&places);
            let spans = tags::decode(&tags);
            if spans.is_empty() {
                continue;
            }
            let marginals = self.field.marginals(&places);
            for span in spans {
                let probability = |place: usize| f64::from(marginals[place * self.field.tags + tags[place]]);
                let score = (span.start..span.end).map(probability).fold(1.0, f64::min);
                let (start, end) = (line.from + span.start, line.from + span.end);
                found.push((Span { start, end, ..span }, score.clamp(0.0, 1.0)));
            }
        }
        found
    }
}

/// The spans that lie wholly within a stretch, counted from its beginning.
fn within(spans: &[Span], from: usize, length: usize) -> Vec<Span> {
    let is_within = |span: &&Span| span.start >= from && span.end <= from + length;
    let moved = |span: &Span| Span { start: span.start - from, end: span.end - from, ..*span };
    spans.iter().filter(is_within).map(moved).collect()
}

fn train(run: &Run<'_>) -> Result<TrainingOutcome, LearningError> {
    let parameters = Parameters::new(run.descriptor, &run.request.parameters);
    let settings = Settings::read(parameters, run.request.seed)?;
    let classes = run.source.classes().len();
    // Every text that somebody has looked at counts, also one without entities; they are divided as one class.
    let stand_ins: Vec<LearningItem> = run
        .source
        .items()
        .iter()
        .map(|item| {
            let classes = if item.entities.is_some() { vec![0] } else { Vec::new() };
            LearningItem { classes, usage: item.usage, ..LearningItem::default() }
        })
        .collect();
    let split = divide(&stand_ins, settings.spec, settings.fitting.seed, true);
    run.sink.log(&format!(
        "{} texts to train on, {} to evaluate; {}",
        split.train.len(),
        split.evaluated(),
        split.left_out()
    ));
    let mut unreadable = 0;
    let mut read = |examples: &[Example]| -> Result<Vec<Sample>, LearningError> {
        let items: Vec<usize> = examples.iter().map(|example| example.item).collect();
        let (samples, failed) =
            super::load(run, &items, |item, text| Sample::of(item, &run.source.items()[item], text, classes))?;
        unreadable += failed;
        Ok(samples.into_iter().map(|(_, sample)| sample).collect())
    };
    let mut learned = read(&split.train)?;
    let watched = read(&split.eval)?;
    let tested = read(&split.test)?;
    let left_out: u64 = learned.iter().chain(&watched).chain(&tested).map(|sample| sample.left_out).sum();
    if left_out > 0 {
        run.sink.log(&format!(
            "{left_out} entities are not learned: within or across a longer one, or beyond their text; the evaluation \
             counts all that are in their text"
        ));
    }
    if learned.iter().all(|sample| sample.spans.is_empty()) {
        let left_out = format!("{unreadable} unreadable; {}", split.left_out());
        return Err(LearningError::NoEntities { texts: learned.len(), left_out });
    }
    run.sink.progress(0.05);

    let refit = parameters.boolean("refit") && !watched.is_empty();
    let share = if refit { 0.45 } else { 0.9 };
    #[expect(clippy::cast_precision_loss, reason = "a number of passes")]
    let part = |pass: usize| pass as f64 / settings.fitting.epochs.max(1) as f64;
    let mut tagger = Tagger::fit(run, &learned, &settings, &mut |pass, loss| {
        #[expect(clippy::cast_precision_loss, reason = "a number of passes")]
        run.sink.metric(Metric { name: MetricName::Loss, step: pass as u64, epoch: pass as f64, value: loss });
        run.sink.progress(0.05 + share * part(pass));
    })?;
    run.sink.log(&format!("{} features, {} known entities", tagger.numbers.len(), tagger.dictionary.0.len()));

    let judged: Vec<&Sample> = watched.iter().chain(&tested).collect();
    let evaluation = Evaluation {
        classes: run.source.classes().to_vec(),
        trained_on: learned.len() as u64,
        unlabeled: split.unlabeled,
        unreadable,
        texts: Some(TextEvaluation { texts: judged.par_iter().map(|sample| judge(run, &tagger, sample)).collect() }),
        ..Evaluation::default()
    };
    log_evaluation(run.sink, &evaluation);
    if refit {
        run.sink.log(&format!(
            "The exported model then learns from the {} texts evaluated above too (refit); the figures are of the model \
             before that",
            watched.len()
        ));
        learned.extend(watched);
        tagger = Tagger::fit(run, &learned, &settings, &mut |pass, _| run.sink.progress(0.5 + 0.45 * part(pass)))?;
    }
    let model = ModelConfig {
        schema: ModelConfig::SCHEMA,
        algorithm: run.descriptor.name.to_owned(),
        classes: evaluation.classes.clone(),
        image_size: 0,
        normalization: None,
        parameters: run.request.parameters.clone(),
        evaluated_on: evaluation.evaluated(),
        refit,
        details: serde_json::Map::new(),
    };
    export::write(run.output, &model, &save(&tagger), &evaluation)?;
    run.sink.progress(1.0);
    #[expect(clippy::cast_precision_loss, reason = "a number of passes")]
    let epochs = settings.fitting.epochs as f64;
    Ok(TrainingOutcome { evaluation, epochs, steps: (settings.fitting.epochs * learned.len()) as u64 })
}

fn judge(run: &Run<'_>, tagger: &Tagger, sample: &Sample) -> EvaluatedText {
    let marked = |span: &Span, score: f64| Marked {
        class: span.class,
        start: u32::try_from(span.start).unwrap_or(u32::MAX),
        end: u32::try_from(span.end).unwrap_or(u32::MAX),
        score,
    };
    EvaluatedText {
        source: run.source.items()[sample.item].source.clone(),
        truth: sample.truth.iter().map(|span| marked(span, 1.0)).collect(),
        found: tagger.find(&sample.text).iter().map(|(span, score)| marked(span, *score)).collect(),
    }
}

fn save(tagger: &Tagger) -> Weights {
    let (features, tags) = (tagger.numbers.len(), tagger.field.tags);
    let (known, classes): (Vec<u64>, Vec<u32>) = tagger.dictionary.0.iter().map(|(n, class)| (*n, *class)).unzip();
    let wholes = |numbers: &[u64]| numbers.iter().map(|number| number.cast_signed()).collect();
    Weights::from([
        ("features.number".to_owned(), Tensor::wholes(&[features], wholes(&tagger.numbers))),
        ("features.weight".to_owned(), Tensor::real(&[features, tags], tagger.field.weights.clone())),
        ("follows".to_owned(), Tensor::real(&[tags, tags], tagger.field.follows.clone())),
        ("dictionary.number".to_owned(), Tensor::wholes(&[known.len()], wholes(&known))),
        ("dictionary.class".to_owned(), Tensor::wholes(&[classes.len()], classes.into_iter().map(i64::from).collect())),
    ])
}

struct EntityFinder {
    tagger: Tagger,
    classes: Vec<String>,
}

fn load(folder: &Path, config: &ModelConfig) -> Result<Box<dyn Predictor>, LearningError> {
    let path = folder.join(WEIGHTS_FILE);
    let mut weights = weights::read(&path)?;
    let tagger = read(&mut weights, config.classes.len()).map_err(|problem| LearningError::weights(&path, problem))?;
    Ok(Box::new(EntityFinder { tagger, classes: config.classes.clone() }))
}

fn read(weights: &mut Weights, classes: usize) -> Result<Tagger, String> {
    let tags = tags::tags(classes);
    let numbers: Vec<u64> = take_whole(weights, "features.number")?.into_iter().map(i64::cast_unsigned).collect();
    if !numbers.is_sorted() {
        return Err("features.number is not in order".to_owned());
    }
    let field = Field {
        tags,
        weights: take_real(weights, "features.weight", &[numbers.len(), tags])?,
        first: tags::first(classes),
        follows: take_real(weights, "follows", &[tags, tags])?,
    };
    let known = take_whole(weights, "dictionary.number")?;
    let of_known = take_whole(weights, "dictionary.class")?;
    if known.len() != of_known.len() {
        return Err("the dictionary's numbers and classes are not equally many".to_owned());
    }
    let pairs: HashMap<u64, u32> = known
        .into_iter()
        .zip(of_known)
        .filter_map(|(number, class)| Some((number.cast_unsigned(), u32::try_from(class).ok()?)))
        .collect();
    Ok(Tagger { numbers, dictionary: Dictionary(pairs.into_iter().collect()), field })
}

impl Predictor for EntityFinder {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        let text = super::text(bytes)?;
        let offsets = crate::domain::text::Offsets::new(text);
        let entities = self.tagger.find(text).into_iter().filter_map(|(span, score)| {
            let (start, end) = (u32::try_from(span.start).ok()?, u32::try_from(span.end).ok()?);
            let covered = offsets.covered(text, start, end)?.to_owned();
            Some(PredictedEntity { label: self.classes.get(span.class)?.clone(), start, end, text: covered, score })
        });
        Ok(Prediction::Entities { entities: entities.collect() })
    }

    fn takes_text(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::traits::LearningEntity;

    #[test]
    fn nested_entities_are_not_learned_but_judged_by() {
        let entity = |start, end| LearningEntity { class: 0, start, end };
        let entities = Some(vec![entity(0, 4), entity(0, 2), entity(3, 9)]);
        let item = LearningItem { entities, ..LearningItem::default() };
        let sample = Sample::of(0, &item, "北京大学", 1);
        assert_eq!(sample.spans.iter().map(|span| (span.start, span.end)).collect::<Vec<_>>(), [(0, 4)]);
        assert_eq!(sample.truth.iter().map(|span| (span.start, span.end)).collect::<Vec<_>>(), [(0, 4), (0, 2)]);
        assert_eq!(sample.left_out, 2, "one within another, one beyond the text");
    }
}
