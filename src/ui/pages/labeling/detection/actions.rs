//! What the person asks for becomes edits of the image.

use super::document::drawn;
use super::{DetectionPage, NewLabel, Picker, Subject};
use crate::domain::shape::Bounds;
use crate::domain::{Annotation, AnnotationBody, AnnotationId, Edit, LabelId, SampleId, SampleState, Shape, ShapeKind};
use crate::ui::backend::Promise;
use crate::ui::canvas::{Outcome, Tool};
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::workbench::{Result, View, Workbench};
use std::collections::HashSet;

/// Rows looked through at once.
const SCAN_ROWS: usize = 2_000;

/// The kinds in the order of their tools, with their commands.
pub const TOOLS: [(ShapeKind, Command); 8] = [
    (ShapeKind::Rectangle, Command::CanvasRectangle),
    (ShapeKind::RotatedRectangle, Command::CanvasRotatedRectangle),
    (ShapeKind::Polygon, Command::CanvasPolygon),
    (ShapeKind::Polyline, Command::CanvasPolyline),
    (ShapeKind::Line, Command::CanvasLine),
    (ShapeKind::Dashed, Command::CanvasDashed),
    (ShapeKind::Point, Command::CanvasPoint),
    (ShapeKind::Circle, Command::CanvasCircle),
];

/// The next sample from `start` that waits for a decision, then from the beginning.
fn next_unlabeled(workbench: &Workbench, view: &View, start: usize) -> Result<Option<(usize, SampleId)>> {
    let length = view.len();
    for range in [start.min(length)..length, 0..start.min(length)] {
        let mut at = range.start;
        while at < range.end {
            let end = (at + SCAN_ROWS).min(range.end);
            let rows = workbench.row_heads(view, at..end)?;
            if let Some(place) = rows.iter().position(|row| row.state != SampleState::Labeled && !row.deleted) {
                return Ok(Some((at + place, rows[place].sample.id)));
            }
            at = end;
        }
    }
    Ok(None)
}

fn position_of(workbench: &Workbench, view: &View, sample: SampleId) -> Result<Option<(usize, SampleId)>> {
    let mut at = 0;
    while at < view.len() {
        let end = (at + 50_000).min(view.len());
        if let Some(place) = workbench.sample_ids(view, at..end)?.iter().position(|id| *id == sample) {
            return Ok(Some((at + place, sample)));
        }
        at = end;
    }
    Ok(None)
}

impl DetectionPage {
    /// Carries out a command; `false` leaves it to the frame.
    pub fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::Undo | Command::Redo => {
                if !self.canvas.hand.step_back()
                    && let Some(document) = &mut self.document
                {
                    document.undo(self.dataset, command == Command::Redo, context);
                }
            }
            Command::CanvasSelect => self.take_tool(Tool::Select),
            Command::CanvasDraw => self.take_tool(Tool::Draw(self.drawing)),
            Command::CanvasSplit => self.take_tool(Tool::Split),
            Command::CanvasJoin => self.join(context),
            Command::CanvasNothing => self.decide_nothing(context),
            Command::CanvasNext => self.step(1, context),
            Command::CanvasPrevious => self.step(-1, context),
            Command::CanvasNextUnlabeled => self.seek_unlabeled(context),
            Command::CanvasBackWhere => self.go_back(context),
            Command::CanvasBringPrevious => self.bring_previous(context),
            Command::CanvasLabel => self.ask_label(),
            Command::CanvasDelete => self.delete_selected(context),
            Command::CanvasSelectAll => self.select_all(),
            Command::CanvasCopy => self.copy(),
            Command::CanvasPaste => self.paste([10.0, 10.0], context),
            Command::CanvasDuplicate => {
                self.copy();
                self.paste([10.0, 10.0], context);
            }
            Command::CanvasFront => self.reorder(true, context),
            Command::CanvasBack => self.reorder(false, context),
            Command::CanvasGroup => self.group(true, context),
            Command::CanvasUngroup => self.group(false, context),
            Command::CanvasLock => self.lock_selected(),
            Command::CanvasHide => self.hide_selected(),
            Command::CanvasShowAll => {
                self.veil = super::Veil::default();
                self.rebuild();
            }
            Command::CanvasHard => {
                self.change_selected(context, |annotation| {
                    annotation.hard = Some(annotation.hard != Some(true));
                });
            }
            Command::CanvasAttributes => self.toggle_attribute_mode(),
            Command::CanvasFit => self.canvas.view.fit(),
            Command::CanvasOriginal => self.canvas.view.original(1.0),
            Command::CanvasCloser => self.canvas.view.zoom(1.25),
            Command::CanvasFarther => self.canvas.view.zoom(0.8),
            Command::CanvasZoomSelection => self.zoom_to_selected(),
            Command::CanvasKeepZoom => self.canvas.keeps_zoom = !self.canvas.keeps_zoom,
            Command::CanvasSnap => self.canvas.hand.snaps = !self.canvas.hand.snaps,
            Command::CanvasNames => self.canvas.options.names = !self.canvas.options.names,
            Command::CanvasCrosshair => self.canvas.options.crosshair = !self.canvas.options.crosshair,
            Command::CanvasGuides => self.canvas.options.guides = !self.canvas.options.guides,
            Command::CanvasMinimap => self.canvas.options.minimap = !self.canvas.options.minimap,
            Command::CanvasStrip => self.strip_open = !self.strip_open,
            other => match TOOLS.iter().find(|(_, command)| *command == other) {
                Some((kind, _)) => self.take_tool(Tool::Draw(*kind)),
                None => return false,
            },
        }
        true
    }

    pub(super) fn take_tool(&mut self, tool: Tool) {
        if let Tool::Draw(kind) = tool {
            self.drawing = kind;
        }
        self.canvas.hand.take(tool);
    }

    /// A shape was drawn: it gets its label at once, or the picker opens at it.
    pub(super) fn keep_drawn(&mut self, shape: Shape, context: &Context<'_>) {
        let only_label = self.labels.rows().len() == 1;
        match self.current_label().filter(|_| !self.asks || only_label) {
            Some(label) => self.label_subject(Subject::Drawn(shape), label, context),
            None => self.picker = Some((Subject::Drawn(shape), Picker::default())),
        }
    }

    /// Gives what was picked for its label.
    pub(super) fn label_subject(&mut self, subject: Subject, label: LabelId, context: &Context<'_>) {
        self.label = Some(label);
        match subject {
            Subject::Drawn(shape) => {
                let annotation = drawn(label, shape, context.now, &context.backend.workbench().actor());
                let id = annotation.id;
                if self.put(vec![annotation], context) {
                    self.canvas.hand.select(vec![id]);
                }
            }
            Subject::Selection(ids) => {
                let ids: HashSet<AnnotationId> = ids.into_iter().collect();
                self.change(&ids, context, |annotation| annotation.label = Some(label));
            }
        }
    }

    /// A key of a label: for what is selected, else for what is drawn next, without being asked.
    pub(super) fn choose_label(&mut self, label: LabelId, context: &Context<'_>) {
        if let Some((subject, _)) = self.picker.take() {
            self.label_subject(subject, label, context);
        } else if self.canvas.hand.selection().is_empty() {
            self.label = Some(label);
            self.asks = false;
        } else {
            self.label_subject(Subject::Selection(self.canvas.hand.selection().to_vec()), label, context);
        }
    }

    pub(super) fn edit(
        &mut self,
        put: Vec<Annotation>,
        remove: Vec<AnnotationId>,
        order: Vec<AnnotationId>,
        context: &Context<'_>,
    ) -> bool {
        let Some(document) = self.document.as_mut().filter(|document| !document.is_undoing()) else { return false };
        let sample = document.row.sample.id;
        let changed = document.submit(self.dataset, Edit::Annotate { sample, put, remove, order }, context);
        if changed {
            self.rebuild();
        }
        changed
    }

    pub(super) fn put(&mut self, put: Vec<Annotation>, context: &Context<'_>) -> bool {
        self.edit(put, Vec::new(), Vec::new(), context)
    }

    /// Changes the annotations of these ids.
    pub(super) fn change(
        &mut self,
        ids: &HashSet<AnnotationId>,
        context: &Context<'_>,
        change: impl Fn(&mut Annotation),
    ) {
        let Some(document) = &self.document else { return };
        let mut put = document.among(ids);
        put.iter_mut().for_each(&change);
        self.put(put, context);
    }

    pub(super) fn change_selected(&mut self, context: &Context<'_>, change: impl Fn(&mut Annotation)) {
        let ids = self.canvas.hand.selected().clone();
        self.change(&ids, context, change);
    }

    pub(super) fn change_shapes(&mut self, shapes: Vec<(AnnotationId, Shape)>, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let put = shapes
            .into_iter()
            .filter_map(|(id, shape)| {
                let mut annotation = document.get(id)?.clone();
                if let AnnotationBody::Shape { shape: place, .. } = &mut annotation.body {
                    *place = shape;
                }
                Some(annotation)
            })
            .collect();
        self.put(put, context);
    }

    /// Moves what is selected by image pixels.
    pub(super) fn nudge(&mut self, by: [f64; 2], context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let size_px = document.size_px();
        let scene = document.scene();
        let moved: Vec<(AnnotationId, Shape)> = self
            .canvas
            .hand
            .selection()
            .iter()
            .filter_map(|id| scene.get(*id))
            .filter(|object| !object.locked)
            .map(|object| (object.id, object.shape.moved_within(by, size_px)))
            .collect();
        if moved.is_empty() {
            return;
        }
        self.change_shapes(moved, context);
    }

    /// Grows or shrinks the one selected rectangle or circle at its lower right: drawing without a mouse.
    pub(super) fn stretch(&mut self, by: [f64; 2], context: &Context<'_>) {
        let [id] = *self.canvas.hand.selection() else { return };
        let Some(object) = self.document.as_ref().and_then(|document| document.scene().get(id)) else { return };
        let size_px = self.canvas.view.size_px();
        let shape = match &object.shape {
            Shape::Rectangle { min, max } => {
                let corner = [0, 1].map(|axis| (max[axis] + by[axis]).clamp(min[axis] + 1.0, size_px[axis]));
                Shape::Rectangle { min: *min, max: corner }
            }
            Shape::RotatedRectangle { center, size_px, degrees } => {
                let size_px = [0, 1].map(|axis| (size_px[axis] + by[axis]).max(1.0));
                Shape::RotatedRectangle { center: *center, size_px, degrees: *degrees }
            }
            Shape::Circle { center, radius } => {
                Shape::Circle { center: *center, radius: (radius + by[0] + by[1]).max(1.0) }
            }
            _ => return,
        };
        self.change_shapes(vec![(id, shape)], context);
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
        let size_px = self.canvas.view.size_px();
        let visible = self.canvas.view.visible();
        let at = crate::domain::shape_edit::clamped(self.finish_point(), size_px);
        let quarter = (visible.width().min(size_px[0]).min(visible.height().min(size_px[1])) / 8.0).max(1.0);
        let bounds = Bounds { min: at, max: at }.grown(quarter);
        let (min, max) = (
            crate::domain::shape_edit::clamped(bounds.min, size_px),
            crate::domain::shape_edit::clamped(bounds.max, size_px),
        );
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

    /// Esc: one thing after the other — the picker, what is drawn, the mode, the selection, the tool.
    pub(super) fn escape(&mut self) {
        if self.picker.take().is_some() || self.canvas.hand.cancel() {
            return;
        }
        if self.attribute_mode.take().is_some() {
            self.canvas.view.fit();
        } else if !self.canvas.hand.selection().is_empty() {
            self.canvas.hand.select(Vec::new());
        } else if self.canvas.hand.tool() != Tool::Select {
            self.take_tool(Tool::Select);
        }
    }

    fn ask_label(&mut self) {
        if self.canvas.hand.selection().is_empty() {
            self.asks = !self.asks;
        } else {
            let ids = self.canvas.hand.selection().to_vec();
            self.picker = Some((Subject::Selection(ids), Picker::default()));
        }
    }

    pub(super) fn delete_selected(&mut self, context: &Context<'_>) {
        if self.canvas.hand.step_back() {
            return;
        }
        let locked = |id: &AnnotationId| self.veil.locked.contains(id);
        let ids: Vec<AnnotationId> = self.canvas.hand.selection().iter().copied().filter(|id| !locked(id)).collect();
        if !ids.is_empty() {
            self.edit(Vec::new(), ids, Vec::new(), context);
            self.canvas.hand.select(Vec::new());
        }
    }

    fn select_all(&mut self) {
        let Some(document) = &self.document else { return };
        let free = document.scene().objects().iter().filter(|object| !object.hidden && !object.locked);
        let ids = free.map(|object| object.id).collect();
        self.canvas.hand.select(ids);
    }

    pub(super) fn copy(&mut self) {
        let Some(document) = &self.document else { return };
        let copied = document.among(self.canvas.hand.selected());
        if !copied.is_empty() {
            self.clipboard = copied;
        }
    }

    /// Puts copies in, a little beside the originals where those are in this image.
    pub(super) fn paste(&mut self, by: [f64; 2], context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let known: HashSet<AnnotationId> = document.shapes().map(|annotation| annotation.id).collect();
        let beside = self.clipboard.iter().any(|annotation| known.contains(&annotation.id));
        let by = if beside { by } else { [0.0; 2] };
        let copies = self.clipboard.clone();
        self.put_copies(copies, by, context);
    }

    fn put_copies(&mut self, copies: Vec<Annotation>, by: [f64; 2], context: &Context<'_>) {
        let size_px = self.canvas.view.size_px();
        let known = |label: Option<LabelId>| label.is_none_or(|label| self.labels.get(label).is_some());
        let copies: Vec<Annotation> = copies
            .into_iter()
            .filter(|annotation| known(annotation.label))
            .map(|mut annotation| {
                annotation.id = AnnotationId::random();
                if let AnnotationBody::Shape { shape, .. } = &mut annotation.body {
                    *shape = shape.moved_within(by, size_px).clamped(size_px);
                }
                annotation
            })
            .collect();
        let ids = copies.iter().map(|annotation| annotation.id).collect();
        if !copies.is_empty() && self.put(copies, context) {
            self.canvas.hand.select(ids);
        }
    }

    fn reorder(&mut self, front: bool, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let chosen = self.canvas.hand.selected();
        if chosen.is_empty() {
            return;
        }
        // Those named stand above the others: to the back is every other one to the front.
        let order =
            document.shapes().map(|annotation| annotation.id).filter(|id| chosen.contains(id) == front).collect();
        self.edit(Vec::new(), Vec::new(), order, context);
    }

    fn group(&mut self, together: bool, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let taken: HashSet<String> =
            document.scene().objects().iter().filter_map(|object| object.group.clone()).collect();
        let free = (1..).map(|number: u32| number.to_string()).find(|name| !taken.contains(name));
        let group = free.filter(|_| together);
        if together && self.canvas.hand.selection().len() < 2 {
            return;
        }
        self.change_selected(context, move |annotation| {
            if let AnnotationBody::Shape { attributes, .. } = &mut annotation.body {
                attributes.group.clone_from(&group);
            }
        });
    }

    fn lock_selected(&mut self) {
        for id in self.canvas.hand.selection() {
            if !self.veil.locked.remove(id) {
                self.veil.locked.insert(*id);
            }
        }
        self.rebuild();
    }

    fn hide_selected(&mut self) {
        self.veil.hidden.extend(self.canvas.hand.selection());
        self.canvas.hand.select(Vec::new());
        self.rebuild();
    }

    /// Nothing here: a decision. With shapes it confirms them.
    fn decide_nothing(&mut self, context: &Context<'_>) {
        if self.pass.is_some() {
            self.finish_image(context);
            return;
        }
        let Some(document) = self.document.as_mut().filter(|document| !document.is_undoing()) else { return };
        let sample = document.row.sample.id;
        document.submit(self.dataset, Edit::Confirm { samples: vec![sample] }, context);
        self.step(1, context);
    }

    pub(super) fn step(&mut self, by: isize, context: &Context<'_>) {
        let Some(last) = self.rows.len().checked_sub(1) else { return };
        self.go_to(self.cursor.saturating_add_signed(by).min(last), context);
    }

    pub(super) fn go_to(&mut self, index: usize, context: &Context<'_>) {
        if index == self.cursor {
            return;
        }
        self.leave(context);
        self.cursor = index;
        self.scroll_to_cursor = true;
    }

    /// Leaving an image asks nothing: a shape that waits for its label gets the last one.
    fn leave(&mut self, context: &Context<'_>) {
        if let Some((subject @ Subject::Drawn(_), _)) = self.picker.take()
            && let Some(label) = self.current_label()
        {
            self.label_subject(subject, label, context);
        }
    }

    fn seek_unlabeled(&mut self, context: &Context<'_>) {
        if self.pass.is_some() {
            self.seek_waiting(context);
            return;
        }
        let Some(view) = self.rows.view().cloned() else { return };
        let start = self.cursor + 1;
        self.seeking = Some(context.backend.spawn(move |workbench| next_unlabeled(workbench, &view, start)));
    }

    fn go_back(&mut self, context: &Context<'_>) {
        if let Some(sample) = self.visited.pop() {
            self.show_sample(sample, context);
        }
    }

    /// Goes to an image of the view, wherever it is.
    pub(super) fn show_sample(&mut self, sample: SampleId, context: &Context<'_>) {
        if let Some(index) = self.rows.position_of(sample) {
            self.go_to(index, context);
        } else if let Some(view) = self.rows.view().cloned() {
            self.seeking = Some(context.backend.spawn(move |workbench| position_of(workbench, &view, sample)));
        }
    }

    /// The shapes of the image before this one, drawn here too.
    fn bring_previous(&mut self, context: &Context<'_>) {
        let Some(view) = self.rows.view().cloned().filter(|_| self.cursor > 0) else { return };
        let (before, set) = (self.cursor - 1, self.set());
        self.bring = Some(context.backend.spawn(move |workbench| {
            let rows = workbench.rows(&view, before..before + 1)?;
            let annotations = rows.into_iter().flat_map(|row| row.annotations);
            Ok(annotations.filter(|annotation| annotation.set == set && annotation.as_shape().is_some()).collect())
        }));
    }

    /// Takes in what was waited for: labels that were made, images that were looked for, shapes to bring over.
    pub(super) fn settle_waiting(&mut self, context: &Context<'_>) {
        let waiting = std::mem::take(&mut self.new_labels);
        for NewLabel { subject, promise } in waiting {
            match promise.take() {
                None => self.new_labels.push(NewLabel { subject, promise }),
                Some(Ok(label)) => self.label_subject(subject, label.id, context),
                // The frame says why; the shape is not lost: the picker asks again.
                Some(Err(_)) => self.picker = Some((subject, Picker::default())),
            }
        }
        if let Some(outcome) = self.seeking.as_ref().and_then(Promise::take) {
            self.seeking = None;
            match outcome {
                Ok(Some((index, _))) => self.go_to(index, context),
                Ok(None) => context.notify(Notification::info(context.tr("canvas-all-labeled"))),
                Err(_) => {}
            }
        }
        if let Some(outcome) = self.bring.as_ref().and_then(Promise::take) {
            self.bring = None;
            let shapes = outcome.unwrap_or_default();
            if shapes.is_empty() {
                context.notify(Notification::info(context.tr("canvas-nothing-to-bring")));
            }
            self.put_copies(shapes, [0.0; 2], context);
        }
    }

    pub(super) fn split(&mut self, path: &[[f64; 2]], context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let scene = document.scene();
        // What is selected, else everything that the cut goes through.
        let chosen: HashSet<AnnotationId> = if self.canvas.hand.selection().is_empty() {
            let part = Bounds::around(path);
            let touched = part.map(|part| scene.touching(&part)).unwrap_or_default();
            let free = touched.into_iter().map(|place| &scene.objects()[place]);
            free.filter(|object| !object.locked && !object.hidden).map(|object| object.id).collect()
        } else {
            self.canvas.hand.selected().clone()
        };
        let (mut put, mut ids) = (Vec::new(), Vec::new());
        for annotation in document.among(&chosen) {
            let Some(parts) = annotation.as_shape().and_then(|shape| shape.split(path)) else { continue };
            for (index, part) in parts.into_iter().enumerate() {
                let mut piece = annotation.clone();
                if index > 0 {
                    piece.id = AnnotationId::random();
                }
                if let AnnotationBody::Shape { shape, .. } = &mut piece.body {
                    *shape = part.rounded();
                }
                ids.push(piece.id);
                put.push(piece);
            }
        }
        if put.is_empty() {
            context.notify(Notification::info(context.tr("canvas-nothing-cut")));
        } else if self.put(put, context) {
            self.take_tool(Tool::Select);
            self.canvas.hand.select(ids);
        }
    }

    fn join(&mut self, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let mut parts = document.among(self.canvas.hand.selected());
        if parts.len() < 2 {
            context.notify(Notification::info(context.tr("canvas-join-two")));
            return;
        }
        let shapes: Vec<&Shape> = parts.iter().filter_map(Annotation::as_shape).collect();
        let Some(joined) = Shape::joined(&shapes) else {
            context.notify(Notification::info(context.tr("canvas-join-apart")));
            return;
        };
        let mut first = parts.remove(0);
        if let AnnotationBody::Shape { shape, .. } = &mut first.body {
            *shape = joined.rounded();
        }
        let id = first.id;
        let remove = parts.into_iter().map(|annotation| annotation.id).collect();
        if self.edit(vec![first], remove, Vec::new(), context) {
            self.canvas.hand.select(vec![id]);
        }
    }

    pub(super) fn zoom_to_selected(&mut self) {
        let Some(document) = &self.document else { return };
        let shapes = self.canvas.hand.selection().iter().filter_map(|id| document.scene().get(*id));
        let corners: Vec<[f64; 2]> = shapes
            .flat_map(|object| {
                let bounds = object.shape.bounds();
                [bounds.min, bounds.max]
            })
            .collect();
        if let Some(bounds) = Bounds::around(&corners) {
            self.canvas.view.zoom_to(&bounds);
        }
    }

    pub(super) fn select_next(&mut self, backwards: bool) {
        let Some(document) = &self.document else { return };
        if self.canvas.hand.select_next(document.scene(), backwards) == Outcome::None {
            return;
        }
        if self.attribute_mode.is_some() {
            self.zoom_to_selected();
        } else if let [id] = self.canvas.hand.selection()
            && let Some(place) = document.scene().place(*id)
        {
            self.canvas.view.reveal(document.scene().bounds_of(place));
        }
    }
}
