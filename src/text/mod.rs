//! What people read, in their language: Fluent messages by id and arguments, for the window and the command line alike.
//!
//! The messages are in `assets/locales/{en,zh-CN}/*.ftl` and are part of the program. English stands in for a message
//! that another language lacks; a test keeps that from happening.

pub mod format;
mod messages;

#[cfg(test)]
mod checks;

use crate::domain::{Explanation, Warning};
use serde::{Deserialize, Serialize};

/// A language of the window and the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "zh-CN")]
    SimplifiedChinese,
}

impl Language {
    /// Every language, in the order of a menu.
    pub const ALL: [Self; 2] = [Self::English, Self::SimplifiedChinese];

    /// The BCP 47 tag, also the name of the folder with its messages.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::SimplifiedChinese => "zh-CN",
        }
    }

    /// Its name in itself, for a menu.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::SimplifiedChinese => "简体中文",
        }
    }

    /// The nearest language to a locale such as `zh_CN.UTF-8`, `zh-Hans` or `de`; `None` if there is none near.
    #[must_use]
    pub fn from_locale(locale: &str) -> Option<Self> {
        let primary = locale.split(['_', '-', '.', '@']).next()?;
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::SimplifiedChinese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The person's language by POSIX's rule: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set decides.
    ///
    /// `variable` looks up an environment variable, e.g. `|name| std::env::var(name).ok()`.
    #[must_use]
    pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(variable)
            .find(|locale| !locale.is_empty())
            .and_then(|locale| Self::from_locale(&locale))
            .unwrap_or_default()
    }
}

/// An argument of a message. Numbers are grouped (`1,234`) and choose plural forms.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    Text(&'a str),
    Owned(String),
    Number(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Owned(text)
    }
}

macro_rules! number_argument {
    ($($number:ty),*) => {$(
        impl From<$number> for Arg<'_> {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "shown to people; counts stay below 2⁵³")]
            fn from(number: $number) -> Self {
                Self::Number(number as f64)
            }
        }
    )*};
}
number_argument!(u8, u16, u32, u64, usize, i32, i64, f32, f64);

/// A name as a Fluent id: lower case, `_` as `-`. `max_epoches` is `parameter-max-epoches`.
#[must_use]
pub fn id_of(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// The message `id` (or the attribute `id.attribute`); the id itself if no language has it.
#[must_use]
pub fn tr(language: Language, id: &str) -> String {
    tr_with(language, id, &[])
}

/// The message `id` (or the attribute `id.attribute`) with its arguments; the id itself if no language has it.
///
/// ```
/// use modelier::text::{Language, tr_with};
/// assert_eq!(tr_with(Language::English, "count-samples", &[("count", 1_200_usize.into())]), "1,200 samples");
/// ```
#[must_use]
pub fn tr_with(language: Language, id: &str, arguments: &[(&str, Arg<'_>)]) -> String {
    messages::lookup(language, id, arguments).unwrap_or_else(|| id.to_owned())
}

/// An explanation in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// What failed and why.
    pub message: String,
    /// What to do.
    pub next: Option<String>,
}

/// What failed and why, and what to do, apart.
///
/// A code without a message gives the code and its arguments, so that nothing is lost.
#[must_use]
pub fn explain_parts(language: Language, explanation: &Explanation) -> Explained {
    let arguments: Vec<(&str, Arg<'_>)> = explanation
        .arguments
        .iter()
        .map(|(name, value)| (name.as_ref(), explanation_argument(language, name, value)))
        .collect();
    let id = format!("error-{}", explanation.code);
    let Some(message) = messages::lookup(language, &id, &arguments) else {
        let listed: Vec<String> =
            explanation.arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let message = if listed.is_empty() {
            explanation.code.to_string()
        } else {
            format!("{} ({})", explanation.code, listed.join(", "))
        };
        return Explained { message, next: None };
    };
    Explained { message, next: messages::lookup(language, &format!("{id}.next"), &arguments) }
}

/// “What failed and why — what to do”, on one line.
#[must_use]
pub fn explain(language: Language, explanation: &Explanation) -> String {
    let Explained { message, next } = explain_parts(language, explanation);
    match next {
        Some(next) => tr_with(language, "explanation", &[("message", message.into()), ("next", next.into())]),
        None => message,
    }
}

/// A warning on one line: what it is about, then why.
#[must_use]
pub fn explain_warning(language: Language, warning: &Warning) -> String {
    format!("{}: {}", warning.source, explain(language, &warning.reason))
}

/// Counts choose plural forms and are grouped; every other argument is shown as it is, be it a number or not: a dataset
/// may be called `10000`. Words of the program (`argument-NAME-VALUE`) are translated.
fn explanation_argument<'a>(language: Language, name: &str, value: &'a str) -> Arg<'a> {
    const COUNTS: [&str; 6] = ["count", "total", "limit", "length", "width", "height"];
    if COUNTS.contains(&name)
        && let Ok(number) = value.parse::<u32>()
    {
        return Arg::Number(f64::from(number));
    }
    let is_word = value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_word && let Some(word) = messages::lookup(language, &format!("argument-{name}-{value}"), &[]) {
        return Arg::Owned(word);
    }
    Arg::Text(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_gives_the_nearest_language() {
        for (locale, language) in [
            ("zh_CN.UTF-8", Some(Language::SimplifiedChinese)),
            ("zh-Hans-CN", Some(Language::SimplifiedChinese)),
            ("zh", Some(Language::SimplifiedChinese)),
            ("en_GB.UTF-8", Some(Language::English)),
            ("C.UTF-8", None),
            ("", None),
        ] {
            assert_eq!(Language::from_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let environment = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(Language::detect(environment(&[("LANG", "zh_CN.UTF-8")])), Language::SimplifiedChinese);
        assert_eq!(Language::detect(environment(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")])), Language::English);
        assert_eq!(Language::detect(environment(&[("LC_ALL", ""), ("LANG", "zh")])), Language::SimplifiedChinese);
        assert_eq!(Language::detect(environment(&[])), Language::English);
    }

    #[test]
    fn settings_keep_a_language_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_string(&language).expect("a string"), format!("{:?}", language.tag()));
        }
    }

    #[test]
    fn counts_choose_plural_forms_and_are_grouped() {
        let samples = |language, count: usize| tr_with(language, "count-samples", &[("count", count.into())]);
        assert_eq!(samples(Language::English, 1), "1 sample");
        assert_eq!(samples(Language::English, 0), "0 samples");
        assert_eq!(samples(Language::English, 1_000_000), "1,000,000 samples");
        assert_eq!(samples(Language::SimplifiedChinese, 1_200), "1,200 个样本");
    }

    #[test]
    fn an_explanation_says_what_why_and_what_next_without_direction_marks() {
        let explanation = Explanation::bad_input("name-too-long")
            .with("kind", "label-name")
            .with("length", 1200)
            .with("limit", 32)
            .with("name", "玫瑰");
        assert_eq!(
            explain(Language::English, &explanation),
            "The label name has 1,200 characters, the limit is 32: 玫瑰 — Shorten it"
        );
        assert_eq!(
            explain(Language::SimplifiedChinese, &explanation),
            "标签名称有 1,200 个字符，上限为 32 个：玫瑰。请缩短"
        );
    }

    #[test]
    fn a_name_that_looks_like_a_number_is_not_grouped() {
        let explanation =
            Explanation::bad_input("name-first-character").with("kind", "model-name").with("name", 10_000);
        assert!(explain(Language::English, &explanation).contains(": 10000 "));
    }

    #[test]
    fn an_unknown_code_keeps_its_arguments() {
        let explanation = Explanation::failure("never-heard-of").with("path", "/a b");
        assert_eq!(explain(Language::English, &explanation), "never-heard-of (path: /a b)");
        let warning = Warning::new("image.png", explanation);
        assert_eq!(explain_warning(Language::English, &warning), "image.png: never-heard-of (path: /a b)");
    }

    #[test]
    fn an_unknown_message_shows_its_id() {
        assert_eq!(tr(Language::English, "no-such-message"), "no-such-message");
    }
}
