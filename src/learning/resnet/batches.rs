//! From prepared pictures to what goes into the network, and from what comes out of it to probabilities.

use super::{IMAGENET_DEVIATION, IMAGENET_MEAN};
use crate::learning::export::Normalization;
use crate::learning::images::Picture;
use crate::learning::softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt;
use rand::rngs::StdRng;

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
    pub(super) fn augmented(&self, pictures: &[&Picture], random: &mut StdRng, device: &Device) -> Tensor<4> {
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

/// Classes as the loss takes them.
pub(super) fn targets(classes: &[usize], device: &Device) -> Tensor<1, Int> {
    let numbers: Vec<i64> = classes.iter().map(|&class| i64::try_from(class).unwrap_or(i64::MAX)).collect();
    let count = numbers.len();
    Tensor::from_data(TensorData::new(numbers, [count]), device)
}
