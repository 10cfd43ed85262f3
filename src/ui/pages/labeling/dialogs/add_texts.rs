//! Adding texts: pick files or type a path, see how they were understood, then copy them into the dataset's input
//! folder.

use super::sources::Sources;
use crate::domain::{DatasetId, Explanation, TextSplit};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame, text_split};
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::tile::line;
use crate::ui::theme::{space, text_size};
use crate::ui::widgets::{self, Button};
use crate::workbench::{ActivityKind, AddTextsReport, PickedText, Task, TextLook, Workbench};
use egui::{Color32, RichText, Sense, Ui, vec2};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Files of texts, for the system's dialog.
const EXTENSIONS: &[&str] = &["txt", "csv", "tsv"];
/// Files that the list shows; the others are only counted.
const LISTED: usize = 100;
/// Texts shown of each file.
const SHOWN: usize = 3;

/// The dialog.
pub struct AddTexts {
    dataset: DatasetId,
    name: String,
    split: TextSplit,
    /// An empty dataset takes any way of splitting for its own.
    is_empty: bool,
    sources: Sources<PickedText>,
    picked: Vec<PickedText>,
    adding: Option<Promise<AddTextsReport>>,
    failure: Option<Explanation>,
}

impl AddTexts {
    /// The dialog, with files that were dropped.
    pub fn new(dataset: DatasetId, name: String, split: TextSplit, is_empty: bool, paths: Vec<PathBuf>) -> Self {
        Self {
            dataset,
            name,
            split,
            is_empty,
            sources: Sources::new(paths),
            picked: Vec::new(),
            adding: None,
            failure: None,
        }
    }

    fn settle(&mut self, context: &Context<'_>) -> bool {
        let (dataset, split) = (self.dataset, self.split);
        let look = move |workbench: &Workbench, paths: &[PathBuf], task: &Task| {
            workbench.look_at_texts(dataset, paths, split, task)
        };
        match self.sources.settle(context, look) {
            Some(Ok(found)) => {
                self.failure = found.is_empty().then(|| Explanation::bad_input("no-texts-found"));
                let known: HashSet<PathBuf> = self.picked.iter().flat_map(PickedText::paths).collect();
                self.picked.extend(found.into_iter().filter(|file| !known.contains(&file.path)));
            }
            Some(Err(explanation)) => self.failure = Some(explanation),
            None => {}
        }
        match self.adding.as_ref().and_then(Promise::take) {
            Some(Ok(report)) => {
                let text = context.tr_with("labeling-texts-added", &[("count", report.added.into())]);
                let mut notification = Notification::success(text);
                if report.known > 0 {
                    let known = context.tr_with("labeling-texts-known", &[("count", report.known.into())]);
                    notification.details.push(known);
                }
                if report.labeled > 0 {
                    let labeled = context.tr_with("labeling-texts-labeled", &[("count", report.labeled.into())]);
                    notification.details.push(labeled);
                }
                context.notify(notification.with_said(context, &report.said).with_warnings(context, &report.warnings));
                return false;
            }
            // The frame tells why, with the rest of the jobs.
            Some(Err(_)) => self.adding = None,
            None => {}
        }
        true
    }

    fn looks(&self) -> impl Iterator<Item = (&PickedText, &TextLook)> {
        self.picked.iter().filter_map(|picked| Some((picked, picked.look.as_ref().ok()?)))
    }

    fn add(&mut self, context: &Context<'_>) {
        let paths: Vec<PathBuf> = self.looks().flat_map(|(picked, _)| picked.paths()).collect();
        let (dataset, split) = (self.dataset, self.split);
        let work = move |workbench: &Workbench, task: &Task| workbench.add_texts(dataset, &paths, split, task);
        self.adding = Some(context.backend.run(ActivityKind::AddTexts, &self.name, work));
    }

    fn picked_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let texts: u64 = self.looks().map(|(_, look)| look.texts).sum();
        let labeled: u64 = self.looks().map(|(_, look)| look.labeled).sum();
        let mut found = context.tr_with("labeling-texts-found", &[("count", texts.into())]);
        if labeled > 0 {
            found.push_str(" · ");
            found.push_str(&context.tr_with("labeling-texts-found-labeled", &[("count", labeled.into())]));
        }
        widgets::weak(ui, context, found);
        let mut removed = None;
        widgets::scroll_up_to(320.0).id_salt("picked").show(ui, |ui| {
            for (index, picked) in self.picked.iter().enumerate().take(LISTED) {
                ui.push_id(&picked.path, |ui| {
                    if file_ui(ui, context, picked) {
                        removed = Some(index);
                    }
                });
            }
            let more = self.picked.len().saturating_sub(LISTED);
            if more > 0 {
                widgets::weak(ui, context, context.tr_with("labeling-texts-more", &[("count", more.into())]));
            }
        });
        if let Some(index) = removed {
            self.picked.remove(index);
        }
    }
}

fn small(ui: &mut Ui, text: String, color: Color32) {
    ui.add(egui::Label::new(RichText::new(text).size(text_size::SMALL).color(color)).wrap());
}

/// A picked file; true if it was taken out of the list.
fn file_ui(ui: &mut Ui, context: &Context<'_>, picked: &PickedText) -> bool {
    let tokens = context.tokens;
    let name = picked.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut removed = false;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.horizontal(|ui| {
        widgets::section(ui, context, &name).on_hover_text(picked.path.display().to_string());
        if let Some(result) = picked.result.as_deref().and_then(Path::file_name) {
            let result = result.to_string_lossy();
            widgets::weak(ui, context, context.tr_with("labeling-texts-result", &[("name", result.as_ref().into())]));
        }
        widgets::weak(ui, context, format::bytes(picked.size_bytes));
        let tip = context.tr_with("labeling-add-leave-out", &[("name", name.as_str().into())]);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            removed = Button::ghost("").icon(Icon::X).tip(tip).small().show(ui, context).clicked();
        });
    });
    match &picked.look {
        Err(explanation) => {
            let explained = context.explain_parts(explanation);
            small(ui, explained.message, tokens.danger_text);
            explained.next.into_iter().for_each(|next| small(ui, next, tokens.text_weak));
        }
        Ok(look) => {
            let mut counts = context.tr_with("labeling-texts-name", &[("count", look.texts.into())]);
            if !look.labels.is_empty() {
                counts.push_str(" · ");
                counts.push_str(&look.labels.join(", "));
            }
            small(ui, counts, tokens.text_weak);
            for said in &look.said {
                small(ui, context.explain_parts(said).message, tokens.text_weak);
            }
            for warning in &look.warnings {
                small(ui, context.explain_parts(warning).message, tokens.warning_text);
            }
            for text in look.first.iter().take(SHOWN) {
                let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 20.0), Sense::hover());
                response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
                let text = text.replace(char::is_control, " ");
                let galley = line(ui.painter(), &text, text_size::BODY, tokens.text, rect.width() - space::S);
                ui.painter().galley(rect.min + vec2(space::S, 0.0), galley, tokens.text);
            }
        }
    }
    ui.add_space(space::S);
    removed
}

impl Dialog for AddTexts {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        if !self.settle(context) {
            return false;
        }
        let texts: u64 = self.looks().map(|(_, look)| look.texts).sum();
        let confirm = match texts {
            0 => context.tr("labeling-add-texts"),
            count => context.tr_with("labeling-texts-confirm", &[("count", count.into())]),
        };
        let failure = self.failure.take();
        let title = context.tr("labeling-add-texts");
        let frame = DialogFrame::new("labeling-add-texts", title.clone())
            .from_top()
            .width(640.0)
            .confirm(confirm, Icon::FilePlus)
            .enabled(texts > 0 && self.sources.is_quiet())
            .busy(self.adding.is_some())
            .enter_confirms(!self.sources.is_typing())
            .failure(failure.as_ref());
        let footer = frame.show(egui, context, |ui| {
            self.sources.ui(ui, context, &title, EXTENSIONS);
            widgets::weak(ui, context, context.tr("labeling-add-texts-note"));
            if self.is_empty {
                ui.add_space(space::XS);
                if text_split::ui(ui, context, &mut self.split) {
                    let again: Vec<_> = self.picked.drain(..).flat_map(|picked| picked.paths()).collect();
                    self.sources.look_again(again);
                }
            }
            ui.add_space(space::S);
            self.sources.progress_ui(ui, context);
            if !self.picked.is_empty() {
                self.picked_ui(ui, context);
            }
        });
        self.failure = self.failure.take().or(failure);
        if footer.confirmed && texts > 0 && self.adding.is_none() {
            self.add(context);
        }
        // The copying goes on in the jobs panel when the dialog is closed.
        !footer.closed
    }
}
