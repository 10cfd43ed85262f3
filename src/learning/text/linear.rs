//! Telling texts apart: what a text has, each weighted by how much more often one label has it than the others
//! (Wang and Manning, 2012), and logistic regression on that, by dual coordinate descent (Yu, Huang, Lin, 2011).

use crate::domain::Cancel;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use std::collections::HashMap;

/// Passes over the texts; usually some ten are enough.
const MOST_PASSES: usize = 60;
/// Fitted once no text pulls harder than this.
const SMALL_PULL: f64 = 0.01;
/// Steps of Newton's method for one text.
const NEWTON_STEPS: usize = 100;

/// What texts have, known by numbers, see [`super::grams`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Vocabulary(pub(super) Vec<u64>);

impl Vocabulary {
    /// What at least `least` of the texts have.
    pub(super) fn of(texts: &[&[u64]], least: u32) -> Self {
        let mut counts: HashMap<u64, u32> = HashMap::new();
        for number in texts.iter().copied().flatten() {
            *counts.entry(*number).or_default() += 1;
        }
        let mut numbers: Vec<u64> = counts.into_iter().filter(|(_, count)| *count >= least).map(|(n, _)| n).collect();
        numbers.sort_unstable();
        Self(numbers)
    }

    /// The places of what a text has, in order; what is not known is left out.
    pub(super) fn places(&self, numbers: &[u64]) -> Vec<u32> {
        let place = |number: &u64| self.0.binary_search(number).ok().and_then(|place| u32::try_from(place).ok());
        numbers.iter().filter_map(place).collect()
    }
}

/// One question answered with yes or no.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Column {
    /// How much more often yes has it, as a logarithm.
    pub(super) ratios: Vec<f32>,
    /// What each speaks for yes, its ratio already in it.
    pub(super) weights: Vec<f32>,
    pub(super) bias: f32,
}

impl Column {
    /// Above 0 for yes.
    pub(super) fn score(&self, places: &[u32]) -> f64 {
        let sum: f64 = places.iter().map(|&place| f64::from(self.weights[place as usize])).sum();
        f64::from(self.bias) + sum * inverse_length(&self.ratios, places)
    }

    /// Fits to `rows` and their answers. `watch` is told the pass and the mean loss; `None` if cancelled.
    #[expect(clippy::cast_possible_truncation, reason = "kept in single precision")]
    fn fit(
        rows: &[Vec<u32>],
        answers: &[bool],
        features: usize,
        fitting: Fitting,
        cancel: &Cancel,
        watch: &(dyn Fn(usize, f64) + Sync),
    ) -> Option<Self> {
        let ratios = ratios(rows, answers, features);
        let lengths: Vec<f64> = rows.iter().map(|places| inverse_length(&ratios, places)).collect();
        let cost = fitting.cost;
        // Of each text, how far it pulls; the rest of `cost` stands against it.
        let start = (0.001 * cost).min(1e-8);
        let mut pulls = vec![start; rows.len()];
        let (mut weights, mut bias) = (vec![0.0_f64; features], 0.0_f64);
        let add = |weights: &mut [f64], bias: &mut f64, row: usize, amount: f64| {
            for &place in &rows[row] {
                weights[place as usize] += amount * lengths[row] * f64::from(ratios[place as usize]);
            }
            *bias += amount;
        };
        let sign = |row: usize| if answers[row] { 1.0 } else { -1.0 };
        for row in 0..rows.len() {
            add(&mut weights, &mut bias, row, sign(row) * start);
        }
        let mut random = StdRng::seed_from_u64(fitting.seed);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        for pass in 0..MOST_PASSES {
            if cancel.is_cancelled() {
                return None;
            }
            order.shuffle(&mut random);
            let (mut hardest, mut loss) = (0.0_f64, 0.0_f64);
            for &row in &order {
                let sum: f64 =
                    rows[row].iter().map(|&place| weights[place as usize] * f64::from(ratios[place as usize])).sum();
                let margin = sign(row) * (sum * lengths[row] + bias);
                loss += (-margin).exp().ln_1p();
                // A text of norm 1 and its bias; one that has nothing known is only a bias.
                let square = if lengths[row] > 0.0 { 2.0 } else { 1.0 };
                let (pull, hardness) = solve(pulls[row], margin, square, cost);
                hardest = hardest.max(hardness);
                let change = pull - pulls[row];
                if change != 0.0 {
                    pulls[row] = pull;
                    add(&mut weights, &mut bias, row, sign(row) * change);
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "a count of texts")]
            watch(pass + 1, loss / rows.len().max(1) as f64);
            if hardest < SMALL_PULL {
                break;
            }
        }
        let weights = weights.iter().zip(&ratios).map(|(weight, ratio)| (weight * f64::from(*ratio)) as f32).collect();
        Some(Self { ratios, weights, bias: bias as f32 })
    }
}

/// From a score to 0 to 1.
fn probability(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// How questions are fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fitting {
    /// What a wrong answer costs; less keeps the weights smaller.
    pub(super) cost: f64,
    pub(super) seed: u64,
}

/// The pull of one text that serves best while all others stay, and how hard it was before: minimises
/// `square/2 (z − pull)² + margin (z − pull) + z ln z + (cost − z) ln (cost − z)` over 0 < z < cost, from the side
/// whose logarithm is nearer.
fn solve(pull: f64, margin: f64, square: f64, cost: f64) -> (f64, f64) {
    let against = cost - pull;
    let from_above = 0.5 * square * (against - pull) + margin < 0.0;
    let (old, sign) = if from_above { (against, -1.0) } else { (pull, 1.0) };
    let mut z = if cost - old < 0.5 * cost { 0.1 * old } else { old };
    let slope = |z: f64| square * (z - old) + sign * margin + (z / (cost - z)).ln();
    let mut here = slope(z);
    let hardness = here.abs();
    for _ in 0..NEWTON_STEPS {
        if here.abs() < 1e-6 {
            break;
        }
        let next = z - here / (square + cost / (cost - z) / z);
        z = if next <= 0.0 { 0.1 * z } else { next };
        here = slope(z);
    }
    // Rounding must not leave the open interval, where the logarithms end.
    let z = z.clamp(1e-12 * cost, cost * (1.0 - 1e-12));
    (if from_above { cost - z } else { z }, hardness)
}

/// 1 / the norm of a text's ratios; 0 for one that has nothing known.
fn inverse_length(ratios: &[f32], places: &[u32]) -> f64 {
    let square: f64 = places.iter().map(|&place| f64::from(ratios[place as usize]).powi(2)).sum();
    if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "kept in single precision")]
fn ratios(rows: &[Vec<u32>], answers: &[bool], features: usize) -> Vec<f32> {
    // One more each, so that what one side never has speaks loudly, not infinitely.
    let mut counts = [vec![1.0_f64; features], vec![1.0_f64; features]];
    for (places, &answer) in rows.iter().zip(answers) {
        for &place in places {
            counts[usize::from(answer)][place as usize] += 1.0;
        }
    }
    let [no, yes] = &counts;
    let shift = (no.iter().sum::<f64>() / yes.iter().sum::<f64>()).ln();
    yes.iter().zip(no).map(|(yes, no)| ((yes / no).ln() + shift) as f32).collect()
}

/// A classifier of texts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    pub(super) vocabulary: Vocabulary,
    /// One a class; a single one for two classes of which each text has one, for the second.
    pub(super) columns: Vec<Column>,
    /// Whether a text may have several labels, or none.
    pub(super) several: bool,
}

impl Linear {
    /// How many questions `classes` classes take.
    pub(super) fn columns(classes: usize, several: bool) -> usize {
        if classes == 2 && !several { 1 } else { classes }
    }

    /// Fits to what the texts have and the classes they carry; `None` if cancelled.
    pub(super) fn fit(
        texts: &[&[u64]],
        labels: &[&[usize]],
        classes: usize,
        several: bool,
        least_texts: u32,
        fitting: Fitting,
        cancel: &Cancel,
        watch: &(dyn Fn(usize, f64) + Sync),
    ) -> Option<Self> {
        let vocabulary = Vocabulary::of(texts, least_texts);
        let rows: Vec<Vec<u32>> = texts.par_iter().map(|numbers| vocabulary.places(numbers)).collect();
        let count = Self::columns(classes, several);
        let columns: Option<Vec<Column>> = (0..count)
            .into_par_iter()
            .map(|column| {
                let class = if count == 1 { 1 } else { column };
                let answers: Vec<bool> = labels.iter().map(|labels| labels.contains(&class)).collect();
                let quiet = |_: usize, _: f64| {};
                let watch: &(dyn Fn(usize, f64) + Sync) = if column == 0 { watch } else { &quiet };
                Column::fit(&rows, &answers, vocabulary.0.len(), fitting, cancel, watch)
            })
            .collect();
        columns.map(|columns| Self { vocabulary, columns, several })
    }

    /// The probability of each class. They add up to 1 unless a text may have several.
    pub(super) fn probabilities(&self, numbers: &[u64]) -> Vec<f64> {
        let places = self.vocabulary.places(numbers);
        let each: Vec<f64> = self.columns.iter().map(|column| probability(column.score(&places))).collect();
        match each[..] {
            [second] if !self.several => vec![1.0 - second, second],
            _ if self.several => each,
            _ => {
                let sum = each.iter().sum::<f64>().max(f64::MIN_POSITIVE);
                each.into_iter().map(|probability| probability / sum).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(texts: &[&[u64]], labels: &[&[usize]], classes: usize, several: bool) -> Linear {
        let fitting = Fitting { cost: 4.0, seed: 1 };
        Linear::fit(texts, labels, classes, several, 1, fitting, &Cancel::default(), &|_, _| {}).expect("not cancelled")
    }

    #[test]
    fn what_only_one_label_has_decides() {
        let texts: [&[u64]; 4] = [&[1, 9], &[1, 8, 9], &[2, 9], &[2, 7, 9]];
        let two = fitted(&texts, &[&[0], &[0], &[1], &[1]], 2, false);
        assert_eq!(two.columns.len(), 1);
        assert!(two.probabilities(&[1, 9])[0] > 0.6 && two.probabilities(&[2])[1] > 0.6);
        let sum: f64 = two.probabilities(&[1, 2]).iter().sum();
        assert!((sum - 1.0).abs() < 1e-9);
        let both = fitted(&texts, &[&[0], &[0, 1], &[1], &[1]], 2, true);
        assert_eq!(both.columns.len(), 2, "each label is a question of its own");
        let three = fitted(&texts, &[&[0], &[0], &[1], &[2]], 3, false);
        assert!((three.probabilities(&[5]).iter().sum::<f64>() - 1.0).abs() < 1e-9, "nothing known is an answer too");
    }

    #[test]
    fn it_finds_the_optimum() {
        // At the optimum each text's pull is cost / (1 + exp(margin)).
        for (margin, square, cost) in [(0.3, 2.0, 4.0), (-5.0, 2.0, 1.0), (8.0, 1.0, 4.0)] {
            let (mut pull, mut at) = (1e-8, margin);
            for _ in 0..50 {
                let (next, _) = solve(pull, at, square, cost);
                at += square * (next - pull);
                pull = next;
            }
            assert!((pull - cost / (1.0 + f64::exp(at))).abs() < 1e-4, "{pull} {at}");
        }
    }

    #[test]
    fn cancel_stops_it() {
        let cancel = Cancel::default();
        cancel.cancel();
        let fitting = Fitting { cost: 1.0, seed: 1 };
        let stopped = Linear::fit(&[&[1], &[2]], &[&[0], &[1]], 2, false, 1, fitting, &cancel, &|_, _| {});
        assert_eq!(stopped, None);
    }
}
