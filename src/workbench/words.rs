//! Words of a text, for whoever marks stretches of it: Chinese from a dictionary, all else by Unicode's rules.

use jieba_rs::Jieba;
use std::ops::Range;
use std::sync::OnceLock;
use unicode_segmentation::UnicodeSegmentation;

/// The dictionary takes a tenth of a second to read, once.
static DICTIONARY: OnceLock<Jieba> = OnceLock::new();

/// Reads the dictionary now, so that the first double click need not wait for it.
pub fn prepare_words() {
    DICTIONARY.get_or_init(Jieba::new);
}

/// The words of a text as byte ranges that cover all of it; blanks and marks are words of their own.
#[must_use]
pub fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut chinese: Option<Range<usize>> = None;
    for (at, word) in text.split_word_bound_indices() {
        let here = at..at + word.len();
        match (&mut chinese, word.chars().all(is_chinese)) {
            (Some(run), true) => run.end = here.end,
            (None, true) => chinese = Some(here),
            (run, false) => {
                cut(text, run.take(), &mut words);
                words.push(here);
            }
        }
    }
    cut(text, chinese, &mut words);
    words
}

/// Cuts a run of Chinese characters into the dictionary's words.
fn cut(text: &str, run: Option<Range<usize>>, words: &mut Vec<Range<usize>>) {
    let Some(run) = run else { return };
    let Some(part) = text.get(run.clone()) else { return };
    let mut at = run.start;
    for word in DICTIONARY.get_or_init(Jieba::new).cut(part, true) {
        let end = at + word.len();
        words.push(at..end);
        at = end;
    }
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|word| &text[word]).collect()
    }

    #[test]
    fn chinese_words_come_from_the_dictionary() {
        assert_eq!(shown("我来到北京清华大学"), ["我", "来到", "北京", "清华大学"]);
        assert_eq!(shown("用GPU训练模型。OK?"), ["用", "GPU", "训练", "模型", "。", "OK", "?"]);
        assert_eq!(shown("don't stop"), ["don't", " ", "stop"]);
    }

    proptest! {
        #[test]
        fn words_cover_the_text(text in "([a-z0-9' ]|[一-龥]|，|é|👩\u{200D}👧|𠀀|\\r\\n){0,40}") {
            let mut end = 0;
            for word in words(&text) {
                prop_assert_eq!(word.start, end);
                prop_assert!(text.is_char_boundary(word.end));
                end = word.end;
            }
            prop_assert_eq!(end, text.len());
        }
    }
}
