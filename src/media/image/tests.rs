use super::test_images::{CMYK_JPEG, FORMATS, absurd_headers, encoded, from_hex, slope, with_orientation};
use super::*;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageBuffer, ImageFormat, Rgb, RgbaImage};
use std::time::Instant;

fn mean_difference(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let total: u64 = one.iter().zip(other).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
    total as f64 / one.len() as f64
}

#[test]
fn every_orientation_comes_upright() {
    // Large enough that the thumbnail is decoded at an eighth.
    let jpeg = encoded(&slope(400, 240), ImageFormat::Jpeg);
    for orientation in 1..=8 {
        let bytes = with_orientation(&jpeg, orientation);
        let info = probe(&bytes).unwrap();
        assert_eq!((info.width_px, info.height_px, info.orientation), (400, 240, orientation));
        let mut expected = slope(400, 240);
        expected.apply_orientation(Orientation::from_exif(orientation).unwrap());
        let upright = decode(&bytes, &Limits::default()).unwrap();
        assert_eq!((upright.width_px, upright.height_px), (expected.width(), expected.height()));
        assert_eq!(info.upright_size_px(), (expected.width(), expected.height()));
        assert!(mean_difference(&upright.rgba, &expected.to_rgba8()) < 3.0, "orientation {orientation}");
        for side_px in [40, 300] {
            let small = thumbnail(&bytes, side_px).unwrap();
            assert_eq!(small.width.max(small.height), side_px);
            let expected = expected.resize(side_px, side_px, image::imageops::FilterType::Triangle).into_rgba8();
            assert!(mean_difference(&small.rgba, &expected) < 4.0, "orientation {orientation} at {side_px}");
        }
    }
}

#[test]
fn every_format_opens_whatever_the_name_says() {
    let picture = slope(31, 17);
    for format in FORMATS {
        let bytes = encoded(&picture, format);
        let info = probe(&bytes).unwrap();
        assert_eq!(info.format.decoder(), format);
        assert_eq!((info.width_px, info.height_px, info.orientation), (31, 17, 1));
        let upright = decode(&bytes, &Limits::default()).unwrap();
        let lossy = matches!(format, ImageFormat::Jpeg | ImageFormat::Gif);
        let difference = mean_difference(&upright.rgba, &picture.to_rgba8());
        assert!(if lossy { difference < 8.0 } else { difference == 0.0 }, "{format:?}: {difference}");
        for name in ["picture.jpg", "picture.TIFF"] {
            let promised = PictureFormat::promised_by(name).unwrap();
            assert_eq!(info.mislabeled(name).is_some(), promised != info.format);
        }
        assert!(info.mislabeled("picture").is_none());
    }
}

#[test]
fn a_reduced_thumbnail_is_close_to_the_whole_picture_reduced() {
    let picture = DynamicImage::from(crate::media::sample_images::draw(crate::media::sample_images::Shape::Star, 1))
        .resize_exact(1280, 960, image::imageops::FilterType::CatmullRom);
    let bytes = encoded(&picture, ImageFormat::Jpeg);
    let whole = decode(&bytes, &Limits::default()).unwrap();
    let whole = RgbaImage::from_raw(whole.width_px, whole.height_px, whole.rgba).unwrap();
    let expected = DynamicImage::from(whole).resize(160, 160, image::imageops::FilterType::Triangle).into_rgba8();
    let small = thumbnail(&bytes, 160).unwrap();
    assert_eq!((small.width, small.height), (160, 120));
    assert!(mean_difference(&small.rgba, &expected) < 2.0);
}

#[test]
fn grey_deep_and_transparent_pictures_open() {
    let grey = DynamicImage::from(GrayImage::from_pixel(300, 200, image::Luma([90])));
    let mut jpeg = Vec::new();
    grey.write_with_encoder(image::codecs::jpeg::JpegEncoder::new(&mut jpeg)).unwrap();
    for bytes in [jpeg, encoded(&grey, ImageFormat::Png)] {
        for side_px in [30, 300] {
            let small = thumbnail(&bytes, side_px).unwrap();
            assert!(
                small.rgba.chunks(4).all(|pixel| pixel[0].abs_diff(90) < 3 && pixel[0] == pixel[2] && pixel[3] == 255)
            );
        }
    }
    let deep = DynamicImage::from(ImageBuffer::from_pixel(9, 9, Rgb([0xFFFF_u16, 0x8000, 0])));
    for format in [ImageFormat::Png, ImageFormat::Tiff] {
        let upright = decode(&encoded(&deep, format), &Limits::default()).unwrap();
        assert_eq!(upright.rgba[..4], [255, 128, 0, 255]);
    }
    let clear = DynamicImage::from(RgbaImage::from_pixel(300, 300, image::Rgba([200, 100, 50, 128])));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff] {
        let small = thumbnail(&encoded(&clear, format), 50).unwrap();
        assert_eq!(small.rgba[3], 128);
        assert!(small.rgba[0].abs_diff(200) < 3);
    }
}

#[test]
fn print_colours_are_turned_into_screen_colours() {
    let bytes = from_hex(CMYK_JPEG);
    let upright = decode(&bytes, &Limits::default()).unwrap();
    let [red, green, blue, alpha] = upright.rgba[..4] else { panic!("no pixel") };
    assert!(red > 240 && green < 15 && blue < 15 && alpha == 255, "{red} {green} {blue}");
    assert_eq!(thumbnail(&bytes, 4).unwrap().width, 4);
}

#[test]
fn what_is_no_picture_is_named() {
    assert_eq!(probe(b""), Err(MediaError::Empty));
    assert_eq!(thumbnail(b"", 160), Err(MediaError::Empty));
    assert_eq!(decode(b"roses are red", &Limits::default()), Err(MediaError::UnknownFormat));
}

#[test]
fn absurd_sizes_are_refused_at_once() {
    for (name, bytes) in absurd_headers() {
        let begun = Instant::now();
        let refused = Err(MediaError::TooLarge {
            width_px: 60_000,
            height_px: 60_000,
            limit_bytes: Limits::default().decoded_bytes,
        });
        assert_eq!(decode(&bytes, &Limits::default()), refused, "{name}");
        assert!(matches!(thumbnail(&bytes, 160), Err(MediaError::TooLarge { .. })), "{name}");
        assert!(begun.elapsed().as_secs() < 5, "{name}: {:?}", begun.elapsed());
    }
}

#[test]
fn a_picture_beyond_the_limit_still_has_a_preview_if_it_can_be_reduced() {
    let limits = Limits { decoded_bytes: 100 * 100 * 4 };
    let jpeg = encoded(&slope(400, 300), ImageFormat::Jpeg);
    assert!(matches!(decode(&jpeg, &limits), Err(MediaError::TooLarge { .. })));
    let preview = decode_scaled(&jpeg, 90, &limits).unwrap();
    assert_eq!((preview.width_px, preview.height_px), (90, 68));
    assert!(matches!(decode_scaled(&jpeg, 400, &limits), Err(MediaError::TooLarge { .. })));
    let png = encoded(&slope(400, 300), ImageFormat::Png);
    assert!(matches!(decode_scaled(&png, 90, &limits), Err(MediaError::TooLarge { .. })));
}

#[test]
fn sizes_fit_and_are_never_empty() {
    use super::thumbnail::fitting_size_px;
    assert_eq!(fitting_size_px(500, 333, 160), (160, 107));
    assert_eq!(fitting_size_px(100, 50, 160), (100, 50));
    assert_eq!(fitting_size_px(10_000, 3, 160), (160, 1));
    assert_eq!(fitting_size_px(u32::MAX, u32::MAX, 160), (160, 160));
}

#[test]
fn a_batch_keeps_its_order_and_its_failures() {
    let bytes = encoded(&slope(40, 20), ImageFormat::Png);
    let results = thumbnails(&[bytes.clone(), Vec::new(), bytes], 10);
    assert_eq!(results[0].as_ref().unwrap().height, 5);
    assert_eq!(results[1], Err(MediaError::Empty));
    assert_eq!(results[0], results[2]);
}
