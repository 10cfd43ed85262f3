//! The parameters of table 5-3 as what they mean, and how the learning rate goes over the epochs.

use super::augment::Flips;
use super::network::{DARKNET_53, DARKNET_SMALL, Layout};
use crate::learning::error::LearningError;
use crate::learning::parameters::Parameters;
use crate::learning::split::SplitSpec;

/// A part of the first steps warms up in any case: from scratch, full steps at once spoil the first layers.
const LEAST_WARM_UP: f64 = 0.03;
/// What is left of the rate at the end of a cosine.
const COSINE_END: f64 = 0.02;
/// What each of `lr_steps` multiplies the rate by.
const STEP: f64 = 0.1;

/// Which network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backbone {
    Darknet53,
    Small,
}

impl Backbone {
    /// The network's layout.
    pub(super) fn layout(self) -> Layout {
        match self {
            Self::Darknet53 => DARKNET_53,
            Self::Small => DARKNET_SMALL,
        }
    }

    /// As the parameter is written.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Darknet53 => "darknet_53",
            Self::Small => "darknet_small",
        }
    }

    /// The backbone called `name`, in any case.
    pub(super) fn of(name: &str) -> Option<Self> {
        [Self::Darknet53, Self::Small].into_iter().find(|backbone| backbone.name().eq_ignore_ascii_case(name))
    }

    /// The learning rate where it is left open.
    fn rate(self) -> f64 {
        match self {
            Self::Darknet53 => 0.0001,
            Self::Small => 0.002,
        }
    }

    /// The longer side of the network's input where it is left open, a multiple of 32.
    fn image_size(self) -> usize {
        match self {
            Self::Darknet53 => 416,
            Self::Small => 256,
        }
    }

    /// Passes over `images` where the number is left open.
    fn epochs(self, images: usize) -> u64 {
        match self {
            Self::Darknet53 => 10,
            // A small network from scratch needs its steps, many images bring them in fewer passes.
            Self::Small => (SMALL_IMAGES / images.max(1)).clamp(10, 200) as u64,
        }
    }
}

/// How many images the small network sees in a run, each time another part of them.
const SMALL_IMAGES: usize = 9_000;

/// How the rate falls.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fall {
    Cosine,
    /// To a tenth after each of these epochs.
    Steps(Vec<f64>),
}

/// The parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) backbone: Backbone,
    pub(super) rate: f64,
    pub(super) momentum: f64,
    pub(super) weight_decay: f64,
    /// As it was typed, only to be told.
    pub(super) classes: Option<u64>,
    pub(super) spec: SplitSpec,
    pub(super) batch_size: usize,
    pub(super) evaluate_every: u64,
    epochs: Option<u64>,
    /// At most so many images are trained on.
    pub(super) examples: Option<usize>,
    pub(super) log_every: u64,
    warm_up_epochs: f64,
    fall: Fall,
    /// The longer side of the network's input in pixels, a multiple of 32.
    pub(super) image_size: usize,
    pub(super) flips: Flips,
    pub(super) score_threshold: f64,
    pub(super) most_overlap: f64,
    pub(super) seed: u64,
}

/// What `lr_steps` looks like, for messages.
const STEPS_EXPECTED: &str = "growing-epochs";

fn steps(text: &str) -> Option<Vec<f64>> {
    let steps: Vec<f64> = text.split(',').map(|step| step.trim().parse().ok()).collect::<Option<_>>()?;
    (steps.is_sorted_by(|a, b| a < b) && steps.iter().all(|step| step.is_finite() && *step > 0.0)).then_some(steps)
}

impl Settings {
    /// Reads completed parameters.
    ///
    /// # Errors
    /// The first whose text has the wrong form.
    pub(super) fn read(parameters: Parameters<'_>, request_seed: u64) -> Result<Self, LearningError> {
        let number = |name: &str| parameters.get::<f64>(name, "number");
        let whole = |name: &str| parameters.get::<u64>(name, "whole-number");
        let backbone = parameters.text("backbone").unwrap_or_default();
        let Some(backbone) = Backbone::of(backbone) else {
            return Err(LearningError::value("backbone", backbone, "darknet_small or darknet_53"));
        };
        let fall = match parameters.text("lr_steps") {
            Some(text) => {
                Fall::Steps(steps(text).ok_or_else(|| LearningError::value("lr_steps", text, STEPS_EXPECTED))?)
            }
            None if backbone == Backbone::Darknet53 => Fall::Steps(vec![10.0, 15.0]),
            None => Fall::Cosine,
        };
        let flips = parameters.text("flips").unwrap_or("both").to_ascii_lowercase();
        let image_size: Option<usize> = parameters.optional("image_size", "whole-number-or-none")?;
        Ok(Self {
            backbone,
            rate: parameters.optional("lr", "number-or-none")?.unwrap_or(backbone.rate()),
            momentum: number("mom")?,
            weight_decay: number("wd")?,
            classes: parameters.optional("num_classes", "whole-number-or-none")?,
            spec: parameters.get("split_spec", SplitSpec::EXPECTED)?,
            batch_size: parameters.get("batch_size", "whole-number")?,
            evaluate_every: whole("eval_frequency")?,
            epochs: parameters.optional("num_epoch", "whole-number-or-none")?,
            examples: parameters.optional("num_examples", "whole-number-or-none")?,
            log_every: whole("disp_batches")?,
            warm_up_epochs: number("warm_up_epochs")?,
            fall,
            image_size: image_size.unwrap_or(backbone.image_size()).div_ceil(32) * 32,
            flips: Flips { horizontal: flips != "none", vertical: flips == "both" },
            score_threshold: number("score_threshold")?,
            most_overlap: number("nms_iou")?,
            seed: parameters.optional("seed", "whole-number")?.unwrap_or(request_seed),
        })
    }

    /// Passes over `images` images to train on.
    pub(super) fn epochs(&self, images: usize) -> u64 {
        self.epochs.unwrap_or_else(|| self.backbone.epochs(images))
    }

    /// In so many of `epochs` passes the rate rises.
    fn warm_up(&self, epochs: f64) -> f64 {
        self.warm_up_epochs.max(LEAST_WARM_UP * epochs)
    }

    /// How the rate goes over `epochs` passes, as a line for the log: what was typed or, where it was left open, chosen.
    pub(super) fn rates(&self, epochs: f64) -> String {
        let warm_up = self.warm_up(epochs);
        let mut line = format!("lr={} num_epoch={epochs}: the rate rises over {warm_up:.2} epochs", self.rate);
        if self.warm_up_epochs < warm_up {
            let least = LEAST_WARM_UP * 100.0;
            let typed = self.warm_up_epochs;
            line += &format!(" (warm_up_epochs={typed} is less than the {least:.0} % that learning needs at least)");
        }
        line += &match &self.fall {
            Fall::Cosine => ", then falls along a cosine".to_owned(),
            Fall::Steps(steps) => {
                let steps = steps.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
                format!(", then falls to a tenth after epochs {steps}")
            }
        };
        line
    }

    /// The learning rate after `epoch` of `epochs` passes.
    pub(super) fn rate_at(&self, epoch: f64, epochs: f64) -> f64 {
        let warm_up = self.warm_up(epochs);
        // The first step has a rate too.
        let warm = ((epoch / warm_up).max(0.0) * 0.99 + 0.01).min(1.0);
        let left = match &self.fall {
            Fall::Cosine => {
                let part = (epoch / epochs).clamp(0.0, 1.0);
                COSINE_END + (1.0 - COSINE_END) * 0.5 * (1.0 + (std::f64::consts::PI * part).cos())
            }
            Fall::Steps(steps) => steps.iter().filter(|step| epoch >= **step).fold(1.0, |rate, _| rate * STEP),
        };
        self.rate * warm * left
    }
}

/// Checks completed parameters as training reads them.
pub(super) fn check(parameters: Parameters<'_>) -> Result<(), LearningError> {
    Settings::read(parameters, 0).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::yolo::ENTRY;
    use std::collections::BTreeMap;

    fn settings(typed: &[(&str, &str)]) -> Result<Settings, LearningError> {
        let typed: BTreeMap<_, _> =
            typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let complete = ENTRY.descriptor.complete(&typed)?;
        Settings::read(Parameters::new(&ENTRY.descriptor, &complete), 5)
    }

    #[test]
    fn what_is_left_open_follows_the_backbone() {
        let small = settings(&[]).expect("the defaults");
        assert_eq!((small.backbone, small.rate, small.seed), (Backbone::Small, 0.002, 5));
        let large = settings(&[("backbone", "darknet_53")]).expect("valid");
        assert_eq!((large.rate, large.epochs(16_551), large.image_size), (0.0001, 10, 416));
        assert_eq!(large.fall, Fall::Steps(vec![10.0, 15.0]));
        for (other, meant) in [("small", Backbone::Small), ("darknet53", Backbone::Darknet53)] {
            assert_eq!(settings(&[("backbone", other)]).expect(other).backbone, meant);
        }
        assert!(settings(&[("backbone", "darknet")]).is_err());
        let told = small.rates(40.0);
        assert!(told.contains("lr=0.002") && told.contains("num_epoch=40") && told.contains("cosine"), "{told}");
        assert!(told.contains("warm_up_epochs=0 is less"), "{told}");
        let told = large.rates(20.0);
        assert!(told.contains("lr=0.0001") && told.contains("after epochs 10, 15"), "{told}");
        assert_eq!(settings(&[("image_size", "300")]).expect("valid").image_size, 320);
        assert!(small.epochs(220) > small.epochs(5000));
        for wrong in ["15,10", "a", "-1", "10,,15"] {
            assert!(settings(&[("lr_steps", wrong)]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_rate_warms_up_and_falls() {
        let cosine = settings(&[("lr", "0.01")]).expect("valid");
        assert!(cosine.rate_at(0.0, 50.0) < 0.001 && cosine.rate_at(50.0, 50.0) < 0.0003);
        assert!(cosine.rate_at(2.0, 50.0) > 0.0095);
        let stepped = settings(&[("lr", "0.01"), ("lr_steps", "10,15"), ("warm_up_epochs", "4")]).expect("valid");
        let rates = [2.0, 9.9, 10.0, 16.0].map(|epoch| (stepped.rate_at(epoch, 20.0) * 1e6).round());
        assert_eq!(rates, [5050.0, 10000.0, 1000.0, 100.0]);
    }
}
