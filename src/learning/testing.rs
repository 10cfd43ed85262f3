//! What the tests of this module share.

use super::images::tests::png;
use crate::domain::evaluation::{Metric, MetricName};
use crate::domain::traits::LearningItem;
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
        self.items.push(LearningItem { source, classes: classes.to_vec(), usage });
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
