//! The sample dataset: drawn, not stored. Four shapes on textured ground, in any colour, place, size and turn, so that
//! neither colour nor position alone tells them apart. The same seed always draws the same picture.

use crate::domain::{Explain, Explanation};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbaImage};
use rayon::prelude::*;
use std::f32::consts::TAU;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Width of a sample picture in pixels.
pub const WIDTH_PX: u32 = 160;
/// Height of a sample picture in pixels.
pub const HEIGHT_PX: u32 = 120;
/// Pictures of each shape that [`write_sample_dataset`] writes.
pub const PICTURES_PER_SHAPE: usize = 30;
const JPEG_QUALITY: u8 = 85;

/// The classes of the sample dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    Circle,
    Square,
    Triangle,
    Star,
}

impl Shape {
    /// All shapes, in the order of the labels.
    pub const ALL: [Self; 4] = [Self::Circle, Self::Square, Self::Triangle, Self::Star];

    /// The label, and the folder that holds the pictures.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Circle => "circle",
            Self::Square => "square",
            Self::Triangle => "triangle",
            Self::Star => "star",
        }
    }

    /// The outline as corners around the origin, the farthest at distance 1. `None` for the circle.
    fn corners(self) -> Option<Vec<(f32, f32)>> {
        let around = |count: u16, radius_of: fn(u16) -> f32, start: f32| {
            let corner = |index: u16| {
                let angle = start + TAU * f32::from(index) / f32::from(count);
                (radius_of(index) * angle.cos(), radius_of(index) * angle.sin())
            };
            Some((0..count).map(corner).collect())
        };
        match self {
            Self::Circle => None,
            Self::Square => around(4, |_| 1.0, TAU / 8.0),
            Self::Triangle => around(3, |_| 1.0, -TAU / 4.0),
            Self::Star => around(10, |index| if index % 2 == 0 { 1.0 } else { 0.42 }, -TAU / 4.0),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The sample dataset could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the sample images: {reason}: {path}")]
pub struct SampleImagesError {
    /// The folder or file concerned.
    pub path: String,
    /// What the system said.
    pub reason: String,
}

impl Explain for SampleImagesError {
    fn explain(&self) -> Explanation {
        Explanation::failure("sample-images-write").with("reason", &self.reason).with("path", &self.path)
    }
}

/// Splitmix64: small, and the same on every platform and in every release, which the pictures must be.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Evenly from `low` to `high`.
    fn between(&mut self, low: f32, high: f32) -> f32 {
        // 16 bits are plenty for a picture, and exact as f32.
        let fraction = f32::from((self.next() >> 48) as u16) / f32::from(u16::MAX);
        low + (high - low) * fraction
    }

    fn color(&mut self) -> [f32; 3] {
        [self.between(20.0, 235.0), self.between(20.0, 235.0), self.between(20.0, 235.0)]
    }
}

/// Draws one picture of `shape`, [`WIDTH_PX`] by [`HEIGHT_PX`]. The same seed always gives the same pixels.
#[must_use]
pub fn draw(shape: Shape, seed: u64) -> RgbaImage {
    let mut dice = Dice(seed.wrapping_mul(4).wrapping_add(shape as u64));
    dice.next();
    let ground = Ground::new(&mut dice);
    let figure = Figure::new(shape, &ground, &mut dice);
    let grain = dice.between(4.0, 12.0);
    RgbaImage::from_fn(WIDTH_PX, HEIGHT_PX, |x, y| {
        let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
        let mut color = ground.color_at(x, y);
        let shadow = 0.35 * figure.coverage(x - figure.shadow_px, y - figure.shadow_px);
        color = color.map(|channel| channel * (1.0 - shadow));
        let cover = figure.coverage(x, y);
        if cover > 0.0 {
            let paint = figure.color_at(x, y);
            for (channel, painted) in color.iter_mut().zip(paint) {
                *channel += (painted - *channel) * cover;
            }
        }
        let noise = dice.between(-grain, grain);
        let [red, green, blue] = color.map(|channel| (channel + noise).clamp(0.0, 255.0) as u8);
        image::Rgba([red, green, blue, 255])
    })
}

/// A slope of two colours under waves, like cloth or water.
struct Ground {
    from: [f32; 3],
    to: [f32; 3],
    direction: (f32, f32),
    /// Horizontal and vertical frequency, phase, strength.
    waves: [(f32, f32, f32, f32); 3],
}

impl Ground {
    fn new(dice: &mut Dice) -> Self {
        let (from, far) = (dice.color(), dice.color());
        // Half way to the other colour: a slope, not a second figure.
        let to = std::array::from_fn(|channel| from[channel] + (far[channel] - from[channel]) * 0.5);
        let angle = dice.between(0.0, TAU);
        let waves = std::array::from_fn(|_| {
            (dice.between(-0.35, 0.35), dice.between(-0.35, 0.35), dice.between(0.0, TAU), dice.between(2.0, 9.0))
        });
        Self { from, to, direction: (angle.cos(), angle.sin()), waves }
    }

    fn color_at(&self, x: f32, y: f32) -> [f32; 3] {
        let along = ((x - 80.0) * self.direction.0 + (y - 60.0) * self.direction.1) / 200.0 + 0.5;
        let wave: f32 = self
            .waves
            .iter()
            .map(|(across, down, phase, strength)| strength * (across * x + down * y + phase).sin())
            .sum();
        std::array::from_fn(|channel| self.from[channel] + (self.to[channel] - self.from[channel]) * along + wave)
    }
}

/// The shape in its place.
struct Figure {
    center: (f32, f32),
    radius_px: f32,
    cosine: f32,
    sine: f32,
    corners: Option<Vec<(f32, f32)>>,
    color: [f32; 3],
    /// How much lighter the top is than the bottom.
    shade: f32,
    shadow_px: f32,
}

impl Figure {
    fn new(shape: Shape, ground: &Ground, dice: &mut Dice) -> Self {
        let radius_px = dice.between(28.0, 48.0);
        let center = (
            dice.between(radius_px + 4.0, WIDTH_PX as f32 - radius_px - 4.0),
            dice.between(radius_px + 4.0, HEIGHT_PX as f32 - radius_px - 4.0),
        );
        // At most a twelfth of a turn either way: a thing that lies on a table, not a test of rotation.
        let turn = dice.between(-TAU / 12.0, TAU / 12.0);
        let differs = |color: &[f32; 3]| {
            let distance: f32 = color.iter().zip(&ground.from).map(|(one, other)| (one - other).abs()).sum();
            distance > 180.0
        };
        let mut color = dice.color();
        // A person must see the figure, too. The bound is for the reader: a colour is found in a few throws.
        for _ in 0..64 {
            if differs(&color) {
                break;
            }
            color = dice.color();
        }
        Self {
            center,
            radius_px,
            cosine: turn.cos(),
            sine: turn.sin(),
            corners: shape.corners(),
            color,
            shade: dice.between(10.0, 40.0),
            shadow_px: dice.between(2.0, 5.0),
        }
    }

    fn color_at(&self, _x: f32, y: f32) -> [f32; 3] {
        let lighter = self.shade * (self.center.1 - y) / self.radius_px;
        self.color.map(|channel| channel + lighter)
    }

    /// How much of the pixel around a point is covered, 0 to 1, by the distance to the outline.
    fn coverage(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (x - self.center.0, y - self.center.1);
        let squared = dx * dx + dy * dy;
        let reach_px = self.radius_px + 1.0;
        if squared > reach_px * reach_px {
            return 0.0;
        }
        let outside_px = match &self.corners {
            None => squared.sqrt() - self.radius_px,
            Some(corners) => {
                let turned = (dx * self.cosine + dy * self.sine, dy * self.cosine - dx * self.sine);
                distance_outside(corners, (turned.0 / self.radius_px, turned.1 / self.radius_px)) * self.radius_px
            }
        };
        (0.5 - outside_px).clamp(0.0, 1.0)
    }
}

/// Distance of a point to a polygon's outline, negative inside.
fn distance_outside(corners: &[(f32, f32)], point: (f32, f32)) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    let mut previous = corners[corners.len() - 1];
    for &corner in corners {
        let edge = (corner.0 - previous.0, corner.1 - previous.1);
        let from = (point.0 - previous.0, point.1 - previous.1);
        let along = ((from.0 * edge.0 + from.1 * edge.1) / (edge.0 * edge.0 + edge.1 * edge.1)).clamp(0.0, 1.0);
        let away = (from.0 - edge.0 * along, from.1 - edge.1 * along);
        nearest = nearest.min(away.0 * away.0 + away.1 * away.1);
        if (previous.1 > point.1) != (corner.1 > point.1)
            && point.0 < edge.0 * (point.1 - previous.1) / edge.1 + previous.0
        {
            inside = !inside;
        }
        previous = corner;
    }
    if inside { -nearest.sqrt() } else { nearest.sqrt() }
}

/// One picture as the bytes of a JPEG file.
///
/// # Errors
/// If the encoder refuses, which it has no reason to.
pub fn encode(shape: Shape, seed: u64) -> Result<Vec<u8>, image::ImageError> {
    let mut bytes = Vec::new();
    let picture = DynamicImage::from(draw(shape, seed)).into_rgb8();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
    Ok(bytes)
}

/// Writes the sample dataset below `folder`: `circle/0001.jpg` and so on, [`PICTURES_PER_SHAPE`] of each shape, always
/// the same bytes. Files that are there already are left alone. Returns the files with their shapes, in order.
///
/// # Errors
/// If the folder or a file cannot be written.
pub fn write_sample_dataset(folder: &Path) -> Result<Vec<(PathBuf, Shape)>, SampleImagesError> {
    let failed = |path: &Path, reason: &dyn fmt::Display| SampleImagesError {
        path: path.display().to_string(),
        reason: reason.to_string(),
    };
    let mut files = Vec::new();
    for shape in Shape::ALL {
        let shape_folder = folder.join(shape.as_str());
        std::fs::create_dir_all(&shape_folder).map_err(|error| failed(&shape_folder, &error))?;
        files.extend((1..=PICTURES_PER_SHAPE).map(|number| (shape_folder.join(format!("{number:04}.jpg")), shape)));
    }
    files.par_iter().enumerate().try_for_each(|(index, (path, shape))| {
        if path.exists() {
            return Ok(());
        }
        let bytes = encode(*shape, index as u64).map_err(|error| failed(path, &error))?;
        // Under another name first: a kill must not leave half a picture that would be kept for ever.
        let parent = path.parent().unwrap_or(folder);
        let mut file = tempfile::NamedTempFile::new_in(parent).map_err(|error| failed(path, &error))?;
        file.write_all(&bytes).map_err(|error| failed(path, &error))?;
        match file.persist_noclobber(path) {
            Err(error) if error.error.kind() != std::io::ErrorKind::AlreadyExists => Err(failed(path, &error)),
            _ => Ok(()),
        }
    })?;
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::image::decode;

    #[test]
    fn pictures_are_the_same_for_a_seed_and_differ_between_seeds() {
        assert_eq!(encode(Shape::Star, 7).unwrap(), encode(Shape::Star, 7).unwrap());
        assert_ne!(draw(Shape::Star, 7), draw(Shape::Star, 8));
        assert_ne!(draw(Shape::Star, 7), draw(Shape::Circle, 7));
    }

    #[test]
    fn the_area_tells_the_shapes_apart() {
        let area = |shape: Shape| {
            let mut dice = Dice(3);
            let ground = Ground::new(&mut dice);
            let figure = Figure::new(shape, &ground, &mut dice);
            let pixels = (0..HEIGHT_PX).flat_map(|y| (0..WIDTH_PX).map(move |x| (x as f32 + 0.5, y as f32 + 0.5)));
            pixels.map(|(x, y)| figure.coverage(x, y)).sum::<f32>() / (figure.radius_px * figure.radius_px)
        };
        // π, 2, 3√3/4 and ten triangles of sides 1 and 0.42 with 36° between them.
        for (shape, expected) in [
            (Shape::Circle, std::f32::consts::PI),
            (Shape::Square, 2.0),
            (Shape::Triangle, 1.2990),
            (Shape::Star, 1.2343),
        ] {
            assert!((area(shape) - expected).abs() < 0.03, "{shape}: {} instead of {expected}", area(shape));
        }
    }

    #[test]
    fn the_dataset_is_written_once_and_opens() {
        let folder = tempfile::tempdir().unwrap();
        let files = write_sample_dataset(folder.path()).unwrap();
        assert_eq!(files.len(), 120);
        assert!(files[0].0.ends_with("circle/0001.jpg"));
        for (path, shape) in &files {
            assert!(path.parent().unwrap().ends_with(shape.as_str()));
            let upright = decode(&std::fs::read(path).unwrap(), &Default::default()).unwrap();
            assert_eq!((upright.width_px, upright.height_px), (WIDTH_PX, HEIGHT_PX));
        }
        std::fs::write(&files[5].0, b"mine").unwrap();
        write_sample_dataset(folder.path()).unwrap();
        assert_eq!(std::fs::read(&files[5].0).unwrap(), b"mine");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let error = write_sample_dataset(&file).unwrap_err();
        assert!(error.path.contains("file"));
    }
}
