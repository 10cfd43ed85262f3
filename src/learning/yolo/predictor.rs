//! Answers of a trained YOLOv3, and what must be known beside its weights.

use super::anchors::Anchors;
use super::augment::{View, batch};
use super::decode::{Looking, decode, hundredths};
use super::network::Yolo;
use super::settings::Backbone;
use crate::domain::detection::edges;
use crate::domain::predict::Prediction;
use crate::domain::{Explain, Predictor};
use crate::learning::error::LearningError;
use crate::learning::export::{CONFIG_FILE, ModelConfig, WEIGHTS_FILE, details};
use crate::learning::images;
use crate::learning::weights;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::Path;

/// What `config.json` keeps beside what every model has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Details {
    pub(super) backbone: String,
    pub(super) input_height_px: usize,
    pub(super) input_width_px: usize,
    pub(super) anchors: Anchors,
    pub(super) score_threshold: f64,
    pub(super) nms_iou: f64,
}

impl Details {
    /// For `config.json`.
    pub(super) fn to_map(&self) -> Map<String, Value> {
        details(self)
    }

    fn of(config: &ModelConfig) -> Result<Self, String> {
        let details: Self =
            serde_json::from_value(Value::Object(config.details.clone())).map_err(|error| error.to_string())?;
        let sides = [details.input_height_px, details.input_width_px];
        if sides.iter().any(|side| *side == 0 || *side > 8192 || side % 32 != 0) {
            return Err(format!("an input of {sides:?} pixels is not possible"));
        }
        if !details.anchors.iter().flatten().flatten().all(|side| side.is_finite() && *side > 0.0) {
            return Err("its anchors are no sizes".to_owned());
        }
        Ok(details)
    }
}

struct YoloPredictor {
    network: Yolo,
    details: Details,
    classes: Vec<String>,
    device: Device,
}

/// Loads the model in `folder`.
///
/// # Errors
/// If its weights are not those of this network for its classes.
pub(super) fn load(folder: &Path, config: &ModelConfig) -> Result<Box<dyn Predictor>, LearningError> {
    let problem = |problem: String| LearningError::model(&folder.join(CONFIG_FILE), problem);
    let details = Details::of(config).map_err(problem)?;
    let backbone =
        Backbone::of(&details.backbone).ok_or_else(|| problem(format!("no backbone {:?}", details.backbone)))?;
    let device = Device::flex();
    let mut network = Yolo::new(backbone.layout(), config.classes.len(), 0, &device);
    let path = folder.join(WEIGHTS_FILE);
    let other =
        network.load(weights::read(&path)?, &device).map_err(|problem| LearningError::weights(&path, problem))?;
    LearningError::refuse_other_classes(&path, other, config.classes.len())?;
    Ok(Box::new(YoloPredictor { network, details, classes: config.classes.clone(), device }))
}

impl Predictor for YoloPredictor {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        let picture = images::decode(bytes).map_err(|error| Box::new(error) as Box<dyn Explain + Send + Sync>)?;
        let size = [picture.width, picture.height];
        let input = [self.details.input_height_px, self.details.input_width_px];
        let view = View::whole(size, input);
        let images = batch(vec![view.pixels(&picture, input)], input, &self.device);
        #[expect(clippy::cast_possible_truncation, reason = "a threshold from 0 to 1")]
        let looking = Looking { least_score: self.details.score_threshold as f32, most_overlap: self.details.nms_iou };
        let found = decode(self.network.forward(images), &self.details.anchors, looking).into_iter().next();
        let mut answer = (Vec::new(), Vec::new(), Vec::new());
        for found in found.into_iter().flatten() {
            answer.0.push(self.classes[found.class].clone());
            answer.1.push(edges(&view.in_picture(&found.bounds, input, size)).map(hundredths));
            answer.2.push(f64::from(found.score));
        }
        let (detection_classes, detection_boxes, detection_scores) = answer;
        Ok(Prediction::Detection { detection_classes, detection_boxes, detection_scores })
    }
}
