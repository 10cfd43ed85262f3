//! `modelier dataset …`

use super::output::Output;
use super::{Failure, Outcome, auto_label, export};
use crate::domain::query::DatasetSummary;
use crate::domain::{DatasetId, DatasetType, Explanation, ShapeKind, TextSplit};
use crate::workbench::{
    ActivityKind, DatasetChanges, ImportRequest, ImportSource, NewDataset, NewLabel, PublishRequest, SourceMapping,
    Task, Workbench,
};
use clap::{Args, Subcommand};
use serde_json::json;

#[derive(Subcommand, Debug)]
pub enum DatasetCommand {
    /// Make a dataset over a folder of files
    #[command(after_help = "Example:
  modelier dataset create flowers --type image-classification \\
      --input ~/photos --output ~/datasets --label roses=#D55E00 --label tulips")]
    Create(Create),
    /// List all datasets
    List,
    /// Show one dataset: counts, labels, current version
    Show {
        /// The dataset
        name: String,
    },
    /// Change name or description
    Modify {
        /// The dataset
        name: String,
        /// A new name
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// A new description, 256 characters at most
        #[arg(long)]
        description: Option<String>,
        /// The one kind of shape that all images take, e.g. rectangle or polygon; `any` for all kinds
        #[arg(long, value_name = "KIND")]
        shape: Option<String>,
        /// Where a bucket's files lie on this machine; an empty folder takes the entry away; may be repeated
        #[arg(long = "map", value_name = "PREFIX=DIR")]
        map: Vec<String>,
    },
    /// Delete a dataset from the workspace; its files stay unless asked otherwise
    Delete {
        /// The dataset
        name: String,
        /// Move its samples' files and its versions to the workspace's trash as well
        #[arg(long)]
        also_files: bool,
        /// Only say what would go
        #[arg(long)]
        dry_run: bool,
    },
    /// Take in what is new in the input location
    Sync {
        /// The dataset
        name: String,
        /// Of texts in a dataset that has none yet: what of a file is one sample: line, paragraph or file
        #[arg(long, value_name = "WHAT")]
        split: Option<String>,
    },
    /// Import a folder per label, a folder in another tool's format, or a manifest
    #[command(after_help = "Examples:
  modelier dataset import flowers --dir ~/photos
  modelier dataset import flowers --manifest V010.manifest --with-labels --only-hard
  modelier dataset import flowers --manifest V010.manifest --map s3://bucket/flowers=~/photos")]
    Import(Import),
    /// Publish the working state as a new version
    Publish {
        /// The dataset
        name: String,
        /// The version's name [default: the next of V001, V002, …]
        #[arg(long)]
        version: Option<String>,
        /// 256 characters at most
        #[arg(long, default_value = "")]
        description: String,
        /// Copy the images into the version [default: only where objects are labeled in images imported by reference]
        #[arg(long, conflicts_with = "no_media")]
        include_media: bool,
        /// Refer to the images where they are
        #[arg(long)]
        no_media: bool,
    },
    /// Write objects or texts in another tool's format: says what it cannot carry, and reads it again
    #[command(after_help = "Examples:
  modelier dataset export cells --format coco --to cells-coco --dry-run
  modelier dataset export cells --format yolo --to cells-yolo --version V001")]
    Export(export::Export),
    /// Let a model propose labels or entities for the unlabeled texts; they wait to be confirmed; can be undone
    #[command(after_help = "Examples:
  modelier dataset auto-label reviews --model taste
  modelier dataset auto-label reviews --model taste@0.0.2 --at-least 0.5 --accept 0.95")]
    AutoLabel(auto_label::AutoLabel),
}

#[derive(Args, Debug)]
pub struct Create {
    /// Letters, digits, `_`, `-` and Chinese
    name: String,
    /// image-classification, object-detection, text-classification or named-entity; other types come later
    #[arg(long = "type", value_name = "TYPE")]
    kind: String,
    /// The folder with the files
    #[arg(long, value_name = "URI")]
    input: String,
    /// The folder that versions are written to; not the input, nor above it
    #[arg(long, value_name = "URI")]
    output: String,
    /// 256 characters at most
    #[arg(long, default_value = "")]
    description: String,
    /// A label, with a colour if you like; may be repeated
    #[arg(long = "label", value_name = "NAME[=#RRGGBB]")]
    labels: Vec<String>,
    /// Of objects in images: the one kind of shape that all images take, e.g. rectangle [default: any]
    #[arg(long, value_name = "KIND")]
    shape: Option<String>,
    /// Of texts: what of a file is one sample: line, paragraph or file (a table's rows always are) [default: line]
    #[arg(long, value_name = "WHAT")]
    split: Option<String>,
}

#[derive(Args, Debug)]
pub struct Import {
    /// The dataset
    name: String,
    /// A folder with a folder per label; of objects and texts, a folder in one of the formats of `--format`; of texts,
    /// also one file
    #[arg(long, value_name = "URI", required_unless_present = "manifest", conflicts_with = "manifest")]
    dir: Option<String>,
    /// The format of the folder, e.g. voc or coco [default: recognised by its files, for objects in images and texts]
    #[arg(long, value_name = "F", requires = "dir")]
    format: Option<String>,
    /// A manifest file
    #[arg(long, value_name = "URI")]
    manifest: Option<String>,
    /// Take the manifest's labels as well (a folder always brings its labels)
    #[arg(long)]
    with_labels: bool,
    /// Only samples marked hard
    #[arg(long)]
    only_hard: bool,
    /// Only samples with this label; may be repeated
    #[arg(long = "label", value_name = "L")]
    labels: Vec<String>,
    /// Copy the files into the input location instead of referring to them
    #[arg(long)]
    copy: bool,
    /// Where a bucket's files lie on this machine; kept with the dataset; may be repeated
    #[arg(long = "map", value_name = "PREFIX=DIR")]
    map: Vec<String>,
    /// Of texts in a dataset that has none yet: what of a .txt is one sample: line, paragraph or file
    #[arg(long, value_name = "WHAT", requires = "dir")]
    split: Option<String>,
}

pub(super) fn run(command: DatasetCommand, workbench: &Workbench, output: &Output) -> Outcome {
    match command {
        DatasetCommand::Create(create) => create_dataset(create, workbench, output),
        DatasetCommand::List => {
            list(&workbench.datasets()?, output);
            Ok(())
        }
        DatasetCommand::Show { name } => show(&name, workbench, output),
        DatasetCommand::Modify { name, rename, description, shape, map } => {
            let id = workbench.dataset(&name)?.dataset.id;
            map_sources(&map, id, workbench, output)?;
            let shape = shape.as_deref().map(shape_rule).transpose()?;
            let dataset = workbench.modify_dataset(id, DatasetChanges { name: rename, description, shape })?;
            show(dataset.name.as_str(), workbench, output)
        }
        DatasetCommand::Delete { name, also_files, dry_run } => delete(&name, also_files, dry_run, workbench, output),
        DatasetCommand::Sync { name, split } => {
            split_texts(split.as_deref(), workbench.dataset(&name)?.dataset.id, workbench)?;
            sync(&name, workbench, output)
        }
        DatasetCommand::Import(import) => import_samples(import, workbench, output),
        DatasetCommand::AutoLabel(request) => auto_label::run(&request, workbench, output),
        DatasetCommand::Export(export) => export::run(export, workbench, output),
        DatasetCommand::Publish { name, version, description, include_media, no_media } => {
            let id = workbench.dataset(&name)?.dataset.id;
            let request = PublishRequest {
                version,
                description,
                include_media: (include_media || no_media).then_some(include_media),
            };
            let publish = |task: &Task| workbench.publish(id, &request, task);
            let version = output.as_activity(workbench, ActivityKind::Publish, &name, publish)?;
            let warnings = output.warnings_json(version.warning().as_slice());
            let value = json!({ "version": version.name, "manifest": version.manifest, "warnings": warnings });
            output.value(&value, |line| line(&[("version", version.name.as_str()), ("manifest", &version.manifest)]));
            output.warnings(version.warning().as_slice());
            Ok(())
        }
    }
}

fn create_dataset(create: Create, workbench: &Workbench, output: &Output) -> Outcome {
    let kind: DatasetType = create.kind.parse().map_err(|known| {
        Failure(Explanation::bad_input("dataset-type-unknown").with("known", known).with("type", &create.kind))
    })?;
    let labels = create.labels.iter().map(|text| new_label(text)).collect::<Result<Vec<_>, _>>()?;
    let shape = create.shape.as_deref().map(shape_rule).transpose()?.flatten();
    let Create { name, description, input, output: output_location, .. } = create;
    let new = NewDataset { name, description, kind, input, output: output_location, labels };
    let split = create.split.as_deref().map(text_split).transpose()?;
    let dataset = match split {
        Some(split) => workbench.create_dataset_of_texts(new, split)?,
        None => workbench.create_dataset_of_shape(new, shape)?,
    };
    let sync = |task: &Task| workbench.sync(dataset.id, task);
    let report = output.as_activity(workbench, ActivityKind::Sync, dataset.name.as_str(), sync)?;
    output.warnings(&report.said);
    output.warnings(&report.warnings);
    show(dataset.name.as_str(), workbench, output)
}

/// `any`, or the name of a kind of shape.
fn shape_rule(text: &str) -> Result<Option<ShapeKind>, Failure> {
    if text == "any" {
        return Ok(None);
    }
    let unknown =
        |known: String| Failure(Explanation::bad_input("shape-kind-unknown").with("known", known).with("kind", text));
    text.parse().map(Some).map_err(unknown)
}

fn text_split(text: &str) -> Result<TextSplit, Failure> {
    let unknown =
        |known| Failure(Explanation::bad_input("text-split-unknown").with("known", known).with("split", text));
    text.parse().map_err(unknown)
}

/// `roses` or `roses=#D55E00`.
fn new_label(text: &str) -> Result<NewLabel, Failure> {
    let Some((name, color)) = text.rsplit_once('=') else {
        return Ok(NewLabel { name: text.to_owned(), color: None });
    };
    let color = color.parse().map_err(|_| Failure(Explanation::bad_input("color-form").with("color", color)))?;
    Ok(NewLabel { name: name.to_owned(), color: Some(color) })
}

fn list(datasets: &[DatasetSummary], output: &Output) {
    if output.json {
        let value: serde_json::Value = datasets.iter().map(summary_json).collect();
        output.value(&value, |_| {});
        return;
    }
    let rows: Vec<_> = datasets
        .iter()
        .map(|summary| {
            vec![
                summary.dataset.name.to_string(),
                summary.dataset.kind.to_string(),
                format!("{:.0} %", summary.counts.progress() * 100.0),
                summary.counts.total.to_string(),
                summary.current_version.clone().unwrap_or_default(),
                summary.dataset.created.to_manifest(),
                summary.dataset.description.as_str().to_owned(),
                summary.dataset.input.clone(),
            ]
        })
        .collect();
    let header = ["name", "type", "progress", "samples", "version", "created", "description", "source"];
    output.table(&header, &rows);
}

fn summary_json(summary: &DatasetSummary) -> serde_json::Value {
    let dataset = &summary.dataset;
    json!({
        "name": dataset.name, "id": dataset.id, "type": dataset.kind, "description": dataset.description,
        "shape": dataset.shape, "split": dataset.text_split, "input": dataset.input, "output": dataset.output, "created": dataset.created.to_rfc3339(),
        "samples": summary.counts, "current_version": summary.current_version,
    })
}

fn show(name: &str, workbench: &Workbench, output: &Output) -> Outcome {
    let summary = workbench.dataset(name)?;
    let labels = workbench.labels(summary.dataset.id)?;
    let map = workbench.source_map(summary.dataset.id)?;
    let mut value = summary_json(&summary);
    value["source_map"] = json!(map);
    value["labels"] = labels
        .iter()
        .map(|count| {
            let label = &count.label;
            json!({ "name": label.name, "count": count.samples, "color": label.color, "key": label.key })
        })
        .collect();
    let (dataset, counts) = (&summary.dataset, &summary.counts);
    output.value(&value, |line| {
        line(&[("name", dataset.name.as_str()), ("type", dataset.kind.as_str()), ("id", &dataset.id.to_string())]);
        line(&[("input", &dataset.input), ("output", &dataset.output)]);
        if let Some(shape) = dataset.shape {
            line(&[("shape", shape.as_str())]);
        }
        for mapping in &map {
            line(&[("map", &format!("{}={}", mapping.prefix, mapping.folder))]);
        }
        line(&[
            ("samples", &counts.total.to_string()),
            ("unlabeled", &counts.unlabeled.to_string()),
            ("labeled", &counts.labeled.to_string()),
            ("to-confirm", &counts.to_confirm.to_string()),
            ("version", summary.current_version.as_deref().unwrap_or("-")),
        ]);
        for count in &labels {
            let label = &count.label;
            let key = label.key.map(String::from).unwrap_or_default();
            let (color, samples) = (label.color.to_string(), count.samples.to_string());
            line(&[("label", label.name.as_str()), ("samples", &samples), ("color", &color), ("key", &key)]);
        }
    });
    Ok(())
}

fn delete(name: &str, also_files: bool, dry_run: bool, workbench: &Workbench, output: &Output) -> Outcome {
    let id = workbench.dataset(name)?.dataset.id;
    let preview = workbench.deletion_preview(id)?;
    if !dry_run {
        workbench.delete_dataset(id, also_files)?;
    }
    output.value(&json!({ "deleted": !dry_run, "also_files": also_files, "preview": preview }), |line| {
        line(&[("samples", &preview.samples.to_string()), ("labeled", &preview.labeled.to_string())]);
        line(&[("versions", &preview.versions.join(", ")), ("jobs", &preview.jobs.join(", "))]);
        if also_files {
            line(&[("files", &preview.files.to_string()), ("folders", &preview.folders.join(", "))]);
        }
    });
    Ok(())
}

fn sync(name: &str, workbench: &Workbench, output: &Output) -> Outcome {
    let id = workbench.dataset(name)?.dataset.id;
    let report = output.as_activity(workbench, ActivityKind::Sync, name, |task| workbench.sync(id, task))?;
    let mut value = json!(&report);
    value["said"] = output.warnings_json(&report.said);
    value["warnings"] = output.warnings_json(&report.warnings);
    output.value(&value, |line| {
        line(&[
            ("added", &report.added.to_string()),
            ("changed", &report.changed.to_string()),
            ("renamed", &report.renamed.to_string()),
            ("vanished", &report.vanished.to_string()),
            ("unchanged", &report.unchanged.to_string()),
        ]);
    });
    output.warnings(&report.said);
    output.warnings(&report.warnings);
    Ok(())
}

/// Has a dataset without texts split them as asked for.
pub(super) fn split_texts(split: Option<&str>, dataset: DatasetId, workbench: &Workbench) -> Outcome {
    if let Some(split) = split {
        workbench.split_texts(dataset, text_split(split)?)?;
    }
    Ok(())
}

/// Adds `s3://bucket/prefix=DIR` to the dataset's map.
fn map_sources(typed: &[String], dataset: DatasetId, workbench: &Workbench, output: &Output) -> Outcome {
    if typed.is_empty() {
        return Ok(());
    }
    let mut map = workbench.source_map(dataset)?;
    for text in typed {
        let Some((prefix, folder)) = text.split_once('=') else {
            return Err(Failure(Explanation::bad_input("source-map-form").with("text", text)));
        };
        map.retain(|mapping| mapping.prefix != prefix);
        if !folder.is_empty() {
            map.push(SourceMapping { prefix: prefix.to_owned(), folder: folder.to_owned() });
        }
    }
    output.with_progress(|task| workbench.set_source_map(dataset, &map, task))?;
    Ok(())
}

fn import_samples(import: Import, workbench: &Workbench, output: &Output) -> Outcome {
    let id = workbench.dataset(&import.name)?.dataset.id;
    let source = match (import.dir, import.manifest) {
        (Some(folder), _) if import.format.is_some() => {
            ImportSource::Format { name: import.format.unwrap_or_default(), folder }
        }
        (Some(folder), _) => ImportSource::Folder(folder),
        (None, Some(manifest)) => ImportSource::Manifest(manifest),
        (None, None) => return Err(Failure(Explanation::bad_input("import-source-missing"))),
    };
    map_sources(&import.map, id, workbench, output)?;
    split_texts(import.split.as_deref(), id, workbench)?;
    let Import { with_labels, only_hard, labels, copy, .. } = import;
    let request = ImportRequest { source, with_labels, only_hard, labels, copy };
    let run = |task: &Task| workbench.import(id, &request, task);
    let report = output.as_activity(workbench, ActivityKind::Import, &import.name, run)?;
    let warnings = output.warnings_json(&report.warnings);
    let said = output.warnings_json(&report.said);
    let value = json!({ "imported": report.imported, "skipped": report.skipped, "said": said, "warnings": warnings });
    output.value(&value, |line| {
        line(&[("imported", &report.imported.to_string()), ("skipped", &report.skipped.to_string())]);
    });
    output.warnings(&report.said);
    output.warnings(&report.warnings);
    Ok(())
}
