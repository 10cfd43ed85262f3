//! A job that trains a model on a published version.

use super::objects::{Counts, ObjectReader};
use super::report::Report;
use super::version::{Line, LineEntity, VersionSource};
use super::{WorkerError, place};
use crate::domain::job_folder::{TrainTask, file};
use crate::domain::{AnnotationBody, Cancel, DatasetType, Explain, JobState, MetricSink, SampleSource, Warning};
use crate::engines::{EngineError, JobFolder};
use crate::formats::manifest::{ManifestAnnotation, ManifestReader, ManifestRecord};
use crate::learning::{self, TrainingRequest};
use crate::storage::{Location, SourceMap, Storage};
use std::io::BufReader;
use std::path::Path;

/// So many names stand in the explanation of a mismatch; the log has them all.
const NAMES: usize = 5;

pub(super) fn run(folder: &JobFolder, task: &TrainTask, report: &Report, cancel: &Cancel) -> Result<(), WorkerError> {
    let storage = Storage::new();
    report.log(&format!("training {}: {} on {}", task.name, task.algorithm, task.dataset));
    for (name, value) in &task.parameters {
        report.log(&format!("  {name} = {value}"));
    }
    let Some(algorithm) = learning::algorithm(&task.algorithm) else {
        return Err(WorkerError::Algorithm(task.algorithm.clone()));
    };
    let output = Location::from_uri(&task.output)?;
    let target = place::check_target(storage, &output, &task.version)?;

    report.phase(JobState::Initializing, "version-reading", (0.0, 0.02));
    let source = open_version(storage, task, algorithm.descriptor.dataset_type, report, cancel)?;
    report.log(&format!(
        "{} samples, {} classes: {}",
        source.items().len(),
        source.classes().len(),
        source.classes().join(", ")
    ));
    verify(&source, task, report, cancel)?;

    let made = folder.file(file::OUTPUT);
    empty_folder(&made)?;
    report.phase(JobState::Running, "training", (0.05, 0.97));
    let request = TrainingRequest {
        parameters: task.parameters.clone(),
        seed: task.seed,
        allow_several_labels: task.options.several_labels,
    };
    let outcome = learning::train(algorithm, &request, &source, report, cancel, &made)?;
    if cancel.is_cancelled() {
        return Err(WorkerError::Cancelled);
    }

    report.phase(JobState::Running, "saving", (0.97, 1.0));
    place::put_in_place(storage, &made, &target)?;
    let summary = (outcome.evaluation.evaluated() > 0).then(|| outcome.evaluation.summary());
    if let Some(summary) = summary {
        report.log(&format!(
            "{} {:.4}, precision {:.4}, recall {:.4}, F1 {:.4} on {} samples not trained on",
            if summary.mean_average_precision.is_some() { "mAP" } else { "accuracy" },
            summary.accuracy,
            summary.precision,
            summary.recall,
            summary.f1,
            outcome.evaluation.evaluated()
        ));
    }
    report.achieved(summary, target.to_uri());
    report.log(&format!("written to {target}"));
    // The copy has served; if it stays, it only takes space.
    let _ = std::fs::remove_dir_all(&made);
    Ok(())
}

/// Compares the files with what the version recorded.
fn verify(source: &VersionSource, task: &TrainTask, report: &Report, cancel: &Cancel) -> Result<(), WorkerError> {
    report.phase(JobState::Initializing, "verifying", (0.02, 0.05));
    let (mismatches, total) = source.mismatches(cancel, &|fraction| report.progress(fraction))?;
    if mismatches.is_empty() {
        return Ok(());
    }
    for (index, mismatch) in &mismatches {
        let name = &source.items()[*index].source;
        report
            .warn(Warning::new(name, mismatch.explain()), &format!("no longer as in the version: {mismatch}: {name}"));
    }
    if task.options.allow_mismatch {
        report.log(&format!("{} of {total} files do not match; that was allowed", mismatches.len()));
        return Ok(());
    }
    let mut names: Vec<&str> =
        mismatches.iter().take(NAMES).map(|(index, _)| last_part(&source.items()[*index].source)).collect();
    if mismatches.len() > NAMES {
        names.push("…");
    }
    let (mismatched, dataset) = (mismatches.len(), task.dataset.clone());
    Err(WorkerError::Mismatch { mismatched, total, dataset, names: names.join(", ") })
}

fn last_part(uri: &str) -> &str {
    uri.rsplit('/').next().filter(|part| !part.is_empty()).unwrap_or(uri)
}

/// What a killed run left must not become part of this one's output.
fn empty_folder(path: &Path) -> Result<(), WorkerError> {
    let failed = |source| WorkerError::Engine(EngineError::Io { action: "create", path: path.to_owned(), source });
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    std::fs::create_dir_all(path).map_err(failed)
}

fn open_version(
    storage: Storage,
    task: &TrainTask,
    kind: DatasetType,
    report: &Report,
    cancel: &Cancel,
) -> Result<VersionSource, WorkerError> {
    let manifest = Location::from_uri(&task.manifest)?;
    let mut map = SourceMap::default();
    for (prefix, folder) in &task.source_map {
        map.0.push((prefix.clone(), Location::from_uri(folder)?));
    }
    let lines = read_lines(storage, &manifest, &map, kind, report, cancel)?;
    let source = VersionSource::new(storage, &manifest, &map, &task.classes, lines, task.options.allow_mismatch);
    Ok(source.of_texts(kind.is_text()))
}

/// The lines of the version's manifest. Broken ones are told and left out.
fn read_lines(
    storage: Storage,
    manifest: &Location,
    map: &SourceMap,
    kind: DatasetType,
    report: &Report,
    cancel: &Cancel,
) -> Result<Vec<Line>, WorkerError> {
    let name = String::from_utf8_lossy(&manifest.name()).into_owned();
    let folder = manifest.parent().unwrap_or_else(|| manifest.clone());
    let mut reader = ObjectReader { storage, folder, map, report, counts: Counts::default() };
    let mut lines = Vec::new();
    for line in ManifestReader::new(BufReader::new(storage.open(manifest)?), name) {
        if cancel.is_cancelled() {
            return Err(WorkerError::Cancelled);
        }
        let line = line?;
        for warning in line.warnings {
            let text = format!("{}: {}", warning.source, warning.reason.code);
            report.warn(warning, &text);
        }
        let Some(mut record) = line.record else { continue };
        let objects = if kind == DatasetType::ObjectDetection { reader.read(&mut record, cancel)? } else { None };
        let entities = if kind == DatasetType::NamedEntity { entities(&record) } else { None };
        let of_kind = record.annotations.iter().flatten().filter(|annotation| annotation.kind == kind);
        let labels = match &objects {
            Some(objects) => objects.iter().map(|object| object.label.clone()).collect(),
            None if kind == DatasetType::ObjectDetection => Vec::new(),
            None => of_kind.filter_map(|annotation| annotation.name.clone()).collect(),
        };
        lines.push(Line {
            source: record.source,
            labels,
            usage: record.usage,
            size_bytes: record.size_bytes,
            hash: record.hash,
            objects,
            entities,
        });
    }
    reader.tell();
    Ok(lines)
}

/// The entities of a record; `None` if nobody has said what is in the text.
fn entities(record: &ManifestRecord) -> Option<Vec<LineEntity>> {
    let annotations = record.annotations.as_ref()?;
    let entity = |annotation: &ManifestAnnotation| match (&annotation.body, &annotation.name) {
        (AnnotationBody::Entity { start, end, .. }, Some(label)) => {
            Some(LineEntity { label: label.clone(), start: *start, end: *end })
        }
        _ => None,
    };
    Some(annotations.iter().filter_map(entity).collect())
}
