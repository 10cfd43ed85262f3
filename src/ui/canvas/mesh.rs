//! Outlines and areas as triangles. Ten thousand shapes are one mesh, made when the view or the shapes change and
//! drawn again as it is in every other frame.

use super::scene::{Object, Scene};
use super::view::View;
use crate::domain::shape::Point;
use crate::domain::{AnnotationId, Shape};
use egui::{Color32, Mesh, Pos2, Vec2, pos2, vec2};
use std::collections::HashSet;
use std::sync::Arc;

/// How strongly an area is filled with its colour, of 255.
const FILL_ALPHA: u8 = 38;
/// Points of an outline nearer to each other than this on the screen are one.
const MERGED_POINTS: f32 = 0.75;
/// Outlines with more points on the screen than this are not filled: cutting them into triangles takes too long.
const FILLED_VERTICES: usize = 4_096;
/// Corners of a circle.
const CIRCLE_CORNERS: usize = 48;

/// How outlines are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Width of lines, in screen points.
    pub width: f32,
    /// Whether areas are filled.
    pub fill: bool,
    pub pixels_per_point: f32,
}

/// Makes meshes; keeps what making them needs.
#[derive(Default)]
pub struct Mesher {
    earcut: earcut::Earcut<f32>,
    path: Vec<Pos2>,
    triangles: Vec<u32>,
}

impl Mesher {
    /// Adds a shape as it looks in a view, moved by `by` image pixels.
    pub fn add(&mut self, mesh: &mut Mesh, view: &View, shape: &Shape, by: [f64; 2], color: Color32, pen: &Pen) {
        let place = |point: Point| view.screen_from_image([point[0] + by[0], point[1] + by[1]]);
        let fill = Color32::from_rgba_unmultiplied(color.r(), color.g(), color.b(), FILL_ALPHA);
        match shape {
            Shape::Rectangle { min, max } => {
                let (min, max) = (place(*min), place(*max));
                if pen.fill {
                    quad(mesh, [min, pos2(max.x, min.y), max, pos2(min.x, max.y)], fill);
                }
                upright(mesh, min, max, pen, color);
            }
            Shape::Point { at } => dot(mesh, place(*at), pen.width * 2.0, color),
            Shape::Line { points: [a, b], dashed } => {
                let (a, b) = (place(*a), place(*b));
                if *dashed {
                    dashes(mesh, a, b, pen.width, color);
                } else {
                    stroke(mesh, &[a, b], false, pen.width, color);
                }
            }
            Shape::Circle { center, radius } => {
                self.path.clear();
                #[expect(clippy::cast_precision_loss, reason = "few corners")]
                self.path.extend((0..CIRCLE_CORNERS).map(|corner| {
                    let angle = corner as f64 / CIRCLE_CORNERS as f64 * std::f64::consts::TAU;
                    place([center[0] + radius * angle.cos(), center[1] + radius * angle.sin()])
                }));
                if pen.fill {
                    fan(mesh, &self.path, fill);
                }
                stroke(mesh, &self.path, true, pen.width, color);
            }
            Shape::RotatedRectangle { .. } => {
                let corners = shape.corners().unwrap_or_default().map(place);
                if pen.fill {
                    quad(mesh, corners, fill);
                }
                stroke(mesh, &corners, true, pen.width, color);
                // The side that was the top one is marked: it tells which way is up.
                let top = corners[0] + (corners[1] - corners[0]) * 0.5;
                dot(mesh, top, pen.width * 1.2, color);
            }
            Shape::Polyline { points } => {
                merged(&mut self.path, points.iter().map(|point| place(*point)), false);
                stroke(mesh, &self.path, false, pen.width, color);
            }
            Shape::Polygon { points, holes } => {
                merged(&mut self.path, points.iter().map(|point| place(*point)), true);
                stroke(mesh, &self.path, true, pen.width, color);
                let mut path = std::mem::take(&mut self.path);
                let outline = path.len();
                let mut starts = Vec::new();
                for hole in holes {
                    let mut ring = Vec::new();
                    merged(&mut ring, hole.iter().map(|point| place(*point)), true);
                    stroke(mesh, &ring, true, pen.width, color);
                    if ring.len() >= 3 {
                        starts.push(u32::try_from(path.len()).unwrap_or(u32::MAX));
                        path.extend(ring);
                    }
                }
                if pen.fill && outline >= 3 && path.len() <= FILLED_VERTICES {
                    self.triangles.clear();
                    let corners = path.iter().map(|corner| [corner.x, corner.y]);
                    self.earcut.earcut(corners, &starts, &mut self.triangles);
                    area(mesh, &path, &self.triangles, fill);
                }
                self.path = path;
            }
        }
    }
}

/// The screen points of a ring, without those that nobody can tell apart.
fn merged(path: &mut Vec<Pos2>, points: impl Iterator<Item = Pos2>, closed: bool) {
    path.clear();
    let mut last = None;
    let mut skipped = None;
    for point in points {
        let near = last.is_some_and(|last: Pos2| (last - point).abs().max_elem() < MERGED_POINTS);
        if near {
            skipped = Some(point);
        } else {
            path.push(point);
            (last, skipped) = (Some(point), None);
        }
    }
    // The end of an open path is seen.
    if let Some(end) = skipped.filter(|_| !closed || path.len() < 2) {
        path.push(end);
    }
}

fn index(mesh: &Mesh) -> u32 {
    u32::try_from(mesh.vertices.len()).unwrap_or(u32::MAX)
}

fn quad(mesh: &mut Mesh, corners: [Pos2; 4], color: Color32) {
    let first = index(mesh);
    for corner in corners {
        mesh.colored_vertex(corner, color);
    }
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}

fn fan(mesh: &mut Mesh, path: &[Pos2], color: Color32) {
    let first = index(mesh);
    for corner in path {
        mesh.colored_vertex(*corner, color);
    }
    for corner in 2..u32::try_from(path.len()).unwrap_or(0) {
        mesh.add_triangle(first, first + corner - 1, first + corner);
    }
}

fn area(mesh: &mut Mesh, path: &[Pos2], triangles: &[u32], color: Color32) {
    let first = index(mesh);
    for corner in path {
        mesh.colored_vertex(*corner, color);
    }
    for triangle in triangles.as_chunks::<3>().0 {
        mesh.add_triangle(first + triangle[0], first + triangle[1], first + triangle[2]);
    }
}

/// The outline of an upright rectangle on whole pixels: crisp, and a fraction of the triangles of a smooth one.
fn upright(mesh: &mut Mesh, min: Pos2, max: Pos2, pen: &Pen, color: Color32) {
    let snap = |value: f32| (value * pen.pixels_per_point).round() / pen.pixels_per_point;
    let half = pen.width / 2.0;
    let (left, top, right, bottom) = (snap(min.x - half), snap(min.y - half), snap(max.x - half), snap(max.y - half));
    let width = (pen.width * pen.pixels_per_point).round().max(1.0) / pen.pixels_per_point;
    let first = index(mesh);
    for (x, y) in [(left, top), (right + width, top), (right + width, bottom + width), (left, bottom + width)] {
        mesh.colored_vertex(pos2(x, y), color);
    }
    for (x, y) in [(left + width, top + width), (right, top + width), (right, bottom), (left + width, bottom)] {
        mesh.colored_vertex(pos2(x, y), color);
    }
    for side in 0..4 {
        let (a, b) = (first + side, first + (side + 1) % 4);
        mesh.add_triangle(a, b, b + 4);
        mesh.add_triangle(a, b + 4, a + 4);
    }
}

fn dot(mesh: &mut Mesh, at: Pos2, radius: f32, color: Color32) {
    let corners: [Pos2; 12] = std::array::from_fn(|corner| {
        #[expect(clippy::cast_precision_loss, reason = "twelve corners")]
        let angle = corner as f32 / 12.0 * std::f32::consts::TAU;
        at + radius * Vec2::angled(angle)
    });
    fan(mesh, &corners, color);
}

/// A line of even width with soft edges.
fn stroke(mesh: &mut Mesh, path: &[Pos2], closed: bool, width: f32, color: Color32) {
    const SOFT: f32 = 0.5;
    let count = path.len();
    if count < 2 {
        if let Some(only) = path.first() {
            dot(mesh, *only, width, color);
        }
        return;
    }
    let first = index(mesh);
    let half = width / 2.0;
    mesh.vertices.reserve(count * 4);
    mesh.indices.reserve(count * 18);
    for place in 0..count {
        let here = path[place];
        let before = if place > 0 { Some(path[place - 1]) } else { closed.then(|| path[count - 1]) };
        let after = if place + 1 < count { Some(path[place + 1]) } else { closed.then(|| path[0]) };
        let normal = |a: Pos2, b: Pos2| (b - a).normalized().rot90();
        let across = match (before, after) {
            (Some(before), Some(after)) => {
                let sum = normal(before, here) + normal(here, after);
                let length = sum.length_sq();
                // A sharp corner is cut rather than drawn as a long spike.
                if length < 0.25 { normal(here, after) } else { sum * (2.0 / length).min(2.0) }
            }
            (None, Some(after)) => normal(here, after),
            (Some(before), None) => normal(before, here),
            (None, None) => vec2(0.0, 1.0),
        };
        mesh.colored_vertex(here + across * (half + SOFT), Color32::TRANSPARENT);
        mesh.colored_vertex(here + across * (half - SOFT).max(0.0), color);
        mesh.colored_vertex(here - across * (half - SOFT).max(0.0), color);
        mesh.colored_vertex(here - across * (half + SOFT), Color32::TRANSPARENT);
    }
    let count = u32::try_from(count).unwrap_or(0);
    let edges = if closed { count } else { count - 1 };
    for edge in 0..edges {
        let (a, b) = (first + edge * 4, first + (edge + 1) % count * 4);
        for lane in 0..3 {
            mesh.add_triangle(a + lane, b + lane, b + lane + 1);
            mesh.add_triangle(a + lane, b + lane + 1, a + lane + 1);
        }
    }
}

fn dashes(mesh: &mut Mesh, a: Pos2, b: Pos2, width: f32, color: Color32) {
    const DASH: f32 = 7.0;
    const GAP: f32 = 5.0;
    let along = b - a;
    let length = along.length();
    // A line across a huge view has no more dashes than can be seen.
    let step = (DASH + GAP).max(length / 2_000.0);
    let direction = along / length.max(1e-6);
    let mut from = 0.0;
    while from < length {
        let to = (from + step * DASH / (DASH + GAP)).min(length);
        stroke(mesh, &[a + direction * from, a + direction * to], false, width, color);
        from += step;
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    scene: u64,
    view: View,
    pen: Pen,
    colors_revision: u64,
    except: Vec<AnnotationId>,
}

/// The mesh of all shapes that stand still.
#[derive(Default)]
pub struct StillLife {
    key: Option<Key>,
    mesh: Arc<Mesh>,
    mesher: Mesher,
    /// How often it was made; tests and the benchmark look at it.
    made: u64,
}

impl StillLife {
    /// The mesh of everything in sight but `except` and what is hidden; the one of the last frame where nothing has
    /// changed. `colors_revision` changes when objects look different though the scene is the same.
    pub fn mesh(
        &mut self,
        scene: &Scene,
        view: &View,
        pen: Pen,
        colors_revision: u64,
        except: &HashSet<AnnotationId>,
    ) -> Arc<Mesh> {
        let mut named: Vec<AnnotationId> = except.iter().copied().collect();
        named.sort_unstable_by_key(|id| id.0);
        let key = Key { scene: scene.revision(), view: *view, pen, colors_revision, except: named };
        if self.key.as_ref() != Some(&key) {
            let mut mesh = Mesh::default();
            let margin = view.image_length(8.0);
            for place in scene.touching(&view.visible().grown(margin)) {
                let object: &Object = &scene.objects()[place];
                if !object.hidden && !except.contains(&object.id) {
                    self.mesher.add(&mut mesh, view, &object.shape, [0.0; 2], object.color, &pen);
                }
            }
            self.mesh = Arc::new(mesh);
            self.key = Some(key);
            self.made += 1;
        }
        Arc::clone(&self.mesh)
    }

    /// How often a mesh had to be made.
    #[must_use]
    pub fn made(&self) -> u64 {
        self.made
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::canvas::scene::tests::{object, square};
    use egui::Rect;

    const PEN: Pen = Pen { width: 1.5, fill: true, pixels_per_point: 1.0 };

    fn view() -> View {
        let mut view = View::default();
        view.show_image([1000.0, 1000.0]);
        view.set_viewport(Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 800.0)));
        view
    }

    fn scene(objects: Vec<Object>) -> Scene {
        Scene::new(objects, [1000.0, 1000.0], 1)
    }

    #[test]
    fn every_shape_becomes_a_valid_mesh() {
        let shapes = [
            Shape::Point { at: [5.0, 5.0] },
            Shape::Line { points: [[0.0, 0.0], [900.0, 30.0]], dashed: true },
            Shape::Line { points: [[0.0, 0.0], [0.0, 0.0]], dashed: false },
            Shape::rectangle([1.0, 1.0], [50.0, 60.0]),
            Shape::RotatedRectangle { center: [300.0, 300.0], size_px: [100.0, 0.0], degrees: 33.0 },
            Shape::Circle { center: [500.0, 500.0], radius: 80.0 },
            Shape::Polyline { points: vec![[0.0, 0.0], [10.0, 10.0], [10.0, 10.0], [0.0, 0.0]] },
            Shape::Polygon {
                points: vec![[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]],
                holes: vec![vec![[100.0, 100.0], [200.0, 100.0], [200.0, 200.0]]],
            },
            Shape::polygon(vec![[7.0, 7.0]; 5]),
        ];
        let mut mesher = Mesher::default();
        for shape in shapes {
            let mut mesh = Mesh::default();
            mesher.add(&mut mesh, &view(), &shape, [0.0; 2], Color32::RED, &PEN);
            assert!(mesh.is_valid(), "{shape:?}");
            assert!(mesh.vertices.iter().all(|vertex| vertex.pos.is_finite()), "{shape:?}");
            assert!(!mesh.is_empty(), "{shape:?}");
        }
    }

    #[test]
    fn a_hole_is_not_filled() {
        let shape = Shape::Polygon {
            points: vec![[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]],
            holes: vec![vec![[100.0, 100.0], [300.0, 100.0], [300.0, 300.0], [100.0, 300.0]]],
        };
        let mut mesh = Mesh::default();
        Mesher::default().add(&mut mesh, &view(), &shape, [0.0; 2], Color32::RED, &PEN);
        let middle = view().screen_from_image([200.0, 200.0]);
        let covers = |corners: [Pos2; 3]| {
            let side = |a: Pos2, b: Pos2| (b - a).rot90().dot(middle - a) > 0.0;
            let [a, b, c] = corners;
            side(a, b) == side(b, c) && side(b, c) == side(c, a)
        };
        let corner = |index: u32| mesh.vertices[index as usize].pos;
        let triangles = mesh.indices.as_chunks::<3>().0;
        assert!(!triangles.iter().any(|[a, b, c]| covers([corner(*a), corner(*b), corner(*c)])));
    }

    #[test]
    fn what_stands_still_is_made_once() {
        let moving = square(10.0, 10.0, 30.0);
        let id = moving.id;
        let scene = scene(vec![moving, object(Shape::Circle { center: [50.0, 50.0], radius: 9.0 })]);
        let mut still = StillLife::default();
        let mut view = view();
        for _ in 0..5 {
            still.mesh(&scene, &view, PEN, 0, &HashSet::new());
        }
        assert_eq!(still.made(), 1);
        let without = still.mesh(&scene, &view, PEN, 0, &HashSet::from([id]));
        assert_eq!(still.made(), 2);
        assert!(!without.is_empty());
        view.zoom(2.0);
        still.mesh(&scene, &view, PEN, 0, &HashSet::new());
        assert_eq!(still.made(), 3);
    }

    #[test]
    fn what_is_out_of_sight_is_not_made() {
        let scene = scene(vec![square(10.0, 10.0, 5.0), square(900.0, 900.0, 5.0)]);
        let mut view = view();
        let both = StillLife::default().mesh(&scene, &view, PEN, 0, &HashSet::new()).vertices.len();
        view.zoom_about(pos2(0.0, 0.0), 8.0);
        let one = StillLife::default().mesh(&scene, &view, PEN, 0, &HashSet::new()).vertices.len();
        assert_eq!(one * 2, both);
    }

    #[test]
    fn a_hundred_thousand_points_are_as_many_as_can_be_seen() {
        let count = 100_000_u32;
        let points = (0..count).map(|index| {
            let angle = f64::from(index) / f64::from(count) * std::f64::consts::TAU;
            [500.0 + 400.0 * angle.cos(), 500.0 + 400.0 * angle.sin()]
        });
        let mut mesh = Mesh::default();
        let shape = Shape::polygon(points.collect());
        Mesher::default().add(&mut mesh, &view(), &shape, [0.0; 2], Color32::RED, &PEN);
        assert!(mesh.vertices.len() < 20_000, "{}", mesh.vertices.len());
    }
}
