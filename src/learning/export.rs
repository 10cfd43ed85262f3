//! What a training run leaves behind: `model/` with weights and `config.json` (guide 12.2, tables 12-1 to 12-5), and
//! the evaluation beside it.

use super::error::LearningError;
use super::weights::{self, Weights};
use crate::domain::DatasetType;
use crate::domain::evaluation::Evaluation;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The folder of the model inside the output.
pub const MODEL_FOLDER: &str = "model";
/// The description of a model, as the guide names it.
pub const CONFIG_FILE: &str = "config.json";
/// The weights of a model.
pub const WEIGHTS_FILE: &str = "model.safetensors";
/// The evaluation, beside the model folder.
pub const EVALUATION_FILE: &str = "evaluation.json";

/// How pixels become numbers: `(value / 255 − mean) / deviation` for red, green, blue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalization {
    pub mean: [f32; 3],
    pub standard_deviation: [f32; 3],
}

/// Our own part of `config.json`: all that is needed to answer with the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// Version of this structure.
    pub schema: u32,
    pub algorithm: String,
    /// Class names; the index is the class.
    pub classes: Vec<String>,
    /// Side in pixels that images are brought to; which side is the algorithm's matter. Absent for texts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub image_size: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalization: Option<Normalization>,
    /// The parameters it was trained with.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// How many images the figures in `metrics` come from; none of them was trained on by the model they judge.
    #[serde(default)]
    pub evaluated_on: usize,
    /// True if the evaluated images were learned from afterwards, so that the figures are of the model before that.
    #[serde(default)]
    pub refit: bool,
    /// What an algorithm keeps besides.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(size: &usize) -> bool {
    *size == 0
}

/// What an algorithm keeps, for [`ModelConfig::details`].
pub(crate) fn details(details: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(details) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

impl ModelConfig {
    /// The version of the structure that this release writes.
    pub const SCHEMA: u32 = 1;
}

/// What a service is asked, as the guide's tables 6-6 and 12-5 describe it.
fn request(kind: DatasetType) -> Value {
    if !kind.is_text() {
        return json!({
            "Content-type": "multipart/form-data",
            "data": { "type": "object", "properties": { "images": { "type": "file" } } }
        });
    }
    let item = json!({ "type": "object", "required": ["text"], "properties": { "text": { "type": "string" } } });
    json!({ "Content-type": "application/json", "data": rows("req_data", item) })
}

/// `{"data": {"NAME": [item, …]}}`
fn rows(name: &str, item: Value) -> Value {
    let rows = json!({ "type": "object", "properties": { name: { "type": "array", "items": [item] } } });
    json!({ "type": "object", "properties": { "data": rows } })
}

/// What a service answers, as a JSON schema (guide 6.7.3.1 and 12.2).
fn answer(kind: DatasetType) -> Value {
    match kind {
        DatasetType::TextClassification => rows("resp_data", of_sample(false)),
        DatasetType::NamedEntity => {
            let whole = json!({ "type": "integer" });
            let text = json!({ "type": "string" });
            let entity = json!({
                "type": "object",
                "properties": {
                    "label": text, "start": whole, "end": whole, "text": text, "score": { "type": "number" }
                }
            });
            let entities = json!({ "type": "array", "items": [entity] });
            rows("resp_data", json!({ "type": "object", "properties": { "entities": entities } }))
        }
        kind => of_sample(kind == DatasetType::ObjectDetection),
    }
}

/// What is answered of one sample.
fn of_sample(detects: bool) -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let numbers = json!({ "type": "array", "items": { "type": "number" } });
    if detects {
        let boxes = json!({ "type": "array", "minItems": 4, "maxItems": 4, "items": { "type": "number" } });
        return json!({
            "type": "object",
            "required": ["detection_classes", "detection_boxes", "detection_scores"],
            "properties": {
                "detection_classes": texts,
                "detection_boxes": { "type": "array", "items": boxes },
                "detection_scores": numbers,
            }
        });
    }
    json!({
        "type": "object",
        "required": ["predicted_label", "scores"],
        "properties": {
            "predicted_label": { "type": "string" },
            "scores": {
                "type": "array",
                "items": [{
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "items": [{ "type": "string" }, { "type": "number" }]
                }]
            }
        }
    })
}

/// The whole `config.json`.
fn config(model: &ModelConfig, evaluation: &Evaluation) -> Value {
    let kind = super::algorithm(&model.algorithm)
        .map_or(DatasetType::ImageClassification, |entry| entry.descriptor.dataset_type);
    let mut config = json!({
        "model_type": "Modelier",
        "model_algorithm": kind.as_str().replace('-', "_"),
        "apis": [{
            "protocol": "http",
            "url": "/",
            "method": "post",
            "request": request(kind),
            "response": { "Content-type": "application/json", "data": answer(kind) }
        }],
        "modelier": model,
    });
    // Figures of nothing would read as a model that is always wrong.
    if evaluation.evaluated() > 0 {
        config["metrics"] = json!(evaluation.summary());
    }
    config
}

/// Writes `model/` and `evaluation.json` into `output`.
///
/// # Errors
/// If a file cannot be written.
pub(crate) fn write(
    output: &Path,
    model: &ModelConfig,
    weights: &Weights,
    evaluation: &Evaluation,
) -> Result<(), LearningError> {
    let folder = output.join(MODEL_FOLDER);
    std::fs::create_dir_all(&folder).map_err(LearningError::output(&folder))?;
    weights::write(&folder.join(WEIGHTS_FILE), weights)?;
    write_json(&folder.join(CONFIG_FILE), serde_json::to_vec_pretty(&config(model, evaluation)))?;
    // For programs: indented, the boxes of a detector would take three times the room.
    write_json(&output.join(EVALUATION_FILE), serde_json::to_vec(evaluation))
}

fn write_json(path: &Path, text: serde_json::Result<Vec<u8>>) -> Result<(), LearningError> {
    let text = text.map_err(|error| LearningError::output(path)(error.into()))?;
    std::fs::write(path, text).map_err(LearningError::output(path))
}

/// Reads our part of the `config.json` in `folder`.
///
/// # Errors
/// If there is none, or a newer release wrote it.
pub(crate) fn read(folder: &Path) -> Result<ModelConfig, LearningError> {
    let path = folder.join(CONFIG_FILE);
    let problem = |error: &dyn std::fmt::Display| LearningError::model(&path, error);
    let text = std::fs::read_to_string(&path).map_err(|error| problem(&error))?;
    let mut config: Value = serde_json::from_str(&text).map_err(|error| problem(&error))?;
    let own = config.get_mut("modelier").map(Value::take).ok_or_else(|| problem(&"it has no entry \"modelier\""))?;
    let schema = own.get("schema").and_then(Value::as_u64);
    if schema != Some(u64::from(ModelConfig::SCHEMA)) {
        return Err(problem(&"another release of Modelier wrote it"));
    }
    let config: ModelConfig = serde_json::from_value(own).map_err(|error| problem(&error))?;
    if config.classes.is_empty() {
        return Err(problem(&"it names no classes"));
    }
    Ok(config)
}
