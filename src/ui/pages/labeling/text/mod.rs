//! Labeling texts.

pub(in crate::ui::pages) mod classes_pass;
pub(in crate::ui::pages::labeling) mod classification;
