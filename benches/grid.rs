//! How long a frame of the labeling grid takes on the CPU (layout, painting, tessellation; no GPU) while a million
//! samples are scrolled: by wheel, by page and by jumps from end to end.
//!
//! `cargo bench --bench grid`; `MODELIER_BENCH_SAMPLES` sets another number of samples.

use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, vec2};
use modelier::catalog::Catalog;
use modelier::domain::query::{IncomingSample, OnKnown};
use modelier::domain::{Actor, DatasetId, DatasetType, Media, Sample, SampleId, SampleState, Timestamp};
use modelier::ui::App;
use modelier::ui::pages::Page;
use modelier::workbench::{NewDataset, OpenOptions, PersonalSettings, Workbench};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Different pictures; the samples take turns.
const PICTURES: usize = 64;
/// Samples written in one transaction.
const BATCH: usize = 10_000;
/// The goal for 95 of 100 frames.
const TARGET: Duration = Duration::from_millis(8);

fn write_pictures(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    for index in 0..PICTURES {
        let shade = u8::try_from(index * 255 / PICTURES).expect("below 256");
        let picture = image::RgbImage::from_fn(160, 120, |x, y| {
            image::Rgb([shade, u8::try_from(x).unwrap_or(0), u8::try_from(y).unwrap_or(0)])
        });
        picture.save(folder.join(format!("{index}.png"))).expect("a picture");
    }
}

/// A workspace with that many samples; kept between runs.
fn workspace(count: usize) -> (Workbench, DatasetId) {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("grid-bench-{count}"));
    let open = |root: &Path| {
        Workbench::open(OpenOptions {
            workspace: root.join("workspace"),
            actor: Actor("bench".to_owned()),
            client: "bench".to_owned(),
            executable: PathBuf::from("modelier"),
        })
        .expect("a workspace")
    };
    if root.join("complete").is_file() {
        let workbench = open(&root);
        let id = workbench.dataset("million").expect("the dataset").dataset.id;
        return (workbench, id);
    }
    let _ = std::fs::remove_dir_all(&root);
    let input = root.join("input");
    write_pictures(&input);
    let workbench = open(&root);
    let dataset = workbench
        .create_dataset(NewDataset {
            name: "million".to_owned(),
            description: String::new(),
            kind: DatasetType::ImageClassification,
            input: input.display().to_string(),
            output: root.join("output").display().to_string(),
            labels: Vec::new(),
        })
        .expect("a dataset");
    let started = Instant::now();
    let catalog = Catalog::open(&root.join("workspace").join("catalog.sqlite")).expect("the catalog");
    for start in (0..count).step_by(BATCH) {
        let batch: Vec<IncomingSample> = (start..(start + BATCH).min(count))
            .map(|index| {
                let name = format!("{:04}/{index:07}.png", index / 1000);
                let sample = Sample {
                    id: SampleId::of_file(dataset.id, name.as_bytes()),
                    source: format!("{}/{}.png", dataset.input.trim_end_matches('/'), index % PICTURES),
                    name,
                    media: Media::default(),
                    manifest_id: None,
                    extra: serde_json::Map::new(),
                    added: Timestamp(0),
                };
                IncomingSample { sample, state: SampleState::Unlabeled, usage: None, annotations: Vec::new() }
            })
            .collect();
        catalog.receive_samples(dataset.id, &batch, OnKnown::KeepAnnotations).expect("a batch");
    }
    println!("{count} samples written in {:.1} s", started.elapsed().as_secs_f64());
    std::fs::write(root.join("complete"), "").expect("a marker");
    (workbench, dataset.id)
}

struct Bench {
    egui: egui::Context,
    app: App,
    frame: u32,
}

impl Bench {
    /// Draws a frame; returns what it took.
    fn frame(&mut self, events: Vec<Event>) -> Took {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1600.0, 1000.0))),
            time: Some(f64::from(self.frame) / 60.0),
            focused: true,
            events,
            ..RawInput::default()
        };
        self.frame += 1;
        let (started, busy) = (Instant::now(), busy_time());
        let app = &mut self.app;
        let mut output = self.egui.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        // There is no GPU to give textures to.
        output.textures_delta.clear();
        let shapes = self.egui.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        let took = Took { elapsed: started.elapsed(), busy: busy_time().saturating_sub(busy) };
        std::hint::black_box(shapes);
        took
    }

    fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 10 {
            self.frame(Vec::new());
            quiet = if self.app.backend().is_idle() { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn key(key: Key) -> Vec<Event> {
    [true, false]
        .map(|pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE })
        .to_vec()
}

fn wheel(points: f32) -> Vec<Event> {
    let over_grid = Pos2::new(600.0, 500.0);
    vec![
        Event::PointerMoved(over_grid),
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, -points),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        },
    ]
}

/// What a frame took: by the clock, and of this thread's processor time alone, which other programs do not lengthen.
#[derive(Clone, Copy)]
struct Took {
    elapsed: Duration,
    busy: Duration,
}

/// How long this thread has run, as Linux tells it; nothing elsewhere.
fn busy_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Prints both measures; returns the 95th percentile of processor time.
fn report(name: &str, times: Vec<Took>) -> Duration {
    let sorted = |of: fn(&Took) -> Duration| {
        let mut sorted: Vec<Duration> = times.iter().map(of).collect();
        sorted.sort_unstable();
        move |share: usize| sorted[(sorted.len() - 1) * share / 100]
    };
    let (elapsed, busy) = (sorted(|took| took.elapsed), sorted(|took| took.busy));
    println!(
        "{name:<28} {:>4} frames   CPU p50 {:>6.2}  p95 {:>6.2}  max {:>6.2} ms   clock p50 {:>6.2}  p95 {:>6.2} ms",
        times.len(),
        millis(busy(50)),
        millis(busy(95)),
        millis(busy(100)),
        millis(elapsed(50)),
        millis(elapsed(95)),
    );
    busy(95)
}

fn main() {
    let count = std::env::var("MODELIER_BENCH_SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let (workbench, dataset) = workspace(count);
    for side in [140.0, 64.0] {
        let egui = egui::Context::default();
        let settings = PersonalSettings {
            language: Some("en".to_owned()),
            tour_seen: true,
            thumbnail_side: side,
            ..PersonalSettings::default()
        };
        let app = App::new(&egui, workbench.clone(), settings, None).expect("threads");
        let mut bench = Bench { egui, app, frame: 0 };
        bench.app.open(Page::Labeling { dataset, filter: None });
        let opened = Instant::now();
        bench.settle();
        println!("thumbnails of {side} points: opened in {:.2} s", opened.elapsed().as_secs_f64());
        let slow = (0..600).map(|_| bench.frame(wheel(40.0))).collect();
        let fast = (0..600).map(|_| bench.frame(wheel(2_000.0))).collect();
        let pages = (0..300).map(|_| bench.frame(key(Key::PageDown))).collect();
        let jumps = (0..200).map(|turn| bench.frame(key(if turn % 2 == 0 { Key::End } else { Key::Home }))).collect();
        bench.settle();
        let all = bench.frame(vec![Event::Key {
            key: Key::A,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::COMMAND,
        }]);
        let selected = (0..120).map(|_| bench.frame(wheel(300.0))).collect();
        let worst = [
            report("wheel, 40 points a frame", slow),
            report("wheel, 2 000 points a frame", fast),
            report("page down", pages),
            report("end and home", jumps),
            report("wheel with all selected", selected),
        ]
        .into_iter()
        .max()
        .unwrap_or_default();
        println!("{:<28} CPU {:.2} ms", "select all", millis(all.busy));
        println!("worst p95 {:.2} ms, target {} ms", millis(worst), TARGET.as_millis());
    }
}
