//! Which images are trained on and which are kept for evaluation, and their pictures with objects.

use super::augment::{Scene, SceneObject};
use super::settings::Settings;
use crate::domain::Usage;
use crate::domain::detection::{TrueBox, edges};
use crate::domain::shape::Bounds;
use crate::domain::traits::{LearningItem, LearningObject};
use crate::learning::Run;
use crate::learning::error::LearningError;
use crate::learning::images::{Picture, Room, decode, load};
use crate::learning::split::{Example, SplitSpec};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::borrow::Cow;

/// A kept picture is so many times as large as the network's input, so that parts of it can be shown larger.
const KEPT_SIZE: f64 = 1.5;

/// Indices of items, by what they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) train: Vec<usize>,
    /// Watched while training and evaluated after it.
    pub(super) eval: Vec<usize>,
    /// Only evaluated, after everything.
    pub(super) test: Vec<usize>,
    /// Items left out because nobody has said what is in them.
    pub(super) unlabeled: u64,
    /// Items left out because they are meant for inference.
    pub(super) inference: u64,
}

impl Parts {
    /// Which items are in no part, and why.
    pub(super) fn left_out(&self) -> String {
        format!("left out: {} unlabeled, {} meant for inference", self.unlabeled, self.inference)
    }
}

/// Divides `items`: those with a usage by it, the rest by ratio. The same seed gives the same division.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "counts")]
pub(super) fn divide(items: &[LearningItem], spec: SplitSpec, seed: u64) -> Parts {
    let mut parts = Parts::default();
    let mut undecided = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match (&item.objects, item.usage) {
            (_, Some(Usage::Inference)) => parts.inference += 1,
            (None, _) => parts.unlabeled += 1,
            (_, Some(Usage::Train)) => parts.train.push(index),
            (_, Some(Usage::Eval)) => parts.eval.push(index),
            (_, Some(Usage::Test)) => parts.test.push(index),
            (Some(_), None) => undecided.push(index),
        }
    }
    undecided.shuffle(&mut StdRng::seed_from_u64(seed));
    let count = undecided.len();
    let train = ((spec.train * count as f64).round() as usize).clamp(1.min(count), count);
    // Two images are one and one, if anything is to be evaluated.
    let train = if spec.eval > 0.0 && count >= 2 { train.min(count - 1) } else { train };
    let eval = if spec.train + spec.eval > 1.0 - 1e-9 {
        count - train
    } else {
        ((spec.eval * count as f64).round() as usize).min(count - train)
    };
    parts.train.extend(&undecided[..train]);
    parts.eval.extend(&undecided[train..train + eval]);
    for part in [&mut parts.train, &mut parts.eval, &mut parts.test] {
        part.sort_unstable();
    }
    parts
}

/// An image that could be read.
pub(super) struct Image {
    /// Index of the item in its source.
    pub(super) item: usize,
    /// Width and height of the upright image in pixels, before it was made smaller.
    pub(super) size_px: [usize; 2],
    /// `None` where memory did not suffice.
    kept: Option<Scene>,
}

/// The images of one part.
#[derive(Default)]
pub(super) struct Images(pub(super) Vec<Image>);

/// Reads images and makes them smaller.
pub(super) struct Reader<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) image_size: usize,
}

impl Reader<'_> {
    /// The objects of an item that can be learned: those that are somewhere and have an area.
    pub(super) fn objects(&self, item: usize) -> impl Iterator<Item = &LearningObject> {
        let classes = self.run.source.classes().len();
        self.run.source.items()[item].objects.iter().flatten().filter(move |object| {
            let area = object.bounds.area();
            area > 0.0 && area.is_finite() && object.class < classes
        })
    }

    /// How many objects of each class `images` show.
    pub(super) fn counts(&self, images: &Images) -> Vec<usize> {
        let mut counts = vec![0; self.run.source.classes().len()];
        for object in images.0.iter().flat_map(|image| self.objects(image.item)) {
            counts[object.class] += 1;
        }
        counts
    }

    /// The picture made smaller, with its objects.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "pixels")]
    fn scene(&self, item: usize, picture: Picture) -> Scene {
        let longest = (self.image_size as f64 * KEPT_SIZE) as usize;
        let (width, height) = (picture.width as f64, picture.height as f64);
        let picture = if picture.width.max(picture.height) > longest { picture.longer_side(longest) } else { picture };
        let scale = [picture.width as f64 / width, picture.height as f64 / height];
        let scaled = |point: [f64; 2]| [point[0] * scale[0], point[1] * scale[1]];
        let objects = self
            .objects(item)
            .map(|object| SceneObject {
                class: object.class,
                bounds: Bounds { min: scaled(object.bounds.min), max: scaled(object.bounds.max) },
            })
            .collect();
        Scene { picture, objects }
    }

    /// Reads the three parts; the last number is how many images could not be read.
    ///
    /// # Errors
    /// If cancelled, or nothing is left to train on.
    pub(super) fn read(&self, parts: &Parts) -> Result<([Images; 3], u64), LearningError> {
        let all: Vec<Example> = [&parts.train, &parts.eval, &parts.test]
            .into_iter()
            .flatten()
            .map(|&item| Example { item, class: 0 })
            .collect();
        let room = Room::default();
        let (sink, cancel) = (self.run.sink, self.run.cancel);
        let loaded =
            load(self.run.source, &all, sink, cancel, &|part| sink.progress(part * 0.02), |example, picture| {
                let size_px = [picture.width, picture.height];
                let scene = self.scene(example.item, picture);
                let kept = room.take(scene.picture.pixels.len());
                Image { item: example.item, size_px, kept: kept.then_some(scene) }
            })?;
        let mut read = [const { Images(Vec::new()) }; 3];
        for image in loaded.values {
            let part = if parts.train.binary_search(&image.item).is_ok() {
                0
            } else {
                1 + usize::from(parts.test.binary_search(&image.item).is_ok())
            };
            read[part].0.push(image);
        }
        if read[0].0.iter().all(|image| self.objects(image.item).next().is_none()) {
            let left_out = format!("{} unreadable; {}", loaded.unreadable, parts.left_out());
            return Err(LearningError::NoObjects { images: read[0].0.len(), left_out });
        }
        Ok((read, loaded.unreadable))
    }

    /// The image's picture with its objects; `None` if it can no longer be read.
    pub(super) fn get<'p>(&self, image: &'p Image) -> Option<Cow<'p, Scene>> {
        if let Some(scene) = &image.kept {
            return Some(Cow::Borrowed(scene));
        }
        let bytes = self.run.source.bytes(image.item).ok()?;
        Some(Cow::Owned(self.scene(image.item, decode(&bytes).ok()?)))
    }

    /// What is to be found in an image.
    pub(super) fn truth(&self, image: &Image) -> Vec<TrueBox> {
        self.objects(image.item)
            .map(|object| TrueBox { class: object.class, edges: edges(&object.bounds), difficult: object.difficult })
            .collect()
    }

    /// Height and width of the network's input: the longer side is the image size, the other one follows the usual
    /// proportions of the images, so that little of the input is empty. Multiples of 32.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "pixels")]
    pub(super) fn input(&self, images: &Images) -> [usize; 2] {
        let mut proportions: Vec<f64> =
            images.0.iter().map(|image| image.size_px[0] as f64 / image.size_px[1] as f64).collect();
        proportions.sort_by(f64::total_cmp);
        let proportion = proportions.get(proportions.len() / 2).copied().unwrap_or(1.0);
        let longer = self.image_size;
        let shorter = longer as f64 * proportion.min(1.0 / proportion);
        // Rounded, not up: a few empty or missing columns matter less than a third more work.
        let shorter = ((shorter / 32.0).round() as usize * 32).clamp(32, longer);
        if proportion >= 1.0 { [shorter, longer] } else { [longer, shorter] }
    }

    /// Width and height of the objects of `images`, in pixels of the network's `input`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pixels")]
    pub(super) fn box_sizes(&self, images: &Images, input: [usize; 2]) -> Vec<[f32; 2]> {
        let mut sizes = Vec::new();
        for image in &images.0 {
            let [width, height] = image.size_px.map(|side| side as f64);
            let scale = (input[1] as f64 / width).min(input[0] as f64 / height);
            let sides = |object: &LearningObject| [object.bounds.width(), object.bounds.height()];
            sizes.extend(self.objects(image.item).map(|object| sides(object).map(|side| (side * scale) as f32)));
        }
        sizes
    }
}

/// At most as many as `num_examples` says, chosen by the seed.
pub(super) fn limit(parts: &mut Parts, settings: &Settings) {
    if let Some(most) = settings.examples.filter(|most| *most < parts.train.len()) {
        parts.train.shuffle(&mut StdRng::seed_from_u64(settings.seed));
        parts.train.truncate(most);
        parts.train.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(labeled: bool, usage: Option<Usage>) -> LearningItem {
        LearningItem { objects: labeled.then(Vec::new), usage, ..LearningItem::default() }
    }

    #[test]
    fn usage_decides_and_the_rest_is_divided() {
        let mut items = vec![
            item(true, Some(Usage::Train)),
            item(true, Some(Usage::Test)),
            item(true, Some(Usage::Inference)),
            item(false, Some(Usage::Eval)),
        ];
        items.extend((0..292).map(|_| item(true, None)));
        let spec = "0.75".parse().expect("valid");
        let parts = divide(&items, spec, 3);
        assert_eq!((parts.train.len(), parts.eval.len(), parts.test.len()), (1 + 219, 73, 1));
        assert_eq!((parts.unlabeled, parts.inference), (1, 1));
        assert!(parts.eval.iter().all(|index| parts.train.binary_search(index).is_err()));
        assert_eq!(parts, divide(&items, spec, 3), "the same seed");
        assert_ne!(parts, divide(&items, spec, 4));
        let two = divide(&items[4..6], "0.9".parse().expect("valid"), 1);
        assert_eq!((two.train.len(), two.eval.len()), (1, 1));
    }
}
