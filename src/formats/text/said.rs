//! What is said of a label beside its name, as fields of JSON: ours, and those of other tools where they mean the same.

use super::Said;
use crate::domain::Timestamp;
use crate::formats::exchange::{number_of, said as truth};
use serde_json::{Map, Value};

const HARD: &str = "hard";
const CONFIDENCE: &str = "confidence";
const PROPERTIES: &str = "properties";
const ANNOTATED_BY: &str = "annotated_by";
const CREATED: &str = "created";

pub(super) fn to_fields(said: &Said) -> Map<String, Value> {
    // What we do not model goes first, so that it never overrides what we do.
    let mut fields = said.extra.clone();
    let mut put = |name: &str, value: Option<Value>| {
        fields.shift_remove(name);
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    put(HARD, said.hard.map(Value::from));
    put(CONFIDENCE, said.confidence.map(Value::from));
    put(PROPERTIES, (!said.properties.is_empty()).then(|| said.properties.clone().into()));
    put(ANNOTATED_BY, said.annotated_by.clone().map(Value::from));
    put(CREATED, said.created.map(|created| created.to_rfc3339().into()));
    fields
}

pub(super) fn of_fields(fields: Map<String, Value>) -> Said {
    let mut said = Said::default();
    for (name, value) in crate::formats::manifest::without_notes(fields) {
        let is_known = match name.as_str() {
            HARD => {
                said.hard = truth(&value);
                said.hard.is_some()
            }
            CONFIDENCE | "score" => {
                let number = number_of(&value).filter(|number| (0.0..=1.0).contains(number));
                said.confidence = said.confidence.or(number);
                number.is_some()
            }
            PROPERTIES => match &value {
                Value::Object(properties) => {
                    said.properties.clone_from(properties);
                    true
                }
                _ => false,
            },
            ANNOTATED_BY => {
                said.annotated_by = value.as_str().map(str::to_owned);
                said.annotated_by.is_some()
            }
            CREATED => {
                said.created = value.as_str().and_then(Timestamp::parse);
                said.created.is_some()
            }
            _ => false,
        };
        if !is_known {
            said.extra.insert(name, value);
        }
    }
    said
}
