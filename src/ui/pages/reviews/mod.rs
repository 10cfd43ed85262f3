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
#[cfg(test)]
mod text_tests;
mod words;

use super::labeling::detection::DetectionPage;
use super::labeling::entities::EntitiesPage;
use super::labeling::text::classes_pass::ClassesPass;
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

type Facts = (DatasetSummary, Vec<Review>);

/// The page that labels again, by what there is to label.
enum Drawing {
    Objects(Box<DetectionPage>),
    Classes(Box<ClassesPass>),
    Entities(Box<EntitiesPage>),
}

impl Drawing {
    /// The page of a pass; `None` if the dataset has nothing to compare.
    fn new(kind: DatasetType, (dataset, review): (DatasetId, ReviewId), context: &Context<'_>) -> Option<Self> {
        match kind {
            DatasetType::ObjectDetection => Some(Self::Objects(Box::new(DetectionPage::of_review(dataset, review)))),
            DatasetType::TextClassification => Some(Self::Classes(Box::new(ClassesPass::of_review(dataset, review)))),
            DatasetType::NamedEntity => {
                Some(Self::Entities(Box::new(EntitiesPage::of_review(dataset, review, context))))
            }
            _ => None,
        }
    }

    fn reopen(&mut self) {
        match self {
            Self::Objects(page) => page.reopen_pass(),
            Self::Classes(page) => page.reopen_pass(),
            Self::Entities(page) => page.reopen_pass(),
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        match self {
            Self::Objects(page) => page.ui(ui, context),
            Self::Classes(page) => page.ui(ui, context),
            Self::Entities(page) => page.ui(ui, context),
        }
    }

    fn inspector_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        match self {
            Self::Objects(page) => page.inspector_ui(ui, context),
            Self::Classes(page) => page.inspector_ui(ui, context),
            Self::Entities(page) => page.inspector_ui(ui, context),
        }
    }

    fn undo_scope(&self) -> UndoScope {
        match self {
            Self::Objects(page) => page.undo_scope(),
            Self::Classes(page) => page.undo_scope(),
            Self::Entities(page) => page.undo_scope(),
        }
    }

    fn command(&mut self, command: Command, context: &Context<'_>) -> bool {
        match self {
            Self::Objects(page) => page.command(command, context),
            Self::Classes(page) => page.command(command, context),
            Self::Entities(page) => page.command(command, context),
        }
    }
}

/// Whether second passes compare what a dataset of this kind has.
fn is_compared(kind: DatasetType) -> bool {
    kind == DatasetType::ObjectDetection || kind.is_text()
}

/// The page's state; one of its parts is shown.
#[derive(Default)]
pub(in crate::ui) struct ReviewsPage {
    page: Option<Page>,
    dataset: Option<DatasetId>,
    facts: Query<DatasetId, Facts>,
    list: ReviewList,
    report: ReportView,
    drawing: Option<(ReviewId, Drawing)>,
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

    fn is_drawing(&self) -> bool {
        matches!(self.page, Some(Page::ReviewDrawing { .. }))
    }

    fn drawing(&mut self) -> Option<&mut Drawing> {
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
            *self = Self { dataset: Some(*dataset), ..Self::default() };
        }
        if let Page::ReviewDrawing { review, .. } = page {
            match &mut self.drawing {
                Some((known, page)) if known == review => page.reopen(),
                // Made once it is known what there is to label.
                _ => self.leave(context),
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
        if let (Some(Page::ReviewDrawing { dataset, review }), None, Some((summary, _))) =
            (&self.page, &self.drawing, self.facts.latest())
        {
            let page = Drawing::new(summary.dataset.kind, (*dataset, *review), context);
            self.drawing = page.map(|page| (*review, page));
        }
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
        if !is_compared(summary.dataset.kind) {
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
        self.is_drawing() && matches!(self.drawing, Some((_, Drawing::Objects(_))))
    }

    fn leave(&mut self, context: &Context<'_>) {
        // Of texts nothing is ever half done.
        if let Some((_, Drawing::Objects(mut page))) = self.drawing.take() {
            page.leave_for_good(context);
        }
    }

    fn undo_scope(&self) -> Option<UndoScope> {
        let (_, page) = self.drawing.as_ref().filter(|_| self.is_drawing())?;
        Some(page.undo_scope())
    }

    fn shows_undo(&self) -> bool {
        self.is_drawing()
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
