//! The real window on a real display (Xvfb), driven by real key and mouse events (xdotool).
//!
//! Skipped where Xvfb or xdotool is not installed; `./test` installs them, and continuous integration demands them.

mod common;

use common::{Workspace, write_image};
use serde_json::Value;
use std::io::{BufRead, BufReader};
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

/// A private display, e.g. `:7`.
fn display() -> Option<(Program, String)> {
    if !is_installed("Xvfb") || !is_installed("xdotool") {
        let required = std::env::var_os("MODELIER_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "Xvfb and xdotool are needed: run ./test, which installs them");
        eprintln!("skipped: Xvfb or xdotool is not installed");
        return None;
    }
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb");
    let mut number = String::new();
    BufReader::new(server.stdout.take().expect("a pipe")).read_line(&mut number).expect("a display's number");
    Some((Program(server), format!(":{}", number.trim())))
}

struct Hands<'a> {
    display: &'a str,
}

impl Hands<'_> {
    fn act(&self, arguments: &[&str]) -> String {
        let output =
            Command::new("xdotool").args(arguments).env("DISPLAY", self.display).output().expect("xdotool runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The window, once it is there, over the whole screen and with the focus (there is no window manager).
    fn window(&self) -> String {
        let window = wait_for("the window", || {
            let found = self.act(&["search", "--onlyvisible", "--name", "."]);
            found.lines().next().map(str::to_owned)
        });
        self.act(&["windowmove", &window, "0", "0", "windowsize", &window, "1280", "800", "windowfocus", &window]);
        window
    }
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
    let Some((_server, display)) = display() else { return };
    let workspace = Workspace::new();
    let input = workspace.path("in");
    for number in 0..12_u8 {
        write_image(&input.join(format!("{number:02}.png")), [number * 20, 80, 120]);
    }
    workspace.create_dataset("shapes", &input, &["round", "square"]);
    let runtime = workspace.path("runtime");
    std::fs::create_dir_all(&runtime).expect("a folder");
    let mut command = workspace.command(&[]);
    command
        .env("DISPLAY", &display)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("XDG_RUNTIME_DIR", &runtime)
        .env_remove("WAYLAND_DISPLAY");
    let _window = Program(command.stdout(Stdio::null()).spawn().expect("the window"));
    let hands = Hands { display: &display };
    let window = hands.window();
    std::thread::sleep(Duration::from_secs(4));

    // By keyboard: the palette finds the dataset, keys decide and advance.
    hands.act(&["key", "--window", &window, "ctrl+k"]);
    std::thread::sleep(Duration::from_millis(700));
    hands.act(&["type", "--delay", "60", "shapes"]);
    std::thread::sleep(Duration::from_millis(1_500));
    hands.act(&["key", "Return"]);
    std::thread::sleep(Duration::from_secs(5));
    // By mouse: a click on the first image.
    hands.act(&["mousemove", "280", "220", "click", "1"]);
    std::thread::sleep(Duration::from_millis(700));
    hands.act(&["key", "1"]);
    std::thread::sleep(Duration::from_millis(500));
    hands.act(&["key", "2"]);
    let labels = wait_for("two labels", || {
        let rows = workspace.json(&["sample", "list", "shapes", "--state", "labeled"]);
        let rows: Vec<Value> = rows.as_array().cloned().unwrap_or_default();
        (rows.len() == 2).then(|| rows.iter().map(|row| row["labels"][0].clone()).collect::<Vec<_>>())
    });
    assert_eq!(labels, ["round", "square"]);

    // Ctrl+Z takes the second one back.
    hands.act(&["key", "ctrl+z"]);
    wait_for("the undo", || {
        let shown = workspace.json(&["dataset", "show", "shapes"]);
        (shown["samples"]["labeled"] == 1).then_some(())
    });
}

/// What is drawn with real events survives a kill: a rectangle by a drag, a polygon by clicks.
#[test]
fn shapes_drawn_by_hand_survive_a_kill() {
    let Some((_server, display)) = display() else { return };
    let workspace = Workspace::new();
    let input = workspace.path("in");
    for number in 0..2_u8 {
        write_image(&input.join(format!("{number:02}.png")), [number * 20, 80, 120]);
    }
    workspace.create_dataset_of("object-detection", "cells", &input, &["round", "square"]);
    let runtime = workspace.path("runtime");
    std::fs::create_dir_all(&runtime).expect("a folder");
    let open = || {
        let mut command = workspace.command(&[]);
        command
            .env("DISPLAY", &display)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("XDG_RUNTIME_DIR", &runtime)
            .env_remove("WAYLAND_DISPLAY");
        Program(command.stdout(Stdio::null()).spawn().expect("the window"))
    };
    let hands = Hands { display: &display };
    let go = |milliseconds: u64| std::thread::sleep(Duration::from_millis(milliseconds));
    let enter = |window: &str| {
        go(4_000);
        hands.act(&["key", "--window", window, "ctrl+k"]);
        go(700);
        hands.act(&["type", "--delay", "60", "cells"]);
        go(1_500);
        hands.act(&["key", "Return"]);
        go(5_000);
    };
    let labels = || {
        let rows = workspace.json(&["sample", "list", "cells", "--state", "labeled"]);
        let rows = rows.as_array().cloned().unwrap_or_default();
        rows.first().map(|row| row["labels"].clone())
    };

    let mut program = open();
    let window = hands.window();
    enter(&window);
    // Around the middle of the canvas: a drag, and the digit of its label.
    hands.act(&["mousemove", "600", "360", "mousedown", "1"]);
    for (x, y) in [("610", "370"), ("630", "390"), ("660", "420")] {
        go(80);
        hands.act(&["mousemove", x, y]);
    }
    go(80);
    hands.act(&["mouseup", "1"]);
    go(800);
    hands.act(&["key", "1"]);
    wait_for("the rectangle", || labels().filter(|labels| *labels == serde_json::json!(["round"])));
    // Three corners and Enter; then the label.
    hands.act(&["key", "Escape"]);
    hands.act(&["key", "g"]);
    go(300);
    for (x, y) in [("690", "440"), ("740", "450"), ("710", "500")] {
        hands.act(&["mousemove", x, y]);
        go(250);
        hands.act(&["click", "1"]);
        go(600);
    }
    hands.act(&["key", "Return"]);
    go(800);
    hands.act(&["key", "2"]);
    let both = serde_json::json!(["round", "square"]);
    wait_for("the polygon", || labels().filter(|labels| *labels == both));
    // SIGKILL: the program has no chance to save anything.
    program.0.kill().expect("killed");
    program.0.wait().expect("gone");

    let _program = open();
    let window = hands.window();
    enter(&window);
    assert_eq!(labels(), Some(both), "both are there after the restart");
    // The window shows them: what is drawn there is selected by a click and deleted.
    hands.act(&["key", "Escape"]);
    hands.act(&["key", "ctrl+a"]);
    go(500);
    hands.act(&["key", "Delete"]);
    wait_for("an image without shapes", || labels().is_none().then_some(()));
    hands.act(&["key", "ctrl+z"]);
    wait_for("both again", || labels().filter(|labels| *labels == serde_json::json!(["round", "square"])));
}
