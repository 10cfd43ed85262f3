//! Adding images: pick files or type a path, see what was found, then copy it into the dataset's input folder.

use super::sources::Sources;
use crate::domain::{DatasetId, Explanation};
use crate::text::format;
use crate::ui::backend::Promise;
use crate::ui::context::Context;
use crate::ui::dialogs::{Dialog, DialogFrame};
use crate::ui::icons::{self, Icon};
use crate::ui::notifications::Notification;
use crate::ui::pages::labeling::tile::{fitted, line};
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button};
use crate::workbench::{ActivityKind, AddImagesReport, PickedImage, Task, Workbench};
use egui::{Color32, ColorImage, Pos2, Rect, Sense, TextureHandle, TextureOptions, Ui, pos2, vec2};
use std::path::PathBuf;

/// Files of pictures, for the system's dialog.
const EXTENSIONS: &[&str] = &["jpg", "jpeg", "png", "bmp", "gif", "webp", "tif", "tiff"];
/// The height of a picked file in the list, in points.
const ROW_PX: f32 = 44.0;

struct Picked {
    image: PickedImage,
    texture: Option<TextureHandle>,
}

/// The dialog.
pub struct AddImages {
    dataset: DatasetId,
    name: String,
    sources: Sources<PickedImage>,
    picked: Vec<Picked>,
    adding: Option<Promise<AddImagesReport>>,
    failure: Option<Explanation>,
}

impl AddImages {
    /// The dialog, with files that were dropped.
    pub fn new(dataset: DatasetId, name: String, paths: Vec<PathBuf>) -> Self {
        Self { dataset, name, sources: Sources::new(paths), picked: Vec::new(), adding: None, failure: None }
    }

    fn settle(&mut self, context: &Context<'_>) -> bool {
        match self.sources.settle(context, Workbench::look_at_images) {
            Some(Ok(found)) => {
                self.failure = found.is_empty().then(|| Explanation::bad_input("no-images-found"));
                for image in found {
                    if self.picked.iter().all(|other| other.image.path != image.path) {
                        self.picked.push(Picked { image, texture: None });
                    }
                }
            }
            Some(Err(explanation)) => self.failure = Some(explanation),
            None => {}
        }
        match self.adding.as_ref().and_then(Promise::take) {
            Some(Ok(report)) => {
                let text = context.tr_with("labeling-added", &[("count", report.added.len().into())]);
                context.notify(Notification::success(text).with_warnings(context, &report.warnings));
                return false;
            }
            // The frame tells why, with the rest of the jobs.
            Some(Err(_)) => self.adding = None,
            None => {}
        }
        true
    }

    fn usable(&self) -> impl Iterator<Item = &Picked> {
        self.picked.iter().filter(|picked| picked.image.thumbnail.is_ok())
    }

    fn add(&mut self, context: &Context<'_>) {
        let paths: Vec<PathBuf> = self.usable().map(|picked| picked.image.path.clone()).collect();
        let dataset = self.dataset;
        let work = move |workbench: &Workbench, task: &Task| workbench.add_images(dataset, &paths, task);
        self.adding = Some(context.backend.run(ActivityKind::AddImages, &self.name, work));
    }

    fn picked_ui(&mut self, ui: &mut Ui, context: &Context<'_>) {
        let mut removed = None;
        let count = self.picked.len();
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            widgets::scroll_up_to(300.0).id_salt("picked").show_rows(ui, ROW_PX, count, |ui, range| {
                for index in range {
                    if row_ui(ui, context, &mut self.picked[index]) {
                        removed = Some(index);
                    }
                }
            });
        });
        if let Some(index) = removed {
            self.picked.remove(index);
        }
    }
}

/// A picked file; true if it was taken out of the list.
fn row_ui(ui: &mut Ui, context: &Context<'_>, picked: &mut Picked) -> bool {
    let tokens = context.tokens;
    let mut removed = false;
    let name = picked.image.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    ui.push_id(&picked.image.path, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(ROW_PX);
            let (rect, _) = ui.allocate_exact_size(vec2(40.0, 40.0), Sense::hover());
            ui.painter().rect_filled(rect, theme::CORNER, tokens.canvas);
            let second = match &picked.image.thumbnail {
                Ok(picture) => {
                    let texture = picked.texture.get_or_insert_with(|| {
                        let size = [picture.width_px as usize, picture.height_px as usize];
                        let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
                        ui.ctx().load_texture("picked", image, TextureOptions::LINEAR)
                    });
                    let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
                    ui.painter().image(texture.id(), fitted(rect, texture.size_vec2()), uv, Color32::WHITE);
                    (format::bytes(picked.image.size_bytes), tokens.text_weak)
                }
                Err(explanation) => {
                    icons::paint(ui.painter(), rect.center(), Icon::ImageOff, 18.0, tokens.danger_text);
                    (context.explain_parts(explanation).message, tokens.danger_text)
                }
            };
            let width = (ui.available_width() - 40.0).max(60.0);
            let (rect, response) = ui.allocate_exact_size(vec2(width, 40.0), Sense::hover());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{name} {}", second.0)));
            let first = line(ui.painter(), &name, text_size::BODY, tokens.text, width);
            ui.painter().galley(rect.min + vec2(0.0, 2.0), first, tokens.text);
            let second_line = line(ui.painter(), &second.0, text_size::SMALL, second.1, width);
            ui.painter().galley(rect.min + vec2(0.0, 21.0), second_line, second.1);
            response.on_hover_text(picked.image.path.display().to_string());
            let tip = context.tr_with("labeling-add-leave-out", &[("name", name.as_str().into())]);
            removed = Button::ghost("").icon(Icon::X).tip(tip).small().show(ui, context).clicked();
        });
    });
    removed
}

impl Dialog for AddImages {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        if !self.settle(context) {
            return false;
        }
        let usable = self.usable().count();
        let size: u64 = self.usable().map(|picked| picked.image.size_bytes).sum();
        let confirm = match usable {
            0 => context.tr("labeling-add-images"),
            count => context.tr_with("labeling-add-confirm", &[("count", count.into())]),
        };
        let failure = self.failure.take();
        let frame = DialogFrame::new("labeling-add-images", context.tr("labeling-add-images"))
            .confirm(confirm, Icon::ImagePlus)
            .enabled(usable > 0 && self.sources.is_quiet())
            .busy(self.adding.is_some())
            .enter_confirms(!self.sources.is_typing())
            .failure(failure.as_ref());
        let footer = frame.show(egui, context, |ui| {
            self.sources.ui(ui, context, &context.tr("labeling-add-images"), EXTENSIONS);
            widgets::weak(ui, context, context.tr("labeling-add-note"));
            ui.add_space(space::S);
            self.sources.progress_ui(ui, context);
            if !self.picked.is_empty() {
                let broken = self.picked.len() - usable;
                let mut text = context
                    .tr_with("labeling-add-found", &[("count", usable.into()), ("size", format::bytes(size).into())]);
                if broken > 0 {
                    text.push_str(" · ");
                    text.push_str(&context.tr_with("labeling-add-broken", &[("count", broken.into())]));
                }
                widgets::weak(ui, context, text);
                self.picked_ui(ui, context);
            }
        });
        self.failure = failure;
        if footer.confirmed && usable > 0 && self.adding.is_none() {
            self.add(context);
        }
        // The copying goes on in the jobs panel when the dialog is closed.
        !footer.closed
    }
}
