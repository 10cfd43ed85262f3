//! The confusion matrix: rows are labels, columns predictions. A cell shows its count and its share of the row.

use super::images::Chosen;
use crate::domain::evaluation::Evaluation;
use crate::text::format;
use crate::ui::context::Context;
use crate::ui::theme::{self, Tokens, text_size};
use egui::{
    Align2, Color32, FontFamily, FontId, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

const CELL: egui::Vec2 = vec2(72.0, 40.0);
/// The most that the names of rows take.
const HEAD_WIDTH_LIMIT: f32 = 160.0;
const HEAD_HEIGHT: f32 = 24.0;
/// Above this height it scrolls by itself.
const HEIGHT_LIMIT: f32 = 480.0;

/// How wide the whole matrix is, in points.
pub fn width(ui: &Ui, evaluation: &Evaluation) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a count of labels")]
    let cells = CELL.x * (evaluation.classes.len() + usize::from(evaluation.has_nothing())) as f32;
    head_width(ui, evaluation) + cells
}

/// The names of the rows; a detector's last one is for where nothing is.
pub fn names(context: &Context<'_>, evaluation: &Evaluation) -> Vec<String> {
    let nothing = evaluation.has_nothing().then(|| context.tr("matrix-nothing"));
    evaluation.classes.iter().cloned().chain(nothing).collect()
}

fn head_width(ui: &Ui, evaluation: &Evaluation) -> f32 {
    let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let width_of =
        |class: &String| ui.painter().layout_no_wrap(class.clone(), font.clone(), Color32::PLACEHOLDER).size().x;
    // The widths of a thousand names would be felt.
    let widest = evaluation.classes.iter().take(200).map(width_of).fold(0.0, f32::max);
    (widest + 12.0).min(HEAD_WIDTH_LIMIT)
}

/// Draws the matrix; returns the cell that was clicked.
pub fn ui(ui: &mut Ui, context: &Context<'_>, evaluation: &Evaluation, chosen: Option<Chosen>) -> Option<Chosen> {
    let tokens = context.tokens;
    let cells = evaluation.confusion();
    let names = names(context, evaluation);
    let classes = names.len();
    let mut clicked = None;
    let font = FontId::new(text_size::SMALL, FontFamily::Proportional);
    let head_width = head_width(ui, evaluation);
    #[expect(clippy::cast_precision_loss, reason = "a count of labels")]
    let size = vec2(head_width + CELL.x * classes as f32, HEAD_HEIGHT + CELL.y * classes as f32);
    let area = ScrollArea::both().id_salt("matrix").max_height(HEIGHT_LIMIT).auto_shrink([true, true]);
    area.show(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        let bold = FontId::new(text_size::BODY, theme::bold_family());
        let visible = ui.clip_rect();
        #[expect(clippy::cast_precision_loss, reason = "a count of labels")]
        let cell_rect = |row: usize, column: usize| {
            let min =
                pos2(rect.left() + head_width + CELL.x * column as f32, rect.top() + HEAD_HEIGHT + CELL.y * row as f32);
            Rect::from_min_size(min, CELL).shrink(1.0)
        };
        for (index, class) in names.iter().enumerate() {
            let row = cell_rect(index, 0);
            let at = Rect::from_min_max(pos2(rect.left(), row.top()), pos2(row.left() - 8.0, row.bottom()));
            name_ui(ui, at, class, &font, tokens.text, Align2::RIGHT_CENTER);
            let column = cell_rect(0, index);
            let at =
                Rect::from_min_max(pos2(column.left(), rect.top()), pos2(column.right(), rect.top() + HEAD_HEIGHT));
            name_ui(ui, at, class, &font, tokens.text, Align2::CENTER_CENTER);
        }
        for (row, counts) in cells.iter().enumerate() {
            let total: u64 = counts.iter().sum();
            for (column, &count) in counts.iter().enumerate() {
                let at = cell_rect(row, column);
                // A matrix of hundreds of labels has a hundred thousand cells; only what is seen is made.
                if !visible.intersects(at) {
                    continue;
                }
                let cell = Chosen::Cell(row, column);
                let share = share(count, total);
                let id = ui.make_persistent_id(("cell", row, column));
                let response = ui.interact(at, id, if count > 0 { Sense::click() } else { Sense::hover() });
                let arguments = [
                    ("label", (&names[row]).into()),
                    ("predicted", (&names[column]).into()),
                    ("count", count.into()),
                    ("percent", format::percent(share, 1).into()),
                ];
                let message = if evaluation.detection.is_some() { "matrix-cell-boxes" } else { "matrix-cell" };
                let sentence = context.tr_with(message, &arguments);
                let is_chosen = chosen == Some(cell);
                response.widget_info(|| WidgetInfo::selected(egui::Role::Button, count > 0, is_chosen, &sentence));
                let fill = color(tokens, share, row == column);
                let stroke = if is_chosen || response.has_focus() {
                    Stroke::new(2.0, tokens.focus)
                } else if response.hovered() && count > 0 {
                    Stroke::new(1.0, tokens.text_weak)
                } else {
                    Stroke::new(1.0, tokens.border)
                };
                ui.painter().rect(at, 4, fill, stroke, StrokeKind::Inside);
                if count > 0 {
                    let text = Tokens::text_on(fill);
                    let above = at.center() - vec2(0.0, 7.0);
                    ui.painter().text(above, Align2::CENTER_CENTER, format::count(count), bold.clone(), text);
                    let below = at.center() + vec2(0.0, 9.0);
                    let percent = format::percent(share, 1);
                    ui.painter().text(below, Align2::CENTER_CENTER, percent, font.clone(), text);
                } else {
                    ui.painter().text(at.center(), Align2::CENTER_CENTER, "·", font.clone(), tokens.text_weak);
                }
                if response.on_hover_text(sentence).clicked() {
                    clicked = Some(cell);
                }
            }
        }
    });
    clicked
}

fn name_ui(ui: &Ui, at: Rect, name: &str, font: &FontId, color: Color32, align: Align2) {
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), font.clone(), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(at.width());
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let min = align.align_size_within_rect(galley.size(), at).min;
    ui.painter().galley(min, galley, color);
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples")]
fn share(count: u64, total: u64) -> f64 {
    if total == 0 { 0.0 } else { count as f64 / total as f64 }
}

/// What is right is of the accent's colour, what is wrong of the danger's, the more the stronger.
fn color(tokens: &Tokens, share: f64, is_right: bool) -> Color32 {
    let full = if is_right { tokens.accent } else { tokens.danger };
    if share <= 0.0 {
        return tokens.page;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a ratio for display")]
    let strength = 0.12 + 0.88 * share as f32;
    egui::Rgba::from(tokens.page).blend_towards(full, strength)
}

trait Blend {
    fn blend_towards(self, other: Color32, strength: f32) -> Color32;
}

impl Blend for egui::Rgba {
    fn blend_towards(self, other: Color32, strength: f32) -> Color32 {
        let other = egui::Rgba::from(other);
        Color32::from(self * (1.0 - strength) + other * strength)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_can_be_read_at_every_share() {
        for tokens in [Tokens::light(), Tokens::dark()] {
            for percent in 1..=100 {
                for is_right in [true, false] {
                    let fill = color(&tokens, f64::from(percent) / 100.0, is_right);
                    let found = theme::contrast(Tokens::text_on(fill), fill);
                    assert!(found >= 4.5, "{percent} % {is_right}: {found:.2}");
                }
            }
        }
    }
}
