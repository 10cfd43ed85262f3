//! ResNet-50 as torchvision builds it: version 1 with the stride on the 3×3 convolution of each block.

use crate::learning::layers::{self, Layer, OtherClasses};
use crate::learning::weights::Weights;
use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation::relu};

/// Width of the last block's output.
pub(crate) const FEATURES: usize = 2048;
/// Blocks of each of the four stages.
const STAGES: [usize; 4] = [3, 4, 6, 3];

/// Two convolutions of 1×1 around one of 3×3, added to what came in.
#[derive(Module, Debug)]
pub(crate) struct Bottleneck {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
    conv3: Conv2d,
    bn3: BatchNorm,
    /// Brings the input to the output's shape, where they differ.
    downsample: Option<Downsample>,
}

#[derive(Module, Debug)]
pub(crate) struct Downsample {
    conv: Conv2d,
    bn: BatchNorm,
}

/// The network, from `[batch, 3, side, side]` to `[batch, classes]`.
#[derive(Module, Debug)]
pub(crate) struct ResNet50 {
    conv1: Conv2d,
    bn1: BatchNorm,
    maxpool: MaxPool2d,
    layers: Vec<Vec<Bottleneck>>,
    fc: Linear,
}

fn convolution(channels: [usize; 2], kernel: usize, stride: usize, device: &Device) -> Conv2d {
    let padding = kernel / 2;
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
        .with_bias(false)
        .with_initializer(Initializer::KaimingNormal { gain: std::f64::consts::SQRT_2, fan_out_only: true })
        .init(device)
}

fn normalization(features: usize, device: &Device) -> BatchNorm {
    BatchNormConfig::new(features).init(device)
}

impl Bottleneck {
    fn new(inputs: usize, width: usize, stride: usize, device: &Device) -> Self {
        let outputs = width * 4;
        Self {
            conv1: convolution([inputs, width], 1, 1, device),
            bn1: normalization(width, device),
            conv2: convolution([width, width], 3, stride, device),
            bn2: normalization(width, device),
            conv3: convolution([width, outputs], 1, 1, device),
            bn3: normalization(outputs, device),
            downsample: (stride != 1 || inputs != outputs).then(|| Downsample {
                conv: convolution([inputs, outputs], 1, stride, device),
                bn: normalization(outputs, device),
            }),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let shortcut = match &self.downsample {
            Some(downsample) => downsample.bn.forward(downsample.conv.forward(input.clone())),
            None => input.clone(),
        };
        let x = relu(self.bn1.forward(self.conv1.forward(input)));
        let x = relu(self.bn2.forward(self.conv2.forward(x)));
        relu(self.bn3.forward(self.conv3.forward(x)) + shortcut)
    }
}

impl ResNet50 {
    /// A network with random weights that `seed` decides.
    pub(crate) fn new(classes: usize, seed: u64, device: &Device) -> Self {
        layers::drawn(seed, device, || Self::undrawn(classes, device))
    }

    fn undrawn(classes: usize, device: &Device) -> Self {
        let mut inputs = 64;
        let mut layers = Vec::new();
        for (stage, &blocks) in STAGES.iter().enumerate() {
            let width = 64 << stage;
            let mut layer = Vec::new();
            for block in 0..blocks {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                layer.push(Bottleneck::new(inputs, width, stride, device));
                inputs = width * 4;
            }
            layers.push(layer);
        }
        Self {
            conv1: convolution([3, 64], 7, 2, device),
            bn1: normalization(64, device),
            maxpool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            layers,
            fc: LinearConfig::new(FEATURES, classes).init(device),
        }
    }

    /// Scores (logits) of a batch of normalised images.
    pub(crate) fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        let mut x = self.maxpool.forward(relu(self.bn1.forward(self.conv1.forward(images))));
        for block in self.layers.iter().flatten() {
            x = block.forward(x);
        }
        let [batch, features, _, _] = x.dims();
        self.fc.forward(x.reshape([batch as i32, features as i32, -1]).mean_dim(2).reshape([batch, features]))
    }

    /// Sets which part of the running statistics a batch replaces, 0 to 1.
    pub(crate) fn set_statistics_momentum(&mut self, momentum: f64) {
        for (_, layer) in self.named() {
            if let Layer::Normalization(layer) = layer {
                layer.momentum = momentum;
            }
        }
    }

    /// All layers with torchvision's names, in its order.
    fn named(&mut self) -> Vec<(String, Layer<'_>)> {
        let mut named = vec![
            ("conv1".to_owned(), Layer::Convolution(&mut self.conv1)),
            ("bn1".to_owned(), Layer::Normalization(&mut self.bn1)),
        ];
        for (stage, blocks) in self.layers.iter_mut().enumerate() {
            for (index, block) in blocks.iter_mut().enumerate() {
                let name = |part: &str| format!("layer{}.{index}.{part}", stage + 1);
                named.push((name("conv1"), Layer::Convolution(&mut block.conv1)));
                named.push((name("bn1"), Layer::Normalization(&mut block.bn1)));
                named.push((name("conv2"), Layer::Convolution(&mut block.conv2)));
                named.push((name("bn2"), Layer::Normalization(&mut block.bn2)));
                named.push((name("conv3"), Layer::Convolution(&mut block.conv3)));
                named.push((name("bn3"), Layer::Normalization(&mut block.bn3)));
                if let Some(downsample) = &mut block.downsample {
                    named.push((name("downsample.0"), Layer::Convolution(&mut downsample.conv)));
                    named.push((name("downsample.1"), Layer::Normalization(&mut downsample.bn)));
                }
            }
        }
        named.push(("fc".to_owned(), Layer::Linear(&mut self.fc)));
        named
    }

    /// The weights under torchvision's names; `batches` is the number of batches the statistics were taken from.
    pub(crate) fn weights(&self, batches: i64) -> Weights {
        layers::weights(self.clone().named(), Some(batches))
    }

    /// Replaces all weights by `weights`, except those of a last layer for another number of classes, which is
    /// returned.
    ///
    /// # Errors
    /// The first tensor that is missing or has another shape.
    pub(crate) fn load(&mut self, weights: Weights, device: &Device) -> Result<Option<OtherClasses>, String> {
        layers::load(self.named(), weights, device)
    }
}
