//! What the tests of whole programs share: a workspace of their own, the program, and the real data beside the project.

#![allow(dead_code, reason = "each test file uses a part")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The folder with real data, or `None` where it is absent. In continuous integration its absence is a failure.
pub fn shared_data() -> Option<PathBuf> {
    let folder = std::env::var_os("MODELIER_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    let required = std::env::var_os("MODELIER_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "the real data is not at {}", folder.display());
    eprintln!("skipped: the real data is not at {}", folder.display());
    None
}

/// A workspace that goes away with the test.
pub struct Workspace {
    pub folder: tempfile::TempDir,
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A path inside the test's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program on this workspace, with settings of its own.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_modelier"));
        command
            .arg("--workspace")
            .arg(self.path("workspace"))
            .args(arguments)
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("LANG", "C.UTF-8")
            .env("USER", "ada")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program and returns what it did, whatever that was.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs the program with `--json` and returns its value; it must succeed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend(arguments);
        let output = self.run(&all);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "modelier {arguments:?}: {errors}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("modelier {arguments:?} printed no JSON ({error}): {}", String::from_utf8_lossy(&output.stdout))
        })
    }

    /// Makes a dataset of images with these labels; its output is `out` in the test's folder.
    pub fn create_dataset(&self, name: &str, input: &Path, labels: &[&str]) {
        self.create_dataset_at(name, input, &self.path("out"), labels);
    }

    /// Makes a dataset of another type.
    pub fn create_dataset_of(&self, kind: &str, name: &str, input: &Path, labels: &[&str]) {
        self.create(kind, name, input, &self.path("out"), labels);
    }

    /// As [`Workspace::create_dataset`], with an output of its own.
    pub fn create_dataset_at(&self, name: &str, input: &Path, output: &Path, labels: &[&str]) {
        self.create("image-classification", name, input, output, labels);
    }

    fn create(&self, kind: &str, name: &str, input: &Path, output: &Path, labels: &[&str]) {
        let (input, output) = (input.to_string_lossy(), output.to_string_lossy());
        let mut arguments = vec!["dataset", "create", name, "--type", kind];
        arguments.extend(["--input", &input, "--output", &output]);
        arguments.extend(labels.iter().flat_map(|label| ["--label", label]));
        self.json(&arguments);
    }
}

/// A small image of one colour, as PNG.
pub fn write_image(path: &Path, color: [u8; 3]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    image::RgbImage::from_pixel(32, 24, image::Rgb(color)).save(path).expect("an image");
}
