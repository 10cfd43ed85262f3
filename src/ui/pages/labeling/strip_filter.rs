//! The filter above a narrow list of samples, beside the one that is worked on.

use super::bars::menu;
use super::filter::{Filter, Tab};
use super::labels::LabelTable;
use crate::domain::dataset::SampleCounts;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::widgets::{self, Button};
use egui::{Key, Modifiers, Response, Ui};

/// A menu of states with their counts, one of labels, and a field for words with a hint, which Ctrl+F goes to and
/// which is returned.
pub fn strip_filter_ui(
    ui: &mut Ui,
    context: &Context<'_>,
    counts: &SampleCounts,
    labels: &LabelTable,
    filter: &mut Filter,
    hint: &str,
) -> Response {
    let of = |tab: Tab| match tab {
        Tab::Unlabeled => (context.tr("labeling-tab-unlabeled"), counts.unlabeled),
        Tab::Labeled => (context.tr("labeling-tab-labeled"), counts.labeled),
        Tab::ToConfirm => (context.tr("labeling-tab-to-confirm"), counts.to_confirm),
        Tab::All | Tab::Trash => (context.tr("labeling-tab-all"), counts.total),
    };
    let text = |tab: Tab| {
        let (name, count) = of(tab);
        format!("{name} {}", crate::text::format::count(count))
    };
    let tab = filter.tab;
    let button = Button::secondary(text(tab)).icon(Icon::Funnel).small().full_width();
    let response = button.show(ui, context);
    menu(&response, 200.0, &context.tr("canvas-strip-filter"), |ui| {
        for tab in [Tab::All, Tab::Unlabeled, Tab::Labeled, Tab::ToConfirm] {
            let entry = Button::ghost(text(tab)).full_width().selected(filter.tab == tab);
            if entry.show(ui, context).clicked() {
                filter.tab = tab;
                ui.close();
            }
        }
    });
    let chosen = match filter.labels.as_slice() {
        [] => context.tr("canvas-strip-any-label"),
        [label] => labels.get(*label).map(|label| label.name.as_str().to_owned()).unwrap_or_default(),
        several => context.tr_with("canvas-strip-labels", &[("count", several.len().into())]),
    };
    let button = Button::secondary(chosen).icon(Icon::Tag).small().full_width();
    let button = if filter.labels.is_empty() { button } else { button.selected(true) };
    let response = button.show(ui, context);
    menu(&response, 220.0, &context.tr("canvas-strip-by-label"), |ui| {
        widgets::scroll_up_to(320.0).show(ui, |ui| {
            for row in labels.rows() {
                let mut on = filter.labels.contains(&row.label.id);
                if widgets::check_box(ui, context, &mut on, row.label.name.as_str()).clicked() {
                    if on {
                        filter.labels.push(row.label.id);
                    } else {
                        filter.labels.retain(|label| *label != row.label.id);
                    }
                }
            }
        });
    });
    // Before the field is drawn: in it, the chord would mean nothing.
    let sought = ui.memory(|memory| memory.top_modal_layer().is_none())
        && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::F));
    let field = widgets::search_field(ui, context, &mut filter.text, hint, ui.available_width());
    if sought {
        field.request_focus();
    }
    // What an input method composes is not what is searched for yet.
    if !widgets::is_composing(ui) {
        filter.text.clone_into(&mut filter.searched);
    }
    field
}

#[cfg(test)]
mod tests {
    use crate::domain::DatasetType;
    use crate::ui::pages::labeling::testing::{Plan, Room};
    use egui::{Key, Modifiers, Role};
    use egui_kittest::kittest::Queryable;

    #[test]
    fn the_strip_of_images_is_filtered_by_name() {
        let mut room = Room::of(&Plan {
            name: "flowers",
            kind: DatasetType::ObjectDetection,
            pictures: 3,
            size_px: [48, 32],
            labels: &["rose"],
        });
        let listed = |room: &Room| room.harness.query_all_by_role(Role::ListBoxOption).count();
        assert_eq!(listed(&room), 3);
        room.press_with(Modifiers::COMMAND, Key::F);
        room.type_text("picture-1");
        assert_eq!(listed(&room), 1);
    }
}
