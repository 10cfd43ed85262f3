//! What a model answers.

use serde::{Deserialize, Serialize};

/// An answer, by task. Written as in the guide's 12.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Prediction {
    /// Of a model that may give several labels: `{"predicted_labels": ["taste", "price"], "predicted_label": "taste",
    /// "scores": […]}`; the first is the best of all, even where none is likely enough to be among the labels.
    Labels { predicted_labels: Vec<String>, predicted_label: String, scores: Vec<(String, f64)> },
    /// `{"predicted_label": "roses", "scores": [["roses", 0.91], …]}`, best first, scores from 0 to 1.
    Classification { predicted_label: String, scores: Vec<(String, f64)> },
    /// `{"detection_classes": ["RBC", …], "detection_boxes": [[ymin, xmin, ymax, xmax], …], "detection_scores": […]}`
    /// (6.7.3.1), the surest first, in pixels of the upright image.
    Detection { detection_classes: Vec<String>, detection_boxes: Vec<[f64; 4]>, detection_scores: Vec<f64> },
    /// `{"entities": [{"label": "PER.NAM", "start": 0, "end": 2, "text": "张三", "score": 0.9}, …]}` in the text's order.
    Entities { entities: Vec<PredictedEntity> },
}

/// A stretch of a text that a model gives a label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictedEntity {
    pub label: String,
    /// In code points, end exclusive.
    pub start: u32,
    pub end: u32,
    /// What it covers.
    pub text: String,
    /// 0 to 1.
    pub score: f64,
}

impl Prediction {
    /// Without the objects below this score; the answers of other tasks stay as they are.
    #[must_use]
    pub fn at_least(self, least_score: f64) -> Self {
        match self {
            Self::Detection { detection_classes, detection_boxes, detection_scores } => {
                let found = detection_classes.into_iter().zip(detection_boxes).zip(detection_scores);
                let mut kept = (Vec::new(), Vec::new(), Vec::new());
                for ((class, edges), score) in found.filter(|(_, score)| *score >= least_score) {
                    kept.0.push(class);
                    kept.1.push(edges);
                    kept.2.push(score);
                }
                Self::Detection { detection_classes: kept.0, detection_boxes: kept.1, detection_scores: kept.2 }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_below_a_score_are_left_out_and_classes_are_not() {
        let detection = |scores: &[f64]| Prediction::Detection {
            detection_classes: scores.iter().map(f64::to_string).collect(),
            detection_boxes: scores.iter().map(|score| [*score; 4]).collect(),
            detection_scores: scores.to_vec(),
        };
        assert_eq!(detection(&[0.9, 0.5, 0.4]).at_least(0.5), detection(&[0.9, 0.5]));
        assert_eq!(detection(&[0.4]).at_least(0.5), detection(&[]));
        let class = Prediction::Classification {
            predicted_label: "rose".to_owned(),
            scores: vec![("rose".to_owned(), 0.4), ("tulip".to_owned(), 0.3)],
        };
        assert_eq!(class.clone().at_least(0.9), class);
    }
}
