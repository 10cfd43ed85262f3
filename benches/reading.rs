//! How long a text of a megabyte takes until it can be read and marked: from the key that goes to it until the window
//! shows it, and the frame in which a stretch becomes an entity. In the real page, without a GPU.
//!
//! `cargo bench --bench reading`

mod common;

use common::window::{Window, key, millis, report};
use egui::{Event, Key, Modifiers};
use modelier::domain::{DatasetType, TextSplit};
use modelier::ui::pages::Page;
use modelier::workbench::{NewDataset, NewLabel, PersonalSettings, Task};
use std::time::{Duration, Instant};

/// The aims of the project.
const OPENED: Duration = Duration::from_millis(200);
const MARKED: Duration = Duration::from_millis(30);
const MEGABYTE: usize = 1 << 20;

/// Text of about a megabyte from one sentence, over and over, with `between` after each.
fn long(sentence: &str, between: &str) -> String {
    let mut text = String::with_capacity(MEGABYTE + 200);
    while text.len() < MEGABYTE {
        text.push_str(sentence);
        text.push_str(between);
    }
    text
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("input");
    std::fs::create_dir_all(&input).expect("a folder");
    let chinese =
        "鲍勃·迪伦昨天来到北京清华大学，与计算机系的学生们讨论了音乐的创作过程，随后乘坐高铁前往上海浦东新区。";
    let english = "She met Ada Lovelace at the London Mathematical Society and went on to Paris by train.";
    let texts = [
        ("0", "short", "好".to_owned()),
        ("1", "Chinese, a sentence a line", long(chinese, "\n")),
        ("2", "Chinese, one line", long(chinese, "")),
        ("3", "English, one line", long(english, " ")),
    ];
    for (name, _, text) in &texts {
        std::fs::write(input.join(format!("{name}.txt")), text).expect("a file");
    }
    let workbench = common::open(folder.path());
    let label = |name: &str| NewLabel { name: name.to_owned(), color: None };
    let new = NewDataset {
        name: "long".to_owned(),
        description: String::new(),
        kind: DatasetType::NamedEntity,
        input: input.display().to_string(),
        output: folder.path().join("output").display().to_string(),
        labels: vec![label("PER"), label("LOC")],
    };
    let dataset = workbench.create_dataset_of_texts(new, TextSplit::File).expect("a dataset").id;
    workbench.sync(dataset, &Task::silent()).expect("a sync");
    let mut window = Window::open(&workbench, PersonalSettings::default(), Page::Labeling { dataset, filter: None });
    for (_, name, text) in &texts[1..] {
        let began = Instant::now();
        window.frame(key(Key::PageDown));
        let mut frames = 0;
        while frames < 2 {
            window.frame(Vec::new());
            frames = if window.app.backend().is_idle() { frames + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = millis(began.elapsed());
        println!("{name}, {} bytes: shown after {took:.1} ms, aim {} ms", text.len(), OPENED.as_millis());
        let mut marking = Vec::new();
        for _ in 0..40 {
            let (shift, pressed) = (Modifiers::CTRL | Modifiers::SHIFT, |modifiers, key| {
                vec![Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }]
            });
            window.frame(pressed(Modifiers::CTRL, Key::ArrowRight));
            window.frame(pressed(shift, Key::ArrowRight));
            marking.push(window.frame(key(Key::Num1)));
            marking.push(window.frame(Vec::new()));
        }
        let worst = report("a stretch marked", &marking);
        println!("worst p95 {:.1} ms, aim {} ms", millis(worst), MARKED.as_millis());
        window.settle();
    }
}
