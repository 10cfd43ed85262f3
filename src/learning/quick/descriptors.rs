//! Local descriptors of a picture: what edges and what colours lie around each point of a dense grid, at three scales.
//!
//! Edges as in SIFT (Lowe, 2004) with the square root of Arandjelović and Zisserman (2012), once on brightness and once
//! on the two opponent colours (van de Sande, Gevers, Snoek, 2010); colours as mean and deviation in the cells
//! (Clinchant et al., 2007). Written in operations on whole tensors, which are fast in every build.

use crate::learning::images::Picture;
use burn::nn::pool::AvgPool2dConfig;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Slice, Tensor, TensorData, s};
use std::f32::consts::TAU;

/// Cells along each side of a described square.
const CELLS: usize = 4;
/// Directions of edges that are told apart.
const DIRECTIONS: usize = 8;
/// The scales, by the side of a cell.
const CELL_SIDES_PX: [usize; 3] = [4, 6, 8];
/// Distance between described points.
const STEP_PX: usize = 4;
/// Keeps squares without edges from becoming pure noise.
const EDGE_FLOOR: f64 = 1.0;
/// Pictures are at least this wide and high, so that every scale fits; edges need a pixel around them.
pub(super) const LEAST_SIDE_PX: usize = CELLS * 8 + 2;

/// The kinds of descriptors.
pub(super) const KINDS: usize = 3;
/// Their names in the weights file.
pub(super) const KIND_NAMES: [&str; KINDS] = ["edges", "color_edges", "colors"];
/// Their lengths.
pub(super) const LENGTHS: [usize; KINDS] =
    [CELLS * CELLS * DIRECTIONS, 2 * CELLS * CELLS * DIRECTIONS, CELLS * CELLS * 6];

/// The picture in the size that is described: its longer side `side_px`, both sides at least [`LEAST_SIDE_PX`].
pub(super) fn sized(picture: &Picture, side_px: usize) -> Picture {
    let sized = picture.longer_side(side_px);
    let (width, height) = (sized.width.max(LEAST_SIDE_PX), sized.height.max(LEAST_SIDE_PX));
    if (width, height) == (sized.width, sized.height) { sized } else { picture.resized(width, height) }
}

/// The descriptors of each kind all over a picture of at least [`LEAST_SIDE_PX`] in both directions, as
/// `[points, length]`.
pub(super) fn describe(picture: &Picture) -> [Tensor<2>; KINDS] {
    let channels = opponent_channels(picture);
    let [_, height, width] = channels.dims();
    let inner = channels.clone().slice([0..3, 1..height - 1, 1..width - 1]);
    let colors = Tensor::cat(vec![inner.clone(), inner.powi_scalar(2)], 0).unsqueeze::<4>();
    let edges = edges(channels);

    let mut kinds: [Vec<Tensor<2>>; KINDS] = Default::default();
    let edges = cells(edges);
    let colors = cells(colors);
    for (((cells, distance), (colors, _)), cell) in edges.into_iter().zip(colors).zip(CELL_SIDES_PX) {
        let cells = cells.mul_scalar(f64::from(u32::try_from(cell * cell).unwrap_or(1)));
        let around = neighbourhoods(&cells, cell, distance);
        let [_, length, points] = around.dims();
        let normal = (around.clone() / around.sum_dim(1).add_scalar(EDGE_FLOOR)).sqrt();
        kinds[0].push(normal.clone().slice(s![0..1]).reshape([length, points]));
        kinds[1].push(normal.slice(s![1..3]).reshape([2 * length, points]));

        let mean = colors.clone().slice([0..1, 0..3]);
        let deviation = (colors.slice([0..1, 3..6]) - mean.clone().powi_scalar(2)).clamp_min(0.0).sqrt();
        let around = neighbourhoods(&Tensor::cat(vec![mean, deviation], 1), cell, distance);
        let [_, length, points] = around.dims();
        kinds[2].push(around.reshape([length, points]));
    }
    kinds.map(|scales| Tensor::cat(scales, 1).transpose())
}

/// Brightness, red against green, and both against blue, as `[3, height, width]`.
fn opponent_channels(picture: &Picture) -> Tensor<3> {
    let device = Device::flex();
    let (width, height) = (picture.width, picture.height);
    let values: Vec<f32> = picture.pixels.iter().map(|&value| f32::from(value)).collect();
    let pixels = Tensor::<2>::from_data(TensorData::new(values, [width * height, 3]), &device);
    let [by_three, by_two, by_six] = [3.0_f32, 2.0, 6.0].map(|square| 1.0 / (255.0 * square.sqrt()));
    let mix = Tensor::<2>::from_floats(
        [[by_three, by_three, by_three], [by_two, -by_two, 0.0], [by_six, by_six, -2.0 * by_six]],
        &device,
    );
    mix.matmul(pixels.transpose()).reshape([3, height, width])
}

/// Strength of the edges of each channel in each direction, as `[3, directions, height - 2, width - 2]`.
fn edges(channels: Tensor<3>) -> Tensor<4> {
    let device = Device::flex();
    let [count, height, width] = channels.dims();
    let part =
        |top: usize, left: usize| channels.clone().slice([0..count, top..top + height - 2, left..left + width - 2]);
    let points = count * (height - 2) * (width - 2);
    let right = (part(1, 2) - part(1, 0)).mul_scalar(0.5).reshape([1, points]);
    let down = (part(2, 1) - part(0, 1)).mul_scalar(0.5).reshape([1, points]);
    let strength = (right.clone().powi_scalar(2) + down.clone().powi_scalar(2)).sqrt();
    #[expect(clippy::cast_precision_loss, reason = "eight directions")]
    let unit: Vec<f32> = (0..DIRECTIONS)
        .flat_map(|direction| {
            let angle = TAU * direction as f32 / DIRECTIONS as f32;
            [angle.cos(), angle.sin()]
        })
        .collect();
    let unit = Tensor::<2>::from_data(TensorData::new(unit, [DIRECTIONS, 2]), &device);
    let along = relu(unit.matmul(Tensor::cat(vec![right, down], 0))) / strength.clone().add_scalar(1e-6);
    // The eighth power of the cosine leaves a half to each of two directions between which an edge lies in the middle.
    let square = along.clone() * along;
    let fourth = square.clone() * square;
    let shared = fourth.clone() * fourth * strength;
    shared.reshape([DIRECTIONS, count, height - 2, width - 2]).swap_dims(0, 1)
}

/// Means over the cells of each scale, and how many pixels lie between one cell and the next. Larger cells are put
/// together from smaller ones.
fn cells(maps: Tensor<4>) -> [(Tensor<4>, usize); 3] {
    let pool = |maps: Tensor<4>, side: usize, step: usize| {
        AvgPool2dConfig::new([side, side]).with_strides([step, step]).init().forward(maps)
    };
    let two = pool(maps, 2, 2);
    let four = pool(two.clone(), 2, 2);
    let six = pool(two, 3, 1);
    let eight = pool(four.clone(), 2, 1);
    [(four, 4), (six, 2), (eight, 4)]
}

/// For each described point what stands in the cells around it: from `[maps, channels, height, width]` of cells
/// `distance` apart to `[maps, cells · channels, points]`.
fn neighbourhoods(cells: &Tensor<4>, cell: usize, distance: usize) -> Tensor<3> {
    let [maps, channels, height, width] = cells.dims();
    let (apart, step) = (cell / distance, STEP_PX / distance);
    let points = |length: usize| (length - (CELLS - 1) * apart - 1) / step + 1;
    let (down, right) = (points(height), points(width));
    let every = |start: usize, count: usize| {
        let signed = |value: usize| isize::try_from(value).unwrap_or(isize::MAX);
        Slice::new(signed(start), Some(signed(start + (count - 1) * step + 1)), signed(step))
    };
    let parts = (0..CELLS * CELLS)
        .map(|at| {
            let (top, left) = (at / CELLS * apart, at % CELLS * apart);
            cells.clone().slice([Slice::full(), Slice::full(), every(top, down), every(left, right)])
        })
        .collect();
    Tensor::cat(parts, 1).reshape([maps, CELLS * CELLS * channels, down * right])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(width: usize, height: usize, upright: bool) -> Picture {
        let pixel = |at: usize| if (if upright { at % width } else { at / width } / 6) % 2 == 0 { 220 } else { 20 };
        Picture { width, height, pixels: (0..width * height).flat_map(|at| [pixel(at); 3]).collect() }
    }

    fn numbers(tensor: &Tensor<2>) -> Vec<f32> {
        tensor.to_data().try_into_vec().expect("numbers")
    }

    #[test]
    fn stripes_have_the_direction_they_have() {
        for (upright, expected) in [(true, [0, 4]), (false, [2, 6])] {
            let [edges, color_edges, _] = describe(&stripes(64, 48, upright));
            let mut by_direction = [0.0_f32; DIRECTIONS];
            numbers(&edges).iter().enumerate().for_each(|(at, value)| by_direction[at % DIRECTIONS] += value);
            let all: f32 = by_direction.iter().sum();
            let there: f32 = expected.iter().map(|&direction| by_direction[direction]).sum();
            // Each neighbour keeps a sixteenth of the strength, of which the descriptor takes the root.
            assert!(there > 0.6 * all, "{by_direction:?}");
            assert!(numbers(&color_edges).iter().all(|value| *value < 1e-2), "grey has no colour edges");
        }
    }

    #[test]
    fn colours_are_means_over_cells() {
        let plain = Picture { width: 40, height: 40, pixels: [255, 0, 0].repeat(1600) };
        let [_, _, colors] = describe(&plain);
        let expected = [1.0 / 3_f32.sqrt(), 1.0 / 2_f32.sqrt(), 1.0 / 6_f32.sqrt(), 0.0, 0.0, 0.0];
        for (at, value) in numbers(&colors).iter().enumerate() {
            assert!((value - expected[at % 6]).abs() < 2e-3, "{at}: {value}");
        }
    }

    #[test]
    fn every_picture_has_descriptors_of_the_right_length() {
        for (width, height) in [(1, 1), (2000, 3), (3, 2000), (33, 70)] {
            let picture = sized(&Picture { width, height, pixels: vec![9; 3 * width * height] }, 64);
            let kinds = describe(&picture);
            let [points, _] = kinds[0].dims();
            assert!(points > 0);
            for (kind, length) in kinds.iter().zip(LENGTHS) {
                assert_eq!(kind.dims(), [points, length]);
                assert!(numbers(kind).iter().all(|value| value.is_finite()));
            }
        }
    }
}
