//! The shapes of an image as the canvas needs them: in drawing order, found by place through a spatial index.

use crate::domain::shape::{Bounds, Point};
use crate::domain::{AnnotationId, LabelId, Shape, ShapeKind};
use egui::Color32;
use rstar::{AABB, RTree, RTreeObject};
use std::collections::{HashMap, HashSet};

/// A shape on the canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub id: AnnotationId,
    pub label: Option<LabelId>,
    pub shape: Shape,
    pub color: Color32,
    /// Not drawn and not found by the pointer.
    pub hidden: bool,
    /// Drawn, but not found by the pointer.
    pub locked: bool,
    /// Shapes of one group are selected together.
    pub group: Option<String>,
}

#[derive(Clone, Copy, Debug)]
struct Leaf {
    index: usize,
    bounds: Bounds,
}

impl RTreeObject for Leaf {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.bounds.min, self.bounds.max)
    }
}

/// All shapes of an image, the lowest first.
#[derive(Debug, Default)]
pub struct Scene {
    objects: Vec<Object>,
    bounds: Vec<Bounds>,
    place_of: HashMap<AnnotationId, usize>,
    tree: RTree<Leaf>,
    size_px: [f64; 2],
    revision: u64,
}

impl Scene {
    /// The scene of these shapes, the lowest first, in an image of this size.
    #[must_use]
    pub fn new(objects: Vec<Object>, size_px: [f64; 2], revision: u64) -> Self {
        let bounds: Vec<Bounds> = objects.iter().map(|object| object.shape.bounds()).collect();
        let place_of = objects.iter().enumerate().map(|(index, object)| (object.id, index)).collect();
        let leaves = bounds.iter().enumerate().map(|(index, bounds)| Leaf { index, bounds: *bounds }).collect();
        Self { objects, bounds, place_of, tree: RTree::bulk_load(leaves), size_px, revision }
    }

    /// The shapes, the lowest first.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// The image's width and height in pixels.
    #[must_use]
    pub fn size_px(&self) -> [f64; 2] {
        self.size_px
    }

    /// Differs between scenes that differ.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    #[must_use]
    pub fn get(&self, id: AnnotationId) -> Option<&Object> {
        self.place_of.get(&id).map(|place| &self.objects[*place])
    }

    /// The shape that may be changed: neither locked nor hidden.
    #[must_use]
    pub fn editable(&self, id: AnnotationId) -> Option<&Object> {
        self.get(id).filter(|object| !object.locked && !object.hidden)
    }

    /// Its place in the drawing order.
    #[must_use]
    pub fn place(&self, id: AnnotationId) -> Option<usize> {
        self.place_of.get(&id).copied()
    }

    /// The upright rectangle around a shape.
    #[must_use]
    pub fn bounds_of(&self, index: usize) -> &Bounds {
        &self.bounds[index]
    }

    /// Shapes whose rectangle touches a part of the image, the lowest first, hidden ones too.
    #[must_use]
    pub fn touching(&self, part: &Bounds) -> Vec<usize> {
        let envelope = AABB::from_corners(part.min, part.max);
        let mut found: Vec<usize> =
            self.tree.locate_in_envelope_intersecting(envelope).map(|leaf| leaf.index).collect();
        found.sort_unstable();
        found
    }

    /// Shapes that a pointer at `point` can mean, the smallest first; of equal ones the upper first. `reach_px` is how
    /// near to a line or border it must be.
    #[must_use]
    pub fn under(&self, point: Point, reach_px: f64) -> Vec<usize> {
        let part = Bounds { min: point, max: point }.grown(reach_px);
        let mut found: Vec<(f64, usize)> = self
            .touching(&part)
            .into_iter()
            .filter(|index| {
                let object = &self.objects[*index];
                !object.hidden
                    && !object.locked
                    && (object.shape.contains(point) || object.shape.distance_to_outline(point) <= reach_px)
            })
            .map(|index| (self.objects[index].shape.area(), index))
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        found.into_iter().map(|(_, index)| index).collect()
    }

    /// Shapes that a rubber band means: those within it, or with `touched` those that reach into it.
    #[must_use]
    pub fn in_band(&self, band: &Bounds, touched: bool) -> Vec<usize> {
        let inside = |index: &usize| {
            let bounds = &self.bounds[*index];
            touched || (band.contains(bounds.min) && band.contains(bounds.max))
        };
        let mut found = self.touching(band);
        found.retain(|index| !self.objects[*index].hidden && !self.objects[*index].locked && inside(index));
        found
    }

    /// Vertices and corners near a point, except of `without`.
    #[must_use]
    pub fn vertices_near(&self, point: Point, reach_px: f64, without: &HashSet<AnnotationId>) -> Vec<Point> {
        let part = Bounds { min: point, max: point }.grown(reach_px);
        let mut found = Vec::new();
        for index in self.touching(&part) {
            let object = &self.objects[index];
            if object.hidden || without.contains(&object.id) {
                continue;
            }
            if let Some(corners) = object.shape.corners() {
                found.extend(corners.into_iter().filter(|corner| part.contains(*corner)));
            }
            for ring in object.shape.rings() {
                found.extend(ring.iter().filter(|vertex| part.contains(**vertex)));
            }
        }
        found
    }

    /// All members of the groups that `ids` belong to, and `ids` themselves.
    #[must_use]
    pub fn with_groups(&self, ids: &[AnnotationId]) -> Vec<AnnotationId> {
        let groups: HashSet<&str> =
            ids.iter().filter_map(|id| self.get(*id)).filter_map(|object| object.group.as_deref()).collect();
        if groups.is_empty() {
            return ids.to_vec();
        }
        let mut all = ids.to_vec();
        let known: HashSet<AnnotationId> = ids.iter().copied().collect();
        let member = |object: &&Object| {
            !object.locked && !object.hidden && object.group.as_deref().is_some_and(|group| groups.contains(group))
        };
        all.extend(self.objects.iter().filter(member).map(|object| object.id).filter(|id| !known.contains(id)));
        all
    }

    /// How many shapes of each kind there are.
    #[must_use]
    pub fn kinds(&self) -> HashMap<ShapeKind, usize> {
        self.objects.iter().fold(HashMap::new(), |mut counts, object| {
            *counts.entry(object.shape.kind()).or_insert(0) += 1;
            counts
        })
    }
}

/// Clicks that go deeper: the same place clicked again means the next larger shape.
#[derive(Clone, Debug, Default)]
pub struct Deeper {
    at: Option<Point>,
    shown: Option<AnnotationId>,
}

impl Deeper {
    /// Which of the shapes under the pointer, the smallest first, this click means.
    pub fn click(&mut self, scene: &Scene, point: Point, reach_px: f64) -> Option<AnnotationId> {
        let under: Vec<AnnotationId> =
            scene.under(point, reach_px).into_iter().map(|index| scene.objects[index].id).collect();
        let same = self.at.is_some_and(|at| crate::domain::shape::distance(at, point) <= reach_px);
        let place = self.shown.filter(|_| same).and_then(|shown| under.iter().position(|id| *id == shown));
        let chosen = match place {
            Some(place) => under.get((place + 1) % under.len().max(1)),
            None => under.first(),
        };
        self.at = Some(point);
        self.shown = chosen.copied();
        self.shown
    }

    /// What the last click meant.
    #[must_use]
    pub fn chosen(&self) -> Option<AnnotationId> {
        self.shown
    }

    /// The next click begins anew with the smallest.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn object(shape: Shape) -> Object {
        Object {
            id: AnnotationId::random(),
            label: None,
            shape,
            color: Color32::RED,
            hidden: false,
            locked: false,
            group: None,
        }
    }

    pub fn square(x: f64, y: f64, side: f64) -> Object {
        object(Shape::rectangle([x, y], [x + side, y + side]))
    }

    fn scene(objects: Vec<Object>) -> Scene {
        Scene::new(objects, [1000.0, 1000.0], 1)
    }

    #[test]
    fn the_smallest_comes_first_and_repeated_clicks_go_deeper() {
        let (large, middle, small) = (square(0.0, 0.0, 100.0), square(10.0, 10.0, 50.0), square(20.0, 20.0, 10.0));
        let ids = [small.id, middle.id, large.id];
        // The smallest lies lowest here: size counts, not order.
        let scene = scene(vec![small, large, middle]);
        let mut deeper = Deeper::default();
        let at = [25.0, 25.0];
        let clicked: Vec<_> = (0..4).map(|_| deeper.click(&scene, at, 2.0)).collect();
        assert_eq!(clicked, [Some(ids[0]), Some(ids[1]), Some(ids[2]), Some(ids[0])]);
        assert_eq!(deeper.click(&scene, [90.0, 90.0], 2.0), Some(ids[2]), "elsewhere it begins anew");
        assert_eq!(deeper.click(&scene, [500.0, 500.0], 2.0), None);
    }

    #[test]
    fn of_equal_shapes_the_upper_one_is_meant() {
        let (lower, upper) = (square(0.0, 0.0, 10.0), square(0.0, 0.0, 10.0));
        let id = upper.id;
        assert_eq!(Deeper::default().click(&scene(vec![lower, upper]), [5.0, 5.0], 1.0), Some(id));
    }

    #[test]
    fn locked_and_hidden_shapes_are_not_found() {
        let locked = Object { locked: true, ..square(0.0, 0.0, 10.0) };
        let hidden = Object { hidden: true, ..square(0.0, 0.0, 20.0) };
        let scene = scene(vec![locked, hidden]);
        assert!(scene.under([5.0, 5.0], 1.0).is_empty());
        assert!(scene.in_band(&Bounds { min: [-5.0; 2], max: [50.0; 2] }, false).is_empty());
    }

    #[test]
    fn lines_and_points_are_found_within_reach() {
        let line = object(Shape::Line { points: [[0.0, 0.0], [100.0, 0.0]], dashed: true });
        let point = object(Shape::Point { at: [50.0, 50.0] });
        let scene = scene(vec![line, point]);
        assert_eq!(scene.under([50.0, 3.0], 4.0), [0]);
        assert_eq!(scene.under([50.0, 5.0], 4.0), [] as [usize; 0]);
        assert_eq!(scene.under([52.0, 51.0], 4.0), [1]);
    }

    #[test]
    fn a_band_takes_what_is_within_or_touched() {
        let scene = scene(vec![square(0.0, 0.0, 10.0), square(5.0, 5.0, 100.0)]);
        let band = Bounds { min: [-1.0; 2], max: [20.0; 2] };
        assert_eq!(scene.in_band(&band, false), [0]);
        assert_eq!(scene.in_band(&band, true), [0, 1]);
    }

    #[test]
    fn a_group_is_taken_as_a_whole() {
        let in_group = |object: Object| Object { group: Some("7".to_owned()), ..object };
        let (a, b) = (in_group(square(0.0, 0.0, 5.0)), in_group(square(50.0, 0.0, 5.0)));
        let alone = square(90.0, 0.0, 5.0);
        let (first, second) = (a.id, b.id);
        assert_eq!(scene(vec![a, alone, b]).with_groups(&[first]), [first, second]);
    }

    #[test]
    fn what_is_found_by_place_is_what_a_look_at_all_finds() {
        let mut seed = 7_u64;
        let mut number = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from(u32::try_from(seed >> 40).expect("24 bits")) / f64::from(1_u32 << 24) * 900.0
        };
        let objects: Vec<Object> = (0..2_000).map(|_| square(number(), number(), number() / 20.0)).collect();
        let scene = scene(objects);
        for _ in 0..50 {
            let point = [number(), number()];
            let mut by_hand: Vec<usize> =
                (0..scene.len()).filter(|index| scene.objects()[*index].shape.contains(point)).collect();
            let mut found = scene.under(point, 0.0);
            by_hand.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, by_hand);
        }
    }
}
