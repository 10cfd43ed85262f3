//! The real window on a real display (Xvfb), driven by real key and mouse events (xdotool).
//!
//! Skipped where Xvfb or xdotool is not installed; `./test` installs them, and continuous integration demands them.

mod common;
#[path = "common/stage.rs"]
mod stage;

use common::Workspace;
use serde_json::Value;
use stage::{Stage, rest, wait_for};

/// Places in a window of 1280 by 800: the menu of how an image is looked at, two of its buttons, and the upper left and
/// lower right of the overview.
const LOOK: [f64; 2] = [933.0, 84.0];
const BLUE_CHANNEL: [f64; 2] = [1091.0, 249.0];
const AS_IN_THE_FILE: [f64; 2] = [965.0, 279.0];
const OVERVIEW: [[f64; 2]; 2] = [[830.0, 625.0], [940.0, 710.0]];

#[test]
fn images_are_labeled_by_key_and_mouse_and_the_window_sees_other_processes() {
    let Some(stage) = Stage::new() else { return };
    let workspace = &stage.workspace;
    workspace.create_dataset("shapes", &stage.images(12, [32, 24]), &["round", "square"]);
    // By keyboard: the palette finds the dataset, keys decide and advance.
    let _window = stage.open("shapes");
    // By mouse: a click on the first image.
    stage.act(&["mousemove", "280", "220", "click", "1"]);
    rest(700);
    stage.key("1");
    rest(500);
    stage.key("2");
    let labels = wait_for("two labels", || {
        let rows = workspace.json(&["sample", "list", "shapes", "--state", "labeled"]);
        let rows: Vec<Value> = rows.as_array().cloned().unwrap_or_default();
        (rows.len() == 2).then(|| rows.iter().map(|row| row["labels"][0].clone()).collect::<Vec<_>>())
    });
    assert_eq!(labels, ["round", "square"]);

    // Ctrl+Z takes the second one back.
    stage.key("ctrl+z");
    wait_for("the undo", || {
        let shown = workspace.json(&["dataset", "show", "shapes"]);
        (shown["samples"]["labeled"] == 1).then_some(())
    });
}

/// What is on the disk of the first image: label and points of each shape.
fn shapes(workspace: &Workspace, to: &str) -> Vec<(String, Vec<[f64; 2]>)> {
    let folder = workspace.path(to);
    let to = folder.to_string_lossy();
    workspace.json(&["dataset", "export", "cells", "--format", "labelme", "--to", &to]);
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("an export").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.file_name().is_some_and(|name| name == "00.json") {
                let file: Value = serde_json::from_slice(&std::fs::read(entry).expect("a file")).expect("JSON");
                let shapes = file["shapes"].as_array().expect("shapes");
                let points = |shape: &Value| serde_json::from_value(shape["points"].clone()).expect("points");
                let label = |shape: &Value| shape["label"].as_str().expect("a label").to_owned();
                return shapes.iter().map(|shape| (label(shape), points(shape))).collect();
            }
        }
    }
    Vec::new()
}

/// What is drawn with real events survives a kill, where it was drawn: a rectangle by a drag, a polygon by clicks.
#[test]
fn shapes_drawn_by_hand_survive_a_kill() {
    let Some(stage) = Stage::new() else { return };
    let workspace = &stage.workspace;
    workspace.create_dataset_of("object-detection", "cells", &stage.images(2, [320, 240]), &["round", "square"]);
    let labels = || {
        let rows = workspace.json(&["sample", "list", "cells", "--state", "labeled"]);
        let rows = rows.as_array().cloned().unwrap_or_default();
        rows.first().map(|row| row["labels"].clone())
    };

    let mut program = stage.open("cells");
    // Around the middle of the canvas: a drag, and the digit of its label.
    let (from, to) = ([600.0, 360.0], [660.0, 420.0]);
    stage.drag(from, to);
    rest(800);
    stage.key("1");
    wait_for("the rectangle", || labels().filter(|labels| *labels == serde_json::json!(["round"])));
    // Three corners and Enter; then the label.
    stage.key("Escape");
    stage.key("g");
    rest(300);
    let corners = [[690.0, 440.0], [740.0, 450.0], [710.0, 500.0]];
    for at in corners {
        stage.point_to(at);
        rest(250);
        stage.act(&["click", "1"]);
        rest(600);
    }
    stage.key("Return");
    rest(800);
    stage.key("2");
    let both = serde_json::json!(["round", "square"]);
    wait_for("the polygon", || labels().filter(|labels| *labels == both));
    // SIGKILL: the program has no chance to save anything.
    program.0.kill().expect("killed");
    program.0.wait().expect("gone");

    let kept = shapes(workspace, "after-the-kill");
    let [(round, rectangle), (square, polygon)] = &kept[..] else { panic!("two shapes: {kept:?}") };
    assert_eq!((round.as_str(), square.as_str()), ("round", "square"));
    let [min, max] = rectangle[..] else { panic!("two corners: {rectangle:?}") };
    // The rectangle tells where the image lies on the screen, the others must lie there to a pixel.
    let scale = (max[0] - min[0]) / (to[0] - from[0]);
    let in_image = |at: [f64; 2]| [0, 1].map(|axis| min[axis] + (at[axis] - from[axis]) * scale);
    let are_near = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs() <= 1.0 && (a[1] - b[1]).abs() <= 1.0;
    assert!(scale > 0.1 && are_near(in_image(to), max), "drawn as a square: {rectangle:?}");
    assert_eq!(polygon.len(), corners.len(), "{polygon:?}");
    for (at, kept) in corners.iter().zip(polygon) {
        assert!(are_near(in_image(*at), *kept), "drawn at {:?}, kept at {kept:?}", in_image(*at));
    }

    let _program = stage.open("cells");
    assert_eq!(labels(), Some(both.clone()), "both are there after the restart");
    // The window shows them: what is drawn there is selected by keys, deleted and brought back.
    stage.key("Escape");
    stage.key("ctrl+a");
    rest(500);
    stage.key("Delete");
    wait_for("an image without shapes", || labels().is_none().then_some(()));
    stage.key("ctrl+z");
    wait_for("both again", || labels().filter(|labels| *labels == both));
    assert_eq!(shapes(workspace, "after-the-undo"), kept);
}

/// How the image is looked at, and what drawing snaps to, with real events on the picture that the display shows.
#[test]
fn channels_the_overview_and_snapping_work_in_the_window() {
    let Some(stage) = Stage::new() else { return };
    let workspace = &stage.workspace;
    workspace.create_dataset_of("object-detection", "cells", &stage.images(1, [320, 240]), &["cell"]);
    let _program = stage.open("cells");

    // The image is (0, 80, 120): its blue channel alone is a light grey.
    let middle = [600.0, 420.0];
    stage.point_to([1100.0, 600.0]);
    wait_for("the image", || (stage.color_at(middle) == [0, 80, 120]).then_some(()));
    let choose = |what: &str, button: [f64; 2], color: [u8; 3]| {
        // On a busy machine the menu may take longer to open than a hand waits: then once more.
        wait_for(what, || {
            for at in [LOOK, button] {
                stage.click(at);
                rest(1_200);
            }
            stage.key("Escape");
            rest(800);
            (stage.color_at(middle) == color).then_some(())
        });
    };
    choose("its blue channel", BLUE_CHANNEL, [120; 3]);
    choose("all colours again", AS_IN_THE_FILE, [0, 80, 120]);

    // Zoomed in, a click on the overview goes there: what is drawn at one place of the screen lies where it leads.
    for _ in 0..6 {
        stage.key("plus");
        rest(250);
    }
    let drawn = || shapes(workspace, &format!("export-{}", uuid::Uuid::new_v4()));
    let mut count = 0;
    let mut draw_at = |from: [f64; 2], to: [f64; 2]| {
        stage.drag(from, to);
        rest(900);
        // Of one label nobody is asked. What is selected has handles, which are nearer than a corner to snap to.
        stage.key("Escape");
        count += 1;
        wait_for("what was drawn", || Some(drawn()).filter(|shapes| shapes.len() == count)).remove(count - 1).1
    };
    stage.click(OVERVIEW[0]);
    rest(700);
    let upper_left = draw_at([500.0, 300.0], [560.0, 360.0]);
    stage.click(OVERVIEW[1]);
    rest(700);
    let lower_right = draw_at([560.0, 400.0], [640.0, 460.0]);
    assert!(
        upper_left[1][0] < 160.0 && upper_left[1][1] < 120.0 && lower_right[0][0] > 160.0 && lower_right[0][1] > 120.0,
        "{upper_left:?} and {lower_right:?}"
    );

    // Drawn from nearly a corner, a shape begins at it; with snapping off it begins where the pointer is.
    let snapped = draw_at([644.0, 464.0], [700.0, 520.0]);
    assert_eq!(snapped[0], lower_right[1]);
    stage.key("s");
    rest(300);
    let free = draw_at([556.0, 396.0], [500.0, 350.0]);
    assert_ne!(free[1], lower_right[0]);
}
