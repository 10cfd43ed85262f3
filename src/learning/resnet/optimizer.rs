//! The optimisers of table 5-7 that Burn does not have in this form: momentum that may change from step to step,
//! decay of the weights apart from the gradient, and LARS.

use burn::optim::momentum::{Momentum, MomentumConfig};
use burn::optim::{LearningRate, Optimizer, SgdState};
use burn::tensor::{Device, Tensor};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of the weights' size a LARS step is (You, Gitman, Ginsburg, 2017).
const TRUST: f64 = 0.001;

/// Stochastic gradient descent with momentum.
#[derive(Clone, Debug)]
pub(crate) struct Descent {
    /// Bits of an `f64`; shared, so that it can be set between steps.
    momentum: Arc<AtomicU64>,
    pub(crate) nesterov: bool,
    /// L2 coefficient.
    pub(crate) weight_decay: f64,
    /// Whether the weights decay by themselves instead of through the gradient.
    pub(crate) decoupled: bool,
    pub(crate) layer_wise: bool,
}

impl Descent {
    /// With the given momentum, 0 to 1; 0 is plain descent.
    pub(crate) fn new(momentum: f64, nesterov: bool, weight_decay: f64) -> Self {
        let momentum = Arc::new(AtomicU64::new(momentum.to_bits()));
        Self { momentum, nesterov, weight_decay, decoupled: false, layer_wise: false }
    }

    /// Sets the momentum of the following steps; also of clones.
    pub(crate) fn set_momentum(&self, momentum: f64) {
        self.momentum.store(momentum.to_bits(), Ordering::Relaxed);
    }
}

impl Optimizer for Descent {
    type State<const D: usize> = SgdState<D>;

    fn step<const D: usize>(
        &self,
        lr: LearningRate,
        tensor: Tensor<D>,
        grad: Tensor<D>,
        state: Option<Self::State<D>>,
    ) -> (Tensor<D>, Option<Self::State<D>>) {
        let mut grad = grad;
        let mut rate = lr;
        let mut tensor = tensor;
        if self.layer_wise && D > 1 {
            let weight_norm = norm(&tensor);
            let gradient_norm = norm(&grad);
            if weight_norm > 0.0 && gradient_norm > 0.0 {
                rate *= TRUST * weight_norm / (gradient_norm + self.weight_decay * weight_norm);
            }
        }
        if self.weight_decay > 0.0 {
            if self.decoupled {
                tensor = tensor.mul_scalar(1.0 - rate * self.weight_decay);
            } else {
                grad = grad + tensor.clone().mul_scalar(self.weight_decay);
            }
        }
        let momentum = f64::from_bits(self.momentum.load(Ordering::Relaxed));
        if momentum <= 0.0 {
            return (tensor - grad.mul_scalar(rate), None);
        }
        let config = MomentumConfig::new().with_momentum(momentum).with_dampening(0.0).with_nesterov(self.nesterov);
        let (grad, state) = Momentum::new(&config).transform(grad, state.and_then(|state| state.momentum));
        (tensor - grad.mul_scalar(rate), Some(SgdState::new(Some(state))))
    }

    fn to_device<const D: usize>(mut state: Self::State<D>, device: &Device) -> Self::State<D> {
        state.momentum = state.momentum.map(|state| state.to_device(device));
        state
    }
}

fn norm<const D: usize>(tensor: &Tensor<D>) -> f64 {
    let square: f32 = tensor.clone().powi_scalar(2).sum().into_scalar();
    f64::from(square).sqrt()
}
