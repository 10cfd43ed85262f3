//! What a model answers.

use serde::{Deserialize, Serialize};

/// An answer, by task. Written as in the guide's 12.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prediction {
    /// `{"predicted_label": "roses", "scores": [["roses", 0.91], …]}`, best first, scores from 0 to 1.
    Classification { predicted_label: String, scores: Vec<(String, f64)> },
}
