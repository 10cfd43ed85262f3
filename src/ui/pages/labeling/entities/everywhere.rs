//! The dialog that labels every occurrence of a text, a pattern or the words of a list: what it would do is shown first.

use super::{EntitiesPage, range_of};
use crate::domain::{DatasetId, LabelId, SampleId};
use crate::text::format;
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::detection::color_of;
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::theme::{Tokens, text_size};
use crate::ui::widgets::{self, Field};
use crate::workbench::{Find, Hit, OccurrencePreview, Occurrences, Scope, Task};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{FontFamily, FontId, Ui};
use std::sync::Arc;

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
    preview: Query<Occurrences, OccurrencePreview>,
    just_opened: bool,
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
            preview: Query::default(),
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
        let word = |line: &str| match line.split_once('\t') {
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
        let labels: Vec<(LabelId, String)> =
            self.labels.rows().iter().map(|row| (row.label.id, row.label.name.to_string())).collect();
        widgets::dropdown(ui, context, &context.tr("everywhere-label"), &mut self.label, &labels);
        let scopes = [(true, "everywhere-dataset"), (false, "everywhere-here")];
        let scopes = scopes.map(|(whole, id)| (whole, context.tr(id), None));
        widgets::segments(ui, context, &mut self.in_dataset, &scopes);
    }

    /// The places that were found; returns how many there are once that is known.
    fn preview_ui(&mut self, ui: &mut Ui, context: &Context<'_>, wanted: &Occurrences) -> Option<u64> {
        let (dataset, asked) = (self.dataset, wanted.clone());
        let preview = self.preview.get(context.backend, wanted, move |workbench| {
            workbench.preview_occurrences(dataset, &asked, &Task::silent())
        });
        let Some(preview) = preview else {
            match self.preview.failure() {
                Some(failure) => widgets::failure(ui, context, failure),
                None => widgets::loading(ui, context, self.preview.waiting_for()),
            }
            return None;
        };
        let arguments = [("hits", preview.hits.into()), ("samples", preview.samples.into())];
        widgets::section(ui, context, context.tr_with("everywhere-hits", &arguments));
        egui::ScrollArea::vertical().id_salt("everywhere-hits").max_height(220.0).auto_shrink([false, true]).show_rows(
            ui,
            22.0,
            preview.shown.len(),
            |ui, range| {
                for hit in &preview.shown[range] {
                    let job = line_of(hit, context.tokens, color_of(&self.labels, Some(hit.label)));
                    ui.add(egui::Label::new(job).truncate());
                }
            },
        );
        if (preview.shown.len() as u64) < preview.hits {
            let count = format::count(preview.shown.len() as u64);
            widgets::weak(ui, context, context.tr_with("everywhere-more", &[("count", count.into())]));
        }
        Some(preview.hits)
    }
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
        let hits = match &wanted {
            Ok(Some(wanted)) => self.preview.of(wanted).map_or(0, |preview| preview.hits),
            _ => 0,
        };
        let footer = DialogFrame::new("everywhere", context.tr("everywhere-title"))
            .confirm(context.tr_with("everywhere-confirm", &[("hits", hits.into())]), Icon::CopyCheck)
            .enabled(hits > 0)
            .enter_confirms(self.way != Way::Words)
            .show(egui, context, |ui| {
                self.form_ui(ui, context);
                match &wanted {
                    Ok(Some(wanted)) => drop(self.preview_ui(ui, context, wanted)),
                    Ok(None) => {}
                    Err(name) => {
                        let text = context.tr_with("everywhere-unknown-label", &[("name", name.as_str().into())]);
                        ui.colored_label(context.tokens.danger_text, text);
                    }
                }
            });
        if let (true, Ok(Some(wanted))) = (footer.confirmed, wanted) {
            let dataset = self.dataset;
            let done =
                context.backend.write(move |workbench| workbench.label_occurrences(dataset, &wanted, &Task::silent()));
            context.follow(done, |context, outcome| {
                if let Ok(receipt) = outcome {
                    let text = context.tr_with("everywhere-done", &[("count", receipt.changed.into())]);
                    context.notify(Notification::success(text));
                }
            });
            return false;
        }
        !footer.closed
    }
}
