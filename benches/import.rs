//! How fast a manifest comes into the catalog, and with how much memory: a million lines with labels, through the use
//! case that the window and the command line call.
//!
//! `cargo bench --bench import [-- LINES]`; `cargo test --bench import` runs it with a thousand lines, to see that it
//! works.

mod common;

use common::lines::line;
use common::memory_mib;
use modelier::domain::{Actor, DatasetType};
use modelier::workbench::{
    ActivityKind, ImportRequest, ImportSource, NewDataset, OpenOptions, PublishRequest, Task, Workbench,
};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn tell(what: &str, lines: u64, took: Duration) {
    let peak = memory_mib("VmHWM:").map_or_else(String::new, |peak| format!(", peak memory so far {peak} MiB"));
    println!("{what}: {:.0} lines/s, {:.1} s{peak}", lines as f64 / took.as_secs_f64(), took.as_secs_f64());
}

fn main() -> Outcome<()> {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse::<u64>().ok());
    let lines = asked.unwrap_or(if is_bench { 1_000_000 } else { 1_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let manifest = folder.path().join("given.manifest");
    let mut file = BufWriter::new(File::create(&manifest)?);
    for number in 0..lines {
        writeln!(file, "{}", line(number))?;
    }
    file.flush()?;
    drop(file);
    println!("manifest: {lines} lines, {} MiB", std::fs::metadata(&manifest)?.len() >> 20);
    measure(folder.path(), &manifest, lines)
}

fn measure(folder: &Path, manifest: &Path, lines: u64) -> Outcome<()> {
    let workbench = Workbench::open(OpenOptions {
        workspace: folder.join("workspace"),
        actor: Actor("ada".to_owned()),
        client: "bench".to_owned(),
        executable: std::env::current_exe()?,
    })?;
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    std::fs::create_dir_all(folder.join("in"))?;
    let dataset = workbench.create_dataset(NewDataset {
        name: "flowers".to_owned(),
        description: String::new(),
        kind: DatasetType::ImageClassification,
        input: path("in"),
        output: path("out"),
        labels: Vec::new(),
    })?;
    let request = ImportRequest {
        source: ImportSource::Manifest(manifest.to_string_lossy().into_owned()),
        with_labels: true,
        only_hard: false,
        labels: Vec::new(),
        copy: false,
    };
    let import =
        || workbench.run_activity(ActivityKind::Import, "flowers", |task| workbench.import(dataset.id, &request, task));
    println!("memory before: {} MiB", memory_mib("VmRSS:").unwrap_or(0));
    let start = Instant::now();
    let report = import()?;
    tell("imported into the catalog", lines, start.elapsed());
    if report.imported != lines {
        return Err(format!("{} of {lines} lines came in", report.imported).into());
    }
    let start = Instant::now();
    let again = import()?;
    tell("imported once more, nothing new", lines, start.elapsed());
    if (again.imported, again.skipped) != (0, lines) {
        return Err(format!("the second import brought {} lines", again.imported).into());
    }
    let publish = PublishRequest::default();
    let start = Instant::now();
    workbench.publish(dataset.id, &publish, &Task::silent())?;
    tell("published", lines, start.elapsed());
    let start = Instant::now();
    workbench.set_current_version(dataset.id, "V001", &Task::silent())?;
    tell("set current, nothing changed since", lines, start.elapsed());
    let samples: Vec<_> = {
        let view = workbench.view(dataset.id, &Default::default(), Default::default(), &Default::default())?;
        workbench.sample_ids(&view, 0..view.len())?
    };
    let start = Instant::now();
    workbench.edit(dataset.id, &modelier::domain::Edit::Delete { samples })?;
    tell("all deleted", lines, start.elapsed());
    let start = Instant::now();
    workbench.set_current_version(dataset.id, "V001", &Task::silent())?;
    tell("set current, everything changed since", lines, start.elapsed());
    let start = Instant::now();
    workbench.undo(dataset.id)?;
    tell("undone", lines, start.elapsed());
    Ok(())
}
