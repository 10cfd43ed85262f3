//! Services: models that answer over HTTP.

use super::explain::Explanation;
use super::ids::{ModelId, ServiceId};
use super::names::{Description, ServiceName};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a service stands (guide 7.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceState {
    Deploying,
    Running,
    /// Part of it does not answer.
    Alarm,
    Finished,
    Failed,
    Stopped,
}

/// What kind of service it is (guide 7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    RealTime,
    Batch,
    Edge,
}

/// One model of a service and its share of the calls; the shares add up to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    pub model: ModelId,
    pub weight_percent: u8,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    pub id: ServiceId,
    pub name: ServiceName,
    pub description: Description,
    pub kind: ServiceKind,
    pub state: ServiceState,
    pub deployments: Vec<Deployment>,
    /// `http://127.0.0.1:PORT/`; the port survives stop and start.
    pub address: Option<String>,
    /// SHA-256 of the token, hex; the token itself is shown once.
    pub token_sha256: String,
    pub calls: u64,
    pub failed_calls: u64,
    pub failure: Option<Explanation>,
    /// Of a detector: objects below this score, from 0 to 1, are left out of its answers. `None`: the model's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_score: Option<f64>,
    pub created: Timestamp,
    pub started: Option<Timestamp>,
}
