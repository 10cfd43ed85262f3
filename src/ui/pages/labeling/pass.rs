//! A second pass of quality control as the pages that label in it have it: which samples were drawn for it, where they
//! stand, and the banner above.

use crate::domain::review::{self, ReviewState};
use crate::domain::{Annotation, AnnotationSet, DatasetId, Explanation, ReviewId, SampleId};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::theme::{CORNER, space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{Align, Layout, Ui};
use std::collections::HashMap;

/// Which pass is labeled, and where its samples stand.
pub struct Pass {
    review: ReviewId,
    /// The samples in the pass's order.
    order: Vec<SampleId>,
    /// What is done here is seen at once, what others do when the page is opened again.
    states: HashMap<SampleId, ReviewState>,
    reading: Option<Promise<Vec<(SampleId, ReviewState)>>>,
    /// Whether it still has to go to the first sample that waits.
    begins: bool,
}

impl Pass {
    /// A pass that goes to the first sample that waits, once it knows which that is.
    #[must_use]
    pub fn new(review: ReviewId) -> Self {
        Self { review, order: Vec::new(), states: HashMap::new(), reading: None, begins: true }
    }

    /// Which pass it is.
    #[must_use]
    pub fn review(&self) -> ReviewId {
        self.review
    }

    /// The set that is shown and changed.
    #[must_use]
    pub fn set(&self) -> AnnotationSet {
        review::set_of(self.review)
    }

    /// Reads anew where the samples stand: others may have worked on it.
    pub fn reopen(&mut self) {
        self.reading = None;
        self.begins = true;
    }

    /// Takes in where the samples stand. Once that and the list are there (`is_ready`), it tells the first sample that
    /// waits, to begin with.
    ///
    /// # Errors
    /// If the pass cannot be read.
    pub fn update(&mut self, context: &Context<'_>, is_ready: bool) -> Result<Option<SampleId>, Explanation> {
        if self.begins && self.reading.is_none() {
            let review = self.review;
            self.reading = Some(context.backend.spawn(move |workbench| workbench.review_states(review)));
        }
        match self.reading.as_ref().and_then(Promise::take) {
            Some(Ok(states)) => {
                self.order = states.iter().map(|(sample, _)| *sample).collect();
                self.states = states.into_iter().collect();
            }
            Some(Err(failure)) => {
                self.begins = false;
                return Err(failure);
            }
            None => {}
        }
        if self.begins && !self.order.is_empty() && is_ready {
            self.begins = false;
            self.reading = None;
            return Ok(self.next_waiting(None));
        }
        Ok(None)
    }

    /// What is known of a sample from its annotations.
    pub fn note(&mut self, sample: SampleId, annotations: &[Annotation]) {
        self.states.insert(sample, review::state_of(annotations, self.review));
    }

    /// A sample was looked at.
    pub fn note_done(&mut self, sample: SampleId) {
        self.states.insert(sample, ReviewState::Done);
    }

    /// Whether nobody has looked at a sample again yet.
    #[must_use]
    pub fn is_waiting(&self, sample: SampleId) -> bool {
        self.states.get(&sample).is_none_or(|state| *state == ReviewState::Waiting)
    }

    /// The message that says where a sample stands.
    #[must_use]
    pub fn state_word(&self, sample: SampleId) -> &'static str {
        match self.states.get(&sample) {
            None | Some(ReviewState::Waiting) => "review-state-waiting",
            Some(ReviewState::Done) => "review-state-done",
            Some(ReviewState::Settled) => "review-state-settled",
        }
    }

    /// How many samples are done, of how many.
    fn progress(&self) -> (usize, usize) {
        let done = self.order.iter().filter(|sample| !self.is_waiting(**sample)).count();
        (done, self.order.len())
    }

    /// The next sample that waits after this one, then from the beginning.
    #[must_use]
    pub fn next_waiting(&self, after: Option<SampleId>) -> Option<SampleId> {
        let place = after.and_then(|after| self.order.iter().position(|sample| *sample == after));
        let (before, rest) = self.order.split_at(place.map_or(0, |place| place + 1));
        rest.iter().chain(before).copied().find(|sample| self.is_waiting(*sample))
    }

    /// Says that nothing waits any more.
    pub fn tell_all_done(&self, dataset: DatasetId, context: &Context<'_>) {
        let page = Page::Review { dataset, review: self.review };
        let notification = Notification::success(context.tr("review-all-done"));
        context.notify(notification.with_action(context.tr("review-see-agreement"), page));
    }

    /// Says above the page which pass this is and how much remains.
    pub fn banner_ui(&self, ui: &mut Ui, context: &Context<'_>, dataset: DatasetId) {
        let (done, total) = self.progress();
        let arguments = [("done", format::count(done as u64).into()), ("total", format::count(total as u64).into())];
        let progress = context.tr_with("review-progress", &arguments);
        let page = Page::Review { dataset, review: self.review };
        let frame = egui::Frame::new()
            .fill(context.tokens.selected)
            .corner_radius(CORNER)
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
                    let text = egui::RichText::new(context.tr("review-hidden")).size(text_size::SMALL);
                    ui.add(egui::Label::new(text.color(context.tokens.text_weak)).truncate());
                });
            });
        });
        ui.add_space(space::XS);
    }
}
