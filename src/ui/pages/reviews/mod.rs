//! Second passes of quality control: the list of a dataset, how far the two passes agree, drawing one, and settling
//! where they differ.

mod decisions;
mod delete;
mod list;
mod report;
mod settle;
mod start;
#[cfg(test)]
mod tests;
mod words;

use super::labeling::detection::{DetectionPage, Unfinished};
use super::{Crumb, Page, Screen, UndoScope};
use crate::domain::query::DatasetSummary;
use crate::domain::review::Review;
use crate::domain::{DatasetId, DatasetType, ReviewId};
use crate::ui::backend::Query;
use crate::ui::commands::Command;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets::{self, Button};
use egui::Ui;
use list::ReviewList;
use report::ReportView;
use settle::SettlePage;
use std::collections::HashMap;

type Facts = (DatasetSummary, Vec<Review>);

/// The page's state; one of its parts is shown.
#[derive(Default)]
pub(in crate::ui) struct ReviewsPage {
    page: Option<Page>,
    dataset: Option<DatasetId>,
    facts: Query<DatasetId, Facts>,
    list: ReviewList,
    report: ReportView,
    drawing: Option<(ReviewId, Box<DetectionPage>)>,
    /// What was begun in passes that were left.
    unfinished: HashMap<ReviewId, Unfinished>,
    settling: Option<Box<SettlePage>>,
}

impl ReviewsPage {
    /// The review that is shown, if one is.
    fn review(&self) -> Option<ReviewId> {
        match self.page {
            Some(
                Page::Review { review, .. } | Page::ReviewDrawing { review, .. } | Page::ReviewSettling { review, .. },
            ) => Some(review),
            _ => None,
        }
    }

    /// What the review that is shown is called, once that is known.
    fn name(&self) -> Option<String> {
        let review = self.review()?;
        let (_, reviews) = self.facts.latest()?;
        reviews.iter().find(|other| other.id == review).map(words::name)
    }

    fn drawing(&mut self) -> Option<&mut DetectionPage> {
        match (&self.page, &mut self.drawing) {
            (Some(Page::ReviewDrawing { .. }), Some((_, page))) => Some(page),
            _ => None,
        }
    }

    fn settling(&mut self) -> Option<&mut SettlePage> {
        self.settling.as_deref_mut().filter(|_| matches!(self.page, Some(Page::ReviewSettling { .. })))
    }
}

impl Screen for ReviewsPage {
    fn open(&mut self, page: &Page, context: &Context<'_>) {
        let (Page::Reviews { dataset }
        | Page::Review { dataset, .. }
        | Page::ReviewDrawing { dataset, .. }
        | Page::ReviewSettling { dataset, .. }) = page
        else {
            return;
        };
        if self.dataset != Some(*dataset) {
            self.leave(context);
            let unfinished = std::mem::take(&mut self.unfinished);
            *self = Self { dataset: Some(*dataset), unfinished, ..Self::default() };
        }
        if let Page::ReviewDrawing { dataset, review } = page {
            match &mut self.drawing {
                Some((known, page)) if known == review => page.reopen_pass(),
                _ => {
                    self.leave(context);
                    let unfinished = self.unfinished.remove(review).unwrap_or_default();
                    let page = DetectionPage::of_review(*dataset, *review).with_unfinished(unfinished);
                    self.drawing = Some((*review, Box::new(page)));
                }
            }
        }
        if let Page::ReviewSettling { dataset, review, sample } = page {
            match &mut self.settling {
                Some(page) if page.review() == *review => page.reopen(*sample),
                settling => *settling = Some(Box::new(SettlePage::new(*dataset, *review, *sample))),
            }
        }
        self.page = Some(page.clone());
    }

    fn title(&self, context: &Context<'_>) -> String {
        match self.page {
            Some(Page::Review { .. }) => {
                let name = self.name().map(|name| context.tr_with("review-of", &[("name", name.into())]));
                name.unwrap_or_else(|| context.tr("review-title"))
            }
            Some(Page::ReviewDrawing { .. }) => context.tr("review-title"),
            Some(Page::ReviewSettling { .. }) => context.tr("review-settle-title"),
            _ => context.tr("reviews-title"),
        }
    }

    fn crumbs(&self, context: &Context<'_>) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb { text: context.tr("nav-datasets"), page: Some(Page::Datasets) }];
        let (Some(dataset), Some((summary, _))) = (self.dataset, self.facts.latest()) else { return crumbs };
        let page = Some(Page::Labeling { dataset, filter: None });
        crumbs.push(Crumb { text: summary.dataset.name.to_string(), page });
        if let Some(review) = self.review() {
            crumbs.push(Crumb { text: context.tr("reviews-title"), page: Some(Page::Reviews { dataset }) });
            if !matches!(self.page, Some(Page::Review { .. }))
                && let Some(name) = self.name()
            {
                crumbs.push(Crumb { text: name, page: Some(Page::Review { dataset, review }) });
            }
        }
        crumbs
    }

    fn actions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(dataset) = self.dataset else { return };
        match self.page {
            Some(Page::Reviews { .. }) => {
                let Some((summary, reviews)) = self.facts.latest() else { return };
                if !reviews.is_empty() && words::start_button(context).show(ui, context).clicked() {
                    context.show(start::StartReview::new(dataset, summary.counts.labeled));
                }
            }
            Some(Page::Review { review, .. }) => self.report.actions_ui(ui, context, dataset, review),
            Some(Page::ReviewSettling { review, .. }) => settle::actions_ui(ui, context, dataset, review),
            _ => {}
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let Some(dataset) = self.dataset else { return };
        self.facts.get(context.backend, &dataset, move |workbench| {
            Ok((workbench.dataset_by_id(dataset)?, workbench.reviews(dataset)?))
        });
        if let Some(page) = self.drawing() {
            page.ui(ui, context);
            return;
        }
        if let Some(page) = self.settling() {
            page.ui(ui, context);
            return;
        }
        let Some((summary, reviews)) = self.facts.latest() else {
            widgets::not_yet(ui, context, self.facts.failure(), self.facts.waiting_for());
            return;
        };
        if let Some(Page::Review { review, .. }) = self.page {
            match reviews.iter().find(|other| other.id == review) {
                Some(review) => self.report.ui(ui, context, review),
                // Deleted, here or elsewhere; or begun a moment ago.
                None if self.facts.waiting_for().is_none() => context.open(Page::Reviews { dataset }),
                None => {}
            }
            return;
        }
        if summary.dataset.kind != DatasetType::ObjectDetection {
            let button = Button::command(Command::LabelDataset, context);
            if widgets::empty_state(ui, context, Icon::ScanEye, &context.tr("reviews-objects-only"), Some(button)) {
                context.open(Page::Labeling { dataset, filter: None });
            }
        } else if reviews.is_empty() {
            let (button, sentence) = (words::start_button(context), context.tr("reviews-empty"));
            if widgets::empty_state(ui, context, Icon::ScanEye, &sentence, Some(button)) {
                context.show(start::StartReview::new(dataset, summary.counts.labeled));
            }
        } else {
            self.list.ui(ui, context, dataset);
        }
    }

    fn has_inspector(&self) -> bool {
        matches!(self.page, Some(Page::ReviewDrawing { .. } | Page::ReviewSettling { .. }))
    }

    fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if let Some(page) = self.drawing() {
            page.inspector_ui(ui, context);
        } else if let Some(page) = self.settling() {
            page.inspector_ui(ui, context);
        }
    }

    fn dataset(&self) -> Option<DatasetId> {
        self.dataset
    }

    fn has_canvas(&self) -> bool {
        matches!(self.page, Some(Page::ReviewDrawing { .. }))
    }

    fn leave(&mut self, context: &Context<'_>) {
        if let Some((review, mut page)) = self.drawing.take() {
            self.unfinished.insert(review, page.leave_for_good(context));
        }
    }

    fn undo_scope(&self) -> Option<UndoScope> {
        let (_, page) = self.drawing.as_ref().filter(|_| self.has_canvas())?;
        Some(page.undo_scope())
    }

    fn shows_undo(&self) -> bool {
        self.has_canvas()
    }

    fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        if let Some(page) = self.drawing() {
            return page.command(command, context);
        }
        match (command, self.settling()) {
            (Command::Undo, Some(page)) => page.undo(context),
            (Command::Redo, Some(page)) => page.redo(context),
            // The dataset's latest edit would not be seen here.
            (Command::Undo | Command::Redo, None) => {}
            _ => return false,
        }
        true
    }
}
