//! What an export says when it is read again, beside what was to be exported.

use crate::domain::{Explanation, Shape, Warning};
use crate::formats::objects::{Carries, ImageObject, ImageObjects, OtherShapes};

/// How far a side may move on the way through a format, in pixels: whole numbers and shares of the width round.
const TOLERANCE_PX: f64 = 1.0;
/// Differences of one image that are named.
const NAMED: usize = 20;

/// An image as it was to be exported.
pub(super) struct Expectation<'a>(pub &'a ImageObjects);

/// The image that was read again.
pub(super) struct Found(pub ImageObjects);

/// Adds every difference that the format's losses do not explain.
pub(super) fn compare(
    carries: &Carries,
    expected: &Expectation<'_>,
    found: Option<&Found>,
    differences: &mut Vec<Warning>,
) {
    let image = expected.0;
    let mut reasons = Vec::new();
    let found_objects = found.and_then(|found| found.0.objects.as_ref());
    match (&image.objects, found_objects) {
        (Some(objects), _) if found.is_none() && (carries.unlabeled || !objects.is_empty()) => {
            reasons.push(Explanation::bad_input("export-image-missing"));
        }
        (Some(_), None) if carries.unlabeled => reasons.push(Explanation::bad_input("export-state")),
        (None, Some(_)) if carries.unlabeled => reasons.push(Explanation::bad_input("export-state")),
        (objects, _) => {
            let objects = objects.as_deref().unwrap_or_default();
            compare_objects(carries, objects, found_objects.map(Vec::as_slice).unwrap_or_default(), &mut reasons);
        }
    }
    if carries.usage && found.is_some_and(|found| found.0.usage != image.usage) {
        reasons.push(Explanation::bad_input("export-usage"));
    }
    if let (Some(_), Some(found)) = (&image.objects, found)
        && carries.kept.misses(&image.extra, &found.0.extra, true)
    {
        reasons.push(Explanation::bad_input("export-kept"));
    }
    differences.extend(reasons.into_iter().map(|reason| Warning::new(&image.file_name, reason)));
}

fn compare_objects(carries: &Carries, expected: &[ImageObject], found: &[ImageObject], reasons: &mut Vec<Explanation>) {
    let mut is_free = vec![true; found.len()];
    let mut next = 0;
    for object in expected {
        let Some(shape) = carried(carries, &object.shape) else { continue };
        let fits =
            |candidate: &ImageObject| candidate.label == object.label && away(&candidate.shape, &shape) <= TOLERANCE_PX;
        // Formats keep the order; only where one does not is every object looked at.
        let in_order = found.get(next).filter(|candidate| is_free[next] && fits(candidate)).map(|_| next);
        let place = in_order.or_else(|| (0..found.len()).find(|&place| is_free[place] && fits(&found[place])));
        let Some(place) = place else {
            if reasons.len() < NAMED {
                reasons.push(Explanation::bad_input("export-object-missing").with("label", &object.label));
            }
            continue;
        };
        is_free[place] = false;
        next = place + 1;
        let again = &found[place];
        let is_kept = carries.shapes.contains(&object.shape.kind());
        if is_kept && again.shape.kind() != object.shape.kind() && reasons.len() < NAMED {
            reasons.push(
                Explanation::bad_input("export-shape").with("label", &object.label).with("shape", again.shape.kind()),
            );
        }
        for attribute in differing(carries, object, again) {
            if reasons.len() < NAMED {
                reasons.push(
                    Explanation::bad_input("export-attribute")
                        .with("label", &object.label)
                        .with("attribute", attribute),
                );
            }
        }
    }
    for (object, _) in found.iter().zip(&is_free).filter(|(_, is_free)| **is_free) {
        if reasons.len() < NAMED {
            reasons.push(Explanation::bad_input("export-object-added").with("label", &object.label));
        }
    }
}

/// What the format makes of a shape; `None` if it leaves it out.
fn carried(carries: &Carries, shape: &Shape) -> Option<Shape> {
    if carries.shapes.contains(&shape.kind()) {
        return Some(shape.clone());
    }
    let bounds = shape.bounds();
    match carries.other_shapes {
        OtherShapes::BecomeRectangles if shape.area() > 0.0 || bounds.area() > 0.0 => {
            Some(Shape::Rectangle { min: bounds.min, max: bounds.max })
        }
        // The corners are the format's affair; what they enclose is not.
        OtherShapes::BecomePolygons if shape.area() > 0.0 => Some(shape.clone()),
        _ => None,
    }
}

/// How far the sides of what two shapes enclose are apart, in pixels.
fn away(a: &Shape, b: &Shape) -> f64 {
    let (a, b) = (a.bounds(), b.bounds());
    let axis = |axis: usize| (a.min[axis] - b.min[axis]).abs().max((a.max[axis] - b.max[axis]).abs());
    axis(0).max(axis(1))
}

/// The attributes that the format carries and that came back otherwise.
fn differing(carries: &Carries, expected: &ImageObject, found: &ImageObject) -> Vec<&'static str> {
    let (before, after) = (&expected.attributes, &found.attributes);
    let is_set = |flag: Option<bool>| flag == Some(true);
    let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-6,
        (a, b) => a == b,
    };
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let has_properties = expected
        .said
        .properties
        .iter()
        .all(|(key, value)| found.said.properties.get(key).is_some_and(|again| text(again) == text(value)));
    [
        ("pose", carries.pose && before.pose != after.pose),
        ("truncated", carries.truncated && is_set(before.truncated) != is_set(after.truncated)),
        ("occluded", carries.occluded && is_set(before.occluded) != is_set(after.occluded)),
        ("difficult", carries.difficult && is_set(before.difficult) != is_set(after.difficult)),
        ("group", carries.group && before.group != after.group),
        ("hard", carries.hard && is_set(expected.said.hard) != is_set(found.said.hard)),
        ("confidence", carries.confidence && !close(expected.said.confidence, found.said.confidence)),
        ("properties", carries.properties && !has_properties),
        ("kept", carries.kept.misses(&expected.said.extra, &found.said.extra, false)),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::voc::CARRIES;

    fn codes(expected: Option<Vec<ImageObject>>, found: Option<Vec<ImageObject>>) -> Vec<String> {
        let image = |objects| ImageObjects { file_name: "a.jpg".to_owned(), objects, ..ImageObjects::default() };
        let mut differences = Vec::new();
        compare(&CARRIES, &Expectation(&image(expected)), Some(&Found(image(found))), &mut differences);
        differences.into_iter().map(|warning| warning.reason.code.to_string()).collect()
    }

    fn rectangle(label: &str, left: f64) -> ImageObject {
        ImageObject::new(label, Shape::rectangle([left, 0.0], [left + 10.0, 10.0]))
    }

    #[test]
    fn what_comes_back_alike_in_any_order_is_no_difference() {
        let objects = vec![rectangle("a", 0.0), rectangle("b", 50.0)];
        let turned = vec![rectangle("b", 50.4), rectangle("a", 0.0)];
        assert!(codes(Some(objects), Some(turned)).is_empty());
        assert!(codes(Some(Vec::new()), Some(Vec::new())).is_empty());
        assert!(codes(None, None).is_empty());
    }

    #[test]
    fn every_difference_has_a_name() {
        let a = || Some(vec![rectangle("a", 0.0)]);
        assert_eq!(codes(a(), Some(Vec::new())), ["export-object-missing"]);
        assert_eq!(codes(a(), Some(vec![rectangle("a", 3.0)])), ["export-object-missing", "export-object-added"]);
        assert_eq!(codes(a(), Some(vec![rectangle("b", 0.0)])), ["export-object-missing", "export-object-added"]);
        assert_eq!(codes(a(), None), ["export-state"]);
        let mut difficult = rectangle("a", 0.0);
        difficult.attributes.difficult = Some(true);
        assert_eq!(codes(Some(vec![difficult]), a()), ["export-attribute"]);
        let mut drawn = rectangle("a", 0.0);
        drawn.said.extra = serde_json::from_str(r#"{"modelier:voc":{"objects":[]}}"#).expect("JSON");
        assert_eq!(codes(Some(vec![drawn]), a()), ["export-attribute"]);
        let ring = Shape::polygon(vec![[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]);
        assert_eq!(codes(Some(vec![ImageObject::new("a", ring)]), a()), ["export-shape"]);
    }
}
