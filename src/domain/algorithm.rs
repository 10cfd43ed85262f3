//! How an algorithm describes itself: what it learns from and which parameters it takes. The table of algorithms
//! stands in `learning`.

use super::dataset::DatasetType;
use super::explain::{Explain, Explanation};
use serde::Serialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ParameterKind {
    Integer {
        min: i64,
        max: i64,
    },
    Number {
        min: f64,
        max: f64,
    },
    Boolean,
    Choice {
        values: &'static [&'static str],
    },
    /// Free text with a form of its own, e.g. `10:0.001,20:0.0001`; the algorithm checks it.
    Text,
}

/// A parameter of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parameter {
    pub name: &'static str,
    pub kind: ParameterKind,
    /// As it would be typed; `None` where the algorithm chooses.
    pub default: Option<&'static str>,
    /// Whether it changes anything here; the guide's parameters for several GPUs, say, are accepted and named in the log.
    pub effective: bool,
    /// Another spelling that is accepted, e.g. `max_epochs` for the guide's `max_epoches`.
    pub alias: Option<&'static str>,
}

/// An algorithm. Its purpose and its parameters' meanings are in Fluent: `algorithm-{name}` and
/// `parameter-{parameter}`, with `_` as `-` and in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Algorithm {
    pub name: &'static str,
    pub dataset_type: DatasetType,
    /// The network or method and the part that runs it, e.g. `Burn (CPU)`.
    pub engine: &'static str,
    /// The guide's section or table, or `None` for our own.
    pub guide: Option<&'static str>,
    pub parameters: &'static [Parameter],
}

/// Why a parameter was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParameterError {
    #[error("{algorithm} has no parameter {name:?}: it takes {known}")]
    Unknown { algorithm: String, name: String, known: String },
    /// `expected` is a word that the messages translate (`argument-expected-WORD`), or the choices themselves.
    #[error("{name} is {value:?}, but takes {expected}")]
    Value { name: String, value: String, expected: String },
    #[error("{name} is {value:?}, but takes a number from {min} to {max}")]
    Range { name: String, value: String, whole: bool, min: String, max: String },
}

impl Explain for ParameterError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Unknown { algorithm, name, known } => Explanation::bad_input("parameter-unknown")
                .with("algorithm", algorithm)
                .with("name", name)
                .with("known", known),
            Self::Value { name, value, expected } => Explanation::bad_input("parameter-value")
                .with("name", name)
                .with("value", value)
                .with("expected", expected),
            Self::Range { name, value, whole: true, min, max } => Explanation::bad_input("parameter-integer")
                .with("name", name)
                .with("value", value)
                .with("min", min)
                .with("max", max),
            Self::Range { name, value, whole: false, min, max } => Explanation::bad_input("parameter-number")
                .with("name", name)
                .with("value", value)
                .with("min", min)
                .with("max", max),
        }
    }
}

impl Parameter {
    /// Checks that `value` is of this parameter's kind.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn check(&self, value: &str) -> Result<(), ParameterError> {
        let value = value.trim();
        let is_default = self.default.is_some_and(|default| default == value);
        if is_default || (self.default.is_none() && value == "None") {
            return Ok(());
        }
        let (name, typed) = (self.name.to_owned(), value.to_owned());
        let range = |whole, min: String, max: String| ParameterError::Range {
            name: name.clone(),
            value: typed.clone(),
            whole,
            min,
            max,
        };
        let refused = |expected: String| ParameterError::Value { name: name.clone(), value: typed.clone(), expected };
        match self.kind {
            ParameterKind::Integer { min, max } => {
                let fits = value.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number));
                if fits { Ok(()) } else { Err(range(true, min.to_string(), max.to_string())) }
            }
            ParameterKind::Number { min, max } => {
                let fits = value.parse::<f64>().is_ok_and(|number| (min..=max).contains(&number));
                if fits { Ok(()) } else { Err(range(false, min.to_string(), max.to_string())) }
            }
            ParameterKind::Boolean if parse_boolean(value).is_none() => Err(refused("boolean".to_owned())),
            ParameterKind::Choice { values } if choice_named(values, value).is_none() => {
                Err(refused(values.join(", ")))
            }
            ParameterKind::Boolean | ParameterKind::Choice { .. } | ParameterKind::Text => Ok(()),
        }
    }
}

/// The choice that a text names: without regard to case and `_`, or by its last word alone.
#[must_use]
pub fn choice_named(values: &[&'static str], text: &str) -> Option<&'static str> {
    let plain = |text: &str| text.trim().replace(['_', '-', ' '], "").to_ascii_lowercase();
    let wanted = plain(text);
    let last = |value: &str| value.rsplit('_').next().is_some_and(|last| last.eq_ignore_ascii_case(text.trim()));
    let mut by_last = values.iter().copied().filter(|value| last(value));
    let same = values.iter().copied().find(|value| plain(value) == wanted);
    same.or_else(|| by_last.next().filter(|_| by_last.next().is_none()))
}

/// `TRUE`/`FALSE` in any case, or 1/0.
#[must_use]
pub fn parse_boolean(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

impl Algorithm {
    /// Checks what was typed against the parameters, turns aliases into the real names and adds the defaults.
    ///
    /// # Errors
    /// The first parameter that does not exist or has a wrong value.
    pub fn complete(&self, typed: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, ParameterError> {
        let mut complete: BTreeMap<String, String> = self
            .parameters
            .iter()
            .filter_map(|parameter| Some((parameter.name.to_owned(), parameter.default?.to_owned())))
            .collect();
        for (name, value) in typed {
            let Some(parameter) = self.parameters.iter().find(|p| p.name == name || p.alias == Some(name.as_str()))
            else {
                let known = self.parameters.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
                return Err(ParameterError::Unknown { algorithm: self.name.to_owned(), name: name.clone(), known });
            };
            parameter.check(value)?;
            let choice = match parameter.kind {
                ParameterKind::Choice { values } => choice_named(values, value),
                _ => None,
            };
            complete.insert(parameter.name.to_owned(), choice.unwrap_or(value.trim()).to_owned());
        }
        Ok(complete)
    }
}
