//! What a model answers.

use serde::{Deserialize, Serialize};

/// An answer, by task. Written as in the guide's 12.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prediction {
    /// `{"predicted_label": "roses", "scores": [["roses", 0.91], …]}`, best first, scores from 0 to 1.
    Classification { predicted_label: String, scores: Vec<(String, f64)> },
    /// `{"detection_classes": ["RBC", …], "detection_boxes": [[ymin, xmin, ymax, xmax], …], "detection_scores": […]}`
    /// (6.7.3.1), the surest first, in pixels of the upright image.
    Detection { detection_classes: Vec<String>, detection_boxes: Vec<[f64; 4]>, detection_scores: Vec<f64> },
}
