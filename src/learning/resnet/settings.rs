//! The parameters of table 5-7 as what they mean.

use super::DEFAULT_IMAGE_SIZE_PX;
use super::optimizer::Descent;
use super::schedule::{Cycle, Decay, Patience, Strategy};
use crate::learning::error::LearningError;
use crate::learning::parameters::Parameters;
use crate::learning::split::SplitSpec;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::{AdamConfig, ModuleOptimizer};
use std::time::Duration;

/// The parameters as what they mean.
pub(super) struct Settings {
    pub(super) spec: SplitSpec,
    pub(super) seed: u64,
    pub(super) batch_size: usize,
    pub(super) eval_batch_size: usize,
    pub(super) epochs: u64,
    pub(super) evaluate_every: u64,
    pub(super) log_every: u64,
    pub(super) save_interval: Duration,
    pub(super) strategy: Strategy,
    pub(super) cycle: Option<Cycle>,
    pub(super) dynamic_momentum: Option<(f64, f64)>,
    pub(super) patience: Patience,
    pub(super) image_size: usize,
}

impl Settings {
    /// Reads completed parameters.
    ///
    /// # Errors
    /// The first whose text has the wrong form.
    pub(super) fn read(parameters: Parameters<'_>, request_seed: u64) -> Result<Self, LearningError> {
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

/// Checks completed parameters as training reads them.
pub(super) fn check(parameters: Parameters<'_>) -> Result<(), LearningError> {
    Settings::read(parameters, 0).map(drop)
}

/// One of the optimisers, and what must be set between steps.
pub(super) fn optimizer(parameters: Parameters<'_>) -> Result<(ModuleOptimizer, Descent), LearningError> {
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
