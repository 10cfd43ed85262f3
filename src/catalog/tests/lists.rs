//! Training jobs, models, services, messages, records and settings.

use super::support::Fixture;
use crate::catalog::{CatalogError, JobRecord, Message, MessageKind};
use crate::domain::job::TrainingJob;
use crate::domain::model::Model;
use crate::domain::service::{Service, ServiceKind, ServiceState};
use crate::domain::{
    DatasetId, Description, Explanation, JobId, JobName, JobState, JobVersion, JobVersionId, ModelId, ModelName,
    ServiceId, ServiceName, Timestamp, VersionId, VersionName,
};
use std::collections::BTreeMap;

fn job(name: &str) -> TrainingJob {
    let name = JobName::new(name).expect("valid");
    TrainingJob { id: JobId::random(), name, description: Description::default(), created: Timestamp(1) }
}

fn run(job: &TrainingJob) -> JobVersion {
    JobVersion {
        id: JobVersionId::random(),
        job: job.id,
        version: VersionName::numbered(1),
        state: JobState::Initializing,
        dataset: DatasetId::random(),
        dataset_version: VersionId::random(),
        dataset_label: "flowers@V001".to_owned(),
        algorithm: "image-classifier".to_owned(),
        parameters: BTreeMap::from([("epochs".to_owned(), "3".to_owned())]),
        output: "file:///out/".to_owned(),
        created: Timestamp(1),
        started: None,
        ended: None,
        progress: 0.0,
        failure: None,
    }
}

#[test]
fn runs_are_numbered_changed_and_deleted() {
    let fixture = Fixture::new(0);
    let catalog = &fixture.catalog;
    let job = job("first");
    let one = catalog.create_job_version(&job, &run(&job)).expect("created");
    let two = catalog.create_job_version(&job, &run(&job)).expect("created");
    assert_eq!((one.version.as_str(), two.version.as_str()), ("V001", "V002"));
    let namesake = TrainingJob { id: JobId::random(), ..job.clone() };
    let refused = catalog.create_job_version(&namesake, &run(&namesake));
    assert!(matches!(refused, Err(CatalogError::JobNameTaken(name)) if name == "first"));
    let ended = catalog
        .update_job_version(one.id, |version| {
            version.state = JobState::Failed;
            version.failure = Some(Explanation::failure("worker-killed").with("signal", 9));
        })
        .expect("updated");
    assert_eq!(catalog.job_version(one.id).expect("read"), ended);
    assert_eq!(catalog.unfinished_job_versions().expect("read"), std::slice::from_ref(&two));
    catalog.delete_job_version(two.id).expect("deleted");
    assert_eq!(catalog.job_versions(job.id).expect("read"), [ended]);
    assert_eq!(catalog.create_job_version(&job, &run(&job)).expect("created").version.as_str(), "V003");
    assert_eq!(catalog.job_by_name("first").expect("read"), Some(job.clone()));
    catalog.delete_job(job.id).expect("deleted");
    assert!(catalog.jobs().expect("read").is_empty() && catalog.all_job_versions().expect("read").is_empty());
}

#[test]
fn models_get_the_next_version_and_never_an_old_one() {
    let fixture = Fixture::new(0);
    let catalog = &fixture.catalog;
    let model = |version: &str| Model {
        id: ModelId::random(),
        name: ModelName::new("flowers").expect("valid"),
        version: version.to_owned(),
        description: Description::default(),
        algorithm: "image_classification".to_owned(),
        location: "file:///models/1/".to_owned(),
        size_bytes: 12,
        metrics: None,
        source: None,
        created: Timestamp(1),
    };
    let first = catalog.create_model(&model("")).expect("created");
    let second = catalog.create_model(&model("")).expect("created");
    assert_eq!((first.version.as_str(), second.version.as_str()), ("0.0.1", "0.0.2"));
    let refused = catalog.create_model(&model("0.0.2"));
    assert!(matches!(refused, Err(CatalogError::ModelVersionTaken(name)) if name == "flowers@0.0.2"));
    assert_eq!(catalog.model_by_name("flowers", None).expect("read"), Some(second.clone()));
    catalog.delete_model(second.id).expect("deleted");
    assert_eq!(catalog.next_model_version("flowers").expect("read"), "0.0.3");
    assert_eq!(catalog.models().expect("read"), [first]);
}

#[test]
fn services_are_changed_in_place() {
    let fixture = Fixture::new(0);
    let catalog = &fixture.catalog;
    let service = |name: &str| Service {
        id: ServiceId::random(),
        name: ServiceName::new(name).expect("valid"),
        description: Description::default(),
        kind: ServiceKind::RealTime,
        state: ServiceState::Deploying,
        deployments: Vec::new(),
        address: None,
        token_sha256: "00".to_owned(),
        calls: 0,
        failed_calls: 0,
        failure: None,
        least_score: None,
        created: Timestamp(1),
        started: None,
    };
    let one = service("one");
    catalog.create_service(&one).expect("created");
    assert!(matches!(catalog.create_service(&service("one")), Err(CatalogError::ServiceNameTaken(_))));
    let running = catalog.update_service(one.id, |service| service.state = ServiceState::Running).expect("updated");
    assert_eq!(catalog.service_by_name("one").expect("read"), Some(running.clone()));
    assert_eq!(catalog.services().expect("read"), [running]);
    catalog.delete_service(one.id).expect("deleted");
    assert!(matches!(catalog.service(one.id), Err(CatalogError::ServiceUnknown(_))));
}

#[test]
fn messages_records_and_settings_survive_a_restart() {
    let fixture = Fixture::new(0);
    let message = Message {
        at: Timestamp(5),
        kind: MessageKind::Warning,
        explanation: Explanation::failure("media-missing").with("count", 3),
    };
    fixture.catalog.add_message(&message).expect("added");
    let record = JobRecord {
        id: uuid::Uuid::new_v4(),
        kind: "sync".to_owned(),
        title: vec![("dataset".to_owned(), "flowers".to_owned())],
        state: JobState::Running,
        progress: Some(0.5),
        started: Timestamp(1),
        ended: None,
        explanation: None,
    };
    fixture.catalog.put_job_record(&record).expect("put");
    let ended = JobRecord { state: JobState::Succeeded, ended: Some(Timestamp(9)), ..record };
    fixture.catalog.put_job_record(&ended).expect("put");
    fixture.catalog.set_setting("columns", &vec![3, 1]).expect("set");
    let again = fixture.open_again();
    assert_eq!(again.messages(10).expect("read"), [message]);
    assert_eq!(again.job_records(10).expect("read"), [ended]);
    assert_eq!(again.setting::<Vec<u8>>("columns").expect("read"), Some(vec![3, 1]));
    assert_eq!(again.setting::<bool>("columns").expect("read"), None, "a form that is not understood is no error");
}
