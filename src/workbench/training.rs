//! Training jobs: starting, watching, stopping, comparing (guide 5.3–5.5).

use super::{Error, Result, Workbench};
use crate::domain::algorithm::Algorithm;
use crate::domain::evaluation::{Evaluation, Metric, Summary};
use crate::domain::job::{JobState, JobVersion, TrainingJob};
use crate::domain::job_folder::{JobFile, Task as JobTask, TrainOptions, TrainTask, file};
use crate::domain::{
    Dataset, DatasetId, DatasetVersion, Description, Explain, Explanation, JobId, JobName, JobVersionId, VersionName,
    VersionState, Warning,
};
use crate::engines::{self, Engine, JobFolder, StartOptions};
use crate::learning;
use crate::storage::Location;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often a waiting command looks.
const WAIT_STEP: Duration = Duration::from_millis(200);

/// The parameter for the number of labels.
const CLASSES: &str = "num_classes";

/// What the form for a training job holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartTraining {
    /// A new job, or one that is there: then this is its next version.
    pub name: String,
    pub description: String,
    pub dataset: DatasetId,
    pub dataset_version: String,
    pub algorithm: String,
    /// As typed.
    pub parameters: BTreeMap<String, String>,
    /// A URI or a path as typed; never a dataset's folder.
    pub output: String,
    /// Train although media no longer match what the version recorded.
    pub allow_mismatch: bool,
}

/// A job and its versions, newest first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobSummary {
    pub job: TrainingJob,
    pub versions: Vec<JobVersion>,
}

/// Everything about one version of a job.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JobDetails {
    pub job: TrainingJob,
    pub version: JobVersion,
    /// With defaults filled in.
    pub parameters: BTreeMap<String, String>,
    pub summary: Option<Summary>,
    /// URI of the model folder, once there is one.
    pub model: Option<String>,
}

impl Workbench {
    /// The algorithms this release has.
    #[must_use]
    pub fn algorithms(&self) -> Vec<&'static Algorithm> {
        learning::ALGORITHMS.iter().map(|entry| &entry.descriptor).collect()
    }

    /// An output location that is free, and a job name that is free, to prefill the form.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn suggest_training(&self, dataset: DatasetId, algorithm: &str) -> Result<(String, String)> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let base = format!("{}-{}", dataset.name, short_name(algorithm));
        let taken: BTreeSet<String> = self.jobs()?.into_iter().map(|job| job.job.name.to_string()).collect();
        let name = (1..)
            .map(|number| if number == 1 { base.clone() } else { format!("{base}-{number}") })
            .find(|name| !taken.contains(name))
            .unwrap_or(base);
        let output = Location::from_path(self.folder()).join("results").join(&name);
        Ok((name, output.to_uri()))
    }

    /// What the form should warn of before it starts, e.g. an output folder that holds files.
    ///
    /// # Errors
    /// What would make [`Workbench::start_training`] refuse.
    pub fn check_training(&self, request: &StartTraining) -> Result<Vec<Warning>> {
        let plan = self.plan_training(request)?;
        let mut warnings = Vec::new();
        let names = self.storage().names(&plan.output)?;
        if names.iter().any(|name| !name.starts_with(b".")) && self.find_job(&request.name)?.is_none() {
            let reason = Explanation::bad_input("output-filled").with("path", &plan.output);
            warnings.push(Warning::new(plan.output.to_uri(), reason));
        }
        warnings.extend(other_number_of_labels(&plan));
        Ok(warnings)
    }

    /// Starts a worker on the next version of the job. Returns at once.
    ///
    /// # Errors
    /// A broken name rule, an unknown algorithm or parameter, an output location that is a dataset's folder or cannot
    /// be written, a version that is not normal.
    pub fn start_training(&self, request: &StartTraining) -> Result<JobVersion> {
        let plan = self.plan_training(request)?;
        let now = self.now();
        let job = match self.find_job(&request.name)? {
            Some(summary) => summary.job,
            None => TrainingJob {
                id: JobId::random(),
                name: plan.name.clone(),
                description: plan.description.clone(),
                created: now,
            },
        };
        let version = JobVersion {
            id: JobVersionId::random(),
            job: job.id,
            version: VersionName::numbered(1),
            state: JobState::Initializing,
            dataset: request.dataset,
            dataset_version: plan.dataset_version.id,
            dataset_label: format!("{}@{}", plan.dataset.name, plan.dataset_version.name),
            algorithm: request.algorithm.clone(),
            parameters: request.parameters.clone(),
            output: plan.output.to_uri(),
            created: now,
            started: Some(now),
            ended: None,
            progress: 0.0,
            failure: None,
        };
        self.storage().ensure_folder(&plan.output)?;
        let version = self.catalog().create_job_version(&job, &version)?;
        let started = self.start_worker(&job, &version, &plan, request.allow_mismatch);
        if let Err(error) = started {
            let failure = error.explain();
            self.catalog().update_job_version(version.id, |version| {
                version.state = JobState::Failed;
                version.ended = Some(now);
                version.failure = Some(failure);
            })?;
            return Err(error);
        }
        Ok(version)
    }

    /// All jobs, the latest first. States are brought up to date from the workers' folders.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn jobs(&self) -> Result<Vec<JobSummary>> {
        let mut summaries = Vec::new();
        for (job, versions) in self.all_jobs()? {
            let versions = versions.into_iter().map(|version| self.refreshed(version)).collect::<Result<Vec<_>>>()?;
            summaries.push(JobSummary { job, versions });
        }
        Ok(summaries)
    }

    /// A version of a job, `None` for its latest.
    ///
    /// # Errors
    /// If there is none.
    pub fn job(&self, name: &str, version: Option<&str>) -> Result<JobDetails> {
        let summary = self.find_job(name)?.ok_or_else(|| Self::unknown_job(name))?;
        let found = summary.versions.into_iter().find(|v| version.is_none_or(|name| v.version.as_str() == name));
        let Some(found) = found else {
            let wanted = format!("{name}@{}", version.unwrap_or("V001"));
            return Err(Error::refused(Explanation::bad_input("job-version-unknown").with("version", wanted)));
        };
        let found = self.refreshed(found)?;
        let parameters = match learning::algorithm(&found.algorithm) {
            Some(entry) => entry.descriptor.complete(&found.parameters)?,
            None => found.parameters.clone(),
        };
        let status = self.job_folder(found.id).read_status()?;
        let result = status.as_ref().and_then(|status| status.output.clone());
        let model = result.map(|output| Ok::<_, Error>(Location::from_uri(&output)?.join(file::MODEL).to_uri()));
        let summary_figures = status.and_then(|status| status.evaluation);
        Ok(JobDetails {
            job: summary.job,
            version: found,
            parameters,
            summary: summary_figures,
            model: model.transpose()?,
        })
    }

    /// Waits until the version has ended. Progress goes to `task`; its cancel only ends the waiting.
    ///
    /// # Errors
    /// If the catalog cannot be read.
    pub fn wait_for_job(&self, name: &str, version: &str, task: &super::Task) -> Result<JobDetails> {
        loop {
            let details = self.job(name, Some(version))?;
            if details.version.state.is_final() || task.cancel.is_cancelled() {
                return Ok(details);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
            task.report("training", (details.version.progress.clamp(0.0, 1.0) * 1000.0) as u64, Some(1000));
            std::thread::sleep(WAIT_STEP);
        }
    }

    /// The log from byte `from`, and where it ends now.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn job_log(&self, name: &str, version: &str, from: u64) -> Result<(String, u64)> {
        let details = self.job(name, Some(version))?;
        let chunk = engines::tail_log(&self.job_folder(details.version.id), from)?;
        Ok((chunk.text, chunk.next_offset))
    }

    /// All points of all curves so far.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn job_metrics(&self, name: &str, version: &str) -> Result<Vec<Metric>> {
        let details = self.job(name, Some(version))?;
        Ok(engines::read_metrics(&self.job_folder(details.version.id), 0)?.metrics)
    }

    /// The evaluation, once there is one.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn job_evaluation(&self, name: &str, version: &str) -> Result<Option<Evaluation>> {
        let details = self.job(name, Some(version))?;
        let Some(model) = &details.model else { return Ok(None) };
        let folder = Location::from_uri(model)?.parent().unwrap_or(Location::from_uri(model)?);
        let location = folder.join(file::EVALUATION);
        if !self.storage().is_file(&location) {
            return Ok(None);
        }
        let bytes = self.storage().read(&location, None)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|cause| {
            let damaged = Explanation::failure("evaluation-damaged").with("cause", cause).with("path", location);
            Error::refused(damaged)
        })
    }

    /// Asks a running version to stop.
    ///
    /// # Errors
    /// If there is no such job.
    pub fn stop_job(&self, name: &str, version: &str) -> Result<()> {
        let details = self.job(name, Some(version))?;
        self.engine().cancel(&self.job_folder(details.version.id))?;
        Ok(())
    }

    /// Deletes a version, or the whole job; results in the output location stay.
    ///
    /// # Errors
    /// If it still runs.
    pub fn delete_job(&self, name: &str, version: Option<&str>) -> Result<()> {
        let summary = self.find_job(name)?.ok_or_else(|| Self::unknown_job(name))?;
        let doomed: Vec<JobVersion> = match version {
            Some(version) => vec![self.job(name, Some(version))?.version],
            None => summary.versions.clone(),
        };
        for version in &doomed {
            if self.engine().observe(&self.job_folder(version.id)).is_ok_and(|observation| observation.alive) {
                let running = format!("{name}@{}", version.version);
                return Err(Error::refused(Explanation::bad_input("job-running").with("job", running)));
            }
        }
        match version {
            Some(_) => doomed.iter().try_for_each(|version| self.catalog().delete_job_version(version.id))?,
            None => self.catalog().delete_job(summary.job.id)?,
        }
        for version in &doomed {
            // The entry is gone; a folder that cannot be removed only takes room.
            if let Err(error) = std::fs::remove_dir_all(self.job_folder(version.id).path()) {
                tracing::warn!("the job folder stays: {error}");
            }
        }
        Ok(())
    }
}

/// A request that was checked.
struct Plan {
    name: JobName,
    description: Description,
    dataset: Dataset,
    dataset_version: DatasetVersion,
    parameters: BTreeMap<String, String>,
    output: Location,
}

/// `num_classes` has no effect, the version's labels count: whoever typed another number expects something else.
fn other_number_of_labels(plan: &Plan) -> Option<Warning> {
    let typed: u64 = plan.parameters.get(CLASSES)?.trim().parse().ok()?;
    let labels = plan.dataset_version.labels.len() as u64;
    (typed != labels).then(|| {
        let reason = Explanation::bad_input("parameter-classes")
            .with("count", labels)
            .with("name", CLASSES)
            .with("value", typed)
            .with("version", &plan.dataset_version.name);
        Warning::new(&plan.dataset_version.manifest, reason)
    })
}

impl Workbench {
    fn plan_training(&self, request: &StartTraining) -> Result<Plan> {
        let name = JobName::new(&request.name)?;
        let description = Description::new(&request.description)?;
        let Some(entry) = learning::algorithm(&request.algorithm) else {
            let known = learning::ALGORITHMS.iter().map(|entry| entry.descriptor.name).collect::<Vec<_>>().join(", ");
            return Err(Error::refused(
                Explanation::bad_input("algorithm-unknown").with("known", known).with("name", &request.algorithm),
            ));
        };
        let parameters = entry.descriptor.complete(&request.parameters)?;
        entry.check(&parameters).map_err(|error| Error::refused(error.explain()))?;
        let dataset = self.dataset_by_id(request.dataset)?.dataset;
        let dataset_version = self.version(request.dataset, &request.dataset_version)?;
        if dataset_version.state != VersionState::Normal {
            let refusal = Explanation::bad_input("version-not-normal").with("name", &dataset_version.name);
            return Err(Error::refused(refusal));
        }
        let output = Location::typed(&request.output)?;
        self.refuse_dataset_folder(&output)?;
        self.storage().check_writable(&output)?;
        Ok(Plan { name, description, dataset, dataset_version, parameters, output })
    }

    /// Results never go where a dataset reads or publishes (guide, table 5-17).
    fn refuse_dataset_folder(&self, output: &Location) -> Result<()> {
        for summary in self.catalog().datasets()? {
            let dataset = summary.dataset;
            let (input, published) = (Location::from_uri(&dataset.input)?, Location::from_uri(&dataset.output)?);
            let taken = output.is_within(&input)
                || output.same_place(&published)
                || output.is_within(&published.join(&dataset.folder));
            if taken {
                return Err(Error::refused(
                    Explanation::bad_input("output-is-dataset").with("dataset", &dataset.name).with("path", output),
                ));
            }
        }
        Ok(())
    }

    fn start_worker(&self, job: &TrainingJob, version: &JobVersion, plan: &Plan, allow_mismatch: bool) -> Result<()> {
        let parameter = |name: &str| plan.parameters.get(name);
        let several_labels = parameter("several_labels").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let task = TrainTask {
            name: format!("{}@{}", job.name, version.version),
            version: version.version.to_string(),
            algorithm: version.algorithm.clone(),
            parameters: plan.parameters.clone(),
            seed: parameter("seed").and_then(|seed| seed.parse().ok()).unwrap_or(0),
            manifest: plan.dataset_version.manifest.clone(),
            dataset: version.dataset_label.clone(),
            classes: Vec::new(),
            source_map: self.catalog().source_map(version.dataset)?,
            output: version.output.clone(),
            options: TrainOptions { allow_mismatch, several_labels },
        };
        let path = self.job_folder(version.id).path().to_owned();
        let folder = JobFolder::create(path, &JobFile::new(JobTask::Train(task)))?;
        self.engine().start(&folder, &StartOptions::worker(&self.inner.executable))?;
        Ok(())
    }

    pub(super) fn engine(&self) -> &'static dyn Engine {
        engines::ENGINES[0].engine
    }

    pub(super) fn job_folder(&self, version: JobVersionId) -> JobFolder {
        JobFolder::at(self.folder().join("jobs").join(version.to_string()))
    }

    fn all_jobs(&self) -> Result<Vec<(TrainingJob, Vec<JobVersion>)>> {
        let jobs = self.catalog().jobs()?;
        jobs.into_iter().map(|job| Ok((job.clone(), self.catalog().job_versions(job.id)?))).collect()
    }

    fn find_job(&self, name: &str) -> Result<Option<JobSummary>> {
        let Some(job) = self.catalog().job_by_name(name)? else { return Ok(None) };
        let versions = self.catalog().job_versions(job.id)?;
        Ok(Some(JobSummary { job, versions }))
    }

    fn unknown_job(name: &str) -> Error {
        Error::refused(Explanation::bad_input("job-unknown").with("name", name))
    }

    /// Brings a version up to date from its worker's folder. Doing it twice changes nothing.
    fn refreshed(&self, mut version: JobVersion) -> Result<JobVersion> {
        if version.state.is_final() {
            return Ok(version);
        }
        let Ok(observation) = self.engine().observe(&self.job_folder(version.id)) else { return Ok(version) };
        let ended = observation.state.is_final().then(|| observation.status.ended.unwrap_or_else(|| self.now()));
        let adopt = |version: &mut JobVersion| {
            version.state = observation.state;
            version.progress = observation.progress;
            version.started = observation.status.started.or(version.started);
            version.ended = ended;
            version.failure.clone_from(&observation.explanation);
        };
        let before = version.clone();
        adopt(&mut version);
        // Progress alone is not worth a commit: the folder has it.
        if version.state != before.state {
            self.catalog().update_job_version(version.id, adopt)?;
        }
        Ok(version)
    }
}

/// `quick_image_classification` → `quick`, `ResNet_v1_50` → `resnet`.
fn short_name(algorithm: &str) -> String {
    algorithm.split('_').next().unwrap_or(algorithm).to_lowercase()
}
