//! Shapes: the image twice, with what each pass drew.

use super::sides::{Look, LookTool, Shown, Sides, SidesOutput};
use crate::domain::shape::Bounds;
use crate::ui::canvas::{Object, Pair, PairShown, Scene};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::detection::color_of;
use egui::Ui;

/// The image twice.
#[derive(Default)]
pub struct ShapeSides {
    scenes: [Scene; 2],
    revision: u64,
    pair: Pair,
}

fn current_bounds(shown: &Shown<'_>) -> Option<Bounds> {
    let [first, second] = shown.current;
    let shape = shown.annotation(first.or(second)?)?.as_shape()?;
    Some(shape.bounds())
}

impl Sides for ShapeSides {
    fn rebuild(&mut self, shown: &Shown<'_>) {
        self.revision += 1;
        self.scenes = [0, 1].map(|side| {
            let objects = shown.of(side).filter_map(|annotation| {
                let color = color_of(shown.table, annotation.label);
                let is_loud = shown.loud.contains(&annotation.id);
                Some(Object {
                    id: annotation.id,
                    label: annotation.label,
                    shape: annotation.as_shape()?.clone(),
                    color: if is_loud { color } else { color.gamma_multiply(0.7) },
                    hidden: false,
                    locked: false,
                    group: None,
                })
            });
            Scene::new(objects.collect(), [0.0; 2], self.revision)
        });
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) -> SidesOutput {
        let name_of = |object: &Object| {
            let label = object.label.and_then(|label| shown.table.get(label));
            label.map(|label| label.name.as_str().to_owned()).unwrap_or_default()
        };
        let shown = PairShown {
            sample: &shown.row.sample,
            scenes: self.scenes.each_ref(),
            titles: [context.tr("review-first-pass"), context.tr("review-second-pass")],
            loud: shown.loud,
            current: shown.current,
            colors_revision: self.revision,
            name_of: &name_of,
            neighbours: shown.next.map(std::slice::from_ref).unwrap_or_default(),
        };
        let output = self.pair.ui(ui, context, &shown);
        SidesOutput { keys_id: output.response.map(|response| response.id), clicked: output.clicked }
    }

    fn look(&mut self, look: Look, shown: &Shown<'_>) {
        let bounds = current_bounds(shown);
        match (look, bounds) {
            (Look::Reveal, Some(bounds)) => self.pair.view.reveal(&bounds),
            (Look::Zoom, Some(bounds)) => self.pair.view.zoom_to(&bounds),
            (Look::Reveal | Look::Zoom, None) => {}
            (Look::Fit, _) => self.pair.view.fit(),
            (Look::Closer, _) => self.pair.view.zoom(1.25),
            (Look::Farther, _) => self.pair.view.zoom(0.8),
        }
    }

    fn tools(&self) -> &'static [LookTool] {
        &[
            (Icon::Maximize, "command-canvas-fit", "Shift+F", Look::Fit),
            (Icon::ScanSearch, "review-zoom", "Z", Look::Zoom),
        ]
    }
}
