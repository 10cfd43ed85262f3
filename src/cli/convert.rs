//! `modelier convert`.

use super::export::{losses, report_json, tell};
use super::{Outcome, Output};
use crate::workbench::{ConvertRequest, ExportReport, convert};
use clap::Args;

#[derive(Args, Debug)]
pub struct Convert {
    /// The folder that is read
    folder: String,
    /// The format that is written: voc, coco, yolo, …
    #[arg(long, value_name = "F")]
    format: String,
    /// A new or empty folder
    #[arg(long, value_name = "DIR")]
    to: String,
    /// The format of the folder [default: recognised by its files]
    #[arg(long, value_name = "F")]
    from: Option<String>,
    /// Only say what the format cannot carry
    #[arg(long)]
    dry_run: bool,
    /// Write the annotations without the images
    #[arg(long)]
    no_images: bool,
    /// Do not read again what was written, to compare
    #[arg(long)]
    no_check: bool,
}

pub(super) fn run(asked: &Convert, output: &Output) -> Outcome {
    let request = ConvertRequest {
        folder: asked.folder.clone(),
        from: asked.from.clone(),
        format: asked.format.clone(),
        to: asked.to.clone(),
        with_images: !asked.no_images,
        check: !asked.no_check,
        dry_run: asked.dry_run,
    };
    let mut before = |preview: &ExportReport| output.warnings(&losses(preview, &asked.folder));
    let report = output.with_progress(|task| convert(&request, task, &mut before))?;
    let mut value = report_json(&report.export, output);
    value["from"] = report.from.into();
    value["format"] = asked.format.as_str().into();
    value["to"] = asked.to.as_str().into();
    value["dry_run"] = asked.dry_run.into();
    value["read"] = output.warnings_json(&report.warnings);
    output.warnings(&report.warnings);
    tell(&value, &report.export, asked.dry_run, output);
    Ok(())
}
