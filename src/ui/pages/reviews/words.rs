//! What second passes are called, and where they stand.

use crate::domain::DatasetType;
use crate::domain::review::{Review, ReviewState};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets::{self, Button};
use crate::workbench::{ReviewReport, ReviewedSample};
use egui::{Response, Ui};

/// A pass is called by when it was begun, to the minute.
pub fn name(review: &Review) -> String {
    format::exact(review.created).chars().take("2026-11-22 16:05".len()).collect()
}

/// The button that begins one.
pub fn start_button(context: &Context<'_>) -> Button {
    Button::primary(context.tr("review-start")).icon(Icon::Plus).tip(context.tr("review-start.tip"))
}

/// Its extent: the share, and how many images that is.
pub fn extent(context: &Context<'_>, review: &Review) -> String {
    let share = format::percent(review.share, usize::from(review.share < 0.01));
    let count = format::count(review.samples.len() as u64);
    context.tr_with("review-extent", &[("share", share.into()), ("count", count.into())])
}

/// `12 of 30 done`.
pub fn progress(context: &Context<'_>, done: u64, total: u64) -> String {
    let arguments = [("done", format::count(done).into()), ("total", format::count(total).into())];
    context.tr_with("review-progress", &arguments)
}

/// A figure between 0 and 1, or a dash where there is none.
pub fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format::percent(share, 1))
}

/// Cohen's kappa, or a dash where there is none.
pub fn kappa(kappa: Option<f64>) -> String {
    kappa.map_or_else(|| "–".to_owned(), |kappa| format!("{kappa:.2}"))
}

/// What the two figures about a pass are called, by what its dataset is of; each has a `.meaning`.
pub fn figure_names(kind: DatasetType) -> [&'static str; 2] {
    match kind {
        DatasetType::TextClassification => ["review-agreement", "review-kappa"],
        DatasetType::NamedEntity => ["review-exact", "review-overlapping"],
        _ => ["review-agreement", "review-overlap"],
    }
}

/// The second of the two figures; the first is the share on which both agree.
pub fn second_figure(report: &ReviewReport) -> Option<f64> {
    match report.kind {
        DatasetType::TextClassification => report.kappa,
        DatasetType::NamedEntity => report.overlapping_share,
        _ => report.mean_overlap,
    }
}

/// Both, as they are shown.
pub fn figures(report: &ReviewReport) -> [String; 2] {
    let second = second_figure(report);
    let second = if report.kind == DatasetType::TextClassification { kappa(second) } else { share(second) };
    [share(report.agreed_share), second]
}

/// What can be done with a pass next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has looked yet.
    New,
    /// Some images wait.
    Drawing,
    /// All were looked at; so many of them differ.
    Differs(u64),
    /// Nothing is left to do.
    Settled,
}

/// How many images are to be settled.
pub fn to_settle(report: &ReviewReport) -> u64 {
    report.rows.iter().filter(|row| is_to_settle(row)).count() as u64
}

/// Whether something is to be settled in an image.
pub fn is_to_settle(row: &ReviewedSample) -> bool {
    row.state == ReviewState::Done && row.differences > 0
}

/// Where a pass stands.
pub fn standing(report: &ReviewReport) -> Standing {
    match (report.done, to_settle(report)) {
        (0, _) if report.samples > 0 => Standing::New,
        (done, _) if done < report.samples => Standing::Drawing,
        (_, 0) => Standing::Settled,
        (_, differ) => Standing::Differs(differ),
    }
}

/// Where a pass stands, as a badge.
pub fn standing_badge(ui: &mut Ui, context: &Context<'_>, report: &ReviewReport) -> Response {
    let tokens = context.tokens;
    let (text, color) = match standing(report) {
        Standing::New => (context.tr("review-standing-new"), tokens.text_weak),
        Standing::Drawing => (context.tr("review-standing-drawing"), tokens.accent_text),
        Standing::Differs(count) => {
            (context.tr_with("review-standing-differs", &[("count", count.into())]), tokens.warning_text)
        }
        Standing::Settled => (context.tr("review-standing-settled"), tokens.success_text),
    };
    widgets::badge(ui, context, &text, color)
}

/// Where an image of a pass stands, as a badge.
pub fn sample_badge(ui: &mut Ui, context: &Context<'_>, row: &ReviewedSample) -> Response {
    let tokens = context.tokens;
    let (id, color) = match row.state {
        ReviewState::Waiting => ("review-state-waiting", tokens.text_weak),
        ReviewState::Done if row.differences > 0 => ("review-state-differs", tokens.warning_text),
        ReviewState::Done => ("review-state-agrees", tokens.success_text),
        ReviewState::Settled => ("review-state-settled", tokens.success_text),
    };
    widgets::badge(ui, context, &context.tr(id), color)
}
