//! The training loop of ResNet-50.

use super::batches::{Batcher, probabilities, targets};
use super::network::ResNet50;
use super::optimizer::Descent;
use super::samples::{Images, Reader};
use super::schedule::Advice;
use super::settings::{Settings, optimizer};
use super::{IMAGENET_DEVIATION, IMAGENET_MEAN};
use crate::domain::evaluation::{Evaluated, Evaluation, MetricName};
use crate::learning::error::LearningError;
use crate::learning::export::{self, ModelConfig, Normalization, WEIGHTS_FILE};
use crate::learning::images::Picture;
use crate::learning::pace::Pace;
use crate::learning::parameters::Parameters;
use crate::learning::split::{Example, Split, split};
use crate::learning::weights::{self, Values};
use crate::learning::{Run, TrainingOutcome, best};
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::ModuleOptimizer;
use burn::tensor::Device;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::path::Path;
use std::time::Instant;

/// What a lowered learning rate is multiplied by.
const LOWERED: f64 = 0.1;
/// Which part of the running statistics a batch replaces, as in PyTorch.
const STATISTICS_MOMENTUM: f64 = 0.1;
/// From scratch, weights change so fast at first that running statistics lag behind them, and an evaluation by them
/// judges another network. Until so many steps are done, they are measured anew before each evaluation.
const LAGGING_STEPS: u64 = 500;
/// How many training images they are measured on.
const MEASURED_IMAGES: usize = 256;
/// Weights saved in the middle of a run, beside the model folder.
const CHECKPOINT_FILE: &str = "checkpoint.safetensors";

/// Trains by the request of `run`.
pub(super) fn train(run: &Run<'_>) -> Result<TrainingOutcome, LearningError> {
    let parameters = Parameters::new(run.descriptor, &run.request.parameters);
    let settings = Settings::read(parameters, run.request.seed)?;
    run.log_without_effect(parameters);
    let several = run.request.allow_several_labels || parameters.boolean("several_labels");
    let split = split(run.source.items(), settings.spec, settings.seed, several)?;
    run.sink.log(&format!(
        "{} images to train on, {} to evaluate while training, {} only at the end; {}",
        split.train.len(),
        split.eval.len(),
        split.test.len(),
        split.left_out()
    ));
    let reader = Reader { run, batcher: Batcher::new(settings.image_size, None) };
    // Before the images are read: weights that do not fit are told of at once.
    let begun = Begun::new(run, parameters, settings.seed)?;
    let ([train, eval, test], unreadable) = reader.read(&split)?;
    let mut trainer = Trainer::new(reader, parameters, settings, begun, train.examples.len())?;
    trainer.learn(&train, &eval)?;
    trainer.finish(&split, &train, &[eval, test], unreadable)
}

/// The network before the first step.
struct Begun {
    device: Device,
    network: ResNet50,
    /// Batches that the statistics of loaded weights were taken from.
    batches_before: i64,
}

impl Begun {
    fn new(run: &Run<'_>, parameters: Parameters<'_>, seed: u64) -> Result<Self, LearningError> {
        let device = Device::flex().autodiff();
        let mut network = ResNet50::new(run.source.classes().len(), seed, &device);
        let mut batches_before = 0;
        if let Some(path) = parameters.text("pretrained") {
            let path = Path::new(path);
            let weights = weights::read(path)?;
            if let Some(Values::I64(batches)) = weights.get("bn1.num_batches_tracked").map(|tensor| &tensor.values) {
                batches_before = batches.first().copied().unwrap_or(0);
            }
            let other = network.load(weights, &device).map_err(|problem| LearningError::weights(path, problem))?;
            run.log_weights(path, other);
        }
        Ok(Self { device, network, batches_before })
    }
}

struct Trainer<'a> {
    run: &'a Run<'a>,
    reader: Reader<'a>,
    settings: Settings,
    device: Device,
    network: ResNet50,
    optimizer: ModuleOptimizer,
    descent: Descent,
    random: StdRng,
    pace: Pace<'a>,
    /// What the strategy's rate is multiplied by, once it no longer helps.
    lowered: f64,
    batches_before: i64,
}

impl<'a> Trainer<'a> {
    fn new(
        reader: Reader<'a>,
        parameters: Parameters<'_>,
        settings: Settings,
        begun: Begun,
        images: usize,
    ) -> Result<Self, LearningError> {
        let (optimizer, descent) = optimizer(parameters)?;
        let random = StdRng::seed_from_u64(settings.seed ^ 0x5EED);
        // Even batches of at least two: normalisation over a single value is undefined.
        let batches = images.div_ceil(settings.batch_size).min(images / 2);
        let run = reader.run;
        let pace = Pace::new(run, settings.epochs, images, batches, settings.log_every);
        let Begun { device, network, batches_before } = begun;
        let lowered = 1.0;
        Ok(Self { run, reader, settings, device, network, optimizer, descent, random, pace, lowered, batches_before })
    }

    fn learn(&mut self, train: &Images, eval: &Images) -> Result<(), LearningError> {
        let mut saved = Instant::now();
        for epoch in 0..self.settings.epochs {
            self.pace.shuffle(&mut self.random);
            let mut seen = Running::default();
            for batch in self.pace.batches() {
                self.pace.go_on()?;
                let rate = self.rate(self.pace.epochs_before(epoch, batch), self.pace.done());
                let (loss, right, size) = self.learn_batch(train, &self.pace.batch(batch), rate)?;
                seen.add(loss, right, size);
                #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
                let accuracy = right as f64 / size.max(1) as f64;
                let values =
                    [(MetricName::Loss, loss), (MetricName::Accuracy, accuracy), (MetricName::LearningRate, rate)];
                self.pace.stepped(epoch, batch, size, &values);
                if saved.elapsed() >= self.settings.save_interval {
                    weights::write(&self.run.output.join(CHECKPOINT_FILE), &self.weights())?;
                    self.run.sink.log(&format!("Saved the weights so far as {CHECKPOINT_FILE}"));
                    saved = Instant::now();
                }
            }
            self.run.sink.log(&format!(
                "Epoch {} of {}: loss {:.4}, accuracy {:.1} %",
                epoch + 1,
                self.settings.epochs,
                seen.loss(),
                100.0 * seen.accuracy()
            ));
            if self.pace.is_evaluation_due(epoch, self.settings.evaluate_every) {
                self.measure_statistics(train)?;
                if !eval.examples.is_empty() && self.watch(eval)? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The learning rate after `epochs` when `done`, 0 to 1, of all steps are done; sets the momentum that goes with it.
    fn rate(&self, epochs: f64, done: f64) -> f64 {
        let Some(cycle) = &self.settings.cycle else { return self.settings.strategy.at(epochs) * self.lowered };
        let rate = cycle.at(done) * self.lowered;
        if let Some((least, most)) = self.settings.dynamic_momentum {
            self.descent.set_momentum(cycle.momentum(rate, least, most));
        }
        rate
    }

    /// One step. Returns the loss, how many images were right, and how many there were.
    fn learn_batch(
        &mut self,
        images: &Images,
        places: &[usize],
        rate: f64,
    ) -> Result<(f64, usize, usize), LearningError> {
        let pictures = self.reader.pictures(images, places);
        if pictures.len() < 2 {
            return Ok((0.0, 0, 0));
        }
        let classes: Vec<usize> = pictures.iter().map(|(place, _)| images.examples[*place].class).collect();
        let pictures: Vec<&Picture> = pictures.iter().map(|(_, picture)| picture.as_ref()).collect();
        let batch = self.reader.batcher.augmented(&pictures, &mut self.random, &self.device);
        let scores = self.network.forward(batch);
        let rows = probabilities(scores.clone().detach());
        let right = rows.iter().zip(&classes).filter(|(row, class)| best(row).0 == **class).count();
        let wanted = targets(&classes, &self.device);
        let loss = CrossEntropyLossConfig::new().init(&self.device).forward(scores, wanted);
        let value = self.pace.descend(&mut self.network, &mut self.optimizer, &loss, rate)?;
        Ok((value, right, classes.len()))
    }

    /// Measures the normalisation's statistics with the weights of now, over a part of the training images: the plain
    /// mean over batches (“precise batch normalisation”, Wu and Johnson 2021).
    fn measure_statistics(&mut self, train: &Images) -> Result<(), LearningError> {
        if self.batches_before > 0 || self.pace.step > LAGGING_STEPS {
            return Ok(());
        }
        let mut places: Vec<usize> = (0..train.examples.len()).collect();
        places.shuffle(&mut StdRng::seed_from_u64(self.settings.seed ^ self.pace.step));
        places.truncate(MEASURED_IMAGES);
        let mut measured = 0_u32;
        for places in places.chunks(self.settings.batch_size.max(2)) {
            self.pace.go_on()?;
            let pictures = self.reader.pictures(train, places);
            if pictures.len() < 2 {
                continue;
            }
            let batch: Vec<&Picture> = pictures.iter().map(|(_, picture)| picture.as_ref()).collect();
            let batch = self.reader.batcher.centred(&batch, &self.device);
            self.network.set_statistics_momentum(1.0 / f64::from(measured + 1));
            // On the differentiating device, a forward pass takes the batch into the statistics; the result is of no use.
            drop(self.network.forward(batch));
            measured += 1;
        }
        self.network.set_statistics_momentum(STATISTICS_MOMENTUM);
        Ok(())
    }

    /// Evaluates while training; true if training should stop.
    fn watch(&mut self, eval: &Images) -> Result<bool, LearningError> {
        let (evaluated, loss) = self.evaluate(eval)?;
        #[expect(clippy::cast_precision_loss, reason = "a count of images")]
        let accuracy =
            evaluated.iter().filter(|e| e.label == e.predicted).count() as f64 / evaluated.len().max(1) as f64;
        self.pace.metric(MetricName::EvalLoss, loss);
        self.pace.metric(MetricName::EvalAccuracy, accuracy);
        self.run.sink.log(&format!(
            "Evaluated after epoch {:.0}: loss {loss:.4}, accuracy {:.1} % of {}",
            self.pace.epochs_done,
            100.0 * accuracy,
            evaluated.len()
        ));
        match self.settings.patience.observe(self.pace.epochs_done, accuracy) {
            Advice::GoOn => {}
            Advice::Lower => {
                self.lowered *= LOWERED;
                self.run.sink.log("The accuracy no longer grows: the learning rate falls to a tenth");
            }
            Advice::Stop => {
                self.run.sink.log("The accuracy no longer grows: training ends here");
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the network makes of `images`, and the mean loss.
    fn evaluate(&self, images: &Images) -> Result<(Vec<Evaluated>, f64), LearningError> {
        let network = self.network.valid();
        let device = Device::flex();
        let all: Vec<usize> = (0..images.examples.len()).collect();
        let mut evaluated = Vec::new();
        let mut loss = 0.0;
        for places in all.chunks(self.settings.eval_batch_size) {
            self.pace.go_on()?;
            let pictures = self.reader.pictures(images, places);
            if pictures.is_empty() {
                continue;
            }
            let batch: Vec<&Picture> = pictures.iter().map(|(_, picture)| picture.as_ref()).collect();
            let rows = probabilities(network.forward(self.reader.batcher.centred(&batch, &device)));
            for ((place, _), row) in pictures.iter().zip(rows) {
                let Example { item, class } = images.examples[*place];
                let (predicted, confidence) = best(&row);
                loss -= row[class].max(f64::MIN_POSITIVE).ln();
                let source = self.run.source.items()[item].source.clone();
                evaluated.push(Evaluated { source, label: class, predicted, confidence });
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of images")]
        let loss = loss / evaluated.len().max(1) as f64;
        Ok((evaluated, loss))
    }

    fn finish(
        &self,
        split: &Split,
        train: &Images,
        evaluated: &[Images],
        unreadable: u64,
    ) -> Result<TrainingOutcome, LearningError> {
        let mut samples = Vec::new();
        for part in evaluated {
            samples.extend(self.evaluate(part)?.0);
        }
        let mut trained: Vec<usize> = train.examples.iter().map(|example| example.item).collect();
        trained.dedup();
        let evaluation = Evaluation {
            classes: self.run.source.classes().to_vec(),
            samples,
            trained_on: trained.len() as u64,
            several_labels: split.several_labels,
            unlabeled: split.unlabeled,
            unreadable,
            ..Evaluation::default()
        };
        crate::learning::log_evaluation(self.run.sink, &evaluation);
        let model = ModelConfig {
            schema: ModelConfig::SCHEMA,
            algorithm: self.run.descriptor.name.to_owned(),
            classes: evaluation.classes.clone(),
            image_size: self.settings.image_size,
            normalization: Some(Normalization { mean: IMAGENET_MEAN, standard_deviation: IMAGENET_DEVIATION }),
            parameters: self.run.request.parameters.clone(),
            evaluated_on: evaluation.samples.len(),
            refit: false,
            details: serde_json::Map::new(),
        };
        export::write(self.run.output, &model, &self.weights(), &evaluation)?;
        self.run.sink.log(&format!("Wrote {}/{WEIGHTS_FILE} in torchvision's names", export::MODEL_FOLDER));
        self.run.sink.progress(1.0);
        Ok(TrainingOutcome { evaluation, epochs: self.pace.epochs_done, steps: self.pace.step })
    }

    fn weights(&self) -> weights::Weights {
        self.network.weights(self.batches_before.saturating_add_unsigned(self.pace.step))
    }
}

/// Means over the images of an epoch.
#[derive(Default)]
struct Running {
    loss: f64,
    right: usize,
    count: usize,
}

#[expect(clippy::cast_precision_loss, reason = "counts of images")]
impl Running {
    fn add(&mut self, loss: f64, right: usize, size: usize) {
        self.loss += loss * size as f64;
        self.right += right;
        self.count += size;
    }

    fn loss(&self) -> f64 {
        self.loss / self.count.max(1) as f64
    }

    fn accuracy(&self) -> f64 {
        self.right as f64 / self.count.max(1) as f64
    }
}
