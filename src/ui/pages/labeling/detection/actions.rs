//! What the person asks for becomes edits of the image.

use super::copies::free_group;
use super::document::drawn;
use super::wishes::Wish;
use super::{DetectionPage, Subject};
use crate::domain::shape::Bounds;
use crate::domain::shape_rule::refused_kind;
use crate::domain::{Annotation, AnnotationBody, AnnotationId, Edit, Explanation, LabelId, SampleId, Shape, ShapeKind};
use crate::ui::canvas::{Outcome, Tool};
use crate::ui::commands::{Command, SHAPE_TOOLS};
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use std::collections::HashSet;

/// Why a shape is not drawn: the dataset takes one kind only.
pub fn against(rule: ShapeKind) -> Explanation {
    Explanation::bad_input("shape-rule").with("shape", rule)
}

impl DetectionPage {
    /// Carries out a command, or keeps it until the image that it is meant for is there; `false` leaves it to the
    /// frame.
    pub fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        self.wish(Wish::Command(command), context)
    }

    pub(super) fn carry_out_command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match command {
            Command::Undo | Command::Redo => {
                self.nudge = None;
                // Undo takes back what is half drawn first; redo has nothing to do with it.
                if (command == Command::Redo || !self.canvas.hand.step_back())
                    && let Some(document) = &mut self.document
                {
                    document.open.undo(self.dataset, command == Command::Redo, context);
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
            Command::CanvasBringOn => self.bring_on(context),
            Command::CanvasLabel => self.ask_label(),
            Command::CanvasDelete => self.delete_selected(context),
            Command::CanvasSelectAll => self.select_all(),
            Command::CanvasBeneath => self.select_beneath(),
            Command::CanvasCopy => self.copy(),
            Command::CanvasPaste => self.paste([10.0, 10.0], context),
            Command::CanvasDuplicate => {
                self.copy();
                self.paste([10.0, 10.0], context);
            }
            Command::CanvasTurnLeft => self.turn(-1.0, context),
            Command::CanvasTurnRight => self.turn(1.0, context),
            Command::CanvasTurnFarLeft => self.turn(-15.0, context),
            Command::CanvasTurnFarRight => self.turn(15.0, context),
            Command::CanvasFront => self.reorder(true, context),
            Command::CanvasBack => self.reorder(false, context),
            Command::CanvasGroup => self.group(true, context),
            Command::CanvasUngroup => self.group(false, context),
            Command::CanvasLock => self.lock_selected(),
            Command::CanvasHide => self.hide_selected(),
            Command::CanvasShowAll => {
                *self.veil() = super::Veil::default();
                self.rebuild();
            }
            Command::CanvasAttributes => self.toggle_attribute_mode(),
            Command::CanvasFit => self.canvas.view.fit(),
            Command::CanvasOriginal => self.canvas.show_original(),
            Command::CanvasCloser => self.canvas.view.zoom(1.25),
            Command::CanvasFarther => self.canvas.view.zoom(0.8),
            Command::CanvasZoomSelection => self.zoom_to_selected(),
            Command::CanvasKeepZoom => self.canvas.keeps_zoom = !self.canvas.keeps_zoom,
            Command::CanvasSnap => self.canvas.hand.snaps = !self.canvas.hand.snaps,
            Command::CanvasNames => self.canvas.options.names = !self.canvas.options.names,
            Command::CanvasCrosshair => self.canvas.options.crosshair = !self.canvas.options.crosshair,
            Command::CanvasGuides => self.canvas.options.guides = !self.canvas.options.guides,
            Command::CanvasMinimap => self.canvas.options.minimap = !self.canvas.options.minimap,
            Command::CanvasGoOn => self.goes_on = !self.goes_on,
            Command::CanvasStrip => self.strip_open = !self.strip_open,
            other => match SHAPE_TOOLS.iter().find(|(_, command)| *command == other) {
                Some((kind, _)) => self.take_drawing(*kind, context),
                None => return self.reach_command(other, context),
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

    /// Takes the tool that draws this kind; where the dataset takes another kind only, says so.
    fn take_drawing(&mut self, kind: ShapeKind, context: &Context<'_>) {
        match self.rule.filter(|rule| *rule != kind) {
            None => self.take_tool(Tool::Draw(kind)),
            Some(rule) => context.notify(Notification::failure(context, &against(rule))),
        }
    }

    /// A shape was drawn: it gets its label at once, or the picker opens at it.
    pub(super) fn keep_drawn(&mut self, shape: Shape, context: &Context<'_>) {
        let only_label = self.labels.rows().len() == 1;
        match self.current_label().filter(|_| !self.asks || only_label) {
            Some(label) => self.label_subject(Subject::Drawn(shape), label, context),
            None => {
                // Going on to draw says of the shape before: the last label is right. Without one it waits.
                self.label_waiting(context);
                self.ask(Subject::Drawn(shape));
            }
        }
    }

    /// Puts a shape with its label into the image that is shown.
    pub(super) fn put_drawn(&mut self, shape: Shape, label: LabelId, context: &Context<'_>) -> bool {
        let annotation = drawn(label, shape, context.now, &context.backend.workbench().actor());
        let id = annotation.id;
        let is_put = self.put(vec![annotation], context);
        if is_put {
            self.canvas.hand.select(vec![id]);
        }
        is_put
    }

    /// Gives what was picked for its label.
    pub(super) fn label_subject(&mut self, subject: Subject, label: LabelId, context: &Context<'_>) {
        self.label = Some(label);
        match subject {
            Subject::Drawn(shape) => {
                if self.put_drawn(shape, label, context) && self.goes_on && self.is_here() {
                    self.step(1, context);
                }
            }
            Subject::Selection(ids) => {
                let ids: HashSet<AnnotationId> = ids.into_iter().collect();
                self.change(&ids, context, |annotation| annotation.label = Some(label));
            }
        }
    }

    /// A key of a label: for what is selected, or else, with the selection tool, for what is under the pointer, or else
    /// for what is drawn next, without being asked.
    pub(super) fn choose_label(&mut self, label: LabelId, context: &Context<'_>) {
        if let Some((subject, _)) = self.picker.take() {
            self.label_subject(subject, label, context);
            return;
        }
        let ids = self.meant(self.canvas.hand.tool() == Tool::Select);
        if ids.is_empty() {
            self.label = Some(label);
            self.asks = false;
        } else {
            self.label_subject(Subject::Selection(ids), label, context);
        }
    }

    /// What a key acts on: what is selected; with nothing selected and `or_hovered`, the shape under the pointer, which
    /// stands out as long as it is there.
    fn meant(&self, or_hovered: bool) -> Vec<AnnotationId> {
        let selection = self.canvas.hand.selection();
        let hovered = self.canvas.hovered().filter(|_| or_hovered && selection.is_empty());
        selection.iter().copied().chain(hovered).collect()
    }

    pub(super) fn edit(
        &mut self,
        put: Vec<Annotation>,
        remove: Vec<AnnotationId>,
        order: Vec<AnnotationId>,
        context: &Context<'_>,
    ) -> bool {
        self.edit_as(put, remove, order, false, context)
    }

    /// `continues`: the edit before and this one are one step of undo.
    pub(super) fn edit_as(
        &mut self,
        put: Vec<Annotation>,
        remove: Vec<AnnotationId>,
        order: Vec<AnnotationId>,
        continues: bool,
        context: &Context<'_>,
    ) -> bool {
        self.nudge = None;
        let Some(document) = &mut self.document else { return false };
        if let Some(rule) = self.rule
            && refused_kind(rule, &document.open.row.annotations, &put).is_some()
        {
            context.notify(Notification::failure(context, &against(rule)));
            return false;
        }
        let sample = document.open.row.sample.id;
        let edit = Edit::Annotate { sample, put, remove, order };
        let changed = document.open.submit(self.dataset, edit, continues, context);
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
        let mut put = document.among(&self.editable(ids));
        if put.is_empty() && !ids.is_empty() {
            context.notify(Notification::info(context.tr("canvas-all-locked")));
            return;
        }
        put.iter_mut().for_each(&change);
        self.put(put, context);
    }

    /// Those of them that may be changed: neither locked nor hidden.
    pub(super) fn editable(&self, ids: &HashSet<AnnotationId>) -> HashSet<AnnotationId> {
        let scene = self.document.as_ref().map(super::Document::scene);
        let may = |id: &AnnotationId| scene.is_some_and(|scene| scene.editable(*id).is_some());
        ids.iter().copied().filter(may).collect()
    }

    pub(super) fn change_selected(&mut self, context: &Context<'_>, change: impl Fn(&mut Annotation)) {
        let ids = self.canvas.hand.selected().clone();
        self.change(&ids, context, change);
    }

    pub(super) fn change_shapes(&mut self, shapes: Vec<(AnnotationId, Shape)>, context: &Context<'_>) {
        let put = self.with_shapes(shapes);
        self.put(put, context);
    }

    /// The annotations of these ids with these shapes.
    pub(super) fn with_shapes(&self, shapes: Vec<(AnnotationId, Shape)>) -> Vec<Annotation> {
        let Some(document) = &self.document else { return Vec::new() };
        shapes
            .into_iter()
            .filter_map(|(id, shape)| {
                let mut annotation = document.get(id)?.clone();
                if let AnnotationBody::Shape { shape: place, .. } = &mut annotation.body {
                    *place = shape;
                }
                Some(annotation)
            })
            .collect()
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

    pub(super) fn ask_label(&mut self) {
        if self.canvas.hand.selection().is_empty() {
            self.asks = !self.asks;
        } else {
            let ids = self.canvas.hand.selection().to_vec();
            self.ask(Subject::Selection(ids));
        }
    }

    pub(super) fn delete_selected(&mut self, context: &Context<'_>) {
        if self.canvas.hand.step_back() {
            return;
        }
        let ids = self.meant_and_free();
        if ids.is_empty() && !self.meant(true).is_empty() {
            context.notify(Notification::info(context.tr("canvas-all-locked")));
        }
        self.delete(ids, context);
    }

    /// What deleting and cutting act on: what is locked or hidden stays.
    pub(super) fn meant_and_free(&self) -> Vec<AnnotationId> {
        let meant = self.meant(true).into_iter().collect();
        self.editable(&meant).into_iter().collect()
    }

    pub(super) fn delete(&mut self, ids: Vec<AnnotationId>, context: &Context<'_>) {
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

    fn reorder(&mut self, front: bool, context: &Context<'_>) {
        let Some(document) = &self.document else { return };
        let chosen = self.editable(self.canvas.hand.selected());
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
        let taken = document.scene().objects().iter().filter_map(|object| object.group.as_deref());
        let group = together.then(|| free_group(taken));
        if together && self.canvas.hand.selection().len() < 2 {
            return;
        }
        self.change_selected(context, move |annotation| {
            if let AnnotationBody::Shape { attributes, .. } = &mut annotation.body {
                attributes.group.clone_from(&group);
            }
        });
    }

    /// What is hidden and locked in the image that is shown.
    pub(super) fn veil(&mut self) -> &mut super::Veil {
        let sample = self.document.as_ref().map_or(SampleId(uuid::Uuid::nil()), |document| document.open.row.sample.id);
        self.veils.entry(sample).or_default()
    }

    fn lock_selected(&mut self) {
        let ids = self.canvas.hand.selection().to_vec();
        for id in ids {
            self.veil().toggle_lock(id);
        }
        self.rebuild();
    }

    fn hide_selected(&mut self) {
        let ids = self.canvas.hand.selection().to_vec();
        self.veil().hidden.extend(ids);
        self.rebuild();
    }

    /// Nothing here: a decision. With shapes it confirms them.
    fn decide_nothing(&mut self, context: &Context<'_>) {
        if self.pass.is_some() {
            self.finish_image(context);
            return;
        }
        let Some(document) = &mut self.document else { return };
        let sample = document.open.row.sample.id;
        if self.canvas.is_failed(sample) {
            // Nobody has seen that nothing is in it.
            context.notify(Notification::info(context.tr("canvas-nothing-unseen")));
            return;
        }
        document.open.submit(self.dataset, Edit::Confirm { samples: vec![sample] }, false, context);
        self.step(1, context);
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
            self.editable(self.canvas.hand.selected())
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
        let mut parts = document.among(&self.editable(self.canvas.hand.selected()));
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

    fn select_beneath(&mut self) {
        let Some(document) = &self.document else { return };
        self.canvas.select_beneath(document.scene());
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
