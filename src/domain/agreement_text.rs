//! How far two people agree on texts: Cohen's kappa for labels, which takes off what chance alone would bring, and the
//! share of entities that at least overlap.

use super::review::LabelTally;

/// Cohen's kappa of one label, of which `tally` says how many of `samples` texts carry it in both passes and in each:
/// 1 is full agreement, 0 what chance would bring, below 0 less. `None` where there is nothing to tell apart: no text,
/// or all with it or none, in both passes.
#[must_use]
pub fn kappa(tally: LabelTally, samples: u64) -> Option<f64> {
    let both = tally.agreed;
    let neither = (samples + both).checked_sub(tally.first + tally.second)?;
    let yes = share(tally.first, samples)? * share(tally.second, samples)?;
    let no = (1.0 - share(tally.first, samples)?) * (1.0 - share(tally.second, samples)?);
    above_chance(share(both + neither, samples)?, yes + no)
}

/// Cohen's kappa over all labels together if each of `samples` texts has exactly one in each pass (`each_has_one`);
/// else the mean of the labels' own.
#[must_use]
pub fn kappa_of_all(tallies: &[LabelTally], samples: u64, each_has_one: bool) -> Option<f64> {
    let sum = |part: fn(&LabelTally) -> u64| tallies.iter().map(part).sum::<u64>();
    if each_has_one {
        let by_chance = |tally: &LabelTally| Some(share(tally.first, samples)? * share(tally.second, samples)?);
        let expected = tallies.iter().map(by_chance).sum::<Option<f64>>()?;
        return above_chance(share(sum(|tally| tally.agreed), samples)?, expected);
    }
    let each: Vec<f64> = tallies.iter().filter_map(|tally| kappa(*tally, samples)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count of labels")]
    (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples are far below 2^53")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn above_chance(observed: f64, expected: f64) -> Option<f64> {
    (expected < 1.0 - 1e-12).then(|| (observed - expected) / (1.0 - expected))
}

/// A stretch of a text with a label; code points, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabeledSpan<L> {
    pub label: L,
    pub start: u32,
    pub end: u32,
}

/// How many pairs of one label share at least a character: each span has one partner at most, the one it shares most
/// with.
#[must_use]
pub fn overlapping<L: PartialEq>(first: &[LabeledSpan<L>], second: &[LabeledSpan<L>]) -> u64 {
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (one, a) in first.iter().enumerate() {
        for (other, b) in second.iter().enumerate().filter(|(_, b)| b.label == a.label) {
            let shared = a.end.min(b.end).saturating_sub(a.start.max(b.start));
            if shared > 0 {
                pairs.push((shared, one, other));
            }
        }
    }
    pairs.sort_by_key(|(shared, one, other)| (std::cmp::Reverse(*shared), *one, *other));
    let (mut first_taken, mut second_taken) = (vec![false; first.len()], vec![false; second.len()]);
    let mut count = 0;
    for (_, one, other) in pairs {
        if !first_taken[one] && !second_taken[other] {
            (first_taken[one], second_taken[other]) = (true, true);
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(agreed: u64, first: u64, second: u64) -> LabelTally {
        LabelTally { agreed, first, second }
    }

    #[test]
    fn kappa_agrees_with_a_count_by_hand() {
        // Cohen's own kind of table: 20 both yes, 15 both no, 5 and 10 split: (0.7 - 0.5) / 0.5.
        assert!((kappa(tally(20, 25, 30), 50).expect("a figure") - 0.4).abs() < 1e-12);
        let both = [tally(20, 25, 30), tally(15, 25, 20)];
        assert!((kappa_of_all(&both, 50, true).expect("a figure") - 0.4).abs() < 1e-12, "yes and no as two labels");
        assert_eq!(kappa(tally(3, 3, 3), 3), None, "nothing to tell apart");
        assert_eq!(kappa_of_all(&[], 0, true), None);
        let several = [tally(2, 2, 2), tally(1, 1, 1)];
        assert!((kappa_of_all(&several, 4, false).expect("a figure") - 1.0).abs() < 1e-12);
        // One text has both labels in both passes, another none: as many labels as texts, and yet not one each.
        let each = [tally(1, 1, 1), tally(1, 2, 1)];
        let mean = [kappa(each[0], 3), kappa(each[1], 3)].iter().flatten().sum::<f64>() / 2.0;
        assert!((kappa_of_all(&each, 3, false).expect("a figure") - mean).abs() < 1e-12);
    }

    #[test]
    fn spans_that_touch_nothing_are_no_pair() {
        let span = |label, start, end| LabeledSpan { label, start, end };
        assert_eq!(overlapping(&[span(1, 0, 4)], &[span(1, 3, 6), span(1, 0, 2)]), 1);
        assert_eq!(overlapping(&[span(1, 0, 4)], &[span(2, 0, 4), span(1, 4, 6)]), 0);
    }

    proptest! {
        #[test]
        fn kappa_is_at_most_one(both in 0_u64..20, only_first in 0_u64..20, only_second in 0_u64..20, neither in 0_u64..20) {
            let samples = both + only_first + only_second + neither;
            if let Some(kappa) = kappa(tally(both, both + only_first, both + only_second), samples) {
                prop_assert!((-1.0 - 1e-9..=1.0 + 1e-9).contains(&kappa));
                prop_assert_eq!(kappa > 1.0 - 1e-9, only_first + only_second == 0);
            }
        }
    }
}
