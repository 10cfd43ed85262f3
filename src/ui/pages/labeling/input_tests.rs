//! What comes from outside the keyboard's plain keys: an input method that composes Chinese, files dropped on the
//! window.

use super::testing::{Room, write_pictures};
use super::tests::{PICTURES, SIZE_PX, flowers};
use crate::domain::DatasetType;
use egui::{Event, ImeEvent, Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

impl Room {
    fn ime(&mut self, event: ImeEvent) {
        self.harness.event(Event::Ime(event));
        self.settle();
    }

    fn compose(&mut self, text: &str) {
        self.ime(ImeEvent::Preedit { text: text.to_owned(), active_range_chars: None });
    }

    fn drop_files(&mut self, paths: &[PathBuf]) {
        let files = paths.iter().map(|path| Arc::new(Dropped(path.clone())) as egui::DroppedFileHandle);
        self.harness.input_mut().dropped_files = files.collect();
        self.settle();
    }

    fn value_of(&self, name: &str) -> String {
        let field = self.harness.get_by_role_and_label(Role::TextInput, name);
        field.accesskit_node().value().unwrap_or_default()
    }
}

#[test]
fn composing_chinese_in_the_label_field_decides_nothing_until_it_is_committed() {
    let mut room = flowers();
    room.press(Key::Slash);
    // The keys that an input method eats never come; what it shows must neither label nor move.
    room.compose("m");
    room.compose("mei'g");
    assert!(room.rows().iter().all(|row| row.annotations.is_empty()));
    room.ime(ImeEvent::Commit("玫瑰".to_owned()));
    assert_eq!(room.value_of("Label of the selection"), "玫瑰");
    room.press(Key::Enter);
    let labeled = room.rows().iter().filter(|row| !row.annotations.is_empty()).count();
    assert_eq!(labeled, 1);
    let labels = room.workbench.labels(room.dataset).expect("readable");
    assert_eq!(labels.iter().filter(|count| count.label.name.as_str() == "玫瑰").count(), 1);
}

#[test]
fn composing_chinese_in_the_filter_leaves_the_labels_alone() {
    let mut room = flowers();
    room.press_with(Modifiers::COMMAND, Key::F);
    room.compose("1");
    room.press(Key::Num1);
    room.ime(ImeEvent::Commit("图".to_owned()));
    assert!(room.rows().iter().all(|row| row.annotations.is_empty()));
}

#[test]
fn files_and_folders_dropped_while_labeling_are_looked_at_to_be_added() {
    let mut room = flowers();
    let more = room.folder.path().join("more");
    write_pictures(&more, PICTURES, SIZE_PX);
    let named = |room: &Room, name: &str| room.harness.query_all_by_label_contains(name).count();
    let tiles = named(&room, "picture-3.png");
    room.drop_files(std::slice::from_ref(&more));
    assert!(named(&room, "picture-3.png") > tiles);
    room.press(Key::Escape);
    room.drop_files(&[more.join("picture-0.png"), more.join("picture-1.png")]);
    assert!(named(&room, "picture-1.png") > tiles);
    assert_eq!(named(&room, "picture-3.png"), tiles);
}

#[test]
fn dropped_texts_come_in_with_the_labels_that_stand_beside_them() {
    let mut room = Room::of_texts(DatasetType::TextClassification, &["good"], &[("x.txt", "there before\n")]);
    let dropped = room.folder.path().join("dropped");
    // The same names in two folders, and one that is taken in the dataset's.
    for (folder, words) in [("one", "很好吃\n太差\n"), ("two", "不错\n还行\n")] {
        let folder = dropped.join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("x.txt"), words).expect("a text");
        std::fs::write(folder.join("x_result.txt"), "good\nbad\n").expect("its labels");
    }
    room.drop_files(std::slice::from_ref(&dropped));
    assert_eq!(room.harness.query_all_by_label_contains("with x_result.txt").count(), 2);
    assert!(room.harness.query_by_label_contains("4 with labels").is_some());
    assert!(room.harness.query_by_label_contains("Add 4 texts").is_some());
    room.press_with(Modifiers::COMMAND, Key::Enter);
    // The copying is a task of its own.
    let deadline = Instant::now() + Duration::from_secs(60);
    while room.rows().len() < 5 {
        assert!(Instant::now() < deadline, "the texts do not come");
        room.settle();
    }
    let labels: Vec<_> = room.workbench.labels(room.dataset).expect("labels");
    let counts: Vec<_> = labels.iter().map(|count| (count.label.name.as_str(), count.samples)).collect();
    assert_eq!(counts, [("good", 2), ("bad", 2)]);
    assert_eq!(room.rows().len(), 5);
    // What was copied is a pair for every later sync, too.
    let report = room.workbench.sync(room.dataset, &crate::workbench::Task::silent()).expect("synced");
    assert_eq!((report.added, report.vanished, report.unchanged), (0, 0, 5), "{report:?}");
}

#[test]
fn a_text_file_dropped_on_a_dataset_of_entities_is_added() {
    let mut room = Room::of_texts(DatasetType::NamedEntity, &["LOC"], &[("a.txt", "我来到北京\n")]);
    let more = room.folder.path().join("more.txt");
    std::fs::write(&more, "他住在上海\n").expect("a file");
    room.drop_files(&[more]);
    room.press_with(Modifiers::COMMAND, Key::Enter);
    assert_eq!(room.rows().len(), 2);
}
