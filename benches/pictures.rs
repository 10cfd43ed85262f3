//! How long it takes from the key until the next picture is on the screen, in the real page without a GPU: opened
//! before it is asked for, and not; how much memory a walk over many pictures holds; and what a large picture costs.
//!
//! `cargo bench --bench pictures`. `MODELIER_BENCH_WALK=2000` sets how many pictures are walked over;
//! `MODELIER_BENCH_LARGE=40000` also makes a picture of that many pixels a side, in `MODELIER_BENCH_FORMAT` (`png`, the
//! default, `jpg` or `tif`), and opens it.

mod common;

use common::window::{Window, key, millis, percentile, report};
use common::{memory_mib, setting};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::{Cancel, DatasetId, DatasetType, Sample, SampleId};
use modelier::ui::canvas::Canvas;
use modelier::ui::pages::Page;
use modelier::workbench::{Making, Opened, PersonalSettings, Task, Workbench};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// What cameras and videos give.
const SIZE_4K: (u32, u32) = (3_840, 2_160);
/// Different pictures; links to them make many.
const DIFFERENT: usize = 24;
/// The aims.
const OPENED_BEFORE: Duration = Duration::from_millis(50);
const COLD: Duration = Duration::from_millis(250);

/// Something like a photograph: slopes, edges, and the noise that makes two megabytes of JPEG.
fn photograph(seed: u32) -> image::RgbImage {
    let mut noise = seed.wrapping_mul(0x9E37_79B9) | 1;
    image::RgbImage::from_fn(SIZE_4K.0, SIZE_4K.1, |x, y| {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        let edge = if ((x + seed * 40) / 300 + y / 200).is_multiple_of(2) { 40 } else { 0 };
        let grain = (noise & 15) as u8;
        image::Rgb([(x / 20) as u8 % 200 + edge + grain, (y / 12) as u8 % 200 + edge, 60 + edge + grain])
    })
}

/// Many pictures in `folder`, most of them links to the first ones.
fn write_pictures(folder: &Path, count: usize) {
    std::fs::create_dir_all(folder).expect("a folder");
    let name = |index: usize| folder.join(format!("{index:05}.jpg"));
    for index in 0..count {
        if index < DIFFERENT {
            let file = BufWriter::new(std::fs::File::create(name(index)).expect("a file"));
            let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(file, 90);
            photograph(index as u32).write_with_encoder(encoder).expect("a picture");
        } else {
            std::fs::hard_link(name(index % DIFFERENT), name(index)).expect("a link");
        }
    }
}

fn samples(workbench: &Workbench, dataset: DatasetId) -> Vec<Sample> {
    workbench.sync(dataset, &Task::silent()).expect("a sync");
    let view = workbench.view(dataset, &SampleFilter::default(), SampleSort::Name, &Cancel::default()).expect("a view");
    workbench.row_heads(&view, 0..view.len()).expect("rows").into_iter().map(|row| row.sample).collect()
}

/// Draws frames until a sample is on the screen as a whole, as often as a screen would.
fn until_shown(window: &mut Window, sample: SampleId) {
    while Canvas::shown(&window.egui) != Some((sample, true)) {
        window.frame(Vec::new());
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn tell(name: &str, times: &[Duration], aim: Duration) {
    let at = |share| millis(percentile(times.to_vec(), share));
    println!(
        "{name:<34} {:>4} times    p50 {:>6.1}  p95 {:>6.1}  max {:>6.1} ms, aim {} ms",
        times.len(),
        at(50),
        at(95),
        at(100),
        aim.as_millis(),
    );
}

fn walk(count: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    write_pictures(&folder.path().join("input"), count);
    let workbench = common::open(folder.path());
    let dataset = common::dataset(&workbench, folder.path(), "walk", DatasetType::ObjectDetection, &["cell"]);
    let samples = samples(&workbench, dataset);
    let page = Page::Labeling { dataset, filter: None };
    let mut window = Window::open(&workbench, PersonalSettings::default(), page);
    let mut at = 0_usize;
    let mut step = |window: &mut Window, pressed: Key, by: isize| {
        at = at.saturating_add_signed(by).min(samples.len() - 1);
        let began = Instant::now();
        window.frame(key(pressed));
        until_shown(window, samples[at].id);
        began.elapsed()
    };
    let (mut forward, mut back, mut cold) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..40.min(count / 4) {
        forward.push(step(&mut window, Key::D, 1));
        window.settle();
    }
    for _ in 0..20.min(count / 8) {
        back.push(step(&mut window, Key::A, -1));
        window.settle();
    }
    tell("next, opened before", &forward, OPENED_BEFORE);
    tell("previous, opened before", &back, OPENED_BEFORE);
    for _ in 0..20.min(count / 20) {
        // Six at once: the last of them nobody could foresee.
        for _ in 0..6 {
            at = (at + 1).min(samples.len() - 1);
            window.frame(key(Key::D));
        }
        let began = Instant::now();
        until_shown(&mut window, samples[at].id);
        cold.push(began.elapsed());
        window.settle();
    }
    tell("six on at once, not opened before", &cold, COLD);
    let mut hurried = Vec::new();
    let mut first = None;
    let start = at;
    println!("walked over {:>5} pictures: {} MiB", 0, memory_mib("VmRSS:").unwrap_or(0));
    while at + 1 < samples.len() {
        at += 1;
        let began = Instant::now();
        window.frame(key(Key::D));
        until_shown(&mut window, samples[at].id);
        hurried.push(began.elapsed());
        let walked = at - start;
        if [100, 500, 1_000, 1_900].contains(&walked) || at + 1 == samples.len() {
            let held = memory_mib("VmRSS:").unwrap_or(0);
            let first = *first.get_or_insert(held);
            println!(
                "walked over {walked:>5} pictures: {held} MiB, {:+} %",
                (held as i64 - first as i64) * 100 / first as i64
            );
        }
    }
    tell("next without a pause", &hurried, COLD);
}

/// Writes a large picture in rows, without holding it.
fn write_large(path: &Path, side: u32, format: &str) {
    let row =
        |y: u32| (0..side).flat_map(move |x| [(x / 64) as u8, (y / 64) as u8, (x ^ y) as u8]).collect::<Vec<u8>>();
    let file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    match format {
        "tif" => {
            let mut encoder = tiff::encoder::TiffEncoder::new_big(file).expect("an encoder");
            let mut image = encoder.new_image::<tiff::encoder::colortype::RGB8>(side, side).expect("a picture");
            image.rows_per_strip(64).expect("strips");
            for top in (0..side).step_by(64) {
                let strip: Vec<u8> = (top..(top + 64).min(side)).flat_map(row).collect();
                image.write_strip(&strip).expect("a strip");
            }
            image.finish().expect("a whole picture");
        }
        "jpg" => {
            let mut encoder = mozjpeg::Compress::new(mozjpeg::ColorSpace::JCS_RGB);
            encoder.set_fastest_defaults();
            encoder.set_size(side as usize, side as usize);
            let mut started = encoder.start_compress(file).expect("a header");
            for y in 0..side {
                started.write_scanlines(&row(y)).expect("a row");
            }
            started.finish().expect("a whole picture");
        }
        _ => {
            let mut encoder = png::Encoder::new(file, side, side);
            encoder.set_color(png::ColorType::Rgb);
            encoder.set_compression(png::Compression::Fast);
            let mut writer = encoder.write_header().expect("a header");
            let mut stream = writer.stream_writer().expect("a stream");
            for y in 0..side {
                stream.write_all(&row(y)).expect("a row");
            }
            stream.finish().expect("a whole picture");
        }
    }
}

/// Opens a large picture twice, then moves over it on the canvas in its own size: time, and the most memory of this
/// process so far.
fn large(side: u32) {
    let format = std::env::var("MODELIER_BENCH_FORMAT").unwrap_or_else(|_| "png".to_owned());
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("input")).expect("a folder");
    write_large(&folder.path().join("input").join(format!("large.{format}")), side, &format);
    let workbench = common::open(folder.path());
    let dataset = common::dataset(&workbench, folder.path(), "large", DatasetType::ObjectDetection, &[]);
    let sample = samples(&workbench, dataset).remove(0);
    for turn in ["for the first time", "again"] {
        let began = Instant::now();
        let picture = match workbench.open_picture(&sample, &Cancel::default()).expect("it opens") {
            Opened::Ready(picture) => picture,
            Opened::Large(large) => workbench.make_tiles(&large, &Making::default()).expect("tiles"),
        };
        let opened = began.elapsed();
        let began = Instant::now();
        let tiles = 8.min(side / 1024);
        for column in 0..tiles {
            picture.tile(0, column, column).expect("a tile");
        }
        println!(
            "{side} × {side} {format} {turn}: opened in {:.1} s, a tile in {:.1} ms, at most {} MiB",
            opened.as_secs_f64(),
            millis(began.elapsed()) / f64::from(tiles.max(1)),
            memory_mib("VmHWM:").unwrap_or(0),
        );
    }
    let page = Page::Labeling { dataset, filter: None };
    let mut window = Window::open(&workbench, PersonalSettings::default(), page);
    until_shown(&mut window, sample.id);
    let middle = window.egui.read_response(Canvas::id()).expect("the canvas is shown").rect.center();
    // In its own size, from the middle to a corner and far over to the other.
    window.frame(vec![key_with(Key::O, Modifiers::SHIFT, true)]);
    window.frame(vec![key_with(Key::O, Modifiers::SHIFT, false)]);
    window.settle();
    let mut moved = Vec::new();
    for turn in 0..90 {
        let way = if turn < 30 { vec2(50.0, 30.0) } else { vec2(-50.0, -30.0) };
        let from = middle - way * 5.0;
        window.frame(middle_button(from, true));
        moved.extend((1..=10).map(|step| window.frame(vec![Event::PointerMoved(from + way * step as f32)])));
        window.frame(middle_button(from + way * 10.0, false));
    }
    report("panned in its own size", &moved);
    until_shown(&mut window, sample.id);
    println!("at most {} MiB, aim below 2048", memory_mib("VmHWM:").unwrap_or(0));
}

fn key_with(key: Key, modifiers: Modifiers, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers }
}

fn middle_button(pos: Pos2, pressed: bool) -> Vec<Event> {
    let button = Event::PointerButton { pos, button: PointerButton::Middle, pressed, modifiers: Modifiers::NONE };
    vec![Event::PointerMoved(pos), button]
}

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    if let Some(side) = setting("MODELIER_BENCH_LARGE") {
        large(u32::try_from(side).expect("a side"));
    }
    walk(setting("MODELIER_BENCH_WALK").unwrap_or(if is_bench { 400 } else { 30 }));
}
