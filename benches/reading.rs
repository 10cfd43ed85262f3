//! How long a text of a megabyte takes until it can be read and marked: from the key that goes to it until the window
//! shows it, and from the key that marks a stretch until it is kept. In the real pages, without a GPU.
//!
//! `cargo bench --bench reading`

mod common;

use common::window::{Took, Window, key, millis, percentile, report};
use egui::{Event, Key, Modifiers};
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::{Cancel, DatasetId, DatasetType, TextSplit};
use modelier::ui::pages::Page;
use modelier::workbench::{NewDataset, NewLabel, PersonalSettings, Task, Workbench};
use std::path::Path;
use std::time::{Duration, Instant};

/// The aims of the project.
const OPENED: Duration = Duration::from_millis(200);
const MARKED: Duration = Duration::from_millis(30);
const MEGABYTE: usize = 1 << 20;
/// Stretches marked in each text.
const MARKS: usize = 40;

/// Text of about a megabyte from one sentence, over and over, with `between` after each.
fn long(sentence: &str, between: &str) -> String {
    let mut text = String::with_capacity(MEGABYTE + 200);
    while text.len() < MEGABYTE {
        text.push_str(sentence);
        text.push_str(between);
    }
    text
}

fn texts() -> [(&'static str, &'static str, String); 5] {
    let chinese =
        "鲍勃·迪伦昨天来到北京清华大学，与计算机系的学生们讨论了音乐的创作过程，随后乘坐高铁前往上海浦东新区。";
    let english = "She met Ada Lovelace at the London Mathematical Society and went on to Paris by train.";
    let hebrew = "היא פגשה את עדה בלונדון ונסעה ברכבת לפריז (2026), see Paris.";
    [
        ("0", "short", "好".to_owned()),
        ("1", "Chinese, a sentence a line", long(chinese, "\n")),
        ("2", "Chinese, one line", long(chinese, "")),
        ("3", "English, one line", long(english, " ")),
        ("4", "Hebrew, one line", long(hebrew, " ")),
    ]
}

fn dataset(workbench: &Workbench, folder: &Path, name: &str, kind: DatasetType) -> DatasetId {
    let label = |name: &str| NewLabel { name: name.to_owned(), color: None };
    let new = NewDataset {
        name: name.to_owned(),
        description: String::new(),
        kind,
        input: folder.join("input").display().to_string(),
        output: folder.join("output").display().to_string(),
        labels: vec![label("PER"), label("LOC")],
    };
    let dataset = workbench.create_dataset_of_texts(new, TextSplit::File).expect("a dataset").id;
    workbench.sync(dataset, &Task::silent()).expect("a sync");
    dataset
}

/// Frames from a key until nothing is under way and what came of it has been drawn.
fn until_shown(window: &mut Window, events: Vec<Event>) -> Duration {
    let began = Instant::now();
    window.frame(events);
    let mut shown = began.elapsed();
    let mut quiet = 0;
    while quiet < 2 {
        let idle = window.app.backend().is_idle();
        window.frame(Vec::new());
        quiet = if idle { quiet + 1 } else { 0 };
        if quiet < 2 {
            shown = began.elapsed();
            std::thread::sleep(Duration::from_micros(500));
        }
    }
    shown
}

fn tell(what: &str, took: Duration, aim: Duration) {
    let missed = if took > aim { "   MISSED" } else { "" };
    println!("{what}: {:.1} ms, aim {} ms{missed}", millis(took), aim.as_millis());
}

fn marks(workbench: &Workbench, dataset: DatasetId) -> usize {
    let view = workbench.view(dataset, &SampleFilter::default(), SampleSort::Added, &Cancel::default());
    let view = view.expect("a view");
    workbench.rows(&view, 0..view.len()).expect("rows").iter().map(|row| row.annotations.len()).sum()
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("input");
    std::fs::create_dir_all(&input).expect("a folder");
    let texts = texts();
    for (name, _, text) in &texts {
        std::fs::write(input.join(format!("{name}.txt")), text).expect("a file");
    }
    let workbench = common::open(folder.path());

    let entities = dataset(&workbench, folder.path(), "entities", DatasetType::NamedEntity);
    let page = Page::Labeling { dataset: entities, filter: None };
    let mut window = Window::open(&workbench, PersonalSettings::default(), page);
    for (_, name, text) in &texts[1..] {
        let took = until_shown(&mut window, key(Key::PageDown));
        tell(&format!("entities: {name}, {} bytes, shown after", text.len()), took, OPENED);
        let idle: Vec<Took> = (0..40).map(|_| window.frame(Vec::new())).collect();
        report("  frames in which nothing happens", &idle);
        let before = marks(&workbench, entities);
        let mut kept = Vec::new();
        for _ in 0..MARKS {
            let pressed =
                |modifiers, key| vec![Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }];
            window.frame(pressed(Modifiers::CTRL, Key::ArrowRight));
            window.frame(pressed(Modifiers::CTRL | Modifiers::SHIFT, Key::ArrowRight));
            // Until the catalog has it and the window has drawn that.
            kept.push(until_shown(&mut window, key(Key::Num1)));
        }
        tell("  a stretch marked and kept, p95", percentile(kept, 95), MARKED);
        window.settle();
        let made = marks(&workbench, entities) - before;
        assert!(made * 2 > MARKS, "{made} of {MARKS} stretches are there");
    }

    let classes = dataset(&workbench, folder.path(), "classes", DatasetType::TextClassification);
    let page = Page::Labeling { dataset: classes, filter: None };
    let mut window = Window::open(&workbench, PersonalSettings::default(), page);
    window.frame(key(Key::Home));
    window.frame(key(Key::Enter));
    window.settle();
    for (_, name, text) in &texts[1..] {
        let took = until_shown(&mut window, key(Key::ArrowRight));
        tell(&format!("classes: {name}, {} bytes, shown after", text.len()), took, OPENED);
        let idle: Vec<Took> = (0..40).map(|_| window.frame(Vec::new())).collect();
        report("  frames in which nothing happens", &idle);
    }
}
