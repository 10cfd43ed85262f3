//! One row of the list: the beginning of a text, its labels as coloured tags, what was decided.

use super::hits::{self, Excerpt};
use crate::domain::query::SampleRow;
use crate::domain::{AnnotationSet, Label, SampleState};
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::icons::{self, Icon};
use crate::ui::pages::labeling::labels::LabelTable;
use crate::ui::pages::labeling::tile::{self, Words, is_hard, line};
use crate::ui::theme::{self, Tokens, space, text_size};
use egui::text::TextWrapping;
use egui::{
    Align2, Color32, FontFamily, FontId, Painter, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

/// The height of a line of text.
const LINE_PX: f32 = 20.0;
/// Above and below the text.
const PADDING_PX: f32 = 8.0;
/// A tag's height, and from one row of tags to the next.
const TAG_PX: f32 = 18.0;
const TAG_STEP_PX: f32 = 21.0;
/// Where the text begins: after the state's icon.
const TEXT_LEFT_PX: f32 = 34.0;
/// Characters of a text that a screen reader hears.
const SPOKEN: usize = 200;

/// The height of a row of so many lines.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few lines")]
pub fn height(lines: usize) -> f32 {
    lines as f32 * LINE_PX + 2.0 * PADDING_PX
}

/// What a row shows.
pub struct TextRow<'a> {
    /// `None` while it is read.
    pub row: Option<&'a SampleRow>,
    /// `None` while it is read.
    pub excerpt: Option<&'a Excerpt>,
    pub index: usize,
    pub lines: usize,
    pub selected: bool,
    pub cursor: bool,
}

/// A tag: a label, and how sure a model is that only suggests it.
pub struct Tag<'a> {
    pub label: &'a Label,
    /// `None` for a label that somebody set; a suggestion without a confidence has none inside.
    pub suggested: Option<Option<f64>>,
}

/// The labels of a sample in the order they were set, then what models suggest, the surest first.
#[must_use]
pub fn tags<'a>(row: &'a SampleRow, table: &'a LabelTable) -> Vec<Tag<'a>> {
    let tag = |annotation: &'a crate::domain::Annotation| {
        let label = table.get(annotation.label?)?;
        match annotation.set {
            AnnotationSet::Primary => Some(Tag { label, suggested: None }),
            AnnotationSet::Suggestion(_) => Some(Tag { label, suggested: Some(annotation.confidence) }),
            AnnotationSet::Review(_) => None,
        }
    };
    let mut tags: Vec<Tag<'a>> = row.annotations.iter().filter_map(tag).collect();
    let sureness = |tag: &Tag<'_>| tag.suggested.map_or(f64::INFINITY, |sure| sure.unwrap_or(1.0));
    tags.sort_by(|one, other| sureness(other).total_cmp(&sureness(one)));
    tags
}

/// A tag's words: the label, and how sure the model is.
#[must_use]
pub fn tag_text(tag: &Tag<'_>) -> String {
    let name = tag.label.name.as_str();
    match tag.suggested.flatten() {
        Some(confidence) => format!("{name} {}", format::percent(confidence, 0)),
        None => name.to_owned(),
    }
}

impl TextRow<'_> {
    /// Draws it into `rect`.
    pub fn show(&self, ui: &Ui, rect: Rect, context: &Context<'_>, words: &Words, labels: &LabelTable) -> Response {
        let id = match self.row {
            Some(row) => ui.scope_id().with(row.sample.id),
            None => ui.scope_id().with(self.index),
        };
        let response = ui.interact(rect, id, Sense::CLICK);
        let tokens = context.tokens;
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        match (self.selected, response.hovered()) {
            (true, _) => drop(painter.rect_filled(rect, 0, tokens.selected)),
            (false, true) => drop(painter.rect_filled(rect, 0, tokens.hover)),
            (false, false) => {}
        }
        painter.hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, tokens.border));
        let Some(row) = self.row else {
            response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, self.selected, &words.loading));
            return response;
        };
        response.widget_info(|| {
            WidgetInfo::selected(Role::ListBoxOption, true, self.selected, self.spoken(row, labels, words))
        });
        state_ui(&painter, rect, tokens, row);
        let room = self.tags_ui(&painter, rect, tokens, &tags(row, labels), row);
        if let Some(excerpt) = self.excerpt {
            let color = if row.deleted { tokens.text_weak } else { tokens.text };
            let font = FontId::new(text_size::BODY, FontFamily::Proportional);
            let mut job = hits::job(&excerpt.text, &excerpt.hits, &font, color, tokens.hit);
            let width = (room - rect.min.x - TEXT_LEFT_PX - space::M).max(40.0);
            job.wrap = TextWrapping { max_width: width, max_rows: self.lines, ..TextWrapping::default() };
            job.sections.iter_mut().for_each(|section| section.format.line_height = Some(LINE_PX));
            let galley = painter.layout_job(job);
            let top = (rect.center().y - galley.size().y / 2.0).max(rect.min.y + PADDING_PX);
            painter.galley(pos2(rect.min.x + TEXT_LEFT_PX, top), galley, color);
        }
        if self.cursor {
            let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
            painter.rect_filled(bar, 0, tokens.focus);
            painter.rect_stroke(rect, 0, Stroke::new(1.0, tokens.focus), StrokeKind::Inside);
        }
        response
    }

    fn spoken(&self, row: &SampleRow, labels: &LabelTable, words: &Words) -> String {
        let text: String =
            self.excerpt.map_or(row.sample.name.as_str(), |excerpt| &excerpt.text).chars().take(SPOKEN).collect();
        let tags: Vec<String> = tags(row, labels).iter().map(tag_text).collect();
        format!("{text}: {}", words.of(row, &tags))
    }

    /// Draws the tags at the right, as many as fit; returns where they begin.
    fn tags_ui(&self, painter: &Painter, rect: Rect, tokens: &Tokens, tags: &[Tag<'_>], row: &SampleRow) -> f32 {
        let right = rect.max.x - space::S;
        let widest = (rect.width() * 0.34).clamp(80.0, 320.0);
        let mut chips: Vec<(std::sync::Arc<egui::Galley>, Color32, Option<Color32>)> = tags
            .iter()
            .map(|tag| {
                let color = theme::label_color(tag.label.color);
                let is_suggested = tag.suggested.is_some();
                let text = if is_suggested { tokens.text } else { Tokens::text_on(color) };
                let galley = line(painter, &tag_text(tag), text_size::SMALL, text, widest - 12.0);
                (galley, color, (!is_suggested).then_some(color))
            })
            .collect();
        if let Some(usage) = row.usage {
            let galley = line(painter, usage.as_str(), text_size::SMALL, tokens.text_weak, widest - 12.0);
            chips.push((galley, tokens.border_strong, None));
        }
        // Into rows, from the left; then the block is set at the right.
        let mut places: Vec<(usize, f32)> = Vec::with_capacity(chips.len());
        let (mut step, mut at, mut broadest) = (0, 0.0_f32, 0.0_f32);
        for (galley, ..) in &chips {
            let width = galley.size().x + 12.0;
            if at > 0.0 && at + width > widest {
                (step, at) = (step + 1, 0.0);
            }
            places.push((step, at));
            at += width + space::XS;
            broadest = broadest.max(at - space::XS);
        }
        let fits = self.lines.max(1);
        let steps = if chips.is_empty() { 0 } else { (step + 1).min(fits) };
        #[expect(clippy::cast_precision_loss, reason = "a few rows of tags")]
        let top = rect.center().y - (steps as f32 * TAG_STEP_PX - (TAG_STEP_PX - TAG_PX)) / 2.0;
        for ((galley, color, fill), (step, at)) in chips.into_iter().zip(places) {
            if step >= fits {
                painter.text(
                    pos2(right, rect.max.y - 2.0),
                    Align2::RIGHT_BOTTOM,
                    "…",
                    FontId::new(text_size::SMALL, FontFamily::Proportional),
                    tokens.text_weak,
                );
                break;
            }
            #[expect(clippy::cast_precision_loss, reason = "a few rows of tags")]
            let min = pos2(right - broadest + at, top + step as f32 * TAG_STEP_PX);
            let chip = Rect::from_min_size(min, vec2(galley.size().x + 12.0, TAG_PX));
            let text = fill.map_or(tokens.text, Tokens::text_on);
            painter.rect(chip, 4, fill.unwrap_or(tokens.raised), Stroke::new(1.0, color), StrokeKind::Inside);
            painter.galley(pos2(chip.min.x + 6.0, chip.center().y - galley.size().y / 2.0), galley, text);
        }
        if broadest > 0.0 { right - broadest } else { right }
    }
}

/// What was decided, at the left; hard below it.
fn state_ui(painter: &Painter, rect: Rect, tokens: &Tokens, row: &SampleRow) {
    let (icon, color) = match row.state {
        _ if row.deleted => (Icon::Trash2, tokens.danger_text),
        SampleState::Unlabeled => (Icon::Circle, tokens.border_strong),
        SampleState::ToConfirm => (Icon::CircleHelp, tokens.accent_text),
        SampleState::Labeled => (Icon::CircleCheck, tokens.success_text),
    };
    let hard = is_hard(row);
    let middle = pos2(rect.min.x + 18.0, rect.center().y - if hard { 10.0 } else { 0.0 });
    icons::paint(painter, middle, icon, 14.0, color);
    if hard {
        icons::paint(painter, middle + vec2(0.0, 20.0), Icon::Flame, 14.0, tokens.warning_text);
    }
}

/// The file a text came from: the tip of a row.
#[must_use]
pub fn source_tip(row: &SampleRow) -> String {
    let source = row.sample.source.split('#').next().unwrap_or_default();
    let place = percent_encoding::percent_decode_str(source).decode_utf8_lossy();
    tile::file_name(&place).to_owned()
}
