//! `ResNet_v1_50` (guide, tables 5-6 and 5-7): the network itself, trained here from scratch or from weights in
//! torchvision's names, and exported in the same names.

mod batches;
mod network;
mod optimizer;
mod predictor;
mod samples;
mod schedule;
mod settings;
#[cfg(test)]
mod tests;
mod train;

use super::AlgorithmEntry;
use crate::domain::DatasetType;
use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind};
use crate::learning::parameters::{MANY, ignored, number, parameter, whole};

/// Mean and deviation of ImageNet's pixels, which torchvision's weights expect.
const IMAGENET_MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];
/// Side of the images where the parameter leaves it open.
const DEFAULT_IMAGE_SIZE_PX: usize = 224;

/// Table 5-7 with its defaults, then our own.
const PARAMETERS: &[Parameter] = &[
    parameter("split_spec", ParameterKind::Text, Some("train:0.8,eval:0.2")),
    parameter("batch_size", whole(2, 4096), Some("32")),
    parameter("eval_batch_size", whole(1, 4096), Some("32")),
    parameter("learning_rate_strategy", ParameterKind::Text, Some("0.002")),
    Parameter { alias: Some("max_epochs"), ..parameter("max_epoches", whole(1, 100_000), Some("100")) },
    parameter("evaluate_every_n_epochs", whole(1, 100_000), Some("1")),
    parameter("log_every_n_steps", whole(1, MANY), Some("10")),
    parameter("save_interval_secs", whole(1, MANY), Some("2000000")),
    parameter("image_size", whole(32, 4096), None),
    parameter(
        "optimizer",
        ParameterKind::Choice { values: &["dymomentumw", "dymomentum", "sgd", "adam", "momentum"] },
        Some("momentum"),
    ),
    parameter("momentum", number(0.0, 0.9999), Some("0.9")),
    parameter("use_nesterov", ParameterKind::Boolean, Some("TRUE")),
    parameter("weight_decay", number(0.0, 1.0), Some("0.00004")),
    parameter("patience", whole(1, MANY), Some("8")),
    parameter("decay_patience", whole(0, MANY), Some("1")),
    parameter("decay_min_delta", number(0.0, 1.0), Some("0.001")),
    parameter("min_delta", number(0.0, 1.0), Some("0.001")),
    parameter("use_lr_schedule", ParameterKind::Choice { values: &["lcd", "poly"] }, None),
    parameter("lr_warmup_strategy", ParameterKind::Choice { values: &["linear", "exponential"] }, Some("linear")),
    parameter("warmup", number(0.0, 1.0), Some("0.1")),
    parameter("cooldown", number(0.0, 1000.0), Some("0.05")),
    parameter("max_lr", number(0.0, 1000.0), Some("6.4")),
    parameter("min_lr", number(0.0, 1000.0), Some("0.005")),
    parameter("max_mom", number(0.0, 0.9999), Some("0.98")),
    parameter("min_mom", number(0.0, 0.9999), Some("0.85")),
    parameter("use_lars", ParameterKind::Boolean, Some("FALSE")),
    ignored("num_gpus", whole(0, 1024), "1"),
    ignored("fp16", ParameterKind::Boolean, "FALSE"),
    ignored("num_readers", whole(1, 1024), "64"),
    ignored("preprocess_threads", whole(1, 1024), "12"),
    ignored("save_summaries_steps", whole(1, MANY), "5"),
    parameter("pretrained", ParameterKind::Text, None),
    parameter("several_labels", ParameterKind::Boolean, Some("FALSE")),
    parameter("seed", whole(0, i64::MAX), None),
];

/// The line of the table of algorithms.
pub(super) const ENTRY: AlgorithmEntry = AlgorithmEntry {
    descriptor: Algorithm {
        name: "ResNet_v1_50",
        dataset_type: DatasetType::ImageClassification,
        engine: "Burn (CPU)",
        guide: Some("table 5-7"),
        parameters: PARAMETERS,
    },
    read: settings::check,
    train: train::train,
    load: predictor::load,
};
