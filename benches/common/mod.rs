//! What several benchmarks need: a workspace, the window without a screen, figures of this process.
#![allow(dead_code, reason = "each benchmark is a program of its own and needs a part of this")]

pub mod lines;
pub mod window;

use modelier::domain::{Actor, DatasetId, DatasetType};
use modelier::workbench::{NewDataset, NewLabel, OpenOptions, Workbench};
use std::path::{Path, PathBuf};

/// Opens or makes the workspace in `folder`.
pub fn open(folder: &Path) -> Workbench {
    Workbench::open(OpenOptions {
        workspace: folder.join("workspace"),
        actor: Actor("bench".to_owned()),
        client: "bench".to_owned(),
        executable: PathBuf::from("modelier"),
    })
    .expect("a workspace")
}

/// Makes a dataset of the files in `folder`'s `input`, which are not read yet.
pub fn dataset(workbench: &Workbench, folder: &Path, name: &str, kind: DatasetType, labels: &[&str]) -> DatasetId {
    let labels = labels.iter().map(|name| NewLabel { name: (*name).to_owned(), color: None }).collect();
    workbench
        .create_dataset(NewDataset {
            name: name.to_owned(),
            description: String::new(),
            kind,
            input: folder.join("input").display().to_string(),
            output: folder.join("output").display().to_string(),
            labels,
        })
        .expect("a dataset")
        .id
}

/// A figure of `/proc/self/status`, e.g. `VmHWM`, in MiB; `None` where the system does not say.
pub fn memory_mib(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(what))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// A number from the environment.
pub fn setting(name: &str) -> Option<usize> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}
