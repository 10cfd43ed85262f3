//! What the guide's shapes cannot say of ours, as free properties: the angle of a rotated rectangle, which is written
//! as a polygon, the holes of a polygon, and which shapes are parts of one object.

use crate::domain::shape::{Point, distance};
use crate::domain::{ObjectAttributes, Shape};
use serde_json::{Map, Value};

/// The clockwise angle in degrees of a rectangle whose corners stand as a polygon.
pub const ROTATION: &str = "modelier:rotation";
/// The holes of a polygon, as a list of lists of points.
pub const HOLES: &str = "modelier:holes";
/// Shapes with the same group are parts of one object.
pub const GROUP: &str = "modelier:group";

/// How far corners may be from a rectangle of the angle they are said to have, in pixels; tools round to hundredths.
const TOLERANCE_PX: f64 = 0.1;

/// The properties that say what the guide's shape does not, in the order they are written.
#[must_use]
pub fn of(shape: &Shape, attributes: &ObjectAttributes) -> Map<String, Value> {
    let mut properties = Map::new();
    match shape {
        Shape::RotatedRectangle { degrees, .. } => {
            properties.insert(ROTATION.to_owned(), (*degrees).into());
        }
        Shape::Polygon { holes, .. } if !holes.is_empty() => {
            properties.insert(HOLES.to_owned(), serde_json::json!(holes));
        }
        _ => {}
    }
    if let Some(group) = &attributes.group {
        properties.insert(GROUP.to_owned(), group.clone().into());
    }
    properties
}

/// Makes of a shape and its properties what they say together, and takes those properties away. One that does not fit
/// the shape (somebody moved a corner) stays among the properties.
pub fn take(shape: Shape, attributes: &mut ObjectAttributes, properties: &mut Map<String, Value>) -> Shape {
    if let Some(group) = properties.get(GROUP).map(text) {
        attributes.group = Some(group);
        properties.shift_remove(GROUP);
    }
    let Shape::Polygon { points, mut holes } = shape else { return shape };
    if let Some(rectangle) = properties.get(ROTATION).and_then(number).and_then(|angle| rotated(&points, angle)) {
        properties.shift_remove(ROTATION);
        return rectangle;
    }
    if let Some(found) = properties.get(HOLES).and_then(rings) {
        properties.shift_remove(HOLES);
        holes = found;
    }
    Shape::Polygon { points, holes }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    number.is_finite().then_some(number)
}

/// The rectangle with these corners and this angle, if they are one.
fn rotated(points: &[Point], degrees: f64) -> Option<Shape> {
    let corners = <[Point; 4]>::try_from(points).ok()?;
    let mean = |axis: usize| corners.iter().map(|corner| corner[axis] / 4.0).sum::<f64>();
    let size_px = [distance(corners[0], corners[1]), distance(corners[1], corners[2])];
    let rectangle = Shape::RotatedRectangle { center: [mean(0), mean(1)], size_px, degrees };
    let fits = rectangle.corners()?.iter().zip(&corners).all(|(a, b)| distance(*a, *b) <= TOLERANCE_PX);
    (fits && rectangle.is_valid()).then_some(rectangle)
}

/// Rings of points, as a list or as JSON in a string.
fn rings(value: &Value) -> Option<Vec<Vec<Point>>> {
    let rings: Vec<Vec<Point>> = match value {
        Value::String(text) => serde_json::from_str(text).ok()?,
        other => serde_json::from_value(other.clone()).ok()?,
    };
    let is_ring = |ring: &Vec<Point>| ring.len() >= 3 && ring.iter().flatten().all(|number| number.is_finite());
    (!rings.is_empty() && rings.iter().all(is_ring)).then_some(rings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_rotated_rectangle_comes_back_from_its_corners() {
        let shape = Shape::RotatedRectangle { center: [50.0, 40.0], size_px: [30.0, 10.0], degrees: 33.0 };
        let attributes = ObjectAttributes { group: Some("7".to_owned()), ..ObjectAttributes::default() };
        let mut properties = of(&shape, &attributes);
        properties.insert("colour".to_owned(), "red".into());
        let corners =
            shape.corners().expect("four").map(|[x, y]| [(x * 100.0).round() / 100.0, (y * 100.0).round() / 100.0]);
        let mut found = ObjectAttributes::default();
        let again = take(Shape::polygon(corners.to_vec()), &mut found, &mut properties);
        let Shape::RotatedRectangle { center, size_px, degrees } = again else { panic!("{again:?}") };
        assert!(distance(center, [50.0, 40.0]) < 0.01);
        assert!((size_px[0] - 30.0).abs() < 0.02 && (size_px[1] - 10.0).abs() < 0.02);
        assert!((degrees - 33.0).abs() < f64::EPSILON);
        assert_eq!(found, attributes);
        assert_eq!(properties.keys().collect::<Vec<_>>(), ["colour"]);
    }

    #[test]
    fn an_angle_that_does_not_fit_the_corners_stays_a_property() {
        let mut properties = Map::from_iter([(ROTATION.to_owned(), json!("10"))]);
        let square = Shape::polygon(vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]);
        let again = take(square.clone(), &mut ObjectAttributes::default(), &mut properties);
        assert_eq!(again, square);
        assert!(properties.contains_key(ROTATION));
    }

    #[test]
    fn holes_come_back_also_from_text() {
        let hole = vec![[1.0, 1.0], [2.0, 1.0], [2.0, 2.0]];
        let outer = vec![[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]];
        let shape = Shape::Polygon { points: outer.clone(), holes: vec![hole] };
        let written = of(&shape, &ObjectAttributes::default());
        for form in [written[HOLES].clone(), written[HOLES].to_string().into()] {
            let mut properties = Map::from_iter([(HOLES.to_owned(), form)]);
            let again = take(Shape::polygon(outer.clone()), &mut ObjectAttributes::default(), &mut properties);
            assert_eq!(again, shape);
            assert!(properties.is_empty());
        }
    }
}
