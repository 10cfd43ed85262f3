//! How long a frame of the canvas takes on the CPU (logic, painting, tessellation; no GPU): with 10,000 shapes while
//! one is drawn, panned and zoomed; with a polygon of 100,000 vertices while it and one of its vertices are dragged.
//! And what an edit takes on its way to the disk.
//!
//! `cargo bench --bench canvas`

mod common;

use common::window::{Took, Window, key, millis, report, wheel};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Vec2, vec2};
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::{
    Annotation, AnnotationBody, AnnotationId, Cancel, DatasetId, DatasetType, Edit, LabelId, Shape, Timestamp,
};
use modelier::ui::canvas::Canvas;
use modelier::ui::pages::Page;
use modelier::workbench::{PersonalSettings, Task, Workbench};
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
    let workbench = common::open(folder);
    let dataset = common::dataset(&workbench, folder, "shapes", DatasetType::ObjectDetection, &["cell"]);
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
    let annotate = |put, remove| Edit::Annotate { sample: ids[0], put, remove, order: Vec::new() };
    let first = workbench.row_heads(&view, 0..1).map(|_| workbench.rows(&view, 0..1).expect("a row"));
    let first: AnnotationId = first.expect("a row")[0].annotations[0].id;
    for (name, edit) in [
        ("draw one among 10,000, on the disk", annotate(vec![more], Vec::new())),
        ("delete the first of 10,000", annotate(Vec::new(), vec![first])),
    ] {
        let began = Instant::now();
        workbench.edit(dataset, &edit).expect("an edit");
        println!("{name:<34} {:>6.1} ms", millis(began.elapsed()));
        let began = Instant::now();
        workbench.undo_sample(dataset, ids[0]).expect("an undo");
        println!("{:<34} {:>6.1} ms", "its undo", millis(began.elapsed()));
    }
    (workbench, dataset)
}

/// The canvas in the window.
struct Bench(Window);

impl Bench {
    fn canvas(&self) -> Rect {
        self.0.egui.read_response(Canvas::id()).expect("the canvas is shown").rect
    }

    fn button(&mut self, pos: Pos2, pressed: bool) -> Took {
        let modifiers = Modifiers::NONE;
        self.0.frame(vec![
            Event::PointerMoved(pos),
            Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers },
        ])
    }

    /// Drags in small steps; returns what each frame of it took, the last one with the release.
    fn drag(&mut self, from: Pos2, by: Vec2, steps: u32) -> Vec<Took> {
        self.0.frame(vec![Event::PointerMoved(from)]);
        let mut times = vec![self.button(from, true)];
        for step in 1..=steps {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
            let at = from + by * (step as f32 / steps as f32);
            times.push(self.0.frame(vec![Event::PointerMoved(at)]));
        }
        times.push(self.button(from + by, false));
        times
    }

    fn press(&mut self, pressed: Key) {
        self.0.frame(key(pressed));
        self.0.settle();
    }
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let (workbench, dataset) = workspace(folder.path());
    let page = Page::Labeling { dataset, filter: None };
    let mut bench = Bench(Window::open(&workbench, PersonalSettings::default(), page));
    let middle = bench.canvas().center();
    let mut worst = Vec::new();
    // The tool that is there first draws rectangles.
    worst.push(report("draw one among 10,000", &bench.drag(middle - vec2(201.0, 203.0), vec2(300.0, 290.0), 300)));
    bench.0.settle();
    let zoomed: Vec<Took> =
        (0..120).map(|turn| bench.0.frame(wheel(middle, if turn < 60 { 12.0 } else { -12.0 }))).collect();
    worst.push(report("zoom over 10,000", &zoomed));
    bench.0.settle();
    bench.press(Key::V);
    worst.push(report("move one among 10,000", &bench.drag(middle + vec2(3.0, 3.0), vec2(40.0, 30.0), 200)));
    bench.0.settle();
    bench.press(Key::D);
    let times = bench.drag(middle, vec2(60.0, 40.0), 200);
    worst.push(report("drag 100,000 vertices", &times));
    bench.0.settle();
    // The vertex at the right, as far from the middle as the outline's radius says.
    let scale = (bench.canvas().height() - 24.0) / 2_000.0;
    let vertex = middle + vec2(60.0, 40.0) + vec2(600.0 * scale, 0.0);
    worst.push(report("drag one of 100,000 vertices", &bench.drag(vertex, vec2(30.0, 10.0), 200)));
    bench.0.settle();
    let worst = worst.into_iter().max().unwrap_or_default();
    println!("worst p95 {:.2} ms, target {} ms", worst.as_secs_f64() * 1e3, TARGET.as_millis());
}
