//! Real-time services on this machine (guide 7.2).

use super::{Error, Result, Task, Workbench};
use crate::domain::job_folder::{DEFAULT_REQUEST_LIMIT_BYTES, JobFile, ServeTask, ServiceFile, Task as JobTask, file};
use crate::domain::model::Model;
use crate::domain::predict::Prediction;
use crate::domain::service::{Deployment, Service, ServiceKind, ServiceState};
use crate::domain::{Description, Explanation, JobState, ServiceId, ServiceName};
use crate::engines::{self, JobFolder, LocalEngine, StartOptions};
use crate::formats::text::decode::decode;
use crate::serving::{self, Token};
use crate::storage::Location;
use std::time::{Duration, Instant};

/// What models that find objects say of their purpose.
const DETECTION: &str = "object_detection";
/// How long a service may take to end by itself before it is ended.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// How long loading a model may take.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How often the start is looked at.
const START_STEP: Duration = Duration::from_millis(50);

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
        let name = ServiceName::new(&request.name)?;
        let description = Description::new(&request.description)?;
        if self.catalog().services()?.iter().any(|service| service.name == name) {
            return Err(Error::refused(Explanation::bad_input("service-name-taken").with("name", &name)));
        }
        let model = self.model(&request.model, Some(&request.model_version))?;
        let (token, hash) = Token::generate();
        let service = Service {
            id: ServiceId::random(),
            name,
            description,
            kind: ServiceKind::RealTime,
            state: ServiceState::Deploying,
            deployments: vec![Deployment { model: model.id, weight_percent: 100 }],
            address: None,
            token_sha256: hash.to_string(),
            calls: 0,
            failed_calls: 0,
            failure: None,
            least_score: None,
            created: self.now(),
            started: None,
        };
        self.catalog().create_service(&service)?;
        let started = self
            .write_serve_job(&service, &model.location, request.port)
            .and_then(|()| self.bring_up(service.clone(), task));
        match started {
            Ok(service) => Ok(Deployed { service, token: token.as_str().to_owned() }),
            Err(error) => {
                // A service that never came up is no service: its name is free again.
                self.remove_service(&service)?;
                Err(error)
            }
        }
    }

    /// All services, newest first, with states and call counts of now.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn services(&self) -> Result<Vec<Service>> {
        self.catalog().services()?.into_iter().map(|service| self.observed(service)).collect()
    }

    /// The service of this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn service(&self, name: &str) -> Result<Service> {
        let services = self.catalog().services()?;
        let found = services.into_iter().find(|service| service.name.as_str() == name);
        let service =
            found.ok_or_else(|| Error::refused(Explanation::bad_input("service-unknown").with("name", name)))?;
        self.observed(service)
    }

    /// Starts a stopped service on its old port, with its old token; returns once `/health` answers.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn start_service(&self, name: &str, task: &Task) -> Result<Service> {
        let service = self.service(name)?;
        if service.state == ServiceState::Running {
            return Ok(service);
        }
        self.bring_up(service, task)
    }

    /// Stops a service and waits until it has ended.
    ///
    /// # Errors
    /// If there is none.
    pub fn stop_service(&self, name: &str) -> Result<Service> {
        let mut service = self.service(name)?;
        LocalEngine.stop(&self.service_folder(service.id), STOP_GRACE)?;
        service = self.observed(service)?;
        (service.state, service.failure) = (ServiceState::Stopped, None);
        self.save_service(&service)?;
        Ok(service)
    }

    /// Stops and deletes a service; its model stays.
    ///
    /// # Errors
    /// If there is none.
    pub fn delete_service(&self, name: &str) -> Result<()> {
        let service = self.service(name)?;
        self.remove_service(&service)
    }

    /// Gives the service a new token and returns it; the old one is refused from then on.
    ///
    /// # Errors
    /// If there is none.
    pub fn renew_token(&self, name: &str, task: &Task) -> Result<String> {
        let mut service = self.service(name)?;
        let (token, hash) = Token::generate();
        service.token_sha256 = hash.to_string();
        self.restart_changed(service, task)?;
        Ok(token.as_str().to_owned())
    }

    /// From which score on a detector's service answers; `None`: the model's own. A running service is restarted on its
    /// address.
    ///
    /// # Errors
    /// If there is none, its model finds no objects, or the score is not from 0 to 1.
    pub fn set_service_score(&self, name: &str, least_score: Option<f64>, task: &Task) -> Result<Service> {
        let mut service = self.service(name)?;
        if let Some(score) = least_score.filter(|score| !(0.0..=1.0).contains(score)) {
            return Err(Error::refused(Explanation::bad_input("service-score").with("value", score)));
        }
        let models = self.models()?;
        let is_served = |model: &&Model| service.deployments.iter().any(|deployment| deployment.model == model.id);
        if !models.iter().filter(is_served).all(|model| model.algorithm == DETECTION) {
            return Err(Error::refused(Explanation::bad_input("service-score-objects").with("service", name)));
        }
        service.least_score = least_score;
        self.restart_changed(service, task)
    }

    /// Asks a running service, with its internal token.
    ///
    /// # Errors
    /// If it does not run, or refuses the file.
    pub fn predict(&self, name: &str, file_name: &str, bytes: Vec<u8>) -> Result<Prediction> {
        let (address, token) = self.reach(name)?;
        Ok(serving::client::predict(&address, token.as_str(), file_name, bytes)?)
    }

    /// Asks a running service about a text.
    ///
    /// # Errors
    /// If it does not run, or does not take texts.
    pub fn predict_text(&self, name: &str, text: &str) -> Result<Prediction> {
        let (address, token) = self.reach(name)?;
        Ok(serving::client::predict_text(&address, token.as_str(), text)?)
    }

    /// Sends a running service `{"data": {"req_data": [{"text": …}]}}` and returns its answer as it is.
    ///
    /// # Errors
    /// As [`Workbench::predict_text`], or if something in the request is wrong.
    pub fn predict_data(&self, name: &str, request: &serde_json::Value) -> Result<serde_json::Value> {
        let (address, token) = self.reach(name)?;
        Ok(serving::client::predict_data(&address, token.as_str(), request)?)
    }

    /// Asks a running service about a file, given as a typed path or a URI.
    ///
    /// # Errors
    /// As [`Workbench::predict`], or if the file cannot be read or is larger than a request may be.
    pub fn predict_file(&self, name: &str, path: &str) -> Result<Prediction> {
        let location = Location::typed(path)?;
        let bytes = self.storage().read(&location, Some(DEFAULT_REQUEST_LIMIT_BYTES))?;
        self.predict(name, &String::from_utf8_lossy(&location.name()), bytes)
    }

    /// The text of a file, whatever its encoding.
    ///
    /// # Errors
    /// If it cannot be read, or is larger than what may be asked about.
    pub fn text_of_file(&self, path: &str) -> Result<String> {
        let bytes = self.storage().read(&Location::typed(path)?, Some(DEFAULT_REQUEST_LIMIT_BYTES))?;
        Ok(decode(&bytes).text)
    }

    /// The log from byte `from`, and where it ends now.
    ///
    /// # Errors
    /// If there is no such service.
    pub fn service_log(&self, name: &str, from: u64) -> Result<(String, u64)> {
        let service = self.service(name)?;
        let chunk = engines::tail_log(&self.service_folder(service.id), from)?;
        Ok((chunk.text, chunk.next_offset))
    }
}

impl Workbench {
    /// The address of a running service and its internal token.
    fn reach(&self, name: &str) -> Result<(String, serving::Token)> {
        let service = self.service(name)?;
        let Some(address) = service.address.filter(|_| service.state == ServiceState::Running) else {
            return Err(Error::refused(Explanation::bad_input("service-stopped").with("name", name)));
        };
        let token = serving::read_internal_token(self.service_folder(service.id).path())?;
        Ok((address, token))
    }

    fn service_folder(&self, id: ServiceId) -> JobFolder {
        JobFolder::at(self.folder().join("jobs").join(format!("service-{id}")))
    }

    fn write_serve_job(&self, service: &Service, model: &str, port: Option<u16>) -> Result<()> {
        let task = ServeTask {
            name: service.name.to_string(),
            model: model.to_owned(),
            host: "127.0.0.1".to_owned(),
            port,
            token_sha256: service.token_sha256.clone(),
            request_limit_bytes: DEFAULT_REQUEST_LIMIT_BYTES,
            least_score: service.least_score,
        };
        JobFolder::create(self.service_folder(service.id).path(), &JobFile::new(JobTask::Serve(task)))?;
        Ok(())
    }

    /// Saves what changed of a service, for its worker too, and starts it anew if it runs.
    fn restart_changed(&self, service: Service, task: &Task) -> Result<Service> {
        let folder = self.service_folder(service.id);
        let mut job = folder.read_job()?;
        if let JobTask::Serve(serve) = &mut job.task {
            serve.token_sha256.clone_from(&service.token_sha256);
            serve.least_score = service.least_score;
        }
        folder.write_json(file::JOB, &job)?;
        self.save_service(&service)?;
        if service.state != ServiceState::Running {
            return Ok(service);
        }
        LocalEngine.stop(&folder, STOP_GRACE)?;
        self.bring_up(service, task)
    }

    /// Starts the worker and waits until it answers.
    fn bring_up(&self, mut service: Service, task: &Task) -> Result<Service> {
        let folder = self.service_folder(service.id);
        self.engine().start(&folder, &StartOptions::worker(&self.inner.executable))?;
        let begun = Instant::now();
        loop {
            task.report("deploying", begun.elapsed().as_millis().try_into().unwrap_or(u64::MAX), None);
            let observation = self.engine().observe(&folder)?;
            if let Some(address) = observation.status.address.filter(|_| observation.alive)
                && serving::client::health(&address).is_ok()
            {
                (service.state, service.address) = (ServiceState::Running, Some(address));
                (service.started, service.failure) = (Some(self.now()), None);
                self.save_service(&service)?;
                return Ok(service);
            }
            if observation.state.is_final() {
                let cause = observation.explanation.unwrap_or_else(|| Explanation::failure("service-ended"));
                (service.state, service.failure) = (ServiceState::Failed, Some(cause.clone()));
                self.save_service(&service)?;
                return Err(Error::refused(cause));
            }
            if task.cancel.is_cancelled() || begun.elapsed() > START_LIMIT {
                LocalEngine.stop(&folder, STOP_GRACE)?;
                task.check()?;
                let seconds = START_LIMIT.as_secs();
                return Err(Error::refused(Explanation::failure("service-silent").with("seconds", seconds)));
            }
            std::thread::sleep(START_STEP);
        }
    }

    /// A service as its worker's folder shows it now.
    fn observed(&self, mut service: Service) -> Result<Service> {
        let folder = self.service_folder(service.id);
        if let Ok(Some(counted)) = folder.read_json::<ServiceFile>(file::SERVICE) {
            (service.calls, service.failed_calls) = (counted.calls, counted.failed_calls);
        }
        let Ok(observation) = self.engine().observe(&folder) else { return Ok(service) };
        if observation.alive && observation.status.address.is_some() {
            service.state = ServiceState::Running;
            service.address = observation.status.address;
        } else if observation.state.is_final() && service.state != ServiceState::Stopped {
            (service.state, service.failure) = match observation.state {
                JobState::Succeeded | JobState::Cancelled => (ServiceState::Stopped, None),
                _ => (ServiceState::Failed, observation.explanation),
            };
        }
        Ok(service)
    }

    fn save_service(&self, service: &Service) -> Result<()> {
        self.catalog().update_service(service.id, |stored| *stored = service.clone())?;
        Ok(())
    }

    fn remove_service(&self, service: &Service) -> Result<()> {
        let folder = self.service_folder(service.id);
        if folder.has_job() {
            LocalEngine.stop(&folder, STOP_GRACE)?;
        }
        self.catalog().delete_service(service.id)?;
        if let Err(error) = std::fs::remove_dir_all(folder.path()) {
            tracing::warn!("the service's folder stays: {error}");
        }
        Ok(())
    }
}
