//! The catalog with a million samples: what the window asks of it, and how long each answer takes.
//!
//! `cargo bench --bench catalog` measures; `cargo test --bench catalog` runs it with a thousand samples, to see that it
//! works. The number of samples can be given in `MODELIER_BENCH_SAMPLES`.

use modelier::catalog::Catalog;
use modelier::domain::edit::EditContext;
use modelier::domain::query::{IncomingSample, OnKnown, SampleFilter, SampleSort};
use modelier::domain::{
    Actor, Annotation, AnnotationSet, Assign, Cancel, Color, Dataset, DatasetId, DatasetName, DatasetType, Description,
    Edit, Label, LabelId, LabelName, Media, Origin, Sample, SampleId, SampleState, Timestamp,
};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const LABELS: usize = 20;
const ROUNDS: usize = 15;
const BATCH: usize = 20_000;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let samples = match std::env::var("MODELIER_BENCH_SAMPLES") {
        Ok(samples) => samples.parse()?,
        Err(_) if is_bench => 1_000_000,
        Err(_) => 1_000,
    };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let path = folder.path().join("catalog.sqlite");
    let labels = labels()?;
    let dataset = fill(&path, samples, &labels)?;
    measure_reading(&path, dataset, samples, &labels)?;
    measure_writing(&path, dataset, samples, &labels)
}

fn labels() -> Outcome<Vec<Label>> {
    (0..LABELS)
        .map(|index| {
            Ok(Label {
                id: LabelId::random(),
                name: LabelName::new(&format!("label-{index:02}"))?,
                color: Color::of_label(index),
                key: None,
                position: u32::try_from(index)?,
                extra: serde_json::Map::new(),
            })
        })
        .collect()
}

/// Six in ten samples are labeled, every seventh of those twice; one in ten has a suggestion; every fiftieth is hard.
fn sample(dataset: DatasetId, index: usize, labels: &[Label]) -> IncomingSample {
    let scattered = index.wrapping_mul(7_919) % 1_000_003;
    let name = format!("folder-{:03}/photo-{scattered:07}-{index}.jpg", scattered % 500);
    let annotation = |label: usize| Annotation {
        hard: index.is_multiple_of(50).then_some(true),
        ..Annotation::class(labels[label % LABELS].id, "human/ada".to_owned(), Timestamp(1_700_000_000_000))
    };
    let (state, annotations) = match index % 10 {
        0..6 if index.is_multiple_of(7) => {
            (SampleState::Labeled, vec![annotation(scattered), annotation(scattered + 1)])
        }
        0..6 => (SampleState::Labeled, vec![annotation(scattered)]),
        6 => {
            let set = AnnotationSet::Suggestion("auto".to_owned());
            let suggested = Annotation { set, origin: Origin::Model, confidence: Some(0.7), ..annotation(scattered) };
            (SampleState::ToConfirm, vec![suggested])
        }
        _ => (SampleState::Unlabeled, Vec::new()),
    };
    let media = Media {
        size_bytes: Some(250_000),
        modified: Some(Timestamp(1_700_000_000_000)),
        width_px: Some(640),
        height_px: Some(480),
        ..Media::default()
    };
    let sample = Sample {
        id: SampleId::of_file(dataset, name.as_bytes()),
        source: format!("file:///photos/{name}"),
        name,
        media,
        manifest_id: None,
        extra: serde_json::Map::new(),
        added: Timestamp(1_700_000_000_000),
    };
    IncomingSample { sample, state, usage: None, annotations, text: None }
}

fn fill(path: &Path, samples: usize, labels: &[Label]) -> Outcome<DatasetId> {
    let started = Instant::now();
    let catalog = Catalog::open(path)?;
    let dataset = Dataset {
        id: DatasetId::random(),
        name: DatasetName::new("photos")?,
        description: Description::default(),
        kind: DatasetType::ImageClassification,
        input: "file:///photos/".to_owned(),
        output: "file:///published/".to_owned(),
        folder: "photos-1".to_owned(),
        created: Timestamp(1),
        modified: Timestamp(1),
        current_version: None,
        shape: None,
        text_split: None,
    };
    catalog.create_dataset(&dataset, labels)?;
    for first in (0..samples).step_by(BATCH) {
        let batch: Vec<_> =
            (first..samples.min(first + BATCH)).map(|index| sample(dataset.id, index, labels)).collect();
        catalog.receive_samples(dataset.id, &batch, OnKnown::KeepAnnotations)?;
    }
    drop(catalog);
    let size_mb = std::fs::metadata(path)?.len() / 1_000_000;
    println!("{samples} samples written in {:.1} s, {size_mb} MB", started.elapsed().as_secs_f64());
    println!("{:<44} {:>10} {:>10} {:>12}", "", "p50 ms", "p95 ms", "p50 cpu ms");
    Ok(dataset.id)
}

/// Time this thread spent on a processor, where the system tells: on a busy machine the clock says less.
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split(' ').next()?.parse().ok()?))
}

fn measure<T>(what: &str, mut work: impl FnMut(usize) -> Outcome<T>) -> Outcome<()> {
    let mut times: Vec<Duration> = Vec::with_capacity(ROUNDS);
    let mut processor_times: Vec<Duration> = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let processor = processor_time();
        let started = Instant::now();
        black_box(work(round)?);
        times.push(started.elapsed());
        processor_times.extend(processor_time().zip(processor).map(|(after, before)| after.saturating_sub(before)));
    }
    let at = |times: &mut Vec<Duration>, percent: usize| {
        times.sort_unstable();
        let index = (times.len().saturating_sub(1) * percent).div_ceil(100);
        times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    };
    let (middle, high, processor) = (at(&mut times, 50), at(&mut times, 95), at(&mut processor_times, 50));
    println!("{what:<44} {middle:>10.2} {high:>10.2} {processor:>12.2}");
    Ok(())
}

fn measure_reading(path: &Path, dataset: DatasetId, samples: usize, labels: &[Label]) -> Outcome<()> {
    let catalog = Catalog::open(path)?;
    let any = SampleFilter::default();
    let state = |state: SampleState| SampleFilter { state: Some(state), ..SampleFilter::default() };
    let label = |label: usize| SampleFilter { labels: vec![labels[label % LABELS].id], ..SampleFilter::default() };
    let view = |filter: &SampleFilter, sort: SampleSort| catalog.view(dataset, filter, sort, &Cancel::default());

    measure("open the catalog, list datasets with counts", |_| {
        let catalog = Catalog::open(path)?;
        Ok((catalog.datasets()?, catalog.dataset(dataset)?))
    })?;
    measure("counts of the tabs", |_| Ok(catalog.counts(dataset)?))?;
    measure("labels with their counts", |_| Ok(catalog.labels(dataset)?))?;
    measure("counts of the tabs for one label", |round| Ok(catalog.counts_filtered(dataset, &label(round))?))?;
    measure("first page of 100, by name", |_| Ok(catalog.page(dataset, &any, 100, None)?))?;
    let all = view(&any, SampleSort::Name)?;
    let middle = catalog.ids(&all, samples / 2..samples / 2 + 1)?.first().copied();
    measure("page of 100 in the middle", |_| Ok(catalog.page(dataset, &any, 100, middle)?))?;
    measure("page of 100 unlabeled in the middle", |_| {
        Ok(catalog.page(dataset, &state(SampleState::Unlabeled), 100, middle)?)
    })?;
    measure("view of all, by name, for the first time", |_| {
        let catalog = Catalog::open(path)?;
        Ok(catalog.view(dataset, &any, SampleSort::Name, &Cancel::default())?)
    })?;
    measure("view of one label, by name, for the first time", |round| {
        let catalog = Catalog::open(path)?;
        Ok(catalog.view(dataset, &label(round), SampleSort::Name, &Cancel::default())?)
    })?;
    measure("view of all, by name", |_| Ok(view(&any, SampleSort::Name)?))?;
    measure("view of all, by name, descending", |_| Ok(view(&any, SampleSort::NameDescending)?))?;
    measure("view of all, in the order of adding", |_| Ok(view(&any, SampleSort::Added)?))?;
    measure("view of the labeled, by name", |_| Ok(view(&state(SampleState::Labeled), SampleSort::Name)?))?;
    measure("view of one label, by name", |round| Ok(view(&label(round), SampleSort::Name)?))?;
    measure("view of one label and state, by name", |round| {
        let filter = SampleFilter { state: Some(SampleState::Labeled), ..label(round) };
        Ok(view(&filter, SampleSort::Name)?)
    })?;
    measure("view of the hard ones, by name", |_| {
        Ok(view(&SampleFilter { hard: Some(true), ..SampleFilter::default() }, SampleSort::Name)?)
    })?;
    measure("view of names that contain a text", |_| {
        Ok(view(&SampleFilter { text: "PHOTO-0012".to_owned(), ..SampleFilter::default() }, SampleSort::Name)?)
    })?;
    measure("200 rows in the middle of a view", |round| {
        let first = samples / 2 + round * 200;
        Ok(catalog.rows(&all, first..first + 200)?)
    })?;
    measure("position of a sample in a view", |_| {
        Ok(match middle {
            Some(sample) => catalog.position(&all, sample)?,
            None => None,
        })
    })?;
    measure("find a sample by source", |round| {
        let source = sample(dataset, (round * 997) % samples, labels).sample.source;
        Ok(catalog.find_samples(dataset, &[source])?)
    })?;
    measure("data version", |_| Ok(catalog.data_version()?))
}

fn measure_writing(path: &Path, dataset: DatasetId, samples: usize, labels: &[Label]) -> Outcome<()> {
    let catalog = Catalog::open(path)?;
    let context = EditContext { actor: Actor("ada".to_owned()), now: Timestamp(1_700_000_000_001) };
    let assign = |ids: Vec<SampleId>, label: usize| Edit::Assign {
        samples: ids,
        labels: vec![labels[label % LABELS].id],
        how: Assign::Replace,
    };
    let all = catalog.view(dataset, &SampleFilter::default(), SampleSort::Added, &Cancel::default())?;
    let ids = catalog.ids(&all, 0..samples / 10)?;
    measure("label one sample, on the disk", |round| {
        let edit = assign(vec![ids[(round * 31) % ids.len()]], round);
        Ok(catalog.edit(dataset, &edit, &context, "window")?)
    })?;
    measure("undo it, on the disk", |_| Ok(catalog.undo(dataset, "window", &context)?))?;
    let tenth = ids.len();
    let started = Instant::now();
    catalog.edit(dataset, &assign(ids, 3), &context, "window")?;
    println!("label {tenth} samples: {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    catalog.undo(dataset, "window", &context)?;
    println!("undo that: {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let corrected = catalog.rebuild_counts(dataset)?.corrected;
    println!("check all counts: {:.1} s, {corrected} wrong", started.elapsed().as_secs_f64());
    if corrected == 0 { Ok(()) } else { Err("the counts were wrong".into()) }
}
