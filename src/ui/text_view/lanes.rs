//! Where the marks of stretches are drawn under their text: the shorter nearer to it, those that overlap in lanes of
//! their own. Nested and crossing stretches can be told apart that way.

use std::collections::BTreeMap;
use std::ops::Range;

/// The lane of each stretch, 0 nearest to the text. Two in one lane do not overlap.
#[must_use]
pub fn lanes(stretches: &[Range<u32>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..stretches.len()).collect();
    order.sort_by_key(|&index| (stretches[index].end.saturating_sub(stretches[index].start), stretches[index].start));
    let mut taken: Vec<BTreeMap<u32, u32>> = Vec::new();
    let mut lanes = vec![0; stretches.len()];
    for index in order {
        let stretch = &stretches[index];
        // What is inside of others stands above all of them: a lane below the deepest that it overlaps.
        let below = taken.iter().rposition(|lane| overlaps(lane, stretch)).map_or(0, |deepest| deepest + 1);
        if below == taken.len() {
            taken.push(BTreeMap::new());
        }
        taken[below].insert(stretch.start, stretch.end);
        lanes[index] = below;
    }
    lanes
}

fn overlaps(lane: &BTreeMap<u32, u32>, stretch: &Range<u32>) -> bool {
    lane.range(..stretch.end).next_back().is_some_and(|(_, end)| *end > stretch.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_inner_one_is_nearer_to_the_text() {
        assert_eq!(lanes(&[0..10, 2..4, 5..6, 2..6]), [2, 0, 0, 1]);
        assert_eq!(lanes(&[0..4, 4..8]), [0, 0], "neighbours share a lane");
        assert_eq!(lanes(&[0..4, 3..8]), [0, 1], "what crosses does not");
    }

    proptest! {
        #[test]
        fn nothing_overlaps_in_a_lane(starts in prop::collection::vec((0_u32..60, 1_u32..12), 0..40)) {
            let stretches: Vec<Range<u32>> = starts.iter().map(|(start, length)| *start..start + length).collect();
            let lanes = lanes(&stretches);
            for (a, one) in stretches.iter().enumerate() {
                for (b, other) in stretches.iter().enumerate().skip(a + 1) {
                    let overlap = one.start < other.end && other.start < one.end;
                    prop_assert!(!overlap || lanes[a] != lanes[b]);
                }
            }
        }
    }
}
