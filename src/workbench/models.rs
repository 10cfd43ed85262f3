//! Models (guide 6): made from a job version, or from a model folder.

use super::{Result, Workbench};
use crate::domain::model::Model;

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewModel {
    /// A succeeded version of a job; `None`: its latest succeeded one.
    FromJob { job: String, version: Option<String> },
    /// A folder with weights and a `config.json`.
    FromFolder { location: String },
}

impl Workbench {
    /// Makes the next version (0.0.1, 0.0.2, …) of the model `name`.
    ///
    /// # Errors
    /// A broken name rule, a job without a model, a folder whose `config.json` cannot be read.
    pub fn create_model(&self, name: &str, description: &str, source: &NewModel) -> Result<Model> {
        todo!()
    }

    /// All models, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn models(&self) -> Result<Vec<Model>> {
        todo!()
    }

    /// A model version, `None` for the latest.
    ///
    /// # Errors
    /// If there is none.
    pub fn model(&self, name: &str, version: Option<&str>) -> Result<Model> {
        todo!()
    }

    /// Deletes a model version; a service that runs it keeps it from being deleted.
    ///
    /// # Errors
    /// If a service uses it.
    pub fn delete_model(&self, name: &str, version: &str) -> Result<()> {
        todo!()
    }
}
