//! The real window on a real display (Xvfb), driven by real key and mouse events (xdotool).
//!
//! Skipped where Xvfb or xdotool is not installed; `./test` installs them, and continuous integration demands them.

mod common;

use common::Workspace;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends a program when the test is over, however it ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("-help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// Places in a window of 1280 by 800: the menu of how an image is looked at, two of its buttons, and the upper left and
/// lower right of the overview.
const LOOK: [f64; 2] = [933.0, 84.0];
const BLUE_CHANNEL: [f64; 2] = [1091.0, 249.0];
const AS_IN_THE_FILE: [f64; 2] = [965.0, 279.0];
const OVERVIEW: [[f64; 2]; 2] = [[830.0, 625.0], [940.0, 710.0]];

/// A private display, e.g. `:7`, that keeps what it shows in the file `Xvfb_screen0` of `pictures`.
fn display(pictures: &Path) -> Option<(Program, String)> {
    if !is_installed("Xvfb") || !is_installed("xdotool") {
        let required = std::env::var_os("MODELIER_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "Xvfb and xdotool are needed: run ./test, which installs them");
        eprintln!("skipped: Xvfb or xdotool is not installed");
        return None;
    }
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-fbdir"])
        .arg(pictures)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb");
    let mut number = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut number).expect("a display's number");
    Some((Program(server), format!(":{}", number.trim())))
}

/// A display with a workspace, in which the window is opened.
struct Stage {
    workspace: Workspace,
    display: String,
    _server: Program,
}

impl Stage {
    /// `None` where there is no display to be had.
    fn new() -> Option<Self> {
        let workspace = Workspace::new();
        let (server, display) = display(workspace.folder.path())?;
        std::fs::create_dir_all(workspace.path("runtime")).expect("a folder");
        Some(Self { workspace, display, _server: server })
    }

    /// A folder with images of one colour each.
    fn images(&self, count: u8, size: [u32; 2]) -> PathBuf {
        let input = self.workspace.path("in");
        std::fs::create_dir_all(&input).expect("a folder");
        for number in 0..count {
            let image = image::RgbImage::from_pixel(size[0], size[1], image::Rgb([number * 20, 80, 120]));
            image.save(input.join(format!("{number:02}.png"))).expect("an image");
        }
        input
    }

    /// Opens the window and, by the palette, the dataset.
    fn open(&self, dataset: &str) -> Program {
        let mut command = self.workspace.command(&[]);
        command
            .env("DISPLAY", &self.display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("XDG_RUNTIME_DIR", self.workspace.path("runtime"))
            .env_remove("WAYLAND_DISPLAY");
        let program = Program(command.stdout(Stdio::null()).spawn().expect("the window"));
        // Over the whole screen and with the focus: there is no window manager.
        let window = wait_for("the window", || {
            let found = self.act(&["search", "--onlyvisible", "--name", "."]);
            found.lines().next().map(str::to_owned)
        });
        self.act(&["windowmove", &window, "0", "0", "windowsize", &window, "1280", "800", "windowfocus", &window]);
        rest(4_000);
        self.act(&["key", "--window", &window, "ctrl+k"]);
        rest(700);
        self.act(&["type", "--delay", "60", dataset]);
        rest(1_500);
        self.key("Return");
        rest(5_000);
        program
    }

    fn act(&self, arguments: &[&str]) -> String {
        let output =
            Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output().expect("xdotool runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn key(&self, key: &str) {
        self.act(&["key", key]);
    }

    fn click(&self, at: [f64; 2]) {
        self.point_to(at);
        rest(250);
        self.act(&["click", "1"]);
    }

    /// Presses, moves as a hand does, and lets go.
    fn drag(&self, from: [f64; 2], to: [f64; 2]) {
        self.point_to(from);
        rest(150);
        self.act(&["mousedown", "1"]);
        for share in [0.2, 0.6, 1.0] {
            rest(80);
            self.point_to([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share));
        }
        rest(80);
        self.act(&["mouseup", "1"]);
    }

    /// Red, green and blue of a pixel of the screen. The display's file is an XWD dump: big-endian numbers of four bytes,
    /// the first one the length of the header, then colours of twelve bytes, then rows of blue, green, red, unused.
    fn color_at(&self, [x, y]: [f64; 2]) -> [u8; 3] {
        let bytes = std::fs::read(self.workspace.path("Xvfb_screen0")).expect("the screen");
        let number = |index: usize| {
            let bytes: [u8; 4] = bytes[index * 4..index * 4 + 4].try_into().expect("four bytes");
            u32::from_be_bytes(bytes) as usize
        };
        let (header, row_bytes, colors) = (number(0), number(12), number(19));
        let at = header + colors * 12 + y as usize * row_bytes + x as usize * 4;
        [bytes[at + 2], bytes[at + 1], bytes[at]]
    }

    fn point_to(&self, [x, y]: [f64; 2]) {
        self.act(&["mousemove", &x.to_string(), &y.to_string()]);
    }
}

fn rest(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Asks until there is an answer, for half a minute.
fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

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
