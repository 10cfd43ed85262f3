//! Files and places that are not as they should be: each is named with its reason, and the rest of the work goes on.

mod common;

use common::{Workspace, write_image};
use std::process::Command;

fn total(workspace: &Workspace) -> u64 {
    workspace.json(&["dataset", "show", "set"])["samples"]["total"].as_u64().expect("a count")
}

#[cfg(unix)]
#[test]
fn sync_survives_loops_odd_names_and_twins() {
    use std::os::unix::ffi::OsStrExt;
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("deep/er/1.png"), [1, 1, 1]);
    write_image(&input.join("A.png"), [2, 2, 2]);
    write_image(&input.join("a.png"), [3, 3, 3]);
    std::os::unix::fs::symlink(&input, input.join("deep/loop")).expect("a link");
    std::fs::copy(input.join("A.png"), input.join(std::ffi::OsStr::from_bytes(b"\xFF\xFE.png"))).expect("copied");
    workspace.create_dataset("set", &input, &["a"]);
    assert_eq!(total(&workspace), 4);
    let again = workspace.json(&["dataset", "sync", "set"]);
    assert_eq!((&again["added"], &again["unchanged"]), (&0.into(), &4.into()), "{again}");
    let codes: Vec<_> = again["warnings"].as_array().expect("a list").iter().map(|w| w["code"].clone()).collect();
    assert!(codes.contains(&"import-case-twin".into()), "{again}");

    // A file whose name is not UTF-8 is labeled and published like any other.
    let rows = workspace.json(&["sample", "list", "set"]);
    let odd =
        rows.as_array().expect("rows").iter().find(|row| row["source"].as_str().expect("a source").contains("%FF"));
    let id = odd.expect("the odd one")["id"].as_str().expect("an id").to_owned();
    workspace.json(&["label", "assign", "set", "--label", "a", &id]);
    workspace.json(&["dataset", "publish", "set"]);
}

#[test]
fn renamed_and_vanished_files_are_recognised() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("1.png"), [1, 1, 1]);
    write_image(&input.join("2.png"), [200, 2, 2]);
    workspace.create_dataset("set", &input, &["a"]);
    workspace.json(&["label", "assign", "set", "--label", "a", "1.png"]);
    std::fs::rename(input.join("1.png"), input.join("one.png")).expect("renamed");
    std::fs::remove_file(input.join("2.png")).expect("removed");
    let report = workspace.json(&["dataset", "sync", "set"]);
    assert_eq!(
        (&report["renamed"], &report["vanished"], &report["added"]),
        (&1.into(), &1.into(), &0.into()),
        "{report}"
    );
    let labeled = workspace.json(&["sample", "list", "set", "--label", "a"]);
    assert!(labeled[0]["source"].as_str().expect("a source").ends_with("/one.png"), "the label went along: {labeled}");
    write_image(&input.join("2.png"), [200, 2, 2]);
    assert_eq!(workspace.json(&["dataset", "sync", "set"])["reappeared"], 1);
    // A deleted sample stays out.
    workspace.json(&["sample", "delete", "set", "2.png"]);
    assert_eq!(workspace.json(&["dataset", "sync", "set"])["deleted"], 1);
    assert_eq!(total(&workspace), 1);
}

#[test]
fn broken_images_are_named_and_the_rest_is_added() {
    let workspace = Workspace::new();
    let (input, picked) = (workspace.path("in"), workspace.path("picked"));
    std::fs::create_dir_all(&input).expect("a folder");
    write_image(&picked.join("good.png"), [9, 9, 9]);
    std::fs::write(picked.join("empty.png"), b"").expect("written");
    std::fs::write(picked.join("text.jpg"), b"no image at all").expect("written");
    // A header that claims 60,000 x 60,000 pixels.
    let mut huge = std::fs::read(picked.join("good.png")).expect("read");
    huge[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    huge[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    std::fs::write(picked.join("huge.png"), huge).expect("written");
    // A picture under a wrong ending is a picture.
    std::fs::copy(picked.join("good.png"), picked.join("mislabeled.jpg")).expect("copied");
    workspace.create_dataset("set", &input, &["a"]);
    let folder = picked.to_string_lossy().into_owned();
    let report = workspace.json(&["sample", "add", "set", &folder]);
    let warnings = report["warnings"].as_array().expect("a list");
    let named = |name: &str| warnings.iter().any(|w| w["source"].as_str().expect("a source").ends_with(name));
    assert!(named("empty.png") && named("text.jpg"), "{report}");
    assert!(!named("good.png") && !named("mislabeled.jpg"), "{report}");
    assert!(warnings.iter().all(|w| w["reason"].as_str().expect("a reason").contains(" — ")), "{report}");
}

#[test]
fn a_manifest_with_broken_lines_brings_its_other_lines() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("1.png"), [1, 1, 1]);
    workspace.create_dataset("set", &input, &["a"]);
    let manifest = workspace.path("m.manifest");
    let lines = [
        r#"{"source":"in/1.png","annotation":[{"type":"modelarts/image_classification","name":"cat"}]}"#,
        r#"{"source":"in/2.png","annotation":["#,
        r#"{"source":"content://some text","annotation":[{"type":"modelarts/text_classification","name":"good"}]}"#,
        "\u{0}\u{1}",
    ];
    std::fs::write(&manifest, lines.join("\n")).expect("written");
    let path = manifest.to_string_lossy().into_owned();
    let report = workspace.json(&["dataset", "import", "set", "--manifest", &path, "--with-labels"]);
    assert_eq!((&report["imported"], &report["skipped"]), (&1.into(), &3.into()), "{report}");
    let sources: Vec<_> =
        report["warnings"].as_array().expect("a list").iter().map(|w| w["source"].to_string()).collect();
    assert!(sources.iter().any(|source| source.contains("m.manifest:2")), "{report}");
    assert_eq!(total(&workspace), 1);

    let other = workspace.path("binary.manifest");
    std::fs::write(&other, r#"{"source":"s3a://x/y.carbondata","source-type":"carbondata"}"#).expect("written");
    let output = workspace.run(&["dataset", "import", "set", "--manifest", &other.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("manifest-carbondata"));
}

#[test]
fn a_catalog_of_a_newer_release_is_left_alone() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("1.png"), [1, 1, 1]);
    workspace.create_dataset("set", &input, &["a"]);
    let catalog = workspace.path("workspace/catalog.sqlite");
    let connection = rusqlite::Connection::open(&catalog).expect("opened");
    connection.pragma_update(None, "user_version", 9_999).expect("written");
    drop(connection);
    let output = workspace.run(&["dataset", "list"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("catalog-newer"));
}

#[test]
fn an_output_that_cannot_be_written_is_refused_at_once() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    write_image(&input.join("1.png"), [1, 1, 1]);
    let (input, output) = (input.to_string_lossy().into_owned(), "/dev/null/out");
    let arguments =
        ["dataset", "create", "set", "--type", "image-classification", "--input", &input, "--output", output];
    let refused = workspace.run(&arguments);
    assert!(!refused.status.success());
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(errors.contains("/dev/null") && errors.contains(" — "), "{errors}");
}

/// A small file system of its own, where the machine lets us make one.
#[cfg(target_os = "linux")]
struct SmallDisk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn new(at: std::path::PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).expect("a folder");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&at).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(at));
        }
        eprintln!("skipped: a small file system cannot be mounted here");
        None
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_the_version_and_nothing_else() {
    let workspace = Workspace::new();
    let Some(disk) = SmallDisk::new(workspace.path("small")) else { return };
    let input = workspace.path("in");
    for number in 0..300 {
        write_image(&input.join(format!("{number:04}-with-a-name-that-takes-some-room-in-a-manifest.png")), [1, 2, 3]);
    }
    workspace.create_dataset_at("set", &input, &disk.0.join("out"), &["a"]);
    let refused = workspace.run(&["dataset", "publish", "set"]);
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{errors}");
    assert!(errors.contains("disk-full"), "{errors}");
    let versions = workspace.json(&["version", "list", "set"]);
    assert_eq!(versions[0]["state"], "failed");
    assert_eq!(workspace.json(&["dataset", "show", "set"])["current_version"], serde_json::Value::Null);
    assert_eq!(total(&workspace), 300);
}

#[cfg(target_os = "linux")]
#[test]
fn an_export_to_a_full_disk_ends_and_leaves_nothing() {
    let workspace = Workspace::new();
    let Some(disk) = SmallDisk::new(workspace.path("small")) else { return };
    let input = workspace.path("in");
    for number in 0..40 {
        write_image(&input.join(format!("{number:02}.png")), [1, 2, 3]);
    }
    let [input, output] = [&input, &workspace.path("out")].map(|path| path.display().to_string());
    let kind = "object-detection";
    workspace.json(&["dataset", "create", "set", "--type", kind, "--input", &input, "--output", &output]);
    let to = disk.0.join("export");
    // Their one file fits: it is the images that fill the disk.
    for format in ["csv", "coco"] {
        let to = to.display().to_string();
        let refused = workspace.run(&["dataset", "export", "set", "--format", format, "--to", &to]);
        let errors = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{errors}");
        assert!(errors.contains("disk-full"), "{errors}");
    }
    assert_eq!(std::fs::read_dir(to).expect("the folder").count(), 0, "it can be tried again");
}
