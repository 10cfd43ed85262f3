//! The window without a screen: frames are laid out, painted and tessellated, and given to nobody.

use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, vec2};
use modelier::ui::App;
use modelier::ui::pages::Page;
use modelier::workbench::{PersonalSettings, Workbench};
use std::time::{Duration, Instant};

/// The window.
pub struct Window {
    pub egui: egui::Context,
    pub app: App,
    frame: u32,
}

/// What a frame took: by the clock, and of this thread's processor time alone, which other programs do not lengthen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Took {
    pub busy: Duration,
    pub elapsed: Duration,
}

impl Window {
    /// Opens it on a page, with these settings in English and without the tour, and waits until all is there.
    pub fn open(workbench: &Workbench, settings: PersonalSettings, page: Page) -> Self {
        let egui = egui::Context::default();
        modelier::ui::theme::install(&egui);
        let settings = PersonalSettings { language: Some("en".to_owned()), tour_seen: true, ..settings };
        let app = App::new(&egui, workbench.clone(), settings, None).expect("threads");
        let mut window = Self { egui, app, frame: 0 };
        window.app.open(page);
        window.settle();
        window
    }

    /// Draws a frame; returns what it took.
    pub fn frame(&mut self, events: Vec<Event>) -> Took {
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1600.0, 1000.0))),
            time: Some(f64::from(self.frame) / 60.0),
            focused: true,
            events,
            ..RawInput::default()
        };
        self.frame += 1;
        let (started, busy) = (Instant::now(), busy_time());
        let app = &mut self.app;
        let mut output = self.egui.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        // There is no GPU to give textures to.
        output.textures_delta.clear();
        let shapes = self.egui.tessellate(std::mem::take(&mut output.shapes), output.pixels_per_point);
        let took = Took { busy: busy_time().saturating_sub(busy), elapsed: started.elapsed() };
        std::hint::black_box(shapes);
        took
    }

    /// Draws frames until nothing is under way.
    pub fn settle(&mut self) {
        let mut quiet = 0;
        while quiet < 10 {
            self.frame(Vec::new());
            quiet = if self.app.backend().is_idle() { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A key pressed and let go.
pub fn key(key: Key) -> Vec<Event> {
    [true, false]
        .map(|pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE })
        .to_vec()
}

/// The wheel turned over a place of the screen; up is positive.
pub fn wheel(at: Pos2, points: f32) -> Vec<Event> {
    vec![
        Event::PointerMoved(at),
        Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, points),
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        },
    ]
}

/// How long this thread has run, as Linux tells it; nothing elsewhere.
fn busy_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The time that a share of a hundred of them does not pass.
pub fn percentile(mut times: Vec<Duration>, share: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len().saturating_sub(1) * share / 100).copied().unwrap_or_default()
}

/// Prints both measures; returns the 95th percentile of processor time.
pub fn report(name: &str, times: &[Took]) -> Duration {
    let busy = |share| percentile(times.iter().map(|took| took.busy).collect(), share);
    let elapsed = |share| percentile(times.iter().map(|took| took.elapsed).collect(), share);
    println!(
        "{name:<34} {:>4} frames   CPU p50 {:>6.2}  p95 {:>6.2}  max {:>6.2} ms   clock p50 {:>6.2}  p95 {:>6.2} ms",
        times.len(),
        millis(busy(50)),
        millis(busy(95)),
        millis(busy(100)),
        millis(elapsed(50)),
        millis(elapsed(95)),
    );
    busy(95)
}
