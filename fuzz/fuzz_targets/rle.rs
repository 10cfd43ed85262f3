//! No text makes the mask decoder panic, and outlines cover the pixels they were made of.
//!
//! `cargo +nightly fuzz run rle`
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelier::domain::Shape;
use modelier::formats::mask::Mask;

fuzz_target!(|bytes: &[u8]| {
    let [width, height, text @ ..] = bytes else { return };
    let size_px = [u32::from(*width), u32::from(*height)];
    let Ok(mask) = Mask::from_text(size_px, text) else { return };
    assert_eq!(Mask::from_text(size_px, mask.to_text().as_bytes()).as_ref(), Ok(&mask));
    let Ok(shapes) = mask.to_polygons() else { return };
    let rings = shapes.iter().filter_map(|shape| match shape {
        Shape::Polygon { points, holes } => Some((points.as_slice(), holes.as_slice())),
        _ => None,
    });
    assert_eq!(Mask::of_polygons(size_px, rings), Ok(mask));
});
