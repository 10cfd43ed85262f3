//! What is known of each character of a line: its neighbours, the word it stands in and the words beside that, whether
//! a known entity stands there, and whether it comes again. Learned and chosen on the development part of the Weibo
//! corpus, see `benches/README.md`.

use super::names::Name;
use super::words::{Kind, Word, words};
use std::collections::{BTreeMap, HashMap};

/// No known entity is longer, in code points.
const LONGEST_ENTITY: usize = 12;
/// Before and after the line.
const BEFORE: char = '\u{2}';
const AFTER: char = '\u{3}';

/// The entities of the texts that were learned from, by the number of their text, with their most frequent class.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dictionary(pub(super) BTreeMap<u64, u32>);

impl Dictionary {
    /// Of entities' texts and classes.
    pub(super) fn of<'a>(entities: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut counts: HashMap<u64, BTreeMap<u32, u32>> = HashMap::new();
        for (text, class) in entities {
            let Ok(class) = u32::try_from(class) else { continue };
            *counts.entry(Self::number(text.chars())).or_default().entry(class).or_default() += 1;
        }
        let most = |classes: BTreeMap<u32, u32>| {
            classes.into_iter().max_by_key(|(class, count)| (*count, std::cmp::Reverse(*class))).map(|(class, _)| class)
        };
        Self(counts.into_iter().filter_map(|(number, classes)| Some((number, most(classes)?))).collect())
    }

    fn number(text: impl Iterator<Item = char>) -> u64 {
        text.fold(Name::of("entity"), Name::character).number()
    }

    /// The longest known entity that begins at each place: its length and its class.
    fn beginnings(&self, characters: &[char]) -> Vec<Option<(usize, u32)>> {
        let at = |place: usize| {
            let mut name = Name::of("entity");
            let mut longest = None;
            for (length, &character) in characters[place..].iter().enumerate().take(LONGEST_ENTITY) {
                name = name.character(character);
                longest = self.0.get(&name.number()).map(|class| (length + 1, *class)).or(longest);
            }
            longest
        };
        if self.0.is_empty() { vec![None; characters.len()] } else { (0..characters.len()).map(at).collect() }
    }
}

/// Where in a word or an entity a character stands.
fn part(place: usize, length: usize) -> &'static str {
    match place {
        _ if length == 1 => "S",
        0 => "B",
        _ if place + 1 == length => "E",
        _ => "M",
    }
}

fn sort(character: char) -> &'static str {
    match character {
        BEFORE | AFTER => "-",
        _ if character.is_ascii_digit() => "D",
        _ if character.is_ascii_alphabetic() => "L",
        _ if Kind::of(character) == Kind::Chinese => "H",
        _ if character.is_ascii() => "P",
        _ => "O",
    }
}

/// A word of the line, also in lower case.
struct Said<'a> {
    word: Word<'a>,
    lower: String,
}

/// The number of what is known at every place; its weight says what is usual.
pub(super) fn always() -> u64 {
    Name::of("always").number()
}

/// The numbers of the features of every character of `line`.
pub(super) fn features(line: &str, dictionary: &Dictionary) -> Vec<Vec<u64>> {
    let characters: Vec<char> = line.chars().collect();
    let small: Vec<char> = characters.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let mut all: Vec<Vec<u64>> = (0..characters.len()).map(|place| neighbours(&characters, &small, place)).collect();

    let said: Vec<Said<'_>> =
        words(line).into_iter().map(|word| Said { lower: word.text.to_lowercase(), word }).collect();
    let mut from = 0;
    for index in 0..said.len() {
        let length = said[index].word.length;
        let before = index.checked_sub(1).map(|before| &said[before]);
        for place in 0..length {
            of_word(&said[index], part(place, length), before, said.get(index + 1), &mut all[from + place]);
        }
        from += length;
    }
    of_dictionary(dictionary, &characters, &said, &mut all);
    of_repetition(&characters, &mut all);
    all
}

/// The characters around a place.
fn neighbours(characters: &[char], small: &[char], place: usize) -> Vec<u64> {
    let at = |characters: &[char], offset: isize| {
        let Some(index) = place.checked_add_signed(offset) else { return BEFORE };
        characters.get(index).copied().unwrap_or(AFTER)
    };
    let near = |offset| at(small, offset);
    let mut numbers = Vec::with_capacity(48);
    numbers.push(always());
    for (kind, offset) in [("-2", -2), ("-1", -1), ("0", 0), ("+1", 1), ("+2", 2)] {
        numbers.push(Name::of(kind).character(near(offset)).number());
    }
    for (kind, offset) in [("-2-1", -2), ("-1+0", -1), ("+0+1", 0), ("+1+2", 1)] {
        numbers.push(Name::of(kind).character(near(offset)).character(near(offset + 1)).number());
    }
    numbers.push(Name::of("-1+1").character(near(-1)).character(near(1)).number());
    for (kind, offset) in [("-2-1+0", -1), ("-1+0+1", 0)] {
        let name = Name::of(kind).character(near(offset - 1)).character(near(offset)).character(near(offset + 1));
        numbers.push(name.number());
    }
    for (kind, offset) in [("sort-1", -1), ("sort0", 0), ("sort+1", 1)] {
        numbers.push(Name::of(kind).part(sort(at(characters, offset))).number());
    }
    if place > 0 && characters[place] == characters[place - 1] {
        numbers.push(Name::of("doubled").number());
    }
    numbers
}

/// The word around a place and the words beside it.
fn of_word(said: &Said<'_>, part: &str, before: Option<&Said<'_>>, after: Option<&Said<'_>>, numbers: &mut Vec<u64>) {
    let lower = |said: Option<&Said<'_>>, edge| said.map_or_else(|| String::from(edge), |said| said.lower.clone());
    fn tag<'a>(said: Option<&Said<'a>>) -> &'a str {
        said.map_or("-", |said| said.word.tag)
    }
    let (word, own) = (said.lower.as_str(), said.word.tag);
    let (left, right) = (lower(before, BEFORE), lower(after, AFTER));
    let (left_tag, right_tag) = (tag(before), tag(after));
    let length = ["1", "2", "3", "4", "5"][said.word.length.clamp(1, 5) - 1];
    let first = word.chars().next().unwrap_or(BEFORE);
    let last = word.chars().next_back().unwrap_or(AFTER);
    let of = |kind: &str, parts: &[&str]| parts.iter().fold(Name::of(kind), |name, part| name.part(part)).number();
    numbers.extend([
        of("word", &[word]),
        of("part", &[part]),
        of("part tag", &[part, own]),
        of("part word", &[part, word]),
        of("left", &[&left]),
        of("right", &[&right]),
        of("part left", &[part, &left]),
        of("part right", &[part, &right]),
        of("part left-tag", &[part, left_tag]),
        of("part right-tag", &[part, right_tag]),
        of("part left-tag tag", &[part, left_tag, own]),
        of("part right-tag tag", &[part, right_tag, own]),
        of("part left-tag tag right-tag", &[part, left_tag, own, right_tag]),
        of("part length", &[part, length]),
        Name::of("part first").part(part).character(first).number(),
        Name::of("part last").part(part).character(last).number(),
    ]);
}

/// Where known entities stand.
fn of_dictionary(dictionary: &Dictionary, characters: &[char], said: &[Said<'_>], all: &mut [Vec<u64>]) {
    let words: Vec<(&str, &str)> = said
        .iter()
        .flat_map(|said| (0..said.word.length).map(|place| (part(place, said.word.length), said.word.tag)))
        .collect();
    for (start, found) in dictionary.beginnings(characters).into_iter().enumerate() {
        let Some((length, class)) = found else { continue };
        let size = if length == 1 { "one" } else { "more" };
        for place in 0..length {
            let (part_of_word, tag) = words.get(start + place).copied().unwrap_or_default();
            let class = class.to_string();
            let known = Name::of("known").part(part(place, length)).part(&class).part(size);
            all[start + place].push(known.number());
            all[start + place].push(known.part(part_of_word).part(tag).number());
        }
    }
}

/// Whether the two characters from a place on, or up to it, stand elsewhere in the line too: names come again.
fn of_repetition(characters: &[char], all: &mut [Vec<u64>]) {
    let mut counts: HashMap<(char, char), u32> = HashMap::new();
    for pair in characters.windows(2) {
        *counts.entry((pair[0], pair[1])).or_default() += 1;
    }
    for (place, pair) in characters.windows(2).enumerate() {
        if counts.get(&(pair[0], pair[1])).is_some_and(|count| *count > 1) {
            all[place].push(Name::of("again from here").number());
            all[place + 1].push(Name::of("again up to here").number());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_longest_known_entity_is_found_with_its_usual_class() {
        let entities = [("北京", 0), ("北京大学", 1), ("北京", 0), ("北京", 2)];
        let dictionary = Dictionary::of(entities.into_iter());
        let characters: Vec<char> = "在北京大学和北京".chars().collect();
        let found = dictionary.beginnings(&characters);
        assert_eq!(found[1], Some((4, 1)));
        assert_eq!(found[6], Some((2, 0)));
        assert_eq!(found.iter().flatten().count(), 2);
        let known = features("北京", &dictionary);
        assert!(known[0].len() > features("北京", &Dictionary::default())[0].len());
    }

    proptest! {
        #[test]
        fn every_character_is_known_by_something(line in "([a-zA-Z]|[一-龥]|𝄞|é|İ| ){0,40}") {
            let features = features(&line, &Dictionary::of([("a", 0)].into_iter()));
            prop_assert_eq!(features.len(), line.chars().count());
            prop_assert!(features.iter().all(|numbers| numbers.len() > 20));
        }
    }
}
