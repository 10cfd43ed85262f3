//! How far two people agree on the objects of an image: which of their shapes mean the same object, and where they
//! differ. Used by the second pass of quality control.

use super::ids::{AnnotationId, LabelId};
use super::shape::{Bounds, Point, Shape, distance, distance_to_segment};
use serde::{Deserialize, Serialize};

/// From this overlap on, two shapes are taken for the same object, as in the VOC challenge.
pub const SAME_OBJECT: f64 = 0.5;

/// Rows through which the overlap of shapes that are no upright rectangles is measured.
const SCAN_ROWS: u32 = 256;

/// One person's object.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<'a> {
    pub id: AnnotationId,
    pub label: Option<LabelId>,
    pub shape: &'a Shape,
}

/// What became of an object when two passes were compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "difference", rename_all = "kebab-case")]
pub enum Match {
    /// The same object with the same label.
    Agreed {
        first: AnnotationId,
        second: AnnotationId,
        overlap: f64,
    },
    /// The same object, but two labels; of an entity, also two ends.
    OtherLabel {
        first: AnnotationId,
        second: AnnotationId,
        overlap: f64,
    },
    OnlyFirst {
        first: AnnotationId,
    },
    OnlySecond {
        second: AnnotationId,
    },
}

impl Match {
    /// Whether there is something to settle.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        !matches!(self, Self::Agreed { .. })
    }
}

/// Sums over images, from which the agreement is worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Objects of the first and of the second pass.
    pub first: u64,
    pub second: u64,
    /// Pairs of the same object, with one label or with two.
    pub agreed: u64,
    pub other_label: u64,
    /// The sum of the pairs' overlaps.
    pub overlap_sum: f64,
}

impl Agreement {
    /// Adds one image's comparison.
    pub fn add(&mut self, matches: &[Match]) {
        for found in matches {
            match found {
                Match::Agreed { overlap, .. } | Match::OtherLabel { overlap, .. } => {
                    self.first += 1;
                    self.second += 1;
                    self.overlap_sum += overlap;
                    if found.is_difference() {
                        self.other_label += 1;
                    } else {
                        self.agreed += 1;
                    }
                }
                Match::OnlyFirst { .. } => self.first += 1,
                Match::OnlySecond { .. } => self.second += 1,
            }
        }
    }

    /// The sums of both.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            first: self.first + other.first,
            second: self.second + other.second,
            agreed: self.agreed + other.agreed,
            other_label: self.other_label + other.other_label,
            overlap_sum: self.overlap_sum + other.overlap_sum,
        }
    }

    /// The share of objects on which both agree, 0 to 1: the harmonic mean of each pass's share (F1). `None` where
    /// neither has objects.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        let all = self.first + self.second;
        (all > 0).then(|| 2.0 * self.agreed as f64 / all as f64)
    }

    /// The mean overlap of the pairs, 0 to 1; `None` without pairs.
    #[must_use]
    pub fn mean_overlap(&self) -> Option<f64> {
        let pairs = self.agreed + self.other_label;
        (pairs > 0).then(|| self.overlap_sum / pairs as f64)
    }
}

/// Compares two passes over one image. Pairs are made from the largest overlap down, so that each object has at most
/// one partner; of equal overlaps, one with the same label comes first. The order of the answer: pairs and what only
/// the first has in the first's order, then what only the second has.
#[must_use]
pub fn compare(first: &[Object<'_>], second: &[Object<'_>], tolerance_px: f64) -> Vec<Match> {
    let mut candidates = Vec::new();
    for (a, one) in first.iter().enumerate() {
        let reach = one.shape.bounds().grown(tolerance_px);
        for (b, other) in second.iter().enumerate() {
            if reach.touches(&other.shape.bounds()) {
                let overlap = overlap(one.shape, other.shape, tolerance_px);
                if overlap >= SAME_OBJECT {
                    candidates.push((overlap, one.label == other.label, a, b));
                }
            }
        }
    }
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0).then(y.1.cmp(&x.1)).then((x.2, x.3).cmp(&(y.2, y.3))));
    let mut partner_of_first: Vec<Option<(usize, f64)>> = vec![None; first.len()];
    let mut second_is_taken = vec![false; second.len()];
    for (overlap, _, a, b) in candidates {
        if partner_of_first[a].is_none() && !second_is_taken[b] {
            partner_of_first[a] = Some((b, overlap));
            second_is_taken[b] = true;
        }
    }
    let of_first = first.iter().zip(partner_of_first).map(|(one, partner)| match partner {
        None => Match::OnlyFirst { first: one.id },
        Some((b, overlap)) if second[b].label == one.label => {
            Match::Agreed { first: one.id, second: second[b].id, overlap }
        }
        Some((b, overlap)) => Match::OtherLabel { first: one.id, second: second[b].id, overlap },
    });
    let of_second = second.iter().zip(second_is_taken).filter(|(_, taken)| !taken);
    of_first.chain(of_second.map(|(other, _)| Match::OnlySecond { second: other.id })).collect()
}

/// How far two shapes mean the same place, 0 to 1. With an inside both: intersection over union, exact for upright
/// rectangles, else measured along 256 rows. Points and lines: 1 where they lie on each other, falling to 0 where they
/// are `tolerance_px` apart on average. A shape with an inside and one without never match.
#[must_use]
pub fn overlap(a: &Shape, b: &Shape, tolerance_px: f64) -> f64 {
    match (a, b) {
        (Shape::Rectangle { .. }, Shape::Rectangle { .. }) => a.bounds().iou(&b.bounds()),
        _ => match (outline(a), outline(b)) {
            (Outline::Area(one), Outline::Area(other)) => area_overlap(&one, &other),
            (Outline::Path(one), Outline::Path(other)) => {
                let apart = f64::midpoint(mean_distance(&one, &other), mean_distance(&other, &one));
                (1.0 - apart / tolerance_px.max(f64::MIN_POSITIVE)).max(0.0)
            }
            _ => 0.0,
        },
    }
}

enum Outline {
    /// Rings: the first around the area, the others around its holes.
    Area(Vec<Vec<Point>>),
    Path(Vec<Point>),
}

fn outline(shape: &Shape) -> Outline {
    match shape {
        Shape::Point { at } => Outline::Path(vec![*at]),
        Shape::Line { points, .. } => Outline::Path(points.to_vec()),
        Shape::Polyline { points } => Outline::Path(points.clone()),
        Shape::Polygon { points, holes } => Outline::Area(std::iter::once(points).chain(holes).cloned().collect()),
        Shape::Rectangle { .. } | Shape::RotatedRectangle { .. } => {
            Outline::Area(shape.corners().map(|four| four.to_vec()).into_iter().collect())
        }
        Shape::Circle { center, radius } => {
            let turn = |step: u32| std::f64::consts::TAU * f64::from(step) / 64.0;
            let rim =
                (0..64).map(|step| [center[0] + radius * turn(step).cos(), center[1] + radius * turn(step).sin()]);
            Outline::Area(vec![rim.collect()])
        }
    }
}

/// Intersection over union of two areas, row by row over the bounds of both.
fn area_overlap(a: &[Vec<Point>], b: &[Vec<Point>]) -> f64 {
    let Some(bounds) = Bounds::around(a.iter().chain(b).flatten()) else { return 0.0 };
    let (mut shared, mut union) = (0.0, 0.0);
    for row in 0..SCAN_ROWS {
        let y = bounds.min[1] + bounds.height() * (f64::from(row) + 0.5) / f64::from(SCAN_ROWS);
        let (one, other) = (spans(a, y), spans(b, y));
        let length = |spans: &[[f64; 2]]| spans.iter().map(|[from, to]| to - from).sum::<f64>();
        let both = shared_length(&one, &other);
        shared += both;
        union += length(&one) + length(&other) - both;
    }
    if union > 0.0 { shared / union } else { 0.0 }
}

/// Where a row runs through an area: pairs of x, left to right, by the even–odd rule.
fn spans(rings: &[Vec<Point>], y: f64) -> Vec<[f64; 2]> {
    let mut crossings: Vec<f64> = Vec::new();
    for ring in rings {
        let Some(mut before) = ring.last() else { continue };
        for corner in ring {
            if (corner[1] > y) != (before[1] > y) {
                crossings.push(corner[0] + (y - corner[1]) / (before[1] - corner[1]) * (before[0] - corner[0]));
            }
            before = corner;
        }
    }
    crossings.sort_by(f64::total_cmp);
    crossings.as_chunks().0.to_vec()
}

fn shared_length(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut length = 0.0;
    while let (Some(one), Some(other)) = (a.peek(), b.peek()) {
        length += (one[1].min(other[1]) - one[0].max(other[0])).max(0.0);
        if one[1] < other[1] {
            a.next();
        } else {
            b.next();
        }
    }
    length
}

/// The mean distance of points along one path to another.
fn mean_distance(from: &[Point], to: &[Point]) -> f64 {
    const STEPS: u32 = 16;
    let nearest = |point: Point| match to {
        [only] => distance(*only, point),
        _ => to.windows(2).map(|ends| distance_to_segment(ends[0], ends[1], point)).fold(f64::INFINITY, f64::min),
    };
    if let [only] = from {
        return nearest(*only);
    }
    let (mut sum, mut length) = (0.0, 0.0);
    for ends in from.windows(2) {
        let stretch = distance(ends[0], ends[1]);
        for step in 0..STEPS {
            let share = (f64::from(step) + 0.5) / f64::from(STEPS);
            let point = [0, 1].map(|axis| ends[0][axis] + share * (ends[1][axis] - ends[0][axis]));
            sum += nearest(point) * stretch / f64::from(STEPS);
        }
        length += stretch;
    }
    if length > 0.0 { sum / length } else { nearest(from[0]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(at: f64, side: f64) -> Shape {
        Shape::rectangle([at, at], [at + side, at + side])
    }

    #[test]
    fn each_object_has_one_partner_and_the_rest_is_named() {
        let (red, blue) = (Some(LabelId::random()), Some(LabelId::random()));
        let shapes = [square(0.0, 10.0), square(1.0, 10.0), square(100.0, 10.0), square(200.0, 10.0)];
        let object = |shape: usize, label| Object { id: AnnotationId::random(), label, shape: &shapes[shape] };
        let first = [object(0, red), object(2, red), object(3, red)];
        let second = [object(1, red), object(2, blue)];
        let found = compare(&first, &second, 5.0);
        assert!(matches!(found[0], Match::Agreed { first: a, second: b, .. } if a == first[0].id && b == second[0].id));
        assert!(matches!(found[1], Match::OtherLabel { overlap, .. } if (overlap - 1.0).abs() < 1e-9));
        assert_eq!(found[2], Match::OnlyFirst { first: first[2].id });
        let mut agreement = Agreement::default();
        agreement.add(&found);
        assert_eq!((agreement.first, agreement.second, agreement.agreed, agreement.other_label), (3, 2, 1, 1));
        assert!((agreement.share().expect("objects") - 0.4).abs() < 1e-9);
    }

    #[test]
    fn the_overlap_of_areas_knows_holes_and_turns() {
        let ring = |near: f64, far: f64| vec![[near, near], [far, near], [far, far], [near, far]];
        let with_hole = Shape::Polygon { points: ring(0.0, 10.0), holes: vec![ring(2.5, 7.5)] };
        assert!((overlap(&with_hole, &square(0.0, 10.0), 5.0) - 0.75).abs() < 0.01);
        let turned = Shape::RotatedRectangle { center: [5.0, 5.0], size_px: [10.0, 10.0], degrees: 90.0 };
        assert!(overlap(&turned, &square(0.0, 10.0), 5.0) > 0.99);
        let circle = Shape::Circle { center: [5.0, 5.0], radius: 5.0 };
        assert!((overlap(&circle, &square(0.0, 10.0), 5.0) - std::f64::consts::FRAC_PI_4).abs() < 0.01);
    }

    #[test]
    fn points_and_lines_match_by_distance() {
        let point = |x| Shape::Point { at: [x, 0.0] };
        assert!((overlap(&point(0.0), &point(2.5), 5.0) - 0.5).abs() < 1e-9);
        let line = |y| Shape::Line { points: [[0.0, y], [100.0, y]], dashed: false };
        assert!((overlap(&line(0.0), &line(1.0), 5.0) - 0.8).abs() < 1e-9);
        assert_eq!(overlap(&line(0.0), &square(0.0, 100.0), 5.0), 0.0);
    }

    proptest! {
        #[test]
        fn a_pass_agrees_with_itself(corners in prop::collection::vec((0_u16..500, 0_u16..500, 4_u16..90), 0..20)) {
            let shapes: Vec<Shape> = corners
                .iter()
                .map(|&(x, y, side)| square(f64::from(x), f64::from(side)).moved([0.0, f64::from(y)]))
                .collect();
            let label = Some(LabelId::random());
            let objects: Vec<_> =
                shapes.iter().map(|shape| Object { id: AnnotationId::random(), label, shape }).collect();
            let found = compare(&objects, &objects, 5.0);
            prop_assert_eq!(found.len(), objects.len());
            prop_assert!(found.iter().all(|found| !found.is_difference()));
        }
    }
}
