//! Texts: with entities, the text twice, marked as each pass did; with classes, the text once and the labels of both
//! passes beside each other below it.

use super::sides::{Look, LookTool, Shown, Sides, SidesOutput};
use crate::domain::{Annotation, AnnotationBody, AnnotationId, SampleId};
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::pages::labeling::detection::color_of;
use crate::ui::text_view::{Happened, Selection, Shown as TextShown, Stretch, TextView};
use crate::ui::theme::{self, space};
use crate::ui::widgets;
use crate::workbench::words;
use egui::{Align, Layout, Rect, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};
use std::ops::Range;
use std::sync::Arc;

/// Sizes of the text that can be chosen, as factors.
const SIZES: std::ops::RangeInclusive<f32> = 0.75..=2.0;
/// Between the two sides, in points.
const GAP_POINTS: f32 = 12.0;
/// The height of the cards with the labels, in points.
const CARDS_POINTS: f32 = 104.0;
/// What the titles of the two passes are.
const TITLES: [&str; 2] = ["review-first-pass", "review-second-pass"];

/// The text as one of the sides shows it.
pub struct TextSides {
    /// Whether the text is shown twice, with its marks.
    has_marks: bool,
    /// The text that is shown; a sample keeps its text.
    opened: Option<(SampleId, Vec<TextView>)>,
    size: f32,
}

fn range_of(annotation: &Annotation) -> Option<Range<u32>> {
    match &annotation.body {
        AnnotationBody::Entity { start, end, .. } => Some(*start..*end),
        _ => None,
    }
}

impl TextSides {
    /// Sides with marked entities.
    pub fn of_entities() -> Self {
        Self { has_marks: true, opened: None, size: 1.0 }
    }

    /// Sides with labels of the whole text.
    pub fn of_classes() -> Self {
        Self { has_marks: false, ..Self::of_entities() }
    }

    fn stretches(shown: &Shown<'_>, side: usize) -> Vec<(AnnotationId, Stretch)> {
        let stretch = |entity: &Annotation| {
            let label = entity.label.and_then(|label| shown.table.get(label));
            let color = color_of(shown.table, entity.label);
            let is_loud = shown.loud.contains(&entity.id);
            let stretch = Stretch {
                range: range_of(entity)?,
                label: label.map(|label| label.name.as_str().to_owned()).unwrap_or_default(),
                color: if is_loud { color } else { color.gamma_multiply(0.5) },
                selected: shown.current[side] == Some(entity.id),
                suggested: false,
            };
            Some((entity.id, stretch))
        };
        shown.of(side).filter_map(stretch).collect()
    }

    /// Brings the difference that is looked at into sight, and shows its place on the side that has nothing there.
    fn reveal(&mut self, shown: &Shown<'_>) {
        let ranges = shown.current.map(|id| range_of(shown.annotation(id?)?));
        let Some((_, views)) = &mut self.opened else { return };
        for (side, view) in views.iter_mut().enumerate() {
            let range = ranges.get(side).cloned().flatten().or_else(|| ranges.iter().flatten().next().cloned());
            if let Some(range) = range {
                view.selection = Selection::of(range);
                view.reveal_caret();
            }
        }
    }

    /// The text twice.
    fn marks_ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) -> SidesOutput {
        let mut output = SidesOutput::default();
        let Some((_, views)) = &mut self.opened else { return output };
        let rect = ui.available_rect_before_wrap();
        ui.advance_cursor_after_rect(rect);
        let width = ((rect.width() - GAP_POINTS) / 2.0).max(1.0);
        for (side, view) in views.iter_mut().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "one of two sides")]
            let left = rect.min.x + side as f32 * (width + GAP_POINTS);
            let half = Rect::from_min_size(pos2(left, rect.min.y), vec2(width, rect.height()));
            frame_of(ui, context, half);
            let builder = UiBuilder::new().id_salt(("review-side", side)).max_rect(half.shrink(space::S));
            let mut child = ui.new_child(builder.layout(Layout::top_down(Align::Min)));
            let title = context.tr(TITLES[side]);
            widgets::section(&mut child, context, title.clone());
            let (ids, stretches): (Vec<_>, Vec<_>) = Self::stretches(shown, side).into_iter().unzip();
            let text = TextShown { stretches: &stretches, size: self.size, name: &title, ..TextShown::default() };
            let text = view.ui(&mut child, context.tokens, &text);
            if let Some(Happened::Clicked(place)) = text.happened {
                let mut there: Vec<_> =
                    ids.iter().zip(&stretches).filter(|(_, stretch)| stretch.range.contains(&place)).collect();
                there.sort_by_key(|(_, stretch)| stretch.range.end - stretch.range.start);
                let loud = there.into_iter().map(|(id, _)| *id).find(|id| shown.loud.contains(id));
                output.clicked = loud.or(output.clicked);
            }
            output.keys_id = output.keys_id.or(Some(text.id));
        }
        output
    }

    /// The text once, and the labels below it.
    fn classes_ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) -> SidesOutput {
        let Some((_, views)) = &mut self.opened else { return SidesOutput::default() };
        egui::Panel::bottom("review-classes")
            .exact_size(CARDS_POINTS)
            .resizable(false)
            .show_separator_line(false)
            .frame(egui::Frame::new())
            .show(ui, |ui| cards_ui(ui, context, shown));
        let mut keys_id = None;
        egui::CentralPanel::no_frame().show(ui, |ui| {
            let name = context.tr("entities-text");
            let text = TextShown { size: self.size, name: &name, ..TextShown::default() };
            keys_id = views.first_mut().map(|view| view.ui(ui, context.tokens, &text).id);
        });
        SidesOutput { keys_id, clicked: None }
    }
}

fn frame_of(ui: &Ui, context: &Context<'_>, rect: Rect) {
    let tokens = context.tokens;
    ui.painter().rect(rect, theme::CORNER, tokens.raised, Stroke::new(1.0, tokens.border), StrokeKind::Inside);
}

/// The labels of both passes, beside each other.
fn cards_ui(ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) {
    let rect = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(rect);
    let width = ((rect.width() - GAP_POINTS) / 2.0).max(1.0);
    for (side, title) in TITLES.into_iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "one of two sides")]
        let left = rect.min.x + side as f32 * (width + GAP_POINTS);
        let half = Rect::from_min_size(pos2(left, rect.min.y), vec2(width, rect.height()));
        frame_of(ui, context, half);
        let builder = UiBuilder::new().id_salt(("review-card", side)).max_rect(half.shrink2(vec2(space::L, space::M)));
        let mut child = ui.new_child(builder.layout(Layout::top_down(Align::Min)));
        widgets::section(&mut child, context, context.tr(title));
        child.add_space(space::XS);
        child.horizontal_wrapped(|ui| {
            let mut any = false;
            for annotation in shown.of(side) {
                let Some(label) = annotation.label.and_then(|label| shown.table.get(label)) else { continue };
                any = true;
                let chip = widgets::label_chip(ui, context, label.name.as_str(), label.color);
                if shown.current[side] == Some(annotation.id) {
                    let stroke = Stroke::new(2.0, context.tokens.focus);
                    ui.painter().rect_stroke(chip.rect.expand(2.0), theme::CORNER, stroke, StrokeKind::Outside);
                }
            }
            if !any {
                widgets::weak(ui, context, context.tr("labeling-state-nothing"));
            }
        });
    }
}

impl Sides for TextSides {
    fn rebuild(&mut self, shown: &Shown<'_>) {
        let sample = shown.row.sample.id;
        if self.opened.as_ref().is_none_or(|(opened, _)| *opened != sample) {
            let Some(text) = shown.text else { return };
            let count = if self.has_marks { 2 } else { 1 };
            let views = (0..count).map(|_| TextView::new(Arc::clone(text), words)).collect();
            self.opened = Some((sample, views));
            self.reveal(shown);
        }
    }

    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>, shown: &Shown<'_>) -> SidesOutput {
        if self.has_marks { self.marks_ui(ui, context, shown) } else { self.classes_ui(ui, context, shown) }
    }

    fn look(&mut self, look: Look, shown: &Shown<'_>) {
        match look {
            Look::Reveal | Look::Zoom => self.reveal(shown),
            Look::Fit => self.size = 1.0,
            Look::Closer => self.size = (self.size + 0.125).min(*SIZES.end()),
            Look::Farther => self.size = (self.size - 0.125).max(*SIZES.start()),
        }
    }

    fn tools(&self) -> &'static [LookTool] {
        &[(Icon::ZoomIn, "entities-larger", "+", Look::Closer), (Icon::ZoomOut, "entities-smaller", "-", Look::Farther)]
    }
}
