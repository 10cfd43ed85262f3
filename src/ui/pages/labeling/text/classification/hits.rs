//! Where what is searched for stands in a text, and the part of a long text that a list shows.

use crate::ui::text_view::runs::runs;
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId};
use regex::{Regex, RegexBuilder};
use std::ops::Range;

/// What stands before the first hit of an excerpt that begins inside the text.
const BEFORE_HIT: usize = 24;
/// An excerpt begins with the text as long as the first hit is among this many characters.
const SEEN_AT_ONCE: usize = 80;

/// What is searched for, without regard to case: the same rule as the catalog's. `None` if nothing is.
#[must_use]
pub fn pattern(needle: &str) -> Option<Regex> {
    if needle.is_empty() {
        return None;
    }
    RegexBuilder::new(&regex::escape(needle)).case_insensitive(true).build().ok()
}

/// The bytes at which it stands.
#[must_use]
pub fn hits(text: &str, pattern: Option<&Regex>) -> Vec<Range<usize>> {
    pattern.map_or_else(Vec::new, |pattern| pattern.find_iter(text).map(|found| found.range()).collect())
}

/// A part of a text in one piece, as a list shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Without line ends and other control characters: blanks stand for them.
    pub text: String,
    /// In bytes of `text`.
    pub hits: Vec<Range<usize>>,
}

impl Excerpt {
    /// The beginning of a text, or what is around the first hit if that is further on; `limit` characters of it.
    #[must_use]
    pub fn of(text: &str, pattern: Option<&Regex>, limit: usize) -> Self {
        let first = pattern.and_then(|pattern| pattern.find(text)).map_or(0, |found| found.start());
        let before = text.get(..first).unwrap_or_default();
        let is_far = before.chars().count() > SEEN_AT_ONCE;
        let start =
            if is_far { before.char_indices().rev().nth(BEFORE_HIT - 1).map_or(0, |(byte, _)| byte) } else { 0 };
        let mut shown = String::new();
        if start > 0 {
            shown.push('…');
        }
        let part = text.get(start..).unwrap_or_default().trim_start().chars().take(limit);
        shown.extend(part.map(|character| if character.is_control() { ' ' } else { character }));
        let hits = hits(&shown, pattern);
        Self { text: shown, hits }
    }
}

/// Text with its hits on a ground of their own.
#[must_use]
pub fn job(text: &str, hits: &[Range<usize>], font: &FontId, color: Color32, ground: Color32) -> LayoutJob {
    let plain = TextFormat::simple(font.clone(), color);
    let marked = TextFormat { background: ground, ..plain.clone() };
    let mut job = LayoutJob::default();
    let mut append = |bytes: Range<usize>, format: &TextFormat| {
        // Each piece is shaped in its own direction; rows are broken in the text's order, so the pieces stay in it.
        let part = text.get(bytes).unwrap_or_default();
        let mut runs = runs(part);
        runs.sort_by_key(|run| run.bytes.start);
        for run in runs {
            job.append(&part[run.bytes], 0.0, format.clone());
        }
    };
    let mut at = 0;
    for hit in hits {
        append(at..hit.start, &plain);
        append(hit.clone(), &marked);
        at = hit.end;
    }
    append(at..text.len(), &plain);
    if job.is_empty() {
        job.append("", 0.0, plain);
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_found_without_regard_to_case_and_signs_are_no_pattern() {
        let found = hits("Very good. VERY", pattern("very").as_ref());
        assert_eq!(found, [0..4, 11..15]);
        assert_eq!(hits("a.c abc", pattern("a.c").as_ref()), std::slice::from_ref(&(0..3)));
        assert!(hits("abc", pattern("").as_ref()).is_empty());
    }

    #[test]
    fn an_excerpt_shows_the_first_hit_of_a_long_text() {
        let text = format!("{}味道好\n真的{}", "字".repeat(500), "后".repeat(500));
        let excerpt = Excerpt::of(&text, pattern("味道").as_ref(), 60);
        assert_eq!(excerpt.text.chars().count(), 61);
        assert!(excerpt.text.starts_with("…字") && excerpt.text.contains("味道好 真的"), "{}", excerpt.text);
        let [hit] = excerpt.hits.as_slice() else { panic!("one hit") };
        assert_eq!(excerpt.text.get(hit.clone()), Some("味道"));
        assert_eq!(Excerpt::of(&text, None, 10).text, "字".repeat(10));
    }

    #[test]
    fn pieces_of_both_directions_make_up_the_whole() {
        let text = "好 שלום עולם, 好 (نص) x";
        let found = hits(text, pattern("עולם").as_ref());
        let job = job(text, &found, &FontId::default(), Color32::WHITE, Color32::RED);
        assert_eq!(job.text, text);
        let marked: Vec<&str> = job
            .sections
            .iter()
            .filter(|section| section.format.background == Color32::RED)
            .map(|section| &job.text[section.byte_range.start.0..section.byte_range.end.0])
            .collect();
        assert_eq!(marked, ["עולם"]);
    }

    #[test]
    fn a_near_hit_leaves_the_beginning_in_sight() {
        let excerpt = Excerpt::of("\t两个小时才送到", pattern("时").as_ref(), 60);
        assert_eq!(excerpt.text, "两个小时才送到");
        assert_eq!(excerpt.hits.len(), 1);
    }
}
