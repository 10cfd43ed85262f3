//! `modelier train …`

use super::output::{Output, measure_word};
use super::{Failure, Outcome, name_and_version};
use crate::domain::algorithm::Algorithm;
use crate::domain::evaluation::Evaluation;
use crate::domain::{Explanation, JobState};
use crate::text;
use crate::workbench::{JobDetails, StartTraining, Workbench};
use clap::{Args, Subcommand};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Subcommand, Debug)]
pub enum TrainCommand {
    /// List the algorithms, or the parameters of one
    Algorithms {
        /// Show the parameters of this algorithm
        name: Option<String>,
    },
    /// Start a job, or the next version of one
    #[command(after_help = "Examples:
  modelier train start flowers-quick --algorithm quick_image_classification \\
      --dataset flowers@V001 --output ~/models --wait
  modelier train start flowers-net --algorithm ResNet_v1_50 --dataset flowers@V001 \\
      --output ~/models --param image_size=64 --param max_epoches=3")]
    Start(Start),
    /// List jobs and their versions
    List,
    /// Show a version of a job
    Show {
        /// NAME or NAME@V001
        job: String,
    },
    /// Print the log of a version
    Logs {
        /// NAME or NAME@V001
        job: String,
        /// Go on until the version has ended
        #[arg(long)]
        follow: bool,
    },
    /// Stop a running version
    Stop {
        /// NAME or NAME@V001
        job: String,
    },
    /// Delete a version (NAME@V001) or a whole job (NAME); results stay where they are
    Delete {
        /// NAME or NAME@V001
        job: String,
    },
    /// Compare the versions of a job: parameters and figures
    Compare {
        /// The job
        job: String,
    },
    /// Show the evaluation of a version, label by label
    Evaluation {
        /// NAME or NAME@V001
        job: String,
    },
}

#[derive(Args, Debug)]
pub struct Start {
    /// The job
    name: String,
    /// See `modelier train algorithms`
    #[arg(long)]
    algorithm: String,
    /// A published version
    #[arg(long, value_name = "D@V001")]
    dataset: String,
    /// A folder for the results; not a dataset's
    #[arg(long, value_name = "URI")]
    output: String,
    /// A parameter; may be repeated
    #[arg(long = "param", value_name = "K=V")]
    parameters: Vec<String>,
    /// 256 characters at most
    #[arg(long, default_value = "")]
    description: String,
    /// Train although files have changed since the version was published
    #[arg(long)]
    allow_mismatch: bool,
    /// Return once it has ended, with its evaluation
    #[arg(long)]
    wait: bool,
}

pub(super) fn run(command: TrainCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        TrainCommand::Algorithms { name } => algorithms(name.as_deref(), workbench, output),
        TrainCommand::Start(start) => start_job(start, workbench, output),
        TrainCommand::List => list(workbench, output),
        TrainCommand::Show { job } => {
            let (name, version) = name_and_version(&job);
            show(&workbench.job(name, version)?, workbench, output)
        }
        TrainCommand::Logs { job, follow } => logs(&job, follow, workbench, output),
        TrainCommand::Stop { job } => {
            let (name, version) = name_and_version(&job);
            let details = workbench.job(name, version)?;
            workbench.stop_job(name, details.version.version.as_str())?;
            let stopped = format!("{name}@{}", details.version.version);
            output.value(&json!({ "stopping": stopped }), |line| line(&[("stopping", &stopped)]));
            Ok(())
        }
        TrainCommand::Delete { job } => {
            let (name, version) = name_and_version(&job);
            workbench.delete_job(name, version)?;
            output.value(&json!({ "deleted": job }), |line| line(&[("deleted", &job)]));
            Ok(())
        }
        TrainCommand::Compare { job } => compare(&job, workbench, output),
        TrainCommand::Evaluation { job } => evaluation(&job, workbench, output),
    }
}

fn algorithms(name: Option<&str>, workbench: &Workbench, output: &Output) -> Outcome {
    let all = workbench.algorithms();
    let Some(name) = name else {
        output.value(&all.iter().map(|algorithm| described(algorithm, output)).collect::<Vec<_>>(), |_| {});
        if !output.json {
            let rows: Vec<_> = all
                .iter()
                .map(|algorithm| {
                    let purpose = output.say(&format!("algorithm-{}", text::id_of(algorithm.name)), &[]);
                    vec![algorithm.name.to_owned(), algorithm.dataset_type.to_string(), purpose]
                })
                .collect();
            output.table(&["algorithm", "type", "purpose"], &rows);
        }
        return Ok(());
    };
    let Some(algorithm) = all.iter().find(|algorithm| algorithm.name == name) else {
        let known = all.iter().map(|algorithm| algorithm.name).collect::<Vec<_>>().join(", ");
        return Err(Failure(Explanation::bad_input("algorithm-unknown").with("known", known).with("name", name)));
    };
    output.value(&described(algorithm, output), |_| {});
    if !output.json {
        let rows: Vec<_> = algorithm
            .parameters
            .iter()
            .map(|parameter| {
                let meaning = output.say(&format!("parameter-{}", text::id_of(parameter.name)), &[]);
                vec![parameter.name.to_owned(), parameter.default.unwrap_or("-").to_owned(), meaning]
            })
            .collect();
        output.table(&["parameter", "default", "meaning"], &rows);
    }
    Ok(())
}

/// An algorithm with what its parameters mean, and what is taken where one has no default.
fn described(algorithm: &Algorithm, output: &Output) -> serde_json::Value {
    let mut value = json!(algorithm);
    value["purpose"] = output.say(&format!("algorithm-{}", text::id_of(algorithm.name)), &[]).into();
    for (index, parameter) in algorithm.parameters.iter().enumerate() {
        let meaning = output.say(&format!("parameter-{}", text::id_of(parameter.name)), &[]);
        value["parameters"][index]["meaning"] = meaning.into();
    }
    value
}

fn start_job(start: Start, workbench: &Workbench, output: &Output) -> Outcome {
    let (dataset, version) = name_and_version(&start.dataset);
    let summary = workbench.dataset(dataset)?;
    let Some(version) = version.or(summary.current_version.as_deref()) else {
        return Err(Failure(Explanation::bad_input("dataset-unpublished").with("dataset", dataset)));
    };
    let mut parameters = BTreeMap::new();
    for parameter in &start.parameters {
        let Some((name, value)) = parameter.split_once('=') else {
            return Err(Failure(Explanation::bad_input("parameter-form").with("parameter", parameter)));
        };
        parameters.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    let request = StartTraining {
        name: start.name,
        description: start.description,
        dataset: summary.dataset.id,
        dataset_version: version.to_owned(),
        algorithm: start.algorithm,
        parameters,
        output: start.output,
        allow_mismatch: start.allow_mismatch,
    };
    let warnings = workbench.check_training(&request)?;
    output.warnings(&warnings);
    let job = workbench.start_training(&request)?;
    let version = job.version.as_str();
    if !start.wait {
        return show(&workbench.job(&request.name, Some(version))?, workbench, output);
    }
    let details = output.with_progress(|task| workbench.wait_for_job(&request.name, version, task))?;
    show(&details, workbench, output)?;
    match (details.version.state, details.version.failure) {
        (JobState::Succeeded, _) => Ok(()),
        (_, Some(failure)) => Err(Failure(failure)),
        (state, None) => Err(Failure(Explanation::failure("job-ended").with("state", state.as_str()))),
    }
}

fn details_json(details: &JobDetails, evaluation: Option<&Evaluation>) -> serde_json::Value {
    let version = &details.version;
    json!({
        "job": details.job.name, "version": version.version, "state": version.state,
        "dataset": version.dataset_label, "algorithm": version.algorithm, "parameters": details.parameters,
        "output": format!("{}/{}", version.output.trim_end_matches('/'), version.version), "model": details.model,
        "progress": version.progress, "failure": version.failure,
        "started": version.started.map(crate::domain::Timestamp::to_rfc3339),
        "ended": version.ended.map(crate::domain::Timestamp::to_rfc3339),
        "evaluation": evaluation.map(|evaluation| evaluation_json(evaluation, false)),
    })
}

fn evaluation_json(evaluation: &Evaluation, whole: bool) -> serde_json::Value {
    let mut value = json!({
        "summary": evaluation.summary(), "labels": evaluation.by_label(), "classes": evaluation.classes,
        "confusion": evaluation.confusion(), "evaluated": evaluation.evaluated(),
        "trained_on": evaluation.trained_on, "several_labels": evaluation.several_labels,
        "unlabeled": evaluation.unlabeled, "unreadable": evaluation.unreadable,
    });
    if whole {
        value["samples"] = json!(evaluation.samples);
        if let Some(detection) = &evaluation.detection {
            value["detection"] = json!(detection);
        }
        if let Some(texts) = &evaluation.texts {
            value["texts"] = json!(texts);
        }
    }
    value
}

fn show(details: &JobDetails, workbench: &Workbench, output: &Output) -> Outcome {
    let version = &details.version;
    let evaluation = workbench.job_evaluation(details.job.name.as_str(), version.version.as_str())?;
    output.value(&details_json(details, evaluation.as_ref()), |line| {
        line(&[
            ("job", details.job.name.as_str()),
            ("version", version.version.as_str()),
            ("state", version.state.as_str()),
        ]);
        line(&[("dataset", &version.dataset_label), ("algorithm", &version.algorithm)]);
        line(&[("output", &version.output)]);
        if let Some(evaluation) = &evaluation {
            let summary = evaluation.summary();
            let name = measure_word([&summary]);
            let accuracy = percent(Some(summary.first_figure()));
            line(&[(name, &accuracy), ("evaluated", &evaluation.evaluated().to_string())]);
        }
    });
    Ok(())
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{:.1} %", value * 100.0))
}

fn list(workbench: &Workbench, output: &Output) -> Outcome {
    let jobs = workbench.jobs()?;
    output.value(&jobs, |_| {});
    if !output.json {
        let mut rows = Vec::new();
        for summary in &jobs {
            for version in &summary.versions {
                rows.push(vec![
                    summary.job.name.to_string(),
                    version.version.to_string(),
                    version.state.as_str().to_owned(),
                    percent(Some(version.progress)),
                    version.algorithm.clone(),
                    version.dataset_label.clone(),
                    version.created.to_manifest(),
                ]);
            }
        }
        output.table(&["job", "version", "state", "progress", "algorithm", "dataset", "created"], &rows);
    }
    Ok(())
}

fn logs(job: &str, follow: bool, workbench: &Workbench, output: &Output) -> Outcome {
    let (name, version) = name_and_version(job);
    let version = workbench.job(name, version)?.version.version;
    let mut from = 0;
    loop {
        // Asked before reading, so that what is written last is still read.
        let ended = workbench.job(name, Some(version.as_str()))?.version.state.is_final();
        let (text, end) = workbench.job_log(name, version.as_str(), from)?;
        if output.json && !follow {
            output.value(&json!({ "log": text }), |_| {});
            return Ok(());
        }
        if !text.is_empty() {
            output.print(text.trim_end_matches('\n'));
        }
        from = end;
        if !follow || ended {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn compare(job: &str, workbench: &Workbench, output: &Output) -> Outcome {
    let summary = workbench.jobs()?.into_iter().find(|summary| summary.job.name.as_str() == job);
    let Some(summary) = summary else {
        return Err(Failure(Explanation::bad_input("job-unknown").with("name", job)));
    };
    let mut rows = Vec::new();
    let (mut values, mut all) = (Vec::new(), Vec::new());
    for version in &summary.versions {
        let figures = workbench.job(job, Some(version.version.as_str()))?.summary;
        let parameters: Vec<_> = version.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        rows.push(vec![
            version.version.to_string(),
            version.state.as_str().to_owned(),
            percent(figures.map(|f| f.f1)),
            percent(figures.map(|f| f.recall)),
            percent(figures.map(|f| f.precision)),
            percent(figures.map(|summary| summary.first_figure())),
            parameters.join(" "),
        ]);
        all.extend(figures);
        values.push(json!({
            "version": version.version, "state": version.state, "parameters": version.parameters, "figures": figures,
        }));
    }
    output.value(&values, |_| {});
    if !output.json {
        output.table(&["version", "state", "f1", "recall", "precision", measure_word(&all), "parameters"], &rows);
    }
    Ok(())
}

fn evaluation(job: &str, workbench: &Workbench, output: &Output) -> Outcome {
    let (name, version) = name_and_version(job);
    let version = workbench.job(name, version)?.version.version;
    let Some(evaluation) = workbench.job_evaluation(name, version.as_str())? else {
        return Err(Failure(Explanation::bad_input("evaluation-missing").with("job", job)));
    };
    output.value(&evaluation_json(&evaluation, true), |_| {});
    if !output.json {
        let rows: Vec<_> = evaluation
            .by_label()
            .into_iter()
            .map(|scores| {
                vec![
                    scores.label,
                    scores.count.to_string(),
                    percent(scores.precision),
                    percent(scores.recall),
                    percent(scores.f1),
                    percent(scores.misread_rate),
                ]
            })
            .collect();
        output.table(&["label", "samples", "precision", "recall", "f1", "misread"], &rows);
    }
    Ok(())
}
