//! Models (guide 6): made from a job version, or from a model folder.

use super::{Error, Result, Workbench};
use crate::domain::evaluation::Summary;
use crate::domain::model::Model;
use crate::domain::traits::Silent;
use crate::domain::{Cancel, Description, Explanation, JobState, JobVersionId, ModelId, ModelName};
use crate::storage::{ListOptions, Location};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewModel {
    /// A succeeded version of a job; `None`: its latest succeeded one.
    FromJob { job: String, version: Option<String> },
    /// A folder with weights and a `config.json`.
    FromFolder { location: String },
}

impl Workbench {
    /// Makes the next version (0.0.1, 0.0.2, …) of the model `name`, with a copy of its files in the workspace: what it
    /// came from may go.
    ///
    /// # Errors
    /// A broken name rule, a job without a model, a folder whose `config.json` cannot be read, a full disk.
    pub fn create_model(&self, name: &str, description: &str, source: &NewModel) -> Result<Model> {
        let name = ModelName::new(name)?;
        let description = Description::new(description)?;
        let (location, job_version) = match source {
            NewModel::FromJob { job, version } => {
                let (location, id) = self.model_of_job(job, version.as_deref())?;
                (location, Some(id))
            }
            NewModel::FromFolder { location } => (Location::typed(location)?, None),
        };
        let config = self.read_model_config(&location)?;
        let id = ModelId::random();
        let (own, size_bytes) = self.copy_model(id, &location)?;
        let model = Model {
            id,
            name,
            version: String::new(),
            description,
            algorithm: config.model_algorithm,
            location: own.to_uri(),
            size_bytes,
            metrics: config.metrics,
            source: job_version,
            created: self.now(),
        };
        self.catalog().create_model(&model).map_err(|error| {
            self.remove_model_files(&model);
            error.into()
        })
    }

    /// All models, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn models(&self) -> Result<Vec<Model>> {
        Ok(self.catalog().models()?)
    }

    /// A model version, `None` for the latest.
    ///
    /// # Errors
    /// If there is none.
    pub fn model(&self, name: &str, version: Option<&str>) -> Result<Model> {
        let found = self
            .models()?
            .into_iter()
            .find(|model| model.name.as_str() == name && version.is_none_or(|version| model.version == version));
        found.ok_or_else(|| {
            let wanted = version.map_or_else(|| name.to_owned(), |version| format!("{name}@{version}"));
            Error::refused(Explanation::bad_input("model-unknown").with("name", wanted))
        })
    }

    /// Deletes a model version and the workspace's copy of its files; a service that runs it keeps it from being deleted.
    ///
    /// # Errors
    /// If a service uses it.
    pub fn delete_model(&self, name: &str, version: &str) -> Result<()> {
        let model = self.model(name, Some(version))?;
        let user = self
            .catalog()
            .services()?
            .into_iter()
            .find(|service| service.deployments.iter().any(|deployment| deployment.model == model.id));
        if let Some(service) = user {
            return Err(Error::refused(
                Explanation::bad_input("model-in-use")
                    .with("model", format!("{name}@{version}"))
                    .with("service", service.name),
            ));
        }
        self.catalog().delete_model(model.id)?;
        self.remove_model_files(&model);
        Ok(())
    }

    fn model_folder(&self, id: ModelId) -> PathBuf {
        self.folder().join("models").join(id.to_string())
    }

    /// Copies a model's files to where the workspace keeps them: first beside, so that a folder in place is whole.
    /// Returns it with its size in bytes.
    fn copy_model(&self, id: ModelId, source: &Location) -> Result<(Location, u64)> {
        let (storage, cancel) = (self.storage(), Cancel::default());
        let folder = self.model_folder(id);
        let beside = folder.with_file_name(format!(".{id}{INCOMING}"));
        let copied = (|| {
            let target = Location::from_path(&beside);
            storage.ensure_folder(&target)?;
            let mut size_bytes = 0;
            for entry in storage.list(source, &ListOptions::default(), &cancel, &Silent)?.files {
                size_bytes += entry.size_bytes;
                let into = target.join(&entry.relative).parent().unwrap_or_else(|| target.clone());
                storage.copy_into(&into, &entry.location, &cancel)?;
            }
            std::fs::rename(&beside, &folder).map_err(|cause| Error::Workspace { path: folder.clone(), cause })?;
            Ok((Location::from_path(&folder), size_bytes))
        })();
        if copied.is_err() {
            let _ = std::fs::remove_dir_all(&beside);
        }
        copied
    }

    /// Removes the workspace's copy. Models of earlier releases lie in their job's output, which stays.
    fn remove_model_files(&self, model: &Model) {
        let folder = self.model_folder(model.id);
        if Location::from_uri(&model.location).is_ok_and(|place| place == Location::from_path(&folder))
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!("the model's folder stays: {error}");
        }
    }

    /// Removes copies that were cut off: none takes a day.
    pub(super) fn remove_unfinished_models(&self) {
        let Ok(entries) = std::fs::read_dir(self.folder().join("models")) else { return };
        for entry in entries.flatten() {
            let is_old = || entry.metadata().ok()?.modified().ok()?.elapsed().ok().map(|age| age > UNFINISHED_KEPT);
            if entry.file_name().to_string_lossy().ends_with(INCOMING) && is_old() == Some(true) {
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// How the folder of a copy under way ends.
const INCOMING: &str = ".incoming";
/// How long a copy may be under way.
const UNFINISHED_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// What a model needs of its `config.json` (guide, table 12-1).
#[derive(Deserialize)]
struct ModelConfig {
    model_algorithm: String,
    #[serde(default)]
    metrics: Option<Summary>,
}

/// A `config.json` is a few kilobytes; something larger is none.
const CONFIG_LIMIT_BYTES: u64 = 4 << 20;

impl Workbench {
    fn read_model_config(&self, folder: &Location) -> Result<ModelConfig> {
        let location = folder.join("config.json");
        let bytes = self.storage().read(&location, Some(CONFIG_LIMIT_BYTES))?;
        serde_json::from_slice(&bytes).map_err(|cause| {
            Error::refused(Explanation::bad_input("model-config").with("cause", cause).with("path", location))
        })
    }

    fn model_of_job(&self, job: &str, version: Option<&str>) -> Result<(Location, JobVersionId)> {
        let wanted = match version {
            Some(version) => version.to_owned(),
            None => {
                self.job(job, None)?;
                let succeeded =
                    self.jobs()?.into_iter().filter(|summary| summary.job.name.as_str() == job).find_map(|summary| {
                        summary.versions.into_iter().find(|version| version.state == JobState::Succeeded)
                    });
                let Some(version) = succeeded else {
                    return Err(Error::refused(Explanation::bad_input("job-without-model").with("job", job)));
                };
                version.version.to_string()
            }
        };
        let details = self.job(job, Some(&wanted))?;
        match details.model {
            Some(model) if details.version.state == JobState::Succeeded => {
                Ok((Location::from_uri(&model)?, details.version.id))
            }
            _ => {
                let named = format!("{job}@{wanted}");
                Err(Error::refused(Explanation::bad_input("job-without-model").with("job", named)))
            }
        }
    }
}
