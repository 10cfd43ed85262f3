//! Where modules that must not know each other meet.

use super::evaluation::Metric;
use super::explain::Explain;
use super::predict::Prediction;
use super::sample::Usage;
use super::shape::Bounds;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request to stop, asked between steps of long work. Clones share the request.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work should stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Told how far long work has come. `total` is `None` while it is unknown.
pub trait Progress: Send + Sync {
    /// `done` of `total` items; `what` is a stable code of the phase, e.g. `sync-listing`.
    fn report(&self, what: &'static str, done: u64, total: Option<u64>);
}

/// Reports to nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _what: &'static str, _done: u64, _total: Option<u64>) {}
}

/// One labeled item to learn from. Its bytes are read when asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LearningItem {
    /// URI, to name it in logs and evaluations.
    pub source: String,
    /// Indices into the source's class names; empty for an unlabeled item.
    pub classes: Vec<usize>,
    pub usage: Option<Usage>,
    /// The objects in an image; `None` where nobody has looked for any, empty where somebody has and found none.
    pub objects: Option<Vec<LearningObject>>,
    /// The entities in a text; `None` where nobody has looked for any, empty where somebody has and found none.
    pub entities: Option<Vec<LearningEntity>>,
}

/// An entity in a text to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LearningEntity {
    /// Index into the source's class names.
    pub class: usize,
    /// In code points, end exclusive.
    pub start: u32,
    pub end: u32,
}

/// An object in an image to learn from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningObject {
    /// Index into the source's class names.
    pub class: usize,
    /// In pixels of the upright image.
    pub bounds: Bounds,
    /// Finding it or missing it says nothing of a detector.
    pub difficult: bool,
}

/// What a training run reads: items with labels, and their bytes. Implemented by `worker` over a job folder.
pub trait SampleSource: Send + Sync {
    /// The class names; the index is the class.
    fn classes(&self) -> &[String];
    /// All items, in a stable order.
    fn items(&self) -> &[LearningItem];
    /// The bytes of the item at `index`.
    ///
    /// # Errors
    /// If they cannot be read, or no longer match what the version recorded.
    fn bytes(&self, index: usize) -> Result<Vec<u8>, Box<dyn Explain + Send + Sync>>;
}

/// Where a training run reports to. Implemented by `worker` (files) and by tests.
pub trait MetricSink: Send + Sync {
    /// A line for people, in English: logs are read by engineers and searched.
    fn log(&self, line: &str);
    /// A point of a curve.
    fn metric(&self, metric: Metric);
    /// 0 to 1.
    fn progress(&self, fraction: f64);
}

/// A trained model that answers. `learning` implements it, `serving` accepts it.
pub trait Predictor: Send + Sync {
    /// Predicts from the bytes of one item: an image file, a sound file, or UTF-8 text.
    ///
    /// # Errors
    /// If the bytes cannot be decoded.
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>>;

    /// Whether it is asked with texts, not with files.
    fn takes_text(&self) -> bool {
        false
    }
}
