//! Foreign bytes: cut, altered, arbitrary. Nothing may panic, and a cut must be told.

use super::test_images::{FORMATS, encoded, slope, with_orientation};
use super::*;
use image::ImageFormat;
use proptest::prelude::*;

const SMALL: Limits = Limits { decoded_bytes: 1024 * 1024 };

fn all_ways(bytes: &[u8]) {
    let _ = probe(bytes);
    let _ = decode(bytes, &SMALL);
    let _ = decode_scaled(bytes, 8, &SMALL);
}

#[test]
fn every_cut_is_an_error_or_the_whole_picture() {
    for format in FORMATS {
        let bytes = encoded(&slope(40, 30), format);
        let whole = decode(&bytes, &SMALL).unwrap();
        for length in (0..bytes.len()).step_by(10) {
            let cut = &bytes[..length];
            all_ways(cut);
            match decode(cut, &SMALL) {
                Ok(picture) => assert_eq!(picture, whole, "{format:?} cut at {length}"),
                Err(MediaError::Truncated { .. } | MediaError::Empty | MediaError::UnknownFormat) => {}
                // GIF, BMP, TIFF and WebP have words of their own for a missing end.
                Err(error) => {
                    assert!(!matches!(format, ImageFormat::Jpeg | ImageFormat::Png), "{format:?} at {length}: {error}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn altered_bytes_never_panic(
        format in 0..FORMATS.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = encoded(&slope(24, 16), FORMATS[format]);
        if FORMATS[format] == ImageFormat::Jpeg {
            bytes = with_orientation(&bytes, 6);
        }
        for (index, value) in changes {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        all_ways(&bytes);
    }

    #[test]
    fn arbitrary_bytes_never_panic(start in 0..FORMATS.len(), tail in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = encoded(&slope(4, 4), FORMATS[start]);
        bytes.truncate(12);
        bytes.extend(tail);
        all_ways(&bytes);
    }
}
