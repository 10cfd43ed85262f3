//! Texts and their labels: bytes → text, files → samples, and the table of text formats. A format reads a tree of files
//! and writes into a sink, both known only by names, and meets the others in [`LabeledText`].

pub mod brat;
pub mod conll;
pub mod csv_table;
pub mod decode;
pub mod doccano;
pub mod files;
mod format;
mod input;
pub mod json_lines;
mod json_records;
pub mod label_studio;
mod labeled;
pub mod pieces;
pub mod result_pairs;
mod said;
pub mod spacy;

pub use super::Said;
pub use decode::{Decoded, decode};
pub use format::{
    EachText, LabeledTexts, TextCarries, TextFormat, TextLoss, TextLossReport, TextReading, has_blank, kept_entities,
    on_one_line,
};
pub use input::{TextFile, decode_and_say, read_text};
pub use labeled::{LabeledText, TextEntity, TextLabel, TextSource, side_by_side};
pub use pieces::{Piece, lines, pieces};

/// All text formats; where a tree looks like several, the first one counts. A new one is one file and one line.
pub const TEXT_FORMATS: &[TextFormat] = &[
    result_pairs::FORMAT,
    brat::FORMAT,
    conll::FORMAT,
    conll::IOB1,
    conll::BIOES,
    label_studio::FORMAT,
    spacy::FORMAT,
    doccano::RELATIONS,
    doccano::FORMAT,
    json_lines::FORMAT,
    csv_table::FORMAT,
];

/// The text format of that name.
#[must_use]
pub fn text_format(name: &str) -> Option<&'static TextFormat> {
    TEXT_FORMATS.iter().find(|format| format.name == name)
}

#[cfg(test)]
mod foreign_tests;
#[cfg(test)]
mod tests;
