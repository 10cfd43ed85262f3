//! How long a frame of the labeling grid takes on the CPU (layout, painting, tessellation; no GPU) while a million
//! samples are scrolled: by wheel, by page and by jumps from end to end.
//!
//! `cargo bench --bench grid`; `MODELIER_BENCH_SAMPLES` sets another number of samples.

mod common;

use common::window::{Took, Window, key, millis, report, wheel};
use egui::{Event, Key, Modifiers, Pos2};
use modelier::catalog::Catalog;
use modelier::domain::query::{IncomingSample, OnKnown};
use modelier::domain::{DatasetId, DatasetType, Media, Sample, SampleId, SampleState, Timestamp};
use modelier::ui::pages::Page;
use modelier::workbench::{PersonalSettings, Workbench};
use std::path::Path;
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
    if root.join("complete").is_file() {
        let workbench = common::open(&root);
        let id = workbench.dataset("million").expect("the dataset").dataset.id;
        return (workbench, id);
    }
    let _ = std::fs::remove_dir_all(&root);
    let input = root.join("input");
    write_pictures(&input);
    let workbench = common::open(&root);
    let id = common::dataset(&workbench, &root, "million", DatasetType::ImageClassification, &[]);
    let dataset = workbench.dataset_by_id(id).expect("the dataset").dataset;
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
                IncomingSample {
                    sample,
                    state: SampleState::Unlabeled,
                    usage: None,
                    annotations: Vec::new(),
                    text: None,
                }
            })
            .collect();
        catalog.receive_samples(dataset.id, &batch, OnKnown::KeepAnnotations).expect("a batch");
    }
    println!("{count} samples written in {:.1} s", started.elapsed().as_secs_f64());
    std::fs::write(root.join("complete"), "").expect("a marker");
    (workbench, dataset.id)
}

/// The wheel turned over the grid, downwards.
fn scroll(points: f32) -> Vec<Event> {
    wheel(Pos2::new(600.0, 500.0), -points)
}

fn main() {
    let count = common::setting("MODELIER_BENCH_SAMPLES").unwrap_or(1_000_000);
    let (workbench, dataset) = workspace(count);
    for side in [140.0, 64.0] {
        let opened = Instant::now();
        let settings = PersonalSettings { thumbnail_side: side, ..PersonalSettings::default() };
        let mut bench = Window::open(&workbench, settings, Page::Labeling { dataset, filter: None });
        println!("thumbnails of {side} points: opened in {:.2} s", opened.elapsed().as_secs_f64());
        let slow: Vec<Took> = (0..600).map(|_| bench.frame(scroll(40.0))).collect();
        let fast: Vec<Took> = (0..600).map(|_| bench.frame(scroll(2_000.0))).collect();
        let pages: Vec<Took> = (0..300).map(|_| bench.frame(key(Key::PageDown))).collect();
        let jumps: Vec<Took> =
            (0..200).map(|turn| bench.frame(key(if turn % 2 == 0 { Key::End } else { Key::Home }))).collect();
        bench.settle();
        let all = bench.frame(vec![Event::Key {
            key: Key::A,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::COMMAND,
        }]);
        let selected: Vec<Took> = (0..120).map(|_| bench.frame(scroll(300.0))).collect();
        let worst = [
            report("wheel, 40 points a frame", &slow),
            report("wheel, 2 000 points a frame", &fast),
            report("page down", &pages),
            report("end and home", &jumps),
            report("wheel with all selected", &selected),
        ]
        .into_iter()
        .max()
        .unwrap_or_default();
        println!("{:<28} CPU {:.2} ms", "select all", millis(all.busy));
        println!("worst p95 {:.2} ms, target {} ms", millis(worst), TARGET.as_millis());
    }
}
