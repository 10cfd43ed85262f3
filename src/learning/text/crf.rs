//! A linear-chain conditional random field (Lafferty, McCallum, Pereira, 2001): scores of tags at each place and of
//! neighbouring tags, fitted by AdaGrad to the likelihood of whole sequences. Knows numbers only.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// One sequence: of each place the indices of the features that are present.
pub(super) type Places = Vec<Vec<u32>>;

/// What says that a tag may not follow another.
pub(super) const FORBIDDEN: f32 = -1.0e4;

/// The weights. Everything forbidden is in `first` and `follows` as [`FORBIDDEN`] and stays so.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) tags: usize,
    /// `[features, tags]`
    pub(super) weights: Vec<f32>,
    /// `[tags]`: which tag a sequence may begin with, 0 or [`FORBIDDEN`].
    pub(super) first: Vec<f32>,
    /// `[tags, tags]`: a tag after another.
    pub(super) follows: Vec<f32>,
}

/// How a field is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fitting {
    pub(super) epochs: usize,
    pub(super) learning_rate: f32,
    /// Pull of each weight towards nothing, whenever its feature is seen.
    pub(super) pull: f32,
    /// Part of the features that is hidden at each look, 0 to 1, so that no single one is relied on.
    pub(super) hidden: f32,
    pub(super) seed: u64,
}

/// The sums over all ways to tag one sequence, scaled place by place so that they stay within range.
struct Sums {
    /// `[places, tags]`: probability of each tag at each place.
    marginals: Vec<f32>,
    /// Forward sums, `[places, tags]`, each place adding up to 1.
    forward: Vec<f32>,
    /// Backward sums on the same scale.
    backward: Vec<f32>,
    /// What each place was divided by.
    scales: Vec<f32>,
    /// `exp` of the scores of the tags, less the highest of the place.
    emitted: Vec<f32>,
    /// Logarithm of the sum over all ways.
    log_total: f64,
}

impl Field {
    /// A field that knows nothing yet.
    pub(super) fn new(features: usize, first: Vec<f32>, follows: Vec<f32>) -> Self {
        let tags = first.len();
        Self { tags, weights: vec![0.0; features * tags], first, follows }
    }

    /// `[places, tags]`: what the features say of each place.
    fn emissions(&self, places: &[Vec<u32>]) -> Vec<f32> {
        let tags = self.tags;
        let mut scores = vec![0.0; places.len() * tags];
        for (features, scores) in places.iter().zip(scores.chunks_exact_mut(tags)) {
            for &feature in features {
                let weights = &self.weights[feature as usize * tags..][..tags];
                for (score, weight) in scores.iter_mut().zip(weights) {
                    *score += weight;
                }
            }
        }
        if let Some(scores) = scores.get_mut(..tags) {
            scores.iter_mut().zip(&self.first).for_each(|(score, first)| *score += first);
        }
        scores
    }

    /// The likeliest tags of a sequence.
    pub(super) fn best(&self, places: &[Vec<u32>]) -> Vec<usize> {
        let tags = self.tags;
        let emissions = self.emissions(places);
        let mut scores = emissions.get(..tags).map(<[f32]>::to_vec).unwrap_or_default();
        let mut back = vec![0_usize; places.len() * tags];
        for place in 1..places.len() {
            let mut next = vec![f32::NEG_INFINITY; tags];
            for (before, &score) in scores.iter().enumerate() {
                for (tag, follows) in self.follows[before * tags..][..tags].iter().enumerate() {
                    if score + follows > next[tag] {
                        next[tag] = score + follows;
                        back[place * tags + tag] = before;
                    }
                }
            }
            next.iter_mut().zip(&emissions[place * tags..]).for_each(|(score, emission)| *score += emission);
            scores = next;
        }
        let mut tag = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let mut path = vec![0; places.len()];
        for place in (0..places.len()).rev() {
            path[place] = tag;
            tag = back[place * tags + tag];
        }
        path
    }

    /// Probabilities of the tags, `[places, tags]`.
    pub(super) fn marginals(&self, places: &[Vec<u32>]) -> Vec<f32> {
        self.sums(places, &self.powers()).marginals
    }

    fn powers(&self) -> Vec<f32> {
        self.follows.iter().map(|score| score.exp()).collect()
    }

    fn sums(&self, places: &[Vec<u32>], powers: &[f32]) -> Sums {
        let (tags, count) = (self.tags, places.len());
        let mut emitted = self.emissions(places);
        let mut log_total = 0.0_f64;
        for scores in emitted.chunks_exact_mut(tags) {
            let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            log_total += f64::from(highest);
            for score in scores.iter_mut() {
                *score = (*score - highest).exp();
            }
        }
        let mut forward = emitted.clone();
        let mut scales = vec![1.0_f32; count];
        for place in 0..count {
            let (before, rest) = forward.split_at_mut(place * tags);
            let here = &mut rest[..tags];
            if place > 0 {
                let before = &before[(place - 1) * tags..];
                let mut sums = vec![0.0; tags];
                for (sum, powers) in before.iter().zip(powers.chunks_exact(tags)) {
                    sums.iter_mut().zip(powers).for_each(|(total, power)| *total += sum * power);
                }
                here.iter_mut().zip(&sums).for_each(|(value, sum)| *value *= sum);
            }
            let scale: f32 = here.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            for value in here.iter_mut() {
                *value /= scale;
            }
            scales[place] = scale;
            log_total += f64::from(scale).ln();
        }
        let mut backward = vec![1.0_f32; count * tags];
        for place in (0..count.saturating_sub(1)).rev() {
            let next: Vec<f32> = (0..tags)
                .map(|tag| emitted[(place + 1) * tags + tag] * backward[(place + 1) * tags + tag] / scales[place + 1])
                .collect();
            for (tag, powers) in powers.chunks_exact(tags).enumerate() {
                backward[place * tags + tag] = powers.iter().zip(&next).map(|(power, next)| power * next).sum();
            }
        }
        let marginals = forward.iter().zip(&backward).map(|(forward, backward)| forward * backward).collect();
        Sums { marginals, forward, backward, scales, emitted, log_total }
    }

    /// Fits the field to `sequences` and the tags of their places. After each pass `watch` is told its number from 1
    /// and the mean loss of a sequence; it answers whether to go on. False if it was stopped.
    pub(super) fn fit(
        &mut self,
        sequences: &[Places],
        truth: &[Vec<usize>],
        fitting: Fitting,
        watch: &mut dyn FnMut(usize, f64) -> bool,
    ) -> bool {
        let mut random = StdRng::seed_from_u64(fitting.seed);
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        let mut squares = vec![0.0_f32; self.weights.len()];
        let mut follow_squares = vec![0.0_f32; self.follows.len()];
        // The mean of the later passes generalises better than where the last step happens to end.
        let from = fitting.epochs / 2;
        let (mut summed, mut follow_summed, mut passes) =
            (vec![0.0_f32; self.weights.len()], vec![0.0_f32; self.follows.len()], 0.0_f32);
        for epoch in 0..fitting.epochs {
            order.shuffle(&mut random);
            let mut loss = 0.0;
            for (done, &index) in order.iter().enumerate() {
                let mut places = sequences[index].clone();
                if fitting.hidden > 0.0 {
                    for features in &mut places {
                        features.retain(|_| random.random::<f32>() >= fitting.hidden);
                    }
                }
                loss += self.step(&places, &truth[index], fitting, &mut squares, &mut follow_squares);
                if done % 256 == 255 && !watch(0, 0.0) {
                    return false;
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "a count of texts")]
            if !watch(epoch + 1, loss / sequences.len().max(1) as f64) {
                return false;
            }
            if epoch >= from {
                summed.iter_mut().zip(&self.weights).for_each(|(sum, weight)| *sum += weight);
                follow_summed.iter_mut().zip(&self.follows).for_each(|(sum, weight)| *sum += weight);
                passes += 1.0;
            }
        }
        if passes > 0.0 {
            self.weights = summed.into_iter().map(|sum| sum / passes).collect();
            self.follows = follow_summed.into_iter().map(|sum| sum / passes).collect();
        }
        true
    }

    /// One step towards the `truth` of one sequence; its loss before it.
    fn step(
        &mut self,
        places: &[Vec<u32>],
        truth: &[usize],
        fitting: Fitting,
        squares: &mut [f32],
        follow_squares: &mut [f32],
    ) -> f64 {
        let tags = self.tags;
        if places.is_empty() {
            return 0.0;
        }
        let powers = self.powers();
        let sums = self.sums(places, &powers);
        let emissions = self.emissions(places);
        let mut scored: f64 =
            truth.iter().enumerate().map(|(place, tag)| f64::from(emissions[place * tags + tag])).sum();
        scored += truth.windows(2).map(|pair| f64::from(self.follows[pair[0] * tags + pair[1]])).sum::<f64>();

        let mut slopes = vec![0.0_f32; self.follows.len()];
        for place in 1..places.len() {
            let next: Vec<f32> = (0..tags)
                .map(|tag| sums.emitted[place * tags + tag] * sums.backward[place * tags + tag] / sums.scales[place])
                .collect();
            for before in 0..tags {
                let forward = sums.forward[(place - 1) * tags + before];
                let row = before * tags..(before + 1) * tags;
                for ((slope, power), next) in slopes[row.clone()].iter_mut().zip(&powers[row]).zip(&next) {
                    *slope += forward * power * next;
                }
            }
            slopes[truth[place - 1] * tags + truth[place]] -= 1.0;
        }
        for ((weight, square), slope) in self.follows.iter_mut().zip(follow_squares).zip(slopes) {
            if *weight > FORBIDDEN / 2.0 {
                descend(weight, square, slope, fitting);
            }
        }
        for ((features, marginals), truth) in places.iter().zip(sums.marginals.chunks_exact(tags)).zip(truth) {
            for (tag, &probability) in marginals.iter().enumerate() {
                let slope = probability - if tag == *truth { 1.0 } else { 0.0 };
                // Most tags are out of the question at most places.
                if slope.abs() < 1.0e-6 {
                    continue;
                }
                for &feature in features {
                    let at = feature as usize * tags + tag;
                    descend(&mut self.weights[at], &mut squares[at], slope, fitting);
                }
            }
        }
        sums.log_total - scored
    }
}

fn descend(weight: &mut f32, square: &mut f32, slope: f32, fitting: Fitting) {
    let slope = slope + fitting.pull * *weight;
    *square += slope * slope;
    *weight -= fitting.learning_rate * slope / (square.sqrt() + 1.0e-8);
}
