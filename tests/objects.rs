//! Datasets of objects by the command line and the use cases: the rule of one kind of shape, and what undo does with it.

mod common;

use common::{Workspace, write_image};
use modelier::domain::{
    Actor, Annotation, AnnotationBody, DatasetId, Edit, Explain, LabelId, SampleId, Shape, ShapeKind, Timestamp,
};
use modelier::workbench::{DatasetChanges, OpenOptions, Workbench};
use std::path::Path;

fn open(workspace: &Workspace) -> Workbench {
    let executable = env!("CARGO_BIN_EXE_modelier").into();
    let options = OpenOptions {
        workspace: workspace.path("workspace"),
        actor: Actor("ada".to_owned()),
        client: "test".to_owned(),
        executable,
    };
    Workbench::open(options).expect("a workspace")
}

/// A dataset `cells` with the label `cell` and one image, `0.png`.
fn cells(workspace: &Workspace) {
    let input = workspace.path("in");
    write_image(&input.join("0.png"), [9, 9, 9]);
    workspace.create_dataset_of("object-detection", "cells", &input, &["cell"]);
}

struct Image {
    dataset: DatasetId,
    sample: SampleId,
    label: LabelId,
}

impl Image {
    fn of(workbench: &Workbench) -> Self {
        let dataset = workbench.dataset("cells").expect("the dataset").dataset.id;
        let sample = workbench.find_samples(dataset, &["0.png".to_owned()]).expect("found")[0].expect("known");
        Self { dataset, sample, label: workbench.label(dataset, "cell").expect("a label").id }
    }

    fn put(&self, shapes: Vec<Shape>) -> Edit {
        let shapes = shapes.into_iter().map(AnnotationBody::shape);
        let put = shapes.map(|body| Annotation::human(self.label, body, String::new(), Timestamp(0))).collect();
        Edit::Annotate { sample: self.sample, put, remove: Vec::new(), order: Vec::new() }
    }

    fn shapes(&self, workbench: &Workbench) -> Vec<Annotation> {
        workbench.sample_rows(self.dataset, &[self.sample]).expect("rows").remove(0).annotations
    }
}

#[test]
fn the_rule_of_shapes_is_set_shown_and_taken_away_by_the_command_line() {
    let workspace = Workspace::new();
    cells(&workspace);
    assert_eq!(workspace.json(&["dataset", "show", "cells"])["shape"], serde_json::Value::Null);
    let ruled = workspace.json(&["dataset", "modify", "cells", "--shape", "polygon"]);
    assert_eq!(ruled["shape"], "polygon");
    let free = workspace.json(&["dataset", "modify", "cells", "--shape", "any"]);
    assert_eq!(free["shape"], serde_json::Value::Null);

    let unknown = workspace.run(&["dataset", "modify", "cells", "--shape", "blob"]);
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(unknown.status.code(), Some(2), "{said}");
    assert!(said.contains("shape-kind-unknown") && said.contains("rotated-rectangle"), "it names the kinds: {said}");

    let (input, output) = (workspace.path("in"), workspace.path("out"));
    let create = |name: &str, kind: &str| {
        let (input, output) = (input.to_string_lossy(), output.to_string_lossy());
        let arguments = ["--json", "dataset", "create", name, "--type", kind, "--shape", "rectangle"];
        workspace.run(&[&arguments[..], &["--input", &input, "--output", &output]].concat())
    };
    let boxes = create("boxes", "object-detection");
    assert!(boxes.status.success(), "{}", String::from_utf8_lossy(&boxes.stderr));
    assert_eq!(workspace.json(&["dataset", "show", "boxes"])["shape"], "rectangle");
    assert_eq!(create("classes", "image-classification").status.code(), Some(2), "classes have no shapes");
    assert_eq!(workspace.run(&["dataset", "show", "classes"]).status.code(), Some(2), "and nothing was made");
}

/// A file of LabelMe with a rectangle and a polygon.
fn write_labelme(image: &Path) {
    let shapes = serde_json::json!([
        { "label": "cell", "shape_type": "rectangle", "points": [[2, 2], [9, 9]] },
        { "label": "cell", "shape_type": "polygon", "points": [[12, 2], [19, 2], [15, 9]] },
    ]);
    let file = serde_json::json!({
        "version": "5.0.0", "flags": {}, "imagePath": "1.png", "imageHeight": 24, "imageWidth": 32, "shapes": shapes,
    });
    std::fs::write(image.with_extension("json"), file.to_string()).expect("written");
}

#[test]
fn an_import_brings_shapes_against_the_rule_and_says_how_many() {
    let workspace = Workspace::new();
    cells(&workspace);
    workspace.json(&["dataset", "modify", "cells", "--shape", "rectangle"]);
    let folder = workspace.path("labelme");
    write_image(&folder.join("1.png"), [90, 9, 9]);
    write_labelme(&folder.join("1.png"));
    let folder = folder.to_string_lossy();
    let report = workspace.json(&["dataset", "import", "cells", "--dir", &folder, "--format", "labelme"]);
    assert_eq!(report["imported"], 1);
    let warnings = report["warnings"].as_array().expect("warnings");
    let about_rule: Vec<_> =
        warnings.iter().filter(|warning| warning.to_string().contains("import-shape-rule")).collect();
    assert_eq!(about_rule.len(), 1, "{warnings:?}");
    assert!(about_rule[0].to_string().contains("One shape"), "one polygon: {about_rule:?}");
}

/// The rule is about what is drawn from now on. Undo and redo put back what was there, whatever the rule says by then.
#[test]
fn undo_and_redo_bring_back_what_was_drawn_before_the_rule() {
    let workspace = Workspace::new();
    cells(&workspace);
    let workbench = open(&workspace);
    let image = Image::of(&workbench);
    let (dataset, sample) = (image.dataset, image.sample);
    let drawn = || image.put(vec![Shape::Point { at: [3.0, 4.0] }]);
    workbench.edit(dataset, &drawn()).expect("drawn");
    let point = image.shapes(&workbench);
    let remove = vec![point[0].id];
    let gone = Edit::Annotate { sample, put: Vec::new(), remove, order: Vec::new() };
    workbench.edit(dataset, &gone).expect("deleted");

    let rule = DatasetChanges { shape: Some(Some(ShapeKind::Rectangle)), ..DatasetChanges::default() };
    workbench.modify_dataset(dataset, rule).expect("a rule");
    assert_eq!(workbench.edit(dataset, &drawn()).expect_err("a point").explain().code, "shape-rule");

    workbench.undo_sample(dataset, sample).expect("not refused").expect("the deletion");
    assert_eq!(image.shapes(&workbench), point);
    workbench.undo_sample(dataset, sample).expect("not refused").expect("the drawing");
    assert!(image.shapes(&workbench).is_empty());
    workbench.redo_sample(dataset, sample).expect("not refused").expect("the drawing");
    assert_eq!(image.shapes(&workbench), point);
    // The rule itself is no step: it stays, and is changed where it was set.
    workbench.undo(dataset).expect("undone").expect("the drawing");
    let summary = workbench.dataset("cells").expect("the dataset");
    assert_eq!(summary.dataset.shape, Some(ShapeKind::Rectangle));
    assert!(workbench.undo(dataset).expect("nothing").is_none());
}

#[test]
fn a_format_that_is_named_and_not_there_is_told() {
    let workspace = Workspace::new();
    cells(&workspace);
    let folder = workspace.path("labels");
    write_image(&folder.join("1.png"), [90, 9, 9]);
    let text = r#"{"images":[],"annotations":[],"categories":[{"id":1,"name":"cell"}]}"#;
    // As some editors save it: no reader of JSON takes it.
    let utf16: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    std::fs::write(folder.join("annotations.json"), utf16).expect("written");
    let folder = folder.to_string_lossy();
    let import = |more: &[&str]| {
        let report = workspace.json(&[&["dataset", "import", "cells", "--dir", &folder], more].concat());
        report["warnings"].to_string().contains("import-format-empty")
    };
    assert!(import(&["--format", "coco"]), "somebody expects labels");
    assert!(!import(&[]), "nobody does");
}

#[test]
fn ten_thousand_labels_and_shapes_come_in_go_and_come_back() {
    const COUNT: usize = 10_000;
    let workspace = Workspace::new();
    cells(&workspace);
    let folder = workspace.path("coco");
    write_image(&folder.join("1.png"), [90, 9, 9]);
    let image = serde_json::json!({ "id": 1, "file_name": "1.png", "width": 32, "height": 24 });
    let categories: Vec<_> =
        (0..COUNT).map(|id| serde_json::json!({ "id": id, "name": format!("kind {id}") })).collect();
    let boxes =
        |id| serde_json::json!({ "id": id, "image_id": 1, "category_id": id, "bbox": [id % 20, id % 15, 5, 5] });
    let annotations: Vec<_> = (0..COUNT).map(boxes).collect();
    let file = serde_json::json!({ "images": [image], "annotations": annotations, "categories": categories });
    std::fs::write(folder.join("annotations.json"), file.to_string()).expect("written");
    let folder = folder.to_string_lossy();
    let report = workspace.json(&["dataset", "import", "cells", "--dir", &folder, "--format", "coco"]);
    assert_eq!((&report["imported"], &report["warnings"]), (&1.into(), &serde_json::json!([])));

    let workbench = open(&workspace);
    let dataset = workbench.dataset("cells").expect("the dataset").dataset.id;
    assert_eq!(workbench.labels(dataset).expect("labels").len(), COUNT + 1, "and the one that was there");
    let imported = format!("file://{folder}/1.png");
    let sample = workbench.find_samples(dataset, &[imported]).expect("found")[0].expect("known");
    let shapes = || workbench.sample_rows(dataset, &[sample]).expect("rows").remove(0).annotations;
    let before = shapes();
    assert_eq!(before.len(), COUNT);
    let remove = before.iter().map(|annotation| annotation.id).collect();
    let gone = Edit::Annotate { sample, put: Vec::new(), remove, order: Vec::new() };
    workbench.edit(dataset, &gone).expect("deleted");
    assert!(shapes().is_empty());
    workbench.undo_sample(dataset, sample).expect("undone").expect("the deletion");
    assert_eq!(shapes(), before);
    workbench.redo_sample(dataset, sample).expect("done").expect("the deletion again");
    assert!(shapes().is_empty());
}

/// Names of files and labels that would break lines or steer a terminal.
#[cfg(unix)]
#[test]
fn odd_names_come_in_go_out_and_keep_to_their_line() {
    let workspace = Workspace::new();
    cells(&workspace);
    let folder = workspace.path("odd");
    let names = ["a\nb", "\u{202e}gnp", "%41", " lead", "a#b?c", "\u{1b}[31mred"];
    for name in names {
        write_image(&folder.join(format!("{name}.png")), [9, 90, 9]);
        let object = "<object><name>../\u{202e}x</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax>\
                      </bndbox></object><object><name>a&#10;b</name></object>";
        let xml = format!("<annotation><size><width>32</width><height>24</height></size>{object}</annotation>");
        std::fs::write(folder.join(format!("{name}.xml")), xml).expect("written");
    }
    let folder = folder.to_string_lossy();
    let told = workspace.run(&["dataset", "import", "cells", "--dir", &folder, "--format", "voc"]);
    assert!(told.status.success());
    let said = String::from_utf8_lossy(&told.stdout) + String::from_utf8_lossy(&told.stderr);
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    assert!(said.lines().all(|line| !line.starts_with("b.")), "{said:?}");

    // Published with its images and exported, nothing lies outside of the folder that was named.
    workspace.json(&["dataset", "publish", "cells", "--include-media"]);
    for format in ["voc", "yolo", "coco", "labelme", "cvat", "csv"] {
        let to = workspace.path(&format!("exports/{format}/in"));
        let told = workspace.json(&["dataset", "export", "cells", "--format", format, "--to", &to.to_string_lossy()]);
        assert_eq!(told["objects"], names.len(), "{told}");
        assert_eq!(std::fs::read_dir(workspace.path(&format!("exports/{format}"))).expect("there").count(), 1);
    }
}

/// One step of a row of edits: what is done, to which shape, where to.
fn step(image: &Image, workbench: &Workbench, (what, which, x, y): (u8, usize, i32, i32)) -> Edit {
    let now = image.shapes(workbench);
    let at = [f64::from(x) + 0.5, f64::from(y)];
    let chosen = now.get(which % now.len().max(1)).cloned();
    let (mut put, mut remove, mut order) = (Vec::new(), Vec::new(), Vec::new());
    match (what, chosen) {
        (0, Some(annotation)) => remove.push(annotation.id),
        (1, Some(annotation)) => order.push(annotation.id),
        (2, Some(mut annotation)) => {
            annotation.hard = Some(annotation.hard != Some(true));
            put.push(annotation);
        }
        (3..=5, Some(mut annotation)) => {
            if let AnnotationBody::Shape { shape, attributes } = &mut annotation.body {
                *shape = if what == 3 { shape.moved(at) } else { shape.turned(shape.pivot(), at[0] * 10.0) };
                attributes.truncated = (what == 5).then_some(x > 10);
            }
            put.push(annotation);
        }
        _ => return image.put(vec![Shape::rectangle(at, [at[0] + 5.0, at[1] + 3.0]), Shape::Point { at }]),
    }
    Edit::Annotate { sample: image.sample, put, remove, order }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6))]

    #[test]
    fn any_row_of_edits_is_undone_step_by_step_and_done_again(
        steps in proptest::collection::vec((0_u8..8, 0_usize..6, 0_i32..20, 0_i32..20), 1..12),
    ) {
        let workspace = Workspace::new();
        cells(&workspace);
        let workbench = open(&workspace);
        let image = Image::of(&workbench);
        let mut states = vec![image.shapes(&workbench)];
        for of in steps {
            workbench.edit(image.dataset, &step(&image, &workbench, of)).expect("an edit");
            let now = image.shapes(&workbench);
            // What changes nothing is no step.
            if states.last() != Some(&now) {
                states.push(now);
            }
        }
        for before in states.iter().rev().skip(1) {
            workbench.undo_sample(image.dataset, image.sample).expect("not refused").expect("an edit");
            proptest::prop_assert_eq!(&image.shapes(&workbench), before);
        }
        for after in states.iter().skip(1) {
            workbench.redo_sample(image.dataset, image.sample).expect("not refused").expect("an edit");
            proptest::prop_assert_eq!(&image.shapes(&workbench), after);
        }
    }
}
