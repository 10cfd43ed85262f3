//! The guide's pairs (2.3.2.1): line n of `X_result.txt` holds the labels of line n of `X.txt`, with blanks between them.
//! An empty line is unlabeled. Both files must have as many lines.

use super::files::each_text_of_file;
use super::json_lines::note_labels;
use super::pieces::{Piece, is_blank, lines};
use super::{
    EachText, LabeledTexts, TextCarries, TextFormat, TextLabel, TextReading, decode, has_blank, input, on_one_line,
};
use crate::domain::{DatasetType, Explanation, TextSplit};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, FileTree, stem, write_file};
use crate::formats::exchange::Labels;
use std::collections::HashSet;

/// What the format carries.
pub const CARRIES: TextCarries =
    TextCarries { line_ends: false, label_blanks: false, no_class: false, ..TextCarries::LABELS_ONLY };

/// This format's line in the table.
pub const FORMAT: TextFormat = TextFormat {
    name: "result-pairs",
    carries: &CARRIES,
    kinds: &[DatasetType::TextClassification],
    recognises: |tree| pairs(tree).any(|(_, result)| result.is_some()),
    read,
    write,
};

const RESULT: &str = "_result";
/// Labels are parted by these.
const BLANKS: [char; 2] = [' ', '\t'];

/// The text files with their files of labels, in order.
pub fn pairs(tree: &dyn FileTree) -> impl Iterator<Item = (&str, Option<&str>)> {
    let all: HashSet<&str> = input::with_ending(tree, &["txt"]).collect();
    let result_of = move |name: &str| {
        let (path, ending) = name.split_at(stem(name).len());
        all.get(format!("{path}{RESULT}{ending}").as_str()).copied()
    };
    let texts: HashSet<&str> = input::with_ending(tree, &["txt"]).filter_map(&result_of).collect();
    input::with_ending(tree, &["txt"])
        .filter(move |name| !texts.contains(name))
        .map(move |name| (name, result_of(name)))
}

/// The labels of each line of a text; `None` for a line without one. If no line end closes the text, none need close
/// the labels either: then an empty last line may be meant after the last one.
///
/// # Errors
/// `text-result-lines`, naming both files, if they have different numbers of lines.
pub fn line_labels<'a>(
    text: (&str, &'a str),
    result: (&str, &'a str),
) -> Result<impl Iterator<Item = (Piece<'a>, Option<Vec<TextLabel>>)>, Explanation> {
    let ((text_name, text), (result_name, result)) = (text, result);
    let (texts, results) = (lines(text).count(), lines(result).count());
    let is_closed = |text: &str| text.is_empty() || text.ends_with('\n');
    let means_an_empty_line = texts == results + 1 && is_closed(result) && !is_closed(text);
    if texts != results && !means_an_empty_line {
        return Err(Explanation::bad_input("text-result-lines").with("text", text_name).with("result", result_name));
    }
    let labels = lines(result).map(|line| labels_of(line.text)).chain(std::iter::repeat(None));
    Ok(lines(text).zip(labels))
}

/// What stands there twice counts once.
fn labels_of(line: &str) -> Option<Vec<TextLabel>> {
    let mut names: Vec<&str> = Vec::new();
    for name in line.split(BLANKS).filter(|name| !name.trim().is_empty()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.into_iter().map(TextLabel::new).collect())
}

fn read(tree: &dyn FileTree, each: &mut EachText<'_>) -> Result<TextReading, FormatError> {
    let mut reading = TextReading::default();
    let (mut labels, mut ended) = (Labels::default(), false);
    for (name, result) in pairs(tree) {
        // Without a file of labels, all lines are unlabeled.
        each_text_of_file(tree, name, result, TextSplit::Line, &mut reading, &mut |text| {
            note_labels(&text, &mut labels);
            let flow = each(text);
            ended = flow.is_break();
            flow
        })?;
        if ended {
            break;
        }
    }
    reading.labels = labels.finish();
    Ok(reading)
}

/// Refuses a label that a blank would part in two.
///
/// # Errors
/// `text-label-blank`, with the label.
pub(super) fn without_blank(label: &str) -> Result<&str, FormatError> {
    if has_blank(label) {
        return Err(FormatError::Refused(Explanation::bad_input("text-label-blank").with("label", label)));
    }
    Ok(label)
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    // Both are looked at before anything is written: a label that cannot be written leaves no half of a pair.
    source
        .each(&mut |text| text.labels.iter().flatten().try_for_each(|label| without_blank(&label.label).map(drop)))?;
    let (mut texts, mut results) = (String::new(), String::new());
    source.each(&mut |text| {
        let words = on_one_line(text.words().unwrap_or_default());
        if is_blank(&words) {
            return Ok(());
        }
        texts.push_str(&words);
        texts.push('\n');
        let names: Vec<&str> = text.labels.iter().flatten().map(|label| label.label.as_str()).collect();
        results.push_str(&names.join(" "));
        results.push('\n');
        Ok(())
    })?;
    write_file(sink, "texts.txt", &decode::encode(&texts))?;
    write_file(sink, "texts_result.txt", &decode::encode(&results))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::detection::testing::MemoryTree;
    use std::ops::ControlFlow;

    fn read_all(tree: &dyn FileTree) -> Result<Vec<(String, Option<String>)>, FormatError> {
        let mut all = Vec::new();
        read(tree, &mut |text| {
            let names = |labels: &Vec<TextLabel>| labels.iter().map(|l| l.label.as_str()).collect::<Vec<_>>().join("+");
            all.push((text.words().unwrap().to_owned(), text.labels.as_ref().map(names)));
            ControlFlow::Continue(())
        })?;
        Ok(all)
    }

    #[test]
    fn the_guides_example_is_read() {
        let tree = MemoryTree::default()
            .with("C_1.txt", "手感很好\r\n三个月前买了一个\r\n\r\n没充一会电源\r\n")
            .with("C_1_result.txt", "positive positive\nnegative 差\n\n\n")
            .with("other.txt", "alone\n");
        assert!((FORMAT.recognises)(&tree));
        let expected = [
            ("手感很好", Some("positive")),
            ("三个月前买了一个", Some("negative+差")),
            ("没充一会电源", None),
            ("alone", None),
        ];
        let expected = expected.map(|(text, labels)| (text.to_owned(), labels.map(str::to_owned)));
        assert_eq!(read_all(&tree).unwrap(), expected);
    }

    #[test]
    fn different_numbers_of_lines_are_an_error_that_names_both_files() {
        let tree = MemoryTree::default().with("a/x.txt", "one\ntwo\n").with("a/x_result.txt", "p\n");
        let Err(FormatError::Refused(reason)) = read_all(&tree) else { panic!("not refused") };
        assert_eq!(reason.code, "text-result-lines");
        let values: Vec<_> = reason.arguments.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["a/x.txt", "a/x_result.txt"]);
    }

    #[test]
    fn an_empty_last_line_may_be_meant_where_the_text_is_not_closed() {
        let pair = |text: &str, result: &str| {
            let tree = MemoryTree::default().with("x.txt", text).with("x_result.txt", result);
            let labels = |all: Vec<(String, Option<String>)>| all.into_iter().map(|(_, labels)| labels).collect();
            read_all(&tree).map(labels).map_err(drop)
        };
        let label = |name: &str| Some(name.to_owned());
        assert_eq!(pair("a\nb", "p\n"), Ok(vec![label("p"), None]), "the last line has no label");
        assert_eq!(pair("a\nb", "p\nq\n"), Ok(vec![label("p"), label("q")]));
        assert_eq!(pair("a\n", "p\n"), Ok(vec![label("p")]));
        assert_eq!(pair("a\n", "p"), Ok(vec![label("p")]));
        assert_eq!(pair("a\n\n", "p\n"), Err(()));
        assert_eq!(pair("a\nb\n", "p\n"), Err(()), "here a line end closes a line, and one is left");
        assert_eq!(pair("a\nb", "p"), Err(()));
        assert_eq!(pair("a", ""), Ok(vec![None]));
        assert_eq!(pair("a\n", ""), Err(()));
        assert_eq!(pair("a\n", "p\n\n"), Err(()));
        assert_eq!(pair("a\n", "p\nq"), Err(()), "no label is lost");
        assert_eq!(pair("a\r\nb\r\n", "p\r\n\r\n"), Ok(vec![label("p"), None]));
    }
}
