//! What was chosen about the differences of images, and the way back through it.

use crate::domain::agreement::Match;
use crate::domain::review::Keep;
use crate::domain::{AnnotationId, SampleId};
use std::collections::HashMap;

/// Which difference of an image is meant: the objects of the first and of the second pass.
pub type Key = (Option<AnnotationId>, Option<AnnotationId>);

/// What is kept of each difference of an image that was decided.
pub type Choices = HashMap<Key, Keep>;

/// The objects of a difference.
pub fn key_of(found: &Match) -> Key {
    match *found {
        Match::Agreed { first, second, .. } | Match::OtherLabel { first, second, .. } => (Some(first), Some(second)),
        Match::OnlyFirst { first } => (Some(first), None),
        Match::OnlySecond { second } => (None, Some(second)),
    }
}

/// One press of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub sample: SampleId,
    before: Choices,
    after: Choices,
    /// Whether it was the last choice of the image, with which it was settled.
    pub settled: bool,
}

/// All choices since the page was opened.
#[derive(Default)]
pub struct Decisions {
    chosen: HashMap<SampleId, Choices>,
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl Decisions {
    /// What is kept of a difference; `None` while that is open.
    pub fn get(&self, sample: SampleId, key: Key) -> Option<Keep> {
        self.chosen.get(&sample)?.get(&key).copied()
    }

    /// How many differences of an image are decided.
    pub fn count(&self, sample: SampleId) -> usize {
        self.chosen.get(&sample).map_or(0, HashMap::len)
    }

    /// Decides about some differences of an image. `settles`: they were the last ones.
    pub fn choose(&mut self, sample: SampleId, keys: impl IntoIterator<Item = Key>, keep: Keep, settles: bool) {
        let chosen = self.chosen.entry(sample).or_default();
        let before = chosen.clone();
        chosen.extend(keys.into_iter().map(|key| (key, keep)));
        self.done.push(Step { sample, before, after: chosen.clone(), settled: settles });
        self.undone.clear();
    }

    /// Takes the latest step back, and says which one that was.
    pub fn undo(&mut self) -> Option<Step> {
        let step = self.done.pop()?;
        self.chosen.insert(step.sample, step.before.clone());
        self.undone.push(step.clone());
        Some(step)
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Option<Step> {
        let step = self.undone.pop()?;
        self.chosen.insert(step.sample, step.after.clone());
        self.done.push(step.clone());
        Some(step)
    }

    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Forgets an image: what was chosen about it could not be written.
    pub fn forget(&mut self, sample: SampleId) {
        self.chosen.remove(&sample);
        self.done.retain(|step| step.sample != sample);
        self.undone.retain(|step| step.sample != sample);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_taken_back_one_press_at_a_time_and_done_again() {
        let (one, other) = (SampleId::random(), SampleId::random());
        let keys: Vec<Key> = (0..3).map(|_| (Some(AnnotationId::random()), None)).collect();
        let mut decisions = Decisions::default();
        decisions.choose(one, [keys[0]], Keep::First, false);
        decisions.choose(one, [keys[1], keys[2]], Keep::Second, true);
        decisions.choose(other, [keys[0]], Keep::Both, true);
        assert_eq!(decisions.undo().map(|step| (step.sample, step.settled)), Some((other, true)));
        assert_eq!((decisions.count(other), decisions.count(one)), (0, 3));
        assert_eq!(decisions.undo().map(|step| step.sample), Some(one));
        assert_eq!(decisions.get(one, keys[0]), Some(Keep::First));
        assert_eq!(decisions.get(one, keys[1]), None);
        assert!(decisions.redo().is_some_and(|step| step.settled));
        assert_eq!(decisions.count(one), 3);
        decisions.choose(one, [keys[0]], Keep::Neither, true);
        assert!(!decisions.can_redo(), "a new choice ends redoing");
    }
}
