//! The real window on a real display (Xvfb), driven by real key and mouse events (xdotool).

#![allow(dead_code, reason = "each test file uses a part")]

use crate::common::Workspace;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends a program when the test is over, however it ends.
pub struct Program(pub Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("-help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

/// A private display, e.g. `:7`, that keeps what it shows in the file `Xvfb_screen0` of `pictures`.
fn display(pictures: &Path) -> Option<(Program, String)> {
    if !is_installed("Xvfb") || !is_installed("xdotool") {
        let required = std::env::var_os("MODELIER_REQUIRE_DATA").is_some_and(|value| value == "1");
        assert!(!required, "Xvfb and xdotool are needed: run ./test, which installs them");
        eprintln!("skipped: Xvfb or xdotool is not installed");
        return None;
    }
    // When the last program goes, a server begins anew unless it is told not to, and for that moment refuses the next.
    let mut server = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", "-fbdir"])
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
pub struct Stage {
    pub workspace: Workspace,
    display: String,
    _server: Program,
}

impl Stage {
    /// `None` where there is no display to be had.
    pub fn new() -> Option<Self> {
        let workspace = Workspace::new();
        let (server, display) = display(workspace.folder.path())?;
        std::fs::create_dir_all(workspace.path("runtime")).expect("a folder");
        Some(Self { workspace, display, _server: server })
    }

    /// A folder with images of one colour each.
    pub fn images(&self, count: u8, size: [u32; 2]) -> PathBuf {
        let input = self.workspace.path("in");
        std::fs::create_dir_all(&input).expect("a folder");
        for number in 0..count {
            let image = image::RgbImage::from_pixel(size[0], size[1], image::Rgb([number * 20, 80, 120]));
            image.save(input.join(format!("{number:02}.png"))).expect("an image");
        }
        input
    }

    /// Opens the window and, by the palette, the dataset.
    pub fn open(&self, dataset: &str) -> Program {
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
        self.go_to(dataset);
        program
    }

    /// Opens a dataset by the palette.
    pub fn go_to(&self, dataset: &str) {
        self.key("ctrl+k");
        rest(700);
        self.act(&["type", "--delay", "60", dataset]);
        rest(1_500);
        self.key("Return");
        rest(5_000);
    }

    pub fn act(&self, arguments: &[&str]) -> String {
        let output =
            Command::new("xdotool").args(arguments).env("DISPLAY", &self.display).output().expect("xdotool runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn key(&self, key: &str) {
        self.act(&["key", key]);
    }

    pub fn click(&self, at: [f64; 2]) {
        self.point_to(at);
        rest(250);
        self.act(&["click", "1"]);
    }

    /// Presses, moves as a hand does, and lets go.
    pub fn drag(&self, from: [f64; 2], to: [f64; 2]) {
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
    pub fn color_at(&self, [x, y]: [f64; 2]) -> [u8; 3] {
        let bytes = std::fs::read(self.workspace.path("Xvfb_screen0")).expect("the screen");
        let number = |index: usize| {
            let bytes: [u8; 4] = bytes[index * 4..index * 4 + 4].try_into().expect("four bytes");
            u32::from_be_bytes(bytes) as usize
        };
        let (header, row_bytes, colors) = (number(0), number(12), number(19));
        let at = header + colors * 12 + y as usize * row_bytes + x as usize * 4;
        [bytes[at + 2], bytes[at + 1], bytes[at]]
    }

    pub fn point_to(&self, [x, y]: [f64; 2]) {
        self.act(&["mousemove", &x.to_string(), &y.to_string()]);
    }
}

pub fn rest(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

/// Asks until there is an answer, for half a minute.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Does something until it shows: on a busy machine the window may not have been there yet. What is done must not matter
/// when it is done twice.
pub fn insist<T>(what: &str, mut act: impl FnMut(), mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6 {
        act();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(12) {
            if let Some(answer) = ask() {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(300));
        }
    }
    panic!("{what} did not come about");
}
