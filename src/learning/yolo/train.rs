//! The training loop of YOLOv3.

use super::anchors::{Anchors, anchors};
use super::augment::{View, augmented, batch};
use super::decode::{Looking, decode, hundredths};
use super::loss::loss;
use super::network::Yolo;
use super::predictor::Details;
use super::samples::{Images, Parts, Reader, divide, limit};
use super::settings::Settings;
use super::targets::assign;
use crate::domain::detection::{DetectionEvaluation, EvaluatedImage, FoundBox, edges};
use crate::domain::evaluation::{Evaluation, MetricName};
use crate::domain::shape::Bounds;
use crate::learning::error::LearningError;
use crate::learning::export::{self, ModelConfig, WEIGHTS_FILE};
use crate::learning::pace::Pace;
use crate::learning::parameters::Parameters;
use crate::learning::weights;
use crate::learning::{Run, TrainingOutcome};
use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Device;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::prelude::*;
use std::path::Path;

/// The part of the averaged weights that a step leaves, once the average has begun.
const KEEP: f64 = 0.997;
/// Images that are evaluated at once.
const EVALUATED_AT_ONCE: usize = 8;
/// Average precision looks at boxes down to this score.
const LEAST_SCORE: f32 = 0.01;
/// Longest gradient of a step.
const LONGEST_GRADIENT: f32 = 10.0;

/// Trains by the request of `run`.
pub(super) fn train(run: &Run<'_>) -> Result<TrainingOutcome, LearningError> {
    let parameters = Parameters::new(run.descriptor, &run.request.parameters);
    let settings = Settings::read(parameters, run.request.seed)?;
    run.log_without_effect(parameters);
    let mut parts = divide(run.source.items(), settings.spec, settings.seed);
    limit(&mut parts, &settings);
    run.sink.log(&format!(
        "{} images to train on, {} to evaluate while training, {} only at the end; \
         {}",
        parts.train.len(),
        parts.eval.len(),
        parts.test.len(),
        parts.left_out()
    ));
    let classes = run.source.classes().len();
    if let Some(typed) = settings.classes.filter(|typed| *typed != classes as u64) {
        run.sink.log(&format!("Without effect: num_classes={typed}; the version has {classes}"));
    }
    if let Some(typed) = settings.examples.filter(|typed| *typed > parts.train.len()) {
        run.sink.log(&format!("Without effect: num_examples={typed}; there are {}", parts.train.len()));
    }
    let reader = Reader { run, image_size: settings.image_size };
    let ([train, eval, test], unreadable) = reader.read(&parts)?;
    for (class, count) in run.source.classes().iter().zip(reader.counts(&train)) {
        if count == 0 {
            run.sink.log(&format!("No image to train on shows {class}: it cannot be learned"));
        }
    }
    let mut trainer = Trainer::new(reader, parameters, settings, &train)?;
    trainer.learn(&train, &eval)?;
    trainer.finish(&parts, &train, &[eval, test], unreadable)
}

struct Trainer<'a> {
    reader: Reader<'a>,
    settings: Settings,
    /// Height and width of the network's input.
    input: [usize; 2],
    anchors: Anchors,
    device: Device,
    network: Yolo,
    /// The mean of the weights over the last steps, which finds more than the last weights do.
    averaged: Yolo,
    optimizer: ModuleOptimizer,
    random: StdRng,
    pace: Pace<'a>,
}

impl<'a> Trainer<'a> {
    fn new(
        reader: Reader<'a>,
        parameters: Parameters<'_>,
        settings: Settings,
        train: &Images,
    ) -> Result<Self, LearningError> {
        let run = reader.run;
        let input = reader.input(train);
        let sizes = reader.box_sizes(train, input);
        let anchors = anchors(&sizes, settings.seed);
        let device = Device::flex().autodiff();
        let mut network = Yolo::new(settings.backbone.layout(), run.source.classes().len(), settings.seed, &device);
        if let Some(path) = parameters.text("pretrained") {
            let path = Path::new(path);
            let other =
                network.load(weights::read(path)?, &device).map_err(|problem| LearningError::weights(path, problem))?;
            run.log_weights(path, other);
        }
        run.sink.log(&format!(
            "{} with an input of {} × {} pixels; {} objects; typical sizes {}",
            settings.backbone.name(),
            input[1],
            input[0],
            sizes.len(),
            anchors.iter().flatten().map(|[w, h]| format!("{w:.0}×{h:.0}")).collect::<Vec<_>>().join(", ")
        ));
        #[expect(clippy::cast_possible_truncation, reason = "Burn's settings are single precision")]
        let optimizer = AdamWConfig::new()
            .with_beta_1(settings.momentum as f32)
            .with_weight_decay(settings.weight_decay as f32)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(LONGEST_GRADIENT)))
            .init();
        let random = StdRng::seed_from_u64(settings.seed ^ 0x5EED);
        let averaged = network.valid();
        let images = train.0.len();
        let batches = images.div_ceil(settings.batch_size);
        let pace = Pace::new(run, settings.epochs(images), images, batches, settings.log_every);
        Ok(Self { reader, settings, input, anchors, device, network, averaged, optimizer, random, pace })
    }

    fn learn(&mut self, train: &Images, eval: &Images) -> Result<(), LearningError> {
        let run = self.reader.run;
        let epochs = self.pace.epochs;
        run.sink.log(&format!("{epochs} epochs of {} steps", self.pace.batches().len()));
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 epochs")]
        run.sink.log(&self.settings.rates(epochs as f64));
        for epoch in 0..epochs {
            self.pace.shuffle(&mut self.random);
            let mut losses = 0.0;
            for batch in self.pace.batches() {
                self.pace.go_on()?;
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53 epochs")]
                let rate = self.settings.rate_at(self.pace.epochs_before(epoch, batch), epochs as f64);
                let places = self.pace.batch(batch);
                let loss = self.learn_batch(train, &places, rate)?;
                losses += loss;
                let values = [(MetricName::Loss, loss), (MetricName::LearningRate, rate)];
                self.pace.stepped(epoch, batch, places.len(), &values);
            }
            #[expect(clippy::cast_precision_loss, reason = "a count of batches")]
            let mean = losses / self.pace.batches().len() as f64;
            run.sink.log(&format!("Epoch {} of {epochs}: loss {mean:.4}", epoch + 1));
            if self.pace.is_evaluation_due(epoch, self.settings.evaluate_every) && !eval.0.is_empty() {
                let evaluation = DetectionEvaluation::new(self.settings.score_threshold, self.evaluate(eval)?);
                let figure = evaluation.mean_average_precision(run.source.classes().len());
                self.pace.metric(MetricName::MeanAveragePrecision, figure);
                run.sink.log(&format!(
                    "Evaluated after epoch {}: mAP {figure:.4} on {} images",
                    epoch + 1,
                    eval.0.len()
                ));
            }
        }
        Ok(())
    }

    /// One step. Returns the loss.
    fn learn_batch(&mut self, images: &Images, places: &[usize], rate: f64) -> Result<f64, LearningError> {
        let scenes: Vec<_> = places.iter().filter_map(|&place| self.reader.get(&images.0[place])).collect();
        if scenes.is_empty() {
            return Ok(0.0);
        }
        let scenes: Vec<_> = scenes.iter().map(AsRef::as_ref).collect();
        let (pixels, targets) = augmented(&scenes, self.input, self.settings.flips, &mut self.random);
        let assigned = assign(&targets, &self.anchors, self.input);
        let predictions = self.network.forward(batch(pixels, self.input, &self.device));
        let loss = loss(predictions, &assigned, &self.device);
        let value = self.pace.descend(&mut self.network, &mut self.optimizer, &loss, rate)?;
        // At first the average is over few steps, so that it does not hang on to where the weights began.
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53 steps")]
        let begun = (1.0 + self.pace.step as f64) / (10.0 + self.pace.step as f64);
        self.averaged.follow(&self.network.valid(), begun.min(KEEP));
        Ok(value)
    }

    /// What the averaged network finds in `images`.
    fn evaluate(&self, images: &Images) -> Result<Vec<EvaluatedImage>, LearningError> {
        let device = Device::flex();
        let looking = Looking { least_score: LEAST_SCORE, most_overlap: self.settings.most_overlap };
        let mut evaluated = Vec::new();
        for images in images.0.chunks(EVALUATED_AT_ONCE) {
            self.pace.go_on()?;
            let readable: Vec<_> = images.iter().filter_map(|image| Some((image, self.reader.get(image)?))).collect();
            if readable.is_empty() {
                continue;
            }
            let (pixels, views): (Vec<_>, Vec<_>) = readable
                .par_iter()
                .map(|(_, scene)| {
                    let view = View::whole([scene.picture.width, scene.picture.height], self.input);
                    (view.pixels(&scene.picture, self.input), view)
                })
                .unzip();
            let predictions = self.averaged.forward(batch(pixels, self.input, &device));
            let found = decode(predictions, &self.anchors, looking);
            for (((image, scene), view), found) in readable.into_iter().zip(views).zip(found) {
                let size = [scene.picture.width, scene.picture.height];
                let found = found
                    .into_iter()
                    .map(|found| {
                        let inside = view.in_picture(&found.bounds, self.input, size);
                        FoundBox {
                            class: found.class,
                            edges: edges(&scaled(&inside, size, image.size_px)).map(hundredths),
                            score: found.score.into(),
                        }
                    })
                    .collect();
                let source = self.reader.run.source.items()[image.item].source.clone();
                let size_px = image.size_px.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
                evaluated.push(EvaluatedImage { source, size_px, truth: self.reader.truth(image), found });
            }
        }
        Ok(evaluated)
    }

    fn finish(
        &self,
        parts: &Parts,
        train: &Images,
        evaluated: &[Images],
        unreadable: u64,
    ) -> Result<TrainingOutcome, LearningError> {
        let run = self.reader.run;
        let mut images = Vec::new();
        for part in evaluated {
            images.extend(self.evaluate(part)?);
        }
        let detection = DetectionEvaluation::new(self.settings.score_threshold, images);
        let evaluation = Evaluation {
            classes: run.source.classes().to_vec(),
            trained_on: train.0.len() as u64,
            unlabeled: parts.unlabeled,
            unreadable,
            detection: Some(detection),
            ..Evaluation::default()
        };
        crate::learning::log_evaluation(run.sink, &evaluation);
        let details = Details {
            backbone: self.settings.backbone.name().to_owned(),
            input_height_px: self.input[0],
            input_width_px: self.input[1],
            anchors: self.anchors,
            score_threshold: self.settings.score_threshold,
            nms_iou: self.settings.most_overlap,
        };
        let model = ModelConfig {
            schema: ModelConfig::SCHEMA,
            algorithm: run.descriptor.name.to_owned(),
            classes: evaluation.classes.clone(),
            image_size: self.settings.image_size,
            normalization: None,
            parameters: run.request.parameters.clone(),
            evaluated_on: evaluation.evaluated(),
            refit: false,
            details: details.to_map(),
        };
        export::write(run.output, &model, &self.averaged.weights(), &evaluation)?;
        run.sink.log(&format!("Wrote {}/{WEIGHTS_FILE}", export::MODEL_FOLDER));
        run.sink.progress(1.0);
        Ok(TrainingOutcome { evaluation, epochs: self.pace.epochs_done, steps: self.pace.step })
    }
}

/// Bounds in a picture of width and height `from`, in the same picture of width and height `to`.
#[expect(clippy::cast_precision_loss, reason = "sides of pictures")]
pub(super) fn scaled(bounds: &Bounds, from: [usize; 2], to: [usize; 2]) -> Bounds {
    let place = |point: [f64; 2]| [0, 1].map(|axis| point[axis] * to[axis] as f64 / from[axis] as f64);
    Bounds { min: place(bounds.min), max: place(bounds.max) }
}
