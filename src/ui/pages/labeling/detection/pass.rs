//! The canvas as the second pass of quality control has it: the images that were drawn for it, and nothing of what the
//! first annotator said about them.

use super::DetectionPage;
use crate::domain::review::{self, ReviewState};
use crate::domain::{AnnotationSet, DatasetId, ReviewId, SampleId};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::theme::space;
use crate::ui::widgets::{self, Button};
use egui::{Align, Layout, Ui};
use std::collections::HashMap;

/// Which pass is drawn, and where its images stand.
pub struct Pass {
    review: ReviewId,
    /// The images in the pass's order.
    order: Vec<SampleId>,
    /// What is done here is seen at once, what others do when the page is opened again.
    states: HashMap<SampleId, ReviewState>,
    reading: Option<Promise<Vec<(SampleId, ReviewState)>>>,
    /// Whether it still has to go to the first image that waits.
    begins: bool,
}

impl Pass {
    fn new(review: ReviewId) -> Self {
        Self { review, order: Vec::new(), states: HashMap::new(), reading: None, begins: true }
    }

    /// Which pass it is.
    pub fn review(&self) -> ReviewId {
        self.review
    }

    /// Whether nobody has looked at an image again yet.
    pub fn is_waiting(&self, sample: SampleId) -> bool {
        self.states.get(&sample).is_none_or(|state| *state == ReviewState::Waiting)
    }

    /// The message that says where an image stands.
    pub fn state_word(&self, sample: SampleId) -> &'static str {
        match self.states.get(&sample) {
            None | Some(ReviewState::Waiting) => "review-state-waiting",
            Some(ReviewState::Done) => "review-state-done",
            Some(ReviewState::Settled) => "review-state-settled",
        }
    }

    /// How many images are done, of how many.
    fn progress(&self) -> (usize, usize) {
        let done = self.order.iter().filter(|sample| !self.is_waiting(**sample)).count();
        (done, self.order.len())
    }

    /// The next image that waits after this one, then from the beginning.
    fn next_waiting(&self, after: Option<SampleId>) -> Option<SampleId> {
        let place = after.and_then(|after| self.order.iter().position(|sample| *sample == after));
        let (before, rest) = self.order.split_at(place.map_or(0, |place| place + 1));
        rest.iter().chain(before).copied().find(|sample| self.is_waiting(*sample))
    }
}

impl DetectionPage {
    /// The page of a second pass over a dataset of object detection.
    pub fn of_review(dataset: DatasetId, review: ReviewId) -> Self {
        Self { pass: Some(Pass::new(review)), ..Self::new(dataset, None) }
    }

    /// Reads anew where the images of the pass stand: others may have worked on it.
    pub fn reopen_pass(&mut self) {
        if let Some(pass) = &mut self.pass {
            pass.reading = None;
            pass.begins = true;
        }
    }

    /// The set that is shown and changed.
    pub(super) fn set(&self) -> AnnotationSet {
        self.pass.as_ref().map_or(AnnotationSet::Primary, |pass| review::set_of(pass.review))
    }

    pub(super) fn update_pass(&mut self, context: &Context<'_>) {
        let Some(pass) = &mut self.pass else { return };
        if pass.begins && pass.reading.is_none() {
            let review = pass.review;
            pass.reading = Some(context.backend.spawn(move |workbench| workbench.review_states(review)));
        }
        match pass.reading.as_ref().and_then(Promise::take) {
            Some(Ok(states)) => {
                pass.order = states.iter().map(|(sample, _)| *sample).collect();
                pass.states = states.into_iter().collect();
            }
            Some(Err(failure)) => {
                pass.begins = false;
                self.failure = Some(failure);
                return;
            }
            None => {}
        }
        if pass.begins && !pass.order.is_empty() && self.rows.view().is_some() {
            pass.begins = false;
            pass.reading = None;
            if let Some(first) = pass.next_waiting(None) {
                self.show_sample(first, context);
            }
        }
        if let (Some(pass), Some(document)) = (&mut self.pass, &self.document) {
            let state = review::state_of(&document.open.row.annotations, pass.review);
            pass.states.insert(document.open.row.sample.id, state);
        }
    }

    /// Looked at, done: also where nothing is. Goes on to the next image that waits.
    pub(super) fn finish_image(&mut self, context: &Context<'_>) {
        let Some(document) = &mut self.document else { return };
        let Some(pass) = &mut self.pass else { return };
        let sample = document.open.row.sample.id;
        if let Some(edit) = review::finish(sample, &document.open.row.annotations, pass.review) {
            document.open.submit(self.dataset, edit, false, context);
        }
        pass.states.insert(sample, ReviewState::Done);
        self.seek_waiting(context);
    }

    pub(super) fn seek_waiting(&mut self, context: &Context<'_>) {
        let Some(pass) = &self.pass else { return };
        let here = self.document.as_ref().map(|document| document.open.row.sample.id);
        match pass.next_waiting(here) {
            Some(next) => self.show_sample(next, context),
            None => {
                let page = Page::Review { dataset: self.dataset, review: pass.review };
                let notification = Notification::success(context.tr("review-all-done"));
                context.notify(notification.with_action(context.tr("review-see-agreement"), page));
            }
        }
    }

    /// What the key for a decision about the whole image is called, and what it does.
    pub(super) fn decision_words(&self, context: &Context<'_>) -> (String, String) {
        let has_shapes = self.document.as_ref().is_some_and(|document| document.shapes().next().is_some());
        match (&self.pass, has_shapes) {
            (Some(_), true) => (context.tr("review-done"), context.tr("review-done.tip")),
            (Some(_), false) => (context.label_of(Command::CanvasNothing), context.tr("review-nothing-tip")),
            (None, _) => (context.label_of(Command::CanvasNothing), context.tr("command-canvas-nothing.tip")),
        }
    }

    /// Says above the canvas which pass this is and how much remains; nothing in the first pass.
    pub(super) fn banner_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(pass) = &self.pass else { return };
        let (done, total) = pass.progress();
        let arguments = [("done", format::count(done as u64).into()), ("total", format::count(total as u64).into())];
        let progress = context.tr_with("review-progress", &arguments);
        let page = Page::Review { dataset: self.dataset, review: pass.review };
        let frame = egui::Frame::new()
            .fill(context.tokens.selected)
            .corner_radius(crate::ui::theme::CORNER)
            .inner_margin(egui::Margin::symmetric(12, 4));
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.set_height(28.0);
                ui.label(icons::text(Icon::ScanEye, 16.0).color(context.tokens.accent_text));
                widgets::section(ui, context, context.tr("review-banner"));
                if total > 0 {
                    #[expect(clippy::cast_precision_loss, reason = "a ratio for display")]
                    let fraction = done as f32 / total as f32;
                    widgets::progress_bar(ui, context, fraction, 120.0, &progress);
                    ui.label(&progress);
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let text = if total > 0 && done == total { "review-see-agreement" } else { "review-leave" };
                    if Button::secondary(context.tr(text)).icon(Icon::LogOut).small().show(ui, context).clicked() {
                        context.open(page);
                    }
                    ui.add_space(space::S);
                    let text =
                        egui::RichText::new(context.tr("review-hidden")).size(crate::ui::theme::text_size::SMALL);
                    ui.add(egui::Label::new(text.color(context.tokens.text_weak)).truncate());
                });
            });
        });
        ui.add_space(space::XS);
    }
}
