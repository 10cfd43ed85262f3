//! How fast a folder of Pascal VOC becomes COCO, beside Datumaro in the same run; and how long a large COCO file takes to
//! come in, with how much memory.
//!
//! `MODELIER_SHARED_DATA=… MODELIER_DATUMARO_PYTHON=… cargo bench --bench formats`; without that Python, ours is measured
//! alone. `cargo test --bench formats` runs it with a hundred images, to see that it works.

mod common;

use common::memory_mib;
use modelier::domain::{DatasetId, DatasetType};
use modelier::workbench::{ConvertRequest, ExportRequest, ImportRequest, ImportSource, Task, Workbench, convert};
use serde_json::json;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// How often each of ours is measured; the one in the middle counts.
const ROUNDS: usize = 3;
/// What Datumaro is to be beaten by.
const TARGET_TIMES: f64 = 20.0;
/// What a large COCO file may take.
const TARGET_MIB: u64 = 1024;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn main() -> Outcome<()> {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let [images, annotated, annotations] = if is_bench { [10_000, 18_000, 116_000] } else { [100, 50, 300] };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    large_coco(&folder.path().join("large"), annotated, annotations)?;
    voc_to_coco(&folder.path().join("voc"), images)
}

/// The blood cells' files over and over under new names, as a VOC folder. The images are hard links.
fn make_voc(folder: &Path, count: usize) -> Outcome<bool> {
    let data = std::env::var_os("MODELIER_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let data = data.join("bccd");
    if !data.is_dir() {
        println!("VOC to COCO: skipped, the blood cells are not at {}", data.display());
        return Ok(false);
    }
    let mut given: Vec<PathBuf> = fs::read_dir(&data)?.map(|entry| Ok(entry?.path())).collect::<Outcome<_>>()?;
    given.retain(|path| path.extension().is_some_and(|ending| ending == "xml"));
    given.sort();
    for below in ["JPEGImages", "Annotations", "ImageSets/Main"] {
        fs::create_dir_all(folder.join(below))?;
    }
    let mut list = String::new();
    for number in 0..count {
        let xml = &given[number % given.len()];
        let old = xml.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (name, image) = (format!("cell_{number:05}"), |name: &str| folder.join(format!("JPEGImages/{name}.jpg")));
        if number < given.len() {
            fs::copy(xml.with_extension("jpg"), image(&name))?;
        } else {
            fs::hard_link(image(&format!("cell_{:05}", number % given.len())), image(&name))?;
        }
        let annotation = fs::read_to_string(xml)?.replace(&old, &name);
        fs::write(folder.join(format!("Annotations/{name}.xml")), annotation)?;
        list.push_str(&name);
        list.push('\n');
    }
    fs::write(folder.join("ImageSets/Main/train.txt"), list)?;
    fs::write(folder.join("labelmap.txt"), "# label:color_rgb:parts:actions\nRBC:::\nWBC:::\nPlatelets:::\n")?;
    Ok(true)
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn voc_to_coco(folder: &Path, count: usize) -> Outcome<()> {
    let given = folder.join("given");
    if !make_voc(&given, count)? {
        return Ok(());
    }
    println!("VOC to COCO, {count} images, annotations only:");
    let mut datumaro = Vec::new();
    let (mut plain, mut checked, mut through, mut peak) = (Vec::new(), Vec::new(), Vec::new(), None);
    for round in 0..ROUNDS {
        // In turn, so that whatever else the machine does meets all alike.
        if let Some(python) = std::env::var_os("MODELIER_DATUMARO_PYTHON") {
            datumaro.push(datumaro_converts(&python, &given, &folder.join(format!("theirs-{round}")))?);
        }
        reset_peak();
        plain.push(converts(&given, &folder.join(format!("plain-{round}")), count, false)?);
        checked.push(converts(&given, &folder.join(format!("checked-{round}")), count, true)?);
        peak = peak.max(memory_mib("VmHWM"));
        through.push(goes_through_a_dataset(&given, &folder.join(format!("dataset-{round}")), count)?);
    }
    let tell = |what: &str, times: &[Times]| {
        let [clock, cpu] = [median(times.iter().map(|t| t.clock)), median(times.iter().map(|t| t.cpu))];
        println!("  {what}: {clock:.2} s, {cpu:.2} s of processor time");
        Times { clock, cpu }
    };
    let plain = tell("modelier convert --no-check", &plain);
    tell("modelier convert, read again and compared", &checked);
    println!("  at most {} MiB", peak.unwrap_or(0));
    let [import, export] = [0, 1].map(|part| through.iter().map(|times| times[part]).collect::<Vec<_>>());
    tell("import into a dataset", &import);
    tell("export of the dataset, read again and compared", &export);
    if datumaro.is_empty() {
        println!("  Datumaro: skipped, MODELIER_DATUMARO_PYTHON names no Python that has it");
        return Ok(());
    }
    let theirs = tell("Datumaro, which compares nothing", &datumaro);
    let [clock, cpu] = [theirs.clock / plain.clock, theirs.cpu / plain.cpu];
    println!(
        "  {clock:.1} times as long as ours by the clock, {cpu:.1} times by processor time; target {TARGET_TIMES}"
    );
    Ok(())
}

/// Seconds by the clock and of processor time, all threads together.
#[derive(Clone, Copy)]
struct Times {
    clock: f64,
    cpu: f64,
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Times) {
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let value = work();
    (value, Times { clock: begin.elapsed().as_secs_f64(), cpu: cpu_seconds() - cpu })
}

/// The processor time of this process so far; the kernel counts in hundredths. 0 where it does not say.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is a name in parentheses, which may hold spaces.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

/// The seconds that Datumaro says it took, without Python's start.
fn datumaro_converts(python: &std::ffi::OsStr, given: &Path, to: &Path) -> Outcome<Times> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/datumaro_converts.py");
    let output = Command::new(python).arg(script).arg(given).arg(to).output()?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let seconds: Vec<f64> =
        printed.lines().last().unwrap_or_default().split(' ').filter_map(|text| text.parse().ok()).collect();
    let times = match seconds.as_slice() {
        [clock, cpu] => Some(Times { clock: *clock, cpu: *cpu }),
        _ => None,
    };
    times.ok_or_else(|| format!("Datumaro failed: {}", String::from_utf8_lossy(&output.stderr)).into())
}

fn converts(given: &Path, to: &Path, count: usize, check: bool) -> Outcome<Times> {
    let request = ConvertRequest {
        folder: text(given),
        from: Some("voc".to_owned()),
        format: "coco".to_owned(),
        to: text(to),
        with_images: false,
        check,
        dry_run: false,
    };
    let (report, took) = timed(|| convert(&request, &Task::silent(), &mut |_| {}));
    let report = report?;
    if report.export.labeled != count as u64 || !report.export.differences.is_empty() || !report.warnings.is_empty() {
        return Err(format!("{report:?}").into());
    }
    Ok(took)
}

fn open(folder: &Path) -> (Workbench, DatasetId) {
    fs::create_dir_all(folder.join("input")).expect("a folder");
    let workbench = common::open(folder);
    let dataset = common::dataset(&workbench, folder, "things", DatasetType::ObjectDetection, &[]);
    (workbench, dataset)
}

fn imports(workbench: &Workbench, dataset: DatasetId, format: &str, given: &Path, count: usize) -> Outcome<Times> {
    let request = ImportRequest {
        source: ImportSource::Format { name: format.to_owned(), folder: text(given) },
        with_labels: true,
        only_hard: false,
        labels: Vec::new(),
        copy: false,
    };
    let (report, took) = timed(|| workbench.import(dataset, &request, &Task::silent()));
    let report = report?;
    if report.imported != count as u64 {
        return Err(format!("{} of {count} images came in: {:?}", report.imported, report.warnings).into());
    }
    Ok(took)
}

fn goes_through_a_dataset(given: &Path, folder: &Path, count: usize) -> Outcome<[Times; 2]> {
    let (workbench, dataset) = open(folder);
    let import = imports(&workbench, dataset, "voc", given, count)?;
    let request = ExportRequest {
        format: "coco".to_owned(),
        folder: text(&folder.join("coco")),
        version: None,
        with_images: false,
    };
    let (report, export) = timed(|| workbench.export(dataset, &request, &Task::silent()));
    let report = report?;
    if !report.differences.is_empty() {
        return Err(format!("{:?}", report.differences).into());
    }
    Ok([import, export])
}

/// Lets the kernel count the most memory anew.
fn reset_peak() {
    // Elsewhere than on Linux there is no such file, and no figure either.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Instances as COCO's own have them: most with a polygon or two, some crowds with a mask.
fn large_coco(folder: &Path, images: usize, annotations: usize) -> Outcome<()> {
    let given = folder.join("given");
    fs::create_dir_all(given.join("images"))?;
    fs::create_dir_all(given.join("annotations"))?;
    let first = given.join("images/000000.png");
    image::RgbImage::from_pixel(640, 480, image::Rgb([90, 100, 110])).save(&first)?;
    for number in 1..images {
        fs::hard_link(&first, given.join(format!("images/{number:06}.png")))?;
    }
    let file = given.join("annotations/instances_train.json");
    let mut out = BufWriter::new(File::create(&file)?);
    let categories: Vec<_> = (1..=80).map(|id| json!({"id": id, "name": format!("thing {id}")})).collect();
    write!(out, "{{\"info\":{{}},\"categories\":{},\"images\":[", json!(categories))?;
    for number in 0..images {
        let comma = if number == 0 { "" } else { "," };
        let name = format!("{number:06}.png");
        write!(out, "{comma}{}", json!({"id": number, "file_name": name, "width": 640, "height": 480}))?;
    }
    write!(out, "],\"annotations\":[")?;
    for number in 0..annotations {
        let comma = if number == 0 { "" } else { "," };
        write!(out, "{comma}{}", instance(number, number * images / annotations))?;
    }
    write!(out, "]}}")?;
    out.flush()?;
    drop(out);
    let size_mib = fs::metadata(&file)?.len() >> 20;
    let (workbench, dataset) = open(folder);
    reset_peak();
    let Times { clock, cpu } = imports(&workbench, dataset, "coco", &given, images)?;
    let peak = memory_mib("VmHWM").unwrap_or(0);
    println!("COCO with {annotations} annotations of {images} images, {size_mib} MiB:");
    println!("  imported in {clock:.1} s, {cpu:.1} s of processor time, at most {peak} MiB, target {TARGET_MIB} MiB");
    Ok(())
}

fn instance(number: usize, image: usize) -> serde_json::Value {
    let at = |seed: usize, below: usize| ((number * 7919 + seed * 104_729) % below) as f64;
    let (x, y, radius) = (40.0 + at(1, 560), 40.0 + at(2, 400), 8.0 + at(3, 32));
    let bounds = [x - radius, y - radius, radius * 2.0, radius * 2.0];
    let ring = |x: f64, corners: usize| -> Vec<f64> {
        let corner = |index: usize| {
            let angle = index as f64 / corners as f64 * std::f64::consts::TAU;
            let hundredths = |value: f64| (value * 100.0).round() / 100.0;
            [hundredths(x + radius * angle.cos()), hundredths(y + radius * angle.sin())]
        };
        (0..corners).flat_map(corner).collect()
    };
    let segmentation = match number % 50 {
        // A crowd: a block of columns, and between them what is not set.
        0 => {
            let mut counts = vec![480 * 100];
            counts.extend((0..40).flat_map(|_| [200, 280]));
            counts.push(480 * (640 - 140));
            json!({"size": [480, 640], "counts": counts})
        }
        1..10 => json!([ring(x - 5.0, 18), ring(x + 5.0, 15)]),
        _ => json!([ring(x, 25)]),
    };
    json!({
        "id": number + 1, "image_id": image, "category_id": number % 80 + 1, "iscrowd": u8::from(number.is_multiple_of(50)),
        "area": radius * radius * 3.0, "bbox": bounds, "segmentation": segmentation
    })
}
