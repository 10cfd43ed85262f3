//! Texts in the real window, with real key and mouse events: what is marked is on the disk and there again after a kill.
//!
//! Skipped where Xvfb or xdotool is not installed; `./test` installs them, and continuous integration demands them.

mod common;
#[path = "common/stage.rs"]
mod stage;

use common::Workspace;
use serde_json::Value;
use stage::{Stage, insist, rest};

/// In a window of 1280 by 800: where the text's first character begins, how wide a hanzi is, the middle of the first row.
const TEXT_LEFT: f64 = 464.0;
const HANZI: f64 = 17.0;
const FIRST_ROW: f64 = 96.0;

fn texts(stage: &Stage, kind: &str, lines: &str, labels: &[&str]) {
    let input = stage.workspace.path("in");
    std::fs::create_dir_all(&input).expect("a folder");
    std::fs::write(input.join("texts.txt"), lines).expect("a file");
    stage.workspace.create_dataset_of(kind, "texts", &input, labels);
}

/// The entities on the disk: label, code points, words.
fn entities(workspace: &Workspace) -> Vec<(String, u64, u64, String)> {
    let rows = workspace.json(&["sample", "list", "texts"]);
    let of_row = |row: &Value| row["entities"].as_array().cloned().unwrap_or_default();
    let entity = |entity: Value| {
        let text = |field: &str| entity[field].as_str().unwrap_or_default().to_owned();
        let number = |field: &str| entity[field].as_u64().unwrap_or_default();
        (text("label"), number("start"), number("end"), text("text"))
    };
    let mut found: Vec<_> = rows.as_array().into_iter().flatten().flat_map(of_row).map(entity).collect();
    found.sort();
    found
}

fn entity(label: &str, start: u64, end: u64, text: &str) -> (String, u64, u64, String) {
    (label.to_owned(), start, end, text.to_owned())
}

/// Keys, one after the other, slowly enough for a hand.
fn keys(stage: &Stage, keys: &[&str]) {
    for key in keys {
        stage.key(key);
        rest(350);
    }
}

#[test]
fn entities_marked_by_key_and_mouse_survive_a_kill() {
    let Some(stage) = Stage::new() else { return };
    let workspace = &stage.workspace;
    texts(&stage, "named-entity", "我来到北京清华大学\n", &["LOC", "ORG"]);
    let first = entity("LOC", 3, 5, "北京");
    let mut program = stage.open("texts");
    insist(
        "the entity of the keyboard",
        || {
            // Two words on, the third one with Shift, its label.
            keys(&stage, &["Escape", "Home", "ctrl+Right", "ctrl+Right", "ctrl+shift+Right", "1"]);
        },
        || (entities(workspace) == [first.clone()]).then_some(()),
    );
    let whole = entity("ORG", 3, 9, "北京清华大学");
    let both = [first.clone(), whole.clone()];
    insist(
        "the entity of the mouse",
        || {
            keys(&stage, &["Escape"]);
            let at = |place: f64| [TEXT_LEFT + place * HANZI, FIRST_ROW];
            stage.drag(at(3.1), at(8.9));
            rest(900);
            keys(&stage, &["2"]);
        },
        || (entities(workspace) == both).then_some(()),
    );
    // SIGKILL: the program has no chance to save anything.
    program.0.kill().expect("killed");
    program.0.wait().expect("gone");
    assert_eq!(entities(workspace), both);

    let _program = stage.open("texts");
    assert_eq!(entities(workspace), both);
    // The window shows them: by Tab the first one is chosen, and taken away.
    insist(
        "an entity taken away",
        || {
            if entities(workspace).len() == 2 {
                keys(&stage, &["Escape", "Home", "Tab", "Delete"]);
            }
        },
        || (entities(workspace).len() == 1).then_some(()),
    );
    insist(
        "both again",
        || {
            if entities(workspace).len() == 1 {
                keys(&stage, &["ctrl+z"]);
            }
        },
        || (entities(workspace) == both).then_some(()),
    );
}

#[test]
fn texts_of_a_list_are_classified_by_key() {
    let Some(stage) = Stage::new() else { return };
    let workspace = &stage.workspace;
    texts(&stage, "text-classification", "味道很好\n送餐太慢\n一般般\n", &["good", "bad"]);
    let labels = || {
        let rows = workspace.json(&["sample", "list", "texts", "--state", "labeled"]);
        let rows = rows.as_array().cloned().unwrap_or_default();
        rows.into_iter().map(|row| row["labels"][0].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let _program = stage.open("texts");
    // When the keys come twice, the first one takes its label again.
    insist("the first label", || keys(&stage, &["Home", "1"]), || (labels() == ["good"]).then_some(()));
    insist(
        "the second label",
        || {
            if labels() == ["good"] {
                // After the first one, the second is at the cursor.
                keys(&stage, &["2"]);
            }
        },
        || {
            let labels = labels();
            (labels.len() == 2 && labels.contains(&"bad".to_owned())).then_some(())
        },
    );
    insist(
        "the undo",
        || {
            if labels().len() == 2 {
                keys(&stage, &["ctrl+z"]);
            }
        },
        || (labels() == ["good"]).then_some(()),
    );
}
