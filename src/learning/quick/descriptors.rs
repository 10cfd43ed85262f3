//! Local descriptors of a picture: what edges and what colours lie around each point of a dense grid, at three scales.
//!
//! Edges as in SIFT (Lowe, 2004) with the square root of Arandjelović and Zisserman (2012), once on brightness and once
//! on the two opponent colours (van de Sande, Gevers, Snoek, 2010); colours as mean and deviation in the cells
//! (Clinchant et al., 2007).

use crate::learning::images::Picture;

/// Cells along each side of a described square.
const CELLS: usize = 4;
/// Directions of edges that are told apart.
const DIRECTIONS: usize = 8;
/// Sides of a cell in pixels, one a scale.
const CELL_SIDES_PX: [usize; 3] = [4, 6, 8];
/// Distance between described points.
const STEP_PX: usize = 4;
/// Keeps squares without edges from becoming pure noise.
const EDGE_FLOOR: f64 = 1.0;
/// Pictures are at least this wide and high, so that every scale fits.
pub(super) const LEAST_SIDE_PX: usize = CELLS * 8 + STEP_PX;

/// The kinds of descriptors.
pub(super) const KINDS: usize = 3;
/// Their names in the weights file.
pub(super) const KIND_NAMES: [&str; KINDS] = ["edges", "color_edges", "colors"];
/// Their lengths.
pub(super) const LENGTHS: [usize; KINDS] =
    [CELLS * CELLS * DIRECTIONS, 2 * CELLS * CELLS * DIRECTIONS, CELLS * CELLS * 6];

/// A described square: its corner and the side of its cells, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    x: usize,
    y: usize,
    cell: usize,
}

/// Sums over all rectangles that begin at the corner, `N` numbers a pixel.
struct Integral<const N: usize> {
    stride: usize,
    sums: Vec<[f64; N]>,
}

impl<const N: usize> Integral<N> {
    fn new(width: usize, height: usize, values: impl Fn(usize, usize) -> [f64; N]) -> Self {
        let stride = width + 1;
        let mut sums = vec![[0.0; N]; stride * (height + 1)];
        for y in 0..height {
            let mut row = [0.0; N];
            for x in 0..width {
                let value = values(x, y);
                let above = sums[y * stride + x + 1];
                let here = &mut sums[(y + 1) * stride + x + 1];
                for n in 0..N {
                    row[n] += value[n];
                    here[n] = above[n] + row[n];
                }
            }
        }
        Self { stride, sums }
    }

    /// The sum over a square.
    fn square(&self, x: usize, y: usize, side: usize) -> [f64; N] {
        let (top, bottom) = (y * self.stride + x, (y + side) * self.stride + x);
        let (a, b) = (&self.sums[top], &self.sums[top + side]);
        let (c, d) = (&self.sums[bottom], &self.sums[bottom + side]);
        let mut sum = [0.0; N];
        for n in 0..N {
            sum[n] = d[n] - b[n] - c[n] + a[n];
        }
        sum
    }
}

/// A picture made ready to be described anywhere.
pub(super) struct Described {
    width: usize,
    height: usize,
    /// Strength of edges by direction, of brightness and of both opponent colours.
    edges: [Integral<DIRECTIONS>; 3],
    /// The three channels and their squares.
    colors: Integral<6>,
}

/// The picture in the size that is described: its longer side `side_px`, both sides at least [`LEAST_SIDE_PX`].
pub(super) fn sized(picture: &Picture, side_px: usize) -> Picture {
    let sized = picture.longer_side(side_px);
    let (width, height) = (sized.width.max(LEAST_SIDE_PX), sized.height.max(LEAST_SIDE_PX));
    if (width, height) == (sized.width, sized.height) { sized } else { picture.resized(width, height) }
}

/// Brightness, red against green, and both against blue.
fn opponent(pixel: &[u8]) -> [f64; 3] {
    let [red, green, blue] = [0, 1, 2].map(|channel| f64::from(pixel[channel]) / 255.0);
    [(red + green + blue) / 3_f64.sqrt(), (red - green) / 2_f64.sqrt(), (red + green - 2.0 * blue) / 6_f64.sqrt()]
}

impl Described {
    /// Prepares a picture of at least [`LEAST_SIDE_PX`] in both directions.
    pub(super) fn new(picture: &Picture) -> Self {
        let (width, height) = (picture.width, picture.height);
        let channels: Vec<[f64; 3]> = picture.pixels.chunks_exact(3).map(opponent).collect();
        let edges = [0, 1, 2].map(|channel| {
            Integral::new(width, height, |x, y| {
                let at = |x: usize, y: usize| channels[y * width + x][channel];
                let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
                let (up, down) = (y.saturating_sub(1), (y + 1).min(height - 1));
                edge(
                    (at(right, y) - at(left, y)) / if right - left == 2 { 2.0 } else { 1.0 },
                    (at(x, down) - at(x, up)) / if down - up == 2 { 2.0 } else { 1.0 },
                )
            })
        });
        let colors = Integral::new(width, height, |x, y| {
            let [a, b, c] = channels[y * width + x];
            [a, b, c, a * a, b * b, c * c]
        });
        Self { width, height, edges, colors }
    }

    /// All places of the grid, at all scales.
    pub(super) fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for cell in CELL_SIDES_PX {
            for y in (0..=self.height.saturating_sub(CELLS * cell)).step_by(STEP_PX) {
                for x in (0..=self.width.saturating_sub(CELLS * cell)).step_by(STEP_PX) {
                    places.push(Place { x, y, cell });
                }
            }
        }
        places
    }

    /// The descriptors of each kind at `places`, one after the other.
    pub(super) fn describe(&self, places: &[Place]) -> [Vec<f32>; KINDS] {
        let mut kinds = LENGTHS.map(|length| Vec::with_capacity(length * places.len()));
        for place in places {
            self.describe_edges(place, 0, &mut kinds[0]);
            self.describe_edges(place, 1, &mut kinds[1]);
            self.describe_edges(place, 2, &mut kinds[1]);
            self.describe_colors(place, &mut kinds[2]);
        }
        kinds
    }

    #[expect(clippy::cast_possible_truncation, reason = "single precision suffices from here on")]
    fn describe_edges(&self, place: &Place, channel: usize, into: &mut Vec<f32>) {
        let mut values = [[0.0; DIRECTIONS]; CELLS * CELLS];
        let mut whole = EDGE_FLOOR;
        for (index, value) in values.iter_mut().enumerate() {
            let (x, y) = (place.x + index % CELLS * place.cell, place.y + index / CELLS * place.cell);
            *value = self.edges[channel].square(x, y, place.cell);
            for strength in value {
                whole += *strength;
            }
        }
        let scale = 1.0 / whole;
        for value in &values {
            for strength in value {
                into.push((strength * scale).max(0.0).sqrt() as f32);
            }
        }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small counts of pixels")]
    fn describe_colors(&self, place: &Place, into: &mut Vec<f32>) {
        let scale = 1.0 / (place.cell * place.cell) as f64;
        for index in 0..CELLS * CELLS {
            let (x, y) = (place.x + index % CELLS * place.cell, place.y + index / CELLS * place.cell);
            let sums = self.colors.square(x, y, place.cell);
            for channel in 0..3 {
                into.push((sums[channel] * scale) as f32);
            }
            for channel in 0..3 {
                let mean = sums[channel] * scale;
                into.push((sums[channel + 3] * scale - mean * mean).max(0.0).sqrt() as f32);
            }
        }
    }
}

/// The strength of a gradient, shared between the two nearest directions.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "0 to 8")]
fn edge(right: f64, down: f64) -> [f64; DIRECTIONS] {
    let mut strengths = [0.0; DIRECTIONS];
    let strength = right.hypot(down);
    if strength > 0.0 {
        let turn = down.atan2(right) / std::f64::consts::TAU;
        let direction = (turn + 1.0).fract() * DIRECTIONS as f64;
        let first = direction as usize;
        let part = direction - first as f64;
        strengths[first % DIRECTIONS] += strength * (1.0 - part);
        strengths[(first + 1) % DIRECTIONS] += strength * part;
    }
    strengths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(width: usize, height: usize, upright: bool) -> Picture {
        let pixel = |at: usize| if (if upright { at % width } else { at / width } / 6) % 2 == 0 { 220 } else { 20 };
        Picture { width, height, pixels: (0..width * height).flat_map(|at| [pixel(at); 3]).collect() }
    }

    #[test]
    fn stripes_have_the_direction_they_have() {
        for (upright, expected) in [(true, [0, 4]), (false, [2, 6])] {
            let described = Described::new(&stripes(64, 48, upright));
            let [edges, color_edges, _] = described.describe(&described.places());
            let mut by_direction = [0.0_f32; DIRECTIONS];
            edges.iter().enumerate().for_each(|(at, value)| by_direction[at % DIRECTIONS] += value);
            let all: f32 = by_direction.iter().sum();
            let there: f32 = expected.iter().map(|&direction| by_direction[direction]).sum();
            assert!(there > 0.99 * all, "{by_direction:?}");
            assert!(color_edges.iter().all(|value| *value < 1e-3), "grey has no colour edges");
        }
    }

    #[test]
    fn every_picture_has_descriptors_of_the_right_length() {
        for (width, height) in [(1, 1), (2000, 3), (3, 2000), (33, 70)] {
            let picture = sized(&Picture { width, height, pixels: vec![9; 3 * width * height] }, 64);
            let described = Described::new(&picture);
            let places = described.places();
            assert!(!places.is_empty());
            for (kind, length) in described.describe(&places).iter().zip(LENGTHS) {
                assert_eq!(kind.len(), places.len() * length);
                assert!(kind.iter().all(|value| value.is_finite()));
            }
        }
    }
}
