//! Object detection from files to files: folders with Pascal VOC, manifests that refer to it, versions, and exports that
//! are imported again.

mod common;

use common::{Workspace, shared_data, write_image};
use modelier::domain::annotation::AnnotationBody;
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::{Actor, Cancel, Edit, Shape};
use modelier::formats::detection::detection_format;
use modelier::formats::voc;
use modelier::workbench::{OpenOptions, Workbench};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn create(workspace: &Workspace, name: &str, input: &Path) -> Value {
    let output = workspace.path(&format!("{name}-out"));
    workspace.json(&[
        "dataset",
        "create",
        name,
        "--type",
        "object-detection",
        "--input",
        &text(input),
        "--output",
        &text(&output),
    ])
}

/// The lines of a published version, and what lies beside its manifest.
fn version_lines(published: &Value) -> (PathBuf, Vec<Value>) {
    let uri = published["manifest"].as_str().expect("a URI");
    let path = PathBuf::from(uri.strip_prefix("file://").expect("a local file"));
    let lines = std::fs::read_to_string(&path).expect("the manifest");
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    (path.parent().expect("a folder").to_owned(), lines)
}

fn local(uri: &Value) -> PathBuf {
    let location = modelier::storage::Location::from_uri(uri.as_str().expect("a URI")).expect("a location");
    location.local_path().expect("a local file").to_owned()
}

type Boxes = BTreeMap<String, Vec<(String, [f64; 4])>>;

/// The boxes of a version by the image's name, in order.
fn boxes_of(published: &Value) -> Boxes {
    let (_, lines) = version_lines(published);
    let mut boxes = Boxes::new();
    for line in lines {
        let name = line["source"].as_str().and_then(|source| source.rsplit('/').next()).expect("a name").to_owned();
        let Some(file) = line["annotation"].as_array().and_then(|list| list.first()) else { continue };
        assert_eq!(file["annotation-format"], "PASCAL VOC");
        let bytes = std::fs::read(local(&file["annotation-loc"])).expect("the annotation file");
        let image = voc::read(&bytes).expect("ours").image;
        let objects = image.objects.into_iter().flatten();
        let mut found: Vec<_> = objects
            .map(|object| {
                let bounds = object.shape.bounds();
                (object.label, [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]])
            })
            .collect();
        found.sort_by(|a, b| a.partial_cmp(b).expect("finite"));
        boxes.insert(name, found);
    }
    boxes
}

fn annotation_file(filename: &str, label: &str, left: u32) -> String {
    format!(
        "<annotation><folder>photos</folder><filename>{filename}</filename><source><database>ours</database></source>\
         <size><width>32</width><height>24</height><depth>3</depth></size><segmented>0</segmented><object>\
         <name>{label}</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult><bndbox>\
         <xmin>{left}</xmin><ymin>2</ymin><xmax>12.5</xmax><ymax>14</ymax></bndbox><part><name>ear</name></part>\
         <properties><颜色>红</颜色></properties></object></annotation>"
    )
}

/// Three images: with a box, with nothing, without a file.
fn small_folder(workspace: &Workspace) -> PathBuf {
    let folder = workspace.path("photos");
    for (name, color) in [("a.png", [200, 0, 0]), ("b.png", [0, 200, 0]), ("c.png", [0, 0, 200])] {
        write_image(&folder.join(name), color);
    }
    std::fs::write(folder.join("a.xml"), annotation_file("a.png", "big cat", 1)).expect("written");
    let nothing = "<annotation><filename>b.png</filename></annotation>";
    std::fs::write(folder.join("b.xml"), nothing).expect("written");
    folder
}

#[test]
fn sidecars_come_in_and_a_version_writes_them_with_all_that_was_in_them() {
    let workspace = Workspace::new();
    let folder = small_folder(&workspace);
    let dataset = create(&workspace, "cats", &folder);
    assert_eq!(dataset["samples"]["total"], 3);
    assert_eq!((&dataset["samples"]["labeled"], &dataset["samples"]["unlabeled"]), (&2.into(), &1.into()));
    assert_eq!(dataset["labels"][0]["name"], "big cat");

    let published = workspace.json(&["dataset", "publish", "cats"]);
    let (_, lines) = version_lines(&published);
    assert_eq!(lines.len(), 3);
    let file = |index: usize| std::fs::read_to_string(local(&lines[index]["annotation"][0]["annotation-loc"]));
    let first = file(0).expect("written");
    for part in [
        "<folder>photos</folder>",
        "<database>ours</database>",
        "<depth>3</depth>",
        "<segmented>0</segmented>",
        "<pose>Left</pose>",
        "<truncated>1</truncated>",
        "<occluded>0</occluded>",
        "<xmax>12.5</xmax>",
        "<name>ear</name>",
        "<颜色>红</颜色>",
    ] {
        assert!(first.contains(part), "{part} is not in {first}");
    }
    let second = file(1).expect("written");
    assert!(second.contains("<width>32</width>") && !second.contains("<object>"), "{second}");
    assert!(lines[2].get("annotation").is_none(), "an unlabeled image has no annotation: {}", lines[2]);

    // What a person has here wins over what a file says later, and the difference is listed.
    std::fs::write(folder.join("a.xml"), annotation_file("a.png", "big cat", 5)).expect("written");
    std::fs::write(folder.join("c.xml"), annotation_file("c.png", "dog", 3)).expect("written");
    let report = workspace.json(&["dataset", "import", "cats", "--dir", &text(&folder)]);
    assert_eq!(report["imported"], 1, "{report}");
    assert_eq!(report["warnings"][0]["code"], "import-kept");
    assert_eq!(report["warnings"][0]["source"], "a.png");
    let shown = workspace.json(&["dataset", "show", "cats"]);
    assert_eq!((&shown["samples"]["labeled"], &shown["labels"][1]["name"]), (&3.into(), &"dog".into()));
}

fn open(workspace: &Workspace) -> Workbench {
    let options = OpenOptions {
        workspace: workspace.path("workspace"),
        actor: Actor("ada".to_owned()),
        client: "test".to_owned(),
        executable: env!("CARGO_BIN_EXE_modelier").into(),
    };
    Workbench::open(options).expect("the workspace")
}

/// Moves the first shape of the dataset's first image.
fn move_first_shape(workspace: &Workspace, name: &str) {
    let workbench = open(workspace);
    let dataset = workbench.dataset(name).expect("the dataset").dataset.id;
    let view = workbench.view(dataset, &SampleFilter::default(), SampleSort::Name, &Cancel::default()).expect("a view");
    let rows = workbench.rows(&view, 0..1).expect("rows");
    let mut annotation = rows[0].annotations[0].clone();
    let AnnotationBody::Shape { shape, .. } = &mut annotation.body else { panic!("a shape: {annotation:?}") };
    *shape = shape.moved([4.0, 0.0]);
    annotation.hard = Some(true);
    let sample = rows[0].sample.id;
    let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
    workbench.edit(dataset, &edit).expect("moved");
}

#[test]
fn versions_with_media_compare_and_restore_their_shapes() {
    let workspace = Workspace::new();
    create(&workspace, "cats", &small_folder(&workspace));
    let first = workspace.json(&["dataset", "publish", "cats", "--include-media"]);
    let (folder, lines) = version_lines(&first);
    let source = local(&lines[0]["source"]);
    assert_eq!(source, folder.join("a.png"), "the source is the copy in the version");
    assert_eq!(
        std::fs::read(source).expect("the copy"),
        std::fs::read(workspace.path("photos/a.png")).expect("the original")
    );
    assert!(folder.join("a.xml").is_file());

    move_first_shape(&workspace, "cats");
    let second = workspace.json(&["dataset", "publish", "cats"]);
    let (second_folder, _) = version_lines(&second);
    assert!(!second_folder.join("a.png").exists(), "not asked for");
    let difference = workspace.json(&["version", "diff", "cats", "V001", "V002"]);
    assert_eq!(difference["samples_changed"].as_array().map(Vec::len), Some(1), "{difference}");
    assert_eq!(difference["samples_changed"][0]["name"], "a.png");
    assert!(difference["samples_added"].as_array().is_some_and(Vec::is_empty), "{difference}");

    let left = |published: &Value| boxes_of(published)["a.png"][0].1[0];
    assert_eq!((left(&first), left(&second)), (1.0, 5.0));
    workspace.json(&["version", "set-current", "cats", "V001"]);
    let shown = workspace.json(&["dataset", "show", "cats"]);
    assert_eq!((&shown["samples"]["total"], &shown["samples"]["labeled"]), (&3.into(), &2.into()));
    let third = workspace.json(&["dataset", "publish", "cats"]);
    assert_eq!(boxes_of(&third), boxes_of(&first));
    let same = workspace.json(&["version", "diff", "cats", "V001", "V003"]);
    assert!(same["samples_changed"].as_array().is_some_and(Vec::is_empty), "{same}");
    // And back again: the hard mark, which the annotation file cannot say, too.
    workspace.json(&["version", "set-current", "cats", "V002"]);
    let (_, lines) = version_lines(&workspace.json(&["dataset", "publish", "cats"]));
    assert_eq!(lines[0]["annotation"][0]["hard"], "true");
}

#[test]
fn a_manifest_brings_the_boxes_of_its_files() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let input = workspace.path("empty");
    std::fs::create_dir_all(&input).expect("a folder");
    create(&workspace, "people", &input);
    let manifest = data.join("modelarts/detect-multi-local-voc.manifest");
    let text_of = std::fs::read_to_string(&manifest).expect("the manifest");
    let sources = text_of.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")["source"].to_string());
    let lines = sources.collect::<std::collections::BTreeSet<_>>().len();
    let report = workspace.json(&["dataset", "import", "people", "--manifest", &text(&manifest), "--with-labels"]);
    assert_eq!(report["imported"], lines, "{report}");
    let shown = workspace.json(&["dataset", "show", "people"]);
    assert_eq!(shown["samples"]["labeled"], lines);
    assert_eq!(shown["labels"][0]["name"], "person");
    assert_eq!(shown["labels"][0]["count"], lines);
    // References to a bucket that is not here are kept and named.
    create(&workspace, "elsewhere", &input);
    let manifest = data.join("modelarts/detect-multi-s3-voc.manifest");
    let report = workspace.json(&["dataset", "import", "elsewhere", "--manifest", &text(&manifest), "--with-labels"]);
    let codes: Vec<&str> =
        report["warnings"].as_array().into_iter().flatten().filter_map(|warning| warning["code"].as_str()).collect();
    assert!(codes.contains(&"annotation-file-missing"), "{report}");
    // What is published of them is what came, and a manifest's dataset takes its media along where it can.
    let published = workspace.json(&["dataset", "publish", "people"]);
    assert_eq!(published["warnings"][0]["code"], "publish-not-copied", "{published}");
    let (_, lines) = version_lines(&published);
    let file = std::fs::read(local(&lines[0]["annotation"][0]["annotation-loc"])).expect("written");
    let image = voc::read(&file).expect("ours").image;
    assert_eq!(image.objects.map(|objects| objects.len()), Some(1));
    assert_eq!(image.size_px, Some([486, 500]), "the images are not here: the files say their size");
    assert_eq!(String::from_utf8_lossy(&file).matches("<part>").count(), 4);
}

#[test]
fn an_export_says_its_losses_first_and_refuses_a_full_folder() {
    let workspace = Workspace::new();
    create(&workspace, "cats", &small_folder(&workspace));
    move_first_shape(&workspace, "cats");
    let to = text(&workspace.path("export"));
    let preview = workspace.json(&["dataset", "export", "cats", "--format", "voc", "--to", &to, "--dry-run"]);
    assert_eq!((&preview["images"], &preview["labeled"], &preview["objects"]), (&3.into(), &2.into(), &1.into()));
    assert!(!workspace.path("export").exists(), "a dry run writes nothing");
    let losses: Vec<&str> =
        preview["losses"].as_array().into_iter().flatten().filter_map(|loss| loss["loss"].as_str()).collect();
    assert_eq!(losses, ["authorship", "hard"], "{preview}");
    let report = workspace.json(&["dataset", "export", "cats", "--format", "voc", "--to", &to]);
    assert_eq!(report["differences"], serde_json::json!([]), "{report}");
    assert_eq!(report["copied"], 3);
    assert!(workspace.path("export/JPEGImages/a.png").is_file());
    assert!(!workspace.path("export/Annotations/c.xml").exists(), "an unlabeled image has no file");
    let again = workspace.run(&["dataset", "export", "cats", "--format", "voc", "--to", &to]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("export-folder-not-empty"));
    let unknown = workspace.run(&["dataset", "export", "cats", "--format", "docx", "--to", &to]);
    assert_eq!(unknown.status.code(), Some(2));
}

/// Exports the blood cells in a format, imports that into a new dataset, and compares what both publish.
fn blood_cells_go_round(format: &str) {
    let Some(data) = shared_data() else { return };
    assert!(detection_format(format).is_some(), "there is no format {format}");
    let workspace = Workspace::new();
    let dataset = create(&workspace, "cells", &data.join("bccd"));
    assert_eq!(dataset["samples"]["labeled"], 292, "{dataset}");
    let published = workspace.json(&["dataset", "publish", "cells"]);
    let boxes = boxes_of(&published);
    assert_eq!(boxes.len(), 292);

    let to = workspace.path("export");
    let report =
        workspace.json(&["dataset", "export", "cells", "--format", format, "--to", &text(&to), "--version", "V001"]);
    assert_eq!(report["differences"], serde_json::json!([]), "{format}");
    assert_eq!(report["objects"], boxes.values().map(Vec::len).sum::<usize>());

    let empty = workspace.path("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    create(&workspace, "again", &empty);
    let imported = workspace.json(&["dataset", "import", "again", "--format", format, "--dir", &text(&to), "--copy"]);
    assert_eq!(imported["imported"], 292, "{format}: {imported}");
    let again = boxes_of(&workspace.json(&["dataset", "publish", "again", "--no-media"]));
    assert_same_boxes(format, &boxes, &again);
}

/// Asserts that the same images have the same boxes in any order, to half a pixel.
fn assert_same_boxes(format: &str, before: &Boxes, after: &Boxes) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "{format}");
    for (name, before) in before {
        let mut free: Vec<_> = after[name].iter().collect();
        assert_eq!(free.len(), before.len(), "{format}: {name}");
        for (label, sides) in before {
            let near = |other: &&(String, [f64; 4])| {
                other.0 == *label && sides.iter().zip(&other.1).all(|(a, b)| (a - b).abs() <= 0.5)
            };
            let place = free.iter().position(near);
            let place = place.unwrap_or_else(|| panic!("{format}: {name}: {label} {sides:?} is not in {free:?}"));
            free.remove(place);
        }
    }
}

/// Another project's converter counts and places the same boxes. `MODELIER_DATUMARO_PYTHON` names a Python that has it.
#[test]
fn datumaro_reads_the_same_boxes() {
    let Some(data) = shared_data() else { return };
    let Some(python) = std::env::var_os("MODELIER_DATUMARO_PYTHON") else {
        eprintln!("skipped: MODELIER_DATUMARO_PYTHON names no Python with Datumaro");
        return;
    };
    let workspace = Workspace::new();
    create(&workspace, "cells", &data.join("bccd"));
    let boxes = boxes_of(&workspace.json(&["dataset", "publish", "cells", "--no-media"]));
    let boxes: Boxes =
        boxes.into_iter().map(|(name, boxes)| (name.trim_end_matches(".jpg").to_owned(), boxes)).collect();
    let formats = [("voc", "voc_detection"), ("coco", "coco"), ("yolo", "yolo"), ("cvat", "cvat")];
    let mut command = std::process::Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/datumaro_reads.py"));
    for (ours, theirs) in formats {
        let to = text(&workspace.path(ours));
        workspace.json(&["dataset", "export", "cells", "--format", ours, "--to", &to]);
        command.arg(format!("{theirs}={to}"));
    }
    let output = command.output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = printed.lines().filter(|line| line.starts_with('{')).collect();
    assert_eq!(lines.len(), formats.len(), "{printed}");
    for ((ours, theirs), line) in formats.into_iter().zip(lines) {
        let found: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(found["format"], theirs);
        let found: BTreeMap<String, Vec<(String, f64, f64, f64, f64)>> =
            serde_json::from_value(found["images"].clone()).expect("boxes by image");
        let one = |(label, left, top, right, bottom)| (label, [left, top, right, bottom]);
        let found: Boxes =
            found.into_iter().map(|(name, boxes)| (name, boxes.into_iter().map(one).collect())).collect();
        assert_same_boxes(ours, &boxes, &found);
        let count = found.values().map(Vec::len).sum::<usize>();
        eprintln!("Datumaro reads {ours}: {} images, {count} boxes", found.len());
        assert_eq!((found.len(), count), (292, 3943));
    }
}

#[test]
fn folders_are_converted_without_a_dataset() {
    let workspace = Workspace::new();
    let folder = text(&small_folder(&workspace));
    let to = text(&workspace.path("coco"));
    let preview = workspace.json(&["convert", &folder, "--format", "yolo", "--to", &to, "--dry-run"]);
    assert_eq!((&preview["from"], &preview["images"], &preview["objects"]), (&"voc".into(), &3.into(), &1.into()));
    assert!(!workspace.path("coco").exists(), "a dry run writes nothing");
    let losses: Vec<&str> =
        preview["losses"].as_array().expect("a list").iter().filter_map(|l| l["loss"].as_str()).collect();
    assert_eq!(losses, ["pose", "truncated", "properties", "kept"], "{preview}");
    let report = workspace.json(&["convert", &folder, "--format", "coco", "--to", &to]);
    assert_eq!(
        (&report["differences"], &report["losses"]),
        (&serde_json::json!([]), &serde_json::json!([])),
        "{report}"
    );
    assert_eq!((&report["labeled"], &report["copied"]), (&2.into(), &3.into()), "{report}");
    assert!(!workspace.path("workspace").exists(), "no workspace is made");
    // There and back: the same annotation, the size from the image where the file says none.
    let back = text(&workspace.path("back"));
    let report = workspace.json(&["convert", &to, "--format", "voc", "--to", &back]);
    assert_eq!((&report["from"], &report["differences"]), (&"coco".into(), &serde_json::json!([])), "{report}");
    let image = |name: &str| {
        let bytes = std::fs::read(workspace.path("back/Annotations").join(name)).expect("written");
        voc::read(&bytes).expect("ours").image
    };
    let cat = &image("a.xml").objects.expect("labeled")[0];
    assert_eq!((cat.label.as_str(), cat.attributes.pose.as_deref()), ("big cat", Some("Left")));
    assert_eq!(cat.said.properties["颜色"], "红");
    assert_eq!((image("b.xml").objects, image("b.xml").size_px), (Some(Vec::new()), Some([32, 24])));
    assert!(!workspace.path("back/Annotations/c.xml").exists(), "an unlabeled image has no file");
    // What is none of the formats is said.
    let empty = workspace.path("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    let refused = workspace.run(&["convert", &text(&empty), "--format", "coco", "--to", &text(&workspace.path("x"))]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("format-unrecognised"));
}

#[test]
fn blood_cells_go_to_voc_and_back() {
    blood_cells_go_round("voc");
}

#[test]
fn blood_cells_go_to_coco_and_back() {
    blood_cells_go_round("coco");
}

#[test]
fn blood_cells_go_to_yolo_and_back() {
    blood_cells_go_round("yolo");
}

#[test]
fn blood_cells_go_to_cvat_and_back() {
    blood_cells_go_round("cvat");
}

#[test]
fn shapes_of_all_kinds_survive_a_version() {
    let workspace = Workspace::new();
    create(&workspace, "cats", &small_folder(&workspace));
    let shapes = [
        Shape::RotatedRectangle { center: [16.0, 12.0], size_px: [10.0, 4.0], degrees: 30.0 },
        Shape::Polygon {
            points: vec![[1.0, 1.0], [20.0, 1.0], [20.0, 20.0]],
            holes: vec![vec![[10.0, 3.0], [15.0, 3.0], [15.0, 8.0]]],
        },
        Shape::Circle { center: [9.0, 9.0], radius: 3.25 },
        Shape::Point { at: [3.0, 4.0] },
        Shape::Line { points: [[0.0, 0.0], [5.0, 5.0]], dashed: true },
        Shape::Polyline { points: vec![[0.0, 0.0], [5.0, 5.0], [9.0, 1.0]] },
    ];
    let read = |workbench: &Workbench| {
        let dataset = workbench.dataset("cats").expect("the dataset").dataset.id;
        let view =
            workbench.view(dataset, &SampleFilter::default(), SampleSort::Name, &Cancel::default()).expect("a view");
        (dataset, workbench.rows(&view, 0..1).expect("rows").remove(0))
    };
    let workbench = open(&workspace);
    let (dataset, row) = read(&workbench);
    let template = row.annotations[0].clone();
    let put = shapes
        .iter()
        .map(|shape| {
            let mut annotation = template.clone();
            annotation.id = modelier::domain::AnnotationId::random();
            annotation.extra.clear();
            annotation.body = AnnotationBody::shape(shape.clone());
            annotation
        })
        .collect();
    let edit = Edit::Annotate { sample: row.sample.id, put, remove: vec![template.id], order: Vec::new() };
    workbench.edit(dataset, &edit).expect("drawn");
    drop(workbench);
    workspace.json(&["dataset", "publish", "cats"]);
    workspace.json(&["sample", "delete", "cats", &row.sample.id.to_string()]);
    workspace.json(&["version", "set-current", "cats", "V001"]);
    let (_, row) = read(&open(&workspace));
    let found: Vec<Shape> = row.annotations.iter().filter_map(|annotation| annotation.as_shape().cloned()).collect();
    assert_eq!(found.len(), shapes.len());
    for (found, expected) in found.iter().zip(&shapes) {
        assert_eq!(found.kind(), expected.kind());
        let (a, b) = (found.bounds(), expected.bounds());
        for axis in 0..2 {
            assert!((a.min[axis] - b.min[axis]).abs() < 1e-6 && (a.max[axis] - b.max[axis]).abs() < 1e-6, "{found:?}");
        }
    }
    assert_eq!(found[1], shapes[1], "the hole is there");
}

/// A picture that is stored lying and shown upright: 32 × 24 pixels become 24 × 32.
fn write_turned_image(path: &Path) {
    use image::ImageEncoder;
    // A header, one entry: orientation (0x0112), a short, "turn a quarter clockwise" (6).
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    let pixels = vec![120_u8; 32 * 24 * 3];
    let mut encoder = image::codecs::jpeg::JpegEncoder::new(std::fs::File::create(path).expect("a file"));
    encoder.set_exif_metadata(exif).expect("JPEG has it");
    encoder.write_image(&pixels, 32, 24, image::ExtendedColorType::Rgb8).expect("written");
}

#[test]
fn yolo_measures_by_the_upright_image_and_keeps_the_order_of_its_classes() {
    let workspace = Workspace::new();
    let folder = workspace.path("yolo");
    std::fs::create_dir_all(&folder).expect("a folder");
    write_turned_image(&folder.join("a.jpg"));
    write_turned_image(&folder.join("b.jpg"));
    write_turned_image(&folder.join("c.jpg"));
    std::fs::write(folder.join("a.txt"), "1 0.5 0.25 0.5 0.5\n").expect("written");
    std::fs::write(folder.join("b.txt"), "").expect("written");
    std::fs::write(folder.join("classes.txt"), "zebra\nant\nmule\n").expect("written");
    let (voc, yolo) = (workspace.path("voc"), workspace.path("again"));
    workspace.json(&["convert", &text(&folder), "--format", "voc", "--to", &text(&voc)]);
    let read = |name: &str| {
        let bytes = std::fs::read(voc.join("Annotations").join(name)).expect("written");
        modelier::formats::voc::read(&bytes).expect("ours").image
    };
    let ant = read("a.xml");
    assert_eq!(ant.size_px, Some([24, 32]));
    let ants = ant.objects.expect("labeled");
    assert_eq!((ants[0].label.as_str(), &ants[0].shape), ("ant", &Shape::rectangle([6.0, 0.0], [18.0, 16.0])));
    assert_eq!(read("b.xml").objects, Some(Vec::new()), "an empty file is an image labeled with nothing");
    assert!(!voc.join("Annotations/c.xml").exists(), "no file is an unlabeled image");
    workspace.json(&["convert", &text(&voc), "--format", "yolo", "--to", &text(&yolo)]);
    assert_eq!(std::fs::read_to_string(yolo.join("labels/a.txt")).expect("written").trim(), "1 0.5 0.25 0.5 0.5");
    assert_eq!(std::fs::read_to_string(yolo.join("labels/b.txt")).expect("written"), "");
    assert!(!yolo.join("labels/c.txt").exists());
    let names = std::fs::read_to_string(yolo.join("data.yaml")).expect("written");
    let place = |name: &str| names.find(name).expect(name);
    assert!(place("zebra") < place("ant") && place("ant") < place("mule"), "{names}");
}

#[test]
fn boxes_of_an_image_as_it_is_stored_turn_with_it_in_every_format() {
    let workspace = Workspace::new();
    let (voc, coco) = (workspace.path("voc"), workspace.path("coco"));
    for folder in [&voc, &coco] {
        std::fs::create_dir_all(folder).expect("a folder");
        write_turned_image(&folder.join("a.jpg"));
    }
    // Neither has anything but the image's name, size and box.
    let file = "<annotation><filename>a.jpg</filename><size><width>32</width><height>24</height><depth>3</depth></size>\
        <object><name>cat</name><bndbox><xmin>2</xmin><ymin>4</ymin><xmax>12</xmax><ymax>10</ymax></bndbox></object>\
        </annotation>";
    std::fs::write(voc.join("a.xml"), file).expect("written");
    let file = r#"{"images":[{"id":1,"file_name":"a.jpg","width":32,"height":24}],"categories":[{"id":1,"name":"cat"}],
        "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[2,4,10,6]}]}"#;
    std::fs::write(coco.join("instances.json"), file).expect("written");
    let turned = [14.0, 2.0, 20.0, 12.0];
    let codes = |warnings: &Value| -> Vec<String> {
        let warnings = warnings.as_array().expect("a list");
        warnings.iter().filter_map(|warning| warning["code"].as_str().map(str::to_owned)).collect()
    };
    for (name, folder) in [("voc", &voc), ("coco", &coco)] {
        let empty = workspace.path(&format!("{name}-empty"));
        std::fs::create_dir_all(&empty).expect("a folder");
        create(&workspace, name, &empty);
        let report = workspace.json(&["dataset", "import", name, "--format", name, "--dir", &text(folder), "--copy"]);
        assert_eq!(codes(&report["warnings"]), ["voc-turned"], "{name}: {report}");
        let boxes = boxes_of(&workspace.json(&["dataset", "publish", name, "--no-media"]));
        assert_eq!(boxes["a.jpg"], [("cat".to_owned(), turned)], "{name}");
        let to = workspace.path(&format!("{name}-yolo"));
        let report = workspace.json(&["convert", &text(folder), "--format", "yolo", "--to", &text(&to)]);
        assert_eq!(codes(&report["read"]), ["voc-turned"], "{name}: {report}");
        let line = std::fs::read_to_string(to.join("labels/a.txt")).expect("written");
        let numbers: Vec<f64> = line.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let expected = [0.0, 17.0 / 24.0, 7.0 / 32.0, 6.0 / 24.0, 10.0 / 32.0];
        assert!(numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{name}: {line}");
    }
}

#[test]
fn labels_with_space_around_them_keep_their_objects_in_a_version() {
    let workspace = Workspace::new();
    let coco = workspace.path("coco");
    std::fs::create_dir_all(&coco).expect("a folder");
    image::GrayImage::new(32, 24).save(coco.join("a.png")).expect("an image");
    let file = r#"{"images":[{"id":1,"file_name":"a.png"}],"categories":[{"id":1,"name":" big cat "}],
        "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[2,4,10,6]}]}"#;
    std::fs::write(coco.join("instances.json"), file).expect("written");
    let empty = workspace.path("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    create(&workspace, "cats", &empty);
    // Folders that lie elsewhere are referred to, not taken along: only a manifest's media are.
    workspace.json(&["dataset", "import", "cats", "--format", "coco", "--dir", &text(&coco)]);
    let (_, lines) = version_lines(&workspace.json(&["dataset", "publish", "cats"]));
    assert_eq!(local(&lines[0]["source"]), coco.join("a.png"));
    let file = std::fs::read_to_string(local(&lines[0]["annotation"][0]["annotation-loc"])).expect("written");
    assert!(file.contains("<depth>1</depth>"), "a grey image has one channel: {file}");
    let folder = text(&coco);
    let commands: [(&str, &[&str]); 2] = [("a-voc", &["dataset", "export", "cats"]), ("b-voc", &["convert", &folder])];
    for (name, command) in commands {
        let to = workspace.path(name);
        workspace.json(&[command, &["--format", "voc", "--to", &text(&to)]].concat());
        let file = std::fs::read_to_string(to.join("Annotations/a.xml")).expect("written");
        assert!(file.contains("<depth>1</depth>"), "{file}");
    }
    let to = text(&workspace.path("out-voc"));
    let report = workspace.json(&["dataset", "export", "cats", "--version", "V001", "--format", "voc", "--to", &to]);
    assert_eq!((&report["objects"], &report["differences"]), (&1.into(), &serde_json::json!([])), "{report}");
    workspace.json(&["dataset", "publish", "cats", "--no-media"]);
    workspace.json(&["version", "set-current", "cats", "V001"]);
    let shown = workspace.json(&["dataset", "show", "cats"]);
    assert_eq!((&shown["labels"][0]["name"], &shown["labels"][0]["count"]), (&" big cat ".into(), &1.into()));
}

#[test]
fn a_manifests_dataset_takes_its_media_along_by_default() {
    let workspace = Workspace::new();
    let given = workspace.path("given");
    write_image(&given.join("photos/a.png"), [200, 0, 0]);
    std::fs::write(given.join("photos/a.xml"), annotation_file("a.png", "cat", 1)).expect("written");
    let line = r#"{"source":"s3://bucket/photos/a.png","annotation":[{"type":"modelarts/object_detection","annotation-loc":"s3://bucket/photos/a.xml","annotation-format":"PASCAL VOC"}]}"#;
    let manifest = given.join("V1.manifest");
    std::fs::write(&manifest, format!("{line}\n")).expect("written");
    let empty = workspace.path("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    create(&workspace, "cats", &empty);
    let map = format!("s3://bucket/photos={}", text(&given.join("photos")));
    let report =
        workspace.json(&["dataset", "import", "cats", "--manifest", &text(&manifest), "--with-labels", "--map", &map]);
    assert_eq!((&report["imported"], &report["warnings"]), (&1.into(), &serde_json::json!([])), "{report}");

    let published = workspace.json(&["dataset", "publish", "cats"]);
    assert_eq!(published["warnings"], serde_json::json!([]));
    let (folder, lines) = version_lines(&published);
    let copy = local(&lines[0]["source"]);
    assert_eq!(copy, folder.join("a.png"), "the source is the copy in the version");
    assert_eq!(std::fs::read(copy).expect("copied"), std::fs::read(given.join("photos/a.png")).expect("there"));
    assert_eq!(lines[0]["modelier:source"], "s3://bucket/photos/a.png");
    assert_eq!(local(&lines[0]["annotation"][0]["annotation-loc"]), folder.join("a.xml"));
    let (folder, lines) = version_lines(&workspace.json(&["dataset", "publish", "cats", "--no-media"]));
    assert_eq!(lines[0]["source"], "s3://bucket/photos/a.png");
    assert!(!folder.join("a.png").exists() && folder.join("a.xml").is_file());
}

#[test]
fn a_label_that_is_no_name_costs_its_objects_and_no_more() {
    let workspace = Workspace::new();
    let folder = workspace.path("coco");
    write_image(&folder.join("images/a.png"), [200, 0, 0]);
    let annotations = r#"{"images":[{"id":1,"file_name":"a.png"}],"categories":[{"id":1,"name":""},{"id":2,"name":"cat"}],
        "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,4,4]},{"id":2,"image_id":1,"category_id":2,"bbox":[2,2,4,4]}]}"#;
    std::fs::create_dir_all(folder.join("annotations")).expect("a folder");
    std::fs::write(folder.join("annotations/instances_train.json"), annotations).expect("written");
    let empty = workspace.path("empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    create(&workspace, "cats", &empty);
    // The format is recognised.
    let report = workspace.json(&["dataset", "import", "cats", "--dir", &text(&folder)]);
    assert_eq!(report["imported"], 1, "{report}");
    assert_eq!(report["warnings"][0]["code"], "import-label-name", "{report}");
    let shown = workspace.json(&["dataset", "show", "cats"]);
    assert_eq!((&shown["labels"][0]["name"], &shown["labels"][0]["count"]), (&"cat".into(), &1.into()), "{shown}");
}
