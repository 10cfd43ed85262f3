//! `modelier dataset export …`

use super::Outcome;
use super::output::Output;
use crate::domain::Warning;
use crate::workbench::{ActivityKind, ExportReport, ExportRequest, Workbench};
use clap::Args;
use serde_json::{Value, json};

#[derive(Args, Debug)]
pub struct Export {
    /// The dataset
    name: String,
    /// Of objects voc, coco, yolo, …; of texts jsonl, doccano, conll, …
    #[arg(long, value_name = "F")]
    format: String,
    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    to: String,
    /// A version instead of the working state
    #[arg(long)]
    version: Option<String>,
    /// Only say what the format cannot carry
    #[arg(long)]
    dry_run: bool,
    /// Write the annotations without the images
    #[arg(long)]
    no_images: bool,
}

pub(super) fn run(export: Export, workbench: &Workbench, output: &Output) -> Outcome {
    let Export { name, format, to, version, dry_run, no_images } = export;
    let id = workbench.dataset(&name)?.dataset.id;
    let request = ExportRequest { format, folder: to, version, with_images: !no_images };
    let preview = output.with_progress(|task| workbench.export_preview(id, &request, task))?;
    // What would be lost is said before anything is written.
    output.warnings(&losses(&preview, &name));
    let report = if dry_run {
        preview
    } else {
        output.as_activity(workbench, ActivityKind::Export, &name, |task| workbench.export(id, &request, task))?
    };
    let mut value = report_json(&report, output);
    value["format"] = request.format.into();
    value["to"] = request.folder.into();
    value["version"] = request.version.into();
    value["dry_run"] = dry_run.into();
    tell(&value, &report, dry_run, output);
    Ok(())
}

/// What an export wrote or would write.
pub(super) fn report_json(report: &ExportReport, output: &Output) -> Value {
    json!({
        "images": report.images, "labeled": report.labeled, "objects": report.objects,
        "files": report.files, "copied": report.copied, "losses": report.losses,
        "differences": output.warnings_json(&report.differences), "warnings": output.warnings_json(&report.warnings),
    })
}

/// Prints the value, or its counts for people, and what reading it again found.
pub(super) fn tell(value: &Value, report: &ExportReport, dry_run: bool, output: &Output) {
    output.value(value, |line| {
        line(&[
            ("images", &report.images.to_string()),
            ("labeled", &report.labeled.to_string()),
            ("objects", &report.objects.to_string()),
        ]);
        if !dry_run {
            line(&[
                ("files", &report.files.to_string()),
                ("copied", &report.copied.to_string()),
                ("differences", &report.differences.len().to_string()),
            ]);
        }
    });
    output.warnings(&report.differences);
    output.warnings(&report.warnings);
}

/// What would be lost, of `name`.
pub(super) fn losses(report: &ExportReport, name: &str) -> Vec<Warning> {
    report.losses.iter().map(|loss| Warning::new(name, loss.explanation.clone())).collect()
}
