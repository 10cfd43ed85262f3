//! The whole loop on the sample dataset: `modelier demo`, and the first-run page's sample.

use super::{
    DeployRequest, Error, ImportRequest, ImportSource, NewDataset, NewModel, PublishRequest, Result, StartTraining,
    Task, Workbench,
};
use crate::domain::predict::Prediction;
use crate::domain::query::SampleFilter;
use crate::domain::{Assign, Dataset, DatasetType, Edit, Explanation, JobState, SampleId};
use crate::media::sample_images;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What the demo did.
#[derive(Clone, Debug, Serialize)]
pub struct DemoReport {
    pub dataset: String,
    pub version: String,
    pub job: String,
    pub accuracy: f64,
    pub service: String,
    pub address: String,
    /// What the service said of a picture, and what it was.
    pub predicted_label: String,
    pub true_label: String,
}

/// Of the sample dataset's images, one in so many is left for the person to label.
const LEFT_UNLABELED: usize = 3;

impl Workbench {
    /// Writes the sample dataset under `folder` and makes a dataset of it, part of it labeled.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn create_sample_dataset(&self, folder: &Path, task: &Task) -> Result<Dataset> {
        task.report("demo-images", 0, None);
        let images = folder.join("images");
        sample_images::write_sample_dataset(&images)?;
        let taken: Vec<String> = self.datasets()?.into_iter().map(|s| s.dataset.name.to_string()).collect();
        let free = |name: &String| !taken.contains(name);
        let names = std::iter::once("sample-shapes".to_owned()).chain((2..).map(|n| format!("sample-shapes-{n}")));
        let name = names.take(taken.len() + 1).find(free).unwrap_or_else(|| "sample-shapes".to_owned());
        let input = images.to_string_lossy().into_owned();
        let dataset = self.create_dataset(NewDataset {
            name,
            description: String::new(),
            kind: DatasetType::ImageClassification,
            input: input.clone(),
            output: folder.join("versions").to_string_lossy().into_owned(),
            labels: Vec::new(),
        })?;
        let source = ImportSource::Folder(input);
        let request = ImportRequest { source, with_labels: true, only_hard: false, labels: Vec::new(), copy: false };
        self.import(dataset.id, &request, task)?;
        let all = self.sample_page(dataset.id, &SampleFilter::default(), usize::MAX, None)?;
        let samples: Vec<SampleId> = all.iter().step_by(LEFT_UNLABELED).map(|row| row.sample.id).collect();
        self.edit(dataset.id, &Edit::Assign { samples, labels: Vec::new(), how: Assign::Replace })?;
        Ok(dataset)
    }

    /// Labels, publishes, trains, deploys and calls, on the sample dataset. The service is stopped at the end.
    ///
    /// # Errors
    /// Whatever a step reports.
    pub fn demo(&self, folder: &Path, task: &Task) -> Result<DemoReport> {
        let dataset = self.create_sample_dataset(folder, task)?;
        self.label_by_folder(&dataset, task)?;
        task.report("demo-publishing", 0, None);
        let version = self.publish(dataset.id, &PublishRequest::default(), task)?;

        let algorithm = "quick_image_classification";
        let (job, _) = self.suggest_training(dataset.id, algorithm)?;
        let request = StartTraining {
            name: job.clone(),
            description: String::new(),
            dataset: dataset.id,
            dataset_version: version.name.to_string(),
            algorithm: algorithm.to_owned(),
            parameters: BTreeMap::new(),
            output: folder.join("models").join(&job).to_string_lossy().into_owned(),
            allow_mismatch: false,
        };
        let run = self.start_training(&request)?;
        let details = self.wait_for_job(&job, run.version.as_str(), task)?;
        if details.version.state != JobState::Succeeded {
            let ended = Explanation::failure("job-ended").with("state", details.version.state.as_str());
            return Err(Error::refused(details.version.failure.unwrap_or(ended)));
        }
        let source = NewModel::FromJob { job: job.clone(), version: Some(run.version.to_string()) };
        let model = self.create_model(dataset.name.as_str(), "", &source)?;
        let service = DeployRequest {
            name: format!("{}-{}", dataset.name, model.version.replace('.', "-")),
            description: String::new(),
            model: model.name.to_string(),
            model_version: model.version.clone(),
            port: None,
        };
        let deployed = self.deploy(&service, task)?;
        let (true_label, asked) = self.asked_sample(&dataset)?;
        let bytes = self.media_bytes(&asked)?;
        let predicted_label = match self.predict(&service.name, "sample.jpg", bytes)? {
            Prediction::Classification { predicted_label, .. } | Prediction::Labels { predicted_label, .. } => {
                predicted_label
            }
            Prediction::Detection { detection_classes, .. } => detection_classes.join(", "),
            Prediction::Entities { entities } => {
                entities.into_iter().map(|entity| entity.text).collect::<Vec<_>>().join(", ")
            }
        };
        // Nothing of a demonstration goes on running; the service is there to be started again.
        self.stop_service(&service.name)?;
        Ok(DemoReport {
            dataset: dataset.name.to_string(),
            version: version.name.to_string(),
            job: format!("{job}@{}", run.version),
            accuracy: details.summary.map_or(0.0, |summary| summary.accuracy),
            service: service.name,
            address: deployed.service.address.unwrap_or_default(),
            predicted_label,
            true_label,
        })
    }

    /// Labels what is unlabeled by the folder it lies in: what a person would do by eye.
    fn label_by_folder(&self, dataset: &Dataset, task: &Task) -> Result<()> {
        let filter = SampleFilter { state: Some(crate::domain::SampleState::Unlabeled), ..SampleFilter::default() };
        let rows = self.sample_page(dataset.id, &filter, usize::MAX, None)?;
        for (done, row) in rows.iter().enumerate() {
            task.check()?;
            task.report("demo-labeling", done as u64, Some(rows.len() as u64));
            let Some((folder, _)) = row.sample.name.split_once('/') else { continue };
            let labels = vec![self.ensure_label(dataset.id, folder)?.id];
            self.edit(dataset.id, &Edit::Assign { samples: vec![row.sample.id], labels, how: Assign::Replace })?;
        }
        Ok(())
    }

    /// A sample to ask the service about: its label and source.
    fn asked_sample(&self, dataset: &Dataset) -> Result<(String, String)> {
        let rows = self.sample_page(dataset.id, &SampleFilter::default(), 1, None)?;
        let row = rows.into_iter().next();
        row.map(|row| (row.sample.name.split('/').next().unwrap_or_default().to_owned(), row.sample.source))
            .ok_or_else(|| Error::refused(Explanation::failure("dataset-empty").with("dataset", &dataset.name)))
    }
}
