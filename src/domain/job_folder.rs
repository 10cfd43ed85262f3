//! What stands in a job folder: `job.json` goes in, `status.json`, `service.json`, `metrics.jsonl` and `log.txt` come
//! out. Only the shapes are here; `engines`, `worker` and `serving` read and write them.

use super::evaluation::Summary;
use super::explain::{Explain, Explanation, Warning};
use super::job::JobState;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// The newest form of the files of a job folder that this release reads, and the one it writes.
pub const SCHEMA_VERSION: u32 = 1;

/// The names of the files of a job folder.
pub mod file {
    /// What to do. Written once, before the worker starts.
    pub const JOB: &str = "job.json";
    /// Where it stands. Replaced by rename.
    pub const STATUS: &str = "status.json";
    /// Lines for people. Only appended to.
    pub const LOG: &str = "log.txt";
    /// One [`Metric`](crate::domain::evaluation::Metric) a line. Only appended to.
    pub const METRICS: &str = "metrics.jsonl";
    /// Held locked by the worker as long as it lives.
    pub const LOCK: &str = "lock";
    /// Asks the worker to stop; its content does not matter.
    pub const CANCEL: &str = "cancel";
    /// What the worker makes, before it is copied to where it belongs.
    pub const OUTPUT: &str = "output";
    /// What a service remembers from one start to the next.
    pub const SERVICE: &str = "service.json";
    /// The token of the test page and of `service predict`; mode 0600, renewed at each start.
    pub const INTERNAL_TOKEN: &str = "internal-token";
    /// The model folder inside a training job's output.
    pub const MODEL: &str = "model";
    /// The evaluation inside a training job's output.
    pub const EVALUATION: &str = "evaluation.json";
}

/// `job.json`. Unknown fields are ignored, so that an older release reads what a newer one of the same schema wrote.
/// It never holds a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobFile {
    pub schema_version: u32,
    /// Whether the worker shall read a JSON object of secrets (names and values) from its standard input.
    #[serde(default)]
    pub secrets_on_stdin: bool,
    #[serde(flatten)]
    pub task: Task,
}

/// What a worker does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Task {
    Train(TrainTask),
    Serve(ServeTask),
}

/// A training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainTask {
    /// `Name@V001`, for the log.
    pub name: String,
    /// The job version's name, `V001`: the folder under `output`.
    pub version: String,
    /// A name of the table of algorithms.
    pub algorithm: String,
    /// All parameters by their real names, defaults included.
    pub parameters: BTreeMap<String, String>,
    pub seed: u64,
    /// URI of the dataset version's manifest.
    pub manifest: String,
    /// `Dataset@V001`, for the log and the model's description.
    #[serde(default)]
    pub dataset: String,
    /// Class names in the order of the classes. Empty: those that the manifest carries, sorted.
    #[serde(default)]
    pub classes: Vec<String>,
    /// The dataset's table of foreign prefixes (`s3://bucket/photos/`) and the URIs of the folders that hold what they
    /// name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub source_map: Vec<(String, String)>,
    /// URI under which `{version}/model/` is written.
    pub output: String,
    #[serde(default)]
    pub options: TrainOptions,
}

/// What a training run lets pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainOptions {
    /// Train although files no longer match what the version recorded.
    pub allow_mismatch: bool,
    /// Learn each label of a sample that has several, instead of leaving it out.
    pub several_labels: bool,
}

/// A real-time service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServeTask {
    /// The service's name, for the log.
    pub name: String,
    /// URI of the model folder.
    pub model: String,
    /// The address to listen at; loopback unless the person chose otherwise.
    #[serde(default = "loopback")]
    pub host: String,
    /// A port that was asked for; `None`: the remembered one, else a free one.
    #[serde(default)]
    pub port: Option<u16>,
    /// SHA-256 of the token, hex.
    pub token_sha256: String,
    /// The largest request that is taken, in bytes.
    #[serde(default = "default_limit")]
    pub request_limit_bytes: u64,
    /// Of a detector: objects below this score, from 0 to 1, are left out of its answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_score: Option<f64>,
}

fn loopback() -> String {
    "127.0.0.1".to_owned()
}

/// 64 MB.
pub const DEFAULT_REQUEST_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

fn default_limit() -> u64 {
    DEFAULT_REQUEST_LIMIT_BYTES
}

/// `status.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusFile {
    pub schema_version: u32,
    pub state: JobState,
    /// Stable code of what is being done, e.g. `verifying`, `training`, `serving`. Fluent: `phase-{phase}`.
    pub phase: String,
    /// 0 to 1.
    pub progress: f64,
    /// When the worker was asked to start.
    pub started: Option<Timestamp>,
    /// When this file was written.
    pub updated: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Of the worker; for people and to kill it, never for liveness.
    pub pid: Option<u32>,
    /// Why it failed or was interrupted.
    pub explanation: Option<Explanation>,
    /// The first few of the things that were left out or changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// The figures of the evaluation, once there is one.
    pub evaluation: Option<Summary>,
    /// URI of the folder that was written, `…/V001`, once it is complete.
    pub output: Option<String>,
    /// `http://127.0.0.1:PORT/`, while a service answers there.
    pub address: Option<String>,
}

impl Default for StatusFile {
    fn default() -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            state: JobState::Initializing,
            phase: String::new(),
            progress: 0.0,
            started: None,
            updated: None,
            ended: None,
            pid: None,
            explanation: None,
            warnings: Vec::new(),
            evaluation: None,
            output: None,
            address: None,
        }
    }
}

/// `service.json`: what a service remembers from one start to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceFile {
    pub schema_version: u32,
    /// The port it had last.
    pub port: Option<u16>,
    /// Requests to predict since it was made, refused ones included.
    pub calls: u64,
    /// Those of them that were not answered with a prediction.
    pub failed_calls: u64,
    pub last_call: Option<Timestamp>,
}

/// Why a file of a job folder was not read.
#[derive(Debug, Error)]
pub enum JobFileError {
    #[error("{file} is of schema {found}, this release reads up to {known}: use a newer release")]
    Newer { file: &'static str, found: u64, known: u32 },
    #[error("{file} cannot be understood: {reason}")]
    Malformed { file: &'static str, reason: String },
}

impl Explain for JobFileError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Newer { file, found, known } => {
                Explanation::failure("job-file-newer").with("file", file).with("found", found).with("known", known)
            }
            Self::Malformed { file, reason } => {
                Explanation::failure("job-file-malformed").with("file", file).with("reason", reason)
            }
        }
    }
}

impl JobFile {
    /// A job of this release's schema without secrets.
    #[must_use]
    pub fn new(task: Task) -> Self {
        Self { schema_version: SCHEMA_VERSION, secrets_on_stdin: false, task }
    }
}

/// Reads one of the JSON files of a job folder; `file` is its name, for the error.
///
/// # Errors
/// If its schema is newer than ours, or it is not what it should be.
pub fn parse<T: serde::de::DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, JobFileError> {
    let malformed = |error: serde_json::Error| JobFileError::Malformed { file, reason: error.to_string() };
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(malformed)?;
    // The schema is judged first: a newer form may well not fit our types.
    match value.get("schema_version").and_then(serde_json::Value::as_u64) {
        Some(found) if found > u64::from(SCHEMA_VERSION) => {
            Err(JobFileError::Newer { file, found, known: SCHEMA_VERSION })
        }
        _ => serde_json::from_value(value).map_err(malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn train() -> JobFile {
        JobFile::new(Task::Train(TrainTask {
            name: "flowers@V001".to_owned(),
            version: "V001".to_owned(),
            algorithm: "quick_image_classification".to_owned(),
            parameters: BTreeMap::from([("split_spec".to_owned(), "0.8".to_owned())]),
            seed: 7,
            manifest: "file:///d/V001.manifest".to_owned(),
            dataset: "flowers@V001".to_owned(),
            classes: vec!["roses".to_owned()],
            source_map: vec![("s3://b/".to_owned(), "file:///b".to_owned())],
            output: "file:///o".to_owned(),
            options: TrainOptions { allow_mismatch: true, several_labels: false },
        }))
    }

    #[test]
    fn a_job_reads_back_as_it_was_written() {
        let bytes = serde_json::to_vec(&train()).expect("serialises");
        assert_eq!(parse::<JobFile>(file::JOB, &bytes).expect("reads"), train());
    }

    #[test]
    fn a_newer_schema_is_refused_before_its_form_is_judged() {
        let error = parse::<JobFile>(file::JOB, br#"{"schema_version": 2, "kind": "dream"}"#).expect_err("newer");
        assert!(matches!(error, JobFileError::Newer { found: 2, known: 1, .. }));
        let error = parse::<JobFile>(file::JOB, br#"{"schema_version": 1, "kind": "dream"}"#).expect_err("unknown");
        assert!(matches!(error, JobFileError::Malformed { .. }));
    }

    #[test]
    fn missing_and_unknown_fields_are_taken_leniently() {
        let job: JobFile = parse(
            file::JOB,
            br#"{"schema_version":1,"kind":"serve","name":"s","model":"file:///m","token_sha256":"00","later":1}"#,
        )
        .expect("reads");
        let Task::Serve(task) = job.task else { panic!("a service") };
        assert_eq!(task.host, "127.0.0.1");
        assert_eq!(task.request_limit_bytes, DEFAULT_REQUEST_LIMIT_BYTES);
        let status: StatusFile = parse(file::STATUS, br#"{"state":"running","new":[1]}"#).expect("reads");
        assert_eq!(status.state, JobState::Running);
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse::<JobFile>(file::JOB, &bytes);
            let _ = parse::<StatusFile>(file::STATUS, &bytes);
        }
    }
}
