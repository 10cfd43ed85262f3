//! Real-time services on this machine (guide 7.2).

use super::{Result, Task, Workbench};
use crate::domain::predict::Prediction;
use crate::domain::service::Service;

/// What the form for a service holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployRequest {
    pub name: String,
    pub description: String,
    pub model: String,
    pub model_version: String,
    /// `None`: a free port, which the service then keeps.
    pub port: Option<u16>,
}

/// A new service and its token, which is shown this once.
#[derive(Clone, Debug)]
pub struct Deployed {
    pub service: Service,
    pub token: String,
}

impl Workbench {
    /// Deploys a model and returns once `/health` answers.
    ///
    /// # Errors
    /// A broken name rule, a name that is taken, an unknown model, a port in use, a model that does not load.
    pub fn deploy(&self, request: &DeployRequest, task: &Task) -> Result<Deployed> {
        todo!()
    }

    /// All services, newest first, with states and call counts of now.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn services(&self) -> Result<Vec<Service>> {
        todo!()
    }

    /// The service of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn service(&self, name: &str) -> Result<Service> {
        todo!()
    }

    /// Starts a stopped service on its old port, with its old token; returns once `/health` answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn start_service(&self, name: &str, task: &Task) -> Result<Service> {
        todo!()
    }

    /// Stops a service and waits until it has ended.
    ///
    /// # Errors
    /// If there is none.
    pub fn stop_service(&self, name: &str) -> Result<Service> {
        todo!()
    }

    /// Stops and deletes a service; its model stays.
    ///
    /// # Errors
    /// If there is none.
    pub fn delete_service(&self, name: &str) -> Result<()> {
        todo!()
    }

    /// Gives the service a new token and returns it; the old one is refused from then on.
    ///
    /// # Errors
    /// If there is none.
    pub fn renew_token(&self, name: &str, task: &Task) -> Result<String> {
        todo!()
    }

    /// Asks a running service, with its internal token.
    ///
    /// # Errors
    /// If it does not run, or refuses the file.
    pub fn predict(&self, name: &str, file_name: &str, bytes: Vec<u8>) -> Result<Prediction> {
        todo!()
    }

    /// The log from byte `from`, and where it ends now.
    ///
    /// # Errors
    /// If there is no such service.
    pub fn service_log(&self, name: &str, from: u64) -> Result<(String, u64)> {
        todo!()
    }
}
