//! How good a detector is on images it was not trained on: average precision as Pascal VOC counts it, and which label
//! is taken for which. Everything is computed from what was found and what is there.

use super::shape::Bounds;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A found box and a true one belong together from this overlap on.
pub const MATCHING_IOU: f64 = 0.5;

/// An upright box in pixels of the upright image, as the guide writes it: `[ymin, xmin, ymax, xmax]`.
pub type EdgeBox = [f64; 4];

/// `bounds` as `[ymin, xmin, ymax, xmax]`.
#[must_use]
pub fn edges(bounds: &Bounds) -> EdgeBox {
    [bounds.min[1], bounds.min[0], bounds.max[1], bounds.max[0]]
}

/// `[ymin, xmin, ymax, xmax]` as bounds.
#[must_use]
pub fn bounds_of(edges: &EdgeBox) -> Bounds {
    Bounds { min: [edges[1], edges[0]], max: [edges[3], edges[2]] }
}

/// An object that is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueBox {
    /// Index into the evaluation's classes.
    pub class: usize,
    #[serde(rename = "box")]
    pub edges: EdgeBox,
    /// Neither finding nor missing it counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub difficult: bool,
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundBox {
    pub class: usize,
    #[serde(rename = "box")]
    pub edges: EdgeBox,
    /// 0 to 1.
    pub score: f64,
}

/// One evaluated image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EvaluatedImage {
    /// URI of the sample.
    pub source: String,
    /// Width and height of the upright image in pixels.
    #[serde(default)]
    pub size_px: [u32; 2],
    pub truth: Vec<TrueBox>,
    pub found: Vec<FoundBox>,
}

/// The evaluation of a detector.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetectionEvaluation {
    /// From this score on a found box is counted in precision, recall and the matrix; average precision looks at all.
    score_threshold: f64,
    images: Vec<EvaluatedImage>,
    #[serde(skip)]
    curves: Kept<Curves>,
    #[serde(skip)]
    figures: Kept<Figures>,
}

/// What is computed of an evaluation for a number of classes when it is first asked for; a window asks many times a
/// second.
#[derive(Clone, Debug)]
struct Kept<T>(OnceLock<(usize, T)>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Kept<T> {
    /// Two evaluations are equal whether or not somebody has asked.
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<T: Clone> Kept<T> {
    fn get(&self, classes: usize, compute: impl Fn() -> T) -> Cow<'_, T> {
        let (of, kept) = self.0.get_or_init(|| (classes, compute()));
        if *of == classes { Cow::Borrowed(kept) } else { Cow::Owned(compute()) }
    }
}

/// What is right if found boxes are counted from a score on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// 0 to 1.
    pub score: f64,
    /// The part of the objects that is found, 0 to 1.
    pub recall: f64,
    /// The part of the found boxes that is right, 0 to 1.
    pub precision: f64,
}

/// A curve for each label; `None` where there is nothing to find.
#[derive(Clone, Debug, Default)]
struct Curves(Vec<Option<Vec<CurvePoint>>>);

/// What depends on the score from which boxes are counted.
#[derive(Clone, Debug, Default)]
struct Figures {
    confusion: Vec<Vec<u64>>,
    /// Indices of images by row and column of the matrix.
    cells: BTreeMap<(usize, usize), Vec<usize>>,
    /// By class, indices of images where something else was taken for it; the surest first.
    misread: Vec<Vec<usize>>,
    /// Indices of all images, those with the most wrong or missed boxes first.
    worst: Vec<usize>,
}

/// What became of a box in the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair {
    /// Index among the true boxes; `None` for a box where nothing is.
    truth: Option<usize>,
    /// Index among the found boxes; `None` for an object that was missed.
    found: Option<usize>,
}

impl EvaluatedImage {
    /// Which found box belongs to which true one, whatever their labels: the surest chooses first, among those of its
    /// own label before others. Pairs with a difficult object are left out.
    fn pairs(&self, threshold: f64) -> Vec<Pair> {
        let mut order: Vec<usize> = (0..self.found.len()).filter(|at| self.found[*at].score >= threshold).collect();
        order.sort_by(|a, b| self.found[*b].score.total_cmp(&self.found[*a].score));
        let mut taken = vec![false; self.truth.len()];
        let mut pairs = Vec::new();
        // Two rounds: a wrong label must not take the place of a right one with a lower score.
        let mut left = Vec::new();
        for same_label in [true, false] {
            let round = if same_label { std::mem::take(&mut order) } else { std::mem::take(&mut left) };
            for at in round {
                let found = &self.found[at];
                let best = (0..self.truth.len())
                    .filter(|index| !taken[*index] && (!same_label || self.truth[*index].class == found.class))
                    .map(|index| (index, bounds_of(&self.truth[index].edges).iou(&bounds_of(&found.edges))))
                    .filter(|(_, overlap)| *overlap >= MATCHING_IOU)
                    .max_by(|a, b| a.1.total_cmp(&b.1));
                match best {
                    Some((index, _)) => {
                        taken[index] = true;
                        if !self.truth[index].difficult {
                            pairs.push(Pair { truth: Some(index), found: Some(at) });
                        }
                    }
                    None if same_label => left.push(at),
                    None => pairs.push(Pair { truth: None, found: Some(at) }),
                }
            }
        }
        let missed = (0..self.truth.len()).filter(|index| !taken[*index] && !self.truth[*index].difficult);
        pairs.extend(missed.map(|index| Pair { truth: Some(index), found: None }));
        pairs
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of boxes are far below 2^53")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count == 0.0 { 0.0 } else { sum / count }
}

/// The area under a curve of precision over recall, all points.
fn area_under(curve: &[CurvePoint]) -> f64 {
    // Precision never falls towards smaller recall, so it is looked at from the end.
    let (mut best, mut area) = (0.0_f64, 0.0);
    for (index, point) in curve.iter().enumerate().rev() {
        best = best.max(point.precision);
        let before = if index == 0 { 0.0 } else { curve[index - 1].recall };
        area += (point.recall - before) * best;
    }
    area
}

impl DetectionEvaluation {
    /// Of these images.
    #[must_use]
    pub fn new(score_threshold: f64, images: Vec<EvaluatedImage>) -> Self {
        Self { score_threshold, images, curves: Kept::default(), figures: Kept::default() }
    }

    /// Counts found boxes from another score on.
    pub fn set_score_threshold(&mut self, score: f64) {
        self.score_threshold = score;
        self.figures = Kept::default();
    }

    /// From this score on a found box is counted in precision, recall and the matrix; average precision looks at all.
    #[must_use]
    pub fn score_threshold(&self) -> f64 {
        self.score_threshold
    }

    /// The evaluated images.
    #[must_use]
    pub fn images(&self) -> &[EvaluatedImage] {
        &self.images
    }

    fn figures(&self, classes: usize) -> Cow<'_, Figures> {
        self.figures.get(classes, || self.computed(classes))
    }

    fn computed(&self, classes: usize) -> Figures {
        let mut confusion = vec![vec![0; classes + 1]; classes + 1];
        let mut cells: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let mut misread: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); classes];
        let mut mistakes = vec![0_u32; self.images.len()];
        for (index, image) in self.images.iter().enumerate() {
            for pair in image.pairs(self.score_threshold) {
                let row = pair.truth.map_or(classes, |truth| image.truth[truth].class);
                let column = pair.found.map_or(classes, |found| image.found[found].class);
                let Some(cell) = confusion.get_mut(row).and_then(|row| row.get_mut(column)) else { continue };
                *cell += 1;
                mistakes[index] += u32::from(row != column);
                let images = cells.entry((row, column)).or_default();
                if images.last() != Some(&index) {
                    images.push(index);
                }
                if let (Some(found), true, Some(misread)) = (pair.found, row != column, misread.get_mut(column)) {
                    let surest = misread.entry(index).or_insert(0.0);
                    *surest = surest.max(image.found[found].score);
                }
            }
        }
        let sorted = |images: BTreeMap<usize, f64>| {
            let mut images: Vec<(usize, f64)> = images.into_iter().collect();
            images.sort_by(|a, b| b.1.total_cmp(&a.1));
            images.into_iter().map(|(index, _)| index).collect()
        };
        let misread = misread.into_iter().map(sorted).collect();
        let mut worst: Vec<usize> = (0..self.images.len()).collect();
        worst.sort_by_key(|index| std::cmp::Reverse(mistakes[*index]));
        Figures { confusion, cells, misread, worst }
    }

    fn curves(&self, classes: usize) -> Cow<'_, Curves> {
        self.curves.get(classes, || Curves((0..classes).map(|class| self.computed_curve(class)).collect()))
    }

    /// Average precision of each of `classes` labels at [`MATCHING_IOU`]: all points of the curve, difficult objects
    /// neither right nor wrong. `None` if there is nothing to find.
    #[must_use]
    pub fn average_precisions(&self, classes: usize) -> Vec<Option<f64>> {
        self.curves(classes).0.iter().map(|curve| curve.as_deref().map(area_under)).collect()
    }

    /// Precision over recall of `class`, of `classes` labels, from the highest score to the lowest; empty if there is
    /// nothing to find or nothing was found.
    #[must_use]
    pub fn curve(&self, classes: usize, class: usize) -> Vec<CurvePoint> {
        self.curves(classes).0.get(class).cloned().flatten().unwrap_or_default()
    }

    /// Recall and precision of `class` after each found box, the surest first. `None` if there is nothing to find.
    fn computed_curve(&self, class: usize) -> Option<Vec<CurvePoint>> {
        let wanted = self.images.iter().flat_map(|image| &image.truth);
        let wanted = wanted.filter(|truth| truth.class == class && !truth.difficult).count() as u64;
        if wanted == 0 {
            return None;
        }
        let mut found: Vec<(usize, &FoundBox)> = self
            .images
            .iter()
            .enumerate()
            .flat_map(|(index, image)| image.found.iter().map(move |found| (index, found)))
            .filter(|(_, found)| found.class == class)
            .collect();
        found.sort_by(|a, b| b.1.score.total_cmp(&a.1.score));
        let mut taken: Vec<Vec<bool>> = self.images.iter().map(|image| vec![false; image.truth.len()]).collect();
        let (mut right, mut wrong) = (0_u64, 0_u64);
        let mut curve: Vec<CurvePoint> = Vec::new();
        for (index, found) in found {
            let truths = self.images[index].truth.iter().enumerate().filter(|(_, truth)| truth.class == class);
            let best = truths
                .map(|(at, truth)| (at, truth, bounds_of(&truth.edges).iou(&bounds_of(&found.edges))))
                .max_by(|a, b| a.2.total_cmp(&b.2))
                .filter(|(_, _, overlap)| *overlap >= MATCHING_IOU);
            match best {
                Some((_, truth, _)) if truth.difficult => continue,
                Some((at, _, _)) if !taken[index][at] => {
                    taken[index][at] = true;
                    right += 1;
                }
                _ => wrong += 1,
            }
            curve.push(CurvePoint {
                score: found.score,
                recall: ratio(right, wanted).unwrap_or(0.0),
                precision: ratio(right, right + wrong).unwrap_or(0.0),
            });
        }
        Some(curve)
    }

    /// Mean of the average precision over the labels that there is something of to find.
    #[must_use]
    pub fn mean_average_precision(&self, classes: usize) -> f64 {
        mean(self.average_precisions(classes).into_iter().flatten())
    }

    /// Counts of boxes: rows are labels, columns what they were taken for; the last row is where nothing is, the last
    /// column what was missed.
    #[must_use]
    pub fn confusion(&self, classes: usize) -> Vec<Vec<u64>> {
        self.figures(classes).confusion.clone()
    }

    /// The images with a pair in one cell of [`Self::confusion`]; `classes` is the number of the last row and column.
    #[must_use]
    pub fn cell(&self, classes: usize, row: usize, column: usize) -> Vec<&EvaluatedImage> {
        let figures = self.figures(classes);
        figures.cells.get(&(row, column)).into_iter().flatten().map(|index| &self.images[*index]).collect()
    }

    /// The images where something was taken for `class` that is something else, or nothing; the surest first.
    #[must_use]
    pub fn misread_as(&self, classes: usize, class: usize) -> Vec<&EvaluatedImage> {
        let figures = self.figures(classes);
        figures.misread.get(class).into_iter().flatten().map(|index| &self.images[*index]).collect()
    }

    /// All images, those with the most wrong or missed boxes first.
    #[must_use]
    pub fn worst(&self, classes: usize) -> Vec<&EvaluatedImage> {
        self.figures(classes).worst.iter().map(|index| &self.images[*index]).collect()
    }

    /// How many [`Self::misread_as`] has.
    #[must_use]
    pub fn misread_count(&self, classes: usize, class: usize) -> usize {
        self.figures(classes).misread.get(class).map_or(0, Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn truth(class: usize, left: f64) -> TrueBox {
        TrueBox { class, edges: [0.0, left, 10.0, left + 10.0], difficult: false }
    }

    fn found(class: usize, left: f64, score: f64) -> FoundBox {
        FoundBox { class, edges: [0.0, left, 10.0, left + 10.0], score }
    }

    fn one(truth: Vec<TrueBox>, found: Vec<FoundBox>) -> DetectionEvaluation {
        let images = vec![EvaluatedImage { source: "a".to_owned(), size_px: [300, 10], truth, found }];
        DetectionEvaluation::new(0.5, images)
    }

    fn twice_right() -> DetectionEvaluation {
        one(vec![truth(0, 0.0), truth(0, 50.0)], vec![found(0, 0.0, 0.9), found(0, 50.0, 0.8)])
    }

    #[test]
    fn average_precision_agrees_with_a_count_by_hand() {
        // In order of score: right, wrong, right; three to find. Precision 1, 1/2, 2/3 at recall 1/3, 1/3, 2/3.
        let evaluation = one(
            vec![truth(0, 0.0), truth(0, 50.0), truth(0, 100.0)],
            vec![found(0, 0.0, 0.9), found(0, 200.0, 0.8), found(0, 50.0, 0.7)],
        );
        let expected = 1.0 / 3.0 + (1.0 / 3.0) * (2.0 / 3.0);
        assert!((evaluation.average_precisions(2)[0].expect("something to find") - expected).abs() < 1e-12);
        assert_eq!(evaluation.average_precisions(2)[1], None);
        assert!((evaluation.mean_average_precision(2) - expected).abs() < 1e-12, "labels without objects do not count");
    }

    #[test]
    fn another_score_counts_other_boxes_and_leaves_the_curve() {
        let mut evaluation = one(
            vec![truth(0, 0.0), truth(0, 50.0), truth(0, 100.0)],
            vec![found(0, 0.0, 0.9), found(0, 200.0, 0.8), found(0, 50.0, 0.7)],
        );
        let curve = evaluation.curve(1, 0);
        let points: Vec<_> = curve.iter().map(|point| (point.score, point.recall * 3.0, point.precision)).collect();
        assert_eq!(points, [(0.9, 1.0, 1.0), (0.8, 1.0, 0.5), (0.7, 2.0, 2.0 / 3.0)]);
        assert_eq!(evaluation.confusion(1), [[2, 1], [1, 0]]);
        let average = evaluation.mean_average_precision(1);
        evaluation.set_score_threshold(0.85);
        assert_eq!(evaluation.confusion(1), [[1, 2], [0, 0]]);
        assert_eq!((evaluation.mean_average_precision(1), evaluation.curve(1, 0)), (average, curve));
        assert!(evaluation.curve(1, 7).is_empty());
    }

    #[test]
    fn the_worst_image_comes_first() {
        let image = |source: &str, found| EvaluatedImage {
            source: source.to_owned(),
            truth: vec![truth(0, 0.0)],
            found,
            ..EvaluatedImage::default()
        };
        let evaluation = DetectionEvaluation::new(
            0.5,
            vec![
                image("right", vec![found(0, 0.0, 0.9)]),
                image("missed and wrong", vec![found(0, 90.0, 0.9)]),
                image("missed", Vec::new()),
            ],
        );
        let names: Vec<_> = evaluation.worst(1).iter().map(|image| image.source.as_str()).collect();
        assert_eq!(names, ["missed and wrong", "missed", "right"]);
    }

    #[test]
    fn a_second_box_on_one_object_is_wrong_and_a_loose_one_too() {
        let twice = one(vec![truth(0, 0.0)], vec![found(0, 0.0, 0.8), found(0, 0.0, 0.9)]);
        assert_eq!(twice.average_precisions(2)[0], Some(1.0), "the second comes after full recall");
        assert_eq!(twice.confusion(1), [[1, 0], [1, 0]]);
        // Moved by a third of the side: 20/3 of 40/3 shared, exactly one half; a little more is less.
        assert_eq!(one(vec![truth(0, 0.0)], vec![found(0, 3.3, 0.9)]).average_precisions(2)[0], Some(1.0));
        assert_eq!(one(vec![truth(0, 0.0)], vec![found(0, 3.4, 0.9)]).average_precisions(2)[0], Some(0.0));
    }

    #[test]
    fn difficult_objects_are_neither_right_nor_wrong() {
        let mut difficult = truth(0, 0.0);
        difficult.difficult = true;
        let missed = one(vec![difficult.clone(), truth(0, 50.0)], vec![found(0, 50.0, 0.9)]);
        assert_eq!((missed.average_precisions(2)[0], missed.confusion(1)), (Some(1.0), vec![vec![1, 0], vec![0, 0]]));
        let hit = one(vec![difficult, truth(0, 50.0)], vec![found(0, 0.0, 0.95), found(0, 50.0, 0.9)]);
        assert_eq!((hit.average_precisions(2)[0], hit.confusion(1)), (Some(1.0), vec![vec![1, 0], vec![0, 0]]));
    }

    #[test]
    fn the_matrix_tells_taken_for_missed_and_found_where_nothing_is() {
        let evaluation = one(
            vec![truth(0, 0.0), truth(1, 50.0), truth(1, 100.0)],
            vec![
                found(0, 0.0, 0.9),
                found(0, 50.0, 0.9),
                found(1, 50.5, 0.6),
                found(1, 200.0, 0.7),
                found(1, 100.0, 0.4),
            ],
        );
        // The sure wrong label at 50 does not hide the right one; it stands where nothing else is.
        assert_eq!(evaluation.confusion(2), [[1, 0, 0], [0, 1, 1], [1, 1, 0]]);
        assert_eq!(evaluation.cell(2, 1, 2).len(), 1);
        assert!(evaluation.cell(2, 0, 1).is_empty());
        assert_eq!((evaluation.misread_as(2, 0).len(), evaluation.misread_as(2, 1).len()), (1, 1));
        assert!(twice_right().misread_as(1, 0).is_empty());
        let confused = one(vec![truth(0, 0.0)], vec![found(1, 0.0, 0.9)]);
        assert_eq!(confused.confusion(2), [[0, 1, 0], [0, 0, 0], [0, 0, 0]]);
    }

    proptest! {
        #[test]
        fn figures_stay_between_nothing_and_all(
            images in prop::collection::vec(
                (
                    prop::collection::vec((0_usize..3, 0.0..60.0_f64, any::<bool>()), 0..6),
                    prop::collection::vec((0_usize..3, 0.0..60.0_f64, 0.0..1.0_f64), 0..8),
                ),
                0..5,
            ),
        ) {
            let images: Vec<_> = images
                .into_iter()
                .map(|(truths, founds)| EvaluatedImage {
                    source: String::new(),
                    size_px: [100, 10],
                    truth: truths
                        .into_iter()
                        .map(|(class, left, difficult)| TrueBox { difficult, ..truth(class, left) })
                        .collect(),
                    found: founds.into_iter().map(|(class, left, score)| found(class, left, score)).collect(),
                })
                .collect();
            let counted = images.iter().flat_map(|image| &image.truth).filter(|truth| !truth.difficult).count() as u64;
            let evaluation = DetectionEvaluation::new(0.5, images);
            for class in 0..3 {
                prop_assert!(evaluation.average_precisions(3)[class].is_none_or(|ap| (0.0..=1.0 + 1e-9).contains(&ap)));
            }
            let confusion = evaluation.confusion(3);
            prop_assert_eq!(confusion[..3].iter().flatten().sum::<u64>(), counted, "every object is counted once");
            prop_assert_eq!(confusion[3][3], 0);
        }

        #[test]
        fn finding_exactly_what_is_there_is_perfect(lefts in prop::collection::vec(0_u8..20, 1..8)) {
            let mut lefts = lefts;
            lefts.sort_unstable();
            lefts.dedup();
            let place = |left: &u8| f64::from(*left) * 20.0;
            let truths = lefts.iter().map(|left| truth(0, place(left))).collect();
            let founds = lefts.iter().map(|left| found(0, place(left), 0.9)).collect();
            let evaluation = one(truths, founds);
            prop_assert!((evaluation.average_precisions(2)[0].expect("objects") - 1.0).abs() < 1e-9);
        }
    }
}
