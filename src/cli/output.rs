//! How a command speaks: text or one JSON value on standard output, progress and errors on standard error.

use crate::domain::evaluation::{Measure, Summary};
use crate::domain::traits::Progress;
use crate::domain::{Cancel, Explanation, Warning};
use crate::text::{self, Language};
use crate::workbench::{self, ActivityKind, Task, Workbench};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::sync::Arc;

/// Where and in which language a command speaks.
pub(super) struct Output {
    pub json: bool,
    language: Language,
}

/// Warnings shown one by one; further ones are counted.
const WARNINGS_SHOWN: usize = 20;

/// The word above a column of first figures, as `word-{id}`.
pub(super) fn measure_word<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> &'static str {
    match Measure::of(summaries) {
        Measure::Accuracy => "accuracy",
        Measure::MeanAveragePrecision => "mAP",
        Measure::SpanF1 => "F1",
        Measure::Either => "figure",
    }
}

/// Names come from foreign files: what would break the line, steer the terminal or turn the text around is written out.
fn one_line(text: &str) -> Cow<'_, str> {
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_foul = |c: char| c.is_control() || turns(c);
    if !text.contains(is_foul) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\t' => line.push_str("\\t"),
            '\r' => line.push_str("\\r"),
            c if is_foul(c) => line.extend(c.escape_unicode()),
            c => line.push(c),
        }
    }
    Cow::Owned(line)
}

impl Output {
    pub fn new(json: bool, language: Language) -> Self {
        Self { json, language }
    }

    /// Prints `value` as JSON, or what `human` tells line by line as `name  value` pairs.
    pub fn value(&self, value: &impl Serialize, human: impl FnOnce(&mut dyn FnMut(&[(&str, &str)]))) {
        if self.json {
            match serde_json::to_string(value) {
                Ok(text) => self.print(&text),
                Err(error) => eprintln!("{error}"),
            }
            return;
        }
        human(&mut |pairs| {
            let line: Vec<_> = pairs.iter().map(|(name, value)| format!("{} {value}", self.word(name))).collect();
            self.print(&one_line(&line.join("   ")));
        });
    }

    /// Prints rows under a header, columns aligned. `header` are ids of Fluent words (`word-{id}`).
    pub fn table(&self, header: &[&str], rows: &[Vec<String>]) {
        let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(|text| one_line(text)).collect()).collect();
        let header: Vec<_> = header.iter().map(|name| Cow::from(self.word(name))).collect();
        let width = |text: &str| text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum::<usize>();
        let mut widths: Vec<usize> = header.iter().map(|text| width(text)).collect();
        for row in &rows {
            for (column, text) in row.iter().enumerate() {
                widths[column] = widths[column].max(width(text));
            }
        }
        for row in std::iter::once(&header).chain(&rows) {
            let mut line = String::new();
            for (column, text) in row.iter().enumerate() {
                line.push_str(text);
                if column + 1 < row.len() {
                    line.extend(std::iter::repeat_n(' ', widths[column] - width(text) + 2));
                }
            }
            self.print(line.trim_end());
        }
    }

    /// Prints a line at once. A reader that went away (`| head`) ends the printing, not the work.
    pub fn print(&self, line: &str) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{line}");
        let _ = out.flush();
    }

    fn word(&self, name: &str) -> String {
        text::tr(self.language, &format!("word-{name}"))
    }

    /// A sentence from the translations.
    pub fn say(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let arguments: Vec<_> = arguments.iter().map(|(name, value)| (*name, text::Arg::from(*value))).collect();
        text::tr_with(self.language, id, &arguments)
    }

    /// One line: code, what failed, why, what to do.
    pub fn error(&self, explanation: &Explanation) {
        eprintln!("modelier: {}: {}", explanation.code, one_line(&text::explain(self.language, explanation)));
    }

    /// Warnings on standard error; with `--json` they are part of the value instead.
    pub fn warnings(&self, warnings: &[Warning]) {
        if self.json {
            return;
        }
        for warning in warnings.iter().take(WARNINGS_SHOWN) {
            let reason = text::explain(self.language, &warning.reason);
            eprintln!("{}: {}", one_line(&warning.source), one_line(&reason));
        }
        if warnings.len() > WARNINGS_SHOWN {
            let rest = (warnings.len() - WARNINGS_SHOWN).to_string();
            eprintln!("{}", self.say("cli-more-warnings", &[("count", &rest)]));
        }
    }

    /// Warnings as `--json` writes them.
    pub fn warnings_json(&self, warnings: &[Warning]) -> serde_json::Value {
        let one = |warning: &Warning| {
            let reason = text::explain(self.language, &warning.reason);
            serde_json::json!({ "source": warning.source, "code": warning.reason.code, "reason": reason })
        };
        warnings.iter().map(one).collect()
    }

    /// As [`Output::with_progress`], recorded as an activity: other windows see it in their jobs panel.
    pub fn as_activity<T>(
        &self,
        workbench: &Workbench,
        kind: ActivityKind,
        subject: &str,
        work: impl FnOnce(&Task) -> workbench::Result<T>,
    ) -> workbench::Result<T> {
        self.with_progress(|task| workbench.run_activity_within(kind, subject, task, work))
    }

    /// Runs `work` with a progress bar if a person is watching.
    pub fn with_progress<T>(&self, work: impl FnOnce(&Task) -> T) -> T {
        let watched = std::io::stderr().is_terminal() && !self.json;
        let target = if watched { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg:24} {bar:32} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        let task = Task::new(Cancel::default(), Arc::new(Bar { bar: bar.clone(), language: self.language }));
        let result = work(&task);
        bar.finish_and_clear();
        result
    }
}

struct Bar {
    bar: ProgressBar,
    language: Language,
}

impl Progress for Bar {
    fn report(&self, what: &'static str, done: u64, total: Option<u64>) {
        self.bar.set_message(text::tr(self.language, &format!("phase-{what}")));
        self.bar.set_length(total.unwrap_or(done));
        self.bar.set_position(done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    /// The words that a source prints: first in each pair of a line, and the heads of tables.
    fn words_in(source: &str) -> Vec<String> {
        let lines = Regex::new(r"(?s)\bline\(&\[(.*?)\]\)").expect("a pattern");
        let pairs = Regex::new(r#"\(\s*"([\w-]+)"\s*,"#).expect("a pattern");
        let tables = Regex::new(r"(?s)(?:\.table\(&|let (?:header|columns) = )\[(.*?)\]").expect("a pattern");
        let texts = Regex::new(r#""([\w-]+)""#).expect("a pattern");
        let within = |outer: &Regex, inner: &Regex| -> Vec<String> {
            let parts = outer.captures_iter(source).map(|found| found[1].to_owned());
            parts.flat_map(|part| inner.captures_iter(&part).map(|w| w[1].to_owned()).collect::<Vec<_>>()).collect()
        };
        [within(&lines, &pairs), within(&tables, &texts)].concat()
    }

    #[test]
    fn every_word_that_is_printed_has_a_translation() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
        let mut count = 0;
        for file in std::fs::read_dir(folder).expect("the command line's files") {
            let source = std::fs::read_to_string(file.expect("a file").path()).expect("readable");
            for word in words_in(&source) {
                let id = format!("word-{word}");
                for language in [Language::English, Language::SimplifiedChinese] {
                    assert_ne!(text::tr(language, &id), id, "{language:?}");
                }
                count += 1;
            }
        }
        assert!(count > 50, "{count} words were looked at");
    }

    #[test]
    fn a_name_keeps_to_its_line_and_steers_nothing() {
        assert_eq!(one_line("多行 é"), "多行 é");
        assert_eq!(one_line("a\nb\t\r"), "a\\nb\\t\\r");
        assert_eq!(one_line("\u{1b}[31m\u{202e}gnp"), "\\u{1b}[31m\\u{202e}gnp");
    }
}
