//! Which samples are trained on and which are kept for evaluation.

use super::error::LearningError;
use crate::domain::Usage;
use crate::domain::traits::LearningItem;
#[cfg(test)]
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;
use std::str::FromStr;

/// How the samples without a usage are divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitSpec {
    /// Part that is trained on, 0 to 1.
    pub train: f64,
    /// Part that is evaluated, 0 to 1; both together are at most 1.
    pub eval: f64,
}

impl FromStr for SplitSpec {
    type Err = ();

    /// Reads `0.8` or `train:0.8,eval:0.2`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let part = |text: &str| text.trim().parse::<f64>().ok().filter(|part| (0.0..=1.0).contains(part)).ok_or(());
        if let Ok(train) = part(text) {
            return if train > 0.0 { Ok(Self { train, eval: 1.0 - train }) } else { Err(()) };
        }
        let (mut train, mut eval) = (None, None);
        for pair in text.split(',') {
            let (name, value) = pair.split_once(':').ok_or(())?;
            let slot = match name.trim() {
                "train" => &mut train,
                "eval" => &mut eval,
                _ => return Err(()),
            };
            if slot.replace(part(value)?).is_some() {
                return Err(());
            }
        }
        let train = train.ok_or(())?;
        let eval = eval.unwrap_or(1.0 - train);
        if train > 0.0 && train + eval <= 1.0 + 1e-9 { Ok(Self { train, eval }) } else { Err(()) }
    }
}

impl SplitSpec {
    /// What [`SplitSpec::from_str`] reads, for messages.
    pub(crate) const EXPECTED: &'static str = "split-spec";
}

/// One image to learn from or to be judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// Index of the item in its source.
    pub item: usize,
    /// Index of the class in the source.
    pub class: usize,
}

/// The division of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<Example>,
    /// Watched while training and evaluated after it.
    pub eval: Vec<Example>,
    /// Only evaluated, after everything.
    pub test: Vec<Example>,
    /// Items left out because they carry several labels.
    pub several_labels: u64,
    /// Items left out because they carry none.
    pub unlabeled: u64,
    /// Items left out because they are meant for inference.
    pub inference: u64,
}

impl Split {
    /// How many examples are evaluated at the end.
    #[must_use]
    pub fn evaluated(&self) -> usize {
        self.eval.len() + self.test.len()
    }

    /// What was left out, for messages.
    #[must_use]
    pub fn left_out(&self) -> String {
        format!(
            "left out: {} without label, {} with several labels, {} meant for inference",
            self.unlabeled, self.several_labels, self.inference
        )
    }
}

/// Divides `items`: those with a usage by it, the rest class by class by ratio. One item is never both trained on and
/// evaluated, whatever its labels. The same seed gives the same division.
///
/// # Errors
/// If fewer than two classes or images are left to train on.
pub fn split(
    items: &[LearningItem],
    spec: SplitSpec,
    seed: u64,
    several_labels_allowed: bool,
) -> Result<Split, LearningError> {
    let split = divide(items, spec, seed, several_labels_allowed);
    check(&split)?;
    Ok(split)
}

/// As [`split`], whatever comes of it.
pub(crate) fn divide(items: &[LearningItem], spec: SplitSpec, seed: u64, several_labels_allowed: bool) -> Split {
    let mut split = Split::default();
    let mut undecided: Vec<Vec<usize>> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if item.usage == Some(Usage::Inference) {
            split.inference += 1;
            continue;
        }
        let Some(first) = item.classes.first().copied() else {
            split.unlabeled += 1;
            continue;
        };
        if item.classes.len() > 1 && !several_labels_allowed {
            split.several_labels += 1;
            continue;
        }
        let examples = item.classes.iter().map(|&class| Example { item: index, class });
        match item.usage {
            Some(Usage::Train) => split.train.extend(examples),
            Some(Usage::Eval) => split.eval.extend(examples),
            Some(Usage::Test) => split.test.extend(examples),
            Some(Usage::Inference) | None => {
                if undecided.len() <= first {
                    undecided.resize(first + 1, Vec::new());
                }
                undecided[first].push(index);
            }
        }
    }
    let mut random = StdRng::seed_from_u64(seed);
    // Whole images do not divide evenly; what one class rounds off, the next one makes up for.
    let (mut carried_train, mut carried_eval) = (0.0, 0.0);
    for mut class in undecided {
        class.shuffle(&mut random);
        let (train, eval) = shares(class.len(), spec, &mut carried_train, &mut carried_eval);
        for (place, index) in class.into_iter().enumerate() {
            let examples = items[index].classes.iter().map(|&class| Example { item: index, class });
            if place < train {
                split.train.extend(examples);
            } else if place < train + eval {
                split.eval.extend(examples);
            }
        }
    }
    for part in [&mut split.train, &mut split.eval, &mut split.test] {
        part.sort_by_key(|example| (example.item, example.class));
    }
    split
}

/// How many of `count` images of one class are trained on and evaluated.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "small counts"
)]
fn shares(count: usize, spec: SplitSpec, carried_train: &mut f64, carried_eval: &mut f64) -> (usize, usize) {
    let wanted_train = spec.train * count as f64 + *carried_train;
    let train = (wanted_train.round().max(0.0) as usize).clamp(1.min(count), count);
    *carried_train = (wanted_train - train as f64).clamp(-1.0, 1.0);
    let wanted_eval = spec.eval * count as f64 + *carried_eval;
    // A class of which nothing is evaluated has no figures, so that two images are one and one.
    let least = usize::from(count >= 2 && spec.eval > 0.0);
    let train = train.min(count - least);
    if spec.train + spec.eval > 1.0 - 1e-9 {
        // Nothing is to be left over: the two must not round differently.
        return (train.max(1.min(count)), count - train.max(1.min(count)));
    }
    let eval = (wanted_eval.round().max(0.0) as usize).clamp(least, count - train);
    *carried_eval = (wanted_eval - eval as f64).clamp(-1.0, 1.0);
    (train.max(1.min(count)), eval)
}

/// Refuses what nothing can be learned from.
fn check(split: &Split) -> Result<(), LearningError> {
    let labels = |examples: &[Example]| examples.iter().map(|example| example.class).collect::<BTreeSet<_>>().len();
    if split.train.len() < 2 {
        let (usable, needed, left_out) = (split.train.len(), 2, split.left_out());
        return Err(LearningError::TooFewSamples { usable, needed, left_out });
    }
    match labels(&split.train) {
        0 | 1 => Err(LearningError::TooFewClasses { found: labels(&split.train) }),
        _ => Ok(()),
    }
}

/// Divides `examples` into `folds` stratified parts of nearly equal size and gives each example its part. Examples of
/// one item stay together.
#[cfg(test)]
pub(crate) fn folds(examples: &[Example], folds: usize, seed: u64) -> Vec<usize> {
    let mut random = StdRng::seed_from_u64(seed);
    let classes = examples.iter().map(|example| example.class + 1).max().unwrap_or(0);
    let mut by_item = std::collections::BTreeMap::new();
    let mut next = vec![0; classes];
    for start in &mut next {
        *start = random.random_range(0..folds);
    }
    let mut order: Vec<usize> = (0..examples.len()).collect();
    order.shuffle(&mut random);
    for index in order {
        let example = examples[index];
        by_item.entry(example.item).or_insert_with(|| {
            next[example.class] += 1;
            next[example.class] % folds
        });
    }
    examples.iter().map(|example| by_item[&example.item]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(classes: &[usize], usage: Option<Usage>) -> LearningItem {
        LearningItem { classes: classes.to_vec(), usage, ..LearningItem::default() }
    }

    #[test]
    fn both_spellings_are_read() {
        assert_eq!("0.8".parse(), Ok(SplitSpec { train: 0.8, eval: 1.0 - 0.8 }));
        assert_eq!("train:0.7, eval:0.2".parse(), Ok(SplitSpec { train: 0.7, eval: 0.2 }));
        assert_eq!("train:0.5".parse(), Ok(SplitSpec { train: 0.5, eval: 0.5 }));
        for wrong in ["", "0", "1.2", "train:0.8,eval:0.3", "eval:0.2", "train:0.8,train:0.2", "test:0.5", "NaN"] {
            assert_eq!(wrong.parse::<SplitSpec>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn usage_decides_where_it_is_set() {
        let items = [
            item(&[0], Some(Usage::Train)),
            item(&[1], Some(Usage::Train)),
            item(&[0], Some(Usage::Eval)),
            item(&[1], Some(Usage::Test)),
            item(&[1], Some(Usage::Inference)),
            item(&[], None),
            item(&[0, 1], None),
        ];
        let split = split(&items, "0.8".parse().expect("valid"), 1, false).expect("two classes");
        assert_eq!(split.train.iter().map(|e| e.item).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(split.eval, [Example { item: 2, class: 0 }]);
        assert_eq!(split.test, [Example { item: 3, class: 1 }]);
        assert_eq!((split.inference, split.unlabeled, split.several_labels), (1, 1, 1));
    }

    #[test]
    fn eighty_of_a_class_are_divided_exactly() {
        let items: Vec<_> = (0..400).map(|index| item(&[index / 80], None)).collect();
        let split = split(&items, "0.8".parse().expect("valid"), 7, false).expect("five classes");
        assert_eq!((split.train.len(), split.eval.len()), (320, 80));
        for class in 0..5 {
            assert_eq!(split.eval.iter().filter(|example| example.class == class).count(), 16);
        }
    }

    #[test]
    fn one_class_or_one_image_is_refused() {
        let spec = "0.8".parse().expect("valid");
        let alone = split(&[item(&[0], None)], spec, 1, false);
        assert!(matches!(alone, Err(LearningError::TooFewSamples { usable: 1, .. })));
        let same: Vec<_> = (0..9).map(|_| item(&[3], None)).collect();
        assert!(matches!(split(&same, spec, 1, false), Err(LearningError::TooFewClasses { found: 1 })));
    }

    fn usage() -> impl Strategy<Value = Option<Usage>> {
        prop_oneof![4 => Just(None), 1 => prop::sample::select(Usage::ALL.to_vec()).prop_map(Some)]
    }

    proptest! {
        #[test]
        fn no_image_is_both_trained_on_and_evaluated(
            items in prop::collection::vec((prop::collection::btree_set(0_usize..4, 0..3), usage()), 0..60),
            train in 0.05_f64..1.0,
            seed: u64,
            several: bool,
        ) {
            let items: Vec<_> = items
                .iter()
                .map(|(classes, usage)| item(&classes.iter().copied().collect::<Vec<_>>(), *usage))
                .collect();
            let spec = SplitSpec { train, eval: 1.0 - train };
            let Ok(split) = split(&items, spec, seed, several) else { return Ok(()) };
            let trained: BTreeSet<_> = split.train.iter().map(|e| e.item).collect();
            let evaluated: BTreeSet<_> = split.eval.iter().chain(&split.test).map(|e| e.item).collect();
            prop_assert!(trained.is_disjoint(&evaluated));
            for example in split.train.iter().chain(&split.eval).chain(&split.test) {
                prop_assert!(items[example.item].classes.contains(&example.class));
                prop_assert!(items[example.item].usage != Some(Usage::Inference));
                prop_assert!(several || items[example.item].classes.len() == 1);
            }
            prop_assert!(split.train.iter().all(|e| !matches!(items[e.item].usage, Some(Usage::Eval | Usage::Test))));
            prop_assert!(split.test.iter().all(|e| items[e.item].usage == Some(Usage::Test)));
            let whole = (trained.len() + evaluated.len()) as u64;
            prop_assert_eq!(whole + split.several_labels + split.unlabeled + split.inference, items.len() as u64);
            prop_assert_eq!(&super::split(&items, spec, seed, several).expect("as before"), &split);
        }

        #[test]
        fn folds_are_stratified_and_keep_items_together(counts in prop::collection::vec(0_usize..30, 1..5), seed: u64) {
            let classes = counts.iter().enumerate().flat_map(|(class, &count)| std::iter::repeat_n(class, count));
            let examples: Vec<_> = classes.enumerate().map(|(item, class)| Example { item, class }).collect();
            let folds = folds(&examples, 5, seed);
            for (class, &count) in counts.iter().enumerate() {
                for fold in 0..5 {
                    let here = examples.iter().zip(&folds).filter(|(e, f)| e.class == class && **f == fold).count();
                    prop_assert!(here.abs_diff(count / 5) <= 1);
                }
            }
        }
    }
}
