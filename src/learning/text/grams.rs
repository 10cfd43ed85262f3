//! What a whole text consists of, for telling kinds of texts apart: runs of characters, and words.

use super::names::Name;
use super::words::{Kind, words};

/// The text as it is compared: lower case, and letters and signs of full width as the usual ones.
fn plain(text: &str) -> String {
    let narrow = |character: char| match character {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        '\u{3000}' => ' ',
        character => character,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).collect()
}

/// The numbers of everything that `text` has, each once, sorted: runs of 1 to `longest` characters, its beginning and
/// its end counting as one, and its words.
pub(super) fn grams(text: &str, longest: usize) -> Vec<u64> {
    let text = plain(text);
    let mut characters = vec!['\u{2}'];
    characters.extend(text.chars());
    characters.push('\u{3}');
    let mut numbers = Vec::with_capacity(characters.len() * (longest + 1));
    for from in 0..characters.len() {
        let mut name = Name::of("characters");
        for &character in characters[from..].iter().take(longest) {
            name = name.character(character);
            numbers.push(name.number());
        }
    }
    let is_word = |word: &str| word.chars().next().is_some_and(|first| Kind::of(first) != Kind::Sign);
    let words = words(&text);
    numbers
        .extend(words.iter().filter(|word| is_word(word.text)).map(|word| Name::of("word").part(word.text).number()));
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_width_do_not_matter_but_order_does() {
        assert_eq!(grams("Ａ１！好", 4), grams("a1!好", 4));
        assert_ne!(grams("好不", 2), grams("不好", 2));
        assert_eq!(grams("", 4).len(), 3, "beginning, end, and both");
        let count = grams("aaaa", 1).len();
        assert_eq!(count, 4, "beginning, a, end, and the word");
    }
}
