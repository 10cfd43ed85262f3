//! Thumbnails a second beside Pillow's, on the same photographs in the same run.
//!
//! `cargo bench --bench thumbnails`; the photographs are `$MODELIER_SHARED_DATA/flowers` (or `../shared/data/flowers`).

use modelier::media::image::thumbnails;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

const SIDE_PX: u32 = 160;
const ROUNDS: u32 = 5;

/// One process, `draft` first so that it decodes no more than needed; the files are in memory, as for us.
const PILLOW: &str = r#"
import io, sys, time
from PIL import Image
side, rounds = int(sys.argv[1]), int(sys.argv[2])
files = [open(path.rstrip("\n"), "rb").read() for path in sys.stdin]
best = 0
for _ in range(rounds):
    begun = time.perf_counter()
    for data in files:
        image = Image.open(io.BytesIO(data))
        image.draft("RGB", (side, side))
        image.thumbnail((side, side))
        image.convert("RGBA")
    best = max(best, len(files) / (time.perf_counter() - begun))
print(best)
"#;

fn photographs() -> Vec<PathBuf> {
    let data = std::env::var_os("MODELIER_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let folders = std::fs::read_dir(data.join("flowers")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = folders
        .filter_map(|folder| std::fs::read_dir(folder.path()).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "jpg"))
        .collect();
    files.sort();
    files
}

fn pillow(files: &[PathBuf]) -> Option<f64> {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", PILLOW, &SIDE_PX.to_string(), &ROUNDS.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    for file in files {
        // A Python without Pillow has gone by now; its exit tells.
        if writeln!(input, "{}", file.display()).is_err() {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn main() {
    let paths = photographs();
    if paths.is_empty() {
        println!("skipped: no photographs; set MODELIER_SHARED_DATA");
        return;
    }
    let files: Vec<Vec<u8>> = paths.iter().filter_map(|path| std::fs::read(path).ok()).collect();
    let mut best: f64 = 0.0;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let made = black_box(thumbnails(&files, SIDE_PX));
        assert!(made.iter().all(Result::is_ok), "a photograph has no thumbnail");
        best = best.max(files.len() as f64 / begun.elapsed().as_secs_f64());
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{} photographs, {SIDE_PX} px, best of {ROUNDS}", files.len());
    println!("Modelier, {cores} cores: {best:.0} thumbnails/s");
    match pillow(&paths) {
        Some(peer) => println!("Pillow with draft, one process: {peer:.0} thumbnails/s ({:.1} times)", best / peer),
        None => println!("Pillow: skipped, /usr/bin/python3 has no PIL"),
    }
}
