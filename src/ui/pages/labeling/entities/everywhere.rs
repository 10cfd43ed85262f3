//! The dialog that labels every occurrence of a text, a pattern or the words of a list: what it would do is shown first.

use super::{EntitiesPage, range_of};
use crate::domain::traits::Silent;
use crate::domain::{Cancel, DatasetId, LabelId, SampleId};
use crate::text::format;
use crate::ui::backend::{Outcome, Promise};
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::detection::color_of;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::theme::{Tokens, text_size};
use crate::ui::widgets::{self, Field};
use crate::workbench::{ActivityKind, Find, Hit, OccurrencePreview, Occurrences, Scope, Task, Workbench};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{FontFamily, FontId, Ui};
use std::sync::Arc;
use std::time::Duration;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Text,
    Pattern,
    Words,
}

/// The form's state.
pub struct Everywhere {
    dataset: DatasetId,
    sample: SampleId,
    labels: Arc<LabelTable>,
    way: Way,
    text: String,
    label: LabelId,
    in_dataset: bool,
    preview: Preview,
    /// What the dataset is called, for the jobs panel.
    name: String,
    just_opened: bool,
}

/// How long typing must rest before the dataset is searched, in seconds.
const REST_SECS: f64 = 0.3;

/// What would be found: looked for once typing rests, and no longer than it is asked for.
#[derive(Default)]
struct Preview {
    wanted: Option<Occurrences>,
    /// The time at which `wanted` became what it is, in seconds of egui's clock.
    since_secs: f64,
    /// Whether an input method is composing: what it shows is not looked for.
    is_composing: bool,
    searching: Option<(Promise<OccurrencePreview>, Cancel)>,
    /// Of `wanted`.
    found: Option<Outcome<OccurrencePreview>>,
}

impl Preview {
    /// Takes in what is wanted now, and what was found.
    fn update(
        &mut self,
        egui: &egui::Context,
        context: &Context<'_>,
        dataset: DatasetId,
        wanted: Option<&Occurrences>,
    ) {
        let now_secs = egui.input(|input| input.time);
        if self.wanted.as_ref() != wanted {
            self.stop();
            let is_first = self.wanted.is_none();
            self.since_secs = if is_first { now_secs - REST_SECS } else { now_secs };
            (self.wanted, self.found) = (wanted.cloned(), None);
        }
        if let Some(outcome) = self.searching.as_ref().and_then(|(promise, _)| promise.take()) {
            (self.searching, self.found) = (None, Some(outcome));
        }
        let Some(wanted) = self.wanted.clone() else { return };
        if self.found.is_some() || self.searching.is_some() || self.is_composing {
            return;
        }
        let rest_secs = self.since_secs + REST_SECS - now_secs;
        if rest_secs > 0.0 {
            egui.request_repaint_after(Duration::from_secs_f64(rest_secs));
            return;
        }
        let cancel = Cancel::default();
        let task = Task::new(cancel.clone(), Arc::new(Silent));
        let promise = context.backend.spawn(move |workbench| workbench.preview_occurrences(dataset, &wanted, &task));
        self.searching = Some((promise, cancel));
    }

    fn stop(&mut self) {
        if let Some((_, cancel)) = self.searching.take() {
            cancel.cancel();
        }
    }

    fn hits(&self) -> u64 {
        match &self.found {
            Some(Ok(preview)) => preview.hits,
            _ => 0,
        }
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.stop();
    }
}

impl EntitiesPage {
    /// Opens the dialog for the chosen entity's words, else for what is selected.
    pub(super) fn ask_everywhere(&self, context: &Context<'_>) {
        let (Some(open), Some(view)) = (&self.open, &self.view) else { return };
        let entity = self.chosen_entity();
        let range = entity.and_then(range_of).unwrap_or_else(|| view.selection.range());
        let label = entity.and_then(|entity| entity.label).or(self.label);
        let Some(label) = label.or_else(|| Some(self.walk.labels.rows().first()?.label.id)) else { return };
        context.show(Everywhere {
            dataset: self.walk.dataset,
            sample: open.row.sample.id,
            labels: Arc::clone(&self.walk.labels),
            way: Way::Text,
            text: view.covered(&range).unwrap_or_default().to_owned(),
            label,
            in_dataset: true,
            preview: Preview::default(),
            name: self.title(context),
            just_opened: true,
        });
    }
}

impl Everywhere {
    /// What is asked for.
    ///
    /// # Errors
    /// The name of a label that is not there.
    fn occurrences(&self) -> Result<Option<Occurrences>, String> {
        if self.text.trim().is_empty() {
            return Ok(None);
        }
        let find = match self.way {
            Way::Text => Find::Text(self.text.clone()),
            Way::Pattern => Find::Regex(self.text.clone()),
            Way::Words => Find::Dictionary(self.words()?),
        };
        let scope = if self.in_dataset { Scope::Dataset } else { Scope::Sample(self.sample) };
        Ok(Some(Occurrences { find, label: self.label, scope }))
    }

    fn words(&self) -> Result<Vec<(String, LabelId)>, String> {
        let lines = self.text.lines().map(str::trim).filter(|line| !line.is_empty());
        let word = |line: &str| match label_of_line(line) {
            None => Ok((line.to_owned(), self.label)),
            Some((word, name)) => match self.labels.named(name) {
                Some(label) => Ok((word.trim().to_owned(), label.id)),
                None => Err(name.trim().to_owned()),
            },
        };
        lines.map(word).collect()
    }

    fn form_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let ways =
            [(Way::Text, "everywhere-text"), (Way::Pattern, "everywhere-pattern"), (Way::Words, "everywhere-words")];
        let ways = ways.map(|(way, id)| (way, context.tr(id), None));
        widgets::segments(ui, context, &mut self.way, &ways);
        let field = Field::new(context.tr("everywhere-find")).focus(std::mem::take(&mut self.just_opened));
        let field = match self.way {
            Way::Words => field.rows(6).note(context.tr("everywhere-words-note")),
            Way::Text | Way::Pattern => field,
        };
        field.show(ui, context, &mut self.text);
        self.preview.is_composing = widgets::is_composing(ui);
        let labels: Vec<(LabelId, String)> =
            self.labels.rows().iter().map(|row| (row.label.id, row.label.name.to_string())).collect();
        widgets::dropdown(ui, context, &context.tr("everywhere-label"), &mut self.label, &labels);
        let scopes = [(true, "everywhere-dataset"), (false, "everywhere-here")];
        let scopes = scopes.map(|(whole, id)| (whole, context.tr(id), None));
        widgets::segments(ui, context, &mut self.in_dataset, &scopes);
    }

    /// The places that were found.
    fn preview_ui(&self, ui: &mut Ui, context: &Context<'_>) {
        let preview = match &self.preview.found {
            Some(Ok(preview)) => preview,
            Some(Err(failure)) => return widgets::failure(ui, context, failure),
            None => {
                let waited = self.preview.searching.as_ref().map(|(promise, _)| promise.age());
                return widgets::loading(ui, context, waited);
            }
        };
        let arguments = [("hits", preview.hits.into()), ("samples", preview.samples.into())];
        widgets::section(ui, context, context.tr_with("everywhere-hits", &arguments));
        let count = preview.shown.len();
        widgets::scroll_up_to(220.0).id_salt("everywhere-hits").show_rows(ui, 22.0, count, |ui, range| {
            for hit in &preview.shown[range] {
                let job = line_of(hit, context.tokens, color_of(&self.labels, Some(hit.label)));
                ui.add(egui::Label::new(job).truncate());
            }
        });
        if (preview.shown.len() as u64) < preview.hits {
            let count = format::count(preview.shown.len() as u64);
            widgets::weak(ui, context, context.tr_with("everywhere-more", &[("count", count.into())]));
        }
    }
}

/// A line of the list of words as a word and the name of its own label, which stands after a tab, `=` or `→`. Of several
/// signs the last counts: a word may have one in it.
fn label_of_line(line: &str) -> Option<(&str, &str)> {
    line.split_once('\t').or_else(|| line.rsplit_once(['=', '＝', '→']))
}

/// A hit within the words around it.
fn line_of(hit: &Hit, tokens: &Tokens, color: egui::Color32) -> LayoutJob {
    let font = FontId::new(text_size::BODY, FontFamily::Proportional);
    let mut job = LayoutJob { wrap: TextWrapping::truncate_at_width(f32::INFINITY), ..LayoutJob::default() };
    let flat = |text: &str| text.replace(['\n', '\r', '\t'], " ");
    job.append(&flat(&hit.context_before), 0.0, TextFormat::simple(font.clone(), tokens.text_weak));
    let background = color.gamma_multiply(0.25);
    job.append(&flat(&hit.text), 0.0, TextFormat { background, ..TextFormat::simple(font.clone(), tokens.text) });
    job.append(&flat(&hit.context_after), 0.0, TextFormat::simple(font, tokens.text_weak));
    job
}

impl Dialog for Everywhere {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let wanted = self.occurrences();
        let asked = wanted.as_ref().ok().and_then(Option::as_ref);
        self.preview.update(egui, context, self.dataset, asked);
        let hits = self.preview.hits();
        let footer = DialogFrame::new("everywhere", context.tr("everywhere-title"))
            .confirm(context.tr_with("everywhere-confirm", &[("hits", hits.into())]), Icon::CopyCheck)
            .enabled(hits > 0)
            .enter_confirms(self.way != Way::Words)
            .show(egui, context, |ui| {
                self.form_ui(ui, context);
                match &wanted {
                    Ok(Some(_)) => self.preview_ui(ui, context),
                    Ok(None) => {}
                    Err(name) => {
                        let text = context.tr_with("everywhere-unknown-label", &[("name", name.as_str().into())]);
                        ui.colored_label(context.tokens.danger_text, text);
                    }
                }
            });
        if let (true, Ok(Some(wanted))) = (footer.confirmed, wanted) {
            let dataset = self.dataset;
            let work = move |workbench: &Workbench, task: &Task| workbench.label_occurrences(dataset, &wanted, task);
            let done = context.backend.run(ActivityKind::LabelEverywhere, &self.name, work);
            context.follow(done, move |context, outcome| {
                if let Ok(receipt) = outcome {
                    let text = context.tr_with("everywhere-done", &[("count", receipt.changed.into())]);
                    context.notify(Notification::success(text).with_undo(context, dataset, receipt.entry));
                }
            });
            return false;
        }
        !footer.closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_words_own_label_stands_after_a_tab_or_a_sign() {
        for line in ["北京\tLOC", "北京=LOC", "北京＝LOC", "北京→LOC"] {
            assert_eq!(label_of_line(line), Some(("北京", "LOC")), "{line}");
        }
        assert_eq!(label_of_line("E=mc2=FORMULA"), Some(("E=mc2", "FORMULA")));
        assert_eq!(label_of_line("北京"), None);
    }
}
