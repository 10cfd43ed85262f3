//! What a list shows of its texts: read in the background for the rows in sight and some around them, kept up to a
//! limit.

use super::hits::{Excerpt, pattern};
use crate::domain::{DatasetId, Sample, SampleId, Timestamp};
use crate::ui::backend::{Backend, Promise};
use crate::workbench::{Result, Workbench};
use std::collections::HashMap;

/// Characters of a text that are read for a list.
const LIMIT: usize = 640;
/// Texts read at once.
const AT_ONCE: usize = 192;
/// Texts kept.
const KEPT: usize = 8_192;

/// The state of a text: another one is read again.
type Stamp = (Option<Timestamp>, Option<u64>);

fn stamp(sample: &Sample) -> Stamp {
    (sample.media.modified, sample.media.size_bytes)
}

struct Known {
    stamp: Stamp,
    excerpt: Excerpt,
}

struct Reading {
    needle: String,
    stamps: Vec<(SampleId, Stamp)>,
    promise: Promise<Vec<Excerpt>>,
}

/// The excerpts of a list.
#[derive(Default)]
pub struct Beginnings {
    /// What is searched for: the excerpts show its first hit.
    needle: String,
    known: HashMap<SampleId, Known>,
    reading: Option<Reading>,
}

impl Beginnings {
    /// Shows the hits of something else from now on.
    pub fn search(&mut self, needle: &str) {
        if self.needle != needle {
            needle.clone_into(&mut self.needle);
            self.known.clear();
        }
    }

    /// Reads everything again.
    pub fn forget(&mut self) {
        *self = Self { needle: std::mem::take(&mut self.needle), ..Self::default() };
    }

    /// What to show of a text; `None` while it is read.
    #[must_use]
    pub fn get(&self, sample: SampleId) -> Option<&Excerpt> {
        self.known.get(&sample).map(|known| &known.excerpt)
    }

    /// Takes in what was read and asks for what is missing; the first ones are the most urgent.
    pub fn want<'a>(&mut self, backend: &Backend, dataset: DatasetId, samples: impl Iterator<Item = &'a Sample>) {
        if let Some(reading) = self.reading.take() {
            match reading.promise.take() {
                None => self.reading = Some(reading),
                Some(outcome) => self.take_in(reading.needle, reading.stamps, outcome.unwrap_or_default()),
            }
        }
        if self.reading.is_some() {
            return;
        }
        let is_missing = |sample: &&Sample| self.known.get(&sample.id).is_none_or(|known| known.stamp != stamp(sample));
        let stamps: Vec<_> =
            samples.filter(is_missing).take(AT_ONCE).map(|sample| (sample.id, stamp(sample))).collect();
        if stamps.is_empty() {
            return;
        }
        let (needle, ids) = (self.needle.clone(), stamps.iter().map(|(sample, _)| *sample).collect::<Vec<_>>());
        let for_thread = needle.clone();
        let promise = backend.spawn(move |workbench| read(workbench, dataset, &ids, &for_thread));
        self.reading = Some(Reading { needle, stamps, promise });
    }

    fn take_in(&mut self, needle: String, stamps: Vec<(SampleId, Stamp)>, excerpts: Vec<Excerpt>) {
        if needle != self.needle {
            return;
        }
        if self.known.len() > KEPT {
            self.known.clear();
        }
        // What could not be read is shown empty, not asked for again in every frame.
        let excerpts = excerpts.into_iter().chain(std::iter::repeat_with(Excerpt::default));
        for ((sample, stamp), excerpt) in stamps.into_iter().zip(excerpts) {
            self.known.insert(sample, Known { stamp, excerpt });
        }
    }
}

fn read(workbench: &Workbench, dataset: DatasetId, samples: &[SampleId], needle: &str) -> Result<Vec<Excerpt>> {
    let pattern = pattern(needle);
    let beginnings = workbench.texts(dataset, samples, LIMIT)?;
    let excerpt = |(sample, beginning): (&SampleId, std::sync::Arc<str>)| {
        let is_in_sight = pattern.as_ref().is_none_or(|pattern| pattern.is_match(&beginning));
        // The hit of a long text may be far on.
        let whole =
            if is_in_sight || beginning.chars().count() < LIMIT { None } else { workbench.text(dataset, *sample).ok() };
        Excerpt::of(whole.as_deref().unwrap_or(&beginning), pattern.as_ref(), LIMIT)
    };
    Ok(samples.iter().zip(beginnings).map(excerpt).collect())
}
