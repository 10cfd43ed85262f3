//! Completed parameters, read as what they mean.

use super::error::LearningError;
use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind, parse_boolean};
use std::collections::BTreeMap;
use std::str::FromStr;

/// As large as whole numbers of parameters may be that have no limit of their own.
pub(super) const MANY: i64 = 1_000_000_000;

/// A line of a table of parameters.
pub(super) const fn parameter(name: &'static str, kind: ParameterKind, default: Option<&'static str>) -> Parameter {
    Parameter { name, kind, default, effective: true, alias: None }
}

/// A line that the guide has and that changes nothing here.
pub(super) const fn ignored(name: &'static str, kind: ParameterKind, default: &'static str) -> Parameter {
    Parameter { name, kind, default: Some(default), effective: false, alias: None }
}

/// Whole numbers from `min` to `max`.
pub(super) const fn whole(min: i64, max: i64) -> ParameterKind {
    ParameterKind::Integer { min, max }
}

/// Numbers from `min` to `max`.
pub(super) const fn number(min: f64, max: f64) -> ParameterKind {
    ParameterKind::Number { min, max }
}

/// The completed parameters of one run, see [`Algorithm::complete`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameters<'a> {
    algorithm: &'a Algorithm,
    values: &'a BTreeMap<String, String>,
}

impl<'a> Parameters<'a> {
    /// Completed `values` of `algorithm`.
    pub(crate) fn new(algorithm: &'a Algorithm, values: &'a BTreeMap<String, String>) -> Self {
        Self { algorithm, values }
    }

    /// What was typed or is the default; `None` where the algorithm chooses.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        let text = match self.values.get(name) {
            Some(value) => value.as_str(),
            None => self.algorithm.parameters.iter().find(|parameter| parameter.name == name)?.default?,
        };
        let text = text.trim();
        (!text.is_empty() && !text.eq_ignore_ascii_case("none")).then_some(text)
    }

    /// A value of any type that reads itself from text.
    ///
    /// # Errors
    /// If it is absent or has another form.
    pub(crate) fn get<T: FromStr>(&self, name: &str, expected: &str) -> Result<T, LearningError> {
        self.optional(name, expected)?.ok_or_else(|| LearningError::value(name, "None", expected))
    }

    /// As [`Self::get`], `None` where the algorithm chooses.
    ///
    /// # Errors
    /// If it has another form.
    pub(crate) fn optional<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, LearningError> {
        self.text(name).map(|text| text.parse().map_err(|_| LearningError::value(name, text, expected))).transpose()
    }

    /// `TRUE` or `FALSE`; false where neither stands.
    pub(crate) fn boolean(&self, name: &str) -> bool {
        self.text(name).and_then(parse_boolean).unwrap_or(false)
    }

    /// The parameters that change nothing here, as `name=value, …`; `None` if there are none.
    pub(crate) fn without_effect(&self) -> Option<String> {
        let named: Vec<_> = self
            .algorithm
            .parameters
            .iter()
            .filter(|parameter| !parameter.effective)
            .filter_map(|parameter| {
                let value = self.values.get(parameter.name).map(String::as_str).or(parameter.default)?;
                Some(format!("{}={value}", parameter.name))
            })
            .collect();
        (!named.is_empty()).then(|| named.join(", "))
    }
}
