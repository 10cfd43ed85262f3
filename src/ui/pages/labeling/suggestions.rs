//! What models suggest: accepted or refused one by one, for the selection, or all that a model is sure of.

use super::LabelingPage;
use super::filter::Tab;
use super::keys::Action;
use super::selection::IndexSet;
use crate::domain::query::SampleRow;
use crate::domain::{Annotation, AnnotationId, AnnotationSet, Edit, LabelId};
use crate::text::format;
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets::{self, Button};
use crate::workbench::{Result, View, Workbench};
use egui::Ui;

/// Rows counted at once, and in all: more are told as “or more”.
const CHUNK: usize = 2_000;
const COUNTED: usize = 20_000;

/// How many samples of a view have a suggestion of each sureness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sureness {
    /// By whole percent.
    by_percent: [u64; 101],
    /// The view has more samples than were counted.
    more: bool,
}

impl Sureness {
    /// Samples with a suggestion at least so sure, in percent.
    #[must_use]
    pub fn at_least(&self, percent: u8) -> u64 {
        self.by_percent.iter().skip(usize::from(percent)).sum()
    }
}

/// What the page keeps for suggestions.
pub struct Suggestions {
    /// In percent.
    threshold: u8,
    sureness: Query<u64, Sureness>,
}

impl Default for Suggestions {
    fn default() -> Self {
        Self { threshold: 90, sureness: Query::default() }
    }
}

/// The suggestions of a sample.
pub fn suggestions(row: &SampleRow) -> impl Iterator<Item = &Annotation> {
    row.annotations.iter().filter(|annotation| matches!(annotation.set, AnnotationSet::Suggestion(_)))
}

/// Whole percent, downwards: what is shown as 90 % is at least that.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100")]
fn percent_of(annotation: &Annotation) -> u8 {
    // The smallest step more, so that 0.29 counts as 29 % whatever its binary digits.
    (annotation.confidence.unwrap_or(1.0) * 100.0 + 1e-9).floor().clamp(0.0, 100.0) as u8
}

fn count(workbench: &Workbench, view: &View) -> Result<Sureness> {
    let mut by_percent = [0; 101];
    let end = view.len().min(COUNTED);
    let mut at = 0;
    while at < end {
        let next = (at + CHUNK).min(end);
        for row in workbench.rows(view, at..next)? {
            if let Some(sure) = suggestions(&row).map(percent_of).max() {
                by_percent[usize::from(sure)] += 1;
            }
        }
        at = next;
    }
    Ok(Sureness { by_percent, more: view.len() > end })
}

impl LabelingPage {
    /// What is suggested for the targets is right: it becomes the person's own. Returns the targets that had nothing
    /// suggested.
    pub(super) fn accept_targets(&mut self, targets: IndexSet, context: &Context<'_>) -> IndexSet {
        let accept = || Edit::Accept { samples: Vec::new(), annotations: None, at_least: 0.0 };
        if !self.are_read(&targets) {
            if self.filter.tab != Tab::ToConfirm {
                return targets;
            }
            self.submit(accept(), targets, context);
            return IndexSet::default();
        }
        let (mut suggested, mut rest) = (IndexSet::default(), targets.clone());
        for index in targets.iter() {
            if self.rows.row(index).is_some_and(|row| suggestions(row).next().is_some()) {
                suggested.insert(index..index + 1);
                rest.remove(&(index..index + 1));
            }
        }
        self.submit(accept(), suggested, context);
        rest
    }

    /// What is suggested for the targets is wrong; on to the next.
    pub(super) fn refuse_targets(&mut self, context: &Context<'_>) {
        let targets = self.selection.targets();
        let Some(last) = targets.last() else { return };
        self.submit(Edit::Refuse { samples: Vec::new(), annotations: None }, targets, context);
        self.advance(last, context);
    }

    /// Accepts or refuses what is suggested with one label for the targets; false if that is suggested for none.
    pub(super) fn answer_label(&mut self, label: LabelId, accept: bool, context: &Context<'_>) -> bool {
        let targets = self.selection.targets();
        if !self.are_read(&targets) {
            return false;
        }
        let rows = targets.iter().filter_map(|index| self.rows.row(index));
        let of_label = rows.flat_map(suggestions).filter(|annotation| annotation.label == Some(label));
        let chosen: Vec<AnnotationId> = of_label.map(|annotation| annotation.id).collect();
        if chosen.is_empty() {
            return false;
        }
        self.answer(chosen, accept, targets, context);
        true
    }

    /// Accepts or refuses these suggestions of the targets.
    pub(super) fn answer(&mut self, chosen: Vec<AnnotationId>, accept: bool, targets: IndexSet, context: &Context<'_>) {
        let annotations = Some(chosen);
        let edit = if accept {
            Edit::Accept { samples: Vec::new(), annotations, at_least: 0.0 }
        } else {
            Edit::Refuse { samples: Vec::new(), annotations }
        };
        self.submit(edit, targets, context);
    }

    fn are_read(&self, targets: &IndexSet) -> bool {
        targets.len() <= super::actions::NAMED_IN_FRAME && targets.iter().all(|index| self.rows.row(index).is_some())
    }

    /// Accepts every suggestion of the list that the model is sure enough of.
    pub(super) fn accept_sure(&mut self, context: &Context<'_>) {
        if self.filter.tab != Tab::ToConfirm || self.rows.len() == 0 {
            return;
        }
        let at_least = f64::from(self.suggestions.threshold) / 100.0;
        let edit = Edit::Accept { samples: Vec::new(), annotations: None, at_least };
        let mut all = IndexSet::default();
        all.insert(0..self.rows.len());
        self.submit(edit, all, context);
    }

    /// Above the list of what is to be confirmed: all that a model is sure of, at once.
    pub(super) fn suggestions_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        if self.filter.tab != Tab::ToConfirm || self.rows.len() == 0 {
            return;
        }
        let key = self.refreshes;
        if let Some(view) = self.rows.view().cloned() {
            let query = &mut self.suggestions.sureness;
            query.get_or_previous(context.backend, &key, move |workbench| count(workbench, &view));
        }
        let mut accept = None;
        ui.horizontal_wrapped(|ui| {
            widgets::weak(ui, context, context.tr("labeling-sure"));
            ui.spacing_mut().slider_width = 120.0;
            ui.visuals_mut().widgets.inactive.bg_fill = context.tokens.border_strong;
            let slider = egui::Slider::new(&mut self.suggestions.threshold, 0..=100).suffix(" %");
            ui.add(slider).accessible_name(context.tr("labeling-sure-name"));
            let sureness = self.suggestions.sureness.latest();
            let found = sureness.map_or(0, |sureness| sureness.at_least(self.suggestions.threshold));
            let more = if sureness.is_some_and(|sureness| sureness.more) { "+" } else { "" };
            let text =
                context.tr_with("labeling-sure-accept", &[("found", format!("{}{more}", format::count(found)).into())]);
            let button = Button::secondary(text).icon(Icon::CheckCheck).small().keys("Ctrl+Enter");
            if button.enabled(found > 0 || !more.is_empty()).show(ui, context).clicked() {
                accept = Some(Action::AcceptSure);
            }
            let refuse = Button::ghost(context.tr("labeling-refuse")).icon(Icon::X).small().keys("Shift+X");
            if refuse.tip(context.tr("labeling-refuse.tip")).show(ui, context).clicked() {
                accept = Some(Action::Refuse);
            }
        });
        if let Some(action) = accept {
            self.act(action, context);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(confidence: f64) -> Annotation {
        let mut annotation = Annotation::class(LabelId::random(), "model/m".to_owned(), crate::domain::Timestamp(0));
        annotation.confidence = Some(confidence);
        annotation
    }

    #[test]
    fn a_percent_is_reached_by_the_number_that_is_written_so() {
        for percent in 0..=100_u8 {
            assert_eq!(percent_of(&sure(f64::from(percent) / 100.0)), percent);
        }
        assert_eq!(percent_of(&sure(0.899_99)), 89);
    }

    #[test]
    fn samples_are_counted_from_the_threshold_on() {
        let mut sureness = Sureness { by_percent: [0; 101], more: false };
        sureness.by_percent[89] = 3;
        sureness.by_percent[90] = 2;
        sureness.by_percent[100] = 1;
        assert_eq!((sureness.at_least(90), sureness.at_least(0), sureness.at_least(100)), (3, 6, 1));
    }
}
