//! How long a frame of the canvas takes on the CPU (logic, painting, tessellation; no GPU): with 10,000 shapes while
//! one is drawn, panned and zoomed; with a polygon of 100,000 vertices while it and one of its vertices are dragged.
//! And what an edit takes on its way to the disk.
//!
//! `cargo bench --bench canvas`; with `MODELIER_BENCH_LARGE=40000` also how long a PNG of that many pixels a side takes to
//! open, and how much memory.

use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, TouchPhase, Vec2, vec2};
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::{
    Actor, Annotation, AnnotationBody, Cancel, DatasetId, DatasetType, Edit, LabelId, Shape, Timestamp,
};
use modelier::ui::App;
use modelier::ui::canvas::Canvas;
use modelier::ui::pages::Page;
use modelier::workbench::{NewDataset, NewLabel, OpenOptions, PersonalSettings, Task, Workbench};
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SHAPES: u32 = 10_000;
const VERTICES: u32 = 100_000;
/// The side of the pictures in pixels.
const SIDE: u32 = 2_000;
/// The goal for 95 of 100 frames.
const TARGET: Duration = Duration::from_millis(33);

fn annotation(label: LabelId, shape: Shape) -> Annotation {
    Annotation::human(label, AnnotationBody::shape(shape), "human".to_owned(), Timestamp(0))
}

/// A workspace with two pictures: many shapes in one, a polygon of many vertices in the other.
fn workspace(folder: &std::path::Path) -> (Workbench, DatasetId) {
    let input = folder.join("input");
    std::fs::create_dir_all(&input).expect("a folder");
    for name in ["1-many.png", "2-long.png"] {
        image::RgbImage::from_pixel(SIDE, SIDE, image::Rgb([90, 100, 110])).save(input.join(name)).expect("a picture");
    }
    let workbench = Workbench::open(OpenOptions {
        workspace: folder.join("workspace"),
        actor: Actor("bench".to_owned()),
        client: "bench".to_owned(),
        executable: PathBuf::from("modelier"),
    })
    .expect("a workspace");
    let dataset = workbench
        .create_dataset(NewDataset {
            name: "shapes".to_owned(),
            description: String::new(),
            kind: DatasetType::ObjectDetection,
            input: input.display().to_string(),
            output: folder.join("output").display().to_string(),
            labels: vec![NewLabel { name: "cell".to_owned(), color: None }],
        })
        .expect("a dataset")
        .id;
    workbench.sync(dataset, &Task::silent()).expect("a sync");
    let label = workbench.labels(dataset).expect("labels")[0].label.id;
    let view = workbench.view(dataset, &SampleFilter::default(), SampleSort::Name, &Cancel::default()).expect("a view");
    let ids = workbench.sample_ids(&view, 0..2).expect("two");
    let columns = 100;
    let boxes = (0..SHAPES).map(|index| {
        let (x, y) = (f64::from(index % columns) * 20.0, f64::from(index / columns) * 20.0);
        annotation(label, Shape::rectangle([x + 2.0, y + 2.0], [x + 16.0, y + 17.0]))
    });
    let around = (0..VERTICES).map(|index| {
        let angle = f64::from(index) / f64::from(VERTICES) * std::f64::consts::TAU;
        let radius = 600.0 + 30.0 * (angle * 900.0).sin();
        [1_000.0 + radius * angle.cos(), 1_000.0 + radius * angle.sin()]
    });
    let long = annotation(label, Shape::polygon(around.collect()));
    for (sample, put) in ids.iter().zip([boxes.collect::<Vec<_>>(), vec![long]]) {
        let edit = Edit::Annotate { sample: *sample, put, remove: Vec::new(), order: Vec::new() };
        workbench.edit(dataset, &edit).expect("an edit");
    }
    let more = annotation(label, Shape::rectangle([1.0, 1.0], [9.0, 9.0]));
    let draw = Edit::Annotate { sample: ids[0], put: vec![more.clone()], remove: Vec::new(), order: Vec::new() };
    let began = Instant::now();
    workbench.edit(dataset, &draw).expect("an edit");
    println!("{:<34} {:>6.1} ms", "an edit among 10,000, on the disk", began.elapsed().as_secs_f64() * 1e3);
    let began = Instant::now();
    workbench.undo_sample(dataset, ids[0]).expect("an undo");
    println!("{:<34} {:>6.1} ms", "its undo", began.elapsed().as_secs_f64() * 1e3);
    (workbench, dataset)
}

struct Bench {
    egui: egui::Context,
    app: App,
    frame: u32,
}

impl Bench {
    /// Draws a frame; returns the time of this thread's processor that it took.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1600.0, 1000.0))),
            time: Some(f64::from(self.frame) / 60.0),
            focused: true,
            events,
            ..RawInput::default()
        };
        self.frame += 1;
        let busy = busy_time();
        let app = &mut self.app;
        let mut output = self.egui.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        // There is no GPU to give textures to.
        output.textures_delta.clear();
        let shapes = self.egui.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        std::hint::black_box(shapes);
        busy_time().saturating_sub(busy)
    }

    fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 10 {
            self.frame(Vec::new());
            quiet = if self.app.backend().is_idle() { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn canvas(&self) -> Rect {
        self.egui.read_response(Canvas::id()).expect("the canvas is shown").rect
    }

    fn button(&mut self, pos: Pos2, pressed: bool) -> Duration {
        let modifiers = Modifiers::NONE;
        self.frame(vec![
            Event::PointerMoved(pos),
            Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers },
        ])
    }

    /// Drags in small steps; returns what each frame of it took, the last one with the release.
    fn drag(&mut self, from: Pos2, by: Vec2, steps: u32) -> Vec<Duration> {
        self.frame(vec![Event::PointerMoved(from)]);
        let mut times = vec![self.button(from, true)];
        for step in 1..=steps {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
            let at = from + by * (step as f32 / steps as f32);
            times.push(self.frame(vec![Event::PointerMoved(at)]));
        }
        times.push(self.button(from + by, false));
        times
    }

    fn press(&mut self, key: Key) {
        let events = [true, false].map(|pressed| Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        });
        self.frame(events.to_vec());
        self.settle();
    }
}

/// How long this thread has run, as Linux tells it; nothing elsewhere.
fn busy_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn report(name: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{name:<34} {:>4} frames   CPU p50 {:>6.2}  p95 {:>6.2}  max {:>6.2} ms",
        times.len(),
        millis(at(50)),
        millis(at(95)),
        millis(at(100)),
    );
    at(95)
}

fn wheel(at: Pos2, points: f32) -> Vec<Event> {
    vec![
        Event::PointerMoved(at),
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        },
    ]
}

/// Writes a large PNG and opens it: time and the largest memory of this process so far.
fn large(side: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("input");
    std::fs::create_dir_all(&input).expect("a folder");
    let file = std::io::BufWriter::new(std::fs::File::create(input.join("large.png")).expect("a file"));
    let mut encoder = png::Encoder::new(file, side, side);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a header");
    let mut stream = writer.stream_writer().expect("a stream");
    let mut row = vec![0_u8; side as usize * 3];
    for y in 0..side {
        for (x, pixel) in (0_u32..).zip(row.as_chunks_mut::<3>().0) {
            *pixel = [(x / 64) as u8, (y / 64) as u8, (x ^ y) as u8];
        }
        std::io::Write::write_all(&mut stream, &row).expect("a row");
    }
    stream.finish().expect("a whole picture");
    drop(writer);
    let workbench = Workbench::open(OpenOptions {
        workspace: folder.path().join("workspace"),
        actor: Actor("bench".to_owned()),
        client: "bench".to_owned(),
        executable: PathBuf::from("modelier"),
    })
    .expect("a workspace");
    let dataset = workbench
        .create_dataset(NewDataset {
            name: "large".to_owned(),
            description: String::new(),
            kind: DatasetType::ObjectDetection,
            input: input.display().to_string(),
            output: folder.path().join("output").display().to_string(),
            labels: Vec::new(),
        })
        .expect("a dataset")
        .id;
    workbench.sync(dataset, &Task::silent()).expect("a sync");
    let view = workbench.view(dataset, &SampleFilter::default(), SampleSort::Name, &Cancel::default()).expect("a view");
    let sample = workbench.row_heads(&view, 0..1).expect("a row").remove(0).sample;
    let memory = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    for turn in ["for the first time", "again"] {
        let began = Instant::now();
        let picture = workbench.open_picture(&sample).expect("it opens");
        let opened = began.elapsed();
        let began = Instant::now();
        for column in 0..8.min(side / 1024) {
            picture.tile(0, column, column).expect("a tile");
        }
        println!(
            "{side} × {side} PNG {turn}: opened in {:.1} s, a tile in {:.1} ms, at most {} MB",
            opened.as_secs_f64(),
            began.elapsed().as_secs_f64() * 1e3 / 8.0,
            memory(),
        );
    }
}

fn main() {
    if let Some(side) = std::env::var("MODELIER_BENCH_LARGE").ok().and_then(|text| text.parse().ok()) {
        large(side);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (workbench, dataset) = workspace(folder.path());
    let egui = egui::Context::default();
    modelier::ui::theme::install(&egui);
    let settings = PersonalSettings { language: Some("en".to_owned()), tour_seen: true, ..PersonalSettings::default() };
    let app = App::new(&egui, workbench, settings, None).expect("threads");
    let mut bench = Bench { egui, app, frame: 0 };
    bench.app.open(Page::Labeling { dataset, filter: None });
    bench.settle();
    let middle = bench.canvas().center();
    let mut worst = Vec::new();
    // The tool that is there first draws rectangles.
    worst.push(report("draw one among 10,000", bench.drag(middle - vec2(201.0, 203.0), vec2(300.0, 290.0), 300)));
    bench.settle();
    let zoomed = (0..120).map(|turn| bench.frame(wheel(middle, if turn < 60 { 12.0 } else { -12.0 }))).collect();
    worst.push(report("zoom over 10,000", zoomed));
    bench.settle();
    bench.press(Key::V);
    worst.push(report("move one among 10,000", bench.drag(middle + vec2(3.0, 3.0), vec2(40.0, 30.0), 200)));
    bench.settle();
    bench.press(Key::D);
    let times = bench.drag(middle, vec2(60.0, 40.0), 200);
    worst.push(report("drag 100,000 vertices", times));
    bench.settle();
    // The vertex at the right, as far from the middle as the outline's radius says.
    let scale = (bench.canvas().height() - 24.0) / 2_000.0;
    let vertex = middle + vec2(60.0, 40.0) + vec2(600.0 * scale, 0.0);
    worst.push(report("drag one of 100,000 vertices", bench.drag(vertex, vec2(30.0, 10.0), 200)));
    bench.settle();
    let worst = worst.into_iter().max().unwrap_or_default();
    println!("worst p95 {:.2} ms, target {} ms", worst.as_secs_f64() * 1e3, TARGET.as_millis());
}
