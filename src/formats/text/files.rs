//! The samples of a single text file, as they come in when files are added: lines, paragraphs or the whole of a `.txt`,
//! the rows of a table.

use super::pieces::{is_blank, pieces};
use super::{EachText, LabeledText, TextReading, csv_table, read_text, result_pairs::line_labels};
use crate::domain::{Explanation, TextSplit};
use crate::formats::FormatError;
use crate::formats::detection::FileTree;
use crate::formats::exchange::Warnings;

/// Whether a file is a table of texts, by its name.
#[must_use]
pub fn is_table(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| csv_table::ENDINGS.contains(&ending.as_str()))
}

/// Calls `each` with every sample of a file, in order. `result` names the file with the labels of its lines, if there is
/// one: then a sample is a line, whatever `split` says. The rows of a table are samples, too, whatever it says.
///
/// # Errors
/// If a file cannot be read; `text-result-lines` if the file of labels has another number of lines.
pub fn each_text_of_file(
    tree: &dyn FileTree,
    name: &str,
    result: Option<&str>,
    split: TextSplit,
    reading: &mut TextReading,
    each: &mut EachText<'_>,
) -> Result<(), FormatError> {
    let mut notes = Warnings::default();
    let outcome = if is_table(name) {
        match csv_table::layout_of(tree, name)? {
            Some(layout) => csv_table::read_table(tree, name, &layout, reading, &mut notes, each),
            None => {
                notes.add(name, "", Explanation::bad_input("text-file-empty"));
                Ok(())
            }
        }
    } else if let Some(result) = result {
        each_line(tree, name, result, reading, &mut notes, each)
    } else {
        let text = read_text(tree, name, reading)?;
        say_line_ends(name, &text, split, &mut notes);
        for piece in pieces(&text, split) {
            let place = Some((name.to_owned(), piece.line));
            if each(LabeledText { place, ..LabeledText::new(piece.text) }).is_break() {
                break;
            }
        }
        Ok(())
    };
    reading.warnings.extend(notes.finish());
    outcome
}

/// Says that a file holds nothing, or that what looks like its line ends are none here: a CR alone ends no line.
fn say_line_ends(name: &str, text: &str, split: TextSplit, notes: &mut Warnings) {
    if is_blank(text) {
        notes.add(name, "", Explanation::bad_input("text-file-empty"));
    } else if split != TextSplit::File && !text.contains('\n') && text.trim_end().contains('\r') {
        let count = text.trim_end().matches('\r').count() + 1;
        notes.add(name, "", Explanation::bad_input("text-cr-lines").with("count", count));
    }
}

fn each_line(
    tree: &dyn FileTree,
    name: &str,
    result: &str,
    reading: &mut TextReading,
    notes: &mut Warnings,
    each: &mut EachText<'_>,
) -> Result<(), FormatError> {
    let text = read_text(tree, name, reading)?;
    let said = read_text(tree, result, reading)?;
    say_line_ends(name, &text, TextSplit::Line, notes);
    for (line, labels) in line_labels((name, &text), (result, &said)).map_err(FormatError::Refused)? {
        if is_blank(line.text) {
            if labels.is_some() {
                notes.add(name, &line.line.to_string(), Explanation::bad_input("text-pair-no-text"));
            }
            continue;
        }
        let place = Some((name.to_owned(), line.line));
        if each(LabeledText { labels, place, ..LabeledText::new(line.text) }).is_break() {
            break;
        }
    }
    Ok(())
}
