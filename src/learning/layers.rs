//! The layers that networks are made of: drawing their weights by a seed, and writing and reading them by name, laid
//! out as PyTorch does.

use super::weights::{Tensor as NamedTensor, Weights, take_real};
use burn::module::{Module, Param};
use burn::nn::conv::Conv2d;
use burn::nn::{BatchNorm, Linear};
use burn::tensor::{Device, Tensor, TensorData};
use std::sync::{Mutex, PoisonError};

/// A layer of a network; a network lists its own with their names.
pub(crate) enum Layer<'a> {
    Convolution(&'a mut Conv2d),
    Normalization(&'a mut BatchNorm),
    Linear(&'a mut Linear),
}

/// A layer that was left as it is, for the weights were made for another number of classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OtherClasses {
    pub(crate) layer: String,
    /// Shape of the stored weight.
    pub(crate) shape: Vec<usize>,
}

/// A network whose random weights `seed` decides.
pub(crate) fn drawn<M: Module>(seed: u64, device: &Device, make: impl FnOnce() -> M) -> M {
    // Burn draws from one generator of the whole process, so two networks must not be drawn at once.
    static DRAWING: Mutex<()> = Mutex::new(());
    let _guard = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
    device.seed(seed);
    // Burn draws weights when they are first used; here they are all drawn while the generator is ours.
    make().materialize()
}

/// The weights of `layers` by name; `batches` is the number of batches that statistics were taken from, where the
/// format has it.
pub(crate) fn weights(layers: Vec<(String, Layer<'_>)>, batches: Option<i64>) -> Weights {
    let mut weights = Weights::new();
    for (name, layer) in layers {
        let mut put = |part: &str, tensor: NamedTensor| weights.insert(format!("{name}.{part}"), tensor);
        match layer {
            Layer::Convolution(layer) => {
                put("weight", real(layer.weight.val()));
                if let Some(bias) = &layer.bias {
                    put("bias", real(bias.val()));
                }
            }
            Layer::Normalization(layer) => {
                put("weight", real(layer.gamma.val()));
                put("bias", real(layer.beta.val()));
                put("running_mean", real(layer.running_mean.value_sync()));
                put("running_var", real(layer.running_var.value_sync()));
                if let Some(batches) = batches {
                    put("num_batches_tracked", NamedTensor::whole(batches));
                }
            }
            Layer::Linear(layer) => {
                // Burn keeps [inputs, outputs], PyTorch [outputs, inputs].
                put("weight", real(layer.weight.val().transpose()));
                if let Some(bias) = &layer.bias {
                    put("bias", real(bias.val()));
                }
            }
        }
    }
    weights
}

/// Replaces the weights of all `layers`. Those that predict classes (the ones with a bias) stay as they are where the
/// stored ones are of another size; the last of them is returned.
///
/// # Errors
/// The first tensor that is missing or has another shape.
pub(crate) fn load(
    layers: Vec<(String, Layer<'_>)>,
    mut weights: Weights,
    device: &Device,
) -> Result<Option<OtherClasses>, String> {
    let mut other = None;
    for (name, mut layer) in layers {
        let stored = weights.get(&format!("{name}.weight")).map(|tensor| tensor.shape.clone());
        match stored {
            Some(shape) if layer.predicts() && shape != layer.shape() => {
                other = Some(OtherClasses { layer: name, shape });
            }
            _ => layer.load(&name, &mut weights, device)?,
        }
    }
    Ok(other)
}

impl Layer<'_> {
    /// Whether it is one of a network's last layers; the others are followed by a normalisation and need no bias.
    fn predicts(&self) -> bool {
        match self {
            Self::Convolution(layer) => layer.bias.is_some(),
            Self::Normalization(_) => false,
            Self::Linear(_) => true,
        }
    }

    /// Shape of its weight, as stored.
    fn shape(&self) -> Vec<usize> {
        match self {
            Self::Convolution(layer) => layer.weight.dims().to_vec(),
            Self::Normalization(layer) => layer.gamma.dims().to_vec(),
            Self::Linear(layer) => layer.weight.dims().into_iter().rev().collect(),
        }
    }

    fn load(&mut self, name: &str, weights: &mut Weights, device: &Device) -> Result<(), String> {
        let mut take = |part: &str, shape: &[usize]| take_real(weights, &format!("{name}.{part}"), shape);
        match self {
            Self::Convolution(layer) => {
                let shape = layer.weight.dims();
                replace(&mut layer.weight, take("weight", &shape)?, shape, device);
                if let Some(bias) = &mut layer.bias {
                    replace(bias, take("bias", &[shape[0]])?, [shape[0]], device);
                }
            }
            Self::Normalization(layer) => {
                let shape = layer.gamma.dims();
                replace(&mut layer.gamma, take("weight", &shape)?, shape, device);
                replace(&mut layer.beta, take("bias", &shape)?, shape, device);
                let statistics = |values| Tensor::from_data(TensorData::new(values, shape), device);
                layer.running_mean.update(statistics(take("running_mean", &shape)?));
                layer.running_var.update(statistics(take("running_var", &shape)?));
                layer.running_mean.value_sync();
                layer.running_var.value_sync();
            }
            Self::Linear(layer) => {
                let [inputs, outputs] = layer.weight.dims();
                let values = take("weight", &[outputs, inputs])?;
                let transposed =
                    (0..inputs * outputs).map(|at| values[(at % outputs) * inputs + at / outputs]).collect();
                replace(&mut layer.weight, transposed, [inputs, outputs], device);
                if let Some(bias) = &mut layer.bias {
                    replace(bias, take("bias", &[outputs])?, [outputs], device);
                }
            }
        }
        Ok(())
    }
}

fn real<const D: usize>(tensor: Tensor<D>) -> NamedTensor {
    let shape = tensor.dims();
    let values = tensor.into_data().try_into_vec::<f32>().unwrap_or_default();
    NamedTensor::real(&shape, values)
}

fn replace<const D: usize>(parameter: &mut Param<Tensor<D>>, values: Vec<f32>, shape: [usize; D], device: &Device) {
    *parameter = Param::from_data(TensorData::new(values, shape), device);
}
