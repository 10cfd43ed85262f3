//! A whole image without a mouse: attributes, properties, filters, and where the keyboard is.

use super::*;

#[test]
fn an_object_gets_its_attributes_by_keys_alone() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::Enter);
    room.press(Key::Num1);
    room.press(Key::M);
    room.press(Key::ArrowDown);
    room.press(Key::ArrowDown);
    room.press(Key::Num1);
    assert_eq!(room.attributes(0, 0).truncated, Some(true));
    // The next image goes on with the same attribute.
    room.press(Key::Escape);
    room.press(Key::D);
    room.press(Key::R);
    room.press(Key::Enter);
    room.press(Key::Num2);
    room.press(Key::M);
    room.press(Key::Num2);
    assert_eq!(room.attributes(1, 0).truncated, Some(false));
    room.press(Key::ArrowUp);
    room.press(Key::Num3);
    assert_eq!(room.attributes(1, 0).pose.as_deref(), Some("Rear"));
    for _ in 0..2 {
        room.press(Key::ArrowUp);
    }
    room.press(Key::Num9);
    room.press(Key::Num9);
    assert_eq!(room.rows()[1].annotations[0].confidence, Some(1.0));
}

#[test]
fn a_property_is_added_by_keys_alone() {
    let mut room = cells(&["red"]);
    room.press(Key::Enter);
    room.palette("add property");
    room.type_text("side");
    room.press(Key::Tab);
    room.type_text("left");
    room.press(Key::Enter);
    let property = |room: &Room| room.rows()[0].annotations[0].properties.get("side").cloned();
    assert_eq!(property(&room), Some("left".into()));
    assert!(room.is_on_canvas(), "the canvas has the keyboard again");
    // With the inspector closed, too.
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::B);
    room.palette("add property");
    room.type_text("side");
    room.press(Key::Tab);
    room.type_text("right");
    room.press(Key::Enter);
    assert_eq!(property(&room), Some("right".into()));
}

#[test]
fn marks_and_the_look_of_the_image_are_in_the_palette() {
    let mut room = cells(&["red"]);
    room.press(Key::Enter);
    for command in ["canvas-truncated", "canvas-occluded", "canvas-difficult", "canvas-pose", "canvas-pose"] {
        room.palette(command);
    }
    let attributes = room.attributes(0, 0);
    assert_eq!([attributes.truncated, attributes.occluded, attributes.difficult], [Some(true); 3]);
    assert_eq!(attributes.pose.as_deref(), Some("Frontal"));
    room.palette("canvas-confidence");
    room.type_text("0.85");
    room.press(Key::Enter);
    assert_eq!(room.rows()[0].annotations[0].confidence, Some(0.85));
    for command in ["canvas-channel", "canvas-brighter", "canvas-more-contrast"] {
        room.palette(command);
    }
    room.palette("canvas-as-in-file");
    room.harness.check_accessibility();
}

#[test]
fn one_key_leads_from_the_canvas_to_the_images_and_the_inspector_and_esc_back() {
    let mut room = cells(&["red"]);
    room.press(Key::Enter);
    assert!(room.is_on_canvas());
    room.press(Key::F6);
    assert!(room.focused_name().contains("picture-0.png"), "{}", room.focused_name());
    // The arrows walk over the images, Enter opens one.
    room.press(Key::Tab);
    room.press(Key::Enter);
    assert!(room.shown().contains("picture-1.png"));
    room.press(Key::F6);
    assert!(!room.is_on_canvas() && !room.focused_name().contains("picture"), "{}", room.focused_name());
    room.press(Key::F6);
    assert!(room.is_on_canvas());
    room.press(Key::A);
    room.press(Key::Tab);
    room.press_with(Modifiers::SHIFT, Key::F6);
    assert!(!room.is_on_canvas());
    room.press(Key::Escape);
    assert!(room.is_on_canvas());
    room.press(Key::ArrowRight);
    assert!((room.shapes(0)[0].0.bounds().center()[0] - 201.0).abs() < 0.01, "the selection is as it was");
}

#[test]
fn images_and_shapes_are_filtered_by_keys_alone() {
    let mut room = cells(&["red", "white"]);
    room.press(Key::Enter);
    room.press(Key::Num1);
    room.press(Key::Escape);
    room.press(Key::Enter);
    room.press(Key::Num2);
    room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    room.type_text("white");
    assert!(room.harness.query_by_label_contains("1 red rectangle").is_none());
    assert!(room.harness.query_by_label_contains("white rectangle").is_some());
    room.press(Key::Escape);
    assert!(room.is_on_canvas());
    let images = |room: &Room| room.harness.get_all_by_role(Role::ListBoxOption).count();
    assert_eq!(images(&room), 4);
    room.palette("canvas-image-state");
    assert_eq!(images(&room), 3, "the unlabeled ones");
    for _ in 0..3 {
        room.palette("canvas-image-state");
    }
    assert_eq!(images(&room), 4);
}

#[test]
fn any_row_of_edits_is_taken_back_and_done_again() {
    let mut room = cells(&["red"]);
    room.press(Key::Enter);
    let keys = [
        (Modifiers::NONE, Key::ArrowRight),
        (Modifiers::COMMAND, Key::ArrowDown),
        (Modifiers::COMMAND, Key::D),
        (Modifiers::ALT, Key::Period),
        (Modifiers::COMMAND, Key::A),
        (Modifiers::SHIFT, Key::ArrowUp),
        (Modifiers::COMMAND, Key::G),
        (Modifiers::NONE, Key::H),
        (Modifiers::NONE, Key::OpenBracket),
        (Modifiers::NONE, Key::Delete),
    ];
    let mut states = vec![room.rows()[0].annotations.clone()];
    for (modifiers, key) in keys {
        room.press_with(modifiers, key);
        let now = room.rows()[0].annotations.clone();
        if states.last() != Some(&now) {
            states.push(now);
        }
    }
    assert!(states.len() > 6);
    let last = states.last().cloned();
    let mut undone = 0;
    while room.rows()[0].annotations != states[0] {
        room.press_with(Modifiers::COMMAND, Key::Z);
        undone += 1;
        assert!(undone <= states.len(), "it does not come back");
        let now = room.rows()[0].annotations.clone();
        assert!(states.contains(&now), "a state that never was: {now:?}");
    }
    for _ in 0..undone {
        room.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    }
    assert_eq!(Some(room.rows()[0].annotations.clone()), last);
}
