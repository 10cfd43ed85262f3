//! One line of a label file.

use super::Task;
use crate::domain::Shape;
use crate::domain::shape::Point;
use crate::formats::exchange::rectangle_of_corners;

/// What tools round away, as a share of the image's side.
const PRECISION: f64 = 1e-6;
/// How far the corners of an oriented box may be from a rectangle, as a share of the image's longer side.
const SKEW: f64 = 0.004;

/// A line that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Counted from 0 in the list of names.
    pub class: usize,
    pub shape: Shape,
    /// 0 to 1; predictions have it.
    pub confidence: Option<f64>,
    /// Whether key points followed a box, which are not carried.
    pub key_points: bool,
}

/// Reads a line: a box, a ring or four corners. `task` says which one nine numbers are; if it is open, four corners of
/// a rectangle are one. `key_points` is how many numbers follow a box, where they do.
///
/// # Errors
/// With what is wrong: `number`, `count`, `class` or `range`.
pub fn parse_line(text: &str, size_px: [u32; 2], task: Option<Task>, key_points: usize) -> Result<Line, &'static str> {
    let mut numbers: Vec<f64> = Vec::new();
    for word in text.split_ascii_whitespace() {
        numbers.push(word.parse().ok().filter(|number: &f64| number.is_finite()).ok_or("number")?);
    }
    let class = numbers.first().copied().ok_or("count")?;
    if class < 0.0 || class.fract() != 0.0 || class > 1e6 {
        return Err("class");
    }
    let class = class as usize;
    let rest = &numbers[1..];
    let size = size_px.map(f64::from);
    // Outside of the image by more than its own size is no share of it, but pixels.
    let share = |number: &f64| (-1.0..=2.0).contains(number);
    let is_box = rest.len() == 4 || rest.len() == 5 || (key_points > 0 && rest.len() == 4 + key_points);
    if is_box {
        if !rest[..4].iter().all(share) {
            return Err("range");
        }
        let confidence = (rest.len() == 5).then(|| rest[4]).filter(|score| (0.0..=1.0).contains(score));
        let edge = |axis: usize, sign: f64| snapped(rest[axis] + sign * rest[axis + 2] / 2.0, size[axis]);
        let shape = Shape::rectangle([edge(0, -1.0), edge(1, -1.0)], [edge(0, 1.0), edge(1, 1.0)]);
        return Ok(Line { class, shape, confidence, key_points: rest.len() > 5 });
    }
    if rest.len() < 6 {
        return Err("count");
    }
    let (ring, confidence) = match rest.split_last() {
        Some((score, ring)) if !rest.len().is_multiple_of(2) => {
            (ring, Some(*score).filter(|score| (0.0..=1.0).contains(score)))
        }
        _ => (rest, None),
    };
    if !ring.iter().all(share) {
        return Err("range");
    }
    let points: Vec<Point> =
        ring.chunks_exact(2).map(|pair| [snapped(pair[0], size[0]), snapped(pair[1], size[1])]).collect();
    let oriented = match (task, <[Point; 4]>::try_from(points.as_slice())) {
        (None | Some(Task::Oriented | Task::Detect), Ok(corners)) => {
            rectangle_of_corners(corners, 0.01 + SKEW * size[0].max(size[1]))
        }
        _ => None,
    };
    let shape = oriented.unwrap_or_else(|| Shape::polygon(points));
    Ok(Line { class, shape, confidence, key_points: false })
}

/// Pixels of a share: whole ones where they are within what tools round away, else to a millionth of a pixel.
fn snapped(share: f64, side: f64) -> f64 {
    let exact = share * side;
    let whole = exact.round();
    if (exact - whole).abs() <= PRECISION * side {
        return whole + 0.0;
    }
    (exact * 1e6).round() / 1e6
}
