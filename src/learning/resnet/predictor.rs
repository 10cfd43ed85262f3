//! Answers of a trained ResNet-50.

use super::batches::{Batcher, probabilities};
use super::network::ResNet50;

use crate::domain::predict::Prediction;
use crate::domain::{Explain, Predictor};
use crate::learning::error::LearningError;
use crate::learning::export::{ModelConfig, WEIGHTS_FILE};
use crate::learning::images::decode;
use crate::learning::{ranked, weights};
use burn::tensor::Device;
use std::path::Path;

struct ResNetPredictor {
    network: ResNet50,
    batcher: Batcher,
    classes: Vec<String>,
    device: Device,
}

/// Loads the model in `folder`.
///
/// # Errors
/// If its weights are not those of a ResNet-50 for its classes.
pub(super) fn load(folder: &Path, config: &ModelConfig) -> Result<Box<dyn Predictor>, LearningError> {
    let device = Device::flex();
    let path = folder.join(WEIGHTS_FILE);
    let mut network = ResNet50::new(config.classes.len(), 0, &device);
    let other =
        network.load(weights::read(&path)?, &device).map_err(|problem| LearningError::weights(&path, problem))?;
    LearningError::refuse_other_classes(&path, other, config.classes.len())?;
    let batcher = Batcher::new(config.image_size, config.normalization.as_ref());
    Ok(Box::new(ResNetPredictor { network, batcher, classes: config.classes.clone(), device }))
}

impl Predictor for ResNetPredictor {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        let picture = decode(bytes).map_err(|error| Box::new(error) as Box<dyn Explain + Send + Sync>)?;
        let batch = self.batcher.centred(&[&self.batcher.prepared(&picture)], &self.device);
        let scores = probabilities(self.network.forward(batch)).into_iter().next().unwrap_or_default();
        Ok(ranked(&self.classes, &scores))
    }
}
