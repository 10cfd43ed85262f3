//! The pictures of the parts of a division, kept in memory as far as they fit.

use super::batches::Batcher;
use crate::learning::Run;
use crate::learning::error::LearningError;
use crate::learning::images::{Picture, Room, decode, load};
use crate::learning::split::{Example, Split};
use std::borrow::Cow;

/// The images of one part of the split.
pub(super) struct Images {
    pub(super) examples: Vec<Example>,
    /// `None` where memory did not suffice.
    kept: Vec<Option<Picture>>,
}

/// Reads images and prepares them.
pub(super) struct Reader<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) batcher: Batcher,
}

impl Reader<'_> {
    /// Reads the three parts; the last number is how many images could not be read.
    ///
    /// # Errors
    /// If cancelled, or fewer than two images are left to train on.
    pub(super) fn read(&self, split: &Split) -> Result<([Images; 3], u64), LearningError> {
        let all: Vec<Example> = [&split.train, &split.eval, &split.test].into_iter().flatten().copied().collect();
        let room = Room::default();
        let (sink, cancel) = (self.run.sink, self.run.cancel);
        let loaded = load(self.run.source, &all, sink, cancel, &|part| sink.progress(part * 0.02), |_, picture| {
            let picture = self.batcher.prepared(&picture);
            room.take(picture.pixels.len()).then_some(picture)
        })?;
        let mut parts = [const { Images { examples: Vec::new(), kept: Vec::new() } }; 3];
        // An item stands in one part only, so the sorted parts tell where it belongs.
        let in_part = |part: &[Example], example: &Example| {
            part.binary_search_by_key(&(example.item, example.class), |e| (e.item, e.class)).is_ok()
        };
        for (example, picture) in loaded.examples.iter().zip(loaded.values) {
            let part = if in_part(&split.train, example) {
                0
            } else if in_part(&split.eval, example) {
                1
            } else {
                2
            };
            parts[part].examples.push(*example);
            parts[part].kept.push(picture);
        }
        let usable = parts[0].examples.len();
        if usable < 2 {
            let left_out = format!("{} unreadable; {}", loaded.unreadable, split.left_out());
            return Err(LearningError::TooFewSamples { usable, needed: 2, left_out });
        }
        Ok((parts, loaded.unreadable))
    }

    /// The prepared pictures at `places` with their classes; one that can no longer be read is missing.
    pub(super) fn pictures<'p>(&self, images: &'p Images, places: &[usize]) -> Vec<(usize, Cow<'p, Picture>)> {
        let read_again = |place: usize| {
            let bytes = self.run.source.bytes(images.examples[place].item).ok()?;
            Some(Cow::Owned(self.batcher.prepared(&decode(&bytes).ok()?)))
        };
        places
            .iter()
            .filter_map(|&place| match &images.kept[place] {
                Some(picture) => Some((place, Cow::Borrowed(picture))),
                None => Some((place, read_again(place)?)),
            })
            .collect()
    }
}
