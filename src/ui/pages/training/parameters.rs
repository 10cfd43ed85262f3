//! The table of parameters: every one with its default and its meaning, checked while it is typed.

use crate::domain::algorithm::{Algorithm, Parameter, ParameterKind, parse_boolean};
use crate::text;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::theme::{self, space, text_size};
use crate::ui::widgets::{self, Button};
use egui::{FontId, Margin, RichText, TextEdit, Ui};
use std::collections::BTreeMap;

/// Widths of the columns, in points.
const VALUE_WIDTH: f32 = 200.0;

/// What was typed instead of defaults, by name.
#[derive(Clone, Default)]
pub struct Parameters {
    typed: BTreeMap<String, String>,
    search: String,
}

impl Parameters {
    /// What a run was given.
    #[must_use]
    pub fn of(typed: &BTreeMap<String, String>) -> Self {
        Self { typed: typed.clone(), search: String::new() }
    }

    /// What differs from the defaults, as a run is given it.
    #[must_use]
    pub fn typed(&self, algorithm: &Algorithm) -> BTreeMap<String, String> {
        let known = |name: &str| algorithm.parameters.iter().find(|parameter| parameter.name == name);
        let differs = |(name, value): &(&String, &String)| {
            known(name).is_some_and(|parameter| value.trim() != parameter.default.unwrap_or_default())
        };
        self.typed.iter().filter(differs).map(|(name, value)| (name.clone(), value.trim().to_owned())).collect()
    }

    /// Whether every value is what its parameter takes.
    #[must_use]
    pub fn are_valid(&self, algorithm: &Algorithm) -> bool {
        let typed = self.typed(algorithm);
        algorithm
            .parameters
            .iter()
            .all(|parameter| typed.get(parameter.name).is_none_or(|value| is_valid(parameter, value)))
    }

    /// Draws the table. `refused` is the parameter that the workbench would not take, if there is one; `doubts` is what
    /// it says of others, by their names.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        algorithm: &Algorithm,
        refused: Option<&str>,
        doubts: &[(String, String)],
    ) {
        let changed = self.typed(algorithm).len();
        ui.horizontal(|ui| {
            widgets::section(ui, context, context.tr("form-parameters"));
            widgets::weak(ui, context, context.tr_with("form-parameters-changed", &[("count", changed.into())]));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let reset = Button::ghost(context.tr("form-parameters-reset")).icon(Icon::RotateCcw).small();
                if reset.enabled(changed > 0).show(ui, context).clicked() {
                    self.typed.clear();
                }
                if algorithm.parameters.len() > 8 {
                    let hint = context.tr("form-parameters-search");
                    widgets::search_field(ui, context, &mut self.search, &hint, 180.0);
                }
            });
        });
        let needle = self.search.trim().to_lowercase();
        let shown = |parameter: &&Parameter| {
            needle.is_empty()
                || parameter.name.contains(&needle)
                || meaning(context, parameter).to_lowercase().contains(&needle)
        };
        let frame = context.tokens.card().inner_margin(Margin::symmetric(16, 4));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut is_first = true;
            let parameters = algorithm.parameters.iter();
            let (effective, ignored): (Vec<&Parameter>, Vec<&Parameter>) =
                parameters.filter(shown).partition(|p| p.effective);
            let rows: Vec<&Parameter> = effective.into_iter().chain(ignored).collect();
            for parameter in rows {
                if !std::mem::take(&mut is_first) {
                    line(ui, context);
                }
                let doubt = doubts.iter().find(|(name, _)| name == parameter.name).map(|(_, text)| text.as_str());
                self.row_ui(ui, context, parameter, refused == Some(parameter.name), doubt);
            }
            if is_first {
                ui.add_space(space::S);
                widgets::weak(ui, context, context.tr("form-parameters-nothing"));
                ui.add_space(space::S);
            }
        });
    }

    fn row_ui(
        &mut self,
        ui: &mut Ui,
        context: &Context<'_>,
        parameter: &Parameter,
        is_refused: bool,
        doubt: Option<&str>,
    ) {
        let tokens = context.tokens;
        let default = parameter.default.unwrap_or_default();
        let mut value = self.typed.get(parameter.name).cloned().unwrap_or_else(|| default.to_owned());
        let before = value.clone();
        let fault = (!value.trim().is_empty() || !default.is_empty())
            .then(|| (is_refused || !is_valid(parameter, &value)).then(|| expected(context, parameter)))
            .flatten();
        ui.add_space(space::S);
        ui.horizontal_top(|ui| {
            let text_width = (ui.available_width() - VALUE_WIDTH - 36.0 - 2.0 * space::L).max(160.0);
            ui.vertical(|ui| {
                ui.set_width(text_width);
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.horizontal(|ui| {
                    let name = RichText::new(parameter.name);
                    ui.label(name.font(FontId::new(text_size::BODY, theme::bold_family())));
                    if !parameter.effective {
                        let mark = context.tr("form-no-effect");
                        widgets::badge(ui, context, &mark, tokens.text_weak)
                            .on_hover_text(context.tr("form-no-effect.meaning"));
                    }
                });
                let text = RichText::new(meaning(context, parameter)).size(text_size::SMALL).color(tokens.text_weak);
                ui.add(egui::Label::new(text).wrap());
            });
            ui.vertical(|ui| {
                ui.set_width(VALUE_WIDTH);
                ui.spacing_mut().item_spacing.y = space::XS;
                value_ui(ui, context, parameter, &mut value, fault.is_some());
                let said = fault.as_deref().map(|fault| (fault, tokens.danger_text));
                if let Some((said, ink)) = said.or(doubt.map(|doubt| (doubt, tokens.warning_text))) {
                    ui.add(egui::Label::new(RichText::new(said).size(text_size::SMALL).color(ink)).wrap());
                } else {
                    let arguments = [("value", default.into())];
                    let note = match parameter.default {
                        Some(_) => context.tr_with("form-default", &arguments),
                        None => context.tr("form-default-chosen"),
                    };
                    widgets::weak(ui, context, note);
                }
            });
            if value.trim() != default {
                let name = context.tr_with("form-parameter-reset", &[("name", parameter.name.into())]);
                if widgets::icon_button(ui, context, Icon::RotateCcw, &name).clicked() {
                    default.clone_into(&mut value);
                }
            }
        });
        ui.add_space(space::S);
        if value != before {
            if value == default {
                self.typed.remove(parameter.name);
            } else {
                self.typed.insert(parameter.name.to_owned(), value);
            }
        }
    }
}

fn line(ui: &mut Ui, context: &Context<'_>) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, context.tokens.border));
}

fn is_valid(parameter: &Parameter, value: &str) -> bool {
    let value = value.trim();
    (value.is_empty() && parameter.default.is_none()) || (!value.is_empty() && parameter.check(value).is_ok())
}

/// What a parameter means, from the messages.
pub fn meaning(context: &Context<'_>, parameter: &Parameter) -> String {
    context.tr(&format!("parameter-{}", text::id_of(parameter.name)))
}

fn expected(context: &Context<'_>, parameter: &Parameter) -> String {
    match parameter.kind {
        ParameterKind::Integer { min, max: i64::MAX } => {
            context.tr_with("form-expects-from", &[("min", min.to_string().into())])
        }
        ParameterKind::Integer { min, max } => {
            context.tr_with("form-expects-integer", &[("min", min.to_string().into()), ("max", max.to_string().into())])
        }
        ParameterKind::Number { min, max } => {
            context.tr_with("form-expects-number", &[("min", min.to_string().into()), ("max", max.to_string().into())])
        }
        ParameterKind::Boolean => context.tr("form-expects-boolean"),
        ParameterKind::Choice { values } => {
            context.tr_with("form-expects-choice", &[("values", values.join(", ").into())])
        }
        ParameterKind::Text => match parameter.name {
            "split_spec" => context.tr("form-expects-split"),
            "learning_rate_strategy" => context.tr("form-expects-strategy"),
            _ => context.tr("form-expects-text"),
        },
    }
}

fn value_ui(ui: &mut Ui, context: &Context<'_>, parameter: &Parameter, value: &mut String, is_wrong: bool) {
    match parameter.kind {
        ParameterKind::Boolean => {
            let mut checked = parse_boolean(value).unwrap_or(false);
            let name = context.tr_with("form-switch", &[("name", parameter.name.into())]);
            let response = widgets::check_box(ui, context, &mut checked, &context.tr("form-on"));
            if response.changed() {
                *value = if checked { "TRUE".to_owned() } else { "FALSE".to_owned() };
            }
            response.accessible_name(name);
        }
        ParameterKind::Choice { values } => {
            let shown = if value.is_empty() { context.tr("form-choice-none") } else { value.clone() };
            let combo = egui::ComboBox::from_id_salt(parameter.name).width(VALUE_WIDTH - 8.0).selected_text(shown);
            let response = combo.show_ui(ui, |ui| {
                if parameter.default.is_none() {
                    ui.selectable_value(value, String::new(), context.tr("form-choice-none"));
                }
                for choice in values {
                    ui.selectable_value(value, (*choice).to_owned(), *choice);
                }
            });
            response.response.accessible_name(parameter.name);
        }
        _ => {
            ui.scope(|ui| {
                if is_wrong {
                    let danger = context.tokens.danger_text;
                    let widgets = &mut ui.visuals_mut().widgets;
                    widgets.inactive.bg_stroke.color = danger;
                    widgets.hovered.bg_stroke.color = danger;
                    ui.visuals_mut().selection.stroke.color = danger;
                }
                let edit = TextEdit::singleline(value)
                    .id_salt(parameter.name)
                    .desired_width(VALUE_WIDTH - 8.0)
                    .margin(Margin::symmetric(8, 5));
                ui.add(edit).accessible_name(parameter.name);
            });
        }
    }
}
