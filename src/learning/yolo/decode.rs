//! From what the network says to boxes: which are sure enough, and which of several on one object stays.

use super::anchors::Anchors;
use super::network::{ANCHORS, BOX_VALUES, STRIDES};
use crate::domain::shape::Bounds;
use burn::tensor::Tensor;

/// No image answers with more boxes.
const MOST_FOUND: usize = 300;
/// No more boxes of a class are compared with each other.
const MOST_CANDIDATES: usize = 1000;

/// A box that was found, in pixels of the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) class: usize,
    /// 0 to 1.
    pub(super) score: f32,
    pub(super) bounds: Bounds,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Looking {
    /// Boxes with a lower score are left out, 0 to 1.
    pub(super) least_score: f32,
    /// Of two boxes of a class that overlap more than this, the surer one stays.
    pub(super) most_overlap: f64,
}

/// A place in hundredths of a pixel: no detector is surer, and answers and evaluations are shorter.
pub(super) fn hundredths(edge: f64) -> f64 {
    (edge * 100.0).round() / 100.0
}

fn sigmoid(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// The boxes in each image of a batch, the surest first.
pub(super) fn decode(predictions: Vec<Tensor<4>>, anchors: &Anchors, looking: Looking) -> Vec<Vec<Found>> {
    let mut images: Vec<Vec<Found>> = Vec::new();
    for ((prediction, anchors), stride) in predictions.into_iter().zip(anchors).zip(STRIDES) {
        let [batch, channels, rows, columns] = prediction.dims();
        let values = prediction.into_data().try_into_vec::<f32>().unwrap_or_default();
        images.resize_with(batch, Vec::new);
        for (image, found) in images.iter_mut().enumerate() {
            let of_image = &values[image * channels * rows * columns..][..channels * rows * columns];
            scale(of_image, [rows, columns], anchors, stride, looking.least_score, found);
        }
    }
    images.into_iter().map(|found| suppressed(found, looking.most_overlap)).collect()
}

/// Adds the sure enough boxes of one image at one scale.
#[expect(clippy::cast_precision_loss, reason = "a small grid")]
fn scale(
    values: &[f32],
    [rows, columns]: [usize; 2],
    anchors: &[[f32; 2]; ANCHORS],
    stride: usize,
    least: f32,
    found: &mut Vec<Found>,
) {
    let cells = rows * columns;
    let numbers = values.len() / (ANCHORS * cells);
    // A logit below this cannot become a sure enough score, and most are.
    let least_logit = if least > 0.0 { (least / (1.0 - least).max(f32::MIN_POSITIVE)).ln() } else { f32::NEG_INFINITY };
    for (anchor, [anchor_width, anchor_height]) in anchors.iter().enumerate() {
        let of_anchor = &values[anchor * numbers * cells..][..numbers * cells];
        let objects = &of_anchor[4 * cells..5 * cells];
        for (cell, object) in objects.iter().enumerate() {
            if *object < least_logit {
                continue;
            }
            let object = sigmoid(*object);
            let raw = |number: usize| sigmoid(of_anchor[number * cells + cell]);
            for class in 0..numbers - BOX_VALUES {
                let score = object * raw(BOX_VALUES + class);
                if score < least || !score.is_finite() {
                    continue;
                }
                let stride = stride as f32;
                let x = (2.0 * raw(0) - 0.5 + (cell % columns) as f32) * stride;
                let y = (2.0 * raw(1) - 0.5 + (cell / columns) as f32) * stride;
                let (half_width, half_height) =
                    (2.0 * raw(2).powi(2) * anchor_width, 2.0 * raw(3).powi(2) * anchor_height);
                let bounds = Bounds {
                    min: [x - half_width, y - half_height].map(f64::from),
                    max: [x + half_width, y + half_height].map(f64::from),
                };
                found.push(Found { class, score, bounds });
            }
        }
    }
}

/// Of boxes of one class on one object only the surest, and of all at most [`MOST_FOUND`].
pub(super) fn suppressed(mut found: Vec<Found>, most_overlap: f64) -> Vec<Found> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let classes = found.iter().map(|found| found.class + 1).max().unwrap_or(0);
    let mut candidates = vec![0; classes];
    let mut kept: Vec<Vec<Found>> = vec![Vec::new(); classes];
    for found in found {
        candidates[found.class] += 1;
        let kept = &mut kept[found.class];
        if candidates[found.class] <= MOST_CANDIDATES
            && kept.len() < MOST_FOUND
            && kept.iter().all(|other| other.bounds.iou(&found.bounds) <= most_overlap)
        {
            kept.push(found);
        }
    }
    let mut all: Vec<Found> = kept.into_iter().flatten().collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all.truncate(MOST_FOUND);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(class: usize, score: f32, left: f64) -> Found {
        Found { class, score, bounds: Bounds { min: [left, 0.0], max: [left + 10.0, 10.0] } }
    }

    #[test]
    fn of_boxes_on_one_object_the_surest_stays_within_its_class() {
        let kept =
            suppressed(vec![found(0, 0.5, 1.0), found(0, 0.9, 0.0), found(1, 0.4, 0.0), found(0, 0.3, 8.0)], 0.5);
        assert_eq!(kept, [found(0, 0.9, 0.0), found(1, 0.4, 0.0), found(0, 0.3, 8.0)]);
        assert!(suppressed(Vec::new(), 0.5).is_empty());
    }

    #[test]
    fn a_cell_says_where_its_box_is() {
        // One image, two rows of three cells at stride 8, two classes; the second anchor of cell (2, 1) says something.
        let (cells, numbers) = (6, 7);
        let mut values = vec![-20.0_f32; ANCHORS * numbers * cells];
        let mut set = |number: usize, value: f32| values[(numbers + number) * cells + 5] = value;
        for number in 0..4 {
            set(number, 0.0);
        }
        set(4, 20.0);
        set(6, 20.0);
        let mut boxes = Vec::new();
        scale(&values, [2, 3], &[[9.0, 9.0], [10.0, 20.0], [40.0, 40.0]], 8, 0.3, &mut boxes);
        let [only] = boxes[..] else { panic!("{boxes:?}") };
        assert_eq!((only.class, only.bounds.center()), (1, [20.0, 12.0]));
        assert_eq!((only.bounds.width(), only.bounds.height()), (10.0, 20.0));
        assert!(only.score > 0.99);
    }
}
