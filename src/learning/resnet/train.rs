//! The training loop of ResNet-50.

use super::network::ResNet50;
use super::optimizer::Descent;
use super::schedule::{Advice, Cycle, Decay, Patience, Strategy};
use super::{DEFAULT_IMAGE_SIZE_PX, IMAGENET_DEVIATION, IMAGENET_MEAN};
use crate::domain::evaluation::{Evaluated, Evaluation, Metric, MetricName};
use crate::learning::error::LearningError;
use crate::learning::export::{self, ModelConfig, Normalization, WEIGHTS_FILE};
use crate::learning::images::{Picture, decode, load};
use crate::learning::parameters::Parameters;
use crate::learning::split::{Example, Split, SplitSpec, split};
use crate::learning::weights::{self, Values};
use crate::learning::{Run, TrainingOutcome, best, softmax};
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::borrow::Cow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Decoded images are kept in memory up to this size; further ones are read again in every epoch.
const KEPT_PICTURES_BYTES: u64 = 2 << 30;
/// Runs of no more steps report every one of them.
const SHORT_RUN_STEPS: u64 = 2_000;
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

/// Makes batches of images.
#[derive(Clone, Debug)]
pub(super) struct Batcher {
    side: usize,
    mean: [f32; 3],
    deviation: [f32; 3],
}

impl Batcher {
    /// Batches of images of `side` by `side` pixels.
    pub(super) fn new(side: usize, normalization: Option<&Normalization>) -> Self {
        match normalization {
            Some(given) => Self { side, mean: given.mean, deviation: given.standard_deviation },
            None => Self { side, mean: IMAGENET_MEAN, deviation: IMAGENET_DEVIATION },
        }
    }

    /// A picture a little larger than what the network sees (256 for 224), so that it can be cropped.
    pub(super) fn prepared(&self, picture: &Picture) -> Picture {
        picture.shorter_side((self.side * 8).div_ceil(7))
    }

    /// The middles of prepared `pictures`, as `[batch, 3, side, side]`.
    pub(super) fn centred(&self, pictures: &[&Picture], device: &Device) -> Tensor<4> {
        let places = pictures.iter().map(|p| ((p.width - self.side) / 2, (p.height - self.side) / 2, false));
        self.batch(pictures, places, device)
    }

    /// Parts of prepared `pictures` chosen at random, some of them mirrored, as `[batch, 3, side, side]`.
    fn augmented(&self, pictures: &[&Picture], random: &mut StdRng, device: &Device) -> Tensor<4> {
        let places = pictures.iter().map(|p| {
            let (left, top) =
                (random.random_range(0..=p.width - self.side), random.random_range(0..=p.height - self.side));
            (left, top, random.random::<bool>())
        });
        self.batch(pictures, places, device)
    }

    fn batch(
        &self,
        pictures: &[&Picture],
        places: impl Iterator<Item = (usize, usize, bool)>,
        device: &Device,
    ) -> Tensor<4> {
        let side = self.side;
        let mut values = Vec::with_capacity(pictures.len() * 3 * side * side);
        for (picture, (left, top, mirrored)) in pictures.iter().zip(places) {
            for channel in 0..3 {
                let (scale, mean) =
                    (1.0 / (255.0 * self.deviation[channel]), self.mean[channel] / self.deviation[channel]);
                for y in top..top + side {
                    let row = &picture.pixels[3 * (y * picture.width + left)..][..3 * side];
                    let normal = |pixel: &[u8]| f32::from(pixel[channel]) * scale - mean;
                    if mirrored {
                        values.extend(row.chunks_exact(3).rev().map(normal));
                    } else {
                        values.extend(row.chunks_exact(3).map(normal));
                    }
                }
            }
        }
        Tensor::from_data(TensorData::new(values, [pictures.len(), 3, side, side]), device)
    }
}

/// Rows of probabilities, one an image.
pub(super) fn probabilities(scores: Tensor<2>) -> Vec<Vec<f64>> {
    let [_, classes] = scores.dims();
    let scores = scores.into_data().try_into_vec::<f32>().unwrap_or_default();
    scores
        .chunks_exact(classes)
        .map(|row| softmax(&row.iter().map(|&score| score.into()).collect::<Vec<_>>()))
        .collect()
}

/// The images of one part of the split.
struct Images {
    examples: Vec<Example>,
    /// `None` where memory did not suffice.
    kept: Vec<Option<Picture>>,
}

/// The parameters as what they mean.
struct Settings {
    spec: SplitSpec,
    seed: u64,
    batch_size: usize,
    eval_batch_size: usize,
    epochs: u64,
    evaluate_every: u64,
    log_every: u64,
    save_interval: Duration,
    strategy: Strategy,
    cycle: Option<Cycle>,
    dynamic_momentum: Option<(f64, f64)>,
    patience: Patience,
    image_size: usize,
}

impl Settings {
    fn read(parameters: Parameters<'_>, request_seed: u64) -> Result<Self, LearningError> {
        let number = |name: &str| parameters.get::<f64>(name, "number");
        let whole = |name: &str| parameters.get::<u64>(name, "whole-number");
        let size = |name: &str| parameters.get::<usize>(name, "whole-number");
        let dynamic =
            parameters.text("optimizer").is_some_and(|name| name.to_ascii_lowercase().starts_with("dymomentum"));
        let decay = match parameters.text("use_lr_schedule").map(str::to_ascii_lowercase).as_deref() {
            Some("lcd") => Some(Decay::LinearCosine),
            Some("poly") => Some(Decay::Polynomial),
            _ => dynamic.then_some(Decay::Linear),
        };
        let cycle = decay
            .map(|decay| {
                Ok::<_, LearningError>(Cycle {
                    decay,
                    max: number("max_lr")?,
                    min: number("min_lr")?,
                    warmup: number("warmup")?,
                    start: number("cooldown")?,
                    exponential: parameters
                        .text("lr_warmup_strategy")
                        .is_some_and(|name| name.eq_ignore_ascii_case("exponential")),
                })
            })
            .transpose()?;
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers of epochs")]
        let patience = Patience::new(
            whole("patience")? as f64,
            whole("decay_patience")? as u32,
            number("min_delta")?,
            number("decay_min_delta")?,
        );
        Ok(Self {
            spec: parameters.get("split_spec", SplitSpec::EXPECTED)?,
            seed: parameters.optional("seed", "whole-number")?.unwrap_or(request_seed),
            batch_size: size("batch_size")?,
            eval_batch_size: size("eval_batch_size")?,
            epochs: whole("max_epoches")?,
            evaluate_every: whole("evaluate_every_n_epochs")?,
            log_every: whole("log_every_n_steps")?,
            save_interval: Duration::from_secs(whole("save_interval_secs")?),
            strategy: parameters.get("learning_rate_strategy", Strategy::EXPECTED)?,
            cycle,
            dynamic_momentum: if dynamic { Some((number("min_mom")?, number("max_mom")?)) } else { None },
            patience,
            image_size: parameters.optional("image_size", "whole-number-or-none")?.unwrap_or(DEFAULT_IMAGE_SIZE_PX),
        })
    }
}

/// Checks completed parameters as [`train`] reads them.
pub(super) fn check(parameters: Parameters<'_>) -> Result<(), LearningError> {
    Settings::read(parameters, 0).map(drop)
}

/// One of the optimisers, and what must be set between steps.
fn optimizer(parameters: Parameters<'_>) -> Result<(ModuleOptimizer, Descent), LearningError> {
    let weight_decay: f64 = parameters.get("weight_decay", "number")?;
    let momentum: f64 = parameters.get("momentum", "number")?;
    let name = parameters.text("optimizer").unwrap_or("momentum").to_ascii_lowercase();
    let momentum = if name == "sgd" { 0.0 } else { momentum };
    let mut descent = Descent::new(momentum, parameters.boolean("use_nesterov"), weight_decay);
    descent.layer_wise = parameters.boolean("use_lars");
    descent.decoupled = name == "dymomentumw";
    if name == "adam" {
        #[expect(clippy::cast_possible_truncation, reason = "Burn's decay is single precision")]
        let decay = WeightDecayConfig { penalty: weight_decay as f32 };
        return Ok((AdamConfig::new().with_epsilon(1e-8).with_weight_decay(Some(decay)).init(), descent));
    }
    Ok((ModuleOptimizer::from(descent.clone()), descent))
}

/// Trains by the request of `run`.
pub(super) fn train(run: &Run<'_>) -> Result<TrainingOutcome, LearningError> {
    let parameters = Parameters::new(run.descriptor, &run.request.parameters);
    let settings = Settings::read(parameters, run.request.seed)?;
    if let Some(names) = parameters.without_effect() {
        run.sink.log(&format!("Without effect on this machine: {names}"));
    }
    let several = run.request.allow_several_labels || parameters.boolean("several_labels");
    let split = split(run.source.items(), settings.spec, settings.seed, several)?;
    run.sink.log(&format!(
        "{} images to train on, {} to evaluate while training, {} only at the end; {}",
        split.train.len(),
        split.eval.len(),
        split.test.len(),
        split.left_out()
    ));
    let batcher = Batcher::new(settings.image_size, None);
    let mut trainer = Trainer::new(run, parameters, settings, batcher)?;
    let (train, eval, test, unreadable) = trainer.read_images(&split)?;
    trainer.learn(&train, &eval)?;
    trainer.finish(&split, &train, &eval, &test, unreadable)
}

struct Trainer<'a> {
    run: &'a Run<'a>,
    settings: Settings,
    batcher: Batcher,
    device: Device,
    network: ResNet50,
    optimizer: ModuleOptimizer,
    descent: Descent,
    random: StdRng,
    step: u64,
    epochs_done: f64,
    /// What the strategy's rate is multiplied by, once it no longer helps.
    lowered: f64,
    /// Batches that the statistics of loaded weights were taken from.
    batches_before: i64,
}

impl<'a> Trainer<'a> {
    fn new(
        run: &'a Run<'a>,
        parameters: Parameters<'_>,
        settings: Settings,
        batcher: Batcher,
    ) -> Result<Self, LearningError> {
        let device = Device::flex().autodiff();
        let mut network = ResNet50::new(run.source.classes().len(), settings.seed, &device);
        let mut batches_before = 0;
        if let Some(path) = parameters.text("pretrained") {
            let path = Path::new(path);
            let weights = weights::read(path)?;
            if let Some(Values::I64(batches)) = weights.get("bn1.num_batches_tracked").map(|tensor| &tensor.values) {
                batches_before = batches.first().copied().unwrap_or(0);
            }
            let other = network.load(weights, &device).map_err(|problem| LearningError::weights(path, problem))?;
            run.sink.log(&format!("Started from the weights in {}", path.display()));
            if let Some(shape) = other {
                run.sink.log(&format!(
                    "The last layer starts anew: the weights have fc.weight of shape {shape:?}, the dataset {} classes",
                    run.source.classes().len()
                ));
            }
        }
        let (optimizer, descent) = optimizer(parameters)?;
        let random = StdRng::seed_from_u64(settings.seed ^ 0x5EED);
        let (step, epochs_done, lowered) = (0, 0.0, 1.0);
        Ok(Self {
            run,
            settings,
            batcher,
            device,
            network,
            optimizer,
            descent,
            random,
            step,
            epochs_done,
            lowered,
            batches_before,
        })
    }

    fn read_images(&self, split: &Split) -> Result<(Images, Images, Images, u64), LearningError> {
        let all: Vec<Example> = [&split.train, &split.eval, &split.test].into_iter().flatten().copied().collect();
        let bytes = AtomicU64::new(0);
        let (sink, cancel) = (self.run.sink, self.run.cancel);
        let loaded = load(self.run.source, &all, sink, cancel, &|part| sink.progress(part * 0.02), |_, picture| {
            let picture = self.batcher.prepared(&picture);
            let size = picture.pixels.len() as u64;
            (bytes.fetch_add(size, Ordering::Relaxed) + size <= KEPT_PICTURES_BYTES).then_some(picture)
        })?;
        let mut parts = [const { Images { examples: Vec::new(), kept: Vec::new() } }; 3];
        // An item stands in one part only, so the sorted parts tell where it belongs.
        let in_part = |part: &[Example], example: &Example| {
            part.binary_search_by_key(&(example.item, example.class), |e| (e.item, e.class)).is_ok()
        };
        for (example, picture) in loaded.examples.iter().zip(loaded.values) {
            let part = if in_part(&split.train, example) {
                0
            } else if in_part(&split.eval, example) {
                1
            } else {
                2
            };
            parts[part].examples.push(*example);
            parts[part].kept.push(picture);
        }
        let [train, eval, test] = parts;
        if train.examples.len() < 2 {
            let left_out = format!("{} unreadable; {}", loaded.unreadable, split.left_out());
            return Err(LearningError::TooFewImages { usable: train.examples.len(), needed: 2, left_out });
        }
        Ok((train, eval, test, loaded.unreadable))
    }

    /// The prepared pictures at `places` with their classes; one that can no longer be read is missing.
    fn pictures<'p>(&self, images: &'p Images, places: &[usize]) -> Vec<(usize, Cow<'p, Picture>)> {
        let read_again = |place: usize| {
            let bytes = self.run.source.bytes(images.examples[place].item).ok()?;
            Some(Cow::Owned(self.batcher.prepared(&decode(&bytes).ok()?)))
        };
        places
            .iter()
            .filter_map(|&place| match &images.kept[place] {
                Some(picture) => Some((place, Cow::Borrowed(picture))),
                None => Some((place, read_again(place)?)),
            })
            .collect()
    }

    fn learn(&mut self, train: &Images, eval: &Images) -> Result<(), LearningError> {
        let count = train.examples.len();
        // Even batches of at least two: normalisation over a single value is undefined.
        let batches = count.div_ceil(self.settings.batch_size).min(count / 2).max(1);
        let total_steps = self.settings.epochs * batches as u64;
        let report_every = if total_steps <= SHORT_RUN_STEPS { 1 } else { self.settings.log_every };
        let mut saved = Instant::now();
        let mut order: Vec<usize> = (0..count).collect();
        for epoch in 0..self.settings.epochs {
            order.shuffle(&mut self.random);
            let mut seen = Running::default();
            for batch in 0..batches {
                if self.run.cancel.is_cancelled() {
                    return Err(LearningError::Cancelled);
                }
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53 steps")]
                let (epochs, done) =
                    (epoch as f64 + batch as f64 / batches as f64, self.step as f64 / total_steps as f64);
                let rate = self.rate(epochs, done);
                let places = &order[batch * count / batches..(batch + 1) * count / batches];
                let (loss, right, size) = self.learn_batch(train, places, rate)?;
                seen.add(loss, right, size);
                self.step += 1;
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53 steps")]
                {
                    self.epochs_done = epoch as f64 + (batch + 1) as f64 / batches as f64;
                    self.run.sink.progress(0.02 + 0.96 * self.step as f64 / total_steps as f64);
                }
                if self.step.is_multiple_of(report_every) {
                    self.metric(MetricName::Loss, loss);
                    #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
                    self.metric(MetricName::Accuracy, right as f64 / size.max(1) as f64);
                    self.metric(MetricName::LearningRate, rate);
                }
                if self.step.is_multiple_of(self.settings.log_every) {
                    self.run.sink.log(&format!(
                        "Step {}, epoch {:.2}: loss {loss:.4}, learning rate {rate}",
                        self.step, self.epochs_done
                    ));
                }
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
            let due = (epoch + 1).is_multiple_of(self.settings.evaluate_every) || epoch + 1 == self.settings.epochs;
            if due {
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
    fn learn_batch(&mut self, images: &Images, places: &[usize], rate: f64) -> Result<(f64, u64, u64), LearningError> {
        let pictures = self.pictures(images, places);
        if pictures.len() < 2 {
            return Ok((0.0, 0, 0));
        }
        let (classes, targets) = targets(images, pictures.iter().map(|(place, _)| *place), &self.device);
        let pictures: Vec<&Picture> = pictures.iter().map(|(_, picture)| picture.as_ref()).collect();
        let batch = self.batcher.augmented(&pictures, &mut self.random, &self.device);
        let scores = self.network.forward(batch);
        let rows = probabilities(scores.clone().detach());
        let right = rows.iter().zip(&classes).filter(|(row, class)| best(row).0 == **class).count() as u64;
        let loss = CrossEntropyLossConfig::new().init(&self.device).forward(scores, targets);
        let value = f64::from(loss.clone().into_scalar::<f32>());
        if !value.is_finite() {
            let (step, loss) = (self.step + 1, value.to_string());
            return Err(LearningError::Diverged { step, loss, learning_rate: rate });
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        Ok((value, right, places.len() as u64))
    }

    /// Measures the normalisation's statistics with the weights of now, over a part of the training images: the plain
    /// mean over batches (“precise batch normalisation”, Wu and Johnson 2021).
    fn measure_statistics(&mut self, train: &Images) -> Result<(), LearningError> {
        if self.batches_before > 0 || self.step > LAGGING_STEPS {
            return Ok(());
        }
        let mut places: Vec<usize> = (0..train.examples.len()).collect();
        places.shuffle(&mut StdRng::seed_from_u64(self.settings.seed ^ self.step));
        places.truncate(MEASURED_IMAGES);
        let mut measured = 0_u32;
        for places in places.chunks(self.settings.batch_size.max(2)) {
            if self.run.cancel.is_cancelled() {
                return Err(LearningError::Cancelled);
            }
            let pictures = self.pictures(train, places);
            if pictures.len() < 2 {
                continue;
            }
            let batch: Vec<&Picture> = pictures.iter().map(|(_, picture)| picture.as_ref()).collect();
            let batch = self.batcher.centred(&batch, &self.device);
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
        self.metric(MetricName::EvalLoss, loss);
        self.metric(MetricName::EvalAccuracy, accuracy);
        self.run.sink.log(&format!(
            "Evaluated after epoch {:.0}: loss {loss:.4}, accuracy {:.1} % of {}",
            self.epochs_done,
            100.0 * accuracy,
            evaluated.len()
        ));
        match self.settings.patience.observe(self.epochs_done, accuracy) {
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
            if self.run.cancel.is_cancelled() {
                return Err(LearningError::Cancelled);
            }
            let pictures = self.pictures(images, places);
            if pictures.is_empty() {
                continue;
            }
            let batch: Vec<&Picture> = pictures.iter().map(|(_, picture)| picture.as_ref()).collect();
            let rows = probabilities(network.forward(self.batcher.centred(&batch, &device)));
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
        eval: &Images,
        test: &Images,
        unreadable: u64,
    ) -> Result<TrainingOutcome, LearningError> {
        let mut samples = self.evaluate(eval)?.0;
        samples.extend(self.evaluate(test)?.0);
        let mut trained: Vec<usize> = train.examples.iter().map(|example| example.item).collect();
        trained.dedup();
        let evaluation = Evaluation {
            classes: self.run.source.classes().to_vec(),
            samples,
            trained_on: trained.len() as u64,
            several_labels: split.several_labels,
            unlabeled: split.unlabeled,
            unreadable,
            detection: None,
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
        Ok(TrainingOutcome { evaluation, epochs: self.epochs_done, steps: self.step })
    }

    fn weights(&self) -> weights::Weights {
        self.network.weights(self.batches_before.saturating_add_unsigned(self.step))
    }

    fn metric(&self, name: MetricName, value: f64) {
        self.run.sink.metric(Metric { name, step: self.step, epoch: self.epochs_done, value });
    }
}

fn targets(images: &Images, places: impl Iterator<Item = usize>, device: &Device) -> (Vec<usize>, Tensor<1, Int>) {
    let classes: Vec<usize> = places.map(|place| images.examples[place].class).collect();
    let numbers: Vec<i64> = classes.iter().map(|&class| i64::try_from(class).unwrap_or(i64::MAX)).collect();
    let count = numbers.len();
    (classes, Tensor::from_data(TensorData::new(numbers, [count]), device))
}

/// Means over the images of an epoch.
#[derive(Default)]
struct Running {
    loss: f64,
    right: u64,
    count: u64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of images")]
impl Running {
    fn add(&mut self, loss: f64, right: u64, size: u64) {
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
