//! A field for a folder or a file: a typed path, or the system's own dialog.

use super::{Button, Field};
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::theme::space;
use egui::Ui;
use std::path::PathBuf;
use std::time::Duration;

/// A dialog that a person has seen takes longer.
const SHORTEST_DIALOG: Duration = Duration::from_millis(400);

/// What may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    Folder,
    /// A manifest file.
    Manifest,
    /// Any file.
    File,
}

/// The state of a path field: a file dialog that may be open.
#[derive(Default)]
pub struct PathField {
    dialog: Option<Promise<Option<PathBuf>>>,
}

impl PathField {
    /// Draws it; true if the text changed.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        field: Field<'_>,
        kind: PathKind,
        text: &mut String,
    ) -> bool {
        let mut changed = false;
        if let Some(path) = picked(context, &mut self.dialog) {
            *text = path.to_string_lossy().into_owned();
            changed = true;
        }
        ui.horizontal_top(|ui| {
            let browse = context.tr("browse");
            let button_width = 112.0;
            let width = ui.available_width() - button_width - space::S;
            let name = field.name().to_owned();
            changed |= field.width(width).show(ui, context, text).changed();
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                // Beside the field itself, below its label.
                ui.add_space(ui.text_style_height(&egui::TextStyle::Small) + space::XS);
                ui.set_width(button_width);
                let button = Button::secondary(browse).icon(Icon::FolderOpen).enabled(self.dialog.is_none());
                let response = button.wide().show(ui, context);
                let clicked = response.clicked();
                response.accessible_name(format!("{}: {name}", context.tr("browse")));
                if clicked {
                    self.dialog = Some(pick(context, kind));
                }
            });
        });
        changed
    }
}

/// Opens the system's dialog for one folder or file; the promise holds what was picked.
pub fn pick(context: &Context<'_>, kind: PathKind) -> Promise<Option<PathBuf>> {
    let dialog = rfd::AsyncFileDialog::new();
    let picking: std::pin::Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>> = match kind {
        PathKind::Folder => Box::pin(dialog.pick_folder()),
        PathKind::Manifest => Box::pin(dialog.add_filter("manifest", &["manifest", "json", "jsonl"]).pick_file()),
        PathKind::File => Box::pin(dialog.pick_file()),
    };
    context.backend.run_aside(move || wait_for(picking)?.map(|file| file.path().to_path_buf()))
}

/// What was picked in a dialog, once it is over. One that ends at once without an answer was never seen: the system has
/// none, and the person is told.
pub fn picked<T>(context: &Context<'_>, dialog: &mut Option<Promise<Option<T>>>) -> Option<T> {
    let (outcome, age) = dialog.as_ref().and_then(|promise| Some((promise.take()?, promise.age())))?;
    *dialog = None;
    let picked = outcome.ok().flatten();
    if picked.is_none() && age < SHORTEST_DIALOG {
        context.notify(Notification::info(context.tr("browse-none")));
    }
    picked
}

/// `None` if no runtime can be made, which is as if nothing had been picked: a path can still be typed.
fn wait_for<T>(future: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    Some(runtime.block_on(future))
}
