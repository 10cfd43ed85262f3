//! Every way of reading rows against the picture decoded as a whole, and what becomes of foreign bytes on the way.

use super::super::header::probe_jpeg;
use super::super::pyramid::Pyramid;
use super::super::pyramid_file::PyramidFile;
use super::super::test_images::{CMYK_JPEG, absurd_headers, encoded, from_hex, slope, with_orientation};
use super::super::{Limits, decode};
use super::*;
use image::{DynamicImage, ImageFormat, RgbImage};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn picture() -> DynamicImage {
    RgbImage::from_fn(1_100, 1_050, |x, y| image::Rgb([(x / 8) as u8, (y / 6) as u8, 90])).into()
}

fn tiles_of(path: &Path) -> Result<Pyramid, MediaError> {
    let target = path.with_extension("tiles");
    make_tiles(path, &probe_file(path)?, &target, &Making::default())?;
    Ok(Pyramid::of_file(PyramidFile::open(&target)?))
}

fn written(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

/// How far the tiles of all levels are from those of the picture decoded as a whole, at most, in the mean of a tile.
fn difference(tiles: &Pyramid, bytes: &[u8]) -> f64 {
    let whole = Pyramid::of_picture(decode(bytes, &Limits::default()).expect("a picture"));
    assert_eq!(tiles.size_px(), whole.size_px());
    let mut most = 0.0_f64;
    for level in 0..whole.levels() {
        for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (Ok(one), Ok(other)) = (tiles.tile(level, column, row), whole.tile(level, column, row)) else {
                assert!(tiles.tile(level, column, row).is_err() && whole.tile(level, column, row).is_err());
                continue;
            };
            assert_eq!((one.width_px, one.height_px), (other.width_px, other.height_px));
            let sum: u64 = one.rgba.iter().zip(&other.rgba).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
            most = most.max(sum as f64 / one.rgba.len() as f64);
        }
    }
    most
}

fn tiff(picture: &RgbImage, rows_per_strip: u32, orientation: u16) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut encoder = ::tiff::encoder::TiffEncoder::new(&mut bytes).expect("an encoder");
    let mut image =
        encoder.new_image::<::tiff::encoder::colortype::RGB8>(picture.width(), picture.height()).expect("an image");
    image.rows_per_strip(rows_per_strip).expect("strips");
    image.encoder().write_tag(::tiff::tags::Tag::Orientation, orientation).expect("a tag");
    image.write_data(picture.as_raw()).expect("rows");
    bytes.into_inner()
}

#[test]
fn every_format_comes_out_as_decoded_whole() {
    let picture = picture();
    let variants = [
        ("a.png", encoded(&picture, ImageFormat::Png)),
        ("b.png", encoded(&DynamicImage::from(picture.to_rgba8()), ImageFormat::Png)),
        ("c.png", encoded(&DynamicImage::from(picture.to_luma8()), ImageFormat::Png)),
        ("d.tif", encoded(&picture, ImageFormat::Tiff)),
        ("e.tif", encoded(&DynamicImage::from(picture.to_rgb16()), ImageFormat::Tiff)),
        ("f.tif", tiff(&picture.to_rgb8(), 1_050, 1)),
        ("g.jpg", encoded(&picture, ImageFormat::Jpeg)),
        ("h.jpg", encoded(&DynamicImage::from(picture.to_luma8()), ImageFormat::Jpeg)),
        ("j.bmp", encoded(&picture, ImageFormat::Bmp)),
        ("k.webp", encoded(&picture, ImageFormat::WebP)),
        ("l.gif", encoded(&picture, ImageFormat::Gif)),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in variants {
        let tiles = tiles_of(&written(&folder, name, &bytes)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let difference = difference(&tiles, &bytes);
        assert!(difference < 3.0, "{name}: {difference}");
    }
    assert_eq!(tiles_of(&written(&folder, "m.jpg", &from_hex(CMYK_JPEG))).expect("tiles").size_px(), (16, 16));
}

#[test]
fn a_jpeg_comes_row_by_row_unless_its_first_pixels_are_all_over_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = encoded(&picture(), ImageFormat::Jpeg);
    assert!(jpeg::is_readable(&written(&folder, "a.jpg", &bytes)));
    let (_, frame) = probe_jpeg(&bytes).expect("a header");
    let (frame_header, scan) =
        (bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame"), frame.scan_start);
    let changed = |at: usize, to: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = to;
        jpeg::is_readable(&written(&folder, "b.jpg", &bytes))
    };
    assert!(!changed(frame_header + 1, 0xC2), "progressive");
    assert!(!changed(scan + 2, 1), "a scan a component");
    assert!(!changed(frame_header + 9, 4), "print colours");
    assert!(!jpeg::is_readable(&written(&folder, "c.jpg", &bytes[..scan - 4])), "cut off");
}

#[test]
fn turned_pictures_come_upright() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = picture();
    for orientation in 1..=8 {
        let bytes = with_orientation(&encoded(&picture, ImageFormat::Jpeg), orientation);
        let tiles = tiles_of(&written(&folder, "turned.jpg", &bytes)).expect("tiles");
        let jpeg = difference(&tiles, &bytes);
        let bytes = tiff(&picture.to_rgb8(), 100, u16::from(orientation));
        let tiles = tiles_of(&written(&folder, "turned.tif", &bytes)).expect("tiles");
        let tiff = difference(&tiles, &bytes);
        assert!(jpeg < 3.0 && tiff < 3.0, "orientation {orientation}: {jpeg} and {tiff}");
    }
}

#[test]
fn the_preview_grows_from_the_top_and_stops_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, making) = (folder.path().join("tiles"), Making::default());
    assert_eq!((making.share(), making.preview()), (None, None));
    let mut writer = PyramidWriter::new(&path, (2_000, 1_600), 6, &making).expect("a file");
    for _ in 0..800 {
        writer.push_row(&[200; 6_000]).expect("a row");
    }
    assert_eq!(making.share(), Some(0.5));
    let preview = making.preview().expect("half a picture");
    // Turned to the right: what came first stands at the right.
    assert_eq!((preview.width_px, preview.height_px), (800, 1_000));
    assert_eq!(preview.rgba[..4], [0, 0, 0, 0]);
    assert_eq!(preview.rgba[799 * 4..800 * 4], [200, 200, 200, 255]);
    making.cancel();
    assert_eq!(writer.push_row(&[200; 6_000]), Err(MediaError::Cancelled));
}

#[test]
fn a_cut_picture_is_told_and_leaves_no_tiles() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = picture();
    let variants = [
        ("a.png", encoded(&picture, ImageFormat::Png)),
        ("b.tif", tiff(&picture.to_rgb8(), 100, 1)),
        ("c.jpg", encoded(&picture, ImageFormat::Jpeg)),
        ("e.bmp", encoded(&picture, ImageFormat::Bmp)),
        ("f.webp", encoded(&picture, ImageFormat::WebP)),
    ];
    for (name, bytes) in variants {
        for share in [2, 3, 10] {
            let path = written(&folder, name, &bytes[..bytes.len() * (share - 1) / share]);
            let error = tiles_of(&path).expect_err(name);
            let told = matches!(error, MediaError::Truncated { .. } | MediaError::Damaged { .. });
            assert!(told, "{name} cut: {error}");
            assert!(PyramidFile::open(&path.with_extension("tiles")).is_err(), "{name}");
        }
    }
    assert_eq!(tiles_of(&written(&folder, "empty.jpg", b"")).err(), Some(MediaError::Empty));
    assert_eq!(tiles_of(&written(&folder, "text.png", b"roses are red")).err(), Some(MediaError::UnknownFormat));
    assert!(matches!(tiles_of(&folder.path().join("gone.png")), Err(MediaError::Unreadable { .. })));
}

#[test]
fn headers_that_lie_are_found_out_soon() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in absurd_headers() {
        let begun = Instant::now();
        let path = written(&folder, name, &bytes);
        assert!(tiles_of(&path).is_err(), "{name}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{name}: {:?}", begun.elapsed());
    }
    // Two thousand million pixels wide: a row of it would take six gigabytes.
    let mut png = encoded(&slope(8, 8), ImageFormat::Png);
    png[16..20].copy_from_slice(&2_000_000_000_u32.to_be_bytes());
    let checksum = super::super::test_images::crc32(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&checksum);
    assert!(tiles_of(&written(&folder, "wide.png", &png)).is_err());
}

#[test]
fn a_line_of_a_million_pixels_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    for (width_px, height_px) in [(1, 1_000_000), (1_000_000, 1)] {
        let picture = DynamicImage::from(RgbImage::from_pixel(width_px, height_px, image::Rgb([7, 8, 9])));
        for format in [ImageFormat::Png, ImageFormat::Tiff] {
            let tiles = tiles_of(&written(&folder, "line", &encoded(&picture, format))).expect("tiles");
            assert_eq!((tiles.size_px(), tiles.levels()), ((width_px, height_px), 11));
            let top = tiles.tile(10, 0, 0).expect("the coarsest");
            assert_eq!(top.width_px.max(top.height_px), 977);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = written(&folder, "a.png", &encoded(&picture(), ImageFormat::Png));
    let info = probe_file(&source).expect("a header");
    let error = make_tiles(&source, &info, Path::new("/dev/full"), &Making::default()).expect_err("no room");
    assert_eq!(error, MediaError::NoRoomForTiles { path: PathBuf::from("/dev") });
    let error = make_tiles(&source, &info, &folder.path().join("none/tiles"), &Making::default()).expect_err("nowhere");
    assert!(matches!(error, MediaError::TilesUnwritable { .. }));
}

#[test]
fn a_picture_that_is_replaced_by_one_of_another_size_is_not_mixed_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(&folder, "a.png", &encoded(&picture(), ImageFormat::Png));
    let info = probe_file(&path).expect("a header");
    std::fs::write(&path, encoded(&slope(40, 30), ImageFormat::Png)).expect("replaced");
    let error = make_tiles(&path, &info, &folder.path().join("tiles"), &Making::default()).expect_err("another size");
    assert!(matches!(error, MediaError::Damaged { .. }));
}

#[test]
fn a_torn_tile_removes_the_file_so_that_it_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(&folder, "a.png", &encoded(&picture(), ImageFormat::Png));
    let (target, making) = (folder.path().join("tiles"), Making::default());
    make_tiles(&path, &probe_file(&path).expect("a header"), &target, &making).expect("tiles");
    let mut bytes = std::fs::read(&target).expect("readable");
    bytes[..1_000].fill(0);
    std::fs::write(&target, bytes).expect("torn");
    let tiles = PyramidFile::open(&target).expect("its end is whole");
    assert!(tiles.tile(0, 0, 0).is_err());
    assert!(!target.exists());
}
