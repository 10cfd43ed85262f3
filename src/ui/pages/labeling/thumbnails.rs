//! Thumbnails for the grid: decoded on threads of their own, nearest to the viewport first, kept as textures up to a
//! limit of bytes. What is no longer wanted is not decoded.

use crate::domain::{Explain, Explanation, Sample, SampleId};
use crate::workbench::Workbench;
use egui::{ColorImage, TextureHandle, TextureOptions};
use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Bytes of textures kept.
pub const LIMIT_BYTES: usize = 256 << 20;
/// Textures given to the GPU in one frame; more would be felt while scrolling.
const UPLOADS_A_FRAME: usize = 16;
/// While more than this is waited for, nothing is made ahead: it would only be in the way.
const PREFETCH_BELOW: usize = 8;
/// The sides that thumbnails are made in, in pixels.
const SIDES_PX: [u32; 3] = [128, 256, 512];

/// The side of the thumbnail to ask for, so that it is sharp on `side_px` pixels of the screen.
#[must_use]
pub fn side_for(side_px: f32) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "three small sides")]
    SIDES_PX.into_iter().find(|side| *side as f32 >= side_px * 0.9).unwrap_or(SIDES_PX[2])
}

/// A thumbnail of one state of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    sample: SampleId,
    /// Changes with the file.
    stamp: u64,
    side_px: u32,
}

impl Key {
    fn of(sample: &Sample, side_px: u32) -> Self {
        let mut hasher = DefaultHasher::new();
        let media = &sample.media;
        (&sample.source, media.size_bytes, media.modified, media.missing).hash(&mut hasher);
        Self { sample: sample.id, stamp: hasher.finish(), side_px }
    }
}

enum Entry {
    Texture { texture: TextureHandle, bytes: usize },
    Broken(Explanation),
}

struct Cached {
    entry: Entry,
    used: u64,
}

/// What there is to draw.
pub enum Thumbnail<'a> {
    Ready(&'a TextureHandle),
    /// Why there is none.
    Broken(&'a Explanation),
    Loading,
}

#[derive(Default)]
struct Wanted {
    queue: VecDeque<(Key, Sample)>,
    decoding: HashSet<Key>,
    closed: bool,
}

type Decoded = (Key, Result<ColorImage, Explanation>);

#[derive(Default)]
struct Shared {
    wanted: Mutex<Wanted>,
    changed: Condvar,
    decoded: Mutex<VecDeque<Decoded>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thumbnails of a page.
pub struct Thumbnails {
    shared: Arc<Shared>,
    cache: HashMap<Key, Cached>,
    /// The latest key shown of a sample: another size, or the file before it changed, until the new one is there.
    stand_ins: HashMap<SampleId, Key>,
    bytes: usize,
    limit_bytes: usize,
    frame: u64,
    wants: Vec<(Key, Sample)>,
}

impl Thumbnails {
    /// Starts the threads. `repaint` is called when a thumbnail has been made.
    #[must_use]
    pub fn new(workbench: &Workbench, context: &egui::Context) -> Self {
        let thumbnails = Self::unstarted(LIMIT_BYTES);
        let shared = &thumbnails.shared;
        let threads = thread::available_parallelism().map_or(2, usize::from).clamp(2, 6);
        for index in 0..threads {
            let (shared, workbench, context) = (Arc::clone(shared), workbench.clone(), context.clone());
            // Without a single thread thumbnails stay placeholders; everything else goes on.
            let _ = thread::Builder::new()
                .name(format!("thumbnails-{index}"))
                .spawn(move || decode_all(&shared, &workbench, &context));
        }
        thumbnails
    }

    /// Without threads.
    fn unstarted(limit_bytes: usize) -> Self {
        Self {
            shared: Arc::default(),
            cache: HashMap::new(),
            stand_ins: HashMap::new(),
            bytes: 0,
            limit_bytes,
            frame: 0,
            wants: Vec::new(),
        }
    }

    /// Takes in what has been decoded. Once a frame, before [`Thumbnails::get`].
    pub fn begin_frame(&mut self, context: &egui::Context) {
        self.frame += 1;
        let mut decoded = lock(&self.shared.decoded);
        let now = decoded.len().min(UPLOADS_A_FRAME);
        let taken: Vec<Decoded> = decoded.drain(..now).collect();
        let more = !decoded.is_empty();
        drop(decoded);
        if !taken.is_empty() {
            // Only now: between decoding and being taken in, it is not to be asked for once more.
            let mut wanted = lock(&self.shared.wanted);
            for (key, _) in &taken {
                wanted.decoding.remove(key);
            }
        }
        for (key, result) in taken {
            let entry = match result {
                Ok(image) => {
                    let bytes = image.pixels.len() * 4;
                    let texture = context.load_texture("thumbnail", image, TextureOptions::LINEAR);
                    self.bytes += bytes;
                    Entry::Texture { texture, bytes }
                }
                Err(explanation) => Entry::Broken(explanation),
            };
            self.stand_ins.insert(key.sample, key);
            if let Some(Cached { entry: Entry::Texture { bytes, .. }, .. }) =
                self.cache.insert(key, Cached { entry, used: self.frame })
            {
                self.bytes -= bytes;
            }
        }
        if more {
            context.request_repaint();
        }
        self.evict();
    }

    /// The thumbnail of a sample; where it is not there, it is wanted, in the order of the calls.
    pub fn get(&mut self, sample: &Sample, side_px: u32) -> Thumbnail<'_> {
        let key = Key::of(sample, side_px);
        let stand_in = self.stand_ins.get(&sample.id).copied();
        if !self.cache.contains_key(&key) {
            self.wants.push((key, sample.clone()));
        }
        let shown = if self.cache.contains_key(&key) { Some(key) } else { stand_in };
        let frame = self.frame;
        match shown.and_then(|key| self.cache.get_mut(&key)) {
            None => Thumbnail::Loading,
            Some(cached) => {
                cached.used = frame;
                match &cached.entry {
                    Entry::Texture { texture, .. } => Thumbnail::Ready(texture),
                    Entry::Broken(explanation) => Thumbnail::Broken(explanation),
                }
            }
        }
    }

    /// Whether so much of what is seen is still to be made that nothing else should be asked for.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.wants.len() > PREFETCH_BELOW
    }

    /// Asks for a thumbnail that will soon be seen, after all that are seen now.
    pub fn prefetch(&mut self, sample: &Sample, side_px: u32) {
        let key = Key::of(sample, side_px);
        if !self.cache.contains_key(&key) {
            self.wants.push((key, sample.clone()));
        }
    }

    /// Says what is wanted now; what was wanted before and is not any more is dropped.
    pub fn end_frame(&mut self) {
        let mut wanted = lock(&self.shared.wanted);
        let Wanted { queue, decoding, .. } = &mut *wanted;
        *queue = self.wants.drain(..).filter(|(key, _)| !decoding.contains(key)).collect();
        let is_empty = queue.is_empty();
        drop(wanted);
        if !is_empty {
            self.shared.changed.notify_all();
        }
    }

    /// Tries again what could not be read.
    pub fn forget_broken(&mut self) {
        self.cache.retain(|_, cached| matches!(cached.entry, Entry::Texture { .. }));
    }

    fn evict(&mut self) {
        if self.bytes <= self.limit_bytes && self.cache.len() < 100_000 {
            return;
        }
        // Down to three quarters at once, so that not every frame has to sort.
        let target = self.limit_bytes / 4 * 3;
        let mut by_use: Vec<(u64, Key)> = self.cache.iter().map(|(key, cached)| (cached.used, *key)).collect();
        by_use.sort_unstable_by_key(|(used, _)| *used);
        for (used, key) in by_use {
            if self.bytes <= target && self.cache.len() < 50_000 || used + 1 >= self.frame {
                break;
            }
            if let Some(Cached { entry: Entry::Texture { bytes, .. }, .. }) = self.cache.remove(&key) {
                self.bytes -= bytes;
            }
            if self.stand_ins.get(&key.sample) == Some(&key) {
                self.stand_ins.remove(&key.sample);
            }
        }
    }
}

impl Drop for Thumbnails {
    fn drop(&mut self) {
        lock(&self.shared.wanted).closed = true;
        self.shared.changed.notify_all();
    }
}

fn decode_all(shared: &Shared, workbench: &Workbench, context: &egui::Context) {
    loop {
        let mut wanted = lock(&shared.wanted);
        let (key, sample) = loop {
            if wanted.closed {
                return;
            }
            if let Some(next) = wanted.queue.pop_front() {
                break next;
            }
            wanted = shared.changed.wait(wanted).unwrap_or_else(PoisonError::into_inner);
        };
        wanted.decoding.insert(key);
        drop(wanted);
        // Foreign bytes are decoded here; a fault of a decoder costs one picture.
        let result = catch_unwind(AssertUnwindSafe(|| workbench.thumbnail(&sample, key.side_px)))
            .unwrap_or_else(|_| {
                Err(crate::workbench::Error::Refused(Explanation::failure("internal").with("cause", "decoder")))
            })
            .map(|picture| {
                let size = [picture.width_px as usize, picture.height_px as usize];
                ColorImage::from_rgba_unmultiplied(size, &picture.rgba)
            })
            .map_err(|error| error.explain());
        lock(&shared.decoded).push_back((key, result));
        context.request_repaint();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Sample {
        Sample {
            id: SampleId::random(),
            source: "file:///a.png".to_owned(),
            name: "a.png".to_owned(),
            media: crate::domain::Media::default(),
            manifest_id: None,
            extra: serde_json::Map::new(),
            added: crate::domain::Timestamp(0),
        }
    }

    #[test]
    fn textures_stay_below_the_limit_and_what_is_in_sight_is_kept() {
        let context = egui::Context::default();
        let one = 64 * 64 * 4;
        let mut thumbnails = Thumbnails::unstarted(one * 20);
        let watched = sample();
        for _ in 0..200 {
            let next = sample();
            for sample in [&watched, &next] {
                if matches!(thumbnails.get(sample, 128), Thumbnail::Loading) {
                    let image = ColorImage::filled([64, 64], egui::Color32::RED);
                    lock(&thumbnails.shared.decoded).push_back((Key::of(sample, 128), Ok(image)));
                }
            }
            thumbnails.end_frame();
            thumbnails.begin_frame(&context);
            assert!(thumbnails.bytes <= one * 21, "{}", thumbnails.bytes);
        }
        assert!(matches!(thumbnails.get(&watched, 128), Thumbnail::Ready(_)));
        assert!(thumbnails.cache.len() <= 21);
        assert_eq!(thumbnails.stand_ins.len(), thumbnails.cache.len());
    }

    #[test]
    fn what_is_no_longer_wanted_is_not_decoded() {
        let mut thumbnails = Thumbnails::unstarted(LIMIT_BYTES);
        let (first, second) = (sample(), sample());
        thumbnails.get(&first, 128);
        thumbnails.end_frame();
        thumbnails.get(&second, 128);
        thumbnails.end_frame();
        let wanted = lock(&thumbnails.shared.wanted);
        assert_eq!(wanted.queue.iter().map(|(key, _)| key.sample).collect::<Vec<_>>(), [second.id]);
    }

    #[test]
    fn thumbnails_are_sharp_but_not_wasteful() {
        assert_eq!(side_for(64.0), 128);
        assert_eq!(side_for(140.0), 128);
        assert_eq!(side_for(200.0), 256);
        assert_eq!(side_for(2_000.0), 512);
    }
}
