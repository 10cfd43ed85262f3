//! Typical sizes of boxes, found by grouping those of the version (k-means with overlap as the measure, as in YOLOv2
//! and v3).

use super::network::{ANCHORS, STRIDES};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Width and height of typical boxes in pixels of the network's input, by scale, the finest first.
pub(super) type Anchors = [[[f32; 2]; ANCHORS]; STRIDES.len()];

/// How many sizes there are in all.
const COUNT: usize = ANCHORS * STRIDES.len();
const ROUNDS: usize = 100;
/// A box is never taken for smaller than this.
const LEAST_PX: f32 = 2.0;
/// More boxes than these are thinned out.
const MOST_BOXES: usize = 20_000;

/// Intersection over union of two boxes with the same centre.
fn overlap(a: [f32; 2], b: [f32; 2]) -> f32 {
    let shared = a[0].min(b[0]) * a[1].min(b[1]);
    shared / (a[0] * a[1] + b[0] * b[1] - shared)
}

fn nearest(centres: &[[f32; 2]], size: [f32; 2]) -> usize {
    let mut best = (0, f32::NEG_INFINITY);
    for (index, centre) in centres.iter().enumerate() {
        let overlap = overlap(*centre, size);
        if overlap > best.1 {
            best = (index, overlap);
        }
    }
    best.0
}

/// The sizes for boxes of `sizes`, width and height in pixels. The same seed gives the same sizes.
pub(super) fn anchors(sizes: &[[f32; 2]], seed: u64) -> Anchors {
    let step = sizes.len().div_ceil(MOST_BOXES).max(1);
    let usable = |size: &&[f32; 2]| size.iter().all(|side| side.is_finite() && *side > 0.0);
    let sizes: Vec<[f32; 2]> =
        sizes.iter().step_by(step).filter(usable).map(|size| size.map(|side| side.max(LEAST_PX))).collect();
    let mut centres = if sizes.is_empty() {
        // Nothing to go by: those of the paper for COCO, at 416 pixels.
        vec![
            [10., 13.],
            [16., 30.],
            [33., 23.],
            [30., 61.],
            [62., 45.],
            [59., 119.],
            [116., 90.],
            [156., 198.],
            [373., 326.],
        ]
    } else {
        means(&sizes, seed)
    };
    centres.sort_by(|a, b| (a[0] * a[1]).total_cmp(&(b[0] * b[1])));
    let mut anchors = [[[0.0; 2]; ANCHORS]; STRIDES.len()];
    for (index, centre) in centres.into_iter().enumerate() {
        anchors[index / ANCHORS][index % ANCHORS] = centre;
    }
    anchors
}

fn means(sizes: &[[f32; 2]], seed: u64) -> Vec<[f32; 2]> {
    let mut random = StdRng::seed_from_u64(seed);
    // The first centres are far apart (k-means++), so that a rare size finds one of its own.
    let mut centres = vec![sizes[random.random_range(0..sizes.len())]];
    while centres.len() < COUNT {
        let distances: Vec<f64> = sizes
            .iter()
            .map(|size| f64::from(1.0 - overlap(centres[nearest(&centres, *size)], *size)).max(0.0).powi(2))
            .collect();
        let total: f64 = distances.iter().sum();
        let mut left = random.random::<f64>() * total;
        let chosen = distances.iter().position(|distance| {
            left -= distance;
            left < 0.0
        });
        // All boxes are of few sizes: the further ones are those made a little larger and smaller.
        #[expect(clippy::cast_precision_loss, reason = "at most nine")]
        let varied = |size: [f32; 2]| size.map(|side| side * (0.8 + 0.05 * centres.len() as f32));
        let next = chosen.map_or_else(|| varied(sizes[random.random_range(0..sizes.len())]), |index| sizes[index]);
        centres.push(next);
    }
    let mut of: Vec<usize> = Vec::new();
    for _ in 0..ROUNDS {
        let now: Vec<usize> = sizes.iter().map(|size| nearest(&centres, *size)).collect();
        if now == of {
            break;
        }
        of = now;
        let mut sums = vec![([0.0_f64; 2], 0_u32); centres.len()];
        for (size, &index) in sizes.iter().zip(&of) {
            let (sum, count) = &mut sums[index];
            sum[0] += f64::from(size[0]);
            sum[1] += f64::from(size[1]);
            *count += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "pixels")]
        for (centre, (sum, count)) in centres.iter_mut().zip(sums) {
            if count > 0 {
                *centre = sum.map(|sum| (sum / f64::from(count)) as f32);
            }
        }
    }
    centres
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_find_their_groups_and_are_sorted_by_area() {
        let mut sizes = Vec::new();
        for at in 0..60_u8 {
            let jitter = 1.0 + f32::from(at % 5) * 0.01;
            sizes.push([16.0 * jitter, 16.0]);
            sizes.push([42.0, 40.0 * jitter]);
        }
        sizes.push([100.0, 80.0]);
        let found = anchors(&sizes, 1);
        let flat: Vec<[f32; 2]> = found.into_iter().flatten().collect();
        assert!(flat.is_sorted_by_key(|size| size[0] * size[1]));
        for size in &sizes {
            let best = flat.iter().map(|anchor| overlap(*anchor, *size)).fold(0.0, f32::max);
            assert!(best > 0.9, "{size:?} is near one of {flat:?}");
        }
        assert_eq!(found, anchors(&sizes, 1), "the same seed");
    }

    #[test]
    fn one_size_none_and_nonsense_still_give_nine() {
        for sizes in [vec![[30.0, 20.0]; 5], vec![], vec![[0.0, 5.0], [f32::NAN, 1.0]], vec![[1e-3, 1e-3]]] {
            let found = anchors(&sizes, 7);
            assert!(
                found.iter().flatten().flatten().all(|side| side.is_finite() && *side > 0.0),
                "{sizes:?}: {found:?}"
            );
        }
    }
}
