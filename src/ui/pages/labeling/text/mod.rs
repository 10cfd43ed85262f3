//! Labeling texts.

pub(in crate::ui::pages::labeling) mod classification;
