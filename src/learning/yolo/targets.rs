//! Which predicted boxes answer for which objects.

use super::anchors::Anchors;
use super::network::STRIDES;

/// An object in the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Target {
    pub(super) class: usize,
    /// Centre x and y, width, height, in pixels of the input.
    pub(super) center_size: [f32; 4],
}

/// What one scale shall predict for a batch. The predictions are numbered by image, anchor, row, column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Assigned {
    /// Numbers of the predictions that answer for an object, one an entry of the lists below.
    pub(super) places: Vec<i64>,
    /// Column and row of the cell.
    pub(super) cells: Vec<[f32; 2]>,
    /// Width and height of the anchor in pixels.
    pub(super) anchors: Vec<[f32; 2]>,
    pub(super) boxes: Vec<[f32; 4]>,
    pub(super) classes: Vec<usize>,
}

/// An anchor may be so many times larger or smaller than the object in each direction.
const MOST_RATIO: f32 = 3.0;

/// Assigns each object of each image to the cell it lies in and the two nearest ones, at every anchor of about its
/// size; if there is none, at the nearest one. Where two objects want the same prediction, the smaller one gets it.
/// `input` is height and width of the network's input.
pub(super) fn assign(images: &[Vec<Target>], anchors: &Anchors, input: [usize; 2]) -> Vec<Assigned> {
    let mut taken: Vec<std::collections::HashMap<i64, usize>> = vec![Default::default(); STRIDES.len()];
    let mut assigned = vec![Assigned::default(); STRIDES.len()];
    for (image, targets) in images.iter().enumerate() {
        let mut targets = targets.clone();
        // Large ones first: what comes later replaces.
        targets.sort_by(|a, b| (b.center_size[2] * b.center_size[3]).total_cmp(&(a.center_size[2] * a.center_size[3])));
        for target in targets {
            for (scale, anchor) in suiting(anchors, [target.center_size[2], target.center_size[3]]) {
                let stride = STRIDES[scale];
                let (rows, columns) = (input[0] / stride, input[1] / stride);
                for (column, row) in cells(&target, stride, rows, columns) {
                    let place = ((image * anchors[scale].len() + anchor) * rows + row) * columns + column;
                    let place = i64::try_from(place).unwrap_or(i64::MAX);
                    let here = &mut assigned[scale];
                    #[expect(clippy::cast_precision_loss, reason = "a grid is small")]
                    let cell = [column as f32, row as f32];
                    let entry = *taken[scale].entry(place).or_insert(here.places.len());
                    if entry == here.places.len() {
                        here.places.push(place);
                        here.cells.push(cell);
                        here.anchors.push(anchors[scale][anchor]);
                        here.boxes.push(target.center_size);
                        here.classes.push(target.class);
                    } else {
                        here.boxes[entry] = target.center_size;
                        here.classes[entry] = target.class;
                    }
                }
            }
        }
    }
    assigned
}

/// Scale and number of the anchors of about this size, at least one.
fn suiting(anchors: &Anchors, size: [f32; 2]) -> Vec<(usize, usize)> {
    let mut suiting = Vec::new();
    let mut nearest = ((0, 0), f32::INFINITY);
    for (scale, anchors) in anchors.iter().enumerate() {
        for (index, anchor) in anchors.iter().enumerate() {
            let ratio = (0..2)
                .map(|axis| {
                    let ratio = size[axis].max(f32::MIN_POSITIVE) / anchor[axis];
                    ratio.max(1.0 / ratio)
                })
                .fold(0.0, f32::max);
            if ratio < MOST_RATIO {
                suiting.push((scale, index));
            }
            if ratio < nearest.1 {
                nearest = ((scale, index), ratio);
            }
        }
    }
    if suiting.is_empty() {
        suiting.push(nearest.0);
    }
    suiting
}

/// Column and row of the cell of a target's centre and of the nearer neighbours in each direction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a small grid"
)]
fn cells(target: &Target, stride: usize, rows: usize, columns: usize) -> Vec<(usize, usize)> {
    let at = |axis: usize, count: usize| (target.center_size[axis] / stride as f32).clamp(0.0, count as f32 - 1e-3);
    let (x, y) = (at(0, columns), at(1, rows));
    let (column, row) = (x as usize, y as usize);
    let mut cells = vec![(column, row)];
    let beside = |position: f32, cell: usize, count: usize| {
        let part = position - cell as f32;
        if part < 0.5 { cell.checked_sub(1) } else { Some(cell + 1).filter(|cell| *cell < count) }
    };
    cells.extend(beside(x, column, columns).map(|column| (column, row)));
    cells.extend(beside(y, row, rows).map(|row| (column, row)));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANCHORS: Anchors = [
        [[8.0, 8.0], [12.0, 12.0], [16.0, 16.0]],
        [[30.0, 30.0], [36.0, 36.0], [42.0, 42.0]],
        [[90.0, 90.0], [120.0, 120.0], [160.0, 160.0]],
    ];

    fn target(x: f32, y: f32, side: f32) -> Target {
        Target { class: 0, center_size: [x, y, side, side] }
    }

    #[test]
    fn an_object_is_answered_for_by_its_cell_and_two_neighbours_at_its_size() {
        let assigned = assign(&[vec![target(33.0, 15.0, 10.0)]], &ANCHORS, [64, 64]);
        assert_eq!(assigned[0].cells[..3], [[4.0, 1.0], [3.0, 1.0], [4.0, 2.0]]);
        assert_eq!(assigned[0].places.len(), 9, "three anchors of this size");
        assert_eq!(assigned[0].places[0], 12, "first anchor, row 1, column 4 of 8");
        assert!(assigned[1].anchors.is_empty() || assigned[1].anchors.iter().all(|a| a[0] < 30.0 + 1e-3));
        assert!(assigned[2].places.is_empty());
    }

    #[test]
    fn a_size_like_no_anchor_still_finds_the_nearest() {
        let assigned = assign(&[vec![target(32.0, 32.0, 1.0)]], &ANCHORS, [64, 64]);
        assert_eq!(assigned[0].anchors, [[8.0, 8.0]; 3]);
        assert!(assigned[1].places.is_empty() && assigned[2].places.is_empty());
    }

    #[test]
    fn the_smaller_of_two_gets_the_place() {
        let assigned = assign(&[vec![target(20.0, 20.0, 8.0), target(20.0, 20.0, 10.0)]], &ANCHORS, [64, 64]);
        assert!(assigned[0].boxes.iter().all(|b| b[2] == 8.0), "{:?}", assigned[0].boxes);
    }

    proptest! {
        #[test]
        fn places_are_distinct_and_on_the_grid(
            targets in prop::collection::vec((-5.0_f32..70.0, -5.0_f32..100.0, 0.5_f32..200.0), 0..12),
        ) {
            let images = vec![targets.iter().map(|&(x, y, side)| target(x, y, side)).collect::<Vec<_>>(); 2];
            for (scale, assigned) in assign(&images, &ANCHORS, [96, 64]).iter().enumerate() {
                let stride = STRIDES[scale];
                let total = (2 * 3 * (96 / stride) * (64 / stride)) as i64;
                let mut places = assigned.places.clone();
                places.sort_unstable();
                places.dedup();
                prop_assert_eq!(places.len(), assigned.places.len());
                prop_assert!(places.iter().all(|place| (0..total).contains(place)));
                prop_assert_eq!(assigned.boxes.len(), assigned.places.len());
            }
        }
    }
}
