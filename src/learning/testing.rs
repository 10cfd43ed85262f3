//! What the tests of this module share.

use super::images::tests::{encoded, png};
use crate::domain::evaluation::{Metric, MetricName};
use crate::domain::shape::Bounds;
use crate::domain::traits::{LearningItem, LearningObject};
use crate::domain::{Cancel, Explain, MetricSink, SampleSource, Usage};
use std::path::PathBuf;
use std::sync::Mutex;

/// Samples in memory.
#[derive(Default)]
pub(crate) struct Samples {
    pub(crate) classes: Vec<String>,
    pub(crate) items: Vec<LearningItem>,
    pub(crate) files: Vec<Vec<u8>>,
}

impl Samples {
    /// Adds an image file.
    pub(crate) fn add(&mut self, source: String, classes: &[usize], usage: Option<Usage>, bytes: Vec<u8>) {
        self.items.push(LearningItem { source, classes: classes.to_vec(), usage, ..LearningItem::default() });
        self.files.push(bytes);
    }

    /// `count` small images of each of three colours.
    pub(crate) fn colors(count: u32, width: u32, height: u32) -> Self {
        let classes = ["blue", "green", "red"].map(str::to_owned).to_vec();
        let mut samples = Self { classes, ..Self::default() };
        for at in 0..count {
            for (class, color) in [[20, 40, 190], [40, 180, 30], [200, 30, 40]].into_iter().enumerate() {
                let name = format!("memory:{class}/{at}.png");
                samples.add(name, &[class], None, png(width + at % 3, height, color, at));
            }
        }
        samples
    }

    /// The flower photographs of the shared data; `None` where it is absent.
    pub(crate) fn flowers(per_class: usize) -> Option<Self> {
        let folder = shared_data()?.join("flowers");
        let sorted = |folder: &PathBuf| {
            let mut paths: Vec<PathBuf> =
                std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
            paths.sort();
            paths
        };
        let mut samples = Self::default();
        for folder in sorted(&folder).into_iter().filter(|path| path.is_dir()) {
            let class = samples.classes.len();
            samples.classes.push(folder.file_name().expect("a name").to_string_lossy().into_owned());
            for path in sorted(&folder).into_iter().take(per_class) {
                let bytes = std::fs::read(&path).expect("readable");
                samples.add(path.display().to_string(), &[class], None, bytes);
            }
        }
        Some(samples)
    }
}

impl Samples {
    /// `count` pictures of a bright and a dark square each, and the same ones again to evaluate.
    pub(crate) fn squares(count: u32, width: u32, height: u32) -> Self {
        let mut samples = Self { classes: vec!["bright".to_owned(), "dark".to_owned()], ..Self::default() };
        for at in 0..2 * count {
            let at_place = at % count;
            let mut pixels = vec![110_u8; (3 * width * height) as usize];
            let mut objects = Vec::new();
            for class in 0..2_u32 {
                let side = height / 4 + 4 * class;
                let left = (at_place * 13 + class * 37) % (width - side);
                let top = if class == 0 { 2 + at_place * 3 } else { height - side - 3 - at_place * 2 };
                for y in top..top + side {
                    let row = (3 * (y * width + left)) as usize..(3 * (y * width + left + side)) as usize;
                    pixels[row].fill(if class == 0 { 250 } else { 5 });
                }
                let corner = |x: u32, y: u32| [f64::from(x), f64::from(y)];
                let bounds = Bounds { min: corner(left, top), max: corner(left + side, top + side) };
                objects.push(LearningObject { class: class as usize, bounds, difficult: false });
            }
            let usage = Some(if at < count { Usage::Train } else { Usage::Eval });
            let source = format!("memory:{at}.png");
            push(&mut samples, source, usage, objects, encoded(width, height, &pixels));
        }
        samples
    }

    /// The blood cells of the shared data; `None` where they are absent.
    pub(crate) fn cells() -> Option<Self> {
        let folder = shared_data()?.join("bccd");
        let mut samples = Self { classes: ["Platelets", "RBC", "WBC"].map(str::to_owned).to_vec(), ..Self::default() };
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "xml")) {
            let text = std::fs::read_to_string(&path).expect("readable");
            // Enough for these files; reading VOC is tested where it is written.
            let objects = text.split("<object>").skip(1).map(|object| {
                let value = |tag: &str| {
                    let from = object.split_once(&format!("<{tag}>")).expect("there").1;
                    from.split_once("</").expect("closed").0.to_owned()
                };
                let at = |tag: &str| value(tag).parse::<f64>().expect("a number");
                let bounds = Bounds { min: [at("xmin"), at("ymin")], max: [at("xmax"), at("ymax")] };
                let class = samples.classes.iter().position(|class| *class == value("name")).expect("known");
                LearningObject { class, bounds, difficult: false }
            });
            let objects = objects.collect();
            let bytes = std::fs::read(path.with_extension("jpg")).expect("readable");
            push(&mut samples, path.display().to_string(), None, objects, bytes);
        }
        Some(samples)
    }
}

fn push(samples: &mut Samples, source: String, usage: Option<Usage>, objects: Vec<LearningObject>, bytes: Vec<u8>) {
    let mut classes: Vec<usize> = objects.iter().map(|object| object.class).collect();
    classes.sort_unstable();
    classes.dedup();
    samples.items.push(LearningItem { source, classes, usage, objects: Some(objects), ..LearningItem::default() });
    samples.files.push(bytes);
}

/// The folder of real data beside the project.
pub(crate) fn shared_data() -> Option<PathBuf> {
    let folder = std::env::var_os("MODELIER_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("MODELIER_REQUIRE_DATA").is_none(), "the shared data is required but absent");
    eprintln!("skipped: the shared data is absent");
    None
}

impl SampleSource for Samples {
    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn items(&self) -> &[LearningItem] {
        &self.items
    }

    fn bytes(&self, index: usize) -> Result<Vec<u8>, Box<dyn Explain + Send + Sync>> {
        Ok(self.files[index].clone())
    }
}

/// Remembers all that is reported.
#[derive(Default)]
pub(crate) struct Recorded {
    pub(crate) lines: Mutex<Vec<String>>,
    pub(crate) metrics: Mutex<Vec<Metric>>,
    pub(crate) fractions: Mutex<Vec<f64>>,
    /// Cancelled at the first metric, to stop in the middle.
    pub(crate) cancel_at_metric: Option<Cancel>,
}

impl Recorded {
    /// The values of one curve.
    pub(crate) fn curve(&self, name: MetricName) -> Vec<f64> {
        self.metrics.lock().expect("unpoisoned").iter().filter(|m| m.name == name).map(|m| m.value).collect()
    }

    /// Whether a line of the log contains `text`.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.lines.lock().expect("unpoisoned").iter().any(|line| line.contains(text))
    }
}

impl MetricSink for Recorded {
    fn log(&self, line: &str) {
        if std::env::var_os("MODELIER_TEST_LOG").is_some() {
            eprintln!("{line}");
        }
        self.lines.lock().expect("unpoisoned").push(line.to_owned());
    }

    fn metric(&self, metric: Metric) {
        if let Some(cancel) = &self.cancel_at_metric {
            cancel.cancel();
        }
        self.metrics.lock().expect("unpoisoned").push(metric);
    }

    fn progress(&self, fraction: f64) {
        self.fractions.lock().expect("unpoisoned").push(fraction);
    }
}
