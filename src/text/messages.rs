//! The messages themselves, parsed once for each language.

use super::format::group;
use super::{Arg, Language};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

/// A file of messages in both languages; a test holds that every file in `assets/locales` is listed.
pub(super) struct Source {
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests name the file that is at fault"))]
    pub(super) name: &'static str,
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
}

impl Source {
    pub(super) fn text(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::SimplifiedChinese => self.chinese,
        }
    }
}

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(Source {
            name: $name,
            english: include_str!(concat!("../../assets/locales/en/", $name, ".ftl")),
            chinese: include_str!(concat!("../../assets/locales/zh-CN/", $name, ".ftl")),
        }),*]
    };
}

pub(super) const SOURCES: &[Source] = sources![
    "common", "errors", "shell", "datasets", "labeling", "training", "services", "cli", "learning", "canvas",
    "reviews", "entities"
];

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English));
static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::SimplifiedChinese));

fn bundle(language: Language) -> Bundle {
    // The tag chooses the plural rules; a tag that does not parse would give those of no language.
    let identifier = language.tag().parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![identifier]);
    // Both languages run left to right; the isolation marks would only clutter terminals and copied text.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(|value, _| match value {
        FluentValue::Number(number) => Some(group(&number.as_string())),
        _ => None,
    }));
    for source in SOURCES {
        // A slip in a file costs the message it is in, not the program; the tests refuse it.
        let resource = FluentResource::try_new(source.text(language).to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The message or attribute in that language, else in English, else `None`.
pub(super) fn lookup(language: Language, id: &str, arguments: &[(&str, Arg<'_>)]) -> Option<String> {
    let found = match language {
        Language::English => None,
        Language::SimplifiedChinese => format_in(&CHINESE, id, arguments),
    };
    found.or_else(|| format_in(&ENGLISH, id, arguments))
}

fn format_in(bundle: &Bundle, id: &str, arguments: &[(&str, Arg<'_>)]) -> Option<String> {
    let pattern = match id.split_once('.') {
        Some((message, attribute)) => bundle.get_message(message)?.get_attribute(attribute)?.value(),
        None => bundle.get_message(id)?.value()?,
    };
    let mut values = FluentArgs::with_capacity(arguments.len());
    for (name, argument) in arguments {
        let value: FluentValue<'_> = match argument {
            Arg::Text(text) => (*text).into(),
            Arg::Owned(text) => text.as_str().into(),
            Arg::Number(number) => (*number).into(),
        };
        values.set(*name, value);
    }
    // A missing argument shows as `{$name}` in the text: visible, and better than no text.
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned())
}
