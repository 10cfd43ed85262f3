//! The page in a real workspace with a few pictures: what a person presses and what is on the disk afterwards.

use super::testing::{Plan, Room, write_pictures};
use crate::domain::query::SampleFilter;
use crate::domain::{AnnotationSet, DatasetType, Edit, SampleState, Usage};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable;

/// Pictures in the dataset.
pub(super) const PICTURES: u8 = 6;
/// Their width and height.
pub(super) const SIZE_PX: [u32; 2] = [48, 32];

/// A dataset of flowers with two labels.
pub(super) fn flowers() -> Room {
    Room::of(&Plan {
        name: "flowers",
        kind: DatasetType::ImageClassification,
        pictures: PICTURES,
        size_px: SIZE_PX,
        labels: &["rose", "tulip"],
    })
}

impl Room {
    fn click_on(&mut self, name: &str) {
        self.harness.get_by_label(name).click();
        self.settle();
    }

    /// The label names of every sample, by file name.
    fn labels(&self) -> Vec<Vec<String>> {
        let table = self.workbench.labels(self.dataset).expect("labels");
        let name = |id| {
            let found = table.iter().find(|row| Some(row.label.id) == id);
            found.map_or_else(|| "?".to_owned(), |row| row.label.name.as_str().to_owned())
        };
        let mut all = Vec::new();
        for row in self.rows() {
            let primary = row.annotations.iter().filter(|annotation| annotation.set == AnnotationSet::Primary);
            let mut names: Vec<String> = primary.map(|annotation| name(annotation.label)).collect();
            names.sort();
            all.push(names);
        }
        all
    }

    fn labeled(&self) -> u64 {
        self.workbench.counts(self.dataset, &SampleFilter::default()).expect("counts").labeled
    }

    fn tiles(&self) -> usize {
        self.harness.get_all_by_role(Role::ListBoxOption).count()
    }
}

fn names(labels: &[&[&str]]) -> Vec<Vec<String>> {
    labels.iter().map(|names| names.iter().map(|name| (*name).to_owned()).collect()).collect()
}

#[test]
fn one_key_labels_confirms_and_goes_on() {
    let mut room = flowers();
    assert_eq!(room.tiles(), usize::from(PICTURES));
    room.press(Key::Num1);
    room.press(Key::Num2);
    room.press(Key::Num1);
    assert_eq!(room.labels(), names(&[&["rose"], &["tulip"], &["rose"], &[], &[], &[]]));
    let row = &room.rows()[0];
    assert_eq!(row.state, SampleState::Labeled);
    assert_eq!(row.annotations[0].annotated_by, "human/ada");
    // Decided samples stay in their place until the list is refreshed.
    assert_eq!(room.tiles(), usize::from(PICTURES));
    room.press_with(Modifiers::COMMAND, Key::R);
    assert_eq!(room.tiles(), usize::from(PICTURES) - 3);
}

#[test]
fn several_labels_are_toggled_and_enter_goes_on() {
    let mut room = flowers();
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::Num1);
    room.press(Key::Num2);
    room.press(Key::Enter);
    room.press(Key::Num1);
    room.press(Key::Num2);
    room.press(Key::Num1);
    room.press(Key::Enter);
    // Nothing is a decision as well.
    room.press(Key::Enter);
    assert_eq!(room.labels(), names(&[&["rose", "tulip"], &["tulip"], &[], &[], &[], &[]]));
    assert_eq!(room.labeled(), 3);
}

#[test]
fn undo_takes_decisions_back_and_redo_makes_them_again() {
    let mut room = flowers();
    room.press(Key::Num1);
    room.press(Key::Num2);
    assert_eq!(room.labeled(), 2);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.labels()[..2], names(&[&["rose"], &[]]));
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.labeled(), 0);
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(room.labels()[..2], names(&[&["rose"], &[]]));
    // What was taken back is where the work goes on.
    room.press_with(Modifiers::COMMAND, Key::Z);
    room.press(Key::Num2);
    assert_eq!(room.labels()[..2], names(&[&["tulip"], &[]]));
}

#[test]
fn the_filter_narrows_the_grid_and_keys_do_not_label_while_typing() {
    let mut room = flowers();
    room.press_with(Modifiers::COMMAND, Key::F);
    room.type_text("picture-3");
    assert_eq!(room.tiles(), 1);
    assert_eq!(room.labeled(), 0);
    room.click_on("Clear filter");
    assert_eq!(room.tiles(), usize::from(PICTURES));
}

#[test]
fn a_typed_label_is_made_and_set() {
    let mut room = flowers();
    room.press(Key::Slash);
    room.type_text("daisy");
    room.press(Key::Enter);
    assert_eq!(room.labels()[0], ["daisy"]);
    // The field keeps the focus: the next one is typed at once.
    room.type_text("tulip");
    room.press(Key::Enter);
    assert_eq!(room.labels()[1], ["tulip"]);
}

#[test]
fn labels_of_a_selection_are_added_replaced_and_removed_together() {
    let mut room = flowers();
    room.press(Key::Num2);
    room.press_with(Modifiers::COMMAND, Key::A);
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::Num1);
    assert_eq!(room.labeled(), u64::from(PICTURES));
    assert_eq!(room.labels()[0], ["rose", "tulip"]);
    room.click_on("Take tulip off the selection");
    assert_eq!(room.labels()[0], ["rose"]);
    assert_eq!(room.labels()[5], ["rose"]);
    room.press(Key::H);
    assert!(room.rows().iter().all(|row| row.annotations[0].hard == Some(true)));
    room.press_with(Modifiers::ALT, Key::Num2);
    assert!(room.rows().iter().all(|row| row.usage == Some(Usage::Eval)));
    room.press(Key::X);
    assert_eq!(room.labeled(), 0);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.labeled(), u64::from(PICTURES));
}

#[test]
fn a_decision_that_fails_is_taken_back() {
    let mut room = flowers();
    let rose = room.workbench.label(room.dataset, "rose").expect("a label").id;
    // Another window deletes the label; the key is pressed before this one knows.
    room.workbench.edit(room.dataset, &Edit::DeleteLabel { label: rose, samples: false }).expect("an edit");
    room.harness.key_press(Key::Num1);
    room.harness.step();
    room.settle();
    assert_eq!(room.labeled(), 0);
    assert!(room.harness.query_by_label_contains("picture-0.png: Unlabeled").is_some());
}

#[test]
fn clicks_with_ctrl_and_a_rubber_band_select() {
    let mut room = flowers();
    let place = |room: &Room, index: usize| {
        let name = format!("picture-{index}.png: Unlabeled");
        room.harness.get_by_label(&name).rect()
    };
    let (first, second, fourth) = (place(&room, 0), place(&room, 1), place(&room, 3));
    room.harness.get_by_label("picture-5.png: Unlabeled").click();
    room.settle();
    room.harness.get_by_label("picture-3.png: Unlabeled").click_modifiers(Modifiers::COMMAND);
    room.settle();
    room.press(Key::Num2);
    assert_eq!(room.labels(), names(&[&[], &[], &[], &["tulip"], &[], &["tulip"]]));
    // From the gap before the first picture to the middle of the second.
    for position in [first.min - egui::vec2(4.0, 4.0), first.center(), second.center()] {
        room.harness.hover_at(position);
        if position != second.center() && position != first.center() {
            room.harness.drag_at(position);
        }
        room.harness.step();
    }
    room.harness.drop_at(second.center());
    room.settle();
    room.press(Key::Num1);
    assert_eq!(room.labels()[..4], names(&[&["rose"], &["rose"], &[], &["tulip"]]));
    assert!(fourth.min.x > second.max.x);
}

#[test]
fn files_move_to_the_trash_and_come_back() {
    let mut room = flowers();
    let file = room.folder.path().join("input").join("picture-0.png");
    room.press(Key::Delete);
    room.click_on("Also move the files to the trash");
    room.click_on("Delete");
    assert!(!file.exists());
    room.press(Key::OpenBracket);
    assert_eq!(room.tiles(), 1);
    room.harness.get_all_by_label("Restore").next().expect("a button").click();
    room.settle();
    assert!(file.exists());
    assert_eq!(room.rows().len(), usize::from(PICTURES));
}

#[test]
fn images_are_added_by_a_typed_path() {
    let mut room = flowers();
    let more = room.folder.path().join("more");
    write_pictures(&more, PICTURES, SIZE_PX);
    std::fs::rename(more.join("picture-1.png"), more.join("new.png")).expect("a rename");
    room.press_with(Modifiers::COMMAND, Key::O);
    room.type_text(&more.join("new.png").display().to_string());
    room.press(Key::Enter);
    assert!(room.harness.query_by_label("Leave out new.png").is_some());
    room.click_on("Add 1 image");
    assert_eq!(room.rows().len(), usize::from(PICTURES) + 1);
    assert!(room.folder.path().join("input").join("new.png").exists());
    assert_eq!(room.tiles(), usize::from(PICTURES) + 1);
}

#[test]
fn a_property_is_written_on_the_label_of_the_selection() {
    let mut room = flowers();
    room.press_with(Modifiers::COMMAND, Key::L);
    room.press(Key::Num1);
    room.click_on("Show the properties of rose");
    room.harness.get_all_by_label("Property").last().expect("a field").focus();
    room.settle();
    room.type_text("color");
    room.harness.get_all_by_label("Value").last().expect("a field").focus();
    room.settle();
    room.type_text("red");
    room.press(Key::Enter);
    let rows = room.rows();
    assert_eq!(rows[0].annotations[0].properties.get("color").and_then(|value| value.as_str()), Some("red"));
    room.click_on("Remove the property color");
    assert!(room.rows()[0].annotations[0].properties.is_empty());
    // Enter was the field's: nothing was confirmed, the selection stayed.
    assert_eq!(room.labeled(), 1);
}

#[test]
fn shift_extends_the_selection() {
    let mut room = flowers();
    room.press_with(Modifiers::SHIFT, Key::ArrowRight);
    room.press_with(Modifiers::SHIFT, Key::ArrowRight);
    room.press(Key::Num1);
    assert_eq!(room.labeled(), 3);
}

#[test]
fn renaming_to_a_name_that_exists_asks_to_merge() {
    let mut room = flowers();
    room.press(Key::Num1);
    room.press(Key::Num2);
    room.click_on("Change rose");
    room.click_on("Edit label");
    room.press_with(Modifiers::COMMAND, Key::A);
    room.type_text("tulip");
    assert!(room.harness.query_by_label_contains("There is a label “tulip”").is_some());
    room.click_on("Merge labels");
    assert_eq!(room.labels()[..2], names(&[&["tulip"], &["tulip"]]));
    assert_eq!(room.workbench.labels(room.dataset).expect("labels").len(), 1);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.labels()[..2], names(&[&["rose"], &["tulip"]]));
}

#[test]
fn deleted_images_leave_the_grid_and_undo_brings_them_back() {
    let mut room = flowers();
    room.press(Key::Delete);
    room.click_on("Delete");
    assert_eq!(room.rows().len(), usize::from(PICTURES) - 1);
    assert_eq!(room.tiles(), usize::from(PICTURES) - 1);
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.rows().len(), usize::from(PICTURES));
    assert_eq!(room.tiles(), usize::from(PICTURES));
}

#[test]
fn deleting_a_label_says_how_many_images_carry_only_it() {
    let mut room = flowers();
    room.press(Key::Num1);
    room.press(Key::Num1);
    room.click_on("Change rose");
    room.click_on("Delete label");
    let says = "2 images go to the dataset’s trash";
    let described = room.harness.query_by(|node| node.description().is_some_and(|text| text.contains(says)));
    assert!(described.is_some());
    room.click_on("The label and the images that carry only it");
    room.press(Key::Enter);
    assert_eq!(room.rows().len(), usize::from(PICTURES) - 2);
}

#[test]
fn the_large_picture_labels_and_goes_on() {
    let mut room = flowers();
    room.press(Key::Space);
    assert!(room.harness.query_by_role(Role::Image).is_some());
    room.press(Key::Num2);
    room.press(Key::ArrowRight);
    room.press(Key::Num1);
    assert_eq!(room.labels()[..3], names(&[&["tulip"], &[], &["rose"]]));
    room.press(Key::Escape);
    assert_eq!(room.tiles(), usize::from(PICTURES));
}

#[test]
fn the_overlay_lists_the_keys() {
    let mut room = flowers();
    room.press(Key::Questionmark);
    assert!(room.harness.query_by_label("Hard example, on or off").is_some());
    room.press(Key::Escape);
    assert!(room.harness.query_by_label("Hard example, on or off").is_none());
}

#[test]
fn a_labels_form_is_one_step_of_undo() {
    let mut room = flowers();
    let before = room.workbench.labels(room.dataset).expect("readable");
    let label = before[0].label.clone();
    let name = crate::domain::LabelName::new("peony").expect("a name");
    let color = crate::domain::label::Color::of_label(5);
    let edit = Edit::ModifyLabel { label: label.id, name, color, key: Some('2') };
    room.workbench.edit(room.dataset, &edit).expect("an edit");
    let after = room.workbench.labels(room.dataset).expect("readable");
    assert_eq!((after[0].label.name.as_str(), after[0].label.key, after[1].label.key), ("peony", Some('2'), None));
    room.settle();
    room.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(room.workbench.labels(room.dataset).expect("readable"), before);
}
