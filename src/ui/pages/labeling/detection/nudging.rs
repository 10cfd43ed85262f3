//! Drawing, moving and sizing by keys alone.

use super::DetectionPage;
use super::document::Document;
use crate::domain::shape::Bounds;
use crate::domain::shape_edit::clamped;
use crate::domain::shape_within::move_together;
use crate::domain::{AnnotationId, Shape, ShapeKind, Timestamp};
use crate::ui::canvas::{Object, Tool};
use crate::ui::context::Context;
use crate::ui::notifications::Notification;

/// Keys that follow each other within this time are one step of undo.
const ONE_STEP_MS: i64 = 1_000;

/// The latest change by an arrow key; anything else that is done ends it.
pub struct Nudge {
    ids: Vec<AnnotationId>,
    at: Timestamp,
}

impl Nudge {
    fn goes_on(&self, ids: &[AnnotationId], now: Timestamp) -> bool {
        self.ids == ids && (0..ONE_STEP_MS).contains(&(now.0 - self.at.0))
    }
}

impl DetectionPage {
    /// The document, once the size of its picture is known.
    fn measured(&self) -> Option<&Document> {
        self.document.as_ref().filter(|document| self.canvas.is_open_on(document.open.row.sample.id))
    }

    /// Moves what is selected by image pixels, all of it as one.
    pub(super) fn nudge(&mut self, by: [f64; 2], context: &Context<'_>) {
        let Some(document) = self.measured() else { return };
        let selected: Vec<_> = self.editable_objects().collect();
        let by = move_together(selected.iter().map(|object| &object.shape), by, document.size_px());
        let moved = selected.into_iter().map(|object| (object.id, object.shape.moved(by))).collect();
        self.put_nudged(moved, context);
    }

    /// Grows or shrinks the one selected rectangle or circle at its lower right: drawing without a mouse.
    pub(super) fn stretch(&mut self, by: [f64; 2], context: &Context<'_>) {
        let Some(document) = self.measured() else { return };
        let [id] = *self.canvas.hand.selection() else { return };
        let object = document.scene().editable(id);
        if let Some(shape) = object.and_then(|object| object.shape.stretched(by, document.size_px())) {
            self.put_nudged(vec![(id, shape)], context);
        }
    }

    /// Turns each selected shape about its own middle; a rectangle becomes a rotated one. What would leave the image
    /// with a corner that is its own point stays as it is.
    pub(super) fn turn(&mut self, degrees: f64, context: &Context<'_>) {
        let Some(document) = self.measured() else { return };
        let size_px = document.size_px();
        let turned = self
            .editable_objects()
            .filter_map(|object| Some((object.id, object.shape.turned_in_place(degrees, size_px)?)))
            .collect();
        self.put_nudged(turned, context);
    }

    /// What is selected and may be changed.
    fn editable_objects(&self) -> impl Iterator<Item = &Object> {
        let scene = self.document.as_ref().map(Document::scene);
        let selection = self.canvas.hand.selection().iter();
        selection.filter_map(move |id| scene.and_then(|scene| scene.editable(*id)))
    }

    /// Each key is on the disk at once, and keys in a row are one step of undo.
    fn put_nudged(&mut self, shapes: Vec<(AnnotationId, Shape)>, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        // At the border a key changes nothing, and is no step of undo.
        let is_same = |(id, shape): &(AnnotationId, Shape)| {
            document.scene().get(*id).is_some_and(|object| object.shape == *shape)
        };
        if shapes.iter().all(is_same) {
            return;
        }
        let ids: Vec<AnnotationId> = shapes.iter().map(|(id, _)| *id).collect();
        let put = self.with_shapes(shapes);
        let continues = self.nudge.take().is_some_and(|nudge| nudge.goes_on(&ids, context.now));
        if self.edit_as(put, Vec::new(), Vec::new(), continues, context) {
            self.nudge = Some(Nudge { ids, at: context.now });
        }
    }

    /// Enter: ends what is being drawn; with nothing begun, puts a shape where the pointer or the middle is, so that
    /// one can be drawn by keys alone.
    pub(super) fn enter(&mut self, context: &Context<'_>) {
        if self.canvas.hand.draft().is_some() {
            let outcome = self.canvas.hand.finish();
            self.carry_out(outcome, context);
            return;
        }
        if !self.canvas.hand.selection().is_empty() {
            self.ask_label();
            return;
        }
        let Tool::Draw(kind) = self.canvas.hand.tool() else { return };
        if self.measured().is_none() {
            context.notify(Notification::info(context.tr("canvas-not-open")));
            return;
        }
        let size_px = self.canvas.view.size_px();
        let visible = self.canvas.view.visible();
        let at = clamped(self.finish_point(), size_px);
        let quarter = (visible.width().min(size_px[0]).min(visible.height().min(size_px[1])) / 8.0).max(1.0);
        let bounds = Bounds { min: at, max: at }.grown(quarter);
        let (min, max) = (clamped(bounds.min, size_px), clamped(bounds.max, size_px));
        let shape = match kind {
            ShapeKind::Rectangle => Shape::rectangle(min, max),
            ShapeKind::RotatedRectangle => {
                Shape::RotatedRectangle { center: at, size_px: [quarter * 2.0; 2], degrees: 0.0 }
            }
            ShapeKind::Circle => Shape::Circle { center: at, radius: quarter },
            ShapeKind::Point => Shape::Point { at },
            ShapeKind::Line => Shape::Line { points: [min, max], dashed: false },
            ShapeKind::Dashed => Shape::Line { points: [min, max], dashed: true },
            ShapeKind::Polygon => Shape::polygon(vec![min, [max[0], min[1]], max, [min[0], max[1]]]),
            ShapeKind::Polyline => Shape::Polyline { points: vec![min, max] },
        };
        self.keep_drawn(shape.rounded(), context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_a_row_on_the_same_shapes_are_one_step() {
        let (one, other) = (AnnotationId::random(), AnnotationId::random());
        let nudge = Nudge { ids: vec![one], at: Timestamp(5_000) };
        assert!(nudge.goes_on(&[one], Timestamp(5_999)));
        assert!(!nudge.goes_on(&[one], Timestamp(6_000)));
        assert!(!nudge.goes_on(&[one, other], Timestamp(5_100)));
        assert!(!nudge.goes_on(&[one], Timestamp(4_000)), "a clock that was set back");
    }
}
