//! Who acts. Every command takes an actor.

use serde::{Deserialize, Serialize};

/// A person, by the name in settings or the system's user name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Actor(pub String);

impl Actor {
    /// As manifests write it: `human/ada`.
    #[must_use]
    pub fn annotated_by(&self) -> String {
        if self.0.is_empty() { "human".to_owned() } else { format!("human/{}", self.0) }
    }
}
