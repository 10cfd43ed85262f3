//! Words of a text in any language, with their part of speech where a dictionary knows it. Chinese is cut by jieba; in
//! other scripts a word is a run of letters, digits and marks.

use jieba_rs::Jieba;
use std::sync::LazyLock;

/// Loaded once a process; it takes a fraction of a second.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// A word or a single sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Jieba's tag, such as `nr` for a person's name; `x` for a sign, `eng` and `m` for other scripts and digits.
    pub(super) tag: &'a str,
    /// In code points.
    pub(super) length: usize,
}

/// The words of `text`; together they are the whole text, blanks too.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let word = |text, tag| Word { text, tag, length: str::chars(text).count() };
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = Kind::of(first);
        let length = match kind {
            Kind::Sign => first.len_utf8(),
            _ => rest.find(|character| !kind.goes_on_with(character)).unwrap_or(rest.len()),
        };
        let (run, after) = rest.split_at(length);
        match kind {
            Kind::Chinese => words.extend(JIEBA.tag(run, true).into_iter().map(|tag| word(tag.word, tag.tag))),
            Kind::Letters => words.push(word(run, "eng")),
            Kind::Digits => words.push(word(run, "m")),
            Kind::Sign => words.push(word(run, "x")),
        }
        rest = after;
    }
    words
}

/// What a run of characters is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Chinese,
    Letters,
    Digits,
    /// Stands alone.
    Sign,
}

impl Kind {
    pub(super) fn of(character: char) -> Self {
        match character {
            '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}' => {
                Self::Chinese
            }
            _ if character.is_numeric() => Self::Digits,
            _ if character.is_alphabetic() => Self::Letters,
            _ => Self::Sign,
        }
    }

    fn goes_on_with(self, character: char) -> bool {
        // An accent written as a character of its own belongs to the letter before it.
        let is_mark = matches!(character, '\u{0300}'..='\u{036F}' | '\u{200C}' | '\u{200D}' | '\'' | '\u{2019}');
        match self {
            Self::Letters => Self::of(character) == Self::Letters || is_mark || character.is_ascii_digit(),
            _ => Self::of(character) == self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn each_script_has_its_words() {
        assert_eq!(cut("我来到北京清华大学"), ["我", "来到", "北京", "清华大学"]);
        assert_eq!(cut("Don't stop, naïve 42!"), ["Don't", " ", "stop", ",", " ", "naïve", " ", "42", "!"]);
        assert_eq!(cut("Привет мир"), ["Привет", " ", "мир"]);
        assert_eq!(cut("用iPhone打"), ["用", "iPhone", "打"]);
        assert_eq!(words("张三")[0].length + words("张三").iter().skip(1).map(|word| word.length).sum::<usize>(), 2);
    }

    proptest! {
        #[test]
        fn words_are_the_whole_text(text in "([a-z]|[一-龥]|𝄞|é|\\r\\n| ){0,60}") {
            prop_assert_eq!(cut(&text).concat(), text);
        }
    }
}
