//! What every training loop of passes and steps does the same: the order of the images, progress, points of curves,
//! and a step down the gradient.

use super::Run;
use super::error::LearningError;
use crate::domain::evaluation::{Metric, MetricName};
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Tensor;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::ops::Range;
use std::time::Instant;

/// Runs of no more steps report every one of them.
const SHORT_RUN_STEPS: u64 = 2_000;
/// What reading the images takes of the whole, for display.
const READING: f64 = 0.02;
/// Where the last step stands; evaluating and writing come after it.
const LEARNED: f64 = 0.98;

/// How far a run is.
pub(crate) struct Pace<'a> {
    run: &'a Run<'a>,
    log_every: u64,
    /// Passes over the images.
    pub(crate) epochs: u64,
    /// Steps of a pass.
    batches: usize,
    /// Steps done.
    pub(crate) step: u64,
    /// Passes done.
    pub(crate) epochs_done: f64,
    /// Indices of the images as they are shown in this pass.
    order: Vec<usize>,
    /// Images shown since the last line of the log, and when that was.
    shown: usize,
    since: Instant,
}

impl<'a> Pace<'a> {
    /// At the beginning of `epochs` passes over `images` images in `batches` steps each.
    pub(crate) fn new(run: &'a Run<'a>, epochs: u64, images: usize, batches: usize, log_every: u64) -> Self {
        let (order, since) = ((0..images).collect(), Instant::now());
        Self { run, log_every, epochs, batches: batches.max(1), step: 0, epochs_done: 0.0, order, shown: 0, since }
    }

    /// Begins a pass in another order.
    pub(crate) fn shuffle(&mut self, random: &mut StdRng) {
        self.order.shuffle(random);
    }

    /// The steps of a pass.
    pub(crate) fn batches(&self) -> Range<usize> {
        0..self.batches
    }

    /// Indices of the images of a step; all steps have as many, or one more.
    pub(crate) fn batch(&self, batch: usize) -> Vec<usize> {
        let count = self.order.len();
        self.order[batch * count / self.batches..(batch + 1) * count / self.batches].to_vec()
    }

    /// Passes done before a step, a fraction too.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 passes")]
    pub(crate) fn epochs_before(&self, epoch: u64, batch: usize) -> f64 {
        epoch as f64 + batch as f64 / self.batches as f64
    }

    /// The part of all steps that is done, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53 steps")]
    pub(crate) fn done(&self) -> f64 {
        self.step as f64 / (self.epochs as f64 * self.batches as f64).max(1.0)
    }

    /// Whether the images that are kept aside are to be looked at after a pass.
    pub(crate) fn is_evaluation_due(&self, epoch: u64, every: u64) -> bool {
        (epoch + 1).is_multiple_of(every) || epoch + 1 == self.epochs
    }

    /// # Errors
    /// If somebody asked to stop.
    pub(crate) fn go_on(&self) -> Result<(), LearningError> {
        if self.run.cancel.is_cancelled() { Err(LearningError::Cancelled) } else { Ok(()) }
    }

    /// A step is done that saw `images` images: tells progress, now and then points of the curves and a line.
    pub(crate) fn stepped(&mut self, epoch: u64, batch: usize, images: usize, values: &[(MetricName, f64)]) {
        self.step += 1;
        self.shown += images;
        self.epochs_done = self.epochs_before(epoch, batch + 1);
        self.run.sink.progress(READING + (LEARNED - READING) * self.done());
        let total = self.epochs * self.batches as u64;
        if total <= SHORT_RUN_STEPS || self.step.is_multiple_of(self.log_every) {
            for (name, value) in values {
                self.metric(*name, *value);
            }
        }
        if self.step.is_multiple_of(self.log_every) {
            let value = |name| values.iter().find(|(other, _)| *other == name).map_or(0.0, |(_, value)| *value);
            #[expect(clippy::cast_precision_loss, reason = "a count of images")]
            let speed = self.shown as f64 / self.since.elapsed().as_secs_f64().max(1e-9);
            self.run.sink.log(&format!(
                "Step {}, epoch {:.2}: loss {:.4}, learning rate {:.6}, {speed:.1} images/s",
                self.step,
                self.epochs_done,
                value(MetricName::Loss),
                value(MetricName::LearningRate)
            ));
            (self.shown, self.since) = (0, Instant::now());
        }
    }

    /// A point of a curve, at this step.
    pub(crate) fn metric(&self, name: MetricName, value: f64) {
        self.run.sink.metric(Metric { name, step: self.step, epoch: self.epochs_done, value });
    }

    /// Changes the weights of `network` so that `loss` falls, and returns the loss.
    ///
    /// # Errors
    /// If the loss is no number: then no later step can mend it.
    pub(crate) fn descend<M: Module>(
        &self,
        network: &mut M,
        optimizer: &mut ModuleOptimizer,
        loss: &Tensor<1>,
        rate: f64,
    ) -> Result<f64, LearningError> {
        let value = f64::from(loss.clone().into_scalar::<f32>());
        if !value.is_finite() {
            let (step, loss) = (self.step + 1, value.to_string());
            return Err(LearningError::Diverged { step, loss, learning_rate: rate });
        }
        let gradients = GradientsParams::from_grads(loss.backward(), network);
        *network = optimizer.step(rate, network.clone(), gradients);
        Ok(value)
    }
}
