//! Which pictures are open, being opened or being prepared. What is on the screen comes before all others; what comes
//! next is opened one at a time, so that queries get their turn; what is passed by quickly is not decoded at all.
//!
//! One large picture is prepared at a time, which bounds memory and disk. One has begun goes on when its image is left,
//! unless the image that is shown instead is a large one too: then that one is prepared, and the other one anew later.

use crate::domain::{Cancel, Explain, Explanation, Media, Sample, SampleId};
use crate::ui::backend::{Backend, Promise};
use crate::workbench::{LargePicture, Making, Opened, TiledPicture};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of decoded pictures kept beside the one that is shown.
const PICTURE_BYTES: usize = 512 << 20;
/// Pictures kept open, however small.
const PICTURES: usize = 8;
/// Frames after which what is not asked for any more is out of use.
const FRAMES: u64 = 2;

enum State {
    Opening(Cancel, Promise<Opened>),
    /// To be prepared, once it is its turn.
    Large(LargePicture),
    Preparing(Preparing),
    /// The person did not want to wait.
    Stopped,
    Ready(TiledPicture),
    Failed(Explanation),
}

struct Preparing {
    large: LargePicture,
    making: Arc<Making>,
    promise: Promise<crate::workbench::Result<TiledPicture>>,
    /// Stopped by the person, not by a picture that goes first.
    is_stopped: bool,
}

struct Slot {
    state: State,
    used: u64,
    /// What the catalog knew of the file: another size or time is another picture.
    media: Media,
}

/// What there is of a picture.
pub enum Standing<'a> {
    /// Asked for, for so long.
    Opening(Duration),
    /// A large picture that is being prepared for the first time: its size, and the share that is done, if it is known.
    Preparing([f64; 2], Option<f32>),
    /// A large picture whose preparation the person stopped.
    Stopped,
    Ready(&'a TiledPicture),
    Failed(&'a Explanation),
}

/// The pictures that are open or on the way.
#[derive(Default)]
pub struct OpenPictures {
    slots: HashMap<SampleId, Slot>,
    frame: u64,
    /// Pictures whose file has changed: what was shown of them is out of date.
    changed: Vec<SampleId>,
}

fn size_of(large: &LargePicture) -> [f64; 2] {
    let (width_px, height_px) = large.size_px();
    [f64::from(width_px), f64::from(height_px)]
}

impl OpenPictures {
    /// Takes in what has been opened. Once a frame, first. Returns what must be fetched anew.
    pub fn begin_frame(&mut self) -> Vec<SampleId> {
        self.frame += 1;
        for slot in self.slots.values_mut() {
            let next = match &slot.state {
                State::Opening(_, promise) => promise.take().map(|outcome| match outcome {
                    Ok(Opened::Ready(picture)) => State::Ready(picture),
                    Ok(Opened::Large(large)) => State::Large(large),
                    Err(explanation) => State::Failed(explanation),
                }),
                State::Preparing(preparing) => preparing.promise.take().map(|outcome| match outcome {
                    Ok(Ok(picture)) => State::Ready(picture),
                    _ if preparing.is_stopped => State::Stopped,
                    _ if preparing.making.is_cancelled() => State::Large(preparing.large.clone()),
                    Ok(Err(error)) => State::Failed(error.explain()),
                    Err(explanation) => State::Failed(explanation),
                }),
                _ => None,
            };
            if let Some(next) = next {
                slot.state = next;
            }
        }
        std::mem::take(&mut self.changed)
    }

    /// Opens a picture, unless it is open. The `first` one is that on the screen.
    pub fn want(&mut self, backend: &Backend, sample: &Sample, first: bool) -> Standing<'_> {
        let others_open = self.slots.values().any(|slot| matches!(slot.state, State::Opening(..)));
        if self.slots.get(&sample.id).is_some_and(|slot| slot.media != sample.media) {
            self.forget(sample.id);
            self.changed.push(sample.id);
        }
        if !self.slots.contains_key(&sample.id) {
            if others_open && !first {
                return Standing::Opening(Duration::ZERO);
            }
            let cancel = Cancel::default();
            let (for_thread, for_job) = (sample.clone(), cancel.clone());
            let promise = backend.spawn(move |workbench| workbench.open_picture(&for_thread, &for_job));
            let state = State::Opening(cancel, promise);
            self.slots.insert(sample.id, Slot { state, used: self.frame, media: sample.media.clone() });
        }
        self.keep(sample.id);
        self.prepare(backend, sample.id, first);
        match self.slots.get(&sample.id).map(|slot| &slot.state) {
            Some(State::Opening(_, promise)) => Standing::Opening(promise.age()),
            Some(State::Large(large)) => Standing::Preparing(size_of(large), None),
            Some(State::Preparing(preparing)) => {
                Standing::Preparing(size_of(&preparing.large), preparing.making.share())
            }
            Some(State::Stopped) => Standing::Stopped,
            Some(State::Ready(picture)) => Standing::Ready(picture),
            Some(State::Failed(explanation)) => Standing::Failed(explanation),
            None => Standing::Opening(Duration::ZERO),
        }
    }

    /// Begins to prepare a large picture if none is being prepared; the first one asks another to stop.
    fn prepare(&mut self, backend: &Backend, sample: SampleId, first: bool) {
        let Some(Slot { state: State::Large(large), .. }) = self.slots.get(&sample) else { return };
        let large = large.clone();
        let mut others = self.slots.values().filter_map(|slot| match &slot.state {
            State::Preparing(preparing) => Some(preparing),
            _ => None,
        });
        if let Some(other) = others.next() {
            if first {
                other.making.cancel();
            }
            return;
        }
        let making = Arc::new(Making::default());
        let (workbench, for_job, for_thread) = (backend.workbench().clone(), large.clone(), Arc::clone(&making));
        // On a thread of its own: it takes minutes, and those of the pool are few.
        let promise = backend.run_aside(move || workbench.make_tiles(&for_job, &for_thread));
        if let Some(slot) = self.slots.get_mut(&sample) {
            slot.state = State::Preparing(Preparing { large, making, promise, is_stopped: false });
        }
    }

    /// Notes that a picture is still in use.
    pub fn keep(&mut self, sample: SampleId) {
        if let Some(slot) = self.slots.get_mut(&sample) {
            slot.used = self.frame;
        }
    }

    /// Whether a picture was asked for and there is no answer yet.
    #[must_use]
    pub fn is_opening(&self, sample: SampleId) -> bool {
        self.slots.get(&sample).is_some_and(|slot| matches!(slot.state, State::Opening(..)))
    }

    /// Whether a picture was asked for and cannot be shown.
    #[must_use]
    pub fn is_failed(&self, sample: SampleId) -> bool {
        self.slots.get(&sample).is_some_and(|slot| matches!(slot.state, State::Failed(..)))
    }

    /// A picture that is open.
    #[must_use]
    pub fn get(&self, sample: SampleId) -> Option<&TiledPicture> {
        match self.slots.get(&sample).map(|slot| &slot.state) {
            Some(State::Ready(picture)) => Some(picture),
            _ => None,
        }
    }

    /// What has been read of a picture that is being prepared: width and height in pixels; red, green, blue, alpha.
    #[must_use]
    pub fn preview(&self, sample: SampleId) -> Option<(u32, u32, Vec<u8>)> {
        let Some(Slot { state: State::Preparing(preparing), .. }) = self.slots.get(&sample) else { return None };
        preparing.making.preview().map(|picture| (picture.width_px, picture.height_px, picture.rgba))
    }

    /// Stops preparing a picture until it is asked for again.
    pub fn stop(&mut self, sample: SampleId) {
        let Some(slot) = self.slots.get_mut(&sample) else { return };
        match &mut slot.state {
            State::Preparing(preparing) => {
                preparing.is_stopped = true;
                preparing.making.cancel();
            }
            State::Large(_) => slot.state = State::Stopped,
            _ => {}
        }
    }

    /// An open picture turned out to be unreadable.
    pub fn fail(&mut self, sample: SampleId, explanation: Explanation) {
        if let Some(slot) = self.slots.get_mut(&sample) {
            slot.state = State::Failed(explanation);
        }
    }

    /// Lets a picture go, so that it is opened anew.
    pub fn forget(&mut self, sample: SampleId) {
        if let Some(slot) = self.slots.remove(&sample) {
            slot.give_up();
        }
    }

    /// Bytes of decoded pictures held.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.slots.values().map(Slot::held_bytes).sum()
    }

    /// Lets go what is out of use: what is still to be opened at once, what is open if there is too much of it, what is
    /// being prepared never.
    pub fn evict(&mut self) {
        let frame = self.frame;
        let in_use = |slot: &Slot| slot.used + FRAMES >= frame;
        self.slots.retain(|_, slot| {
            let passed_by = matches!(slot.state, State::Opening(..)) && !in_use(slot);
            if passed_by {
                slot.give_up();
            }
            !passed_by
        });
        let mut by_use: Vec<(u64, SampleId, usize)> =
            self.slots.iter().map(|(sample, slot)| (slot.used, *sample, slot.held_bytes())).collect();
        by_use.sort_unstable_by_key(|(used, _, _)| std::cmp::Reverse(*used));
        let mut held = 0;
        for (place, (_, sample, bytes)) in by_use.into_iter().enumerate() {
            held += bytes;
            let Some(slot) = self.slots.get(&sample) else { continue };
            let stays = in_use(slot) || matches!(slot.state, State::Preparing(_));
            if !stays && (place >= PICTURES || held > PICTURE_BYTES) {
                self.slots.remove(&sample);
            }
        }
    }
}

impl Slot {
    fn held_bytes(&self) -> usize {
        if let State::Ready(picture) = &self.state { picture.memory_bytes() } else { 0 }
    }

    fn give_up(&self) {
        match &self.state {
            State::Opening(cancel, _) => cancel.cancel(),
            State::Preparing(preparing) => preparing.making.cancel(),
            _ => {}
        }
    }
}

impl Drop for OpenPictures {
    /// Who leaves the page does not wait for its pictures.
    fn drop(&mut self) {
        self.slots.values().for_each(Slot::give_up);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Actor, Timestamp};
    use crate::workbench::{OpenOptions, Workbench};
    use std::path::Path;
    use std::time::Instant;

    struct Room {
        backend: Backend,
        pictures: OpenPictures,
        /// Last: deleted after the workspace is closed.
        folder: tempfile::TempDir,
    }

    fn room() -> Room {
        let folder = tempfile::tempdir().expect("a folder");
        let workbench = Workbench::open(OpenOptions {
            workspace: folder.path().join("workspace"),
            actor: Actor("ada".to_owned()),
            client: "test".to_owned(),
            executable: "modelier".into(),
        });
        let backend = Backend::new(workbench.expect("a workspace"), egui::Context::default()).expect("threads");
        Room { backend, pictures: OpenPictures::default(), folder }
    }

    fn sample(folder: &Path, name: &str) -> Sample {
        let path = folder.join(name);
        image::RgbImage::from_pixel(40, 30, image::Rgb([9, 9, 9])).save(&path).expect("a picture");
        Sample {
            id: SampleId::random(),
            source: format!("file://{}", path.display()),
            name: name.to_owned(),
            media: Media::default(),
            manifest_id: None,
            extra: serde_json::Map::new(),
            added: Timestamp(0),
        }
    }

    impl Room {
        fn until_open(&mut self, sample: &Sample) {
            let began = Instant::now();
            while self.pictures.get(sample.id).is_none() {
                assert!(began.elapsed() < Duration::from_secs(30), "it does not open");
                self.pictures.begin_frame();
                self.pictures.want(&self.backend, sample, true);
                self.pictures.evict();
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }

    #[test]
    fn what_comes_next_waits_and_what_is_passed_by_is_let_go() {
        let mut room = room();
        let samples = ["a.png", "b.png", "c.png"].map(|name| sample(room.folder.path(), name));
        room.pictures.want(&room.backend, &samples[0], true);
        room.pictures.want(&room.backend, &samples[1], false);
        assert_eq!(room.pictures.slots.len(), 1, "one at a time");
        room.pictures.want(&room.backend, &samples[2], true);
        assert_eq!(room.pictures.slots.len(), 2, "what is on the screen does not wait");
        for slot in room.pictures.slots.values_mut() {
            slot.used = 0;
        }
        room.pictures.frame = 10;
        room.pictures.evict();
        let left = room.pictures.slots.values().filter(|slot| matches!(slot.state, State::Opening(..))).count();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_file_that_changed_is_opened_anew() {
        let mut room = room();
        let mut sample = sample(room.folder.path(), "a.png");
        room.until_open(&sample);
        assert_eq!(room.pictures.get(sample.id).map(TiledPicture::size_px), Some((40, 30)));
        sample.media.size_bytes = Some(7);
        assert!(matches!(room.pictures.want(&room.backend, &sample, true), Standing::Opening(_)));
        assert_eq!(room.pictures.begin_frame(), [sample.id], "what was fetched of it is out of date");
        room.until_open(&sample);
    }

    #[test]
    fn what_cannot_be_opened_says_why_and_is_tried_again_only_when_asked() {
        let mut room = room();
        let sample = sample(room.folder.path(), "a.png");
        std::fs::write(room.folder.path().join("a.png"), b"").expect("emptied");
        let began = Instant::now();
        loop {
            assert!(began.elapsed() < Duration::from_secs(30), "it does not fail");
            room.pictures.begin_frame();
            if let Standing::Failed(explanation) = room.pictures.want(&room.backend, &sample, true) {
                assert_eq!(explanation.code, "media-empty");
                break;
            }
        }
        room.pictures.forget(sample.id);
        assert!(matches!(room.pictures.want(&room.backend, &sample, true), Standing::Opening(_)));
    }
}
