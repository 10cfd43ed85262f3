//! Boxes of images that are stored turned: a file's `<size>` tells whether its boxes are of the stored image or of the
//! upright one.

use crate::domain::Shape;
use crate::domain::shape::Point;
use crate::formats::objects::ImageObjects;

/// How a file's coordinates relate to the upright image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// They are upright, or nothing speaks against it.
    Upright,
    /// They were of the stored image, and have been turned.
    WasStored,
    /// The size does not tell (a square, or turned by half); taken as upright.
    Ambiguous,
    /// The size is that of neither; taken as written.
    OtherSize,
}

/// Turns an image's objects upright where its size says that they are not; afterwards its size is the upright one.
/// `stored_px` is the stored width and height, `orientation` the EXIF value, 1 to 8.
pub fn to_upright(image: &mut ImageObjects, stored_px: [u32; 2], orientation: u8) -> Turned {
    let [width, height] = stored_px;
    let is_quarter = (5..=8).contains(&orientation);
    let upright_px = if is_quarter { [height, width] } else { stored_px };
    let said = image.size_px;
    image.size_px = Some(upright_px);
    let Some(said) = said else {
        return if (2..=8).contains(&orientation) { Turned::Ambiguous } else { Turned::Upright };
    };
    if said != upright_px && said != stored_px {
        return Turned::OtherSize;
    }
    match orientation {
        2..=4 => Turned::Ambiguous,
        5..=8 if width == height => Turned::Ambiguous,
        5..=8 if said == stored_px => {
            for object in image.objects.iter_mut().flatten() {
                object.shape = turned(&object.shape, stored_px, orientation);
            }
            Turned::WasStored
        }
        _ => Turned::Upright,
    }
}

/// A shape of the stored image in the upright one.
fn turned(shape: &Shape, [width, height]: [u32; 2], orientation: u8) -> Shape {
    let (width, height) = (f64::from(width), f64::from(height));
    let change = |[x, y]: Point| match orientation {
        5 => [y, x],
        6 => [height - y, x],
        7 => [height - y, width - x],
        8 => [y, width - x],
        _ => [x, y],
    };
    match shape {
        Shape::Polygon { points, holes } => Shape::Polygon {
            points: points.iter().map(|point| change(*point)).collect(),
            holes: holes.iter().map(|hole| hole.iter().map(|point| change(*point)).collect()).collect(),
        },
        Shape::RotatedRectangle { center, size_px, degrees } => {
            let degrees = match orientation {
                5 => 90.0 - degrees,
                6 => degrees + 90.0,
                7 => -90.0 - degrees,
                8 => degrees - 90.0,
                _ => *degrees,
            };
            Shape::RotatedRectangle { center: change(*center), size_px: *size_px, degrees }
        }
        other => other.mapped(change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::objects::ImageObject;

    fn image(size_px: Option<[u32; 2]>) -> ImageObjects {
        let shape = Shape::rectangle([10.0, 20.0], [30.0, 60.0]);
        ImageObjects { size_px, objects: Some(vec![ImageObject::new("a", shape)]), ..ImageObjects::default() }
    }

    fn bounds(image: &ImageObjects) -> [f64; 4] {
        let bounds = image.objects.as_ref().expect("said")[0].shape.bounds();
        [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]]
    }

    #[test]
    fn the_size_tells_whether_boxes_are_upright() {
        // Stored 100 × 200, turned by 90° clockwise for showing: 200 × 100 upright.
        let mut stored = image(Some([100, 200]));
        assert_eq!(to_upright(&mut stored, [100, 200], 6), Turned::WasStored);
        assert_eq!(bounds(&stored), [140.0, 10.0, 180.0, 30.0]);
        assert_eq!(stored.size_px, Some([200, 100]));
        let mut upright = image(Some([200, 100]));
        assert_eq!(to_upright(&mut upright, [100, 200], 6), Turned::Upright);
        assert_eq!(bounds(&upright), [10.0, 20.0, 30.0, 60.0]);
    }

    #[test]
    fn what_the_size_cannot_tell_is_said() {
        assert_eq!(to_upright(&mut image(Some([100, 100])), [100, 100], 6), Turned::Ambiguous);
        assert_eq!(to_upright(&mut image(Some([100, 200])), [100, 200], 3), Turned::Ambiguous);
        assert_eq!(to_upright(&mut image(None), [100, 200], 8), Turned::Ambiguous);
        assert_eq!(to_upright(&mut image(None), [100, 200], 1), Turned::Upright);
        assert_eq!(to_upright(&mut image(Some([50, 50])), [100, 200], 1), Turned::OtherSize);
    }

    #[test]
    fn a_turned_rectangle_turns_with_its_corners() {
        let rectangle = Shape::RotatedRectangle { center: [40.0, 90.0], size_px: [30.0, 10.0], degrees: 20.0 };
        for orientation in [5, 6, 7, 8] {
            let corners = rectangle.corners().expect("four").to_vec();
            let of_corners = turned(&Shape::polygon(corners), [100, 200], orientation).bounds();
            let of_rectangle = turned(&rectangle, [100, 200], orientation).bounds();
            for axis in 0..2 {
                assert!((of_corners.min[axis] - of_rectangle.min[axis]).abs() < 1e-9, "{orientation}");
                assert!((of_corners.max[axis] - of_rectangle.max[axis]).abs() < 1e-9, "{orientation}");
            }
        }
    }
}
