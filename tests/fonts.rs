//! The bundled fonts show what the window says: every character of the translations, and digits of one width.

use egui::{Color32, FontData, FontDefinitions, FontFamily, FontId};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

const FILES: [&str; 2] = ["NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the fonts above lack.
const FALLBACK: &str = "NotoSansFallback-Regular.ttf";

/// A context with that font and the fallback.
fn context_with(file: &str) -> egui::Context {
    let mut fonts = FontDefinitions::empty();
    let names: Vec<String> = [file, FALLBACK].map(str::to_owned).into();
    for name in &names {
        let bytes = std::fs::read(folder().join("fonts").join(name)).expect("the font");
        fonts.font_data.insert(name.clone(), Arc::new(FontData::from_owned(bytes)));
    }
    fonts.families.insert(FontFamily::Proportional, names.clone());
    fonts.families.insert(FontFamily::Monospace, names);
    let context = egui::Context::default();
    context.set_fonts(fonts);
    // Fonts are loaded by the first frame.
    context.run_ui(egui::RawInput::default(), |_| {}).drop_without_applying_deltas();
    context
}

/// Every character of every translation, and some that people's data has.
fn characters_of_the_window() -> BTreeSet<char> {
    let mut characters: BTreeSet<char> =
        "0123456789 €£¥ÄÖÜäöüßéèñçøåŁž “”‘’–—…·•×÷±≤≥≈∞←↑→↓↵⇧⌘⌃⌥☆★✓✗■□▲▼◆●○、。「」《》（）：；！？￥台灣語標註"
            .chars()
            .collect();
    for language in std::fs::read_dir(folder().join("assets/locales")).expect("the translations") {
        for file in std::fs::read_dir(language.expect("readable").path()).expect("a language") {
            let text = std::fs::read_to_string(file.expect("readable").path()).expect("UTF-8");
            characters.extend(text.chars().filter(|character| !character.is_control()));
        }
    }
    characters
}

#[test]
fn every_character_of_the_window_has_a_glyph() {
    for file in FILES {
        let context = context_with(file);
        let missing: String = characters_of_the_window()
            .into_iter()
            .filter(|&character| !context.fonts_mut(|fonts| fonts.has_glyph(&FontId::proportional(14.0), character)))
            .collect();
        assert!(missing.is_empty(), "{file} lacks {missing:?}: run packaging/subset-font.sh");
    }
}

/// Sentences of everyday texts in many scripts, names with rare hanzi among them.
const EVERYDAY: [&str; 12] = [
    "朱镕基、陈堃、王喆、张翀；焗饭和囧，优惠劵，嘢、冇、瞓、攞、佢哋",
    "臺灣的繁體字、香港的粵語、龘靐齉",
    "Größe, naïve, façade, Łódź, İstanbul, Việt Nam, ﬁn",
    "Привет, мир! Ўзбекистон, Україна",
    "Καλημέρα κόσμε, ἀρχή",
    "ひらがな、カタカナ、漢字、々〆",
    "안녕하세요, 대한민국 뷁",
    "שָׁלוֹם עולם",
    "السلام عليكم، ٢٠٢٦؛ پارسی گ چ ژ، ٹڈے",
    "สวัสดีชาวโลก ๒๐",
    "नमस्ते दुनिया, क्षि ॐ",
    "👍 😀 👩\u{200D}👩\u{200D}👧 ☺ ♥ → ✓ ℃ ½ № ™",
];

#[test]
fn everyday_texts_have_their_glyphs() {
    let context = egui::Context::default();
    modelier::ui::theme::install(&context);
    context.run_ui(egui::RawInput::default(), |_| {}).drop_without_applying_deltas();
    let bold = FontId::new(14.0, modelier::ui::theme::bold_family());
    for font in [FontId::proportional(14.0), bold] {
        let has = |character: char| {
            let is_seen = !matches!(character, '\u{200B}'..='\u{200F}');
            !is_seen || context.fonts_mut(|fonts| fonts.has_glyph(&font, character))
        };
        for text in EVERYDAY {
            let missing: String = text.chars().filter(|&character| !has(character)).collect();
            assert!(missing.is_empty(), "{text}: no font of {:?} has {missing:?}", font.family);
        }
        // All hanzi of the first block but those that came after the font was made.
        let lacking = ('\u{4E00}'..='\u{9FEF}').filter(|&hanzi| !has(hanzi)).count();
        assert_eq!(lacking, 0, "{:?}", font.family);
    }
}

#[test]
fn digits_have_one_width() {
    for file in FILES {
        let context = context_with(file);
        let widths: Vec<f32> = ('0'..='9')
            .map(|digit| context.fonts_mut(|fonts| fonts.glyph_width(&FontId::proportional(14.0), digit)))
            .collect();
        assert!(widths.iter().all(|width| (width - widths[0]).abs() < 1e-4 && *width > 0.0), "{file}: {widths:?}");
    }
}

#[test]
fn glyphs_are_drawn_with_ink() {
    for file in FILES {
        let context = context_with(file);
        // Layout puts the glyphs into the atlas; an outline that cannot be read would leave it as it was.
        let ink = |context: &egui::Context| {
            let image = context.fonts(|fonts| fonts.image());
            image.pixels.iter().map(|pixel| u64::from(pixel.a())).sum::<u64>()
        };
        let before = ink(&context);
        context.fonts_mut(|fonts| {
            fonts.layout_no_wrap(
                "标注数据 Modelier 1,234 Łódź ⌥".to_owned(),
                FontId::proportional(20.0),
                Color32::WHITE,
            )
        });
        assert!(ink(&context) > before + 10_000, "{file}");
        if let Ok(folder) = std::env::var("MODELIER_TEST_PICTURES") {
            let picture = context.fonts(|fonts| fonts.image());
            let bytes: Vec<u8> = picture.pixels.iter().map(|pixel| pixel.a()).collect();
            let size = (picture.width() as u32, picture.height() as u32);
            let path = Path::new(&folder).join(file).with_extension("png");
            image::save_buffer(path, &bytes, size.0, size.1, image::ColorType::L8).expect("a picture");
        }
    }
}
