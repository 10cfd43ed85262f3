//! Everything that decides how the window looks: colours, sizes, fonts. No other file names a colour.

use crate::domain::label::Color;
use crate::text::Language;
use egui::epaint::text::{FontData, FontDefinitions, FontTweak};
use egui::style::{ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2};
use std::sync::Arc;

/// The 4-point grid: distances between things, in points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
    pub const XXL: f32 = 40.0;
}

/// Sizes of text, in points.
pub mod text_size {
    pub const SMALL: f32 = 12.0;
    pub const BODY: f32 = 14.0;
    pub const TITLE: f32 = 20.0;
}

/// Sizes of controls, in points.
pub mod size {
    pub const RADIUS: f32 = 6.0;
    pub const CONTROL_HEIGHT: f32 = 28.0;
    pub const ROW_HEIGHT: f32 = 36.0;
    pub const HEADER_HEIGHT: f32 = 56.0;
    pub const STATUS_HEIGHT: f32 = 28.0;
    pub const NAVIGATION_WIDTH: f32 = 184.0;
    pub const NAVIGATION_COLLAPSED_WIDTH: f32 = 52.0;
    pub const INSPECTOR_WIDTH: f32 = 288.0;
    /// The least that all of its contents fit into.
    pub const INSPECTOR_LEAST_WIDTH: f32 = 272.0;
    pub const INSPECTOR_MOST_WIDTH: f32 = 480.0;
    pub const DIALOG_WIDTH: f32 = 560.0;
    pub const FIELD_WIDTH: f32 = 320.0;
}

/// The radius of corners.
pub const CORNER: CornerRadius = CornerRadius::same(6);

/// Colours over a picture: the same in both themes, because the picture is.
pub mod on_image {
    use egui::Color32;

    /// Handles, halos, the crosshair.
    pub const LIGHT: Color32 = Color32::WHITE;
    /// Around what is light, so that it shows on snow too.
    pub const DARK: Color32 = Color32::from_black_alpha(200);
    /// Behind words and numbers.
    pub const GROUND: Color32 = Color32::from_black_alpha(170);
    /// Thin lines that help: guides and the crosshair.
    pub const GUIDE: Color32 = Color32::from_rgba_premultiplied(110, 110, 110, 110);
    /// Under thin light lines.
    pub const GUIDE_SHADE: Color32 = Color32::from_black_alpha(90);
    /// Drawn as it is.
    pub const UNTINTED: Color32 = Color32::WHITE;
}

/// The colours of one theme. Every pair that carries text has a contrast of at least 4.5:1 (a test measures it).
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    pub dark: bool,
    /// Behind pages.
    pub page: Color32,
    /// Navigation, inspector, status bar.
    pub panel: Color32,
    /// Dialogs, menus, cards.
    pub raised: Color32,
    /// Inside text fields and behind progress bars.
    pub field: Color32,
    pub hover: Color32,
    /// A chosen row or navigation entry.
    pub selected: Color32,
    pub border: Color32,
    /// Around fields and secondary buttons; at least 3:1 where it alone shows the control.
    pub border_strong: Color32,
    pub text: Color32,
    /// Secondary text.
    pub text_weak: Color32,
    /// Filled main buttons and progress.
    pub accent: Color32,
    pub accent_hover: Color32,
    /// On `accent`.
    pub on_accent: Color32,
    /// Accent as text or icon on `page`, `panel` or `raised`.
    pub accent_text: Color32,
    pub danger: Color32,
    pub danger_hover: Color32,
    pub on_danger: Color32,
    pub danger_text: Color32,
    pub warning_text: Color32,
    pub success_text: Color32,
    /// Around what has the keyboard's focus.
    pub focus: Color32,
    /// Over everything behind a dialog.
    pub backdrop: Color32,
    /// Behind images and canvases.
    pub canvas: Color32,
    /// Behind what was searched for, in a text.
    pub hit: Color32,
}

const fn rgb(value: u32) -> Color32 {
    let [_, red, green, blue] = value.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

impl Tokens {
    /// The light theme.
    #[must_use]
    pub fn light() -> Self {
        Self {
            dark: false,
            page: rgb(0xFF_FFFF),
            panel: rgb(0xF6_F7F8),
            raised: rgb(0xFF_FFFF),
            field: rgb(0xFF_FFFF),
            hover: rgb(0xEC_EEF0),
            selected: rgb(0xE1_E8FB),
            border: rgb(0xE1_E4E8),
            border_strong: rgb(0xC3_C8CF),
            text: rgb(0x1B_1F24),
            text_weak: rgb(0x5A_626C),
            accent: rgb(0x2F_5FD0),
            accent_hover: rgb(0x28_52B4),
            on_accent: rgb(0xFF_FFFF),
            accent_text: rgb(0x2A_56BD),
            danger: rgb(0xC6_2F3A),
            danger_hover: rgb(0xA9_2630),
            on_danger: rgb(0xFF_FFFF),
            danger_text: rgb(0xB4_2530),
            warning_text: rgb(0x8A_5300),
            success_text: rgb(0x1A_7242),
            focus: rgb(0x2F_5FD0),
            backdrop: Color32::from_black_alpha(90),
            canvas: rgb(0xEC_EEF0),
            hit: rgb(0xFF_E17A),
        }
    }

    /// The dark theme.
    #[must_use]
    pub fn dark() -> Self {
        Self {
            dark: true,
            page: rgb(0x16_181B),
            panel: rgb(0x1C_1F23),
            raised: rgb(0x23_272C),
            field: rgb(0x12_1416),
            hover: rgb(0x2A_2F35),
            selected: rgb(0x26_3555),
            border: rgb(0x2D_3238),
            border_strong: rgb(0x45_4C55),
            text: rgb(0xE8_EAED),
            text_weak: rgb(0xA3_ABB5),
            accent: rgb(0x3B_6EE0),
            accent_hover: rgb(0x33_62CC),
            on_accent: rgb(0xFF_FFFF),
            accent_text: rgb(0x8F_B2FF),
            danger: rgb(0xC9_3A44),
            danger_hover: rgb(0xB3_313B),
            on_danger: rgb(0xFF_FFFF),
            danger_text: rgb(0xFF_8E94),
            warning_text: rgb(0xF0_B457),
            success_text: rgb(0x69_C98F),
            focus: rgb(0x8F_B2FF),
            backdrop: Color32::from_black_alpha(150),
            canvas: rgb(0x0F_1113),
            hit: rgb(0x66_5210),
        }
    }

    /// The tokens of egui's current theme.
    #[must_use]
    pub fn of(context: &egui::Context) -> Self {
        match context.theme() {
            Theme::Dark => Self::dark(),
            Theme::Light => Self::light(),
        }
    }

    /// Black or white, whichever reads better on `background`.
    #[must_use]
    pub fn text_on(background: Color32) -> Color32 {
        if contrast(Color32::WHITE, background) >= contrast(Color32::BLACK, background) {
            Color32::WHITE
        } else {
            Color32::BLACK
        }
    }

    /// Frame of a card.
    pub fn card(&self) -> egui::Frame {
        egui::Frame::new()
            .fill(self.raised)
            .stroke(Stroke::new(1.0, self.border))
            .corner_radius(CORNER)
            .inner_margin(Margin::same(16))
    }

    fn visuals(&self) -> Visuals {
        let base = if self.dark { Visuals::dark() } else { Visuals::light() };
        let widget = |fill: Color32, border: Color32, text: Color32| WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(1.0, border),
            corner_radius: CORNER,
            fg_stroke: Stroke::new(1.0, text),
            expansion: 0.0,
        };
        let shadow = Shadow {
            offset: [0, 4],
            blur: 16,
            spread: 0,
            color: Color32::from_black_alpha(if self.dark { 120 } else { 40 }),
        };
        Visuals {
            dark_mode: self.dark,
            override_text_color: None,
            weak_text_color: Some(self.text_weak),
            widgets: Widgets {
                noninteractive: widget(self.panel, self.border, self.text),
                inactive: widget(self.raised, self.border_strong, self.text),
                hovered: widget(self.hover, self.border_strong, self.text),
                active: widget(self.selected, self.focus, self.text),
                open: widget(self.hover, self.border_strong, self.text),
            },
            selection: Selection {
                bg_fill: self.accent.gamma_multiply(if self.dark { 0.55 } else { 0.28 }),
                stroke: Stroke::new(1.0, self.focus),
            },
            hyperlink_color: self.accent_text,
            faint_bg_color: self.panel,
            extreme_bg_color: self.field,
            text_edit_bg_color: Some(self.field),
            code_bg_color: self.hover,
            warn_fg_color: self.warning_text,
            error_fg_color: self.danger_text,
            window_corner_radius: CORNER,
            window_shadow: shadow,
            window_fill: self.raised,
            window_stroke: Stroke::new(1.0, self.border),
            menu_corner_radius: CORNER,
            panel_fill: self.page,
            popup_shadow: shadow,
            striped: false,
            indent_has_left_vline: false,
            interact_cursor: None,
            disabled_alpha: 0.5,
            ..base
        }
    }

    fn apply(&self, style: &mut Style) {
        style.visuals = self.visuals();
        style.text_styles = [
            (TextStyle::Small, FontId::new(text_size::SMALL, FontFamily::Proportional)),
            (TextStyle::Body, FontId::new(text_size::BODY, FontFamily::Proportional)),
            (TextStyle::Button, FontId::new(text_size::BODY, FontFamily::Proportional)),
            (TextStyle::Heading, FontId::new(text_size::TITLE, FontFamily::Proportional)),
            (TextStyle::Monospace, FontId::new(text_size::SMALL, FontFamily::Monospace)),
        ]
        .into();
        let spacing = &mut style.spacing;
        spacing.item_spacing = vec2(space::S, space::S);
        spacing.button_padding = vec2(space::M, space::XS);
        spacing.interact_size = vec2(size::CONTROL_HEIGHT, size::CONTROL_HEIGHT);
        spacing.window_margin = Margin::same(16);
        spacing.menu_margin = Margin::same(4);
        spacing.menu_width = 240.0;
        spacing.tooltip_width = 360.0;
        spacing.combo_height = 320.0;
        spacing.icon_width = 16.0;
        spacing.icon_width_inner = 10.0;
        spacing.scroll = ScrollStyle { floating_allocated_width: 8.0, ..ScrollStyle::floating() };
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.4;
        style.animation_time = 0.1;
        #[cfg(debug_assertions)]
        {
            style.debug.show_unaligned = false;
        }
    }
}

/// A label's colour on the screen.
#[must_use]
pub fn label_color(color: Color) -> Color32 {
    let [red, green, blue] = color.0;
    Color32::from_rgb(red, green, blue)
}

/// Contrast of two opaque colours by WCAG 2, 1 to 21.
#[must_use]
pub fn contrast(one: Color32, other: Color32) -> f32 {
    let luminance = |color: Color32| {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Gives a context fonts and both themes, for English.
pub fn install(context: &egui::Context) {
    install_for(context, Language::English);
}

/// Gives a context fonts and both themes, with the punctuation of a language.
pub fn install_for(context: &egui::Context, language: Language) {
    context.set_fonts(fonts(language));
    context.style_mut_of(Theme::Light, |style| Tokens::light().apply(style));
    context.style_mut_of(Theme::Dark, |style| Tokens::dark().apply(style));
}

/// The family of icons alone.
#[must_use]
pub fn icon_family() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// The family of headings and of what must stand out.
#[must_use]
pub fn bold_family() -> FontFamily {
    FontFamily::Name("bold".into())
}

static REGULAR: &[u8] = include_bytes!("../../fonts/NotoSansCJKsc-Regular.otf");
static BOLD: &[u8] = include_bytes!("../../fonts/NotoSansCJKsc-Bold.otf");
static FALLBACK: &[u8] = include_bytes!("../../fonts/NotoSansFallback-Regular.ttf");
/// Scripts that the others have nothing of, with the rules that join their letters.
static SCRIPTS: [(&str, &[u8]); 4] = [
    ("hebrew", include_bytes!("../../fonts/NotoSansHebrew-Regular.ttf")),
    ("arabic", include_bytes!("../../fonts/NotoSansArabic-Regular.ttf")),
    ("devanagari", include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf")),
    ("thai", include_bytes!("../../fonts/NotoSansThai-Regular.ttf")),
];
/// Emoji, in the colour of the text.
static EMOJI: &[u8] = include_bytes!("../../fonts/NotoEmoji-Regular.ttf");

/// One family that has Chinese, for everything; icons stand in every family, so that a text may hold one.
///
/// Quotation marks and dots are as wide as a hanzi in Chinese text, and narrow in English text: there the fallback,
/// which has narrow ones, comes first.
fn fonts(language: Language) -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, data: FontData| fonts.font_data.insert(name.to_owned(), Arc::new(data));
    add("regular", FontData::from_static(REGULAR));
    add("bold", FontData::from_static(BOLD));
    add("fallback", FontData::from_static(FALLBACK));
    for (name, bytes) in SCRIPTS {
        add(name, FontData::from_static(bytes));
    }
    add("emoji", FontData::from_static(EMOJI));
    // Lucide's glyphs sit on the baseline; a sixth of their size lower they are centred beside text.
    let tweak = FontTweak { y_offset_factor: 0.12, ..FontTweak::default() };
    add("icons", FontData::from_static(lucide_icons::LUCIDE_FONT_BYTES).tweak(tweak));
    for (family, names) in [
        (FontFamily::Proportional, ["regular", "icons", "fallback"]),
        (FontFamily::Monospace, ["regular", "icons", "fallback"]),
        (bold_family(), ["bold", "icons", "fallback"]),
        (icon_family(), ["icons", "regular", "fallback"]),
    ] {
        let mut names = names.map(str::to_owned).to_vec();
        if language == Language::English && family != icon_family() {
            names.rotate_right(1);
        }
        // The bold font has only the everyday hanzi.
        if family == bold_family() {
            names.push("regular".to_owned());
        }
        names.extend(SCRIPTS.iter().map(|(name, _)| (*name).to_owned()));
        // Last: it has digits and arrows of its own, too.
        names.push("emoji".to_owned());
        fonts.families.insert(family, names);
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_enough_contrast_in_both_themes() {
        for tokens in [Tokens::light(), Tokens::dark()] {
            let Tokens { page, panel, raised, field, hover, selected, .. } = tokens;
            for background in [page, panel, raised, field, hover, selected] {
                for (name, text) in [("text", tokens.text), ("weak", tokens.text_weak)] {
                    let found = contrast(text, background);
                    assert!(found >= 4.5, "{name} on {background:?}, dark {}: {found:.2}", tokens.dark);
                }
            }
            for background in [page, panel, raised, selected] {
                for (name, text) in [
                    ("accent", tokens.accent_text),
                    ("danger", tokens.danger_text),
                    ("warning", tokens.warning_text),
                    ("success", tokens.success_text),
                ] {
                    let found = contrast(text, background);
                    assert!(found >= 4.5, "{name} on {background:?}, dark {}: {found:.2}", tokens.dark);
                }
            }
            for (text, background) in [
                (tokens.text, tokens.hit),
                (tokens.on_accent, tokens.accent),
                (tokens.on_accent, tokens.accent_hover),
                (tokens.on_danger, tokens.danger),
                (tokens.on_danger, tokens.danger_hover),
            ] {
                let found = contrast(text, background);
                assert!(found >= 4.5, "{text:?} on {background:?}, dark {}: {found:.2}", tokens.dark);
            }
            assert!(contrast(tokens.focus, page) >= 3.0);
        }
    }

    #[test]
    fn text_on_a_label_colour_is_readable() {
        for index in 0..32 {
            let background = label_color(Color::of_label(index));
            assert!(contrast(Tokens::text_on(background), background) >= 4.5);
        }
    }
}
