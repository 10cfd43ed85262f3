//! Fisher vectors (Perronnin, Sánchez, Mensink, 2010): how the descriptors of one picture differ from a mixture of
//! Gaussians that was fitted to the descriptors of many.

use crate::learning::weights::{Tensor as NamedTensor, Weights, take_real};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::index::sample;

/// Length that descriptors are reduced to.
pub(super) const REDUCED: usize = 64;
/// Gaussians of a mixture.
pub(super) const WORDS: usize = 32;
/// Length of the Fisher vector of one kind of descriptor.
pub(super) const LENGTH: usize = 2 * REDUCED * WORDS;
const PRINCIPAL_ROUNDS: usize = 25;
const MEAN_ROUNDS: usize = 8;
const MIXTURE_ROUNDS: usize = 15;
/// Keeps a Gaussian from closing in on single descriptors.
const LEAST_VARIANCE: f32 = 1e-5;
const LEAST_WEIGHT: f32 = 1e-4;

/// A mixture of Gaussians over reduced descriptors of one kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Codebook {
    /// Length of a descriptor before it is reduced.
    length: usize,
    /// `[length]`
    mean: Vec<f32>,
    /// `[length, REDUCED]`
    projection: Vec<f32>,
    /// `[WORDS]`, together 1
    weights: Vec<f32>,
    /// `[WORDS, REDUCED]`
    means: Vec<f32>,
    /// `[WORDS, REDUCED]`
    variances: Vec<f32>,
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values, shape), &Device::flex())
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap_or_default()
}

impl Codebook {
    /// Fits a codebook to `descriptors`, `[count, length]`.
    pub(super) fn fit(descriptors: Tensor<2>, random: &mut StdRng) -> Self {
        let [count, length] = descriptors.dims();
        let mean = descriptors.clone().mean_dim(0);
        let centred = descriptors - mean.clone();
        #[expect(clippy::cast_precision_loss, reason = "a count of descriptors")]
        let covariance = centred.clone().transpose().matmul(centred.clone()).div_scalar(count as f32);
        let projection = principal(&covariance, length, random);
        let reduced = centred.matmul(tensor(projection.clone(), [length, REDUCED]));
        let mut codebook = Self {
            length,
            mean: numbers(mean),
            projection,
            weights: vec![1.0 / WORDS as f32; WORDS],
            means: means(&reduced, count, random),
            variances: vec![1.0; WORDS * REDUCED],
        };
        let spread = numbers(reduced.clone().powi_scalar(2).mean_dim(0));
        for word in 0..WORDS {
            codebook.variances[word * REDUCED..(word + 1) * REDUCED].copy_from_slice(&spread);
        }
        codebook.variances.iter_mut().for_each(|variance| *variance = variance.max(LEAST_VARIANCE));
        for _ in 0..MIXTURE_ROUNDS {
            codebook.improve(&reduced, count);
        }
        codebook
    }

    /// To which Gaussian each reduced descriptor belongs, as `[count, WORDS]` with rows that add up to 1.
    fn belongs(&self, reduced: &Tensor<2>) -> Tensor<2> {
        let mut squares = vec![0.0; REDUCED * WORDS];
        let mut products = vec![0.0; REDUCED * WORDS];
        let mut constants = vec![0.0; WORDS];
        for word in 0..WORDS {
            constants[word] = self.weights[word].max(f32::MIN_POSITIVE).ln();
            for at in 0..REDUCED {
                let (mean, variance) = (self.means[word * REDUCED + at], self.variances[word * REDUCED + at]);
                squares[at * WORDS + word] = -0.5 / variance;
                products[at * WORDS + word] = mean / variance;
                constants[word] -= 0.5 * (variance.ln() + mean * mean / variance);
            }
        }
        let likelihood = reduced.clone().powi_scalar(2).matmul(tensor(squares, [REDUCED, WORDS]))
            + reduced.clone().matmul(tensor(products, [REDUCED, WORDS]))
            + tensor(constants, [1, WORDS]);
        softmax(likelihood, 1)
    }

    /// One round of expectation and maximisation.
    #[expect(clippy::cast_precision_loss, reason = "a count of descriptors")]
    fn improve(&mut self, reduced: &Tensor<2>, count: usize) {
        let [sums, firsts, seconds] = self.sums(reduced);
        for (word, &sum) in sums.iter().enumerate() {
            self.weights[word] = (sum / count as f32).max(LEAST_WEIGHT);
            // A word that nothing belongs to stays where it is.
            if sum < 1.0 {
                continue;
            }
            for at in word * REDUCED..(word + 1) * REDUCED {
                let mean = firsts[at] / sum;
                self.means[at] = mean;
                self.variances[at] = (seconds[at] / sum - mean * mean).max(0.0) + LEAST_VARIANCE;
            }
        }
        let whole: f32 = self.weights.iter().sum();
        self.weights.iter_mut().for_each(|weight| *weight /= whole);
    }

    /// How much belongs to each word, and the sums of those descriptors and of their squares.
    fn sums(&self, reduced: &Tensor<2>) -> [Vec<f32>; 3] {
        let belongs = self.belongs(reduced);
        let sums = numbers(belongs.clone().sum_dim(0));
        let belongs = belongs.transpose();
        let firsts = numbers(belongs.clone().matmul(reduced.clone()));
        let seconds = numbers(belongs.matmul(reduced.clone().powi_scalar(2)));
        [sums, firsts, seconds]
    }

    /// Appends the Fisher vector of one picture's `descriptors`, `[count, length]`: [`LENGTH`] numbers of norm 1.
    #[expect(clippy::cast_precision_loss, reason = "a count of descriptors")]
    pub(super) fn encode(&self, descriptors: Tensor<2>, into: &mut Vec<f32>) {
        let [count, _] = descriptors.dims();
        let centred = descriptors - tensor(self.mean.clone(), [1, self.length]);
        let reduced = centred.matmul(tensor(self.projection.clone(), [self.length, REDUCED]));
        let [sums, firsts, seconds] = self.sums(&reduced);
        let mut vector = vec![0.0_f32; LENGTH];
        let (upper, lower) = vector.split_at_mut(WORDS * REDUCED);
        for (word, &sum) in sums.iter().enumerate() {
            let scale = 1.0 / (count as f32 * self.weights[word].sqrt());
            for at in word * REDUCED..(word + 1) * REDUCED {
                let (mean, variance) = (self.means[at], self.variances[at]);
                upper[at] = scale * (firsts[at] - mean * sum) / variance.sqrt();
                lower[at] = scale
                    * std::f32::consts::FRAC_1_SQRT_2
                    * (seconds[at] - 2.0 * mean * firsts[at] + (mean * mean - variance) * sum)
                    / variance;
            }
        }
        // The square root keeps a few frequent words from drowning the others.
        for value in &mut vector {
            *value = value.signum() * value.abs().sqrt();
        }
        let norm = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
        into.extend(vector.into_iter().map(|value| value / norm));
    }

    /// Adds the codebook to `weights` under `name`.
    pub(super) fn save(&self, name: &str, weights: &mut Weights) {
        let mut put = |part: &str, shape: &[usize], values: &[f32]| {
            weights.insert(format!("{name}.{part}"), NamedTensor::real(shape, values.to_vec()));
        };
        put("mean", &[self.length], &self.mean);
        put("projection", &[self.length, REDUCED], &self.projection);
        put("mixture.weights", &[WORDS], &self.weights);
        put("mixture.means", &[WORDS, REDUCED], &self.means);
        put("mixture.variances", &[WORDS, REDUCED], &self.variances);
    }

    /// Takes the codebook called `name` out of `weights`.
    ///
    /// # Errors
    /// What is missing or has another shape.
    pub(super) fn load(name: &str, length: usize, weights: &mut Weights) -> Result<Self, String> {
        let mut take = |part: &str, shape: &[usize]| take_real(weights, &format!("{name}.{part}"), shape);
        Ok(Self {
            length,
            mean: take("mean", &[length])?,
            projection: take("projection", &[length, REDUCED])?,
            weights: take("mixture.weights", &[WORDS])?,
            means: take("mixture.means", &[WORDS, REDUCED])?,
            variances: take("mixture.variances", &[WORDS, REDUCED])?,
        })
    }
}

/// The directions of the largest variance as `[length, REDUCED]`, by orthogonal iteration.
fn principal(covariance: &Tensor<2>, length: usize, random: &mut StdRng) -> Vec<f32> {
    let mut basis: Vec<f32> = (0..length * REDUCED).map(|_| random.random_range(-1.0..1.0)).collect();
    for _ in 0..PRINCIPAL_ROUNDS {
        orthonormalize(&mut basis, length);
        basis = numbers(covariance.clone().matmul(tensor(basis, [length, REDUCED])));
    }
    orthonormalize(&mut basis, length);
    basis
}

/// Makes the columns of `[length, REDUCED]` orthogonal and of norm 1, the first first.
fn orthonormalize(basis: &mut [f32], length: usize) {
    let mut columns: Vec<Vec<f64>> =
        (0..REDUCED).map(|column| (0..length).map(|row| f64::from(basis[row * REDUCED + column])).collect()).collect();
    for column in 0..REDUCED {
        let (before, rest) = columns.split_at_mut(column);
        let this = &mut rest[0];
        for other in before {
            let product: f64 = this.iter().zip(other.iter()).map(|(a, b)| a * b).sum();
            this.iter_mut().zip(other.iter()).for_each(|(a, b)| *a -= product * b);
        }
        let norm = this.iter().map(|value| value * value).sum::<f64>().sqrt();
        // What is left of a direction without variance is only rounding.
        let scale = if norm > 1e-12 { 1.0 / norm } else { 0.0 };
        for value in this {
            *value *= scale;
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "single precision suffices from here on")]
    for (column, values) in columns.iter().enumerate() {
        for (row, value) in values.iter().enumerate() {
            basis[row * REDUCED + column] = *value as f32;
        }
    }
}

/// Where the mixture begins: the means of `WORDS` groups (k-means).
fn means(reduced: &Tensor<2>, count: usize, random: &mut StdRng) -> Vec<f32> {
    let values = numbers(reduced.clone());
    let mut means: Vec<f32> = if count >= WORDS {
        sample(random, count, WORDS)
            .iter()
            .flat_map(|row| values[row * REDUCED..(row + 1) * REDUCED].to_vec())
            .collect()
    } else {
        (0..WORDS).flat_map(|word| values[word % count * REDUCED..(word % count + 1) * REDUCED].to_vec()).collect()
    };
    for _ in 0..MEAN_ROUNDS {
        let squares: Vec<f32> = means
            .chunks_exact(REDUCED)
            .map(|mean| -0.5 * mean.iter().map(|value| value * value).sum::<f32>())
            .collect();
        let nearness =
            reduced.clone().matmul(tensor(means.clone(), [WORDS, REDUCED]).transpose()) + tensor(squares, [1, WORDS]);
        let groups = numbers(nearness);
        let mut sums = vec![0.0_f32; WORDS * REDUCED];
        let mut sizes = [0.0_f32; WORDS];
        for (row, nearness) in groups.chunks_exact(WORDS).enumerate() {
            let group = (0..WORDS).fold(0, |best, word| if nearness[word] > nearness[best] { word } else { best });
            sizes[group] += 1.0;
            for at in 0..REDUCED {
                sums[group * REDUCED + at] += values[row * REDUCED + at];
            }
        }
        for (word, &size) in sizes.iter().enumerate() {
            if size > 0.0 {
                for at in word * REDUCED..(word + 1) * REDUCED {
                    means[at] = sums[at] / size;
                }
            }
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn noise(count: usize, length: usize, seed: u64) -> Tensor<2> {
        let mut random = StdRng::seed_from_u64(seed);
        let values = (0..count * length).map(|at| random.random_range(-1.0..1.0) / (1 + at % length) as f32).collect();
        tensor(values, [count, length])
    }

    #[test]
    fn a_codebook_is_deterministic_and_reads_back() {
        let fit = || Codebook::fit(noise(2_000, 96, 3), &mut StdRng::seed_from_u64(5));
        let codebook = fit();
        assert_eq!(codebook, fit());
        assert!((codebook.weights.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let mut weights = Weights::new();
        codebook.save("colors", &mut weights);
        assert_eq!(Codebook::load("colors", 96, &mut weights), Ok(codebook));
        assert!(weights.is_empty());
    }

    #[test]
    fn a_vector_has_norm_one_whatever_is_described() {
        let codebook = Codebook::fit(noise(500, 128, 3), &mut StdRng::seed_from_u64(5));
        for descriptors in [noise(1, 128, 9), noise(300, 128, 9), tensor(vec![0.0; 128 * 40], [40, 128])] {
            let mut vector = Vec::new();
            codebook.encode(descriptors, &mut vector);
            assert_eq!(vector.len(), LENGTH);
            let norm: f32 = vector.iter().map(|value| value * value).sum();
            assert!((norm - 1.0).abs() < 1e-3, "{norm}");
        }
    }

    #[test]
    fn principal_directions_are_orthogonal_and_sorted() {
        let all = noise(3_000, 128, 11);
        let covariance = all.clone().transpose().matmul(all).div_scalar(3_000.0);
        let basis = principal(&covariance, 128, &mut StdRng::seed_from_u64(1));
        let matrix = tensor(basis, [128, REDUCED]);
        let products = numbers(matrix.clone().transpose().matmul(matrix.clone()));
        for (at, product) in products.iter().enumerate() {
            let expected = if at % REDUCED == at / REDUCED { 1.0 } else { 0.0 };
            assert!((product - expected).abs() < 1e-4);
        }
        let variances = numbers(matrix.clone().transpose().matmul(covariance).matmul(matrix));
        assert!(variances[0] > 0.3 && variances[0] > variances[REDUCED + 1]);
    }
}
