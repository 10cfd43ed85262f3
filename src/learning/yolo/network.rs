//! YOLOv3 (Redmon and Farhadi 2018): a darknet of convolutions, normalisation and leaky rectifiers, and a top-down
//! path that predicts boxes at three scales. The small network is the same at a tenth of the width and depth.

use crate::learning::layers::{self, Layer, OtherClasses};
use crate::learning::weights::Weights;
use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d};
use burn::tensor::activation::leaky_relu;
use burn::tensor::{Device, Tensor, TensorData};

/// Pixels of the image a side of a cell is long, per scale, the finest first.
pub(super) const STRIDES: [usize; 3] = [8, 16, 32];
/// Boxes that each cell of each scale predicts.
pub(super) const ANCHORS: usize = 3;
/// Numbers of a predicted box before its class scores: x, y, width, height, whether there is an object.
pub(super) const BOX_VALUES: usize = 5;
/// What a negative value is multiplied by, as in darknet.
const LEAK: f64 = 0.1;
/// Part of the cells that is taken to hold an object before anything is learned.
const PRIOR: f64 = 0.02;

/// How wide and deep a darknet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Side of the squares of pixels whose values become the channels of one place (darknet's `reorg`); 1 for none.
    squares: usize,
    /// Channels after the first convolution.
    stem: usize,
    /// Channels and residual blocks after each halving; the last three are at the strides 8, 16 and 32.
    stages: &'static [(usize, usize)],
    /// Further pairs of convolutions before each prediction.
    pairs: usize,
}

/// Darknet-53 with the neck of the paper.
pub(super) const DARKNET_53: Layout =
    Layout { squares: 1, stem: 32, stages: &[(64, 1), (128, 2), (256, 8), (512, 8), (1024, 4)], pairs: 2 };
/// For machines without a GPU: about 0.2 billion multiplications for an image of 256 × 192 pixels. It begins at a quarter
/// of the resolution: on a CPU the time goes into large thin layers, not into small thick ones.
pub(super) const DARKNET_SMALL: Layout =
    Layout { squares: 4, stem: 32, stages: &[(64, 1), (128, 2), (256, 1)], pairs: 0 };

/// Convolution, normalisation, leaky rectifier.
#[derive(Module, Debug)]
struct Unit {
    conv: Conv2d,
    norm: BatchNorm,
}

/// A convolution of 1×1 to half the channels and one of 3×3 back, added to what came in.
#[derive(Module, Debug)]
struct Residual {
    narrow: Unit,
    wide: Unit,
}

/// A halving and the residual blocks after it.
#[derive(Module, Debug)]
struct Stage {
    down: Unit,
    blocks: Vec<Residual>,
}

/// What predicts at one scale.
#[derive(Module, Debug)]
struct Head {
    /// Brings the coarser scale's features here; absent at the coarsest.
    lateral: Option<Unit>,
    set: Vec<Unit>,
    tip: Unit,
    out: Conv2d,
}

/// The network.
#[derive(Module, Debug)]
pub(super) struct Yolo {
    squares: usize,
    stem: Unit,
    stages: Vec<Stage>,
    /// The coarsest first.
    heads: Vec<Head>,
}

fn convolution(channels: [usize; 2], kernel: usize, stride: usize) -> Conv2dConfig {
    let padding = kernel / 2;
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
}

impl Unit {
    fn new(channels: [usize; 2], kernel: usize, stride: usize, device: &Device) -> Self {
        let initializer = Initializer::KaimingNormal { gain: std::f64::consts::SQRT_2, fan_out_only: false };
        let conv = convolution(channels, kernel, stride).with_bias(false).with_initializer(initializer).init(device);
        Self { conv, norm: BatchNormConfig::new(channels[1]).init(device) }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        leaky_relu(self.norm.forward(self.conv.forward(input)), LEAK)
    }
}

impl Residual {
    fn new(channels: usize, device: &Device) -> Self {
        let half = channels / 2;
        Self { narrow: Unit::new([channels, half], 1, 1, device), wide: Unit::new([half, channels], 3, 1, device) }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.wide.forward(self.narrow.forward(input.clone())) + input
    }
}

impl Head {
    fn new(lateral: Option<usize>, inputs: usize, width: usize, pairs: usize, outputs: usize, device: &Device) -> Self {
        let lateral = lateral.map(|channels| Unit::new([channels, width], 1, 1, device));
        let mut set = vec![Unit::new([inputs + lateral.as_ref().map_or(0, |_| width), width], 1, 1, device)];
        for _ in 0..pairs {
            set.push(Unit::new([width, 2 * width], 3, 1, device));
            set.push(Unit::new([2 * width, width], 1, 1, device));
        }
        let out = convolution([2 * width, outputs], 1, 1)
            .with_initializer(Initializer::Normal { mean: 0.0, std: 0.01 })
            .init(device);
        Self { lateral, set, tip: Unit::new([width, 2 * width], 3, 1, device), out }
    }
}

/// Each value four times, as a square of two by two.
fn doubled(input: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = input.dims();
    let squares: Tensor<6> =
        input.reshape([batch, channels, height, 1, width, 1]).expand([batch, channels, height, 2, width, 2]);
    squares.reshape([batch, channels, 2 * height, 2 * width])
}

/// Squares of `side` by `side` values as channels of one place.
fn gathered(input: Tensor<4>, side: usize) -> Tensor<4> {
    if side == 1 {
        return input;
    }
    let [batch, channels, height, width] = input.dims();
    let (rows, columns) = (height / side, width / side);
    let squares: Tensor<6> = input.reshape([batch, channels, rows, side, columns, side]);
    squares.permute([0, 1, 3, 5, 2, 4]).reshape([batch, channels * side * side, rows, columns])
}

impl Yolo {
    /// A network with random weights that `seed` decides.
    pub(super) fn new(layout: Layout, classes: usize, seed: u64, device: &Device) -> Self {
        layers::drawn(seed, device, || Self::undrawn(layout, classes, device))
    }

    fn undrawn(layout: Layout, classes: usize, device: &Device) -> Self {
        let mut channels = layout.stem;
        let stem = Unit::new([3 * layout.squares * layout.squares, channels], 3, 1, device);
        let mut stages = Vec::new();
        for &(width, blocks) in layout.stages {
            let down = Unit::new([channels, width], 3, 2, device);
            stages.push(Stage { down, blocks: (0..blocks).map(|_| Residual::new(width, device)).collect() });
            channels = width;
        }
        let outputs = ANCHORS * (BOX_VALUES + classes);
        let mut heads: Vec<Head> = Vec::new();
        let mut coarser = None;
        for &(inputs, _) in layout.stages.iter().rev().take(STRIDES.len()) {
            heads.push(Head::new(coarser, inputs, inputs / 2, layout.pairs, outputs, device));
            coarser = Some(inputs / 2);
        }
        let mut network = Self { squares: layout.squares, stem, stages, heads };
        for head in &mut network.heads {
            head.out.bias = Some(Param::from_data(TensorData::new(prior(classes), [outputs]), device));
        }
        network
    }

    /// From images `[batch, 3, height, width]`, both sides multiples of 32, to one tensor a scale, the finest first:
    /// `[batch, ANCHORS · (5 + classes), height / stride, width / stride]`.
    pub(super) fn forward(&self, images: Tensor<4>) -> Vec<Tensor<4>> {
        let mut x = self.stem.forward(gathered(images, self.squares));
        let mut scales = Vec::new();
        for stage in &self.stages {
            x = stage.down.forward(x);
            for block in &stage.blocks {
                x = block.forward(x);
            }
            scales.push(x.clone());
        }
        let mut predictions = Vec::new();
        let mut coarser: Option<Tensor<4>> = None;
        for (head, features) in self.heads.iter().zip(scales.into_iter().rev()) {
            let mut x = match (&head.lateral, coarser.take()) {
                (Some(lateral), Some(coarser)) => Tensor::cat(vec![doubled(lateral.forward(coarser)), features], 1),
                _ => features,
            };
            for unit in &head.set {
                x = unit.forward(x);
            }
            predictions.push(head.out.forward(head.tip.forward(x.clone())));
            coarser = Some(x);
        }
        predictions.reverse();
        predictions
    }

    /// All layers with their names, in a fixed order.
    fn named(&mut self) -> Vec<(String, Layer<'_>)> {
        let mut units: Vec<(String, &mut Unit)> = vec![("stem".to_owned(), &mut self.stem)];
        for (index, stage) in self.stages.iter_mut().enumerate() {
            units.push((format!("stage{index}.down"), &mut stage.down));
            for (place, block) in stage.blocks.iter_mut().enumerate() {
                units.push((format!("stage{index}.{place}.narrow"), &mut block.narrow));
                units.push((format!("stage{index}.{place}.wide"), &mut block.wide));
            }
        }
        let mut outs = Vec::new();
        for (index, head) in self.heads.iter_mut().enumerate() {
            if let Some(lateral) = &mut head.lateral {
                units.push((format!("head{index}.lateral"), lateral));
            }
            for (place, unit) in head.set.iter_mut().enumerate() {
                units.push((format!("head{index}.set.{place}"), unit));
            }
            units.push((format!("head{index}.tip"), &mut head.tip));
            outs.push((format!("head{index}.out"), Layer::Convolution(&mut head.out)));
        }
        let mut named = Vec::with_capacity(2 * units.len() + outs.len());
        for (name, unit) in units {
            named.push((format!("{name}.conv"), Layer::Convolution(&mut unit.conv)));
            named.push((format!("{name}.norm"), Layer::Normalization(&mut unit.norm)));
        }
        named.extend(outs);
        named
    }

    /// Moves all weights and statistics towards those of `other`, a network of the same layout: `keep`, 0 to 1, is the
    /// part that stays.
    pub(super) fn follow(&mut self, other: &Self, keep: f64) {
        let mut other = other.clone();
        for ((_, mine), (_, new)) in self.named().into_iter().zip(other.named()) {
            match (mine, new) {
                (Layer::Convolution(mine), Layer::Convolution(new)) => {
                    mix(&mut mine.weight, &new.weight, keep);
                    if let (Some(mine), Some(new)) = (&mut mine.bias, &new.bias) {
                        mix(mine, new, keep);
                    }
                }
                (Layer::Normalization(mine), Layer::Normalization(new)) => {
                    mix(&mut mine.gamma, &new.gamma, keep);
                    mix(&mut mine.beta, &new.beta, keep);
                    let mixed = |mine: Tensor<1>, new: Tensor<1>| mine.mul_scalar(keep) + new.mul_scalar(1.0 - keep);
                    mine.running_mean.update(mixed(mine.running_mean.value_sync(), new.running_mean.value_sync()));
                    mine.running_var.update(mixed(mine.running_var.value_sync(), new.running_var.value_sync()));
                    mine.running_mean.value_sync();
                    mine.running_var.value_sync();
                }
                _ => {}
            }
        }
    }

    /// The weights by name.
    pub(super) fn weights(&self) -> Weights {
        layers::weights(self.clone().named(), None)
    }

    /// Replaces all weights by `weights`, except those of last layers for another number of classes, one of which is
    /// returned.
    ///
    /// # Errors
    /// The first tensor that is missing or has another shape.
    pub(super) fn load(&mut self, weights: Weights, device: &Device) -> Result<Option<OtherClasses>, String> {
        layers::load(self.named(), weights, device)
    }
}

/// Biases of a last layer with which every cell says "hardly anything here" and every class is as likely.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a starting point")]
fn prior(classes: usize) -> Vec<f32> {
    let logit = |part: f64| (part / (1.0 - part)).ln() as f32;
    let mut one = vec![0.0; BOX_VALUES + classes];
    one[4] = logit(PRIOR);
    one[BOX_VALUES..].fill(logit((0.6 / classes.max(1) as f64).min(0.5)));
    one.repeat(ANCHORS)
}

fn mix<const D: usize>(mine: &mut Param<Tensor<D>>, new: &Param<Tensor<D>>, keep: f64) {
    let mixed = mine.val().mul_scalar(keep) + new.val().mul_scalar(1.0 - keep);
    *mine = Param::from_tensor(mixed);
}
