//! One tile of the grid: the picture, its labels, what was decided, what is wrong with it.

use super::labels::LabelTable;
use super::thumbnails::{Thumbnail, Thumbnails};
use crate::domain::query::SampleRow;
use crate::domain::{AnnotationSet, Label, SampleState};
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::text_view::runs::job_of;
use crate::ui::theme::{self, Tokens, text_size};
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{
    Align2, Color32, FontFamily, FontId, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

/// The height below the picture.
pub const CAPTION_PX: f32 = 20.0;

/// Words that every tile needs, looked up once a frame.
pub struct Words {
    unlabeled: String,
    nothing: String,
    to_confirm: String,
    hard: String,
    deleted: String,
    pub loading: String,
    /// A dialog is open: tiles behind it say nothing.
    pub is_behind_dialog: bool,
}

impl Words {
    /// The words in the person's language.
    #[must_use]
    pub fn new(ui: &Ui, context: &Context<'_>) -> Self {
        Self {
            unlabeled: context.tr("labeling-state-unlabeled"),
            nothing: context.tr("labeling-state-nothing"),
            to_confirm: context.tr("labeling-state-to-confirm"),
            hard: context.tr("labeling-hard"),
            deleted: context.tr("labeling-state-deleted"),
            loading: context.tr("loading"),
            is_behind_dialog: ui.memory(|memory| memory.top_modal_layer().is_some()),
        }
    }

    /// What a screen reader says of a sample's state and labels.
    #[must_use]
    pub fn of<S: AsRef<str>>(&self, row: &SampleRow, labels: &[S]) -> String {
        let state = match row.state {
            _ if row.deleted => &self.deleted,
            SampleState::Unlabeled => &self.unlabeled,
            SampleState::ToConfirm if labels.is_empty() => &self.to_confirm,
            SampleState::Labeled if labels.is_empty() => &self.nothing,
            _ => "",
        };
        let mut text = state.to_owned();
        for (place, label) in labels.iter().enumerate() {
            text.push_str(if place > 0 { ", " } else { "" });
            text.push_str(label.as_ref());
        }
        if is_hard(row) {
            text.push_str(", ");
            text.push_str(&self.hard);
        }
        text
    }
}

/// What a tile shows.
pub struct Tile<'a> {
    /// `None` while it is read.
    pub row: Option<&'a SampleRow>,
    pub index: usize,
    pub selected: bool,
    pub cursor: bool,
    /// Whether a decided sample gets a check: where only undecided ones were asked for.
    pub marks_decided: bool,
    pub side_px: u32,
}

/// The labels to show: the person's, else what a model suggests.
fn shown_labels<'a>(row: &'a SampleRow, table: &'a LabelTable) -> impl Iterator<Item = (&'a Label, bool)> {
    let of_set = move |suggested: bool| {
        row.annotations
            .iter()
            .filter(move |annotation| match annotation.set {
                AnnotationSet::Primary => !suggested,
                AnnotationSet::Suggestion(_) => suggested,
                AnnotationSet::Review(_) => false,
            })
            .filter_map(move |annotation| Some((table.get(annotation.label?)?, suggested)))
    };
    let has_primary = of_set(false).next().is_some();
    of_set(false).chain(of_set(true).filter(move |_| !has_primary && row.state == SampleState::ToConfirm))
}

/// The last part of a name: the file.
pub fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// A line of text that ends in “…” where it does not fit.
pub fn line(
    painter: &Painter,
    text: &str,
    size_points: f32,
    color: Color32,
    width: f32,
) -> std::sync::Arc<egui::Galley> {
    let font = FontId::new(size_points, FontFamily::Proportional);
    let mut job = job_of(text, &TextFormat::simple(font, color));
    job.wrap = TextWrapping { max_width: width.max(0.0), max_rows: 1, break_anywhere: true, ..TextWrapping::default() };
    painter.layout_job(job)
}

impl Tile<'_> {
    /// Draws it into `rect`.
    pub fn show(
        &self,
        ui: &Ui,
        rect: Rect,
        context: &Context<'_>,
        words: &Words,
        labels: &LabelTable,
        thumbnails: &mut Thumbnails,
    ) -> Response {
        // The sample's id, not its place: focus and hover stay with the sample when the view changes.
        let id = match self.row {
            Some(row) => ui.scope_id().with(row.sample.id),
            None => ui.scope_id().with(self.index),
        };
        let response = ui.interact(rect, id, Sense::CLICK);
        let tokens = context.tokens;
        let painter = ui.painter();
        let picture = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.max.y - CAPTION_PX));
        let ground = match (self.selected, response.hovered()) {
            (true, _) => tokens.selected,
            (false, true) => tokens.hover,
            (false, false) => Color32::TRANSPARENT,
        };
        if ground != Color32::TRANSPARENT {
            painter.rect_filled(rect.expand(2.0), theme::CORNER, ground);
        }
        painter.rect_filled(picture, theme::CORNER, tokens.canvas);
        let Some(row) = self.row else {
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, self.selected, &words.loading));
            self.frame(painter, rect, tokens);
            return response;
        };
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListBoxOption, true, self.selected, self.spoken(row, labels, words))
        });
        let reason = picture_ui(painter, picture, context, thumbnails.get(&row.sample, self.side_px));
        if row.deleted {
            painter.rect_filled(picture, theme::CORNER, tokens.page.gamma_multiply(0.6));
        }
        chips_ui(painter, picture, tokens, row, labels);
        marks_ui(painter, picture, tokens, row, self.marks_decided);
        caption_ui(painter, rect, tokens, row);
        self.frame(painter, rect, tokens);
        if words.is_behind_dialog {
            return response;
        }
        match reason {
            Some(reason) => response.on_hover_text(format!("{}\n{reason}", row.sample.name)),
            None => response.on_hover_text(&row.sample.name),
        }
    }

    fn spoken(&self, row: &SampleRow, labels: &LabelTable, words: &Words) -> String {
        let names: Vec<&str> = shown_labels(row, labels).map(|(label, _)| label.name.as_str()).collect();
        format!("{}: {}", row.sample.name, words.of(row, &names))
    }

    fn frame(&self, painter: &Painter, rect: Rect, tokens: &Tokens) {
        let around = rect.expand(2.0);
        if self.cursor {
            painter.rect_stroke(around, theme::CORNER, Stroke::new(2.0, tokens.focus), StrokeKind::Outside);
        } else if self.selected {
            painter.rect_stroke(around, theme::CORNER, Stroke::new(1.0, tokens.focus), StrokeKind::Outside);
        }
    }
}

pub fn is_hard(row: &SampleRow) -> bool {
    row.primary().any(|annotation| annotation.hard == Some(true))
}

/// The largest rectangle of the picture's shape that fits, centred.
pub fn fitted(area: Rect, size: egui::Vec2) -> Rect {
    let scale = (area.width() / size.x.max(1.0)).min(area.height() / size.y.max(1.0));
    Rect::from_center_size(area.center(), size * scale)
}

fn picture_ui(painter: &Painter, area: Rect, context: &Context<'_>, thumbnail: Thumbnail<'_>) -> Option<String> {
    match thumbnail {
        Thumbnail::Ready(texture) => {
            let rect = fitted(area, texture.size_vec2());
            let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
            let shape =
                egui::epaint::RectShape::filled(rect, theme::CORNER, Color32::WHITE).with_texture(texture.id(), uv);
            painter.add(shape);
            None
        }
        Thumbnail::Loading => {
            icons::paint(painter, area.center(), Icon::Image, 20.0, context.tokens.border_strong);
            None
        }
        Thumbnail::Broken(explanation) => {
            let tokens = context.tokens;
            let reason = context.explain_parts(explanation).message;
            icons::paint(painter, area.center() - vec2(0.0, 16.0), Icon::ImageOff, 20.0, tokens.danger_text);
            let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
            let mut job = LayoutJob::single_section(reason.clone(), TextFormat::simple(font, tokens.text));
            job.halign = egui::Align::Center;
            job.wrap = TextWrapping { max_width: area.width() - 12.0, max_rows: 3, ..TextWrapping::default() };
            let galley = painter.layout_job(job);
            painter.with_clip_rect(area.intersect(painter.clip_rect())).galley(
                pos2(area.center().x, area.center().y - 2.0),
                galley,
                tokens.text,
            );
            Some(reason)
        }
    }
}

/// Labels over the lower edge of the picture: as many as fit, then how many more.
fn chips_ui(painter: &Painter, picture: Rect, tokens: &Tokens, row: &SampleRow, labels: &LabelTable) {
    const HEIGHT: f32 = 18.0;
    let mut bottom = picture.max.y - 4.0;
    let room = picture.width() - 8.0;
    let shown: Vec<_> = shown_labels(row, labels).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few chips")]
    let fits = ((picture.height() - 28.0) / (HEIGHT + 2.0)).max(1.0) as usize;
    let hidden = shown.len().saturating_sub(fits);
    let visible = if hidden > 0 { fits - 1 } else { shown.len() };
    for (label, suggested) in shown.iter().take(visible) {
        let color = theme::label_color(label.color);
        let (fill, text) = if *suggested { (tokens.raised, tokens.text) } else { (color, Tokens::text_on(color)) };
        let galley = line(painter, label.name.as_str(), text_size::SMALL, text, room - 12.0);
        let size = vec2(galley.size().x + 12.0, HEIGHT);
        let chip = Rect::from_min_size(pos2(picture.min.x + 4.0, bottom - HEIGHT), size);
        painter.rect(chip, 4, fill, Stroke::new(1.0, color), StrokeKind::Inside);
        painter.galley(pos2(chip.min.x + 6.0, chip.center().y - galley.size().y / 2.0), galley, text);
        bottom -= HEIGHT + 2.0;
    }
    if hidden > 0 {
        let text = format!("+{}", shown.len() - visible);
        let galley = line(painter, &text, text_size::SMALL, tokens.text, room);
        let chip =
            Rect::from_min_size(pos2(picture.min.x + 4.0, bottom - HEIGHT), vec2(galley.size().x + 12.0, HEIGHT));
        painter.rect_filled(chip, 4, tokens.raised);
        painter.galley(pos2(chip.min.x + 6.0, chip.center().y - galley.size().y / 2.0), galley, tokens.text);
    }
}

/// Hard at the top left, decided at the top right.
fn marks_ui(painter: &Painter, picture: Rect, tokens: &Tokens, row: &SampleRow, marks_decided: bool) {
    let disc = |center: Pos2, icon: Icon, fill: Color32, color: Color32| {
        painter.circle(center, 10.0, fill, Stroke::new(1.0, tokens.border));
        icons::paint(painter, center, icon, 14.0, color);
    };
    if is_hard(row) {
        disc(picture.left_top() + vec2(14.0, 14.0), Icon::Flame, tokens.raised, tokens.warning_text);
    }
    let corner = picture.right_top() + vec2(-14.0, 14.0);
    match row.state {
        _ if row.deleted => disc(corner, Icon::Trash2, tokens.raised, tokens.danger_text),
        SampleState::Labeled if marks_decided => disc(corner, Icon::Check, tokens.raised, tokens.success_text),
        SampleState::ToConfirm => disc(corner, Icon::CircleHelp, tokens.raised, tokens.accent_text),
        _ => {}
    }
}

/// The file's name, and the usage at the right.
fn caption_ui(painter: &Painter, rect: Rect, tokens: &Tokens, row: &SampleRow) {
    let middle = rect.max.y - CAPTION_PX / 2.0;
    let mut room = rect.width() - 8.0;
    if let Some(usage) = row.usage {
        let font = FontId::new(10.0, FontFamily::Proportional);
        let used = painter.text(
            pos2(rect.max.x - 4.0, middle),
            Align2::RIGHT_CENTER,
            usage.as_str(),
            font,
            tokens.accent_text,
        );
        room -= used.width() + 6.0;
    }
    let galley = line(painter, file_name(&row.sample.name), text_size::SMALL, tokens.text_weak, room);
    painter.galley(pos2(rect.min.x + 4.0, middle - galley.size().y / 2.0), galley, tokens.text_weak);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_keep_their_shape() {
        let area = Rect::from_min_size(Pos2::ZERO, vec2(100.0, 100.0));
        assert_eq!(fitted(area, vec2(200.0, 100.0)).size(), vec2(100.0, 50.0));
        assert_eq!(fitted(area, vec2(10.0, 20.0)).size(), vec2(50.0, 100.0));
    }

    #[test]
    fn captions_show_the_file() {
        assert_eq!(file_name("roses/12/a b.jpg"), "a b.jpg");
        assert_eq!(file_name("a.jpg"), "a.jpg");
    }
}
