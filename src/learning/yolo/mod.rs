//! `yolo_v3` (guide, tables 5-2 and 5-3): the network itself, trained here from scratch or from weights of an earlier
//! run, and a small one of the same kind for machines without a GPU.

mod anchors;
mod augment;
mod decode;
mod loss;
mod network;
mod predictor;
mod samples;
mod settings;
mod targets;
#[cfg(test)]
mod tests;
mod train;

use super::AlgorithmEntry;
use crate::domain::DatasetType;
use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind};
use crate::learning::parameters::{MANY, number, parameter, whole};

/// Table 5-3, then our own. Where the table's figure suits only its example (the 16,551 photographs of VOC2007 and
/// 2012, a darknet-53 that has learned from ImageNet, GPUs), it is left open here and decided by backbone and version.
const PARAMETERS: &[Parameter] = &[
    parameter("backbone", ParameterKind::Choice { values: &["darknet_small", "darknet_53"] }, Some("darknet_small")),
    parameter("lr", number(0.0, 10.0), None),
    parameter("mom", number(0.0, 0.9999), Some("0.9")),
    parameter("wd", number(0.0, 1.0), Some("0.0005")),
    parameter("num_classes", whole(1, 1_000_000), None),
    parameter("split_spec", ParameterKind::Text, Some("0.8")),
    parameter("batch_size", whole(1, 4096), Some("4")),
    parameter("eval_frequency", whole(1, 100_000), Some("1")),
    Parameter { alias: Some("max_epochs"), ..parameter("num_epoch", whole(1, 100_000), None) },
    parameter("num_examples", whole(1, MANY), None),
    parameter("disp_batches", whole(1, MANY), Some("20")),
    parameter("warm_up_epochs", number(0.0, 100_000.0), Some("0")),
    parameter("lr_steps", ParameterKind::Text, None),
    parameter("image_size", whole(64, 4096), None),
    parameter("flips", ParameterKind::Choice { values: &["both", "horizontal", "none"] }, Some("both")),
    parameter("score_threshold", number(0.01, 0.99), Some("0.3")),
    parameter("nms_iou", number(0.05, 0.95), Some("0.5")),
    parameter("pretrained", ParameterKind::Text, None),
    parameter("seed", whole(0, i64::MAX), None),
];

/// The line of the table of algorithms.
pub(super) const ENTRY: AlgorithmEntry = AlgorithmEntry {
    descriptor: Algorithm {
        name: "yolo_v3",
        dataset_type: DatasetType::ObjectDetection,
        engine: "Burn (CPU)",
        guide: Some("table 5-3"),
        parameters: PARAMETERS,
    },
    read: settings::check,
    train: train::train,
    load: predictor::load,
};
