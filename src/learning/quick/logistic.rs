//! Multinomial logistic regression, fitted by L-BFGS (Nocedal, 1980).

use super::super::error::LearningError;
use crate::domain::Cancel;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor, TensorData};
use std::collections::VecDeque;

const MOST_ROUNDS: usize = 200;
/// Gradient steps that are remembered.
const MEMORY: usize = 8;
/// Fitted once the loss falls by less than this part of itself.
const SMALL_GAIN: f64 = 1e-6;

/// A linear classifier: scores are `features · weights + bias`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Classifier {
    pub(super) features: usize,
    pub(super) classes: usize,
    /// `[features, classes]`
    pub(super) weights: Vec<f32>,
    /// `[classes]`
    pub(super) bias: Vec<f32>,
}

/// What [`Classifier::fit`] tells after each round: the round and the mean loss.
pub(super) type Watch<'a> = &'a mut dyn FnMut(usize, f64);

impl Classifier {
    /// Fits a classifier to rows of `rows` and their classes, minimising the sum of the losses and `strength / 2` of
    /// the squared weights.
    ///
    /// # Errors
    /// Only if cancelled.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts, and single precision")]
    pub(super) fn fit(
        rows: &[&[f32]],
        labels: &[usize],
        classes: usize,
        strength: f64,
        cancel: &Cancel,
        watch: Watch<'_>,
    ) -> Result<Self, LearningError> {
        let device = Device::flex();
        let count = rows.len();
        // The last column of ones carries the bias.
        let length = rows.first().map_or(0, |row| row.len()) + 1;
        let mut values = Vec::with_capacity(count * length);
        for row in rows {
            values.extend_from_slice(row);
            values.push(1.0);
        }
        let features = Tensor::<2>::from_data(TensorData::new(values, [count, length]), &device);
        let mut truth = vec![0.0_f32; count * classes];
        labels.iter().enumerate().for_each(|(row, class)| truth[row * classes + class] = 1.0);
        let truth = Tensor::<2>::from_data(TensorData::new(truth, [count, classes]), &device);
        let mut penalty = vec![(strength / count as f64) as f32; length * classes];
        penalty[(length - 1) * classes..].fill(0.0);
        let penalty = Tensor::<2>::from_data(TensorData::new(penalty, [length, classes]), &device);
        let transposed = features.clone().transpose();

        let measure = |weights: &Tensor<2>| {
            let log = log_softmax(features.clone().matmul(weights.clone()), 1);
            let loss = -number((log.clone() * truth.clone()).sum()) / count as f64;
            let gradient = transposed.clone().matmul(log.exp() - truth.clone()).div_scalar(count as f32)
                + weights.clone() * penalty.clone();
            let pull = 0.5 * number((weights.clone().powi_scalar(2) * penalty.clone()).sum());
            (loss, loss + pull, gradient)
        };
        let mut weights = Tensor::<2>::zeros([length, classes], &device);
        let (mut loss, mut height, mut gradient) = measure(&weights);
        let mut history = History::default();
        let mut rounds = 0;
        for round in 0..MOST_ROUNDS {
            if cancel.is_cancelled() {
                return Err(LearningError::Cancelled);
            }
            watch(round, loss);
            let direction = history.direction(&gradient);
            let slope = dot(&direction, &gradient);
            if slope >= 0.0 {
                break;
            }
            let mut length = if round == 0 { 1.0 / dot(&gradient, &gradient).sqrt().max(1e-12) } else { 1.0 };
            // Halved until the loss falls as far as the slope promises (Armijo).
            let next = (0..20).find_map(|_| {
                let there = weights.clone() + direction.clone().mul_scalar(length);
                let measured = measure(&there);
                if measured.1 <= height + 1e-4 * length * slope {
                    return Some((there, measured));
                }
                length *= 0.5;
                None
            });
            let Some((there, (new_loss, new_height, new_gradient))) = next else { break };
            history.remember(there.clone() - weights, new_gradient.clone() - gradient);
            let gain = height - new_height;
            (weights, loss, height, gradient) = (there, new_loss, new_height, new_gradient);
            rounds = round + 1;
            if gain <= SMALL_GAIN * height.abs() {
                break;
            }
        }
        watch(rounds, loss);
        let mut values: Vec<f32> = weights.into_data().try_into_vec().unwrap_or_default();
        let bias = values.split_off((length - 1) * classes);
        Ok(Self { features: length - 1, classes, weights: values, bias })
    }

    /// The scores of one row, one a class.
    pub(super) fn scores(&self, row: &[f32]) -> Vec<f64> {
        let mut scores: Vec<f64> = self.bias.iter().map(|&bias| bias.into()).collect();
        for (value, weights) in row.iter().zip(self.weights.chunks_exact(self.classes)) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += f64::from(value * weight);
            }
        }
        scores
    }
}

fn number(tensor: Tensor<1>) -> f64 {
    tensor.into_scalar::<f32>().into()
}

fn dot(a: &Tensor<2>, b: &Tensor<2>) -> f64 {
    number((a.clone() * b.clone()).sum())
}

/// The last steps and the changes of the gradient along them.
#[derive(Default)]
struct History(VecDeque<(Tensor<2>, Tensor<2>, f64)>);

impl History {
    fn remember(&mut self, step: Tensor<2>, change: Tensor<2>) {
        let product = dot(&step, &change);
        if product > 1e-12 {
            self.0.push_back((step, change, 1.0 / product));
            if self.0.len() > MEMORY {
                self.0.pop_front();
            }
        }
    }

    /// Downhill, as far as the curvature along the remembered steps suggests.
    fn direction(&self, gradient: &Tensor<2>) -> Tensor<2> {
        let mut direction = gradient.clone().neg();
        let mut factors = Vec::with_capacity(self.0.len());
        for (step, change, inverse) in self.0.iter().rev() {
            let factor = inverse * dot(step, &direction);
            direction = direction - change.clone().mul_scalar(factor);
            factors.push(factor);
        }
        if let Some((_, change, inverse)) = self.0.back() {
            direction = direction.mul_scalar(1.0 / (inverse * dot(change, change)));
        }
        for ((step, change, inverse), factor) in self.0.iter().zip(factors.into_iter().rev()) {
            let back = inverse * dot(change, &direction);
            direction = direction + step.clone().mul_scalar(factor - back);
        }
        direction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_the_optimum_of_a_small_problem() {
        // One feature, two classes that overlap: at the optimum the gradient vanishes.
        let values: Vec<[f32; 1]> = [-2.0, -1.0, 0.5, -0.5, 1.0, 2.0].map(|value| [value]).to_vec();
        let rows: Vec<&[f32]> = values.iter().map(<[f32; 1]>::as_slice).collect();
        let labels = [0, 0, 0, 1, 1, 1];
        let mut losses = Vec::new();
        let fitted = Classifier::fit(&rows, &labels, 2, 0.5, &Cancel::default(), &mut |_, loss| losses.push(loss))
            .expect("not cancelled");
        assert!(losses.first() > losses.last());
        let mut gradient = [0.0_f64; 2];
        for (row, &label) in rows.iter().zip(&labels) {
            let probabilities = crate::learning::softmax(&fitted.scores(row));
            for class in 0..2 {
                let truth = if class == label { 1.0 } else { 0.0 };
                gradient[class] += (probabilities[class] - truth) * f64::from(row[0]);
            }
        }
        for class in 0..2 {
            gradient[class] += 0.5 * f64::from(fitted.weights[class]);
            assert!(gradient[class].abs() < 1e-2, "{gradient:?}");
        }
    }

    #[test]
    fn cancel_stops_it() {
        let cancel = Cancel::default();
        cancel.cancel();
        let stopped = Classifier::fit(&[&[1.0], &[2.0]], &[0, 1], 2, 1.0, &cancel, &mut |_, _| {});
        assert!(matches!(stopped, Err(LearningError::Cancelled)));
    }
}
