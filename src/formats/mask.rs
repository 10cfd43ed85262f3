//! Masks: sets of pixels as run lengths, and what outlines them. COCO's runs go down the columns and begin with the
//! count of zeros; CVAT's go along the rows of a frame of their own.

use crate::domain::Shape;
use crate::domain::shape::{Bounds, Point, is_inside, signed_area};
use thiserror::Error;

/// More pixels around the set ones are refused: 16,384 × 16,384.
pub const MAX_PIXELS: u64 = 1 << 28;
/// No image is wider; only a file that is wrong says so.
const MAX_WIDTH_PX: u32 = 1 << 20;
/// A mask of more pieces and holes is noise, not objects.
pub const MAX_RINGS: usize = 20_000;

/// Why a mask could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MaskError {
    #[error("the counts do not add up to the size")]
    WrongLength,
    #[error("the text of the counts is damaged")]
    Text,
    #[error("more than {MAX_PIXELS} pixels")]
    TooLarge,
    #[error("more than {MAX_RINGS} pieces")]
    TooManyPieces,
}

/// A set of pixels of an image, as COCO counts them: down the columns, first those not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Width and height in pixels.
    pub size_px: [u32; 2],
    counts: Vec<u32>,
}

impl Mask {
    /// From run lengths, the first of which counts pixels that are not set.
    ///
    /// # Errors
    /// If they do not add up to the size.
    pub fn from_counts(size_px: [u32; 2], counts: &[u64]) -> Result<Self, MaskError> {
        let pixels = u64::from(size_px[0]) * u64::from(size_px[1]);
        let sum = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        if sum != Some(pixels) {
            return Err(MaskError::WrongLength);
        }
        let mut mask = Runs::default();
        for (index, count) in counts.iter().enumerate() {
            mask.push(index % 2 == 1, *count)?;
        }
        Ok(Self { size_px, counts: mask.finish(pixels) })
    }

    /// From COCO's compressed text.
    ///
    /// # Errors
    /// If the text is damaged or does not add up to the size.
    pub fn from_text(size_px: [u32; 2], text: &[u8]) -> Result<Self, MaskError> {
        let mut counts: Vec<i64> = Vec::new();
        let mut bytes = text.iter();
        while let Some(first) = bytes.next() {
            let mut byte = *first;
            let (mut value, mut shift) = (0_i64, 0_u32);
            loop {
                let digit = byte.checked_sub(48).filter(|digit| *digit < 64).ok_or(MaskError::Text)?;
                value |= i64::from(digit & 0x1f) << shift;
                shift += 5;
                if digit & 0x20 == 0 {
                    if digit & 0x10 != 0 {
                        value |= -1 << shift;
                    }
                    break;
                }
                // A count of 32 bits takes seven digits at most.
                if shift > 35 {
                    return Err(MaskError::Text);
                }
                byte = *bytes.next().ok_or(MaskError::Text)?;
            }
            if counts.len() > 2 {
                value = value.checked_add(counts[counts.len() - 2]).ok_or(MaskError::Text)?;
            }
            if value < 0 {
                return Err(MaskError::Text);
            }
            counts.push(value);
        }
        let counts: Vec<u64> = counts.into_iter().map(i64::unsigned_abs).collect();
        Self::from_counts(size_px, &counts)
    }

    /// From CVAT's counts: along the rows of a frame whose top-left corner is `at` in an image of `size_px`; what lies
    /// outside of the image is cut off.
    ///
    /// # Errors
    /// If they do not add up to the frame, or the frame is too large.
    pub fn from_rows(size_px: [u32; 2], at: [i64; 2], frame_px: [u32; 2], counts: &[u64]) -> Result<Self, MaskError> {
        let [width, height] = frame_px.map(u64::from);
        let pixels = width.checked_mul(height).filter(|pixels| *pixels <= MAX_PIXELS).ok_or(MaskError::TooLarge)?;
        if counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count)) != Some(pixels) {
            return Err(MaskError::WrongLength);
        }
        // A frame without pixels may claim any width.
        let wide = if pixels == 0 { 0 } else { frame_px[0] as usize };
        let mut columns: Vec<Vec<[u32; 2]>> = vec![Vec::new(); wide];
        let mut position = 0_u64;
        for (index, count) in counts.iter().enumerate() {
            if index % 2 == 1 {
                for pixel in position..position + count {
                    let (x, y) = ((pixel % width) as usize, (pixel / width) as u32);
                    match columns[x].last_mut().filter(|run| run[1] == y) {
                        Some(run) => run[1] = y + 1,
                        None => columns[x].push([y, y + 1]),
                    }
                }
            }
            position += count;
        }
        let mut runs = Runs::default();
        let tall = u64::from(size_px[1]);
        for x in 0..i64::from(size_px[0]) {
            let column = usize::try_from(x - at[0]).ok().and_then(|x| columns.get(x));
            let mut y = 0_u64;
            for run in column.into_iter().flatten() {
                let place = |row: u32| (i64::from(row) + at[1]).clamp(0, i64::from(size_px[1])).unsigned_abs();
                let (start, end) = (place(run[0]), place(run[1]));
                runs.push(false, start.saturating_sub(y))?;
                runs.push(true, end.saturating_sub(start))?;
                y = y.max(end);
            }
            runs.push(false, tall - y)?;
        }
        Ok(Self { size_px, counts: runs.finish(u64::from(size_px[0]) * tall) })
    }

    /// The pixels whose centres lie in any of the polygons, each a ring with its holes, by the even–odd rule.
    ///
    /// # Errors
    /// If the image is too large for run lengths of 32 bits.
    pub fn of_polygons<'a>(
        size_px: [u32; 2],
        polygons: impl IntoIterator<Item = (&'a [Point], &'a [Vec<Point>])>,
    ) -> Result<Self, MaskError> {
        if size_px[0] > MAX_WIDTH_PX {
            return Err(MaskError::TooLarge);
        }
        let (wide, tall) = (size_px[0] as usize, f64::from(size_px[1]));
        let mut columns: Vec<Vec<[u32; 2]>> = vec![Vec::new(); wide];
        for (outer, holes) in polygons {
            let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); wide];
            for ring in std::iter::once(outer).chain(holes.iter().map(Vec::as_slice)) {
                let Some(mut before) = ring.last() else { continue };
                for point in ring {
                    let (left, right) = if before[0] <= point[0] { (before, point) } else { (point, before) };
                    // Columns whose centre x + 0.5 lies in [left, right).
                    let clamp = |x: f64| (x - 0.5).ceil().clamp(0.0, wide as f64) as usize;
                    for (x, crossed) in crossings.iter_mut().enumerate().take(clamp(right[0])).skip(clamp(left[0])) {
                        let share = (x as f64 + 0.5 - left[0]) / (right[0] - left[0]);
                        crossed.push(left[1] + share * (right[1] - left[1]));
                    }
                    before = point;
                }
            }
            for (column, mut crossed) in columns.iter_mut().zip(crossings) {
                crossed.sort_by(f64::total_cmp);
                for pair in crossed.chunks_exact(2) {
                    let place = |y: f64| (y - 0.5).ceil().clamp(0.0, tall) as u32;
                    let (start, end) = (place(pair[0]), place(pair[1]));
                    if start < end {
                        column.push([start, end]);
                    }
                }
            }
        }
        let mut runs = Runs::default();
        for mut column in columns {
            column.sort_unstable();
            let mut y = 0_u32;
            for [start, end] in column {
                runs.push(false, u64::from(start.saturating_sub(y)))?;
                runs.push(true, u64::from(end.saturating_sub(start.max(y))))?;
                y = y.max(end);
            }
            runs.push(false, u64::from(size_px[1] - y))?;
        }
        Ok(Self { size_px, counts: runs.finish(u64::from(size_px[0]) * u64::from(size_px[1])) })
    }

    /// The run lengths; the first counts pixels that are not set.
    #[must_use]
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// COCO's compressed text of the counts.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (index, count) in self.counts.iter().enumerate() {
            let before = if index > 2 { i64::from(self.counts[index - 2]) } else { 0 };
            let mut rest = i64::from(*count) - before;
            loop {
                let digit = (rest & 0x1f) as u8;
                rest >>= 5;
                let more = if digit & 0x10 != 0 { rest != -1 } else { rest != 0 };
                text.push(char::from(digit + if more { 0x20 } else { 0 } + 48));
                if !more {
                    break;
                }
            }
        }
        text
    }

    /// How many pixels are set.
    #[must_use]
    pub fn area_px(&self) -> u64 {
        self.counts.iter().skip(1).step_by(2).map(|count| u64::from(*count)).sum()
    }

    /// The polygons that cover exactly these pixels, along their edges: one for each piece of pixels that share
    /// sides, with its holes. Empty without pixels.
    ///
    /// # Errors
    /// If there are too many pixels or pieces.
    pub fn to_polygons(&self) -> Result<Vec<Shape>, MaskError> {
        let Some(grid) = Grid::of(self)? else { return Ok(Vec::new()) };
        grid.polygons()
    }
}

/// Run lengths as they grow: equal neighbours are joined.
#[derive(Default)]
struct Runs {
    counts: Vec<u32>,
}

impl Runs {
    fn push(&mut self, set: bool, count: u64) -> Result<(), MaskError> {
        if count == 0 {
            return Ok(());
        }
        let count = u32::try_from(count).map_err(|_| MaskError::TooLarge)?;
        if self.counts.is_empty() && set {
            self.counts.push(0);
        }
        let last_is_set = self.counts.len().is_multiple_of(2);
        match self.counts.last_mut().filter(|_| last_is_set == set) {
            Some(last) => *last = last.checked_add(count).ok_or(MaskError::TooLarge)?,
            None => self.counts.push(count),
        }
        Ok(())
    }

    fn finish(self, pixels: u64) -> Vec<u32> {
        debug_assert_eq!(self.counts.iter().map(|count| u64::from(*count)).sum::<u64>(), pixels);
        self.counts
    }
}

/// The pixels around the set ones, a bit each, down the columns.
struct Grid {
    left: i64,
    top: i64,
    wide: i64,
    tall: i64,
    bits: Vec<u64>,
}

impl Grid {
    fn of(mask: &Mask) -> Result<Option<Self>, MaskError> {
        let height = u64::from(mask.size_px[1]);
        let spans = |mask: &Mask| {
            let mut position = 0_u64;
            let mut spans = Vec::with_capacity(mask.counts.len() / 2);
            for (index, count) in mask.counts.iter().enumerate() {
                let end = position + u64::from(*count);
                if index % 2 == 1 {
                    spans.push([position, end]);
                }
                position = end;
            }
            spans
        };
        let spans = spans(mask);
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(None) };
        let (left, right) = (first[0] / height, (last[1] - 1) / height + 1);
        let (mut top, mut bottom) = (height, 0);
        for [start, end] in &spans {
            let (from, to) = (start % height, (end - 1) % height + 1);
            if start / height == (end - 1) / height {
                (top, bottom) = (top.min(from), bottom.max(to));
            } else {
                (top, bottom) = (0, height);
            }
        }
        let (wide, tall) = (right - left, bottom - top);
        if wide.checked_mul(tall).is_none_or(|pixels| pixels > MAX_PIXELS) {
            return Err(MaskError::TooLarge);
        }
        let mut bits = vec![0_u64; (wide * tall).div_ceil(64) as usize];
        for [start, end] in spans {
            for pixel in start..end {
                let index = (pixel / height - left) * tall + (pixel % height - top);
                bits[(index / 64) as usize] |= 1 << (index % 64);
            }
        }
        let signed = |number: u64| i64::try_from(number).map_err(|_| MaskError::TooLarge);
        let (left, top, wide, tall) = (signed(left)?, signed(top)?, signed(wide)?, signed(tall)?);
        Ok(Some(Self { left, top, wide, tall, bits }))
    }

    fn has(&self, x: i64, y: i64) -> bool {
        let inside = (0..self.wide).contains(&x) && (0..self.tall).contains(&y);
        inside && {
            let index = (x * self.tall + y).unsigned_abs();
            self.bits[(index / 64) as usize] >> (index % 64) & 1 == 1
        }
    }

    /// Follows every outline with the set pixels to its right. Each one, of a piece or of a hole, has the upper edge
    /// of some pixel, so that those are all the beginnings there are.
    fn polygons(&self) -> Result<Vec<Shape>, MaskError> {
        let mut visited = vec![0_u64; self.bits.len()];
        let mut outers: Vec<(Vec<Point>, Bounds, f64, Vec<Vec<Point>>)> = Vec::new();
        let mut holes: Vec<(Vec<Point>, Point)> = Vec::new();
        for x in 0..self.wide {
            for y in 0..self.tall {
                let index = (x * self.tall + y).unsigned_abs();
                let seen = visited[(index / 64) as usize] >> (index % 64) & 1 == 1;
                if seen || !self.has(x, y) || self.has(x, y - 1) {
                    continue;
                }
                let ring = self.follow(x, y, &mut visited);
                let area = signed_area(&ring);
                if area > 0.0 {
                    let Some(bounds) = Bounds::around(&ring) else { continue };
                    outers.push((ring, bounds, area, Vec::new()));
                } else {
                    holes.push((ring, [(x + self.left) as f64 + 0.5, (y + self.top) as f64 + 0.5]));
                }
                if outers.len() + holes.len() > MAX_RINGS {
                    return Err(MaskError::TooManyPieces);
                }
            }
        }
        for (hole, pixel) in holes {
            // The set pixel at a hole's edge belongs to the smallest piece around it.
            let around = outers
                .iter_mut()
                .filter(|(ring, bounds, _, _)| bounds.contains(pixel) && is_inside(ring, pixel))
                .min_by(|a, b| a.2.total_cmp(&b.2));
            if let Some((_, _, _, holes)) = around {
                holes.push(hole);
            }
        }
        Ok(outers.into_iter().map(|(points, _, _, holes)| Shape::Polygon { points, holes }).collect())
    }

    /// The outline that goes along the upper edge of a pixel, from left to right; corners only.
    fn follow(&self, start_x: i64, start_y: i64, visited: &mut [u64]) -> Vec<Point> {
        let (mut x, mut y) = (start_x, start_y);
        let (mut dx, mut dy) = (1_i64, 0_i64);
        let mut ring = Vec::new();
        loop {
            if dx == 1 {
                let index = (x * self.tall + y).unsigned_abs();
                visited[(index / 64) as usize] |= 1 << (index % 64);
            }
            (x, y) = (x + dx, y + dy);
            // The two pixels ahead: the corner (x, y) and the direction give their top-left corners.
            let (right, left) = match (dx, dy) {
                (1, _) => ([x, y], [x, y - 1]),
                (-1, _) => ([x - 1, y - 1], [x - 1, y]),
                (_, 1) => ([x - 1, y], [x, y]),
                _ => ([x, y - 1], [x - 1, y - 1]),
            };
            let turned = if !self.has(right[0], right[1]) {
                (-dy, dx)
            } else if self.has(left[0], left[1]) {
                (dy, -dx)
            } else {
                (dx, dy)
            };
            if turned != (dx, dy) {
                ring.push([(x + self.left) as f64, (y + self.top) as f64]);
                (dx, dy) = turned;
            }
            if (x, y, dx, dy) == (start_x, start_y, 1, 0) {
                return ring;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mask_of(rows: &[&str]) -> Mask {
        let (wide, tall) = (rows[0].len(), rows.len());
        let mut runs = Runs::default();
        for x in 0..wide {
            for row in rows {
                runs.push(row.as_bytes()[x] == b'#', 1).expect("small");
            }
        }
        Mask { size_px: [wide as u32, tall as u32], counts: runs.finish((wide * tall) as u64) }
    }

    fn back(mask: &Mask) -> Mask {
        let polygons = mask.to_polygons().expect("small");
        let rings = polygons.iter().map(|polygon| match polygon {
            Shape::Polygon { points, holes } => (points.as_slice(), holes.as_slice()),
            other => panic!("{other:?}"),
        });
        Mask::of_polygons(mask.size_px, rings).expect("small")
    }

    #[test]
    fn counts_go_down_the_columns_and_begin_with_zeros() {
        let mask = mask_of(&["..#", ".##"]);
        assert_eq!(mask.counts(), [3, 3]);
        assert_eq!(mask_of(&["#.", "#."]).counts(), [0, 2, 2]);
        assert_eq!(Mask::from_counts([2, 2], &[0, 2, 2]), Ok(mask_of(&["#.", "#."])));
        assert_eq!(Mask::from_counts([2, 2], &[0, 2, 0, 0, 2]), Ok(mask_of(&["#.", "#."])), "empty runs");
        assert_eq!(Mask::from_counts([2, 2], &[0, 2, 1]), Err(MaskError::WrongLength));
        assert_eq!(Mask::from_counts([2, 2], &[u64::MAX, 2, 3]), Err(MaskError::WrongLength));
    }

    #[test]
    fn compressed_text_is_that_of_the_reference() {
        // From pycocotools' encode of a 3 × 4 mask whose second column is set, and of a larger one.
        let mask = Mask::from_counts([3, 4], &[4, 4, 4]).expect("counts");
        assert_eq!(mask.to_text(), "444");
        let long = Mask::from_counts([100, 100], &[1000, 50, 4000, 60, 4890]).expect("counts");
        assert_eq!(Mask::from_text([100, 100], long.to_text().as_bytes()), Ok(long));
        for damaged in ["4", "44\u{7f}", "o", "ooooooooo4", "  "] {
            assert!(Mask::from_text([3, 4], damaged.as_bytes()).is_err(), "{damaged}");
        }
    }

    #[test]
    fn a_ring_is_a_polygon_with_a_hole_and_an_island_is_another() {
        let mask = mask_of(&["#####", "#...#", "#.#.#", "#...#", "#####"]);
        let polygons = mask.to_polygons().expect("small");
        assert_eq!(polygons.len(), 2);
        assert!(matches!(&polygons[0], Shape::Polygon { points, holes } if points.len() == 4 && holes.len() == 1));
        assert!(matches!(&polygons[1], Shape::Polygon { holes, .. } if holes.is_empty()));
        assert_eq!(back(&mask), mask);
        assert_eq!(mask.area_px(), 17);
    }

    #[test]
    fn cvat_counts_rows_of_a_frame() {
        let mask = Mask::from_rows([4, 3], [1, 1], [2, 2], &[1, 1, 0, 2]).expect("counts");
        assert_eq!(mask, mask_of(&["....", "..#.", ".##."]));
        let cut = Mask::from_rows([2, 2], [-1, 1], [2, 2], &[0, 4]).expect("counts");
        assert_eq!(cut, mask_of(&["..", "#."]));
        assert_eq!(Mask::from_rows([4, 3], [1, 1], [2, 2], &[1, 1]), Err(MaskError::WrongLength));
    }

    #[test]
    fn a_size_that_no_image_has_costs_no_memory() {
        assert!(Mask::from_rows([4, 4], [0, 0], [u32::MAX, 0], &[]).is_ok());
        assert_eq!(Mask::of_polygons([u32::MAX, 1], []), Err(MaskError::TooLarge));
    }

    proptest! {
        #[test]
        fn outlines_cover_the_same_pixels(
            wide in 1_usize..12, tall in 1_usize..12, pixels in prop::collection::vec(any::<bool>(), 144)
        ) {
            let mut runs = Runs::default();
            for pixel in &pixels[..wide * tall] {
                runs.push(*pixel, 1).expect("small");
            }
            let mask = Mask { size_px: [wide as u32, tall as u32], counts: runs.finish((wide * tall) as u64) };
            prop_assert_eq!(&back(&mask), &mask);
            prop_assert_eq!(Mask::from_text(mask.size_px, mask.to_text().as_bytes()), Ok(mask.clone()));
            let counts: Vec<u64> = mask.counts().iter().map(|count| u64::from(*count)).collect();
            prop_assert_eq!(Mask::from_counts(mask.size_px, &counts), Ok(mask.clone()));
            let area: f64 = mask.to_polygons().expect("small").iter().map(Shape::area).sum();
            prop_assert!((area - mask.area_px() as f64).abs() < 1e-6);
        }

        #[test]
        fn no_text_makes_the_decoder_panic(text in prop::collection::vec(any::<u8>(), 0..64), w in any::<u32>(), h in 0_u32..9) {
            if let Ok(mask) = Mask::from_text([w, h], &text) {
                let _ = mask.to_polygons();
            }
        }
    }
}
