//! Evaluated texts: what people say of them beside what the model found.

use super::images::{Chosen, classified};
use crate::domain::evaluation::{Evaluated, Evaluation};
use crate::domain::text_evaluation::{EvaluatedText, Marked};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::theme::{Tokens, space, text_size};
use crate::ui::widgets;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Label, RichText, Stroke, Ui};
use std::collections::HashMap;

/// A longer text is cut after so many characters.
const LIMIT_CHARS: usize = 400;

/// Texts that stand in files, by source.
#[derive(Default)]
pub struct EvaluatedTexts {
    reading: HashMap<String, Promise<String>>,
    read: HashMap<String, String>,
}

/// A text with what is in it and what was found, in pairs.
pub struct Row<'a> {
    source: &'a str,
    pairs: Vec<(Option<Marked>, Option<Marked>)>,
}

impl<'a> Row<'a> {
    fn of_class(sample: &'a Evaluated) -> Self {
        let whole = |class, score| Some(Marked { class, start: 0, end: 0, score });
        let pairs = vec![(whole(sample.label, 1.0), whole(sample.predicted, sample.confidence))];
        Self { source: &sample.source, pairs }
    }

    fn of_marks(text: &'a EvaluatedText) -> Self {
        let pairs = text.marked_pairs();
        let pairs = pairs.into_iter().map(|(truth, found)| (truth.cloned(), found.cloned())).collect();
        Self { source: &text.source, pairs }
    }
}

/// The texts of a choice; of none, those with mistakes.
pub fn rows(evaluation: &Evaluation, chosen: Option<Chosen>) -> Vec<Row<'_>> {
    let Some(texts) = &evaluation.texts else {
        let samples = chosen.map_or_else(|| evaluation.wrong(), |chosen| classified(evaluation, chosen));
        return samples.into_iter().map(Row::of_class).collect();
    };
    let found = match chosen {
        Some(Chosen::Cell(row, column)) => texts.cell(evaluation.classes.len(), row, column),
        Some(Chosen::MisreadAs(class)) => texts.misread_as(class),
        None => texts.worst(),
    };
    found.into_iter().map(Row::of_marks).collect()
}

impl EvaluatedTexts {
    /// The words of a source, once they are there; those of a file are read.
    fn words(&mut self, context: &Context<'_>, source: &str) -> Option<String> {
        if let Some(words) = source.trim_start().strip_prefix("content://") {
            return Some(words.to_owned());
        }
        if let Some(promise) = self.reading.get(source)
            && let Some(outcome) = promise.take()
        {
            self.reading.remove(source);
            let words = outcome.unwrap_or_else(|fault| context.explain(&fault));
            self.read.insert(source.to_owned(), words);
        }
        if !self.read.contains_key(source) && !self.reading.contains_key(source) {
            let asked = source.to_owned();
            let promise = context.backend.spawn(move |workbench| workbench.text_of_file(&asked));
            self.reading.insert(source.to_owned(), promise);
        }
        self.read.get(source).cloned()
    }

    /// Draws a text, and below it what is said of it.
    pub fn row_ui(&mut self, ui: &mut Ui, context: &Context<'_>, row: &Row<'_>, evaluation: &Evaluation) {
        let tokens = context.tokens;
        let words = self.words(context, row.source).unwrap_or_else(|| "…".to_owned());
        tokens.card().inner_margin(egui::Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.add(Label::new(marked_words(tokens, &words, &row.pairs)).wrap());
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = space::M;
                for (truth, found) in &row.pairs {
                    let [is, was] = [truth, found].map(|marked| marked.as_ref().map(|marked| marked.class));
                    let color = if is == was { tokens.success_text } else { tokens.danger_text };
                    let sentence = sentence(context, evaluation, &words, truth.as_ref(), found.as_ref());
                    ui.label(RichText::new(sentence).size(text_size::SMALL).color(color));
                }
            });
        });
    }
}

/// What is said of one mark: what it is and what it was found as.
fn sentence(
    context: &Context<'_>,
    evaluation: &Evaluation,
    words: &str,
    truth: Option<&Marked>,
    found: Option<&Marked>,
) -> String {
    let class = |marked: &Marked| evaluation.classes.get(marked.class).cloned().unwrap_or_default();
    let covered = truth.or(found).filter(|marked| marked.end > 0).map(|marked| {
        let count = marked.end.saturating_sub(marked.start) as usize;
        let covered: String = words.chars().skip(marked.start as usize).take(count).collect();
        format!("{covered}: ")
    });
    let confidence = |marked: &Marked| format::percent(marked.score, 1);
    let said = match (truth, found) {
        (Some(truth), Some(found)) if truth.class == found.class => format!("{} {}", class(found), confidence(found)),
        (Some(truth), Some(found)) => {
            let arguments = [
                ("label", class(truth).into()),
                ("predicted", class(found).into()),
                ("confidence", confidence(found).into()),
            ];
            context.tr_with("texts-misread", &arguments)
        }
        (Some(truth), None) => context.tr_with("texts-missed", &[("label", class(truth).into())]),
        (None, Some(found)) => {
            let arguments = [("predicted", class(found).into()), ("confidence", confidence(found).into())];
            context.tr_with("texts-false", &arguments)
        }
        (None, None) => String::new(),
    };
    covered.unwrap_or_default() + &said
}

/// The words, with what is in them underlined and what was found shaded.
fn marked_words(tokens: &Tokens, words: &str, pairs: &[(Option<Marked>, Option<Marked>)]) -> LayoutJob {
    let covers = |marked: &Marked, at: usize| (marked.start as usize..marked.end as usize).contains(&at);
    let mut job = LayoutJob::default();
    let base = TextFormat::simple(FontId::proportional(text_size::BODY), tokens.text);
    let mut append = |piece: &str, is_there: bool, is_found: bool| {
        let underline = if is_there { Stroke::new(2.0, tokens.accent_text) } else { Stroke::NONE };
        let background = if is_found { tokens.selected } else { Color32::TRANSPARENT };
        job.append(piece, 0.0, TextFormat { underline, background, ..base.clone() });
    };
    let (mut piece, mut state) = (String::new(), (false, false));
    for (at, character) in words.chars().take(LIMIT_CHARS).enumerate() {
        let is_there = pairs.iter().any(|(truth, _)| truth.as_ref().is_some_and(|truth| covers(truth, at)));
        let is_found = pairs.iter().any(|(_, found)| found.as_ref().is_some_and(|found| covers(found, at)));
        if (is_there, is_found) != state {
            append(&piece, state.0, state.1);
            piece.clear();
            state = (is_there, is_found);
        }
        piece.push(character);
    }
    append(&piece, state.0, state.1);
    if words.chars().nth(LIMIT_CHARS).is_some() {
        append("…", false, false);
    }
    job
}

/// What underlines and shades mean.
pub fn legend_ui(ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation) {
    if evaluation.texts.as_ref().is_some_and(crate::domain::text_evaluation::TextEvaluation::has_entities) {
        widgets::weak(ui, context, context.tr("texts-legend"));
    }
}
