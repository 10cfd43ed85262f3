//! Calling a service, for the test page, `service predict` and whoever waits until a service answers. Blocks; must not
//! be called inside an asynchronous runtime.

use crate::domain::predict::Prediction;
use crate::domain::{Explain, Explanation};
use reqwest::blocking::multipart::{Form, Part};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;
use thiserror::Error;

const HEALTH_TIMEOUT: Duration = Duration::from_secs(2);
const PREDICT_TIMEOUT: Duration = Duration::from_secs(120);

/// Why a call brought no answer.
#[derive(Debug, Error)]
pub enum CallError {
    #[error("the service does not answer: {reason}: {address}")]
    Unreachable { address: String, reason: String },
    #[error("the service refused with {status} {code}: {message}")]
    Refused { status: u16, code: String, message: String },
    #[error("the service answered something that is no prediction: {reason}: {address}")]
    Answer { address: String, reason: String },
}

impl Explain for CallError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Unreachable { address, reason } => {
                Explanation::failure("service-unreachable").with("reason", reason).with("address", address)
            }
            Self::Refused { status, code, message } => Explanation {
                bad_input: (400..500).contains(status),
                ..Explanation::failure("service-refused")
                    .with("status", status)
                    .with("code", code)
                    .with("reason", message)
            },
            Self::Answer { address, reason } => {
                Explanation::failure("service-answer").with("reason", reason).with("address", address)
            }
        }
    }
}

#[derive(Deserialize)]
struct Health {
    status: String,
}

#[derive(Deserialize)]
struct ErrorBody {
    error_code: String,
    error_msg: String,
}

/// Asks `GET /health` of the service at `address` (`http://127.0.0.1:PORT/`).
///
/// # Errors
/// If it does not answer within two seconds, or not as a service does.
pub fn health(address: &str) -> Result<(), CallError> {
    let response = client(address, HEALTH_TIMEOUT)?
        .get(at(address, "health"))
        .send()
        .map_err(|error| unreachable(address, &error))?;
    let health: Health = response.json().map_err(|error| no_answer(address, &error))?;
    if health.status == "running" {
        Ok(())
    } else {
        let reason = format!("its status is {:?}", health.status);
        Err(CallError::Answer { address: address.to_owned(), reason })
    }
}

/// Sends one file in the field `images` and answers what the model says.
///
/// # Errors
/// If the service does not answer, refuses, or answers something else.
pub fn predict(address: &str, token: &str, file_name: &str, bytes: Vec<u8>) -> Result<Prediction, CallError> {
    let form = Form::new().part("images", Part::bytes(bytes).file_name(file_name.to_owned()));
    answered(address, asking(address, token)?.multipart(form))
}

/// Sends `request`, `{"data": {"req_data": [{"text": …}]}}`, and returns the whole answer.
///
/// # Errors
/// As [`predict`].
pub fn predict_data(address: &str, token: &str, request: &Value) -> Result<Value, CallError> {
    answered(address, asking(address, token)?.json(request))
}

/// Asks about one text.
///
/// # Errors
/// As [`predict`].
pub fn predict_text(address: &str, token: &str, text: &str) -> Result<Prediction, CallError> {
    let request = json!({"data": {"req_data": [{"text": text}]}});
    let answer = predict_data(address, token, &request)?;
    let failed = |reason: String| CallError::Answer { address: address.to_owned(), reason };
    let item = answer.pointer("/data/resp_data/0").ok_or_else(|| failed("it has no data.resp_data[0]".to_owned()))?;
    Prediction::deserialize(item).map_err(|error| failed(error.to_string()))
}

fn asking(address: &str, token: &str) -> Result<reqwest::blocking::RequestBuilder, CallError> {
    Ok(client(address, PREDICT_TIMEOUT)?.post(at(address, "")).header("X-Auth-Token", token))
}

/// Sends a request and reads what the service answers or why it refuses.
fn answered<T: DeserializeOwned>(address: &str, request: reqwest::blocking::RequestBuilder) -> Result<T, CallError> {
    let response = request.send().map_err(|error| unreachable(address, &error))?;
    let status = response.status();
    let body = response.bytes().map_err(|error| unreachable(address, &error))?;
    if status.is_success() {
        let answer =
            |error: serde_json::Error| CallError::Answer { address: address.to_owned(), reason: error.to_string() };
        return serde_json::from_slice(&body).map_err(answer);
    }
    let (code, message) = match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(error) => (error.error_code, error.error_msg),
        Err(_) => (status.as_u16().to_string(), status.canonical_reason().unwrap_or_default().to_owned()),
    };
    Err(CallError::Refused { status: status.as_u16(), code, message })
}

fn at(address: &str, path: &str) -> String {
    format!("{}/{path}", address.trim_end_matches('/'))
}

fn client(address: &str, timeout: Duration) -> Result<reqwest::blocking::Client, CallError> {
    // Services here are on this machine; a proxy from the environment could not reach them.
    let built = reqwest::blocking::Client::builder().no_proxy().timeout(timeout).build();
    built.map_err(|error| unreachable(address, &error))
}

fn unreachable(address: &str, error: &reqwest::Error) -> CallError {
    CallError::Unreachable { address: address.to_owned(), reason: innermost(error) }
}

fn no_answer(address: &str, error: &reqwest::Error) -> CallError {
    CallError::Answer { address: address.to_owned(), reason: innermost(error) }
}

/// The cause; what stands above it only repeats the address.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
