//! Texts: a million of them in the catalog, paged and searched; a hundred thousand lines brought in.
//!
//! `cargo bench --bench texts` measures; `cargo test --bench texts` runs it with a thousand texts, to see that it works.
//! The number of texts can be given in `MODELIER_BENCH_SAMPLES`. `MODELIER_DOCCANO_PYTHON` and
//! `MODELIER_LABEL_STUDIO_PYTHON` name Pythons that have these: they are given the same file.

mod common;

use modelier::catalog::Catalog;
use modelier::domain::query::{IncomingSample, OnKnown, SampleFilter, SampleSort};
use modelier::domain::text::beginning;
use modelier::domain::{
    Cancel, Dataset, DatasetId, DatasetName, DatasetType, Description, Media, Sample, SampleState, TextMark,
    TextOrigin, TextSplit, Timestamp,
};
use modelier::workbench::{ImportRequest, ImportSource, Task};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const BATCH: usize = 20_000;
/// The aims of the project.
const IMPORTED_S: f64 = 10.0;
const SHOWN_MS: f64 = 200.0;
const ROUNDS: usize = 11;
/// Parts of reviews, put together in turn.
const BEGINNINGS: [&str; 8] = [
    "送餐很快，",
    "等了一个多小时，",
    "包装不错，",
    "味道一般，",
    "分量太少了，",
    "很好吃，",
    "第二次点了，",
    "价格有点贵，",
];
const MIDDLES: [&str; 9] = [
    "米饭有点硬",
    "宫保鸡丁的味道很好",
    "汤都洒出来了",
    "送餐员态度很好",
    "服务态度差",
    "没有餐具",
    "可乐是热的",
    "肉很新鲜",
    "比店里的好吃",
];
const ENDS: [&str; 7] = ["，下次还来！", "，不会再定了。", "，推荐 👍", "，一般般吧", "，OK", "。", "，给好评"];

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let samples = common::setting("MODELIER_BENCH_SAMPLES").unwrap_or(if is_bench { 1_000_000 } else { 1_000 });
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let path = folder.path().join("catalog.sqlite");
    let dataset = fill(&path, samples)?;
    measure_reading(&path, dataset, samples)?;
    measure_import(folder.path(), (samples / 10).max(1_000))
}

/// Lines with labels in a table: brought in as a file, and by the first and the second sync of a folder.
fn measure_import(folder: &Path, lines: usize) -> Outcome<()> {
    let input = folder.join("input");
    std::fs::create_dir_all(&input)?;
    let rows = (0..lines).map(|index| format!("{},\"{}\"\n", index % 2, text_of(index)));
    let table: String = std::iter::once("label,review\n".to_owned()).chain(rows).collect();
    std::fs::write(folder.join("reviews.csv"), &table)?;
    let workbench = common::open(folder);
    let source = ImportSource::Folder(folder.join("reviews.csv").display().to_string());
    let request = ImportRequest { source, with_labels: true, only_hard: false, labels: Vec::new(), copy: false };
    let imported = common::dataset(&workbench, folder, "imported", DatasetType::TextClassification, &[]);
    let started = Instant::now();
    let report = workbench.import(imported, &request, &Task::silent())?;
    let ours = started.elapsed().as_secs_f64();
    // The aim is that of a hundred thousand.
    let is_missed = lines >= 100_000 && ours > IMPORTED_S * lines as f64 / 100_000.0;
    println!("{} lines imported with their labels in {ours:.1} s{}", report.imported, missed(is_missed));
    for (name, variable, script) in PEERS {
        theirs(name, variable, script, &folder.join("reviews.csv"), lines, ours)?;
    }
    std::fs::write(input.join("reviews.csv"), &table)?;
    let synced = common::dataset(&workbench, folder, "synced", DatasetType::TextClassification, &[]);
    for round in ["first", "second"] {
        let started = Instant::now();
        let report = workbench.sync(synced, &Task::silent())?;
        let seconds = started.elapsed().as_secs_f64();
        println!("{round} sync of them: {} added, {} as they were, {seconds:.1} s", report.added, report.unchanged);
    }
    if report.imported == lines as u64 { Ok(()) } else { Err("some lines did not come in".into()) }
}

/// Those who import the same file: name, the variable that names their Python, the script that asks them.
const PEERS: [(&str, &str, &str); 2] = [
    ("doccano", "MODELIER_DOCCANO_PYTHON", "doccano_imports.py"),
    ("Label Studio", "MODELIER_LABEL_STUDIO_PYTHON", "label_studio_imports.py"),
];

fn theirs(name: &str, variable: &str, script: &str, file: &Path, lines: usize, ours: f64) -> Outcome<()> {
    let Some(python) = std::env::var_os(variable) else {
        println!("  {name}: skipped, {variable} names no Python that has it");
        return Ok(());
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
    let output = std::process::Command::new(python).arg(script).arg(file).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    // Others may talk before; the last line is the script's.
    let numbers: Option<Vec<f64>> =
        told.lines().last().map(|line| line.split_whitespace().filter_map(|part| part.parse().ok()).collect());
    let Some([count, clock, busy]) = numbers.as_deref().filter(|_| output.status.success()) else {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr)).into());
    };
    if *count != lines as f64 {
        return Err(format!("{name} has {count} of {lines} lines").into());
    }
    println!("  {name}: {clock:.1} s, {busy:.1} s of processor time; {:.1} times ours", clock / ours);
    Ok(())
}

fn missed(is_missed: bool) -> &'static str {
    if is_missed { "   MISSED" } else { "" }
}

fn text_of(index: usize) -> String {
    let pick = |parts: &[&'static str], step: usize| parts[index / step % parts.len()];
    let (first, last) = (pick(&BEGINNINGS, 1), pick(&ENDS, 5));
    format!("{first}{}，{}{last}（第{index}条）", pick(&MIDDLES, 3), pick(&MIDDLES, 11))
}

fn sample(dataset: DatasetId, index: usize) -> IncomingSample {
    let text = text_of(index);
    let origin = TextOrigin::Piece("file:///reviews/reviews.csv".to_owned(), TextMark::of(&text, 1));
    let sample = Sample {
        id: origin.id(dataset, Some(b"reviews.csv")),
        source: origin.to_string(),
        name: beginning(&text),
        media: Media::default(),
        manifest_id: None,
        extra: serde_json::Map::new(),
        added: Timestamp(1_700_000_000_000),
    };
    IncomingSample { sample, state: SampleState::Unlabeled, usage: None, annotations: Vec::new(), text: Some(text) }
}

fn fill(path: &Path, samples: usize) -> Outcome<DatasetId> {
    let started = Instant::now();
    let catalog = Catalog::open(path)?;
    let dataset = Dataset {
        id: DatasetId::random(),
        name: DatasetName::new("reviews")?,
        description: Description::default(),
        kind: DatasetType::TextClassification,
        input: "file:///reviews/".to_owned(),
        output: "file:///published/".to_owned(),
        folder: "reviews-1".to_owned(),
        created: Timestamp(1),
        modified: Timestamp(1),
        current_version: None,
        shape: None,
        text_split: Some(TextSplit::Line),
    };
    catalog.create_dataset(&dataset, &[])?;
    let bulk = catalog.bulk()?;
    for first in (0..samples).step_by(BATCH) {
        let batch: Vec<_> = (first..samples.min(first + BATCH)).map(|index| sample(dataset.id, index)).collect();
        catalog.receive_samples(dataset.id, &batch, OnKnown::KeepAnnotations)?;
    }
    drop(bulk);
    drop(catalog);
    let size_mb = std::fs::metadata(path)?.len() / 1_000_000;
    println!("{samples} texts written in {:.1} s, {size_mb} MB", started.elapsed().as_secs_f64());
    Ok(dataset.id)
}

fn measure<T>(what: &str, mut work: impl FnMut(usize) -> Outcome<T>) -> Outcome<()> {
    let mut times: Vec<Duration> = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let started = Instant::now();
        black_box(work(round)?);
        times.push(started.elapsed());
    }
    let first = times[0].as_secs_f64() * 1_000.0;
    times.sort_unstable();
    let (middle, last) = (times[ROUNDS / 2].as_secs_f64() * 1_000.0, times[ROUNDS - 1].as_secs_f64() * 1_000.0);
    println!("{what:<44} {first:>10.2} {middle:>10.2} {last:>10.2}{}", missed(middle > SHOWN_MS));
    Ok(())
}

fn measure_reading(path: &Path, dataset: DatasetId, samples: usize) -> Outcome<()> {
    println!("{:<44} {:>10} {:>10} {:>10}   aim {SHOWN_MS} ms", "", "first ms", "p50 ms", "most ms");
    let catalog = Catalog::open(path)?;
    let looked_for = |text: &str| SampleFilter { text: text.to_owned(), ..SampleFilter::default() };
    let view = |filter: &SampleFilter, sort| catalog.view(dataset, filter, sort, &Cancel::default());
    let all = view(&SampleFilter::default(), SampleSort::Added)?;
    if all.len() != samples {
        return Err(format!("{} of {samples} texts are there", all.len()).into());
    }
    for text in ["好吃", "的", "宫保鸡丁", "ok", "没有这句话", "第777"] {
        let filter = looked_for(text);
        let expected = (0..samples.min(10_000)).filter(|&index| text_of(index).to_lowercase().contains(text)).count();
        let found = view(&filter, SampleSort::Added)?.len();
        if found < expected || (samples <= 10_000 && found != expected) {
            return Err(format!("{text}: {found} found, {expected} expected").into());
        }
        measure(&format!("search {text}: {found} found"), |_| Ok(view(&filter, SampleSort::Added)?))?;
    }
    let filter = looked_for("好吃");
    measure("counts of a search", |_| Ok(catalog.counts_filtered(dataset, &filter)?))?;
    measure("page of 100 of a search", |_| Ok(catalog.page(dataset, &filter, 100, None)?))?;
    measure("view of all, in the order of adding", |_| Ok(view(&SampleFilter::default(), SampleSort::Added)?))?;
    measure("view of all, by their beginnings", |_| Ok(view(&SampleFilter::default(), SampleSort::Name)?))?;
    let middle = catalog.ids(&all, samples / 2..samples / 2 + 1)?.first().copied();
    measure("page of 100 in the middle", |_| Ok(catalog.page(dataset, &SampleFilter::default(), 100, middle)?))?;
    measure("100 texts with their rows in the middle", |round| {
        let first = samples / 2 + round * 100;
        let rows = catalog.rows(&all, first..first + 100)?;
        let ids: Vec<_> = rows.iter().map(|row| row.sample.id).collect();
        Ok((rows, catalog.texts(dataset, &ids, 200)?))
    })
}
