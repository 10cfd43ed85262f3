//! Beginning a second pass: how many of the labeled images are drawn at random.

use crate::domain::review::Review;
use crate::domain::{DatasetId, Explanation};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::pages::Page;
use crate::ui::theme::size;
use crate::ui::widgets::{self, Field};
use egui::Ui;

/// How the extent is said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Share,
    Count,
}

/// The form.
pub struct StartReview {
    dataset: DatasetId,
    labeled: u64,
    extent: Extent,
    percent: String,
    count: String,
    seed: String,
    just_opened: bool,
    starting: Option<Promise<Review>>,
    failure: Option<Explanation>,
}

/// A share above 0 and up to 1 from what is typed as percent.
fn share_of(text: &str) -> Option<f64> {
    let percent: f64 = text.trim().trim_end_matches(['%', '％']).trim().parse().ok()?;
    (percent > 0.0 && percent <= 100.0).then_some(percent / 100.0)
}

/// A number of images that there can be.
fn count_of(text: &str, labeled: u64) -> Option<u64> {
    text.trim().parse().ok().filter(|count| (1..=labeled.max(1)).contains(count))
}

/// The seed, where one is given; `None` if it is none.
fn seed_of(text: &str) -> Option<Option<u64>> {
    match text.trim() {
        "" => Some(None),
        text => text.parse().ok().map(Some),
    }
}

impl StartReview {
    /// The form for a dataset with so many labeled images.
    pub fn new(dataset: DatasetId, labeled: u64) -> Self {
        Self {
            dataset,
            labeled,
            extent: Extent::Share,
            percent: "10".to_owned(),
            count: labeled.clamp(1, 20).to_string(),
            seed: String::new(),
            just_opened: true,
            starting: None,
            failure: None,
        }
    }

    /// How many images are drawn; `None` while what is typed says none.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of images, never negative"
    )]
    fn drawn(&self) -> Option<u64> {
        match self.extent {
            Extent::Share => share_of(&self.percent).map(|share| (self.labeled as f64 * share).ceil() as u64),
            Extent::Count => count_of(&self.count, self.labeled),
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        ui.add(egui::Label::new(context.tr("review-start-what")).wrap());
        let choices = [
            (Extent::Share, context.tr("review-by-share"), Some(Icon::Percent)),
            (Extent::Count, context.tr("review-by-count"), Some(Icon::Hash)),
        ];
        let changed = widgets::segments(ui, context, &mut self.extent, &choices);
        let drawn = self.drawn();
        let note = match drawn {
            Some(drawn) => {
                let arguments = [("count", drawn.into()), ("total", self.labeled.into())];
                context.tr_with("review-drawn", &arguments)
            }
            None => String::new(),
        };
        let (label, fault, text) = match self.extent {
            Extent::Share => ("review-share", "review-share-fault", &mut self.percent),
            Extent::Count => ("review-count", "review-count-fault", &mut self.count),
        };
        let fault = drawn.is_none().then(|| context.tr_with(fault, &[("total", self.labeled.into())]));
        let focus = std::mem::take(&mut self.just_opened) || changed;
        let field = Field::new(context.tr(label)).error(fault.as_deref()).note(note).width(size::FIELD_WIDTH);
        field.focus(focus).show(ui, context, text);
        let fault = seed_of(&self.seed).is_none().then(|| context.tr("review-seed-fault"));
        let field = Field::new(context.tr("review-seed")).error(fault.as_deref()).width(size::FIELD_WIDTH);
        field.note(context.tr("review-seed-note")).show(ui, context, &mut self.seed);
    }

    fn start(&mut self, context: &Context<'_>) {
        let (Some(drawn), Some(seed)) = (self.drawn(), seed_of(&self.seed)) else { return };
        let (dataset, share) = (self.dataset, share_of(&self.percent).filter(|_| self.extent == Extent::Share));
        self.failure = None;
        self.starting = Some(context.backend.write_from_form(move |workbench| match share {
            Some(share) => workbench.start_review(dataset, share, seed),
            None => workbench.start_review_of(dataset, usize::try_from(drawn).unwrap_or(usize::MAX), seed),
        }));
    }
}

impl Dialog for StartReview {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        match self.starting.as_ref().and_then(Promise::take) {
            Some(Ok(review)) => {
                context.open(Page::ReviewDrawing { dataset: review.dataset, review: review.id });
                return false;
            }
            Some(Err(explanation)) => {
                self.starting = None;
                self.failure = Some(explanation);
            }
            None => {}
        }
        let failure = self.failure.clone();
        let footer = DialogFrame::new("review-start", context.tr("review-start-title"))
            .confirm(context.tr("review-start-confirm"), Icon::ScanEye)
            .enabled(self.drawn().is_some() && seed_of(&self.seed).is_some())
            .busy(self.starting.is_some())
            .failure(failure.as_ref())
            .show(egui, context, |ui| self.contents_ui(ui, context));
        if footer.confirmed {
            self.start(context);
        }
        !footer.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_percent_and_numbers_stay_within_what_there_is() {
        assert_eq!(share_of(" 12.5 % "), Some(0.125));
        assert_eq!([share_of("0"), share_of("101"), share_of("ten")], [None; 3]);
        assert_eq!((count_of("20", 20), count_of("21", 20), count_of("0", 20)), (Some(20), None, None));
        assert_eq!((seed_of(" "), seed_of("7"), seed_of("x")), (Some(None), Some(Some(7)), None));
    }
}
