//! The main job by the command line: import, label, publish, compare, on real photographs.

mod common;

use common::{Workspace, shared_data, write_image};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

fn path_of(uri: &Value) -> std::path::PathBuf {
    let uri = uri.as_str().expect("a URI");
    std::path::PathBuf::from(uri.strip_prefix("file://").expect("a local file"))
}

#[test]
fn photographs_are_imported_published_relabeled_and_compared() {
    let Some(data) = shared_data() else { return };
    let flowers = data.join("flowers");
    let directory = flowers.to_string_lossy().into_owned();
    let workspace = Workspace::new();
    workspace.create_dataset("flowers", &flowers, &[]);
    let report = workspace.json(&["dataset", "import", "flowers", "--dir", &directory]);
    assert_eq!(report["imported"], 400, "{report}");

    let shown = workspace.json(&["dataset", "show", "flowers"]);
    assert_eq!(shown["samples"]["total"], 400);
    assert_eq!(shown["samples"]["labeled"], 400);
    let labels = shown["labels"].as_array().expect("labels");
    assert_eq!(labels.len(), 5);
    assert!(labels.iter().all(|label| label["count"] == 80), "{labels:?}");

    let again = workspace.json(&["dataset", "import", "flowers", "--dir", &directory]);
    assert_eq!(again["skipped"], 400, "known and unchanged: {again}");
    assert_eq!(workspace.json(&["dataset", "show", "flowers"])["samples"]["total"], 400);

    let first = workspace.json(&["dataset", "publish", "flowers"]);
    assert_eq!(first["version"], "V001");
    let manifest = path_of(&first["manifest"]);
    let written = std::fs::read(&manifest).expect("the manifest");
    assert_eq!(written.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count(), 400);

    let samples = workspace.json(&["sample", "list", "flowers", "--label", "daisy", "--limit", "1"]);
    let sample = samples[0]["id"].as_str().expect("an id");
    workspace.json(&["label", "assign", "flowers", "--label", "roses", sample]);
    let second = workspace.json(&["dataset", "publish", "flowers"]);
    assert_eq!(second["version"], "V002");
    let difference = workspace.json(&["version", "diff", "flowers", "V001", "V002"]);
    assert_eq!(difference["samples_changed"].as_array().map(Vec::len), Some(1), "{difference}");
    assert_eq!(difference["samples_added"], Value::Array(Vec::new()));
    assert_eq!(difference["samples_removed"], Value::Array(Vec::new()));
    assert_eq!(std::fs::read(&manifest).expect("V001"), written, "a published version never changes");
}

#[test]
fn two_publishers_at_once_never_make_one_version_twice() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    for number in 0..20 {
        write_image(&input.join(format!("{number}.png")), [number * 10, 0, 0]);
    }
    workspace.create_dataset("flowers", &input, &[]);
    let children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = workspace.command(&["--json", "dataset", "publish", "flowers"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a publisher")
        })
        .collect();
    let mut versions = Vec::new();
    for child in children {
        let output = child.wait_with_output().expect("a publisher's end");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(path_of(&value["manifest"]).is_file());
        versions.push(value["version"].as_str().expect("a version").to_owned());
    }
    versions.sort();
    assert_eq!(versions, ["V001", "V002", "V003", "V004"]);
}

#[test]
fn lines_are_confirmed_one_by_one_and_bad_ones_named() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("a.png"), [1, 2, 3]);
    write_image(&input.join("b.png"), [4, 5, 6]);
    workspace.create_dataset("flowers", &input, &[]);
    workspace.json(&["label", "add", "flowers", "roses", "--color", "#D55E00"]);
    let mut command = workspace.command(&["label", "assign", "flowers", "--label", "roses", "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(b"a.png\nnothing.png\nb.png\n").expect("written");
    let output = child.wait_with_output().expect("its end");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a.png\nb.png\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("sample-unknown"));
    assert_eq!(output.status.code(), Some(2));
    let shown = workspace.json(&["dataset", "show", "flowers"]);
    assert_eq!(shown["samples"]["labeled"], 2);
    assert_eq!(shown["labels"][0]["color"], "#D55E00");
    assert_eq!(shown["labels"][0]["key"], "1");

    assert_eq!(workspace.json(&["undo", "flowers"])["changed"], 1);
    assert_eq!(workspace.json(&["dataset", "show", "flowers"])["samples"]["labeled"], 1);
    assert_eq!(workspace.json(&["redo", "flowers"])["changed"], 1);
    assert_eq!(workspace.json(&["dataset", "show", "flowers"])["samples"]["labeled"], 2);
}

#[test]
fn refusals_name_the_thing_the_reason_and_the_next_step() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("sub/a.png"), [1, 2, 3]);
    workspace.create_dataset("flowers", &input, &[]);
    let (input_text, above) = (input.to_string_lossy(), workspace.folder.path().to_string_lossy());
    let cases: &[(&[&str], i32, &str)] = &[
        (&["dataset", "show", "nothing"], 2, "dataset-unknown"),
        (
            &["dataset", "create", "a b", "--type", "image-classification", "--input", &input_text, "--output", "x"],
            2,
            "name-character",
        ),
        (
            &[
                "dataset",
                "create",
                "b",
                "--type",
                "image-classification",
                "--input",
                &input_text,
                "--output",
                &input_text,
            ],
            2,
            "output-is-input",
        ),
        (
            &["dataset", "create", "c", "--type", "image-classification", "--input", &input_text, "--output", &above],
            2,
            "output-above-input",
        ),
        (
            &["dataset", "create", "d", "--type", "image-classification", "--input", "/nowhere", "--output", &above],
            2,
            "input-missing",
        ),
        (
            &["dataset", "create", "e", "--type", "pictures", "--input", &input_text, "--output", &above],
            2,
            "dataset-type-unknown",
        ),
        (&["label", "assign", "flowers", "--label", "roses", "sub/a.png"], 2, "label-unknown"),
        (&["version", "show", "flowers", "V009"], 2, "version-unknown"),
        (
            &["train", "start", "j", "--algorithm", "x", "--dataset", "flowers", "--output", "o"],
            2,
            "dataset-unpublished",
        ),
        (&["service", "show", "nothing"], 2, "service-unknown"),
        (&["model", "show", "nothing"], 2, "model-unknown"),
    ];
    for (arguments, code, expected) in cases {
        let output = workspace.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {errors}");
        assert!(errors.contains(expected), "{arguments:?}: {errors}");
        assert_eq!(errors.trim().lines().count(), 1, "one line: {errors}");
        assert!(errors.contains(" — "), "the next step is named: {errors}");
    }
}

#[test]
fn an_older_version_becomes_current_and_that_can_be_undone() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("cat/a.png"), [1, 2, 3]);
    write_image(&input.join("dog/b.png"), [4, 5, 6]);
    workspace.create_dataset("flowers", &input, &[]);
    let directory = input.to_string_lossy().into_owned();
    workspace.json(&["dataset", "import", "flowers", "--dir", &directory]);
    workspace.json(&["dataset", "publish", "flowers"]);
    workspace.json(&["label", "rename", "flowers", "cat", "kitten"]);
    workspace.json(&["sample", "delete", "flowers", "dog/b.png"]);
    workspace.json(&["dataset", "publish", "flowers"]);
    let difference = workspace.json(&["version", "diff", "flowers", "V001", "V002"]);
    assert_eq!(difference["labels_renamed"], serde_json::json!([["cat", "kitten"]]));
    assert_eq!(difference["samples_removed"], serde_json::json!(["dog/b.png"]));
    assert_eq!(difference["samples_changed"], serde_json::json!([]));

    workspace.json(&["version", "set-current", "flowers", "V001"]);
    let shown = workspace.json(&["dataset", "show", "flowers"]);
    assert_eq!(shown["current_version"], "V001");
    assert_eq!(shown["samples"]["total"], 2);
    assert!(shown["labels"].as_array().expect("labels").iter().any(|label| label["name"] == "cat"));
    workspace.json(&["undo", "flowers"]);
    let shown = workspace.json(&["dataset", "show", "flowers"]);
    assert_eq!(shown["samples"]["total"], 1);
    assert!(shown["labels"].as_array().expect("labels").iter().any(|label| label["name"] == "kitten"));
}

#[test]
fn a_manifest_of_the_original_platform_keeps_every_field() {
    let Some(data) = shared_data() else { return };
    let manifest = data.join("modelarts/classification-multi-xy-V201902220937263726.manifest");
    let workspace = Workspace::new();
    let input = workspace.path("in");
    std::fs::create_dir_all(&input).expect("a folder");
    workspace.create_dataset("flowers", &input, &[]);
    let path = manifest.to_string_lossy().into_owned();
    let report = workspace.json(&["dataset", "import", "flowers", "--manifest", &path, "--with-labels"]);
    let lines = std::fs::read_to_string(&manifest).expect("a manifest").lines().filter(|l| !l.is_empty()).count();
    assert_eq!(report["imported"], lines, "{report}");
    let published = workspace.json(&["dataset", "publish", "flowers"]);
    let read = |path: &Path| -> Vec<Value> {
        let text = std::fs::read_to_string(path).expect("a manifest");
        let mut lines: Vec<Value> =
            text.lines().filter(|l| !l.is_empty()).map(|l| serde_json::from_str(l).expect("JSON")).collect();
        lines.sort_by_key(|line| line["source"].as_str().map(str::to_owned));
        lines
    };
    let (before, after) = (read(&manifest), read(&path_of(&published["manifest"])));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        for (key, value) in before.as_object().expect("an object") {
            if key != "annotation" {
                assert_eq!(&after[key], value, "{key}");
                continue;
            }
            for (before, after) in value.as_array().expect("a list").iter().zip(after[key].as_array().expect("a list"))
            {
                for (key, value) in before.as_object().expect("an object") {
                    assert_eq!(&after[key], value, "annotation {key}");
                }
            }
        }
    }
}
