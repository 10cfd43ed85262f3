//! The page in a real workspace: what the tests share. Each file is about one side of it.

mod by_hand;
mod by_keys;
mod drawing;
mod flow;
mod rest;

use crate::domain::{
    Annotation, AnnotationBody, DatasetType, Edit, ObjectAttributes, SampleState, Shape, ShapeKind, Timestamp,
};
use crate::ui::canvas::Canvas;
use crate::ui::pages::Page;
use crate::ui::pages::labeling::testing::{Plan, Room};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, Role, pos2};
use egui_kittest::kittest::{NodeT, Queryable};

/// The size of every picture.
const SIZE: [f32; 2] = [400.0, 300.0];
const UNDO: (Modifiers, Key) = (Modifiers::COMMAND, Key::Z);

/// Four pictures whose objects are labeled, with these labels.
pub(in crate::ui::pages) fn cells(labels: &[&str]) -> Room {
    Room::of(&Plan { name: "cells", kind: DatasetType::ObjectDetection, pictures: 4, size_px: [400, 300], labels })
}

fn plain(key: Key) -> (Modifiers, Key) {
    (Modifiers::NONE, key)
}

fn rectangle(x: f64, y: f64, right: f64, bottom: f64) -> Shape {
    Shape::rectangle([x, y], [right, bottom])
}

/// Whether two shapes are the same within the rounding of a screen.
fn alike(one: &Shape, other: &Shape) -> bool {
    let (one, other) = (one.bounds(), other.bounds());
    let far = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).abs().max((a[1] - b[1]).abs());
    far(one.min, other.min) < 0.6 && far(one.max, other.max) < 0.6
}

/// The pointer.
impl Room {
    fn canvas(&self) -> Rect {
        self.harness.get_by_role(Role::Canvas).rect()
    }

    /// Where a pixel of the picture is on the screen while the whole picture is shown.
    fn at(&self, x: f32, y: f32) -> Pos2 {
        let canvas = self.canvas();
        let scale = ((canvas.width() - 24.0) / SIZE[0]).min((canvas.height() - 24.0) / SIZE[1]).min(8.0);
        canvas.center() + (pos2(x, y) - pos2(SIZE[0] / 2.0, SIZE[1] / 2.0)) * scale
    }

    fn button(&mut self, pos: Pos2, pressed: bool, modifiers: Modifiers) {
        self.harness.event(Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers });
        self.harness.step();
    }

    fn drag_points(&mut self, from: Pos2, to: Pos2) {
        self.harness.event(Event::PointerMoved(from));
        self.harness.step();
        self.button(from, true, Modifiers::NONE);
        self.harness.event(Event::PointerMoved(from + (to - from) * 0.5));
        self.harness.step();
        self.harness.event(Event::PointerMoved(to));
        self.harness.step();
        self.button(to, false, Modifiers::NONE);
        self.settle();
    }

    /// From a pixel of the picture to another.
    fn drag(&mut self, from: [f32; 2], to: [f32; 2]) {
        self.drag_points(self.at(from[0], from[1]), self.at(to[0], to[1]));
    }

    fn hover(&mut self, x: f32, y: f32) {
        let pos = self.at(x, y);
        self.harness.event(Event::PointerMoved(pos));
        self.settle();
    }

    fn click(&mut self, x: f32, y: f32, modifiers: Modifiers) {
        let pos = self.at(x, y);
        self.harness.event(Event::PointerMoved(pos));
        self.harness.step();
        self.button(pos, true, modifiers);
        self.button(pos, false, modifiers);
        // Two clicks of a test are no double click.
        for _ in 0..30 {
            self.harness.step();
        }
        self.settle();
    }

    /// Clicks an image of the strip.
    fn click_image(&mut self, image: usize) {
        let row = self.harness.get_all_by_role(Role::ListBoxOption).nth(image).expect("an image").rect().center();
        self.button(row, true, Modifiers::NONE);
        self.button(row, false, Modifiers::NONE);
        self.settle();
    }

    fn press_button(&mut self, label: &str) {
        self.harness.get_by_role_and_label(Role::Button, label).click();
        self.settle();
    }
}

/// The keyboard.
impl Room {
    /// Presses keys so quickly that nothing can be read between them.
    fn quickly(&mut self, keys: &[(Modifiers, Key)]) {
        for (modifiers, key) in keys {
            self.harness.key_press_modifiers(*modifiers, *key);
        }
        self.settle();
    }

    fn palette(&mut self, text: &str) {
        self.press_with(Modifiers::COMMAND, Key::K);
        self.type_text(text);
        self.press(Key::Enter);
        self.settle();
    }

    fn event(&mut self, event: Event) {
        self.harness.event(event);
        self.settle();
    }

    fn paste(&mut self) {
        self.event(Event::Paste("anything".to_owned()));
    }

    fn is_on_canvas(&self) -> bool {
        self.harness.ctx.memory(egui::Memory::focused) == Some(Canvas::id())
    }

    /// The name of what has the focus.
    fn focused_name(&self) -> String {
        let nodes = self.harness.query_all_by(|node| node.is_focused());
        nodes.map(|node| node.accesskit_node().label().unwrap_or_default()).next_back().unwrap_or_default()
    }
}

/// What is on the screen, on the disk, and done by others.
impl Room {
    /// The name of the canvas: of the image on it, with the number of its shapes.
    fn shown(&self) -> String {
        self.harness.get_by_role(Role::Canvas).accesskit_node().label().unwrap_or_default()
    }

    fn open(&mut self, page: Page) {
        self.harness.state_mut().as_mut().expect("an app").open(page);
        self.settle();
    }

    /// The shapes of an image on the disk, with the names of their labels.
    fn shapes(&self, image: usize) -> Vec<(Shape, String)> {
        let labels = self.workbench.labels(self.dataset).expect("labels");
        let row = self.rows().swap_remove(image);
        let named = |annotation: &Annotation| {
            let label = labels.iter().find(|count| Some(count.label.id) == annotation.label);
            let name = label.map(|count| count.label.name.as_str().to_owned()).unwrap_or_default();
            Some((annotation.as_shape()?.clone(), name))
        };
        row.annotations.iter().filter_map(named).collect()
    }

    /// How many shapes each of the four images has.
    fn shape_counts(&self) -> [usize; 4] {
        [0, 1, 2, 3].map(|image| self.shapes(image).len())
    }

    /// The shapes of the first image.
    fn boxes(&self) -> Vec<Shape> {
        self.shapes(0).into_iter().map(|(shape, _)| shape).collect()
    }

    fn labels_of(&self, image: usize) -> Vec<String> {
        self.shapes(image).into_iter().map(|(_, label)| label).collect()
    }

    fn attributes(&self, image: usize, shape: usize) -> ObjectAttributes {
        match &self.rows()[image].annotations[shape].body {
            AnnotationBody::Shape { attributes, .. } => attributes.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn state(&self, image: usize) -> SampleState {
        self.rows()[image].state
    }

    /// Has the window notice what was done beside it.
    fn notice(&mut self) {
        self.harness.state().as_ref().expect("an app").backend().touch();
        self.settle();
    }

    /// Puts a shape with the first label into an image, as another window would.
    fn place(&mut self, image: usize, shape: Shape) {
        let label = self.workbench.labels(self.dataset).expect("labels").swap_remove(0).label.id;
        let body = AnnotationBody::shape(shape);
        let annotation = Annotation::human(label, body, "human/ada".to_owned(), Timestamp(0));
        let sample = self.rows()[image].sample.id;
        let edit = Edit::Annotate { sample, put: vec![annotation], remove: Vec::new(), order: Vec::new() };
        self.workbench.edit(self.dataset, &edit).expect("an edit");
        self.notice();
    }
}
