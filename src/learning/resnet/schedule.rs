//! Learning rate and momentum over the steps of a run, and when to stop early (table 5-7).

use std::str::FromStr;

/// `0.002`, or `10:0.001,20:0.0001`: 0.001 up to the tenth epoch, then 0.0001.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Strategy(Vec<(f64, f64)>);

impl Strategy {
    pub(crate) const EXPECTED: &'static str = "learning-rate-strategy";

    /// The rate at `epoch`, counted from 0. After the last epoch named, its rate goes on.
    pub(crate) fn at(&self, epoch: f64) -> f64 {
        let (_, last) = self.0[self.0.len() - 1];
        self.0.iter().find(|(until, _)| epoch < *until).map_or(last, |(_, rate)| *rate)
    }
}

impl FromStr for Strategy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let positive = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0).ok_or(());
        if let Ok(rate) = positive(text) {
            return Ok(Self(vec![(f64::INFINITY, rate)]));
        }
        let mut pieces: Vec<(f64, f64)> = Vec::new();
        for piece in text.split(',') {
            let (until, rate) = piece.split_once(':').ok_or(())?;
            let (until, rate) = (positive(until)?, positive(rate)?);
            if pieces.last().is_some_and(|(before, _)| *before >= until) {
                return Err(());
            }
            pieces.push((until, rate));
        }
        Ok(Self(pieces))
    }
}

/// How the rate falls after the warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decay {
    /// `lcd`: linear times cosine.
    LinearCosine,
    /// `poly`: the square of what is left.
    Polynomial,
    /// Down as straight as up, for the dynamic momentum.
    Linear,
}

/// A rate that warms up to `max` and then falls to `min`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cycle {
    pub(crate) decay: Decay,
    pub(crate) max: f64,
    pub(crate) min: f64,
    /// Part of all steps that warms up, 0 to 1.
    pub(crate) warmup: f64,
    /// The rate the warm-up begins with, at most `max`.
    pub(crate) start: f64,
    /// Whether it warms up by equal factors instead of equal steps.
    pub(crate) exponential: bool,
}

impl Cycle {
    /// The rate when `done`, 0 to 1, of all steps are done.
    pub(crate) fn at(&self, done: f64) -> f64 {
        let start = self.start.min(self.max);
        if done < self.warmup {
            let part = done / self.warmup;
            return if self.exponential && start > 0.0 {
                start * (self.max / start).powf(part)
            } else {
                start + (self.max - start) * part
            };
        }
        let part = if self.warmup < 1.0 { ((done - self.warmup) / (1.0 - self.warmup)).clamp(0.0, 1.0) } else { 0.0 };
        let left = match self.decay {
            Decay::LinearCosine => (1.0 - part) * 0.5 * (1.0 + (std::f64::consts::PI * part).cos()),
            Decay::Polynomial => (1.0 - part).powi(2),
            Decay::Linear => 1.0 - part,
        };
        self.min.min(self.max) + (self.max - self.min).max(0.0) * left
    }

    /// The momentum that goes with `rate`: small while the rate is large.
    pub(crate) fn momentum(&self, rate: f64, min_momentum: f64, max_momentum: f64) -> f64 {
        let span = self.max - self.min;
        let part = if span > 0.0 { ((rate - self.min) / span).clamp(0.0, 1.0) } else { 0.0 };
        max_momentum - (max_momentum - min_momentum).max(0.0) * part
    }
}

/// What to do after an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    GoOn,
    /// Lower the learning rate.
    Lower,
    Stop,
}

/// Lowers the rate when the accuracy no longer grows, and stops in the end.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    /// Epochs without gain before the rate falls.
    pub(crate) epochs: f64,
    /// How often it may fall.
    pub(crate) decays: u32,
    /// A smaller gain is none.
    pub(crate) min_delta: f64,
    /// A smaller gain between two rates stops the run.
    pub(crate) decay_min_delta: f64,
    best: Option<f64>,
    best_epoch: f64,
    best_at_last_rate: Option<f64>,
    lowered: u32,
}

impl Patience {
    pub(crate) fn new(epochs: f64, decays: u32, min_delta: f64, decay_min_delta: f64) -> Self {
        let (best, best_epoch, best_at_last_rate, lowered) = (None, 0.0, None, 0);
        Self { epochs, decays, min_delta, decay_min_delta, best, best_epoch, best_at_last_rate, lowered }
    }

    /// Told the accuracy after `epoch` epochs.
    pub(crate) fn observe(&mut self, epoch: f64, accuracy: f64) -> Advice {
        if self.best.is_none_or(|best| accuracy > best + self.min_delta) {
            self.best = Some(accuracy);
            self.best_epoch = epoch;
            return Advice::GoOn;
        }
        if epoch - self.best_epoch < self.epochs {
            return Advice::GoOn;
        }
        let best = self.best.unwrap_or(accuracy);
        let gained = self.best_at_last_rate.is_none_or(|before| best - before > self.decay_min_delta);
        if self.lowered >= self.decays || !gained {
            return Advice::Stop;
        }
        self.lowered += 1;
        self.best_at_last_rate = Some(best);
        self.best_epoch = epoch;
        Advice::Lower
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert, proptest};

    #[test]
    fn strategies_are_read_as_the_guide_writes_them() {
        let constant: Strategy = "0.002".parse().expect("a rate");
        assert_eq!(constant.at(99.0), 0.002);
        let stepped: Strategy = "10:0.001,20:0.0001".parse().expect("two rates");
        assert_eq!([0.0, 9.9, 10.0, 19.0, 25.0].map(|epoch| stepped.at(epoch)), [0.001, 0.001, 1e-4, 1e-4, 1e-4]);
        for wrong in ["", "0", "-1", "a", "10:0.1,5:0.01", "10:", "NaN", "inf"] {
            assert_eq!(wrong.parse::<Strategy>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn patience_lowers_then_stops() {
        let mut patience = Patience::new(2.0, 1, 0.001, 0.001);
        let advice: Vec<_> =
            [0.5, 0.5, 0.5, 0.6, 0.6, 0.6].iter().zip(1..).map(|(a, e)| patience.observe(e.into(), *a)).collect();
        assert_eq!(advice, [Advice::GoOn, Advice::GoOn, Advice::Lower, Advice::GoOn, Advice::GoOn, Advice::Stop]);
    }

    proptest! {
        #[test]
        fn a_cycle_stays_within_its_bounds(
            done in 0.0_f64..=1.0, warmup in 0.0_f64..=1.0, max in 0.01_f64..10.0, low in 0.0_f64..1.0, exponential: bool,
            decay in prop::sample::select(vec![Decay::LinearCosine, Decay::Polynomial, Decay::Linear]),
        ) {
            let (min, start) = (max * low, max * low / 2.0);
            let cycle = Cycle { decay, max, min, warmup, start, exponential };
            let rate = cycle.at(done);
            prop_assert!(rate >= start - 1e-9 && rate <= max + 1e-9);
            let momentum = cycle.momentum(rate, 0.85, 0.98);
            prop_assert!((0.85 - 1e-9..=0.98 + 1e-9).contains(&momentum));
        }
    }
}
