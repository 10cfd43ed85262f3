//! From pictures with objects to batches: the whole picture for answering, a changed part of it for learning.

use super::targets::Target;
use crate::domain::shape::Bounds;
use crate::learning::images::Picture;
use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use rand::rngs::StdRng;
use rayon::prelude::*;

/// What is around a picture, as darknet fills it.
const FILLING: f32 = 0.5;
/// A part of an object is learned if it is at least so much of the whole.
const LEAST_VISIBLE: f64 = 0.35;
/// An object smaller than this in the network's input is not learned.
const LEAST_SIDE_PX: f64 = 2.0;
/// The part of a picture that is shown, as a multiple of what the whole would take.
const ZOOM: (f64, f64) = (0.55, 1.25);
/// How much wider or higher than it is a picture is shown.
const STRETCH: f64 = 0.12;
/// How much brighter or darker, all together and each colour.
const GAIN: f32 = 0.25;
const COLOR_GAIN: f32 = 0.1;
const SHIFT: f32 = 0.06;

/// An object in a picture, its bounds in pixels of that picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SceneObject {
    pub(super) class: usize,
    pub(super) bounds: Bounds,
}

/// A picture with its objects.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scene {
    pub(super) picture: Picture,
    pub(super) objects: Vec<SceneObject>,
}

/// Which mirrorings are learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flips {
    pub(super) horizontal: bool,
    pub(super) vertical: bool,
}

/// How a picture is seen in the network's input.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct View {
    /// The part of the picture that fills the input, in pixels of the picture; it may reach beyond it.
    window: Bounds,
    mirrored: bool,
    upside_down: bool,
    /// Gain and shift of each colour, on values from 0 to 1.
    colors: [(f32, f32); 3],
}

/// `input` is height and width of the network's input everywhere here.
#[expect(clippy::cast_precision_loss, reason = "sides of pictures")]
fn sizes(picture: [usize; 2], input: [usize; 2]) -> ([f64; 2], [f64; 2]) {
    (picture.map(|side| side as f64), [input[1] as f64, input[0] as f64])
}

impl View {
    /// All of a picture of width and height `picture`, in proportion, in the middle of the input.
    pub(super) fn whole(picture: [usize; 2], input: [usize; 2]) -> Self {
        let (picture, input) = sizes(picture, input);
        let scale = (picture[0] / input[0]).max(picture[1] / input[1]);
        let size = input.map(|side| side * scale);
        let min = [(picture[0] - size[0]) / 2.0, (picture[1] - size[1]) / 2.0];
        let window = Bounds { min, max: [min[0] + size[0], min[1] + size[1]] };
        Self { window, mirrored: false, upside_down: false, colors: [(1.0, 0.0); 3] }
    }

    /// A part chosen at random, mirrored and recoloured at random.
    fn random(picture: [usize; 2], input: [usize; 2], flips: Flips, random: &mut StdRng) -> Self {
        let (picture, input) = sizes(picture, input);
        let whole = (picture[0] / input[0]).max(picture[1] / input[1]);
        let zoom = (random.random_range(ZOOM.0.ln()..ZOOM.1.ln())).exp() * whole;
        let stretch = random.random_range(-STRETCH..STRETCH).exp();
        let size = [input[0] * zoom * stretch, input[1] * zoom / stretch];
        let mut min = [0.0; 2];
        for axis in 0..2 {
            // Anywhere inside the picture, or with the picture anywhere inside.
            min[axis] = (picture[axis] - size[axis]) * random.random::<f64>();
        }
        let window = Bounds { min, max: [min[0] + size[0], min[1] + size[1]] };
        let gain = 1.0 + random.random_range(-GAIN..GAIN);
        let colors = [(); 3].map(|()| {
            (gain * (1.0 + random.random_range(-COLOR_GAIN..COLOR_GAIN)), random.random_range(-SHIFT..SHIFT))
        });
        Self {
            window,
            mirrored: flips.horizontal && random.random(),
            upside_down: flips.vertical && random.random(),
            colors,
        }
    }

    /// Bounds in the picture, as pixels of the input.
    fn seen(&self, bounds: &Bounds, input: [usize; 2]) -> Bounds {
        let (_, input) = sizes([1, 1], input);
        let size = [self.window.width(), self.window.height()];
        let mut seen = *bounds;
        for (axis, turned) in [self.mirrored, self.upside_down].into_iter().enumerate() {
            let place = |at: f64| {
                let part = (at - self.window.min[axis]) / size[axis];
                input[axis] * if turned { 1.0 - part } else { part }
            };
            let (a, b) = (place(bounds.min[axis]), place(bounds.max[axis]));
            (seen.min[axis], seen.max[axis]) = (a.min(b), a.max(b));
        }
        seen
    }

    /// Bounds in the input, as pixels of the picture, within the picture. Only for views that are not mirrored.
    pub(super) fn in_picture(&self, seen: &Bounds, input: [usize; 2], picture: [usize; 2]) -> Bounds {
        let (picture, input) = sizes(picture, input);
        let size = [self.window.width(), self.window.height()];
        let place = |point: [f64; 2]| {
            [0, 1]
                .map(|axis| (self.window.min[axis] + point[axis] / input[axis] * size[axis]).clamp(0.0, picture[axis]))
        };
        Bounds { min: place(seen.min), max: place(seen.max) }
    }

    /// The objects of `scene` that can be seen.
    fn targets(&self, scene: &Scene, input: [usize; 2]) -> Vec<Target> {
        let (_, sides) = sizes([1, 1], input);
        let target = |object: &SceneObject| {
            let all = self.seen(&object.bounds, input);
            let seen = Bounds {
                min: [all.min[0].clamp(0.0, sides[0]), all.min[1].clamp(0.0, sides[1])],
                max: [all.max[0].clamp(0.0, sides[0]), all.max[1].clamp(0.0, sides[1])],
            };
            let large_enough = seen.width() >= LEAST_SIDE_PX && seen.height() >= LEAST_SIDE_PX;
            let [x, y] = seen.center();
            #[expect(clippy::cast_possible_truncation, reason = "pixels of an input")]
            let center_size = [x, y, seen.width(), seen.height()].map(|value| value as f32);
            (large_enough && seen.area() >= LEAST_VISIBLE * all.area())
                .then_some(Target { class: object.class, center_size })
        };
        scene.objects.iter().filter_map(target).collect()
    }

    /// The pixels of the input, `[3, height, width]`, from 0 to 1.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "pixels")]
    pub(super) fn pixels(&self, picture: &Picture, input: [usize; 2]) -> Vec<f32> {
        let [height, width] = input;
        let mut pixels = vec![FILLING; 3 * height * width];
        // Where the picture lies in the input before it is mirrored, in whole pixels, and the part of it that is there.
        let mut from = [0_usize; 2];
        let mut to = [0_usize; 2];
        let mut part = Bounds { min: [0.0; 2], max: [0.0; 2] };
        for (axis, (side, length)) in [(width, picture.width), (height, picture.height)].into_iter().enumerate() {
            let scale = [self.window.width(), self.window.height()][axis] / side as f64;
            let place = |at: f64| ((at - self.window.min[axis]) / scale).round().clamp(0.0, side as f64) as usize;
            (from[axis], to[axis]) = (place(0.0), place(length as f64));
            let back = |at: usize| (self.window.min[axis] + at as f64 * scale).clamp(0.0, length as f64);
            (part.min[axis], part.max[axis]) = (back(from[axis]), back(to[axis]));
        }
        if from[0] >= to[0] || from[1] >= to[1] || part.area() <= 0.0 {
            return pixels;
        }
        let (columns, rows) = (to[0] - from[0], to[1] - from[1]);
        let shown = picture.part(part.min, [part.width(), part.height()], columns, rows);
        for (channel, (gain, shift)) in self.colors.into_iter().enumerate() {
            let table: Vec<f32> =
                (0..=u8::MAX).map(|value| (f32::from(value) / 255.0 * gain + shift).clamp(0.0, 1.0)).collect();
            for row in 0..rows {
                let y = from[1] + row;
                let y = if self.upside_down { height - 1 - y } else { y };
                let line = &shown.pixels[3 * row * columns..][..3 * columns];
                let values = line.iter().skip(channel).step_by(3).map(|value| table[usize::from(*value)]);
                let start = (channel * height + y) * width;
                if self.mirrored {
                    let target = &mut pixels[start + width - to[0]..start + width - from[0]];
                    target.iter_mut().rev().zip(values).for_each(|(pixel, value)| *pixel = value);
                } else {
                    let target = &mut pixels[start + from[0]..start + to[0]];
                    target.iter_mut().zip(values).for_each(|(pixel, value)| *pixel = value);
                }
            }
        }
        pixels
    }
}

/// `pixels`, one list an image, as `[batch, 3, height, width]`.
pub(super) fn batch(pixels: Vec<Vec<f32>>, input: [usize; 2], device: &Device) -> Tensor<4> {
    let count = pixels.len();
    let values = if count == 1 { pixels.into_iter().next().unwrap_or_default() } else { pixels.concat() };
    Tensor::from_data(TensorData::new(values, [count, 3, input[0], input[1]]), device)
}

/// Changed parts of `scenes`, on all cores, with what is to be found in them.
pub(super) fn augmented(
    scenes: &[&Scene],
    input: [usize; 2],
    flips: Flips,
    random: &mut StdRng,
) -> (Vec<Vec<f32>>, Vec<Vec<Target>>) {
    let views: Vec<View> = scenes
        .iter()
        .map(|scene| View::random([scene.picture.width, scene.picture.height], input, flips, random))
        .collect();
    let made: Vec<_> = scenes
        .par_iter()
        .zip(&views)
        .map(|(scene, view)| (view.pixels(&scene.picture, input), view.targets(scene, input)))
        .collect();
    made.into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    /// A grey picture with a white rectangle.
    fn scene(width: usize, height: usize, [left, top, right, bottom]: [usize; 4]) -> Scene {
        let mut pixels = vec![50; 3 * width * height];
        for y in top..bottom {
            pixels[3 * (y * width + left)..3 * (y * width + right)].fill(255);
        }
        let bounds = Bounds { min: [left as f64, top as f64], max: [right as f64, bottom as f64] };
        Scene { picture: Picture { width, height, pixels }, objects: vec![SceneObject { class: 2, bounds }] }
    }

    #[test]
    fn the_whole_picture_is_shown_in_proportion_and_found_again() {
        let scene = scene(80, 40, [20, 10, 40, 30]);
        let (input, picture) = ([64, 64], [80, 40]);
        let view = View::whole(picture, input);
        let targets = view.targets(&scene, input);
        assert_eq!(targets, [Target { class: 2, center_size: [24.0, 32.0, 16.0, 16.0] }]);
        let seen = Bounds { min: [16.0, 24.0], max: [32.0, 40.0] };
        assert_eq!(view.in_picture(&seen, input, picture), scene.objects[0].bounds);
        let pixels = view.pixels(&scene.picture, input);
        let at = |x: usize, y: usize| pixels[y * 64 + x];
        assert_eq!((at(0, 0), at(24, 32)), (FILLING, 1.0));
        assert!((at(2, 32) - 50.0 / 255.0).abs() < 1e-6);
    }

    proptest! {
        /// Whatever the view, the white pixels are where the target says.
        #[test]
        fn targets_lie_on_their_pixels(seed: u64, left in 5_usize..40, top in 5_usize..25) {
            let scene = scene(90, 60, [left, top, left + 30, top + 20]);
            let input = [64, 96];
            let flips = Flips { horizontal: true, vertical: true };
            let mut view = View::random([90, 60], input, flips, &mut StdRng::seed_from_u64(seed));
            view.colors = [(1.0, 0.0); 3];
            let pixels = view.pixels(&scene.picture, input);
            let white: Vec<_> = (0..64 * 96).filter(|at| pixels[*at] > 0.9).map(|at| (at % 96, at / 96)).collect();
            let targets = view.targets(&scene, input);
            if let [target] = targets[..] {
                let [x, y, width, height] = target.center_size;
                let (low, high) = (
                    white.iter().fold((f32::MAX, f32::MAX), |b, p| (b.0.min(p.0 as f32), b.1.min(p.1 as f32))),
                    white.iter().fold((0.0_f32, 0.0_f32), |b, p| (b.0.max(p.0 as f32 + 1.0), b.1.max(p.1 as f32 + 1.0))),
                );
                prop_assert!((x - width / 2.0 - low.0).abs() < 2.5 && (x + width / 2.0 - high.0).abs() < 2.5);
                prop_assert!((y - height / 2.0 - low.1).abs() < 2.5 && (y + height / 2.0 - high.1).abs() < 2.5);
            }
        }
    }
}
