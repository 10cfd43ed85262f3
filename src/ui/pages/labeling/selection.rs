//! Which samples of a view are selected: ranges of view positions, so that “all” of a million costs one range.

use crate::ui::widgets::grid::Step;
use std::ops::Range;

/// A set of positions, kept as sorted, disjoint, non-touching ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IndexSet {
    ranges: Vec<Range<usize>>,
}

impl IndexSet {
    /// The set of one range.
    #[must_use]
    pub fn of(range: Range<usize>) -> Self {
        let mut set = Self::default();
        set.insert(range);
        set
    }

    /// Whether it has `index`.
    #[must_use]
    pub fn contains(&self, index: usize) -> bool {
        let after = self.ranges.partition_point(|range| range.start <= index);
        after > 0 && self.ranges[after - 1].contains(&index)
    }

    /// How many positions it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ranges.iter().map(ExactSizeIterator::len).sum()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The ranges, in order.
    #[must_use]
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// Every position, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranges.iter().cloned().flatten()
    }

    /// The last position.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        self.ranges.last().map(|range| range.end - 1)
    }

    /// Adds a range.
    pub fn insert(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let first = self.ranges.partition_point(|other| other.end < range.start);
        let last = self.ranges.partition_point(|other| other.start <= range.end);
        let mut merged = range;
        if first < last {
            merged.start = merged.start.min(self.ranges[first].start);
            merged.end = merged.end.max(self.ranges[last - 1].end);
        }
        self.ranges.splice(first..last, std::iter::once(merged));
    }

    /// Takes a range out.
    pub fn remove(&mut self, range: &Range<usize>) {
        if range.is_empty() {
            return;
        }
        let first = self.ranges.partition_point(|other| other.end <= range.start);
        let last = self.ranges.partition_point(|other| other.start < range.end);
        if first >= last {
            return;
        }
        let before = self.ranges[first].start..range.start;
        let after = range.end..self.ranges[last - 1].end;
        self.ranges.splice(first..last, [before, after].into_iter().filter(|rest| !rest.is_empty()));
    }
}

/// The selected positions, the keyboard's position and where a range began.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    set: IndexSet,
    cursor: Option<usize>,
    anchor: usize,
    /// The selection before a rubber band that adds to it.
    before_band: Option<IndexSet>,
    revision: u64,
}

/// How a click or a step changes the selection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extend {
    /// Only what was hit.
    #[default]
    Replace,
    /// From the anchor to what was hit (Shift).
    Range,
    /// What was hit changes sides (Ctrl).
    Toggle,
    /// The anchor's range is added to what is selected (Ctrl and Shift).
    AddRange,
    /// Only the cursor moves (Ctrl and an arrow).
    Keep,
}

impl Selection {
    /// The selected positions; empty where only the cursor is somewhere.
    #[must_use]
    pub fn set(&self) -> &IndexSet {
        &self.set
    }

    /// Where the keyboard is.
    #[must_use]
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// Grows with every change.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What an action works on: the selected positions, else the cursor's.
    #[must_use]
    pub fn targets(&self) -> IndexSet {
        match self.cursor {
            Some(cursor) if self.set.is_empty() => IndexSet::of(cursor..cursor + 1),
            _ => self.set.clone(),
        }
    }

    /// Selects nothing and forgets the cursor: for a new view.
    pub fn reset(&mut self) {
        *self = Self { revision: self.revision + 1, ..Self::default() };
    }

    /// Selects nothing; the cursor stays.
    pub fn clear(&mut self) {
        self.set = IndexSet::default();
        self.revision += 1;
    }

    /// Selects only `index` and puts the cursor there.
    pub fn only(&mut self, index: usize) {
        self.hit(index, Extend::Replace);
    }

    /// A click on `index`, or a step to it.
    pub fn hit(&mut self, index: usize, extend: Extend) {
        let span = self.anchor.min(index)..self.anchor.max(index) + 1;
        let has_anchor = self.cursor.is_some();
        match extend {
            Extend::Range if has_anchor => self.set = IndexSet::of(span),
            Extend::AddRange if has_anchor => self.set.insert(span),
            Extend::Replace | Extend::Range | Extend::AddRange => {
                self.set = IndexSet::of(index..index + 1);
                self.anchor = index;
            }
            Extend::Toggle => {
                if self.set.contains(index) {
                    self.set.remove(&(index..index + 1));
                } else {
                    self.set.insert(index..index + 1);
                }
                self.anchor = index;
            }
            Extend::Keep => self.anchor = index,
        }
        self.cursor = Some(index);
        self.revision += 1;
    }

    /// Moves the cursor by a key; without a cursor it goes to the first visible position.
    pub fn step(&mut self, step: Step, shape: GridShape, extend: Extend) {
        if shape.count == 0 {
            return;
        }
        let to = match self.cursor {
            Some(cursor) => step.from(cursor, shape.columns, shape.rows_a_page, shape.count),
            None => shape.first_visible.min(shape.count - 1),
        };
        self.hit(to, extend);
    }

    /// Adds a range to the selection: the page, or all.
    pub fn select_range(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.cursor.get_or_insert(range.start);
        self.set = IndexSet::of(range);
        self.revision += 1;
    }

    /// What a rubber band touches now; with `add`, beside what was selected when it began.
    pub fn band(&mut self, touched: &[Range<usize>], add: bool) {
        let before = self.before_band.get_or_insert_with(|| if add { self.set.clone() } else { IndexSet::default() });
        let mut set = before.clone();
        for range in touched {
            set.insert(range.clone());
        }
        if set != self.set {
            self.set = set;
            self.revision += 1;
        }
        if let Some(first) = touched.first() {
            self.cursor = Some(first.start);
            self.anchor = first.start;
        }
    }

    /// The rubber band was let go.
    pub fn end_band(&mut self) {
        self.before_band = None;
    }
}

/// What a step needs to know of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GridShape {
    pub count: usize,
    pub columns: usize,
    pub rows_a_page: usize,
    pub first_visible: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_million_are_one_range_and_one_less_are_two() {
        let mut selection = Selection::default();
        selection.select_range(0..1_000_000);
        assert_eq!(selection.set().ranges().len(), 1);
        selection.hit(500_000, Extend::Toggle);
        assert_eq!(selection.set().len(), 999_999);
        assert_eq!(selection.set().ranges(), [0..500_000, 500_001..1_000_000]);
        selection.hit(500_000, Extend::Toggle);
        assert_eq!(selection.set().ranges().len(), 1);
    }

    #[test]
    fn shift_selects_from_where_the_last_plain_click_was_in_both_directions() {
        let mut selection = Selection::default();
        selection.hit(10, Extend::Replace);
        selection.hit(14, Extend::Range);
        assert_eq!(selection.set().ranges(), std::slice::from_ref(&(10..15)));
        selection.hit(7, Extend::Range);
        assert_eq!(selection.set().ranges(), std::slice::from_ref(&(7..11)));
    }

    #[test]
    fn shift_without_a_cursor_selects_what_was_hit() {
        let mut selection = Selection::default();
        selection.hit(4, Extend::Range);
        assert_eq!(selection.set().ranges(), std::slice::from_ref(&(4..5)));
    }

    #[test]
    fn a_rubber_band_adds_only_when_asked_and_gives_back_what_it_leaves() {
        let mut selection = Selection::default();
        selection.only(2);
        selection.band(std::slice::from_ref(&(5..8)), true);
        selection.band(std::slice::from_ref(&(5..6)), true);
        selection.end_band();
        assert_eq!(selection.set().ranges(), [2..3, 5..6]);
        selection.band(std::slice::from_ref(&(1..2)), false);
        assert_eq!(selection.set().ranges(), std::slice::from_ref(&(1..2)));
    }

    #[test]
    fn actions_work_on_the_cursor_while_nothing_is_selected() {
        let mut selection = Selection::default();
        assert!(selection.targets().is_empty());
        selection.only(3);
        selection.clear();
        assert_eq!(selection.targets().ranges(), std::slice::from_ref(&(3..4)));
    }

    #[test]
    fn the_first_step_shows_the_cursor_where_the_eye_is() {
        let shape = GridShape { count: 100, columns: 5, rows_a_page: 3, first_visible: 40 };
        let mut selection = Selection::default();
        selection.step(Step::Down, shape, Extend::Replace);
        assert_eq!(selection.cursor(), Some(40));
        selection.step(Step::Down, shape, Extend::Replace);
        assert_eq!(selection.cursor(), Some(45));
    }

    proptest! {
        #[test]
        fn ranges_behave_like_a_set(steps in prop::collection::vec((any::<bool>(), 0_usize..60, 0_usize..12), 0..60)) {
            let mut set = IndexSet::default();
            let mut model = BTreeSet::new();
            for (insert, start, length) in steps {
                let range = start..start + length;
                if insert {
                    set.insert(range.clone());
                    model.extend(range);
                } else {
                    set.remove(&range);
                    model.retain(|index| !range.contains(index));
                }
                prop_assert_eq!(set.iter().collect::<Vec<_>>(), model.iter().copied().collect::<Vec<_>>());
                prop_assert_eq!(set.len(), model.len());
                prop_assert!(set.ranges().windows(2).all(|pair| pair[0].end < pair[1].start));
                prop_assert!((0..75).all(|index| set.contains(index) == model.contains(&index)));
            }
        }
    }
}
