//! Letters that are written from right to left. The toolkit shapes a row in the direction of its first letters, all of it;
//! cut into runs, each is drawn in its own direction, the runs from left to right.

use egui::text::{LayoutJob, TextFormat};
use std::ops::Range;

/// Whether a character is written from right to left.
#[must_use]
pub fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

/// The byte ranges of letters of one direction.
#[must_use]
pub fn runs(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut before = None;
    for (at, character) in text.char_indices() {
        let end = at + character.len_utf8();
        let direction = is_right_to_left(character);
        match runs.last_mut() {
            Some(run) if before == Some(direction) => run.end = end,
            _ => runs.push(at..end),
        }
        before = Some(direction);
    }
    runs
}

/// A text on one line, cut into runs.
#[must_use]
pub fn job_of(text: &str, format: &TextFormat) -> LayoutJob {
    let mut job = LayoutJob { break_on_newline: false, ..LayoutJob::default() };
    for run in runs(text) {
        job.append(&text[run], 0.0, format.clone());
    }
    if text.is_empty() {
        job.append("", 0.0, format.clone());
    }
    job
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_direction_is_a_run() {
        let text = "a שלום, b";
        let shown: Vec<&str> = runs(text).into_iter().map(|run| &text[run]).collect();
        assert_eq!(shown, ["a ", "שלום", ", b"]);
        assert!(runs("").is_empty());
        assert_eq!(job_of(text, &TextFormat::default()).text, text);
    }
}
