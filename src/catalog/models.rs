//! Models and services.

use super::codes::{blob, text_at, to_json};
use super::training::bodies;
use super::{Catalog, CatalogError, Result};
use crate::domain::model::Model;
use crate::domain::service::{Service, ServiceState};
use crate::domain::{ModelId, ServiceId};
use rusqlite::{Connection, params};

/// The version after the highest `0.0.n` that the name ever had.
fn next_version(connection: &Connection, name: &str) -> Result<String> {
    let mut statement = connection.prepare_cached("SELECT version FROM model WHERE name = ?1")?;
    let mut rows = statement.query([name])?;
    let mut highest = 0_u64;
    while let Some(row) = rows.next()? {
        let number = text_at(row, 0)?.and_then(|version| version.strip_prefix("0.0.")).and_then(|n| n.parse().ok());
        highest = highest.max(number.unwrap_or(0));
    }
    Ok(format!("0.0.{}", highest + 1))
}

fn read_service(connection: &Connection, id: ServiceId) -> Result<Service> {
    bodies(connection, "SELECT body FROM service WHERE id = ?1", [blob(&id.0)])?
        .pop()
        .ok_or_else(|| CatalogError::ServiceUnknown(id.to_string()))
}

fn refuse_taken_service_name(connection: &Connection, service: &Service) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM service WHERE name = ?1 AND id != ?2")?;
    if statement.exists(params![service.name.as_str(), blob(&service.id.0)])? {
        return Err(CatalogError::ServiceNameTaken(service.name.to_string()));
    }
    Ok(())
}

fn service_state_name(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Deploying => "deploying",
        ServiceState::Running => "running",
        ServiceState::Alarm => "alarm",
        ServiceState::Finished => "finished",
        ServiceState::Failed => "failed",
        ServiceState::Stopped => "stopped",
    }
}

impl Catalog {
    /// Adds a model and answers with it as it was stored: where its version is empty, it gets the next `0.0.n` of its
    /// name. A version is never used again.
    ///
    /// # Errors
    /// `model-version-taken`, or if the catalog cannot be written.
    pub fn create_model(&self, model: &Model) -> Result<Model> {
        self.write(|transaction| {
            let mut model = model.clone();
            if model.version.is_empty() {
                model.version = next_version(transaction, model.name.as_str())?;
            }
            let taken = "SELECT 1 FROM model WHERE name = ?1 AND version = ?2";
            if transaction.prepare_cached(taken)?.exists([model.name.as_str(), &model.version])? {
                return Err(CatalogError::ModelVersionTaken(format!("{}@{}", model.name, model.version)));
            }
            transaction.execute(
                "INSERT INTO model (id, name, version, body) VALUES (?1, ?2, ?3, ?4)",
                params![blob(&model.id.0), model.name.as_str(), model.version, to_json(&model)?],
            )?;
            Ok(model)
        })
    }

    /// The version that the next model of this name gets.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn next_model_version(&self, name: &str) -> Result<String> {
        self.read(|transaction| next_version(transaction, name))
    }

    /// Writes a model again. Its name and version stay.
    ///
    /// # Errors
    /// `model-unknown`, or if the catalog cannot be written.
    pub fn update_model(&self, model: &Model) -> Result<()> {
        let stored = self.model(model.id)?;
        let model = Model { name: stored.name, version: stored.version, ..model.clone() };
        self.write(|transaction| {
            let sql = "UPDATE model SET body = ?2 WHERE id = ?1 AND deleted = 0";
            transaction.execute(sql, params![blob(&model.id.0), to_json(&model)?])?;
            Ok(())
        })
    }

    /// All models, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn models(&self) -> Result<Vec<Model>> {
        self.read(|transaction| {
            bodies(transaction, "SELECT body FROM model WHERE deleted = 0 ORDER BY number DESC", [])
        })
    }

    /// The model of this id.
    ///
    /// # Errors
    /// `model-unknown`, or if the catalog cannot be read.
    pub fn model(&self, id: ModelId) -> Result<Model> {
        self.read(|transaction| {
            bodies(transaction, "SELECT body FROM model WHERE id = ?1 AND deleted = 0", [blob(&id.0)])?
                .pop()
                .ok_or_else(|| CatalogError::ModelUnknown(id.to_string()))
        })
    }

    /// The model of this name and version, the newest where no version is named; `None` if there is none.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn model_by_name(&self, name: &str, version: Option<&str>) -> Result<Option<Model>> {
        self.read(|transaction| {
            let sql = "SELECT body FROM model WHERE name = ?1 AND (?2 IS NULL OR version = ?2) AND deleted = 0
                       ORDER BY number DESC LIMIT 1";
            Ok(bodies(transaction, sql, params![name, version])?.pop())
        })
    }

    /// Removes a model from the list. Its files are not touched.
    ///
    /// # Errors
    /// `model-unknown`, or if the catalog cannot be written.
    pub fn delete_model(&self, id: ModelId) -> Result<()> {
        self.write(|transaction| {
            let sql = "UPDATE model SET deleted = 1 WHERE id = ?1 AND deleted = 0";
            match transaction.execute(sql, [blob(&id.0)])? {
                0 => Err(CatalogError::ModelUnknown(id.to_string())),
                _ => Ok(()),
            }
        })
    }

    /// Adds a service.
    ///
    /// # Errors
    /// `service-name-taken`, or if the catalog cannot be written.
    pub fn create_service(&self, service: &Service) -> Result<()> {
        self.write(|transaction| {
            refuse_taken_service_name(transaction, service)?;
            transaction.execute(
                "INSERT INTO service (id, name, state, body) VALUES (?1, ?2, ?3, ?4)",
                params![
                    blob(&service.id.0),
                    service.name.as_str(),
                    service_state_name(service.state),
                    to_json(service)?
                ],
            )?;
            Ok(())
        })
    }

    /// Changes a service, reading and writing it in one transaction, and answers with what it is now. Its id stays.
    ///
    /// # Errors
    /// `service-unknown`, `service-name-taken`, or if the catalog cannot be written.
    pub fn update_service(&self, id: ServiceId, change: impl FnOnce(&mut Service)) -> Result<Service> {
        self.write(|transaction| {
            let mut service = read_service(transaction, id)?;
            change(&mut service);
            service.id = id;
            refuse_taken_service_name(transaction, &service)?;
            transaction.prepare_cached("UPDATE service SET name = ?2, state = ?3, body = ?4 WHERE id = ?1")?.execute(
                params![blob(&id.0), service.name.as_str(), service_state_name(service.state), to_json(&service)?],
            )?;
            Ok(service)
        })
    }

    /// All services, newest first.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn services(&self) -> Result<Vec<Service>> {
        self.read(|transaction| bodies(transaction, "SELECT body FROM service ORDER BY number DESC", []))
    }

    /// The service of this id.
    ///
    /// # Errors
    /// `service-unknown`, or if the catalog cannot be read.
    pub fn service(&self, id: ServiceId) -> Result<Service> {
        self.read(|transaction| read_service(transaction, id))
    }

    /// The service of this name, if there is one.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn service_by_name(&self, name: &str) -> Result<Option<Service>> {
        self.read(|transaction| Ok(bodies(transaction, "SELECT body FROM service WHERE name = ?1", [name])?.pop()))
    }

    /// Removes a service; its name is free again.
    ///
    /// # Errors
    /// `service-unknown`, or if the catalog cannot be written.
    pub fn delete_service(&self, id: ServiceId) -> Result<()> {
        self.write(|transaction| match transaction.execute("DELETE FROM service WHERE id = ?1", [blob(&id.0)])? {
            0 => Err(CatalogError::ServiceUnknown(id.to_string())),
            _ => Ok(()),
        })
    }
}
